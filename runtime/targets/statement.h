/*
 * statement.h: pieces of SQL that both engines write the same way. Called by the targets only.
 */
#ifndef RT_STATEMENT_H
#define RT_STATEMENT_H

#include "runtime/rt.h"

/* "schema"."table", or "table" when schema is NULL. */
void rt_sql_qualified(rt_buf *b, const char *schema, const char *table);
/* "a", "b", "c" */
void rt_sql_columns(rt_buf *b, const mig_table *t);
/* Where the statement comes from, for who reads the server's log: a comment with spec file and line; nothing for NULL. */
void rt_sql_origin(rt_buf *b, const mig_site *site);
/* Statement shortened for a message: one line, at most cap bytes. */
void rt_sql_excerpt(char *out, size_t cap, const char *sql);
/* What to do where the engine has taken a row without an error, and it is not in the table. */
extern const char rt_kept_out[];

#endif
