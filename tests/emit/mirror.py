"""The mirror of a migration: both sides written, one after the other and at the same time, and equal at the end."""
import os
import random
import re
import subprocess
import shutil
import time
import threading

import _mirror
from common import Failure
from faults import LONG, Session, case

PG = ("postgres",)


def same(t, what):
    t.equal(_mirror.differences(t), [], "both sides after " + what)


def refused(t, sql, says):
    """A write that the mirror does not let pass."""
    try:
        t.sql(sql)
    except Failure as e:
        t.sql("rollback; set client_min_messages = warning" if "begin" in sql else "select 1")
        if not re.search(says, str(e)):
            t.fail("expected %s, got %s" % (says, e))
        return
    t.fail("passed: " + sql)


@case("old rows reach the new tables: made, changed, of another type, removed", PG)
def old_to_new(t):
    _mirror.install(t)
    same(t, "the installation")
    for sql in ("insert into old.project (name, project_type, teacher_name, syllabus, tags, links) values ('a', 'school', null, '\"q\"\\', '{}', 'l')",
                "insert into old.project (name, project_type) values ('b', 'self_study'), ('c', 'school')",
                "update old.project set project_type = 'self_study', goal_description = 'g' where id = 1",
                "update old.project set project_type = 'school' where id = 1",
                "update old.project set syllabus = null, tags = '{z,y,x}', links = 'c b a' where id = 1",
                "update old.project set syllabus = ''", "update old.project set name = name || '!' where name <> 'skipped'",
                "update old.project set name = 'found' where name = 'skipped'", "update old.project set name = 'skipped' where name = 'found'",
                "insert into old.important_date (project_id, title, day, description) values (1, 't', '2024-02-29', 'd'), (2, 'u', '2024-03-01', null)",
                "update old.important_date set project_id = 2, title = 'moved' where project_id = 1",
                "delete from old.important_date where title = 'u'", "delete from old.project where id = 2", "delete from old.project"):
        t.sql(sql)
        same(t, sql)


@case("new rows reach the old table, and what the old side cannot say does not pass", PG)
def new_to_old(t):
    _mirror.install(t)
    t.sql("""begin;
        insert into new.project (name, project_type, owner_id, start_date) values ('n', 'school', 7, '2024-05-06');
        insert into new.school_project select id, 'course', 'code', 'teacher' from new.project where name = 'n';
        insert into new.project_meta (project_id, key, value) select id, k, '"text"' from new.project, unnest(array['syllabus', 'colour']) as k where name = 'n';
        insert into new.project_tag (project_id, position, tag) select id, n, 'tag' || n from new.project, generate_series(1, 3) as n where name = 'n';
        insert into new.important_date (project_id, title, day, description) select id, 'd', '2024-01-02', '' from new.project where name = 'n';
        commit""")
    same(t, "a new project")
    t.equal(t.rows("select name, owner_id, start_date, course_name, course_code, teacher_name, syllabus, tags, links, internal_note from old.project "
                   "where name = 'n'"), [["n", "7", "2024-05-06", "course", "code", "teacher", "text", "{tag1,tag2,tag3}", "", "kept"]], "the old row")
    for sql in ("update new.project set name = 'renamed', is_draft = true, seen = seen + 1 where name = 'n'",
                "update new.school_project set course_name = 'x', teacher_name = ''", "update new.project_meta set value = '\"other\"' where key = 'syllabus'",
                "update new.project_meta set key = 'plan' where key = 'syllabus' and project_id <> 1", "delete from new.project_meta where key = 'syllabus'",
                "insert into new.project_meta (project_id, key, value) values (1, 'syllabus', '\"back\"')",
                "update new.project_meta set project_id = 2 where key = 'syllabus'",
                "begin; delete from new.project_tag where project_id = 1 and position = 2; update new.project_tag set tag = 'one' where project_id = 1; commit",
                "insert into new.project_link (project_id, position, url) values (1, 3, 'third')", "delete from new.project_link",
                "update new.important_date set day = '2025-01-01', project_id = 2",
                "begin; update new.project set project_type = 'self_study' where id = 1; delete from new.school_project where project_id = 1; "
                "insert into new.self_study_project values (1, 'goal', 'daily'); commit",
                "update new.project set seen = 5", "delete from new.important_date", "delete from new.project where id = 1", "delete from new.project"):
        t.sql(sql)
        same(t, sql)
    t.equal(t.rows("select name from old.project"), [["skipped"]], "what is left of the old side")


