/* Rows as bytes and back, damaged bytes, and the text forms of forms.h against known values and against nonsense. */
#include "tests/unit/target_rows.h"

#include "runtime/targets/forms.h"

static char big[4096];

static void rows_come_back_as_they_were(void **state)
{
    rt_arena *a = rt_arena_new(1024);

    (void)state;
    for (int i = 0; i <= EVERY_EDGES; i++) {
        struct row_every r = every_edge(i, big, sizeof big), back;
        rt_buf b = {0};

        assert_int_equal(rt_pack(&every_table, &r, &b), MIG_OK);
        memset(&back, 0xff, sizeof back);
        assert_int_equal(rt_unpack(&every_table, b.p, b.n, &back, a), MIG_OK);
        assert_same_row(&r, &back);
        rt_buf_free(&b);
    }
    rt_arena_free(a);
}

static void damaged_bytes_are_refused_or_read_never_overrun(void **state)
{
    rt_arena *a = rt_arena_new(1024);
    struct row_every r = every_edge(1, big, sizeof big), back;
    rt_buf b = {0};

    (void)state;
    assert_int_equal(rt_pack(&every_table, &r, &b), MIG_OK);
    for (size_t n = 0; n < b.n; n++) {
        char *copy = malloc(n + 1); /* of exactly that size, for the sanitizer */

        assert_non_null(copy);
        memcpy(copy, b.p, n);
        assert_int_equal(rt_unpack(&every_table, copy, n, &back, a), MIG_IO);
        free(copy);
        rt_arena_reset(a);
    }
    for (size_t i = 0; i < b.n; i++)
        for (int bit = 0; bit < 8; bit++) {
            char *copy = malloc(b.n);

            assert_non_null(copy);
            memcpy(copy, b.p, b.n);
            copy[i] = (char)(copy[i] ^ (1 << bit));
            rt_unpack(&every_table, copy, b.n, &back, a);
            free(copy);
            rt_arena_reset(a);
        }
    rt_buf_free(&b);
    rt_arena_free(a);
}

static void dates_have_known_forms(void **state)
{
    static const struct { int32_t days; const char *text; } known[] = {
        {0, "2000-01-01"}, {-1, "1999-12-31"}, {59, "2000-02-29"}, {60, "2000-03-01"}, {-10957, "1970-01-01"}, {8766, "2024-01-01"},
        {-36524, "1900-01-01"}, {-36465, "1900-03-01"}, {-730119, "0001-01-01"}, {-730120, "0001-12-31 BC"},
        {-730485, "0001-01-01 BC"}, {2921939, "9999-12-31"}, {2921940, "10000-01-01"}, {RT_DATE_MIN, "4714-11-24 BC"},
        {RT_DATE_MAX, "5874897-12-31"}, {-746117, "0044-03-15 BC"},
    };
    char out[RT_FORM_MAX];
    int32_t back;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assert_int_equal(rt_form_date(out, known[i].days), strlen(known[i].text));
        assert_string_equal(out, known[i].text);
        assert_true(rt_read_date(out, strlen(out), &back));
        assert_int_equal(back, known[i].days);
    }
    for (int64_t d = RT_DATE_MIN; d <= RT_DATE_MAX; d += d > -800000 && d < 3000000 ? 1 : 40009) { /* every day of our calendar's years */
        size_t n = rt_form_date(out, (int32_t)d);

        assert_true(n < RT_FORM_MAX && rt_read_date(out, n, &back) && back == d);
    }
}

static void moments_have_known_forms(void **state)
{
    char out[RT_FORM_MAX];
    int64_t back;

    (void)state;
    rt_form_timestamp(out, -1);
    assert_string_equal(out, "1999-12-31 23:59:59.999999");
    rt_form_timestamptz(out, 500000);
    assert_string_equal(out, "2000-01-01 00:00:00.5+00:00");
    rt_form_timestamptz(out, RT_TIMESTAMP_MIN);
    assert_string_equal(out, "4714-11-24 00:00:00+00:00 BC");
    rt_form_timestamp(out, RT_TIMESTAMP_MAX);
    assert_string_equal(out, "294276-12-31 23:59:59.999999");
    assert_true(rt_read_timestamp(out, strlen(out), &back) && back == RT_TIMESTAMP_MAX);
    rt_form_time(out, RT_TIME_MAX);
    assert_string_equal(out, "24:00:00");
    static const char *const no[] = {"", "2024", "2024-01-01", "2024-01-01 ", "2024-01-01 1:00:00", "2024-01-01 00:00:60", "2024-01-01 00:60:00",
                                     "2024-01-01 00:00:00.", "2024-01-01 00:00:00.1234567", "2024-13-01 00:00:00", "2024-00-01 00:00:00",
                                     "2023-02-29 00:00:00", "1900-02-29 00:00:00", "2024-01-01 00:00:00 AD", "294277-01-01 00:00:00",
                                     "+2024-01-01 00:00:00", "-2024-01-01 00:00:00", "99999999999-01-01 00:00:00", "2024-01-01 00:00:00 BC "};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (rt_read_timestamp(no[i], strlen(no[i]), &back))
            fail_msg("\"%s\" was read", no[i]);
}

static void lists_are_json(void **state)
{
    static const mig_text items[] = {{"a\"\\\b\f\n\r\t\v\x1f/é", 13}, {NULL, 0}, {"", 0}};
    mig_list v = {items, 3, false}, back;
    rt_arena *a = rt_arena_new(256);
    rt_buf b = {0};
    bool nomem;

    (void)state;
    rt_form_list(&b, &v);
    assert_string_equal(b.p, "[\"a\\\"\\\\\\b\\f\\n\\r\\t\\u000b\\u001f/é\",null,\"\"]");
    assert_true(rt_read_list(b.p, b.n, a, &back, &nomem));
    assert_int_equal(back.n, 3);
    assert_int_equal(back.v[0].n, items[0].n);
    assert_memory_equal(back.v[0].p, items[0].p, items[0].n);
    assert_null(back.v[1].p);
    assert_true(back.v[2].p != NULL && back.v[2].n == 0);
    for (size_t n = 0; n < b.n; n++)
        assert_false(rt_read_list(b.p, n, a, &back, &nomem));
    rt_buf_free(&b);
    rt_arena_free(a);
}

static void text_is_told_from_bytes(void **state)
{
    static const struct { const char *p; size_t n; bool ok; } cases[] = {
        {"", 0, true}, {"plain ascii of some length", 26, true}, {"plain ascii\0of length", 21, false}, {"\0", 1, false},
        {"\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80", 9, true}, {"\xc0\x80", 2, false}, {"\xc1\xbf", 2, false}, {"\xe0\x9f\xbf", 3, false},
        {"\xed\xa0\x80", 3, false}, {"\xf0\x8f\xbf\xbf", 4, false}, {"\xf4\x90\x80\x80", 4, false}, {"\xf5\x80\x80\x80", 4, false},
        {"\x80", 1, false}, {"\xe6\x97", 2, false}, {"12345678\xff", 9, false}, {"1234567\x80", 8, false}, {"\x01\x01\x01\x01\x01\x01\x01\x01", 8, true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (rt_is_text(cases[i].p, cases[i].n) != cases[i].ok)
            fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_come_back_as_they_were), cmocka_unit_test(damaged_bytes_are_refused_or_read_never_overrun),
        cmocka_unit_test(dates_have_known_forms), cmocka_unit_test(moments_have_known_forms), cmocka_unit_test(lists_are_json),
        cmocka_unit_test(text_is_told_from_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
