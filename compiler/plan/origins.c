/*
 * origins.c: look-ups by the source row that a row came from, app.t[src.u.id = e]: what dedup rules must tell for them at once, and
 * which of them the ledger keeps, because they are asked when the rows' own phase is over (or part of it is committed).
 */
#include "compiler/plan/build.h"

static bool is_asked(const plan *p, const plan_table *t) {
    for (int i = 0; i < p->n_lookups; i++)
        if (p->lookups[i]->from != NULL && p->lookups[i]->table == t)
            return true;
    return false;
}

static bool sets_key(const plan_set *sets, int n, const plan_table *t) {
    for (int i = 0; i < n; i++)
        if (sets[i].column == t->primary)
            return true;
    return false;
}

static bool has_own_keys(const plan *p, const plan_table *t) {
    for (int f = 0; f < p->n_flows; f++)
        for (int i = 0; i < p->flows[f]->n_stmts; i++) {
            const plan_stmt *s = &p->flows[f]->stmts[i];
            if (s->kind == PLAN_INTO && s->table == t && sets_key(s->sets, s->n_sets, t))
                return true;
        }
    return false;
}

/* Is it known which key a row will be found under, before it is known which row of its group is kept? */
static bool keys_known(const plan *p, const plan_dedup *d) {
    const plan_table *t = d->table;
    if (!d->late || d->action == MIG_DUP_REJECT || !is_asked(p, t))
        return false;
    if (d->action == MIG_DUP_REWRITE)
        return !sets_key(d->rewrite, d->n_rewrite, t);
    return t->identity >= 0 && t->identity == t->primary && !has_own_keys(p, t);
}

/* ---- look-ups before a late dedup is settled --------------------------------------------------------------------------- */

static bool brings_own_keys(const plan_step *s, const plan_table *t) {
    for (int i = 0; s->kind == MIG_STEP_FLOW && i < s->flow->n_stmts; i++) {
        const plan_stmt *into = &s->flow->stmts[i];
        if (into->kind == PLAN_INTO && into->table == t && sets_key(into->sets, into->n_sets, t))
            return true;
    }
    return false;
}

/* Only the key that the program gives to a group as a whole is known by then (../../runtime/engine/lookup.c asks the same). */
static bool is_early(const plan_phase *ph, int step, const plan_dedup *d, const plan_key *k) {
    if (k->table != d->table)
        return false;
    if (k->from != NULL)
        return !d->keys_known;
    bool own = d->action == MIG_DUP_REWRITE;
    for (int i = 0; i <= step; i++)
        own = own || brings_own_keys(&ph->steps[i], k->table);
    return own || k->table->identity < 0 || k->result != k->table->identity;
}

static bool asks_early(const plan_phase *ph, int step, const plan_dedup *d, const plan_expr *e) {
    if (e == NULL)
        return false;
    if (e->kind == PX_LOOKUP && e->late == NULL && is_early(ph, step, d, e->key))
        return true;
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE && asks_early(ph, step, d, e->handler.value))
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (asks_early(ph, step, d, e->args[i]))
            return true;
    return false;
}

static const plan_site *early_in_flow(const plan_phase *ph, int step, const plan_dedup *d) {
    const plan_flow *f = ph->steps[step].flow;
    for (int i = 0; i < f->n_stmts; i++) {
        const plan_stmt *s = &f->stmts[i];
        if (asks_early(ph, step, d, s->value) || asks_early(ph, step, d, s->when) || asks_early(ph, step, d, s->each))
            return &s->site;
        for (int k = 0; k < s->n_sets; k++)
            if (asks_early(ph, step, d, s->sets[k].value))
                return &s->sets[k].site;
    }
    return NULL;
}

static const plan_site *early_in_ring(const plan *p, const plan_phase *ph, int step, const plan_dedup *d) {
    for (int i = 0; i < p->n_lates; i++)
        if (p->lates[i]->flow->ring == ph->steps[step].ring && is_early(ph, step, d, p->lates[i]->key))
            return &p->lates[i]->site;
    return NULL;
}

static void check_settled(builder *b, const plan_phase *ph, int settle) {
    const plan_dedup *d = ph->steps[settle].dedup;
    for (int i = 0; d->late && i < settle; i++) {
        const plan_site *s = ph->steps[i].kind == MIG_STEP_FLOW      ? early_in_flow(ph, i, d)
                             : ph->steps[i].kind == MIG_STEP_RESOLVE ? early_in_ring(b->p, ph, i, d)
                                                                     : NULL;
        if (s == NULL)
            continue;
        diag_error(b->d, plan_span_of(s), D_NOT_ALLOWED, "\"%s\" is looked up here before its dedup knows which of its rows are kept", d->table->name);
        diag_hint(b->d, "Let another flow look it up, or let the dedup keep the first row in source order, which is known at once.");
    }
}

void plan_settled(builder *b) {
    for (int i = 0; i < b->p->n_phases; i++)
        for (int k = 0; k < b->p->phases[i]->n_steps; k++)
            if (b->p->phases[i]->steps[k].kind == MIG_STEP_SETTLE)
                check_settled(b, b->p->phases[i], k);
}

/* ---- what the ledger keeps ----------------------------------------------------------------------------------------------- */

void plan_origins_begin(builder *b) {
    for (int i = 0; i < b->p->n_dedups; i++)
        b->p->dedups[i]->keys_known = keys_known(b->p, b->p->dedups[i]);
}

static bool asks(const plan_phase *p, const plan_key *k) {
    for (int i = 0; i < p->n_lookups; i++)
        if (p->lookups[i] == k)
            return true;
    return false;
}

bool plan_phase_brings(const plan_phase *p, const plan_key *k) {
    for (int i = 0; i < p->n_steps; i++) {
        const plan_flow *f = p->steps[i].kind == MIG_STEP_FLOW ? p->steps[i].flow : NULL;
        if (f != NULL && f->source == k->from && plan_flow_fills(f, k->table))
            return true;
    }
    return false;
}

void plan_origins_end(builder *b) {
    plan *p = b->p;
    for (int i = 0; i < p->n_lookups; i++) {
        plan_key *k = p->lookups[i];
        for (int a = 0; k->from != NULL && a < p->n_phases; a++)
            for (int c = 0; asks(p->phases[a], k) && c < p->n_phases; c++)
                if (plan_phase_brings(p->phases[c], k) && (a != c || p->phases[a]->commit_every > 0))
                    k->kept = true;
    }
}
