/*
 * fn_call.h: calls any C function of functions.def with arguments and a result as text, so that tests can be tables.
 * A test program includes it once. A function with a new signature needs a line in fn_signatures.h.
 */
#ifndef TESTS_UNIT_FN_CALL_H
#define TESTS_UNIT_FN_CALL_H

#include "runtime/rt.h"
#include "unit.h"
#include <math.h>

enum { FN_ARGS = 32 };

/* ---- a row context of its own ------------------------------------------------------------------------------- */

typedef struct fn_world { mig_ctx x; rt_error error; mig_record record; } fn_world;

static inline void fn_world_open(fn_world *w) {
    *w = (fn_world){.x = {.arena = rt_arena_new(1 << 16), .now = INT64_C(1000000) * 86400 * 366,
                          .run_id = "123e4567-e89b-12d3-a456-426614174000"},
                    .record = {.row = 7, .line = 42, .file = "shows.csv"}};
    w->x.error = &w->error;
    w->x.record = &w->record;
}

static inline void fn_world_reset(fn_world *w) {
    rt_arena_reset(w->x.arena);
    w->x.fatal = MIG_OK;
    mig_clear(&w->x);
    w->error.status = MIG_OK;
}

static inline void fn_world_close(fn_world *w) {
    rt_arena_free(w->x.arena);
}

/* ---- values from text (NULL: null) and back ------------------------------------------------------------------------ */

static inline mig_text in_text(mig_ctx *x, const char *s) {
    (void)x;
    return s == NULL ? MIG_NULL_TEXT : (mig_text){s, strlen(s)};
}
static inline mig_bool in_bool(mig_ctx *x, const char *s) { return mig_bool_of_text(x, in_text(x, s)); }
static inline mig_int in_int(mig_ctx *x, const char *s) { return mig_bigint_of_text(x, in_text(x, s)); }
/* Infinity comes in too: an existing table may hold it. */
static inline mig_float in_float(mig_ctx *x, const char *s) {
    double d;
    return s != NULL && rt_read_double(s, strlen(s), &d) && isinf(d) ? MIG_FLOAT(d) : mig_double_of_text(x, in_text(x, s));
}
static inline mig_numeric in_numeric(mig_ctx *x, const char *s) { return mig_numeric_of_text(x, in_text(x, s)); }
static inline mig_bytea in_bytea(mig_ctx *x, const char *s) { return mig_bytea_of_text(x, in_text(x, s)); }
static inline mig_date in_date(mig_ctx *x, const char *s) { return mig_date_of_text(x, in_text(x, s)); }
static inline mig_time in_time(mig_ctx *x, const char *s) { return mig_time_of_text(x, in_text(x, s)); }
static inline mig_timestamp in_timestamp(mig_ctx *x, const char *s) { return mig_timestamp_of_text(x, in_text(x, s)); }
static inline mig_timestamptz in_timestamptz(mig_ctx *x, const char *s) { return mig_timestamptz_of_text(x, in_text(x, s)); }
static inline mig_uuid in_uuid(mig_ctx *x, const char *s) { return mig_uuid_of_text(x, in_text(x, s)); }
static inline mig_json in_json(mig_ctx *x, const char *s) { return mig_json_of_text(x, in_text(x, s)); }
static inline mig_list in_list(mig_ctx *x, const char *s) { return mig_parse_list(x, in_text(x, s)); }

