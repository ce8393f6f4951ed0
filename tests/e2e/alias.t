# Aliases: loading, folding, unknown texts, synonyms that mean two things.

=== canonical twice is one row; synonyms are kept cleaned; unknown texts are created
--- spec
migration m;
source s csv '.' {
    options (null '');
    table nets file 'nets.csv' (name text not null, aliases text);
    table shows file 'shows.csv' (title text not null, network text);
}
target app sqlite 'app.db' {
    table network (id integer primary key identity, name varchar(20) not null unique, active boolean not null default true);
    table network_name (id integer primary key identity, network_id integer not null references network, alias text not null unique);
    table show (id integer primary key identity, title text not null, network_id integer references network);
}
alias network {
    table app.network (name);
    names app.network_name (alias, network_id);
    match trim, squeeze, casefold;
    from s.nets as n: n.name also split(n.aliases, ',');
    value 'AMC' also 'amc plus';
    unknown create { active = false; };
}
from s.shows as x { on error reject; into app.show { title = x.title; network_id = network[x.network]; } }
--- file nets.csv
name,aliases
HBO,"hbo max, Home  Box Office ,hbo"
Netflix,
 hbo ,HBO Go
--- file shows.csv
title,network
a,  HBO   MAX
b,NETFLIX
c,home box office
d,  Some   Net
e,some net
f,
g,A name that is far too long for it
h,hbo go
i,AMC Plus
--- run run
1 row was rejected
--- rows select id, name, active from network order by id
1|AMC|1
2|HBO|1
3|Netflix|1
4|Some Net|0
--- rows select network_id, alias from network_name order by id
1|amc plus
2|hbo max
2|Home Box Office
2|hbo
2|HBO Go
4|Some Net
--- rows select id, title, network_id from show order by id
1|a|2
2|b|3
3|c|2
4|d|4
5|e|4
6|f|\N
7|h|2
8|i|1

=== what an alias made for a rejected row is taken back
--- spec
migration m;
source s csv '.' { table shows file 'shows.csv' (title text, network text, year text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name text not null unique);
    table show (id integer primary key identity, title text not null, network_id integer not null references network, year integer);
}
alias network { table app.network (name); match casefold; unknown create; }
from s.shows as x {
    on error reject;
    into app.show { title = x.title; network_id = network[x.network] else reject; year = integer(x.year); }
}
--- file shows.csv
title,network,year
a,First,1990
b,Second,nineteen
c,Third,1991
d,second,1992
--- run run
1 row was rejected
--- rows select id, name from network order by id
1|First
2|Third
3|second
--- rows select id, title, network_id from show order by id
1|a|1
2|c|2
3|d|3

=== one synonym of two canonical rows fails the phase with both named
--- spec
migration m;
source s csv '.' { table nets file 'nets.csv' (name text, aliases text); table shows file 'shows.csv' (network text); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name text not null unique);
    table network_name (id integer primary key identity, network_id integer not null references network, alias text not null);
    table show (network_id integer);
}
alias network {
    table app.network (name);
    names app.network_name (alias, network_id);
    match trim, casefold;
    from s.nets as n: n.name also split(n.aliases, ',');
    unknown null;
}
from s.shows as x into app.show { network_id = network[x.network]; }
--- file nets.csv
name,aliases
HBO,"hbo max"
Warner,"WB, HBO Max "
--- file shows.csv
network
HBO
--- run run
--- exit 5
--- err
alias "network": " HBO Max " means two rows: 'HBO' (nets.csv:2) and 'Warner' (nets.csv:3)
hint: Let one of the two rows have this spelling.
--- run status
load
pending

=== unknown: null, use and reject with the nearest spelling
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null, b text not null, c text not null); }
target app sqlite 'app.db' {
    table colour (id integer primary key identity, name text not null unique);
    table size (id integer primary key identity, name text not null unique);
    table shape (id integer primary key identity, name text not null unique);
    table thing (id integer primary key identity, a integer, b integer not null, c integer not null);
}
alias colour { table app.colour (name); match casefold; value 'red'; value 'green' also 'verde'; unknown null; }
alias size { table app.size (name); match casefold; value 'small'; value 'other'; unknown use 'other'; }
alias shape { table app.shape (name); match casefold; value 'triangle'; value 'square'; unknown reject; }
from s.t { on error reject; into app.thing { a = colour[t.a]; b = size[t.b]; c = shape[t.c]; } }
--- file t.csv
a,b,c
RED,Small,square
blue,huge,Triangle
Verde,small,triangel
--- run run
1 row was rejected
alias "shape" does not know "triangel"; did you mean "triangle"?
--- rows select a, b, c from thing order by id
1|1|2
\N|2|1

=== without a table of names a later phase reads the synonyms from the lists again
--- spec
migration m;
source s csv '.' { table nets file 'nets.csv' (name text not null, aliases text); table shows file 'shows.csv' (network text not null); }
target app sqlite 'app.db' {
    table network (id integer primary key identity, name text not null unique);
    table show (id integer primary key identity, network_id integer not null references network);
}
alias network { table app.network (name); match trim, casefold; from s.nets as n: n.name also split(n.aliases, ','); value 'AMC' also 'amc+'; }
phase one { create app.*; load network; }
phase two after one { from s.shows as x { on error reject; into app.show { network_id = network[x.network]; } } }
--- file nets.csv
name,aliases
HBO,"hbo max,hbo go"
--- file shows.csv
network
hbo go
AMC+
nothing
--- run run --phase one
--- run run --phase two
1 row was rejected
--- rows select network_id from show order by id
2
1
