/*
 * pg_sender.c: rows on their way to the server. A thread of its own sends them, so that the next rows are read and mapped
 * while the server works on the last ones. The connection belongs to the thread while something is on its way, and to
 * the run's thread when nothing is; every other use of the connection waits for that first (pg_free).
 *
 * What the server says of a row comes back with a later call, at the latest with the one that waits.
 */
#include "runtime/targets/pg.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE = 2, SLICE = 65536, KEEP = 4 << 20 };

struct pg_sender {
    rt_target *target;
    pthread_t thread;
    bool has_thread;          /* without one (the system refuses) rows are sent by the caller */
    pthread_mutex_t lock;     /* guards what follows */
    pthread_cond_t changed;
    pg_batch queue[QUEUE];
    int n;
    bool busy, stop;
    rt_error error;           /* first one since it was last reported */
    rt_buf spare[QUEUE + 1];  /* memory of batches that were sent */
    int n_spare;
};

/* ---- one COPY ---- */

/*
 * Number of the row in this COPY, from the server's context ("COPY shows, line 12, column name"; the words differ with its
 * language, so only the digits behind the table's name count). *column: the table's column that it ends with, or NULL.
 */
static int64_t place(const mig_table *table, const char *context, const char **column) {
    *column = NULL;
    const char *p = context != NULL ? strstr(context, table->name) : NULL;
    if (p == NULL)
        return 0;
    p += strlen(table->name);
    p += strcspn(p, "0123456789\n");
    if (*p < '0' || *p > '9')
        return 0;
    char *rest;
    int64_t line = strtoll(p, &rest, 10);
    size_t rest_n = strcspn(rest, "\n"), best = 0;
    for (int i = 0; i < table->n_columns; i++) {
        size_t n = strlen(table->columns[i].name);
        if (n > best && rest_n > n && rest[rest_n - n - 1] == ' ' && memcmp(rest + rest_n - n, table->columns[i].name, n) == 0) {
            best = n;
            *column = table->columns[i].name;
        }
    }
    return line;
}

static mig_status copy_error(rt_target *t, const pg_batch *b, const PGresult *res, rt_error *e) {
    const char *column, *named = PQresultErrorField(res, PG_DIAG_COLUMN_NAME);
    int64_t line = place(b->table, PQresultErrorField(res, PG_DIAG_CONTEXT), &column);
    column = column != NULL ? column : named;
    if (line > 0 && column != NULL)
        return pg_error(t, res, e, "row %lld written to table \"%s\", column \"%s\"", (long long)(b->first + line - 1),
                        b->table->name, column);
    if (line > 0)
        return pg_error(t, res, e, "row %lld written to table \"%s\"", (long long)(b->first + line - 1), b->table->name);
    return pg_error(t, res, e, "writing to table \"%s\"", b->table->name);
}

static bool put(PGconn *conn, const char *p, size_t n) {
    while (n > 0) {
        size_t part = n < SLICE ? n : SLICE;
        if (PQputCopyData(conn, p, (int)part) != 1)
            return false;
        p += part;
        n -= part;
    }
    return true;
}

static mig_status copy(rt_target *t, const pg_batch *b, rt_error *e) {
    static const char head[19] = "PGCOPY\n\377\r\n\0"; /* no flags, no extension */
    static const char end[2] = "\377\377";
    PGresult *res = PQexec(t->conn, b->copy);
    if (PQresultStatus(res) != PGRES_COPY_IN) {
        mig_status st = pg_error(t, res, e, "writing to table \"%s\"", b->table->name);
        PQclear(res);
        return st;
    }
    PQclear(res);
    bool sent = put(t->conn, head, sizeof head) && put(t->conn, b->rows.p, b->rows.n) && put(t->conn, end, sizeof end) &&
                PQputCopyEnd(t->conn, NULL) == 1;
    mig_status st = MIG_OK;
    if (!sent) /* the connection is gone: results would not come either */
        st = pg_error(t, NULL, e, "writing to table \"%s\"", b->table->name);
    while ((sent || PQstatus(t->conn) == CONNECTION_OK) && (res = PQgetResult(t->conn)) != NULL) {
        if (PQresultStatus(res) != PGRES_COMMAND_OK && st == MIG_OK)
            st = copy_error(t, b, res, e);
        bool again = PQresultStatus(res) == PGRES_COPY_IN; /* cannot leave COPY: do not loop on it */
        PQclear(res);
        if (again)
            break;
    }
    return st;
}

