/*
 * expr.c: the type of every expression, whether it can be null, whether it can fail. Names are in scopes.c, calls in calls.c,
 * look-ups in lookups.c, the expressions of checks in rows.c.
 *
 * An operand in error makes the whole silent: TYPE_ERROR goes up, and nothing is said about it again.
 */
#include "compiler/base/bug.h"
#include "compiler/sema/inside.h"

#include <limits.h>
#include <string.h>

bool expr_is_error(const ast_node *e)
{
    return e->type.id == TYPE_ERROR;
}

bool expr_fail(ast_node *e)
{
    e->type = sema_type(TYPE_ERROR);
    return false;
}

void expr_can_fail(sema *s, ast_node *e, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    e->why = arena_vprintf(s->a, fmt, ap);
    va_end(ap);
    e->fallible = true;
}

void expr_takes(ast_node *e, const ast_node *part)
{
    e->nullable = e->nullable || part->nullable;
    e->fallible = e->fallible || part->fallible;
    if (expr_is_error(part))
        expr_fail(e);
}

/* Types a part and takes over what it can do to the whole. */
static void part(sema *s, env *v, ast_node *e, ast_node *p)
{
    expr_check(s, v, p);
    expr_takes(e, p);
}

static void set_type(ast_node *e, type_id id)
{
    if (e->type.id != TYPE_ERROR)
        e->type = sema_type(id);
}

void expr_condition(sema *s, env *v, ast_node *e, const char *what)
{
    expr_check(s, v, e);
    literal_adopt(s, e, sema_type(TYPE_BOOLEAN));
    if (expr_is_error(e) || e->type.id == TYPE_BOOLEAN)
        return;
    diag_error(s->d, e->at, D_TYPE_MISMATCH, "%s, and %s is %s", what, text_of(s, e->at), text_type(s, e->type));
    if (type_is_text(e->type))
        diag_hint(s->d, "Write %s is not null, or bool(%s).", text_of(s, e->at), text_of(s, e->at));
    else if (sema_is_number(e->type.id))
        diag_hint(s->d, "Compare it: %s > 0.", text_of(s, e->at));
    expr_fail(e);
}

/* ---- operators ---------------------------------------------------------------------------------------------------------- */

/* A minus before a number literal becomes part of it. */
static bool fold_minus(sema *s, ast_node *e)
{
    const ast_node *arg = e->unary.e;

    if (e->unary.op != OP_NEG || arg->kind != AST_NUMBER)
        return false;
    const char *text = arg->number.text;
    bool is_integer = arg->number.is_integer;
    e->kind = AST_NUMBER;
    e->number.text = *text == '-' ? text + 1 : arena_printf(s->a, "-%s", text);
    e->number.is_integer = is_integer;
    expr_check(s, NULL, e);
    return true;
}

static void needs_numbers(sema *s, ast_node *e, const ast_node *operand, const char *op)
{
    const char *shown = text_of(s, operand->at);

    diag_error(s->d, operand->at, D_TYPE_MISMATCH, "\"%s\" works on numbers, and %s is %s", op, shown, text_type(s, operand->type));
    if (type_is_text(operand->type))
        diag_hint(s->d, "Write integer(%s) or numeric(%s).", shown, shown);
    expr_fail(e);
}

static void unary(sema *s, env *v, ast_node *e)
{
    if (e->unary.op == OP_NOT) {
        expr_condition(s, v, e->unary.e, "\"not\" works on conditions");
        expr_takes(e, e->unary.e);
        set_type(e, TYPE_BOOLEAN);
        return;
    }
    part(s, v, e, e->unary.e);
    if (expr_is_error(e) || fold_minus(s, e))
        return;
    if (!sema_is_number(e->unary.e->type.id)) {
        needs_numbers(s, e, e->unary.e, "-");
        return;
    }
    e->type = sema_type(e->unary.e->type.id);
    if (sema_is_integer(e->type.id))
        expr_can_fail(s, e, "%s may be out of the range of %s", text_of(s, e->at), text_type(s, e->type));
}

static void logic(sema *s, env *v, ast_node *e)
{
    const char *what = arena_printf(s->a, "\"%s\" joins conditions", ast_op_text(e->binary.op));
    int known = v->n_known;

    expr_condition(s, v, e->binary.left, what);
    expr_learn(s, v, e->binary.left, e->binary.op == OP_AND);
    expr_condition(s, v, e->binary.right, what);
    v->n_known = known;
    expr_takes(e, e->binary.left);
    expr_takes(e, e->binary.right);
    set_type(e, TYPE_BOOLEAN);
}

