/*
 * defines.c: `define`: its expression is typed once, with parameters that cannot and that can be null; a call of it takes over
 * what it can do.
 */
#include "compiler/sema/inside.h"

static define_state *state_of(sema *s, const ast_node *n)
{
    for (int i = 0; i < s->n_define_states; i++)
        if (s->define_states[i].node == n)
            return &s->define_states[i];
    define_state *d = arena_push(s->a, &s->define_states, &s->n_define_states, &s->cap_define_states, sizeof(define_state));
    d->node = n;
    return d;
}

/* ---- how much a definition stands for ------------------------------------------------------------------------------------- */

enum { MOST_DEEP = 64, MOST_PARTS = 100000 };

typedef struct measured {
    sema *s;
    const ast_node *param; /* only this one counts; NULL: all else does */
    int depth;
    double parts;
} measured;

static void measure(ast_node *e, void *ctx)
{
    measured *m = ctx;

    if (e->kind == AST_CALL && e->sym != NULL && e->sym->kind == AST_DEFINE) {
        const define_state d = *state_of(m->s, e->sym);

        m->depth = m->depth < d.depth ? d.depth : m->depth;
        m->parts += m->param == NULL ? d.size : 0;
        for (int i = 0; i < e->call.args.n && d.uses != NULL; i++) {
            measured arg = {m->s, m->param, 0, 0};

            measure(e->call.args.at[i], &arg);
            m->depth = m->depth < arg.depth ? arg.depth : m->depth;
            m->parts += arg.parts * d.uses[i];
        }
        return;
    }
    if (e->kind == AST_NAME && e->sym != NULL && e->sym->kind == AST_PARAM)
        m->parts += m->param == e->sym;
    else
        m->parts += m->param == NULL;
    ast_children(e, measure, ctx);
}

/* A definition is put in where it is used: there must be an end to that. */
static bool is_bounded(sema *s, const ast_node *n, span at, const measured *m)
{
    if (m->depth <= MOST_DEEP && m->parts <= MOST_PARTS)
        return true;
    if (m->depth > MOST_DEEP)
        diag_error(s->d, at, D_LIMIT, "\"%s\" stands on more than %d definitions in one another", n->define.name.text, MOST_DEEP);
    else
        diag_error(s->d, at, D_LIMIT, "written out, \"%s\" has more than %d parts here", n->define.name.text, MOST_PARTS);
    diag_hint(s->d, "Name a part with \"let\" in the flow: it is worked out once, wherever it is used.");
    return false;
}

static bool measure_define(sema *s, const ast_node *n, define_state *d)
{
    measured whole = {s, NULL, 0, 0};

    measure(n->define.e, &whole);
    d->size = whole.parts;
    d->depth = ++whole.depth;
    d->uses = arena_array(s->a, double, n->define.params.n);
    for (int i = 0; i < n->define.params.n; i++) {
        measured one = {s, n->define.params.at[i], 0, 0};

        measure(n->define.e, &one);
        d->uses[i] = one.parts;
        whole.parts += one.parts;
    }
    return is_bounded(s, n, n->define.name.at, &whole);
}

/* The parameters and the result have types; false: something is wrong with them. */
static bool define_types(sema *s, ast_node *n, scope *vars)
{
    bool ok = true;

    for (int i = 0; i < n->define.params.n; i++) {
        ast_node *p = n->define.params.at[i];
        symbol *earlier;

        p->type = schema_type(s, p->param.type);
        ok = ok && !sema_is_error(p->type);
        if (scope_add(vars, p->param.name.text, AST_PARAM, p, p->param.name.at, &earlier) == NULL) {
            diag_error(s->d, p->param.name.at, D_DUPLICATE, "there is a parameter \"%s\" already", p->param.name.text);
            ok = false;
        }
    }
    n->type = schema_type(s, n->define.result);
    return ok && !sema_is_error(n->type);
}

/* Types the expression once, with parameters that can or cannot be null. */
static bool define_body(sema *s, ast_node *n, scope *vars, bool nullable, unsigned *asked)
{
    env v = {.place = "a definition", .allow = ALLOW_LOOKUPS | ALLOW_SOURCE, .vars = vars};
    ast_node *e = n->define.e;

    for (int i = 0; i < n->define.params.n; i++)
        n->define.params.at[i]->nullable = nullable;
    expr_check(s, &v, e);
    *asked = v.asked;
    literal_adopt(s, e, n->type);
    if (expr_is_error(e))
        return false;
    if (sema_assign(e->type, n->type) == ASSIGN_NO)
        return text_mismatch(s, e, n->type, arena_printf(s->a, "the result of \"%s\" is", n->define.name.text));
    return true;
}

