/*
 * cg_forms.c: expressions that are statements in C: branches, values that wait for others, handlers of failures. The value ends
 * up in a variable or in a column of a row. Called by cg_expr.c and cg_cond.c.
 */
#include "compiler/codegen/cg.h"

#include <stdlib.h>
#include <string.h>

/* ---- blocks ------------------------------------------------------------------------------------------------------------------ */

void cg_block_begin(cg_fn *f) {
    emit_capture(f->g->e);
    emit_in(f->g->e);
}

void cg_block_end(cg_fn *f, const char *head) {
    emit *e = f->g->e;
    emit_out(e);
    char *body = emit_captured(e);
    const char *end = strchr(body, '\n');
    bool is_one_line = end != NULL && end[1] == '\0' && body[0] != '#' && body[0] != '\001';
    emit_tpl(e, is_one_line ? "${head}\n" : "${head} {\n", "head", head, (char *)NULL);
    emit_put_captured(e, body);
    if (!is_one_line)
        emit_text(e, "}\n");
}

/* ---- a value that is computed once and used twice ----------------------------------------------------------------------------- */

static bool same_constant(const plan_expr *a, const plan_expr *b) {
    if (a->kind == PX_BOOL)
        return a->truth == b->truth;
    return a->kind == PX_NULL || (a->len == b->len && memcmp(a->text, b->text, a->len) == 0);
}

/* The tables and columns of a check's count, unique, refers, rejected… */
static bool same_rows(const plan_expr *a, const plan_expr *b) {
    return a->check.table == b->check.table && a->check.source == b->check.source && a->check.index == b->check.index &&
           a->check.to_table == b->check.to_table && a->check.to_index == b->check.to_index;
}

static bool is_of_rows(const plan_expr *e) {
    return e->kind == PX_COUNT || e->kind == PX_EVERY || e->kind == PX_UNIQUE || e->kind == PX_REFERS || e->kind == PX_REJECTED ||
           e->kind == PX_SKIPPED || e->kind == PX_MERGED;
}

/* Whether two expressions say the same. */
static bool same(const plan_expr *a, const plan_expr *b) {
    if (a == b)
        return true;
    if (a->kind != b->kind || a->type.id != b->type.id || a->type.p != b->type.p || a->type.s != b->type.s ||
        a->n_args != b->n_args || a->kind == PX_ELSE || a->kind == PX_SQL)
        return false;
    if (is_of_rows(a) && !same_rows(a, b))
        return false;
    if (cg_is_constant(a) && !same_constant(a, b))
        return false;
    if (a->kind == PX_VAR && a->var != b->var)
        return false;
    if (a->kind == PX_CELL && a->field.index != b->field.index)
        return false;
    if (a->kind == PX_FIELD && (a->field.index != b->field.index || a->field.row != b->field.row))
        return false;
    if (a->kind == PX_CALL && a->call.fn != b->call.fn)
        return false;
    if (a->kind == PX_OP && a->op != b->op)
        return false;
    if ((a->kind == PX_ALIAS && a->alias != b->alias) || (a->kind == PX_LOOKUP && a->key != b->key))
        return false;
    if (a->kind == PX_SOURCE_LOOKUP && (a->found.key != b->found.key || a->found.index != b->found.index))
        return false;
    for (int i = 0; i < a->n_args; i++)
        if (!same(a->args[i], b->args[i]))
            return false;
    return true;
}

static bool is_comparison(const plan_expr *e) {
    return e->kind == PX_OP && e->op <= PLAN_GE;
}

/* `e between a and b` has e twice, `case e when …` once a branch: e, unless computing it twice is nothing. */
const plan_expr *cg_shared_subject(const plan_expr *e) {
    const plan_expr *first = NULL;
    int n = 0, step = e->kind == PX_CASE ? 2 : 1;
    int tests = e->kind == PX_CASE ? e->n_args / 2 : e->n_args;
    for (int i = 0; i < tests; i++) {
        const plan_expr *test = e->args[step * i];
        if (!is_comparison(test) || (first != NULL && !same(first, test->args[0])))
            return NULL;
        first = test->args[0];
        n++;
    }
    return n > 1 && !cg_is_name(first) ? first : NULL;
}

plan_expr *cg_node(cg *g, plan_expr_kind kind, plan_type t, const plan_expr *a, const plan_expr *b) {
    plan_expr *e = arena_new(g->a, plan_expr);
    e->kind = kind;
    e->type = t;
    e->n_args = b != NULL ? 2 : a != NULL ? 1 : 0;
    e->args = arena_array(g->a, plan_expr *, 2);
    e->args[0] = (plan_expr *)a;
    e->args[1] = (plan_expr *)b;
    for (int i = 0; i < e->n_args; i++) {
        e->nullable = e->nullable || e->args[i]->nullable;
        e->fallible = e->fallible || e->args[i]->fallible;
    }
    return e;
}

