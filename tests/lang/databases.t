# Sources that are databases: what a spec may say of them, and what can fail when they are read.

=== tables and queries of SQLite and PostgreSQL sources
--- spec
migration m;
source legacy sqlite env 'LEGACY_DB' default 'legacy.db' {
    table trainers (id integer not null, "full name" text);
    query recent $$ select * from sessions; $$ (id integer not null, query text);
}
source old postgres 'dbname=old' { options (schema 'public', wait 60); table project options (schema 'x') (id bigint not null); }
target app sqlite 'app.db' { table t (id bigint not null, name text); }
from legacy.trainers as t { on error reject; into app.t { id = t.id; name = t."full name"; } }
from legacy.recent as query { on error reject; into app.t { id = query.id; name = query.query; } }
from old.project as p into app.t;
--- ast
...
    source name=legacy engine=sqlite
      location: location env="LEGACY_DB" fallback="legacy.db"
      tables:
        table name=trainers
          columns:
            column name=id
              type: type name=integer
              constraints:
                constraint what=not-null
            column name="full name"
              type: type name=text
        table name=recent query=" select * from sessions; "
...
    source name=old engine=postgres
      location: location text="dbname=old"
      options:
        option name=schema
          values:
            text text="public"
        option name=wait
          values:
            number text="60"
      tables:
        table name=project
          options:
            option name=schema
...
--- diag
--- explain
...
  legacy: SQLite, the environment variable LEGACY_DB (default 'legacy.db'); read only, all of it as it stands at one instant
    trainers: 2 columns, read by what is stored in each row
    recent, by a query: 2 columns, read by what is stored in each row
  old: PostgreSQL, 'dbname=old'; read only, all of it as it stands at one instant
    project: 1 column, types compared with the live ones
