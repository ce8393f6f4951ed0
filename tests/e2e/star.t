# `table *`: a whole database from the live catalogue, into another one. What the source holds is read before the build.

=== all that a schema holds, its sequences where they stood
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { options (schema 'public'); table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create type mood as enum ('sad', 'it''s ok');
create domain email as text check (value like '%@%');
create type span as range (subtype = time);
create function half(integer) returns integer language sql immutable as 'select $1 / 2';
create function stamp() returns trigger language plpgsql as $$begin new.n := upper(new.n); return new; end$$;
create table person (id serial primary key, n varchar(20) not null default 'x', m mood default 'sad', e email unique, i interval, arr int[],
    j jsonb default '{}'::jsonb, at timestamptz default now(), p numeric(10,2) check (p > 0), half int default half(10),
    boss int references person deferrable initially deferred, c text collate "C", r span, tags text[]);
create table "Odd ""Table" (x int, "select" int, "Col umn" text, id bigint generated always as identity (start 5 increment 5 maxvalue 1000),
    primary key (x, "select"), exclude using gist (int4range(x, "select") with &&));
create index "Odd idx" on "Odd ""Table" ("select" desc, x);
create unique index lower_idx on "Odd ""Table" (lower("Col umn")) where x > 0;
create table empty_one (a smallint not null, b real, c double precision, d date, e time, f timestamp(3), g uuid default gen_random_uuid(), h bytea);
create unlogged table fast (a int);
create view seniors as select id, n from person where boss is null;
create materialized view counted as select count(*) as n from person;
create trigger stamp before insert on person for each row execute function stamp();
create sequence ticket increment 5 start 100;
create statistics st on x, "select" from "Odd ""Table";
comment on table person is 'it''s people';
comment on column person.n is $q$name; "quoted"$q$;
insert into person (n, m, e, i, arr, p, boss, c, r, tags) values
    ('ann', 'it''s ok', 'a@b', '1 day 2 hours', '{1,2,null}', 1.50, 2, 'ä', '[10:00,11:00)', '{"a,b",null}'),
    ('bob', null, null, null, null, null, 1, null, null, null);
insert into person (n) select 'p' || g from generate_series(1, 500) g;
delete from person where id > 400;
insert into "Odd ""Table" (x, "select", "Col umn") values (1, 2, 'A'), (5, 9, 'a "q"');
select nextval('ticket'), nextval('ticket');
--- run run
--- rows select id, n, m, e, i, arr, p, half, boss, c, r, tags from person where id < 3 order by id
1|ANN|it's ok|a@b|1 day 02:00:00|["1","2",null]|1.50|5|2|ä|[10:00:00,11:00:00)|["a,b",null]
2|BOB|\N|\N|\N|\N|\N|5|1|\N|\N|\N
--- rows select count(*), min(n), max(at) is not null from person
400|ANN|1
--- rows select x, "select", "Col umn", id from "Odd ""Table" order by x
1|2|A|5
5|9|a "q"|10
--- rows select nextval('ticket'), nextval('person_id_seq'), nextval('"Odd ""Table_id_seq"')
110|503|15
--- rows select n from counted
400
--- rows select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'i' order by relname collate "C"
Odd "Table_int4range_excl
Odd "Table_pkey
Odd idx
lower_idx
person_e_key
person_pkey
--- rows select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace and contype in ('c', 'f', 'x') order by conname
Odd "Table_int4range_excl|EXCLUDE USING gist (int4range(x, "select") WITH &&)
email_check|CHECK ((VALUE ~~ '%@%'::text))
person_boss_fkey|FOREIGN KEY (boss) REFERENCES person(id) DEFERRABLE INITIALLY DEFERRED
person_p_check|CHECK ((p > (0)::numeric))
--- rows select attname, format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'empty_one'::regclass and attnum > 0 order by attnum
a|smallint
b|real
c|double precision
d|date
e|time without time zone
f|timestamp(3) without time zone
g|uuid
h|bytea
--- sql
insert into person (n, p) values ('zoe', 2);
--- rows select n, m, half from person where id = 504
ZOE|sad|5
--- sh
dump() { pg_dump -d "$1" -s -O -x -N migc | grep -v -e '^--' -e '^$' -e 'restrict '; }
dump "$SOURCE" >old.sql; dump "$LOCATION" >new.sql; diff old.sql new.sql || true
--- out
< CREATE SEQUENCE public.person_id_seq
! seniors
! CREATE INDEX
! COMMENT
! ADD CONSTRAINT
--- run run
nothing to do
--- out
nothing to do

=== things that stand upon each other in any order, and what a type, a function or a comment says in full
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { options (schema 'public'); table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create domain word as text collate "C" default 'x' check (value <> 'bad');
alter domain word add constraint later check (value <> 'worse') not valid;
comment on constraint later on domain word is 'of a domain';
create type pair as (a text collate "C", b int);
comment on column pair.a is 'of a part';
create type words as range (subtype = text, collation = "C", subtype_opclass = text_pattern_ops);
create function apart(x time, y time) returns float8 language sql strict immutable as 'select extract(epoch from x - y)::float8';
create type hours as range (subtype = time, subtype_diff = apart);
create type region as enum ('north', 'south');
create table t (id int primary key, d word, w words, h hours, r region, rs region[]);
create index on t using gist (h);
alter table t cluster on t_pkey;
alter table t alter d set statistics 500;
alter table t alter d set (n_distinct = 5);
create sequence s;
comment on sequence s is 'of a sequence';
create function again(n int) returns int language plpgsql set search_path = '' as $$begin return case when n > 0 then 1 + public.again(n - 1) else 0 end; end$$;
create function counted() returns bigint begin atomic select count(*) from t; end;
create function many(x t[]) returns int language sql as 'select cardinality(x)';
create function one(out a t) language sql as 'select t from t limit 1';
create function all_of() returns table (a t, n int) language sql as 'select t, 1 from t';
create view above as select 1 as x;
create view middle as select id, counted() as n from t;
create function of_middle() returns setof middle language sql as 'select * from middle';
create materialized view below as select id as x from of_middle();
create or replace view above as select x from below;
comment on column above.x is 'of a view';
insert into t values (1, 'a', '["A","b")', '[10:00,11:00)', 'north', '{south}');
--- run run
--- rows select again(3), counted(), (select count(*) from above)
3|1|1
--- sh
dump() { pg_dump -d "$1" -O -x -N migc | grep -v -e '^--' -e '^$' -e 'restrict '; }
dump "$SOURCE" >old.sql; dump "$LOCATION" >new.sql; diff old.sql new.sql

=== settings of the databases change neither what is read nor what is written
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { options (schema 'public'); table * snapshot 'old.schema'; }
target app postgres env 'NOTHING' { table * from old; }
check 'an idle session is not ended' after create: sql app $$ select current_setting('idle_session_timeout') = '0' $$;
--- build-exit 2
--- source-first
create type mood as enum ('sad', 'ok');
create function half(i integer) returns integer language sql immutable as 'select i / 2';
create table a (id serial primary key, m mood default 'ok', d date default '2020-03-02', b bytea default '\x5c', i interval default '1 day 02:00',
    t text default 'c\d' check (t <> 'e\f'), f double precision default 0.1, z timestamptz default '2020-03-02 04:05:06+02', arr varchar(5)[], x xml);
create table "b\c" (n integer);
create view v as select id, t from a where d > '2020-03-02' and t <> 'g\h' and i < '1 day 02:00' and z > '2020-03-02 04:05:06+02';
insert into a (arr, x) values ('{NULL,"NULL",n}', 'words <a/>');
insert into "b\c" values (1);
--- migc check --snapshot spec.mig
old.schema: written
--- sh
for db in "$SOURCE" "$LOCATION"; do
    for s in 'standard_conforming_strings = off' 'quote_all_identifiers = on' "datestyle = 'German'" "timezone = 'Asia/Kathmandu'" \
        "intervalstyle = 'sql_standard'" "bytea_output = 'escape'" 'extra_float_digits = -15' 'array_nulls = off' "xmloption = 'document'" \
        'transform_null_equals = on' 'idle_session_timeout = 60000' 'check_function_bodies = on'; do
        printf 'select current_database() as db \\gset\nalter database :"db" set %s;\n' "$s" | psql -qX -d "$db" || exit
    done
done
--- migc check --snapshot spec.mig
old.schema: unchanged
--- migc build spec.mig -o prog
--- run run
--- sh
dump() { PGOPTIONS='-c quote_all_identifiers=off -c standard_conforming_strings=on' pg_dump -d "$1" -O -x -N migc | grep -v -e '^--' -e '^$' -e 'restrict ' -e 'SEQUENCE' -e '^SELECT'; }
dump "$SOURCE" >old.sql; dump "$LOCATION" >new.sql; diff old.sql new.sql || true
--- out
! TYPE
! mood
! VIEW
! FUNCTION
! CONSTRAINT
! NULL
! words

=== the live source is compared before the run: everything that changed is told, and nothing is written
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table * except loose; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create table a (id serial primary key, name varchar(40), gone int);
create table b (x int);
create table loose (x money);
create view v as select 1 as one;
--- source-db
alter table a add column fresh date not null default '2020-01-01', drop column gone;
alter table a alter column name type varchar(50);
alter table a drop constraint a_pkey;
drop table b;
create table c (y int);
create or replace view v as select 2 as one;
alter table loose add column y int;
--- run run
--- exit 3
--- err
source "old": table "a" has changed: name varchar(50), was name varchar(40)
source "old": table "a" has less: gone integer
source "old": table "a" has less: constraint a_pkey primary key(id)
source "old": table "a" has got more: fresh date not null default '2020-01-01'
source "old": table "c" is new since the spec was compiled
source "old": table "b" is gone since the spec was compiled
source "old": view "v" has changed
hint: Build the program again: it was made for the tables as they were.
! loose
--- rows select count(*) from pg_class where relnamespace = 'public'::regnamespace
0

=== snapshots: written, compared, and a build that needs no database
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table * snapshot 'old.schema'; }
target app postgres env 'NOTHING' { table * from old; }
--- build-exit 2
--- source-db
create table a (id int primary key, t text default 'x');
--- migc check --snapshot spec.mig
old.schema: written
--- cat old.schema
snapshot postgres {
    options (schema 'public');

    table a (
        id integer not null,
        t  text default 'x',
        constraint a_pkey primary key (id)
    );
}
--- migc fmt --check old.schema
--- migc check --snapshot spec.mig
old.schema: unchanged
--- source-db
alter table a add column n int;
create table b (x int);
insert into a values (1, 'one', 2);
--- sh SOURCE= $MIGC build spec.mig -o prog && SOURCE= $MIGC build spec.mig --stable --emit-c 1.c -o other && SOURCE= $MIGC build spec.mig --stable --emit-c 2.c -o other && cmp 1.c 2.c
--- run plan
--- exit 3
--- err
source "old": table "a" has got more: n integer
source "old": table "b" is new since the spec was compiled
hint: `migc check --snapshot` writes old.schema anew and tells the same; then build again.
--- migc check --snapshot spec.mig
old.schema: written
  table "a": added n integer
  table "b": added
--- migc build spec.mig -o prog
--- run run
--- rows select * from a
1|one|2

=== another snapshot cannot go on with a run that was begun with the old one
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { table * from old; }
phase first { create app.*; }
phase later after first manual { from old.* into app.*; }
--- source-first
create table a (id int primary key);
--- run run
--- source-db
alter table a add column x int;
--- migc build spec.mig -o prog
--- run run --phase later
--- exit 3

=== what is written by hand wins; hand-made tables beside the star
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' {
    table * except secret from old;
    table person (id bigint primary key identity, full_name text not null);
}
phase all {
    create app.*;
    from old.person as p { on error abort; into app.person { id = p.id; full_name = p.first || ' ' || p.last; } }
    from old.* into app.*;
    constrain app.*;
}
check 'all persons' after all: count(app.person) = count(old.person);
--- source-first
create table person (id serial primary key, first text not null, last text not null);
create function t() returns trigger language plpgsql as $$begin return new; end$$;
create trigger t before insert on person for each row execute function t();
create table secret (pin text);
create table visit (id serial primary key, person int not null references person on delete cascade);
insert into person (first, last) values ('Ann', 'Lee'), ('Bob', 'Ray');
insert into visit (person) values (2), (1);
--- run run
--- rows select v.id, p.full_name from visit v join person p on p.id = v.person order by v.id
1|Bob Ray
2|Ann Lee
--- rows select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1
person
visit
--- rows select conname, confdeltype from pg_constraint where contype = 'f' and connamespace = 'public'::regnamespace
visit_person_fkey|c
--- rows select nextval('person_id_seq'), nextval('visit_id_seq')
3|3

