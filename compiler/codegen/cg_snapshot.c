/*
 * cg_snapshot.c: what sources held when the spec was compiled, for the preflight; sequences that follow the source's.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

static const char *words(cg *g, const char *text) {
    return emit_string(g->e, text, strlen(text));
}

static void one_snapshot(cg *g, const plan_snapshot *s) {
    const char *name = g->snapshots[s->source->id];
    emit_tpl(g->e, "static const mig_snapshot ${name} = {\n    .source = ${source}, .schema = ${schema}, .file = ${file},\n", "name", name, "source",
             emit_printf(g->e, "%d", s->source->id), "schema", emit_string_or_null(g->e, s->schema), "file",
             emit_string_or_null(g->e, s->file), (char *)NULL);
    emit_in(g->e);
    if (s->n_except > 0) {
        emit_text(g->e, ".except = (const char *const[]){");
        for (int i = 0; i < s->n_except; i++)
            emit_tpl(g->e, "${comma}${text}", "comma", i > 0 ? ", " : "", "text", words(g, s->except[i]), (char *)NULL);
        emit_tpl(g->e, "}, .n_except = ${n},\n", "n", emit_printf(g->e, "%d", s->n_except), (char *)NULL);
    }
    if (s->n_objects > 0) {
        emit_text(g->e, ".objects = (const mig_object[]){\n");
        emit_in(g->e);
        for (int i = 0; i < s->n_objects; i++)
            emit_tpl(g->e, "{${label},\n ${form}},\n", "label", words(g, s->labels[i]), "form", words(g, s->forms[i]), (char *)NULL);
        emit_out(g->e);
        emit_tpl(g->e, "}, .n_objects = ${n},\n", "n", emit_printf(g->e, "%d", s->n_objects), (char *)NULL);
    }
    emit_tpl(g->e, ".site = ${site},\n", "site", cg_site_of(g, &s->site, emit_printf(g->e, "snapshot_%s", s->source->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

void cg_snapshots(cg *g) {
    g->snapshots = arena_array(g->a, const char *, g->p->n_sources);
    if (g->p->n_snapshots == 0)
        return;
    emit_to(g->e, EMIT_TABLES);
    cg_heading(g, "what the sources held");
    for (int i = 0; i < g->p->n_snapshots; i++) {
        const plan_snapshot *s = g->p->snapshots[i];
        g->snapshots[s->source->id] = names_make(g->names, "snapshot_", s->source->name);
        one_snapshot(g, s);
    }
}

const char *cg_sequence(cg *g, const plan_sequence *q) {
    const char *what = q->table != NULL ? emit_printf(g->e, ".table = %s, .column = %s", words(g, q->table->name), words(g, q->column))
                                        : emit_printf(g->e, ".name = %s", words(g, q->name));
    return emit_printf(g->e, ".sequence = &(const mig_sequence){%s, .source = %d, .schema = %s}", what, q->source->id,
                       emit_string_or_null(g->e, q->schema));
}
