# Aliases: tables, match, lists, values, unknown texts.

=== an alias without its table
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { match trim; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:7: error: the alias "a" does not say which rows it means
hint: Begin it with `table TABLE (COLUMN);`.

=== tables and columns that are not there
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plan (name); }
alias b { table app.plain (nam); names app.network_name (alias, network); }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:21: error: "app" has no table "plan"
hint: Did you mean "plain"?
spec:10:28: error: "plain" has no column "nam"
hint: Did you mean "name"?
spec:10:58: error: "network_name" has no column "alias"
spec:10:65: error: "network_name" has no column "network"
hint: Did you mean "network_id"?

=== a table without a key
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.odd (a); }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:17: error: "odd" has no primary key of one column, which is what the alias gives

=== a canonical text that is a number
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (id); }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:28: error: the name of a canonical row is a text, and "id" is integer

=== names that refer to something else
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); names app.network_name (id, name); }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:41: error: nothing sets "network_id" of "network_name", which cannot be null
hint: Give it a default, or make it an identity.
spec:9:59: error: another name of a canonical row is a text, and "id" is integer
spec:9:63: error: "name" is text, and the key "plain.id" is integer

=== names with a column that nothing sets
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); names app.odd (a, c); }
alias b { table app.plain (name); names app.odd (a, b); }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:10:41: error: nothing sets "c" of "odd", which cannot be null
hint: Give it a default, or make it an identity.
spec:10:53: error: "b" is text, and the key "plain.id" is integer

=== a match that is not known
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match trim, casefld, lower, trim; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:47: error: "match" does not know "casefld"
hint: Did you mean "casefold"?
spec:9:56: error: "match" does not know "lower"
hint: It knows trim, squeeze, casefold, nfc, nfkc and unaccent.
spec:9:63: error: "trim" stands twice in "match"

=== a synonym of two
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match trim, casefold; value 'HBO' also 'HBO Max', 'Home'; value 'Home Box' also ' HOME '; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:115: error: ' HOME ' would mean both 'HBO' and 'Home Box'
spec:9:85: note: it is a name of 'HBO' here

=== a canonical that is a synonym of another
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match casefold; value 'HBO' also 'Max'; value 'MAX'; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:81: error: 'MAX' would mean both 'HBO' and 'MAX'
spec:9:68: note: it is a name of 'HBO' here

=== a value twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match casefold; value 'HBO'; value 'hbo'; value 'Max' also 'MAX'; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:70: error: there is a value 'HBO' already, which is the same after "match"
spec:9:57: note: it is declared here
spec:9:94: warning: 'MAX' is a name of 'Max' already

=== values that count as null
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match squeeze; value ' ' also 'x'; value 'y' also ''; unknown use '  '; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:56: error: ' ' counts as null: "match" leaves nothing of it
spec:9:85: error: '' counts as null: "match" leaves nothing of it
spec:9:101: error: '  ' counts as null: "match" leaves nothing of it

=== use of what is no value
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match casefold; value 'Original'; unknown use 'Orignal'; }
alias b { table app.plain (name); match casefold; value 'Original'; unknown use 'ORIGINAL'; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:81: error: 'Orignal' is no value of "a"
hint: Did you mean "Original"?

=== columns that must be set
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.network (name); from s.people as p: p.name; value 'X'; unknown create; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:42: error: a new row of "network" needs "active": it cannot be null and has no default
hint: Set it: { active = …; }.
spec:9:71: error: a new row of "network" needs "active": it cannot be null and has no default
hint: Set it: { active = …; }.
spec:9:76: error: a new row of "network" needs "active": it cannot be null and has no default
hint: Set it: { active = …; }.

=== columns that are set
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.network (name); from s.people as p: p.name also split(p.note, ',') { active = coalesce(bool(p.age), true); }
    value 'X' { active = true; since = '2020-01-01'; }
    unknown create { active = false; }; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag

=== a value that is too long
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.network (name); value 'A name that is longer than its column' { active = true; }; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:43: error: the text has 37 characters, and "name" takes 20

=== mistakes in what is set
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.network (name);
    from s.people as p: p.name { active = p.note; name = 'x'; since = date(p.born); since = null; };
    value 'X' { active = 1; sinc = '2020-01-01'; };
    unknown create { active = bool(name); since = p.born; }; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:10:43: error: "active" is boolean, and p.note is text
hint: Write bool(p.note).
spec:10:51: error: "name" is the canonical text already
spec:10:85: error: "since" is set twice
spec:10:63: note: it is set here first
spec:11:26: error: "active" is boolean, and 1 is integer
hint: Write true.
spec:11:29: error: "network" has no column "sinc"
hint: Did you mean "since"?
spec:12:31: error: setting "active" can fail: name may be no truth value
hint: Give the value that it shall have then: add `else …`.
spec:12:51: error: there is no row "p" here
hint: A new row knows its own columns only.

=== canonical texts and synonyms of other types
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); from s.people as p: length(p.name) also length(p.note), p.note; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:55: error: a canonical name is text, and length(p.name) is integer
hint: Write text(length(p.name)).
spec:9:75: error: another name is text, and length(p.note) is integer
hint: Write text(length(p.note)).

=== a list of a target
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); from app.odd as o: o.a; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:40: error: rows are read from a source, and "app" is a target

=== an alias that asks itself
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); from s.people as p: p.name also app.plain[id = a[p.note]].name; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:82: error: a list of "a" cannot look "a" up

=== copy in an alias
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); from s.people as p: p.name { copy *; }; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:64: error: "copy" has no place in an alias: name the columns

=== an alias that nothing uses
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); match trim; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:9:7: warning: the alias "a" is never used

=== an alias twice
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null, since date);
    table network_name (id integer primary key identity, name text not null unique, network_id integer not null references network);
    table plain (id integer primary key identity, name text);
    table odd (a text, b text, c integer not null);
}
alias a { table app.plain (name); value 'x'; }
alias a { table app.plain (name); value 'y'; }
from s.people as p { on error reject; into app.plain { name = p.id; } }
--- diag
spec:10:7: error: there is an alias "a" already
spec:9:7: note: it is declared here

=== rows added to an existing table
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (id text not null, name text, email text, born text, age text, note text); }
target app sqlite 'app.db' { existing table old (id integer primary key identity, name text); table t (o integer); }
alias a { table app.old (name); unknown create; }
from s.people as p {
    on error reject;
    into app.t { o = a[p.note]; }
}
--- diag
spec:4:33: warning: this adds rows to "old", an existing table

=== a misspelt column of an alias is told once
--- spec
migration m;
target app sqlite 'app.db' {
    table n (id integer primary key identity, name text not null);
    table a (alias text not null, n_id integer not null references n);
}
alias n { table app.n (naem); names app.a (alais, n_id); value 'x'; unknown create; }
--- diag
spec:6:24: error: "n" has no column "naem"
hint: Did you mean "name"?
spec:6:44: error: "a" has no column "alais"
hint: Did you mean "alias"?
