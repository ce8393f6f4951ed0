/*
 * lite_write.c: rows into a SQLite table: one prepared insert per table, values bound in the storage forms of forms.h.
 *
 * Nothing is buffered: SQLite's own page cache is the buffer, and a row that the engine refuses is known at once.
 */
#include "runtime/targets/forms.h"
#include "runtime/targets/lite.h"
#include "runtime/targets/statement.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct rt_writer {
    mig_codec c; /* must stand first: the binder */
    rt_target *target;
    const mig_table *table;
    sqlite3_stmt *insert;
    char (*scratch)[RT_FORM_MAX]; /* one a column: texts that live until the insert has run */
    rt_buf list;
    int column;                   /* being bound, from 0 */
    int rc;                       /* first failed bind */
    const char *refused;          /* why a value cannot be stored, or NULL */
    int refused_column;
    int64_t rows;
    bool view;                    /* triggers write for it: SQLite does not count its rows */
};

static rt_writer *writer_of(mig_codec *c) { return (rt_writer *)c; }

static void done(rt_writer *w, int rc) {
    if (rc != SQLITE_OK && w->rc == SQLITE_OK)
        w->rc = rc;
    w->column++;
}

static void refuse(rt_writer *w, const char *why) {
    if (w->refused == NULL) {
        w->refused = why;
        w->refused_column = w->column;
    }
    w->column++;
}

static void bind_null(rt_writer *w) {
    done(w, sqlite3_bind_null(w->insert, w->column + 1));
}

static void bind_int64(rt_writer *w, int64_t v, bool is_null) {
    if (is_null)
        bind_null(w);
    else
        done(w, sqlite3_bind_int64(w->insert, w->column + 1, v));
}

static void bind_chars(rt_writer *w, const char *p, size_t n) {
    if (p == NULL)
        bind_null(w);
    else
        done(w, sqlite3_bind_text64(w->insert, w->column + 1, p, n, SQLITE_STATIC, SQLITE_UTF8));
}

/* Text that stands in the column's scratch. */
static void bind_form(rt_writer *w, size_t n) {
    bind_chars(w, w->scratch[w->column], n);
}

static void bind_boolean(mig_codec *c, mig_bool *v) { bind_int64(writer_of(c), v->v, v->is_null); }
static void bind_int(mig_codec *c, mig_int *v) { bind_int64(writer_of(c), v->v, v->is_null); }
static void bind_numeric(mig_codec *c, mig_numeric *v) { bind_chars(writer_of(c), v->p, v->n); }
static void bind_json(mig_codec *c, mig_json *v) { bind_chars(writer_of(c), v->p, v->n); }

static void bind_double(mig_codec *c, mig_float *v) {
    rt_writer *w = writer_of(c);
    if (v->is_null)
        bind_null(w);
    else if (!isfinite(v->v)) /* SQLite would keep NaN as null */
        refuse(w, "infinity and NaN cannot be stored");
    else
        done(w, sqlite3_bind_double(w->insert, w->column + 1, v->v));
}

/* Four bytes' worth, as PostgreSQL keeps it. */
static void bind_real(mig_codec *c, mig_float *v) {
    if (v->is_null || !isfinite(v->v)) {
        bind_double(c, v);
        return;
    }
    float narrow = (float)v->v;
    if (isfinite(narrow))
        bind_double(c, &(mig_float){(double)narrow, false});
    else
        refuse(writer_of(c), "the number is out of range for real");
}

static void bind_text(mig_codec *c, mig_text *v) {
    rt_writer *w = writer_of(c);
    size_t n = v->n;
    if (w->column < w->table->n_columns && w->table->columns[w->column].type == MIG_T_CHAR)
        while (v->p != NULL && n > 0 && v->p[n - 1] == ' ') /* they mean nothing in char(n) */
            n--;
    bind_chars(w, v->p, n);
}

static void bind_bytea(mig_codec *c, mig_bytea *v) {
    rt_writer *w = writer_of(c);
    if (v->p == NULL)
        bind_null(w);
    else
        done(w, sqlite3_bind_blob64(w->insert, w->column + 1, v->p, v->n, SQLITE_STATIC));
}

static void bind_date(mig_codec *c, mig_date *v) {
    rt_writer *w = writer_of(c);
    if (v->is_null)
        bind_null(w);
    else if (v->v < RT_DATE_MIN || v->v > RT_DATE_MAX)
        refuse(w, "the date is out of range");
    else
        bind_form(w, rt_form_date(w->scratch[w->column], v->v));
}

static void bind_time(mig_codec *c, mig_time *v) {
    rt_writer *w = writer_of(c);
    if (v->is_null)
        bind_null(w);
    else if (v->v < 0 || v->v > RT_TIME_MAX)
        refuse(w, "the time is out of range");
    else
        bind_form(w, rt_form_time(w->scratch[w->column], v->v));
}

static void bind_instant(rt_writer *w, int64_t us, bool is_null, size_t (*form)(char *, int64_t)) {
    if (is_null)
        bind_null(w);
    else if (us < RT_TIMESTAMP_MIN || us > RT_TIMESTAMP_MAX)
        refuse(w, "the timestamp is out of range");
    else
        bind_form(w, form(w->scratch[w->column], us));
}

