# MIGRATION_LOG.md: the document that a person would have kept, appended phase by phase.

=== a whole run: begin, phases with their numbers, checks, measures, sizes, end
--- spec
migration shows;
source s csv '.' { table t file 't.csv' (name text not null, network text); }
target app sqlite 'app.db' {
    table network (id bigint primary key identity, name text not null unique);
    table show (name text not null, network_id bigint references network);
}
alias net { table app.network (name); match trim, casefold; value 'HBO' also 'hbo max'; unknown create; }
phase tables { create app.*; }
phase data after tables {
    load net;
    from s.t as t {
        on error reject;
        skip when t.name = 'skip';
        reject 'too long' when length(t.name) > 5;
        into app.show { name = t.name; network_id = net[t.network]; }
    }
}
phase finish after data { constrain app.*; }
check 'shows arrived' after data: count(app.show) = 2;
check 'shows are few' after data: count(app.show) < 2 else warn;
measure 'all shows' { after app $$ select * from show $$; expect after < 100000; }
--- file t.csv
name,network
Wire,HBO MAX
Dark,netflix
skip,
Too long,x
--- run run
--- cat MIGRATION_LOG.md
# Migration Log

/## 20[0-9-]+ [0-9:]+ UTC, shows: run begins/

/- run [0-9a-f-]{36}/
/- made by migc .* from spec.mig, spec hash [0-9a-f]{64}/
- source s: CSV files in .
/- target app: (SQLite file app.db|PostgreSQL database mig_test_[0-9_]+)/
...
/### 20[0-9-]+ [0-9:]+ UTC, shows: phase tables: done/

/- run [0-9a-f-]{36}/
/- took [0-9.]+ s, spec hash [0-9a-f]{12}…/
- tables created: network, show

| table | rows before | rows after | size before | size after |
| --- | ---: | ---: | ---: | ---: |
/\| network \| – \| 0 \| – \| [0-9.]+ K?i?B \|/
/\| show \| – \| 0 \| – \| [0-9.]+ K?i?B \|/
...
/### 20[0-9-]+ [0-9:]+ UTC, shows: phase data: done/

/- run [0-9a-f-]{36}/
/- took [0-9.]+ s, spec hash [0-9a-f]{12}…/

| from / into | read | skipped | rejected | carried | inserted | updated | unchanged | merged | given up |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| alias net (values) | 1 | 0 | 0 | 1 | | | | | |
| → network | | | | 1 | 1 | 0 | 0 | 0 | 0 |
| s.t | 4 | 1 | 1 | 2 | | | | | |
| → show | | | | 2 | 2 | 0 | 0 | 0 | 0 |
| alias net (created) | 1 | 0 | 0 | 1 | | | | | |
| → network | | | | 1 | 1 | 0 | 0 | 0 | 0 |

| rejects by rule | the first | rows |
| --- | --- | ---: |
| rule | t.csv:5: name: too long | 1 |

| alias | found | created | unknown |
| --- | ---: | ---: | ---: |
| net | 1 | 1 | 0 |

| check | verdict | what was found |
| --- | --- | --- |
| shows arrived | holds |  |
| shows are few | warning | count(show) = 2 |

| table | rows before | rows after | size before | size after |
| --- | ---: | ---: | ---: | ---: |
/\| network \| 0 \| 2 \| .*/
/\| show \| 0 \| 2 \| .*/
...
Rejected rows are in shows-rejects/data.t.csv.

/<!-- migc [0-9a-f-]{36} phase 1 -->/

/### 20[0-9-]+ [0-9:]+ UTC, shows: phase finish: done/
...
- constraints set of: network, show
...
/### 20[0-9-]+ [0-9:]+ UTC, shows: measure all shows: held/

/- run [0-9a-f-]{36}/
/- behind phase finish, [0-9]+ rounds in turn/
- expected: after &lt; 100000

| query | median | smallest | rows |
| --- | ---: | ---: | ---: |
/\| after in app \| [0-9.]+ ms \| [0-9.]+ ms \| 2 \|/
...
/## 20[0-9-]+ [0-9:]+ UTC, shows: run done/

/- run [0-9a-f-]{36}/
- 3 phases done in this run

/<!-- migc [0-9a-f-]{36} end 0 -->/
--- rows select phase, logged from _migc_phase order by finished
tables|1
data|1
finish|1
--- rows select logged from _migc_measure
1
--- sh
cp MIGRATION_LOG.md before.md
for c in plan status check run; do "$PROG" $c --target "$TARGET"; done
cmp MIGRATION_LOG.md before.md

=== the use of indexes is told where the engine counts it
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null, n text); }
target app sqlite 'app.db' { table t (id integer primary key, n text) index by_n (n); }
phase a { create app.*; from s.t as t { on error reject; into app.t { copy * except id; id = integer(t.id); } } constrain app.*; }
phase b after a { from s.t as t { on error reject; into app.t { n = t.n; id = integer(t.id) + 100; } } }
--- file t.csv
id,n
1,a
2,b
--- run run
--- sh
case $ENGINE in
postgres) grep -c '^| by_n | t | [0-9]* | [0-9]* | [0-9]* | [0-9]* |$' MIGRATION_LOG.md; grep -c '^| t_pkey | t | – | [0-9]* | – | [0-9]* |$' MIGRATION_LOG.md ;;
sqlite) grep -c 'SQLite keeps no counts of how indexes are used' MIGRATION_LOG.md; grep -c 'The database file: .* before, .* after' MIGRATION_LOG.md ;;
esac

