/*
 * cg_expr.c: expressions as C expressions. Conditions are in cg_cond.c; what needs statements (handlers, branches, parts that
 * must wait) in cg_forms.c; which C function an operator is in cg_ops.c.
 */
#include "compiler/codegen/cg.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- what an expression is like ------------------------------------------------------------------------------------------- */

void cg_walk(const plan_expr *e, void (*fn)(void *arg, const plan_expr *e), void *arg) {
    if (e == NULL)
        return;
    fn(arg, e);
    for (int i = 0; i < e->n_args; i++)
        cg_walk(e->args[i], fn, arg);
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        cg_walk(e->handler.value, fn, arg);
}

bool cg_is_constant(const plan_expr *e) {
    return e->kind == PX_NULL || e->kind == PX_BOOL || e->kind == PX_INT || e->kind == PX_TEXT || e->kind == PX_NUMERIC ||
           e->kind == PX_FLOAT;
}

bool cg_is_name(const plan_expr *e) {
    return cg_is_constant(e) || e->kind == PX_VAR || (e->kind == PX_CELL && !e->fallible) || e->kind == PX_FIELD || cg_is_folded(e);
}

/* Comparisons cost nothing worth a branch, but of lists and numerics. */
static bool is_cheap_op(const plan_expr *e) {
    if (e->op > PLAN_GE)
        return false;
    mig_type t = e->args[0]->type.id;
    return t != MIG_T_NUMERIC && t != MIG_T_TEXT_ARRAY;
}

bool cg_is_cheap(const plan_expr *e) {
    if (cg_is_name(e))
        return true;
    if (e->fallible)
        return false;
    bool is_plain = e->kind == PX_AND || e->kind == PX_OR || e->kind == PX_NOT ||
                    (e->kind >= PX_IS_NULL && e->kind <= PX_NOT_DISTINCT) || e->kind == PX_IN || e->kind == PX_NOT_IN ||
                    e->kind == PX_COALESCE || (e->kind == PX_OP && is_cheap_op(e));
    for (int i = 0; is_plain && i < e->n_args; i++)
        is_plain = cg_is_cheap(e->args[i]);
    return is_plain;
}

bool cg_has_effect(const plan_expr *e) {
    if (e->kind == PX_ALIAS && e->alias->unknown == MIG_UNKNOWN_CREATE)
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (cg_has_effect(e->args[i]))
            return true;
    return false;
}

static bool is_volatile(const plan_expr *e) {
    if (e->kind == PX_CALL && cg_function_is_volatile(e->call.fn))
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (is_volatile(e->args[i]))
            return true;
    return false;
}

/* C does not say in which order arguments are computed; the spec does, where it can be seen. */
static bool is_ordered(const plan_expr *e) {
    return e->fallible || is_volatile(e);
}

bool cg_arguments_need_statements(const plan_expr *e) {
    int ordered = 0;
    for (int i = 0; i < e->n_args; i++) {
        if (cg_needs_statements(e->args[i]))
            return true;
        ordered += is_ordered(e->args[i]);
    }
    return ordered > 1;
}

