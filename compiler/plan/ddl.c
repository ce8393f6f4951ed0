/*
 * ddl.c: the SQL that makes the target's tables, per engine.
 *
 * PostgreSQL: `create` is the bare table with its checks; keys, unique rules, indexes and foreign keys come with `constrain`, when
 * the rows are in. SQLite cannot add constraints to a table, so they stand in its `create`; its indexes come with `constrain`. An
 * `index` step takes the indexes that are not unique out of `constrain`. What
 * SQLite's types do not keep (lengths, ranges, forms of dates) becomes a check constraint.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "compiler/sema/sema.h"

#include <string.h>

typedef struct sql_list { const char **at; int n, cap; } sql_list;

static void push_sql(builder *b, sql_list *l, strbuf *sb) {
    *(const char **)arena_push(b->a, &l->at, &l->n, &l->cap, sizeof(char *)) = sb_take(sb, b->a);
}

static void put_columns(strbuf *sb, const plan_table *t, const int *columns, int n) {
    sb_putc(sb, '(');
    for (int i = 0; i < n; i++) {
        if (i > 0)
            sb_puts(sb, ", ");
        plan_sql_ident(sb, t->columns[columns[i]].name);
    }
    sb_putc(sb, ')');
}

static void put_fk_actions(strbuf *sb, const fk_info *f) {
    static const char *const words[] = {
        [FK_UNSAID] = "", [FK_NO_ACTION] = "no action", [FK_RESTRICT] = "restrict", [FK_CASCADE] = "cascade",
        [FK_SET_NULL] = "set null", [FK_SET_DEFAULT] = "set default"};
    if (f->on_delete != FK_UNSAID)
        sb_printf(sb, " on delete %s", words[f->on_delete]);
    if (f->on_update != FK_UNSAID)
        sb_printf(sb, " on update %s", words[f->on_update]);
}

static void put_fk(strbuf *sb, const table_info *ti, const fk_info *f) {
    sb_puts(sb, "constraint ");
    plan_sql_ident(sb, f->name);
    sb_puts(sb, " foreign key ");
    put_columns(sb, ti->t, f->columns, f->n_columns);
    sb_puts(sb, " references ");
    plan_sql_ident(sb, f->to->t->name);
    sb_putc(sb, ' ');
    put_columns(sb, f->to->t, f->to_columns, f->n_columns);
    put_fk_actions(sb, f);
}

/* ---- rules that SQLite's storage does not keep by itself ---- */

static void sqlite_number_rule(strbuf *sb, const plan_column *c, const char *name) {
    switch (c->type.id) {
    case MIG_T_BOOLEAN: sb_printf(sb, "%s in (0, 1)", name); break;
    case MIG_T_SMALLINT: sb_printf(sb, "typeof(%s) in ('integer', 'null') and %s between -32768 and 32767", name, name); break;
    case MIG_T_INTEGER:
        sb_printf(sb, "typeof(%s) in ('integer', 'null') and %s between -2147483648 and 2147483647", name, name);
        break;
    case MIG_T_BIGINT: sb_printf(sb, "typeof(%s) in ('integer', 'null')", name); break;
    case MIG_T_REAL:
    case MIG_T_DOUBLE: sb_printf(sb, "typeof(%s) in ('real', 'null')", name); break;
    case MIG_T_NUMERIC:
        sb_printf(sb, "%s not glob '*[^-0-9.]*' and %s glob '*[0-9]'", name, name);
        if (c->type.s > 0)
            sb_printf(sb, " and length(%s) - instr(%s, '.') = %d", name, name, c->type.s);
        else if (c->type.s == 0)
            sb_printf(sb, " and instr(%s, '.') = 0", name);
        if (c->type.p >= 0)
            sb_printf(sb, " and length(ltrim(replace(replace(%s, '-', ''), '.', ''), '0')) <= %d", name, c->type.p);
        break;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_BYTEA: case MIG_T_DATE: case MIG_T_TIME:
    case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ: case MIG_T_UUID: case MIG_T_JSON: case MIG_T_JSONB: case MIG_T_TEXT_ARRAY:
    case MIG_T_COUNT: break;
    }
}