static bool cannot_compare(sema *s, ast_node *e, const ast_node *operand)
{
    diag_error(s->d, operand->at, D_TYPE_MISMATCH, "values of type json cannot be compared");
    diag_hint(s->d, "Compare %s.", text_mend_of(s, operand, sema_type(TYPE_JSONB)));
    return expr_fail(e);
}

/* Brings the operands together; false: reported. */
static bool comparable(sema *s, ast_node *e, ast_node **operands, int n)
{
    value_type t = literal_unify(s, operands, n, CANNOT_COMPARE);

    if (sema_is_error(t))
        return expr_fail(e);
    if (t.id == TYPE_JSON)
        return cannot_compare(s, e, operands[0]);
    return true;
}

static void warn_of_null(sema *s, const ast_node *e, const ast_node *other)
{
    if (s->is_silent)
        return;
    diag_warning(s->d, e->at, D_UNREACHABLE, "a comparison with null is never true");
    diag_hint(s->d, "Write %s is%s null.", text_of(s, other->at), e->binary.op == OP_NE ? " not" : "");
}

static void comparison(sema *s, env *v, ast_node *e)
{
    ast_node *operands[2] = {e->binary.left, e->binary.right};

    part(s, v, e, e->binary.left);
    part(s, v, e, e->binary.right);
    if (expr_is_error(e) || !comparable(s, e, operands, 2))
        return;
    for (int i = 0; i < 2; i++)
        if (operands[i]->kind == AST_NULL)
            warn_of_null(s, e, operands[1 - i]);
    e->type = sema_type(TYPE_BOOLEAN);
}

static void concatenation(sema *s, env *v, ast_node *e)
{
    ast_node *operands[2] = {e->binary.left, e->binary.right};
    type_id to = TYPE_TEXT;

    part(s, v, e, e->binary.left);
    part(s, v, e, e->binary.right);
    if (expr_is_error(e))
        return;
    for (int i = 0; i < 2; i++)
        if (operands[i]->type.id == TYPE_TEXT_ARRAY || operands[i]->type.id == TYPE_BYTEA)
            to = operands[i]->type.id;
    for (int i = 0; i < 2; i++) {
        if (!literal_adopt(s, operands[i], sema_type(to))) {
            expr_fail(e);
        } else if (to == TYPE_TEXT ? !type_is_text(operands[i]->type) : operands[i]->type.id != to) {
            const char *shown = text_of(s, operands[i]->at);
            const char *mend = to == TYPE_TEXT_ARRAY ? arena_printf(s->a, "list(%s)", shown)
                                                     : text_mend_of(s, operands[i], sema_type(to));

            diag_error(s->d, operands[i]->at, D_TYPE_MISMATCH, "\"||\" joins %s here, and %s is %s",
                       to == TYPE_TEXT ? "texts" : to == TYPE_BYTEA ? "bytes" : "lists", shown,
                       text_type(s, operands[i]->type));
            if (mend != NULL)
                diag_hint(s->d, "Write %s.", mend);
            expr_fail(e);
        }
    }
    set_type(e, to);
}

/* ---- arithmetic ------------------------------------------------------------------------------------------------------ */

/* date + integer, integer + date, date - integer, date - date: true when it is one of them. */
static bool date_arithmetic(sema *s, ast_node *e)
{
    type_id left = e->binary.left->type.id, right = e->binary.right->type.id;
    ast_op op = e->binary.op;

    if (op == OP_SUB && left == TYPE_DATE && right == TYPE_DATE) {
        e->type = sema_type(TYPE_INTEGER);
        return true;
    }
    bool moves = (left == TYPE_DATE && sema_is_integer(right) && (op == OP_ADD || op == OP_SUB)) ||
                 (sema_is_integer(left) && right == TYPE_DATE && op == OP_ADD);
    if (!moves)
        return false;
    e->type = sema_type(TYPE_DATE);
    expr_can_fail(s, e, "%s may be out of the range of dates", text_of(s, e->at));
    return true;
}

