/* The runtime's map: same content in memory and spilled, replace, delete, long values, the limit; hashing; SQL text. */
#include "tests/unit/unit.h"

#include "runtime/rt.h"

#include <dirent.h>
#include <time.h>

#define KIB ((size_t)1 << 10)
#define GIB ((size_t)1 << 30)

static rt_hash key_of(int64_t i)
{
    return rt_hash_bytes(&i, sizeof i);
}

static void hashes_are_stable_within_a_process(void **state)
{
    char bytes[300];

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    for (size_t n = 0; n < sizeof bytes; n++) {
        rt_hash a = rt_hash_bytes(bytes, n), b = rt_hash_bytes(bytes, n), c = rt_hash_bytes(bytes, n + 1 < 300 ? n + 1 : 0);

        assert_true(a.lo == b.lo && a.hi == b.hi);
        assert_false(a.lo == c.lo && a.hi == c.hi);
    }
}

/* A value for i whose length depends on i: none, inline, outside the slot. */
static size_t value_of(int64_t i, int version, char *out)
{
    static const size_t lengths[] = {8, 0, 15, 16, 1, 300, 9, 14};
    size_t n = lengths[(i + version) % 8];

    memset(out, 'a' + (int)((i + version) % 26), n);
    if (n >= 8)
        memcpy(out, &i, 8);
    return n;
}

static void expect(rt_map *m, int64_t i, bool there, int version)
{
    char want[400];
    const void *v = NULL;
    size_t n = 0;
    bool found;

    assert_int_equal(rt_map_get(m, key_of(i), &v, &n, &found), MIG_OK);
    assert_int_equal(found, there);
    if (!there)
        return;
    assert_int_equal(n, value_of(i, version, want));
    assert_non_null(v);
    assert_memory_equal(v, want, n);
}

/* Puts, replaces, deletes, puts again; what must be there afterwards is known for every key. */
static void exercise(size_t limit, int64_t rows)
{
    rt_error e = {0};
    rt_budget b = {.limit = limit};
    rt_map *m = rt_map_new(&b, &e);
    char v[400];

    assert_non_null(m);
    for (int64_t i = 0; i < rows; i++)
        assert_int_equal(rt_map_put(m, key_of(i), v, value_of(i, 0, v)), MIG_OK);
    assert_int_equal(rt_map_count(m), rows);
    for (int64_t i = 0; i < rows; i += 3)
        assert_int_equal(rt_map_put(m, key_of(i), v, value_of(i, 3, v)), MIG_OK);
    assert_int_equal(rt_map_count(m), rows);
    for (int64_t i = 0; i < rows; i += 2)
        assert_int_equal(rt_map_delete(m, key_of(i)), MIG_OK);
    assert_int_equal(rt_map_delete(m, key_of(0)), MIG_OK);
    assert_int_equal(rt_map_count(m), rows / 2);
    for (int64_t i = 0; i < rows; i += 4)
        assert_int_equal(rt_map_put(m, key_of(i), v, value_of(i, 5, v)), MIG_OK);
    assert_int_equal(rt_map_count(m), rows / 2 + (rows + 3) / 4);
    for (int64_t i = 0; i < rows + 100; i++)
        expect(m, i, i < rows && (i % 2 == 1 || i % 4 == 0), i % 4 == 0 ? 5 : i % 3 == 0 ? 3 : 0);
    rt_map_free(m);
    assert_int_equal(b.used, 0);
    assert_int_equal(e.status, MIG_OK);
}

static void same_content_in_memory_and_spilled(void **state)
{
    (void)state;
    exercise(GIB, 20001);
    exercise(64 * KIB, 20001);
    exercise(500 * KIB, 20001); /* both at once */
    exercise(0, 501);
}

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static size_t resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    size_t total = 0, pages = 0;

    if (f != NULL && fscanf(f, "%zu %zu", &total, &pages) != 2)
        pages = 0;
    if (f != NULL)
        fclose(f);
    return pages * 4096;
}

