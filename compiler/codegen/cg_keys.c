/*
 * cg_keys.c: sets of columns by which rows are found or must be unique: the function that makes the key of a row, the
 * description, and for look-ups the function that row functions call.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* Columns of the table, or of the source that its rows came from. */
static const char *column_name(const plan_key *k, int i) {
    return k->from != NULL ? k->from->columns[k->columns[i]].name : k->table->columns[k->columns[i]].name;
}

static plan_type column_type(const plan_key *k, int i) {
    return k->from != NULL ? k->from->columns[k->columns[i]].type : k->table->columns[k->columns[i]].type;
}

static bool same_columns(const plan_key *a, const plan_key *b) {
    return a->from == NULL && b->from == NULL && a->table == b->table && a->n_columns == b->n_columns &&
           memcmp(a->columns, b->columns, (size_t)a->n_columns * sizeof(int)) == 0;
}

static const char *columns_words(cg *g, const plan_key *k, const char *between) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < k->n_columns; i++)
        sb_printf(&sb, "%s%s", i > 0 ? between : "", column_name(k, i));
    return sb_take(&sb, g->a);
}

/* Keys over the same columns share the function. */
static const char *known_function(const cg *g, const plan_key *k) {
    for (int i = 0; i < g->p->n_uniques; i++)
        if (g->uniques[i].fn != NULL && same_columns(g->p->uniques[i], k))
            return g->uniques[i].fn;
    for (int i = 0; i < g->p->n_lookups; i++)
        if (g->lookups[i].fn != NULL && same_columns(g->p->lookups[i], k))
            return g->lookups[i].fn;
    return NULL;
}

static const char *key_function(cg *g, const plan_key *k) {
    const char *known = known_function(g, k);
    if (known != NULL)
        return known;
    const cg_table *c = &g->tables[k->table->id];
    const char *name =
        names_make(g->names, "key_", emit_printf(g->e, "%s_by_%s", k->table->name, columns_words(g, k, "_")));
    cg_fn f = cg_begin(g, CG_VALUE);
    emit_tpl(g->e, "const struct ${row} *r = row;\n", "row", c->row, (char *)NULL);
    for (int i = 0; i < k->n_columns; i++)
        emit_tpl(g->e, "mig_key_${key}(k, r->${field});\n", "key", cg_type_of(k->table->columns[k->columns[i]].type)->key,
                 "field", c->fields[k->columns[i]], (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static void %s(const void *row, mig_key *k)", name));
    return name;
}

static const char *column_numbers(cg *g, const plan_key *k) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < k->n_columns; i++)
        sb_printf(&sb, "%s%d", i > 0 ? ", " : "", k->columns[i]);
    return sb_take(&sb, g->a);
}

/* Of rows by the source row that they came from: the key is made of the record. */
static void origin_object(cg *g, const plan_key *k, cg_key *c) {
    const char *words = emit_printf(g->e, "%s_%s_%s", k->from->source->name, k->from->name, columns_words(g, k, "_"));
    const char *fn = cg_key_function(g, NULL, k->from, emit_printf(g->e, "origin_%s", words), k->from_key, k->n_columns);
    emit_tpl(g->e,
             "static const mig_index_key ${object} = {\n"
             "    .table = &${table},\n"
             "    .from = &${from},\n"
             "    .name = ${name},\n"
             "    .columns = (const int[]){${columns}}, .n_columns = ${n}, /* ${words} */\n"
             "    .origin = ${fn},\n"
             "    .result = ${result},\n"
             "${kept}"
             "    .site = ${site},\n"
             "    .id = ${id},\n"
             "};\n\n",
             "object", c->object, "table", g->tables[k->table->id].object, "from", g->sources[k->from->id].object,
             "name", emit_string_or_null(g->e, k->name), "columns", column_numbers(g, k), "n", emit_printf(g->e, "%d", k->n_columns),
             "words", cg_comment_words(g, columns_words(g, k, ", ")), "fn", fn, "result", emit_printf(g->e, "%d", k->result),
             "kept", k->kept ? "    .kept = true, /* in the ledger */\n" : "", "site", cg_site_of(g, &k->site, k->name),
             "id", emit_printf(g->e, "%d", k->id), (char *)NULL);
}

static void key_object(cg *g, const plan_key *k, cg_key *c) {
    if (k->from != NULL) {
        origin_object(g, k, c);
        return;
    }
    c->fn = key_function(g, k);
    emit_tpl(g->e,
             "static const mig_index_key ${object} = {\n"
             "    .table = &${table},\n"
             "    .name = ${name},\n"
             "    .columns = (const int[]){${columns}}, .n_columns = ${n}, /* ${words} */\n"
             "    .key = ${fn},\n"
             "    .result = ${result},\n"
             "    .site = ${site},\n"
             "    .id = ${id},\n"
             "};\n\n",
             "object", c->object, "table", g->tables[k->table->id].object, "name", emit_string_or_null(g->e, k->name),
             "columns", column_numbers(g, k), "n", emit_printf(g->e, "%d", k->n_columns),
             "words", cg_comment_words(g, columns_words(g, k, ", ")),
             "fn", c->fn, "result", emit_printf(g->e, "%d", k->result), "site", cg_site_of(g, &k->site, k->name),
             "id", emit_printf(g->e, "%d", k->id), (char *)NULL);
}

void cg_keys(cg *g) {
    emit_to(g->e, EMIT_TABLES);
    if (g->p->n_uniques > 0)
        cg_heading(g, "unique rules");
    for (int i = 0; i < g->p->n_uniques; i++)
        key_object(g, g->p->uniques[i], &g->uniques[i]);
    if (g->p->n_lookups > 0)
        cg_heading(g, "look-ups");
    for (int i = 0; i < g->p->n_lookups; i++)
        key_object(g, g->p->lookups[i], &g->lookups[i]);
}

