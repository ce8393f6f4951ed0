/*
 * lite.h: what the files of the SQLite target share.
 */
#ifndef RT_LITE_H
#define RT_LITE_H

#include "runtime/rt.h"

#include <limits.h>
#include <signal.h>
#include <sqlite3.h>

struct rt_target {
    sqlite3 *db;
    char path[PATH_MAX];                  /* as given */
    char what[PATH_MAX + 16];             /* "sqlite build/app.db" */
    bool writing;
    bool in_transaction;
    bool watch_keys;                      /* foreign keys are enforced by SQLite itself, else by check_keys() at commit */
    const mig_table **written; int n_written, cap_written; /* tables that got a writer in this transaction */
    rt_scan *scan;                        /* the one that is open, or NULL */
    volatile sig_atomic_t cancelled;      /* ends the waiting for another program's lock */
    volatile sig_atomic_t stopping;       /* cancelled, and not yet rolled back: no statement may run on */
    int lock_fd;                          /* -1: not locked */
    char lock_path[PATH_MAX + 16];
};

#define LITE_BUSY_SECONDS 5 /* a writer's patience with another program's lock; a reader has less */
#define LITE_READ_SECONDS 1

/* Records what the engine said of rc (its words, and what to do), with `about` in front; returns the status. */
mig_status lite_error(const rt_target *t, int rc, rt_error *e, const char *about, ...)
    __attribute__((format(printf, 4, 5)));
/* Refuses while a scan is open. */
mig_status lite_idle(const rt_target *t, rt_error *e);
mig_status lite_prepare(rt_target *t, const char *sql, bool keep, sqlite3_stmt **out, rt_error *e);

/* lite_keys.c: foreign keys at commit. */
mig_status lite_wrote(rt_target *t, const mig_table *table, rt_error *e); /* rows go into the table in this transaction */
mig_status lite_check_keys(rt_target *t, rt_error *e);                    /* of the tables written */
mig_status lite_say_violation(rt_target *t, const char *table, rt_error *e); /* of the table (NULL: any), MIG_OK when there is none */

/* lite_write.c */
mig_status lite_writer(rt_target *t, const mig_table *table, rt_writer **out, rt_error *e);
mig_status lite_put(rt_writer *w, void *row, rt_error *e);
mig_status lite_flush(rt_writer *w, rt_error *e);
void lite_writer_close(rt_writer *w);

/* lite_scan.c */
mig_status lite_scan(rt_target *t, const mig_table *table, rt_scan **out, rt_error *e);
mig_status lite_scan_next(rt_scan *s, void *row, bool *more, rt_error *e);
void lite_scan_close(rt_scan *s);

/* lite_lock.c */
mig_status lite_lock(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e);
void lite_unlock(rt_target *t);
bool lite_locked(const char *location, char *holder, size_t holder_n);

#endif
