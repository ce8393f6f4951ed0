# steps of phases: backups, programs, SQL with its undo; phases that are asked for
=== a backup of the target stands before the phase, is whole, and is known to the ledger
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table "odd table" (a text not null); table u (a text); }
phase one { create app.*; from s.t into app."odd table"; }
phase two after one { backup app to env 'KEEP' default 'keep/here'; sql app $$ delete from "odd table"; drop table u $$; }
--- file t.csv
a
x
y
--- run plan
phase two (will run)
    backup app to keep/here, before the transaction begins
--- run run
/backup of app: .*/keep/here/app-m-\d{8}T\d{6}Z\.(db|dump), [\d,]+ bytes, \d+ tables \(/
--- sh set -- keep/here/*
    [ $# = 2 ] && [ "$(stat -c %a "$1" "$2" | sort -u)" = 600 ] && [ "$(stat -c %a keep keep/here | sort -u)" = 700 ]
    (cd keep/here && sha256sum -c ./*.sha256)
    case $ENGINE in
    sqlite) sqlite3 keep/here/app-m-*.db 'select a from "odd table"; select count(*) from u; pragma journal_mode' >got ;;
    postgres)
        createdb -h "$(echo "$LOCATION" | sed 's/.*host=\([^ ]*\).*/\1/')" -U migc back$$
        pg_restore -d "$(echo "$LOCATION" | sed "s/dbname=.*/dbname=back$$/")" keep/here/app-m-*.dump
        psql -XAtqd "$(echo "$LOCATION" | sed "s/dbname=.*/dbname=back$$/")" -c 'select a from "odd table"' -c 'select count(*) from u' -c "select 'delete'" >got
        psql -XAtqd "$LOCATION" -c "drop database back$$" ;;
    esac
--- cat got
x
y
0
delete
--- rows select count(*) from "odd table"
0
--- rows select phase, system, length(sha256), bytes > 100, tables > 5 from _migc_backup
two|app|64|1|1
--- run status
/backup of app before phase two: .*/keep/here/app-m-.* bytes, .* UTC, sha256 [0-9a-f]{64}/
--- run run
! backup of app:
--- sh [ "$(ls keep/here | wc -l)" = 2 ]

=== a spec without backups has no table of them
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
--- run run
--- rows select count(*) from information_schema.tables where table_name = 'backup' union all select 0
0
0
--- engines postgres

=== a phase that fails after its backup makes another one, and keeps the first
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one { backup app to 'keep'; sql app $$ insert into nowhere values (1) $$; }
--- run run
/backup of app: /
phase two is rolled back
nowhere
--- exit 6
--- rows select count(*) from _migc_backup
0
--- sql sqlite
create table nowhere (a integer);
--- sql postgres
create table public.nowhere (a integer);
--- run run
--- rows select count(*) from _migc_backup
1
--- sh [ "$(ls keep | grep -cv sha256)" = 2 ] && cd keep && sha256sum -c ./*.sha256

=== what a phase requires is asked before its backup is made
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one requires 'full' { backup app to 'keep'; sql app $$ delete from t $$; }
check 'full' after one: count(app.t) > 0 else warn;
--- run plan
    requires: full
--- run run
check "full" does not hold
hint: Phase "two" requires it, and has done nothing.
--- exit 5
--- sh [ ! -e keep ]

=== a backup of a source, in several phases, and of the target
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase one { backup old to 'keep'; create app.*; from old.t into app.t; }
phase two after one { backup app to 'keep'; backup old to 'keep'; sql app $$ update t set a = 'new' $$; }
--- source-db old.db
create table t (a text);
insert into t values ('x'), (null);
create virtual table f using fts5(word);
insert into f values ('hello');
create table "a""b" (i integer primary key autoincrement);
insert into "a""b" default values;
create view v as select a from t;
--- run run
/backup of old: .*/keep/old-m-.*\.db, [\d,]+ bytes, 8 tables/
/backup of app: /
--- rows select phase, system from _migc_backup order by phase, system
one|old
two|app
two|old
--- sh for f in keep/old-*.db; do sqlite3 $f 'select count(*) from t; select * from "a""b"; select word from f; select count(*) from v'; done | tr '\n' ' ' >got
--- cat got
2 1 hello 2 2 1 hello 2 

=== a source in WAL mode that another program is writing
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase one { backup old to 'keep'; create app.*; from old.t into app.t; }
--- source-db old.db
pragma journal_mode = wal;
create table t (a text);
insert into t values ('x');
--- file write.py
import os, sqlite3, time
db = sqlite3.connect("old.db", isolation_level=None)
db.execute("begin immediate")
db.execute("insert into t values ('open')")
open("begun", "w").close()
while not os.path.exists("enough"):
    time.sleep(0.02)
db.execute("rollback")
--- sh python3 write.py &
    while ! test -e begun; do sleep 0.02; done
    code=0; $PROG run --target "$TARGET" || code=$?
    touch enough; wait
    sqlite3 keep/old-*.db 'select count(*) from t' >got
    ls keep | sed 's/-m-.*Z/-m/' | sort >>got
    exit $code
--- cat got
1
old-m.db
old-m.db.sha256
--- engines sqlite

=== a damaged source cannot be backed up
--- spec
migration m;
source old sqlite 'old.db' { table t (a text); }
target app sqlite 'app.db' { table t (a text); }
phase one { backup old to 'keep'; create app.*; from old.t into app.t; }
--- source-db old.db
create table t (a text);
create index i on t (a);
with recursive n(i) as (values (1) union all select i + 1 from n where i < 2000) insert into t select 'text number ' || i from n;
pragma writable_schema = on;
update sqlite_schema set sql = 'CREATE INDEX i ON t (a COLLATE nocase DESC)' where name = 'i';
--- run run
! phase-done
/error: the backup of source "old" fails its check: /
hint: The file itself is damaged
--- exit 6
--- sh [ "$(ls keep | wc -l)" = 0 ]
--- engines sqlite

=== a folder that cannot be made is refused before the run
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { backup app to 'file/below'; create app.*; }
phase two { backup app to env 'NOT_SET'; }
--- file file
x
--- run run
spec.mig:3:13: error: the folder for backups, file/below, cannot be made: Not a directory
spec.mig:4:13: error: no folder is given for the backup of "app"
hint: Set NOT_SET.
refused: 2 things to mend first; nothing was written
--- exit 3

=== pg_dump that is missing, older, or not itself
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase one { backup app to 'keep'; create app.*; }
--- file bin/pg_dump
#!/bin/sh
echo "pg_dump (PostgreSQL) $FAKE"
--- sh chmod +x bin/pg_dump
    mkdir none
    PATH=$PWD/none $PROG run --target "$TARGET" 2>err || echo "exit $?" >>err
    PATH=$PWD/bin FAKE=9.6 $PROG run --target "$TARGET" 2>>err || echo "exit $?" >>err
    PATH=$PWD/bin FAKE= $PROG run --target "$TARGET" 2>>err || echo "exit $?" >>err
--- cat err
spec.mig:3:13: error: target "app" cannot be backed up: pg_dump is not in PATH
/hint: It comes with PostgreSQL's client programs: apt-get install postgresql-client-\d+/
refused: 1 thing to mend first; nothing was written
exit 3
/spec.mig:3:13: error: target "app" cannot be backed up: .*bin/pg_dump is of version 9, its server of version \d+/
/hint: Install the newer ones, apt-get install postgresql-client-\d+, or put their folder first in PATH./
refused: 1 thing to mend first; nothing was written
exit 3
/spec.mig:3:13: error: target "app" cannot be backed up: .*bin/pg_dump does not tell its version/
refused: 1 thing to mend first; nothing was written
exit 3
--- sh [ ! -e keep ]
--- engines postgres

=== pg_dump that fails, writes garbage, leaves a table or its rows out: the phase is rolled back and no file stays
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); table "B b" (a text); }
phase one { create app.*; }
phase two after one { backup app to 'keep'; sql app $$ drop table t $$; }
--- file bin/pg_dump
#!/bin/sh
[ "$1" = --version ] && exec "$REAL" --version
case $FAKE in
fail) echo "pg_dump: error: first" >&2; echo "pg_dump: error: no luck" >&2; exit 1 ;;
long) for line in "pg_dump: error: query failed: no" "pg_dump: detail: Query was: select a," "b," "c," "d" "from e"; do echo "$line" >&2; done; exit 1 ;;
kill) kill -9 $$ ;;
garbage) echo garbage ;;
nothing) ;;
table) exec "$REAL" "$@" --exclude-table='public."B b"' ;;
rows) exec "$REAL" "$@" --exclude-table-data='public.t' ;;
short) "$REAL" "$@" | head -c 300 ;;
esac
--- sh chmod +x bin/pg_dump
    REAL=$(command -v pg_dump); export REAL
    $PROG run --phase one --target "$TARGET" 2>/dev/null
    for FAKE in fail long kill garbage nothing table rows short; do
        export FAKE
        PATH=$PWD/bin:$PATH $PROG run --target "$TARGET" 2>err && exit 1
        echo "$? $FAKE: $(grep error: err)" >>got
        [ "$(ls keep | wc -l)" = 0 ]
    done
