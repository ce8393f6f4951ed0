/*
 * cg.h: private to compiler/codegen: the state of one program being written, and what its files offer each other.
 * Nothing here sees the tree of the spec; a plan that makes no sense is migc_bug(), never a message.
 */
#ifndef CODEGEN_CG_H
#define CODEGEN_CG_H

#include "compiler/base/bug.h"
#include "compiler/codegen/codegen.h"
#include "compiler/codegen/emit.h"
#include "compiler/codegen/names.h"
#include "compiler/plan/plan.h"

/* ---- facts (cg_facts.c) ------------------------------------------------------------------------------------------ */

/* What C knows of a type of the language. */
typedef struct cg_type {
    const char *id;      /* MIG_T_VARCHAR */
    const char *spelling;/* varchar */
    const char *ctype;   /* mig_text */
    const char *null;    /* MIG_NULL_TEXT */
    const char *member;  /* of struct mig_codec: text */
    const char *suffix;  /* of operators: text */
    const char *key;     /* of mig_key_…: text, char */
    bool by_pointer;     /* null is p == NULL, else is_null */
} cg_type;

const cg_type *cg_type_of(plan_type t);
/* Whether the type's rows in types.def hold their value as mig_int, mig_text, … */
bool cg_is_int(plan_type t);
bool cg_is_text(plan_type t);
/* "varchar(100)" */
const char *cg_type_words(arena *a, plan_type t);

/* The row of functions.def: C function, name in the language, whether its result may differ from call to call. */
const char *cg_function(int fn);
const char *cg_function_name(int fn);
/* A word for its result: its name, or as_date where that is a type. */
const char *cg_function_hint(int fn);
bool cg_function_is_volatile(int fn);
/* Number of parameters of the language (a variadic one counts once). */
int cg_function_arity(int fn);
/* Whether some row has that C function. */
bool cg_has_function(const char *cname);

/* ---- the program ----------------------------------------------------------------------------------------------------- */

typedef struct cg_table { /* identifiers of a target table */
    const char *row, *visit, *holds, *get, *set, *columns, *create[2], *constrain[2], *indexes[2], *object;
    const char **fields;
} cg_table;

typedef struct cg_source { /* identifiers of a source table */
    const char *columns, *object;
    const char **cells; /* enumerators */
} cg_source;

typedef struct cg_alias { /* identifiers; "NULL" where there is no such function */
    const char *object, *set_text, *set_name, *defaults, *names_defaults, *created, *fold, *clean;
    const char **value_sets;
} cg_alias;

typedef struct cg_key { const char *fn, *object, *find; } cg_key;
typedef struct cg_source_key { const char *object, **find; } cg_source_key; /* find: per column of the table, or NULL */

enum { CG_BUCKETS = 1024 };
typedef struct cg_site { const plan_site *site; const char *object; struct cg_site *next; } cg_site;

typedef struct cg_list { /* constant text or integer lists of `in`, kept apart from the expressions */
    const char *text, *object; struct cg_list *next;
} cg_list;

typedef struct cg {
    arena *a;
    emit *e;
    const plan *p;
    codegen_options options;
    names *names; /* of the file */
    cg_table *tables;
    cg_source *sources;
    cg_key *lookups, *uniques;
    cg_source_key *source_lookups;
    cg_alias *aliases;
    cg_key *lates;       /* find: the function that leaves the column open */
    const char **dedups, **flows, **checks, **measures, **rings; /* descriptors */
    const char **snapshots; /* descriptors, by the number of their source */
    const char *no_sql;  /* the empty array of statements, once it is written */
    const char *at_hand; /* name of the check that is being written */
    cg_site *sites[CG_BUCKETS]; /* by line and column */
    cg_list *lists, *files;
} cg;

/* The name of a spec's file in the text: no absolute paths, but relative to the spec, or the last part. */
const char *cg_path(const cg *g, const char *file);
/* "&site_shows_title": the place as constant data, written on first use; hint names it when it is for no column. */
const char *cg_site_of(cg *g, const plan_site *s, const char *hint);
/* The place and the text of a statement of the spec, as a comment above what follows. */
void cg_comment(cg *g, const plan_site *s);
/* Text of the spec for the inside of a comment that a template opens and closes. */
const char *cg_comment_words(cg *g, const char *text);
/* A heading of a part of the file: "---- aliases ----". */
void cg_heading(cg *g, const char *words);
/* The plan_text as a brace initialiser of a mig_text: {"abc", 3}. */
const char *cg_text_init(cg *g, plan_text t);
const char *cg_int(cg *g, int64_t v);
/* A constant array at file level, `values` without its braces; equal ones are one. */
const char *cg_list_object(cg *g, const char *ctype, const char *values, const char *hint);
/* A place as a brace initialiser of a mig_location. */
const char *cg_location(cg *g, plan_location at);
/* SQL as a literal, with a comment in front that says which line of the spec it comes from. */
const char *cg_sql(cg *g, const plan_site *s, const char *sql);

