/*
 * text.c: functions on text: cutting, joining, filling, replacing. Positions and lengths count characters.
 * What needs Unicode's tables is in unicode.c.
 */
#include "runtime/functions/fn.h"

#define BLANK MIG_TEXT(" ")

/* A count of characters out of an argument: negative ones become 0, huge ones stop at the largest size. */
static size_t count_of(int64_t v) {
    return v < 0 ? 0 : (size_t)v;
}

/* ---- measures ------------------------------------------------------------------------------------------------------ */

mig_int mig_length(mig_ctx *x, mig_text v) {
    (void)x;
    return v.p == NULL ? MIG_NULL_INT : MIG_INT((int64_t)fn_length(v));
}

mig_int mig_octet_length(mig_ctx *x, mig_text v) {
    (void)x;
    return v.p == NULL ? MIG_NULL_INT : MIG_INT((int64_t)v.n);
}

mig_int mig_octet_length_bytea(mig_ctx *x, mig_bytea v) {
    (void)x;
    return v.p == NULL ? MIG_NULL_INT : MIG_INT((int64_t)v.n);
}

mig_int mig_ascii(mig_ctx *x, mig_text v) {
    (void)x;
    size_t at = 0;
    return v.p == NULL ? MIG_NULL_INT : MIG_INT(v.n == 0 ? 0 : fn_decode(v, &at));
}

mig_text mig_chr(mig_ctx *x, mig_int code) {
    if (code.is_null)
        return MIG_NULL_TEXT;
    if (code.v < 1 || code.v > 0x10ffff || (code.v >= 0xd800 && code.v <= 0xdfff)) {
        char digits[RT_SPELL];
        size_t n = rt_spell_int(digits, code.v);
        mig_fail(x, MIG_RULE_RANGE, (mig_text){digits, n}, "%.*s is not the code point of a character", (int)n, digits);
        return MIG_NULL_TEXT;
    }
    char out[4];
    return fn_copy(x, out, fn_encode(out, (uint32_t)code.v));
}

mig_int mig_strpos(mig_ctx *x, mig_text v, mig_text part) {
    (void)x;
    if (v.p == NULL || part.p == NULL)
        return MIG_NULL_INT;
    const char *found = part.n == 0 ? v.p : memmem(v.p, v.n, part.p, part.n);
    if (found == NULL)
        return MIG_INT(0);
    return MIG_INT((int64_t)fn_length((mig_text){v.p, (size_t)(found - v.p)}) + 1);
}

