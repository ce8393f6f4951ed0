# What can fail must say what happens then; what cannot, must not.

=== a date without a handler
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; born = date(p.born, 'MM/DD/YYYY');
    }
}
--- diag
spec:8:29: error: setting "born" can fail: p.born may be no date
hint: Add `else …` here, or `on error reject;` to the flow.

=== the same with handlers
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; born = date(p.born) else null; age = integer(p.age) else 0; note = p.note;
    }
}
--- diag

=== several reasons, at most three of them
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; age = integer(p.age) / integer(p.note) + integer(p.born) * 2;
    }
}
--- diag
spec:8:28: error: setting "age" can fail: p.age may be no integer, p.note may be no integer, and integer(p.note) may be 0
hint: Add `else …` here, or `on error reject;` to the flow.

=== a text that may be too long
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; email = p.email;
    }
}
--- diag
spec:8:30: error: setting "email" can fail: p.email may be longer than 50 characters
hint: Add `else …` here, or `on error reject;` to the flow.

=== texts whose length is known
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; email = left(p.email, 50); note = md5(p.note);
    }
}
--- diag

=== an integer that may not fit
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (a smallint, b numeric(12,2), c numeric(5,2), d integer); }
from s.people as p into app.t { a = length(p.id); b = length(p.id); c = length(p.id); d = row_number(); }
--- diag
spec:4:37: error: setting "a" can fail: length(p.id) may be too large for smallint
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.
spec:4:73: error: setting "c" can fail: length(p.id) may not fit into numeric(5,2)
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.
spec:4:91: error: setting "d" can fail: row_number() may be too large for integer
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.

=== a typed source column is read where it is used
--- spec
migration m;
source s csv '.' { table t file 't.csv' (n integer, d date not null, w varchar(3)); }
target app sqlite 'app.db' { table t (n bigint, d date, w text); }
from s.t as r into app.t { copy *; }
from s.t as r into app.t { n = r.n; d = r.d else null; w = 'x'; }
--- diag
spec:4:28: error: copying "n", "d" and "w" can fail: n may be no integer, d may be no date, and w may be longer than 3 characters
hint: Write the flow as `from s.t as r { on error reject; into … }`.
hint: Or set them beside the copy, with an `else`.
spec:5:32: error: setting "n" can fail: r.n may be no integer
hint: Add `else …` here, or write the flow as `from s.t as r { on error reject; into … }`.

=== a condition that can fail
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when date(p.born) < '1900-01-01';
    reject 'too old' when integer(p.age) > 120;
    into app.person when bool(p.note) { name = p.id; }
}
--- diag
spec:7:15: error: this condition can fail: p.born may be no date
hint: Add `on error reject;` to the flow.
spec:8:27: error: this condition can fail: p.age may be no integer
hint: Add `on error reject;` to the flow.
spec:9:26: error: this condition can fail: p.note may be no truth value
hint: Add `on error reject;` to the flow.

=== a let that can fail
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let born = date(p.born);
    let age = integer(p.age) else 0;
    into app.person { name = p.id; born = born; age = age; }
}
--- diag
spec:7:16: error: "born" can fail: p.born may be no date
hint: Add `else …` here, or `on error reject;` to the flow.

=== a let with an else of another type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let born = date(p.born) else 'unknown';
    let age = integer(p.age) else p.age;
    into app.person { name = p.id; born = born; age = age; }
}
--- diag
spec:7:34: error: "unknown" is not a date of the form YYYY-MM-DD
spec:8:35: error: integer(p.age) is integer and p.age is text: a name has one type
hint: Write integer(p.age).

=== the value behind else can fail as well
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; born = date(p.born) else date(p.note);
    }
}
--- diag
spec:8:47: error: setting "born" can fail: p.note may be no date
hint: Add `else …` here, or `on error reject;` to the flow.

=== the value behind else has the wrong type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = date(p.born) else p.note;
    }
}
--- diag
spec:9:47: error: "born" is date, and p.note is text
hint: Write date(p.note).

=== an else that is never used
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id else 'x'; note = p.note else 'nothing'; age = length(p.id) else skip;
    }
}
--- diag
spec:9:21: warning: this "else" is never used: p.id cannot fail
spec:9:45: warning: this "else" is never used: p.note cannot fail
hint: Null is no failure. For another value in its place write coalesce(p.note, …).
spec:9:80: warning: this "else" is never used: length(p.id) cannot fail

