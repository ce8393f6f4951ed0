/*
 * test_codegen.c: every kind of expression as C: what is written, and that compilers take it without a warning.
 */
#include "plan_fixture.h"

/* A flow of one let; returns the program. */
static char *let_program(fixture *f, plan_expr *e) {
    add_let(f, "it", e, 33, "let it = e;");
    f->flow.stmts[f->flow.n_stmts - 1].var->used = false;
    return program(f, (codegen_options){0});
}

static void check_let(plan_expr *(*make)(fixture *f), const char *wanted) {
    fixture *f = make_fixture();
    char *c = let_program(f, make(f));
    must_hold(c, wanted);
    must_compile(c);
    arena_destroy(f->a);
}

#define LET(name, wanted, ...) \
    static plan_expr *make_##name(fixture *f) { return __VA_ARGS__; } \
    static void name(void **state) { \
        (void)state; \
        check_let(make_##name, wanted); \
    }

LET(constants_text, "mig_text it = MIG_TEXT(\"a\\\"b\\\\?\\?=\\303\\251\\n\");", text(f, "a\"b\\?\?=\xC3\xA9\n"))
LET(constants_int, "mig_int it = MIG_INT(INT64_C(3000000000));", integer(f, "3000000000"))
LET(constants_least, "mig_int it = MIG_INT(INT64_MIN);", integer(f, "-9223372036854775808"))
LET(constants_numeric, "mig_numeric it = MIG_NUMERIC(\"1.50\");", leaf(f, PX_NUMERIC, TYPE_NUMERIC, "1.50"))
LET(constants_float, "mig_float it = MIG_FLOAT(2.0);", leaf(f, PX_FLOAT, TYPE_DOUBLE, "2"))
LET(constants_null, "mig_date it = MIG_NULL_DATE;", null_of(f, TYPE_DATE))
LET(a_cell, "mig_text it = mig_cell_text(s, shows_Premiere_Date);", cell(f, 2))
LET(a_call, "mig_text it = mig_trim(x, mig_cell_text(s, shows_title), MIG_NULL_TEXT);", trim(f, cell(f, 0)))
LET(a_variadic_call,
    "mig_text it = mig_concat(x, (const mig_text[]){mig_cell_text(s, shows_title), MIG_TEXT(\"!\")}, 2);",
    CALL(f, "mig_concat", TYPE_TEXT, 0, cell(f, 0), text(f, "!")))
LET(a_comparison, "mig_bool it = mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"));",
    eq(f, cell(f, 0), text(f, "a")))
LET(a_comparison_of_char,
    "mig_bool it = mig_lt_text(mig_text_of_char(MIG_TEXT(\"a \")), mig_text_of_char(MIG_TEXT(\"b\")));",
    op(f, PLAN_LT, TYPE_BOOL, leaf(f, PX_TEXT, TYPE_CHAR, "a "), leaf(f, PX_TEXT, TYPE_CHAR, "b")))
LET(arithmetic, "mig_int it = mig_add_int(x, MIG_INT(1), MIG_INT(2), MIG_T_BIGINT);",
    op(f, PLAN_ADD, TYPE_BIGINT, integer(f, "1"), integer(f, "2")))
LET(arithmetic_of_numerics, "mig_numeric it = mig_mul_numeric(x, MIG_NUMERIC(\"1\"), MIG_NUMERIC(\"2\"));",
    op(f, PLAN_MUL, TYPE_NUMERIC, leaf(f, PX_NUMERIC, TYPE_NUMERIC, "1"), leaf(f, PX_NUMERIC, TYPE_NUMERIC, "2")))
LET(days_between, "mig_int it = mig_diff_date(MIG_NULL_DATE, MIG_NULL_DATE);",
    op(f, PLAN_SUB, TYPE_INTEGER, null_of(f, TYPE_DATE), null_of(f, TYPE_DATE)))
