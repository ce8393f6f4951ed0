/* Diagnostics: order, limits, no cascades, JSON; and excerpts of awkward places. */
#include "tests/unit/unit.h"

#include "compiler/base/diag.h"

static arena *mem;
static src_map *map;
static diag *d;
static strbuf out;

static int set_up(void **state)
{
    (void)state;
    mem = arena_create();
    map = src_map_create(mem);
    d = diag_create(mem, map);
    sb_init(&out);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    sb_free(&out);
    arena_destroy(mem);
    return 0;
}

static uint32_t add(const char *text, size_t n)
{
    return src_add(map, "spec.mig", text, n)->id;
}

static const char *text(void)
{
    sb_clear(&out);
    diag_text(d, (diag_style){false, false}, &out);
    return sb_text(&out);
}

static const char *excerpt(const char *spec, size_t n, uint32_t offset, uint32_t length)
{
    sb_clear(&out);
    diag_excerpt(map, (span){add(spec, n), offset, length}, &out);
    return sb_text(&out);
}

#define EXCERPT(spec, offset, length) excerpt(spec, sizeof(spec) - 1, offset, length)

/* --- the queue ------------------------------------------------------------------------------ */

static void printed_form(void **state)
{
    uint32_t id = add("a\n  name = uper(full_name);\n", 28);

    (void)state;
    assert_false(diag_error(d, (span){id, 11, 4}, D_UNKNOWN_FUNCTION,
                            "unknown function \"%s\"", "uper"));
    assert_false(diag_note(d, (span){id, 0, 1}, "\"a\" is declared here"));
    assert_false(diag_did_you_mean(d, "upper"));
    diag_text(d, (diag_style){true, false}, &out);
    assert_string_equal(sb_text(&out), "spec.mig:2:10: error: unknown function \"uper\"\n"
                                       "    2 |   name = uper(full_name);\n"
                                       "      |          ^^^^\n"
                                       "hint: Did you mean \"upper\"?\n"
                                       "spec.mig:1:1: note: \"a\" is declared here\n");
}

static void sorted_by_place(void **state)
{
    uint32_t id = add("abcdef", 6);

    (void)state;
    diag_error(d, (span){id, 4, 1}, D_SYNTAX, "second");
    diag_warning(d, (span){id, 5, 1}, D_UNUSED, "third");
    diag_error(d, (span){id, 0, 1}, D_SYNTAX, "first");
    diag_error(d, SPAN_NONE, D_SYNTAX, "no place");
    assert_int_equal(diag_errors(d), 3);
    assert_int_equal(diag_warnings(d), 1);
    assert_string_equal(text(), "error: no place\nspec.mig:1:1: error: first\n"
                                "spec.mig:1:5: error: second\nspec.mig:1:6: warning: third\n");
}

static void no_cascades(void **state)
{
    uint32_t id = add("abcdefghij", 10);

    (void)state;
    diag_error(d, (span){id, 2, 4}, D_UNKNOWN_NAME, "the fault");
    diag_error(d, (span){id, 2, 4}, D_TYPE_MISMATCH, "same place");
    diag_hint(d, "Lost with it.");
    diag_error(d, (span){id, 0, 9}, D_TYPE_MISMATCH, "around it");
    diag_warning(d, (span){id, 3, 1}, D_UNUSED, "inside it");
    diag_error(d, (span){id, 6, 1}, D_UNKNOWN_NAME, "beside it");
    diag_error(d, SPAN_NONE, D_SYNTAX, "twice");
    diag_error(d, SPAN_NONE, D_SYNTAX, "twice");
    assert_string_equal(text(), "error: twice\nspec.mig:1:3: error: the fault\n"
                                "spec.mig:1:7: error: beside it\n");
}

static void at_most_twenty(void **state)
{
    char spec[64];
    uint32_t id;

    (void)state;
    memset(spec, 'x', sizeof(spec));
    id = add(spec, sizeof(spec));
    for (uint32_t i = 0; i < 30; i++)
        diag_error(d, (span){id, i * 2, 1}, D_SYNTAX, "fault %u", i);
    assert_int_equal(diag_errors(d), 30);
    assert_non_null(strstr(text(), "error: fault 19\n10 more errors not shown\n"));
    assert_null(strstr(text(), "fault 20\n"));
}

static void included_from(void **state)
{
    uint32_t outer = src_add(map, "a.mig", "include 'b.mig';\n", 17)->id;
    uint32_t inner = src_add(map, "b.mig", "oops\n", 5)->id;

    (void)state;
    src_set_included(map, inner, (span){outer, 0, 16});
    diag_error(d, (span){inner, 0, 4}, D_SYNTAX, "unexpected name");
    assert_string_equal(text(), "b.mig:1:1: error: unexpected name\n"
                                "a.mig:1:1: note: included from here\n");
}

static void json_form(void **state)
{
    uint32_t id = add("a\nbc\n", 5);

    (void)state;
    diag_error(d, (span){id, 2, 2}, D_UNKNOWN_NAME, "unknown name \"bc\"");
    diag_hint(d, "First.");
    diag_hint(d, "Second.");
    diag_note(d, (span){id, 0, 1}, "see here");
    diag_json(d, &out);
    assert_string_equal(
        sb_text(&out),
        "{\"diagnostics\":[{\"file\":\"spec.mig\",\"line\":2,\"column\":1,\"end_line\":2,"
        "\"end_column\":3,\"offset\":2,\"length\":2,\"severity\":\"error\",\"id\":\"unknown_name\","
        "\"message\":\"unknown name \\\"bc\\\"\",\"hints\":[\"First.\",\"Second.\"],\"notes\":["
        "{\"file\":\"spec.mig\",\"line\":1,\"column\":1,\"end_line\":1,\"end_column\":2,\"offset\":0,"
        "\"length\":1,\"message\":\"see here\"}]}],\"errors\":1,\"warnings\":0}\n");
}

