"""Rows of both engines in one form, so that one expectation serves both.

The form: a line a row, `|` between columns, \\N for null, backslash escapes for line ends, tabs, `|`
and the backslash itself. What the engines keep differently is brought to SQLite's form: booleans 0
and 1, instants with +00:00, arrays as JSON, char(n) without its padding, bytes as \\x and hexadecimal digits.
"""
import hashlib
import json
import re
import sqlite3
import struct
import subprocess

from common import Failure, decode


def escape(text):
    return (text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")
            .replace("\r", "\\r").replace("\t", "\\t"))


def number(x):
    """A double as the shortest text that reads back to it."""
    text = repr(float(x))
    return text[:-2] if text.endswith(".0") else text


# --- SQLite --------------------------------------------------------------------------------------

def sqlite_value(v):
    if v is None:
        return "\\N"
    if isinstance(v, bytes):
        return "\\\\x" + v.hex()
    if isinstance(v, float):
        return number(v)
    return escape(str(v))


def sqlite_select(path, select):
    db = sqlite3.connect("file:%s?mode=ro" % path, uri=True)
    try:
        return [[sqlite_value(v) for v in row] for row in db.execute(select)]
    except sqlite3.Error as e:
        raise Failure("sqlite: %s: %s" % (e, select))
    finally:
        db.close()


# --- PostgreSQL ----------------------------------------------------------------------------------

def psql(ctx, conninfo, script, *options):
    """Runs a script with psql and returns what it prints."""
    argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", conninfo, *options]
    p = subprocess.run(argv, input=script.encode("utf-8"), stdout=subprocess.PIPE,
                       stderr=subprocess.PIPE, env=dict(ctx.env, PGCLIENTENCODING="UTF8"))
    if p.returncode != 0:
        raise Failure("psql: %s\n%s" % (decode(p.stderr).strip(), script))
    return decode(p.stdout)


def array_items(text):
    """The elements of a one-dimensional array's text form."""
    items = []
    for quoted, bare in re.findall(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', text):
        if bare:
            items.append(None if bare.upper() == "NULL" else bare)
        else:
            items.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.S))
    return items


def unescape_copy(text):
    named = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
    return re.sub(r"\\(.)", lambda m: named.get(m.group(1), m.group(1)), text, flags=re.S)


def postgres_value(raw, kind):
    if raw == "\\N":
        return "\\N"
    v = unescape_copy(raw)
    if kind == "boolean":
        return "1" if v == "t" else "0"
    if kind.startswith("timestamp") and kind.endswith("with time zone"):
        return re.sub(r"\+00$", "+00:00", v)
    if kind.startswith("character("):
        v = v.rstrip(" ")
    if kind == "real":
        return number(struct.unpack("f", struct.pack("f", float(v)))[0])
    if kind == "double precision":
        return number(v)
    if kind.endswith("[]"):
        v = json.dumps(array_items(v), ensure_ascii=False, separators=(",", ":"))
    return escape(v)


def postgres_select(ctx, conninfo, select):
    one_line = re.sub(r"\b_migc_(\w+)", r'migc."\1"', " ".join(select.rstrip("; ").split()))
    kinds = [line.split("\x1f")[1] for line in
             psql(ctx, conninfo, one_line + " \\gdesc\n", "-A", "-t", "-F", "\x1f").splitlines()]
    text = psql(ctx, conninfo, "set datestyle = 'ISO, YMD'; set timezone = 'UTC';\n"
                "copy (%s) to stdout;\n" % one_line)
    lines = text.split("\n")[:-1]
    return [[postgres_value(v, k) for v, k in zip(line.split("\t"), kinds)] for line in lines]


# --- either --------------------------------------------------------------------------------------

def found_rows(ctx, engine, database, location, query):
    if engine == "sqlite":
        return sqlite_select(database, query)
    return postgres_select(ctx, location, query)


def select(ctx, engine, database, location, query):
    found = found_rows(ctx, engine, database, location, query)
    return "".join("|".join(row) + "\n" for row in found)


def raw(value):
    """The value without the escapes of the form; null stays \\N."""
    if value == "\\N":
        return value
    named = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(.)", lambda m: named.get(m.group(1), m.group(1)), value, flags=re.S)


def md5(ctx, engine, database, location, query):
    """Number of rows, and the MD5 of their lines (raw values joined by |) sorted by bytes and joined by line breaks."""
    found = found_rows(ctx, engine, database, location, query)
    lines = sorted("|".join(raw(v) for v in row).encode("utf-8") for row in found)
    return "%d %s\n" % (len(lines), hashlib.md5(b"\n".join(lines)).hexdigest())


def execute(ctx, engine, database, location, script):
    if engine == "postgres":
        psql(ctx, location, script)
        return
    db = sqlite3.connect(database)
    try:
        db.executescript(script)
        db.commit()
    except sqlite3.Error as e:
        raise Failure("sqlite: %s: %s" % (e, script))
    finally:
        db.close()