LET(a_sign, "mig_int it = mig_neg_int(x, MIG_INT(2), MIG_T_BIGINT);", op(f, PLAN_NEG, TYPE_BIGINT, integer(f, "2"), NULL))
LET(concatenation, "mig_text it = mig_concat_text(x, mig_cell_text(s, shows_title), MIG_TEXT(\"!\"));",
    op(f, PLAN_CONCAT, TYPE_TEXT, cell(f, 0), text(f, "!")))
LET(a_pattern, "mig_bool it = mig_not(mig_like(x, mig_cell_text(s, shows_title), MIG_TEXT(\"a%\"), MIG_NULL_TEXT));",
    op(f, PLAN_NOT_LIKE, TYPE_BOOL, cell(f, 0), text(f, "a%")))
LET(a_literal_of_a_type, "mig_date it = (mig_date){8766, false /* 2024-01-01 */};",
    CALL(f, "mig_date_of_text", TYPE_DATE, -1, text(f, "2024-01-01")))
LET(a_uuid, "mig_uuid it = (mig_uuid){{0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, "
            "0xff}, false};",
    CALL(f, "mig_uuid_of_text", ((plan_type){MIG_T_UUID, -1, -1}), -1, text(f, "00112233-4455-6677-8899-AABBCCDDEEFF")))
LET(a_json, "mig_json it = (mig_json){\"{\\\"a\\\": 1}\", 8};",
    CALL(f, "mig_jsonb_of_text", ((plan_type){MIG_T_JSONB, -1, -1}), -1, text(f, "{\"a\":1}")))
LET(widening, "mig_numeric it = mig_numeric_of_int(x, MIG_INT(2));", PX(f, PX_WIDEN, TYPE_NUMERIC, integer(f, "2")))
LET(narrowing_a_text, "mig_text it = mig_narrow_text(x, mig_cell_text(s, shows_title), 20, MIG_T_VARCHAR);",
    PX(f, PX_NARROW, TYPE_VARCHAR, cell(f, 0)))
LET(narrowing_a_number, "mig_int it = mig_narrow_int(x, MIG_INT(2), MIG_T_INTEGER);",
    PX(f, PX_NARROW, TYPE_INTEGER, integer(f, "2")))
LET(null_tests, "mig_bool it = MIG_BOOL(mig_cell_text(s, shows_title).p == NULL);", PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0)))
LET(truth_tests, "mig_bool it = MIG_BOOL(!mig_is_true(mig_eq_text(",
    PX(f, PX_IS_NOT_TRUE, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a"))))
LET(distinct, "mig_bool it = MIG_BOOL(mig_is_false(mig_distinct_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"))));",
    PX(f, PX_NOT_DISTINCT, TYPE_BOOL, cell(f, 0), text(f, "a")))
