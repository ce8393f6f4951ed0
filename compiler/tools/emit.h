/*
 * emit.h: the plan said in other languages than C: `migc emit`. Each function reads the plan and nothing else, appends its text, and
 * is the same for the same plan. What cannot be said is an error (or a warning) about a place in the spec; then the text is of no use.
 */
#ifndef TOOLS_EMIT_H
#define TOOLS_EMIT_H

#include "compiler/base/diag.h"
#include "compiler/base/strbuf.h"
#include "compiler/plan/plan.h"

/* The DDL that a run executes, in running order, for psql or sqlite3 to read. */
void tool_sql(const plan *p, mig_engine engine, strbuf *out);

/*
 * Triggers that keep the old tables and the new ones equal while both are written; or the script that removes them. False: there are
 * errors about the spec.
 */
typedef struct tool_mirror_options { bool drop, one_way; } tool_mirror_options;
bool tool_mirror(arena *a, diag *d, const plan *p, tool_mirror_options o, strbuf *out);

/* models.py for Django 3.2; app: its label, which names of tables may begin with, or NULL. */
bool tool_django(arena *a, diag *d, const plan *p, mig_engine engine, const char *app, strbuf *out);

/* The place of the spec as messages take it. */
span tool_span(const plan_site *s);

/* "spec.mig:14" */
void tool_put_place(strbuf *out, const plan_site *s);

#endif