=== a PostgreSQL database into SQLite, as far as SQLite goes
--- engines sqlite
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app sqlite 'app.db' { table * from old; }
--- source-first
create type mood as enum ('sad', 'ok');
create table author (id serial primary key, name varchar(20) not null unique, m mood, born date, paid numeric(10,2) default 0);
create table book (id bigserial primary key, author int references author on delete cascade, at timestamptz, tags text[], span interval);
create index book_author on book (author);
create view v as select 1 as one;
insert into author (name, m, born, paid) values ('Ann', 'ok', '1990-01-02', 1.5), ('Bob', null, null, 2);
insert into book (author, at, tags, span) values (2, '2020-01-01 00:00+00', '{a,b}', '1 day'), (null, null, null, null);
--- run run
--- rows select * from author order by id
1|Ann|ok|1990-01-02|1.50
2|Bob|\N|\N|2.00
--- rows select id, author, at, tags, span from book order by id
1|2|2020-01-01 00:00:00+00:00|["a","b"]|1 day
2|\N|\N|\N|\N
--- rows select name from sqlite_schema where type in ('table', 'index', 'view') and name not like '\_%' escape '\' and name not like 'sqlite%' order by name
author
book
book_author
--- sh sqlite3 app.db "pragma foreign_keys = on; insert into book (author) values (9)" 2>&1 || true; sqlite3 app.db "insert into author (name) values ('Zoe') returning id, paid"
--- out
FOREIGN KEY constraint failed
3|0.00

