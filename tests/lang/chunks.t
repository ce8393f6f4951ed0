# Phases that commit every so many rows: what of them no later run could go on with.

=== commit every: in the tree, the plan, the words and the C
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { table person (id integer primary key identity, name text not null); }
phase tables { create app.*; }
phase data after tables commit every 50000 rows reject limit 10 { from s.people into app.person; }
--- ast
...
    phase name=data after=tables has_limit limit="10" every="50000"
...
--- plan
...
  phase data
    commit every 50000
    after tables
    flow s.people
...
--- explain
...
  2. data, after tables, at most 10 rejects, committed every 50000 rows
...
  chunk: of phases that commit on the way, where a killed run goes on
...
--- c
.commit_every = 50000,

=== commit and rows are names where no attribute stands
--- spec
migration m;
source s csv '.' { table rows file 'rows.csv' (commit text not null); }
target app sqlite 'app.db' { table rows (commit text not null); }
from s.rows as rows into app.rows { commit = rows.commit; }
--- fmt
migration m;
source s csv '.' { table rows file 'rows.csv' (commit text not null); }
target app sqlite 'app.db' { table rows (commit text not null); }
from s.rows as rows into app.rows { commit = rows.commit; }

=== the layout of the attribute
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); }
phase data
  manual   commit every
  10 rows { from s.a into app.t; }
--- fmt
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); }
phase data
    manual commit every
    10 rows { from s.a into app.t; }

=== numbers that are none
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); table u (n text not null); table v (n text not null); }
phase x commit every 0 rows { from s.a into app.t; }
phase y commit every 1.5 rows { from s.a into app.u; }
phase z commit every 5 rows commit every 6 rows { from s.a into app.v; }
--- diag
spec:4:22: error: 0 is no number of rows to commit
spec:5:22: error: 1.5 is no number of rows to commit
spec:6:29: error: "commit every" is said twice
spec:6:9: note: it is said here first

=== no flow to divide, an alias that is loaded
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (id integer primary key identity, n text not null unique); }
alias t { table app.t (n); from s.a as a: a.n; }
phase x commit every 10 rows { create app.*; }
phase y after x commit every 10 rows { load t; }
--- diag
spec:5:9: error: "commit every" counts rows of flows, and the phase "x" has none
hint: Take it away: the phase is one transaction.
spec:6:17: error: "commit every" counts rows of flows, and the phase "y" has none
hint: Take it away: the phase is one transaction.
spec:6:40: error: an alias is loaded as a whole, and the phase "y" commits every so many rows
hint: Load it in a phase before this one.

