# References of a table to itself and of tables to each other: look-ups that are answered in a second step.

=== a row may come before the row that it looks up in its own table
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, name text not null, boss text); }
target app sqlite 'app.db' {
    table employee (
        id      bigint primary key identity,
        number  varchar(10) not null unique,
        name    text not null,
        boss_id bigint references employee
    );
}
from s.staff as s {
    on error reject;
    into app.employee {
        number  = s.number;
        name    = s.name;
        boss_id = app.employee[number = s.boss];
    }
}
--- file staff.csv
number,name,boss
e5,Eve,e3
e4,Dan,e2
e3,Cid,e1
e2,Bob,e1
e1,Ann,
e6,Flo,e6
--- run run
/6 rows? inserted/
--- rows select e.id, e.name, b.name from employee e left join employee b on b.id = e.boss_id order by e.id
1|Eve|Cid
2|Dan|Bob
3|Cid|Ann
4|Bob|Ann
5|Ann|\N
6|Flo|Flo
--- run run
nothing to do

=== what a look-up that finds nobody does, when it was answered late: a reason, and who loses his boss loses his place
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint references employee);
}
from s.staff as s {
    on error reject;
    into app.employee {
        number  = s.number;
        boss_id = app.employee[number = s.boss] else reject 'no such boss';
    }
}
--- file staff.csv
number,boss
a,b
b,c
c,nobody
d,
e,d
f,a
--- run run
4 rows were rejected
4 rule
first staff.csv:4: boss: no such boss
--- rows select e.number, b.number from employee e left join employee b on b.id = e.boss_id order by e.number
d|\N
e|d
--- rows select file, line, column_name, rule, value, reason, raw from _migc_reject order by line
staff.csv|2|boss|rule|b|no such boss|a,b
staff.csv|3|boss|rule|c|no such boss|b,c
staff.csv|4|boss|rule|nobody|no such boss|c,nobody
staff.csv|7|boss|rule|a|no such boss|f,a
--- sh cat m-rejects/data.staff.csv
--- out
boss

=== else null, else a value, else skip
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text, deputy text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint, other_id bigint not null);
    table badge (number text not null);
    table loner (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint);
}
from s.staff as s {
    on error reject;
    let deputy = bigint(s.deputy) else 0;
    into app.employee {
        number   = s.number;
        boss_id  = app.employee[number = s.boss] else null;
        other_id = app.employee[number = s.boss] else deputy;
    }
    into app.badge { number = s.number; }
    into app.loner { number = s.number; boss_id = app.loner[number = s.boss] else skip; }
}
--- file staff.csv
number,boss,deputy
a,b,7
b,x,8
c,x,
d,,9
e,d,10
f,a,
g,x,
--- run run
--- rows select number, boss_id, other_id from employee order by number
a|2|2
b|\N|8
d|\N|9
e|4|4
f|1|1
--- rows select number from badge order by number
a
b
d
e
f
--- rows select id, number, boss_id from loner order by number
4|d|\N
5|e|4
--- rows select file, line, column_name, rule, reason from _migc_reject order by line
staff.csv|4|employee.other_id|null|null where "other_id" needs a value
staff.csv|8|employee.other_id|null|null where "other_id" needs a value

=== abort: the phase ends, the row and its value are named, nothing is written; when it is mended the next run does it
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint references employee);
}
from s.staff as s { on error reject; into app.employee { number = s.number; boss_id = app.employee[number = s.boss] else abort; } }
--- file staff.csv
number,boss
a,b
b,nobody
c,
--- run run
--- exit 4
--- both
staff.csv:3: "boss": no row of "employee" has this number (value "nobody")
--- rows select count(*) from employee
0
--- write staff.csv
number,boss
a,b
b,c
c,
--- run run
--- rows select e.number, b.number from employee e left join employee b on b.id = e.boss_id order by e.number
a|b
b|c
c|\N