=== built for PostgreSQL, run into SQLite: what is left out is told, by the plan and by the run
--- engines sqlite
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create type mood as enum ('sad', 'ok');
create table author (id serial primary key, m mood, born date check (born > '1900-01-01'));
create view v as select 1 as one;
insert into author (m, born) values ('ok', '1990-01-02');
--- run plan
note: SQLite has no like of 3 things that PostgreSQL would get (`migc explain` lists them): left out
leave out type "mood"
leave out statement of table "author"
leave out view "v"
! make
--- run run
note: SQLite has no like of 3 things that PostgreSQL would get (`migc explain` lists them): left out
--- rows select * from author
1|ok|1990-01-02
--- run run --log json --target app=sqlite:again.db
"event":"note"
SQLite has no like of 3 things

=== rows that cannot be taken end the run, for nothing may be left behind
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create table t (id int primary key, n numeric, d date);
insert into t values (1, 1, '2020-01-01'), (2, 'NaN', null);
--- run run
--- exit 4
--- rows select count(*) from t
0

=== schemas of another name, on both sides, and names that are words
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { options (schema 'Sales Dept'); table *; }
target app postgres env 'NOTHING' { options (schema 'shop'); table * from old; }
--- source-first
create schema "Sales Dept";
set search_path to "Sales Dept";
create type kind as enum ('a');
create table "table" ("constraint" serial primary key, "unique" text, "primary" kind, "check" int, "index" int, "as" int, "sql" text, "é" text,
    "$$" text, "quote'd" text default 'it''s $$ \ "', "at" int, "null" int, "end" int);
