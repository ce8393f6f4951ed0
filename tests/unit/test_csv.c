/* The CSV reading rules of runtime/sources/README.md, each over every block size and scanner. */
#include "tests/unit/csv_fixture.h"

#define BYTES(literal) (literal), sizeof(literal) - 1

static fx f;

static int end(void **state) {
    (void)state;
    fx_end(&f);
    return 0;
}

static void line_ends(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    const char *want_lf = "2@4 1|2\n3@8 3|4\n";
    fx_expect(&f, "a,b\n1,2\n3,4\n", want_lf);
    fx_expect(&f, "a,b\n1,2\n3,4", want_lf);
    fx_expect(&f, "a,b\r1,2\r3,4\r", want_lf);
    fx_expect(&f, "a,b\r\n1,2\r\n3,4\r\n", "2@5 1|2\n3@10 3|4\n");
    fx_expect(&f, "a,b\r\n1,2\n3,4\r5,6", "2@5 1|2\n3@9 3|4\n4@13 5|6\n");
    fx_expect(&f, "a,b\n1,2\n3,\"4\"", want_lf);
    fx_expect(&f, "a,b\n1,\"2\"\r\n3,\"4\"\r5,6\n", "2@4 1|2\n3@11 3|4\n4@17 5|6\n");
}

static void empty_lines_hold_no_record(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect(&f, "\n\r\na,b\n\n1,2\r\n\r\n\r\r3,4\n\n\n", "5@8 1|2\n9@17 3|4\n");
    fx_expect(&f, "a,b\n \n", "2@4 !ragged: 1 field where 2 were expected { }\n");
}

static void empty_lines_of_one_column(void **state) {
    (void)state;
    fx_begin(&f, "a");
    fx_expect(&f, "a\n1\n\n2\r\n\r\n", "2@2 1\n3@4 \n4@5 2\n5@8 \n");
    fx_expect(&f, "a\n\"\"\n\n", "2@2 \n3@5 \n");
    fx_expect(&f, "\n\na\n1", "4@4 1\n");
    f.t.csv.header = false;
    fx_expect(&f, "\n", "1@0 \n");
    fx_expect(&f, "", "");
}

static void quotes(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.places = false;
    fx_expect(&f, "a,b\n\"x,y\",\"z\"\n", "x,y|z\n");
    fx_expect(&f, "a,b\n\"\",\"\"\"\"\n", "|\"\n");
    fx_expect(&f, "a,b\n\"a\"\"b\"\"\",\"\"\"\"\"\"\n", "a\"b\"|\"\"\n");
    fx_expect(&f, "a,b\nx\"y,z\"\n x, \"y\"\n", "x\"y|z\"\n x| \"y\"\n");
    fx_expect(&f, "\"a\",\"b\"\n1,2\n", "1|2\n");
    f.places = true;
    fx_expect(&f, "a,b\n\"1\n\n2\r\n3\r4\",\"\n\"\n5,6\n", "2@4 1\\n\\n2\\r\\n3\\r4|\\n\n8@20 5|6\n");
    fx_expect(&f, "a,b\n\"\r\n\",\"\n\r\"\n5,6\n", "2@4 \\r\\n|\\n\\r\n6@14 5|6\n");
}

static void other_characters(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.places = false;
    f.t.csv.delimiter = '\t';
    fx_expect(&f, "a\tb\n1,\t\"\t\"\n", "1,|\\t\n");
    f.t.csv.delimiter = ';';
    f.t.csv.quote = f.t.csv.escape = '\'';
    fx_expect(&f, "a;b\n'it''s';\"x\"\n", "it's|\"x\"\n");
    f.t.csv.delimiter = ' ';
    fx_expect(&f, "a b\n1  \n1 2\n", "!ragged: 3 fields where 2 were expected {1  }\n1|2\n");
    f.t.csv.quote = f.t.csv.escape = '\0';
    f.t.csv.delimiter = ',';
    fx_expect(&f, "a,b\n\"1,2\"\n\"\",\"\n", "\"1|2\"\n\"\"|\"\n");
}

static void escape_character(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.places = false;
    f.t.csv.escape = '\\';
    fx_expect(&f, "a,b\n\"x\\\"y\",\"\\\\\"\n", "x\"y|\\\n");
    fx_expect(&f, "a,b\n\"\\n\\,\",\\\"\n", "\\n\\,|\\\"\n"); /* before anything else, and outside of quotes, it is text */
    fx_expect(&f, "a,b\n\"\\\n\",2\n", "\\\\n|2\n");
    fx_expect(&f, "a,b\n\"x\"\"y\",2\n3,4\n",
              "!quote[0]: text follows the closing quote of the field that opens on line 2 {\"x\"\"y\",2}\n3|4\n");
    fx_expect(&f, "a,b\n1,\"x\\\"", "!quote[1]: the quote that opens on line 2 never closes {1,\"x\\\"}\n");
}