/* A variable of the function as an expression of the plan. */
static const plan_expr *variable(cg_fn *f, const char *name, const plan_expr *like) {
    plan_var *v = arena_new(f->g->a, plan_var);
    v->name = name;
    v->type = like->type;
    cg_var_bind(f, v, name);
    plan_expr *e = cg_node(f->g, PX_VAR, like->type, NULL, NULL);
    e->nullable = like->nullable;
    e->var = v;
    return e;
}

const plan_expr *cg_hoist(cg_fn *f, const plan_expr *e) {
    const char *name = cg_local(f, cg_hint(e));
    cg_store(f, name, e, true);
    return variable(f, name, e);
}

/* A comparison with another first side; its failures are those of the second. */
const plan_expr *cg_with_subject(cg_fn *f, const plan_expr *e, const plan_expr *subject) {
    plan_expr *copy = arena_new(f->g->a, plan_expr);
    *copy = *e;
    copy->args = arena_array(f->g->a, plan_expr *, e->n_args);
    memcpy(copy->args, e->args, (size_t)e->n_args * sizeof(plan_expr *));
    copy->args[0] = (plan_expr *)subject;
    copy->fallible = e->args[1]->fallible;
    return copy;
}

/* ---- in ------------------------------------------------------------------------------------------------------------------------- */

/* Tested by a call over an array: texts and integers that cost nothing. */
bool cg_is_list_test(const plan_expr *e) {
    plan_type t = e->args[0]->type;
    if (!(cg_is_int(t) || t.id == MIG_T_TEXT || t.id == MIG_T_VARCHAR))
        return false;
    for (int i = 1; i < e->n_args; i++)
        if (!cg_is_name(e->args[i]))
            return false;
    return true;
}

static const char *constant_init(cg *g, const plan_expr *c) {
    if (cg_is_text(c->type))
        return cg_text_init(g, c->kind == PX_NULL ? (plan_text){NULL, 0} : (plan_text){c->text, c->len});
    if (c->kind == PX_NULL)
        return "{0, true}";
    return emit_printf(g->e, "{%s, false}", cg_int(g, strtoll(c->text, NULL, 10)));
}

static const char *list_hint(cg_fn *f, const plan_expr *e) {
    if (e->kind == PX_FIELD)
        return e->field.row_table->columns[e->field.index].name;
    if (e->kind == PX_CELL)
        return f->source->columns[e->field.index].name;
    return cg_hint(e);
}

/* mig_in_text(v, values, n): the values stand outside the function when they are constants. */
const char *cg_list_test(cg_fn *f, const plan_expr *e) {
    cg *g = f->g;
    bool is_constant = true;
    for (int i = 1; i < e->n_args; i++)
        is_constant = is_constant && cg_is_constant(e->args[i]);
    const char *subject = cg_expr(f, e->args[0]);
    strbuf sb = STRBUF_INIT;
    for (int i = 1; i < e->n_args; i++)
        sb_printf(&sb, "%s%s", i > 1 ? ", " : "", is_constant ? constant_init(g, e->args[i]) : cg_expr(f, e->args[i]));
    const cg_type *type = cg_type_of(e->args[0]->type);
    const char *values = is_constant
                             ? cg_list_object(g, type->ctype, sb_text(&sb), list_hint(f, e->args[0]))
                             : emit_printf(g->e, "(const %s[]){%s}", type->ctype, sb_text(&sb));
    sb_free(&sb);
    return emit_printf(g->e, "mig_in_%s(%s, %s, %d)", type->suffix, subject, values, e->n_args - 1);
}

/* `v in (a, b)` is v = a or v = b. */
const plan_expr *cg_in_as_or(cg_fn *f, const plan_expr *e) {
    const plan_expr *subject = cg_is_name(e->args[0]) ? e->args[0] : cg_hoist(f, e->args[0]);
    plan_expr *all = NULL;
    for (int i = 1; i < e->n_args; i++) {
        plan_expr *test = cg_node(f->g, PX_OP, e->type, subject, e->args[i]);
        test->op = PLAN_EQ;
        all = all == NULL ? test : cg_node(f->g, PX_OR, e->type, all, test);
    }
    if (all == NULL)
        migc_bug("a list without values");
    return all;
}

/* ---- forms as statements -------------------------------------------------------------------------------------------------------- */

