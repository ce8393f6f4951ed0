/*
 * lite_source.h: between the files of the SQLite source: opening and reading (source_sqlite.c), going on behind a row (lite_resume.c).
 */
#ifndef RT_LITE_SOURCE_H
#define RT_LITE_SOURCE_H

#include "runtime/sources/database.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdatomic.h>

/* What an rt_source of this kind is. */
typedef struct lite_source {
    const mig_source_def *def;
    sqlite3 *db;             /* of the file, or of a copy */
    char *path;
    bool is_wal;
    volatile sig_atomic_t cancelled;
} lite_source;

/* What an rt_reader of this kind is. */
typedef struct lite_reader {
    mig_record out;          /* must stand first: show() finds the reader by it */
    lite_source *source;
    const mig_source_table *table;
    sqlite3_stmt *select;
    int *map;                /* spec column -> column of the answer */
    int row_id;              /* column of the answer, or -1 */
    bool in_order;           /* a later run may have to go on: rows come by `order` (empty: by row ids) */
    const char *behind;      /* where(): only rows behind it are wanted; or NULL */
    rt_names order;
    rt_arena *names;         /* of `order` */
    int order_at;            /* column of the answer at which the order's columns begin */
    bool tells_version;      /* row ids that a vacuum may change: the file's schema version tells of one */
    mig_cell *cells;
    rt_buf shown;
    char why[200];
    _Atomic int64_t position;
} lite_reader;

/* The table's kind and the columns that order it when it has no row ids. own_row_id: its row id is its primary key. */
typedef struct lite_shape { bool is_view, has_row_id, own_row_id; rt_names columns, key; } lite_shape;

/* What SQLite says of rc, `about` in front. st: what a fault of the file is, MIG_PREFLIGHT before the run, MIG_IO in it. */
mig_status lite_source_failed(const lite_source *s, int rc, const char *about, mig_status st, rt_error *e);
mig_status lite_find_table(const lite_source *s, const mig_source_table *t, mig_status refusal, rt_arena *a, lite_shape *out, rt_error *e);
mig_status lite_new_reader(lite_source *s, const mig_source_table *t, bool in_order, const char *behind, mig_status refusal,
                           lite_reader **out, rt_error *e);
void lite_source_stop(rt_reader *reader);

/* catalog_lite.c: what the file holds, see catalog.h */
struct rt_catalog;
mig_status lite_catalog(rt_source *s, const char *schema, struct rt_catalog *out, const char **name, rt_error *e);
/* lite_key.c */
/* The primary key that the spec declares tells all rows apart, also as they are read, and is null in none. */
mig_status lite_check_key(const lite_source *s, const mig_source_table *t, const lite_shape *sh, rt_error *e);

/* lite_resume.c */
/* Decides by what the table's rows are read when a later run may have to go on; refuses a table that has nothing of the kind. */
mig_status lite_order(lite_reader *r, const lite_shape *sh, mig_status refusal, rt_arena *a, rt_error *e);
mig_status lite_go_behind(lite_reader *r, mig_status refusal, rt_error *e); /* binds r->behind to the select */
mig_status lite_resume(rt_source *s, const mig_source_table *t, const char *after, rt_reader **out, rt_error *e);
mig_status lite_where(rt_reader *reader, rt_buf *out, rt_error *e);
mig_status lite_resumable(rt_source *s, const mig_source_table *t, const char *after, rt_error *e);

#endif
