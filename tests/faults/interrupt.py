"""Ctrl-C and its kin: the open transaction is rolled back, the program says how to go on and exits with 130; a second one ends it at once."""
import os
import signal
import time

import _big
from common import TIMEOUT
from faults import Session, case
from second import started_and_stopped


def interrupted(t, number, phase="shows"):
    want, _ = _big.reference(t, 30000)
    t.fresh_target()
    p = started_and_stopped(t, phase)
    p.send_signal(number)
    os.kill(p.pid, signal.SIGCONT)
    r = t.finish(p, exit=130)
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


@case("SIGHUP: the terminal is gone")
def sighup(t):
    interrupted(t, signal.SIGHUP)


@case("SIGHUP under nohup")
def nohup(t):
    want, _ = _big.reference(t, 3000)
    t.fresh_target()
    p = started_and_stopped(t, "shows", preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    p.send_signal(signal.SIGHUP)
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.equal(t.snapshot(), want, "the target")


@case("the second one ends it at once")
def second_signal(t):
    _big.build(t, 30000)
    p = started_and_stopped(t, "shows")
    # Both are pending when it goes on, so the handler runs twice before anything else.
    p.send_signal(signal.SIGINT)
    p.send_signal(signal.SIGTERM)
    os.kill(p.pid, signal.SIGCONT)
    r = t.finish(p, exit=130)
    if "Run it again" in r.err:
        t.fail("it has not ended at once, but in order\n" + r.told())
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
        at_the_lock = lambda: t.has_open(p, t.database)  # a moment before it asks for the lock, its handlers are there
    else:
        other = Session(t.location)
        t.closing.append(other.close)
        other.rows("begin; lock table person in access exclusive mode")
        release = other.close
        at_the_lock = lambda: t.value("select count(*) from pg_locks l join pg_database d on d.oid = l.database "
                                      "where not l.granted and d.datname = current_database()") != "0"
    p = t.start("run")
    t.wait_for("the program waits", at_the_lock, child=p)
    p.send_signal(signal.SIGINT)
    r = t.finish(p, exit=130 if t.engine == "postgres" else (130, 3, 6))
    if r.code != 130:  # in SQLite it waits for a few seconds only, and these may have been over
        t.check(r, r.code, "lock")
    release()
    t.alone()
    t.run("run")
    t.equal(t.value("select count(*) from person"), "1", "rows")


def ended(t, p, want):
    """What a signal at whatever instant must leave behind; the exit code."""
    p.communicate(timeout=TIMEOUT)
    # Before main() has set its handlers, a signal ends any program; at the very end it comes too late.
    if p.returncode not in (0, 130, -signal.SIGINT, -signal.SIGTERM):
        t.finish(p, exit=130)
    _big.sound(t, {})
    t.run("run")
    t.equal(t.snapshot(), want, "the target after the next run")
    return p.returncode


@case("at any instant", asan=True)
def any_instant(t):
    """A short run, interrupted here and there."""
    want, took = _big.reference(t, 3000)
    for i in range(16):
        t.fresh_target()
        p = t.start("run")
        time.sleep(took * (i + 1) / 15)
        p.send_signal((signal.SIGINT, signal.SIGTERM)[i % 2])
        ended(t, p, want)


@case("at each of many allocations")
def any_allocation(t):
    """The same, where the instant is a place of the program and not one of the clock: it is stopped there, and goes on to its handler."""
    want, _ = _big.reference(t, 300)
    t.fresh_target()
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:heap:0", "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    codes = []
    for i in range(1, 17):
        t.fresh_target()
        p = t.start("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:heap:%d" % (total * i // 17)})
        t.wait_for("the program stops or ends", lambda: t.stopped(p) or p.poll() is not None)  # threads make the number vary
        if p.poll() is None:
            p.send_signal((signal.SIGINT, signal.SIGTERM)[i % 2])
            os.kill(p.pid, signal.SIGCONT)
        codes.append(ended(t, p, want))
    if codes.count(130) < 4:
        t.fail("hardly ever interrupted: %s" % codes)


SENT = """migration sent;
target app sqlite 'app.db' { table t (a integer); }
phase one { create app.*; }
phase two after one { sql app $$ select pg_sleep(%d) $$; }
"""


@case("before each of the statements that a server gets", engines=("postgres",))
def each_statement(t):
    """The server has nothing to cancel then, and the statement, which takes half an hour, is still to come."""
    t.build(SENT % 0, quick=True)
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:send:0", "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    t.build(SENT % 1800, quick=True)
    running = "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'"
    for n in range(1, total + 1):
        t.fresh_target()
        p = t.start("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:send:%d" % n})
        t.wait_for("it stops, or is past that", lambda: t.stopped(p) or t.rows(running), child=p)
        if not t.stopped(p):
            break
        p.send_signal(signal.SIGINT)
        os.kill(p.pid, signal.SIGCONT)
        t.finish(p, exit=130, says="Run it again")
        t.alone()
    else:
        t.fail("the statement was never sent")
