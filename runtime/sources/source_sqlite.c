/*
 * source_sqlite.c: a SQLite database as a source (rt_source_sqlite). Opened read-only, with one read transaction from open to close: all
 * tables are read as they stand at one instant. What a row really holds decides, not what its column was declared as: cells.c makes
 * values of it. Rows come in the order of their row ids, so that two runs see the same order.
 */
#include "runtime/sources/lite_source.h"
#include "runtime/targets/forms.h"
#include "runtime/targets/statement.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PATIENCE_MS = 5000, SMALL_PAGES = 10000 };

static lite_source *source_of(rt_source *s) { return (lite_source *)(void *)s; }
static lite_reader *reader_of(rt_reader *r) { return (lite_reader *)(void *)r; }

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

mig_status lite_source_failed(const lite_source *s, int rc, const char *about, mig_status st, rt_error *e) {
    char says[512];
    rt_sqlite_words(s->db, rc, says, sizeof says);
    if (rc == SQLITE_ERROR && strcmp(says, "interrupted") == 0)
        rc = SQLITE_INTERRUPT; /* a pragma that is asked like a table hides the code of what stopped it */
    switch (rc & 0xff) {
    case SQLITE_INTERRUPT:
        if (s->cancelled)
            return rt_error_set(e, MIG_INTERRUPTED, "interrupted");
        break;
    case SQLITE_NOMEM: return no_memory(e);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        rt_error_hint(e, "Another program is writing to the file and did not let go of it for %d s; close it, or try again.",
                      PATIENCE_MS / 1000);
        return rt_error_set(e, st, "%s: %s is locked by another program", about, s->path);
    case SQLITE_NOTADB: return rt_error_set(e, st, "%s: %s is not a SQLite database (or an encrypted one)", about, s->path);
    case SQLITE_CORRUPT:
        rt_error_hint(e, "`sqlite3 FILE 'pragma integrity_check'` says what is wrong, `.recover` saves what can be read.");
        return rt_error_set(e, st, "%s: the database file %s is damaged: %s", about, s->path, says);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        rt_error_hint(e, "A database in WAL mode is read with its -wal and -shm files; they must be beside it, or the folder writable.");
        return rt_error_set(e, st, "%s: %s cannot be read: %s", about, s->path, says);
    default: break;
    }
    return rt_error_set(e, st, "%s: %s", about, says);
}

/* ---- opening --------------------------------------------------------------------------------------------------------- */

/* Says what is wrong with the place before SQLite is asked, whose words are few. */
static mig_status look(const lite_source *s, rt_error *e) {
    struct stat st;
    if (stat(s->path, &st) != 0)
        return rt_error_set(e, MIG_PREFLIGHT, "the SQLite file %s cannot be opened: %s", s->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        return rt_error_set(e, MIG_PREFLIGHT, "%s is %s, not a SQLite file", s->path, S_ISDIR(st.st_mode) ? "a folder" : "no regular file");
    if (access(s->path, R_OK) != 0)
        return rt_error_set(e, MIG_PREFLIGHT, "the SQLite file %s cannot be read: %s", s->path, strerror(errno));
    if (st.st_size == 0)
        return rt_error_set(e, MIG_PREFLIGHT, "the SQLite file %s is empty", s->path);
    return rt_sqlite_path(s->path, MIG_PREFLIGHT, e);
}

static int journal_mode(void *arg, int n, char **values, char **names) {
    (void)names;
    ((lite_source *)arg)->is_wal = n > 0 && values[0] != NULL && strcmp(values[0], "wal") == 0;
    return 0;
}

/* The first read takes the snapshot. */
static int begin_reading(lite_source *s, const char *path) {
    int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_timeout(s->db, PATIENCE_MS);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DML, 0, NULL); /* "name" is a column, or nothing: never a text */
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    rc = sqlite3_exec(s->db, "pragma query_only = on; begin; select count(*) from sqlite_schema", NULL, NULL, NULL);
    return rc == SQLITE_OK ? sqlite3_exec(s->db, "pragma journal_mode", journal_mode, s, NULL) : rc;
}

static void lite_close(rt_source *source) {
    lite_source *s = source_of(source);
    if (s == NULL)
        return;
    sqlite3_close_v2(s->db);
    free(s->path);
    free(s);
}

