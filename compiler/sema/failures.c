/*
 * failures.c: everything that can fail says why, and something must take care of it: `else` where it stands, or `on error` of the
 * flow. What cannot fail needs no `else`, and is told so.
 */
#include "compiler/sema/inside.h"

#include <string.h>

void reasons_add(reasons *r, const char *why)
{
    for (int i = 0; i < r->n; i++)
        if (strcmp(r->at[i], why) == 0)
            return;
    if (r->n < MOST_REASONS)
        r->at[r->n++] = why;
}

static void collect(ast_node *child, void *ctx)
{
    if (child->kind == AST_LOOKUP_KEY || child->kind == AST_WHEN || ast_is_expr(child))
        reasons_collect(ctx, child);
}

void reasons_collect(reasons *r, const ast_node *e)
{
    ast_children((ast_node *)e, collect, r);
    if (e->why != NULL)
        reasons_add(r, e->why);
}

const char *reasons_text(sema *s, const reasons *r)
{
    const char *text = r->n > 0 ? r->at[0] : "";

    for (int i = 1; i < r->n; i++)
        text = arena_printf(s->a, "%s%s%s", text, i == r->n - 1 ? ", and " : ", ", r->at[i]);
    return text;
}

/* ---- a value and its column ------------------------------------------------------------------------------------------ */

static bool is_choice(const ast_node *column, const char *text)
{
    ast_texts values = column->column.type->type_name.values;

    for (int i = 0; i < values.n; i++)
        if (strcmp(values.at[i].text, text) == 0)
            return true;
    return false;
}

static bool not_a_choice(sema *s, const ast_node *column, ast_node *e)
{
    ast_texts values = column->column.type->type_name.values;
    nearest near = nearest_start(e->text.text);
    const char *list = "";

    for (int i = 0; i < values.n; i++) {
        nearest_offer(&near, values.at[i].text);
        if (i < 8)
            list = arena_printf(s->a, "%s%s'%s'", list, i == 0 ? "" : ", ", values.at[i].text);
    }
    diag_error(s->d, e->at, D_BAD_LITERAL, "'%s' is none of the values of \"%s\": %s%s", e->text.text, column->column.name.text,
               list, values.n > 8 ? ", …" : "");
    diag_did_you_mean(s->d, near.best);
    return expr_fail(e);
}

/* A column of enum('a', 'b'): constants are looked at now. *sure: nothing is left for the run. */
static bool choices(sema *s, const ast_node *column, ast_node *e, bool *sure)
{
    bool ok = true;

    if (e->kind == AST_TEXT)
        return is_choice(column, e->text.text) || not_a_choice(s, column, e);
    if (e->kind == AST_CASE) {
        for (int i = 0; i < e->cases.whens.n; i++)
            ok = choices(s, column, e->cases.whens.at[i]->when.then, sure) && ok;
        if (e->cases.otherwise != NULL)
            ok = choices(s, column, e->cases.otherwise, sure) && ok;
        return ok;
    }
    if (e->kind != AST_NULL)
        *sure = false;
    return true;
}

static void narrowing(sema *s, const ast_node *column, const ast_node *e, reasons *r)
{
    const char *shown = text_of(s, e->at);
    value_type to = column->type;

    if (type_is_text(to))
        reasons_add(r, arena_printf(s->a, "%s may be longer than %d character%s", shown, to.p, to.p == 1 ? "" : "s"));
    else if (to.id == TYPE_NUMERIC)
        reasons_add(r, arena_printf(s->a, "%s may not fit into %s", shown, text_type(s, to)));
    else
        reasons_add(r, arena_printf(s->a, "%s may be too large for %s", shown, text_type(s, to)));
}

bool failures_of_column(sema *s, const ast_node *table, const ast_node *column, ast_node *e, reasons *r)
{
    switch (sema_assign(e->type, column->type)) {
    case ASSIGN_SAME:
    case ASSIGN_WIDEN: break;
    case ASSIGN_NARROW:
        if (!sema_narrow_is_sure(e->type, column->type))
            narrowing(s, column, e, r);
        break;
    case ASSIGN_NO: return false;
    }
    if (e->nullable && sema_not_null(table, column))
        reasons_add(r, arena_printf(s->a, "%s may be null", text_of(s, e->at)));
    return true;
}

