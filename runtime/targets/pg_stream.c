/*
 * pg_stream.c: the answer of COPY … TO STDOUT (FORMAT binary) as a stream of tuples, of which one message is in memory at a time.
 * Called by the target's scans and by the source's readers.
 */
#include "runtime/targets/pg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { HEAD = 19 }; /* signature, flags, length of the extension */

static bool has_memory(void) {
    void *volatile p = malloc(1 << 14); /* as much as an answer takes */
    free(p);
    return p != NULL;
}

/*
 * One statement only: the protocol for statements with parameters takes no second one. What PQexecParams does,
 * but the answer is asked for again each second: libpq takes the answer to a COPY that it had no memory for as one that has not come
 * whole, and would wait for the rest for ever.
 */
PGresult *pg_begin_copy(PGconn *conn, const char *sql) {
    if (!PQsendQueryParams(conn, sql, 0, NULL, NULL, NULL, NULL, 0))
        return NULL;
    pg_heard heard = PG_HEARD;
    while (heard != PG_LOST && PQisBusy(conn)) {
        heard = pg_hear(conn);
        if (heard == PG_SILENT && !has_memory())
            shutdown(PQsocket(conn), SHUT_RDWR); /* the answer could never be taken */
    }
    PGresult *res = PQgetResult(conn), *more;
    ExecStatusType status = PQresultStatus(res);
    while (status != PGRES_COPY_IN && status != PGRES_COPY_OUT && (more = PQgetResult(conn)) != NULL)
        PQclear(more);
    return res;
}

mig_status pg_stream_start(pg_stream *s, rt_target *t, const char *sql, const char *about, rt_error *e) {
    *s = (pg_stream){.target = t, .about = about};
    PGresult *res = pg_begin_copy(t->conn, sql);
    mig_status st = PQresultStatus(res) == PGRES_COPY_OUT ? MIG_OK : pg_error(t, res, e, "%s", about);
    s->ended = st != MIG_OK;
    PQclear(res);
    return st;
}

/* The results behind the data: whether all went well. */
static mig_status finish(pg_stream *s, rt_error *e) {
    rt_target *t = s->target;
    mig_status st = MIG_OK;
    s->ended = true;
    for (PGresult *res; (res = PQgetResult(t->conn)) != NULL;) {
        bool goes_on = PQresultStatus(res) == PGRES_COPY_OUT; /* data that there was no memory for: it would never end */
        if (goes_on && st == MIG_OK)
            st = rt_error_set(e, MIG_NOMEM, "%s: out of memory", s->about);
        else if (PQresultStatus(res) != PGRES_COMMAND_OK && st == MIG_OK)
            st = pg_error(t, res, e, "%s", s->about);
        PQclear(res);
        if (goes_on)
            shutdown(PQsocket(t->conn), SHUT_RDWR);
        if (goes_on || PQstatus(t->conn) == CONNECTION_BAD)
            break;
    }
    if (st == MIG_OK && PQstatus(t->conn) == CONNECTION_BAD)
        st = pg_error(t, NULL, e, "%s", s->about);
    return st;
}

/* The next message; s->ended when there is none. What is left of the last one is kept before. */
static mig_status more_bytes(pg_stream *s, rt_error *e) {
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
static const char *unread(const pg_stream *s, size_t *n) {
    if (s->kept.n > s->kept_at) {
        *n = s->kept.n - s->kept_at;
        return s->kept.p + s->kept_at;
    }
    *n = s->n - s->at;
    return s->message != NULL ? s->message + s->at : "";
}

static void used(pg_stream *s, size_t n) {
    if (s->kept.n > s->kept_at)
        s->kept_at += n;
    else
        s->at += n;
}

mig_status pg_stream_next(pg_stream *s, const char **out, size_t *out_n, rt_error *e) {
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

void pg_stream_drain(pg_stream *s) {
    rt_error ignored = {0};
    while (!s->ended) {
        s->kept.n = s->kept_at = s->at = s->n = 0;
        if (more_bytes(s, &ignored) != MIG_OK)
            break;
    }
}

void pg_stream_free(pg_stream *s) {
    if (s->message != NULL)
        PQfreemem(s->message);
    rt_buf_free(&s->kept);
}
