/*
 * strbuf.c: see strbuf.h. Used for output sections, messages and printed trees.
 */
#include "compiler/base/strbuf.h"

#include "compiler/base/bug.h"
#include "compiler/base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void sb_init(strbuf *sb)
{
    memset(sb, 0, sizeof(*sb));
}

void sb_free(strbuf *sb)
{
    free(sb->data);
    sb_init(sb);
}

void sb_clear(strbuf *sb)
{
    sb_truncate(sb, 0);
}

/* Makes room for n more bytes and the closing NUL. */
static void reserve(strbuf *sb, size_t n)
{
    size_t need;
    size_t cap = sb->cap != 0 ? sb->cap : 64;

    if (n > SIZE_MAX / 4 || sb->length > SIZE_MAX / 4)
        migc_out_of_memory();
    need = sb->length + n + 1;
    if (need <= sb->cap)
        return;
    while (cap < need)
        cap *= 2;
    sb->data = realloc(sb->data, cap);
    if (sb->data == NULL)
        migc_out_of_memory();
    sb->cap = cap;
}

void sb_put(strbuf *sb, const char *bytes, size_t n)
{
    if (n == 0)
        return;
    reserve(sb, n);
    memcpy(sb->data + sb->length, bytes, n);
    sb->length += n;
    sb->data[sb->length] = '\0';
}

void sb_puts(strbuf *sb, const char *text)
{
    sb_put(sb, text, strlen(text));
}

void sb_putc(strbuf *sb, char c)
{
    sb_put(sb, &c, 1);
}

void sb_repeat(strbuf *sb, char c, size_t n)
{
    reserve(sb, n);
    memset(sb->data + sb->length, c, n);
    sb->length += n;
    sb->data[sb->length] = '\0';
}

void sb_vprintf(strbuf *sb, const char *fmt, va_list ap)
{
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(NULL, 0, fmt, again);
    va_end(again);
    if (n < 0)
        migc_bug("bad format \"%s\"", fmt);
    reserve(sb, (size_t)n);
    vsnprintf(sb->data + sb->length, (size_t)n + 1, fmt, ap);
    sb->length += (size_t)n;
}

void sb_printf(strbuf *sb, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    sb_vprintf(sb, fmt, ap);
    va_end(ap);
}

void sb_put_json(strbuf *sb, const char *bytes, size_t n)
{
    size_t at = 0;

    sb_putc(sb, '"');
    while (at < n) {
        unsigned char c = (unsigned char)bytes[at];
        uint32_t cp;
        size_t len = utf8_decode(bytes + at, n - at, &cp);

        if (cp == UTF8_INVALID)
            sb_puts(sb, "\\ufffd");
        else if (c == '"' || c == '\\')
            sb_printf(sb, "\\%c", c);
        else if (c == '\n')
            sb_puts(sb, "\\n");
        else if (c == '\t')
            sb_puts(sb, "\\t");
        else if (c == '\r')
            sb_puts(sb, "\\r");
        else if (c < 0x20 || c == 0x7f)
            sb_printf(sb, "\\u%04x", c);
        else
            sb_put(sb, bytes + at, len);
        at += len;
    }
    sb_putc(sb, '"');
}

void sb_truncate(strbuf *sb, size_t length)
{
    if (length >= sb->length)
        return;
    sb->length = length;
    sb->data[length] = '\0';
}

const char *sb_text(const strbuf *sb)
{
    return sb->data != NULL ? sb->data : "";
}

char *sb_take(strbuf *sb, arena *a)
{
    char *text = arena_strndup(a, sb_text(sb), sb->length);

    sb_free(sb);
    return text;
}

bool sb_write(const strbuf *sb, FILE *out)
{
    return fwrite(sb_text(sb), 1, sb->length, out) == sb->length && !ferror(out);
}
