/*
 * rings.c: look-ups in two steps. A look-up into a table that its own flow fills, or that is filled by a flow which itself looks up what this
 * one fills, may mean a row that is mapped later. Where it is the whole value of a column,
 *
 *     boss_id = app.employee[number = s.boss] else null;
 *
 * the column is left open, the row waits, and a RESOLVE step answers the look-up when all flows of the ring are mapped. order.c decides
 * where a ring is cut; here is what is marked, which flows make a ring, and what cannot be.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"

#include <string.h>

/* ---- what can wait ---------------------------------------------------------------------------------------------------- */

/* Values of one class are kept in the same way, so that an answer of one type can be put into a column of the other. */
static bool same_class(plan_type a, plan_type b) {
    bool a_int = a.id == MIG_T_SMALLINT || a.id == MIG_T_INTEGER || a.id == MIG_T_BIGINT;
    bool b_int = b.id == MIG_T_SMALLINT || b.id == MIG_T_INTEGER || b.id == MIG_T_BIGINT;
    bool a_text = a.id == MIG_T_TEXT || a.id == MIG_T_VARCHAR || a.id == MIG_T_CHAR;
    bool b_text = b.id == MIG_T_TEXT || b.id == MIG_T_VARCHAR || b.id == MIG_T_CHAR;
    return (a_int && b_int) || (a_text && b_text) || (a.id == b.id && a.p == b.p && a.s == b.s);
}

static bool finds_lookup(const plan_expr *e, const plan_table *t) {
    if (e == NULL)
        return false;
    if (e->kind == PX_LOOKUP && e->late == NULL && e->key->table == t)
        return true;
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE && finds_lookup(e->handler.value, t))
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (finds_lookup(e->args[i], t))
            return true;
    return false;
}

/* The look-up in t that is the whole value, or NULL. Wrappers: what the column's type and `not null` have put around it. */
static plan_expr *whole_lookup(const plan_stmt *s, const plan_set *set, const plan_table *t) {
    plan_expr *e = set->value;
    if (e == NULL || e->kind != PX_ELSE)
        return NULL;
    for (e = e->args[0]; e->kind == PX_NOT_NULL || e->kind == PX_NARROW || e->kind == PX_WIDEN; e = e->args[0])
        ;
    if (e->kind != PX_LOOKUP || e->late != NULL || e->key->table != t ||
        !same_class(t->columns[e->key->result].type, s->table->columns[set->column].type))
        return NULL;
    for (int i = 0; i < e->n_args; i++) /* what it is found by must be known at once */
        if (finds_lookup(e->args[i], t))
            return NULL;
    return e;
}

static int source_column(const plan_flow *f, const char *name) {
    for (int i = 0; name != NULL && i < f->source->n_columns; i++)
        if (strcmp(f->source->columns[i].name, name) == 0)
            return i;
    return -1;
}

/* `else e`: e is computed before it is known whether it is needed. Null is judged when it is. */
static plan_handler handler_of(const plan_set *set) {
    plan_handler h = set->value->handler;
    if (h.kind == PLAN_H_VALUE && h.value->kind == PX_ELSE && h.value->args[0]->kind == PX_NOT_NULL && !h.value->args[0]->args[0]->fallible)
        h.value = h.value->args[0]->args[0];
    return h;
}

static void mark(builder *b, plan_flow *f, plan_stmt *s, plan_set *set, plan_expr *lookup) {
    plan_late *l = arena_new(b->a, plan_late);
    plan_column *c = &s->table->columns[set->column];
    l->id = b->p->n_lates;
    l->key = lookup->key;
    l->flow = f;
    l->table = s->table;
    l->column = set->column;
    l->not_null = c->not_null;
    l->handler = handler_of(set);
    l->site = set->value->site != NULL ? *set->value->site : set->site;
    l->source_column = source_column(f, l->site.source);
    *(plan_late **)arena_push(b->a, &b->p->lates, &b->p->n_lates, &b->cap_lates, sizeof(plan_late *)) = l;
    lookup->late = set->late = l;
    set->value->args[0] = lookup; /* the step that answers sees to nulls and ranges */
    c->may_wait = true;
}

static bool mark_into(builder *b, plan_flow *f, plan_stmt *s, const plan_table *t) {
    bool any = false;
    for (int k = 0; k < s->n_sets; k++) {
        plan_expr *e = whole_lookup(s, &s->sets[k], t);
        if (e != NULL)
            mark(b, f, s, &s->sets[k], e);
        any = any || e != NULL;
    }
    return any;
}

bool plan_flow_fills(const plan_flow *f, const plan_table *t) {
    for (int i = 0; i < f->n_stmts; i++)
        if (f->stmts[i].kind == PLAN_INTO && f->stmts[i].table == t)
            return true;
    return false;
}

