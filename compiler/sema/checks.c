/*
 * checks.c: checks: before or after a phase that is there, a condition over whole tables. What the parts of the condition may be is in
 * rows.c.
 */
#include "compiler/sema/inside.h"


static void names_rows(ast_node *child, void *ctx)
{
    if (child->kind == AST_COUNT || child->kind == AST_EVERY || child->kind == AST_UNIQUE || child->kind == AST_REFERS ||
        child->kind == AST_TALLY || child->kind == AST_SQL_TEST)
        *(bool *)ctx = true;
    ast_children(child, names_rows, ctx);
}

void checks_check(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];
        env v = {.place = "a check", .allow = ALLOW_ROWS, .hint = "A column belongs to a row: write `every TABLE as a: a.COLUMN …`."};
        bool rows = false;

        if (n->kind != AST_CHECK)
            continue;
        if (*n->check.name.text == '\0')
            diag_error(s->d, n->check.name.at, D_BAD_LITERAL, "a check needs a name that is not empty");
        phases_find(s, n->check.phase);
        expr_condition(s, &v, n->check.e, "a check is a condition");
        names_rows(n, &rows);
        if (!rows && !expr_is_error(n->check.e)) {
            diag_error(s->d, n->check.e->at, D_NOT_CONSTANT, "the check asks nothing of any table");
            diag_hint(s->d, "Write `every TABLE as a: …`, or count(TABLE) in it.");
        }
    }
}
