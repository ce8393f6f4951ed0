/*
 * tables.c: declarations of sources and targets as plan objects: columns by index, keys, references, check rules.
 * Called once by plan_build() before anything that refers to columns.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/sema/sema.h"

#include <stdlib.h>
#include <string.h>

/* ---- sources ---- */

plan_location plan_location_of(const ast_node *n) {
    return (plan_location){n->location.text.text, n->location.env.text, n->location.fallback.text};
}

static bool option_is(const ast_node *o, const char *name) {
    return strcmp(o->option.name.text, name) == 0;
}

/* The option's first value as text, however it was written. */
static const char *option_text(const ast_node *o) {
    const ast_node *v = o->option.values.n > 0 ? o->option.values.at[0] : NULL;
    if (v == NULL)
        return "";
    switch (ast_expr(v)) {
    case EXPR_TEXT: return v->text.text;
    case EXPR_NUMBER: return v->number.text;
    case EXPR_BOOL: return v->boolean.value ? "on" : "off";
    case EXPR_NAME: return v->name.path.at[0].text;
    case EXPR_AT_ZONE: case EXPR_BETWEEN: case EXPR_BINARY: case EXPR_CALL: case EXPR_CASE: case EXPR_COUNT:
    case EXPR_ERROR: case EXPR_EVERY: case EXPR_IN: case EXPR_IS: case EXPR_LIKE: case EXPR_LOOKUP: case EXPR_NULL:
    case EXPR_REFERS: case EXPR_SQL_TEST: case EXPR_TALLY: case EXPR_UNARY: case EXPR_UNIQUE: break;
    }
    return "";
}

static bool option_on(const ast_node *o) {
    const char *v = option_text(o);
    return strcmp(v, "on") == 0 || strcmp(v, "true") == 0;
}

static void apply_options(builder *b, plan_source_table *t, ast_list options) {
    for (int i = 0; i < options.n; i++) {
        const ast_node *o = options.at[i];
        const char *v = option_text(o);
        if (option_is(o, "null")) {
            t->csv.n_nulls = o->option.values.n;
            t->csv.nulls = arena_array(b->a, plan_text, t->csv.n_nulls);
            for (int k = 0; k < t->csv.n_nulls; k++) {
                const char *text = o->option.values.at[k]->text.text;
                t->csv.nulls[k] = (plan_text){text, strlen(text)};
            }
        } else if (option_is(o, "trim")) {
            t->csv.trim = option_on(o);
        } else if (option_is(o, "encoding")) {
            t->csv.encoding = v;
        } else if (option_is(o, "delimiter")) {
            t->csv.delimiter = v[0];
        } else if (option_is(o, "quote")) {
            if (t->csv.escape == t->csv.quote)
                t->csv.escape = v[0];
            t->csv.quote = v[0];
        } else if (option_is(o, "escape")) {
            t->csv.escape = v[0];
        } else if (option_is(o, "header")) {
            t->csv.header = option_on(o);
        } else if (option_is(o, "comment")) {
            t->csv.comment = v[0] == '\0' ? NULL : v;
        } else if (option_is(o, "skip")) {
            t->csv.skip = (int)strtol(v, NULL, 10);
        } else if (option_is(o, "extra")) {
            t->csv.extra_ignore = strcmp(v, "ignore") == 0;
        }
    }
}

static void database_options(plan_source_table *t, ast_list options) {
    for (int i = 0; i < options.n; i++)
        if (option_is(options.at[i], "schema"))
            t->schema = option_text(options.at[i]);
}

static void source_key(builder *b, plan_source_table *t, const ast_node *n) {
    sema_key key = sema_primary_key(b->a, n);
    t->key = arena_array(b->a, int, key.n_columns);
    for (; t->n_key < key.n_columns; t->n_key++)
        t->key[t->n_key] = sema_column_index(n, key.columns[t->n_key]->column.name.text);
}

