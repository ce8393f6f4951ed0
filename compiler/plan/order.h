/*
 * order.h: how phases and steps come into running order, in three files: drafts.c says which there are, depends.c what each needs of the
 * others, order.c puts them in order. For these three only.
 */
#ifndef PLAN_ORDER_H
#define PLAN_ORDER_H

#include "compiler/plan/build.h"

/* ---- drafts.c: phases with their steps, in the order of the spec ---- */

typedef struct draft_step {
    plan_step step;
    int number; /* of the step statement in the phase: `create a, b` gives two drafts with one number */
} draft_step;

typedef struct draft {
    plan_phase *phase;
    const ast_node *node; /* NULL: implicit */
    draft_step *steps; int n_steps, cap_steps;
} draft;

typedef struct drafts {
    builder *b;
    draft *at; int n, cap;
} drafts;

/* The phases of the spec and the implicit ones; flows are built on the way. */
drafts plan_drafts(builder *b);
draft_step *plan_draft_step(builder *b, draft *d, mig_step_kind kind, int number, plan_site site);

/* ---- depends.c: what must come before what ---- */

/* Hard: else the other cannot work. Soft: references between rows, given up in a ring. */
typedef enum need { NO_NEED, SOFT_NEED, HARD_NEED } need;

typedef struct graph { int n; need *edges; } graph; /* edges[from * n + to]: must `from` come before `to`? */

graph plan_step_graph(builder *b, const draft *d);
graph plan_phase_graph(const drafts *all);

#endif
