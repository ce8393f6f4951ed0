/*
 * Operators: comparison, three-valued logic, arithmetic, like, narrowing, constants that the compiler asks about. Arithmetic on
 * numerics, and like, also on random values beside PostgreSQL where a server is at hand (MIGC_TEST_PG).
 */
#include "fn_call.h"

#include "runtime/functions/constant.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <math.h>

static fn_world world;
static mig_ctx *x = &world.x;

static int open_world(void **state) {
    (void)state;
    fn_world_open(&world);
    return 0;
}

static int close_world(void **state) {
    (void)state;
    fn_world_close(&world);
    return 0;
}

static mig_text text(const char *s) { return in_text(x, s); }
static mig_numeric num(const char *s) { return in_numeric(x, s); }

static void is_text(mig_text v, const char *wanted) {
    if (v.p == NULL || v.n != strlen(wanted) || memcmp(v.p, wanted, v.n) != 0)
        fail_msg("got %.*s, wanted %s", v.p == NULL ? 4 : (int)v.n, v.p == NULL ? "null" : v.p, wanted);
}

static void failed_with(mig_rule rule, const char *words) {
    assert_int_equal(x->failed, rule);
    if (strstr(x->reason, words) == NULL)
        fail_msg("the reason is: %s, and should have: %s", x->reason, words);
    mig_clear(x);
}

/* ---- comparison, logic -------------------------------------------------------------------------------------------------- */

static void test_comparison(void **state) {
    (void)state;
    assert_true(mig_is_true(mig_lt_text(text("Z"), text("a"))));
    assert_true(mig_is_true(mig_lt_text(text("a"), text("ab"))));
    assert_true(mig_is_true(mig_gt_text(text("é"), text("z"))));
    assert_true(mig_eq_text(text("a"), MIG_NULL_TEXT).is_null);
    assert_true(mig_is_true(mig_eq_text(text(""), text(""))));
    assert_true(mig_is_true(mig_eq_numeric(num("1.0"), num("1"))));
    assert_true(mig_is_true(mig_ne_numeric(num("1.01"), num("1"))));
    assert_true(mig_cmp_numeric(num("-10"), num("-9")) < 0);
    assert_true(mig_cmp_numeric(num("-1"), num("0")) < 0);
    assert_true(mig_cmp_numeric(num("100"), num("99.999")) > 0);
    assert_true(mig_cmp_numeric(num("0.10"), num("0.1")) == 0);
    assert_true(mig_cmp_numeric(num("0.101"), num("0.1")) > 0);
    assert_true(mig_cmp_float(MIG_FLOAT((double)NAN), MIG_FLOAT(HUGE_VAL)) > 0);
    assert_true(mig_cmp_float(MIG_FLOAT((double)NAN), MIG_FLOAT((double)NAN)) == 0);
    assert_true(mig_is_true(mig_distinct_int(MIG_INT(1), MIG_NULL_INT)));
    assert_true(mig_is_false(mig_distinct_int(MIG_NULL_INT, MIG_NULL_INT)));
    assert_true(mig_order_int(MIG_NULL_INT, MIG_INT(5)) > 0);
    assert_int_equal(mig_greatest_int(MIG_INT(1), MIG_INT(7)).v, 7);
    assert_int_equal(mig_greatest_int(MIG_NULL_INT, MIG_INT(7)).v, 7);
    assert_int_equal(mig_least_int(MIG_INT(1), MIG_NULL_INT).v, 1);
    assert_true(mig_least_int(MIG_NULL_INT, MIG_NULL_INT).is_null);
    assert_true(mig_nullif_int(MIG_INT(1), MIG_INT(1)).is_null);
    assert_int_equal(mig_nullif_int(MIG_INT(1), MIG_NULL_INT).v, 1);
    assert_true(mig_nullif_text(text("a"), text("a")).p == NULL);
    assert_true(mig_cmp_list(in_list(x, "{a,b}"), in_list(x, "{a}")) > 0);
    assert_true(mig_cmp_list(in_list(x, "{a,NULL}"), in_list(x, "{a,z}")) > 0);
    assert_true(mig_cmp_list(in_list(x, "{a,NULL}"), in_list(x, "{a,NULL}")) == 0);
}

