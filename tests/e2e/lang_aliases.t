# Aliases: text that people typed, and the row it means.

=== match rules: trim, squeeze, casefold, nfkc, unaccent, each alone
--- spec
migration m;
source s csv '.' { options (null 'N'); table t file 't.csv' (a text); }
target app sqlite 'app.db' {
    table exact    (id integer primary key identity, name text not null);
    table trimmed  (id integer primary key identity, name text not null);
    table squeezed (id integer primary key identity, name text not null);
    table folded   (id integer primary key identity, name text not null);
    table plain    (id integer primary key identity, name text not null);
    table bare     (id integer primary key identity, name text not null);
    table n (line bigint, exact integer, trimmed integer, squeezed integer, folded integer, plain integer, bare integer);
}
alias exact    { table app.exact (name); value 'Straße 1'; unknown null; }
alias trimmed  { table app.trimmed (name); match trim; value 'Straße 1'; unknown null; }
alias squeezed { table app.squeezed (name); match squeeze; value 'Straße 1'; unknown null; }
alias folded   { table app.folded (name); match casefold; value 'Straße 1'; unknown null; }
alias plain    { table app.plain (name); match nfkc; value 'Straße 1'; unknown null; }
alias bare     { table app.bare (name); match unaccent; value 'Straße 1'; unknown null; }
from s.t as t into app.n {
    line = source_line();
    exact = exact[t.a]; trimmed = trimmed[t.a]; squeezed = squeezed[t.a];
    folded = folded[t.a]; plain = plain[t.a]; bare = bare[t.a];
}
--- file t.csv
a
Straße 1
  Straße 1 
 Straße   1
STRASSE 1
Ｓtraße １
Strasse 1
N
--- run run
--- rows select * from n order by line
2|1|1|1|1|1|1
3|\N|1|1|\N|\N|\N
4|\N|\N|1|\N|\N|\N
5|\N|\N|\N|1|\N|\N
6|\N|\N|\N|\N|1|\N
7|\N|\N|\N|1|\N|1
8|\N|\N|\N|\N|\N|\N

=== lists and literal values make the rows; canonical twice is one row; synonyms stand in the table of names
--- spec
migration m;
source s csv '.' {
    options (null '');
    table a file 'a.csv' (name text not null, also text, active text);
    table b file 'b.csv' (name text not null, other text);
    table t file 't.csv' (id integer not null, c text);
}
target app sqlite 'app.db' {
    table color (id integer primary key identity, name varchar(20) not null unique, active boolean not null default true);
    table color_name (id integer primary key identity, color_id integer not null references color, name varchar(20) not null unique);
    table n (id integer not null, color_id integer references color);
}
alias color {
    table app.color (name);
    names app.color_name (name, color_id);
    match trim, squeeze, casefold;
    value 'Red' also 'rouge', 'RED' { active = false; };
    from  s.a as a: a.name also split(a.also, ',') { active = coalesce(bool(a.active), true); };
    from  s.b as b: b.name also list(b.other);
    unknown reject;
}
from s.t as t { on error reject; into app.n { id = t.id; color_id = color[t.c]; } }
--- file a.csv
name,also,active
Green,"vert, GRÜN",no
 red ,rosso,yes
Light  Blue,,
--- file b.csv
name,other
Green,verde
GREEN,vert
--- file t.csv
id,c
1,Red
2, ROUGE
3,rosso
4,Grün
5,light blue
6,verde
7,
8,"   "
9,purple
--- run run
--- rows select id, name, active from color order by id
1|Red|0
2|Green|0
3|Light Blue|1
--- rows select c.name, n.name from color_name n join color c on c.id = n.color_id order by n.id
Red|rouge
Red|RED
Green|vert
Green|GRÜN
Red|rosso
Green|verde
--- rows select id, color_id from n order by id
1|1
2|1
3|1
4|2
5|3
6|2
7|\N
8|\N
--- rows select line, column_name, rule, value from _migc_reject order by line
10|c|unknown|purple

=== unknown reject names the text and what was meant
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id integer not null, c text); }
target app sqlite 'app.db' {
    table status (id integer primary key identity, name text not null unique);
    table n (id integer not null, status_id integer not null);
}
alias status { table app.status (name); match casefold; value 'Airing'; value 'Ended' also 'finished'; unknown reject; }
from s.t as t { on error reject; into app.n { id = t.id; status_id = status[t.c]; } }
--- file t.csv
id,c
1,AIRING
2,endet
3,Finished
--- run run
--- rows select n.id, s.name from n join status s on s.id = n.status_id order by n.id
1|Airing
3|Ended
--- rows select line, column_name, rule, reason, value from _migc_reject
3|c|unknown|alias "status" does not know "endet"; did you mean "ended"?|endet

