# app.t[src.u.id = e]: the row of the target that came from a row of a source.

=== keys that are given anew, and references that follow
--- spec
migration m;
source old sqlite 'old.db' {
    table trainers (id integer not null, name text, team text, no integer);
    table clients (id integer not null, name text, trainer_id integer, team text, no integer);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, name text not null, code text);
    table client (id integer primary key, name text not null, trainer_id integer references person, same integer, code text);
}
from old.clients as c {
    on error reject;
    into app.client {
        id = c.id;
        name = c.name;
        trainer_id = app.person[old.trainers.id = c.trainer_id];
        same = app.person[old.trainers.team = c.team, old.trainers.no = c.no] else null;
        code = app.person[old.trainers.id = c.trainer_id].code;
    }
}
from old.trainers as t {
    skip when t.name is null;
    into app.person { name = t.name; code = t.team || text(t.no) else null; }
}
--- source-db old.db
create table trainers (id, name, team, no);
create table clients (id, name, trainer_id, team, no);
insert into trainers values (17, 'Ann', 'a', 1), (5, 'Bob', 'a', 2), (99, 'Cyd', 'b', 1), (7, null, 'b', 2), (8, 'Dan', 'c', 1), (8, 'Eve', 'c', 2), ('x9', 'Fay', 'd', 1);
insert into clients values (1, 'one', 99, 'a', 2), (2, 'two', null, 'b', null), (3, 'three', 7, 'b', 1), (4, 'four', 1000, 'b', 1), (5, 'five', 8, 'b', 2), (6, 'six', 17, 'b', 2);
--- run run
--- rows select id, name, code from person order by id
1|Ann|a1
2|Bob|a2
3|Cyd|b1
4|Dan|c1
5|Eve|c2
6|Fay|d1
--- rows select * from client order by id
1|one|3|2|b1
2|two|\N|\N|\N
6|six|1|\N|a1
--- rows select line, rule, column_name, reason from _migc_reject order by line
3|missing|trainer_id|no row of "person" came from the row of old.trainers with this id
4|missing|trainer_id|no row of "person" came from the row of old.trainers with this id
5|ambiguous|trainer_id|more than one row of "person" came from the row of old.trainers with this id
--- migc explain spec.mig
! provenance: which

=== a dropped duplicate leads to the row that was kept, whatever kind of key that has
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null, mail text not null); table b file 'b.csv' (id integer not null, a_id text); }
target app sqlite 'app.db' {
    table one (id integer primary key identity, mail text);
    table two (id text primary key, mail text);
    table three (id uuid primary key, mail text);
    table b (id integer primary key, one integer, two text, three uuid, mail text);
}
dedup app.one by lower(mail);
dedup app.two by lower(mail);
dedup app.three by lower(mail);
from s.a as a {
    on error reject;
    into app.one { mail = a.mail; }
    into app.two { id = 'key ' || a.id; mail = a.mail; }
    into app.three { id = uuid('00000000-0000-0000-0000-00000000000' || a.id); mail = a.mail; }
}
from s.b as b {
    on error reject;
    into app.b { id = b.id; one = app.one[s.a.id = b.a_id]; two = app.two[s.a.id = b.a_id]; three = app.three[s.a.id = b.a_id];
        mail = app.three[s.a.id = b.a_id].mail; }
}
--- file a.csv
id,mail
1,ann@x
2,bob@x
3,ANN@x
4,Ann@X
--- file b.csv
id,a_id
1,1
2,2
3,3
4,4
5,5
--- run run
--- rows select * from b order by id
1|1|key 1|00000000-0000-0000-0000-000000000001|ann@x
2|2|key 2|00000000-0000-0000-0000-000000000002|bob@x
3|1|key 1|00000000-0000-0000-0000-000000000001|ann@x
4|1|key 1|00000000-0000-0000-0000-000000000001|ann@x

