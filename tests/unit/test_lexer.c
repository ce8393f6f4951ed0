/* The lexer: what tokens carry (kind, place in bytes, content, depth), and what it leaves of a text with mistakes. */
#include "tests/unit/unit.h"

#include "compiler/syntax/token.h"
#include "mig.tab.h"

static arena *mem;
static src_map *map;
static diag *d;
static token_list tokens;

static int set_up(void **state)
{
    (void)state;
    mem = arena_create();
    map = src_map_create(mem);
    d = diag_create(mem, map);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(mem);
    return 0;
}

static void lex(const char *text, size_t n)
{
    lex_source(mem, d, src_add(map, "a.mig", text, n), &tokens);
}

static void check(int i, int kind, uint32_t offset, uint32_t length, const char *text)
{
    assert_true(i < tokens.n);
    assert_int_equal(tokens.at[i].kind, kind);
    assert_int_equal(tokens.at[i].at.offset, offset);
    assert_int_equal(tokens.at[i].at.length, length);
    if (text == NULL)
        assert_null(tokens.at[i].text);
    else
        assert_string_equal(tokens.at[i].text, text);
}

static void places_are_bytes(void **state)
{
    static const char text[] = "\xEF\xBB\xBF\xC3\xA4\xC3\xB6 'it''s' -- c\r\n\"a \"\"b\" $q$ $$ $q$";

    (void)state;
    lex(text, sizeof text - 1);
    check(0, T_NAME, 3, 4, "\xC3\xA4\xC3\xB6");
    check(1, T_TEXT, 8, 7, "it's");
    check(2, TOKEN_COMMENT, 16, 4, NULL);
    check(3, T_QUOTED, 22, 7, "a \"b");
    check(4, T_RAW, 30, 10, " $$ ");
    check(5, 0, 40, 0, NULL);
    assert_int_equal(tokens.n, 6);
    assert_int_equal(diag_errors(d), 0);
}

static void depth_counts_open_brackets(void **state)
{
    static const char text[] = "a(b[c](d)) ; ( } e";
    static const int depths[] = {0, 0, 1, 1, 2, 1, 1, 2, 1, 0, 0, 0, 0, 0, 0};

    (void)state;
    lex(text, sizeof text - 1);
    assert_int_equal(tokens.n, sizeof depths / sizeof depths[0]);
    for (int i = 0; i < tokens.n; i++)
        assert_int_equal(tokens.at[i].depth, depths[i]);
}

static void keywords_in_any_case(void **state)
{
    (void)state;
    assert_int_equal(keyword_find("Table", 5), T_TABLE);
    assert_int_equal(keyword_find("tables", 6), 0);
    assert_int_equal(keyword_find("tables", 5), T_TABLE);
    assert_int_equal(keyword_find("tabl", 4), 0);
    assert_int_equal(keyword_find("", 0), 0);
    assert_true(keyword_is_reserved("END"));
    assert_false(keyword_is_reserved("table"));
    assert_false(keyword_is_reserved("nothing"));
    for (int i = 0; keyword_at(i) != NULL; i++)
        assert_int_not_equal(keyword_find(keyword_at(i), strlen(keyword_at(i))), 0);
    assert_null(keyword_at(-1));
}

static void every_keyword_has_its_name_in_dumps(void **state)
{
    (void)state;
    for (int i = 0; keyword_at(i) != NULL; i++) {
        const char *word = keyword_at(i);

        assert_string_equal(token_kind_name(keyword_find(word, strlen(word))), word);
    }
    assert_string_equal(token_kind_name(';'), ";");
    assert_string_equal(token_kind_name(TOKEN_COMMENT), "comment");
}

static void an_endless_text_ends_the_tokens(void **state)
{
    static const char text[] = "a 'b' ; 'c";

    (void)state;
    lex(text, sizeof text - 1);
    assert_int_equal(tokens.n, 4);
    assert_true(tokens.is_broken);
    assert_int_equal(diag_errors(d), 1);
}

static void nothing_is_read_of_a_binary_file(void **state)
{
    (void)state;
    lex("a\0b", 3);
    assert_int_equal(tokens.n, 1);
    assert_true(tokens.is_broken);
    lex("\xFF\xFE" "a\0", 4);
    assert_int_equal(tokens.n, 1);
    assert_int_equal(diag_errors(d), 2);
}

static void the_text_is_as_before(void **state)
{
    static const char text[] = "migration m; -- comment\n'text' 12abc $$ raw $$ \"open";
    const src_file *f = src_add(map, "a.mig", text, sizeof text - 1);

    (void)state;
    lex_source(mem, d, f, &tokens);
    assert_memory_equal(f->text, text, sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(places_are_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(depth_counts_open_brackets, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keywords_in_any_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_keyword_has_its_name_in_dumps, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_endless_text_ends_the_tokens, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_read_of_a_binary_file, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_text_is_as_before, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
