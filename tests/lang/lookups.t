# Bracket look-ups: aliases, tables by their keys.

=== an alias that may not know the text
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias country { table app.country (name); value 'Germany' also 'Deutschland'; }
from s.people as p {
    into app.person { name = p.id; country_id = country[p.note]; }
}
--- diag
spec:10:49: error: setting "country_id" can fail: "country" may not know p.note
hint: Add `else …` here, or `on error reject;` to the flow.

=== aliases that know what to do
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias a { table app.country (name); unknown null; }
alias b { table app.country (name); value 'Germany'; unknown use 'Germany'; }
alias c { table app.country (name); unknown create; }
from s.people as p {
    into app.person { name = p.id; country_id = a[p.note]; }
    into app.person { name = p.id; country_id = b[p.note]; }
    into app.person { name = p.id; country_id = c[p.note] else null; }
}
--- diag
spec:14:59: warning: this "else" is never used: c[p.note] cannot fail
hint: Null is no failure. For another value in its place write coalesce(c[p.note], …).

=== a misspelt alias
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias country { table app.country (name); value 'Germany' also 'Deutschland'; }
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = contry[p.note]; }
}
--- diag
spec:11:49: error: there is no alias "contry", and no table of the target
hint: Did you mean "country"?

=== an alias asked for a number, for two texts
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias country { table app.country (name); value 'Germany' also 'Deutschland'; }
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = country[length(p.note)]; }
    into app.person { name = p.id; country_id = country[p.note, p.name]; }
    into app.person { name = p.id; country_id = country[name = p.note]; }
}
--- diag
spec:11:57: error: an alias is asked for a text, and length(p.note) is integer
hint: Write text(length(p.note)).
spec:12:49: error: an alias is asked for one text: country[…]
spec:13:49: error: an alias is asked for one text: country[…]

=== a column of an alias
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias country { table app.country (name); value 'Germany' also 'Deutschland'; }
from s.people as p {
    on error reject;
    into app.person { name = country[p.note].name; }
}
--- diag
spec:11:46: error: an alias gives the key of a row, not its columns
hint: Write app.country[id = country[p.note]].name.

=== a key that may not be there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    into app.person { name = p.id; country_id = app.country[name = p.note]; }
}
--- diag
spec:9:49: error: setting "country_id" can fail: "country" may have no row with this "name"
hint: Add `else …` here, or `on error reject;` to the flow.

=== a key that several rows may have
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.country[code = p.note]; }
}
--- diag
spec:10:49: warning: several rows of "country" may have the same "code", and then the look-up fails
hint: Declare `unique (code)`, or a dedup, if there is one row of each.

=== an unknown column in the key, and of the row
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.country[nam = p.note]; }
    into app.person { name = app.country[name = p.note].cod; }
}
--- diag
spec:10:61: error: "country" has no column "nam"
hint: Did you mean "name"?
spec:11:57: error: "country" has no column "cod"
hint: Did you mean "code"?

=== a key without its column
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.country[p.note]; }
}
--- diag
spec:10:61: error: the column is missing: rows of "country" are found by COLUMN = value

=== a key of the wrong type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.country[id = p.note]; }
}
--- diag
spec:10:66: error: "id" is integer, and p.note is text
hint: Write integer(p.note).

=== a key of several columns
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = app.pair[a = 1, b = p.note].c; }
    into app.person { name = app.pair[a = 1, b = p.note]; }
    into app.person { name = app.pair[a = 1, a = 2].c; }
}
--- diag
spec:11:30: error: which column of "pair" is meant? It has no primary key of one column
hint: Write app.pair[a = 1, b = p.note].COLUMN.
spec:12:46: error: "a" stands twice in the look-up

=== inside the brackets the left is a column and the right is the flow's
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    let name = p.note;
    into app.person { name = p.id; country_id = app.country[name = name]; }
}
--- diag

=== a dedup makes a look-up sure of one row
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
dedup app.country by lower(code);
from s.people as p {
    on error reject;
    into app.country { name = p.id; code = p.note; }
    into app.person { name = p.id; country_id = app.country[code = p.note]; }
}
--- diag

=== a row of a source may not be there, or be there more than once
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    into app.person { name = s.people[id = p.note].name; country_id = null; }
    into app.person { name = s.people[id = p.note, email = p.email].name else 'x'; country_id = length(s.people[id = p.note].age) else null; }
}
--- diag
spec:9:30: error: setting "name" can fail: "people" may have no row with this "id", or several, and s.people[id = p.note].name may be null
hint: Add `else …` here, or `on error reject;` to the flow.

