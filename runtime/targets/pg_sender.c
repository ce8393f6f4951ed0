/*
 * pg_sender.c: rows on their way to the server. A thread of its own sends them, so that the next rows are read and mapped
 * while the server works on the last ones. The connection belongs to the thread while something is on its way, and to
 * the run's thread when nothing is; every other use of the connection waits for that first (pg_free).
 *
 * A COPY goes on over the batches that follow each other for the same table, up to a limit: the server says that a row is
 * wrong only when the COPY ends. It ends for another table's batch, and when somebody waits. What was said comes back with a
 * later call, at the latest with the one that waits.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { QUEUE = 2, SLICE = 65536, KEEP = 4 << 20, COPY_MAX = 16 << 20 };

struct pg_sender {
    rt_target *target;
    pthread_t thread;
    bool has_thread;          /* without one (the system refuses) rows are sent by the caller */
    pthread_mutex_t lock;     /* guards what follows */
    pthread_cond_t changed;
    pg_batch queue[QUEUE];
    int n;
    bool busy, stop, waiting; /* waiting: somebody wants the connection */
    pg_batch open;            /* the COPY that has begun (copy NULL: none): table, number of its first row, rows. The thread's own */
    size_t open_n;            /* bytes sent in it */
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

/* No row disappears: a trigger may keep one out without a word, and only the server's count tells. */
static mig_status copy_counted(const pg_batch *b, PGresult *res, rt_error *e) {
    long long in = strtoll(PQcmdTuples(res), NULL, 10);
    if (in == b->n)
        return MIG_OK;
    rt_error_hint(e, "%s", rt_kept_out);
    return rt_error_set(e, MIG_IO, "of rows %lld to %lld written to table \"%s\", only %lld are in it", (long long)b->first,
                        (long long)(b->first + b->n - 1), b->table->name, in);
}

/* Takes the results that end a COPY; the first failure is reported. */
static mig_status copy_results(rt_target *t, const pg_batch *b, rt_error *e) {
    mig_status st = MIG_OK;
    for (PGresult *res; (res = pg_next_result(t)) != NULL;) {
        if (PQresultStatus(res) != PGRES_COMMAND_OK && st == MIG_OK)
            st = copy_error(t, b, res, e);
        else if (st == MIG_OK)
            st = copy_counted(b, res, e);
        bool again = PQresultStatus(res) == PGRES_COPY_IN || PQstatus(t->conn) == CONNECTION_BAD; /* would not end */
        PQclear(res);
        if (again)
            break;
    }
    return st;
}

static mig_status copy_lost(pg_sender *s, rt_error *e) {
    mig_status st = copy_results(s->target, &s->open, e);
    return st != MIG_OK ? st : pg_error(s->target, NULL, e, "writing to table \"%s\"", s->open.table->name);
}

/* Ends the COPY that is open, if one is. */
static mig_status copy_end(pg_sender *s, rt_error *e) {
    static const char mark[2] = "\377\377";
    mig_status st = MIG_OK;
    if (s->open.copy == NULL)
        return MIG_OK;
    if (!put(s->target->conn, mark, sizeof mark) || PQputCopyEnd(s->target->conn, NULL) != 1)
        st = copy_lost(s, e);
    else
        st = copy_results(s->target, &s->open, e);
    s->open.copy = NULL;
    return st;
}

static mig_status copy_begin(pg_sender *s, const pg_batch *b, rt_error *e) {
    static const char head[19] = "PGCOPY\n\377\r\n\0"; /* no flags, no extension */
    rt_target *t = s->target;
    PGresult *res = pg_begin_copy(t->conn, b->copy);
    mig_status st = MIG_OK;
    if (PQresultStatus(res) != PGRES_COPY_IN)
        st = pg_error(t, res, e, "writing to table \"%s\"", b->table->name);
    PQclear(res);
    if (st != MIG_OK)
        return st;
    s->open = (pg_batch){.table = b->table, .copy = b->copy, .first = b->first};
    s->open_n = 0;
    return put(t->conn, head, sizeof head) ? MIG_OK : copy_lost(s, e);
}

static mig_status copy(pg_sender *s, const pg_batch *b, rt_error *e) {
    mig_status st = MIG_OK;
    if (s->open.copy != b->copy || s->open_n >= COPY_MAX)
        st = copy_end(s, e);
    if (st == MIG_OK && s->open.copy == NULL)
        st = copy_begin(s, b, e);
    if (st == MIG_OK && !put(s->target->conn, b->rows.p, b->rows.n)) {
        st = copy_lost(s, e);
        s->open.copy = NULL;
    }
    s->open.n += b->n;
    s->open_n += b->rows.n;
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

/* Does one thing without the lock: sends the batch, or (NULL) ends the COPY that is open. */
static void step(pg_sender *s, pg_batch *b) {
    bool failed = s->error.status != MIG_OK;
    rt_error e = {0};
    mig_status st = MIG_OK;
    s->busy = true;
    pthread_mutex_unlock(&s->lock);
    if (b == NULL)
        st = copy_end(s, &e);
    else if (!failed)
        st = copy(s, b, &e);
    pthread_mutex_lock(&s->lock);
    if (st != MIG_OK && !failed)
        s->error = e;
    if (b != NULL)
        recycle(s, &b->rows);
    s->busy = false;
    pthread_cond_broadcast(&s->changed);
}

static void *work(void *arg) {
    pg_sender *s = arg;
    pthread_mutex_lock(&s->lock);
    for (;;) {
        bool end = s->open.copy != NULL && (s->waiting || s->stop);
        if (s->n > 0) {
            pg_batch b = s->queue[0];
            memmove(&s->queue[0], &s->queue[1], (size_t)--s->n * sizeof s->queue[0]);
            step(s, &b);
        } else if (end) {
            step(s, NULL);
        } else if (s->stop) {
            break;
        } else {
            pthread_cond_wait(&s->changed, &s->lock);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* Waits, with the lock held, until nothing is queued and no COPY is open. */
static void settle(pg_sender *s) {
    s->waiting = true;
    pthread_cond_broadcast(&s->changed);
    while (s->n > 0 || s->busy || s->open.copy != NULL)
        pthread_cond_wait(&s->changed, &s->lock);
    s->waiting = false;
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
        mig_status st = copy(s, batch, e);
        if (st == MIG_OK)
            st = copy_end(s, e);
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
    settle(s);
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
    settle(s);
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
