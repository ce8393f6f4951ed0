/*
 * flows.c: flows: from a source table, row by row, into tables of the target. Names come into being in the order of the text;
 * every column that must have a value gets one; what can fail is handled. The rules of a table as a whole are in refusals.c.
 */
#include "compiler/sema/inside.h"

#include <string.h>

void flows_each(sema *s, void (*fn)(sema *s, ast_node *flow, ast_node *phase, void *ctx), void *ctx)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind == AST_FLOW)
            fn(s, n, NULL, ctx);
        for (int k = 0; n->kind == AST_PHASE && k < n->phase.steps.n; k++)
            if (n->phase.steps.at[k]->kind == AST_FLOW)
                fn(s, n->phase.steps.at[k], n, ctx);
    }
}

/* ---- lets ------------------------------------------------------------------------------------------------------------ */

static void let_handler(sema *s, env *v, const handling *h, ast_node *n, bool can_fail)
{
    ast_node *handler = n->let.handler;

    if (!can_fail && !expr_is_error(n->let.e)) {
        diag_warning(s->d, handler->at, D_CANNOT_FAIL, "this \"else\" is never used: %s cannot fail", text_of(s, n->let.e->at));
        if (n->let.e->nullable)
            diag_hint(s->d, "Null is no failure. For another value in its place write coalesce(%s, …).", text_of(s, n->let.e->at));
    }
    if (handler->handler.what == HANDLE_NULL)
        n->nullable = true;
    if (handler->handler.what != HANDLE_VALUE)
        return;
    ast_node *both[2] = {n->let.e, handler->handler.e};
    expr_check(s, v, both[1]);
    failures_loose(s, h, both[1], "this value", h->mend_into);
    n->type = literal_unify(s, both, 2, "a name has one type");
    n->nullable = n->nullable || both[1]->nullable;
}

static void let(sema *s, env *v, const handling *h, ast_node *n)
{
    reasons r = {.n = 0};
    symbol *earlier;

    expr_check(s, v, n->let.e);
    n->type = n->let.e->type;
    n->nullable = n->let.e->nullable;
    if (n->type.id == TYPE_NULL && n->let.handler == NULL) {
        diag_error(s->d, n->let.e->at, D_TYPE_MISMATCH, "\"%s\" is null and nothing else, so it has no type", n->let.name.text);
        n->type = sema_type(TYPE_ERROR);
    }
    if (!expr_is_error(n->let.e))
        reasons_collect(&r, n->let.e);
    if (n->let.handler != NULL)
        let_handler(s, v, h, n, r.n > 0);
    else
        failures_loose(s, h, n->let.e, arena_printf(s->a, "\"%s\"", n->let.name.text), h->mend);
    if (h->has_on_error && h->on_error == ON_NULL && n->let.handler == NULL && r.n > 0)
        n->nullable = true;
    literal_settle(s, n);
    if (scope_add(v->vars, n->let.name.text, AST_LET, n, n->let.name.at, &earlier) == NULL) {
        diag_error(s->d, n->let.name.at, D_DUPLICATE, "the name \"%s\" is given already in this flow", n->let.name.text);
        diag_note(s->d, earlier->at, "it is given here");
    }
}

static void unused_lets(sema *s, const ast_node *flow)
{
    for (int i = 0; i < flow->flow.items.n; i++) {
        const ast_node *n = flow->flow.items.at[i];

        if (n->kind == AST_LET && !n->used)
            diag_warning(s->d, n->let.name.at, D_UNUSED, "\"%s\" is never used", n->let.name.text);
    }
}

/* ---- into: columns ------------------------------------------------------------------------------------------------------- */

typedef struct target_row {
    const ast_node *into;
    ast_node *table;
    const ast_node **set;  /* per column: the SET or COPY that gives its value, or NULL */
    const ast_node *copy;
} target_row;

static bool is_excepted(const ast_node *copy, const char *name)
{
    for (int i = 0; i < copy->copy.except.n; i++)
        if (strcmp(copy->copy.except.at[i].text, name) == 0)
            return true;
    return false;
}

