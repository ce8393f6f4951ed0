/*
 * pg_encode.c: a row as a tuple of COPY's binary format: the number of columns, then per column its length (-1: null) and
 * its bytes in network order. Runs for every row; grows one buffer, nothing else.
 */
#include "runtime/targets/forms.h"
#include "runtime/targets/pg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct encoder {
    mig_codec c; /* must stand first */
    const mig_table *table;
    const pg_form *forms;
    rt_buf *out;
    int column;
    const char *refused;
    int refused_column;
} encoder;

enum { OID_TEXT = 25, FIELD_MAX = 0x3fffffff }; /* PostgreSQL keeps at most 1 GB in a field */

pg_form pg_form_of(mig_type type) {
    pg_form f = {0};
    if (type == MIG_T_SMALLINT)
        f.width = 2;
    else if (type == MIG_T_INTEGER || type == MIG_T_REAL)
        f.width = 4;
    else if (type == MIG_T_BIGINT || type == MIG_T_DOUBLE)
        f.width = 8;
    f.versioned = type == MIG_T_JSONB;
    f.element = type == MIG_T_TEXT_ARRAY ? OID_TEXT : 0;
    return f;
}

/* Where n more bytes go; NULL: no memory. */
static inline char *room(encoder *x, size_t n) {
    rt_buf *b = x->out;
    if (b->cap - b->n < n) {
        size_t cap = b->cap < 1024 ? 1024 : b->cap;
        while (cap - b->n < n)
            cap *= 2;
        char *p = b->failed ? NULL : realloc(b->p, cap);
        if (p == NULL) {
            b->failed = true;
            return NULL;
        }
        b->p = p;
        b->cap = cap;
    }
    char *at = b->p + b->n;
    b->n += n;
    return at;
}

static encoder *encoder_of(mig_codec *c) { return (encoder *)c; }

static void refuse(encoder *x, const char *why) {
    if (x->refused == NULL) {
        x->refused = why;
        x->refused_column = x->column;
    }
    x->column++;
}

static void put_null(encoder *x) {
    char *p = room(x, 4);
    if (p != NULL)
        pg_set32(p, UINT32_MAX);
    x->column++;
}

static void put16(encoder *x, uint16_t v) {
    char *p = room(x, 6);
    if (p != NULL) {
        pg_set32(p, 2);
        pg_set16(p + 4, v);
    }
    x->column++;
}

static void put32(encoder *x, uint32_t v) {
    char *p = room(x, 8);
    if (p != NULL) {
        pg_set32(p, 4);
        pg_set32(p + 4, v);
    }
    x->column++;
}

static void put64(encoder *x, uint64_t v) {
    char *p = room(x, 12);
    if (p != NULL) {
        pg_set32(p, 8);
        pg_set64(p + 4, v);
    }
    x->column++;
}

static void put_bytes(encoder *x, const char *v, size_t n, bool versioned) {
    if (v == NULL) {
        put_null(x);
        return;
    }
    if (n > FIELD_MAX) {
        refuse(x, "the value is longer than the 1 GB that PostgreSQL keeps");
        return;
    }
    char *p = room(x, 4 + versioned + n);
    if (p != NULL) {
        pg_set32(p, (uint32_t)(n + versioned));
        p += 4;
        if (versioned)
            *p++ = 1;
        memcpy(p, v, n);
    }
    x->column++;
}

static void put_boolean(mig_codec *c, mig_bool *v) {
    char byte = v->v;
    put_bytes(encoder_of(c), v->is_null ? NULL : &byte, 1, false);
}

static void put_int(mig_codec *c, mig_int *v) {
    encoder *x = encoder_of(c);
    unsigned width = x->forms[x->column].width;
    if (v->is_null)
        put_null(x);
    else if ((width == 2 && (v->v < INT16_MIN || v->v > INT16_MAX)) || (width == 4 && (v->v < INT32_MIN || v->v > INT32_MAX)))
        refuse(x, "the number is out of range for the column");
    else if (width == 2)
        put16(x, (uint16_t)v->v);
    else if (width == 4)
        put32(x, (uint32_t)v->v);
    else
        put64(x, (uint64_t)v->v);
}

/* A zero has no sign: SQLite keeps none. */
static void put_float(mig_codec *c, mig_float *v, bool narrow) {
    encoder *x = encoder_of(c);
    if (v->is_null) {
        put_null(x);
        return;
    }
    double d = narrow ? (double)(float)v->v : v->v;
    if (!isfinite(d)) {
        refuse(x, isfinite(v->v) ? "the number is out of range for real" : "infinity and NaN cannot be stored");
        return;
    }
    d = d == 0 ? 0 : d;
    float f = (float)d;
    uint32_t bits32;
    uint64_t bits64;
    memcpy(&bits32, &f, 4);
    memcpy(&bits64, &d, 8);
    if (x->forms[x->column].width == 4)
        put32(x, bits32);
    else
        put64(x, bits64);
}