LET(cheap_logic, "mig_bool it = mig_and(mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\")), mig_ne_text(",
    PX(f, PX_AND, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a")), op(f, PLAN_NE, TYPE_BOOL, cell(f, 1), text(f, "b"))))
LET(logic_that_waits,
    "mig_bool it = mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\")); if (!mig_is_true(it)) { "
    "mig_text trim = mig_trim(x, mig_cell_text(s, shows_network), MIG_NULL_TEXT); it = mig_or(it, mig_eq_text(trim, "
    "MIG_TEXT(\"b\"))); }",
    PX(f, PX_OR, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a")), eq(f, trim(f, cell(f, 1)), text(f, "b"))))
LET(negation, "mig_bool it = mig_not(mig_eq_text(", PX(f, PX_NOT, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a"))))
LET(a_default, "mig_text it = mig_coalesce_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"));",
    PX(f, PX_COALESCE, TYPE_TEXT, cell(f, 0), text(f, "a")))
LET(a_default_that_waits,
    "mig_text it = mig_cell_text(s, shows_title); if (it.p == NULL) it = mig_trim(x, mig_cell_text(s, shows_network), "
    "MIG_NULL_TEXT);",
    PX(f, PX_COALESCE, TYPE_TEXT, cell(f, 0), trim(f, cell(f, 1))))
LET(nullif, "mig_text it = mig_nullif_text(mig_cell_text(s, shows_title), MIG_TEXT(\"\"));",
    PX(f, PX_NULLIF, TYPE_TEXT, cell(f, 0), text(f, "")))
LET(greatest, "mig_int it = mig_greatest_int(mig_greatest_int(MIG_INT(1), MIG_INT(2)), MIG_INT(3));",
    PX(f, PX_GREATEST, TYPE_BIGINT, integer(f, "1"), integer(f, "2"), integer(f, "3")))
LET(in_constants, "mig_bool it = mig_in_text(mig_cell_text(s, shows_title), values_of_title, 2);",
    PX(f, PX_IN, TYPE_BOOL, cell(f, 0), text(f, "a"), text(f, "b")))
LET(in_names, "mig_bool it = mig_not(mig_in_text(mig_cell_text(s, shows_title), (const mig_text[]){mig_cell_text(s, shows_network), "
              "MIG_TEXT(\"b\")}, 2));",
    PX(f, PX_NOT_IN, TYPE_BOOL, cell(f, 0), cell(f, 1), text(f, "b")))
LET(in_what_waits,
    "mig_text trim = mig_trim(x, mig_cell_text(s, shows_title), MIG_NULL_TEXT); mig_bool it = mig_eq_text(trim, MIG_TEXT(\"a\")); "
    "if (!mig_is_true(it)) { it = mig_or(it, mig_eq_text(trim, mig_trim(",
    PX(f, PX_IN, TYPE_BOOL, trim(f, cell(f, 0)), text(f, "a"), trim(f, cell(f, 1))))
LET(a_case,
    "mig_text it; if (mig_is_true(mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\")))) { it = MIG_TEXT(\"b\"); } else { "
    "it = MIG_NULL_TEXT; }",
    PX(f, PX_CASE, TYPE_TEXT, eq(f, cell(f, 0), text(f, "a")), text(f, "b")))
LET(a_case_inside,
    "mig_text chosen = (mig_is_true(mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"))) ? MIG_TEXT(\"b\") : "
    "MIG_NULL_TEXT); mig_text it = mig_concat_text(x, chosen, MIG_TEXT(\"c\"));",
    op(f, PLAN_CONCAT, TYPE_TEXT, PX(f, PX_CASE, TYPE_TEXT, eq(f, cell(f, 0), text(f, "a")), text(f, "b")), text(f, "c")))
LET(a_case_of_one_subject,
    "mig_text trim = mig_trim(x, mig_cell_text(s, shows_title), MIG_NULL_TEXT); mig_text it; if (mig_is_true(mig_eq_text(trim, "
    "MIG_TEXT(\"a\")))) { it = MIG_TEXT(\"1\"); } else if (mig_is_true(mig_eq_text(trim, MIG_TEXT(\"b\")))) {",
    PX(f, PX_CASE, TYPE_TEXT, eq(f, trim(f, cell(f, 0)), text(f, "a")), text(f, "1"), eq(f, trim(f, cell(f, 0)), text(f, "b")),
       text(f, "2")))
LET(a_handler_with_a_value,
    "mig_date it = mig_date_of_text(x, mig_cell_text(s, shows_Premiere_Date)); if (mig_failed(x)) { mig_clear(x); "
    "it = MIG_NULL_DATE; }",
    handled(f, date(f, cell(f, 2)), PLAN_H_VALUE, null_of(f, TYPE_DATE), NULL))
LET(a_handler_that_rejects, "if (mig_failed(x)) return mig_reject(x, &site_let_it",
    handled(f, date(f, cell(f, 2)), PLAN_H_REJECT, NULL, NULL))
LET(a_handler_with_words, "if (mig_failed(x)) return mig_reject_why(x, &site_let_it, \"no date\");",
    handled(f, date(f, cell(f, 2)), PLAN_H_REJECT, NULL, "no date"))
LET(a_handler_that_aborts, "if (mig_failed(x)) return mig_abort(x, &site_let_it",
    handled(f, date(f, cell(f, 2)), PLAN_H_ABORT, NULL, NULL))
LET(a_handler_that_skips, "if (mig_failed(x)) { mig_clear(x); return MIG_ROW_SKIP; }",
    handled(f, date(f, cell(f, 2)), PLAN_H_SKIP, NULL, NULL))
LET(two_that_may_fail,
    "mig_date as_date = mig_date_of_text(x, mig_cell_text(s, shows_Premiere_Date)); mig_bool it = mig_eq_date(as_date, mig_date_of_text(x, "
    "mig_cell_text(s, shows_title)));",
    handled(f, eq(f, date(f, cell(f, 2)), date(f, cell(f, 0))), PLAN_H_REJECT, NULL, NULL))
LET(a_null_that_must_not_be, "mig_text it = mig_not_null_text(x, mig_cell_text(s, shows_title), \"the value\");",
    PX(f, PX_NOT_NULL, TYPE_TEXT, cell(f, 0)))

/* ---- conditions ------------------------------------------------------------------------------------------------------------ */

static void check_skip(plan_expr *(*make)(fixture *f), const char *wanted) {
    fixture *f = make_fixture();
    add_stmt(f, PLAN_SKIP, 34, "skip when e;")->value = make(f);
    char *c = program(f, (codegen_options){0});
    must_hold(c, wanted);
    must_compile(c);
    arena_destroy(f->a);
}

#define SKIP(name, wanted, ...) \
    static plan_expr *make_##name(fixture *f) { return __VA_ARGS__; } \
    static void name(void **state) { \
        (void)state; \
        check_skip(make_##name, wanted); \
    }

SKIP(when_null, "if (mig_cell_text(s, shows_title).p == NULL) return MIG_ROW_SKIP;", PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0)))
SKIP(when_not_in, "if (mig_is_false(mig_in_text(mig_cell_text(s, shows_title), values_of_title, 1)))",
     PX(f, PX_NOT_IN, TYPE_BOOL, cell(f, 0), text(f, "a")))
SKIP(when_mixed,
     "if ((mig_is_true(mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"))) || mig_cell_text(s, shows_title).p == NULL) && "
     "mig_is_false(mig_eq_text(mig_cell_text(s, shows_network), MIG_TEXT(\"b\"))))",
     PX(f, PX_AND, TYPE_BOOL,
        PX(f, PX_OR, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a")), PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0))),
        PX(f, PX_NOT, TYPE_BOOL, eq(f, cell(f, 1), text(f, "b")))))
