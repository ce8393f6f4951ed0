/*
 * alias.c: aliases. Their tables and columns (alias_heads) are looked at before any expression asks them; lists, values and what
 * becomes of unknown texts (alias_bodies) are expressions themselves.
 */
#include "compiler/sema/inside.h"

#include <string.h>

/* ---- tables and columns --------------------------------------------------------------------------------------------- */

static const ast_node *text_column(sema *s, const ast_node *table, ast_name name, const char *what)
{
    const ast_node *c = names_column(s, table, name);

    if (c == NULL || sema_is_error(c->type) || type_is_text(c->type))
        return c;
    diag_error(s->d, name.at, D_TYPE_MISMATCH, "%s is a text, and \"%s\" is %s", what, name.text, text_type(s, c->type));
    return NULL;
}

static void canonical_table(sema *s, ast_node *n)
{
    const ast_node *table = names_table(s, n->alias.table, REF_TARGET, false);

    if (table == NULL)
        return;
    text_column(s, table, n->alias.key, "the name of a canonical row");
    const ast_node *primary = sema_primary_column(s->a, table);
    if (primary == NULL) {
        diag_error(s->d, n->alias.table->at, D_MISSING, "\"%s\" has no primary key of one column, which is what the alias gives",
                   table->table.name.text);
        return;
    }
    type_id id = primary->type.id;
    if (!sema_is_error(primary->type) && !sema_is_integer(id) && id != TYPE_UUID && !type_is_text(primary->type))
        diag_error(s->d, n->alias.table->at, D_BAD_TYPE, "an alias gives keys that are integers, uuids or texts, and \"%s\" is %s",
                   primary->column.name.text, text_type(s, primary->type));
}

static void names_table_of(sema *s, ast_node *n)
{
    const ast_node *names = names_table(s, n->alias.names, REF_TARGET, false);
    const ast_node *table = n->alias.table == NULL ? NULL : n->alias.table->sym;

    if (names == NULL)
        return;
    text_column(s, names, n->alias.names_key, "another name of a canonical row");
    const ast_node *ref = names_column(s, names, n->alias.names_ref);
    const ast_node *primary = table == NULL ? NULL : sema_primary_column(s->a, table);
    if (ref == NULL || primary == NULL || sema_is_error(ref->type) || sema_is_error(primary->type))
        return;
    if (ref->type.id != primary->type.id && !(type_is_text(ref->type) && type_is_text(primary->type)))
        diag_error(s->d, n->alias.names_ref.at, D_TYPE_MISMATCH, "\"%s\" is %s, and the key \"%s.%s\" is %s", n->alias.names_ref.text,
                   text_type(s, ref->type), table->table.name.text, primary->column.name.text, text_type(s, primary->type));
    for (int i = 0; i < names->table.columns.n && sema_column(names, n->alias.names_key.text) != NULL; i++) {
        const ast_node *c = names->table.columns.at[i];

        if (c == ref || strcmp(c->column.name.text, n->alias.names_key.text) == 0 || !sema_not_null(names, c) ||
            sema_is_identity(c) || sema_default(c) != NULL)
            continue;
        diag_error(s->d, n->alias.names->at, D_COLUMN_NOT_SET, "nothing sets \"%s\" of \"%s\", which cannot be null",
                   c->column.name.text, names->table.name.text);
        diag_hint(s->d, "Give it a default, or make it an identity.");
    }
}

