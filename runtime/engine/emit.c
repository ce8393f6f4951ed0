/*
 * emit.c: the way of a row from a row function to the target's writer. A row is admitted at once (key, checks, unique rules,
 * dedup, look-ups), so that later expressions of the same source row see it, and written when the source row is carried.
 * Whatever it did before is in the undo log.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

bool rt_pending_add(mig_ctx *x, const rt_pending *p) {
    rt_phase_run *ph = x->run->phase;
    if (ph->n_pending == ph->cap_pending) {
        int cap = ph->cap_pending ? ph->cap_pending * 2 : 32;
        rt_pending *v = realloc(ph->pending, sizeof *v * (size_t)cap);
        if (v == NULL)
            return rt_fault(x, MIG_NOMEM);
        ph->pending = v;
        ph->cap_pending = cap;
    }
    ph->pending[ph->n_pending++] = *p;
    return true;
}

/* The row in the row arena, pending. */
static bool keep_row(mig_ctx *x, rt_pending p, const void *row) {
    size_t n = p.table->table->row_size;
    p.open = x->open;
    p.n_open = x->n_open;
    p.row = mig_alloc(x, n);
    if (p.row == NULL)
        return false;
    memcpy(p.row, row, n);
    return rt_pending_add(x, &p);
}

/* The value of the column whose rule failed, when the rule itself could not tell it. */
static void tell_value(mig_ctx *x, const mig_table *t, const void *row) {
    for (int i = 0; i < t->n_columns; i++) {
        if (x->column == NULL || x->has_value || strcmp(t->columns[i].name, x->column) != 0)
            continue;
        rt_value v = rt_pick(t, row, i);
        rt_buf text = {0};
        if (!v.is_null)
            rt_value_text(&v, &text);
        x->has_value = text.n > 0 && !text.failed;
        if (x->has_value)
            rt_shorten(x->value, sizeof x->value, text.p, text.n);
        rt_buf_free(&text);
    }
}

typedef struct deep { mig_ctx *x; const mig_table *table; bool found; } deep;

static void look_deep(void *arg, int column, const rt_value *v) {
    deep *d = arg;
    const mig_column *c = &d->table->columns[column];
    if (d->found || v->is_null || (c->type != MIG_T_JSON && c->type != MIG_T_JSONB) || rt_sqlite_takes_json(v->t.p, v->t.n))
        return;
    d->found = true;
    mig_fail(d->x, MIG_RULE_CHECK, v->t, "arrays and objects are nested deeper than SQLite takes");
    d->x->column = c->name;
}

/* A rule of the tables that this migration makes: json_valid(). JSON of a PostgreSQL source may be any depth. */
static bool json_fits(mig_ctx *x, const mig_table *t, const void *row) {
    deep d = {.x = x, .table = t};
    bool any = false;
    if (x->run->ops->engine != MIG_SQLITE || t->existing)
        return true;
    for (int i = 0; i < t->n_columns && !any; i++)
        any = t->columns[i].type == MIG_T_JSON || t->columns[i].type == MIG_T_JSONB;
    if (any)
        rt_each_value(t, row, look_deep, &d);
    return !d.found;
}

bool rt_row_holds(mig_ctx *x, const mig_table *t, const void *row) {
    if ((t->holds == NULL || t->holds(x, row)) && json_fits(x, t, row))
        return true;
    tell_value(x, t, row);
    if (x->failed == MIG_RULE_NONE)
        mig_fail(x, MIG_RULE_CHECK, MIG_NULL_TEXT, "a check of \"%s\" does not hold", t->name);
    return false;
}

static bool give_key(mig_ctx *x, rt_table_state *t, void *row, bool own_key) {
    int64_t key;
    if (t->table->identity < 0)
        return true;
    if (own_key) {
        if (rt_undo_number(x->run, &t->next) != MIG_OK)
            return rt_fault(x, MIG_NOMEM);
        rt_identity_seen(t, t->table->get_identity(row));
        return true;
    }
    if (!rt_identity_next(x, t, &key))
        return false;
    t->table->set_identity(row, key);
    return true;
}

