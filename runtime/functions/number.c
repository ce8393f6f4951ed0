/*
 * number.c: integers and floating numbers: arithmetic with their ranges kept, rounding, conversions among number types.
 * Exact decimals are in numeric.c.
 */
#include "runtime/functions/fn.h"

#include <math.h>

static const char *type_name(mig_type type) {
    return type == MIG_T_SMALLINT ? "smallint" : type == MIG_T_INTEGER ? "integer" : type == MIG_T_BIGINT ? "bigint"
           : type == MIG_T_REAL ? "real" : "double";
}

static bool int_fits(int64_t v, mig_type type) {
    return type == MIG_T_SMALLINT  ? v >= INT16_MIN && v <= INT16_MAX
           : type == MIG_T_INTEGER ? v >= INT32_MIN && v <= INT32_MAX
                                   : true;
}

static const char *int_range(mig_type type) {
    return type == MIG_T_SMALLINT  ? "-32768 to 32767"
           : type == MIG_T_INTEGER ? "-2147483648 to 2147483647"
                                   : "-9223372036854775808 to 9223372036854775807";
}

/* ---- integers ----------------------------------------------------------------------------------------------------------- */

static mig_int int_failed(mig_ctx *x, mig_int a, char sign, mig_int b, mig_type type) {
    char text[2 * RT_SPELL];
    size_t n = rt_spell_int(text, a.v);
    n += (size_t)snprintf(text + n, sizeof text - n, " %c ", sign);
    n += rt_spell_int(text + n, b.v);
    if ((sign == '/' || sign == '%') && b.v == 0)
        mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "division by zero in %.*s", (int)n, text);
    else
        mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s is outside the range of %s (%s)", (int)n, text,
                 type_name(type), int_range(type));
    return MIG_NULL_INT;
}

mig_int mig_add_int(mig_ctx *x, mig_int a, mig_int b, mig_type type) {
    int64_t v;
    if (a.is_null || b.is_null)
        return MIG_NULL_INT;
    return __builtin_add_overflow(a.v, b.v, &v) || !int_fits(v, type) ? int_failed(x, a, '+', b, type) : MIG_INT(v);
}

mig_int mig_sub_int(mig_ctx *x, mig_int a, mig_int b, mig_type type) {
    int64_t v;
    if (a.is_null || b.is_null)
        return MIG_NULL_INT;
    return __builtin_sub_overflow(a.v, b.v, &v) || !int_fits(v, type) ? int_failed(x, a, '-', b, type) : MIG_INT(v);
}

mig_int mig_mul_int(mig_ctx *x, mig_int a, mig_int b, mig_type type) {
    int64_t v;
    if (a.is_null || b.is_null)
        return MIG_NULL_INT;
    return __builtin_mul_overflow(a.v, b.v, &v) || !int_fits(v, type) ? int_failed(x, a, '*', b, type) : MIG_INT(v);
}

mig_int mig_div_int(mig_ctx *x, mig_int a, mig_int b, mig_type type) {
    if (a.is_null || b.is_null)
        return MIG_NULL_INT;
    if (b.v == 0 || (a.v == INT64_MIN && b.v == -1) || !int_fits(a.v / b.v, type))
        return int_failed(x, a, '/', b, type);
    return MIG_INT(a.v / b.v);
}

mig_int mig_mod_int(mig_ctx *x, mig_int a, mig_int b, mig_type type) {
    if (a.is_null || b.is_null)
        return MIG_NULL_INT;
    if (b.v == 0)
        return int_failed(x, a, '%', b, type);
    return MIG_INT(b.v == -1 ? 0 : a.v % b.v);
}

mig_int mig_neg_int(mig_ctx *x, mig_int a, mig_type type) {
    return mig_sub_int(x, a.is_null ? a : MIG_INT(0), a, type);
}

mig_int mig_mod_smallint(mig_ctx *x, mig_int a, mig_int b) {
    return mig_mod_int(x, a, b, MIG_T_SMALLINT);
}

mig_int mig_mod_integer(mig_ctx *x, mig_int a, mig_int b) {
    return mig_mod_int(x, a, b, MIG_T_INTEGER);
}

mig_int mig_mod_bigint(mig_ctx *x, mig_int a, mig_int b) {
    return mig_mod_int(x, a, b, MIG_T_BIGINT);
}

