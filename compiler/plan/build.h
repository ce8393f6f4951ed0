/*
 * build.h: private to compiler/plan: the state of plan_build() and what its files offer each other.
 * The tree is checked by then; what cannot be is a bug of the compiler (migc_bug), not a message.
 */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/base/symtab.h"
#include "compiler/plan/make.h"
#include "compiler/plan/plan.h"
#include "compiler/plan/sql.h"
#include "compiler/syntax/ast.h"

/* ---- what the DDL needs to know of a target table beyond its plan ------------------------------------------------ */

typedef struct table_info table_info;

typedef struct unique_info {
    const char *name;      /* as given, or made as PostgreSQL makes it */
    int *columns, n_columns;
    bool primary;
    const ast_node *node;
    plan_key *key;         /* the run-time rule, or NULL where the program itself gives the key */
} unique_info;

typedef struct fk_info {
    const char *name;
    int *columns, n_columns;
    table_info *to;
    int *to_columns;
    ast_fk_action on_delete, on_update;
    const ast_node *node;
    bool in_cycle;                 /* the table refers to itself, by any number of steps */
    int made_in;                   /* phase; -1: none */
    bool deferrable;               /* PostgreSQL: rows that refer to each other come when it is there already */
} fk_info;

struct table_info {
    const ast_node *node;
    plan_table *t;
    unique_info *uniques; int n_uniques, cap_uniques;
    fk_info *fks; int n_fks, cap_fks;
    const char **index_names;      /* of each index of the node */
    const ast_node **column_nodes; /* AST_COLUMN of each column */
    bool created, constrained, indexed; /* a step of the spec does it */
    int constrain_phase;           /* the phase of that step */
    int constrain_place;           /* number of the step that constrains it, in running order; -1: none */
};

typedef struct node_map { const ast_node *node; void *object; } node_map;

typedef struct builder {
    arena *a;
    diag *d;
    const src_map *src;
    const ast_node *file;
    plan *p;
    table_info **tables; int n_tables, cap_tables;
    node_map *map; int n_map, cap_map;
    scope *names;                  /* of tables, keys, indexes, rules: given and made */
    int cap_sources, cap_source_tables, cap_plan_tables, cap_aliases, cap_dedups, cap_lookups, cap_source_lookups, cap_uniques,
        cap_flows, cap_checks, cap_measures, cap_phases, cap_lates, cap_rings;
    /* while a flow is built */
    plan_flow *flow;
    ast_on_error on_error;
    bool handled;                  /* the flow says `on error` */
    const char *set_target;        /* "table.column" of the statement at hand, or NULL */
    const plan_source_table *row_source; /* source table of a check's rows */
    const plan_table *row_table;   /* table of PX_FIELD names: dedup, rules, defaults, checks over a target */
    int depth;                     /* of expanded defines */
} builder;

/* node -> plan object, for declarations that expressions refer to. */
void plan_map_put(builder *b, const ast_node *node, void *object);
void *plan_map_get(const builder *b, const ast_node *node); /* NULL: not there */

/* ---- make.c ---- */
plan_site plan_site_of(builder *b, span at);
plan_site *plan_site_new(builder *b, span at, const plan_expr *e); /* with the statement's target and e's first source column */
plan_type plan_type_of(value_type t);

/* ---- tables.c ---- */
void plan_sources(builder *b);
void plan_targets(builder *b);
table_info *plan_table_info(const builder *b, const ast_node *table);
table_info *plan_info_of(const builder *b, const plan_table *t);
int plan_column_index(const plan_table *t, const char *name); /* -1: none */
plan_location plan_location_of(const ast_node *n); /* of a LOCATION */

/* ---- steps.c: what a step of the tree comes to ---- */
void plan_step_sql(builder *b, plan_step *s, const ast_node *n);
void plan_step_backup(builder *b, plan_step *s, const ast_node *n);
void plan_step_run(builder *b, plan_step *s, const ast_node *n);
bool plan_stays_in_place(mig_step_kind kind); /* it may touch anything: no step passes it */
/* Why the phase cannot be taken back; NULL: it can. */
const char *plan_why_final(arena *a, const plan_phase *p);
bool plan_has_undo(const plan_phase *p);

/* ---- names.c ---- */
void plan_name_taken(builder *b, const char *name); /* NULL allowed */
/* table_columns_suffix, or table_suffix with columns NULL; no name is made twice. */
const char *plan_made_name(builder *b, const char *table, const char *columns, const char *suffix);

