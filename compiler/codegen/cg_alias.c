/*
 * cg_alias.c: aliases: how their texts are folded, how rows of their tables are filled, the literals of the spec.
 * Their lists are flows (cg_flow.c).
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* ---- match ------------------------------------------------------------------------------------------------------------ */

static bool is_kept_in_clean(int fn) {
    const char *name = cg_function_name(fn);
    return strcmp(name, "casefold") != 0 && strcmp(name, "unaccent") != 0;
}

static const char *fold_function(cg *g, const plan_alias *al, const char *prefix, bool is_clean) {
    const char *name = names_make(g->names, prefix, al->name);
    cg_fn f = cg_begin(g, CG_VALUE);
    cg_param(&f, "x");
    for (int i = 0; i < al->n_folds; i++) {
        if (is_clean && !is_kept_in_clean(al->folds[i]))
            continue;
        strbuf rest = STRBUF_INIT;
        for (int k = 1; k < cg_function_arity(al->folds[i]); k++)
            sb_puts(&rest, ", MIG_NULL_TEXT");
        emit_tpl(g->e, "v = ${fn}(x, v${rest});\n", "fn", cg_function(al->folds[i]), "rest", sb_text(&rest), (char *)NULL);
        sb_free(&rest);
    }
    emit_text(g->e, "return v;\n");
    cg_end(&f, emit_printf(g->e, "static mig_text %s(mig_ctx *x, mig_text v)", name));
    return name;
}

static void match_functions(cg *g, const plan_alias *al, cg_alias *out) {
    int kept = 0;
    for (int i = 0; i < al->n_folds; i++)
        kept += is_kept_in_clean(al->folds[i]);
    out->fold = fold_function(g, al, "fold_", false);
    out->clean = kept == 0 ? "NULL" : kept == al->n_folds ? out->fold : fold_function(g, al, "clean_", true);
}

/* ---- rows ------------------------------------------------------------------------------------------------------------------ */

