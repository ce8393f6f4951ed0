/*
 * depends.c: what steps and phases need of each other: a table is made before rows go into it, filled before it is looked up, referred to
 * after it is filled, constrained when all its rows are in. Says what must come before what; order.c makes an order of it.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/order.h"

#include <string.h>

/* ---- what a step does, as facts about tables ------------------------------------------------------------------------- */

/*
 * Per target table. grows: rows may come by `unknown create`. What it makes, fills and grows is between first and end. keeps: rows bring
 * their own identity keys; gives: the program does, past those. brings, asks, per look-up: rows that came from its source, and who asks
 * for them.
 */
typedef struct facts { bool *makes, *fills, *grows, *reads, *refers, *closes, *keeps, *gives, *brings, *asks; int first, end, n_lookups; } facts;

static facts facts_new(builder *b) {
    int n = b->n_tables;
    return (facts){arena_array(b->a, bool, n), arena_array(b->a, bool, n), arena_array(b->a, bool, n),
                   arena_array(b->a, bool, n), arena_array(b->a, bool, n), arena_array(b->a, bool, n), arena_array(b->a, bool, n),
                   arena_array(b->a, bool, n), arena_array(b->a, bool, b->p->n_lookups), arena_array(b->a, bool, b->p->n_lookups),
                   0, n, b->p->n_lookups};
}

/* Every step is compared with every other: most of them are about few tables of many. */
static void narrow_facts(facts *f) {
    while (f->first < f->end && !(f->makes[f->first] || f->fills[f->first] || f->grows[f->first]))
        f->first++;
    while (f->first < f->end && !(f->makes[f->end - 1] || f->fills[f->end - 1] || f->grows[f->end - 1]))
        f->end--;
}

static void expr_facts(facts *f, const plan_expr *e) {
    if (e == NULL)
        return;
    if (e->kind == PX_ALIAS) {
        f->reads[e->alias->table->id] = true;
        if (e->alias->unknown == MIG_UNKNOWN_CREATE) {
            f->grows[e->alias->table->id] = true;
            if (e->alias->names != NULL)
                f->grows[e->alias->names->id] = true;
        }
    }
    if (e->kind == PX_LOOKUP && e->late == NULL) {
        f->reads[e->key->table->id] = true;
        f->asks[e->key->id] = e->key->from != NULL;
    }
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        expr_facts(f, e->handler.value);
    for (int i = 0; i < e->n_args; i++)
        expr_facts(f, e->args[i]);
}

static void fills_table(builder *b, facts *f, const plan_table *t) {
    f->fills[t->id] = true;
    const table_info *ti = plan_info_of(b, t);
    for (int i = 0; i < ti->n_fks; i++)
        if (ti->fks[i].to != ti)
            f->refers[ti->fks[i].to->t->id] = true;
}

static void into_facts(builder *b, facts *f, const plan_flow *flow, const plan_stmt *s) {
    const plan_table *t = s->table;
    bool own_key = false;
    fills_table(b, f, t);
    for (int k = 0; k < s->n_sets; k++)
        own_key = own_key || s->sets[k].column == t->identity;
    if (t->identity >= 0)
        *(own_key ? &f->keeps[t->id] : &f->gives[t->id]) = true;
    for (int i = 0; i < f->n_lookups; i++)
        if (b->p->lookups[i]->table == t && b->p->lookups[i]->from == flow->source)
            f->brings[i] = true;
}

static void flow_facts(builder *b, facts *f, const plan_flow *flow) {
    for (int i = 0; i < flow->n_stmts; i++) {
        const plan_stmt *s = &flow->stmts[i];
        expr_facts(f, s->value);
        expr_facts(f, s->when);
        expr_facts(f, s->each);
        expr_facts(f, s->canonical);
        for (int k = 0; k < s->n_synonyms; k++)
            expr_facts(f, s->synonyms[k]);
        for (int k = 0; k < s->n_sets; k++)
            expr_facts(f, s->sets[k].value);
        if (s->kind == PLAN_INTO)
            into_facts(b, f, flow, s);
    }
    for (int i = 0; i < b->n_tables; i++) /* within one row a flow may look up what it has just put in */
        if (f->fills[i])
            f->reads[i] = false;
}