create table "order" ("group" int references "table" ("constraint"), "from" int not null, "into" int, "a;b" text);
create table "reject" (x int); create table "sequence" (x int); create table "snapshot" (x int); create table "sql" (x int); create table "existing" (x int);
create table "options" (x int); create table "create" (x int); create table "if" (x int); create table "Ünï""çode" (x int);
create view "a view" as select "unique" from "table";
create sequence "Next"; select nextval('"Next"');
insert into "table" ("unique", "primary", "check", "$$") values ('u', 'a', 1, '$$'); insert into "order" values (1, 2, 3, 'x');
create function f() returns text language sql as $body$ select $$x$$ || '$$' $body$;
--- run run
--- rows select "constraint", "unique", "primary", "check", "$$", "quote'd" from shop."table"
1|u|a|1|$$|it's $$ \\ "
--- rows select count(*) from shop."order" o join shop."table" t on t."constraint" = o."group"
1
--- rows select "unique" from shop."a view"
u
--- rows select nextval('shop."Next"'), nextval('shop.table_constraint_seq'), shop.f()
2|2|x$$
--- rows select count(*) from pg_class where relnamespace = 'shop'::regnamespace and relkind = 'r'
11

=== a SQLite file: declared types, keys, references, checks, indexes; what only SQLite understands is refused by name
--- spec
migration o;
source s sqlite 'odd.db' { table * except v, t, g, bu, e; }
target app sqlite 'app.db' { table * from s; }
--- build-exit 2
--- source-db odd.db
create table "a b" (id integer primary key, b text default 'x' check (b <> '-- (' and length(b) < 9), c nvarchar(20) not null unique, d odd,
  e datetime default current_timestamp, n decimal(10,2) default 0, f boolean, h blob, constraint z check (n >= 0) /* check (x) */);
