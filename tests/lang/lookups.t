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
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table country (id integer primary key identity, name text not null unique, code text);
    table pair (a integer, b text, c text, primary key (a, b));
    table person (id integer primary key identity, name text not null, country_id integer references country);
}
from s.people as p {
    on error reject;
    into app.person { name = p.id; country_id = app.country[s.people.id = p.note]; }
}
--- diag
spec:10:61: error: rows of "country" cannot be found by the source row that they came from: rows of CSV files have no key
hint: Find them by a column of "country".

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