=== two tables that need each other, both references not null, whichever stands first
--- spec
migration m;
source s csv '.' {
    table teams file 'teams.csv' (name text not null, lead text not null);
    table people file 'people.csv' (name text not null, team text not null);
}
target app sqlite 'app.db' {
    table team (id bigint primary key identity, name text not null unique, lead_id bigint not null references person);
    table person (id bigint primary key identity, name text not null unique, team_id bigint not null references team on delete restrict);
}
from s.teams as t {
    on error reject;
    into app.team { name = t.name; lead_id = app.person[name = t.lead]; }
}
from s.people as p {
    on error reject;
    into app.person { name = p.name; team_id = app.team[name = p.team]; }
}
--- file teams.csv
name,lead
red,Ann
blue,Bob
lost,Nobody
--- file people.csv
name,team
Bob,blue
Ann,red
Cid,red
Dan,lost
Eve,green
--- run run
--- rows select t.id, t.name, p.name from team t join person p on p.id = t.lead_id order by t.id
1|red|Ann
2|blue|Bob
--- rows select p.id, p.name, t.name from person p join team t on t.id = p.team_id order by p.id
1|Bob|blue
2|Ann|red
3|Cid|red
--- rows select file, line, column_name, rule, value from _migc_reject order by file, line
people.csv|5|team|missing|lost
people.csv|6|team|missing|green
teams.csv|4|lead|missing|Nobody
--- rows select flow, target_table, rows_read, rows_rejected, rows_carried, emitted, inserted from _migc_flow order by flow, into_no
s.people|\N|5|2|3|\N|\N
s.people|person|\N|\N|\N|3|3
s.teams|\N|3|1|2|\N|\N
s.teams|team|\N|\N|\N|2|2

=== a ring of three tables, in phases of their own making, with keys that are texts and uuids
--- spec
migration m;
source s csv '.' {
    table a file 'a.csv' (code text not null, b text);
    table b file 'b.csv' (code text not null, c text);
    table c file 'c.csv' (code text not null, a text);
}
target app sqlite 'app.db' {
    table a (code varchar(5) primary key, b uuid not null references b);
    table b (id uuid primary key, code text not null unique, c integer not null references c);
    table c (id integer primary key identity, code text not null unique, a varchar(5) not null references a, a_label text);
}
phase all {
    create app.*;
    from s.a as r { on error reject; into app.a { code = r.code; b = app.b[code = r.b]; } }
    from s.b as r { on error reject; into app.b { id = uuid5(uuid('7d444840-9dc0-11d1-b245-5ffdce74fad2'), r.code); code = r.code; c = app.c[code = r.c]; } }
    from s.c as r { on error reject; into app.c { code = r.code; a = app.a[code = r.a]; a_label = app.a[code = r.a].code; } }
    constrain app.*;
}
--- file a.csv
code,b
a1,b2
a2,b1
a3,b9
--- file b.csv
code,c
b1,c1
b2,c2
b3,c3
--- file c.csv
code,a
c1,a1
c2,a2
c3,a3
--- run run
--- rows select a.code, b.code, c.code, c.a, c.a_label from a join b on b.id = a.b join c on c.id = b.c order by 1
a1|b2|c2|a2|a2
a2|b1|c1|a1|a1
--- rows select file, line, column_name, rule, value from _migc_reject order by file, line
a.csv|4|b|missing|b9
b.csv|4|c|missing|c3
c.csv|4|a|missing|a3

=== rules that an open column is part of are judged when it is known: unique, check, not null, the key's range
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text, desk text); }
target app sqlite 'app.db' {
    table employee (
        id bigint primary key identity, number varchar(10) not null unique, desk text,
        boss_id bigint not null references employee check (boss_id <> 4),
        unique (boss_id, desk),
        constraint bosses_sit check (boss_id is not null and desk is not null)
    );
}
from s.staff as s {
    on error reject;
    into app.employee { number = s.number; desk = s.desk; boss_id = app.employee[number = s.boss]; }
}
--- file staff.csv
number,boss,desk
a,b,1
b,b,2
c,b,1
d,d,1
e,,1
f,b,
g,c,9
a,b,7
--- run run
--- rows select id, number, boss_id, desk from employee order by id
1|a|2|1
2|b|2|2
--- rows select line, column_name, rule, value, reason from _migc_reject order by line
4|employee|unique|2, '1'|unique (boss_id, desk) of "employee" does not hold: the same comes from staff.csv:2
5|employee.boss_id|check|4|the check "employee_boss_id_check" does not hold: boss_id <> 4
6|boss|null|\N|null where "boss_id" needs a value
7|employee|check|\N|the check "bosses_sit" does not hold: boss_id is not null and desk is not null
8|boss|missing|c|no row of "employee" has this number
9|employee.number|unique|a|unique (number) of "employee" does not hold: the same comes from staff.csv:2

