# Types: what goes into what, what can be compared, what is a condition.

=== text into an integer column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = p.age;
    }
}
--- diag
spec:9:28: error: "age" is integer, and p.age is text
hint: Write integer(p.age).

=== text into a date column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = p.born;
    }
}
--- diag
spec:9:29: error: "born" is date, and p.born is text
hint: Write date(p.born).

=== copy of a text into other types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        copy * except id, age; name = p.id;
    }
}
--- diag
spec:9:9: error: "born" cannot be copied: it is text in the source and date in the target
hint: Set it beside the copy: born = date(p.born);

=== an integer into a text column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = length(p.id);
    }
}
--- diag
spec:9:16: error: "name" is text, and length(p.id) is integer
hint: Write text(length(p.id)).

=== a float is no numeric
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table price (a numeric(10,2), b double); }
from s.people as p { on error reject; into app.price { a = double(p.age); b = sqrt(2.0); } }
--- diag
spec:4:60: error: "a" is numeric(10,2), and double(p.age) is double
hint: Write numeric(p.age).

=== a numeric is no float
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table price (a double); }
from s.people as p { on error reject; into app.price { a = numeric(p.age); } }
--- diag
spec:4:60: error: "a" is double, and numeric(p.age) is numeric
hint: Write double(p.age).

=== a timestamp has no zone
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table seen (at timestamptz); }
from s.people as p { on error reject; into app.seen { at = timestamp(p.born); } }
--- diag
spec:4:60: error: "at" is timestamptz, and timestamp(p.born) is timestamp
hint: Write timestamptz(p.born).

=== an instant is no local time
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table seen (at timestamp); }
from s.people as p { on error reject; into app.seen { at = now(); } }
--- diag
spec:4:60: error: "at" is timestamp, and now() is timestamptz
hint: Write now() at zone 'Area/City'.

=== an instant is no date
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table seen (at date); }
from s.people as p { on error reject; into app.seen { at = now(); } }
--- diag
spec:4:60: error: "at" is date, and now() is timestamptz
hint: Write date(now() at zone 'Area/City').

=== a list into a text column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = split(p.id, ',');
    }
}
--- diag
spec:9:16: error: "name" is text, and split(p.id, ',') is text[]
hint: Write join(split(p.id, ','), ',').

=== text into a list column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table tags (tags text[]); }
from s.people as p { on error reject; into app.tags { tags = p.note; } }
--- diag
spec:4:62: error: "tags" is text[], and p.note is text
hint: Write split(p.note, ',').

=== text compared with a number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when p.age > 5;
    into app.person { name = p.id; }
}
--- diag
spec:8:23: error: p.age is text and 5 is integer: they cannot be compared
hint: Write integer(p.age).

=== a date compared with an integer
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when date(p.born) > 2000;
    into app.person { name = p.id; }
}
--- diag
spec:8:30: error: date(p.born) is date and 2000 is integer: they cannot be compared
hint: Write extract(year from date(p.born)), or a date in single quotes.

=== numeric compared with double
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when numeric(p.age) > double(p.note);
    into app.person { name = p.id; }
}
--- diag
spec:8:32: error: numeric(p.age) is numeric and double(p.note) is double: they cannot be compared
hint: Write double(p.age).

=== json values have no order
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when json(p.note) = json(p.name);
    into app.person { name = p.id; }
}
--- diag
spec:8:15: error: values of type json cannot be compared
hint: Compare jsonb(p.note).

=== a text is no condition
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.note;
    into app.person { name = p.id; }
}
--- diag
spec:7:15: error: "skip when" takes a condition, and p.note is text
hint: Write p.note is not null, or bool(p.note).

=== a number is no condition
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when length(p.id);
    into app.person { name = p.id; }
}
--- diag
spec:7:15: error: "skip when" takes a condition, and length(p.id) is integer
hint: Compare it: length(p.id) > 0.

=== and, or, not work on conditions
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.note and not p.name;
    into app.person { name = p.id; }
}
--- diag
spec:7:15: error: "and" joins conditions, and p.note is text
hint: Write p.note is not null, or bool(p.note).
spec:7:30: error: "not" works on conditions, and p.name is text
hint: Write p.name is not null, or bool(p.name).

=== arithmetic on texts
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = p.age + 1;
    }
}
--- diag
spec:9:28: error: "+" works on numbers, and p.age is text
hint: Write integer(p.age) or numeric(p.age).

=== arithmetic on texts and dates
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = date(p.born) * 2; note = -p.note;
    }
}
--- diag
spec:9:28: error: "*" works on numbers, and date(p.born) is date
spec:9:54: error: "-" works on numbers, and p.note is text
hint: Write integer(p.note) or numeric(p.note).

