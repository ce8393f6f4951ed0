/*
 * source_postgres.c: a PostgreSQL database as a source (rt_source_postgres). One read-only transaction from open to close: all tables are
 * read as they stand at one instant, however long that takes. Rows come by COPY in its binary format, each column cast to its
 * type in the spec. Each reading happens in a savepoint that is rolled back: that gives the table's lock back and keeps the snapshot, so
 * that a target in the same database can change what has been read.
 */
#include "runtime/sources/catalog.h"
#include "runtime/sources/pg_source.h"
#include "runtime/targets/statement.h"

#include <stdlib.h>
#include <string.h>

static pg_source *source_of(rt_source *s) { return (pg_source *)(void *)s; }
static pg_reader *reader_of(rt_reader *r) { return (pg_reader *)(void *)r; }

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

/* ---- connecting --------------------------------------------------------------------------------------------------------- */

static bool take_text(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    (void)lens;
    snprintf(arg, 64, "%s", v[0] != NULL ? v[0] : "");
    return false;
}

/* Rows that row security hides would be lost silently: it must not. */
static mig_status session(rt_target *c, rt_error *e) {
    rt_buf sql = {0};
    pg_settings(c, &sql);
    rt_buf_printf(&sql, "set synchronize_seqscans = off; set row_security = off;");
    mig_status st = sql.failed ? no_memory(e) : pg_run(c, sql.p, "setting up the connection", e);
    rt_buf_free(&sql);
    return st;
}

/* The instant that is read is that of the first statement behind this. */
static mig_status begin(pg_source *s, rt_target *c, rt_error *e) {
    char sql[200];
    mig_status st = session(c, e);
    if (st == MIG_OK)
        st = pg_run(c, "begin transaction isolation level repeatable read, read only", "beginning to read", e);
    if (st == MIG_OK && s->snapshot[0] == '\0')
        return pg_query(c, "select pg_catalog.pg_export_snapshot()", 0, NULL, take_text, s->snapshot, e);
    snprintf(sql, sizeof sql, "set transaction snapshot '%s'", s->snapshot);
    return st == MIG_OK ? pg_run(c, sql, "beginning to read", e) : st;
}

static mig_status connect_to(pg_source *s, rt_target **out, rt_error *e) {
    rt_target *c = calloc(1, sizeof *c);
    *out = NULL;
    if (c == NULL)
        return no_memory(e);
    c->role = "source";
    mig_status st = pg_connect(c, s->location, e);
    if (st == MIG_OK)
        st = begin(s, c, e);
    if (st != MIG_OK)
        pg_close(c);
    else
        *out = c;
    return st;
}

static void source_close(rt_source *source) {
    pg_source *s = source_of(source);
    if (s == NULL)
        return;
    pg_close(s->main);
    free(s->location);
    free(s);
}

static mig_status source_open(const mig_source_def *def, const char *location, rt_source **out, rt_error *e) {
    *out = NULL;
    pg_source *s = calloc(1, sizeof *s);
    if (s == NULL || (s->location = strdup(location)) == NULL) {
        free(s);
        return no_memory(e);
    }
    s->def = def;
    mig_status st = connect_to(s, &s->main, e);
    if (st != MIG_OK) {
        if (e != NULL && e->site == NULL)
            e->site = def->site;
        source_close((rt_source *)(void *)s);
        return st;
    }
    const char *encoding = PQparameterStatus(s->main->conn, "server_encoding");
    s->text_is_sure = encoding != NULL && strcmp(encoding, "SQL_ASCII") != 0; /* all others are converted by the server, or are UTF-8 */
    *out = (rt_source *)(void *)s;
    return MIG_OK;
}

static void source_cancel(rt_source *source) {
    char words[256];
    rt_target *c = source_of(source)->main;
    c->cancelled = 1;
    c->stopping = true;
    PQcancel(c->cancel, words, sizeof words);
}

/* ---- statements ------------------------------------------------------------------------------------------------------------ */

