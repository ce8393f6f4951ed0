"""Databases as sources, beside pgloader, `insert … select` in the server, and pgcopydb."""
import os
import shutil
import sqlite3

# ---- a SQLite application's assessments: 27 numeric columns, keys and a reference ------------------------------------------

KINDS = ["integer", "real", "numeric(6,2)"]
TESTS = [("t%02d" % i, KINDS[i % 3]) for i in range(27)]
SOURCE_TYPES = {"integer": "integer", "real": "double precision", "numeric(6,2)": "numeric(6,2)"}

ASSESSMENTS = """migration bench;
source legacy sqlite 'assessments.db' {
    table clients (id integer primary key, name text not null);
    table assessments (id integer primary key, client_id integer not null, date text not null, %s);
}
target app postgres env 'BENCH_PG' {
    table client (id bigint primary key, name varchar(100) not null);
    table assessment (
        id bigint primary key, client_id bigint not null references client, date date not null, %s
    ) index (client_id);
}
from legacy.clients { on error reject; into app.client; }
from legacy.assessments as a { on error reject; into app.assessment { copy * except date; date = date(a.date); } }
"""


def make_assessments(path, rows):
    db = sqlite3.connect(path)
    db.execute("pragma synchronous = off")
    db.execute("create table clients (id integer primary key, name text not null)")
    db.execute("create table assessments (id integer primary key, client_id integer not null references clients (id), "
               "date date not null, %s)" % ", ".join("%s %s" % (n, k if k != "real" else "real") for n, k in TESTS))
    db.executemany("insert into clients values (?, ?)", ((i, "Client %d" % i) for i in range(1, 1001)))
    db.executemany(
        "insert into assessments values (%s)" % ", ".join("?" * (3 + len(TESTS))),
        ([i, 1 + i % 1000, "20%02d-%02d-%02d" % (i % 24, 1 + i % 12, 1 + i % 28)]
         + [None if (i + k) % 11 == 0 else (i * (k + 1)) % 5000 if k % 3 == 0 else ((i + k) % 90000) / 8 if k % 3 == 1
            else ((i * 7 + k) % 999999) / 100 for k in range(len(TESTS))] for i in range(1, rows + 1)))
    db.execute("create index assessments_client on assessments (client_id)")
    db.commit()
    db.close()


# ---- one wide table in PostgreSQL, split into a base, two kinds and their further values ---------------------------------------

PROJECT = """
create table project (
    id bigint primary key, name varchar(200) not null, project_type varchar(20) not null, owner_id integer not null,
    start_date date, end_date date, is_draft boolean not null, created_at timestamptz not null, updated_at timestamptz not null,
    course_name varchar(200), course_code varchar(50), teacher_name varchar(100), goal_description text,
    study_frequency varchar(100), syllabus jsonb);
insert into project select i, 'Project ' || i, case when i %% 3 = 0 then 'self_study' else 'school' end, i %% 5000,
    date '2020-01-01' + i %% 1000, date '2022-01-01' + i %% 1000, i %% 7 = 0, timestamptz '2020-01-01 00:00Z' + i * interval '1 s',
    timestamptz '2021-01-01 00:00Z' + i * interval '1 s',
    case when i %% 3 <> 0 and i %% 10 <> 0 then 'Course ' || i %% 500 end, case when i %% 3 <> 0 then 'C' || i %% 500 end,
    case when i %% 3 <> 0 and i %% 4 <> 0 then 'Teacher ' || i %% 900 end, case when i %% 3 = 0 then 'Learn the thing number ' || i end,
    case when i %% 6 = 0 then 'weekly' end,
    case when i %% 12 = 1 then jsonb_build_object('week', i %% 40, 'topics', jsonb_build_array('a', 'b')) end
    from generate_series(1, %d) i;
analyze project;
"""
NEW_TABLES = [
    ("base_project", "id bigint primary key, name varchar(200) not null, project_type varchar(20) not null, owner_id integer not null, "
                     "start_date date, end_date date, is_draft boolean not null, created_at timestamptz not null, "
                     "updated_at timestamptz not null"),
    ("school_project", "project_id bigint primary key references base_project, course_name varchar(200) not null, "
                       "course_code varchar(50) not null, teacher_name varchar(100) not null"),
    ("self_study_project", "project_id bigint primary key references base_project, goal_description text not null, "
                           "study_frequency varchar(100) not null"),
    ("project_meta", "project_id bigint not null references base_project, key varchar(50) not null, value jsonb not null, "
                     "primary key (project_id, key)"),
]
SPLIT = """migration bench;
source old postgres env 'BENCH_PG' {
    table project (
        id bigint primary key, name varchar(200) not null, project_type varchar(20) not null, owner_id integer not null,
        start_date date, end_date date, is_draft boolean not null, created_at timestamptz not null, updated_at timestamptz not null,
        course_name varchar(200), course_code varchar(50), teacher_name varchar(100), goal_description text,
        study_frequency varchar(100), syllabus jsonb
    );
}
target app postgres env 'BENCH_PG' {
%s
}
from old.project as p {
    into app.base_project;
    into app.school_project when project_type = 'school' {
        project_id = id; course_name = coalesce(p.course_name, ''); course_code = coalesce(p.course_code, '');
        teacher_name = coalesce(p.teacher_name, '');
    }
    into app.self_study_project when project_type = 'self_study' {
        project_id = id; goal_description = coalesce(p.goal_description, ''); study_frequency = coalesce(p.study_frequency, '');
    }
    into app.project_meta when syllabus is not null { project_id = id; key = 'syllabus'; value = syllabus; }
}
""" % "\n".join("    table %s (%s)%s;" % (n, c, " index (name), index (owner_id)" if n == "base_project" else "")
                for n, c in NEW_TABLES)
