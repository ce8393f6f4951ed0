/*
 * test_sema.c: the rules of types over all pairs, the table of functions, questions about tables.
 */
#include "unit.h"

#include "compiler/sema/functions.h"
#include "compiler/sema/sema.h"
#include "compiler/sema/types.h"
#include "compiler/syntax/parse.h"

#include <string.h>

static int all_types(value_type *out)
{
    int n = 0;

    for (int i = TYPE_NULL + 1; i < TYPE_COUNT; i++)
        out[n++] = sema_type((type_id)i);
    out[n++] = (value_type){TYPE_VARCHAR, 5, -1};
    out[n++] = (value_type){TYPE_VARCHAR, 9, -1};
    out[n++] = (value_type){TYPE_CHAR, 1, -1};
    out[n++] = (value_type){TYPE_CHAR, 5, -1};
    out[n++] = (value_type){TYPE_NUMERIC, 5, 2};
    out[n++] = (value_type){TYPE_NUMERIC, 8, 2};
    out[n++] = (value_type){TYPE_NUMERIC, 30, 10};
    return n;
}

static bool goes_into(value_type from, value_type to)
{
    assign_kind k = sema_assign(from, to);

    return k == ASSIGN_SAME || k == ASSIGN_WIDEN;
}

/* What two values have in common holds all values of both, whichever is asked first. */
static void test_common(void **state)
{
    value_type types[64];
    int n = all_types(types);

    (void)state;
    for (int i = 0; i < n; i++) {
        assert_int_equal(sema_assign(types[i], types[i]), ASSIGN_SAME);
        assert_true(sema_type_equal(sema_common(types[i], sema_type(TYPE_NULL)), types[i]));
        for (int k = 0; k < n; k++) {
            value_type t = sema_common(types[i], types[k]);

            assert_true(sema_type_equal(t, sema_common(types[k], types[i])));
            if (sema_is_error(t)) {
                assert_false(goes_into(types[i], types[k]) && types[i].id != TYPE_NUMERIC);
                continue;
            }
            assert_true(goes_into(types[i], t));
            assert_true(goes_into(types[k], t));
        }
    }
}

/* Widening goes one way, and where it leads on, it leads from the start. */
static void test_widening(void **state)
{
    value_type types[64];
    int n = all_types(types);

    (void)state;
    for (int a = 0; a < n; a++)
        for (int b = 0; b < n; b++) {
            if (sema_assign(types[a], types[b]) == ASSIGN_WIDEN && types[a].id != TYPE_CHAR)
                assert_false(goes_into(types[b], types[a]));
            for (int c = 0; c < n; c++)
                if (goes_into(types[a], types[b]) && goes_into(types[b], types[c]))
                    assert_int_not_equal(sema_assign(types[a], types[c]), ASSIGN_NO);
        }
    assert_int_equal(sema_assign(sema_type(TYPE_DOUBLE), sema_type(TYPE_NUMERIC)), ASSIGN_NO);
    assert_int_equal(sema_assign(sema_type(TYPE_NUMERIC), sema_type(TYPE_DOUBLE)), ASSIGN_NO);
    assert_int_equal(sema_assign(sema_type(TYPE_TIMESTAMP), sema_type(TYPE_TIMESTAMPTZ)), ASSIGN_NO);
    assert_int_equal(sema_assign(sema_type(TYPE_TEXT), sema_type(TYPE_DATE)), ASSIGN_NO);
}

static void test_sure_narrowing(void **state)
{
    value_type n12 = {TYPE_NUMERIC, 12, 2}, n5 = {TYPE_NUMERIC, 5, 2}, n8 = {TYPE_NUMERIC, 8, 1}, c5 = {TYPE_CHAR, 5, -1};
    value_type v3 = {TYPE_VARCHAR, 3, -1}, v9 = {TYPE_VARCHAR, 9, -1};

    (void)state;
    assert_true(sema_narrow_is_sure(sema_type(TYPE_INTEGER), n12));
    assert_false(sema_narrow_is_sure(sema_type(TYPE_BIGINT), n12));
    assert_false(sema_narrow_is_sure(sema_type(TYPE_SMALLINT), n5));
    assert_true(sema_narrow_is_sure(n8, n12));
    assert_false(sema_narrow_is_sure(n12, n8));
    assert_true(sema_narrow_is_sure(v3, c5));
    assert_false(sema_narrow_is_sure(v9, c5));
    assert_false(sema_narrow_is_sure(sema_type(TYPE_TEXT), v9));
}

