/*
 * contradictions.c: constants that the checks of their column refuse: a default, or what a flow sets. As far as that can be told from
 * the constant alone: comparisons, in, between and their and, or, not. What cannot be told is left to the run.
 */
#include "compiler/sema/inside.h"

#include <stdlib.h>
#include <string.h>

typedef enum answer { NO, YES, OPEN } answer;

/* The column, and the literal that it is to hold. */
typedef struct holds {
    const ast_node *column;
    const ast_node *value;
} holds;

/* The literal that e stands for, or NULL. */
static const ast_node *literal_of(const holds *h, const ast_node *e)
{
    if (e->kind == AST_NAME && e->sym == h->column)
        return h->value;
    return literal_is(e) && e->kind != AST_NULL ? e : NULL;
}

static const char *digits_of(const ast_node *e)
{
    enum { EXACT = 15 }; /* digits that a double keeps */
    const char *text = e->kind == AST_NUMBER ? e->number.text : e->kind == AST_TEXT && sema_is_number(e->type.id) ? e->text.text : NULL;

    return text != NULL && strlen(text) <= EXACT ? text : NULL;
}

/* How two literals compare, as strcmp() tells; false: that is not told here. */
static bool compare(const ast_node *a, const ast_node *b, int *order)
{
    if (a == NULL || b == NULL)
        return false;
    const char *x = digits_of(a), *y = digits_of(b);
    if (x != NULL && y != NULL) {
        double left = strtod(x, NULL), right = strtod(y, NULL);

        *order = (left > right) - (left < right);
        return true;
    }
    if (a->kind != AST_TEXT || b->kind != AST_TEXT || !type_is_text(a->type) || !type_is_text(b->type) || a->type.id == TYPE_CHAR ||
        b->type.id == TYPE_CHAR)
        return false;
    *order = strcmp(a->text.text, b->text.text);
    return true;
}

static answer negate(answer a, bool is_negated)
{
    return a == OPEN || !is_negated ? a : a == YES ? NO : YES;
}

static answer both(answer a, answer b)
{
    return a == NO || b == NO ? NO : a == YES && b == YES ? YES : OPEN;
}

static answer comparison(const holds *h, ast_op op, const ast_node *left, const ast_node *right)
{
    int order;

    if (!compare(literal_of(h, left), literal_of(h, right), &order))
        return OPEN;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* the others are no comparisons */
    switch (op) {
    case OP_EQ: return order == 0 ? YES : NO;
    case OP_NE: return order != 0 ? YES : NO;
    case OP_LT: return order < 0 ? YES : NO;
    case OP_LE: return order <= 0 ? YES : NO;
    case OP_GT: return order > 0 ? YES : NO;
    case OP_GE: return order >= 0 ? YES : NO;
    default: return OPEN;
    }
#pragma GCC diagnostic pop
}

static answer in_list(const holds *h, const ast_node *e)
{
    answer any = NO;

    for (int i = 0; i < e->in.items.n && any != YES; i++) {
        answer one = comparison(h, OP_EQ, e->in.e, e->in.items.at[i]);

        any = one == NO ? any : one;
    }
    return negate(any, e->in.negated);
}

static answer holds_true(const holds *h, const ast_node *e)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* all else is left to the run */
    switch (e->kind) {
    case AST_BOOL: return e->boolean.value ? YES : NO;
    case AST_IN: return in_list(h, e);
    case AST_BETWEEN:
        return negate(both(comparison(h, OP_GE, e->between.e, e->between.low), comparison(h, OP_LE, e->between.e, e->between.high)),
                      e->between.negated);
    case AST_UNARY: return e->unary.op == OP_NOT ? negate(holds_true(h, e->unary.e), true) : OPEN;
    case AST_BINARY:
        if (e->binary.op == OP_AND)
            return both(holds_true(h, e->binary.left), holds_true(h, e->binary.right));
        if (e->binary.op == OP_OR) /* not (not a and not b) */
            return negate(both(negate(holds_true(h, e->binary.left), true), negate(holds_true(h, e->binary.right), true)), true);
        return comparison(h, e->binary.op, e->binary.left, e->binary.right);
    default: return OPEN;
    }
#pragma GCC diagnostic pop
}

/* The one of a list's texts that may be meant, or NULL. */
static const char *meant(const holds *h, const ast_node *e)
{
    nearest near = nearest_start(h->value->kind == AST_TEXT ? h->value->text.text : "");

    for (int i = 0; e->kind == AST_IN && h->value->kind == AST_TEXT && i < e->in.items.n; i++)
        if (e->in.items.at[i]->kind == AST_TEXT)
            nearest_offer(&near, e->in.items.at[i]->text.text);
    return near.best;
}

static bool against(sema *s, const holds *h, const ast_node *con)
{
    if (con->constraint.what != CON_CHECK || expr_is_error(con->constraint.e) || holds_true(h, con->constraint.e) != NO)
        return false;
    diag_error(s->d, h->value->at, D_BAD_LITERAL, "a check of \"%s\" refuses %s: %s", h->column->column.name.text,
               text_of(s, h->value->at), text_of(s, con->constraint.e->at));
    diag_did_you_mean(s->d, meant(h, con->constraint.e));
    return true;
}

bool contradictions_check(sema *s, const ast_node *table, const ast_node *column, const ast_node *e)
{
    holds h = {column, e};
    bool ok = true;

    if (e->kind == AST_CASE) {
        for (int i = 0; i < e->cases.whens.n; i++)
            ok = contradictions_check(s, table, column, e->cases.whens.at[i]->when.then) && ok;
        return (e->cases.otherwise == NULL || contradictions_check(s, table, column, e->cases.otherwise)) && ok;
    }
    if (e->kind != AST_TEXT && e->kind != AST_NUMBER)
        return true;
    for (int i = 0; i < column->column.constraints.n; i++)
        if (against(s, &h, column->column.constraints.at[i]))
            return false;
    for (int i = 0; i < table->table.constraints.n; i++)
        if (against(s, &h, table->table.constraints.at[i]))
            return false;
    return true;
}
