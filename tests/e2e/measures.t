# Measures: times of two queries within one run, what is expected of them, the baseline that is kept. No verdict hangs on how long anything
# took: what is to hold allows a million times as much, what is to fail a millionth; baselines are put into the ledger.

=== a new query that is faster than the old one holds, and is kept with its numbers
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'counting' {
    before app $$ with recursive c(i) as (select 1 union all select i + 1 from c where i < 100000) select count(*) from c $$;
    after app $$ select count(*) from n $$;
    expect after <= 1000000 * before;
    expect after < 1000000 * before and after / before between 0 and 1000000 else warn;
}
--- file t.csv
id
a
b
--- run plan
measure: counting
--- run --log json plan
"event":"plan-measure","migration":"m","phase":"data","measure":"counting"
--- run run
measure "counting": before
(1 row)
! warning
--- rows select migration, name, phase, verdict, expected, detail is null, rounds >= 5, before_ms > 0.5 and after_ms > 0, before_least_ms <= before_ms, before_rows, after_rows from _migc_measure
m|counting|data|held|after <= 1000000 * before; after < 1000000 * before and after / before between 0 and 1000000 else warn|1|1|1|1|1|1
--- rows select state from _migc_run
done
--- run run
nothing to do
--- rows select count(*) from _migc_measure
1
--- run status
/counting +│ data/
held
--- run check
/counting .* holds/
--- run --log json status
"event":"measure"
"verdict":"held"
--- run plan
! measure
nothing to do

=== a new query that is slower: exit 5, the medians and the ratio are told, the phase stays
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'counting' {
    before app $$ select count(*) from n $$;
    after app $$ with recursive c(i) as (select 1 union all select i + 1 from c where i < 100000) select count(*) from c $$;
    expect after <= 0.000001 * before;
}
--- file t.csv
id
a
--- run run
--- exit 5
--- err
/spec.mig:8:12: error: measure "counting": expected after <= 0.000001 \* before, but before [0-9.]+ ms, after [0-9.]+ ms \([0-9.]+ times before\); medians of [0-9]+ rounds/
What phase "data" did is committed and stays
--- rows select id from n
a
--- rows select verdict, detail like '%times before%', after_ms > 0.5 from _migc_measure
failed|1|1
--- rows select state from _migc_run
failed
--- run status
failed
--- run plan
measure: counting
nothing stands against a run
--- run run
--- exit 5
--- rows select count(*), min(verdict) from _migc_measure
1|failed

=== else warn: it is said, and the run is done
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'counting' {
    before app $$ select count(*) from n $$;
    after app $$ with recursive c(i) as (select 1 union all select i + 1 from c where i < 100000) select count(*) from c $$;
    expect after <= 0.000001 * before else warn;
}
--- file t.csv
id
a
--- run -q run
--- err
/warning: measure "counting": expected after <= 0.000001 \* before, but before/
--- rows select verdict from _migc_measure
warned
--- run run
nothing to do

=== a measure that fails holds up the phases behind it
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); table late (id text not null); }
phase first { create app.n; from s.t as t { into app.n { id = t.id; } } }
phase second after first { create app.late; from s.t as t { into app.late { id = t.id; } } }
measure 'counting' after first {
    after app $$ with recursive c(i) as (select 1 union all select i + 1 from c where i < 100000) select count(*) from c $$;
    expect after < 0.000001;
}
--- file t.csv
id
a
--- run run
--- exit 5
--- err
expected after < 0.000001, but after
--- rows select phase from _migc_phase
first

=== the old query in a PostgreSQL source, the new one in the target; rows are counted
--- spec
migration m;
source old postgres env 'SOURCE' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
from old.t as t { into app.n { id = t.id; } }
measure 'all rows' {
    before old $$ select id, pg_sleep(0.003) from t $$;
    after app $$ select id from n $$;
    expect after < 1000000 * before;
}
--- source-db
create table t (id int not null);
insert into t select * from generate_series(1, 10);
--- run run
before
(10 rows)
! do not ask the same
--- rows select verdict, before_rows, after_rows, before_ms > 20 from _migc_measure
held|10|10|1

=== the old query in a SQLite source; different numbers of rows are told
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
from old.t as t { on error reject; into app.n { id = t.id; } }
measure 'some rows' { before old $$ select id from t where id > 1 $$; after app $$ select id from n $$; }
--- source-db old.db
create table t (id integer not null);
insert into t values (1), (2), (3);
--- run run
--- err
measure "some rows": the queries give 2 and 3 rows: they do not ask the same
--- rows select verdict, before_rows, after_rows, expected from _migc_measure
kept|2|3|\N

