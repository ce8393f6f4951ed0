# Faults from outside: kill -9, Ctrl-C, a lock, a disk that is full, a server that goes away. What was not committed is gone, and
# running again ends as if nothing had happened.

=== killed at ten instants, then run to the end: the rows are those of a run that was never stopped
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null, k text not null); }
target app sqlite 'app.db' {
    table kind (id integer primary key identity, name text not null unique);
    table t (id integer primary key identity, n integer not null, kind_id integer not null references kind, made text not null);
    table last (k text not null, n integer not null);
}
alias kind { table app.kind (name); unknown create; }
dedup app.last by k { keep last by n; }
phase tables { create app.*; }
phase first after tables {
    from s.a as a { on error reject; into app.t { n = integer(a.n); kind_id = kind[a.k]; made = a.k || a.n; } }
}
phase second after first { from s.a as a { on error reject; into app.last { k = a.k; n = integer(a.n); } } }
phase rules after second { constrain app.*; }
check 'all' after first: count(app.t) = count(s.a) - rejected(s.a);
--- sh python3 - <<'END'
with open('a.csv', 'w') as f:
    f.write('n,k\n')
    for i in range(60000):
        f.write('%s,kind %d\n' % ('x' if i % 1000 == 7 else i, i * 7 % 997))
END
--- sh for i in 1 2 3 4 5 6 7 8 9 10; do
  $PROG run --target "app=$LOCATION" -q & pid=$!
  sleep 0.0$((i * 7 % 10))$i; kill -9 $pid 2>/dev/null || true; wait $pid 2>/dev/null || true
done
code=7; while [ $code = 7 ]; do # the server may need a moment to see that the client is gone
  code=0; $PROG run --target "app=$LOCATION" -q || code=$?
done
exit $code
--- run run
nothing to do
--- rows select count(*), min(id), max(id), sum(n), count(distinct kind_id) from t
59940|1|59940|1798199580|997
--- rows select count(*), sum(n) from last
997|59321500
--- rows select id, name from kind where id < 4 or id > 996 order by id
1|kind 0
2|kind 7
3|kind 14
997|kind 49

=== Ctrl-C: rolled back, exit 130, says how to go on
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase make { create app.*; }
phase data after make { from s.a { on error reject; into app.t { n = integer(a.n); } } run './wait'; }
--- file a.csv
n
1
2
3
4
5
6
--- file wait
#!/bin/sh
touch here
while ! test -e go; do sleep 0.02; done
--- sh chmod +x wait; $PROG run --allow-run --target "app=$LOCATION" 2>err & pid=$!
while ! test -e here; do sleep 0.02; kill -0 $pid; done
kill -INT $pid; code=0; wait $pid || code=$?; echo "code $code"; cat err
--- out
code 130
stopping: the open transaction is rolled back
phase data is rolled back
interrupted; what was not finished has been rolled back
Run it again to go on:
--- rows select count(*) from t
0
--- run run --sample 5
--- exit 3
--- err
was run without --sample

=== one run at a time
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase make { create app.*; }
phase data after make { from s.a { on error reject; into app.t { n = integer(a.n); } } run './wait'; }
--- file a.csv
n
1
--- file wait
#!/bin/sh
touch here
while ! test -e go; do sleep 0.02; done
--- sh chmod +x wait; $PROG run --allow-run --target "app=$LOCATION" 2>err & pid=$!
while ! test -e here; do sleep 0.02; kill -0 $pid; done
code=0; $PROG run --allow-run --target "app=$LOCATION" 2>second || code=$?; echo "code $code"; cat second
code=0; $PROG status --target "app=$LOCATION" >status || code=$?; echo "status $code"
touch go; code=0; wait $pid || code=$?; echo "first $code"
--- out
code 7
error: another run holds the lock:
since 20
status 0
first 0
--- rows select n from t
1

=== a file that cannot grow
--- engines sqlite
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); }
from s.a into app.t;
--- sh python3 -c "
with open('a.csv', 'w') as f:
    f.write('n\n' + ''.join('some text in row %d\n' % i for i in range(200000)))"
--- sh ulimit -f 1000; code=0; $PROG run --target "app=$LOCATION" 2>err || code=$?; echo "code $code"; cat err
--- out
code 6
phase data is rolled back
--- rows select count(*) from t
0
--- run run
--- rows select count(*) from t
200000

=== a server that goes away in the middle
--- engines postgres
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase make { create app.*; }
phase data after make { from s.a { on error reject; into app.t { n = integer(a.n); } } run './wait'; }
--- sh python3 -c "
with open('a.csv', 'w') as f:
    f.write('n\n' + ''.join('%d\n' % i for i in range(200000)))"
--- file wait
#!/bin/sh
touch here
while ! test -e go; do sleep 0.02; done
--- sh chmod +x wait; $PROG run --allow-run --target "app=$LOCATION" 2>err & pid=$!
while ! test -e here; do sleep 0.02; kill -0 $pid; done
sessions="from pg_stat_activity where application_name = 'migc' and datname = current_database()"
psql -qAt "$LOCATION" -c "select count(pg_terminate_backend(pid)) $sessions"
while [ "$(psql -qAt "$LOCATION" -c "select count(*) $sessions")" != 0 ]; do sleep 0.02; done
touch go; code=0; wait $pid || code=$?; echo "code $code"; cat err
--- out
code 6
phase data is rolled back
error:
--- run run --allow-run
--- rows select count(*), sum(n) from t
200000|19999900000

=== rejects that cannot be written
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
from s.a { on error reject; into app.t { n = integer(a.n); } }
--- file a.csv
n
x
--- run run --rejects a.csv
--- exit 3
--- err
the folder for rejects, a.csv, is a file
nothing was written
--- run run --rejects no/such/folder
--- exit 3
--- err
the folder for rejects, no/such/folder, cannot be made: No such file or directory
hint: Say with --rejects where they shall go.
--- run run
1 row was rejected
