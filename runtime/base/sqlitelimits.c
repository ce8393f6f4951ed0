/*
 * sqlitelimits.c: what SQLite does not take, asked before it is given that; and its words when it fails. A path: SQLite makes it absolute,
 * follows links and adds the name of a journal; what is then longer than its limit "cannot be opened", without a reason. JSON: nested
 * deeper than its version allows it is none.
 */
#include "runtime/rt.h"

#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/* ---- paths ----------------------------------------------------------------------------------------------------------------- */

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

/* ---- JSON ------------------------------------------------------------------------------------------------------------------ */

static int depth_of(const char *p, size_t n) {
    bool in_text = false;
    int depth = 0, most = 0;
    for (size_t i = 0; i < n; i++) {
        if (in_text && p[i] == '\\')
            i++;
        else if (p[i] == '"')
            in_text = !in_text;
        else if (!in_text && (p[i] == '[' || p[i] == '{') && ++depth > most)
            most = depth;
        else if (!in_text && (p[i] == ']' || p[i] == '}'))
            depth--;
    }
    return most;
}

bool rt_sqlite_takes_json(const char *p, size_t n) {
    enum { ALWAYS = 1000 }; /* levels that every version takes */
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    if (depth_of(p, n) <= ALWAYS)
        return true;
    bool takes = sqlite3_open(":memory:", &db) == SQLITE_OK &&
                 sqlite3_prepare_v2(db, "select json_valid(?1)", -1, &q, NULL) == SQLITE_OK &&
                 sqlite3_bind_text64(q, 1, p, n, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW &&
                 sqlite3_column_int(q, 0) != 0;
    sqlite3_finalize(q);
    sqlite3_close_v2(db);
    return takes;
}

/* ---- failures -------------------------------------------------------------------------------------------------------------- */

void rt_sqlite_words(struct sqlite3 *db, int rc, char *out, size_t cap) {
    const char *says = db != NULL && sqlite3_errcode(db) != SQLITE_OK ? sqlite3_errmsg(db) : sqlite3_errstr(rc);
    int code = rc & 0xff, why = db != NULL && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN) ? sqlite3_system_errno(db) : 0;
    snprintf(out, cap, "%s%s%s", says, why != 0 ? ": " : "", why != 0 ? strerror(why) : "");
}

mig_status rt_sqlite_store_failed(struct sqlite3 *db, const char *what, rt_error *e) {
    int code = sqlite3_errcode(db);
    char says[512];
    rt_sqlite_words(db, code, says, sizeof says);
    if (code == SQLITE_NOMEM)
        return rt_error_set(e, MIG_NOMEM, "out of memory for the temporary store for %s", what);
    rt_error_hint(e, "It is in the folder that TMPDIR names, else in /var/tmp: make room there, or name another one.");
    return rt_error_set(e, MIG_IO, "the temporary store for %s failed: %s", what, says);
}
