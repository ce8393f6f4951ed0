/*
 * lite_scan.c: rows of a SQLite table through its codec. SQLite lets any value stand in any column, so every value is
 * checked against the form of its column's type; one that is not of it ends the scan, with its place.
 */
#include "runtime/targets/forms.h"
#include "runtime/targets/lite.h"
#include "runtime/targets/statement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rt_scan {
    mig_codec c; /* must stand first: the reader */
    rt_target *target;
    const mig_table *table;
    sqlite3_stmt *select;
    rt_arena *arena;     /* of the current row: lists */
    int first;           /* column of the answer that is the table's first: 1 behind a row id, else 0 */
    int json;            /* column of the answer that says whether the next json column is valid */
    int column;          /* of the table, from 0 */
    const char *expected;/* the first value that is not of its form: what it should be, or NULL */
    int bad_column;
    bool nomem;
    int64_t rows;
};

static rt_scan *scan_of(mig_codec *c) { return (rt_scan *)c; }

/* The answer's column for the table's current one; *kind its SQLite type. */
static int at(rt_scan *s, int *kind) {
    int i = s->first + s->column++;
    *kind = sqlite3_column_type(s->select, i);
    return i;
}

static void bad(rt_scan *s, const char *expected) {
    if (s->expected == NULL) {
        s->expected = expected;
        s->bad_column = s->column - 1;
    }
}

static void read_int(rt_scan *s, mig_int *v, int64_t min, int64_t max, const char *expected) {
    int kind, i = at(s, &kind);
    v->v = sqlite3_column_int64(s->select, i);
    v->is_null = kind == SQLITE_NULL;
    if (kind != SQLITE_NULL && (kind != SQLITE_INTEGER || v->v < min || v->v > max))
        bad(s, expected);
}

static void read_smallint(mig_codec *c, mig_int *v) { read_int(scan_of(c), v, INT16_MIN, INT16_MAX, "a smallint"); }
static void read_integer(mig_codec *c, mig_int *v) { read_int(scan_of(c), v, INT32_MIN, INT32_MAX, "an integer"); }
static void read_bigint(mig_codec *c, mig_int *v) { read_int(scan_of(c), v, INT64_MIN, INT64_MAX, "a bigint"); }

static void read_boolean(mig_codec *c, mig_bool *v) {
    mig_int i;
    read_int(scan_of(c), &i, 0, 1, "a boolean (0 or 1)");
    *v = (mig_bool){i.v != 0, i.is_null};
}

static void read_double(mig_codec *c, mig_float *v) {
    rt_scan *s = scan_of(c);
    int kind, i = at(s, &kind);
    *v = (mig_float){sqlite3_column_double(s->select, i), kind == SQLITE_NULL};
    /* A column without REAL affinity keeps 1.0 as the integer 1. */
    if (kind != SQLITE_NULL && kind != SQLITE_FLOAT && kind != SQLITE_INTEGER)
        bad(s, "a number");
    else if (!isfinite(v->v))
        bad(s, "a finite number");
}

static void read_real(mig_codec *c, mig_float *v) {
    read_double(c, v);
    float narrow = (float)v->v;
    if (!isfinite(narrow))
        bad(scan_of(c), "a real");
    v->v = (double)narrow;
}

/* The text of column i, which is not null. */
static mig_text text_at(rt_scan *s, int i) {
    const unsigned char *p = sqlite3_column_text(s->select, i);
    s->nomem = s->nomem || p == NULL;
    return p != NULL ? (mig_text){(const char *)p, (size_t)sqlite3_column_bytes(s->select, i)} : MIG_TEXT("");
}

/* Text, or p == NULL for null (and for what is no text: then said). */
static mig_text read_chars(rt_scan *s, const char *expected) {
    int kind, i = at(s, &kind);
    if (kind == SQLITE_TEXT)
        return text_at(s, i);
    if (kind != SQLITE_NULL)
        bad(s, expected);
    return MIG_NULL_TEXT;
}

