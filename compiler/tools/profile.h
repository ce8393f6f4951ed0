/*
 * profile.h: the analysis before a migration (`migc profile`). profile_run() is what the command line calls; the rest is between the files
 * of the tool: what is known of a column, a table, a location.
 *
 * A location is read twice at most: the first time counts and compares values, the second time looks at what the first found (who are the
 * rows that share a value, which references point nowhere). Memory is bounded by a budget; maps past it go to a temporary file.
 */
#ifndef MIGC_PROFILE_H
#define MIGC_PROFILE_H

#include "compiler/base/arena.h"
#include "compiler/base/strbuf.h"
#include "compiler/tools/catalog.h"
#include "compiler/tools/profile_formats.h"

typedef struct prof_options {
    const char *const *locations; int n_locations;
    bool json;
    cat_options csv;
    int64_t distinct;       /* different values of a column that are counted; 0: the usual */
    size_t memory;          /* bytes of maps; 0: the usual */
} prof_options;

/* Prints the analysis on standard output, what failed on standard error. Returns the exit code. */
int profile_run(const prof_options *o);

/* ---- a column ------------------------------------------------------------------------------------------------------------------- */

enum {
    PROF_SHOWN = 160,       /* bytes kept of a value */
    PROF_LOOKS = 24,        /* different looks of a column */
    PROF_MOST = 5,          /* values that are there most often */
    PROF_LABELS = 3         /* rows named for each of them */
};

/* A value, or its beginning. */
typedef struct prof_value { char p[PROF_SHOWN]; uint16_t n; bool any, cut; } prof_value;

typedef struct prof_seen { uint32_t key; int64_t n; prof_value first; } prof_seen;

/* A value that several rows have, or one that several spellings stand for. */
typedef struct prof_repeat {
    rt_hash hash;
    int64_t n;                              /* rows, or spellings */
    prof_value value;
    char *labels[PROF_LABELS]; int n_labels; /* of rows, or the spellings */
} prof_repeat;

typedef struct prof_range { prof_value least, most; } prof_range;

/* What a column seems to be for, by its name and what is declared. */
typedef enum prof_role { ROLE_PLAIN, ROLE_KEY, ROLE_OTHER_KEY, ROLE_EMAIL, ROLE_USER, ROLE_CODE, ROLE_NAME } prof_role;

typedef struct prof_column {
    const cat_column *def;
    const char *plain;      /* its name in lower case, without blanks, _ and - */
    prof_role role;
    bool declared_key;      /* by itself: primary key or unique */
    bool refers;            /* holds a reference */
    bool referred;          /* references lead here: the map is kept */
    bool hidden;            /* its values are secrets: not shown */
    int64_t nulls, empty, blank, spaced, broken, values; /* values: neither null nor empty */
    int64_t stored[4];      /* SQLite: integers, reals, texts, blobs */
    int64_t longest;        /* characters; bytes of blobs */
    prof_seen seen[PROF_LOOKS]; int n_seen;
    int64_t other_looks;    /* values with a look that found no place in seen */
    int64_t unix_like, milli_like, julian_like, compact_like, zero_one; /* numbers that may be these */
    prof_value not_compact; /* the first integer that is no day as YYYYMMDD */
    prof_range numbers, moments, swapped, texts;
    int64_t least_us, most_us, least_swapped, most_swapped;
    rt_map *map;            /* hash of a value -> rows that have it */
    int64_t distinct;
    bool capped;            /* more than `distinct` */
    int64_t repeated;       /* values that several rows have */
    prof_repeat most[PROF_MOST]; int n_most;
    rt_map *folded;         /* hash of the folded value -> spellings; NULL: not asked */
    int64_t variants;       /* folded values with several spellings */
    prof_repeat spelled[PROF_MOST]; int n_spelled;
    bool look_again;        /* the second reading names the rows of `most` and the spellings */
} prof_column;

/* ---- a table ------------------------------------------------------------------------------------------------------------------- */

/* Rows by several columns at once. */
typedef struct prof_set {
    const int *columns; int n;
    bool keeps_nulls;       /* a null is a value like others; else a row with one is left out */
    rt_map *map;
    int64_t distinct, repeats; /* repeats: rows that are there again */
    bool capped;
} prof_set;

