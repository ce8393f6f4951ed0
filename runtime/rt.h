/*
 * rt.h: what the rooms of the runtime share and generated code does not see: memory, errors, the source and target
 * interfaces, the run. Include after nothing; includes mig.h.
 */
#ifndef RT_H
#define RT_H

#include "mig.h"
#include <signal.h>
#include <stdio.h>

/* ---- memory (base/arena.c, base/buf.c) ---------------------------------------------------------------------------- */

typedef struct rt_arena rt_arena;
rt_arena *rt_arena_new(size_t block);               /* NULL: no memory */
void rt_arena_free(rt_arena *a);                    /* NULL allowed */
void *rt_arena_alloc(rt_arena *a, size_t n);        /* 16-byte aligned, not cleared; NULL: no memory */
void *rt_arena_zeroed(rt_arena *a, size_t size, size_t n); /* n things of that size, or one; all bytes 0 */
char *rt_arena_copy(rt_arena *a, const char *p, size_t n); /* with a NUL added behind */
void rt_arena_reset(rt_arena *a);                   /* keeps one block */
size_t rt_arena_used(const rt_arena *a);            /* bytes held from the system */

/* Growing bytes, a NUL behind them; `failed` stays set when memory ran out. Begins as {0}. */
typedef struct rt_buf { char *p; size_t n, cap; bool failed; } rt_buf;
void rt_buf_add(rt_buf *b, const void *p, size_t n);
char *rt_buf_room(rt_buf *b, size_t n);             /* n more bytes, for the caller to fill at once; NULL: no memory */
void rt_buf_printf(rt_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void rt_buf_clear(rt_buf *b);
void rt_buf_free(rt_buf *b);

/* ---- errors (base/error.c) ---------------------------------------------------------------------------------------- */

/* The first error of a run wins; messages lower case, no full stop; never a password. */
typedef struct rt_error {
    mig_status status;
    char message[2048];
    char hint[512];
    char sqlstate[6];
    size_t sql_at;                        /* byte of the SQL given to exec where it went wrong, from 1; 0: not known */
    const mig_site *site;
} rt_error;
/* Records when none is recorded yet; returns st so that it can be returned. */
mig_status rt_error_set(rt_error *e, mig_status st, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void rt_error_hint(rt_error *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/*
 * Text for people: p[0…n) with control characters and bad UTF-8 escaped (\n, \x07), cut at a character with "…" behind
 * it when it does not fit into cap bytes (at least 16) with its NUL.
 */
void rt_shorten(char *out, size_t cap, const char *p, size_t n);

/* ---- spelling of values (functions/spell.c, number.c, time.c): for writers, readers, logs and reports --------------------- */

/* One JSON string of the text, quotes included; bad UTF-8 becomes U+FFFD. The one place where JSON is escaped. */
void rt_json_escape(rt_buf *b, const char *p, size_t n);

/* Each writes one spelling (no NUL behind it; out is large enough with RT_SPELL bytes) and returns its length. */
#define RT_SPELL 48
size_t rt_spell_int(char *out, int64_t v);
size_t rt_spell_double(char *out, double v);        /* as PostgreSQL prints: shortest that reads back; Infinity, NaN */
size_t rt_spell_real(char *out, double v);          /* the same in single precision */
size_t rt_spell_date(char *out, int32_t v);         /* 2024-02-29 (years outside 0001 to 9999: as PostgreSQL prints) */
size_t rt_spell_time(char *out, int64_t v);         /* 10:00:00[.5] */
size_t rt_spell_timestamp(char *out, int64_t v);    /* 2024-02-29 10:00:00[.5] */
size_t rt_spell_timestamptz(char *out, int64_t v, const char *utc); /* the same in UTC with `utc` behind it: "+00", "+00:00" */
size_t rt_spell_uuid(char *out, const uint8_t v[16]);

/* base/fields.c: texts and numbers one behind the other in one text. Get: false when no such field stands at *at, which goes past it. */
void rt_field_put(rt_buf *b, const char *p, size_t n);
void rt_field_put_text(rt_buf *b, const char *text);
void rt_field_put_int(rt_buf *b, int64_t v);
bool rt_field_get(const char **at, mig_text *out);
bool rt_field_get_int(const char **at, int64_t *out);

bool rt_read_int(const char *p, size_t n, int64_t *out);       /* false: not an integer, or too large */
bool rt_read_double(const char *p, size_t n, double *out);
/* Days since 2000-01-01 of a day of the Gregorian calendar, and back. The day must exist. */
int32_t rt_days(int year, int month, int day);
void rt_civil(int32_t days, int *year, int *month, int *day);
int64_t rt_now(void);                               /* the clock: microseconds since 2000-01-01 UTC */

/* ---- 128-bit keyed map with a memory limit (base/map.c) ------------------------------------------------------------ */

typedef struct rt_hash { uint64_t lo, hi; } rt_hash;
rt_hash rt_hash_bytes(const void *p, size_t n);     /* XXH3-128 with this process's random secret */
rt_hash rt_hash_lasting(const void *p, size_t n);   /* without a secret: the same in every process */

/*
 * Open addressing in memory; past the shared budget new entries go to a private temporary SQLite file. Values are byte
 * strings, small ones inline. Iteration order is not defined and never matters to results.
 */
typedef struct rt_map rt_map;
typedef struct rt_budget { size_t limit, used; const char *tmpdir; } rt_budget; /* one a run, from --memory */
rt_map *rt_map_new(rt_budget *b, rt_error *e);
void rt_map_free(rt_map *m);
mig_status rt_map_get(rt_map *m, rt_hash k, const void **value, size_t *n, bool *found); /* value lives until the next call */
mig_status rt_map_put(rt_map *m, rt_hash k, const void *value, size_t n);   /* new or replaced */
mig_status rt_map_delete(rt_map *m, rt_hash k);
int64_t rt_map_count(const rt_map *m);

/* ---- sources (sources/) -------------------------------------------------------------------------------------------- */

typedef struct rt_source rt_source;      /* an opened location */
typedef struct rt_reader rt_reader;      /* one table of it being read */

/* bytes: what position() counts to, bytes of files or rows of databases; 0: not known. rows_estimate -1: not known. */
typedef struct rt_source_stat { int64_t bytes; int64_t rows_estimate; int n_files; bool exact; } rt_source_stat;

struct rt_catalog;
typedef struct rt_source_ops {
    mig_status (*open)(const mig_source_def *def, const char *location, rt_source **out, rt_error *e);
    void (*close)(rt_source *s);
    /* Preflight: the table is there, its columns are those of the spec (both names in the message when not), readable. Fills st. */
    mig_status (*describe)(rt_source *s, const mig_source_table *t, rt_source_stat *st, rt_error *e);
    mig_status (*read)(rt_source *s, const mig_source_table *t, rt_reader **out, rt_error *e);
    /*
     * Next record, or *out NULL at the end. The record and its cells live until the next call. A structural fault is in
     * record->fault (the raw text is there, the cells may not be). A status other than MIG_OK: the file or connection failed.
     */
    mig_status (*next)(rt_reader *r, const mig_record **out, rt_error *e);
    int64_t (*position)(const rt_reader *r);   /* how far of rt_source_stat.bytes (compressed bytes when compressed), for progress */
    void (*stop)(rt_reader *r);
    /*
     * For phases that commit on the way. resume: as read, but in an order in which a later run can go on; after: what where() gave, NULL:
     * from the first row. where: behind the last record, as text without NUL. resumable, for the preflight: the table has such an order;
     * with after: what was read until there is as it was.
     */
    mig_status (*resume)(rt_source *s, const mig_source_table *t, const char *after, rt_reader **out, rt_error *e);
    mig_status (*where)(rt_reader *r, rt_buf *out, rt_error *e);
    mig_status (*resumable)(rt_source *s, const mig_source_table *t, const char *after, rt_error *e);
    /* All that the schema holds (PostgreSQL; NULL: the connection's own), see sources/catalog.h. NULL: the source has no catalogue. */
    mig_status (*catalog)(rt_source *s, const char *schema, struct rt_catalog *out, const char **name, rt_error *e);
    /* Where a sequence stands: its last value, and whether it has been given. NULL: the source has no sequences. */
    mig_status (*sequence)(rt_source *s, const char *schema, const mig_sequence *q, int64_t *last, bool *called, rt_error *e);
    void (*cancel)(rt_source *s);              /* stops what is being read; may be called from a signal handler. NULL: nothing takes long */
} rt_source_ops;
extern const rt_source_ops rt_source_csv;
extern const rt_source_ops rt_source_sqlite;
extern const rt_source_ops rt_source_postgres;

/* The record as text for people: as it stood in the file, or the row as a JSON object. Lives as long as the record. */
static inline mig_text rt_record_raw(const mig_record *r) {
    return r->raw != NULL || r->show == NULL ? (mig_text){r->raw, r->raw_n} : r->show(r);
}
/* What a cell holds, as text in the row's memory; null for null and for values of PostgreSQL's own types (sources/cells.c). */
mig_text rt_cell_text(mig_ctx *x, const mig_cell *c);
mig_text rt_cell_text_typed(mig_ctx *x, mig_type type, const mig_cell *c);
/* A SQLite file that lets one program write while another reads (WAL). */
bool rt_source_sqlite_is_wal(rt_source *s);
/* From here on a temporary copy is read, as the file stood when it was opened; the file itself is let go of. */
mig_status rt_source_sqlite_copy(rt_source *s, const char *tmpdir, rt_error *e);

/* ---- targets (targets/) -------------------------------------------------------------------------------------------- */

typedef struct rt_target rt_target;      /* an open connection: one, with at most one transaction */
typedef struct rt_writer rt_writer;      /* rows into one table, buffered; several may be open in one transaction */
typedef struct rt_scan rt_scan;          /* rows of one table being read through its codec */

/* One row of a query's answer, as text; NULL cells are null. Return false to stop. */
typedef bool (*rt_row_fn)(void *arg, int n, const char *const *values, const size_t *lens);

typedef struct rt_live_column { char name[256]; char type[128]; bool not_null, has_default, is_key; } rt_live_column;

typedef struct rt_target_ops {
    mig_engine engine;
    /*
     * location: a SQLite path, or a libpq conninfo/URI. for_writing false: nothing is created or changed; a SQLite file
     * that is not there is then an empty database.
     */
    mig_status (*open)(const mig_target_def *def, const char *location, bool for_writing, rt_target **out, rt_error *e);
    void (*close)(rt_target *t);
    void (*cancel)(rt_target *t);                  /* stops the statement that is running; may be called from a signal handler */
    const char *(*describe)(const rt_target *t);   /* "sqlite build/app.db", "postgres host=… dbname=…": never a password */
    /*
     * watch_keys: foreign keys act on every statement, cascades included: for SQL of the spec's own and for rows into tables of
     * others. Without, SQLite looks at the written tables' references once, at commit (see targets/README.md). A target that is not opened
     * for writing is read as it is at one moment.
     */
    mig_status (*begin)(rt_target *t, bool watch_keys, rt_error *e);
    mig_status (*commit)(rt_target *t, rt_error *e);
    /* The same of a part of the rows: what the loaded ones refer to may come with a later one, and commit() looks at them all. */
    mig_status (*commit_part)(rt_target *t, rt_error *e);
    mig_status (*watch)(rt_target *t, const mig_table *table, rt_error *e); /* commit() looks at its rows, too. NULL: the server always does */
    void (*rollback)(rt_target *t);                 /* no transaction: nothing happens */
    mig_status (*exec)(rt_target *t, const char *sql, rt_error *e);      /* one statement or several, no answer wanted */
    /*
     * One statement with text parameters, written $1, $2… for both engines (NULL: null; SQLite sees texts: write
     * cast($1 as integer) where a number is wanted and no column says so). fn NULL: no answer wanted.
     * exec and query see all rows put before: PostgreSQL flushes for them, so rows by the thousand go by a writer.
     */
    mig_status (*query)(rt_target *t, const char *sql, int n, const char *const *params, rt_row_fn fn, void *arg, rt_error *e);
    /* Columns of a live table in order; *n 0: no such table (or view). */
    mig_status (*columns)(rt_target *t, const char *table, rt_live_column *out, int cap, int *n, rt_error *e);
    mig_status (*lock)(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e); /* MIG_LOCKED: holder says who and since when */
    void (*unlock)(rt_target *t);
    /* True: a run holds the lock of this place, told without opening it (where a reader may have to wait for the writer). NULL: open and ask. */
    bool (*locked)(const char *location, char *holder, size_t holder_n);
    /*
     * Rows in: buffered, flushed by size, by flush, and before commit. The row is encoded at once, so it may be reused. What
     * the server says of a row may come with a later call. A writer is closed before the target is; rollback forgets its rows.
     */
    mig_status (*writer)(rt_target *t, const mig_table *table, rt_writer **out, rt_error *e);
    mig_status (*put)(rt_writer *w, void *row, rt_error *e);
    mig_status (*flush)(rt_writer *w, rt_error *e);
    void (*writer_close)(rt_writer *w);
    /*
     * Rows out, streaming, in no order; texts live until the next call. Until scan_close nothing else may be asked of the
     * target, nor rows put: refused with MIG_IO.
     */
    mig_status (*scan)(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e);
    mig_status (*scan_next)(rt_scan *s, void *row, bool *more, rt_error *e);
    void (*scan_close)(rt_scan *s);
    /* 0: no rows. An existing table is locked against other writers until commit. */
    mig_status (*max_identity)(rt_target *t, const mig_table *table, int64_t *out, rt_error *e);
    /* The next key that the engine gives is last + 1. */
    mig_status (*set_sequence)(rt_target *t, const mig_table *table, int64_t last, rt_error *e);
    mig_status (*table_size)(rt_target *t, const char *table, int64_t *bytes, rt_error *e);
} rt_target_ops;
extern const rt_target_ops rt_target_sqlite;
extern const rt_target_ops rt_target_postgres;

/* ---- timers (targets/): queries that are timed, each database on a connection of its own that cannot write -------------- */

typedef struct rt_timer rt_timer;
typedef struct rt_timer_ops {
    /* role: "source" or "target", for messages; schema: PostgreSQL, NULL: the connection's own. */
    mig_status (*open)(const char *role, const char *location, const char *schema, rt_timer **out, rt_error *e);
    void (*close)(rt_timer *t);                    /* NULL allowed */
    void (*cancel)(rt_timer *t);                   /* stops what is being asked; may be called from a signal handler */
    /* Refuses what is no query, or does not fit the database, without running it. */
    mig_status (*look)(rt_timer *t, const char *sql, rt_error *e);
    /* Asks once and fetches all rows, of which one is in memory at a time. seconds: from asking to the last row. */
    mig_status (*ask)(rt_timer *t, const char *sql, int64_t *rows, double *seconds, rt_error *e);
} rt_timer_ops;
extern const rt_timer_ops rt_timer_sqlite;
extern const rt_timer_ops rt_timer_postgres;

/* The name of the database of a URI or conninfo string, without host, user or password, in out (pg_connect.c). */
const char *rt_postgres_database(const char *location, char *out, size_t cap);
/* ---- other programs (base/child.c) -------------------------------------------------------------------------------------- */

enum { RT_CHILD_LAST = 4 };
typedef struct rt_child {
    const char *path;                     /* as rt_child_find gives it */
    const char *const *argv;              /* NULL behind them */
    const char *const *env;               /* "NAME=value" beside our own environment, NULL behind them; NULL: none */
    int out;                              /* gets its standard output; -1: that comes to `line` */
    const volatile sig_atomic_t *stop;    /* not 0: it is ended, with all its children; or NULL */
    void (*line)(void *arg, bool is_error, const char *text, size_t n); /* of standard output or error; NULL: nobody wants them */
    void (*tick)(void *arg);              /* many times a second while it runs, or NULL */
    void *arg;
} rt_child;
typedef struct rt_child_end {
    int exit, signal;                     /* signal 0: it ended by itself */
    char last[(RT_CHILD_LAST + 1) * 260]; /* the last lines of its standard error, and its first error, for people */
} rt_child_end;
/* False: errno says why, ENOENT or EACCES. A program without "/" is looked for in PATH. */
bool rt_child_find(const char *program, char *path, size_t cap);
/* MIG_OK: it was started and has ended, however; MIG_INTERRUPTED: it was stopped. */
mig_status rt_child_run(const rt_child *c, rt_child_end *end, rt_error *e);
/* "ended with exit status 1: pg_dump: error: …" */
void rt_child_words(const rt_child_end *end, char *out, size_t cap);
void rt_child_kill(void);                 /* the one that runs, at once; may be called from a signal handler */

/* ---- copies of databases (targets/) ---------------------------------------------------------------------------------------- */

typedef struct rt_backup {
    const char *role, *name, *location;   /* "target", "app", where it is */
    const char *part; int fd;             /* make: the file, there, empty and for us alone; fd is open on it for writing */
    const volatile sig_atomic_t *stop;
    void (*tick)(void *arg); void *arg;   /* many times a second */
    int64_t tables;                       /* found in the copy: filled by make */
    char tool[128];                       /* what made it: filled by make */
} rt_backup;
typedef struct rt_backup_ops {
    const char *suffix;                   /* of the file: ".dump" */
    mig_status (*look)(const rt_backup *b, rt_error *e); /* preflight: whether it could be made */
    mig_status (*make)(rt_backup *b, rt_error *e);       /* writes the copy and checks it; the caller removes what is bad */
} rt_backup_ops;
extern const rt_backup_ops rt_backup_sqlite;
extern const rt_backup_ops rt_backup_postgres;
/* The location as a conninfo string without its password; false: libpq does not understand it. password may be NULL, else is to be freed. */
bool rt_postgres_conninfo(const char *location, rt_buf *out, char **password);

/* SQL identifiers and literals: the only two ways of text into SQL. Both engines take the same form. */
void rt_sql_ident(rt_buf *b, const char *name);
void rt_sql_literal(rt_buf *b, const char *text, size_t n);
/*
 * PostgreSQL, an expression: the sequence that column $2 of table $1 draws its keys from. That of its default comes before one that it
 * owns: it need not own it. Null: there is none.
 */
extern const char rt_sql_sequence[];
struct sqlite3;
mig_status rt_sqlite_path(const char *path, mig_status refusal, rt_error *e); /* refused with `refusal`: SQLite takes no path of that length */
bool rt_sqlite_takes_json(const char *p, size_t n); /* well-formed JSON that it takes: not nested too deep */
void rt_sqlite_words(struct sqlite3 *db, int rc, char *out, size_t cap); /* what it says of its last failure, and the system's reason */
mig_status rt_sqlite_store_failed(struct sqlite3 *db, const char *what, rt_error *e); /* a temporary store, which SQLite has put somewhere */

/*
 * What SQL of the spec's own says, without a server (base/sqltext.c). The next statement from `from` on: where it begins, and behind
 * its semicolon; false: there is none.
 */
bool rt_sql_statement(mig_engine engine, const char *sql, size_t from, size_t *at, size_t *end);
/* True: a statement begins with a word (at *at, *n bytes) that begins, ends or divides a transaction. */
bool rt_sql_transaction(mig_engine engine, const char *sql, size_t *at, size_t *n);

/* ---- held rows (base/pack.c): a row as bytes and back, through the table's codec --------------------------------------- */

mig_status rt_pack(const mig_table *t, void *row, rt_buf *out);
/* Texts of the row point into p. */
mig_status rt_unpack(const mig_table *t, const void *p, size_t n, void *row, rt_arena *a);

/* ---- the row context: head of struct mig_ctx -------------------------------------------------------------------------- */

typedef struct rt_run rt_run;
struct mig_ctx {
    mig_rule failed;              /* must stand first: mig_ctx_public */
    mig_status fatal;             /* MIG_OK, or the engine fault; then `failed` is set too and mig_clear() leaves it */
    char reason[1024];            /* of failed */
    char value[256];              /* shortened, escaped */
    bool has_value;
    const char *column;           /* the target's column whose rule failed, or NULL */
    const mig_site *site;         /* of the rejecting statement */
    const char *why;
    rt_arena *arena;              /* row memory */
    rt_error *error;              /* where a fatal fault is recorded */
    const mig_record *record;     /* the source row being mapped */
    int64_t now;                  /* run's instant, microseconds since 2000-01-01 UTC */
    const char *run_id;           /* uuid text of the run */
    rt_run *run;                  /* the engine's state; NULL in unit tests of functions */
    struct rt_open *open;         /* columns of the row at hand that wait for a look-up, in row memory */
    int n_open;
    bool filled;                  /* they have just been filled in: keys that they are in can be taken now, and only those */
};

#endif
