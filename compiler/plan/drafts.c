/*
 * drafts.c: which phases there are, and which steps each has, in the order of the spec. Tables, aliases, flows and constraints that no phase
 * mentions get implicit phases. What comes before what is none of its business: see order.c, which calls it.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/order.h"

#include <string.h>

/* ---- steps ----------------------------------------------------------------------------------------------------------- */

draft_step *plan_draft_step(builder *b, draft *d, mig_step_kind kind, int number, plan_site site) {
    draft_step *s = arena_push(b->a, &d->steps, &d->n_steps, &d->cap_steps, sizeof(draft_step));
    s->step.kind = kind;
    s->step.site = site;
    s->number = number;
    return s;
}

/* Indexes that an `index` step makes; unique ones are rules. */
static bool has_indexes(const table_info *ti) {
    for (int i = 0; i < ti->node->table.indexes.n; i++)
        if (!ti->node->table.indexes.at[i]->index.unique)
            return true;
    return false;
}

static void table_steps(builder *b, draft *d, const ast_node *n, mig_step_kind kind, int number) {
    for (int i = 0; i < n->tables.refs.n; i++) {
        const ast_node *ref = n->tables.refs.at[i];
        for (int k = 0; k < b->n_tables; k++) {
            table_info *ti = b->tables[k];
            if (ti->t->existing || !(ref->table_ref.all || ref->sym == ti->node))
                continue;
            bool *said = kind == MIG_STEP_CREATE ? &ti->created : kind == MIG_STEP_INDEX ? &ti->indexed : &ti->constrained;
            if (*said || (kind == MIG_STEP_INDEX && !has_indexes(ti)))
                continue;
            *said = true;
            plan_draft_step(b, d, kind, number, plan_site_of(b, ref->at))->step.table = ti->t;
        }
    }
}

const plan_alias *plan_alias_named(const builder *b, const char *name) {
    for (int i = 0; i < b->p->n_aliases; i++)
        if (strcmp(b->p->aliases[i]->name, name) == 0)
            return b->p->aliases[i];
    migc_bug("an alias that is not in the plan");
}

static void phase_steps(builder *b, draft *d) {
    ast_list steps = d->node->phase.steps;
    for (int i = 0; i < steps.n; i++) {
        const ast_node *n = steps.at[i];
        switch (ast_step(n)) {
        case STEP_CREATE: table_steps(b, d, n, MIG_STEP_CREATE, i); break;
        case STEP_CONSTRAIN: table_steps(b, d, n, MIG_STEP_CONSTRAIN, i); break;
        case STEP_INDEXES: table_steps(b, d, n, MIG_STEP_INDEX, i); break;
        case STEP_LOAD:
            for (int k = 0; k < n->load.names.n; k++)
                plan_draft_step(b, d, MIG_STEP_LOAD, i, plan_site_of(b, n->load.names.at[k].at))->step.alias =
                    plan_alias_named(b, n->load.names.at[k].text);
            break;
        case STEP_SQL:
            plan_step_sql(b, &plan_draft_step(b, d, MIG_STEP_SQL, i, plan_site_of(b, n->at))->step, n);
            break;
        case STEP_BACKUP:
            plan_step_backup(b, &plan_draft_step(b, d, MIG_STEP_BACKUP, i, plan_site_of(b, n->at))->step, n);
            break;
        case STEP_RUN:
            plan_step_run(b, &plan_draft_step(b, d, MIG_STEP_RUN, i, plan_site_of(b, n->at))->step, n);
            break;
        case STEP_FLOW:
            plan_flow_build(b, n);
            plan_draft_step(b, d, MIG_STEP_FLOW, i, plan_site_of(b, n->flow.from->at))->step.flow = plan_map_get(b, n);
            break;
        }
    }
}

/* ---- phases ---------------------------------------------------------------------------------------------------------- */