=== a key that several rows have is ambiguous, whichever row comes first
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (name text not null, boss text); }
target app sqlite 'app.db' { table employee (id bigint primary key identity, name text not null, boss_id bigint references employee); }
from s.staff as s {
    on error reject;
    into app.employee { name = s.name; boss_id = app.employee[name = s.boss]; }
}
--- file staff.csv
name,boss
Ann,
Cid,Ann
Bob,Ann
Dan,Bob
Ann,
--- run run
--- rows select id, name, boss_id from employee order by id
1|Ann|\N
5|Ann|\N
--- rows select line, column_name, rule, value from _migc_reject order by line
3|boss|ambiguous|Ann
4|boss|ambiguous|Ann
5|boss|missing|Bob

=== rows that stood in the target before are found, and a second flow into a table that has its keys already
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); table more file 'more.csv' (number text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint references employee);
}
phase one {
    create app.*;
    from s.staff as s { on error reject; into app.employee { number = s.number; boss_id = app.employee[number = s.boss]; } }
    constrain app.*;
}
phase two after one {
    from s.more as s { on error reject; into app.employee { number = s.number; boss_id = app.employee[number = s.boss]; } }
}
--- file staff.csv
number,boss
a,b
b,
--- file more.csv
number,boss
c,d
d,e
e,a
f,nobody
--- run run
--- rows select id, number, boss_id from employee order by id
1|a|2
2|b|\N
3|c|4
4|d|5
5|e|1
--- rows select file, line, rule from _migc_reject
more.csv|5|missing

=== tables that need each other and have their keys already, filled in a later phase
--- spec
migration m;
source s csv '.' {
    table teams file 'teams.csv' (name text not null, lead text not null);
    table people file 'people.csv' (name text not null, team text not null);
}
target app sqlite 'app.db' {
    table team (id bigint primary key identity, name text not null unique, lead_id bigint not null references person);
    table person (id bigint primary key identity, name text not null unique, team_id bigint not null references team on delete restrict);
}
phase schema { create app.*; constrain app.*; }
phase data after schema {
    from s.teams as t { on error reject; into app.team { name = t.name; lead_id = app.person[name = t.lead]; } }
    from s.people as p { on error reject; into app.person { name = p.name; team_id = app.team[name = p.team]; } }
}
--- file teams.csv
name,lead
red,Ann
--- file people.csv
name,team
Ann,red
--- run run
--- rows select t.name, p.name from team t join person p on p.id = t.lead_id and t.id = p.team_id
red|Ann

=== early duplicates, late duplicates, lists, SQL behind the flow
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text, grade text, skills text); }
target app sqlite 'app.db' {
    table early (id bigint primary key identity, number text not null unique, boss_id bigint);
    table late (id bigint primary key identity, number text not null unique, boss_id bigint, grade text, n integer);
    table skill (id bigint primary key identity, early_id bigint not null, boss_skill bigint, name text not null);
    table note (n bigint);
}
dedup app.early by number;
dedup app.late by number { keep last by grade; duplicate merge { n = count; } }
phase all {
    create app.*;
    from s.staff as s {
        on error reject;
        into app.early { number = s.number; boss_id = app.early[number = s.boss] else null; }
        into app.late { number = s.number; boss_id = app.late[number = s.boss] else null; grade = s.grade; }
        into app.skill each g in items(s.skills, ' ') { name = g; early_id = app.early[number = s.number]; boss_skill = app.skill[name = upper(g)] else null; }
    }
    sql app $$ insert into note select count(*) from early $$;
}
--- file staff.csv
number,boss,grade,skills
a,c,2,x y
b,a,1,
a,b,3,z
c,d,1,X
a,x,1,Y
--- run run
--- rows select id, number, boss_id from early order by id
1|a|3
2|b|1
3|c|\N
--- rows select id, number, boss_id, grade, n from late order by id
1|a|2|3|3
2|b|1|1|1
3|c|\N|1|1
--- rows select id, early_id, boss_skill, name from skill order by id
1|1|4|x
2|1|5|y
3|1|\N|z
4|3|4|X
5|1|5|Y
--- rows select n from note
3

