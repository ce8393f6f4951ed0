/*
 * cg_flow.c: flows: the function that maps one source row. It says what becomes of the row before anything is written: the
 * runtime keeps what mig_emit was given until the function returns MIG_ROW_CARRY.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

static void let(cg_fn *f, const plan_stmt *s) {
    const char *name = cg_local(f, s->var->name);
    f->hint = emit_printf(f->g->e, "let_%s", s->var->name);
    cg_store(f, name, s->value, true);
    cg_var_bind(f, s->var, name);
    if (!s->var->used)
        emit_tpl(f->g->e, "(void)${name};\n", "name", name, (char *)NULL);
}

static void leave_when(cg_fn *f, const plan_stmt *s, const char *verdict) {
    if (s->value == NULL) {
        emit_tpl(f->g->e, "return ${verdict};\n", "verdict", verdict, (char *)NULL);
        return;
    }
    f->hint = emit_printf(f->g->e, "%s_%s", s->kind == PLAN_SKIP ? "skip" : "reject", f->source->name);
    const char *c = cg_is_true(f, s->value);
    emit_tpl(f->g->e, "if (${c})\n    return ${verdict};\n", "c", c, "verdict", verdict, (char *)NULL);
}

/* ---- into -------------------------------------------------------------------------------------------------------------- */

static void call_into(cg_fn *f, const cg_into *into, const char *element, const char *position) {
    strbuf call = STRBUF_INIT;
    sb_printf(&call, "%s(x", into->name);
    if (into->uses_record)
        sb_puts(&call, ", s");
    for (int i = 0; i < into->n_vars; i++)
        sb_printf(&call, ", %s", into->vars[i]->name);
    if (into->uses_each)
        sb_printf(&call, ", %s", element);
    if (into->uses_at)
        sb_printf(&call, ", %s", position);
    sb_putc(&call, ')');
    emit_tpl(f->g->e, "v = ${call};\nif (v != MIG_ROW_CARRY)\n    return v;\n", "call", sb_text(&call), (char *)NULL);
    sb_free(&call);
}

/* One call, or one for each element of the list. A list that `on error skip` gives up counts as one row not written. */
static void call_for_each(cg_fn *f, const plan_stmt *s, const cg_into *into) {
    emit *em = f->g->e;
    if (s->each == NULL) {
        call_into(f, into, NULL, NULL);
        return;
    }
    const char *list = cg_local(f, emit_printf(em, "all_%s", s->each_var != NULL ? s->each_var->name : "elements"));
    f->into = s->into;
    f->hint = emit_printf(em, "each_in_%s", s->table->name);
    f->skip_goes_on = true;
    cg_store(f, list, s->each, true);
    f->into = -1;
    f->skip_goes_on = false;
    emit_tpl(em, "for (size_t i = 0; i < ${list}.n; i++) {\n", "list", list, (char *)NULL);
    emit_in(em);
    call_into(f, into, emit_printf(em, "%s.v[i]", list), "MIG_INT((int64_t)i + 1)");
    emit_out(em);
    emit_text(em, "}\n");
}

/* `on error skip` of the condition itself: the row is not written, as when the condition does not hold. */
static const plan_expr *condition_of(cg_fn *f, const plan_expr *when) {
    if (when->kind != PX_ELSE || when->handler.kind != PLAN_H_SKIP)
        return when;
    plan_expr *copy = cg_node(f->g, PX_ELSE, when->type, when->args[0], NULL);
    copy->site = when->site;
    copy->handler.kind = PLAN_H_VALUE;
    copy->handler.value = cg_node(f->g, PX_BOOL, when->type, NULL, NULL);
    return copy;
}

static void into(cg_fn *f, const plan_flow *flow, const plan_stmt *s) {
    emit *em = f->g->e;
    cg_into made = cg_into_function(f, flow, s);
    if (s->when == NULL || !s->when_first) {
        call_for_each(f, s, &made);
        return;
    }
    f->hint = emit_printf(em, "when_in_%s", s->table->name);
    const char *c = cg_is_true(f, condition_of(f, s->when));
    emit_tpl(em, "if (${c}) {\n", "c", c, (char *)NULL);
    emit_in(em);
    call_for_each(f, s, &made);
    emit_out(em);
    emit_tpl(em,
             "} else {\n"
             "    mig_into_skip(x, ${into});\n"
             "}\n",
             "into", emit_printf(em, "%d", s->into), (char *)NULL);
}