static define_state *define_ready(sema *s, ast_node *n)
{
    define_state *d = state_of(s, n);
    int i = (int)(d - s->define_states);
    scope *vars = scope_create(s->a, NULL);
    bool silent = s->is_silent, nullable_of_values = false;
    unsigned asked = 0;

    if (d->state != DEFINE_NEW)
        return d;
    d->state = DEFINE_BEGUN;
    bool ok = define_types(s, n, vars);
    s->is_silent = true;
    ok = ok && define_body(s, n, vars, false, &asked);
    nullable_of_values = n->define.e->nullable;
    s->is_silent = silent;
    ok = ok && define_body(s, n, vars, true, &asked);
    d = &s->define_states[i]; /* others may have been added */
    d->state = DEFINE_DONE;
    d->nullable_of_values = nullable_of_values;
    d->nullable = n->define.e->nullable;
    d->asked = asked;
    n->fallible = n->define.e->fallible;
    if (!ok || !measure_define(s, n, d))
        expr_fail(n);
    else if (sema_assign(n->define.e->type, n->type) == ASSIGN_NARROW && !sema_narrow_is_sure(n->define.e->type, n->type)) {
        n->fallible = true;
        n->why = arena_printf(s->a, "%s may not fit into %s", text_of(s, n->define.e->at), text_type(s, n->type));
    }
    return d;
}

void defines_check(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_DEFINE)
            continue;
        define_ready(s, n);
        for (int k = 0; k < n->define.params.n && !sema_is_error(n->type); k++)
            if (!n->define.params.at[k]->used)
                diag_warning(s->d, n->define.params.at[k]->param.name.at, D_UNUSED, "the parameter \"%s\" is never used",
                             n->define.params.at[k]->param.name.text);
    }
}

static bool define_argument(sema *s, ast_node *e, const ast_node *n, int i)
{
    ast_node *arg = e->call.args.at[i];
    value_type to = n->define.params.at[i]->type;

    if (!literal_adopt(s, arg, to))
        return false;
    switch (sema_assign(arg->type, to)) {
    case ASSIGN_SAME:
    case ASSIGN_WIDEN: return true;
    case ASSIGN_NARROW:
        if (!sema_narrow_is_sure(arg->type, to))
            expr_can_fail(s, e, "%s may not fit into %s", text_of(s, arg->at), text_type(s, to));
        return true;
    case ASSIGN_NO: break;
    }
    return text_mismatch(s, arg, to, arena_printf(s->a, "\"%s\" of %s is", n->define.params.at[i]->param.name.text,
                                                  n->define.name.text));
}

static bool define_failures(sema *s, ast_node *e, const ast_node *n)
{
    reasons r = {.n = 0};

    if (n->why != NULL)
        reasons_add(&r, n->why);
    reasons_collect(&r, n->define.e);
    if (r.n > 0)
        expr_can_fail(s, e, "in %s, %s", n->define.name.text, reasons_text(s, &r));
    return true;
}

bool defines_call(sema *s, const env *v, ast_node *e, ast_node *n)
{
    define_state *d = state_of(s, n);
    ast_list args = e->call.args;
    bool nullable = false;

    n->used = true;
    e->sym = n;
    if (d->state == DEFINE_BEGUN) {
        diag_error(s->d, e->call.name.at, D_CYCLE, "\"%s\" comes back to itself: a definition cannot call itself",
                   n->define.name.text);
        return expr_fail(e);
    }
    d = define_ready(s, n);
    if (sema_is_error(n->type))
        return expr_fail(e);
    if (args.n != n->define.params.n) {
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "%s takes %d %s, and here %s %d", n->define.name.text, n->define.params.n,
                   n->define.params.n == 1 ? "value" : "values", args.n == 1 ? "is" : "are", args.n);
        diag_note(s->d, n->define.name.at, "it is defined here");
        return expr_fail(e);
    }
    if ((d->asked & ~v->allow) != 0) {
        diag_error(s->d, e->at, D_NOT_ALLOWED, "%s %s, which is not possible in %s", n->define.name.text,
                   (d->asked & ~v->allow & ALLOW_LOOKUPS) != 0 ? "looks rows up" : "asks for the source row", v->place);
        return expr_fail(e);
    }
    e->type = n->type;
    for (int i = 0; i < args.n; i++) {
        nullable = nullable || args.at[i]->nullable;
        if (!define_argument(s, e, n, i))
            expr_fail(e);
    }
    e->nullable = nullable ? d->nullable : d->nullable_of_values;
    measured m = {s, NULL, 0, 0};
    measure(e, &m);
    if (!is_bounded(s, n, e->at, &m))
        return expr_fail(e);
    return !expr_is_error(e) && define_failures(s, e, n);
}
