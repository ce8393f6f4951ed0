# migc profile: what is said of places whose rows were counted by hand.

=== a screen: findings worst first, tables, columns, references
--- engines sqlite
--- source-db app.db
create table clients (id integer primary key, name text not null, email text unique, born text, trainer_id integer, zip text, active integer);
create table trainers (id integer primary key, username text not null, password text);
insert into trainers values (1, 'ann', '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234'), (2, 'bob', 'secret');
insert into clients values (1, 'Ana', 'Ana@example.org', '1990-02-03', 1, '01067', 1), (2, 'Ben', 'ana@example.org', '04.05.1991', 1, '10115', 0),
  (3, ' Chris', null, '1992-02-30', 9, '00501', 1), (4, 'Dora', 'dora@example.org', '', null, '99423', 1);
--- sh $MIGC profile sqlite:app.db > screen
--- cat screen
sqlite:app.db
2 tables, 6 rows, 16 KB

  problem  clients.trainer_id: 1 row points to no row of trainers: '9'
  problem  clients.born: 1 value names a day that there is not: '1992-02-30'
  warning  clients.email: one value is spelled in several ways: 'Ana@example.org', 'ana@example.org'
  warning  clients.born: dates in 2 forms: YYYY-MM-DD 1, DD.MM.YYYY 1
  note     clients.trainer_id: 1 of 4 rows has no trainers row to refer to
  note     clients.zip: 2 of 4 numbers have zeros in front, which a number type would lose
  note     clients.name: 1 value has outer blanks

  table     rows  columns      size  unique
  clients      4        7    8.0 KB  id, name, zip
  trainers     2        3    4.0 KB  id, username, password

clients: 4 rows
  column      type     nulls empty distinct longest  least … greatest; what is in it
  id          INTEGER      0     0        4       1  1 … 4; integer
  name        TEXT         0     0        4       6  'Ana' … 'Dora'; text; outer blanks 1
  email       TEXT         1     0        3      16  'Ana@example.org' … 'dora@example.org'; e-mail
  born        TEXT         0     1        3      10  '04.05.1991' … '1992-02-30'
                                                     no such date 1, YYYY-MM-DD 1, DD.MM.YYYY 1
  trainer_id  INTEGER      1     0        2       1  1 … 9; integer
  zip         TEXT         0     0        4       5  00501 … 99423
                                                     integer 2, digits with zeros in front 2
  active      INTEGER      0     0        2       1  0 … 1; 0 or 1

trainers: 2 rows
  column    type     nulls empty distinct longest  least … greatest; what is in it
  id        INTEGER      0     0        2       1  1 … 2; integer
  username  TEXT         0     0        2       3  'ann' … 'bob'
  password  TEXT         0     0        2      60  (not shown); text 1, bcrypt hash 1

references (values that are in no row of the other table: lost)
  clients.trainer_id -> trainers.id: 3 rows refer, 1 has none, 1 lost (guessed by name)

=== the same rows in CSV files, in SQLite and in PostgreSQL: the same findings, the same columns
--- engines sqlite
--- file rows.sql
create table people (id integer, email varchar(80), username varchar(40), born varchar(20), seen varchar(30), boss_id integer, team_id integer, score numeric(8,2), code varchar(9), remark text, flag varchar(5));
create table teams (id integer, name varchar(40));
create table old_teams (id integer, name varchar(40));
create table training_sessions (id integer, team_id integer, day date, minutes integer, topic text);
create table sessions (id integer, team_id integer, day date, minutes integer, topic text);
insert into teams values (1, 'Red'), (2, 'Blue'), (3, 'red ');
insert into sessions values (1, 1, '2024-01-01', 60, 'legs'), (2, 1, '2024-01-02', 60, 'arms'), (3, 2, '2024-01-03', 30, null);
insert into training_sessions values (2, 1, '2024-01-02', 60, 'arms'), (3, 3, '2024-02-01', 45, 'back'), (9, 1, '2024-01-01', 60, 'legs');
insert into people values
 (1, 'ann@example.org', 'ann', '1990-01-02', '2024-01-01 10:00:00', null, 1, 1.50, '0012', 'N/A', 'yes'),
 (2, 'bob@example.org', 'bob', '1991-03-04', '2024-01-02 10:00:00', 1, 1, 2.00, '0400', null, 'no'),
 (3, 'Bob@Example.org', 'rob', '13/05/1992', '2024-01-03 10:00:00', 1, 2, 3.25, '0001', 'fine', 'yes'),
 (4, 'ann@example.org', 'ann2', '04/05/1993', '2024-01-04T10:00:00', 2, 7, 4.00, '1234', '  fine', 'no'),
 (5, 'dan at example', 'dan', '1994-02-30', 'yesterday', 3, null, -5.75, '5678', 'fine', 'no'),
 (6, 'eve@example.org', 'eve', '1995-06-07', '2024-01-05 10:00:00', 3, 7, 0.00, '9999', null, 'yes'),
 (7, null, 'eve', '1996-06-07', '2024-01-05 10:00:00', 3, 1, 7.00, '9998', null, 'yes');
