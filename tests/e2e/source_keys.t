# Keys that a source table declares: held against the live table before the run, and then trusted.

=== what is copied by its key needs no words about failure, and no keys in memory; SQLite
--- spec
migration m;
source old sqlite 'old.db' {
    table p (id integer primary key, name text);
    table q (a integer, b text, c text, primary key (a, b));
    table r (code text primary key);
}
target app sqlite 'app.db' {
    table p (id bigint primary key, name text);
    table q (b text, a bigint, note text, primary key (a, b));
    table r (code text unique, n integer primary key identity);
}
from old.p into app.p;
from old.q as q { into app.q { a = q.a; b = q.b; note = q.c; } }
from old.r into app.r;
--- source-db old.db
create table p (id integer primary key, name text);
insert into p values (2147483647, 'last'), (-1, 'first');
create table q (a integer, b text, c text, primary key (b, a));
insert into q values (1, 'x', null), (1, 'y', 'n');
create table r (code text, unique (code));
insert into r values ('1'), ('01');
--- migc explain spec.mig
its primary key is looked at before the run, and then vouches for the target's: no keys are kept in memory
! one entry a row
--- run run
--- rows select * from p order by id
-1|first
2147483647|last
--- rows select a, b, note from q order by b
1|x|\N
1|y|n
--- rows select code, n from r order by n
1|1
01|2

=== a key in SQLite that is none, or not of its type, is refused before anything is written
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer primary key, name text); }
target app sqlite 'app.db' { table t (id integer primary key, name text); }
from old.t into app.t;
--- source-db old.db
create table t (id, name text);
insert into t values (1, 'a'), (1, 'b');
--- run run
--- exit 3
--- both
spec.mig:2:36: error: old.t: the primary key ("id") that the spec declares for table "t" is null, or the same in several rows
Declare columns that are null in no row and tell every row from every other.
nothing was written
--- source-db old.db
update t set id = '1' where name = 'b';
--- run run
--- exit 3
--- both
old.t: "id" is a primary key of integers in the spec, but a row of table "t" holds text there
--- source-db old.db
update t set id = 2147483648 where name = 'b';
--- run run
--- exit 3
--- both
old.t: "id" is a primary key of integers in the spec, but a row of table "t" holds a larger one there
--- source-db old.db
update t set id = 1.5 where name = 'b';
--- run run
--- exit 3
--- both
old.t: "id" is a primary key of integers in the spec, but a row of table "t" holds a number there
--- source-db old.db
update t set id = null where name = 'b';
--- run run
--- exit 3
--- both
old.t: the primary key ("id") that the spec declares for table "t" is null, or the same in several rows
--- source-db old.db
update t set id = 2 where name = 'b';
--- run run
--- rows select * from t order by id
1|a
2|b

=== a partial index vouches for nothing
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer primary key, name text); }
target app sqlite 'app.db' { table t (id integer primary key, name text); }
from old.t into app.t;
--- source-db old.db
create table t (id integer, name text);
create unique index one on t (id) where name <> 'b';
insert into t values (1, 'a'), (1, 'b');
--- run run
--- exit 3
--- both
is null, or the same in several rows

=== what is copied by its key, PostgreSQL: a table, a table without an index, a view, a query
--- spec
migration m;
source old postgres env 'SOURCE' {
    options (schema 'shop');
    table t (id bigint primary key, name text);
    table bare (a integer, b text, primary key (a, b));
    table v (id bigint primary key, name text);
    query few $$ select id, name from shop.t where id > 1 $$ (id bigint primary key, name text);
}
target app sqlite 'app.db' {
    table t (id bigint primary key, name text);
    table bare (a integer, b text, primary key (b, a));
    table v (id numeric primary key, name text);
    table few (id bigint primary key, name text);
}
from old.t into app.t;
from old.bare into app.bare;
from old.v into app.v;
from old.few into app.few;
--- source-db
create schema shop;
create table shop.t (id bigint primary key, name text);
insert into shop.t values (1, 'a'), (2, 'b');
create table shop.bare (a int, b text);
insert into shop.bare values (1, 'a'), (1, 'b');
create view shop.v as select * from shop.t union all select 3, 'c';
--- migc explain spec.mig
! one entry a row
--- run run
--- rows select * from bare order by b
1|a
1|b
--- rows select * from v order by id
1|a
2|b
3|c
--- rows select * from few
2|b

=== a key in PostgreSQL that is none is refused before anything is written
--- spec
migration m;
source old postgres env 'SOURCE' { table t (id bigint primary key); }
target app sqlite 'app.db' { table t (id bigint primary key); }
from old.t into app.t;
--- source-db
create table t (id bigint);
insert into t values (1), (null);
--- run run
--- exit 3
--- both
old.t: the primary key ("id") that the spec declares for table "t" is null, or the same in several rows
--- source-db
update t set id = 1 where id is null;
--- run run
--- exit 3
--- both
is null, or the same in several rows
--- source-db
update t set id = 2 where ctid = (select max(ctid) from t);
--- run run
--- rows select id from t order by id
1
2

=== a second flow into the table, a list, another value in its place: the rule is kept as ever
--- spec
migration m;
source old sqlite 'old.db' {
    table p (id integer primary key, names text not null);
    table q (id integer primary key);
}
target app sqlite 'app.db' {
    table two (id integer primary key);
    table many (id integer primary key, name text);
    table half (id integer primary key);
}
from old.p as p {
    on error reject;
    into app.two { id = p.id; }
    into app.many each n in items(p.names, ',') { id = p.id; name = n; }
    into app.half { id = p.id / 2; }
}
from old.q { on error reject; into app.two; }
--- source-db old.db
create table p (id integer primary key, names text);
insert into p values (1, 'a'), (2, 'b, c'), (3, 'd');
create table q (id integer primary key);
insert into q values (1), (4);
--- run run
--- rows select id from two order by id
1
3
4
--- rows select id, name from many order by id
1|a
3|d
--- rows select file, line, rule from _migc_reject order by file
p|2|unique
q|1|unique

=== messages name a row by the key that the spec declares
--- spec
migration m;
source old postgres env 'SOURCE' {
    table t (id integer primary key, born text);
    table u (a text, "b c" bigint, born text, primary key (a, "b c"));
}
target app sqlite 'app.db' { table t (id integer primary key, born date); table u (a text, n bigint, born date); }
from old.t as t { on error reject; into app.t { copy *; born = date(t.born); } }
from old.u as u { into app.u { a = u.a; n = u."b c"; born = date(u.born) else abort; } }
--- source-db
create table t (id int primary key, born text);
insert into t values (7, '2020-01-01'), (12, 'x'), (-3, 'y');
create table u (a text, "b c" bigint, born text, primary key (a, "b c"));
insert into u values ('x', 1, null), (E'\x1b[1m', 5000000000, 'z');
--- run run
--- exit 4
--- both
t (id 12): born: "x" is not a date
u (a \x1b[1m, b c 5000000000): "born": "z" is not a date
--- source-db
delete from u where born is not null;
--- run run
2 rejected
t (id 12): born: "x" is not a date
--- rows select file, line, row_no, value from _migc_reject order by line
t|-3|3|y
t|12|2|x
