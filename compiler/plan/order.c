/*
 * order.c: phases and their steps in running order.
 *
 * What the spec leaves open follows from what the steps need: a table is made before rows go into it, filled before it is
 * looked up, referred to after it is filled, constrained when all its rows are in. `after` beats what is derived; among steps that
 * are free the order of the spec decides. Tables, aliases, flows and constraints that no phase mentions get implicit phases.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"

#include <string.h>

typedef struct draft_step {
    plan_step step;
    int number; /* of the step statement in the phase: `create a, b` gives two drafts with one number */
} draft_step;

typedef struct draft {
    plan_phase *phase;
    const ast_node *node; /* NULL: implicit */
    draft_step *steps; int n_steps, cap_steps;
} draft;

typedef struct drafts {
    builder *b;
    draft *at; int n, cap;
} drafts;

/* ---- what a step does, as facts about tables ------------------------------------------------------------------ */

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

/* Must `first` come before `then`? Hard: else `then` cannot work. Soft: references between rows, given up in a ring. */
typedef enum need { NO_NEED, SOFT_NEED, HARD_NEED } need;

static bool brings_what(const facts *first, const facts *then) {
    for (int i = 0; i < first->n_lookups; i++)
        if (first->brings[i] && then->asks[i] && !then->brings[i])
            return true;
    return false;
}

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

/* ---- a stable topological sort --------------------------------------------------------------------------------- */

typedef struct graph { int n; need *edges; } graph; /* edges[from * n + to] */

/*
 * Order in which everything comes after what it needs, the lowest number first among the free. False: a ring of hard needs;
 * its members are then those whose order[] was not reached, marked in left[].
 */
static bool sort_stable(const graph *g, bool with_soft, int *order, bool *left) {
    for (int i = 0; i < g->n; i++)
        left[i] = true;
    for (int done = 0; done < g->n; done++) {
        int pick = -1;
        for (int i = 0; i < g->n && pick < 0; i++) {
            bool is_free = left[i];
            for (int k = 0; k < g->n && is_free; k++) {
                need e = g->edges[k * g->n + i];
                if (left[k] && k != i && (e == HARD_NEED || (with_soft && e == SOFT_NEED)))
                    is_free = false;
            }
            if (is_free)
                pick = i;
        }
        if (pick < 0)
            return false;
        order[done] = pick;
        left[pick] = false;
    }
    return true;
}

/* Of what is left, keeps only the members of rings (drops those that merely wait for one). */
static void keep_rings(const graph *g, bool *left) {
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < g->n; i++) {
            bool is_needed = false;
            for (int k = 0; k < g->n; k++)
                if (left[i] && left[k] && k != i && g->edges[i * g->n + k] == HARD_NEED)
                    is_needed = true;
            if (left[i] && !is_needed) {
                left[i] = false;
                changed = true;
            }
        }
    }
}

/* ---- steps of one phase ------------------------------------------------------------------------------------------ */

static draft_step *push_step(builder *b, draft *d, mig_step_kind kind, int number, span at) {
    draft_step *s = arena_push(b->a, &d->steps, &d->n_steps, &d->cap_steps, sizeof(draft_step));
    s->step.kind = kind;
    s->step.site = plan_site_of(b, at);
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
            push_step(b, d, kind, number, ref->at)->step.table = ti->t;
        }
    }
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
                push_step(b, d, MIG_STEP_LOAD, i, n->load.names.at[k].at)->step.alias =
                    plan_alias_named(b, n->load.names.at[k].text);
            break;
        case STEP_SQL:
            plan_step_sql(b, &push_step(b, d, MIG_STEP_SQL, i, n->at)->step, n);
            break;
        case STEP_BACKUP:
            plan_step_backup(b, &push_step(b, d, MIG_STEP_BACKUP, i, n->at)->step, n);
            break;
        case STEP_RUN:
            plan_step_run(b, &push_step(b, d, MIG_STEP_RUN, i, n->at)->step, n);
            break;
        case STEP_FLOW:
            plan_flow_build(b, n);
            push_step(b, d, MIG_STEP_FLOW, i, n->flow.from->at)->step.flow = plan_map_get(b, n);
            break;
        }
    }
}

