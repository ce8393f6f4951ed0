# What a flow does with a row: let, skip, reject, else, on error, copy, when; and the logic of expressions.

=== skip when and reject why, in the order in which they stand
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, name text, age text); }
target app sqlite 'app.db' { table n (id integer not null, name text not null, age integer); }
from s.t as t {
    on error reject;
    let name = squeeze(t.name);
    skip when name is null;
    reject 'too short' when length(name) < 2;
    skip when t.age = '0';
    let age = integer(t.age);
    reject 'too old' when age > 120;
    into app.n { id = integer(t.id); name = name; age = age; }
}
--- file t.csv
id,name,age
1, Ann  Lee ,30
2,,999
3,B,0
4,Cid,0
5,Dora,121
6,Eve,
7,Fay,x
8,Gus,120
--- run run
--- rows select * from n order by id
1|Ann Lee|30
6|Eve|\N
8|Gus|120
--- rows select line, column_name, rule, reason, value from _migc_reject order by line
4|name|rule|too short|B
6|age|rule|too old|121
8|age|parse|"x" is not an integer|x
--- rows select flow, rows_read, rows_skipped, rows_rejected, rows_carried from _migc_flow where into_no < 0
s.t|8|2|3|3

=== reject without a condition refuses whatever comes so far
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text); }
target app sqlite 'app.db' { table n (id text); }
from s.t as t {
    skip when t.id = 'a';
    reject 'nobody may pass';
    into app.n;
}
--- file t.csv
id
a
b
c
--- run run
--- rows select count(*) from n
0
--- rows select line, rule, reason from _migc_reject order by line
3|rule|nobody may pass
4|rule|nobody may pass

=== else skip, null, reject, reject with words, a value: each for its own failure
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, a text, b text, c text, d text, e text); }
target app sqlite 'app.db' {
    table n (id integer not null, a integer, b integer, c integer, d integer);
    table e (id integer not null, e integer);
}
from s.t as t {
    let id = t.id else reject;
    into app.n {
        id = id;
        a = integer(t.a) else null;
        b = integer(t.b) else -1;
        c = integer(t.c) else reject;
        d = integer(t.d) else reject 'd is no number';
    }
    into app.e { id = id; e = integer(t.e) else skip; }
}
--- file t.csv
id,a,b,c,d,e
1,1,1,1,1,1
2,x,1,1,1,1
3,1,x,1,1,1
4,1,1,x,1,1
5,1,1,1,x,1
6,1,1,1,1,x
7,,,,,
8,x,x,x,x,x
--- run run
--- rows select * from n order by id
1|1|1|1|1
2|\N|1|1|1
3|1|-1|1|1
6|1|1|1|1
7|\N|\N|\N|\N
--- rows select * from e order by id
1|1
2|1
3|1
7|\N
--- rows select line, column_name, rule, reason, value from _migc_reject order by line
5|c|parse|"x" is not an integer|x
6|d|rule|d is no number|x
9|c|parse|"x" is not an integer|x
--- rows select rows_read, rows_rejected, rows_carried from _migc_flow where into_no < 0
8|3|5
--- rows select target_table, emitted, inserted, given_up from _migc_flow where into_no >= 0 order by into_no
n|5|5|0
e|4|4|1

=== else value: another expression, that may look at the row
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (a text, b text); }
target app sqlite 'app.db' { table n (a integer not null, why text); }
from s.t as t {
    let a = integer(t.a) else length(t.a);
    into app.n { a = coalesce(a, 0); why = case when a = 3 then 'guessed ' || t.b end; }
}
--- file t.csv
a,b
7,x
abc,y
,z
--- run run
--- rows select a, why from n order by a
0|\N
3|guessed y
7|\N

=== on error skip: what cannot be made of a row is passed over, and no reject
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text, v text); }
target app sqlite 'app.db' { table n (id integer, v smallint); }
from s.t as t { on error skip; into app.n { id = integer(t.id); v = smallint(t.v); } }
--- file t.csv
id,v
1,1
x,1
3,99999
4,
--- run run
--- rows select * from n order by id
1|1
4|\N
--- rows select count(*) from _migc_reject
0

=== on error null: what fails becomes null
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, v text, d text); }
target app sqlite 'app.db' { table n (id text not null, v smallint, d date); }
from s.t as t { on error null; into app.n { id = t.id; v = smallint(t.v); d = date(t.d); } }
--- file t.csv
id,v,d
1,1,2024-01-01
2,x,2024-01-01
3,99999,soon
4,,
--- run run
--- rows select * from n order by id
1|1|2024-01-01
2|\N|2024-01-01
3|\N|\N
4|\N|\N
--- rows select count(*) from _migc_reject
0