static void select_rows(const pg_reader *r, rt_buf *sql) {
    const mig_source_table *t = r->table;
    rt_buf_printf(sql, "select ");
    for (int i = 0; i < t->n_columns; i++) {
        rt_buf_printf(sql, i > 0 ? ", " : "");
        rt_sql_ident(sql, t->columns[i].name);
        rt_buf_printf(sql, "::%s", pg_cast_of(t->columns[i].type));
    }
    for (int i = 0; i < r->order.n; i++) {
        rt_buf_printf(sql, ", ");
        rt_sql_ident(sql, r->order.v[i].p);
        rt_buf_printf(sql, "::text");
    }
    pg_from_rows(t, sql);
    pg_behind(r, sql);
}

static void copy_rows(const pg_reader *r, rt_buf *sql) {
    rt_buf_printf(sql, "copy (");
    select_rows(r, sql);
    rt_buf_printf(sql, ") to stdout (format binary)");
    rt_sql_origin(sql, r->table->site);
}

static mig_status leave_savepoint(rt_target *c, rt_error *e) {
    return pg_run(c, "rollback to savepoint migc_read; release savepoint migc_read", "giving a table back", e);
}

/* ---- a reader ---------------------------------------------------------------------------------------------------------------- */

static void source_stop(rt_reader *reader) {
    pg_reader *r = reader_of(reader);
    char words[256];
    rt_error ignored = {0};
    if (r == NULL)
        return;
    if (r->conn != NULL) {
        if (!r->stream.ended && r->conn->cancel != NULL) { /* not all of it was wanted: the savepoint takes the failure */
            PQcancel(r->conn->cancel, words, sizeof words);
            pg_stream_drain(&r->stream);
        }
        for (int i = 0; i < 2 && PQstatus(r->conn->conn) == CONNECTION_OK; i++) /* a late cancel may hit the first */
            if (leave_savepoint(r->conn, &ignored) == MIG_OK)
                break;
        if (r->conn == r->source->main)
            r->source->busy = false;
        else
            pg_close(r->conn);
    }
    pg_stream_free(&r->stream);
    rt_buf_free(&r->shown);
    rt_arena_free(r->arena);
    rt_arena_free(r->names);
    free(r->cells);
    free(r);
}

static mig_text show(const mig_record *record) {
    pg_reader *r = (pg_reader *)(void *)(uintptr_t)record;
    rt_buf_clear(&r->shown);
    rt_row_json(r->table, r->cells, &r->shown);
    return r->shown.failed ? MIG_NULL_TEXT : (mig_text){r->shown.p, r->shown.n};
}

static mig_status start(pg_reader *r, rt_error *e) {
    pg_source *s = r->source;
    rt_buf sql = {0};
    mig_status st = MIG_OK;
    if (s->busy) {
        st = connect_to(s, &r->conn, e);
    } else {
        r->conn = s->main;
        s->busy = true;
    }
    r->stream.ended = true;
    if (st == MIG_OK)
        st = pg_run(r->conn, "savepoint migc_read", "beginning to read", e);
    if (st == MIG_OK && r->in_order)
        st = pg_order(r, e);
    copy_rows(r, &sql);
    if (st == MIG_OK)
        st = sql.failed ? no_memory(e) : pg_stream_start(&r->stream, r->conn, sql.p, r->about, e);
    rt_buf_free(&sql);
    return st;
}

static mig_status new_reader(rt_source *source, const mig_source_table *t, bool in_order, const char *behind, rt_reader **out, rt_error *e) {
    char words[160];
    *out = NULL;
    pg_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return no_memory(e);
    r->source = source_of(source);
    r->table = t;
    r->in_order = in_order;
    r->behind = behind;
    r->cells = calloc((size_t)t->n_columns + 1, sizeof *r->cells);
    r->arena = rt_arena_new(4096);
    r->out = (mig_record){.cells = r->cells, .n_cells = t->n_columns, .file = t->name, .show = show, .fault_column = -1};
    if (behind != NULL && !rt_field_get_int(&(const char *){behind}, &r->out.row)) {
        source_stop((rt_reader *)(void *)r);
        return rt_error_set(e, MIG_IO, "the ledger's place in table \"%s\" cannot be read", t->name);
    }
    rt_table_words(t, words, sizeof words);
    snprintf(r->about, sizeof r->about, "reading %s of source \"%s\"", words, r->source->def->name);
    mig_status st = r->cells == NULL || r->arena == NULL ? no_memory(e) : start(r, e);
    if (st != MIG_OK) {
        source_stop((rt_reader *)(void *)r);
        if (e != NULL && e->site == NULL)
            e->site = t->site;
        return st;
    }
    *out = (rt_reader *)(void *)r;
    return MIG_OK;
}

