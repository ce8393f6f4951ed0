# Phases: what runs when, what is asked before, how many rejects are borne, and what is left when one fails.

=== a spec without phases gets those it needs
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (id integer primary key identity, a text not null) index (a); }
from s.t as t into app.p { a = t.a; }
--- file t.csv
a
x
--- run plan
create
data
constrain
! load
--- sh
! test -e app.db
--- run run
--- rows select phase from _migc_phase order by started, phase
create
data
constrain
--- run status
create
data
constrain
--- run run
nothing to do
--- rows select id, a from p
1|x

=== order is derived: tables before rows, look-ups after the rows that they look up, whatever the spec's order
--- spec
migration m;
source s csv '.' { table c file 'c.csv' (parent text not null, name text not null); table p file 'p.csv' (name text not null); }
target app sqlite 'app.db' {
    table child (id integer primary key identity, parent_id integer not null references parent, kind_id integer);
    table parent (id integer primary key identity, name text not null unique);
    table kind (id integer primary key identity, name text not null unique);
}
phase children { from s.c as c { on error reject; into app.child { parent_id = app.parent[name = c.parent]; kind_id = kind[c.name]; } } }
phase parents  { from s.p as p { on error reject; into app.parent { name = p.name; } } }
phase kinds    { load kind; }
phase tables   { create app.*; }
alias kind { table app.kind (name); value 'k'; unknown null; }
--- file c.csv
parent,name
P,k
--- file p.csv
name
P
--- run run
--- rows select phase from _migc_phase where phase <> 'children' and phase <> 'constrain' order by phase
kinds
parents
tables
--- rows select parent_id, kind_id from child
1|1
--- migc explain spec.mig
tables
parents

=== flows of one phase are sorted the same way
--- spec
migration m;
source s csv '.' { table c file 'c.csv' (parent text not null); table p file 'p.csv' (name text not null); }
target app sqlite 'app.db' {
    table child (parent_id integer not null references parent);
    table parent (id integer primary key identity, name text not null unique);
}
phase all_of_it {
    from s.c as c { on error reject; into app.child { parent_id = app.parent[name = c.parent]; } }
    from s.p as p { on error reject; into app.parent { name = p.name; } }
    constrain app.*;
    create app.*;
}
--- file c.csv
parent
P
--- file p.csv
name
P
--- run run
--- rows select parent_id from child
1

=== manual phases wait until they are asked for by name, and run once
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase data { create app.*; from s.t as t into app.p { a = t.a; } }
phase extra after data manual { from s.t as t into app.p { a = t.a || '!'; } }
phase last after extra { sql app $$ insert into p values ('last') $$; }
--- file t.csv
a
x
--- run run
--- rows select a from p order by a
x
--- run run --phase extra
--- rows select a from p order by a
x
x!
--- run run --phase extra
nothing to do
--- run run
--- rows select a from p order by a
last
x
x!
--- run run --phase nothing
nothing
--- exit 1

=== --phase runs one phase, when those that it stands after are done
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase one { create app.*; }
phase two after one { from s.t as t into app.p { a = t.a; } }
phase three after two { sql app $$ insert into p values ('three') $$; }
--- file t.csv
a
x
--- run run --phase two
one
--- exit 3
--- run run --phase one
--- rows select count(*) from p
0
--- run run --phase two
--- rows select a from p
x
--- run run
--- rows select a from p order by a
three
x

=== requires: a check that must hold before the phase begins
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null, ok text not null); }
target app sqlite 'app.db' { table p (a text not null); }
check 'sheet is signed' before data: every s.t as t: t.ok = 'yes' else warn;
phase tables { create app.*; }
phase data after tables requires 'sheet is signed' { from s.t as t into app.p { a = t.a; } }
--- file t.csv
a,ok
x,yes
y,no
--- run run
sheet is signed
--- exit 5
--- rows select count(*) from p
0
--- write t.csv
a,ok
x,yes
y,yes
--- run run
--- rows select a from p order by a
x
y

