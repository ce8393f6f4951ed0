# Look-ups of rows that may be mapped later, and what cannot wait.

=== a look-up in its own table is answered in two steps; `explain` and the plan say so
--- spec
migration m;
source s csv '.' { table staff file 'staff.csv' (number text not null, boss text); }
target app postgres 'dbname=x' {
    table employee (id bigint primary key identity, number text not null unique, boss_id bigint references employee);
}
from s.staff as s { on error reject; into app.employee { number = s.number; boss_id = app.employee[number = s.boss] else null; } }
--- diag
--- plan
...
    resolve s.staff
...
--- explain
...
    answer the look-ups that rows wait for, refuse those whose rows are not there, write the others
    held while it runs, within the memory limit:
      employee by (number): id, one entry a row
      unique rule employee_number_key, one entry a row
      rows of s.staff until their look-ups are answered (on disk past a few megabytes)
...
  employee.boss_id to itself: PostgreSQL adds it in phase constrain, when the rows are in; SQLite checks it when a phase commits
...
  employee.boss_id (line 6) in employee: s.staff fills it itself, so the row that is meant may come later
...

=== references of tables to each other: constraints after the load, deferrable ones, two steps, and why
--- spec
migration m;
source s csv '.' {
    table teams file 'teams.csv' (id bigint not null, name text not null, lead text not null);
    table people file 'people.csv' (name text not null, team text not null, friend bigint);
}
target app sqlite 'app.db' {
    table team (id bigint primary key, name text not null unique, lead_id bigint not null references person);
    table person (id bigint primary key identity, name text not null unique, team_id bigint not null references team, friend bigint references person);
    table node (id bigint primary key, parent bigint references node);
}
phase one { create app.*; constrain app.node; }
phase two after one {
    from s.teams as t { on error reject; into app.team { id = t.id; name = t.name; lead_id = app.person[name = t.lead]; } }
    from s.people as p { on error reject; into app.person { name = p.name; team_id = app.team[name = p.team]; friend = p.friend; } }
    from s.teams as t { on error reject; into app.node { id = t.id; parent = null; } }
}
phase three after two { constrain app.team, app.person; }
--- diag
--- plan
...
    resolve s.teams s.people
...
--- explain
...
references in a ring
  team.lead_id to person: PostgreSQL adds it in phase three, when the rows are in; SQLite checks it when a phase commits
  person.team_id to team: PostgreSQL adds it in phase three, when the rows are in; SQLite checks it when a phase commits
  person.friend to itself: PostgreSQL adds it in phase three, when the rows are in; SQLite checks it when a phase commits
  node.parent to itself: PostgreSQL has it before the rows, so it is deferrable there and checked when their phase commits; SQLite does that anyway

look-ups in two steps: the row is mapped with the column open and waits, the look-up is answered when all rows are mapped
  team.lead_id (line 13) in person: s.people, which fills it, waits for rows of s.teams
  person.team_id (line 14) in team: s.teams, which fills it, waits for rows of s.people
...

=== a look-up that waits cannot be found by, or give, what waits itself
--- spec
migration m;
source s csv '.' { table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number text not null unique, boss_id bigint, top_id bigint, other bigint unique);
}
from s.staff as s {
    on error reject;
    into app.employee {
        number  = s.number;
        boss_id = app.employee[number = s.boss];
        top_id  = app.employee[number = s.boss].boss_id;
        other   = app.employee[boss_id = 1];
    }
}
--- diag
spec:11:9: error: this look-up gives "employee.boss_id", which waits for a look-up itself
hint: Look the row up by columns that are known when it is mapped, and by its key only.
spec:12:9: error: this look-up goes by "employee.boss_id", which waits for a look-up itself
hint: Look the row up by columns that are known when it is mapped, and by its key only.
spec:12:19: warning: several rows of "employee" may have the same "boss_id", and then the look-up fails
hint: Declare `unique (boss_id)`, or a dedup, if there is one row of each.

