# Checks: conditions over whole tables.

=== a check after a phase that is not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after dta: count(app.person) > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:17: error: there is no phase "dta"
hint: Did you mean "data"?

=== a check twice, a check without a name
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: count(app.person) > 0;
check 'c' after data: count(s.people) > 0;
check '' after data: count(app.person) > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:7: error: there is a check "c" already
spec:6:7: note: it is declared here
spec:8:7: error: a check needs a name that is not empty

=== a number is no check
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: count(app.person);
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:23: error: a check is a condition, and count(app.person) is bigint
hint: Compare it: count(app.person) > 0.

=== a check that asks nothing
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: 1 = 1;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:23: error: the check asks nothing of any table
hint: Write `every TABLE as a: …`, or count(TABLE) in it.

=== a column outside of its rows
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: count(app.person) > 0 and name is not null;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:49: error: there is nothing called "name" in a check
hint: A column belongs to a row: write `every TABLE as a: a.COLUMN …`.

=== rows have names
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: every app.person as a: b.name is not null and a.nme <> '' and person.age > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:46: error: there is no row "b" here
hint: The row is called "a".
spec:6:71: error: "person" has no column "nme"
hint: Did you mean "name"?
spec:6:85: error: there is no row "person" here
hint: The row is called "a".

=== what every and count ask
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: every app.person as a: a.age;
check 'd' after data: count(app.person as a: a.name) > 0;
check 'e' after data: every app.person as a: a.name = a.age;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:46: error: "every" asks a condition, and a.age is integer
hint: Compare it: a.age > 0.
spec:7:46: error: "count" asks a condition, and a.name is text
hint: Write a.name is not null, or bool(a.name).
spec:8:55: error: a.name is text and a.age is integer: they cannot be compared
hint: Write integer(a.name).

=== a check of rows cannot look others up
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: every app.person as a: app.person[name = a.name] = a.id;
check 'd' after data: every app.person as a: count(app.person) > a.id;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:46: error: a check cannot look up other rows
spec:7:46: error: a check cannot ask about all rows of a table: only a check can

=== counts of what is not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: count(app.persn) = count(s.peple) - rejected(app.person) - skipped(people) - merged(s.people);
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:33: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:6:50: error: "s" has no table "peple"
hint: Did you mean "people"?
spec:6:68: error: rows are read from a source, and "app" is a target
spec:6:107: error: a table of the target is needed here, and "s" is a source

=== unique over unknown columns
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: unique(app.person, nme, casefold(email));
check 'd' before data: unique(s.people, lower(nme));
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:42: error: "person" has no column "nme"
hint: Did you mean "name"?
spec:7:47: error: "people" has no column "nme"
hint: Did you mean "name"?

=== references of other types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: refers(app.person.name, app.person.id);
check 'd' after data: refers(app.person.nme, app.persn.id);
check 'e' after data: refers(s.people.id, app.person.name);
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:58: error: "name" is text and "id" is integer: one cannot refer to the other
spec:7:50: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:8:30: error: a table of the target is needed here, and "s" is a source

=== sql in a check
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' after data: sql s $$ select true $$;
check 'd' after data: sql app $$ $$;
check 'e' after data: sql ap $$ select true $$;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:6:27: error: SQL runs in the target, and "s" is a source
spec:7:31: error: there is no SQL between the dollar signs
spec:8:27: error: there is no target "ap"
hint: Did you mean "app"?

=== functions of the source row
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
check 'c' before data: every s.people as p: row_number() > 0 and source_line() > 1;
check 'd' after data: every app.person as p: row_number() > 0;
from s.people as p { on error reject; into app.person { name = p.id; } }
--- diag
spec:7:46: error: row_number() is about a source row, and there is none in a check

=== aggregates have no place in a flow
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = count(app.person); note = case when unique(app.person, name) then 'x' end;
    }
}
--- diag
spec:9:28: error: this flow cannot ask about all rows of a table: only a check can
spec:9:64: error: this flow cannot ask about all rows of a table: only a check can

=== a misspelt form of a check, and what stands in its parentheses
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table n (a text unique); }
from s.t as t { on error reject; into app.n { a = coutn(t.nothing); } }
check 'a' after data: coutn(app.n) = 1;
check 'b' after data: uniqeu(s.t, a);
check 'c' after data: refesr(app.n.a, app.n.a);
check 'd' after data: rejectde(s.t) = 0;
--- diag
spec:4:51: error: unknown function "coutn"
hint: `migc --list-functions` lists them all.
spec:5:23: error: unknown function "coutn"
hint: Did you mean "count"?
spec:6:23: error: unknown function "uniqeu"
hint: Did you mean "unique"?
spec:7:23: error: unknown function "refesr"
hint: Did you mean "refers"?
spec:8:23: error: unknown function "rejectde"
hint: Did you mean "rejected"?
