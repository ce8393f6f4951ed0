/*
 * relations.c: indexes of tables, and references from one to another.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- indexes ---------------------------------------------------------------------------------------------------------------- */

/* PostgreSQL has the method for values of the type. */
static bool method_takes(const char *method, type_id id)
{
    bool list_or_json = id == TYPE_TEXT_ARRAY || id == TYPE_JSONB;

    if (strcmp(method, "gin") == 0)
        return list_or_json;
    if (strcmp(method, "gist") == 0)
        return false;
    if (strcmp(method, "spgist") == 0)
        return sema_is_text(id);
    if (strcmp(method, "brin") == 0)
        return !list_or_json && id != TYPE_JSON && id != TYPE_BOOLEAN;
    return id != TYPE_JSON;
}

static void method_types(sema *s, const ast_node *table, const ast_node *index)
{
    const char *method = index->index.method.text != NULL ? index->index.method.text : "btree";

    for (int i = 0; i < index->index.columns.n; i++) {
        ast_name name = index->index.columns.at[i]->index_column.name;
        const ast_node *c = sema_column(table, name.text);

        if (c == NULL || sema_is_error(c->type) || method_takes(method, c->type.id))
            continue;
        diag_error(s->d, name.at, D_TYPE_MISMATCH, "PostgreSQL has no %s index for %s, which \"%s\" is", method,
                   text_type(s, c->type), name.text);
        if (strcmp(method, "gin") == 0)
            diag_hint(s->d, "A gin index is for jsonb and text[].");
    }
}

static void index_method(sema *s, const ast_node *table, const ast_node *index)
{
    static const char *const methods[] = {"brin", "btree", "gin", "gist", "hash", "spgist"};
    ast_name method = index->index.method;
    nearest near = nearest_start(method.text);
    bool known = false;

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        nearest_offer(&near, methods[i]);
        known = known || strcmp(methods[i], method.text) == 0;
    }
    if (!known) {
        diag_error(s->d, method.at, D_UNKNOWN_OPTION, "there is no index method \"%s\"", method.text);
        diag_did_you_mean(s->d, near.best);
        if (near.best == NULL)
            diag_hint(s->d, "Methods are btree, hash, gin, gist, spgist and brin.");
    } else if (strcmp(method.text, "btree") != 0 && index->index.unique) {
        diag_error(s->d, method.at, D_NOT_ALLOWED, "a unique index is a btree, not a %s", method.text);
    } else if (strcmp(method.text, "hash") == 0 && index->index.columns.n > 1) {
        diag_error(s->d, method.at, D_NOT_ALLOWED, "a hash index has one column");
    } else {
        method_types(s, table, index);
        if (strcmp(method.text, "btree") != 0 && strcmp(s->target->system.engine.text, "sqlite") == 0)
            diag_warning(s->d, method.at, D_NOT_IN_ENGINE, "SQLite has no %s index: this one is made in PostgreSQL only", method.text);
    }
}

/* Two indexes without names over the same columns would get the same name. */
static void same_index(sema *s, const ast_node *table, int i)
{
    const ast_node *a = table->table.indexes.at[i];

    for (int k = 0; k < i; k++) {
        const ast_node *b = table->table.indexes.at[k];
        bool same = a->index.name.text == NULL && b->index.name.text == NULL && a->index.columns.n == b->index.columns.n;

        for (int c = 0; same && c < a->index.columns.n; c++)
            same = strcmp(a->index.columns.at[c]->index_column.name.text, b->index.columns.at[c]->index_column.name.text) == 0;
        if (!same)
            continue;
        diag_error(s->d, a->at, D_DUPLICATE, "there is an index over the same columns already");
        diag_note(s->d, b->at, "it is declared here");
        diag_hint(s->d, "Give one of them a name, if both are needed.");
        return;
    }
}

void relations_indexes(sema *s, const ast_node *table)
{
    for (int i = 0; i < table->table.indexes.n; i++) {
        const ast_node *index = table->table.indexes.at[i];
        ast_names names = {NULL, 0};
        bool ordered = index->index.method.text == NULL || strcmp(index->index.method.text, "btree") == 0;

        for (int c = 0; c < index->index.columns.n; c++) {
            const ast_node *column = index->index.columns.at[c];

            ast_names_add(s->a, &names, column->index_column.name);
            if (column->index_column.desc && !ordered)
                diag_error(s->d, column->at, D_NOT_ALLOWED, "a %s index has no order, so no column of it is descending",
                           index->index.method.text);
        }
        schema_listed(s, table, &names, "the index");
        if (index->index.method.text != NULL)
            index_method(s, table, index);
        else
            method_types(s, table, index);
        same_index(s, table, i);
    }
}

/* ---- references --------------------------------------------------------------------------------------------------------------- */