=== a query has no key to go on behind
--- spec
migration m;
source s sqlite 'old.db' { query recent $$ select n from t order by n $$ (n integer not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase data commit every 10 rows { from s.recent as r { on error reject; into app.t { n = r.n; } } }
--- diag
spec:4:40: error: no run can go on in the midst of the query "recent": its rows have no key to go on behind
hint: Read a table, or a view with its "primary key" declared, or take "commit every" away.

=== duplicates that are decided when all rows are read
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (k text not null, n text not null); }
target app sqlite 'app.db' {
    table last (k text not null, n text not null);
    table best (k text not null, n text not null);
    table merged (k text not null, n text not null);
    table again (k text not null, n text not null);
    table first (k text not null, n text not null);
    table once (k text not null, n text not null);
}
dedup app.last by k { keep last; }
dedup app.best by k { keep first by n; }
dedup app.merged by k { duplicate merge { n = longest; }; }
dedup app.again by k { duplicate rewrite { k = n; }; }
dedup app.first by k { keep first; duplicate drop; }
dedup app.once by k { duplicate reject; }
phase data commit every 10 rows {
    from s.a into app.last;
    from s.a into app.best;
    from s.a into app.merged;
    from s.a into app.again;
    from s.a into app.first;
    from s.a { on error reject; into app.once; }
}
--- diag
spec:18:19: error: which row of "last" is kept is known when all rows are read, and the phase "data" commits before that
hint: Keep the first row and drop or reject the others, or take "commit every" away.
spec:11:7: note: the dedup is declared here
spec:19:19: error: which row of "best" is kept is known when all rows are read, and the phase "data" commits before that
hint: Keep the first row and drop or reject the others, or take "commit every" away.
spec:12:7: note: the dedup is declared here
spec:20:19: error: which row of "merged" is kept is known when all rows are read, and the phase "data" commits before that
hint: Keep the first row and drop or reject the others, or take "commit every" away.
spec:13:7: note: the dedup is declared here
spec:21:19: error: which row of "again" is kept is known when all rows are read, and the phase "data" commits before that
hint: Keep the first row and drop or reject the others, or take "commit every" away.
spec:14:7: note: the dedup is declared here

=== keys of dropped rows are in no table
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (email text not null, name text not null, friend text not null); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, email text not null, name text not null);
    table pair (a integer not null, b integer not null);
}
dedup app.person by email;
define who(x text) integer = app.person[name = x];
phase data commit every 10 rows {
    from s.a as a {
        on error reject;
        into app.person { email = a.email; name = a.name; }
        into app.pair { a = app.person[email = a.email]; b = app.person[name = a.friend]; }
    }
}
phase other { from s.a as a { on error reject; into app.pair { a = 1; b = app.person[name = a.friend]; } } }
--- diag
spec:8:30: warning: several rows of "person" may have the same "name", and then the look-up fails
hint: Declare `unique (name)`, or a dedup, if there is one row of each.
spec:13:62: warning: several rows of "person" may have the same "name", and then the look-up fails
hint: Declare `unique (name)`, or a dedup, if there is one row of each.
spec:13:62: error: rows of "person" that its dedup drops could be looked up here by a key of their own, which no chunk keeps
hint: Look it up by columns that are the dedup's key, or in another phase, or take "commit every" away from "data".
spec:7:7: note: the dedup is declared here
spec:16:75: warning: several rows of "person" may have the same "name", and then the look-up fails
hint: Declare `unique (name)`, or a dedup, if there is one row of each.

=== SQL between two flows
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n text not null); }
phase data commit every 10 rows {
    sql app $$ select 1 $$;
    from s.a into app.t;
    sql app $$ delete from t $$;
    from s.a into app.t;
    sql app $$ select 2 $$;
}
--- diag
spec:7:5: error: SQL between two flows of a phase that commits on the way would find the rows of chunks that are in
hint: Put it before or behind the flows, or into a phase of its own.

=== keys of sources
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text primary key); }
source o sqlite 'o.db' {
    table b (n integer primary key, m integer not null, primary key (n, m));
    table c (n integer, m text, primary key (m, x), unique (n));
    table d (n integer primary key, m text primary key);
}
target app sqlite 'app.db' { table t (n integer not null); }
from o.b as b { on error reject; into app.t { n = b.n; } }
--- diag
spec:2:49: error: a source column is "not null" or nothing: "primary key" belongs into the target
spec:4:57: error: "b" has a primary key already
hint: A key of several columns is one `primary key (a, b)` behind the columns.
spec:4:24: note: it is declared here
spec:5:49: error: "c" has no column "x"
spec:5:53: error: a table of a source has no "unique": it belongs into the target
spec:6:44: error: "d" has a primary key already
hint: A key of several columns is one `primary key (a, b)` behind the columns.
spec:6:24: note: it is declared here

=== a row that may be read later than the one that asks for it
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (n text not null, boss text, name text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, n integer not null unique, boss integer references person);
}
phase data commit every 10 rows {
    create app.*;
    from s.a as a {
        on error reject;
        into app.person { n = integer(a.n); boss = app.person[n = integer(a.boss)] else null; }
    }
}
--- diag
spec:10:45: error: the row of "person" that is meant here may be read later than this one, and the phase "data" commits before that
hint: Look it up in a phase behind the one that fills "person", or take "commit every" away.