--- file compare.py
import json, sys
def known(path):
    l = json.load(open(path))["locations"][0]
    for f in l["findings"]:
        f.pop("table" if False else "kind2", None)
    tables = {t["name"]: (t["rows"], {c["name"]: {k: c[k] for k in ("nulls", "empty", "distinct", "unique", "longest", "outer_blanks", "repeated",
                                                                    "spelled_in_several_ways")}
                                      for c in t["columns"] if c["name"] != "score"})
              for t in l["tables"]}
    refs = [{k: r[k] for k in ("table", "columns", "to", "to_columns", "rows", "without", "broken", "examples")} for r in l["references"]]
    return l["findings"], tables, refs, l["overlaps"]
a, b, c = (known(p) for p in ("lite.json", "csv.json", "pg.json"))
for other, name in ((b, "csv"), (c, "postgres")):
    for mine, its in zip(a, other):
        if mine != its:
            for x in mine if isinstance(mine, list) else []:
                print("only in sqlite:", x) if x not in its else None
            for x in its if isinstance(its, list) else []:
                print("only in", name + ":", x) if x not in mine else None
            sys.exit("sqlite and %s differ: %r\n%r" % (name, mine, its))
for f in a[0]:
    print("%-7s %s" % (f["level"], f["text"]))
--- file export.py
import csv, os, sqlite3
db = sqlite3.connect("rows.db")
os.mkdir("csv")
for (name,) in db.execute("select name from sqlite_schema where type = 'table'").fetchall():
    rows = db.execute("select * from " + name)
    with open("csv/%s.csv" % name, "w", newline="", encoding="utf-8") as f:
        out = csv.writer(f, delimiter=";")
        out.writerow([d[0] for d in rows.description])
        out.writerows(rows)
--- source-db
select 1;
--- sh sqlite3 rows.db < rows.sql; psql -qX -d "$SOURCE" -f rows.sql; python3 export.py
$MIGC profile sqlite:rows.db --format json > lite.json
$MIGC profile csv:csv --null '' --format json > csv.json
$MIGC profile "$SOURCE" --format json > pg.json
python3 compare.py > findings
--- cat findings
problem people.email: 2 rows share 'ann@example.org' (id 1 'ann', id 4 'ann2')
problem people.username: 2 rows share 'eve' (id 6, id 7)
problem people.team_id: 2 rows point to no row of teams: '7'
...
--- sh cat findings
--- out
warning sessions and training_sessions have the same columns; 2 rows of training_sessions are also in sessions, and 1 value of id stands for another row in each
warning people.email: one value is spelled in several ways: 'bob@example.org', 'Bob@Example.org'
warning people.born: dates in 2 forms: YYYY-MM-DD 4, DD/MM/YYYY 2
problem people.born: 1 value names a day that there is not: '1994-02-30'
warning people.seen: dates in 2 forms: YYYY-MM-DD HH:MM:SS 5, YYYY-MM-DDTHH:MM:SS 1
warning people.seen: 1 of 7 values is no date: 'yesterday'
warning people.email: 1 of 6 values is no e-mail address: 'dan at example'
warning people.remark: 1 value says that there is none: 'N/A'
note    people.code: 3 of 7 numbers have zeros in front, which a number type would lose
note    people.team_id: 1 of 7 rows has no teams row to refer to
note    teams.name: one value is spelled in several ways: 'Red', 'red '
note    no rows in old_teams