static mig_status lite_open(const mig_source_def *def, const char *location, rt_source **out, rt_error *e) {
    char path[PATH_MAX + 2];
    *out = NULL;
    lite_source *s = calloc(1, sizeof *s);
    if (s == NULL || (s->path = strdup(location)) == NULL) {
        free(s);
        return no_memory(e);
    }
    s->def = def;
    mig_status st = strlen(location) < PATH_MAX ? look(s, e) : rt_error_set(e, MIG_PREFLIGHT, "the path of the SQLite file is too long");
    if (st == MIG_OK) {
        snprintf(path, sizeof path, "%s%s", location[0] == ':' ? "./" : "", location); /* ":memory:" would be no file */
        int rc = begin_reading(s, path);
        if (rc != SQLITE_OK)
            st = lite_source_failed(s, rc, "opening the source", MIG_PREFLIGHT, e);
    }
    if (st != MIG_OK) {
        if (e != NULL && e->site == NULL)
            e->site = def->site;
        lite_close((rt_source *)(void *)s);
        return st;
    }
    *out = (rt_source *)(void *)s;
    return MIG_OK;
}

bool rt_source_sqlite_is_wal(rt_source *s) { return source_of(s)->is_wal; }

/* ---- a copy -------------------------------------------------------------------------------------------------------------- */

static int copy_pages(lite_source *s, const char *path) {
    enum { PAGES = 1000 };
    sqlite3 *to = NULL;
    int rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) /* it is read by this process alone, and gone with it */
        rc = sqlite3_exec(to, "pragma journal_mode = off; pragma synchronous = off", NULL, NULL, NULL);
    sqlite3_backup *b = rc == SQLITE_OK ? sqlite3_backup_init(to, "main", s->db, "main") : NULL;
    if (rc == SQLITE_OK && b == NULL)
        rc = sqlite3_errcode(to);
    while (rc == SQLITE_OK)
        rc = s->cancelled ? SQLITE_INTERRUPT : sqlite3_backup_step(b, PAGES);
    if (b != NULL)
        sqlite3_backup_finish(b);
    sqlite3_close_v2(to);
    return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

mig_status rt_source_sqlite_copy(rt_source *source, const char *tmpdir, rt_error *e) {
    lite_source *s = source_of(source);
    char path[PATH_MAX];
    mig_status st = MIG_OK;
    snprintf(path, sizeof path, "%s/migc-source-XXXXXX", tmpdir);
    int fd = mkstemp(path);
    if (fd < 0)
        return rt_error_set(e, MIG_IO, "a copy of %s cannot be made in \"%s\": %s", s->path, tmpdir, strerror(errno));
    (void)close(fd);
    int rc = copy_pages(s, path);
    if (rc == SQLITE_INTERRUPT) {
        st = rt_error_set(e, MIG_INTERRUPTED, "interrupted");
    } else if (rc != SQLITE_OK) {
        rt_error_hint(e, "Set TMPDIR to a folder on a disk with more room.");
        st = rt_error_set(e, MIG_IO, "copying %s to \"%s\": %s", s->path, tmpdir, sqlite3_errstr(rc));
    } else {
        sqlite3 *file = s->db;
        s->db = NULL; /* a signal handler may look */
        sqlite3_close_v2(file);
        rc = begin_reading(s, path);
        if (rc != SQLITE_OK)
            st = lite_source_failed(s, rc, "opening the copy of the source", MIG_IO, e);
    }
    (void)unlink(path); /* what is open stays until it is closed */
    return st;
}

static void lite_cancel(rt_source *source) {
    lite_source *s = source_of(source);
    s->cancelled = 1;
    if (s->db != NULL)
        sqlite3_interrupt(s->db);
}

/* ---- what is there ------------------------------------------------------------------------------------------------------ */