--- cat got
6 fail: spec.mig:4:23: error: the backup of target "app" failed: pg_dump ended with exit status 1: pg_dump: error: first; pg_dump: error: no luck
6 long: spec.mig:4:23: error: the backup of target "app" failed: pg_dump ended with exit status 1: pg_dump: error: query failed: no; …; b,; c,; d; from e
6 kill: spec.mig:4:23: error: the backup of target "app" failed: pg_dump was ended by signal 9 (Killed)
6 garbage: spec.mig:4:23: error: the backup of target "app" failed: pg_restore ended with exit status 1: pg_restore: error: input file does not appear to be a valid archive (too short?)
6 nothing: spec.mig:4:23: error: the backup of target "app" failed: pg_restore ended with exit status 1: pg_restore: error: input file is too short (read 0, expected 5)
6 table: spec.mig:4:23: error: the backup of target "app" is not complete: there is no table "public.B b" in it
6 rows: spec.mig:4:23: error: the backup of target "app" is not complete: there are no rows of table "public.t" in it
/6 short: spec.mig:4:23: error: the backup of target "app" failed: pg_restore ended with exit status 1: .*/
--- rows select count(*) from _migc_backup
0
--- run run
/backup of app: /
--- rows select count(*) from _migc_backup
1
--- engines postgres