static void bind_timestamp(mig_codec *c, mig_timestamp *v) {
    bind_instant(writer_of(c), v->v, v->is_null, rt_form_timestamp);
}

static void bind_timestamptz(mig_codec *c, mig_timestamptz *v) {
    bind_instant(writer_of(c), v->v, v->is_null, rt_form_timestamptz);
}

static void bind_uuid(mig_codec *c, mig_uuid *v) {
    rt_writer *w = writer_of(c);
    if (v->is_null)
        bind_null(w);
    else
        bind_form(w, rt_form_uuid(w->scratch[w->column], v->v));
}

static void bind_list(mig_codec *c, mig_list *v) {
    rt_writer *w = writer_of(c);
    if (v->is_null) {
        bind_null(w);
        return;
    }
    rt_buf_clear(&w->list);
    rt_form_list(&w->list, v);
    if (w->list.failed)
        done(w, SQLITE_NOMEM);
    else /* another list of the row may want the buffer: copied */
        done(w, sqlite3_bind_text64(w->insert, w->column + 1, w->list.p, w->list.n, SQLITE_TRANSIENT, SQLITE_UTF8));
}

static mig_status look_at_kind(rt_writer *w, rt_error *e) {
    sqlite3_stmt *q;
    mig_status st = lite_prepare(w->target, "select 1 from sqlite_master where type = 'view' and name = ?1 collate nocase", false, &q, e);
    if (st != MIG_OK)
        return st;
    int rc = sqlite3_bind_text(q, 1, w->table->name, -1, SQLITE_STATIC);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    w->view = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW && rc != SQLITE_DONE)
        st = lite_error(w->target, rc, e, "looking at table \"%s\"", w->table->name);
    sqlite3_finalize(q);
    return st;
}

mig_status lite_writer(rt_target *t, const mig_table *table, rt_writer **out, rt_error *e) {
    *out = NULL;
    rt_writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    w->c = (mig_codec){.boolean = bind_boolean, .smallint = bind_int, .integer = bind_int, .bigint = bind_int,
                       .real = bind_real, .double_ = bind_double, .numeric = bind_numeric, .text = bind_text,
                       .bytea = bind_bytea, .date = bind_date, .time = bind_time, .timestamp = bind_timestamp,
                       .timestamptz = bind_timestamptz, .uuid = bind_uuid, .json = bind_json, .jsonb = bind_json,
                       .list = bind_list};
    w->target = t;
    w->table = table;
    w->scratch = calloc((size_t)table->n_columns + 1, sizeof *w->scratch);
    rt_buf sql = {0};
    rt_buf_printf(&sql, "insert or abort into "); /* a rule of an existing table may say `on conflict replace`, and a row of its owner would go */
    rt_sql_qualified(&sql, NULL, table->name);
    rt_buf_printf(&sql, " (");
    rt_sql_columns(&sql, table);
    rt_buf_printf(&sql, ") values (");
    for (int i = 1; i <= table->n_columns; i++)
        rt_buf_printf(&sql, i > 1 ? ", ?%d" : "?%d", i);
    rt_buf_printf(&sql, ")");
    rt_sql_origin(&sql, table->site);
    mig_status st = w->scratch == NULL || sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                                                     : lite_prepare(t, sql.p, true, &w->insert, e);
    rt_buf_free(&sql);
    if (st == MIG_OK)
        st = look_at_kind(w, e);
    if (st == MIG_OK)
        st = lite_wrote(t, table, e);
    if (st != MIG_OK) {
        lite_writer_close(w);
        return st;
    }
    *out = w;
    return MIG_OK;
}

mig_status lite_put(rt_writer *w, void *row, rt_error *e) {
    if (w->target->scan != NULL)
        return lite_idle(w->target, e);
    w->column = 0;
    w->rc = SQLITE_OK;
    w->refused = NULL;
    w->table->visit(row, &w->c);
    w->rows++;
    if (w->refused != NULL)
        return rt_error_set(e, MIG_IO, "row %lld written to table \"%s\", column \"%s\": %s", (long long)w->rows,
                            w->table->name, w->table->columns[w->refused_column].name, w->refused);
    int rc = w->rc;
    if (rc == SQLITE_OK)
        rc = sqlite3_step(w->insert);
    if (rc == SQLITE_DONE) {
        sqlite3_reset(w->insert);
        if (w->view || sqlite3_changes(w->target->db) == 1)
            return MIG_OK;
        rt_error_hint(e, "%s", rt_kept_out); /* no row disappears: a trigger may keep one out without a word */
        return rt_error_set(e, MIG_IO, "row %lld written to table \"%s\" is not in it", (long long)w->rows, w->table->name);
    }
    mig_status st = lite_error(w->target, rc, e, "row %lld written to table \"%s\"", (long long)w->rows, w->table->name);
    sqlite3_reset(w->insert);
    return st;
}

mig_status lite_flush(rt_writer *w, rt_error *e) {
    (void)w;
    (void)e;
    return MIG_OK;
}

void lite_writer_close(rt_writer *w) {
    if (w == NULL)
        return;
    sqlite3_finalize(w->insert);
    rt_buf_free(&w->list);
    free(w->scratch);
    free(w);
}
