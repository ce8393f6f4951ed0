"""Models that `migc emit django` writes: Django itself makes a schema of them, which must be that of `migc emit sql`.

What is agreed to differ, and why:
- names of references, of rules that a field says (>= 0) and of Django's own indexes (`_like`): Django makes them up;
- references are deferred and do nothing in the database on delete: Django does that itself;
- defaults: Django 3.2 has none in the database; serial instead of identity: Django 3.2 knows no identity;
- a unique index is a unique rule; a key is of the type of what it refers to;
- in SQLite only names, nulls, keys, uniques, indexes and references are compared: Django has other types there.
"""
import glob
import json
import os
import re
import shutil
import sqlite3

import rows
import schema
from common import Failure, Skip, program
from faults import Session, case, databases

SETTINGS = """
import os
SECRET_KEY = 'test'
USE_TZ = True
DEFAULT_AUTO_FIELD = 'django.db.models.BigAutoField'
INSTALLED_APPS = ['app']
DATABASES = {'default': json.loads(os.environ['DJANGO_DATABASE'])}
"""

# Commands as on a command line, one process for all; then each model is queried.
LOOK = """
import sys
import django
django.setup()
from django.apps import apps
from django.core.management import call_command
for command in sys.argv[1:]:
    call_command(*command.split())
for model in apps.get_app_config('app').get_models():
    rows = list(model.objects.all())
    print(model.__name__, len(rows), [str(v)[:40] for r in rows[:3] for v in r.__dict__.values()][1:])
    model.objects.order_by('pk').values_list()[:1].query
"""


def python():
    for path in ("/usr/bin/python3", shutil.which("python3")):
        if path and program([path, "-c", "import django, psycopg2; assert django.VERSION[:2] == (3, 2)"], "/", dict(os.environ)).code == 0:
            return path
    raise Skip("Django 3.2 is not here (python3-django, python3-psycopg2)")


