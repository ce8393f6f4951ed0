# Rows of SQLite databases: typed by what is stored, whatever the columns were declared as.

=== every type, read from every kind of value that holds it
--- spec
migration m;
source old sqlite 'old.db' {
    table t (id integer not null, b boolean, si smallint, i integer, bi bigint, r real, d double, n numeric, n2 numeric(8,2), s text,
             v varchar(5), c char(3), by bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, l text[]);
}
target app sqlite 'app.db' {
    table t (id integer primary key, b boolean, si smallint, i integer, bi bigint, r real, d double, n numeric, n2 numeric(8,2), s text,
             v varchar(5), c char(3), by bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, l text[]);
}
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db old.db
create table t (id, b, si, i, bi, r, d, n, n2, s, v, c, "by", dt, tm, ts, tz, u, j, jb, l);
insert into t values
  (1, 1, -5, 2147483647, -9223372036854775808, 1.5, 0.1, 12, 0.99, 'text', 'abcde', 'abc', x'00ff', '2024-02-29', '23:59:59.5',
   '2024-02-29 10:00:00', '2024-02-29 10:00:00+02', '00112233-4455-6677-8899-AABBCCDDEEFF', '{"a" : 1}', '{"a" : 1}', '["x",null]'),
  (2, 't', '7', 8.0, '9', 2, '1e3', '1.50', '7', 12, 1.5, 3, '\x0102', null, '10:00', '2024-02-29T10:00:00.25', '2024-02-29T10:00:00Z',
   x'00112233445566778899aabbccddeeff', 12, 1.5, '{a,"b c"}'),
  (3, 0, null, null, null, null, 9007199254740993, 0.30000000000000004, 1e3, null, null, null, null, null, null, null, null, null, null, null, null),
  (4, 'FALSE', 0, ' 5 ', 0, 0, 0, 1e20, 2.50, '', '', '', x'', ' 2024-01-01 ', null, null, null, null, 'null', 'true', '[]');
--- run run
--- rows select * from t order by id
1|1|-5|2147483647|-9223372036854775808|1.5|0.1|12|0.99|text|abcde|abc|\\x00ff|2024-02-29|23:59:59.5|2024-02-29 10:00:00|2024-02-29 08:00:00+00:00|00112233-4455-6677-8899-aabbccddeeff|{"a" : 1}|{"a": 1}|["x",null]
2|1|7|8|9|2|1000|1.50|7.00|12|1.5|3|\\x0102|\N|10:00:00|2024-02-29 10:00:00.25|2024-02-29 10:00:00+00:00|00112233-4455-6677-8899-aabbccddeeff|12|1.5|["a","b c"]
3|0|\N|\N|\N|\N|9007199254740992|0.30000000000000004|1000.00|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N
4|0|0|5|0|0|0|100000000000000000000|2.50||||\\x|2024-01-01|\N|\N|\N|\N|null|true|[]

