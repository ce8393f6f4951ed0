/*
 * Objects of a catalogue: how they are written, when two say the same, what is told of their differences, what a label is about.
 */
#include "tests/unit/unit.h"

#include "runtime/sources/catalog.h"

#include <stdlib.h>
#include <string.h>

static void form_is(const char *text, const char *expected) {
    rt_buf b = {0};
    rt_catalog_form(&b, text, strlen(text));
    assert_string_equal(b.p != NULL ? b.p : "", expected);
    rt_buf_free(&b);
}

static void layout_and_comments_do_not_count(void **state) {
    (void)state;
    form_is("", "");
    form_is("table  t (\n    a integer,   -- first\n    b text /* x /* y */ z */ not null\n)", "table t(a integer,b text not null)");
    form_is("a 'x  -- y' \"q  /* \" $$ r  $$ $tag$ $$  $tag$", "a 'x  -- y' \"q  /* \" $$ r  $$ $tag$ $$  $tag$");
    form_is("'it''s  x'  default", "'it''s  x' default");
    form_is("'never closed", "'never closed");
    form_is("/* never closed", "");
    form_is("$never closed", "$never closed");
}

static void raw_text_finds_a_tag(void **state) {
    static const char *const texts[][2] = {{"x", "$$x$$"}, {"", "$$$$"}, {"a $$ b", "$sql0$a $$ b$sql0$"}, {"cost $", "$sql0$cost $$sql0$"},
                                           {"$$ $sql0$", "$sql1$$$ $sql0$$sql1$"}};
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        rt_buf b = {0};
        rt_mig_raw(&b, texts[i][0]);
        assert_string_equal(b.p, texts[i][1]);
        rt_buf_free(&b);
    }
}

static void names_are_quoted_where_they_must_be(void **state) {
    static const char *const names[][2] = {{"a_1", "a_1"}, {"1a", "\"1a\""}, {"A", "\"A\""}, {"", "\"\""}, {"table", "\"table\""}, {"a\"b", "\"a\"\"b\""},
                                           {"ü", "\"ü\""}};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        rt_buf b = {0};
        rt_mig_name(&b, names[i][0]);
        assert_string_equal(b.p, names[i][1]);
        rt_buf_free(&b);
    }
}

static void labels_are_about_what_they_name(void **state) {
    rt_buf b = {0};
    (void)state;
    rt_mig_label(&b, "trigger", "t\"x", "of table");
    assert_string_equal(b.p, "trigger \"t\"\"x\" of table \"of table\"");
    assert_true(rt_label_is_about(b.p, "t\"x"));
    assert_true(rt_label_is_about(b.p, "of table"));
    assert_false(rt_label_is_about(b.p, "t"));
    assert_false(rt_label_is_about(b.p, "table"));
    assert_false(rt_label_is_about("nothing quoted", "nothing"));
    assert_true(rt_label_is_about("table \"a\"", "a"));
    rt_buf_free(&b);
}

static void note(void *arg, const char *now, const char *was) {
    rt_buf_printf(arg, "[%s|%s]", now != NULL ? now : "", was != NULL ? was : "");
}

static void differences_are(const char *now, const char *was, const char *expected) {
    rt_buf b = {0}, n = {0}, w = {0};
    rt_catalog_form(&n, now, strlen(now));
    rt_catalog_form(&w, was, strlen(was));
    assert_true(rt_catalog_compare(n.p, w.p, note, &b));
    assert_string_equal(b.p != NULL ? b.p : "", expected);
    rt_buf_free(&b);
    rt_buf_free(&n);
    rt_buf_free(&w);
}

static void differences_are_told_one_by_one(void **state) {
    (void)state;
    differences_are("table t (a integer, b text)", "table t (a integer, b text)", "");
    differences_are("table t (a bigint, c text)", "table t (a integer, b text)", "[a bigint|a integer][|b text][c text|]");
    differences_are("table t (a numeric(10,2) default 'x,y')", "table t (a numeric(10,3) default 'x,y')",
                    "[a numeric(10,2) default 'x,y'|a numeric(10,3) default 'x,y']");
    differences_are("table t (a integer) index i (a, b)", "table t (a integer) index i (a), sql $$x, (y$$", "[index i(a,b)|index i(a)][|sql $$x, (y$$]");
    differences_are("table t (a integer, constraint k unique (a))", "table t (a integer, constraint k unique (b), constraint l unique (a))",
                    "[constraint k unique(a)|constraint k unique(b)][|constraint l unique(a)]");
    differences_are("sql after 'view \"v\"' $$2$$", "sql after 'view \"v\"' $$1$$", "[$$2$$|$$1$$]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layout_and_comments_do_not_count), cmocka_unit_test(raw_text_finds_a_tag),
        cmocka_unit_test(names_are_quoted_where_they_must_be), cmocka_unit_test(labels_are_about_what_they_name),
        cmocka_unit_test(differences_are_told_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