/* A row that is written as it is. */
static bool admit(mig_ctx *x, rt_pending p, void *row, bool own_key) {
    return give_key(x, p.table, row, own_key) && rt_row_holds(x, p.table->table, row) &&
           rt_uniques_take(x, p.table, row, rt_place_here(x->run)) && rt_lookups_take(x, p.table, row, false);
}

static bool first_of_group(mig_ctx *x, rt_pending p, void *row, bool own_key, rt_hash hash) {
    rt_place here = rt_place_here(x->run);
    if (!admit(x, p, row, own_key))
        return false;
    rt_group g = {.first = rt_place_pack(here)};
    if (p.table->table->identity >= 0)
        g.identity = p.table->table->get_identity(row);
    return rt_dedup_put(x, p.table, row, hash, &g);
}

/* A second row of a group whose first was kept. */
static bool loser(mig_ctx *x, rt_pending p, void *row, const rt_group *g, const void *rest, size_t rest_n) {
    const mig_dedup *d = p.table->dedup->dedup;
    rt_place winner = rt_place_unpack(g->first);
    if (d->action == MIG_DUP_REJECT) {
        rt_buf place = {0};
        rt_place_text(x->run, winner, &place);
        mig_fail(x, MIG_RULE_DUPLICATE, MIG_NULL_TEXT, "%s: the same as %s", d->why != NULL ? d->why : "duplicate",
                 place.p != NULL ? place.p : "another row");
        rt_buf_free(&place);
        return false;
    }
    if (p.table->table->identity >= 0)
        p.table->table->set_identity(row, g->identity);
    if (rt_origins_want_primary(p.table)) { /* the row is not written: from here on its key is the kept row's */
        mig_text key = rt_lookup_rest_primary(p.table, rest, rest_n);
        char *copy = key.p != NULL ? mig_alloc(x, key.n) : NULL;
        if (copy != NULL)
            rt_primary_put(p.table->table, row, memcpy(copy, key.p, key.n), key.n);
    }
    if (!rt_lookups_follow(x, p.table, row, g, rest, rest_n))
        return false;
    p.table->dedup->losers++;
    p.kind = RT_PENDING_LOSER;
    p.winner = winner;
    return keep_row(x, p, row);
}

static bool emit_early(mig_ctx *x, rt_pending p, void *row, bool own_key) {
    rt_group g;
    rt_hash hash;
    rt_dedup_answer answer;
    const void *rest;
    size_t rest_n;
    if (!rt_dedup_find(x, p.table->dedup, row, &hash, &answer, &g, &rest, &rest_n))
        return false;
    if (answer == RT_DEDUP_AGAIN)
        return loser(x, p, row, &g, rest, rest_n);
    bool ok = answer == RT_DEDUP_FIRST ? first_of_group(x, p, row, own_key, hash) : admit(x, p, row, own_key);
    return ok && keep_row(x, p, row);
}

/* The row is the same as one that stands in the target: its origin says which, for settle.c. */
static bool origin_in_target(mig_ctx *x, rt_pending *p, const rt_group *g, const void *rest, size_t rest_n) {
    uint8_t key[1 + sizeof g->identity] = {1};
    mig_text kept = {(const char *)key, sizeof key};
    memcpy(key + 1, &g->identity, sizeof g->identity);
    if (rt_origins_want_primary(p->table))
        kept = rt_lookup_rest_primary(p->table, rest, rest_n);
    return rt_origin_of(x, p->table, kept.p, kept.n, &p->origin);
}

/* Origins lead to the row, where it is known by now which that is. */
bool rt_pending_origin(mig_ctx *x, const rt_pending *p) {
    if (p->origin.p == NULL || (p->kind == RT_PENDING_HOLD && !p->table->dedup->dedup->keys_known))
        return true;
    rt_buf key = {0};
    rt_primary_of(p->table->table, p->row, &key);
    bool ok = key.failed ? rt_fault(x, MIG_NOMEM) : rt_origin_take(x, p->origin, key.p, key.n);
    rt_buf_free(&key);
    return ok;
}

