# Independent mistakes are all said; nothing is said twice.

=== three independent mistakes give three messages
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    let full = uper(p.id);
    skip when p.agee > 5;
    into app.person { name = full; born = p.born; note = full || 'x'; }
}
--- diag
spec:8:16: error: unknown function "uper"
hint: Did you mean "upper"?
spec:9:17: error: "people" has no column "agee"
hint: Did you mean "age"?
spec:10:43: error: "born" is date, and p.born is text
hint: Write date(p.born).

=== a wrong table silences what is set in it
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.persn { name = p.id; born = p.born; age = 'x'; }
    into app.person { name = upper(full); }
}
--- diag
spec:8:14: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:9:36: error: "full" is neither a column of "people" nor a name given by let

=== a wrong column type silences its users
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born dat, age integer, note text);
}
from s.people as p {
    on error reject;
    into app.person {
        name = p.id; born = p.born;
    }
}
check 'c' after data: every app.person as a: a.born > 5;
--- diag
spec:4:96: error: unknown type "dat"
hint: Did you mean "date"?

=== a wrong source silences the flow
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text);
}
from x.people as p { let a = p.b; into app.person { name = a; } }
from s.people as p { into app.person { nam = p.id; } }
--- diag
spec:6:6: error: there is no source "x"
hint: There is "s".
spec:7:40: error: "person" has no column "nam"
hint: Did you mean "name"?

=== one of each
--- spec
migration m;
source s csv '.' { options (trm on); table people file 'people.csv' (id text, id text); }
target app sqlite 'app.db' { table person (id integer primary key, name varchr(5)); }
alias a { match trim; }
dedup app.person by nme;
phase x after y { create app.person; }
check 'c' after x: count(app.persn) = 0;
from s.people as p { on error reject; into app.person { id = 1; name = p.nme; } }
--- diag
spec:2:29: error: csv has no option "trm"
hint: Did you mean "trim"?
spec:2:79: error: there is a column "id" already
spec:2:70: note: "id" is declared here
spec:3:73: error: unknown type "varchr"
hint: Did you mean "varchar"?
spec:4:7: error: the alias "a" does not say which rows it means
hint: Begin it with `table TABLE (COLUMN);`.
spec:5:21: error: "person" has no column "nme"
hint: Did you mean "name"?
spec:6:15: error: there is no phase "y"
spec:7:30: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:8:74: error: "people" has no column "nme"