/* First column of the answer as names. */
static mig_status list(const lite_source *s, const char *sql, const char *param, mig_status refusal, rt_arena *a, rt_names *out, rt_error *e) {
    sqlite3_stmt *q = NULL;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL);
    if (rc == SQLITE_OK && param != NULL)
        rc = sqlite3_bind_text(q, 1, param, -1, SQLITE_STATIC);
    while (rc == SQLITE_OK || rc == SQLITE_ROW) {
        rc = sqlite3_step(q);
        const char *name = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(q, 0) : NULL;
        if (name != NULL)
            rt_names_add(out, a, name);
    }
    mig_status st = rc != SQLITE_DONE ? lite_source_failed(s, rc, "looking at its tables", refusal, e) : out->failed ? no_memory(e) : MIG_OK;
    sqlite3_finalize(q);
    return st;
}

mig_status lite_find_table(const lite_source *s, const mig_source_table *t, mig_status refusal, rt_arena *a, lite_shape *out, rt_error *e) {
    rt_names kind = {0}, tables = {0}, own = {0};
    mig_status st = list(s, "select type || iif(wr, ' without', '') from pragma_table_list where schema = 'main' and name = ?1 collate nocase",
                         t->name, refusal, a, &kind, e);
    if (st == MIG_OK && kind.n == 0) {
        st = list(s, "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name",
                  NULL, refusal, a, &tables, e);
        return st == MIG_OK ? rt_no_such_table(t, s->path, &tables, e) : st;
    }
    if (st == MIG_OK) {
        out->is_view = strncmp(kind.v[0].p, "view", 4) == 0;
        out->has_row_id = strcmp(kind.v[0].p, "table") == 0;
        st = list(s, "select name from pragma_table_xinfo(?1) where hidden <> 1 order by cid", t->name, refusal, a, &out->columns, e);
    }
    if (st == MIG_OK && !out->is_view)
        st = list(s, "select name from pragma_table_xinfo(?1) where pk > 0 order by pk", t->name, refusal, a, &out->key, e);
    if (st == MIG_OK && out->has_row_id)
        st = list(s, "select name from pragma_table_xinfo(?1) where pk > 0 and lower(type) = 'integer'"
                     " and (select count(*) from pragma_table_xinfo(?1) where pk > 0) = 1", t->name, refusal, a, &own, e);
    out->own_row_id = own.n > 0;
    return st;
}

/* The name under which a row's id can be asked for: one that no column has. */
static const char *row_id_name(const lite_shape *sh) {
    static const char *const names[] = {"_rowid_", "rowid", "oid"};
    for (size_t k = 0; sh->has_row_id && k < sizeof names / sizeof names[0]; k++) {
        bool taken = false;
        for (int i = 0; i < sh->columns.n; i++)
            taken = taken || sqlite3_stricmp(sh->columns.v[i].p, names[k]) == 0;
        if (!taken)
            return names[k];
    }
    return NULL;
}

/* By what rows are ordered; n 0: by nothing. */
static int order_of(const lite_reader *r, const lite_shape *sh, const char **names, int most) {
    const char *row_id = row_id_name(sh);
    int n = 0;
    if (r->in_order && r->order.n > 0) {
        for (; n < r->order.n && n < most; n++)
            names[n] = r->order.v[n].p;
    } else if (row_id != NULL) {
        names[n++] = row_id;
    } else {
        for (; n < sh->key.n && n < most; n++)
            names[n] = sh->key.v[n].p;
    }
    return n;
}

static void list_names(rt_buf *sql, const char *const *names, int n) {
    for (int i = 0; i < n; i++) {
        rt_buf_printf(sql, i > 0 ? ", " : "");
        rt_sql_ident(sql, names[i]);
    }
}

/* select "a", "b", "_rowid_" from "t" [where ("k", …) > (?1, …)] order by "_rowid_"; in_order: with the order's columns behind all. */
static void select_rows(const lite_reader *r, const lite_shape *sh, bool behind, rt_buf *sql) {
    enum { MOST = 64 };
    const mig_source_table *t = r->table;
    const char *row_id = row_id_name(sh), *names[MOST];
    int n = order_of(r, sh, names, MOST);
    rt_buf_printf(sql, "select ");
    for (int i = 0; i < t->n_columns; i++) {
        rt_buf_printf(sql, i > 0 ? ", " : "");
        rt_sql_ident(sql, t->columns[i].name);
    }
    if (row_id != NULL)
        rt_buf_printf(sql, ", %s", row_id);
    if (r->in_order) {
        rt_buf_printf(sql, ", ");
        list_names(sql, names, n);
    }
    rt_buf_printf(sql, " from ");
    rt_sql_ident(sql, t->name);
    if (behind) {
        rt_buf_printf(sql, " where (");
        list_names(sql, names, n);
        rt_buf_printf(sql, ") > (");
        for (int i = 1; i <= n; i++)
            rt_buf_printf(sql, i > 1 ? ", ?%d" : "?%d", i);
        rt_buf_printf(sql, ")");
    }
    rt_buf_printf(sql, n > 0 ? " order by " : "");
    list_names(sql, names, n);
    rt_sql_origin(sql, t->site);
}