static bool is_set_elsewhere(const ast_node *into, const char *name)
{
    for (int i = 0; i < into->into.sets.n; i++)
        if (into->into.sets.at[i]->kind == AST_SET && strcmp(into->into.sets.at[i]->set.col.text, name) == 0)
            return true;
    return false;
}

static void excepted_names(sema *s, const env *v, const target_row *row, const ast_node *copy)
{
    for (int i = 0; i < copy->copy.except.n; i++) {
        ast_name name = copy->copy.except.at[i];

        if (sema_column(row->table, name.text) != NULL && sema_column(v->table, name.text) != NULL)
            continue;
        nearest near = nearest_start(name.text);
        for (int k = 0; k < v->table->table.columns.n; k++)
            if (sema_column(row->table, v->table->table.columns.at[k]->column.name.text) != NULL)
                nearest_offer(&near, v->table->table.columns.at[k]->column.name.text);
        diag_error(s->d, name.at, D_UNKNOWN_COLUMN, "\"%s\" is not a column of both \"%s\" and \"%s\", so it is not copied anyway",
                   name.text, v->table->table.name.text, row->table->table.name.text);
        diag_did_you_mean(s->d, near.best);
    }
}

/* The source column as an expression: its type, what it can be, what can fail. */
static ast_node *copied(sema *s, env *v, const ast_node *column, span at)
{
    ast_node *e = ast_new(s->a, AST_NAME, at);
    ast_name name = column->column.name;

    name.at = column->column.name.at; /* its words in messages */
    ast_names_add(s->a, &e->name.path, name);
    e->at = name.at;
    env alone = *v;
    alone.vars = NULL;
    expr_check(s, &alone, e);
    return e;
}

static void copy_mismatch(sema *s, const ast_node *copy, const ast_node *from, const ast_node *to, const env *v)
{
    const char *name = from->column.name.text;
    const char *e = arena_printf(s->a, "%s.%s", v->row, name);
    const char *mend = text_mend(s, e, from->type, to->type);

    diag_error(s->d, copy->at, D_TYPE_MISMATCH, "\"%s\" cannot be copied: it is %s in the source and %s in the target", name,
               text_type(s, from->type), text_type(s, to->type));
    if (mend != NULL)
        diag_hint(s->d, "Set it beside the copy: %s = %s;", name, mend);
}

static void copy_failures(sema *s, const handling *h, const ast_node *copy, const char *const *names, int n, const reasons *r)
{
    if (n == 0 || h->has_on_error)
        return;
    diag_error(s->d, copy->at, D_UNHANDLED_FAILURE, "copying %s can fail: %s", text_names(s, names, n, 4), reasons_text(s, r));
    diag_hint(s->d, "%s", h->mend_into);
    diag_hint(s->d, "Or set %s beside the copy, with an `else`.", n == 1 ? "it" : "them");
}

static void copy(sema *s, env *v, const handling *h, target_row *row, const ast_node *n)
{
    ast_list columns = v->table->table.columns;
    const char **failing = arena_array(s->a, const char *, columns.n);
    reasons r = {.n = 0};
    int n_failing = 0, n_copied = 0;

    if (row->copy != NULL) {
        diag_error(s->d, n->at, D_DUPLICATE, "there is a \"copy\" already");
        diag_note(s->d, row->copy->at, "it stands here");
        return;
    }
    row->copy = n;
    excepted_names(s, v, row, n);
    for (int i = 0; i < columns.n; i++) {
        const char *name = columns.at[i]->column.name.text;
        int to = sema_column_index(row->table, name);
        reasons own = {.n = 0};

        n_copied += to >= 0;
        if (to < 0 || is_excepted(n, name) || is_set_elsewhere(row->into, name))
            continue;
        const ast_node *column = row->table->table.columns.at[to];
        row->set[to] = n;
        ast_node *e = copied(s, v, columns.at[i], n->at);
        if (expr_is_error(e) || sema_is_error(column->type))
            continue;
        reasons_collect(&own, e);
        if (!failures_of_column(s, row->table, column, e, &own)) {
            copy_mismatch(s, n, columns.at[i], column, v);
            return;
        }
        if (own.n > 0)
            failing[n_failing++] = name;
        for (int k = 0; k < own.n; k++)
            reasons_add(&r, own.at[k]);
        if (own.n > 0 && h->has_on_error && h->on_error == ON_NULL && sema_not_null(row->table, column)) {
            diag_error(s->d, n->at, D_NULLABLE, "\"%s\" cannot be null, and \"on error null\" would make it so", name);
            diag_note(s->d, column->at, "the column is declared here");
        }
    }
    if (n_copied == 0)
        diag_warning(s->d, n->at, D_UNUSED, "\"copy\" copies nothing: \"%s\" and \"%s\" have no column in common",
                     v->table->table.name.text, row->table->table.name.text);
    copy_failures(s, h, n, failing, n_failing, &r);
}

