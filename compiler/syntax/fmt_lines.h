/*
 * fmt_lines.h: the lines that the formatter has put together, and their alignment. For fmt.c only.
 */
#ifndef MIGC_FMT_LINES_H
#define MIGC_FMT_LINES_H

#include "compiler/base/strbuf.h"

enum { FMT_INDENT = 4, FMT_WIDTH = 120 };

/* What is brought into line with the lines around it. */
typedef enum fmt_align {
    ALIGN_NONE,
    ALIGN_COLUMN, /* the types of a table's columns */
    ALIGN_SET     /* the `=` of assignments; a blank line begins a new group */
} fmt_align;

typedef struct fmt_line {
    const char *text;    /* without indentation; with line breaks only inside of texts and comments */
    const char *comment; /* at its end, or NULL */
    int indent;          /* blanks before it */
    bool blank_before;
    fmt_align align;
    int align_at;        /* bytes of `text` before what is aligned */
    int group;           /* lines of one group are aligned together */
} fmt_line;

typedef struct fmt_lines {
    arena *mem;
    fmt_line *at;
    int n, cap;
} fmt_lines;

/* Columns of a text on a screen; of its last line if it has several. */
int fmt_width(const char *text, size_t n);

/* Aligns and appends all lines. */
void fmt_lines_write(fmt_lines *lines, strbuf *out);

#endif
