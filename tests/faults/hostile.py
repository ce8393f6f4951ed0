"""Hostile data and hostile names: they arrive byte for byte, and they are never read as SQL, C, or a command of the terminal."""
import csv
import io
import json
import os
import re
import shutil

from faults import case

csv.field_size_limit(1 << 30)

VALUES = [
    "'", "''", "\"", "\\", "\\'", "\\N", "\\.", "\\n", "\\x41", "$$", "$1", "?", "?1", ":a", "@a", "%s%n%d", "{}", "{\"a\"", "NULL", "null",
    "'); drop table value; --", "1; select pg_sleep(9)", "/* */", "*/", "--", "a\tb", "a\nb", "a\r\nb", "\r", "\n", "a|b", "a,b", " a ",
    "\u200b", "\u202e", "\ufeff", "e\u0301", "é", "ﬁ", "İ", "ß", "\U0001f469\u200d\U0001f52c", "\x01", "\x1b[2J\x1b[31mred", "\x7f", "\x85", "\x9b2J", "\u2028", "\u2067", "\u200f", "\u061c",
    "=cmd|' /C calc'!A0", "<script>alert(1)</script>", "../../etc/passwd", "`id`", "$(id)", "COPY value FROM '/etc/passwd'", "\\copy", "\\! id",
    "x" * 70000, "é" * 30000, "\ufffd", "\U0010ffff",
]


def csv_text(rows):
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue().encode("utf-8")


def fetch(t, select):
    """Raw values, without any escaping: hexadecimal through SQL, so that nothing between can change them."""
    return [[None if v == "\\N" else bytes.fromhex(v).decode("utf-8") for v in row] for row in t.rows(select)]


def hexed(t, column):
    return "case when %s is not null then hex(%s) end" % (column, column) if t.engine == "sqlite" else "encode(convert_to(%s, 'UTF8'), 'hex')" % column


NAUGHTY = """migration naughty;
source s csv '.' { table values_ file 'values.csv' (n text not null, v text, l text not null); table names file 'names.csv' (v text not null, also_ text); }
target app sqlite 'app.db' {
    table value (n integer not null, v text, u varchar(100000));
    table item (n integer not null, position integer not null, v text not null);
    table word (id bigint primary key identity, v text not null unique);
    table word_alias (id bigint primary key identity, word_id bigint not null references word, v text not null unique);
    table meaning (n integer not null, word_id bigint references word);
    table seen (v text not null);
}
alias word {
    table app.word (v);
    names app.word_alias (v, word_id);
    from s.names as n: n.v;
    unknown create;
}
dedup app.seen by v;
from s.values_ as s {
    on error reject;
    into app.value { n = integer(s.n); v = s.v; u = s.v; }
    into app.item each x at position in split(s.l, '!') { n = integer(s.n); position = position; v = x; }
    into app.meaning { n = integer(s.n); word_id = word[s.v]; }
    into app.seen when s.v is not null { v = s.v; }
}
"""


def through(t, values):
    """The values as cells, as items of a list, as aliases, created by an alias, and as keys of a dedup."""
    t.build(NAUGHTY)
    t.write("values.csv", csv_text([["n", "v", "l"]] + [[i, v, v.replace("!", "")] for i, v in enumerate(values)]))
    listed = sorted({v for v in values[::2] if v}, key=values.index)
    t.write("names.csv", csv_text([["v", "also_"]] + [[v, ""] for v in listed]))
    t.run("run")
    t.equal(t.value("select count(*) from " + t.ledger("reject")), "0", "rejects")
    got = fetch(t, "select %s, %s from value order by n" % (hexed(t, "v"), hexed(t, "u")))
    t.equal(len(got), len(values), "rows")
    for i, row in enumerate(got):
        t.equal(row, [values[i], values[i]], "value %d" % i)
    got = fetch(t, "select %s from item order by n, position" % hexed(t, "v"))
    t.equal([r[0] for r in got], [v.replace("!", "") for v in values if v.replace("!", "")], "items")
    got = dict((int(n), fetch_one(v)) for n, v in
               t.rows("select m.n, %s from meaning m left join word w on w.id = m.word_id order by m.n" % hexed(t, "w.v")))
    for i, v in enumerate(values):
        t.equal(got[i], v if v else None, "the canonical row of value %d" % i)
    got = fetch(t, "select %s from seen" % hexed(t, "v"))
    t.equal(sorted(r[0] for r in got), sorted(set(values)), "distinct values")


def fetch_one(v):
    return None if v == "\\N" else bytes.fromhex(v).decode("utf-8")


@case("quotes, escapes, SQL, C, terminals, Unicode", asan=True)
def values(t):
    through(t, VALUES)


@case("the big list of naughty strings")
def naughty(t):
    with open(t.shared("naughty-strings", "blns.json"), encoding="utf-8") as f:
        strings = json.load(f)
    if len(strings) < 500:
        t.fail("only %d strings" % len(strings))
    through(t, strings)


REJECTS = """migration shown;
source s csv '.' { table values_ file 'values.csv' (v text not null, w text not null); }
target app sqlite 'app.db' { table value (v integer not null); }
from s.values_ as s into app.value { v = integer(s.w) else reject; }
"""


