# Phases that commit every so many rows, from every kind of source. A fault in the midst is a check, a limit or a full table; kills and
# lost servers are in tests/faults.

=== every source row is read once, whatever the size of a chunk, and the numbers are those of one transaction
--- spec
migration m;
source s csv '.' { table a file 'a*.csv' (n text not null); }
target app sqlite 'app.db' { table t (id integer primary key identity, n integer not null, row bigint not null); }
phase data commit every 3 rows {
    create app.*;
    from s.a as a { on error reject; into app.t { n = integer(a.n); row = row_number(); } }
    constrain app.*;
    sql app $$ insert into t values (100, 100, 100) $$;
}
check 'before' before data: count(s.a) = 9;
check 'after' after data: count(app.t) = count(s.a) - rejected(s.a) + 1;
--- file a1.csv
n
1
2
x
4
5
--- file a2.csv
n
6
7
8
9
--- run run -v
1 table created, 1 table constrained, 8 rows inserted
chunk 1 is in: 0 rows read
chunk 2 is in: 3 rows read
chunk 4 is in: 9 rows read
--- rows select id, n, row from t order by id
1|1|1
2|2|2
3|4|4
4|5|5
5|6|6
6|7|7
7|8|8
8|9|9
100|100|100
--- rows select chunk_no, rows_read, rows_rejected, rows_inserted, step_no from _migc_chunk order by chunk_no
1|0|0|0|1
2|3|1|2|1
3|3|0|3|1
4|3|0|3|1
5|0|0|0|2
6|0|0|0|3
7|0|0|0|4
--- rows select rows_read, rows_rejected, rows_inserted from _migc_phase
9|1|8
--- run run
nothing to do
--- run status
done

=== the ledger has no tables for chunks where no phase commits on the way
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); }
from s.a into app.t;
--- file a.csv
n
1
--- run run
--- sql
create table seen (n integer not null);
--- sql sqlite
insert into seen select count(*) from sqlite_master where name in ('_migc_chunk', '_migc_place');
--- sql postgres
insert into seen select (to_regclass('migc.chunk') is not null)::int + (to_regclass('migc.place') is not null)::int;
--- rows select n from seen
0

=== a SQLite table by its row ids, one without them by its key, a view by the key that the spec declares; rows that came meanwhile
--- spec
migration m;
source old sqlite 'old.db' {
    table a (id integer not null, name text);
    table b (k text not null, part integer not null, v text);
    table c (code text, v text);
    table d (code text not null, v text, primary key (code));
}
target app sqlite 'app.db' {
    table a (id integer primary key, name text not null);
    table b (k text not null, part integer not null, v text not null, primary key (k, part));
    table c (code text, v text not null);
    table d (code text not null, v text not null);
}
phase tables { create app.*; }
phase data after tables commit every 2 rows reject limit 0 {
    from old.a { on error reject; into app.a { copy *; } }
    from old.b { on error reject; into app.b { copy *; } }
    from old.c { on error reject; into app.c { copy *; } }
    from old.d { on error reject; into app.d { copy *; } }
}
--- source-db old.db
create table a (id integer primary key, name text);
insert into a values (3, 'c'), (1, 'a'), (2, 'b'), (7, null), (5, 'e');
create table b (k text collate nocase, part integer, v text, primary key (k, part)) without rowid;
insert into b values ('b', 2, 'x'), ('A', 1, 'x'), ('a', 2, 'x'), ('it''s', 1, 'x'), ('ü', -1, 'x');
create table c (code text, v text);
insert into c values ('z', '1'), (null, '2'), ('y', '3'), ('x', '4'), ('x', '5');
create view d as select code, v from c where code is not null and v <> '5';
--- run run
--- exit 4
--- err
1 reject, and none is allowed; 2 chunks of phase "data" (4 rows read) are in
--- rows select id, name from a order by id
1|a
2|b
3|c
5|e
--- source-db old.db
insert into a values (4, 'too late');
update a set name = 'g' where id = 7;
insert into a values (8, 'h');
--- run run
--- rows select id, name from a order by id
1|a
2|b
3|c
5|e
7|g
8|h
--- rows select k, part from b order by k, part
A|1
a|2
b|2
it's|1
ü|-1
--- rows select code, v from c order by v
z|1
\N|2
y|3
x|4
x|5
--- rows select code, v from d order by v
z|1
y|3
x|4

