# Tables of the target: keys, references, checks, indexes and names as the spec writes them, on both engines.

=== keys, references, checks and indexes stand in the target and do their work
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id integer not null, a text not null); }
target app sqlite 'app.db' {
    table parent (id integer primary key, a text not null, constraint parent_a unique (a));
    table child (
        id        integer primary key identity,
        parent_id integer constraint child_of_parent references parent (id) on delete cascade on update cascade,
        spare_id  integer references parent on delete set null,
        kept_id   integer references parent on delete restrict,
        n         integer constraint positive check (n > 0),
        other     integer default 7,
        constraint together unique (parent_id, n),
        check (n < 100)
    ) index child_n (n desc, other), unique index (other, n);
}
from s.t as t {
    on error reject;
    into app.parent { copy *; }
    into app.child { parent_id = t.id; spare_id = 2; kept_id = 3; n = t.id; other = t.id; }
}
--- file t.csv
id,a
1,one
2,two
3,three
--- file statements.txt
insert into parent values (9, 'one')
insert into parent values (1, 'nine')
insert into child (n) values (0)
insert into child (n) values (100)
insert into child (parent_id, n) values (99, 50)
insert into child (parent_id, n, other) values (1, 1, 70)
insert into child (parent_id, n, other) values (1, 3, 3)
delete from parent where id = 3
delete from parent where id = 2
insert into child (parent_id, n) values (1, 5)
update parent set id = 10 where id = 1
--- file try.sh
while IFS= read -r line; do
    if [ "$ENGINE" = sqlite ]; then
        python3 -c "import sqlite3,sys
d = sqlite3.connect('app.db')
d.execute('pragma foreign_keys = on')
d.execute(sys.argv[1])
d.commit()" "$line" 2>err.txt && echo "done: $line" || echo "refused: $line"
    else
        psql -qX -d "$LOCATION" -c "$line" >err.txt 2>&1 && echo "done: $line" || echo "refused: $line"
    fi
done < statements.txt
--- run run
--- rows select id, parent_id, spare_id, kept_id, n, other from child order by id
1|1|2|3|1|1
2|2|2|3|2|2
3|3|2|3|3|3
--- sh
sh try.sh
--- out
refused: insert into parent values (9, 'one')
refused: insert into parent values (1, 'nine')
refused: insert into child (n) values (0)
refused: insert into child (n) values (100)
refused: insert into child (parent_id, n) values (99, 50)
refused: insert into child (parent_id, n, other) values (1, 1, 70)
refused: insert into child (parent_id, n, other) values (1, 3, 3)
refused: delete from parent where id = 3
done: delete from parent where id = 2
done: insert into child (parent_id, n) values (1, 5)
done: update parent set id = 10 where id = 1
--- rows select parent_id, spare_id, kept_id, n, other from child order by id
10|\N|3|1|1
3|\N|3|3|3
10|\N|\N|5|7
--- sh
if [ "$ENGINE" = sqlite ]; then
    sqlite3 app.db "select name || ' ' || sql from sqlite_master where type = 'index' and sql is not null"
    sqlite3 app.db "select sql from sqlite_master where name = 'child'"
else
    psql -qXAt -d "$LOCATION" -c "select indexname || ' ' || indexdef from pg_indexes where tablename = 'child'"
    psql -qXAt -d "$LOCATION" -c "select conname from pg_constraint where conrelid = 'child'::regclass"
fi
--- out
/child_n .*n (desc|DESC)/
/child_other_n_idx .*UNIQUE/
child_of_parent
positive
together

=== tables that refer to one another, and to themselves
--- spec
migration m;
source s csv '.' {
    options (null '');
    table p file 'p.csv' (id integer not null, boss integer, team integer);
    table t file 't.csv' (id integer not null, lead integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key, boss_id integer references person, team_id integer references team);
    table team (id integer primary key, lead_id integer references person on delete set null);
}
from s.p as p { on error reject; into app.person { id = p.id; boss_id = p.boss; team_id = p.team; } }
from s.t as t { on error reject; into app.team { id = t.id; lead_id = t.lead; } }
--- file p.csv
id,boss,team
1,2,10
2,2,10
3,1,
--- file t.csv
id,lead
10,3
--- run run
--- rows select * from person order by id
1|2|10
2|2|10
3|1|\N
--- rows select * from team
10|3

=== a reference to a row that is not there fails the run, and says between which tables
--- spec
migration m;
source s csv '.' { table p file 'p.csv' (id integer not null, boss integer not null); }
target app sqlite 'app.db' { table person (id integer primary key, boss_id integer references person); }
from s.p as p { on error reject; into app.person { id = p.id; boss_id = p.boss; } }
--- file p.csv
id,boss
1,1
2,99
--- run run
person
foreign key
boss_id
99
--- exit 6

