/*
 * decode.c: text of the declared encoding as UTF-8; what is and what is not UTF-8; outer white space. A byte that is
 * not text is handed on in a form that rt_utf8_check() finds, so that it becomes the fault of its record and not the end
 * of the file.
 */
#include "runtime/sources/csv.h"
#include <string.h>

bool rt_encoding_named(const char *name, rt_encoding *out) {
    static const char *const names[] = {[RT_UTF8] = "utf8", [RT_LATIN1] = "latin1", [RT_UTF16] = "utf16"};
    if (name == NULL)
        name = "utf8";
    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++)
        if (strcmp(name, names[i]) == 0) {
            *out = (rt_encoding)i;
            return true;
        }
    return false;
}

void rt_decoder_start(rt_decoder *d, rt_encoding encoding, rt_pull pull, void *from) {
    d->encoding = encoding;
    d->pull = pull;
    d->from = from;
    d->in_at = d->in_n = d->out_at = d->out_n = 0;
    d->begun = d->big_endian = d->ended = false;
}

/* Pulls behind what is left of the input. */
static mig_status refill(rt_decoder *d, rt_error *e) {
    memmove(d->in, d->in + d->in_at, d->in_n - d->in_at);
    d->in_n -= d->in_at;
    d->in_at = 0;
    size_t got;
    mig_status st = d->pull(d->from, (char *)d->in + d->in_n, sizeof d->in - d->in_n, &got, e);
    if (st != MIG_OK)
        return st;
    d->in_n += got;
    d->ended = got == 0;
    return MIG_OK;
}

/* UTF-16: the byte order mark decides; without one, the half in which more zero bytes stand is the upper one. */
static mig_status begin_utf16(rt_decoder *d, rt_error *e) {
    while (d->in_n < 4096 && !d->ended) {
        mig_status st = refill(d, e);
        if (st != MIG_OK)
            return st;
    }
    size_t zeros[2] = {0, 0};
    for (size_t i = 0; i < d->in_n; i++)
        zeros[i & 1] += d->in[i] == 0;
    d->big_endian = zeros[0] > zeros[1];
    if (d->in_n >= 2 && d->in[0] == 0xFE && d->in[1] == 0xFF)
        d->big_endian = true;
    if (d->in_n >= 2 && d->in[0] == 0xFF && d->in[1] == 0xFE)
        d->big_endian = false;
    return MIG_OK;
}

static size_t put_utf8(uint32_t c, char *out) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

static uint32_t unit16(const rt_decoder *d, size_t at) {
    const unsigned char *p = d->in + at;
    return d->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* One character from the input to out (4 bytes of room); returns its length, or 0 when more input is needed. */
static size_t one_char(rt_decoder *d, char *out) {
    size_t have = d->in_n - d->in_at;
    if (d->encoding == RT_LATIN1)
        return have == 0 ? 0 : put_utf8(d->in[d->in_at++], out);
    if (have < 2) {
        if (have == 0 || !d->ended)
            return 0;
        d->in_at++;
        out[0] = (char)0xFF; /* half a unit */
        return 1;
    }
    uint32_t c = unit16(d, d->in_at);
    if (c >= 0xD800 && c < 0xDC00) {
        if (have < 4 && !d->ended)
            return 0;
        uint32_t low = have < 4 ? 0 : unit16(d, d->in_at + 2);
        if (low >= 0xDC00 && low < 0xE000) {
            c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
            d->in_at += 2;
        }
    }
    d->in_at += 2;
    return put_utf8(c, out); /* a lone surrogate gives three bytes that are not UTF-8 */
}

mig_status rt_decoder_read(void *decoder, char *p, size_t cap, size_t *got, rt_error *e) {
    rt_decoder *d = decoder;
    if (d->encoding == RT_UTF8)
        return d->pull(d->from, p, cap, got, e);
    *got = 0;
    if (!d->begun && d->encoding == RT_UTF16) {
        mig_status st = begin_utf16(d, e);
        if (st != MIG_OK)
            return st;
    }
    d->begun = true;
    for (;;) {
        while (d->out_at < d->out_n && *got < cap)
            p[(*got)++] = d->out[d->out_at++];
        while (cap - *got >= sizeof d->out) {
            size_t n = one_char(d, p + *got);
            if (n == 0)
                break;
            *got += n;
        }
        if (*got == cap)
            return MIG_OK;
        d->out_at = 0;
        d->out_n = one_char(d, d->out);
        if (d->out_n > 0)
            continue;
        if (*got > 0 || (d->ended && d->in_at == d->in_n))
            return MIG_OK;
        mig_status st = refill(d, e);
        if (st != MIG_OK)
            return st;
    }
}

/* Length of the valid UTF-8 character at p (n >= 1 bytes there), or 0. */
static size_t char_length(const unsigned char *p, size_t n) {
    unsigned char low = 0x80, high = 0xBF; /* bounds of the second byte */
    size_t want;
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        want = 2;
    } else if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        want = 3;
        low = p[0] == 0xE0 ? 0xA0 : 0x80;   /* no longer form than needed */
        high = p[0] == 0xED ? 0x9F : 0xBF;  /* no surrogate */
    } else if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        want = 4;
        low = p[0] == 0xF0 ? 0x90 : 0x80;
        high = p[0] == 0xF4 ? 0x8F : 0xBF;  /* not above U+10FFFF */
    } else {
        return 0;
    }
    if (n < want || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < want; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return want;
}