/* ---- a list of an alias ---------------------------------------------------------------------------------------------------- */

/* Texts and lists of texts as an array of lists; its name, or NULL without any. */
static const char *synonyms(cg_fn *f, const plan_stmt *s) {
    emit *em = f->g->e;
    if (s->n_synonyms == 0)
        return "NULL";
    strbuf lists = STRBUF_INIT;
    for (int i = 0; i < s->n_synonyms; i++) {
        const plan_expr *e = s->synonyms[i];
        const char *name = cg_local(f, "also");
        cg_store(f, name, e, true);
        sb_printf(&lists, e->type.id == MIG_T_TEXT_ARRAY ? "%s%s" : "%s{&%s, 1, false}", i > 0 ? ", " : "", name);
    }
    const char *name = cg_local(f, "synonyms");
    emit_tpl(em, "const mig_list ${name}[] = {${lists}};\n", "name", name, "lists", sb_text(&lists), (char *)NULL);
    sb_free(&lists);
    return name;
}

static void entry(cg_fn *f, const plan_stmt *s) {
    emit *em = f->g->e;
    const plan_table *t = s->alias->table;
    const char *canonical = cg_local(f, "canonical");
    cg_store(f, canonical, s->canonical, true);
    const char *all = synonyms(f, s);
    emit_tpl(em, "struct ${row} r;\n", "row", f->g->tables[t->id].row, (char *)NULL);
    cg_fill_row(f, t, "r.", s->sets, s->n_sets, t->identity, s->alias->column);
    emit_tpl(em, "return mig_alias_entry(x, &${alias}, ${site}, ${canonical}, ${synonyms}, ${n}, &r);\n", "alias",
             f->g->aliases[s->alias->id].object, "site", cg_site_of(f->g, &s->site, emit_printf(em, "list_%s", s->alias->name)), "canonical", canonical,
             "synonyms", all, "n", emit_printf(em, "%d", s->n_synonyms), (char *)NULL);
}

/* ---- the row function ---------------------------------------------------------------------------------------------------------- */

/* True when nothing can follow: the statement returns. */
static bool statement(cg_fn *f, const plan_flow *flow, const plan_stmt *s) {
    cg *g = f->g;
    cg_comment(g, &s->site);
    if (s->kind != PLAN_INTO)
        emit_spec_line(g->e, s->site.file, s->site.line);
    switch (s->kind) {
    case PLAN_LET: let(f, s); break;
    case PLAN_SKIP: leave_when(f, s, "MIG_ROW_SKIP"); break;
    case PLAN_REJECT:
        leave_when(f, s, emit_printf(g->e, "mig_reject_why(x, %s, %s)", cg_site_of(g, &s->site, emit_printf(g->e, "reject_%s", flow->source->name)),
                                     emit_string(g->e, s->why, strlen(s->why))));
        break;
    case PLAN_INTO: into(f, flow, s); break;
    case PLAN_ENTRY: entry(f, s); break;
    }
    emit_own_line(g->e);
    return s->kind == PLAN_ENTRY || ((s->kind == PLAN_SKIP || s->kind == PLAN_REJECT) && s->value == NULL);
}

static const char *row_function(cg *g, const plan_flow *flow) {
    const char *base = flow->alias != NULL ? flow->alias->name : flow->source->name;
    const char *name = names_make(g->names, "", emit_printf(g->e, "%s_%s_row", flow->alias != NULL ? "list" : "map", base));
    cg_fn f = cg_begin(g, CG_VERDICT);
    f.hint = base;
    f.source = flow->source;
    cg_param(&f, "x");
    cg_param(&f, "s");
    names_reserve(f.names, "r");
    names_reserve(f.names, "v");
    names_reserve(f.names, "i");
    bool ended = false;
    for (int i = 0; i < flow->n_stmts && !ended; i++) {
        if (i > 0)
            emit_text(g->e, "\n");
        ended = statement(&f, flow, &flow->stmts[i]);
    }
    if (!ended)
        emit_tpl(g->e, "\nreturn mig_failed(x) ? mig_reject(x, ${site}) : MIG_ROW_CARRY;\n", "site",
                 cg_site_of(g, &flow->site, emit_printf(g->e, "from_%s", base)), (char *)NULL);
    const char *body = cg_body(&f);
    if (cg_mentions(body, "v") > 0)
        f.body = emit_printf(g->e, "    mig_verdict v;\n\n%s", body);
    cg_end(&f, emit_printf(g->e, "static mig_verdict %s(mig_ctx *x, const mig_record *s)", name));
    return name;
}

