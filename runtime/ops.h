/*
 * ops.h: operators of the language as C functions; part of mig.h.
 *
 * T below is the C type's name without mig_: bool, int, float, numeric, text, bytea, json, date, time, timestamp, timestamptz,
 * uuid, list. Text is compared by bytes (code point order), char(n) after mig_text_of_char(). Three-valued logic is SQL's. What can
 * fail takes the row context first, records the failure there and returns null.
 */
#ifndef MIG_OPS_H
#define MIG_OPS_H

#include <string.h>

/* ---- null tests: mig_is_null_T(v) ------------------------------------------------------------------------------ */

#define MIG_NULL_BY_FLAG(T) static inline bool mig_is_null_##T(mig_##T v) { return v.is_null; }
#define MIG_NULL_BY_POINTER(T) static inline bool mig_is_null_##T(mig_##T v) { return v.p == NULL; }
MIG_NULL_BY_FLAG(bool)
MIG_NULL_BY_FLAG(int)
MIG_NULL_BY_FLAG(float)
MIG_NULL_BY_FLAG(date)
MIG_NULL_BY_FLAG(time)
MIG_NULL_BY_FLAG(timestamp)
MIG_NULL_BY_FLAG(timestamptz)
MIG_NULL_BY_FLAG(uuid)
MIG_NULL_BY_FLAG(list)
MIG_NULL_BY_POINTER(numeric)
MIG_NULL_BY_POINTER(text)
MIG_NULL_BY_POINTER(bytea)
MIG_NULL_BY_POINTER(json)
#undef MIG_NULL_BY_FLAG
#undef MIG_NULL_BY_POINTER

/* ---- order: mig_cmp_T(a, b), neither null: negative, 0, positive ---------------------------------------------------- */

static inline int mig_cmp_bool(mig_bool a, mig_bool b) { return (int)a.v - (int)b.v; }
static inline int mig_cmp_int(mig_int a, mig_int b) { return (a.v > b.v) - (a.v < b.v); }
/* NaN, which only an existing table can hold, is above all others, as in PostgreSQL. */
static inline int mig_cmp_float(mig_float a, mig_float b) {
    return a.v != a.v || b.v != b.v ? (a.v != a.v) - (b.v != b.v) : (a.v > b.v) - (a.v < b.v);
}
static inline int mig_cmp_date(mig_date a, mig_date b) { return (a.v > b.v) - (a.v < b.v); }
static inline int mig_cmp_time(mig_time a, mig_time b) { return (a.v > b.v) - (a.v < b.v); }
static inline int mig_cmp_timestamp(mig_timestamp a, mig_timestamp b) { return (a.v > b.v) - (a.v < b.v); }
static inline int mig_cmp_timestamptz(mig_timestamptz a, mig_timestamptz b) { return (a.v > b.v) - (a.v < b.v); }
static inline int mig_cmp_uuid(mig_uuid a, mig_uuid b) { return memcmp(a.v, b.v, sizeof a.v); }
static inline int mig_cmp_text(mig_text a, mig_text b) {
    int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return c != 0 ? c : (a.n > b.n) - (a.n < b.n);
}
static inline int mig_cmp_bytea(mig_bytea a, mig_bytea b) {
    return mig_cmp_text((mig_text){a.p, a.n}, (mig_text){b.p, b.n});
}
/* By the text: jsonb is canonical, so equal values have equal texts (but 1.0 and 1, which it keeps apart, stay apart). */
static inline int mig_cmp_json(mig_json a, mig_json b) {
    return mig_cmp_text((mig_text){a.p, a.n}, (mig_text){b.p, b.n});
}
int mig_cmp_numeric(mig_numeric a, mig_numeric b); /* 1.0 equals 1 */
int mig_cmp_list(mig_list a, mig_list b);          /* element by element, null elements above all others; then the shorter first */

/*
 * mig_eq_T ne lt le gt ge: null when a side is null.  mig_distinct_T: `is distinct from`, never null.
 * mig_order_T: for sorting, nulls above all others.
 * mig_greatest_T least: the values that are not null; null when both are.  mig_nullif_T.
 */
