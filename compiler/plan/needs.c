/*
 * needs.c: what a phase must have ready in memory when its rows come: spellings of aliases, look-ups, unique rules that a row could break.
 * Called by order.c when the order stands.
 */
#include "compiler/plan/build.h"

static void need_alias(builder *b, plan_phase *p, const plan_alias *al, int *cap) {
    for (int i = 0; i < p->n_aliases; i++)
        if (p->aliases[i] == al)
            return;
    *(const plan_alias **)arena_push(b->a, &p->aliases, &p->n_aliases, cap, sizeof(plan_alias *)) = al;
}

static void need_lookup(builder *b, plan_phase *p, const plan_key *k, int *cap) {
    for (int i = 0; i < p->n_lookups; i++)
        if (p->lookups[i] == k)
            return;
    *(const plan_key **)arena_push(b->a, &p->lookups, &p->n_lookups, cap, sizeof(plan_key *)) = k;
}

static void need_source_lookup(builder *b, plan_phase *p, const plan_source_key *k, int *cap) {
    for (int i = 0; i < p->n_source_lookups; i++)
        if (p->source_lookups[i] == k)
            return;
    *(const plan_source_key **)arena_push(b->a, &p->source_lookups, &p->n_source_lookups, cap, sizeof(plan_source_key *)) = k;
}

static void expr_needs(builder *b, plan_phase *p, const plan_expr *e, int *caps) {
    if (e == NULL)
        return;
    if (e->kind == PX_ALIAS)
        need_alias(b, p, e->alias, &caps[0]);
    if (e->kind == PX_LOOKUP)
        need_lookup(b, p, e->key, &caps[1]);
    if (e->kind == PX_SOURCE_LOOKUP)
        need_source_lookup(b, p, e->found.key, &caps[2]);
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        expr_needs(b, p, e->handler.value, caps);
    for (int i = 0; i < e->n_args; i++)
        expr_needs(b, p, e->args[i], caps);
}

static void flow_needs(builder *b, plan_phase *p, const plan_flow *f, int *caps) {
    for (int i = 0; i < f->n_stmts; i++) {
        const plan_stmt *s = &f->stmts[i];
        expr_needs(b, p, s->value, caps);
        expr_needs(b, p, s->when, caps);
        expr_needs(b, p, s->each, caps);
        expr_needs(b, p, s->canonical, caps);
        for (int k = 0; k < s->n_synonyms; k++)
            expr_needs(b, p, s->synonyms[k], caps);
        for (int k = 0; k < s->n_sets; k++)
            expr_needs(b, p, s->sets[k].value, caps);
    }
}

/* Does a row of the spec bring its own key where the program would give one? */
static bool has_own_keys(const plan *p, const plan_table *t) {
    for (int f = 0; f < p->n_flows; f++)
        for (int i = 0; i < p->flows[f]->n_stmts; i++) {
            const plan_stmt *s = &p->flows[f]->stmts[i];
            const plan_table *into = s->kind == PLAN_ENTRY ? s->alias->table : s->table;
            for (int k = 0; into == t && k < s->n_sets; k++)
                if (s->sets[k].column == t->identity)
                    return true;
        }
    return false;
}

static bool is_in_key(const plan_key *k, const plan_expr *e) {
    for (int i = 0; i < k->n_columns; i++)
        if (e->kind == PX_FIELD && e->field.index == k->columns[i])
            return true;
    return false;
}

/* A dedup that decides as rows come, by some of the rule's columns, lets no second row through. */
static bool dedup_holds(const plan_dedup *d, const plan_key *k) {
    if (d->table != k->table || d->table->existing || d->late)
        return false;
    for (int i = 0; i < d->n_key; i++)
        if (!is_in_key(k, d->key[i]))
            return false;
    return d->n_key == k->n_columns; /* a null in the key stands for nothing in both */
}

/* Rules that no row can break: keys that only the program gives, what a dedup has seen to, what the source vouches for. */
static bool holds_by_itself(const plan *p, const plan_key *k) {
    if (plan_source_vouches(p, k) != PLAN_VOUCHES_NOT)
        return true;
    for (int i = 0; i < k->n_columns; i++)
        if (k->columns[i] == k->table->identity)
            return !has_own_keys(p, k->table);
    for (int i = 0; i < p->n_dedups; i++)
        if (dedup_holds(p->dedups[i], k))
            return true;
    return false;
}

void plan_phase_needs(builder *b, plan_phase *p) {
    int caps[3] = {0, 0, 0}, cap_uniques = 0;
    bool *written = arena_array(b->a, bool, b->n_tables);
    for (int i = 0; i < p->n_steps; i++) {
        const plan_step *s = &p->steps[i];
        if (s->kind == MIG_STEP_FLOW)
            flow_needs(b, p, s->flow, caps);
        if (s->kind == MIG_STEP_LOAD) {
            need_alias(b, p, s->alias, &caps[0]);
            for (int k = 0; k < s->alias->n_lists; k++)
                flow_needs(b, p, s->alias->lists[k], caps);
            for (int k = 0; k < s->alias->n_created; k++)
                expr_needs(b, p, s->alias->created[k].value, caps);
        }
        plan_step_fills(b, s, written);
    }
    for (int i = 0; i < p->n_aliases; i++) /* `unknown create` writes too */
        if (p->aliases[i]->unknown == MIG_UNKNOWN_CREATE) {
            written[p->aliases[i]->table->id] = true;
            if (p->aliases[i]->names != NULL)
                written[p->aliases[i]->names->id] = true;
        }
    for (int i = 0; i < b->p->n_uniques; i++)
        if (written[b->p->uniques[i]->table->id] && !holds_by_itself(b->p, b->p->uniques[i]))
            *(const plan_key **)arena_push(b->a, &p->uniques, &p->n_uniques, &cap_uniques, sizeof(plan_key *)) =
                b->p->uniques[i];
}

bool plan_keeps_keys(const plan *p, const plan_table *t) {
    bool keeps = false;
    for (int f = 0; f < p->n_flows; f++)
        for (int i = 0; i < p->flows[f]->n_stmts; i++) {
            const plan_stmt *s = &p->flows[f]->stmts[i];
            bool sets = false;
            if (s->kind != PLAN_INTO || s->table != t)
                continue;
            for (int c = 0; c < s->n_sets; c++)
                sets = sets || s->sets[c].column == t->identity;
            if (!sets)
                return false;
            keeps = true;
        }
    return keeps;
}
