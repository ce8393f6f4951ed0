/*
 * pg_source.h: between the files of the PostgreSQL source: what stands in a row (pg_cells.c), what the live types are (pg_live.c).
 */
#ifndef RT_PG_SOURCE_H
#define RT_PG_SOURCE_H

#include "runtime/sources/database.h"
#include "runtime/targets/pg.h"

/* ---- pg_cells.c ---- */

/* What is wrong with a row: rule NONE when nothing is. */
typedef struct pg_fault { mig_rule rule; int column; const char *what; } pg_fault;
/*
 * A tuple of COPY's binary format as cells: bytes are pointed at, what has to be made is made in the arena. Values that the language
 * has none of (infinity, NaN, arrays of several dimensions) become texts, and a fault. text_is_sure: the server vouches for UTF-8.
 */
mig_status pg_cells(const mig_source_table *t, const char *p, size_t n, bool text_is_sure, mig_cell *cells, rt_arena *a, pg_fault *fault);

/* ---- pg_live.c: all leave the reason in e ---- */

/* The table is there and may be read; *rows: as the server estimates, or -1. */
mig_status pg_live_table(rt_target *c, const mig_source_table *t, int64_t *rows, rt_error *e);
/* Columns of the table's (or query's) rows against the spec's, names and types. sql: a select of all of its columns. */
mig_status pg_live_columns(rt_target *c, const mig_source_table *t, const char *sql, rt_error *e);
/* False: a value of the live type may be none of the column's; why is filled. */
bool pg_live_fits(const mig_source_column *c, const char *live, bool is_array, char *why, size_t why_n);

#endif
