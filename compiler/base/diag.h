/*
 * diag.h: what the compiler has to say to the person who wrote the spec.
 *
 * Messages are queued and printed at the end, sorted by place, at most DIAG_MOST_PRINTED errors and as
 * many warnings. Every reporting function returns false, so that a pass can write
 *
 *     if (fn == NULL) {
 *         diag_error(d, e->at, D_UNKNOWN_FUNCTION, "unknown function \"%s\"", name);
 *         return diag_hint(d, "Did you mean \"%s\"?", near);
 *     }
 *
 * diag_hint and diag_note belong to the message reported last; if that one was dropped they are too.
 *
 * No cascades: an error whose span touches the span of an error that is already there is dropped, and
 * so is a warning. So point at the narrowest place that shows the fault (a name, not its block).
 *
 * Style: messages are lower case, without a full stop, names in double quotes, what was found and what
 * was expected. Hints are sentences.
 */
#ifndef COMPILER_BASE_DIAG_H
#define COMPILER_BASE_DIAG_H

#include "compiler/base/source.h"
#include "compiler/base/strbuf.h"

typedef enum {
#define DIAG(id) D_##id,
#include "compiler/base/diag.def"
#undef DIAG
    D_COUNT
} diag_id;

enum { DIAG_MOST_PRINTED = 20 };

typedef struct diag diag;

diag *diag_create(arena *a, const src_map *sources);

bool diag_error(diag *d, span at, diag_id id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool diag_warning(diag *d, span at, diag_id id, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
bool diag_hint(diag *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool diag_note(diag *d, span at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* `Did you mean "near"?` as a hint, if near is not NULL. */
bool diag_did_you_mean(diag *d, const char *near);

int diag_errors(const diag *d);
int diag_warnings(const diag *d);

typedef struct {
    bool excerpt; /* the line with the place underlined */
    bool colour;  /* ANSI colours */
} diag_style;

/* The messages as text (appended), or as one JSON object with its line end:
   {"diagnostics":[{file, line, column, end_line, end_column, offset, length, severity, id, message,
   hints:[text], notes:[{file, line, column, ..., message}]}], "errors":n, "warnings":n} */
void diag_text(const diag *d, diag_style style, strbuf *out);
void diag_json(const diag *d, strbuf *out);

/* Prints the messages on a stream with excerpts; coloured on a terminal, unless NO_COLOR is set. */
void diag_print(const diag *d, FILE *out);

/* Appends the excerpt of a span: the line, and its underline. Nothing if there is no such source. */
void diag_excerpt(const src_map *sources, span at, strbuf *out);

/* The id as JSON shows it: "unknown_function". Copied into the arena. */
char *diag_id_text(diag_id id, arena *a);

#endif