static inline mig_text out_text(mig_ctx *x, mig_text v) { (void)x; return v; }
static inline mig_text out_bool(mig_ctx *x, mig_bool v) { return mig_text_of_bool(x, v); }
static inline mig_text out_int(mig_ctx *x, mig_int v) { return mig_text_of_int(x, v); }
static inline mig_text out_float(mig_ctx *x, mig_float v) { return mig_text_of_double(x, v); }
static inline mig_text out_numeric(mig_ctx *x, mig_numeric v) { return mig_text_of_numeric(x, v); }
static inline mig_text out_bytea(mig_ctx *x, mig_bytea v) { return mig_text_of_bytea(x, v); }
static inline mig_text out_date(mig_ctx *x, mig_date v) { return mig_text_of_date(x, v); }
static inline mig_text out_time(mig_ctx *x, mig_time v) { return mig_text_of_time(x, v); }
static inline mig_text out_timestamp(mig_ctx *x, mig_timestamp v) { return mig_text_of_timestamp(x, v); }
static inline mig_text out_timestamptz(mig_ctx *x, mig_timestamptz v) { return mig_text_of_timestamptz(x, v); }
static inline mig_text out_uuid(mig_ctx *x, mig_uuid v) { return mig_text_of_uuid(x, v); }
static inline mig_text out_json(mig_ctx *x, mig_json v) { return mig_text_of_json(x, v); }
static inline mig_text out_list(mig_ctx *x, mig_list v) { return mig_text_of_list(x, v); }

/* ---- adapters ------------------------------------------------------------------------------------------------------- */

typedef void (*fn_any)(void);
typedef mig_text (*fn_adapter)(mig_ctx *x, fn_any fn, const char *const *a, int n);

/* The argument at i, null when there are fewer. */
static inline const char *fn_arg(const char *const *a, int n, int i) { return i < n ? a[i] : NULL; }

#define CALL0(R)                                                                                                      \
    static mig_text call_##R##_(mig_ctx *x, fn_any fn, const char *const *a, int n) {                                 \
        (void)a, (void)n;                                                                                             \
        return out_##R(x, ((mig_##R(*)(mig_ctx *))fn)(x));                                                            \
    }
#define CALL1(R, A)                                                                                                   \
    static mig_text call_##R##_##A(mig_ctx *x, fn_any fn, const char *const *a, int n) {                              \
        mig_##A v = in_##A(x, fn_arg(a, n, 0));                                                                       \
        return out_##R(x, ((mig_##R(*)(mig_ctx *, mig_##A))fn)(x, v));                                                \
    }
#define CALL2(R, A, B)                                                                                                \
    static mig_text call_##R##_##A##_##B(mig_ctx *x, fn_any fn, const char *const *a, int n) {                        \
        mig_##A v = in_##A(x, fn_arg(a, n, 0));                                                                       \
        mig_##B w = in_##B(x, fn_arg(a, n, 1));                                                                       \
        return out_##R(x, ((mig_##R(*)(mig_ctx *, mig_##A, mig_##B))fn)(x, v, w));                                    \
    }
#define CALL3(R, A, B, C)                                                                                             \
    static mig_text call_##R##_##A##_##B##_##C(mig_ctx *x, fn_any fn, const char *const *a, int n) {                  \
        mig_##A v = in_##A(x, fn_arg(a, n, 0));                                                                       \
        mig_##B w = in_##B(x, fn_arg(a, n, 1));                                                                       \
        mig_##C u = in_##C(x, fn_arg(a, n, 2));                                                                       \
        return out_##R(x, ((mig_##R(*)(mig_ctx *, mig_##A, mig_##B, mig_##C))fn)(x, v, w, u));                        \
    }
#define CALL0V(R, T)                                                                                                  \
    static mig_text call_##R##_##T##_v(mig_ctx *x, fn_any fn, const char *const *a, int n) {                          \
        mig_##T values[FN_ARGS];                                                                                      \
        for (int i = 0; i < n; i++)                                                                                   \
            values[i] = in_##T(x, a[i]);                                                                              \
        return out_##R(x, ((mig_##R(*)(mig_ctx *, const mig_##T *, int))fn)(x, values, n));                           \
    }
#define CALL1V(R, A, T)                                                                                               \
    static mig_text call_##R##_##A##_##T##_v(mig_ctx *x, fn_any fn, const char *const *a, int n) {                    \
        mig_##A v = in_##A(x, fn_arg(a, n, 0));                                                                       \
        mig_##T values[FN_ARGS];                                                                                      \
        for (int i = 1; i < n; i++)                                                                                   \
            values[i - 1] = in_##T(x, a[i]);                                                                          \
        return out_##R(x, ((mig_##R(*)(mig_ctx *, mig_##A, const mig_##T *, int))fn)(x, v, values, n - 1));           \
    }