=== a let's else that is never used
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let full = p.name else 'nobody';
    into app.person { name = p.id; note = full; }
}
--- diag
spec:7:23: warning: this "else" is never used: p.name cannot fail
hint: Null is no failure. For another value in its place write coalesce(p.name, …).

=== a flow in the short form
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p into app.person { name = p.name; }
--- diag
spec:6:45: error: setting "name" can fail: p.name may be null
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.

=== arithmetic overflows
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id; age = length(p.id) * 1000;
    }
}
--- diag
spec:8:28: error: setting "age" can fail: length(p.id) * 1000 may be out of the range of integer
hint: Add `else …` here, or `on error reject;` to the flow.

=== division by something
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (a integer, b integer, c numeric); }
from s.people as p into app.t { a = 10 / length(p.id); b = length(p.id) / 10; c = 1.5 / length(p.id); }
--- diag
spec:4:37: error: setting "a" can fail: length(p.id) may be 0
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.
spec:4:83: error: setting "c" can fail: length(p.id) may be 0
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.

=== instants whose local time leaves the calendar
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null); }
target app sqlite 'app.db' { table t (local timestamp); }
from s.people as p into app.t { local = now() at zone 'Europe/Berlin'; }
--- diag
spec:4:41: error: setting "local" can fail: the local time of now() may leave the years 1 to 9999
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.

=== local times that a zone skips
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (at timestamptz); }
from s.people as p into app.t { at = timestamp(p.born) at zone 'Europe/Berlin'; } 
--- diag
spec:4:38: error: setting "at" can fail: p.born may be no timestamp, and the zone may skip or repeat the time timestamp(p.born)
hint: Add `else …` here, or write the flow as `from s.people as p { on error reject; into … }`.

=== a primary key from the source
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (id text primary key); table u (a text, b text, unique (a, b)); }
from s.people as p { into app.t { id = p.id; } }
from s.people as p into app.u { a = p.id; b = p.id; }
--- diag
spec:4:27: error: "t" can refuse a row: a row with the same "id" may be there already (primary key)
hint: Add `on error reject;` to the flow.
spec:5:25: error: "u" can refuse a row: a row with the same "a" and "b" may be there already (unique)
hint: Write the flow as `from s.people as p { on error reject; into … }`.

=== keys that the program gives are safe
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (id integer primary key identity, a text unique); }
from s.people as p into app.t { a = p.id; }
dedup app.t by lower(a);
--- diag

=== checks of computed columns
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (a integer check (a > 0), b integer check (b > 0), check (a <> b)); }
from s.people as p into app.t { a = length(p.id); b = 7; }
--- diag
spec:4:25: error: "t" can refuse a row: the check (a > 0) may not hold, and the check (a <> b) may not hold
hint: Write the flow as `from s.people as p { on error reject; into … }`.

=== values of an enum
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (a enum('x', 'y'), b enum('x', 'y'), c enum('x', 'y')); }
from s.people as p into app.t { a = p.note; b = 'x'; c = case when p.note is null then 'x' else 'y' end; }
--- diag
spec:4:25: error: "t" can refuse a row: "a" may be none of its values
hint: Write the flow as `from s.people as p { on error reject; into … }`.

=== a failure within a definition
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
define day(x text) date = date(squeeze(x), 'DD.MM.YYYY');
from s.people as p {
    into app.person {
        name = p.id; born = day(p.born);
    }
}
--- diag
spec:6:8: error: "day" is a function of the language
hint: Give the definition another name.
spec:9:29: error: setting "born" can fail: in day, squeeze(x) may be no date
hint: Add `else …` here, or `on error reject;` to the flow.

=== patterns that are not constants
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.name like p.note;
    skip when matches(p.name, '^a+$');
    into app.person { name = p.id; }
}
--- diag
spec:7:15: error: this condition can fail: the pattern p.note may end in its escape character
hint: Add `on error reject;` to the flow.
spec:8:15: error: this condition can fail: matching '^a+$' may take too many steps
hint: Add `on error reject;` to the flow.
