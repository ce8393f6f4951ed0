"""kill -9, at any instant: the next run goes on, finished phases are passed over, nothing is lost or doubled, no lock is left."""
import os
import random
import shutil
import signal
import subprocess
import time

import _big
from common import TIMEOUT
from faults import LONG, case


def run_again(t):
    """The next run. A PostgreSQL server may need a moment to see that a client is gone; until then the lock is held."""
    t.alone()
    return t.run("run")


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
    least = 600 if LONG else 25
    r = random.Random(os.environ.get("MIGC_SEED") or 7)
    kills = 0
    while kills < least:
        fresh(t)
        before = {}
        for _ in range(r.choice((1, 1, 2, 5))):
            begin = time.monotonic()
            p = t.start("run")
            try:
                p.wait(r.uniform(0, took * 1.05))
            except subprocess.TimeoutExpired:
                p.send_signal(signal.SIGKILL)
            p.wait()
            if p.returncode == -signal.SIGKILL:
                kills += 1
            elif p.returncode != 0:
                t.finish(p)
            else:  # a run may take less than the first one did
                took = min(took, time.monotonic() - begin)
            before = _big.sound(t, before)
        run_again(t)
        _big.sound(t, before)
        check_end(t, want, rejected, files)


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
        before = _big.sound(t, {})
        run_again(t)
        _big.sound(t, before)
        check_end(t, want, rejected, files)


def killed(t, shim, what):
    p = t.start("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": what})
    p.communicate(timeout=TIMEOUT)
    if p.returncode not in (-signal.SIGKILL, 0):
        t.fail("%s: exit %s" % (what, p.returncode))
    t.alone()
