"""Two programs run in turn, and what they took: wall time, processor time, memory, as ratios within one run."""
import os
import re
import subprocess
import sys

# Between us and the program: what a process had before its exec counts, too, and we have had rows in memory.
WATCH = """
import resource, subprocess, sys, time
before = time.monotonic()
code = subprocess.call(sys.argv[2:])
wall = time.monotonic() - before
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as f:
    print(code, wall, used.ru_utime + used.ru_stime, used.ru_maxrss // 1024, file=f)
"""

ROW = "%-48s %8s %8s  %-22s %8s %8s %10s"


class Took:
    """What one run of a program took. The server's share is in the wall time alone."""

    def __init__(self, wall, cpu=0.0, peak=0):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def middle(values):
    return sorted(values)[len(values) // 2]


class Bench:
    def __init__(self, args, folder):
        self.migc = os.path.join(os.path.abspath(args.build), "migc")
        self.rounds = args.rounds
        self.only = re.compile(args.only)
        self.folder = folder
        self.pg = os.environ.get("MIGC_TEST_PG", "")
        self.n = 0

    def timed(self, argv, stdin=None, env=None):
        """What a program takes; its failure ends the measuring of the pair."""
        log, said = os.path.join(self.folder, "stderr.log"), os.path.join(self.folder, "took")
        with open(log, "wb") as err:
            subprocess.run([sys.executable, "-I", "-S", "-c", WATCH, said, *argv], cwd=self.folder, check=True, input=(stdin or "").encode(),
                           stdout=subprocess.DEVNULL, stderr=err, env=dict(os.environ, **env) if env else None)
        with open(said, encoding="utf-8") as f:
            code, wall, cpu, peak = f.read().split()
        if code != "0":
            with open(log, encoding="utf-8", errors="replace") as f:
                raise RuntimeError("%s: exit %s: %s" % (argv[0], code, f.read()[-300:]))
        return Took(float(wall), float(cpu), int(peak))

    def program(self, name, spec):
        path = os.path.join(self.folder, name + ".mig")
        with open(path, "w", encoding="utf-8") as f:
            f.write(spec)
        binary = os.path.join(self.folder, name)
        subprocess.run([self.migc, "build", path, "-o", binary], check=True)
        return binary

    def place(self, database):
        """The conninfo of a database on the server."""
        return "%s dbname=%s" % (re.sub(r"\bdbname=\S+", "", self.pg).strip(), database)

    def fresh_pg(self):
        self.n += 1
        name = "bench_%d_%d" % (os.getpid(), self.n)
        subprocess.run(["psql", "-X", "-q", "-d", self.pg, "-c", "create database %s" % name], check=True)
        return name, self.place(name)

    def uri(self, place):
        """The same place as a URI, for programs that take nothing else."""
        part = dict(p.split("=", 1) for p in place.split())
        return "postgresql://%s@/%s?host=%s&port=%s" % (
            part.get("user", "postgres"), part["dbname"], part["host"], part.get("port", "5432"))

    def drop_pg(self, name):
        subprocess.run(["psql", "-X", "-q", "-d", self.pg, "-c", "drop database %s with (force)" % name], check=True)

    def psql(self, place, script):
        return self.timed(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", place], script)

    def with_fresh_pg(self, run):
        """run(place) in a database of its own."""
        name, place = self.fresh_pg()
        try:
            return run(place)
        finally:
            self.drop_pg(name)

    def head(self, what):
        print("\n" + ROW % (what, "migc", "other", "ratio of wall times", "cpu s", "MiB", "rows/s"), flush=True)

    def pair(self, title, rows, ours, theirs):
        """Runs both in turn; each is a function that returns a Took. rows: how many the migration reads."""
        if not self.only.search(title):
            return
        a, b = [], []
        try:
            for _ in range(self.rounds):
                a.append(ours())
                b.append(theirs())
        except (RuntimeError, OSError) as e:
            print("%-48s SKIP: %s" % (title, e), flush=True)
            return
        ratios = [x.wall / y.wall for x, y in zip(a, b)]
        wall = middle([x.wall for x in a])
        print(ROW % (title, "%.2f s" % wall, "%.2f s" % middle([x.wall for x in b]),
                     "%.2f (%.2f to %.2f)" % (middle(ratios), min(ratios), max(ratios)),
                     "%.2f" % middle([x.cpu for x in a]), max(x.peak for x in a), "%d" % (rows / wall)), flush=True)