=== SQLite: what is really stored, keys that are no keys, texts that are none, moments kept as numbers
--- engines sqlite
--- source-db app.db
create table "odd things" (id, qty integer, made_at integer, day real, price real, b blob, t text, "weird ""name" text, primary key (id));
insert into "odd things" values (1, 1, 1700000000, 2460000.5, 1.5, x'00ff', cast(x'ff41' as text), 'a'), (null, 'two', 1700000100, 2460001.5, 2.0, x'01', 'fine', 'b'),
  (3, 3.5, 1700000200, 2460002.25, 3.25, 'text', 'ok', 'c');
create table pairs (a integer, b integer, c text, primary key (a, b));
insert into pairs values (1, null, 'x'), (1, null, 'x'), (1, 2, 'y');
create view v as select * from pairs;
--- migc profile sqlite:app.db
1 view is not looked at
problem  odd things.id: 1 row has none
problem  odd things.t: 1 value is not UTF-8
warning  odd things.qty: declared INTEGER, and holds 1 integer, 1 real, 1 text
warning  odd things.b: declared BLOB, and holds 1 text, 2 blobs
warning  pairs: 1 row is entered again, the same in every column
note     odd things.made_at: moments kept as Unix seconds: to_timestamp(x) reads them
note     odd things.day: moments kept as Julian days: julian(x) reads them
weird "name
bytes 2, text 1; stored: text 1, blob 2
! rowid

=== CSV files: delimiter, encoding, packed files, headers, records that cannot be read
--- engines sqlite
--- file d/semicolon.csv
id;name;amount
1;Ann;1,50
2;Bob;2,75
--- file d/latin.csv escaped
id,name\n1,caf\xe9\n2,na\xefve\n
--- file d/utf16.csv escaped
\xff\xfei\x00d\x00\t\x00n\x00\n\x001\x00\t\x00x\x00\n\x00\
--- file d/broken.csv escaped
id,name\n1,\xc3\xa9\xc3\xa9\n2,\xff\n3\n4,"open\n
--- file d/twice.tsv escaped
id\tid\t\n1\t2\t3\n
--- file d/only header.csv
a,b
--- file d/nothing.csv escaped

--- file d/notes.txt
not looked at
--- sh printf 'x,y\n1,2\n' | gzip > d/packed.csv.gz; : > d/nothing.csv
--- migc profile csv:d
--- exit 6
--- err
nothing.csv: the file is empty: not even a header is in it
--- out
problem  broken: 3 records cannot be read; the first: line 3: byte 0xFF at offset 17 of the file
problem  twice: several columns are called "id"
note     latin: read as latin1
note     utf16: read as utf16
note     no rows in only header
/semicolon +2 +3 /
/packed +1 +2 /
/amount +0 +0 +2 +4 .*number like 1.234,5/
'café' … 'naïve'
column 3
id (2)
! notes
--- sh $MIGC profile csv:d --delimiter ';' --encoding latin1 --format json > j 2>/dev/null || test $? = 6; python3 -c "
import json
t = {t['name']: t for t in json.load(open('j'))['locations'][0]['tables']}
assert t['semicolon']['delimiter'] == ';' and len(t['semicolon']['columns']) == 3
assert t['latin']['columns'][0]['name'] == 'id,name' and t['nothing']['error']"

