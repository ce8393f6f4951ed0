"""Disks that are full, folders that cannot be written, files that are something else, sources that vanish: exit 3 or 6 with words,
and what stood there before stands there still."""
import os
import sqlite3
import subprocess

import _big
import memory
from common import TIMEOUT, Skip
from faults import LONG, case
from second import started_and_stopped


def tmpfs(t, size):
    """A file system of that size, or a skip."""
    path = t.path("small")
    os.mkdir(path)
    if os.geteuid() != 0:
        raise Skip("only root can mount a small file system")
    r = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", path], stderr=subprocess.PIPE)
    if r.returncode != 0:
        raise Skip("no right to mount a file system")
    t.closing.append(lambda: subprocess.run(["umount", "-l", path]))
    return path


def as_file(t, path):
    t.database = path
    t.location = "sqlite:" + path
    t.target = "app=" + t.location


@case("a full disk", engines=("sqlite",))
def full_disk(t):
    want, _ = _big.reference(t, 12000)
    size = os.path.getsize(t.database)
    small = tmpfs(t, "%dk" % (size // 1024 * 6 // 10))
    as_file(t, os.path.join(small, "app.db"))
    r = t.run("run", exit=6, says="/full|space/")
    if "app.db" not in r.err and small not in r.err:
        t.fail("does not say which file or disk\n" + r.told())
    before = _big.sound(t, {})
    if len(before) == len(_big.PHASES):
        t.fail("all is finished")
    t.run("status")
    subprocess.run(["mount", "-o", "remount,size=%dk" % (size // 1024 * 4), small], check=True)
    t.run("run")
    _big.sound(t, before)
    t.equal(t.snapshot(), want, "the target after the next run")


@case("a full disk keeps what was there", engines=("sqlite",))
def full_disk_existing(t):
    _big.build(t, 12000)
    small = tmpfs(t, "1500k")
    as_file(t, os.path.join(small, "app.db"))
    t.sql("create table mine (x text); insert into mine values ('old');")
    before = t.snapshot()["mine"]
    t.run("run", exit=6, says="/full|space/")
    t.equal(t.snapshot()["mine"], before, "the old table")


@case("no space at each place where it writes", engines=("sqlite",))
def each_write(t):
    want, _ = _big.reference(t, 40)
    shim = t.shim()
    t.fresh_target()
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:disk:0", "MIGC_SHIM_COUNT": t.path("count")})
    total = int(t.read("count"))
    step = 1 if LONG else max(1, total // 30)
    for action in ("fail", "full"):
        for n in range(1, total + 1, step):
            t.fresh_target()
            r = t.run("run", exit=(0, 6), env={"LD_PRELOAD": shim, "MIGC_SHIM": "%s:disk:%d" % (action, n)})
            if r.code == 6 and "error:" not in r.err:
                t.fail("%s at call %d: no message\n%s" % (action, n, r.told()))
            before = _big.sound(t, {}) if os.path.exists(t.database) else {}
            t.run("run")
            _big.sound(t, before)
            t.equal(t.snapshot(), want, "%s at call %d, then a run" % (action, n))


@case("the spill store cannot grow", engines=("sqlite",))
def full_tmp(t):
    _big.build(t, 60000)
    small = tmpfs(t, "256k")
    r = t.run("run", "--memory", "16MiB", env={"TMPDIR": small}, exit=(0, 6))
    if r.code == 6:
        t.check(r, 6, "/full|space/")
    _big.sound(t, {})
    t.run("run", "--memory", "16MiB")


@case("the store for held rows cannot grow")
def full_store(t):
    """It says where it is, and leaves nothing there."""
    n = 120000  # more than the 8 MiB that stay in memory
    t.build(memory.WIDE % "last by v")
    memory.rows(t, n)
    small = tmpfs(t, "256k")
    t.run("run", env={"TMPDIR": small}, exit=6, says=["the temporary store for held rows failed: database or disk is full", "TMPDIR"])
    t.equal(t.value("select count(*) from item"), "0", "items")
    t.equal(os.listdir(small), [], "files in the full folder")
    t.run("run")
    t.equal(t.value("select count(*) from item"), str(len({i if i % 10 else i // 2 for i in range(n)})), "items")


@case("folders: missing, not ours, a file in its place", asan=True, engines=("sqlite",))
def folders(t):
    _big.build(t, 10)
    t.run("run", "--target", "app=sqlite:nowhere/app.db", exit=(3, 6), says="nowhere")
    if os.path.exists(t.path("nowhere")):
        t.fail("the folder has been made")
    t.run("plan", "--target", "app=sqlite:nowhere/app.db", exit=(3, 6), says="nowhere")
    t.write("plain", "text")
    t.run("run", "--target", "app=sqlite:plain/app.db", exit=(3, 6), says="plain")
    os.mkdir(t.path("folder.db"))
    t.run("run", "--target", "app=sqlite:folder.db", exit=(3, 6), says="folder.db")
    t.run("run", "--target", "app=sqlite:", exit=(1, 3, 6))
    t.run("run", "--target", "app=", exit=(1, 3, 6))
    t.run("run", "--rejects", "plain/x", exit=(3, 6), says="plain/x")
    if os.path.exists(t.database):
        t.fail("refused, and the database is there")


def unprivileged(t, argv, cwd):
    """Runs a program as a user for whom the permissions of files count."""
    how = dict(cwd=cwd, env=dict(t.env, TMPDIR="/tmp"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
    if os.geteuid() == 0:
        how.update(user=65534, group=65534, extra_groups=[])
    try:
        p = subprocess.run(argv, timeout=TIMEOUT, **how)
    except PermissionError:
        raise Skip("another user cannot get at the build")
    from common import Result, decode
    return Result(argv, p.returncode, decode(p.stdout), decode(p.stderr))


@case("files and folders without rights", engines=("sqlite",))
def rights(t):
    _big.build(t, 10)
    path = t.folder
    while path != "/":  # may another user come here at all?
        if os.geteuid() == 0 and not os.stat(path).st_mode & 0o001:
            raise Skip("%s lets nobody else pass" % path)
        path = os.path.dirname(path)
    os.chmod(t.folder, 0o755)
    r = unprivileged(t, t.argv("run"), t.folder)
    t.check(r, (3, 6), "folder")
    if os.path.exists(t.database):
        t.fail("a database has been made\n" + r.told())
    sqlite3.connect(t.database).executescript("create table mine (x); insert into mine values (1);")
    before = t.read(os.path.basename(t.database))
    t.check(unprivileged(t, t.argv("run"), t.folder), (3, 6), os.path.basename(t.database))
    os.chmod(t.database, 0o600)
    t.check(unprivileged(t, t.argv("run"), t.folder), (3, 6), os.path.basename(t.database))
    t.equal(t.read(os.path.basename(t.database)), before, "bytes of the database")
    os.mkdir(t.path("open"))
    os.chmod(t.path("open"), 0o777)
    os.chmod(t.path("shows.csv"), 0)
    t.check(unprivileged(t, t.argv("run", "--target", "app=sqlite:open/app.db"), t.folder), (3, 6), "shows.csv")
    if os.path.exists(t.path("open", "app.db")):
        t.fail("refused, and the database is there")


@case("a file that is no database, an empty one, a damaged one", asan=True, engines=("sqlite",))
def other_files(t):
    want, _ = _big.reference(t, 400)
    whole = t.read(os.path.basename(t.database))
    for content in (b"not a database at all\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096, whole[:5000], b"xy\n"):
        as_file(t, t.write("other.db", content))
        for command in ("run", "plan", "status", "check"):
            r = t.run(command, exit=(3, 6), says="other.db")
            if "database" not in r.err:
                t.fail("does not say what is wrong with it\n" + r.told())
        t.equal(t.read("other.db"), content, "bytes of the file")
    as_file(t, t.write("empty.db", b""))
    t.run("plan")
    t.equal(t.read("empty.db"), b"", "bytes of the empty file after plan")
    t.run("run")
    t.equal(t.snapshot(), want, "the target that was an empty file")
    # Damage in the middle: some run, others say what is wrong; none crashes or hangs.
    for at in range(4096, len(whole), len(whole) // 12):
        as_file(t, t.write("damaged.db", whole[:at] + b"\xa5" * 700 + whole[at + 700:]))
        for command in ("run", "status", "check", "plan"):
            t.run(command, exit=(0, 3, 5, 6))


@case("a database that another program is writing", engines=("sqlite",))
def locked_database(t):
    t.build("migration m;\nsource s csv '.' { table people file 'people.csv' (name text not null); }\n"
            "target app sqlite 'app.db' { existing table person (name text not null); }\n"
            "from s.people into app.person;\n")
    t.write("people.csv", "name\nAnn\n")
    t.sql("create table person (name text not null); insert into person values ('old');")
    other = sqlite3.connect(t.database, isolation_level=None)
    other.execute("begin immediate")
    other.execute("insert into person values ('other')")
    t.run("plan")
    r = t.run("run", exit=(3, 6, 7), says="lock")
    if os.path.basename(t.database) not in r.err:
        t.fail("does not name the database\n" + r.told())
    other.execute("commit")
    other.close()
    t.run("run")
    t.equal(sorted(t.rows("select name from person")), [["Ann"], ["old"], ["other"]], "rows")


@case("a source file that changes, vanishes or is cut short under the run")
def moving_sources(t):
    want, _ = _big.reference(t, 20000)
    whole = t.read("team.csv")
    for how in ("append", "cut", "replace", "remove"):
        t.fresh_target()
        p = started_and_stopped(t, "shows")
        if how == "append":
            t.write("team.csv", b"Show 1,writer,Late\n", "ab")
        elif how == "cut":
            os.truncate(t.path("team.csv"), len(whole) // 2)
        elif how == "replace":
            t.write("other", whole)
            os.replace(t.path("other"), t.path("team.csv"))
        else:
            os.unlink(t.path("team.csv"))
        p.send_signal(18)
        r = t.finish(p, exit=(3, 6), says="team.csv")
        before = _big.sound(t, {})
        if "people" in before:
            t.fail("%s: the phase is finished\n%s" % (how, r.told()))
        t.write("team.csv", whole)
        t.run("run")
        t.equal(t.snapshot(), want, "the target after the next run")


@case("the rejects' folder cannot be written in the middle", engines=("sqlite",))
def rejects_folder(t):
    _big.build(t, 3000)
    small = tmpfs(t, "8k")
    r = t.run("run", "--rejects", small, exit=(0, 3, 6))
    if r.code != 0:
        t.check(r, r.code, "/space|reject/")
    before = _big.sound(t, {})
    if r.code != 0:
        t.run("run")
        _big.sound(t, before)


@case("a file of rejects that cannot be written to its end, or closed")
def rejects_file(t):
    want, _ = _big.reference(t, 60)
    for what, why in (("fail:write:2", "No space left on device"), ("fail:close:2", "Input/output error")):  # fsync, fclose; 1 is shows
        t.fresh_target()
        r = t.run("run", exit=6, env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": what, "MIGC_SHIM_FILE": ".part"},
                  says='/cannot write "big-rejects/people[.]team[.]csv[^"]*": %s/' % why)
        before = _big.sound(t, {})
        if "people" in before:
            t.fail("%s: the phase is finished\n%s" % (what, r.told()))
        t.run("run")
        t.equal(t.snapshot(), want, "the target after %s and another run" % what)
        t.equal(sorted(os.listdir(t.path("big-rejects"))), ["people.team.csv", "shows.shows.csv"], "files of rejects")