=== which column of a source's row, and of which name and type
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = s.people[id = p.note]; }
    into app.person { name = s.people[p.note].name; }
    into app.person { name = s.people[idd = p.note].nam; }
    into app.person { name = s.people[id = 5].name; }
    into app.person { name = s.people[age = length(p.note)].name; }
    into app.person { name = s.people[id = p.note, id = p.name].name; }
    into app.person { name = s.peeple[id = p.note].name; }
    into app.person { name = s.people[s.people.id = p.note].name; }
}
--- diag
spec:10:49: error: which column of "people" is meant? Rows of a source have no key of their own
hint: Write s.people[id = p.note].COLUMN.
spec:11:39: error: the column is missing: rows of "people" are found by COLUMN = value
spec:12:39: error: "people" has no column "idd"
hint: Did you mean "id"?
spec:12:53: error: "people" has no column "nam"
hint: Did you mean "name"?
spec:13:44: error: "id" is text, and 5 is integer
hint: Write text(5).
spec:14:45: error: "age" is text, and length(p.note) is integer
hint: Write text(length(p.note)).
spec:15:52: error: "id" stands twice in the look-up
spec:16:32: error: "s" has no table "peeple"
hint: Did you mean "people"?
spec:17:39: error: in the brackets, columns of "people" are named alone
hint: Write id = ….

=== the row at hand does not hide the source of the same name
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as s {
    on error reject;
    let boss = s.people[id = s.note].name;
    into app.person { name = boss; }
}
--- diag

=== look-ups in sources, in the plan and in its words
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null, k integer); table b file 'b.csv' (id integer not null, v text, w date, x text); }
target app sqlite 'app.db' { table t (id text not null, v text, w date); }
from s.a as a {
    on error reject;
    into app.t when s.b[id = a.k].v <> 'x' { id = a.id; v = s.b[id = s.b[x = a.id].id].v; w = s.b[id = a.k].w; }
}
--- explain
...
    held while it runs, within the memory limit:
      s.b by (id): v, w, one entry a row, read before the phase's first row
      s.b by (x): id, one entry a row, read before the phase's first row
...
--- plan
...
        w =
          else reject : date
            source-lookup s.b (id).w : date fallible
              call mig_integer_of_text : integer fallible
                cell 1 : text
...
--- c
static mig_date find_w_of_b_by_id(mig_ctx *x, mig_int id) {
mig_key k;
mig_key_begin(&k, x);
mig_key_int(&k, id);
const mig_record *s = mig_source_find(x, &lookup_s_b_id, &k);
if (s == NULL)
return MIG_NULL_DATE;
mig_source_found(x, &lookup_s_b_id, b_w);
return found;

=== rows by where they came from
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id text not null, name text, born date, tags text[], no integer);
    table rest file 'rest.csv' (id text not null, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text, code text);
    table pair (a integer, b text, primary key (a, b));
    table day (d date primary key, name text);
    table ref (id text, person integer);
    existing table theirs (id integer not null primary key, name text);
}
from s.people as p { on error reject; into app.person { name = p.name; } into app.pair { a = p.no; b = p.id; } into app.day { d = p.born; } }
from s.rest as r {
    into app.ref { id = r.id; person = app.person[s.people.id = r.id]; }
    into app.ref { id = app.person[s.people.id = r.id, s.people.no = r.no].code else null; }
}
--- diag
spec:15:40: error: setting "person" can fail: no row of "person", or several, may have come from the row of "people" with this "id"
hint: Add `else …` here, or `on error reject;` to the flow.

=== what cannot be known by where it came from
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id text not null, name text, born date, tags text[], no integer);
    table rest file 'rest.csv' (id text not null, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text, code text);
    table pair (a integer, b text, primary key (a, b));
    table day (d date primary key, name text);
    table ref (id text, person integer);
    existing table theirs (id integer not null primary key, name text);
}
from s.people as p { on error reject; into app.person { name = p.name; } into app.pair { a = p.no; b = p.id; } into app.day { d = p.born; } }
from s.rest as r {
    on error reject;
    into app.ref { person = app.person[s.rest.id = r.id]; }
    into app.ref { person = app.theirs[s.people.id = r.id]; }
    into app.ref { person = app.pair[s.people.id = r.id].a; }
    into app.ref { id = app.day[s.people.id = r.id].name; }
    into app.ref { person = app.person[s.people.idd = r.id]; }
    into app.ref { person = app.person[s.peeple.id = r.id]; }
    into app.ref { person = app.person[t.people.id = r.id]; }
    into app.ref { person = app.person[people.id = r.id]; }
    into app.ref { person = app.person[s.people.id = r.id, name = r.id]; }
    into app.ref { person = app.person[name = r.id, s.people.id = r.id]; }
    into app.ref { person = app.person[s.people.id = r.id, s.rest.id = r.id]; }
    into app.ref { person = app.person[s.people.id = r.id, s.people.id = r.id]; }
    into app.ref { person = app.person[s.people.no = r.id]; }
    into app.ref { person = app.person[s.people.tags = split(r.id, ',')]; }
    into app.ref { person = app.person[s.people.id = r.id].coda; }
}
--- diag
spec:16:29: error: no flow brings rows of "s.rest" into "person"
hint: Find the row by a column of "person", or write a flow: from s.rest into app.person.
spec:17:29: error: no flow brings rows of "s.people" into "theirs"
hint: Find the row by a column of "theirs", or write a flow: from s.people into app.theirs.
spec:18:29: error: rows of "pair" cannot be found by the source row that they came from: it has no primary key of one column
hint: Find them by columns of "pair".
spec:19:25: error: rows of "day" cannot be found by the source row that they came from: their key "d" is date, and not an integer, a uuid or a text
hint: Find them by columns of "day".
spec:20:49: error: "people" has no column "idd"
hint: Did you mean "id"?
spec:21:42: error: "s" has no table "peeple"
hint: Did you mean "people"?
spec:22:40: error: there is no source "t"
hint: There is "s".
spec:23:40: error: the row that a row of "person" came from is named by SOURCE.TABLE.COLUMN
hint: A column of "person" is named alone.
spec:24:60: error: the columns in the brackets are of one table: of "person", or of one table of a source
spec:25:40: error: the columns in the brackets are of one table: of "person", or of one table of a source
spec:26:60: error: the columns in the brackets are of one table: of "person", or of one table of a source
spec:27:60: error: "id" stands twice in the look-up
spec:28:54: error: "no" is integer, and r.id is text
hint: Write integer(r.id).
spec:29:40: error: "tags" is a list, and no key of a row
spec:30:60: error: "person" has no column "coda"
hint: Did you mean "code"?