create table b (x int, y int, a integer references "a b" on delete cascade, primary key (x, y)) without rowid;
create index bi on b (y desc, a); create unique index bu on b (lower(x)); create view v as select 1;
create trigger t after insert on "a b" begin select 1; end;
create table g (a int, b int generated always as (a + 1));
insert into "a b" values (1, 'one', 'c', 5, '2020-01-01 10:00:00', 1.5, 1, x'00ff'), (7, null, 'd', null, null, null, null, null);
insert into b values (1, 2, 7);
--- migc build spec.mig -o prog
--- run run
--- rows select id, b, c, d, e, n, f, h from "a b" order by id
1|one|c|5|2020-01-01 10:00:00|1.50|1|\\x00ff
7|\N|d|\N|\N|\N|\N|\N
--- rows select * from b
1|2|7
--- sh sed -e 's/ except .*; }/; }/' spec.mig > all.mig; $MIGC check all.mig
--- exit 2
--- err
error: the view "v" cannot be carried: it is written in SQLite's words
error: the trigger "t" of table "a b" cannot be carried
error: the table "g" cannot be carried: one of its columns is generated from others, or hidden
error: the index "bu" of table "b" cannot be carried: it is of an expression
error: the default of column "e" of table "a b" cannot be carried
--- source-db odd.db
alter table b add column z text;
drop view v;
--- sh rm -f app.db; $PROG run --target app=sqlite:third.db
--- exit 3
--- err
source "s": table "b" has got more: z text
! view

