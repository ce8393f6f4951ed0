"""What the kinds of tests share: cases, results, the .t format, running programs, diffs."""
import concurrent.futures
import difflib
import os
import re
import shutil
import signal
import subprocess
import threading
import time
import traceback

TIMEOUT = 900   # seconds for one program: only one that hangs takes so long, also on a loaded machine

# Held while a program is started, and while a file is written that may be a program: a child has all our open files between its
# fork and its exec, and a program that anybody has open for writing cannot be started ("Text file busy").
starting = threading.Lock()


class OneAtATime(subprocess.Popen):
    def __init__(self, *args, **how):
        with starting:
            super().__init__(*args, **how)


subprocess.Popen = OneAtATime  # for subprocess.run, too


class Failure(Exception):
    """A case that does not hold; the text is what the reader needs to see."""


class Skip(Exception):
    """A case that cannot run here, and why."""


class Context:
    """One build under test."""

    def __init__(self, root, build, args, label=None):
        self.root = root
        self.build = os.path.join(root, build)
        self.label = label
        self.update = args.update and label is None
        self.full = not args.filter
        self.engines = ["sqlite"] if args.no_postgres else ["sqlite", "postgres"]
        self.migc = os.path.join(self.build, "migc")
        self.work = os.path.join(self.build, "tests", "work")
        self.pg = os.environ.get("MIGC_TEST_PG")
        self.require_pg = bool(os.environ.get("MIGC_REQUIRE_PG"))
        self.env = dict(os.environ, LC_ALL="C.UTF-8", TZ="UTC", NO_COLOR="1", PGTZ="UTC",
                        PGOPTIONS="", MIGC=self.migc,
                        ASAN_OPTIONS="detect_leaks=1:exitcode=99:abort_on_error=0",
                        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1:exitcode=99",
                        TSAN_OPTIONS="exitcode=99:halt_on_error=1")
        for name in ("MIGC_REQUIRE_PG", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
            self.env.pop(name, None)

    def name(self, kind, rest):
        return "%s%s/%s" % (self.label + ":" if self.label else "", kind, rest)

    def fresh_dir(self, name):
        path = os.path.join(self.work, re.sub(r"[^A-Za-z0-9._-]+", "-", name)[:150])
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(path)
        return path

    def relative(self, path):
        return os.path.relpath(path, self.root)


class Case:
    """A named test; `run` returns the number of checks that passed, or raises Failure or Skip."""

    def __init__(self, name, place, run, xfail=None):
        self.name = name
        self.place = place      # file:line for the reader
        self.run = run
        self.xfail = xfail


# --- programs ------------------------------------------------------------------------------------

class Result:
    def __init__(self, argv, code, out, err):
        self.argv, self.code, self.out, self.err = argv, code, out, err

    def told(self):
        """What ran and what it said, for a failure."""
        text = "$ %s\nexit %s\n" % (" ".join(self.argv), self.code)
        for label, stream in (("stdout", self.out), ("stderr", self.err)):
            if stream.strip():
                lines = stream.rstrip("\n").split("\n")
                if len(lines) > 60:
                    lines = lines[:30] + ["... %d lines ..." % (len(lines) - 60)] + lines[-30:]
                text += "%s:\n%s\n" % (label, "\n".join("  " + line for line in lines))
        return text


def program(argv, cwd, env, stdin=None, timeout=TIMEOUT):
    """Runs a program in its own process group; a time-out is a Failure and ends the whole group."""
    try:
        p = subprocess.Popen(argv, cwd=cwd, env=env, start_new_session=True,
                             stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    except OSError as e:
        raise Failure("cannot run %s: %s" % (argv[0], e.strerror))
    try:
        out, err = p.communicate(stdin, timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(p.pid, signal.SIGKILL)
        out, err = p.communicate()
        raise Failure("no end after %d seconds\n%s" % (timeout, Result(
            argv, "killed", decode(out), decode(err)).told()))
    code = p.returncode if p.returncode >= 0 else "signal %d" % -p.returncode
    return Result([os.path.basename(argv[0])] + list(argv[1:]), code, decode(out), decode(err))


def decode(data):
    return data.decode("utf-8", "backslashreplace")


# --- the .t format -------------------------------------------------------------------------------

class Section:
    def __init__(self, name, arg, line):
        self.name, self.arg, self.line = name, arg, line
        self.lines = []          # as in the file
        self.replacement = None  # new lines, for --update

    @property
    def body(self):
        """The text, without blank lines at its end and with its escapes taken off."""
        lines = [re.sub(r"^\\(---|===|#)", r"\1", line) for line in self.lines]
        while lines and not lines[-1].strip():
            lines.pop()
        return "".join(line + "\n" for line in lines)

    def replace(self, text):
        """Gives the section another text, keeping the blank lines at its end."""
        lines = [re.sub(r"^(---|===)", r"\\\1", line) for line in text.rstrip("\n").split("\n")]
        blank = 0
        while blank < len(self.lines) and not self.lines[-1 - blank].strip():
            blank += 1
        self.replacement = (lines if text else []) + [""] * blank


class TestCase:
    def __init__(self, title, line):
        self.title, self.line = title, line
        self.sections = []

    def first(self, name):
        return next((s for s in self.sections if s.name == name), None)

    def all(self, name):
        return [s for s in self.sections if s.name == name]


WITHOUT_TEXT = ("exit", "engines", "env", "xfail", "target", "build-exit", "needs")


class TestFile:
    """A .t file: cases of sections. `#` lines are comments before the first section of a case."""

    def __init__(self, path, text=None):
        self.path = path
        self.lock = threading.Lock()
        self.cases = []
        if text is None:
            with open(path, encoding="utf-8", newline="") as f:
                text = f.read()
        self.lines = text.split("\n")
        self.parse()

    def parse(self):
        case = section = None
        for number, line in enumerate(self.lines, 1):
            if line.startswith("=== "):
                case, section = TestCase(line[4:].strip(), number), None
                self.cases.append(case)
            elif line.startswith("--- "):
                if case is None:
                    case = TestCase("", number)
                    self.cases.append(case)
                name, _, arg = line[4:].strip().partition(" ")
                section = Section(name, arg.strip(), number)
                case.sections.append(section)
            elif section is not None:
                section.lines.append(line)
            elif line.strip() and not line.startswith("#"):
                raise SystemExit("%s:%d: text outside of a section: %s" % (self.path, number, line))
        # The comment that stands before a case belongs to that case, not to the section above it.
        for c in self.cases[:-1]:
            for s in c.sections[-1:]:
                while s.lines and (s.lines[-1].startswith("#") or not s.lines[-1].strip()):
                    s.lines.pop()
        if self.cases and self.cases[-1].sections:
            last = self.cases[-1].sections[-1]
            if last.lines and last.lines[-1] == "":
                last.lines.pop()  # the end of the file's last line

        for s in (s for c in self.cases for s in c.sections):
            if s.name in WITHOUT_TEXT and s.body:  # it would be compared with nothing
                raise SystemExit("%s:%d: --- %s takes no text below it" % (self.path, s.line, s.name))

    def save(self):
        """Writes the replaced sections back; they then are what is expected."""
        with self.lock:
            sections = [s for c in self.cases for s in c.sections]
            changed = [s for s in sections if s.replacement is not None]
            for s in changed:
                self.lines[s.line:s.line + len(s.lines)] = s.replacement
                grown = len(s.replacement) - len(s.lines)
                for below in sections + self.cases:
                    if below.line > s.line:
                        below.line += grown
                s.lines, s.replacement = s.replacement, None
            if changed:
                with open(self.path, "w", encoding="utf-8", newline="") as f:
                    f.write("\n".join(self.lines))


def unescape(text):
    """The body of `--- file NAME escaped`: \\n \\r \\t \\\\ \\xNN, and a backslash that ends a line
    joins it with the next."""
    out = bytearray()
    data = text.encode("utf-8")
    at = 0
    named = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("\\"): 92}
    while at < len(data):
        if data[at] != 92:
            out.append(data[at])
            at += 1
        elif data[at + 1] == ord("x"):
            out.append(int(data[at + 2:at + 4], 16))
            at += 4
        elif data[at + 1] == 10:
            at += 2
        elif data[at + 1] in named:
            out.append(named[data[at + 1]])
            at += 2
        else:
            raise Failure("unknown escape \\%c in a file section" % data[at + 1])
    return bytes(out)


def write_files(case, folder):
    """Writes the `--- spec` and `--- file` sections of a case."""
    for s in case.sections:
        if s.name == "spec":
            name, escaped = "spec.mig", s.arg == "escaped"
        elif s.name == "file":
            name, escaped = s.arg, s.arg.endswith(" escaped")
            if escaped:
                name = name[:-len(" escaped")]
        else:
            continue
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with starting, open(path, "wb") as f:
            f.write(unescape(s.body) if escaped else s.body.encode("utf-8"))


# --- comparing -----------------------------------------------------------------------------------

def diff(expected, got):
    lines = difflib.unified_diff(expected.split("\n"), got.split("\n"), "expected", "got",
                                 lineterm="", n=3)
    shown = list(lines)[:120]
    return "\n".join("  " + line for line in shown)


def line_matches(pattern, line):
    """One expected line: text, /regex/ anywhere in the line, or text."""
    p = pattern.strip()
    if len(p) > 2 and p.startswith("/") and p.endswith("/"):
        return re.search(p[1:-1], line) is not None
    return None


def same_with_gaps(expected, got, matches=lambda expected, got: expected == got):
    """Whether the texts are the same, where an expected line `...` stands for any lines; `matches` compares
    two lines."""
    def same(piece, lines):
        return len(piece) == len(lines) and all(matches(p, x) for p, x in zip(piece, lines))

    parts, part = [], []
    for line in expected.rstrip("\n").split("\n"):
        if line.strip() == "...":
            parts.append(part)
            part = []
        else:
            part.append(line)
    parts.append(part)
    lines = got.rstrip("\n").split("\n")
    if len(parts) == 1:
        return same(part, lines)
    if not same(parts[0], lines[:len(parts[0])]):
        return False
    at = len(parts[0])
    for i, piece in enumerate(parts[1:], 1):
        if i == len(parts) - 1:
            return len(lines) - len(piece) >= at and (not piece or same(piece, lines[-len(piece):]))
        while at + len(piece) <= len(lines) and not same(piece, lines[at:at + len(piece)]):
            at += 1
        if at + len(piece) > len(lines):
            return False
        at += len(piece)
    return True


def missing_fragments(expected, got):
    """The expected lines that are not found: text anywhere in the output, /regex/, or `! text` that
    must not be there."""
    wrong = []
    for line in expected.split("\n"):
        p = line.strip()
        if not p:
            continue
        negate = p.startswith("! ")
        if negate:
            p = p[2:].strip()
        if len(p) > 2 and p.startswith("/") and p.endswith("/"):
            found = re.search(p[1:-1], got, re.M) is not None
        else:
            found = p in got
        if found == negate:
            wrong.append(("must not occur: " if negate else "missing: ") + p)
    return wrong


# --- running -------------------------------------------------------------------------------------

def run_one(case):
    begin = time.monotonic()
    try:
        return run_case(case)
    finally:
        case.seconds = time.monotonic() - begin


def run_case(case):
    try:
        return case, "passed", case.run() or 1, ""
    except Skip as e:
        return case, "skipped", 1, str(e)
    except Failure as e:
        return case, "failed", 1, str(e)
    except Exception:  # of the machine, or of the runner: the other cases have their say all the same
        return case, "failed", 1, traceback.format_exc()


def run_all(cases, args):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    reasons = {}
    stopped = False
    jobs = 1 if args.update else max(1, args.jobs)  # the second engine reads what the first wrote
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        work = [pool.submit(run_one, c) for c in cases]
        try:
            for done in work:
                case, state, n, text = done.result()
                if case.xfail and state != "skipped":
                    if state == "failed":
                        state, n, text = "passed", 1, ""
                    else:
                        state, n = "failed", 1
                        text = "passes now: take its `--- xfail %s` away" % case.xfail
                counts[state] += n
                if state == "failed":
                    print("FAIL %s\n%s\n%s\n" % (case.name, case.place, text.rstrip("\n")),
                          flush=True)
                elif state == "skipped":
                    reasons.setdefault(text, []).append(case.name)
                elif args.verbose:
                    print("ok   %s (%.1f s)" % (case.name, case.seconds), flush=True)
        except KeyboardInterrupt:
            stopped = True
            pool.shutdown(wait=False, cancel_futures=True)
    for reason, names in sorted(reasons.items()):
        print("SKIP %d cases: %s" % (len(names), reason))
    if stopped:
        print("interrupted")
    if not cases:
        print("no case matches")
    print("%(passed)d passed, %(failed)d failed, %(skipped)d skipped" % counts, flush=True)
    return 130 if stopped else 1 if counts["failed"] or not cases else 0