static void fill(size_t limit, int64_t rows)
{
    rt_error e = {0};
    rt_budget b = {.limit = limit};
    size_t before = resident();
    double start = seconds();
    rt_map *m = rt_map_new(&b, &e);
    size_t used_most = 0;

    for (int64_t i = 0; i < rows; i++) {
        assert_int_equal(rt_map_put(m, key_of(i), &i, sizeof i), MIG_OK);
        used_most = b.used > used_most ? b.used : used_most;
    }
    size_t grown = resident();
    grown = grown > before ? grown - before : 0; /* where memory is short, what was there may be gone */
    for (int64_t i = 0; i < rows; i++) {
        const void *v;
        size_t n;
        bool found;

        assert_int_equal(rt_map_get(m, key_of(i), &v, &n, &found), MIG_OK);
        assert_true(found && n == sizeof i && memcmp(v, &i, n) == 0);
    }
    print_message("# %lld entries, limit %zu KiB: %.2f s, memory counted %zu KiB, resident grew %zu KiB\n", (long long)rows,
                  limit / KIB, seconds() - start, used_most / KIB, grown / KIB);
#ifndef __SANITIZE_ADDRESS__
    assert_true(grown < used_most + (4u << 20));
#endif
    assert_true(used_most <= limit + (8u << 20));
    rt_map_free(m);
}

static void a_million_entries(void **state)
{
    (void)state;
    fill(64 * KIB, 300000);
    fill(4096 * KIB, 1000000);
    fill(GIB, 1000000);
}

static void the_budget_is_shared(void **state)
{
    rt_error e = {0};
    rt_budget b = {.limit = 256 * KIB};
    rt_map *one = rt_map_new(&b, &e), *two = rt_map_new(&b, &e);

    (void)state;
    for (int64_t i = 0; i < 20000; i++) {
        assert_int_equal(rt_map_put(one, key_of(i), &i, sizeof i), MIG_OK);
        assert_int_equal(rt_map_put(two, key_of(-i), &i, 4), MIG_OK);
    }
    assert_true(b.used <= 256 * KIB + 2 * 64 * KIB);
    rt_map_free(one);
    assert_int_equal(rt_map_count(two), 20000);
    rt_map_free(two);
    assert_int_equal(b.used, 0);
}

static int files_in(const char *folder)
{
    DIR *d = opendir(folder);
    int n = 0;

    assert_non_null(d);
    for (const struct dirent *f; (f = readdir(d)) != NULL;)
        n += f->d_name[0] != '.';
    closedir(d);
    return n;
}

static void the_file_has_no_name_and_a_missing_folder_is_said(void **state)
{
    char folder[] = "/tmp/migc-test-XXXXXX";
    rt_error e = {0};
    rt_budget b = {.limit = 0, .tmpdir = mkdtemp(folder)};
    rt_map *m = rt_map_new(&b, &e);

    (void)state;
    assert_int_equal(rt_map_put(m, key_of(1), "x", 1), MIG_OK);
    assert_int_equal(files_in(folder), 0);
    rt_map_free(m);
    remove(folder);
    m = rt_map_new(&b, &e);
    assert_int_equal(rt_map_put(m, key_of(1), "x", 1), MIG_IO);
    assert_non_null(strstr(e.message, "cannot make a temporary file in /tmp/migc-test-"));
    assert_non_null(strstr(e.hint, "--memory"));
    rt_map_free(m);
}

static void sql_text_is_quoted(void **state)
{
    rt_buf b = {0};

    (void)state;
    rt_sql_ident(&b, "a\"b; drop table c");
    assert_string_equal(b.p, "\"a\"\"b; drop table c\"");
    rt_buf_clear(&b);
    rt_sql_literal(&b, "it's \\ ''", 9);
    assert_string_equal(b.p, "'it''s \\ '''''");
    rt_buf_clear(&b);
    rt_sql_literal(&b, "", 0);
    assert_string_equal(b.p, "''");
    rt_sql_literal(&b, "a\0b", 3);
    assert_true(b.failed);
    rt_buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_are_stable_within_a_process),
        cmocka_unit_test(same_content_in_memory_and_spilled),
        cmocka_unit_test(a_million_entries),
        cmocka_unit_test(the_budget_is_shared),
        cmocka_unit_test(the_file_has_no_name_and_a_missing_folder_is_said),
        cmocka_unit_test(sql_text_is_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