static void test_logic(void **state) {
    (void)state;
    const mig_bool t = MIG_BOOL(true), f = MIG_BOOL(false), n = MIG_NULL_BOOL;
    assert_true(mig_is_false(mig_and(f, n)) && mig_is_false(mig_and(n, f)) && mig_and(t, n).is_null && mig_and(n, n).is_null);
    assert_true(mig_is_true(mig_or(t, n)) && mig_is_true(mig_or(n, t)) && mig_or(f, n).is_null && mig_or(n, n).is_null);
    assert_true(mig_is_true(mig_and(t, t)) && mig_is_false(mig_or(f, f)));
    assert_true(mig_not(n).is_null && mig_is_false(mig_not(t)) && mig_is_true(mig_not(f)));
    assert_false(mig_is_true(n) || mig_is_false(n));
}

/* ---- arithmetic ------------------------------------------------------------------------------------------------------------ */

static void test_int(void **state) {
    (void)state;
    assert_int_equal(mig_add_int(x, MIG_INT(2), MIG_INT(3), MIG_T_SMALLINT).v, 5);
    assert_true(mig_add_int(x, MIG_INT(2), MIG_NULL_INT, MIG_T_SMALLINT).is_null);
    assert_true(mig_add_int(x, MIG_INT(32767), MIG_INT(1), MIG_T_SMALLINT).is_null);
    failed_with(MIG_RULE_RANGE, "32767 + 1 is outside the range of smallint");
    mig_sub_int(x, MIG_INT(INT32_MIN), MIG_INT(1), MIG_T_INTEGER);
    failed_with(MIG_RULE_RANGE, "-2147483648 - 1 is outside the range of integer");
    mig_mul_int(x, MIG_INT(INT64_MAX), MIG_INT(2), MIG_T_BIGINT);
    failed_with(MIG_RULE_RANGE, "is outside the range of bigint");
    assert_int_equal(mig_div_int(x, MIG_INT(-7), MIG_INT(2), MIG_T_INTEGER).v, -3);
    mig_div_int(x, MIG_INT(7), MIG_INT(0), MIG_T_INTEGER);
    failed_with(MIG_RULE_RANGE, "division by zero in 7 / 0");
    mig_div_int(x, MIG_INT(INT64_MIN), MIG_INT(-1), MIG_T_BIGINT);
    failed_with(MIG_RULE_RANGE, "is outside the range of bigint");
    assert_int_equal(mig_mod_int(x, MIG_INT(INT64_MIN), MIG_INT(-1), MIG_T_BIGINT).v, 0);
    assert_int_equal(mig_neg_int(x, MIG_INT(5), MIG_T_SMALLINT).v, -5);
    assert_true(mig_neg_int(x, MIG_NULL_INT, MIG_T_SMALLINT).is_null);
    mig_neg_int(x, MIG_INT(INT16_MIN), MIG_T_SMALLINT);
    failed_with(MIG_RULE_RANGE, "smallint");
}

static void test_float(void **state) {
    (void)state;
    assert_true(mig_add_float(x, MIG_FLOAT(0.1), MIG_FLOAT(0.2), MIG_T_DOUBLE).v == 0.1 + 0.2);
    assert_true(mig_mul_float(x, MIG_FLOAT(16777216), MIG_FLOAT(1.0000001), MIG_T_REAL).v == (double)(float)(16777216 * 1.0000001));
    mig_mul_float(x, MIG_FLOAT(1e300), MIG_FLOAT(1e300), MIG_T_DOUBLE);
    failed_with(MIG_RULE_RANGE, "more than a double can hold");
    mig_mul_float(x, MIG_FLOAT(1e30), MIG_FLOAT(1e30), MIG_T_REAL);
    failed_with(MIG_RULE_RANGE, "more than a real can hold");
    mig_mul_float(x, MIG_FLOAT(1e-300), MIG_FLOAT(1e-300), MIG_T_DOUBLE);
    failed_with(MIG_RULE_RANGE, "less than a floating number can hold");
    mig_div_float(x, MIG_FLOAT(1), MIG_FLOAT(0), MIG_T_DOUBLE);
    failed_with(MIG_RULE_RANGE, "1 is divided by zero");
    mig_sub_float(x, MIG_FLOAT(HUGE_VAL), MIG_FLOAT(HUGE_VAL), MIG_T_DOUBLE);
    failed_with(MIG_RULE_RANGE, "gives no number");
    assert_true(mig_neg_float(MIG_FLOAT(1)).v == -1);
    mig_narrow_float(x, MIG_FLOAT(1e39));
    failed_with(MIG_RULE_RANGE, "1e+39 is outside the range of real");
}

