/*
 * clean.c: text from outside as text that every engine takes. Called for raw records, reasons and file names, whose bytes may be
 * anything.
 */
#include "runtime/engine/engine.h"

/* Length of the UTF-8 sequence at p; 0: none, or a NUL. */
static size_t sequence(const unsigned char *p, size_t n) {
    size_t len = p[0] < 0x80 ? (p[0] != 0) : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : p[0] >= 0xc2 ? 2 : 0;
    if (len == 0 || len > n || p[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < len; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
        (p[0] == 0xf4 && p[1] > 0x8f))
        return 0;
    return len;
}

mig_text rt_clean(const char *text, size_t n, size_t most, rt_buf *out) {
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0, from = 0;
    if (text == NULL)
        return MIG_NULL_TEXT;
    while (i < n && i < most) {
        size_t len = sequence(p + i, n - i);
        if (len == 0) {
            rt_buf_add(out, text + from, i - from);
            rt_buf_add(out, "\xef\xbf\xbd", 3);
            from = ++i;
        } else {
            i += len;
        }
    }
    rt_buf_add(out, text + from, i - from);
    if (i < n)
        rt_buf_printf(out, "… (%zu bytes in all)", n);
    return (mig_text){out->p != NULL ? out->p : "", out->n};
}
