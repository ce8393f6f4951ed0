/*
 * lookups.c: bracket look-ups. network[x] asks an alias, app.t[col = x, …][.col] asks a table of the target for the row with
 * that key, src.u[col = x, …].col a table of a source, app.t[src.u.col = x, …] the target for the row that came from a source's
 * row. A key that several rows of the target may have is pointed out; of a source nobody knows before it is read.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- aliases -------------------------------------------------------------------------------------------------------- */

static void alias_failures(sema *s, ast_node *e, const ast_node *alias, const char *arg)
{
    const ast_node *table = alias->alias.table->sym;
    const ast_node *key = sema_column(table, alias->alias.key.text);

    switch (alias->alias.unknown) {
    case UNKNOWN_UNSAID:
    case UNKNOWN_REJECT:
        expr_can_fail(s, e, "\"%s\" may not know %s", alias->alias.name.text, arg);
        return;
    case UNKNOWN_CREATE:
        if (key != NULL && type_is_text(key->type) && key->type.p >= 0)
            expr_can_fail(s, e, "%s may be longer than %d characters, as a new row of \"%s\"", arg, key->type.p,
                          table->table.name.text);
        return;
    case UNKNOWN_NULL:
    case UNKNOWN_USE: return;
    }
}

static void in_alias(sema *s, env *v, ast_node *e, ast_node *alias)
{
    ast_node *key = e->lookup.keys.at[0];
    ast_node *arg = key->lookup_key.e;

    e->sym = alias;
    alias->used = true;
    if (e->lookup.keys.n != 1 || key->lookup_key.path.n != 0) {
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "an alias is asked for one text: %s[…]", alias->alias.name.text);
        expr_fail(e);
        return;
    }
    expr_check(s, v, arg);
    expr_takes(e, arg);
    literal_settle(s, arg);
    if (expr_is_error(e))
        return;
    if (!type_is_text(arg->type)) {
        text_mismatch(s, arg, sema_type(TYPE_TEXT), "an alias is asked for a");
        expr_fail(e);
        return;
    }
    const ast_node *table = alias->alias.table == NULL ? NULL : alias->alias.table->sym;
    const ast_node *primary = table == NULL ? NULL : sema_primary_column(s->a, table);
    if (primary == NULL) { /* said where the alias stands */
        expr_fail(e);
        return;
    }
    if (e->lookup.col.text != NULL) {
        diag_error(s->d, e->lookup.col.at, D_NOT_ALLOWED, "an alias gives the key of a row, not its columns");
        diag_hint(s->d, "Write %s.%s[%s = %s[%s]].%s.", s->target->system.name.text, table->table.name.text,
                  primary->column.name.text, alias->alias.name.text, text_of(s, arg->at), e->lookup.col.text);
        expr_fail(e);
        return;
    }
    e->type = primary->type;
    e->nullable = true; /* text of which the match leaves nothing counts as null */
    alias_failures(s, e, alias, text_of(s, arg->at));
}

/* ---- tables ---------------------------------------------------------------------------------------------------------- */

/* The column that a key is about, or NULL: reported. */
static const ast_node *key_column(sema *s, const ast_node *table, const ast_node *key)
{
    ast_names path = key->lookup_key.path;

    if (path.n == 0) {
        diag_error(s->d, key->at, D_WRONG_ARGUMENTS, "the column is missing: rows of \"%s\" are found by COLUMN = value",
                   table->table.name.text);
        return NULL;
    }
    if (path.n == 1)
        return names_column(s, table, path.at[0]);
    if (names_is_source(s, table)) {
        diag_error(s->d, span_join(path.at[0].at, path.at[path.n - 1].at), D_NOT_ALLOWED,
                   "in the brackets, columns of \"%s\" are named alone", table->table.name.text);
        diag_hint(s->d, "Write %s = ….", path.at[path.n - 1].text);
        return NULL;
    }
    diag_error(s->d, key->at, D_NOT_ALLOWED, "the columns in the brackets are of one table: of \"%s\", or of one table of a source",
               table->table.name.text);
    return NULL;
}

/* The value beside the column: typed, comparable, and a value of the column's type after at most a conversion. */
static bool key_value(sema *s, env *v, ast_node *e, const ast_node *column, ast_node *value)
{
    expr_check(s, v, value);
    expr_takes(e, value);
    if (expr_is_error(value) || expr_is_error(column))
        return expr_fail(e);
    if (literal_is(value) && type_is_text(column->type))
        literal_settle(s, value);
    else if (!literal_adopt(s, value, column->type))
        return expr_fail(e);
    if (sema_assign(value->type, column->type) != ASSIGN_NO)
        return true;
    text_mismatch(s, value, column->type, arena_printf(s->a, "\"%s\" is", column->column.name.text));
    return expr_fail(e);
}

