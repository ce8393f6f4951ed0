/*
 * measures.c: measures as plan objects: after which phase they are taken, where their queries run, what is expected of the times.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"

#include <string.h>

/* The phase of that name; without a name the last one that runs by itself. -1: there is no phase. */
static int phase_of(const builder *b, ast_name name) {
    for (int i = b->p->n_phases - 1; i >= 0; i--)
        if (name.text != NULL ? strcmp(b->p->phases[i]->name, name.text) == 0 : !b->p->phases[i]->manual)
            return i;
    return b->p->n_phases - 1;
}

static const plan_source *source_of(const builder *b, const char *name) {
    for (int i = 0; i < b->p->n_sources; i++)
        if (strcmp(b->p->sources[i]->name, name) == 0)
            return b->p->sources[i];
    return NULL; /* the target */
}

static plan_timed *timed(builder *b, const ast_node *n) {
    plan_timed *t = arena_new(b->a, plan_timed);
    t->source = source_of(b, n->timed.system.text);
    t->sql = n->timed.sql.text;
    t->site = plan_site_of(b, n->at);
    return t;
}

typedef struct median_list { builder *b; plan_expect *e; } median_list;

/* Each median that the expression names becomes a variable of the plan. */
static void medians(ast_node *n, void *ctx) {
    median_list *list = ctx;
    if (n->kind == AST_NAME && plan_map_get(list->b, n->sym) == NULL) {
        plan_var *v = arena_new(list->b->a, plan_var);
        v->name = n->sym->binding.name.text;
        v->type = plan_type_of(n->sym->type);
        plan_map_put(list->b, n->sym, v);
        list->e->vars[list->e->n_vars++] = v;
    }
    ast_children(n, medians, ctx);
}

static plan_expect expect(builder *b, const ast_node *n) {
    plan_expect e = {.warn = n->expect.warn, .site = plan_site_of(b, n->expect.e->at)};
    medians(n->expect.e, &(median_list){b, &e});
    e.test = plan_expr_of(b, n->expect.e);
    return e;
}

static void measure(builder *b, const ast_node *n) {
    plan_measure *m = arena_new(b->a, plan_measure);
    int cap = 0;
    m->name = n->measure.name.text;
    m->site = plan_site_of(b, n->measure.name.at);
    m->phase = phase_of(b, n->measure.phase);
    if (m->phase < 0) {
        diag_error(b->d, n->measure.name.at, D_MISSING, "there is no phase after which the measure could be taken");
        diag_hint(b->d, "Create a table, or load one: what is measured is what the migration has made.");
        return;
    }
    for (int i = 0; i < n->measure.items.n; i++) {
        const ast_node *item = n->measure.items.at[i];
        if (item->kind == AST_TIMED && item->timed.before)
            m->before = timed(b, item);
        else if (item->kind == AST_TIMED)
            m->after = timed(b, item);
        else
            *(plan_expect *)arena_push(b->a, &m->expects, &m->n_expects, &cap, sizeof(plan_expect)) = expect(b, item);
    }
    m->id = b->p->n_measures;
    *(plan_measure **)arena_push(b->a, &b->p->measures, &b->p->n_measures, &b->cap_measures, sizeof(plan_measure *)) = m;
}

void plan_measures(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++)
        if (b->file->file.decls.at[i]->kind == AST_MEASURE)
            measure(b, b->file->file.decls.at[i]);
}
