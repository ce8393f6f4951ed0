/*
 * unique.c: unique rules of the target's tables, judged before the row is sent, so that a second row is a reject with both
 * places named and not a failed load. Rows that stood in the target before are known from prepare.c.
 */
#include "runtime/engine/state.h"

#include <string.h>

static void name_columns(const mig_index_key *rule, rt_buf *out) {
    for (int i = 0; i < rule->n_columns; i++)
        rt_buf_printf(out, "%s%s", i > 0 ? ", " : "", rule->table->columns[rule->columns[i]].name);
}

static bool refuse(mig_ctx *x, const mig_index_key *rule, const void *row, rt_place other) {
    rt_buf columns = {0}, place = {0}, value = {0};
    name_columns(rule, &columns);
    rt_place_text(x->run, other, &place);
    for (int i = 0; i < rule->n_columns; i++) {
        rt_value v = rt_pick(rule->table, row, rule->columns[i]);
        if (i > 0)
            rt_buf_add(&value, ", ", 2);
        if (rule->n_columns == 1 && v.t.p != NULL)
            rt_buf_add(&value, v.t.p, v.t.n);
        else
            rt_value_text(&v, &value);
    }
    bool ok = !columns.failed && !place.failed && !value.failed;
    rt_place here = rt_place_here(x->run);
    bool itself = x->record != NULL && other.file == here.file && other.line == here.line;
    if (rule->n_columns == 1 && x->failed == MIG_RULE_NONE)
        x->column = rule->table->columns[rule->columns[0]].name;
    if (ok)
        mig_fail(x, MIG_RULE_UNIQUE, (mig_text){value.p, value.n}, "unique (%s) of \"%s\" does not hold: %s%s", columns.p,
                 rule->table->name, itself ? "this row gives it twice" : "the same comes from ", itself ? "" : place.p);
    rt_buf_free(&columns);
    rt_buf_free(&place);
    rt_buf_free(&value);
    return ok ? false : rt_fault(x, MIG_NOMEM);
}

bool rt_uniques_take(mig_ctx *x, rt_table_state *t, const void *row, rt_place place) {
    uint64_t packed = rt_place_pack(place);
    for (int i = 0; i < t->n_uniques; i++) {
        rt_unique_state *u = t->uniques[i];
        mig_key k;
        if (rt_open_hides(x, u->rule))
            continue;
        mig_key_begin(&k, x);
        u->rule->key(row, &k);
        if (x->fatal != MIG_OK)
            return false;
        if (k.has_null)
            continue;
        rt_hash h = rt_hash_bytes(k.p, k.n);
        const void *old;
        size_t n;
        bool found;
        mig_status st = rt_map_get(u->map, h, &old, &n, &found);
        if (st == MIG_OK && found) {
            uint64_t other;
            memcpy(&other, old, sizeof other);
            return refuse(x, u->rule, row, rt_place_unpack(other));
        }
        if (st == MIG_OK)
            st = rt_undo_put(x->run, u->map, h, &packed, sizeof packed, NULL, 0, false);
        if (st != MIG_OK)
            return rt_fault(x, st);
    }
    return true;
}
