/*
 * measures.c: measures: which queries are timed, and what is expected of their times. An expectation compares the medians `before`,
 * `after` and `baseline`, each only where the measure has it, with numbers and each other.
 */
#include "compiler/sema/inside.h"

#include <string.h>

static const char *const medians[] = {"before", "after", "baseline"};
static const char hint_names[] = "An expectation compares `before`, `after` and `baseline`, in milliseconds: after <= 0.8 * before";

/* ---- the queries ---------------------------------------------------------------------------------------------------------- */

static void timed(sema *s, const ast_node *n, const ast_node **first)
{
    const char *word = n->timed.before ? "before" : "after";
    const ast_node *system = names_find(s, s->systems, n->timed.system, D_UNKNOWN_NAME, "source or target");

    if (*first != NULL) {
        diag_error(s->d, n->at, D_DUPLICATE, "a measure has one query \"%s\"", word);
        diag_note(s->d, (*first)->at, "it is here");
    } else {
        *first = n;
    }
    if (system != NULL && strcmp(system->system.engine.text, "csv") == 0) {
        diag_error(s->d, n->timed.system.at, D_NOT_ALLOWED, "a query is asked of a database, and \"%s\" is CSV files",
                   system->system.name.text);
        diag_hint(s->d, "Leave \"%s\" out: times of the other query are kept and can be compared with `baseline`.", word);
    }
    if (strspn(n->timed.sql.text, " \t\r\n;") == strlen(n->timed.sql.text))
        diag_error(s->d, n->timed.sql.at, D_MISSING, "there is no SQL between the dollar signs");
}

/* ---- what is expected ------------------------------------------------------------------------------------------------------ */

typedef struct expectation {
    sema *s;
    const ast_node *before, *after; /* TIMED or NULL */
    bool asks;                      /* it names a median */
    bool fails;                     /* something has been reported */
} expectation;

static void fail(expectation *x)
{
    x->fails = true;
}

static void unknown(expectation *x, const ast_node *e)
{
    bool is_path = e->name.path.n > 1;
    const char *text = is_path ? text_of(x->s, e->at) : e->name.path.at[0].text;
    nearest near = nearest_start(text);

    for (size_t i = 0; i < sizeof medians / sizeof *medians && !is_path; i++)
        nearest_offer(&near, medians[i]);
    diag_error(x->s->d, e->at, D_UNKNOWN_NAME, "there is nothing called \"%s\" in an expectation", text);
    if (near.best != NULL)
        diag_did_you_mean(x->s->d, near.best);
    else
        diag_hint(x->s->d, "%s", hint_names);
    fail(x);
}

static void name(expectation *x, const ast_node *e)
{
    const ast_name *n = &e->name.path.at[0];
    bool before = strcmp(n->text, "before") == 0, after = strcmp(n->text, "after") == 0;

    x->asks = true;
    if (e->name.path.n > 1 || (!before && !after && strcmp(n->text, "baseline") != 0)) {
        unknown(x, e);
    } else if ((before && x->before == NULL) || (after && x->after == NULL)) {
        diag_error(x->s->d, e->at, D_UNKNOWN_NAME, "the measure times no query \"%s\"", n->text);
        diag_hint(x->s->d, "Add it: %s SOURCE $$ select … $$;", n->text);
        fail(x);
    }
}

/* What an expectation is made of: the three names, numbers, comparisons, arithmetic. */
static void parts(ast_node *e, void *ctx)
{
    expectation *x = ctx;

    switch (ast_expr(e)) {
    case EXPR_NAME: name(x, e); return;
    case EXPR_NUMBER: return;
    case EXPR_ERROR: fail(x); return;
    case EXPR_BINARY:
        if (e->binary.op != OP_CONCAT) {
            ast_children(e, parts, ctx);
            return;
        }
        break;
    case EXPR_UNARY:
    case EXPR_BETWEEN: ast_children(e, parts, ctx); return;
    case EXPR_AT_ZONE: case EXPR_BOOL: case EXPR_CALL: case EXPR_CASE: case EXPR_COUNT: case EXPR_EVERY: case EXPR_IN: case EXPR_IS:
    case EXPR_LIKE: case EXPR_LOOKUP: case EXPR_NULL: case EXPR_REFERS: case EXPR_SQL_TEST: case EXPR_TALLY: case EXPR_TEXT:
    case EXPR_UNIQUE: break;
    }
    diag_error(x->s->d, e->at, D_NOT_ALLOWED, "%s cannot stand in an expectation", text_of(x->s, e->at));
    diag_hint(x->s->d, "%s", hint_names);
    fail(x);
}

/* 4 / 5 of whole numbers is 0: who writes it here means 0.8. */
static void whole_divisions(ast_node *e, void *ctx)
{
    expectation *x = ctx;

    ast_children(e, whole_divisions, ctx);
    if (e->kind != AST_BINARY || e->binary.op != OP_DIV || !sema_is_integer(e->type.id))
        return;
    diag_error(x->s->d, e->at, D_BAD_ARGUMENT, "%s divides whole numbers, and loses what is behind the point", text_of(x->s, e->at));
    diag_hint(x->s->d, "Write the quotient, as in 0.8 * before.");
    fail(x);
}

static scope *median_names(sema *s)
{
    scope *vars = scope_create(s->a, NULL);

    for (size_t i = 0; i < sizeof medians / sizeof *medians; i++) {
        ast_node *n = ast_new(s->a, AST_BINDING, SPAN_NONE);

        n->binding.name.text = medians[i];
        n->type = sema_type(TYPE_DOUBLE);
        scope_add(vars, medians[i], n->kind, n, SPAN_NONE, NULL);
    }
    return vars;
}

static void expect(sema *s, expectation x, ast_node *n)
{
    env v = {.place = "an expectation", .vars = median_names(s)};

    parts(n->expect.e, &x);
    if (x.fails)
        return;
    if (!x.asks) {
        diag_error(s->d, n->expect.e->at, D_NOT_CONSTANT, "the expectation asks nothing of any time");
        diag_hint(s->d, "%s", hint_names);
        return;
    }
    expr_condition(s, &v, n->expect.e, "an expectation is a condition");
    whole_divisions(n->expect.e, &x);
}

/* ---- a measure ---------------------------------------------------------------------------------------------------------------- */

static void measure(sema *s, ast_node *n)
{
    expectation x = {.s = s};

    if (*n->measure.name.text == '\0')
        diag_error(s->d, n->measure.name.at, D_BAD_LITERAL, "a measure needs a name that is not empty");
    if (n->measure.phase.text != NULL)
        phases_find(s, n->measure.phase);
    for (int i = 0; i < n->measure.items.n; i++)
        if (n->measure.items.at[i]->kind == AST_TIMED)
            timed(s, n->measure.items.at[i], n->measure.items.at[i]->timed.before ? &x.before : &x.after);
    if (x.before == NULL && x.after == NULL) {
        diag_error(s->d, n->measure.name.at, D_MISSING, "the measure times no query");
        diag_hint(s->d, "Add the old one, `before SOURCE $$ select … $$;`, the new one, `after TARGET $$ select … $$;`, or both.");
        return;
    }
    for (int i = 0; i < n->measure.items.n; i++)
        if (n->measure.items.at[i]->kind == AST_EXPECT)
            expect(s, x, n->measure.items.at[i]);
}

void measures_check(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++)
        if (s->file->file.decls.at[i]->kind == AST_MEASURE)
            measure(s, s->file->file.decls.at[i]);
}