static void source_table(builder *b, const ast_node *system, plan_source *s, const ast_node *n) {
    plan_source_table *t = arena_new(b->a, plan_source_table);
    t->name = n->table.name.text;
    t->source = s;
    t->id = b->p->n_source_tables;
    t->pattern = n->table.file.text;
    t->query = n->table.query.text;
    t->site = plan_site_of(b, n->table.name.at);
    if (s->kind == MIG_SOURCE_CSV) {
        t->csv.encoding = "utf8";
        t->csv.delimiter = ',';
        t->csv.quote = t->csv.escape = '"';
        t->csv.header = true;
        apply_options(b, t, system->system.options);
        apply_options(b, t, n->table.options);
    } else if (t->query == NULL) {
        database_options(t, system->system.options);
        database_options(t, n->table.options);
    }
    t->n_columns = n->table.columns.n;
    t->columns = arena_array(b->a, plan_source_column, t->n_columns);
    for (int i = 0; i < t->n_columns; i++) {
        const ast_node *c = n->table.columns.at[i];
        t->columns[i] = (plan_source_column){c->column.name.text, plan_type_of(c->type), sema_not_null(n, c)};
    }
    source_key(b, t, n);
    *(plan_source_table **)arena_push(b->a, &b->p->source_tables, &b->p->n_source_tables, &b->cap_source_tables,
                                      sizeof(plan_source_table *)) = t;
    plan_map_put(b, n, t);
}

static mig_source_kind kind_of(const char *engine) {
    return strcmp(engine, "sqlite") == 0 ? MIG_SOURCE_SQLITE : strcmp(engine, "postgres") == 0 ? MIG_SOURCE_POSTGRES : MIG_SOURCE_CSV;
}

void plan_sources(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_SOURCE)
            continue;
        plan_source *s = arena_new(b->a, plan_source);
        s->name = n->system.name.text;
        s->kind = kind_of(n->system.engine.text);
        for (int k = 0; k < n->system.options.n && s->kind == MIG_SOURCE_POSTGRES; k++) {
            const ast_node *o = n->system.options.at[k];
            if (option_is(o, "schema"))
                s->schema = option_text(o);
            else if (option_is(o, "wait"))
                s->wait = (int)strtol(option_text(o), NULL, 10);
        }
        s->at = plan_location_of(n->system.location);
        s->site = plan_site_of(b, n->system.name.at);
        s->id = b->p->n_sources;
        *(plan_source **)arena_push(b->a, &b->p->sources, &b->p->n_sources, &b->cap_sources, sizeof(plan_source *)) = s;
        for (int k = 0; k < n->system.tables.n; k++)
            source_table(b, n, s, n->system.tables.at[k]);
    }
}

/* ---- target tables: columns ---- */

int plan_column_index(const plan_table *t, const char *name) {
    for (int i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].name, name) == 0)
            return i;
    return -1;
}

table_info *plan_table_info(const builder *b, const ast_node *table) {
    for (int i = 0; i < b->n_tables; i++)
        if (b->tables[i]->node == table)
            return b->tables[i];
    migc_bug("a table of the tree is not in the plan");
}

table_info *plan_info_of(const builder *b, const plan_table *t) {
    return b->tables[t->id];
}

/* "varchar(100)" for PostgreSQL, the storage class for SQLite. */
static void column_sql(builder *b, plan_column *c) {
    static const struct { const char *pg, *sqlite; } names[] = {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) {pg, sqlite},
#include "runtime/types.def"
#undef MIG_TYPE
    };
    const char *pg = names[c->type.id].pg;
    if (c->type.p >= 0 && c->type.s >= 0)
        pg = arena_printf(b->a, "%s(%d,%d)", pg, c->type.p, c->type.s);
    else if (c->type.p >= 0)
        pg = arena_printf(b->a, "%s(%d)", pg, c->type.p);
    c->sql[MIG_POSTGRES] = pg;
    c->sql[MIG_SQLITE] = names[c->type.id].sqlite;
}

static int *columns_of(builder *b, const plan_table *t, ast_names names) {
    int *at = arena_array(b->a, int, names.n);
    for (int i = 0; i < names.n; i++) {
        at[i] = plan_column_index(t, names.at[i].text);
        if (at[i] < 0)
            migc_bug("a constraint names a column that is not there");
    }
    return at;
}

