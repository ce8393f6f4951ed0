"""A PostgreSQL server that goes away, comes back, or never answers."""
import os
import re
import signal
import socket
import subprocess
import threading

import _big
from common import TIMEOUT
from faults import case, private_server
from second import started_and_stopped


@case("the session is ended in the middle", engines=("postgres",))
def terminated(t):
    want, _ = _big.reference(t, 30000)
    rejected = _big.rejects(t)
    for phase in ("lookups", "shows", "people"):
        t.fresh_target()
        p = started_and_stopped(t, phase)
        t.rows("select pg_terminate_backend(%s)::text" % t.sessions()[0])
        os.kill(p.pid, signal.SIGCONT)
        r = t.finish(p, exit=6)
        if not re.search(r"connection|terminat|server", r.err):
            t.fail("does not say what happened\n" + r.told())
        before = _big.sound(t, {})
        t.run("run")
        _big.sound(t, before)
        t.equal(t.snapshot(), want, "the target after the next run")
        t.equal(_big.rejects(t), rejected, "rejects")


@case("a statement is cancelled by somebody else", engines=("postgres",))
def cancelled(t):
    want, _ = _big.reference(t, 30000)
    t.fresh_target()
    p = started_and_stopped(t, "shows")
    t.rows("select pg_cancel_backend(%s)::text" % t.sessions()[0])
    os.kill(p.pid, signal.SIGCONT)
    t.finish(p, exit=(6, 0))
    t.alone()
    t.run("run")
    t.equal(t.snapshot(), want, "the target after the next run")


@case("the server is killed and comes back", engines=("postgres",))
def killed_server(t):
    want, _ = _big.reference(t, 20000)
    server = private_server(t, synchronous_commit="on")  # a phase that was said to be done is done
    t.location = server.conninfo
    t.target = "app=" + t.location
    p = started_and_stopped(t, "shows")
    server.process.send_signal(signal.SIGQUIT)  # at once, without a checkpoint
    server.process.wait(TIMEOUT)
    os.kill(p.pid, signal.SIGCONT)
    r = t.finish(p, exit=6)
    if not re.search(r"connection|server", r.err):
        t.fail("does not say what happened\n" + r.told())
    r = t.run("run", exit=(3, 6))
    if not re.search(r"connect|server", r.err) or "Is the server running" not in r.err and "running" not in r.err:
        t.fail("does not say that there is no server\n" + r.told())
    t.run("status", exit=(3, 6))
    t.run("plan", exit=(3, 6))
    server.launch()
    before = _big.sound(t, {})
    t.equal(sorted(before), ["lookups", "tables"], "finished phases")
    t.run("run")
    _big.sound(t, before)
    t.equal(t.snapshot(), want, "the target after the next run")


@case("a server that stands still: the second Ctrl-C ends the program", engines=("postgres",))
def frozen(t):
    """The first one asks the server to cancel, and that server does not even answer this."""
    _big.build(t, 20000)
    server = private_server(t)
    t.location = server.conninfo
    t.target = "app=" + t.location
    with open(t.path("said"), "wb") as said:
        p = started_and_stopped(t, "shows", stderr=said)
    family = [server.process.pid] + children_of(server.process.pid)
    for pid in family:
        os.kill(pid, signal.SIGSTOP)
    t.closing.append(lambda: [os.kill(pid, signal.SIGCONT) for pid in family if os.path.exists("/proc/%d" % pid)])
    os.kill(p.pid, signal.SIGCONT)
    p.send_signal(signal.SIGINT)
    t.wait_for("it says that it stops", lambda: b"stopping" in t.read("said"), child=p)
    p.send_signal(signal.SIGINT)
    t.finish(p, exit=130)


def children_of(pid):
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open("/proc/%s/stat" % name) as f:
                    if int(f.read().rpartition(")")[2].split()[1]) == pid:
                        found.append(int(name))
            except (OSError, ValueError):
                pass
    return found


@case("a server that accepts and never answers", engines=("postgres",))
def silent(t):
    t.build(_big.SPEC)
    _big.write(t, 10)
    def listen():
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        listener.settimeout(TIMEOUT)
        t.closing.append(listener.close)
        return listener, listener.getsockname()[1]

    _, port = listen()
    t.run("run", "--target", "app=postgres://x@127.0.0.1:%d/y?connect_timeout=2" % port, exit=(3, 6), says="timeout")
    listener, port = listen()
    p = t.start("run", "--target", "app=postgres://x@127.0.0.1:%d/y" % port)
    client, _ = listener.accept()  # now it waits for an answer
    t.closing.append(client.close)
    p.send_signal(signal.SIGINT)
    try:
        p.wait(5)
    except subprocess.TimeoutExpired:
        p.send_signal(signal.SIGINT)
    t.finish(p, exit=130)


