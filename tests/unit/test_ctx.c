/*
 * The runtime's base: arenas, buffers, values shortened for people, the row context, keys.
 */
#include "runtime/rt.h"

#include "unit.h"

#include <math.h>

/* ---- arenas and buffers -------------------------------------------------------------------------------------------- */

static void test_arena(void **state) {
    (void)state;
    rt_arena *a = rt_arena_new(1000);
    char *all[500];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 500; i++) {
            size_t n = (size_t)(i * 37 % 700);
            all[i] = rt_arena_alloc(a, n);
            assert_non_null(all[i]);
            assert_int_equal((uintptr_t)all[i] % 16, 0);
            memset(all[i], i, n);
        }
        for (int i = 0; i < 500; i++)
            for (int k = 0; k < i * 37 % 700; k++)
                assert_int_equal((unsigned char)all[i][k], i & 255);
        assert_true(rt_arena_used(a) > 100000);
        rt_arena_reset(a);
        assert_true(rt_arena_used(a) < 2000);
    }
    assert_string_equal(rt_arena_copy(a, "abcdef", 3), "abc");
    assert_string_equal(rt_arena_copy(a, NULL, 0), "");
    assert_null(rt_arena_alloc(a, SIZE_MAX));
    assert_null(rt_arena_alloc(a, SIZE_MAX - 40));
    assert_null(rt_arena_zeroed(a, 16, SIZE_MAX / 8));
    const int *zeros = rt_arena_zeroed(a, sizeof *zeros, 0);
    assert_int_equal(*zeros, 0);
    rt_arena_free(a);
    rt_arena_free(NULL);
}

static void test_arena_reset_keeps_the_large_block(void **state) {
    (void)state;
    rt_arena *a = rt_arena_new(256);
    rt_arena_alloc(a, 100000);
    rt_arena_alloc(a, 10);
    rt_arena_reset(a);
#ifndef MIG_ARENA_MALLOC
    assert_true(rt_arena_used(a) >= 100000); /* so that the next row like this one takes nothing from the system */
#endif
    rt_arena_alloc(a, (size_t)8 << 20);
    rt_arena_reset(a);
    assert_true(rt_arena_used(a) < (size_t)1 << 20); /* what is out of proportion goes back */
    rt_arena_free(a);
}

static void test_buf(void **state) {
    (void)state;
    rt_buf b = {0};
    for (int i = 0; i < 1000; i++)
        rt_buf_printf(&b, "%d,", i);
    assert_false(b.failed);
    assert_int_equal(b.n, 3890);
    assert_memory_equal(b.p, "0,1,2,", 6);
    assert_int_equal(strlen(b.p), b.n);
    rt_buf_clear(&b);
    rt_buf_add(&b, "ab", 2);
    rt_buf_add(&b, NULL, 0);
    memcpy(rt_buf_room(&b, 3), "cde", 3);
    assert_string_equal(b.p, "abcde");
    rt_buf_add(&b, "x", SIZE_MAX / 2);
    assert_true(b.failed);
    rt_buf_add(&b, "y", 1);
    assert_int_equal(b.n, 5);
    assert_null(rt_buf_room(&b, 1));
    rt_buf_free(&b);
    assert_null(b.p);
}

static void test_json_escape(void **state) {
    (void)state;
    rt_buf b = {0};
    rt_json_escape(&b, "a\"\\\b\f\n\r\t\x01\x7f/é\xff\xc3(\xe2\x82", 18);
    assert_string_equal(b.p, "\"a\\\"\\\\\\b\\f\\n\\r\\t\\u0001\x7f/é\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\"");
    rt_buf_free(&b);
}

/* ---- errors --------------------------------------------------------------------------------------------------------- */

static void test_error(void **state) {
    (void)state;
    rt_error e = {0};
    assert_int_equal(rt_error_set(&e, MIG_IO, "first %d", 1), MIG_IO);
    assert_int_equal(rt_error_set(&e, MIG_LOCKED, "second"), MIG_LOCKED);
    assert_int_equal(e.status, MIG_IO);
    assert_string_equal(e.message, "first 1");
    rt_error_hint(&e, "Do this.");
    rt_error_hint(&e, "Do that.");
    assert_string_equal(e.hint, "Do this.");
    assert_int_equal(rt_error_set(NULL, MIG_IO, "nowhere"), MIG_IO);
}