static const char *made_name(builder *b, const plan_table *t, const int *columns, int n, const char *suffix) {
    strbuf sb = STRBUF_INIT;
    for (int i = 0; i < n; i++)
        sb_printf(&sb, "%s%s", i > 0 ? "_" : "", t->columns[columns[i]].name);
    const char *name = plan_made_name(b, t->name, sb_text(&sb), suffix);
    sb_free(&sb);
    return name;
}

static void add_unique(builder *b, table_info *ti, const ast_node *con, int *columns, int n) {
    unique_info *u = arena_push(b->a, &ti->uniques, &ti->n_uniques, &ti->cap_uniques, sizeof(unique_info));
    u->primary = con->constraint.what == CON_PRIMARY_KEY;
    u->columns = columns;
    u->n_columns = n;
    u->node = con;
    if (con->constraint.name.text != NULL)
        u->name = con->constraint.name.text;
    else if (u->primary)
        u->name = plan_made_name(b, ti->t->name, NULL, "pkey");
    else
        u->name = made_name(b, ti->t, columns, n, "key");
    if (!u->primary)
        return;
    if (n == 1)
        ti->t->primary = columns[0];
    for (int i = 0; i < n; i++)
        ti->t->columns[columns[i]].not_null = true;
}

static void table_columns(builder *b, table_info *ti) {
    plan_table *t = ti->t;
    for (int i = 0; i < t->n_columns; i++) {
        const ast_node *n = ti->node->table.columns.at[i];
        plan_column *c = &t->columns[i];
        ti->column_nodes[i] = n;
        c->name = n->column.name.text;
        c->type = plan_type_of(n->type);
        c->identity = sema_is_identity(n);
        c->not_null = sema_not_null(ti->node, n);
        c->site = plan_site_of(b, n->column.name.at);
        if (c->identity)
            t->identity = i;
        const ast_node *as = sema_column_constraint(n, CON_AS);
        c->as = as != NULL ? as->constraint.sql.text : NULL;
        ast_texts values = n->column.type->type_name.values;
        c->n_choices = values.n;
        c->choices = arena_array(b->a, plan_text, values.n);
        for (int k = 0; k < values.n; k++)
            c->choices[k] = (plan_text){values.at[k].text, strlen(values.at[k].text)};
        column_sql(b, c);
        plan_map_put(b, n, c);
    }
}

static void table_uniques(builder *b, table_info *ti) {
    for (int i = 0; i < ti->t->n_columns; i++) {
        ast_list cons = ti->column_nodes[i]->column.constraints;
        for (int k = 0; k < cons.n; k++) {
            ast_constraint_kind what = cons.at[k]->constraint.what;
            if (what != CON_PRIMARY_KEY && what != CON_UNIQUE)
                continue;
            int *one = arena_array(b->a, int, 1);
            one[0] = i;
            add_unique(b, ti, cons.at[k], one, 1);
        }
    }
    ast_list cons = ti->node->table.constraints;
    for (int k = 0; k < cons.n; k++) {
        ast_constraint_kind what = cons.at[k]->constraint.what;
        if (what == CON_PRIMARY_KEY || what == CON_UNIQUE)
            add_unique(b, ti, cons.at[k], columns_of(b, ti->t, cons.at[k]->constraint.columns),
                       cons.at[k]->constraint.columns.n);
    }
}

static void table_indexes(builder *b, table_info *ti) {
    ast_list indexes = ti->node->table.indexes;
    ti->index_names = arena_array(b->a, const char *, indexes.n);
    for (int k = 0; k < indexes.n; k++) {
        ast_list ics = indexes.at[k]->index.columns;
        int *columns = arena_array(b->a, int, ics.n);
        for (int c = 0; c < ics.n; c++)
            columns[c] = plan_column_index(ti->t, ics.at[c]->index_column.name.text);
        const char *name = indexes.at[k]->index.name.text;
        ti->index_names[k] = name != NULL ? name : made_name(b, ti->t, columns, ics.n, "idx");
        if (!indexes.at[k]->index.unique)
            continue;
        unique_info *u = arena_push(b->a, &ti->uniques, &ti->n_uniques, &ti->cap_uniques, sizeof(unique_info));
        u->columns = columns;
        u->n_columns = ics.n;
        u->node = indexes.at[k]; /* the DDL makes it as an index */
        u->name = ti->index_names[k];
    }
}

