# Checks: each form, before and after, warning or failing.

=== every form of check that holds
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, code text not null, p text); }
target app sqlite 'app.db' {
    table n (id integer not null, code text not null, parent integer);
}
check 'codes are unique'     before data: unique(s.t, casefold(code));
check 'pairs are unique'     before data: unique(s.t, id, code);
check 'codes are there'      before data: every s.t as t: length(t.code) > 0;
check 'source is not empty'  before data: count(s.t) > 0 and count(s.t as t: t.code = 'a') = 1;
check 'nothing there yet'    before data: count(app.n) = 0;
check 'all arrived'          after data: count(app.n) = count(s.t) - rejected(s.t) - skipped(s.t) - merged(app.n);
check 'one was rejected'     after data: rejected(s.t) = 1;
check 'one was skipped'      after data: skipped(s.t) = 1;
check 'one was merged'       after data: merged(app.n) = 1;
check 'ids are unique'       after data: unique(app.n, id);
check 'ids are positive'     after data: every app.n as n: n.id between 1 and 99;
check 'parents are there'    after data: refers(app.n.parent, app.n.id);
check 'even ones'            after data: count(app.n as n: n.id % 2 = 0) = 1;
check 'the server agrees'    after data: sql app $$ select count(*) = 3 from n $$;
dedup app.n by lower(code);
phase tables { create app.*; }
phase data after tables {
    from s.t as t {
        on error reject;
        skip when t.code = 'skip';
        into app.n { id = integer(t.id); code = left(t.code, 1); parent = integer(t.p) else null; }
    }
}
--- file t.csv
id,code,p
1,a,
2,b,1
3,c,2
4,A2,9
5,skip,
x,d,
--- run run
codes are unique
--- rows select phase, name, result from _migc_check order by name
data|all arrived|passed
data|codes are there|passed
data|codes are unique|passed
data|even ones|passed
data|ids are positive|passed
data|ids are unique|passed
data|nothing there yet|passed
data|one was merged|passed
data|one was rejected|passed
data|one was skipped|passed
data|pairs are unique|passed
data|parents are there|passed
data|source is not empty|passed
data|the server agrees|passed
--- run check
all arrived
the server agrees

=== a failing check before: exit 5, nothing was read into the target
--- spec
migration m;
source s csv '.' { table t file 't.csv' (email text not null); }
target app sqlite 'app.db' { table n (email text not null); }
check 'emails are unique' before data: unique(s.t, casefold(email));
from s.t as t into app.n { email = t.email; }
--- file t.csv
email
a@x
b@x
A@X
--- run run
emails are unique
spec.mig:4
/t\.csv:4|A@X/
--- exit 5
--- rows select count(*) from n
0
--- rows select phase from _migc_phase
create
--- write t.csv
email
a@x
--- run run
--- rows select email from n
a@x

=== a failing check after: exit 5 and its phase is rolled back, whichever form it has
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a integer not null); }
target app sqlite 'app.db' { table n (phase text not null, a integer); table ref (id integer primary key); }
check 'count'  after p_count:  count(app.n) = 5;
check 'every'  after p_every:  every app.n as n: n.a < 3;
check 'unique' after p_unique: unique(app.n, a);
check 'refers' after p_refers: refers(app.n.a, app.ref.id);
check 'sql'    after p_sql:    sql app $$ select count(*) > 99 from n $$;
check 'nulls'  after p_nulls:  every app.n as n: n.a > 0;
phase tables { create app.*; }
phase p_count  after tables manual { from s.t as t { on error reject; into app.n { phase = 'count'; a = t.a; } } }
phase p_every  after tables manual { from s.t as t { on error reject; into app.n { phase = 'every'; a = t.a; } } }
phase p_unique after tables manual { from s.t as t { on error reject; into app.n { phase = 'unique'; a = t.a; } } }
phase p_refers after tables manual { from s.t as t { on error reject; into app.n { phase = 'refers'; a = t.a; } } }
phase p_sql    after tables manual { from s.t as t { on error reject; into app.n { phase = 'sql'; a = t.a; } } }
phase p_nulls  after tables manual { from s.t as t { on error reject; into app.n { phase = 'nulls'; a = nullif(t.a, 2); } } }
--- file t.csv
a
1
2
3
1
--- run run
--- run run --phase p_count
/check "count" does not hold.*4/
--- exit 5
--- run run --phase p_every
/check "every" does not hold/
--- exit 5
--- run run --phase p_unique
/check "unique" does not hold/
--- exit 5
--- run run --phase p_refers
/check "refers" does not hold/
--- exit 5
--- run run --phase p_sql
/check "sql" does not hold/
--- exit 5
--- run run --phase p_nulls
/check "nulls" does not hold/
--- exit 5
--- rows select count(*) from n
0
--- rows select phase from _migc_phase where phase <> 'constrain'
tables

=== else warn: told, kept, and the run goes on
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (a text, course text); }
target app sqlite 'app.db' { table n (a text, course text); }
check 'projects have courses' before data: every s.t as t: t.course is not null else warn;
check 'few of them' after data: count(app.n) < 2 else warn;
from s.t as t into app.n { copy *; }
--- file t.csv
a,course
x,c
y,
--- run run
projects have courses
few of them
--- rows select name, result from _migc_check order by name
few of them|warned
projects have courses|warned
--- rows select count(*) from n
2

=== PROGRAM check: again, against what is there now
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a integer not null); }
target app sqlite 'app.db' { table n (a integer not null); }
check 'small' after data: every app.n as n: n.a < 10;
check 'same count' after data: count(app.n) = count(s.t) - rejected(s.t);
check 'not too few' after data: count(app.n) > 2 else warn;
from s.t as t { on error reject; into app.n { a = t.a; } }
--- file t.csv
a
1
2
--- run check
! does not hold
--- run run
--- run check
small
same count
--- sql
insert into n values (11);
--- run check
small
same count
--- exit 5
--- rows select count(*) from n
3
--- sql
delete from n where a = 11;
--- run check
