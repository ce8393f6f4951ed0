/*
 * list.c: text[]: splitting, cleaning, joining, and the text form of lists. A result's elements point into the argument
 * wherever they can.
 */
#include "runtime/functions/fn.h"

#include <stdlib.h>

static mig_text *elements(mig_ctx *x, size_t n) {
    return fn_array(x, n, sizeof(mig_text));
}

/* Where the separator stands next, from byte `at` on; the text's length when it does not. */
static size_t next_separator(mig_text v, size_t at, mig_text separator) {
    const char *found = separator.n == 0 ? NULL : memmem(v.p + at, v.n - at, separator.p, separator.n);
    return found == NULL ? v.n : (size_t)(found - v.p);
}

mig_list mig_split(mig_ctx *x, mig_text v, mig_text separator) {
    if (v.p == NULL || separator.p == NULL)
        return MIG_NULL_LIST;
    size_t n = v.n == 0 ? 0 : 1;
    for (size_t at = next_separator(v, 0, separator); at < v.n; n++)
        at = next_separator(v, at + separator.n, separator);
    mig_text *out = elements(x, n);
    if (out == NULL)
        return MIG_NULL_LIST;
    size_t from = 0;
    for (size_t i = 0; i < n; i++) {
        size_t to = next_separator(v, from, separator);
        out[i] = (mig_text){v.p + from, to - from};
        from = to + separator.n;
    }
    return (mig_list){out, n, false};
}

mig_list mig_compact(mig_ctx *x, mig_list v) {
    mig_text *out = v.is_null ? NULL : elements(x, v.n);
    size_t n = 0;
    if (out == NULL)
        return MIG_NULL_LIST;
    for (size_t i = 0; i < v.n; i++)
        if (v.v[i].p != NULL && v.v[i].n > 0)
            out[n++] = v.v[i];
    return (mig_list){out, n, false};
}

/* ---- repeats ---------------------------------------------------------------------------------------------------------- */

static bool same(mig_text a, mig_text b) {
    return a.p == NULL || b.p == NULL ? a.p == b.p : a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

typedef struct placed { mig_text v; size_t place; } placed;

static int by_text_then_place(const void *a, const void *b) {
    const placed *m = a, *n = b;
    int c = mig_order_text(m->v, n->v);
    return c != 0 ? c : (m->place > n->place) - (m->place < n->place);
}

/* Keeps the first of equal elements, in place; returns how many are left, or SIZE_MAX without memory. */
static size_t drop_repeats(mig_ctx *x, mig_text *v, size_t n) {
    enum { FEW = 24 };
    size_t kept = 0;
    if (n <= FEW) {
        for (size_t i = 0; i < n; i++) {
            size_t k = 0;
            while (k < kept && !same(v[k], v[i]))
                k++;
            if (k == kept)
                v[kept++] = v[i];
        }
        return kept;
    }
    placed *all = fn_array(x, n, sizeof *all);
    bool *repeated = fn_array(x, n, sizeof *repeated);
    if (all == NULL || repeated == NULL)
        return SIZE_MAX;
    for (size_t i = 0; i < n; i++)
        all[i] = (placed){v[i], i};
    qsort(all, n, sizeof *all, by_text_then_place);
    for (size_t i = 0; i < n; i++)
        repeated[all[i].place] = i > 0 && same(all[i].v, all[i - 1].v);
    for (size_t i = 0; i < n; i++)
        if (!repeated[i])
            v[kept++] = v[i];
    return kept;
}

mig_list mig_distinct(mig_ctx *x, mig_list v) {
    mig_text *out = v.is_null ? NULL : elements(x, v.n);
    if (out == NULL)
        return MIG_NULL_LIST;
    if (v.n > 0)
        memcpy(out, v.v, v.n * sizeof *out);
    size_t n = drop_repeats(x, out, v.n);
    return n == SIZE_MAX ? MIG_NULL_LIST : (mig_list){out, n, false};
}

mig_list mig_items(mig_ctx *x, mig_text v, mig_text separator) {
    mig_list parts = mig_split(x, v, separator);
    if (parts.is_null)
        return parts;
    mig_text *out = elements(x, parts.n);
    size_t n = 0;
    if (out == NULL)
        return MIG_NULL_LIST;
    for (size_t i = 0; i < parts.n; i++) {
        mig_text part = fn_strip_unicode(parts.v[i]);
        if (part.n > 0)
            out[n++] = part;
    }
    n = drop_repeats(x, out, n);
    return n == SIZE_MAX ? MIG_NULL_LIST : (mig_list){out, n, false};
}

/* ---- looking, joining ------------------------------------------------------------------------------------------------------ */

mig_int mig_length_of_list(mig_ctx *x, mig_list v) {
    (void)x;
    return v.is_null ? MIG_NULL_INT : MIG_INT((int64_t)v.n);
}

mig_text mig_element(mig_ctx *x, mig_list list, mig_int i) {
    (void)x;
    if (list.is_null || i.is_null || i.v < 1 || (uint64_t)i.v > list.n)
        return MIG_NULL_TEXT;
    return list.v[i.v - 1];
}

mig_bool mig_contains(mig_ctx *x, mig_list list, mig_text v) {
    (void)x;
    if (list.is_null || v.p == NULL)
        return MIG_NULL_BOOL;
    for (size_t i = 0; i < list.n; i++)
        if (same(list.v[i], v))
            return MIG_BOOL(true);
    return MIG_BOOL(false);
}

mig_text mig_join(mig_ctx *x, mig_list list, mig_text separator) {
    size_t total = 0, at = 0;
    bool first = true;
    if (list.is_null || separator.p == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < list.n; i++)
        total += list.v[i].n + separator.n;
    char *out = fn_bytes(x, total);
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < list.n; i++) {
        if (list.v[i].p == NULL)
            continue;
        if (!first) {
            memcpy(out + at, separator.p, separator.n);
            at += separator.n;
        }
        memcpy(out + at, list.v[i].p, list.v[i].n);
        at += list.v[i].n;
        first = false;
    }
    return (mig_text){out, at};
}

