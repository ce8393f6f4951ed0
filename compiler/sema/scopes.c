/*
 * scopes.c: what a name in an expression means: a let, an element, a parameter, a column of the row at hand. And what is known of
 * names where a condition holds: that they cannot be null.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- names ---------------------------------------------------------------------------------------------------------- */

static bool is_known(const env *v, const ast_node *sym)
{
    for (int i = 0; i < v->n_known; i++)
        if (v->known[i] == sym)
            return true;
    return false;
}

static void use_column(sema *s, env *v, ast_node *e, ast_node *column)
{
    e->sym = column;
    e->type = column->type;
    if (expr_is_error(column))
        return;
    if (v->is_source)
        e->nullable = !sema_not_null(v->table, column);
    else
        e->nullable = !sema_not_null(v->table, column);
    if (is_known(v, column))
        e->nullable = false;
    if (!v->is_source || !names_may_misread(s, v->table, column))
        return;
    if (!type_is_text(e->type))
        expr_can_fail(s, e, "%s may be no %s", text_of(s, e->at), text_noun(e->type));
    else if (e->type.p >= 0)
        expr_can_fail(s, e, "%s may be longer than %d characters", text_of(s, e->at), e->type.p);
}

static void use_variable(env *v, ast_node *e, ast_node *sym)
{
    sym->used = true;
    e->sym = sym;
    e->type = sym->type;
    e->nullable = sym->nullable && !is_known(v, sym);
}

static void offer_names(const env *v, nearest *near)
{
    for (const scope *in = v->vars; in != NULL; in = scope_parent(in))
        for (symbol *sym = scope_first(in); sym != NULL; sym = sym->next)
            nearest_offer(near, sym->name);
    for (int i = 0; v->table != NULL && i < v->table->table.columns.n; i++)
        nearest_offer(near, v->table->table.columns.at[i]->column.name.text);
}

/* A let of the flow that stands behind its use. */
static bool given_later(const env *v, const char *name)
{
    for (int i = 0; v->flow != NULL && i < v->flow->flow.items.n; i++) {
        ast_node *n = v->flow->flow.items.at[i];

        if (n->kind == AST_LET && strcmp(n->let.name.text, name) == 0) {
            n->used = true;
            return true;
        }
    }
    return false;
}

static bool unknown_name(sema *s, const env *v, ast_node *e, ast_name name)
{
    nearest near = nearest_start(name.text);

    offer_names(v, &near);
    if (v->table != NULL && v->vars != NULL)
        diag_error(s->d, name.at, D_UNKNOWN_NAME, "\"%s\" is neither a column of \"%s\" nor a name given by let", name.text,
                   v->table->table.name.text);
    else if (v->table != NULL)
        diag_error(s->d, name.at, D_UNKNOWN_COLUMN, "\"%s\" has no column \"%s\"", v->table->table.name.text, name.text);
    else
        diag_error(s->d, name.at, D_UNKNOWN_NAME, "there is nothing called \"%s\" in %s", name.text, v->place);
    if (given_later(v, name.text))
        diag_hint(s->d, "\"%s\" is given further below: a let stands before what uses it.", name.text);
    else if (sema_fn_known(name.text) && !name.quoted)
        diag_hint(s->d, "A function is called with parentheses: %s(…).", name.text);
    else if (scope_find(s->aliases, name.text) != NULL)
        diag_hint(s->d, "An alias is looked up with brackets: %s[…].", name.text);
    else if (near.best != NULL)
        diag_did_you_mean(s->d, near.best);
    else if (name.quoted)
        diag_hint(s->d, "Text stands in single quotes: '%s'.", name.text);
    else if (v->hint != NULL)
        diag_hint(s->d, "%s", v->hint);
    return expr_fail(e);
}

static bool bare_name(sema *s, env *v, ast_node *e)
{
    ast_name name = e->name.path.at[0];
    symbol *sym = v->vars == NULL ? NULL : scope_find(v->vars, name.text);
    ast_node *column = v->table == NULL ? NULL : sema_column(v->table, name.text);

    if (sym != NULL)
        use_variable(v, e, sym->what);
    else if (column != NULL)
        use_column(s, v, e, column);
    else
        return unknown_name(s, v, e, name);
    return true;
}

