/*
 * pg_tables.c: questions about live tables: their columns, their largest key, their sequence, their size.
 */
#include "runtime/targets/pg.h"
#include "runtime/targets/statement.h"

#include <string.h>

typedef struct column_list { rt_live_column *v; int cap, n; } column_list;

static bool add_column(void *arg, int n, const char *const *values, const size_t *lens) {
    column_list *l = arg;
    (void)n;
    (void)lens;
    if (l->n < l->cap) {
        rt_live_column *c = &l->v[l->n];
        snprintf(c->name, sizeof c->name, "%s", values[0]);
        snprintf(c->type, sizeof c->type, "%s", values[1]);
        c->not_null = values[2][0] == 't';
        c->has_default = values[3][0] == 't';
        c->is_key = values[4][0] == 't';
    }
    l->n++;
    return true;
}

/* The table's name as to_regclass() wants it. */
static mig_status regclass(const rt_target *t, const char *schema, const char *table, rt_buf *out, rt_error *e) {
    (void)t;
    rt_sql_qualified(out, schema, table);
    return out->failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
}

mig_status pg_columns(rt_target *t, const char *table, rt_live_column *out, int cap, int *n, rt_error *e) {
    column_list l = {.v = out, .cap = cap};
    rt_buf name = {0};
    *n = 0;
    mig_status st = regclass(t, t->schema, table, &name, e);
    const char *param = name.p;
    if (st == MIG_OK)
        st = pg_query(t, "select a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,"
                         " a.atthasdef or a.attidentity <> '' or a.attgenerated <> '',"
                         " exists (select from pg_index i where i.indrelid = a.attrelid and i.indisprimary and a.attnum = any (i.indkey))"
                         " from pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped"
                         " order by a.attnum", 1, &param, add_column, &l, e);
    rt_buf_free(&name);
    if (st == MIG_OK && l.n > cap)
        st = rt_error_set(e, MIG_IO, "table \"%s\" has more than %d columns", table, cap);
    if (st == MIG_OK)
        *n = l.n;
    return st;
}

/* Who else writes keys into an existing table is kept out until the transaction ends, or two would give the same key. */
mig_status pg_max_identity(rt_target *t, const mig_table *table, int64_t *out, rt_error *e) {
    *out = 0;
    if (table->identity < 0)
        return MIG_OK;
    rt_buf sql = {0};
    mig_status st = MIG_OK;
    if (table->existing && t->in_transaction) {
        rt_buf_printf(&sql, "lock table ");
        rt_sql_qualified(&sql, pg_schema(t, table), table->name);
        rt_buf_printf(&sql, " in share row exclusive mode");
        rt_sql_origin(&sql, table->site);
        st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : pg_query(t, sql.p, 0, NULL, NULL, NULL, e);
        rt_buf_clear(&sql);
    }
    rt_buf_printf(&sql, "select greatest(coalesce(max(");
    rt_sql_ident(&sql, table->columns[table->identity].name);
    rt_buf_printf(&sql, "), 0), 0) from ");
    rt_sql_qualified(&sql, pg_schema(t, table), table->name);
    if (st == MIG_OK)
        st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : pg_query(t, sql.p, 0, NULL, pg_take_int64, out, e);
    rt_buf_free(&sql);
    return st;
}

/* Never backwards: an existing table's sequence may have given keys that are not in the table any more. */
mig_status pg_set_sequence(rt_target *t, const mig_table *table, int64_t last, rt_error *e) {
    if (table->identity < 0)
        return MIG_OK;
    rt_buf name = {0};
    char number[24];
    mig_status st = regclass(t, pg_schema(t, table), table->name, &name, e);
    snprintf(number, sizeof number, "%lld", (long long)last);
    const char *params[] = {name.p, table->columns[table->identity].name, number};
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select setval(s.q, greatest($3::bigint, s.last, 1), greatest($3::bigint, s.last) > 0)"
                        " from (select q, coalesce(pg_sequence_last_value(q), 0) as last from (select %s as q) x where q is not null) s", rt_sql_sequence);
    if (st == MIG_OK)
        st = sql.failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : pg_query(t, sql.p, 3, params, NULL, NULL, e);
    rt_buf_free(&sql);
    rt_buf_free(&name);
    return st;
}

mig_status pg_table_size(rt_target *t, const char *table, int64_t *bytes, rt_error *e) {
    rt_buf name = {0};
    *bytes = 0;
    mig_status st = regclass(t, t->schema, table, &name, e);
    const char *param = name.p;
    if (st == MIG_OK)
        st = pg_query(t, "select coalesce(pg_total_relation_size(to_regclass($1)), 0)", 1, &param, pg_take_int64, bytes, e);
    rt_buf_free(&name);
    return st;
}
