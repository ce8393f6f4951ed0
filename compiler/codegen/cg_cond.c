/*
 * cg_cond.c: expressions as C conditions: whether they are true, or whether they are false (null is neither). So `and` and `or`
 * become && and ||, which wait as SQL lets them. Called wherever the spec has a condition.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* How tightly a C condition holds together. */
typedef enum tie { TIE_ATOM, TIE_COMPARE, TIE_AND, TIE_OR } tie;

typedef struct cond {
    const char *c;
    tie tie;
} cond;

static cond condition(cg_fn *f, const plan_expr *e, bool want);

static cond atom(const char *c) {
    return (cond){c, TIE_ATOM};
}

static cond negated(cg_fn *f, cond a) {
    return atom(emit_printf(f->g->e, a.tie == TIE_ATOM ? "!%s" : "!(%s)", a.c));
}

/* A value of the language: mig_is_true(v). */
static cond tested(cg_fn *f, const char *c, bool want) {
    return atom(emit_printf(f->g->e, "mig_is_%s(%s)", want ? "true" : "false", c));
}

static const char *in_parens(cg_fn *f, cond a, tie around) {
    bool is_mixed = a.tie >= TIE_AND && a.tie != around;
    return is_mixed ? emit_printf(f->g->e, "(%s)", a.c) : a.c;
}

/* `a and b` is true when both are, false when one is: && and || in turn. */
static cond joined(cg_fn *f, const plan_expr *e, bool want) {
    emit *em = f->g->e;
    const plan_expr *left, *right;
    cg_sides(f, e, &left, &right);
    bool is_and = (e->kind == PX_AND) == want;
    cond a = condition(f, left, want);
    if (!cg_needs_statements_as_condition(right)) {
        f->waits++;
        cond b = condition(f, right, want);
        f->waits--;
        tie t = is_and ? TIE_AND : TIE_OR;
        return (cond){emit_printf(em, "%s %s %s", in_parens(f, a, t), is_and ? "&&" : "||", in_parens(f, b, t)), t};
    }
    const char *holds = cg_local(f, "holds");
    emit_tpl(em, "bool ${holds} = ${a};\n", "holds", holds, "a", a.c, (char *)NULL);
    cg_block_begin(f);
    cond b = condition(f, right, want);
    emit_tpl(em, "${holds} = ${b};\n", "holds", holds, "b", b.c, (char *)NULL);
    cg_block_end(f, emit_printf(em, "if (%s%s)", is_and ? "" : "!", holds));
    return atom(holds);
}

static cond null_test(cg_fn *f, const plan_expr *e, bool is_null) {
    plan_type t = e->args[0]->type;
    const char *c = cg_null_test(f->g, t, cg_expr(f, e->args[0]), is_null);
    return (cond){c, cg_type_of(t)->by_pointer ? TIE_COMPARE : TIE_ATOM};
}

/* `e is true`, `e is not false` … are never null. */
static cond truth_test(cg_fn *f, const plan_expr *e, bool of, bool is_not, bool want) {
    cond a = condition(f, e->args[0], of);
    return is_not == want ? negated(f, a) : a;
}

/* The value, and what its handler does; the result is a bool of C. */
static cond handled(cg_fn *f, const plan_expr *e, bool want) {
    emit *em = f->g->e;
    bool is_value = e->handler.kind == PLAN_H_VALUE;
    if (f->pending || (is_value && !cg_is_constant(e->handler.value))) {
        const char *name = cg_local(f, "holds");
        cg_store(f, name, e, true);
        return tested(f, name, want);
    }
    cond a = condition(f, e->args[0], want);
    const char *holds = a.c; /* a bool of C already, where it took statements */
    if (a.c[strcspn(a.c, " (.!")] != '\0' || cg_is_constant(e->args[0])) {
        holds = cg_local(f, "holds");
        emit_tpl(em, "bool ${holds} = ${a};\n", "holds", holds, "a", a.c, (char *)NULL);
    }
    if (!is_value) {
        cg_handle(f, holds, e);
        return atom(holds);
    }
    bool truth = e->handler.value->kind == PX_BOOL && e->handler.value->truth == want;
    emit_tpl(em,
             "if (mig_failed(x)) {\n"
             "    mig_clear(x);\n"
             "    ${holds} = ${truth};\n"
             "}\n",
             "holds", holds, "truth", truth ? "true" : "false", (char *)NULL);
    f->pending = false;
    return atom(holds);
}

