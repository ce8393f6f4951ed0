/*
 * dedup.c: which rows are the same thing. Keys and rules are over the table's own columns; who writes the table decides whether
 * the rules can be kept.
 */
#include "compiler/sema/inside.h"

#include <string.h>

const ast_node *dedup_of(const sema *s, const ast_node *table)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        const ast_node *n = s->file->file.decls.at[i];

        if (n->kind == AST_DEDUP && n->dedup.table->sym == table)
            return n;
    }
    return NULL;
}

/* ---- what a dedup promises -------------------------------------------------------------------------------------------- */

typedef struct covered {
    const ast_node *const *columns;
    int n;
    bool all, any;
} covered;

static void find_columns(ast_node *child, void *ctx)
{
    covered *c = ctx;

    if (child->kind == AST_NAME) {
        bool found = false;

        for (int i = 0; i < c->n; i++)
            found = found || strcmp(c->columns[i]->column.name.text, child->name.path.at[child->name.path.n - 1].text) == 0;
        c->all = c->all && found;
        c->any = true;
    }
    ast_children(child, find_columns, ctx);
}

bool dedup_covers(const sema *s, const ast_node *table, const ast_node *const *columns, int n)
{
    const ast_node *d = dedup_of(s, table);
    covered c = {columns, n, true, false};

    if (d == NULL || d->dedup.duplicate == DUP_REWRITE)
        return false;
    for (int i = 0; i < d->dedup.keys.n; i++)
        find_columns(d->dedup.keys.at[i], &c);
    return c.all && c.any;
}

bool dedup_makes_unique(sema *s, const ast_node *table, const ast_node *const *columns, int n)
{
    sema_keys keys = sema_unique_rules(s->a, table);

    for (int i = 0; i < keys.n; i++) {
        int found = 0;

        for (int k = 0; k < keys.at[i].n_columns; k++)
            for (int c = 0; c < n; c++)
                found += keys.at[i].columns[k] == columns[c];
        if (found == keys.at[i].n_columns)
            return true;
    }
    return dedup_covers(s, table, columns, n);
}

/* ---- keys ---------------------------------------------------------------------------------------------------------------- */

void dedup_heads(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_DEDUP)
            continue;
        const ast_node *table = names_table(s, n->dedup.table, REF_TARGET, false);
        const ast_node *earlier = table == NULL ? NULL : dedup_of(s, table);
        if (earlier != NULL && earlier != n) {
            diag_error(s->d, n->dedup.table->at, D_DUPLICATE, "\"%s\" has a dedup already", table->table.name.text);
            diag_note(s->d, earlier->dedup.table->at, "it is declared here");
        }
    }
}

static void sure(sema *s, const ast_node *e, const char *what)
{
    reasons r = {.n = 0};

    if (expr_is_error(e))
        return;
    reasons_collect(&r, e);
    if (r.n == 0)
        return;
    diag_error(s->d, e->at, D_UNHANDLED_FAILURE, "%s must not fail: %s", what, reasons_text(s, &r));
    diag_hint(s->d, "Keep the value in a column of its own, set by the flow, and use that.");
}

static void comparable(sema *s, ast_node *e, const char *what)
{
    if (expr_is_error(e) || e->type.id != TYPE_JSON)
        return;
    diag_error(s->d, e->at, D_TYPE_MISMATCH, "%s is json, and such values cannot be compared", what);
    diag_hint(s->d, "Use jsonb.");
}

static void names_any(ast_node *child, void *ctx)
{
    if (child->kind == AST_NAME)
        *(bool *)ctx = true;
    ast_children(child, names_any, ctx);
}

static void keys(sema *s, env *v, ast_node *n)
{
    for (int i = 0; i < n->dedup.keys.n; i++) {
        ast_node *e = n->dedup.keys.at[i];
        bool is_named = e->kind == AST_NAME;

        expr_check(s, v, e);
        literal_settle(s, e);
        sure(s, e, "the key of a dedup");
        comparable(s, e, "the key");
        ast_children(e, names_any, &is_named);
        if (!is_named && !expr_is_error(e))
            diag_error(s->d, e->at, D_BAD_ARGUMENT, "the key must come from columns of \"%s\": this is the same for every row",
                       v->table->table.name.text);
    }
    if (n->dedup.keep_by == NULL)
        return;
    expr_check(s, v, n->dedup.keep_by);
    literal_settle(s, n->dedup.keep_by);
    sure(s, n->dedup.keep_by, "the order of a dedup");
    comparable(s, n->dedup.keep_by, "the order");
}

/* ---- merge, rewrite ----------------------------------------------------------------------------------------------------- */

typedef enum merge_needs { MERGE_ANY, MERGE_ORDER, MERGE_NUMBER, MERGE_INTEGER, MERGE_TEXT } merge_needs;

