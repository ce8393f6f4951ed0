/*
 * refusals.c: what a table can have against a row as a whole: keys that are there already, checks that do not hold, values that are
 * no choices. A flow that writes computed values under such rules says what becomes of the row.
 */
#include "compiler/sema/inside.h"


static const ast_node *set_of(const ast_node *table, const ast_node **set, const ast_node *column)
{
    for (int i = 0; i < table->table.columns.n; i++)
        if (table->table.columns.at[i] == column)
            return set[i];
    return NULL;
}

/* A value that is the same for every row and has been looked at by the compiler. */
static bool is_constant(const ast_node *set)
{
    return set->kind == AST_SET && literal_is(set->set.e);
}

/* ---- keys --------------------------------------------------------------------------------------------------------------- */

/* The program gives the key, no value can be null and so escape the rule, a dedup sees to it, or the source vouches for it. */
static bool key_is_safe(sema *s, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set, const sema_key *k)
{
    for (int i = 0; i < k->n_columns; i++) {
        const ast_node *by = set_of(table, set, k->columns[i]);

        if (by == NULL && sema_is_identity(k->columns[i]))
            return true;
        if (by == NULL && sema_default(k->columns[i]) == NULL)
            return true; /* null: equal to nothing */
    }
    return dedup_covers(s, table, k->columns, k->n_columns) || source_keys_hold(s, source, into, table, set, k);
}

static void key_reason(sema *s, const sema_key *k, reasons *r)
{
    const char **names = arena_array(s->a, const char *, k->n_columns);

    for (int i = 0; i < k->n_columns; i++)
        names[i] = k->columns[i]->column.name.text;
    reasons_add(r, arena_printf(s->a, "a row with the same %s may be there already (%s)", text_names(s, names, k->n_columns, 4),
                                k->primary ? "primary key" : "unique"));
}

/* ---- checks --------------------------------------------------------------------------------------------------------------- */

typedef struct mentions {
    const ast_node *table;
    const ast_node **set;
    bool computed;
} mentions;

static void find_computed(ast_node *child, void *ctx)
{
    mentions *m = ctx;

    if (child->kind == AST_NAME && child->sym != NULL) {
        const ast_node *by = set_of(m->table, m->set, child->sym);

        m->computed = m->computed || (by != NULL && !is_constant(by));
    }
    ast_children(child, find_computed, ctx);
}

static void check_reason(sema *s, const ast_node *table, const ast_node **set, const ast_node *con, reasons *r)
{
    mentions m = {table, set, false};

    if (con->constraint.what != CON_CHECK || expr_is_error(con->constraint.e))
        return;
    find_computed(con->constraint.e, &m);
    if (m.computed)
        reasons_add(r, arena_printf(s->a, "the check (%s) may not hold", text_of(s, con->constraint.e->at)));
}

static bool only_constants(const ast_node *e)
{
    if (e->kind != AST_CASE)
        return literal_is(e);
    for (int i = 0; i < e->cases.whens.n; i++)
        if (!only_constants(e->cases.whens.at[i]->when.then))
            return false;
    return e->cases.otherwise == NULL || only_constants(e->cases.otherwise);
}

static void choice_reason(sema *s, const ast_node *column, const ast_node *by, reasons *r)
{
    if (column->column.type->type_name.values.n == 0 || by == NULL)
        return;
    if (by->kind == AST_SET && only_constants(by->set.e) &&
        (by->set.handler == NULL || by->set.handler->handler.what != HANDLE_VALUE || only_constants(by->set.handler->handler.e)))
        return;
    reasons_add(r, arena_printf(s->a, "\"%s\" may be none of its values", column->column.name.text));
}

/* ---- all ------------------------------------------------------------------------------------------------------------------- */

void refusals_check(sema *s, const handling *h, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set)
{
    sema_keys keys = sema_unique_rules(s->a, table);
    reasons r = {.n = 0};

    for (int i = 0; i < keys.n; i++)
        if (!key_is_safe(s, source, into, table, set, &keys.at[i]))
            key_reason(s, &keys.at[i], &r);
    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *c = table->table.columns.at[i];

        choice_reason(s, c, set[i], &r);
        for (int k = 0; k < c->column.constraints.n; k++)
            check_reason(s, table, set, c->column.constraints.at[k], &r);
    }
    for (int k = 0; k < table->table.constraints.n; k++)
        check_reason(s, table, set, table->table.constraints.at[k], &r);
    if (r.n == 0)
        return;
    diag_error(s->d, into->into.table->at, D_UNHANDLED_FAILURE, "\"%s\" can refuse a row: %s", table->table.name.text,
               reasons_text(s, &r));
    diag_hint(s->d, "%s", h->mend_into);
}