static void test_numeric(void **state) {
    (void)state;
    is_text(out_numeric(x, mig_add_numeric(x, num("0.1"), num("0.20"))), "0.30");
    is_text(out_numeric(x, mig_sub_numeric(x, num("1"), num("1.00"))), "0.00");
    is_text(out_numeric(x, mig_mul_numeric(x, num("-1.5"), num("2.50"))), "-3.750");
    is_text(out_numeric(x, mig_div_numeric(x, num("10"), num("3"))), "3.3333333333333333");
    is_text(out_numeric(x, mig_neg_numeric(x, num("0.00"))), "0.00");
    is_text(out_numeric(x, mig_neg_numeric(x, num("-7"))), "7");
    is_text(out_numeric(x, mig_neg_numeric(x, num("7"))), "-7");
    is_text(out_numeric(x, mig_add_numeric(x, num("99999999999999999999999999999999999999"), num("1"))),
            "100000000000000000000000000000000000000");
    is_text(out_numeric(x, mig_mul_numeric(x, num("99999999999999999999"), num("99999999999999999999"))),
            "9999999999999999999800000000000000000001");
    assert_true(mig_add_numeric(x, num("1"), MIG_NULL_NUMERIC).p == NULL);
    mig_div_numeric(x, num("1"), num("0.0"));
    failed_with(MIG_RULE_RANGE, "1 is divided by zero");
    mig_mul_numeric(x, num("1e131071"), num("10"));
    failed_with(MIG_RULE_RANGE, "more than 131072 digits before the point");
}

static void test_dates(void **state) {
    (void)state;
    is_text(out_date(x, mig_add_date(x, in_date(x, "2024-02-28"), MIG_INT(2))), "2024-03-01");
    is_text(out_date(x, mig_sub_date(x, in_date(x, "2024-03-01"), MIG_INT(366))), "2023-03-01");
    assert_int_equal(mig_diff_date(in_date(x, "2024-03-01"), in_date(x, "2023-03-01")).v, 366);
    mig_add_date(x, in_date(x, "9999-12-31"), MIG_INT(1));
    failed_with(MIG_RULE_RANGE, "9999-12-31 + 1 days is outside the years 1 to 9999");
    mig_sub_date(x, in_date(x, "0001-01-01"), MIG_INT(INT64_MAX));
    failed_with(MIG_RULE_RANGE, "is outside the years");
    assert_true(mig_diff_date(MIG_NULL_DATE, in_date(x, "2024-01-01")).is_null);
    for (int32_t d = rt_days(1, 1, 1); d <= rt_days(9999, 12, 31); d += 13) {
        int year, month, day;
        rt_civil(d, &year, &month, &day);
        assert_int_equal(rt_days(year, month, day), d);
    }
    assert_int_equal(rt_days(9999, 12, 31), 2921939);
    char out[RT_SPELL];
    is_text((mig_text){out, rt_spell_date(out, rt_days(-43, 3, 15))}, "0044-03-15 BC");
    is_text((mig_text){out, rt_spell_date(out, rt_days(12345, 3, 15))}, "12345-03-15");
    is_text((mig_text){out, rt_spell_date(out, INT32_MAX)}, "infinity");
    is_text((mig_text){out, rt_spell_timestamp(out, INT64_MIN)}, "-infinity");
}

/* ---- how floats are spelled -------------------------------------------------------------------------------------------------- */

