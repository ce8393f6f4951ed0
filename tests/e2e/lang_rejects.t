# Every row is accounted for: what the screen, the ledger, the CSV of rejects and the tables say is the same.

=== one reject of each kind: file, line, byte, row, column, spec line, rule, reason, value, raw
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't*.csv' (id text not null, day text, net text, ref text, code text, n text); }
target app sqlite 'app.db' {
    table net (id integer primary key identity, name text not null unique);
    table p (id integer primary key, day date, net_id integer, ref integer, code varchar(3) unique, n smallint check (n > 0), must text not null);
}
alias net { table app.net (name); match casefold; value 'HBO'; unknown reject; }
from s.t as t {
    on error reject;
    reject 'no zeros, please' when t.id = '0';
    into app.p {
        id     = integer(t.id);
        day    = date(t.day);
        net_id = net[t.net];
        ref    = app.net[name = t.ref];
        code   = t.code;
        n      = smallint(t.n);
        must   = nullif(t.code, 'nil');
    }
}
--- file t1.csv escaped
id,day,net,ref,code,n
1,2024-01-01,hbo,HBO,abc,1
0,,,,,
x,,,,a,
3,soon,,,b,
4,,Fox,,c,
5,,,Fox,d,
6,,,,long,
7,,,,abc,
8,,,,e,-1
9,,,,nil,
10,,,,f,70000
1,,,,g,
,,,,h,
--- file t2.csv escaped
id,day,net,ref,code,n
20,"a
b",,,i
21,,,,\xff,
22,,,,"j" x,
23,,,,k\x00,
24,"so
on",,,l,
25,,,,m,5
--- run run
--- rows select id, code from p order by id
1|abc
25|m
--- rows select file, line, row_no, column_name, rule, value from _migc_reject order by file, line
t1.csv|3|2|id|rule|0
t1.csv|4|3|id|parse|x
t1.csv|5|4|day|parse|soon
t1.csv|6|5|net|unknown|Fox
t1.csv|7|6|ref|missing|Fox
t1.csv|8|7|code|length|long
t1.csv|9|8|p.code|unique|abc
t1.csv|10|9|p.n|check|-1
t1.csv|11|10|code|null|nil
t1.csv|12|11|n|range|70000
t1.csv|13|12|p.id|unique|1
t1.csv|14|13|id|null|\N
t2.csv|2|14|\N|ragged|\N
t2.csv|4|15|code|utf8|\N
t2.csv|5|16|code|quote|\N
t2.csv|6|17|code|nul|\N
t2.csv|7|18|day|parse|so\\non
--- rows select line, spec, reason from _migc_reject where file = 't1.csv' and line < 9 order by line
3|spec.mig:10|no zeros, please
4|spec.mig:12|"x" is not an integer
5|spec.mig:13|"soon" is not a date of the form YYYY-MM-DD
6|spec.mig:14|alias "net" does not know "Fox"
7|spec.mig:15|no row of "net" has this name
8|spec.mig:16|"long" has 4 characters: more than the 3 of varchar(3)
--- rows select line, raw from _migc_reject where file = 't2.csv' order by line
2|20,"a\nb",,,i
4|21,,,,\\xFF,
5|22,,,,"j" x,
6|23,,,,k\\x00,
7|24,"so\non",,,l,
--- rows select distinct migration, phase, source from _migc_reject
m|data|s.t
--- rows select rows_read, rows_skipped, rows_rejected, rows_carried from _migc_flow where phase = 'data' and into_no < 0
19|0|17|2
--- sh
head -1 m-rejects/data.t.csv; python3 - <<'END'
import csv, sqlite3
rows = list(csv.DictReader(open('m-rejects/data.t.csv', newline='', encoding='utf-8')))
print(len(rows), "rejects in the file")
for r in rows:
    if r['file'] == 't2.csv':
        print("|".join([r['line'], r['column'], r['rule'], repr(r['raw'])]))
