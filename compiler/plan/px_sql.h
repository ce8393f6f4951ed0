/*
 * px_sql.h: expressions of the plan as SQL of PostgreSQL, for rows that are mapped by the server instead of by the program. sql.h says
 * names and values; sql.c does the same for the checked tree, for rules and defaults.
 */
#ifndef PLAN_PX_SQL_H
#define PLAN_PX_SQL_H

#include "compiler/base/arena.h"
#include "compiler/plan/sql.h"

typedef struct px_sql {
    arena *a;
    strbuf *out;
    const char *row;                    /* the name of the source row: cells are row.column */
    const plan_source_table *source;
    const char *schema;                 /* of the target's tables, NULL: the search path's */
    const char *refuse;                 /* a function (text) returns text that raises: for what fails inside of an expression */
    const char *why;                    /* after false: what has no SQL, as in "casefold() has no equal in PostgreSQL" */
} px_sql;

/* Appends the expression; false, with w->why set and nothing of use appended, when PostgreSQL has no equal for a part of it. */
bool px_sql_put(px_sql *w, const plan_expr *e);

/* The test that is true when a conversion to a narrower type, or to not null, fails for the value of `arg` (already SQL); false: there
   is no such test, the conversion itself raises. */
bool px_sql_failure(px_sql *w, const plan_expr *e, const char *arg);

/* The type without its numbers: "varchar", "double precision". */
const char *px_sql_type(plan_type t);

/* A variable of a flow. */
void px_sql_var(strbuf *out, const plan_var *v);

/* schema.table, or table. */
void px_sql_table(strbuf *out, const char *schema, const char *table);

/* The C name of a function of functions.def. */
const char *px_sql_function(int fn);

#endif
