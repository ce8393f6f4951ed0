/*
 * identity.c: keys that the program gives: the target's highest key and one, in the order of the source rows, the same on
 * every engine. Sequences of the target are put past them at the end of the phase.
 */
#include "runtime/engine/state.h"

static int64_t highest(const mig_table *t) {
    mig_type type = t->columns[t->identity].type;
    return type == MIG_T_SMALLINT ? INT16_MAX : type == MIG_T_INTEGER ? INT32_MAX : INT64_MAX;
}

mig_status rt_identity_prepare(rt_run *run, rt_table_state *t) {
    int64_t last = 0;
    if (t->table->identity < 0)
        return MIG_OK;
    if (!t->to_create) {
        mig_status st = run->ops->max_identity(run->target, t->table, &last, &run->error);
        if (st != MIG_OK)
            return st;
    }
    if (!t->identity_ready || last + 1 > t->next)
        t->next = last < 0 ? 1 : last == INT64_MAX ? INT64_MIN : last + 1; /* INT64_MIN: none left */
    t->identity_ready = true;
    return MIG_OK;
}

bool rt_identity_next(mig_ctx *x, rt_table_state *t, int64_t *out) {
    const mig_table *table = t->table;
    if (t->next == INT64_MIN || t->next > highest(table)) {
        mig_fatal(x, MIG_IO, "no keys are left for \"%s\".\"%s\": its type ends at %lld", table->name,
                  table->columns[table->identity].name, (long long)highest(table));
        return false;
    }
    if (rt_undo_number(x->run, &t->next) != MIG_OK)
        return rt_fault(x, MIG_NOMEM);
    t->identity_used = true;
    *out = t->next;
    t->next = t->next == INT64_MAX ? INT64_MIN : t->next + 1;
    return true;
}

void rt_identity_seen(rt_table_state *t, int64_t key) {
    t->identity_used = true;
    if (t->next != INT64_MIN && key >= t->next)
        t->next = key == INT64_MAX ? INT64_MIN : key + 1;
}

mig_status rt_identity_finish(rt_run *run) {
    for (int i = 0; i < run->spec->n_tables; i++) {
        rt_table_state *t = &run->phase->tables[i];
        if (!t->identity_used || t->inserted == 0 || (t->table->keeps_sequence && run->ops->engine == MIG_POSTGRES))
            continue;
        int64_t last = t->next == INT64_MIN ? INT64_MAX : t->next - 1;
        mig_status st = run->ops->set_sequence(run->target, t->table, last, &run->error);
        if (st != MIG_OK)
            return st;
    }
    return MIG_OK;
}
