/*
 * like.c: like and ilike.
 */
#include "runtime/functions/constant.h"
#include "runtime/functions/fn.h"

/* Bytes of the pattern's element at `at`: a character, or an escape with the character behind it. */
typedef struct element { bool any_text, any_character; const char *p; size_t n, step; } element;

static element element_at(mig_text pattern, size_t at, mig_text escape) {
    const char *p = pattern.p + at;
    size_t rest = pattern.n - at, n = fn_step((unsigned char)p[0]);
    if (escape.n > 0 && rest > escape.n && memcmp(p, escape.p, escape.n) == 0) {
        n = fn_step((unsigned char)p[escape.n]);
        return (element){.p = p + escape.n, .n = n, .step = escape.n + n};
    }
    return (element){.any_text = *p == '%', .any_character = *p == '_', .p = p, .n = n, .step = n};
}

/* Where what follows a % can begin, from byte i on: at its first character, if that is a given one. */
static size_t next_place(mig_text v, size_t i, mig_text pattern, size_t at, mig_text escape) {
    if (at == pattern.n)
        return v.n;
    element e = element_at(pattern, at, escape);
    if (i >= v.n || e.any_text || e.any_character)
        return i;
    const char *found = memchr(v.p + i, e.p[0], v.n - i); /* no byte within a character is the first of another */
    return found == NULL ? v.n : (size_t)(found - v.p);
}

/*
 * The text is matched from its beginning; after a % the shortest stretch is tried first, and only the last % can be
 * stretched: what stands before it has found its place.
 */
static bool like(mig_text v, mig_text pattern, mig_text escape) {
    size_t i = 0, at = 0, star = SIZE_MAX, star_i = 0;
    while (i < v.n) {
        if (at < pattern.n) {
            element e = element_at(pattern, at, escape);
            if (e.any_text) {
                at += e.step;
                star = at;
                i = star_i = next_place(v, i, pattern, at, escape);
                continue;
            }
            size_t n = e.any_character ? fn_step((unsigned char)v.p[i]) : e.n;
            if (e.any_character || (n <= v.n - i && memcmp(v.p + i, e.p, n) == 0)) {
                i += n;
                at += e.step;
                continue;
            }
        }
        if (star == SIZE_MAX)
            return false;
        at = star;
        star_i = next_place(v, star_i + fn_step((unsigned char)v.p[star_i]), pattern, star, escape);
        i = star_i;
    }
    while (at < pattern.n && element_at(pattern, at, escape).any_text)
        at++;
    return at == pattern.n;
}

mig_bool mig_like(mig_ctx *x, mig_text v, mig_text pattern, mig_text escape) {
    (void)x;
    if (v.p == NULL || pattern.p == NULL)
        return MIG_NULL_BOOL;
    return MIG_BOOL(like(v, pattern, escape.p == NULL ? MIG_TEXT("\\") : escape));
}

mig_bool mig_ilike(mig_ctx *x, mig_text v, mig_text pattern, mig_text escape) {
    v = mig_casefold(x, v);
    pattern = mig_casefold(x, pattern);
    return mig_like(x, v, pattern, escape.p == NULL ? escape : mig_casefold(x, escape));
}

bool mig_like_refused(mig_text pattern, mig_text escape, char *why, size_t n) {
    if (escape.p == NULL)
        escape = MIG_TEXT("\\");
    if (escape.n > 0 && fn_length(escape) != 1) {
        snprintf(why, n, "an escape must be one character, or an empty text for none");
        return true;
    }
    for (size_t at = 0; at < pattern.n; at += element_at(pattern, at, escape).step)
        if (escape.n > 0 && pattern.n - at == escape.n && memcmp(pattern.p + at, escape.p, escape.n) == 0) {
            snprintf(why, n, "a pattern must not end with the escape \"%s\"", fn_show(escape).s);
            return true;
        }
    return false;
}
