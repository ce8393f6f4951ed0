# A source row that is rejected or skipped leaves nothing behind: no row, no key, no duplicate, no alias.

=== a rejected row is not the first of its duplicates, holds no unique key, and cannot be looked up
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text not null, u text not null, n text); }
target app sqlite 'app.db' {
    table early (id integer primary key identity, k text not null);
    table late  (id integer primary key identity, k text not null, n integer);
    table uniq  (id integer primary key identity, u text not null unique);
    table see   (k text not null, early_id integer, uniq_id integer, n integer not null);
}
dedup app.early by k;
dedup app.late by k { keep last by n; };
from s.t as t {
    on error reject;
    into app.early { k = t.k; }
    into app.late { k = t.k; n = length(t.k); }
    into app.uniq { u = t.u; }
    into app.see { k = t.k; early_id = app.early[k = t.k]; uniq_id = app.uniq[u = t.u]; n = integer(t.n); }
}
--- file t.csv
k,u,n
a,x,none
a,x,1
b,y,none
a,y,2
c,z,3
c,z,4
--- run run
--- rows select id, k from early order by id
1|a
2|c
--- rows select id, k, n from late order by id
1|a|1
2|c|1
--- rows select id, u from uniq order by id
1|x
2|y
3|z
--- rows select k, early_id, uniq_id, n from see order by n
a|1|1|1
a|1|2|2
c|2|3|3
--- rows select line, rule from _migc_reject order by line
2|parse
4|parse
7|unique
--- rows select target_table, file, line, kept_line from _migc_duplicate order by target_table, line
early|t.csv|5|3
late|t.csv|3|5

=== skip when behind an into takes back what the row did
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text not null, c text, gone text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name text not null unique);
    table p (id integer primary key identity, k text not null unique, net_id integer);
}
alias net { table app.net (name); match casefold; unknown create; }
from s.t as t {
    on error reject;
    into app.p { k = t.k; net_id = net[t.c]; }
    skip when t.gone = 'yes';
}
--- file t.csv
k,c,gone
a,One,yes
a,Two,
b,one,no
--- run run
--- rows select id, name from net order by id
1|Two
2|one
--- rows select id, k, net_id from p order by id
1|a|1
2|b|2
--- rows select rows_read, rows_skipped, rows_carried from _migc_flow where flow = 's.t' and into_no < 0
3|1|2

=== an alias created by a row that a table refuses is taken back, its name too
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text not null, c text not null); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name varchar(6) not null unique);
    table net_name (id integer primary key identity, net_id integer not null, alias text not null unique);
    table p (k text not null unique, net_id integer not null);
}
alias net { table app.net (name); names app.net_name (alias, net_id); match trim, casefold; unknown create; }
from s.t as t { on error reject; into app.p { k = t.k; net_id = net[t.c]; } }
--- file t.csv
k,c
a,One
a,Two
b,too long a name
c,two
--- run run
--- rows select id, name from net order by id
1|One
2|two
--- rows select id, net_id, alias from net_name order by id
1|1|One
2|2|two
--- rows select k, net_id from p order by k
a|1
c|2
--- rows select line, rule, column_name from _migc_reject order by line
3|unique|p.k
4|length|c

=== else skip at a let skips the source row; at an into only that row
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text not null, a text, b text); }
target app sqlite 'app.db' { table p (k text not null, a integer); table q (k text not null, b integer); }
from s.t as t {
    let a = integer(t.a) else skip;
    into app.p { k = t.k; a = a; }
    into app.q { k = t.k; b = integer(t.b) else skip; }
}
--- file t.csv
k,a,b
x,1,1
y,?,2
z,3,?
--- run run
--- rows select k, a from p order by k
x|1
z|3
--- rows select k, b from q order by k
x|1
--- rows select rows_read, rows_skipped, rows_rejected, rows_carried from _migc_flow where into_no < 0
3|1|0|2

=== each over a let; the elements of a rejected row are all taken back
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text not null, l text); }
target app sqlite 'app.db' { table q (k text not null, pos integer not null, v integer not null unique); }
from s.t as t {
    on error reject;
    let l = items(t.l, ' ');
    reject 'more than three' when length(l) > 3;
    into app.q each v at pos in l { k = t.k; pos = pos; v = integer(v); }
}
--- file t.csv
k,l
a,1 2 3
b,4 5 x
c,4 5
d,6 1 7
e,6 7 8 9
f,6 7 8
g,
--- run run
--- rows select k, pos, v from q order by v
a|1|1
a|2|2
a|3|3
c|1|4
c|2|5
f|1|6
f|2|7
f|3|8
--- rows select line, rule, column_name, value from _migc_reject order by line
3|parse|l|x
5|unique|q.v|1
6|rule|l|6 7 8 9