static const struct { const char *name; merge_needs needs; } merges[] = {
    {"count", MERGE_INTEGER}, {"first", MERGE_ANY}, {"join", MERGE_TEXT}, {"last", MERGE_ANY}, {"longest", MERGE_TEXT},
    {"max", MERGE_ORDER}, {"min", MERGE_ORDER}, {"sum", MERGE_NUMBER},
};
enum { N_MERGES = sizeof merges / sizeof *merges };

static void merge_type(sema *s, const ast_node *r, const ast_node *column, merge_needs needs)
{
    value_type t = column->type;
    const char *wanted = NULL;

    if (sema_is_error(t))
        return;
    if (needs == MERGE_TEXT && !type_is_text(t))
        wanted = "a text";
    else if (needs == MERGE_NUMBER && !sema_is_number(t.id))
        wanted = "a number";
    else if (needs == MERGE_INTEGER && !sema_is_integer(t.id))
        wanted = "an integer";
    else if (needs == MERGE_ORDER && t.id == TYPE_JSON)
        wanted = "something that can be compared";
    if (wanted != NULL)
        diag_error(s->d, r->merge_rule.rule.at, D_TYPE_MISMATCH, "\"%s\" needs %s, and \"%s\" is %s", r->merge_rule.rule.text, wanted,
                   column->column.name.text, text_type(s, t));
}

static void merge_argument(sema *s, const ast_node *r)
{
    const ast_node *arg = r->merge_rule.arg;

    if (arg == NULL)
        return;
    if (strcmp(r->merge_rule.rule.text, "join") != 0)
        diag_error(s->d, arg->at, D_WRONG_ARGUMENTS, "\"%s\" takes nothing in parentheses", r->merge_rule.rule.text);
    else if (arg->kind != AST_TEXT)
        diag_error(s->d, arg->at, D_NOT_CONSTANT, "the separator of \"join\" is a text in single quotes");
}

static bool is_key_column(const ast_node *n, const ast_node *column)
{
    for (int i = 0; i < n->dedup.keys.n; i++)
        if (n->dedup.keys.at[i]->kind == AST_NAME && n->dedup.keys.at[i]->sym == column)
            return true;
    return false;
}

static void merge_rule(sema *s, const ast_node *n, const ast_node *table, ast_node *r)
{
    const ast_node *column = names_column(s, table, r->merge_rule.col);
    const char *name = r->merge_rule.rule.text;
    nearest near = nearest_start(name);

    merge_argument(s, r);
    for (int i = 0; i < N_MERGES; i++) {
        nearest_offer(&near, merges[i].name);
        if (strcmp(merges[i].name, name) != 0)
            continue;
        if (column == NULL)
            return;
        if (sema_is_identity(column))
            diag_error(s->d, r->merge_rule.col.at, D_NOT_ALLOWED, "\"%s\" is the identity: all rows of one thing have the key of the first",
                       column->column.name.text);
        else if (is_key_column(n, column))
            diag_warning(s->d, r->merge_rule.col.at, D_UNREACHABLE, "\"%s\" is the key of the dedup, and so the same in all rows",
                         column->column.name.text);
        else
            merge_type(s, r, column, merges[i].needs);
        return;
    }
    diag_error(s->d, r->merge_rule.rule.at, D_UNKNOWN_OPTION, "there is no merge rule \"%s\"", name);
    diag_did_you_mean(s->d, near.best);
    if (near.best == NULL)
        diag_hint(s->d, "Rules are first, last, min, max, sum, count, join('…') and longest.");
}

static void set_once(sema *s, ast_list rules, int i)
{
    ast_name col = rules.at[i]->kind == AST_SET ? rules.at[i]->set.col : rules.at[i]->merge_rule.col;

    for (int k = 0; k < i; k++) {
        ast_name other = rules.at[k]->kind == AST_SET ? rules.at[k]->set.col : rules.at[k]->merge_rule.col;

        if (rules.at[k]->kind == rules.at[i]->kind && strcmp(other.text, col.text) == 0) {
            diag_error(s->d, col.at, D_COLUMN_SET_TWICE, "\"%s\" is set twice", col.text);
            diag_note(s->d, other.at, "it is set here first");
            return;
        }
    }
}

static void rules(sema *s, env *v, ast_node *n)
{
    handling h = {.mend = "Give the value that it shall have then: add `else …`."};

    for (int i = 0; i < n->dedup.rules.n; i++) {
        ast_node *r = n->dedup.rules.at[i];

        if (r->kind == AST_COPY) {
            diag_error(s->d, r->at, D_MISPLACED, "\"copy\" has no place in \"rewrite\": the row is there already");
            continue;
        }
        set_once(s, n->dedup.rules, i);
        if (r->kind == AST_MERGE_RULE) {
            merge_rule(s, n, v->table, r);
            continue;
        }
        const ast_node *column = names_column(s, v->table, r->set.col);
        if (column == NULL)
            expr_check(s, v, r->set.e);
        else
            failures_set(s, v, &h, v->table, column, r->set.e, r->set.handler);
    }
    if (n->dedup.duplicate == DUP_REWRITE && n->dedup.rules.n == 0)
        diag_error(s->d, n->dedup.duplicate_at, D_MISSING, "\"rewrite\" says nothing of what becomes of the row");
}

