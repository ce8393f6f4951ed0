/*
 * database.h: what the sources that are databases share; private to this folder.
 */
#ifndef RT_DATABASE_H
#define RT_DATABASE_H

#include "runtime/rt.h"

/* A list of names in an arena: tables of a database, columns of a table. */
typedef struct rt_names { mig_text *v; int n, cap; bool failed; } rt_names;
void rt_names_add(rt_names *list, rt_arena *a, const char *name);
/* The most similar of n names, or -1 when none is similar (header.c). */
int rt_similar(mig_text name, const mig_text *names, int n);

/* Refuses: the database has no such table; what it has instead, and the nearest of them. `where`: its name for people. */
mig_status rt_no_such_table(const mig_source_table *t, const char *where, const rt_names *tables, rt_error *e);
/*
 * map[i] = place of spec column i among the live ones. A column that is not there, or twice in a query's answer, is refused, with both
 * names. any_case: names that differ in case only are the same.
 */
mig_status rt_match_columns(const mig_source_table *t, const rt_names *live, bool any_case, int *map, rt_error *e);

/* "table \"trainers\"", "the query \"recent\"": for messages. */
void rt_table_words(const mig_source_table *t, char *out, size_t cap);
/* The row as a JSON object, for rejects. Bytes are \x and hex digits. */
void rt_row_json(const mig_source_table *t, const mig_cell *cells, rt_buf *out);

/* Bytes of the query without the semicolons, blanks and comments that end it. several: a second statement follows the first. */
size_t rt_query_length(const char *query, bool *several);

#endif
