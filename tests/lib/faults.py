"""Faults: programs that are killed, interrupted, starved, lied to or used wrongly, and what they leave behind.

A module of tests/faults/ holds functions marked with @case. Each is called with a Room: a fresh folder, a
fresh target of the engine, and the means to build, run, start and look. The spec says one SQLite target; the
Room gives the place with --target, so one case serves both engines.
"""
import ctypes
import ctypes.util
import fcntl
import hashlib
import importlib.machinery
import importlib.util
import itertools
import json
import os
import re
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time
import traceback

import rows
from common import TIMEOUT, Case, Failure, Result, Skip, decode, missing_fragments, program, starting

BOTH = ("sqlite", "postgres")
FLOCK = "hhqqi0q"          # struct flock: type, whence, start, length, process
databases = itertools.count(1)
built = {}                 # (label, spec, environment) -> path of the program
build_lock = threading.Lock()
LONG = bool(os.environ.get("MIGC_LONG"))  # longer variants: more kills, more rows


def case(title, engines=BOTH, asan=False):
    """Marks a function as a case. engines None: no target; asan: also with the sanitizer build."""
    def mark(f):
        f.fault_title, f.fault_engines, f.fault_asan = title, engines, asan
        return f
    return mark


def load(path, name):
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    loader.exec_module(module)
    return module


def collect(ctx, room="faults"):
    """The cases of the modules of tests/ROOM."""
    cases = []
    folder = os.path.join(ctx.root, "tests", room)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".py") or name.startswith("_"):
            continue
        module = load(os.path.join(folder, name), "%s_%s" % (room, name[:-3]))
        for f in vars(module).values():
            if not hasattr(f, "fault_title") or (ctx.label and not f.fault_asan):
                continue
            place = "tests/%s/%s:%d" % (room, name, f.__code__.co_firstlineno)
            for engine in f.fault_engines or (None,):
                if engine is None or engine in ctx.engines:
                    title = "%s: %s%s" % (name[:-3], f.fault_title, " [%s]" % engine if engine else "")
                    cases.append(Case(ctx.name(room, title), place,
                                      lambda f=f, e=engine, t=title: run(ctx, f, e, t)))
    return cases


def run(ctx, f, engine, title):
    if engine == "postgres" and not ctx.pg:
        if ctx.require_pg:
            raise Failure("MIGC_REQUIRE_PG is set, but there is no server: MIGC_TEST_PG is empty")
        raise Skip("no PostgreSQL server (run under tests/pg/with-server, or set MIGC_TEST_PG)")
    t = Room(ctx, engine, title)
    try:
        f(t)
    except (Failure, Skip):
        raise
    except Exception:
        raise Failure(traceback.format_exc())
    finally:
        t.close()
    shutil.rmtree(t.folder, ignore_errors=True)