static void match_operations(sema *s, const ast_node *n)
{
    static const char *const known[] = {"trim", "squeeze", "casefold", "nfc", "nfkc", "unaccent"};

    for (int i = 0; i < n->alias.match.n; i++) {
        ast_name op = n->alias.match.at[i];
        nearest near = nearest_start(op.text);

        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            nearest_offer(&near, known[k]);
        if (!constant_is_match(op.text)) {
            diag_error(s->d, op.at, D_UNKNOWN_OPTION, "\"match\" does not know \"%s\"", op.text);
            diag_did_you_mean(s->d, near.best);
            if (near.best == NULL)
                diag_hint(s->d, "It knows trim, squeeze, casefold, nfc, nfkc and unaccent.");
        }
        for (int k = 0; k < i; k++)
            if (strcmp(n->alias.match.at[k].text, op.text) == 0)
                diag_error(s->d, op.at, D_DUPLICATE, "\"%s\" stands twice in \"match\"", op.text);
    }
}

void alias_heads(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_ALIAS)
            continue;
        if (n->alias.table != NULL) {
            canonical_table(s, n);
        } else {
            diag_error(s->d, n->alias.name.at, D_MISSING, "the alias \"%s\" does not say which rows it means", n->alias.name.text);
            diag_hint(s->d, "Begin it with `table TABLE (COLUMN);`.");
        }
        if (n->alias.names != NULL)
            names_table_of(s, n);
        match_operations(s, n);
    }
}

/* ---- the other columns of canonical rows -------------------------------------------------------------------------------- */

/* Every not null column that nothing else fills is set; all that are not in one message. */
static void columns_set(sema *s, const ast_node *n, const ast_node *table, ast_list sets, span at)
{
    const char **missing = arena_array(s->a, const char *, table->table.columns.n);
    int n_missing = 0;

    if (sema_column(table, n->alias.key.text) == NULL)
        return; /* that has been told, and is why one of them is not set */
    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *c = table->table.columns.at[i];
        bool set = strcmp(c->column.name.text, n->alias.key.text) == 0 || sema_is_identity(c) || sema_default(c) != NULL;

        for (int k = 0; k < sets.n; k++)
            set = set || strcmp(sets.at[k]->set.col.text, c->column.name.text) == 0;
        if (!set && sema_not_null(table, c))
            missing[n_missing++] = c->column.name.text;
    }
    if (n_missing == 0)
        return;
    diag_error(s->d, at, D_COLUMN_NOT_SET, "a new row of \"%s\" needs %s: %s cannot be null and %s no default",
               table->table.name.text, text_names(s, missing, n_missing, 6), n_missing == 1 ? "it" : "they",
               n_missing == 1 ? "has" : "have");
    diag_hint(s->d, "Set %s: { %s = …; }.", n_missing == 1 ? "it" : "them", missing[0]);
}

static void alias_sets(sema *s, env *v, const handling *h, const ast_node *n, ast_list sets)
{
    const ast_node *table = n->alias.table->sym;

    for (int i = 0; i < sets.n; i++) {
        ast_node *set = sets.at[i];

        if (set->kind == AST_COPY) {
            diag_error(s->d, set->at, D_MISPLACED, "\"copy\" has no place in an alias: name the columns");
            continue;
        }
        const ast_node *c = names_column(s, table, set->set.col);
        if (strcmp(set->set.col.text, n->alias.key.text) == 0)
            diag_error(s->d, set->set.col.at, D_COLUMN_SET_TWICE, "\"%s\" is the canonical text already", set->set.col.text);
        for (int k = 0; k < i; k++)
            if (sets.at[k]->kind == AST_SET && strcmp(sets.at[k]->set.col.text, set->set.col.text) == 0) {
                diag_error(s->d, set->set.col.at, D_COLUMN_SET_TWICE, "\"%s\" is set twice", set->set.col.text);
                diag_note(s->d, sets.at[k]->set.col.at, "it is set here first");
            }
        if (c == NULL)
            expr_check(s, v, set->set.e);
        else
            failures_set(s, v, h, table, c, set->set.e, set->set.handler);
    }
}

/* ---- lists ---------------------------------------------------------------------------------------------------------------- */

