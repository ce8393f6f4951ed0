/*
 * sqlite.c: the SQLite target: opening, transactions, statements, questions about the live tables. Rows go in by
 * lite_write.c, come out by lite_scan.c; the lock is lite_lock.c.
 *
 * A file that this program makes has a rollback journal; a file that exists keeps the journal it has. Writes are durable
 * at commit (synchronous extra). Foreign keys are enforced, at commit: by SQLite or by lite_keys.c.
 */
#include "runtime/targets/lite.h"
#include "runtime/targets/statement.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- errors ---- */

mig_status lite_error(const rt_target *t, int rc, rt_error *e, const char *about, ...) {
    char what[512], says[512];
    va_list ap;
    va_start(ap, about);
    vsnprintf(what, sizeof what, about, ap);
    va_end(ap);
    rt_sqlite_words(t->db, rc, says, sizeof says);
    if (t->cancelled && rc == SQLITE_ERROR && strcmp(says, "interrupted") == 0)
        rc = SQLITE_INTERRUPT; /* a pragma that is asked like a table hides the code of what stopped it */
    switch (rc & 0xff) {
    case SQLITE_INTERRUPT:
        return rt_error_set(e, MIG_INTERRUPTED, "interrupted");
    case SQLITE_NOMEM:
        return rt_error_set(e, MIG_NOMEM, "%s: out of memory", what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        rt_error_hint(e, "Another program is using the file and did not let go of it for %d s; close it and try again.",
                      t->writing ? LITE_BUSY_SECONDS : LITE_READ_SECONDS);
        return rt_error_set(e, MIG_IO, "%s: %s is locked by another program", what, t->path);
    case SQLITE_FULL:
        rt_error_hint(e, "Make room on the disk and run again; what was not committed has been taken back.");
        return rt_error_set(e, MIG_IO, "%s: the disk (or the quota) of %s is full", what, t->path);
    case SQLITE_READONLY:
        return rt_error_set(e, MIG_IO, "%s: %s cannot be written: %s", what, t->path, says);
    case SQLITE_CORRUPT:
        rt_error_hint(e, "`sqlite3 FILE 'pragma integrity_check'` says what is wrong with it.");
        return rt_error_set(e, MIG_IO, "%s: the database file %s is damaged: %s", what, t->path, says);
    case SQLITE_NOTADB:
        return rt_error_set(e, MIG_IO, "%s: %s is not a SQLite database", what, t->path);
    case SQLITE_IOERR:
        rt_error_hint(e, "The disk fails, or a quota or a limit on the size of files (ulimit -f) is reached; what was not committed has been taken back.");
        return rt_error_set(e, MIG_IO, "%s: reading or writing %s failed: %s", what, t->path, says);
    case SQLITE_CANTOPEN:
        return rt_error_set(e, MIG_IO, "%s: reading or writing %s failed: %s", what, t->path, says);
    default:
        return rt_error_set(e, MIG_IO, "%s: %s", what, says);
    }
}

mig_status lite_idle(const rt_target *t, rt_error *e) {
    return t->scan == NULL ? MIG_OK : rt_error_set(e, MIG_IO, "%s: a table is still being read", t->path);
}

mig_status lite_prepare(rt_target *t, const char *sql, bool keep, sqlite3_stmt **out, rt_error *e) {
    int rc = sqlite3_prepare_v3(t->db, sql, -1, keep ? SQLITE_PREPARE_PERSISTENT : 0, out, NULL);
    if (rc == SQLITE_OK)
        return MIG_OK;
    char excerpt[200];
    rt_sql_excerpt(excerpt, sizeof excerpt, sql);
    return lite_error(t, rc, e, "statement `%s`", excerpt);
}

/* Runs statements of our own that have no answer. */
static mig_status run(rt_target *t, const char *sql, const char *about, rt_error *e) {
    int rc = sqlite3_exec(t->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? MIG_OK : lite_error(t, rc, e, "%s", about);
}

/* ---- opening ---- */

/* Says what is wrong with the place before SQLite is asked, whose words are few. *absent: nothing is there. */
static mig_status look(const rt_target *t, bool *absent, rt_error *e) {
    struct stat s;
    *absent = false;
    if (t->path[0] == '\0')
        return rt_error_set(e, MIG_IO, "the target names no SQLite file");
    if (stat(t->path, &s) == 0) {
        if (S_ISDIR(s.st_mode))
            return rt_error_set(e, MIG_IO, "%s is a folder, not a SQLite file", t->path);
        if (!S_ISREG(s.st_mode))
            return rt_error_set(e, MIG_IO, "%s is not a regular file", t->path);
        if (access(t->path, t->writing ? R_OK | W_OK : R_OK) != 0)
            return rt_error_set(e, MIG_IO, "cannot %s %s: %s", t->writing ? "write" : "read", t->path, strerror(errno));
        return rt_sqlite_path(t->path, MIG_IO, e);
    }
    if (errno != ENOENT)
        return rt_error_set(e, MIG_IO, "cannot open %s: %s", t->path, strerror(errno));
    *absent = true;
    if (rt_sqlite_path(t->path, MIG_IO, e) != MIG_OK)
        return MIG_IO;
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", t->path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = '\0';
    if (!t->writing)
        return MIG_OK;
    if (stat(folder, &s) != 0) {
        rt_error_hint(e, "Make the folder first: mkdir -p \"%s\"", folder);
        return rt_error_set(e, MIG_IO, "cannot make %s: the folder %s is not there", t->path, folder);
    }
    if (!S_ISDIR(s.st_mode))
        return rt_error_set(e, MIG_IO, "cannot make %s: %s is not a folder", t->path, folder);
    if (access(folder, W_OK | X_OK) != 0)
        return rt_error_set(e, MIG_IO, "cannot make %s: the folder %s: %s", t->path, folder, strerror(errno));
    return MIG_OK;
}

/* Waits for another program's lock: a while, and not past a cancel. */
static int wait_for_lock(void *arg, int tries) {
    const rt_target *t = arg;
    if (t->cancelled || tries >= (t->writing ? LITE_BUSY_SECONDS : LITE_READ_SECONDS) * 50)
        return 0;
    nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
    return 1;
}

/* Asked every so many steps of a statement: an interrupt that came just before it began has passed it by. */
static int stops(void *arg) {
    return ((const rt_target *)arg)->stopping;
}

/* Opens and makes the first read, which is when SQLite looks at the file. Returns SQLite's code. */
static int open_file(rt_target *t, const char *path, int flags) {
    int rc = sqlite3_open_v2(path, &t->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_extended_result_codes(t->db, 1);
    sqlite3_busy_handler(t->db, wait_for_lock, t);
    sqlite3_progress_handler(t->db, 100000, stops, t);
    return sqlite3_exec(t->db, "select count(*) from sqlite_schema", NULL, NULL, NULL);
}

static mig_status open_db(rt_target *t, bool absent, rt_error *e) {
    char path[PATH_MAX + 2];
    snprintf(path, sizeof path, "%s%s", t->path[0] == ':' ? "./" : "", t->path); /* ":memory:" would not be a file */
    if (!t->writing && absent) {
        int rc = open_file(t, ":memory:", SQLITE_OPEN_READWRITE);
        return rc == SQLITE_OK ? MIG_OK : lite_error(t, rc, e, "opening an empty database");
    }
    int rc = open_file(t, path, t->writing ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
    int code = rc & 0xff;
    if (!t->writing && (code == SQLITE_READONLY || code == SQLITE_CANTOPEN)) {
        /* A killed program left a journal: only who may write can take its unfinished transaction back. */
        sqlite3_close_v2(t->db);
        t->db = NULL;
        rc = open_file(t, path, SQLITE_OPEN_READWRITE);
    }
    return rc == SQLITE_OK ? MIG_OK : lite_error(t, rc, e, "opening %s", t->path);
}

static void lite_close(rt_target *t) {
    if (t == NULL)
        return;
    sqlite3_close_v2(t->db); /* rolls back what is open */
    lite_unlock(t);
    free(t->written);
    free(t);
}

static mig_status lite_open(const mig_target_def *def, const char *location, bool for_writing, rt_target **out,
                            rt_error *e) {
    (void)def;
    *out = NULL;
    rt_target *t = calloc(1, sizeof *t);
    if (t == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    t->lock_fd = -1;
    t->writing = for_writing;
    t->watch_keys = true;
    mig_status st = MIG_OK;
    if (strlen(location) >= sizeof t->path - 32)
        st = rt_error_set(e, MIG_IO, "the path of the SQLite file is too long");
    snprintf(t->path, sizeof t->path, "%s", location);
    snprintf(t->what, sizeof t->what, "sqlite %s", t->path);
    bool absent;
    if (st == MIG_OK)
        st = look(t, &absent, e);
    if (st == MIG_OK)
        st = open_db(t, absent, e);
    if (st == MIG_OK)
        st = run(t, for_writing ? "pragma foreign_keys = on; pragma synchronous = extra; pragma cache_size = -32768"
                                : "pragma query_only = on; pragma cache_size = -8192", "setting up the connection", e);
    if (st != MIG_OK) {
        lite_close(t);
        return st;
    }
    *out = t;
    return MIG_OK;
}

static const char *lite_describe(const rt_target *t) { return t->what; }

/* ---- transactions ---- */

static mig_status lite_begin(rt_target *t, bool watch_keys, rt_error *e) {
    mig_status st = lite_idle(t, e);
    if (st == MIG_OK) /* inside a transaction the first of them would do nothing */
        st = run(t, !t->writing ? "begin"
                    : watch_keys ? "pragma foreign_keys = on; begin immediate; pragma defer_foreign_keys = on"
                                 : "pragma foreign_keys = off; begin immediate", "beginning a transaction", e);
    t->in_transaction = st == MIG_OK;
    t->watch_keys = watch_keys;
    t->n_written = 0;
    return st;
}

static void end(rt_target *t) {
    t->in_transaction = false;
    if (!t->watch_keys) /* outside transactions, too, a statement of anybody's is held to them */
        sqlite3_exec(t->db, "pragma foreign_keys = on", NULL, NULL, NULL);
    t->watch_keys = true;
}

static mig_status lite_end(rt_target *t, bool look, rt_error *e) {
    mig_status st = lite_idle(t, e);
    if (st != MIG_OK)
        return st;
    if (sqlite3_get_autocommit(t->db)) {
        t->in_transaction = false;
        return rt_error_set(e, MIG_IO, "%s: the transaction has been rolled back already", t->path);
    }
    if (!t->watch_keys && look)
        st = lite_check_keys(t, e);
    if (st != MIG_OK)
        return st;
    int rc = sqlite3_exec(t->db, "commit", NULL, NULL, NULL);
    if (rc == SQLITE_CONSTRAINT_FOREIGNKEY)
        lite_say_violation(t, NULL, e);
    if (rc != SQLITE_OK)
        return lite_error(t, rc, e, "committing");
    end(t);
    return MIG_OK;
}

static mig_status lite_commit(rt_target *t, rt_error *e) { return lite_end(t, true, e); }

static mig_status lite_commit_part(rt_target *t, rt_error *e) { return lite_end(t, false, e); }

static void lite_rollback(rt_target *t) {
    t->stopping = 0; /* what follows is ours: the notes of the end */
    if (!sqlite3_get_autocommit(t->db))
        sqlite3_exec(t->db, "rollback", NULL, NULL, NULL);
    end(t);
}

/* ---- statements ---- */

/* A statement of the caller's must not end the transaction under us. */
static mig_status still_inside(rt_target *t, rt_error *e) {
    if (!t->in_transaction || !sqlite3_get_autocommit(t->db))
        return MIG_OK;
    t->in_transaction = false;
    return rt_error_set(e, MIG_IO, "the SQL ended the phase's transaction; it must not hold commit or rollback");
}

/* Statements of the caller's leave the transaction alone; SQLite asks about each before it runs. */
static int leave_transaction(void *arg, int action, const char *a, const char *b, const char *c, const char *d) {
    (void)a;
    (void)b;
    (void)c;
    (void)d;
    bool about = action == SQLITE_TRANSACTION || action == SQLITE_SAVEPOINT;
    if (about)
        *(bool *)arg = true;
    return about ? SQLITE_DENY : SQLITE_OK;
}

/* Byte of the whole SQL, from 1, where the statement that begins at `from` went wrong. */
static size_t place_in(const rt_target *t, const char *sql, size_t from) {
    size_t at = from, end;
    int offset = sqlite3_error_offset(t->db);
    if (offset >= 0)
        return from + (size_t)offset + 1;
    rt_sql_statement(MIG_SQLITE, sql, from, &at, &end);
    return at + 1;
}

static mig_status exec_one(rt_target *t, const char *all, const char *sql, const char **rest, rt_error *e) {
    sqlite3_stmt *q;
    char excerpt[200];
    bool about = false, first = e != NULL && e->status == MIG_OK;
    mig_status st = MIG_OK;
    rt_sql_excerpt(excerpt, sizeof excerpt, sql);
    if (t->in_transaction)
        sqlite3_set_authorizer(t->db, leave_transaction, &about);
    int rc = sqlite3_prepare_v2(t->db, sql, -1, &q, rest);
    sqlite3_set_authorizer(t->db, NULL, NULL);
    size_t place = rc != SQLITE_OK ? place_in(t, all, (size_t)(sql - all)) : 0;
    while (rc == SQLITE_OK || rc == SQLITE_ROW)
        rc = q != NULL ? sqlite3_step(q) : SQLITE_DONE;
    if (about)
        st = rt_error_set(e, MIG_IO, "the SQL would end the phase's transaction; it must not hold commit or rollback");
    else if (rc != SQLITE_DONE)
        st = lite_error(t, rc, e, "statement `%s`", excerpt);
    if (st != MIG_OK && first)
        e->sql_at = place > 0 ? place : place_in(t, all, (size_t)(sql - all));
    sqlite3_finalize(q);
    return st == MIG_OK ? still_inside(t, e) : st;
}

static mig_status lite_exec(rt_target *t, const char *sql, rt_error *e) {
    mig_status st = lite_idle(t, e);
    for (const char *at = sql; st == MIG_OK && *at != '\0';)
        st = exec_one(t, sql, at, &at, e);
    return st;
}

/* "$1" is a named parameter to SQLite: the name's index tells where it stands. */
static int bind_params(sqlite3_stmt *q, int n, const char *const *params) {
    int rc = SQLITE_OK;
    for (int i = 0; i < n && rc == SQLITE_OK; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        int index = sqlite3_bind_parameter_index(q, name);
        if (index > 0 && params[i] != NULL)
            rc = sqlite3_bind_text64(q, index, params[i], strlen(params[i]), SQLITE_STATIC, SQLITE_UTF8);
    }
    return rc;
}

static mig_status answer(rt_target *t, sqlite3_stmt *q, const char *about, rt_row_fn fn, void *arg, rt_error *e) {
    int n = sqlite3_column_count(q);
    const char **values = calloc((size_t)n + 1, sizeof *values);
    size_t *lens = calloc((size_t)n + 1, sizeof *lens);
    mig_status st = values == NULL || lens == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
    bool more = true;
    while (st == MIG_OK && more) {
        int rc = sqlite3_step(q);
        if (rc == SQLITE_DONE)
            break;
        if (rc != SQLITE_ROW) {
            st = lite_error(t, rc, e, "statement `%s`", about);
            break;
        }
        for (int i = 0; i < n; i++) {
            values[i] = (const char *)sqlite3_column_text(q, i);
            lens[i] = (size_t)sqlite3_column_bytes(q, i);
            if (values[i] == NULL && sqlite3_column_type(q, i) != SQLITE_NULL) /* an empty blob, or no memory */
                values[i] = "";
        }
        more = fn == NULL || fn(arg, n, values, lens);
    }
    free(values);
    free(lens);
    return st;
}

static mig_status lite_query(rt_target *t, const char *sql, int n, const char *const *params, rt_row_fn fn, void *arg,
                             rt_error *e) {
    mig_status st = lite_idle(t, e);
    if (st != MIG_OK)
        return st;
    sqlite3_stmt *q;
    const char *rest = sql;
    char excerpt[200];
    rt_sql_excerpt(excerpt, sizeof excerpt, sql);
    int rc = sqlite3_prepare_v2(t->db, sql, -1, &q, &rest);
    if (rc == SQLITE_OK && rest[strspn(rest, " \t\r\n;")] != '\0')
        st = rt_error_set(e, MIG_IO, "`%s`: a single statement is wanted", excerpt);
    if (rc == SQLITE_OK && st == MIG_OK)
        rc = bind_params(q, n, params);
    if (rc != SQLITE_OK)
        st = lite_error(t, rc, e, "statement `%s`", excerpt);
    if (st == MIG_OK && q != NULL)
        st = answer(t, q, excerpt, fn, arg, e);
    sqlite3_finalize(q);
    return st == MIG_OK ? still_inside(t, e) : st;
}

static void lite_cancel(rt_target *t) {
    t->cancelled = 1;
    t->stopping = 1;
    sqlite3_interrupt(t->db);
}

/* ---- the live tables ---- */

typedef struct column_list { rt_live_column *v; int cap, n, keys; } column_list;

static bool add_column(void *arg, int n, const char *const *values, const size_t *lens) {
    column_list *l = arg;
    (void)n;
    (void)lens;
    if (l->n < l->cap) {
        rt_live_column *c = &l->v[l->n];
        snprintf(c->name, sizeof c->name, "%s", values[0]);
        snprintf(c->type, sizeof c->type, "%s", values[1]);
        c->not_null = values[2][0] != '0';
        c->has_default = values[3][0] != '0';
        c->is_key = values[4][0] != '0';
        l->keys += c->is_key;
    }
    l->n++;
    return true;
}

static mig_status lite_columns(rt_target *t, const char *table, rt_live_column *out, int cap, int *n, rt_error *e) {
    column_list l = {.v = out, .cap = cap};
    *n = 0;
    /* hidden: 1 a virtual table's own, 2 and 3 generated columns, which nobody may set */
    mig_status st = lite_query(t, "select name, type, \"notnull\", dflt_value is not null or hidden > 1, pk"
                                  " from pragma_table_xinfo($1) where hidden <> 1 order by cid",
                               1, &table, add_column, &l, e);
    if (st != MIG_OK)
        return st;
    if (l.n > cap)
        return rt_error_set(e, MIG_IO, "table \"%s\" has more than %d columns", table, cap);
    *n = l.n;
    for (int i = 0; i < l.n; i++)
        if (out[i].is_key && l.keys == 1 && strcasecmp(out[i].type, "integer") == 0)
            out[i].not_null = out[i].has_default = true; /* the row id: SQLite gives it */
    return MIG_OK;
}

static bool take_int64(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)n;
    (void)lens;
    *(int64_t *)arg = values[0] != NULL ? strtoll(values[0], NULL, 10) : 0;
    return false;
}

static mig_status lite_max_identity(rt_target *t, const mig_table *table, int64_t *out, rt_error *e) {
    *out = 0;
    if (table->identity < 0)
        return MIG_OK;
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select coalesce(max(");
    rt_sql_ident(&sql, table->columns[table->identity].name);
    rt_buf_printf(&sql, "), 0) from ");
    rt_sql_ident(&sql, table->name);
    mig_status st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                               : lite_query(t, sql.p, 0, NULL, take_int64, out, e);
    rt_buf_free(&sql);
    if (*out < 0)
        *out = 0;
    return st;
}

/* Only tables made with autoincrement have a sequence; for the others the engine takes the largest key + 1 by itself. */
static mig_status lite_set_sequence(rt_target *t, const mig_table *table, int64_t last, rt_error *e) {
    int64_t there = 0;
    mig_status st = lite_query(t, "select count(*) from sqlite_schema where name = 'sqlite_sequence'", 0, NULL, take_int64,
                               &there, e);
    if (st != MIG_OK || there == 0)
        return st;
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)last);
    const char *params[] = {table->name, number};
    st = lite_query(t, "update sqlite_sequence set seq = max(seq, cast($2 as integer)) where name = $1", 2, params, NULL, NULL,
                    e);
    if (st == MIG_OK)
        st = lite_query(t, "insert into sqlite_sequence (name, seq) select name, cast($2 as integer) from sqlite_schema"
                           " where type = 'table' and name = $1 and sql like '%autoincrement%'"
                           " and name not in (select name from sqlite_sequence)", 2, params, NULL, NULL, e);
    return st;
}

static mig_status lite_table_size(rt_target *t, const char *table, int64_t *bytes, rt_error *e) {
    *bytes = -1;
    if (!sqlite3_compileoption_used("ENABLE_DBSTAT_VTAB"))
        return MIG_OK;
    return lite_query(t, "select coalesce(sum(pgsize), 0) from dbstat where aggregate = 1"
                         " and name in (select name from sqlite_schema where tbl_name = $1)", 1, &table, take_int64, bytes, e);
}

const rt_target_ops rt_target_sqlite = {
    .engine = MIG_SQLITE,
    .open = lite_open,
    .close = lite_close,
    .describe = lite_describe,
    .begin = lite_begin,
    .commit = lite_commit,
    .commit_part = lite_commit_part,
    .watch = lite_wrote,
    .rollback = lite_rollback,
    .exec = lite_exec,
    .query = lite_query,
    .cancel = lite_cancel,
    .columns = lite_columns,
    .lock = lite_lock,
    .unlock = lite_unlock,
    .locked = lite_locked,
    .writer = lite_writer,
    .put = lite_put,
    .flush = lite_flush,
    .writer_close = lite_writer_close,
    .scan = lite_scan,
    .scan_next = lite_scan_next,
    .scan_close = lite_scan_close,
    .max_identity = lite_max_identity,
    .set_sequence = lite_set_sequence,
    .table_size = lite_table_size,
};
