/*
 * jsonb.c: the canonical form of JSON that PostgreSQL's jsonb has: keys by length, then bytes; of repeated keys the last;
 * numbers written out; one blank behind : and ,. So that the text kept in SQLite is the text that PostgreSQL prints.
 */
#include "runtime/functions/fn.h"

#include <stdlib.h>

/* A value as a tree in row memory. */
typedef struct node node;
struct node {
    char kind;           /* { [ or anything else: a scalar */
    mig_text text;       /* scalar: canonical; member of an object: see key */
    mig_text key;        /* without its quotes and escapes; p NULL: element of an array */
    node *first, *last;  /* members */
    node *next;
    size_t n;            /* how many members */
    size_t order;        /* place among its siblings: the last of equal keys counts */
};

typedef struct reader { mig_ctx *x; const char *p, *end; bool too_large; } reader;

static node *read_value(reader *r);

static node *node_new(reader *r, char kind) {
    node *v = fn_array(r->x, 1, sizeof *v);
    if (v != NULL)
        *v = (node){.kind = kind};
    return v;
}

static mig_text canonical_string(mig_ctx *x, mig_text raw) {
    mig_text plain = fn_json_string(x, raw);
    char *out = plain.p == NULL ? NULL : fn_bytes(x, fn_json_escape(NULL, plain.p, plain.n));
    return out == NULL ? MIG_NULL_TEXT : (mig_text){out, fn_json_escape(out, plain.p, plain.n)};
}

static mig_text canonical_scalar(reader *r, mig_text raw) {
    mig_numeric number = MIG_NULL_NUMERIC;
    if (raw.p[0] == '"')
        return memchr(raw.p, '\\', raw.n) == NULL ? raw : canonical_string(r->x, raw);
    if (raw.p[0] != '-' && !fn_is_digit(raw.p[0]))
        return raw; /* true, false, null */
    if (fn_numeric_read(r->x, raw, &number) != FN_READ_OK)
        r->too_large = true;
    return (mig_text){number.p, number.n};
}

static node *read_members(reader *r, char open) {
    node *v = node_new(r, open);
    r->p = fn_json_space(r->p + 1, r->end);
    while (v != NULL && *r->p != ']' && *r->p != '}') {
        mig_text key = MIG_NULL_TEXT;
        if (open == '{') {
            const char *from = r->p;
            r->p = fn_json_end(from, r->end);
            key = fn_json_string(r->x, (mig_text){from, (size_t)(r->p - from)});
            r->p = fn_json_space(r->p, r->end) + 1; /* the colon */
            if (key.p == NULL)
                return NULL;
        }
        node *member = read_value(r);
        if (member == NULL)
            return NULL;
        member->key = key;
        member->order = v->n++;
        if (v->last == NULL)
            v->first = member;
        else
            v->last->next = member;
        v->last = member;
        r->p = fn_json_space(r->p, r->end);
        if (*r->p == ',')
            r->p = fn_json_space(r->p + 1, r->end);
    }
    r->p++;
    return v;
}

/* The text is checked: it is well formed, and nested no deeper than FN_JSON_DEPTH. */
static node *read_value(reader *r) {
    r->p = fn_json_space(r->p, r->end);
    if (*r->p == '{' || *r->p == '[')
        return read_members(r, *r->p);
    const char *from = r->p;
    node *v = node_new(r, 0);
    r->p = fn_json_end(from, r->end);
    if (v != NULL)
        v->text = canonical_scalar(r, (mig_text){from, (size_t)(r->p - from)});
    return v == NULL || v->text.p == NULL ? NULL : v;
}

static int by_key(const void *a, const void *b) {
    const node *m = *(node *const *)a, *n = *(node *const *)b;
    if (m->key.n != n->key.n)
        return m->key.n < n->key.n ? -1 : 1;
    int c = memcmp(m->key.p, n->key.p, m->key.n);
    return c != 0 ? c : (m->order > n->order) - (m->order < n->order);
}

/* Sorts the members of an object and drops all but the last of equal keys. */
static bool sort_members(mig_ctx *x, node *v) {
    node **all = fn_array(x, v->n, sizeof(node *));
    size_t i = 0;
    if (all == NULL)
        return false;
    for (node *m = v->first; m != NULL; m = m->next)
        all[i++] = m;
    qsort(all, v->n, sizeof(node *), by_key);
    node **link = &v->first;
    for (i = 0; i < v->n; i++) {
        if (i + 1 < v->n && mig_cmp_text(all[i]->key, all[i + 1]->key) == 0)
            continue;
        *link = all[i];
        link = &all[i]->next;
    }
    *link = NULL;
    return true;
}

static bool sort_all(mig_ctx *x, node *v) {
    if (v->kind == '{' && v->n > 1 && !sort_members(x, v))
        return false;
    for (node *m = v->first; m != NULL; m = m->next)
        if (!sort_all(x, m))
            return false;
    return true;
}

/* Writes behind `at`, or only counts with out NULL. */
static size_t print(const node *v, char *out, size_t at) {
    if (v->kind == 0) {
        if (out != NULL)
            memcpy(out + at, v->text.p, v->text.n);
        return at + v->text.n;
    }
    if (out != NULL)
        out[at] = v->kind;
    at++;
    for (const node *m = v->first; m != NULL; m = m->next) {
        if (v->kind == '{') {
            size_t n = fn_json_escape(out == NULL ? NULL : out + at, m->key.p, m->key.n);
            at += n;
            if (out != NULL)
                memcpy(out + at, ": ", 2);
            at += 2;
        }
        at = print(m, out, at);
        if (m->next != NULL) {
            if (out != NULL)
                memcpy(out + at, ", ", 2);
            at += 2;
        }
    }
    if (out != NULL)
        out[at] = v->kind == '{' ? '}' : ']';
    return at + 1;
}

static mig_json canonical(mig_ctx *x, mig_json v) {
    if (v.p == NULL)
        return v;
    reader r = {.x = x, .p = v.p, .end = v.p + v.n};
    node *root = read_value(&r);
    if (r.too_large) {
        mig_text t = {v.p, v.n};
        mig_fail(x, MIG_RULE_RANGE, t, "%s has a number with more digits than jsonb can hold", fn_show(t).s);
        return MIG_NULL_JSON;
    }
    if (root == NULL || !sort_all(x, root))
        return MIG_NULL_JSON;
    char *out = fn_bytes(x, print(root, NULL, 0));
    return out == NULL ? MIG_NULL_JSON : (mig_json){out, print(root, out, 0)};
}

mig_json mig_jsonb_of_text(mig_ctx *x, mig_text v) {
    return canonical(x, fn_json_read(x, v, true));
}

mig_json mig_jsonb_of_json(mig_ctx *x, mig_json v) {
    return mig_jsonb_of_text(x, (mig_text){v.p, v.n});
}

mig_json mig_jsonb_of_jsonb(mig_ctx *x, mig_json v) {
    (void)x;
    return v;
}

mig_json mig_jsonb_array(mig_ctx *x, const mig_json *values, int n) {
    return mig_json_array(x, values, n); /* its elements are canonical, and so are its blanks */
}

mig_json mig_jsonb_object(mig_ctx *x, const mig_json *values, int n) {
    return canonical(x, mig_json_object(x, values, n)); /* its values are canonical; keys repeat and are in any order */
}
