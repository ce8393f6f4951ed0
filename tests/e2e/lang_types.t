# Every type, from the text of a cell into a column and back by select.

=== integers: both ends of each range, and past them
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, small text, plain text, big text); }
target app sqlite 'app.db' { table n (id integer not null, small smallint, plain integer, big bigint); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); small = smallint(t.small); plain = integer(t.plain); big = bigint(t.big); }
}
--- file t.csv
id,small,plain,big
1,32767,2147483647,9223372036854775807
2,-32768,-2147483648,-9223372036854775808
3,,,
4,+7,007,-0
5,32768,1,1
6,1,2147483648,1
7,1,1,-9223372036854775809
8,1.0,1,1
9,1,twelve,1
10,1,1,0x10
11,1,1,1e3
--- run run
--- rows select * from n order by id
1|32767|2147483647|9223372036854775807
2|-32768|-2147483648|-9223372036854775808
3|\N|\N|\N
4|7|7|0
--- rows select line, column_name, rule, value from _migc_reject order by line
6|small|range|32768
7|plain|range|2147483648
8|big|range|-9223372036854775809
9|small|parse|1.0
10|plain|parse|twelve
11|big|parse|0x10
12|big|parse|1e3

=== columns of a source that have a type are parsed where they are used
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (id integer not null, small smallint, day date, flag boolean, price numeric(6,2), u uuid);
}
target app sqlite 'app.db' { table n (id integer not null, small smallint, day date, flag boolean, price numeric(6,2)); }
from s.t as t { on error reject; into app.n { copy *; } }
--- file t.csv
id,small,day,flag,price,u
1,7,2024-02-29,yes,1.5,not looked at
2,,,,,
x,1,,,,
4,40000,,,,
5,1,2023-02-29,,,
6,1,,perhaps,,
7,1,,,1.234,
--- run run
--- rows select * from n order by id
1|7|2024-02-29|1|1.50
2|\N|\N|\N|\N
--- rows select line, column_name from _migc_reject order by line
4|id
5|small
6|day
7|flag
8|price

=== numeric: scales are kept, filled up, and nothing is rounded away
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, free text, money text, whole text); }
target app sqlite 'app.db' { table n (id integer not null, free numeric, money numeric(6,2), whole numeric(3)); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); free = numeric(t.free); money = numeric(t.money); whole = numeric(t.whole); }
}
--- file t.csv
id,free,money,whole
1,1.50,1.5,999
2,0.000,-0.01,-1
3,1e3,9999.99,12.0
4,.5,-9999.99,0
5,123456789012345678901234567890.123456789,,
6,1e-3,7,
7,-12.50,1.500,
8,1,1.005,
9,1,10000,
10,1,1,1000
11,"1,5",1,1
12,NaN,1,1
13,1,1,0.5
--- run run
--- rows select * from n order by id
1|1.50|1.50|999
2|0.000|-0.01|-1
3|1000|9999.99|12
4|0.5|-9999.99|0
5|123456789012345678901234567890.123456789|\N|\N
6|0.001|7.00|\N
7|-12.50|1.50|\N
--- rows select line, column_name, rule, value from _migc_reject order by line
9|money|range|1.005
10|money|range|10000
11|whole|range|1000
12|free|parse|1,5
13|free|parse|NaN
14|whole|range|0.5

=== real and double: shortest digits, and no infinities
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, r text, d text); }
target app sqlite 'app.db' { table n (id integer not null, r real, d double precision); }
from s.t as t { on error reject; into app.n { id = integer(t.id); r = real(t.r); d = double(t.d); } }
--- file t.csv
id,r,d
1,1.5,0.1
2,-0.25,1e308
3,,
4,16777216,123456789.123456789
5,1e-3,-5e-324
6,1e39,1
7,1,1e309
8,1,Infinity
9,nan,1
10,1,"0,5"
--- run run
--- rows select id, r, d from n where id <> 5 order by id
1|1.5|0.1
2|-0.25|1e+308
3|\N|\N
4|16777216|123456789.12345679
--- rows select d from n where id = 5
-5e-324
--- rows select line, column_name, rule from _migc_reject order by line
7|r|range
8|d|range
9|d|parse
10|r|parse
11|d|parse

=== boolean: the words people use
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, b text); }
target app sqlite 'app.db' { table n (id integer not null, b boolean); }
from s.t as t { on error reject; into app.n { id = integer(t.id); b = bool(t.b); } }
--- file t.csv
id,b
1,true
2,T
3,Yes
4,y
5,ON
6,1
7,FALSE
8,f
9,no
10,N
11,off
12,0
13,
14,2
15,maybe
16,ja
--- run run
--- rows select id, b from n order by id
1|1
2|1
3|1
4|1
5|1
6|1
7|0
8|0
9|0
10|0
11|0
12|0
13|\N
--- rows select line, rule, value from _migc_reject order by line
15|parse|2
16|parse|maybe
17|parse|ja

