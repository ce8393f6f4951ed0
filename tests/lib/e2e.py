"""Whole migrations: a spec is built once, then its program is run on each engine, and what it says,
its exit code and the rows it leaves are compared. The rows must be the same on both engines, so there
is one expectation for both.

Cases: tests/e2e/*.t (everything in one file) and folders that hold a `case` file of the same format
(tests/e2e/*/, specs/*/, examples/*/) beside their spec.mig and data.
"""
import itertools
import os
import re
import shlex
import shutil
import string

import rows
import schema
from common import (Case, Failure, Skip, TestFile, diff, line_matches, missing_fragments, program,
                    same_with_gaps, starting, unescape, write_files)

SETUP = ("spec", "file", "engines", "env", "xfail", "target", "build-exit", "needs", "source-first")
STEPS = ("run", "migc", "sh", "sql", "exit", "out", "err", "rows", "cat", "both", "write", "append",
         "md5", "source-db", "schema")
SPEC_TARGET = re.compile(r"^\s*target\s+(\w+)\s+(sqlite|postgres)\b", re.M)
NO_TARGET = ("version", "help", "--version", "--help", "-h")
databases = itertools.count(1)


def collect(ctx):
    cases = []
    folder = os.path.join(ctx.root, "tests", "e2e")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if name.endswith(".t"):
            cases += from_file(ctx, os.path.join(folder, name), None, name[:-2])
    for room in ("tests/e2e", "examples", "specs"):
        folder = os.path.join(ctx.root, room)
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            path = os.path.join(folder, name, "case")
            if os.path.isfile(path):
                label = name if room == "tests/e2e" else "%s/%s" % (room, name)
                cases += from_file(ctx, path, os.path.dirname(path), label)
    return cases


def from_file(ctx, path, data, label):
    tests = TestFile(path)
    cases = []
    for t in tests.cases:
        place = "%s:%d" % (ctx.relative(path), t.line)
        for s in t.sections:
            if s.name not in SETUP + STEPS:
                raise SystemExit("%s: unknown section \"%s\"" % (place, s.name))
        engines = t.first("engines")
        xfail = t.first("xfail")
        wanted = engines.arg.split() if engines else ["sqlite", "postgres"]
        for engine in wanted:
            if engine not in ("sqlite", "postgres"):
                raise SystemExit("%s: unknown engine \"%s\"" % (place, engine))
            if engine in ctx.engines:
                title = label + (": " + t.title if t.title else "")
                cases.append(Case(ctx.name("e2e", "%s [%s]" % (title, engine)), place,
                                  lambda t=t, e=engine: Migration(ctx, tests, t, data, e).run(),
                                  (xfail.arg or "without a reason") if xfail else None))
    return cases


