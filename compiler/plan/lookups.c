/*
 * lookups.c: bracket look-ups as expressions of the plan, and the keys that they share: a phase keeps one map for each.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/sema/types.h"

#include <string.h>

/* ---- aliases ---- */

static plan_expr *in_alias(builder *b, const ast_node *n) {
    const plan_alias *al = plan_map_get(b, n->sym);
    const plan_table *t = plan_map_get(b, n->sym->alias.table->sym);
    plan_expr *e = plan_px(b, PX_ALIAS, t->columns[t->primary].type, 1);
    e->alias = al;
    e->args[0] = plan_convert(b, plan_expr_of(b, n->lookup.keys.at[0]->lookup_key.e), (plan_type){MIG_T_TEXT, -1, -1});
    e->nullable = true;
    e->fallible = e->args[0]->fallible || n->fallible;
    return e;
}

/* ---- tables of the target ---- */

static bool same_columns(const int *some, int n_some, const int *others, int n) {
    for (int i = 0; i < n && n_some == n; i++)
        if (some[i] != others[i])
            return false;
    return n_some == n;
}

static const plan_key *lookup_key(builder *b, int n, const ast_node *at, const plan_table *t, int *columns, int result) {
    for (int i = 0; i < b->p->n_lookups; i++) {
        plan_key *k = b->p->lookups[i];
        if (k->table == t && k->from == NULL && k->result == result && same_columns(k->columns, k->n_columns, columns, n))
            return k;
    }
    plan_key *k = arena_new(b->a, plan_key);
    strbuf name = STRBUF_INIT;
    for (int i = 0; i < n; i++)
        sb_printf(&name, "%s%s", i > 0 ? ", " : "", t->columns[columns[i]].name);
    k->name = sb_take(&name, b->a);
    k->table = t;
    k->columns = columns;
    k->n_columns = n;
    k->result = result;
    k->id = b->p->n_lookups;
    k->site = plan_site_of(b, at->at);
    *(plan_key **)arena_push(b->a, &b->p->lookups, &b->p->n_lookups, &b->cap_lookups, sizeof(plan_key *)) = k;
    return k;
}

/* A key part in its column's C type: lengths and ranges do not matter, only equality does. */
static plan_expr *key_part(builder *b, plan_expr *e, plan_type type) {
    value_type from = plan_value_type(e->type), to = plan_value_type(type);
    if (e->kind != PX_NULL && sema_assign(from, to) == ASSIGN_NARROW && sema_same_storage(from, to))
        return e;
    return plan_convert(b, e, type);
}

static const char *last_name(const ast_node *key) {
    ast_names path = key->lookup_key.path;
    return path.at[path.n - 1].text;
}

static plan_expr *in_table(builder *b, const ast_node *n) {
    const plan_table *t = plan_map_get(b, n->sym);
    int *columns = arena_array(b->a, int, n->lookup.keys.n);
    int result = n->lookup.col.text != NULL ? plan_column_index(t, n->lookup.col.text) : t->primary;
    plan_expr *e = plan_px(b, PX_LOOKUP, t->columns[result].type, n->lookup.keys.n);
    for (int i = 0; i < n->lookup.keys.n; i++) {
        const ast_node *k = n->lookup.keys.at[i];
        columns[i] = plan_column_index(t, last_name(k));
        e->args[i] = key_part(b, plan_expr_of(b, k->lookup_key.e), t->columns[columns[i]].type);
    }
    e->key = lookup_key(b, n->lookup.keys.n, n, t, columns, result);
    plan_from_args(e);
    e->nullable = e->nullable || !t->columns[result].not_null;
    e->fallible = true;
    return e;
}

/* ---- rows by the source row that they came from ---- */

static const plan_source_table *source_named(const builder *b, const char *source, const char *table) {
    for (int i = 0; i < b->p->n_source_tables; i++)
        if (strcmp(b->p->source_tables[i]->source->name, source) == 0 && strcmp(b->p->source_tables[i]->name, table) == 0)
            return b->p->source_tables[i];
    migc_bug("a source table that is not in the plan");
}

/* The key's cells in its source; name: its columns, for people. */
static plan_expr **key_cells(builder *b, const plan_source_table *s, const int *columns, int n, const char **name) {
    plan_expr **cells = arena_array(b->a, plan_expr *, n);
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < n; i++) {
        sb_printf(&sb, "%s%s", i > 0 ? ", " : "", s->columns[columns[i]].name);
        cells[i] = plan_cell(b, s, columns[i]);
    }
    *name = sb_take(&sb, b->a);
    return cells;
}