static mig_status source_read(rt_source *s, const mig_source_table *t, rt_reader **out, rt_error *e) {
    return new_reader(s, t, false, NULL, out, e);
}

static mig_status source_resume(rt_source *s, const mig_source_table *t, const char *after, rt_reader **out, rt_error *e) {
    return new_reader(s, t, true, after, out, e);
}

/* The key where the spec declares one that is a whole number, which finds the row again; else the row's number. */
static int64_t line_of(const pg_reader *r) {
    const mig_cell *key = r->table->n_key == 1 ? &r->cells[r->table->key[0]] : NULL;
    return key != NULL && key->kind == MIG_CELL_INT ? key->i : r->out.row;
}

static mig_status source_next(rt_reader *reader, const mig_record **out, rt_error *e) {
    pg_reader *r = reader_of(reader);
    pg_fault fault;
    const char *p;
    size_t n = 0;
    *out = NULL;
    mig_status st = pg_stream_next(&r->stream, &p, &n, e);
    if (st != MIG_OK || p == NULL)
        return st;
    rt_arena_reset(r->arena);
    if (pg_cells(r->table, p, n, r->source->text_is_sure, r->cells, r->arena, &fault) != MIG_OK)
        return no_memory(e);
    r->tuple = p;
    r->tuple_n = n;
    r->out.row++;
    r->out.line = line_of(r);
    r->out.fault = fault.rule;
    r->out.fault_column = fault.column;
    r->out.fault_why = r->why;
    if (fault.rule != MIG_RULE_NONE)
        snprintf(r->why, sizeof r->why, "\"%s\" %s", r->table->columns[fault.column].name, fault.what);
    atomic_store_explicit(&r->position, r->out.row, memory_order_relaxed);
    *out = &r->out;
    return MIG_OK;
}

static int64_t source_position(const rt_reader *reader) {
    const pg_reader *r = (const pg_reader *)(const void *)reader;
    return atomic_load_explicit(&r->position, memory_order_relaxed);
}

/* ---- preflight ------------------------------------------------------------------------------------------------------------------ */

static mig_status describe(rt_target *c, const mig_source_table *t, int64_t *rows, rt_error *e) {
    rt_buf sql = {0};
    *rows = -1;
    if (t->query != NULL) {
        bool several;
        rt_buf_add(&sql, t->query, rt_query_length(t->query, &several));
        if (several) {
            rt_buf_free(&sql);
            return rt_error_set(e, MIG_PREFLIGHT, "the query \"%s\" holds more than one statement", t->name);
        }
    } else {
        rt_buf_printf(&sql, "select *");
        pg_from_rows(t, &sql);
    }
    mig_status st = sql.failed ? no_memory(e) : MIG_OK;
    if (st == MIG_OK && t->query == NULL)
        st = pg_live_table(c, t, rows, e);
    if (st == MIG_OK)
        st = pg_live_columns(c, t, sql.p, e);
    if (st == MIG_OK) {
        rt_buf_clear(&sql);
        rt_buf_printf(&sql, "explain ");
        select_rows(&(pg_reader){.table = t}, &sql);
        st = sql.failed ? no_memory(e) : pg_live_rights(c, t, sql.p, e);
    }
    if (st == MIG_OK && t->n_key > 0)
        st = pg_check_key(c, t, e);
    rt_buf_free(&sql);
    return st;
}

static mig_status source_describe(rt_source *source, const mig_source_table *t, rt_source_stat *stat, rt_error *e) {
    rt_target *c = source_of(source)->main;
    int64_t rows = -1;
    *stat = (rt_source_stat){.n_files = 1, .rows_estimate = -1};
    mig_status st = pg_run(c, "savepoint migc_read", "looking at the tables", e);
    if (st == MIG_OK) {
        rt_error ignored = {0};
        st = describe(c, t, &rows, e);
        mig_status left = leave_savepoint(c, st == MIG_OK ? e : &ignored);
        st = st == MIG_OK ? left : st;
    }
    if (st == MIG_OK && rows >= 0) {
        stat->rows_estimate = rows;
        stat->bytes = rows;
    }
    if (st != MIG_OK && e != NULL && e->site == NULL)
        e->site = t->site;
    return st;
}

