/*
 * cg_measure.c: measures: the queries as constants, each expectation as a small function over the medians.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

static const char *test_function(cg *g, const plan_measure *m, const plan_expect *e) {
    const char *name = names_make(g->names, "expect_", m->name);
    cg_fn f = cg_begin(g, CG_VALUE);
    cg_param(&f, "x");
    cg_param(&f, "m");
    for (int i = 0; i < e->n_vars; i++)
        cg_var_bind(&f, e->vars[i], emit_printf(g->e, "m->%s", e->vars[i]->name));
    emit_comment(g->e, cg_path(g, e->site.file), e->site.line, emit_printf(g->e, "expect %s", e->site.text));
    emit_tpl(g->e, "return ${test};\n", "test", cg_expr(&f, e->test), (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static mig_bool %s(mig_ctx *x, const mig_medians *m)", name));
    return name;
}

/* "MIG_ASKS_BEFORE | MIG_ASKS_AFTER" */
static const char *asks(cg *g, const plan_expect *e) {
    static const struct { const char *name, *flag; } all[] = {
        {"before", "MIG_ASKS_BEFORE"}, {"after", "MIG_ASKS_AFTER"}, {"baseline", "MIG_ASKS_BASELINE"}};
    strbuf sb = STRBUF_INIT;
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
        for (int i = 0; i < e->n_vars; i++)
            if (strcmp(e->vars[i]->name, all[k].name) == 0)
                sb_printf(&sb, "%s%s", sb.length > 0 ? " | " : "", all[k].flag);
    return sb_take(&sb, g->a);
}

static void timed(cg *g, const char *member, const plan_measure *m, const plan_timed *t) {
    if (t == NULL)
        return;
    emit_tpl(g->e, "    .${member} = &(const mig_timed){${source}, ${sql},\n        ${site}},\n", "member", member, "source",
             emit_printf(g->e, "%d", t->source != NULL ? t->source->id : -1), "sql", cg_sql(g, &t->site, t->sql), "site",
             cg_site_of(g, &t->site, emit_printf(g->e, "%s_of_%s", member, m->name)), (char *)NULL);
}

static void measure_object(cg *g, const plan_measure *m, const char **tests) {
    emit_tpl(g->e,
             "static const mig_measure ${object} = {\n"
             "    .name = ${name},\n"
             "    .id = ${id},\n"
             "    .phase = ${phase},\n",
             "object", g->measures[m->id], "name", emit_string_or_null(g->e, m->name), "id", emit_printf(g->e, "%d", m->id), "phase",
             emit_printf(g->e, "%d", m->phase), (char *)NULL);
    timed(g, "before", m, m->before);
    timed(g, "after", m, m->after);
    if (m->n_expects > 0)
        emit_text(g->e, "    .expects = (const mig_expect[]){\n");
    for (int i = 0; i < m->n_expects; i++)
        emit_tpl(g->e, "        {${test}, ${asks}, ${warn}, ${text}, ${site}},\n", "test", tests[i], "asks", asks(g, &m->expects[i]),
                 "warn", m->expects[i].warn ? "true" : "false", "text", emit_string_or_null(g->e, m->expects[i].site.text), "site",
                 cg_site_of(g, &m->expects[i].site, emit_printf(g->e, "expect_of_%s", m->name)), (char *)NULL);
    if (m->n_expects > 0)
        emit_tpl(g->e, "    }, .n_expects = ${n},\n", "n", emit_printf(g->e, "%d", m->n_expects), (char *)NULL);
    emit_tpl(g->e, "    .site = ${site},\n};\n\n", "site", cg_site_of(g, &m->site, emit_printf(g->e, "measure_%s", m->name)), (char *)NULL);
}

void cg_measures(cg *g) {
    const plan *p = g->p;
    const char ***tests = arena_array(g->a, const char **, p->n_measures);
    emit_to(g->e, EMIT_FUNCTIONS);
    if (p->n_measures > 0)
        cg_heading(g, "measures");
    for (int i = 0; i < p->n_measures; i++) {
        tests[i] = arena_array(g->a, const char *, p->measures[i]->n_expects);
        for (int k = 0; k < p->measures[i]->n_expects; k++)
            tests[i][k] = test_function(g, p->measures[i], &p->measures[i]->expects[k]);
    }
    emit_to(g->e, EMIT_REGISTRATION);
    if (p->n_measures > 0)
        cg_heading(g, "measures");
    for (int i = 0; i < p->n_measures; i++)
        measure_object(g, p->measures[i], tests[i]);
}
