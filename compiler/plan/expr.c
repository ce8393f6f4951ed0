/*
 * expr.c: expressions of the tree as expressions of the plan: names become cells, variables and fields; what sema allowed silently
 * (widening, reading a typed CSV column, narrowing into a column) becomes a node of its own; `define` calls are expanded.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/sema/functions.h"
#include "compiler/sema/types.h"

#include <stdlib.h>
#include <string.h>

static const plan_type TEXT = {MIG_T_TEXT, -1, -1}, BOOLEAN = {MIG_T_BOOLEAN, -1, -1};

value_type plan_value_type(plan_type t) {
    return (value_type){(type_id)((int)t.id + TYPE_NULL + 1), t.p, t.s};
}

plan_expr *plan_px(builder *b, plan_expr_kind kind, plan_type t, int n_args) {
    plan_expr *e = arena_new(b->a, plan_expr);
    e->kind = kind;
    e->type = t;
    e->n_args = n_args;
    e->args = arena_array(b->a, plan_expr *, n_args);
    return e;
}

plan_expr *plan_px_null(builder *b, plan_type t) {
    plan_expr *e = plan_px(b, PX_NULL, t, 0);
    e->nullable = true;
    return e;
}

plan_expr *plan_px_text(builder *b, const char *text, size_t n) {
    plan_expr *e = plan_px(b, PX_TEXT, TEXT, 0);
    e->text = text;
    e->len = n;
    return e;
}

double plan_decimal(const char *digits) {
    return strtod(digits, NULL);
}

int plan_text_function(const char *name) {
    value_type text = {TYPE_TEXT, -1, -1};
    return sema_fn_find(name, &text, 1);
}

const char *plan_first_source(const plan_expr *e, const plan_source_table *s) {
    if (e->kind == PX_CELL)
        return s->columns[e->field.index].name;
    if (e->kind == PX_VAR)
        return e->var->source;
    for (int i = 0; i < e->n_args; i++) {
        const char *found = plan_first_source(e->args[i], s);
        if (found != NULL)
            return found;
    }
    return NULL;
}

plan_expr *plan_from_args(plan_expr *e) {
    for (int i = 0; i < e->n_args; i++) {
        e->nullable = e->nullable || e->args[i]->nullable;
        e->fallible = e->fallible || e->args[i]->fallible;
    }
    return e;
}

static plan_expr *unary(builder *b, plan_expr_kind kind, plan_type t, plan_expr *arg) {
    plan_expr *e = plan_px(b, kind, t, 1);
    e->args[0] = arg;
    return plan_from_args(e);
}

static plan_expr *convert_text(builder *b, plan_expr *e, plan_type to);

plan_expr *plan_convert(builder *b, plan_expr *e, plan_type to) {
    if (e->kind == PX_NULL)
        return plan_px_null(b, to);
    bool sure = sema_narrow_is_sure(plan_value_type(e->type), plan_value_type(to));
    switch (sema_assign(plan_value_type(e->type), plan_value_type(to))) {
    case ASSIGN_SAME:
        return e;
    case ASSIGN_WIDEN:
        return unary(b, PX_WIDEN, to, e);
    case ASSIGN_NARROW:
        e = unary(b, PX_NARROW, to, e);
        e->fallible = e->fallible || !sure;
        return e;
    case ASSIGN_NO:
        break;
    }
    if (e->kind == PX_TEXT)
        return convert_text(b, e, to);
    migc_bug("no way from %s to %s", type_spelling(plan_value_type(e->type).id), type_spelling(plan_value_type(to).id));
}

static plan_expr *call(builder *b, int fn, plan_expr **args, int n);

/* text -> to by the conversion function of that name. */
static plan_expr *convert_text(builder *b, plan_expr *e, plan_type to) {
    int fn = sema_fn_from_text(plan_value_type(to).id);
    if (fn < 0)
        migc_bug("no conversion from text to %s", type_spelling(plan_value_type(to).id));
    e = call(b, fn, &e, 1);
    if (to.p >= 0)
        e = plan_convert(b, e, to);
    return e;
}