static mig_status source_resumable(rt_source *source, const mig_source_table *t, const char *after, rt_error *e) {
    pg_reader r = {.source = source_of(source), .table = t, .in_order = true, .behind = after, .conn = source_of(source)->main};
    mig_status st = pg_run(r.conn, "savepoint migc_read", "looking at the tables", e);
    if (st == MIG_OK) {
        rt_error ignored = {0};
        st = pg_order(&r, e);
        if (st == MIG_OK)
            st = pg_check_order(&r, e);
        mig_status left = leave_savepoint(r.conn, st == MIG_OK ? e : &ignored);
        st = st == MIG_OK ? left : st;
    }
    rt_arena_free(r.names);
    if (st != MIG_OK && e != NULL && e->site == NULL)
        e->site = t->site;
    return st;
}

/* ---- the catalogue -------------------------------------------------------------------------------------------------------------- */

static mig_status source_catalog(rt_source *source, const char *schema, rt_catalog *out, const char **name, rt_error *e) {
    rt_target *c = source_of(source)->main;
    rt_error ignored = {0};
    mig_status st = pg_run(c, "savepoint migc_read", "looking at the tables", e);
    if (st != MIG_OK)
        return st;
    st = rt_catalog_postgres(c, schema, out, name, e);
    mig_status left = leave_savepoint(c, st == MIG_OK ? e : &ignored);
    return st == MIG_OK ? left : st;
}

static bool take_name(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    if (v[0] != NULL)
        rt_buf_add(arg, v[0], lens[0]);
    return false;
}

typedef struct standing { int64_t *last; bool *called; } standing;

static bool take_standing(void *arg, int n, const char *const *v, const size_t *lens) {
    standing *s = arg;
    (void)n;
    (void)lens;
    *s->last = strtoll(v[0], NULL, 10);
    *s->called = v[1][0] == 't';
    return false;
}

/* Name of the sequence, as SQL. */
static mig_status find_sequence(rt_target *c, const char *schema, const mig_sequence *q, rt_buf *name, rt_error *e) {
    rt_buf table = {0};
    mig_status st = MIG_OK;
    if (q->name != NULL) {
        rt_sql_qualified(name, schema, q->name);
    } else {
        rt_sql_qualified(&table, schema, q->table);
        const char *params[] = {table.p, q->column};
        st = table.failed ? no_memory(e) : pg_query(c, "select pg_get_serial_sequence($1, $2)", 2, params, take_name, name, e);
        if (st == MIG_OK && name->n == 0)
            st = rt_error_set(e, MIG_IO, "column \"%s\" of source table \"%s\" has no sequence any more", q->column, q->table);
    }
    rt_buf_free(&table);
    return st == MIG_OK && name->failed ? no_memory(e) : st;
}

/* Sequences stand outside of transactions: it is read where it stands now, which is behind all rows that have been read. */
static mig_status source_sequence(rt_source *source, const char *schema, const mig_sequence *q, int64_t *last, bool *called, rt_error *e) {
    rt_target *c = source_of(source)->main;
    rt_buf name = {0}, sql = {0};
    standing s = {last, called};
    mig_status st = pg_run(c, "savepoint migc_read", "looking at a sequence", e);
    if (st != MIG_OK)
        return st;
    st = find_sequence(c, schema, q, &name, e);
    if (st == MIG_OK) {
        rt_buf_printf(&sql, "select last_value, is_called from ");
        rt_buf_add(&sql, name.p, name.n);
        st = sql.failed ? no_memory(e) : pg_query(c, sql.p, 0, NULL, take_standing, &s, e);
    }
    rt_buf_free(&name);
    rt_buf_free(&sql);
    rt_error ignored = {0};
    mig_status left = leave_savepoint(c, st == MIG_OK ? e : &ignored);
    return st == MIG_OK ? left : st;
}

const rt_source_ops rt_source_postgres = {
    .open = source_open,
    .close = source_close,
    .describe = source_describe,
    .read = source_read,
    .next = source_next,
    .resume = source_resume,
    .where = pg_where,
    .resumable = source_resumable,
    .position = source_position,
    .stop = source_stop,
    .catalog = source_catalog,
    .sequence = source_sequence,
    .cancel = source_cancel,
};