/* ---- the thread ---- */

/* With the lock held. */
static void recycle(pg_sender *s, rt_buf *b) {
    if (b->cap <= KEEP && s->n_spare < QUEUE + 1) {
        rt_buf_clear(b);
        s->spare[s->n_spare++] = *b;
        *b = (rt_buf){0};
    } else {
        rt_buf_free(b);
    }
}

static void *work(void *arg) {
    pg_sender *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        while (s->n == 0 && !s->stop)
            pthread_cond_wait(&s->changed, &s->lock);
        if (s->n == 0)
            break;
        pg_batch b = s->queue[0];
        memmove(&s->queue[0], &s->queue[1], (size_t)--s->n * sizeof s->queue[0]);
        bool failed = s->error.status != MIG_OK;
        s->busy = true;
        pthread_mutex_unlock(&s->lock);
        rt_error e = {0};
        mig_status st = failed ? MIG_OK : copy(s->target, &b, &e);
        pthread_mutex_lock(&s->lock);
        if (st != MIG_OK)
            s->error = e;
        recycle(s, &b.rows);
        s->busy = false;
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* Signals are for the run's thread. */
static bool start(pg_sender *s) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool started = pthread_create(&s->thread, NULL, work, s) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static pg_sender *sender_new(rt_target *t) {
    pg_sender *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->target = t;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    s->has_thread = start(s);
    return s;
}

static mig_status report(const rt_error *from, rt_error *e) {
    if (from->status == MIG_OK)
        return MIG_OK;
    if (e != NULL && e->status == MIG_OK) {
        memcpy(e->sqlstate, from->sqlstate, sizeof e->sqlstate);
        if (from->hint[0] != '\0')
            rt_error_hint(e, "%s", from->hint);
    }
    return rt_error_set(e, from->status, "%s", from->message);
}

/* ---- the run's side ---- */

mig_status pg_send(rt_target *t, pg_batch *batch, rt_error *e) {
    if (t->sender == NULL && (t->sender = sender_new(t)) == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    pg_sender *s = t->sender;
    if (!s->has_thread) {
        mig_status st = copy(t, batch, e);
        rt_buf_clear(&batch->rows);
        return st;
    }
    pthread_mutex_lock(&s->lock);
    while (s->n == QUEUE)
        pthread_cond_wait(&s->changed, &s->lock);
    mig_status st = report(&s->error, e);
    if (st == MIG_OK) {
        s->queue[s->n++] = *batch;
        batch->rows = s->n_spare > 0 ? s->spare[--s->n_spare] : (rt_buf){0};
        pthread_cond_broadcast(&s->changed);
    }
    pthread_mutex_unlock(&s->lock);
    return st;
}

mig_status pg_sender_wait(rt_target *t, rt_error *e) {
    pg_sender *s = t->sender;
    if (s == NULL)
        return MIG_OK;
    pthread_mutex_lock(&s->lock);
    while (s->n > 0 || s->busy)
        pthread_cond_wait(&s->changed, &s->lock);
    mig_status st = e != NULL ? report(&s->error, e) : MIG_OK;
    if (e != NULL)
        s->error = (rt_error){0};
    pthread_mutex_unlock(&s->lock);
    return st;
}

void pg_sender_drop(rt_target *t) {
    pg_sender *s = t->sender;
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    while (s->n > 0)
        recycle(s, &s->queue[--s->n].rows);
    while (s->busy)
        pthread_cond_wait(&s->changed, &s->lock);
    s->error = (rt_error){0};
    pthread_mutex_unlock(&s->lock);
}

void pg_sender_free(rt_target *t) {
    pg_sender *s = t->sender;
    if (s == NULL)
        return;
    pthread_mutex_lock(&s->lock);
    s->stop = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->has_thread)
        pthread_join(s->thread, NULL);
    while (s->n_spare > 0)
        rt_buf_free(&s->spare[--s->n_spare]);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
    t->sender = NULL;
}
