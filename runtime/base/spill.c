/*
 * spill.c: entries of a map that did not fit into memory, in a private temporary SQLite file without journal, sync or
 * locks: it is read by nobody else and worth nothing after the run.
 */
#include "runtime/base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GET, INSERT, UPDATE, DELETE, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    "select v from m where k = ?1",
    "insert or ignore into m (k, v) values (?1, ?2)",
    "update m set v = ?2 where k = ?1",
    "delete from m where k = ?1",
};

struct rt_spill {
    sqlite3 *db;
    sqlite3_stmt *stmt[STATEMENTS];
    char folder[1024]; /* for messages */
};

static mig_status failed(rt_spill *s, rt_error *e) {
    int rc = sqlite3_errcode(s->db);
    char says[512];
    rt_sqlite_words(s->db, rc, says, sizeof says);
    if (rc == SQLITE_NOMEM)
        return rt_error_set(e, MIG_NOMEM, "out of memory for the temporary file in %s", s->folder);
    rt_error_hint(e, "Look-ups that do not fit into memory go there. Give another folder by TMPDIR, or more memory by --memory.");
    return rt_error_set(e, MIG_IO, "the temporary file in %s failed: %s", s->folder, says);
}

static mig_status setup(rt_spill *s, size_t cache, rt_error *e) {
    char sql[512];
    snprintf(sql, sizeof sql,
             "pragma page_size = 4096; pragma journal_mode = off; pragma synchronous = off; pragma locking_mode = exclusive;"
             "pragma cache_size = -%zu; create table m (k blob primary key, v blob) without rowid; begin",
             cache / 1024);
    if (sqlite3_exec(s->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return failed(s, e);
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v3(s->db, statements[i], -1, SQLITE_PREPARE_PERSISTENT, &s->stmt[i], NULL) != SQLITE_OK)
            return failed(s, e);
    return MIG_OK;
}

mig_status rt_spill_open(const char *tmpdir, size_t cache, rt_spill **out, rt_error *e) {
    *out = NULL;
    rt_spill *s = calloc(1, sizeof *s);
    if (s == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    const char *env = getenv("TMPDIR");
    snprintf(s->folder, sizeof s->folder, "%s", tmpdir != NULL ? tmpdir : env != NULL && *env != '\0' ? env : "/var/tmp");
    char path[sizeof s->folder + 32];
    snprintf(path, sizeof path, "%s/migc-spill-XXXXXX", s->folder);
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0) {
        rt_error_hint(e, "Look-ups that do not fit into memory go there. Give another folder by TMPDIR, or more memory by --memory.");
        mig_status st = rt_error_set(e, MIG_IO, "cannot make a temporary file in %s: %s", s->folder, strerror(errno));
        free(s);
        return st;
    }
    close(fd);
    int rc = sqlite3_open_v2(path, &s->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    unlink(path);
    mig_status st = rc == SQLITE_OK ? setup(s, cache < 65536 ? 65536 : cache, e) : failed(s, e);
    if (st != MIG_OK) {
        rt_spill_close(s);
        return st;
    }
    *out = s;
    return MIG_OK;
}

void rt_spill_close(rt_spill *s) {
    if (s == NULL)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s->stmt[i]);
    sqlite3_close_v2(s->db);
    free(s);
}

/* Runs one statement; SQLITE_ROW or SQLITE_DONE, else the error code. The statement is left for the caller to reset. */
static int run(sqlite3_stmt *q, rt_hash k, const void *value, size_t n) {
    static const char empty[1];
    sqlite3_reset(q);
    uint64_t key[2] = {k.hi, k.lo};
    int rc = sqlite3_bind_blob(q, 1, key, sizeof key, SQLITE_TRANSIENT);
    if (rc == SQLITE_OK && sqlite3_bind_parameter_count(q) == 2)
        rc = sqlite3_bind_blob64(q, 2, n > 0 ? value : empty, n, SQLITE_STATIC);
    return rc == SQLITE_OK ? sqlite3_step(q) : rc;
}

mig_status rt_spill_get(rt_spill *s, rt_hash k, const void **value, size_t *n, bool *found, rt_error *e) {
    int rc = run(s->stmt[GET], k, NULL, 0);
    *found = rc == SQLITE_ROW;
    if (rc != SQLITE_ROW)
        return rc == SQLITE_DONE ? MIG_OK : failed(s, e);
    *n = (size_t)sqlite3_column_bytes(s->stmt[GET], 0);
    *value = *n > 0 ? sqlite3_column_blob(s->stmt[GET], 0) : "";
    return *value != NULL ? MIG_OK : failed(s, e);
}

static mig_status change(rt_spill *s, int which, rt_hash k, const void *value, size_t n, bool *changed, rt_error *e) {
    int rc = run(s->stmt[which], k, value, n);
    *changed = rc == SQLITE_DONE && sqlite3_changes(s->db) > 0;
    if (rc != SQLITE_DONE)
        return failed(s, e);
    sqlite3_reset(s->stmt[which]);
    return MIG_OK;
}

mig_status rt_spill_put(rt_spill *s, rt_hash k, const void *value, size_t n, bool *is_new, rt_error *e) {
    mig_status st = change(s, INSERT, k, value, n, is_new, e);
    if (st != MIG_OK || *is_new)
        return st;
    bool replaced;
    return change(s, UPDATE, k, value, n, &replaced, e);
}

mig_status rt_spill_delete(rt_spill *s, rt_hash k, bool *was_there, rt_error *e) {
    return change(s, DELETE, k, NULL, 0, was_there, e);
}
