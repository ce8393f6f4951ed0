/*
 * bug.c: migc_bug and out of memory. Called from anywhere in the compiler; calls nothing that could
 * fail again.
 */
#include "compiler/base/bug.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

static const src_map *work_sources;
static span work_at;

void migc_working_on(const src_map *sources, span at)
{
    work_sources = sources;
    work_at = at;
}

void migc_bug_at(const char *file, int line, const char *fmt, ...)
{
    va_list ap;

    fflush(stdout);
    fprintf(stderr, "migc: internal error at %s:%d: ", file, line);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    if (work_sources != NULL && work_at.source != 0) {
        src_place p = src_locate(work_sources, work_at);
        fprintf(stderr, "migc: while working on %s:%u:%u\n", p.file, p.line, p.column);
    }
    fprintf(stderr, "migc: this is a fault of migc, not of the spec; please report it with the spec\n");
    abort();
}

void migc_out_of_memory(void)
{
    fputs("migc: out of memory\n", stderr);
    exit(EX_OSERR);
}
