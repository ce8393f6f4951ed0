/*
 * emit_text.c: the spec's text as C text: string literals, character constants, the inside of comments. Nothing else in
 * the compiler writes a byte of the spec into generated C.
 */
#include "compiler/base/utf8.h"
#include "compiler/codegen/emit.h"

#include <string.h>

/*
 * A piece ends at a line end, after a blank or comma past PIECE_SOON unless its line ends soon anyway, and at PIECE_LATEST (C17
 * promises 4095 bytes a literal, C89 509).
 */
enum { PIECE_SOON = 64, PIECE_REST = 24, PIECE_LATEST = 400 };

static bool line_ends_soon(const char *bytes, size_t n) {
    return n <= PIECE_REST || memchr(bytes, '\n', PIECE_REST) != NULL;
}

static void put_byte(strbuf *out, char c, char before) {
    switch (c) {
    case '\n': sb_puts(out, "\\n"); return;
    case '\r': sb_puts(out, "\\r"); return;
    case '\t': sb_puts(out, "\\t"); return;
    case '"': sb_puts(out, "\\\""); return;
    case '\\': sb_puts(out, "\\\\"); return;
    case '?': sb_puts(out, before == '?' ? "\\?" : "?"); return;
    }
    if (c >= ' ' && c < 0x7F)
        sb_putc(out, c);
    else
        sb_printf(out, "\\%03o", (unsigned)(unsigned char)c);
}

void emit_string_to(strbuf *out, const char *bytes, size_t n) {
    sb_putc(out, '"');
    size_t start = out->length;
    for (size_t i = 0; i < n; i++) {
        put_byte(out, bytes[i], i > 0 ? bytes[i - 1] : '\0');
        if (i + 1 == n)
            break;
        size_t length = out->length - start;
        bool is_good = length >= PIECE_SOON && (bytes[i] == ' ' || bytes[i] == ',') && bytes[i + 1] != ' ' &&
                       !line_ends_soon(bytes + i + 1, n - i - 1);
        if (is_good || bytes[i] == '\n' || length >= PIECE_LATEST) {
            sb_puts(out, "\" \"");
            start = out->length;
        }
    }
    sb_putc(out, '"');
}

char *emit_string(emit *e, const char *bytes, size_t n) {
    strbuf sb = STRBUF_INIT;
    emit_string_to(&sb, bytes, n);
    return sb_take(&sb, emit_arena(e));
}

char *emit_string_or_null(emit *e, const char *text) {
    return text != NULL ? emit_string(e, text, strlen(text)) : emit_printf(e, "NULL");
}

char *emit_char(emit *e, char c) {
    strbuf sb = STRBUF_INIT;
    sb_putc(&sb, '\'');
    if (c == '\'')
        sb_puts(&sb, "\\'");
    else if (c == '\0')
        sb_puts(&sb, "\\0");
    else if (c == '"')
        sb_putc(&sb, c);
    else
        put_byte(&sb, c, '\0');
    sb_putc(&sb, '\'');
    return sb_take(&sb, emit_arena(e));
}

void emit_comment_text(strbuf *out, const char *text) {
    size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t length = utf8_decode(text + i, n - i, &cp);
        char before = out->length > 0 ? out->data[out->length - 1] : '\0';
        if (cp == '\n' || cp == '\r' || cp == '\t')
            sb_putc(out, ' ');
        else if (cp == UTF8_INVALID || utf8_is_unprintable(cp))
            sb_putc(out, '.');
        else {
            bool would_mean = (before == '*' && cp == '/') || (before == '/' && cp == '*') || (before == '?' && cp == '?');
            if (would_mean)
                sb_putc(out, ' ');
            sb_put(out, text + i, length);
        }
        i += length;
    }
}
