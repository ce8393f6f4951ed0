/*
 * names.c: what is declared on the top level of a spec, and what a reference to it means. Misspelt names get the nearest one
 * that would fit. Lets, rows and parameters live in the scopes of their flows and definitions, not here.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- declaring ---------------------------------------------------------------------------------------------------- */

static void declare(sema *s, scope *in, ast_name name, ast_node *n, const char *what)
{
    symbol *earlier;

    if (scope_add(in, name.text, n->kind, n, name.at, &earlier) != NULL)
        return;
    diag_error(s->d, name.at, D_DUPLICATE, "there is %s \"%s\" already", what, name.text);
    diag_note(s->d, earlier->at, "it is declared here");
}

static void declare_target(sema *s, ast_node *n)
{
    if (s->target == NULL) {
        s->target = n;
        return;
    }
    diag_error(s->d, n->system.name.at, D_DUPLICATE, "a migration has one target: each phase is one transaction there");
    diag_note(s->d, s->target->system.name.at, "\"%s\" is the target", s->target->system.name.text);
    diag_hint(s->d, "Write a second migration for \"%s\".", n->system.name.text);
}

static void declare_migration(sema *s, ast_node *n, ast_node **first)
{
    if (*first == NULL) {
        *first = n;
        return;
    }
    diag_error(s->d, n->migration.name.at, D_DUPLICATE, "a spec is one migration, and this is a second");
    diag_note(s->d, (*first)->migration.name.at, "it is called \"%s\" here", (*first)->migration.name.text);
}

/* A definition must not hide a function of the language: its callers would not know which one they call. */
static void declare_define(sema *s, ast_node *n)
{
    if (sema_fn_known(n->define.name.text)) {
        diag_error(s->d, n->define.name.at, D_NAME_CLASH, "\"%s\" is a function of the language", n->define.name.text);
        diag_hint(s->d, "Give the definition another name.");
    }
    declare(s, s->defines, n->define.name, n, "a definition");
}

static void declare_one(sema *s, ast_node *n, ast_node **migration)
{
    switch (ast_decl(n)) {
    case DECL_MIGRATION: declare_migration(s, n, migration); break;
    case DECL_SOURCE: declare(s, s->systems, n->system.name, n, "a source or target"); break;
    case DECL_TARGET:
        declare(s, s->systems, n->system.name, n, "a source or target");
        declare_target(s, n);
        break;
    case DECL_ALIAS: declare(s, s->aliases, n->alias.name, n, "an alias"); break;
    case DECL_PHASE: declare(s, s->phases, n->phase.name, n, "a phase"); break;
    case DECL_CHECK: {
        ast_name name = {n->check.name.text, n->check.name.at, true};
        declare(s, s->checks, name, n, "a check");
        break;
    }
    case DECL_MEASURE: {
        ast_name name = {n->measure.name.text, n->measure.name.at, true};
        declare(s, s->measures, name, n, "a measure");
        break;
    }
    case DECL_DEFINE: declare_define(s, n); break;
    case DECL_DEDUP:
    case DECL_INCLUDE:
    case DECL_SNAPSHOT:
    case DECL_FLOW: break;
    }
}

void names_declare(sema *s)
{
    ast_node *migration = NULL;
    ast_list decls = s->file->file.decls;

    for (int i = 0; i < decls.n; i++)
        declare_one(s, decls.at[i], &migration);
    if (migration == NULL) {
        diag_error(s->d, span_start(s->file->at), D_MISSING, "the spec does not say which migration it is");
        diag_hint(s->d, "Begin it with `migration NAME;`.");
    }
}

/* ---- finding ------------------------------------------------------------------------------------------------------- */

enum { MOST_LISTED = 6 };

/* What there is, where no name is near enough to be meant. */
static void list_names(sema *s, const scope *in, ref_want want)
{
    const char *names[MOST_LISTED];
    int n = 0;

    for (const symbol *sym = scope_first(in); sym != NULL; sym = sym->next) {
        if ((want == REF_SOURCE && sym->kind != AST_SOURCE) || (want == REF_TARGET && sym->kind != AST_TARGET))
            continue;
        if (n == MOST_LISTED)
            return;
        names[n++] = sym->name;
    }
    if (n > 0)
        diag_hint(s->d, "There %s %s.", n == 1 ? "is" : "are", text_names(s, names, n, MOST_LISTED));
}