@case("what the mirror cannot do fails the writer's transaction and names the spec's line", PG)
def errors(t):
    _mirror.install(t)
    before = t.snapshot()
    for sql, says in (
            ("update old.project set course_name = 'none' where id = 1", r"spec\.mig:47: the row cannot be mirrored: a course is a course"),
            ("update old.project set name = repeat('x', 101) where id = 1", r"spec\.mig:48: the row cannot be mirrored: the name is too long"),
            ("insert into old.project (name, project_type) values ('x', 'other')", r"spec\.mig:48: the mirror cannot write the other side: .*check"),
            ("update old.project set tags = array['a', null] where id = 1", r'spec\.mig:57: the row cannot be mirrored: "project_tag\.tag" does not fit'),
            ("update old.project set id = 99 where id = 2", r"spec\.mig:43: the key of a row cannot change"),
            ("update new.important_date set id = 99", r"spec\.mig:60: the key of a row cannot change"),
            ("insert into new.project (name, project_type, owner_id) values ('x', 'school', 1)",
             r"spec\.mig:49: the old side cannot say this: by its row of project, school_project misses a row"),
            ("delete from new.school_project", r"school_project misses a row"),
            ("insert into new.self_study_project values (1, '', '')", r"self_study_project has a row too many"),
            ("delete from new.project_tag where position = 1", r"project_tag (misses a row|has a row too many)"),
            ("update new.project set name = 'skipped' where id = 1", r"has a row too many"),
            ("update new.school_project set course_name = 'none'", r"a course is a course"),
            ("truncate old.important_date", "split: truncate is not mirrored"), ("truncate new.project cascade", "split: truncate is not mirrored"),
            ("update new.project set owner_id = 5000000000", r"spec\.mig:48: the mirror cannot write the other side: .*out of range")):
        refused(t, sql, says)
        t.equal(t.snapshot() == before, True, "nothing is changed by: " + sql)


@case("switched off, on, made equal again, installed again, removed", PG)
def switch(t):
    _mirror.install(t)
    t.sql("select migc.mirror_off('split'); update old.project set name = 'off' where id = 1; delete from old.project where id = 2;"
          "insert into old.project (name, project_type) values ('more', 'school'); update new.project set project_type = 'self_study' where id = 1")
    t.equal(len(_mirror.differences(t)) > 3, True, "the sides have parted")
    t.sql("select migc.mirror_on('split'); select migc.mirror_split_all_catch_up()")
    same(t, "catching up")
    refused(t, "select migc.mirror_on('other')", 'there is no mirror "other"')
    t.sql("select migc.mirror_off('split'); update old.project set name = 'again' where id = 1")
    _mirror.mirror(t)
    same(t, "installing again")
    t.sql("update old.project set name = 'after' where id = 1")
    same(t, "a write after installing again")
    highest = t.value("select max(id) from old.project")
    _mirror.mirror(t, "--drop")
    t.equal(t.rows("select count(*) from pg_trigger where tgname like 'migc%'"), [["0"]], "triggers")
    t.equal(t.rows("select count(*) from pg_proc as p join pg_namespace as n on n.oid = pronamespace where nspname = 'migc'"), [["0"]], "functions")
    t.equal(t.value("select identity_generation from information_schema.columns where table_schema = 'new' and table_name = 'project' "
                    "and column_name = 'id'"), "BY DEFAULT", "identity")
    t.sql("insert into new.project (name, project_type, owner_id) values ('free', 'school', 1)")
    t.equal(t.value("select id from new.project where name = 'free'"), str(int(highest) + 1), "the next key")
    _mirror.mirror(t, "--drop")


