/*
 * bug.h: the end of the road for states that cannot happen.
 *
 * A bug is never the user's fault and never a diagnostic: the compiler says where it is, which place
 * of the spec was in work, and aborts. Out of memory ends the process too, with EX_OSERR.
 */
#ifndef COMPILER_BASE_BUG_H
#define COMPILER_BASE_BUG_H

#include "compiler/base/source.h"

/* Reports an impossible state and aborts. printf-like. */
#define migc_bug(...) migc_bug_at(__FILE__, __LINE__, __VA_ARGS__)

_Noreturn void migc_bug_at(const char *file, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Notes the place that is being worked on, for migc_bug to print. The map must outlive the work;
   NULL forgets it. */
void migc_working_on(const src_map *sources, span at);

/* Says that memory ran out and exits with EX_OSERR (71). */
_Noreturn void migc_out_of_memory(void);

#endif