static void broken_quotes_cost_one_line(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect(&f, "a,b\n1,\"2\n3,4\n5,6",
              "2@4 !quote[1]: the quote that opens on line 2 never closes {1,\"2}\n3@9 3|4\n4@13 5|6\n");
    fx_expect(&f, "a,b\r\n1,\"2\r\n3,4\r\n",
              "2@5 !quote[1]: the quote that opens on line 2 never closes {1,\"2}\n3@11 3|4\n");
    fx_expect(&f, "a,b\n1,\"2\n3,\"4\"\n5,6\n",
              "2@4 !quote[1]: text follows the closing quote of the field that opens on line 2 {1,\"2}\n3@9 3|4\n4@15 5|6\n");
    fx_expect(&f, "a,b\n1,\"he said \"hi\" to me\"\n3,4\n",
              "2@4 !quote[1]: text follows the closing quote of the field that opens on line 2 {1,\"he said \"hi\" to me\"}\n"
              "3@27 3|4\n");
    /* the field before spans lines: the record ends where the broken field's line does */
    fx_expect(&f, "a,b\n\"1\n1\",\"2\n3,4\n",
              "2@4 !quote[1]: the quote that opens on line 3 never closes {\"1\\n1\",\"2}\n4@13 3|4\n");
    fx_expect(&f, "a,b\n\"1\" ,2\n3,4\n",
              "2@4 !quote[0]: text follows the closing quote of the field that opens on line 2 {\"1\" ,2}\n3@11 3|4\n");
    fx_expect(&f, "a,b\n1,\"", "2@4 !quote[1]: the quote that opens on line 2 never closes {1,\"}\n");
    fx_expect(&f, "a,b\n\"1\"x", "2@4 !quote[0]: text follows the closing quote of the field that opens on line 2 {\"1\"x}\n");
    fx_expect(&f, "a,b\n1,\"x\n\n\n2,3", "2@4 !quote[1]: the quote that opens on line 2 never closes {1,\"x}\n5@11 2|3\n");
}

static void ragged(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect(&f, "a,b\n1\n1,2,3\n4,5\n6,7,\n",
              "2@4 !ragged: 1 field where 2 were expected {1}\n3@6 !ragged: 3 fields where 2 were expected {1,2,3}\n"
              "4@12 4|5\n5@16 !ragged: 3 fields where 2 were expected {6,7,}\n");
}

static void nul_bytes(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect_n(&f, BYTES("a,b\n1,x\0y\n\"\0\",2\n3,4\n"),
                "2@4 !nul[1]: a NUL byte stands at offset 7 of the file {1,x\\x00y}\n"
                "3@10 !nul[0]: a NUL byte stands at offset 11 of the file {\"\\x00\",2}\n4@16 3|4\n");
    fx_expect_n(&f, BYTES("a,b\n1,2\0"), "2@4 !nul[1]: a NUL byte stands at offset 7 of the file {1,2\\x00}\n");
}

static void bad_utf8(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect(&f, "a,b\nö,\xE9x\n€,\xF0\x9F\x98\x80\n\xC0\x80,\xED\xA0\x80\n",
              "2@4 !utf8[1]: byte 0xE9 at offset 7 of the file is not UTF-8 {ö,\\xE9x}\n3@10 €|\xF0\x9F\x98\x80\n"
              "4@19 !utf8[0]: byte 0xC0 at offset 19 of the file is not UTF-8 {\\xC0\\x80,\\xED\\xA0\\x80}\n");
    fx_expect(&f, "a,b\n1,\xE2\x82", "2@4 !utf8[1]: byte 0xE2 at offset 6 of the file is not UTF-8 {1,\\xE2\\x82}\n");
    fx_expect(&f, "a,b\n1,\"\xFF\n2,3\n", "2@4 !quote[1]: the quote that opens on line 2 never closes {1,\"\\xFF}\n3@9 2|3\n");
}

static void byte_order_mark(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    fx_expect(&f, "\xEF\xBB\xBF" "a,b\n1,2\n", "2@7 1|2\n");
    fx_expect(&f, "\xEF\xBB\xBF\"a\",b\n1,2\n", "2@9 1|2\n");
    f.t.csv.header = false;
    fx_expect(&f, "\xEF\xBB\xBF" "a,b\n", "1@3 a|b\n");
    fx_expect(&f, "\xEF\xBB\xBF", "");
    f.t.csv.comment = "#";
    fx_expect(&f, "\xEF\xBB\xBF#a,b\n1,2", "2@8 1|2\n");
}

