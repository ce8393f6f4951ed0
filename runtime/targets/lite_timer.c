/*
 * lite_timer.c: queries on a SQLite file that are timed (rt_timer_sqlite): a connection of its own, opened for reading only, so that what is
 * timed is what any program would see. Called by engine/measure.c.
 */
#include "runtime/targets/lite.h"
#include "runtime/targets/statement.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct rt_timer { rt_target *db; };

static double clock_seconds(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void timer_close(rt_timer *t) {
    if (t != NULL && t->db != NULL)
        rt_target_sqlite.close(t->db);
    free(t);
}

static mig_status timer_open(const char *role, const char *location, const char *schema, rt_timer **out, rt_error *e) {
    mig_target_def def = {.name = role, .engine = MIG_SQLITE};
    (void)schema;
    *out = NULL;
    if (access(location, F_OK) != 0) /* to a target that is only read it would be an empty database */
        return rt_error_set(e, MIG_IO, "the SQLite file %s cannot be opened: %s", location, strerror(errno));
    *out = calloc(1, sizeof **out);
    if (*out == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    mig_status st = rt_target_sqlite.open(&def, location, false, &(*out)->db, e);
    if (st != MIG_OK) {
        timer_close(*out);
        *out = NULL;
        return st;
    }
    sqlite3_db_config((*out)->db->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "name" is a column, or nothing: never a text */
    sqlite3_db_config((*out)->db->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return MIG_OK;
}

static void timer_cancel(rt_timer *t) { rt_target_sqlite.cancel(t->db); }

/* One statement that answers with rows and writes nothing. */
static mig_status prepare(rt_timer *t, const char *sql, sqlite3_stmt **q, rt_error *e) {
    char about[200];
    const char *rest = sql;
    sqlite3_stmt *more = NULL;
    rt_sql_excerpt(about, sizeof about, sql);
    int rc = sqlite3_prepare_v2(t->db->db, sql, -1, q, &rest);
    if (rc == SQLITE_OK)
        rc = sqlite3_prepare_v2(t->db->db, rest, -1, &more, NULL); /* blanks and comments give nothing */
    bool several = more != NULL;
    sqlite3_finalize(more);
    if (rc != SQLITE_OK)
        return lite_error(t->db, rc, e, "query `%s`", about);
    if (several)
        return rt_error_set(e, MIG_IO, "`%s`: a single query is timed, and this is more than one statement", about);
    if (*q == NULL || sqlite3_column_count(*q) == 0)
        return rt_error_set(e, MIG_IO, "`%s` is no query: it answers with no rows", about);
    if (!sqlite3_stmt_readonly(*q))
        return rt_error_set(e, MIG_IO, "`%s` writes; a query that is timed only reads", about);
    return MIG_OK;
}

static mig_status timer_look(rt_timer *t, const char *sql, rt_error *e) {
    sqlite3_stmt *q = NULL;
    mig_status st = prepare(t, sql, &q, e);
    sqlite3_finalize(q);
    return st;
}

static mig_status timer_ask(rt_timer *t, const char *sql, int64_t *rows, double *seconds, rt_error *e) {
    sqlite3_stmt *q = NULL;
    double began = clock_seconds();
    mig_status st = prepare(t, sql, &q, e);
    int rc = SQLITE_DONE;
    *rows = 0;
    while (st == MIG_OK && (rc = sqlite3_step(q)) == SQLITE_ROW) {
        for (int i = 0; i < sqlite3_column_count(q); i++)
            sqlite3_column_text(q, i);
        ++*rows;
    }
    if (st == MIG_OK && rc != SQLITE_DONE) {
        char about[200];
        rt_sql_excerpt(about, sizeof about, sql);
        st = lite_error(t->db, rc, e, "query `%s`", about);
    }
    sqlite3_finalize(q);
    *seconds = clock_seconds() - began;
    return st;
}

const rt_timer_ops rt_timer_sqlite = {
    .open = timer_open,
    .close = timer_close,
    .cancel = timer_cancel,
    .look = timer_look,
    .ask = timer_ask,
};
