/*
 * pg.h: what the files of the PostgreSQL target share, and what the PostgreSQL source uses of them: the connection, its errors, rows by
 * COPY.
 */
#ifndef RT_PG_H
#define RT_PG_H

#include "runtime/rt.h"

#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>

typedef struct pg_sender pg_sender;

/* A connection: the target, or one of a source's (then the parts that write are not used). */
struct rt_target {
    const char *role;                 /* "target", "source" */
    PGconn *conn;
    PGcancel *cancel;                 /* made when the connection was: PQcancel may run in a signal handler */
    char what[512];                   /* "postgres host=… port=… dbname=…" */
    const char *schema;               /* of the target's tables, or NULL: the connection's own */
    bool writing;
    bool in_transaction;
    bool locked; char lock_hi[16], lock_lo[16]; /* the advisory lock's two halves, as PostgreSQL shows them */
    volatile sig_atomic_t cancelled;
    atomic_bool stopping;             /* cancelled, and not yet rolled back: no statement may run on */
    rt_writer *writers;               /* open ones, linked by their `next` */
    rt_scan *scan;                    /* the one that is open, or NULL */
    pg_sender *sender;                /* NULL until the first rows go out */
};

/* pg_error.c */
/* Records what the server (or libpq) said, with `about` in front; res may be NULL. Returns the status. */
mig_status pg_error(const rt_target *t, const PGresult *res, rt_error *e, const char *about, ...)
    __attribute__((format(printf, 4, 5)));
/* Words of libpq in one line, without the password of the location. */
void pg_words(char *out, size_t cap, const char *message, const char *secret);

/* pg_connect.c */
/*
 * Connects to a URI or conninfo string; fills conn, cancel and what. A server that is starting has e->sqlstate 57P03, one that does not
 * answer 08001.
 */
mig_status pg_connect(rt_target *t, const char *location, rt_error *e);

/* postgres.c */
void pg_close(rt_target *t); /* NULL allowed */
/* Waits up to a second for words of the server, and takes them. LOST: PQgetResult will say why. */
typedef enum pg_heard { PG_LOST, PG_SILENT, PG_HEARD } pg_heard;
pg_heard pg_hear(PGconn *conn);
/* Sends a COPY and waits for its beginning (status COPY_IN or COPY_OUT), or its failure. The result is the caller's; NULL: none was sent. */
PGresult *pg_begin_copy(PGconn *conn, const char *sql);
/* PQgetResult, but a statement that a cancel has missed does not run on. */
PGresult *pg_next_result(rt_target *t);
/* No scan is open, all rows put so far are with the server: the connection is free. */
mig_status pg_free(rt_target *t, rt_error *e);
/* One or several statements without an answer, the connection being free. */
mig_status pg_run(rt_target *t, const char *sql, const char *about, rt_error *e);
mig_status pg_query(rt_target *t, const char *sql, int n, const char *const *params, rt_row_fn fn, void *arg, rt_error *e);
/* Schema of the table: its own, or the target's, or NULL. */
const char *pg_schema(const rt_target *t, const mig_table *table);
bool pg_take_int64(void *arg, int n, const char *const *values, const size_t *lens); /* row function: first value into an int64_t */

/*
 * Adds the statements that set what ours, the binary forms and the texts of the catalogue rely on, whatever the server, the database or
 * the role has it set to; timeouts of theirs would end a long phase.
 */
void pg_settings(const rt_target *t, rt_buf *sql);
/* What our statements rely on of a target's connection: settings, the search path; without t->writing every transaction is read only. */
mig_status pg_session(rt_target *t, rt_error *e);

/* pg_tables.c */
mig_status pg_columns(rt_target *t, const char *table, rt_live_column *out, int cap, int *n, rt_error *e);
mig_status pg_max_identity(rt_target *t, const mig_table *table, int64_t *out, rt_error *e);
mig_status pg_set_sequence(rt_target *t, const mig_table *table, int64_t last, rt_error *e);
mig_status pg_table_size(rt_target *t, const char *table, int64_t *bytes, rt_error *e);

/* pg_lock.c */
mig_status pg_lock(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e);
void pg_unlock(rt_target *t);

/* pg_encode.c: a row as a tuple of COPY's binary format. */

/* How a column's value is sent; differs from what its type says where an existing table has another width or kind. */
typedef struct pg_form {
    uint8_t width;      /* integers: 2, 4, 8; reals: 4, 8 */
    bool versioned;     /* jsonb: a version byte in front */
    uint32_t element;   /* text[]: type of the elements */
} pg_form;
/* The form that the type has by itself. */
pg_form pg_form_of(mig_type type);
/*
 * Adds the row to out. *refused: NULL, or why a value cannot be sent, with its column; out then ends where it did before.
 * False: out of memory, or a value was refused.
 */
