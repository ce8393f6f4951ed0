"""The preflight: all that stands against a run is said at once, with exit code 3, before anything is written."""
import os

import _big
from faults import case

SPEC = """migration pre;
source s csv '.' {
    table people file 'people.csv' (name text not null, age text);
    table pets   file 'pets.csv' (name text not null, owner text);
}
target app sqlite 'app.db' {
    existing table person (id bigint not null, name varchar(50) not null, age integer);
    table pet (id bigint primary key identity, name text not null, owner_id bigint);
}
phase all {
    create app.pet;
    from s.people as p {
        on error reject;
        into app.person { id = row_number(); name = p.name; age = integer(p.age); }
    }
    from s.pets as p {
        on error reject;
        into app.pet { name = p.name; owner_id = app.person[name = p.owner].id; }
    }
}
"""
GOOD = "create table person (id bigint not null, name varchar(50) not null, age integer);"


def files(t):
    t.write("people.csv", "name,age\nAnn,31\nBob,42\n")
    t.write("pets.csv", "name,owner\nRex,Ann\n")


def refused(t, *says):
    """plan and run are refused with all of these fragments, and nothing is written."""
    before = t.snapshot(ledger=True)
    raw = t.read(os.path.basename(t.database)) if t.engine == "sqlite" and os.path.exists(t.database) else None
    names = sorted(os.listdir(t.folder))
    for command in ("plan", "run"):
        t.run(command, exit=3, says=says)
        t.equal(t.snapshot(ledger=True), before, "the target after " + command)
        if t.engine == "sqlite":
            t.equal(os.path.exists(t.database), raw is not None, "the database is there")
            if raw is not None:
                t.equal(t.read(os.path.basename(t.database)) == raw, True, "the bytes of the database are the same")
        t.equal(sorted(os.listdir(t.folder)), names, "files after " + command)


@case("it goes when all is well", asan=True)
def well(t):
    t.build(SPEC)
    files(t)
    t.sql(GOOD)
    t.run("plan", says=["person", "pet"])
    t.run("run")
    t.equal(t.rows("select name, age from person order by name"), [["Ann", "31"], ["Bob", "42"]], "person")
    t.equal(t.rows("select name, owner_id from pet"), [["Rex", "1"]], "pet")


@case("everything wrong at once", asan=True)
def all_at_once(t):
    t.build(SPEC)
    t.write("people.csv", "nmae,age\nAnn,3\n")           # a header that differs; pets.csv is not there
    t.sql("create table person (id bigint not null, nam varchar(50) not null, age integer);\n"
          "create table pet (id bigint primary key);")
    refused(t, "person", "pet", "\"name\"", "nmae", "nam", "pets.csv", "spec.mig:")


@case("an existing table is not there", asan=True)
def no_table(t):
    t.build(SPEC)
    files(t)
    refused(t, "person", "not in the target")


@case("a similar name is offered")
def similar_table(t):
    t.build(SPEC)
    files(t)
    t.sql("create table persons (id bigint not null, name varchar(50) not null, age integer);")
    refused(t, "person", "persons")


@case("a column is missing, another type, one more that must be set")
def columns(t):
    t.build(SPEC)
    files(t)
    t.sql("create table person (id bigint not null, age integer);")
    refused(t, "person", "name")
    t.fresh_target()
    t.sql("create table person (id bigint not null, name varchar(50) not null, age text);")
    refused(t, "person", "age", "/text|TEXT/", "integer")
    t.fresh_target()
    t.sql("create table person (id bigint not null, name varchar(50) not null, age integer, code integer not null);")
    refused(t, "person", "code")
    t.fresh_target()
    t.sql("create table person (id bigint not null, name varchar(50) not null, age integer, code integer not null default 7);")
    t.run("run")
    t.equal(t.rows("select name, code from person order by name"), [["Ann", "7"], ["Bob", "7"]], "person")


