/*
 * mirror.h: private to `migc emit mirror`: what of a plan can be kept equal on both sides, worked out by mirror_model.c, written by
 * mirror_forward.c (old to new), mirror_back.c (new to old) and emit_mirror.c (all around it).
 */
#ifndef TOOLS_MIRROR_H
#define TOOLS_MIRROR_H

#include "compiler/plan/px_sql.h"
#include "compiler/tools/emit.h"

/* How a value of a row of the new side becomes the value of the old column again. */
typedef enum mirror_way {
    MIRROR_NO,
    MIRROR_COPY,       /* the column's value */
    MIRROR_JSON_TEXT,  /* to_jsonb(text): what the JSON string holds */
    MIRROR_JSON_KEY,   /* jsonb_object('key', text): the member of that name */
    MIRROR_ARRAY,      /* each over text[]: the rows' elements, in their order */
    MIRROR_JOINED      /* each over split(text, separator): likewise, joined */
} mirror_way;

/* An old column that is read back, from a column of an `into`. */
typedef struct mirror_back { int source_column, column; mirror_way way; const char *text; /* key or separator */ } mirror_back;

typedef struct mirror_into {
    const plan_stmt *s;
    int group;                         /* its table's rows */
    const plan_set **fixed; int n_fixed; /* columns of the table's key that are constants: they tell this into's rows from others' */
    mirror_back *back; int n_back;
    int order;                         /* column with the position of an `each`, or -1 */
} mirror_into;

/* All rows that a flow makes in one table. */
typedef struct mirror_group {
    const plan_table *t;
    const int *key; int n_key;         /* unique columns that every into sets: a row is known by them */
    int *link;                         /* columns that hold the source row's key, in the order of mirror_flow.key */
    bool *set, *changes;               /* per column: some into sets it; … from what the source row says */
} mirror_group;

typedef struct mirror_flow {
    const plan_flow *f;
    int *key; int n_key;               /* columns of the source table that are the key of its row */
    mirror_into *intos; int n_intos;
    mirror_group *groups; int n_groups;
    int base;                          /* group of the row that is there whenever the source row is carried */
    int base_into;
    const char *name;                  /* of its functions, without what they do */
} mirror_flow;

typedef struct mirror {
    arena *a;
    diag *d;
    const plan *p;
    bool one_way;
    mirror_flow *flows; int n_flows;
} mirror;

/* False: there are errors, each about a place of the spec. */
bool mirror_model(mirror *m);

/* The cell that the value is, whatever happens when it is null or does not fit; -1: it is something else. through: also as the first
   argument of coalesce. */
int mirror_cell(const plan_flow *f, const plan_expr *e, bool through);
bool mirror_is_constant(const plan_expr *e);

/* Does the value depend on the source row? */
bool mirror_reads(const plan_flow *f, const plan_expr *e);

void mirror_forward(mirror *m, const mirror_flow *f, strbuf *out);
void mirror_backward(const mirror *m, const mirror_flow *f, strbuf *out);

void mirror_checks(mirror *m, const mirror_flow *f, strbuf *out);

/* The first `into` of the group's table. */
const plan_site *mirror_site_of_group(const mirror_flow *f, int group);

/* Of the row in `due`, if there is one, the rows that are due into rows_1 … */
void mirror_put_call_of_map(const mirror *m, const mirror_flow *f, strbuf *out);

/* An error when the key of a row is changed: what refers to the row would not follow. */
void mirror_put_same_key(const mirror_flow *f, strbuf *out, const char *was, const char *is, const mirror_group *g);

/* The constants that tell the rows of this flow from others in the table: (t.key = 'a' or t.key = 'b'). */
void mirror_put_fixed(const mirror *m, const mirror_flow *f, int group, strbuf *out);

/* ---- emit_mirror.c: names and statements ---- */

/* `migc.mirror_MIGRATION_TABLE_what`, cut to a length that PostgreSQL keeps. */
void mirror_put_function(const mirror *m, strbuf *out, const mirror_flow *f, const char *what);
void mirror_put_begin_trigger(const mirror *m, strbuf *out, const mirror_flow *f);
void mirror_put_old(const mirror_flow *f, strbuf *out);
void mirror_put_new(const mirror *m, const plan_table *t, strbuf *out);

/* What stands between a function's arguments and its end: language, settings, the body in dollar quotes that it does not hold. */
void mirror_put_body(strbuf *out, const strbuf *body);

/* The spec's line and text above a statement. */
void mirror_put_site(strbuf *out, const char *indent, const plan_site *s);

/* The name of the migration as a text in SQL. */
void mirror_put_name(const mirror *m, strbuf *out);

/* The key of a source row as parameters key_1 …, as arguments out of a row of the source or (with g) of a new table. */
void mirror_put_parameters(const mirror_flow *f, strbuf *out);
void mirror_put_arguments(const mirror_flow *f, const char *row, const mirror_group *g, strbuf *out);

/* The source row with the key of the parameters into a variable; variables rows_1 … for what is due. */
void mirror_put_source_row(const mirror_flow *f, const char *into, strbuf *out);
void mirror_put_rows(const mirror *m, const mirror_flow *f, strbuf *out);

/* A function with that body, and the trigger that calls it for each row that is written to the new table t, or to the old one (t NULL):
   behind the statement, or when the transaction commits. */
void mirror_put_row_trigger(const mirror *m, const mirror_flow *f, const plan_table *t, bool at_commit, const strbuf *body, strbuf *out);

/* The beginning of a trigger function's body: nothing to do when the mirror is off. */
void mirror_put_guard(const mirror *m, strbuf *out);

/* The variables of a body that writes, from `declare` to `begin`; before its writes, and behind them; its end: errors name the line
   of the spec that was at work. */
void mirror_put_declare(strbuf *out, const plan_site *s);
void mirror_put_place(strbuf *out, const char *indent, const plan_site *s);
void mirror_put_mirroring(strbuf *out);
void mirror_put_handler(strbuf *out, const char *result);

#endif