static void flow_object(cg *g, const plan_flow *flow, const char *row) {
    emit_tpl(g->e,
             "static const mig_flow ${object} = {\n"
             "    .name = ${name},\n"
             "    .id = ${id},\n"
             "    .source = &${source},\n"
             "    .row = ${row},\n",
             "object", g->flows[flow->id], "name", emit_string_or_null(g->e, flow->name), "id",
             emit_printf(g->e, "%d", flow->id), "source", g->sources[flow->source->id].object, "row", row, (char *)NULL);
    emit_in(g->e);
    if (flow->n_intos > 0) {
        emit_text(g->e, ".intos = (const mig_into[]){\n");
        emit_in(g->e);
        for (int i = 0; i < flow->n_stmts; i++) {
            const plan_stmt *s = &flow->stmts[i];
            if (s->kind != PLAN_INTO)
                continue;
            bool own_key = false;
            for (int k = 0; k < s->n_sets; k++)
                own_key = own_key || s->sets[k].column == s->table->identity;
            const char *refused = flow->ring == NULL ? "" : s->refused.kind == PLAN_H_SKIP ? ".refused = MIG_ON_FAILURE_SKIP, "
                                  : s->refused.kind == PLAN_H_ABORT ? ".refused = MIG_ON_FAILURE_ABORT, " : "";
            emit_tpl(g->e, "{.table = &${table}, ${own}${refused}.site = ${site}},\n", "table", g->tables[s->table->id].object,
                     "own", own_key ? ".own_key = true, " : "", "refused", refused,
                     "site", cg_site_of(g, &s->site, emit_printf(g->e, "into_%s", s->table->name)), (char *)NULL);
        }
        emit_out(g->e);
        emit_tpl(g->e, "}, .n_intos = ${n},\n", "n", emit_printf(g->e, "%d", flow->n_intos), (char *)NULL);
    }
    if (flow->ring != NULL)
        emit_tpl(g->e, ".ring = ${ring},\n", "ring", emit_printf(g->e, "%d", flow->ring->id + 1), (char *)NULL);
    emit_tpl(g->e, ".site = ${site},\n", "site", cg_site_of(g, &flow->site, emit_printf(g->e, "from_%s", flow->source->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

static void ring_object(cg *g, const plan_ring *r) {
    g->rings[r->id] = names_make(g->names, "ring_", r->flows[0]->source->name);
    emit_tpl(g->e,
             "/* rows that wait for each other's look-ups */\n"
             "static const mig_ring ${object} = {\n"
             "    .id = ${id},\n"
             "    .flows = (const mig_flow *const[]){\n",
             "object", g->rings[r->id], "id", emit_printf(g->e, "%d", r->id), (char *)NULL);
    for (int i = 0; i < r->n_flows; i++)
        emit_tpl(g->e, "        &${flow},\n", "flow", g->flows[r->flows[i]->id], (char *)NULL);
    emit_tpl(g->e,
             "    }, .n_flows = ${n},\n"
             "    .site = ${site},\n"
             "};\n\n",
             "n", emit_printf(g->e, "%d", r->n_flows), "site",
             cg_site_of(g, &r->site, emit_printf(g->e, "from_%s", r->flows[0]->source->name)), (char *)NULL);
}

void cg_flows(cg *g) {
    const char **rows = arena_array(g->a, const char *, g->p->n_flows);
    for (int i = 0; i < g->p->n_flows; i++) {
        const plan_flow *flow = g->p->flows[i];
        emit_to(g->e, EMIT_FUNCTIONS);
        cg_heading(g, emit_printf(g->e, "from %s%s%s", flow->name, flow->alias != NULL ? " for alias " : "",
                                  flow->alias != NULL ? flow->alias->name : ""));
        rows[i] = row_function(g, flow);
    }
    emit_to(g->e, EMIT_REGISTRATION);
    if (g->p->n_flows > 0)
        cg_heading(g, "flows");
    for (int i = 0; i < g->p->n_flows; i++)
        flow_object(g, g->p->flows[i], rows[i]);
    for (int i = 0; i < g->p->n_rings; i++)
        ring_object(g, g->p->rings[i]);
}
