/*
 * build.c: constructors that the grammar calls; see build.h. Nodes that need more than an initialiser are put together
 * here, and clauses that may stand once are watched.
 */
#include "compiler/syntax/build.h"

#include "compiler/syntax/parse.h"
#include "mig.tab.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Expressions are walked by recursion: what is deeper than this is refused. */
enum { MOST_LEVELS = 500 };

static void deepest(ast_node *child, void *ctx)
{
    int *depth = ctx;

    if (child->depth >= *depth)
        *depth = child->depth + 1;
}

ast_node *build_node(parser *p, const ast_node *init)
{
    ast_node *n = ast_new(p->mem, init->kind, init->at);
    value_type none = n->type;

    *n = *init;
    n->type = none;
    n->fn = -1;
    ast_children(n, deepest, &n->depth);
    if (n->depth > MOST_LEVELS && ast_is_expr(n)) {
        parse_too_deep(p, n->at);
        n = ast_new(p->mem, AST_ERROR, n->at);
    }
    return n;
}

static ast_node *make(parser *p, ast_kind kind, span at)
{
    ast_node init = {.kind = kind, .at = at};

    return build_node(p, &init);
}

ast_list build_one(parser *p, ast_node *n)
{
    ast_list list = {0};

    ast_list_add(p->mem, &list, n);
    return list;
}

void build_append(parser *p, ast_list *to, ast_list more)
{
    for (int i = 0; i < more.n; i++)
        ast_list_add(p->mem, to, more.at[i]);
}

ast_names build_path(parser *p, ast_name first)
{
    ast_names path = {0};

    ast_names_add(p->mem, &path, first);
    return path;
}

/* ---- words ---------------------------------------------------------------------------------------------------- */

ast_name build_ident(token *t)
{
    t->role = ROLE_NAME;
    return (ast_name){t->text, t->at, t->kind == T_QUOTED};
}

token *build_type_word(token *t)
{
    t->role = ROLE_TYPE;
    return t;
}

ast_node *build_number(parser *p, const token *t)
{
    ast_node n = {.kind = AST_NUMBER, .at = t->at};

    n.number.text = t->text;
    n.number.is_integer = strpbrk(t->text, ".eE") == NULL;
    return build_node(p, &n);
}

ast_node *build_name(parser *p, ast_name name)
{
    ast_node n = {.kind = AST_NAME, .at = name.at};

    n.name.path = build_path(p, name);
    return build_node(p, &n);
}

/* ---- sources, targets, tables ----------------------------------------------------------------------------------- */

ast_node *build_system(parser *p, span at, ast_kind kind, ast_name name, ast_name engine, ast_node *location,
                       ast_list items)
{
    ast_node *n = make(p, kind, at);

    n->system.name = name;
    n->system.engine = engine;
    n->system.location = location;
    for (int i = 0; i < items.n; i++)
        ast_list_add(p->mem, items.at[i]->kind == AST_OPTION ? &n->system.options
                             : items.at[i]->kind == AST_STAR ? &n->system.stars : &n->system.tables, items.at[i]);
    return n;
}

ast_node *build_option(parser *p, span at, ast_name name, ast_node *value)
{
    ast_node *n = make(p, AST_OPTION, at);

    n->option.name = name;
    n->option.values = build_one(p, value);
    return n;
}

void build_option_value(parser *p, ast_list *options, ast_text value)
{
    ast_node *last = options->at[options->n - 1];
    ast_node *n = make(p, AST_TEXT, value.at);

    n->text.text = value.text;
    ast_list_add(p->mem, &last->option.values, n);
    last->at = span_join(last->at, value.at);
}

ast_node *build_table(parser *p, span at, ast_node *head, ast_list elements, ast_list indexes)
{
    ast_node *n = head;

    n->at = at;
    for (int i = 0; i < indexes.n; i++)
        ast_list_add(p->mem, indexes.at[i]->kind == AST_SQL ? &n->table.tail : &n->table.indexes, indexes.at[i]);
    for (int i = 0; i < elements.n; i++)
        ast_list_add(p->mem, elements.at[i]->kind == AST_COLUMN ? &n->table.columns : &n->table.constraints,
                     elements.at[i]);
    return n;
}

void build_fk_action(parser *p, span at, ast_fk_action *said, ast_fk_action action, const char *what)
{
    if (*said != FK_UNSAID)
        diag_error(p->d, at, D_DUPLICATE, "\"%s\" is said twice", what);
    *said = action;
}

ast_node *build_foreign_key(span at, ast_node *actions, ast_node *ref, ast_names columns)
{
    ast_node *n = actions;

    n->at = at;
    n->constraint.ref = ref;
    n->constraint.ref_columns = columns;
    return n;
}

ast_node *build_ref(parser *p, span at, ast_name system, ast_name table)
{
    ast_node *n = make(p, AST_TABLE_REF, at);

    n->table_ref.system = system;
    n->table_ref.table = table;
    n->table_ref.all = table.text == NULL;
    return n;
}

