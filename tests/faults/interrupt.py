"""Ctrl-C and its kin: the open transaction is rolled back, the program says how to go on and exits with 130; a second one ends it at once."""
import os
import signal
import subprocess
import time

import _big
from faults import case
from second import started_and_stopped


def interrupted(t, number, phase="shows"):
    want, _ = _big.reference(t, 30000)
    t.fresh_target()
    p = started_and_stopped(t, phase)
    p.send_signal(number)
    os.kill(p.pid, signal.SIGCONT)
    r = t.finish(p, exit=130, timeout=20)
    if "run" not in r.err.split("nterrupt")[-1]:
        t.fail("does not say how to go on\n" + r.told())
    before = _big.sound(t, {})
    t.equal(sorted(before), sorted(_big.PHASES[:_big.PHASES.index(phase)]), "finished phases")
    t.equal(t.value("select count(*) from %s where state = 'interrupted'" % t.ledger("run")), "1", "interrupted runs in the ledger")
    if t.locked():
        t.fail("a lock is left")
    r = t.run("status")
    if "interrupted" not in r.out + r.err:
        t.fail("status does not say that the run was interrupted\n" + r.told())
    t.run("run")
    _big.sound(t, before)
    t.equal(t.snapshot(), want, "the target after the next run")


@case("SIGINT")
def sigint(t):
    interrupted(t, signal.SIGINT)


@case("SIGTERM")
def sigterm(t):
    interrupted(t, signal.SIGTERM, "people")


@case("the second one ends it at once")
def second_signal(t):
    _big.build(t, 30000)
    p = started_and_stopped(t, "shows")
    # Both are pending when it goes on, so the handler runs twice before anything else.
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGTERM)
    begin = time.time()
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p, exit=130, timeout=20)
    if time.time() - begin > 2:
        t.fail("it took %.1f s" % (time.time() - begin))
    if t.engine == "postgres":
        t.wait_for("the session ends", lambda: not t.sessions(), 30)
    _big.sound(t, {})
    t.run("run")


SLOW = """migration slow;
source s csv '.' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { existing table person (name text not null); }
phase data { from s.people into app.person; }
"""


@case("SIGINT while it waits for somebody else's lock")
def waiting(t):
    t.build(SLOW)
    t.write("people.csv", "name\nAnn\n")
    t.sql("create table person (name text not null);")
    if t.engine == "sqlite":
        import sqlite3
        other = sqlite3.connect(t.database, isolation_level=None)
        other.execute("begin exclusive")
        release = other.close
    else:
        other = subprocess.Popen(["psql", "-X", "-q", "-d", t.location], stdin=subprocess.PIPE, env=t.env)
        t.children.append(other)
        other.stdin.write(b"begin; lock table person in access exclusive mode;\n")
        other.stdin.flush()
        t.wait_for("the other one has its lock", lambda: t.value(
            "select count(*) from pg_locks where relation = 'person'::regclass and granted") != "0")
        release = other.stdin.close
    p = t.start("run")
    if t.engine == "postgres":
        t.wait_for("the program waits", lambda: t.value("select count(*) from pg_locks where not granted") != "0", child=p)
    time.sleep(0.5)
    if p.poll() is None:
        p.send_signal(signal.SIGINT)
        t.finish(p, exit=130, timeout=10)
    else:
        t.finish(p, exit=(3, 6), says="lock")
    release()
    if t.engine == "postgres":
        other.wait()
    t.run("run")
    t.equal(t.value("select count(*) from person"), "1", "rows")


@case("at any instant", asan=True)
def any_instant(t):
    """A short run, interrupted here and there: it ends with 130 or, too late, with 0."""
    want, took = _big.reference(t, 3000)
    codes = []
    for i in range(16):
        t.fresh_target()
        p = t.start("run")
        time.sleep(took * (i + 1) / 15)
        p.send_signal((signal.SIGINT, signal.SIGTERM)[i % 2])
        # Before main() has set its handlers, a signal ends any program.
        p.wait(20)
        if p.returncode not in (0, 130, -signal.SIGINT, -signal.SIGTERM):
            t.finish(p, exit=130)
        codes.append(p.returncode)
        _big.sound(t, {})
        t.run("run")
        t.equal(t.snapshot(), want, "the target after the next run")
    if 130 not in codes:
        t.fail("never interrupted: %s" % codes)
