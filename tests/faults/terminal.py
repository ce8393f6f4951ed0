"""What a run shows on a terminal, through a pseudo terminal, and what it shows where there is none."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

import _big
from common import TIMEOUT, Result, decode
from faults import case

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def slowly(t, stop=None):
    """The environment of a run that waits longer before each read of shows.csv than a live line stands, and that stops before one of them."""
    return {"LD_PRELOAD": t.shim(), "MIGC_SHIM": "stop:read:%d" % stop if stop else "count:read:0", "MIGC_SHIM_FILE": "/shows.csv",
            "MIGC_SHIM_PAUSE": "120"}


def on_terminal(t, *args, columns=80, env=None, both=True, interrupt=False):
    """Runs the program on a terminal of so many columns; returns all that it wrote there, and the exit code. Not both: only
    stderr is the terminal. interrupt: where it stops by itself, and then goes on to its handler."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    environment = dict({"TERM": "xterm-256color", "NO_COLOR": ""}, **(env or {}))
    p = t.start(*args, env=environment, stdout=slave if both else None, stderr=slave) if both else \
        t.start(*args, env=environment, stderr=slave)
    os.close(slave)
    text = b""
    until = time.monotonic() + TIMEOUT
    while time.monotonic() < until:
        ready, _, _ = select.select([master], [], [], 0.05)
        if ready:
            try:
                data = os.read(master, 65536)
            except OSError:
                data = b""
            if not data:
                break
            text += data
        elif interrupt and t.stopped(p):
            os.kill(p.pid, signal.SIGINT)
            os.kill(p.pid, signal.SIGCONT)
            interrupt = False
    os.close(master)
    out = p.communicate(timeout=TIMEOUT)[0]
    t.check(Result(list(args), p.returncode, decode(text), ""), exit=None)
    return decode(text), p.returncode, decode(out or b"")


def drawn(text):
    """The states of the live line: what stands between a carriage return and the next, without escape codes."""
    return [ESCAPE.sub("", part) for part in re.split(r"\r(?!\n)", text.replace("\r\n", "\n"))[1:]]


def width(text):
    """Columns of a text of letters, signs and box characters, all of which take one."""
    return len(text.rstrip("\n"))


@case("live lines, within the width", engines=("sqlite",))
def live(t):
    _big.build(t, 30000)
    for columns in (80, 40, 132):
        t.fresh_target()
        text, code, _ = on_terminal(t, "run", columns=columns, env=slowly(t))
        if code != 0:
            t.fail("exit %s\n%s" % (code, text))
        lines = [x for x in drawn(text) if "\n" not in x]  # what a later one is drawn over
        rows = [x for x in lines if "rows" in x and "files.shows" in x]
        if not rows:
            t.fail("no live line of the flow files.shows:\n%r" % text)
        if not any("%" in x for x in rows) and columns >= 80:
            t.fail("no share of what is done: %s" % rows)
        for x in lines:
            if width(x) > columns:
                t.fail("%d columns on a terminal of %d: %r" % (width(x), columns, x))
        end = ESCAPE.sub("", text[text.rindex("carried"):].replace("\r\n", "\n"))
        if "rows inserted" not in end or "rejected" not in end:
            t.fail("no accounting at the end:\n%s" % text)
        for x in ESCAPE.sub("", text.replace("\r\n", "\n")).split("\n"):
            if x[:1] in "┌│├└" and x and columns >= 80 and width(x) > columns:
                t.fail("a table of %d columns on a terminal of %d" % (width(x), columns))


@case("NO_COLOR", engines=("sqlite",))
def no_color(t):
    _big.build(t, 3000)
    colour = re.compile(r"\x1b\[[0-9;]*m")
    text, _, _ = on_terminal(t, "run")
    if not colour.search(text):
        t.fail("no colour on a terminal:\n%r" % text)
    t.fresh_target()
    text, _, _ = on_terminal(t, "run", env={"NO_COLOR": "1"})
    if colour.search(text):
        t.fail("colour in spite of NO_COLOR:\n%r" % text)
    t.fresh_target()
    text, _, _ = on_terminal(t, "run", env={"TERM": "dumb"})
    if "\x1b" in text:
        t.fail("escape codes on a dumb terminal:\n%r" % text)


@case("--progress off, on, auto; into pipes", engines=("sqlite",))
def progress(t):
    _big.build(t, 30000)
    text, _, _ = on_terminal(t, "run", "--progress", "off", env={"NO_COLOR": "1"})
    if "\x1b" in text or re.search(r"\r(?!\n)", text):
        t.fail("a live line in spite of --progress off:\n%r" % text)
    t.fresh_target()
    text, _, out = on_terminal(t, "run", both=False)
    if "\x1b" in out or "\r" in out:
        t.fail("escape codes in a pipe:\n%r" % out)
    if not drawn(text):
        t.fail("stderr is a terminal, and there is no live line:\n%r" % text)
    for args in (("run",), ("run", "--progress", "auto"), ("run", "--progress", "off"), ("plan",), ("status",), ("check",)):
        if args[0] == "run":
            t.fresh_target()
        r = t.run(*args, env={"NO_COLOR": "", "TERM": "xterm-256color"})
        if "\x1b" in r.out + r.err or "\r" in r.out + r.err:
            t.fail("escape codes in a pipe: %s\n%r" % (args, r.out + r.err))
    t.run("run", "--progress", "sometimes", exit=1, says="auto")


@case("Ctrl-C on a terminal leaves a clean line", engines=("sqlite",))
def ctrl_c(t):
    _big.build(t, 60000)
    text, code, _ = on_terminal(t, "run", env=slowly(t, stop=10), interrupt=True)
    if code != 130:
        t.fail("exit %s\n%s" % (code, text))
    if "files.shows" not in text[:text.rindex("stopping")]:
        t.fail("no live line of the flow files.shows before the interrupt:\n%r" % text)
    end = ESCAPE.sub("", text.replace("\r\n", "\n"))
    if not end.endswith("\n") or "interrupted" not in end:
        t.fail("the end: %r" % end[-400:])


@case("a pipe that nobody reads any more", engines=("sqlite",))
def closed_pipe(t):
    """`program run | head -1` does the migration all the same; its exit code tells."""
    _big.build(t, 3000)
    p = t.start("run")
    p.stdout.close()
    p.stderr.close()
    p.wait(TIMEOUT)
    if p.returncode not in (0, 6):
        t.fail("exit %s" % p.returncode)
    _big.sound(t, {})