class Room:
    """Where one case works."""

    def __init__(self, ctx, engine, title):
        self.ctx, self.engine, self.root = ctx, engine, ctx.root
        self.folder = ctx.fresh_dir("faults-" + (ctx.label or "") + title)
        self.env = dict(ctx.env, TMPDIR=self.path("tmp"))
        os.mkdir(self.path("tmp"))
        self.children = []
        self.databases = []
        self.session = None     # our own connection with the PostgreSQL target
        self.closing = []       # called at the end
        self.prog = None
        self.database = self.location = self.target = None
        if engine:
            self.fresh_target()

    # --- the folder and the target -------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content, mode="wb"):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with starting, open(path, mode) as f:
            f.write(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    def read(self, name):
        with open(self.path(name), "rb") as f:
            return f.read()

    def shared(self, *names):
        """A file of ../shared/data; the case is skipped where it is not there."""
        path = os.path.join(self.root, "..", "shared", "data", *names)
        if not os.path.exists(path):
            raise Skip("../shared/data/%s is not here" % "/".join(names))
        return path

    def fresh_target(self):
        """Another, empty target, from now on."""
        if self.engine == "sqlite":
            name = "app%d.db" % next(databases)
            self.database = self.path(name)
            self.location = "sqlite:" + name
        elif self.databases and self.database == self.databases[0]:
            # Sessions of killed programs may still be there for a moment.
            self.sql("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() "
                     "and pid <> pg_backend_pid(); set client_min_messages = warning; drop schema if exists migc cascade;"
                     "drop schema public cascade; create schema public;")
        else:
            self.database = "mig_fault_%d_%d" % (os.getpid(), next(databases))
            rows.psql(self.ctx, self.ctx.pg, "create database %s template template0 "
                      "encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'" % self.database)
            self.databases.append(self.database)
            self.location = "%s dbname=%s" % (re.sub(r"\bdbname=\S+", "", self.ctx.pg).strip(),
                                              self.database)
        self.target = "app=" + self.location

    def close(self):
        for p in self.children:
            if p.poll() is None:
                try:
                    os.kill(p.pid, signal.SIGCONT)
                    p.kill()
                except OSError:
                    pass
                p.wait()
            for stream in (p.stdout, p.stderr):
                if stream:
                    stream.close()
        if self.session:
            self.session.close()
        for f in reversed(self.closing):
            f()
        for name in self.databases:
            try:
                rows.psql(self.ctx, self.ctx.pg, "drop database if exists %s with (force)" % name)
            except Failure:
                pass  # the server itself is thrown away

    # --- programs ------------------------------------------------------------------------------

    def build(self, spec, quick=False, **env):
        """Compiles a spec (once for all cases that have the same) and makes its program the current one. quick: not optimized."""
        if quick:  # the last -O counts
            env["CC"] = self.quick_cc()
        key = (self.ctx.label, spec, quick)
        name = hashlib.sha256(repr(key).encode()).hexdigest()[:16]
        folder = os.path.join(self.ctx.work, "faults-programs", name)
        with build_lock:
            lock = built.setdefault(key, threading.Lock())
        with lock:
            path = os.path.join(folder, "prog")
            if key not in done:
                shutil.rmtree(folder, ignore_errors=True)
                os.makedirs(folder)
                with open(os.path.join(folder, "spec.mig"), "w", encoding="utf-8", newline="") as f:
                    f.write(spec)
                r = program([self.ctx.migc, "build", "spec.mig", "-o", path], folder,
                            dict(self.env, **env))
                if r.code != 0:
                    raise Failure(r.told())
                done.add(key)
        self.prog = path
        return path

    def quick_cc(self):
        path = self.path("quick-cc")
        if not os.path.exists(path):
            self.write("quick-cc", "#!/bin/sh\nexec %s \"$@\" -O0\n" % (os.environ.get("CC") or "cc"))
            os.chmod(path, 0o755)
        return path

    def argv(self, *args):
        argv = [self.prog, *args]
        if self.target and args and args[0] not in ("version", "help", "--help", "--version") and \
                not any(str(a).startswith("--target") for a in args):
            argv += ["--target", self.target]
        return argv

    def run(self, *args, exit=0, says=(), env=None, timeout=TIMEOUT, cwd=None):
        """Runs the program to its end. exit: the code that is expected, or several; None: any."""
        return self.tool(self.argv(*args), exit, says, env, timeout, cwd)

    def migc(self, *args, exit=0, says=(), env=None, timeout=TIMEOUT, cwd=None, migc=None):
        return self.tool([migc or self.ctx.migc, *args], exit, says, env, timeout, cwd)

    def tool(self, argv, exit=0, says=(), env=None, timeout=TIMEOUT, cwd=None):
        r = program(argv, cwd or self.folder, dict(self.env, **(env or {})), timeout=timeout)
        return self.check(r, exit, says)

    def check(self, r, exit=0, says=()):
        """The exit code, and fragments (as in tests/README.md) of what was said."""
        codes = exit if isinstance(exit, tuple) else (exit,)
        if "Sanitizer" in r.err or str(r.code).startswith("signal"):
            raise Failure("crashed\n" + r.told())
        if exit is not None and r.code not in codes:
            raise Failure("exit %s, expected %s\n%s" % (r.code, exit, r.told()))
        missing = missing_fragments("\n".join([says] if isinstance(says, str) else says), r.out + r.err)
        if missing:
            raise Failure("\n".join(missing) + "\n" + r.told())
        return r

    def start(self, *args, env=None, **how):
        """Starts the program; finish() ends and checks it. Whatever is left is killed with the case."""
        p = subprocess.Popen(self.argv(*args), cwd=self.folder, env=dict(self.env, **(env or {})),
                             start_new_session=True, stdin=subprocess.DEVNULL,
                             **dict(dict(stdout=subprocess.PIPE, stderr=subprocess.PIPE), **how))
        self.children.append(p)
        return p

    def finish(self, p, exit=0, says=(), timeout=TIMEOUT):
        try:
            out, err = p.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            p.kill()
            out, err = p.communicate()
            raise Failure("no end after %s seconds\n%s" % (timeout, Result(
                p.args, "killed", decode(out or b""), decode(err or b"")).told()))
        code = p.returncode if p.returncode >= 0 else "signal %d" % -p.returncode
        return self.check(Result([os.path.basename(p.args[0]), *p.args[1:]], code, decode(out or b""),
                                 decode(err or b"")), exit, says)

    # --- looking -------------------------------------------------------------------------------

    def fail(self, text):
        raise Failure(text)

    def equal(self, got, want, what="value"):
        if got != want:
            raise Failure("%s: got %s, expected %s" % (what, shown(got), shown(want)))

    def connection(self):
        """Our own session with the PostgreSQL target."""
        if self.session is None or self.session.conninfo != self.location or not self.session.alive():
            if self.session:
                self.session.close()
            self.session = Session(self.location)
        return self.session

    def rows(self, select):
        """The rows of a select as lists of texts, in the form of tests/README.md."""
        if self.engine == "postgres":
            return self.connection().rows(select)
        settle(self.database)
        return rows.sqlite_select(self.database, select)

    def value(self, select):
        return self.rows(select)[0][0]

    def sql(self, script):
        if self.engine == "postgres":
            self.connection().rows(script)
        else:
            rows.execute(self.ctx, self.engine, self.database, self.location, script)

    def ledger(self, name):
        return '"_migc_%s"' % name if self.engine == "sqlite" else 'migc."%s"' % name

    def has_ledger(self):
        if self.engine == "sqlite":
            return os.path.exists(self.database) and os.path.getsize(self.database) > 0 and bool(
                self.rows("select 1 from sqlite_master where name = '_migc_phase'"))
        return self.value("select (to_regclass('migc.phase') is not null)::int") == "1"

    def phases(self):
        """Finished phases, with the run that finished them and when."""
        if not self.has_ledger():
            return {}
        return {r[0]: (r[1], r[2]) for r in
                self.rows("select phase, run, finished from " + self.ledger("phase"))}

    def snapshot(self, ledger=False):
        """Every table of the target with its columns, number of rows and a hash of them, every index; without the
        ledger, unless asked for. Two targets with the same snapshot hold the same."""
        if self.engine == "sqlite":
            return sqlite_snapshot(self.database, ledger)
        return postgres_snapshot(self.connection(), ledger)

    def stop_at(self, file, *args, n=1, kind="read", **how):
        """Starts the program and stops it (SIGSTOP) where it reads that source file for the n-th time; the preflight counts, too. kind:
        another one of the shim's kinds, for a file whose path ends so."""
        p = self.start(*args, env=dict(how.pop("env", {}), LD_PRELOAD=self.shim(), MIGC_SHIM="stop:%s:%d" % (kind, n),
                                       MIGC_SHIM_FILE="/" + file if kind == "read" else file), **how)
        self.wait_for("the program comes to %s %s" % (kind, file), lambda: self.stopped(p), child=p)
        return p

    @staticmethod
    def stopped(p):
        try:
            with open("/proc/%d/stat" % p.pid) as f:
                return f.read().rpartition(")")[2].split()[0] == "T"
        except OSError:
            return False

    def wait_for(self, what, condition, seconds=TIMEOUT / 3, pause=0.002, child=None):
        """Waits for a state, never for a time: the limit is one that only a hang can reach."""
        until = time.monotonic() + seconds
        while not condition():
            if child is not None and child.poll() is not None:
                raise Failure("%s: the program ended before\n%s" % (what, self.finish(child, None).told()))
            if time.monotonic() > until:
                raise Failure("%s: not within %s seconds" % (what, seconds))
            time.sleep(pause)

    def locked(self):
        """Whether a run holds the lock of the target."""
        if self.engine == "sqlite":
            try:
                with open(self.database + "-migc-lock") as f:  # it may have been left by a killed program; nobody is kept out by asking
                    answer = fcntl.fcntl(f, fcntl.F_OFD_GETLK, struct.pack(FLOCK, fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0))
            except FileNotFoundError:
                return False
            return struct.unpack(FLOCK, answer)[0] != fcntl.F_UNLCK
        return self.value("select count(*) from pg_locks l join pg_database d on d.oid = l.database where "
                          "l.locktype = 'advisory' and l.granted and d.datname = current_database()") != "0"

    def sessions(self):
        """Sessions of the PostgreSQL target other than ours: process ids."""
        return [r[0] for r in self.rows("select pid from pg_stat_activity where datname = current_database() "
                                        "and pid <> pg_backend_pid() and backend_type = 'client backend'")]

    def alone(self):
        """Waits until the programs that have ended are gone for the PostgreSQL server, too: until then their locks are held, and what they
        committed last may come yet."""
        if self.engine == "postgres":
            self.wait_for("the sessions of ended programs end", lambda: not self.sessions())

    def has_open(self, p, path):
        """Whether the program has the file open."""
        try:
            return os.path.realpath(path) in [os.path.realpath("/proc/%d/fd/%s" % (p.pid, fd)) for fd in os.listdir("/proc/%d/fd" % p.pid)]
        except OSError:
            return False

    def shim(self):
        """The path of the library that fails or kills at the n-th call; see tests/faults/shim.c."""
        path = os.path.join(self.ctx.work, "faults-programs", "shim.so")
        with build_lock:
            if path not in done:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                r = program([os.environ.get("CC") or "cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-o", path,
                             os.path.join(self.root, "tests", "faults", "shim.c"), "-ldl"], "/", self.env)
                if r.code != 0:
                    raise Failure(r.told())
                done.add(path)
        return path


done = set()


def shown(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str, sort_keys=True)
    return text if len(text) < 2000 else text[:2000] + "…"


def settle(path):
    """A killed writer leaves its journal, which only a connection that may write can roll back."""
    if os.path.exists(path + "-journal") or os.path.exists(path + "-wal"):
        db = sqlite3.connect(path)
        try:
            db.execute("select count(*) from sqlite_master").fetchall()
        except sqlite3.Error:
            pass
        finally:
            db.close()


def sqlite_snapshot(path, ledger):
    if not os.path.exists(path):
        return None
    settle(path)
    found = {}
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        for kind, name, sql in db.execute("select type, name, sql from sqlite_master order by name").fetchall():
            if name.startswith("sqlite_") or (name.startswith("_migc_") and not ledger):
                continue
            if kind != "table":
                found[name] = [kind, sql]
                continue
            h, n = hashlib.sha256(), 0
            lines = sorted(repr(row).encode() for row in
                           db.execute('select * from "%s"' % name.replace('"', '""')))
            for n, line in enumerate(lines, 1):
                h.update(line + b"\n")
            found[name] = [kind, sql, n, h.hexdigest()[:16]]
        if db.execute("pragma integrity_check").fetchall() != [("ok",)]:
            raise Failure("integrity_check of %s fails" % path)
        if db.execute("pragma foreign_key_check").fetchall():
            raise Failure("foreign_key_check of %s fails" % path)
    finally:
        db.close()
    return found


def postgres_snapshot(session, ledger):
    schemas = "n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')" + \
        ("" if ledger else " and n.nspname <> 'migc'")
    found = {}
    tables = []
    for kind, name, detail in session.rows("""
            select 'table', format('%I.%I', n.nspname, c.relname), (select string_agg(a.attname || ' ' ||
                format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull, ', ' order by attnum) from pg_attribute a
                where attrelid = c.oid and attnum > 0 and not attisdropped)
            from pg_class c join pg_namespace n on n.oid = relnamespace where relkind in ('r', 'p', 'v') and """ + schemas + """
            union all select 'index', format('%I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid)
            from pg_class c join pg_namespace n on n.oid = relnamespace where relkind = 'i' and """ + schemas + """
            union all select 'constraint', format('%s %s', conrelid::regclass, conname), pg_get_constraintdef(k.oid)
            from pg_constraint k join pg_namespace n on n.oid = connamespace where """ + schemas + """
            union all select 'schema', nspname, '' from pg_namespace n where nspname !~ '^pg_' and """ + schemas + """
            order by 1, 2"""):
        found[kind + " " + name] = [kind, detail]
        if kind == "table":
            tables.append(name)
    if tables:
        for name, n, digest in session.rows(" union all ".join(
                "select '%s', count(*), md5(coalesce(string_agg(x::text, E'\\n' order by x::text collate \"C\"), '')) "
                "from %s x" % (name.replace("'", "''"), name) for name in tables)):
            found["table " + name] += [int(n), digest[:16]]
    return found


class Session:
    """A connection with a PostgreSQL server through libpq, which is there wherever our programs are: quicker than a psql for each
    question."""
    lib = None

    def __init__(self, conninfo):
        if Session.lib is None:
            lib = ctypes.CDLL(ctypes.util.find_library("pq") or "libpq.so.5")
            for name in ("PQconnectdb", "PQexec"):
                getattr(lib, name).restype = ctypes.c_void_p
            for name in ("PQerrorMessage", "PQresultErrorMessage"):
                getattr(lib, name).restype = ctypes.c_char_p
            lib.PQgetvalue.restype = ctypes.c_void_p
            Session.lib = lib
        self.conninfo = conninfo
        self.at = ctypes.c_void_p(self.lib.PQconnectdb(conninfo.encode()))
        if self.lib.PQstatus(self.at) != 0:
            text = decode(self.lib.PQerrorMessage(self.at))
            self.close()
            raise Failure("no connection: " + text)
        self.rows("set datestyle = 'ISO, YMD'; set timezone = 'UTC'; set client_encoding = 'UTF8'; set client_min_messages = warning")

    def alive(self):
        return self.at is not None and self.lib.PQstatus(self.at) == 0

    def close(self):
        if self.at is not None:
            self.lib.PQfinish(self.at)
            self.at = None

    def rows(self, sql):
        r = ctypes.c_void_p(self.lib.PQexec(self.at, sql.encode()))
        try:
            if self.lib.PQresultStatus(r) not in (0, 1, 2):  # empty, command, rows
                raise Failure("%s: %s" % (decode(self.lib.PQerrorMessage(self.at)).strip(), sql))
            return [[self.cell(r, i, k) for k in range(self.lib.PQnfields(r))] for i in range(self.lib.PQntuples(r))]
        finally:
            self.lib.PQclear(r)

    def cell(self, r, i, k):
        if self.lib.PQgetisnull(r, i, k):
            return "\\N"
        text = decode(ctypes.string_at(self.lib.PQgetvalue(r, i, k), self.lib.PQgetlength(r, i, k)))
        if self.lib.PQftype(r, k) == 16:
            return "1" if text == "t" else "0"
        return rows.escape(text)


def private_server(t, **settings):
    """A PostgreSQL server of the case's own, for cases that stop it."""
    module = load(os.path.join(t.root, "tests", "pg", "with-server"), "with_server")
    programs = module.find_programs()
    if programs is None:
        raise Skip("no PostgreSQL server programs")
    server = module.Server(programs)
    t.closing.append(server.stop)
    server.settings.update(settings)
    server.start()
    return server
