/*
 * fn.c: helpers of the language's functions: memory, messages, UTF-8.
 */
#include "runtime/functions/fn.h"

char *fn_bytes(mig_ctx *x, size_t n) {
    if (n > FN_MAX_BYTES) {
        mig_fatal(x, MIG_NOMEM, "a value of %zu bytes would be made: more than the limit of %zu", n, FN_MAX_BYTES);
        return NULL;
    }
    return mig_alloc(x, n);
}

void *fn_array(mig_ctx *x, size_t n, size_t size) {
    return fn_bytes(x, n > FN_MAX_BYTES / size ? FN_MAX_BYTES + 1 : n * size);
}

mig_text fn_copy(mig_ctx *x, const char *p, size_t n) {
    char *out = fn_bytes(x, n);
    if (out == NULL)
        return MIG_NULL_TEXT;
    if (n > 0)
        memcpy(out, p, n);
    return (mig_text){out, n};
}

mig_text fn_from_buf(mig_ctx *x, rt_buf *b) {
    mig_text v = MIG_NULL_TEXT;
    if (b->failed)
        mig_fatal(x, MIG_NOMEM, "out of memory");
    else
        v = fn_copy(x, b->p, b->n);
    rt_buf_free(b);
    return v;
}

fn_shown fn_show(mig_text v) {
    fn_shown shown;
    if (v.p == NULL)
        memcpy(shown.s, "null", 5);
    else
        rt_shorten(shown.s, sizeof shown.s, v.p, v.n);
    return shown;
}

size_t fn_length(mig_text v) {
    size_t chars = 0;
    for (size_t i = 0; i < v.n; i++)
        chars += ((unsigned char)v.p[i] & 0xc0) != 0x80;
    return chars;
}

size_t fn_offset(mig_text v, size_t chars) {
    size_t at = 0;
    if (chars >= v.n)
        return v.n; /* a character has at least one byte */
    for (; chars > 0 && at < v.n; chars--)
        at += fn_step((unsigned char)v.p[at]);
    return at;
}

bool fn_is_ascii(mig_text v) {
    size_t i = 0;
    for (; i + 8 <= v.n; i += 8) {
        uint64_t eight;
        memcpy(&eight, v.p + i, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            return false;
    }
    for (; i < v.n; i++)
        if ((unsigned char)v.p[i] >= 0x80)
            return false;
    return true;
}

uint32_t fn_decode(mig_text v, size_t *at) {
    const unsigned char *p = (const unsigned char *)v.p + *at;
    size_t n = fn_step(p[0]);
    if (n > v.n - *at)
        n = 1;
    *at += n;
    switch (n) {
    case 2: return (p[0] & 0x1fu) << 6 | (p[1] & 0x3fu);
    case 3: return (p[0] & 0x0fu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
    case 4: return (p[0] & 0x07u) << 18 | (p[1] & 0x3fu) << 12 | (p[2] & 0x3fu) << 6 | (p[3] & 0x3fu);
    default: return p[0];
    }
}

size_t fn_encode(char *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xc0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3f));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xe0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3f));
        out[2] = (char)(0x80 | (c & 0x3f));
        return 3;
    }
    out[0] = (char)(0xf0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3f));
    out[2] = (char)(0x80 | (c >> 6 & 0x3f));
    out[3] = (char)(0x80 | (c & 0x3f));
    return 4;
}

size_t fn_valid(const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text;
    for (size_t i = 0; i < n;) {
        unsigned char c = p[i];
        if (c < 0x80) {
            i++;
            continue;
        }
        size_t len = c < 0xc2 || c > 0xf4 ? 0 : fn_step(c);
        if (len == 0 || len > n - i)
            return i;
        unsigned char low = c == 0xe0 ? 0xa0 : c == 0xf0 ? 0x90 : 0x80, high = c == 0xed ? 0x9f : c == 0xf4 ? 0x8f : 0xbf;
        if (p[i + 1] < low || p[i + 1] > high)
            return i;
        for (size_t k = 2; k < len; k++)
            if ((p[i + k] & 0xc0) != 0x80)
                return i;
        i += len;
    }
    return n;
}

mig_text fn_strip(mig_text v) {
    while (v.n > 0 && fn_is_space(v.p[0])) {
        v.p++;
        v.n--;
    }
    while (v.n > 0 && fn_is_space(v.p[v.n - 1]))
        v.n--;
    return v;
}

bool fn_is_word(mig_text v, const char *word) {
    size_t n = strlen(word);
    if (v.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (fn_lower(v.p[i]) != fn_lower(word[i]))
            return false;
    return true;
}