bool cg_needs_statements(const plan_expr *e) {
    switch (e->kind) {
    case PX_NULL: case PX_BOOL: case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT:
    case PX_CELL: case PX_VAR: case PX_FIELD:
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED:
    case PX_SQL:
        return false;
    case PX_CALL: case PX_OP: case PX_NULLIF: case PX_GREATEST: case PX_LEAST: case PX_ALIAS: case PX_LOOKUP: case PX_SOURCE_LOOKUP:
    case PX_WIDEN: case PX_NARROW: case PX_NOT_NULL: case PX_NOT:
        return cg_arguments_need_statements(e);
    case PX_IS_NULL: case PX_IS_NOT_NULL: case PX_DISTINCT: case PX_NOT_DISTINCT:
    case PX_IS_TRUE: case PX_IS_NOT_TRUE: case PX_IS_FALSE: case PX_IS_NOT_FALSE:
        return cg_needs_statements_as_condition(e);
    case PX_AND: case PX_OR:
        if (!e->nullable)
            return cg_needs_statements_as_condition(e);
        return cg_needs_statements(e->args[0]) || cg_needs_statements(e->args[1]) || !cg_is_cheap(e->args[1]);
    case PX_CASE:
        return cg_case_needs_statements(e);
    case PX_COALESCE:
        if (cg_needs_statements(e->args[0]))
            return true;
        for (int i = 1; i < e->n_args; i++)
            if (!cg_is_cheap(e->args[i]) || cg_needs_statements(e->args[i]))
                return true;
        return false;
    case PX_IN: case PX_NOT_IN:
        return !cg_is_list_test(e) || cg_needs_statements(e->args[0]);
    case PX_ELSE:
        return true;
    }
    migc_bug("an expression of kind %d", (int)e->kind);
}

const char *cg_null_test(cg *g, plan_type t, const char *c, bool is_null) {
    if (cg_type_of(t)->by_pointer)
        return emit_printf(g->e, "%s.p %s NULL", c, is_null ? "==" : "!=");
    return emit_printf(g->e, "%s%s.is_null", is_null ? "" : "!", c);
}

/* ---- constants -------------------------------------------------------------------------------------------------------------- */

static const char *int_constant(cg *g, const plan_expr *e) {
    if (e->type.id == MIG_T_REAL || e->type.id == MIG_T_DOUBLE)
        return emit_printf(g->e, "MIG_FLOAT(%s.0)", e->text);
    if (e->type.id == MIG_T_NUMERIC)
        return emit_printf(g->e, "MIG_NUMERIC(%s)", emit_string(g->e, e->text, strlen(e->text)));
    return emit_printf(g->e, "MIG_INT(%s)", cg_int(g, strtoll(e->text, NULL, 10)));
}

static const char *float_constant(cg *g, const plan_expr *e) {
    bool is_plain = strpbrk(e->text, ".eE") == NULL;
    return emit_printf(g->e, "MIG_FLOAT(%s%s)", e->text, is_plain ? ".0" : "");
}

static const char *text_constant(cg *g, const plan_expr *e) {
    const char *literal = emit_string(g->e, e->text, e->len);
    if (cg_is_text(e->type))
        return emit_printf(g->e, "MIG_TEXT(%s)", literal);
    return emit_printf(g->e, "(%s){%s, %zu}", cg_type_of(e->type)->ctype, literal, e->len);
}

/* ---- calls --------------------------------------------------------------------------------------------------------------------- */

enum { LONG_ARGUMENTS = 68, LONG_ARGUMENT = 32 };

/*
 * Of arguments that would not fit into a line the longest become variables. Not where something waits for something else
 * (f->waits): there everything must stand in one expression.
 */
static void shorten(cg_fn *f, const plan_expr *e, const char **c) {
    for (;;) {
        size_t all = 0, longest = 0;
        int which = -1;
        for (int i = 0; i < e->n_args; i++) {
            size_t n = strlen(c[i]);
            all += n + 2;
            if (n > longest && !cg_is_name(e->args[i])) {
                longest = n;
                which = i;
            }
        }
        if (f->waits > 0 || all <= LONG_ARGUMENTS || longest < LONG_ARGUMENT)
            return;
        const char *name = cg_local(f, cg_hint(e->args[which]));
        emit_tpl(f->g->e, "${ctype} ${name} = ${value};\n", "ctype", cg_type_of(e->args[which]->type)->ctype, "name", name,
                 "value", c[which], (char *)NULL);
        c[which] = name;
    }
}

/*
 * The arguments, as C. Where their order can be seen (two that may fail, one that writes statements behind one that may fail) all
 * but the last such become variables first.
 */
