/*
 * source_keys.c: a key that a source table declares (`id bigint primary key`) and that a flow carries over as it is: the preflight holds
 * the declaration against the live table, so that no two of its rows can meet in the target's key. compiler/plan/source_keys.c draws the
 * same conclusion for the run, which then need not remember the keys.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* Does another value of `from` always become another value of `to`? Values that do not fit are refused, which is another matter. */
static bool keeps_apart(value_type from, value_type to)
{
    bool whole_from = from.id == TYPE_SMALLINT || from.id == TYPE_INTEGER || from.id == TYPE_BIGINT;
    bool whole_to = to.id == TYPE_SMALLINT || to.id == TYPE_INTEGER || to.id == TYPE_BIGINT || to.id == TYPE_NUMERIC;

    if (whole_from && whole_to)
        return true;
    if ((from.id == TYPE_TEXT || from.id == TYPE_VARCHAR) && (to.id == TYPE_TEXT || to.id == TYPE_VARCHAR))
        return true;
    return from.id == to.id && (to.id == TYPE_NUMERIC || to.id == TYPE_UUID || to.id == TYPE_DATE || to.id == TYPE_TIMESTAMP ||
                                to.id == TYPE_TIMESTAMPTZ || to.id == TYPE_BYTEA);
}

/* SQLite keeps whole numbers and texts apart for us; of other values it knows only what they are stored as. */
static bool is_key_type(const ast_node *system, value_type t)
{
    bool lite = strcmp(system->system.engine.text, "sqlite") == 0;

    return !lite || t.id == TYPE_SMALLINT || t.id == TYPE_INTEGER || t.id == TYPE_BIGINT || t.id == TYPE_TEXT || t.id == TYPE_VARCHAR;
}

typedef struct writers {
    const char *table;
    int n;
} writers;

static void count_writers(ast_node *child, void *ctx)
{
    writers *w = ctx;
    const ast_node *ref = child->kind == AST_INTO ? child->into.table : child->kind == AST_ALIAS ? child->alias.table : NULL;

    if (ref != NULL && ref->table_ref.table.text != NULL && strcmp(ref->table_ref.table.text, w->table) == 0)
        w->n++;
    if (child->kind == AST_ALIAS && child->alias.names != NULL && child->alias.names->table_ref.table.text != NULL &&
        strcmp(child->alias.names->table_ref.table.text, w->table) == 0)
        w->n++;
    ast_children(child, count_writers, ctx);
}

/* The source column that the target's column takes as it is, or NULL. */
static const ast_node *carried(const ast_node *source, const ast_node *column, const ast_node *set)
{
    const ast_node *from = NULL;

    if (set == NULL)
        return NULL;
    if (set->kind == AST_COPY)
        from = sema_column(source, column->column.name.text);
    else if (set->kind == AST_SET && set->set.e->kind == AST_NAME && set->set.handler == NULL)
        from = set->set.e->sym;
    for (int i = 0; i < source->table.columns.n; i++)
        if (source->table.columns.at[i] == from)
            return from;
    return NULL;
}

static bool is_carried(const sema_key *k, const ast_node *table, const ast_node *source, const ast_node **set, const ast_node *key_column)
{
    for (int i = 0; i < k->n_columns; i++) {
        int at = sema_column_index(table, k->columns[i]->column.name.text);

        if (at >= 0 && carried(source, k->columns[i], set[at]) == key_column && keeps_apart(key_column->type, k->columns[i]->type))
            return true;
    }
    return false;
}

bool source_keys_hold(sema *s, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set, const sema_key *k)
{
    const ast_node *system = names_system_of(s, source);
    sema_key key = sema_primary_key(s->a, source);
    writers w = {.table = table->table.name.text};

    if (key.n_columns == 0 || into->into.in != NULL || table->table.existing || dedup_of(s, table) != NULL)
        return false;
    for (int i = 0; i < key.n_columns; i++)
        if (!is_key_type(system, key.columns[i]->type) || !is_carried(k, table, source, set, key.columns[i]))
            return false;
    ast_children(s->file, count_writers, &w);
    return w.n == 1;
}