mig_list mig_list_of(mig_ctx *x, const mig_text *values, int n) {
    mig_text *out = elements(x, (size_t)n);
    if (out == NULL)
        return MIG_NULL_LIST;
    memcpy(out, values, (size_t)n * sizeof *out);
    return (mig_list){out, (size_t)n, false};
}

mig_list mig_concat_list(mig_ctx *x, mig_list a, mig_list b) {
    if (a.is_null || b.is_null)
        return a.is_null ? b : a; /* as PostgreSQL: a null list adds nothing */
    mig_text *out = elements(x, a.n + b.n);
    if (out == NULL)
        return MIG_NULL_LIST;
    if (a.n > 0)
        memcpy(out, a.v, a.n * sizeof *out);
    if (b.n > 0)
        memcpy(out + a.n, b.v, b.n * sizeof *out);
    return (mig_list){out, a.n + b.n, false};
}

int mig_cmp_list(mig_list a, mig_list b) {
    for (size_t i = 0; i < a.n && i < b.n; i++) {
        int c = mig_order_text(a.v[i], b.v[i]);
        if (c != 0)
            return c;
    }
    return (a.n > b.n) - (a.n < b.n);
}

/* ---- the text form: {a,"b c",NULL} -------------------------------------------------------------------------------------------- */

static bool needs_quotes(mig_text v) {
    if (v.n == 0 || fn_is_word(v, "null"))
        return true;
    for (size_t i = 0; i < v.n; i++)
        if (strchr("{},\"\\", v.p[i]) != NULL || fn_is_space(v.p[i]))
            return true;
    return false;
}

mig_text mig_text_of_list(mig_ctx *x, mig_list v) {
    size_t total = 2, at = 0;
    if (v.is_null)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < v.n; i++)
        total += (v.v[i].p == NULL ? 4 : v.v[i].n * 2 + 2) + 1;
    char *out = fn_bytes(x, total);
    if (out == NULL)
        return MIG_NULL_TEXT;
    out[at++] = '{';
    for (size_t i = 0; i < v.n; i++) {
        mig_text e = v.v[i].p == NULL ? MIG_TEXT("NULL") : v.v[i];
        bool quotes = v.v[i].p != NULL && needs_quotes(e);
        if (i > 0)
            out[at++] = ',';
        if (quotes)
            out[at++] = '"';
        for (size_t k = 0; k < e.n; k++) {
            if (e.p[k] == '"' || e.p[k] == '\\')
                out[at++] = '\\';
            out[at++] = e.p[k];
        }
        if (quotes)
            out[at++] = '"';
    }
    out[at++] = '}';
    return (mig_text){out, at};
}

static mig_list not_a_list(mig_ctx *x, mig_text v) {
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a list: {a,b} or [\"a\", \"b\"]", fn_show(v).s);
    return MIG_NULL_LIST;
}

/* One element from *at on, which is moved to the comma or brace behind it. False: broken. */
static bool read_element(mig_text v, size_t *at, char *out, mig_text *element) {
    size_t i = *at, n = 0;
    while (i < v.n && fn_is_space(v.p[i]))
        i++;
    bool quoted = i < v.n && v.p[i] == '"', escaped = false;
    i += quoted;
    for (; i < v.n; i++) {
        char c = v.p[i];
        if (c == '\\') {
            if (++i == v.n)
                return false;
            escaped = true;
            c = v.p[i];
        } else if (quoted ? c == '"' : c == ',' || c == '}') {
            break;
        } else if (!quoted && (c == '"' || c == '{')) {
            return false;
        }
        out[n++] = c;
    }
    if (quoted && i++ >= v.n)
        return false;
    while (i < v.n && fn_is_space(v.p[i]))
        i++;
    while (!quoted && !escaped && n > 0 && fn_is_space(out[n - 1]))
        n--;
    *at = i;
    *element = (mig_text){out, n};
    if (!quoted && n == 0)
        return false;
    if (!quoted && !escaped && fn_is_word(*element, "null"))
        *element = MIG_NULL_TEXT;
    return true;
}

mig_list mig_parse_list(mig_ctx *x, mig_text whole) {
    if (whole.p == NULL)
        return MIG_NULL_LIST;
    mig_text v = fn_strip(whole);
    if (v.n > 0 && v.p[0] == '[')
        return mig_json_items(x, mig_json_of_text(x, v));
    if (v.n < 2 || v.p[0] != '{' || v.p[v.n - 1] != '}')
        return not_a_list(x, whole);
    size_t most = 1, n = 0, used = 0;
    for (size_t i = 0; i < v.n; i++)
        most += v.p[i] == ',';
    mig_text *out = elements(x, most);
    char *bytes = fn_bytes(x, v.n);
    if (out == NULL || bytes == NULL)
        return MIG_NULL_LIST;
    if (fn_strip((mig_text){v.p + 1, v.n - 2}).n == 0)
        return (mig_list){out, 0, false};
    for (size_t at = 1;;) {
        if (!read_element(v, &at, bytes + used, &out[n]) || at >= v.n)
            return not_a_list(x, whole);
        used += out[n++].n;
        if (v.p[at] == '}')
            return at == v.n - 1 ? (mig_list){out, n, false} : not_a_list(x, whole);
        if (v.p[at++] != ',')
            return not_a_list(x, whole);
    }
}