...
--- c
{.name = "id", .not_null = true, .type = MIG_T_INTEGER},
.query = " select * from sessions; ",
.schema = "x",
{.name = "legacy", .kind = MIG_SOURCE_SQLITE,
{.name = "old", .kind = MIG_SOURCE_POSTGRES,
.wait = 60,
r.id = mig_cell_integer(x, s, trainers_id);
r.name = mig_cell_text(s, trainers_full_name);
r.id = mig_cell_bigint(x, s, project_id);

=== the layout of queries
--- spec
migration m;
source legacy sqlite 'x' {   QUERY recent   $$ select *
  from s $$(id integer  not null, day text);query two $$ select 1 $$ (
    id integer, -- the key
    d   text);}
target app sqlite 'app.db' { table t (id integer); }
--- fmt
migration m;
source legacy sqlite 'x' {
    query recent $$ select *
  from s $$ (id integer not null, day text);
    query two $$ select 1 $$ (
        id integer,  -- the key
        d  text
    );
}
target app sqlite 'app.db' { table t (id integer); }

=== in SQLite a value may be none of its type, in PostgreSQL it cannot
--- spec
migration m;
source lite sqlite 'x' { table t (n integer, d date, s text, v varchar(5), m numeric(5,2)); }
source pg postgres 'x' { table t (n integer, d date, s text, v varchar(5), m numeric(5,2), i smallint); }
target app sqlite 'app.db' { table t (n integer, d date, s text, v varchar(5), m numeric(5,2), i smallint); }
from lite.t as t into app.t { n = t.n; d = t.d; s = t.s; v = t.v; m = t.m; }
from pg.t as t into app.t { n = t.n; d = t.d; s = t.s; v = t.v; m = t.m; i = t.n; }
from pg.t as t into app.t { n = t.n else null; }
--- diag
spec:5:35: error: setting "n" can fail: t.n may be no integer
hint: Add `else …` here, or write the flow as `from lite.t as t { on error reject; into … }`.
spec:5:44: error: setting "d" can fail: t.d may be no date
hint: Add `else …` here, or write the flow as `from lite.t as t { on error reject; into … }`.
spec:5:62: error: setting "v" can fail: t.v may be longer than 5 characters
hint: Add `else …` here, or write the flow as `from lite.t as t { on error reject; into … }`.
spec:5:71: error: setting "m" can fail: t.m may be no number
hint: Add `else …` here, or write the flow as `from lite.t as t { on error reject; into … }`.
spec:6:78: error: setting "i" can fail: t.n may be too large for smallint
hint: Add `else …` here, or write the flow as `from pg.t as t { on error reject; into … }`.
spec:7:37: warning: this "else" is never used: t.n cannot fail
hint: Null is no failure. For another value in its place write coalesce(t.n, …).

=== options and files of databases
--- spec
migration m;
source a sqlite 'x' { options (schema 'x', trim on); table t file 't.csv' (id integer); query q $$ ; $$ (id integer); }
source b postgres 'x' { options (shema 'x', wait 'long', null ''); table t options (wait 3) (id integer); }
source c csv 'x' { query q $$ select 1 $$ (id text); }
target app postgres 'x' { options (wait 3); table t (id integer); }
--- diag
spec:2:32: error: sqlite has no option "schema"
spec:2:44: error: sqlite has no option "trim"
spec:2:67: error: a table of sqlite stands in no file
hint: Write table t (…).
spec:2:97: error: the query of "q" is empty
spec:3:34: error: postgres has no option "shema"
hint: Did you mean "schema"?
spec:3:50: error: wait is a number of seconds, not 'long'
spec:3:58: error: postgres has no option "null"
spec:3:85: error: a table of postgres has no option "wait"
spec:4:28: error: CSV files cannot be asked with SQL
hint: Write table q file 'q.csv' (…).

=== a query misspelt, without its SQL, outside of a source
--- spec
migration m;
source a sqlite 'x' {
    qery q $$ select 1 $$ (id integer);
    query p 'select 1' (id integer);
    query r (id integer);
    table t query 'x' (id text);
}
query s $$ select 1 $$ (id integer);
target app sqlite 'x' { table t (id integer); query q $$ $$ (id integer); }
--- diag
spec:3:5: error: unexpected "qery", expected "options", "query", "table" or "}"
hint: Did you mean "query"?
spec:4:13: error: unexpected 'select 1', expected SQL between $$
hint: SQL stands between $$ and $$.
spec:5:13: error: unexpected "(", expected SQL between $$
spec:6:13: error: unexpected "query", expected "file", "options" or "("
spec:8:1: error: unexpected "query", expected "alias", "check", "dedup", "define", "from", "include", "measure", "migration", "phase", "source" or "target"
hint: "query" stands inside of a source that is a database.
spec:9:47: error: unexpected "query", expected "create", "existing", "options", "table" or "}"
hint: "query" stands inside of a source that is a database.

=== a primary key that a flow copies as it is: nothing can be refused for it; what the key does not cover can
--- spec
migration m;
source lite sqlite 'a.db' {
    table t (id integer primary key, n integer);
    table u (a integer, b text, n integer, primary key (a, b));
    table d (day date primary key);
}
target x sqlite 'b.db' {
    table t (id bigint primary key);
    table u (a integer, b text, primary key (a));
    table v (a integer, b text, primary key (a, b));
    table d (day date primary key);
    table n (n integer);
}
from lite.t into x.t;
from lite.u { into x.u; into x.v; }
from lite.d into x.d;
from lite.t into x.n;
--- diag
spec:15:20: error: "u" can refuse a row: a row with the same "a" may be there already (primary key)
hint: Add `on error reject;` to the flow.
spec:16:18: error: "d" can refuse a row: a row with the same "day" may be there already (primary key)
hint: Write the flow as `from lite.d { on error reject; into … }`.
spec:16:21: error: copying "day" can fail: day may be no date
hint: Write the flow as `from lite.d { on error reject; into … }`.
hint: Or set it beside the copy, with an `else`.
spec:17:21: error: copying "n" can fail: n may be no integer
hint: Write the flow as `from lite.t { on error reject; into … }`.
hint: Or set it beside the copy, with an `else`.