/* ---- names ---- */

/* Of a database: the cell in its type. What SQLite keeps may be of another, and is not held to lengths. */
static plan_expr *typed_cell(builder *b, const plan_source_table *s, int index) {
    const plan_source_column *c = &s->columns[index];
    bool sure = s->source->kind == MIG_SOURCE_POSTGRES;
    bool is_text = c->type.id == MIG_T_TEXT || c->type.id == MIG_T_VARCHAR || c->type.id == MIG_T_CHAR;
    plan_type stored = {is_text ? MIG_T_TEXT : c->type.id, -1, -1};
    plan_expr *e = plan_px(b, PX_CELL, sure ? c->type : stored, 0);
    e->field.index = index;
    e->nullable = !c->not_null;
    e->fallible = !sure && !is_text;
    return sure ? e : plan_convert(b, e, c->type);
}

plan_expr *plan_cell(builder *b, const plan_source_table *s, int index) {
    const plan_source_column *c = &s->columns[index];
    if (s->source->kind != MIG_SOURCE_CSV)
        return typed_cell(b, s, index);
    plan_expr *e = plan_px(b, PX_CELL, TEXT, 0);
    e->field.index = index;
    e->nullable = !c->not_null;
    if (c->type.id == MIG_T_TEXT)
        return e;
    if (c->type.id == MIG_T_VARCHAR || c->type.id == MIG_T_CHAR)
        return plan_convert(b, e, c->type);
    return convert_text(b, e, c->type);
}

static plan_expr *field(builder *b, const plan_column *c) {
    for (int i = 0; i < b->row_table->n_columns; i++)
        if (&b->row_table->columns[i] == c) {
            plan_expr *e = plan_px(b, PX_FIELD, c->type, 0);
            e->field.index = i;
            e->field.row = PLAN_ROW_TABLE;
            e->field.row_table = b->row_table;
            e->nullable = !c->not_null;
            return e;
        }
    migc_bug("a column of another table");
}

int plan_source_column_index(const plan_source_table *s, const char *name) {
    for (int i = 0; i < s->n_columns; i++)
        if (strcmp(s->columns[i].name, name) == 0)
            return i;
    migc_bug("a column of another source");
}

static plan_expr *name_expr(builder *b, const ast_node *n) {
    const ast_node *sym = n->sym;
    if (sym == NULL)
        migc_bug("a name without its declaration");
    if (sym->kind == AST_PARAM) { /* of a define that is being expanded: the argument */
        plan_expr *arg = plan_map_get(b, sym);
        if (arg == NULL)
            migc_bug("a parameter outside its define");
        return arg;
    }
    if (sym->kind == AST_COLUMN) {
        const plan_column *c = plan_map_get(b, sym);
        if (c != NULL)
            return field(b, c);
        const plan_source_table *s = b->flow != NULL ? b->flow->source : b->row_source;
        return plan_cell(b, s, plan_source_column_index(s, sym->column.name.text));
    }
    const plan_var *v = plan_map_get(b, sym);
    if (v == NULL)
        migc_bug("a variable that is not in the plan");
    plan_expr *e = plan_px(b, PX_VAR, v->type, 0);
    e->var = v;
    e->nullable = n->nullable;
    return e;
}

/* ---- operators ---- */

static plan_type common_type(plan_type a, plan_type c) {
    return plan_type_of(sema_common(plan_value_type(a), plan_value_type(c)));
}

/* Brings n expressions to one type; nulls alone to that one. */
static plan_type unify(builder *b, plan_expr **e, int n, plan_type t) {
    bool first = true;
    for (int i = 0; i < n; i++) {
        if (e[i]->kind == PX_NULL)
            continue;
        t = first ? e[i]->type : common_type(t, e[i]->type);
        first = false;
    }
    for (int i = 0; i < n; i++)
        e[i] = e[i]->kind == PX_NULL ? plan_px_null(b, t) : plan_convert(b, e[i], t);
    return t;
}