/* The shortest decimal that reads back as v, found by trying. */
static void is_shortest(double v, bool single) {
    char out[RT_SPELL], digits[40];
    size_t n = single ? rt_spell_real(out, v) : rt_spell_double(out, v);
    out[n] = '\0';
    assert_true((single ? (double)strtof(out, NULL) : strtod(out, NULL)) == v);
    size_t used = 0, zeros = 0;
    for (const char *p = out + (out[0] == '-'); *p != '\0' && *p != 'e'; p++)
        if (*p >= '0' && *p <= '9' && (used > 0 || *p != '0')) {
            used++;
            zeros = *p == '0' ? zeros + 1 : 0;
        }
    if (used - zeros < 2)
        return;
    snprintf(digits, sizeof digits, "%.*e", (int)(used - zeros) - 2, v); /* one digit fewer */
    double above = single ? (double)nextafterf((float)v, HUGE_VALF) : nextafter(v, HUGE_VAL);
    double below = single ? (double)nextafterf((float)v, -HUGE_VALF) : nextafter(v, -HUGE_VAL);
    long double shorter = strtold(digits, NULL);
    bool tie = shorter == ((long double)v + above) / 2 || shorter == ((long double)v + below) / 2; /* not taken, as in PostgreSQL */
    if (!tie && (single ? (double)strtof(digits, NULL) : strtod(digits, NULL)) == v)
        fail_msg("%s is spelled %s", digits, out);
}

static void test_spelled_floats(void **state) {
    (void)state;
    uint64_t seed = 1;
    for (int i = 0; i < 60000; i++) {
        char decimal[40];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int64_t m = (int64_t)(seed >> 14) % (i % 2 == 0 ? 1000000 : INT64_C(1000000000000000));
        snprintf(decimal, sizeof decimal, "%s%" PRId64 "e-%d", i % 3 == 0 ? "-" : "", m, i % 9);
        is_shortest(strtod(decimal, NULL), false);
        is_shortest((double)strtof(decimal, NULL), true);
        double any;
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        memcpy(&any, &seed, sizeof any);
        if (isfinite(any) && isfinite((float)any)) {
            is_shortest(any, false);
            is_shortest((double)(float)any, true);
        }
    }
}

/* ---- text -------------------------------------------------------------------------------------------------------------------- */

static bool like(const char *v, const char *p, const char *e) { return mig_is_true(mig_like(x, text(v), text(p), text(e))); }

static void test_like(void **state) {
    (void)state;
    assert_true(like("abc", "a%", NULL) && like("abc", "%c", NULL) && like("abc", "_b_", NULL) && like("", "%", NULL));
    assert_false(like("abc", "a_", NULL) || like("abc", "", NULL) || like("", "_", NULL));
    assert_true(like("żółw", "__ł_", NULL) && like("a%c", "a\\%c", NULL) && !like("abc", "a\\%c", NULL));
    assert_true(like("a%c", "a#%c", "#") && like("a\\c", "a\\c", "") && like("a€%", "_é€é%", "é"));
    assert_true(like("mississippi", "%iss%ip%", NULL) && !like("mississippi", "%iss%iss%iss%", NULL));
    assert_true(mig_is_true(mig_ilike(x, text("STRASSE"), text("straße"), MIG_NULL_TEXT)));
    assert_true(mig_is_true(mig_ilike(x, text("ŻÓŁW"), text("żó%"), MIG_NULL_TEXT)));
    assert_true(mig_like(x, MIG_NULL_TEXT, text("%"), MIG_NULL_TEXT).is_null);
    char why[200];
    assert_true(mig_like_refused(text("a\\"), MIG_NULL_TEXT, why, sizeof why));
    assert_false(mig_like_refused(text("a\\"), text(""), why, sizeof why));
    assert_false(mig_like_refused(text("a\\\\"), MIG_NULL_TEXT, why, sizeof why));
    assert_true(mig_like_refused(text("a"), text("ab"), why, sizeof why));
    is_text(mig_concat_text(x, text("a"), text("b")), "ab");
    assert_true(mig_concat_text(x, text("a"), MIG_NULL_TEXT).p == NULL);
    is_text(out_bytea(x, mig_concat_bytea(x, in_bytea(x, "\\x01"), in_bytea(x, "\\x02"))), "\\x0102");
    is_text(out_list(x, mig_concat_list(x, in_list(x, "{a}"), in_list(x, "{b,c}"))), "{a,b,c}");
    is_text(out_list(x, mig_concat_list(x, in_list(x, "{a}"), MIG_NULL_LIST)), "{a}");
}