#define MIG_COMPARISONS(T, ID)                                                                                       \
    static inline mig_bool mig_eq_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) == 0);          \
    }                                                                                                                \
    static inline mig_bool mig_ne_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) != 0);          \
    }                                                                                                                \
    static inline mig_bool mig_lt_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) < 0);           \
    }                                                                                                                \
    static inline mig_bool mig_le_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) <= 0);          \
    }                                                                                                                \
    static inline mig_bool mig_gt_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) > 0);           \
    }                                                                                                                \
    static inline mig_bool mig_ge_##T(mig_##T a, mig_##T b) {                                                        \
        return mig_is_null_##T(a) || mig_is_null_##T(b) ? MIG_NULL_BOOL : MIG_BOOL(mig_cmp_##T(a, b) >= 0);          \
    }                                                                                                                \
    static inline int mig_order_##T(mig_##T a, mig_##T b) {                                                          \
        bool an = mig_is_null_##T(a), bn = mig_is_null_##T(b);                                                       \
        return an || bn ? (int)an - (int)bn : mig_cmp_##T(a, b);                                                     \
    }                                                                                                                \
    static inline mig_bool mig_distinct_##T(mig_##T a, mig_##T b) { return MIG_BOOL(mig_order_##T(a, b) != 0); }     \
    static inline mig_##T mig_greatest_##T(mig_##T a, mig_##T b) {                                                   \
        return mig_is_null_##T(a) ? b : mig_is_null_##T(b) || mig_cmp_##T(a, b) >= 0 ? a : b;                        \
    }                                                                                                                \
    static inline mig_##T mig_least_##T(mig_##T a, mig_##T b) {                                                      \
        return mig_is_null_##T(a) ? b : mig_is_null_##T(b) || mig_cmp_##T(a, b) <= 0 ? a : b;                        \
    }                                                                                                                \
    static inline mig_##T mig_nullif_##T(mig_##T a, mig_##T b) {                                                     \
        return !mig_is_null_##T(a) && !mig_is_null_##T(b) && mig_cmp_##T(a, b) == 0 ? MIG_NULL_##ID : a;             \
    }
MIG_COMPARISONS(bool, BOOL)
MIG_COMPARISONS(int, INT)
MIG_COMPARISONS(float, FLOAT)
MIG_COMPARISONS(numeric, NUMERIC)
MIG_COMPARISONS(text, TEXT)
MIG_COMPARISONS(bytea, BYTEA)
MIG_COMPARISONS(json, JSON)
MIG_COMPARISONS(date, DATE)
MIG_COMPARISONS(time, TIME)
MIG_COMPARISONS(timestamp, TIMESTAMP)
MIG_COMPARISONS(timestamptz, TIMESTAMPTZ)
MIG_COMPARISONS(uuid, UUID)
MIG_COMPARISONS(list, LIST)
#undef MIG_COMPARISONS

/* ---- three-valued logic ------------------------------------------------------------------------------------------- */

static inline bool mig_is_true(mig_bool v) { return !v.is_null && v.v; }
static inline bool mig_is_false(mig_bool v) { return !v.is_null && !v.v; }
static inline mig_bool mig_not(mig_bool v) { return v.is_null ? v : MIG_BOOL(!v.v); }
static inline mig_bool mig_and(mig_bool a, mig_bool b) {
    return mig_is_false(a) || mig_is_false(b) ? MIG_BOOL(false) : a.is_null || b.is_null ? MIG_NULL_BOOL : MIG_BOOL(true);
}
static inline mig_bool mig_or(mig_bool a, mig_bool b) {
    return mig_is_true(a) || mig_is_true(b) ? MIG_BOOL(true) : a.is_null || b.is_null ? MIG_NULL_BOOL : MIG_BOOL(false);
}

/* ---- text ----------------------------------------------------------------------------------------------------------- */

mig_text mig_concat_text(mig_ctx *x, mig_text a, mig_text b); /* || */
mig_bytea mig_concat_bytea(mig_ctx *x, mig_bytea a, mig_bytea b);
mig_list mig_concat_list(mig_ctx *x, mig_list a, mig_list b);
/* % any text, _ one character. escape: one character; null: backslash; empty: none. ilike: both folded. */
mig_bool mig_like(mig_ctx *x, mig_text v, mig_text pattern, mig_text escape);
mig_bool mig_ilike(mig_ctx *x, mig_text v, mig_text pattern, mig_text escape);

/* ---- arithmetic: failures are RANGE ------------------------------------------------------------------------------------ */

