/*
 * pg_decode.c: a tuple of COPY's binary format as a row. The select casts every column to its declared type, so the forms
 * are known; what is checked is what the language has no value for: infinities, NaN, arrays of several dimensions.
 */
#include "runtime/targets/forms.h"
#include "runtime/targets/pg.h"

#include <math.h>
#include <string.h>

typedef struct decoder {
    mig_codec c; /* must stand first */
    const char *p, *end;
    rt_arena *arena;
    int column;
    const char *expected;
    int bad_column;
    bool nomem;
} decoder;

const char *pg_cast_of(mig_type type) {
    switch (type) {
    case MIG_T_BOOLEAN: return "boolean";
    case MIG_T_SMALLINT: return "smallint";
    case MIG_T_INTEGER: return "integer";
    case MIG_T_BIGINT: return "bigint";
    case MIG_T_REAL: return "real";
    case MIG_T_DOUBLE: return "double precision";
    case MIG_T_NUMERIC: return "numeric";
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: return "text"; /* which drops the padding of char(n) */
    case MIG_T_BYTEA: return "bytea";
    case MIG_T_DATE: return "date";
    case MIG_T_TIME: return "time";
    case MIG_T_TIMESTAMP: return "timestamp";
    case MIG_T_TIMESTAMPTZ: return "timestamptz";
    case MIG_T_UUID: return "uuid";
    case MIG_T_JSON: return "json";
    case MIG_T_JSONB: return "jsonb";
    case MIG_T_TEXT_ARRAY: return "text[]";
    case MIG_T_COUNT: break;
    }
    return "text";
}

static decoder *decoder_of(mig_codec *c) { return (decoder *)c; }

static void bad(decoder *d, const char *expected) {
    if (d->expected == NULL) {
        d->expected = expected;
        d->bad_column = d->column - 1;
    }
}

/* The next value's bytes; NULL: null. A value that is cut off is said and taken for null. */
static const char *next(decoder *d, size_t *n) {
    d->column++;
    *n = 0;
    if (d->end - d->p < 4) {
        bad(d, "complete");
        return NULL;
    }
    uint32_t len = pg_get32(d->p);
    d->p += 4;
    if (len == UINT32_MAX)
        return NULL;
    if ((size_t)(d->end - d->p) < len) {
        bad(d, "complete");
        d->p = d->end;
        return NULL;
    }
    const char *p = d->p;
    d->p += len;
    *n = len;
    return p;
}

/* A value of exactly n bytes, or NULL. */
static const char *fixed(decoder *d, size_t n, const char *expected) {
    size_t len;
    const char *p = next(d, &len);
    if (p != NULL && len != n) {
        bad(d, expected);
        return NULL;
    }
    return p;
}

static void get_boolean(mig_codec *c, mig_bool *v) {
    const char *p = fixed(decoder_of(c), 1, "a boolean");
    *v = (mig_bool){p != NULL && *p != 0, p == NULL};
}

static void get_smallint(mig_codec *c, mig_int *v) {
    const char *p = fixed(decoder_of(c), 2, "a smallint");
    *v = p != NULL ? MIG_INT((int16_t)pg_get16(p)) : MIG_NULL_INT;
}

static void get_integer(mig_codec *c, mig_int *v) {
    const char *p = fixed(decoder_of(c), 4, "an integer");
    *v = p != NULL ? MIG_INT((int32_t)pg_get32(p)) : MIG_NULL_INT;
}

static void get_bigint(mig_codec *c, mig_int *v) {
    const char *p = fixed(decoder_of(c), 8, "a bigint");
    *v = p != NULL ? MIG_INT((int64_t)pg_get64(p)) : MIG_NULL_INT;
}

static void get_real(mig_codec *c, mig_float *v) {
    const char *p = fixed(decoder_of(c), 4, "a real");
    uint32_t bits = p != NULL ? pg_get32(p) : 0;
    float f;
    memcpy(&f, &bits, 4);
    *v = (mig_float){(double)f, p == NULL};
    if (!isfinite(f))
        bad(decoder_of(c), "a finite number");
}

static void get_double(mig_codec *c, mig_float *v) {
    const char *p = fixed(decoder_of(c), 8, "a double precision");
    uint64_t bits = p != NULL ? pg_get64(p) : 0;
    memcpy(&v->v, &bits, 8);
    v->is_null = p == NULL;
    if (!isfinite(v->v))
        bad(decoder_of(c), "a finite number");
}

static void get_numeric(mig_codec *c, mig_numeric *v) {
    decoder *d = decoder_of(c);
    size_t n;
    const char *p = next(d, &n);
    *v = MIG_NULL_NUMERIC;
    if (p != NULL && !pg_numeric_get(p, n, d->arena, v, &d->nomem) && !d->nomem)
        bad(d, "a finite number");
}

static void get_text(mig_codec *c, mig_text *v) {
    v->p = next(decoder_of(c), &v->n);
}

