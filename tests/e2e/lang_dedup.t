# Dedup: which rows are the same thing, which one is kept, what becomes of the others.

=== nothing said: the first in source order is kept, the others are dropped and counted as merged
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't*.csv' (email text, name text); }
target app sqlite 'app.db' { table p (id integer primary key identity, email text, name text); }
dedup app.p by casefold(trim(email));
from s.t as t into app.p { email = t.email; name = t.name; }
--- file t1.csv
email,name
ann@x.org,Ann
bob@x.org,Bob
ANN@X.ORG,Ann 2
,Nobody
--- file t2.csv
email,name
 bob@x.org ,Bob 2
,Nobody 2
cid@x.org,Cid
--- run run
--- rows select id, email, name from p order by id
1|ann@x.org|Ann
2|bob@x.org|Bob
3|\N|Nobody
4|\N|Nobody 2
5|cid@x.org|Cid
--- rows select rows_read, rows_rejected, rows_carried from _migc_flow where into_no < 0
7|0|7
--- rows select emitted, inserted, merged from _migc_flow where into_no >= 0
7|5|2
--- rows select action, file, line, kept_file, kept_line from _migc_duplicate order by file, line
drop|t1.csv|4|t1.csv|2
drop|t2.csv|2|t1.csv|3

=== keep last: the last in source order
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text, v text); }
target app sqlite 'app.db' { table p (k text, v text); }
dedup app.p by k { keep last; duplicate drop; }
from s.t as t into app.p { copy *; }
--- file t.csv
k,v
a,1
b,1
a,2
a,3
--- run run
--- rows select k, v from p order by k
a|3
b|1
--- rows select line, kept_line from _migc_duplicate order by line
2|5
4|5

=== keep first and last by an expression: ties by source order, nulls never win
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text, v text, d text); }
target app sqlite 'app.db' {
    table lo (k text, v text, d date);
    table hi (k text, v text, d date);
    table len (k text, v text);
}
dedup app.lo by k { keep first by d; }
dedup app.hi by k { keep last by d; }
dedup app.len by k { keep last by length(v); duplicate drop; }
from s.t as t {
    on error reject;
    into app.lo { k = t.k; v = t.v; d = date(t.d); }
    into app.hi { k = t.k; v = t.v; d = date(t.d); }
    into app.len { k = t.k; v = t.v; }
}
--- file t.csv
k,v,d
a,one,2024-02-01
a,two,2024-01-01
a,three,2024-01-01
a,four,2024-02-01
a,fiver,
b,x,
b,y,
--- run run
--- rows select * from lo order by k
a|two|2024-01-01
b|x|\N
--- rows select * from hi order by k
a|four|2024-02-01
b|y|\N
--- rows select * from len order by k
a|fiver
b|y

=== duplicate reject, first kept: the why and the place of the kept row
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text, v text); }
target app sqlite 'app.db' { table p (k text, v text); }
dedup app.p by (k, lower(v)) { duplicate reject 'entered twice'; }
from s.t as t { on error reject; into app.p { copy *; } }
--- file t.csv
k,v
a,x
a,y
a,X
b,x
a,x
--- run run
--- rows select k, v from p order by k, v
a|x
a|y
b|x
--- rows select line, rule, reason from _migc_reject order by line
4|duplicate|entered twice: the same as t.csv:2
6|duplicate|entered twice: the same as t.csv:2

=== duplicate reject, best kept: the others are rejects, wherever they stand
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text, n integer not null); }
target app sqlite 'app.db' { table p (k text, n integer not null); }
dedup app.p by k { keep last by n; duplicate reject; }
from s.t as t { on error reject; into app.p { copy *; } }
--- file t.csv
k,n
a,1
a,3
b,7
a,2
--- run run
--- rows select k, n from p order by k
a|3
b|7
--- rows select line, rule, reason, raw from _migc_reject order by line
2|duplicate|duplicate: the same as t.csv:3|a,1
5|duplicate|duplicate: the same as t.csv:3|a,2
--- rows select rows_read, rows_rejected, rows_carried from _migc_flow where into_no < 0
4|2|2
--- rows select emitted, inserted from _migc_flow where into_no >= 0
2|2