static plan_expr *op2(builder *b, plan_op op, plan_type t, plan_expr *left, plan_expr *right) {
    plan_expr *e = plan_px(b, PX_OP, t, 2);
    e->op = op;
    e->args[0] = left;
    e->args[1] = right;
    return plan_from_args(e);
}

static plan_expr *compare(builder *b, plan_op op, plan_expr *left, plan_expr *right) {
    plan_expr *both[2] = {left, right};
    unify(b, both, 2, TEXT);
    return op2(b, op, BOOLEAN, both[0], both[1]);
}

static plan_expr *logic(builder *b, plan_expr_kind kind, plan_expr *left, plan_expr *right) {
    plan_expr *e = plan_px(b, kind, BOOLEAN, 2);
    e->args[0] = left;
    e->args[1] = right;
    return plan_from_args(e);
}

static plan_expr *binary(builder *b, const ast_node *n) {
    static const plan_op ops[OP_COUNT] = {
        [OP_EQ] = PLAN_EQ, [OP_NE] = PLAN_NE, [OP_LT] = PLAN_LT, [OP_LE] = PLAN_LE, [OP_GT] = PLAN_GT, [OP_GE] = PLAN_GE,
        [OP_CONCAT] = PLAN_CONCAT, [OP_ADD] = PLAN_ADD, [OP_SUB] = PLAN_SUB, [OP_MUL] = PLAN_MUL, [OP_DIV] = PLAN_DIV,
        [OP_MOD] = PLAN_MOD};
    plan_expr *left = plan_expr_of(b, n->binary.left), *right = plan_expr_of(b, n->binary.right);
    ast_op op = n->binary.op;
    if (op == OP_AND || op == OP_OR)
        return logic(b, op == OP_AND ? PX_AND : PX_OR, left, right);
    if (op >= OP_EQ && op <= OP_GE)
        return compare(b, ops[op], left, right);
    plan_type t = plan_type_of(n->type);
    plan_expr *both[2] = {left, right};
    bool dates = left->type.id == MIG_T_DATE || right->type.id == MIG_T_DATE; /* date + integer, date - date: as they are */
    for (int i = 0; i < 2 && !dates; i++)
        both[i] = plan_convert(b, both[i], t);
    plan_expr *e = op2(b, ops[op], t, both[0], both[1]);
    e->fallible = e->fallible || n->fallible;
    return e;
}

static plan_expr *is_expr(builder *b, const ast_node *n) {
    static const plan_expr_kind kinds[3][2] = {
        {PX_IS_NULL, PX_IS_NOT_NULL}, {PX_IS_TRUE, PX_IS_NOT_TRUE}, {PX_IS_FALSE, PX_IS_NOT_FALSE}};
    plan_expr *e = unary(b, kinds[n->is.what][n->is.negated], BOOLEAN, plan_expr_of(b, n->is.e));
    e->nullable = false;
    return e;
}

static plan_expr *between(builder *b, const ast_node *n) {
    plan_expr *low = compare(b, PLAN_GE, plan_expr_of(b, n->between.e), plan_expr_of(b, n->between.low));
    plan_expr *high = compare(b, PLAN_LE, plan_expr_of(b, n->between.e), plan_expr_of(b, n->between.high));
    plan_expr *e = logic(b, PX_AND, low, high);
    return n->between.negated ? unary(b, PX_NOT, BOOLEAN, e) : e;
}

static plan_expr *in_list(builder *b, const ast_node *n) {
    plan_expr *e = plan_px(b, n->in.negated ? PX_NOT_IN : PX_IN, BOOLEAN, 1 + n->in.items.n);
    e->args[0] = plan_expr_of(b, n->in.e);
    for (int i = 0; i < n->in.items.n; i++)
        e->args[1 + i] = plan_expr_of(b, n->in.items.at[i]);
    unify(b, e->args, e->n_args, TEXT);
    return plan_from_args(e);
}

