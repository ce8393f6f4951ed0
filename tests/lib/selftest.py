"""Tests of the runner itself: what it compares, and that a case that does not hold fails."""
import os

import common
import faults
import rows
from common import Case, Failure


def collect(ctx):
    tests = [gaps, fragments, sections, rewriting, escapes, row_forms, failing_programs, odd_errors, swept_at_once]
    return [Case(ctx.name("runner", t.__name__), "tests/lib/selftest.py:1", lambda t=t: t(ctx))
            for t in tests]


def equal(got, want):
    if got != want:
        raise Failure("got %r, expected %r" % (got, want))


def gaps(_ctx):
    equal(common.same_with_gaps("a\nb\n", "a\nb\n"), True)
    equal(common.same_with_gaps("a\n", "a\nb\n"), False)
    equal(common.same_with_gaps("a\n...\nd\n", "a\nb\nc\nd\n"), True)
    equal(common.same_with_gaps("...\nc\n...", "a\nb\nc\nd\n"), True)
    equal(common.same_with_gaps("a\n...\nb\n...\nd", "a\nd\nb\n"), False)
    equal(common.same_with_gaps("...\nx\n...", "a\nb\n"), False)
    equal(common.same_with_gaps("a\n...", "b\na\n"), False)


def fragments(_ctx):
    equal(common.missing_fragments("12 rows\n/^done/\n! error", "read 12 rows\ndone"), [])
    equal(common.missing_fragments("13 rows", "12 rows"), ["missing: 13 rows"])
    equal(common.missing_fragments("! 12", "12 rows"), ["must not occur: 12"])


TEXT = """# about the file
=== first
--- spec
a
\\--- b

--- diag

# about the second
=== second
--- spec
x
"""


def sections(_ctx):
    f = common.TestFile("x.t", TEXT)
    equal([c.title for c in f.cases], ["first", "second"])
    equal([s.body for c in f.cases for s in c.sections], ["a\n--- b\n", "", "x\n"])
    equal([c.line for c in f.cases], [2, 10])
    try:
        common.TestFile("x.t", "=== a\n--- exit 3\nlost\n")
    except SystemExit as e:
        equal(str(e), "x.t:2: --- exit takes no text below it")
    else:
        raise Failure("text that is compared with nothing was taken")


def rewriting(ctx):
    path = os.path.join(ctx.fresh_dir("runner-rewriting"), "x.t")
    with open(path, "w", encoding="utf-8") as out:
        out.write(TEXT)
    f = common.TestFile(path)
    f.cases[0].first("diag").replace("one\n=== two\n")
    f.save()
    f.cases[1].first("spec").replace("y\nz\n")
    f.save()
    f.save()
    with open(path, encoding="utf-8") as got:
        equal(got.read(), TEXT.replace("--- diag\n", "--- diag\none\n\\=== two\n")
              .replace("x\n", "y\nz\n"))
    equal(f.cases[0].first("diag").body, "one\n=== two\n")


def escapes(_ctx):
    equal(common.unescape("a\\x00\\r\\n\\\\\\\nb\n"), b"a\x00\r\n\\b\n")


def row_forms(_ctx):
    equal([rows.sqlite_value(v) for v in (None, 1, 1.5, 2.0, 1e20, "a|b\n\\", b"\0\xff")],
          ["\\N", "1", "1.5", "2", "1e+20", "a\\|b\\n\\\\", "\\\\x00ff"])
    pairs = [("\\N", "text", "\\N"), ("t", "boolean", "1"), ("1e+20", "double precision", "1e+20"),
             ("2024-01-02 03:04:05+00", "timestamp with time zone", "2024-01-02 03:04:05+00:00"),
             ("{a,\"b c\",NULL,\"NULL\",\"q\\\\\"\"}", "text[]", '["a","b c",null,"NULL","q\\\\""]'),
             ("{}", "text[]", "[]"), ("a|b\\n", "text", "a\\|b\\n")]
    for raw, kind, want in pairs:
        equal(rows.postgres_value(raw, kind), want)


def failing_programs(ctx):
    """Crashes, time-outs and programs that are not there."""
    r = common.program(["/bin/sh", "-c", "echo out; echo err >&2; exit 3"], "/", ctx.env)
    equal((r.code, r.out, r.err), (3, "out\n", "err\n"))
    equal(common.program(["/bin/sh", "-c", "kill -11 $$"], "/", ctx.env).code, "signal 11")
    for argv, timeout in ((["/nonexistent"], 5), (["/bin/sleep", "60"], 0.2)):
        try:
            common.program(argv, "/", ctx.env, timeout=timeout)
        except Failure:
            continue
        raise Failure("%s does not fail" % argv)


def odd_errors(_ctx):
    """A case that the machine lets down fails, and the others run."""
    def let_down():
        raise OSError(28, "No space left on device")
    _, state, _, text = common.run_case(Case("x", "x:1", let_down))
    equal((state, text.strip().split("\n")[-1]), ("failed", "OSError: [Errno 28] No space left on device"))


def swept_at_once(ctx):
    """Servers that begin and end beside ours: folders that are there when one looks, and gone when it reads on."""
    server = faults.load(os.path.join(ctx.root, "tests", "pg", "with-server"), "with_server")
    base = ctx.fresh_dir("runner-swept")
    names = [server.PREFIX + n for n in ("gone", "left", "live", "new")]
    for name in names[1:]:
        os.mkdir(os.path.join(base, name))
    for name, owner in (("left", (os.getpid(), 1)), ("live", (os.getpid(), server.start_time(os.getpid())))):
        with open(os.path.join(base, server.PREFIX + name, "owner"), "w") as f:
            f.write("%d %s\n" % owner)
    found, server.glob.glob = server.glob.glob, lambda _: [os.path.join(base, name) for name in names]
    try:
        server.sweep(base)
    finally:
        server.glob.glob = found
    equal(sorted(os.listdir(base)), names[2:])