=== unknown null, unknown use, and else at the look-up
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, c text); }
target app sqlite 'app.db' {
    table kind  (id integer primary key identity, name text not null unique);
    table other (id integer primary key identity, name text not null unique);
    table third (id integer primary key identity, name text not null unique);
    table n (id integer not null, a integer, b integer, c integer, d integer not null);
}
alias kind  { table app.kind (name); match casefold; value 'A'; value 'B'; unknown null; }
alias other { table app.other (name); match casefold; value 'A'; value 'Else'; unknown use 'ELSE'; }
alias third { table app.third (name); match casefold; value 'A'; unknown reject; }
from s.t as t {
    on error reject;
    into app.n { id = t.id; a = kind[t.c]; b = other[t.c]; c = third[t.c] else null; d = third[t.c] else 0; }
}
--- file t.csv
id,c
1,a
2,b
3,z
4,
--- run run
--- rows select * from n order by id
1|1|1|1|1
2|2|2|\N|0
3|\N|2|\N|0
4|\N|\N|\N|0
--- rows select count(*) from _migc_reject
0

=== unknown create: the row, its name, its other columns; a rejected row leaves nothing behind, not even a gap
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, c text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name text not null unique, active boolean not null default true, seen bigint);
    table net_name (id integer primary key identity, net_id integer not null references net, alias text not null unique);
    table n (net_id integer references net, id integer not null);
}
alias net {
    table app.net (name);
    names app.net_name (alias, net_id);
    match trim, squeeze, casefold;
    value 'HBO' also 'hbo max';
    unknown create { active = false; seen = 7; };
}
from s.t as t { on error reject; into app.n { net_id = net[t.c]; id = integer(t.id); } }
--- file t.csv
id,c
1,HBO
two,Quibi
3,"  Peacock   TV "
4,PEACOCK tv
five,peacock tv
6,quibi
7,
--- run run
--- rows select * from net order by id
1|HBO|1|\N
2|Peacock TV|0|7
3|quibi|0|7
--- rows select id, net_id, alias from net_name order by id
1|1|hbo max
2|2|Peacock TV
3|3|quibi
--- rows select id, net_id from n order by id
1|1
3|2
4|2
6|3
7|\N
--- rows select line, column_name from _migc_reject order by line
3|id
6|id

=== rows made by unknown create are known in a later phase and after a second start
--- spec
migration m;
source s csv '.' { table t file 't.csv' (c text); table u file 'u.csv' (c text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name text not null unique);
    table bare (id integer primary key identity, name text not null unique);
    table net_name (net_id integer not null references net, alias text not null unique);
    table n (c text, net_id integer, bare_id integer);
    table m (c text, net_id integer, bare_id integer);
}
alias net  { table app.net (name); names app.net_name (alias, net_id); match casefold; value 'HBO' also 'home box'; unknown create; }
alias bare { table app.bare (name); match casefold; value 'HBO' also 'home box'; unknown create; }
phase one { create app.*; load net, bare; from s.t as t into app.n { c = t.c; net_id = net[t.c]; bare_id = bare[t.c]; } }
phase two after one { from s.u as u into app.m { c = u.c; net_id = net[u.c]; bare_id = bare[u.c]; } }
phase three after two manual { from s.t as t into app.m { c = t.c; net_id = net[t.c]; bare_id = bare[t.c]; } }
--- file t.csv
c
Quibi
Home Box
--- file u.csv
c
QUIBI
home BOX
Fresh
--- run run
--- rows select c, net_id, bare_id from n order by c
Home Box|1|1
Quibi|2|2
--- rows select c, net_id, bare_id from m order by c
Fresh|3|3
QUIBI|2|2
home BOX|1|1
--- run run --phase three
--- rows select count(*) from net
3
--- rows select c, net_id, bare_id from m order by c
Fresh|3|3
Home Box|1|1
QUIBI|2|2
Quibi|2|2
home BOX|1|1

