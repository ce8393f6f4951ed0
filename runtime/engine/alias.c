/*
 * alias.c: what a text means: from its folded form to the key of a canonical row, by a map that prepare.c and alias_load.c
 * fill. Unknown texts follow the alias's policy here. Called by generated row functions.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

enum { MEMO_SIZE = 1024, MEMO_KEY = 16 };

/* The last answers by raw text, so that a column with few different texts is folded once for each. */
typedef struct rt_alias_memo { struct { rt_hash hash; uint8_t n; uint8_t key[MEMO_KEY]; } slot[MEMO_SIZE]; } rt_alias_memo;

bool rt_alias_fold(mig_ctx *x, const mig_alias *a, mig_text v, mig_text *out) {
    *out = MIG_NULL_TEXT;
    if (v.p == NULL)
        return true;
    mig_text folded = a->fold(x, v);
    if (x->fatal != MIG_OK)
        return false;
    if (folded.p != NULL && folded.n > 0)
        *out = folded;
    return true;
}

bool rt_alias_key(mig_ctx *x, const mig_alias *a, const rt_value *v, rt_alias_found *out) {
    if (v->is_null)
        return mig_fatal(x, MIG_IO, "a row of \"%s\" has no key", a->table->name), false;
    if (v->type == MIG_T_UUID) {
        out->key_n = sizeof v->uuid;
        memcpy(out->key, v->uuid, sizeof v->uuid);
    } else if (v->type == MIG_T_TEXT || v->type == MIG_T_VARCHAR || v->type == MIG_T_CHAR) {
        if (v->t.n > RT_ALIAS_KEY_MAX)
            return mig_fatal(x, MIG_IO, "a key of \"%s\" is longer than %d bytes", a->table->name, RT_ALIAS_KEY_MAX), false;
        out->key_n = v->t.n;
        memcpy(out->key, v->t.p, v->t.n);
    } else {
        out->key_n = sizeof v->i;
        memcpy(out->key, &v->i, sizeof v->i);
    }
    return true;
}

bool rt_alias_get(mig_ctx *x, rt_alias_state *a, mig_text folded, rt_alias_found *out, bool *found) {
    const void *v;
    size_t n;
    mig_status st = rt_map_get(a->map, rt_hash_bytes(folded.p, folded.n), &v, &n, found);
    if (st != MIG_OK)
        return rt_fault(x, st);
    if (*found) {
        memcpy(&out->head, v, sizeof out->head);
        out->key_n = n - sizeof out->head;
        memcpy(out->key, (const char *)v + sizeof out->head, out->key_n);
    }
    return true;
}

static void remember_spelling(rt_alias_state *a, mig_text folded) {
    enum { MOST = 20000, LONGEST = 64 };
    if (a->n_spellings >= MOST || folded.n > LONGEST)
        return;
    if (a->spellings_arena == NULL && (a->spellings_arena = rt_arena_new(1 << 14)) == NULL)
        return; /* only suggestions suffer */
    if (a->n_spellings == a->cap_spellings) {
        int64_t cap = a->cap_spellings ? a->cap_spellings * 2 : 64;
        mig_text *v = realloc(a->spellings, sizeof *v * (size_t)cap);
        if (v == NULL)
            return;
        a->spellings = v;
        a->cap_spellings = cap;
    }
    char *p = rt_arena_copy(a->spellings_arena, folded.p, folded.n);
    if (p != NULL)
        a->spellings[a->n_spellings++] = (mig_text){p, folded.n};
}

bool rt_alias_put(mig_ctx *x, rt_alias_state *a, mig_text folded, const rt_alias_found *entry, const rt_alias_found *old) {
    size_t head = sizeof entry->head;
    uint8_t now[sizeof entry->head + RT_ALIAS_KEY_MAX], was[sizeof entry->head + RT_ALIAS_KEY_MAX];
    memcpy(now, &entry->head, head);
    memcpy(now + head, entry->key, entry->key_n);
    if (old != NULL) {
        memcpy(was, &old->head, head);
        memcpy(was + head, old->key, old->key_n);
    } else {
        remember_spelling(a, folded);
    }
    mig_status st = rt_undo_put(x->run, a->map, rt_hash_bytes(folded.p, folded.n), now, head + entry->key_n,
                                old != NULL ? was : NULL, old != NULL ? head + old->key_n : 0, old != NULL);
    return st == MIG_OK ? true : rt_fault(x, st);
}