/* ---- functions of the program (cg_function.c) --------------------------------------------------------------------------- */

/* How the function at hand ends early when the spec says so. */
typedef enum cg_leave {
    CG_VERDICT, /* returns a mig_verdict: row functions */
    CG_NOTHING, /* returns nothing: the failure stays recorded and the caller looks */
    CG_VALUE    /* goes on with null: the failure stays recorded and the caller looks */
} cg_leave;

typedef struct cg_var { const plan_var *var; const char *name; struct cg_var *next; } cg_var;

typedef struct cg_fn {
    cg *g;
    emit_state outside;   /* of what was being written before */
    const char *body;     /* once it is written */
    names *names;         /* of the function */
    const char *params[8];/* identifiers of its parameters */
    int n_params;
    cg_leave leave;
    int into;             /* number of the into that is written, or -1 */
    bool skip_goes_on;    /* `skip` is counted for the into and the value is null: the caller is still to be done with */
    const char *hint;     /* names places that are for no column */
    const plan_table *row_table;
    const char *row, *other; /* expressions for pointers to the row(s) at hand: "r" */
    const plan_source_table *source; /* of `s`, the record */
    cg_var *vars;
    int waits;            /* > 0: within a part of an expression that is not always computed */
    bool pending;         /* an expression that may have failed has been written, and nobody has asked yet */
} cg_fn;

/* Begins a function's body; the identifiers of the parameters are taken. close(): unused parameters are named as such. */
cg_fn cg_begin(cg *g, cg_leave leave);
void cg_param(cg_fn *f, const char *name);
/* The body that has been written; nothing can be added after that. */
const char *cg_body(cg_fn *f);
/* Writes head (`static void x(…)`), then the body written since cg_begin, then the end. */
void cg_end(cg_fn *f, const char *head);

/* The C variable of a variable of the plan; bug when it has none. */
const char *cg_var_name(const cg_fn *f, const plan_var *v);
void cg_var_bind(cg_fn *f, const plan_var *v, const char *name);
/* A new local name, after the hint. */
const char *cg_local(cg_fn *f, const char *hint);
/* How often an identifier stands in C text, outside comments and literals. */
int cg_mentions(const char *c, const char *identifier);

/* ---- expressions (cg_expr.c, cg_cond.c, cg_forms.c) ------------------------------------------------------------------------ */

/*
 * The value as one C expression. What cannot stand in one (a handler, a branch, a part that must not be evaluated too early) is
 * written before, as statements into a local variable.
 */
const char *cg_expr(cg_fn *f, const plan_expr *e);

/* Statements that put the value into `to`, which is there already; or, with declare, into a new variable of that name. */
void cg_store(cg_fn *f, const char *to, const plan_expr *e, bool declare);

/* Whether the value is true (false): a C condition. Null is neither. */
const char *cg_is_true(cg_fn *f, const plan_expr *e);
const char *cg_is_false(cg_fn *f, const plan_expr *e);
const char *cg_is_not_true(cg_fn *f, const plan_expr *e);

/* Whether cg_expr (cg_is_true) would write statements first. */
bool cg_needs_statements(const plan_expr *e);
bool cg_needs_statements_as_condition(const plan_expr *e);
bool cg_arguments_need_statements(const plan_expr *e);

bool cg_is_constant(const plan_expr *e);
/* May be written twice without computing twice. */
bool cg_is_name(const plan_expr *e);
/* Nothing is lost when it is computed without need: no call, no failure. */
bool cg_is_cheap(const plan_expr *e);
/* A look-up that may put a row into the target. */
bool cg_has_effect(const plan_expr *e);

/* The arguments as C, in variables where the order of computing them can be seen. */
const char **cg_arguments(cg_fn *f, const plan_expr *e);
/* `v.p == NULL`, `v.is_null`, of a C expression of that type. */
const char *cg_null_test(cg *g, plan_type t, const char *c, bool is_null);
/* A word for a variable that holds the value. */
const char *cg_hint(const plan_expr *e);
/* Calls fn for every node, parents first. */
void cg_walk(const plan_expr *e, void (*fn)(void *arg, const plan_expr *e), void *arg);

/* Operators and conversions of arguments that are C already. (cg_ops.c) */
const char *cg_operator(cg_fn *f, const plan_expr *e, const char **args);
const char *cg_widen(cg_fn *f, const plan_expr *e, const char *c);
const char *cg_narrow(cg_fn *f, const plan_expr *e, const char *c);

/* A literal whose value is computed by the compiler, and its C. (cg_fold.c) */
bool cg_is_folded(const plan_expr *e);
const char *cg_folded(cg *g, const plan_expr *e);

