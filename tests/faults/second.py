"""Two programs at once: the second is refused and says who holds the lock and since when; looking is allowed meanwhile."""
import os
import re
import shutil
import signal
import sqlite3
import time

import _big
from faults import Session, case


READS = {"lookups": "networks.csv", "shows": "shows.csv", "people": "team.csv"}
total_reads = {}


def started_and_stopped(t, phase, **how):
    """A run that is stopped (SIGSTOP) in the middle of reading the phase's source."""
    file = READS[phase]
    size = os.path.getsize(t.path(file))
    key = (file, size)
    if key not in total_reads:  # how often a run reads it, the preflight included
        own, t.target = t.target, "app=sqlite:count.db"
        t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:read:0", "MIGC_SHIM_FILE": "/" + file,
                          "MIGC_SHIM_COUNT": t.path("count")})
        t.target = own
        os.unlink(t.path("count.db"))
        total_reads[key] = int(t.read("count"))
    return t.stop_at(file, "run", n=max(1, total_reads[key] - 2 if size > 1000000 else total_reads[key]), **how)


@case("the second is refused, and may look")
def refused(t):
    want, _ = _big.reference(t, 30000)
    t.fresh_target()
    days = [time.strftime("%Y-%m-%d", time.gmtime())]  # it may begin before midnight, and be told behind it
    p = started_and_stopped(t, "shows")
    days.append(time.strftime("%Y-%m-%d", time.gmtime()))
    before = t.snapshot(ledger=True)
    r = t.run("run", exit=7)
    if str(p.pid) not in r.err or not any(day in r.err for day in days) or not re.search(r"since|begun", r.err):
        t.fail("does not say who holds the lock and since when\n" + r.told())
    t.run("run", "--phase", "shows", exit=7)
    r = t.run("status")
    for phase in _big.PHASES:
        if phase not in r.out:
            t.fail("status does not name phase %s\n%s" % (phase, r.told()))
    t.run("plan", exit=(0, 3, 7))
    t.equal(t.snapshot(ledger=True), before, "the target while the first is stopped")
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(t.snapshot(), want, "the target")
    if t.locked():
        t.fail("a lock is left")
    t.run("run")


@case("many at once: one does it all, the others are refused or find it done")
def many(t):
    want, _ = _big.reference(t, 4000)
    t.fresh_target()
    all_of_them = [t.start("run") for _ in range(6)]
    codes = sorted(t.finish(p, exit=(0, 7)).code for p in all_of_them)
    if codes[0] != 0:
        t.fail("none did it: %s" % codes)
    t.equal(t.snapshot(), want, "the target")
    t.equal(sorted(t.phases()), sorted(_big.PHASES), "finished phases")
    t.equal(len({run for run, _ in t.phases().values()}), 1, "runs that finished phases")


@case("what another run does while it looks is no hindrance")
def looked_meanwhile(t):
    """The ledger was read before, the tables are looked at behind: what stands there the other run of this migration has made."""
    want, _ = _big.reference(t, 3000)
    t.fresh_target()
    t.sql("create table one (n int); drop table one")  # a file of SQLite is there
    late, planning = t.stop_at("networks.csv", "run"), t.stop_at("networks.csv", "plan")
    t.run("run")
    rows = t.snapshot(ledger=True)
    for p in (late, planning):
        os.kill(p.pid, signal.SIGCONT)
        t.finish(p)
    t.equal(t.snapshot(), want, "the target")
    t.equal(t.snapshot(ledger=True), rows, "the target behind the one that came late")


@case("a run that is at work when another has looked holds the lock")
def at_work_meanwhile(t):
    want, _ = _big.reference(t, 12000)
    t.fresh_target()
    t.sql("create table one (n int); drop table one")
    late = t.stop_at("networks.csv", "run")
    p = started_and_stopped(t, "shows")
    os.kill(late.pid, signal.SIGCONT)
    r = t.finish(late, exit=7)
    if str(p.pid) not in r.err:
        t.fail("does not say who holds the lock\n" + r.told())
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(t.snapshot(), want, "the target")


