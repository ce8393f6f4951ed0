/*
 * unicode.c: functions that need Unicode's tables: case, normal forms, white space, accents. ASCII texts take short ways.
 */
#include "runtime/functions/fn.h"

#include <pthread.h>
#include <unicode/ucasemap.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

#define ICU_MAX ((size_t)INT32_MAX / 4) /* ICU counts in 32 bits, and a result can be longer than its text */

static mig_text icu_failed(mig_ctx *x, UErrorCode e) {
    mig_fatal(x, e == U_MEMORY_ALLOCATION_ERROR ? MIG_NOMEM : MIG_IO, "the Unicode library failed: %s", u_errorName(e));
    return MIG_NULL_TEXT;
}

/* True when the text is too long for ICU (recorded). */
static bool too_long(mig_ctx *x, mig_text v) {
    if (v.n <= ICU_MAX)
        return false;
    mig_fatal(x, MIG_NOMEM, "a text of %zu bytes is longer than the limit of %zu for Unicode functions", v.n, ICU_MAX);
    return true;
}

/* ---- case ------------------------------------------------------------------------------------------------------------- */

static UCaseMap *case_map; /* of no language: the same everywhere; only read once it is there */
static UErrorCode case_map_error = U_ZERO_ERROR;
static pthread_once_t case_map_once = PTHREAD_ONCE_INIT;

static void case_map_open(void) {
    case_map = ucasemap_open("", U_FOLD_CASE_DEFAULT, &case_map_error);
}

typedef int32_t case_fn(const UCaseMap *map, char *out, int32_t cap, const char *p, int32_t n, UErrorCode *e);

static mig_text by_case_map(mig_ctx *x, mig_text v, case_fn *fn) {
    pthread_once(&case_map_once, case_map_open);
    if (U_FAILURE(case_map_error))
        return icu_failed(x, case_map_error);
    if (too_long(x, v))
        return MIG_NULL_TEXT;
    size_t cap = v.n + v.n / 8 + 16;
    for (;;) {
        UErrorCode e = U_ZERO_ERROR;
        char *out = fn_bytes(x, cap);
        if (out == NULL)
            return MIG_NULL_TEXT;
        int32_t n = fn(case_map, out, (int32_t)cap, v.p, (int32_t)v.n, &e);
        if (U_SUCCESS(e))
            return (mig_text){out, (size_t)n};
        if (e != U_BUFFER_OVERFLOW_ERROR)
            return icu_failed(x, e);
        cap = (size_t)n + 1;
    }
}