=== what the ledger keeps of where rows came from, and why
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id text not null, name text, born date, tags text[], no integer);
    table rest file 'rest.csv' (id text not null, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text, code text);
    table pair (a integer, b text, primary key (a, b));
    table day (d date primary key, name text);
    table ref (id text, person integer);
    existing table theirs (id integer not null primary key, name text);
}
phase one { create app.person, app.pair, app.day, app.ref; from s.people as p { on error reject; into app.person { name = p.name; } } }
phase two after one { from s.rest as r { on error reject; into app.ref { person = app.person[s.people.no = r.no]; } } }
phase three after one {
    from s.people as p { on error reject; into app.day { d = p.born; name = p.id; } }
    from s.rest as r { on error reject; into app.ref { person = app.person[s.people.id = r.id]; } }
}
--- explain
...
  2. two, after one
    from s.rest, streamed (line 14)
      into ref
    held while it runs, within the memory limit:
      person by the row of s.people that a row came from (no): id, one entry a source row, kept in the ledger, too
...
the ledger, in the target
...
  provenance: which row of person each row of s.people (no) became, because two asks what one has committed
  provenance: which row of person each row of s.people (id) became, because three asks what one has committed
...
--- plan
...
            lookup person (s.people: no).id : integer fallible
...
--- c
.from = &source_s_people,
.origin = origin_s_people_no,
.kept = true, /* in the ledger */

=== within one phase nothing is kept, and the flow that brings the rows comes first
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id text not null, name text, born date, tags text[], no integer);
    table rest file 'rest.csv' (id text not null, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text, code text);
    table pair (a integer, b text, primary key (a, b));
    table day (d date primary key, name text);
    table ref (id text, person integer);
    existing table theirs (id integer not null primary key, name text);
}
from s.rest as r { on error reject; into app.ref { person = app.person[s.people.id = r.id]; } }
from s.people as p { on error reject; into app.person { name = p.name; } }
--- explain
...
    from s.people, streamed (line 14)
      into person
    from s.rest, streamed (line 13)
      into ref
    held while it runs, within the memory limit:
      person by the row of s.people that a row came from (id): id, one entry a source row
...
the ledger, in the target
  run, phase, flow counts: what is done is not done again
  reject: every refused row with its place, reason and text
...

=== which row is kept must be known before it is asked for
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id text not null, name text, born date, tags text[], no integer);
    table rest file 'rest.csv' (id text not null, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text, code text);
    table pair (a integer, b text, primary key (a, b));
    table day (d date primary key, name text);
    table ref (id text, person integer);
    existing table theirs (id integer not null primary key, name text);
}
dedup app.person by name { keep last; duplicate reject; }
from s.people as p { on error reject; into app.person { name = p.name; } }
from s.rest as r { on error reject; into app.person { name = r.id; code = coalesce(text(app.person[s.people.id = r.id]), 'x'); } }
--- diag
spec:11:20: warning: the existing table "theirs" is never used
spec:15:6: error: these steps wait for each other: "from s.rest", "dedup person"
hint: Each looks up a table that another one fills. A look-up that is the whole value of a column can wait for the others; else split one of them in two.
spec:15:122: warning: this is never used: text(app.person[s.people.id = r.id]) is never null

=== an unknown table
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.contry[name = p.note]; }
}
--- diag
spec:10:53: error: "app" has no table "contry"
hint: Did you mean "country"?

=== the same text in a flow and in the key
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
alias country { table app.country (name); value 'Germany' also 'Deutschland'; }
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = country[p.nam]; }
}
--- diag
spec:11:59: error: "people" has no column "nam"
hint: Did you mean "name"?