static void shortened(const char *p, size_t n, const char *wanted) {
    char *out = malloc(16); /* of its own, so that a sanitizer sees its end */
    rt_shorten(out, 16, p, n);
    assert_string_equal(out, wanted);
    free(out);
}

static void test_shorten(void **state) {
    (void)state;
    shortened("", 0, "");
    shortened("abc", 3, "abc");
    shortened("123456789012345", 15, "123456789012345");
    shortened("1234567890123456", 16, "123456789012…");
    shortened("äöüäöüäö", 16, "äöüäöü…");
    shortened("a\nb\r\t", 5, "a\\nb\\r\\t");
    shortened("\x00\x1f\x7f", 3, "\\x00\\x1f\\x7f");
    shortened("\xff\xc0\xaf", 3, "\\xff\\xc0\\xaf");
    shortened("\xc3", 1, "\\xc3");
    shortened("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");
    shortened("\xc2\x9b" "1", 3, "\\xc2\\x9b1"); /* a terminal could take it for an escape sequence */
    shortened("\xc2\xa0\xc3\x80", 4, "\xc2\xa0\xc3\x80");
    shortened("a\xe2\x80\xae", 4, "a\\xe2\\x80\\xae"); /* U+202E turns the text behind it round */
    static const char *const turn[] = {"\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e",
                                       "\u2066", "\u2067", "\u2068", "\u2069"};
    for (size_t i = 0; i < sizeof turn / sizeof *turn; i++) {
        char out[16];
        rt_shorten(out, sizeof out, turn[i], strlen(turn[i]));
        assert_true(out[0] == '\\' && strlen(out) == 4 * strlen(turn[i]));
    }
    static const char *const plain[] = {"\u061b", "\u061d", "\u200d", "\u2010", "\u2027", "\u202f", "\u2065", "\u206a"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        shortened(plain[i], strlen(plain[i]), plain[i]);
    shortened("\x01\x02\x03\x04", 4, "\\x01\\x02\\x03…");
}

/* ---- the row context -------------------------------------------------------------------------------------------------- */

static void test_failures(void **state) {
    (void)state;
    rt_error e = {0};
    mig_ctx x = {.arena = rt_arena_new(1000), .error = &e};
    static const mig_site site = {.file = "a.mig", .line = 3};
    assert_false(mig_failed(&x));
    mig_fail(&x, MIG_RULE_PARSE, MIG_TEXT("31.02.\n2020"), "\"%s\" is not a date", "31.02.");
    mig_fail(&x, MIG_RULE_RANGE, MIG_TEXT("7"), "second");
    assert_true(mig_failed(&x));
    assert_int_equal(x.failed, MIG_RULE_PARSE);
    assert_string_equal(x.reason, "\"31.02.\" is not a date");
    assert_string_equal(x.value, "31.02.\\n2020");
    assert_int_equal(mig_reject(&x, &site), MIG_ROW_REJECT);
    assert_ptr_equal(x.site, &site);
    mig_clear(&x);
    assert_false(mig_failed(&x));
    mig_fail(&x, MIG_RULE_NULL, MIG_NULL_TEXT, "null");
    assert_false(x.has_value);
    mig_clear(&x);
    assert_int_equal(mig_reject_why(&x, &site, "too long"), MIG_ROW_REJECT);
    assert_int_equal(x.failed, MIG_RULE_RULE);
    assert_string_equal(x.reason, "too long");
    assert_false(x.has_value);
    mig_clear(&x);
    mig_fail(&x, MIG_RULE_PARSE, MIG_TEXT("x"), "not a number");
    assert_int_equal(mig_reject_why(&x, &site, "bad price"), MIG_ROW_REJECT);
    assert_string_equal(x.value, "x");
    assert_int_equal(mig_abort(&x, &site), MIG_ROW_ABORT);
    mig_clear(&x);
    mig_fatal(&x, MIG_IO, "connection lost");
    mig_fatal(&x, MIG_NOMEM, "later");
    mig_clear(&x);
    assert_true(mig_failed(&x));
    assert_int_equal(x.fatal, MIG_IO);
    assert_string_equal(e.message, "connection lost");
    assert_int_equal(mig_reject(&x, &site), MIG_ROW_ABORT);
    assert_int_equal(mig_reject_why(&x, &site, "w"), MIG_ROW_ABORT);
    rt_arena_free(x.arena);
}

/* ---- keys ---------------------------------------------------------------------------------------------------------------- */

static mig_ctx key_ctx;

static void same_key(mig_key *a, mig_key *b) {
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->p, b->p, a->n);
}