/* A row that an into before has put in is there: such look-ups are answered at once. */
void plan_self_lookups(builder *b, plan_flow *f) {
    bool *is_in = arena_array(b->a, bool, b->n_tables);
    for (int i = 0; i < f->n_stmts; i++) {
        plan_stmt *s = &f->stmts[i];
        if (s->kind != PLAN_INTO)
            continue;
        for (int t = 0; t < b->p->n_tables; t++)
            if (!is_in[t] && plan_flow_fills(f, b->p->tables[t]))
                mark_into(b, f, s, b->p->tables[t]);
        is_in[s->table->id] = true;
    }
}

bool plan_late_lookups(builder *b, plan_flow *f, const plan_table *t) {
    bool any = false;
    for (int i = 0; i < f->n_stmts; i++)
        if (f->stmts[i].kind == PLAN_INTO && mark_into(b, f, &f->stmts[i], t))
            any = true;
    return any;
}

const plan_site *plan_instant_lookup(const plan_flow *f, const plan_table *t) {
    for (int i = 0; i < f->n_stmts; i++) {
        const plan_stmt *s = &f->stmts[i];
        if (finds_lookup(s->value, t) || finds_lookup(s->when, t) || finds_lookup(s->each, t))
            return &s->site;
        for (int k = 0; k < s->n_sets; k++)
            if (finds_lookup(s->sets[k].value, t))
                return &s->sets[k].site;
    }
    return NULL;
}

/* ---- rings ------------------------------------------------------------------------------------------------------------ */

static bool flow_awaits(const plan *p, const plan_flow *f, const plan_table *t) {
    for (int i = 0; i < p->n_lates; i++)
        if (p->lates[i]->flow == f && (t == NULL || p->lates[i]->key->table == t))
            return true;
    return false;
}

bool plan_ring_awaits(const plan *p, const plan_ring *r, const plan_table *t) {
    for (int i = 0; i < r->n_flows; i++)
        if (flow_awaits(p, r->flows[i], t))
            return true;
    return false;
}

bool plan_ring_fills(const plan_ring *r, const plan_table *t) {
    for (int i = 0; i < r->n_flows; i++)
        if (plan_flow_fills(r->flows[i], t))
            return true;
    return false;
}

/* One fills what the other waits for, or both fill one table. */
static bool belong_together(const plan *p, const plan_flow *f, const plan_flow *g) {
    for (int i = 0; i < p->n_tables; i++) {
        const plan_table *t = p->tables[i];
        bool by_f = plan_flow_fills(f, t), by_g = plan_flow_fills(g, t);
        if ((by_f && by_g) || (by_g && flow_awaits(p, f, t)) || (by_f && flow_awaits(p, g, t)))
            return true;
    }
    return false;
}

static plan_ring *new_ring(builder *b, const plan_flow *first) {
    plan_ring *r = arena_new(b->a, plan_ring);
    r->id = b->p->n_rings;
    r->site = first->site;
    *(plan_ring **)arena_push(b->a, &b->p->rings, &b->p->n_rings, &b->cap_rings, sizeof(plan_ring *)) = r;
    return r;
}

/* Each flow with look-ups to wait for gets the lowest number of those that it belongs together with; others -1. */
static int *groups_of(builder *b, plan_flow **flows, int n) {
    int *group = arena_array(b->a, int, n);
    for (int i = 0; i < n; i++)
        group[i] = flow_awaits(b->p, flows[i], NULL) ? i : -1;
    for (bool changed = true; changed;) {
        changed = false;
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++)
                if (group[i] >= 0 && group[k] > group[i] && belong_together(b->p, flows[i], flows[k])) {
                    group[k] = group[i];
                    changed = true;
                }
    }
    return group;
}

/*
 * Rows that wait may still be refused: whoever looks them up before they are settled waits, too, be it in the same source row. Was there
 * a look-up to mark?
 */
static bool wait_with_others(builder *b, plan_flow **flows, int n, const int *group) {
    bool any = false;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) {
            if (group[k] < 0 || (group[i] != group[k] && !belong_together(b->p, flows[i], flows[k])))
                continue;
            for (int t = 0; t < b->p->n_tables; t++)
                if (plan_flow_fills(flows[k], b->p->tables[t]) && plan_late_lookups(b, flows[i], b->p->tables[t]))
                    any = true;
        }
    return any;
}

void plan_rings_of(builder *b, plan_flow **flows, int n) {
    int *group = groups_of(b, flows, n);
    while (wait_with_others(b, flows, n, group))
        group = groups_of(b, flows, n);
    for (int i = 0; i < n; i++) {
        if (group[i] != i)
            continue;
        plan_ring *r = new_ring(b, flows[i]);
        r->flows = arena_array(b->a, const plan_flow *, n);
        for (int k = i; k < n; k++)
            if (group[k] == i) {
                r->flows[r->n_flows++] = flows[k];
                flows[k]->ring = r;
            }
    }
}

/* ---- what cannot be ------------------------------------------------------------------------------------------------------ */

span plan_span_of(const plan_site *s) {
    return (span){s->text_id, s->offset, s->length};
}

