/*
 * output.c: files that appear whole or not at all. See output.h. Called by codegen/build.c and the command line.
 */
#include "compiler/base/output.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool output_cannot_write(const char *path, const char *why) {
    fprintf(stderr, "migc: cannot write \"%s\": %s\n", path, why);
    return false;
}

const char *output_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

const char *output_beside(arena *a, const char *path) {
    const char *base = output_base_name(path);
    return arena_printf(a, "%.*s.%s.migc-%ld", (int)(base - path), path, base, (long)getpid());
}

bool output_is_same_file(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool output_may_write(const char *path, const char *spec) {
    struct stat st;
    if (path[0] == '\0')
        return output_cannot_write(path, "no name is given");
    if (spec != NULL && output_is_same_file(path, spec))
        return output_cannot_write(path, "that is the spec");
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return output_cannot_write(path, "is a directory");
    return true;
}

bool output_write(const char *unfinished, const char *path, const strbuf *text) {
    FILE *f = fopen(unfinished, "w");
    if (f == NULL)
        return output_cannot_write(path, strerror(errno));
    bool ok = sb_write(text, f) && fflush(f) == 0;
    int error = errno;
    if (fclose(f) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(unfinished, path) != 0) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        unlink(unfinished);
        return output_cannot_write(path, strerror(error));
    }
    return true;
}

bool output_print(const strbuf *text) {
    if (sb_write(text, stdout) && fflush(stdout) == 0)
        return true;
    return output_cannot_write("standard output", strerror(errno));
}
