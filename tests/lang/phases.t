# Phases: what is done when, and once.

=== phases that wait for each other
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a after c { create app.*; }
phase b after a { constrain app.*; }
phase c after b { sql app $$ select 1 $$; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:7: error: the phases "a", "c" and "b" wait for each other
spec:6:15: note: "a" comes after "c"
spec:8:15: note: "c" comes after "b"
spec:7:15: note: "b" comes after "a"

=== a phase after itself
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a after a { create app.*; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:15: error: a phase cannot come after itself

=== a phase twice, an after twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { create app.*; }
phase b after a, a { constrain app.*; }
phase b { sql app $$ select 1 $$; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:18: error: "a" stands twice behind "after"
spec:8:7: error: there is a phase "b" already
spec:7:7: note: it is declared here

=== implicit phases have names
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a after data { sql app $$ select 1 $$; }
phase b after load { sql app $$ select 1 $$; }
check 'c' after constrain: count(app.person) > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:15: error: there is no phase "load"

=== a table created twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { create app.person; }
phase b after a { create app.*; constrain app.person, app.person; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:26: error: "person" is created already
spec:6:18: note: it is created here
spec:7:55: error: "person" is constrained already
spec:7:43: note: it is constrained here

=== an alias loaded twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
alias x { table app.person (name); value 'x'; }
phase a { load x; }
phase b { load x; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:8:16: error: "x" is loaded already
spec:7:16: note: it is loaded here

=== an existing table is never created
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    existing table old (id integer);
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { create app.old, app.*; constrain app.old; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:18: error: "old" is an existing table: it is never created
spec:7:44: error: "old" is an existing table: it is never constrained

=== unknown tables and systems
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { create app.persn, ap.person, s.people; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:22: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:6:29: error: there is no target "ap"
hint: Did you mean "app"?
spec:6:40: error: a table of the target is needed here, and "s" is a source

=== sql of a source, sql without text
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { sql s $$ select 1 $$; sql ap $$ select 1 $$; sql app $$  $$; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:15: error: SQL runs in the target, and "s" is a source
spec:6:37: error: there is no target "ap"
hint: Did you mean "app"?
spec:6:64: error: there is no SQL between the dollar signs

=== a limit of rejects
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a reject limit 1.5 { create app.*; }
phase b reject limit 101% { constrain app.*; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:22: error: 1.5 is no number of rows
spec:7:22: error: 101% is more than all rows

=== a phase that does nothing
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:7: warning: the phase "a" does nothing

=== load of a source table
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a { load people; }
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:16: error: there is no alias "people" to load
hint: "load" fills the table of an alias; rows of a source are moved by `from … into …`.

=== a required check that is not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a requires 'all is wel' { create app.*; }
check 'all is well' before a: count(s.people) > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:18: error: there is no check "all is wel"
hint: Did you mean "all is well"?

=== indexes in a step of their own: twice, of an existing table, of a table without one
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null); }
target app sqlite 'app.db' {
    existing table old (id integer) index (id);
    table person (id text) index (id);
    table bare (id text) unique index (id);
}
phase a { index app.*; }
phase b { index app.old, app.person, app.bare; }
from s.people as p { on error reject; into app.person { id = p.id; } into app.bare { id = p.id; } }
--- diag
spec:9:17: error: "old" is an existing table: it is never indexed
spec:9:26: error: "person" is indexed already
spec:8:17: note: it is indexed here
spec:9:38: warning: "bare" has no index to make
spec:9:38: error: "bare" is indexed already
spec:8:17: note: it is indexed here

=== indexes made by a step of their own are not among those of `constrain`
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null); }
target app sqlite 'app.db' {
    table person (id text not null, name text unique) index by_id (id desc), unique index once (id, name);
    table bare (id text) index (id);
}
phase data { create app.*; from s.people as p { into app.person { id = p.id; } } }
phase last after data { index app.person; }
--- diag
--- plan
...
  phase last
...
--- explain
...
    indexes of person
...
--- ast
...
--- c
static const char *const constrain_person_in_postgres[] = {
"/* migc spec.mig:4 */ alter table person add constraint person_name_key unique (name)",
"/* migc spec.mig:4 */ create unique index once on person (id, name)",
NULL,
static const char *const indexes_person_in_postgres[] = {
"/* migc spec.mig:4 */ create index by_id on person (id desc)",
NULL,
.indexes = {indexes_person_in_sqlite, indexes_person_in_postgres},

=== a table that is made behind what is done with it
--- spec
migration m;
source s csv '.' { table p file 'p.csv' (id integer not null, a text); }
target app sqlite 'app.db' {
    table t (id integer primary key, a text);
    table n (id integer primary key identity, name text not null unique);
    table o (id integer primary key) index o_i (id);
    table u (id integer primary key);
}
alias x { table app.n (name); value 'a'; }
phase one { from s.p as p { on error reject; into app.t { id = p.id; a = p.a; } } load x; index app.o; }
phase two after one { create app.t, app.n, app.o; }
phase three { constrain app.u; }
phase four after three { create app.u; }
phase five after four manual { from s.p as p { on error reject; into app.u { id = p.id; } } }
--- diag
spec:10:18: error: phase "one" writes "t", which only phase "two", after it, creates
hint: Put `create` into a phase that comes before it.
spec:10:88: error: phase "one" fills "n", which only phase "two", after it, creates
hint: Put `create` into a phase that comes before it.
spec:10:97: error: phase "one" indexes "o", which only phase "two", after it, creates
hint: Put `create` into a phase that comes before it.
spec:12:25: error: phase "three" constrains "u", which only phase "four", after it, creates
hint: Put `create` into a phase that comes before it.

=== a table that a manual phase makes may be there
--- spec
migration m;
source s csv '.' { table p file 'p.csv' (id integer not null, a text); }
target app sqlite 'app.db' { table t (id integer primary key, a text); }
phase one { from s.p as p { on error reject; into app.t { id = p.id; a = p.a; } } }
phase two after one manual { create app.t; }
--- diag
