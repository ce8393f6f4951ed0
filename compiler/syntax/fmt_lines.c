/*
 * fmt_lines.c: alignment of the formatter's lines: columns of tables, assignments, comments at the ends of lines.
 */
#include "compiler/syntax/fmt_lines.h"

#include "compiler/base/utf8.h"

#include <string.h>

/* Comments behind lines longer than this stand for themselves. */
enum { WIDEST_ALIGNED = 80 };

int fmt_width(const char *text, size_t n)
{
    int width = 0;

    for (size_t i = 0; i < n;) {
        uint32_t cp;

        i += utf8_decode(text + i, n - i, &cp);
        width = cp == '\n' ? 0 : width + utf8_width(cp);
    }
    return width;
}

static bool is_one_line(const char *text)
{
    return strchr(text, '\n') == NULL;
}

/* Widens the gap before what is aligned so that it begins `column` columns behind the indentation. */
static void pad(fmt_lines *lines, fmt_line *l, int column)
{
    int more = column - fmt_width(l->text, (size_t)l->align_at);

    if (more > 0)
        l->text = arena_printf(lines->mem, "%.*s%*s%s", l->align_at, l->text, more, "", l->text + l->align_at);
}

/* Assignments are aligned as far as no blank line comes between; columns all over their table. */
static bool is_same_group(const fmt_line *first, const fmt_line *l)
{
    return l->align == first->align && l->group == first->group;
}

static void align_group(fmt_lines *lines, int from)
{
    const fmt_line first = lines->at[from];
    int column = 0, to = from;

    for (int i = from; i < lines->n; i++) {
        const fmt_line *l = &lines->at[i];
        int width;

        if (first.align == ALIGN_SET && i > from && (l->blank_before || !is_same_group(&first, l)))
            break;
        to = i;
        width = is_same_group(&first, l) ? fmt_width(l->text, (size_t)l->align_at) : 0;
        column = width > column ? width : column;
    }
    for (int i = from; i <= to; i++) {
        if (is_same_group(&first, &lines->at[i])) {
            pad(lines, &lines->at[i], column);
            lines->at[i].align = ALIGN_NONE;
        }
    }
}

static int line_width(const fmt_line *l)
{
    return l->indent + fmt_width(l->text, strlen(l->text));
}

static bool takes_part(const fmt_line *l)
{
    return l->comment != NULL && *l->text != '\0' && is_one_line(l->text) && line_width(l) <= WIDEST_ALIGNED;
}

/* The column of the comments in the run of lines that begins there; 0: the line stands for itself. */
static int comment_column(const fmt_lines *lines, int from, int *end)
{
    int column = 0;

    for (*end = from; *end < lines->n && takes_part(&lines->at[*end]); (*end)++) {
        int width = line_width(&lines->at[*end]);

        if (*end > from && lines->at[*end].blank_before)
            break;
        column = width + 2 > column ? width + 2 : column;
    }
    return column;
}

void fmt_lines_write(fmt_lines *lines, strbuf *out)
{
    int column = 0, end = 0;

    for (int i = 0; i < lines->n; i++)
        if (lines->at[i].align != ALIGN_NONE)
            align_group(lines, i);
    for (int i = 0; i < lines->n; i++) {
        const fmt_line *l = &lines->at[i];

        if (i >= end)
            column = comment_column(lines, i, &end);
        if (l->blank_before)
            sb_putc(out, '\n');
        sb_repeat(out, ' ', (size_t)l->indent);
        sb_puts(out, l->text);
        if (l->comment != NULL) {
            int gap = *l->text == '\0' ? 0 : i < end ? column - line_width(l) : 2;

            sb_repeat(out, ' ', (size_t)gap);
            sb_puts(out, l->comment);
        }
        sb_putc(out, '\n');
    }
}
