"""Memory: a bound that holds however many rows come; fields that are huge; and what happens when there is no more."""
import os
import re
import signal
import subprocess
import sys

import _big
from common import TIMEOUT, Result, decode
from faults import LONG, case

MIB = 1 << 20


# Between us and the program: what a process had before its exec counts, too, and the runner may have more than any bound of a case.
WATCH = """
import resource, subprocess, sys
said, limit = sys.argv[1], int(sys.argv[2])
def prepare():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limit:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
code = subprocess.Popen(sys.argv[3:], preexec_fn=prepare).wait()
with open(said, "w") as f:
    print(code, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=f)
"""


def peak(t, *args, exit=0, limit=None, env=None):
    """Runs the program and returns its result and the most memory that it ever had, in bytes. limit: of its address space."""
    log = t.path("log")
    with open(log, "wb") as out:
        p = subprocess.Popen([sys.executable, "-I", "-S", "-c", WATCH, t.path("said"), str(limit or 0), *t.argv(*args)], cwd=t.folder,
                             env=dict(t.env, **(env or {})), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    t.children.append(p)
    try:
        p.wait(2 * TIMEOUT)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        t.fail("no end after %d seconds" % (2 * TIMEOUT))
    with open(log, "rb") as f:
        text = decode(f.read())
    if p.returncode != 0:
        t.fail("the watcher failed:\n" + text)
    code, most = map(int, t.read("said").split())
    r = t.check(Result(list(args), code if code >= 0 else "signal %d" % -code, text, ""), exit)
    return r, most * 1024


WIDE = """migration wide;
source s csv '.' { options (null ''); table rows_ file 'rows.csv' (k text not null, ref text, v text not null); }
target app sqlite 'app.db' {
    table item (id bigint primary key identity, k text not null, v text not null);
    table link (k text not null unique, item_id bigint not null);
}
dedup app.item by k { keep %s; }
phase make { create app.*; }
phase load after make {
    from s.rows_ as r { on error reject; into app.item { k = r.k; v = r.v; } }
    from s.rows_ as r { on error reject; skip when r.ref is null; into app.link { k = r.k; item_id = app.item[k = r.ref]; } }
}
"""


def rows(t, n):
    """n rows; each tenth key stands there twice; each third row refers to a key."""
    with open(t.path("rows.csv"), "w", encoding="utf-8", newline="") as f:
        f.write("k,ref,v\n")
        for i in range(n):
            k = i if i % 10 else i // 2
            f.write("key-%09d,%s,value number %d of this file\n" % (k, "key-%09d" % (k * 7 % n | 1) if i % 3 == 0 else "", i))


@case("a million rows with keys in 64 MiB")
def million(t):
    """Keys, a dedup and look-ups of a million rows do not fit into 64 MiB: they go to disk, and memory stays bounded."""
    n = 1000000 if LONG or t.engine == "sqlite" else 400000
    t.build(WIDE % "first")
    rows(t, n)
    r, most = peak(t, "run", "--memory", "64MiB")
    if most > 64 * MIB + 80 * MIB:
        t.fail("%d MiB for --memory 64MiB\n%s" % (most // MIB, r.told()))
    keys = len({i if i % 10 else i // 2 for i in range(n)})
    t.equal(t.value("select count(*) from item"), str(keys), "items")
    t.equal(t.value("select count(distinct id) from item"), str(keys), "keys of items")
    t.equal(t.value("select count(*) from link l left join item i on i.id = l.item_id where i.id is null"), "0", "lost links")
    t.equal(os.listdir(t.path("tmp")), [], "files left in the folder for temporary ones")


@case("held rows spill, and end the same as in memory")
def held(t):
    n = 60000
    t.build(WIDE % "last by v")
    rows(t, n)
    t.run("run", "--memory", "1GiB")
    want = t.snapshot()
    t.fresh_target()
    _, most = peak(t, "run", "--memory", "16MiB")
    if most > 16 * MIB + 80 * MIB:
        t.fail("%d MiB for --memory 16MiB" % (most // MIB))
    t.equal(t.snapshot(), want, "the target, with 16 MiB against with 1 GiB")
    t.equal(os.listdir(t.path("tmp")), [], "files left in the folder for temporary ones")


@case("memory does not grow with rows that hold no keys", engines=("sqlite",))
def plain(t):
    t.build("migration plain;\nsource s csv '.' { table rows_ file 'rows.csv' (k text not null, ref text, v text not null); }\n"
            "target app sqlite 'app.db' { table item (k text not null, v text not null); }\n"
            "from s.rows_ as r into app.item { k = r.k; v = r.v; }\n")
    most = []
    for n in (20000, 400000):
        t.fresh_target()
        rows(t, n)
        most.append(peak(t, "run")[1])
    if most[1] > most[0] + 24 * MIB:
        t.fail("%d MiB for 20000 rows, %d MiB for 400000" % (most[0] // MIB, most[1] // MIB))


HUGE = """migration huge;
source s csv '.' { table docs file 'docs.csv' (name text not null, body text not null); }
target app sqlite 'app.db' { table doc (name text not null, body text not null); }
from s.docs as d into app.doc { name = d.name; body = d.body; }
"""


@case("a field of 100 MB")
def huge_field(t):
    size = 100 * 1000 * 1000
    t.build(HUGE)
    with open(t.path("docs.csv"), "wb") as f:
        f.write(b"name,body\nsmall,x\nlarge,\"")
        block = b"0123456789 \"\" ,\n abcdefghijklmnopqrstuvwxyz\n" * 1000
        written = 0
        while written < size:
            f.write(block)
            written += len(block) - 1000
        f.write(b"\"\nlast,y\n")
    r, most = peak(t, "run")
    t.equal(t.rows("select name, length(body) from doc order by name"),
            [["large", str(written)], ["last", "1"], ["small", "1"]], "rows")
    if most > 8 * size:
        t.fail("%d MiB for a field of 100 MB" % (most // MIB))
    if t.engine == "postgres":  # an expression over it that makes it too large for the server is a reject or a clear end, no crash
        t.rows("select md5(body) from doc")


@case("a field that is too large for the target", engines=("sqlite",))
def too_large(t):
    """SQLite takes at most a billion bytes; a smaller limit cannot be set from here, so a record of 1 GiB is for the long variant."""
    if not LONG:
        return
    t.build(HUGE)
    with open(t.path("docs.csv"), "wb") as f:
        f.write(b"name,body\nsmall,x\nlarge,")
        for _ in range(1100):
            f.write(b"x" * 1000000)
        f.write(b"\nlast,y\n")
    peak(t, "run", exit=(0, 6))
    t.equal(t.value("select count(*) from " + t.ledger("reject")), "1", "rejects")


@case("an address space that is too small")
def address_space(t):
    """ulimit -v in steps: a message and exit code 6, or success; never a crash. Then the same target is finished."""
    want, _ = _big.reference(t, 3000)
    codes = []
    enough = None
    for mib in (40, 60, 80, 100, 120, 140, 160, 180, 200, 240, 300, 400, 600, 1200):
        t.fresh_target()
        r, _ = peak(t, "run", limit=mib * MIB, exit=None)
        if r.code in (127, 1) and re.search("shared libraries|cannot allocate|failed to map", r.out):
            continue  # the loader's business: the program has not begun
        if r.code not in (0, 6):
            t.fail("%d MiB: exit %s\n%s" % (mib, r.code, r.told()))
        if r.code == 6 and "memory" not in r.out:
            t.fail("%d MiB: does not say that memory ran out\n%s" % (mib, r.told()))
        codes.append(r.code)
        before = _big.sound(t, {})
        t.run("run")
        _big.sound(t, before)
        t.equal(t.snapshot(), want, "the target after a run in %d MiB and another" % mib)
        if r.code == 0:
            enough = mib
            break
    if enough is None:
        t.fail("never enough: %s" % codes)


@case("malloc fails here and there")
def malloc_fails(t):
    """The n-th allocation fails, alone or with all that follow: a message and a promised exit code; then the target is finished."""
    want, _ = _big.reference(t, 30)
    shim = t.shim()
    t.fresh_target()
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:heap:0", "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    tries = 600 if LONG else 20
    failed = 0
    for action in ("fail", "full"):
        for k in range(tries):  # most of them early, where much is set up
            n = 1 + int(total * (k / tries) ** 1.5)
            t.fresh_target()
            p = t.start("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "%s:heap:%d" % (action, n)})
            out, err = p.communicate(timeout=TIMEOUT)
            text = decode(out) + decode(err)
            if p.returncode < 0 and re.search("getpwuid|nss_database", text):
                continue  # glibc's own look-up of users does not survive it
            if p.returncode not in (0, 3, 6) and not (p.returncode in (1, 127) and re.search("memory|allocate", text)):
                t.fail("%s:heap:%d: exit %s\n%s" % (action, n, p.returncode, text))
            if p.returncode != 0 and not text.strip():
                t.fail("%s:heap:%d: exit %s without a word" % (action, n, p.returncode))
            failed += p.returncode != 0
            if p.returncode != 0 or k == 0:
                before = _big.sound(t, {})
                t.run("run")
                _big.sound(t, before)
                t.equal(t.snapshot(), want, "%s:heap:%d and another run" % (action, n))
            else:
                t.equal(t.snapshot(), want, "%s:heap:%d" % (action, n))
    if failed < tries // 4:
        t.fail("only %d of %d runs failed" % (failed, 2 * tries))