static const char *set_text_function(cg *g, const plan_alias *al) {
    const char *name = names_make(g->names, "set_text_of_", al->name);
    cg_fn f = cg_begin_on_row(g, al->table, CG_NOTHING, false);
    emit_tpl(g->e, "r->${field} = v;\n", "field", g->tables[al->table->id].fields[al->column], (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static void %s(void *row, mig_text v)", name));
    return name;
}

static const char *set_name_function(cg *g, const plan_alias *al) {
    const char *name = names_make(g->names, "set_name_of_", al->name);
    const cg_table *names_table = &g->tables[al->names->id], *table = &g->tables[al->table->id];
    cg_fn f = cg_begin(g, CG_NOTHING);
    emit_tpl(g->e,
             "struct ${names_row} *r = names_row;\n"
             "const struct ${row} *canonical = canonical_row;\n"
             "r->${text} = alias;\n"
             "r->${ref} = canonical->${key};\n",
             "names_row", names_table->row, "row", table->row, "text", names_table->fields[al->names_column], "ref",
             names_table->fields[al->names_ref], "key", table->fields[al->table->primary], (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static void %s(void *names_row, mig_text alias, const void *canonical_row)", name));
    return name;
}

/* Every column with its default or null. */
static const char *defaults_function(cg *g, const plan_alias *al, const plan_table *t, const char *prefix, int text) {
    const char *name = names_make(g->names, prefix, al->name);
    cg_fn f = cg_begin_on_row(g, t, CG_NOTHING, false);
    cg_param(&f, "x");
    plan_set *sets = arena_array(g->a, plan_set, t->n_columns);
    int n = 0;
    for (int i = 0; i < t->n_columns; i++) {
        if (t->columns[i].deflt == NULL)
            continue;
        sets[n] = (plan_set){i, t->columns[i].deflt, t->columns[i].site, NULL};
        sets[n++].site.text = emit_printf(g->e, "default of %s", t->columns[i].name);
    }
    cg_fill_row(&f, t, "r->", sets, n, t->identity, text);
    cg_end(&f, emit_printf(g->e, "static void %s(mig_ctx *x, void *row)", name));
    return name;
}

static const char *sets_function(cg *g, const plan_alias *al, const char *prefix, const plan_set *sets, int n) {
    if (n == 0)
        return "NULL";
    const char *name = names_make(g->names, prefix, al->name);
    cg_fn f = cg_begin_on_row(g, al->table, CG_NOTHING, false);
    cg_param(&f, "x");
    cg_sets(&f, al->table, "r->", sets, n);
    cg_end(&f, emit_printf(g->e, "static void %s(mig_ctx *x, void *row)", name));
    return name;
}

static void alias_functions(cg *g, const plan_alias *al, cg_alias *out) {
    match_functions(g, al, out);
    out->set_text = set_text_function(g, al);
    out->defaults = defaults_function(g, al, al->table, "defaults_of_", al->column);
    if (al->names != NULL) {
        out->set_name = set_name_function(g, al);
        out->names_defaults = defaults_function(g, al, al->names, "names_defaults_of_", al->names_column);
    }
    out->created = sets_function(g, al, "created_by_", al->created, al->n_created);
    out->value_sets = arena_array(g->a, const char *, al->n_values);
    for (int i = 0; i < al->n_values; i++)
        out->value_sets[i] = sets_function(g, al, "value_of_", al->values[i].sets, al->values[i].n_sets);
}

/* ---- descriptions ------------------------------------------------------------------------------------------------------------ */

static const char *values_array(cg *g, const plan_alias *al, const cg_alias *c) {
    if (al->n_values == 0)
        return "NULL";
    const char *name = names_make(g->names, "values_of_", al->name);
    emit_tpl(g->e, "static const mig_alias_value ${name}[] = {\n", "name", name, (char *)NULL);
    emit_in(g->e);
    for (int i = 0; i < al->n_values; i++) {
        const plan_alias_value *v = &al->values[i];
        strbuf sb = STRBUF_INIT;
        for (int k = 0; k < v->n_synonyms; k++)
            sb_printf(&sb, "%s%s", k > 0 ? ", " : "", cg_text_init(g, v->synonyms[k]));
        const char *synonyms =
            v->n_synonyms == 0 ? "" : emit_printf(g->e, ".synonyms = (const mig_text[]){%s}, .n_synonyms = %d, ",
                                                  sb_text(&sb), v->n_synonyms);
        const char *set = strcmp(c->value_sets[i], "NULL") == 0 ? "" : emit_printf(g->e, ".set = %s, ", c->value_sets[i]);
        emit_tpl(g->e, "{.canonical = ${canonical}, ${synonyms}${set}.site = ${site}},\n", "canonical",
                 cg_text_init(g, v->canonical), "synonyms", synonyms, "set", set, "site", cg_site_of(g, &v->site, emit_printf(g->e, "value_of_%s", al->name)),
                 (char *)NULL);
        sb_free(&sb);
    }
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
    return name;
}

static const char *policy(mig_unknown u) {
    switch (u) {
    case MIG_UNKNOWN_REJECT: return "MIG_UNKNOWN_REJECT";
    case MIG_UNKNOWN_NULL: return "MIG_UNKNOWN_NULL";
    case MIG_UNKNOWN_USE: return "MIG_UNKNOWN_USE";
    case MIG_UNKNOWN_CREATE: return "MIG_UNKNOWN_CREATE";
    }
    migc_bug("an alias's policy");
}

static void write_lists(cg *g, const plan_alias *al) {
    if (al->n_lists == 0)
        return;
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < al->n_lists; i++)
        sb_printf(&sb, "%s&%s", i > 0 ? ", " : "", g->flows[al->lists[i]->id]);
    emit_tpl(g->e, ".lists = (const mig_flow *const[]){${lists}}, .n_lists = ${n},\n", "lists", sb_text(&sb), "n",
             emit_printf(g->e, "%d", al->n_lists), (char *)NULL);
    sb_free(&sb);
}

static void alias_object(cg *g, const plan_alias *al, const cg_alias *c) {
    const char *values = values_array(g, al, c);
    emit_tpl(g->e,
             "static const mig_alias ${object} = {\n"
             "    .name = ${name},\n"
             "    .id = ${id},\n"
             "    .table = &${table}, .column = ${column},\n",
             "object", c->object, "name", emit_string_or_null(g->e, al->name), "id",
             emit_printf(g->e, "%d", al->id), "table", g->tables[al->table->id].object, "column",
             emit_printf(g->e, "%d", al->column), (char *)NULL);
    emit_in(g->e);
    if (al->names != NULL)
        emit_tpl(g->e,
                 ".names = &${names}, .names_column = ${column}, .names_ref = ${ref},\n"
                 ".set_name = ${set_name},\n"
                 ".names_defaults = ${names_defaults},\n",
                 "names", g->tables[al->names->id].object, "column", emit_printf(g->e, "%d", al->names_column), "ref",
                 emit_printf(g->e, "%d", al->names_ref), "set_name", c->set_name, "names_defaults", c->names_defaults,
                 (char *)NULL);
    emit_tpl(g->e,
             ".set_text = ${set_text},\n"
             ".defaults = ${defaults},\n"
             ".created = ${created},\n"
             ".fold = ${fold},\n"
             ".clean = ${clean},\n"
             ".unknown = ${unknown}, .use = ${use},\n",
             "set_text", c->set_text, "defaults", c->defaults, "created", c->created, "fold", c->fold, "clean",
             c->clean, "unknown", policy(al->unknown), "use", cg_text_init(g, al->use), (char *)NULL);
    if (al->n_values > 0)
        emit_tpl(g->e, ".values = ${values}, .n_values = ${n},\n", "values", values, "n",
                 emit_printf(g->e, "%d", al->n_values), (char *)NULL);
    write_lists(g, al);
    emit_tpl(g->e, ".site = ${site},\n", "site", cg_site_of(g, &al->site, emit_printf(g->e, "alias_%s", al->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

void cg_aliases(cg *g) {
    const plan *p = g->p;
    if (p->n_aliases == 0)
        return;
    emit_to(g->e, EMIT_PROTOTYPES);
    cg_heading(g, "aliases: what they are stands behind the functions that they are made of");
    for (int i = 0; i < p->n_aliases; i++)
        emit_tpl(g->e, "static const mig_alias ${object};\n", "object", g->aliases[i].object, (char *)NULL);
    for (int i = 0; i < p->n_aliases; i++) {
        emit_to(g->e, EMIT_FUNCTIONS);
        cg_heading(g, emit_printf(g->e, "alias %s", p->aliases[i]->name));
        alias_functions(g, p->aliases[i], &g->aliases[i]);
    }
}

/* Behind the flows, which their lists are. */
void cg_alias_objects(cg *g) {
    emit_to(g->e, EMIT_REGISTRATION);
    if (g->p->n_aliases > 0)
        cg_heading(g, "aliases");
    for (int i = 0; i < g->p->n_aliases; i++)
        alias_object(g, g->p->aliases[i], &g->aliases[i]);
}
