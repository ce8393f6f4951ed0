"""Fills the old tables: with the rows of a file of this folder, and with 5000 plain ones of forty owners."""
import json
import os
import subprocess
import sys

engine, location = os.environ["ENGINE"], os.environ["LOCATION"]
sql = open("data/" + sys.argv[1], encoding="utf-8").read()
syllabus = json.dumps({"weeks": [{"n": n, "topics": ["topic %d of week %d" % (k, n) for k in range(4)]} for n in range(1, 3)]})
sql += "insert into auth_user values %s;" % ", ".join("(%d, 'user %d')" % (i, i) for i in range(3, 43))
rows = ", ".join("(%d, 'Old %d', 'school', %d, false, '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', 'Course %d', '%s')" % (
    i, i, 3 + i % 40, i % 400, syllabus) for i in range(1001, 6001))
sql += "insert into project (id, name, project_type, owner_id, is_draft, created_at, updated_at, course_name, syllabus) values %s;" % rows
if engine == "sqlite":
    import sqlite3
    db = sqlite3.connect(location.partition(":")[2])
    db.executescript(sql)
    db.close()
else:
    subprocess.run(["psql", "-qX", "-v", "ON_ERROR_STOP=1", "-d", location], input=sql.encode(), check=True)