static void step_facts(builder *b, facts *f, const plan_step *s) {
    switch (s->kind) {
    case MIG_STEP_CREATE:
        f->makes[s->table->id] = true;
        break;
    case MIG_STEP_CONSTRAIN:
    case MIG_STEP_INDEX:
        f->closes[s->table->id] = true;
        break;
    case MIG_STEP_LOAD:
        fills_table(b, f, s->alias->table);
        if (s->alias->names != NULL)
            fills_table(b, f, s->alias->names);
        for (int i = 0; i < s->alias->n_lists; i++)
            flow_facts(b, f, s->alias->lists[i]);
        for (int i = 0; i < s->alias->n_created; i++)
            expr_facts(f, s->alias->created[i].value);
        break;
    case MIG_STEP_FLOW:
        flow_facts(b, f, s->flow);
        break;
    case MIG_STEP_SETTLE:
        f->fills[s->dedup->table->id] = true;
        for (int i = 0; i < f->n_lookups && !s->dedup->keys_known; i++)
            f->brings[i] = b->p->lookups[i]->from != NULL && b->p->lookups[i]->table == s->dedup->table;
        break;
    case MIG_STEP_RESOLVE:
        for (int i = 0; i < b->n_tables; i++)
            f->fills[i] = plan_ring_fills(s->ring, b->tables[i]->t);
        break;
    case MIG_STEP_SQL: case MIG_STEP_BACKUP: case MIG_STEP_RUN: case MIG_STEP_OBJECT: case MIG_STEP_SEQUENCE:
        break;
    }
}

void plan_step_fills(builder *b, const plan_step *s, bool *filled) {
    facts f = facts_new(b);
    step_facts(b, &f, s);
    for (int t = 0; t < b->n_tables; t++)
        filled[t] = filled[t] || f.fills[t];
}

static bool brings_what(const facts *first, const facts *then) {
    for (int i = 0; i < first->n_lookups; i++)
        if (first->brings[i] && then->asks[i] && !then->brings[i])
            return true;
    return false;
}

/* Must `first` come before `then`? */
static need needs_between(const facts *first, const facts *then) {
    need n = NO_NEED;
    if (brings_what(first, then))
        return HARD_NEED;
    for (int i = first->first; i < first->end; i++) {
        if (first->makes[i] && (then->fills[i] || then->grows[i] || then->reads[i] || then->closes[i]))
            return HARD_NEED;
        if (first->fills[i] && then->reads[i] && !then->fills[i])
            return HARD_NEED;
        if ((first->fills[i] || first->grows[i]) && then->closes[i])
            return HARD_NEED;
        if (first->fills[i] && then->refers[i] && !then->fills[i])
            n = SOFT_NEED;
        if (first->makes[i] && then->refers[i])
            n = SOFT_NEED;
        if (first->keeps[i] && then->gives[i] && !then->keeps[i]) /* keys that are given come behind those that are kept */
            n = SOFT_NEED;
    }
    return n;
}

/* ---- steps of one phase ---------------------------------------------------------------------------------------------- */

/* Does the step put rows into a table in which rows of the ring are looked up, or is it one of the ring's own flows? */
static bool feeds(builder *b, const plan_ring *r, const plan_step *s, const facts *f) {
    if (s->kind == MIG_STEP_FLOW && s->flow->ring == r)
        return true;
    for (int i = f->first; i < f->end && s->kind != MIG_STEP_SETTLE; i++)
        if ((f->fills[i] || f->grows[i]) && plan_ring_awaits(b->p, r, b->tables[i]->t))
            return true;
    return false;
}

/* SQL of the spec sees the rows of the flows above it: a late dedup of theirs is settled before. */
static bool sql_is_behind_rows(const draft *d, const plan_dedup *dd, int sql, const facts *all) {
    for (int i = 0; i < sql; i++)
        if (d->steps[i].step.kind == MIG_STEP_FLOW && all[i].fills[dd->table->id])
            return true;
    return false;
}

/* Likewise for look-ups that are answered in a second step. */
static bool sql_is_behind(const draft *d, const plan_ring *r, int sql) {
    for (int i = 0; i < sql; i++)
        if (d->steps[i].step.kind == MIG_STEP_FLOW && d->steps[i].step.flow->ring == r)
            return true;
    return false;
}

/* Around the step that answers look-ups: i or k is one. */
static need ring_need(builder *b, const draft *d, int i, int k, const facts *all) {
    const plan_step *first = &d->steps[i].step, *then = &d->steps[k].step;
    if (then->kind == MIG_STEP_RESOLVE) {
        if (plan_stays_in_place(first->kind))
            return sql_is_behind(d, then->ring, i) ? NO_NEED : HARD_NEED;
        return feeds(b, then->ring, first, &all[i]) ? HARD_NEED : first->kind == MIG_STEP_SETTLE ? NO_NEED : needs_between(&all[i], &all[k]);
    }
    if (plan_stays_in_place(then->kind))
        return sql_is_behind(d, first->ring, k) ? HARD_NEED : NO_NEED;
    if (then->kind == MIG_STEP_SETTLE)
        return plan_ring_fills(first->ring, then->dedup->table) ? HARD_NEED : NO_NEED;
    need n = needs_between(&all[i], &all[k]);
    return n == SOFT_NEED && feeds(b, first->ring, then, &all[k]) ? NO_NEED : n;
}

