/*
 * source_keys.c: unique rules that hold because one source table alone fills theirs: its declared primary key is carried over as it is (the
 * preflight holds the declaration against the live table), or the table was made from it (`table *`). Such a rule needs no memory in the
 * run. compiler/sema/source_keys.c asks the tree for such keys, where a flow is to say what becomes of a row.
 */
#include "compiler/plan/build.h"
#include "compiler/sema/types.h"

/* The cell whose value this is, or -1. Failures may end the row, but not put another value in its place. */
static int carried_cell(const plan_expr *e) {
    while (e->kind == PX_ELSE || e->kind == PX_WIDEN || e->kind == PX_NARROW || e->kind == PX_NOT_NULL) {
        if (e->kind == PX_ELSE ? e->handler.kind == PLAN_H_VALUE
                               : !sema_keeps_apart(plan_value_type(e->args[0]->type), plan_value_type(e->type)))
            return -1;
        e = e->args[0];
    }
    return e->kind == PX_CELL ? e->field.index : -1;
}

static bool is_in(const plan_key *k, int column) {
    for (int i = 0; i < k->n_columns; i++)
        if (k->columns[i] == column)
            return true;
    return false;
}

static bool carries(const plan_stmt *s, const plan_key *k, int cell) {
    for (int i = 0; i < s->n_sets; i++)
        if (is_in(k, s->sets[i].column) && carried_cell(s->sets[i].value) == cell)
            return true;
    return false;
}

const plan_flow *plan_only_writer(const plan *p, const plan_table *t, const plan_stmt **stmt) {
    const plan_flow *found = NULL;
    for (int i = 0; i < p->n_aliases; i++)
        if (p->aliases[i]->table == t || p->aliases[i]->names == t)
            return NULL;
    for (int f = 0; f < p->n_flows; f++)
        for (int i = 0; i < p->flows[f]->n_stmts; i++) {
            const plan_stmt *s = &p->flows[f]->stmts[i];
            if (s->kind != PLAN_INTO || s->table != t)
                continue;
            if (found != NULL)
                return NULL;
            found = p->flows[f];
            if (stmt != NULL)
                *stmt = s;
        }
    return found;
}

static bool key_is_carried(const plan *p, const plan_key *k, const plan_source_table *t, const plan_stmt *s) {
    if (t->n_key == 0 || k->table->existing || s->each != NULL)
        return false;
    for (int i = 0; i < p->n_dedups; i++)
        if (p->dedups[i]->table == k->table)
            return false;
    for (int i = 0; i < t->n_key; i++) {
        if (t->source->kind == MIG_SOURCE_SQLITE && !sema_sqlite_keeps_apart(plan_value_type(t->columns[t->key[i]].type)))
            return false;
        if (!carries(s, k, t->key[i]))
            return false;
    }
    return true;
}

plan_vouching plan_source_vouches(const plan *p, const plan_key *k) {
    const plan_stmt *s = NULL;
    const plan_flow *f = plan_only_writer(p, k->table, &s);
    if (f != NULL && f->source != NULL && key_is_carried(p, k, f->source, s))
        return PLAN_VOUCHES_KEY;
    return f != NULL && f->of_star && k->table->of_star ? PLAN_VOUCHES_COPY : PLAN_VOUCHES_NOT;
}