/*
 * A row of a late rule: it gets its group and, where there is one, the group's key; it waits until settle.c decides. Rows of a
 * rewrite rule are all written, so each has a key of its own, and look-ups know them only when they are settled.
 */
static bool emit_late(mig_ctx *x, rt_pending p, void *row, bool own_key) {
    rt_dedup_state *d = p.table->dedup;
    bool shared_key = d->dedup->action != MIG_DUP_REWRITE && !own_key;
    rt_group g = {0};
    rt_hash hash;
    rt_dedup_answer answer;
    const void *rest = NULL;
    size_t rest_n = 0;
    if (!rt_dedup_find(x, d, row, &hash, &answer, &g, &rest, &rest_n))
        return false;
    if (answer == RT_DEDUP_AGAIN && p.table->n_origins > 0 && g.number < d->n_target_groups &&
        !origin_in_target(x, &p, &g, rest, rest_n))
        return false;
    if (answer == RT_DEDUP_NONE && d->dedup->action != MIG_DUP_MERGE) /* merging fills columns (count) of single rows, too */
        return admit(x, p, row, own_key) && keep_row(x, p, row);
    if (!shared_key)
        d->waits = true;
    if (answer == RT_DEDUP_AGAIN && shared_key && p.table->table->identity >= 0)
        p.table->table->set_identity(row, g.identity);
    else if (!give_key(x, p.table, row, own_key))
        return false;
    if (answer != RT_DEDUP_AGAIN) {
        if (rt_undo_number(x->run, &d->n_groups) != MIG_OK)
            return rt_fault(x, MIG_NOMEM);
        g.number = d->n_groups++;
        g.identity = p.table->table->identity >= 0 ? p.table->table->get_identity(row) : 0;
        g.first = rt_place_pack(rt_place_here(x->run));
        if (answer == RT_DEDUP_FIRST && !rt_dedup_put(x, p.table, row, hash, &g))
            return false;
    }
    if (!rt_row_holds(x, p.table->table, row) || (shared_key && !rt_lookups_take(x, p.table, row, true)))
        return false;
    p.kind = RT_PENDING_HOLD;
    p.group = g.number;
    return keep_row(x, p, row);
}

/* An alias knows the canonical rows that a flow writes, too. */
static bool tell_aliases(mig_ctx *x, rt_table_state *t, const void *row) {
    for (int i = 0; i < t->n_aliases; i++)
        if (!rt_alias_take(x, t->aliases[i], row, rt_place_here(x->run)))
            return false;
    return true;
}

bool mig_emit(mig_ctx *x, int into, void *row) {
    rt_run *run = x->run;
    rt_phase_run *ph = run->phase;
    const mig_into *def = &ph->flow_def->intos[into];
    rt_pending p = {.kind = RT_PENDING_WRITE, .table = &ph->tables[def->table->id], .into = &ph->flow->intos[into], .into_no = into};
    size_t mark = rt_undo_mark(run);
    int n_pending = ph->n_pending;
    bool ok;
    if (x->fatal != MIG_OK)
        return false;
    if (p.table->n_origins > 0 && !rt_origin_of(x, p.table, NULL, 0, &p.origin))
        ok = false;
    else if (p.table->dedup == NULL)
        ok = admit(x, p, row, def->own_key) && keep_row(x, p, row);
    else if (p.table->dedup->dedup->late)
        ok = emit_late(x, p, row, def->own_key);
    else
        ok = emit_early(x, p, row, def->own_key);
    if (ok && p.table->n_aliases > 0)
        ok = tell_aliases(x, p.table, row);
    if (ok && p.table->n_origins > 0)
        ok = rt_pending_origin(x, &ph->pending[ph->n_pending - 1]);
    x->n_open = 0;
    x->open = NULL;
    if (ok)
        return true;
    ph->n_pending = n_pending;
    mig_status st = rt_undo_back(run, mark);
    return st == MIG_OK ? false : rt_fault(x, st);
}