=== two sources whose keys collide: one keeps its own, the other's are given behind them, references follow
--- spec
migration m;
source old sqlite 'old.db' {
    table sessions (id integer not null, day text);
    table training_sessions (id integer not null, day text);
    table notes (id integer not null, session_id integer, training_id integer);
}
target app sqlite 'app.db' {
    table session (id integer primary key identity, day text not null, kind text);
    table note (id integer primary key, session_id integer references session);
}
from old.notes as n {
    on error reject;
    into app.note { id = n.id; session_id = coalesce(app.session[old.sessions.id = n.session_id], app.session[old.training_sessions.id = n.training_id]); }
}
from old.training_sessions as t { on error reject; into app.session { copy * except id; kind = 'training'; } }
from old.sessions as s { on error reject; into app.session { copy *; kind = 'session'; } }
--- source-db old.db
create table sessions (id, day);
create table training_sessions (id, day);
create table notes (id, session_id, training_id);
insert into sessions values (1, 'mon'), (2, 'tue'), (40, 'wed');
insert into training_sessions values (1, 'thu'), (2, 'fri');
insert into notes values (1, 1, null), (2, null, 1), (3, 40, 2), (4, null, 2), (5, null, 3);
--- run run
--- rows select * from session order by id
1|mon|session
2|tue|session
40|wed|session
41|thu|training
42|fri|training
--- rows select * from note order by id
1|1
2|41
3|40
4|42

=== rows of two sources that are merged: both lead to the one that is left
--- spec
migration m;
source old sqlite 'old.db' {
    table payments (id integer not null, client integer, day text, fee integer);
    table records (id integer not null, client integer, day text, fee integer, note text);
    table refs (id integer not null, payment integer, record integer);
}
target app sqlite 'app.db' {
    table payment (id integer primary key identity, client integer, day text, fee integer, note text);
    table ref (id integer primary key, payment integer, record integer);
}
dedup app.payment by (client, day) { keep last by fee; duplicate merge { fee = sum; } }
from old.payments as p { on error reject; into app.payment { copy *; } }
from old.records as r { on error reject; into app.payment { copy * except id; } }
from old.refs as r {
    on error reject;
    into app.ref { id = r.id; payment = app.payment[old.payments.id = r.payment]; record = app.payment[old.records.id = r.record]; }
}
--- source-db old.db
create table payments (id, client, day, fee);
create table records (id, client, day, fee, note);
create table refs (id, payment, record);
insert into payments values (1, 1, 'mon', 10), (2, 1, 'tue', 10), (3, 1, 'mon', 30), (4, null, 'mon', 5);
insert into records values (1, 1, 'mon', 20, 'x'), (2, 2, 'wed', 5, 'y'), (3, 1, 'tue', 50, 'z');
insert into refs values (1, 1, 1), (2, 2, 2), (3, 3, 3), (4, 4, null), (5, null, 4);
--- run run
--- rows select * from payment order by id
2|1|tue|60|z
3|1|mon|60|x
4|\N|mon|5|\N
5|2|wed|5|y
--- rows select * from ref order by id
1|3|3
2|2|5
3|3|2
4|4|\N

=== rows of a rewrite keep keys of their own, and are known at once
--- spec
migration m;
source old sqlite 'old.db' { table trainers (id integer not null, mail text, name text not null); }
target app sqlite 'app.db' {
    table account (id integer primary key identity, mail text unique, name text not null);
    table profile (id integer primary key identity, account_id integer references account, name text);
}
dedup app.account by lower(mail) { keep first by name; duplicate rewrite { mail = name || '@invalid'; } }
from old.trainers as t {
    on error reject;
    into app.account { mail = t.mail; name = t.name; }
    into app.profile { account_id = app.account[old.trainers.id = t.id]; name = t.name; }
}
--- source-db old.db
create table trainers (id, mail, name);
insert into trainers values (30, 'x@y', 'Zoe'), (20, 'X@y', 'Ann'), (10, 'b@y', 'Bob');
--- run run
--- rows select a.id, a.mail, p.name from account a join profile p on p.account_id = a.id order by a.id
1|Zoe@invalid|Zoe
2|X@y|Ann
3|b@y|Bob

=== of a rejected duplicate there is none
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, k text); table b file 'b.csv' (id integer not null, a integer); }
target app sqlite 'app.db' { table early (id integer primary key identity, k text); table late (id integer primary key identity, k text, n integer); table b (id integer, early integer, late integer); }
dedup app.early by k { duplicate reject; }
dedup app.late by k { keep last; duplicate reject; }
from s.a as a { on error reject; into app.late { k = a.k; n = a.id; } }
from s.a as a { on error reject; into app.early { k = a.k; } }
from s.b as b { on error reject; into app.b { id = b.id; early = app.early[s.a.id = b.a] else -1; late = app.late[s.a.id = b.a] else -1; } }
--- file a.csv
id,k
1,x
2,x
3,y
--- file b.csv
id,a
1,1
2,2
3,3
--- run run
--- rows select b.id, b.early, coalesce(l.n, -1) from b left join late l on l.id = b.late order by b.id
1|1|-1
2|-1|2
3|2|3

