/*
 * lite_resume.c: reading a SQLite table so that a later run can go on: by its row ids, or by a key. The place is the row's number, the
 * schema version (where a vacuum could give the rows other ids) and the values of the order's columns, each with its storage class.
 */
#include "runtime/sources/lite_source.h"

#include <stdlib.h>
#include <string.h>

static lite_reader *reader_of(rt_reader *r) { return (lite_reader *)(void *)r; }

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

static bool take_order(lite_reader *r, const char *name) {
    rt_names_add(&r->order, r->names, name);
    return !r->order.failed;
}

mig_status lite_order(lite_reader *r, const lite_shape *sh, mig_status refusal, rt_arena *a, rt_error *e) {
    const mig_source_table *t = r->table;
    (void)a;
    if (r->names == NULL && (r->names = rt_arena_new(1024)) == NULL)
        return no_memory(e);
    if (sh->own_row_id || (!sh->has_row_id && sh->key.n > 0 && !sh->is_view))
        return MIG_OK; /* row ids that are the primary key, or the key of a table without row ids */
    for (int i = 0; i < t->n_key; i++)
        if (!take_order(r, t->columns[t->key[i]].name))
            return no_memory(e);
    if (r->order.n > 0)
        return refusal == MIG_PREFLIGHT ? lite_check_key(r->source, t, sh, e) : MIG_OK;
    r->tells_version = sh->has_row_id;
    if (sh->has_row_id)
        return MIG_OK;
    rt_error_hint(e, "Declare its key in the spec: primary key (…); or take \"commit every\" away.");
    return rt_error_set(e, refusal, "no run can go on in the midst of the view \"%s\": its rows have no key", t->name);
}

/* ---- the place ------------------------------------------------------------------------------------------------------------ */

static int64_t schema_version(const lite_reader *r) {
    sqlite3_stmt *q = NULL;
    int64_t v = -1;
    if (sqlite3_prepare_v2(r->source->db, "pragma schema_version", -1, &q, NULL) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        v = sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    return v;
}

static void put_hex(rt_buf *out, char kind, const unsigned char *p, size_t n) {
    rt_buf text = {0};
    rt_buf_add(&text, &kind, 1);
    for (size_t i = 0; i < n; i++)
        rt_buf_printf(&text, "%02x", p[i]);
    rt_field_put(out, text.p != NULL ? text.p : "", text.n);
    out->failed = out->failed || text.failed;
    rt_buf_free(&text);
}

mig_status lite_where(rt_reader *reader, rt_buf *out, rt_error *e) {
    lite_reader *r = reader_of(reader);
    char text[64];
    rt_field_put_int(out, r->out.row);
    rt_field_put_int(out, r->tells_version ? schema_version(r) : -1);
    for (int i = r->order_at; i < sqlite3_column_count(r->select); i++)
        switch (sqlite3_column_type(r->select, i)) {
        case SQLITE_INTEGER:
            snprintf(text, sizeof text, "i%lld", (long long)sqlite3_column_int64(r->select, i));
            rt_field_put_text(out, text);
            break;
        case SQLITE_FLOAT:
            snprintf(text, sizeof text, "r%.17g", sqlite3_column_double(r->select, i));
            rt_field_put_text(out, text);
            break;
        case SQLITE_NULL:
            return rt_error_set(e, MIG_IO, "a key of table \"%s\" is null: no run can go on behind that row", r->table->name);
        case SQLITE_TEXT: { /* as bytes: a text of SQLite need not be one */
            const unsigned char *p = sqlite3_column_text(r->select, i);
            put_hex(out, 't', p, (size_t)sqlite3_column_bytes(r->select, i));
            break;
        }
        default: {
            const unsigned char *p = sqlite3_column_blob(r->select, i);
            put_hex(out, 'b', p, (size_t)sqlite3_column_bytes(r->select, i));
            break;
        }
        }
    return out->failed ? no_memory(e) : MIG_OK;
}

static int nibble(char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

static int bind_bytes(sqlite3_stmt *q, int i, bool is_text, mig_text hex) {
    size_t n = hex.n / 2;
    char *bytes = malloc(n + 1);
    if (bytes == NULL)
        return SQLITE_NOMEM;
    for (size_t k = 0; k < n; k++)
        bytes[k] = (char)(nibble(hex.p[2 * k]) << 4 | nibble(hex.p[2 * k + 1]));
    int rc = is_text ? sqlite3_bind_text64(q, i, bytes, n, SQLITE_TRANSIENT, SQLITE_UTF8)
                     : sqlite3_bind_blob64(q, i, bytes, n, SQLITE_TRANSIENT);
    free(bytes);
    return rc;
}

static int bind_value(sqlite3_stmt *q, int i, mig_text v) {
    char text[64];
    if (v.n == 0)
        return SQLITE_MISMATCH;
    if (*v.p == 't' || *v.p == 'b')
        return bind_bytes(q, i, *v.p == 't', (mig_text){v.p + 1, v.n - 1});
    if (v.n >= sizeof text)
        return SQLITE_MISMATCH;
    memcpy(text, v.p + 1, v.n - 1);
    text[v.n - 1] = '\0';
    return *v.p == 'i' ? sqlite3_bind_int64(q, i, strtoll(text, NULL, 10)) : sqlite3_bind_double(q, i, strtod(text, NULL));
}

mig_status lite_go_behind(lite_reader *r, mig_status refusal, rt_error *e) {
    const char *at = r->behind;
    int64_t row, version;
    mig_text v;
    int n = 0, rc = SQLITE_OK;
    if (!rt_field_get_int(&at, &row) || !rt_field_get_int(&at, &version))
        return rt_error_set(e, refusal, "the ledger's place in table \"%s\" cannot be read", r->table->name);
    if (version >= 0 && version != schema_version(r)) {
        rt_error_hint(e, "Begin anew in an empty target; or declare a primary key for it in the spec, or give it an integer primary key.");
        return rt_error_set(e, refusal, "the rows of table \"%s\" may have other row ids than when the last run read them: since then the file was"
                                        " vacuumed, or its tables were changed", r->table->name);
    }
    while (rc == SQLITE_OK && rt_field_get(&at, &v))
        rc = bind_value(r->select, ++n, v);
    if (rc != SQLITE_OK || n != sqlite3_bind_parameter_count(r->select))
        return rt_error_set(e, refusal, "the ledger's place in table \"%s\" cannot be read", r->table->name);
    r->out.row = row;
    return MIG_OK;
}

mig_status lite_resume(rt_source *s, const mig_source_table *t, const char *after, rt_reader **out, rt_error *e) {
    lite_reader *r = NULL;
    mig_status st = lite_new_reader((lite_source *)(void *)s, t, true, after, MIG_IO, &r, e);
    *out = (rt_reader *)(void *)r;
    return st;
}

mig_status lite_resumable(rt_source *s, const mig_source_table *t, const char *after, rt_error *e) {
    lite_reader *r = NULL;
    mig_status st = lite_new_reader((lite_source *)(void *)s, t, true, after, MIG_PREFLIGHT, &r, e);
    if (st == MIG_OK)
        lite_source_stop((rt_reader *)(void *)r);
    return st;
}