=== a row that lost others to it cannot be refused later: the phase ends, and says which
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' { table employee (id bigint primary key identity, number text not null, boss_id bigint); }
dedup app.employee by number;
from s.staff as s {
    on error reject;
    into app.employee { number = s.number; boss_id = app.employee[number = s.boss]; }
}
--- file staff.csv
number,boss
a,nobody
a,
b,a
--- run run
--- exit 5
--- both
staff.csv:2 cannot be refused any more
hint: Let the look-up that waits say `else null`, or mend the row.
--- rows select count(*) from employee
0

=== more rows than --memory holds wait on disk
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text, filler text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(20) not null unique, boss_id bigint references employee, filler text);
}
from s.staff as s {
    on error reject;
    into app.employee { copy *; boss_id = app.employee[number = s.boss]; }
}
--- sh
python3 - <<'EOF'
with open("staff.csv", "w") as f:
    f.write("number,boss,filler\n")
    for i in range(250000):
        f.write("e%d,%s,%s\n" % (i, "e%d" % (i + 1) if i < 249000 else "e%d" % (i - 249000) if i > 249000 else "", "x" * 10))
EOF
--- run run --memory 16MiB
--- rows select count(*), count(boss_id), sum(id), sum(boss_id) from employee
250000|249999|31250125000|31001373999
--- rows select e.number, b.number from employee e join employee b on b.id = e.boss_id where e.id in (1, 248999, 249002, 250000) order by e.id
e0|e1
e248998|e248999
e249001|e1
e249999|e999

=== existing tables whose references are checked row by row are refused before the first write; deferrable ones serve
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); }
target app postgres 'dbname=x' {
    existing table employee (id bigint primary key identity, number varchar(10) not null unique, boss_id bigint);
}
from s.staff as s {
    on error reject;
    into app.employee { number = s.number; boss_id = app.employee[number = s.boss]; }
}
--- file staff.csv
number,boss
a,b
b,
--- sql postgres
create table employee (id bigint generated by default as identity primary key, number varchar(10) not null unique,
    boss_id bigint constraint "the boss" references employee);
--- sql sqlite
create table employee (id integer primary key not null, number varchar(10) not null unique, boss_id bigint references employee);
--- sh
if [ "$ENGINE" = postgres ]; then
    code=0; $PROG run --target "$TARGET" 2> err || code=$?
    test $code = 3
    grep -F 'the reference "the boss" of table "employee" is checked row by row, and phase "data" brings rows that refer to each other' err
    grep -F 'hint: Let its owner say: alter table "employee" alter constraint "the boss" deferrable;' err
    psql -qX -d "$LOCATION" -c 'alter table employee alter constraint "the boss" deferrable'
fi
--- run run
--- rows select e.number, b.number from employee e left join employee b on b.id = e.boss_id order by 1
a|b
b|\N

=== aliases beside rows that wait: what they create stays, and a row that they have told cannot be refused any more
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (name text not null, boss text, town text); }
target app sqlite 'app.db' {
    table town (id bigint primary key identity, name text not null unique);
    table employee (id bigint primary key identity, name text not null unique, boss_id bigint references employee, town_id bigint references town);
}
alias town { table app.town (name); match trim, casefold; value 'Bonn'; unknown create; }
phase all {
    create app.*;
    load town;
    from s.staff as s {
        on error reject;
        into app.employee { name = s.name; boss_id = app.employee[name = s.boss]; town_id = town[s.town]; }
    }
    constrain app.*;
}
--- file staff.csv
name,boss,town
Ann,Bob,bonn
Bob,,Köln
Cid,nobody,Ulm
Dan,Cid,köln
--- run run
--- rows select id, name from town order by id
1|Bonn
2|Köln
3|Ulm
--- rows select id, name, boss_id, town_id from employee order by id
1|Ann|2|1
2|Bob|\N|2
--- rows select line, rule from _migc_reject order by line
4|missing
5|missing

