/*
 * tables.c: questions about a TABLE node (see sema.h). No messages, no state: sema asks them while it checks, the plan afterwards.
 */
#include "compiler/sema/sema.h"

#include <string.h>

int sema_column_index(const ast_node *table, const char *name)
{
    for (int i = 0; i < table->table.columns.n; i++)
        if (strcmp(table->table.columns.at[i]->column.name.text, name) == 0)
            return i;
    return -1;
}

ast_node *sema_column(const ast_node *table, const char *name)
{
    int i = sema_column_index(table, name);

    return i < 0 ? NULL : table->table.columns.at[i];
}

const ast_node *sema_column_constraint(const ast_node *column, ast_constraint_kind what)
{
    for (int i = 0; i < column->column.constraints.n; i++)
        if (column->column.constraints.at[i]->constraint.what == what)
            return column->column.constraints.at[i];
    return NULL;
}

bool sema_is_identity(const ast_node *column)
{
    return column->column.type->type_name.serial || sema_column_constraint(column, CON_IDENTITY) != NULL;
}

const ast_node *sema_identity(const ast_node *table)
{
    for (int i = 0; i < table->table.columns.n; i++)
        if (sema_is_identity(table->table.columns.at[i]))
            return table->table.columns.at[i];
    return NULL;
}

const ast_node *sema_default(const ast_node *column)
{
    const ast_node *con = sema_column_constraint(column, CON_DEFAULT);

    return con == NULL ? NULL : con->constraint.e;
}

bool sema_not_null(const ast_node *table, const ast_node *column)
{
    if (sema_is_identity(column) || sema_column_constraint(column, CON_NOT_NULL) != NULL ||
        sema_column_constraint(column, CON_PRIMARY_KEY) != NULL)
        return true;
    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];

        if (con->constraint.what != CON_PRIMARY_KEY)
            continue;
        for (int k = 0; k < con->constraint.columns.n; k++)
            if (strcmp(con->constraint.columns.at[k].text, column->column.name.text) == 0)
                return true;
    }
    return false;
}

/* ---- unique rules ----------------------------------------------------------------------------------------------- */

static sema_key *add_key(arena *a, sema_keys *keys, int *cap, const ast_node *node, bool primary, int most_columns)
{
    sema_key *k = arena_push(a, &keys->at, &keys->n, cap, sizeof(sema_key));

    k->node = node;
    k->primary = primary;
    k->columns = arena_array(a, const ast_node *, most_columns);
    return k;
}

static void add_column(sema_key *k, const ast_node *column)
{
    if (column != NULL)
        k->columns[k->n_columns++] = column;
}

static void column_keys(arena *a, const ast_node *table, ast_constraint_kind what, sema_keys *keys, int *cap)
{
    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *con = sema_column_constraint(table->table.columns.at[i], what);

        if (con != NULL)
            add_column(add_key(a, keys, cap, con, what == CON_PRIMARY_KEY, 1), table->table.columns.at[i]);
    }
}

static void table_keys(arena *a, const ast_node *table, ast_constraint_kind what, sema_keys *keys, int *cap)
{
    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];

        if (con->constraint.what != what)
            continue;
        sema_key *k = add_key(a, keys, cap, con, what == CON_PRIMARY_KEY, con->constraint.columns.n);
        for (int c = 0; c < con->constraint.columns.n; c++)
            add_column(k, sema_column(table, con->constraint.columns.at[c].text));
    }
}

static void index_keys(arena *a, const ast_node *table, sema_keys *keys, int *cap)
{
    for (int i = 0; i < table->table.indexes.n; i++) {
        const ast_node *index = table->table.indexes.at[i];

        if (!index->index.unique)
            continue;
        sema_key *k = add_key(a, keys, cap, index, false, index->index.columns.n);
        for (int c = 0; c < index->index.columns.n; c++)
            add_column(k, sema_column(table, index->index.columns.at[c]->index_column.name.text));
    }
}

sema_keys sema_unique_rules(arena *a, const ast_node *table)
{
    sema_keys keys = {NULL, 0};
    int cap = 0;

    column_keys(a, table, CON_PRIMARY_KEY, &keys, &cap);
    table_keys(a, table, CON_PRIMARY_KEY, &keys, &cap);
    column_keys(a, table, CON_UNIQUE, &keys, &cap);
    table_keys(a, table, CON_UNIQUE, &keys, &cap);
    index_keys(a, table, &keys, &cap);
    return keys;
}

sema_key sema_primary_key(arena *a, const ast_node *table)
{
    sema_keys keys = sema_unique_rules(a, table);

    if (keys.n > 0 && keys.at[0].primary)
        return keys.at[0];
    return (sema_key){NULL, false, NULL, 0};
}

const ast_node *sema_primary_column(arena *a, const ast_node *table)
{
    sema_key k = sema_primary_key(a, table);

    return k.n_columns == 1 ? k.columns[0] : NULL;
}

/* ---- references ------------------------------------------------------------------------------------------------- */

static bool from_columns(arena *a, const ast_node *table, const ast_node *column, const ast_node *con, sema_reference *out)
{
    if (column != NULL) {
        out->from = arena_array(a, const ast_node *, 1);
        out->from[0] = column;
        out->n = 1;
        return true;
    }
    out->n = con->constraint.columns.n;
    out->from = arena_array(a, const ast_node *, out->n);
    for (int i = 0; i < out->n; i++) {
        out->from[i] = sema_column(table, con->constraint.columns.at[i].text);
        if (out->from[i] == NULL)
            return false;
    }
    return true;
}

static bool to_columns(arena *a, const ast_node *con, sema_reference *out)
{
    if (con->constraint.ref_columns.n == 0) {
        sema_key k = sema_primary_key(a, out->table);

        out->to = k.columns;
        return k.n_columns == out->n;
    }
    if (con->constraint.ref_columns.n != out->n)
        return false;
    out->to = arena_array(a, const ast_node *, out->n);
    for (int i = 0; i < out->n; i++) {
        out->to[i] = sema_column(out->table, con->constraint.ref_columns.at[i].text);
        if (out->to[i] == NULL)
            return false;
    }
    return true;
}

bool sema_reference_of(arena *a, const ast_node *table, const ast_node *column, const ast_node *constraint, sema_reference *out)
{
    *out = (sema_reference){constraint->constraint.ref->sym, NULL, NULL, 0};
    return out->table != NULL && from_columns(a, table, column, constraint, out) && to_columns(a, constraint, out);
}