=== check measures again: now beside the baseline, and what is worse than that fails
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'pairs' { after app $$ select count(*) from n a, n b, n c where a.id < b.id || c.id $$; expect after <= 20 * baseline; }
--- file t.csv
id
a
b
--- run run
--- rows select verdict from _migc_measure
held
--- sql sqlite
update _migc_measure set after_ms = 1e9;
--- sql postgres
update migc.measure set after_ms = 1e9;
--- run check
/pairs .* holds/
baseline
--- sql sqlite
update _migc_measure set after_ms = 0.000001;
--- sql postgres
update migc.measure set after_ms = 0.000001;
--- run check
--- exit 5
--- out
/pairs .*\+[0-9]+ % .* FAILS/
/spec.mig:5: measure "pairs": expected after <= 20 \* baseline, but after [0-9.]+ ms, baseline [0-9.]+ ms \(now [0-9.]+ times that\); median of/
--- run --log json check
--- exit 5
--- out
"baseline_ms":
"verdict":"failed"

=== a baseline of the old system is kept; when the old system is gone, check says so and judges the rest
--- spec
migration m;
source old sqlite env 'OLD' default 'old.db' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
from old.t as t { on error reject; into app.n { id = t.id; } }
measure 'old and new' { before old $$ select id from t $$; after app $$ select id from n $$; expect after < 1000000 * before; expect after < 1000000; }
measure 'old alone' { before old $$ select id from t $$; }
--- source-db old.db
create table t (id integer not null);
insert into t values (1), (2), (3);
--- run run
--- rows select name, verdict, after_ms is null from _migc_measure order by name
old alone|kept|1
old and new|held|0
--- sh rm old.db
--- run check
measure "old and new": "before" is not timed:
measure "old and new": not all that is expected could be judged
measure "old alone": "before" is not timed:
open

=== a query that writes: exit 6 with its line, nothing is written, and it is taken up again
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'writing' { after app $$ insert into n values ('x') returning id $$; }
--- file t.csv
id
a
--- run run
--- exit 6
--- err
/spec.mig:5:21: error: .*(writes; a query that is timed only reads|read-only transaction)/
--- rows select id from n
a
--- run run
--- exit 6
--- rows select id from n
a

=== what is no query: a statement without rows, a comment alone, two statements, an error
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
phase a { create app.n; from s.t as t { into app.n { id = t.id; } } }
phase b1 after a manual { sql app $$ select 1 $$; }
phase b2 after a manual { sql app $$ select 1 $$; }
phase b3 after a manual { sql app $$ select 1 $$; }
phase b4 after a manual { sql app $$ select 1 $$; }
measure '1' after b1 { after app $$ delete from n $$; }
measure '2' after b2 { after app $$ -- nothing $$; }
measure '3' after b3 { after app $$ select 1; delete from n $$; }
measure '4' after b4 { after app $$ select gone from n $$; }
--- file t.csv
id
a
--- run run
--- run run --phase b1
--- exit 6
--- err
/spec.mig:9:24: error: .*(answers with no rows|read-only transaction)/
--- run run --phase b2
--- exit 6
--- err
/spec.mig:10:24: error: .* is no query: it answers with no rows/
--- run run --phase b3
--- exit 6
--- err
/spec.mig:11:24: error: .*(more than one statement|multiple commands)/
--- run run --phase b4
--- exit 6
--- err
/spec.mig:12:24: error: .*gone/
--- rows select id from n
a
--- rows select count(*) from _migc_measure
0

=== a query of a source that cannot be asked is refused before anything is written
--- spec
migration m;
source old sqlite 'old.db' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer not null); }
from old.t as t { on error reject; into app.n { id = t.id; } }
measure 'wrong' { before old $$ select missing from t $$; after app $$ select 1 $$; }
--- source-db old.db
create table t (id integer not null);
--- run plan
--- exit 3
--- err
/spec.mig:5:19: error: measure "wrong": query .*no such column: missing/
--- run run
--- exit 3
--- err
no such column: missing

=== it is taken behind the phase that it names, a manual one too; a sample says that it is one
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
phase a { create app.n; }
phase b after a { from s.t as t { into app.n { id = t.id; } } }
phase c after b manual { sql app $$ insert into n values ('late') $$; }
measure 'early' after a { after app $$ select * from n $$; }
measure 'usual' { after app $$ select * from n $$; }
measure 'late' after c { after app $$ select * from n $$; }
--- file t.csv
id
a
b
c
--- run --sample 2 run
the target holds a sample: measured times are those of a sample
--- rows select name, phase, after_rows from _migc_measure order by name
early|a|0
usual|b|2
--- run status --sample 2
not taken
--- run --sample 2 run --phase c
--- rows select name, phase, after_rows from _migc_measure order by name
early|a|0
late|c|3
usual|b|2

=== a migration without measures has no table for them; one that has them finds its place beside it
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
--- file t.csv
id
a
--- file other.mig
migration other;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n2 (id text not null); }
from s.t as t { into app.n2 { id = t.id; } }
measure 'x' { after app $$ select * from n2 $$; }
--- run run
--- sh
case $ENGINE in
sqlite) sqlite3 app.db ".tables" | grep -c measure || true ;;
postgres) psql "$LOCATION" -Atc "select to_regclass('migc.measure') is not null" ;;
esac
"$MIGC" build other.mig -o other && ./other run --target "$TARGET"
--- rows select migration, name from _migc_measure
other|x
