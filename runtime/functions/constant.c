/*
 * constant.c: checks constants of a spec for the compiler: which argument of which function is a format, a zone, a pattern.
 */
#include "runtime/functions/constant.h"

#include "runtime/functions/calendar.h"

typedef enum fn_id {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) FN_##id,
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
} fn_id;

static bool format_refused(mig_text format, fmt_use use, char *why, size_t n) {
    return fmt_get(format, use, why, n) == NULL;
}

static bool encoding_refused(mig_text name, bool reading, char *why, size_t n) {
    if (fn_is_word(name, "UTF8") || fn_is_word(name, "UTF-8") || (reading && fn_is_word(name, "LATIN1")))
        return false;
    snprintf(why, n, reading ? "it is neither UTF8 nor LATIN1" : "it is not UTF8");
    return true;
}

static bool code_point_refused(mig_text digits, char *why, size_t n) {
    int64_t c;
    if (rt_read_int(digits.p, digits.n, &c) && c >= 1 && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff))
        return false;
    snprintf(why, n, "it is not the code point of a character");
    return true;
}

static bool part_number_refused(mig_text digits, char *why, size_t n) {
    int64_t v;
    if (rt_read_int(digits.p, digits.n, &v) && v != 0)
        return false;
    snprintf(why, n, "parts are counted from 1, or from -1 at the end");
    return true;
}

static bool variable_refused(mig_text name, char *why, size_t n) {
    if (name.n > 0 && memchr(name.p, '=', name.n) == NULL)
        return false;
    snprintf(why, n, "it cannot be the name of an environment variable");
    return true;
}

bool mig_constant_refused(int fn, int arg, mig_text v, char *why, size_t n) {
    if (v.p == NULL)
        return false;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* most functions have no argument of this kind */
    switch ((fn_id)fn) {
    case FN_AT_ZONE_TIMESTAMP: case FN_AT_ZONE_TIMESTAMPTZ: return arg == 1 && fn_zone_refused(v, why, n);
    case FN_CHR: return code_point_refused(v, why, n);
    case FN_CONVERT_FROM: return arg == 1 && encoding_refused(v, true, why, n);
    case FN_CONVERT_TO: return arg == 1 && encoding_refused(v, false, why, n);
    case FN_DATE_OF_FORMAT: return arg >= 1 && format_refused(v, FMT_READ_DATE, why, n);
    case FN_DATE_TRUNC_TIMESTAMP: case FN_DATE_TRUNC_TIMESTAMPTZ: return arg == 0 && fn_trunc_refused(v, why, n);
    case FN_DECODE: case FN_ENCODE: return arg == 1 && fn_code_refused(v, why, n);
    case FN_ENV: return variable_refused(v, why, n);
    case FN_MATCHES: case FN_REGEX_EXTRACT: return arg == 1 && fn_regex_refused(v, why, n);
    case FN_REGEX_REPLACE:
        return (arg == 1 && fn_regex_refused(v, why, n)) || (arg == 2 && fn_replacement_refused(v, why, n));
    case FN_SPLIT_PART: return arg == 2 && part_number_refused(v, why, n);
    case FN_TIME_OF_FORMAT: return arg >= 1 && format_refused(v, FMT_READ_TIME, why, n);
    case FN_TIMESTAMP_OF_FORMAT: return arg >= 1 && format_refused(v, FMT_READ_TIMESTAMP, why, n);
    case FN_TIMESTAMPTZ_OF_FORMAT: return arg >= 1 && format_refused(v, FMT_READ_TIMESTAMPTZ, why, n);
    case FN_TO_CHAR_INT: case FN_TO_CHAR_NUMERIC: return arg == 1 && fn_number_format_refused(v, why, n);
    case FN_TO_CHAR_TIMESTAMP: return arg == 1 && format_refused(v, FMT_PRINT, why, n);
    case FN_TO_CHAR_TIMESTAMPTZ: return arg == 1 && format_refused(v, FMT_PRINT_TZ, why, n);
    default: return false;
    }
#pragma GCC diagnostic pop
}

