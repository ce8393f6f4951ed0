"""Unit tests: every program in BUILD/tests/unit, each of its tests counted."""
import itertools
import os
import re

import rows
from common import Case, Failure, Skip, program

databases = itertools.count(1)


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
    env = dict(ctx.env, CMOCKA_MESSAGE_OUTPUT="TAP", TMPDIR=work, MIG_ROOT=ctx.root)
    database = None
    if ctx.pg:  # a database of its own
        database = "mig_unit_%d_%d" % (os.getpid(), next(databases))
        rows.psql(ctx, ctx.pg, "create database %s template template0" % database)
        env["MIGC_TEST_PG"] = "%s dbname=%s" % (re.sub(r"\bdbname=\S+", "", ctx.pg).strip(), database)
    try:
        return run_in(ctx, path, work, env)
    finally:
        if database:
            rows.psql(ctx, ctx.pg, "drop database if exists %s with (force)" % database)


def run_in(ctx, path, work, env):
    r = program([path], work, env)
    told = r.out + r.err
    passed = len(re.findall(r"^ok \d+", told, re.M))
    skipped = re.findall(r"^not ok \d+ # SKIP", told, re.M)  # as cmocka writes it
    if r.code != 0 or re.search(r"^not ok(?! \d+ # SKIP)", told, re.M) or passed + len(skipped) == 0:
        raise Failure(r.told())
    if skipped:
        said = re.findall(r"SKIP:? +(?!\w+$)(.+)$", told, re.M)
        why = said[0] if said else "they need a server, a file or a right that is not here"
        if not passed:
            raise Skip(why)
        print("SKIP %d tests of %s: %s" % (len(skipped), os.path.basename(path), why), flush=True)
    return passed
