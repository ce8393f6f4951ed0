/*
 * fuzz_values.c: whatever text people typed, the readers of values take it or refuse it, and what they take comes out again:
 * dates, times, numbers, JSON, lists, UUIDs, formats; like beside a plain matcher; text functions give valid text.
 * Input: a byte that picks the test, then one or two texts with a line end between them.
 */
#include "runtime/functions/calendar.h"

#include <math.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mig_ctx x;
static rt_error error;

static void must(bool holds) {
    if (!holds)
        abort();
}

static bool same(mig_text a, mig_text b) {
    return a.n == b.n && a.p != NULL && b.p != NULL && memcmp(a.p, b.p, a.n) == 0;
}

/* A result is text, or null with a failure. */
static void is_text(mig_text v) {
    must(v.p == NULL ? mig_failed(&x) : fn_valid(v.p, v.n) == v.n && memchr(v.p, '\0', v.n) == NULL);
}

/* ---- readers: what was read is spelled, read and spelled again, to the same text ------------------------------------------ */

static void dates(mig_text a) {
    mig_date d = mig_date_of_text(&x, a);
    if (!d.is_null)
        must(same(mig_text_of_date(&x, d), fn_strip(a)));
    mig_clear(&x);
    mig_timestamp t = mig_timestamp_of_text(&x, a);
    if (!t.is_null)
        must(mig_timestamp_of_text(&x, mig_text_of_timestamp(&x, t)).v == t.v);
    mig_clear(&x);
    mig_timestamptz z = mig_timestamptz_of_text(&x, a);
    if (!z.is_null)
        must(mig_timestamptz_of_text(&x, mig_text_of_timestamptz(&x, z)).v == z.v);
    mig_clear(&x);
    mig_time h = mig_time_of_text(&x, a);
    if (!h.is_null)
        must(mig_time_of_text(&x, mig_text_of_time(&x, h)).v == h.v);
}

static void numbers(mig_text a) {
    mig_numeric n = mig_numeric_of_text(&x, a);
    if (n.p != NULL) {
        mig_numeric again = mig_numeric_of_text(&x, (mig_text){n.p, n.n});
        must(again.p == n.p && again.n == n.n); /* canonical: taken as it stands */
        must(mig_cmp_numeric(n, mig_neg_numeric(&x, mig_neg_numeric(&x, n))) == 0);
        mig_numeric zero = mig_sub_numeric(&x, n, n);
        must(zero.p != NULL && zero.p[0] == '0' && mig_cmp_numeric(zero, MIG_NUMERIC("0")) == 0);
        mig_numeric r = mig_round_to(&x, n, MIG_INT(2)), t = mig_trunc_to(&x, n, MIG_INT(2));
        must(r.p != NULL && t.p != NULL && memchr(r.p, '.', r.n) == r.p + r.n - 3 && memchr(t.p, '.', t.n) == t.p + t.n - 3);
    }
    mig_clear(&x);
    mig_float f = mig_double_of_text(&x, a);
    if (!f.is_null)
        must(mig_double_of_text(&x, mig_text_of_double(&x, f)).v == f.v);
    mig_clear(&x);
    f = mig_real_of_text(&x, a);
    if (!f.is_null)
        must(mig_real_of_text(&x, mig_text_of_real(&x, f)).v == f.v);
    mig_clear(&x);
    mig_int i = mig_bigint_of_text(&x, a);
    if (!i.is_null)
        must(n.p == NULL || mig_cmp_numeric(n, mig_numeric_of_int(&x, i)) == 0);
}

static void json(mig_text a, mig_text b) {
    mig_json v = mig_json_of_text(&x, a);
    if (v.p == NULL)
        return;
    must(fn_json_space(fn_json_end(v.p, v.p + v.n), v.p + v.n) == v.p + v.n);
    is_text(mig_json_typeof(&x, v));
    mig_text path[2] = {b, MIG_TEXT("0")};
    mig_json part = mig_json_get(&x, v, path, 2);
    if (part.p != NULL)
        must(mig_json_of_text(&x, (mig_text){part.p, part.n}).p != NULL);
    for (int n = 0; n < 3; n++) {
        mig_text t = mig_json_get_text(&x, v, path, n);
        if (t.p != NULL)
            is_text(t);
    }
    mig_json canonical = mig_jsonb_of_json(&x, v);
    must(canonical.p != NULL || x.failed == MIG_RULE_RANGE || x.failed == MIG_RULE_PARSE); /* PARSE: no text in an escape */
    if (canonical.p == NULL)
        return;
    mig_json again = mig_jsonb_of_text(&x, (mig_text){canonical.p, canonical.n});
    must(same((mig_text){again.p, again.n}, (mig_text){canonical.p, canonical.n}));
    if (canonical.p[0] == '[')
        must(mig_json_items(&x, canonical).n == (size_t)mig_json_array_length(&x, v).v);
}