static void set(sema *s, env *v, const handling *h, target_row *row, ast_node *n)
{
    int i = sema_column_index(row->table, n->set.col.text);

    if (i < 0) {
        names_column(s, row->table, n->set.col);
        expr_check(s, v, n->set.e);
        return;
    }
    const ast_node *column = row->table->table.columns.at[i];
    const ast_node *identity = sema_column_constraint(column, CON_IDENTITY);
    if (row->set[i] != NULL && row->set[i]->kind == AST_SET) {
        diag_error(s->d, n->set.col.at, D_COLUMN_SET_TWICE, "\"%s\" is set twice", n->set.col.text);
        diag_note(s->d, row->set[i]->set.col.at, "it is set here first");
    }
    if (identity != NULL && identity->constraint.always) {
        diag_error(s->d, n->set.col.at, D_NOT_ALLOWED, "\"%s\" is generated always, so it cannot be set", n->set.col.text);
        diag_note(s->d, identity->at, "it is declared here");
        diag_hint(s->d, "Declare it `generated by default as identity`.");
    }
    row->set[i] = n;
    failures_set(s, v, h, row->table, column, n->set.e, n->set.handler);
}

static void columns_not_set(sema *s, const target_row *row)
{
    ast_list columns = row->table->table.columns;
    const char **missing = arena_array(s->a, const char *, columns.n);
    int n = 0;

    /* a misspelt column has been reported: it may be the one that is missing */
    for (int i = 0; i < row->into->into.sets.n; i++)
        if (row->into->into.sets.at[i]->kind == AST_SET && sema_column(row->table, row->into->into.sets.at[i]->set.col.text) == NULL)
            return;
    for (int i = 0; i < columns.n; i++) {
        const ast_node *c = columns.at[i];

        if (row->set[i] == NULL && sema_not_null(row->table, c) && !sema_is_identity(c) && sema_default(c) == NULL)
            missing[n++] = c->column.name.text;
    }
    if (n == 0)
        return;
    diag_error(s->d, row->into->into.table->at, D_COLUMN_NOT_SET, "nothing sets %s of \"%s\": %s cannot be null and %s no default",
               text_names(s, missing, n, 6), row->table->table.name.text, n == 1 ? "it" : "they", n == 1 ? "has" : "have");
}

/* ---- into ------------------------------------------------------------------------------------------------------------------- */

/* Functions whose lists hold no null. */
static bool has_no_nulls(const ast_node *e)
{
    static const char *const names[] = {"compact", "items", "split"};

    if (e->kind != AST_CALL || e->fn < 0)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(e->call.name.text, names[i]) == 0)
            return true;
    return strcmp(e->call.name.text, "distinct") == 0 && e->call.args.n == 1 && has_no_nulls(e->call.args.at[0]);
}

