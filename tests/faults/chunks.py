"""A phase that commits every few rows: killed, interrupted, cut off or out of room at any place and gone on with, it ends as a run that
was never stopped: the same rows and keys, the same rejects and duplicates with the same places and reasons, the same numbers."""
import os
import re
import signal
import sqlite3
import subprocess
import time

from common import TIMEOUT
from disk import as_file, tmpfs
from faults import LONG, case, private_server
from kill import killed, run_again

SPEC = """migration part;
source files csv '.' {
    options (null '');
    table shows file 'shows*.csv' (title text not null, network text, genres text, premiere text);
    table team  file 'team.csv' (title text, role text, person text);
}
source old sqlite 'old.db' {
    table person (id integer not null, email text, name text not null);
    table code   (code text not null, words text) ;
}
target app sqlite 'app.db' {
    table network (id bigint primary key identity, name varchar(100) not null unique);
    table genre (id bigint primary key identity, name varchar(60) not null unique);
    table show (
        id         bigint primary key identity,
        title      varchar(200) not null,
        network_id bigint references network on delete restrict,
        premiere   date,
        number     bigint not null
    ) index (title);
    table show_genre (
        show_id  bigint not null references show on delete cascade,
        genre_id bigint not null references genre,
        position integer not null,
        unique (show_id, genre_id)
    );
    table member (
        id      bigint primary key identity,
        show_id bigint not null references show,
        role    text not null check (role in ('creator', 'writer', 'director')),
        person  varchar(80) not null unique
    );
    table person (id bigint primary key identity, old_id integer not null, email text, name text not null);
    table code (code text not null primary key, words text);
}
alias network {
    table app.network (name);
    match trim, squeeze, casefold;
    unknown create;
}
alias genre { table app.genre (name); match trim, casefold; value 'Drama' also 'dramatic'; value 'Comedy'; unknown reject; }
dedup app.show by title;
dedup app.person by casefold(email) { duplicate reject 'known already'; }
phase tables { create app.*; }
phase lookups after tables { load genre; }
phase data after lookups commit every 9 rows {
    from files.shows as s {
        on error reject;
        skip when s.title like '%7';
        into app.show {
            title      = s.title;
            network_id = network[s.network];
            premiere   = date(s.premiere, 'YYYY-MM-DD') else null;
            number     = row_number();
        }
        into app.show_genre each g at position in items(s.genres, ',') {
            show_id  = app.show[title = s.title];
            genre_id = genre[g] else skip;
            position = position;
        }
    }
    from files.team as m {
        on error reject;
        into app.member { show_id = app.show[title = m.title]; role = m.role; person = m.person; }
    }
    from old.person as p { on error reject; into app.person { old_id = p.id; email = p.email; name = p.name; } }
    from old.code as c { on error reject; into app.code { copy *; } }
}
phase rules after data { constrain app.*; }
check 'a source' before data: count(old.person) > 3 else warn;
check 'members' after data: count(app.member) = count(files.team) - rejected(files.team);
check 'persons' after data: count(app.person) = count(old.person) - rejected(old.person);
"""