static void check_keys(builder *b, const plan_late *l) {
    const plan_table *t = l->key->table;
    for (int i = -1; i < (l->key->from != NULL ? 0 : l->key->n_columns); i++) {
        const plan_column *c = &t->columns[i < 0 ? l->key->result : l->key->columns[i]];
        if (!c->may_wait)
            continue;
        diag_error(b->d, plan_span_of(&l->site), D_CYCLE, "this look-up %s \"%s.%s\", which waits for a look-up itself",
                   i < 0 ? "gives" : "goes by", t->name, c->name);
        diag_hint(b->d, "Look the row up by columns that are known when it is mapped, and by its key only.");
        return;
    }
    if (l->handler.kind == PLAN_H_VALUE && l->handler.value->kind == PX_ELSE) {
        diag_error(b->d, plan_span_of(&l->site), D_CYCLE, "the value behind `else` can fail, and it is computed before it is known whether the look-up "
                   "finds a row");
        diag_hint(b->d, "Give it a name by `let`, with a handler of its own.");
    }
    if (l->table->identity == l->column) {
        diag_error(b->d, plan_span_of(&l->site), D_CYCLE, "the key \"%s\" of \"%s\" cannot wait for a look-up", l->table->columns[l->column].name,
                   l->table->name);
        diag_hint(b->d, "Other rows find this one by its key, so it must be known when the row is mapped.");
    }
}

static const plan_column *waiting_field(const plan_expr *e) {
    if (e->kind == PX_FIELD && e->field.row_table != NULL && e->field.row_table->columns[e->field.index].may_wait)
        return &e->field.row_table->columns[e->field.index];
    for (int i = 0; i < e->n_args; i++) {
        const plan_column *c = waiting_field(e->args[i]);
        if (c != NULL)
            return c;
    }
    return NULL;
}

static void check_dedups(builder *b, const plan_ring *r) {
    for (int i = 0; i < b->p->n_dedups; i++) {
        const plan_dedup *d = b->p->dedups[i];
        for (int k = 0; plan_ring_fills(r, d->table) && k < d->n_key; k++) {
            const plan_column *c = waiting_field(d->key[k]);
            if (c == NULL)
                continue;
            diag_error(b->d, plan_span_of(&d->site), D_CYCLE, "rows of \"%s\" cannot be compared by \"%s\", which waits for a look-up",
                       d->table->name, c->name);
            diag_hint(b->d, "A dedup rule goes by columns that are known when the row is mapped.");
            break;
        }
    }
    for (int i = 0; i < b->p->n_aliases; i++) {
        const plan_alias *al = b->p->aliases[i];
        if (!plan_ring_fills(r, al->table) || !al->table->columns[al->column].may_wait)
            continue;
        diag_error(b->d, plan_span_of(&al->site), D_CYCLE, "the text of alias \"%s\", \"%s.%s\", waits for a look-up", al->name, al->table->name,
                   al->table->columns[al->column].name);
        diag_hint(b->d, "An alias goes by a text that is known when its row is mapped.");
    }
}

/* Flows that run before the ring's rows are settled must not look them up at once: they may still be refused. */
static void check_instant(builder *b, const plan_ring *r, const plan_flow *f) {
    bool runs_before = f->ring == r;
    for (int i = 0; i < b->p->n_tables && !runs_before; i++)
        runs_before = plan_ring_awaits(b->p, r, b->p->tables[i]) && plan_flow_fills(f, b->p->tables[i]);
    for (int i = 0; i < b->p->n_tables && runs_before; i++) {
        const plan_table *t = b->p->tables[i];
        const plan_site *s = plan_ring_fills(r, t) ? plan_instant_lookup(f, t) : NULL;
        if (s == NULL)
            continue;
        diag_error(b->d, plan_span_of(s), D_CYCLE, "\"%s\" is looked up here while its rows wait for look-ups themselves", t->name);
        diag_hint(b->d, "A look-up that is the whole value of a column waits with them; write it so, with its `else` behind it.");
        return;
    }
}

void plan_rings_check(builder *b, plan_flow **flows, int n) {
    for (int i = 0; i < b->p->n_lates; i++)
        check_keys(b, b->p->lates[i]);
    for (int i = 0; i < b->p->n_rings; i++)
        check_dedups(b, b->p->rings[i]);
    for (int i = 0; i < n; i++)
        for (int k = 0; k < b->p->n_rings; k++)
            check_instant(b, b->p->rings[k], flows[i]);
}

void plan_rings_commit(builder *b) {
    for (int i = 0; i < b->p->n_phases; i++) {
        const plan_phase *ph = b->p->phases[i];
        for (int k = 0; ph->commit_every > 0 && k < ph->n_steps; k++)
            for (int l = 0; ph->steps[k].kind == MIG_STEP_RESOLVE && l < b->p->n_lates; l++) {
                const plan_late *late = b->p->lates[l];
                if (late->flow->ring != ph->steps[k].ring)
                    continue;
                diag_error(b->d, plan_span_of(&late->site), D_NOT_ALLOWED,
                           "the row of \"%s\" that is meant here may be read later than this one, and the phase \"%s\" commits before that",
                           late->key->table->name, ph->name);
                diag_hint(b->d, "Look it up in a phase behind the one that fills \"%s\", or take \"commit every\" away.", late->key->table->name);
            }
    }
}
