/*
 * lite_backup.c: copies of SQLite files by SQLite's backup API, which leaves others at their work: the copy is of one instant, that of the
 * read transaction it is made in. Then the copy is checked in itself, and its tables and their numbers of rows against the original.
 * Called by engine/backup.c.
 */
#include "runtime/rt.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PAGES_AT_ONCE = 1000, BUSY_SECONDS = 60 };

/* Tables with rows of their own; a virtual table's rows are elsewhere. */
#define TABLES "select name from sqlite_schema where type = 'table' and sql not like 'create virtual%' order by name"

typedef struct job {
    rt_backup *b;
    rt_error *e;
    sqlite3 *from, *to;
} job;

static mig_status failed(const job *j, sqlite3 *db, int rc, const char *doing) {
    char says[512];
    int code = rc & 0xff;
    rt_sqlite_words(db, rc, says, sizeof says);
    if (code == SQLITE_INTERRUPT || (j->b->stop != NULL && *j->b->stop != 0))
        return rt_error_set(j->e, MIG_INTERRUPTED, "interrupted");
    if (code == SQLITE_NOMEM)
        return rt_error_set(j->e, MIG_NOMEM, "out of memory");
    if (code == SQLITE_FULL)
        rt_error_hint(j->e, "Make room on the disk and run again.");
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED)
        rt_error_hint(j->e, "Another program is writing the file and did not let go of it for %d s.", BUSY_SECONDS);
    return rt_error_set(j->e, MIG_IO, "the backup of %s \"%s\" failed, %s: %s", j->b->role, j->b->name, doing, says);
}

static int tick(void *arg) {
    const job *j = arg;
    if (j->b->tick != NULL)
        j->b->tick(j->b->arg);
    return j->b->stop != NULL && *j->b->stop != 0;
}

static int wait_a_little(void *arg, int tries) {
    nanosleep(&(struct timespec){0, 20 * 1000 * 1000}, NULL);
    return !tick(arg) && tries < BUSY_SECONDS * 50;
}

static mig_status open_db(const job *j, const char *path, int flags, sqlite3 **db) {
    rt_buf plain = {0};
    rt_buf_printf(&plain, "%s%s", path[0] == ':' ? "./" : "", path); /* ":memory:" would be no file */
    if (plain.failed)
        return rt_error_set(j->e, MIG_NOMEM, "out of memory");
    int rc = sqlite3_open_v2(plain.p, db, flags | SQLITE_OPEN_NOMUTEX, NULL);
    rt_buf_free(&plain);
    if (rc != SQLITE_OK)
        return failed(j, *db, rc, "opening the file");
    sqlite3_busy_handler(*db, wait_a_little, (void *)j);
    sqlite3_progress_handler(*db, 100000, tick, (void *)j);
    return MIG_OK;
}

static mig_status copy_pages(const job *j) {
    sqlite3_backup *copy = sqlite3_backup_init(j->to, "main", j->from, "main");
    if (copy == NULL)
        return failed(j, j->to, sqlite3_errcode(j->to), "beginning the copy");
    int rc = SQLITE_OK;
    while (rc == SQLITE_OK) {
        rc = sqlite3_backup_step(copy, PAGES_AT_ONCE);
        if (tick((void *)j))
            rc = SQLITE_INTERRUPT;
    }
    int end = sqlite3_backup_finish(copy);
    if (rc == SQLITE_DONE)
        rc = end;
    return rc == SQLITE_OK ? MIG_OK : failed(j, j->to, rc, "copying");
}

/* A copy of a file in WAL mode would want the files beside it. */
static mig_status settle(const job *j) {
    int rc = sqlite3_exec(j->to, "pragma journal_mode = delete", NULL, NULL, NULL);
    return rc == SQLITE_OK ? MIG_OK : failed(j, j->to, rc, "closing the copy");
}

static int take_verdict(void *arg, int n, char **values, char **names) {
    rt_buf *b = arg;
    (void)n;
    (void)names;
    if (b->n < 300)
        rt_buf_printf(b, "%s%s", b->n > 0 ? "; " : "", values[0] != NULL ? values[0] : "");
    return 0;
}

static mig_status check_itself(const job *j) {
    rt_buf verdict = {0};
    int rc = sqlite3_exec(j->to, "pragma integrity_check(5)", take_verdict, &verdict, NULL);
    mig_status st = rc == SQLITE_OK ? MIG_OK : failed(j, j->to, rc, "checking the copy");
    if (st == MIG_OK && (verdict.p == NULL || strcmp(verdict.p, "ok") != 0)) {
        char words[400];
        rt_shorten(words, sizeof words, verdict.p != NULL ? verdict.p : "", verdict.n);
        rt_error_hint(j->e, "The file itself is damaged: `sqlite3 FILE 'pragma integrity_check'` says more.");
        st = rt_error_set(j->e, MIG_IO, "the backup of %s \"%s\" fails its check: %s", j->b->role, j->b->name, words);
    }
    rt_buf_free(&verdict);
    return st;
}

