/*
 * order.c: phases and their steps in running order.
 *
 * What the spec leaves open follows from what the steps need (depends.c). `after` beats what is derived; among steps that are free the
 * order of the spec decides. Steps that wait for each other are cut at look-ups that can be answered later (rings.c); what is left of a
 * ring is an error.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/order.h"

#include <string.h>

/* ---- a stable topological sort --------------------------------------------------------------------------------------- */

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

/* ---- steps that wait for each other ---------------------------------------------------------------------------------- */

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

/* ---- steps of one phase ---------------------------------------------------------------------------------------------- */

static bool phase_fills(const draft *d, const plan_table *t) {
    for (int i = 0; i < d->n_steps; i++)
        if (d->steps[i].step.kind == MIG_STEP_FLOW && plan_flow_fills(d->steps[i].step.flow, t))
            return true;
    return false;
}

/* The held rows of late dedups are settled in the phase that fills their table. */
static void add_settles(builder *b, draft *d) {
    for (int i = 0; i < b->p->n_dedups; i++) {
        plan_dedup *dd = b->p->dedups[i];
        if (!dd->late || !phase_fills(d, dd->table))
            continue;
        plan_draft_step(b, d, MIG_STEP_SETTLE, d->n_steps + 1, dd->site)->step.dedup = dd;
    }
}

static void add_resolves(builder *b, draft *d) {
    plan_flow **flows;
    int n = flows_of(b, d, NULL, &flows), from = b->p->n_rings;
    plan_rings_of(b, flows, n);
    plan_rings_check(b, flows, n);
    for (int i = from; i < b->p->n_rings; i++)
        plan_draft_step(b, d, MIG_STEP_RESOLVE, d->n_steps + 1, b->p->rings[i]->site)->step.ring = b->p->rings[i];
}

static void order_steps(builder *b, draft *d) {
    int *order = arena_array(b->a, int, d->n_steps + d->n_steps);
    bool *left = arena_array(b->a, bool, d->n_steps + d->n_steps);
    plan_flow **flows;
    for (int n = flows_of(b, d, NULL, &flows), i = 0; i < n; i++)
        plan_self_lookups(b, flows[i]);
    graph g = plan_step_graph(b, d);
    bool sorted = sort_stable(&g, false, order, left);
    while (!sorted) {
        keep_rings(&g, left);
        if (!cut_rings(b, d, left))
            break;
        g = plan_step_graph(b, d);
        sorted = sort_stable(&g, false, order, left);
    }
    if (sorted) {
        add_resolves(b, d);
        g = plan_step_graph(b, d);
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

/* ---- the phases ------------------------------------------------------------------------------------------------------ */

static void order_phases(drafts *all) {
    builder *b = all->b;
    int n = all->n;
    graph g = plan_phase_graph(all);
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

/* What the step does with the table that is there by then, as "writes"; NULL: nothing. */
static const char *use_of(const plan_step *s, const plan_table *t) {
    if (s->kind == MIG_STEP_FLOW)
        return plan_flow_fills(s->flow, t) ? "writes" : NULL;
    if (s->kind == MIG_STEP_LOAD)
        return s->alias->table == t || s->alias->names == t ? "fills" : NULL;
    if (s->kind == MIG_STEP_CONSTRAIN || s->kind == MIG_STEP_INDEX)
        return s->table != t ? NULL : s->kind == MIG_STEP_INDEX ? "indexes" : "constrains";
    return NULL;
}

/* A table is made before anything is done with it; by `after` a spec can say otherwise. */
static void check_made_order(builder *b, const plan_phase *maker, const plan_table *t) {
    for (int i = 0; i < maker->id && !maker->manual; i++) {
        const plan_phase *p = b->p->phases[i];
        for (int k = 0; k < p->n_steps && !p->manual; k++) {
            const char *use = use_of(&p->steps[k], t);
            if (use == NULL)
                continue;
            diag_error(b->d, plan_span_of(&p->steps[k].site), D_CYCLE, "phase \"%s\" %s \"%s\", which only phase \"%s\", after it, creates",
                       p->name, use, t->name, maker->name);
            diag_hint(b->d, "Put `create` into a phase that comes before it.");
            return;
        }
    }
}

static void check_made_orders(builder *b) {
    for (int i = 0; i < b->p->n_phases; i++)
        for (int k = 0; k < b->p->phases[i]->n_steps; k++)
            if (b->p->phases[i]->steps[k].kind == MIG_STEP_CREATE)
                check_made_order(b, b->p->phases[i], b->p->phases[i]->steps[k].table);
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
    name_checks(b);
    drafts all = plan_drafts(b);
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
    plan_settled(b);
    required_checks(&all);
    for (int i = 0; i < b->p->n_phases; i++)
        plan_phase_needs(b, b->p->phases[i]);
    check_made_orders(b);
    check_lookup_order(b);
    plan_origins_end(b);
}
