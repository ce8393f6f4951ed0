/*
 * flows.c: flows, the lists of aliases, dedup rules and checks as plan objects. `copy *`, defaults and the flow's `on error` are
 * written out here; what is left is a list of statements in which every expression says what happens when it fails.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/sema/sema.h"

#include <string.h>

static plan_set *sets_by_column(builder *b, const plan_table *t) {
    return arena_array(b->a, plan_set, t->n_columns);
}

static void put_set(builder *b, plan_set *all, const plan_table *t, int column, const ast_node *e, const ast_node *handler,
                    span at) {
    const plan_column *c = &t->columns[column];
    b->set_target = arena_printf(b->a, "%s.%s", t->name, c->name);
    all[column].column = column;
    all[column].site = plan_site_of(b, at);
    all[column].site.target = b->set_target;
    all[column].value = plan_value_for(b, e, handler, c->type, c->not_null, at);
    b->set_target = NULL;
}

/* The value of a column of the flow's source as the tree would have it: `copy *` makes one for each. */
static const ast_node *copied_name(builder *b, const ast_node *source_table, const ast_node *source_column, span at) {
    ast_node *n = ast_new(b->a, AST_NAME, at);
    ast_name name = source_column->column.name;
    name.at = at;
    n->name.path.at = arena_new(b->a, ast_name);
    n->name.path.at[0] = name;
    n->name.path.n = 1;
    n->type = source_column->type;
    n->sym = source_column;
    n->nullable = !sema_not_null(source_table, source_column);
    n->fallible = n->type.id != TYPE_TEXT;
    return n;
}

static bool excepted(const ast_node *copy, const char *name) {
    for (int i = 0; i < copy->copy.except.n; i++)
        if (strcmp(copy->copy.except.at[i].text, name) == 0)
            return true;
    return false;
}

static bool set_elsewhere(ast_list sets, const char *name) {
    for (int i = 0; i < sets.n; i++)
        if (sets.at[i]->kind == AST_SET && strcmp(sets.at[i]->set.col.text, name) == 0)
            return true;
    return false;
}

static void copy_columns(builder *b, plan_set *all, const plan_table *t, const ast_node *copy, ast_list sets,
                         const ast_node *source_table) {
    for (int i = 0; i < source_table->table.columns.n; i++) {
        const ast_node *c = source_table->table.columns.at[i];
        const char *name = c->column.name.text;
        int column = plan_column_index(t, name);
        if (column < 0 || excepted(copy, name) || set_elsewhere(sets, name))
            continue;
        put_set(b, all, t, column, copied_name(b, source_table, c, copy->at), NULL, copy->at);
        all[column].site.text = arena_printf(b->a, "copy %s", name);
    }
}

/* Columns in order: what the spec sets, else the default of a table that this migration makes. */
static void collect_sets(builder *b, const plan_table *t, const plan_set *all, plan_set **out, int *n_out) {
    int cap = 0;
    *n_out = 0;
    *out = NULL;
    for (int i = 0; i < t->n_columns; i++) {
        plan_set s = all[i];
        if (s.value == NULL) {
            if (t->columns[i].deflt == NULL)
                continue;
            s = (plan_set){i, t->columns[i].deflt, t->columns[i].site, NULL};
            s.site.text = arena_printf(b->a, "default of %s", t->columns[i].name);
            s.site.target = arena_printf(b->a, "%s.%s", t->name, t->columns[i].name);
        }
        *(plan_set *)arena_push(b->a, out, n_out, &cap, sizeof(plan_set)) = s;
    }
}

static bool mentions(const plan_expr *e, const plan_var *v) {
    if (e == NULL || v == NULL)
        return false;
    if (e->kind == PX_VAR && e->var == v)
        return true;
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE && mentions(e->handler.value, v))
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (mentions(e->args[i], v))
            return true;
    return false;
}

static plan_var *new_var(builder *b, const ast_node *binding, const char *name, plan_type type) {
    plan_var *v = arena_new(b->a, plan_var);
    v->name = name;
    v->type = type;
    v->site = plan_site_of(b, binding->at);
    plan_map_put(b, binding, v);
    return v;
}

static plan_stmt *push_stmt(builder *b, plan_stmt_kind kind, span at, int *cap) {
    plan_stmt *s = arena_push(b->a, &b->flow->stmts, &b->flow->n_stmts, cap, sizeof(plan_stmt));
    s->kind = kind;
    s->site = plan_site_of(b, at);
    return s;
}

