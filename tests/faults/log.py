"""The migration log and measures: entries are whole and there once, however a run ends; a time never undoes a phase."""
import os
import re
import signal
import time

from common import TIMEOUT
from faults import case

SPEC = """migration m;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
phase a { create app.*; }
phase b after a { from s.t as t { into app.n { id = t.id; } } }
phase c after b { constrain app.*; }
measure 'quick' after b { after app $$ select count(*) from n $$; expect after < 60000; }
"""
SLOW = """migration slow;
source s csv '.' { table t file 't.csv' (id text not null); }
target app sqlite 'app.db' { table n (id text not null); }
from s.t as t { into app.n { id = t.id; } }
measure 'long' {
    after app $$ with recursive c(i) as (select 1 union all select i + 1 from c where i < %d) select count(*) from c $$;
}
"""
RUNNING = ("select 1 from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state = 'active' "
           "and query like '%with recursive c(i)%'")
LOG = "MIGRATION_LOG.md"
WHOLE = [("phase", 0), ("phase", 1), ("measure", 0), ("phase", 2)]


def log(t):
    return t.read(LOG).decode("utf-8") if os.path.exists(t.path(LOG)) else ""


def entries(t):
    """Kind and number of each whole entry, without those of runs; fails when one stands there twice."""
    found = re.findall(r"^<!-- migc \S+ (\w+) (\d+) -->$", log(t), re.M)
    found = [(kind, int(n)) for kind, n in found if kind in ("phase", "measure")]
    if len(set(found)) != len(found):
        t.fail("an entry stands there twice: %s" % found)
    return found


def whole(t, torn=0):
    """Every heading has its mark before the next heading, but for `torn` of them."""
    parts = re.split(r"(?m)^(?=##)", log(t))
    bad = [p for p in parts[1:] if "<!-- migc " not in p]
    if len(bad) > torn:
        t.fail("an entry is not whole:\n" + bad[0])


def again(t):
    t.alone()
    return t.run("run")


def fresh(t):
    t.fresh_target()
    if os.path.exists(t.path(LOG)):
        os.remove(t.path(LOG))