=== text, varchar(n), char(n): characters are counted, not bytes; blanks past the end do not count
--- spec
migration m;
source s csv '.' { options (null 'N/A'); table t file 't.csv' (id text not null, a text, b text, c text); }
target app sqlite 'app.db' { table n (id integer not null, a text, b varchar(5), c char(5)); }
from s.t as t { on error reject; into app.n { id = integer(t.id); copy * except id; } }
--- file t.csv
id,a,b,c
1,,,
2,N/A,N/A,N/A
3," two
lines ",éàüßø,日本
4,tab	and | and \,"12345   ",abcde
5,x,123456,x
6,x,éàüßøæ,x
7,x,x,123456
8,x,x,"x         "
--- run run
--- rows select id, a, b, c, 'end' from n order by id
1||||end
2|\N|\N|\N|end
3| two\nlines |éàüßø|日本|end
4|tab\tand \| and \\|12345|abcde|end
8|x|x|x|end
--- rows select line, column_name, rule, value from _migc_reject order by line
7|b|length|123456
8|b|length|éàüßøæ
9|c|length|123456

=== enum: one of the words, or refused by name
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, kind text); }
target app sqlite 'app.db' { table n (id integer not null, kind enum('movie', 'tv show')); }
from s.t as t { on error reject; into app.n { id = integer(t.id); kind = lower(t.kind); } }
--- file t.csv
id,kind
1,movie
2,TV Show
3,
4,song
5,movie 
--- run run
--- rows select id, kind from n order by id
1|movie
2|tv show
3|\N
--- rows select line, rule, value from _migc_reject order by line
5|check|song
6|check|movie 

=== date and time: days that are there, and days that are not
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, d text, c text, ts text); }
target app sqlite 'app.db' { table n (id integer not null, d date, c time, ts timestamp); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); d = date(t.d); c = time(t.c); ts = timestamp(t.ts); }
}
--- file t.csv
id,d,c,ts
1,2000-02-29,00:00,2024-02-29 10:00:00
2,0001-01-01,23:59:59.999999,2024-02-29T10:00:00.5
3,9999-12-31,12:30:00,1969-12-31 23:59:59.999999
4,,,
5,1900-02-29,12:00,
6,2024-13-01,12:00,
7,31.12.2024,12:00,
8,2024-01-01,25:00,
9,2024-01-01,12:60,
10,2024-01-01,noon,
11,2024-01-01,12:00,2024-04-31 00:00:00
12,2024-01-01,12:00,2024-04-30 24:30:00
--- run run
--- rows select * from n order by id
1|2000-02-29|00:00:00|2024-02-29 10:00:00
2|0001-01-01|23:59:59.999999|2024-02-29 10:00:00.5
3|9999-12-31|12:30:00|1969-12-31 23:59:59.999999
4|\N|\N|\N
--- rows select line, column_name, value from _migc_reject order by line
6|d|1900-02-29
7|d|2024-13-01
8|d|31.12.2024
9|c|25:00
10|c|12:60
11|c|noon
12|ts|2024-04-31 00:00:00
13|ts|2024-04-30 24:30:00

=== dates in several formats, tried in turn
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, d text); }
target app sqlite 'app.db' { table n (id integer not null, d date); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); d = date(t.d, 'YYYY-MM-DD', 'MM/DD/YYYY', 'DD.MM.YYYY', 'Month DD, YYYY', 'DD Mon YYYY'); }
}
--- file t.csv
id,d
1,2024-01-31
2,01/31/2024
3,31.01.2024
4,"January 31, 2024"
5,31 Jan 2024
6,31/01/2024
7,"Janvier 31, 2024"
8,2024-01-31 and more
--- run run
--- rows select id, d from n order by id
1|2024-01-31
2|2024-01-31
3|2024-01-31
4|2024-01-31
5|2024-01-31
--- rows select line, rule, value from _migc_reject order by line
7|parse|31/01/2024
8|parse|Janvier 31, 2024
9|parse|2024-01-31 and more

=== timestamptz: offsets become UTC
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, ts text); }
target app sqlite 'app.db' { table n (id integer not null, ts timestamptz); }
from s.t as t { on error reject; into app.n { id = integer(t.id); ts = timestamptz(t.ts); } }
--- file t.csv
id,ts
1,2024-02-29 10:00:00+02:00
2,2024-02-29T10:00:00Z
3,2024-01-01 00:30:00.25+01
4,2023-12-31 23:00:00-05:30
5,
6,2024-02-29 10:00:00
7,soon
--- run run
--- rows select id, ts from n order by id
1|2024-02-29 08:00:00+00:00
2|2024-02-29 10:00:00+00:00
3|2023-12-31 23:30:00.25+00:00
4|2024-01-01 04:30:00+00:00
5|\N
--- rows select line, rule from _migc_reject order by line
7|parse
8|parse