/* ---- narrowing ----------------------------------------------------------------------------------------------------------------- */

static void test_narrow(void **state) {
    (void)state;
    is_text(mig_narrow_text(x, text("żółw"), 4, MIG_T_VARCHAR), "żółw");
    is_text(mig_narrow_text(x, text("abc   "), 4, MIG_T_VARCHAR), "abc ");
    is_text(mig_narrow_text(x, text("ab  "), 4, MIG_T_CHAR), "ab");
    is_text(mig_narrow_text(x, text("żółw"), 6, MIG_T_CHAR), "żółw");
    is_text(mig_narrow_text(x, text("żółw   "), 4, MIG_T_CHAR), "żółw");
    is_text(mig_text_of_char(text("ab  ")), "ab");
    mig_narrow_text(x, text("żółwie"), 5, MIG_T_VARCHAR);
    failed_with(MIG_RULE_LENGTH, "\"żółwie\" has 6 characters: more than the 5 of varchar(5)");
    is_text(out_numeric(x, mig_narrow_numeric(x, num("12"), 5, 2)), "12.00");
    is_text(out_numeric(x, mig_narrow_numeric(x, num("-999.990"), 5, 2)), "-999.99");
    is_text(out_numeric(x, mig_narrow_numeric(x, num("0.25"), 2, 2)), "0.25");
    is_text(out_numeric(x, mig_narrow_numeric(x, num("1.234"), -1, -1)), "1.234");
    mig_narrow_numeric(x, num("1.234"), 5, 2);
    failed_with(MIG_RULE_RANGE, "1.234 has more than 2 digits after the point and would be rounded in numeric(5,2)");
    mig_narrow_numeric(x, num("1000"), 5, 2);
    failed_with(MIG_RULE_RANGE, "1000 is too large for numeric(5,2): at most 3 digits before the point");
    mig_narrow_numeric(x, num("1.5"), 5, 0);
    failed_with(MIG_RULE_RANGE, "would be rounded");
    static const mig_text choices[] = {MIG_TEXT("airing"), MIG_TEXT("ended")};
    is_text(mig_narrow_enum(x, text("ended"), choices, 2), "ended");
    mig_narrow_enum(x, text("Ended"), choices, 2);
    failed_with(MIG_RULE_CHECK, "\"Ended\" is none of 'airing', 'ended'");
    mig_fail_null(x, "title");
    failed_with(MIG_RULE_NULL, "null where \"title\" needs a value");
}

/* ---- constants -------------------------------------------------------------------------------------------------------------------- */

static int row_number(const char *id) {
    for (int i = 0; i < FN_ROWS; i++)
        if (strcmp(fn_rows[i].id, id) == 0)
            return i;
    fail_msg("no row %s", id);
    return -1;
}

static void refused(const char *id, int arg, const char *value, const char *words) {
    char why[300] = "";
    bool is = mig_constant_refused(row_number(id), arg, text(value), why, sizeof why);
    if (is != (words != NULL) || (is && strstr(why, words) == NULL))
        fail_msg("%s, argument %d, %s: %s", id, arg, value, is ? why : "not refused");
}