const plan_alias *plan_alias_named(const builder *b, const char *name) {
    for (int i = 0; i < b->p->n_aliases; i++)
        if (strcmp(b->p->aliases[i]->name, name) == 0)
            return b->p->aliases[i];
    migc_bug("an alias that is not in the plan");
}

static bool phase_fills(builder *b, const draft *d, const plan_table *t) {
    for (int i = 0; i < d->n_steps; i++) {
        facts f = facts_new(b);
        step_facts(b, &f, &d->steps[i].step);
        if (f.fills[t->id] && d->steps[i].step.kind == MIG_STEP_FLOW)
            return true;
    }
    return false;
}

/* The held rows of late dedups are settled in the phase that fills their table. */
static void add_settles(builder *b, draft *d) {
    for (int i = 0; i < b->p->n_dedups; i++) {
        plan_dedup *dd = b->p->dedups[i];
        if (!dd->late || !phase_fills(b, d, dd->table))
            continue;
        draft_step *s = arena_push(b->a, &d->steps, &d->n_steps, &d->cap_steps, sizeof(draft_step));
        s->step.kind = MIG_STEP_SETTLE;
        s->step.dedup = dd;
        s->step.site = dd->site;
        s->number = d->n_steps;
    }
}

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

static const char *step_name(builder *b, const plan_step *s) {
    switch (s->kind) {
    case MIG_STEP_CREATE: return arena_printf(b->a, "create %s", s->table->name);
    case MIG_STEP_CONSTRAIN: return arena_printf(b->a, "constrain %s", s->table->name);
    case MIG_STEP_INDEX: return arena_printf(b->a, "index %s", s->table->name);
    case MIG_STEP_LOAD: return arena_printf(b->a, "load %s", s->alias->name);
    case MIG_STEP_FLOW: return arena_printf(b->a, "from %s", s->flow->name);
    case MIG_STEP_SETTLE: return arena_printf(b->a, "dedup %s", s->dedup->table->name);
    case MIG_STEP_RESOLVE: return arena_printf(b->a, "look-ups of %s", s->ring->flows[0]->name);
    case MIG_STEP_SQL: return "sql";
    case MIG_STEP_BACKUP: return arena_printf(b->a, "backup %s", s->system);
    case MIG_STEP_RUN: return arena_printf(b->a, "run %s", s->words[0]);
    case MIG_STEP_OBJECT: case MIG_STEP_SEQUENCE: break; /* they come when the order stands */
    }
    migc_bug("a step");
}

static span step_span(const draft *d, int i) {
    const ast_node *n = d->node != NULL && d->steps[i].number < d->node->phase.steps.n
                            ? d->node->phase.steps.at[d->steps[i].number] : NULL;
    return n == NULL ? plan_span_of(&d->steps[i].step.site) : n->kind == AST_FLOW ? n->flow.from->at : n->at;
}

static void report_ring(builder *b, const char *what, span at, const char *const *names, const bool *left, int n, const char *hint) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < n; i++)
        if (left[i])
            sb_printf(&sb, "%s\"%s\"", sb.length > 0 ? ", " : "", names[i]);
    diag_error(b->d, at, D_CYCLE, "these %s wait for each other: %s", what, sb_text(&sb));
    sb_free(&sb);
    diag_hint(b->d, "%s", hint);
}

#define RING_HINT "Each looks up a table that another one fills. A look-up that is the whole value of a column can wait for the others; " \
                  "else split one of them in two."
#define SQL_HINT "The SQL sees the rows of the flows above it, and a dedup is settled behind the last flow into its table: put the SQL behind all " \
                 "of them."

