"""A migration that splits one table into several, the old tables it starts from, and what must be equal on both sides of its mirror."""
import json

SPEC = """migration split;
source old postgres env 'DB' {
    options (schema 'old');
    table project (
        id integer not null, name varchar(200) not null, project_type varchar(20) not null, owner_id integer not null, start_date date,
        is_draft boolean not null, course_name varchar(200), course_code varchar(50), teacher_name text, goal_description text,
        study_frequency varchar(100), syllabus text, tags text[], links text not null, created_at timestamptz not null
    );
    table important_date (id integer not null, project_id integer not null, title varchar(200) not null, day date not null, description text);
}
target app postgres env 'DB' {
    options (schema 'new');
    table project (
        id bigint primary key identity, name varchar(100) not null, project_type varchar(20) not null, owner_id bigint not null,
        start_date date, is_draft boolean not null default false, created_at timestamptz not null default now(), seen integer not null default 0,
        check (project_type in ('school', 'self_study'))
    ) index (owner_id, created_at desc);
    table school_project (
        project_id bigint primary key references project on delete cascade, course_name varchar(200) not null,
        course_code varchar(50) not null, teacher_name text not null
    );
    table self_study_project (
        project_id bigint primary key references project on delete cascade, goal_description text not null,
        study_frequency varchar(100) not null
    );
    table project_meta (
        id bigint primary key identity, project_id bigint not null references project on delete cascade, key varchar(100) not null,
        value jsonb not null, unique (project_id, key)
    );
    table project_tag (
        id bigint primary key identity, project_id bigint not null references project on delete cascade, position integer not null,
        tag text not null, unique (project_id, position)
    );
    table project_link (
        project_id bigint not null references project on delete cascade, position integer not null, url text not null,
        primary key (project_id, position)
    );
    table important_date (
        id bigint primary key identity, project_id bigint not null references project on delete cascade, title varchar(200) not null,
        day date not null, description text not null
    );
}
from old.project as p {
    on error reject;
    skip when p.name = 'skipped';
    let is_school = p.project_type = 'school';
    reject 'a course is a course' when is_school and p.course_name = 'none';
    into app.project { copy *; name = p.name else reject 'the name is too long'; }
    into app.school_project when is_school {
        project_id = p.id; course_name = coalesce(p.course_name, ''); course_code = coalesce(p.course_code, '');
        teacher_name = p.teacher_name else '';
    }
    into app.self_study_project when not is_school {
        project_id = p.id; goal_description = coalesce(p.goal_description, ''); study_frequency = coalesce(p.study_frequency, '');
    }
    into app.project_meta when p.syllabus is not null and p.syllabus <> '' { project_id = p.id; key = 'syllabus'; value = to_jsonb(p.syllabus); }
    into app.project_tag each t at n in p.tags { project_id = p.id; position = n; tag = t; }
    into app.project_link each u at n in split(p.links, ' ') { project_id = p.id; position = n; url = u; }
}
from old.important_date as d {
    on error reject;
    into app.important_date { copy *; description = coalesce(d.description, ''); }
}
"""

OLD = """
create schema old;
create table old.project (
    id serial primary key, name varchar(200) not null, project_type varchar(20) not null, owner_id integer not null default 1, start_date date,
    is_draft boolean not null default false, course_name varchar(200), course_code varchar(50), teacher_name text, goal_description text,
    study_frequency varchar(100), syllabus text, tags text[], links text not null default '',
    created_at timestamptz not null default now(), internal_note text not null default 'kept');
create table old.important_date (
    id serial primary key, project_id integer not null references old.project on delete cascade, title varchar(200) not null,
    day date not null, description text);
insert into old.project (name, project_type, course_name, syllabus, tags, links) values ('Algebra', 'school', 'Mathematics', 'sets', '{x,y}', 'a b');
insert into old.project (name, project_type, goal_description) values ('Piano', 'self_study', 'to play');
insert into old.project (name, project_type) values ('skipped', 'school');
insert into old.important_date (project_id, title, day) values (1, 'exam', '2024-01-01');
"""


def install(t, spec=SPEC, old=OLD, *options):
    """Old tables, a run, and the mirror on top."""
    t.env["DB"] = t.location
    t.sql(old)
    t.write("spec.mig", spec)
    t.build(spec, quick=True)
    t.run("run", "--source", "old=" + t.location)
    mirror(t, *options)


def mirror(t, *options):
    t.migc("emit", "mirror", "spec.mig", "-o", "mirror.sql", *options)
    t.tool(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", t.location, "-f", "mirror.sql"], 0, ["! NOTICE", "! WARNING"])


def objects(t, select):
    return [json.loads(r[0].replace("\\\\", "\\")) for r in t.rows("select to_jsonb(x) from (%s) as x" % select)]


def differences(t):
    """What the old side's rows make, by these lines and not by the product's, against what the new side has."""
    due = {name: [] for name in ("project", "school", "self_study", "meta", "tag", "link", "date")}
    for p in objects(t, "select * from old.project order by id"):
        if p["name"] == "skipped":
            continue
        key = p["id"]
        due["project"].append([key, p["name"], p["project_type"], p["owner_id"], p["start_date"], p["is_draft"], p["created_at"]])
        if p["project_type"] == "school":
            due["school"].append([key, p["course_name"] or "", p["course_code"] or "", p["teacher_name"] or ""])
        else:
            due["self_study"].append([key, p["goal_description"] or "", p["study_frequency"] or ""])
        if p["syllabus"]:
            due["meta"].append([key, p["syllabus"]])
        due["tag"] += [[key, n, tag] for n, tag in enumerate(p["tags"] or [], 1)]
        due["link"] += [[key, n, url] for n, url in enumerate(p["links"].split(" ") if p["links"] else [], 1)]
    for d in objects(t, "select * from old.important_date order by id"):
        due["date"].append([d["id"], d["project_id"], d["title"], d["day"], d["description"] or ""])
    selects = {
        "project": "select id, name, project_type, owner_id, start_date, is_draft, created_at from new.project order by id",
        "school": "select project_id, course_name, course_code, teacher_name from new.school_project order by project_id",
        "self_study": "select project_id, goal_description, study_frequency from new.self_study_project order by project_id",
        "meta": "select project_id, value from new.project_meta where key = 'syllabus' order by project_id",
        "tag": "select project_id, position, tag from new.project_tag order by project_id, position",
        "link": "select project_id, position, url from new.project_link order by project_id, position",
        "date": "select id, project_id, title, day, description from new.important_date order by id"}
    wrong = []
    for name, select in selects.items():
        there = [[o[k] for k in columns(select)] for o in objects(t, select)]
        left, right = [json.dumps(r) for r in due[name]], [json.dumps(r) for r in there]
        wrong += ["%s: due and not there: %s" % (name, r) for r in left if r not in set(right)]
        wrong += ["%s: there and not due: %s" % (name, r) for r in right if r not in set(left)]
        if len(left) != len(right):
            wrong.append("%s: %d rows, due are %d" % (name, len(right), len(left)))
    return wrong


def columns(select):
    return [c.strip() for c in select[len("select "):select.index(" from ")].split(",")]
