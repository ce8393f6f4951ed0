/*
 * emit.h: text of a C program in the making.
 *
 * The program is written into sections that are joined at the end, through templates with names:
 *
 *     emit_tpl(e, "static ${type} ${name}(mig_ctx *x)\n{\n", "type", t, "name", n, (char *)NULL);
 *
 * A line break ends a line, and the emitter then indents it by the level in force and breaks it where it is
 * longer than EMIT_COLUMNS. Values are put in as they are and not looked through for names. What comes from
 * the spec goes through emit_string (into literals) and emit_comment (into comments) and nowhere else.
 * Sections, templates and literals only: what is written is the business of the cg_ files.
 */
#ifndef CODEGEN_EMIT_H
#define CODEGEN_EMIT_H

#include "compiler/base/arena.h"
#include "compiler/base/strbuf.h"

enum { EMIT_COLUMNS = 100 };

typedef enum emit_section {
    EMIT_BANNER,
    EMIT_INCLUDES,
    EMIT_TYPES,
    EMIT_SITES,        /* places in the spec: found while everything else is written */
    EMIT_TABLES,
    EMIT_PROTOTYPES,
    EMIT_FUNCTIONS,
    EMIT_REGISTRATION,
    EMIT_SECTIONS
} emit_section;

typedef struct emit emit;

typedef struct emit_options {
    bool trace;           /* each line says which line of the compiler wrote it */
    bool lines;           /* #line directives between emit_spec_line and emit_own_line */
    const char *own_name; /* the generated file's name in them, without folders */
} emit_options;

emit *emit_create(arena *a, emit_options options);
void emit_free(emit *e);

/* Goes on in that section; gives the one that was being written. */
emit_section emit_to(emit *e, emit_section s);

/* Indentation, four columns a level. */
void emit_in(emit *e);
void emit_out(emit *e);

/*
 * Writes a template: pairs of a name and its value follow, closed by (char *)NULL. `${name}` stands for the value. A name
 * without a value is a bug of the compiler.
 */
#define emit_tpl(e, ...) emit_tpl_at((e), __FILE__, __LINE__, __VA_ARGS__)
void emit_tpl_at(emit *e, const char *file, int line, const char *tpl, ...);

/* Writes text as it is. */
#define emit_text(e, text) emit_text_at((e), __FILE__, __LINE__, (text))
void emit_text_at(emit *e, const char *file, int line, const char *text);

/* A template's text with the values put in, in the emitter's arena, for parts of lines. */
char *emit_fill(emit *e, const char *tpl, ...);

/* One comment: the place and the spec's text there, broken into lines where it is long. file NULL: text alone. */
#define emit_comment(e, spec_file, spec_line, text) \
    emit_comment_at((e), __FILE__, __LINE__, (spec_file), (spec_line), (text))
void emit_comment_at(emit *e, const char *file, int line, const char *spec_file, int spec_line, const char *text);

/* What follows belongs to that line of the spec, or to the generated file again (with options.lines; else nothing). */
void emit_spec_line(emit *e, const char *spec_file, int spec_line);
void emit_own_line(emit *e);

/* Between the two calls everything written is kept aside, and given back by the second; they nest. */
void emit_capture(emit *e);
char *emit_captured(emit *e);
/* Puts captured text back where the emitter now is: it is indented already. */
void emit_put_captured(emit *e, const char *text);
/* Starts at the margin, outside any line of the spec; and goes back to where that was called. */
typedef struct emit_state { int level; bool in_spec; } emit_state;
emit_state emit_aside(emit *e);
void emit_back(emit *e, emit_state s);
/* Puts it before everything that is being captured: a whole function that another one, still being written, needs. */
void emit_put_first(emit *e, const char *text);

/*
 * Bytes as a C string literal: escapes, no trigraphs, ASCII only, pieces of a length that every compiler takes, broken after
 * line ends and blanks. The only way of text into a literal.
 */
void emit_string_to(strbuf *out, const char *bytes, size_t n);
char *emit_string(emit *e, const char *bytes, size_t n);
/* The same of a NUL-terminated text; NULL gives NULL. */
char *emit_string_or_null(emit *e, const char *text);
/* One character as a C character constant; 0 gives '\0'. */
char *emit_char(emit *e, char c);

/* Text for the inside of a C comment: one line, nothing that ends or nests comments, no control characters. */
void emit_comment_text(strbuf *out, const char *text);

/* Appends a line (without its line end), broken where it is longer than EMIT_COLUMNS. (emit_fold.c) */
void emit_fold(strbuf *out, const char *text);

/* printf into the emitter's arena. */
char *emit_printf(emit *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
arena *emit_arena(emit *e);

/* The whole program. */
void emit_finish(emit *e, strbuf *out);

#endif
