"""Looking at a target whose writer is at work, was killed, or holds it for itself."""
import os
import signal

import _big
from faults import case
from second import started_and_stopped


@case("status, plan and check after kill -9, before any other run")
def after_kill(t):
    """SQLite's journal of the killed writer lies there; looking must see the state before it."""
    _big.build(t, 30000)
    for phase in ("shows", "people"):
        t.fresh_target()
        p = started_and_stopped(t, phase)
        p.kill()
        p.wait()
        t.alone()
        before = _big.PHASES.index(phase)
        for command in ("status", "plan", "check"):
            r = t.run(command)
            if command == "status":
                t.equal(r.out.count("│ done "), before, "phases that are done\n" + r.told())
                if "cut off" not in r.out:
                    t.fail("does not say that the run was cut off\n" + r.told())
        t.run("run")
        r = t.run("status")
        t.equal(r.out.count("│ done "), len(_big.PHASES), "phases that are done\n" + r.told())
        if "cut off" in r.out:
            t.fail("still says that a run was cut off\n" + r.told())
        t.equal(t.value("select count(*) from %s where state = 'running'" % t.ledger("run")), "0", "runs that are said to be running")


LOOKED_AT = """migration looked;
source s csv '.' { table a file 'a.csv' (n text not null); }
target app sqlite 'app.db' { table t (n integer not null); table u (n integer not null); }
phase make { create app.*; }
phase load after make commit every 2 rows { from s.a { on error reject; into app.t { n = integer(a.n); } into app.u { n = integer(a.n); } } }
phase more after load { sql app $$ insert into u select n from t; insert into t select n from t $$; }
check 'both' after make: count(app.t) = count(app.u);
"""


@case("status and check tell of one moment, however far a run goes on meanwhile", engines=("postgres",))
def one_moment(t):
    t.write("a.csv", "n\n1\n2\n3\n")
    t.build(LOOKED_AT, quick=True)
    shim = {"LD_PRELOAD": t.shim(), "MIGC_SHIM_COUNT": t.path("count")}
    for command in ("status", "check"):
        t.fresh_target()
        t.run("run", "--phase", "make")
        t.run(command, env=dict(shim, MIGC_SHIM="count:send:0"))
        for n in range(2, int(t.read("count")) + 1):  # the first ones connect
            t.fresh_target()
            t.run("run", "--phase", "make")
            before = t.run(command).out
            p = t.start(command, env=dict(shim, MIGC_SHIM="stop:send:%d" % n))
            t.wait_for("the program sends", lambda: t.stopped(p), child=p)
            t.run("run")
            os.kill(p.pid, signal.SIGCONT)
            said = t.finish(p).out
            if said not in (before, t.run(command).out):
                t.fail("%s, stopped before it sends for the %dth time, says what was never true:\n%s" % (command, n, said))


@case("what stands against a run is told while another one commits chunk after chunk", engines=("postgres",))
def chunks_meanwhile(t):
    t.write("a.csv", "n\n" + "".join("%d\n" % n for n in range(100000)))
    t.build(LOOKED_AT.replace("every 2 rows", "every 1 rows"), quick=True)
    p = t.start("run")
    t.wait_for("chunks are in", lambda: t.has_ledger() and t.value("select (to_regclass('migc.chunk') is not null)::int") == "1" and
               int(t.value("select count(*) from migc.chunk")) > 3, child=p)
    for command, code in (("plan", 3), ("run", 3)):
        t.run(command, "--source", "s=nowhere", exit=code, says="nowhere")
        if p.poll() is not None:
            t.fail("the other run has come to its end meanwhile\n" + t.finish(p, None).told())
    p.kill()
    p.wait()


@case("Ctrl-C while a check waits: nothing was begun, so there is nothing to go on with", engines=("postgres",))
def waiting_check(t):
    t.write("a.csv", "n\n1\n")
    t.build(LOOKED_AT, quick=True)
    t.run("run")
    t.sql("begin; lock table t in access exclusive mode")
    p = t.start("check")
    t.wait_for("the check waits", lambda: t.value("select count(*) from pg_locks l join pg_database d on d.oid = l.database where "
                                                 "not l.granted and d.datname = current_database()") != "0", child=p)
    p.send_signal(signal.SIGINT)
    t.finish(p, exit=130, says=["/^interrupted$/", "! again to go on"])
    t.sql("rollback")


@case("status while a large phase holds the whole file", engines=("sqlite",))
def large_phase(t):
    """A transaction that is larger than SQLite's page cache lets no reader in: said so, at once, and not as a fault."""
    t.build("migration large;\nsource s csv '.' { table rows_ file 'rows.csv' (k text not null, v text not null); }\n"
            "target app sqlite 'app.db' { table item (k text not null, v text not null); }\n"
            "from s.rows_ as r into app.item { k = r.k; v = r.v; }\n")
    with open(t.path("rows.csv"), "w", encoding="utf-8") as f:
        f.write("k,v\n")
        for i in range(60000):
            f.write("%d,%s\n" % (i, "value " * 200))
    reads = os.path.getsize(t.path("rows.csv")) // (256 * 1024)
    p = t.stop_at("rows.csv", "run", n=reads - 3)
    r = t.run("status")
    if str(p.pid) not in r.out:
        t.fail("does not say who is at work\n" + r.told())
    t.run("run", exit=7, says=str(p.pid))
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    t.run("status", says="done")
    t.equal(t.value("select count(*) from item"), "60000", "rows")
    # Killed now, it leaves a file that is half written, and the journal to mend it with.
    t.fresh_target()
    p = t.stop_at("rows.csv", "run", n=reads - 3)
    p.kill()
    p.wait()
    if not os.path.exists(t.database + "-journal"):
        t.fail("no journal: the phase is not large enough for this case")
    for command in ("status", "plan", "check"):
        t.run(command, says="/data.*pending/" if command == "status" else ())
    t.run("run")
    t.equal(t.value("select count(*) from item"), "60000", "rows")