static bool no_arithmetic(sema *s, ast_node *e)
{
    const ast_node *sides[2] = {e->binary.left, e->binary.right};
    bool times = true;

    for (int i = 0; i < 2; i++)
        times = times && (sides[i]->type.id == TYPE_TIMESTAMP || sides[i]->type.id == TYPE_TIMESTAMPTZ ||
                          sides[i]->type.id == TYPE_TIME || sides[i]->type.id == TYPE_DATE);
    if (times) {
        diag_error(s->d, e->binary.op_at, D_TYPE_MISMATCH, "\"%s\" does not work on %s and %s", ast_op_text(e->binary.op),
                   text_type(s, sides[0]->type), text_type(s, sides[1]->type));
        diag_hint(s->d, "Seconds between two timestamps: extract(epoch from a) - extract(epoch from b).");
        return expr_fail(e);
    }
    for (int i = 0; i < 2; i++)
        if (!sema_is_number(sides[i]->type.id) && !expr_is_error(e))
            needs_numbers(s, e, sides[i], ast_op_text(e->binary.op));
    return false;
}

/* Both sides are integer literals: what comes out is known. */
static bool constant_arithmetic(sema *s, ast_node *e)
{
    long long a, b, c = 0;
    bool too_large = false;

    if (!literal_integer(e->binary.left, &a) || !literal_integer(e->binary.right, &b) || b == 0)
        return false;
    switch (e->binary.op) {
    case OP_ADD: too_large = __builtin_add_overflow(a, b, &c); break;
    case OP_SUB: too_large = __builtin_sub_overflow(a, b, &c); break;
    case OP_MUL: too_large = __builtin_mul_overflow(a, b, &c); break;
    case OP_DIV: too_large = a == LLONG_MIN && b == -1; c = too_large ? 0 : a / b; break;
    case OP_MOD: too_large = a == LLONG_MIN && b == -1; c = too_large ? 0 : a % b; break;
    case OP_OR: case OP_AND: case OP_NOT: case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE:
    case OP_CONCAT: case OP_NEG: case OP_COUNT: return false;
    }
    if (too_large || (e->type.id == TYPE_INTEGER && (c > INT_MAX || c < INT_MIN))) {
        diag_error(s->d, e->at, D_BAD_LITERAL, "the result is too large for %s", text_type(s, e->type));
        return expr_fail(e);
    }
    return true;
}

/* What can go wrong in an operation on two numbers of the node's type. */
static void arithmetic_failures(sema *s, ast_node *e)
{
    ast_op op = e->binary.op;
    bool divides = op == OP_DIV || op == OP_MOD;
    const ast_node *right = e->binary.right;

    if (divides && literal_is_zero(right)) {
        diag_error(s->d, right->at, D_BAD_ARGUMENT, "division by zero");
        expr_fail(e);
        return;
    }
    if (constant_arithmetic(s, e) || expr_is_error(e))
        return;
    if (divides && right->kind != AST_NUMBER)
        expr_can_fail(s, e, "%s may be 0", text_of(s, right->at));
    else if (!divides && e->type.id != TYPE_NUMERIC)
        expr_can_fail(s, e, "%s may be out of the range of %s", text_of(s, e->at), text_type(s, e->type));
    else if (divides && sema_is_number(e->type.id) && (e->type.id == TYPE_REAL || e->type.id == TYPE_DOUBLE))
        expr_can_fail(s, e, "%s may be out of the range of %s", text_of(s, e->at), text_type(s, e->type));
}

static void arithmetic(sema *s, env *v, ast_node *e)
{
    ast_node *operands[2] = {e->binary.left, e->binary.right};
    value_type t;

    part(s, v, e, e->binary.left);
    part(s, v, e, e->binary.right);
    if (expr_is_error(e) || date_arithmetic(s, e))
        return;
    for (int i = 0; i < 2; i++)
        if (operands[i]->type.id != TYPE_NULL && !sema_is_number(operands[i]->type.id)) {
            no_arithmetic(s, e);
            return;
        }
    t = literal_unify(s, operands, 2, "they cannot be combined");
    if (sema_is_error(t)) {
        expr_fail(e);
        return;
    }
    if (!sema_is_number(t.id)) { /* null and null */
        t = sema_type(TYPE_INTEGER);
        operands[0]->type = operands[1]->type = t;
    }
    e->type = sema_type(t.id);
    if (e->binary.op == OP_MOD && (t.id == TYPE_REAL || t.id == TYPE_DOUBLE)) {
        diag_error(s->d, e->binary.op_at, D_TYPE_MISMATCH, "\"%%\" does not work on %s", text_type(s, t));
        diag_hint(s->d, "Write %s.", text_mend_of(s, operands[0], sema_type(TYPE_NUMERIC)));
        expr_fail(e);
        return;
    }
    arithmetic_failures(s, e);
}

