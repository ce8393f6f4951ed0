/*
 * lookup.c: bracket look-ups by natural key: app.t[col = e]. Rows are registered as they are emitted (so a later expression of
 * the same source row finds them) and from the target before the phase's first row. Called by generated row functions.
 *
 * A map's value is a tag and the result: eight bytes for integers, sixteen for a uuid, the bytes of a text, the packed row
 * for every other type.
 */
#include "runtime/engine/state.h"

#include <string.h>

enum { TAG_VALUE = 1, TAG_NULL, TAG_SEVERAL };

typedef enum form { FORM_INT, FORM_UUID, FORM_TEXT, FORM_ROW } form;

static form result_form(const mig_index_key *l) {
    switch (l->table->columns[l->result].type) {
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: return FORM_INT;
    case MIG_T_UUID: return FORM_UUID;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: return FORM_TEXT;
    case MIG_T_BOOLEAN: case MIG_T_REAL: case MIG_T_DOUBLE: case MIG_T_NUMERIC: case MIG_T_BYTEA: case MIG_T_DATE:
    case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ: case MIG_T_JSON: case MIG_T_JSONB:
    case MIG_T_TEXT_ARRAY: case MIG_T_COUNT: return FORM_ROW;
    }
    return FORM_ROW;
}

static bool gives_identity(const mig_index_key *l) {
    return l->table->identity >= 0 && l->result == l->table->identity;
}

static void encode(mig_ctx *x, const mig_index_key *l, const void *row, rt_buf *out) {
    uint8_t tag = TAG_VALUE;
    if (gives_identity(l)) {
        int64_t key = l->table->get_identity(row);
        rt_buf_add(out, &tag, 1);
        rt_buf_add(out, &key, sizeof key);
        return;
    }
    rt_value v = rt_pick(l->table, row, l->result);
    if (v.is_null)
        tag = TAG_NULL;
    rt_buf_add(out, &tag, 1);
    if (v.is_null)
        return;
    switch (result_form(l)) {
    case FORM_INT: rt_buf_add(out, &v.i, sizeof v.i); break;
    case FORM_UUID: rt_buf_add(out, v.uuid, sizeof v.uuid); break;
    case FORM_TEXT: rt_buf_add(out, v.t.p, v.t.n); break;
    case FORM_ROW:
        if (rt_pack(l->table, (void *)(uintptr_t)row, out) != MIG_OK)
            rt_fault(x, MIG_NOMEM);
        break;
    }
}

/* One more row has this key. same_row: it stands for a row that may be registered already; then an equal value is no second row. */
static bool take(mig_ctx *x, rt_lookup_state *l, const mig_key *k, const void *value, size_t n, bool same_row) {
    rt_hash h = rt_hash_bytes(k->p, k->n);
    const void *old;
    size_t old_n;
    bool found;
    mig_status st = rt_map_get(l->map, h, &old, &old_n, &found);
    if (st != MIG_OK)
        return rt_fault(x, st);
    uint8_t several = TAG_SEVERAL;
    if (!found)
        st = rt_undo_put(x->run, l->map, h, value, n, NULL, 0, false);
    else if (*(const uint8_t *)old == TAG_SEVERAL || (same_row && old_n == n && memcmp(old, value, n) == 0))
        return true;
    else
        st = rt_undo_put(x->run, l->map, h, &several, 1, old, old_n, true);
    return st == MIG_OK ? true : rt_fault(x, st);
}

/* False when there is no key to register: a part is null, or a fault (see x). */
static bool key_of(mig_ctx *x, const mig_index_key *l, const void *row, mig_key *k) {
    mig_key_begin(k, x);
    l->key(row, k);
    return x->fatal == MIG_OK && !k->has_null;
}

bool rt_lookups_take(mig_ctx *x, rt_table_state *t, const void *row, bool identity_only) {
    bool same_row = t->dedup != NULL && t->dedup->dedup->late; /* registered when first seen, and again when settled */
    for (int i = 0; i < t->n_lookups; i++) {
        rt_lookup_state *l = t->lookups[i];
        mig_key k;
        if ((identity_only && !gives_identity(l->key)) || rt_open_hides(x, l->key))
            continue;
        if (!key_of(x, l->key, row, &k)) {
            if (x->fatal != MIG_OK)
                return false;
            continue;
        }
        uint8_t small[1 + sizeof(int64_t)] = {TAG_VALUE};
        if (gives_identity(l->key)) { /* the common case, without a buffer */
            int64_t id = t->table->get_identity(row);
            memcpy(small + 1, &id, sizeof id);
            if (!take(x, l, &k, small, sizeof small, same_row))
                return false;
            continue;
        }
        rt_buf value = {0};
        encode(x, l->key, row, &value);
        bool ok = !value.failed && x->fatal == MIG_OK && take(x, l, &k, value.p, value.n, same_row);
        if (value.failed)
            rt_fault(x, MIG_NOMEM);
        rt_buf_free(&value);
        if (!ok)
            return false;
    }
    return true;
}