@case("killed at each write of the log, and behind it: the next run completes it, nothing stands there twice")
def killed(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    shim = t.shim()
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:write:0", "MIGC_SHIM_FILE": "/" + LOG, "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    t.equal(entries(t), WHOLE, "entries of a whole run")
    if total < 2 * len(WHOLE):
        t.fail("only %d writes" % total)
    for n in range(1, total + 1):
        fresh(t)
        p = t.start("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "kill:write:%d" % n, "MIGC_SHIM_FILE": "/" + LOG})
        p.communicate(timeout=TIMEOUT)
        t.equal(p.returncode, -signal.SIGKILL, "the end at write %d" % n)
        t.alone()
        whole(t)
        again(t)
        whole(t)
        t.equal(sorted(entries(t)), sorted(WHOLE), "entries after a kill at write %d and a run" % n)
        again(t)
        t.equal(len(entries(t)), len(WHOLE), "entries after one more run")
        t.equal(t.value("select count(*) from %s where logged = 1" % t.ledger("phase")), "3", "phases that are noted")


@case("a full disk: the run is done, it is said, and the next run adds what is missing")
def full(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    shim = t.shim()
    for n in (1, 3, 4, 5, 8):
        fresh(t)
        r = t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "full:write:%d" % n, "MIGC_SHIM_FILE": "/" + LOG},
                  says=["/warning: [0-9]+ entr(y|ies) of the migration log MIGRATION_LOG.md could not be written: No space left on device/",
                        "the next run adds"])
        if "done in" not in r.out:
            t.fail("the run is not done\n" + r.told())
        t.equal(t.value("select count(*) from n"), "1", "rows")
        r = t.run("run", says="nothing to do")
        whole(t)
        t.equal(sorted(entries(t)), sorted(WHOLE), "entries after write %d and all later ones failed, and a run" % n)
        if n < 5 and "recorded later, from the ledger" not in log(t):
            t.fail("does not say that it was recorded later\n" + log(t))
        t.equal(t.run("run", says="nothing to do").code, 0)
        t.equal(len(entries(t)), len(WHOLE), "entries after one more run")


@case("what was not wanted is not added later; a later entry has the numbers", engines=("sqlite",))
def unwanted(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\nb\n")
    t.run("run", "--phase", "a", "--migration-log", "off")
    t.run("run", "--phase", "b")
    t.sql("update _migc_phase set logged = 0 where phase = 'b'")
    os.remove(t.path(LOG))
    t.run("run")
    t.equal(entries(t), [("phase", 1), ("phase", 2)], "entries")
    for line in ("recorded later", "| s.t | 2 | 0 | 0 | 2 | | | | | |", "| → n | | | | 2 | 2 | 0 | 0 | 0 | 0 |"):
        if line not in log(t):
            t.fail("missing: %s\n%s" % (line, log(t)))


@case("a log that may not be written is refused before anything is written", engines=("sqlite",))
def read_only(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    os.mkfifo(t.path("pipe.md"))
    os.symlink("nowhere/log.md", t.path("link.md"))
    t.run("run", "--migration-log", "pipe.md", exit=3, says=["is no regular file", "--migration-log off"])
    t.run("run", "--migration-log", "link.md", exit=3, says="cannot be made")
    if os.geteuid() != 0:
        t.write(LOG, "# Mine\n")
        os.chmod(t.path(LOG), 0o444)
        t.run("run", exit=3, says=["cannot be appended to", "--migration-log off"])
    if os.path.exists(t.database):
        t.fail("a target was made")
    t.run("run", "--migration-log", "off")


@case("what stands in the file stays, a torn line is ended; two programs append to one file", engines=("sqlite",))
def shared(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    t.write(LOG, "# My notes\n\n- a torn li")
    programs = []
    for i in range(6):
        programs.append(t.start("run", "--target", "app=sqlite:own%d.db" % i))
    for p in programs:
        t.finish(p)
    text = log(t)
    if not text.startswith("# My notes\n\n- a torn li\n\n## "):
        t.fail("what stood there does not stand there:\n" + text[:200])
    whole(t)
    t.equal(len(re.findall(r"^<!-- migc \S+ phase \d+ -->$", text, re.M)), 18, "entries of phases")
    t.equal(text.count("# Migration Log"), 0, "heads")


@case("no host and no password of a location stands in it", engines=("postgres",))
def secrets(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    t.run("run", "--target", "app=%s password=hunter2" % t.location)
    for word in ("hunter2", "password", "host=", "/s "):
        if word in log(t):
            t.fail("%s stands in the log:\n%s" % (word, log(t)))


@case("killed while it measures: the phase stays, the next run measures")
def killed_measuring(t):
    t.build(SLOW % 300000000, quick=True)
    t.write("t.csv", "id\na\n")
    p = t.start("run")
    done = "select count(*) from %s" % t.ledger("phase")
    t.wait_for("the phases are done", lambda: t.has_ledger() and t.value(done) == "2", child=p)
    if t.engine == "postgres":
        t.wait_for("the query runs", lambda: t.rows(RUNNING), child=p)
    else:
        time.sleep(0.2)  # most likely within the query; the outcome is the same before it
    p.kill()
    p.communicate()
    t.alone()
    t.equal(t.value("select count(*) from n"), "1", "rows")
    t.equal(t.value("select count(*) from %s" % t.ledger("measure")), "0", "measures")
    t.equal(t.value("select state from %s" % t.ledger("run")), "running", "the killed run")
    t.run("status", says=["not taken", "has not told its end"])
    t.run("plan", says="measure: long")
    p = t.start("run")
    t.wait_for("the second run has begun", lambda: t.value("select count(*) from %s" % t.ledger("run")) == "2", child=p)
    if t.engine == "postgres":
        t.wait_for("the query runs", lambda: t.rows(RUNNING), child=p)
    else:
        time.sleep(0.2)
    p.send_signal(signal.SIGINT)
    t.finish(p, exit=130, says="interrupted")
    t.equal(t.value("select count(*) from n"), "1", "rows after the second run")
    t.equal(t.value("select count(*) from %s" % t.ledger("measure")), "0", "measures after the second run")
    t.equal(t.value("select count(*) from %s where state = 'interrupted'" % t.ledger("run")), "1", "interrupted runs")


@case("a measure that was cut off is taken by the next run, once")
def taken_later(t):
    t.build(SPEC, quick=True)
    t.write("t.csv", "id\na\n")
    t.run("run")
    t.sql("delete from %s" % t.ledger("measure"))
    t.run("run", says=["/done.* in .*: 0 phases/"])
    t.equal(t.value("select count(*) from %s" % t.ledger("measure")), "1", "measures")
    t.run("run", says="nothing to do")
    t.equal(t.value("select count(*) from %s" % t.ledger("run")), "2", "runs")