=== two instants subtracted
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = now() - now();
    }
}
--- diag
spec:9:34: error: "-" does not work on timestamptz and timestamptz
hint: Seconds between two timestamps: extract(epoch from a) - extract(epoch from b).

=== remainder of floats
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    skip when double(p.age) % 2 = 0;
    into app.person { name = p.id; }
}
--- diag
spec:8:29: error: "%" does not work on double
hint: Write numeric(p.age).

=== concatenation with a number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id || length(p.id);
    }
}
--- diag
spec:9:24: error: "||" joins texts here, and length(p.id) is integer
hint: Write text(length(p.id)).

=== a text added to a list
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    let l = split(p.note, ',') || 'more';
    into app.person each e in l { name = e; }
}
--- diag
spec:8:35: error: "||" joins lists here, and 'more' is text
hint: Write list('more').

=== branches of different types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = case when p.age is null then p.id else 5 end;
    }
}
--- diag
spec:9:55: error: p.id is text and 5 is integer: one case expression cannot give both
hint: Write '5'.

=== coalesce of different types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = coalesce(integer(p.age), p.note);
    }
}
--- diag
spec:9:53: error: integer(p.age) is integer and p.note is text: coalesce needs one type
hint: Write integer(p.note).

=== like on a number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when length(p.id) like '1%';
    into app.person { name = p.id; }
}
--- diag
spec:7:15: error: "like" works on text, and length(p.id) is integer
hint: Write text(length(p.id)).

=== each over a text
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person each e in p.note { name = e; }
}
--- diag
spec:8:31: error: "each" goes through a list, and this is text
hint: Write items(p.note, ',') or split(p.note, ',').

=== an unknown type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born dte, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:4:96: error: unknown type "dte"
hint: Did you mean "date"?

=== a type that nothing is like
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born geometry, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id;
    }
}
--- diag
spec:4:96: error: unknown type "geometry"
hint: Types are smallint, integer, bigint, numeric(p,s), real, double, boolean, text, varchar(n), char(n), bytea, date, time, timestamp, timestamptz, uuid, json, jsonb, text[] and enum('a', 'b').

=== lengths and digits
--- spec
migration m;
target app sqlite 'app.db' {
    table t (
        a varchar(0),
        b numeric(5,7),
        c numeric(0),
        d text(20),
        e integer(4),
        f timestamp(3)
    );
}
--- diag
spec:4:11: error: varchar takes one length, from 1 to 10485760
spec:5:11: error: numeric(5,7) has more digits behind the point than digits
hint: The first number counts all digits, the second those behind the point.
spec:6:11: error: a numeric has 1 to 1000 digits
spec:7:11: error: text takes no number in parentheses
hint: A text of limited length is varchar(20).
spec:8:11: error: integer takes no number in parentheses
spec:9:11: error: timestamp takes no number in parentheses
hint: Times are kept to the microsecond.

=== an enum without values, with a value twice
--- spec
migration m;
target app sqlite 'app.db' { table t (a enum, b enum('x', 'y', 'x'), c text('x')); }
--- diag
spec:2:41: error: an enum names its values
hint: Write enum('a', 'b').
spec:2:64: error: the value 'x' stands twice in the enum
spec:2:72: error: text has no list of values
hint: Write enum(…), or a check.

=== a let of null has no type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    let nothing = null;
    into app.person { name = p.id; note = nothing; }
}
--- diag
spec:7:19: error: "nothing" is null and nothing else, so it has no type

=== extract from a text
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; age = extract(year from p.born);
    }
}
--- diag
spec:9:46: error: "year" is taken from a date, a time or a timestamp, and p.born is text
hint: Write timestamp(p.born).

=== a zone for a text
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table seen (at timestamptz); }
from s.people as p { on error reject; into app.seen { at = p.born at zone 'Europe/Berlin'; } }
--- diag
spec:4:60: error: "at zone" works on a timestamp, and p.born is text
hint: Write timestamp(p.born).

=== a zone that is a number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table seen (at timestamptz); }
from s.people as p { on error reject; into app.seen { at = timestamp(p.born) at zone 2; } }
--- diag
spec:4:86: error: a time zone is text, and 2 is integer
hint: Write its name, such as 'Europe/Berlin'.

=== literals of lists
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (name text); }
target app sqlite 'app.db' { table t (a text[] default '{}', b text[] default '{a', c text[] default 'a,b', d text[] default ''); }
from s.people as p into app.t { d = null; }
--- diag
spec:3:79: error: "{a" is not a list: {a,b} or ["a", "b"]
spec:3:102: error: "c" is text[], and 'a,b' is text
hint: Write split('a,b', ',').
spec:3:126: error: "d" is text[], and '' is text
hint: Write split('', ',').