=== what is no value of the type is a reject with its column, its value and the row
--- spec
migration m;
source old sqlite 'old.db' {
    table t (id integer not null, k text not null, b boolean, i integer, d double, n numeric, by bytea, dt date, u uuid, j json, l text[]);
}
target app sqlite 'app.db' {
    table t (id integer primary key, b boolean, i integer, d double, n numeric, by bytea, dt date, u uuid, j json, l text[]);
}
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db old.db
create table t (id integer primary key, k, b, i, d, n, "by", dt, u, j, l);
insert into t (id, k, b) values (1, 'two', 2), (2, 'blob', x'01'), (3, 'word', 'maybe');
insert into t (id, k, i) values (11, 'fraction', 1.5), (12, 'text', 'x'), (13, 'large', 3000000000), (14, 'blob', x'31'), (15, 'float', 1e300);
insert into t (id, k, d) values (21, 'text', 'x'), (22, 'infinite', 9e999), (23, 'blob', x'31');
insert into t (id, k, n) values (31, 'text', 'x'), (32, 'infinite', -9e999);
insert into t (id, k, "by") values (41, 'number', 5), (42, 'odd', '\x0');
insert into t (id, k, dt) values (51, 'seconds', 1700000000), (52, 'julian', 2460310.5), (53, 'text', '31.12.2023');
insert into t (id, k, u) values (61, 'short', x'0011'), (62, 'text', 'no');
insert into t (id, k, j) values (71, 'text', '{'), (72, 'blob', x'7b7d');
insert into t (id, k, l) values (81, 'text', 'a,b');
insert into t (id, k) values (90, null), (91, x'41');
--- run run
--- rows select count(*) from t
0
--- rows select line, column_name, rule, reason, value from _migc_reject order by line
1|b|parse|the number 2 is not a boolean: 0 or 1|2
2|b|parse|a blob of 1 byte is not a boolean: 0 or 1|\\x01
3|b|parse|"maybe" is not a boolean: true, t, yes, y, on, 1 or false, f, no, n, off, 0|maybe
11|i|parse|the number 1.5 is not a whole number|1.5
12|i|parse|"x" is not an integer|x
13|i|range|3000000000 is out of the range of integer|3000000000
14|i|parse|a blob of 1 byte is not an integer|\\x31
15|i|range|1e+300 is too large for bigint|1e+300
21|d|parse|"x" is not a number|x
22|d|range|Infinity is not a finite number|Infinity
23|d|parse|a blob of 1 byte is not a number|\\x31
31|n|parse|"x" is not a number|x
32|n|range|-Infinity is not a finite number|-Infinity
41|by|parse|the number 5 is not a blob|5
42|by|parse|"0" is not text in the form hex|0
51|dt|parse|the number 1700000000 is not a date: a column of numbers is declared so, and read by to_timestamp(x) or julian(x)|1700000000
52|dt|parse|the number 2460310.5 is not a date: a column of numbers is declared so, and read by to_timestamp(x) or julian(x)|2460310.5
53|dt|parse|"31.12.2023" is not a date of the form YYYY-MM-DD|31.12.2023
61|u|parse|a blob of 2 bytes is not a uuid|\\x0011
62|u|parse|"no" is not a UUID: 32 hex digits|no
71|j|parse|"{" is not JSON: a key in double quotes must stand in an object (character 2)|{
72|j|parse|a blob of 2 bytes is not JSON text|\\x7b7d
81|l|parse|"a,b" is not a list: {a,b} or ["a", "b"]|a,b
90|k|null|"k" is null, and the spec says not null|\N
91|k|parse|"k" holds a blob of 1 byte where the spec says text|\\x41
--- rows select raw from _migc_reject where line in (2, 22, 90) order by line
{"id": 2, "k": "blob", "b": "\\\\x01", "i": null, "d": null, "n": null, "by": null, "dt": null, "u": null, "j": null, "l": null}
{"id": 22, "k": "infinite", "b": null, "i": null, "d": "Infinity", "n": null, "by": null, "dt": null, "u": null, "j": null, "l": null}
{"id": 90, "k": null, "b": null, "i": null, "d": null, "n": null, "by": null, "dt": null, "u": null, "j": null, "l": null}

=== dates as text, as Unix seconds and as Julian days: the spec says which
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null, kind text not null, at text, secs bigint, day double); }
target app sqlite 'app.db' { table t (id integer primary key, at timestamp); }
from old.t as t {
    on error reject;
    into app.t {
        id = t.id;
        at = case t.kind when 'text' then timestamp(t.at) when 'unix' then to_timestamp(t.secs) at zone 'UTC' else julian(t.day) end;
    }
}
--- source-db old.db
create table t (id integer, kind text, at datetime, secs datetime, day datetime);
insert into t values (1, 'text', '2023-12-31 14:57:46', null, null), (2, 'unix', null, 1704034666, null), (3, 'julian', null, null, 2460310.123456);
--- run run
--- rows select id, at from t order by id
1|2023-12-31 14:57:46
2|2023-12-31 14:57:46
3|2023-12-31 14:57:46.598

=== bad UTF-8 and NUL bytes are rejects, wherever they stand in the row
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null, a text, n integer); }
target app sqlite 'app.db' { table t (id integer primary key, a text); }
from old.t as t { on error reject; into app.t { id = t.id; a = t.a; } }
--- source-db old.db
create table t (id integer primary key, a, n);
insert into t values (1, cast(x'41ff' as text), 1), (2, 'a' || char(0) || 'b', 1), (3, 'ok', cast(x'c3' as text)), (4, 'żółw', 1);
--- run run
--- rows select id, a from t
4|żółw
--- rows select line, column_name, rule, reason from _migc_reject order by line
1|a|utf8|the text in "a" is not UTF-8
2|a|nul|the text in "a" holds a NUL byte
3|n|utf8|the text in "n" is not UTF-8