=== on error abort: the phase fails at the first one, and nothing stays
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text, v text); }
target app sqlite 'app.db' { table n (id integer, v smallint); }
from s.t as t { on error abort; into app.n { id = integer(t.id); v = smallint(t.v); } }
--- file t.csv
id,v
1,1
2,many
3,3
--- run run
t.csv:3
many
spec.mig:4
--- exit 4
--- rows select count(*) from n
0
--- sh
cut -d, -f2-9 m-rejects/data.t.csv
--- out
data,s.t,t.csv,3,9,2,v,spec.mig:4

=== else abort, said at one column, beats on error reject
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text, v text); }
target app sqlite 'app.db' { table n (id integer, v smallint); }
from s.t as t {
    on error reject;
    into app.n { id = integer(t.id) else abort; v = smallint(t.v); }
}
--- file t.csv
id,v
1,1
2,many
x,3
4,4
--- run run
t.csv:4
! t.csv:5
--- exit 4
--- rows select count(*) from n
0
--- sh
cut -d, -f2-9 m-rejects/data.t.csv
--- out
data,s.t,t.csv,3,9,2,v,spec.mig:6
data,s.t,t.csv,4,16,3,id,spec.mig:6

=== a null where a value must stand is handled like any failure
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, a text, b text); }
target app sqlite 'app.db' { table n (id text not null, a text not null, b text not null); }
from s.t as t {
    on error reject;
    into app.n { id = t.id; a = t.a; b = t.b else 'nothing'; }
}
--- file t.csv
id,a,b
1,x,y
2,,y
3,x,
--- run run
--- rows select * from n order by id
1|x|y
3|x|nothing
--- rows select line, column_name, rule from _migc_reject
3|a|null

=== copy * takes the columns of the same name; except leaves some out; what is set beside it wins
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, name text, note text, extra text, "Old Name" text); }
target app sqlite 'app.db' {
    table n (id integer not null, name text, note text default 'x', other text, "Old Name" text);
}
from s.t as t {
    on error reject;
    into app.n { copy * except note; name = upper(t.name); other = t.extra; }
}
--- file t.csv
id,name,note,extra,Old Name
1,ann,n,e,o
--- run run
--- rows select * from n
1|ANN|x|e|o

=== two intos, when and three-valued conditions
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, kind text, n text); }
target app sqlite 'app.db' {
    table big   (id text not null);
    table small (id text not null);
    table rest  (id text not null);
}
from s.t as t {
    on error reject;
    let n = integer(t.n);
    into app.big   when n >= 10 { id = t.id; }
    into app.small when not (n >= 10) { id = t.id; }
    into app.rest  when (n >= 10) is not true and (n < 10) is not true { id = t.id; }
}
--- file t.csv
id,kind,n
1,a,10
2,a,9
3,a,
4,a,x
--- run run
--- rows select id from big
1
--- rows select id from small
2
--- rows select id from rest
3
--- rows select target_table, emitted, given_up from _migc_flow where into_no >= 0 order by into_no
big|1|2
small|1|2
rest|1|2

=== null logic, in, between, like, case, coalesce, nullif
--- spec
migration m;
source s csv '.' { options (null 'N'); table t file 't.csv' (id text not null, a text, b text); }
target app sqlite 'app.db' {
    table n (
        id text not null, eq boolean, ne boolean, two boolean, either boolean, inside boolean, outside boolean, mid boolean,
        lk boolean, ilk boolean, co text, nu text, ca text, cs text, gr text, le text, cat text
    );
}
from s.t as t into app.n {
    id      = t.id;
    eq      = t.a = t.b;
    ne      = t.a <> t.b;
    two     = t.a = 'x' and t.b = 'x';
    either  = t.a = 'x' or t.b = 'x';
    inside  = t.a in ('x', 'y');
    outside = t.a not in ('x', t.b);
    mid     = t.a between 'b' and t.b;
    lk      = t.a like 'x%';
    ilk     = t.a ilike 'X_';
    co      = coalesce(t.a, t.b, 'none');
    nu      = nullif(t.a, t.b);
    ca      = case when t.a = t.b then 'same' when t.a < t.b then 'less' else 'other' end;
    cs      = case t.a when 'x' then 'ex' when t.b then 'b' end;
    gr      = greatest(t.a, t.b);
    le      = least(t.a, t.b);
    cat     = t.a || t.b;
}
--- file t.csv
id,a,b
1,x,x
2,x,N
3,N,x
4,N,N
5,c,d
6,xy,xx
7,,a
--- run run
--- rows select id, eq, ne, two, either, inside, outside, mid, lk, ilk from n order by id
1|1|0|1|1|1|0|1|1|0
2|\N|\N|\N|1|1|0|\N|1|0
3|\N|\N|\N|1|\N|\N|\N|\N|\N
4|\N|\N|\N|\N|\N|\N|\N|\N|\N
5|0|1|0|0|0|1|1|0|0
6|0|1|0|0|0|1|0|1|1
7|0|1|0|0|0|1|0|0|0
--- rows select id, co, nu, ca, cs, gr, le, cat from n order by id
1|x|\N|same|ex|x|x|xx
2|x|x|other|ex|x|x|\N
3|x|\N|other|\N|x|x|\N
4|none|\N|other|\N|\N|\N|\N
5|c|c|less|\N|d|c|cd
6|xy|xy|other|\N|xy|xx|xyxx
7|||less|\N|a||a