static draft *push_draft(drafts *all, const ast_node *node, const char *name) {
    builder *b = all->b;
    draft *d = arena_push(b->a, &all->at, &all->n, &all->cap, sizeof(draft));
    plan_phase *p = d->phase = arena_new(b->a, plan_phase);
    d->node = node;
    p->name = name;
    p->reject_limit = -1;
    p->reject_share = -1;
    p->implicit = node == NULL;
    if (node == NULL) {
        for (int i = 0; i < b->file->file.decls.n; i++)
            if (b->file->file.decls.at[i]->kind == AST_MIGRATION)
                p->site = plan_site_of(b, b->file->file.decls.at[i]->migration.name.at);
        return d;
    }
    p->manual = node->phase.manual;
    p->site = plan_site_of(b, node->phase.name.at);
    if (node->phase.every.text != NULL)
        p->commit_every = (int64_t)plan_decimal(node->phase.every.text);
    if (node->phase.has_limit && node->phase.limit_percent)
        p->reject_share = plan_decimal(node->phase.limit.text) / 100.0;
    else if (node->phase.has_limit)
        p->reject_limit = (int64_t)plan_decimal(node->phase.limit.text);
    return d;
}

/* ---- what no phase mentions ------------------------------------------------------------------------------------------ */

/* A name for an implicit phase that no phase of the spec has. */
static const char *free_name(builder *b, const char *name) {
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind == AST_PHASE && strcmp(n->phase.name.text, name) == 0)
            return free_name(b, arena_printf(b->a, "%s_rest", name));
    }
    return name;
}

/* Keys that others refer to are unique rules. */
static bool has_constraints(const table_info *ti) {
    return ti->n_uniques > 0 || ti->n_fks > 0 || (!ti->indexed && has_indexes(ti)) || ti->node->table.tail.n > 0 || plan_becomes_other(ti->t);
}

static void implicit_tables(drafts *all, mig_step_kind kind, const char *name) {
    builder *b = all->b;
    draft *d = NULL;
    for (int i = 0; i < b->n_tables; i++) {
        table_info *ti = b->tables[i];
        if (ti->t->existing || (kind == MIG_STEP_CREATE ? ti->created : ti->constrained || !(has_constraints(ti) || plan_carries(b->file))))
            continue;
        if (d == NULL)
            d = push_draft(all, NULL, free_name(b, name));
        plan_draft_step(b, d, kind, i, plan_site_of(b, ti->node->table.name.at))->step.table = ti->t;
        ti->created = ti->created || kind == MIG_STEP_CREATE;
        ti->constrained = ti->constrained || kind == MIG_STEP_CONSTRAIN;
    }
}

static bool is_loaded(const drafts *all, const plan_alias *al) {
    for (int i = 0; i < all->n; i++)
        for (int k = 0; k < all->at[i].n_steps; k++)
            if (all->at[i].steps[k].step.alias == al)
                return true;
    return false;
}

static void implicit_rest(drafts *all) {
    builder *b = all->b;
    draft *d = NULL;
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_ALIAS || is_loaded(all, plan_map_get(b, n)))
            continue;
        if (n->alias.values.n == 0 && n->alias.lists.n == 0)
            continue; /* its rows come from flows, from `unknown create`, or were there */
        if (d == NULL)
            d = push_draft(all, NULL, free_name(b, "load"));
        plan_draft_step(b, d, MIG_STEP_LOAD, i, plan_site_of(b, n->alias.name.at))->step.alias = plan_map_get(b, n);
    }
    d = NULL;
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_FLOW)
            continue;
        if (d == NULL) {
            d = push_draft(all, NULL, free_name(b, "data"));
            d->phase->reject_limit = 0; /* a copy of all tables leaves no row behind */
        }
        if (!n->flow.of_star)
            d->phase->reject_limit = -1;
        plan_flow_build(b, n);
        plan_draft_step(b, d, MIG_STEP_FLOW, i, plan_site_of(b, n->flow.from->at))->step.flow = plan_map_get(b, n);
    }
}

drafts plan_drafts(builder *b) {
    drafts all = {.b = b};
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_PHASE)
            continue;
        push_draft(&all, n, n->phase.name.text);
        phase_steps(b, &all.at[all.n - 1]);
    }
    implicit_tables(&all, MIG_STEP_CREATE, "create");
    implicit_rest(&all);
    implicit_tables(&all, MIG_STEP_CONSTRAIN, "constrain");
    return all;
}
