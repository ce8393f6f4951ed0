"""Language cases (tests/lang/*.t) and golden C (tests/golden/*/): what migc says and prints."""
import json
import os
import re
import shutil

from common import (Case, Failure, TestFile, diff, program, same_with_gaps, write_files)

DUMPS = ("tokens", "ast", "sema", "plan")
SECTIONS = DUMPS + ("spec", "file", "diag", "screen", "fmt", "c", "explain", "json", "exit", "xfail",
                    "emit")


def collect(ctx):
    folder = os.path.join(ctx.root, "tests", "lang")
    cases, files = [], []
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        if not name.endswith(".t"):
            continue
        tests = TestFile(os.path.join(folder, name))
        files.append(tests)
        for t in tests.cases:
            place = "tests/lang/%s:%d" % (name, t.line)
            xfail = t.first("xfail")
            check_sections(t, place)
            cases.append(Case(ctx.name("lang", "%s: %s" % (name[:-2], t.title)), place,
                              lambda t=t, f=tests, p=place: run(ctx, f, t, p),
                              (xfail.arg or "without a reason") if xfail else None))
    if ctx.full and ctx.label is None and os.path.exists(
            os.path.join(ctx.root, "runtime", "functions.def")):
        cases.append(Case(ctx.name("lang", "every function has a test"),
                          "runtime/functions.def:1", lambda: every_function(ctx)))
    if cases and ctx.full and ctx.label is None:
        cases.append(Case(ctx.name("lang", "every diagnostic has a case"),
                          "compiler/base/diag.def:1", lambda: every_diagnostic(ctx, files)))
    return cases


def every_function(ctx):
    """Each row of functions.def is called by a test: its C function in a unit test, or its name in a
    spec (for a name of one row)."""
    with open(os.path.join(ctx.root, "runtime", "functions.def"), encoding="utf-8") as f:
        table = re.findall(r'^MIG_FN\((\w+), "(\w+)", (\w+)', f.read(), re.M)
    texts = {".c": [], ".mig": []}
    for room in ("tests", "specs", "examples"):
        for folder, _, names in os.walk(os.path.join(ctx.root, room)):
            for name in names:
                kind = ".c" if name.endswith((".c", ".cases")) else ".mig"
                if name.endswith((".c", ".cases", ".t", ".mig")):
                    with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                        texts[kind].append(f.read())
    called = set(re.findall(r"\w+", "\n".join(texts[".c"])))
    used = set(re.findall(r"\b(\w+)\s*\(", "\n".join(texts[".mig"])))
    names = [name for _, name, _ in table]
    missing = [row for row, name, c in table
               if c not in called and not (names.count(name) == 1 and name in used)]
    if missing:
        raise Failure("no test calls: %s" % ", ".join(missing))


def check_sections(t, place):
    for s in t.sections:
        if s.name not in SECTIONS:
            raise SystemExit("%s: unknown section \"%s\"" % (place, s.name))
    if t.first("spec") is None or len(t.sections) < 2:
        raise SystemExit("%s: a case needs a spec and something to expect" % place)


def migc(ctx, folder, *args):
    r = program([ctx.migc] + list(args), folder, ctx.env, timeout=60)
    if not isinstance(r.code, int) or r.code >= 70:
        raise Failure("migc crashed\n" + r.told())
    return r


def plain(text):
    """Diagnostics without excerpts and with `spec` for the name of the spec."""
    lines = [line for line in text.split("\n") if not re.match(r" *\d* \|", line)]
    return re.sub(r"^spec\.mig:", "spec:", "\n".join(lines), flags=re.M)


def run(ctx, tests, t, place):
    folder = ctx.fresh_dir("%s-%d" % (os.path.basename(tests.path), t.line))
    write_files(t, folder)
    wrong = []

    def compare(section, got, same=lambda a, b: a.rstrip("\n") == b.rstrip("\n")):
        if same(section.body, got):
            return
        if ctx.update and not t.first("xfail"):
            section.replace(got)
            return
        wrong.append("%s:%d: --- %s differs\n%s" % (
            ctx.relative(tests.path), section.line, section.name,
            diff(section.body.rstrip("\n"), got.rstrip("\n"))))

    for s in t.sections:
        if s.name in DUMPS:
            r = migc(ctx, folder, "check", "--dump=" + s.name, "spec.mig")
            compare(s, r.out, same_with_gaps)
        elif s.name == "diag":
            check_diag(ctx, folder, t, s, compare, wrong)
        elif s.name == "screen":
            compare(s, re.sub(r"^spec\.mig:", "spec:", migc(ctx, folder, "check", "spec.mig").err,
                              flags=re.M))
        elif s.name == "json":
            compare(s, migc(ctx, folder, "check", "--format", "json", "spec.mig").out)
        elif s.name == "explain":
            compare(s, success(migc(ctx, folder, "explain", "spec.mig")).out, same_with_gaps)
        elif s.name == "emit":
            what, _, options = s.arg.partition(" ")
            r = migc(ctx, folder, "emit", what, "spec.mig", *options.split())
            if r.code not in (0, 2) or (r.code == 2 and r.out):
                wrong.append(r.told())
            compare(s, plain(r.err) + r.out, same_with_gaps)
        elif s.name == "c":
            check_c(ctx, folder, s, wrong)
        elif s.name == "fmt":
            check_fmt(ctx, folder, s, compare, wrong)
        elif s.name == "exit":
            code = migc(ctx, folder, "check", "spec.mig").code
            if str(code) != s.arg:
                wrong.append("exit %s, expected %s" % (code, s.arg))
    if ctx.update:
        tests.save()
    if wrong:
        raise Failure("\n".join(wrong))