=== a phase that is rolled back is told with its reason; the next run goes on in the same document
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id integer not null); }
phase a { create app.n; }
phase b after a reject limit 0 { from s.t as t { on error reject; into app.n { id = integer(t.id); } } }
--- file t.csv
id
1
x | y
--- run run
--- exit 4
--- cat MIGRATION_LOG.md
...
/### .* UTC, m: phase b: rolled back/

/- run [0-9a-f-]{36}/
/- took .*/
/- why: .*/
- nothing of it stays in the target

| rejects by rule | the first | rows |
| --- | --- | ---: |
/\| parse \| t.csv:3: .*x \\\| y.* \| 1 \|/

Rejected rows are in m-rejects/b.t.csv.

/<!-- migc [0-9a-f-]{36} phase 1 -->/

/## .* UTC, m: run failed/
...
--- write t.csv
id
1
--- run run
--- sh
grep -c '^## .* run begins' MIGRATION_LOG.md | grep -x 2
grep -c '^### .* phase a: done' MIGRATION_LOG.md | grep -x 1
grep -c '^### .* phase b: done' MIGRATION_LOG.md | grep -x 1
grep -c '^# Migration Log' MIGRATION_LOG.md | grep -x 1

=== another file, or none
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
phase a { create app.n; }
phase b after a { from s.t as t { into app.n { id = t.id; } } }
--- file t.csv
id
a
--- run run --phase a --migration-log off
--- sh test ! -e MIGRATION_LOG.md
--- run run --migration-log notes.md
--- sh
test ! -e MIGRATION_LOG.md
grep -c 'phase a' notes.md | grep -x 0
grep -c '^### .* phase b: done' notes.md | grep -x 1
--- rows select phase, logged from _migc_phase order by phase
a|\N
b|1
--- run --migration-log off status
--- exit 1
--- err
--migration-log has no meaning for status

=== a file that cannot be appended to is refused before anything is written
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
--- file t.csv
id
a
--- sh mkdir MIGRATION_LOG.md
--- run plan
--- exit 3
--- err
the migration log, MIGRATION_LOG.md, is no regular file
hint: Say with --migration-log FILE where it shall be written, or --migration-log off.
--- run run
--- exit 3
--- err
the migration log, MIGRATION_LOG.md, is no regular file
--- run run --migration-log nowhere/log.md
--- exit 3
--- err
the migration log, nowhere/log.md, cannot be made
--- run run --migration-log off

=== names and values that try to be markup stay text
--- spec
migration "m | `x` <b>";
source "s|1" csv '.' { table "t_|*" file 't.csv' (id text not null); }
target app sqlite 'app.db' { table "n|_#" (id integer not null); }
phase "p]( |" { create app.*; from "s|1"."t_|*" as t { on error reject; into app."n|_#" { id = integer(t.id); } } }
check 'c | <script>alert(1)</script> \_x_ snake_case' after "p]( |": count(app."n|_#") = 9 else warn;
--- file t.csv
id
1
"| </td> `a` \ ![x](y)
## no heading"
--- run run
--- cat MIGRATION_LOG.md
# Migration Log

/## .* UTC, m \\\| \\`x\\` &lt;b&gt;: run begins/
...
/- source s\\\|1: CSV files in ./
...
/### .* UTC, .*: phase p\\\]\( \\\|: done/
...
- tables created: n\|\_\#
...
| s\|1.t\_\|\* | 2 | 0 | 1 | 1 | | | | | |
| → n\|\_\# | | | | 1 | 1 | 0 | 0 | 0 | 0 |

| rejects by rule | the first | rows |
| --- | --- | ---: |
/\| parse \| t.csv:3: .*\\\| &lt;/td&gt; \\`a\\` .*!\\\[x\\\]\(y\).* \| 1 \|/
...
/\| c \\\| &lt;script&gt;alert\(1\)&lt;/script&gt; \\\\\\_x\\_ snake_case \| warning \| .*/
...
--- sh
! grep -n '^## no heading' MIGRATION_LOG.md
! grep -n '<script' MIGRATION_LOG.md

=== backups are told with their phase, also when the entry is made later, and when the phase failed behind them
--- spec
migration m;
target app sqlite 'app.db' { table t (a text); }
phase one { create app.*; }
phase two after one { backup app to 'keep'; sql app $$ insert into t values ('x') $$; }
phase three after two manual { backup app to 'keep2'; sql app $$ insert into nowhere values (1) $$; }
--- run run
--- cat MIGRATION_LOG.md
...
/### .* UTC, m: phase two: done/

/- run .*/
/- took .*/
/- SQL of the spec: .*insert into t values \('x'\)/

| backup of | file | taken (UTC) | sha256 | bytes |
| --- | --- | --- | --- | ---: |
/\| app \| .*/keep/app-m-.* \| 20[0-9-]+ [0-9:]+ \| [0-9a-f]{64} \| [0-9]+ \|/
...
--- sql sqlite
update _migc_phase set logged = 0 where phase = 'two';
--- sql postgres
update migc.phase set logged = 0 where phase = 'two';
--- sh rm MIGRATION_LOG.md
--- run run
--- cat MIGRATION_LOG.md
# Migration Log

/### .* UTC, m: phase two: done/

/- run .*; recorded later, from the ledger: that run could not write this entry/
...
/\| app \| .*/keep/app-m-.* \| 20[0-9-]+ [0-9:]+ \| [0-9a-f]{64} \| [0-9]+ \|/
...
--- run run --phase three
--- exit 6
--- cat MIGRATION_LOG.md
...
/### .* UTC, m: phase three: rolled back/

/- run .*/
/- took .*/
/- why: .*nowhere.*/
- nothing of it stays in the target

| backup of | file | taken (UTC) | sha256 | bytes |
| --- | --- | --- | --- | ---: |
/\| app \| .*/keep2/app-m-.* \| .*/
...