static need step_need(builder *b, const draft *d, int i, int k, const facts *all) {
    const plan_step *first = &d->steps[i].step, *then = &d->steps[k].step;
    if (first->kind == MIG_STEP_RESOLVE || then->kind == MIG_STEP_RESOLVE)
        return ring_need(b, d, i, k, all);
    if (plan_stays_in_place(first->kind) && then->kind == MIG_STEP_SETTLE)
        return sql_is_behind_rows(d, then->dedup, i, all) ? NO_NEED : HARD_NEED;
    if (plan_stays_in_place(then->kind) && first->kind == MIG_STEP_SETTLE)
        return sql_is_behind_rows(d, first->dedup, k, all) ? HARD_NEED : NO_NEED;
    if (plan_stays_in_place(first->kind) || plan_stays_in_place(then->kind))
        return i < k ? HARD_NEED : NO_NEED;
    if (then->kind == MIG_STEP_SETTLE && first->kind == MIG_STEP_FLOW && all[i].fills[then->dedup->table->id])
        return HARD_NEED;
    if (first->kind == MIG_STEP_SETTLE && then->kind == MIG_STEP_FLOW && all[k].fills[first->dedup->table->id])
        return brings_what(&all[i], &all[k]) ? HARD_NEED : NO_NEED;
    if (first->kind == MIG_STEP_LOAD && then->kind == MIG_STEP_FLOW && all[k].reads[first->alias->table->id])
        return HARD_NEED;
    return needs_between(&all[i], &all[k]);
}

graph plan_step_graph(builder *b, const draft *d) {
    int n = d->n_steps;
    graph g = {n, arena_array(b->a, need, n * n)};
    facts *all = arena_array(b->a, facts, n);
    for (int i = 0; i < n; i++) {
        all[i] = facts_new(b);
        step_facts(b, &all[i], &d->steps[i].step);
        narrow_facts(&all[i]);
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            if (i != k)
                g.edges[i * n + k] = step_need(b, d, i, k, all);
    return g;
}

/* ---- phases ---------------------------------------------------------------------------------------------------------- */

static facts phase_facts(builder *b, const draft *d) {
    facts sum = facts_new(b);
    for (int i = 0; i < d->n_steps; i++) {
        facts f = facts_new(b);
        step_facts(b, &f, &d->steps[i].step);
        for (int k = 0; k < f.n_lookups; k++) {
            sum.brings[k] |= f.brings[k];
            sum.asks[k] |= f.asks[k];
        }
        for (int t = 0; t < b->n_tables; t++) {
            sum.makes[t] |= f.makes[t];
            sum.fills[t] |= f.fills[t];
            sum.grows[t] |= f.grows[t];
            sum.reads[t] |= f.reads[t];
            sum.refers[t] |= f.refers[t];
            sum.keeps[t] |= f.keeps[t];
            sum.gives[t] |= f.gives[t];
            sum.closes[t] |= f.closes[t];
        }
    }
    return sum;
}

static int draft_named(const drafts *all, const char *name) {
    for (int i = 0; i < all->n; i++)
        if (strcmp(all->at[i].phase->name, name) == 0)
            return i;
    migc_bug("`after` names a phase that is not there");
}

/* Marks what comes behind `from`, itself counted. */
static void mark_behind(const graph *g, int from, bool *behind) {
    behind[from] = true;
    for (int i = 0; i < g->n; i++)
        if (g->edges[from * g->n + i] == HARD_NEED && !behind[i])
            mark_behind(g, i, behind);
}

graph plan_phase_graph(const drafts *all) {
    builder *b = all->b;
    int n = all->n;
    graph g = {n, arena_array(b->a, need, n * n)};
    for (int i = 0; i < n; i++)
        if (all->at[i].node != NULL)
            for (int k = 0; k < all->at[i].node->phase.after.n; k++)
                g.edges[draft_named(all, all->at[i].node->phase.after.at[k].text) * n + i] = HARD_NEED;
    graph said = {n, arena_array(b->a, need, n * n)};
    memcpy(said.edges, g.edges, sizeof(need) * (size_t)(n * n));
    bool *behind = arena_array(b->a, bool, n * n); /* [k * n + i]: the spec puts i behind k */
    for (int i = 0; i < n; i++)
        mark_behind(&said, i, behind + i * n);
    facts *f = arena_array(b->a, facts, n);
    for (int i = 0; i < n; i++)
        f[i] = phase_facts(b, &all->at[i]);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            if (i == k || all->at[i].phase->manual || g.edges[i * n + k] != NO_NEED || behind[k * n + i])
                continue;
            need e = needs_between(&f[i], &f[k]);
            if (e == HARD_NEED && needs_between(&f[k], &f[i]) == HARD_NEED)
                e = i < k ? SOFT_NEED : NO_NEED; /* each needs the other: the spec's order decides */
            g.edges[i * n + k] = e;
        }
    return g;
}
