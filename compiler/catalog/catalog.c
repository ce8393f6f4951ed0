/*
 * catalog.c: stars become tables, and flows of stars become flows. See catalog.h. Called by the driver.
 */
#include "compiler/catalog/catalog.h"

#include "compiler/base/symtab.h"

#include <string.h>

typedef struct pass {
    arena *a;
    diag *d;
    src_map *m;
    ast_node *file;
    strbuf *report;
} pass;

static bool same(const char *a, const char *b)
{
    return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static ast_node *table_named(ast_list tables, const char *name)
{
    for (int i = 0; i < tables.n; i++)
        if (same(tables.at[i]->table.name.text, name))
            return tables.at[i];
    return NULL;
}

static bool is_among(const ast_names *names, const char *name)
{
    for (int i = 0; i < names->n; i++)
        if (same(names->at[i].text, name))
            return true;
    return false;
}

static const char *object_label(const ast_node *o)
{
    return o->kind == AST_SEQUENCE ? NULL : o->object.label.text;
}

/* The object's name; in *of_table the table that it belongs to, or NULL. */
static const char *object_name(pass *p, const ast_node *o, const char **of_table)
{
    *of_table = NULL;
    return o->kind == AST_SEQUENCE ? o->sequence.name.text : catalog_label_name(p->a, object_label(o), of_table);
}

/* ---- except ---------------------------------------------------------------------------------------------------------------- */

/* Each name is one of the snapshot's. */
static void check_except(pass *p, const ast_node *star, const ast_node *snapshot)
{
    for (int i = 0; i < star->star.except.n; i++) {
        const ast_name *name = &star->star.except.at[i];
        nearest near = nearest_start(name->text);
        bool is_there = table_named(snapshot->system.tables, name->text) != NULL;

        for (int k = 0; k < snapshot->system.tables.n; k++)
            nearest_offer(&near, snapshot->system.tables.at[k]->table.name.text);
        for (int k = 0; k < snapshot->system.objects.n; k++) {
            const char *of_table, *other = object_name(p, snapshot->system.objects.at[k], &of_table);

            is_there = is_there || same(other, name->text);
            nearest_offer(&near, other);
        }
        if (is_there)
            continue;
        diag_error(p->d, name->at, D_UNKNOWN_NAME, "the database holds no \"%s\"", name->text);
        diag_did_you_mean(p->d, near.best);
    }
}

/* What cannot be carried must be excepted, or be done by hand. */
static void check_rejects(pass *p, const ast_node *source, const ast_node *star, const ast_node *snapshot)
{
    for (int i = 0; i < snapshot->system.objects.n; i++) {
        const ast_node *o = snapshot->system.objects.at[i];
        const char *of_table, *name = object_name(p, o, &of_table);

        if (o->kind == AST_SEQUENCE || o->object.what != OBJECT_REJECT || is_among(&star->star.except, name) ||
            table_named(source->system.tables, name) != NULL)
            continue;
        diag_error(p->d, o->at, D_NOT_ALLOWED, "the %s cannot be carried: %s", o->object.label.text, o->object.text.text);
        diag_hint(p->d, "Write table * except \"%s\", and move it by hand.", name);
    }
}

/* ---- sources ----------------------------------------------------------------------------------------------------------------- */

static bool is_kept(const ast_node *c, ast_constraint_kind what)
{
    for (int i = 0; i < c->column.constraints.n; i++)
        if (c->column.constraints.at[i]->constraint.what == what)
            return true;
    return false;
}

static bool is_in_primary_key(const ast_node *table, const char *column)
{
    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];

        if (con->constraint.what == CON_PRIMARY_KEY && is_among(&con->constraint.columns, column))
            return true;
    }
    return false;
}

/* The column as it is read: its name, its type, whether it can be null. */
static ast_node *source_column(pass *p, const ast_node *table, const ast_node *c)
{
    ast_node *n = ast_new(p->a, AST_COLUMN, c->at), *type = ast_new(p->a, AST_TYPE, c->column.type->at);

    n->column.name = c->column.name;
    type->type_name = c->column.type->type_name;
    n->column.type = type;
    if (is_kept(c, CON_NOT_NULL) || is_kept(c, CON_IDENTITY) || is_kept(c, CON_PRIMARY_KEY) || is_in_primary_key(table, c->column.name.text)) {
        ast_node *con = ast_new(p->a, AST_CONSTRAINT, c->at);

        con->constraint.what = CON_NOT_NULL;
        ast_list_add(p->a, &n->column.constraints, con);
    }
    return n;
}

