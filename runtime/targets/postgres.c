/*
 * postgres.c: the PostgreSQL target: transactions, statements; connecting is pg_connect.c. Rows go in by pg_write.c and pg_sender.c, come
 * out by pg_scan.c; questions about the live tables are in pg_tables.c, the lock in pg_lock.c.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST_SERVER = 120000 };

/* ---- connecting ---- */

static mig_status check_server(const rt_target *t, rt_error *e) {
    const char *encoding = PQparameterStatus(t->conn, "server_encoding");
    int version = PQserverVersion(t->conn);
    if (version < OLDEST_SERVER)
        return rt_error_set(e, MIG_PREFLIGHT, "the server of %s is PostgreSQL %d.%d; version 12 or later is needed", t->what,
                            version / 10000, version % 10000);
    if (encoding != NULL && strcmp(encoding, "UTF8") == 0)
        return MIG_OK;
    rt_error_hint(e, "Make a database for it: createdb -T template0 -E UTF8 NAME");
    return rt_error_set(e, MIG_PREFLIGHT, "the database of %s has the encoding %s; UTF8 is needed, or text could not be kept as it is",
                        t->what, encoding != NULL ? encoding : "?");
}

void pg_settings(const rt_target *t, rt_buf *sql) {
    rt_buf_printf(sql, "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex';"
                       "set extra_float_digits = 1; set standard_conforming_strings = on; set array_nulls = on; set xmloption = content;"
                       "set quote_all_identifiers = off; set transform_null_equals = off;"
                       "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;");
    if (PQserverVersion(t->conn) >= 140000)
        rt_buf_printf(sql, "set idle_session_timeout = 0;");
    if (PQserverVersion(t->conn) >= 170000)
        rt_buf_printf(sql, "set transaction_timeout = 0;");
}

mig_status pg_session(rt_target *t, rt_error *e) {
    rt_buf sql = {0};
    pg_settings(t, &sql);
    if (PQserverVersion(t->conn) >= 140000) /* a killed program's long statement ends, and with it its lock */
        rt_buf_printf(&sql, "set client_connection_check_interval = '2s';");
    /* Behind a lock that was waited for, what was committed meanwhile is to be seen: not so where all transactions see one moment. */
    rt_buf_printf(&sql, "set default_transaction_isolation = 'read committed';");
    if (!t->writing)
        rt_buf_printf(&sql, "set default_transaction_read_only = on;");
    if (t->schema != NULL) {
        rt_buf_printf(&sql, "set search_path to ");
        rt_sql_ident(&sql, t->schema);
    } else { /* a role that is named migc would find its tables in the ledger's schema, once that is there */
        rt_buf_printf(&sql, "do $do$ begin perform set_config('search_path', coalesce((select string_agg(quote_ident(s), ', ' order by n)"
                            " from unnest(current_schemas(false)) with ordinality as u(s, n) where s <> 'migc'), ''), false); end $do$");
    }
    mig_status st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                               : pg_run(t, sql.p, "setting up the connection", e);
    rt_buf_free(&sql);
    return st;
}

void pg_close(rt_target *t) {
    if (t == NULL)
        return;
    pg_sender_drop(t);
    pg_sender_free(t);
    if (t->cancel != NULL)
        PQfreeCancel(t->cancel);
    PQfinish(t->conn); /* rolls back what is open, lets go of the lock */
    free(t);
}