=== at zone: a skipped and a repeated hour are failures, with an else or without
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, ts text); }
target app sqlite 'app.db' {
    table strict (id integer not null, ts timestamptz);
    table loose  (id integer not null, ts timestamptz, guess timestamptz not null, back timestamp);
}
from s.t as t {
    on error reject;
    into app.strict { id = integer(t.id); ts = timestamp(t.ts) at zone 'Europe/Berlin'; }
}
from s.t as t {
    on error reject;
    let local = timestamp(t.ts);
    into app.loose {
        id    = integer(t.id);
        ts    = local at zone 'Europe/Berlin' else null;
        guess = coalesce(local, timestamp('2000-01-01 00:00:00')) at zone 'Europe/Berlin'
                else timestamptz('1970-01-01 00:00:00Z');
        back  = (local at zone 'America/New_York') at zone 'America/New_York';
    }
}
--- file t.csv
id,ts
1,2024-01-15 12:00:00
2,2024-07-15 12:00:00
3,2024-03-31 01:59:59
4,2024-03-31 02:30:00
5,2024-03-31 03:00:00
6,2024-10-27 01:59:59
7,2024-10-27 02:30:00
8,2024-10-27 03:00:00
9,
10,1893-03-01 12:00:00
--- run run
--- rows select id, ts from strict order by id
1|2024-01-15 11:00:00+00:00
2|2024-07-15 10:00:00+00:00
3|2024-03-31 00:59:59+00:00
5|2024-03-31 01:00:00+00:00
6|2024-10-26 23:59:59+00:00
8|2024-10-27 02:00:00+00:00
9|\N
10|1893-03-01 11:06:32+00:00
--- rows select id, ts, guess from loose order by id
1|2024-01-15 11:00:00+00:00|2024-01-15 11:00:00+00:00
2|2024-07-15 10:00:00+00:00|2024-07-15 10:00:00+00:00
3|2024-03-31 00:59:59+00:00|2024-03-31 00:59:59+00:00
4|\N|1970-01-01 00:00:00+00:00
5|2024-03-31 01:00:00+00:00|2024-03-31 01:00:00+00:00
6|2024-10-26 23:59:59+00:00|2024-10-26 23:59:59+00:00
7|\N|1970-01-01 00:00:00+00:00
8|2024-10-27 02:00:00+00:00|2024-10-27 02:00:00+00:00
9|\N|1999-12-31 23:00:00+00:00
10|1893-03-01 11:06:32+00:00|1893-03-01 11:06:32+00:00
--- rows select id, back from loose order by id
1|2024-01-15 12:00:00
2|2024-07-15 12:00:00
3|2024-03-31 01:59:59
4|2024-03-31 02:30:00
5|2024-03-31 03:00:00
6|2024-10-27 01:59:59
7|2024-10-27 02:30:00
8|2024-10-27 03:00:00
9|\N
10|1893-03-01 12:00:00
--- rows select line, value from _migc_reject order by line
5|2024-03-31 02:30:00
8|2024-10-27 02:30:00

=== uuid: every spelling becomes one
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, u text); }
target app sqlite 'app.db' { table n (id integer not null, u uuid, v uuid not null); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); u = uuid(t.u); v = uuid5(uuid('6ba7b810-9dad-11d1-80b4-00c04fd430c8'), 'python.org'); }
}
--- file t.csv
id,u
1,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11
2,A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11
3,{a0eebc999c0b4ef8bb6d6bb9bd380a11}
4,a0eebc999c0b4ef8bb6d6bb9bd380a11
5,
6,a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1
7,g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11
--- run run
--- rows select id, u, v from n order by id
1|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|886313e1-3b8a-5372-9b90-0c9aee199e5d
2|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|886313e1-3b8a-5372-9b90-0c9aee199e5d
3|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|886313e1-3b8a-5372-9b90-0c9aee199e5d
4|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|886313e1-3b8a-5372-9b90-0c9aee199e5d
5|\N|886313e1-3b8a-5372-9b90-0c9aee199e5d
--- rows select line, rule from _migc_reject order by line
7|parse
8|parse

