/*
 * numeric.c: exact decimal arithmetic on canonical texts. Up to 38 digits go through 128-bit integers, longer ones through
 * GMP (the one place here that takes memory outside the row arena). Digits after the point follow PostgreSQL's rules.
 */
#include "runtime/functions/fn.h"

#include <gmp.h>
#include <stdlib.h>

#define MAX_BEFORE 131072 /* digits before and after the point, as in PostgreSQL */
#define MAX_AFTER 16383
#define SMALL_DIGITS 38   /* 10^38 < 2^127 */

typedef __int128 int128;

/* A canonical numeric taken apart: digits of the whole part, digits after the point. */
typedef struct parts { bool negative; const char *whole; size_t n_whole; const char *fraction; size_t n_fraction; } parts;

static parts take_apart(mig_numeric v) {
    parts d = {.negative = v.n > 0 && v.p[0] == '-'};
    d.whole = v.p + d.negative;
    size_t n = v.n - d.negative;
    const char *point = memchr(d.whole, '.', n);
    d.n_whole = point == NULL ? n : (size_t)(point - d.whole);
    d.fraction = point == NULL ? d.whole + n : point + 1;
    d.n_fraction = point == NULL ? 0 : n - d.n_whole - 1;
    return d;
}

static bool all_zero(const char *p, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (p[i] != '0')
            return false;
    return true;
}

static bool is_zero(parts d) {
    return all_zero(d.whole, d.n_whole) && all_zero(d.fraction, d.n_fraction);
}

static mig_numeric out_of_range(mig_ctx *x, mig_numeric a, const char *what) {
    mig_text v = {a.p, a.n};
    mig_fail(x, MIG_RULE_RANGE, v, "%s %s", fn_show(v).s, what);
    return MIG_NULL_NUMERIC;
}

/*
 * Canonical text of digits (leading zeros allowed) of which the last `scale` stand after the point; more than there are:
 * zeros are put before them.
 */
static mig_numeric put_together(mig_ctx *x, bool negative, const char *digits, size_t n, size_t scale) {
    while (n > scale + 1 && digits[0] == '0') {
        digits++;
        n--;
    }
    size_t zeros = n <= scale ? scale + 1 - n : 0;
    if (n + zeros - scale > MAX_BEFORE) {
        mig_fail(x, MIG_RULE_RANGE, MIG_NULL_TEXT, "the result has more than %d digits before the point", MAX_BEFORE);
        return MIG_NULL_NUMERIC;
    }
    char *out = fn_bytes(x, n + zeros + 2);
    if (out == NULL)
        return MIG_NULL_NUMERIC;
    size_t at = 0;
    if (negative && !all_zero(digits, n))
        out[at++] = '-';
    for (size_t i = 0; i < n + zeros; i++) {
        if (i == n + zeros - scale)
            out[at++] = '.';
        out[at++] = i < zeros ? '0' : digits[i - zeros];
    }
    return (mig_numeric){out, at};
}

/* ---- reading ------------------------------------------------------------------------------------------------------------ */

/* The exponent at p[0…n), far ones cut: they are refused later by their size. False: no exponent. */
static bool read_exponent(const char *p, size_t n, int64_t *out) {
    size_t i = n > 0 && (p[0] == '-' || p[0] == '+') ? 1 : 0;
    if (i == n)
        return false;
    int64_t e = 0;
    for (; i < n; i++) {
        if (!fn_is_digit(p[i]))
            return false;
        if (e < 1000000)
            e = e * 10 + (p[i] - '0');
    }
    *out = p[0] == '-' ? -e : e;
    return true;
}

/* Digits of whole and fraction one behind the other, the point moved by the exponent. */
static fn_read read_moved(mig_ctx *x, parts d, int64_t exponent, mig_numeric *out) {
    while (d.n_whole > 0 && d.whole[0] == '0') {
        d.whole++;
        d.n_whole--;
    }
    bool zero = is_zero(d);
    int64_t scale = (int64_t)d.n_fraction - exponent, behind = scale < 0 && !zero ? -scale : 0;
    if (scale < 0)
        scale = 0;
    if (scale > MAX_AFTER || behind > MAX_BEFORE || d.n_whole > MAX_BEFORE)
        return FN_READ_RANGE;
    size_t n = d.n_whole + d.n_fraction;
    char *digits = fn_bytes(x, n + (size_t)behind + 1);
    if (digits == NULL)
        return FN_READ_NOMEM;
    memcpy(digits, d.whole, d.n_whole);
    memcpy(digits + d.n_whole, d.fraction, d.n_fraction);
    memset(digits + n, '0', (size_t)behind);
    n += (size_t)behind;
    while (n > 0 && digits[0] == '0' && n > (size_t)scale) {
        digits++;
        n--;
    }
    if (n > (size_t)scale && n - (size_t)scale > MAX_BEFORE)
        return FN_READ_RANGE;
    *out = put_together(x, d.negative, digits, n, (size_t)scale);
    return out->p != NULL ? FN_READ_OK : FN_READ_NOMEM;
}

