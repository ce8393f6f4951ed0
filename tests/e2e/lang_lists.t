# each … at: one cell, many rows; several intos; look-ups by natural key.

=== each: positions count from 1, over what the list holds; empty and null lists give no rows
--- spec
migration m;
source s csv '.' { options (null 'N'); table t file 't.csv' (id text not null, tags text); }
target app sqlite 'app.db' {
    table raw  (id text not null, pos integer not null, tag text);
    table tidy (id text not null, pos integer not null, tag text not null);
    table c    (id text not null, tag text not null);
}
from s.t as t {
    on error reject;
    into app.raw  each g at n in split(t.tags, ',') { id = t.id; pos = n; tag = g; }
    into app.tidy each g at n in items(t.tags, ',') { id = t.id; pos = n; tag = g; }
    into app.c    each g in compact(distinct(split(t.tags, ','))) { id = t.id; tag = g; }
}
--- file t.csv
id,tags
1,"a, b,,a , c"
2,
3,N
4,x
5,","
--- run run
--- rows select id, pos, tag, '.' from raw order by id, pos
1|1|a|.
1|2| b|.
1|3||.
1|4|a |.
1|5| c|.
4|1|x|.
5|1||.
5|2||.
--- rows select id, pos, tag from tidy order by id, pos
1|1|a
1|2|b
1|3|c
4|1|x
--- rows select id, tag, '.' from c order by id, tag
1| b|.
1| c|.
1|a|.
1|a |.
4|x|.
--- rows select target_table, emitted, inserted, given_up from _migc_flow where into_no >= 0 order by into_no
raw|8|8|0
tidy|4|4|0
c|5|5|0

=== when beside each: of the row, or of the element
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, tags text, kind text); }
target app sqlite 'app.db' {
    table of_row  (id integer not null, tag text not null);
    table of_item (id integer not null, pos integer not null, tag text not null);
    table of_pos  (id integer not null, tag text not null);
}
from s.t as t {
    on error reject;
    into app.of_row  each g in items(t.tags, ',') when t.kind = 'x' { id = t.id; tag = g; }
    into app.of_item each g at n in items(t.tags, ',') when length(g) > 1 { id = t.id; pos = n; tag = g; }
    into app.of_pos  each g at n in items(t.tags, ',') when n <= 2 { id = t.id; tag = g; }
}
--- file t.csv
id,tags,kind
1,"a,bb,ccc",x
2,"dd,e",y
3,,x
4,"f",
--- run run
--- rows select id, tag from of_row order by id, tag
1|a
1|bb
1|ccc
--- rows select id, pos, tag from of_item order by id, pos
1|2|bb
1|3|ccc
2|1|dd
--- rows select id, tag from of_pos order by id, tag
1|a
1|bb
2|dd
2|e
4|f

=== else skip drops one element, else reject the whole source row with all that it made
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, good text, nums text); }
target app sqlite 'app.db' {
    table p (id integer primary key identity, code text not null unique);
    table q (p_id integer not null, n integer not null);
    table z (p_id integer not null, n integer not null);
}
from s.t as t {
    on error reject;
    into app.p { code = t.id; }
    into app.q each g in items(t.nums, ' ') { p_id = app.p[code = t.id]; n = integer(g) else skip; }
    into app.z each g in items(t.good, ' ') { p_id = app.p[code = t.id]; n = integer(g) else reject; }
}
--- file t.csv
id,good,nums
a,1 2,1 x 3
b,1 y,4
c,,5
d,9,
--- run run
--- rows select id, code from p order by id
1|a
2|c
3|d
--- rows select p_id, n from q order by p_id, n
1|1
1|3
2|5
--- rows select p_id, n from z order by p_id, n
1|1
1|2
3|9
--- rows select line, column_name, rule, value from _migc_reject
3|good|parse|y
--- rows select target_table, emitted, inserted, given_up from _migc_flow where into_no >= 0 order by into_no
p|3|3|0
q|3|3|1
z|3|3|0

=== a look-up finds the row that the same source row made, and rows of the rows before
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (name text not null, parent text); }
target app sqlite 'app.db' {
    table node (id integer primary key identity, name text not null unique);
    table edge (node_id integer not null references node, parent_id integer references node);
}
from s.t as t {
    on error reject;
    into app.node { name = t.name; }
    into app.edge { node_id = app.node[name = t.name]; parent_id = app.node[name = t.parent]; }
}
--- file t.csv
name,parent
root,
leaf,root
late,missing
self,self
--- run run
--- rows select id, name from node order by id
1|root
2|leaf
3|self
--- rows select node_id, parent_id from edge order by node_id
1|\N
2|1
3|3
--- rows select line, column_name, rule, value from _migc_reject
4|parent|missing|missing

