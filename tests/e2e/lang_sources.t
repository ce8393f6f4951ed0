# CSV sources in whole migrations: each option, and what files can be like. The reader's own tests are in tests/unit.

=== null texts: quoted or not, after trimming; empty text is not null unless said
--- spec
migration m;
source s csv '.' {
    options (null '', 'N/A', '-', trim on);
    table t file 't.csv' (id text not null, a text);
    table u file 't.csv' options (null 'none', trim off) (id text not null, a text);
}
target app sqlite 'app.db' { table p (id text not null, a text); table q (id text not null, a text); }
from s.t as t into app.p;
from s.u as u into app.q;
--- file t.csv
id,a
1,
2,""
3, N/A 
4,"-"
5," x "
6,n/a
7,none
--- run run
--- rows select id, a, '.' from p order by id
1|\N|.
2|\N|.
3|\N|.
4|\N|.
5|x|.
6|n/a|.
7|none|.
--- rows select id, a, '.' from q order by id
1||.
2||.
3| N/A |.
4|-|.
5| x |.
6|n/a|.
7|\N|.

=== delimiter, quote and escape
--- spec
migration m;
source s csv '.' {
    table a file 'a.txt' options (delimiter '|', quote '''') (x text, y text);
    table b file 'b.tsv' options (delimiter '	', quote '"', escape '\') (x text, y text);
    table c file 'c.csv' options (delimiter ';', quote '') (x text, y text);
}
target app sqlite 'app.db' { table p (src text not null, x text, y text); }
from s.a as a into app.p { src = 'a'; copy *; }
from s.b as b into app.p { src = 'b'; copy *; }
from s.c as c into app.p { src = 'c'; copy *; }
--- file a.txt
x|y
'it''s|one'|"two"
--- file b.tsv escaped
x\ty
"say \\"hi\\"\ttab"\tback\\slash
--- file c.csv
x;y
"a;b"
--- run run
--- rows select src, x, y from p order by src
a|it's\|one|"two"
b|say "hi"\ttab|back\\slash
c|"a|b"

=== header off, skip, comment, extra ignore, columns in any order
--- spec
migration m;
source s csv '.' {
    table a file 'a.csv' options (header off) (x text, y text);
    table b file 'b.csv' options (skip 2, comment '##') (x text, y text);
    table c file 'c.csv' options (extra ignore) (y text, x text);
    table d file 'd.csv' options (header off, extra ignore) (x text, y text);
}
target app sqlite 'app.db' { table p (src text not null, line bigint not null, x text, y text); }
from s.a as a into app.p { src = 'a'; line = source_line(); copy *; }
from s.b as b into app.p { src = 'b'; line = source_line(); copy *; }
from s.c as c into app.p { src = 'c'; line = source_line(); copy *; }
from s.d as d into app.p { src = 'd'; line = source_line(); copy *; }
--- file a.csv
1,2
3,4
--- file b.csv
report of Monday, "not closed

y,x
## a comment, with "quotes
2,1
"## no comment",3
--- file c.csv
a,x,b,y
0,1,0,2
--- file d.csv
1,2,3
1
--- run run
--- rows select src, line, x, y from p order by src, line
a|1|1|2
a|2|3|4
b|5|1|2
b|6|3|## no comment
c|2|1|2
d|1|1|2
--- rows select file, line, rule from _migc_reject
d.csv|2|ragged

=== latin1, utf8 with a mark, utf16 of both orders
--- spec
migration m;
source s csv '.' {
    table a file 'a.csv' options (encoding latin1) (x text, y text);
    table b file 'b.csv' options (encoding utf8) (x text, y text);
    table c file 'c*.csv' options (encoding utf16) (x text, y text);
}
target app sqlite 'app.db' { table p (file text not null, x text, y text); }
from s.a as a into app.p { file = source_file(); copy *; }
from s.b as b into app.p { file = source_file(); copy *; }
from s.c as c into app.p { file = source_file(); copy *; }
--- file a.csv escaped
x,y
M\xfcller,\xa9\xb5
--- file b.csv escaped
\xef\xbb\xbfx,y
Müller,日本
--- sh
printf '\377\376' > c1.csv; printf 'x,y\r\nMüller,日本𝄞\r\n' | iconv -f utf8 -t utf-16le >> c1.csv
printf '\376\377' > c2.csv; printf 'x,y\r\nMüller,日本𝄞\r\n' | iconv -f utf8 -t utf-16be >> c2.csv
--- run run
--- rows select file, x, y from p order by file
a.csv|Müller|©µ
b.csv|Müller|日本
c1.csv|Müller|日本𝄞
c2.csv|Müller|日本𝄞

=== line ends of all kinds, line breaks in fields, no last line end, empty lines
--- spec
migration m;
source s csv '.' { table t file 't.csv' (a text, b text); }
target app sqlite 'app.db' { table p (line bigint not null, a text, b text); }
from s.t as t into app.p { line = source_line(); copy *; }
--- file t.csv escaped
a,b\r
1,"x\r
y"\r
\r

2,"one\r"\r3,z\x0d4,"last
and ""quoted"", too"\
--- run run
--- rows select line, a, b from p order by line
2|1|x\r\ny
6|2|one\r
8|3|z
9|4|last\nand "quoted", too

=== several files by pattern, gzip and zstd among them, in the order of their names
--- spec
migration m;
source s csv '.' { table t file 'part*' (a text not null); }
target app sqlite 'app.db' { table p (nr bigint not null, file text not null, line bigint not null, a text not null); }
from s.t as t into app.p { nr = row_number(); file = source_file(); line = source_line(); a = t.a; }
--- file part1.csv
a
one
--- file part3.csv.zst escaped
\x28\xb5\x2f\xfd\x20\x07\x39\x00\x00a
four
--- sh
printf 'a\ntwo\nthree\n' | gzip -c > part2.csv.gz
printf 'a\nfive\n' | gzip -c > part4
--- run run
--- rows select nr, file, line, a from p order by nr
1|part1.csv|2|one
2|part2.csv.gz|2|two
3|part2.csv.gz|3|three
4|part3.csv.zst|2|four
5|part4|2|five

=== faults of one record cost that record only
--- spec
migration m;
source s csv '.' { table t file 't.csv' (id text not null, a text not null); }
target app sqlite 'app.db' { table p (id text not null, a text not null); }
from s.t as t { on error abort; into app.p; }
--- file t.csv escaped
id,a
1,one
2
3,three,3
4,"four" and more
5,"never closed
6,six
7,bad \xc3\x28
8,surrogate \xed\xa0\x80
9,long form \xc0\xaf
10,nul \x00
11,eleven
--- run run
--- rows select id, a from p order by id
1|one
11|eleven
6|six
--- rows select line, rule from _migc_reject order by line
3|ragged
4|ragged
5|quote
6|quote
8|utf8
9|utf8
10|utf8
11|nul
--- rows select line, raw from _migc_reject where line in (8, 11) order by line
8|7,bad \\xC3(
11|10,nul \\x00

=== a header that differs is refused before anything is written, and both names are shown
--- spec
migration m;
source s csv '.' { table t file 't.csv' (shows text not null, network text); }
target app sqlite 'app.db' { table p (title text not null); }
from s.t as t into app.p { title = t.shows; }
--- file t.csv
show,network
x,y
--- run run
"shows"
"show"
t.csv
--- exit 3
--- sh
test ! -e app.db && test ! -e m-rejects
--- run plan
"shows"
--- exit 3
--- write t.csv
shows,network,note
x,y,z
--- run run
"note"
--- exit 3
--- write t.csv
shows,network,shows
x,y,z
--- run run
"shows"
--- exit 3
--- write t.csv
network,shows
y,x
--- run run
--- rows select title from p
x

=== the second of several files may differ, too
--- spec
migration m;
source s csv '.' { table t file 't*.csv' (a text, b text); }
target app sqlite 'app.db' { table p (a text, b text); }
from s.t as t into app.p;
--- file t1.csv
a,b
1,2
--- file t2.csv
a,c
1,2
--- run run
t2.csv
"b"
"c"
--- exit 3
--- write t2.csv
b,a
2,1
--- run run
--- rows select a, b from p
1|2
1|2

=== empty file, header alone, missing file, folder in its place, no such location
--- spec
migration m;
source s csv 'data' { table t file 't.csv' (a text); }
target app sqlite 'app.db' { table p (a text); }
from s.t as t into app.p;
--- run run
data
--- exit 3
--- sh
mkdir data
--- run run
t.csv
--- exit 3
--- sh
mkdir data/t.csv
--- run run
t.csv
--- exit 3
--- sh
rmdir data/t.csv; : > data/t.csv
--- run run
t.csv
empty
--- exit 3
--- sh
test ! -e app.db && echo a > data/t.csv
--- run run
--- rows select count(*) from p
0
--- rows select rows_read, rows_carried from _migc_flow where into_no < 0
0|0

=== --source gives another place; the environment and its default
--- spec
migration m;
source s csv env 'SHEETS_HERE' default 'one' { table t file 't.csv' (a text not null); }
source r csv env 'NOT_SET_ANYWHERE' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
phase one { create app.*; from s.t as t into app.p { a = t.a; } }
phase two after one manual { from r.t as t into app.p { a = t.a; } }
--- env SHEETS_HERE=two
--- file one/t.csv
a
one
--- file two/t.csv
a
two
--- file three/t.csv
a
three
--- run run --source r=three
--- rows select a from p
two
--- run run --phase two
NOT_SET_ANYWHERE
--- exit 3
--- run run --phase two --source r=csv:three
--- rows select a from p order by a
three
two

=== a damaged compressed file fails, and nothing of it is written
--- spec
migration m;
source s csv '.' { table t file 't.csv.gz' (a text not null); }
target app sqlite 'app.db' { table p (a text not null); }
from s.t as t into app.p { a = t.a; }
--- sh
(echo a; seq 1 700000) | gzip -c > whole.gz; head -c 1000000 whole.gz > t.csv.gz
--- run run
t.csv.gz
--- exit 6
--- rows select count(*) from p
0
--- sh
(echo a; seq 1 1000) | gzip -c > t.csv.gz
--- run run
--- rows select count(*) from p
1000