static void list_text(sema *s, env *v, ast_node *e, bool or_list, const char *what)
{
    expr_check(s, v, e);
    literal_settle(s, e);
    if (expr_is_error(e) || type_is_text(e->type) || (or_list && e->type.id == TYPE_TEXT_ARRAY))
        return;
    text_mismatch(s, e, sema_type(TYPE_TEXT), what);
    expr_fail(e);
}

typedef struct own_look_up {
    sema *s;
    const ast_node *alias;
} own_look_up;

/* A list is read to fill the alias: it cannot ask what it is about to say. */
static void find_own(ast_node *child, void *ctx)
{
    const own_look_up *f = ctx;

    if (child->kind == AST_LOOKUP && child->sym == f->alias)
        diag_error(f->s->d, child->at, D_CYCLE, "a list of \"%s\" cannot look \"%s\" up", f->alias->alias.name.text,
                   f->alias->alias.name.text);
    ast_children(child, find_own, ctx);
}

static void one_list(sema *s, ast_node *n, ast_node *list)
{
    ast_node *source = names_table(s, list->alias_list.from, REF_SOURCE, false);
    env v = {.place = "an alias", .allow = ALLOW_LOOKUPS | ALLOW_SOURCE, .table = source, .is_source = true};
    handling h = {.has_on_error = true, .on_error = ON_REJECT, .may_skip = true, .mend = ""};
    own_look_up f = {s, n};

    if (source == NULL)
        return;
    v.row = list->alias_list.row != NULL ? list->alias_list.row->binding.name.text : source->table.name.text;
    list_text(s, &v, list->alias_list.e, false, "a canonical name is");
    for (int i = 0; i < list->alias_list.also.n; i++)
        list_text(s, &v, list->alias_list.also.at[i], true, "another name is");
    if (n->alias.table != NULL && n->alias.table->sym != NULL) {
        alias_sets(s, &v, &h, n, list->alias_list.sets);
        columns_set(s, n, n->alias.table->sym, list->alias_list.sets, list->alias_list.from->at);
    }
    ast_children(list, find_own, &f);
}

/* ---- values: what they mean is known now --------------------------------------------------------------------------------- */

typedef struct meaning {
    const ast_node *value;  /* ALIAS_VALUE: the canonical row */
    span at;                /* where the text stands */
} meaning;

/* By the text after the match; NULL: nothing has that meaning yet. */
static const meaning *find_meaning(const scope *all, const char *folded)
{
    const symbol *sym = scope_find_here(all, folded);

    return sym == NULL ? NULL : sym->what;
}

static void add_meaning(sema *s, const ast_node *n, scope *all, ast_text t, const ast_node *value)
{
    const char *folded = constant_fold(s->a, &n->alias.match, t.text);
    bool is_canonical = t.at.offset == value->alias_value.canonical.at.offset;

    if (folded == NULL) {
        diag_error(s->d, t.at, D_BAD_LITERAL, "'%s' counts as null: \"match\" leaves nothing of it", t.text);
        return;
    }
    const meaning *earlier = find_meaning(all, folded);
    if (earlier == NULL) {
        meaning *m = arena_new(s->a, meaning);

        *m = (meaning){value, t.at};
        scope_add(all, folded, AST_ALIAS_VALUE, m, t.at, NULL);
        return;
    }
    const char *other = earlier->value->alias_value.canonical.text;
    if (earlier->value == value) {
        if (!is_canonical)
            diag_warning(s->d, t.at, D_DUPLICATE, "'%s' is a name of '%s' already", t.text, other);
    } else if (is_canonical && earlier->at.offset == earlier->value->alias_value.canonical.at.offset) {
        diag_error(s->d, t.at, D_DUPLICATE, "there is a value '%s' already%s", other,
                   strcmp(other, t.text) == 0 ? "" : ", which is the same after \"match\"");
        diag_note(s->d, earlier->at, "it is declared here");
    } else {
        diag_error(s->d, t.at, D_ALIAS_AMBIGUOUS, "'%s' would mean both '%s' and '%s'", t.text, other,
                   value->alias_value.canonical.text);
        diag_note(s->d, earlier->at, "it is a name of '%s' here", other);
    }
}

