"""A password is in no output, no ledger, no reject, no generated file."""
import os
import re

import _big
from faults import case

SECRET = "hunter2-geheim"
PLACES = ("run", "plan", "status", "check", "version")


def scan(t, *results):
    """Looks for the secret in what was said and in every file of the folder."""
    for r in results:
        if SECRET in r.out + r.err:
            t.fail("the password is in the output\n" + (r.out + r.err))
    for folder, _, files in os.walk(t.folder):
        for name in files:
            with open(os.path.join(folder, name), "rb") as f:
                if SECRET.encode() in f.read():
                    t.fail("the password is in %s" % os.path.join(folder, name))


SPEC = """migration secretive;
source s csv '.' { table people file 'people.csv' (name text not null, age text); }
target app postgres env 'DATABASE_URL' { table person (name varchar(5) not null, age integer); }
from s.people as s into app.person { name = s.name else reject; age = integer(s.age) else reject; }
check 'nobody' after data : count(app.person) = 99 else warn;
"""


@case("in a conninfo, in a URI, in the environment", engines=("postgres",))
def everywhere(t):
    t.write("spec.mig", SPEC)
    t.write("people.csv", "name,age\nAnn,3\nBob,many\nAlexander,4\n")
    here = re.search(r"host=(\S+)", t.location).group(1)
    base = "host=%s user=migc dbname=" % here
    uri = "postgresql://migc:%s@/%%s?host=%s" % (SECRET, here.replace("/", "%%2F"))
    t.prog = t.path("prog")
    said = [t.migc("build", "spec.mig", "-o", "prog", "--emit-c", "prog.c",
                   env={"DATABASE_URL": uri % "x", "PGPASSWORD": SECRET})]
    said.append(t.migc("explain", "spec.mig", env={"DATABASE_URL": uri % "x", "PGPASSWORD": SECRET}))
    scan(t, *said)
    for form in ("conninfo", "quoted", "uri", "uri parameter", "environment", "variable"):
        t.fresh_target()
        for name in (t.database, "there_is_none", t.database):
            location = {"conninfo": "%s%s password=%s" % (base, name, SECRET),
                        "quoted": "%s%s password = '%s\\' \\\\ x'" % (base, name, SECRET),
                        "uri": uri % name,
                        "uri parameter": "postgresql://migc@/%s?host=%s&password=%s" % (name, here, SECRET),
                        "environment": base + name, "variable": uri % name}[form]
            env = {"PGPASSWORD": SECRET} if form == "environment" else {}
            for command in PLACES:
                for log in ((), ("--log", "json")) if command == "run" else ((),):
                    if form == "variable" and command != "version":
                        argv = [t.prog, command, *log]
                        env = {"DATABASE_URL": location}
                    else:
                        argv = t.argv(command, *log) if command == "version" else \
                            [t.prog, command, *log, "--target", "app=" + location]
                    said.append(t.tool(argv, exit=(0, 3, 5, 6), env=env))
        scan(t, *said)
        import rows
        dump = rows.psql(t.ctx, t.location, "\\t\nselect * from migc.run; select * from migc.reject; select * from migc.phase; "
                         "select * from migc.\"check\"; select application_name, query from pg_stat_activity;")
        if SECRET in dump:
            t.fail("the password is in the ledger:\n" + dump)
        t.equal(t.value("select count(*) from person"), "1", form + ": rows")
    for location in ("postgresql://migc:%s@[bad/x" % SECRET, "host=%s password=%s nonsense" % (here, SECRET),
                     "host=%s nonsense=1 password=%s" % (here, SECRET), "postgres://migc:%s@localhost:1/x" % SECRET,
                     "host=%s password='%s" % (here, SECRET), "postgresql://migc:%s%%zz@%s/x" % (SECRET, "localhost"),
                     "password=%s" % SECRET + "x" * 5000):
        for command in ("run", "status"):
            said.append(t.tool([t.prog, command, "--target", "app=" + location], exit=(1, 3, 6)))
            said.append(t.tool([t.prog, command], env={"DATABASE_URL": location}, exit=(1, 3, 6)))
    scan(t, *said)


@case("in a spec it is refused or at least never shown", engines=None)
def in_spec(t):
    """No secret is ever in a spec: a literal location with a password is an error of the compiler, and the error does not show it."""
    for location in ("host=db password=%s dbname=x", "postgres://me:%s@db/x", "postgresql://me@db/x?password=%s",
                     "dbname = x password = '%s'", "user=password password=%s"):
        t.write("spec.mig", SPEC.replace("env 'DATABASE_URL'", "'%s'" % (location % SECRET).replace("'", "''")))
        r = t.migc("check", "spec.mig", exit=2, says="password")
        if SECRET in r.out + r.err:
            t.fail("the message shows the password\n" + r.told())
        t.write("spec.mig", SPEC.replace("env 'DATABASE_URL'", "env 'X' default '%s'" % (location % SECRET).replace("'", "''")))
        r = t.migc("check", "spec.mig", exit=2, says="password")
        if SECRET in r.out + r.err:
            t.fail("the message shows the password\n" + r.told())
        t.write("spec.mig", SPEC.replace("target app postgres env 'DATABASE_URL' {", "target app postgres '%s' [" %
                                         (location % SECRET).replace("'", "''")))
        r = t.migc("check", "spec.mig", exit=2)
        if SECRET in r.out + r.err:
            t.fail("the message of another mistake shows the password\n" + r.told())
    t.write("spec.mig", SPEC.replace("env 'DATABASE_URL'", "'host=db user=password dbname=passwords'"))
    t.migc("check", "spec.mig")