static const plan_key *origin_key(builder *b, const ast_node *n, const plan_table *t, const plan_source_table *from, int *columns) {
    int count = n->lookup.keys.n;
    for (int i = 0; i < b->p->n_lookups; i++) {
        plan_key *k = b->p->lookups[i];
        if (k->table == t && k->from == from && same_columns(k->columns, k->n_columns, columns, count))
            return k;
    }
    plan_key *k = arena_new(b->a, plan_key);
    *k = (plan_key){.table = t, .columns = columns, .n_columns = count, .result = t->primary, .id = b->p->n_lookups,
                    .site = plan_site_of(b, n->at), .from = from};
    k->from_key = key_cells(b, from, columns, count, &k->name);
    *(plan_key **)arena_push(b->a, &b->p->lookups, &b->p->n_lookups, &b->cap_lookups, sizeof(plan_key *)) = k;
    return k;
}

/* Another column than the primary key is looked up by that. */
static plan_expr *column_of(builder *b, const ast_node *n, const plan_table *t, plan_expr *key) {
    int *columns = arena_array(b->a, int, 1), result = plan_column_index(t, n->lookup.col.text);
    columns[0] = t->primary;
    plan_expr *e = plan_px(b, PX_LOOKUP, t->columns[result].type, 1);
    e->args[0] = key;
    e->key = lookup_key(b, 1, n, t, columns, result);
    plan_from_args(e);
    e->nullable = e->nullable || !t->columns[result].not_null;
    e->fallible = true;
    return e;
}

static plan_expr *by_origin(builder *b, const ast_node *n) {
    const plan_table *t = plan_map_get(b, n->sym);
    ast_names path = n->lookup.keys.at[0]->lookup_key.path;
    const plan_source_table *from = source_named(b, path.at[0].text, path.at[1].text);
    int *columns = arena_array(b->a, int, n->lookup.keys.n);
    plan_expr *e = plan_px(b, PX_LOOKUP, t->columns[t->primary].type, n->lookup.keys.n);
    for (int i = 0; i < n->lookup.keys.n; i++) {
        const ast_node *k = n->lookup.keys.at[i];
        columns[i] = plan_source_column_index(from, last_name(k));
        e->args[i] = key_part(b, plan_expr_of(b, k->lookup_key.e), from->columns[columns[i]].type);
    }
    e->key = origin_key(b, n, t, from, columns);
    plan_from_args(e);
    e->fallible = true;
    return n->lookup.col.text == NULL || plan_column_index(t, n->lookup.col.text) == t->primary ? e : column_of(b, n, t, e);
}

/* ---- tables of sources ---- */

static plan_source_key *source_key(builder *b, const ast_node *n, const plan_source_table *s, int *columns) {
    int count = n->lookup.keys.n;
    for (int i = 0; i < b->p->n_source_lookups; i++) {
        plan_source_key *k = b->p->source_lookups[i];
        if (k->table == s && same_columns(k->columns, k->n_columns, columns, count))
            return k;
    }
    plan_source_key *k = arena_new(b->a, plan_source_key);
    k->key = key_cells(b, s, columns, count, &k->name);
    k->table = s;
    k->columns = columns;
    k->n_columns = count;
    k->cells = arena_array(b->a, plan_expr *, s->n_columns);
    k->id = b->p->n_source_lookups;
    k->site = plan_site_of(b, n->at);
    *(plan_source_key **)arena_push(b->a, &b->p->source_lookups, &b->p->n_source_lookups, &b->cap_source_lookups,
                                    sizeof(plan_source_key *)) = k;
    return k;
}

static plan_expr *in_source(builder *b, const ast_node *n) {
    const plan_source_table *s = plan_map_get(b, n->sym);
    int *columns = arena_array(b->a, int, n->lookup.keys.n);
    int result = plan_source_column_index(s, n->lookup.col.text);
    plan_expr *e = plan_px(b, PX_SOURCE_LOOKUP, s->columns[result].type, n->lookup.keys.n);
    for (int i = 0; i < n->lookup.keys.n; i++) {
        const ast_node *k = n->lookup.keys.at[i];
        columns[i] = plan_source_column_index(s, last_name(k));
        e->args[i] = key_part(b, plan_expr_of(b, k->lookup_key.e), s->columns[columns[i]].type);
    }
    plan_source_key *k = source_key(b, n, s, columns);
    if (k->cells[result] == NULL)
        k->cells[result] = plan_cell(b, s, result);
    e->found.key = k;
    e->found.index = result;
    plan_from_args(e);
    e->nullable = e->nullable || !s->columns[result].not_null;
    e->fallible = true;
    return e;
}

plan_expr *plan_lookup(builder *b, const ast_node *n) {
    if (n->sym->kind == AST_ALIAS)
        return in_alias(b, n);
    if (plan_is_source_table(b, n->sym))
        return in_source(b, n);
    return n->lookup.keys.at[0]->lookup_key.path.n > 1 ? by_origin(b, n) : in_table(b, n);
}