=== a table that cannot be read is a finding, also where nothing else is
--- engines sqlite
--- file d/header.csv escaped
n\xe4me,x\n1,2
--- sh $MIGC profile csv:d --encoding utf8 > screen
--- exit 6
--- err
migc profile: csv:d: header.csv: the header (line 1) cannot be read: it is not UTF-8
hint: Say how the file is written by --encoding and --delimiter.
--- cat screen
csv:d
1 table, 0 rows, 11 bytes

  problem  header cannot be read

  table   rows  columns      size  unique
  header     0        0  11 bytes  cannot be read
--- sh $MIGC profile csv:d --encoding utf8 --format json > j || test $? = 6; python3 -c "
import json
l = json.load(open('j'))['locations'][0]
print([(f['level'], f['kind'], f['table'], f['column'], f['rows']) for f in l['findings']], l['tables'][0]['rows'])"
--- out
[('problem', 'unreadable-table', 'header', None, None)] None
--- migc profile csv:d
note     header: read as latin1
! cannot be read
--- sh printf 'a,b\n1,x\n2,y\n' > d/header.csv
--- migc profile csv:d
Nothing to mention.

=== several places in one call; one that fails is said, the others are told
--- engines sqlite
--- source-db a.db
create table t (x integer); insert into t values (1), (1);
--- migc profile sqlite:none.db sqlite:a.db
--- exit 6
--- err
migc profile: sqlite:none.db: the SQLite file none.db cannot be opened: No such file or directory
--- out
sqlite:a.db
1 table, 2 rows
--- sh $MIGC profile sqlite:none.db sqlite:a.db --format json > j || test $? = 6; python3 -c "
import json
a, b = json.load(open('j'))['locations']
assert 'cannot be opened' in a['error'] and a['tables'] == [] and b['error'] is None and b['tables'][0]['rows'] == 2"

=== places that are none, and options
--- engines sqlite
--- sh mkdir empty; echo no database > no.db; head -c 100000 /dev/zero > zero.db; mkdir d; echo x > d/t.csv
--- migc profile
no location is given
--- exit 1
--- migc profile app.db
"app.db" is no location
csv:DIR
--- exit 1
--- migc profile mysql://me:geheim@host/db
! geheim
--- exit 1
--- migc profile csv:empty
there are no CSV files in "empty"
--- exit 6
--- migc profile csv:nowhere
folder "nowhere" cannot be opened: No such file or directory
--- exit 6
--- migc profile csv:no.db
migc profile: csv:no.db: "no.db" is a file, not a folder
hint: Give its folder, "csv:.": all CSV files in it are looked at.
! each table of the source
--- exit 6
--- migc profile csv:d/t.csv
hint: Give its folder, "csv:d": all CSV files in it are looked at.
--- exit 6
--- migc profile csv:/etc/hostname
hint: Give its folder, "csv:/etc": all CSV files in it are looked at.
--- exit 6
--- migc profile sqlite:no.db
is not a SQLite database
--- exit 6
--- migc profile sqlite:zero.db
--- exit 6
--- migc profile sqlite:empty
is a folder, not a SQLite file
--- exit 6
--- migc profile csv:d --format yaml
--format is text or json, not "yaml"
--- exit 1
--- migc profile csv:d --encoding ebcdic
--encoding is utf8, latin1 or utf16, not "ebcdic"
--- exit 1
--- migc profile csv:d --delimiter=ab
--delimiter is one ASCII character, not "ab"
--- exit 1
--- migc profile csv:d --distinct 0
--distinct is a number from 1 on, not "0"
--- exit 1
--- migc profile csv:d --memory 12
--memory is a size of at least 1MiB, such as 256MiB, not "12"
--- exit 1
--- migc profile csv:d --loud
unknown option "--loud"
--- exit 1
--- migc help profile
usage: migc profile LOCATION... [--format text|json]

=== a damaged file is said, and what can be read is told
--- engines sqlite
--- sh sqlite3 a.db "create table good (x integer); create table bad (y text); insert into good values (1), (2);
  insert into bad select hex(randomblob(2000)) from (with recursive n(i) as (select 1 union all select i + 1 from n where i < 200) select i from n);"