@case("rejected, they are kept as they were and shown without harm", asan=True)
def rejected(t):
    t.build(REJECTS)
    t.write("values.csv", csv_text([["v", "w"]] + [[v, v] for v in VALUES]))
    for log in ("text", "json"):
        t.fresh_target()
        r = t.run("run", "--log", log, "-v")
        if re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]", r.out + r.err):
            t.fail("control characters in the output:\n%r" % (r.out + r.err))
        for line in r.out.splitlines() if log == "json" else ():
            json.loads(line)
        t.equal(t.value("select count(*) from " + t.ledger("reject")), str(len(VALUES)), "rejects")
        got = fetch(t, "select %s from %s order by row_no" % (hexed(t, "raw"), t.ledger("reject")))
        raws = [row[0] for row in got]
        for v, raw in zip(VALUES, raws):
            if len(v) < 1000:
                t.equal(raw, csv_text([[v, v]]).decode().rstrip("\n") if not v.endswith("\n") else raw, "raw of %r" % v)
    for name in os.listdir(t.path("shown-rejects")):
        with open(t.path("shown-rejects", name), encoding="utf-8", newline="") as f:
            rows = list(csv.reader(f))
        t.equal(len(rows) - 1, len(VALUES), "records in the CSV of rejects")


NAMES = '''migration "dröge ""Namen""";
source "s ""1""" csv '.' {
    table "select" file 'hostile.csv' ("from" text not null, "a ""b""" text, "c'd" text, "*/ x" text, "größe" text, "%s%n" text, "\\n\\" text);
}
target "order" sqlite 'app.db' {
    table "group" (
        "table"   text not null,
        "a ""b""" text,
        "c'd"     text,
        "*/ x"    text check ("*/ x" <> '*/ " ''; drop'),
        "größe"   text,
        "%s%n"    text default '%d "*/',
        "\\n\\"   text,
        "int"     integer,
        "for"     integer not null default 3 check ("for" > 2),
        id        bigint primary key identity,
        constraint "un ""ique""" unique ("table", "c'd")
    ) index "idx ""1"" */" ("größe", "a ""b""" desc);
    table "Group 2" ("x" text);
    table GROUP_ ("X" text, "x " text);
}
phase "while" { create "order".*; }
phase "if -- /*" after "while" {
    from "s ""1"""."select" as "struct" {
        on error reject;
        let "return" = "struct"."from";
        reject 'why "*/ '' %s \\' when "return" = '*/';
        into "order"."group" {
            "table" = "return"; "a ""b""" = "struct"."a ""b"""; "c'd" = "struct"."c'd"; "*/ x" = "struct"."*/ x";
            "größe" = "struct"."größe" || '*/ "'; "%s%n" = "struct"."%s%n"; "\\n\\" = "struct"."\\n\\"; "int" = 1;
        }
        into "order"."Group 2" { "x" = '/* ' || "return" || ' */ // \\ ??/ %'; }
        into "order".GROUP_ { "X" = $q; "x " = 'y'; }
    }
}
phase "else" after "if -- /*" { constrain "order".*; sql "order" $$ insert into "Group 2" ("x") values ('*/ "sql" \\') $$; }
check 'with "*/ %s \\' after "else": every "order"."group" as "goto": "goto"."for" = 3;
'''.replace("$q", '"struct"."from"')


@case("names and texts with quotes, keywords, blanks, comment ends", asan=True)
def names(t):
    prog = t.build(NAMES)
    header = ["from", "a \"b\"", "c'd", "*/ x", "größe", "%s%n", "\\n\\"]
    t.write("hostile.csv", csv_text([header, ["1", "b", "c", "x", "g", "%n%n%n", "\\"], ["*/", "", "", "", "", "", ""],
                                     ["2", "b", "c", "*/ \" '; drop", "g", "", ""]]))
    t.target = "order=" + t.location
    for command in ("plan", "run", "status", "check"):
        r = t.run(command)
    t.equal(t.rows('select "table", "a ""b""", "c\'d", "*/ x", "größe", "%s%n", "\\n\\", "int", "for", id from "group"'),
            [["1", "b", "c", "x", "g*/ \"", "%n%n%n", "\\\\", "1", "3", "1"]], "group")
    t.equal(sorted(t.rows('select "x" from "Group 2"')), [["*/ \"sql\" \\\\"], ["/* 1 */ // \\\\ ??/ %"]], "Group 2")
    t.equal(sorted(r[0] for r in t.rows("select rule from " + t.ledger("reject"))), ["check", "rule"], "rejects")
    t.equal(t.rows("select reason from %s where rule = 'rule'" % t.ledger("reject")), [["why \"*/ ' %s \\\\"]], "the reason")
    if t.engine == "sqlite":
        with open(os.path.join(os.path.dirname(prog), "spec.mig"), encoding="utf-8") as f:
            t.write("spec.mig", f.read())
        t.migc("build", "spec.mig", "-o", "prog", "--emit-c", "names.c")
        flags = "-std=c17 -Wall -Wextra -Werror -Wshadow -Wmissing-prototypes -Wformat=2 -fsyntax-only".split()
        for cc in ("gcc", "clang"):
            if shutil.which(cc):
                t.tool([cc, *flags, "-I" + os.path.join(t.root, "runtime"), "names.c"])
        shown = t.migc("explain", "spec.mig")
        if 'dröge "Namen"' not in shown.out:
            t.fail("explain does not name the migration\n" + shown.told())