static const ast_node *result_column(sema *s, ast_node *e, const ast_node *table)
{
    if (e->lookup.col.text != NULL)
        return names_column(s, table, e->lookup.col);
    const ast_node *primary = sema_primary_column(s->a, table);
    if (primary != NULL)
        return primary;
    diag_error(s->d, e->at, D_MISSING, "which column of \"%s\" is meant? It has no primary key of one column",
               table->table.name.text);
    diag_hint(s->d, "Write %s.COLUMN.", text_of(s, e->at));
    return NULL;
}

static void key_failures(sema *s, ast_node *e, const ast_node *table, const ast_node **columns, int n)
{
    const char **names = arena_array(s->a, const char *, n);

    for (int i = 0; i < n; i++)
        names[i] = columns[i]->column.name.text;
    const char *list = text_names(s, names, n, 3);
    expr_can_fail(s, e, "\"%s\" may have no row with this %s", table->table.name.text, list);
    if (dedup_makes_unique(s, table, columns, n) || s->is_silent)
        return;
    diag_warning(s->d, e->at, D_NOT_UNIQUE, "several rows of \"%s\" may have the same %s, and then the look-up fails",
                 table->table.name.text, list);
    diag_hint(s->d, "Declare `unique (%s)`, or a dedup, if there is one row of each.", n == 1 ? names[0] : "…");
}

/* The columns of the keys, each with its value typed; false: something was reported. */
static bool keys_check(sema *s, env *v, ast_node *e, const ast_node *table, const ast_node **columns)
{
    for (int i = 0; i < e->lookup.keys.n; i++) {
        ast_node *key = e->lookup.keys.at[i];

        columns[i] = key_column(s, table, key);
        for (int k = 0; k < i && columns[i] != NULL; k++)
            if (columns[k] == columns[i]) {
                diag_error(s->d, key->at, D_DUPLICATE, "\"%s\" stands twice in the look-up", columns[i]->column.name.text);
                expr_fail(e);
            }
        if (columns[i] == NULL) {
            expr_check(s, v, key->lookup_key.e);
            expr_fail(e);
        } else {
            key_value(s, v, e, columns[i], key->lookup_key.e);
        }
    }
    return !expr_is_error(e);
}

typedef const ast_node *(*result_fn)(sema *s, ast_node *e, const ast_node *table);

/* Gives the look-up its type. The columns of its keys; NULL: something was reported. */
static const ast_node **typed(sema *s, env *v, ast_node *e, ast_node *table, result_fn result_of)
{
    const ast_node **columns = arena_array(s->a, const ast_node *, e->lookup.keys.n);

    e->sym = table;
    keys_check(s, v, e, table, columns);
    const ast_node *result = result_of(s, e, table);
    if (result == NULL)
        expr_fail(e);
    if (expr_is_error(e))
        return NULL;
    e->type = result->type;
    e->nullable = e->nullable || !sema_not_null(table, result);
    return columns;
}

static void in_table(sema *s, env *v, ast_node *e, ast_node *table)
{
    const ast_node **columns = typed(s, v, e, table, result_column);

    if (columns != NULL)
        key_failures(s, e, table, columns, e->lookup.keys.n);
}

/* ---- tables of sources ------------------------------------------------------------------------------------------------ */

static const ast_node *source_result(sema *s, ast_node *e, const ast_node *table)
{
    if (e->lookup.col.text != NULL)
        return names_column(s, table, e->lookup.col);
    diag_error(s->d, e->at, D_MISSING, "which column of \"%s\" is meant? Rows of a source have no key of their own",
               table->table.name.text);
    diag_hint(s->d, "Write %s.COLUMN.", text_of(s, e->at));
    return NULL;
}

static void in_source_table(sema *s, env *v, ast_node *e, ast_node *table)
{
    int n = e->lookup.keys.n;
    const ast_node **columns = typed(s, v, e, table, source_result);
    const char **names = arena_array(s->a, const char *, n);

    if (columns == NULL)
        return;
    for (int i = 0; i < n; i++)
        names[i] = columns[i]->column.name.text;
    expr_can_fail(s, e, "\"%s\" may have no row with this %s, or several", table->table.name.text, text_names(s, names, n, 3));
}