static void read_numeric(mig_codec *c, mig_numeric *v) {
    rt_scan *s = scan_of(c);
    int kind, i = at(s, &kind);
    *v = MIG_NULL_NUMERIC;
    if (kind == SQLITE_NULL)
        return;
    mig_text t = kind == SQLITE_TEXT || kind == SQLITE_INTEGER ? text_at(s, i) : MIG_TEXT("");
    if (!rt_is_numeric(t.p, t.n))
        bad(s, "an exact decimal as text");
    *v = (mig_numeric){t.p, t.n};
}

static void read_text(mig_codec *c, mig_text *v) {
    rt_scan *s = scan_of(c);
    *v = read_chars(s, "text");
    if (v->p != NULL && !rt_is_text(v->p, v->n))
        bad(s, "text in UTF-8 without NUL");
    if (s->table->columns[s->column - 1].type == MIG_T_CHAR)
        while (v->p != NULL && v->n > 0 && v->p[v->n - 1] == ' ')
            v->n--;
}

static void read_bytea(mig_codec *c, mig_bytea *v) {
    rt_scan *s = scan_of(c);
    int kind, i = at(s, &kind);
    *v = MIG_NULL_BYTEA;
    if (kind == SQLITE_NULL)
        return;
    if (kind != SQLITE_BLOB)
        bad(s, "a blob");
    const void *p = sqlite3_column_blob(s->select, i);
    *v = (mig_bytea){p != NULL ? p : "", (size_t)sqlite3_column_bytes(s->select, i)};
}

static void read_date(mig_codec *c, mig_date *v) {
    rt_scan *s = scan_of(c);
    mig_text t = read_chars(s, "a date, YYYY-MM-DD");
    *v = (mig_date){0, t.p == NULL};
    if (t.p != NULL && !rt_read_date(t.p, t.n, &v->v))
        bad(s, "a date, YYYY-MM-DD");
}

static void read_moment(rt_scan *s, int64_t *v, bool *is_null, bool (*read)(const char *, size_t, int64_t *),
                        const char *expected) {
    mig_text t = read_chars(s, expected);
    *v = 0;
    *is_null = t.p == NULL;
    if (t.p != NULL && !read(t.p, t.n, v))
        bad(s, expected);
}

static void read_time(mig_codec *c, mig_time *v) {
    read_moment(scan_of(c), &v->v, &v->is_null, rt_read_time, "a time, HH:MM:SS");
}

static void read_timestamp(mig_codec *c, mig_timestamp *v) {
    read_moment(scan_of(c), &v->v, &v->is_null, rt_read_timestamp, "a timestamp, YYYY-MM-DD HH:MM:SS");
}

static void read_timestamptz(mig_codec *c, mig_timestamptz *v) {
    read_moment(scan_of(c), &v->v, &v->is_null, rt_read_timestamptz, "a timestamptz, YYYY-MM-DD HH:MM:SS+00:00");
}

static void read_uuid(mig_codec *c, mig_uuid *v) {
    rt_scan *s = scan_of(c);
    mig_text t = read_chars(s, "a uuid, 36 characters in lower case");
    v->is_null = t.p == NULL;
    if (t.p != NULL && !rt_read_uuid(t.p, t.n, v->v))
        bad(s, "a uuid, 36 characters in lower case");
}

static void read_json(mig_codec *c, mig_json *v) {
    rt_scan *s = scan_of(c);
    mig_text t = read_chars(s, "JSON text");
    int valid = s->json++;
    if (t.p != NULL && (sqlite3_column_int(s->select, valid) != 1 || !rt_is_text(t.p, t.n)))
        bad(s, "JSON text");
    *v = (mig_json){t.p, t.n};
}

static void read_list(mig_codec *c, mig_list *v) {
    rt_scan *s = scan_of(c);
    mig_text t = read_chars(s, "a JSON array of texts");
    *v = MIG_NULL_LIST;
    bool nomem = false;
    if (t.p != NULL && !rt_read_list(t.p, t.n, s->arena, v, &nomem))
        bad(s, "a JSON array of texts");
    s->nomem = s->nomem || nomem;
}

