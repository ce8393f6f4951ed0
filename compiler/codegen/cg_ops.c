/*
 * cg_ops.c: operators, widening and narrowing: which call of runtime/ops.h or functions.def they are. Called by cg_expr.c.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

static const char *comparison(cg_fn *f, const plan_expr *e, const char **args, const char *name) {
    if (e->args[0]->type.id == MIG_T_CHAR || e->args[1]->type.id == MIG_T_CHAR)
        return emit_printf(f->g->e, "mig_%s_text(mig_text_of_char(%s), mig_text_of_char(%s))", name, args[0], args[1]);
    return emit_printf(f->g->e, "mig_%s_%s(%s, %s)", name, cg_type_of(e->args[0]->type)->suffix, args[0], args[1]);
}

/* mig_add_int(x, a, b, MIG_T_INTEGER); numerics have no range to keep. */
static const char *arithmetic(cg_fn *f, const plan_expr *e, const char **args, const char *name) {
    const cg_type *type = cg_type_of(e->type);
    const char *last = cg_is_int(e->type) || e->type.id == MIG_T_REAL || e->type.id == MIG_T_DOUBLE
                           ? emit_printf(f->g->e, ", %s", type->id) : "";
    if (e->args[0]->type.id == MIG_T_DATE && cg_is_int(e->type))
        return emit_printf(f->g->e, "mig_diff_date(%s, %s)", args[0], args[1]);
    return emit_printf(f->g->e, "mig_%s_%s(x, %s, %s%s)", name, type->suffix, args[0], args[1], last);
}

static const char *negation(cg_fn *f, const plan_expr *e, const char *arg) {
    const cg_type *type = cg_type_of(e->type);
    if (cg_is_int(e->type))
        return emit_printf(f->g->e, "mig_neg_int(x, %s, %s)", arg, type->id);
    if (e->type.id == MIG_T_NUMERIC)
        return emit_printf(f->g->e, "mig_neg_numeric(x, %s)", arg);
    return emit_printf(f->g->e, "mig_neg_%s(%s)", type->suffix, arg);
}

static const char *like(cg_fn *f, const plan_expr *e, const char **args, const char *name, bool is_negated) {
    const char *escape = e->n_args > 2 ? args[2] : "MIG_NULL_TEXT";
    const char *c = emit_printf(f->g->e, "mig_%s(x, %s, %s, %s)", name, args[0], args[1], escape);
    return is_negated ? emit_printf(f->g->e, "mig_not(%s)", c) : c;
}

const char *cg_operator(cg_fn *f, const plan_expr *e, const char **args) {
    switch (e->op) {
    case PLAN_EQ: return comparison(f, e, args, "eq");
    case PLAN_NE: return comparison(f, e, args, "ne");
    case PLAN_LT: return comparison(f, e, args, "lt");
    case PLAN_LE: return comparison(f, e, args, "le");
    case PLAN_GT: return comparison(f, e, args, "gt");
    case PLAN_GE: return comparison(f, e, args, "ge");
    case PLAN_ADD: return arithmetic(f, e, args, "add");
    case PLAN_SUB: return arithmetic(f, e, args, "sub");
    case PLAN_MUL: return arithmetic(f, e, args, "mul");
    case PLAN_DIV: return arithmetic(f, e, args, "div");
    case PLAN_MOD: return arithmetic(f, e, args, "mod");
    case PLAN_NEG: return negation(f, e, args[0]);
    case PLAN_CONCAT:
        return emit_printf(f->g->e, "mig_concat_%s(x, %s, %s)", cg_type_of(e->type)->suffix, args[0], args[1]);
    case PLAN_LIKE: return like(f, e, args, "like", false);
    case PLAN_NOT_LIKE: return like(f, e, args, "like", true);
    case PLAN_ILIKE: return like(f, e, args, "ilike", false);
    case PLAN_NOT_ILIKE: return like(f, e, args, "ilike", true);
    }
    migc_bug("an operator of the plan");
}

/* A conversion that is a function of the language: mig_numeric_of_int(x, c). */
static const char *converted(cg_fn *f, plan_type from, plan_type to, const char *c) {
    const char *fn = emit_printf(f->g->e, "mig_%s_of_%s", cg_type_of(to)->spelling, cg_type_of(from)->suffix);
    if (!cg_has_function(fn))
        migc_bug("there is no way from %s to %s", cg_type_of(from)->spelling, cg_type_of(to)->spelling);
    return emit_printf(f->g->e, "%s(x, %s)", fn, c);
}

const char *cg_widen(cg_fn *f, const plan_expr *e, const char *c) {
    plan_type from = e->args[0]->type;
    if (from.id == MIG_T_CHAR && e->type.id != MIG_T_CHAR)
        return emit_printf(f->g->e, "mig_text_of_char(%s)", c);
    if (strcmp(cg_type_of(from)->ctype, cg_type_of(e->type)->ctype) == 0)
        return c;
    return converted(f, from, e->type, c);
}

const char *cg_narrow(cg_fn *f, const plan_expr *e, const char *c) {
    emit *em = f->g->e;
    plan_type from = e->args[0]->type, to = e->type;
    if (to.id == MIG_T_NUMERIC) {
        if (from.id != MIG_T_NUMERIC)
            c = converted(f, from, to, c);
        return to.p < 0 ? c : emit_printf(em, "mig_narrow_numeric(x, %s, %d, %d)", c, to.p, to.s < 0 ? 0 : to.s);
    }
    if (cg_is_int(to) && cg_is_int(from))
        return emit_printf(em, "mig_narrow_int(x, %s, %s)", c, cg_type_of(to)->id);
    if (to.id == MIG_T_REAL && from.id == MIG_T_DOUBLE)
        return emit_printf(em, "mig_narrow_float(x, %s)", c);
    if (cg_is_text(to) && cg_is_text(from))
        return to.p < 0 ? c : emit_printf(em, "mig_narrow_text(x, %s, %d, %s)", c, to.p, cg_type_of(to)->id);
    return converted(f, from, to, c);
}