static void into_stmt(builder *b, const ast_node *n, const ast_node *source_table, int *cap) {
    plan_stmt *s = push_stmt(b, PLAN_INTO, span_join(n->at, n->into.table->at), cap);
    const plan_table *t = plan_map_get(b, n->into.table->sym);
    s->into = b->flow->n_intos++;
    s->table = t;
    s->site.text = arena_printf(b->a, "into %s", t->name);
    s->site.target = t->name;
    plan_stmt_into_each(b, s, n);
    plan_set *all = sets_by_column(b, t);
    for (int i = 0; i < n->into.sets.n; i++) {
        const ast_node *set = n->into.sets.at[i];
        if (set->kind == AST_COPY)
            copy_columns(b, all, t, set, n->into.sets, source_table);
        else
            put_set(b, all, t, plan_column_index(t, set->set.col.text), set->set.e, set->set.handler, set->at);
    }
    collect_sets(b, t, all, &s->sets, &s->n_sets);
    switch (b->on_error) {
    case ON_SKIP: s->refused.kind = PLAN_H_SKIP; break;
    case ON_ABORT: s->refused.kind = PLAN_H_ABORT; break;
    case ON_REJECT:
    case ON_NULL: s->refused.kind = PLAN_H_REJECT; break;
    }
}

/* `each v at pos in list when condition`. */
void plan_stmt_into_each(builder *b, plan_stmt *s, const ast_node *n) {
    if (n->into.in != NULL) {
        s->each = plan_guarded(b, n->into.in, n->into.in->at);
        s->each_var = new_var(b, n->into.each, n->into.each->binding.name.text, (plan_type){MIG_T_TEXT, -1, -1});
        s->each_var->source = plan_first_source(s->each, b->flow->source);
        if (n->into.pos != NULL)
            s->at_var = new_var(b, n->into.pos, n->into.pos->binding.name.text, (plan_type){MIG_T_INTEGER, -1, -1});
    }
    if (n->into.when != NULL) {
        s->when = plan_guarded(b, n->into.when, n->into.when->at);
        s->when_first = s->each == NULL || (!mentions(s->when, s->each_var) && !mentions(s->when, s->at_var));
    }
}

static void let_stmt(builder *b, const ast_node *n, int *cap) {
    push_stmt(b, PLAN_LET, n->at, cap);
    b->set_target = NULL;
    plan_expr *value = plan_value_for(b, n->let.e, n->let.handler, plan_type_of(n->type), false, n->at);
    plan_stmt *s = &b->flow->stmts[b->flow->n_stmts - 1]; /* the value may have moved them */
    s->value = value;
    s->var = new_var(b, n, n->let.name.text, value->type);
    s->var->source = plan_first_source(value, b->flow->source);
}

static void flow_items(builder *b, const ast_node *n, const ast_node *source_table) {
    int cap = 0;
    for (int i = 0; i < n->flow.items.n; i++) {
        const ast_node *item = n->flow.items.at[i];
        switch (ast_item(item)) {
        case ITEM_ON_ERROR: break;
        case ITEM_LET: let_stmt(b, item, &cap); break;
        case ITEM_SKIP_WHEN:
            push_stmt(b, PLAN_SKIP, item->at, &cap)->value = plan_guarded(b, item->skip.when, item->at);
            break;
        case ITEM_REJECT_WHEN: {
            plan_expr *when = item->reject.when == NULL ? NULL : plan_guarded(b, item->reject.when, item->at);
            plan_stmt *s = push_stmt(b, PLAN_REJECT, item->at, &cap);
            s->value = when;
            s->why = item->reject.why.text;
            if (when != NULL)
                s->site.source = plan_first_source(when, b->flow->source);
            break;
        }
        case ITEM_INTO: into_stmt(b, item, source_table, &cap); break;
        }
    }
}

static void find_cells(const plan_expr *e, bool *used) {
    if (e == NULL)
        return;
    if (e->kind == PX_CELL)
        used[e->field.index] = true;
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        find_cells(e->handler.value, used);
    for (int i = 0; i < e->n_args; i++)
        find_cells(e->args[i], used);
}

static void mark_vars(const plan_expr *e) {
    if (e == NULL)
        return;
    if (e->kind == PX_VAR)
        ((plan_var *)e->var)->used = true;
    if (e->kind == PX_ELSE && e->handler.kind == PLAN_H_VALUE)
        mark_vars(e->handler.value);
    for (int i = 0; i < e->n_args; i++)
        mark_vars(e->args[i]);
}

static void use_expr(const plan_expr *e, bool *cells) {
    find_cells(e, cells);
    mark_vars(e);
}