static void sqlite_text_rule(strbuf *sb, const plan_column *c, const char *name) {
    static const char day[] = "[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]", clock[] = "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]";
    switch (c->type.id) {
    case MIG_T_VARCHAR:
        if (c->type.p >= 0)
            sb_printf(sb, "length(%s) <= %d", name, c->type.p);
        break;
    case MIG_T_CHAR: sb_printf(sb, "length(%s) <= %d", name, c->type.p >= 0 ? c->type.p : 1); break;
    case MIG_T_BYTEA: sb_printf(sb, "typeof(%s) in ('blob', 'null')", name); break;
    case MIG_T_DATE: sb_printf(sb, "%s is date(%s, '+0 days')", name, name); break; /* '+0 days': else 02-30 is a day */
    case MIG_T_TIME: sb_printf(sb, "%s glob '%s*'", name, clock); break;
    case MIG_T_TIMESTAMP: sb_printf(sb, "%s glob '%s %s*'", name, day, clock); break;
    case MIG_T_TIMESTAMPTZ: sb_printf(sb, "%s glob '%s %s*+00:00'", name, day, clock); break;
    case MIG_T_UUID: sb_printf(sb, "length(%s) = 36 and %s not glob '*[^-0-9a-f]*'", name, name); break;
    case MIG_T_JSON:
    case MIG_T_JSONB: sb_printf(sb, "%s is null or json_valid(%s)", name, name); break; /* json_valid(null) is 0 */
    case MIG_T_TEXT_ARRAY: sb_printf(sb, "%s is null or (json_valid(%s) and json_type(%s) = 'array')", name, name, name); break;
    case MIG_T_BOOLEAN: case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_REAL: case MIG_T_DOUBLE:
    case MIG_T_NUMERIC: case MIG_T_TEXT: case MIG_T_COUNT: break;
    }
}

static void sqlite_rule(strbuf *sb, const plan_column *c) {
    strbuf name = STRBUF_INIT, rule = STRBUF_INIT;
    plan_sql_ident(&name, c->name);
    sqlite_number_rule(&rule, c, sb_text(&name));
    sqlite_text_rule(&rule, c, sb_text(&name));
    if (rule.length > 0)
        sb_printf(sb, " check (%s)", sb_text(&rule));
    sb_free(&name);
    sb_free(&rule);
}

static void put_choices(strbuf *sb, const plan_column *c) {
    if (c->n_choices == 0)
        return;
    sb_puts(sb, " check (");
    plan_sql_ident(sb, c->name);
    sb_puts(sb, " in (");
    for (int i = 0; i < c->n_choices; i++) {
        if (i > 0)
            sb_puts(sb, ", ");
        plan_sql_text(sb, c->choices[i].p);
    }
    sb_puts(sb, "))");
}

/* ---- create ---- */

static const ast_node *default_of(const table_info *ti, int column) {
    ast_list cons = ti->column_nodes[column]->column.constraints;
    for (int i = 0; i < cons.n; i++)
        if (cons.at[i]->constraint.what == CON_DEFAULT)
            return cons.at[i]->constraint.e;
    return NULL;
}

static void put_default(builder *b, strbuf *sb, const table_info *ti, int column, mig_engine engine) {
    const ast_node *e = default_of(ti, column);
    if (e == NULL)
        return;
    strbuf sql = STRBUF_INIT;
    bool literal = e->kind == AST_TEXT || e->kind == AST_NUMBER;
    bool as_text = engine == MIG_SQLITE && literal && ti->t->columns[column].type.id == MIG_T_NUMERIC; /* 1.50 would become 1.5 */
    if (plan_sql_expr(b, e, engine, false, &sql)) {
        bool wrapped = engine == MIG_SQLITE && !literal;
        sb_printf(sb, " default %s%s%s", as_text ? "'" : wrapped ? "(" : "", sb_text(&sql), as_text ? "'" : wrapped ? ")" : "");
    } else if (engine == b->p->target->engine) {
        diag_warning(b->d, e->at, D_NOT_IN_ENGINE, "%s gets no default for \"%s\" by itself: it cannot compute this",
                     engine == MIG_SQLITE ? "SQLite" : "PostgreSQL", ti->t->columns[column].name);
        diag_hint(b->d, "Rows that the migration loads have it all the same.");
    }
    sb_free(&sql);
}

