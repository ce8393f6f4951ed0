# Names: unknown, misspelt, declared twice, never used.

=== a spec without a migration
--- spec
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:1:1: error: the spec does not say which migration it is
hint: Begin it with `migration NAME;`.

=== an empty spec
--- spec

--- diag
spec:1:1: error: the spec does not say which migration it is
hint: Begin it with `migration NAME;`.

=== two migrations
--- spec
migration a;
migration b;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:2:11: error: a spec is one migration, and this is a second
spec:1:11: note: it is called "a" here

=== a source declared twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
source s csv 'b' { table more file 'more.csv' (id text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:3:8: error: there is a source or target "s" already
spec:2:8: note: it is declared here

=== two targets
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
target other postgres env 'DB' { table t (id integer); }
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:6:8: error: a migration has one target: each phase is one transaction there
hint: Write a second migration for "other".
spec:3:8: note: "app" is the target

=== an unknown source
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from sheets.people as p into app.person { name = p.id; }
--- diag
spec:6:6: error: there is no source "sheets"
hint: There is "s".

=== a misspelt source
--- spec
migration m;
source sheets csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from sheet.people as p into app.person { name = p.id; }
--- diag
spec:6:6: error: there is no source "sheet"
hint: Did you mean "sheets"?

=== an unknown table of a source
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.peolpe as p into app.person { name = p.id; }
--- diag
spec:6:8: error: "s" has no table "peolpe"
hint: Did you mean "people"?

=== an unknown table of the target
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p into app.persons { name = p.id; }
--- diag
spec:6:29: error: "app" has no table "persons"
hint: Did you mean "person"?

=== source and target mixed up
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from app.person as p into s.people { name = p.id; }
--- diag
spec:6:6: error: rows are read from a source, and "app" is a target

=== a table alone where two systems have it
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table people (id integer);
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: count(people) = 1;
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:7:29: error: "people" may be a table of "s" or of "app"
hint: Write s.people or app.people.

=== an unknown column of the row
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.nmae;
    }
}
--- diag
spec:9:18: error: "people" has no column "nmae"
hint: Did you mean "name"?

=== an unknown bare name
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = nmae;
    }
}
--- diag
spec:9:16: error: "nmae" is neither a column of "people" nor a name given by let
hint: Did you mean "name"?

=== a name that differs in case
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.Name;
    }
}
--- diag
spec:9:18: error: "people" has no column "Name"
hint: Did you mean "name"?

=== the wrong row
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = x.name;
    }
}
--- diag
spec:9:16: error: there is no row "x" here
hint: The row is called "p".

=== the table's name where the row has its own
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = people.name;
    }
}
--- diag
spec:9:16: error: there is no row "people" here
hint: The row is called "p".

=== a column of another table
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = app.person.name;
    }
}
--- diag
spec:9:16: error: only the row "p" can be read here, and app.person.name is elsewhere
hint: Values of other rows are looked up: app.TABLE[COLUMN = …].COLUMN.

=== text in double quotes
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = "Unknown person";
    }
}
--- diag
spec:9:16: error: "Unknown person" is neither a column of "people" nor a name given by let
hint: Text stands in single quotes: 'Unknown person'.

=== a function without parentheses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; note = now;
    }
}
--- diag
spec:9:29: error: "now" is neither a column of "people" nor a name given by let
hint: A function is called with parentheses: now(…).

=== an alias without brackets
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text);
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
alias country { table app.country (name); value 'Germany'; }
from s.people as p {
    on error reject;
    into app.person {
        name = country;
    }
}
--- diag
spec:11:16: error: "country" is neither a column of "people" nor a name given by let
hint: An alias is looked up with brackets: country[…].

=== an unknown column is set
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; nmae = p.name;
    }
}
--- diag
spec:9:22: error: "person" has no column "nmae"
hint: Did you mean "name"?

=== a let is used before it is given
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person { name = full; }
    let full = p.id;
}
--- diag
spec:8:30: error: "full" is neither a column of "people" nor a name given by let
hint: "full" is given further below: a let stands before what uses it.

=== a let given twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let a = p.id;
    let a = p.name;
    into app.person { name = a; }
}
--- diag
spec:8:9: error: the name "a" is given already in this flow
spec:7:9: note: it is given here

=== a let nobody uses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let full = p.id;
    into app.person { name = p.id; }
}
--- diag
spec:7:9: warning: "full" is never used

=== an element nobody uses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person each e at n in split(p.note, ',') { name = p.id; }
}
--- diag
spec:7:26: warning: the element "e" is never used
spec:7:31: warning: the position "n" is never used

=== a source table that nothing reads
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text);
    table pets file 'pets.csv' (name text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:3:11: warning: nothing reads the table "pets"

=== an existing table that nothing uses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    existing table auth (id integer);
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:4:20: warning: the existing table "auth" is never used

=== a definition that nothing calls
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define shout(x text) text = upper(x);
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:6:8: warning: the definition "shout" is never used

=== unknown phase, alias and check in a phase
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
phase a after setpu requires 'ok?' { load county; }
phase setup { create app.*; }
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:6:15: error: there is no phase "setpu"
hint: Did you mean "setup"?
spec:6:30: error: there is no check "ok?"
spec:6:43: error: there is no alias "county" to load
hint: "load" fills the table of an alias; rows of a source are moved by `from … into …`.

=== all of a target where one table is meant
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p into app.* { name = p.id; }
--- diag
spec:6:25: error: one table is needed here, not all of "app"

=== a definition that hides a function
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define upper(x text) text = lower(x);
from s.people as p {
    on error reject;
    into app.person {
        name = upper(p.id);
    }
}
--- diag
spec:6:8: error: "upper" is a function of the language
hint: Give the definition another name.