def success(r):
    if r.code != 0:
        raise Failure(r.told())
    return r


def check_diag(ctx, folder, t, section, compare, wrong):
    r = migc(ctx, folder, "check", "spec.mig")
    compare(section, plain(r.err))
    expected = 2 if re.search(r"(^|: )error: ", plain(r.err), re.M) else 0
    if t.first("exit") is None and r.code != expected:
        wrong.append("exit %s, expected %d\n%s" % (r.code, expected, r.told()))


def check_c(ctx, folder, section, wrong):
    """Each expected line occurs in the generated C, in this order; blanks do not count."""
    success(migc(ctx, folder, "build", "spec.mig", "--emit-c", "out.c", "-o", "out.bin"))
    with open(os.path.join(folder, "out.c"), encoding="utf-8") as f:
        lines = [" ".join(line.split()) for line in f]
    at = 0
    for want in section.body.split("\n"):
        want = " ".join(want.split())
        if not want or want == "...":
            continue
        found = next((i for i in range(at, len(lines)) if want in lines[i]), None)
        if found is None:
            wrong.append("--- c: not found%s: %s\nin %s" % (
                " after line %d" % at if at else "", want,
                ctx.relative(os.path.join(folder, "out.c"))))
            return
        at = found + 1


def formatted(ctx, folder, name):
    """The canonical text of a spec, whether `fmt` prints it or writes it."""
    r = success(migc(ctx, folder, "fmt", name))
    if r.out:
        return r.out
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return f.read()


def check_fmt(ctx, folder, section, compare, wrong):
    with open(os.path.join(folder, "spec.mig"), "rb") as f:
        before = f.read()
    once = formatted(ctx, folder, "spec.mig")
    with open(os.path.join(folder, "spec.mig"), "wb") as f:
        f.write(before)
    compare(section, once)
    with open(os.path.join(folder, "again.mig"), "w", encoding="utf-8") as f:
        f.write(once)
    twice = formatted(ctx, folder, "again.mig")
    if twice != once:
        wrong.append("--- fmt: formatting again changes it\n" + diff(once, twice))


def every_diagnostic(ctx, files):
    """Each id of diag.def is reported by some case."""
    with open(os.path.join(ctx.root, "compiler", "base", "diag.def"), encoding="utf-8") as f:
        ids = set(x.lower() for x in re.findall(r"^DIAG\((\w+)\)", f.read(), re.M))
    for tests in files:
        for t in tests.cases:
            if not t.first("diag") and not t.first("screen"):
                continue
            folder = ctx.fresh_dir("ids-%s-%d" % (os.path.basename(tests.path), t.line))
            write_files(t, folder)
            r = migc(ctx, folder, "check", "--format", "json", "spec.mig")
            try:
                ids -= set(d["id"] for d in json.loads(r.out)["diagnostics"])
            except ValueError as e:
                raise Failure("--format json is no JSON: %s\n%s" % (e, r.told()))
    if ids:
        raise Failure("no case in tests/lang reports: %s" % ", ".join(sorted(ids)))


# --- golden --------------------------------------------------------------------------------------

def collect_golden(ctx):
    folder = os.path.join(ctx.root, "tests", "golden")
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    return [Case(ctx.name("golden", name), "tests/golden/%s/expected.c:1" % name,
                 lambda name=name: run_golden(ctx, os.path.join(folder, name)))
            for name in names if os.path.exists(os.path.join(folder, name, "spec.mig"))]


# What generated C must pass without a warning: the flags of the Makefile, and standard C to the letter.
STRICT = ("-std=c17 -Wall -Wextra -Werror -Wpedantic -Wno-overlength-strings -Wshadow -Wswitch-enum "
          "-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings -Wformat=2 -Wvla -O1").split()


def check_warnings(ctx, folder, path):
    for cc in ("gcc", "clang"):
        if shutil.which(cc):
            success(program([cc] + STRICT + ["-I", os.path.join(ctx.root, "runtime"), "-c", path,
                                             "-o", os.path.join(folder, "out.o")], folder, ctx.env))


def run_golden(ctx, case):
    folder = ctx.fresh_dir("golden-" + os.path.basename(case))
    out = os.path.join(folder, "out.c")
    success(migc(ctx, case, "build", "spec.mig", "--stable", "--emit-c", out, "-o",
                 os.path.join(folder, "out.bin")))
    with open(out, encoding="utf-8") as f:
        got = f.read()
    check_warnings(ctx, folder, out)
    again = success(migc(ctx, case, "check", "--dump=c", "spec.mig")).out
    if again != got:
        raise Failure("the same spec gives other C\n" + diff(got, again))
    expected = os.path.join(case, "expected.c")
    if ctx.update:
        with open(expected, "w", encoding="utf-8") as f:
            f.write(got)
    if not os.path.exists(expected):
        raise Failure("there is no expected.c; make golden writes it")
    with open(expected, encoding="utf-8") as f:
        want = f.read()
    if want != got:
        raise Failure(diff(want, got))
