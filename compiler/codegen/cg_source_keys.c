/*
 * cg_source_keys.c: look-ups in tables of sources: the function that makes the key of a record, the description, and the
 * function that row functions call: it reads the wanted column of the record that is found, as a flow would read it.
 */
#include "compiler/codegen/cg.h"

static const char *columns_words(cg *g, const plan_source_key *k, const char *between) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < k->n_columns; i++)
        sb_printf(&sb, "%s%s", i > 0 ? between : "", k->table->columns[k->columns[i]].name);
    return sb_take(&sb, g->a);
}

static void source_key_object(cg *g, const plan_source_key *k, cg_source_key *c) {
    const char *table = emit_printf(g->e, "%s_%s", k->table->source->name, k->table->name);
    const char *key = cg_key_function(g, NULL, k->table,
                                      emit_printf(g->e, "key_of_%s_by_%s", table, columns_words(g, k, "_")), k->key, k->n_columns);
    strbuf kept = STRBUF_INIT;
    int n = 0;
    for (int i = 0; i < k->table->n_columns; i++)
        if (k->cells[i] != NULL)
            sb_printf(&kept, "%s%s", n++ > 0 ? ", " : "", g->sources[k->table->id].cells[i]);
    emit_tpl(g->e,
             "static const mig_source_key ${object} = {\n"
             "    .table = &${table},\n"
             "    .name = ${name},\n"
             "    .key = ${key},\n"
             "    .kept = (const int[]){${kept}}, .n_kept = ${n},\n"
             "    .site = ${site},\n"
             "    .id = ${id},\n"
             "};\n\n",
             "object", c->object, "table", g->sources[k->table->id].object, "name", emit_string_or_null(g->e, k->name),
             "key", key, "kept", sb_text(&kept), "n", emit_printf(g->e, "%d", n),
             "site", cg_site_of(g, &k->site, emit_printf(g->e, "lookup_%s", table)), "id", emit_printf(g->e, "%d", k->id),
             (char *)NULL);
    sb_free(&kept);
}

void cg_source_keys(cg *g) {
    emit_to(g->e, EMIT_TABLES);
    if (g->p->n_source_lookups > 0)
        cg_heading(g, "look-ups in sources");
    for (int i = 0; i < g->p->n_source_lookups; i++)
        source_key_object(g, g->p->source_lookups[i], &g->source_lookups[i]);
}

/* ---- the function that finds ------------------------------------------------------------------------------------------ */

static void find_body(cg_fn *f, const plan_source_key *k, int column, const char **params) {
    cg *g = f->g;
    const plan_expr *cell = k->cells[column];
    emit_text(g->e, "mig_key k;\nmig_key_begin(&k, x);\n");
    for (int i = 0; i < k->n_columns; i++)
        emit_tpl(g->e, "mig_key_${key}(&k, ${param});\n", "key", cg_type_of(k->table->columns[k->columns[i]].type)->key,
                 "param", params[i], (char *)NULL);
    emit_tpl(g->e, "const mig_record *s = mig_source_find(x, &${object}, &k);\n", "object", g->source_lookups[k->id].object,
             (char *)NULL);
    const char *null = cg_type_of(cell->type)->null;
    if (!cell->fallible) {
        emit_tpl(g->e, "return s != NULL ? ${cell} : ${null};\n", "cell", cg_expr(f, cell), "null", null, (char *)NULL);
        return;
    }
    emit_tpl(g->e,
             "if (s == NULL)\n"
             "    return ${null};\n"
             "${ctype} found = ${cell};\n"
             "mig_source_found(x, &${object}, ${column});\n"
             "return found;\n",
             "null", null, "ctype", cg_type_of(cell->type)->ctype, "cell", cg_expr(f, cell), "object",
             g->source_lookups[k->id].object, "column", g->sources[k->table->id].cells[column], (char *)NULL);
}

const char *cg_source_find_function(cg *g, const plan_source_key *k, int column) {
    const char **known = &g->source_lookups[k->id].find[column];
    if (*known != NULL)
        return *known;
    *known = names_make(g->names, "find_", emit_printf(g->e, "%s_of_%s_by_%s", k->table->columns[column].name, k->table->name,
                                                       columns_words(g, k, "_")));
    const char *name = *known;
    cg_fn f = cg_begin(g, CG_VALUE);
    f.source = k->table;
    names_reserve(f.names, "x");
    names_reserve(f.names, "k");
    names_reserve(f.names, "s");
    names_reserve(f.names, "found");
    strbuf head = STRBUF_INIT;
    sb_printf(&head, "static %s %s(mig_ctx *x", cg_type_of(k->table->columns[column].type)->ctype, name);
    const char **params = arena_array(g->a, const char *, k->n_columns);
    for (int i = 0; i < k->n_columns; i++) {
        const plan_source_column *c = &k->table->columns[k->columns[i]];
        params[i] = cg_local(&f, c->name);
        sb_printf(&head, ", %s %s", cg_type_of(c->type)->ctype, params[i]);
    }
    sb_putc(&head, ')');
    find_body(&f, k, column, params);
    cg_end(&f, sb_text(&head));
    sb_free(&head);
    return name;
}
