"""Surroundings that are not as on the author's machine: settings of servers, roles and databases, locales, odd file names. The rows are the
same, or the program says what stands against it."""
import os
import sqlite3

import _big
from faults import case

SPEC = """migration typed;
source s csv '.' { options (null ''); table rows_ file 'rows.csv' (n text not null, t text, b text, d text, ts text, tz text, f text, num text, j text, l text, bin text); }
target app sqlite 'app.db' {
    table typed (
        id bigint primary key identity, n integer not null, t text, b boolean, d date, ts timestamp, tz timestamptz,
        f double precision, num numeric(20,4), j json, l text[], bin bytea, u uuid, at timestamptz not null default '2020-01-01 00:00:00+00'
    );
    table word (id bigint primary key identity, w text not null unique);
}
alias word { table app.word (w); match casefold; unknown create; }
from s.rows_ as r {
    on error reject;
    into app.typed {
        n = integer(r.n); t = r.t; b = bool(r.b); d = date(r.d); ts = timestamp(r.ts); tz = timestamptz(r.tz); f = double(r.f);
        num = numeric(r.num); j = json(r.j); l = split(r.l, '|'); bin = decode(r.bin, 'hex');
        u = uuid('00000000-0000-0000-0000-00000000000' || r.n);
    }
    into app.word when word[r.t] is null { w = 'never'; }
}
check 'dates' after data: every app.typed as t: t.d is null or t.d > '1999-12-31';
"""
ROWS = (b"n,t,b,d,ts,tz,f,num,j,l,bin\n"
        b"1,back\\slash 'quote' \"double\",t,2024-02-29,2024-02-29 10:20:30.5,2024-02-29 10:20:30+02,0.1,12345.6789,\"{\"\"a\"\": 1}\",a|b\\|'c',00ff5c27\n"
        b"2,\xc3\xa9t\xc3\xa9 \xf0\x9f\x8e\xac,f,2000-01-02,2000-01-02 03:04:05,1999-12-31 23:59:59.999999-11,1e300,-0.5,[],,\n"
        b"3,\\N,,,,,,,,,\n"
        b"4,,true,2001-02-03,2001-02-03 00:00:00,2001-07-03 12:00:00Z,-2.5e-8,99999999999999.9999,\"\"\"x\"\"\",x,5c5c\n")


def ready(t):
    t.build(SPEC.replace("after data:", "after data:"))
    t.write("rows.csv", ROWS)


def look(t):
    """All values, in a form that no setting of ours changes."""
    order = "order by id"
    if t.engine == "sqlite":
        select = ("select id, n, t, b, d, ts, tz, f, num, j, l, hex(bin), u, at from typed " + order)
    else:
        select = ("select id, n, t, b, to_char(d, 'YYYY-MM-DD'), to_char(ts, 'YYYY-MM-DD HH24:MI:SS.US'), "
                  "to_char(tz at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US'), f::text, num::text, j::text, l::text, encode(bin, 'hex'), u::text, "
                  "to_char(at at time zone 'UTC', 'YYYY-MM-DD') from typed " + order)
    return t.rows(select), t.rows("select id, w from word order by id")


@case("settings of the session, the role and the database", engines=("postgres",))
def server_settings(t):
    ready(t)
    t.run("run")
    want = look(t)
    t.equal(len(want[0]), 4, "rows")
    settings = ("standard_conforming_strings=off backslash_quote=on escape_string_warning=on DateStyle=SQL,DMY TimeZone=Asia/Kathmandu "
                "IntervalStyle=sql_standard bytea_output=escape extra_float_digits=-5 default_transaction_isolation=serializable "
                "client_min_messages=debug1 synchronous_commit=off quote_all_identifiers=on check_function_bodies=off "
                "default_transaction_deferrable=on enable_seqscan=off").split()
    t.fresh_target()
    t.run("run", env={"PGOPTIONS": " ".join("-c " + s for s in settings), "PGCLIENTENCODING": "LATIN1", "PGTZ": "America/Caracas",
                      "PGDATESTYLE": "German", "LC_ALL": "C", "TZ": "Asia/Tokyo"})
    t.equal(look(t), want, "the rows, with odd settings of the session")
    t.fresh_target()
    for s in settings:
        name, _, value = s.partition("=")
        t.sql("alter database %s set %s = %s" % (t.database, name, "'%s'" % value if name != "DateStyle" else value))
    try:
        t.run("run")
        t.run("status")
        t.run("check")
        got = look(t)
        t.equal(got, want, "the rows, with odd settings of the database")
    finally:
        t.sql("alter database %s reset all" % t.database)