/* Which cells and variables the flow reads: codegen declares no others. */
static void find_uses(builder *b, plan_flow *f) {
    f->uses_cell = arena_array(b->a, bool, f->source->n_columns);
    for (int i = 0; i < f->n_stmts; i++) {
        const plan_stmt *s = &f->stmts[i];
        use_expr(s->value, f->uses_cell);
        use_expr(s->when, f->uses_cell);
        use_expr(s->each, f->uses_cell);
        use_expr(s->canonical, f->uses_cell);
        for (int k = 0; k < s->n_synonyms; k++)
            use_expr(s->synonyms[k], f->uses_cell);
        for (int k = 0; k < s->n_sets; k++)
            use_expr(s->sets[k].value, f->uses_cell);
    }
}

static plan_flow *new_flow(builder *b, const ast_node *from, span at) {
    plan_flow *f = arena_new(b->a, plan_flow);
    f->source = plan_map_get(b, from->sym);
    if (f->source == NULL)
        migc_bug("a flow reads a table that is not in the plan");
    f->name = arena_printf(b->a, "%s.%s", f->source->source->name, f->source->name);
    f->id = b->p->n_flows;
    f->site = plan_site_of(b, at);
    *(plan_flow **)arena_push(b->a, &b->p->flows, &b->p->n_flows, &b->cap_flows, sizeof(plan_flow *)) = f;
    b->flow = f;
    b->on_error = ON_REJECT;
    b->handled = false;
    return f;
}

void plan_flow_build(builder *b, const ast_node *n) {
    plan_flow *f = new_flow(b, n->flow.from, span_join(span_start(n->at), n->flow.from->at));
    for (int i = 0; i < n->flow.items.n; i++)
        if (n->flow.items.at[i]->kind == AST_ON_ERROR) {
            b->on_error = n->flow.items.at[i]->on_error.action;
            b->handled = true;
        }
    flow_items(b, n, n->flow.from->sym);
    find_uses(b, f);
    f->of_star = n->flow.of_star && f->source->query == NULL;
    plan_map_put(b, n, f);
    b->flow = NULL;
}

/* ---- aliases ---- */

/* Sets of an alias's list, value or create {…}, with the defaults of the canonical table's other columns. */
static void alias_sets(builder *b, plan_alias *al, ast_list sets, bool with_defaults, plan_set **out, int *n_out) {
    plan_set *all = sets_by_column(b, al->table);
    for (int i = 0; i < sets.n; i++)
        put_set(b, all, al->table, plan_column_index(al->table, sets.at[i]->set.col.text), sets.at[i]->set.e,
                sets.at[i]->set.handler, sets.at[i]->at);
    if (with_defaults) {
        collect_sets(b, al->table, all, out, n_out);
        return;
    }
    int cap = 0;
    for (int i = 0; i < al->table->n_columns; i++)
        if (all[i].value != NULL)
            *(plan_set *)arena_push(b->a, out, n_out, &cap, sizeof(plan_set)) = all[i];
}

/* One `from …` clause: a flow of one statement. Failures reject the list's row. */
static void alias_list(builder *b, plan_alias *al, const ast_node *n, int *cap) {
    plan_flow *f = new_flow(b, n->alias_list.from, span_join(span_start(n->at), n->alias_list.from->at));
    f->alias = al;
    b->handled = true;
    int stmt_cap = 0;
    plan_stmt *s = push_stmt(b, PLAN_ENTRY, n->at, &stmt_cap);
    s->alias = al;
    b->set_target = arena_printf(b->a, "%s.%s", al->table->name, al->table->columns[al->column].name);
    s->canonical = plan_value_for(b, n->alias_list.e, NULL, al->table->columns[al->column].type, false, n->alias_list.e->at);
    s->site.target = b->set_target;
    s->site.source = plan_first_source(s->canonical, f->source);
    s->n_synonyms = n->alias_list.also.n;
    s->synonyms = arena_array(b->a, plan_expr *, s->n_synonyms);
    for (int i = 0; i < s->n_synonyms; i++)
        s->synonyms[i] = plan_guarded(b, n->alias_list.also.at[i], n->alias_list.also.at[i]->at);
    b->set_target = NULL;
    alias_sets(b, al, n->alias_list.sets, true, &s->sets, &s->n_sets);
    find_uses(b, f);
    *(plan_flow **)arena_push(b->a, &al->lists, &al->n_lists, cap, sizeof(plan_flow *)) = f;
    b->flow = NULL;
}