static void lists(mig_text a, mig_text b) {
    mig_list v = mig_parse_list(&x, a);
    if (!v.is_null) {
        mig_list again = mig_parse_list(&x, mig_text_of_list(&x, v));
        must(!again.is_null && mig_cmp_list(v, again) == 0);
        must(mig_json_of_text(&x, mig_text_of_json(&x, mig_to_json_list(&x, v))).p != NULL);
    }
    mig_clear(&x);
    if (b.n > 0) {
        mig_list parts = mig_split(&x, a, b);
        must(same(mig_join(&x, parts, b), a));
        mig_list items = mig_items(&x, a, b);
        must(items.n <= parts.n && mig_distinct(&x, items).n == items.n && mig_compact(&x, items).n == items.n);
    }
}

static void uuids(mig_text a) {
    mig_uuid v = mig_uuid_of_text(&x, a);
    if (!v.is_null)
        must(mig_cmp_uuid(mig_uuid_of_text(&x, mig_text_of_uuid(&x, v)), v) == 0);
    mig_clear(&x);
    mig_bytea b = mig_bytea_of_text(&x, a);
    static const char *const forms[] = {"hex", "base64", "escape"};
    for (int i = 0; b.p != NULL && i < 3; i++) {
        mig_text form = {forms[i], strlen(forms[i])};
        must(mig_cmp_bytea(mig_decode(&x, mig_encode(&x, b, form), form), b) == 0);
    }
    for (int i = 0; i < 3; i++) {
        mig_clear(&x);
        mig_decode(&x, a, (mig_text){forms[i], strlen(forms[i])});
    }
}

/* A text read by a format, printed by it and read again is the same moment (years of two digits lose their century). */
static void formats(mig_text a, mig_text format) {
    char why[200];
    for (int use = FMT_READ_DATE; use <= FMT_PRINT_TZ; use++) {
        const fmt *f = fmt_get(format, (fmt_use)use, why, sizeof why);
        fmt_fields one, two;
        if (f == NULL || use >= FMT_PRINT) {
            if (f != NULL)
                is_text(fmt_print(&x, f, 12345678901234567));
            continue;
        }
        if (fmt_read(f, a, &one) != CAL_FOUND)
            continue;
        must(use == FMT_READ_TIME || cal_is_day(one.year, one.month, one.day));
        int64_t stamp = rt_days(one.year, one.month, one.day) * US_DAY + one.hour * US_HOUR + one.minute * US_MINUTE +
                        one.second * US_SECOND + one.microsecond;
        if (one.offset == 0 && fmt_read(f, fmt_print(&x, f, stamp), &two) == CAL_FOUND) /* names are padded when printed, and then not read */
            must(two.hour == one.hour && two.minute == one.minute && two.second == one.second && two.month == one.month);
    }
}

/* ---- like beside a matcher that is plain ------------------------------------------------------------------------------------- */

static bool plain_like(mig_text v, mig_text p, int *steps) {
    if (++*steps > 20000)
        return false;
    if (p.n == 0)
        return v.n == 0;
    size_t step = fn_step((unsigned char)p.p[0]);
    mig_text rest = {p.p + step, p.n - step};
    if (p.p[0] == '%') {
        for (;;) {
            if (plain_like(v, rest, steps))
                return true;
            if (v.n == 0 || *steps > 20000)
                return false;
            size_t one = fn_step((unsigned char)v.p[0]);
            v = (mig_text){v.p + one, v.n - one};
        }
    }
    if (v.n == 0)
        return false;
    size_t one = fn_step((unsigned char)v.p[0]);
    if (p.p[0] == '\\' && p.n > 1) {
        step = fn_step((unsigned char)p.p[1]);
        p = (mig_text){p.p + 1, p.n - 1};
        rest = (mig_text){p.p + step, p.n - step};
    } else if (p.p[0] == '_') {
        return plain_like((mig_text){v.p + one, v.n - one}, rest, steps);
    }
    return one == step && memcmp(v.p, p.p, one) == 0 && plain_like((mig_text){v.p + one, v.n - one}, rest, steps);
}