class Project:
    """A throw-away project with one app, made of a spec's models."""

    def __init__(self, t, spec, *options, name="project"):
        self.t, self.python = t, python()
        self.folder = t.path(name)
        os.makedirs(os.path.join(self.folder, "app"))
        r = t.migc("emit", "django", spec, "--engine", t.engine, "--app", "app", "-o", os.path.join(self.folder, "app", "models.py"), *options)
        self.said = r.err
        for path, text in (("app/__init__.py", ""), ("settings.py", "import json\n" + SETTINGS), ("look.py", LOOK)):
            with open(os.path.join(self.folder, path), "w", encoding="utf-8") as f:
                f.write(text)
        self.use(t.database, t.location)

    def use(self, database, location, schema_name=None):
        if self.t.engine == "sqlite":
            found = {"ENGINE": "django.db.backends.sqlite3", "NAME": database}
        else:
            parts = dict(p.split("=", 1) for p in location.split())
            found = {"ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], "USER": parts.get("user", ""), "HOST": parts["host"]}
            if schema_name:
                found["OPTIONS"] = {"options": "-c search_path=" + schema_name}
        self.env = {"DJANGO_DATABASE": json.dumps(found), "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": self.folder,
                    "PYTHONDONTWRITEBYTECODE": "1"}

    def django(self, *args, exit=0):
        return self.t.tool([self.python, "-W", "error::RuntimeWarning", "-m", "django", *args], exit, env=self.env, cwd=self.folder)

    def look(self, *commands):
        return self.t.tool([self.python, "-W", "error::RuntimeWarning", "look.py", *commands], env=self.env, cwd=self.folder).out


# --- schemas, as far as they are compared -----------------------------------------------------------------------------------------

def sqlite_shape(t, database):
    found = []
    def select(sql, *args):
        return sqlite_rows(database, sql, *args)
    for (table,) in select("select name from sqlite_schema where type = 'table' and name not like 'sqlite!_%' escape '!' and name not like 'django!_%' escape '!'"):
        for name, notnull, pk in select("select name, \"notnull\", pk from pragma_table_info(?)", table):
            found.append("%s.%s%s%s" % (table, name, " not null" if notnull else "", " key" if pk else ""))
        for name, unique, origin in select("select name, \"unique\", origin from pragma_index_list(?)", table):
            columns = ", ".join("%s%s" % (c, " desc" if d else "") for c, d in
                                select("select name, desc from pragma_index_xinfo(?) where key order by seqno", name))
            if origin == "pk":
                continue
            found.append("%s unique (%s)" % (table, columns) if unique else "%s index %s (%s)" % (table, name, columns))
        for to, column, other in select("select \"table\", \"from\", \"to\" from pragma_foreign_key_list(?)", table):
            found.append("%s.%s -> %s.%s" % (table, column, to, other))
    return sorted(found)


def sqlite_rows(database, sql, *args):
    db = sqlite3.connect("file:%s?mode=ro" % database, uri=True)
    try:
        return db.execute(sql, args).fetchall()
    finally:
        db.close()


SHAPE = """
select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || case when a.attnotnull then ' not null' else '' end
  from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r' where c.relnamespace = any (%(in)s) and a.attnum > 0 and not a.attisdropped
   and c.relname !~ '^django_'
union all
select c.relname || ' ' || case k.contype when 'p' then 'primary key' else 'unique' end || ' (' || (select string_agg(a.attname, ', ' order by n)
  from unnest(k.conkey) with ordinality as u(c, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = u.c) || ')' || case when k.contype = 'u' then ' ' || k.conname else '' end
  from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype in ('p', 'u') and c.relnamespace = any (%(in)s) and c.relname !~ '^django_'
union all
select c.relname || ' references ' || f.relname || ' (' || (select string_agg(a.attname || ' ' || b.attname, ', ' order by n)
  from unnest(k.conkey, k.confkey) with ordinality as u(c, d, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = u.c
  join pg_attribute b on b.attrelid = f.oid and b.attnum = u.d) || ')'
  from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid where k.contype = 'f' and c.relnamespace = any (%(in)s)
   and c.relname !~ '^django_'
union all
select c.relname || ' rule ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
  from pg_constraint k join pg_class c on c.oid = k.conrelid where k.contype = 'c' and c.relnamespace = any (%(in)s) and c.relname !~ '^django_'
union all
select pg_get_indexdef(x.indexrelid) from pg_index x join pg_class c on c.oid = x.indrelid where not x.indisunique and c.relnamespace = any (%(in)s)
   and c.relname !~ '^django_' and pg_get_indexdef(x.indexrelid) !~ '_pattern_ops'
union all
select c.relname || ' unique (' || (select string_agg(a.attname, ', ' order by n) from unnest(x.indkey::int2[]) with ordinality as u(c, n)
  join pg_attribute a on a.attrelid = c.oid and a.attnum = u.c) || ') ' || i.relname
  from pg_index x join pg_class c on c.oid = x.indrelid join pg_class i on i.oid = x.indexrelid
 where x.indisunique and c.relnamespace = any (%(in)s) and not exists (select from pg_constraint k where k.conindid = x.indexrelid)
""" % {"in": "array(select oid from pg_namespace where nspname !~ '^(pg_|information_schema|migc)')"}


def postgres_shape(t, location):
    s = Session(location)
    try:
        return sorted(r[0] for r in s.rows(SHAPE))
    finally:
        s.close()


def shape(t, database, location):
    return sqlite_shape(t, database) if t.engine == "sqlite" else postgres_shape(t, location)


def agreed(lines):
    """Without what is agreed to differ: rules are compared by their names, serial keys as identity."""
    kept = []
    for line in lines:
        line = re.sub(r"^(\S+) rule (\S+) .*", r"\1 rule \2", line)
        kept.append(line)
    return kept


def fresh(t):
    """Another empty database: its file or name, and its location."""
    if t.engine == "sqlite":
        return t.path("other%d.db" % next(databases)), None
    name = "mig_django_%d_%d" % (os.getpid(), next(databases))
    rows.psql(t.ctx, t.ctx.pg, "create database %s template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'" % name)
    t.databases.append(name)
    return name, re.sub(r"\bdbname=\S+", "dbname=" + name, t.location)


def compare(t, spec, schema_name=None, existing=""):
    """Both schemas, made and looked at; the project."""
    p = Project(t, spec)
    t.migc("emit", "sql", spec, "--engine", t.engine, "-o", t.path("schema.sql"))
    made, made_at = fresh(t)
    by_django, django_at = fresh(t)
    for database, location in ((made, made_at), (by_django, django_at)):
        if existing:
            rows.execute(t.ctx, t.engine, database, location, existing)
    schema.load(t.ctx, t.engine, t.folder, "schema.sql", made, made_at)
    p.use(by_django, django_at, schema_name)
    p.look("makemigrations app --dry-run", "makemigrations app", "sqlmigrate app 0001", "migrate", "check")
    want, got = agreed(shape(t, made, made_at)), agreed(shape(t, by_django, django_at))
    p.look("makemigrations --check")
    p.use(made, made_at, schema_name)
    p.look("makemigrations --check")
    return p, want, got


def equal(t, want, got, but=()):
    """but: patterns of lines that one side alone may have."""
    for what, lines in (("only in the schema of the spec", [x for x in want if x not in got]), ("only in Django's", [x for x in got if x not in want])):
        lines = [x for x in lines if not any(re.search(b, x) for b in but)]
        if lines:
            t.fail("%s:\n%s" % (what, "\n".join(lines)))


# --- cases -------------------------------------------------------------------------------------------------------------------------

@case("every spec and example whose tables have keys: Django makes the same schema")
def specs(t):
    python()
    for path in sorted(glob.glob(os.path.join(t.root, "specs", "*", "*.mig")) + glob.glob(os.path.join(t.root, "examples", "*", "spec.mig"))):
        if t.migc("check", path, exit=None).code != 0:
            continue  # waits for a source that is not here
        if "Must be there already" in t.migc("emit", "sql", path).out or not re.search("^class \\w+\\(models.Model\\)", t.migc("emit", "django", path).out, re.M):
            continue
        if "PostgreSQL alone has a word for" in t.migc("emit", "django", path, "--engine", t.engine).err:
            continue  # types of its own must be there first
        p, want, got = compare_in(t, os.path.relpath(path, t.root).replace("/", "-"), path)
        without = [re.search(r'"(.*)" gets no model', line).group(1) for line in p.said.split("\n") if "gets no model" in line]
        want = [x for x in want if not x.startswith(tuple(name + end for name in without for end in ". "))]
        equal(t, want, got)


def compare_in(t, name, spec):
    folder = t.path("django-" + name)
    os.makedirs(folder)
    old, t.folder = t.folder, folder
    try:
        return compare(t, spec)
    finally:
        t.folder = old


ALL = """migration models;
source s csv '.' { table t file 't.csv' (a text); }
target app postgres env 'DB' {
    table thing (
        id bigint primary key identity, b boolean not null default true, si smallint default 1, i integer not null default -5 check (i <> 7),
        bi bigint, r real, d double default 1.5, n numeric default 1.50, n2 numeric(12,3) not null default '1.5',
        s text not null default 'it''s a \\ "quote"' unique, v varchar(10) not null, c char(3), bytes bytea default '\\x00ff', dt date default '2024-02-29',
        tm time default '01:02:03.5', ts timestamp default '2024-01-02 03:04:05', tz timestamptz not null default now(),
        tz2 timestamptz default '2024-01-02 03:04:05+02', u uuid not null default gen_random_uuid(), u2 uuid default '00112233-4455-6677-8899-aabbccddeeff',
        j json, jb jsonb not null default '{}', jb2 jsonb default '{"it''s": [1, "é"]}', l text[] not null default '{}', l2 text[] default '{"a b",c}',
        mood enum('sad', 'it''s', '1st', 'class') default 'sad', role varchar(20) not null check (role in ('a-b', 'a b', '')),
        amount integer check (amount >= 0), few smallint not null check (few >= 0), many bigint check (many >= 0),
        state text, day date, until date,
        constraint "in order" check (day <= until or until is null), constraint starts check (v like 'a%' and length(v) > 1),
        constraint not_both check (not (b and i = 3) and d between 0 and 1e3 and n2 <> 0), unique (v, c),
        constraint "other name" unique (u)
    ) index (dt desc, tm), index a_rather_long_name_for_an_index_of_several_columns (s, tm desc), unique index (bi), index using gin (jb),
      index _odd (day), index another_long_name_that_is_longer_than_thirty using gin (l);
    table "class" (id integer primary key identity, "class" text, "from" text not null, objects text, _x_ integer, a__b integer, "pk" text, "Übel 1" text, "save" text,
        "Case" text, "it's" text);
    table meta (id smallint primary key identity, thing_id bigint not null references thing on delete cascade, other bigint references thing on delete set null,
        self_id smallint references meta on delete set default, third_id bigint not null references thing (id) on delete restrict, "third" text);
    table part (thing_id bigint primary key references thing on delete cascade, class_id integer not null unique references "class", note text);
    table by_text (code varchar(5) primary key, u uuid references thing (u), meta text, entry integer);
    table entry (id uuid primary key default gen_random_uuid(), code varchar(5) references by_text on update cascade, by_text_id text);
    table pair (a integer, b integer, primary key (a, b));
    table of_pair (id integer primary key, a integer, b integer, foreign key (a, b) references pair);
    table bare (a text);
    existing table auth_group (id integer not null, name varchar(150) not null);
    existing table odd_one (a integer not null);
}
from s.t as t { on error reject; into app.bare { a = t.a; } }
"""

EXISTING = "create table auth_group (id integer not null primary key, name varchar(150) not null); create table odd_one (a integer not null);"


@case("every type, default, rule, key and odd name")
def everything(t):
    t.write("spec.mig", ALL)
    p, want, got = compare(t, "spec.mig", existing=EXISTING)
    without = ("pair", "bare")
    want = [x for x in want if re.split(r"[. ]", x)[0] not in without]
    equal(t, want, got, but=(
        r"^of_pair references pair", r"of_pair.* -> pair",   # Django knows keys of one column
        r"_odd\b",                                    # and no index whose name begins with _
    ) + ((r"^thing rule (few|amount|many)",) if t.engine == "postgres" else ()))
    for said in ('"pair" gets no model: its primary key has 2 columns', '"bare" gets no model: it has no primary key', '"odd_one" gets no model'):
        if said not in p.said:
            t.fail("not said: %s\n%s" % (said, p.said))
    with open(os.path.join(p.folder, "app", "models.py"), encoding="utf-8") as f:
        models = f.read()
    for line in ("    mood = models.TextField(null=True, blank=True, choices=MoodChoices.choices, default='sad')", "        IT_S = 'it\\'s', 'it\\'s'",
                 "    few = models.PositiveSmallIntegerField()", "    thing = models.OneToOneField('Thing', models.CASCADE, primary_key=True)",
                 "    class_field = models.TextField(null=True, blank=True, db_column='class')", "        managed = False",
                 "    s = models.TextField(unique=True, default='it\\'s a \\\\ \"quote\"')",
                 "    thing = models.ForeignKey('Thing', models.CASCADE, related_name='meta_thing_set', db_index=False)",
                 "    # on update: Django has no word for it", "    # not said: the reference of_pair_a_b_fkey to pair, of several columns"):
        if line not in models:
            t.fail("not in the models: %s\n%s" % (line, models))


WRITE = """
import django
django.setup()
import datetime, decimal, uuid
from app.models import *
c = Class.objects.create(from_field='x')
a = Thing.objects.create(v='abc', few=1, role='', n='123456789012345678901234567890.123456789', r=1.5, c='x', ts=datetime.datetime(2024, 1, 2),
                         j={'k': 'é'}, l=['a', None, 'b"'], bytes=b'\\\\0x', mood=Thing.MoodChoices.IT_S)
a.refresh_from_db()
print(a.n, a.n2, a.jb, a.jb2, a.l, a.l2, a.j, a.dt, a.tm, a.ts, a.s, a.mood)
from django.db import IntegrityError, transaction
for wrong in (dict(few=-1), dict(role='z'), dict(i=7), dict(v='b'), dict(day=datetime.date(2024, 2, 1), until=datetime.date(2024, 1, 1)), dict(mood='glad')):
    try:
        with transaction.atomic():
            Thing.objects.create(**dict(dict(v='ab%d' % len(wrong), few=1, role='', s=str(wrong)), **wrong))
        print('passed', wrong)
    except IntegrityError:
        pass
"""


@case("rows written through the models come back, and the rules hold", ("postgres",))
def written(t):
    t.write("spec.mig", ALL)
    p = Project(t, "spec.mig")
    t.sql(EXISTING)
    for args in (("makemigrations", "app"), ("migrate",)):
        p.django(*args)
    with open(os.path.join(p.folder, "write.py"), "w", encoding="utf-8") as f:
        f.write(WRITE)
    r = t.tool([p.python, "write.py"], env=p.env, cwd=p.folder)
    t.equal(r.out.strip(), "123456789012345678901234567890.123456789 1.500 {} {\"it's\": [1, 'é']} ['a', None, 'b\"'] ['a b', 'c'] {'k': 'é'} 2024-02-29 01:02:03.500000 "
            "2024-01-02 00:00:00 it's a \\ \"quote\" it's", "what was written")


HOSTILE = r"""migration "x @@ ' # \n";
source s csv '.' { table t file 't.csv' (a text); }
target app postgres env 'DB' {
    options (schema 'my_schema');
    table "app_a'b\" (id integer primary key, "a'); import os #" text not null default 'x
@@ '' \' check ("a'); import os #" <> 'it''s %s % \'), "ü" text check (upper("ü") like '50%'));
}
from s.t as t { on error reject; into app."app_a'b\" { id = integer(t.a); } }
""".replace("@@", '""""')


@case("the label of the app, a schema, and hostile text in names, comments and values", ("postgres",))
def hostile(t):
    t.write("spec.mig", HOSTILE)
    p = Project(t, "spec.mig")
    p.django("makemigrations", "app")
    t.sql("create schema my_schema")
    p.use(t.database, t.location, "my_schema")
    p.django("migrate")
    t.equal(t.rows("select column_name from information_schema.columns where table_schema = 'my_schema' and table_name = 'app_a''b\\' order by 1"),
            [["a'); import os #"], ["id"], ["ü"]], "columns")
    p.look()