=== names with blanks and quotes, in any case; views, queries, tables without row ids
--- spec
migration m;
source old sqlite 'old.db' {
    table "order ""lines""" ("the Id" bigint not null, NAME text);
    table plain (b text, a integer);
    table seen (n bigint);
    query big $$
        select id, upper(name) as "Name" from "order ""lines""" -- ; not the end
        where name <> 'x;y' order by id desc;  /* done; */
    $$ (name text, id integer);
}
target app sqlite 'app.db' {
    table t (id bigint primary key identity, source text not null, a bigint, b text);
}
from old."order ""lines""" as l { on error reject; into app.t { source = 'lines'; a = l."the Id"; b = l.NAME; } }
from old.plain as l { on error reject; into app.t { source = 'plain'; copy *; } }
from old.seen as l { on error reject; into app.t { source = 'view'; a = l.n; } }
from old.big as l { on error reject; into app.t { source = 'query'; a = l.id; b = l.name; } }
--- source-db old.db
create table "order ""lines""" ("the Id" integer, name text, id integer generated always as ("the Id" * 10));
insert into "order ""lines""" values (2, 'b'), (1, 'a'), (3, 'x;y');
create table plain (a integer, b text, primary key (b, a)) without rowid;
insert into plain values (1, 'z'), (2, 'y');
create index covering on plain (a, b);
create view seen as select count(*) as n from plain;
--- run plan
from old.order "lines" into t, 3 rows
from old.seen into t, 1 row
--- run run
--- rows select id, source, a, b from t order by id
1|lines|2|b
2|lines|1|a
3|lines|3|x;y
4|plain|2|y
5|plain|1|z
6|view|2|\N
7|query|20|B
8|query|10|A

=== what is not there is said with the name that was meant, before anything is written
--- spec
migration m;
source old sqlite 'old.db' {
    table trainer (id integer);
    table clients (id integer, emial text, fone text);
    query two $$ select 1 as a; select 2 as b $$ (a integer);
    query bad $$ selct 1 $$ (a integer);
    query twice $$ select id, id from clients $$ (id integer);
    query change $$ delete from clients returning id $$ (id integer);
}
target app sqlite 'app.db' { table t (id integer); }
from old.trainer as t { on error reject; into app.t { id = t.id; } }
from old.clients as t { on error reject; into app.t { id = t.id; } }
from old.two as t { on error reject; into app.t { id = t.a; } }
from old.bad as t { on error reject; into app.t { id = t.a; } }
from old.twice as t { on error reject; into app.t { id = t.id; } }
from old.change as t { on error reject; into app.t { id = t.id; } }
--- source-db old.db
create table trainers (id integer);
create table clients (id integer, email text, name text);
--- run run
--- exit 3
--- err
error: old.trainer: old.db has no table "trainer"
hint: Did you mean "trainers"?
error: old.clients: table "clients" has no column "emial", "fone"
hint: Did you mean "email"?
error: old.two: the query "two" holds more than one statement
error: old.bad: the query "bad": near "selct": syntax error
error: old.twice: the query "twice" has more than one column "id"
error: old.change: the query "change" is not a select
refused: 6 things to mend first; nothing was written
--- sh test ! -e app.db

=== files that are no database, damaged, empty, missing, folders
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer); }
target app sqlite 'app.db' { table t (id integer); }
from old.t as t { on error reject; into app.t { id = t.id; } }
--- source-db good.db
create table t (id integer);
insert into t values (7);
--- run run
--- exit 3
--- err
the SQLite file old.db cannot be opened: No such file or directory
--- sh : > old.db
--- run run
--- exit 3
--- err
the SQLite file old.db is empty
--- sh printf 'id,name\n1,a row of a CSV file that somebody called a database\n' > old.db
--- run run
--- exit 3
--- err
opening the source: old.db is not a SQLite database
--- sh rm old.db && mkdir old.db
--- run run
--- exit 3
--- err
old.db is a folder, not a SQLite file
--- run run --source old=sqlite:good.db
--- rows select id from t
7
--- run plan --source old=csv:.
--- exit 3
--- err
source "old" is a SQLite file, and its location names a folder of CSV files
hint: Give a file: sqlite:FILE.
--- run plan --source old=postgres://h/d
--- exit 3
--- err
source "old" is a SQLite file, and its location names a PostgreSQL database

