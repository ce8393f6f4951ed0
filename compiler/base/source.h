/*
 * source.h: the texts of a compilation, and places in them.
 *
 * A place is a span: bytes in a source. Lines and columns are worked out only to print. The map owns
 * the texts (in its arena) and numbers them from 1; id 0 means "no place".
 */
#ifndef COMPILER_BASE_SOURCE_H
#define COMPILER_BASE_SOURCE_H

#include "compiler/base/arena.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint32_t source; /* id in the map; 0: no place */
    uint32_t offset; /* bytes from the start of the source */
    uint32_t length; /* bytes; 0 is a place between two characters */
} span;

#define SPAN_NONE ((span){0, 0, 0})

typedef struct {
    uint32_t id;
    const char *name;      /* as given on the command line or in `include` */
    const char *text;      /* length bytes and two closing NULs (flex scans it in place) */
    size_t length;
    span included_from;    /* the `include` that brought it in, or SPAN_NONE */
    uint32_t *line_starts; /* offset of each line's first byte; there is always one line */
    uint32_t n_lines;
} src_file;

typedef struct src_map src_map;

typedef struct {
    const char *file;
    uint32_t line;   /* from 1 */
    uint32_t column; /* from 1, in characters; a byte that is no UTF-8 counts as one */
} src_place;

src_map *src_map_create(arena *a);

/* Adds a text (copied) and returns it; texts of 1 GiB and more are refused with NULL. */
const src_file *src_add(src_map *m, const char *name, const char *text, size_t length);

/* Reads a file ("-" is standard input). On failure returns NULL and gives the reason in *why: words
   for the user, lower case, without the file's name ("is a directory"), in the map's arena. */
const src_file *src_read(src_map *m, const char *path, const char **why);

/* Notes which `include` brought a source in, for messages. */
void src_set_included(src_map *m, uint32_t id, span from);

/* The source of an id, or NULL if there is none. */
const src_file *src_get(const src_map *m, uint32_t id);
uint32_t src_count(const src_map *m);

/* Line and column of a span's first byte, of its end, or of any offset: clamped to the text, so any
   span is safe. Without a source the file is "" and line and column are 0. */
src_place src_locate(const src_map *m, span at);
src_place src_locate_end(const src_map *m, span at);

/* The bytes of line `line` (from 1) without its line end; *length gets their number. */
const char *src_line(const src_file *f, uint32_t line, uint32_t *length);

/* The line (from 1) that holds an offset. */
uint32_t src_line_at(const src_file *f, uint32_t offset);

/* The text of a span, copied into the arena. */
char *src_text_of(const src_map *m, span at, arena *a);

/* From the start of `from` to the end of `to`; either may be SPAN_NONE. Of two sources: `from`. */
span span_join(span from, span to);

/* The empty place before or after a span. */
span span_start(span at);
span span_end(span at);

#endif
