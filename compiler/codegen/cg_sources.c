/*
 * cg_sources.c: constant descriptions of the sources, their tables, and the target.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

static const char *flag(bool on) {
    return on ? "true" : "false";
}

static void columns_array(cg *g, const plan_source_table *t) {
    emit_tpl(g->e, "static const mig_source_column ${name}[] = {\n", "name", g->sources[t->id].columns, (char *)NULL);
    emit_in(g->e);
    for (int i = 0; i < t->n_columns; i++) {
        const plan_source_column *c = &t->columns[i];
        const char *size = "";
        if (c->type.p >= 0)
            size = emit_printf(g->e, ", .p = %d, .s = %d", c->type.p, c->type.s > 0 ? c->type.s : 0);
        emit_tpl(g->e, "{.name = ${name}, ${not_null}.type = ${type}${size}},\n", "name",
                 emit_string_or_null(g->e, c->name), "not_null", c->not_null ? ".not_null = true, " : "", "type", cg_type_of(c->type)->id, "size", size,
                 (char *)NULL);
    }
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

static void csv_options(cg *g, const plan_source_table *t) {
    emit_text(g->e, ".csv = {\n");
    emit_in(g->e);
    if (t->csv.n_nulls > 0) {
        strbuf texts = STRBUF_INIT, lengths = STRBUF_INIT;
        for (int i = 0; i < t->csv.n_nulls; i++) {
            const char *comma = i > 0 ? ", " : "";
            sb_puts(&texts, comma);
            emit_string_to(&texts, t->csv.nulls[i].p, t->csv.nulls[i].n);
            sb_printf(&lengths, "%s%zu", comma, t->csv.nulls[i].n);
        }
        emit_tpl(g->e,
                 ".nulls = (const char *const[]){${texts}},\n"
                 ".null_lens = (const size_t[]){${lengths}},\n"
                 ".n_nulls = ${n},\n",
                 "texts", sb_text(&texts), "lengths", sb_text(&lengths), "n", emit_printf(g->e, "%d", t->csv.n_nulls),
                 (char *)NULL);
        sb_free(&texts);
        sb_free(&lengths);
    }
    emit_tpl(g->e,
             ".trim = ${trim},\n"
             ".encoding = ${encoding},\n"
             ".delimiter = ${delimiter}, .quote = ${quote}, .escape = ${escape},\n"
             ".header = ${header},\n",
             "trim", flag(t->csv.trim), "encoding", emit_string_or_null(g->e, t->csv.encoding),
             "delimiter", emit_char(g->e, t->csv.delimiter), "quote", emit_char(g->e, t->csv.quote),
             "escape", emit_char(g->e, t->csv.escape), "header", flag(t->csv.header), (char *)NULL);
    if (t->csv.comment != NULL)
        emit_tpl(g->e, ".comment = ${comment},\n", "comment", emit_string_or_null(g->e, t->csv.comment), (char *)NULL);
    emit_tpl(g->e, ".skip = ${skip},\n.extra_ignore = ${extra},\n", "skip", emit_printf(g->e, "%d", t->csv.skip),
             "extra", flag(t->csv.extra_ignore), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "},\n");
}

/* The file, the query, or the table's schema. */
static const char *where_rows_are(cg *g, const plan_source_table *t) {
    if (t->source->kind == MIG_SOURCE_CSV)
        return emit_printf(g->e, "    .pattern = %s,\n", emit_string_or_null(g->e, t->pattern));
    if (t->query != NULL)
        return emit_printf(g->e, "    .query = %s,\n", emit_string(g->e, t->query, strlen(t->query)));
    if (t->schema != NULL)
        return emit_printf(g->e, "    .schema = %s,\n", emit_string_or_null(g->e, t->schema));
    return "";
}

