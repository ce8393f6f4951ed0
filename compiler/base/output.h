/*
 * output.h: files that the compiler makes: they appear whole or not at all. What fails is said on stderr; the functions then return
 * false.
 */
#ifndef COMPILER_BASE_OUTPUT_H
#define COMPILER_BASE_OUTPUT_H

#include "compiler/base/arena.h"
#include "compiler/base/strbuf.h"

#include <stdbool.h>

/* Says that the path cannot be written, and why; false. */
bool output_cannot_write(const char *path, const char *why);

/* The path behind its last slash. */
const char *output_base_name(const char *path);

/* A name beside the file that nobody else uses, for what becomes the file by rename. */
const char *output_beside(arena *a, const char *path);

bool output_is_same_file(const char *a, const char *b);

/* Not a folder, and not the spec (NULL: there is none). */
bool output_may_write(const char *path, const char *spec);

/* The text into a file that is then renamed. */
bool output_write(const char *unfinished, const char *path, const strbuf *text);

/* The text on standard output. */
bool output_print(const strbuf *text);

#endif