static ast_node *source_table(pass *p, const ast_node *table)
{
    ast_node *n = ast_new(p->a, AST_TABLE, table->at);

    n->table.name = table->table.name;
    for (int i = 0; i < table->table.columns.n; i++)
        ast_list_add(p->a, &n->table.columns, source_column(p, table, table->table.columns.at[i]));
    return n;
}

static void expand_source(pass *p, ast_node *source)
{
    const ast_node *star;

    if (source->system.stars.n == 0)
        return;
    star = source->system.stars.at[0];
    if (source->system.stars.n > 1) {
        diag_error(p->d, source->system.stars.at[1]->at, D_DUPLICATE, "\"table *\" is said twice");
        diag_note(p->d, star->at, "it is said here first");
        return;
    }
    if (!same(source->system.engine.text, "postgres") && !same(source->system.engine.text, "sqlite")) {
        diag_error(p->d, star->at, D_NOT_ALLOWED, "\"table *\" is for databases; the columns of a CSV file are written out");
        return;
    }
    ast_node *snapshot = catalog_snapshot(p->a, p->d, p->m, source, star, p->report);

    if (snapshot == NULL)
        return;
    if (snapshot->system.tables.n == 0) {
        diag_error(p->d, star->at, D_MISSING, "\"%s\" holds no tables that * could stand for", source->system.name.text);
        return;
    }
    check_except(p, star, snapshot);
    check_rejects(p, source, star, snapshot);
    ast_list by_hand = source->system.tables, all = {0};
    for (int i = 0; i < by_hand.n; i++)
        ast_list_add(p->a, &all, by_hand.at[i]);
    for (int i = 0; i < snapshot->system.tables.n; i++) {
        const ast_node *t = snapshot->system.tables.at[i];

        if (!is_among(&star->star.except, t->table.name.text) && table_named(by_hand, t->table.name.text) == NULL)
            ast_list_add(p->a, &all, source_table(p, t));
    }
    source->system.tables = all;
    source->system.snapshot = snapshot;
}

/* ---- the target --------------------------------------------------------------------------------------------------------------- */

static const ast_node *source_named(const pass *p, const char *name)
{
    for (int i = 0; i < p->file->file.decls.n; i++) {
        const ast_node *n = p->file->file.decls.at[i];

        if (n->kind == AST_SOURCE && same(n->system.name.text, name))
            return n;
    }
    return NULL;
}

/* Each reference is to a table that is there. */
static void check_references(pass *p, const ast_node *target, const ast_node *snapshot, const ast_node *table)
{
    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];
        const char *to = con->constraint.what == CON_FOREIGN_KEY ? con->constraint.ref->table_ref.table.text : NULL;

        if (to == NULL || table_named(target->system.tables, to) != NULL || table_named(snapshot->system.tables, to) == NULL)
            continue;
        diag_error(p->d, con->at, D_UNKNOWN_TABLE, "\"%s\" refers to \"%s\", which is excepted", table->table.name.text, to);
        diag_hint(p->d, "Except \"%s\" too, or write it by hand without the reference.", table->table.name.text);
    }
}

static bool goes_along(pass *p, const ast_node *o, const ast_node *target, const ast_list by_hand, const ast_node *snapshot,
                       const ast_names *except)
{
    const char *of_table, *name = object_name(p, o, &of_table);

    if ((o->kind == AST_OBJECT && o->object.what == OBJECT_REJECT) || is_among(except, name))
        return false;
    if (of_table == NULL || table_named(snapshot->system.tables, of_table) == NULL)
        return true;
    return table_named(by_hand, of_table) == NULL && table_named(target->system.tables, of_table) != NULL;
}

/* The names that one of the two stars excepts. */
static ast_names both_excepts(pass *p, const ast_node *a, const ast_node *b)
{
    ast_names all = {0};

    for (int i = 0; i < a->star.except.n; i++)
        ast_names_add(p->a, &all, a->star.except.at[i]);
    for (int i = 0; i < b->star.except.n; i++)
        ast_names_add(p->a, &all, b->star.except.at[i]);
    return all;
}