INSERT_SELECT = """
insert into base_project select id, name, project_type, owner_id, start_date, end_date, is_draft, created_at, updated_at from project;
insert into school_project select id, coalesce(course_name, ''), coalesce(course_code, ''), coalesce(teacher_name, '') from project
    where project_type = 'school';
insert into self_study_project select id, coalesce(goal_description, ''), coalesce(study_frequency, '') from project
    where project_type = 'self_study';
insert into project_meta select id, 'syllabus', syllabus from project where syllabus is not null;
"""
KEYS_AFTER = """
alter table base_project add primary key (id);
create index on base_project (name);
create index on base_project (owner_id);
alter table school_project add primary key (project_id), add foreign key (project_id) references base_project;
alter table self_study_project add primary key (project_id), add foreign key (project_id) references base_project;
alter table project_meta add primary key (project_id, key), add foreign key (project_id) references base_project;
"""


def tables(with_keys):
    """The new tables as a person would write them: with their keys from the start, or bare."""
    out = ""
    for name, columns in NEW_TABLES:
        if not with_keys:
            columns = columns.replace(" references base_project", "").replace(" primary key", "").replace(
                ", primary key (project_id, key)", "").replace(", (project_id, key)", "")
        out += "create table %s (%s);\n" % (name, columns)
    return out


PLAIN_COPY = """migration bench;
source old postgres env 'BENCH_SOURCE' {
    table project (%s);
}
target app postgres env 'BENCH_PG' { table project (%s); }
from old.project into app.project;
"""


class Databases:
    def __init__(self, bench, rows):
        self.b, self.rows, self.split_rows = bench, rows, 2 * rows

    def ours(self, binary, place, source=None):
        return self.b.timed([binary, "run", "-q"], env={"BENCH_PG": place, "BENCH_SOURCE": source or place})

    # --- SQLite -> PostgreSQL --------------------------------------------------------------------

    def pgloader(self, place):
        if shutil.which("pgloader") is None:
            raise RuntimeError("pgloader is not here")
        part = dict(p.split("=", 1) for p in place.split())
        with open(os.path.join(self.b.folder, "assessments.load"), "w", encoding="utf-8") as f:
            f.write("load database from sqlite://%s/assessments.db\n into postgresql://%s@unix:%s:%s/%s\n"
                    "with include drop, create tables, create indexes, reset sequences;\n" % (
                        self.b.folder, part.get("user", "postgres"), part["host"], part.get("port", "5432"), part["dbname"]))
        return self.b.timed(["pgloader", "--quiet", "assessments.load"])

    def assessments(self):
        b = self.b
        make_assessments(os.path.join(b.folder, "assessments.db"), self.rows)
        columns = ", ".join("%s %s" % (n, SOURCE_TYPES[k]) for n, k in TESTS)
        binary = b.program("assessments", ASSESSMENTS % (columns, columns))
        b.head("SQLite: %d assessments of 27 numbers" % self.rows)
        b.pair("SQLite into PostgreSQL beside pgloader", self.rows,
               lambda: b.with_fresh_pg(lambda place: self.ours(binary, place)), lambda: b.with_fresh_pg(self.pgloader))

    # --- PostgreSQL -> PostgreSQL ----------------------------------------------------------------

    def in_old(self, run):
        """In a database that has the old table already; how long it takes to make is not counted."""
        def prepared(place):
            b = self.b
            b.psql(place, PROJECT % self.split_rows)
            return run(place)
        return self.b.with_fresh_pg(prepared)

    def split(self):
        b, n = self.b, self.split_rows
        binary = b.program("split", SPLIT)
        b.head("PostgreSQL: %d projects split into four tables" % n)
        b.pair("split beside insert … select, keys from the start", n, lambda: self.in_old(lambda place: self.ours(binary, place)),
               lambda: self.in_old(lambda place: b.psql(
                   place, "begin;" + tables(True) + "create index on base_project (name); create index on base_project (owner_id);"
                   + INSERT_SELECT + "commit;")))
        b.pair("split beside insert … select, keys afterwards", n, lambda: self.in_old(lambda place: self.ours(binary, place)),
               lambda: self.in_old(lambda place: b.psql(place, "begin;" + tables(False) + INSERT_SELECT + KEYS_AFTER + "commit;")))

    def pgcopydb(self, source, place):
        if shutil.which("pgcopydb") is None:
            raise RuntimeError("pgcopydb is not here")
        work = os.path.join(self.b.folder, "pgcopydb")
        shutil.rmtree(work, ignore_errors=True)
        return self.b.timed(["pgcopydb", "clone", "--dir", work, "--source", self.b.uri(source), "--target", self.b.uri(place),
                             "--no-owner", "--table-jobs", "1", "--index-jobs", "1"])

    def plain(self):
        b, n = self.b, self.split_rows
        columns = SPLIT[SPLIT.index("id bigint primary key"):SPLIT.index("syllabus jsonb") + len("syllabus jsonb")]
        binary = b.program("copy", PLAIN_COPY % (columns, columns))
        b.head("PostgreSQL: %d rows as they are" % n)
        name, source = b.fresh_pg()
        try:
            b.psql(source, PROJECT % n)
            b.pair("copy of a table beside pgcopydb", n, lambda: b.with_fresh_pg(lambda place: self.ours(binary, place, source)),
                   lambda: b.with_fresh_pg(lambda place: self.pgcopydb(source, place)))
        finally:
            b.drop_pg(name)

    def run(self):
        self.assessments()
        self.split()
        self.plain()
