"""Backups and programs of phases: killed, interrupted, hung, on a full disk. A file without .part in its name is a whole copy, whatever happened."""
import glob
import hashlib
import os
import shutil
import signal
import sqlite3
import subprocess
import time

from common import TIMEOUT
from faults import LONG, Session, case
from kill import run_again

BACKUP = """migration m;
source s csv '.' { table t file 't.csv' (a text not null); }
target app sqlite 'app.db' { table t (a text not null); }
phase one { create app.*; from s.t into app.t; }
phase two after one { backup app to 'keep'; sql app $$ delete from t $$; }
"""
PROGRAM = """migration m;
target app sqlite 'app.db' { table t (a text not null); }
phase one { create app.*; }
phase two after one { sql app $$ insert into t values ('x') $$; run './work'; }
"""
# It waits for a child that outlives every limit of a test. Asked to end (SIGTERM), it notes that and obeys, or is deaf.
HANG = """#!/bin/sh
[ "$1" = --version ] && exec "$REAL" --version
trap %s TERM
echo half a dump
sleep 2000 & echo $! >>pids
echo $$ >>pids
while :; do wait; done
"""


def rows_file(t):
    t.write("t.csv", "a\n" + "".join("row number %d\n" % i for i in range(3000)))


def script(t, name, text):
    t.write(name, text)
    os.chmod(t.path(name), 0o755)


def look_at_copies(t):
    """All that has the name of a copy is one."""
    for path in glob.glob(t.path("keep") + "/*"):
        if path.endswith(".part") or path.endswith("-journal"):
            continue
        if path.endswith(".sha256"):
            with open(path) as f:
                said, name = f.read().split()
            with open(os.path.join(t.path("keep"), name), "rb") as f:
                t.equal(hashlib.sha256(f.read()).hexdigest(), said, name)
        elif path.endswith(".db"):
            db = sqlite3.connect(path)
            t.equal(db.execute("pragma integrity_check").fetchone()[0], "ok", path)
            t.equal(db.execute("select count(*) from t").fetchone()[0], 3000, "rows in " + path)
            db.close()
        else:
            r = subprocess.run(["pg_restore", "-f", "-", "--data-only", "--table=t", path], capture_output=True, text=True, check=True)
            t.equal(r.stdout.count("row number"), 3000, "rows in " + path)


def finished(t):
    look_at_copies(t)
    t.equal(t.value("select count(*) from t"), "0", "rows after the phase")
    kept = t.rows("select file, sha256 from %s" % t.ledger("backup"))
    t.equal(len(kept), 1, "copies in the ledger")
    with open(kept[0][0], "rb") as f:
        t.equal(hashlib.sha256(f.read()).hexdigest(), kept[0][1], "sha256 in the ledger")
    if not os.path.exists(kept[0][0] + ".sha256"):
        t.fail("no .sha256 beside the copy")


def begin(t):
    t.fresh_target()
    shutil.rmtree(t.path("keep"), ignore_errors=True)
    t.run("run", "--phase", "one")


