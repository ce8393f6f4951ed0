# Tables: names, constraints, keys, references, indexes.

=== a table twice
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text);
    table t (b text);
}
--- diag
spec:4:11: error: there is a table "t" already
spec:3:11: note: "t" is declared here

=== tables and columns that differ in case only
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text, A text);
    table T (b text);
}
--- diag
spec:3:22: error: the columns "a" and "A" differ in case only, and SQLite takes them for one
spec:3:14: note: "a" is declared here
spec:4:11: error: the tables "t" and "T" differ in case only, and SQLite takes them for one
spec:3:11: note: "t" is declared here

=== a column twice
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text, b text, a integer);
}
--- diag
spec:3:30: error: there is a column "a" already
spec:3:14: note: "a" is declared here

=== a name that is too long
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a_name_that_is_so_long_that_nobody_will_ever_want_to_write_it_twice text);
}
--- diag
spec:3:14: error: the name has 67 bytes, and PostgreSQL keeps 63

=== an empty name
--- spec
migration m;
target app sqlite 'app.db' {
    table t ("" text);
}
--- diag
spec:3:14: error: a name between "" cannot be empty

=== two primary keys
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer primary key, b integer primary key);
    table u (a integer primary key, b integer, primary key (a, b));
}
--- diag
spec:3:47: error: "t" has a primary key already
hint: A key of several columns is one `primary key (a, b)` behind the columns.
spec:3:24: note: it is declared here
spec:4:48: error: "u" has a primary key already
hint: A key of several columns is one `primary key (a, b)` behind the columns.
spec:4:24: note: it is declared here

=== two identities
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer identity, b bigserial);
}
--- diag
spec:3:34: error: "t" has an identity already: a table has one
spec:3:14: note: "a" is the identity

=== an identity that is a text
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text identity, b numeric generated always as identity);
}
--- diag
spec:3:21: error: an identity is smallint, integer or bigint, and "a" is text
spec:3:31: error: "t" has an identity already: a table has one
spec:3:14: note: "a" is the identity
spec:3:41: error: an identity is smallint, integer or bigint, and "b" is numeric

=== constraints that contradict each other
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer null not null, b integer identity default 5, c serial default 1, d serial identity, e integer not null not null, f text default 'a' default 'b');
}
--- diag
spec:3:29: error: "a" cannot be "null" and "not null"
spec:3:58: error: "b" gets its keys from the program, so it needs no default
spec:3:69: error: "t" has an identity already: a table has one
spec:3:39: note: "b" is the identity
spec:3:78: error: a serial gets its keys from the program, so it needs no default
spec:3:89: error: "t" has an identity already: a table has one
spec:3:39: note: "b" is the identity
spec:3:98: error: a serial is an identity already
spec:3:127: error: "not null" is said twice of "e"
spec:3:156: error: "default" is said twice of "f"

=== keys over columns that are not there
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer, b integer, primary key (a, c), unique (b, b), foreign key (d) references t (a));
}
--- diag
spec:3:52: error: "t" has no column "c"
spec:3:67: error: "b" stands twice in the unique rule
spec:3:84: error: "t" has no column "d"

=== a reference to a table that is not there
--- spec
migration m;
target app sqlite 'app.db' {
    table user (id integer primary key);
    table t (u integer references usr);
}
--- diag
spec:4:35: error: there is no table "usr" in the target
hint: Did you mean "user"?

=== a reference of another type
--- spec
migration m;
target app sqlite 'app.db' {
    table u (id bigint primary key);
    table t (u text references u, v date references u);
}
--- diag
spec:4:32: error: "u" is text, and "u.id", which it refers to, is bigint
hint: Declare "u" as bigint.
spec:4:53: error: "v" is date, and "u.id", which it refers to, is bigint
hint: Declare "v" as bigint.

=== integers of another width may refer, as in PostgreSQL
--- spec
migration m;
source f csv '.' { table x file 'x.csv' (a text); }
target app sqlite 'app.db' {
    table u (id bigint primary key identity, name varchar(10) unique);
    table t (v integer references u, w text references u (name));
}
from f.x into app.t { w = a; }
--- diag