static bool is_rowid_key(const plan_table *t, int column) {
    return t->columns[column].identity && t->primary == column;
}

/* With the options of its sequence, where the spec has some. */
static void put_identity(strbuf *sb, const ast_node *column) {
    const ast_node *con = sema_column_constraint(column, CON_IDENTITY);
    sb_printf(sb, " generated %s as identity", con != NULL && con->constraint.always ? "always" : "by default");
    if (con != NULL && con->constraint.sql.text != NULL)
        sb_printf(sb, " (%s)", con->constraint.sql.text);
}

static void put_column(builder *b, strbuf *sb, const table_info *ti, int i, mig_engine engine) {
    const plan_column *c = &ti->t->columns[i];
    sb_puts(sb, "    ");
    plan_sql_ident(sb, c->name);
    sb_printf(sb, " %s", c->sql[engine]);
    if (engine == MIG_POSTGRES && c->identity)
        put_identity(sb, ti->column_nodes[i]);
    if (engine == MIG_SQLITE && is_rowid_key(ti->t, i))
        sb_puts(sb, " primary key");
    if (c->not_null)
        sb_puts(sb, " not null");
    put_default(b, sb, ti, i, engine);
    if (engine == MIG_SQLITE)
        sqlite_rule(sb, c);
    put_choices(sb, c);
}

/* The i-th check constraint in the order of plan_table.rules: of the columns, then of the table. */
static const ast_node *rule_node(const table_info *ti, int i_rule) {
    int n = 0;
    for (int i = 0; i < ti->t->n_columns; i++)
        for (int k = 0; k < ti->column_nodes[i]->column.constraints.n; k++) {
            const ast_node *con = ti->column_nodes[i]->column.constraints.at[k];
            if (con->constraint.what == CON_CHECK && n++ == i_rule)
                return con;
        }
    for (int k = 0; k < ti->node->table.constraints.n; k++) {
        const ast_node *con = ti->node->table.constraints.at[k];
        if (con->constraint.what == CON_CHECK && n++ == i_rule)
            return con;
    }
    migc_bug("a rule without its constraint");
}

static void put_rules(builder *b, strbuf *sb, const table_info *ti, mig_engine engine) {
    for (int i = 0; i < ti->t->n_rules; i++) {
        const ast_node *con = rule_node(ti, i);
        strbuf sql = STRBUF_INIT;
        if (plan_sql_expr(b, con->constraint.e, engine, true, &sql)) {
            sb_puts(sb, ",\n    constraint ");
            plan_sql_ident(sb, ti->t->rules[i].name);
            sb_printf(sb, " check (%s)", sb_text(&sql));
        } else if (engine == b->p->target->engine) {
            diag_warning(b->d, con->constraint.e->at, D_NOT_IN_ENGINE, "%s cannot keep the rule \"%s\" by itself",
                         engine == MIG_SQLITE ? "SQLite" : "PostgreSQL", ti->t->rules[i].name);
            diag_hint(b->d, "The migration holds it for the rows that it loads; later writes are not checked there.");
        }
        sb_free(&sql);
    }
}

static void put_unique(strbuf *sb, const table_info *ti, const unique_info *u) {
    sb_puts(sb, "constraint ");
    plan_sql_ident(sb, u->name);
    sb_puts(sb, u->primary ? " primary key " : " unique ");
    put_columns(sb, ti->t, u->columns, u->n_columns);
}