=== the tables of a database with partitions, extensions' and unlogged tables, odd names
--- spec
migration m;
target app postgres 'dbname=x' { options (schema 'other'); table t (a text); }
phase one { create app.*; }
phase two after one { backup app to 'keep'; sql app $$ drop table t $$; }
--- sql
create unlogged table unlogged (a int);
create table part (a int) partition by range (a);
create table part_1 partition of part for values from (0) to (9);
create schema "odd ; schema";
create table "odd ; schema"."new
line "" quote" (a int);
create materialized view mv as select 1 as a;
create view v as select 1 as a;
create table gen (a int generated always as identity, b text default 'x');
--- run run
/backup of app: .* \d+ tables/
--- engines postgres

=== a table that the role may not read is told before the run
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase one { backup app to 'keep'; create app.*; }
--- sh psql -XAtqd "$LOCATION" -c "create role weak$$ login" -c "grant create on database $(psql -XAtqd "$LOCATION" -c 'select current_database()') to weak$$" -c "grant all on schema public to weak$$" -c "create table hidden (a int)"
    $PROG run --target "app=$LOCATION user=weak$$" 2>err || echo "exit $?" >>err
    psql -XAtqd "$LOCATION" -c "drop owned by weak$$" -c "drop role weak$$"
--- cat err
spec.mig:3:13: error: target "app" cannot be backed up: the role may not read table "public.hidden"
hint: grant select on the table to the role, or run as its owner.
refused: 1 thing to mend first; nothing was written
exit 3
--- engines postgres