=== look-ups by key: missing, ambiguous, null, several columns, another column, a type that fits
--- spec
migration m;
source s csv '.' {
    options (null '');
    table p file 'p.csv' (id integer not null, first text, last text, born text, score text);
    table r file 'r.csv' (nr integer not null, first text, last text);
}
target app sqlite 'app.db' {
    table p (id integer primary key, first text, last varchar(20), born date, score numeric(5,1));
    table r (nr integer not null, by_last integer, by_both integer, born date, score numeric(5,1), first text, day_id integer);
}
from s.p as p { on error reject; into app.p { copy * except born, score; born = date(p.born); score = numeric(p.score); } }
from s.r as r {
    on error reject;
    into app.r {
        nr      = r.nr;
        by_last = app.p[last = r.last] else -1;
        by_both = app.p[first = r.first, last = r.last];
        born    = app.p[first = r.first, last = r.last].born;
        score   = app.p[id = by_id(r.nr)].score else null;
        first   = app.p[id = 3].first;
        day_id  = app.p[born = '2001-02-03'];
    }
}
define by_id(n integer) integer = n % 4;
--- file p.csv
id,first,last,born,score
1,Ann,Lee,2000-01-01,1.5
2,Bob,Lee,,2
3,,Kim,2001-02-03,
--- file r.csv
nr,first,last
1,Ann,Lee
2,Bob,Lee
3,Ann,Kim
4,,Kim
5,Ann,
6,Cid,Lee
7,Ann,Lee
--- run run
--- rows select nr, by_last, by_both, born, score, first, day_id from r order by nr
1|-1|1|2000-01-01|1.5|\N|3
2|-1|2|\N|2.0|\N|3
4|3|\N|\N|\N|\N|3
5|\N|\N|\N|1.5|\N|3
7|-1|1|2000-01-01|\N|\N|3
--- rows select line, rule from _migc_reject order by line
4|missing
7|missing

=== a look-up with more than one row is a failure of its own
--- spec
migration m;
source s csv '.' { table p file 'p.csv' (id integer not null, last text not null); table r file 'r.csv' (last text not null); }
target app sqlite 'app.db' {
    table p (id integer primary key, last text not null);
    table r (p_id integer not null references p);
}
from s.r as r { on error reject; into app.r { p_id = app.p[last = r.last]; } }
from s.p as p { on error reject; into app.p { copy *; } }
--- file p.csv
id,last
1,Lee
2,Lee
3,Kim
--- file r.csv
last
Lee
Kim
Roe
--- run run
--- rows select p_id from r
3
--- rows select line, column_name, rule, reason, value from _migc_reject order by line
2|last|ambiguous|more than one row of "p" has this last|Lee
4|last|missing|no row of "p" has this last|Roe

=== look-ups in a table that was there before
--- spec
migration m;
source s csv '.' { table r file 'r.csv' (g text not null); }
target app sqlite 'app.db' {
    existing table auth_group (id integer not null primary key, name varchar(150) not null);
    table member (group_id integer not null references auth_group, name varchar(150));
}
from s.r as r {
    on error reject;
    into app.member { group_id = app.auth_group[name = r.g]; name = app.auth_group[name = r.g].name; }
}
--- sql
create table auth_group (id integer not null primary key, name varchar(150) not null);
insert into auth_group values (7, 'staff'), (8, 'guests'), (9, 'guests');
--- file r.csv
g
staff
guests
Staff
--- run run
--- rows select group_id, name from member
7|staff
--- rows select line, rule from _migc_reject order by line
3|ambiguous
4|missing
--- rows select count(*) from auth_group
3

=== identity: keys go on after the ones that are there, also after rows that bring their own
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text, name text not null); }
target app sqlite 'app.db' { table p (id integer primary key identity, name text not null); }
phase one { create app.*; from s.t as t { on error reject; skip when t.id is null; into app.p { id = integer(t.id); name = t.name; } } }
phase two after one { from s.t as t { skip when t.id is not null; into app.p { name = t.name; } } }
phase three after two { constrain app.*; }
--- file t.csv
id,name
40,Ann
,Bob
7,Cid
,Dora
7,Eve
--- run run
--- rows select id, name from p order by id
7|Cid
40|Ann
41|Bob
42|Dora
--- rows select line, rule from _migc_reject
6|unique
--- sql
insert into p (name) values ('Later');
--- rows select id from p where name = 'Later'
43