bool cg_is_form(const plan_expr *e) {
    switch (e->kind) {
    case PX_ELSE: case PX_CASE: case PX_COALESCE: return true;
    case PX_AND: case PX_OR: return e->nullable;
    case PX_IN: case PX_NOT_IN: return !cg_is_list_test(e);
    case PX_NULL: case PX_BOOL: case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT: case PX_CELL: case PX_VAR:
    case PX_FIELD: case PX_CALL: case PX_OP: case PX_NOT: case PX_IS_NULL: case PX_IS_NOT_NULL: case PX_IS_TRUE:
    case PX_IS_NOT_TRUE: case PX_IS_FALSE: case PX_IS_NOT_FALSE: case PX_DISTINCT: case PX_NOT_DISTINCT: case PX_NULLIF:
    case PX_GREATEST: case PX_LEAST: case PX_ALIAS: case PX_LOOKUP: case PX_SOURCE_LOOKUP: case PX_WIDEN: case PX_NARROW: case PX_NOT_NULL:
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED:
    case PX_SQL:
        return false;
    }
    migc_bug("an expression of kind %d", (int)e->kind);
}

void cg_sides(cg_fn *f, const plan_expr *e, const plan_expr **left, const plan_expr **right) {
    const plan_expr *subject = cg_shared_subject(e), *v = subject != NULL ? cg_hoist(f, subject) : NULL;
    *left = v != NULL ? cg_with_subject(f, e->args[0], v) : e->args[0];
    *right = v != NULL ? cg_with_subject(f, e->args[1], v) : e->args[1];
}

static void store_logic(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    emit *em = f->g->e;
    const plan_expr *left, *right;
    cg_sides(f, e, &left, &right);
    bool is_and = e->kind == PX_AND;
    cg_store(f, to, left, declare);
    cg_block_begin(f);
    const char *b = cg_expr(f, right);
    emit_tpl(em, "${to} = mig_${fn}(${to}, ${b});\n", "to", to, "fn", is_and ? "and" : "or", "b", b, (char *)NULL);
    cg_block_end(f, emit_printf(em, "if (!mig_is_%s(%s))", is_and ? "false" : "true", to));
}

static void store_coalesce(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    cg_store(f, to, e->args[0], declare);
    for (int i = 1; i < e->n_args; i++) {
        cg_block_begin(f);
        cg_store(f, to, e->args[i], false);
        cg_block_end(f, emit_printf(f->g->e, "if (%s)", cg_null_test(f->g, e->type, to, true)));
    }
}

static void store_in(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    const plan_expr *any = cg_in_as_or(f, e);
    cg_store(f, to, any, declare);
    if (e->kind == PX_NOT_IN)
        emit_tpl(f->g->e, "${to} = mig_not(${to});\n", "to", to, (char *)NULL);
}

/* ---- case ---------------------------------------------------------------------------------------------------------------------- */

static int branches(const plan_expr *e) {
    return (e->n_args - (e->has_else ? 1 : 0)) / 2;
}

/* `if (…) {` … `} else if (…) {` …; a condition that needs statements of its own goes into the last `else`. */
static void store_branches(cg_fn *f, const char *to, const plan_expr *e, const plan_expr *subject, int first) {
    emit *em = f->g->e;
    for (int i = first; i < branches(e); i++) {
        const plan_expr *when = e->args[2 * i];
        if (subject != NULL)
            when = cg_with_subject(f, when, subject);
        if (i > first && cg_needs_statements_as_condition(when)) {
            emit_text(em, "} else {\n");
            emit_in(em);
            store_branches(f, to, e, subject, i);
            emit_out(em);
            emit_text(em, "}\n");
            return;
        }
        f->waits += i > first; /* no statements between `}` and `else` */
        const char *c = cg_is_true(f, when);
        f->waits -= i > first;
        emit_tpl(em, "${else}if (${c}) {\n", "else", i > first ? "} else " : "", "c", c, (char *)NULL);
        emit_in(em);
        cg_store(f, to, e->args[2 * i + 1], false);
        emit_out(em);
    }
    emit_text(em, "} else {\n");
    emit_in(em);
    if (e->has_else)
        cg_store(f, to, e->args[e->n_args - 1], false);
    else
        emit_tpl(em, "${to} = ${null};\n", "to", to, "null", cg_type_of(e->type)->null, (char *)NULL);
    emit_out(em);
    emit_text(em, "}\n");
}

static void store_case(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    const plan_expr *subject = cg_shared_subject(e);
    if (subject != NULL)
        subject = cg_hoist(f, subject);
    if (declare)
        emit_tpl(f->g->e, "${ctype} ${to};\n", "ctype", cg_type_of(e->type)->ctype, "to", to, (char *)NULL);
    store_branches(f, to, e, subject, 0);
}

