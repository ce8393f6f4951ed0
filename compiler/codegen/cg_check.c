/*
 * cg_check.c: checks, and the small functions over one row that checks and dedup rules are made of.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* ---- functions over one row, of a target table or of a source table ---------------------------------------------------- */

static cg_fn begin(cg *g, const plan_table *t, const plan_source_table *s) {
    cg_fn f;
    if (t != NULL) {
        f = cg_begin_on_row(g, t, CG_VALUE, true);
    } else {
        f = cg_begin(g, CG_VALUE);
        f.source = s;
        cg_param(&f, "s");
    }
    cg_param(&f, "x");
    return f;
}

static const char *row_param(const plan_table *t) {
    return t != NULL ? "const void *row" : "const mig_record *s";
}

/* A row that no expression reads is still declared by cg_begin_on_row. */
static void end(cg_fn *f, const plan_table *t, const char *head) {
    const char *body = cg_body(f);
    if (t != NULL && cg_mentions(body, "r") == 1) {
        f->body = strchr(body, '\n') + 1;
        cg_param(f, "row");
    }
    cg_end(f, head);
}

const char *cg_value_function(cg *g, const plan_table *t, const plan_source_table *s, const char *name, const plan_expr *e) {
    name = names_make(g->names, "", name);
    cg_fn f = begin(g, t, s);
    emit_tpl(g->e, "return ${value};\n", "value", cg_expr(&f, e), (char *)NULL);
    end(&f, t, emit_printf(g->e, "static %s %s(mig_ctx *x, %s)", cg_type_of(e->type)->ctype, name, row_param(t)));
    return name;
}

const char *cg_key_function(cg *g, const plan_table *t, const plan_source_table *s, const char *name, plan_expr **e, int n) {
    name = names_make(g->names, "", name);
    cg_fn f = begin(g, t, s);
    names_reserve(f.names, "k");
    for (int i = 0; i < n; i++)
        emit_tpl(g->e, "mig_key_${key}(k, ${value});\n", "key", cg_type_of(e[i]->type)->key, "value", cg_expr(&f, e[i]),
                 (char *)NULL);
    end(&f, t, emit_printf(g->e, "static void %s(mig_ctx *x, %s, mig_key *k)", name, row_param(t)));
    return name;
}

/* ---- what only checks can ask ------------------------------------------------------------------------------------------------ */

static const char *over_rows(cg_fn *f, const plan_expr *e, const char *what) {
    cg *g = f->g;
    const plan_table *t = e->check.table;
    const plan_source_table *s = e->check.source;
    const char *fn = "NULL";
    if (e->kind == PX_UNIQUE)
        fn = cg_key_function(g, t, s, emit_printf(g->e, "key_in_%s", g->at_hand), e->args, e->n_args);
    else if (e->n_args > 0)
        fn = cg_value_function(g, t, s, emit_printf(g->e, "row_in_%s", g->at_hand), e->args[0]);
    return emit_printf(g->e, "mig_check_%s_%s(x, &%s, %s)", what, t != NULL ? "target" : "source",
                       t != NULL ? g->tables[t->id].object : g->sources[s->id].object, fn);
}

static const char *refers(cg *g, const plan_expr *e) {
    return emit_printf(g->e, "mig_check_refers(x, &%s, %d, &%s, %d)", g->tables[e->check.table->id].object, e->check.index,
                       g->tables[e->check.to_table->id].object, e->check.to_index);
}

const char *cg_check_call(cg_fn *f, const plan_expr *e) {
    cg *g = f->g;
    if (g->at_hand == NULL)
        migc_bug("an expression of a check outside one");
    if (e->kind == PX_COUNT)
        return over_rows(f, e, "count");
    if (e->kind == PX_EVERY)
        return over_rows(f, e, "every");
    if (e->kind == PX_UNIQUE)
        return over_rows(f, e, "unique");
    if (e->kind == PX_REFERS)
        return refers(g, e);
    if (e->kind == PX_MERGED)
        return emit_printf(g->e, "mig_check_merged(x, &%s)", g->tables[e->check.table->id].object);
    if (e->kind == PX_REJECTED || e->kind == PX_SKIPPED)
        return emit_printf(g->e, "mig_check_%s(x, &%s)", e->kind == PX_REJECTED ? "rejected" : "skipped",
                           g->sources[e->check.source->id].object);
    if (e->kind == PX_SQL)
        return emit_printf(g->e, "mig_check_sql(x, %s)",
                           e->site != NULL ? cg_sql(g, e->site, e->text) : emit_string(g->e, e->text, e->len));
    migc_bug("an expression of kind %d as a check", (int)e->kind);
}

/* ---- the checks ------------------------------------------------------------------------------------------------------------------ */

static const char *test_function(cg *g, const plan_check *c) {
    g->at_hand = c->name;
    const char *name = names_make(g->names, "test_", c->name);
    cg_fn f = cg_begin(g, CG_VALUE);
    cg_param(&f, "x");
    emit_comment(g->e, cg_path(g, c->site.file), c->site.line, emit_printf(g->e, "check '%s': %s", c->name, c->text));
    emit_tpl(g->e, "return ${test};\n", "test", cg_expr(&f, c->test), (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static mig_bool %s(mig_ctx *x)", name));
    g->at_hand = NULL;
    return name;
}

static void check_object(cg *g, const plan_check *c, const char *test) {
    emit_tpl(g->e,
             "static const mig_check ${object} = {\n"
             "    .name = ${name},\n"
             "    .before = ${before},\n"
             "    .phase = ${phase},\n"
             "    .warn = ${warn},\n"
             "    .test = ${test},\n"
             "    .text = ${text},\n"
             "    .site = ${site},\n"
             "};\n\n",
             "object", g->checks[c->id], "name", emit_string_or_null(g->e, c->name), "before", c->before ? "true" : "false",
             "phase", emit_printf(g->e, "%d", c->phase), "warn", c->warn ? "true" : "false", "test", test, "text",
             emit_string_or_null(g->e, c->text), "site", cg_site_of(g, &c->site, emit_printf(g->e, "check_%s", c->name)), (char *)NULL);
}

void cg_checks(cg *g) {
    const plan *p = g->p;
    const char **tests = arena_array(g->a, const char *, p->n_checks);
    emit_to(g->e, EMIT_FUNCTIONS);
    if (p->n_checks > 0)
        cg_heading(g, "checks");
    for (int i = 0; i < p->n_checks; i++)
        tests[i] = test_function(g, p->checks[i]);
    emit_to(g->e, EMIT_REGISTRATION);
    if (p->n_checks > 0)
        cg_heading(g, "checks");
    for (int i = 0; i < p->n_checks; i++)
        check_object(g, p->checks[i], tests[i]);
}