END
--- out
run,phase,source,file,line,offset,row,column,spec,rule,reason,value,raw
17 rejects in the file
2||ragged|'20,"a\nb",,,i'
4|code|utf8|'21,,,,\\xFF,'
6|code|nul|'23,,,,k\\x00,'
7|day|parse|'24,"so\non",,,l,'

=== a day that there is not, in a date of the right form, is said so
--- spec
migration m;
source s csv '.' { options (null ''); table t file 't.csv' (id integer not null, day text, at text, typed date); }
target app sqlite 'app.db' { table p (id integer primary key, day date, at timestamp, typed date); }
from s.t as t {
    on error reject;
    into app.p { id = t.id; day = date(t.day, 'MM/DD/YYYY', 'YYYY-MM-DD'); at = timestamp(t.at); typed = t.typed; }
}
--- file t.csv
id,day,at,typed
1,2024-02-29,2024-02-29 10:00:00,2024-02-29
2,2023-02-29,,
3,06/31/2023,,
4,2023-13-01,,
5,,2023-02-29 10:00:00,
6,,2023-02-28 24:30:00,
7,,,2023-02-30
--- run run
6 rejected
--- rows select id, day, at, typed from p order by id
1|2024-02-29|2024-02-29 10:00:00|2024-02-29
--- rows select line, column_name, rule, reason from _migc_reject order by line
3|day|parse|"2023-02-29" is of the form YYYY-MM-DD, but there is no such day
4|day|parse|"06/31/2023" is of the form MM/DD/YYYY, but there is no such day
5|day|parse|"2023-13-01" is not a date of the forms MM/DD/YYYY, YYYY-MM-DD
6|at|parse|"2023-02-29 10:00:00" is of the form YYYY-MM-DD HH:MM:SS, but there is no such day
7|at|parse|"2023-02-28 24:30:00" is not a date and time of the form YYYY-MM-DD HH:MM:SS
8|typed|parse|"2023-02-30" is of the form YYYY-MM-DD, but there is no such day

=== a value that would turn the line round, or steer the terminal, is shown escaped and kept as it is
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null, why text); }
target app sqlite 'app.db' { table p (id integer primary key); }
from s.t as t { on error reject; into app.p { id = integer(t.id); } }
--- file t.csv escaped
id,why\n\xe2\x80\xaefdp.exe\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xc2\x9b2J,\xe2\x80\xae\n
--- run run
"\xe2\x80\xaefdp.exe\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c\xc2\x9b2J" is not an integer
! /[\u202e\u2066\u200f\u061c\u0080-\u009f]/
--- sh LC_ALL=C grep -c "$(printf ',"\342\200\256fdp.exe\342\201\246\342\200\217\330\234\302\2332J,\342\200\256"')" m-rejects/data.t.csv
--- out
1

