/* Scopes and the nearest name. */
#include "tests/unit/unit.h"

#include "compiler/base/symtab.h"

static void names_are_found_through_scopes(void **state)
{
    arena *a = arena_create();
    scope *outer = scope_create(a, NULL);
    scope *inner = scope_create(a, outer);
    symbol *earlier;
    symbol *x = scope_add(outer, "x", 1, NULL, SPAN_NONE, &earlier);

    (void)state;
    assert_non_null(x);
    assert_null(earlier);
    assert_ptr_equal(scope_find(inner, "x"), x);
    assert_null(scope_find_here(inner, "x"));
    assert_null(scope_add(outer, "x", 2, NULL, SPAN_NONE, &earlier));
    assert_ptr_equal(earlier, x);
    assert_null(scope_add(outer, "x", 2, NULL, SPAN_NONE, NULL));
    assert_non_null(scope_add(inner, "x", 3, NULL, SPAN_NONE, NULL));
    assert_int_equal(scope_find(inner, "x")->kind, 3);
    assert_null(scope_find(inner, "X"));
    assert_ptr_equal(scope_parent(inner), outer);
    arena_destroy(a);
}

static void scopes_keep_order_and_hold_many(void **state)
{
    arena *a = arena_create();
    scope *s = scope_create(a, NULL);
    int i = 0;

    (void)state;
    for (i = 0; i < 5000; i++)
        assert_non_null(scope_add(s, arena_printf(a, "n%d", i), i, NULL, SPAN_NONE, NULL));
    i = 0;
    for (symbol *sym = scope_first(s); sym != NULL; sym = sym->next)
        assert_int_equal(sym->kind, i++);
    assert_int_equal(i, 5000);
    assert_int_equal(scope_find(s, "n4321")->kind, 4321);
    assert_null(scope_find(s, "n5000"));
    arena_destroy(a);
}

static void distances(void **state)
{
    char longer[100];

    (void)state;
    assert_int_equal(edit_distance("", ""), 0);
    assert_int_equal(edit_distance("", "abc"), 3);
    assert_int_equal(edit_distance("uper", "upper"), 1);
    assert_int_equal(edit_distance("nmae", "name"), 1);
    assert_int_equal(edit_distance("kitten", "sitting"), 3);
    memset(longer, 'x', sizeof(longer));
    longer[99] = '\0';
    assert_int_equal(edit_distance(longer, longer), 0);
    assert_true(edit_distance(longer, "x") > 1000);
}

static const char *near_of(const char *wanted, const char *const *names)
{
    nearest n = nearest_start(wanted);

    for (; *names != NULL; names++)
        nearest_offer(&n, *names);
    return n.best;
}

static void suggestions(void **state)
{
    const char *const names[] = {"upper", "lower", "trim", "network", "id", "created_at", NULL};

    (void)state;
    assert_string_equal(near_of("uper", names), "upper");
    assert_string_equal(near_of("netwrok", names), "network");
    assert_string_equal(near_of("Network", names), "network");
    assert_string_equal(near_of("NETWORK", names), "network");
    assert_string_equal(near_of("create_at", names), "created_at");
    assert_string_equal(near_of("di", names), "id");
    assert_null(near_of("zebra", names));
    assert_null(near_of("x", names));
    assert_null(near_of("", names));
}

static void nearest_looks_outwards(void **state)
{
    arena *a = arena_create();
    scope *outer = scope_create(a, NULL);
    scope *inner = scope_create(a, outer);

    (void)state;
    scope_add(outer, "title", 0, NULL, SPAN_NONE, NULL);
    scope_add(inner, "network", 0, NULL, SPAN_NONE, NULL);
    assert_string_equal(scope_nearest(inner, "titel"), "title");
    assert_string_equal(scope_nearest(inner, "netwrk"), "network");
    assert_null(scope_nearest(inner, "unrelated"));
    arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_through_scopes),
        cmocka_unit_test(scopes_keep_order_and_hold_many),
        cmocka_unit_test(distances),
        cmocka_unit_test(suggestions),
        cmocka_unit_test(nearest_looks_outwards),
    };

    return cmocka_run_group_tests_name("symtab", tests, NULL, NULL);
}
