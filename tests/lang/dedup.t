# Dedup: keys, what becomes of the others, who writes the table.

=== a table that is not there, a table twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.persn by email;
dedup app.person by email;
dedup app.person by name;
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:11: error: "app" has no table "persn"
hint: Did you mean "person"?
spec:9:7: error: "person" has a dedup already
spec:8:7: note: it is declared here

=== a key of columns that are not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by (emial, p.email);
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:22: error: "person" has no column "emial"
hint: Did you mean "email"?
spec:7:29: error: there is no row "p" here
hint: Columns of the table are named alone here.

=== a key that is the same for all
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by 'x';
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:21: error: the key must come from columns of "person": this is the same for every row

=== a key that can fail
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by integer(note) { keep first by date(note); }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:21: error: the key of a dedup must not fail: note may be no integer
hint: Keep the value in a column of its own, set by the flow, and use that.
spec:7:51: error: the order of a dedup must not fail: note may be no date
hint: Keep the value in a column of its own, set by the flow, and use that.

=== a key that cannot be compared
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by doc;
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:21: error: the key is json, and such values cannot be compared
hint: Use jsonb.

=== a key that looks rows up
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by app.log[what = name];
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:21: error: a dedup cannot look up other rows

=== merge rules that are not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate merge { note = concat; age = summ; nam = first; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:54: error: there is no merge rule "concat"
hint: Rules are first, last, min, max, sum, count, join('…') and longest.
spec:7:68: error: there is no merge rule "summ"
hint: Did you mean "sum"?
spec:7:74: error: "person" has no column "nam"
hint: Did you mean "name"?

=== merge rules for other types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate merge { note = sum; age = join(', '); born = longest; name = count; doc = max; email = last; id = max; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:54: error: "sum" needs a number, and "note" is text
spec:7:65: error: "join" needs a text, and "age" is integer
spec:7:84: error: "longest" needs a text, and "born" is date
spec:7:100: error: "count" needs an integer, and "name" is text
spec:7:113: error: "max" needs something that can be compared, and "doc" is json
spec:7:118: warning: "email" is the key of the dedup, and so the same in all rows
spec:7:132: error: "id" is the identity: all rows of one thing have the key of the first

=== what stands in parentheses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate merge { note = join(name); age = max('x'); name = join; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:59: error: the separator of "join" is a text in single quotes
spec:7:76: error: "max" takes nothing in parentheses

=== a column twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate merge { note = join('; '); note = longest; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:66: error: "note" is set twice
spec:7:47: note: it is set here first

=== rewrite
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate rewrite { email = email || '@example.invalid'; nam = 'x'; name = null; age = note; note = name; note = 'x'; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:57: error: setting "email" can fail: email || '@example.invalid' may be longer than 50 characters
hint: Give the value that it shall have then: add `else …`.
spec:7:86: error: "person" has no column "nam"
hint: Did you mean "name"?
spec:7:104: error: "name" cannot be null
spec:4:52: note: the column is declared here
spec:7:116: error: "age" is integer, and note is text
hint: Write integer(note).
spec:7:135: error: "note" is set twice
spec:7:122: note: it is set here first

=== rewrite with handlers
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate rewrite { email = left(email, 40) || '@x.org' else skip; born = date(note) else null; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:85: error: there is no source row to skip or to reject in a dedup
hint: Give another value: `else …`.

=== rewrite of nothing
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate rewrite { }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:29: error: "rewrite" says nothing of what becomes of the row

=== copy in rewrite
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { duplicate rewrite { copy *; }; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:49: error: "copy" has no place in "rewrite": the row is there already

=== flows in two phases
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email;
phase one { from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } } }
phase two after one { from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } } }
--- diag
spec:9:66: error: all flows into "person" must stand in one phase, because it has a dedup
spec:8:56: note: the phase "one" writes it here
spec:7:7: note: the dedup is declared here

=== flows in a phase and outside
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email;
phase one { from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } } }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:9:44: error: all flows into "person" must stand in one phase, because it has a dedup
spec:8:56: note: the phase "one" writes it here
spec:7:7: note: the dedup is declared here

=== a late choice and other rows
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { keep last by born; duplicate reject 'twice'; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } into app.log { what = p.name; } }
--- diag
spec:7:48: error: a row of "person" would be rejected when other rows made of it are written already
hint: Keep the first row (`keep first;`, without "by"), or let duplicates be dropped or merged.
spec:8:96: note: the same flow writes another table here