size_t rt_utf8_check(const char *p, size_t n) {
    size_t i = 0;
    while (i < n) {
        uint64_t word;
        if (n - i >= sizeof word) {
            memcpy(&word, p + i, sizeof word);
            if ((word & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof word;
                continue;
            }
        }
        size_t k = char_length((const unsigned char *)p + i, n - i);
        if (k == 0)
            return i;
        i += k;
    }
    return n;
}

void rt_utf8_escape(const char *p, size_t n, rt_buf *out) {
    for (size_t i = 0; i < n;) {
        size_t good = rt_utf8_check(p + i, n - i);
        const char *nul = memchr(p + i, '\0', good);
        if (nul != NULL)
            good = (size_t)(nul - (p + i));
        rt_buf_add(out, p + i, good);
        i += good;
        if (i < n)
            rt_buf_printf(out, "\\x%02X", (unsigned char)p[i++]);
    }
}

/* Length of the white-space character at p, or 0. White_Space of Unicode: 9-D, 20, 85, A0, 1680, 2000-200A, 2028, 2029, 202F, 205F, 3000. */
static size_t space_at(const unsigned char *p, size_t n) {
    if (p[0] == ' ' || (p[0] >= 9 && p[0] <= 13))
        return 1;
    if (p[0] == 0xC2 && n >= 2)
        return p[1] == 0x85 || p[1] == 0xA0 ? 2 : 0;
    if (n < 3)
        return 0;
    if (p[0] == 0xE2 && p[1] == 0x80)
        return p[2] <= 0x8A || p[2] == 0xA8 || p[2] == 0xA9 || p[2] == 0xAF ? 3 : 0;
    bool is = (p[0] == 0xE1 && p[1] == 0x9A && p[2] == 0x80) || (p[0] == 0xE2 && p[1] == 0x81 && p[2] == 0x9F) ||
              (p[0] == 0xE3 && p[1] == 0x80 && p[2] == 0x80);
    return is ? 3 : 0;
}

void rt_trim(const char **p, size_t *n) {
    const unsigned char *s = (const unsigned char *)*p, *end = s + *n;
    for (size_t k; s < end && (k = space_at(s, (size_t)(end - s))) > 0;)
        s += k;
    while (end > s) {
        size_t left = (size_t)(end - s), k = 1; /* bytes of the last character: not UTF-8's rest bytes, at most 3 */
        while (k < 3 && k < left && (end[-(ptrdiff_t)k] & 0xC0) == 0x80)
            k++;
        if (space_at(end - k, k) != k)
            break;
        end -= k;
    }
    *p = (const char *)s;
    *n = (size_t)(end - s);
}
