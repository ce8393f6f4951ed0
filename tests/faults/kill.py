"""kill -9, at any instant: the next run goes on, finished phases are passed over, nothing is lost or doubled, no lock is left."""
import os
import random
import shutil
import signal
import time

import _big
from faults import LONG, case


def run_again(t, exit=0):
    """The next run. A PostgreSQL server may need a moment to see that a client is gone; until then the lock is said to be held."""
    until = time.time() + 20
    while True:
        r = t.run("run", exit=(0, 7) if t.engine == "postgres" else exit, timeout=60)
        if r.code == 0:
            return r
        if time.time() > until:
            t.fail("the lock is not let go of\n" + r.told())
        time.sleep(0.05)


def fresh(t):
    t.fresh_target()
    shutil.rmtree(t.path("big-rejects"), ignore_errors=True)


def check_end(t, want, rejected, files):
    t.equal(t.snapshot(), want, "the target after kills and a last run")
    t.equal(_big.rejects(t), rejected, "the rejects")
    t.equal(_big.reject_files(t), files, "the CSV files of rejects")
    if t.locked():
        t.fail("a lock is left")
    t.equal(t.value("select count(*) from %s where state = 'done'" % t.ledger("run")), "1", "runs that are done")
    r = t.run("status")
    for phase in _big.PHASES:
        if phase not in r.out:
            t.fail("status does not name phase %s\n%s" % (phase, r.told()))


@case("at random instants")
def random_instants(t):
    want, took = _big.reference(t, 4000)
    rejected, files = _big.rejects(t), _big.reject_files(t)
    seconds = 120 if LONG else 10
    least = 150 if LONG else 6
    r = random.Random(os.environ.get("MIGC_SEED") or 7)
    until = time.time() + seconds
    kills = chains = 0
    while (time.time() < until and kills < 20 * least) or chains == 0:
        fresh(t)
        before = {}
        for _ in range(r.choice((1, 1, 2, 5))):
            p = t.start("run")
            try:
                p.wait(r.uniform(0, took * 1.05))
            except Exception:
                p.send_signal(signal.SIGKILL)
            p.wait()
            if p.returncode == -signal.SIGKILL:
                kills += 1
            elif p.returncode != 0 and not (t.engine == "postgres" and p.returncode == 7):
                t.finish(p)
            if t.engine == "postgres":
                t.wait_for("the killed session ends", lambda: not t.sessions(), 30)
            before = _big.sound(t, before)
        run_again(t)
        _big.sound(t, before)
        check_end(t, want, rejected, files)
        chains += 1
    if kills < least and chains > 1:
        t.fail("only %d kills in %d seconds" % (kills, seconds))


@case("at each place where it writes")
def each_write(t):
    want, _ = _big.reference(t, 40)
    rejected, files = _big.rejects(t), _big.reject_files(t)
    kind = "disk" if t.engine == "sqlite" else "send"
    shim = t.shim()
    t.fresh_target()
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:%s:0" % kind, "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    if total < 20:
        t.fail("the shim counts only %d calls" % total)
    step = 1 if LONG else max(1, total // 40)
    for n in range(1, total + 1, step):
        fresh(t)
        killed(t, shim, "kill:%s:%d" % (kind, n))
        if t.engine == "postgres":
            t.wait_for("the killed session ends", lambda: not t.sessions(), 30)
        before = _big.sound(t, {})
        run_again(t)
        _big.sound(t, before)
        check_end(t, want, rejected, files)


def killed(t, shim, what):
    p = t.start("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": what})
    p.communicate(timeout=60)
    if p.returncode not in (-signal.SIGKILL, 0):
        t.fail("%s: exit %s" % (what, p.returncode))