static void canonical_length(sema *s, const ast_node *n, ast_text t)
{
    const ast_node *table = n->alias.table->sym;
    const ast_node *c = sema_column(table, n->alias.key.text);
    int length = constant_length(t.text);

    if (c == NULL || !type_is_text(c->type) || c->type.p < 0 || length <= c->type.p)
        return;
    diag_error(s->d, t.at, D_BAD_LITERAL, "the text has %d characters, and \"%s\" takes %d", length, n->alias.key.text, c->type.p);
}

static void all_values(sema *s, ast_node *n, scope *all)
{
    bool has_table = n->alias.table != NULL && n->alias.table->sym != NULL;
    env v = {.place = "a value of an alias", .allow = ALLOW_LOOKUPS, .table = has_table ? (ast_node *)n->alias.table->sym : NULL,
             .hint = "Columns are named alone here."};
    handling h = {.mend = "Give the value that it shall have then: add `else …`."};

    for (int i = 0; i < n->alias.values.n; i++) {
        ast_node *value = n->alias.values.at[i];

        add_meaning(s, n, all, value->alias_value.canonical, value);
        for (int k = 0; k < value->alias_value.also.n; k++)
            add_meaning(s, n, all, value->alias_value.also.at[k], value);
        if (!has_table)
            continue;
        canonical_length(s, n, value->alias_value.canonical);
        alias_sets(s, &v, &h, n, value->alias_value.sets);
        columns_set(s, n, n->alias.table->sym, value->alias_value.sets, value->alias_value.canonical.at);
    }
}

/* ---- unknown texts ------------------------------------------------------------------------------------------------------------ */

static void unknown_use(sema *s, const ast_node *n, const scope *all)
{
    ast_text use = n->alias.unknown_use;
    const char *folded = constant_fold(s->a, &n->alias.match, use.text);

    if (folded == NULL) {
        diag_error(s->d, use.at, D_BAD_LITERAL, "'%s' counts as null: \"match\" leaves nothing of it", use.text);
    } else if (n->alias.lists.n == 0 && n->alias.values.n > 0 && find_meaning(all, folded) == NULL) {
        nearest near = nearest_start(use.text);

        for (int i = 0; i < n->alias.values.n; i++)
            nearest_offer(&near, n->alias.values.at[i]->alias_value.canonical.text);
        diag_error(s->d, use.at, D_UNKNOWN_NAME, "'%s' is no value of \"%s\"", use.text, n->alias.name.text);
        diag_did_you_mean(s->d, near.best);
    }
}

static void unknown_create(sema *s, ast_node *n)
{
    ast_node *table = (ast_node *)n->alias.table->sym;
    env v = {.place = "\"unknown create\"", .table = table, .row = table->table.name.text,
             .hint = "A new row knows its own columns only."};
    handling h = {.mend = "Give the value that it shall have then: add `else …`."};

    if (table->table.existing)
        diag_warning(s->d, n->alias.unknown_at, D_NOT_ALLOWED, "this adds rows to \"%s\", an existing table", table->table.name.text);
    alias_sets(s, &v, &h, n, n->alias.unknown_sets);
    columns_set(s, n, table, n->alias.unknown_sets, n->alias.unknown_at);
}

void alias_bodies(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_ALIAS)
            continue;
        scope *all = scope_create(s->a, NULL);
        for (int k = 0; k < n->alias.lists.n; k++)
            one_list(s, n, n->alias.lists.at[k]);
        all_values(s, n, all);
        if (n->alias.unknown == UNKNOWN_USE)
            unknown_use(s, n, all);
        if (n->alias.unknown == UNKNOWN_CREATE && n->alias.table != NULL && n->alias.table->sym != NULL)
            unknown_create(s, n);
    }
}