/* ---- a reader ----------------------------------------------------------------------------------------------------------------- */

void lite_source_stop(rt_reader *reader) {
    lite_reader *r = reader_of(reader);
    if (r == NULL)
        return;
    sqlite3_finalize(r->select);
    rt_buf_free(&r->shown);
    rt_arena_free(r->names);
    free(r->map);
    free(r->cells);
    free(r);
}

static mig_status prepare(lite_reader *r, const char *sql, size_t n, mig_status refusal, rt_error *e) {
    char about[160];
    rt_table_words(r->table, about, sizeof about);
    if (n > INT_MAX)
        return rt_error_set(e, refusal, "%s is too long", about);
    int rc = sqlite3_prepare_v2(r->source->db, sql, (int)n, &r->select, NULL);
    if (rc != SQLITE_OK)
        return lite_source_failed(r->source, rc, about, refusal, e);
    if (r->select == NULL || sqlite3_column_count(r->select) == 0 || !sqlite3_stmt_readonly(r->select))
        return rt_error_set(e, refusal, "%s is not a select", about);
    return MIG_OK;
}

static mig_status prepare_query(lite_reader *r, mig_status refusal, rt_arena *a, rt_error *e) {
    rt_names live = {0};
    bool several;
    size_t n = rt_query_length(r->table->query, &several);
    if (several)
        return rt_error_set(e, refusal, "the query \"%s\" holds more than one statement", r->table->name);
    mig_status st = prepare(r, r->table->query, n, refusal, e);
    for (int i = 0; st == MIG_OK && i < sqlite3_column_count(r->select); i++)
        rt_names_add(&live, a, sqlite3_column_name(r->select, i));
    r->row_id = -1;
    if (live.failed)
        return no_memory(e);
    return st == MIG_OK ? rt_match_columns(r->table, &live, true, r->map, e) : st;
}

static mig_status prepare_table(lite_reader *r, mig_status refusal, rt_arena *a, rt_error *e) {
    lite_shape sh = {0};
    rt_buf sql = {0};
    mig_status st = lite_find_table(r->source, r->table, refusal, a, &sh, e);
    if (st == MIG_OK)
        st = rt_match_columns(r->table, &sh.columns, true, r->map, e);
    if (st != MIG_OK)
        return st;
    if (r->in_order)
        st = lite_order(r, &sh, refusal, a, e);
    select_rows(r, &sh, r->behind != NULL, &sql);
    if (st == MIG_OK)
        st = sql.failed ? no_memory(e) : prepare(r, sql.p, sql.n, refusal, e);
    for (int i = 0; i < r->table->n_columns; i++)
        r->map[i] = i;
    r->row_id = row_id_name(&sh) != NULL ? r->table->n_columns : -1;
    r->order_at = r->table->n_columns + (r->row_id >= 0);
    rt_buf_free(&sql);
    return st == MIG_OK && r->behind != NULL ? lite_go_behind(r, refusal, e) : st;
}

static mig_text show(const mig_record *record) {
    lite_reader *r = (lite_reader *)(void *)(uintptr_t)record;
    rt_buf_clear(&r->shown);
    rt_row_json(r->table, r->cells, &r->shown);
    return r->shown.failed ? MIG_NULL_TEXT : (mig_text){r->shown.p, r->shown.n};
}

