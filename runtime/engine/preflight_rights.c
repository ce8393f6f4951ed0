/*
 * preflight_rights.c: whether the target would let the run write: schema, rights of the role; file and folder of a
 * SQLite database; the folder for rejects.
 */
#include "runtime/engine/preflight.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- PostgreSQL -------------------------------------------------------------------------------------------------------------- */

typedef struct answer { char text[256]; } answer;

static bool take_text(void *arg, int n, const char *const *v, const size_t *lens) {
    answer *a = arg;
    (void)lens;
    if (n > 0 && v[0] != NULL)
        snprintf(a->text, sizeof a->text, "%s", v[0]);
    return false;
}

static mig_status ask_text(rt_run *run, const char *sql, answer *a) {
    a->text[0] = '\0';
    return run->ops->query(run->target, sql, 0, NULL, take_text, a, &run->error);
}

/* The first CREATE step makes the schema, if the role may. */
static mig_status look_at_missing_schema(rt_run *run, bool creates, const char *schema) {
    const mig_site *site = run->spec->target->site;
    int64_t yes = 0;
    mig_status st = rt_ask_number(run, "select has_database_privilege(current_database(), 'create')", 0, NULL, &yes);
    if (st == MIG_OK && (!creates || yes == 0))
        rt_problem_add(run, MIG_PREFLIGHT, site, "Make it first: create schema …, or grant create on database … to the role.",
                       "schema \"%s\" is not in the database%s", schema, creates ? ", and the role may not make it" : "");
    return st;
}

static mig_status look_at_schema(rt_run *run, bool creates, bool *usable) {
    const char *schema = run->target_def.schema;
    const mig_site *site = run->spec->target->site;
    answer name;
    int64_t yes = 0;
    *usable = false;
    mig_status st = MIG_OK;
    if (schema != NULL) {
        snprintf(name.text, sizeof name.text, "%s", schema);
        st = rt_ask_number(run, "select count(*) from pg_namespace where nspname = $1", 1, &schema, &yes);
        if (st == MIG_OK && yes == 0)
            return look_at_missing_schema(run, creates, schema);
    } else {
        st = ask_text(run, "select current_schema()", &name);
        yes = name.text[0] != '\0';
        if (st == MIG_OK && yes == 0)
            rt_problem_add(run, MIG_PREFLIGHT, site, "Name one: options (schema 'public').", "the role's search path names no schema that is there");
    }
    if (st != MIG_OK || yes == 0)
        return st;
    *usable = true;
    const char *params[] = {name.text};
    st = rt_ask_number(run, "select has_schema_privilege($1, 'create')", 1, params, &yes);
    if (st == MIG_OK && creates && yes == 0)
        rt_problem_add(run, MIG_PREFLIGHT, site, "grant create on schema … to the role, or use another role.",
                       "the role may not create tables in schema \"%s\"", name.text);
    return st;
}

static mig_status look_at_ledger(rt_run *run) {
    int64_t yes = 0, kept = 0;
    mig_status st = rt_ask_number(run,
                                  "select case when to_regnamespace('migc') is null"
                                  " then has_database_privilege(current_database(), 'create')"
                                  " else has_schema_privilege('migc', 'create') and has_schema_privilege('migc', 'usage') end",
                                  0, NULL, &yes);
    if (st == MIG_OK && yes == 0)
        rt_problem_add(run, MIG_PREFLIGHT, run->spec->target->site,
                       "grant create on database … to the role, or make schema migc and grant all on it to the role.",
                       "the role may not make the ledger: schema migc");
    if (st == MIG_OK && yes != 0) /* another role may have made its tables */
        st = rt_ask_number(run,
                           "select count(*) from pg_class where relnamespace = to_regnamespace('migc') and relkind = 'r' and not"
                           " (has_table_privilege(oid, 'insert') and has_table_privilege(oid, 'update') and has_table_privilege(oid, 'delete'))",
                           0, NULL, &kept);
    if (st == MIG_OK && kept > 0)
        rt_problem_add(run, MIG_PREFLIGHT, run->spec->target->site, "grant all on all tables in schema migc to the role.",
                       "the role may not write to the ledger: tables in schema migc");
    return st;
}

/* Keys that the run gives: others are kept from giving the same, and the sequence is put past them. */
static mig_status look_at_keys(rt_run *run, const mig_table *t, const char *name) {
    const char *params[] = {name, t->columns[t->identity].name};
    int64_t locks = 0, denied = 0;
    rt_buf sql = {0};
    mig_status st = rt_ask_number(run, "select has_table_privilege($1, 'update, delete, truncate')", 1, params, &locks);
    if (st == MIG_OK && !locks)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "grant update on the table to the role.",
                       "the role may not lock table \"%s\", which keeps others from giving the same keys as the run", t->name);
    rt_buf_printf(&sql, "select count(*) from (select %s as q) s where q is not null and not (has_sequence_privilege(q, 'update')"
                        " and has_sequence_privilege(q, 'usage, select'))", rt_sql_sequence);
    if (st == MIG_OK)
        st = sql.failed ? rt_run_nomem(run) : rt_ask_number(run, sql.p, 2, params, &denied);
    if (st == MIG_OK && denied)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "grant select, update on the sequence to the role.",
                       "the role may not put the sequence of table \"%s\" past the keys that the run gives", t->name);
    rt_buf_free(&sql);
    return st;
}