=== one source row that makes several rows of a table is several, unless they are the same
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, tags text); table b file 'b.csv' (id integer not null); }
target app sqlite 'app.db' { table tag (id integer primary key identity, name text not null); table b (id integer, tag integer); }
dedup app.tag by name;
from s.a as a { on error reject; into app.tag each t in split(a.tags, ',') { name = t; } }
from s.b as b { on error reject; into app.b { id = b.id; tag = app.tag[s.a.id = b.id]; } }
--- file a.csv
id,tags
1,x
2,"x,y"
3,"y,y"
4,
--- file b.csv
id
1
2
3
4
--- run run
--- rows select * from b order by id
1|1
3|2
--- rows select line, rule from _migc_reject order by line
3|ambiguous
5|missing

=== asked in a later phase, and in a later run: the ledger knows
--- spec
migration m;
source old sqlite 'old.db' {
    table trainers (id integer not null, mail text, team text, born date);
    table clients (id integer not null, trainer_id integer, team text, born date);
}
target app sqlite 'app.db' {
    table person (id integer primary key identity, mail text not null, born date);
    table doc (id uuid primary key, mail text);
    table client (id integer primary key, trainer_id integer references person, same integer, born date, doc uuid);
}
dedup app.person by lower(mail) { keep last by born; duplicate merge { born = min; } }
phase make { create app.*; }
phase people after make { from old.trainers as t { on error reject; into app.person { mail = t.mail; born = t.born; } into app.doc { id = uuid5('6ba7b811-9dad-11d1-80b4-00c04fd430c8', t.mail); mail = t.mail; } } }
phase others after people { sql app $$ delete from doc where mail = 'c@x' $$; }
phase clients after others {
    from old.clients as c {
        on error reject;
        into app.client { id = c.id; trainer_id = app.person[old.trainers.id = c.trainer_id];
            same = app.person[old.trainers.team = c.team, old.trainers.born = c.born] else null;
            born = app.person[old.trainers.id = c.trainer_id].born;
            doc = app.doc[old.trainers.id = c.trainer_id]; }
    }
}
phase done after clients { constrain app.*; }
--- source-db old.db
create table trainers (id, mail, team, born);
create table clients (id, trainer_id, team, born);
insert into trainers values (17, 'a@x', 'it''s "a"', '1990-01-01'), (5, 'b@x', 'b', '1991-01-01'), (3, 'A@x', 'c', '1980-01-01'), (4, 'c@x', 'd', null);
insert into clients values (1, 17, 'c', '1980-01-01'), (2, 3, 'it''s "a"', '1990-01-01'), (3, 5, 'x', '1990-01-01'), (4, null, null, null), (5, 6, 'b', '1991-01-01');
--- run run --phase make
--- run run --phase people
--- rows select source, source_columns, source_key, target_table, target_key from _migc_provenance where target_table = 'person' order by source_columns, source_key
old.trainers|id|17|person|1
old.trainers|id|3|person|1
old.trainers|id|4|person|3
old.trainers|id|5|person|2
old.trainers|team, born|["b","1991-01-01"]|person|2
old.trainers|team, born|["c","1980-01-01"]|person|1
old.trainers|team, born|["it's \\"a\\"","1990-01-01"]|person|1
--- run run
--- rows select id, trainer_id, same, born, (select mail from doc where doc.id = client.doc) from client order by id
1|1|1|1980-01-01|a@x
2|1|1|1980-01-01|A@x
3|2|\N|1991-01-01|b@x
4|\N|\N|\N|\N
--- rows select line, rule, reason from _migc_reject
5|missing|no row of "person" came from the row of old.trainers with this id
--- run run
nothing

