/*
 * make.h: the pass that turns the checked tree into the plan, and the plan in words.
 */
#ifndef PLAN_MAKE_H
#define PLAN_MAKE_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/base/strbuf.h"
#include "compiler/plan/plan.h"
#include "compiler/syntax/ast.h"

/*
 * Builds the plan of a tree that sema has passed. Everything is allocated in a. Reports what only the whole shows: flows or
 * phases that wait for each other in a ring, rules that an engine cannot keep (warnings). NULL when an error was reported.
 */
plan *plan_build(arena *a, diag *d, const src_map *src, const ast_node *file);

/* `migc explain`: the plan in words. */
void plan_explain(const plan *p, strbuf *out);
void plan_explain_rings(const plan *p, strbuf *out); /* its part about references and look-ups that go in a ring */

/* `--dump=plan`: every step and expression, one a line, indented. */
void plan_dump(const plan *p, strbuf *out);

/* Do flows of the phase bring rows that the look-up finds by their source rows? (origins.c) */
bool plan_phase_brings(const plan_phase *p, const plan_key *k);

#endif
