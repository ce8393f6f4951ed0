"""A migration that touches everything a fault can hit: alias lists, created alias rows, a dedup, look-ups, lists,
rejects, constraints; in several phases; with as many rows as wanted, always the same."""
import os
import random

SPEC = """migration big;
source files csv '.' {
    options (null '');
    table networks file 'networks.csv' (name text not null, aliases text);
    table shows    file 'shows.csv' (title text not null, network text, genres text, premiere text);
    table team     file 'team.csv' (title text, role text, person text);
}
target app sqlite 'app.db' {
    table network (id bigint primary key identity, name varchar(100) not null unique);
    table network_alias (
        id         bigint primary key identity,
        network_id bigint not null references network on delete cascade,
        alias      varchar(100) not null unique
    );
    table genre (id bigint primary key identity, name varchar(60) not null unique);
    table show (
        id         bigint primary key identity,
        title      varchar(200) not null,
        network_id bigint references network on delete restrict,
        premiere   date,
        note       text
    ) index (title);
    table show_genre (
        show_id  bigint not null references show on delete cascade,
        genre_id bigint not null references genre,
        position integer not null,
        unique (show_id, genre_id)
    );
    table member (
        id      bigint primary key identity,
        show_id bigint not null references show,
        role    text not null check (role in ('creator', 'writer', 'director')),
        person  varchar(80) not null
    ) index (show_id, role);
}
alias network {
    table app.network (name);
    names app.network_alias (alias, network_id);
    match trim, squeeze, casefold;
    from files.networks as n: n.name also split(n.aliases, ',');
    unknown create;
}
alias genre {
    table app.genre (name);
    match trim, casefold;
    value 'Drama' also 'dramatic';
    value 'Comedy';
    unknown create;
}
dedup app.show by casefold(title);
phase tables { create app.*; }
phase lookups after tables { load network, genre; }
phase shows after lookups {
    from files.shows as s {
        on error reject;
        into app.show {
            title      = s.title;
            network_id = network[s.network];
            premiere   = date(s.premiere, 'YYYY-MM-DD') else null;
            note       = 'from ' || s.title;
        }
        into app.show_genre each g at position in items(s.genres, ',') {
            show_id  = app.show[title = s.title];
            genre_id = genre[g];
            position = position;
        }
    }
}
phase people after shows {
    from files.team as m {
        on error reject;
        into app.member { show_id = app.show[title = m.title]; role = m.role; person = m.person; }
    }
}
phase rules after people { constrain app.*; }
"""

PHASES = ["tables", "lookups", "shows", "people", "rules"]
TABLES = {"tables": [], "lookups": ["network_alias"], "shows": ["show", "show_genre"], "people": ["member"], "rules": []}


def write(t, n, folder=None):
    """The CSV files of n shows: duplicates, unknown networks, bad dates, roles that no check allows, missing shows."""
    r = random.Random(20240229)
    at = (folder + "/") if folder else ""
    genres = ["Drama", "dramatic", "Comedy", "Horror", " Western ", "Noir"]
    networks = ["HBO", "hbo  max", "Netflix", "", "Channel %d"]
    t.write(at + "networks.csv", "name,aliases\nHBO,\"hbo max, Home Box Office\"\nNetflix,netflix.com\n")
    with open(t.path(at + "shows.csv"), "w", encoding="utf-8", newline="") as f:
        f.write("title,network,genres,premiere\n")
        for i in range(n):
            title = "Show %d" % (i if i % 50 else i // 2)
            network = networks[r.randrange(5)]
            f.write('%s,%s,"%s",%s\r\n' % (title, network % (i % 37) if "%" in network else network,
                                           ",".join(r.sample(genres, 2)),
                                           "%04d-%02d-%02d" % (1950 + i % 70, 1 + i % 12, 1 + i % 31)))
    with open(t.path(at + "team.csv"), "w", encoding="utf-8", newline="") as f:
        f.write("title,role,person\n")
        for i in range(n):
            f.write("Show %d,%s,Person %d\n" % (r.randrange(n) | 1 if i % 97 else n + i,
                                                ("creator", "writer", "director", "caterer")[i % 41 % 4], i))


def reference(t, n):
    """Builds, writes n shows, runs once without a fault; returns the target's snapshot and how long the run took."""
    import time
    t.build(SPEC)
    write(t, n)
    begin = time.time()
    t.run("run")
    took = time.time() - begin
    snapshot = t.snapshot()
    if len(t.phases()) != len(PHASES):
        t.fail("the ledger has the phases %s" % t.phases())
    return snapshot, took


def rejects(t):
    """What the ledger keeps of the rejects, without what differs between runs."""
    return sorted(t.rows("select phase, source, file, line, coalesce(column_name, ''), rule, reason, value from %s" %
                         t.ledger("reject")), key=str)


def reject_files(t):
    """The CSV files of rejects, without the run's id that each record begins with."""
    found = {}
    folder = t.path("big-rejects")
    for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
        with open(os.path.join(folder, name), encoding="utf-8", newline="") as f:
            found[name] = [line.partition(",")[2] for line in f.read().split("\r\n")]
    return found


def sound(t, before):
    """After a fault: finished phases stay as they were and nothing of an unfinished one is there. Returns the finished ones."""
    t.alone()
    now = t.phases()
    for name, of in before.items():
        t.equal(now.get(name), of, "the ledger's row of the finished phase \"%s\"" % name)
    names = [p for p in PHASES if p in now]
    t.equal(names, PHASES[:len(names)], "finished phases")
    there = t.snapshot() or {}
    counts = {k.split(".")[-1].split(" ")[-1]: v[2] for k, v in there.items() if v[0] == "table" and len(v) > 2}
    if "tables" not in now and counts:
        t.fail("no phase is finished, and these tables are there: %s" % counts)
    for phase in PHASES:
        for table in TABLES[phase] if "tables" in now else []:
            if (phase in now) != (counts.get(table, 0) > 0):
                t.fail("phase %s is%s finished, and %s has %s rows" % (phase, "" if phase in now else " not", table,
                                                                       counts.get(table)))
    return now


def build(t, n):
    """The program and its input, without a reference run."""
    t.build(SPEC)
    write(t, n)