=== a reference to columns that are not unique
--- spec
migration m;
target app sqlite 'app.db' {
    table u (id bigint primary key, code text);
    table t (code text references u (code), c2 text references u (cod));
}
--- diag
spec:4:35: error: "code" of "u" is not unique, so nothing can refer to it
hint: Declare it unique, or the primary key.
spec:3:37: note: the column is declared here
spec:4:67: error: "u" has no column "cod"
hint: Did you mean "code"?

=== a reference to a table without a key
--- spec
migration m;
target app sqlite 'app.db' {
    table u (id bigint);
    table t (u bigint references u);
}
--- diag
spec:4:34: error: "u" has no primary key to refer to
hint: Name the columns: references u (…).

=== a reference with the wrong number of columns
--- spec
migration m;
target app sqlite 'app.db' {
    table u (a bigint, b bigint, primary key (a, b));
    table t (u bigint references u, v bigint, foreign key (u, v) references u (a));
}
--- diag
spec:4:34: error: the primary key of "u" has 2 columns, and 1 refers to it
hint: Name the columns: references u (…).
spec:4:47: error: 2 columns cannot refer to 1

=== indexes
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text, b text)
        index (c), index (a, a), index i (a), index i (b), index using btre (a), unique index using gin (a),
        index using hash (a, b), index using gist (a desc), index using something_else (a);
}
--- diag
spec:4:16: error: "t" has no column "c"
spec:4:30: error: "a" stands twice in the index
spec:4:53: error: there is an index or a key "i" already
spec:4:40: note: "i" is declared here
spec:4:72: error: there is no index method "btre"
hint: Did you mean "btree"?
spec:4:101: error: a unique index is a btree, not a gin
spec:5:21: error: a hash index has one column
spec:5:46: warning: SQLite has no gist index: this one is made in PostgreSQL only
spec:5:52: error: a gist index has no order, so no column of it is descending
spec:5:73: error: there is no index method "something_else"
hint: Methods are btree, hash, gin, gist, spgist and brin.

=== indexes that PostgreSQL cannot make
--- spec
migration m;
target app postgres 'app.db' {
    table t (a text, b boolean, c json, d jsonb, e text[])
        index using gin (a), index using gist (d), index using spgist (e), index using brin (b), index (c), index using hash (c);
}
--- diag
spec:4:26: error: PostgreSQL has no gin index for text, which "a" is
hint: A gin index is for jsonb and text[].
spec:4:48: error: PostgreSQL has no gist index for jsonb, which "d" is
spec:4:72: error: PostgreSQL has no spgist index for text[], which "e" is
spec:4:94: error: PostgreSQL has no brin index for boolean, which "b" is
spec:4:105: error: PostgreSQL has no btree index for json, which "c" is
spec:4:127: error: PostgreSQL has no hash index for json, which "c" is

=== indexes that SQLite does not have
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text, d jsonb, e text[])
        index using gin (d), index using gin (e), index using hash (a);
}
--- diag
spec:4:21: warning: SQLite has no gin index: this one is made in PostgreSQL only
spec:4:42: warning: SQLite has no gin index: this one is made in PostgreSQL only
spec:4:63: warning: SQLite has no hash index: this one is made in PostgreSQL only

=== an index twice
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text, b text) index (a, b), index (b, a), index (a, b desc), index other (a, b);
}
--- diag
spec:3:57: error: there is an index over the same columns already
hint: Give one of them a name, if both are needed.
spec:3:29: note: it is declared here

=== a key of json
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a json unique, b json, primary key (b));
}
--- diag
spec:3:21: error: "a" is json, and such values cannot be compared: they make no key
hint: Declare it as jsonb.
spec:3:37: error: "b" is json, and such values cannot be compared: they make no key
hint: Declare it as jsonb.

=== rules and defaults that SQLite cannot keep
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text check (casefold(a) <> 'x'), b text default initcap('x y'), c timestamptz default now());
}
--- diag
spec:3:28: warning: SQLite cannot keep the rule "t_a_check" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:3:64: warning: SQLite gets no default for "b" by itself: it cannot compute this
hint: Rows that the migration loads have it all the same.

