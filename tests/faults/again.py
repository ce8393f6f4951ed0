"""What is finished is not done again; what was changed in between is refused."""
import os
import time

import _big
from faults import case


def database_bytes(t):
    if t.engine == "sqlite":
        return t.read(os.path.basename(t.database)), os.stat(t.database).st_mtime_ns
    return t.snapshot(ledger=True)


@case("a finished run again does nothing", asan=True)
def finished(t):
    _big.reference(t, 500)
    before = database_bytes(t)
    files = sorted(os.listdir(t.folder))
    time.sleep(0.02)
    for _ in range(2):
        r = t.run("run")
        t.equal(database_bytes(t) == before, True, "nothing has been written")
        if "done" not in (r.out + r.err) and "nothing" not in (r.out + r.err):
            t.fail("does not say that all is done\n" + r.told())
    t.equal(sorted(os.listdir(t.folder)), files, "files of the folder")
    os.unlink(t.path("shows.csv"))  # not even the sources are needed
    t.run("run")
    t.run("status")
    t.equal(database_bytes(t) == before, True, "nothing has been written")


@case("looking writes nothing", asan=True)
def looking(t):
    _big.build(t, 100)
    empty = t.snapshot(ledger=True)
    for command in (["plan"], ["status"], ["check"], ["version"], ["plan", "--phase", "shows"], ["plan", "--sample", "3"]):
        t.run(*command, exit=(0, 3))
        t.equal(t.snapshot(ledger=True), empty, "the target after " + " ".join(command))
        if t.engine == "sqlite" and any(n.startswith(os.path.basename(t.database)) for n in os.listdir(t.folder)):
            t.fail("%s makes files: %s" % (command, os.listdir(t.folder)))
    t.run("run", "--phase", "tables")
    before = database_bytes(t)
    files = sorted(os.listdir(t.folder))
    for command in ("plan", "status", "check"):
        t.run(command, exit=(0, 3))
        t.equal(database_bytes(t) == before, True, "nothing has been written by " + command)
        t.equal(sorted(os.listdir(t.folder)), files, "files after " + command)


@case("a changed spec cannot go on")
def changed(t):
    _big.build(t, 200)
    t.run("run", "--phase", "tables")
    t.run("run", "--phase", "lookups")
    before = database_bytes(t)
    t.build(_big.SPEC.replace("'from ' || s.title", "'of ' || s.title"))
    for command in ("run", "plan"):
        r = t.run(command, exit=3, says=["spec", "changed", "phase \"tables\""])
        if "hint:" not in r.err:
            t.fail("does not say what to do\n" + r.told())
        t.equal(database_bytes(t) == before, True, "nothing has been written by " + command)
    t.run("status", exit=(0, 3))
    # Layout and comments are no change.
    t.build("-- the same\n" + _big.SPEC.replace("    ", "\t"))
    t.run("run")
    t.equal(sorted(t.phases()), sorted(_big.PHASES), "finished phases")


@case("a changed spec after the end is no silent success")
def changed_after(t):
    _big.reference(t, 100)
    t.build(_big.SPEC.replace("'from ' || s.title", "'of ' || s.title"))
    t.run("run", exit=3, says=["spec", "changed"])


@case("phase by phase")
def stepwise(t):
    want, _ = _big.reference(t, 300)
    t.fresh_target()
    t.run("run", "--phase", "shows", exit=3, says=["shows", "lookups", "hint:"])
    t.equal(t.phases(), {}, "finished phases")
    for i, phase in enumerate(_big.PHASES):
        t.run("run", "--phase", phase, says=phase)
        t.equal(sorted(t.phases()), sorted(_big.PHASES[:i + 1]), "finished phases")
        before = database_bytes(t)
        t.run("run", "--phase", phase)
        t.equal(database_bytes(t) == before, True, "phase %s a second time writes nothing" % phase)
    t.equal(t.snapshot(), want, "the target")


@case("the target was emptied behind our back")
def emptied(t):
    """The ledger says done, and the tables are gone: said, not passed over in silence."""
    _big.build(t, 100)
    t.run("run", "--phase", "tables")
    t.run("run", "--phase", "lookups")
    t.sql("drop table member;")
    t.run("run", exit=(3, 6), says="member")


@case("too many rejects roll the phase back")
def reject_limit(t):
    _big.build(t, 500)
    before = {}
    for limit in ("3", "1%"):
        r = t.run("run", "--reject-limit", limit, exit=4, says="reject")
        if limit.rstrip("%") not in r.err:
            t.fail("does not say the limit\n" + r.told())
        now = _big.sound(t, before)
        t.equal("people" in now, False, "phase people is finished")
        before = now
    found = [os.path.join(d, f) for d, _, files in os.walk(t.folder) for f in files if f.endswith(".csv") and "reject" in d + f]
    if not found:
        t.fail("no CSV of rejects in %s" % os.listdir(t.folder))
    t.run("run", "--reject-limit", "99%")
