/*
 * cg_into.c: rows of target tables: every column of the struct in order, and the function of one `into`. Called by cg_flow.c
 * and cg_alias.c.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* ---- columns ------------------------------------------------------------------------------------------------------------- */

/* The spec's line above, then the column's value and what its handler does. */
static void set_column(cg_fn *f, const plan_table *t, const char *to, const plan_set *s) {
    cg *g = f->g;
    cg_comment(g, &s->site);
    emit_spec_line(g->e, s->site.file, s->site.line);
    const char *column = emit_printf(g->e, "%s%s", to, g->tables[t->id].fields[s->column]);
    cg_store(f, column, s->value, false);
    if (s->late != NULL && s->late->handler.kind == PLAN_H_VALUE && s->late->handler.value->kind != PX_NULL) {
        cg_block_begin(f);
        cg_store(f, column, s->late->handler.value, false);
        cg_block_end(f, emit_printf(g->e, "if (mig_is_open(x, %d))", s->column));
    }
    emit_own_line(g->e);
}

void cg_sets(cg_fn *f, const plan_table *t, const char *to, const plan_set *sets, int n) {
    for (int i = 0; i < n; i++)
        set_column(f, t, to, &sets[i]);
}

static const plan_set *set_of(const plan_set *sets, int n, int column) {
    for (int i = 0; i < n; i++)
        if (sets[i].column == column)
            return &sets[i];
    return NULL;
}

void cg_fill_row(cg_fn *f, const plan_table *t, const char *to, const plan_set *sets, int n, int runtime_a, int runtime_b) {
    cg *g = f->g;
    for (int i = 0; i < t->n_columns; i++) {
        const plan_set *s = set_of(sets, n, i);
        if (s != NULL) {
            set_column(f, t, to, s);
            continue;
        }
        const char *words = i == runtime_a || i == runtime_b ? " /* put by the runtime */" : "";
        emit_tpl(g->e, "${to}${field} = ${null};${words}\n", "to", to, "field", g->tables[t->id].fields[i], "null",
                 cg_type_of(t->columns[i].type)->null, "words", words, (char *)NULL);
    }
}

/* ---- one into ---------------------------------------------------------------------------------------------------------------- */

/* `when` of the elements of a list: tested for each of them. */
static void test_when(cg_fn *f, const plan_stmt *s) {
    emit *em = f->g->e;
    const char *c = cg_is_not_true(f, s->when);
    emit_tpl(em,
             "if (${c}) {\n"
             "    mig_into_skip(x, ${into});\n"
             "    return MIG_ROW_CARRY;\n"
             "}\n",
             "c", c, "into", emit_printf(em, "%d", s->into), (char *)NULL);
}

/* A row that breaks a rule of its table is handled as a failure of the flow. */
static void emit_row(cg_fn *f, const plan_stmt *s) {
    emit *em = f->g->e;
    const char *site = cg_site_of(f->g, &s->site, emit_printf(em, "into_%s", s->table->name));
    emit_tpl(em, "if (!mig_emit(x, ${into}, &r))", "into", emit_printf(em, "%d", s->into), (char *)NULL);
    if (s->refused.kind == PLAN_H_SKIP)
        emit_tpl(em,
                 " {\n"
                 "    mig_clear(x);\n"
                 "    mig_into_skip(x, ${into});\n"
                 "}\n",
                 "into", emit_printf(em, "%d", s->into), (char *)NULL);
    else
        emit_tpl(em, "\n    return ${fn}(x, ${site});\n", "fn",
                 s->refused.kind == PLAN_H_ABORT ? "mig_abort" : "mig_reject", "site", site, (char *)NULL);
    emit_text(em, "return MIG_ROW_CARRY;\n");
}

static void add_param(strbuf *head, const plan_var *v, const char *name) {
    sb_printf(head, ", %s %s", cg_type_of(v->type)->ctype, name);
}

/* The caller's variables that the body mentions become parameters, in the order in which the spec declares them. */
static void pass_variables(cg_fn *f, const cg_fn *caller, const char *body, cg_into *out, strbuf *head) {
    int n = 0;
    for (const cg_var *v = caller->vars; v != NULL; v = v->next)
        n++;
    const cg_var **all = arena_array(f->g->a, const cg_var *, n);
    out->vars = arena_array(f->g->a, const cg_var *, n);
    int at = n;
    for (const cg_var *v = caller->vars; v != NULL; v = v->next) /* the newest first */
        all[--at] = v;
    for (int i = 0; i < n; i++)
        if (cg_mentions(body, all[i]->name) > 0) {
            out->vars[out->n_vars++] = all[i];
            add_param(head, all[i]->var, all[i]->name);
        }
}

static const char *bind_element(cg_fn *f, const plan_var *v) {
    if (v == NULL)
        return NULL;
    const char *name = cg_local(f, v->name);
    cg_var_bind(f, v, name);
    return name;
}

cg_into cg_into_function(cg_fn *caller, const plan_flow *flow, const plan_stmt *s) {
    cg *g = caller->g;
    cg_into out = {.name = names_make(g->names, "into_", s->table->name)};
    cg_fn f = cg_begin(g, CG_VERDICT);
    f.into = s->into;
    f.hint = s->table->name;
    f.source = flow->source;
    names_reserve(f.names, "x");
    names_reserve(f.names, "s");
    names_reserve(f.names, "r");
    for (const cg_var *v = caller->vars; v != NULL; v = v->next) {
        names_reserve(f.names, v->name);
        cg_var_bind(&f, v->var, v->name);
    }
    const char *each = bind_element(&f, s->each_var), *at = bind_element(&f, s->at_var);
    emit_tpl(g->e, "struct ${row} r;\n\n", "row", g->tables[s->table->id].row, (char *)NULL);
    if (s->when != NULL && !s->when_first)
        test_when(&f, s);
    cg_fill_row(&f, s->table, "r.", s->sets, s->n_sets, s->table->identity, -1);
    emit_row(&f, s);
    const char *body = cg_body(&f);
    strbuf head = STRBUF_INIT;
    sb_printf(&head, "static mig_verdict %s(mig_ctx *x", out.name);
    out.uses_record = cg_mentions(body, "s") > 0;
    if (out.uses_record)
        sb_puts(&head, ", const mig_record *s");
    pass_variables(&f, caller, body, &out, &head);
    out.uses_each = each != NULL && cg_mentions(body, each) > 0;
    if (out.uses_each)
        add_param(&head, s->each_var, each);
    out.uses_at = at != NULL && cg_mentions(body, at) > 0;
    if (out.uses_at)
        add_param(&head, s->at_var, at);
    sb_putc(&head, ')');
    cg_end(&f, sb_text(&head));
    sb_free(&head);
    return out;
}