static void alias_values(builder *b, plan_alias *al, const ast_node *n) {
    al->n_values = n->alias.values.n;
    al->values = arena_array(b->a, plan_alias_value, al->n_values);
    for (int i = 0; i < al->n_values; i++) {
        const ast_node *v = n->alias.values.at[i];
        plan_alias_value *out = &al->values[i];
        out->canonical = (plan_text){v->alias_value.canonical.text, strlen(v->alias_value.canonical.text)};
        out->n_synonyms = v->alias_value.also.n;
        out->synonyms = arena_array(b->a, plan_text, out->n_synonyms);
        for (int k = 0; k < out->n_synonyms; k++) {
            const char *text = v->alias_value.also.at[k].text;
            out->synonyms[k] = (plan_text){text, strlen(text)};
        }
        out->site = plan_site_of(b, v->at);
        alias_sets(b, al, v->alias_value.sets, false, &out->sets, &out->n_sets);
    }
}

static mig_unknown unknown_of(ast_unknown u) {
    switch (u) {
    case UNKNOWN_UNSAID:
    case UNKNOWN_REJECT: return MIG_UNKNOWN_REJECT;
    case UNKNOWN_NULL: return MIG_UNKNOWN_NULL;
    case UNKNOWN_USE: return MIG_UNKNOWN_USE;
    case UNKNOWN_CREATE: return MIG_UNKNOWN_CREATE;
    }
    migc_bug("an alias's policy");
}

static void alias_of(builder *b, const ast_node *n) {
    plan_alias *al = plan_map_get(b, n);
    al->table = plan_map_get(b, n->alias.table->sym);
    al->column = plan_column_index(al->table, n->alias.key.text);
    al->names_column = al->names_ref = -1;
    if (n->alias.names != NULL) {
        al->names = plan_map_get(b, n->alias.names->sym);
        al->names_column = plan_column_index(al->names, n->alias.names_key.text);
        al->names_ref = plan_column_index(al->names, n->alias.names_ref.text);
    }
    int *folds = arena_array(b->a, int, n->alias.match.n);
    for (int i = 0; i < n->alias.match.n; i++)
        folds[i] = plan_text_function(n->alias.match.at[i].text);
    al->folds = folds;
    al->n_folds = n->alias.match.n;
    al->unknown = unknown_of(n->alias.unknown);
    if (n->alias.unknown_use.text != NULL)
        al->use = (plan_text){n->alias.unknown_use.text, strlen(n->alias.unknown_use.text)};
    b->row_table = al->table;
    alias_sets(b, al, n->alias.unknown_sets, false, &al->created, &al->n_created);
    alias_values(b, al, n);
    b->row_table = NULL;
    int cap = 0;
    for (int i = 0; i < n->alias.lists.n; i++)
        alias_list(b, al, n->alias.lists.at[i], &cap);
}

void plan_aliases(builder *b) {
    ast_list decls = b->file->file.decls;
    for (int i = 0; i < decls.n; i++) { /* all first: an alias's list may look another one up */
        if (decls.at[i]->kind != AST_ALIAS)
            continue;
        plan_alias *al = arena_new(b->a, plan_alias);
        al->name = decls.at[i]->alias.name.text;
        al->id = b->p->n_aliases;
        al->site = plan_site_of(b, decls.at[i]->alias.name.at);
        *(plan_alias **)arena_push(b->a, &b->p->aliases, &b->p->n_aliases, &b->cap_aliases, sizeof(plan_alias *)) = al;
        plan_map_put(b, decls.at[i], al);
    }
    for (int i = 0; i < decls.n; i++)
        if (decls.at[i]->kind == AST_ALIAS)
            alias_of(b, decls.at[i]);
}

/* ---- dedup ---- */

static plan_merge merge_of(const char *rule) {
    static const struct { const char *name; plan_merge how; } rules[] = {
        {"first", PLAN_FIRST}, {"last", PLAN_LAST}, {"min", PLAN_MIN}, {"max", PLAN_MAX}, {"sum", PLAN_SUM},
        {"count", PLAN_COUNT}, {"join", PLAN_JOIN}, {"longest", PLAN_LONGEST}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].name, rule) == 0)
            return rules[i].how;
    migc_bug("a merge rule");
}

static void dedup_merge(builder *b, plan_dedup *d, ast_list rules) {
    d->merge = arena_array(b->a, plan_merge_rule, d->table->n_columns);
    for (int i = 0; i < rules.n; i++) {
        const ast_node *r = rules.at[i];
        plan_merge_rule *m = &d->merge[plan_column_index(d->table, r->merge_rule.col.text)];
        m->how = merge_of(r->merge_rule.rule.text);
        m->site = plan_site_of(b, r->at);
        if (r->merge_rule.arg != NULL) {
            const char *sep = r->merge_rule.arg->text.text;
            m->separator = (plan_text){sep, strlen(sep)};
        } else {
            m->separator = (plan_text){", ", 2};
        }
    }
}