fn_read fn_numeric_read(mig_ctx *x, mig_text v, mig_numeric *out) {
    v = fn_strip(v);
    parts d = {.negative = v.n > 0 && v.p[0] == '-'};
    size_t i = v.n > 0 && (v.p[0] == '-' || v.p[0] == '+') ? 1 : 0;
    d.whole = v.p + i;
    while (i < v.n && fn_is_digit(v.p[i]))
        i++;
    d.n_whole = (size_t)(v.p + i - d.whole);
    bool point = i < v.n && v.p[i] == '.';
    i += point;
    d.fraction = v.p + i;
    while (i < v.n && fn_is_digit(v.p[i]))
        i++;
    d.n_fraction = (size_t)(v.p + i - d.fraction);
    if (d.n_whole + d.n_fraction == 0)
        return FN_READ_SYNTAX;
    int64_t exponent = 0;
    if (i < v.n) {
        if ((v.p[i] != 'e' && v.p[i] != 'E') || !read_exponent(v.p + i + 1, v.n - i - 1, &exponent))
            return FN_READ_SYNTAX;
    } else if (v.p[0] != '+' && d.n_whole > 0 && (d.whole[0] != '0' || d.n_whole == 1) && point == (d.n_fraction > 0) &&
               d.n_whole <= MAX_BEFORE && d.n_fraction <= MAX_AFTER && !(d.negative && is_zero(d))) {
        *out = (mig_numeric){v.p, v.n}; /* canonical as it stands */
        return FN_READ_OK;
    }
    return read_moved(x, d, exponent, out);
}

/* ---- small and large values ------------------------------------------------------------------------------------------------ */

/* The value times 10^n_fraction; false: more than SMALL_DIGITS digits. */
static bool small_value(parts d, int128 *out) {
    size_t n = d.n_whole + d.n_fraction;
    if (n > SMALL_DIGITS)
        return false;
    int128 u;
    if (n <= 18) {
        int64_t w = 0;
        for (size_t i = 0; i < d.n_whole; i++)
            w = w * 10 + (d.whole[i] - '0');
        for (size_t i = 0; i < d.n_fraction; i++)
            w = w * 10 + (d.fraction[i] - '0');
        u = w;
    } else {
        u = 0;
        for (size_t i = 0; i < d.n_whole; i++)
            u = u * 10 + (d.whole[i] - '0');
        for (size_t i = 0; i < d.n_fraction; i++)
            u = u * 10 + (d.fraction[i] - '0');
    }
    *out = d.negative ? -u : u;
    return true;
}

static int128 power_of_ten(size_t n) {
    int128 p = 1;
    for (size_t i = 0; i < n; i++)
        p *= 10;
    return p;
}

static mig_numeric from_small(mig_ctx *x, int128 v, size_t scale) {
    char digits[SMALL_DIGITS + 2];
    size_t at = sizeof digits;
    bool negative = v < 0;
    unsigned __int128 u = negative ? 0 - (unsigned __int128)v : (unsigned __int128)v;
    while (u > UINT64_MAX) {
        digits[--at] = (char)('0' + (int)(u % 10));
        u /= 10;
    }
    for (uint64_t w = (uint64_t)u; w > 0; w /= 10)
        digits[--at] = (char)('0' + w % 10);
    return put_together(x, negative, digits + at, sizeof digits - at, scale);
}

/* The value times 10^scale (scale at least its own). False: no memory (recorded). */
static bool to_big(mig_ctx *x, parts d, size_t scale, mpz_t out) {
    size_t n = d.n_whole + scale;
    char *digits = fn_bytes(x, n + 2);
    if (digits == NULL)
        return false;
    char *at = digits;
    if (d.negative)
        *at++ = '-';
    memcpy(at, d.whole, d.n_whole);
    memcpy(at + d.n_whole, d.fraction, d.n_fraction);
    memset(at + d.n_whole + d.n_fraction, '0', scale - d.n_fraction);
    at[n] = '\0';
    mpz_init_set_str(out, digits, 10);
    return true;
}

