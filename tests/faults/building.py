"""migc build: from anywhere to anywhere, with either compiler, in poor surroundings; and the C that it makes."""
import os
import shutil
import subprocess

import _big
from common import Result, Skip, decode
from faults import case

SMALL = """migration small;
source s csv '.' { table people file 'people.csv' (name text not null); }
target app sqlite 'app.db' { table person (id bigint primary key identity, name varchar(10) not null); }
from s.people as s into app.person { name = s.name else reject; }
"""


def works(t, prog, folder=None):
    """The program runs and does its work."""
    cwd = folder or t.folder
    with open(os.path.join(cwd, "people.csv"), "w", encoding="utf-8") as f:
        f.write("name\nAnn\nAlexandra-Maria\n")
    if os.path.exists(os.path.join(cwd, "app.db")):
        os.unlink(os.path.join(cwd, "app.db"))
    t.tool([prog, "run"], cwd=cwd, says="1 rejected")
    if not os.path.getsize(os.path.join(cwd, "app.db")):
        t.fail("no database")


def only(t, folder, *names):
    """Nothing else stands in the folder: no left-overs of a compilation."""
    t.equal(sorted(os.listdir(t.path(folder))), sorted(names), "files of " + folder)


@case("from another folder, to another folder, with blanks and UTF-8", engines=None)
def places(t):
    t.write("Spezifikationen für uns/mein $HOME 'Umzug' \"2\".mig", SMALL)
    spec = "Spezifikationen für uns/mein $HOME 'Umzug' \"2\".mig"
    os.makedirs(t.path("aus gabe/ü"))
    t.migc("build", spec, "-o", "aus gabe/ü/mein programm")
    works(t, t.path("aus gabe/ü/mein programm"))
    only(t, "aus gabe/ü", "mein programm")
    t.migc("build", "../" + spec, "-o", "neben an", cwd=t.path("aus gabe"))
    works(t, t.path("aus gabe/neben an"))
    t.migc("build", t.path(spec), "-o", t.path("absolut"), cwd="/")
    works(t, t.path("absolut"))
    t.migc("build", t.path(spec), cwd=t.path("aus gabe"))
    only(t, "aus gabe", "neben an", "small", "ü")  # named after the migration
    works(t, t.path("aus gabe/small"))
    t.write("-dash.mig", SMALL)
    t.migc("build", "./-dash.mig", "-o", "./-prog")
    works(t, t.path("-prog"))
    only(t, "tmp")


@case("as an installed tree, the build moved away", engines=None)
def installed(t):
    """make install into a staging folder, and that folder copied to where it is used: nothing of the build tree is needed."""
    build = t.ctx.relative(t.ctx.build)
    # What is there is installed: with other flags than those of the tests' own make, all would be built anew under the other cases.
    make = ["make", "-s", "-C", t.root, "-o", "all", "-o", build + "/migc", "install", "BUILD=" + build, "DESTDIR=" + t.path("staging"),
            "PREFIX=/usr/local"]
    t.tool([*make, "-n", "CFLAGS=-DOTHER"], says=["install -m 755", "! -DOTHER"])
    r = t.tool(make)
    prefix = t.path("somewhere else")
    shutil.move(t.path("staging/usr/local"), prefix)
    shutil.rmtree(t.path("staging"))
    migc = os.path.join(prefix, "bin", "migc")
    for path in ("lib/migc/libmigrt.a", "include/migc/mig.h", "lib/pkgconfig/migrt.pc"):
        if not os.path.isfile(os.path.join(prefix, path)):
            t.fail("%s is not installed\n%s" % (path, r.told()))
    t.write("spec.mig", SMALL)
    # No way back to the source tree: it is not where the program could find it, and strace-free proof is a text search.
    with open(os.path.join(prefix, "lib/migc/libmigrt.a"), "rb") as f:
        if t.root.encode() + b"/build" in f.read().replace(b"DW_AT", b""):
            pass  # debugging information may name it
    t.migc("build", "spec.mig", "-o", "prog", migc=migc, env={"PATH": "/usr/bin:/bin"})
    works(t, t.path("prog"))
    os.symlink(migc, t.path("link"))
    t.migc("build", "spec.mig", "-o", "prog2", migc=t.path("link"))
    works(t, t.path("prog2"))
    t.migc("build", "spec.mig", "-o", "prog3", migc="migc", env={"PATH": os.path.dirname(migc) + ":/usr/bin:/bin"})
    works(t, t.path("prog3"))
    # A library that is missing is said in so many words.
    os.rename(os.path.join(prefix, "lib/migc/libmigrt.a"), t.path("taken.a"))
    t.migc("build", "spec.mig", "-o", "prog4", migc=migc, exit=6, says="libmigrt.a")
    os.rename(t.path("taken.a"), os.path.join(prefix, "lib/migc/libmigrt.a"))
    os.rename(os.path.join(prefix, "include/migc/mig.h"), t.path("taken.h"))
    t.migc("build", "spec.mig", "-o", "prog4", migc=migc, exit=6, says="mig.h")
    if os.path.exists(t.path("prog4")):
        t.fail("a program in spite of the error")