bool rt_alias_take(mig_ctx *x, rt_alias_state *a, const void *row, rt_place place) {
    rt_value text = rt_pick(a->alias->table, row, a->alias->column);
    rt_value key = rt_pick(a->alias->table, row, a->alias->table->primary);
    rt_alias_found now = {.head = {.place = rt_place_pack(place), .canonical = 1}}, old;
    mig_text folded;
    bool found;
    if (!rt_alias_fold(x, a->alias, text.t, &folded))
        return false;
    if (folded.p == NULL)
        return true;
    if (!rt_alias_key(x, a->alias, &key, &now) || !rt_alias_get(x, a, folded, &old, &found))
        return false;
    x->run->phase->alias_made = true;
    if (!found)
        return rt_alias_put(x, a, folded, &now, NULL);
    bool same = old.key_n == now.key_n && memcmp(old.key, now.key, now.key_n) == 0;
    if (same && old.head.canonical)
        return true;
    now.head.named = old.head.named;
    now.head.several = old.head.several || !same;
    if (!same && a->memo != NULL)
        memset(a->memo, 0, sizeof *a->memo);
    return rt_alias_put(x, a, folded, &now, &old);
}

bool rt_alias_name_row(mig_ctx *x, rt_alias_state *a, rt_into_count *into, mig_text text, const void *canonical_row) {
    const mig_alias *def = a->alias;
    void *row = mig_alloc(x, def->names->row_size);
    if (row == NULL)
        return false;
    memset(row, 0, def->names->row_size);
    def->names_defaults(x, row);
    if (mig_failed(x))
        return false;
    def->set_name(row, text, canonical_row);
    return rt_emit_alias_row(x, &x->run->phase->tables[def->names->id], into, row);
}

/* ---- unknown texts ---------------------------------------------------------------------------------------------------- */

static rt_flow_count *created_count(mig_ctx *x, rt_alias_state *a) {
    if (a->created != NULL)
        return a->created;
    const char *name = rt_run_printf(x->run, "alias %s (created)", a->alias->name);
    if (name != NULL)
        a->created = rt_flow_count_new(x->run, name, NULL, a->alias->names != NULL ? 2 : 1);
    if (a->created == NULL) {
        rt_fault(x, MIG_NOMEM);
        return NULL;
    }
    a->created->intos[0].table = a->alias->table;
    if (a->alias->names != NULL)
        a->created->intos[1].table = a->alias->names;
    return a->created;
}

/* The canonical row that the text shall have from now on, and its name; true with the key in out. */
static bool create_rows(mig_ctx *x, rt_alias_state *a, mig_text text, mig_text folded, rt_alias_found *out) {
    const mig_alias *def = a->alias;
    rt_flow_count *c = created_count(x, a);
    void *row = mig_alloc(x, def->table->row_size);
    bool found;
    if (c == NULL || row == NULL)
        return false;
    if (def->clean != NULL)
        text = def->clean(x, text);
    memset(row, 0, def->table->row_size);
    def->defaults(x, row);
    def->set_text(row, text);
    if (def->created != NULL)
        def->created(x, row);
    if (mig_failed(x) || !rt_emit_alias_row(x, &x->run->phase->tables[def->table->id], &c->intos[0], row))
        return false;
    if (!rt_alias_get(x, a, folded, out, &found))
        return false;
    if (!found) /* the cleaned text folds to something else: the rules are not idempotent */
        return mig_fatal(x, MIG_CHECK, "alias \"%s\": its match rules give another text when they are applied twice", def->name), false;
    if (def->names != NULL) {
        rt_alias_found named = *out;
        named.head.named = 1;
        if (!rt_alias_name_row(x, a, &c->intos[1], text, row) || !rt_alias_put(x, a, folded, &named, out))
            return false;
    }
    if (rt_undo_number(x->run, &c->read) != MIG_OK || rt_undo_number(x->run, &c->carried) != MIG_OK ||
        rt_undo_number(x->run, &a->count->created) != MIG_OK)
        return rt_fault(x, MIG_NOMEM);
    c->read++;
    c->carried++;
    a->count->created++;
    return true;
}

static bool create(mig_ctx *x, rt_alias_state *a, mig_text text, mig_text folded, rt_alias_found *out) {
    rt_phase_run *ph = x->run->phase;
    size_t mark = rt_undo_mark(x->run);
    int n_pending = ph->n_pending;
    if (create_rows(x, a, text, folded, out))
        return true;
    ph->n_pending = n_pending;
    mig_status st = rt_undo_back(x->run, mark);
    return st == MIG_OK ? false : rt_fault(x, st);
}

static bool unknown(mig_ctx *x, rt_alias_state *a, mig_text text, mig_text folded) {
    char shown[96], near[96];
    mig_text nearest;
    rt_shorten(shown, sizeof shown, text.p, text.n);
    if (rt_alias_nearest(a, folded, &nearest)) {
        rt_shorten(near, sizeof near, nearest.p, nearest.n);
        mig_fail(x, MIG_RULE_UNKNOWN, text, "alias \"%s\" does not know \"%s\"; did you mean \"%s\"?", a->alias->name, shown, near);
    } else {
        mig_fail(x, MIG_RULE_UNKNOWN, text, "alias \"%s\" does not know \"%s\"", a->alias->name, shown);
    }
    return false;
}