=== what stands in the way is said before the first write: views, types and sequences that are there, sequences that may not be read
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { options (wait 5); table * from old; }
--- source-first
create type mood as enum ('a');
create table a (id serial primary key);
create sequence s;
create view v as select 1 as one;
create function f() returns int language sql as 'select 1';
--- sql
create type mood as enum ('b');
create sequence s;
create table v (x int);
--- run run
--- exit 3
--- err
type "mood" is there already, and this migration has not made it
sequence "s" is there already
view "v" is there already
--- sql
drop type mood; drop sequence s; drop table v;
create function f() returns int language sql as 'select 2';
--- run run
--- exit 6
--- err
function "f" already exists
--- rows select f(), to_regclass('a') is null
2|1
--- sql
drop function f();
--- run run
--- rows select f()
1

=== a target that does not answer yet is waited for, too
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres 'host=127.0.0.1 port=1 dbname=x' { options (wait 1); table * from old; }
--- source-first
create table a (id int);
--- run run --target "app=host=127.0.0.1 port=1 dbname=x"
--- exit 3
--- err
target app: the server does not answer; waiting up to 1 s

=== no password is shown when the catalogue cannot be read
--- engines postgres
--- env SOURCE_URL=postgres://nobody:geheim@127.0.0.1:1/x
--- spec
migration move;
source old postgres env 'SOURCE_URL' { table *; }
target app postgres env 'NOTHING' { table * from old; }
--- build-exit 2
--- migc check spec.mig
--- exit 2
--- both
the tables of "old" cannot be read
! geheim