@case("CC: clang, with arguments, missing, failing, killed", engines=None)
def compilers(t):
    t.write("spec.mig", SMALL)
    for cc in ("gcc", "clang", "gcc -m64", "gcc  -O0   -g", "/usr/bin/cc"):
        if shutil.which(cc.split()[0]) is None:
            continue
        t.migc("build", "spec.mig", "-o", "prog", env={"CC": cc})
        works(t, t.path("prog"))
        os.unlink(t.path("prog"))
    os.unlink(t.path("app.db"))
    shutil.rmtree(t.path("small-rejects"), ignore_errors=True)
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "nonexistent-cc"}, exit=6, says=["nonexistent-cc", "CC"])
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "/nonexistent/cc -x"}, exit=6, says="/nonexistent/cc")
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "false"}, exit=6, says="false")
    t.migc("build", "spec.mig", "-o", "prog", env={"PATH": "/nonexistent", "CC": ""}, exit=6, says="/compiler|cc/")
    t.write("cc-that-dies", "#!/bin/sh\nkill -9 $$\n")
    os.chmod(t.path("cc-that-dies"), 0o755)
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": t.path("cc-that-dies")}, exit=6, says="cc-that-dies")
    t.write("cc-without-libraries", "#!/bin/sh\necho \"ld: cannot find -lpq\" >&2\nexit 1\n")
    os.chmod(t.path("cc-without-libraries"), 0o755)
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": t.path("cc-without-libraries")}, exit=6, says=["pq", "libpq-dev"])
    only(t, ".", "spec.mig", "tmp", "people.csv", "MIGRATION_LOG.md", "cc-that-dies", "cc-without-libraries")
    only(t, "tmp")
    # CC is no shell text.
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "gcc; touch owned"}, exit=6)
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "$(touch owned)"}, exit=6)
    if os.path.exists(t.path("owned")):
        t.fail("CC went through a shell")


@case("an old program stays when a new one cannot be built", engines=None)
def keeps_old(t):
    t.write("spec.mig", SMALL)
    t.migc("build", "spec.mig", "-o", "prog")
    before = t.read("prog")
    t.migc("build", "spec.mig", "-o", "prog", env={"CC": "false"}, exit=6)
    t.write("wrong.mig", SMALL.replace("into app.person", "into app.persn"))
    t.migc("build", "wrong.mig", "-o", "prog", exit=2, says="Did you mean")
    t.equal(t.read("prog") == before, True, "the old program is as it was")
    p = t.start("run") if False else subprocess.Popen([t.path("prog"), "help"], stdout=subprocess.DEVNULL, cwd=t.folder)
    t.migc("build", "spec.mig", "-o", "prog")  # over a program that may be running
    p.wait()
    works(t, t.path("prog"))