=== SQLite: a view without a key, a declared key that is none
--- spec
migration m;
source old sqlite 'old.db' {
    table v (n integer not null);
    table w (n integer not null primary key);
}
target app sqlite 'app.db' { table t (n integer not null); }
phase data commit every 2 rows {
    create app.*;
    from old.v { on error reject; into app.t { copy *; } }
    from old.w { on error reject; into app.t { copy *; } }
}
--- source-db old.db
create table u (n integer);
insert into u values (1), (2), (2);
create view v as select * from u;
create view w as select * from u;
--- run run
--- exit 3
--- err
old.v: no run can go on in the midst of the view "v": its rows have no key
Declare its key in the spec: primary key (…); or take "commit every" away.
old.w: the primary key ("n") that the spec declares for table "w" is null, or the same in several rows
Declare columns that are null in no row and tell every row from every other.
2 things to mend first; nothing was written

=== SQLite: row ids that a vacuum may have changed
--- spec
migration m;
source old sqlite 'old.db' { table a (name text); }
target app sqlite 'app.db' { table t (name text not null); }
phase data commit every 2 rows reject limit 0 { create app.*; from old.a { on error reject; into app.t { copy *; } } }
--- source-db old.db
create table a (name text);
insert into a values ('a'), ('b'), ('c'), (null);
--- run run
--- exit 4
--- source-db old.db
delete from a where name = 'a';
vacuum;
--- run run
--- exit 3
--- err
the rows of table "a" may have other row ids than when the last run read them: since then the file was vacuumed
Begin anew in an empty target; or declare a primary key for it in the spec, or give it an integer primary key.

=== a PostgreSQL table by its primary key, also one that the spec does not read; keys of every kind
--- spec
migration m;
source old postgres env 'SOURCE' {
    table a (name text);
    table b (k varchar(20) not null, at timestamptz not null, n numeric not null, v text);
    table "C d" (id uuid not null, v text);
    table e (code text not null, v text, primary key (code));
}
target app sqlite 'app.db' {
    table a (name text not null);
    table b (k varchar(20) not null, at timestamptz not null, n numeric not null, v text not null);
    table c (id uuid not null, v text not null);
    table e (code text not null, v text not null);
}
phase tables { create app.*; }
phase data after tables commit every 2 rows reject limit 0 {
    from old.a { on error reject; into app.a { copy *; } }
    from old.b { on error reject; into app.b { copy *; } }
    from old."C d" { on error reject; into app.c { copy *; } }
    from old.e { on error reject; into app.e { copy *; } }
}
--- source-db
create table a (id bigint primary key, name text);
insert into a values (3, 'c'), (1, 'a'), (2, 'b'), (7, null), (5, 'e');
create table b (v text, n numeric, at timestamptz, k varchar(20), primary key (k, at, n));
insert into b values ('x', 1.50, '2024-01-01 00:00:00.123456+00', 'it''s \ "'), ('x', 2, '2024-01-01', 'a'), ('x', 10, '2024-01-01', 'a'),
  ('x', -1, '2023-12-31', 'a'), ('x', 0, '2025-01-01', 'b');
create table "C d" (id uuid primary key, v text);
insert into "C d" values ('00000000-0000-0000-0000-000000000002', '2'), ('00000000-0000-0000-0000-000000000001', '1'),
  ('f0000000-0000-0000-0000-000000000003', '3');
