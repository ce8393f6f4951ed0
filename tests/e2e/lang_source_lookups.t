# src.u[col = e].other: a column of another row of a source.

=== a column of another row, of each kind of source
--- spec
migration m;
source files csv '.' {
    options (null '');
    table sales file 'sales.csv' (id integer not null, city text, person integer);
    table cities file 'cities.csv' (name text, country text, size integer, founded date);
}
source old sqlite 'old.db' { table people (id integer not null, name text, born date, boss integer, rate numeric(6,2)); }
target app sqlite 'app.db' {
    table sale (id integer primary key, country text, size integer, founded date, name text, born date, boss text, rate numeric(6,2));
}
from files.sales as s {
    on error reject;
    into app.sale {
        id = s.id;
        country = files.cities[name = s.city].country;
        size = files.cities[name = s.city].size else -1;
        founded = files.cities[name = s.city].founded;
        name = old.people[id = s.person].name;
        born = old.people[id = s.person].born;
        boss = old.people[id = old.people[id = s.person].boss].name else 'nobody';
        rate = old.people[id = s.person].rate;
    }
}
--- source-db old.db
create table people (id integer primary key, name, born, boss, rate);
insert into people values (1, 'Ann', '1990-01-02', null, 1.5), (2, 'Bob', null, 1, '20'), (3, 'Cyd', '1991-02-03', 99, null);
--- file sales.csv
id,city,person
1,Rome,2
2,Bonn,1
3,,3
4,Rome,
--- file cities.csv
name,country,size,founded
Rome,Italy,2800000,0001-01-01
Bonn,Germany,many,1000-05-06
--- run run
--- rows select * from sale order by id
1|Italy|2800000|0001-01-01|Bob|\N|Ann|20.00
2|Germany|-1|1000-05-06|Ann|1990-01-02|\N|1.50
3|\N|\N|\N|Cyd|1991-02-03|nobody|\N
4|Italy|2800000|0001-01-01|\N|\N|\N|\N

=== none and several are failures, and the reject says which; a null is none
--- spec
migration m;
source s csv '.' {
    options (null '');
    table a file 'a.csv' (id text not null, k text);
    table b file 'b.csv' (k text, v text);
}
target app sqlite 'app.db' { table t (id text primary key, v text); }
from s.a as a { on error reject; into app.t { id = a.id; v = s.b[k = a.k].v; } }
--- file a.csv
id,k
1,one
2,none
3,twice
4,
5,"same, twice"
--- file b.csv
k,v
one,1
twice,2
twice,3
,4
"same, twice",5
"same, twice",5
--- run run
--- rows select * from t order by id
1|1
4|\N
--- rows select line, column_name, rule, reason from _migc_reject order by line
3|k|missing|no row of s.b has this k
4|k|ambiguous|more than one row of s.b has this k
6|k|ambiguous|more than one row of s.b has this k

=== several columns make the key, and its types are compared as values
--- spec
migration m;
source s csv '.' {
    options (null '');
    table a file 'a.csv' (id integer not null, day date, n numeric);
    table b file 'b.csv' (day date, n numeric, code char(4), v text);
}
target app sqlite 'app.db' { table t (id integer primary key, v text, w text); }
from s.a as a {
    on error reject;
    into app.t { id = a.id; v = s.b[day = a.day, n = a.n].v; w = s.b[code = 'ab', n = a.n].v else null; }
}
--- file a.csv
id,day,n
1,2024-01-31,1.50
2,2024-01-31,
3,2024-02-01,2
--- file b.csv
day,n,code,v
2024-01-31,1.5,ab,x
2024-02-01,2.000,ab  ,y
--- run run
--- rows select * from t order by id
1|x|x
2|\N|\N
3|y|y

=== a cell that cannot be read fails where it is wanted, a key that cannot be read finds nothing and is told
--- spec
migration m;
source old sqlite 'old.db' {
    table a (id integer not null, k integer);
    table b (id integer, v integer, w text not null);
}
target app sqlite 'app.db' { table t (id integer primary key, v integer, w text); }
from old.a as a { on error reject; into app.t { id = a.id; v = old.b[id = a.k].v; w = old.b[id = a.k].w; } }
--- source-db old.db
create table a (id integer primary key, k);
create table b (id, v, w);
insert into a values (1, 1), (2, 2), (3, 3), (4, '1'), (5, 5);
insert into b values (1, 10, 'x'), (2, 'many', 'y'), ('third', 3, 'z'), (5, 5, null), (6, 1, x'00');
--- run run
--- both
old.b: 3 rows are passed over by look-ups; the first, b:3: "third" is not an integer
--- rows select * from t order by id
1|10|x
4|10|x
--- rows select line, rule, reason, value from _migc_reject order by line
2|parse|"many" is not an integer, in "v" of the row of old.b|many
3|missing|no row of old.b has this id|3
5|missing|no row of old.b has this id|5

=== a source that only look-ups ask is looked at before the run
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null); }
source old sqlite 'old.db' { table b (id text, v text); }
target app sqlite 'app.db' { table t (id text not null, v text); }
from s.a as a into app.t { id = a.id; v = old.b[id = a.id].v else 'none'; }
--- file a.csv
id
1
--- source-db old.db
create table b (id, w);
--- run run
--- exit 3
--- both
has no column "v"