static mig_int abs_int(mig_ctx *x, mig_int v, mig_type type) {
    return !v.is_null && v.v < 0 ? mig_neg_int(x, v, type) : v;
}

mig_int mig_abs_smallint(mig_ctx *x, mig_int v) {
    return abs_int(x, v, MIG_T_SMALLINT);
}

mig_int mig_abs_integer(mig_ctx *x, mig_int v) {
    return abs_int(x, v, MIG_T_INTEGER);
}

mig_int mig_abs_bigint(mig_ctx *x, mig_int v) {
    return abs_int(x, v, MIG_T_BIGINT);
}

mig_int mig_narrow_int(mig_ctx *x, mig_int v, mig_type type) {
    if (v.is_null || int_fits(v.v, type))
        return v;
    char text[RT_SPELL];
    size_t n = rt_spell_int(text, v.v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s is outside the range of %s (%s)", (int)n, text, type_name(type),
             int_range(type));
    return MIG_NULL_INT;
}

/* ---- floating numbers ---------------------------------------------------------------------------------------------------------- */

static mig_float float_failed(mig_ctx *x, double v, const char *why) {
    char text[RT_SPELL];
    size_t n = rt_spell_double(text, v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s %s", (int)n, text, why);
    return MIG_NULL_FLOAT;
}

/* A result that became infinite, or 0 without an operand that says so, or no number at all, is refused. */
static mig_float float_result(mig_ctx *x, double a, double b, double v, bool zero_allowed, mig_type type) {
    if (type == MIG_T_REAL)
        v = (double)(float)v;
    if (isnan(v))
        return float_failed(x, a, "in this operation gives no number");
    if (isinf(v) && !isinf(a) && !isinf(b))
        return float_failed(x, a, type == MIG_T_REAL ? "in this operation gives more than a real can hold"
                                                     : "in this operation gives more than a double can hold");
    if (v == 0 && !zero_allowed)
        return float_failed(x, a, "in this operation gives less than a floating number can hold");
    return MIG_FLOAT(v);
}

mig_float mig_add_float(mig_ctx *x, mig_float a, mig_float b, mig_type type) {
    return a.is_null || b.is_null ? MIG_NULL_FLOAT : float_result(x, a.v, b.v, a.v + b.v, true, type);
}

mig_float mig_sub_float(mig_ctx *x, mig_float a, mig_float b, mig_type type) {
    return a.is_null || b.is_null ? MIG_NULL_FLOAT : float_result(x, a.v, b.v, a.v - b.v, true, type);
}

mig_float mig_mul_float(mig_ctx *x, mig_float a, mig_float b, mig_type type) {
    return a.is_null || b.is_null ? MIG_NULL_FLOAT : float_result(x, a.v, b.v, a.v * b.v, a.v == 0 || b.v == 0, type);
}

mig_float mig_div_float(mig_ctx *x, mig_float a, mig_float b, mig_type type) {
    if (a.is_null || b.is_null)
        return MIG_NULL_FLOAT;
    if (b.v == 0)
        return float_failed(x, a.v, "is divided by zero");
    return float_result(x, a.v, b.v, a.v / b.v, a.v == 0 || isinf(b.v), type);
}

mig_float mig_narrow_float(mig_ctx *x, mig_float v) {
    if (v.is_null || isinf(v.v))
        return v;
    double r = (double)(float)v.v;
    if (isinf(r) || (r == 0 && v.v != 0))
        return float_failed(x, v.v, "is outside the range of real");
    return MIG_FLOAT(r);
}

mig_float mig_abs_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = fabs(v.v);
    return v;
}

mig_float mig_ceil_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = ceil(v.v);
    return v;
}

mig_float mig_floor_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = floor(v.v);
    return v;
}

mig_float mig_round_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = rint(v.v);
    return v;
}

mig_float mig_trunc_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = trunc(v.v);
    return v;
}

mig_float mig_sign_double(mig_ctx *x, mig_float v) {
    (void)x;
    v.v = v.v > 0 ? 1 : v.v < 0 ? -1 : 0;
    return v;
}

mig_float mig_sqrt(mig_ctx *x, mig_float v) {
    if (v.is_null)
        return v;
    return v.v < 0 ? float_failed(x, v.v, "is negative and has no square root") : MIG_FLOAT(sqrt(v.v));
}