=== a row that is the same as one in the target leads to that one, in either kind of dedup
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id integer not null, k text, n integer); table b file 'b.csv' (id integer not null, a integer); }
target app sqlite 'app.db' {
    table first (id integer primary key identity, k text); table last (id integer primary key identity, k text, n integer); table own (id integer primary key, k text, n integer);
    table b (id integer, first integer, last integer, own integer);
}
dedup app.first by k;
dedup app.last by k { keep last by n; }
dedup app.own by k { keep last by n; }
phase make { create app.*; sql app $$ insert into first values (7, 'x'); insert into last values (8, 'x', 0); insert into own values (9, 'x', 0) $$; }
phase fill after make { from s.a as a { on error reject; into app.first { k = a.k; } into app.last { k = a.k; n = a.n; } into app.own { id = a.id; k = a.k; n = a.n; } } }
phase refs after fill { from s.b as b { on error reject; into app.b { id = b.id; first = app.first[s.a.id = b.a]; last = app.last[s.a.id = b.a]; own = app.own[s.a.id = b.a]; } } }
--- file a.csv
id,k,n
101,x,1
102,y,1
103,x,2
104,y,2
--- file b.csv
id,a
1,101
2,102
3,103
4,104
--- run run
--- rows select b.id, b.first, l.k, b.own from b join last l on l.id = b.last order by b.id
1|7|x|9
2|8|y|104
3|7|x|9
4|8|y|104
--- rows select last from b where id in (1, 3) order by id
8
8

=== a row may name one that comes later, of its own table
--- spec
migration m;
source old sqlite 'old.db' { table emp (id integer not null, name text, boss integer); }
target app sqlite 'app.db' { table emp (id integer primary key identity, name text not null, boss_id integer references emp); }
phase make { create app.*; }
phase fill after make { from old.emp as e { on error reject; into app.emp { name = e.name; boss_id = app.emp[old.emp.id = e.boss]; } } }
--- source-db old.db
create table emp (id, name, boss);
insert into emp values (10, 'Ann', 30), (20, 'Bob', 10), (30, 'Cyd', null), (40, 'Dan', 50), (50, 'Eve', 60);
--- run run
--- rows select e.name, b.name from emp e left join emp b on b.id = e.boss_id order by e.name
Ann|Cyd
Bob|Ann
Cyd|\N

=== in a phase that commits every few rows
--- spec
migration m;
source old sqlite 'old.db' { table trainers (id integer not null, name text); table clients (id integer not null, trainer_id integer); }
target app sqlite 'app.db' { table person (id integer primary key identity, name text); table client (id integer primary key, trainer_id integer, name text); }
phase make { create app.*; }
phase fill after make commit every 10 rows {
    from old.trainers as t into app.person { name = t.name; }
    from old.clients as c { on error abort; into app.client { id = c.id; trainer_id = app.person[old.trainers.id = c.trainer_id]; name = app.person[old.trainers.id = c.trainer_id].name; } }
}
--- source-db old.db
create table trainers (id, name);
create table clients (id, trainer_id);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 95) insert into trainers select 1000 - i, 'trainer ' || i from n;
insert into clients select id, id from trainers where id <> 950 order by id;
insert into clients values (5000, 1);
--- run run
--- exit 4
--- rows select count(*) from client
90
--- sh python3 -c "import sqlite3; d = sqlite3.connect('old.db'); d.execute('update clients set trainer_id = 950 where id = 5000'); d.commit()"
--- run run
--- rows select count(*), count(trainer_id), sum(trainer_id), count(distinct name) from client
95|95|4560|95

=== more origins than the memory limit holds
--- spec
migration m;
source s csv '.' { table a file 'a.csv' (id text not null); table b file 'b.csv' (id integer not null, a text); }
target app sqlite 'app.db' { table a (id integer primary key identity, k text); table b (id integer, a integer); }
phase make { create app.*; }
phase one after make { from s.a as a into app.a { k = a.id; } }
phase two after one { from s.b as b { on error reject; into app.b { id = b.id; a = app.a[s.a.id = b.a]; } } }
--- sh python3 -c "
n = 400000
open('a.csv', 'w').write('id\n' + ''.join('key number %d\n' % (i * 7919 % n) for i in range(n)))
open('b.csv', 'w').write('id,a\n' + ''.join('%d,key number %d\n' % (i, i) for i in range(0, n, 97)))"
--- run run --memory 16M
--- rows select count(*) from b join a on a.id = b.a where a.k = 'key number ' || b.id
4124
--- rows select count(*) from _migc_provenance
400000