=== a late choice and an alias that makes rows, behind a definition
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (name text, email text, city text); }
target app sqlite 'app.db' {
    table city (id integer primary key identity, name text not null);
    table person (id integer primary key identity, email text, city_id integer);
}
alias city { table app.city (name); unknown create; }
define city_of(x text) integer = city[x];
dedup app.person by email { keep last by id; duplicate reject 'twice'; }
from s.people as p { on error reject; into app.person { email = p.email; city_id = city_of(p.city); } }
--- diag
spec:9:46: error: a row of "person" would be rejected when other rows made of it are written already
hint: Keep the first row (`keep first;`, without "by"), or let duplicates be dropped or merged.
spec:8:34: note: the same flow may make a row of "city" here

=== a late choice alone, an early one with other rows
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.person by email { keep last by born; duplicate reject 'twice'; }
dedup app.log by what { duplicate reject; }
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
from s.people as p { on error reject; into app.log { what = p.name; } }
--- diag

=== a dedup of what nobody writes
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
dedup app.log by what;
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:7: warning: no flow writes "log", so this dedup has nothing to do

=== merged of a table without dedup
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, email varchar(50), born date, age integer, note text, doc json);
    table log (id integer primary key identity, what text);
}
check 'c' after data: count(app.person) = count(s.people) - merged(app.person);
from s.people as p { on error reject; into app.person { name = p.name; email = p.email; } }
--- diag
spec:7:61: warning: this is always 0: "person" has no dedup

=== merge strict in the tree, in its layout, and strict as a name
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (strict text, k text); }
target app sqlite 'app.db' { table t (strict text, k text); }
dedup app.t by k { duplicate merge   strict { strict = longest; } }
from s.a as strict { on error reject; into app.t { copy *; } }
--- diag
--- fmt
migration m;
source s csv '.' { table a file 'a.csv' (strict text, k text); }
target app sqlite 'app.db' { table t (strict text, k text); }
dedup app.t by k {
    duplicate merge strict { strict = longest; }
}
from s.a as strict {
    on error reject;
    into app.t { copy *; }
}

=== SQL between two flows into a table whose dedup is settled behind the last of them
--- spec
migration p;
source s csv '.' { table a file 'a.csv' (k text not null, v text not null); table b file 'b.csv' (k text not null, v text not null); }
target app sqlite 'app.db' { table t (k text primary key, v text not null); table n (c integer); }
dedup app.t by (k) { keep last by v; duplicate drop; }
phase d {
    create app.*;
    from s.a into app.t;
    sql app $$ insert into n select count(*) from t $$;
    from s.b into app.t;
}
--- diag
spec:8:5: error: these steps wait for each other: "sql", "from s.b", "dedup t"
hint: The SQL sees the rows of the flows above it, and a dedup is settled behind the last flow into its table: put the SQL behind all of them.

=== look-ups in a table whose dedup decides when all rows are read, before that: a ring
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, k text not null, boss integer); }
target app sqlite 'app.db' {
    table p (id bigint primary key, k text not null, boss_id bigint);
    table o (id bigint primary key identity, k text not null, boss_id bigint);
}
dedup app.p by k { keep last; }
dedup app.o by k { keep last; }
from s.a as a {
    on error reject;
    into app.p { id = a.id; k = a.k; boss_id = app.p[s.a.id = a.boss] else null; }
    into app.o { k = a.k; boss_id = app.o[s.a.id = a.boss] else null; }
}
--- diag
spec:11:38: error: "p" is looked up here before its dedup knows which of its rows are kept
hint: Let another flow look it up, or let the dedup keep the first row in source order, which is known at once.

=== look-ups in a table whose dedup decides when all rows are read, before that: the same flow
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, k text not null, boss integer); }
target app sqlite 'app.db' {
    table p (id bigint primary key, k text not null unique);
    table o (id bigint primary key identity, k text not null unique);
    table q (p_id bigint, o_id bigint, tag text);
}
dedup app.p by k { keep last; }
dedup app.o by k { keep last; }
from s.a as a {
    on error reject;
    into app.p { id = a.id; k = a.k; }
    into app.o { k = a.k; }
    into app.q { o_id = app.o[k = a.k]; tag = a.k; }
}
from s.a as a { on error reject; into app.q { p_id = app.p[k = a.k]; tag = app.o[k = a.k].k; } }
--- diag

=== look-ups in a table whose dedup decides when all rows are read, before that: keys that the source gives
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, k text not null); }
target app sqlite 'app.db' {
    table p (id bigint primary key, k text not null unique);
    table q (p_id bigint);
}
dedup app.p by k { keep last; }
from s.a as a {
    on error reject;
    into app.p { id = a.id; k = a.k; }
    into app.q { p_id = app.p[k = a.k]; }
}
--- diag
spec:11:18: error: "p" is looked up here before its dedup knows which of its rows are kept
hint: Let another flow look it up, or let the dedup keep the first row in source order, which is known at once.
