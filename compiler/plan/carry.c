/*
 * carry.c: what goes along with the tables of `table *`: objects of PostgreSQL's own that the snapshot holds as SQL, sequences, and the snapshot
 * itself, which the program's preflight holds against the live source. Called by plan_build() when the phases stand in their order.
 */
#include "compiler/catalog/catalog.h"
#include "compiler/plan/build.h"

#include <string.h>

/* ---- snapshots for the preflight ------------------------------------------------------------------------------------------- */

static const char *schema_option(const ast_node *source) {
    for (int i = 0; i < source->system.options.n; i++) {
        const ast_node *o = source->system.options.at[i];
        if (strcmp(o->option.name.text, "schema") == 0 && o->option.values.at[0]->kind == AST_TEXT)
            return o->option.values.at[0]->text.text;
    }
    return NULL;
}

static const plan_source *source_of(const builder *b, const ast_node *source) {
    for (int i = 0; i < b->p->n_sources; i++)
        if (strcmp(b->p->sources[i]->name, source->system.name.text) == 0)
            return b->p->sources[i];
    return NULL;
}

static plan_snapshot *snapshot_of(builder *b, const ast_node *source) {
    const ast_node *star = source->system.stars.at[0];
    plan_snapshot *s = arena_new(b->a, plan_snapshot);
    s->source = source_of(b, source);
    s->schema = schema_option(source);
    s->file = star->star.snapshot.text;
    s->site = plan_site_of(b, star->at);
    s->n_except = star->star.except.n;
    s->except = arena_array(b->a, const char *, s->n_except);
    for (int i = 0; i < s->n_except; i++)
        s->except[i] = star->star.except.at[i].text;
    catalog_forms all = catalog_forms_of(b->a, b->src, source->system.snapshot);
    s->labels = arena_array(b->a, const char *, all.n);
    s->forms = arena_array(b->a, const char *, all.n);
    for (int i = 0; i < all.n; i++) {
        const char *of_table, *name = catalog_label_name(b->a, all.labels[i], &of_table);
        bool excepted = false;
        for (int k = 0; k < s->n_except; k++)
            excepted = excepted || strcmp(s->except[k], name) == 0 || (of_table != NULL && strcmp(s->except[k], of_table) == 0);
        if (excepted)
            continue;
        s->labels[s->n_objects] = all.labels[i];
        s->forms[s->n_objects++] = all.texts[i];
    }
    return s;
}

static void snapshots(builder *b) {
    int cap = 0;
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind == AST_SOURCE && n->system.snapshot != NULL)
            *(plan_snapshot **)arena_push(b->a, &b->p->snapshots, &b->p->n_snapshots, &cap, sizeof(plan_snapshot *)) = snapshot_of(b, n);
    }
}

/* ---- steps ------------------------------------------------------------------------------------------------------------------- */

typedef struct steps { plan_step *at; int n, cap; } steps;

static plan_step *add_step(builder *b, steps *l, mig_step_kind kind, span at) {
    plan_step *s = arena_push(b->a, &l->at, &l->n, &l->cap, sizeof(plan_step));
    s->kind = kind;
    s->site = plan_site_of(b, at);
    return s;
}

/* One that SQLite has nothing for is said, as far as the spec's target is SQLite. */
static void add_object(builder *b, steps *l, span at, const char *label, const char *sql) {
    plan_step *s = add_step(b, l, MIG_STEP_OBJECT, at);
    s->label = label;
    s->sql = sql;
    if (b->p->target->engine == MIG_SQLITE)
        diag_warning(b->d, at, D_NOT_IN_ENGINE, "SQLite gets no %s", label);
}

static const char *label_of(builder *b, const char *kind, const char *name) {
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "%s \"%s\"", kind, name);
    return sb_take(&sb, b->a);
}

static void create_sequence(builder *b, steps *l, const ast_node *n) {
    strbuf sb = STRBUF_INIT;
    sb_puts(&sb, "create sequence ");
    plan_sql_ident(&sb, n->sequence.name.text);
    if (n->sequence.sql.text != NULL)
        sb_printf(&sb, " %s", n->sequence.sql.text);
    add_object(b, l, n->at, label_of(b, "sequence", n->sequence.name.text), sb_take(&sb, b->a));
}

static plan_sequence *add_sequence(builder *b, steps *l, const plan_snapshot *s, span at) {
    plan_step *step = add_step(b, l, MIG_STEP_SEQUENCE, at);
    plan_sequence *q = arena_new(b->a, plan_sequence);
    q->source = s->source;
    q->schema = s->schema;
    step->sequence = q;
    return q;
}

bool plan_is_from(const ast_node *snapshot, const ast_node *table) {
    for (int i = 0; i < snapshot->system.tables.n; i++)
        if (snapshot->system.tables.at[i] == table)
            return true;
    return false;
}

