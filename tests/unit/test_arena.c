/* Arena: alignment, zeroing, large objects, mark and reset, growing arrays. */
#include "tests/unit/unit.h"

#include "compiler/base/arena.h"

#include <stdalign.h>

static void memory_is_zeroed_and_aligned(void **state)
{
    arena *a = arena_create();

    (void)state;
    for (size_t size = 0; size < 300; size++) {
        unsigned char *p = arena_alloc(a, size);

        assert_int_equal((uintptr_t)p % alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xff, size);
    }
    arena_destroy(a);
}

static void objects_do_not_overlap(void **state)
{
    arena *a = arena_create();
    char *first = arena_alloc(a, 100);
    char *large = arena_alloc(a, 5000000);
    char *second = arena_alloc(a, 100);

    (void)state;
    memset(first, 1, 100);
    memset(large, 2, 5000000);
    memset(second, 3, 100);
    assert_int_equal(first[99], 1);
    assert_int_equal(large[0], 2);
    assert_int_equal(large[4999999], 2);
    assert_int_equal(arena_used(a), 5000200);
    arena_destroy(a);
}

static void reset_gives_back_and_clears(void **state)
{
    arena *a = arena_create();
    char *kept = arena_strdup(a, "kept");

    (void)state;
    for (int round = 0; round < 3; round++) {
        arena_mark m = arena_get_mark(a);

        for (int i = 0; i < 1000; i++) {
            unsigned char *p = arena_alloc(a, 77);

            for (int j = 0; j < 77; j++)
                assert_int_equal(p[j], 0);
            memset(p, 0xff, 77);
        }
        arena_reset(a, m);
    }
    assert_string_equal(kept, "kept");
    arena_destroy(a);
}

static void reset_of_an_empty_arena(void **state)
{
    arena *a = arena_create();
    arena_mark m = arena_get_mark(a);
    char *p;

    (void)state;
    arena_reset(a, m);
    p = arena_alloc(a, 10);
    memset(p, 1, 10);
    arena_reset(a, m);
    p = arena_alloc(a, 10);
    assert_int_equal(p[9], 0);
    arena_destroy(a);
    arena_destroy(NULL);
}

static void texts_are_copied(void **state)
{
    arena *a = arena_create();
    char *p = arena_strndup(a, "a\0b", 3);

    (void)state;
    assert_memory_equal(p, "a\0b\0", 4);
    assert_string_equal(arena_strdup(a, ""), "");
    assert_string_equal(arena_printf(a, "%s-%d", "x", 7), "x-7");
    assert_int_equal(strlen(arena_printf(a, "%10000d", 1)), 10000);
    arena_destroy(a);
}

static void arrays_grow(void **state)
{
    arena *a = arena_create();
    int *numbers = NULL;
    int n = 0;
    int cap = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int *slot = arena_push(a, &numbers, &n, &cap, sizeof(int));

        assert_int_equal(*slot, 0);
        *slot = i;
    }
    assert_int_equal(n, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], i);
    arena_destroy(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(objects_do_not_overlap),
        cmocka_unit_test(reset_gives_back_and_clears),
        cmocka_unit_test(reset_of_an_empty_arena),
        cmocka_unit_test(texts_are_copied),
        cmocka_unit_test(arrays_grow),
    };

    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