mig_status lite_new_reader(lite_source *s, const mig_source_table *t, bool in_order, const char *behind, mig_status refusal,
                           lite_reader **out, rt_error *e) {
    lite_reader *r = calloc(1, sizeof *r);
    rt_arena *a = rt_arena_new(4096);
    mig_status st = r == NULL || a == NULL ? no_memory(e) : MIG_OK;
    if (st == MIG_OK) {
        r->source = s;
        r->table = t;
        r->in_order = in_order;
        r->behind = behind;
        r->map = calloc((size_t)t->n_columns + 1, sizeof *r->map);
        r->cells = calloc((size_t)t->n_columns + 1, sizeof *r->cells);
        r->out = (mig_record){.cells = r->cells, .n_cells = t->n_columns, .file = t->name, .show = show, .fault_column = -1};
        st = r->map == NULL || r->cells == NULL ? no_memory(e)
             : t->query != NULL                 ? prepare_query(r, refusal, a, e)
                                                : prepare_table(r, refusal, a, e);
    }
    rt_arena_free(a);
    if (st != MIG_OK) {
        lite_source_stop((rt_reader *)(void *)r);
        if (e != NULL && e->site == NULL)
            e->site = t->site;
        return st;
    }
    *out = r;
    return MIG_OK;
}

static mig_status lite_read(rt_source *s, const mig_source_table *t, rt_reader **out, rt_error *e) {
    lite_reader *r = NULL;
    *out = NULL;
    mig_status st = lite_new_reader(source_of(s), t, false, NULL, MIG_IO, &r, e);
    *out = (rt_reader *)(void *)r;
    return st;
}

/* ---- records -------------------------------------------------------------------------------------------------------------------- */

static void set_fault(lite_reader *r, mig_rule fault, int column) {
    if (r->out.fault != MIG_RULE_NONE)
        return;
    r->out.fault = fault;
    r->out.fault_why = r->why;
    r->out.fault_column = column;
}

/* Text of the answer's column; what is no text is the record's fault. False: no memory. */
static bool take_text(lite_reader *r, int i, mig_cell *c) {
    const char *p = (const char *)sqlite3_column_text(r->select, r->map[i]);
    if (p == NULL)
        return false;
    c->kind = MIG_CELL_TEXT;
    c->p = p;
    c->n = (size_t)sqlite3_column_bytes(r->select, r->map[i]);
    if (rt_is_text(c->p, c->n))
        return true;
    bool nul = memchr(c->p, '\0', c->n) != NULL;
    if (r->out.fault == MIG_RULE_NONE)
        snprintf(r->why, sizeof r->why, nul ? "the text in \"%s\" holds a NUL byte" : "the text in \"%s\" is not UTF-8", r->table->columns[i].name);
    set_fault(r, nul ? MIG_RULE_NUL : MIG_RULE_UTF8, i);
    return true;
}

static void take_blob(lite_reader *r, int i, bool wants_text, mig_cell *c) {
    const void *p = sqlite3_column_blob(r->select, r->map[i]);
    c->kind = MIG_CELL_BLOB;
    c->p = p != NULL ? p : "";
    c->n = (size_t)sqlite3_column_bytes(r->select, r->map[i]);
    if (!wants_text)
        return;
    if (r->out.fault == MIG_RULE_NONE)
        snprintf(r->why, sizeof r->why, "\"%s\" holds a blob of %zu byte%s where the spec says text", r->table->columns[i].name, c->n,
                 c->n == 1 ? "" : "s");
    set_fault(r, MIG_RULE_PARSE, i);
}

static bool take_cell(lite_reader *r, int i) {
    mig_cell *c = &r->cells[i];
    mig_type type = r->table->columns[i].type;
    bool wants_text = type == MIG_T_TEXT || type == MIG_T_VARCHAR || type == MIG_T_CHAR;
    switch (sqlite3_column_type(r->select, r->map[i])) {
    case SQLITE_NULL: *c = (mig_cell){.kind = MIG_CELL_NULL}; return true;
    case SQLITE_BLOB: take_blob(r, i, wants_text, c); return true;
    case SQLITE_TEXT: return take_text(r, i, c);
    case SQLITE_INTEGER:
        if (wants_text)
            return take_text(r, i, c);
        c->kind = MIG_CELL_INT;
        c->i = sqlite3_column_int64(r->select, r->map[i]);
        return true;
    default: /* SQLITE_FLOAT */
        if (wants_text)
            return take_text(r, i, c);
        c->kind = MIG_CELL_REAL;
        c->d = sqlite3_column_double(r->select, r->map[i]);
        return true;
    }
}