mig_bool mig_starts_with(mig_ctx *x, mig_text v, mig_text prefix) {
    (void)x;
    if (v.p == NULL || prefix.p == NULL)
        return MIG_NULL_BOOL;
    return MIG_BOOL(v.n >= prefix.n && memcmp(v.p, prefix.p, prefix.n) == 0);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------ */

mig_text mig_substr(mig_ctx *x, mig_text v, mig_int start, mig_int count) {
    (void)x;
    if (v.p == NULL || start.is_null)
        return MIG_NULL_TEXT;
    int64_t first = start.v, behind = INT64_MAX; /* positions from 1; behind: of the first character left out */
    if (!count.is_null && __builtin_add_overflow(first, count.v < 0 ? 0 : count.v, &behind))
        behind = INT64_MAX;
    if (first < 1)
        first = 1;
    if (behind <= first)
        return (mig_text){v.p, 0};
    size_t from = fn_offset(v, (size_t)(first - 1));
    mig_text rest = {v.p + from, v.n - from};
    return (mig_text){rest.p, fn_offset(rest, (size_t)(behind - first))};
}

mig_text mig_left(mig_ctx *x, mig_text v, mig_int count) {
    (void)x;
    if (v.p == NULL || count.is_null)
        return MIG_NULL_TEXT;
    if (count.v >= 0)
        return (mig_text){v.p, fn_offset(v, count_of(count.v))};
    int64_t keep;
    if (__builtin_add_overflow((int64_t)fn_length(v), count.v, &keep) || keep < 0)
        keep = 0;
    return (mig_text){v.p, fn_offset(v, (size_t)keep)};
}

mig_text mig_right(mig_ctx *x, mig_text v, mig_int count) {
    (void)x;
    if (v.p == NULL || count.is_null)
        return MIG_NULL_TEXT;
    int64_t length = (int64_t)fn_length(v), drop;
    if (count.v >= 0)
        drop = count.v >= length ? 0 : length - count.v;
    else
        drop = count.v < -length ? length : -count.v;
    size_t from = fn_offset(v, (size_t)drop);
    return (mig_text){v.p + from, v.n - from};
}

/* Where the separator stands next, from byte `at` on; the text's length when it does not. */
static size_t next_separator(mig_text v, size_t at, mig_text separator) {
    const char *found = memmem(v.p + at, v.n - at, separator.p, separator.n);
    return found == NULL ? v.n : (size_t)(found - v.p);
}

mig_text mig_split_part(mig_ctx *x, mig_text v, mig_text separator, mig_int number) {
    if (v.p == NULL || separator.p == NULL || number.is_null)
        return MIG_NULL_TEXT;
    if (number.v == 0) {
        mig_fail(x, MIG_RULE_RANGE, MIG_TEXT("0"), "a part has the number 0: parts are counted from 1, or from -1 at the end");
        return MIG_NULL_TEXT;
    }
    if (separator.n == 0)
        return number.v == 1 || number.v == -1 ? v : MIG_TEXT("");
    int64_t wanted = number.v;
    if (wanted < 0) {
        int64_t parts = 1;
        for (size_t at = next_separator(v, 0, separator); at < v.n; parts++)
            at = next_separator(v, at + separator.n, separator);
        if (wanted < -parts)
            return MIG_TEXT("");
        wanted += parts + 1;
    }
    size_t from = 0;
    for (;; wanted--) {
        size_t to = next_separator(v, from, separator);
        if (wanted == 1)
            return (mig_text){v.p + from, to - from};
        if (to == v.n)
            return MIG_TEXT("");
        from = to + separator.n;
    }
}

/* Is the character at p (step bytes) one of chars? */
static bool is_one_of(const char *p, size_t step, mig_text chars) {
    if (step == 1)
        return memchr(chars.p, p[0], chars.n) != NULL;
    return memmem(chars.p, chars.n, p, step) != NULL;
}

static mig_text trim(mig_text v, mig_text chars, bool front, bool back) {
    if (v.p == NULL)
        return v;
    if (chars.p == NULL)
        chars = BLANK;
    while (front && v.n > 0) {
        size_t step = fn_step((unsigned char)v.p[0]);
        if (!is_one_of(v.p, step, chars))
            break;
        v.p += step;
        v.n -= step;
    }
    while (back && v.n > 0) {
        size_t at = v.n - 1;
        while (at > 0 && ((unsigned char)v.p[at] & 0xc0) == 0x80)
            at--;
        if (!is_one_of(v.p + at, v.n - at, chars))
            break;
        v.n = at;
    }
    return v;
}

mig_text mig_trim(mig_ctx *x, mig_text v, mig_text chars) {
    (void)x;
    return trim(v, chars, true, true);
}

mig_text mig_ltrim(mig_ctx *x, mig_text v, mig_text chars) {
    (void)x;
    return trim(v, chars, true, false);
}

mig_text mig_rtrim(mig_ctx *x, mig_text v, mig_text chars) {
    (void)x;
    return trim(v, chars, false, true);
}

/* ---- joining and filling ------------------------------------------------------------------------------------------------- */

mig_text mig_concat_text(mig_ctx *x, mig_text a, mig_text b) {
    if (a.p == NULL || b.p == NULL)
        return MIG_NULL_TEXT;
    char *out = fn_bytes(x, a.n + b.n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    memcpy(out, a.p, a.n);
    memcpy(out + a.n, b.p, b.n);
    return (mig_text){out, a.n + b.n};
}

mig_bytea mig_concat_bytea(mig_ctx *x, mig_bytea a, mig_bytea b) {
    mig_text v = mig_concat_text(x, (mig_text){a.p, a.n}, (mig_text){b.p, b.n});
    return (mig_bytea){v.p, v.n};
}

mig_text mig_concat_ws(mig_ctx *x, mig_text separator, const mig_text *values, int n) {
    if (separator.p == NULL)
        return MIG_NULL_TEXT;
    size_t total = 0;
    for (int i = 0; i < n; i++)
        total += values[i].n + separator.n;
    char *out = fn_bytes(x, total);
    if (out == NULL)
        return MIG_NULL_TEXT;
    size_t at = 0;
    bool first = true;
    for (int i = 0; i < n; i++) {
        if (values[i].p == NULL)
            continue;
        if (!first) {
            memcpy(out + at, separator.p, separator.n);
            at += separator.n;
        }
        memcpy(out + at, values[i].p, values[i].n);
        at += values[i].n;
        first = false;
    }
    return (mig_text){out, at};
}

mig_text mig_concat(mig_ctx *x, const mig_text *values, int n) {
    return mig_concat_ws(x, MIG_TEXT(""), values, n);
}

/* Fills `out` with the text again and again up to `chars` characters; returns the bytes written. */
static size_t fill_with(char *out, mig_text fill, size_t chars) {
    size_t at = 0, fill_chars = fn_length(fill);
    for (; chars >= fill_chars; chars -= fill_chars) {
        memcpy(out + at, fill.p, fill.n);
        at += fill.n;
    }
    size_t rest = fn_offset(fill, chars);
    memcpy(out + at, fill.p, rest);
    return at + rest;
}

static mig_text pad(mig_ctx *x, mig_text v, mig_int length, mig_text fill, bool left) {
    if (v.p == NULL || length.is_null)
        return MIG_NULL_TEXT;
    if (fill.p == NULL)
        fill = BLANK;
    size_t want = count_of(length.v), have = fn_length(v);
    if (have >= want)
        return (mig_text){v.p, fn_offset(v, want)};
    if (fill.n == 0)
        return v;
    size_t missing = want - have;
    size_t widest = fn_is_ascii(fill) ? 1 : 4;
    char *out = fn_bytes(x, missing > FN_MAX_BYTES ? FN_MAX_BYTES + 1 : v.n + missing * widest);
    if (out == NULL)
        return MIG_NULL_TEXT;
    size_t filled;
    if (left) {
        filled = fill_with(out, fill, missing);
        memcpy(out + filled, v.p, v.n);
    } else {
        memcpy(out, v.p, v.n);
        filled = fill_with(out + v.n, fill, missing);
    }
    return (mig_text){out, filled + v.n};
}

mig_text mig_lpad(mig_ctx *x, mig_text v, mig_int length, mig_text fill) {
    return pad(x, v, length, fill, true);
}

mig_text mig_rpad(mig_ctx *x, mig_text v, mig_int length, mig_text fill) {
    return pad(x, v, length, fill, false);
}

mig_text mig_repeat(mig_ctx *x, mig_text v, mig_int count) {
    if (v.p == NULL || count.is_null)
        return MIG_NULL_TEXT;
    size_t times = v.n == 0 ? 0 : count_of(count.v);
    char *out = fn_bytes(x, times > FN_MAX_BYTES / (v.n + 1) ? FN_MAX_BYTES + 1 : times * v.n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < times; i++)
        memcpy(out + i * v.n, v.p, v.n);
    return (mig_text){out, times * v.n};
}

/* ---- changing --------------------------------------------------------------------------------------------------------------- */

mig_text mig_replace(mig_ctx *x, mig_text v, mig_text from, mig_text to) {
    if (v.p == NULL || from.p == NULL || to.p == NULL)
        return MIG_NULL_TEXT;
    size_t found = 0;
    if (from.n > 0)
        for (size_t at = next_separator(v, 0, from); at < v.n; found++)
            at = next_separator(v, at + from.n, from);
    if (found == 0)
        return v;
    if (found > FN_MAX_BYTES / (to.n + 1)) {
        fn_bytes(x, FN_MAX_BYTES + 1);
        return MIG_NULL_TEXT;
    }
    size_t n = v.n - found * from.n + found * to.n, at = 0;
    char *out = fn_bytes(x, n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0;;) {
        size_t next = next_separator(v, i, from);
        memcpy(out + at, v.p + i, next - i);
        at += next - i;
        if (next == v.n)
            break;
        memcpy(out + at, to.p, to.n);
        at += to.n;
        i = next + from.n;
    }
    return (mig_text){out, n};
}

mig_text mig_reverse(mig_ctx *x, mig_text v) {
    char *out = v.p == NULL ? NULL : fn_bytes(x, v.n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < v.n;) {
        size_t step = fn_step((unsigned char)v.p[i]);
        memcpy(out + v.n - i - step, v.p + i, step);
        i += step;
    }
    return (mig_text){out, v.n};
}

/* What becomes of the character at p: its number in `from` leads to the character in `to`, or to nothing. */
static mig_text translated(mig_text c, mig_text from, mig_text to) {
    size_t a = 0, b = 0;
    while (a < from.n) {
        size_t step = fn_step((unsigned char)from.p[a]);
        size_t into = b < to.n ? fn_step((unsigned char)to.p[b]) : 0;
        if (step == c.n && memcmp(from.p + a, c.p, step) == 0)
            return (mig_text){to.p + b, into};
        a += step;
        b += into;
    }
    return c;
}

mig_text mig_translate(mig_ctx *x, mig_text v, mig_text from, mig_text to) {
    if (v.p == NULL || from.p == NULL || to.p == NULL)
        return MIG_NULL_TEXT;
    mig_text ascii[128]; /* what becomes of the ASCII characters: filled as they are met */
    bool known[128] = {false};
    size_t at = 0;
    char *out = fn_bytes(x, fn_is_ascii(to) ? v.n : v.n * 4);
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (size_t i = 0; i < v.n;) {
        unsigned char first = (unsigned char)v.p[i];
        mig_text c = {v.p + i, fn_step(first)}, into;
        if (first < 128 && known[first]) {
            into = ascii[first].n > 0 && ascii[first].p == NULL ? c : ascii[first];
        } else {
            into = translated(c, from, to);
            if (first < 128) {
                known[first] = true;
                ascii[first] = into.p == c.p ? (mig_text){NULL, 1} : into; /* NULL with a length: stays */
            }
        }
        memcpy(out + at, into.p, into.n);
        at += into.n;
        i += c.n;
    }
    return (mig_text){out, at};
}