static plan_expr *like(builder *b, const ast_node *n) {
    static const plan_op ops[2][2] = {{PLAN_LIKE, PLAN_NOT_LIKE}, {PLAN_ILIKE, PLAN_NOT_ILIKE}};
    plan_expr *e = plan_px(b, PX_OP, BOOLEAN, n->like.escape != NULL ? 3 : 2);
    e->op = ops[n->like.ignore_case][n->like.negated];
    e->args[0] = plan_convert(b, plan_expr_of(b, n->like.e), TEXT);
    e->args[1] = plan_convert(b, plan_expr_of(b, n->like.pattern), TEXT);
    if (n->like.escape != NULL)
        e->args[2] = plan_convert(b, plan_expr_of(b, n->like.escape), TEXT);
    plan_from_args(e);
    e->fallible = e->fallible || n->fallible;
    return e;
}

/* case e when a then x … is case when e = a then x … */
static plan_expr *case_expr(builder *b, const ast_node *n) {
    int whens = n->cases.whens.n;
    bool has_else = n->cases.otherwise != NULL;
    plan_expr *e = plan_px(b, PX_CASE, plan_type_of(n->type), 2 * whens + has_else);
    e->has_else = has_else;
    e->nullable = !has_else;
    for (int i = 0; i < whens; i++) {
        const ast_node *w = n->cases.whens.at[i];
        plan_expr *when = plan_expr_of(b, w->when.when);
        e->args[2 * i] = n->cases.e == NULL ? when : compare(b, PLAN_EQ, plan_expr_of(b, n->cases.e), when);
        e->args[2 * i + 1] = plan_convert(b, plan_expr_of(b, w->when.then), e->type);
        e->nullable = e->nullable || e->args[2 * i + 1]->nullable;
    }
    if (has_else) {
        e->args[2 * whens] = plan_convert(b, plan_expr_of(b, n->cases.otherwise), e->type);
        e->nullable = e->nullable || e->args[2 * whens]->nullable;
    }
    for (int i = 0; i < e->n_args; i++)
        e->fallible = e->fallible || e->args[i]->fallible;
    return e;
}

/* ---- calls ---- */

/* The value as an argument `any->T`: by the function that makes a T of everything. */
static plan_expr *any_argument(builder *b, plan_expr *e, type_id to) {
    plan_type want = plan_type_of(sema_type(to));
    value_type from = plan_value_type(e->type);
    if (e->kind == PX_NULL)
        return plan_px_null(b, want);
    int fn = sema_fn_find(sema_fn_any_converter(to), &from, 1);
    if (fn < 0)
        migc_bug("nothing makes %s of %s", type_spelling(to), type_spelling(from.id));
    return from.id == to && to == TYPE_TEXT ? e : call(b, fn, &e, 1);
}

/* To the function a null there says that nothing was given; in the spec it gives null, as in any other place. */
static plan_expr *null_unless_given(builder *b, plan_expr *optional, plan_expr *e) {
    plan_expr *chosen = plan_px(b, PX_CASE, e->type, 3);
    chosen->args[0] = unary(b, PX_IS_NULL, BOOLEAN, optional);
    chosen->args[1] = plan_px_null(b, e->type);
    chosen->args[2] = e;
    chosen->has_else = true;
    return plan_from_args(chosen);
}

static plan_expr *call(builder *b, int fn, plan_expr **args, int n) {
    const sema_fn *row = sema_fn_row(fn);
    int fixed = row->variadic ? row->n_args - 1 : row->n_args;
    int count = row->variadic && n > fixed ? n : fixed;
    plan_expr *e = plan_px(b, PX_CALL, plan_type_of(row->result), count);
    e->call.fn = fn;
    e->call.variadic = row->variadic ? fixed : -1;
    for (int i = 0; i < count; i++) {
        const fn_arg *a = sema_fn_arg(row, i);
        plan_type want = plan_type_of(sema_type(a->type));
        if (i >= n)
            e->args[i] = plan_px_null(b, want);
        else
            e->args[i] = a->any ? any_argument(b, args[i], a->type) : plan_convert(b, args[i], want);
    }
    for (int i = 0; i < n; i++) {
        e->nullable = e->nullable || e->args[i]->nullable;
        e->fallible = e->fallible || e->args[i]->fallible;
    }
    e->nullable = e->nullable || row->may_be_null;
    e->fallible = e->fallible || row->failure != FN_SURE;
    for (int i = row->n_required; i < n && i < row->n_args && !row->variadic; i++)
        if (e->args[i]->nullable)
            return null_unless_given(b, e->args[i], e);
    return e;
}