@case("an application's own triggers write, and their writes are mirrored too", PG)
def triggers(t):
    _mirror.install(t)
    t.sql("""create function new.remember() returns trigger language plpgsql as $f$ begin
            insert into old.important_date (project_id, title, day) values (new.id, 'made', '2024-01-01'); return null; end $f$;
        create trigger remember after insert on new.project for each row execute function new.remember();
        create function old.touch() returns trigger language plpgsql as $f$ begin
            update old.project set teacher_name = 'touched' where id = new.project_id; return null; end $f$;
        create trigger touch after insert on old.important_date for each row execute function old.touch();
        create function new.twice() returns trigger language plpgsql as $f$ begin
            update new.project set name = name || '.' where id = new.id and length(name) < 5; return null; end $f$;
        create trigger zzz after update on new.project for each row execute function new.twice()""")
    t.sql("insert into old.project (name, project_type) values ('a', 'school')")
    same(t, "an insert on the old side")
    t.sql("insert into new.project (name, project_type, owner_id) values ('b', 'school', 1)")
    same(t, "an insert on the new side")
    t.sql("update new.project set name = 'c' where name = 'b'")
    same(t, "updates by a trigger")
    t.equal(t.rows("select name from old.project where id > 3 order by id"), [["a"], ["c...."]], "names")
    t.equal(t.value("select count(*) from new.important_date where title = 'made'"), "2", "rows of the triggers")




def old_write(r, keys):
    key = r.choice(keys)
    return r.choice((
        "insert into old.project (name, project_type, course_name, syllabus) values ('o%d', '%s', 'c', 's')" % (r.random() * 1e6, r.choice(("school", "self_study"))),
        "update old.project set name = 'o%d', syllabus = nullif('%d', '0') where id = %d" % (r.random() * 1e6, r.randint(0, 3), key),
        "update old.project set project_type = '%s', course_name = 'o%d', goal_description = 'o' where id = %d" % (r.choice(("school", "self_study")), r.random() * 1e6, key),
        "update old.project set tags = '{o%d,b,c}', links = 'o%d x' where id = %d" % (r.randint(0, 9), r.randint(0, 9), key),
        "insert into old.important_date (project_id, title, day) select id, 'o', '2024-01-01' from old.project where id = %d" % key,
        "update old.important_date set title = 'o%d' where project_id = %d" % (r.random() * 1e6, key),
        "update old.project set is_draft = not is_draft where id %% 17 = %d" % r.randint(0, 16),
        "delete from old.project where id = %d" % key))


def new_write(r, keys):
    key = r.choice(keys)
    made = "with made as (insert into new.project (name, project_type, owner_id) values ('n', 'school', 1) returning id) " \
           "insert into new.school_project select id, 'n', 'n', 'n' from made"
    to_self_study = "begin; with gone as (delete from new.school_project where project_id = %d returning project_id), " \
        "made as (insert into new.self_study_project select project_id, 'n', 'n' from gone) " \
        "update new.project set project_type = 'self_study' where id in (select project_id from gone); commit" % key
    return r.choice((
        made, to_self_study,
        "update new.project set name = 'n%d', seen = seen + 1 where id = %d" % (r.random() * 1e6, key),
        "update new.school_project set course_name = 'n%d' where project_id = %d" % (r.random() * 1e6, key),
        "insert into new.project_meta (project_id, key, value) select id, 'syllabus', '\"n\"' from new.project where id = %d "
        "on conflict (project_id, key) do update set value = '\"n%d\"'" % (key, r.randint(0, 9)),
        "delete from new.project_meta where project_id = %d" % key,
        "delete from new.project_tag where project_id = %d" % key,
        "insert into new.important_date (project_id, title, day, description) select id, 'n', '2024-01-01', '' from new.project where id = %d" % key,
        "update new.important_date set title = 'n%d' where project_id = %d" % (r.random() * 1e6, key),
        "delete from new.project where id = %d" % key))