static void each_list(sema *s, env *v, const handling *h, ast_node *n)
{
    ast_node *e = n->into.in;

    expr_check(s, v, e);
    if (!expr_is_error(e) && e->type.id != TYPE_TEXT_ARRAY) {
        diag_error(s->d, e->at, D_TYPE_MISMATCH, "\"each\" goes through a list, and this is %s", text_type(s, e->type));
        if (type_is_text(e->type))
            diag_hint(s->d, "Write items(%s, ',') or split(%s, ',').", text_of(s, e->at), text_of(s, e->at));
        expr_fail(e);
    }
    failures_loose(s, h, e, "this list", h->mend_into);
    n->into.each->type = expr_is_error(e) ? e->type : sema_type(TYPE_TEXT);
    n->into.each->nullable = !has_no_nulls(e);
    scope_add(v->vars, n->into.each->binding.name.text, AST_BINDING, n->into.each, n->into.each->at, NULL);
    if (n->into.pos == NULL)
        return;
    n->into.pos->type = sema_type(TYPE_INTEGER);
    n->into.pos->nullable = false;
    if (scope_add(v->vars, n->into.pos->binding.name.text, AST_BINDING, n->into.pos, n->into.pos->at, NULL) == NULL)
        diag_error(s->d, n->into.pos->at, D_DUPLICATE, "the element and its position need two names");
}

static void unused_element(sema *s, const ast_node *binding, const char *what)
{
    if (binding != NULL && !binding->used)
        diag_warning(s->d, binding->at, D_UNUSED, "%s \"%s\" is never used", what, binding->binding.name.text);
}

static void into(sema *s, env *outer, const handling *h, ast_node *n)
{
    env v = *outer;
    target_row row = {.into = n, .table = names_table(s, n->into.table, REF_TARGET, false)};

    v.vars = scope_create(s->a, outer->vars);
    v.known = NULL;
    v.n_known = v.cap_known = 0;
    for (int i = 0; i < outer->n_known; i++)
        *(const ast_node **)arena_push(s->a, &v.known, &v.n_known, &v.cap_known, sizeof(ast_node *)) = outer->known[i];
    if (n->into.in != NULL)
        each_list(s, &v, h, n);
    if (n->into.when != NULL) {
        expr_condition(s, &v, n->into.when, "\"into … when\" takes a condition");
        failures_loose(s, h, n->into.when, "this condition", h->mend_into);
        expr_learn(s, &v, n->into.when, true);
    }
    if (row.table == NULL) {
        for (int i = 0; i < n->into.sets.n; i++)
            if (n->into.sets.at[i]->kind == AST_SET)
                expr_check(s, &v, n->into.sets.at[i]->set.e);
        return;
    }
    row.set = arena_array(s->a, const ast_node *, row.table->table.columns.n);
    for (int i = 0; i < n->into.sets.n; i++)
        if (n->into.sets.at[i]->kind == AST_COPY)
            copy(s, &v, h, &row, n->into.sets.at[i]);
    for (int i = 0; i < n->into.sets.n; i++)
        if (n->into.sets.at[i]->kind == AST_SET)
            set(s, &v, h, &row, n->into.sets.at[i]);
    columns_not_set(s, &row);
    if (!h->has_on_error)
        refusals_check(s, h, v.table, n, row.table, row.set);
    unused_element(s, n->into.each, "the element");
    unused_element(s, n->into.pos, "the position");
}

/* ---- a flow ------------------------------------------------------------------------------------------------------------------ */

/* `from t into u { … }`: there are no braces around the into. */
static bool is_short(sema *s, const ast_node *flow)
{
    const ast_node *head = flow->flow.row != NULL ? flow->flow.row : flow->flow.from;

    if (flow->flow.items.n != 1 || flow->flow.items.at[0]->kind != AST_INTO)
        return false;
    span between = span_join(span_end(head->at), span_start(flow->flow.items.at[0]->at));
    return strchr(src_text_of(s->src, between, s->a), '{') == NULL;
}