static plan_expr *expand_define(builder *b, const ast_node *n) {
    const ast_node *def = n->sym;
    if (++b->depth > 64)
        migc_bug("a define that calls itself");
    for (int i = 0; i < n->call.args.n; i++) {
        const ast_node *param = def->define.params.at[i];
        plan_expr *arg = plan_convert(b, plan_expr_of(b, n->call.args.at[i]), plan_type_of(param->type));
        plan_map_put(b, param, arg);
    }
    plan_expr *e = plan_convert(b, plan_expr_of(b, def->define.e), plan_type_of(n->type));
    b->depth--;
    return e;
}

static plan_expr *special_form(builder *b, const ast_node *n) {
    static const struct { const char *name; plan_expr_kind kind; } forms[] = {
        {"coalesce", PX_COALESCE}, {"nullif", PX_NULLIF}, {"greatest", PX_GREATEST}, {"least", PX_LEAST}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (strcmp(forms[i].name, n->call.name.text) != 0)
            continue;
        plan_expr *e = plan_px(b, forms[i].kind, TEXT, n->call.args.n);
        for (int k = 0; k < e->n_args; k++)
            e->args[k] = plan_expr_of(b, n->call.args.at[k]);
        e->type = unify(b, e->args, e->n_args, plan_type_of(n->type));
        e->nullable = true;
        for (int k = 0; k < e->n_args; k++) {
            e->fallible = e->fallible || e->args[k]->fallible;
            if (forms[i].kind != PX_NULLIF && !e->args[k]->nullable)
                e->nullable = false;
        }
        return e;
    }
    migc_bug("a call of \"%s\" that names no function", n->call.name.text);
}

static plan_expr *call_expr(builder *b, const ast_node *n) {
    if (n->sym != NULL && n->sym->kind == AST_DEFINE)
        return expand_define(b, n);
    if (n->fn < 0)
        return special_form(b, n);
    plan_expr **args = arena_array(b->a, plan_expr *, n->call.args.n);
    bool field = strcmp(n->call.name.text, "extract") == 0; /* extract('field', x): the function is the field's, of x */
    int count = n->call.args.n - field;
    for (int i = 0; i < count; i++)
        args[i] = plan_expr_of(b, n->call.args.at[i + field]);
    plan_expr *e = call(b, n->fn, args, count);
    e->type = plan_type_of(n->type); /* left(x, 20) is a varchar(20) */
    e->nullable = n->nullable;
    e->fallible = n->fallible; /* sema knows which constants are right */
    return e;
}

static plan_expr *at_zone(builder *b, const ast_node *n) {
    plan_expr *args[2] = {plan_expr_of(b, n->at_zone.e), plan_expr_of(b, n->at_zone.zone)};
    if (n->fn < 0)
        migc_bug("`at zone` without its function");
    return call(b, n->fn, args, 2);
}

/* ---- constants ---- */

static plan_expr *number(builder *b, const ast_node *n) {
    plan_type t = plan_type_of(n->type);
    plan_expr_kind kind = PX_NUMERIC;
    if (t.id == MIG_T_SMALLINT || t.id == MIG_T_INTEGER || t.id == MIG_T_BIGINT)
        kind = PX_INT;
    else if (t.id == MIG_T_REAL || t.id == MIG_T_DOUBLE)
        kind = PX_FLOAT;
    plan_expr *e = plan_px(b, kind, t, 0);
    e->text = n->number.text;
    e->len = strlen(n->number.text);
    return e;
}