static void comments_and_skipped_lines(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.t.csv.comment = "#";
    fx_expect(&f, "#x\na,b\n# \"one,\r\n1,2\n#\n#\r\n3,#4\n\"#5\",6\n#end", "4@16 1|2\n7@25 3|#4\n8@30 #5|6\n");
    f.t.csv.comment = "//=";
    fx_expect(&f, "//=\na,b\n//\n//=x\n1,2\n/", "3@8 !ragged: 1 field where 2 were expected {//}\n5@16 1|2\n"
                                               "6@20 !ragged: 1 field where 2 were expected {/}\n");
    f.t.csv.comment = ",,";
    fx_expect(&f, "a,b\n,,\"\n,\n", "3@8 |\n");
    f.t.csv.comment = NULL;
    f.t.csv.skip = 3;
    fx_expect(&f, "made by \"x\r\n\r\n\"\na,b\n1,2\n", "5@20 1|2\n");
    f.t.csv.comment = "#";
    f.t.csv.skip = 1;
    fx_expect(&f, "a,b\r#\r\na,b\n1,2\n", "4@11 1|2\n");
    f.t.csv.skip = 9;
    f.t.csv.header = false;
    fx_expect(&f, "a,b\n1,2\n", "");
}

static void header_off(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.t.csv.header = false;
    fx_expect(&f, "1,2\n3\n4,5,6\n", "1@0 1|2\n2@4 !ragged: 1 field where 2 were expected {3}\n"
                                      "3@6 !ragged: 3 fields where 2 were expected {4,5,6}\n");
    f.t.csv.extra_ignore = true;
    fx_expect(&f, "1,2\n3\n4,5,6\n", "1@0 1|2\n2@4 !ragged: 1 field where 2 were expected {3}\n3@6 4|5\n");
}

static void columns_by_name(void **state) {
    (void)state;
    fx_begin(&f, "b,a b");
    f.places = false;
    fx_expect(&f, "a b,b\n1,2\n", "2|1\n");
    fx_expect(&f, " \"b\",a b\n", "error IO: source table \"shows\": the header of \"DIR/shows.csv\" (line 1) is not what the spec says: "
              "it has no column \"b\"; the spec does not name its column \"\"b\"\" / The header has: \"\"b\"\", \"a b\".\n");
    fx_expect(&f, "\xC2\xA0 b\t,\xEF\xBB\xBF\"a b\"\n1,2\n", "error IO: source table \"shows\": the header of \"DIR/shows.csv\" (line 1) "
              "is not what the spec says: it has no column \"a b\"; the spec does not name its column \"\"a b\"\" "
              "/ The header has: \"b\", \"\"a b\"\".\n");
    fx_expect(&f, "\xC2\xA0 b\t,\"\xEF\xBB\xBF a b\n\"\n1,2\n", "1|2\n");
    f.t.csv.extra_ignore = true;
    fx_expect(&f, "x,a b,,b,\n1,2,3,4,5\n1,2\n", "4|2\n!ragged: 2 fields where 5 were expected {1,2}\n");
}

static void null_and_trim(void **state) {
    static const char *const nulls[] = {"", "N/A", "a long text that is taken for null, longer than sixty-three bytes, so it is"};
    static const size_t lens[] = {0, 3, 75};
    (void)state;
    fx_begin(&f, "a!,b");
    f.places = false;
    fx_expect(&f, "a,b\n, x \n", "| x \n");
    f.t.csv.nulls = nulls;
    f.t.csv.null_lens = lens;
    f.t.csv.n_nulls = 3;
    fx_expect(&f, "a,b\n1,\n2,N/A\n3,\"\"\n4,\"N/A\"\n5, \n6,n/a\n7,a long text that is taken for null, longer\n",
              "1|\\N\n2|\\N\n3|\\N\n4|\\N\n5| \n6|n/a\n!ragged: 3 fields where 2 were expected {7,a long text that is taken for "
              "null, longer}\n");
    fx_expect(&f, "a,b\n1,\"a long text that is taken for null, longer than sixty-three bytes, so it is\"\n", "1|\\N\n");
    fx_expect(&f, "a,b\n,x\nN/A,\n \n", "!null[0]: column \"a\" is null {,x}\n!null[0]: column \"a\" is null {N/A,}\n"
                                          "!ragged: 1 field where 2 were expected { }\n");
    f.t.csv.trim = true;
    fx_expect(&f, "a,b\n x ,\t\n\xC2\xA0y\xE2\x80\x89,\xE3\x80\x80\n\" z \"\"\n\",\" N/A\"\n",
              "x|\\N\ny|\\N\nz \"|\\N\n");
    fx_expect(&f, "a,b\n\xE2\x80\x8Bw,\xC3\xA0\xC2\x85\n", "\xE2\x80\x8Bw|\xC3\xA0\n"); /* U+200B is not white space */
}