=== a schema that is not there, one that holds nothing
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { options (schema 'none'); table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create table a (id int);
--- build-exit 2
--- migc check spec.mig
--- exit 2
--- err
the database has no schema "none"
--- source-db
create schema none;
--- migc check spec.mig
--- exit 2
--- err
"old" holds no tables that * could stand for

=== references between unequal types, keys to other schemas, deferrable and partial rules, self-made sequences
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table * except "far_other_fkey"; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create schema other; create table other.t (id int primary key);
create table a (id bigint primary key, code varchar(5) unique, n numeric(5,0) unique deferrable initially immediate);
create table b (a int references a, code varchar(9) references a (code) match full on update cascade, n int, x int);
alter table b add constraint b_n check (n > 0) not valid;
alter table b add constraint b_x_fkey foreign key (x) references a on delete set null (x) not valid;
create sequence keys as smallint minvalue -5 maxvalue 100 start 7 cycle cache 3;
create table c (id int not null default nextval('keys'), twice serial, again bigserial, primary key (id));
alter sequence keys owned by c.id;
create table down (id int generated always as identity (increment -1 minvalue -100 maxvalue -1));
create table far (x int);
alter table far add constraint far_other_fkey foreign key (x) references other.t;
insert into a values (1, 'x', 5); insert into b values (1, 'x', 5, 1); insert into c (id) values (default), (default); insert into down default values;
--- run run
--- rows select pg_get_constraintdef(oid) from pg_constraint where contype in ('f', 'c') and connamespace = 'public'::regnamespace order by conname
FOREIGN KEY (a) REFERENCES a(id)
FOREIGN KEY (code) REFERENCES a(code) MATCH FULL ON UPDATE CASCADE
CHECK ((n > 0)) NOT VALID
FOREIGN KEY (x) REFERENCES a(id) ON DELETE SET NULL (x) NOT VALID
--- rows select * from c order by id
7|1|1
8|2|2
--- sql
insert into c default values; insert into down default values;
--- rows select * from c order by id desc
10|3|3
8|2|2
7|1|1
--- rows select id from down order by id
-2
-1
--- rows select pg_get_serial_sequence('c', 'id'), pg_get_serial_sequence('c', 'again')
public.keys|public.c_again_seq

=== what cannot be carried is refused by name, and can be excepted
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { table * from old; }
--- source-first
create table plain (id int primary key, t text);
--- source-db
create schema other; create type other.kind as enum ('a'); create table other.t (id int primary key);
create foreign data wrapper w; create server srv foreign data wrapper w; create foreign table remote (x int) server srv;
create table parts (d date) partition by range (d); create table parts_2020 partition of parts for values from ('2020-01-01') to ('2021-01-01');
create table parent (x int); create table child (y int) inherits (parent);
create table made (a int, b int generated always as (a * 2) stored);
create table guarded (x int); alter table guarded enable row level security;
create table ruled (x int); create rule r as on delete to ruled do instead nothing;
create table paid (m money); create table pointing (c regclass); create table foreign_kind (k other.kind[]);
create type pair as (a int, b int); create table typed of pair;
create table keyed (x int constraint keyed_fk references other.t);
create aggregate total(int) (sfunc = int4pl, stype = int);
create operator === (leftarg = int, rightarg = int, function = int4eq);
create collation german from "C";
create table nothing_in_it ();
create table broken ("a
b" int);
--- migc check spec.mig
--- exit 2
--- err
the table "remote" cannot be carried: it is a foreign table: its rows stand on another server
the table "parts" cannot be carried: it is partitioned
the table "parts_2020" cannot be carried: it is a partition of 'parts'
the table "parent" cannot be carried: tables inherit from it
the table "child" cannot be carried: it inherits from 'parent'
the table "made" cannot be carried: its column "b" is generated from others
the table "guarded" cannot be carried: row security stands before its rows
the table "ruled" cannot be carried: it has rules
the table "paid" cannot be carried: its column "m" is money, whose text depends on the server
the table "pointing" cannot be carried: its column "c" is regclass
the table "foreign_kind" cannot be carried: its column "k" is other.kind[], of another schema
the table "typed" cannot be carried: it is a table of a composite type
the table "broken" cannot be carried: a name in it has a line break or another control character
the table "nothing_in_it" cannot be carried: it has no columns
the foreign key "keyed_fk" of table "keyed" cannot be carried: it refers to a table of another schema
the aggregate "total(integer)" cannot be carried
the operator "===" cannot be carried
the collation "german" cannot be carried
hint: Write table * except "paid", and move it by hand.
--- write spec.mig
migration move;
source old postgres env 'SOURCE' {
    table * except remote, parts, parts_2020, parent, child, made, guarded, ruled, paid, pointing, foreign_kind, typed, broken, nothing_in_it, keyed_fk,
        "total(integer)", "===", german;
}
target app postgres env 'NOTHING' { table * from old; }
--- migc build spec.mig -o prog
--- run run
--- rows select relname from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by relname
keyed
plain

=== snapshots that cannot be written, and nothing to write
--- spec
migration m;
source s sqlite 'x.db' { table *; }
target app sqlite 'app.db' { table * from s; }
--- file none.mig
migration m;
source s sqlite 'x.db' { table t (x integer); }
target app sqlite 'app.db' { table t (x integer); }
from s.t { on error abort; into app.t; }
--- file far.mig
migration m;
source s sqlite 'x.db' { table * snapshot 'no/such/folder.schema'; }
target app sqlite 'app.db' { table * from s; }
--- build-exit 2
--- source-db x.db
create table t (x integer);
--- migc check --snapshot spec.mig
--- exit 2
--- err
error: no file is named that could be written
hint: Write table * snapshot 's.schema'.
--- migc check --snapshot far.mig
--- exit 2
--- err
error: cannot write "no/such/folder.schema": No such file or directory
--- migc check --snapshot none.mig
--- err
no source says `table *`: there is nothing to write

=== a move in chunks
--- engines postgres
--- spec
migration move;
source old postgres env 'SOURCE' { table *; }
target app postgres env 'NOTHING' { table * from old; }
phase copy commit every 100 rows { from old.* into app.*; }
--- source-first
create table a (id serial primary key, t text);
create table b (id serial primary key, a int references a, i interval);
insert into a (t) select 'x' || g from generate_series(1, 350) g;
insert into b (a, i) select g, '1 day' from generate_series(1, 150) g;
--- run run
500 rows inserted
--- rows select (select count(*) from a), (select count(*) from b), nextval('a_id_seq'), (select i from b where id = 1)
350|150|351|1 day
