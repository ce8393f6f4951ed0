"""Unit tests: every program in BUILD/tests/unit, each of its tests counted."""
import os
import re

from common import Case, Failure, program


def collect(ctx):
    folder = os.path.join(ctx.build, "tests", "unit")
    sources = os.path.join(ctx.root, "tests", "unit")
    names = sorted(f[:-2] for f in os.listdir(sources) if f.startswith("test_") and f.endswith(".c"))
    return [Case(ctx.name("unit", name), "tests/unit/%s.c:1" % name,
                 lambda name=name: run(ctx, os.path.join(folder, name))) for name in names]


def run(ctx, path):
    if not os.path.exists(path):
        raise Failure("%s is not built: run make units" % ctx.relative(path))
    work = ctx.fresh_dir("unit-" + os.path.basename(path))
    r = program([path], work, dict(ctx.env, CMOCKA_MESSAGE_OUTPUT="TAP", TMPDIR=work,
                                   MIG_ROOT=ctx.root))
    passed = len(re.findall(r"^ok \d+", r.out + r.err, re.M))
    if r.code != 0 or re.search(r"^not ok", r.out + r.err, re.M) or passed == 0:
        raise Failure(r.told())
    return passed