static void other_key(mig_key *a, mig_key *b) {
    assert_false(a->n == b->n && memcmp(a->p, b->p, a->n) == 0);
}

static void two(mig_key *a, mig_key *b) {
    mig_key_begin(a, &key_ctx);
    mig_key_begin(b, &key_ctx);
}

static void test_keys(void **state) {
    (void)state;
    mig_key a, b;
    key_ctx.arena = rt_arena_new(1000);
    two(&a, &b);
    mig_key_numeric(&a, MIG_NUMERIC("1.500"));
    mig_key_numeric(&b, MIG_NUMERIC("1.5"));
    mig_key_numeric(&a, MIG_NUMERIC("10.00"));
    mig_key_numeric(&b, MIG_NUMERIC("10"));
    mig_key_numeric(&a, MIG_NUMERIC("0.00"));
    mig_key_numeric(&b, MIG_NUMERIC("0"));
    mig_key_float(&a, MIG_FLOAT(-0.0));
    mig_key_float(&b, MIG_FLOAT(0.0));
    mig_key_float(&a, MIG_FLOAT((double)NAN));
    mig_key_float(&b, MIG_FLOAT(-(double)NAN));
    mig_key_char(&a, MIG_TEXT("ab  "));
    mig_key_char(&b, MIG_TEXT("ab"));
    same_key(&a, &b);
    assert_false(a.has_null);
    two(&a, &b);
    mig_key_numeric(&a, MIG_NUMERIC("10"));
    mig_key_numeric(&b, MIG_NUMERIC("1"));
    other_key(&a, &b);
    two(&a, &b); /* where one text ends and the next begins matters */
    mig_key_text(&a, MIG_TEXT("ab"));
    mig_key_text(&a, MIG_TEXT("c"));
    mig_key_text(&b, MIG_TEXT("a"));
    mig_key_text(&b, MIG_TEXT("bc"));
    other_key(&a, &b);
    two(&a, &b); /* null is not the empty text */
    mig_key_text(&a, MIG_NULL_TEXT);
    mig_key_text(&b, MIG_TEXT(""));
    other_key(&a, &b);
    assert_true(a.has_null);
    assert_false(b.has_null);
    rt_arena_free(key_ctx.arena);
}

static void test_long_keys_and_lists(void **state) {
    (void)state;
    mig_key a, b;
    key_ctx.arena = rt_arena_new(1000);
    two(&a, &b);
    mig_text items[3] = {MIG_TEXT("x"), MIG_NULL_TEXT, MIG_TEXT("y")};
    for (int i = 0; i < 100; i++) {
        mig_key_int(&a, MIG_INT(i));
        mig_key_int(&b, MIG_INT(i));
        mig_key_list(&a, (mig_list){items, 3, false});
        mig_key_list(&b, (mig_list){items, 3, false});
        mig_key_bool(&a, MIG_BOOL(i % 2));
        mig_key_bool(&b, MIG_BOOL(i % 2));
    }
    same_key(&a, &b);
    assert_false(a.has_null); /* a null element does not make a null key */
    assert_true(a.n > sizeof a.inl);
    mig_key_list(&a, (mig_list){items, 2, false});
    mig_key_list(&b, (mig_list){items, 3, false});
    other_key(&a, &b);
    mig_key_list(&a, MIG_NULL_LIST);
    assert_true(a.has_null);
    mig_key_date(&b, MIG_NULL_DATE);
    assert_true(b.has_null);
    rt_arena_free(key_ctx.arena);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena),
        cmocka_unit_test(test_arena_reset_keeps_the_large_block),
        cmocka_unit_test(test_buf),
        cmocka_unit_test(test_json_escape),
        cmocka_unit_test(test_error),
        cmocka_unit_test(test_shorten),
        cmocka_unit_test(test_failures),
        cmocka_unit_test(test_keys),
        cmocka_unit_test(test_long_keys_and_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