@case("no server, no database, no user, wrong password", engines=("postgres",))
def nobody(t):
    t.build(_big.SPEC)
    _big.write(t, 10)
    here = re.search(r"host=(\S+)", t.location).group(1)
    for location, says in (
            ("host=%s dbname=nowhere user=migc" % here, "nowhere"),
            ("host=%s dbname=postgres user=nobody_at_all" % here, "nobody_at_all"),
            ("host=/nonexistent dbname=x", "/nonexistent"),
            ("postgres://localhost:1/x", "localhost"),
            ("host=%s dbname=postgres sslmode=sometimes" % here, "sslmode"),
            ("postgres://%zz", "URI"),
            ("host=%s port=99999999 dbname=x" % here, "port")):
        for command in ("run", "plan", "status"):
            t.run(command, "--target", "app=" + location, exit=(1, 3, 6), says=says)


@case("a server that is there and refuses is not asked after", engines=("postgres",))
def refusing(t):
    t.build(_big.SPEC)
    _big.write(t, 10)
    role = "mig_fault_refused_%d" % os.getpid()
    t.sql("drop role if exists %s; create role %s login connection limit 0" % (role, role))
    try:
        for change, says in (("", "too many connections"), ("alter role %s nologin", "not permitted to log in")):
            t.sql(change.replace("%s", role) or "select 1")
            for command, code in (("run", 3), ("plan", 3), ("status", 6)):
                r = t.run(command, "--target", "app=" + t.location.replace("user=migc", "user=" + role), exit=code, says=says)
                if "running" in r.err:
                    t.fail("asks whether the server is running\n" + r.told())
    finally:
        t.sql("drop role " + role)


@case("the connection goes through a wire that breaks", engines=("postgres",))
def broken_wire(t):
    """A proxy that ends the connection after so many bytes to the server, or from it: an answer that never comes may be that of a
    commit that has happened."""
    want, _ = _big.reference(t, 4000)
    path = re.search(r"host=(\S+)", t.location).group(1) + "/.s.PGSQL.5432"
    whole = Proxy(path, None, None)
    t.closing.append(whole.close)
    t.fresh_target()
    t.run("run", "--target", through(t, whole))
    up, down = whole.up, whole.down
    limits = [(n, None) for n in (10, 300, 3000, up // 3, up * 2 // 3, up - 200)]
    limits += [(None, down * i // 24) for i in range(1, 24)]
    for limit, answers in limits:
        t.fresh_target()
        proxy = Proxy(path, limit, answers)
        t.closing.append(proxy.close)
        r = t.run("run", "--target", through(t, proxy), exit=(0, 3, 6))
        if r.code:
            t.check(r, r.code, "/connection|server/")
        before = _big.sound(t, {})
        if r.code == 0 and len(before) < len(_big.PHASES):
            t.fail("done, it says\n" + r.told())
        t.run("run")
        _big.sound(t, before)
        t.equal(t.snapshot(), want, "the target after the next run")


def through(t, proxy):
    """The target, by way of a proxy."""
    name = re.search(r"dbname=(\S+)", t.location).group(1)
    return "app=host=127.0.0.1 port=%d user=migc dbname=%s sslmode=disable gssencmode=disable" % (proxy.port, name)


class Proxy:
    """Hands bytes on between a TCP port and a Unix socket until so many have gone up to the server, or down from it."""

    def __init__(self, path, up_limit, down_limit):
        self.path, self.up_limit, self.down_limit = path, up_limit, down_limit
        self.up = self.down = 0
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(5)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def close(self):
        self.listener.close()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.path)
            threading.Thread(target=self.hand_on, args=(client, server, "up"), daemon=True).start()
            threading.Thread(target=self.hand_on, args=(server, client, "down"), daemon=True).start()

    def hand_on(self, a, b, way):
        """Counts over all connections, since a run opens more than one."""
        limit = getattr(self, way + "_limit")
        try:
            while True:
                data = a.recv(512 if way == "down" else 4096)
                if not data:
                    break
                setattr(self, way, getattr(self, way) + len(data))
                if limit is not None and getattr(self, way) > limit:
                    break
                b.sendall(data)
        except OSError:
            pass
        for s in (a, b):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
