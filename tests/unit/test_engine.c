/* Parts of the engine by themselves: live column types, nearest names and spellings, places, held rows. */
#include "runtime/engine/locate.h"
#include "runtime/engine/preflight.h"
#include "runtime/engine/state.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- types of live columns ------------------------------------------------------------------------------------------------ */

static void live_types(void **state) {
    static const struct { mig_engine engine; mig_type type; int p, s; const char *live; bool fits, told; } cases[] = {
        {MIG_POSTGRES, MIG_T_BIGINT, -1, -1, "bigint", true, false},
        {MIG_POSTGRES, MIG_T_BIGINT, -1, -1, "integer", false, true},
        {MIG_POSTGRES, MIG_T_INTEGER, -1, -1, "bigint", true, false},
        {MIG_POSTGRES, MIG_T_INTEGER, -1, -1, "text", false, true},
        {MIG_POSTGRES, MIG_T_VARCHAR, 100, -1, "character varying(100)", true, false},
        {MIG_POSTGRES, MIG_T_VARCHAR, 100, -1, "character varying(50)", false, true},
        {MIG_POSTGRES, MIG_T_VARCHAR, 100, -1, "text", true, false},
        {MIG_POSTGRES, MIG_T_TEXT, -1, -1, "character varying(100)", false, true},
        {MIG_POSTGRES, MIG_T_TEXT, -1, -1, "character(3)", false, true},
        {MIG_POSTGRES, MIG_T_CHAR, 3, -1, "character(3)", true, false},
        {MIG_POSTGRES, MIG_T_NUMERIC, 10, 2, "numeric(10,2)", true, false},
        {MIG_POSTGRES, MIG_T_NUMERIC, 10, 3, "numeric(10,2)", false, true},
        {MIG_POSTGRES, MIG_T_NUMERIC, 11, 2, "numeric(10,2)", false, true},
        {MIG_POSTGRES, MIG_T_NUMERIC, -1, -1, "numeric", true, false},
        {MIG_POSTGRES, MIG_T_NUMERIC, -1, -1, "numeric(10,2)", false, true},
        {MIG_POSTGRES, MIG_T_TIMESTAMPTZ, -1, -1, "timestamp with time zone", true, false},
        {MIG_POSTGRES, MIG_T_TIMESTAMPTZ, -1, -1, "timestamp without time zone", false, true},
        {MIG_POSTGRES, MIG_T_TIMESTAMP, -1, -1, "timestamp(3) without time zone", true, true},
        {MIG_POSTGRES, MIG_T_TEXT_ARRAY, -1, -1, "text[]", true, false},
        {MIG_POSTGRES, MIG_T_TEXT, -1, -1, "text[]", false, true},
        {MIG_POSTGRES, MIG_T_TEXT, -1, -1, "mood", true, true},
        {MIG_POSTGRES, MIG_T_JSON, -1, -1, "jsonb", true, false},
        {MIG_POSTGRES, MIG_T_REAL, -1, -1, "double precision", true, false},
        {MIG_SQLITE, MIG_T_BIGINT, -1, -1, "INTEGER", true, false},
        {MIG_SQLITE, MIG_T_BIGINT, -1, -1, "integer unsigned", true, false},
        {MIG_SQLITE, MIG_T_BIGINT, -1, -1, "varchar(20)", false, true},
        {MIG_SQLITE, MIG_T_BOOLEAN, -1, -1, "bool", true, false},
        {MIG_SQLITE, MIG_T_TEXT, -1, -1, "", true, false},
        {MIG_SQLITE, MIG_T_TEXT, -1, -1, "datetime", false, true},
        {MIG_SQLITE, MIG_T_VARCHAR, 30, -1, "varchar(20)", true, true},
        {MIG_SQLITE, MIG_T_NUMERIC, 10, 2, "decimal", true, true},
        {MIG_SQLITE, MIG_T_NUMERIC, 10, 2, "text", true, false},
        {MIG_SQLITE, MIG_T_TIMESTAMPTZ, -1, -1, "datetime", true, false},
        {MIG_SQLITE, MIG_T_DOUBLE, -1, -1, "real", true, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        mig_column c = {.name = "c", .type = cases[i].type, .p = cases[i].p, .s = cases[i].s};
        char why[256];
        bool fits = rt_type_fits(cases[i].engine, &c, cases[i].live, why, sizeof why);
        if (fits != cases[i].fits || (why[0] != '\0') != cases[i].told)
            fail_msg("%s: fits %d, \"%s\"", cases[i].live, fits, why);
    }
}

/* ---- did you mean ---------------------------------------------------------------------------------------------------------- */

static void names(void **state) {
    static const char *const known[] = {"sheets", "legacy", "app"};
    (void)state;
    assert_string_equal(rt_nearest_name("sheet", known, 3), "sheets");
    assert_string_equal(rt_nearest_name("shetes", known, 3), "sheets");
    assert_string_equal(rt_nearest_name("ap", known, 3), "app");
    assert_null(rt_nearest_name("xyz", known, 3));
    assert_null(rt_nearest_name("", known, 0));
}

static void spellings(void **state) {
    mig_text known[] = {MIG_TEXT("home box office"), MIG_TEXT("hbo max"), MIG_TEXT("netflix")};
    rt_alias_state a = {.spellings = known, .n_spellings = 3};
    mig_text near;
    (void)state;
    assert_true(rt_alias_nearest(&a, MIG_TEXT("netflx"), &near));
    assert_ptr_equal(near.p, known[2].p);
    assert_true(rt_alias_nearest(&a, MIG_TEXT("hmoe box offcie"), &near)); /* two swaps */
    assert_ptr_equal(near.p, known[0].p);
    assert_false(rt_alias_nearest(&a, MIG_TEXT("zz"), &near));
    assert_false(rt_alias_nearest(&a, MIG_TEXT("something else"), &near));
    a.suggestions = 1000000; /* bounded effort */
    assert_false(rt_alias_nearest(&a, MIG_TEXT("netflx"), &near));
}

/* ---- places ---------------------------------------------------------------------------------------------------------------- */

static void places(void **state) {
    static const rt_place cases[] = {{0, 1, 0}, {32767, ((int64_t)1 << 48) - 1, 0}, {RT_PLACE_TARGET, 0, 0}, {RT_PLACE_SPEC, 12, 0}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        rt_place p = rt_place_unpack(rt_place_pack(cases[i]));
        assert_int_equal(p.file, cases[i].file);
        assert_true(p.line == cases[i].line);
    }
}

/* ---- held rows --------------------------------------------------------------------------------------------------------------- */

static void held_rows(void **state) {
    rt_run run = {.error = {.status = MIG_OK}};
    rt_held *h = NULL;
    rt_held_row r;
    bool more;
    char data[32];
    (void)state;
    assert_int_equal(rt_held_new(&run, &h), MIG_OK);
    for (int i = 0; i < 10000; i++) { /* groups 0…99, a hundred rows each, in turn */
        snprintf(data, sizeof data, "row %d", i);
        r = (rt_held_row){.group = i % 100, .flow = 1, .into = 2, .place = {3, i, i}, .offset = i, .raw = i % 2 ? data : NULL,
                          .raw_n = i % 2 ? strlen(data) : 0, .data = data, .data_n = strlen(data)};
        assert_int_equal(rt_held_add(&run, h, &r), MIG_OK);
    }
    assert_int_equal(rt_held_count(h), 10000);
    assert_int_equal(rt_held_sort(&run, h), MIG_OK);
    int64_t n[2] = {0, 0}, last = -1;
    for (int step = 0; step < 20000; step++) { /* cursor 0 runs 100 rows ahead of cursor 1 */
        int cursor = step < 100 || (step < 19900 && step % 2 == 0) ? 0 : 1;
        if (n[cursor] == 10000)
            cursor = !cursor;
        assert_int_equal(rt_held_next(&run, h, cursor, &r, &more), MIG_OK);
        assert_true(more);
        assert_int_equal(r.group, n[cursor] / 100);
        assert_int_equal(r.place.line, n[cursor] / 100 + n[cursor] % 100 * 100);
        snprintf(data, sizeof data, "row %d", (int)r.place.line);
        assert_int_equal(r.data_n, strlen(data));
        assert_memory_equal(r.data, data, r.data_n);
        assert_true((r.raw != NULL) == (r.place.line % 2 == 1));
        if (cursor == 0) {
            assert_true(r.group >= last);
            last = r.group;
        }
        n[cursor]++;
    }
    for (int cursor = 0; cursor < 2; cursor++) {
        assert_int_equal(rt_held_next(&run, h, cursor, &r, &more), MIG_OK);
        assert_false(more);
    }
    rt_held_free(h);
}

/* ---- what a signal may stop ------------------------------------------------------------------------------------------------ */

static rt_run *the_run;
static int closed;

/* A signal that comes now must not find what is going. */
static void close_target(rt_target *t) {
    (void)t;
    assert_null(the_run->target);
    closed++;
}

static void close_source(rt_source *s) {
    (void)s;
    assert_null(the_run->sources[0].source);
    closed++;
}

static mig_status open_nothing(const mig_target_def *def, const char *location, bool for_writing, rt_target **out, rt_error *e) {
    (void)def;
    (void)location;
    (void)for_writing;
    (void)e;
    *out = NULL;
    return MIG_INTERRUPTED; /* so that nothing is looked at */
}

static void what_is_closed_is_not_cancelled(void **state) {
    static const rt_target_ops target = {.open = open_nothing, .close = close_target};
    static const rt_source_ops source = {.close = close_source};
    static const mig_spec spec = {.name = "m", .n_sources = 1};
    static char some;
    rt_source_place place = {.source = (rt_source *)(void *)&some, .ops = &source};
    rt_settings settings = {.program = "m"};
    rt_run run = {.spec = &spec, .settings = &settings, .ops = &target, .target = (rt_target *)(void *)&some, .sources = &place,
                  .target_location = "nowhere"};
    sig_atomic_t stop = 1;
    (void)state;
    bool none[1] = {false};
    run.stop = &stop;
    run.survey.stat_known = run.survey.table_there = none;
    the_run = &run;
    rt_preflight(&run);
    assert_int_equal(closed, 2);
    free(run.survey.problems);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_closed_is_not_cancelled),
        cmocka_unit_test(live_types), cmocka_unit_test(names), cmocka_unit_test(spellings), cmocka_unit_test(places),
        cmocka_unit_test(held_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