static bool is_index(const unique_info *u) {
    return u->node->kind == AST_INDEX;
}

/* SQLite compares numerics as the texts that it keeps: 2.0 is not 2.00 to it. The column whose values have another scale there, or -1. */
static int differently_spelled(const table_info *ti, const fk_info *f) {
    for (int i = 0; i < f->n_columns; i++) {
        plan_type from = ti->t->columns[f->columns[i]].type, to = f->to->t->columns[f->to_columns[i]].type;
        if (from.id == MIG_T_NUMERIC && to.id == MIG_T_NUMERIC && from.s != to.s)
            return i;
    }
    return -1;
}

static bool sqlite_keeps(builder *b, const table_info *ti, const fk_info *f) {
    int i = differently_spelled(ti, f);
    if (i >= 0 && b->p->target->engine == MIG_SQLITE) {
        diag_warning(b->d, f->node->at, D_NOT_IN_ENGINE, "SQLite cannot keep the reference of \"%s\" to \"%s.%s\" by itself: their scales differ",
                     ti->t->columns[f->columns[i]].name, f->to->t->name, f->to->t->columns[f->to_columns[i]].name);
        diag_hint(b->d, "It compares numerics as texts, and 2.0 is not 2.00. Give both the same scale.");
    }
    return i < 0;
}

static void create_table(builder *b, const table_info *ti, mig_engine engine, sql_list *out) {
    strbuf sb = STRBUF_INIT;
    sb_puts(&sb, "create table ");
    plan_sql_ident(&sb, ti->t->name);
    sb_puts(&sb, " (\n");
    for (int i = 0; i < ti->t->n_columns; i++) {
        if (i > 0)
            sb_puts(&sb, ",\n");
        put_column(b, &sb, ti, i, engine);
    }
    put_rules(b, &sb, ti, engine);
    for (int i = 0; engine == MIG_SQLITE && i < ti->n_uniques; i++) {
        const unique_info *u = &ti->uniques[i];
        if (is_index(u) || (u->primary && u->n_columns == 1 && is_rowid_key(ti->t, u->columns[0])))
            continue;
        sb_puts(&sb, ",\n    ");
        put_unique(&sb, ti, u);
    }
    for (int i = 0; engine == MIG_SQLITE && i < ti->n_fks; i++) {
        if (!sqlite_keeps(b, ti, &ti->fks[i]))
            continue;
        sb_puts(&sb, ",\n    ");
        put_fk(&sb, ti, &ti->fks[i]);
        sb_puts(&sb, " deferrable initially deferred");
    }
    sb_puts(&sb, "\n)");
    push_sql(b, out, &sb);
}

/* ---- constrain ---- */

static void create_index(builder *b, const table_info *ti, int number, mig_engine engine, sql_list *out) {
    const ast_node *ix = ti->node->table.indexes.at[number];
    const char *method = ix->index.method.text;
    if (engine == MIG_SQLITE && method != NULL && strcmp(method, "btree") != 0)
        return; /* sema has said so */
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "create %sindex ", ix->index.unique ? "unique " : "");
    plan_sql_ident(&sb, ti->index_names[number]);
    sb_puts(&sb, " on ");
    plan_sql_ident(&sb, ti->t->name);
    if (engine == MIG_POSTGRES && method != NULL) {
        sb_puts(&sb, " using ");
        plan_sql_ident(&sb, method);
    }
    sb_puts(&sb, " (");
    for (int i = 0; i < ix->index.columns.n; i++) {
        const ast_node *c = ix->index.columns.at[i];
        if (i > 0)
            sb_puts(&sb, ", ");
        plan_sql_ident(&sb, c->index_column.name.text);
        if (c->index_column.desc)
            sb_puts(&sb, " desc");
    }
    sb_putc(&sb, ')');
    push_sql(b, out, &sb);
}

