/*
 * strbuf.h: text that grows. Owns its memory (malloc) until sb_free or sb_take; the text is always
 * NUL-terminated and may hold NUL bytes. Out of memory ends the process.
 */
#ifndef COMPILER_BASE_STRBUF_H
#define COMPILER_BASE_STRBUF_H

#include "compiler/base/arena.h"

#include <stdbool.h>
#include <stdio.h>

typedef struct {
    char *data;    /* NULL before the first byte: read it through sb_text */
    size_t length; /* without the closing NUL */
    size_t cap;
} strbuf;

#define STRBUF_INIT {NULL, 0, 0}

void sb_init(strbuf *sb);
void sb_free(strbuf *sb);  /* leaves an empty, usable buffer */
void sb_clear(strbuf *sb); /* keeps the memory */

void sb_put(strbuf *sb, const char *bytes, size_t n);
void sb_puts(strbuf *sb, const char *text);
void sb_putc(strbuf *sb, char c);
void sb_repeat(strbuf *sb, char c, size_t n);
void sb_printf(strbuf *sb, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void sb_vprintf(strbuf *sb, const char *fmt, va_list ap) __attribute__((format(printf, 2, 0)));

/* Appends the bytes as a JSON string with its quotes; bytes that are no UTF-8 become U+FFFD. */
void sb_put_json(strbuf *sb, const char *bytes, size_t n);

/* Cuts the text to `length` bytes, if it is longer. */
void sb_truncate(strbuf *sb, size_t length);

/* The text, never NULL; valid until the next change. */
const char *sb_text(const strbuf *sb);

/* Moves the text into an arena and empties the buffer. */
char *sb_take(strbuf *sb, arena *a);

/* Writes the text; false if the stream reports an error. */
bool sb_write(const strbuf *sb, FILE *out);

#endif