static plan_expr *text(builder *b, const ast_node *n) {
    plan_expr *e = plan_px_text(b, n->text.text, strlen(n->text.text));
    plan_type t = plan_type_of(n->type);
    if (t.id == MIG_T_TEXT)
        return e;
    if (t.id == MIG_T_VARCHAR || t.id == MIG_T_CHAR) {
        e->type = t;
        return e;
    }
    e = convert_text(b, e, t);
    e->fallible = false; /* sema has read it */
    return e;
}

/* ---- checks ---- */

static plan_expr *over_rows(builder *b, const ast_node *n, plan_expr_kind kind, const ast_node *table, ast_list keys,
                            const ast_node *holds) {
    plan_expr *e = plan_px(b, kind, kind == PX_COUNT ? (plan_type){MIG_T_BIGINT, -1, -1} : BOOLEAN,
                           holds != NULL ? 1 : keys.n);
    const ast_node *sym = table->sym;
    const plan_table *row_table = b->row_table;
    const plan_source_table *row_source = b->row_source;
    if (plan_is_source_table(b, sym))
        b->row_source = e->check.source = plan_map_get(b, sym);
    else
        b->row_table = e->check.table = plan_map_get(b, sym);
    for (int i = 0; i < e->n_args; i++)
        e->args[i] = plan_expr_of(b, holds != NULL ? holds : keys.at[i]);
    b->row_table = row_table;
    b->row_source = row_source;
    e->site = plan_site_new(b, n->at, NULL);
    return e;
}

bool plan_is_source_table(const builder *b, const ast_node *table) {
    for (int i = 0; i < b->n_tables; i++)
        if (b->tables[i]->node == table)
            return false;
    return true;
}

static plan_expr *refers(builder *b, const ast_node *n) {
    plan_expr *e = plan_px(b, PX_REFERS, BOOLEAN, 0);
    e->check.table = plan_map_get(b, n->refers.from->sym);
    e->check.index = plan_column_index(e->check.table, n->refers.from_col.text);
    e->check.to_table = plan_map_get(b, n->refers.to->sym);
    e->check.to_index = plan_column_index(e->check.to_table, n->refers.to_col.text);
    return e;
}

static plan_expr *tally(builder *b, const ast_node *n) {
    plan_type t = {MIG_T_BIGINT, -1, -1};
    static const plan_expr_kind kinds[] = {
        [TALLY_REJECTED] = PX_REJECTED, [TALLY_SKIPPED] = PX_SKIPPED, [TALLY_MERGED] = PX_MERGED};
    plan_expr *e = plan_px(b, kinds[n->tally.what], t, 0);
    if (n->tally.what == TALLY_MERGED)
        e->check.table = plan_map_get(b, n->tally.table->sym);
    else
        e->check.source = plan_map_get(b, n->tally.table->sym);
    return e;
}

/* ---- all of them ---- */