static ast_node *find(sema *s, const scope *in, ast_name name, diag_id id, const char *what, ref_want want)
{
    symbol *sym = scope_find(in, name.text);

    if (sym == NULL) {
        const char *near = scope_nearest(in, name.text);

        if (in == s->systems && scope_add(s->missing, name.text, 0, NULL, name.at, NULL) == NULL)
            return NULL;
        diag_error(s->d, name.at, id, "there is no %s \"%s\"", what, name.text);
        if (near != NULL)
            diag_did_you_mean(s->d, near);
        else
            list_names(s, in, want);
        return NULL;
    }
    ast_node *n = sym->what;
    n->used = true;
    return n;
}

ast_node *names_find(sema *s, const scope *in, ast_name name, diag_id id, const char *what)
{
    return find(s, in, name, id, what, REF_ANY);
}

static ast_node *table_here(const ast_node *system, const char *name)
{
    for (int i = 0; i < system->system.tables.n; i++)
        if (strcmp(system->system.tables.at[i]->table.name.text, name) == 0)
            return system->system.tables.at[i];
    return NULL;
}

static bool is_wanted(const ast_node *system, ref_want want)
{
    return want == REF_ANY || (want == REF_SOURCE) == (system->kind == AST_SOURCE);
}

static void offer_tables(const ast_node *system, nearest *near)
{
    for (int i = 0; i < system->system.tables.n; i++)
        nearest_offer(near, system->system.tables.at[i]->table.name.text);
}

/* A table named without its system. */
static ast_node *find_bare(sema *s, ast_node *ref, ref_want want)
{
    ast_name name = ref->table_ref.table;
    nearest near = nearest_start(name.text);
    ast_node *found = NULL;
    const ast_node *system = NULL;

    for (symbol *sym = scope_first(s->systems); sym != NULL; sym = sym->next) {
        ast_node *here = sym->what;
        ast_node *table = is_wanted(here, want) ? table_here(here, name.text) : NULL;

        if (table != NULL && found != NULL) {
            diag_error(s->d, name.at, D_NAME_CLASH, "\"%s\" may be a table of \"%s\" or of \"%s\"", name.text,
                       system->system.name.text, here->system.name.text);
            diag_hint(s->d, "Write %s.%s or %s.%s.", system->system.name.text, name.text, here->system.name.text, name.text);
            return NULL;
        }
        if (table != NULL) {
            found = table;
            system = here;
        }
    }
    if (found == NULL) {
        for (symbol *sym = scope_first(s->systems); sym != NULL; sym = sym->next)
            if (is_wanted(sym->what, want))
                offer_tables(sym->what, &near);
        diag_error(s->d, name.at, D_UNKNOWN_TABLE, "there is no table \"%s\"%s", name.text,
                   want == REF_SOURCE ? " in a source" : want == REF_TARGET ? " in the target" : "");
        diag_did_you_mean(s->d, near.best);
    }
    return found;
}

static ast_node *find_system(sema *s, ast_name name, ref_want want)
{
    ast_node *system = find(s, s->systems, name, D_UNKNOWN_NAME,
                            want == REF_SOURCE ? "source" : want == REF_TARGET ? "target" : "source or target", want);

    if (system == NULL || is_wanted(system, want))
        return system;
    if (want == REF_SOURCE)
        diag_error(s->d, name.at, D_NOT_ALLOWED, "rows are read from a source, and \"%s\" is a target", name.text);
    else
        diag_error(s->d, name.at, D_NOT_ALLOWED, "a table of the target is needed here, and \"%s\" is a source", name.text);
    return NULL;
}