/* type: that of the result (MIG_T_SMALLINT, MIG_T_INTEGER, MIG_T_BIGINT), whose range is kept. Division truncates. */
mig_int mig_add_int(mig_ctx *x, mig_int a, mig_int b, mig_type type);
mig_int mig_sub_int(mig_ctx *x, mig_int a, mig_int b, mig_type type);
mig_int mig_mul_int(mig_ctx *x, mig_int a, mig_int b, mig_type type);
mig_int mig_div_int(mig_ctx *x, mig_int a, mig_int b, mig_type type);
mig_int mig_mod_int(mig_ctx *x, mig_int a, mig_int b, mig_type type);
mig_int mig_neg_int(mig_ctx *x, mig_int a, mig_type type);
/* type: MIG_T_REAL (rounded to single precision) or MIG_T_DOUBLE. Too large, and a result that is no number, are failures. */
mig_float mig_add_float(mig_ctx *x, mig_float a, mig_float b, mig_type type);
mig_float mig_sub_float(mig_ctx *x, mig_float a, mig_float b, mig_type type);
mig_float mig_mul_float(mig_ctx *x, mig_float a, mig_float b, mig_type type);
mig_float mig_div_float(mig_ctx *x, mig_float a, mig_float b, mig_type type);
static inline mig_float mig_neg_float(mig_float a) { a.v = -a.v; return a; }
/* Exact; digits after the point as PostgreSQL gives them (div: at least 16 significant ones). */
mig_numeric mig_add_numeric(mig_ctx *x, mig_numeric a, mig_numeric b);
mig_numeric mig_sub_numeric(mig_ctx *x, mig_numeric a, mig_numeric b);
mig_numeric mig_mul_numeric(mig_ctx *x, mig_numeric a, mig_numeric b);
mig_numeric mig_div_numeric(mig_ctx *x, mig_numeric a, mig_numeric b);
mig_numeric mig_mod_numeric(mig_ctx *x, mig_numeric a, mig_numeric b);
mig_numeric mig_neg_numeric(mig_ctx *x, mig_numeric a);
mig_date mig_add_date(mig_ctx *x, mig_date d, mig_int days);
mig_date mig_sub_date(mig_ctx *x, mig_date d, mig_int days);
mig_int mig_diff_date(mig_date a, mig_date b); /* days from b to a */

/* ---- widening (never fails) and narrowing (fallible) --------------------------------------------------------------------- */

/*
 * Widening is by functions of functions.def: mig_numeric_of_int, mig_double_of_int, mig_real_of_int, mig_timestamp_of_date;
 * the integers among themselves, real to double and varchar to text need no call. Numeric to double is no widening.
 */
mig_text mig_text_of_char(mig_text v); /* char(n) to text: without padding, should there be any */

/* type: MIG_T_SMALLINT, MIG_T_INTEGER. Failure RANGE. */
mig_int mig_narrow_int(mig_ctx *x, mig_int v, mig_type type);
/* double to real. Failure RANGE. */
mig_float mig_narrow_float(mig_ctx *x, mig_float v);
/*
 * At most n characters; blanks past them are dropped, as SQL says. MIG_T_CHAR: all blanks at the end are dropped: a char(n) is kept
 * without its padding everywhere, which an engine that pads adds by itself. Failure LENGTH.
 */
mig_text mig_narrow_text(mig_ctx *x, mig_text v, int n, mig_type type);
/* numeric(p,s): padded to s digits after the point; digits that would be lost, or too many before the point: failure RANGE. */
mig_numeric mig_narrow_numeric(mig_ctx *x, mig_numeric v, int p, int s);
/* enum('a','b'): failure CHECK. */
mig_text mig_narrow_enum(mig_ctx *x, mig_text v, const mig_text *choices, int n);
/* A null where a value must stand: records the failure (rule NULL). `what` names the column: "title". */
void mig_fail_null(mig_ctx *x, const char *what);

/* mig_coalesce_T(a, b): both are computed.  mig_not_null_T: the value; a null fails. */
#define MIG_NULL_HANDLING(T)                                                                                          \
    static inline mig_##T mig_coalesce_##T(mig_##T a, mig_##T b) { return mig_is_null_##T(a) ? b : a; }               \
    static inline mig_##T mig_not_null_##T(mig_ctx *x, mig_##T v, const char *what) {                                 \
        if (mig_is_null_##T(v))                                                                                       \
            mig_fail_null(x, what);                                                                                   \
        return v;                                                                                                     \
    }
MIG_NULL_HANDLING(bool)
MIG_NULL_HANDLING(int)
MIG_NULL_HANDLING(float)
MIG_NULL_HANDLING(numeric)
MIG_NULL_HANDLING(text)
MIG_NULL_HANDLING(bytea)
MIG_NULL_HANDLING(json)
MIG_NULL_HANDLING(date)
MIG_NULL_HANDLING(time)
MIG_NULL_HANDLING(timestamp)
MIG_NULL_HANDLING(timestamptz)
MIG_NULL_HANDLING(uuid)
MIG_NULL_HANDLING(list)
#undef MIG_NULL_HANDLING

/* `v in (…)` over values that are all computed. */
mig_bool mig_in_text(mig_text v, const mig_text *values, int n);
mig_bool mig_in_int(mig_int v, const mig_int *values, int n);

/* ---- the rules of a table's own, asked for a whole row: each records what is wrong and returns false ------------------------- */

bool mig_refuse_null(mig_ctx *x, const char *column);
/* The text has more than n characters (more than n bytes is known already). */
bool mig_too_long(mig_text v, int n);
bool mig_refuse_length(mig_ctx *x, const char *column, mig_text v, int n);
/* column: the only one that it is about, or NULL; rule: the constraint's name; text: as it is written; v: the column's text, or null. */
bool mig_refuse_check(mig_ctx *x, const char *column, const char *rule, const char *text, mig_text v);

#endif