@case("a table that is to be created is there already")
def there_already(t):
    t.build(SPEC)
    files(t)
    t.sql(GOOD + "create table pet (id bigint primary key, name text);")
    refused(t, "pet", "already")
    t.fresh_target()
    t.sql(GOOD + "create view pet as select 1 as id;")
    refused(t, "pet")


@case("sources: no folder, no file, no rights, an empty file, columns", asan=True, engines=("sqlite",))
def sources(t):
    t.build(SPEC)
    t.sql(GOOD)
    before = t.read(os.path.basename(t.database))
    for where, says in (("nowhere", "nowhere"), ("csv:nowhere", "nowhere"), ("people.csv", "people.csv"), ("/dev/null", "/dev/null")):
        if where == "people.csv":
            files(t)
        t.run("run", "--source", "s=" + where, exit=3, says=says)
    os.unlink(t.path("pets.csv"))
    refused(t, "pets.csv")
    os.mkdir(t.path("pets.csv"))
    refused(t, "pets.csv")
    os.rmdir(t.path("pets.csv"))
    for content, says in (("", "pets.csv"), ("name\n", "owner"), ("name,owner,more\n", "more"), ("Name,owner\n", "Name"),
                          ("name,owner,name\n", "name"), ("name;owner\n", "owner"), ("\"name,owner\n", "pets.csv"),
                          (b"\x1f\x8b\x08broken", "pets.csv"), (b"n\0me,owner\n", "pets.csv"), (b"n\xffme,owner\n", "pets.csv")):
        t.write("pets.csv", content)
        refused(t, says)
    t.equal(t.read(os.path.basename(t.database)), before, "bytes of the database")
    t.write("pets.csv", "name,owner\n")
    t.run("run")


@case("a schema that is not there", engines=("postgres",))
def schema(t):
    t.build(SPEC.replace("target app sqlite 'app.db' {", "target app postgres 'dbname=x' {\n    options (schema 'shop');"))
    files(t)
    refused(t, "person")  # pet's CREATE would make the schema, but nothing makes person
    t.sql("create schema shop; set search_path = shop; " + GOOD)
    t.run("run")
    t.equal(t.value("select count(*) from shop.pet"), "1", "rows")


@case("rights in the database", engines=("postgres",))
def rights(t):
    t.build(SPEC)
    files(t)
    t.sql(GOOD)
    role = "mig_fault_role_%d" % os.getpid()
    t.sql("drop role if exists %s; create role %s login; revoke create on schema public from public;" % (role, role))
    try:
        for grants, says in (("", "person"), ("grant select on person to %s;" % role, "person"),
                             ("grant select, insert on person to %s;" % role, "/create|schema|permission/")):
            t.sql(grants or "select 1;")
            before = t.snapshot(ledger=True)
            for command in ("plan", "run"):
                t.run(command, "--target", "app=" + t.location.replace("user=migc", "user=" + role), exit=3, says=says)
            t.equal(t.snapshot(ledger=True), before, "the target")
    finally:
        t.sql("drop owned by %s; drop role %s;" % (role, role))


@case("a database in another encoding", engines=("postgres",))
def encoding(t):
    import rows
    t.build(SPEC)
    files(t)
    name = t.database + "_latin1"
    rows.psql(t.ctx, t.ctx.pg, "create database %s template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'" % name)
    t.databases.append(name)
    t.location = t.location.replace("dbname=" + t.database, "dbname=" + name)
    t.target = "app=" + t.location
    t.sql(GOOD)
    refused(t, "SQL_ASCII")


@case("rows in a table of this migration are a reason to stop")
def rows_there(t):
    """The finished phase made the table; somebody dropped the ledger: the table is there already."""
    t.build(SPEC)
    files(t)
    t.sql(GOOD)
    t.run("run")
    t.sql("drop schema migc cascade;" if t.engine == "postgres" else "drop table _migc_phase;")
    if t.engine == "sqlite":
        t.run("run", exit=(3, 6))
    else:
        refused(t, "pet", "already")
