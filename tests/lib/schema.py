"""Schemas: what a database's catalogue holds, and scripts of `migc emit sql` loaded as a person would load them.

The ledger's tables do not count, and neither do comments in the SQL that SQLite keeps.
"""
import re
import sqlite3

from common import Failure, program


def load(ctx, engine, folder, script, database, location):
    """Runs a script file with psql or sqlite3; a message is a failure."""
    if engine == "sqlite":
        with open("%s/%s" % (folder, script), "rb") as f:
            r = program(["sqlite3", "-batch", "-bail", database], folder, ctx.env, stdin=f.read())
    else:
        r = program(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", location, "-f", script], folder, ctx.env)
    if r.code != 0 or re.search(r"\b(error|ERROR|WARNING)\b", r.out + r.err):
        raise Failure(r.told())


def catalogue(ctx, engine, database, location):
    """The schema as lines of text."""
    if engine == "sqlite":
        db = sqlite3.connect("file:%s?mode=ro" % database, uri=True)
        try:
            found = db.execute("select type, name, tbl_name, sql from sqlite_schema where name not like '\\_migc\\_%' escape '\\' "
                               "and name not like 'sqlite\\_%' escape '\\' and tbl_name not like '\\_migc\\_%' escape '\\' "
                               "order by type, name").fetchall()
        finally:
            db.close()
        return ["%s %s of %s: %s" % (kind, name, table, re.sub(r"/\*.*?\*/\s*", "", sql or ""))
                for kind, name, table, sql in found]
    r = program(["pg_dump", "--schema-only", "--no-owner", "--no-acl", "--exclude-schema=migc", "-d", location], ".", ctx.env)
    if r.code != 0:
        raise Failure(r.told())
    return [line for line in r.out.split("\n") if line and not line.startswith(("--", "\\"))]