create view e as select k || n as code, v from b;
--- run run
--- exit 4
--- err
1 reject, and none is allowed; 2 chunks of phase "data" (4 rows read) are in
--- rows select name from a order by name
a
b
c
e
--- source-db
insert into a values (4, 'too late');
update a set name = 'g' where id = 7;
insert into a values (8, 'h');
--- run plan
will go on behind 4 rows: 2 chunks are in
--- run run
--- rows select name from a order by name
a
b
c
e
g
h
--- rows select k, n from b where k <> 'a' order by k
b|0
it's \\ "|1.50
--- rows select count(*) from b
5
--- rows select v from c order by v
1
2
3
--- rows select count(*) from e
5

=== PostgreSQL: a table without a primary key, a declared one that is none
--- spec
migration m;
source old postgres env 'SOURCE' {
    table a (n integer);
    table b (n integer not null primary key);
}
target app sqlite 'app.db' { table t (n integer); }
phase data commit every 2 rows { create app.*; from old.a into app.t; from old.b into app.t; }
--- source-db
create table a (n integer);
create table b (n integer);
insert into b values (1), (null);
--- run run
--- exit 3
--- err
old.a: no run can go on in the midst of table "a": it has no primary key
Declare its key in the spec: primary key (…); or take "commit every" away.
old.b: the primary key ("n") that the spec declares for table "b" is null, or the same in several rows
2 things to mend first; nothing was written

=== a check that fails in the end leaves the chunks, and the run goes on when it holds
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null, k text not null); }
target app sqlite 'app.db' {
    table t (id integer primary key identity, n integer not null unique);
    table k (id integer primary key identity, k text not null);
    existing table allowed (n integer not null);
}
dedup app.k by k;
phase tables { create app.*; }
phase data after tables commit every 2 rows {
    from s.a as a { on error reject; into app.t { n = integer(a.n); } into app.k { k = a.k; } }
}
check 'as many as are allowed' after data: sql app $$ select (select count(*) from t) <= (select max(n) from allowed) $$;
--- sql
create table allowed (n integer not null);
insert into allowed values (3);
--- file a.csv
n,k
1,a
2,b
2,c
3,a
4,b
--- run run
--- exit 5
--- both
the open chunk of phase data is rolled back; 2 chunks before it (4 rows read) stay
check "as many as are allowed" does not hold
2 chunks of phase "data" (4 rows read) are in
Run it again to go on behind them.
--- rows select id, n from t order by id
1|1
2|2
3|3
--- sql
update allowed set n = 10;
--- run run
5 │
--- rows select id, n from t order by id
1|1
2|2
3|3
4|4
--- rows select id, k from k order by id
1|a
2|b
--- rows select file, line, kept_file, kept_line from _migc_duplicate order by line
a.csv|5|a.csv|2
a.csv|6|a.csv|3
--- rows select line, reason from _migc_reject
4|unique (n) of "t" does not hold: the same comes from a.csv:3
--- cat m-rejects/data.a.csv
run,phase,source,file,line,offset,row,column,spec,rule,reason,value,raw
/.*,data,s.a,a.csv,4,.*,3,.*unique.*/

=== rows of a table that stood there before, keys that others give meanwhile
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { existing table t (id integer primary key identity, n integer not null unique); }
phase data commit every 1 rows reject limit 1 { from s.a as a { on error reject; into app.t { n = integer(a.n); } } }
--- sql sqlite
create table t (id integer primary key, n integer not null unique);
insert into t values (7, 70);
--- sql postgres
create table t (id integer generated by default as identity primary key, n integer not null unique);
insert into t values (7, 70);
--- file a.csv
n
1
70
x
2
--- run run
--- exit 4
--- rows select id, n from t order by id
7|70
8|1
--- sql
insert into t values (20, 200);
--- run run --reject-limit 5
--- rows select id, n from t order by id
7|70
8|1
20|200
21|2
--- rows select line, reason from _migc_reject order by line
3|unique (n) of "t" does not hold: the same comes from a row that is in the target already (key 7)
4|"x" is not an integer