/* The row that `first.` names is not the one at hand. */
static bool unknown_row(sema *s, const env *v, ast_node *e, ast_name first)
{
    symbol *system = scope_find(s->systems, first.text);
    nearest near = nearest_start(first.text);

    nearest_offer(&near, v->row);
    if (system != NULL) {
        diag_error(s->d, e->at, D_NOT_ALLOWED, "only %s can be read here, and %s is elsewhere",
                   v->row != NULL ? arena_printf(s->a, "the row \"%s\"", v->row) : "constants", text_of(s, e->at));
        if ((v->allow & ALLOW_LOOKUPS) != 0)
            diag_hint(s->d, "Values of other rows are looked up: %s.TABLE[COLUMN = …].COLUMN.", first.text);
        return expr_fail(e);
    }
    if (v->row == NULL) {
        diag_error(s->d, first.at, D_UNKNOWN_NAME, "there is no row \"%s\" in %s", first.text, v->place);
        if (v->hint != NULL)
            diag_hint(s->d, "%s", v->hint);
        return expr_fail(e);
    }
    diag_error(s->d, first.at, D_UNKNOWN_NAME, "there is no row \"%s\" here", first.text);
    if (near.best != NULL)
        diag_did_you_mean(s->d, near.best);
    else if (v->hint != NULL)
        diag_hint(s->d, "%s", v->hint);
    else
        diag_hint(s->d, "The row is called \"%s\".", v->row);
    return expr_fail(e);
}

static bool dotted_name(sema *s, env *v, ast_node *e)
{
    ast_names path = e->name.path;
    ast_node *column;

    if (v->table == NULL && v->row == NULL)
        return unknown_row(s, v, e, path.at[0]);
    if (path.n == 2 && (v->row == NULL || strcmp(path.at[0].text, v->row) != 0))
        return unknown_row(s, v, e, path.at[0]);
    if (path.n == 3) {
        const ast_node *system = names_system_of(s, v->table);

        if (system == NULL || strcmp(system->system.name.text, path.at[0].text) != 0 ||
            strcmp(v->table->table.name.text, path.at[1].text) != 0)
            return unknown_row(s, v, e, path.at[0]);
    }
    column = names_column(s, v->table, path.at[path.n - 1]);
    if (column == NULL)
        return expr_fail(e);
    use_column(s, v, e, column);
    return true;
}

/* ---- what a condition teaches ----------------------------------------------------------------------------------------- */

static void learn_name(sema *s, env *v, const ast_node *e)
{
    if (e->kind == AST_NAME && e->sym != NULL)
        *(const ast_node **)arena_push(s->a, &v->known, &v->n_known, &v->cap_known, sizeof(ast_node *)) = e->sym;
}

void expr_learn(sema *s, env *v, const ast_node *e, bool sense)
{
    if (e->kind == AST_IS && e->is.what == IS_NULL) {
        if (e->is.negated == sense)
            learn_name(s, v, e->is.e);
    } else if (e->kind == AST_UNARY && e->unary.op == OP_NOT) {
        /* `not x` is true where x is false; that x is not true does not say that it is false */
        if (sense)
            expr_learn(s, v, e->unary.e, false);
    } else if (e->kind == AST_BINARY && e->binary.op == (sense ? OP_AND : OP_OR)) {
        expr_learn(s, v, e->binary.left, sense);
        expr_learn(s, v, e->binary.right, sense);
    } else if (e->kind == AST_BINARY && sense && e->binary.op >= OP_EQ && e->binary.op <= OP_GE) {
        learn_name(s, v, e->binary.left);
        learn_name(s, v, e->binary.right);
    }
}

void scopes_name(sema *s, env *v, ast_node *e)
{
    if (e->name.path.n == 1)
        bare_name(s, v, e);
    else
        dotted_name(s, v, e);
}
