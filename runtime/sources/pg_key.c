/*
 * pg_key.c: is the primary key that a spec declares for a PostgreSQL table one? A unique index of the live table answers for it; a view, a query
 * or a table without such an index is looked through.
 */
#include "runtime/sources/pg_source.h"
#include "runtime/targets/statement.h"

#include <string.h>

void pg_from_rows(const mig_source_table *t, rt_buf *sql) {
    rt_buf_printf(sql, " from ");
    if (t->query == NULL) {
        rt_sql_qualified(sql, t->schema, t->name);
        rt_buf_printf(sql, " " PG_ROWS);
        return;
    }
    bool several; /* refused by describe */
    rt_buf_printf(sql, "(");
    rt_buf_add(sql, t->query, rt_query_length(t->query, &several));
    rt_buf_printf(sql, "\n) " PG_ROWS);
}

static bool set_true(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    (void)v;
    (void)lens;
    *(bool *)arg = true;
    return false;
}

static mig_status ask(rt_target *c, rt_buf *sql, bool *out, rt_error *e) {
    *out = false;
    mig_status st = sql->failed ? rt_error_set(e, MIG_NOMEM, "out of memory") : pg_query(c, sql->p, 0, NULL, set_true, out, e);
    rt_buf_free(sql);
    return st;
}

static void name_literal(rt_buf *sql, const mig_source_table *t) {
    rt_buf name = {0};
    rt_sql_qualified(&name, t->schema, t->name);
    rt_sql_literal(sql, name.p != NULL ? name.p : "", name.n);
    sql->failed = sql->failed || name.failed;
    rt_buf_free(&name);
}

/* A unique index over columns of the key and no others, none of which can be null. */
static mig_status ask_index(rt_target *c, const mig_source_table *t, bool *out, rt_error *e) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select 1 from pg_catalog.pg_index x where x.indrelid = ");
    name_literal(&sql, t);
    rt_buf_printf(&sql, "::pg_catalog.regclass and x.indisunique and x.indisvalid and x.indimmediate and x.indpred is null and x.indexprs is null"
                        " and not exists (select from pg_catalog.generate_series(0, x.indnkeyatts - 1) k join pg_catalog.pg_attribute a"
                        " on a.attrelid = x.indrelid and a.attnum = x.indkey[k] where not a.attnotnull or a.attname not in (");
    for (int i = 0; i < t->n_key; i++) {
        const char *name = t->columns[t->key[i]].name;
        rt_buf_printf(&sql, i > 0 ? ", " : "");
        rt_sql_literal(&sql, name, strlen(name));
    }
    rt_buf_printf(&sql, "))");
    return ask(c, &sql, out, e);
}

static void list_key(const mig_source_table *t, const char *between, const char *behind, rt_buf *sql) {
    for (int i = 0; i < t->n_key; i++) {
        rt_buf_printf(sql, "%s", i > 0 ? between : "");
        rt_sql_ident(sql, t->columns[t->key[i]].name);
        rt_buf_printf(sql, "%s", behind);
    }
}

static mig_status ask_rows(rt_target *c, const mig_source_table *t, bool *out, rt_error *e) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select 1");
    pg_from_rows(t, &sql);
    rt_buf_printf(&sql, " group by ");
    list_key(t, ", ", "", &sql);
    rt_buf_printf(&sql, " having count(*) > 1 or ");
    list_key(t, " or ", " is null", &sql);
    rt_buf_printf(&sql, " limit 1");
    rt_sql_origin(&sql, t->site);
    return ask(c, &sql, out, e);
}

mig_status pg_check_key(rt_target *c, const mig_source_table *t, rt_error *e) {
    bool is_key = false, broken = false;
    rt_buf key = {0};
    mig_status st = t->query == NULL ? ask_index(c, t, &is_key, e) : MIG_OK;
    if (st == MIG_OK && !is_key)
        st = ask_rows(c, t, &broken, e);
    if (st != MIG_OK || !broken)
        return st;
    list_key(t, ", ", "", &key);
    rt_error_hint(e, "Declare columns that are null in no row and tell every row from every other.");
    st = rt_error_set(e, MIG_PREFLIGHT, "the primary key (%s) that the spec declares for table \"%s\" is null, or the same in several rows",
                      key.p != NULL ? key.p : "", t->name);
    rt_buf_free(&key);
    return st;
}