def places(t):
    """How often the phase touches the disk, and some of these places."""
    begin(t)
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:disk:0", "MIGC_SHIM_COUNT": t.path("count")})
    finished(t)
    with open(t.path("count")) as f:
        total = int(f.read())
    return range(1, total + 1) if LONG else sorted(set(range(1, total + 1, max(1, total // 12))) | {total})


@case("kill -9 at each place where a backup touches the disk")
def killed_backup(t):
    t.build(BACKUP)
    rows_file(t)
    for n in places(t):
        begin(t)
        p = t.start("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "kill:disk:%d" % n})
        p.communicate(timeout=TIMEOUT)
        look_at_copies(t)
        run_again(t)
        finished(t)


@case("two runs that take the same name for their copies in the same second", engines=("sqlite",))
def same_name(t):
    t.build(BACKUP)
    rows_file(t)
    begin(t)
    own, now = t.target, {"LD_PRELOAD": t.shim(), "MIGC_SHIM_TIME": "1700000000"}
    p = t.stop_at("app-m-20231114T221320Z.db", "run", kind="look", env=now)
    t.target = "app=sqlite:other.db"
    t.run("run", env=now)
    (other,) = glob.glob(t.path("keep") + "/*.db")
    copy = t.read(other)
    t.target = own
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    finished(t)
    t.equal(t.read(other) == copy, True, "the other one's copy is as it was")
    t.equal(len(glob.glob(t.path("keep") + "/*.db")), 2, "copies")


@case("a disk that is full while a backup is written")
def full_disk(t):
    t.build(BACKUP)
    rows_file(t)
    for n in places(t):
        for action in ("fail", "full"):
            begin(t)
            r = t.run("run", exit=(0, 6), env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "%s:disk:%d" % (action, n)})
            if r.code == 6 and "error:" not in r.err:
                t.fail("no reason is given\n" + r.told())
            look_at_copies(t)
            if t.value("select count(*) from t") not in (("0",) if r.code == 0 else ("0", "3000")):
                t.fail("half a phase\n" + r.told())
            run_again(t)
            finished(t)


@case("the sum of a backup is written in two pieces, or not to its end")
def short_write(t):
    t.build(BACKUP)
    rows_file(t)
    begin(t)
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "short:write:1", "MIGC_SHIM_FILE": ".sha256.part"})
    finished(t)
    begin(t)
    t.run("run", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "fail:write:1", "MIGC_SHIM_FILE": ".sha256.part"}, exit=6, says="No space left on device")
    look_at_copies(t)
    run_again(t)
    finished(t)


def pids(t):
    try:
        with open(t.path("pids")) as f:
            return [int(n) for n in f.read().split()]
    except OSError:
        return []


def state(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rpartition(")")[2].split()[0]
    except OSError:
        return "X"


def gone(pid):
    return state(pid) in "ZX"


def stopped(pid):
    return state(pid) == "T"


def hung(t, spec, deaf, how, env=None):
    """A child that hangs, with a child of its own, is ended with the program: asked to end where it listens, else killed."""
    t.build(spec)
    rows_file(t)
    t.run("run", "--phase", "one")
    real = shutil.which("pg_dump") or "none"
    os.makedirs(t.path("bin"), exist_ok=True)
    text = HANG % ("''" if deaf else "'echo term >asked; exit 143'")
    script(t, "bin/pg_dump", text)
    script(t, "work", text)
    env = dict(env or {}, PATH=t.path("bin") + ":" + os.environ["PATH"], REAL=real)
    with open(t.path("said"), "wb") as said:
        p = t.start("run", *(["--allow-run"] if spec == PROGRAM else []), env=env, stderr=said)
    t.wait_for("the child hangs", lambda: len(pids(t)) == 2, child=p)
    how(t, p)
    if how is kill_it:
        p.communicate(timeout=TIMEOUT)
    else:
        t.finish(p, exit=130)
    t.wait_for("the child is gone", lambda: gone(pids(t)[-1]))
    t.equal(os.path.exists(t.path("asked")), not deaf, "whether the child was asked to end, and obeyed")
    if how is not kill_it:
        t.wait_for("its children are gone", lambda: all(gone(n) for n in pids(t)))
    for n in pids(t):
        if not gone(n):
            os.kill(n, signal.SIGKILL)
    if glob.glob(t.path("keep") + "/*.dump"):
        t.fail("half a copy has the name of a whole one")
    if how is interrupt and glob.glob(t.path("keep") + "/*"):
        t.fail("half a copy is left")


def interrupt(_t, p):
    p.send_signal(signal.SIGINT)


def hang_up(_t, p):
    p.send_signal(signal.SIGHUP)


def twice(t, p):
    """The second one ends it at once, and not when its patience with the child (5 s) is over, in order."""
    began = time.monotonic()
    p.send_signal(signal.SIGINT)
    t.wait_for("it says that it stops", lambda: b"stopping" in t.read("said"), child=p)
    p.send_signal(signal.SIGINT)
    late = time.monotonic() - began > 4  # this machine has other things to do: then it proves nothing
    p.wait(TIMEOUT)
    if b"Run it again" in t.read("said") and not late:
        t.fail("it has ended in order:\n" + t.read("said").decode())


def kill_it(_t, p):
    p.kill()


@case("Ctrl-C while pg_dump hangs")
def interrupted_dump(t):
    if t.engine == "sqlite":
        return
    hung(t, BACKUP, False, interrupt)
    t.equal(sorted(t.phases()), ["one"], "finished phases")
    t.run("run")
    finished(t)


@case("Ctrl-C while a pg_dump hangs that does not listen")
def deaf_dump(t):
    if t.engine == "postgres":
        hung(t, BACKUP, True, interrupt)


@case("Ctrl-C while a program of the spec hangs")
def interrupted_program(t):
    hung(t, PROGRAM, False, interrupt)
    t.equal(t.value("select count(*) from t"), "0", "rows")
    script(t, "work", "#!/bin/sh\n")
    t.run("run", "--allow-run")
    t.equal(t.value("select count(*) from t"), "1", "rows")


@case("SIGHUP while a program of the spec hangs")
def hung_up_program(t):
    hung(t, PROGRAM, False, hang_up)


@case("a second Ctrl-C ends a program that does not listen at once")
def second_signal(t):
    hung(t, PROGRAM, True, twice)


@case("two signals before the program knows of the child that it has started: the child is ended, too")
def stopped_at_the_start(t):
    def both(t, p):
        t.wait_for("it is stopped", lambda: stopped(p.pid), child=p)
        p.send_signal(signal.SIGINT)
        p.send_signal(signal.SIGTERM)
        p.send_signal(signal.SIGCONT)
        p.wait(TIMEOUT)

    hung(t, PROGRAM, True, both, {"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:fork:1"})


@case("kill -9 while a program of the spec runs: it is ended, too")
def killed_over_program(t):
    hung(t, PROGRAM, False, kill_it)
    script(t, "work", "#!/bin/sh\n")
    t.alone()
    t.run("run", "--allow-run")
    t.equal(t.value("select count(*) from t"), "1", "rows")


@case("a backup while another program holds locks or writes")
def beside_a_writer(t):
    t.build(BACKUP)
    rows_file(t)
    t.run("run", "--phase", "one")
    if t.engine == "postgres":
        other = Session(t.location)
        t.closing.append(other.close)
        other.rows("begin; lock table t in access exclusive mode")
        p = t.start("run")
        t.wait_for("somebody waits for the lock", lambda: t.rows(
            "select 1 from pg_locks l join pg_database d on d.oid = l.database where not l.granted and d.datname = current_database()"), child=p)
        other.rows("commit")
        t.finish(p)
    else:
        other = sqlite3.connect(t.database, isolation_level=None)
        other.execute("begin exclusive")
        p = t.start("run", "--phase", "two")
        t.wait_for("it has the database open", lambda: t.has_open(p, t.database), child=p)
        time.sleep(0.3)  # most likely it waits for the lock now; it would for seconds
        other.execute("rollback")
        other.close()
        t.finish(p)
    finished(t)