=== a password goes to pg_dump by its environment, and nowhere else
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase one { backup app to 'keep'; create app.*; run 'sh', '-c', 'echo "$MIGC_TARGET"'; }
--- file bin/pg_dump
#!/bin/sh
[ "$1" = --version ] && exec "$REAL" --version
echo "$PGPASSWORD" >password
echo "$@" >arguments
exec "$REAL" "$@"
--- sh chmod +x bin/pg_dump
    REAL=$(command -v pg_dump); export REAL
    PATH=$PWD/bin:$PATH $PROG run --allow-run --target "app=$LOCATION password='se cret''" 2>out || true
    PATH=$PWD/bin:$PATH $PROG run --allow-run --target "app=$LOCATION password=hidden" >>out 2>&1
    ! grep -r hidden out arguments keep
--- cat password
hidden
--- cat arguments
/--format=custom --no-password --dbname=.*dbname='.*'/
--- engines postgres

=== programs run only when they are allowed to
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; run 'sh', '-c', 'echo hello'; }
phase two manual { run './not-there'; run 'no-such-program'; run '.'; }
--- run plan
spec.mig:3:27: error: phase "one" runs the program 'sh', and --allow-run is not given
hint: A spec runs programs only for somebody who wants that: read it, then say --allow-run.
    run 'sh' '-c' 'echo hello'
    can be taken back: no: what the program of its run step at line 3 did is not known
--- exit 3
--- run run
--- exit 3
--- sh ! [ -e app.db ]
--- run run --allow-run
sh: hello
done: 1 table created
--- run run --phase two --allow-run
spec.mig:4:20: error: the program './not-there' cannot be run: No such file or directory
spec.mig:4:39: error: the program 'no-such-program' is not in PATH
hint: A program beside the spec is named with its folder: './program'.
refused: 3 things to mend first; nothing was written
--- exit 3
--- run status --allow-run
option out of place
--- exit 1