SHARED = """migration shared;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' {
    existing table item (id bigint primary key identity, n text not null unique);
    table t (item_id bigint not null);
}
phase one { create app.*; }
phase two after one {
    from s.a { on error reject; into app.item { n = a.n; } into app.t { item_id = app.item[n = a.n]; } }
}
check 'there' before two: count(app.item) >= 0;
"""


@case("a run that comes to a file that another one has wholly for itself says who that is", engines=("sqlite",))
def wholly_held(t):
    """It has looked before, and the large phase, whose pages do not fit into SQLite's cache, lets no reader in any more."""
    t.build("migration large;\nsource s csv '.' { table rows_ file 'rows.csv' (k text not null, v text not null); }\n"
            "target app sqlite 'app.db' { table item (k text not null, v text not null); }\n"
            "from s.rows_ as r into app.item { k = r.k; v = r.v; }\n")
    t.sql("create table one (n int); drop table one")
    with open(t.path("rows.csv"), "w", encoding="utf-8") as f:
        f.write("k,v\n")
        for i in range(60000):
            f.write("%d,%s\n" % (i, "value " * 200))
    late = [t.stop_at(os.path.basename(t.database), "run", kind="close"), t.stop_at(os.path.basename(t.database), "check", kind="look")]
    p = t.stop_at("rows.csv", "run", n=os.path.getsize(t.path("rows.csv")) // (256 * 1024) - 3)
    for one in late:
        os.kill(one.pid, signal.SIGCONT)
    for one in late:
        t.finish(one, exit=7, says=str(p.pid))
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(t.value("select count(*) from item"), "60000", "rows")


@case("rows that an application commits while the phase waits for it are seen, whatever the database's isolation", engines=("postgres",))
def application(t):
    t.write("a.csv", "n\nx\nown\ny\n")
    t.build(SHARED, quick=True)
    for isolation in ("read committed", "repeatable read", "serializable"):
        t.fresh_target()
        t.sql("create table item (id bigint primary key generated by default as identity, n text not null unique)")
        t.run("run", "--phase", "one")
        t.sql("alter database \"%s\" set default_transaction_isolation = '%s'" % (t.database, isolation))
        s = Session(t.location)
        try:
            s.rows("begin; insert into item (n) values ('own')")
            p = t.start("run")
            t.wait_for("the run waits for the application", lambda: t.value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                                                            " and datname = current_database()") == "1", child=p)
            s.rows("commit")
        finally:
            s.close()
        t.finish(p, says="1 rejected")
        t.equal(t.rows("select id, n from item order by id"), [["1", "own"], ["2", "x"], ["3", "y"]], "rows, " + isolation)
        t.equal(t.rows("select item_id from t order by 1"), [["2"], ["3"]], "look-ups, " + isolation)


@case("another migration into the same target is another matter", engines=("postgres",))
def other_migration(t):
    """The lock is the migration's: in PostgreSQL two of them may go into one database."""
    _big.reference(t, 3000)
    t.fresh_target()
    big = started_and_stopped(t, "shows")
    t.write("people.csv", "name\nAnn\nBob\n")
    t.build("migration small;\nsource s csv '.' { table people file 'people.csv' (name text not null); }\n"
            "target app sqlite 'app.db' { table person (name text not null); }\n"
            "from s.people into app.person;\n")
    t.run("run")
    t.equal(t.value("select count(*) from person"), "2", "rows of the other migration")
    os.kill(big.pid, signal.SIGCONT)
    t.finish(big)


@case("migrations that begin at once in a new database make one ledger", engines=("postgres",))
def one_ledger(t):
    t.write("people.csv", "name\nAnn\nBob\n")
    programs = [t.build("migration small%d;\nsource s csv '.' { table people file 'people.csv' (name text not null); }\n"
                        "target app sqlite 'app.db' { table person%d (name text not null); }\n"
                        "from s.people into app.person%d;\n" % (n, n, n), quick=True) for n in range(6)]
    for _ in range(5):
        t.fresh_target()
        started = []
        for t.prog in programs:
            started.append(t.start("run"))
        for p in started:
            t.finish(p)
        t.equal(t.value("select count(distinct migration) from migc.phase"), str(len(programs)), "migrations")


