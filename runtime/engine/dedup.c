/*
 * dedup.c: which rows are the same thing: the map from a dedup rule's key to the group of rows that share it. Early rules
 * (keep first; drop or reject) are decided here; late ones only get their group number, settle.c decides.
 */
#include "runtime/engine/state.h"

#include <string.h>

/*
 * A group in a map: 15 bytes, which stand in the map's slot, where the key has 56 bits and no results follow (nearly always): key,
 * then place (early) or number (late). Else all of it, and the results behind it.
 */
enum { KEY_BYTES = 7, COMPACT = KEY_BYTES + 8 };

static bool pack_group(const rt_group *g, bool late, uint8_t out[COMPACT]) {
    const int64_t limit = (int64_t)1 << 55;
    uint64_t key = (uint64_t)g->identity, other = late ? (uint64_t)g->number : g->first;
    if (g->identity < -limit || g->identity >= limit)
        return false;
    for (int i = 0; i < KEY_BYTES; i++)
        out[i] = (uint8_t)(key >> (8 * i));
    memcpy(out + KEY_BYTES, &other, sizeof other);
    return true;
}

static rt_group unpack_group(const uint8_t *p, size_t n, bool late) {
    rt_group g = {0};
    uint64_t key = 0, other;
    if (n != COMPACT) {
        memcpy(&g, p, sizeof g);
        return g;
    }
    for (int i = 0; i < KEY_BYTES; i++)
        key |= (uint64_t)p[i] << (8 * i);
    g.identity = (int64_t)(key << 8) >> 8; /* the sign comes back */
    memcpy(&other, p + KEY_BYTES, sizeof other);
    if (late)
        g.number = (int64_t)other;
    else
        g.first = other;
    return g;
}

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
        *group = unpack_group(v, n, d->dedup->late);
        if (rest != NULL) {
            *rest = n == COMPACT ? NULL : (const char *)v + sizeof *group;
            *rest_n = n == COMPACT ? 0 : n - sizeof *group;
        }
    }
    return true;
}

bool rt_dedup_put(mig_ctx *x, rt_table_state *t, const void *row, rt_hash hash, const rt_group *group) {
    rt_dedup_state *d = t->dedup;
    bool with_results = false;
    for (int i = 0; i < t->n_lookups && !with_results; i++)
        with_results = t->table->identity < 0 || t->lookups[i]->key->result != t->table->identity;
    with_results = (with_results && !d->dedup->late) || rt_origins_want_primary(t);
    uint8_t compact[COMPACT];
    if (!with_results && pack_group(group, d->dedup->late, compact)) {
        mig_status st = rt_undo_put(x->run, d->map, hash, compact, sizeof compact, NULL, 0, false);
        return st == MIG_OK ? true : rt_fault(x, st);
    }
    rt_buf value = {0};
    rt_buf_add(&value, group, sizeof *group);
    if (with_results)
        rt_lookup_results(x, t, row, &value);
    mig_status st = value.failed ? MIG_NOMEM : x->fatal;
    if (st == MIG_OK)
        st = rt_undo_put(x->run, d->map, hash, value.p, value.n, NULL, 0, false);
    rt_buf_free(&value);
    return st == MIG_OK ? true : rt_fault(x, st);
}