=== names with blanks, accents, capitals, words of SQL, and long ones
--- spec
migration m;
source s csv '.' { table t file 't.csv' ("Order No." text not null, "Größe (cm)" integer not null, "select" text); }
target app sqlite 'app.db' {
    table "Order Details" (
        "Order No." text primary key, "Größe" integer unique, "Größe (cm)" integer not null check ("Größe (cm)" > 0), "select" text,
        a_name_that_is_as_long_as_a_name_can_be_in_postgresql_a_name_it integer unique,
        "it's ""quoted""" text default 'it''s'
    ) index ("Größe (cm)" desc);
    table a_table_with_a_name_that_is_as_long_as_a_name_can_be_in_postgre (
        id integer primary key identity,
        a_column_with_a_name_that_is_quite_long_one integer unique,
        a_column_with_a_name_that_is_quite_long_two integer unique check (a_column_with_a_name_that_is_quite_long_two > 0),
        order_no text references "Order Details"
    );
}
from s.t as t {
    on error reject;
    into app."Order Details" { copy *; a_name_that_is_as_long_as_a_name_can_be_in_postgresql_a_name_it = 1; }
    into app.a_table_with_a_name_that_is_as_long_as_a_name_can_be_in_postgre {
        a_column_with_a_name_that_is_quite_long_one = 1;
        a_column_with_a_name_that_is_quite_long_two = 2;
        order_no = app."Order Details"["Größe (cm)" = t."Größe (cm)"];
    }
}
--- file t.csv
Order No.,Größe (cm),select
A-1,7,x
--- run run
--- rows select * from "Order Details"
A-1|\N|7|x|1|it's
--- rows select id, order_no from a_table_with_a_name_that_is_as_long_as_a_name_can_be_in_postgre
1|A-1
--- run check

=== create table as PostgreSQL's users write it
--- spec
migration m;
source s csv '.' { table t file 't.csv' (name text not null); }
target app sqlite 'app.db' {
    CREATE TABLE IF NOT EXISTS thing (
        id SERIAL PRIMARY KEY,
        big BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,
        name CHARACTER VARYING(30) NOT NULL,
        price DECIMAL(10, 2) DEFAULT 0.00,
        ok BOOL DEFAULT TRUE,
        at TIMESTAMP WITH TIME ZONE,
        local TIMESTAMP WITHOUT TIME ZONE,
        f DOUBLE PRECISION,
        i INT4, j INT8, k INT2,
        tags TEXT[]
    );
}
from s.t as t { on error reject; into app.thing { name = t.name; } }
--- file t.csv
name
x
--- build-exit 2

=== the same without a second identity
--- spec
migration m;
source s csv '.' { table t file 't.csv' (name text not null); }
target app sqlite 'app.db' {
    CREATE TABLE IF NOT EXISTS thing (
        id SERIAL PRIMARY KEY,
        name CHARACTER VARYING(30) NOT NULL,
        price DECIMAL(10, 2) DEFAULT 0.00,
        ok BOOL DEFAULT TRUE,
        at TIMESTAMP WITH TIME ZONE,
        local TIMESTAMP WITHOUT TIME ZONE,
        f DOUBLE PRECISION,
        i INT4, j INT8, k INT2,
        tags TEXT[]
    );
}
from s.t as t { on error reject; into app.thing { name = t.name; tags = list(t.name, 'y'); i = 1; } }
--- file t.csv
name
x
--- run run
--- rows select id, name, price, ok, at, local, f, i, j, k, tags from thing
1|x|0.00|1|\N|\N|\N|1|\N|\N|["x","y"]

=== include: shared declarations from another file, and errors say which
--- spec
migration m;
include 'shared/tables.mig';
from s.t as t { on error reject; into app.p { a = tidy(t.a); } }
--- file shared/tables.mig
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a varchar(5) not null check (a <> 'no')); }
define tidy(x text) text = lower(squeeze(x));
--- file t.csv
a
 ONE
no
longer than five
--- run run
--- rows select a from p
one
--- rows select line, spec, rule from _migc_reject order by line
3|spec.mig:3|check
4|spec.mig:3|length