def column_names(n):
    return ["c%d" % (i + 1) for i in range(n)]


def table_spec(columns, options, header=None):
    """A spec that takes a CSV file of such columns as it is."""
    given = header or column_names(columns)
    quoted = ['"%s"' % c.replace('"', '""') for c in given]
    return ("migration raw;\nsource s csv '.' { options (%s);\n    table cells file 'cells.csv' (%s); }\n"
            "target app sqlite 'app.db' { table cell (n bigint not null, %s); }\n"
            "from s.cells as s into app.cell { n = row_number(); copy *; }\n" % (
                options, ", ".join(q + " text" for q in quoted), ", ".join(q + " text" for q in quoted)))


def cells(t, names):
    got = fetch(t, "select %s from cell order by n" % ", ".join(hexed(t, '"%s"' % c.replace('"', '""')) for c in names))
    return got


@case("csv-spectrum through whole programs")
def spectrum(t):
    folder = t.shared("csv-spectrum")
    seen = 0
    for name in sorted(os.listdir(os.path.join(folder, "csvs"))):
        with open(os.path.join(folder, "json", name.replace(".csv", ".json")), encoding="utf-8") as f:
            want = json.loads(f.read().replace("1234567890", "2095257564"))  # location_coordinates.json has another number than its CSV
        want = [want] if isinstance(want, dict) else want
        header = list(want[0])
        t.fresh_target()
        t.build(table_spec(len(header), "header on", header), quick=True)
        with open(os.path.join(folder, "csvs", name), "rb") as f:
            text = f.read()
        if "crlf" in name and b"\r" not in text:  # the line ends that its name promises are lost there
            text = text.replace(b"\n", b"\r\n")
        t.write("cells.csv", text)
        t.run("run")
        t.equal(cells(t, header), [[row[c] for c in header] for row in want], name)
        seen += 1
    t.equal(seen, 12, "files")


def does_not_apply(t):
    """Titles of PapaParse cases that ask for something else than this reader promises, with the reason: from the reader's unit test."""
    with open(os.path.join(t.root, "tests", "unit", "test_csv_data.c"), encoding="utf-8") as f:
        table = re.search(r"others\[\] = \{(.*?)\n\};", f.read(), re.S).group(1)
    return dict(re.findall(r'\{"([^"]+)", "([^"]+)",', table))


@case("PapaParse's core cases through whole programs", engines=("sqlite",))
def papaparse(t):
    with open(t.shared("papaparse", "tests.json"), encoding="utf-8") as f:
        tests = json.load(f)["CORE_PARSER_TESTS"]
    others = does_not_apply(t)
    applied = 0
    for c in tests:
        if c["description"] in others:
            continue
        want = c["expected"]["data"]
        comment = c.get("config", {}).get("comments")
        comment = "#" if comment is True else comment if isinstance(comment, str) else None
        config = c.get("config", {})
        if set(config) - {"comments", "delimiter", "newline", "fastMode", "quoteChar", "escapeChar", "header"}:
            t.fail("%s: unknown options %s" % (c["description"], config))
        # One table has one number of columns: the records of each width are looked at with a spec of that width,
        # and the others must be rejects as ragged.
        widths = sorted({len(r) for r in want}) or [1]
        for width in widths:
            options = "header off" + (", comment '%s'" % comment.replace("'", "''") if comment else "")
            t.fresh_target()
            t.build(table_spec(width, options), quick=True)
            t.write("cells.csv", c["input"])
            t.run("run")
            fit = [r for r in want if len(r) == width]
            t.equal(cells(t, column_names(width)), fit, "%s, records of %d fields" % (c["description"], width))
            if not (width == 1 and len(widths) > 1):
                t.equal(t.value("select count(*) from %s where rule = 'ragged'" % t.ledger("reject")),
                        str(len(want) - len(fit)), c["description"] + ": ragged records")
        applied += 1
    t.equal(applied, 50, "cases that apply")


@case("everything that a record can have wrong, in one file", asan=True)
def faults_of_records(t):
    t.build(table_spec(2, "header on"))
    t.write("cells.csv", b"c1,c2\n1,good\n2\n3,a,b\n4,\"x\"y\n5,\xff\xfe\n6,a\0b\n7,good too\n8,\"open\n9,end\n")
    t.run("run", says="rejected")
    t.equal(cells(t, column_names(2)), [["1", "good"], ["7", "good too"], ["9", "end"]], "rows")
    t.equal(t.rows("select line, rule from %s order by line" % t.ledger("reject")),
            [["3", "ragged"], ["4", "ragged"], ["5", "quote"], ["6", "utf8"], ["7", "nul"], ["9", "quote"]], "rejects")
