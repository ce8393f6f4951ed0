# What `migc emit` says about specs that it cannot say in another language. That what it prints does what it should is tested in
# tests/e2e/emit_*.t and tests/emit/.

=== mirror: the target must be PostgreSQL
--- spec
migration m;
source s postgres env 'S' { table t (id integer not null); }
target app sqlite 'app.db' { table n (id integer primary key); }
from s.t as t { on error reject; into app.n { id = t.id; } }
--- emit mirror
spec:3:8: error: a mirror is made of PostgreSQL's triggers, and the target is SQLite
hint: Say `target … postgres`; a run can still go into SQLite with --target.

=== mirror: only flows from tables of PostgreSQL
--- spec
migration m;
source s postgres env 'S' { query q $$ select 1 as id $$ (id integer not null); }
source c csv '.' { table f file 'f.csv' (a text); }
target app postgres env 'T' { table n (id integer primary key); table k (a text); }
from s.q as q { on error reject; into app.n { id = q.id; } }
from c.f as f into app.k;
--- emit mirror
spec:4:8: error: there is nothing to mirror: no flow goes from a table of a PostgreSQL source into this target
hint: Flows from queries, CSV files and SQLite databases have no table on which a trigger could stand.

=== mirror: rows must be told apart, and be found from both sides
--- spec
migration m;
source s postgres env 'S' { table t (id integer not null, a text, b text); }
target app postgres env 'T' {
    table no_key (a text); table n (id integer primary key, a text unique); table child (a text primary key, parent integer);
    table kin (x integer, y integer, z text primary key); table two (id integer unique, a text unique, n integer);
}
from s.t as t { into app.no_key { a = t.a; } }
from s.t as t { on error reject; into app.n { id = t.id + 1; a = upper(t.a); } }
from s.t as t { on error reject; into app.n { id = t.id; } into app.child { a = t.a; } }
from s.t as t { on error reject; into app.n { id = t.id; } into app.kin { x = t.id; z = t.a; } into app.kin { y = t.id; z = t.b; } }
from s.t as t { on error reject; into app.two { id = t.id; n = 1; } into app.two { a = t.a; n = t.id; } }
--- emit mirror --one-way
spec:7:17: error: the mirror cannot tell the rows of "no_key" apart: no primary key or unique rule is set by this `into`
hint: Copy the source's key into the primary key, or give the table a unique rule over columns that are set here.
spec:8:1: error: the mirror finds no row that stands for a row of "t"
hint: One `into` without `when` and `each` must copy the source's key into the primary key or a unique rule of its table.
spec:9:60: error: the mirror cannot go from a row of "child" to its source row: no column holds "id"
hint: Copy the source's key into a column of the table.
spec:10:96: error: rows of "kin" refer to their source row by other columns here
hint: Set the same columns in each `into` of a table.
spec:11:69: error: the rows of "two" are known by other columns here than in the first `into`
hint: Set the same key columns in each `into` of a table.

=== mirror: what cannot be reversed
--- spec
migration m;
source s postgres env 'S' {
    table t (id integer not null, name text, kind text, tags text, list text[], kept text, n numeric);
    table u (id integer not null);
}
target app postgres env 'T' {
    table n (id integer primary key, slug text, kept text, folded text, whole integer);
    table child (id integer primary key);
    table tag (id integer, place integer, tag text, primary key (id, tag));
}
from s.t as t {
    on error reject;
    into app.n { id = t.id; slug = lower(t.name); kept = coalesce(t.kept, ''); folded = upper(t.kept); whole = integer(t.n); }
    into app.child when t.kind = 'a' { id = t.id; }
    into app.tag each g in split(t.tags, ',') { id = t.id; tag = g; }
    into app.tag each g at i in compact(t.list) { id = t.id; tag = g; place = i; }
}
--- emit mirror
spec:4:11: warning: nothing reads the table "u"
spec:13:29: error: "n.slug" is made of "name" in a way that the mirror cannot reverse
hint: Copy "name" into a column too, or mirror old to new only, with --one-way.
spec:13:104: error: "n.whole" is made of "n" in a way that the mirror cannot reverse
hint: Copy "n" into a column too, or mirror old to new only, with --one-way.
spec:14:5: error: the condition of this `into` is made of "kind" in a way that the mirror cannot reverse
hint: Copy "kind" into a column too, or mirror old to new only, with --one-way.
spec:15:5: error: the order of the list in "tags" is lost, so the mirror cannot reverse it
hint: Keep it: each x at n in …, and a column set to n.
spec:16:5: error: the list of this `into` is made of "list" in a way that the mirror cannot reverse
hint: Copy "list" into a column too, or mirror old to new only, with --one-way.