=== a check of the table with null in it holds; a computed default is the program's
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (a text, b text); }
target app sqlite 'app.db' {
    table p (a integer, b integer, c text default upper('x') || '1', d date default '2024-01-01', constraint ordered check (a <= b), check (a in (1, 2, 3)));
}
from s.t as t { on error reject; into app.p { a = integer(t.a); b = integer(t.b); } }
--- file t.csv
a,b
1,2
2,1
,1
3,
4,9
--- run run
--- rows select a, b, c, d from p order by coalesce(a, 9), b
1|2|X1|2024-01-01
3|\N|X1|2024-01-01
\N|1|X1|2024-01-01
--- rows select line, rule, value from _migc_reject order by line
3|check|\N
6|check|4

=== rows that others write later get the same defaults from the table itself
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text not null); }
target app sqlite 'app.db' {
    table p (
        k text not null, a text[] default '{a,"b c"}', u uuid default 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', d date default '2024-01-31',
        j jsonb default '{"b":1,"a":2}', z timestamptz default '2024-01-01 00:00:00+02', t time default '10:00', b boolean default 'yes',
        n numeric(6,2) default '1.5', m numeric(6,2) default 1.5, i integer default '7', bytes bytea default '\x00ff',
        ts timestamp default '2024-01-01T10:00', f double default 2, g real default '0.5', nn numeric default -3, ch char(3) default 'x',
        q text default 'it''s', check (z > '2023-12-31 00:00+02'), check (n < 100)
    );
}
from s.t as t into app.p { k = t.k; }
--- file t.csv
k
program
--- run run
--- sql
insert into p (k) values ('sql');
--- rows select k, a, u, d, j, z, t, b, n from p order by k
program|["a","b c"]|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|2024-01-31|{"a": 2, "b": 1}|2023-12-31 22:00:00+00:00|10:00:00|1|1.50
sql|["a","b c"]|a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|2024-01-31|{"a": 2, "b": 1}|2023-12-31 22:00:00+00:00|10:00:00|1|1.50
--- rows select k, m, i, bytes, ts, f, g, nn, ch, q from p order by k
program|1.50|7|\\x00ff|2024-01-01 10:00:00|2|0.5|-3|x|it's
sql|1.50|7|\\x00ff|2024-01-01 10:00:00|2|0.5|-3|x|it's

=== a rule of a table means the same in the program and in each engine: decimals, days, texts
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (nr integer not null, a numeric(6,2), b numeric(6,2), c numeric(6,2), d date, t text);
}
target app sqlite 'app.db' {
    table p (
        nr integer not null, a numeric(6,2), b numeric(6,2), c numeric(6,2), d date, t text,
        constraint adds_up check (a + b = c),
        constraint most check (coalesce(a, b) < 10.5),
        constraint none_of_them check (nullif(a, 0) <> 5),
        constraint chosen check (case when a > 1 then a else b end between -1 and 100),
        constraint after_it check (d + 1 > '2024-01-01'),
        constraint by_bytes check (t < 'a' or t > 'é'),
        constraint within check (t not between 'b' and 'c'),
        constraint in_them check (b in (0.2, 2, 3.50, -1))
    );
}
from s.t as t { on error reject; into app.p; }
--- file t.csv
nr,a,b,c,d,t
1,0.10,0.20,0.30,2024-01-01,Z
2,1.00,2.00,4.00,2024-01-01,Z
3,,,,2023-12-31,z
4,10.50,-1,9.50,,Z
5,5,2,7,,
6,9,2,11,2023-12-30,
7,,,,,bb
8,0,3.5,3.5,,ü
9,0,3,3,,
10,9.99,-1.00,8.99,,ﬀ
--- run run
--- rows select nr from p order by nr
1
8
10
--- rows select line, reason from _migc_reject order by line
3|the check "adds_up" does not hold: a + b = c
4|the check "after_it" does not hold: d + 1 > '2024-01-01'
5|the check "most" does not hold: coalesce(a, b) < 10.5
6|the check "none_of_them" does not hold: nullif(a, 0) <> 5
7|the check "after_it" does not hold: d + 1 > '2024-01-01'
8|the check "by_bytes" does not hold: t < 'a' or t > 'é'
10|the check "in_them" does not hold: b in (0.2, 2, 3.50, -1)