static mig_numeric from_big(mig_ctx *x, const mpz_t v, size_t scale) {
    char *digits = fn_bytes(x, mpz_sizeinbase(v, 10) + 2);
    if (digits == NULL)
        return MIG_NULL_NUMERIC;
    mpz_get_str(digits, 10, v);
    bool negative = digits[0] == '-';
    return put_together(x, negative, digits + negative, strlen(digits) - negative, scale);
}

typedef enum operation { ADD, SUB, MUL, MOD } operation;

/* Both times 10^scale (MUL: each by its own); the result has `result_scale` digits after the point. */
static mig_numeric compute_big(mig_ctx *x, operation op, parts a, parts b, size_t scale, size_t result_scale) {
    mpz_t p, q;
    mig_numeric out = MIG_NULL_NUMERIC;
    if (!to_big(x, a, op == MUL ? a.n_fraction : scale, p))
        return out;
    if (to_big(x, b, op == MUL ? b.n_fraction : scale, q)) {
        switch (op) {
        case ADD: mpz_add(p, p, q); break;
        case SUB: mpz_sub(p, p, q); break;
        case MUL: mpz_mul(p, p, q); break;
        case MOD: mpz_tdiv_r(p, p, q); break;
        }
        out = from_big(x, p, result_scale);
        mpz_clear(q);
    }
    mpz_clear(p);
    return out;
}

static mig_numeric compute(mig_ctx *x, operation op, mig_numeric a, mig_numeric b) {
    if (a.p == NULL || b.p == NULL)
        return MIG_NULL_NUMERIC;
    parts m = take_apart(a), n = take_apart(b);
    size_t scale = m.n_fraction > n.n_fraction ? m.n_fraction : n.n_fraction, result_scale = scale;
    size_t pad_a = scale - m.n_fraction, pad_b = scale - n.n_fraction;
    size_t digits_a = m.n_whole + m.n_fraction, digits_b = n.n_whole + n.n_fraction;
    int128 u, v;
    if (op == MOD && is_zero(n))
        return out_of_range(x, a, "is divided by zero");
    if (op == MUL) {
        result_scale = m.n_fraction + n.n_fraction;
        if (digits_a + digits_b <= SMALL_DIGITS && small_value(m, &u) && small_value(n, &v))
            return from_small(x, u * v, result_scale);
    } else if (digits_a + pad_a < SMALL_DIGITS && digits_b + pad_b < SMALL_DIGITS && small_value(m, &u) &&
               small_value(n, &v)) {
        u *= power_of_ten(pad_a);
        v *= power_of_ten(pad_b);
        return from_small(x, op == ADD ? u + v : op == SUB ? u - v : u % v, scale);
    }
    mig_numeric out = compute_big(x, op, m, n, scale, result_scale);
    return result_scale > MAX_AFTER ? fn_numeric_scale(x, out, MAX_AFTER, false) : out;
}

mig_numeric mig_add_numeric(mig_ctx *x, mig_numeric a, mig_numeric b) {
    return compute(x, ADD, a, b);
}

mig_numeric mig_sub_numeric(mig_ctx *x, mig_numeric a, mig_numeric b) {
    return compute(x, SUB, a, b);
}

mig_numeric mig_mul_numeric(mig_ctx *x, mig_numeric a, mig_numeric b) {
    return compute(x, MUL, a, b);
}

mig_numeric mig_mod_numeric(mig_ctx *x, mig_numeric a, mig_numeric b) {
    return compute(x, MOD, a, b);
}

/* ---- division ----------------------------------------------------------------------------------------------------------------- */

/*
 * PostgreSQL keeps numbers in groups of four digits and chooses a quotient's digits by the first group: its place (0: the one
 * before the point) and its value.
 */
static void first_group(parts d, int *place, int *value) {
    size_t n = d.n_whole + d.n_fraction, i = 0;
    *place = *value = 0;
    while (i < n && (i < d.n_whole ? d.whole[i] : d.fraction[i - d.n_whole]) == '0')
        i++;
    if (i == n)
        return;
    int exponent = (int)d.n_whole - 1 - (int)i; /* of the first digit that is not 0 */
    *place = exponent >= 0 ? exponent / 4 : -((3 - exponent) / 4);
    for (int k = exponent - 4 * *place; k >= 0; k--, i++)
        *value = *value * 10 + (i < n ? (i < d.n_whole ? d.whole[i] : d.fraction[i - d.n_whole]) - '0' : 0);
}

