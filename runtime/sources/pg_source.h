/*
 * pg_source.h: between the files of the PostgreSQL source: what stands in a row (pg_cells.c), what the live types are (pg_live.c).
 */
#ifndef RT_PG_SOURCE_H
#define RT_PG_SOURCE_H

#include "runtime/sources/database.h"
#include "runtime/targets/pg.h"

#include <stdatomic.h>

/* What an rt_source of this kind is. */
typedef struct pg_source {
    const mig_source_def *def;
    char *location;
    rt_target *main;         /* holds the snapshot */
    bool busy;               /* a reader uses it */
    char snapshot[64];       /* for further connections */
    bool text_is_sure;
} pg_source;

/* What an rt_reader of this kind is. */
typedef struct pg_reader {
    mig_record out;          /* must stand first: show() finds the reader by it */
    pg_source *source;
    const mig_source_table *table;
    rt_target *conn;         /* the source's, or one of its own */
    pg_stream stream;
    mig_cell *cells;
    rt_arena *arena;         /* of the current row */
    bool in_order;           /* a later run may have to go on: rows come by `order` */
    const char *behind;      /* pg_where(): only rows behind it are wanted; or NULL */
    rt_names order;
    rt_arena *names;         /* of `order` */
    const char *tuple; size_t tuple_n; /* the current row; the order's columns stand in it as text, behind the spec's */
    rt_buf shown;
    char about[200], why[200];
    _Atomic int64_t position;
} pg_reader;

/* ---- pg_resume.c: going on behind a row ---- */

#define PG_ROWS "migc_rows" /* what the rows that are read are called */
/* By which columns rows are read: the key that the spec declares, else the live table's; refused where there is none. */
mig_status pg_order(pg_reader *r, rt_error *e);
/* A declared key tells rows apart and is never null; the place can be read. */
mig_status pg_check_order(pg_reader *r, rt_error *e);
/* Adds `where (key) > (place) order by key`; nothing when rows are wanted as they lie. */
void pg_behind(const pg_reader *r, rt_buf *sql);
mig_status pg_where(rt_reader *reader, rt_buf *out, rt_error *e);

/* ---- pg_key.c ---- */

/* The primary key that the spec declares tells all rows apart and is null in none: by a unique index of the live table, or row by row. */
mig_status pg_check_key(rt_target *c, const mig_source_table *t, rt_error *e);
/* from "schema"."table" migc_rows, or from (the query) migc_rows */
void pg_from_rows(const mig_source_table *t, rt_buf *sql);

/* ---- pg_cells.c ---- */

/* What is wrong with a row: rule NONE when nothing is. */
typedef struct pg_fault { mig_rule rule; int column; const char *what; } pg_fault;
/*
 * A tuple of COPY's binary format as cells: bytes are pointed at, what has to be made is made in the arena. Values that the language
 * has none of (infinity, NaN, arrays of several dimensions or with bounds of their own) become texts, and a fault. text_is_sure: the
 * server vouches for UTF-8.
 */
mig_status pg_cells(const mig_source_table *t, const char *p, size_t n, bool text_is_sure, mig_cell *cells, rt_arena *a, pg_fault *fault);

/* ---- pg_live.c: all leave the reason in e ---- */

/* The table is there and may be read; *rows: as the server estimates, or -1. */
mig_status pg_live_table(rt_target *c, const mig_source_table *t, int64_t *rows, rt_error *e);
/* Columns of the table's (or query's) rows against the spec's, names and types. sql: a select of all of its columns. */
mig_status pg_live_columns(rt_target *c, const mig_source_table *t, const char *sql, rt_error *e);
/* What the reading will need may be done: rights to single columns, to what views and queries stand on. sql: `explain` of its select. */
mig_status pg_live_rights(rt_target *c, const mig_source_table *t, const char *sql, rt_error *e);
/* False: a value of the live type may be none of the column's; why is filled. */
bool pg_live_fits(const mig_source_column *c, const char *live, bool is_array, char *why, size_t why_n);

#endif
