/*
 * dedup.c: which rows are the same thing: the map from a dedup rule's key to the group of rows that share it. Early rules
 * (keep first; drop or reject) are decided here; late ones only get their group number, settle.c decides.
 */
#include "runtime/engine/state.h"

#include <string.h>

bool rt_dedup_find(mig_ctx *x, rt_dedup_state *d, const void *row, rt_hash *hash, rt_dedup_answer *out, rt_group *group,
                   const void **rest, size_t *rest_n) {
    mig_key k;
    mig_key_begin(&k, x);
    d->dedup->key(x, row, &k);
    if (x->fatal != MIG_OK || x->failed != MIG_RULE_NONE)
        return false;
    *out = RT_DEDUP_NONE;
    if (k.has_null)
        return true; /* a null key is no duplicate of anything */
    *hash = rt_hash_bytes(k.p, k.n);
    const void *v;
    size_t n;
    bool found;
    mig_status st = rt_map_get(d->map, *hash, &v, &n, &found);
    if (st != MIG_OK)
        return rt_fault(x, st);
    *out = found ? RT_DEDUP_AGAIN : RT_DEDUP_FIRST;
    if (found) {
        memcpy(group, v, sizeof *group);
        if (rest != NULL) {
            *rest = (const char *)v + sizeof *group;
            *rest_n = n - sizeof *group;
        }
    }
    return true;
}

bool rt_dedup_put(mig_ctx *x, rt_table_state *t, const void *row, rt_hash hash, const rt_group *group) {
    rt_dedup_state *d = t->dedup;
    bool with_results = false;
    for (int i = 0; i < t->n_lookups && !with_results; i++)
        with_results = t->table->identity < 0 || t->lookups[i]->key->result != t->table->identity;
    if (!with_results || d->dedup->late) {
        mig_status st = rt_undo_put(x->run, d->map, hash, group, sizeof *group, NULL, 0, false);
        return st == MIG_OK ? true : rt_fault(x, st);
    }
    rt_buf value = {0};
    rt_buf_add(&value, group, sizeof *group);
    rt_lookup_results(x, t, row, &value);
    mig_status st = value.failed ? MIG_NOMEM : x->fatal;
    if (st == MIG_OK)
        st = rt_undo_put(x->run, d->map, hash, value.p, value.n, NULL, 0, false);
    rt_buf_free(&value);
    return st == MIG_OK ? true : rt_fault(x, st);
}