=== a value behind `else` that can fail is computed too early
--- spec
migration m;
source s csv '.' { table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' { table employee (id bigint primary key identity, number text not null unique, boss_id bigint); }
from s.staff as s {
    on error reject;
    into app.employee { number = s.number; boss_id = app.employee[number = s.boss] else bigint(s.boss); }
}
--- diag
spec:6:44: error: the value behind `else` can fail, and it is computed before it is known whether the look-up finds a row
hint: Give it a name by `let`, with a handler of its own.

=== the key of a row cannot wait, nor can what a dedup or an alias goes by
--- spec
migration m;
source s csv '.' { table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number text not null unique, boss_id bigint, boss_name text unique, other bigint);
}
dedup app.employee by (boss_id, number);
alias boss { table app.employee (boss_name); }
from s.staff as s {
    on error reject;
    into app.employee {
        id        = app.employee[number = s.boss].other;
        number    = s.number;
        boss_id   = app.employee[number = s.boss];
        boss_name = app.employee[number = s.boss].number;
    }
}
--- diag
spec:6:1: error: rows of "employee" cannot be compared by "boss_id", which waits for a look-up
hint: A dedup rule goes by columns that are known when the row is mapped.
spec:7:7: warning: the alias "boss" is never used
spec:7:7: error: the text of alias "boss", "employee.boss_name", waits for a look-up
hint: An alias goes by a text that is known when its row is mapped.
spec:11:9: error: the key "id" of "employee" cannot wait for a look-up
hint: Other rows find this one by its key, so it must be known when the row is mapped.
spec:13:9: error: this look-up gives "employee.id", which waits for a look-up itself
hint: Look the row up by columns that are known when it is mapped, and by its key only.

=== a look-up of rows that wait must wait, too: as a whole value it does, elsewhere it cannot
--- spec
migration m;
source s csv '.' { table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number text not null unique, boss_id bigint);
    table badge (employee_id bigint not null);
}
from s.staff as s {
    on error reject;
    into app.employee { number = s.number; boss_id = app.employee[number = s.boss] else null; }
    into app.badge { employee_id = app.employee[number = s.number]; }
}
from s.staff as s {
    on error reject;
    skip when app.employee[number = s.number] is not null;
    into app.employee { number = s.number; }
}
--- diag
spec:14:5: error: "employee" is looked up here while its rows wait for look-ups themselves
hint: A look-up that is the whole value of a column waits with them; write it so, with its `else` behind it.
spec:14:15: warning: app.employee[number = s.number] is never null, so this is always true

=== flows that need each other's rows in conditions and in parts of values cannot be put in order
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (name text not null, b text); table b file 'b.csv' (name text not null, a text); }
target app sqlite 'app.db' {
    table a (id bigint primary key identity, name text not null unique, b bigint);
    table b (id bigint primary key identity, name text not null unique, a bigint);
}
from s.a as r { on error reject; into app.a { name = r.name; b = coalesce(app.b[name = r.b], 0); } }
from s.b as r { on error reject; let a = app.a[name = r.a]; into app.b { name = r.name; a = a; } }
--- diag
spec:7:6: error: these steps wait for each other: "from s.a", "from s.b"
hint: Each looks up a table that another one fills. A look-up that is the whole value of a column can wait for the others; else split one of them in two.

=== phases that the spec has put in order cannot wait for each other
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (name text not null, b text); table b file 'b.csv' (name text not null, a text); }
target app sqlite 'app.db' {
    table a (id bigint primary key identity, name text not null unique, b bigint);
    table b (id bigint primary key identity, name text not null unique, a bigint);
}
phase one { create app.*; from s.a as r { on error reject; into app.a { name = r.name; b = app.b[name = r.b]; } } }
phase two after one { from s.b as r { on error reject; into app.b { name = r.name; a = app.a[name = r.a]; } } }
--- diag
spec:7:88: error: phase "one" looks up "b", which only phase "two", after it, fills
hint: Put both flows into one phase: look-ups that wait for each other are answered there in a second step.
