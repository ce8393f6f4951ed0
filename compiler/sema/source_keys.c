/*
 * source_keys.c: a key that a source table declares (`id bigint primary key`) and that a flow carries over as it is: the preflight holds
 * the declaration against the live table, so that no two of its rows can meet in the target's key. compiler/plan/source_keys.c asks
 * the plan the same, for the run, which then need not remember the keys; what values may do on their way says types.c to both.
 */
#include "compiler/sema/inside.h"

#include <string.h>

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

        if (at >= 0 && carried(source, k->columns[i], set[at]) == key_column && sema_keeps_apart(key_column->type, k->columns[i]->type))
            return true;
    }
    return false;
}

bool source_keys_hold(sema *s, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set, const sema_key *k)
{
    bool in_sqlite = strcmp(names_system_of(s, source)->system.engine.text, "sqlite") == 0;
    sema_key key = sema_primary_key(s->a, source);
    writers w = {.table = table->table.name.text};

    if (key.n_columns == 0 || into->into.in != NULL || table->table.existing || dedup_of(s, table) != NULL)
        return false;
    for (int i = 0; i < key.n_columns; i++)
        if ((in_sqlite && !sema_sqlite_keeps_apart(key.columns[i]->type)) || !is_carried(k, table, source, set, key.columns[i]))
            return false;
    ast_children(s->file, count_writers, &w);
    return w.n == 1;
}