static void test_constants(void **state) {
    (void)state;
    refused("DATE_OF_FORMAT", 1, "DD.MM.YYYY", NULL);
    refused("DATE_OF_FORMAT", 2, "DD.MM", "it has no year");
    refused("DATE_OF_FORMAT", 1, "DD.MM.JJJJ", "\"J\" at character 7 is not a field");
    refused("DATE_OF_FORMAT", 0, "anything", NULL);
    refused("DATE_OF_FORMAT", 1, "IYYY-IW", "IYYY can be printed but not read");
    refused("TIME_OF_FORMAT", 1, "HH24:MI", NULL);
    refused("TIMESTAMP_OF_FORMAT", 1, "YYYY-MM-DDTHH24:MI", "is not a field");
    refused("TIMESTAMP_OF_FORMAT", 1, "YYYY-MM-DD\"T\"HH24:MI", NULL);
    refused("TIMESTAMPTZ_OF_FORMAT", 1, "YYYY-MM-DD", "it has no offset");
    refused("TO_CHAR_TIMESTAMP", 1, "Day", NULL);
    refused("TO_CHAR_TIMESTAMP", 1, "bla", "is not a field");
    refused("TO_CHAR_NUMERIC", 1, "999D99", NULL);
    refused("TO_CHAR_INT", 1, "abc", "it must be made of");
    refused("AT_ZONE_TIMESTAMP", 1, "Europe/Berlin", NULL);
    refused("AT_ZONE_TIMESTAMP", 1, "Europe/Bern", "it is not the name of a time zone");
    refused("AT_ZONE_TIMESTAMPTZ", 1, "CET", "it is not the name of a time zone");
    refused("MATCHES", 1, "a+", NULL);
    refused("MATCHES", 1, "a(", "missing closing parenthesis (character 3)");
    refused("REGEX_REPLACE", 2, "$1 ${x} $$", NULL);
    refused("REGEX_REPLACE", 2, "cost $", "behind $ (character 6)");
    refused("ENCODE", 1, "hex", NULL);
    refused("ENCODE", 1, "hax", "none of hex, base64, escape");
    refused("DATE_TRUNC_TIMESTAMP", 0, "week", NULL);
    refused("DATE_TRUNC_TIMESTAMP", 0, "weeks", "it is none of");
    refused("SPLIT_PART", 2, "-1", NULL);
    refused("SPLIT_PART", 2, "0", "parts are counted");
    refused("CHR", 0, "65", NULL);
    refused("CHR", 0, "0", "not the code point");
    refused("ENV", 0, "HOME", NULL);
    refused("ENV", 0, "A=B", "cannot be the name");
    refused("CONVERT_FROM", 1, "latin1", NULL);
    refused("CONVERT_TO", 1, "latin1", "it is not UTF8");
    refused("TRIM", 1, "x", NULL);
}

/* ---- beside PostgreSQL ---------------------------------------------------------------------------------------------------------------- */

static uint64_t seed = 42;