const char **cg_arguments(cg_fn *f, const plan_expr *e) {
    const char **c = arena_array(f->g->a, const char *, e->n_args);
    int last = -1;
    for (int i = 0; i < e->n_args; i++)
        if (is_ordered(e->args[i]) || cg_needs_statements(e->args[i]))
            last = i;
    for (int i = 0; i < e->n_args; i++) {
        if (i < last && is_ordered(e->args[i])) {
            c[i] = cg_local(f, cg_hint(e->args[i]));
            cg_store(f, c[i], e->args[i], true);
        } else {
            c[i] = cg_expr(f, e->args[i]);
        }
    }
    shorten(f, e, c);
    return c;
}

static void put_arg(strbuf *sb, const char *arg) {
    sb_printf(sb, ", %s", arg);
}

static const char *call(cg_fn *f, const plan_expr *e) {
    const char **args = cg_arguments(f, e);
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "%s(x", cg_function(e->call.fn));
    int fixed = e->call.variadic >= 0 ? e->call.variadic : e->n_args;
    for (int i = 0; i < fixed; i++)
        put_arg(&sb, args[i]);
    int rest = e->n_args - fixed;
    if (e->call.variadic >= 0 && rest == 0)
        sb_puts(&sb, ", NULL, 0");
    for (int i = fixed; i < e->n_args; i++) {
        if (i == fixed)
            sb_printf(&sb, ", (const %s[]){%s", cg_type_of(e->args[i]->type)->ctype, args[i]);
        else
            put_arg(&sb, args[i]);
    }
    if (rest > 0)
        sb_printf(&sb, "}, %d", rest);
    sb_putc(&sb, ')');
    return sb_take(&sb, f->g->a);
}

static const char *alias(cg_fn *f, const plan_expr *e) {
    const char *arg = cg_arguments(f, e)[0];
    const char *c = emit_printf(f->g->e, "mig_alias_%s(x, &%s, %s)", cg_type_of(e->type)->suffix,
                                f->g->aliases[e->alias->id].object, arg);
    /* It may put a row into the target: not when the row at hand is lost already. */
    if (e->alias->unknown == MIG_UNKNOWN_CREATE && (f->pending || e->args[0]->fallible))
        c = emit_printf(f->g->e, "(mig_failed(x) ? %s : %s)", cg_type_of(e->type)->null, c);
    return c;
}

static const char *lookup(cg_fn *f, const plan_expr *e) {
    const char **args = cg_arguments(f, e);
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "%s(x", e->kind == PX_SOURCE_LOOKUP ? cg_source_find_function(f->g, e->found.key, e->found.index)
                            : e->late != NULL          ? cg_await_function(f->g, e->late)
                                                       : cg_find_function(f->g, e->key));
    for (int i = 0; i < e->n_args; i++)
        put_arg(&sb, args[i]);
    sb_putc(&sb, ')');
    return sb_take(&sb, f->g->a);
}

/* mig_greatest_int(mig_greatest_int(a, b), c) */
static const char *pairs(cg_fn *f, const plan_expr *e, const char *fn) {
    const char **args = cg_arguments(f, e);
    const char *c = args[0];
    for (int i = 1; i < e->n_args; i++)
        c = emit_printf(f->g->e, "mig_%s_%s(%s, %s)", fn, cg_type_of(e->type)->suffix, c, args[i]);
    return c;
}

/* All but the first are cheap: the order of computing does not matter, and the last default is the innermost. */
static const char *coalesce(cg_fn *f, const plan_expr *e) {
    const char *c = cg_expr(f, e->args[e->n_args - 1]);
    for (int i = e->n_args - 2; i >= 0; i--)
        c = emit_printf(f->g->e, "mig_coalesce_%s(%s, %s)", cg_type_of(e->type)->suffix, cg_expr(f, e->args[i]), c);
    return c;
}