static void binary(sema *s, env *v, ast_node *e)
{
    switch (e->binary.op) {
    case OP_OR:
    case OP_AND: logic(s, v, e); return;
    case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE: comparison(s, v, e); return;
    case OP_CONCAT: concatenation(s, v, e); return;
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_MOD: arithmetic(s, v, e); return;
    case OP_NOT: case OP_NEG: case OP_COUNT: break;
    }
    migc_bug("an operator that takes two sides");
}

/* ---- is, between, in, like, case ---------------------------------------------------------------------------------------- */

static void is_null_or_truth(sema *s, env *v, ast_node *e)
{
    ast_node *of = e->is.e;

    if (e->is.what == IS_NULL) {
        expr_check(s, v, of);
        literal_settle(s, of);
    } else {
        expr_condition(s, v, of, "\"is true\" and \"is false\" are asked of conditions");
    }
    expr_takes(e, of);
    e->nullable = false;
    set_type(e, TYPE_BOOLEAN);
    if (e->is.what == IS_NULL && !expr_is_error(of) && !of->nullable && !s->is_silent)
        diag_warning(s->d, e->at, D_UNREACHABLE, "%s is never null, so this is always %s", text_of(s, of->at),
                     e->is.negated ? "true" : "false");
}

static void between(sema *s, env *v, ast_node *e)
{
    ast_node *operands[3] = {e->between.e, e->between.low, e->between.high};

    for (int i = 0; i < 3; i++)
        part(s, v, e, operands[i]);
    if (!expr_is_error(e) && comparable(s, e, operands, 3))
        e->type = sema_type(TYPE_BOOLEAN);
}

static void in_list(sema *s, env *v, ast_node *e)
{
    int n = e->in.items.n + 1;
    ast_node **operands = arena_array(s->a, ast_node *, n);

    for (int i = 0; i < n; i++) {
        operands[i] = i == 0 ? e->in.e : e->in.items.at[i - 1];
        part(s, v, e, operands[i]);
    }
    if (expr_is_error(e) || !comparable(s, e, operands, n))
        return;
    for (int i = 1; i < n; i++)
        if (operands[i]->kind == AST_NULL && !s->is_silent)
            diag_warning(s->d, operands[i]->at, D_UNREACHABLE, e->in.negated ? "with a null in its list, \"not in\" is never true"
                                                                             : "nothing is equal to null");
    e->type = sema_type(TYPE_BOOLEAN);
}

static void like(sema *s, env *v, ast_node *e)
{
    ast_node *operands[3] = {e->like.e, e->like.pattern, e->like.escape};
    const ast_node *pattern = e->like.pattern, *escape = e->like.escape;
    char why[200];

    for (int i = 0; i < 3 && operands[i] != NULL; i++) {
        part(s, v, e, operands[i]);
        literal_settle(s, operands[i]);
        if (!expr_is_error(operands[i]) && !type_is_text(operands[i]->type)) {
            text_mismatch(s, operands[i], sema_type(TYPE_TEXT), i == 0 ? "\"like\" works on"
                                                                : i == 1 ? "a pattern is" : "an escape character is");
            expr_fail(e);
        }
    }
    set_type(e, TYPE_BOOLEAN);
    if (expr_is_error(e))
        return;
    if (pattern->kind != AST_TEXT || (escape != NULL && escape->kind != AST_TEXT)) {
        if (pattern->kind != AST_NULL)
            expr_can_fail(s, e, "the pattern %s may end in its escape character", text_of(s, pattern->at));
    } else if (constant_like_refused(pattern->text.text, escape == NULL ? NULL : escape->text.text, why, sizeof why)) {
        diag_error(s->d, pattern->at, D_BAD_ARGUMENT, "the pattern '%s' is wrong: %s", pattern->text.text, why);
        expr_fail(e);
    }
}