#include "fn_signatures.h"
#undef CALL0
#undef CALL1
#undef CALL2
#undef CALL3
#undef CALL0V
#undef CALL1V

static const struct { const char *signature; fn_adapter call; } fn_adapters[] = {
#define CALL0(R) {#R "()", call_##R##_},
#define CALL1(R, A) {#R "(" #A ")", call_##R##_##A},
#define CALL2(R, A, B) {#R "(" #A "," #B ")", call_##R##_##A##_##B},
#define CALL3(R, A, B, C) {#R "(" #A "," #B "," #C ")", call_##R##_##A##_##B##_##C},
#define CALL0V(R, T) {#R "(" #T "*)", call_##R##_##T##_v},
#define CALL1V(R, A, T) {#R "(" #A "," #T "*)", call_##R##_##A##_##T##_v},
#include "fn_signatures.h"
#undef CALL0
#undef CALL1
#undef CALL2
#undef CALL3
#undef CALL0V
#undef CALL1V
};

/* ---- the table ---------------------------------------------------------------------------------------------------- */

typedef struct fn_row {
    const char *id, *name, *cname, *args, *ctype, *params;
    fn_any fn;
    bool strict, can_fail, immutable;
    fn_adapter call; /* set by fn_rows_ready() */
    int used;        /* cases */
} fn_row;

#define STRICT true
#define CALLED false
#define CAN_FAIL true
#define SURE_IF_CONST true
#define SURE false
#define IMMUTABLE true
#define STABLE false
#define VOLATILE false
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help)           \
    {#id, name, #cname, args, #ctype, #params, (fn_any)cname, null_rule, fallible, volatility, NULL, 0},
#define MIG_FORM(id, syntax, family, help)
static fn_row fn_rows[] = {
#include "runtime/functions.def"
};
#undef MIG_FN
#undef MIG_FORM
#undef STRICT
#undef CALLED
#undef CAN_FAIL
#undef SURE_IF_CONST
#undef SURE
#undef IMMUTABLE
#undef STABLE
#undef VOLATILE
enum { FN_ROWS = sizeof fn_rows / sizeof *fn_rows };

/* "(mig_ctx *x, mig_text v, const mig_text *formats, int n)" of a text function: "text(text,text*)". */
static inline void fn_signature(const fn_row *row, char *out, size_t cap) {
    char types[160] = "";
    char params[240];
    snprintf(params, sizeof params, "%s", row->params);
    char *save = NULL, *p = strtok_r(params, ",", &save);
    while ((p = strtok_r(NULL, ",", &save)) != NULL) {
        char *type = strstr(p, "mig_");
        if (type == NULL)
            continue; /* int n */
        type += 4;
        bool many = strchr(type, '*') != NULL;
        type[strcspn(type, " *)")] = '\0';
        size_t n = strlen(types);
        snprintf(types + n, sizeof types - n, "%s%s%s", n > 0 ? "," : "", type, many ? "*" : "");
    }
    snprintf(out, cap, "%s(%s)", row->ctype + 4, types);
}

/* Finds every row's adapter; fails the test when one has none. */
static inline void fn_rows_ready(void) {
    for (int i = 0; i < FN_ROWS; i++) {
        char signature[240];
        fn_signature(&fn_rows[i], signature, sizeof signature);
        for (size_t k = 0; k < sizeof fn_adapters / sizeof *fn_adapters && fn_rows[i].call == NULL; k++)
            if (strcmp(fn_adapters[k].signature, signature) == 0)
                fn_rows[i].call = fn_adapters[k].call;
        if (fn_rows[i].call == NULL)
            fail_msg("%s: no line of fn_signatures.h is for %s", fn_rows[i].cname, signature);
    }
}

/* The first row of the C function (several may share it). */
static inline fn_row *fn_row_of(const char *cname, size_t n) {
    for (int i = 0; i < FN_ROWS; i++)
        if (strlen(fn_rows[i].cname) == n && memcmp(fn_rows[i].cname, cname, n) == 0)
            return &fn_rows[i];
    return NULL;
}

#endif
