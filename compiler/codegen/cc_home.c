/*
 * cc_home.c: where the runtime is. Called by build.c.
 */
#include "compiler/codegen/cc.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_there(const char *path) {
    return access(path, R_OK) == 0;
}

/* lib/migc and include/migc below a prefix. */
static bool is_installation(arena *a, const char *prefix, cc_home *out) {
    out->library = arena_printf(a, "%s/lib/migc/libmigrt.a", prefix);
    out->include = arena_printf(a, "%s/include/migc", prefix);
    return is_there(out->library) && is_there(arena_printf(a, "%s/mig.h", out->include));
}

/* A build folder: the library is in it, and the sources are some levels above. */
static bool is_build(arena *a, const char *folder, cc_home *out) {
    out->library = arena_printf(a, "%s/libmigrt.a", folder);
    if (!is_there(out->library))
        return false;
    const char *up = folder;
    for (int i = 0; i < 4; i++) {
        out->include = arena_printf(a, "%s/runtime", up);
        if (is_there(arena_printf(a, "%s/mig.h", out->include)))
            return true;
        up = arena_printf(a, "%s/..", up);
    }
    return false;
}

/* The folder of the running program, or NULL. */
static const char *own_folder(arena *a) {
    char path[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
    if (n <= 0)
        return NULL;
    path[n] = '\0';
    char *slash = strrchr(path, '/');
    if (slash == NULL)
        return NULL;
    *slash = '\0';
    return arena_strdup(a, path);
}

bool cc_find_home(arena *a, cc_home *out) {
    const char *home = getenv("MIGC_HOME");
    if (home != NULL && home[0] != '\0') {
        if (is_installation(a, home, out) || is_build(a, home, out) || is_build(a, arena_printf(a, "%s/build", home), out))
            return true;
        fprintf(stderr, "migc: there is no runtime in \"%s\", which the environment variable MIGC_HOME names: neither "
                        "lib/migc/libmigrt.a with include/migc/mig.h, nor libmigrt.a of a build tree\n", home);
        return false;
    }
    const char *own = own_folder(a);
    if (own != NULL && (is_build(a, own, out) || is_installation(a, arena_printf(a, "%s/..", own), out)))
        return true;
    fprintf(stderr, "migc: the runtime, libmigrt.a with mig.h, is not found beside \"%s\"; `make` builds it and `make install` "
                    "installs it with migc, and MIGC_HOME may name another folder\n", own != NULL ? own : "migc");
    return false;
}