void mig_into_skip(mig_ctx *x, int into) {
    rt_phase_run *ph = x->run->phase;
    x->n_open = 0;
    x->open = NULL;
    rt_pending_add(x, &(rt_pending){.kind = RT_PENDING_SKIP, .into = &ph->flow->intos[into], .into_no = into});
}

bool rt_emit_alias_row(mig_ctx *x, rt_table_state *t, rt_into_count *into, void *row) {
    rt_pending p = {.kind = RT_PENDING_WRITE, .table = t, .into = into};
    return admit(x, p, row, false) && keep_row(x, p, row) && tell_aliases(x, t, row);
}

/* ---- when the source row is carried --------------------------------------------------------------------------------- */

mig_status rt_table_put(rt_run *run, rt_table_state *t, void *row) {
    if (t->writer == NULL) {
        mig_status st = run->ops->writer(run->target, t->table, &t->writer, &run->error);
        if (st != MIG_OK)
            return st;
    }
    mig_status st = run->ops->put(t->writer, row, &run->error);
    if (st == MIG_OK)
        t->inserted++;
    return st == MIG_OK ? rt_chunk_row(run, t, row) : st;
}

static mig_status hold(rt_run *run, const rt_pending *p) {
    rt_dedup_state *d = p->table->dedup;
    const mig_record *r = run->ctx.record;
    rt_buf packed = {0};
    mig_status st = rt_pack(p->table->table, p->row, &packed);
    if (st == MIG_OK && packed.failed)
        st = MIG_NOMEM;
    if (st != MIG_OK) {
        rt_buf_free(&packed);
        return rt_error_set(&run->error, st, "out of memory");
    }
    bool may_reject = run->phase->flow_def->n_intos == 1; /* settle.c refuses rows only of such flows */
    mig_text raw = may_reject ? rt_record_raw(r) : MIG_NULL_TEXT;
    rt_held_row h = {.group = p->group, .flow = run->phase->flow_def->id, .into = p->into_no, .place = rt_place_here(run),
                     .offset = r->offset, .raw = raw.p, .raw_n = raw.n,
                     .data = packed.p, .data_n = packed.n, .origin = p->origin};
    if (d->held == NULL)
        st = rt_held_new(run, &d->held);
    if (st == MIG_OK)
        st = rt_held_add(run, d->held, &h);
    rt_buf_free(&packed);
    return st;
}

static mig_status keep_origin(rt_run *run, const rt_pending *p) {
    rt_buf key = {0};
    if (p->origin.p == NULL)
        return MIG_OK;
    rt_primary_of(p->table->table, p->row, &key);
    mig_status st = key.failed ? rt_run_nomem(run) : rt_origin_keep(run, p->origin, key.p, key.n);
    rt_buf_free(&key);
    return st;
}

mig_status rt_pending_carry_one(rt_run *run, rt_pending *p) {
    mig_status st = MIG_OK;
    if (p->kind != RT_PENDING_SKIP)
        p->into->emitted++;
    switch (p->kind) {
    case RT_PENDING_WRITE:
        p->into->inserted++;
        st = rt_table_put(run, p->table, p->row);
        return st == MIG_OK ? keep_origin(run, p) : st;
    case RT_PENDING_HOLD: return hold(run, p);
    case RT_PENDING_LOSER:
        p->into->merged++;
        rt_duplicate_row(run, p->table->table, "drop", rt_place_here(run), p->winner, &st);
        return st == MIG_OK ? keep_origin(run, p) : st;
    case RT_PENDING_SAME: p->into->unchanged++; return MIG_OK;
    case RT_PENDING_SKIP: p->into->skipped++; return MIG_OK;
    }
    return MIG_OK;
}

mig_status rt_pending_carry(rt_run *run) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    for (int i = 0; i < ph->n_pending && st == MIG_OK; i++)
        st = rt_pending_carry_one(run, &ph->pending[i]);
    ph->n_pending = 0;
    return st;
}