static size_t quotient_scale(parts a, parts b) {
    int place_a, value_a, place_b, value_b;
    first_group(a, &place_a, &value_a);
    first_group(b, &place_b, &value_b);
    int place = place_a - place_b - (value_a <= value_b);
    int scale = 16 - place * 4;
    if (scale < (int)a.n_fraction)
        scale = (int)a.n_fraction;
    if (scale < (int)b.n_fraction)
        scale = (int)b.n_fraction;
    return scale < 0 ? 0 : scale > 1000 ? 1000 : (size_t)scale;
}

mig_numeric mig_div_numeric(mig_ctx *x, mig_numeric a, mig_numeric b) {
    if (a.p == NULL || b.p == NULL)
        return MIG_NULL_NUMERIC;
    parts m = take_apart(a), n = take_apart(b);
    if (is_zero(n))
        return out_of_range(x, a, "is divided by zero");
    size_t scale = quotient_scale(m, n);
    /* a / b with `scale` digits: (A * 10^(scale + scale_b - scale_a)) / B; more digits of a than wanted are taken along in B */
    size_t up = scale + n.n_fraction, add_a = up > m.n_fraction ? up - m.n_fraction : 0;
    size_t add_b = up < m.n_fraction ? m.n_fraction - up : 0;
    int128 u, v;
    if (m.n_whole + m.n_fraction + add_a < SMALL_DIGITS && n.n_whole + n.n_fraction + add_b < SMALL_DIGITS &&
        small_value(m, &u) && small_value(n, &v)) {
        u *= power_of_ten(add_a);
        v *= power_of_ten(add_b);
        int128 q = u / v, rest = u % v, twice = rest < 0 ? -2 * rest : 2 * rest;
        if (twice >= (v < 0 ? -v : v))
            q += (u < 0) == (v < 0) ? 1 : -1;
        return from_small(x, q, scale);
    }
    mpz_t p, q, rest;
    mig_numeric out = MIG_NULL_NUMERIC;
    if (!to_big(x, m, m.n_fraction + add_a, p))
        return out;
    if (to_big(x, n, n.n_fraction + add_b, q)) {
        bool up_one = (mpz_sgn(p) < 0) == (mpz_sgn(q) < 0);
        mpz_init(rest);
        mpz_tdiv_qr(p, rest, p, q);
        mpz_mul_2exp(rest, rest, 1);
        if (mpz_cmpabs(rest, q) >= 0) {
            if (up_one)
                mpz_add_ui(p, p, 1);
            else
                mpz_sub_ui(p, p, 1);
        }
        out = from_big(x, p, scale);
        mpz_clear(rest);
        mpz_clear(q);
    }
    mpz_clear(p);
    return out;
}

/* ---- comparing, rounding, signs --------------------------------------------------------------------------------------------------- */

static int compare_magnitudes(parts a, parts b) {
    if (a.n_whole != b.n_whole) /* no leading zeros */
        return a.n_whole > b.n_whole ? 1 : -1;
    int c = memcmp(a.whole, b.whole, a.n_whole);
    if (c != 0)
        return c;
    size_t common = a.n_fraction < b.n_fraction ? a.n_fraction : b.n_fraction;
    c = memcmp(a.fraction, b.fraction, common);
    if (c != 0)
        return c;
    return (int)!all_zero(a.fraction + common, a.n_fraction - common) -
           (int)!all_zero(b.fraction + common, b.n_fraction - common);
}

int mig_cmp_numeric(mig_numeric a, mig_numeric b) {
    parts m = take_apart(a), n = take_apart(b);
    if (m.negative != n.negative) /* there is no -0 */
        return m.negative ? -1 : 1;
    int c = compare_magnitudes(m, n);
    return m.negative ? -c : c;
}

mig_numeric fn_numeric_scale(mig_ctx *x, mig_numeric v, int64_t digits, bool cut) {
    if (v.p == NULL)
        return v;
    digits = digits > MAX_AFTER ? MAX_AFTER : digits < -MAX_BEFORE - 1 ? -MAX_BEFORE - 1 : digits;
    parts d = take_apart(v);
    if (digits == (int64_t)d.n_fraction)
        return v;
    int64_t keep = (int64_t)d.n_whole + digits; /* digits kept; those of the whole part that go become zeros */
    size_t all = d.n_whole + d.n_fraction, scale = digits > 0 ? (size_t)digits : 0, n = d.n_whole + scale;
    char *out = fn_bytes(x, n + 1 + (digits < 0 ? (size_t)-digits : 0));
    if (out == NULL)
        return MIG_NULL_NUMERIC;
    out[0] = '0'; /* for a carry */
    char *to = out + 1;
    memset(to, '0', n);
    for (size_t i = 0; i < all && (int64_t)i < keep; i++)
        to[i] = i < d.n_whole ? d.whole[i] : d.fraction[i - d.n_whole];
    size_t next = (size_t)keep; /* first digit that goes */
    bool up = !cut && keep >= 0 && next < all && (next < d.n_whole ? d.whole[next] : d.fraction[next - d.n_whole]) >= '5';
    for (int64_t i = keep - 1; up; i--) {
        up = to[i] == '9';
        to[i] = up ? '0' : (char)(to[i] + 1);
    }
    return put_together(x, d.negative, out, n + 1, scale);
}