/* ---- expr.c ---- */
plan_expr *plan_expr_of(builder *b, const ast_node *e);
/* The expression as a value for a column (or variable) of that type: widened, narrowed, not null as needed, failures handled. */
plan_expr *plan_value_for(builder *b, const ast_node *e, const ast_node *handler, plan_type to, bool not_null, span at);
/* A condition or list of a flow: failures go to the flow's `on error`. */
plan_expr *plan_guarded(builder *b, const ast_node *e, span at);
plan_expr *plan_px(builder *b, plan_expr_kind kind, plan_type t, int n_args);
plan_expr *plan_px_null(builder *b, plan_type t);
plan_expr *plan_px_text(builder *b, const char *text, size_t n);
/* The expression in that type: as it is, widened, or narrowed (fallible, unless the numbers say that all fit). */
plan_expr *plan_convert(builder *b, plan_expr *e, plan_type to);
value_type plan_value_type(plan_type t);
plan_expr *plan_from_args(plan_expr *e); /* nullable and fallible from the arguments: what holds for strict nodes; e */
/* A source column's value, read from the record at hand. */
plan_expr *plan_cell(builder *b, const plan_source_table *s, int index);
int plan_source_column_index(const plan_source_table *s, const char *name); /* must be there */
const char *plan_first_source(const plan_expr *e, const plan_source_table *s);
int plan_text_function(const char *name); /* row of functions.def that takes one text; -1: none */

/* ---- lookups.c ---- */
plan_expr *plan_lookup(builder *b, const ast_node *n);

/* ---- origins.c ---- */
void plan_origins_begin(builder *b); /* when all flows are built */
void plan_origins_end(builder *b);   /* when the phases stand */

/* ---- flows.c ---- */
void plan_aliases(builder *b);
void plan_dedups(builder *b);
bool plan_is_source_table(const builder *b, const ast_node *table);
void plan_flow_build(builder *b, const ast_node *flow);
void plan_stmt_into_each(builder *b, plan_stmt *s, const ast_node *into);
void plan_checks(builder *b);

/* ---- measures.c ---- */
void plan_measures(builder *b); /* after the phases are in order */

/* ---- carry.c ---- */
void plan_carry(builder *b);
bool plan_is_from(const ast_node *snapshot, const ast_node *table); /* the table is one of the snapshot's */
bool plan_carries(const ast_node *file); /* more goes along than tables: there is something to do when they are full */

/* ---- order.c, drafts.c ---- */
void plan_phases(builder *b);
const plan_alias *plan_alias_named(const builder *b, const char *name);
double plan_decimal(const char *digits); /* "12", "0.5" */

/* ---- rings.c ---- */
/* Marks what cannot be answered in one step: look-ups into a table that the flow fills from there on. */
void plan_self_lookups(builder *b, plan_flow *f);
/* Marks the look-ups of the flow in that table, where they are the whole value of a column. Was there one? */
bool plan_late_lookups(builder *b, plan_flow *f, const plan_table *t);
/* Where the flow looks the table up so that it must be answered at once; NULL: nowhere. */
const plan_site *plan_instant_lookup(const plan_flow *f, const plan_table *t);
bool plan_flow_fills(const plan_flow *f, const plan_table *t);
/* The rings among these flows, of one phase: those with look-ups to wait for, joined where they fill what another looks up. */
void plan_rings_of(builder *b, plan_flow **flows, int n);
bool plan_ring_awaits(const plan *p, const plan_ring *r, const plan_table *t); /* some of its look-ups are in t */
bool plan_ring_fills(const plan_ring *r, const plan_table *t);
/* What look-ups that wait cannot do is an error. flows: of one phase, with its rings. */
void plan_rings_check(builder *b, plan_flow **flows, int n);
void plan_settled(builder *b); /* origins.c: what is looked up before its dedup has decided is an error */
void plan_rings_commit(builder *b); /* nothing waits in phases that commit on the way */
span plan_span_of(const plan_site *s);

/* ---- ddl.c, sql.c ---- */
bool plan_becomes_other(const plan_table *t); /* a column gets another type in PostgreSQL when the rows are in */
void plan_ddl(builder *b); /* create statements; rules kept in SQLite */
/* The SQL that adds the key, unique rules and indexes of a table, and those foreign keys whose other side is there by then. */
void plan_ddl_constrain(builder *b);
/*
 * A checked expression over one table's columns as SQL of an engine; false when the engine has no such function or its meaning
 * would differ (then nothing is appended). is_rule: it is a check, whose truth alone counts.
 */
bool plan_sql_expr(builder *b, const ast_node *e, mig_engine engine, bool is_rule, strbuf *out);

/* ---- schema.c: keys, indexes, references, rules and defaults of each table, for tools ---- */
void plan_schema(builder *b);

/* depends.c: marks the tables (by id) into which the step puts rows. */
void plan_step_fills(builder *b, const plan_step *s, bool *filled);
/* needs.c: fills the phase's aliases, look-ups and unique rules. */
void plan_phase_needs(builder *b, plan_phase *p);
/* needs.c: every flow into the table sets its identity column, and there is one. */
bool plan_keeps_keys(const plan *p, const plan_table *t);
/* source_keys.c: why no row can break a unique rule whose table nothing but one source table fills. */
typedef enum plan_vouching {
    PLAN_VOUCHES_NOT,
    PLAN_VOUCHES_KEY, /* that source table's declared key is carried over as it is */
    PLAN_VOUCHES_COPY /* the table was made from that one, with the same rules */
} plan_vouching;
plan_vouching plan_source_vouches(const plan *p, const plan_key *k);
/* The flow that alone writes the table, by one statement; NULL: there is none, or more. stmt: may be NULL. */
const plan_flow *plan_only_writer(const plan *p, const plan_table *t, const plan_stmt **stmt);

#endif