static const char *not_null(cg_fn *f, const plan_expr *e) {
    const char *target = e->site != NULL && e->site->target != NULL ? strrchr(e->site->target, '.') : NULL;
    const char *what = target != NULL ? target + 1 : "the value";
    return emit_printf(f->g->e, "mig_not_null_%s(x, %s, %s)", cg_type_of(e->type)->suffix, cg_arguments(f, e)[0],
                       emit_string(f->g->e, what, strlen(what)));
}

/* Three-valued `and`, `or` whose second side is cheap; two-valued where no side can be null. */
static const char *logic(cg_fn *f, const plan_expr *e) {
    if (!e->nullable)
        return emit_printf(f->g->e, "MIG_BOOL(%s)", cg_is_true(f, e));
    const char *a = cg_expr(f, e->args[0]), *b = cg_expr(f, e->args[1]);
    return emit_printf(f->g->e, "mig_%s(%s, %s)", e->kind == PX_AND ? "and" : "or", a, b);
}

/* ---- all kinds ---------------------------------------------------------------------------------------------------------------------- */

static const char *field(cg_fn *f, const plan_expr *e) {
    const char *row = e->field.row == PLAN_ROW_TABLE ? f->row : f->other;
    if (row == NULL || e->field.row_table == NULL)
        migc_bug("a column of a row where there is none");
    return emit_printf(f->g->e, "%s->%s", row, f->g->tables[e->field.row_table->id].fields[e->field.index]);
}

static const char *plain(cg_fn *f, const plan_expr *e) {
    cg *g = f->g;
    switch (e->kind) {
    case PX_NULL: return cg_type_of(e->type)->null;
    case PX_BOOL: return e->truth ? "MIG_BOOL(true)" : "MIG_BOOL(false)";
    case PX_INT: return int_constant(g, e);
    case PX_TEXT: return text_constant(g, e);
    case PX_NUMERIC: return emit_printf(g->e, "MIG_NUMERIC(%s)", emit_string(g->e, e->text, strlen(e->text)));
    case PX_FLOAT: return float_constant(g, e);
    case PX_CELL:
        if (f->source == NULL)
            migc_bug("a cell where there is no source row");
        if (cg_is_text(e->type))
            return emit_printf(g->e, "mig_cell_text(s, %s)", g->sources[f->source->id].cells[e->field.index]);
        return emit_printf(g->e, "mig_cell_%s(x, s, %s)", cg_type_of(e->type)->member,
                           g->sources[f->source->id].cells[e->field.index]);
    case PX_VAR: return cg_var_name(f, e->var);
    case PX_FIELD: return field(f, e);
    case PX_CALL: return cg_is_folded(e) ? cg_folded(g, e) : call(f, e);
    case PX_OP: return cg_operator(f, e, cg_arguments(f, e));
    case PX_AND: case PX_OR: return logic(f, e);
    case PX_NOT: return emit_printf(g->e, "mig_not(%s)", cg_expr(f, e->args[0]));
    case PX_IS_NULL: case PX_IS_NOT_NULL: case PX_IS_TRUE: case PX_IS_NOT_TRUE: case PX_IS_FALSE: case PX_IS_NOT_FALSE:
    case PX_DISTINCT: case PX_NOT_DISTINCT:
        return emit_printf(g->e, "MIG_BOOL(%s)", cg_is_true(f, e));
    case PX_CASE: return cg_case_as_expression(f, e);
    case PX_COALESCE: return coalesce(f, e);
    case PX_NULLIF: return pairs(f, e, "nullif");
    case PX_GREATEST: return pairs(f, e, "greatest");
    case PX_LEAST: return pairs(f, e, "least");
    case PX_IN: return cg_list_test(f, e);
    case PX_NOT_IN: return emit_printf(g->e, "mig_not(%s)", cg_list_test(f, e));
    case PX_ALIAS: return alias(f, e);
    case PX_LOOKUP: case PX_SOURCE_LOOKUP: return lookup(f, e);
    case PX_WIDEN: return cg_widen(f, e, cg_arguments(f, e)[0]);
    case PX_NARROW: return cg_narrow(f, e, cg_arguments(f, e)[0]);
    case PX_NOT_NULL: return not_null(f, e);
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED:
    case PX_SQL:
        return cg_check_call(f, e);
    case PX_ELSE: break;
    }
    migc_bug("an expression of kind %d as a value", (int)e->kind);
}