@case("both sides written at once by several sessions: equal at the end, no write lost", PG)
def at_once(t):
    _mirror.install(t)
    t.sql("insert into old.project (name, project_type, course_name, tags) select 'p' || n, case when n %% 2 = 0 then 'school' else 'self_study' end, 'c', '{a,b}' "
          "from generate_series(1, 60) as n".replace("%%", "%"))
    t.sql("alter database \"%s\" set deadlock_timeout = '20ms'" % t.database)
    keys = [int(r[0]) for r in t.rows("select id from old.project")]
    counts = {"done": 0, "again": 0}
    wrong = []

    def writer(number, write, many):
        r = random.Random(number)
        s = Session(t.location)
        s.rows("set client_min_messages = error")
        try:
            for _ in range(many):
                sql = write(r, keys)
                for attempt in range(100):
                    try:
                        s.rows(sql)
                        counts["done"] += 1
                        break
                    except Failure as e:
                        s.rows("rollback")
                        if "is not present in table" in str(e):  # the project was removed at that moment: without a mirror, too
                            counts["done"] += 1
                            break
                        if not re.search("deadlock detected|could not serialize", str(e)):
                            raise
                        counts["again"] += 1
                        time.sleep(r.random() * 0.01 * min(attempt, 20))
                else:
                    raise Failure("a hundred deadlocks: " + sql)
        except Failure as e:
            wrong.append("session %d: %s" % (number, e))
        finally:
            s.close()

    many = 2000 if LONG else 300
    threads = [threading.Thread(target=writer, args=(n, old_write if n % 2 else new_write, many)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    t.equal(wrong, [], "errors of the writers")
    t.equal(counts["done"], 8 * many, "writes")
    same(t, "%d writes (%d of them tried again)" % (counts["done"], counts["again"]))


@case("one transaction on each side for the same row: one waits or is told to try again", PG)
def same_row(t):
    _mirror.install(t)
    a, b = Session(t.location), Session(t.location)
    try:
        a.rows("begin; update old.project set name = 'old' where id = 1")
        outcome = []

        def other():
            try:
                b.rows("set deadlock_timeout = '50ms'; update new.school_project set course_name = 'new' where project_id = 1")
                outcome.append("done")
            except Failure as e:
                outcome.append(str(e))
        thread = threading.Thread(target=other)
        thread.start()
        t.wait_for("the other side waits", lambda: t.value(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == "1")
        a.rows("commit")
        thread.join()
        t.equal(outcome, ["done"], "the other side")
    finally:
        a.close()
        b.close()
    same(t, "both")
    t.equal(t.rows("select name, course_name from old.project where id = 1"), [["old", "new"]], "both writes")


def outcome(session, sql):
    try:
        session.rows(sql)
        return "done"
    except Failure as e:
        return str(e)


def while_old_tags_grow(t, sql):
    """What becomes of a write to the new tags, begun before another transaction's third tag is committed, and ended after it."""
    a, b = Session(t.location), Session(t.location)
    try:
        a.rows("update old.project set tags = '{x,y}' where id = 1; begin; update old.project set tags = '{x,y,z}' where id = 1")
        found = []
        thread = threading.Thread(target=lambda: found.append(outcome(b, sql)))
        thread.start()
        t.wait_for("the other side waits", lambda: t.value(
            "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == "1")
        a.rows("commit")
        thread.join()
        return found[0]
    finally:
        a.close()
        b.close()


@case("a statement that could not see all rows, because the other side wrote more at that moment, is told to try again", PG)
def half_seen(t):
    _mirror.install(t)
    says = while_old_tags_grow(t, "delete from new.project_tag where project_id = 1")
    for pattern in (r"spec\.mig:57: could not serialize access: by its row of project, project_tag misses a row",
                    r"HINT:  Another transaction has written the same row of project meanwhile: try again\."):
        if not re.search(pattern, says):
            t.fail("expected %s, got %s" % (pattern, says))
    same(t, "the refusal")
    t.equal(t.value("select tags from old.project where id = 1"), "{x,y,z}", "the old row")
    refused(t, "begin; savepoint s; update new.project set name = 'own' where id = 1; release s; "
               "delete from new.project_tag where project_id = 1 and position = 1; commit", "ERROR:  spec.mig:57: the old side cannot say this")
    t.sql("delete from new.project_tag where project_id = 1")
    same(t, "trying again")
    t.equal(t.value("select tags from old.project where id = 1"), "\\N", "the old row")


ODD = """migration "odd'$mirror$ name that is rather long: éééééééééééééééééééééééééééééééééééé";
source old postgres env 'DB' { options (schema 'Old "S"'); table "Some Table" ("Key A" integer not null, b uuid not null, "Va'l" text, "new" text, n numeric(8,2)); }
target app postgres env 'DB' {
    options (schema 'new%s');
    table "Some Table %s" ("order" integer not null, old uuid not null, "select" text not null, "tag$mirror$" text, n numeric(8,2), primary key ("order", old));
    table part ("Key A" integer, b uuid, kind text, "v'" jsonb not null, unique ("Key A", b, kind));
}
from old."Some Table" as t {
    on error reject;
    into app."Some Table %s" { "order" = t."Key A"; old = t.b; "select" = coalesce(t."Va'l", $$it's '' $$ || 'x'); "tag$mirror$" = '$mirror$'; n = t.n; }
    into app.part when t."new" is not null { "Key A" = t."Key A"; b = t.b; kind = 'a''b'; "v'" = jsonb_object('k''k', t."new"); }
}
"""


def waits(t, n=1):
    t.wait_for("%d sessions wait" % n, lambda: t.value(
        "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()") == str(n))


def installing(t):
    argv = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", t.location, "-f", "mirror.sql"]
    t.children.append(subprocess.Popen(argv, cwd=t.folder, env=t.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    return t.children[-1]


@case("installed and made equal while a transaction writes, in a database whose transactions see nothing newer than their begin", PG)
def snapshot_by_default(t):
    _mirror.install(t)
    _mirror.mirror(t, "--drop")
    t.sql("alter database \"%s\" set default_transaction_isolation = 'repeatable read'" % t.database)
    t.migc("emit", "mirror", "spec.mig", "-o", "mirror.sql")
    a, b = Session(t.location), Session(t.location)
    try:
        a.rows("begin; insert into old.project (name, project_type) values ('late', 'school')")
        p = installing(t)
        waits(t)
        a.rows("commit")
        t.finish(p)
        same(t, "installing")
        t.sql("select migc.mirror_off('split')")
        a.rows("begin; insert into old.project (name, project_type) values ('later', 'school')")
        found = []
        thread = threading.Thread(target=lambda: found.append(outcome(b, "select migc.mirror_split_all_catch_up()")))
        thread.start()
        t.wait_for("it waits, or is refused", lambda: found or t.value("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                                                                      " and datname = current_database()") == "1")
        a.rows("commit")
        thread.join()
        if not re.search(r"spec\.mig:11: .*only a transaction that is read committed sees", found[0]):
            t.fail("catching up: " + found[0])
        b.rows("begin isolation level read committed; select migc.mirror_split_all_catch_up(); commit")
        same(t, "catching up")
    finally:
        a.close()
        b.close()


@case("a transaction that began before the mirror was switched on, or installed, does not write past it", PG)
def switched_on_meanwhile(t):
    _mirror.install(t)
    for isolation, says in (("read committed", "done"), ("repeatable read", "could not serialize"), ("serializable", "could not serialize")):
        for sql in ("update old.project set name = '%s' where id = 1" % isolation, "update new.project set name = 'n %s' where id = 2" % isolation):
            for before, then in ((lambda: t.sql("select migc.mirror_off('split')"),
                                  lambda: t.sql("select migc.mirror_on('split'); select migc.mirror_split_all_catch_up()")),
                                 (lambda: _mirror.mirror(t, "--drop"), lambda: _mirror.mirror(t))):
                before()
                s = Session(t.location)
                try:
                    s.rows("begin isolation level %s; select 1 from pg_class" % isolation)
                    then()
                    said = outcome(s, sql)
                    if says not in said:
                        t.fail("%s: %s: %s" % (isolation, sql, said))
                    s.rows("commit")
                finally:
                    s.close()
                same(t, sql)


@case("two scripts at once: one waits for the other", PG)
def two_scripts(t):
    _mirror.install(t)
    _mirror.mirror(t, "--drop")
    t.migc("emit", "mirror", "spec.mig", "-o", "mirror.sql")
    s = Session(t.location)
    try:
        s.rows("begin; lock table old.project in share mode")
        scripts = [installing(t)]
        waits(t)
        scripts.append(installing(t))
        waits(t, 2)
        s.rows("commit")
        for p in scripts:
            t.finish(p)
    finally:
        s.close()
    t.sql("update old.project set name = 'mirrored' where id = 1")
    same(t, "both")


@case("odd names, several key columns, quotes and dollars everywhere", PG)
def odd_names(t):
    spec = ODD.replace("$$it's '' $$ || 'x'", "'it''s \\ $mirror$'")
    _mirror.install(t, spec, """create schema "Old ""S"; create table "Old ""S"."Some Table" ("Key A" int, b uuid, "Va'l" text, "new" text, n numeric(8,2));
        insert into "Old ""S"."Some Table" values (1, '00000000-0000-0000-0000-000000000001', null, 'x''y', 1.5)""".replace('"Old ""S"', '"Old ""S"""'))
    old, new, part = '"Old ""S"""."Some Table"', '"new%s"."Some Table %s"', '"new%s".part'
    t.sql("insert into %s values (2, '00000000-0000-0000-0000-000000000001', 'v', 'w', 2)" % old)
    t.equal(t.rows('select "order", "select", n from %s order by 1' % new), [["1", "it's \\\\ $mirror$", "1.50"], ["2", "v", "2.00"]], "new rows")
    t.sql("""begin; update %s set "select" = 'changed' where "order" = 1; update %s set "v'" = '{"k''k": "back"}' where "Key A" = 1; commit""" % (new, part))
    t.equal(t.rows('select "Va\'l", "new" from %s where "Key A" = 1' % old), [["changed", "back"]], "the old row")
    refused(t, "delete from %s where \"order\" = 2" % new, "part has a row too many")
    t.sql("delete from %s where \"Key A\" = 1" % old)
    t.sql("begin; delete from %s where \"Key A\" = 2; delete from %s where \"order\" = 2; commit" % (part, new))
    t.equal(t.rows("select (select count(*) from %s), (select count(*) from %s), (select count(*) from %s)" % (old, new, part)), [["0", "0", "0"]], "rows")
    _mirror.mirror(t, "--drop")


@case("one way: old to new, whatever cannot be reversed", PG)
def one_way(t):
    spec = """migration oneway;
source old postgres env 'DB' { options (schema 'old'); table person (id integer not null, name text, born text, country text); }
target app postgres env 'DB' { options (schema 'new');
    table country (id bigint primary key identity, code text not null unique);
    table person (id bigint primary key, first text, last text, country_id bigint references country, age smallint, day date); }
phase base { create app.*; sql app $$ insert into new.country (code) values ('fr'), ('de') $$; }
phase move after base { from old.person as p {
    on error reject;
    into app.person { id = p.id; first = initcap(split_part(trim(p.name), ' ', 1)); last = upper(split_part(p.name, ' ', 2)) ;
        country_id = app.country[code = lower(p.country)] else null; age = length(p.born) + 1; day = case when p.born is null then '2000-01-01' end; } } }
"""
    _mirror.install(t, spec, "create schema old; create table old.person (id int, name text, born text, country text);"
                    "insert into old.person values (1, ' ann lee', '1990', 'FR')", "--one-way")
    t.sql("insert into old.person values (2, 'bob ray', null, 'DE'), (3, null, null, 'xx'), (4, null, null, null)")
    t.equal(t.rows("select * from new.person order by id"), [
        ["1", "Ann", "ANN", "1", "5", "\\N"], ["2", "Bob", "RAY", "2", "\\N", "2000-01-01"], ["3", "\\N", "\\N", "\\N", "\\N", "2000-01-01"],
        ["4", "\\N", "\\N", "\\N", "\\N", "2000-01-01"]], "new rows")
    t.sql("delete from old.person where id < 4; update old.person set name = 'x y', born = '12' where id = 4; update new.person set last = 'own'")
    t.equal(t.rows("select id, first, last, age from new.person"), [["4", "X", "own", "3"]], "new rows")
    t.equal(t.rows("select name from old.person"), [["x y"]], "the old row")


@case("the spec of the third migration: types change on both sides, what one type lacks goes to the metadata and back", PG)
def project_models(t):
    folder = os.path.join(t.root, "specs", "project_models")
    shutil.copytree(folder, t.path("spec"))
    t.env["DATABASE_URL"] = t.location
    t.sql("""create table auth_user (id bigint primary key); insert into auth_user values (1);
        create table project (id bigint generated always as identity primary key, name varchar(200) not null, project_type varchar(20) not null,
            owner_id bigint not null references auth_user, start_date date, end_date date, is_draft boolean not null default false,
            created_at timestamptz not null default now(), updated_at timestamptz not null default now(), course_name varchar(200), course_code varchar(50),
            teacher_name varchar(200), syllabus jsonb, goal_description text, study_frequency varchar(100));
        create table important_date (id bigint generated by default as identity primary key, project_id bigint not null, title varchar(200) not null,
            date date not null, description text);
        insert into project (name, project_type, owner_id, course_name, goal_description, syllabus) values
            ('a', 'school', 1, 'c', null, '{"w": 1}'), ('b', 'self_study', 1, 'left over', 'g', null), ('x', 'hobby', 1, null, null, null);
        insert into important_date (project_id, title, date) values (1, 'd', '2024-01-01')""")
    t.migc("build", "spec/project_models.mig", "-o", "prog", env={"CC": t.quick_cc()})
    t.prog = t.path("prog")
    for phase in ("models", "data", "rules"):
        t.run("run", "--phase", phase, exit=(0, 5))  # 5: a measure of three rows
    t.migc("emit", "mirror", "spec/project_models.mig", "-o", "mirror.sql")
    install = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", t.location, "-f", "mirror.sql"]
    t.tool(install, 0, ["WARNING:  spec/models.mig:", "unknown project type"])
    meta = "select project_id, key, value from project_meta order by project_id, key"
    t.equal(t.rows(meta), [["1", "syllabus", '{"w": 1}'], ["2", "course_name", '"left over"']], "metadata")

    t.sql("update project set project_type = 'self_study' where id = 1")  # old side
    t.equal(t.rows(meta), [["1", "course_name", '"c"'], ["1", "syllabus", '{"w": 1}'], ["2", "course_name", '"left over"']], "metadata")
    t.equal(t.rows("select goal_description from self_study_project where project_id = 1"), [[""]], "of the other type")
    t.sql("""begin; update project_improved set project_type = 'school' where id = 1; insert into school_project values (1, 'new', '', 'T');
        delete from project_meta where project_id = 1 and key = 'course_name'; delete from self_study_project where project_id = 1; commit""")
    old = "select project_type, course_name, teacher_name, goal_description, syllabus from project where id = %d"
    t.equal(t.rows(old % 1), [["school", "new", "T", "\\N", '{"w": 1}']], "the old row")
    t.sql("""begin; delete from project_meta where project_id = 2; update project_improved set project_type = 'school' where id = 2;
        insert into project_meta (project_id, key, value) values (2, 'goal_description', '"kept"'), (2, 'syllabus', '[1]'), (2, 'own', '1');
        insert into school_project values (2, 'cc', 'k', ''); delete from self_study_project where project_id = 2; commit""")
    t.equal(t.rows(old % 2), [["school", "cc", "", "kept", "[1]"]], "the old row")
    t.sql("update project_meta set value = '\"other\"' where project_id = 2 and key = 'goal_description'")
    t.equal(t.rows(old % 2), [["school", "cc", "", "other", "[1]"]], "the old row")
    refused(t, "update project set name = 'y' where id = 3", r"models\.mig:\d+: the row cannot be mirrored: unknown project type")
    refused(t, "insert into important_date (project_id, title, date) values (3, 't', '2024-01-01')", r"models\.mig:\d+: the row cannot be mirrored")
    t.sql("""begin; insert into project_improved (name, project_type, owner_id) values ('n', 'school', 1);
        insert into school_project select id, 'n', '', '' from project_improved where name = 'n';
        insert into important_date_improved (project_id, title, date, description) select id, 't', '2024-01-01', 'd' from project_improved where name = 'n'; commit""")
    t.equal(t.rows("select name, course_name from project where id > 3"), [["n", "n"]], "a new project")
    t.sql("insert into project (name, project_type, owner_id) values ('o', 'school', 1)")
    t.equal(t.value("select count(*) from project_improved as n join project as o using (id, name, project_type)"), "4", "projects on both sides")
    t.sql("begin; delete from school_project where project_id = 1; delete from project_improved where id = 1; commit; delete from project where name = 'n'")
    t.equal(t.rows("select id from project order by id"), t.rows("select id from project_improved union values (3) order by id"), "projects")
    t.equal(t.rows("select * from important_date"), [], "dates")