=== a trigger or a rule of an existing table that keeps rows out, or would put them in another's place, is an error; a view takes them
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null, a text not null); }
target app sqlite 'app.db' {
    existing table kept (id integer primary key, a text not null);
    existing table ruled (id integer primary key, a text not null);
    existing table seen (id integer not null, a text not null);
}
phase kept manual { from s.t as t { on error reject; into app.kept { id = integer(t.id); a = t.a; } } }
phase ruled manual { from s.t as t { on error reject; into app.ruled { id = integer(t.id); a = t.a; } } }
phase seen manual { from s.t as t { on error reject; into app.seen { id = integer(t.id); a = t.a; } } }
--- file t.csv
id,a
1,x
2,hush
3,y
--- sql sqlite
create table kept (id integer primary key, a text not null);
create trigger hush before insert on kept when new.a = 'hush' begin select raise(ignore); end;
create table ruled (id integer primary key, a text not null unique on conflict replace);
create table below (id integer, a text);
create view seen as select * from below;
create trigger through instead of insert on seen begin insert into below values (new.id, new.a); end;
insert into ruled values (9, 'y');
--- sql postgres
create table kept (id integer primary key, a text not null);
create function hush() returns trigger language plpgsql as $$ begin return case when new.a <> 'hush' then new end; end $$;
create trigger hush before insert on kept for each row execute function hush();
create table ruled (id integer primary key, a text not null unique);
create table below (id integer not null, a text not null);
create view seen as select * from below;
create function through() returns trigger language plpgsql as $$ begin insert into below values (new.id, new.a); return new; end $$;
create trigger through instead of insert on seen for each row execute function through();
insert into ruled values (9, 'y');
--- run run --phase kept
--- exit 6
--- err
/row 2 written to table "kept" is not in it|of rows 1 to 3 written to table "kept", only 2 are in it/
hint: A trigger of the table keeps rows out or puts them elsewhere, so they would be lost here. Disable it, or reject or skip such rows in the spec.
--- rows select count(*) from kept
0
--- run run --phase ruled
--- exit 6
--- err
row 3 written to table "ruled"
--- rows select id, a from ruled
9|y
--- run run --phase seen
--- rows select id, a from seen order by id
1|x
2|hush
3|y

=== a rule takes what the program takes: decimals past a float's digits, days beside timestamps, sums of reals
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (nr integer not null, n numeric, w numeric(20,10), d date, ts timestamp, r real, q real, big bigint, x double);
}
target app sqlite 'app.db' {
    table p (
        nr integer not null, n numeric, w numeric(20,10), d date, ts timestamp, r real, q real, big bigint, x double,
        constraint above check (n > 0.1),
        constraint positive check (n > 0 and n <> 0),
        constraint most check (n <= 10),
        constraint under check (w < 5000000000),
        constraint is_not check (not (w >= n + 5000000000)),
        constraint later check (d >= ts),
        constraint in_it check (ts between d and '2025-01-01'),
        constraint chosen check (coalesce(d, ts) <= ts),
        constraint halves check (r + q = 0.3 or r + q < 1),
        constraint whole check (big <= x)
    );
}
from s.t as t { on error reject; into app.p; }
--- file t.csv
nr,n,w,d,ts,r,q,big,x
1,0.10000000000000000001,4999999999.9999999999,2024-01-01,2024-01-01 00:00:00,0.1,0.2,9007199254740993,9007199254740992
2,0.1,,,,,,,
3,9.99999999999999999999,,,,,,,
4,10.00000000000000000001,,,,,,,
5,,,2024-01-01,2024-01-01 00:00:01,,,,
6,,5000000000,,,,,,
7,1e-400,,,,,,,
--- run run
--- rows select nr from p order by nr
1
3
--- rows select line, reason from _migc_reject order by line
3|the check "above" does not hold: n > 0.1
5|the check "most" does not hold: n <= 10
6|the check "later" does not hold: d >= ts
7|the check "under" does not hold: w < 5000000000
8|the check "above" does not hold: n > 0.1

=== a fraction of any size is more than 0, in a rule of the table, too
--- spec
migration m;
source s csv '.' { table t file 't.csv' (nr integer not null, n numeric not null); }
target app sqlite 'app.db' { table p (nr integer not null, n numeric not null check (n > 0)); }
from s.t as t { on error reject; into app.p; }
--- file t.csv
nr,n
1,1e-400
2,0.000
3,-1e-400
4,0.5
--- run run
--- rows select nr from p order by nr
1
4