/* After a mistake in the path: the keys are typed all the same, for the mistakes in them and for what they use. */
static void only_keys(sema *s, env *v, ast_node *e)
{
    for (int i = 0; i < e->lookup.keys.n; i++)
        expr_check(s, v, e->lookup.keys.at[i]->lookup_key.e);
}

/* ---- rows by the source row that they came from ---------------------------------------------------------------------------- */

static bool names_same(const ast_node *ref, const ast_node *system, const ast_node *table)
{
    return strcmp(ref->table_ref.table.text, table->table.name.text) == 0 &&
           (ref->table_ref.system.text == NULL || strcmp(ref->table_ref.system.text, system->system.name.text) == 0);
}

typedef struct bringing {
    const ast_node *source_system, *source, *target;
    bool found;
} bringing;

/* Tables by their names: the flow may not have been checked yet. */
static void look_at_flow(sema *s, ast_node *flow, ast_node *phase, void *ctx)
{
    bringing *b = ctx;

    (void)phase;
    if (!names_same(flow->flow.from, b->source_system, b->source))
        return;
    for (int i = 0; i < flow->flow.items.n; i++)
        if (flow->flow.items.at[i]->kind == AST_INTO && names_same(flow->flow.items.at[i]->into.table, s->target, b->target))
            b->found = true;
}

/* Can rows of the table be known by where they came from? */
static bool has_origins(sema *s, const ast_node *e, const ast_node *table, const ast_node *source)
{
    const ast_node *primary = sema_primary_column(s->a, table);
    bringing b = {names_system_of(s, source), source, table, false};
    const char *name = table->table.name.text;

    if (primary == NULL) {
        diag_error(s->d, e->at, D_MISSING, "rows of \"%s\" cannot be found by the source row that they came from: it has no primary "
                   "key of one column", name);
        diag_hint(s->d, "Find them by columns of \"%s\".", name);
        return false;
    }
    if (primary->type.id != TYPE_UUID && !type_is_text(primary->type) && primary->type.id != TYPE_SMALLINT &&
        primary->type.id != TYPE_INTEGER && primary->type.id != TYPE_BIGINT) {
        diag_error(s->d, e->at, D_NOT_ALLOWED, "rows of \"%s\" cannot be found by the source row that they came from: their key \"%s\" "
                   "is %s, and not an integer, a uuid or a text", name, primary->column.name.text, text_type(s, primary->type));
        diag_hint(s->d, "Find them by columns of \"%s\".", name);
        return false;
    }
    flows_each(s, look_at_flow, &b);
    if (b.found)
        return true;
    diag_error(s->d, e->at, D_NOT_ALLOWED, "no flow brings rows of \"%s.%s\" into \"%s\"", b.source_system->system.name.text,
               source->table.name.text, name);
    diag_hint(s->d, "Find the row by a column of \"%s\", or write a flow: from %s.%s into %s.%s.", name,
              b.source_system->system.name.text, source->table.name.text, s->target->system.name.text, name);
    return false;
}

/* The source table that all keys name; NULL: reported. */
static ast_node *origin_of(sema *s, const ast_node *e, const ast_node *table)
{
    ast_node *source = NULL;

    for (int i = 0; i < e->lookup.keys.n; i++) {
        const ast_node *key = e->lookup.keys.at[i];
        ast_names path = key->lookup_key.path;

        if (path.n == 2) {
            diag_error(s->d, span_join(path.at[0].at, path.at[1].at), D_NOT_ALLOWED,
                       "the row that a row of \"%s\" came from is named by SOURCE.TABLE.COLUMN", table->table.name.text);
            diag_hint(s->d, "A column of \"%s\" is named alone.", table->table.name.text);
            return NULL;
        }
        ast_node ref = {.kind = AST_TABLE_REF, .at = key->at};
        if (path.n == 3) {
            ref.at = span_join(path.at[0].at, path.at[1].at);
            ref.table_ref.system = path.at[0];
            ref.table_ref.table = path.at[1];
        }
        ast_node *here = path.n == 3 ? names_table(s, &ref, REF_SOURCE, false) : NULL;
        if (path.n == 3 && here == NULL)
            return NULL;
        if (here == NULL || (source != NULL && here != source)) {
            diag_error(s->d, key->at, D_NOT_ALLOWED, "the columns in the brackets are of one table: of \"%s\", or of one table of a source",
                       table->table.name.text);
            return NULL;
        }
        source = here;
    }
    return source;
}

