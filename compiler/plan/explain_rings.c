/*
 * explain_rings.c: for `migc explain`: references of tables to themselves and to each other, and look-ups that may mean rows which are mapped later:
 * which way each of them goes, and why. Reads the plan only.
 */
#include "compiler/plan/make.h"

#include <string.h>

static void put_columns(strbuf *out, const plan_table *t, const int *columns, int n) {
    sb_printf(out, "%s.", t->name);
    for (int i = 0; i < n; i++)
        sb_printf(out, "%s%s%s", n > 1 && i == 0 ? "(" : "", i > 0 ? ", " : "", t->columns[columns[i]].name);
    if (n > 1)
        sb_putc(out, ')');
}

static void explain_reference(const plan *p, const plan_table *t, const plan_reference *r, strbuf *out) {
    sb_puts(out, "  ");
    put_columns(out, t, r->columns, r->n_columns);
    sb_printf(out, " to %s: ", r->to == t ? "itself" : r->to->name);
    if (t->existing)
        sb_puts(out, "its owner's; where rows wait for each other PostgreSQL's must be deferrable, which a run looks at first");
    else if (r->deferrable)
        sb_puts(out, "PostgreSQL has it before the rows, so it is deferrable there and checked when their phase commits; SQLite does that anyway");
    else if (r->made_in >= 0)
        sb_printf(out, "PostgreSQL adds it in phase %s, when the rows are in; SQLite checks it when a phase commits", p->phases[r->made_in]->name);
    else
        sb_puts(out, "SQLite checks it when a phase commits");
    sb_putc(out, '\n');
}

static bool explain_references(const plan *p, strbuf *out) {
    bool any = false;
    for (int i = 0; i < p->n_tables; i++)
        for (int k = 0; k < p->tables[i]->n_references; k++) {
            if (!p->tables[i]->references[k].in_cycle)
                continue;
            if (!any)
                sb_puts(out, "\nreferences in a ring\n");
            any = true;
            explain_reference(p, p->tables[i], &p->tables[i]->references[k], out);
        }
    return any;
}

static bool fills(const plan_flow *f, const plan_table *t) {
    for (int i = 0; i < f->n_stmts; i++)
        if (f->stmts[i].kind == PLAN_INTO && f->stmts[i].table == t)
            return true;
    return false;
}

/* The flow that fills the table and waits itself. */
static const plan_flow *filled_by(const plan_ring *r, const plan_table *t) {
    for (int i = 0; r != NULL && i < r->n_flows; i++)
        if (fills(r->flows[i], t))
            return r->flows[i];
    return NULL;
}

void plan_explain_rings(const plan *p, strbuf *out) {
    explain_references(p, out);
    if (p->n_lates > 0)
        sb_puts(out, "\nlook-ups in two steps: the row is mapped with the column open and waits, the look-up is answered when all rows are mapped\n");
    for (int i = 0; i < p->n_lates; i++) {
        const plan_late *l = p->lates[i];
        const plan_table *t = l->key->table;
        const plan_flow *other = filled_by(l->flow->ring, t);
        sb_printf(out, "  %s.%s (line %d) in %s: ", l->table->name, l->table->columns[l->column].name, l->site.line, t->name);
        if (fills(l->flow, t))
            sb_printf(out, "%s fills it itself, so the row that is meant may come later\n", l->flow->name);
        else
            sb_printf(out, "%s, which fills it, waits for rows of %s\n", other != NULL ? other->name : "a flow", l->flow->name);
    }
}