/* The select, with a column of json_valid() behind for every json column. */
static mig_status prepare(rt_scan *s, const char *row_id, rt_error *e) {
    const mig_table *t = s->table;
    rt_buf sql = {0};
    s->first = row_id != NULL;
    rt_buf_printf(&sql, "select ");
    if (row_id != NULL)
        rt_buf_printf(&sql, "%s, ", row_id);
    rt_sql_columns(&sql, t);
    for (int i = 0; i < t->n_columns; i++) {
        if (t->columns[i].type != MIG_T_JSON && t->columns[i].type != MIG_T_JSONB)
            continue;
        rt_buf_printf(&sql, ", json_valid(");
        rt_sql_ident(&sql, t->columns[i].name);
        rt_buf_printf(&sql, ")");
    }
    rt_buf_printf(&sql, " from ");
    rt_sql_qualified(&sql, NULL, t->name);
    rt_sql_origin(&sql, t->site);
    mig_status st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                               : lite_prepare(s->target, sql.p, false, &s->select, e);
    rt_buf_free(&sql);
    return st;
}

mig_status lite_scan(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e) {
    *out = NULL;
    mig_status st = lite_idle(t, e);
    if (st != MIG_OK)
        return st;
    rt_scan *s = calloc(1, sizeof *s);
    if (s == NULL || (s->arena = rt_arena_new(4096)) == NULL) {
        free(s);
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    }
    s->c = (mig_codec){.boolean = read_boolean, .smallint = read_smallint, .integer = read_integer, .bigint = read_bigint,
                       .real = read_real, .double_ = read_double, .numeric = read_numeric, .text = read_text,
                       .bytea = read_bytea, .date = read_date, .time = read_time, .timestamp = read_timestamp,
                       .timestamptz = read_timestamptz, .uuid = read_uuid, .json = read_json, .jsonb = read_json,
                       .list = read_list};
    s->target = t;
    s->table = table;
    /* Tables without row ids and views have none to show. */
    rt_error no_row_id = {0};
    st = prepare(s, "_rowid_", &no_row_id);
    if (st != MIG_OK)
        st = prepare(s, NULL, e);
    if (st != MIG_OK) {
        rt_arena_free(s->arena);
        free(s);
        return st;
    }
    t->scan = s;
    *out = s;
    return MIG_OK;
}

static mig_status say_bad(rt_scan *s, rt_error *e) {
    char value[96] = "a blob", where[48];
    int i = s->first + s->bad_column;
    if (sqlite3_column_type(s->select, i) != SQLITE_BLOB) {
        const unsigned char *p = sqlite3_column_text(s->select, i);
        if (p != NULL)
            rt_shorten(value, sizeof value, (const char *)p, (size_t)sqlite3_column_bytes(s->select, i));
    }
    if (s->first == 1 && sqlite3_column_type(s->select, 0) == SQLITE_INTEGER) /* a view's is null */
        snprintf(where, sizeof where, "rowid %lld", (long long)sqlite3_column_int64(s->select, 0));
    else
        snprintf(where, sizeof where, "row %lld", (long long)s->rows);
    return rt_error_set(e, MIG_IO, "table \"%s\", column \"%s\", %s: %s is not %s", s->table->name,
                        s->table->columns[s->bad_column].name, where, value, s->expected);
}

mig_status lite_scan_next(rt_scan *s, void *row, bool *more, rt_error *e) {
    *more = false;
    int rc = sqlite3_step(s->select);
    if (rc == SQLITE_DONE)
        return MIG_OK;
    if (rc != SQLITE_ROW)
        return lite_error(s->target, rc, e, "reading table \"%s\"", s->table->name);
    s->rows++;
    s->column = 0;
    s->json = s->first + s->table->n_columns;
    s->expected = NULL;
    rt_arena_reset(s->arena);
    s->table->visit(row, &s->c);
    if (s->nomem)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    if (s->expected != NULL)
        return say_bad(s, e);
    *more = true;
    return MIG_OK;
}

void lite_scan_close(rt_scan *s) {
    if (s == NULL)
        return;
    s->target->scan = NULL;
    sqlite3_finalize(s->select);
    rt_arena_free(s->arena);
    free(s);
}