/* A run-time rule for every unique set of columns, also for keys: their values may come from the source. */
static void table_keys(builder *b, table_info *ti) {
    for (int i = 0; i < ti->n_uniques; i++) {
        unique_info *u = &ti->uniques[i];
        plan_key *k = arena_new(b->a, plan_key);
        k->name = u->name;
        k->table = ti->t;
        k->columns = u->columns;
        k->n_columns = u->n_columns;
        k->result = -1;
        k->id = b->p->n_uniques;
        k->site = plan_site_of(b, u->node->at);
        u->key = k;
        *(plan_key **)arena_push(b->a, &b->p->uniques, &b->p->n_uniques, &b->cap_uniques, sizeof(plan_key *)) = k;
    }
}

/* ---- references ---- */

static void add_fk(builder *b, table_info *ti, const ast_node *con, int *columns, int n) {
    fk_info *f = arena_push(b->a, &ti->fks, &ti->n_fks, &ti->cap_fks, sizeof(fk_info));
    f->to = plan_table_info(b, con->constraint.ref->sym);
    f->columns = columns;
    f->n_columns = n;
    f->node = con;
    f->on_delete = con->constraint.on_delete;
    f->on_update = con->constraint.on_update;
    f->name = con->constraint.name.text != NULL ? con->constraint.name.text : made_name(b, ti->t, columns, n, "fkey");
    if (con->constraint.ref_columns.n > 0) {
        f->to_columns = columns_of(b, f->to->t, con->constraint.ref_columns);
        return;
    }
    for (int i = 0; i < f->to->n_uniques; i++)
        if (f->to->uniques[i].primary)
            f->to_columns = f->to->uniques[i].columns;
    if (f->to_columns == NULL)
        migc_bug("a reference to a table without a primary key");
}

static void table_fks(builder *b, table_info *ti) {
    for (int i = 0; i < ti->t->n_columns; i++) {
        ast_list cons = ti->column_nodes[i]->column.constraints;
        for (int k = 0; k < cons.n; k++) {
            if (cons.at[k]->constraint.what != CON_FOREIGN_KEY)
                continue;
            int *one = arena_array(b->a, int, 1);
            one[0] = i;
            add_fk(b, ti, cons.at[k], one, 1);
        }
    }
    ast_list cons = ti->node->table.constraints;
    for (int k = 0; k < cons.n; k++)
        if (cons.at[k]->constraint.what == CON_FOREIGN_KEY)
            add_fk(b, ti, cons.at[k], columns_of(b, ti->t, cons.at[k]->constraint.columns),
                   cons.at[k]->constraint.columns.n);
}

/* ---- check rules and defaults, over the table's own row ---- */

static void add_rule(builder *b, table_info *ti, const ast_node *con, const char *column, int *cap) {
    plan_table *t = ti->t;
    plan_rule *r = arena_push(b->a, &t->rules, &t->n_rules, cap, sizeof(plan_rule));
    r->site = plan_site_of(b, con->at);
    r->text = plan_site_of(b, con->constraint.e->at).text;
    if (con->constraint.name.text != NULL)
        r->name = con->constraint.name.text;
    else if (column != NULL)
        r->name = plan_made_name(b, t->name, column, "check");
    else
        r->name = plan_made_name(b, t->name, NULL, "check");
    r->holds = plan_expr_of(b, con->constraint.e);
}

