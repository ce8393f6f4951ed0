/*
 * pg_scan.c: rows of a PostgreSQL table through its codec, by COPY … TO STDOUT (FORMAT binary): a stream, of which one
 * message is in memory at a time. Until it is closed the connection does nothing else.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 19 }; /* signature, flags, length of the extension */

struct rt_scan {
    rt_target *target;
    const mig_table *table;
    rt_arena *arena;     /* of the current row: lists, numerics */
    char *message;       /* the last one from libpq */
    size_t at, n;        /* what of it is left */
    rt_buf kept;         /* the beginning of a tuple that goes on in the next message */
    size_t kept_at;      /* bytes of it that have been used */
    bool head_done, ended;
    int64_t rows;
};

static mig_status start(rt_scan *s, rt_error *e) {
    rt_target *t = s->target;
    const mig_table *table = s->table;
    rt_buf sql = {0};
    rt_buf_printf(&sql, "copy (select ");
    for (int i = 0; i < table->n_columns; i++) {
        rt_buf_printf(&sql, i > 0 ? ", " : "");
        rt_sql_ident(&sql, table->columns[i].name);
        rt_buf_printf(&sql, "::%s", pg_cast_of(table->columns[i].type));
    }
    rt_buf_printf(&sql, " from ");
    rt_sql_qualified(&sql, pg_schema(t, table), table->name);
    rt_buf_printf(&sql, ") to stdout (format binary)");
    rt_sql_origin(&sql, table->site);
    PGresult *res = sql.failed ? NULL : PQexec(t->conn, sql.p);
    mig_status st = MIG_OK;
    if (sql.failed)
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    else if (PQresultStatus(res) != PGRES_COPY_OUT)
        st = pg_error(t, res, e, "reading table \"%s\"", table->name);
    PQclear(res);
    rt_buf_free(&sql);
    return st;
}

mig_status pg_scan(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e) {
    *out = NULL;
    mig_status st = pg_free(t, e);
    if (st != MIG_OK)
        return st;
    rt_scan *s = calloc(1, sizeof *s);
    if (s == NULL || (s->arena = rt_arena_new(4096)) == NULL) {
        free(s);
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    }
    s->target = t;
    s->table = table;
    st = start(s, e);
    if (st != MIG_OK) {
        rt_arena_free(s->arena);
        free(s);
        return st;
    }
    t->scan = s;
    *out = s;
    return MIG_OK;
}

/* The results behind the data: whether all went well. */
static mig_status finish(rt_scan *s, rt_error *e) {
    rt_target *t = s->target;
    mig_status st = MIG_OK;
    s->ended = true;
    for (PGresult *res; (res = PQgetResult(t->conn)) != NULL;) {
        if (PQresultStatus(res) != PGRES_COMMAND_OK && st == MIG_OK)
            st = pg_error(t, res, e, "reading table \"%s\"", s->table->name);
        PQclear(res);
        if (PQstatus(t->conn) == CONNECTION_BAD)
            break;
    }
    if (st == MIG_OK && PQstatus(t->conn) == CONNECTION_BAD)
        st = pg_error(t, NULL, e, "reading table \"%s\"", s->table->name);
    return st;
}

/* The next message; s->ended when there is none. What is left of the last one is kept before. */
static mig_status more_bytes(rt_scan *s, rt_error *e) {
    if (s->kept_at > 0) {
        memmove(s->kept.p, s->kept.p + s->kept_at, s->kept.n - s->kept_at);
        s->kept.n -= s->kept_at;
        s->kept_at = 0;
    }
    if (s->n > s->at)
        rt_buf_add(&s->kept, s->message + s->at, s->n - s->at);
    if (s->message != NULL)
        PQfreemem(s->message);
    s->message = NULL;
    s->at = s->n = 0;
    int n = PQgetCopyData(s->target->conn, &s->message, 0);
    if (n <= 0)
        return finish(s, e);
    s->n = (size_t)n;
    if (s->kept.n > 0) { /* a tuple over two messages: put together, which is rare */
        rt_buf_add(&s->kept, s->message, s->n);
        s->at = s->n;
    }
    return s->kept.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
}

/* What has come and has not been read. */
static const char *unread(const rt_scan *s, size_t *n) {
    if (s->kept.n > s->kept_at) {
        *n = s->kept.n - s->kept_at;
        return s->kept.p + s->kept_at;
    }
    *n = s->n - s->at;
    return s->message != NULL ? s->message + s->at : "";
}

static void used(rt_scan *s, size_t n) {
    if (s->kept.n > s->kept_at)
        s->kept_at += n;
    else
        s->at += n;
}

/* The next tuple, or NULL at the end; it lives until the next call. */
static mig_status next_tuple(rt_scan *s, const char **out, size_t *out_n, rt_error *e) {
    *out = NULL;
    for (;;) {
        size_t n;
        const char *p = unread(s, &n);
        if (!s->head_done && n >= HEAD && n - HEAD >= pg_get32(p + HEAD - 4)) {
            used(s, HEAD + pg_get32(p + HEAD - 4));
            s->head_done = true;
            continue;
        }
        size_t size = s->head_done ? pg_tuple_size(p, n) : 0;
        if (size == (size_t)-1) { /* the end mark; the results follow */
            used(s, n);
        } else if (size > 0) {
            used(s, size);
            *out = p;
            *out_n = size;
            return MIG_OK;
        }
        mig_status st = s->ended ? MIG_OK : more_bytes(s, e);
        if (st != MIG_OK || s->ended)
            return st;
    }
}

mig_status pg_scan_next(rt_scan *s, void *row, bool *more, rt_error *e) {
    const char *p, *expected = NULL;
    size_t n = 0;
    int column = 0;
    *more = false;
    mig_status st = next_tuple(s, &p, &n, e);
    if (st != MIG_OK || p == NULL)
        return st;
    s->rows++;
    rt_arena_reset(s->arena);
    st = pg_decode(s->table, p, n, row, s->arena, &expected, &column);
    if (st == MIG_NOMEM)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    if (st != MIG_OK)
        return rt_error_set(e, MIG_IO, "table \"%s\", column \"%s\", row %lld as read: the value is not %s", s->table->name,
                            s->table->columns[column].name, (long long)s->rows, expected);
    *more = true;
    return MIG_OK;
}

/* The rest is read and thrown away: a cancelled COPY would end the transaction. */
void pg_scan_drain(rt_scan *s) {
    rt_error ignored = {0};
    while (s != NULL && !s->ended) {
        s->kept.n = s->kept_at = s->at = s->n = 0;
        if (more_bytes(s, &ignored) != MIG_OK)
            break;
    }
}

void pg_scan_close(rt_scan *s) {
    if (s == NULL)
        return;
    pg_scan_drain(s);
    s->target->scan = NULL;
    if (s->message != NULL)
        PQfreemem(s->message);
    rt_buf_free(&s->kept);
    rt_arena_free(s->arena);
    free(s);
}