/* Expressions that may be statements (cg_forms.c): */
bool cg_is_form(const plan_expr *e);
void cg_store_form(cg_fn *f, const char *to, const plan_expr *e, bool declare);
/* `if (mig_failed(x))` and what the handler of the PX_ELSE does; `to`: where a value goes. */
void cg_handle(cg_fn *f, const char *to, const plan_expr *e);
/* What stands between the two calls becomes the body of `head`: `if (…)`. */
void cg_block_begin(cg_fn *f);
void cg_block_end(cg_fn *f, const char *head);

/* The value that all comparisons in an `and` or a `case` have on their first side, when it is worth a variable; NULL: none. */
const plan_expr *cg_shared_subject(const plan_expr *e);
/* The value in a variable, which is an expression again. */
const plan_expr *cg_hoist(cg_fn *f, const plan_expr *e);
const plan_expr *cg_with_subject(cg_fn *f, const plan_expr *e, const plan_expr *subject);
/* The sides of `and` and `or`; a subject that both share has been put into a variable before. */
void cg_sides(cg_fn *f, const plan_expr *e, const plan_expr **left, const plan_expr **right);
/* A new node over one or two others. */
plan_expr *cg_node(cg *g, plan_expr_kind kind, plan_type t, const plan_expr *a, const plan_expr *b);

/* `in` by a call over an array, or as a chain of `or`. */
bool cg_is_list_test(const plan_expr *e);
const char *cg_list_test(cg_fn *f, const plan_expr *e);
const plan_expr *cg_in_as_or(cg_fn *f, const plan_expr *e);

bool cg_case_needs_statements(const plan_expr *e);
const char *cg_case_as_expression(cg_fn *f, const plan_expr *e);

/* count(…), every …, unique(…) and the like, of a check. (cg_check.c) */
const char *cg_check_call(cg_fn *f, const plan_expr *e);

/* ---- the parts, in the order of the file ----------------------------------------------------------------------------------------- */

void cg_rows(cg *g);        /* cg_tables.c: struct row_<table>, enum cell_<source> */
void cg_tables(cg *g);      /* cg_tables.c: target tables with their functions */
void cg_snapshots(cg *g);   /* cg_snapshot.c: what the sources held */
const char *cg_sequence(cg *g, const plan_sequence *q); /* .sequence = … of a step */
void cg_sources(cg *g);     /* cg_sources.c: source tables, sources, target */
void cg_keys(cg *g);        /* cg_keys.c: unique rules and look-ups */
/* The function that looks a key up, written where it is first asked for. */
const char *cg_find_function(cg *g, const plan_key *k);
/* The same for a look-up in two steps: the column is left open. */
const char *cg_await_function(cg *g, const plan_late *l);
void cg_lates(cg *g);
void cg_source_keys(cg *g); /* cg_source_keys.c: look-ups in sources */
const char *cg_source_find_function(cg *g, const plan_source_key *k, int column);
void cg_aliases(cg *g);     /* cg_alias.c: functions */
void cg_flows(cg *g);       /* cg_flow.c, cg_into.c */
void cg_alias_objects(cg *g);
void cg_dedups(cg *g);      /* cg_dedup.c */
void cg_checks(cg *g);      /* cg_check.c */
void cg_measures(cg *g);    /* cg_measure.c */
void cg_phases(cg *g);      /* cg_spec.c: phases, the spec, main */

/*
 * Every column of a row struct gets a value, in order: what the sets say, else null; `skip_a`, `skip_b` (-1: none) are put by the
 * runtime. to: "r." or "r->". (cg_into.c)
 */
void cg_fill_row(cg_fn *f, const plan_table *t, const char *to, const plan_set *sets, int n, int runtime_a, int runtime_b);
/* Only the columns that the sets name. */
void cg_sets(cg_fn *f, const plan_table *t, const char *to, const plan_set *sets, int n);

/* The function of one into, written before its caller. */
typedef struct cg_into {
    const char *name;
    bool uses_record;
    const cg_var **vars; int n_vars; /* the caller's variables that it is given, in order */
    bool uses_each, uses_at;
} cg_into;
cg_into cg_into_function(cg_fn *caller, const plan_flow *flow, const plan_stmt *s);

/* Functions of aliases and dedup rules on one row: `const struct row_t *r = row;` is written. (cg_tables.c) */
cg_fn cg_begin_on_row(cg *g, const plan_table *t, cg_leave leave, bool is_const);

/* A new function over a row that gives a value of the expression; its name. (cg_check.c) */
const char *cg_value_function(cg *g, const plan_table *t, const plan_source_table *s, const char *name, const plan_expr *e);
/* … that adds the values to a key. */
const char *cg_key_function(cg *g, const plan_table *t, const plan_source_table *s, const char *name, plan_expr **e, int n);

#endif
