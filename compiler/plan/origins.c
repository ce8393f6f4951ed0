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
