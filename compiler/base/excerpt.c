/*
 * excerpt.c: the line of a spec with a place underlined, for diag.c.
 *
 * Works for any span over any bytes: the span is clamped to the text, tabs are spread to blanks, bytes
 * that are no UTF-8 and control characters are shown as U+FFFD, wide characters get two carets, and a
 * long line is cut to a window around the place. What looks like a password in a text literal is shown as stars.
 */
#include "compiler/base/diag.h"
#include "compiler/base/utf8.h"

#include <stdbool.h>
#include <string.h>

enum {
    WINDOW = 96,  /* most columns of a line that are shown */
    BEFORE = 32,  /* columns shown before the place in a cut line */
    TAB_STOP = 4
};

/* One character as it is shown. */
typedef struct {
    uint32_t cp;
    size_t bytes; /* of the source */
    size_t width; /* columns */
} glyph;

static glyph next_glyph(const char *p, size_t n, size_t column)
{
    glyph g;

    g.bytes = utf8_decode(p, n, &g.cp);
    if (g.cp == '\t')
        g.width = TAB_STOP - column % TAB_STOP;
    else if (utf8_is_unprintable(g.cp))
        g.width = 1;
    else
        g.width = (size_t)utf8_width(g.cp);
    return g;
}

/* ---- passwords ---------------------------------------------------------------------------------------------------- */

/* Bytes [start, end) of a line. */
typedef struct { size_t start, end; } stretch;

/* The value behind `password =` at line[i], or an empty stretch. */
static stretch after_word(const char *line, size_t n, size_t i)
{
    size_t start = i + strlen("password"), end;
    bool quoted;

    while (start < n && line[start] == ' ')
        start++;
    if (start >= n || line[start] != '=')
        return (stretch){0, 0};
    for (start++; start < n && line[start] == ' ';)
        start++;
    quoted = start < n && line[start] == '\'';
    while (start < n && line[start] == '\'')
        start++;
    for (end = start; end < n && line[end] != '\'' && (quoted || (line[end] != ' ' && line[end] != '&'));)
        end++;
    return (stretch){start, end};
}

/* The password of `://user:password@` at line[i], or an empty stretch. */
static stretch in_uri(const char *line, size_t n, size_t i)
{
    size_t start = 0, end = 0;

    for (size_t k = i + 3; k < n && line[k] != '\'' && line[k] != '/' && line[k] != ' '; k++) {
        if (line[k] == ':' && start == 0)
            start = k + 1;
        if (line[k] == '@' && start > 0)
            end = k;
    }
    return (stretch){start, end};
}

/* The first password that ends behind byte `from`, as the locations of databases have them; only in text literals. */
static stretch next_password(const char *line, size_t n, size_t from)
{
    bool literal = false;

    for (size_t i = 0; i < n; i++) {
        stretch s = {0, 0};

        if (line[i] == '\'')
            literal = !literal;
        else if (literal && n - i > 8 && memcmp(line + i, "password", 8) == 0)
            s = after_word(line, n, i);
        else if (literal && n - i > 3 && memcmp(line + i, "://", 3) == 0)
            s = in_uri(line, n, i);
        if (s.end > s.start && s.end > from)
            return s;
    }
    return (stretch){n, n};
}

/* ---- the line ------------------------------------------------------------------------------------------------------ */

/* Display column of byte `at` of a line of n bytes. */
static size_t column_of(const char *line, size_t n, size_t at)
{
    size_t column = 0;

    for (size_t i = 0; i < n && i < at;) {
        glyph g = next_glyph(line + i, n - i, column);

        i += g.bytes;
        column += g.width;
    }
    return column;
}

/* Appends the characters of a line that lie in columns [from, to). */
static void put_window(const char *line, size_t n, size_t from, size_t to, strbuf *out)
{
    size_t column = 0;
    stretch secret = next_password(line, n, 0);

    for (size_t i = 0; i < n && column < to;) {
        glyph g = next_glyph(line + i, n - i, column);

        if (i >= secret.end)
            secret = next_password(line, n, i);
        if (column >= from && column + g.width <= to) {
            if (i >= secret.start && i < secret.end)
                sb_repeat(out, '*', g.width);
            else if (g.cp == '\t')
                sb_repeat(out, ' ', g.width);
            else if (utf8_is_unprintable(g.cp))
                sb_puts(out, "\xef\xbf\xbd");
            else
                sb_put(out, line + i, g.bytes);
        } else if (column + g.width > from) {
            /* Half of a wide character or of a tab is in the window: keep the columns. */
            size_t start = column > from ? column : from;
            size_t end = column + g.width < to ? column + g.width : to;

            sb_repeat(out, ' ', end - start);
        }
        i += g.bytes;
        column += g.width;
    }
}

void diag_excerpt(const src_map *sources, span at, strbuf *out)
{
    const src_file *f = src_get(sources, at.source);
    src_place first = src_locate(sources, at);
    src_place last = src_locate_end(sources, at);
    uint32_t n;
    const char *line;
    size_t start, end, width, from = 0, to, offset;
    const char *left = "";
    const char *right = "";

    if (f == NULL || f->length == 0)
        return;
    line = src_line(f, first.line, &n);
    offset = at.offset < f->length ? at.offset : f->length;
    offset -= (size_t)(line - f->text);
    start = column_of(line, n, offset);
    width = column_of(line, n, n);
    end = last.line > first.line ? width : column_of(line, n, offset + at.length);
    if (end <= start)
        end = start + 1; /* an empty place, or one past the line: one caret */

    to = width > end ? width : end;
    if (to > WINDOW) {
        from = start > BEFORE ? start - BEFORE : 0;
        left = from > 0 ? "..." : "";
        if (to > from + WINDOW) {
            to = from + WINDOW;
            right = "...";
        }
        if (end > to)
            end = to;
    }
    sb_printf(out, "%5u | %s", first.line, left);
    put_window(line, n, from, to, out);
    sb_printf(out, "%s\n      | ", right);
    sb_repeat(out, ' ', strlen(left) + start - from);
    sb_repeat(out, '^', end - start);
    if (last.line > first.line)
        sb_printf(out, " to line %u", last.line);
    sb_putc(out, '\n');
}