@case("a database that takes no writes, or ends what takes long", engines=("postgres",))
def stubborn_server(t):
    ready(t)
    for setting, says in (("default_transaction_read_only=on", "read-only"), ("statement_timeout=1", None),
                          ("lock_timeout=1", None), ("idle_in_transaction_session_timeout=1", None)):
        t.fresh_target()
        r = t.run("run", env={"PGOPTIONS": "-c " + setting}, exit=(0, 3, 6))
        t.alone()
        if r.code and says and says not in r.err:
            t.fail("does not say %s\n%s" % (says, r.told()))
        if r.code and "error:" not in r.err:
            t.fail("no message\n" + r.told())
        if r.code == 0:
            t.equal(len(look(t)[0]), 4, "rows")
        t.run("run")
        t.equal(len(look(t)[0]), 4, "rows")


@case("locales and time zones", engines=("sqlite",), asan=True)
def locales(t):
    """Not even a locale with a decimal comma or another lower case changes a value or a number on the screen."""
    ready(t)
    t.run("run")
    want = look(t)
    for env in ({"LC_ALL": "C"}, {"LC_ALL": "tr_TR.UTF-8"}, {"LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8"}, {"LC_ALL": "nonsense"},
                {"TZ": "Pacific/Apia"}, {"TZ": "nonsense"}, {"TZ": ":/etc/passwd"}, {"LANG": "", "LC_ALL": "", "LC_CTYPE": ""}):
        t.fresh_target()
        r = t.run("run", env=env)
        t.equal(look(t), want, "the rows with %s" % env)
        if not r.out.isascii() and "UTF-8" not in env.get("LC_ALL", "UTF-8"):
            t.fail("not ASCII on a screen that is: %s\n%s" % (env, r.told()))