static void source_table(cg *g, const plan_source_table *t) {
    if (t->n_columns > 0)
        columns_array(g, t);
    emit_tpl(g->e,
             "static const mig_source_table ${object} = {\n"
             "    .name = ${name},\n"
             "    .source = ${source},\n"
             "    .id = ${id},\n"
             "${where}"
             "    .columns = ${columns}, .n_columns = ${n},\n",
             "object", g->sources[t->id].object, "name", emit_string_or_null(g->e, t->name),
             "source", emit_printf(g->e, "%d", t->source->id), "id", emit_printf(g->e, "%d", t->id),
             "where", where_rows_are(g, t),
             "columns", t->n_columns > 0 ? g->sources[t->id].columns : "NULL",
             "n", emit_printf(g->e, "%d", t->n_columns), (char *)NULL);
    emit_in(g->e);
    if (t->n_key > 0) {
        strbuf key = STRBUF_INIT;
        for (int i = 0; i < t->n_key; i++)
            sb_printf(&key, "%s%d", i > 0 ? ", " : "", t->key[i]);
        emit_tpl(g->e, ".key = (const int[]){${key}}, .n_key = ${n},\n", "key", sb_text(&key), "n", emit_printf(g->e, "%d", t->n_key),
                 (char *)NULL);
        sb_free(&key);
    }
    if (t->source->kind == MIG_SOURCE_CSV)
        csv_options(g, t);
    emit_tpl(g->e, ".site = ${site},\n", "site",
             cg_site_of(g, &t->site, emit_printf(g->e, "%s_%s", t->source->name, t->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

const char *cg_location(cg *g, plan_location at) {
    return emit_printf(g->e, "{.text = %s, .env = %s, .fallback = %s}", emit_string_or_null(g->e, at.text),
                       emit_string_or_null(g->e, at.env), emit_string_or_null(g->e, at.fallback));
}

static void sources_and_target(cg *g) {
    static const char *const kinds[] = {[MIG_SOURCE_CSV] = "MIG_SOURCE_CSV", [MIG_SOURCE_SQLITE] = "MIG_SOURCE_SQLITE",
                                        [MIG_SOURCE_POSTGRES] = "MIG_SOURCE_POSTGRES"};
    const plan *p = g->p;
    if (p->n_sources > 0) {
        emit_text(g->e, "static const mig_source_def sources[] = {\n");
        emit_in(g->e);
        for (int i = 0; i < p->n_sources; i++)
            emit_tpl(g->e, "{.name = ${name}, .kind = ${kind}, .at = ${at}, ${wait}.site = ${site}},\n", "name",
                     emit_string_or_null(g->e, p->sources[i]->name), "kind", kinds[p->sources[i]->kind], "at",
                     cg_location(g, p->sources[i]->at), "wait",
                     p->sources[i]->wait > 0 ? emit_printf(g->e, ".wait = %d, ", p->sources[i]->wait) : "", "site",
                     cg_site_of(g, &p->sources[i]->site, emit_printf(g->e, "source_%s", p->sources[i]->name)), (char *)NULL);
        emit_out(g->e);
        emit_text(g->e, "};\n\n");
    }
    if (p->target == NULL)
        return;
    const plan_target *t = p->target;
    emit_tpl(g->e,
             "static const mig_target_def target = {\n"
             "    .name = ${name},\n"
             "    .engine = ${engine},\n"
             "    .at = ${at},\n"
             "    .schema = ${schema},\n"
             "${wait}"
             "    .site = ${site},\n"
             "};\n\n",
             "name", emit_string_or_null(g->e, t->name), "engine", t->engine == MIG_SQLITE ? "MIG_SQLITE" : "MIG_POSTGRES",
             "at", cg_location(g, t->at), "schema", emit_string_or_null(g->e, t->schema), "wait",
             t->wait > 0 ? emit_printf(g->e, "    .wait = %d,\n", t->wait) : "", "site",
             cg_site_of(g, &t->site, emit_printf(g->e, "target_%s", t->name)), (char *)NULL);
}

void cg_sources(cg *g) {
    emit_to(g->e, EMIT_TABLES);
    cg_heading(g, "sources and target");
    for (int i = 0; i < g->p->n_source_tables; i++)
        source_table(g, g->p->source_tables[i]);
    sources_and_target(g);
}
