# Rows of PostgreSQL databases: one snapshot for all tables, types compared before the run, nothing that can fail when rows are read.

=== every type goes through, null too
--- spec
migration m;
source old postgres env 'SOURCE' {
    options (schema 'shop');
    table "All Types" (id integer not null, b boolean, si smallint, i integer, bi bigint, r real, d double, n numeric, n2 numeric(12,3), s text,
                       v varchar(10), c char(5), by bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, l text[]);
}
target app sqlite 'app.db' {
    table t (id integer primary key, b boolean, si smallint, i integer, bi bigint, r real, d double, n numeric, n2 numeric(12,3), s text,
             v varchar(10), c char(5), by bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, l text[]);
}
from old."All Types" as t { on error reject; into app.t { copy *; } }
--- source-db
create schema shop;
create table shop."All Types" (id int, b boolean, si smallint, i integer, bi bigint, r real, d double precision, n numeric, n2 numeric(12,3),
  s text, v varchar(10), c char(5), "by" bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid, j json, jb jsonb, l text[]);
insert into shop."All Types" values
  (1, true, -32768, -2147483648, -9223372036854775808, 1.5, 0.1, '-12345678901234567890.1234567890', 1.5, E'a"ü\n', 'vv', 'c', '\x00ff',
   '2024-02-29', '23:59:59.999999', '2024-02-29 12:00:00.5', '2024-02-29 12:00+02', '00112233-4455-6677-8899-aabbccddeeff', '{"a" : 1}',
   '{"b":2,  "a":1}', array['x', null, '{"']),
  (3, false, 0, 0, 0, 0, 0, 0, 0, '', '', '', '', '0001-01-01', '00:00', '9999-12-31 23:59:59.999999', '0001-01-01', null, 'null', '[]', '{}');
insert into shop."All Types" values (2);
--- run run
--- rows select id, b, si, i, bi, r, d, n, n2, s, v, c, by, tm, ts, u, j, jb, l from t order by id
1|1|-32768|-2147483648|-9223372036854775808|1.5|0.1|-12345678901234567890.1234567890|1.500|a"ü\n|vv|c|\\x00ff|23:59:59.999999|2024-02-29 12:00:00.5|00112233-4455-6677-8899-aabbccddeeff|{"a" : 1}|{"a": 1, "b": 2}|["x",null,"{\\""]
2|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N
3|0|0|0|0|0|0|0|0.000||||\\x|00:00:00|9999-12-31 23:59:59.999999|\N|null|[]|[]
--- rows select id, dt, tz from t order by id
1|2024-02-29|2024-02-29 10:00:00+00:00
2|\N|\N
3|0001-01-01|0001-01-01 00:00:00+00:00

=== json that is nested deeper than SQLite takes is a failure of its row there
--- engines sqlite
--- spec
migration m;
source old postgres env 'SOURCE' { table t (id integer not null, j json, b jsonb); }
target app sqlite 'app.db' { table t (id integer primary key, j json, b jsonb); }
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db
create table t (id int, j json, b jsonb);
insert into t values (1, (repeat('[', 900) || repeat(']', 900))::json, '1'), (2, '{"a":1}', (repeat('[', 3000) || repeat(']', 3000))::jsonb),
    (3, ('["\"' || repeat('[', 3000) || '"]')::json, null), (4, (repeat('{"a":', 3000) || '1' || repeat('}', 3000))::json, null);
