# Constants: read by the compiler in the type of their context.

=== a date that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when date(p.born) < '2023-02-30';
    into app.person { name = p.id; }
}
--- diag
spec:8:30: error: "2023-02-30" is of the form YYYY-MM-DD, but there is no such day

=== a date in words
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = 'yesterday';
    }
}
--- diag
spec:9:29: error: "yesterday" is not a date of the form YYYY-MM-DD

=== a conversion of a constant
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = date('2023-02-30'); age = integer('12a');
    }
}
--- diag
spec:9:34: error: "2023-02-30" is of the form YYYY-MM-DD, but there is no such day
spec:9:63: error: "12a" is not an integer

=== a text that is too long for its column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; email = 'this.is.a.very.long.address.of.somebody@somewhere.example';
    }
}
--- diag
spec:9:30: error: the text has 57 characters, and varchar(50) takes 50

=== a number that is too large
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = 3000000000;
    }
}
--- diag
spec:9:28: error: 3000000000 is too large for integer

=== a number with a fraction for an integer
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = 1.5;
    }
}
--- diag
spec:9:28: error: 1.5 is not a whole number, and integer is needed

=== digits that a numeric has not
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table price (a numeric(5,2), b numeric(5,2), c numeric(7,2)); }
from s.people as p { on error reject; into app.price { a = 1.005; b = -1234; c = 99999.99; } }
--- diag
spec:4:60: error: 1.005 has more digits behind the point than numeric(5,2)
spec:4:71: error: -1234 is too large for numeric(5,2)

=== constants that fit need no handler
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table price (a numeric(5,2), b numeric(5,2), c numeric(7,2), d double, e date, f uuid); }
from s.people as p into app.price { a = 1.5; b = -999; c = 1e3; d = 7; e = '2024-02-29'; f = null; }
--- diag

=== a value that the enum has not
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (kind enum('school', 'self'), other enum('school', 'self')); }
from s.people as p { on error reject; into app.t { kind = 'schol'; other = case when p.age is null then 'self' else 'both' end; } }
--- diag
spec:4:59: error: 'schol' is none of the values of "kind": 'school', 'self'
hint: Did you mean "school"?
spec:4:117: error: 'both' is none of the values of "other": 'school', 'self'

=== division by zero
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = length(p.id) / 0;
    }
}
--- diag
spec:9:43: error: division by zero

=== constant arithmetic that is too large
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = 2000000000 + 2000000000;
    }
}
--- diag
spec:9:28: error: the result is too large for integer

=== null into a column that cannot be null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = null;
    }
}
--- diag
spec:9:16: error: "name" cannot be null
spec:4:52: note: the column is declared here

=== a comparison with null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.name = null or p.note <> null;
    into app.person { name = p.id; }
}
--- diag
spec:7:15: warning: a comparison with null is never true
hint: Write p.name is null.
spec:7:32: warning: a comparison with null is never true
hint: Write p.note is not null.

=== null in a list
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.name in ('a', null) or p.note not in ('a', null);
    into app.person { name = p.id; }
}
--- diag
spec:7:31: warning: nothing is equal to null
spec:7:60: warning: with a null in its list, "not in" is never true

=== a uuid that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (id uuid); }
from s.people as p { on error reject; into app.t { id = uuid5('6ba7b810', p.id); } }
--- diag
spec:4:63: error: "6ba7b810" is not a UUID: 32 hex digits

=== json that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (j jsonb); }
from s.people as p { on error reject; into app.t { j = '{"a": }'; } }
--- diag
spec:4:56: error: "{"a": }" is not JSON: a value is none of JSON's (character 7)

=== a truth value that is none
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (ok boolean); }
from s.people as p { on error reject; into app.t { ok = 'maybe'; } }
--- diag
spec:4:57: error: "maybe" is not a boolean: true, t, yes, y, on, 1 or false, f, no, n, off, 0

=== defaults are read as well
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a date default '2024-13-01', b integer not null default null, c varchar(3) default 'four', d integer default 'x');
}
--- diag
spec:3:29: error: "2024-13-01" is not a date of the form YYYY-MM-DD
spec:3:70: error: "b" cannot be null
spec:3:43: note: the column is declared here
spec:3:97: error: the text has 4 characters, and varchar(3) takes 3
spec:3:123: error: "x" is not an integer