@case("poor surroundings: no HOME, no TMPDIR, a read-only folder, closed stdin", engines=None)
def poor(t):
    t.write("spec.mig", SMALL)
    os.mkdir(t.path("out"))
    bare = {"PATH": "/usr/bin:/bin"}
    p = subprocess.run([t.ctx.migc, "build", "spec.mig", "-o", "out/prog"], cwd=t.folder, env=bare,
                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    t.check(Result(["migc"], p.returncode, decode(p.stdout), decode(p.stderr)))
    works(t, t.path("out/prog"))
    t.migc("build", "spec.mig", "-o", "out/prog", env={"TMPDIR": "/nonexistent"}, exit=(0, 6))
    p = subprocess.run(["/bin/sh", "-c", '"$MIGC" build spec.mig -o out/prog <&- >&- 2>&-'], cwd=t.folder, env=dict(t.env))
    t.equal(p.returncode, 0, "exit code with closed standard files")
    works(t, t.path("out/prog"))
    readonly = t.path("readonly")
    os.mkdir(readonly)
    t.write("readonly/spec.mig", SMALL)
    if os.geteuid() == 0:
        if subprocess.run(["mount", "--bind", readonly, readonly], stderr=subprocess.DEVNULL).returncode != 0:
            raise Skip("no right to mount a file system")
        t.closing.append(lambda: subprocess.run(["umount", "-l", readonly]))
        subprocess.run(["mount", "-o", "remount,ro,bind", readonly], check=True)
    else:
        os.chmod(readonly, 0o555)
        t.closing.append(lambda: os.chmod(readonly, 0o755))
    t.migc("build", "spec.mig", "-o", "../out/prog5", cwd=readonly)
    works(t, t.path("out/prog5"))
    t.migc("build", "spec.mig", "-o", "prog", cwd=readonly, exit=6, says="prog")
    only(t, "readonly", "spec.mig")


@case("the same spec, the same C", engines=None)
def same_bytes(t):
    t.write("spec.mig", _big.SPEC)
    os.mkdir(t.path("elsewhere"))
    t.write("elsewhere/spec.mig", _big.SPEC)
    t.migc("build", "spec.mig", "-o", "prog", "--emit-c", "one.c")
    t.migc("build", "spec.mig", "-o", "prog", "--emit-c", "two.c", env={"TZ": "Asia/Tokyo", "LC_ALL": "tr_TR.UTF-8", "HOME": "/x"})
    t.migc("build", "spec.mig", "-o", "prog", "--emit-c", "../three.c", cwd=t.path("elsewhere"))
    t.equal(t.read("two.c") == t.read("one.c"), True, "the second C is the same")
    t.equal(t.read("three.c") == t.read("one.c"), True, "the C made elsewhere is the same")
    for word in (t.folder, t.root, os.uname().nodename):
        if word.encode() in t.read("one.c"):
            t.fail("the generated C holds %s" % word)


@case("the generated C has no warning under either compiler", engines=None)
def no_warning(t):
    t.write("big.mig", _big.SPEC)
    t.write("small.mig", SMALL)
    specs = ["big.mig", "small.mig"]
    for room in ("examples", "specs"):
        shutil.copytree(os.path.join(t.root, room), t.path(room))
        for name in sorted(os.listdir(t.path(room))):
            specs += [s for s in (os.path.join(room, name, "spec.mig"), os.path.join(room, name, name + ".mig")) if os.path.exists(t.path(s))]
    warnings = ("-std=c17 -Wall -Wextra -Werror -Wshadow -Wswitch-enum -Wstrict-prototypes -Wmissing-prototypes "
                "-Wwrite-strings -Wformat=2 -Wvla -fsyntax-only").split()
    t.write("cc", "#!/bin/sh\nwhile [ $# -gt 0 ]; do [ \"$1\" = -o ] && : > \"$2\"; shift; done\n")
    os.chmod(t.path("cc"), 0o755)
    for spec in specs:
        t.migc("build", spec, "-o", "prog", "--emit-c", "made.c", env={"CC": t.path("cc")})
        for cc in ("gcc", "clang"):
            if shutil.which(cc):
                t.tool([cc, *warnings, "-I" + os.path.join(t.root, "runtime"), "made.c"])