static void expand_target_from(pass *p, ast_node *target, const ast_node *star, const ast_node *source)
{
    const ast_node *snapshot = source->system.snapshot;
    ast_names except = both_excepts(p, source->system.stars.at[0], star);
    ast_list by_hand = target->system.tables, all = {0};

    check_except(p, star, snapshot);
    for (int i = 0; i < by_hand.n; i++)
        ast_list_add(p->a, &all, by_hand.at[i]);
    for (int i = 0; i < snapshot->system.tables.n; i++) {
        ast_node *t = snapshot->system.tables.at[i];

        if (!is_among(&except, t->table.name.text) && table_named(by_hand, t->table.name.text) == NULL)
            ast_list_add(p->a, &all, t);
    }
    target->system.tables = all;
    target->system.snapshot = source;
    for (int i = by_hand.n; i < all.n; i++)
        check_references(p, target, snapshot, all.at[i]);
    for (int i = 0; i < snapshot->system.objects.n; i++) {
        ast_node *o = snapshot->system.objects.at[i];

        if (goes_along(p, o, target, by_hand, snapshot, &except))
            ast_list_add(p->a, &target->system.objects, o);
    }
}

static void expand_target(pass *p, ast_node *target)
{
    const ast_node *star, *source;

    if (target->system.stars.n == 0)
        return;
    star = target->system.stars.at[0];
    source = source_named(p, star->star.from.text);
    if (target->system.stars.n > 1) {
        diag_error(p->d, target->system.stars.at[1]->at, D_DUPLICATE, "\"table *\" is said twice");
        diag_note(p->d, star->at, "it is said here first");
    } else if (source == NULL) {
        nearest near = nearest_start(star->star.from.text);

        for (int i = 0; i < p->file->file.decls.n; i++)
            if (p->file->file.decls.at[i]->kind == AST_SOURCE)
                nearest_offer(&near, p->file->file.decls.at[i]->system.name.text);
        diag_error(p->d, star->star.from.at, D_UNKNOWN_NAME, "there is no source \"%s\"", star->star.from.text);
        diag_did_you_mean(p->d, near.best);
    } else if (source->system.stars.n == 0) {
        diag_error(p->d, star->star.from.at, D_MISSING, "the source \"%s\" does not say \"table *\" itself", star->star.from.text);
        diag_hint(p->d, "Write table *; in its braces.");
    } else if (source->system.snapshot != NULL) {
        expand_target_from(p, target, star, source);
    }
}

/* ---- flows ----------------------------------------------------------------------------------------------------------------------- */

typedef struct fills { const char *system; const char *table; bool found; } fills;

/* Whether an into writes the table. */
static void look_for_into(ast_node *n, void *ctx)
{
    fills *f = ctx;

    if (n->kind == AST_INTO && same(n->into.table->table_ref.table.text, f->table) &&
        (n->into.table->table_ref.system.text == NULL || same(n->into.table->table_ref.system.text, f->system)))
        f->found = true;
    ast_children(n, look_for_into, ctx);
}

static bool is_filled(const pass *p, const ast_node *target, const char *table)
{
    fills f = {target->system.name.text, table, false};

    ast_children(p->file, look_for_into, &f);
    return f.found;
}

static ast_node *ref_to(pass *p, span at, const ast_node *system, const ast_node *table)
{
    ast_node *n = ast_new(p->a, AST_TABLE_REF, at);

    n->table_ref.system = system->system.name;
    n->table_ref.table = table->table.name;
    n->table_ref.system.at = n->table_ref.table.at = at;
    return n;
}

static ast_node *plain_flow(pass *p, span at, const ast_node *source, const ast_node *from, const ast_node *target, const ast_node *to)
{
    ast_node *flow = ast_new(p->a, AST_FLOW, at), *into = ast_new(p->a, AST_INTO, at), *on_error = ast_new(p->a, AST_ON_ERROR, at);

    into->into.table = ref_to(p, at, target, to);
    ast_list_add(p->a, &into->into.sets, ast_new(p->a, AST_COPY, at));
    flow->flow.from = ref_to(p, at, source, from);
    ast_list_add(p->a, &flow->flow.items, on_error); /* what stood in such a table stands in it again, or something is wrong */
    ast_list_add(p->a, &flow->flow.items, into);
    on_error->on_error.action = ON_ABORT;
    flow->flow.of_star = true;
    return flow;
}

/* A flow for each table of the target that no other flow fills, from the source's table of that name. */
static void add_flows(pass *p, span at, const ast_node *source, const ast_node *target, bool only_stars, ast_list *out)
{
    for (int i = 0; i < target->system.tables.n; i++) {
        const ast_node *to = target->system.tables.at[i], *from = table_named(source->system.tables, to->table.name.text);

        if (only_stars && (source->system.snapshot == NULL || table_named(source->system.snapshot->system.tables, to->table.name.text) != to))
            continue;
        if (from != NULL && !is_filled(p, target, to->table.name.text))
            ast_list_add(p->a, out, plain_flow(p, at, source, from, target, to));
    }
}

