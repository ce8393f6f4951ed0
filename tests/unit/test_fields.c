/* Fields of a text: what the ledger keeps for the program itself. */
#include "tests/unit/unit.h"

#include "runtime/rt.h"

#include <stdlib.h>
#include <string.h>

static void what_is_put_comes_back(void **state) {
    (void)state;
    static const char bytes[] = "a,b:3\n\xff";
    rt_buf b = {0};
    int64_t v;
    mig_text t;
    rt_field_put_text(&b, "");
    rt_field_put_int(&b, INT64_MIN);
    rt_field_put(&b, bytes, sizeof bytes - 1);
    rt_field_put_int(&b, 0);
    const char *at = b.p;
    assert_true(rt_field_get(&at, &t));
    assert_int_equal(t.n, 0);
    assert_true(rt_field_get_int(&at, &v));
    assert_true(v == INT64_MIN);
    assert_true(rt_field_get(&at, &t));
    assert_int_equal(t.n, sizeof bytes - 1);
    assert_memory_equal(t.p, bytes, t.n);
    assert_true(rt_field_get_int(&at, &v));
    assert_true(v == 0);
    assert_false(rt_field_get(&at, &t));
    rt_buf_free(&b);
}

static void what_is_no_field_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {"", "x", "1", "1:", "1:a", "1:ab", "2:a,", "-1:a,", "99999999999999999999:a,", ":,", "1;a,", "0:"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const char *at = bad[i];
        mig_text t;
        assert_false(rt_field_get(&at, &t));
        assert_ptr_equal(at, bad[i]);
    }
    const char *at = "1:x,";
    int64_t v;
    assert_false(rt_field_get_int(&at, &v));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_comes_back),
        cmocka_unit_test(what_is_no_field_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