static mig_status look_at_table(rt_run *run, const mig_table *t, const rt_table_need *need) {
    rt_buf name = {0};
    int64_t there = 0, reads = 0, writes = 0, hidden = 0;
    rt_sql_table(run, t, &name);
    if (name.failed)
        return rt_run_nomem(run);
    const char *params[] = {name.p};
    mig_status st = rt_ask_number(run, "select to_regclass($1) is not null", 1, params, &there);
    if (st == MIG_OK && there)
        st = rt_ask_number(run, "select has_table_privilege($1, 'select')", 1, params, &reads);
    if (st == MIG_OK && there)
        st = rt_ask_number(run, "select has_table_privilege($1, 'insert')", 1, params, &writes);
    if (st == MIG_OK && there && (!reads || (need->writes && !writes)))
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "grant select, insert on the table to the role.",
                       "the role may not %s table \"%s\"", reads ? "put rows into" : "read", t->name);
    if (st == MIG_OK && there)
        st = rt_ask_number(run, "select row_security_active($1)", 1, params, &hidden);
    if (st == MIG_OK && hidden)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "Use a role that it does not hold for: the table's owner, or one with bypassrls.",
                       "row security may hide rows of table \"%s\" from the role", t->name);
    if (st == MIG_OK && there && need->writes && t->existing && t->identity >= 0)
        st = look_at_keys(run, t, params[0]);
    rt_buf_free(&name);
    return st;
}

static mig_status postgres_rights(rt_run *run, const rt_table_need *needs) {
    bool creates = false, usable;
    for (int i = 0; i < run->spec->n_tables; i++)
        creates = creates || needs[i].creates;
    mig_status st = look_at_schema(run, creates, &usable); /* the encoding was looked at when the target was opened */
    if (st == MIG_OK)
        st = look_at_ledger(run);
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK && usable; i++)
        if (needs[i].uses && !needs[i].creates)
            st = look_at_table(run, run->spec->tables[i], &needs[i]);
    return st;
}

/* ---- SQLite -------------------------------------------------------------------------------------------------------------------- */

static void folder_of(const char *path, char *out, size_t cap) {
    const char *slash = strrchr(path, '/');
    size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    if (n == 0 || n >= cap)
        snprintf(out, cap, ".");
    else
        snprintf(out, cap, "%.*s", (int)n, path);
}

static mig_status sqlite_rights(rt_run *run) {
    const char *path = run->target_location;
    const mig_site *site = run->spec->target->site;
    struct stat s;
    char folder[4096], hint[4200];
    folder_of(path, folder, sizeof folder);
    run->survey.target_absent = stat(path, &s) != 0 && errno == ENOENT;
    if (!run->survey.target_absent && access(path, W_OK) != 0)
        rt_problem_add(run, MIG_PREFLIGHT, site, NULL, "the file %s cannot be written: %s", path, strerror(errno));
    if (stat(folder, &s) != 0) {
        snprintf(hint, sizeof hint, "Make it first: mkdir -p '%s'", folder);
        rt_problem_add(run, MIG_PREFLIGHT, site, hint, "the folder of the target, %s, is not there", folder);
    } else if (access(folder, W_OK | X_OK) != 0) {
        rt_problem_add(run, MIG_PREFLIGHT, site, "SQLite keeps its journal beside the database file.",
                       "the folder of the target, %s, cannot be written: %s", folder, strerror(errno));
    }
    return MIG_OK;
}

/* ---- rejects ------------------------------------------------------------------------------------------------------------------- */

/* The folder is made with the first reject; that it can be is seen before the first row. */
static void look_at_rejects(rt_run *run) {
    static const char hint[] = "Say with --rejects where they shall go.";
    const char *path = run->rejects_dir;
    char folder[4096];
    struct stat s;
    if (stat(path, &s) == 0) {
        if (!S_ISDIR(s.st_mode))
            rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the folder for rejects, %s, is a file", path);
        else if (access(path, W_OK | X_OK) != 0)
            rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the folder for rejects, %s, cannot be written: %s", path, strerror(errno));
        return;
    }
    folder_of(path, folder, sizeof folder);
    if (errno != ENOENT || access(folder, W_OK | X_OK) != 0)
        rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the folder for rejects, %s, cannot be made: %s", path, strerror(errno));
}

/* ---- the migration log ------------------------------------------------------------------------------------------------------------ */

/* It is written behind the first commit; that it can be is seen before. */
static void look_at_log(rt_run *run) {
    static const char hint[] = "Say with --migration-log FILE where it shall be written, or --migration-log off.";
    const char *path = run->settings->migration_log;
    char folder[4096];
    struct stat s;
    if (path == NULL || !rt_run_has_work(run))
        return;
    if (stat(path, &s) == 0) {
        if (!S_ISREG(s.st_mode))
            rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the migration log, %s, is no regular file", path);
        else if (access(path, R_OK | W_OK) != 0)
            rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the migration log, %s, cannot be appended to: %s", path, strerror(errno));
        return;
    }
    folder_of(path, folder, sizeof folder);
    if (errno != ENOENT || lstat(path, &s) == 0 || access(folder, W_OK | X_OK) != 0) /* a link to nothing is something */
        rt_problem_add(run, MIG_PREFLIGHT, NULL, hint, "the migration log, %s, cannot be made: %s", path, strerror(errno));
}

mig_status rt_preflight_rights(rt_run *run, const rt_table_need *needs) {
    look_at_rejects(run);
    look_at_log(run);
    return run->ops->engine == MIG_POSTGRES ? postgres_rights(run, needs) : sqlite_rights(run);
}