=== merge: every rule, and what has none takes the kept row's value, or the first that is not null
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (k text not null, d text, f text, l text, lo text, hi text, s text, c text, j text, lg text, rest text, fill text);
}
target app sqlite 'app.db' {
    table p (
        id integer primary key identity, k text not null, d date, f text, l text, lo integer, hi numeric(6,2), s numeric(8,2),
        c integer not null default 1, j text, lg text, rest text, fill text
    );
}
dedup app.p by k {
    keep last by d;
    duplicate merge {
        f = first; l = last; lo = min; hi = max; s = sum; c = count; j = join(' + '); lg = longest;
    };
}
from s.t as t {
    on error reject;
    into app.p {
        copy * except d, lo, hi, s, c;
        d = date(t.d); lo = integer(t.lo); hi = numeric(t.hi); s = numeric(t.s);
    }
}
--- file t.csv
k,d,f,l,lo,hi,s,c,j,lg,rest,fill
a,2024-01-02,,l1,5,1.5,1.10,,j1,xx,r1,
b,,only,,,,,,,,,
a,2024-01-03,f2,l2,,10,,,,yyy,r2,
a,2024-01-01,f3,,-3,9.99,2.20,,j3,日本語,r3,f3
--- run run
--- rows select id, k, d, f, l, lo, hi, s, c, j, lg, rest, fill from p order by id
1|a|2024-01-03|f2|l2|-3|10.00|3.30|3|j1 + j3|yyy|r2|f3
2|b|\N|only|\N|\N|\N|\N|1|\N|\N|\N|\N
--- rows select action, line, kept_line from _migc_duplicate order by line
merge|2|4
merge|5|4

=== rewrite: the others are kept too, changed so that they are no duplicates
--- spec
migration m;
source s csv '.' { table t file 't.csv' (username text not null, email text not null, joined text not null); }
target app sqlite 'app.db' {
    table u (id integer primary key identity, username text not null, email text not null unique, joined date not null);
}
dedup app.u by casefold(email) {
    keep first by joined;
    duplicate rewrite { email = username || '@example.invalid'; };
}
from s.t as t { on error reject; into app.u { username = t.username; email = t.email; joined = date(t.joined); } }
--- file t.csv
username,email,joined
ann,a@x.org,2024-03-01
bob,b@x.org,2024-01-01
eve,A@x.org,2024-01-01
--- run run
--- rows select username, email from u order by id
ann|ann@example.invalid
bob|b@x.org
eve|A@x.org
--- rows select action, line, kept_line from _migc_duplicate
rewrite|2|4

=== look-ups of a dropped or merged row lead to the row that was kept
--- spec
migration m;
source s csv '.' {
    options (null '');
    table t file 't.csv' (k text not null, v text, n integer not null);
    table r file 'r.csv' (v text not null);
}
target app sqlite 'app.db' {
    table early (id integer primary key identity, k text not null, v text, n integer not null);
    table late  (id integer primary key identity, k text not null, v text, n integer not null);
    table merged (id integer primary key identity, k text not null, v text, n integer not null);
    table r (v text not null, early_id integer, late_id integer, merged_id integer, late_n integer);
    table own (k text not null, early_id integer not null);
}
dedup app.early by k;
dedup app.late by k { keep last by n; };
dedup app.merged by k { keep last by n; duplicate merge { n = sum; }; };
from s.t as t {
    on error reject;
    into app.early { copy *; }
    into app.late { copy *; }
    into app.merged { copy *; }
    into app.own { k = t.k; early_id = app.early[v = t.v]; }
}
from s.r as r {
    on error reject;
    into app.r {
        v = r.v; early_id = app.early[v = r.v]; late_id = app.late[v = r.v]; merged_id = app.merged[v = r.v];
        late_n = app.late[v = r.v].n;
    }
}
--- file t.csv
k,v,n
a,a1,1
b,b1,1
a,a2,9
a,a3,5
b,b2,0
--- file r.csv
v
a1
a2
a3
b1
b2
c1
--- run run
--- rows select id, k, v, n from early order by id
1|a|a1|1
2|b|b1|1
--- rows select id, k, v, n from late order by id
1|a|a2|9
2|b|b1|1
--- rows select id, k, v, n from merged order by id
1|a|a2|15
2|b|b1|1
--- rows select v, early_id, late_id, merged_id, late_n from r order by v
a1|1|1|1|9
a2|1|1|1|9
a3|1|1|1|9
b1|2|2|2|1
b2|2|2|2|1
--- rows select k, early_id from own order by k, early_id
a|1
a|1
a|1
b|2
b|2
--- rows select file, line, rule from _migc_reject
r.csv|7|missing

=== several flows into one table are one table: source order is the flows' order, then the rows'
--- spec
migration m;
source s csv '.' {
    options (null '');
    table a file 'a.csv' (day text not null, who text, fee text);
    table b file 'b.csv' ("when" text not null, trainer text, paid text);
}
target app sqlite 'app.db' { table session (id integer primary key identity, day date not null, who text, fee numeric(8,2), origin text not null, copies integer not null default 1); }
dedup app.session by (day, who) { keep first; duplicate merge { fee = max; copies = count; origin = join('+'); }; }
from s.a as a { on error reject; into app.session { day = date(a.day); who = a.who; fee = numeric(a.fee); origin = 'a'; } }
from s.b as b { on error reject; into app.session { day = date(b."when", 'DD.MM.YYYY'); who = b.trainer; fee = numeric(b.paid); origin = 'b'; } }
--- file a.csv
day,who,fee
2024-01-01,ann,10
2024-01-02,ann,
2024-01-03,,5
--- file b.csv
when,trainer,paid
02.01.2024,ann,7.5
01.01.2024,ann,12
03.01.2024,,6
04.01.2024,bob,1
--- run run
--- rows select id, day, who, fee, origin, copies from session order by id
1|2024-01-01|ann|12.00|a+b|2
2|2024-01-02|ann|7.50|a+b|2
3|2024-01-03|\N|5.00|a|1
4|2024-01-03|\N|6.00|b|1
5|2024-01-04|bob|1.00|b|1
--- rows select flow, emitted, inserted, merged from _migc_flow where into_no >= 0 order by flow
s.a|3|3|0
s.b|4|2|2