static void too_large(void **state) {
    (void)state;
    fx_begin(&f, "a,b");
    f.tune.limit = 10;
    fx_expect(&f, "a,b\n12345,7890\n12345,78901\n1,2\n",
              "2@4 12345|7890\n3@15 !too_large: the record has 11 bytes (lines 3 to 3), more than the limit of 10 {12345,7890}\n"
              "4@27 1|2\n");
    fx_expect(&f, "a,b\n1,\"345\n789\n1234\"\n3,4",
              "2@4 !too_large: the record has 16 bytes (lines 2 to 4), more than the limit of 10 {1,\"345\\n789}\n5@21 3|4\n");
    /* an open quote above the limit cannot be gone back to: what it took is said */
    fx_expect(&f, "a,b\n1,\"2\n3,4\n5,6\n7,8\n",
              "2@4 !too_large: the record has 17 bytes (lines 2 to 6), more than the limit of 10 {1,\"2\\n3,4\\n5}\n");
    fx_expect(&f, "a,b\n1,\"2\n3,4\n5,\"6\"\n7,8\n",
              "2@4 !too_large: the record has 14 bytes (lines 2 to 4), more than the limit of 10 {1,\"2\\n3,4\\n5}\n5@19 7|8\n");
    fx_expect(&f, "a,b\n1,\"2\n3,4\n", "2@4 !quote[1]: the quote that opens on line 2 never closes {1,\"2}\n3@9 3|4\n");
    fx_expect(&f, "a,b\n12345,78\xE2\x82\xAC" "1\n1,2\n",
              "2@4 !too_large: the record has 12 bytes (lines 2 to 2), more than the limit of 10 {12345,78}\n3@17 1|2\n");
    f.t.csv.comment = "#";
    fx_expect(&f, "# a comment may be longer than the limit\na,b\n# here too, of course\n1,2\n", "4@67 1|2\n");
    f.t.csv.comment = "###########################";
    fx_expect(&f, "a,b\n##############,\n1,2\n",
              "2@4 !too_large: the record has 15 bytes (lines 2 to 2), more than the limit of 10 {##########}\n3@20 1|2\n");
}

static void many_fields(void **state) {
    (void)state;
    fx_begin(&f, "c0,c150");
    f.places = false;
    f.t.csv.extra_ignore = true;
    rt_buf b = {0};
    for (int i = 0; i < 200; i++)
        rt_buf_printf(&b, "%sc%d", i > 0 ? "," : "", i);
    rt_buf_printf(&b, "\n");
    for (int i = 0; i < 200; i++)
        rt_buf_printf(&b, "%sv%d", i > 0 ? "," : "", i);
    rt_buf_printf(&b, "\nx\n");
    fx_expect_n(&f, b.p, b.n, "v0|v150\n!ragged: 1 field where 200 were expected {x}\n");
    rt_buf_clear(&b);
    for (int i = 0; i < RT_CSV_COLUMNS; i++)
        rt_buf_printf(&b, "c%d,", i);
    fx_file(&f, "shows.csv", b.p, b.n);
    fx_expect_text(fx_read(&f), "error IO: source table \"shows\": the header of \"DIR/shows.csv\" has 100001 columns, at most 100000 can be "
                                "read\n");
    rt_buf_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(line_ends, end),
        cmocka_unit_test_teardown(empty_lines_hold_no_record, end),
        cmocka_unit_test_teardown(empty_lines_of_one_column, end),
        cmocka_unit_test_teardown(quotes, end),
        cmocka_unit_test_teardown(other_characters, end),
        cmocka_unit_test_teardown(escape_character, end),
        cmocka_unit_test_teardown(broken_quotes_cost_one_line, end),
        cmocka_unit_test_teardown(ragged, end),
        cmocka_unit_test_teardown(nul_bytes, end),
        cmocka_unit_test_teardown(bad_utf8, end),
        cmocka_unit_test_teardown(byte_order_mark, end),
        cmocka_unit_test_teardown(comments_and_skipped_lines, end),
        cmocka_unit_test_teardown(header_off, end),
        cmocka_unit_test_teardown(columns_by_name, end),
        cmocka_unit_test_teardown(null_and_trim, end),
        cmocka_unit_test_teardown(too_large, end),
        cmocka_unit_test_teardown(many_fields, end),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