static cond distinct(cg_fn *f, const plan_expr *e, bool want) {
    const plan_type t = e->args[0]->type;
    const char **args = cg_arguments(f, e);
    if (t.id == MIG_T_CHAR)
        for (int i = 0; i < 2; i++)
            args[i] = emit_printf(f->g->e, "mig_text_of_char(%s)", args[i]);
    return tested(f, emit_printf(f->g->e, "mig_distinct_%s(%s, %s)", cg_type_of(t)->suffix, args[0], args[1]), want);
}

static cond membership(cg_fn *f, const plan_expr *e, bool want) {
    if (e->kind == PX_NOT_IN)
        want = !want;
    if (cg_is_list_test(e))
        return tested(f, cg_list_test(f, e), want);
    return condition(f, cg_in_as_or(f, e), want);
}

static cond condition(cg_fn *f, const plan_expr *e, bool want) {
    switch (e->kind) {
    case PX_NULL: return atom("false");
    case PX_BOOL: return atom(e->truth == want ? "true" : "false");
    case PX_NOT: return condition(f, e->args[0], !want);
    case PX_AND: case PX_OR: return joined(f, e, want);
    case PX_IS_NULL: return null_test(f, e, want);
    case PX_IS_NOT_NULL: return null_test(f, e, !want);
    case PX_IS_TRUE: return truth_test(f, e, true, false, want);
    case PX_IS_NOT_TRUE: return truth_test(f, e, true, true, want);
    case PX_IS_FALSE: return truth_test(f, e, false, false, want);
    case PX_IS_NOT_FALSE: return truth_test(f, e, false, true, want);
    case PX_DISTINCT: return distinct(f, e, want);
    case PX_NOT_DISTINCT: return distinct(f, e, !want);
    case PX_IN: case PX_NOT_IN: return membership(f, e, want);
    case PX_ELSE: return handled(f, e, want);
    case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT:
        break;
    case PX_CELL: case PX_VAR: case PX_FIELD: case PX_CALL: case PX_OP: case PX_CASE: case PX_COALESCE: case PX_NULLIF:
    case PX_GREATEST: case PX_LEAST: case PX_ALIAS: case PX_LOOKUP: case PX_SOURCE_LOOKUP: case PX_WIDEN: case PX_NARROW: case PX_NOT_NULL:
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED:
    case PX_SQL:
        return tested(f, cg_expr(f, e), want);
    }
    migc_bug("an expression of kind %d as a condition", (int)e->kind);
}

const char *cg_is_true(cg_fn *f, const plan_expr *e) {
    return condition(f, e, true).c;
}

const char *cg_is_false(cg_fn *f, const plan_expr *e) {
    return condition(f, e, false).c;
}

const char *cg_is_not_true(cg_fn *f, const plan_expr *e) {
    return negated(f, condition(f, e, true)).c;
}

bool cg_needs_statements_as_condition(const plan_expr *e) {
    switch (e->kind) {
    case PX_NOT: case PX_IS_TRUE: case PX_IS_NOT_TRUE: case PX_IS_FALSE: case PX_IS_NOT_FALSE:
        return cg_needs_statements_as_condition(e->args[0]);
    case PX_AND: case PX_OR:
        return cg_shared_subject(e) != NULL || cg_needs_statements_as_condition(e->args[0]) ||
               cg_needs_statements_as_condition(e->args[1]);
    case PX_IS_NULL: case PX_IS_NOT_NULL:
        return cg_needs_statements(e->args[0]);
    case PX_DISTINCT: case PX_NOT_DISTINCT:
        return cg_arguments_need_statements(e);
    case PX_IN: case PX_NOT_IN:
        if (cg_is_list_test(e))
            return cg_needs_statements(e->args[0]);
        if (!cg_is_name(e->args[0]))
            return true;
        for (int i = 1; i < e->n_args; i++)
            if (cg_needs_statements(e->args[i]))
                return true;
        return false;
    case PX_NULL: case PX_BOOL: case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT: case PX_CELL: case PX_VAR:
    case PX_FIELD: case PX_CALL: case PX_OP: case PX_CASE: case PX_COALESCE: case PX_NULLIF: case PX_GREATEST:
    case PX_LEAST: case PX_ALIAS: case PX_LOOKUP: case PX_SOURCE_LOOKUP: case PX_WIDEN: case PX_NARROW: case PX_NOT_NULL: case PX_ELSE:
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED:
    case PX_SQL:
        return cg_needs_statements(e);
    }
    migc_bug("an expression of kind %d as a condition", (int)e->kind);
}
