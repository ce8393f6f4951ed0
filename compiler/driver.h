/*
 * driver.h: one compilation: a spec through the passes. Called by main.c (and whatever else compiles specs).
 */
#ifndef MIGC_DRIVER_H
#define MIGC_DRIVER_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/base/strbuf.h"
#include "compiler/plan/make.h"
#include "compiler/syntax/ast.h"

#include <stdbool.h>

/* Exit codes of migc; scripts depend on them. */
enum {
    EXIT_DONE = 0,
    EXIT_USAGE = 1,  /* wrong usage */
    EXIT_SPEC = 2,   /* the spec has errors */
    EXIT_CHECK = 5,  /* `fmt --check`: a spec is not in canonical layout */
    EXIT_FILE = 6    /* a file cannot be read or written */
};

/* What a compilation has so far; each pass adds its part. Everything lives in `mem`. */
typedef struct compilation {
    arena *mem;
    src_map *sources;
    diag *d;
    const src_file *file; /* the spec */
    strbuf *snapshots;    /* NULL, or the files of `table * snapshot` are written anew, and what changed is said here */
    ast_node *tree;       /* FILE, after the pass "ast"; complete after "sema" */
    plan *plan;           /* after the pass "plan" */
} compilation;

/* An empty compilation. */
void driver_open(compilation *c);
void driver_close(compilation *c);

/* Reads the spec ("-" is standard input). If it cannot be read, says so on stderr and returns false. */
bool driver_read(compilation *c, const char *path);

/*
 * Runs the passes in order up to `last` (NULL: all), stopping behind one that reported errors. Appends to `out` the dumps
 * that are asked for: names of passes with commas between, or NULL. True if there are no errors.
 */
bool driver_run(compilation *c, const char *last, const char *dumps, strbuf *out);

/* Whether all the names in a list with commas are passes that can be dumped; else *wrong gets the first that is none. */
bool driver_knows_dumps(compilation *c, const char *dumps, const char **wrong);

/* The names of passes that can be dumped, with commas. */
const char *driver_dumps(compilation *c);

#endif
