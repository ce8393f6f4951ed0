/*
 * pg_timer.c: queries on a PostgreSQL database that are timed (rt_timer_postgres): a connection of its own in a read-only transaction. Rows
 * come one by one, as an answer that does not fit into memory has to be read. Called by engine/measure.c.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct rt_timer { rt_target *c; };

static double clock_seconds(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void timer_close(rt_timer *t) {
    if (t != NULL)
        pg_close(t->c);
    free(t);
}

static mig_status timer_open(const char *role, const char *location, const char *schema, rt_timer **out, rt_error *e) {
    rt_timer *t = calloc(1, sizeof *t);
    *out = NULL;
    if (t == NULL || (t->c = calloc(1, sizeof *t->c)) == NULL) {
        free(t);
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    }
    t->c->role = role;
    t->c->schema = schema;
    mig_status st = pg_connect(t->c, location, e);
    if (st == MIG_OK)
        st = pg_session(t->c, e);
    if (st != MIG_OK)
        timer_close(t);
    else
        *out = t;
    return st;
}

static void timer_cancel(rt_timer *t) {
    char words[256];
    t->c->cancelled = 1;
    t->c->stopping = true;
    PQcancel(t->c->cancel, words, sizeof words);
}

/* The answer of a statement: rows, or what else it was. */
static mig_status take(rt_timer *t, const char *about, int64_t *rows, rt_error *e) {
    mig_status st = MIG_OK;
    for (PGresult *res; (res = pg_next_result(t->c)) != NULL;) {
        ExecStatusType status = PQresultStatus(res);
        if (status == PGRES_SINGLE_TUPLE)
            *rows += PQntuples(res);
        else if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN) {
            char words[256];
            PQcancel(t->c->cancel, words, sizeof words);
            st = rt_error_set(e, MIG_IO, "%s is no query: it copies", about);
            PQclear(res);
            break; /* the connection is of no more use, and is closed */
        } else if (status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY || (status == PGRES_TUPLES_OK && PQnfields(res) == 0)) {
            if (st == MIG_OK)
                st = rt_error_set(e, MIG_IO, "%s is no query: it answers with no rows", about);
        } else if (status != PGRES_TUPLES_OK && st == MIG_OK) {
            st = pg_error(t->c, res, e, "%s", about);
        }
        bool lost = PQstatus(t->c->conn) == CONNECTION_BAD;
        PQclear(res);
        if (lost)
            break;
    }
    return st;
}

static void words_of(const char *sql, char *out, size_t cap) {
    char excerpt[200];
    rt_sql_excerpt(excerpt, sizeof excerpt, sql);
    snprintf(out, cap, "query `%s`", excerpt);
}

/* Prepared and described, not run. The transaction is given up if that fails, so it stands in one of its own. */
static mig_status timer_look(rt_timer *t, const char *sql, rt_error *e) {
    char about[256];
    words_of(sql, about, sizeof about);
    mig_status st = MIG_OK;
    PGresult *res = PQprepare(t->c->conn, "", sql, 0, NULL);
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        st = pg_error(t->c, res, e, "%s", about);
    PQclear(res);
    if (st != MIG_OK)
        return st;
    res = PQdescribePrepared(t->c->conn, "");
    if (PQresultStatus(res) != PGRES_COMMAND_OK)
        st = pg_error(t->c, res, e, "%s", about);
    else if (PQnfields(res) == 0)
        st = rt_error_set(e, MIG_IO, "%s is no query: it answers with no rows", about);
    PQclear(res);
    return st;
}

/* Every question is a read-only transaction: the session's default, which no single query can change for itself. */
static mig_status timer_ask(rt_timer *t, const char *sql, int64_t *rows, double *seconds, rt_error *e) {
    char about[256];
    words_of(sql, about, sizeof about);
    *rows = 0;
    mig_status st = pg_run(t->c, "begin transaction read only", "beginning to time a query", e);
    double began = clock_seconds();
    if (st == MIG_OK && PQsendQueryParams(t->c->conn, sql, 0, NULL, NULL, NULL, NULL, 0) != 1)
        st = pg_error(t->c, NULL, e, "%s", about);
    if (st == MIG_OK) {
        PQsetSingleRowMode(t->c->conn);
        st = take(t, about, rows, e);
    }
    *seconds = clock_seconds() - began;
    if (st == MIG_OK)
        st = pg_run(t->c, "rollback", "timing a query", e);
    return st;
}

const rt_timer_ops rt_timer_postgres = {
    .open = timer_open,
    .close = timer_close,
    .cancel = timer_cancel,
    .look = timer_look,
    .ask = timer_ask,
};