ast_node *build_type_numbers(parser *p, span at, const token *first, const token *second)
{
    ast_node *n = make(p, AST_TYPE, at);
    const token *numbers[] = {first, second};
    int values[] = {-1, -1};

    for (int i = 0; i < 2 && numbers[i] != NULL; i++) {
        if (strlen(numbers[i]->text) > 8 || strspn(numbers[i]->text, "0123456789") != strlen(numbers[i]->text))
            diag_error(p->d, numbers[i]->at, D_BAD_TYPE, "%s is no length that a type can have", numbers[i]->text);
        else
            values[i] = (int)strtol(numbers[i]->text, NULL, 10);
    }
    n->type_name.p = values[0];
    n->type_name.s = values[1];
    return n;
}

static const char *lower(arena *a, const char *text)
{
    char *copy = arena_strdup(a, text);

    for (char *c = copy; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    return copy;
}

ast_node *build_type(parser *p, span at, const token *word, const char *rest, ast_node *arguments)
{
    ast_node *n = arguments != NULL ? arguments : make(p, AST_TYPE, at);
    const char *spelling = word->text;

    if (arguments == NULL)
        n->type_name.p = n->type_name.s = -1;
    if (rest != NULL)
        spelling = arena_printf(p->mem, "%s%s%s", word->text, *rest == '[' ? "" : " ", rest);
    n->at = at;
    n->type_name.name = (ast_name){lower(p->mem, spelling), word->at, false};
    n->type_name.serial = type_is_serial(spelling);
    n->type_name.id = type_by_name(spelling);
    return n;
}

/* ---- clauses that may stand once -------------------------------------------------------------------------------- */

/* Says that a clause has been given already. */
static bool given_twice(parser *p, span at, const char *what, span earlier)
{
    diag_error(p->d, at, D_DUPLICATE, "%s is said twice", what);
    return diag_note(p->d, earlier, "it is said here first");
}

void build_alias_table(parser *p, ast_node *n, ast_node *table, ast_name key)
{
    if (n->alias.table != NULL) {
        given_twice(p, table->at, "the table of the alias", n->alias.table->at);
        return;
    }
    n->alias.table = table;
    n->alias.key = key;
}

void build_alias_names(parser *p, ast_node *n, ast_node *names, ast_name key, ast_name ref)
{
    if (n->alias.names != NULL) {
        given_twice(p, names->at, "the table of names", n->alias.names->at);
        return;
    }
    n->alias.names = names;
    n->alias.names_key = key;
    n->alias.names_ref = ref;
}

void build_alias_match(parser *p, ast_node *n, span at, ast_names match)
{
    if (n->alias.match.n > 0)
        given_twice(p, at, "\"match\"", n->alias.match.at[0].at);
    else
        n->alias.match = match;
}

void build_alias_unknown(parser *p, ast_node *n, span at, ast_unknown what)
{
    if (n->alias.unknown != UNKNOWN_UNSAID) {
        given_twice(p, at, "\"unknown\"", n->alias.unknown_at);
        return;
    }
    n->alias.unknown = what;
    n->alias.unknown_at = at;
}

void build_keep(parser *p, ast_node *n, span at, ast_keep what, ast_node *by)
{
    if (n->dedup.keep != KEEP_UNSAID) {
        given_twice(p, at, "\"keep\"", n->dedup.keep_at);
        return;
    }
    n->dedup.keep = what;
    n->dedup.keep_at = at;
    n->dedup.keep_by = by;
}

void build_duplicate(parser *p, ast_node *n, span at, ast_duplicate what)
{
    if (n->dedup.duplicate != DUP_UNSAID) {
        given_twice(p, at, "\"duplicate\"", n->dedup.duplicate_at);
        return;
    }
    n->dedup.duplicate = what;
    n->dedup.duplicate_at = at;
}

void build_phase_after(parser *p, ast_node *n, ast_names after)
{
    for (int i = 0; i < after.n; i++)
        ast_names_add(p->mem, &n->phase.after, after.at[i]);
}

void build_phase_requires(parser *p, ast_node *n, ast_texts requires)
{
    for (int i = 0; i < requires.n; i++)
        ast_texts_add(p->mem, &n->phase.requires, requires.at[i]);
}

void build_phase_limit(parser *p, ast_node *n, span at, const token *number, bool percent)
{
    const char *text = number->text;

    if (n->phase.has_limit) {
        given_twice(p, at, "the limit of rejects", n->phase.limit.at);
        return;
    }
    if (strpbrk(text, "eE") != NULL || (!percent && strchr(text, '.') != NULL) || strlen(text) > 15)
        diag_error(p->d, number->at, D_BAD_LITERAL, "%s is no number of rows", text);
    else if (percent && strtod(text, NULL) > 100)
        diag_error(p->d, number->at, D_BAD_LITERAL, "%s%% is more than all rows", text);
    n->phase.has_limit = true;
    n->phase.limit_percent = percent;
    n->phase.limit = (ast_text){text, at};
}

void build_phase_every(parser *p, ast_node *n, span at, const token *number)
{
    const char *text = number->text;

    if (n->phase.every.text != NULL) {
        given_twice(p, at, "\"commit every\"", n->phase.every.at);
        return;
    }
    if (strpbrk(text, "eE.") != NULL || strlen(text) > 15 || strspn(text, "0") == strlen(text))
        diag_error(p->d, number->at, D_BAD_LITERAL, "%s is no number of rows to commit", text);
    n->phase.every = (ast_text){text, at};
}

/* ---- flows ------------------------------------------------------------------------------------------------------ */

ast_node *build_short_flow(parser *p, span at, ast_node *from, ast_node *row, ast_node *into)
{
    ast_node *n;

    if (into == NULL)
        return NULL;
    n = make(p, AST_FLOW, at);
    n->flow.from = from;
    n->flow.row = row;
    n->flow.items = build_one(p, into);
    return n;
}

ast_node *build_into(parser *p, span at, ast_node *table, const ast_node *each_part, ast_node *when, ast_list sets)
{
    ast_node *n = make(p, AST_INTO, at);

    if (each_part != NULL)
        n->into = each_part->into;
    n->into.table = table;
    n->into.when = when;
    n->into.sets = sets;
    return n;
}

ast_node *build_handler(parser *p, span at, ast_node *e)
{
    static const struct { const char *word; ast_handler_kind what; } words[] = {
        {"abort", HANDLE_ABORT}, {"reject", HANDLE_REJECT}, {"skip", HANDLE_SKIP}};
    ast_node *n = make(p, AST_HANDLER, at);
    const ast_name *name = e->kind == AST_NAME && e->name.path.n == 1 ? &e->name.path.at[0] : NULL;

    n->handler.what = e->kind == AST_NULL ? HANDLE_NULL : HANDLE_VALUE;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (name != NULL && !name->quoted && strcasecmp(name->text, words[i].word) == 0)
            n->handler.what = words[i].what;
    if (n->handler.what == HANDLE_VALUE)
        n->handler.e = e;
    return n;
}

/* ---- expressions -------------------------------------------------------------------------------------------------- */

ast_node *build_binary(parser *p, span at, ast_op op, ast_node *left, ast_node *right, span op_at)
{
    ast_node n = {.kind = AST_BINARY, .at = at};

    n.binary.op = op;
    n.binary.left = left;
    n.binary.right = right;
    n.binary.op_at = op_at;
    return build_node(p, &n);
}

/* Between brackets, `col = e` names the column that is looked up by; anything else is an expression alone. */
static ast_node *build_lookup_key(parser *p, ast_node *e)
{
    ast_node key = {.kind = AST_LOOKUP_KEY, .at = e->at};

    key.lookup_key.e = e;
    if (e->kind == AST_BINARY && e->binary.op == OP_EQ && e->binary.left->kind == AST_NAME) {
        key.lookup_key.path = e->binary.left->name.path;
        key.lookup_key.e = e->binary.right;
    }
    return build_node(p, &key);
}

ast_node *build_lookup(parser *p, span at, ast_names path, ast_list keys, ast_name col)
{
    ast_node n = {.kind = AST_LOOKUP, .at = at};

    n.lookup.path = path;
    n.lookup.col = col;
    for (int i = 0; i < keys.n; i++)
        ast_list_add(p->mem, &n.lookup.keys, build_lookup_key(p, keys.at[i]));
    return build_node(p, &n);
}

ast_node *build_extract(parser *p, span at, token *word, ast_name field, ast_node *e)
{
    ast_node text = {.kind = AST_TEXT, .at = field.at};
    ast_node n = {.kind = AST_CALL, .at = at};

    text.text.text = field.text;
    n.call.name = build_ident(word);
    n.call.args = build_one(p, build_node(p, &text));
    ast_list_add(p->mem, &n.call.args, e);
    return build_node(p, &n);
}

/* E.T.c or T.c as a table and a column. */
static ast_node *split_column(parser *p, ast_names path, ast_name *col)
{
    span at = path.at[0].at;

    *col = path.at[path.n - 1];
    if (path.n == 1) {
        diag_error(p->d, at, D_MISSING, "\"%s\" does not say of which table", col->text);
        diag_hint(p->d, "Write table.%s, or target.table.%s.", col->text, col->text);
        return build_ref(p, at, (ast_name){0}, *col);
    }
    if (path.n == 2)
        return build_ref(p, at, (ast_name){0}, path.at[0]);
    return build_ref(p, span_join(at, path.at[1].at), path.at[0], path.at[1]);
}

ast_node *build_refers(parser *p, span at, ast_names from, ast_names to)
{
    ast_node n = {.kind = AST_REFERS, .at = at};

    n.refers.from = split_column(p, from, &n.refers.from_col);
    n.refers.to = split_column(p, to, &n.refers.to_col);
    return build_node(p, &n);
}