/* Every row is found by its own types, or by a row before it that takes the same. */
static void test_functions(void **state)
{
    (void)state;
    for (int i = 0; i < sema_fn_count(); i++) {
        const sema_fn *f = sema_fn_row(i);
        value_type types[FN_ARGS_MAX];

        for (int k = 0; k < f->n_args; k++)
            types[k] = sema_type(f->args[k].any ? TYPE_TEXT : f->args[k].type);
        int found = sema_fn_find(f->name, types, f->n_args);
        assert_true(found >= 0);
        assert_string_equal(sema_fn_row(found)->name, f->name);
        if (f->n_args > 0 && !f->args[f->n_args - 1].any)
            assert_int_equal(found, i);
        assert_true(sema_fn_known(f->name));
        assert_true(*f->help != '\0');
    }
    for (int i = TYPE_NULL + 1; i < TYPE_COUNT; i++) {
        int fn = sema_fn_from_text((type_id)i);

        assert_true((fn < 0) == sema_is_text((type_id)i));
        if (fn >= 0)
            assert_int_equal(sema_fn_row(fn)->result.id, i);
    }
}

static const char spec[] =
    "migration m;\n"
    "target app sqlite 'x' {\n"
    "  table a (id bigint primary key identity, code text not null unique, n integer default 5);\n"
    "  table b (x integer, y text, a_id bigint references a, z text, primary key (x, y), unique (y, z),\n"
    "           foreign key (z) references a (code)) unique index (z);\n"
    "}\n";

static void test_tables(void **state)
{
    arena *a = arena_create();
    src_map *map = src_map_create(a);
    diag *d = diag_create(a, map);
    ast_node *file = parse_file(a, d, src_add(map, "m.mig", spec, strlen(spec)), NULL);
    sema_reference r;

    (void)state;
    assert_true(sema_check(a, d, map, file));
    const ast_node *target = file->file.decls.at[1];
    const ast_node *ta = target->system.tables.at[0], *tb = target->system.tables.at[1];
    assert_int_equal(sema_column_index(tb, "z"), 3);
    assert_int_equal(sema_column_index(tb, "q"), -1);
    assert_ptr_equal(sema_identity(ta), sema_column(ta, "id"));
    assert_null(sema_identity(tb));
    assert_ptr_equal(sema_primary_column(a, ta), sema_column(ta, "id"));
    assert_null(sema_primary_column(a, tb));
    assert_int_equal(sema_primary_key(a, tb).n_columns, 2);
    assert_true(sema_not_null(tb, sema_column(tb, "x")));
    assert_true(sema_not_null(ta, sema_column(ta, "id")));
    assert_false(sema_not_null(tb, sema_column(tb, "z")));
    assert_non_null(sema_default(sema_column(ta, "n")));
    sema_keys keys = sema_unique_rules(a, tb);
    assert_int_equal(keys.n, 3);
    assert_true(keys.at[0].primary);
    assert_int_equal(keys.at[1].n_columns, 2);
    assert_int_equal(keys.at[2].node->kind, AST_INDEX);
    const ast_node *c = sema_column(tb, "a_id");
    assert_true(sema_reference_of(a, tb, c, sema_column_constraint(c, CON_FOREIGN_KEY), &r));
    assert_ptr_equal(r.table, ta);
    assert_ptr_equal(r.to[0], sema_column(ta, "id"));
    for (int i = 0; i < tb->table.constraints.n; i++)
        if (tb->table.constraints.at[i]->constraint.what == CON_FOREIGN_KEY) {
            assert_true(sema_reference_of(a, tb, NULL, tb->table.constraints.at[i], &r));
            assert_ptr_equal(r.from[0], sema_column(tb, "z"));
            assert_ptr_equal(r.to[0], sema_column(ta, "code"));
        }
    arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_common), cmocka_unit_test(test_widening), cmocka_unit_test(test_sure_narrowing),
        cmocka_unit_test(test_functions), cmocka_unit_test(test_tables),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
