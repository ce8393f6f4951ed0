/*
 * rows.c: what only checks can say: how many rows, every row, unique, refers, how many were rejected, skipped or merged, and SQL
 * of the target.
 */
#include "compiler/base/bug.h"
#include "compiler/sema/inside.h"

#include <string.h>

static ast_node *table_of(sema *s, ast_node *e, ast_node *ref, ref_want want)
{
    ast_node *table = names_table(s, ref, want, false);

    if (table == NULL)
        expr_fail(e);
    return table;
}

/* What an expression over the rows of a table sees. */
static env row_env(const sema *s, ast_node *table, const ast_node *row)
{
    env v = {.place = "a check", .table = table};

    v.is_source = names_is_source(s, table);
    v.allow = v.is_source ? ALLOW_SOURCE : 0;
    v.row = row != NULL ? row->binding.name.text : table->table.name.text;
    return v;
}

static void over_rows(sema *s, ast_node *e)
{
    ast_node *table = table_of(s, e, e->rows.table, REF_ANY);

    if (table != NULL && e->rows.e != NULL) {
        env v = row_env(s, table, e->rows.row);

        expr_condition(s, &v, e->rows.e, e->kind == AST_EVERY ? "\"every\" asks a condition" : "\"count\" asks a condition");
        if (expr_is_error(e->rows.e))
            expr_fail(e);
    }
    if (!sema_is_error(e->type) || e->type.id == TYPE_UNKNOWN)
        e->type = sema_type(e->kind == AST_COUNT ? TYPE_BIGINT : TYPE_BOOLEAN);
}

static void unique_rows(sema *s, ast_node *e)
{
    ast_node *table = table_of(s, e, e->unique.table, REF_ANY);

    if (table == NULL)
        return;
    env v = row_env(s, table, NULL);
    for (int i = 0; i < e->unique.keys.n; i++) {
        expr_check(s, &v, e->unique.keys.at[i]);
        literal_settle(s, e->unique.keys.at[i]);
        if (expr_is_error(e->unique.keys.at[i]))
            expr_fail(e);
    }
    if (e->type.id != TYPE_ERROR)
        e->type = sema_type(TYPE_BOOLEAN);
}

static void refers(sema *s, ast_node *e)
{
    ast_node *from = table_of(s, e, e->refers.from, REF_TARGET), *to = table_of(s, e, e->refers.to, REF_TARGET);

    if (from == NULL || to == NULL)
        return;
    const ast_node *a = names_column(s, from, e->refers.from_col), *b = names_column(s, to, e->refers.to_col);
    if (a == NULL || b == NULL) {
        expr_fail(e);
        return;
    }
    e->type = sema_type(TYPE_BOOLEAN);
    if (!sema_is_error(a->type) && !sema_is_error(b->type) && sema_is_error(sema_common(a->type, b->type))) {
        diag_error(s->d, e->refers.to_col.at, D_TYPE_MISMATCH, "\"%s\" is %s and \"%s\" is %s: one cannot refer to the other",
                   e->refers.from_col.text, text_type(s, a->type), e->refers.to_col.text, text_type(s, b->type));
        expr_fail(e);
    }
}

static void tally(sema *s, ast_node *e)
{
    bool merged = e->tally.what == TALLY_MERGED;
    ast_node *table = table_of(s, e, e->tally.table, merged ? REF_TARGET : REF_SOURCE);

    if (table == NULL)
        return;
    e->type = sema_type(TYPE_BIGINT);
    if (merged && dedup_of(s, table) == NULL) {
        diag_warning(s->d, e->at, D_UNREACHABLE, "this is always 0: \"%s\" has no dedup", table->table.name.text);
    }
}

static void sql_test(sema *s, ast_node *e)
{
    ast_node *system = names_find(s, s->systems, e->sql.target, D_UNKNOWN_NAME, "target");

    e->type = sema_type(TYPE_BOOLEAN);
    e->nullable = true;
    if (system != NULL && system->kind != AST_TARGET) {
        diag_error(s->d, e->sql.target.at, D_NOT_ALLOWED, "SQL runs in the target, and \"%s\" is a source", system->system.name.text);
        expr_fail(e);
    } else if (system == NULL) {
        expr_fail(e);
    } else if (!sqltext_check(s, e->sql.text)) {
        expr_fail(e);
    }
}

void rows_check(sema *s, env *v, ast_node *e)
{
    if ((v->allow & ALLOW_ROWS) == 0) {
        diag_error(s->d, e->at, D_MISPLACED, "%s cannot ask about all rows of a table: only a check can", v->place);
        expr_fail(e);
        return;
    }
    switch (ast_expr(e)) {
    case EXPR_COUNT:
    case EXPR_EVERY: over_rows(s, e); return;
    case EXPR_UNIQUE: unique_rows(s, e); return;
    case EXPR_REFERS: refers(s, e); return;
    case EXPR_TALLY: tally(s, e); return;
    case EXPR_SQL_TEST: sql_test(s, e); return;
    case EXPR_AT_ZONE: case EXPR_BETWEEN: case EXPR_BINARY: case EXPR_BOOL: case EXPR_CALL: case EXPR_CASE: case EXPR_ERROR:
    case EXPR_IN: case EXPR_IS: case EXPR_LIKE: case EXPR_LOOKUP: case EXPR_NAME: case EXPR_NULL: case EXPR_NUMBER:
    case EXPR_TEXT: case EXPR_UNARY: break;
    }
    migc_bug("not an expression over rows");
}