=== text is compared by its bytes, on both engines
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table n (a text, upper_first boolean, accents_last boolean, blank boolean); }
from s.t as t into app.n { a = t.a; upper_first = t.a < 'a'; accents_last = t.a > 'zz'; blank = t.a = 'b'; }
--- file t.csv
a
Z
a
é
"b "
ﬀ
--- run run
--- rows select a, upper_first, accents_last, blank from n order by a
Z|1|0|0
a|0|0|0
b |0|0|0
é|0|1|0
ﬀ|0|1|0

=== numbers: precedence, exact decimals, whole division, and what overflows
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, a text, b text); }
target app sqlite 'app.db' {
    table n (id text not null, i integer, q integer, r integer, d numeric, f double, e numeric, neg integer);
}
from s.t as t {
    on error reject;
    let a = integer(t.a);
    let b = integer(t.b);
    into app.n {
        id = t.id;
        i = 1 + a * b - -2;
        q = a / b;
        r = a % b;
        d = numeric(t.a) / numeric(t.b);
        f = double(t.a) / 4;
        e = 0.1 + 0.2 * a;
        neg = -a;
    }
}
--- file t.csv
id,a,b
1,7,2
2,-7,2
3,2147483647,2
4,1,0
5,,2
6,10,4
--- run run
--- rows select * from n order by id
1|17|3|1|3.5000000000000000|1.75|1.5|-7
2|-11|-3|-1|-3.5000000000000000|-1.75|-1.3|7
5|\N|\N|\N|\N|\N|\N|\N
6|43|2|2|2.5000000000000000|2.5|2.1|-10
--- rows select line, rule from _migc_reject order by line
4|range
5|range

=== define: a named expression, also one that can fail and one that uses another
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, a text); }
target app sqlite 'app.db' { table n (id text not null, word text, cents integer, label text); }
define word(x text) text = lower(squeeze(x));
define cents(x text) integer = integer(round(numeric(replace(x, ',', '.')) * 100));
define labelled(l text, x text) text = l || ': ' || word(x);
from s.t as t {
    on error reject;
    into app.n { id = t.id; word = word(t.a); cents = cents(t.a) else null; label = labelled('price', t.a); }
}
--- file t.csv
id,a
1,"12,345"
2, Two  WORDS 
3,
--- run run
--- rows select id, word, cents, label from n order by id
1|12,345|1235|price: 12,345
2|two words|\N|price: two words
3|\N|\N|\N

=== names: let beats a column, keywords are names, quoted names keep their letters
--- spec
migration m;
source s csv '.' { table t file 't.csv' (name text, "order" text, key text, "Full Name" text, "table" text); }
target app sqlite 'app.db' { table "order" (name text, key text, "Group" text, value text, first text); }
from s.t as t {
    let name = t.name || '!';
    into app."order" { name = name; key = key; "Group" = "Full Name"; value = t."order"; first = t."table"; }
}
--- file t.csv
name,order,key,Full Name,table
Ann,1,k,Ann Lee,tab
--- run run
--- rows select name, key, "Group", value, first from "order"
Ann!|k|Ann Lee|1|tab

=== row_number, source_line, source_file, now and run_id
--- spec
migration m;
source s csv '.' { table t file 't*.csv' (a text); }
target app sqlite 'app.db' { table n (a text, nr bigint, line bigint, file text, at timestamptz not null, run uuid not null); }
from s.t as t into app.n { a = t.a; nr = row_number(); line = source_line(); file = source_file(); at = now(); run = run_id(); }
--- file t1.csv
a
x
"y
z"
--- file t2.csv
a
w
--- run run
--- rows select a, nr, line, file from n order by nr
x|1|2|t1.csv
y\nz|2|3|t1.csv
w|3|2|t2.csv
--- rows select count(distinct at), count(distinct run) from n
1|1
--- rows select count(*) from n join _migc_run r on r.id = n.run and r.started = n.at
3