=== a unique rule without dedup: the second row is refused and both rows are named
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id text not null, a text, b text); }
target app sqlite 'app.db' {
    table p (id integer primary key, a varchar(10), b varchar(10), constraint ab unique (a, b)) unique index (b);
}
from s.t as t { on error reject; into app.p { id = integer(t.id); a = t.a; b = t.b; } }
--- file t.csv
id,a,b
1,x,y
1,x,z
2,x,y
3,x,
4,x,
5,q,y
--- run run
--- rows select id, a, b from p order by id
1|x|y
3|x|\N
4|x|\N
--- rows select line, rule, reason from _migc_reject order by line
3|unique|unique (id) of "p" does not hold: the same comes from t.csv:2
4|unique|unique (a, b) of "p" does not hold: the same comes from t.csv:2
7|unique|unique (b) of "p" does not hold: the same comes from t.csv:2

=== a unique rule, on error skip: the second row goes its way
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null unique); table all_rows (a text not null); }
from s.t as t { on error skip; into app.p { a = t.a; } into app.all_rows { a = t.a; } }
--- file t.csv
a
x
y
x
--- run run
--- rows select a from p order by a
x
y
--- rows select a from all_rows order by a
x
x
y

=== rows that stood in an existing table count, for unique rules and for dedup
--- spec
migration m;
source s csv '.' { table t file 't.csv' (k text not null, v text not null); }
target app sqlite 'app.db' {
    existing table p (id integer not null primary key identity, k text not null, v text not null unique);
    existing table d (id integer not null primary key identity, k text not null, v text not null);
}
dedup app.d by casefold(k);
from s.t as t { on error reject; into app.d { k = t.k; v = t.v; } into app.p { k = t.k; v = t.v; } }
--- sql sqlite
create table p (id integer primary key, k text not null, v text not null unique);
create table d (id integer primary key, k text not null, v text not null);
insert into p values (10, 'old', 'taken');
insert into d values (20, 'ANN', 'old');
--- sql postgres
create table p (id integer generated by default as identity primary key, k text not null, v text not null unique);
create table d (id integer generated by default as identity primary key, k text not null, v text not null);
insert into p values (10, 'old', 'taken');
insert into d values (20, 'ANN', 'old');
--- file t.csv
k,v
ann,1
bob,taken
cid,3
--- run run
--- rows select * from d order by id
20|ANN|old
21|cid|3
--- rows select * from p order by id
10|old|taken
11|ann|1
12|cid|3
--- rows select line, rule from _migc_reject
3|unique

=== merge strict: rows that contradict in a column without a rule end the phase, with both named
--- spec
migration m;
source s csv '.' { options (null ''); table a file 'a.csv' (mail text not null, name text, fee numeric, note text); }
target app sqlite 'app.db' { table p (id integer primary key identity, mail text not null, name text, fee numeric, note text); }
dedup app.p by lower(mail) { keep last; duplicate merge strict { note = join('; '); } }
from s.a as a { on error reject; into app.p { copy *; } }
--- file a.csv
mail,name,fee,note
a@x,,1.50,one
B@x,Bob,2,two
A@x,Ann,1.5,three
b@x,,3,four
a@X,Ann,,five
--- run run
--- exit 5
--- both
dedup "p": a.csv:3 and a.csv:5 are the same and contradict in "fee": 2 and 3
hint: Give "fee" a rule in the merge, or mend one of the rows; without `strict` the kept row's value stays.
--- rows select count(*) from p
0
--- sh sed -i 's/b@x,,3,four/b@x,,2.0,four/' a.csv
--- run run
--- rows select mail, name, fee, note from p order by id
a@X|Ann|1.50|one; three; five
b@x|Bob|2.0|two; four

=== SQL below a flow sees the rows that a late dedup has settled
--- spec
migration p;
source s csv '.' { table a file 'a.csv' (k text not null, v text not null); }
target app sqlite 'app.db' { table t (k text primary key, v text not null); table n (c integer); }
dedup app.t by (k) { keep last by v; duplicate drop; }
phase d {
    create app.*;
    sql app $$ insert into n select count(*) from t $$;
    from s.a into app.t;
    sql app $$ insert into n select count(*) from t $$;
}
--- file a.csv
k,v
a,1
a,2
b,1
--- run run
--- rows select c from n order by c
0
2
