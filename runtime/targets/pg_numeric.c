/*
 * pg_numeric.c: exact decimals between their text and PostgreSQL's binary form: groups of four decimal digits, the weight
 * of the first group, the sign, and the number of digits after the point that are shown.
 */
#include "runtime/targets/pg.h"

#include <stdlib.h>
#include <string.h>

enum { HEAD = 8, SIGN_MINUS = 0x4000, MAX_BEFORE = 131072, MAX_AFTER = 16383 };

/* Room for n bytes behind out's end, which moves; NULL: no memory. */
static char *room(rt_buf *out, size_t n) {
    if (out->cap - out->n <= n) {
        size_t before = out->n;
        static const char zeros[512];
        for (size_t left = n; left > 0; left -= left < sizeof zeros ? left : sizeof zeros)
            rt_buf_add(out, zeros, left < sizeof zeros ? left : sizeof zeros);
        if (out->failed)
            return NULL;
        return out->p + before;
    }
    char *p = out->p + out->n;
    out->n += n;
    return p;
}

/* The four digits of group g of the digits before (n of them) or behind the point, as a number. */
static unsigned group_before(const char *p, size_t n, size_t g, size_t n_groups) {
    size_t end = n - 4 * (n_groups - 1 - g), start = end < 4 ? 0 : end - 4;
    unsigned v = 0;
    for (size_t i = start; i < end; i++)
        v = v * 10 + (unsigned)(p[i] - '0');
    return v;
}

static unsigned group_after(const char *p, size_t n, size_t g) {
    unsigned v = 0;
    for (size_t i = 4 * g; i < 4 * g + 4; i++)
        v = v * 10 + (i < n ? (unsigned)(p[i] - '0') : 0);
    return v;
}

const char *pg_numeric_put(rt_buf *out, const char *p, size_t n) {
    bool minus = n > 0 && *p == '-';
    p += minus;
    n -= minus;
    const char *point = memchr(p, '.', n);
    size_t before = point != NULL ? (size_t)(point - p) : n, after = point != NULL ? n - before - 1 : 0;
    const char *behind = point != NULL ? point + 1 : p + n;
    if (before > MAX_BEFORE || after > MAX_AFTER)
        return "the number has more digits than PostgreSQL keeps";
    size_t groups_before = (before + 3) / 4, groups_after = (after + 3) / 4;
    char *head = room(out, 4 + HEAD + 2 * (groups_before + groups_after));
    if (head == NULL)
        return NULL;
    char *digits = head + 4 + HEAD;
    size_t k = 0;           /* groups written */
    long weight = (long)groups_before - 1;
    for (size_t g = 0; g < groups_before + groups_after; g++) {
        unsigned v = g < groups_before ? group_before(p, before, g, groups_before)
                                       : group_after(behind, after, g - groups_before);
        if (k == 0 && v == 0) { /* zeros in front are not kept */
            weight--;
            continue;
        }
        pg_set16(digits + 2 * k++, (uint16_t)v);
    }
    while (k > 0 && pg_get16(digits + 2 * (k - 1)) == 0)
        k--;
    if (k == 0)
        weight = 0;
    pg_set32(head, (uint32_t)(HEAD + 2 * k));
    pg_set16(head + 4, (uint16_t)k);
    pg_set16(head + 6, (uint16_t)(int16_t)weight);
    pg_set16(head + 8, minus && k > 0 ? SIGN_MINUS : 0);
    pg_set16(head + 10, (uint16_t)after);
    out->n = (size_t)(digits + 2 * k - out->p);
    return NULL;
}

/* Digit i of the number, counted from the point: -1 is the first before it, 0 the first behind. */
static char digit_at(const char *groups, long k, long weight, long i) {
    static const unsigned unit[] = {1000, 100, 10, 1};
    long group = i >= 0 ? i / 4 : -((-i + 3) / 4); /* from the point */
    long at = weight + 1 + group;
    if (at < 0 || at >= k)
        return '0';
    return (char)('0' + pg_get16(groups + 2 * at) / unit[i - group * 4] % 10);
}

bool pg_numeric_get(const char *p, size_t n, rt_arena *a, mig_numeric *out, bool *nomem) {
    *out = MIG_NULL_NUMERIC;
    if (n < HEAD)
        return false;
    long k = pg_get16(p), weight = (int16_t)pg_get16(p + 2), scale = pg_get16(p + 6);
    unsigned sign = pg_get16(p + 4);
    if (n != HEAD + 2 * (size_t)k || (sign != 0 && sign != SIGN_MINUS) || scale > MAX_AFTER)
        return false;
    for (long i = 0; i < k; i++)
        if (pg_get16(p + HEAD + 2 * i) > 9999)
            return false;
    long before = k > 0 && weight >= 0 ? 4 * (weight + 1) : 0;
    while (before > 1 && digit_at(p + HEAD, k, weight, -before) == '0')
        before--;
    if (before == 0)
        before = 1;
    char *text = rt_arena_alloc(a, (size_t)(before + scale) + 3), *to = text;
    if (text == NULL) {
        *nomem = true;
        return false;
    }
    if (sign == SIGN_MINUS && k > 0)
        *to++ = '-';
    for (long i = -before; i < scale; i++) {
        if (i == 0)
            *to++ = '.';
        *to++ = digit_at(p + HEAD, k, weight, i);
    }
    *to = '\0';
    *out = (mig_numeric){text, (size_t)(to - text)};
    return true;
}