=== rules that an engine would judge by less than their values: exact decimals, days beside timestamps, letters of lists
--- spec
migration m;
target app sqlite 'app.db' {
    table t (
        n numeric, w numeric(15,2), d date, ts timestamp, r real, l text[],
        check (n > 0.1), check (n >= 0.1 and n > 0 and w > 0.1), check (not (n >= 0.1)), check (n between 0 and 10),
        check (n not between 0 and 10), check (coalesce(d, ts) > ts), check (d < ts), check (r + r < 1),
        check (length(l) < 3), check (substr('abc', -1) = 'c'), check (d < now() at zone 'UTC')
    );
}
--- diag
spec:5:16: warning: SQLite cannot keep the rule "t_check" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:5:73: warning: SQLite cannot keep the rule "t_check2" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:6:16: warning: SQLite cannot keep the rule "t_check4" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:6:48: warning: SQLite cannot keep the rule "t_check5" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:6:94: warning: SQLite cannot keep the rule "t_check7" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:7:16: warning: SQLite cannot keep the rule "t_check8" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:7:39: warning: SQLite cannot keep the rule "t_check9" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.
spec:7:72: warning: SQLite cannot keep the rule "t_check10" by itself
hint: The migration holds it for the rows that it loads; later writes are not checked there.

=== decimals of two scales that refer to each other
--- spec
migration m;
target app sqlite 'app.db' {
    table p (v numeric(6,1) primary key, w numeric unique);
    table c (v numeric(8,3) references p, w numeric(6,1) references p, x numeric references p (w), y numeric(9,1) references p (w));
}
--- diag
spec:4:29: warning: SQLite cannot keep the reference of "v" to "p.v" by itself: their scales differ
hint: It compares numerics as texts, and 2.0 is not 2.00. Give both the same scale.
spec:4:115: warning: SQLite cannot keep the reference of "y" to "p.w" by itself: their scales differ
hint: It compares numerics as texts, and 2.0 is not 2.00. Give both the same scale.

=== an index with the name of a key
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text constraint one unique, b text) index one (b);
}
--- diag
spec:3:58: error: there is an index or a key "one" already
spec:3:32: note: "one" is declared here

=== a check that is no condition
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a text check (a), b integer check (length(b) > 3), c integer check (d > 0), check (a = 5));
}
--- diag
spec:3:28: error: "check" takes a condition, and a is text
hint: Write a is not null, or bool(a).
spec:3:49: error: "length" cannot take (integer)
hint: It is called length(text[]) or length(text) or length(bytea).
hint: Write text(b).
spec:3:82: error: "t" has no column "d"
hint: Columns are named alone here.
spec:3:101: error: a is text and 5 is integer: they cannot be compared
hint: Write integer(a).

=== a check that looks up rows
--- spec
migration m;
target app sqlite 'app.db' {
    table u (id integer primary key, n text unique);
    table t (a integer check (app.u[n = 'x'] = a), b integer check (count(u) > 0), c bigint check (row_number() > c));
}
--- diag
spec:4:31: error: a check constraint cannot look up other rows
spec:4:69: error: a check constraint cannot ask about all rows of a table: only a check can
spec:4:100: error: row_number() is about a source row, and there is none in a check constraint

=== a default that uses a column
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer, b integer default a, c integer default (1 + 1), d text default upper('x'), e timestamptz default now());
}
--- diag
spec:3:43: error: there is nothing called "a" in a default
hint: A default cannot use other columns.

=== a default that can fail
--- spec
migration m;
target app sqlite 'app.db' {
    table t (a integer default length('x') / length('y'));
}
--- diag
spec:3:32: error: setting "a" can fail: length('y') may be 0
hint: A default must be a value that always fits.

=== a table without its file
--- spec
migration m;
source s csv '.' { table people (id text); }
--- diag
spec:2:26: error: the file of "people" is missing
hint: Write table people file 'people.csv' (…).

=== a constraint in a source
--- spec
migration m;
source s csv '.' { table people file 'p.csv' (id integer primary key, n text default 'x', e enum('a'), k serial); }
--- diag
spec:2:58: error: a source column is "not null" or nothing: "primary key" belongs into the target
spec:2:78: error: a source column is "not null" or nothing: "default" belongs into the target
spec:2:93: error: a source column cannot be an enum
hint: Declare it as text; the target's column has the rule.
spec:2:106: error: a source column cannot be a serial
hint: Declare it as integer; the target's column has the rule.

=== a column of a source twice
--- spec
migration m;
source s csv '.' { table people file 'p.csv' (id text, id integer); }
--- diag
spec:2:56: error: there is a column "id" already
spec:2:47: note: "id" is declared here