const char *cg_expr(cg_fn *f, const plan_expr *e) {
    if (cg_needs_statements(e) && cg_is_form(e)) {
        const char *name = cg_local(f, cg_hint(e));
        cg_store(f, name, e, true);
        return name;
    }
    bool waits = e->kind == PX_AND || e->kind == PX_OR || e->kind == PX_CASE || e->kind == PX_COALESCE;
    f->waits += waits;
    const char *c = plain(f, e);
    f->waits -= waits;
    f->pending = f->pending || e->fallible;
    return c;
}

void cg_store(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    emit *em = f->g->e;
    const char *ctype = cg_type_of(e->type)->ctype;
    if (cg_is_form(e) && (cg_needs_statements(e) || e->kind == PX_CASE)) {
        cg_store_form(f, to, e, declare);
        return;
    }
    const char *c = cg_expr(f, e);
    emit_tpl(em, "${ctype}${to} = ${value};\n", "ctype", declare ? emit_printf(em, "%s ", ctype) : "", "to", to, "value", c,
             (char *)NULL);
}

static const char *operator_hint(plan_op op) {
    switch (op) {
    case PLAN_ADD: return "sum";
    case PLAN_SUB: return "difference";
    case PLAN_MUL: return "product";
    case PLAN_DIV: return "quotient";
    case PLAN_MOD: return "remainder";
    case PLAN_NEG: return "negative";
    case PLAN_CONCAT: return "joined";
    case PLAN_EQ: case PLAN_NE: case PLAN_LT: case PLAN_LE: case PLAN_GT: case PLAN_GE: case PLAN_LIKE:
    case PLAN_NOT_LIKE: case PLAN_ILIKE: case PLAN_NOT_ILIKE: return "holds";
    }
    migc_bug("an operator of the plan");
}

/* A word for a variable that holds the value. */
const char *cg_hint(const plan_expr *e) {
    switch (e->kind) {
    case PX_CALL: return cg_function_hint(e->call.fn);
    case PX_ALIAS: return e->alias->name;
    case PX_LOOKUP: return e->key->table->columns[e->key->result].name;
    case PX_SOURCE_LOOKUP: return e->found.key->table->columns[e->found.index].name;
    case PX_NARROW: case PX_WIDEN: case PX_NOT_NULL: case PX_ELSE: return cg_hint(e->args[0]);
    case PX_AND: case PX_OR: case PX_NOT: case PX_IN: case PX_NOT_IN: return "holds";
    case PX_CASE: return "chosen";
    case PX_COALESCE: return "known";
    case PX_VAR: return e->var->name;
    case PX_OP: return operator_hint(e->op);
    case PX_GREATEST: return "greatest";
    case PX_LEAST: return "least";
    case PX_COUNT: return "count";
    case PX_REJECTED: return "rejected";
    case PX_SKIPPED: return "skipped";
    case PX_MERGED: return "merged";
    case PX_NULL: case PX_BOOL: case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT: case PX_CELL: case PX_FIELD:
    case PX_IS_NULL: case PX_IS_NOT_NULL: case PX_IS_TRUE: case PX_IS_NOT_TRUE: case PX_IS_FALSE:
    case PX_IS_NOT_FALSE: case PX_DISTINCT: case PX_NOT_DISTINCT: case PX_NULLIF: case PX_EVERY: case PX_UNIQUE:
    case PX_REFERS: case PX_SQL:
        break;
    }
    return "value";
}