/* ---- the flows that write the table ---------------------------------------------------------------------------------------- */

typedef struct writers {
    const ast_node *dedup, *table;
    const ast_node *first;      /* TABLE_REF of the first into that writes the table */
    const ast_node *phase;      /* of the first */
    const ast_node *other_phase, *other;
    const ast_node *elsewhere;  /* an into of another table in a flow that writes this one */
    const ast_node *creates;    /* a look-up in such a flow that may make rows */
} writers;

/* The look-up of an alias with `unknown create`; ctx is where it is put. A definition does not call itself. */
static void find_creator(ast_node *e, void *ctx)
{
    const ast_node **found = ctx;

    if (*found != NULL)
        return;
    if (e->kind == AST_LOOKUP && e->sym != NULL && e->sym->kind == AST_ALIAS && e->sym->alias.unknown == UNKNOWN_CREATE)
        *found = e;
    else if (e->kind == AST_CALL && e->sym != NULL && e->sym->kind == AST_DEFINE)
        find_creator(e->sym->define.e, ctx);
    if (*found == NULL)
        ast_children(e, find_creator, ctx);
}

static void find_writers(sema *s, ast_node *flow, ast_node *phase, void *ctx)
{
    writers *w = ctx;
    const ast_node *mine = NULL, *others = NULL;

    (void)s;
    for (int i = 0; i < flow->flow.items.n; i++) {
        const ast_node *item = flow->flow.items.at[i];

        if (item->kind != AST_INTO)
            continue;
        if (item->into.table->sym == w->table)
            mine = item->into.table;
        else
            others = item->into.table;
    }
    if (mine == NULL)
        return;
    if (w->first == NULL) {
        w->first = mine;
        w->phase = phase;
    } else if (phase != w->phase && w->other == NULL) {
        w->other = mine;
        w->other_phase = phase;
    }
    if (others != NULL && w->elsewhere == NULL)
        w->elsewhere = others;
    find_creator(flow, &w->creates);
}

static bool chooses_late(const ast_node *n)
{
    return n->dedup.keep == KEEP_LAST || n->dedup.keep_by != NULL;
}

static void written_by(sema *s, const ast_node *n)
{
    writers w = {.dedup = n, .table = n->dedup.table->sym};

    flows_each(s, find_writers, &w);
    if (w.first == NULL) {
        diag_warning(s->d, n->dedup.table->at, D_UNUSED, "no flow writes \"%s\", so this dedup has nothing to do",
                     w.table->table.name.text);
        return;
    }
    if (w.other != NULL) {
        diag_error(s->d, w.other->at, D_NOT_ALLOWED, "all flows into \"%s\" must stand in one phase, because it has a dedup",
                   w.table->table.name.text);
        diag_note(s->d, w.first->at, w.phase != NULL ? "the phase \"%s\" writes it here" : "it is written here, outside of the phases%s",
                  w.phase != NULL ? w.phase->phase.name.text : "");
        diag_note(s->d, n->dedup.table->at, "the dedup is declared here");
    }
    if (n->dedup.duplicate == DUP_REJECT && chooses_late(n) && (w.elsewhere != NULL || w.creates != NULL)) {
        const ast_node *by = n->dedup.keep_by;

        diag_error(s->d, n->dedup.duplicate_at, D_NOT_ALLOWED,
                   "a row of \"%s\" would be rejected when other rows made of it are written already", w.table->table.name.text);
        if (w.elsewhere != NULL)
            diag_note(s->d, w.elsewhere->at, "the same flow writes another table here");
        else
            diag_note(s->d, w.creates->at, "the same flow may make a row of \"%s\" here",
                      w.creates->sym->alias.table->sym->table.name.text);
        diag_hint(s->d, "Keep the first row (`keep first;`%s), or let duplicates be dropped or merged.",
                  by != NULL ? ", without \"by\"" : "");
    }
}

void dedup_bodies(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_DEDUP || n->dedup.table->sym == NULL)
            continue;
        ast_node *table = (ast_node *)n->dedup.table->sym;
        env v = {.place = "a dedup", .table = table, .row = table->table.name.text,
                 .hint = "Columns of the table are named alone here."};
        keys(s, &v, n);
        rules(s, &v, n);
        written_by(s, n);
    }
}