python3 - <<'END'
d = bytearray(open("a.db", "rb").read())
for i in range(len(d) - 40 * 4096, len(d) - 4096): d[i] = 0xff
open("a.db", "wb").write(d)
END
--- migc profile sqlite:a.db
/good +2 +1 /
problem  bad cannot be read
/bad .* cannot be read/
--- exit 6
--- err
bad: table "bad": the database file a.db is damaged

=== PostgreSQL: schemas, quoted names, types, rights; no password is shown
--- engines postgres
--- sql
create schema other;
create table other."Odd ""Table" (id bigint primary key, "when" timestamptz, payload jsonb, raw bytea, tags text[], ok boolean, gone integer);
alter table other."Odd ""Table" drop column gone;
insert into other."Odd ""Table" values (1, '2024-01-01 10:00:00+00', '{"a": 1}', '\xdead', array['x', 'y'], true), (2, 'infinity', null, null, null, false);
create table parts (id int, day date) partition by range (day);
create table parts_2024 partition of parts for values from ('2024-01-01') to ('2025-01-01');
insert into parts values (1, '2024-05-01');
create table child (id bigint primary key, odd_id bigint references other."Odd ""Table" (id), a int, b int, unique (a, b));
insert into child values (1, 1, 1, 1), (2, null, 1, 2);
create view seen as select 1;
--- sh $MIGC profile "$LOCATION password=geheim" > screen
cat screen
--- out
/^postgres host=/
3 tables, 5 rows
1 view is not looked at
/other.Odd "Table +2 +6 /
/parts +1 +2 /
note     child.odd_id: 1 of 2 rows has no other.Odd "Table row to refer to
child.odd_id -> other.Odd "Table.id: 1 row refers, 1 has none, 0 lost
/when +timestamptz +0 +0 +2 /
/raw +bytea +1 +0 +1 +2  bytes/
/payload +jsonb .*JSON/
/ok +boolean .*boolean in words/
! geheim
! parts_2024
! gone
--- sh psql -qX -d "$LOCATION" -c "create role profile_reader_$$ login; grant usage on schema other to profile_reader_$$; grant select on child to profile_reader_$$" ; echo "profile_reader_$$" > role
$MIGC profile "$LOCATION user=$(cat role)" > screen 2> said && exit 1; test $? = 6
psql -qX -d "$LOCATION" -c "drop owned by $(cat role); drop role $(cat role)"
grep -q 'permission denied for table' said; grep -q 'child  *2  *4' screen

=== hostile names and values reach neither the terminal nor the SQL
--- engines sqlite
--- file make.py
import sqlite3
db = sqlite3.connect("h.db")
names = ["t'; drop table x; --", 't"; drop table x; --', "esc\x1b[31m\x07", "line\nbreak", "%s%n", "\u202eright", "x" * 300]
for i, n in enumerate(names):
    q = '"' + n.replace('"', '""') + '"'
    db.execute("create table %s (id integer, %s text, email text)" % (q, '"c_' + n.replace('"', '""') + '"'))
    db.executemany("insert into %s values (?, ?, ?)" % q, [(1, n, "a\x1b]0;x\x07@b.org"), (1, n + "\x00tail", "a\x1b]0;x\x07@b.org"), (2, "\x9b31m", "c@d.org")])
