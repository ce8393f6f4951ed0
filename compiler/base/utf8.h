/*
 * utf8.h: reading UTF-8 and the width of a character on a terminal, for the lexer and for excerpts.
 */
#ifndef COMPILER_BASE_UTF8_H
#define COMPILER_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_INVALID 0xFFFFFFFFu

/* Decodes one character of the n > 0 bytes at p and returns its length in bytes. Where there is no
   well-formed character (overlong, surrogate, past U+10FFFF, cut off), *out is UTF8_INVALID and the
   length is 1. */
size_t utf8_decode(const char *p, size_t n, uint32_t *out);

/* Columns that a character takes on a terminal: 0 (combining), 1 or 2 (wide). Control characters and
   UTF8_INVALID count 1, since they are shown as a replacement. */
int utf8_width(uint32_t cp);

/* Whether a terminal must not be given this character raw: controls, and those that turn the
   direction of text. */
int utf8_is_unprintable(uint32_t cp);

#endif