bool cg_case_needs_statements(const plan_expr *e) {
    if (cg_shared_subject(e) != NULL)
        return true;
    for (int i = 0; i < branches(e); i++)
        if (cg_needs_statements_as_condition(e->args[2 * i]) || cg_needs_statements(e->args[2 * i + 1]))
            return true;
    return e->has_else && cg_needs_statements(e->args[e->n_args - 1]);
}

/* (a ? b : c ? d : e), for a branch within a larger expression. */
const char *cg_case_as_expression(cg_fn *f, const plan_expr *e) {
    strbuf sb = STRBUF_INIT;
    sb_putc(&sb, '(');
    f->waits++;
    for (int i = 0; i < branches(e); i++) {
        const char *when = cg_is_true(f, e->args[2 * i]);
        sb_printf(&sb, "%s ? %s : ", when, cg_expr(f, e->args[2 * i + 1]));
    }
    sb_puts(&sb, e->has_else ? cg_expr(f, e->args[e->n_args - 1]) : cg_type_of(e->type)->null);
    f->waits--;
    sb_putc(&sb, ')');
    return sb_take(&sb, f->g->a);
}

/* ---- handlers -------------------------------------------------------------------------------------------------------------------- */

static void leave_row(cg_fn *f, const plan_expr *e) {
    emit *em = f->g->e;
    const char *site = cg_site_of(f->g, e->site, f->hint);
    bool is_verdict = f->leave == CG_VERDICT;
    const char *call = NULL;
    if (e->handler.kind == PLAN_H_ABORT)
        call = emit_printf(em, "mig_abort(x, %s)", site);
    else if (e->handler.why != NULL)
        call = emit_printf(em, "mig_reject_why(x, %s, %s)", site, emit_string(em, e->handler.why, strlen(e->handler.why)));
    else
        call = emit_printf(em, "mig_reject(x, %s)", site);
    emit_tpl(em, is_verdict ? "return ${call};\n" : "${call};\nreturn;\n", "call", call, (char *)NULL);
}

static void skip_row(cg_fn *f, const char *to, const plan_expr *e) {
    emit *em = f->g->e;
    emit_text(em, "mig_clear(x);\n");
    if (f->into >= 0)
        emit_tpl(em, "mig_into_skip(x, ${into});\n", "into", emit_printf(em, "%d", f->into), (char *)NULL);
    if (f->skip_goes_on)
        emit_tpl(em, "${to} = ${null};\n", "to", to, "null", cg_type_of(e->type)->null, (char *)NULL);
    else
        emit_text(em, f->into >= 0 ? "return MIG_ROW_CARRY;\n" : "return MIG_ROW_SKIP;\n");
}

void cg_handle(cg_fn *f, const char *to, const plan_expr *e) {
    f->pending = false;
    if (e->handler.kind != PLAN_H_VALUE && f->leave == CG_VALUE)
        return; /* the failure stays recorded, and whoever called looks */
    if (e->handler.kind == PLAN_H_SKIP && f->leave != CG_VERDICT)
        migc_bug("a row is skipped where there is none");
    cg_block_begin(f);
    switch (e->handler.kind) {
    case PLAN_H_VALUE:
        emit_text(f->g->e, "mig_clear(x);\n");
        cg_store(f, to, e->handler.value, false);
        break;
    case PLAN_H_SKIP: skip_row(f, to, e); break;
    case PLAN_H_REJECT:
    case PLAN_H_ABORT: leave_row(f, e); break;
    }
    cg_block_end(f, "if (mig_failed(x))");
}

/* A failure of the value itself; one that is recorded already, of something before it, is left alone. */
static void store_handled(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    if (!f->pending) {
        cg_store(f, to, e->args[0], declare);
        cg_handle(f, to, e);
        return;
    }
    const cg_type *type = cg_type_of(e->type);
    emit_tpl(f->g->e, "${ctype}${to} = ${null};\n", "ctype", declare ? emit_printf(f->g->e, "%s ", type->ctype) : "", "to",
             to, "null", type->null, (char *)NULL);
    cg_block_begin(f);
    f->pending = false;
    cg_store(f, to, e->args[0], false);
    cg_handle(f, to, e);
    f->pending = true;
    cg_block_end(f, "if (!mig_failed(x))");
}

void cg_store_form(cg_fn *f, const char *to, const plan_expr *e, bool declare) {
    if (e->kind == PX_ELSE)
        store_handled(f, to, e, declare);
    else if (e->kind == PX_AND || e->kind == PX_OR)
        store_logic(f, to, e, declare);
    else if (e->kind == PX_COALESCE)
        store_coalesce(f, to, e, declare);
    else if (e->kind == PX_CASE)
        store_case(f, to, e, declare);
    else if (e->kind == PX_IN || e->kind == PX_NOT_IN)
        store_in(f, to, e, declare);
    else
        migc_bug("an expression of kind %d as statements", (int)e->kind);
}