=== mirror: one table on both sides, two flows into one table, dedup
--- spec
migration m;
source s postgres env 'S' { table n (id integer not null); table t (id integer not null); table u (id integer not null); table v (id integer not null); }
target app postgres env 'T' { table n (id integer primary key); table k (id integer primary key); table d (id integer primary key, a text); }
dedup app.d by id { keep first; duplicate drop; }
from s.n as n { on error reject; into app.n { id = n.id; } }
from s.t as t { on error reject; into app.k { id = t.id; } }
from s.u as u { on error reject; into app.k { id = u.id; } }
from s.v as v { on error reject; into app.d { id = v.id; } }
--- emit mirror
spec:4:1: error: a dedup rule decides over all rows of "d" at once, and the mirror sees one
hint: A unique rule makes the second writer fail; drop the dedup rule for the time of the mirror.
spec:5:1: error: "n" is the old table and the new one
hint: Say the schema of each: options (schema 'old') in the source, options (schema 'new') in the target.
spec:6:1: error: two flows write "k": the mirror cannot tell which old row a new one belongs to
hint: Mirror old to new only, with --one-way.
spec:7:1: error: two flows write "k": the mirror cannot tell which old row a new one belongs to
hint: Mirror old to new only, with --one-way.

=== mirror: what PostgreSQL cannot compute
--- spec
migration m;
source s postgres env 'S' { table t (id integer not null, name text, day text); }
target app postgres env 'T' { table n (id integer primary key, name text, day date, genre integer, line bigint); table g (id integer primary key, name text unique); }
alias genre { table app.g (name); match casefold; value 'a' also 'b' { id = 1; }; }
from s.t as t {
    on error reject;
    let folded = casefold(t.name);
    skip when unaccent(t.name) = 'x';
    into app.n { id = t.id; name = folded; day = date(t.day, 'DD.MM.YYYY'); genre = genre[t.name]; line = row_number(); }
}
--- emit mirror --one-way
spec:7:5: error: the mirror cannot carry "folded": casefold() has no equal in PostgreSQL
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.
spec:8:5: error: the mirror cannot carry this condition: unaccent() has no equal in PostgreSQL
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.
spec:9:44: error: the mirror cannot carry "n.day": date() has no equal in PostgreSQL
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.
spec:9:77: error: the mirror cannot carry "n.genre": the alias "genre" has no equal in PostgreSQL
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.
spec:9:100: error: the mirror cannot carry "n.line": row_number() has no equal in PostgreSQL
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.

=== mirror: look-ups of other source rows
--- spec
migration m;
source s postgres env 'S' { table t (id integer not null, other integer); table u (id integer not null, name text); }
target app postgres env 'T' { table n (id integer primary key, name text, k integer); table k (id integer primary key identity, name text); }
from s.u as u { on error reject; into app.k { name = u.name; } }
from s.t as t { on error reject; into app.n { id = t.id; name = s.u[id = t.other].name; k = app.k[s.u.id = t.other]; } }
--- emit mirror --one-way
spec:4:34: error: the mirror cannot tell the rows of "k" apart: no primary key or unique rule is set by this `into`
hint: Copy the source's key into the primary key, or give the table a unique rule over columns that are set here.

=== mirror: look-ups of other source rows, by row
--- spec
migration m;
source s postgres env 'S' { table t (id integer not null, other integer); table u (id integer not null, name text); }
target app postgres env 'T' { table n (id integer primary key, name text, k integer); table k (id integer primary key, name text); }
from s.u as u { on error reject; into app.k { id = u.id; name = u.name; } }
from s.t as t { on error reject; into app.n { id = t.id; name = s.u[id = t.other].name; k = app.k[s.u.id = t.other]; } }
--- emit mirror --one-way
spec:5:58: error: the mirror cannot carry "n.name": the look-up in "u" depends on another source row, whose changes no trigger would tell
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.
spec:5:89: error: the mirror cannot carry "n.k": the look-up in "k" depends on another source row, whose changes no trigger would tell
hint: Say it with what PostgreSQL has too, or leave the flow out of the spec that the mirror is made of.