/* True: the key is in out. False: null, or a failure is recorded. */
static bool settle_unknown(mig_ctx *x, rt_alias_state *a, mig_text text, mig_text folded, rt_alias_found *out) {
    bool found;
    mig_text use;
    switch (a->alias->unknown) {
    case MIG_UNKNOWN_CREATE:
        if (x->run->phase->again)
            return false;
        if (x->run->phase->flow_def == NULL)
            break;
        return create(x, a, text, folded, out);
    case MIG_UNKNOWN_NULL: a->count->unknown++; return false;
    case MIG_UNKNOWN_USE:
        a->count->unknown++;
        if (!rt_alias_fold(x, a->alias, a->alias->use, &use) || use.p == NULL || !rt_alias_get(x, a, use, out, &found))
            return false;
        if (!found || out->head.several)
            mig_fatal(x, MIG_CHECK, "alias \"%s\": '%.*s', which stands for unknown texts, is %s", a->alias->name,
                      (int)a->alias->use.n, a->alias->use.p, found ? "more than one row" : "not one of its rows");
        return found && !out->head.several;
    case MIG_UNKNOWN_REJECT: break;
    }
    a->count->unknown++;
    return unknown(x, a, text, folded);
}

static bool memo_get(rt_alias_state *a, rt_hash h, rt_alias_found *out) {
    if (a->memo == NULL)
        return false;
    size_t i = h.lo % MEMO_SIZE;
    if (a->memo->slot[i].n == 0 || a->memo->slot[i].hash.lo != h.lo || a->memo->slot[i].hash.hi != h.hi)
        return false;
    out->key_n = a->memo->slot[i].n;
    memcpy(out->key, a->memo->slot[i].key, MEMO_KEY);
    return true;
}

static void memo_put(rt_alias_state *a, rt_hash h, const rt_alias_found *found) {
    if (found->key_n == 0 || found->key_n > MEMO_KEY)
        return;
    if (a->memo == NULL && (a->memo = calloc(1, sizeof *a->memo)) == NULL)
        return;
    size_t i = h.lo % MEMO_SIZE;
    a->memo->slot[i].hash = h;
    a->memo->slot[i].n = (uint8_t)found->key_n;
    memcpy(a->memo->slot[i].key, found->key, found->key_n);
}

/* True: the key is in out. False: null, or a failure is recorded. */
static bool resolve(mig_ctx *x, const mig_alias *alias, mig_text v, rt_alias_found *out) {
    rt_phase_run *ph = x->run->phase;
    mig_text folded;
    bool found;
    if (x->fatal != MIG_OK || v.p == NULL)
        return false;
    if (ph == NULL)
        return mig_fatal(x, MIG_USAGE, "alias \"%s\" is asked outside a phase", alias->name), false;
    rt_alias_state *a = &ph->aliases[alias->id];
    if (a->map == NULL)
        return mig_fatal(x, MIG_IO, "alias \"%s\" is not ready in phase \"%s\"", alias->name, ph->phase->name), false;
    rt_hash raw = rt_hash_bytes(v.p, v.n);
    if (memo_get(a, raw, out)) {
        a->count->hits++;
        return true;
    }
    if (!rt_alias_fold(x, alias, v, &folded) || folded.p == NULL || !rt_alias_get(x, a, folded, out, &found))
        return false;
    if (!found)
        return settle_unknown(x, a, v, folded, out);
    if (out->head.several) {
        mig_fail(x, MIG_RULE_AMBIGUOUS, v, "more than one row of \"%s\" is meant by it in alias \"%s\"", alias->table->name, alias->name);
        return false;
    }
    a->count->hits++;
    if (!ph->alias_made)
        memo_put(a, raw, out);
    return true;
}

mig_int mig_alias_int(mig_ctx *x, const mig_alias *a, mig_text v) {
    rt_alias_found f;
    mig_int out = {0, false};
    if (!resolve(x, a, v, &f))
        return MIG_NULL_INT;
    memcpy(&out.v, f.key, sizeof out.v);
    return out;
}

mig_uuid mig_alias_uuid(mig_ctx *x, const mig_alias *a, mig_text v) {
    rt_alias_found f;
    mig_uuid out = {.is_null = false};
    if (!resolve(x, a, v, &f))
        return MIG_NULL_UUID;
    memcpy(out.v, f.key, sizeof out.v);
    return out;
}

mig_text mig_alias_text(mig_ctx *x, const mig_alias *a, mig_text v) {
    rt_alias_found f;
    if (!resolve(x, a, v, &f))
        return MIG_NULL_TEXT;
    char *p = mig_alloc(x, f.key_n + 1);
    if (p == NULL)
        return MIG_NULL_TEXT;
    memcpy(p, f.key, f.key_n);
    return (mig_text){p, f.key_n};
}