=== a page that is damaged fails the phase with exit 6, and nothing of it stays
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer, a text); }
target app sqlite 'app.db' { table t (id integer, a text); }
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db old.db
create table t (id integer primary key, a text);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) insert into t select i, printf('%0500d', i) from n;
--- sh
size=$(wc -c < old.db)
dd if=/dev/zero of=old.db bs=4096 count=8 seek=$((size / 4096 - 12)) conv=notrunc 2> /dev/null
--- run run
--- exit 6
--- err
the database file old.db is damaged
--- rows select count(*) from t
0

=== a file that another program is writing to is waited for, then refused
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer); }
target app sqlite 'app.db' { table t (id integer); }
from old.t as t { on error reject; into app.t { id = t.id; } }
--- file hold.py
import sqlite3, sys, time
db = sqlite3.connect("old.db", isolation_level=None)
db.execute("begin exclusive")
open("held", "w").close()
time.sleep(float(sys.argv[1]))
db.execute("commit")
--- source-db old.db
create table t (id integer);
insert into t values (1);
--- sh
python3 hold.py 1000 & pid=$!
while ! test -e held; do sleep 0.05; done
code=0; $PROG run --target "$TARGET" || code=$?
kill $pid
test $code = 3
--- err
opening the source: old.db is locked by another program
hint: Another program is writing to the file and did not let go of it for 5 s; close it, or try again.
--- sh
rm held; python3 hold.py 0.3 &
while ! test -e held; do sleep 0.05; done
$PROG run --target "$TARGET"; wait
--- rows select id from t
1

=== WAL files are read with what is still in the WAL, and without a change to them
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer); }
target app sqlite 'app.db' { table t (id integer); }
from old.t as t { on error reject; into app.t { id = t.id; } }
--- file hold.py
import sqlite3, subprocess, sys, os
db = sqlite3.connect("old.db", isolation_level=None)
db.execute("pragma journal_mode = wal")
db.execute("create table t (id integer)")
db.execute("insert into t values (1), (2)")
before = open("old.db", "rb").read(), os.path.getsize("old.db-wal")
db.execute("begin immediate")
db.execute("insert into t values (3)")  # not committed, so not there
code = subprocess.call([os.environ["PROG"], "run", "--target", os.environ["TARGET"]])
assert before == (open("old.db", "rb").read(), os.path.getsize("old.db-wal"))
db.execute("commit")
sys.exit(code)
--- sh python3 hold.py
--- rows select id from t order by id
1
2

=== one file as source and target: it is read from a copy, in one piece or in chunks; in WAL mode beside the writer
--- engines sqlite
--- spec
migration m;
source old sqlite 'app.db' { table t (id integer); }
target app sqlite 'app.db' { table u (id integer); existing table t (id integer); table w (id integer); }
phase make { create app.*; }
phase one after make { from old.t as t { on error reject; into app.u { id = t.id; } into app.t { id = t.id + 10; } } }
phase two after one commit every 2 rows { from old.t as t { on error reject; into app.w { id = t.id; } into app.t { id = t.id + 20; } } }
phase last after two { sql app $$ drop table t $$; }
check 'all' after one: count(app.u) = count(old.t);
--- env TMPDIR=.
--- source-db app.db
create table t (id integer);
insert into t values (1), (2), (3);
--- run plan
note: source "old" is the target's own file: a run reads a copy of it in . (
--- run run
--- rows select id from u order by id
1
2
3
--- rows select id from w order by id
1
2
3
--- sh ls; rm app.db
--- out
! migc-source
--- source-db app.db
pragma journal_mode = wal;
create table t (id integer);
insert into t values (1), (2), (3);
--- run plan
! a copy of it
--- run run
--- rows select id from u order by id
1
2
3
--- rows select id from w order by id
1
2
3

=== UTF-16 databases; a row that is refused late is shown whole
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null, k text, w integer); }
target app sqlite 'app.db' { table t (id integer primary key, k text not null unique, w integer check (w < 10)); }
dedup app.t by lower(k) { keep last by w; duplicate reject; }
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db old.db
pragma encoding = 'UTF-16le';
create table t (id integer, k, w);
insert into t values (1, 'Ä', 1), (2, 'ä', 2), (3, 'b', 20), (4, null, 1);
--- run run
--- rows select id, k from t
2|ä
--- rows select line, rule, raw from _migc_reject order by line
1|duplicate|{"id": 1, "k": "Ä", "w": 1}
3|check|{"id": 3, "k": "b", "w": 20}
4|null|{"id": 4, "k": null, "w": 1}
