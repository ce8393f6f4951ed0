# Early and late dedup: which row is kept, what becomes of the others, where references lead.

=== the first is kept, others are dropped, references follow
--- spec
migration m;
source s csv '.' {
    options (null '');
    table people file 'people.csv' (email text, name text not null);
    table orders file 'orders.csv' (name text not null, item text not null);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, email text, name text not null);
    table purchase (person_id integer not null references person, item text not null);
}
dedup app.person by casefold(email);
from s.people into app.person;
from s.orders as o { on error reject; into app.purchase { person_id = app.person[name = o.name]; item = o.item; } }
--- file people.csv
email,name
a@x.org,Ann
b@x.org,Bob
A@X.ORG,Anna
,Nobody
,No one
--- file orders.csv
name,item
Ann,lamp
Anna,desk
Nobody,bed
Zoe,pen
--- run run
1 rejected
missing
--- rows select id, email, name from person order by id
1|a@x.org|Ann
2|b@x.org|Bob
3|\N|Nobody
4|\N|No one
--- rows select person_id, item from purchase order by item
3|bed
1|desk
1|lamp
--- run status
data
--- run run
nothing to do

=== a dropped row leads to the kept one by a key that is not an identity
--- spec
migration m;
source s csv '.' {
    table people file 'people.csv' (id integer, email text, name text);
    table orders file 'orders.csv' (name text, item text);
}
target app sqlite 'app.db' {
    table person (id integer primary key, email text not null, name text not null);
    table purchase (person_id integer not null references person, item text not null);
}
dedup app.person by email;
from s.people as p { on error reject; into app.person { copy *; } }
from s.orders as o { on error reject; into app.purchase { person_id = app.person[name = o.name]; item = o.item; } }
--- file people.csv
id,email,name
7,a@x.org,Ann
8,b@x.org,Bob
9,a@x.org,Anna
--- file orders.csv
name,item
Anna,desk
Bob,lamp
--- run run
--- rows select id, email, name from person order by id
7|a@x.org|Ann
8|b@x.org|Bob
--- rows select person_id, item from purchase order by item
7|desk
8|lamp

=== duplicates that are rejected say what they are the same as
--- spec
migration m;
source s csv '.' { table people file 'people.csv' (email text); }
target app sqlite 'app.db' { table person (email text not null); }
dedup app.person by email { duplicate reject 'e-mail taken'; }
from s.people { on error reject; into app.person { copy *; } }
--- file people.csv
email
a
b
a
--- run run
1 rejected
duplicate
e-mail taken: the same as people.csv:2
--- rows select email from person order by email
a
b

=== the last by an expression is kept; null never wins; ties go by source order
--- spec
migration m;
source s csv '.' { options (null ''); table visits file 'visits.csv' (who text, seen text, note text); }
target app sqlite 'app.db' { table visit (id integer primary key identity, who text not null, seen integer, note text); }
dedup app.visit by who { keep last by seen; }
from s.visits as v { on error reject; into app.visit { who = v.who; seen = integer(v.seen); note = v.note; } }
--- file visits.csv
who,seen,note
ann,1,first
bob,5,only
ann,3,late
ann,,no time
ann,3,late again
cat,,a
cat,,b
--- run run
--- rows select id, who, seen, note from visit order by id
1|ann|3|late again
2|bob|5|only
3|cat|\N|b

=== merge: every rule, in source order, whichever row is kept
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (k text, seen text, note text, fee text, best text, lo text, opt text); }
target app sqlite 'app.db' {
    table r (id integer primary key identity, k text not null, seen integer, note text, fee numeric(10,2), best integer, lo integer,
             copies integer, opt text);
}
dedup app.r by k {
    keep last by seen;
    duplicate merge { note = join('; '); fee = sum; best = max; lo = min; copies = count; };
}
from s.t as t {
    on error reject;
    into app.r { k = t.k; seen = integer(t.seen); note = t.note; fee = numeric(t.fee); best = integer(t.best); lo = integer(t.lo); opt = t.opt; }
}
--- file t.csv
k,seen,note,fee,best,lo,opt
a,1,one,1.10,3,3,first
b,9,solo,5,1,1,
a,3,,2.20,9,2,
a,2,two,,1,7,second
--- run run
--- rows select id, k, seen, note, fee, best, lo, copies, opt from r order by id
1|a|3|one; two|3.30|9|2|3|first
2|b|9|solo|5.00|1|1|1|\N

=== rewrite keeps every row and passes the table's rules again
--- spec
migration m;
source s csv '.' { table u file 'u.csv' (email text, name text); }
target app sqlite 'app.db' { table person (id integer primary key identity, email text not null unique, name text not null); }
dedup app.person by casefold(email) { duplicate rewrite { email = name || '@example.invalid'; }; }
from s.u { on error reject; into app.person { copy *; } }
--- file u.csv
email,name
a@x.org,ann
A@x.org,anna
b@x.org,bob
--- run run
--- rows select id, email, name from person order by id
1|a@x.org|ann
2|anna@example.invalid|anna
3|b@x.org|bob

=== a rewritten row that breaks a rule fails the phase and says which
--- spec
migration m;
source s csv '.' { table u file 'u.csv' (email text, name text); }
target app sqlite 'app.db' { table person (email text not null unique, name text not null); }
dedup app.person by casefold(email) { duplicate rewrite { email = name || '@example.invalid'; }; }
from s.u { on error reject; into app.person { copy *; } }
--- file u.csv
email,name
a@x.org,ann
A@x.org,bob
a@X.org,bob
--- run run
--- exit 5
--- err
the rewritten row of u.csv:4 breaks a rule of its table
bob@example.invalid
--- run status
pending

=== a duplicate that is rejected late is counted and kept
--- spec
migration m;
source s csv '.' { table u file 'u.csv' (k text, v integer); }
target app sqlite 'app.db' { table r (k text not null, v integer not null); }
dedup app.r by k { keep last by v; duplicate reject 'older'; }
from s.u { on error reject; into app.r { copy *; } }
check 'counts' after data: count(app.r) = count(s.u) - rejected(s.u);
--- file u.csv
k,v
a,1
b,5
a,3
--- run run
1 row was rejected
older: the same as u.csv:4
--- rows select k, v from r order by k
a|3
b|5
--- cat m-rejects/data.u.csv
/^run,phase,source,file,line/
/duplicate,older: the same as u.csv:4,,"a,1"$/

=== two flows into one table, joined by a late dedup
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (k text, v integer); table b file 'b.csv' (k text, v integer); }
target app sqlite 'app.db' { table r (id integer primary key identity, k text not null, v integer not null); }
dedup app.r by k { keep last by v; }
from s.a { on error reject; into app.r { copy *; } }
from s.b { on error reject; into app.r { copy *; } }
--- file a.csv
k,v
x,1
y,9
--- file b.csv
k,v
x,2
z,1
y,3
--- run run
--- rows select id, k, v from r order by id
1|x|2
2|y|9
3|z|1