ast_node *names_table(sema *s, ast_node *ref, ref_want want, bool all_allowed)
{
    ast_name system_name = ref->table_ref.system, name = ref->table_ref.table;
    ast_node *system = NULL, *table;

    if (want == REF_TARGET && s->target == NULL) {
        diag_error(s->d, ref->at, D_MISSING, "the spec has no target");
        diag_hint(s->d, "Declare one: target NAME sqlite 'FILE' { table … }.");
        return NULL;
    }

    if (system_name.text == NULL && name.text != NULL) {
        table = find_bare(s, ref, want);
        if (table != NULL)
            table->used = true;
        ref->sym = table;
        return table;
    }
    system = find_system(s, system_name.text != NULL ? system_name : name, want);
    if (system == NULL)
        return NULL;
    if (ref->table_ref.all) {
        if (!all_allowed) {
            diag_error(s->d, ref->at, D_NOT_ALLOWED, "one table is needed here, not all of \"%s\"", system->system.name.text);
            return NULL;
        }
        ref->sym = system;
        return system;
    }
    table = table_here(system, name.text);
    if (table == NULL) {
        nearest near = nearest_start(name.text);

        offer_tables(system, &near);
        diag_error(s->d, name.at, D_UNKNOWN_TABLE, "\"%s\" has no table \"%s\"", system->system.name.text, name.text);
        diag_did_you_mean(s->d, near.best);
        return NULL;
    }
    table->used = true;
    ref->sym = table;
    return table;
}

ast_node *names_system_of(const sema *s, const ast_node *table)
{
    for (symbol *sym = scope_first(s->systems); sym != NULL; sym = sym->next) {
        ast_node *system = sym->what;

        for (int i = 0; i < system->system.tables.n; i++)
            if (system->system.tables.at[i] == table)
                return system;
    }
    return NULL;
}

bool names_is_source(const sema *s, const ast_node *table)
{
    const ast_node *system = names_system_of(s, table);

    return system != NULL && system->kind == AST_SOURCE;
}

bool names_may_misread(const sema *s, const ast_node *table, const ast_node *column)
{
    const ast_node *system = names_system_of(s, table);
    sema_key key = sema_primary_key(s->a, table);

    for (int i = 0; i < key.n_columns; i++)
        if (key.columns[i] == column && sema_is_integer(column->type.id))
            return false;
    return column->type.id != TYPE_TEXT && (system == NULL || strcmp(system->system.engine.text, "postgres") != 0);
}

ast_node *names_column(sema *s, const ast_node *table, ast_name name)
{
    ast_node *column = sema_column(table, name.text);
    nearest near = nearest_start(name.text);

    if (column != NULL)
        return column;
    for (int i = 0; i < table->table.columns.n; i++)
        nearest_offer(&near, table->table.columns.at[i]->column.name.text);
    diag_error(s->d, name.at, D_UNKNOWN_COLUMN, "\"%s\" has no column \"%s\"", table->table.name.text, name.text);
    diag_did_you_mean(s->d, near.best);
    return NULL;
}

/* ---- what nothing uses --------------------------------------------------------------------------------------------- */

static void unused(sema *s, ast_name name, const char *what)
{
    diag_warning(s->d, name.at, D_UNUSED, "%s \"%s\" is never used", what, name.text);
}

static void unused_tables(sema *s, const ast_node *system)
{
    for (int i = 0; i < system->system.tables.n; i++) {
        const ast_node *t = system->system.tables.at[i];

        if (t->used)
            continue;
        if (system->kind == AST_SOURCE)
            diag_warning(s->d, t->table.name.at, D_UNUSED, "nothing reads the table \"%s\"", t->table.name.text);
        else if (t->table.existing)
            unused(s, t->table.name, "the existing table");
    }
}

void names_unused(sema *s)
{
    ast_list decls = s->file->file.decls;

    for (int i = 0; i < decls.n; i++) {
        const ast_node *n = decls.at[i];

        if (n->kind == AST_SOURCE || n->kind == AST_TARGET)
            unused_tables(s, n);
        else if (n->kind == AST_DEFINE && !n->used)
            unused(s, n->define.name, "the definition");
        else if (n->kind == AST_ALIAS && !n->used && n->alias.lists.n == 0 && n->alias.values.n == 0)
            unused(s, n->alias.name, "the alias");
    }
}
