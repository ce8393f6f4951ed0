# The schema as SQL: what `migc emit sql` prints makes the schema that a run makes, on both engines.

=== every type, default, rule, key, index and reference; names that need quotes
--- spec
migration "a ""b""";
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' {
    table "Select Me" (
        id bigint primary key identity,
        b boolean not null default true, si smallint default 1, i integer default -5, bi bigint, r real, d double default 1.5,
        n numeric default 1.50, n2 numeric(12,3) default '1.5', s text not null default 'it''s; -- no /* comment */',
        v varchar(10) default 'a\b', c char(3), by bytea default '\x00ff', dt date default '2024-02-29', tm time, ts timestamp,
        tz timestamptz not null default now(), u uuid default gen_random_uuid(), j json, jb jsonb default '{"b":1}', l text[],
        mood enum('sad', 'it''s') default 'sad',
        "quote""d" integer check ("quote""d" between 1 and 5),
        constraint "Two Things" check (i < si or s like 'x%'),
        unique (s, v)
    ) index (dt desc), index "Odd Index" (s, tm desc), unique index (u);
    table child (
        "order" bigint references "Select Me" on delete cascade,
        parent bigint not null, line integer not null, other bigint,
        primary key (parent, line),
        constraint to_parent foreign key (parent) references "Select Me" (id) on delete restrict on update cascade
    );
    table ring_a (id bigint primary key, b bigint references ring_b on delete set null);
    table ring_b (id bigint primary key, a bigint references ring_a);
}
from s.t as t { on error reject; into app."Select Me" { s = t.a; } }
--- file t.csv
a
--- run run
--- schema
--- migc emit sql spec.mig -o schema.sql
--- cat schema.sql
-- The schema of the migration a "b", as a run makes it in SQLite:  sqlite3 -bail DATABASE < FILE
-- Made by `migc emit sql` from spec.mig.
...
-- spec.mig:4  table Select Me
create table "Select Me" (
...
create index "Odd Index" on "Select Me" (s, tm desc);
...
commit;

--- migc emit sql spec.mig --engine postgres
create table "Select Me" (
--- exit 0

=== phases in their order, SQL of the spec, a schema, an existing table; manual phases are left out
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text); }
target app postgres 'dbname=none' {
    options (schema 'My App');
    existing table owner (id integer not null);
    table t (a text, owner integer);
}
phase make { create app.t; }
phase fill after make { from s.t as t into app.t { a = t.a; } }
phase rules after fill { sql app $$ create index t_a on t (a); -- with a comment $$; constrain app.*; }
phase clean after rules manual { sql app $$ drop table t $$; }
--- engines postgres
--- file t.csv
a
x
--- sql
create schema "My App"; create table "My App".owner (id integer not null);
--- run run

--- migc emit sql spec.mig
--- out
-- Must be there already: owner
create schema if not exists "My App";
set search_path to "My App";
-- phase make
-- spec.mig:10  SQL of the spec
create index t_a on t (a); -- with a comment
-- phase clean is manual: a run leaves it out, and so does this script
! drop table

=== files that cannot be written, and wrong usage
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table t (a text); }
from s.t as t into app.t;
--- file bad.mig
migration m; target app sqlite 'app.db' { table t (a txet); }
--- engines sqlite
--- migc emit
--- exit 1
--- err
migc emit: what is to be said is not given
usage: migc emit
--- migc emit sequel spec.mig
--- exit 1
--- err
not "sequel"
--- migc emit sql
--- exit 1
--- err
no spec is given
--- migc emit sql spec.mig other.mig
--- exit 1
--- migc emit sql spec.mig --engine mysql
--- exit 1
--- err
--engine is sqlite or postgres, not "mysql"
--- migc emit sql spec.mig --fast
--- exit 1
--- migc emit sql spec.mig --one-way
--- exit 1
--- err
--one-way goes with mirror
--- migc emit mirror spec.mig --engine sqlite
--- exit 1
--- err
--engine goes with sql and django
--- migc emit mirror spec.mig -o mirror.sql
--- exit 2
--- sh test ! -e mirror.sql
--- migc emit sql spec.mig -o
--- exit 1
--- migc emit sql nothing.mig
--- exit 6
--- err
nothing.mig: No such file or directory
--- migc emit sql spec.mig -o spec.mig
--- exit 6
--- err
that is the spec
--- migc emit sql spec.mig -o nowhere/x.sql
--- exit 6
--- migc emit sql bad.mig -o bad.sql
--- exit 2
--- err
unknown type "txet"
--- sh test ! -e bad.sql && test ! -e nowhere
--- migc emit sql -o a.sql -- spec.mig
--- migc emit sql spec.mig --engine=sqlite
--- sh $MIGC emit sql - <spec.mig >b.sql; sed -i 's/standard input\|<stdin>/spec.mig/' b.sql; wc -l a.sql b.sql
