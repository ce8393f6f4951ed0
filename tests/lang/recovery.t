# What the parser does after a mistake: it goes on, and it ends.

=== a broken element before a body that never closes
--- spec
source s csv '.' {
    table t (name text '' {
--- diag
spec:2:24: error: unexpected '', expected a column constraint, ")" or ","
spec:3:1: error: unexpected end of file, expected "options", "query", "table" or "}"
spec:2:27: note: "{" is opened here and never closed

=== a mark is named as it is written
--- spec
source s csv '.' } ;
--- diag
spec:1:18: error: unexpected "}", expected ";" or "{"

=== a block that is never closed is told once, before the statement that shows it
--- spec
migration m;
source s csv '.' {
    table t file 't.csv' (a text, b text);
target app sqlite 'app.db' {
    table n (a text);
    table o (b text);
}
phase p {
    from s.t as t {
        into app.n { a = t.a;
        into app.o { b = t.b; }
    }
}
check 'c' after p: count(app.n) = 1;
--- diag
spec:3:43: error: missing "}" before "target"
spec:2:18: note: "{" is opened here
spec:10:30: error: missing "}" before "into"
spec:10:20: note: "{" is opened here

=== a statement in a wrong place closes nothing where all braces are closed
--- spec
migration m;
target app sqlite 'app.db' {
    table n (a text);
    source s csv '.' { table t file 't.csv' (a text); }
    table o (b text);
}
--- diag
spec:4:5: error: unexpected "source", expected "create", "existing", "options", "table" or "}"
hint: "source" stands outside of all braces.

=== a brace that is not opened
--- spec
migration m;
source s csv '.'
    table t file 't.csv' (a text, b text);
}
target app sqlite 'app.db' {
    table n (a text);
}
phase p create app.*; }
phase q { from s.t as t { into app.n a = t.a; } } }
--- diag
spec:2:17: error: missing "{" before "table"
spec:8:8: error: missing "{" before "create"
spec:9:37: error: missing "{" before "a"

=== a brace that is opened twice
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text, b text); }
target app sqlite 'app.db' {{
    table n (a text);
}
from s.t as t { into app.n { { a = t.a; } }
from s.t as t { into app.n { b = t.a; } }
--- diag
spec:3:29: error: unexpected "{", expected "create", "existing", "options", "table" or "}"
spec:6:30: error: unexpected "{", expected a name or "}"

=== a parenthesis that is not closed, one that is opened twice
--- spec
migration m;
source s csv '.' { table t file 't.csv' ((a text, b numeric(5,2 not null); }
target app sqlite 'app.db' {
    table n (a varchar(20 not null, b enum('x', 'y', c text default upper('x')
        index (a), unique index n_b (b);
    table q (a text not null;
}
define f((x text) text = trim(x);
from s.t as t { into app.n { a = left(trim(t.a), 20 else null; } }
--- diag
spec:2:42: error: unexpected "(", expected a name
spec:2:64: error: missing ")" before "not"
spec:2:60: note: "(" is opened here
spec:4:26: error: missing ")" before "not"
spec:4:23: note: "(" is opened here
spec:4:54: error: unexpected "c", expected a text in quotes
spec:6:29: error: missing ")" before ";"
spec:6:13: note: "(" is opened here
spec:8:10: error: unexpected "(", expected a name or ")"
spec:9:52: error: missing ")" before "else"
spec:9:38: note: "(" is opened here

=== a source that is not there is told once
--- spec
migration m;
source sheet csv '.' { table t file 't.csv' (a text, b text); }
target postgres env 'APP' { table n (a text); table o (b text); }
from sheets.t as t { into app.n { a = t.a; } into app.o { b = t.b; } }
from sheets.t as t { into app.n { a = t.a; } }
check 'c' after data: count(app.n) = count(sheets.t);
--- diag
spec:3:17: error: a target is sqlite or postgres, not env
spec:4:6: error: there is no source "sheets"
hint: Did you mean "sheet"?
spec:6:29: error: there is no source or target "app"
hint: There are "sheet" and "postgres".

=== a file that is cut off
--- spec
migration m;
target app sqlite 'app.db' { table n (a text
--- diag
spec:3:1: error: unexpected end of file, expected a column constraint, ")" or ","
spec:2:38: note: "(" is opened here and never closed

=== a file that is cut off behind a statement that could end there
--- spec
migration m;
from s.t as t { skip when t.a
--- diag
spec:3:1: error: unexpected end of file, expected an operator or ";"
spec:2:15: note: "{" is opened here and never closed