db.commit()
--- sh python3 make.py
$MIGC profile sqlite:h.db > screen
$MIGC profile sqlite:h.db --format json > j
python3 - <<'END'
import json
s = open("screen", "rb").read()
assert not any(b in s for b in (b"\x1b", b"\x07", b"\x9b3", b"\x00", b"\r", "\u202e".encode())), s
assert max(len(l) for l in s.decode().split("\n")) < 300
l = json.load(open("j"))["locations"][0]
assert len(l["tables"]) == 7 and all(t["rows"] == 3 for t in l["tables"]), [t["rows"] for t in l["tables"]]
assert "esc\x1b[31m\x07" in [t["name"] for t in l["tables"]]
END
--- sh mkdir n; ln -s nowhere "n/$(printf 'a\033[31m.csv')"; $MIGC profile csv:n 2> said || test $? = 6; cat said
--- out
n/a\x1b[31m.csv" is a symbolic link to a file that is not there
! /\x1b/
--- migc profile csv:. --null x=y "host=/nowhere password='ge heim' dbname=x"
! ge heim
! geheim
--- exit 6

=== more different values than are counted; memory is bounded, and the answer is the same with little of it
--- engines sqlite
--- file make.py
import csv
with open("d/people.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["id", "email", "team_id", "day", "note"])
    for i in range(200000):
        w.writerow([i, "user%d@example.org" % (i if i != 77777 else 5), i % 1001, "2024-01-%02d" % (i % 28 + 1), "note %d" % (i % 150000)])
with open("d/teams.csv", "w", newline="") as f:
    w = csv.writer(f)
    w.writerow(["id", "name"])
    w.writerows([i, "team %d" % i] for i in range(1000))
--- file run.py
import os, resource, subprocess, sys
subprocess.run([os.environ["MIGC"], "profile", "csv:d"] + sys.argv[2:], stdout=open(sys.argv[1], "w"), check=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
if "asan" not in os.environ["MIGC"] and "--memory" in sys.argv and peak > 48:
    sys.exit("%d MiB" % peak)
--- sh mkdir d; python3 make.py; python3 run.py much; python3 run.py little --memory 4MiB; cmp much little; cat much
--- out
2 tables, 201,000 rows
problem  people.email: 2 rows share 'user5@example.org' (id 5, id 77777)
problem  people.team_id: 199 rows point to no row of teams: '1000'
/id +0 +0 +200,000 +6 /
/note +0 +0 +150,000 +11 /
--- migc profile csv:d --distinct 1000
/id +0 +0 +>1,000 +6 /
/note +0 +0 +>1,000 +11 /
/team_id +0 +0 +>1,000 +4 /

=== dates that can be read in two ways; a reference whose keys are too many; kinds of findings
--- engines sqlite
--- file d/visits.csv
id,owner_id,day,seen
1,1,01/02/2024,01/02/2024
2,9,03/04/2024,25/04/2024
--- file d/owners.csv
id,name,empty
1,Ann,
2,Bob,
3,Cleo,
4,Cleo,
--- sh $MIGC profile csv:d --distinct 2 > screen; $MIGC profile csv:d --format json > j; cat screen
--- out
warning  visits.day: 2 dates can be read with the day or the month first
note     visits.owner_id: whether its values are in owners was not looked at: there are too many
visits.owner_id -> owners.id: not looked at (guessed by name)
! visits.seen
--- sh python3 -c "
import json
f = json.load(open('j'))['locations'][0]['findings']
for x in f: print(x['level'], x['kind'], x['table'], x['column'], x['rows'])"
--- out
problem broken-reference visits owner_id 1
warning ambiguous-dates visits day 2
note duplicate-value owners name 2
note empty-columns owners None None
note dates None None None

=== Chinook, FEBRL and Netflix: what is known of them is found
--- engines sqlite
--- needs ../shared/data/chinook
--- sh gunzip -c $ROOT/../shared/data/chinook/Chinook_Sqlite.sqlite.gz > chinook.db; mkdir n; cp $ROOT/../shared/data/netflix-titles/*.gz n/
--- migc profile sqlite:chinook.db
11 tables, 15,607 rows
note     Customer.City: 1 value has outer blanks
Track.AlbumId -> Album.AlbumId: 3,503 rows refer, 0 have none, 0 lost
/PlaylistTrack +8,715 +2 /
/Composer +NVARCHAR\(220\) +977 /
! problem
! warning
--- migc profile csv:$ROOT/../shared/data/febrl
problem  dataset1.date_of_birth: 3 values name a day that there is not: '19371233', …
/soc_sec_id: 450 values are in several rows \(900 rows\)/
/soc_sec_id +0 +0 +550 /
/YYYYMMDD 956, only blanks 41, no such date 3/
--- migc profile csv:n
1 table, 8,807 rows
note     netflix_titles.date_added: 88 values have outer blanks
January 1, 2008 … September 25, 2021
