/*
 * build.h: a plan as a program on disk: `migc build`. The only part of code generation that touches files.
 */
#ifndef CODEGEN_BUILD_H
#define CODEGEN_BUILD_H

#include "compiler/base/arena.h"
#include "compiler/plan/plan.h"

typedef struct build_options {
    const char *spec;    /* the spec's path: never overwritten */
    const char *output;  /* the program; NULL: the migration's name, in the current folder */
    const char *emit_c;  /* file that keeps the C; "-": standard output; NULL: none */
    const char *cc;      /* compiler and its first arguments, blanks between; NULL: $CC, or the first of cc, gcc, clang */
    bool debug;          /* for a debugger: -g, and #line directives to the spec */
    bool stable;         /* no version in the C text */
    bool trace;          /* --trace-emit */
} build_options;

/*
 * Writes the C if it is to be kept, and compiles and links the program. Files appear whole or not at all. On failure says on
 * stderr what is wrong and what to do, and returns false.
 */
bool build_program(arena *a, const plan *p, const build_options *o);

#endif