@case("databases of other makes: WAL, UTF-16, large and small pages, auto vacuum", engines=("sqlite",), asan=True)
def sqlite_makes(t):
    ready(t)
    t.run("run")
    want = look(t)
    for pragma in ("journal_mode = wal", "encoding = 'UTF-16le'", "page_size = 512", "page_size = 65536", "auto_vacuum = full",
                   "journal_mode = persist", "user_version = 7; pragma application_id = 99"):
        t.fresh_target()
        t.sql("pragma %s; create table mine (x); insert into mine values ('old');" % pragma)
        before = t.read(os.path.basename(t.database))
        t.run("plan")
        t.run("status")
        t.equal(t.read(os.path.basename(t.database)) == before, True, "plan writes nothing with " + pragma)
        t.run("run")
        t.equal(look(t), want, "the rows with " + pragma)
        t.run("status", says="done")
        t.run("run")
        t.equal(t.rows("select x from mine"), [["old"]], "the old table with " + pragma)
    t.fresh_target()
    t.sql("pragma journal_mode = wal; create table mine (x);")
    reader = sqlite3.connect(t.database, isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from mine").fetchall()
    t.run("run")
    reader.close()
    t.equal(look(t), want, "the rows, written beside a reader of a WAL database")


@case("odd file names and links", engines=("sqlite",))
def names(t):
    ready(t)
    t.run("run")
    want = look(t)
    for name in ("with blank.db", "a%20b?c#d.db", "file:x.db", "ü 🎬.db", "-dash.db", "'q'\".db", "sub/../x.db", ":memory:", "x.db?mode=ro", "=.db"):
        if "/" in name:
            os.makedirs(t.path("sub"), exist_ok=True)
        t.run("run", "--target", "app=sqlite:./" + name)
        t.database = t.path(name)
        if not os.path.isfile(t.database):
            t.fail("no file %s: %s" % (name, os.listdir(t.folder)))
        db = sqlite3.connect(t.database)
        t.equal(db.execute("select count(*) from typed").fetchone()[0], 4, "rows of " + name)
        db.close()
        t.run("status", "--target", "app=sqlite:./" + name, says="done")
    for name in (":memory:", ""):
        t.run("run", "--target", "app=sqlite:" + name, exit=(0, 1, 3, 6))
    t.fresh_target()
    os.symlink(os.path.basename(t.database), t.path("link.db"))
    t.run("run", "--target", "app=sqlite:link.db")
    t.equal(look(t), want, "the rows through a link")
    t.run("run")
    os.symlink("loop.db", t.path("loop.db"))
    t.run("run", "--target", "app=sqlite:loop.db", exit=(3, 6), says="loop.db")
    t.run("run", "--target", "app=sqlite:/dev/full", exit=(3, 6), says="/dev/full")
    t.run("run", "--target", "app=sqlite:/dev/null", exit=(3, 6), says="/dev/null")
    for length, code in ((504, 0), (505, 3)):  # SQLite adds the name of a journal, and takes 512
        folder = os.path.realpath(t.folder)
        while len(os.fsencode(folder)) < 400:
            folder = os.path.join(folder, "d" * 50)
        os.makedirs(folder, exist_ok=True)
        name = "f" * (length - len(os.fsencode(folder)) - 1)
        r = t.run("run", "--target", "app=sqlite:%s/%s" % (os.path.relpath(folder, os.path.realpath(t.folder)), name), exit=code)
        t.equal(os.path.exists(os.path.join(folder, name)), code == 0, "whether the file is there")
        if code:
            t.check(r, code, "the path of the SQLite file is too long: 505 bytes from the root on, and SQLite takes 504")
    os.mkfifo(t.path("fifo.db"))
    t.run("run", "--target", "app=sqlite:fifo.db", exit=(3, 6), says="fifo.db")


@case("nothing to stand on: no home, no user, closed files, few files", engines=("sqlite",), asan=True)
def bare(t):
    ready(t)
    t.run("run")
    want = look(t)
    t.fresh_target()
    t.tool(["/usr/bin/env", "-i"] + t.argv("run"))
    t.equal(look(t), want, "the rows with an empty environment")
    t.fresh_target()
    t.tool(["/bin/sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh"] + t.argv("run"))
    t.equal(look(t), want, "the rows with closed standard files")
    t.fresh_target()
    t.tool(["/bin/sh", "-c", 'ulimit -n 40; exec "$@"', "sh"] + t.argv("run"))
    t.equal(look(t), want, "the rows with few files")
    t.fresh_target()
    for n in range(4, 40):
        t.fresh_target()
        r = t.tool(["/bin/sh", "-c", 'ulimit -n %d; exec "$@"' % n, "sh"] + t.argv("run"), exit=(0, 3, 6, 127))
        if r.code == 0:
            break
        if "Too many open files" not in r.err and r.code != 127:
            t.fail("%d files: does not say why\n%s" % (n, r.told()))
    t.equal(look(t), want, "the rows with %d files" % n)
    for blocks in (0, 1, 8, 32):  # of 512 bytes
        t.fresh_target()
        r = t.tool(["/bin/sh", "-c", 'ulimit -f %d; exec "$@"' % blocks, "sh"] + t.argv("run"), exit=6)
        t.check(r, 6, ["limit on the size of files", os.path.basename(t.database)])
        t.run("run")
        t.equal(look(t), want, "the rows after a run whose files may have %d blocks" % blocks)
    t.fresh_target()
    t.tool(["/bin/sh", "-c", 'ulimit -n 3; exec "$@"', "sh"] + t.argv("run"), exit=(3, 6, 127))
    t.fresh_target()
    r = t.tool(["/bin/sh", "-c", '"$@" > /dev/full', "sh"] + t.argv("run"), exit=(0, 6))
    t.equal(look(t), want, "the rows with a full standard output")
    t.fresh_target()
    _big.build(t, 3000)
    r = t.tool(["/bin/sh", "-c", 'ulimit -f 100; exec "$@"', "sh"] + t.argv("run"), exit=6)
    if "error:" not in r.err:
        t.fail("a limit of file sizes: no message\n" + r.told())
    _big.sound(t, {})
    t.run("run")