static void put_real(mig_codec *c, mig_float *v) { put_float(c, v, true); }
static void put_double(mig_codec *c, mig_float *v) { put_float(c, v, false); }

static void put_numeric(mig_codec *c, mig_numeric *v) {
    encoder *x = encoder_of(c);
    if (v->p == NULL) {
        put_null(x);
        return;
    }
    const char *why = pg_numeric_put(x->out, v->p, v->n);
    if (why != NULL)
        refuse(x, why);
    else
        x->column++;
}

static void put_text(mig_codec *c, mig_text *v) { put_bytes(encoder_of(c), v->p, v->n, false); }
static void put_bytea(mig_codec *c, mig_bytea *v) { put_bytes(encoder_of(c), v->p, v->n, false); }

static void put_json(mig_codec *c, mig_json *v) {
    encoder *x = encoder_of(c);
    put_bytes(x, v->p, v->n, x->forms[x->column].versioned);
}

static void put_date(mig_codec *c, mig_date *v) {
    encoder *x = encoder_of(c);
    if (v->is_null)
        put_null(x);
    else if (v->v < RT_DATE_MIN || v->v > RT_DATE_MAX)
        refuse(x, "the date is out of range");
    else
        put32(x, (uint32_t)v->v);
}

static void put_time(mig_codec *c, mig_time *v) {
    encoder *x = encoder_of(c);
    if (v->is_null)
        put_null(x);
    else if (v->v < 0 || v->v > RT_TIME_MAX)
        refuse(x, "the time is out of range");
    else
        put64(x, (uint64_t)v->v);
}

static void put_instant(encoder *x, int64_t us, bool is_null) {
    if (is_null)
        put_null(x);
    else if (us < RT_TIMESTAMP_MIN || us > RT_TIMESTAMP_MAX)
        refuse(x, "the timestamp is out of range");
    else
        put64(x, (uint64_t)us);
}

static void put_timestamp(mig_codec *c, mig_timestamp *v) { put_instant(encoder_of(c), v->v, v->is_null); }
static void put_timestamptz(mig_codec *c, mig_timestamptz *v) { put_instant(encoder_of(c), v->v, v->is_null); }

static void put_uuid(mig_codec *c, mig_uuid *v) {
    put_bytes(encoder_of(c), v->is_null ? NULL : (const char *)v->v, 16, false);
}

/* Dimensions (none for an empty array), whether there are nulls, type of the elements; per dimension size and first index. */
static void put_list(mig_codec *c, mig_list *v) {
    encoder *x = encoder_of(c);
    if (v->is_null) {
        put_null(x);
        return;
    }
    size_t size = v->n > 0 ? 20 : 12;
    bool nulls = false;
    for (size_t i = 0; i < v->n; i++) {
        size += 4 + v->v[i].n;
        nulls = nulls || v->v[i].p == NULL;
        if (size > FIELD_MAX) {
            refuse(x, "the list is longer than the 1 GB that PostgreSQL keeps");
            return;
        }
    }
    char *p = room(x, 4 + size);
    if (p == NULL)
        return;
    pg_set32(p, (uint32_t)size);
    pg_set32(p + 4, v->n > 0);
    pg_set32(p + 8, nulls);
    pg_set32(p + 12, x->forms[x->column].element);
    p += 16;
    if (v->n > 0) {
        pg_set32(p, (uint32_t)v->n);
        pg_set32(p + 4, 1);
        p += 8;
    }
    for (size_t i = 0; i < v->n; i++) {
        const mig_text *item = &v->v[i];
        pg_set32(p, item->p == NULL ? UINT32_MAX : (uint32_t)item->n);
        p += 4;
        if (item->p == NULL)
            continue;
        memcpy(p, item->p, item->n);
        p += item->n;
    }
    x->column++;
}

bool pg_encode(const mig_table *t, const pg_form *forms, void *row, rt_buf *out, const char **refused, int *column) {
    encoder x = {
        .c = {.boolean = put_boolean, .smallint = put_int, .integer = put_int, .bigint = put_int, .real = put_real,
              .double_ = put_double, .numeric = put_numeric, .text = put_text, .bytea = put_bytea, .date = put_date,
              .time = put_time, .timestamp = put_timestamp, .timestamptz = put_timestamptz, .uuid = put_uuid,
              .json = put_json, .jsonb = put_json, .list = put_list},
        .table = t, .forms = forms, .out = out,
    };
    size_t start = out->n;
    char *p = room(&x, 2);
    if (p != NULL)
        pg_set16(p, (uint16_t)t->n_columns);
    t->visit(row, &x.c);
    *refused = x.refused;
    *column = x.refused_column;
    if (x.refused == NULL && !out->failed)
        return true;
    out->n = start;
    return false;
}