static void get_bytea(mig_codec *c, mig_bytea *v) {
    v->p = next(decoder_of(c), &v->n);
}

static void get_json(mig_codec *c, mig_json *v) {
    v->p = next(decoder_of(c), &v->n);
}

static void get_jsonb(mig_codec *c, mig_json *v) {
    v->p = next(decoder_of(c), &v->n);
    if (v->p == NULL)
        return;
    if (v->n < 1 || *v->p != 1)
        bad(decoder_of(c), "jsonb of version 1");
    v->p++;
    v->n -= v->n > 0;
}

static void get_date(mig_codec *c, mig_date *v) {
    const char *p = fixed(decoder_of(c), 4, "a date");
    *v = (mig_date){p != NULL ? (int32_t)pg_get32(p) : 0, p == NULL};
    if (v->v < RT_DATE_MIN || v->v > RT_DATE_MAX)
        bad(decoder_of(c), "a finite date");
}

static void get_time(mig_codec *c, mig_time *v) {
    const char *p = fixed(decoder_of(c), 8, "a time");
    *v = (mig_time){p != NULL ? (int64_t)pg_get64(p) : 0, p == NULL};
}

static int64_t instant(decoder *d, bool *is_null) {
    const char *p = fixed(d, 8, "a timestamp");
    int64_t us = p != NULL ? (int64_t)pg_get64(p) : 0;
    *is_null = p == NULL;
    if (us < RT_TIMESTAMP_MIN || us > RT_TIMESTAMP_MAX)
        bad(d, "a finite timestamp");
    return us;
}

static void get_timestamp(mig_codec *c, mig_timestamp *v) { v->v = instant(decoder_of(c), &v->is_null); }
static void get_timestamptz(mig_codec *c, mig_timestamptz *v) { v->v = instant(decoder_of(c), &v->is_null); }

static void get_uuid(mig_codec *c, mig_uuid *v) {
    const char *p = fixed(decoder_of(c), 16, "a uuid");
    v->is_null = p == NULL;
    if (p != NULL)
        memcpy(v->v, p, 16);
}

static void get_list(mig_codec *c, mig_list *v) {
    static const char expected[] = "an array of one dimension";
    decoder *d = decoder_of(c);
    size_t n;
    const char *p = next(d, &n), *end = p + n;
    *v = MIG_NULL_LIST;
    if (p == NULL)
        return;
    uint32_t dimensions = n >= 12 ? pg_get32(p) : 2;
    size_t count = dimensions == 1 && n >= 20 ? pg_get32(p + 12) : 0;
    if (dimensions > 1 || (dimensions == 1 && n < 20) || count > n / 4) {
        bad(d, expected);
        return;
    }
    mig_text *items = rt_arena_alloc(d->arena, (count + 1) * sizeof *items);
    if (items == NULL) {
        d->nomem = true;
        return;
    }
    p += dimensions == 1 ? 20 : 12;
    for (size_t i = 0; i < count; i++) {
        uint32_t len = end - p >= 4 ? pg_get32(p) : 0;
        if (end - p < 4 || (len != UINT32_MAX && (size_t)(end - p) - 4 < len)) {
            bad(d, expected);
            return;
        }
        p += 4;
        items[i] = len == UINT32_MAX ? MIG_NULL_TEXT : (mig_text){p, len};
        p += len == UINT32_MAX ? 0 : len;
    }
    *v = (mig_list){items, count, false};
}

size_t pg_tuple_size(const char *p, size_t n) {
    if (n < 2)
        return 0;
    unsigned columns = pg_get16(p);
    if (columns == UINT16_MAX)
        return (size_t)-1;
    size_t at = 2;
    for (unsigned i = 0; i < columns; i++) {
        if (n - at < 4)
            return 0;
        uint32_t len = pg_get32(p + at);
        at += 4;
        if (len == UINT32_MAX)
            continue;
        if (n - at < len)
            return 0;
        at += len;
    }
    return at;
}

mig_status pg_decode(const mig_table *t, const char *p, size_t n, void *row, rt_arena *a, const char **expected, int *column) {
    decoder d = {
        .c = {.boolean = get_boolean, .smallint = get_smallint, .integer = get_integer, .bigint = get_bigint,
              .real = get_real, .double_ = get_double, .numeric = get_numeric, .text = get_text, .bytea = get_bytea,
              .date = get_date, .time = get_time, .timestamp = get_timestamp, .timestamptz = get_timestamptz,
              .uuid = get_uuid, .json = get_json, .jsonb = get_jsonb, .list = get_list},
        .p = p + 2, .end = p + n, .arena = a,
    };
    t->visit(row, &d.c);
    if (d.nomem)
        return MIG_NOMEM;
    *expected = d.expected;
    *column = d.bad_column;
    return d.expected == NULL ? MIG_OK : MIG_IO;
}