plan_expr *plan_expr_of(builder *b, const ast_node *n) {
    static const ast_list none = {NULL, 0};
    switch (ast_expr(n)) {
    case EXPR_NULL: return plan_px_null(b, plan_type_of(n->type));
    case EXPR_BOOL: {
        plan_expr *e = plan_px(b, PX_BOOL, BOOLEAN, 0);
        e->truth = n->boolean.value;
        return e;
    }
    case EXPR_NUMBER: return number(b, n);
    case EXPR_TEXT: return text(b, n);
    case EXPR_NAME: return name_expr(b, n);
    case EXPR_UNARY: {
        plan_expr *arg = plan_expr_of(b, n->unary.e);
        if (n->unary.op == OP_NOT)
            return unary(b, PX_NOT, BOOLEAN, arg);
        plan_expr *e = unary(b, PX_OP, arg->type, arg);
        e->op = PLAN_NEG;
        e->fallible = e->fallible || n->fallible;
        return e;
    }
    case EXPR_BINARY: return binary(b, n);
    case EXPR_IS: return is_expr(b, n);
    case EXPR_BETWEEN: return between(b, n);
    case EXPR_IN: return in_list(b, n);
    case EXPR_LIKE: return like(b, n);
    case EXPR_CASE: return case_expr(b, n);
    case EXPR_CALL: return call_expr(b, n);
    case EXPR_AT_ZONE: return at_zone(b, n);
    case EXPR_LOOKUP: return plan_lookup(b, n);
    case EXPR_COUNT: return over_rows(b, n, PX_COUNT, n->rows.table, none, n->rows.e);
    case EXPR_EVERY: return over_rows(b, n, PX_EVERY, n->rows.table, none, n->rows.e);
    case EXPR_UNIQUE: return over_rows(b, n, PX_UNIQUE, n->unique.table, n->unique.keys, NULL);
    case EXPR_REFERS: return refers(b, n);
    case EXPR_TALLY: return tally(b, n);
    case EXPR_SQL_TEST: {
        plan_expr *e = plan_px(b, PX_SQL, BOOLEAN, 0);
        e->text = n->sql.text.text;
        e->len = strlen(e->text);
        e->nullable = true;
        return e;
    }
    case EXPR_ERROR: break;
    }
    migc_bug("an expression with a mistake came as far as the plan");
}

/* ---- values with their handlers ---- */

static plan_handler flow_handler(builder *b, plan_type t) {
    switch (b->on_error) {
    case ON_REJECT: return (plan_handler){PLAN_H_REJECT, NULL, NULL};
    case ON_SKIP: return (plan_handler){PLAN_H_SKIP, NULL, NULL};
    case ON_NULL: return (plan_handler){PLAN_H_VALUE, plan_px_null(b, t), NULL};
    case ON_ABORT: return (plan_handler){PLAN_H_ABORT, NULL, NULL};
    }
    migc_bug("a flow's `on error`");
}

static plan_expr *with_handler(builder *b, plan_expr *e, plan_handler h, span at) {
    plan_expr *outer = plan_px(b, PX_ELSE, e->type, 1);
    outer->args[0] = e;
    outer->handler = h;
    outer->nullable = e->nullable || (h.kind == PLAN_H_VALUE && h.value->nullable);
    outer->site = plan_site_new(b, at, e);
    return outer;
}

static plan_expr *fit(builder *b, plan_expr *e, plan_type to, bool not_null, span at) {
    e = plan_convert(b, e, to);
    if (not_null && e->nullable) {
        e = unary(b, PX_NOT_NULL, to, e);
        e->nullable = false;
        e->fallible = true;
    }
    if (e->fallible)
        e->site = plan_site_new(b, at, e);
    return e;
}

plan_expr *plan_value_for(builder *b, const ast_node *n, const ast_node *handler, plan_type to, bool not_null, span at) {
    plan_expr *e = fit(b, plan_expr_of(b, n), to, not_null, at);
    if (!e->fallible)
        return e;
    if (handler == NULL)
        return with_handler(b, e, flow_handler(b, to), at);
    plan_handler h = {PLAN_H_VALUE, NULL, NULL};
    switch (handler->handler.what) {
    case HANDLE_SKIP: h.kind = PLAN_H_SKIP; break;
    case HANDLE_NULL: h.value = plan_px_null(b, to); break;
    case HANDLE_REJECT: h.kind = PLAN_H_REJECT; h.why = handler->handler.why.text; break;
    case HANDLE_ABORT: h.kind = PLAN_H_ABORT; break;
    case HANDLE_VALUE:
        h.value = fit(b, plan_expr_of(b, handler->handler.e), to, not_null, handler->at);
        if (h.value->fallible)
            h.value = with_handler(b, h.value, flow_handler(b, to), handler->at);
        break;
    }
    return with_handler(b, e, h, at);
}

plan_expr *plan_guarded(builder *b, const ast_node *n, span at) {
    plan_expr *e = plan_expr_of(b, n);
    return e->fallible ? with_handler(b, e, flow_handler(b, e->type), at) : e;
}