/* When each table is constrained, as a number of its step; -1: an existing table, there from the start. */
static void find_constrain_places(builder *b) {
    for (int i = 0; i < b->n_tables; i++)
        b->tables[i]->constrain_place = b->tables[i]->constrain_phase = -1;
    for (int i = 0, n = 0; i < b->p->n_phases; i++)
        for (int k = 0; k < b->p->phases[i]->n_steps; k++, n++) {
            const plan_step *s = &b->p->phases[i]->steps[k];
            if (s->kind != MIG_STEP_CONSTRAIN)
                continue;
            plan_info_of(b, s->table)->constrain_place = n;
            plan_info_of(b, s->table)->constrain_phase = i;
        }
}

bool plan_becomes_other(const plan_table *t) {
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].as != NULL)
            return true;
    return false;
}

/* Columns that are something else in PostgreSQL than the language knows: text until the rows are in, then read as that by the server. */
static void change_types(builder *b, const table_info *ti, sql_list *out) {
    strbuf sb = STRBUF_INIT;
    sb_puts(&sb, "alter table ");
    plan_sql_ident(&sb, ti->t->name);
    for (int i = 0, n = 0; i < ti->t->n_columns; i++) {
        const plan_column *c = &ti->t->columns[i];
        const ast_node *deflt = c->as != NULL ? default_of(ti, i) : NULL;
        strbuf name = STRBUF_INIT, sql = STRBUF_INIT;
        if (c->as == NULL)
            continue;
        plan_sql_ident(&name, c->name);
        bool has_default = deflt != NULL && plan_sql_expr(b, deflt, MIG_POSTGRES, false, &sql);
        sb_printf(&sb, "%s\n    ", n++ > 0 ? "," : "");
        if (has_default)
            sb_printf(&sb, "alter column %s drop default, ", sb_text(&name));
        sb_printf(&sb, "alter column %s type %s using %s::%s", sb_text(&name), c->as, sb_text(&name), c->as);
        if (has_default)
            sb_printf(&sb, ", alter column %s set default (%s)::%s", sb_text(&name), sb_text(&sql), c->as);
        sb_free(&name);
        sb_free(&sql);
    }
    push_sql(b, out, &sb);
}

static void put_deferrable(strbuf *sb, const fk_info *f) {
    if (f->node->constraint.deferrable != DEFER_UNSAID)
        sb_printf(sb, " deferrable%s", f->node->constraint.deferrable == DEFER_DOES ? " initially deferred" : "");
    else if (f->deferrable)
        sb_puts(sb, " deferrable");
}

/* Does a row of `from` refer, by any number of steps, to a row of `to`? */
static bool refers_to(const builder *b, const table_info *from, const table_info *to, bool *seen) {
    for (int i = 0; i < from->n_fks; i++) {
        const table_info *next = from->fks[i].to;
        if (next == to)
            return true;
        if (seen[next->t->id])
            continue;
        seen[next->t->id] = true;
        if (refers_to(b, next, to, seen))
            return true;
    }
    return false;
}

static bool is_in_cycle(builder *b, const table_info *from, const fk_info *f) {
    return f->to == from || refers_to(b, f->to, from, arena_array(b->a, bool, b->n_tables));
}

/*
 * References of a table to itself, and of tables to each other: no order of rows suits them. Those of PostgreSQL that are there before
 * the rows are deferrable, and the phase that brings rows defers them (SQLite's always are).
 */
