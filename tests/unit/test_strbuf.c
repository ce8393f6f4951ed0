/* Text buffer: growth, NUL bytes, JSON strings; and the UTF-8 reader below it. */
#include "tests/unit/unit.h"

#include "compiler/base/strbuf.h"
#include "compiler/base/utf8.h"

static void empty_buffer_has_text(void **state)
{
    strbuf sb = STRBUF_INIT;

    (void)state;
    assert_string_equal(sb_text(&sb), "");
    sb_put(&sb, NULL, 0);
    sb_clear(&sb);
    sb_truncate(&sb, 5);
    assert_int_equal(sb.length, 0);
    sb_free(&sb);
    sb_free(&sb);
}

static void text_grows(void **state)
{
    strbuf sb = STRBUF_INIT;

    (void)state;
    for (int i = 0; i < 10000; i++)
        sb_putc(&sb, (char)('a' + i % 26));
    assert_int_equal(sb.length, 10000);
    assert_int_equal(strlen(sb_text(&sb)), 10000);
    sb_truncate(&sb, 3);
    sb_printf(&sb, "%s=%d", "x", 42);
    sb_repeat(&sb, '-', 3);
    sb_puts(&sb, "!");
    assert_string_equal(sb_text(&sb), "abcx=42---!");
    sb_free(&sb);
}

static void text_moves_into_an_arena(void **state)
{
    arena *a = arena_create();
    strbuf sb = STRBUF_INIT;
    char *text;

    (void)state;
    sb_put(&sb, "a\0b", 3);
    text = sb_take(&sb, a);
    assert_memory_equal(text, "a\0b", 4);
    assert_int_equal(sb.length, 0);
    assert_string_equal(sb_take(&sb, a), "");
    arena_destroy(a);
}

static void check_json(const char *bytes, size_t n, const char *expected)
{
    strbuf sb = STRBUF_INIT;

    sb_put_json(&sb, bytes, n);
    assert_string_equal(sb_text(&sb), expected);
    sb_free(&sb);
}

static void json_strings(void **state)
{
    (void)state;
    check_json("", 0, "\"\"");
    check_json("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
    check_json("\n\r\t\0\x1f\x7f", 6, "\"\\n\\r\\t\\u0000\\u001f\\u007f\"");
    check_json("h\xc3\xa9", 3, "\"h\xc3\xa9\"");
    check_json("\xff\xc3", 2, "\"\\ufffd\\ufffd\"");
    check_json("\xed\xa0\x80", 3, "\"\\ufffd\\ufffd\\ufffd\"");
}

static void check_decode(const char *p, size_t n, uint32_t cp, size_t length)
{
    uint32_t got;

    assert_int_equal(utf8_decode(p, n, &got), length);
    assert_int_equal(got, cp);
}

static void utf8_is_read(void **state)
{
    (void)state;
    check_decode("a", 1, 'a', 1);
    check_decode("\0", 1, 0, 1);
    check_decode("\xc3\xa9", 2, 0xe9, 2);
    check_decode("\xe2\x82\xac", 3, 0x20ac, 3);
    check_decode("\xf0\x9f\x98\x80", 4, 0x1f600, 4);
    check_decode("\xc3", 1, UTF8_INVALID, 1);
    check_decode("\xc0\x80", 2, UTF8_INVALID, 1);
    check_decode("\xed\xa0\x80", 3, UTF8_INVALID, 1);
    check_decode("\xf4\x90\x80\x80", 4, UTF8_INVALID, 1);
    check_decode("\x80", 1, UTF8_INVALID, 1);
}

static void widths_on_a_terminal(void **state)
{
    (void)state;
    assert_int_equal(utf8_width('a'), 1);
    assert_int_equal(utf8_width(0xe9), 1);
    assert_int_equal(utf8_width(0x301), 0);   /* combining acute */
    assert_int_equal(utf8_width(0x4e2d), 2);  /* a Han character */
    assert_int_equal(utf8_width(0x1f600), 2); /* an emoji */
    assert_int_equal(utf8_width(0x200d), 0);  /* zero width joiner */
    assert_int_equal(utf8_width(UTF8_INVALID), 1);
    assert_true(utf8_is_unprintable(0x1b));
    assert_true(utf8_is_unprintable(0x202e)); /* turns the direction of text */
    assert_false(utf8_is_unprintable('a'));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_buffer_has_text), cmocka_unit_test(text_grows),
        cmocka_unit_test(text_moves_into_an_arena), cmocka_unit_test(json_strings),
        cmocka_unit_test(utf8_is_read), cmocka_unit_test(widths_on_a_terminal),
    };

    return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