static void patterns(mig_text a, mig_text b) {
    int steps = 0;
    bool plain = plain_like(a, b, &steps);
    if (steps <= 20000)
        must(mig_is_true(mig_like(&x, a, b, MIG_NULL_TEXT)) == plain);
    if (plain && steps <= 20000)
        must(mig_is_true(mig_ilike(&x, a, b, MIG_NULL_TEXT)) || !fn_is_ascii(b));
    if (b.n > 200)
        return;
    mig_bool found = mig_matches(&x, a, b);
    must(!found.is_null || mig_failed(&x));
    mig_clear(&x);
    mig_text part = mig_regex_extract(&x, a, b, MIG_INT(0));
    if (part.p != NULL)
        must(mig_is_true(found));
    mig_clear(&x);
    mig_text replaced = mig_regex_replace(&x, a, b, MIG_TEXT("<$0>"));
    is_text(replaced);
    if (replaced.p != NULL && mig_is_false(found))
        must(same(replaced, a));
}

/* ---- text functions --------------------------------------------------------------------------------------------------------------- */

static void texts(mig_text a, mig_text b) {
    static mig_text (*const one[])(mig_ctx *, mig_text) = {mig_lower, mig_upper, mig_casefold, mig_initcap, mig_nfc,
                                                           mig_nfkc, mig_unaccent, mig_squeeze, mig_reverse};
    for (size_t i = 0; i < sizeof one / sizeof *one; i++)
        is_text(one[i](&x, a));
    static mig_text (*const stable[])(mig_ctx *, mig_text) = {mig_casefold, mig_nfc, mig_nfkc, mig_squeeze};
    for (size_t i = 1; i < sizeof stable / sizeof *stable; i++)
        must(same(stable[i](&x, stable[i](&x, a)), stable[i](&x, a)));
    must(same(mig_reverse(&x, mig_reverse(&x, a)), a));
    int64_t n = mig_length(&x, a).v, k = (int64_t)(b.n % 40) - 10;
    is_text(mig_substr(&x, a, MIG_INT(k), MIG_INT(n / 2)));
    if (k > 0) {
        must(same(mig_concat_text(&x, mig_left(&x, a, MIG_INT(k)), mig_substr(&x, a, MIG_INT(k + 1), MIG_NULL_INT)), a));
        must(same(mig_concat_text(&x, mig_left(&x, a, MIG_INT(-k)), mig_right(&x, a, MIG_INT(k < n ? k : n))), a));
        must(mig_length(&x, mig_lpad(&x, a, MIG_INT(k), b)).v == (k < n || b.n > 0 ? k : n));
    }
    is_text(mig_trim(&x, a, b));
    is_text(mig_translate(&x, a, b, mig_reverse(&x, b)));
    is_text(mig_replace(&x, a, b, MIG_TEXT("é")));
    must(same(mig_replace(&x, a, b, b), a));
    mig_json quoted = mig_to_json_text(&x, a);
    must(same(mig_json_get_text(&x, mig_json_of_text(&x, (mig_text){quoted.p, quoted.n}), NULL, 0), a));
    mig_to_char_numeric(&x, MIG_NUMERIC("-1234.56"), a);
    mig_clear(&x);
    mig_at_zone_timestamptz(&x, (mig_timestamptz){86400000000, false}, a);
    mig_clear(&x);
    mig_bool_of_text(&x, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1 || size > 4096)
        return -1;
    mig_text a = {(const char *)data + 1, size - 1}, b = MIG_TEXT("");
    if (fn_valid(a.p, a.n) != a.n || memchr(a.p, '\0', a.n) != NULL)
        return -1;
    const char *line = memchr(a.p, '\n', a.n);
    if (line != NULL) {
        b = (mig_text){line + 1, a.n - (size_t)(line + 1 - a.p)};
        a.n = (size_t)(line - a.p);
    }
    x = (mig_ctx){.arena = rt_arena_new(1 << 16), .error = &error};
    error.status = MIG_OK;
    switch (data[0] % 8) {
    case 0: dates(a); break;
    case 1: numbers(a); break;
    case 2: json(a, b); break;
    case 3: lists(a, b); break;
    case 4: uuids(a); break;
    case 5: formats(a, b); break;
    case 6: patterns(a, b); break;
    case 7: texts(a, b); break;
    }
    must(x.fatal == MIG_OK);
    rt_arena_free(x.arena);
    return 0;
}