mig_float mig_power(mig_ctx *x, mig_float a, mig_float b) {
    if (a.is_null || b.is_null)
        return MIG_NULL_FLOAT;
    if (a.v == 0 && b.v < 0)
        return float_failed(x, a.v, "raised to a negative power is not defined");
    if (a.v < 0 && floor(b.v) != b.v)
        return float_failed(x, a.v, "raised to a power that is no integer is not defined");
    return float_result(x, a.v, b.v, pow(a.v, b.v), a.v == 0 || isinf(a.v) || isinf(b.v), MIG_T_DOUBLE);
}

/* ---- conversions among numbers ----------------------------------------------------------------------------------------------------- */

mig_int mig_bigint_of_int(mig_ctx *x, mig_int v) {
    (void)x;
    return v;
}

mig_int mig_integer_of_integer(mig_ctx *x, mig_int v) {
    (void)x;
    return v;
}

mig_int mig_integer_of_int(mig_ctx *x, mig_int v) {
    return mig_narrow_int(x, v, MIG_T_INTEGER);
}

mig_int mig_smallint_of_int(mig_ctx *x, mig_int v) {
    return mig_narrow_int(x, v, MIG_T_SMALLINT);
}

mig_int mig_integer_of_bool(mig_ctx *x, mig_bool v) {
    (void)x;
    return v.is_null ? MIG_NULL_INT : MIG_INT(v.v);
}

static mig_int int_of_numeric(mig_ctx *x, mig_numeric v, mig_type type) {
    int64_t i;
    if (v.p == NULL)
        return MIG_NULL_INT;
    if (fn_numeric_int(x, v, &i) && int_fits(i, type))
        return MIG_INT(i);
    mig_text t = {v.p, v.n};
    mig_fail(x, MIG_RULE_RANGE, t, "%s is outside the range of %s (%s)", fn_show(t).s, type_name(type), int_range(type));
    return MIG_NULL_INT;
}

mig_int mig_bigint_of_numeric(mig_ctx *x, mig_numeric v) {
    return int_of_numeric(x, v, MIG_T_BIGINT);
}

mig_int mig_integer_of_numeric(mig_ctx *x, mig_numeric v) {
    return int_of_numeric(x, v, MIG_T_INTEGER);
}

mig_int mig_smallint_of_numeric(mig_ctx *x, mig_numeric v) {
    return int_of_numeric(x, v, MIG_T_SMALLINT);
}

static mig_int int_of_double(mig_ctx *x, mig_float v, mig_type type) {
    if (v.is_null)
        return MIG_NULL_INT;
    double r = rint(v.v);
    if (r >= -0x1p63 && r < 0x1p63 && int_fits((int64_t)r, type))
        return MIG_INT((int64_t)r);
    char text[RT_SPELL];
    size_t n = rt_spell_double(text, v.v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s is outside the range of %s (%s)", (int)n, text, type_name(type),
             int_range(type));
    return MIG_NULL_INT;
}

mig_int mig_bigint_of_double(mig_ctx *x, mig_float v) {
    return int_of_double(x, v, MIG_T_BIGINT);
}

mig_int mig_integer_of_double(mig_ctx *x, mig_float v) {
    return int_of_double(x, v, MIG_T_INTEGER);
}

mig_int mig_smallint_of_double(mig_ctx *x, mig_float v) {
    return int_of_double(x, v, MIG_T_SMALLINT);
}

mig_float mig_double_of_int(mig_ctx *x, mig_int v) {
    (void)x;
    return v.is_null ? MIG_NULL_FLOAT : MIG_FLOAT((double)v.v);
}

mig_float mig_double_of_double(mig_ctx *x, mig_float v) {
    (void)x;
    return v;
}

mig_float mig_real_of_int(mig_ctx *x, mig_int v) {
    (void)x;
    return v.is_null ? MIG_NULL_FLOAT : MIG_FLOAT((double)(float)v.v);
}

mig_float mig_real_of_real(mig_ctx *x, mig_float v) {
    (void)x;
    return v;
}

mig_float mig_real_of_double(mig_ctx *x, mig_float v) {
    return mig_narrow_float(x, v);
}