static void defer_references(builder *b) {
    for (int p = 0; p < b->p->n_phases; p++) /* what live tables of others have is seen when the program runs */
        for (int s = 0; s < b->p->phases[p]->n_steps; s++)
            for (int i = 0; b->p->phases[p]->steps[s].kind == MIG_STEP_RESOLVE && i < b->n_tables; i++)
                if (b->tables[i]->t->existing && plan_ring_fills(b->p->phases[p]->steps[s].ring, b->tables[i]->t))
                    b->p->phases[p]->defers = true;
    for (int i = 0; i < b->n_tables; i++)
        for (int k = 0; k < b->tables[i]->n_fks; k++) {
            table_info *from = b->tables[i];
            fk_info *f = &from->fks[k];
            int made = from->constrain_place > f->to->constrain_place ? from->constrain_place : f->to->constrain_place;
            f->made_in = from->t->existing ? -1 : made == from->constrain_place ? from->constrain_phase : f->to->constrain_phase;
            f->in_cycle = is_in_cycle(b, from, f);
            if (!f->in_cycle)
                continue;
            for (int p = 0, place = 0; p < b->p->n_phases; p++)
                for (int s = 0; s < b->p->phases[p]->n_steps; s++, place++) {
                    const plan_step *step = &b->p->phases[p]->steps[s];
                    if (step->kind != MIG_STEP_FLOW || !plan_flow_fills(step->flow, from->t))
                        continue;
                    b->p->phases[p]->defers = b->p->phases[p]->defers || from->t->existing || place > made;
                    f->deferrable = f->deferrable || place > made;
                }
        }
}

/* A foreign key is added with the later of its two tables: by then the key it refers to is there. */
static void constrain_table(builder *b, table_info *ti) {
    sql_list pg = {0}, lite = {0}, pg_late = {0}, lite_late = {0};
    int here = ti->constrain_place;
    if (plan_becomes_other(ti->t))
        change_types(b, ti, &pg);
    for (int i = 0; i < ti->n_uniques; i++) {
        if (is_index(&ti->uniques[i]))
            continue;
        strbuf sb = STRBUF_INIT;
        sb_puts(&sb, "alter table ");
        plan_sql_ident(&sb, ti->t->name);
        sb_puts(&sb, " add ");
        put_unique(&sb, ti, &ti->uniques[i]);
        push_sql(b, &pg, &sb);
    }
    for (int i = 0; i < ti->node->table.indexes.n; i++) {
        bool later = ti->indexed && !ti->node->table.indexes.at[i]->index.unique;
        create_index(b, ti, i, MIG_POSTGRES, later ? &pg_late : &pg);
        create_index(b, ti, i, MIG_SQLITE, later ? &lite_late : &lite);
    }
    for (int i = 0; i < b->n_tables; i++)
        for (int k = 0; k < b->tables[i]->n_fks; k++) {
            const table_info *from = b->tables[i];
            const fk_info *f = &from->fks[k];
            int a = from->constrain_place, c = f->to->constrain_place;
            if (from->t->existing || (a > c ? a : c) != here)
                continue;
            strbuf sb = STRBUF_INIT;
            sb_puts(&sb, "alter table ");
            plan_sql_ident(&sb, from->t->name);
            sb_puts(&sb, " add ");
            put_fk(&sb, from, f);
            put_deferrable(&sb, f);
            push_sql(b, &pg, &sb);
        }
    ti->t->constrain[MIG_POSTGRES] = pg.at;
    ti->t->n_constrain[MIG_POSTGRES] = pg.n;
    ti->t->constrain[MIG_SQLITE] = lite.at;
    ti->t->n_constrain[MIG_SQLITE] = lite.n;
    ti->t->index_sql[MIG_POSTGRES] = pg_late.at;
    ti->t->n_index_sql[MIG_POSTGRES] = pg_late.n;
    ti->t->index_sql[MIG_SQLITE] = lite_late.at;
    ti->t->n_index_sql[MIG_SQLITE] = lite_late.n;
}

void plan_ddl(builder *b) {
    for (int i = 0; i < b->n_tables; i++) {
        table_info *ti = b->tables[i];
        for (int engine = 0; engine < 2 && !ti->t->existing; engine++) {
            sql_list l = {0};
            create_table(b, ti, (mig_engine)engine, &l);
            ti->t->create[engine] = l.at;
            ti->t->n_create[engine] = l.n;
        }
    }
}

void plan_ddl_constrain(builder *b) {
    find_constrain_places(b);
    defer_references(b);
    for (int i = 0; i < b->n_tables; i++)
        if (!b->tables[i]->t->existing)
            constrain_table(b, b->tables[i]);
}
