/*
 * sqlitepath.c: whether SQLite takes a path. It makes the path absolute, follows links and adds the name of a journal; what is then
 * longer than its limit "cannot be opened", without a reason. Called by the target and the source before they open a file.
 */
#include "runtime/rt.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* The bytes of the path that SQLite will use; 0: that cannot be told, its own words shall. */
static size_t whole_length(const char *path) {
    char folder[PATH_MAX], real[PATH_MAX];
    if (realpath(path, real) != NULL)
        return strlen(real);
    if (strlen(path) >= sizeof folder)
        return strlen(path);
    const char *slash = strrchr(path, '/'); /* the file is yet to be made */
    const char *name = slash != NULL ? slash + 1 : path;
    snprintf(folder, sizeof folder, "%.*s", (int)(name - path), path);
    if (realpath(folder[0] != '\0' ? folder : ".", real) == NULL)
        return 0;
    return strlen(real) + (strcmp(real, "/") != 0) + strlen(name);
}

mig_status rt_sqlite_path(const char *path, mig_status refusal, rt_error *e) {
    enum { JOURNAL = sizeof "-journal" - 1 };
    const sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
    size_t n = whole_length(path);
    if (vfs == NULL || n + JOURNAL <= (size_t)vfs->mxPathname)
        return MIG_OK;
    rt_error_hint(e, "Put it into a folder nearer to the root.");
    return rt_error_set(e, refusal, "the path of the SQLite file is too long: %zu bytes from the root on, and SQLite takes %d", n,
                        vfs->mxPathname - JOURNAL);
}
