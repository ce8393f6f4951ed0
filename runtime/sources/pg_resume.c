/*
 * pg_resume.c: reading a PostgreSQL table so that a later run can go on: in the order of its primary key, behind the last key that is in.
 * The server compares; the key's values travel as text, as it writes and reads them.
 */
#include "runtime/sources/pg_source.h"
#include "runtime/targets/statement.h"

#include <string.h>

static pg_reader *reader_of(rt_reader *r) { return (pg_reader *)(void *)r; }

static mig_status no_memory(rt_error *e) { return rt_error_set(e, MIG_NOMEM, "out of memory"); }

/* ---- the key ------------------------------------------------------------------------------------------------------------------- */

static bool take_column(void *arg, int n, const char *const *v, const size_t *lens) {
    pg_reader *r = arg;
    (void)n;
    (void)lens;
    rt_names_add(&r->order, r->names, v[0]);
    return true;
}

mig_status pg_order(pg_reader *r, rt_error *e) {
    const mig_source_table *t = r->table;
    const char *const params[] = {t->schema, t->name};
    mig_status st = MIG_OK;
    r->names = rt_arena_new(1024);
    if (r->names == NULL)
        return no_memory(e);
    for (int i = 0; i < t->n_key; i++)
        rt_names_add(&r->order, r->names, t->columns[t->key[i]].name);
    if (t->n_key == 0)
        st = pg_query(r->conn, "select a.attname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                               " join pg_catalog.pg_index x on x.indrelid = c.oid and x.indisprimary"
                               " cross join lateral unnest(x.indkey) with ordinality k(attnum, place)"
                               " join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum"
                               " where c.relname = $2 and case when $1::text is null then pg_catalog.pg_table_is_visible(c.oid) else n.nspname = $1 end"
                               " order by k.place", 2, params, take_column, r, e);
    if (st != MIG_OK || r->order.failed)
        return st != MIG_OK ? st : no_memory(e);
    if (r->order.n > 0)
        return MIG_OK;
    rt_error_hint(e, "Declare its key in the spec: primary key (…); or take \"commit every\" away.");
    return rt_error_set(e, MIG_PREFLIGHT, "no run can go on in the midst of table \"%s\": it has no primary key", t->name);
}

static void list_key(const pg_reader *r, const char *of, rt_buf *sql) {
    for (int i = 0; i < r->order.n; i++) {
        rt_buf_printf(sql, i > 0 ? ", %s" : "%s", of);
        rt_sql_ident(sql, r->order.v[i].p);
    }
}

mig_status pg_check_order(pg_reader *r, rt_error *e) {
    const char *at = r->behind;
    int64_t row;
    mig_text v;
    int n = 0;
    if (at != NULL) {
        bool ok = rt_field_get_int(&at, &row);
        while (ok && rt_field_get(&at, &v))
            n++;
        if (!ok || n != r->order.n)
            return rt_error_set(e, MIG_PREFLIGHT, "the primary key of table \"%s\" has changed since the rows that are in were read",
                                r->table->name);
    }
    return r->table->n_key > 0 ? pg_check_key(r->conn, r->table, e) : MIG_OK;
}

/* ---- the place ------------------------------------------------------------------------------------------------------------------ */

void pg_behind(const pg_reader *r, rt_buf *sql) {
    const char *at = r->behind;
    int64_t row;
    mig_text v;
    if (!r->in_order)
        return;
    if (at != NULL && rt_field_get_int(&at, &row)) {
        rt_buf_printf(sql, " where (");
        list_key(r, PG_ROWS ".", sql);
        rt_buf_printf(sql, ") > (");
        for (int i = 0; rt_field_get(&at, &v); i++) {
            rt_buf_printf(sql, i > 0 ? ", " : "");
            rt_sql_literal(sql, v.p, v.n);
        }
        rt_buf_printf(sql, ")");
    }
    rt_buf_printf(sql, " order by "); /* a bare name would mean the cast column of that name */
    list_key(r, PG_ROWS ".", sql);
}

mig_status pg_where(rt_reader *reader, rt_buf *out, rt_error *e) {
    pg_reader *r = reader_of(reader);
    const char *p = r->tuple, *end = p + r->tuple_n;
    rt_field_put_int(out, r->out.row);
    p += 2; /* number of columns */
    for (int i = 0; i < r->table->n_columns + r->order.n; i++) {
        uint32_t len = end - p >= 4 ? pg_get32(p) : UINT32_MAX;
        p += 4;
        if (len == UINT32_MAX && i >= r->table->n_columns)
            return rt_error_set(e, MIG_IO, "a key of table \"%s\" is null: no run can go on behind that row", r->table->name);
        if (i >= r->table->n_columns)
            rt_field_put(out, p, len);
        p += len == UINT32_MAX ? 0 : len;
    }
    return out->failed ? no_memory(e) : MIG_OK;
}