static ast_node *target_named(const pass *p, const char *name)
{
    for (int i = 0; i < p->file->file.decls.n; i++) {
        ast_node *n = p->file->file.decls.at[i];

        if (n->kind == AST_TARGET && (name == NULL || same(n->system.name.text, name)))
            return n;
    }
    return NULL;
}

static bool is_star_flow(const ast_node *n)
{
    return n->kind == AST_FLOW && n->flow.from != NULL && n->flow.from->table_ref.all;
}

/* Its star stands for nothing, and the mistake that is the reason has been told. */
static bool is_left_open(const ast_node *system)
{
    return system->system.stars.n > 0 && system->system.snapshot == NULL;
}

/* `from old.* into app.*;`: out gets the flows that it stands for. False: it is another flow. */
static bool expand_flow(pass *p, const ast_node *flow, ast_list *out)
{
    if (!is_star_flow(flow))
        return false;
    const ast_node *into = flow->flow.items.n == 1 ? flow->flow.items.at[0] : NULL;
    const char *from = flow->flow.from->table_ref.system.text;
    const ast_node *source = source_named(p, from);
    bool is_plain = into != NULL && into->kind == AST_INTO && into->into.table->table_ref.all && into->into.each == NULL &&
                    into->into.when == NULL && into->into.sets.n == 1 && into->into.sets.at[0]->kind == AST_COPY &&
                    into->into.sets.at[0]->copy.except.n == 0 && flow->flow.row == NULL;
    const ast_node *target = is_plain ? target_named(p, into->into.table->table_ref.system.text) : NULL;
    int n = out->n;

    if (!is_plain) {
        diag_error(p->d, flow->flow.from->at, D_NOT_ALLOWED, "all tables at once are copied as they are");
        diag_hint(p->d, "Write from %s.* into TARGET.*; and what differs as a flow of its own.", from);
        return true;
    }
    if (source == NULL || target == NULL)
        return false; /* sema has the words for it */
    add_flows(p, flow->at, source, target, false, out);
    if (out->n == n && !is_left_open(source) && !is_left_open(target))
        diag_warning(p->d, flow->at, D_UNUSED, "no table is left to be copied: none has the same name on both sides, or flows of their own fill them");
    return true;
}

static void expand_flows(pass *p)
{
    ast_list decls = {0};
    bool is_said = false;

    for (int i = 0; i < p->file->file.decls.n; i++) {
        ast_node *n = p->file->file.decls.at[i];

        is_said = is_said || is_star_flow(n);
        if (n->kind == AST_PHASE) {
            ast_list steps = {0};

            for (int k = 0; k < n->phase.steps.n; k++) {
                is_said = is_said || is_star_flow(n->phase.steps.at[k]);
                if (!expand_flow(p, n->phase.steps.at[k], &steps))
                    ast_list_add(p->a, &steps, n->phase.steps.at[k]);
            }
            n->phase.steps = steps;
        }
        if (!expand_flow(p, n, &decls))
            ast_list_add(p->a, &decls, n);
    }
    p->file->file.decls = decls;
    ast_node *target = target_named(p, NULL);
    if (is_said || target == NULL || target->system.snapshot == NULL)
        return;
    add_flows(p, target->system.stars.at[0]->at, target->system.snapshot, target, true, &p->file->file.decls);
}

void catalog_expand(arena *a, diag *d, src_map *m, ast_node *file, strbuf *report)
{
    pass p = {a, d, m, file, report};
    bool has_star = false;

    for (int i = 0; i < file->file.decls.n; i++) {
        ast_node *n = file->file.decls.at[i];

        if (n->kind == AST_SNAPSHOT) {
            diag_error(d, span_start(n->at), D_MISPLACED, "a snapshot stands in a file of its own");
            diag_hint(d, "A source names it: table * snapshot 'FILE';");
        }
        if (n->kind == AST_SOURCE)
            expand_source(&p, n);
        has_star = has_star || (n->kind == AST_SOURCE && n->system.stars.n > 0);
    }
    if (report != NULL && !has_star)
        sb_puts(report, "no source says `table *`: there is nothing to write\n");
    for (int i = 0; i < file->file.decls.n; i++)
        if (file->file.decls.at[i]->kind == AST_TARGET)
            expand_target(&p, file->file.decls.at[i]);
    expand_flows(&p);
}