static mig_status lite_next(rt_reader *reader, const mig_record **out, rt_error *e) {
    lite_reader *r = reader_of(reader);
    char about[200];
    *out = NULL;
    int rc = sqlite3_step(r->select);
    if (rc == SQLITE_DONE)
        return MIG_OK;
    if (rc != SQLITE_ROW) {
        rt_table_words(r->table, about, sizeof about);
        return lite_source_failed(r->source, rc, about, MIG_IO, e);
    }
    r->out.row++;
    r->out.line = r->row_id >= 0 ? sqlite3_column_int64(r->select, r->row_id) : r->out.row;
    r->out.fault = MIG_RULE_NONE;
    r->out.fault_column = -1;
    for (int i = 0; i < r->table->n_columns; i++)
        if (!take_cell(r, i))
            return no_memory(e);
    atomic_store_explicit(&r->position, r->out.row, memory_order_relaxed);
    *out = &r->out;
    return MIG_OK;
}

static int64_t lite_position(const rt_reader *reader) {
    const lite_reader *r = (const lite_reader *)(const void *)reader;
    return atomic_load_explicit(&r->position, memory_order_relaxed);
}

/* ---- preflight ------------------------------------------------------------------------------------------------------------------- */

/* One integer; false: none. */
static bool ask(const lite_source *s, const char *sql, int64_t *out) {
    sqlite3_stmt *q = NULL;
    bool there = sqlite3_prepare_v2(s->db, sql, -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW &&
                 sqlite3_column_type(q, 0) == SQLITE_INTEGER;
    if (there)
        *out = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return there;
}

/* Counted where that is quick; else as many as there are row ids between the first and the last. */
static void count_rows(lite_reader *r, rt_source_stat *st) {
    int64_t pages = 0;
    rt_buf sql = {0};
    ask(r->source, "pragma page_count", &pages);
    bool small = pages <= SMALL_PAGES;
    st->rows_estimate = -1;
    if (r->table->query != NULL || (!small && r->row_id < 0))
        return;
    rt_buf_printf(&sql, small ? "select count(*) from " : "select max(rowid) - min(rowid) + 1 from ");
    rt_sql_ident(&sql, r->table->name);
    st->exact = !sql.failed && ask(r->source, sql.p, &st->rows_estimate) && small;
    if (st->rows_estimate > 0)
        st->bytes = st->rows_estimate;
    rt_buf_free(&sql);
}

static mig_status key_holds(const lite_source *s, const mig_source_table *t, rt_error *e) {
    lite_shape sh = {0};
    rt_arena *a = rt_arena_new(4096);
    mig_status st = a == NULL ? no_memory(e) : t->query != NULL ? MIG_OK : lite_find_table(s, t, MIG_PREFLIGHT, a, &sh, e);
    if (st == MIG_OK)
        st = lite_check_key(s, t, t->query == NULL ? &sh : NULL, e);
    if (st != MIG_OK && e != NULL && e->site == NULL)
        e->site = t->site;
    rt_arena_free(a);
    return st;
}

static mig_status lite_describe(rt_source *s, const mig_source_table *t, rt_source_stat *st, rt_error *e) {
    lite_reader *r = NULL;
    *st = (rt_source_stat){.n_files = 1, .rows_estimate = -1};
    mig_status status = lite_new_reader(source_of(s), t, false, NULL, MIG_PREFLIGHT, &r, e);
    if (status != MIG_OK)
        return status;
    count_rows(r, st);
    lite_source_stop((rt_reader *)(void *)r);
    return t->n_key > 0 ? key_holds(source_of(s), t, e) : MIG_OK;
}

const rt_source_ops rt_source_sqlite = {
    .open = lite_open,
    .close = lite_close,
    .describe = lite_describe,
    .read = lite_read,
    .next = lite_next,
    .resume = lite_resume,
    .where = lite_where,
    .resumable = lite_resumable,
    .position = lite_position,
    .catalog = lite_catalog,
    .stop = lite_source_stop,
    .cancel = lite_cancel,
};