/* ---- look-ups in two steps ---- */

static const char *on_failure(plan_handle h) {
    switch (h) {
    case PLAN_H_VALUE: return "MIG_ON_FAILURE_VALUE";
    case PLAN_H_SKIP: return "MIG_ON_FAILURE_SKIP";
    case PLAN_H_REJECT: return "MIG_ON_FAILURE_REJECT";
    case PLAN_H_ABORT: return "MIG_ON_FAILURE_ABORT";
    }
    return "";
}

static void late_object(cg *g, const plan_late *l) {
    const char *why = l->handler.why;
    emit_tpl(g->e,
             "static const mig_late ${object} = {\n"
             "    .id = ${id},\n"
             "    .key = &${key},\n"
             "    .table = &${table}, .column = ${column},\n"
             "    .source_column = ${source},\n"
             "    .not_null = ${not_null},\n"
             "    .on_failure = ${how},\n",
             "object", g->lates[l->id].object, "id", emit_printf(g->e, "%d", l->id), "key", g->lookups[l->key->id].object,
             "table", g->tables[l->table->id].object, "column", emit_printf(g->e, "%d", l->column),
             "source", emit_printf(g->e, "%d", l->source_column), "not_null", l->not_null ? "true" : "false",
             "how", on_failure(l->handler.kind), (char *)NULL);
    if (why != NULL)
        emit_tpl(g->e, "    .why = ${why},\n", "why", emit_string(g->e, why, strlen(why)), (char *)NULL);
    emit_tpl(g->e,
             "    .site = ${site},\n"
             "};\n\n",
             "site", cg_site_of(g, &l->site, l->table->columns[l->column].name), (char *)NULL);
}

void cg_lates(cg *g) {
    emit_to(g->e, EMIT_TABLES);
    if (g->p->n_lates > 0)
        cg_heading(g, "look-ups in two steps");
    for (int i = 0; i < g->p->n_lates; i++)
        late_object(g, g->p->lates[i]);
}

/* ---- the function that finds ---------------------------------------------------------------------------------------------- */

static void find_body(cg_fn *f, const plan_key *k, const char **params, const plan_late *late) {
    cg *g = f->g;
    const plan_column *result = &k->table->columns[k->result];
    const cg_type *type = cg_type_of(result->type);
    emit_text(g->e, "mig_key k;\nmig_key_begin(&k, x);\n");
    for (int i = 0; i < k->n_columns; i++)
        emit_tpl(g->e, "mig_key_${key}(&k, ${param});\n", "key", cg_type_of(column_type(k, i))->key,
                 "param", params[i], (char *)NULL);
    if (late != NULL) {
        emit_tpl(g->e,
                 "mig_await(x, &${object}, &k);\n"
                 "return ${null};\n",
                 "object", g->lates[late->id].object, "null", type->null, (char *)NULL);
        return;
    }
    if (cg_is_int(result->type) || cg_is_text(result->type) || result->type.id == MIG_T_UUID) {
        emit_tpl(g->e, "return mig_lookup_${suffix}(x, &${object}, &k);\n", "suffix", type->suffix, "object",
                 g->lookups[k->id].object, (char *)NULL);
        return;
    }
    emit_tpl(g->e,
             "struct ${row} r;\n"
             "return mig_lookup_row(x, &${object}, &k, &r) ? r.${field} : ${null};\n",
             "row", g->tables[k->table->id].row, "object", g->lookups[k->id].object, "field",
             g->tables[k->table->id].fields[k->result], "null", type->null, (char *)NULL);
}

/* A function with the key's columns as parameters; late: one that leaves the column open. */
static void finder(cg *g, const plan_key *k, const char *function, const plan_late *late) {
    cg_fn f = cg_begin(g, CG_VALUE);
    names_reserve(f.names, "x");
    names_reserve(f.names, "k");
    names_reserve(f.names, "r");
    strbuf head = STRBUF_INIT;
    sb_printf(&head, "static %s %s(mig_ctx *x", cg_type_of(k->table->columns[k->result].type)->ctype, function);
    const char **params = arena_array(g->a, const char *, k->n_columns);
    for (int i = 0; i < k->n_columns; i++) {
        params[i] = cg_local(&f, column_name(k, i));
        sb_printf(&head, ", %s %s", cg_type_of(column_type(k, i))->ctype, params[i]);
    }
    sb_putc(&head, ')');
    find_body(&f, k, params, late);
    cg_end(&f, sb_text(&head));
    sb_free(&head);
}

const char *cg_find_function(cg *g, const plan_key *k) {
    cg_key *c = &g->lookups[k->id];
    if (c->find != NULL)
        return c->find;
    const char *result = k->table->columns[k->result].name;
    const char *what = k->result == k->table->primary ? k->table->name
                                                      : emit_printf(g->e, "%s_of_%s", result, k->table->name);
    if (k->from != NULL)
        what = emit_printf(g->e, "%s_from_%s", what, k->from->name);
    c->find = names_make(g->names, "find_", emit_printf(g->e, "%s_by_%s", what, columns_words(g, k, "_")));
    finder(g, k, c->find, NULL);
    return c->find;
}

const char *cg_await_function(cg *g, const plan_late *l) {
    cg_key *c = &g->lates[l->id];
    if (c->find != NULL)
        return c->find;
    c->find = names_make(g->names, "await_", emit_printf(g->e, "%s_of_%s", l->table->columns[l->column].name, l->table->name));
    finder(g, l->key, c->find, l);
    return c->find;
}
