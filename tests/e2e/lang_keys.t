# Keys of dedup rules, unique rules and look-ups by type: what is equal is equal on both engines.

=== equal is by value, whatever the spelling: numbers, dates, instants, uuids, char(n), lists, JSON
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (nr integer not null, num text, fl text, day text, at text, u text, c text, l text, j text, b text);
}
target app sqlite 'app.db' {
    table num (nr integer not null, k numeric);
    table fl  (nr integer not null, k double);
    table day (nr integer not null, k date);
    table "at" (nr integer not null, k timestamptz);
    table u   (nr integer not null, k uuid);
    table c   (nr integer not null, k char(4));
    table l   (nr integer not null, k text[]);
    table j   (nr integer not null, k jsonb);
    table b   (nr integer not null, k bytea);
}
dedup app.num by k; dedup app.fl by k; dedup app.day by k; dedup app."at" by k; dedup app.u by k;
dedup app.c by k; dedup app.l by k; dedup app.j by k; dedup app.b by k;
from s.t as t {
    on error reject;
    into app.num { nr = t.nr; k = numeric(t.num); }
    into app.fl  { nr = t.nr; k = double(t.fl); }
    into app.day { nr = t.nr; k = date(t.day, 'YYYY-MM-DD', 'DD.MM.YYYY'); }
    into app."at" { nr = t.nr; k = timestamptz(t.at); }
    into app.u   { nr = t.nr; k = uuid(t.u); }
    into app.c   { nr = t.nr; k = t.c; }
    into app.l   { nr = t.nr; k = split(t.l, ';'); }
    into app.j   { nr = t.nr; k = jsonb(t.j); }
    into app.b   { nr = t.nr; k = decode(t.b, 'hex'); }
}
--- file t.csv
nr,num,fl,day,at,u,c,l,j,b
1,1.0,1.0,2024-01-31,2024-01-01 12:00:00+00,A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11,ab,a;b,"{""a"":1,""b"":2}",00FF
2,1.00,1e0,31.01.2024,2024-01-01 13:00:00+01,a0eebc999c0b4ef8bb6d6bb9bd380a11,ab  ,a;b,"{""b"":2, ""a"":1}",00ff
3,01,10e-1,2024-01-30,2024-01-01T11:00:00-01:00,b0eebc999c0b4ef8bb6d6bb9bd380a11,Ab,ab,"{""a"":1}",00
4,,,,,,,,,
5,,,,,,,,,
6,-0,0,2024-01-31,2024-01-01 12:00:00.000001Z,,,a;;b,[],ff
7,0,-0.0,,,,,,,
--- run run
--- rows select nr from num order by nr
1
4
5
6
--- rows select nr from fl order by nr
1
4
5
6
--- rows select nr from day order by nr
1
3
4
5
7
--- rows select nr from "at" order by nr
1
4
5
6
7
--- rows select nr from u order by nr
1
3
4
5
6
7
--- rows select nr from c order by nr
1
3
4
5
6
7
--- rows select nr from l order by nr
1
3
4
5
6
7
--- rows select nr from j order by nr
1
3
4
5
6
7
--- rows select nr from b order by nr
1
3
4
5
6
7

=== look-ups by keys of other types, and unique rules over them
--- spec
migration m;
source s csv '.' { table t file 't.csv' (code text not null, price text not null, day text not null); table r file 'r.csv' (code text not null, price text not null, day text not null); }
target app sqlite 'app.db' {
    table p (id integer primary key identity, code char(4) not null unique, price numeric(8,2) not null, day date not null, unique (price, day));
    table r (code text not null, by_code integer, by_both integer);
}
from s.t as t { on error reject; into app.p { code = t.code; price = numeric(t.price); day = date(t.day); } }
from s.r as r {
    on error reject;
    into app.r {
        code = r.code;
        by_code = app.p[code = r.code] else null;
        by_both = app.p[day = date(r.day), price = numeric(r.price)] else null;
    }
}
--- file t.csv
code,price,day
ab,1.5,2024-01-01
cd,1.50,2024-01-02
ef,1.500,2024-01-01
"ab ",7,2024-01-01
--- file r.csv
code,price,day
ab,1.5,2024-01-01
cd,1.5000,2024-01-02
AB,1.51,2024-01-02
--- run run
--- rows select id, code, price, day from p order by id
1|ab|1.50|2024-01-01
2|cd|1.50|2024-01-02
--- rows select line, rule from _migc_reject order by line
4|unique
5|unique
--- rows select code, '.', by_code, by_both from r order by code
AB|.|\N|\N
ab|.|1|1
cd|.|2|2

=== the sequence that an existing table draws its keys from is put past them, whoever owns it; rights that this needs are asked before
--- engines postgres
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app postgres env 'NO_DATABASE' {
    existing table t (id bigint primary key identity, n text not null);
    existing table u (id integer primary key identity, n text not null);
}
from s.a as a { into app.t { n = a.n; } into app.u { n = a.n; } }
--- file a.csv
n
x
y
--- sql
create sequence numbers;
create table t (id bigint primary key default nextval('numbers'), n text not null);
create table u (id serial primary key, n text not null);
create sequence others;
alter table u alter id set default nextval('others');
--- sh R="key_giver_$$"
as_role() { $PROG run --target "app=$LOCATION user=$R" "$@" || echo "code $?"; }
psql -qX "$LOCATION" -c "create role $R login" -c "grant select, insert on t, u to $R" \
    -c "create schema migc" -c "grant all on schema migc to $R"
as_role; psql -qX "$LOCATION" -c "grant update on t, u to $R"
as_role; psql -qX "$LOCATION" -c "grant select, update on sequence numbers, others to $R"
as_role -q && echo went; psql -qX "$LOCATION" -c "drop owned by $R" -c "drop role $R"
--- both
error: the role may not lock table "t", which keeps others from giving the same keys as the run
hint: grant update on the table to the role.
error: the role may not lock table "u"
error: the role may not put the sequence of table "t" past the keys that the run gives
hint: grant select, update on the sequence to the role.
error: the role may not put the sequence of table "u"
refused: 4 things to mend first; nothing was written
refused: 2 things to mend first; nothing was written
! SQLSTATE
went
--- sql
insert into t (n) values ('next');
insert into u (n) values ('next');
--- rows select t.id, u.id from t join u using (n) where n = 'next'
3|3

=== decimals of two scales that refer to each other: the same number is the same row
--- spec
migration m;
source s csv '.' { table t file 't.csv' (v text not null); }
target app sqlite 'app.db' {
    table p (v numeric(6,1) primary key);
    table c (v numeric(8,3) references p, w numeric(6,1) references p);
}
from s.t as t { on error reject; into app.p { v = numeric(t.v); } }
from s.t as t { on error reject; into app.c { v = numeric(t.v); w = app.p[v = numeric(t.v)]; } }
--- file t.csv
v
2.0
1.50
--- run run
--- rows select p.v, c.v, c.w from p join c on c.w = p.v order by p.v
1.5|1.500|1.5
2.0|2.000|2.0