=== json as it is written, jsonb in its one canonical form
--- spec
migration m;
source s csv '.' { options (null '', quote ''''); table t file 't.csv' (id text not null, j text); }
target app sqlite 'app.db' { table n (id integer not null, j json, b jsonb); }
from s.t as t { on error reject; into app.n { id = integer(t.id); j = json(t.j); b = jsonb(t.j); } }
--- file t.csv
id,j
1,'{"bb":1, "a" : [1,2 , {}] }'
2,'{"a":1,"a":2,"B":null}'
3,'[1.0,1e2,-0.50,12345678901234567890]'
4,"\u00e9\t\"x\" / \/"
5,true
6,null
7,
8,{a:1}
9,'[1,]'
10,01
11,'{"zero": "\u0000"}'
--- run run
--- rows select id, j, b from n order by id
1|{"bb":1, "a" : [1,2 , {}] }|{"a": [1, 2, {}], "bb": 1}
2|{"a":1,"a":2,"B":null}|{"B": null, "a": 2}
3|[1.0,1e2,-0.50,12345678901234567890]|[1.0, 100, -0.50, 12345678901234567890]
4|"\\u00e9\\t\\"x\\" / \\/"|"é\\t\\"x\\" / /"
5|true|true
6|null|null
7|\N|\N
--- rows select line, rule from _migc_reject order by line
9|parse
10|parse
11|parse
12|parse

=== bytea: bytes in, the same bytes out
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, h text, b64 text); }
target app sqlite 'app.db' { table n (id integer not null, h bytea, b bytea, sum text); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); h = decode(t.h, 'hex'); b = decode(t.b64, 'base64'); sum = encode(decode(t.h, 'hex'), 'base64'); }
}
--- file t.csv
id,h,b64
1,00ff10,AP8Q
2,,
3,DEADbeef,3q2+7w==
4,0,AP8Q
5,00,"?"
--- run run
--- rows select id, h, b, sum from n order by id
1|\\x00ff10|\\x00ff10|AP8Q
2|\N|\N|\N
3|\\xdeadbeef|\\xdeadbeef|3q2+7w==
--- rows select line, column_name, rule from _migc_reject order by line
5|h|parse
6|b64|parse

=== text[]: lists of texts, empty, null and hostile
--- spec
migration m;
source s csv '.' { options (null 'N/A'); table t file 't.csv' (id text not null, l text); }
target app sqlite 'app.db' { table n (id integer not null, l text[], first text, n integer); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id); l = split(t.l, ';'); first = element(split(t.l, ';'), 1); n = length(split(t.l, ';')); }
}
--- file t.csv
id,l
1,a;b
2,
3,N/A
4,"say ""hi"";it's;{x,y};back\slash;NULL;  pad ;;日本"
--- run run
--- rows select id, l, first, n from n order by id
1|["a","b"]|a|2
2|[]|\N|0
3|\N|\N|\N
4|["say \\"hi\\"","it's","{x,y}","back\\\\slash","NULL","  pad ","","日本"]|say "hi"|8

=== defaults: the same value on both engines; a null that is set stays null
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (name text not null, note text); }
target app sqlite 'app.db' {
    table n (
        id    bigint primary key identity,
        name  text not null,
        note  text default 'none',
        other text default 'none',
        size  integer not null default 6 * 7,
        price numeric(6,2) not null default 1.5,
        flag  boolean not null default true,
        day   date not null default '2024-02-29',
        kind  enum('a','b') not null default 'b',
        empty text,
        born  timestamptz not null default now(),
        seen  timestamptz not null default now()
    );
}
from s.t as t { on error reject; into app.n { name = t.name; note = t.note; } }
--- file t.csv
name,note
Ann,said
Bob,
--- run run
--- rows select id, name, note, other, size, price, flag, day, kind, empty, case when born = seen then 'same' end from n order by id
1|Ann|said|none|42|1.50|1|2024-02-29|b|\N|same
2|Bob|\N|none|42|1.50|1|2024-02-29|b|\N|same
--- rows select count(distinct born) from n
1

=== the rules of the types stand in the target itself
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' {
    table n (
        a varchar(3), b char(2), c enum('x','y'), d numeric(4,1), e boolean, f date, g timestamptz, h uuid, i jsonb,
        j smallint, k integer not null default 1, l text[], m time
    );
}
from s.t as t { on error reject; into app.n { a = t.a; } }
--- file t.csv
a
abc
--- run run
--- rows select a, k from n
abc|1
--- file bad.txt
a) values ('abcd'
c) values ('z'
d) values ('12345.6'
e) values ('2'
f) values ('2023-02-30'
g) values ('someday'
h) values ('a0eebc99'
i) values ('{'
j) values (40000
k) values (null
l) values ('a,b'
m) values ('noon'
--- sh
while IFS= read -r line; do
    if [ "$ENGINE" = sqlite ]; then
        python3 -c "import sqlite3,sys; d=sqlite3.connect('app.db'); d.execute(sys.argv[1]); d.commit()" "insert into n ($line)" 2>err.txt && echo "$line went in" || true
    else
        psql -qX -d "$LOCATION" -c "insert into n ($line)" 2>err.txt && echo "$line went in" || true
    fi
done < bad.txt
--- out
! went in
--- rows select count(*) from n
1