SKIP(when_neither,
     "if (mig_is_false(mig_eq_text(mig_cell_text(s, shows_title), MIG_TEXT(\"a\"))) && mig_cell_text(s, shows_title).p != NULL)",
     PX(f, PX_NOT, TYPE_BOOL,
        PX(f, PX_OR, TYPE_BOOL, eq(f, cell(f, 0), text(f, "a")), PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0)))))
SKIP(when_between,
     "mig_text trim = mig_trim(x, mig_cell_text(s, shows_title), MIG_NULL_TEXT); if (mig_is_true(mig_ge_text(trim, "
     "MIG_TEXT(\"a\"))) && mig_is_true(mig_le_text(trim, MIG_TEXT(\"m\")))) return MIG_ROW_SKIP;",
     PX(f, PX_AND, TYPE_BOOL, op(f, PLAN_GE, TYPE_BOOL, trim(f, cell(f, 0)), text(f, "a")),
        op(f, PLAN_LE, TYPE_BOOL, trim(f, cell(f, 0)), text(f, "m"))))
SKIP(when_it_may_fail,
     "mig_date as_date = mig_date_of_text(x, mig_cell_text(s, shows_Premiere_Date)); "
     "bool holds = mig_is_true(mig_lt_date(as_date, MIG_NULL_DATE)); if (mig_failed(x)) return mig_reject(x, &site_skip_shows); "
     "if (holds) return MIG_ROW_SKIP;",
     handled(f, op(f, PLAN_LT, TYPE_BOOL, date(f, cell(f, 2)), null_of(f, TYPE_DATE)), PLAN_H_REJECT, NULL, NULL))
