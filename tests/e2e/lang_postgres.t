# What only PostgreSQL has, and what a spec written for PostgreSQL does in SQLite.

=== tables in a schema of their own
--- engines postgres
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app postgres env 'NO_DATABASE' {
    options (schema 'Shop "floor"');
    table p (id integer primary key identity, a text not null unique) index (a);
    table q (p_id integer not null references p);
}
from s.t as t { on error reject; into app.p { a = t.a; } into app.q { p_id = app.p[a = t.a]; } }
check 'two' after data: count(app.p) = 2 and refers(app.q.p_id, app.p.id);
--- file t.csv
a
x
y
x
--- run run
--- rows select id, a from "Shop ""floor""".p order by id
1|x
2|y
--- rows select p_id from "Shop ""floor""".q order by p_id
1
2
--- rows select count(*) from pg_tables where schemaname = 'public'
0
--- run run
nothing to do

=== a spec for PostgreSQL with its own indexes runs on both
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app postgres env 'NO_DATABASE' {
    table p (id bigint primary key identity, doc jsonb not null, tags text[] not null default '{}', more text[] default '{a,"b c"}', json text[] default '["x", "y"]')
        index doc_idx using gin (doc), index hash_idx using hash (id), index plain_idx using btree (id desc);
}
from s.t as t { on error reject; into app.p { doc = jsonb_object('a', t.a); } }
--- file t.csv
a
x
--- run run
--- rows select id, doc, tags, more, json from p
1|{"a": "x"}|[]|["a","b c"]|["x","y"]
--- sh
if [ "$ENGINE" = sqlite ]; then sqlite3 app.db "select name from sqlite_master where type = 'index'"
else psql -qXAt -d "$LOCATION" -c "select indexdef from pg_indexes where tablename = 'p'"; fi
--- out
plain_idx

=== rows are those of the program, whatever the server's settings
--- engines postgres
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app postgres env 'NO_DATABASE' {
    table p (d date, ts timestamp, z timestamptz, f double, b bytea, t text);
}
from s.t as t { on error reject; into app.p {
    d = date(t.a); ts = timestamp(t.a || ' 10:00:00.123456'); z = timestamptz(t.a || ' 10:00:00+02'); f = 0.1; b = decode('00ff5c27', 'hex'); t = 'a\b''c' || chr(10) || '\N';
} }
check 'read back' after data: every app.p as p: p.d = '2024-02-29' and p.z = timestamptz('2024-02-29 08:00:00Z') and p.f = 0.1 and p.t = 'a\b''c' || chr(10) || '\N';
--- file t.csv
a
2024-02-29
--- sh
psql -qX -d "$LOCATION" -c "do \$\$ begin execute format('alter database %I set datestyle = %L', current_database(), 'German'); execute format('alter database %I set timezone = %L', current_database(), 'Asia/Tokyo'); execute format('alter database %I set bytea_output = %L', current_database(), 'escape'); execute format('alter database %I set standard_conforming_strings = off', current_database()); execute format('alter database %I set extra_float_digits = 0', current_database()); end \$\$"
--- run run
--- sh
psql -qXAt -d "$LOCATION" -c "set datestyle = 'ISO'; set timezone = 'UTC'; set bytea_output = 'hex'; select d, ts, z, f, b, replace(t, chr(10), '<lf>') from p"
--- out
2024-02-29|2024-02-29 10:00:00.123456|2024-02-29 08:00:00+00|0.1|\x00ff5c27|a\b'c<lf>\N

=== a database with another collation: the same rows, and rules by bytes
--- engines postgres
--- spec
migration m;
source s csv '.' { table t file 't.csv' (t text not null); }
target app postgres env 'NO_DATABASE' {
    table p (id integer primary key identity, t text not null unique, least text not null, constraint by_bytes check (t < 'a' or t >= 'é'), check (t between 'A' and 'ü')) index (t);
}
dedup app.p by t { keep first by t; }
from s.t as t { on error reject; into app.p { t = t.t; least = least(t.t, 'a'); } }
check 'order' after data: every app.p as p: p.t < 'a' or p.t > 'z';
--- file t.csv
t
B
b
é
Z
--- sh
db=icu_$(basename "$PWD" | tr -c 'a-z0-9\n' _)
psql -qX -d "$LOCATION" -c "create database $db template template0 encoding 'UTF8' locale_provider icu icu_locale 'en-US' locale 'C.UTF-8'"
psql -qXAt -d "$LOCATION dbname=$db" -c "select 'b' < 'B', 'é' < 'z'"
"$PROG" run --target "app=$LOCATION dbname=$db" 2>&1
psql -qXAt -d "$LOCATION dbname=$db" -c 'select id, t, "least" from p order by id'
psql -qX -d "$LOCATION" -c "drop database $db"
--- out
t|t
1|B|B
2|é|a
3|Z|Z