static mig_status pg_open(const mig_target_def *def, const char *location, bool for_writing, rt_target **out, rt_error *e) {
    *out = NULL;
    rt_target *t = calloc(1, sizeof *t);
    if (t == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    t->role = "target";
    t->schema = def->schema;
    t->writing = for_writing;
    mig_status st = pg_connect(t, location, e);
    if (st == MIG_OK)
        st = check_server(t, e);
    if (st == MIG_OK)
        st = pg_session(t, e);
    if (st != MIG_OK) {
        pg_close(t);
        return st;
    }
    *out = t;
    return MIG_OK;
}

static const char *pg_describe(const rt_target *t) { return t->what; }

const char *pg_schema(const rt_target *t, const mig_table *table) {
    return table->schema != NULL ? table->schema : t->schema;
}

/* ---- statements ---- */

mig_status pg_free(rt_target *t, rt_error *e) {
    if (t->scan != NULL)
        return rt_error_set(e, MIG_IO, "%s: a table is still being read", t->what);
    return pg_flush_all(t, e);
}

/* Ends a COPY that a statement of the caller's began: rows do not come this way. */
static void end_copy(rt_target *t, ExecStatusType status) {
    char *data;
    if (status == PGRES_COPY_IN)
        PQputCopyEnd(t->conn, "COPY is not possible here");
    else if (status == PGRES_COPY_OUT)
        while (PQgetCopyData(t->conn, &data, 0) > 0)
            PQfreemem(data);
}

/* Gives one row of a result to fn; false: enough. */
static bool give(const PGresult *res, int row, rt_row_fn fn, void *arg) {
    enum { FEW = 32 };
    const char *few[FEW];
    size_t few_lens[FEW];
    int n = PQnfields(res);
    const char **values = n <= FEW ? few : calloc((size_t)n, sizeof *values);
    size_t *lens = n <= FEW ? few_lens : calloc((size_t)n, sizeof *lens);
    bool more = false;
    for (int i = 0; i < n && values != NULL && lens != NULL; i++) {
        values[i] = PQgetisnull(res, row, i) ? NULL : PQgetvalue(res, row, i);
        lens[i] = (size_t)PQgetlength(res, row, i);
    }
    if (values != NULL && lens != NULL)
        more = fn(arg, n, values, lens);
    if (n > FEW) {
        free(values);
        free(lens);
    }
    return more;
}

/* Byte of the SQL, from 1, where a failed result says that it went wrong; else where the statement that failed begins. */
static size_t place_in(const char *sql, const PGresult *res, int statement) {
    const char *position = PQresultErrorField(res, PG_DIAG_STATEMENT_POSITION);
    size_t at = 0, end = 0;
    if (position != NULL) { /* in characters, from 1 */
        for (long left = strtol(position, NULL, 10) - 1; sql[at] != '\0' && left > 0; at++)
            left -= ((unsigned char)sql[at + 1] & 0xc0) != 0x80;
        return at + 1;
    }
    for (int i = 0; i < statement; i++)
        if (!rt_sql_statement(MIG_POSTGRES, sql, end, &at, &end))
            return 0;
    return at + 1;
}

static void about_statement(char *out, size_t cap, const char *sql) {
    char excerpt[200];
    rt_sql_excerpt(excerpt, sizeof excerpt, sql);
    snprintf(out, cap, "statement `%s`", excerpt);
}

/* Words for the statement of several that holds the place. */
static void about_place(char *out, size_t cap, const char *sql, size_t place) {
    size_t at = 0, end = 0;
    while (end < place && rt_sql_statement(MIG_POSTGRES, sql, end, &at, &end))
        ;
    about_statement(out, cap, sql + at);
}

/* A statement about the transaction that nobody has seen before must not go unseen now. */
static bool is_transaction(const PGresult *res) {
    static const char *const tags[] = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "START TRANSACTION", "PREPARE TRANSACTION"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++)
        if (strcmp(PQcmdStatus((PGresult *)res), tags[i]) == 0)
            return true;
    return false;
}

static mig_status statement_error(rt_target *t, const PGresult *res, const char *sql, int statement, rt_error *e) {
    char about[256];
    size_t place = place_in(sql, res, statement);
    about_place(about, sizeof about, sql, place);
    if (e != NULL && e->status == MIG_OK)
        e->sql_at = place;
    return pg_error(t, res, e, "%s", about);
}

pg_heard pg_hear(PGconn *conn) {
    struct pollfd p = {.fd = PQsocket(conn), .events = POLLIN};
    if (p.fd < 0)
        return PG_LOST;
    int n = poll(&p, 1, 1000);
    if (n >= 0 && !PQconsumeInput(conn)) /* n 0, too: what TLS holds unread does not show at the socket */
        return PG_LOST;
    return n == 0 ? PG_SILENT : PG_HEARD;
}

/* A cancel that came before the server was at work has passed it by: it is sent again as long as there is no answer. */
PGresult *pg_next_result(rt_target *t) {
    pg_heard heard = PG_HEARD;
    while (heard != PG_LOST && PQisBusy(t->conn)) {
        char words[256];
        heard = pg_hear(t->conn);
        if (heard == PG_SILENT && t->stopping)
            PQcancel(t->cancel, words, sizeof words);
    }
    return PQgetResult(t->conn);
}

/* Takes all results of what was sent; the first failure is reported. sql: several statements of the caller's, or NULL. */
static mig_status results(rt_target *t, const char *about, const char *sql, rt_row_fn fn, void *arg, rt_error *e) {
    mig_status st = MIG_OK;
    int statement = 0;
    bool more = fn != NULL;
    for (PGresult *res; (res = pg_next_result(t)) != NULL;) {
        ExecStatusType status = PQresultStatus(res);
        statement += status != PGRES_SINGLE_TUPLE;
        if (sql != NULL && t->in_transaction && status == PGRES_COMMAND_OK && is_transaction(res) && st == MIG_OK)
            st = rt_error_set(e, MIG_IO, "the SQL ended the phase's transaction; it must not hold commit or rollback");
        if (status == PGRES_SINGLE_TUPLE || status == PGRES_TUPLES_OK) {
            for (int i = 0; i < PQntuples(res) && more; i++)
                more = give(res, i, fn, arg);
        } else if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) {
            if (st == MIG_OK)
                st = rt_error_set(e, MIG_IO, "%s: COPY from or to the program is not possible here", about);
            end_copy(t, status);
        } else if (status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY && st == MIG_OK) {
            st = sql != NULL ? statement_error(t, res, sql, statement, e) : pg_error(t, res, e, "%s", about);
        }
        bool lost = PQstatus(t->conn) == CONNECTION_BAD;
        PQclear(res);
        if (lost)
            break;
    }
    return st;
}

