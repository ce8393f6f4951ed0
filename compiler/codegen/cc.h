/*
 * cc.h: the C compiler, and where the runtime is that programs are linked with. Private to compiler/codegen.
 */
#ifndef CODEGEN_CC_H
#define CODEGEN_CC_H

#include "compiler/base/arena.h"

#include <stdbool.h>

/* Where libmigrt.a and mig.h are. */
typedef struct cc_home {
    const char *library; /* the file */
    const char *include; /* the folder of mig.h */
} cc_home;

/*
 * $MIGC_HOME (a build tree or an installation) when it is set, else by where the running migc is: the build tree it stands in,
 * or the installation it belongs to. False, and said on stderr, when there is no runtime.
 */
bool cc_find_home(arena *a, cc_home *out);

/*
 * Compiles one C file into a program. cc: as build_options has it. False when it failed: why has been said on stderr, with the
 * Debian package that is missing where that is the reason.
 */
bool cc_compile(arena *a, const cc_home *home, const char *cc, bool debug, const char *c_file, const char *program);

#endif