static const plan_snapshot *snapshot_for(const builder *b, const ast_node *source) {
    for (int i = 0; i < b->p->n_snapshots; i++)
        if (strcmp(b->p->snapshots[i]->source->name, source->system.name.text) == 0)
            return b->p->snapshots[i];
    return NULL;
}

static void table_tails(builder *b, steps *after) {
    for (int i = 0; i < b->n_tables; i++) {
        const table_info *ti = b->tables[i];
        for (int k = 0; k < ti->node->table.tail.n && !ti->t->existing; k++) {
            const ast_node *n = ti->node->table.tail.at[k];
            strbuf label = STRBUF_INIT;
            sb_printf(&label, "statement of table \"%s\"", ti->t->name);
            add_object(b, after, n->at, sb_take(&label, b->a), n->sql.text.text);
        }
    }
}

/* Sequences are put where the source's stand: those that columns own, and those of their own. */
static void follow_sequences(builder *b, steps *after, const ast_node *target) {
    const ast_node *source = target->system.snapshot;
    const plan_snapshot *s = snapshot_for(b, source);
    if (s->source->kind != MIG_SOURCE_POSTGRES)
        return;
    for (int i = 0; i < b->n_tables; i++) {
        plan_table *t = b->tables[i]->t;
        if (t->identity < 0 || !plan_is_from(source->system.snapshot, b->tables[i]->node))
            continue;
        t->keeps_sequence = plan_keeps_keys(b->p, t);
        plan_sequence *q = add_sequence(b, after, s, b->tables[i]->column_nodes[t->identity]->at);
        q->table = t;
        q->column = t->columns[t->identity].name;
    }
    for (int i = 0; i < target->system.objects.n; i++) {
        const ast_node *o = target->system.objects.at[i];
        if (o->kind == AST_SEQUENCE)
            add_sequence(b, after, s, o->at)->name = o->sequence.name.text;
    }
}

static void objects_of(builder *b, const ast_node *target, ast_object when, steps *l) {
    for (int i = 0; i < target->system.objects.n; i++) {
        const ast_node *o = target->system.objects.at[i];
        if (o->kind == AST_OBJECT && o->object.what == when)
            add_object(b, l, o->at, o->object.label.text, o->object.text.text);
    }
}

/* Puts the steps before the place, number of a step in its phase. */
static void insert(builder *b, plan_phase *p, int place, const steps *l) {
    plan_step *all = arena_array(b->a, plan_step, p->n_steps + l->n);
    for (int i = 0; i < place; i++)
        all[i] = p->steps[i];
    for (int i = 0; i < l->n; i++)
        all[place + i] = l->at[i];
    for (int i = place; i < p->n_steps; i++)
        all[l->n + i] = p->steps[i];
    p->steps = all;
    p->n_steps += l->n;
}

static void insert_before(builder *b, const steps *l) {
    for (int i = 0; i < b->p->n_phases && l->n > 0; i++)
        for (int k = 0; k < b->p->phases[i]->n_steps; k++)
            if (b->p->phases[i]->steps[k].kind == MIG_STEP_CREATE) {
                insert(b, b->p->phases[i], k, l);
                return;
            }
}

static void insert_after(builder *b, const steps *l) {
    for (int i = b->p->n_phases - 1; i >= 0 && l->n > 0; i--)
        for (int k = b->p->phases[i]->n_steps - 1; k >= 0; k--)
            if (b->p->phases[i]->steps[k].kind == MIG_STEP_CONSTRAIN || b->p->phases[i]->steps[k].kind == MIG_STEP_INDEX) {
                insert(b, b->p->phases[i], k + 1, l);
                return;
            }
}

static const ast_node *target_node(const builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++)
        if (b->file->file.decls.at[i]->kind == AST_TARGET)
            return b->file->file.decls.at[i];
    return NULL;
}

void plan_carry(builder *b) {
    const ast_node *target = target_node(b);
    steps before = {0}, after = {0};
    snapshots(b);
    if (target == NULL)
        return;
    bool is_whole = target->system.snapshot != NULL;
    if (is_whole)
        objects_of(b, target, OBJECT_BEFORE, &before);
    for (int i = 0; i < target->system.objects.n; i++)
        if (target->system.objects.at[i]->kind == AST_SEQUENCE)
            create_sequence(b, &after, target->system.objects.at[i]);
    table_tails(b, &after);
    if (is_whole) {
        objects_of(b, target, OBJECT_AFTER, &after);
        follow_sequences(b, &after, target);
    }
    insert_before(b, &before);
    insert_after(b, &after);
}

bool plan_carries(const ast_node *file) {
    for (int i = 0; i < file->file.decls.n; i++)
        if (file->file.decls.at[i]->kind == AST_TARGET && file->file.decls.at[i]->system.snapshot != NULL)
            return true;
    return false;
}