=== mirror: the functions, each statement below its line
--- spec
migration m;
source s postgres env 'S' { options (schema 'old'); table t (id integer not null, name text, born text); }
target app postgres env 'T' { options (schema 'new'); table n (id integer primary key, name varchar(20) not null); }
from s.t as t {
    on error reject;
    skip when t.born is null;
    into app.n { id = t.id; name = coalesce(t.name, '') else reject 'too long'; }
}
--- emit mirror --one-way
-- The mirror of the migration m: what is written to the old tables reaches the new ones.
-- Made by `migc emit mirror` from spec.mig.  psql -v ON_ERROR_STOP=1 -f FILE
...
    -- spec.mig:6  skip when t.born is null;
    if r.born::text is null then
        rows_1 := null;
        return;
    end if;
    -- spec.mig:7  into n
    <<into_1>>
    begin
        t_1 := null;
        -- spec.mig:7  id = t.id;
        t_1.id := r.id;
        -- spec.mig:7  name = coalesce(t.name, '') else reject 'too long';
        begin
            t_1.name := case when length(coalesce(r.name::text, '')) > 20 then migc.mirror_refuse('it fails')::varchar else coalesce(r.name::text, '') end;
        exception when data_exception or cardinality_violation or sqlstate 'MIGC1' then
            raise exception using errcode = 'MIGC1', message = 'spec.mig:7: the row cannot be mirrored: too long';
        end;
        rows_1 := array_append(rows_1, t_1);
    end into_1;
end;
...
    insert into new.n as t (id, name)
        select d.id, d.name from unnest(rows_1) as d
        on conflict (id) do update set name = excluded.name
        where row(t.name) is distinct from row(excluded.name);
...

=== django: tables that no model can say, and what stays a comment
--- spec
migration m;
source s csv '.' { table f file 'f.csv' (a text); }
target app sqlite 'app.db' {
    table pair (a integer, b integer, primary key (a, b));
    table bare (a text);
    table one (id integer primary key, a integer, b integer references pair_key on delete set default,
               name text check (length(name) > 1), code integer default 1 + 1, foreign key (a, b) references pair on update cascade);
    table pair_key (id integer primary key);
}
from s.f as f into app.bare;
--- emit django
spec:4:11: warning: "pair" gets no model: its primary key has 2 columns, and a model's has one
hint: Django 3.2 works with tables whose primary key is one column.
spec:5:11: warning: "bare" gets no model: it has no primary key, and a model needs one
hint: Django 3.2 works with tables whose primary key is one column.
# Models of the migration m, for Django 3.2 and SQLite. Made by `migc emit django` from spec.mig.
# Defaults and what happens on delete are Django's doing here, not the database's; references are checked when a
# transaction commits.
# A migration program keeps decimals and UUIDs as text in SQLite, and Django does not.

from django.db import models
from django.db.models.expressions import RawSQL


# spec.mig:4  table pair has no model: its primary key has 2 columns, and a model's has one


# spec.mig:5  table bare has no model: it has no primary key, and a model needs one


# spec.mig:6  table one
class One(models.Model):
    id = models.IntegerField(primary_key=True)
    a = models.IntegerField(null=True, blank=True)
    # on delete set default: but the column has none
    b = models.ForeignKey('PairKey', models.DO_NOTHING, null=True, blank=True, db_index=False, db_column='b')
    name = models.TextField(null=True, blank=True)
    # the default of the database is computed by it, and no default here
    code = models.IntegerField(null=True, blank=True)
    # not said: the reference one_a_b_fkey to pair, of several columns

    class Meta:
        db_table = 'one'
        constraints = [
            models.CheckConstraint(check=RawSQL('length(name) > 1', (), output_field=models.BooleanField()), name='one_name_check'),
        ]


# spec.mig:8  table pair_key
class PairKey(models.Model):
    id = models.IntegerField(primary_key=True)

    class Meta:
        db_table = 'pair_key'

=== django: names that it cannot quote, its own table, types that it has no field for
--- spec
migration m;
source s csv '.' { table f file 'f.csv' (a text); }
target app postgres env 'DB' {
    table "odd ""one" (id integer primary key);
    table django_migrations (id bigint primary key identity, app varchar(255) not null);
    table one (id integer primary key, span text as 'interval');
}
from s.f as f { on error reject; into app.one { id = integer(f.a); } }
--- emit django
spec:4:11: warning: "odd "one" gets no model: Django cannot quote a name with a double quote in it
...
# spec.mig:4  table odd "one has no model: Django cannot quote a name with a double quote in it


# spec.mig:5  table django_migrations
class DjangoMigrations(models.Model):
    id = models.BigAutoField(primary_key=True)
    app = models.CharField(max_length=255)

    class Meta:
        db_table = 'django_migrations'
        managed = False  # Django makes this table itself, before its first migration


# spec.mig:6  table one
class One(models.Model):
    id = models.IntegerField(primary_key=True)
    span = OtherField(kind='interval', null=True, blank=True)

    class Meta:
        db_table = 'one'

=== django: a column called self is none of __init__'s
--- spec
migration m;
target app sqlite 'app.db' { table t (id integer primary key, self text); }
--- emit django
...
    self_field = models.TextField(null=True, blank=True, db_column='self')
...