def write(t, n):
    files = {"shows1.csv": [], "shows2.csv": []}
    for i in range(n):
        name = "shows1.csv" if i < n // 2 else "shows2.csv"
        genres = ["Drama", "dramatic", " comedy", "Horror"]
        files[name].append('Show %d,%s,"%s,%s",%s\r\n' % (
            i if i % 10 else i // 2, ("HBO", "hbo ", "", "Channel %d" % (i % 13))[i % 4], genres[i % 4], genres[i // 2 % 4],
            "%04d-%02d-%02d" % (1950 + i % 70, 1 + i % 12, 1 + i % 31)))
    for name, lines in files.items():
        t.write(name, "title,network,genres,premiere\n" + "".join(lines))
    t.write("team.csv", "title,role,person\n" + "".join(
        "Show %d,%s,Person %d\n" % (i * 3 % n, ("creator", "writer", "caterer")[i % 3 if i % 5 else 0], i if i % 11 else i // 2)
        for i in range(n // 2)))
    db = sqlite3.connect(t.path("old.db"))
    with db:
        db.execute("create table person (id integer primary key, email text, name text)")
        db.execute("create table code (code text primary key, words text) without rowid")
        for i in range(n // 2):
            db.execute("insert into person values (?, ?, ?)", (i * 3 + 1, None if i % 9 == 4 else "%s%d@x" % ("aA"[i % 2], i % 23),
                                                               None if i == 17 else "Name %d" % i))
            db.execute("insert into code values (?, ?)", ("it's %d" % (i * 7919 % 100003), "words %d" % i))
    db.close()


def facts(t):
    """Everything that a run leaves, without the names and times of runs."""
    ledger = {
        "reject": "select phase, source, file, line, byte_offset, row_no, column_name, spec, rule, reason, value, raw from %s",
        "duplicate": "select phase, target_table, action, file, line, row_no, kept_file, kept_line from %s",
        "flow": "select phase, flow_no, into_no, flow, source, target_table, rows_read, rows_skipped, rows_rejected, rows_carried, emitted,"
                " inserted, updated, unchanged, merged, given_up from %s",
        "alias": "select phase, alias, hits, created, unknown from %s",
        "phase": "select phase, rows_read, rows_rejected, rows_inserted, rows_merged from %s",
        "check": "select phase, name, result from %s",
        "chunk": "select phase, sum(rows_read), sum(rows_rejected), sum(rows_inserted), sum(rows_merged) from %s group by phase",
        "place": "select count(*) from %s",
    }
    found = {name: sorted(map(repr, t.rows(sql % t.ledger(name)))) for name, sql in ledger.items()}
    found["target"] = t.snapshot()
    folder = t.path("part-rejects")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
            found[name] = [line.partition(",")[2] for line in f.read().split("\r\n")]
    return found


def screen(t, r):
    """What the run says of the phase data: the numbers of its flows, and the rejects."""
    phase, found = "", []
    for line in r.out.split("\n"):
        cells = [c.strip() for c in line.split("│")[1:-1]]
        phase = cells[0] if cells and cells[0] else phase
        if (cells and phase == "data") or re.search(r"rejected|phase data|-rejects/", line):
            found.append(cells[1:] or line.strip())
    if len(found) < 20:
        t.fail("the screen shows too little: %s" % r.told())
    return found


def reference(t, n):
    t.build(SPEC)
    write(t, n)
    r = t.run("run")
    return facts(t), screen(t, r)


def fresh(t):
    t.fresh_target()
    subprocess.run(["rm", "-rf", t.path("part-rejects")], check=True)


def compare(t, want, got, what):
    for key in sorted(set(want) | set(got)):
        t.equal(got.get(key), want.get(key), "%s: %s" % (what, key))


def chunks(t):
    """Chunks of the phase data that are in, and the rows read in them."""
    if not t.has_ledger() or "tables" not in t.phases():
        return 0, 0
    n, rows = t.rows("select count(*), coalesce(sum(rows_read), 0) from " + t.ledger("chunk"))[0]
    return int(n), int(rows)


@case("killed at each place where it writes")
def each_write(t):
    want, said = reference(t, 60)
    if not all(want[k] for k in ("reject", "duplicate", "alias")):
        t.fail("the data has no trouble")
    kind = "disk" if t.engine == "sqlite" else "send"
    shim = t.shim()
    fresh(t)
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:%s:0" % kind, "MIGC_SHIM_COUNT": t.path("count")})
    compare(t, want, facts(t), "without a fault")
    total = int(t.read("count"))
    step = 1 if LONG else max(1, total // 60)
    went_on = 0
    for n in range(1, total + 1, step):
        fresh(t)
        killed(t, shim, "kill:%s:%d" % (kind, n))
        before = chunks(t)
        done = "data" in t.phases()
        r = run_again(t)
        what = "killed at write %d of %d, with %d chunks in" % (n, total, before[0])
        compare(t, want, facts(t), what)
        if not done:
            t.equal(screen(t, r), said, what + ": the screen")
        went_on += not done and before[0] > 0
    if went_on < 10:
        t.fail("only %d kills left chunks in" % went_on)


@case("killed in every chunk, one after the other")
def each_chunk(t):
    want, said = reference(t, 60)
    shim = t.shim()
    kind = "disk" if t.engine == "sqlite" else "send"
    fresh(t)
    t.run("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "count:%s:0" % kind, "MIGC_SHIM_COUNT": t.path("count")})
    n = max(12, int(t.read("count")) // 6)
    fresh(t)
    last, kills = (0, 0), 0
    while kills < 200:
        p = t.start("run", env={"LD_PRELOAD": shim, "MIGC_SHIM": "kill:%s:%d" % (kind, n)})
        p.communicate(timeout=TIMEOUT)
        t.alone()
        if p.returncode == 0:
            break
        kills += 1
        now = chunks(t)
        if now < last:
            t.fail("chunks that were in are gone: %s, before %s" % (now, last))
        if now == last:
            n += 3
        last = now
    if kills < 3:
        t.fail("only %d kills" % kills)
    compare(t, want, facts(t), "after %d kills" % kills)


def stop_in(t, n):
    """Starts the program and stops it where it has read a good part of the second file of shows."""
    p = t.start("run", "-v", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:read:%d" % n, "MIGC_SHIM_FILE": "/team.csv"})
    t.wait_for("the program reads team.csv", lambda: t.stopped(p), child=p)
    return p


@case("Ctrl-C: the open chunk is rolled back, and how many rows are in is said")
def interrupted(t):
    want, said = reference(t, 60)
    fresh(t)
    p = stop_in(t, 3)
    n, rows = chunks(t)
    if n == 0:
        t.fail("no chunk is in")
    p.send_signal(signal.SIGINT)
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p, exit=130, says="interrupted; what was not finished has been rolled back; %d chunks of phase \"data\" (%d rows read) are in"
             "\nRun it again to go on" % (n, rows))
    t.equal(chunks(t), (n, rows), "chunks")
    r = t.run("status", says="begun\nphase data: %d chunks are in, %d rows read; the next run goes on behind them" % (n, rows))
    t.run("plan", says="will go on behind %d rows: %d chunks are in" % (rows, n))
    r = t.run("run")
    compare(t, want, facts(t), "after Ctrl-C")
    t.equal(screen(t, r), said, "the screen")


@case("a second run at once")
def second(t):
    want, _ = reference(t, 60)
    fresh(t)
    p = stop_in(t, 3)
    t.run("run", exit=7, says="another run holds the lock")
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p)
    compare(t, want, facts(t), "beside a second run")


@case("the session is ended between two chunks", engines=("postgres",))
def terminated(t):
    want, said = reference(t, 60)
    fresh(t)
    p = stop_in(t, 3)
    t.rows("select pg_terminate_backend(%s)::text" % t.sessions()[0])
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p, exit=6, says="are in\nRun it again to go on behind them.")
    t.alone()
    r = t.run("run")
    compare(t, want, facts(t), "after the session ended")
    t.equal(screen(t, r), said, "the screen")


@case("the server is killed and comes back", engines=("postgres",))
def killed_server(t):
    want, said = reference(t, 60)
    server = private_server(t, synchronous_commit="on")
    t.location = server.conninfo
    t.target = "app=" + t.location
    subprocess.run(["rm", "-rf", t.path("part-rejects")], check=True)
    p = stop_in(t, 3)
    before = chunks(t)
    server.process.send_signal(signal.SIGQUIT)
    server.process.wait(TIMEOUT)
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p, exit=6, says="/connection|server/")
    t.session.close()
    t.session = None
    server.launch()
    t.equal(chunks(t), before, "chunks")
    r = t.run("run")
    compare(t, want, facts(t), "after the server was killed")
    t.equal(screen(t, r), said, "the screen")


@case("a full disk", engines=("sqlite",))
def full_disk(t):
    t.build(SPEC)
    write(t, 6000)
    t.run("run")
    want = facts(t)
    size = os.path.getsize(t.database)
    subprocess.run(["rm", "-rf", t.path("part-rejects")], check=True)
    small = tmpfs(t, "%dk" % (size // 1024 * 6 // 10))
    as_file(t, os.path.join(small, "app.db"))
    t.run("run", exit=6, says="/full|space/\nare in\nRun it again to go on behind them.")
    if chunks(t)[0] < 10:
        t.fail("only %d chunks are in" % chunks(t)[0])
    t.run("status", says="begun")
    subprocess.run(["mount", "-o", "remount,size=%dk" % (size // 1024 * 4), small], check=True)
    t.run("run")
    compare(t, want, facts(t), "after the disk was full")


@case("too many rejects: the chunk is rolled back, those before it stay, and more may be allowed")
def too_many(t):
    want, said = reference(t, 60)
    fresh(t)
    t.run("run", "--reject-limit", "2", exit=4, says="/3 rejects, and 2 are allowed; \\d+ chunks? of phase \"data\" .* in/\n"
          "Allow more with --reject-limit, or begin anew in an empty target. Run it again to go on behind them.")
    n, rows = chunks(t)
    if n == 0:
        t.fail("no chunk is in")
    t.equal(t.value("select count(*) from " + t.ledger("reject")) <= "2", True, "rejects of chunks that are in")
    t.run("run", "--reject-limit", "2", exit=4, says="3 rejects, and 2 are allowed")
    r = t.run("run")
    compare(t, want, facts(t), "after too many rejects")
    t.equal(screen(t, r), said, "the screen")


@case("a source or target that is another one is refused before a row is written")
def changed(t):
    want, _ = reference(t, 60)

    kind = "disk" if t.engine == "sqlite" else "send"

    def begun():
        """Killed in the midst of team.csv."""
        for n in range(40, 2000, 10):
            fresh(t)
            killed(t, t.shim(), "kill:%s:%d" % (kind, n))
            if chunks(t)[0] and t.value("select count(*) from %s where position like '%%team.csv%%'" % t.ledger("chunk")) != "0":
                return chunks(t)
        t.fail("no kill was in the midst of team.csv")

    before = begun()
    with open(t.path("team.csv"), "rb") as f:
        team = f.read()
    t.write("team.csv", team + b"Show 1,writer,Somebody\n")
    r = t.run("run", exit=3, says="/team.csv\" has changed since the rows that are in were read: it had %d bytes, and has %d/\n"
              "Go on with the files as they were, or begin anew in an empty target." % (len(team), len(team) + 23))
    t.equal(chunks(t), before, "chunks")
    t.write("team.csv", team.replace(b"writer", b"Writer", 1))
    t.run("run", exit=3, says="its bytes are others")
    t.write("team.csv", team)  # another time, the same bytes
    t.sql("delete from show where id = 2")
    t.run("run", exit=5, says="/table \"show\" has \\d+ rows, and the chunks of phase \"data\" that are in left \\d+ there/")
    t.equal(chunks(t), before, "chunks")
    t.build(SPEC.replace("else null", "else reject"))
    t.run("run", exit=3, says="the spec is not the one that finished phase \"tables\"")
    t.build(SPEC)
    t.run("run", "--sample", "50", exit=3, says="was run without --sample in this target")
    begun()
    t.run("run")
    compare(t, want, facts(t), "in the end")


@case("a sample, killed and gone on with")
def sample(t):
    t.build(SPEC)
    write(t, 60)
    t.run("run", "--sample", "30")
    want = facts(t)
    fresh(t)
    p = t.start("run", "--sample", "30", env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:read:3", "MIGC_SHIM_FILE": "/team.csv"})
    t.wait_for("the program reads team.csv", lambda: t.stopped(p), child=p)
    if chunks(t)[0] == 0:
        t.fail("no chunk is in")
    p.kill()
    p.wait()
    t.alone()
    t.run("run", exit=3, says="was run with --sample 30")
    t.run("run", "--sample", "30")
    compare(t, want, facts(t), "a sample")


ONE_FILE = """migration part;
source old sqlite 'app.db' { table project (id integer not null, kind text, name text, course text); }
target app sqlite 'app.db' {
    table base (id integer primary key identity, kind varchar(10) not null check (kind in ('a', 'b')), name text not null);
    table special (id integer primary key references base, course text not null unique);
}
phase tables { create app.*; }
phase data after tables commit every 7 rows {
    from old.project as p {
        on error reject;
        into app.base { id = p.id; kind = p.kind; name = p.name; }
        into app.special when p.kind = 'a' { id = p.id; course = p.course; }
    }
}
phase rules after data { constrain app.*; }
phase cleanup after rules manual { sql app $$ drop table project; $$; }
"""


def one_file(t):
    """The old table in the target's own file."""
    t.sql("create table project (id integer primary key, kind text, name text, course text);" + "".join(
        "insert into project values (%d, '%s', %s, 'course %d');" % (i * 2, "abc"[i % 3], "null" if i % 17 == 5 else "'n %d'" % i, i % 40)
        for i in range(1, 61)))


@case("source and target in one file, killed at each place where it writes", engines=("sqlite",))
def same_file(t):
    t.build(ONE_FILE)
    for journal in ("delete", "wal"):
        def again():
            fresh(t)
            one_file(t)
            t.sql("pragma journal_mode = " + journal)
            return "old=" + t.location

        source = again()
        t.run("run", "--source", source)
        want = facts(t)
        if not want["reject"]:
            t.fail("the data has no trouble")
        source = again()
        t.run("run", "--source", source, env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "count:disk:0", "MIGC_SHIM_COUNT": t.path("count")})
        total = int(t.read("count"))
        for n in range(1, total + 1, 1 if LONG else max(1, total // 25)):
            source = again()
            p = t.start("run", "--source", source, env={"LD_PRELOAD": t.shim(), "MIGC_SHIM": "kill:disk:%d" % n})
            p.communicate(timeout=TIMEOUT)
            t.run("run", "--source", source)
            compare(t, want, facts(t), "%s, killed at write %d of %d" % (journal, n, total))
        t.run("run", "--source", source, "--phase", "cleanup", "--yes")
        t.run("run", "--source", source, says="nothing to do")