/* Types and fits a value that is to go into the column; adds what can fail. False: reported. */
static bool value_fits(sema *s, env *v, const ast_node *table, const ast_node *column, ast_node *e, reasons *r)
{
    bool sure = true;

    expr_check(s, v, e);
    if (expr_is_error(e) || sema_is_error(column->type))
        return false;
    if (!literal_adopt(s, e, column->type))
        return false;
    if (e->kind == AST_NULL && sema_not_null(table, column)) {
        diag_error(s->d, e->at, D_NULLABLE, "\"%s\" cannot be null", column->column.name.text);
        diag_note(s->d, column->at, "the column is declared here");
        return expr_fail(e);
    }
    reasons_collect(r, e);
    if (!failures_of_column(s, table, column, e, r)) {
        text_mismatch(s, e, column->type, arena_printf(s->a, "\"%s\" is", column->column.name.text));
        return expr_fail(e);
    }
    return (column->column.type->type_name.values.n == 0 || choices(s, column, e, &sure)) && contradictions_check(s, table, column, e);
}

/* ---- who takes care ------------------------------------------------------------------------------------------------------ */

static void put_null(sema *s, span at, const ast_node *column, const char *what)
{
    diag_error(s->d, at, D_NULLABLE, "\"%s\" cannot be null, and %s would make it so", column->column.name.text, what);
    diag_note(s->d, column->at, "the column is declared here");
}

static bool flow_takes(sema *s, const handling *h, span at, const ast_node *column, bool not_null)
{
    if (!h->has_on_error)
        return false;
    if (h->on_error == ON_NULL && not_null)
        put_null(s, at, column, "\"on error null\"");
    return true;
}

static void unhandled(sema *s, const handling *h, const ast_node *column, const ast_node *e, const reasons *r)
{
    diag_error(s->d, e->at, D_UNHANDLED_FAILURE, "setting \"%s\" can fail: %s", column->column.name.text, reasons_text(s, r));
    diag_hint(s->d, "%s", h->mend);
}

static void cannot_fail(sema *s, const ast_node *e, const ast_node *handler)
{
    diag_warning(s->d, handler->at, D_CANNOT_FAIL, "this \"else\" is never used: %s cannot fail", text_of(s, e->at));
    if (e->nullable)
        diag_hint(s->d, "Null is no failure. For another value in its place write coalesce(%s, …).", text_of(s, e->at));
}

static void handler_value(sema *s, env *v, const handling *h, const ast_node *table, const ast_node *column, ast_node *handler)
{
    reasons r = {.n = 0};
    ast_node *e = handler->handler.e;

    if (!value_fits(s, v, table, column, e, &r) || r.n == 0)
        return;
    if (!flow_takes(s, h, e->at, column, sema_not_null(table, column)))
        unhandled(s, h, column, e, &r);
}

static void check_handler(sema *s, env *v, const handling *h, const ast_node *table, const ast_node *column, ast_node *handler)
{
    switch (handler->handler.what) {
    case HANDLE_NULL:
        if (sema_not_null(table, column))
            put_null(s, handler->at, column, "\"else null\"");
        return;
    case HANDLE_VALUE: handler_value(s, v, h, table, column, handler); return;
    case HANDLE_SKIP:
    case HANDLE_REJECT:
    case HANDLE_ABORT:
        if (!h->may_skip) {
            diag_error(s->d, handler->at, D_NOT_ALLOWED, "there is no source row to skip or to reject in %s", v->place);
            diag_hint(s->d, "Give another value: `else …`.");
        }
        return;
    }
}

void failures_set(sema *s, env *v, const handling *h, const ast_node *table, const ast_node *column, ast_node *e, ast_node *handler)
{
    reasons r = {.n = 0};
    bool fits = value_fits(s, v, table, column, e, &r);

    if (handler != NULL)
        check_handler(s, v, h, table, column, handler);
    if (!fits)
        return;
    if (handler != NULL && r.n == 0)
        cannot_fail(s, e, handler);
    else if (handler == NULL && r.n > 0 && !flow_takes(s, h, e->at, column, sema_not_null(table, column)))
        unhandled(s, h, column, e, &r);
}

void failures_loose(sema *s, const handling *h, const ast_node *e, const char *what, const char *mend)
{
    reasons r = {.n = 0};

    if (expr_is_error(e))
        return;
    reasons_collect(&r, e);
    if (r.n == 0 || h->has_on_error)
        return;
    diag_error(s->d, e->at, D_UNHANDLED_FAILURE, "%s can fail: %s", what, reasons_text(s, &r));
    diag_hint(s->d, "%s", mend);
}