mig_numeric mig_round_to(mig_ctx *x, mig_numeric v, mig_int digits) {
    return digits.is_null ? MIG_NULL_NUMERIC : fn_numeric_scale(x, v, digits.v, false);
}

mig_numeric mig_trunc_to(mig_ctx *x, mig_numeric v, mig_int digits) {
    return digits.is_null ? MIG_NULL_NUMERIC : fn_numeric_scale(x, v, digits.v, true);
}

mig_numeric mig_round_numeric(mig_ctx *x, mig_numeric v) {
    return fn_numeric_scale(x, v, 0, false);
}

mig_numeric mig_trunc_numeric(mig_ctx *x, mig_numeric v) {
    return fn_numeric_scale(x, v, 0, true);
}

/* Towards `up` or down: cut, and one further when something was cut on that side. */
static mig_numeric next_whole(mig_ctx *x, mig_numeric v, bool up) {
    if (v.p == NULL)
        return v;
    parts d = take_apart(v);
    mig_numeric whole = fn_numeric_scale(x, v, 0, true);
    if (d.negative == up || all_zero(d.fraction, d.n_fraction))
        return whole;
    return up ? mig_add_numeric(x, whole, MIG_NUMERIC("1")) : mig_sub_numeric(x, whole, MIG_NUMERIC("1"));
}

mig_numeric mig_ceil_numeric(mig_ctx *x, mig_numeric v) {
    return next_whole(x, v, true);
}

mig_numeric mig_floor_numeric(mig_ctx *x, mig_numeric v) {
    return next_whole(x, v, false);
}

mig_numeric mig_abs_numeric(mig_ctx *x, mig_numeric v) {
    (void)x;
    return v.p != NULL && v.p[0] == '-' ? (mig_numeric){v.p + 1, v.n - 1} : v;
}

mig_numeric mig_neg_numeric(mig_ctx *x, mig_numeric v) {
    if (v.p == NULL || v.p[0] == '-' || is_zero(take_apart(v)))
        return mig_abs_numeric(x, v);
    char *out = fn_bytes(x, v.n + 1);
    if (out == NULL)
        return MIG_NULL_NUMERIC;
    out[0] = '-';
    memcpy(out + 1, v.p, v.n);
    return (mig_numeric){out, v.n + 1};
}

mig_numeric mig_sign_numeric(mig_ctx *x, mig_numeric v) {
    (void)x;
    if (v.p == NULL)
        return v;
    return v.p[0] == '-' ? MIG_NUMERIC("-1") : is_zero(take_apart(v)) ? MIG_NUMERIC("0") : MIG_NUMERIC("1");
}

bool fn_numeric_int(mig_ctx *x, mig_numeric v, int64_t *out) {
    mig_numeric whole = fn_numeric_scale(x, v, 0, false);
    return whole.p != NULL && fn_int_read((mig_text){whole.p, whole.n}, out) == FN_READ_OK;
}

mig_numeric mig_narrow_numeric(mig_ctx *x, mig_numeric v, int p, int s) {
    if (v.p == NULL || p < 0)
        return v;
    size_t scale = s > 0 ? (size_t)s : 0;
    parts d = take_apart(v);
    size_t whole = d.n_whole == 1 && d.whole[0] == '0' ? 0 : d.n_whole;
    if (d.n_fraction > scale && !all_zero(d.fraction + scale, d.n_fraction - scale)) {
        mig_text t = {v.p, v.n};
        mig_fail(x, MIG_RULE_RANGE, t, "%s has more than %zu digits after the point and would be rounded in numeric(%d,%zu)",
                 fn_show(t).s, scale, p, scale);
        return MIG_NULL_NUMERIC;
    }
    if (whole + scale > (size_t)p) {
        mig_text t = {v.p, v.n};
        mig_fail(x, MIG_RULE_RANGE, t, "%s is too large for numeric(%d,%zu): at most %zu digits before the point",
                 fn_show(t).s, p, scale, (size_t)p > scale ? (size_t)p - scale : 0);
        return MIG_NULL_NUMERIC;
    }
    return fn_numeric_scale(x, v, (int64_t)scale, true);
}