=== rows with structural faults are passed over, and told
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null); table b file 'b.csv' (id text not null, v text not null); }
target app sqlite 'app.db' { table t (id text not null, v text); }
from s.a as a into app.t { id = a.id; v = s.b[id = a.id].v else 'none'; }
--- file a.csv
id
1
2
--- file b.csv
id,v
1
2,two
--- run run
--- both
s.b: 1 row is passed over by look-ups, b.csv:2:
--- rows select * from t order by id
1|none
2|two

=== every type of a PostgreSQL source, each wanted from another row
--- spec
migration m;
source old postgres env 'SOURCE' {
    table a (id integer not null, k uuid);
    table t (k uuid not null, b boolean, bi bigint, d double, n numeric, s text, "by" bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid,
             j json, l text[]);
}
target app sqlite 'app.db' {
    table t (id integer primary key, b boolean, bi bigint, d double, n numeric, s text, "by" bytea, dt date, tm time, ts timestamp, tz timestamptz,
             u uuid, j json, l text[]);
}
from old.a as a {
    on error reject;
    into app.t {
        id = a.id;
        b = old.t[k = a.k].b; bi = old.t[k = a.k].bi; d = old.t[k = a.k].d; n = old.t[k = a.k].n; s = old.t[k = a.k].s;
        "by" = old.t[k = a.k]."by"; dt = old.t[k = a.k].dt; tm = old.t[k = a.k].tm; ts = old.t[k = a.k].ts; tz = old.t[k = a.k].tz;
        u = old.t[k = a.k].u; j = old.t[k = a.k].j; l = old.t[k = a.k].l;
    }
}
--- source-db
create table a (id int, k uuid);
create table t (k uuid, b boolean, bi bigint, d double precision, n numeric, s text, "by" bytea, dt date, tm time, ts timestamp, tz timestamptz, u uuid,
    j json, l text[]);
insert into t values ('00000000-0000-0000-0000-000000000001', true, -5, 0.25, 12.50, repeat('long ', 60), '\x00ff', '2024-02-29', '10:00', '2024-02-29 10:00',
    '2024-02-29 10:00+02', '00112233-4455-6677-8899-aabbccddeeff', '{"a": 1}', array['x', null, '']);
insert into t (k) values ('00000000-0000-0000-0000-000000000002');
insert into a values (1, '00000000-0000-0000-0000-000000000001'), (2, '00000000-0000-0000-0000-000000000002'), (3, null),
    (4, '00000000-0000-0000-0000-000000000004');
--- run run
--- rows select id, b, bi, d, n, length(s), by, dt, tm, ts, tz, u, j, l from t order by id
1|1|-5|0.25|12.50|300|\\x00ff|2024-02-29|10:00:00|2024-02-29 10:00:00|2024-02-29 08:00:00+00:00|00112233-4455-6677-8899-aabbccddeeff|{"a": 1}|["x",null,""]
2|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N
3|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N|\N
--- rows select line, rule from _migc_reject
4|missing

=== more rows than the memory limit holds, looked up in conditions, lets, lists of aliases and twice in one row
--- spec
migration m;
source s csv '.' {
    table a file 'a.csv' (id integer not null);
    table b file 'b.csv' (id integer not null, v text not null, w text not null, back integer not null, pad text);
    table kinds file 'kinds.csv' (name text not null, id integer not null);
}
target app sqlite 'app.db' {
    table kind (id integer primary key identity, name text not null unique);
    table t (id integer primary key, v text, kind_id integer references kind);
}
alias kind { table app.kind (name); from s.kinds as k: s.b[id = k.id].w also k.name; }
from s.a as a {
    on error reject;
    let back = s.b[id = a.id].back;
    skip when s.b[id = a.id].v = 'value 7';
    into app.t when s.b[id = back].w = 'odd' and length(s.b[id = back].pad) = 200 { id = a.id; v = s.b[id = back].v; kind_id = kind['first']; }
}
--- sh python3 -c "
import random
ids = list(range(1, 60001)); random.Random(1).shuffle(ids)
a = open('a.csv', 'w'); b = open('b.csv', 'w')
a.write('id\n' + ''.join('%d\n' % i for i in ids))
b.write('id,v,w,back,pad\n' + ''.join('%d,value %d,%s,%d,%s\n' % (i, i, 'odd' if i % 2 else 'even', 60001 - i, 'x' * 200) for i in sorted(ids)))
open('kinds.csv', 'w').write('name,id\nfirst,1\n')"
--- run run --memory 16M
--- rows select count(*), sum(id), min(v), count(distinct v), min(kind_id) from t
30000|900030000|value 1|30000|1
--- rows select k.name, t.v from t join kind k on k.id = t.kind_id where t.id in (2, 7, 59994) order by t.id
odd|value 59999
odd|value 7

=== a phase that does not look a table up does not read it, and a phase behind a sql step reads it once
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null); table b file 'b.csv' (id text not null, v text); }
target app sqlite 'app.db' { table t (id text not null, v text); table u (id text not null, v text); }
phase make { create app.*; }
phase one after make { from s.a as a into app.t { id = a.id; v = s.b[id = a.id].v else null; } }
phase two after one {
    sql app $$ delete from u $$;
    from s.a as a into app.u { id = a.id; v = s.b[id = a.id].v else null; }
}
--- file a.csv
id
1
--- file b.csv
id,v
1,one
--- run run
--- rows select t.v, u.v from t, u
one|one
