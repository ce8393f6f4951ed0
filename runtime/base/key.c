/*
 * key.c: canonical bytes of typed values: equal values give equal bytes, different lists of values different bytes.
 *
 * Every part begins with a byte that says whether it is there; parts of no fixed width carry their length. Used by dedup
 * rules, unique rules, look-ups and aliases, which hash the result.
 */
#include "runtime/rt.h"

#include <math.h>
#include <string.h>

enum { PART_NULL, PART_VALUE };

void mig_key_begin(mig_key *k, mig_ctx *x) {
    k->p = k->inl;
    k->n = 0;
    k->cap = sizeof k->inl;
    k->has_null = false;
    k->x = x;
}

/* Where n more bytes go; NULL when there is no memory (the context knows). */
static uint8_t *key_room(mig_key *k, size_t n) {
    if (k->cap - k->n < n) {
        size_t cap = (k->n + n) * 2;
        uint8_t *p = mig_alloc(k->x, cap);
        if (p == NULL)
            return NULL;
        memcpy(p, k->p, k->n);
        k->p = p;
        k->cap = cap;
    }
    uint8_t *at = k->p + k->n;
    k->n += n;
    return at;
}

static void key_null(mig_key *k) {
    k->has_null = true;
    uint8_t *at = key_room(k, 1);
    if (at != NULL)
        *at = PART_NULL;
}

static void key_sized(mig_key *k, const void *p, size_t n) {
    uint8_t *at = key_room(k, 1 + sizeof n + n);
    if (at == NULL)
        return;
    at[0] = PART_VALUE;
    memcpy(at + 1, &n, sizeof n);
    if (n > 0)
        memcpy(at + 1 + sizeof n, p, n);
}

static void key_fixed(mig_key *k, const void *p, size_t n) {
    uint8_t *at = key_room(k, 1 + n);
    if (at == NULL)
        return;
    at[0] = PART_VALUE;
    memcpy(at + 1, p, n);
}

void mig_key_text(mig_key *k, mig_text v) {
    if (v.p == NULL)
        key_null(k);
    else
        key_sized(k, v.p, v.n);
}

void mig_key_char(mig_key *k, mig_text v) {
    while (v.p != NULL && v.n > 0 && v.p[v.n - 1] == ' ')
        v.n--;
    mig_key_text(k, v);
}

void mig_key_bytea(mig_key *k, mig_bytea v) {
    mig_key_text(k, (mig_text){v.p, v.n});
}

void mig_key_json(mig_key *k, mig_json v) {
    mig_key_text(k, (mig_text){v.p, v.n});
}

void mig_key_numeric(mig_key *k, mig_numeric v) {
    if (v.p != NULL && memchr(v.p, '.', v.n) != NULL) {
        while (v.p[v.n - 1] == '0')
            v.n--;
        if (v.p[v.n - 1] == '.')
            v.n--;
    }
    if (v.n == 2 && v.p[0] == '-' && v.p[1] == '0')
        v = MIG_NUMERIC("0");
    mig_key_text(k, (mig_text){v.p, v.n});
}

void mig_key_bool(mig_key *k, mig_bool v) {
    uint8_t byte = v.v;
    if (v.is_null)
        key_null(k);
    else
        key_fixed(k, &byte, 1);
}

static void key_int64(mig_key *k, int64_t v, bool is_null) {
    if (is_null)
        key_null(k);
    else
        key_fixed(k, &v, sizeof v);
}

void mig_key_int(mig_key *k, mig_int v) {
    key_int64(k, v.v, v.is_null);
}

void mig_key_float(mig_key *k, mig_float v) {
    double d = isnan(v.v) ? (double)NAN : v.v == 0 ? 0.0 : v.v;
    if (v.is_null)
        key_null(k);
    else
        key_fixed(k, &d, sizeof d);
}

void mig_key_date(mig_key *k, mig_date v) {
    key_int64(k, v.v, v.is_null);
}

void mig_key_time(mig_key *k, mig_time v) {
    key_int64(k, v.v, v.is_null);
}

void mig_key_timestamp(mig_key *k, mig_timestamp v) {
    key_int64(k, v.v, v.is_null);
}

void mig_key_timestamptz(mig_key *k, mig_timestamptz v) {
    key_int64(k, v.v, v.is_null);
}

void mig_key_uuid(mig_key *k, mig_uuid v) {
    if (v.is_null)
        key_null(k);
    else
        key_fixed(k, v.v, sizeof v.v);
}

/* A null element is a value like any other: lists with one can be equal. */
void mig_key_list(mig_key *k, mig_list v) {
    if (v.is_null) {
        key_null(k);
        return;
    }
    bool had_null = k->has_null;
    key_fixed(k, &v.n, sizeof v.n);
    for (size_t i = 0; i < v.n; i++)
        mig_key_text(k, v.v[i]);
    k->has_null = had_null;
}