SKIP(when_failing_is_false, "if (mig_failed(x)) { mig_clear(x); holds = false; } if (holds) return MIG_ROW_SKIP;",
     handled(f, op(f, PLAN_LT, TYPE_BOOL, date(f, cell(f, 2)), null_of(f, TYPE_DATE)), PLAN_H_VALUE, null_of(f, TYPE_BOOL), NULL))
SKIP(when_the_second_has_statements,
     "bool holds = mig_cell_text(s, shows_network).p == NULL; if (holds) { mig_date as_date = mig_date_of_text(x, mig_cell_text(s, "
     "shows_Premiere_Date)); holds = mig_is_true(mig_eq_date(as_date, mig_date_of_text(x, mig_cell_text(s, shows_title)))); }",
     handled(f, PX(f, PX_AND, TYPE_BOOL, PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 1)),
                   eq(f, date(f, cell(f, 2)), date(f, cell(f, 0)))), PLAN_H_REJECT, NULL, NULL))
SKIP(when_always, "if (true) return MIG_ROW_SKIP;", truth(f, true))

static void logic_of_two_values(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_expr *left = PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0)), *right = PX(f, PX_IS_NOT_NULL, TYPE_BOOL, cell(f, 1));
    left->nullable = right->nullable = false;
    char *c = let_program(f, PX(f, PX_AND, TYPE_BOOL, left, right));
    must_hold(c, "mig_bool it = MIG_BOOL(mig_cell_text(s, shows_title).p == NULL && mig_cell_text(s, shows_network).p != NULL);");
    must_compile(c);
    arena_destroy(f->a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_text), cmocka_unit_test(constants_int), cmocka_unit_test(constants_least),
        cmocka_unit_test(constants_numeric), cmocka_unit_test(constants_float), cmocka_unit_test(constants_null),
        cmocka_unit_test(a_cell), cmocka_unit_test(a_call), cmocka_unit_test(a_variadic_call),
        cmocka_unit_test(a_comparison), cmocka_unit_test(a_comparison_of_char), cmocka_unit_test(arithmetic),
        cmocka_unit_test(arithmetic_of_numerics), cmocka_unit_test(days_between), cmocka_unit_test(a_sign),
        cmocka_unit_test(concatenation), cmocka_unit_test(a_pattern), cmocka_unit_test(a_literal_of_a_type), cmocka_unit_test(a_uuid),
        cmocka_unit_test(a_json), cmocka_unit_test(widening),
        cmocka_unit_test(narrowing_a_text), cmocka_unit_test(narrowing_a_number), cmocka_unit_test(null_tests),
        cmocka_unit_test(truth_tests), cmocka_unit_test(distinct), cmocka_unit_test(cheap_logic),
        cmocka_unit_test(logic_that_waits), cmocka_unit_test(logic_of_two_values), cmocka_unit_test(negation),
        cmocka_unit_test(a_default), cmocka_unit_test(a_default_that_waits), cmocka_unit_test(nullif),
        cmocka_unit_test(greatest), cmocka_unit_test(in_constants), cmocka_unit_test(in_names),
        cmocka_unit_test(in_what_waits), cmocka_unit_test(a_case), cmocka_unit_test(a_case_inside),
        cmocka_unit_test(a_case_of_one_subject), cmocka_unit_test(a_handler_with_a_value),
        cmocka_unit_test(a_handler_that_rejects), cmocka_unit_test(a_handler_with_words),
        cmocka_unit_test(a_handler_that_aborts), cmocka_unit_test(a_handler_that_skips),
        cmocka_unit_test(two_that_may_fail), cmocka_unit_test(a_null_that_must_not_be), cmocka_unit_test(when_null),
        cmocka_unit_test(when_not_in), cmocka_unit_test(when_mixed), cmocka_unit_test(when_neither),
        cmocka_unit_test(when_between), cmocka_unit_test(when_it_may_fail), cmocka_unit_test(when_failing_is_false),
        cmocka_unit_test(when_the_second_has_statements), cmocka_unit_test(when_always),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