=== one synonym for two canonical rows fails the phase and names both
--- spec
migration m;
source s csv '.' { options (null ''); table a file 'a.csv' (name text not null, also text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name text not null unique);
    table net_name (net_id integer not null references net, alias text not null unique);
}
alias net {
    table app.net (name);
    names app.net_name (alias, net_id);
    match trim, casefold;
    from s.a as a: a.name also split(a.also, ',');
    unknown reject;
}
--- file a.csv
name,also
HBO,"home box, max"
Cinemax,"Max"
--- run run
"Max"
HBO
a.csv:2
Cinemax
a.csv:3
--- exit 5
--- rows select count(*) from net
0
--- rows select count(*) from net_name
0
--- write a.csv
name,also
HBO,"home box, max"
Cinemax,
--- run run
--- rows select name from net order by name
Cinemax
HBO

=== a synonym that is the canonical text of another row fails, whichever comes first
--- spec
migration m;
source s csv '.' { options (null ''); table a file 'a.csv' (name text not null, also text); }
target app sqlite 'app.db' { table net (id integer primary key identity, name text not null unique); }
alias net { table app.net (name); match casefold; from s.a as a: a.name also split(a.also, ','); unknown reject; }
--- file a.csv
name,also
HBO,cinemax
Cinemax,
--- run run
HBO
Cinemax
--- exit 5
--- write a.csv
name,also
Cinemax,
HBO,cinemax
--- run run
HBO
Cinemax
--- exit 5
--- rows select count(*) from net
0

=== lists that are broken here and there: their rows are rejects, the rest is known
--- spec
migration m;
source s csv '.' { options (null '', trim on); table a file 'a.csv' (name text not null, also text, rank text); table t file 't.csv' (c text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name varchar(10) not null unique, rank integer);
    table net_name (id integer primary key identity, net_id integer not null references net, alias varchar(10) not null unique);
    table n (c text, net_id integer);
}
alias net {
    table app.net (name);
    names app.net_name (alias, net_id);
    match trim, casefold;
    from s.a as a: a.name also split(a.also, '/') { rank = integer(a.rank); };
    unknown null;
}
from s.t as t into app.n { c = t.c; net_id = net[t.c]; }
--- file a.csv
name,also,rank
One,uno//  / eins,1
,nobody,2
Two,due,second
A name that is long,x,3
Three,a synonym that is long,4
Four,quattro/quattro/QUATTRO/four,5
Five
--- file t.csv
c
uno
eins
nobody
due
x
three
quattro
five
--- run run
--- rows select id, name, rank from net order by id
1|One|1
2|Four|5
--- rows select net_id, alias from net_name order by id
1|uno
1|eins
2|quattro
2|four
--- rows select line, rule from _migc_reject order by line
3|null
4|parse
5|length
6|length
8|ragged
--- rows select c, net_id from n order by c
due|\N
eins|1
five|\N
nobody|\N
quattro|2
three|\N
uno|1
x|\N

=== an alias over a table that is there already: its rows are canonical rows
--- spec
migration m;
source s csv '.' { table t file 't.csv' (c text); }
target app sqlite 'app.db' {
    existing table country (id integer not null primary key, name varchar(40) not null);
    table n (c text, country_id integer);
}
alias country { table app.country (name); match trim, casefold, unaccent; unknown null; }
from s.t as t into app.n { c = t.c; country_id = country[t.c]; }
--- sql
create table country (id integer not null primary key, name varchar(40) not null);
insert into country values (49, 'Germany'), (33, 'Côte d''Ivoire');
--- file t.csv
c
GERMANY
cote D'ivoire
France
--- run run
--- rows select c, country_id from n order by c
France|\N
GERMANY|49
cote D'ivoire|33
--- rows select count(*) from country
2

=== keys of canonical rows may be uuids or texts
--- spec
migration m;
source s csv '.' { table t file 't.csv' (c text); }
target app sqlite 'app.db' {
    table tag (id uuid primary key default gen_random_uuid(), name text not null unique);
    table code (code varchar(8) primary key, label text not null);
    table n (c text, tag_id uuid references tag, code varchar(8) references code);
}
alias tag { table app.tag (name); match casefold; unknown create; }
alias code { table app.code (label); match casefold; value 'Germany' also 'BRD' { code = 'de'; }; value 'France' { code = 'fr'; }; unknown null; }
from s.t as t { on error reject; into app.n { c = t.c; tag_id = tag[t.c]; code = code[t.c]; } }
--- file t.csv
c
Germany
GERMANY
brd
Spain
--- run run
--- rows select n.c, t.name, n.code from n join tag t on t.id = n.tag_id order by n.c
GERMANY|Germany|de
Germany|Germany|de
Spain|Spain|\N
brd|brd|de