class Migration:
    """One case on one engine."""

    def __init__(self, ctx, tests, case, data, engine):
        self.ctx, self.tests, self.case, self.data, self.engine = ctx, tests, case, data, engine
        self.env = dict(ctx.env)
        self.result = None      # of the last step that ran a program
        self.checked_exit = True
        self.database = None
        self.source = None      # a second database on the server, once a step asks for it
        self.wrong = []
        self.given = []         # statements that made what the target held before its first run
        self.compare_schema = bool(data) and os.path.basename(os.path.dirname(data)) in ("specs", "examples")

    def run(self):
        needs_server = any(not s.arg for s in self.case.all("source-db") + self.case.all("source-first"))
        if (self.engine == "postgres" or needs_server) and not self.ctx.pg:
            if self.ctx.require_pg:
                raise Failure("MIGC_REQUIRE_PG is set, but there is no server: MIGC_TEST_PG is empty")
            raise Skip("no PostgreSQL server (run under tests/pg/with-server, or set MIGC_TEST_PG)")
        for s in self.case.all("needs"):
            if not os.path.exists(os.path.join(self.ctx.root, s.arg)):
                raise Skip("%s is not here" % s.arg)
        self.folder = self.ctx.fresh_dir("e2e-%s-%s-%d-%s" % (
            os.path.basename(os.path.dirname(self.tests.path)),
            os.path.basename(self.data or self.tests.path), self.case.line, self.engine))
        try:
            self.prepare()
            for s in self.case.sections:
                if s.name in STEPS:
                    getattr(self, "step_" + s.name.replace("-", "_"))(s)
                if self.wrong:
                    break
                self.look_at_schema(s)
            self.settle_exit()
        finally:
            self.drop_database()
        if self.wrong:
            raise Failure("\n".join(self.wrong))
        shutil.rmtree(self.folder, ignore_errors=True)

    def fail(self, section, text):
        told = self.result.told() if self.result else ""
        self.wrong.append("%s:%d: --- %s\n%s\n%s" % (
            self.ctx.relative(self.tests.path), section.line,
            (section.name + " " + section.arg).strip(), text, told))

    # --- before the first step -----------------------------------------------------------------

    def prepare(self):
        if self.data:
            with starting:
                shutil.copytree(self.data, self.folder, dirs_exist_ok=True)
        write_files(self.case, self.folder)
        self.program = os.path.join(self.folder, "prog")
        self.spec = "spec.mig"
        if self.data and not os.path.exists(os.path.join(self.folder, self.spec)):
            self.spec = os.path.basename(self.data) + ".mig"
        own = "%s.%s.mig" % (self.spec[:-len(".mig")], self.engine)
        if os.path.exists(os.path.join(self.folder, own)):
            self.spec = own
        has_spec = os.path.exists(os.path.join(self.folder, self.spec))
        m = None
        if has_spec:
            with open(os.path.join(self.folder, self.spec), encoding="utf-8", errors="replace") as f:
                m = SPEC_TARGET.search(f.read())
        named = self.case.first("target")
        self.target = named.arg if named else m.group(1) if m else "app"
        if self.engine == "sqlite":
            self.database = os.path.join(self.folder, "app.db")
            self.location = "sqlite:app.db"
        else:
            self.database, self.location = self.create_database()
        self.env.update(ENGINE=self.engine, PROG=self.program, LOCATION=self.location,
                        TARGET="%s=%s" % (self.target, self.location), ROOT=self.ctx.root)
        for s in self.case.all("source-first"):
            self.step_source_db(s)
        for s in self.case.all("env"):
            name, _, value = s.arg.partition("=")
            self.env[name] = string.Template(value).safe_substitute(self.env)
        if not has_spec:
            return  # a case of what else the compiler does
        want = self.case.first("build-exit")
        r = program([self.ctx.migc, "build", self.spec, "-o", self.program], self.folder, self.env)
        if str(r.code) != (want.arg if want else "0"):
            raise Failure(r.told())
        self.result = None

    def create_database(self):
        """A fresh database on the server: its name, and its conninfo."""
        name = "mig_test_%d_%d" % (os.getpid(), next(databases))
        rows.psql(self.ctx, self.ctx.pg, "create database %s template template0 "
                  "encoding 'UTF8' lc_collate 'C' lc_ctype 'C.UTF-8'" % name)
        return name, "%s dbname=%s" % (re.sub(r"\bdbname=\S+", "", self.ctx.pg).strip(), name)

    def drop_database(self):
        for name in (self.database if self.engine == "postgres" else None, self.source):
            try:
                if name:
                    rows.psql(self.ctx, self.ctx.pg, "drop database if exists %s with (force)" % name)
            except (Failure, OSError):
                pass  # the server itself is thrown away

    # --- steps -----------------------------------------------------------------------------------

    def settle_exit(self):
        """A step that says nothing of its exit code must have ended with 0."""
        if not self.checked_exit and self.result.code != 0 and not self.wrong:
            self.wrong.append("%s:%d: exit %s, expected 0\n%s" % (
                self.ctx.relative(self.tests.path), self.step_line, self.result.code,
                self.result.told()))
        self.checked_exit = True

    def execute(self, section, argv):
        self.settle_exit()
        if self.wrong:
            return
        self.step_line = section.line
        self.result = program(argv, self.folder, self.env)
        self.checked_exit = False
        if "Sanitizer" in self.result.err or self.result.code == 99:
            raise Failure(self.result.told())

    def words(self, text):
        names = {k: self.env[k] for k in ("ENGINE", "PROG", "LOCATION", "TARGET", "ROOT", "MIGC", "SOURCE")
                 if k in self.env}
        return [re.sub(r"\$(\w+)", lambda m: names.get(m.group(1), m.group(0)), w)
                for w in shlex.split(text)]

    def step_run(self, s):
        words = self.words(s.arg)
        if words and words[0] not in NO_TARGET and not any(w.startswith("--target") for w in words):
            words += ["--target", self.env["TARGET"]]
        self.execute(s, [self.program] + words)
        self.expect_out(s)

    def look_at_schema(self, s):
        """Of the specs and examples: the first whole run makes the schema that `migc emit sql` tells."""
        if s.name == "sql":
            self.given.append(s)
        elif s.name == "run" and s.arg.split()[:1] == ["run"] and self.compare_schema:
            self.compare_schema = False
            if self.result.code == 0 and "--phase" not in s.arg:
                self.step_schema(s)

    def step_schema(self, s):
        """The target's schema is what `migc emit sql` makes of an empty database."""
        script = "schema-%s.sql" % self.engine
        r = program([self.ctx.migc, "emit", "sql", self.spec, "--engine", self.engine, "-o", script], self.folder, self.env)
        if r.code != 0:
            raise Failure(r.told())
        if self.engine == "sqlite":
            database, location = os.path.join(self.folder, "schema.db"), None
        else:
            database, location = self.create_database()
        try:
            for given in self.given:
                if given.arg in ("", self.engine):
                    rows.execute(self.ctx, self.engine, database, location, given.body)
            schema.load(self.ctx, self.engine, self.folder, script, database, location)
            got = schema.catalogue(self.ctx, self.engine, database, location)
            want = schema.catalogue(self.ctx, self.engine, self.database, self.location)
        finally:
            if self.engine == "postgres":
                rows.psql(self.ctx, self.ctx.pg, "drop database if exists %s with (force)" % database)
            elif os.path.exists(database):
                os.unlink(database)
        os.unlink(os.path.join(self.folder, script))
        if got != want:
            self.fail(s, "the schema of the run, and that of `migc emit sql`:\n" + diff("\n".join(want), "\n".join(got)))

    def step_migc(self, s):
        self.execute(s, [self.ctx.migc] + self.words(s.arg))
        self.expect_out(s)

    def step_sh(self, s):
        self.execute(s, ["/bin/sh", "-ec", s.arg + "\n" + s.body])

    def step_exit(self, s):
        self.checked_exit = True
        if str(self.result.code) != s.arg:
            self.fail(s, "exit %s, expected %s" % (self.result.code, s.arg))

    def expect_out(self, s):
        if s.body.strip():
            missing = missing_fragments(s.body, self.result.out + self.result.err)
            if missing:
                self.fail(s, "\n".join(missing))

    def step_out(self, s):
        missing = missing_fragments(s.body, self.result.out)
        if missing:
            self.fail(s, "stdout:\n" + "\n".join(missing))

    def step_err(self, s):
        missing = missing_fragments(s.body, self.result.err)
        if missing:
            self.fail(s, "stderr:\n" + "\n".join(missing))

    def step_both(self, s):
        missing = missing_fragments(s.body, self.result.out + self.result.err)
        if missing:
            self.fail(s, "\n".join(missing))

    def step_write(self, s):
        self.write_file(s, "wb")

    def step_append(self, s):
        self.write_file(s, "ab")

    def write_file(self, s, mode):
        """Between two runs: `--- write NAME [escaped]`, `--- append NAME [escaped]`."""
        self.settle_exit()
        name, _, how = s.arg.partition(" ")
        with starting, open(os.path.join(self.folder, name), mode) as f:
            f.write(unescape(s.body) if how == "escaped" else s.body.encode("utf-8"))

    def step_cat(self, s):
        """The file is the body: line by line, `...` for any lines, /regex/ for one line."""
        self.settle_exit()
        try:
            with open(os.path.join(self.folder, s.arg), encoding="utf-8",
                      errors="backslashreplace", newline="") as f:
                got = f.read().replace("\r\n", "\n")
        except OSError as e:
            self.fail(s, e.strerror)
            return
        if same_with_gaps(s.body, got, lambda want, line: want == line or line_matches(want, line)):
            return
        if self.ctx.update:
            s.replace(got)
            self.tests.save()
            return
        want = s.body.split("\n")
        lines = got.split("\n")
        for i, line in enumerate(want[:len(lines)]):
            if line_matches(line, lines[i]):
                want[i] = lines[i]
        self.fail(s, diff("\n".join(want), got))

    def step_source_db(self, s):
        """`--- source-db FILE`: the statements of the body make a SQLite file, or change it; without
        FILE they run in a second database on the server, whose conninfo is in $SOURCE."""
        self.settle_exit()
        if s.arg and s.name == "source-db":
            rows.execute(self.ctx, "sqlite", os.path.join(self.folder, s.arg), None, s.body)
            return
        statements = s.body
        if s.arg:  # a script beside the case
            with open(os.path.join(self.folder, s.arg), encoding="utf-8") as f:
                statements = f.read()
        if not self.source:
            self.source, self.env["SOURCE"] = self.create_database()
        rows.psql(self.ctx, self.env["SOURCE"], statements)

    def step_sql(self, s):
        """`--- sql [ENGINE]`: statements run on the target database, outside of the program."""
        self.settle_exit()
        if s.arg in ("", self.engine):
            rows.execute(self.ctx, self.engine, self.database, self.location, s.body)

    def step_rows(self, s):
        """`--- rows SELECT`, expected in the body; `--- rows NAME: SELECT`, expected in
        rows/NAME.txt."""
        self.settle_exit()
        if self.wrong:
            return
        m = re.match(r"([\w.-]+):\s+(.*)", s.arg, re.S)
        select = m.group(2) if m else s.arg
        got = rows.select(self.ctx, self.engine, self.database, self.location, select)
        if m is None:
            want = s.body
        else:
            path = os.path.join(self.data or self.ctx.root, "rows", m.group(1) + ".txt")
            want = ""
            if os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    want = f.read()
        if want.rstrip("\n") == got.rstrip("\n"):
            return
        # With --update the first engine writes and the second is compared with it.
        if self.ctx.update and self.engine == self.first_engine():
            if m is None:
                s.replace(got)
                self.tests.save()
            else:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(got)
        else:
            self.fail(s, diff(want.rstrip("\n"), got.rstrip("\n")))

    def step_md5(self, s):
        """`--- md5 SELECT`: number and MD5 of the rows, as published data sets give them."""
        self.settle_exit()
        if self.wrong:
            return
        got = rows.md5(self.ctx, self.engine, self.database, self.location, s.arg)
        if s.body.strip() != got.strip():
            self.fail(s, diff(s.body.strip(), got.strip()))

    def first_engine(self):
        engines = self.case.first("engines")
        return engines.arg.split()[0] if engines else "sqlite"