static void case_conditions(sema *s, env *v, ast_node *e)
{
    int n = e->cases.whens.n + 1;
    ast_node **operands = arena_array(s->a, ast_node *, n);

    operands[0] = e->cases.e;
    part(s, v, e, e->cases.e);
    for (int i = 1; i < n; i++) {
        operands[i] = e->cases.whens.at[i - 1]->when.when;
        part(s, v, e, operands[i]);
    }
    if (!expr_is_error(e))
        comparable(s, e, operands, n);
}

/* A branch behind `when true`, or behind one with the same condition. */
static void dead_branches(sema *s, const ast_node *e)
{
    ast_list whens = e->cases.whens;

    for (int i = 1; i < whens.n && !s->is_silent; i++)
        for (int k = 0; k < i; k++) {
            const ast_node *before = whens.at[k]->when.when, *when = whens.at[i]->when.when;
            bool always = e->cases.e == NULL && before->kind == AST_BOOL && before->boolean.value;

            if (!always && !ast_equal(before, when))
                continue;
            diag_warning(s->d, when->at, D_UNREACHABLE, "this is never reached: %s comes before it", always ? "true" : "the same");
            diag_note(s->d, before->at, "it stands here");
            break;
        }
}

static void cases(sema *s, env *v, ast_node *e)
{
    int n = e->cases.whens.n + (e->cases.otherwise != NULL);
    ast_node **results = arena_array(s->a, ast_node *, n);
    int known = v->n_known;
    bool nullable = e->cases.otherwise == NULL;

    if (e->cases.e != NULL)
        case_conditions(s, v, e);
    for (int i = 0; i < e->cases.whens.n; i++) {
        ast_node *when = e->cases.whens.at[i];
        int before = v->n_known;

        if (e->cases.e == NULL) {
            expr_condition(s, v, when->when.when, "\"when\" takes a condition");
            expr_takes(e, when->when.when);
            expr_learn(s, v, when->when.when, true);
        }
        part(s, v, e, when->when.then);
        v->n_known = before;
        if (e->cases.e == NULL)
            expr_learn(s, v, when->when.when, false);
        results[i] = when->when.then;
        nullable = nullable || when->when.then->nullable;
    }
    if (e->cases.otherwise != NULL) {
        part(s, v, e, e->cases.otherwise);
        results[n - 1] = e->cases.otherwise;
        nullable = nullable || e->cases.otherwise->nullable;
    }
    v->n_known = known;
    e->nullable = nullable;
    if (expr_is_error(e))
        return;
    dead_branches(s, e);
    bool all_null = true;
    for (int i = 0; i < n; i++)
        all_null = all_null && results[i]->type.id == TYPE_NULL;
    e->type = all_null ? sema_type(TYPE_NULL) : literal_unify(s, results, n, "one case expression cannot give both");
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------- */

static void dispatch(sema *s, env *v, ast_node *e)
{
    e->type = sema_type(TYPE_UNKNOWN);
    e->nullable = e->fallible = false;
    e->why = NULL;
    switch (ast_expr(e)) {
    case EXPR_ERROR: expr_fail(e); return;
    case EXPR_NULL:
    case EXPR_BOOL:
    case EXPR_NUMBER:
    case EXPR_TEXT: literal_type(s, e); return;
    case EXPR_NAME: scopes_name(s, v, e); return;
    case EXPR_UNARY: unary(s, v, e); return;
    case EXPR_BINARY: binary(s, v, e); return;
    case EXPR_IS: is_null_or_truth(s, v, e); return;
    case EXPR_BETWEEN: between(s, v, e); return;
    case EXPR_IN: in_list(s, v, e); return;
    case EXPR_LIKE: like(s, v, e); return;
    case EXPR_CASE: cases(s, v, e); return;
    case EXPR_CALL: calls_check(s, v, e); return;
    case EXPR_AT_ZONE: calls_at_zone(s, v, e); return;
    case EXPR_LOOKUP: lookups_check(s, v, e); return;
    case EXPR_COUNT:
    case EXPR_EVERY:
    case EXPR_UNIQUE:
    case EXPR_REFERS:
    case EXPR_TALLY:
    case EXPR_SQL_TEST: rows_check(s, v, e); return;
    }
    migc_bug("an expression of no kind");
}

void expr_check(sema *s, env *v, ast_node *e)
{
    dispatch(s, v, e);
    if (e->type.id == TYPE_UNKNOWN)
        migc_bug("an expression without a type (%s)", ast_kind_name(e->kind));
}
