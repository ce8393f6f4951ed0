# What is said when the text does not follow the grammar, and where reading goes on.

=== a misspelt declaration is found and read as meant
--- spec
sorce sheets csv 'x' { table a file 'a.csv' (x text); }
migration m;
--- diag
spec:1:1: error: unexpected "sorce", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: Did you mean "source"?

=== misspelt words in heads, items and attributes, one message each
--- spec
from s.x sa a { }
from s.x as a { ino app.y { copy *; } }
phase x aftr y { load a; }
--- diag
spec:1:10: error: unexpected "sa", expected "as", "into" or "{"
hint: Did you mean "as"?
spec:2:17: error: unexpected "ino", expected "into", "let", "on", "reject", "skip" or "}"
hint: Did you mean "into"?
spec:3:9: error: unexpected "aftr", expected "after", "commit", "manual", "reject", "requires" or "{"
hint: Did you mean "after"?

=== misspelt words in columns
--- spec
target t sqlite 'y' {
  table a (
    id bigint primry key,
    name text nut null,
    b bigint refrences c on delet cascade
  );
}
--- diag
spec:3:15: error: unexpected "primry", expected a column constraint, ")" or ","
hint: Did you mean "primary"?
spec:4:15: error: unexpected "nut", expected a column constraint, ")" or ","
hint: Did you mean "not"?
spec:5:14: error: unexpected "refrences", expected a column constraint, ")" or ","
hint: Did you mean "references"?
spec:5:29: error: unexpected "delet", expected "delete" or "update"
hint: Did you mean "delete"?

=== a missing semicolon is found at the end of its line
--- spec
migration m
source s csv 'x';
from s.x as a {
  let t = trim(a.b)
  skip when t is null
  into app.y { title = t  notes = 2; }
}
--- diag
spec:1:12: error: missing ";" before "source"
spec:4:20: error: missing ";" before "skip"
spec:5:22: error: missing ";" before "into"
spec:6:25: error: missing ";" before "notes"

=== a missing semicolon before a brace
--- spec
from a.b into c.d { x = 1; y = 2 }
--- diag
spec:1:33: error: missing ";" before "}"

=== a missing comma between columns
--- spec
target t sqlite 'y' {
  table a (
    id bigint
    name text,
    b text
  );
}
--- diag
spec:3:14: error: missing "," before "name"

=== missing braces
--- spec
phase x
  load a;
}
from s.x as a
  into app.y
    title = 1;
  }
--- diag
spec:1:8: error: missing "{" before "load"
spec:5:13: error: missing "{" before "title"