typedef struct prof_table {
    cat_table *def;
    int number;             /* in its location */
    int64_t rows;
    int64_t unreadable;     /* records */
    char why[300];          /* of the first of them */
    int64_t why_line;
    rt_error error;         /* the table cannot be read (to its end) */
    prof_column *columns; int n_columns;
    prof_set again;         /* all columns but the key: the same row, entered twice */
    int key;                /* the column that names rows, or -1 */
    int human;              /* the column that people know rows by, or -1 */
    bool look_again;
} prof_table;

typedef struct prof_reference {
    int from, to;           /* tables */
    const int *columns, *to_columns; int n;
    bool declared;
    prof_set target;        /* several columns: keys of the other table */
    int64_t without;        /* rows that have none */
    int64_t rows;           /* rows that have one */
    int64_t lost;           /* of these: pointing nowhere */
    rt_map *lost_map; int64_t lost_values; bool lost_capped;
    prof_value examples[3]; int n_examples;
    bool unchecked;         /* too many keys to be held */
} prof_reference;

typedef struct prof_overlap {
    int a, b;               /* tables */
    int *a_columns, *b_columns; int n; /* in common, keys apart; the key behind them */
    int like;               /* an earlier overlap that has the same rows of a, or -1 */
    bool equal;             /* no column apart from these */
    int a_only, b_only;     /* columns that the other has not */
    prof_set rows, with_key; /* rows of a */
    int64_t same_keys, same_rows, same_both; /* rows of b */
} prof_overlap;

typedef enum prof_level { LEVEL_PROBLEM, LEVEL_WARNING, LEVEL_NOTE } prof_level;
typedef struct prof_finding {
    prof_level level;
    const char *kind;       /* "duplicate-value": for tools */
    const char *table, *column; /* or NULL */
    int64_t rows;           /* that it is about, -1: not counted */
    const char *text;
    int order;
} prof_finding;

typedef struct prof_location {
    catalog cat;
    rt_error error;
    bool failed;            /* nothing is known of it */
    prof_table *tables; int n_tables;
    prof_reference *references; int n_references, cap_references;
    prof_overlap *overlaps; int n_overlaps, cap_overlaps;
    prof_finding *findings; int n_findings, cap_findings;
} prof_location;

/* What the passes need everywhere. */
typedef struct profiler {
    arena *mem;
    const prof_options *options;
    rt_budget budget;
    mig_ctx ctx;            /* for functions of the language */
    rt_error error;
    rt_arena *row;          /* memory of one row */
    strbuf key;             /* a key of several columns */
} profiler;

/* ---- profile_column.c ---- */

/* A cell as text: what is compared and shown. false: null. */
bool prof_text(const mig_cell *c, char *spelled, mig_text *out);
rt_hash prof_hash(const mig_cell *c, mig_text t);
mig_status prof_column_add(profiler *p, prof_column *c, const mig_record *r, int i);
/* Names the row for the values in `most`, and gathers spellings. */
void prof_column_again(profiler *p, prof_column *c, const mig_record *r, int i, const char *label);
void prof_column_end(prof_column *c);       /* what only the whole column tells */
const prof_range *prof_column_range(const prof_column *c);
void prof_keep(prof_value *v, const char *p, size_t n);
int64_t prof_limit(const profiler *p, bool is_key);

/* ---- profile_rows.c ---- */

mig_status prof_set_put(profiler *p, prof_set *s, const mig_record *r, int64_t most);
mig_status prof_set_has(profiler *p, const prof_set *s, const int *columns, const mig_record *r, bool *is_key, bool *found);
mig_status prof_first_reading(profiler *p, prof_location *l, prof_table *t);
mig_status prof_second_reading(profiler *p, prof_location *l, prof_table *t);

/* ---- profile_names.c: what names tell ---- */

void prof_roles(profiler *p, prof_location *l);
void prof_relate(profiler *p, prof_location *l);

/* ---- profile_findings.c, profile_text.c, profile_json.c ---- */

void prof_find(profiler *p, prof_location *l);
void prof_print(const profiler *p, const prof_location *l, strbuf *out);
void prof_json(const prof_location *l, int n, strbuf *out);
const char *prof_level_word(prof_level level);
/* A name as people read it: escaped, shortened. */
const char *prof_name(arena *mem, const char *name);
/* The value in quotes as people read it, at most `width` bytes. */
const char *prof_quote(arena *mem, const prof_value *v, size_t width);

#endif