/* ---- calls of constants ------------------------------------------------------------------------------------------------- */

static mig_int whole(mig_ctx *x, mig_text v) {
    return mig_bigint_of_text(x, v);
}

static mig_float real(mig_ctx *x, mig_text v) {
    return mig_double_of_text(x, v);
}

static mig_numeric exact(mig_ctx *x, mig_text v) {
    return mig_numeric_of_text(x, v);
}

bool mig_constant_call(mig_ctx *x, int fn, const mig_text *args, int n) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum" /* most functions cannot fail */
    switch ((fn_id)fn) {
    case FN_ABS_SMALLINT: mig_abs_smallint(x, whole(x, args[0])); return true;
    case FN_ABS_INTEGER: mig_abs_integer(x, whole(x, args[0])); return true;
    case FN_ABS_BIGINT: mig_abs_bigint(x, whole(x, args[0])); return true;
    case FN_AT_ZONE_TIMESTAMP: mig_at_zone_timestamp(x, mig_timestamp_of_text(x, args[0]), args[1]); return true;
    case FN_AT_ZONE_TIMESTAMPTZ: mig_at_zone_timestamptz(x, mig_timestamptz_of_text(x, args[0]), args[1]); return true;
    case FN_BIGINT_OF_NUMERIC: mig_bigint_of_numeric(x, exact(x, args[0])); return true;
    case FN_CONVERT_FROM: mig_convert_from(x, mig_bytea_of_text(x, args[0]), args[1]); return true;
    case FN_DATE_OF_FORMAT: mig_date_of_format(x, args[0], args + 1, n - 1); return true;
    case FN_DECODE: mig_decode(x, args[0], args[1]); return true;
    case FN_DOUBLE_OF_NUMERIC: mig_double_of_numeric(x, exact(x, args[0])); return true;
    case FN_INTEGER_OF_INT: mig_integer_of_int(x, whole(x, args[0])); return true;
    case FN_INTEGER_OF_NUMERIC: mig_integer_of_numeric(x, exact(x, args[0])); return true;
    case FN_JSON_ARRAY_LENGTH: mig_json_array_length(x, mig_json_of_text(x, args[0])); return true;
    case FN_JSON_ITEMS: mig_json_items(x, mig_json_of_text(x, args[0])); return true;
    case FN_JULIAN: mig_julian(x, real(x, args[0])); return true;
    case FN_MAKE_DATE: mig_make_date(x, whole(x, args[0]), whole(x, args[1]), whole(x, args[2])); return true;
    case FN_PARSE_LIST: mig_parse_list(x, args[0]); return true;
    case FN_POWER: mig_power(x, real(x, args[0]), real(x, args[1])); return true;
    case FN_REAL_OF_NUMERIC: mig_real_of_numeric(x, exact(x, args[0])); return true;
    case FN_SMALLINT_OF_INT: mig_smallint_of_int(x, whole(x, args[0])); return true;
    case FN_SMALLINT_OF_NUMERIC: mig_smallint_of_numeric(x, exact(x, args[0])); return true;
    case FN_SQRT: mig_sqrt(x, real(x, args[0])); return true;
    case FN_TIME_OF_FORMAT: mig_time_of_format(x, args[0], args + 1, n - 1); return true;
    case FN_TIMESTAMP_OF_FORMAT: mig_timestamp_of_format(x, args[0], args + 1, n - 1); return true;
    case FN_TIMESTAMPTZ_OF_FORMAT: mig_timestamptz_of_format(x, args[0], args + 1, n - 1); return true;
    case FN_TO_TIMESTAMP: mig_to_timestamp(x, exact(x, args[0])); return true;
    default: return false;
    }
#pragma GCC diagnostic pop
}