--- run run
2 rejected
--- rows select id from t order by id
1
3
--- rows select row_no, column_name, rule, reason, substr(value, 1, 4) from _migc_reject order by row_no
2|t.b|check|arrays and objects are nested deeper than SQLite takes|[[[[
4|t.j|check|arrays and objects are nested deeper than SQLite takes|{"a"

=== json that is no text: kept as it is written, and a failure of its row where it must be text, or of one form
--- spec
migration m;
source old postgres env 'SOURCE' { table t (id integer not null, j json); }
target app sqlite 'app.db' { table t (id integer primary key, j json, a text, element json, same boolean); }
from old.t as t {
    on error reject;
    into app.t {
        id = t.id; j = case when t.id <> 7 then t.j end; a = json_get_text(t.j, 'a'); element = case when t.id <> 7 then json_get(t.j, 'b', 0) end;
        same = (jsonb(t.j) is not null) else null;
    }
}
--- source-db
create table t (id int, j json);
insert into t values (1, '{"a" : "x\u00e9\ud83d\ude00"}'), (2, '{"a":"\ud800"}'), (3, '{"a":"\ud83d\u0041"}'), (4, '{"a":"\u0000"}'), (5, '{"b":["\u0000\udc00"]}'),
    (6, '{"\ud800":1,"a":"\\ud800"}'), (7, ('{"b": [' || repeat('[', 3000) || repeat(']', 3000) || ']}')::json), (8, '"\ud800"');
--- run run
3 rejected
--- both
"\ud800" is no text: the first half of a surrogate pair stands alone (character 8)
--- rows select id, j, a, element, same from t order by id
1|{"a" : "x\\u00e9\\ud83d\\ude00"}|xé😀|\N|1
5|{"b":["\\u0000\\udc00"]}|\N|"\\u0000\\udc00"|\N
6|{"\\ud800":1,"a":"\\\\ud800"}|\\ud800|\N|\N
7|\N|\N|\N|\N
8|"\\ud800"|\N|\N|\N

=== types that stand for others: wider ones, domains, everything as text
--- spec
migration m;
source old postgres env 'SOURCE' {
    table t (small bigint, whole numeric, money numeric(10,2), day timestamp, r double, v text, vv varchar(20), mood text, ip text, pt text, d text,
             ints text[], j jsonb);
}
target app sqlite 'app.db' {
    table t (small bigint, whole numeric, money numeric(10,2), day timestamp, r double, v text, vv varchar(20), mood text, ip text, pt text, d text,
             ints text[], j jsonb);
}
from old.t as t into app.t;
--- source-db
create domain cents as numeric(8,2);
create domain price as cents;
create type mood as enum ('sad', 'ok');
create table t (small smallint, whole bigint, money price, day date, r real, v varchar(5), vv varchar(20), mood mood, ip inet, pt point,
                d date, ints int[], j json);
insert into t values (1, 2, 3.5, '2024-02-29', 0.5, 'v', 'vv', 'ok', '10.0.0.1', '(1,2)', '2024-02-29', '{1,null,3}', '{"a":1}');
--- run run
--- rows select * from t
1|2|3.50|2024-02-29 00:00:00|0.5|v|vv|ok|10.0.0.1/32|(1,2)|2024-02-29|["1",null,"3"]|{"a": 1}

=== values that no type of the language has are rejects, not failures of the phase
--- spec
migration m;
source old postgres env 'SOURCE' { table t (id integer not null, r real, d double, n numeric, dt date, ts timestamp, tz timestamptz, l text[]); }
target app sqlite 'app.db' { table t (id integer); }
from old.t as t { on error reject; into app.t { copy *; } }
--- source-db
create table t (id int, r real, d double precision, n numeric, dt date, ts timestamp, tz timestamptz, l text[]);
insert into t (id, r) values (1, 'nan');
insert into t (id, d) values (2, '-infinity');
insert into t (id, n) values (3, 'nan');
insert into t (id, dt) values (4, 'infinity');
insert into t (id, ts) values (5, '-infinity');
insert into t (id, tz) values (6, 'infinity');
insert into t (id, l) values (7, '{{a,b}}');
insert into t (id, r) values (8, null), (null, 1);
insert into t (id, dt) values (10, '0001-01-01 BC');
insert into t (id, tz) values (11, '10000-01-01');
insert into t (id, l) values (12, '[0:1]={a,b}');
--- run run
--- rows select id from t
8
--- rows select file, line, column_name, rule, reason, value from _migc_reject order by line
t|1|r|range|"r" is not a finite number|NaN
t|2|d|range|"d" is not a finite number|-Infinity
t|3|n|range|"n" is not a finite number|NaN or infinity
t|4|dt|range|"dt" is not a finite date|infinity
t|5|ts|range|"ts" is not a finite timestamp|-infinity
t|6|tz|range|"tz" is not a finite timestamp|infinity
t|7|l|parse|"l" is an array of several dimensions|{{…}}
t|9|id|null|"id" is null, and the spec says not null|\N
t|10|dt|range|"dt" is outside the years 1 to 9999|0001-01-01 BC
t|11|tz|range|"tz" is outside the years 1 to 9999|10000-01-01 00:00:00
t|12|l|parse|"l" is an array that does not begin at 1|[…]={…}
--- rows select raw from _migc_reject where line in (4, 9) order by line
{"id": 4, "r": null, "d": null, "n": null, "dt": "infinity", "ts": null, "tz": null, "l": null}
{"id": null, "r": 1, "d": null, "n": null, "dt": null, "ts": null, "tz": null, "l": null}

=== what is not there, cannot hold or may not be read is said before anything is written
--- spec
migration m;
source old postgres env 'SOURCE' {
    table trainer (id integer);
    table clients (id integer, emial text);
    table narrow (id integer);
    table shorter (name varchar(10));
    table other (at timestamptz);
    table exact (n numeric(8,2));
    table hidden (id integer);
    table half (id integer, secret text);
    table rest (id integer);
    table unfilled (id integer);
    query behind $$ select id from hidden $$ (id integer);
    table far options (schema 'nowhere') (id integer);
    query bad $$ select 1 as id from clients where $$ (id integer);
    query two $$ select 1 as id; select 2 $$ (id integer);
    query wide $$ select count(*) as n from clients $$ (n integer);
}
target app sqlite 'app.db' { table t (id integer, name varchar(10), at timestamptz, n numeric(8,2)); }
from old.trainer as t into app.t { id = t.id; }
from old.clients as t into app.t { id = t.id; }
from old.narrow as t into app.t { id = t.id; }
from old.shorter as t into app.t { name = t.name; }
from old.other as t into app.t { at = t.at; }
from old.exact as t into app.t { n = t.n; }
from old.hidden as t into app.t { id = t.id; }
from old.half as t into app.t { id = t.id; }
from old.rest as t into app.t { id = t.id; }
from old.unfilled as t into app.t { id = t.id; }
from old.behind as t into app.t { id = t.id; }
from old.far as t into app.t { id = t.id; }
from old.bad as t into app.t { id = t.id; }
from old.two as t into app.t { id = t.id; }
from old.wide as t into app.t { id = t.n; }
--- source-db
create table trainers (id int);
create table clients (id int, email text, fone text);
create table narrow (id bigint);
create table shorter (name varchar(20));
create table other (at timestamp);
create table exact (n numeric);
create table hidden (id int);
create table half (id int, secret text);
create table rest (id int, secret text);
create materialized view unfilled as select 1 as id with no data;
select 'reader_of_' || current_database() as reader \gset
create role :reader login;
grant select on trainers, clients, narrow, shorter, other, exact, unfilled to :reader;
grant select (id) on half, rest to :reader;
--- sh
code=0; $PROG run --source "old=$SOURCE user=reader_of_${SOURCE##*dbname=}" --target "$TARGET" || code=$?
test $code = 3
--- err
hint: Did you mean "trainers"?
error: old.clients: table "clients" has no column "emial"
hint: Did you mean "email"?
error: old.narrow: column "id" of table "narrow" is bigint, and the spec says integer: larger numbers would not fit
hint: Declare the column as it is, and convert it where it is used.
error: old.shorter: column "name" of table "shorter" is character varying(20), and the spec says varchar(10): longer texts would not fit
error: old.other: column "at" of table "other" is timestamp without time zone, and the spec says timestamptz: it is another type
error: old.exact: column "n" of table "exact" is numeric, and the spec says numeric(8,2): not every value would fit
/error: old.hidden: "reader_of_mig_test_\d+_\d+" may not read table "hidden"/
/hint: grant select on "hidden" to "reader_of_mig_test_\d+_\d+"/
error: old.half: table "half": permission denied for table half
error: old.unfilled: the materialized view "unfilled" has not been filled yet
hint: refresh materialized view "unfilled"
error: old.behind: the query "behind": permission denied for table hidden
! old.rest
error: old.far: schema "nowhere" has no table "far"
hint: There are no tables at all. Is it the right place?
error: old.bad: the query "bad": syntax error at end of input
error: old.two: the query "two" holds more than one statement
error: old.wide: column "n" of the query "wide" is bigint, and the spec says integer: larger numbers would not fit
/refused: 14 things to mend first; nothing was written/
--- source-db
select 'reader_of_' || current_database() as reader \gset
drop owned by :reader;
drop role :reader;

=== queries, views, quoted names, a schema for each table
--- spec
migration m;
source old postgres env 'SOURCE' {
    options (schema 'One');
    table "a b" (id integer not null);
    table "a b c" options (schema 'two') (id integer not null);
    query q $$ with recursive n(i) as (select 1 union all select i + 1 from n where i < 3)
               select i as "the i", ';' as s from n order by i desc; -- that is all
            $$ ("the i" integer not null, s text);
}
target app sqlite 'app.db' { table t (n bigint primary key identity, id integer, s text); }
from old."a b" as t into app.t { id = t.id; s = 'table'; }
from old."a b c" as t into app.t { id = t.id; s = 'view'; }
from old.q as t into app.t { id = t."the i"; s = t.s; }
--- source-db
create schema "One"; create schema two;
create table "One"."a b" (id int); insert into "One"."a b" values (1);
create view two."a b c" as select 2 as id;
--- run run
--- rows select n, id, s from t order by n
1|1|table
2|2|view
3|3|;
4|2|;
5|1|;

=== a statement that fails while it runs fails the phase, with the server's words and exit 6
--- spec
migration m;
source old postgres env 'SOURCE' { query q $$ select 10 / (5 - i) as n from generate_series(1, 10) i $$ (n integer); }
target app sqlite 'app.db' { table t (n integer); }
from old.q as t into app.t;
--- source-db
--- run run
--- exit 6
--- err
error: reading the query "q" of source "old": division by zero
--- rows select count(*) from t
0

=== a connection that is lost fails the phase with exit 6, and the next run does it
--- spec
migration m;
source old postgres env 'SOURCE' {
    table t (n integer);
    query q $$ select i as n from generate_series(1, 100000) i
               where i < 90000 or (select pg_terminate_backend(pg_backend_pid()) from switch where on_) is null $$ (n integer);
}
target app sqlite 'app.db' { table t (n integer); table u (n integer); }
phase one { create app.*; from old.t as t into app.t; }
phase two after one { from old.q as q into app.u; }
--- source-db
create table t (n int); insert into t values (1);
create table switch (on_ boolean); insert into switch values (true);
--- run run
--- exit 6
--- err
the connection to postgres
was lost
--- rows select (select count(*) from t), (select count(*) from u)
1|0
--- source-db
delete from switch;
--- run run
--- rows select (select count(*) from t), (select count(*) from u)
1|100000

=== one snapshot: what is written while the migration runs is not seen, in no table
--- spec
migration m;
source old postgres env 'SOURCE' {
    query first $$ select id, (select count(*) from pg_advisory_lock(7)) as waited from a $$ (id integer, waited bigint);
    table b (id integer);
}
target app sqlite 'app.db' { table t (n bigint primary key identity, id integer); }
phase one { create app.*; from old.first as t into app.t { id = t.id; } }
phase two after one { from old.b as t into app.t { id = t.id; } }
--- source-db
create table a (id int); insert into a select generate_series(1, 5);
create table b (id int); insert into b values (10);
--- file write.sql
-- The first query waits for a lock, and while it does, another session writes.
select pg_advisory_lock(7);
\! touch locked
do $$ begin
    loop
        perform from pg_locks l join pg_database d on d.oid = l.database where l.locktype = 'advisory' and not l.granted and d.datname = current_database();
        exit when found;
        perform pg_sleep(0.02);
    end loop;
end $$;
insert into b values (11);
select pg_advisory_unlock(7);
--- sh
psql -X -q -v ON_ERROR_STOP=1 -d "$SOURCE" -f write.sql & pid=$!
while ! test -e locked; do sleep 0.02; kill -0 $pid; done
$PROG run --target "$TARGET"; wait $pid
--- rows select id from t order by n
1
2
3
4
5
10

=== source and target in one database; what has been read can be dropped
--- engines postgres
--- spec
migration m;
source old postgres env 'LOCATION' { options (schema 'old'); table project (id integer not null, name text); }
target app postgres env 'LOCATION' { options (schema 'public'); table project (id integer primary key, name text); }
phase data { create app.*; from old.project as p { on error reject; into app.project; } }
phase gone after data { sql app $$ drop schema old cascade $$; }
--- sql
create schema old;
create table old.project (id int primary key, name text);
insert into old.project values (1, 'a'), (2, 'b');
--- sh $PROG run
--- rows select * from project order by id
1|a
2|b
--- rows select count(*) from pg_namespace where nspname = 'old'
0

=== a part of a table: the rest is not read, and the snapshot stays
--- spec
migration m;
source old postgres env 'SOURCE' {
    query big $$ select i from (select generate_series(1, 10000000) as i) as s where 1 / (9000000 - i) is not null $$ (i integer); -- fails far behind
    table b (i integer);
}
target app sqlite 'app.db' { table t (i integer); }
from old.big as t into app.t;
from old.b as t into app.t;
--- source-db
create table b (i int); insert into b values (-1);
--- run run --sample 3
--- rows select i from t order by i
-1
1
2
3

=== a server that is starting is waited for, and it is said; one that does not answer only with the option
--- spec
migration m;
source old postgres 'host=127.0.0.1 port=1' { options (wait 300); table t (i integer); }
target app sqlite 'app.db' { table t (i integer); }
from old.t as t into app.t;
--- file server.py
"""Stands between a program and a PostgreSQL server: nobody listens until the file that is named has some words, "the database system is
starting up" to so many clients, then the real one."""
import os, socket, struct, sys, threading, time
path = os.path.join([w[5:] for w in os.environ["SOURCE"].split() if w.startswith("host=")][0], ".s.PGSQL.5432")
server = socket.socket()
server.bind(("127.0.0.1", 0))
words, starting = sys.argv[1], int(sys.argv[2])
if words == "":
    server.listen(16)
with open("port.new", "w") as f:
    f.write(str(server.getsockname()[1]))
os.rename("port.new", "port")
while words != "" and not (os.path.exists("err") and words in open("err").read()):
    time.sleep(0.02)
server.listen(16)
def copy(a, b):
    while True:
        data = a.recv(65536)
        if not data:
            b.shutdown(socket.SHUT_WR)
            return
        b.sendall(data)
def serve(c, starting):
    if starting:
        while struct.unpack("!ii", c.recv(8))[1] in (80877103, 80877104):  # SSL, GSS: no
            c.sendall(b"N")
        body = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
        c.sendall(b"E" + struct.pack("!i", len(body) + 4) + body)
        c.close()
        return
    real = socket.socket(socket.AF_UNIX)
    real.connect(path)
    threading.Thread(target=copy, args=(c, real), daemon=True).start()
    copy(real, c)
while True:
    threading.Thread(target=serve, args=(server.accept()[0], starting > 0), daemon=True).start()
    starting -= 1
--- source-db
create table t (i int); insert into t values (1);
--- sh
python3 server.py "" 3 & pid=$!
while ! test -e port; do sleep 0.05; done
code=0; $PROG run --source "old=$(echo "$SOURCE" | sed 's/host=[^ ]*//') host=127.0.0.1 port=$(cat port)" --target "$TARGET" || code=$?
kill $pid; rm port; exit $code
--- err
source old: the server is starting; waiting up to 300 s
--- rows select i from t
1
--- sh rm -f app.db; test $ENGINE = sqlite || psql -q -d "$LOCATION" -c 'drop schema migc cascade; drop table t'
--- sh
python3 server.py "does not answer" 0 & pid=$!
while ! test -e port; do sleep 0.05; done
code=0; $PROG run --source "old=$(echo "$SOURCE" | sed 's/host=[^ ]*//') host=127.0.0.1 port=$(cat port)" --target "$TARGET" 2>err || code=$?
kill $pid; cat err >&2; exit $code
--- err
source old: the server does not answer; waiting up to 300 s
--- rows select i from t
1

=== nobody listens, no such database: refused, without a password in the words
--- spec
migration m;
source old postgres 'host=127.0.0.1 port=1' { table t (i integer); }
target app sqlite 'app.db' { table t (i integer); }
from old.t as t into app.t;
--- source-db
--- run run --source "old=postgres://me:s3cret@127.0.0.1:1/x"
--- exit 3
--- err
cannot connect to PostgreSQL
hint: Is the server running, and does it listen there? The location can be given by --source NAME=LOCATION.
! s3cret
--- run run --source old=postgres:old.db
--- exit 3
--- err
the location of the PostgreSQL source is neither a URI nor a conninfo string that libpq understands
--- run run --source old=data/old.db
--- exit 3
--- err
source "old" is a PostgreSQL database, and its location names a SQLite file
hint: Give a postgres:// URI, or postgres:CONNINFO.

=== rows that row security hides would be lost in silence: refused
--- spec
migration m;
source old postgres env 'SOURCE' { table t (i integer); }
target app sqlite 'app.db' { table t (i integer); }
from old.t as t into app.t;
--- source-db
select 'half_of_' || current_database() as half \gset
create role :half login;
create table t (i int); insert into t values (1), (2);
alter table t enable row level security;
create policy half on t for select using (i = 1);
grant select on t to :half;
--- sh
code=0; $PROG run --source "old=$SOURCE user=half_of_${SOURCE##*dbname=}" --target "$TARGET" || code=$?
test $code = 3
--- err
query would be affected by row-level security policy for table "t"
--- source-db
select 'half_of_' || current_database() as half \gset
drop owned by :half;
drop role :half;