static graph step_graph(builder *b, const draft *d) {
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

/* Flows of the phase; in_ring (may be NULL): only those that are marked there. */
static int flows_of(builder *b, const draft *d, const bool *in_ring, plan_flow ***out) {
    int n = 0;
    *out = arena_array(b->a, plan_flow *, d->n_steps);
    for (int i = 0; i < d->n_steps; i++)
        if (d->steps[i].step.kind == MIG_STEP_FLOW && (in_ring == NULL || in_ring[i]))
            (*out)[n++] = b->p->flows[d->steps[i].step.flow->id];
    return n;
}

/* Steps that wait for each other: look-ups between their flows can be answered later. False: none of them can. */
static bool cut_rings(builder *b, const draft *d, const bool *left) {
    plan_flow **flows;
    bool any = false;
    int n = flows_of(b, d, left, &flows);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int t = 0; t < b->n_tables; t++)
                if (i != k && plan_flow_fills(flows[k], b->tables[t]->t) && plan_late_lookups(b, flows[i], b->tables[t]->t))
                    any = true;
    return any;
}

static void add_resolves(builder *b, draft *d) {
    plan_flow **flows;
    int n = flows_of(b, d, NULL, &flows), from = b->p->n_rings;
    plan_rings_of(b, flows, n);
    plan_rings_check(b, flows, n);
    for (int i = from; i < b->p->n_rings; i++) {
        draft_step *s = arena_push(b->a, &d->steps, &d->n_steps, &d->cap_steps, sizeof(draft_step));
        s->step.kind = MIG_STEP_RESOLVE;
        s->step.ring = b->p->rings[i];
        s->step.site = b->p->rings[i]->site;
        s->number = d->n_steps;
    }
}

static void report_steps(builder *b, const draft *d, const graph *g, bool *left) {
    int n = d->n_steps;
    const char **names = arena_array(b->a, const char *, n);
    span at = SPAN_NONE;
    keep_rings(g, left);
    for (int i = n - 1; i >= 0; i--) {
        names[i] = step_name(b, &d->steps[i].step);
        if (left[i] && step_span(d, i).source != 0)
            at = step_span(d, i);
    }
    bool settles = false, sql = false;
    for (int i = 0; i < n; i++) {
        settles = settles || (left[i] && d->steps[i].step.kind == MIG_STEP_SETTLE);
        sql = sql || (left[i] && plan_stays_in_place(d->steps[i].step.kind));
    }
    report_ring(b, "steps", at, names, left, n, settles && sql ? SQL_HINT : RING_HINT);
}

static void order_steps(builder *b, draft *d) {
    int *order = arena_array(b->a, int, d->n_steps + d->n_steps);
    bool *left = arena_array(b->a, bool, d->n_steps + d->n_steps);
    plan_flow **flows;
    for (int n = flows_of(b, d, NULL, &flows), i = 0; i < n; i++)
        plan_self_lookups(b, flows[i]);
    graph g = step_graph(b, d);
    bool sorted = sort_stable(&g, false, order, left);
    while (!sorted) {
        keep_rings(&g, left);
        if (!cut_rings(b, d, left))
            break;
        g = step_graph(b, d);
        sorted = sort_stable(&g, false, order, left);
    }
    if (sorted) {
        add_resolves(b, d);
        g = step_graph(b, d);
        sorted = sort_stable(&g, true, order, left) || sort_stable(&g, false, order, left);
    }
    if (!sorted) {
        report_steps(b, d, &g, left);
        return;
    }
    d->phase->n_steps = d->n_steps;
    d->phase->steps = arena_array(b->a, plan_step, d->n_steps);
    for (int i = 0; i < d->n_steps; i++)
        d->phase->steps[i] = d->steps[order[i]].step;
}