static bool is_unique(sema *s, const sema_reference *r)
{
    sema_keys keys = sema_unique_rules(s->a, r->table);

    for (int i = 0; i < keys.n; i++) {
        int found = 0;

        for (int k = 0; k < r->n; k++)
            for (int c = 0; c < keys.at[i].n_columns; c++)
                found += keys.at[i].columns[c] == r->to[k];
        if (found == r->n && keys.at[i].n_columns == r->n)
            return true;
    }
    return false;
}

static bool same_type(value_type a, value_type b)
{
    return sema_is_error(a) || sema_is_error(b) || a.id == b.id || (type_is_text(a) && type_is_text(b));
}

/* The right number of columns on both sides; without columns a primary key that is there. */
static bool reference_columns(sema *s, const ast_node *con, int n)
{
    const ast_node *to = con->constraint.ref->sym;
    int n_key = sema_primary_key(s->a, to).n_columns;

    if (con->constraint.ref_columns.n > 0) {
        for (int i = 0; i < con->constraint.ref_columns.n; i++)
            if (names_column(s, to, con->constraint.ref_columns.at[i]) == NULL)
                return false;
        if (con->constraint.ref_columns.n == n)
            return true;
        diag_error(s->d, con->at, D_WRONG_ARGUMENTS, "%d %s cannot refer to %d", n, n == 1 ? "column" : "columns",
                   con->constraint.ref_columns.n);
        return false;
    }
    if (n_key == n)
        return true;
    if (n_key == 0)
        diag_error(s->d, con->constraint.ref->at, D_MISSING, "\"%s\" has no primary key to refer to", to->table.name.text);
    else
        diag_error(s->d, con->constraint.ref->at, D_WRONG_ARGUMENTS, "the primary key of \"%s\" has %d column%s, and %d refer%s to it",
                   to->table.name.text, n_key, n_key == 1 ? "" : "s", n, n == 1 ? "s" : "");
    diag_hint(s->d, "Name the columns: references %s (…).", to->table.name.text);
    return false;
}

static void set_null(sema *s, const ast_node *table, const ast_node *con, const sema_reference *r)
{
    if (con->constraint.on_delete != FK_SET_NULL && con->constraint.on_update != FK_SET_NULL)
        return;
    for (int i = 0; i < r->n; i++)
        if (sema_not_null(table, r->from[i]))
            diag_error(s->d, con->at, D_NULLABLE, "\"%s\" cannot be null, and \"set null\" would make it so",
                       r->from[i]->column.name.text);
}

/* Integers of any width can refer to each other, and texts of any length, as in PostgreSQL. */
static bool can_refer(value_type from, value_type to)
{
    return same_type(from, to) || (sema_is_integer(from.id) && sema_is_integer(to.id)) ||
           (sema_is_text(from.id) && sema_is_text(to.id) && (from.id == TYPE_CHAR) == (to.id == TYPE_CHAR));
}

static void reference(sema *s, const ast_node *table, const ast_node *column, ast_node *con)
{
    sema_reference r;
    ast_node *to = names_table(s, con->constraint.ref, REF_TARGET, false);

    if (to == NULL || !reference_columns(s, con, column != NULL ? 1 : con->constraint.columns.n) ||
        !sema_reference_of(s->a, table, column, con, &r))
        return;
    for (int i = 0; i < r.n; i++)
        if (!can_refer(r.from[i]->type, r.to[i]->type)) {
            diag_error(s->d, con->constraint.ref->at, D_TYPE_MISMATCH, "\"%s\" is %s, and \"%s.%s\", which it refers to, is %s",
                       r.from[i]->column.name.text, text_type(s, r.from[i]->type), to->table.name.text,
                       r.to[i]->column.name.text, text_type(s, r.to[i]->type));
            diag_hint(s->d, "Declare \"%s\" as %s.", r.from[i]->column.name.text, text_type(s, r.to[i]->type));
            return;
        }
    if (!is_unique(s, &r)) {
        diag_error(s->d, con->constraint.ref->at, D_NOT_UNIQUE, "\"%s\" of \"%s\" is not unique, so nothing can refer to it",
                   r.to[0]->column.name.text, to->table.name.text);
        diag_note(s->d, r.to[0]->column.name.at, "the column is declared here");
        diag_hint(s->d, "Declare it unique, or the primary key.");
    }
    set_null(s, table, con, &r);
}

void relations_references(sema *s, const ast_node *table)
{
    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *c = table->table.columns.at[i];

        for (int k = 0; k < c->column.constraints.n; k++)
            if (c->column.constraints.at[k]->constraint.what == CON_FOREIGN_KEY)
                reference(s, table, c, c->column.constraints.at[k]);
    }
    for (int k = 0; k < table->table.constraints.n; k++)
        if (table->table.constraints.at[k]->constraint.what == CON_FOREIGN_KEY)
            reference(s, table, NULL, table->table.constraints.at[k]);
}