=== a program's environment, arguments, input and open files; it sees nothing that is not committed
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table t (a text not null); }
phase one { create app.*; from s.t into app.t; }
phase two after one { sql app $$ insert into t values ('new') $$; run './tell.sh', 'a b', '', 'c''d', '$HOME *'; run 'ls', '/proc/self/fd'; }
--- file t.csv
a
x
--- file tell.sh
#!/bin/sh
for a; do echo "<$a>"; done >told
echo "$MIGC_MIGRATION $MIGC_PHASE ${#MIGC_RUN}" >>told
cat >>told
case $ENGINE in
sqlite) sqlite3 "${MIGC_TARGET#sqlite:}" 'select count(*) from t' >>told ;;
postgres) psql -XAtqd "$MIGC_TARGET" -c 'select count(*) from t' >>told ;;
esac
printf 'a line\033[31m\nno end'
echo bad >&2
--- sh chmod +x tell.sh
--- run run --allow-run
tell.sh: a line\x1b[31m
tell.sh: no end
tell.sh: bad
/^ *ls: 0$/
/^ *ls: 1$/
/^ *ls: 2$/
/^ *ls: 3$/
! /^ *ls: ([4-9]|[0-9]{2,})$/
--- cat told
<a b>
<>
<c'd>
<$HOME *>
m two 36
1
--- rows select a from t order by a
new
x

=== a program that fails takes its phase with it
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase fail after one manual { sql app $$ insert into t values ('x') $$; run 'sh', '-c', 'echo out; echo first >&2; echo "no luck" >&2; exit 7'; }
phase kill after one manual { sql app $$ insert into t values ('x') $$; run 'sh', '-c', 'kill -SEGV $$'; }
phase gone after one manual { sql app $$ insert into t values ('x') $$; run './script'; }
phase many after one manual { run 'sh', '-c', 'yes | head -1000; head -c 1000000 /dev/zero | tr "\0" x; exit 1'; }
phase left after one manual { run 'sh', '-c', 'sleep 2000 & echo $! >pid'; } -- what it leaves behind holds its pipes open, and is not waited for
--- file script
echo no interpreter
--- run run
--- run run --phase fail --allow-run
sh: out
spec.mig:4:73: error: the program 'sh' ended with exit status 7: first; no luck
phase fail is rolled back
--- exit 6
--- run run --phase kill --allow-run
/error: the program 'sh' was ended by signal 11 \(Segmentation fault\)/
--- exit 6
--- sh chmod +x script
--- run run --phase gone --allow-run
error: cannot start ./script: Exec format error
hint: A script says in its first line what reads it: #!/bin/sh
--- exit 6
--- run run --phase many --allow-run
sh: (801 more lines)
--- exit 6
--- run run --phase left --allow-run
--- sh kill "$(cat pid)"
--- rows select count(*) from t
0

=== SQL that fails is told where in the spec
--- spec
migration m;
target app sqlite 'app.db' { table t (a text unique); }
phase one { create app.*; constrain app.*; }
phase two after one {
    sql app $$ insert into t values ('é');
               insert into t values ('x');
               insert into t valuse ('y'); $$;
}
--- run run
/spec.mig:7:30: error: statement .insert into t valuse \('y'\);.: .*near "valuse"/
--- exit 6
--- rows select count(*) from t
0

=== SQL that fails as a statement of several
--- spec
migration m;
target app sqlite 'app.db' { table t (a text unique); }
phase one { create app.*; constrain app.*; }
phase two after one {
    sql app $$ insert into t values ('é');
               -- the next one is wrong
               insert into t values ('é'); select 1; $$;
}
--- run run
/spec.mig:7:16: error: /
--- exit 6
--- rows select count(*) from t
0

=== SQL about the transaction, for an engine that the spec did not name
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one { sql app $$ select 1; abort $$ undo $$ select 1; start transaction $$; }
--- run plan
spec.mig:4:44: error: "abort" is about the transaction, which is the phase's own
hint: Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.
--- exit 3
--- engines postgres

=== plan says which phases can be taken back
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one { sql app $$ insert into t values ('x') $$ undo $$ delete from t $$; }
phase three after two { sql app $$ delete from t $$; }
--- run plan
phase one (will run)
    create table t
    can be taken back: yes
phase two (will run)
    sql insert into t values ('x')
    can be taken back: yes
phase three (will run)
    can be taken back: no: its sql step at line 5 has no undo
--- run plan --log json
"can_be_taken_back":true
"can_be_taken_back":false
"why_not":"its sql step at line 5 has no undo"
--- run run
--- rows select count(*) from t
0

=== backups and programs of a phase that commits every so many rows
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table t (a text not null); }
phase one { create app.*; }
phase two after one commit every 2 rows reject limit 0 { backup app to 'keep'; from s.t as t { on error reject; into app.t { a = t.a; } reject 'no' when t.a = 'bad'; } }
--- file t.csv
a
1
2
3
bad
--- run run
--- exit 4
--- rows select a from t order by a
1
2
--- run run --reject-limit 9
--- sh [ "$(ls keep | grep -cv sha256)" = 1 ]
--- rows select system from _migc_backup
app

=== phases that wait to be asked for: plan, status and run say so
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one manual { sql app $$ insert into t values ('x') $$; }
phase three after two { sql app $$ insert into t values ('y') $$; }
--- run run
--- run plan
phase two (manual: runs only with --phase two)
    can be taken back: no: its sql step at line 4 has no undo
phase three (waits for a manual phase)
nothing to do: what is left waits to be asked for with --phase
--- run status
/two +. manual/
/three +. waits/
--- run run
nothing to do: what is left waits to be asked for with --phase
--- run run --phase three
spec.mig:5:7: error: phase "three" comes after "two", which is not done
--- exit 3
--- run run --phase two --yes
--- run status
/three +. pending/
--- run run
--- run run
nothing to do: every phase is done

=== the migration log names programs and SQL as the spec has them
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; run 'true', 'a b'; sql app $$ delete from t $$; }
--- run run --allow-run
--- sh grep -E '^- (program|SQL of)' MIGRATION_LOG.md >got
--- cat got
- program: true a b
- SQL of the spec: delete from t 

=== a target that is not reached is told once
--- spec
migration m;
target app postgres 'dbname=x' { table t (a text); }
phase one { backup app to 'keep'; create app.*; }
--- run run --target app=postgres://nobody@localhost:1/none
error: cannot connect to PostgreSQL
refused: 1 thing to mend first; nothing was written
--- exit 3
--- engines sqlite