/* Length-prefixed, for look-ups that do not give the identity key, in the table's order; then the primary key, where origins want it. */
void rt_lookup_results(mig_ctx *x, rt_table_state *t, const void *row, rt_buf *out) {
    for (int i = 0; i < t->n_lookups; i++) {
        if (gives_identity(t->lookups[i]->key))
            continue;
        rt_buf one = {0};
        encode(x, t->lookups[i]->key, row, &one);
        uint32_t n = (uint32_t)one.n;
        rt_buf_add(out, &n, sizeof n);
        rt_buf_add(out, one.p, one.n);
        out->failed = out->failed || one.failed;
        rt_buf_free(&one);
    }
    if (rt_origins_want_primary(t))
        rt_primary_of(t->table, row, out); /* the last: without its length */
}

bool rt_origins_want_primary(const rt_table_state *t) {
    return t->n_origins > 0 && t->table->primary != t->table->identity;
}

mig_text rt_lookup_rest_primary(const rt_table_state *t, const void *rest, size_t n) {
    const char *at = rest, *end = at != NULL ? at + n : NULL;
    for (int i = 0; at != NULL && i < t->n_lookups; i++) {
        uint32_t len;
        if (gives_identity(t->lookups[i]->key))
            continue;
        if (end - at < (ptrdiff_t)sizeof len)
            return MIG_NULL_TEXT;
        memcpy(&len, at, sizeof len);
        at += sizeof len + len;
    }
    return at != NULL && at < end ? (mig_text){at, (size_t)(end - at)} : MIG_NULL_TEXT;
}

bool rt_lookups_follow(mig_ctx *x, rt_table_state *t, const void *loser, const rt_group *kept, const void *rest, size_t rest_n) {
    const uint8_t *at = rest, *end = at != NULL ? at + rest_n : NULL;
    for (int i = 0; i < t->n_lookups; i++) {
        rt_lookup_state *l = t->lookups[i];
        uint8_t small[1 + sizeof(int64_t)] = {TAG_VALUE};
        const void *value = small;
        size_t n = sizeof small;
        if (gives_identity(l->key)) {
            memcpy(small + 1, &kept->identity, sizeof kept->identity);
        } else {
            uint32_t len;
            if (at == NULL || end - at < (ptrdiff_t)sizeof len)
                return true; /* kept without results: nothing to follow */
            memcpy(&len, at, sizeof len);
            value = at + sizeof len;
            n = len;
            at += sizeof len + len;
        }
        mig_key k;
        if (key_of(x, l->key, loser, &k)) {
            if (!take(x, l, &k, value, n, true))
                return false;
        } else if (x->fatal != MIG_OK) {
            return false;
        }
    }
    return true;
}

/* ---- asked by row functions ---------------------------------------------------------------------------------------- */

static void tell_missing(mig_ctx *x, const mig_index_key *l, mig_rule rule) {
    rt_buf columns = {0};
    for (int i = 0; i < l->n_columns; i++)
        rt_buf_printf(&columns, "%s%s", i > 0 ? ", " : "",
                      l->from != NULL ? l->from->columns[l->columns[i]].name : l->table->columns[l->columns[i]].name);
    const char *names = columns.failed || columns.p == NULL ? l->name : columns.p;
    const char *number = rule == MIG_RULE_MISSING ? "no row" : "more than one row";
    if (l->from != NULL)
        mig_fail(x, rule, MIG_NULL_TEXT, "%s of \"%s\" came from the row of %s with this %s", number, l->table->name,
                 rt_source_table_name(x->run, l->from), names);
    else
        mig_fail(x, rule, MIG_NULL_TEXT, "%s of \"%s\" has this %s", number, l->table->name, names);
    rt_buf_free(&columns);
}