=== a file's name that would steer the terminal is shown escaped, in every command
--- spec
migration m;
source s csv '.' { table t file 't*.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer primary key); }
phase data reject limit 1 { create app.*; from s.t as t { on error reject; into app.p { id = integer(t.id); } } }
--- sh printf 'id\n1\nx\n1\n' > "$(printf 't\033[31m\342\200\256\n.csv')"
--- run run
first t\x1b[31m\xe2\x80\xae\n.csv:3: id: "x" is not an integer
t\x1b[31m\xe2\x80\xae\n.csv:4: p.id: unique (id) of "p" does not hold: the same comes from t\x1b[31m\xe2\x80\xae\n.csv:2
! /[\x1b\u202e]/
--- exit 4
--- sh printf 'no\n1\n' > "$(printf 't\033[31m\342\200\256\n.csv')"
--- run plan
error: s.t: source table "t": the header of "./t\x1b[31m\xe2\x80\xae\n.csv" (line 1) is not what the spec says
! /[\x1b\u202e]/
--- exit 3
--- run status
! /[\x1b\u202e]/

=== the numbers on the screen are those of the ledger and of the tables
--- spec
migration m;
source s csv '.' { options (null ''); table a file 'a.csv' (k text not null, l text); table l file 'l.csv' (name text not null, also text); }
target app sqlite 'app.db' {
    table kind (id integer primary key identity, name text not null unique);
    table kind_name (kind_id integer not null, name text not null unique);
    table p (id integer primary key identity, k text not null, kind_id integer);
    table e (p_id integer not null, item text not null);
}
alias kind { table app.kind (name); names app.kind_name (name, kind_id); match casefold; from s.l as l: l.name also split(l.also, ','); unknown create; }
dedup app.p by k;
from s.a as a {
    on error reject;
    skip when a.k = 'skip';
    reject 'bad' when a.k = 'bad';
    into app.p { k = a.k; kind_id = kind[a.k]; }
    into app.e each i in split(a.l, ' ') when i <> 'x' { p_id = app.p[k = a.k]; item = i; }
}
--- file l.csv
name,also
One,"uno,eins"
,due
Three,
one,ein
--- file a.csv
k,l
one,a b x
two,c
skip,d
bad,e
uno,
one,f
--- run run
/\bs\.a\b.*\b6\b.*\b1\b.*\b1\b.*\b4\b/
/\bp\b.*\b4\b.*\b3\b.*\b1\b/
/\be\b.*\b4\b.*\b4\b/
! accounting
--- rows select phase, flow, target_table, rows_read, rows_skipped, rows_rejected, rows_carried, emitted, inserted, merged, given_up from _migc_flow order by phase desc, flow_no, into_no
load|alias kind (s.l)|\N|4|0|1|3|\N|\N|\N|\N
load|alias kind (s.l)|kind|\N|\N|\N|\N|3|2|1|0
load|alias kind (s.l)|kind_name|\N|\N|\N|\N|3|3|0|0
data|s.a|\N|6|1|1|4|\N|\N|\N|\N
data|s.a|p|\N|\N|\N|\N|4|3|1|0
data|s.a|e|\N|\N|\N|\N|4|4|0|1
data|alias kind (created)|\N|1|0|0|1|\N|\N|\N|\N
data|alias kind (created)|kind|\N|\N|\N|\N|1|1|0|0
data|alias kind (created)|kind_name|\N|\N|\N|\N|1|1|0|0
--- rows select (select count(*) from kind), (select count(*) from kind_name), (select count(*) from p), (select count(*) from e), (select count(*) from _migc_reject)
3|4|3|4|2
--- rows select p.id, p.k, k.name from p join kind k on k.id = p.kind_id order by p.id
1|one|One
2|two|two
3|uno|One
--- rows select p_id, item from e order by p_id, item
1|a
1|b
1|f
2|c
--- rows select alias, created, unknown from _migc_alias order by phase
kind|1|0
kind|0|0

=== --rejects says where they go; a mended row is brought by the next run of a phase that failed
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer not null); }
phase data reject limit 0 { create app.*; from s.t as t { on error reject; into app.p { id = integer(t.id); } } }
--- file t.csv
id
1
x
--- run run --rejects refused/here
refused/here
--- exit 3
--- sh
mkdir refused
--- run run --rejects refused/here
refused/here/data.t.csv
--- exit 4
--- sh
tail -n +2 refused/here/data.t.csv | cut -d, -f3-
--- out
s.t,t.csv,3,5,2,id,spec.mig:4,parse,
--- write t.csv
id
1
2
--- run run
--- rows select id from p order by id
1
2

=== a value with a quote, a bar, a line break and a control character in the reject
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table p (id integer not null); }
from s.t as t { on error reject; into app.p { id = integer(t.id); } }
--- file t.csv escaped
id
"say ""hi"", | two
lines\x07"
--- run run
--- rows select value, replace(raw, substr(raw, length(raw) - 1, 1), '<bell>') from _migc_reject
say "hi", \| two\\nlines\\x07|"say ""hi"", \| two\nlines<bell>"