static bool mentions_field(const plan_expr *e, int column) {
    if (e->kind == PX_FIELD && e->field.index == column)
        return true;
    for (int i = 0; i < e->n_args; i++)
        if (mentions_field(e->args[i], column))
            return true;
    return false;
}

/* Columns without a rule, but for keys: those of the rows may differ, and the dedup's own say which spellings are the same. */
static void dedup_strict(builder *b, plan_dedup *d) {
    d->strict = arena_array(b->a, int, d->table->n_columns);
    for (int i = 0; i < d->table->n_columns; i++) {
        bool is_key = i == d->table->identity || i == d->table->primary || d->merge[i].how != PLAN_KEEP;
        for (int k = 0; k < d->n_key && !is_key; k++)
            is_key = mentions_field(d->key[k], i);
        if (!is_key)
            d->strict[d->n_strict++] = i;
    }
}

static void dedup_rewrite(builder *b, plan_dedup *d, ast_list sets) {
    plan_set *all = sets_by_column(b, d->table);
    int cap = 0;
    for (int i = 0; i < sets.n; i++)
        put_set(b, all, d->table, plan_column_index(d->table, sets.at[i]->set.col.text), sets.at[i]->set.e,
                sets.at[i]->set.handler, sets.at[i]->at);
    for (int i = 0; i < d->table->n_columns; i++)
        if (all[i].value != NULL)
            *(plan_set *)arena_push(b->a, &d->rewrite, &d->n_rewrite, &cap, sizeof(plan_set)) = all[i];
}

static void dedup_of(builder *b, const ast_node *n) {
    plan_dedup *d = arena_new(b->a, plan_dedup);
    d->table = plan_map_get(b, n->dedup.table->sym);
    d->id = b->p->n_dedups;
    d->site = plan_site_of(b, span_join(span_start(n->at), n->dedup.table->at));
    b->row_table = d->table;
    d->n_key = n->dedup.keys.n;
    d->key = arena_array(b->a, plan_expr *, d->n_key);
    for (int i = 0; i < d->n_key; i++)
        d->key[i] = plan_expr_of(b, n->dedup.keys.at[i]);
    d->keep_last = n->dedup.keep == KEEP_LAST;
    if (n->dedup.keep_by != NULL)
        d->order = plan_expr_of(b, n->dedup.keep_by);
    d->why = n->dedup.why.text;
    switch (n->dedup.duplicate) {
    case DUP_UNSAID:
    case DUP_DROP: d->action = MIG_DUP_DROP; break;
    case DUP_REJECT: d->action = MIG_DUP_REJECT; break;
    case DUP_MERGE:
        d->action = MIG_DUP_MERGE;
        dedup_merge(b, d, n->dedup.rules);
        if (n->dedup.strict)
            dedup_strict(b, d);
        break;
    case DUP_REWRITE:
        d->action = MIG_DUP_REWRITE;
        dedup_rewrite(b, d, n->dedup.rules);
        break;
    }
    bool at_once = d->action == MIG_DUP_DROP || d->action == MIG_DUP_REJECT;
    d->late = !at_once || d->keep_last || d->order != NULL;
    b->row_table = NULL;
    *(plan_dedup **)arena_push(b->a, &b->p->dedups, &b->p->n_dedups, &b->cap_dedups, sizeof(plan_dedup *)) = d;
}

void plan_dedups(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++)
        if (b->file->file.decls.at[i]->kind == AST_DEDUP)
            dedup_of(b, b->file->file.decls.at[i]);
}

/* ---- checks: after the phases are in order ---- */

void plan_checks(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_CHECK)
            continue;
        plan_check *c = plan_map_get(b, n);
        c->name = n->check.name.text;
        c->before = n->check.before;
        c->warn = n->check.warn;
        c->site = plan_site_of(b, n->check.name.at);
        c->text = plan_site_of(b, n->check.e->at).text;
        c->phase = -1;
        for (int k = 0; k < b->p->n_phases; k++)
            if (strcmp(b->p->phases[k]->name, n->check.phase.text) == 0)
                c->phase = k;
        if (c->phase < 0)
            migc_bug("a check's phase");
        c->test = plan_expr_of(b, n->check.e);
    }
}