void plan_step_fills(builder *b, const plan_step *s, bool *filled) {
    facts f = facts_new(b);
    step_facts(b, &f, s);
    for (int t = 0; t < b->n_tables; t++)
        filled[t] = filled[t] || f.fills[t];
}

/* ---- the phases --------------------------------------------------------------------------------------------------- */

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
        push_step(b, d, kind, i, ti->node->table.name.at)->step.table = ti->t;
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
        push_step(b, d, MIG_STEP_LOAD, i, n->alias.name.at)->step.alias = plan_map_get(b, n);
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
        push_step(b, d, MIG_STEP_FLOW, i, n->flow.from->at)->step.flow = plan_map_get(b, n);
    }
}

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

static bool reaches(const graph *g, int from, int to, int depth) {
    if (from == to)
        return true;
    if (depth > g->n)
        return false;
    for (int i = 0; i < g->n; i++)
        if (g->edges[from * g->n + i] == HARD_NEED && i != from && reaches(g, i, to, depth + 1))
            return true;
    return false;
}

static graph phase_graph(drafts *all) {
    builder *b = all->b;
    int n = all->n;
    graph g = {n, arena_array(b->a, need, n * n)};
    for (int i = 0; i < n; i++)
        if (all->at[i].node != NULL)
            for (int k = 0; k < all->at[i].node->phase.after.n; k++)
                g.edges[draft_named(all, all->at[i].node->phase.after.at[k].text) * n + i] = HARD_NEED;
    graph said = {n, arena_array(b->a, need, n * n)};
    memcpy(said.edges, g.edges, sizeof(need) * (size_t)(n * n));
    facts *f = arena_array(b->a, facts, n);
    for (int i = 0; i < n; i++)
        f[i] = phase_facts(b, &all->at[i]);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            if (i == k || all->at[i].phase->manual || g.edges[i * n + k] != NO_NEED || reaches(&said, k, i, 0))
                continue;
            need e = needs_between(&f[i], &f[k]);
            if (e == HARD_NEED && needs_between(&f[k], &f[i]) == HARD_NEED)
                e = i < k ? SOFT_NEED : NO_NEED; /* each needs the other: the spec's order decides */
            g.edges[i * n + k] = e;
        }
    return g;
}

static void order_phases(drafts *all) {
    builder *b = all->b;
    int n = all->n;
    graph g = phase_graph(all);
    int *order = arena_array(b->a, int, n), *place = arena_array(b->a, int, n);
    bool *left = arena_array(b->a, bool, n);
    if (!sort_stable(&g, true, order, left) && !sort_stable(&g, false, order, left)) {
        keep_rings(&g, left);
        const char **names = arena_array(b->a, const char *, n);
        span at = SPAN_NONE;
        for (int i = n - 1; i >= 0; i--) {
            names[i] = all->at[i].phase->name;
            if (left[i] && all->at[i].node != NULL)
                at = all->at[i].node->phase.name.at;
        }
        report_ring(b, "phases", at, names, left, n, RING_HINT);
        return;
    }
    b->p->n_phases = n;
    b->p->phases = arena_array(b->a, plan_phase *, n);
    for (int i = 0; i < n; i++) {
        b->p->phases[i] = all->at[order[i]].phase;
        b->p->phases[i]->id = i;
        place[order[i]] = i;
    }
    for (int i = 0; i < n; i++) {
        plan_phase *p = all->at[i].phase;
        int cap = 0;
        for (int k = 0; k < n; k++)
            if (g.edges[k * n + i] == HARD_NEED)
                *(int *)arena_push(b->a, &p->after, &p->n_after, &cap, sizeof(int)) = place[k];
        for (int k = 1; k < p->n_after; k++) /* in running order, for people */
            for (int j = k; j > 0 && p->after[j - 1] > p->after[j]; j--) {
                int swap = p->after[j];
                p->after[j] = p->after[j - 1];
                p->after[j - 1] = swap;
            }
    }
}

