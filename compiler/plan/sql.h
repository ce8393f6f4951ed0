/*
 * sql.h: names and values as SQL: the only way in which the spec's text gets into a statement. sql.c and literal.c have it.
 */
#ifndef PLAN_SQL_H
#define PLAN_SQL_H

#include "compiler/base/strbuf.h"
#include "compiler/plan/plan.h"

/* Reserved by either engine, so that it needs quotes as a name. */
bool plan_sql_reserved(const char *name);

/* The name, in quotes where it needs them; the text in quotes. */
void plan_sql_ident(strbuf *out, const char *name);
void plan_sql_text(strbuf *out, const char *text);

/* A text literal as a value of a type, as the engine keeps it; numbers without quotes. */
void plan_sql_value(plan_type t, const char *text, mig_engine engine, strbuf *out);

/* Text for a `--` comment: no line end, nothing that a terminal would obey. */
void plan_sql_comment(strbuf *out, const char *text);

#endif
