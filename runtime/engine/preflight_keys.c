/*
 * preflight_keys.c: existing tables that references of this spec will stand on. Both engines want a key there, PostgreSQL also the right to
 * refer to it, and both say so only when the reference is made: when the rows are in.
 */
#include "runtime/engine/preflight.h"

/* $1: the table; $2: its columns, one a line; $3: how many. */
static const char *const has_key[] = {
    "select (select count(*) from pragma_table_info($1) where pk > 0) = cast($3 as integer) and (select count(*) from pragma_table_info($1) where pk > 0"
    " and instr(char(10) || lower($2) || char(10), char(10) || lower(name) || char(10)) > 0) = cast($3 as integer)"
    " or exists (select 1 from pragma_index_list($1) l where l.\"unique\" and not l.partial"
    " and (select count(*) from pragma_index_info(l.name)) = cast($3 as integer) and (select count(*) from pragma_index_info(l.name) i"
    " where instr(char(10) || lower($2) || char(10), char(10) || lower(i.name) || char(10)) > 0) = cast($3 as integer))",
    "select count(*) from pg_index i where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null"
    " and i.indexprs is null and i.indnkeyatts = $3 and (select count(*) from unnest(i.indkey::int2[]) with ordinality u(n, o)"
    " join pg_attribute a on a.attrelid = i.indrelid and a.attnum = u.n where u.o <= i.indnkeyatts"
    " and a.attname = any (string_to_array($2, E'\\n'))) = $3"};
static const char lacks_right[] =
    "select count(*) from pg_attribute a where a.attrelid = to_regclass($1) and a.attname = any (string_to_array($2, E'\\n'))"
    " and not has_column_privilege(a.attrelid, a.attnum, 'references')";

static mig_status look_at_reference(rt_run *run, const mig_table *t, const mig_reference *r, const char *table, const char *columns) {
    char number[16];
    int64_t keys = 0, lacking = 0;
    snprintf(number, sizeof number, "%d", r->n_columns);
    const char *const params[] = {table, columns, number};
    mig_status st = rt_ask_number(run, has_key[run->ops->engine], 3, params, &keys);
    if (st == MIG_OK && keys == 0)
        rt_problem_add(run, MIG_PREFLIGHT, r->site, "Let its owner make the key or a unique rule, or leave the reference out.",
                       "the reference \"%s\" needs a key or a unique rule of table \"%s\" that stands on its column%s, and there is none",
                       r->name, t->name, r->n_columns == 1 ? "" : "s");
    if (st == MIG_OK && run->ops->engine == MIG_POSTGRES)
        st = rt_ask_number(run, lacks_right, 2, params, &lacking);
    if (st == MIG_OK && lacking > 0)
        rt_problem_add(run, MIG_PREFLIGHT, r->site, "grant references on the table to the role.",
                       "the role may not make the reference \"%s\" to table \"%s\"", r->name, t->name);
    return st;
}

static bool is_to_come(const rt_run *run, const mig_reference *r) {
    if (r->phase < 0) /* PostgreSQL gets none; in SQLite it comes with its table */
        return run->ops->engine == MIG_SQLITE;
    return !run->phases[r->phase].done && rt_run_wants(run, run->spec->phases[r->phase]);
}

bool rt_preflight_is_referred(const rt_run *run, const mig_table *t) {
    for (int i = 0; i < t->n_referred; i++)
        if (is_to_come(run, &t->referred[i]))
            return true;
    return false;
}

mig_status rt_preflight_keys(rt_run *run) {
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++) {
        const mig_table *t = run->spec->tables[i];
        for (int k = 0; k < t->n_referred && st == MIG_OK && run->survey.table_there[i]; k++) {
            const mig_reference *r = &t->referred[k];
            rt_buf table = {0}, columns = {0};
            if (!is_to_come(run, r))
                continue;
            if (run->ops->engine == MIG_POSTGRES)
                rt_sql_table(run, t, &table);
            else
                rt_buf_printf(&table, "%s", t->name);
            for (int c = 0; c < r->n_columns; c++)
                rt_buf_printf(&columns, "%s%s", c > 0 ? "\n" : "", t->columns[r->columns[c]].name);
            st = table.failed || columns.failed ? rt_run_nomem(run) : look_at_reference(run, t, r, table.p, columns.p);
            rt_buf_free(&table);
            rt_buf_free(&columns);
        }
    }
    return st;
}
