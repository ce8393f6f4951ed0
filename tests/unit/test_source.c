/* Sources: lines by every kind of line end, columns in characters, clamping, reading files. */
#include "tests/unit/unit.h"

#include "compiler/base/source.h"

#include <unistd.h>

static arena *mem;
static src_map *map;

static int set_up(void **state)
{
    (void)state;
    mem = arena_create();
    map = src_map_create(mem);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(mem);
    return 0;
}

static void check_place(span at, uint32_t line, uint32_t column)
{
    src_place p = src_locate(map, at);

    assert_int_equal(p.line, line);
    assert_int_equal(p.column, column);
}

static void line_ends(void **state)
{
    const src_file *f = src_add(map, "a", "x\ny\r\nz\rw", 8);
    uint32_t n;

    (void)state;
    assert_int_equal(f->n_lines, 4);
    check_place((span){f->id, 0, 1}, 1, 1);
    check_place((span){f->id, 1, 1}, 1, 2);
    check_place((span){f->id, 2, 1}, 2, 1);
    check_place((span){f->id, 5, 1}, 3, 1);
    check_place((span){f->id, 7, 1}, 4, 1);
    assert_memory_equal(src_line(f, 2, &n), "y", 1);
    assert_int_equal(n, 1);
    assert_memory_equal(src_line(f, 4, &n), "w", 1);
    assert_int_equal(n, 1);
}

static void last_line_is_empty_after_a_line_end(void **state)
{
    const src_file *f = src_add(map, "a", "x\n", 2);
    uint32_t n;

    (void)state;
    assert_int_equal(f->n_lines, 2);
    check_place((span){f->id, 2, 0}, 2, 1);
    src_line(f, 2, &n);
    assert_int_equal(n, 0);
    src_line(f, 99, &n);
    assert_int_equal(n, 0);
}

static void columns_are_characters(void **state)
{
    const src_file *f = src_add(map, "a", "h\xc3\xa9\xff\xe4\xb8\xadx", 8);

    (void)state;
    check_place((span){f->id, 7, 1}, 1, 5);
}

static void any_span_is_safe(void **state)
{
    const src_file *empty = src_add(map, "empty", "", 0);
    const src_file *f = src_add(map, "a", "ab", 2);

    (void)state;
    check_place((span){empty->id, 0, 0}, 1, 1);
    check_place((span){empty->id, 7, 9}, 1, 1);
    check_place((span){f->id, UINT32_MAX, UINT32_MAX}, 1, 3);
    check_place(SPAN_NONE, 0, 0);
    check_place((span){99, 1, 1}, 0, 0);
    assert_int_equal(src_locate_end(map, (span){f->id, 1, UINT32_MAX}).column, 3);
    assert_string_equal(src_text_of(map, (span){f->id, 1, 99}, mem), "b");
    assert_string_equal(src_text_of(map, (span){f->id, 5, 1}, mem), "");
    assert_string_equal(src_text_of(map, SPAN_NONE, mem), "");
}

static void spans_join(void **state)
{
    span a = {1, 4, 2};
    span b = {1, 10, 3};
    span j = span_join(a, b);

    (void)state;
    assert_int_equal(j.offset, 4);
    assert_int_equal(j.length, 9);
    assert_int_equal(span_join(SPAN_NONE, b).offset, 10);
    assert_int_equal(span_join(a, SPAN_NONE).length, 2);
    assert_int_equal(span_join(a, (span){2, 0, 1}).length, 2);
    assert_int_equal(span_end(a).offset, 6);
    assert_int_equal(span_start(a).length, 0);
}

static void files_that_cannot_be_read_say_why(void **state)
{
    const char *why;

    (void)state;
    assert_null(src_read(map, "/nonexistent/x.mig", &why));
    assert_string_equal(why, "No such file or directory");
    assert_null(src_read(map, "/", &why));
    assert_string_equal(why, "is a directory, not a spec");
}

static void files_are_read_whole(void **state)
{
    char path[] = "/tmp/migc-unit-XXXXXX";
    int fd = mkstemp(path);
    char *big = calloc(200000, 1);
    const char *why;
    const src_file *f;

    (void)state;
    assert_true(fd >= 0);
    memset(big, 'x', 200000);
    big[7] = '\0';
    assert_int_equal(write(fd, big, 200000), 200000);
    close(fd);
    f = src_read(map, path, &why);
    unlink(path);
    assert_non_null(f);
    assert_null(why);
    assert_int_equal(f->length, 200000);
    assert_memory_equal(f->text, big, 200000);
    assert_int_equal(f->text[200000], 0);
    assert_int_equal(f->text[200001], 0);
    free(big);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(line_ends), TEST(last_line_is_empty_after_a_line_end), TEST(columns_are_characters),
        TEST(any_span_is_safe), TEST(spans_join), TEST(files_that_cannot_be_read_say_why),
        TEST(files_are_read_whole),
    };

    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
