/* face/markdown.c: text of any origin stays text in a line or a cell of Markdown. */
#include "tests/unit/unit.h"

#include "runtime/face/face.h"

static void same(const char *text, const char *want) {
    rt_buf b = {0};
    face_markdown(&b, text);
    assert_false(b.failed);
    assert_string_equal(b.p != NULL ? b.p : "", want);
    rt_buf_free(&b);
}

static void plain_text_stays(void **state) {
    (void)state;
    same("", "");
    same("shows_show.title, 12 rows (of 13): 4.5 %", "shows_show.title, 12 rows (of 13): 4.5 %");
    same("Größe 北京 🙂", "Größe 北京 🙂");
}

static void markup_is_escaped(void **state) {
    (void)state;
    same("a|b", "a\\|b");
    same("`x` *y* ~z~ $1$ #1", "\\`x\\` \\*y\\* \\~z\\~ \\$1\\$ \\#1");
    same("_x_ a_b __init__", "\\_x\\_ a_b \\_\\_init\\_\\_");
    same("<b>&amp;</b>", "&lt;b&gt;&amp;amp;&lt;/b&gt;");
    same("![x](http://y)", "!\\[x\\](http://y)");
    same("\\|", "\\\\\\|");
}

static void lines_and_controls_end_nothing(void **state) {
    (void)state;
    same("a\nb\r\tc", "a b  c");
    same("a\x01\x7f", "a\xef\xbf\xbd\xef\xbf\xbd");
    same("\xff\xfe", "\xef\xbf\xbd\xef\xbf\xbd");
    same("user\xe2\x80\xaegnp.exe", "user\xef\xbf\xbdgnp.exe"); /* right to left from here on */
    same("a\xe2\x80\x8b" "b\xe2\x81\xa6", "a\xef\xbf\xbd" "b\xef\xbf\xbd");
    same("en \xe2\x80\x93 dash", "en \xe2\x80\x93 dash");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_stays),
        cmocka_unit_test(markup_is_escaped),
        cmocka_unit_test(lines_and_controls_end_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
