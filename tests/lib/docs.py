"""The documents: what a README shows is what happens.

Every fenced block of README.md, examples/, specs/, grammar/README.md whose first line begins with a word that opens a declaration is
parsed as a spec. The first page's spec is examples/09_orders/spec.mig, and its session is run: lines that begin with `$ ` are
commands, the others what they print (times are masked). Links between documents lead somewhere.
"""
import glob
import os
import re
import shutil
import subprocess

from common import Case, Failure, diff, program

FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.S | re.M)
OPENS = re.compile(r"\s*(--[^\n]*\n\s*)*(migration|source|target|alias|dedup|phase|from|check|define|include)\b")
TIMES = re.compile(r"\b\d+(\.\d+)? ?s\b")
LINK = re.compile(r"\]\(([^)#:\s]+)(#[^)]*)?\)")


def collect(ctx):
    cases = [Case(ctx.name("docs", "the first page's spec is its example"), "README.md:1", lambda: first_page(ctx)),
             Case(ctx.name("docs", "the first page's session"), "README.md:1", lambda: session(ctx))]
    cases.append(Case(ctx.name("docs", "the editor file knows every word"), "compiler/share/vim/syntax/mig.vim:1",
                      lambda: editor_words(ctx)))
    for path in documents(ctx):
        place = ctx.relative(path)
        cases.append(Case(ctx.name("docs", "links of %s" % place), "%s:1" % place, lambda p=path: links(ctx, p)))
        if blocks(path):
            cases.append(Case(ctx.name("docs", "specs in %s" % place), "%s:1" % place, lambda p=path: specs(ctx, p)))
    return cases


def documents(ctx):
    found = [os.path.join(ctx.root, "README.md")]
    for room in ("grammar", "compiler", "runtime", "specs", "examples", "tests"):
        found += glob.glob(os.path.join(ctx.root, room, "**", "README.md"), recursive=True)
    return sorted(found)


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def blocks(path):
    """(line, text) of the fenced blocks that are specs or parts of one; a block with `…` is a sketch."""
    text = read(path)
    return [(text.count("\n", 0, m.start()) + 2, m.group(1)) for m in FENCE.finditer(text)
            if OPENS.match(m.group(1)) and "…" not in m.group(1)]


def specs(ctx, path):
    """They parse: `migc fmt -` refuses what does not."""
    wrong = []
    for line, text in blocks(path):
        r = subprocess.run([ctx.migc, "fmt", "-"], input=text.encode("utf-8"), stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE, env=ctx.env)
        if r.returncode != 0:
            wrong.append("%s:%d\n%s" % (ctx.relative(path), line, r.stderr.decode("utf-8", "replace")))
    if wrong:
        raise Failure("\n".join(wrong))
    return max(1, len(blocks(path)))


def links(ctx, path):
    folder = os.path.dirname(path)
    wrong = [m.group(1) for m in LINK.finditer(read(path))
             if not os.path.exists(os.path.normpath(os.path.join(folder, m.group(1))))]
    if wrong:
        raise Failure("%s links to what is not there: %s" % (ctx.relative(path), ", ".join(wrong)))


def editor_words(ctx):
    """Each keyword, type and function of the language's tables stands in the Vim file."""
    known = set(re.findall(r"\w+", read(os.path.join(ctx.root, "compiler", "share", "vim", "syntax", "mig.vim"))))
    missing = []
    for path, row in (("grammar/keywords.def", r'MIG_KEYWORD\(\w+, "(\w+)"'), ("runtime/types.def", r'MIG_TYPE\(\w+, "(\w+)'),
                      ("runtime/functions.def", r'MIG_FN\(\w+, "(\w+)"')):
        missing += [w for w in re.findall(row, read(os.path.join(ctx.root, path))) if w not in known]
    if missing:
        raise Failure("not in compiler/share/vim/syntax/mig.vim: %s" % " ".join(sorted(set(missing))))


def first_page(ctx):
    shown = blocks(os.path.join(ctx.root, "README.md"))
    want = read(os.path.join(ctx.root, "examples", "09_orders", "spec.mig"))
    want = re.sub(r"\A(--[^\n]*\n)+", "", want)  # the example's own head
    if not shown or shown[0][1] != want:
        raise Failure(diff(want, shown[0][1] if shown else ""))


def session(ctx):
    """Runs the block of README.md that begins with `$ `, in a folder with the example's files."""
    text = read(os.path.join(ctx.root, "README.md"))
    shown = [m.group(1) for m in FENCE.finditer(text) if m.group(1).startswith("$ ")]
    if not shown:
        raise Failure("README.md shows no session")
    work = ctx.fresh_dir("docs-session")
    shutil.copytree(os.path.join(ctx.root, "examples", "09_orders"), work, dirs_exist_ok=True)
    os.rename(os.path.join(work, "spec.mig"), os.path.join(work, "orders.mig"))
    env = dict(ctx.env, PATH=os.path.dirname(ctx.migc) + os.pathsep + ctx.env.get("PATH", ""))
    got = ""
    for line in shown[0].split("\n"):
        if line.startswith("$ "):
            r = program(["/bin/sh", "-c", "exec 2>&1; " + line[2:]], work, env)
            got += line + "\n" + r.out
    if TIMES.sub("T s", got) != TIMES.sub("T s", shown[0]):
        raise Failure(diff(TIMES.sub("T s", shown[0]), TIMES.sub("T s", got)))
