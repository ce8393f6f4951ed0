/*
 * catalog.h: what stands at a LOCATION: its tables, their columns, declared keys and references, and the means to read their rows. The
 * runtime's sources do the reading; the catalogue only asks them, so all of it is seen as it stands at one instant. Read only.
 */
#ifndef MIGC_CATALOG_H
#define MIGC_CATALOG_H

#include "compiler/base/arena.h"
#include "runtime/rt.h"

typedef struct cat_column {
    const char *name;
    const char *type;       /* as declared; "" in CSV files */
    bool not_null;
} cat_column;

/* A primary key or a unique rule. */
typedef struct cat_key { int *columns; int n; bool primary; } cat_key;

/* A declared reference; to_columns are columns of the table `to`. */
typedef struct cat_ref { int *columns; int n; int to; int *to_columns; } cat_ref;

typedef struct cat_table {
    const char *name;       /* for people: with its schema where the search path does not see it */
    mig_source_table read;  /* what the source is asked for: all columns, in order */
    cat_column *columns; int n_columns;
    cat_key *keys; int n_keys, cap_keys;
    cat_ref *refs; int n_refs, cap_refs;
    int64_t bytes;          /* -1: not known */
    int skip;               /* records in front that are no rows: the header of a CSV file */
    const char *file;       /* CSV: its name */
    const char *twice;      /* CSV: a name that several columns have, or NULL */
    const char *error, *hint; /* why it cannot be read, or NULL */
} cat_table;

/* What a person says of CSV files; zero and NULL: to be found out. */
typedef struct cat_options { char delimiter; const char *encoding; const char *const *nulls; const size_t *null_lens; int n_nulls; } cat_options;

typedef struct catalog {
    arena *mem;
    mig_source_kind kind;
    const char *shown;      /* the location for people: never a password */
    const char *place;      /* what the source is opened with */
    mig_source_def def;
    const rt_source_ops *ops;
    rt_source *source;
    cat_table *tables; int n_tables, cap_tables;
    int n_others;           /* views and virtual tables, which are not looked at */
    int64_t bytes;          /* of all, -1: not known */
} catalog;

/* What kind of location it is, and how it is shown. False: it is none. */
bool cat_locate(catalog *c, arena *mem, const char *location);
/* Opens the located place and lists its tables, by name. Even if this fails, cat_close is called. */
mig_status cat_open(catalog *c, const cat_options *o, rt_error *e);
void cat_close(catalog *c);

/* ---- between the files of the catalogue ---- */

mig_status cat_list_csv(catalog *c, const cat_options *o, rt_error *e);      /* catalog_csv.c */
mig_status cat_list_database(catalog *c, rt_error *e);                      /* catalog_db.c */
cat_table *cat_add_table(catalog *c);
/* A copy that can be shown: control characters and what is no UTF-8 escaped. */
const char *cat_safe(arena *mem, const char *text, size_t n);

#endif