=== names that an engine keeps for itself
--- spec
migration m;
target app sqlite 'app.db' {
    table sqlite_x (a text);
    table _migc_run (a text);
    existing table sqlite_sequence (name text, seq integer);
    table t (ctid text, XMIN text, xmin text, oid text, rowid text);
    table SQLite_y (a text);
}
--- diag
spec:3:11: error: names that begin with sqlite_ are kept for SQLite itself
spec:4:11: error: tables whose names begin with _migc_ are the program's own, in SQLite
spec:6:14: error: each table of PostgreSQL has a column "ctid" of its own
spec:6:36: error: each table of PostgreSQL has a column "xmin" of its own
spec:7:11: error: names that begin with sqlite_ are kept for SQLite itself

=== tables, keys and indexes share one space of names, the constraints of a table another
--- spec
migration m;
target app postgres env 'APP' {
    table t (id integer primary key, a text, constraint u unique (a)) index t (a), index u_a (a, id);
    table u (b text constraint c check (b > ''), d text, constraint c check (d > ''));
    table u_a (c integer constraint c references t constraint c unique, constraint d primary key (c));
    table v (a integer constraint w_pk primary key, constraint w_pk unique (a));
}
--- diag
spec:3:57: error: there is a table "u" already
spec:4:11: note: "u" is declared here
spec:3:77: error: there is a table "t" already
spec:3:11: note: "t" is declared here
spec:3:90: error: there is a table "u_a" already
spec:5:11: note: "u_a" is declared here
spec:4:69: error: the table has a constraint "c" already
spec:4:32: note: "c" is declared here
spec:5:63: error: the table has a constraint "c" already
spec:5:37: note: "c" is declared here
spec:6:64: error: there is an index or a key "w_pk" already
spec:6:35: note: "w_pk" is declared here

=== what becomes of a reference is said once
--- spec
migration m;
target app sqlite 'app.db' {
    table t (id integer primary key);
    table u (a integer references t on delete cascade on update cascade on delete restrict on update cascade);
}
--- diag
spec:4:76: error: "on delete" is said twice
spec:4:95: error: "on update" is said twice

=== constants that a check of their column refuses
--- spec
migration m;
source s csv '.' { table t file 't.csv' (n integer not null, a text not null); }
target app sqlite 'app.db' {
    table t (
        id integer primary key,
        a text default 'endet' check (a in ('airing', 'ended')),
        b integer check (b > 0) default 0,
        c integer check (c between 1 and 5 and c <> 3),
        d numeric(5,2) default 1.5,
        e text not null check (e <> '' and length(e) < 3) default '',
        f integer default 5 check (f > n),
        n integer not null,
        g char(3) check (g = 'ab') default 'ab',
        h date check (h > '2020-01-01') default '2019-01-01',
        i text check (not (i = 'x' or i = 'y')) default 'y',
        check (d < 1.50 or d > 2)
    );
}
from s.t as t {
    on error reject;
    into app.t { id = t.n; a = 'airing'; c = 5; d = 2.01; e = 'abcd'; n = t.n; }
    into app.t { id = t.n; a = 'airng'; b = -1; c = case when t.n > 5 then 3 else t.n end; d = 2; e = 'a'; n = t.n; i = 'z'; }
    into app.t { id = t.n; a = t.a; b = t.n; c = integer(t.a) else 0; d = null; e = 'a'; n = t.n; i = 'z'; }
}
--- diag
spec:6:24: error: a check of "a" refuses 'endet': a in ('airing', 'ended')
hint: Did you mean "ended"?
spec:7:41: error: a check of "b" refuses 0: b > 0
spec:9:32: error: a check of "d" refuses 1.5: d < 1.50 or d > 2
spec:10:67: error: a check of "e" refuses '': e <> '' and length(e) < 3
spec:15:57: error: a check of "i" refuses 'y': not (i = 'x' or i = 'y')
spec:22:32: error: a check of "a" refuses 'airng': a in ('airing', 'ended')
hint: Did you mean "airing"?
spec:22:45: error: a check of "b" refuses -1: b > 0
spec:22:76: error: a check of "c" refuses 3: c between 1 and 5 and c <> 3
spec:22:96: error: a check of "d" refuses 2: d < 1.50 or d > 2
spec:23:68: error: a check of "c" refuses 0: c between 1 and 5 and c <> 3