static void required_checks(drafts *all) {
    builder *b = all->b;
    for (int i = 0; i < all->n; i++) {
        const ast_node *n = all->at[i].node;
        plan_phase *p = all->at[i].phase;
        int cap = 0;
        for (int k = 0; n != NULL && k < n->phase.requires.n; k++)
            for (int c = 0; c < b->p->n_checks; c++)
                if (strcmp(b->p->checks[c]->name, n->phase.requires.at[k].text) == 0)
                    *(const plan_check **)arena_push(b->a, &p->needs, &p->n_needs, &cap, sizeof(plan_check *)) =
                        b->p->checks[c];
    }
}

/* Checks by name, so that `requires` finds them; plan_checks() fills them in when the phases stand. */
static void name_checks(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_CHECK)
            continue;
        plan_check *c = arena_new(b->a, plan_check);
        c->name = n->check.name.text;
        c->id = b->p->n_checks;
        plan_map_put(b, n, c);
        *(plan_check **)arena_push(b->a, &b->p->checks, &b->p->n_checks, &b->cap_checks, sizeof(plan_check *)) = c;
    }
}

/* ---- look-ups of what is not there yet --------------------------------------------------------------------------------- */

static bool phase_makes_rows(const plan_phase *p, const plan_table *t) {
    for (int i = 0; i < p->n_steps; i++) {
        const plan_step *s = &p->steps[i];
        if (s->kind == MIG_STEP_SQL || (s->kind == MIG_STEP_FLOW && plan_flow_fills(s->flow, t)) ||
            (s->kind == MIG_STEP_LOAD && (s->alias->table == t || s->alias->names == t)))
            return true;
    }
    for (int i = 0; i < p->n_aliases; i++)
        if (p->aliases[i]->unknown == MIG_UNKNOWN_CREATE && (p->aliases[i]->table == t || p->aliases[i]->names == t))
            return true;
    return false;
}

/* The first phase that gives the table rows; -1: none, they come from elsewhere. */
static int first_rows(const plan *p, const plan_table *t) {
    for (int i = 0; i < p->n_phases; i++)
        if (phase_makes_rows(p->phases[i], t))
            return i;
    return -1;
}

/* A flow that looks up rows which only a later phase brings finds none: such phases wait for each other, and cannot be loaded. */
static void check_lookup_order(builder *b) {
    plan *p = b->p;
    for (int i = 0; i < p->n_phases; i++)
        for (int k = 0; k < p->phases[i]->n_steps; k++) {
            const plan_step *s = &p->phases[i]->steps[k];
            for (int t = 0; s->kind == MIG_STEP_FLOW && t < p->n_tables; t++) {
                const plan_site *at = p->tables[t]->existing ? NULL : plan_instant_lookup(s->flow, p->tables[t]);
                int brings = at != NULL ? first_rows(p, p->tables[t]) : -1;
                if (brings <= i)
                    continue;
                diag_error(b->d, plan_span_of(at), D_CYCLE, "phase \"%s\" looks up \"%s\", which only phase \"%s\", after it, fills",
                           p->phases[i]->name, p->tables[t]->name, p->phases[brings]->name);
                diag_hint(b->d, "Put both flows into one phase: look-ups that wait for each other are answered there in a second step.");
            }
        }
}

void plan_phases(builder *b) {
    drafts all = {.b = b};
    name_checks(b);
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
    plan_origins_begin(b);
    for (int i = 0; i < all.n; i++) {
        add_settles(b, &all.at[i]);
        order_steps(b, &all.at[i]);
    }
    if (diag_errors(b->d) > 0)
        return;
    order_phases(&all);
    if (diag_errors(b->d) > 0)
        return;
    plan_rings_commit(b);
    required_checks(&all);
    for (int i = 0; i < b->p->n_phases; i++)
        plan_phase_needs(b, b->p->phases[i]);
    check_lookup_order(b);
    plan_origins_end(b);
}