static unsigned roll(unsigned n) {
    seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

static const char *random_numeric(char *out) {
    size_t n = 0;
    unsigned before = roll(10) == 0 ? roll(60) : roll(14), after = roll(3) == 0 ? 0 : roll(8) == 0 ? roll(50) : roll(7);
    if (roll(3) == 0)
        out[n++] = '-';
    out[n++] = (char)('0' + (before > 0 && roll(4) > 0 ? 1 + roll(9) : 0));
    for (unsigned i = 1; out[n - 1] != '0' && i < before; i++)
        out[n++] = (char)('0' + roll(10));
    for (unsigned i = 0; n > 0 && i < before && out[n - 1] != '.' && i == 0; i++)
        for (unsigned k = 0; out[n - 1] != '0' && k < before / 2; k++)
            out[n++] = (char)('0' + roll(10));
    if (after > 0)
        out[n++] = '.';
    for (unsigned i = 0; i < after; i++)
        out[n++] = roll(3) == 0 ? '0' : (char)('0' + roll(10));
    out[n] = '\0';
    return out;
}

static const char *random_pattern(char *out, const char *letters) {
    unsigned n = roll(9), at = 0, kinds = (unsigned)strlen(letters);
    while (at < n)
        out[at++] = letters[roll(kinds)];
    out[at] = '\0';
    return out;
}

static void compare(PGconn *pg, const char *sql, const char *a, const char *b, mig_text ours) {
    const char *args[2] = {a, b};
    PGresult *r = PQexecParams(pg, sql, 2, (Oid[2]){25, 25}, args, NULL, NULL, 0);
    bool theirs_failed = PQresultStatus(r) != PGRES_TUPLES_OK;
    const char *theirs = theirs_failed || PQgetisnull(r, 0, 0) ? NULL : PQgetvalue(r, 0, 0);
    if (theirs_failed != (x->failed != MIG_RULE_NONE) ||
        (theirs != NULL && (ours.p == NULL || ours.n != strlen(theirs) || memcmp(ours.p, theirs, ours.n) != 0)))
        fail_msg("%s of %s and %s: ours %.*s, theirs %s", sql, a, b, ours.p == NULL ? 4 : (int)ours.n, ours.p == NULL ? "null" : ours.p,
                 theirs_failed ? PQresultErrorMessage(r) : theirs);
    PQclear(r);
    fn_world_reset(&world);
}

static void test_beside_postgres(void **state) {
    (void)state;
    const char *conninfo = getenv("MIGC_TEST_PG");
    if (conninfo == NULL)
        skip();
    PGconn *pg = PQconnectdb(conninfo);
    assert_int_equal(PQstatus(pg), CONNECTION_OK);
    PQclear(PQexec(pg, "set client_encoding = 'UTF8'"));
    char a[200], b[200];
    for (int i = 0; i < 1500; i++) {
        random_numeric(a);
        random_numeric(b);
        compare(pg, "select ($1::numeric + $2::numeric)::text", a, b, out_numeric(x, mig_add_numeric(x, num(a), num(b))));
        compare(pg, "select ($1::numeric - $2::numeric)::text", a, b, out_numeric(x, mig_sub_numeric(x, num(a), num(b))));
        compare(pg, "select ($1::numeric * $2::numeric)::text", a, b, out_numeric(x, mig_mul_numeric(x, num(a), num(b))));
        compare(pg, "select ($1::numeric / $2::numeric)::text", a, b, out_numeric(x, mig_div_numeric(x, num(a), num(b))));
        compare(pg, "select ($1::numeric % $2::numeric)::text", a, b, out_numeric(x, mig_mod_numeric(x, num(a), num(b))));
        compare(pg, "select ($1::numeric < $2::numeric)::text", a, b, out_bool(x, mig_lt_numeric(num(a), num(b))));
        compare(pg, "select (round($1::numeric, length($2) % 9 - 4))::text", a, b,
                out_numeric(x, mig_round_to(x, num(a), MIG_INT((int64_t)(strlen(b) % 9) - 4))));
    }
    for (int i = 0; i < 2000; i++) {
        random_pattern(a, "ab%_\\c");
        random_pattern(b, "ab%%_c");
        if (i % 4 == 0)
            random_pattern(b, "ab%_c\\");
        char why[100];
        if (mig_like_refused(text(b), MIG_NULL_TEXT, why, sizeof why))
            continue;
        compare(pg, "select ($1 like $2)::text", a, b, out_bool(x, mig_like(x, text(a), text(b), MIG_NULL_TEXT)));
    }
    for (int i = 0; i < 3000; i++) { /* any bits that are a finite number */
        uint64_t bits = (uint64_t)roll(1u << 31) << 33 ^ (uint64_t)roll(1u << 31) << 10 ^ roll(1u << 12);
        if (i % 8 == 0)
            bits &= UINT64_C(0xfff0000000000000); /* powers of two */
        double v;
        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        snprintf(a, sizeof a, "%.17g", v);
        compare(pg, "select ($1::float8)::text", a, "", out_float(x, MIG_FLOAT(v)));
        float f = (float)v;
        uint32_t half = (uint32_t)(bits >> 32);
        memcpy(&f, &half, sizeof f);
        if (!isfinite(f))
            continue;
        snprintf(a, sizeof a, "%.9g", (double)f);
        compare(pg, "select ($1::real)::text", a, "", mig_text_of_real(x, MIG_FLOAT((double)f)));
    }
    PQfinish(pg);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_comparison), cmocka_unit_test(test_logic),  cmocka_unit_test(test_int),
        cmocka_unit_test(test_float),      cmocka_unit_test(test_numeric), cmocka_unit_test(test_dates),
        cmocka_unit_test(test_spelled_floats),
        cmocka_unit_test(test_like),       cmocka_unit_test(test_narrow), cmocka_unit_test(test_constants),
        cmocka_unit_test(test_beside_postgres),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