=== an alias of the rows that wait has told their keys
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (name text not null, boss text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, name text not null unique, boss_id bigint);
    table note (employee_id bigint);
}
alias person { table app.employee (name); match trim, casefold; unknown null; }
from s.staff as s {
    on error reject;
    into app.employee { name = s.name; boss_id = app.employee[name = s.boss]; }
    into app.note { employee_id = person[s.name]; }
}
--- file staff.csv
name,boss
Ann,Bob
Bob,nobody
--- run run
--- exit 5
--- both
staff.csv:3 cannot be refused any more (no row of "employee" has this name): an alias has told others of it
--- write staff.csv
name,boss
Ann,Bob
Bob,
--- run run
--- rows select n.employee_id, e.name from note n join employee e on e.id = n.employee_id order by 1
1|Ann
2|Bob

=== on error skip: the into is given up, its row is found by nobody; several intos stand or fall by themselves
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text, pay text); }
target app sqlite 'app.db' {
    table employee (id bigint primary key identity, number varchar(4) not null unique, boss_id integer, pay numeric(6,2) check (pay > 0), unique (boss_id, pay));
    table badge (number text not null, boss_id bigint);
}
from s.staff as s {
    on error skip;
    into app.employee { number = s.number; boss_id = app.employee[number = s.boss]; pay = numeric(s.pay); }
    into app.badge { number = s.number; boss_id = app.employee[number = s.boss] else null; }
}
--- file staff.csv
number,boss,pay
a,b,10.50
b,a,7
c,b,10.5
d,c,1
e,nobody,3
f,,-1
g,f,2
toolong,a,3
h,a,5
--- run run
--- rows select id, number, boss_id, pay from employee order by id
1|a|2|10.50
2|b|1|7.00
7|h|1|5.00
--- rows select number, boss_id from badge order by number
a|2
b|1
c|2
d|\N
e|\N
f|\N
g|\N
h|1
toolong|1
--- rows select rows_read, rows_rejected, rows_carried, emitted, inserted from _migc_flow order by into_no
9|0|9|\N|\N
\N|\N|\N|3|3
\N|\N|\N|9|9
--- run status

=== flows of several phases, queries of a database, rows that are kept with their own keys
--- spec
migration m;
source old sqlite 'old.db' {
    table nodes (id integer not null, parent integer, code text not null, next text);
    query leaves $$ select code, next from nodes where parent is not null $$ (code text not null, next text);
}
target app sqlite 'app.db' {
    table node (id integer primary key identity, parent_id integer references node, code text not null unique, next_id integer references node);
    table leaf (node_id integer primary key references node, next_leaf integer references leaf);
}
phase all {
    create app.*;
    from old.nodes as n {
        on error reject;
        into app.node { id = n.id; parent_id = n.parent; code = n.code; next_id = app.node[code = n.next]; }
    }
    from old.leaves as l {
        on error reject;
        into app.leaf { node_id = app.node[code = l.code]; next_leaf = app.leaf[node_id = app.node[code = l.next]].node_id else null; }
    }
    constrain app.*;
}
--- source-db old.db
create table nodes (id integer, parent integer, code text, next text);
insert into nodes values (7, 9, 'c', 'b'), (9, null, 'a', 'c'), (12, 9, 'b', 'c'), (3, 12, 'd', 'x'), (20, 7, 'e', 'e');
--- run run
--- rows select id, parent_id, code, next_id from node order by id
7|9|c|12
9|\N|a|7
12|9|b|7
20|7|e|20
--- rows select node_id, next_leaf from leaf order by node_id
7|12
12|7
20|20
--- rows select source, file, line, column_name, rule, value, raw from _migc_reject order by source, line
old.leaves|leaves|3|code|missing|d|{"code": "d", "next": "x"}
old.nodes|nodes|4|next|missing|x|{"id": 3, "parent": 12, "code": "d", "next": "x"}
--- run run
nothing to do

=== a look-up by the source row that a row came from waits as well
--- spec
migration m;
source s csv '.' { options (null ''); table staff file 'staff.csv' (number text not null, boss text); }
target app sqlite 'app.db' { table employee (id bigint primary key identity, name text, boss_id bigint references employee); }
from s.staff as s {
    on error reject;
    into app.employee { name = 'n' || s.number; boss_id = app.employee[s.staff.number = s.boss]; }
}
--- file staff.csv
number,boss
a,b
b,c
c,
d,nobody
e,d
--- run run
--- rows select id, name, boss_id from employee order by id
1|na|2
2|nb|3
3|nc|\N
--- rows select line, column_name, rule, value from _migc_reject order by line
5|boss|missing|nobody
6|boss|missing|d