/* An ASCII text with its letters in one case; the text itself when they are. */
static mig_text ascii_case(mig_ctx *x, mig_text v, bool upper) {
    size_t i = 0;
    while (i < v.n && (upper ? fn_upper(v.p[i]) : fn_lower(v.p[i])) == v.p[i])
        i++;
    if (i == v.n)
        return v;
    char *out = fn_bytes(x, v.n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    memcpy(out, v.p, i);
    for (; i < v.n; i++)
        out[i] = upper ? fn_upper(v.p[i]) : fn_lower(v.p[i]);
    return (mig_text){out, v.n};
}

mig_text mig_lower(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return v;
    return fn_is_ascii(v) ? ascii_case(x, v, false) : by_case_map(x, v, ucasemap_utf8ToLower);
}

mig_text mig_upper(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return v;
    return fn_is_ascii(v) ? ascii_case(x, v, true) : by_case_map(x, v, ucasemap_utf8ToUpper);
}

mig_text mig_casefold(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return v;
    return fn_is_ascii(v) ? ascii_case(x, v, false) : by_case_map(x, v, ucasemap_utf8FoldCase);
}

mig_text mig_initcap(mig_ctx *x, mig_text v) {
    char *out = v.p == NULL ? NULL : fn_bytes(x, fn_is_ascii(v) ? v.n : v.n * 2); /* no letter of two bytes becomes one of more than four */
    if (out == NULL)
        return MIG_NULL_TEXT;
    bool in_word = false;
    size_t to = 0;
    for (size_t at = 0; at < v.n;) {
        UChar32 c = (UChar32)fn_decode(v, &at);
        to += fn_encode(out + to, (uint32_t)(in_word ? u_tolower(c) : u_toupper(c)));
        in_word = u_isalnum(c);
    }
    return (mig_text){out, to};
}

/* ---- normal forms -------------------------------------------------------------------------------------------------------- */

typedef struct wide { UChar *p; int32_t n; } wide; /* UTF-16, as ICU's normalizer wants it; p NULL: failed */

static wide to_wide(mig_ctx *x, mig_text v) {
    wide w = {too_long(x, v) ? NULL : fn_array(x, v.n + 1, sizeof(UChar)), 0};
    if (w.p == NULL)
        return w;
    UErrorCode e = U_ZERO_ERROR;
    u_strFromUTF8(w.p, (int32_t)v.n + 1, &w.n, v.p, (int32_t)v.n, &e);
    if (U_FAILURE(e)) {
        icu_failed(x, e);
        w.p = NULL;
    }
    return w;
}

static mig_text from_wide(mig_ctx *x, wide w) {
    char *out = w.p == NULL ? NULL : fn_bytes(x, (size_t)w.n * 3 + 1);
    if (out == NULL)
        return MIG_NULL_TEXT;
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = 0;
    u_strToUTF8(out, w.n * 3 + 1, &n, w.p, w.n, &e);
    return U_FAILURE(e) ? icu_failed(x, e) : (mig_text){out, (size_t)n};
}

static wide normalized(mig_ctx *x, wide w, const UNormalizer2 *form) {
    wide out = {NULL, w.n + w.n / 4 + 16};
    while (w.p != NULL) {
        UErrorCode e = U_ZERO_ERROR;
        int32_t cap = out.n;
        out.p = fn_array(x, (size_t)cap, sizeof(UChar));
        if (out.p == NULL)
            break;
        out.n = unorm2_normalize(form, w.p, w.n, out.p, cap, &e);
        if (U_SUCCESS(e))
            return out;
        if (e != U_BUFFER_OVERFLOW_ERROR) {
            icu_failed(x, e);
            break;
        }
    }
    return (wide){NULL, 0};
}

static mig_text normal_form(mig_ctx *x, mig_text v, const UNormalizer2 *(*instance)(UErrorCode *)) {
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *form = instance(&e);
    if (U_FAILURE(e))
        return icu_failed(x, e);
    wide w = to_wide(x, v);
    if (w.p == NULL)
        return MIG_NULL_TEXT;
    if (unorm2_quickCheck(form, w.p, w.n, &e) == UNORM_YES && U_SUCCESS(e))
        return v;
    return from_wide(x, normalized(x, w, form));
}

/* True when every character is below U+0300: no combining marks, so the text is in form C. */
static bool is_composed(mig_text v) {
    for (size_t i = 0; i < v.n; i++)
        if ((unsigned char)v.p[i] >= 0xcc)
            return false;
    return true;
}

mig_text mig_nfc(mig_ctx *x, mig_text v) {
    return v.p == NULL || is_composed(v) ? v : normal_form(x, v, unorm2_getNFCInstance);
}

mig_text mig_nfkc(mig_ctx *x, mig_text v) {
    return v.p == NULL || fn_is_ascii(v) ? v : normal_form(x, v, unorm2_getNFKCInstance);
}

static const struct plain { uint16_t c; const char *text; } plains[] = {
#define MIG_PLAIN(code, text, name) {code, text},
#include "runtime/functions/plain.def"
#undef MIG_PLAIN
};

static const char *plain_of(UChar c) {
    size_t low = 0, high = sizeof plains / sizeof *plains;
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (plains[mid].c == c)
            return plains[mid].text;
        if (plains[mid].c < c)
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

/* Decomposed, accents (U+0300 to U+036F) left out, letters that have no decomposition replaced, composed again. */
mig_text mig_unaccent(mig_ctx *x, mig_text v) {
    if (v.p == NULL || fn_is_ascii(v))
        return v;
    UErrorCode e = U_ZERO_ERROR;
    const UNormalizer2 *nfd = unorm2_getNFDInstance(&e), *nfc = unorm2_getNFCInstance(&e);
    if (U_FAILURE(e))
        return icu_failed(x, e);
    wide from = normalized(x, to_wide(x, v), nfd);
    wide to = {from.p == NULL ? NULL : fn_array(x, (size_t)from.n * 3 + 1, sizeof(UChar)), 0};
    if (to.p == NULL)
        return MIG_NULL_TEXT;
    for (int32_t i = 0; i < from.n; i++) {
        UChar c = from.p[i];
        const char *plain = c < 0x80 ? NULL : plain_of(c);
        if (plain != NULL)
            for (; *plain != '\0'; plain++)
                to.p[to.n++] = (UChar)*plain;
        else if (c < 0x300 || c > 0x36f)
            to.p[to.n++] = c;
    }
    return from_wide(x, normalized(x, to, nfc));
}

/* ---- white space --------------------------------------------------------------------------------------------------------- */

/* Bytes of the white space character at byte i, or 0. */
static size_t space_at(mig_text v, size_t i) {
    if ((unsigned char)v.p[i] < 0x80)
        return fn_is_space(v.p[i]) ? 1 : 0;
    size_t at = i;
    uint32_t c = fn_decode(v, &at);
    return u_isUWhiteSpace((UChar32)c) ? at - i : 0;
}

mig_text fn_strip_unicode(mig_text v) {
    for (size_t step; v.n > 0 && (step = space_at(v, 0)) > 0; v.n -= step)
        v.p += step;
    while (v.n > 0) {
        size_t at = v.n - 1;
        while (at > 0 && ((unsigned char)v.p[at] & 0xc0) == 0x80)
            at--;
        if (space_at(v, at) == 0)
            break;
        v.n = at;
    }
    return v;
}

mig_text mig_squeeze(mig_ctx *x, mig_text v) {
    if (v.p == NULL)
        return v;
    v = fn_strip_unicode(v);
    size_t i = 0, step; /* i: how much of the text stays as it is */
    while (i < v.n && ((step = space_at(v, i)) == 0 || (v.p[i] == ' ' && space_at(v, i + 1) == 0)))
        i += step == 0 ? fn_step((unsigned char)v.p[i]) : 1;
    if (i == v.n)
        return v;
    char *out = fn_bytes(x, v.n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    memcpy(out, v.p, i);
    size_t to = i;
    while (i < v.n) {
        step = space_at(v, i);
        if (step > 0) {
            for (; (step = space_at(v, i)) > 0;) /* ends: the last character is none */
                i += step;
            out[to++] = ' ';
        } else {
            step = fn_step((unsigned char)v.p[i]);
            memcpy(out + to, v.p + i, step);
            to += step;
            i += step;
        }
    }
    return (mig_text){out, to};
}