=== reject limit N: one more rolls the phase back, exit 4, and the rejects are in the CSV
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer not null); }
phase data reject limit 2 { create app.*; from s.t as t { on error reject; into app.p { id = integer(t.id); } } }
--- file t.csv
id
1
a
2
b
3
c
4
--- run run
2 are allowed
--- exit 4
--- sh
cut -d, -f2-9 m-rejects/data.t.csv
--- out
data,s.t,t.csv,3,5,2,id,spec.mig:4
data,s.t,t.csv,5,9,4,id,spec.mig:4
data,s.t,t.csv,7,13,6,id,spec.mig:4
--- rows select count(*) from _migc_phase
0
--- write t.csv
id
1
a
2
b
3
--- run run
--- rows select id from p order by id
1
2
3
--- rows select rows_read, rows_rejected, rows_inserted from _migc_phase where phase = 'data'
5|2|3

=== reject limit N%: the share counts when all rows are read
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer not null); }
phase data reject limit 25% { create app.*; from s.t as t { on error reject; into app.p { id = integer(t.id); } } }
--- file t.csv
id
a
1
2
b
3
--- run run
25%
--- exit 4
--- sh
wc -l < m-rejects/data.t.csv
--- out
/^3$/
--- write t.csv
id
a
1
2
3
--- run run
--- rows select id from p order by id
1
2
3

=== --reject-limit stands for the spec's, as a number or a share; 0 bears none
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer not null); }
from s.t as t { on error reject; into app.p { id = integer(t.id); } }
--- file t.csv
id
1
a
b
2
--- run run --reject-limit 0
--- exit 4
--- run run --reject-limit 1
--- exit 4
--- run run --reject-limit 49%
--- exit 4
--- run run --reject-limit many
many
--- exit 1
--- rows select count(*) from p
0
--- run run --reject-limit 50%
--- rows select id from p order by id
1
2

=== --sample reads the first rows of each table, and is told apart in the ledger
--- spec
migration m;
source s csv '.' { table t file 't*.csv' (id integer not null); table u file 'u.csv' (id integer not null); }
target app sqlite 'app.db' { table p (id integer not null); }
from s.t as t { on error reject; into app.p { id = t.id; } }
from s.u as u { on error reject; into app.p { id = u.id + 100; } }
--- file t1.csv
id
1
2
--- file t2.csv
id
3
4
--- file u.csv
id
1
--- run run --sample 3
--- rows select id from p order by id
1
2
3
101
--- rows select distinct sample from _migc_phase
3

=== a failing sql step rolls its whole phase back and names its place
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase one { create app.*; from s.t as t into app.p { a = t.a; } }
phase two after one { sql app $$ delete from p $$; sql app $$ insert into nowhere values (1) $$; }
--- file t.csv
a
x
--- run run
nowhere
spec.mig:5
--- exit 6
--- rows select a from p
x
--- rows select phase from _migc_phase
one

=== create one table here and another there; constraints where they are asked for
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null, b text not null); }
target app sqlite 'app.db' {
    table p (a text not null, b text not null) index p_a (a);
    table q (a text not null) index q_a (a desc);
}
phase first { create app.p; from s.t as t into app.p; constrain app.p; }
phase second after first { create app.q; from s.t as t into app.q { copy *; } }
--- file t.csv
a,b
x,y
--- run run
--- rows select p.a, p.b, q.a from p, q
x|y|x
--- rows select phase from _migc_phase order by phase
constrain
first
second

=== a spec that changed cannot continue another's run
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase one { create app.*; }
phase two after one manual { from s.t as t into app.p { a = t.a; } }
--- file t.csv
a
x
--- run run
--- file changed.mig
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase one { create app.*; }
phase two after one manual { from s.t as t into app.p { a = t.a || '?'; } }
--- migc build changed.mig -o changed
--- sh
set +e; ./changed run --phase two --target "$TARGET" >out.txt 2>&1; echo "exit $?" >>out.txt; cat out.txt
--- out
exit 3
/spec|hash|changed/
--- rows select count(*) from p
0