mig_status pg_run(rt_target *t, const char *sql, const char *about, rt_error *e) {
    if (PQsendQuery(t->conn, sql) != 1)
        return pg_error(t, NULL, e, "%s", about);
    return results(t, about, NULL, NULL, NULL, e);
}

/* A statement of the caller's must not end the transaction under us. */
static mig_status still_inside(rt_target *t, rt_error *e) {
    if (!t->in_transaction || PQtransactionStatus(t->conn) != PQTRANS_IDLE)
        return MIG_OK;
    t->in_transaction = false;
    return rt_error_set(e, MIG_IO, "the SQL ended the phase's transaction; it must not hold commit or rollback");
}

static mig_status pg_exec(rt_target *t, const char *sql, rt_error *e) {
    char about[256];
    about_statement(about, sizeof about, sql);
    mig_status st = pg_free(t, e);
    if (st == MIG_OK && PQsendQuery(t->conn, sql) != 1)
        st = pg_error(t, NULL, e, "%s", about);
    else if (st == MIG_OK)
        st = results(t, about, sql, NULL, NULL, e);
    return st == MIG_OK ? still_inside(t, e) : st;
}

mig_status pg_query(rt_target *t, const char *sql, int n, const char *const *params, rt_row_fn fn, void *arg, rt_error *e) {
    char about[256];
    about_statement(about, sizeof about, sql);
    mig_status st = pg_free(t, e);
    if (st != MIG_OK)
        return st;
    if (PQsendQueryParams(t->conn, sql, n, NULL, params, NULL, NULL, 0) != 1)
        return pg_error(t, NULL, e, "%s", about);
    PQsetSingleRowMode(t->conn);
    st = results(t, about, NULL, fn, arg, e);
    return st == MIG_OK ? still_inside(t, e) : st;
}

bool pg_take_int64(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)n;
    (void)lens;
    *(int64_t *)arg = values[0] != NULL ? strtoll(values[0], NULL, 10) : 0;
    return false;
}

/* PQcancel asks over a connection of its own; libpq makes it safe to call from a signal handler. */
static void pg_cancel(rt_target *t) {
    char words[256];
    t->cancelled = 1;
    t->stopping = true;
    PQcancel(t->cancel, words, sizeof words);
}

/* ---- transactions ---- */

static mig_status pg_begin(rt_target *t, bool watch_keys, rt_error *e) {
    (void)watch_keys; /* the server always does */
    mig_status st = pg_free(t, e);
    if (st == MIG_OK)
        st = pg_run(t, t->writing ? "begin" : "begin isolation level repeatable read, read only", "beginning a transaction", e);
    t->in_transaction = st == MIG_OK;
    return st;
}

static mig_status pg_commit(rt_target *t, rt_error *e) {
    mig_status st = pg_free(t, e);
    if (st != MIG_OK)
        return st;
    PGresult *res = PQexec(t->conn, "commit");
    if (PQresultStatus(res) != PGRES_COMMAND_OK) {
        if (PQstatus(t->conn) == CONNECTION_BAD)
            rt_error_hint(e, "Whether the phase was committed before the connection broke is in the ledger: run again, it knows.");
        st = pg_error(t, res, e, "committing");
    } else if (strcmp(PQcmdStatus(res), "COMMIT") != 0) { /* the server answers ROLLBACK when a statement had failed */
        st = rt_error_set(e, MIG_IO, "committing: the server rolled the transaction back, because a statement in it had failed");
    }
    PQclear(res);
    t->in_transaction = false;
    return st;
}

static void pg_rollback(rt_target *t) {
    pg_forget_all(t);
    pg_scan_drain(t->scan);
    t->stopping = false; /* what follows is ours: the notes of the end */
    if (PQtransactionStatus(t->conn) != PQTRANS_IDLE && PQstatus(t->conn) == CONNECTION_OK)
        PQclear(PQexec(t->conn, "rollback"));
    t->in_transaction = false;
}

const rt_target_ops rt_target_postgres = {
    .engine = MIG_POSTGRES,
    .open = pg_open,
    .close = pg_close,
    .cancel = pg_cancel,
    .describe = pg_describe,
    .begin = pg_begin,
    .commit = pg_commit,
    .commit_part = pg_commit,
    .rollback = pg_rollback,
    .exec = pg_exec,
    .query = pg_query,
    .columns = pg_columns,
    .lock = pg_lock,
    .unlock = pg_unlock,
    .writer = pg_writer,
    .put = pg_put,
    .flush = pg_flush,
    .writer_close = pg_writer_close,
    .scan = pg_scan,
    .scan_next = pg_scan_next,
    .scan_close = pg_scan_close,
    .max_identity = pg_max_identity,
    .set_sequence = pg_set_sequence,
    .table_size = pg_table_size,
};
