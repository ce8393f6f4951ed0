# What can be null, and where it must not be.

=== a nullable value into a not null column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.name;
    }
}
--- diag
spec:8:16: error: setting "name" can fail: p.name may be null
hint: Add `else …` here, or `on error reject;` to the flow.

=== a value that is not null needs nothing
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = p.id;
    }
}
--- diag

=== else null for a column that cannot be null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.name else null;
    }
}
--- diag
spec:9:23: error: "name" cannot be null, and "else null" would make it so
spec:4:52: note: the column is declared here

=== on error null for a column that cannot be null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error null;
    into app.person { name = p.name; }
}
--- diag
spec:8:30: error: "name" cannot be null, and "on error null" would make it so
spec:4:52: note: the column is declared here

=== coalesce makes it sure
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = coalesce(p.name, p.email, 'nobody');
    }
}
--- diag

=== coalesce of what is never null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = coalesce(p.id, 'nobody');
    }
}
--- diag
spec:8:31: warning: this is never used: p.id is never null

=== a guard: skip when
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.name is null;
    into app.person { name = p.name; }
}
--- diag

=== a guard: into when
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person when p.name is not null and p.age is not null { name = upper(p.name); }
}
--- diag

=== a guard: case
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person {
        name = case when p.name is null then p.id else p.name end;
    }
}
--- diag

=== a guard with or guards nothing
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    into app.person when p.name is not null or p.age is null { name = p.name; }
}
--- diag
spec:7:71: error: setting "name" can fail: p.name may be null
hint: Add `else …` here, or `on error reject;` to the flow.

=== is null of what is never null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    skip when p.id is null;
    skip when p.id is not null;
    into app.person { name = p.id; }
}
--- diag
spec:7:15: warning: p.id is never null, so this is always false
spec:8:15: warning: p.id is never null, so this is always true

=== elements that can be null, and that cannot
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person each e in items(p.note, ',') { name = e; }
}
from s.people as p {
    into app.person each e in json_items('["a"]') { name = e; }
}
--- diag
spec:11:60: error: setting "name" can fail: e may be null
hint: Add `else …` here, or `on error reject;` to the flow.

=== set null on a column that cannot be null
--- spec
migration m;
target app sqlite 'app.db' {
    table a (id integer primary key);
    table b (a_id integer not null references a on delete set null);
}
--- diag
spec:4:36: error: "a_id" cannot be null, and "set null" would make it so

=== copy of a nullable column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { table t (id text not null, name text not null, email varchar(10)); }
from s.people as p into app.t;
--- diag
spec:4:30: error: copying "name" and "email" can fail: name may be null, and email may be longer than 10 characters
hint: Write the flow as `from s.people as p { on error reject; into … }`.
hint: Or set them beside the copy, with an `else`.

=== nulls alone take the type that their column gives them
--- spec
migration m;
source s csv '.' { table p file 'p.csv' (a text); }
target app sqlite 'app.db' { table t (a time, b integer, c timestamptz, d date, e numeric(5,2)); }
from s.p as p {
    into app.t {
        a = coalesce(null, null);
        b = nullif(null, null);
        c = greatest(null, coalesce(null, null));
        d = case when p.a = 'x' then least(null, null) end;
        e = coalesce(nullif(null, null), 1.5);
    }
}
--- plan
...
        a =
          coalesce : time
            null : time
            null : time
        b =
          nullif : integer
            null : integer
            null : integer
        c =
          greatest : timestamptz
            null : timestamptz
            coalesce : timestamptz
              null : timestamptz
              null : timestamptz
        d =
          case : date
            op = : boolean
              cell 0 : text
              text "x" : text not null
            least : date
              null : date
              null : date
        e =
          coalesce : numeric(5,2) not null
            nullif : numeric(5,2)
              null : numeric(5,2)
              null : numeric(5,2)
            numeric "1.50" : numeric(5,2) not null
...
