/*
 * schema.c: what the DDL makes of each table as plan objects: keys, unique rules, indexes, references, and the SQL of its rules and
 * defaults. Codegen does not need them (it has the statements); tools that say the schema in another language do. Runs last.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"

_Static_assert((int)FK_UNSAID == (int)PLAN_FK_UNSAID && (int)FK_NO_ACTION == (int)PLAN_FK_NO_ACTION &&
                   (int)FK_RESTRICT == (int)PLAN_FK_RESTRICT && (int)FK_CASCADE == (int)PLAN_FK_CASCADE &&
                   (int)FK_SET_NULL == (int)PLAN_FK_SET_NULL && (int)FK_SET_DEFAULT == (int)PLAN_FK_SET_DEFAULT,
               "the actions of a reference in the tree and in the plan");

static const char *expr_sql(builder *b, const ast_node *e, mig_engine engine, bool is_rule) {
    strbuf sql = STRBUF_INIT;
    bool ok = plan_sql_expr(b, e, engine, is_rule, &sql);
    const char *text = ok ? sb_take(&sql, b->a) : NULL;
    sb_free(&sql);
    return text;
}

/* In the order of plan_table.rules: of the columns, then of the table. */
static void rules_of(builder *b, const table_info *ti) {
    int n = 0;
    for (int i = 0; i <= ti->t->n_columns; i++) {
        bool of_table = i == ti->t->n_columns;
        ast_list cons = of_table ? ti->node->table.constraints : ti->column_nodes[i]->column.constraints;
        for (int k = 0; k < cons.n; k++) {
            const ast_node *con = cons.at[k];
            if (con->constraint.what == CON_DEFAULT && !of_table)
                for (int engine = 0; engine < 2; engine++)
                    ti->t->columns[i].deflt_sql[engine] = expr_sql(b, con->constraint.e, (mig_engine)engine, false);
            if (con->constraint.what != CON_CHECK)
                continue;
            for (int engine = 0; engine < 2; engine++)
                ti->t->rules[n].sql[engine] = expr_sql(b, con->constraint.e, (mig_engine)engine, true);
            n++;
        }
    }
    if (n != ti->t->n_rules)
        migc_bug("a rule without its constraint");
}

static void uniques_of(builder *b, const table_info *ti) {
    plan_table *t = ti->t;
    t->uniques = arena_array(b->a, plan_unique, ti->n_uniques);
    for (int i = 0; i < ti->n_uniques; i++) {
        const unique_info *u = &ti->uniques[i];
        if (u->node->kind != AST_INDEX)
            t->uniques[t->n_uniques++] =
                (plan_unique){u->name, u->columns, u->n_columns, u->primary, plan_site_of(b, u->node->at)};
    }
}

static void indexes_of(builder *b, const table_info *ti) {
    plan_table *t = ti->t;
    t->n_indexes = ti->node->table.indexes.n;
    t->indexes = arena_array(b->a, plan_index, t->n_indexes);
    for (int i = 0; i < t->n_indexes; i++) {
        const ast_node *n = ti->node->table.indexes.at[i];
        ast_list columns = n->index.columns;
        int *at = arena_array(b->a, int, columns.n);
        bool *desc = arena_array(b->a, bool, columns.n);
        for (int k = 0; k < columns.n; k++) {
            at[k] = plan_column_index(t, columns.at[k]->index_column.name.text);
            desc[k] = columns.at[k]->index_column.desc;
        }
        t->indexes[i] = (plan_index){ti->index_names[i], n->index.method.text, n->index.unique, at, desc, columns.n,
                                     plan_site_of(b, n->at)};
    }
}

static void references_of(builder *b, const table_info *ti) {
    plan_table *t = ti->t;
    t->n_references = ti->n_fks;
    t->references = arena_array(b->a, plan_reference, ti->n_fks);
    for (int i = 0; i < ti->n_fks; i++) {
        const fk_info *f = &ti->fks[i];
        t->references[i] = (plan_reference){f->name, f->columns, f->n_columns, f->to->t, f->to_columns,
                                            (plan_fk_action)f->on_delete, (plan_fk_action)f->on_update,
                                            plan_site_of(b, f->node->at), f->in_cycle, f->deferrable, f->made_in};
    }
}

void plan_schema(builder *b) {
    for (int i = 0; i < b->n_tables; i++) {
        rules_of(b, b->tables[i]);
        uniques_of(b, b->tables[i]);
        indexes_of(b, b->tables[i]);
        references_of(b, b->tables[i]);
    }
}