REFUSING = """migration refusing;
source s csv '.' { table a file 'a.csv' (n text not null); table b file 'b.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); }
phase load reject limit 10 {
    create app.*;
    from s.a { on error reject; into app.t { n = integer(a.n); } }
    from s.b { on error reject; into app.t { n = integer(b.n); } }
}
"""


def refused_by(t, run):
    """The records of the one CSV of rejects that is there, which are that run's."""
    t.equal(os.listdir(t.path("refusing-rejects")), ["load.a.csv"], "files of rejects")
    lines = t.read("refusing-rejects/load.a.csv").decode().split("\r\n")
    t.equal({line.split(",")[0] for line in lines[1:-1]}, {run}, "runs in the CSV of rejects")
    return [line.split(",")[-1] for line in lines[1:-1]]


@case("runs from one folder into two targets: each writes its CSV of rejects by itself")
def one_folder(t):
    t.write("a.csv", "n\nx\n1\n")
    t.write("b.csv", "n\n2\n")
    t.write("more/a.csv", "n\nu\nv\nw\n1\n")
    t.write("more/b.csv", "n\n2\n")
    t.build(REFUSING, quick=True)
    own = t.target
    p = t.stop_at(".part", "run", kind="write")
    t.target = "app=sqlite:other.db"
    r = t.run("run", "--source", "s=more")
    other = sqlite3.connect(t.path("other.db"))
    run, = other.execute("select run from _migc_phase").fetchone()
    other.close()
    with open(t.path("refusing-rejects", "load.a.csv"), newline="") as f:
        t.equal([line.split(",")[0] for line in f.read().split("\r\n")[1:-1]], [run] * 3, "runs in the other one's CSV\n" + r.told())
    t.target = own
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(refused_by(t, t.phases()["load"][0]), ["x"], "records in the CSV of rejects")


@case("a run into another target takes no unfinished CSV of rejects away")
def one_folder_tidied(t):
    t.write("a.csv", "n\nx\n1\n")
    t.write("b.csv", "n\n2\n")
    t.write("clean/a.csv", "n\n1\n")
    t.write("clean/b.csv", "n\n2\n")
    t.build(REFUSING, quick=True)
    own, t.target = t.target, "app=sqlite:count.db"
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:read:0", "MIGC_SHIM_FILE": "/b.csv", "MIGC_SHIM_COUNT": t.path("count")})
    shutil.rmtree(t.path("refusing-rejects"))
    t.target = own
    p = t.stop_at("b.csv", "run", n=int(t.read("count")))  # behind the reject, which is not on disk yet
    t.target = "app=sqlite:other.db"
    t.run("run", "--source", "s=clean")
    t.target = own
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(refused_by(t, t.phases()["load"][0]), ["x"], "records in the CSV of rejects")


@case("a lock that a killed program left is no lock")
def left_over(t):
    want, _ = _big.reference(t, 12000)
    t.fresh_target()
    p = started_and_stopped(t, "people")
    p.kill()
    p.wait()
    t.alone()
    t.run("run")
    t.equal(t.snapshot(), want, "the target")
    if t.locked():
        t.fail("a lock is left")


@case("who only looks keeps no run out", engines=("sqlite",))
def looker(t):
    want, _ = _big.reference(t, 3000)
    t.fresh_target()
    t.sql("create table one (n int); drop table one")
    t.write(os.path.basename(t.database) + "-migc-lock", "")  # as a killed program leaves it
    looking = t.stop_at("-migc-lock", "plan", kind="close")
    t.run("run")
    os.kill(looking.pid, signal.SIGCONT)
    t.finish(looking)
    t.equal(t.snapshot(), want, "the target")
