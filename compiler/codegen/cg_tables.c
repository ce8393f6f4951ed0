/*
 * cg_tables.c: target tables: the struct of a row, the functions that the runtime calls on rows (visit, holds, identity), the
 * constant descriptions, the SQL that makes the table.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

/* ---- types ---------------------------------------------------------------------------------------------------------- */

static const char *column_words(cg *g, const plan_column *c) {
    return emit_printf(g->e, "%s%s%s", cg_type_words(g->a, c->type), c->identity ? " identity" : "",
                       c->not_null && !c->identity ? " not null" : "");
}

static void row_struct(cg *g, const plan_table *t) {
    const cg_table *c = &g->tables[t->id];
    emit_comment(g->e, cg_path(g, t->site.file), t->site.line, emit_printf(g->e, "table %s", t->name));
    emit_tpl(g->e, "struct ${row} {\n", "row", c->row, (char *)NULL);
    emit_in(g->e);
    int widest = 0;
    for (int i = 0; i < t->n_columns; i++) {
        int width = (int)(strlen(cg_type_of(t->columns[i].type)->ctype) + strlen(c->fields[i]));
        widest = width > widest ? width : widest;
    }
    for (int i = 0; i < t->n_columns; i++) {
        const char *ctype = cg_type_of(t->columns[i].type)->ctype;
        emit_tpl(g->e, "${ctype} ${field};${blanks} /* ${words} */\n", "ctype", ctype, "field", c->fields[i], "blanks",
                 emit_printf(g->e, "%*s", widest - (int)(strlen(ctype) + strlen(c->fields[i])), ""), "words",
                 column_words(g, &t->columns[i]), (char *)NULL);
    }
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

static void cell_enum(cg *g, const plan_source_table *t) {
    emit_comment(g->e, cg_path(g, t->site.file), t->site.line, emit_printf(g->e, "cells of a row of %s.%s", t->source->name, t->name));
    emit_text(g->e, "enum { ");
    for (int i = 0; i < t->n_columns; i++)
        emit_tpl(g->e, "${comma}${cell}", "comma", i > 0 ? ", " : "", "cell", g->sources[t->id].cells[i], (char *)NULL);
    emit_text(g->e, " };\n\n");
}

void cg_rows(cg *g) {
    emit_to(g->e, EMIT_TYPES);
    cg_heading(g, "rows");
    for (int i = 0; i < g->p->n_tables; i++)
        row_struct(g, g->p->tables[i]);
    for (int i = 0; i < g->p->n_source_tables; i++)
        if (g->p->source_tables[i]->n_columns > 0)
            cell_enum(g, g->p->source_tables[i]);
}

/* ---- functions on rows -------------------------------------------------------------------------------------------------- */

/* `struct row_t *r = row;` of a function that is given a row as void *. */
cg_fn cg_begin_on_row(cg *g, const plan_table *t, cg_leave leave, bool is_const) {
    cg_fn f = cg_begin(g, leave);
    f.hint = t->name;
    names_reserve(f.names, "r");
    f.row_table = t;
    f.row = "r";
    emit_tpl(g->e, "${const}struct ${row} *r = row;\n", "const", is_const ? "const " : "", "row", g->tables[t->id].row,
             (char *)NULL);
    return f;
}

static void visit_function(cg *g, const plan_table *t) {
    const cg_table *c = &g->tables[t->id];
    cg_fn f = cg_begin_on_row(g, t, CG_VALUE, false);
    for (int i = 0; i < t->n_columns; i++)
        emit_tpl(g->e, "c->${member}(c, &r->${field});\n", "member", cg_type_of(t->columns[i].type)->member, "field",
                 c->fields[i], (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static void %s(void *row, mig_codec *c)", c->visit));
}

static void identity_functions(cg *g, const plan_table *t) {
    cg_table *c = &g->tables[t->id];
    if (t->identity < 0)
        return;
    c->get = names_make(g->names, "identity_of_", t->name);
    c->set = names_make(g->names, "set_identity_of_", t->name);
    const char *field = c->fields[t->identity];
    cg_fn f = cg_begin_on_row(g, t, CG_VALUE, true);
    emit_tpl(g->e, "return r->${field}.v;\n", "field", field, (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static int64_t %s(const void *row)", c->get));
    f = cg_begin_on_row(g, t, CG_VALUE, false);
    emit_tpl(g->e, "r->${field} = MIG_INT(v);\n", "field", field, (char *)NULL);
    cg_end(&f, emit_printf(g->e, "static void %s(void *row, int64_t v)", c->set));
}

static void column_holds(cg_fn *f, const plan_table *t, int i) {
    cg *g = f->g;
    const plan_column *col = &t->columns[i];
    const char *field = g->tables[t->id].fields[i];
    const char *name = emit_string(g->e, col->name, strlen(col->name));
    const cg_type *type = cg_type_of(col->type);
    if (col->not_null)
        emit_tpl(g->e, "if (r->${field}.${null}${open})\n    return mig_refuse_null(x, ${name});\n", "field", field, "null",
                 type->by_pointer ? "p == NULL" : "is_null", "open",
                 col->may_wait ? emit_printf(g->e, " && !mig_is_open(x, %d)", i) : "", "name", name, (char *)NULL);
    if (cg_is_text(col->type) && col->type.p >= 0)
        emit_tpl(g->e,
                 "if (r->${field}.n > ${p} && mig_too_long(r->${field}, ${p}))\n"
                 "    return mig_refuse_length(x, ${name}, r->${field}, ${p});\n",
                 "field", field, "p", emit_printf(g->e, "%d", col->type.p), "name", name, (char *)NULL);
    if (col->n_choices == 0)
        return;
    strbuf words = STRBUF_INIT, list = STRBUF_INIT;
    sb_printf(&words, "%s in (", col->name);
    for (int k = 0; k < col->n_choices; k++) {
        sb_printf(&words, "%s'%s'", k > 0 ? ", " : "", col->choices[k].p);
        sb_printf(&list, "%s%s", k > 0 ? ", " : "", cg_text_init(g, col->choices[k]));
    }
    sb_puts(&words, ")");
    emit_tpl(g->e,
             "if (mig_is_false(mig_in_text(r->${field}, ${choices}, ${n})))\n"
             "    return mig_refuse_check(x, ${name}, ${name}, ${words}, r->${field});\n",
             "choices", cg_list_object(g, "mig_text", sb_text(&list), field), "field", field,
             "n", emit_printf(g->e, "%d", col->n_choices), "name", name,
             "words", emit_string(g->e, sb_text(&words), words.length), (char *)NULL);
    sb_free(&words);
    sb_free(&list);
}

typedef struct mentioned { int n, index; bool is_text; } mentioned;

static void note_field(void *arg, const plan_expr *e) {
    mentioned *m = arg;
    if (e->kind != PX_FIELD)
        return;
    if (m->n == 0 || m->index != e->field.index)
        m->n++;
    m->index = e->field.index;
    m->is_text = cg_is_text(e->type);
}

typedef struct waiting { const plan_table *table; bool *open; bool any; } waiting;

static void note_open(void *arg, const plan_expr *e) {
    waiting *w = arg;
    if (e->kind != PX_FIELD || !w->table->columns[e->field.index].may_wait)
        return;
    w->any = w->open[e->field.index] = true;
}

/* "!mig_is_open(x, 3) && " for each column of the rule that may wait for a look-up: it is judged when that is answered. */
static const char *unless_open(cg *g, const plan_table *t, const plan_rule *r) {
    waiting w = {t, arena_array(g->a, bool, t->n_columns), false};
    strbuf sb = STRBUF_INIT;
    cg_walk(r->holds, note_open, &w);
    for (int i = 0; w.any && i < t->n_columns; i++)
        if (w.open[i])
            sb_printf(&sb, "!mig_is_open(x, %d) && ", i);
    return sb_take(&sb, g->a);
}

/* A check holds unless it is false. The one text that it is about is told with it. */
static void rule_holds(cg_fn *f, const plan_table *t, const plan_rule *r) {
    cg *g = f->g;
    mentioned m = {0};
    cg_walk(r->holds, note_field, &m);
    const char *value = "MIG_NULL_TEXT";
    if (m.n == 1 && m.is_text)
        value = emit_printf(g->e, "r->%s", g->tables[t->id].fields[m.index]);
    cg_comment(g, &r->site);
    const char *column = m.n == 1 ? t->columns[m.index].name : NULL;
    const char *open = unless_open(g, t, r), *is_false = cg_is_false(f, r->holds);
    if (*open != '\0')
        is_false = emit_printf(g->e, strstr(is_false, "||") != NULL ? "%s(%s)" : "%s%s", open, is_false);
    emit_tpl(g->e, "if (${false})\n    return mig_refuse_check(x, ${column}, ${name}, ${text}, ${value});\n", "column",
             column != NULL ? emit_string(g->e, column, strlen(column)) : "NULL", "false",
             is_false, "name", emit_string_or_null(g->e, r->name), "text",
             emit_string_or_null(g->e, r->text), "value", value, (char *)NULL);
}

static void holds_function(cg *g, const plan_table *t) {
    cg_fn f = cg_begin_on_row(g, t, CG_VALUE, true);
    cg_param(&f, "x");
    bool uses_row = false, can_fail = false;
    for (int i = 0; i < t->n_columns; i++) {
        const plan_column *c = &t->columns[i];
        uses_row = uses_row || c->not_null || c->n_choices > 0 || (cg_is_text(c->type) && c->type.p >= 0);
        column_holds(&f, t, i);
    }
    for (int i = 0; i < t->n_rules; i++) {
        can_fail = can_fail || t->rules[i].holds->fallible;
        uses_row = true;
        rule_holds(&f, t, &t->rules[i]);
    }
    if (!uses_row)
        emit_text(g->e, "(void)r;\n");
    emit_text(g->e, can_fail ? "return !mig_failed(x);\n" : "return true;\n");
    cg_end(&f, emit_printf(g->e, "static bool %s(mig_ctx *x, const void *row)", g->tables[t->id].holds));
}

/* ---- descriptions ---------------------------------------------------------------------------------------------------------- */

static void columns_array(cg *g, const plan_table *t) {
    emit_tpl(g->e, "static const mig_column ${columns}[] = {\n", "columns", g->tables[t->id].columns, (char *)NULL);
    emit_in(g->e);
    for (int i = 0; i < t->n_columns; i++) {
        const plan_column *c = &t->columns[i];
        emit_tpl(g->e, "{.name = ${name}, .type = ${type}, .p = ${p}, .s = ${s}, ${flags}.sql = {${sqlite}, ${pg}}},\n",
                 "name", emit_string_or_null(g->e, c->name), "type", cg_type_of(c->type)->id,
                 "p", emit_printf(g->e, "%d", c->type.p), "s", emit_printf(g->e, "%d", c->type.s),
                 "flags", emit_printf(g->e, "%s%s%s%s%s", c->not_null ? ".not_null = true, " : "",
                                      c->identity ? ".identity = true, " : "", c->as != NULL ? ".as = " : "",
                                      c->as != NULL ? emit_string_or_null(g->e, c->as) : "", c->as != NULL ? ", " : ""),
                 "sqlite", emit_string_or_null(g->e, c->sql[MIG_SQLITE]),
                 "pg", emit_string_or_null(g->e, c->sql[MIG_POSTGRES]), (char *)NULL);
    }
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

/* The array of no statements is one for all tables. */
static const char *no_sql(cg *g) {
    if (g->no_sql == NULL) {
        g->no_sql = names_make(g->names, "", "no_sql");
        emit_tpl(g->e, "static const char *const ${name}[] = {NULL};\n\n", "name", g->no_sql, (char *)NULL);
    }
    return g->no_sql;
}

/* An array of statements with NULL at the end; its name. */
static const char *sql_array(cg *g, const plan_table *t, const char *what, mig_engine engine, const char **sql, int n) {
    if (n == 0)
        return no_sql(g);
    const char *name = names_make(
        g->names, "", emit_printf(g->e, "%s_%s_in_%s", what, t->name, engine == MIG_SQLITE ? "sqlite" : "postgres"));
    emit_tpl(g->e, "static const char *const ${name}[] = {\n", "name", name, (char *)NULL);
    emit_in(g->e);
    for (int i = 0; i < n; i++)
        emit_tpl(g->e, "${sql},\n", "sql", cg_sql(g, &t->site, sql[i]), (char *)NULL);
    emit_text(g->e, "NULL,\n");
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
    return name;
}

/* What refers to an existing table: its name, and *n; NULL when nothing does. */
static const char *referred_array(cg *g, const plan_table *t, int *n) {
    *n = 0;
    strbuf rows = STRBUF_INIT;
    for (int i = 0; t->existing && i < g->p->n_tables; i++)
        for (int k = 0; k < g->p->tables[i]->n_references; k++) {
            const plan_reference *r = &g->p->tables[i]->references[k];
            if (r->to != t || g->p->tables[i]->existing)
                continue;
            strbuf list = STRBUF_INIT;
            for (int c = 0; c < r->n_columns; c++)
                sb_printf(&list, "%s%d", c > 0 ? ", " : "", r->to_columns[c]);
            const char *site = cg_site_of(g, &r->site, emit_printf(g->e, "reference_%s", r->name));
            sb_printf(&rows, "{.name = %s, .columns = (const int[]){%s}, .n_columns = %d, .phase = %d, .site = %s},\n",
                      emit_string_or_null(g->e, r->name), list.data, r->n_columns, r->made_in, site);
            sb_free(&list);
            (*n)++;
        }
    const char *name = NULL;
    if (*n > 0) {
        name = names_make(g->names, "", emit_printf(g->e, "references_to_%s", t->name));
        emit_tpl(g->e, "static const mig_reference ${name}[] = {\n", "name", name, (char *)NULL);
        emit_in(g->e);
        emit_text(g->e, rows.data);
        emit_out(g->e);
        emit_text(g->e, "};\n\n");
    }
    sb_free(&rows);
    return name;
}

static void table_object(cg *g, const plan_table *t) {
    cg_table *c = &g->tables[t->id];
    int n_referred;
    const char *referred = referred_array(g, t, &n_referred);
    for (int i = 0; i < 2; i++) {
        c->create[i] = sql_array(g, t, "create", (mig_engine)i, t->create[i], t->n_create[i]);
        c->constrain[i] = sql_array(g, t, "constrain", (mig_engine)i, t->constrain[i], t->n_constrain[i]);
        c->indexes[i] = sql_array(g, t, "indexes", (mig_engine)i, t->index_sql[i], t->n_index_sql[i]);
    }
    emit_tpl(g->e,
             "static const mig_table ${object} = {\n"
             "    .name = ${name},\n"
             "    .id = ${id},\n",
             "object", c->object, "name", emit_string_or_null(g->e, t->name), "id", emit_printf(g->e, "%d", t->id),
             (char *)NULL);
    emit_in(g->e);
    if (t->existing)
        emit_text(g->e, ".existing = true,\n");
    emit_tpl(g->e,
             ".columns = ${columns}, .n_columns = ${n},\n"
             ".identity = ${identity}, .primary = ${primary},\n"
             ".row_size = sizeof(struct ${row}),\n"
             ".visit = ${visit},\n",
             "columns", c->columns, "n", emit_printf(g->e, "%d", t->n_columns),
             "identity", emit_printf(g->e, "%d", t->identity), "primary", emit_printf(g->e, "%d", t->primary),
             "row", c->row, "visit", c->visit, (char *)NULL);
    if (t->keeps_sequence)
        emit_text(g->e, ".keeps_sequence = true,\n");
    if (c->get != NULL)
        emit_tpl(g->e, ".get_identity = ${get},\n.set_identity = ${set},\n", "get", c->get, "set", c->set, (char *)NULL);
    emit_tpl(g->e,
             ".holds = ${holds},\n"
             ".create = {${create0}, ${create1}},\n"
             ".constrain = {${constrain0}, ${constrain1}},\n",
             "holds", c->holds, "create0", c->create[0], "create1", c->create[1], "constrain0", c->constrain[0],
             "constrain1", c->constrain[1], (char *)NULL);
    if (t->n_index_sql[0] + t->n_index_sql[1] > 0)
        emit_tpl(g->e, ".indexes = {${indexes0}, ${indexes1}},\n", "indexes0", c->indexes[0], "indexes1", c->indexes[1], (char *)NULL);
    if (referred != NULL)
        emit_tpl(g->e, ".referred = ${referred}, .n_referred = ${n},\n", "referred", referred, "n", emit_printf(g->e, "%d", n_referred), (char *)NULL);
    emit_tpl(g->e, ".site = ${site},\n", "site", cg_site_of(g, &t->site, emit_printf(g->e, "table_%s", t->name)), (char *)NULL);
    emit_out(g->e);
    emit_text(g->e, "};\n\n");
}

void cg_tables(cg *g) {
    emit_to(g->e, EMIT_TABLES);
    for (int i = 0; i < g->p->n_tables; i++) {
        const plan_table *t = g->p->tables[i];
        cg_heading(g, emit_printf(g->e, "table %s", t->name));
        visit_function(g, t);
        identity_functions(g, t);
        holds_function(g, t);
        columns_array(g, t);
        table_object(g, t);
    }
}