static mig_float float_of_text(mig_ctx *x, mig_text v, mig_type type) {
    double d = 0;
    if (v.p == NULL)
        return MIG_NULL_FLOAT;
    switch (fn_double_read(v, type == MIG_T_REAL, &d)) {
    case FN_READ_OK:
        if (!isinf(d))
            return MIG_FLOAT(d);
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a number", fn_show(v).s);
        break;
    case FN_READ_RANGE:
        mig_fail(x, MIG_RULE_RANGE, v, "%s is outside the range of %s", fn_show(v).s, type_name(type));
        break;
    case FN_READ_SYNTAX: mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a number", fn_show(v).s); break;
    case FN_READ_NOMEM: mig_fatal(x, MIG_NOMEM, "out of memory"); break;
    }
    return MIG_NULL_FLOAT;
}

mig_float mig_double_of_text(mig_ctx *x, mig_text v) {
    return float_of_text(x, v, MIG_T_DOUBLE);
}

mig_float mig_real_of_text(mig_ctx *x, mig_text v) {
    return float_of_text(x, v, MIG_T_REAL);
}

mig_float mig_double_of_numeric(mig_ctx *x, mig_numeric v) {
    return float_of_text(x, (mig_text){v.p, v.n}, MIG_T_DOUBLE);
}

mig_float mig_real_of_numeric(mig_ctx *x, mig_numeric v) {
    return float_of_text(x, (mig_text){v.p, v.n}, MIG_T_REAL);
}

mig_numeric mig_numeric_of_int(mig_ctx *x, mig_int v) {
    char *out = v.is_null ? NULL : fn_bytes(x, 20);
    return out == NULL ? MIG_NULL_NUMERIC : (mig_numeric){out, rt_spell_int(out, v.v)};
}

mig_numeric mig_numeric_of_numeric(mig_ctx *x, mig_numeric v) {
    (void)x;
    return v;
}

static mig_numeric numeric_of_float(mig_ctx *x, mig_float v, int digits) {
    char text[RT_SPELL];
    mig_numeric out;
    if (v.is_null)
        return MIG_NULL_NUMERIC;
    if (!isfinite(v.v)) {
        float_failed(x, v.v, "is no exact number");
        return MIG_NULL_NUMERIC;
    }
    int n = snprintf(text, sizeof text, "%.*g", digits, v.v);
    mig_text copy = fn_copy(x, text, (size_t)n);
    return copy.p != NULL && fn_numeric_read(x, copy, &out) == FN_READ_OK ? out : MIG_NULL_NUMERIC;
}

mig_numeric mig_numeric_of_double(mig_ctx *x, mig_float v) {
    return numeric_of_float(x, v, 15);
}

mig_numeric mig_numeric_of_real(mig_ctx *x, mig_float v) {
    return numeric_of_float(x, v, 6);
}

mig_numeric mig_numeric_of_text(mig_ctx *x, mig_text v) {
    mig_numeric out = MIG_NULL_NUMERIC;
    if (v.p == NULL)
        return out;
    switch (fn_numeric_read(x, v, &out)) {
    case FN_READ_OK: return out;
    case FN_READ_SYNTAX: mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a number", fn_show(v).s); break;
    case FN_READ_RANGE:
        mig_fail(x, MIG_RULE_RANGE, v, "%s has more digits than a numeric can hold", fn_show(v).s);
        break;
    case FN_READ_NOMEM: break; /* recorded */
    }
    return MIG_NULL_NUMERIC;
}

static mig_int int_of_text(mig_ctx *x, mig_text v, mig_type type) {
    int64_t i;
    if (v.p == NULL)
        return MIG_NULL_INT;
    fn_read r = fn_int_read(v, &i);
    if (r == FN_READ_OK && int_fits(i, type))
        return MIG_INT(i);
    if (r == FN_READ_SYNTAX)
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not an integer", fn_show(v).s);
    else
        mig_fail(x, MIG_RULE_RANGE, v, "%s is outside the range of %s (%s)", fn_show(v).s, type_name(type), int_range(type));
    return MIG_NULL_INT;
}

mig_int mig_bigint_of_text(mig_ctx *x, mig_text v) {
    return int_of_text(x, v, MIG_T_BIGINT);
}

mig_int mig_integer_of_text(mig_ctx *x, mig_text v) {
    return int_of_text(x, v, MIG_T_INTEGER);
}

mig_int mig_smallint_of_text(mig_ctx *x, mig_text v) {
    return int_of_text(x, v, MIG_T_SMALLINT);
}