bool pg_encode(const mig_table *t, const pg_form *forms, void *row, rt_buf *out, const char **refused, int *column);

/* pg_decode.c: and back. */
/* Type that a column is cast to, so that its binary form is known. */
const char *pg_cast_of(mig_type type);
/* Bytes of the first tuple in p[0…n), 0: not complete, (size_t)-1: the end mark. */
size_t pg_tuple_size(const char *p, size_t n);
/* Reads a tuple; texts of the row point into p. *expected: NULL, or what the value of *column should have been. */
mig_status pg_decode(const mig_table *t, const char *p, size_t n, void *row, rt_arena *a, const char **expected, int *column);

/* pg_numeric.c: exact decimals, text (mig_numeric's form) to base 10000 and back. */
/* Adds the value with its length in front. NULL, or why it cannot be sent. */
const char *pg_numeric_put(rt_buf *out, const char *p, size_t n);
/* False: NaN, an infinity, or damaged. No memory: false with *nomem set. */
bool pg_numeric_get(const char *p, size_t n, rt_arena *a, mig_numeric *out, bool *nomem);

/* pg_write.c */
mig_status pg_writer(rt_target *t, const mig_table *table, rt_writer **out, rt_error *e);
mig_status pg_put(rt_writer *w, void *row, rt_error *e);
mig_status pg_flush(rt_writer *w, rt_error *e);
void pg_writer_close(rt_writer *w);
mig_status pg_flush_all(rt_target *t, rt_error *e); /* hands every writer's rows over and waits until they are in */
void pg_forget_all(rt_target *t);                   /* drops what has not been sent, waits for what is being sent */

/* pg_sender.c: rows on their way to the server, beside the thread that makes them. */

/* Rows of one table, as COPY data without header and end. */
typedef struct pg_batch {
    const mig_table *table;
    const char *copy;       /* the COPY statement; lives as long as the writer */
    int64_t first, n;       /* number of its first row among the writer's, from 1; how many there are */
    rt_buf rows;
} pg_batch;

/* Takes the batch's rows (batch->rows is another, empty buffer afterwards). Waits while too much is on its way. Returns what went wrong before. */
mig_status pg_send(rt_target *t, pg_batch *batch, rt_error *e);
/* Waits until nothing is on its way; what went wrong since the last call is reported, then forgotten. */
mig_status pg_sender_wait(rt_target *t, rt_error *e);
void pg_sender_drop(rt_target *t);  /* forgets what has not begun, waits for the rest, forgets errors */
void pg_sender_free(rt_target *t);

/* pg_stream.c: the answer of COPY … TO STDOUT (FORMAT binary), tuple by tuple; one message is in memory at a time. */
typedef struct pg_stream {
    rt_target *target;
    const char *about;   /* "reading table …": for messages, lives as long as the stream */
    char *message;       /* the last one from libpq */
    size_t at, n;        /* what of it is left */
    rt_buf kept;         /* the beginning of a tuple that goes on in the next message */
    size_t kept_at;      /* bytes of it that have been used */
    bool head_done, ended;
} pg_stream;
/* The connection does nothing else until the stream has ended. */
mig_status pg_stream_start(pg_stream *s, rt_target *t, const char *sql, const char *about, rt_error *e);
/* The next tuple, or *out NULL at the end; it lives until the next call. */
mig_status pg_stream_next(pg_stream *s, const char **out, size_t *out_n, rt_error *e);
void pg_stream_drain(pg_stream *s); /* the rest is read and thrown away */
void pg_stream_free(pg_stream *s);

/* pg_scan.c */
mig_status pg_scan(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e);
mig_status pg_scan_next(rt_scan *s, void *row, bool *more, rt_error *e);
void pg_scan_close(rt_scan *s);
void pg_scan_drain(rt_scan *s); /* the connection is free again; the scan gives no more rows */

/* Numbers in network order. */
static inline uint16_t pg_get16(const char *p) {
    const unsigned char *u = (const unsigned char *)p;
    return (uint16_t)(u[0] << 8 | u[1]);
}
static inline uint32_t pg_get32(const char *p) { return (uint32_t)pg_get16(p) << 16 | pg_get16(p + 2); }
static inline uint64_t pg_get64(const char *p) { return (uint64_t)pg_get32(p) << 32 | pg_get32(p + 4); }
static inline void pg_set16(char *p, uint16_t v) {
    p[0] = (char)(v >> 8);
    p[1] = (char)v;
}
static inline void pg_set32(char *p, uint32_t v) {
    pg_set16(p, (uint16_t)(v >> 16));
    pg_set16(p + 2, (uint16_t)v);
}
static inline void pg_set64(char *p, uint64_t v) {
    pg_set32(p, (uint32_t)(v >> 32));
    pg_set32(p + 4, (uint32_t)v);
}

#endif