=== missing closing brackets
--- spec
from a.b into c.d { x = (1 + 2; y = f(1, 2; z = a[b = 1; }
--- diag
spec:1:31: error: missing ")" before ";"
spec:1:25: note: "(" is opened here
spec:1:43: error: missing ")" before ";"
spec:1:38: note: "(" is opened here
spec:1:56: error: missing "]" before ";"
spec:1:50: note: "[" is opened here

=== a brace that is never closed
--- spec
phase x { from a.b as z { into c.d { a = 1; } }
--- diag
spec:2:1: error: unexpected end of file, expected "backup", "constrain", "create", "from", "index", "load", "run", "sql" or "}"
spec:1:9: note: "{" is opened here and never closed

=== a brace too many
--- spec
}
migration m;
}
--- diag
spec:1:1: error: unexpected "}", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
spec:3:1: error: unexpected "}", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"

=== three mistakes, three messages
--- spec
source s csv 'x' { table a fil 'a.csv' (x text); }
from s.a as a {
  let x = ;
  into app.t {
    a = f(1 2);
    b = a.b;
  }
}
--- diag
spec:1:28: error: unexpected "fil", expected "file", "options" or "("
hint: Did you mean "file"?
spec:3:11: error: unexpected ";", expected an expression
spec:5:13: error: unexpected "2", expected an operator, ")" or ","

=== a wrong head does not hide what is wrong in its braces
--- spec
phase data behind other {
  from s.x as {
    into app.y each z { a = + ; }
  }
}
--- diag
spec:1:12: error: unexpected "behind", expected "after", "commit", "manual", "reject", "requires" or "{"
spec:2:15: error: unexpected "{", expected a name
spec:3:23: error: unexpected "{", expected "at" or "in"
spec:3:31: error: unexpected ";", expected an expression

=== mistakes in several elements of one table
--- spec
target t postgres 'x' {
  table a (a text default, b text references, c text check a > 1, d numeric(10 2), e);
  table b (a text, primary (a), foreign key (a) reference b);
  table c (a text,);
}
--- diag
spec:2:26: error: unexpected ",", expected an expression
spec:2:45: error: unexpected ",", expected a name
spec:2:60: error: unexpected "a", expected "("
spec:2:80: error: unexpected "2", expected ")" or ","
spec:2:85: error: unexpected ")", expected a type
spec:3:28: error: unexpected "(", expected a type or "key"
spec:3:49: error: unexpected "reference", expected "references"
hint: Did you mean "references"?
spec:4:19: error: unexpected ")", expected a name

=== text in double quotes
--- spec
source s csv "dir";
--- diag
spec:1:14: error: unexpected "dir", expected a text in quotes or "env"
hint: Text stands between single quotes: 'dir'.

=== a name in single quotes
--- spec
migration 'm';
--- diag
spec:1:11: error: unexpected 'm', expected a name
hint: A name stands between double quotes, or without any.

=== SQL in single quotes
--- spec
phase p { sql app 'delete from x'; }
--- diag
spec:1:19: error: unexpected 'delete from x', expected SQL between $$
hint: SQL stands between $$ and $$.

=== a text that is not in quotes
--- spec
include tables;
check a after b: true;
--- diag
spec:1:9: error: unexpected "tables", expected a text in quotes
spec:2:7: error: unexpected "a", expected a text in quotes

=== a text without its closing quote, others after it
--- spec
from a.b as x {
  let title = 'The show;
  let b = 'other';
  let c = 1;
}
--- diag
spec:2:15: error: this text never ends: the closing ' is missing

=== a text that never ends
--- spec
migration m;
from s.x as a { into b.c { x = 'abc; y = 2; } }
--- diag
spec:2:32: error: this text never ends: the closing ' is missing

=== a comment that never ends
--- spec
migration m;
/* what /* is */ this
migration n;
--- diag
spec:2:1: error: this comment never ends: "*/" is missing

=== raw text that never ends
--- spec
check 'x' after y: sql app $q$ select $$ 1 $$;
--- diag
spec:1:28: error: this raw text never ends: "$q$" is missing

=== a name without its closing quote
--- spec
migration "m;
from a.b into c.d { x = ; }
--- diag
spec:1:11: error: this name has no closing double quote on its line
spec:2:25: error: unexpected ";", expected an expression

=== an empty name
--- spec
migration "";
--- diag
spec:1:11: error: a name between "" cannot be empty

=== operators of other languages
--- spec
from a.b as x { into c.d { x = a == b && !c; y := a::text; z => 1; } }
--- diag
spec:1:34: error: "==" is no operator of the language
hint: Equality is written "=".
spec:1:39: error: "&&" is no operator of the language
hint: Write "and".
spec:1:42: error: "!" is no operator of the language
hint: Write "not".
spec:1:48: error: ":=" is no operator of the language
hint: Write "=".
spec:1:52: error: "::" is no operator of the language
hint: A conversion is a function named after the type, as in integer(x) or date(x, 'YYYY-MM-DD'). A default has its column's type without one.
spec:1:62: error: "=>" is no operator of the language
hint: A column is set with "=".

=== tables as pg_dump writes them
--- spec
migration m;
source s csv '.' { table t file 't.csv' (name text); }
target app sqlite 'app.db' {
    CREATE TABLE public.accounts (id bigint NOT NULL, name text DEFAULT ''::text NOT NULL);
    CREATE TABLE IF NOT EXISTS public.other (name text);
}
from s.t into app.other;
--- diag
spec:4:24: error: unexpected ".", expected "("
hint: A table stands here without its schema; that is said once: options (schema 'public').
spec:4:75: error: "::" is no operator of the language
hint: A conversion is a function named after the type, as in integer(x) or date(x, 'YYYY-MM-DD'). A default has its column's type without one.
spec:5:38: error: unexpected ".", expected "("
hint: A table stands here without its schema; that is said once: options (schema 'public').

=== comments of other languages
--- spec
# one
migration m; // two
-- three
--- diag
spec:1:1: error: "#" is no operator of the language
hint: Comments begin with "--".
spec:2:14: error: "//" is no operator of the language
hint: Comments begin with "--".

=== stray characters, one message for a run
--- spec
migration m;
from a.b into c.d { x = @@ 1; y = 2 \\ ; }
--- diag
spec:2:25: error: stray characters "@@"
spec:2:37: error: stray characters "\\"

=== quotes of a word processor
--- spec
from a.b into c.d { x = “abc”; }
--- diag
spec:1:25: error: stray character "“"
hint: Text stands between straight quotes: 'text'; names may stand between "straight" double quotes.
spec:1:29: error: stray character "”"
hint: Text stands between straight quotes: 'text'; names may stand between "straight" double quotes.

=== a no-break space
--- spec escaped
migration m\xc2\xa0;
--- diag
spec:1:12: error: stray no-break space (U+00A0)
hint: Replace it by a blank.

=== a number that runs into a word
--- spec
migration 12abc;
--- diag
spec:1:11: error: "12abc" is neither a number nor a name
hint: A name that begins with a digit stands between double quotes.

=== a reserved word as a name
--- spec
from a.b into c.d { x = end; y = a.end; }
--- diag
spec:1:25: error: unexpected "end", expected an expression
hint: "end" is a word of expressions. As a name it needs double quotes.

=== a conversion as in SQL
--- spec
from a.b into c.d { a = cast(x as integer); }
--- diag
spec:1:32: error: unexpected "as", expected an operator, ")" or ","
hint: A conversion is a function named after the type, as in integer(x) or date(x, 'YYYY-MM-DD').

=== create table outside of a target
--- spec
create table x (a int);
--- diag
spec:1:1: error: unexpected "create", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: "create" stands inside of a source or a target.

=== statements in a wrong place
--- spec
let x = 1;
phase p { source s csv 'x'; keep first; }
from a.b as c { load d; }
target t sqlite 'x' { table a (x text); index a (x); }
--- diag
spec:1:1: error: unexpected "let", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: "let" stands inside of a flow: from source.table as row { ... }.
spec:2:11: error: unexpected "source", expected "backup", "constrain", "create", "from", "index", "load", "run", "sql" or "}"
hint: "source" stands outside of all braces.
spec:2:29: error: unexpected "keep", expected "backup", "constrain", "create", "from", "index", "load", "run", "sql" or "}"
hint: "keep" stands inside of a dedup: dedup target.table by key { ... }.
spec:3:17: error: unexpected "load", expected "into", "let", "on", "reject", "skip" or "}"
hint: "load" stands inside of a phase: phase name { ... }.
spec:4:41: error: unexpected "index", expected "create", "existing", "options", "table" or "}"
hint: "index" stands behind the ")" of its table, before the ";".

=== comparisons do not chain
--- spec
from a.b into c.d { x = (a < b < c); }
--- diag
spec:1:32: error: unexpected "<", expected an operator or ")"

=== a case without its end
--- spec
from a.b into c.d { x = case when a then b; y = case a when 1 then 2 end; }
--- diag
spec:1:43: error: unexpected ";", expected an operator, "else", "end" or "when"

=== options
--- spec
source s csv 'x' { options (trim on encoding utf8); options (trim); table t file 'x' (a text); }
--- diag
spec:1:37: error: unexpected "encoding", expected ")" or ","
spec:1:66: error: unexpected ")", expected a name, a text in quotes or a number

=== a phase
--- spec
phase p { create ; load; constrain a.*, ; } phase q reject limit many { } phase r reject limit 120% { } phase t reject limit 1.5 { }
--- diag
spec:1:18: error: unexpected ";", expected a name
spec:1:24: error: unexpected ";", expected a name
spec:1:41: error: unexpected ";", expected a name
spec:1:66: error: unexpected "many", expected a number
spec:1:96: error: 120% is more than all rows
spec:1:126: error: 1.5 is no number of rows

=== a dedup
--- spec
dedup a.b { keep first; }
dedup a.b by x { keep newest by y; duplicate dorp; }
dedup a.b by x { duplicate merge { y = max(a, b); z max; } }
--- diag
spec:1:11: error: unexpected "{", expected "by"
spec:2:23: error: unexpected "newest", expected "first" or "last"
spec:2:46: error: unexpected "dorp", expected "drop", "merge", "reject" or "rewrite"
hint: Did you mean "drop"?
spec:3:45: error: unexpected ",", expected an operator or ")"
spec:3:53: error: unexpected "max", expected "="

=== a clause that is said twice
--- spec
alias a { table x.y (z); table x.z (z); unknown null; unknown reject; match trim; match squeeze; names a.b (c, d); names a.c (c, d); }
dedup a.b by c { keep first; keep last; duplicate drop; duplicate reject; }
phase p reject limit 1 reject limit 2% { }
--- diag
spec:1:32: error: the table of the alias is said twice
spec:1:17: note: it is said here first
spec:1:55: error: "unknown" is said twice
spec:1:41: note: it is said here first
spec:1:83: error: "match" is said twice
spec:1:77: note: it is said here first
spec:1:122: error: the table of names is said twice
spec:1:104: note: it is said here first
spec:2:30: error: "keep" is said twice
spec:2:18: note: it is said here first
spec:2:57: error: "duplicate" is said twice
spec:2:41: note: it is said here first
spec:3:24: error: the limit of rejects is said twice
spec:3:9: note: it is said here first

=== an alias
--- spec
alias a { table x.y; match trim squeeze; unknown ask; value Other; }
--- diag
spec:1:20: error: unexpected ";", expected "("
spec:1:33: error: unexpected "squeeze", expected ";" or ","
spec:1:50: error: unexpected "ask", expected "create", "null", "reject" or "use"
spec:1:61: error: unexpected "Other", expected a text in quotes

=== a flow
--- spec
from a.b as x { into c.d each g items(x.y) { a = g; } on eror skip; reject when x > 1; copy *; }
--- diag
spec:1:33: error: unexpected "items", expected "at" or "in"
spec:1:58: error: unexpected "eror", expected "error"
hint: Did you mean "error"?
spec:1:76: error: unexpected "when", expected a text in quotes
spec:1:88: error: unexpected "copy", expected "into", "let", "on", "reject", "skip" or "}"

=== a check
--- spec
check 'a' during b: x;
check 'a' after b: every c: d > 1;
check 'a' after b: refers(a, b.c);
--- diag
spec:1:11: error: unexpected "during", expected "after" or "before"
spec:2:27: error: unexpected ":", expected "as" or "."
spec:3:27: error: "a" does not say of which table
hint: Write table.a, or target.table.a.

=== a define
--- spec
define f(x) text = x;
define g(x text) = x;
define h(x text) text;
--- diag
spec:1:11: error: unexpected ")", expected a type
spec:2:18: error: unexpected "=", expected a type
spec:3:22: error: unexpected ";", expected "="

=== lengths that no type has
--- spec
define f(x varchar(1.5), y char(999999999), z numeric(1e2)) text = x;
--- diag
spec:1:20: error: 1.5 is no length that a type can have
spec:1:33: error: 999999999 is no length that a type can have
spec:1:55: error: 1e2 is no length that a type can have

=== SQL is no statement
--- spec
select * from x;
migration m;
--- diag
spec:1:1: error: unexpected "select", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"

=== an empty file is no mistake of syntax
--- spec

--- ast
file

=== only comments
--- spec
-- nothing
/* here */
--- ast
file

=== a file of Latin-1
--- spec escaped
migration caf\xe9; -- \xe9
--- diag
spec:1:14: error: byte 0xE9 is no UTF-8
hint: The file has 2 such bytes. Save it as UTF-8.

=== a binary file
--- spec escaped
migration m;\x00\x01\x02;
from
--- diag
spec:1:13: error: the file holds a NUL byte, a spec is text

=== a file of UTF-16
--- spec escaped
\xff\xfem\x00
--- diag
spec:1:1: error: the file is UTF-16, a spec is UTF-8
hint: Save it as UTF-8.

=== nested too deeply
--- spec
from a.b into c.d { x = not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not not true; }
--- diag
spec:1:421: error: this is nested too deeply
hint: Give the parts names with "let" or "define".

=== statements of a flow inside of an into
--- spec
from s.a into t.a { on error reject; copy *; let y = 1; skip when x is null; }
--- diag
spec:1:24: error: unexpected "error", expected "="
hint: "on" stands beside the into: from source.table as row { on ...; into target.table { ... } }
spec:1:50: error: unexpected "y", expected "="
hint: "let" stands beside the into: from source.table as row { let ...; into target.table { ... } }
spec:1:62: error: unexpected "when", expected "="
hint: "skip" stands beside the into: from source.table as row { skip ...; into target.table { ... } }

=== stray characters between two values: what stands behind them is no second mistake
--- spec
migration m;
from a.b into c.d { x = a.n ~ 'x'; y = a.i ^ 2; z = ?; }
from a.b into c.d { x = ; }
--- diag
spec:2:29: error: stray character "~"
spec:2:44: error: stray character "^"
spec:2:53: error: stray character "?"
spec:3:25: error: unexpected ";", expected an expression