=== functions in a rule: what is counted from the end, the letters of lists, what a char(n) is filled up with, wide numbers
--- spec
migration m;
source s csv '.' { table t file 't.csv' (nr integer not null, t text, l text[], c char(5), big bigint); }
target app sqlite 'app.db' {
    table p (
        nr integer not null, t text, l text[], c char(5), big bigint,
        constraint ends check (substr(t, -1) = t),
        constraint starts check (substr(t, 0, 2) = 'a'),
        constraint left_out check (substr(t, 1, nr - 2) = '' or nr > 2),
        constraint few check (length(l) <= 3),
        constraint one_more check (length(l || list('x')) = length(l) + 1),
        constraint in_order check (l < list('b')),
        constraint pattern check (c like 'x' or c like '%y'),
        constraint in_brackets check ('[' || c || ']' in ('[x]', '[xy]')),
        constraint in_bytes check (octet_length(c) < 3),
        constraint so_many check (left(t, big) = t),
        constraint told check (concat(t, nr = 1) = 'abctrue'),
        constraint past check (now() > '2000-01-01 00:00+00')
    );
}
from s.t as t { on error reject; into app.p; }
--- file t.csv
nr,t,l,c,big
1,abc,"{a,b,c}",x,3
1,abc,{},xy,4
1,abc,"{a,b,c,d}",x,3
1,abc,{},yx,3
2,abc,{},x,3
1,abc,{c},x,3
1,ab,{},x,3
--- run run
--- rows select t, l, c, big from p order by c
abc|["a","b","c"]|x|3
abc|[]|xy|4
--- rows select line, reason from _migc_reject order by line
4|the check "few" does not hold: length(l) <= 3
5|the check "pattern" does not hold: c like 'x' or c like '%y'
6|the check "told" does not hold: concat(t, nr = 1) = 'abctrue'
7|the check "in_order" does not hold: l < list('b')
8|the check "told" does not hold: concat(t, nr = 1) = 'abctrue'

=== what references to existing tables need is asked before the run: the table, a key there
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' {
    existing table gone (id bigint primary key);
    existing table loose (id bigint primary key, n text);
    existing table half (a integer, b integer, unique (b, a));
    existing table keyed (id integer primary key);
    existing table pair (a integer, b integer, c text, unique (a, b));
    table ref (
        a text not null, gone_id bigint references gone, loose_id bigint references loose, x integer, y integer, keyed_id integer references keyed,
        foreign key (x, y) references half (b, a), foreign key (y, x) references pair (a, b)
    );
}
from s.t as t into app.ref { a = t.a; }
--- file t.csv
a
1
--- sql
create table loose (id bigint, n text);
create table half (a integer, b integer unique);
create table keyed (id integer primary key);
create table pair (a integer, b integer, c text);
create unique index pair_index on pair (b, a);
--- run run
--- exit 3
--- err
error: table "gone" is not in the target
hint: The spec says `existing table`; let its owner make it, or leave the word out.
error: the reference "ref_loose_id_fkey" needs a key or a unique rule of table "loose" that stands on its column, and there is none
hint: Let its owner make the key or a unique rule, or leave the reference out.
error: the reference "ref_x_y_fkey" needs a key or a unique rule of table "half" that stands on its columns, and there is none
refused: 3 things to mend first; nothing was written
--- sql
create table gone (id bigint primary key);
create unique index loose_index on loose (id);
create unique index half_index on half (a, b);
--- run run
--- rows select a from ref
1

=== a reference to a table of others needs a right to it, and that is asked before the run
--- engines postgres
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id bigint not null); }
target app postgres env 'NO_DATABASE' {
    existing table owner (id bigint primary key);
    table pet (owner_id bigint not null references owner);
}
phase load { create app.pet; from s.t as t into app.pet { owner_id = t.id else reject; } }
phase finish after load { constrain app.pet; }
--- file t.csv
id
1
--- sql
create table owner (id bigint primary key, secret text);
insert into owner values (1);
--- sh R="referrer_$$"
psql -qX "$LOCATION" -c "create role $R login" -c "create schema migc" -c "grant all on schema migc, public to $R"
$PROG run --target "app=$LOCATION user=$R" --phase load -q && echo loaded
$PROG run --target "app=$LOCATION user=$R" || echo "code $?"
psql -qX "$LOCATION" -c "grant references (id) on owner to $R"
$PROG run --target "app=$LOCATION user=$R" -q && echo finished
psql -qX "$LOCATION" -c "drop owned by $R" -c "drop role $R"
--- both
loaded
error: the role may not make the reference "pet_owner_id_fkey" to table "owner"
hint: grant references on the table to the role.
code 3
finished
! SQLSTATE

=== the order of jsonb and of lists is the program's, not the server's
--- spec
migration m;
source s csv '.' { table t file 't.csv' (j jsonb not null, l text[] not null); }
target app sqlite 'app.db' { table p (j jsonb check (j < '[1, 2]'), l text[] check (l between list('B') and list('a'))); }
from s.t as t { on error reject; into app.p; }
--- file t.csv
j,l
"[1, 10]",{C}
"[1, 3]",{C}
"[1, 10]",{c}
--- run run
--- rows select j, l from p
[1, 10]|["C"]
--- rows select line, rule from _migc_reject order by line
3|check
4|check