/* The value behind the tag; NULL: null, or a failure is recorded. */
static const uint8_t *find_hash(mig_ctx *x, const mig_index_key *l, rt_hash hash, size_t *n) {
    rt_phase_run *ph = x->run->phase;
    if (ph == NULL) {
        mig_fatal(x, MIG_USAGE, "look-up in \"%s\" outside a phase", l->table->name);
        return NULL;
    }
    rt_lookup_state *s = &ph->lookups[l->id];
    rt_dedup_state *d = ph->tables[l->table->id].dedup;
    if (s->map == NULL) {
        mig_fatal(x, MIG_IO, "look-up in \"%s\" is not ready in phase \"%s\"", l->table->name, ph->phase->name);
        return NULL;
    }
    bool known = l->from != NULL ? d == NULL || d->dedup->keys_known : gives_identity(l) && !(d != NULL && d->waits);
    if (d != NULL && d->dedup->late && !d->settled && !known) {
        mig_fatal(x, MIG_USAGE, "look-up in \"%s\" before it is known which of its rows are kept; let another flow look it up",
                  l->table->name);
        return NULL;
    }
    const void *v;
    bool found;
    mig_status st = rt_map_get(s->map, hash, &v, n, &found);
    if (st != MIG_OK) {
        rt_fault(x, st);
        return NULL;
    }
    uint8_t tag = found ? *(const uint8_t *)v : 0;
    if (tag == 0 || tag == TAG_SEVERAL) {
        tell_missing(x, l, tag == 0 ? MIG_RULE_MISSING : MIG_RULE_AMBIGUOUS);
        return NULL;
    }
    *n -= 1;
    return tag == TAG_NULL ? NULL : (const uint8_t *)v + 1;
}

static const uint8_t *find(mig_ctx *x, const mig_index_key *l, const mig_key *k, size_t *n) {
    return x->fatal != MIG_OK || k->has_null ? NULL : find_hash(x, l, rt_hash_bytes(k->p, k->n), n);
}

rt_value rt_lookup_value(mig_ctx *x, const mig_index_key *l, rt_hash key) {
    rt_value v = {.type = l->table->columns[l->result].type, .is_null = true};
    size_t n;
    const uint8_t *p = x->fatal != MIG_OK ? NULL : find_hash(x, l, key, &n);
    if (p == NULL)
        return v;
    v.is_null = false;
    char *copy = mig_alloc(x, n + 1);
    if (copy == NULL)
        return v;
    memcpy(copy, p, n);
    switch (result_form(l)) {
    case FORM_INT: memcpy(&v.i, copy, sizeof v.i); return v;
    case FORM_UUID: memcpy(v.uuid, copy, sizeof v.uuid); return v;
    case FORM_TEXT: v.t = (mig_text){copy, n}; return v;
    case FORM_ROW: break;
    }
    void *row = mig_alloc(x, l->table->row_size);
    if (row == NULL)
        return v;
    memset(row, 0, l->table->row_size);
    mig_status st = rt_unpack(l->table, copy, n, row, x->arena);
    if (st != MIG_OK)
        rt_fault(x, st);
    return st == MIG_OK ? rt_pick(l->table, row, l->result) : v;
}

mig_int mig_lookup_int(mig_ctx *x, const mig_index_key *l, const mig_key *k) {
    size_t n;
    const uint8_t *v = find(x, l, k, &n);
    if (v == NULL)
        return MIG_NULL_INT;
    mig_int out = {0, false};
    memcpy(&out.v, v, sizeof out.v);
    return out;
}

mig_uuid mig_lookup_uuid(mig_ctx *x, const mig_index_key *l, const mig_key *k) {
    size_t n;
    const uint8_t *v = find(x, l, k, &n);
    if (v == NULL)
        return MIG_NULL_UUID;
    mig_uuid out = {.is_null = false};
    memcpy(out.v, v, sizeof out.v);
    return out;
}

mig_text mig_lookup_text(mig_ctx *x, const mig_index_key *l, const mig_key *k) {
    size_t n;
    const uint8_t *v = find(x, l, k, &n);
    if (v == NULL)
        return MIG_NULL_TEXT;
    char *p = mig_alloc(x, n + 1);
    if (p == NULL)
        return MIG_NULL_TEXT;
    memcpy(p, v, n);
    return (mig_text){p, n};
}

bool mig_lookup_row(mig_ctx *x, const mig_index_key *l, const mig_key *k, void *row) {
    size_t n;
    const uint8_t *v = find(x, l, k, &n);
    if (v == NULL)
        return false;
    char *p = mig_alloc(x, n + 1);
    if (p == NULL)
        return false;
    memcpy(p, v, n);
    mig_status st = rt_unpack(l->table, p, n, row, x->arena);
    return st == MIG_OK ? true : rt_fault(x, st);
}