static void nothing_to_say(void **state)
{
    (void)state;
    diag_hint(d, "No message to belong to.");
    assert_string_equal(text(), "");
    diag_json(d, &out);
    assert_string_equal(sb_text(&out), "{\"diagnostics\":[],\"errors\":0,\"warnings\":0}\n");
}

static void ids_are_sorted(void **state)
{
    (void)state;
    for (int i = 1; i < D_COUNT; i++)
        assert_true(strcmp(diag_id_text((diag_id)(i - 1), mem), diag_id_text((diag_id)i, mem)) < 0);
}

/* --- excerpts ------------------------------------------------------------------------------- */

static void empty_file(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("", 0, 0), "");
    assert_string_equal(EXCERPT("", 5, 5), "");
}

static void end_of_file(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("abc", 3, 0), "    1 | abc\n      |    ^\n");
    assert_string_equal(EXCERPT("abc", 99, 99), "    1 | abc\n      |    ^\n");
    assert_string_equal(EXCERPT("abc\n", 4, 0), "    2 | \n      | ^\n");
}

static void zero_length(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("abc", 1, 0), "    1 | abc\n      |  ^\n");
}

static void tabs_are_spread(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("\ta\tbc;", 3, 2), "    1 |     a   bc;\n      |         ^^\n");
}

static void crlf_is_not_shown(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("ab\r\ncd\r\n", 4, 2), "    2 | cd\n      | ^^\n");
    assert_string_equal(EXCERPT("ab\r\ncd\r\n", 2, 2), "    1 | ab\n      |   ^ to line 2\n");
}

static void underline_by_width(void **state)
{
    (void)state;
    /* e acute: two bytes, one column; Han: three bytes, two columns; combining: none */
    assert_string_equal(EXCERPT("\xc3\xa9 x", 3, 1), "    1 | \xc3\xa9 x\n      |   ^\n");
    assert_string_equal(EXCERPT("\xe4\xb8\xad\xe6\x96\x87 x", 3, 3),
                        "    1 | \xe4\xb8\xad\xe6\x96\x87 x\n      |   ^^\n");
    assert_string_equal(EXCERPT("e\xcc\x81x", 3, 1), "    1 | e\xcc\x81x\n      |  ^\n");
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("a\0b", 1, 1), "    1 | a\xef\xbf\xbd"
                                               "b\n      |  ^\n");
    assert_string_equal(EXCERPT("a\xff\x1b[31mb", 1, 2),
                        "    1 | a\xef\xbf\xbd\xef\xbf\xbd[31mb\n      |  ^^\n");
}

static void long_line_is_cut(void **state)
{
    char *line = calloc(10001, 1);
    const char *shown;

    (void)state;
    for (int i = 0; i < 10000; i++)
        line[i] = (char)('a' + i % 26);
    shown = excerpt(line, 10000, 5000, 4);
    assert_int_equal(strcspn(shown, "\n"), 8 + 3 + 96 + 3);
    assert_memory_equal(shown, "    1 | ...", 11);
    /* The carets stand under the same letters. */
    assert_memory_equal(shown + 8 + 3 + 32, line + 5000, 4);
    assert_non_null(strstr(shown, "...\n      |                                    ^^^^\n"));

    shown = excerpt(line, 10000, 0, 10000);
    assert_int_equal(strcspn(shown, "\n"), 8 + 96 + 3);
    assert_int_equal(strlen(shown), 8 + 96 + 3 + 1 + 8 + 96 + 1);

    shown = excerpt(line, 10000, 10000, 0);
    assert_non_null(strstr(shown, "| ...k"));
    free(line);
}

static void several_lines(void **state)
{
    (void)state;
    assert_string_equal(EXCERPT("aa {\n  b\n}\nc", 3, 7), "    1 | aa {\n      |    ^ to line 3\n");
}

/* Every span over awkward bytes gives an excerpt whose two lines are whole. */
static void any_span_over_any_bytes(void **state)
{
    static const char bytes[] = "\t\xe4\xb8\xad\r\n\0\xff\xc3\n\n\xcc\x81x\r\ty\xf0\x9f\x98\x80";
    uint32_t id = add(bytes, sizeof(bytes) - 1);

    (void)state;
    for (uint32_t from = 0; from < sizeof(bytes) + 2; from++)
        for (uint32_t length = 0; length < sizeof(bytes) + 2; length++) {
            sb_clear(&out);
            diag_excerpt(map, (span){id, from, length}, &out);
            assert_true(out.length > 0 && out.data[out.length - 1] == '\n');
            assert_non_null(strchr(out.data, '^'));
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(printed_form), TEST(sorted_by_place), TEST(no_cascades), TEST(at_most_twenty),
        TEST(included_from), TEST(json_form), TEST(nothing_to_say), TEST(ids_are_sorted),
        TEST(empty_file), TEST(end_of_file), TEST(zero_length), TEST(tabs_are_spread),
        TEST(crlf_is_not_shown), TEST(underline_by_width), TEST(bytes_that_are_no_text),
        TEST(long_line_is_cut), TEST(several_lines), TEST(any_span_over_any_bytes),
    };

    return cmocka_run_group_tests_name("diag", tests, NULL, NULL);
}