static void by_origin(sema *s, env *v, ast_node *e, ast_node *table)
{
    int n = e->lookup.keys.n;
    const ast_node **columns = arena_array(s->a, const ast_node *, n);
    const char **names = arena_array(s->a, const char *, n);
    ast_node *source = origin_of(s, e, table);

    e->sym = table;
    if (source == NULL) {
        expr_fail(e);
        only_keys(s, v, e);
        return;
    }
    source->used = true;
    for (int i = 0; i < n; i++) {
        ast_node *key = e->lookup.keys.at[i];

        columns[i] = names_column(s, source, key->lookup_key.path.at[2]);
        names[i] = key->lookup_key.path.at[2].text;
        for (int k = 0; k < i && columns[i] != NULL; k++)
            if (columns[k] == columns[i]) {
                diag_error(s->d, key->at, D_DUPLICATE, "\"%s\" stands twice in the look-up", names[i]);
                expr_fail(e);
            }
        if (columns[i] == NULL) {
            expr_check(s, v, key->lookup_key.e);
            expr_fail(e);
        } else {
            key_value(s, v, e, columns[i], key->lookup_key.e);
        }
        if (columns[i] != NULL && columns[i]->type.id == TYPE_TEXT_ARRAY) {
            diag_error(s->d, key->at, D_NOT_ALLOWED, "\"%s\" is a list, and no key of a row", names[i]);
            expr_fail(e);
        }
    }
    const ast_node *result = expr_is_error(e) || !has_origins(s, e, table, source) ? NULL : result_column(s, e, table);
    if (result == NULL) {
        expr_fail(e);
        return;
    }
    e->type = result->type;
    e->nullable = e->nullable || !sema_not_null(table, result);
    expr_can_fail(s, e, "no row of \"%s\", or several, may have come from the row of \"%s\" with this %s", table->table.name.text,
                  source->table.name.text, text_names(s, names, n, 3));
}

/* ---- which of them ------------------------------------------------------------------------------------------------------- */

/* The target's table of that name; NULL: none. */
static ast_node *target_table(const sema *s, const char *name)
{
    for (int i = 0; s->target != NULL && i < s->target->system.tables.n; i++)
        if (strcmp(s->target->system.tables.at[i]->table.name.text, name) == 0)
            return s->target->system.tables.at[i];
    return NULL;
}

static bool unknown_bare(sema *s, ast_node *e, ast_name name)
{
    nearest near = nearest_start(name.text);

    for (symbol *sym = scope_first(s->aliases); sym != NULL; sym = sym->next)
        nearest_offer(&near, sym->name);
    for (int i = 0; s->target != NULL && i < s->target->system.tables.n; i++)
        nearest_offer(&near, s->target->system.tables.at[i]->table.name.text);
    diag_error(s->d, name.at, D_UNKNOWN_NAME, "there is no alias \"%s\", and no table of the target", name.text);
    diag_did_you_mean(s->d, near.best);
    return expr_fail(e);
}

void lookups_check(sema *s, env *v, ast_node *e)
{
    ast_names path = e->lookup.path;
    symbol *sym;
    ast_node *table = NULL;

    v->asked |= ALLOW_LOOKUPS;
    if ((v->allow & ALLOW_LOOKUPS) == 0) {
        diag_error(s->d, e->at, D_MISPLACED, "%s cannot look up other rows", v->place);
        expr_fail(e);
        return;
    }
    if (path.n == 1) {
        sym = scope_find(s->aliases, path.at[0].text);
        if (sym != NULL) {
            in_alias(s, v, e, sym->what);
            return;
        }
        table = target_table(s, path.at[0].text);
        if (table == NULL) {
            unknown_bare(s, e, path.at[0]);
            only_keys(s, v, e);
            return;
        }
    } else {
        sym = scope_find(s->systems, path.at[0].text);
        bool is_source = sym != NULL && sym->kind == AST_SOURCE;
        ast_node ref = {.kind = AST_TABLE_REF, .at = span_join(path.at[0].at, path.at[1].at)};
        ref.table_ref.system = path.at[0];
        ref.table_ref.table = path.at[1];
        table = names_table(s, &ref, is_source ? REF_SOURCE : REF_TARGET, false);
        if (table == NULL) {
            expr_fail(e);
            only_keys(s, v, e);
            return;
        }
        if (is_source) {
            table->used = true;
            in_source_table(s, v, e, table);
            return;
        }
    }
    table->used = true;
    for (int i = 0; i < e->lookup.keys.n; i++)
        if (e->lookup.keys.at[i]->lookup_key.path.n > 1) {
            by_origin(s, v, e, table);
            return;
        }
    in_table(s, v, e, table);
}
