/*
 * codegen.h: the plan as a C program. The public face of compiler/codegen; the driver and build.c call it.
 */
#ifndef CODEGEN_CODEGEN_H
#define CODEGEN_CODEGEN_H

#include "compiler/base/arena.h"
#include "compiler/base/strbuf.h"
#include "compiler/plan/plan.h"

typedef struct codegen_options {
    bool stable;          /* no version of the compiler in the text */
    bool lines;           /* #line directives around what the spec says (-g) */
    bool trace;           /* each line says which line of the compiler wrote it */
    const char *own_name; /* name of the generated file, without folders; for #line */
} codegen_options;

/*
 * Appends the program: the same bytes for the same plan and options. Reports nothing: what the plan says can be said in C, and
 * anything else is a bug of the compiler.
 */
void codegen(arena *a, const plan *p, codegen_options options, strbuf *out);

#endif