=== another spec, another sample: no chunk of another's phase is gone on with
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase data commit every 2 rows reject limit 0 {
    create app.*;
    from s.a as a { on error reject; into app.t { n = integer(a.n); } }
}
--- file a.csv
n
1
2
x
--- file other.mig
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase data commit every 2 rows {
    create app.*;
    from s.a as a { on error reject; into app.t { n = integer(a.n); } }
}
--- run run
--- exit 4
--- run run --sample 3
--- exit 3
--- err
phase "data" was begun without --sample in this target
--- migc build other.mig -o other
--- sh ./other run --target "app=$LOCATION"
--- exit 3
--- err
the spec is not the one that began phase "data" in this target: its tokens have changed since
--- run status
begun
phase data: 2 chunks are in, 2 rows read; the next run goes on behind them
--- rows select n from t order by n
1
2

=== references to rows of later chunks hold when the last one is in; those that never come roll the last chunk back
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null, boss text); }
target app sqlite 'app.db' { table t (id integer primary key, boss integer references t on delete restrict); }
phase data commit every 2 rows {
    create app.*;
    from s.a as a { on error reject; into app.t { id = integer(a.id); boss = integer(nullif(a.boss, '')); } }
    constrain app.*;
}
--- file a.csv
id,boss
1,5
2,
3,4
4,1
5,6
--- run run
--- exit 6
--- err
/foreign key|violates/
of phase "data"
Run it again to go on behind them.
--- sql
insert into t values (6, null);
--- run run
--- exit 5
--- err
table "t" has 
somebody changed it since
--- sql
delete from t where id = 6;
update t set boss = null where boss = 6;
--- run run
--- rows select id, boss from t order by id
1|5
2|\N
3|4
4|1
5|\N

=== the same key in two tables: each row has the place that it came from
--- spec
migration m;
source s csv '.' {
    table a file 'a.csv' (k text not null, v text not null);
    table b file 'b.csv' (k text not null, v text not null);
}
target app sqlite 'app.db' { table a (k text not null unique); table b (k text not null unique); }
phase data commit every 2 rows reject limit 1 {
    create app.*;
    from s.a { on error reject; into app.a { k = a.k; } }
    from s.b { on error reject; into app.b { k = b.k; } }
}
--- file a.csv
k,v
one,1
two,2
--- file b.csv
k,v
x,
two,2
one,1
two,3
three,3
two,4
--- run run
--- exit 4
--- err
2 rejects, and 1 is allowed; 6 chunks
--- run run --reject-limit 5
--- rows select file, line, reason from _migc_reject order by line
b.csv|5|unique (k) of "b" does not hold: the same comes from b.csv:3
b.csv|7|unique (k) of "b" does not hold: the same comes from b.csv:3

=== what became of a source row is known in a later run, of a dropped one, too
--- spec
migration m;
source old sqlite 'old.db' {
    table person (id integer not null, email text not null, name text not null);
    table note (id integer not null, person integer not null, words text);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, email text not null, name text not null);
    table note (id integer primary key identity, person integer not null references person, words text not null);
}
dedup app.person by casefold(email);
phase data commit every 2 rows reject limit 0 {
    create app.*;
    from old.person as p { on error reject; into app.person { email = p.email; name = p.name; } }
    from old.note as n { on error reject; into app.note { person = app.person[old.person.id = n.person]; words = n.words; } }
}
--- source-db old.db
create table person (id integer primary key, email text, name text);
insert into person values (10, 'a@x', 'A'), (20, 'b@x', 'B'), (30, 'A@X', 'A again'), (40, 'c@x', 'C'), (50, 'B@x', 'B again');
create table note (id integer primary key, person integer, words text);
insert into note values (1, 10, 'to A'), (2, 30, 'to A again'), (3, 50, 'to B again'), (4, 40, null), (5, 30, 'A once more');
--- run run
--- exit 4
--- err
1 reject, and none is allowed
--- run run --reject-limit 1
--- rows select id, email, name from person order by id
1|a@x|A
2|b@x|B
3|c@x|C
--- rows select n.id, p.name, n.words from note n join person p on p.id = n.person order by n.id
1|A|to A
2|A|to A again
3|B|to B again
4|A|A once more
--- rows select line, kept_line from _migc_duplicate order by line
30|10
50|20