static mig_status count_rows(const job *j, sqlite3 *db, const char *table, int64_t *out) {
    rt_buf sql = {0};
    sqlite3_stmt *q = NULL;
    rt_buf_printf(&sql, "select count(*) from ");
    rt_sql_ident(&sql, table);
    int rc = sql.failed ? SQLITE_NOMEM : sqlite3_prepare_v2(db, sql.p, -1, &q, NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_step(q);
    *out = rc == SQLITE_ROW ? sqlite3_column_int64(q, 0) : 0;
    sqlite3_finalize(q);
    rt_buf_free(&sql);
    return rc == SQLITE_ROW ? MIG_OK : failed(j, db, rc, "counting rows");
}

static mig_status compare_table(const job *j, const char *here, const char *there) {
    char name[256];
    int64_t rows, copied;
    if (here == NULL || there == NULL || strcmp(here, there) != 0) {
        const char *odd = here == NULL || (there != NULL && strcmp(here, there) > 0) ? there : here;
        rt_shorten(name, sizeof name, odd, strlen(odd));
        return rt_error_set(j->e, MIG_IO, "the backup of %s \"%s\" is not complete: table \"%s\" is in one of the two only", j->b->role,
                            j->b->name, name);
    }
    mig_status st = count_rows(j, j->from, here, &rows);
    if (st == MIG_OK)
        st = count_rows(j, j->to, here, &copied);
    if (st != MIG_OK || rows == copied)
        return st;
    rt_shorten(name, sizeof name, here, strlen(here));
    return rt_error_set(j->e, MIG_IO, "the backup of %s \"%s\" is not complete: table \"%s\" has %lld rows, its copy %lld", j->b->role,
                        j->b->name, name, (long long)rows, (long long)copied);
}

static mig_status compare(const job *j) {
    sqlite3_stmt *here = NULL, *there = NULL;
    int rc = sqlite3_prepare_v2(j->from, TABLES, -1, &here, NULL);
    mig_status st = rc == SQLITE_OK ? MIG_OK : failed(j, j->from, rc, "reading its tables");
    rc = sqlite3_prepare_v2(j->to, TABLES, -1, &there, NULL);
    if (st == MIG_OK && rc != SQLITE_OK)
        st = failed(j, j->to, rc, "reading the copy's tables");
    while (st == MIG_OK) {
        const char *a = sqlite3_step(here) == SQLITE_ROW ? (const char *)sqlite3_column_text(here, 0) : NULL;
        const char *b = sqlite3_step(there) == SQLITE_ROW ? (const char *)sqlite3_column_text(there, 0) : NULL;
        if (a == NULL && b == NULL)
            break;
        st = compare_table(j, a, b);
        j->b->tables++;
    }
    sqlite3_finalize(here);
    sqlite3_finalize(there);
    return st;
}

static mig_status make(rt_backup *b, rt_error *e) {
    job j = {.b = b, .e = e};
    b->tables = 0;
    mig_status st = open_db(&j, b->location, SQLITE_OPEN_READONLY, &j.from);
    if (st == MIG_OK) { /* the first read fixes the instant */
        int rc = sqlite3_exec(j.from, "begin; select count(*) from sqlite_schema", NULL, NULL, NULL);
        if (rc != SQLITE_OK)
            st = failed(&j, j.from, rc, "reading the file");
    }
    if (st == MIG_OK)
        st = open_db(&j, b->part, SQLITE_OPEN_READWRITE, &j.to);
    if (st == MIG_OK)
        st = copy_pages(&j);
    if (st == MIG_OK)
        st = settle(&j);
    if (st == MIG_OK)
        st = check_itself(&j);
    if (st == MIG_OK)
        st = compare(&j);
    sqlite3_close_v2(j.to);
    sqlite3_close_v2(j.from);
    snprintf(b->tool, sizeof b->tool, "SQLite %s", sqlite3_libversion());
    return st;
}

static mig_status look(const rt_backup *b, rt_error *e) {
    if (access(b->location, F_OK) == 0 || strcmp(b->role, "target") == 0) /* a target may be made by this run */
        return MIG_OK;
    return rt_error_set(e, MIG_IO, "%s \"%s\" cannot be backed up: %s: %s", b->role, b->name, b->location, strerror(errno));
}

const rt_backup_ops rt_backup_sqlite = {.suffix = ".db", .look = look, .make = make};