static void table_rules(builder *b, table_info *ti) {
    plan_table *t = ti->t;
    int cap = 0;
    b->row_table = t;
    for (int i = 0; i < t->n_columns; i++) {
        ast_list cons = ti->column_nodes[i]->column.constraints;
        for (int k = 0; k < cons.n; k++) {
            const ast_node *con = cons.at[k];
            if (con->constraint.what == CON_CHECK)
                add_rule(b, ti, con, t->columns[i].name, &cap);
            else if (con->constraint.what == CON_DEFAULT)
                t->columns[i].deflt =
                    plan_value_for(b, con->constraint.e, NULL, t->columns[i].type, t->columns[i].not_null, con->at);
        }
    }
    for (int k = 0; k < ti->node->table.constraints.n; k++)
        if (ti->node->table.constraints.at[k]->constraint.what == CON_CHECK)
            add_rule(b, ti, ti->node->table.constraints.at[k], NULL, &cap);
    b->row_table = NULL;
}

/* ---- all of a target ---- */

/* Names that the spec gives are not free for others. */
static void take_names(builder *b, const ast_node *n) {
    plan_name_taken(b, n->table.name.text);
    for (int i = 0; i < n->table.columns.n; i++) {
        ast_list cons = n->table.columns.at[i]->column.constraints;
        for (int k = 0; k < cons.n; k++)
            plan_name_taken(b, cons.at[k]->constraint.name.text);
    }
    for (int k = 0; k < n->table.constraints.n; k++)
        plan_name_taken(b, n->table.constraints.at[k]->constraint.name.text);
    for (int k = 0; k < n->table.indexes.n; k++)
        plan_name_taken(b, n->table.indexes.at[k]->index.name.text);
}

static void target_table(builder *b, const ast_node *n) {
    table_info *ti = arena_new(b->a, table_info);
    ti->node = n;
    plan_table *t = ti->t = arena_new(b->a, plan_table);
    t->name = n->table.name.text;
    t->id = b->n_tables;
    t->existing = n->table.existing;
    t->identity = t->primary = -1;
    t->n_columns = n->table.columns.n;
    t->columns = arena_array(b->a, plan_column, t->n_columns);
    ti->column_nodes = arena_array(b->a, const ast_node *, t->n_columns);
    t->site = plan_site_of(b, n->table.name.at);
    *(table_info **)arena_push(b->a, &b->tables, &b->n_tables, &b->cap_tables, sizeof(table_info *)) = ti;
    *(plan_table **)arena_push(b->a, &b->p->tables, &b->p->n_tables, &b->cap_plan_tables, sizeof(plan_table *)) = t;
    plan_map_put(b, n, t);
    table_columns(b, ti);
    table_uniques(b, ti);
    table_indexes(b, ti);
    table_keys(b, ti);
}

void plan_targets(builder *b) {
    for (int i = 0; i < b->file->file.decls.n; i++) {
        const ast_node *n = b->file->file.decls.at[i];
        if (n->kind != AST_TARGET)
            continue;
        plan_target *t = b->p->target = arena_new(b->a, plan_target);
        t->name = n->system.name.text;
        t->engine = strcmp(n->system.engine.text, "postgres") == 0 ? MIG_POSTGRES : MIG_SQLITE;
        t->at = plan_location_of(n->system.location);
        t->site = plan_site_of(b, n->system.name.at);
        for (int k = 0; k < n->system.options.n; k++)
            if (option_is(n->system.options.at[k], "schema"))
                t->schema = option_text(n->system.options.at[k]);
            else if (option_is(n->system.options.at[k], "wait"))
                t->wait = (int)strtol(option_text(n->system.options.at[k]), NULL, 10);
        for (int k = 0; k < n->system.tables.n; k++)
            take_names(b, n->system.tables.at[k]);
        for (int k = 0; k < n->system.tables.n; k++)
            target_table(b, n->system.tables.at[k]);
        for (int k = 0; k < n->system.tables.n && n->system.snapshot != NULL; k++)
            b->tables[k]->t->of_star = plan_is_from(n->system.snapshot->system.snapshot, n->system.tables.at[k]);
    }
    for (int i = 0; i < b->n_tables; i++)
        table_fks(b, b->tables[i]);
    for (int i = 0; i < b->n_tables; i++)
        table_rules(b, b->tables[i]);
}
