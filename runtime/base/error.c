/*
 * error.c: the run's error record, and how a value is shown in a message.
 */
#include "runtime/rt.h"

#include <stdarg.h>
#include <string.h>

mig_status rt_error_set(rt_error *e, mig_status st, const char *fmt, ...) {
    if (e == NULL || e->status != MIG_OK)
        return st;
    e->status = st;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->message, sizeof e->message, fmt, ap);
    va_end(ap);
    return st;
}

void rt_error_hint(rt_error *e, const char *fmt, ...) {
    if (e == NULL || e->hint[0] != '\0')
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(e->hint, sizeof e->hint, fmt, ap);
    va_end(ap);
}

/* A character of two or three bytes that turns the direction of the text behind it, or ends the line (U+061C, U+200E, U+2028, U+2066 …). */
static bool turns(const unsigned char *p) {
    if (p[0] == 0xd8)
        return p[1] == 0x9c;
    if (p[0] != 0xe2)
        return false;
    return p[1] == 0x80 ? p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae) : p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

/* Length of the UTF-8 sequence at p, or 0 when there is none, or one that a terminal obeys rather than shows. */
static size_t printable(const unsigned char *p, size_t n) {
    unsigned char c = p[0];
    if (c < 0x80)
        return c >= 0x20 && c != 0x7f ? 1 : 0;
    size_t len = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
    if (len == 0 || len > n)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((c == 0xc2 && p[1] < 0xa0) || turns(p)) /* C1 controls */
        return 0;
    if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
        (c == 0xf4 && p[1] > 0x8f))
        return 0;
    return len;
}

void rt_shorten(char *out, size_t cap, const char *text, size_t n) {
    static const char more[] = "…";
    const unsigned char *p = (const unsigned char *)text;
    size_t at = 0, cut = 0; /* cut: where the ellipsis can go */
    for (size_t i = 0; i < n;) {
        char esc[8];
        size_t len = printable(p + i, n - i), add = len;
        if (len == 0) {
            const char *known = p[i] == '\n' ? "\\n" : p[i] == '\r' ? "\\r" : p[i] == '\t' ? "\\t" : NULL;
            if (known != NULL)
                memcpy(esc, known, 3);
            else
                snprintf(esc, sizeof esc, "\\x%02x", p[i]);
            add = strlen(esc);
        }
        if (at + add + 1 > cap) {
            memcpy(out + cut, more, sizeof more);
            return;
        }
        memcpy(out + at, len > 0 ? (const char *)p + i : esc, add);
        at += add;
        i += len > 0 ? len : 1;
        if (at + sizeof more <= cap)
            cut = at;
    }
    out[at] = '\0';
}