static handling flow_handling(sema *s, const ast_node *flow)
{
    handling h = {.may_skip = true, .on_error = ON_REJECT};
    const ast_node *first = NULL;

    for (int i = 0; i < flow->flow.items.n; i++) {
        const ast_node *n = flow->flow.items.at[i];

        if (n->kind != AST_ON_ERROR)
            continue;
        if (first != NULL) {
            diag_error(s->d, n->at, D_DUPLICATE, "\"on error\" is said twice in this flow");
            diag_note(s->d, first->at, "it is said here first");
            continue;
        }
        first = n;
        h.has_on_error = true;
        h.on_error = n->on_error.action;
    }
    h.mend = "Add `else …` here, or `on error reject;` to the flow.";
    h.mend_into = "Add `on error reject;` to the flow.";
    if (is_short(s, flow)) {
        const ast_node *head = flow->flow.row != NULL ? flow->flow.row : flow->flow.from;
        const char *words = text_of(s, span_join(span_start(flow->at), head->at));

        h.mend = arena_printf(s->a, "Add `else …` here, or write the flow as `%s { on error reject; into … }`.", words);
        h.mend_into = arena_printf(s->a, "Write the flow as `%s { on error reject; into … }`.", words);
    }
    return h;
}

static void item(sema *s, env *v, const handling *h, ast_node *n)
{
    switch (ast_item(n)) {
    case ITEM_ON_ERROR: return;
    case ITEM_LET: let(s, v, h, n); return;
    case ITEM_SKIP_WHEN:
        expr_condition(s, v, n->skip.when, "\"skip when\" takes a condition");
        failures_loose(s, h, n->skip.when, "this condition", h->mend_into);
        expr_learn(s, v, n->skip.when, false);
        return;
    case ITEM_REJECT_WHEN:
        if (n->reject.when == NULL)
            return;
        expr_condition(s, v, n->reject.when, "\"reject … when\" takes a condition");
        failures_loose(s, h, n->reject.when, "this condition", h->mend_into);
        expr_learn(s, v, n->reject.when, false);
        return;
    case ITEM_INTO: into(s, v, h, n); return;
    }
}

/* `skip when true`, `reject 'why'`, `reject 'why' when true`: no row goes on behind it. */
static bool takes_all(const ast_node *n)
{
    const ast_node *when = n->kind == AST_SKIP_WHEN ? n->skip.when : n->kind == AST_REJECT_WHEN ? n->reject.when : NULL;

    return when != NULL ? when->kind == AST_BOOL && when->boolean.value : n->kind == AST_REJECT_WHEN;
}

/* Items that no row reaches; a flow that writes nothing. */
static void dead_items(sema *s, const ast_node *flow)
{
    bool writes = false;

    for (int i = 0; i < flow->flow.items.n; i++) {
        const ast_node *n = flow->flow.items.at[i];

        writes = writes || n->kind == AST_INTO || n->kind == AST_REJECT_WHEN;
        if (takes_all(n) && i + 1 < flow->flow.items.n) {
            bool skips = n->kind == AST_SKIP_WHEN;

            diag_warning(s->d, flow->flow.items.at[i + 1]->at, D_UNREACHABLE, "this is never reached: every row is %s before it",
                         skips ? "skipped" : "rejected");
            if (!skips && n->reject.when == NULL)
                diag_note(s->d, n->at, "\"reject\" has no \"when\" here");
            else
                diag_note(s->d, n->at, "it is always true here");
            break;
        }
    }
    if (!writes)
        diag_warning(s->d, flow->flow.from->at, D_UNUSED, "this flow writes nothing");
}

static void one_flow(sema *s, ast_node *flow, ast_node *phase, void *ctx)
{
    ast_node *source = names_table(s, flow->flow.from, REF_SOURCE, false);
    handling h = flow_handling(s, flow);
    env v = {.place = "this flow", .allow = ALLOW_LOOKUPS | ALLOW_SOURCE, .table = source, .is_source = true, .flow = flow};

    (void)phase;
    (void)ctx;
    if (source == NULL) /* nothing in it has a meaning now */
        return;
    v.row = flow->flow.row != NULL ? flow->flow.row->binding.name.text : source->table.name.text;
    v.vars = scope_create(s->a, NULL);
    for (int i = 0; i < flow->flow.items.n; i++)
        item(s, &v, &h, flow->flow.items.at[i]);
    unused_lets(s, flow);
    dead_items(s, flow);
}

void flows_check(sema *s)
{
    flows_each(s, one_flow, NULL);
}
