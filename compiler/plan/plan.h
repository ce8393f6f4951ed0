/*
 * plan.h: the flat plan of one migration: what codegen prints, what `explain` tells. Built from the checked tree by
 * plan_build(); everything is resolved: names are pointers or indexes, defaults are written out, order is decided, `copy *`
 * is spelled out, define calls are expanded, include is gone. Codegen reads this and nothing else (it never sees ast.h).
 * All memory is in the compilation's permanent arena; texts are NUL-terminated unless a length stands beside them.
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/mig.h" /* mig_type, mig_engine, mig_unknown, mig_duplicate, mig_step_kind: the vocabulary shared with the runtime */

typedef struct plan_expr plan_expr;
typedef struct plan_table plan_table;
typedef struct plan_flow plan_flow;
typedef struct plan_alias plan_alias;
typedef struct plan_dedup plan_dedup;
typedef struct plan_key plan_key;
typedef struct plan_source_key plan_source_key;
typedef struct plan_check plan_check;
typedef struct plan_measure plan_measure;
typedef struct plan_late plan_late;

/* A place in the spec, and the spec's text there (one line, white space folded) for the comment above the generated statement. */
typedef struct plan_site {
    const char *file; int line, column;
    uint32_t text_id, offset, length; /* the same as a span of base/source.h, for messages */
    const char *text;
    const char *target; /* "shows_show.title" or NULL */
    const char *source; /* first source column read, or NULL */
} plan_site;

typedef struct plan_type { mig_type id; int p, s; } plan_type; /* p, s: -1 none */

/* ---- expressions ---- */

typedef enum plan_op {
    PLAN_EQ, PLAN_NE, PLAN_LT, PLAN_LE, PLAN_GT, PLAN_GE,   /* operands have the same type */
    PLAN_ADD, PLAN_SUB, PLAN_MUL, PLAN_DIV, PLAN_MOD, PLAN_NEG,
    PLAN_CONCAT, PLAN_LIKE, PLAN_NOT_LIKE, PLAN_ILIKE, PLAN_NOT_ILIKE
} plan_op;

typedef enum plan_expr_kind {
    PX_NULL,      /* typed null */
    PX_BOOL, PX_INT, PX_TEXT, PX_NUMERIC, PX_FLOAT, /* constants: .text has the digits or the text (with length), .truth for PX_BOOL */
    PX_CELL,      /* source column .index of the record. CSV: as text, with a PX_CALL around it that reads it; databases: typed */
    PX_VAR,       /* let variable, each variable, position: .var */
    PX_FIELD,     /* column .index of the row that is at hand (.row: which one) */
    PX_CALL,      /* function of functions.def: .fn index, args (variadic ones from .variadic on; missing optional ones are PX_NULL) */
    PX_OP,        /* .op over 1 or 2 args (LIKE: third arg escape text or absent) */
    PX_AND, PX_OR, PX_NOT,
    PX_IS_NULL, PX_IS_NOT_NULL,
    PX_IS_TRUE, PX_IS_NOT_TRUE, PX_IS_FALSE, PX_IS_NOT_FALSE,
    PX_DISTINCT, PX_NOT_DISTINCT,   /* is [not] distinct from */
    PX_CASE,      /* args: when1, then1, when2, then2 …, [else]: .has_else */
    PX_COALESCE, PX_NULLIF, PX_GREATEST, PX_LEAST,
    PX_IN, PX_NOT_IN,               /* args[0] in args[1…] */
    PX_ALIAS,     /* .alias[args[0]] */
    PX_LOOKUP,    /* .key[args…]: one arg per column of the key */
    PX_SOURCE_LOOKUP, /* .found.key[args…], of the row found column .found.index */
    PX_WIDEN,     /* args[0] to a type that holds all its values (int -> numeric, int -> float, date -> timestamp, varchar -> text, …) */
    PX_NARROW,    /* args[0] to .type, fallible (LENGTH, RANGE) */
    PX_NOT_NULL,  /* args[0], failing with NULL rule when it is null */
    PX_ELSE,      /* args[0]; when it failed: .handler */
    /* in checks only */
    PX_COUNT, PX_EVERY, PX_UNIQUE,  /* over .table or .source; args[0] holds (EVERY always; COUNT maybe), UNIQUE: args = key parts */
    PX_REFERS,    /* .table, .index, .to_table, .to_index */
    PX_REJECTED, PX_SKIPPED,        /* .source */
    PX_MERGED,    /* .table */
    PX_SQL        /* .text */
} plan_expr_kind;

typedef enum plan_handle { PLAN_H_VALUE, PLAN_H_SKIP, PLAN_H_REJECT, PLAN_H_ABORT } plan_handle; /* `null` is a VALUE of PX_NULL */

typedef struct plan_handler { plan_handle kind; plan_expr *value; const char *why; } plan_handler;

/* source: first column of the flow's source that it is made of, or NULL */
typedef struct plan_var { const char *name; plan_type type; const char *source; bool used; plan_site site; } plan_var;

typedef enum plan_row { PLAN_ROW_TABLE, PLAN_ROW_OTHER } plan_row; /* the row a function is given; the second of two (dedup fold) */

struct plan_expr {
    plan_expr_kind kind;
    plan_type type;
    bool nullable, fallible;
    plan_site *site;                 /* set on fallible nodes, statements and ELSE */
    const plan_late *late;           /* PX_LOOKUP: answered in a second step, or NULL */
    plan_expr **args; int n_args;
    union {
        struct { const char *text; size_t len; bool truth; }; /* constants, PX_SQL */
        struct { int index; plan_row row; const plan_table *row_table; } field; /* PX_FIELD; PX_CELL uses .index */
        const plan_var *var;
        struct { int fn; int variadic; } call;                 /* variadic: index of the first variadic arg, -1 none */
        plan_op op;
        bool has_else;
        const plan_alias *alias;
        const plan_key *key;
        struct { const plan_source_key *key; int index; } found;
        plan_handler handler;
        struct { const plan_table *table; const struct plan_source_table *source; int index; const plan_table *to_table; int to_index; } check;
    };
};

/* ---- sources ---- */

typedef struct plan_location { const char *text, *env, *fallback; } plan_location;
typedef struct plan_source {
    const char *name; mig_source_kind kind; plan_location at; plan_site site; int id;
    const char *schema; int wait;     /* PostgreSQL */
} plan_source;
typedef struct plan_source_column { const char *name; plan_type type; bool not_null; } plan_source_column;
typedef struct plan_text { const char *p; size_t n; } plan_text;
typedef struct plan_source_table {
    const char *name; const plan_source *source; int id;
    const char *pattern;              /* CSV */
    const char *query, *schema;       /* databases: SQL, or NULL; PostgreSQL: the table's schema, or NULL */
    plan_source_column *columns; int n_columns;
    int *key; int n_key;              /* primary key as the spec says it: columns; n_key 0: it does not */
    struct {
        plan_text *nulls; int n_nulls; bool trim; const char *encoding; char delimiter, quote, escape; bool header;
        const char *comment; int skip; bool extra_ignore;
    } csv;
    plan_site site;
} plan_source_table;

/* A look-up in a source table: by these columns, of which others are wanted. */
struct plan_source_key {
    const char *name; const plan_source_table *table; int *columns; int n_columns; int id; plan_site site;
    plan_expr **key;                  /* the key's columns, read from a record */
    plan_expr **cells;                /* per column of the table: read from a record; NULL: not wanted */
};
/* What a source held when the spec was compiled (`table *`): labels and forms as compiler/catalog makes them. */
typedef struct plan_snapshot {
    const plan_source *source; const char *schema, *file;
    const char **except; int n_except;
    const char **labels, **forms; int n_objects;
    plan_site site;
} plan_snapshot;

/* ---- target tables ---- */

typedef struct plan_column {
    const char *name; plan_type type; bool not_null, identity;
    bool may_wait;                    /* some into leaves it open until a look-up can be answered */
    const char *sql[2];               /* type in each engine */
    const char *as;                   /* type in PostgreSQL when the table is constrained, or NULL */
    plan_expr *deflt;                 /* compiled default, or NULL */
    const char *deflt_sql[2];         /* the same as SQL of each engine; NULL: none, or the engine cannot */
    plan_text *choices; int n_choices;/* enum('a','b') */
    plan_site site;
} plan_column;

/* Check constraint, over PX_FIELD. sql: as each engine has it; NULL: the engine cannot, the program alone keeps it */
typedef struct plan_rule { const char *name; plan_expr *holds; const char *text; const char *sql[2]; plan_site site; } plan_rule;

/* What the DDL makes of a table, for tools: keys and unique rules, indexes (unique ones too), references. */
typedef struct plan_unique { const char *name; const int *columns; int n_columns; bool primary; plan_site site; } plan_unique;
typedef struct plan_index {
    const char *name, *method;        /* method: NULL if not said */
    bool unique; const int *columns; const bool *desc; int n_columns; plan_site site;
} plan_index;
typedef enum plan_fk_action {
    PLAN_FK_UNSAID, PLAN_FK_NO_ACTION, PLAN_FK_RESTRICT, PLAN_FK_CASCADE, PLAN_FK_SET_NULL, PLAN_FK_SET_DEFAULT
} plan_fk_action;
typedef struct plan_reference {
    const char *name; const int *columns; int n_columns;
    const plan_table *to; const int *to_columns;
    plan_fk_action on_delete, on_update; plan_site site;
    bool in_cycle, deferrable;        /* its table refers, by any number of steps, to itself; deferrable in PostgreSQL for that */
    int made_in;                      /* phase in which PostgreSQL gets it; -1: none */
} plan_reference;

struct plan_key { /* unique rule or look-up */
    const char *name; const plan_table *table; int *columns; int n_columns; int result; int id; plan_site site;
    /* Look-ups by the source row that a row came from: columns are those of `from`, the result is the primary key. */
    const struct plan_source_table *from;
    plan_expr **from_key;             /* the columns, read from a record */
    bool kept;                        /* in the ledger: it is asked when the rows' phase is over */
};

struct plan_table {
    const char *name; int id; bool existing;
    plan_column *columns; int n_columns;
    int identity, primary;            /* column indexes or -1 */
    bool of_star;                     /* made as the source's table is, `table *` */
    bool keeps_sequence;              /* a step puts its sequence where the source's stands */
    plan_rule *rules; int n_rules;    /* checks (named or given a name) */
    plan_unique *uniques; int n_uniques;
    plan_index *indexes; int n_indexes;
    plan_reference *references; int n_references;
    const char **create[2]; int n_create[2];
    const char **constrain[2]; int n_constrain[2];
    const char **index_sql[2]; int n_index_sql[2]; /* of an `index` step; else they are among `constrain` */
    plan_site site;
};

/* A sequence that is put where the source's stands: one of its own, or the one that a column owns. */
typedef struct plan_sequence {
    const char *name; const plan_table *table; const char *column; const plan_source *source; const char *schema;
} plan_sequence;

typedef struct plan_target { const char *name; mig_engine engine; plan_location at; const char *schema; int wait; plan_site site; } plan_target;

/* ---- aliases, dedup ---- */

typedef struct plan_set { /* value: whole, with NARROW/NOT_NULL/ELSE as needed */
    int column; plan_expr *value; plan_site site;
    const plan_late *late;            /* the value is a look-up that is answered in a second step */
} plan_set;

typedef struct plan_alias_value {
    plan_text canonical; plan_text *synonyms; int n_synonyms; plan_set *sets; int n_sets; plan_site site;
} plan_alias_value;

struct plan_alias {
    const char *name; int id;
    const plan_table *table; int column;
    const plan_table *names; int names_column, names_ref;
    const int *folds; int n_folds;    /* indexes into functions.def: trim, squeeze, casefold, nfkc, unaccent */
    mig_unknown unknown; plan_text use;
    plan_set *created; int n_created; /* unknown create { … } */
    plan_alias_value *values; int n_values;
    plan_flow **lists; int n_lists;
    plan_site site;
};

typedef enum plan_merge { PLAN_KEEP, PLAN_FIRST, PLAN_LAST, PLAN_MIN, PLAN_MAX, PLAN_SUM, PLAN_COUNT, PLAN_JOIN, PLAN_LONGEST } plan_merge;
typedef struct plan_merge_rule { plan_merge how; plan_text separator; plan_site site; } plan_merge_rule; /* one a column, in column order */

struct plan_dedup {
    const plan_table *table; int id;
    plan_expr **key; int n_key;       /* over PX_FIELD PLAN_ROW_TABLE */
    bool keep_last; plan_expr *order; /* NULL: source order */
    mig_duplicate action; const char *why;
    plan_merge_rule *merge;           /* n = table->n_columns; MERGE only */
    int *strict; int n_strict;        /* MERGE: columns in which rows must not contradict */
    plan_set *rewrite; int n_rewrite;
    bool late;
    bool keys_known;                  /* late, and look-ups by source rows may have the keys before it is settled */
    plan_site site;
};

/* ---- look-ups in two steps (rings.c) ---- */

/* A look-up that is the whole value of a column, and that may mean a row which is mapped later. */
struct plan_late {
    int id; const plan_key *key;
    const plan_flow *flow; const plan_table *table; int column;
    int source_column;                /* of the flow's source, for the reject's value; -1: none */
    bool not_null;
    plan_handler handler;
    plan_site site;
};

/* Flows whose rows wait for each other: their look-ups are answered in one step, when all of them are mapped. */
typedef struct plan_ring { int id; const plan_flow **flows; int n_flows; plan_site site; } plan_ring;

/* ---- flows ---- */

typedef enum plan_stmt_kind { PLAN_LET, PLAN_SKIP, PLAN_REJECT, PLAN_INTO, PLAN_ENTRY } plan_stmt_kind;

typedef struct plan_stmt {
    plan_stmt_kind kind;
    plan_site site;
    plan_var *var; plan_expr *value;  /* LET; SKIP and REJECT: condition in value (NULL: always) */
    const char *why;                  /* REJECT */
    /* INTO */
    int into;                         /* number in the flow */
    const plan_table *table;
    plan_expr *when;                  /* NULL: always */
    plan_expr *each; plan_var *each_var, *at_var; /* list expression; NULL: none. each_var and at_var may be NULL */
    bool when_first;                  /* `when` does not mention the each variables: tested once before the loop */
    plan_set *sets; int n_sets;       /* one per column that gets a value, in column order (defaults written out) */
    plan_handler refused;             /* the flow's `on error`, for a row that the table refuses (mig_emit): a VALUE here rejects */
    /* ENTRY: of an alias's list */
    const plan_alias *alias; plan_expr *canonical; plan_expr **synonyms; int n_synonyms; /* text or text[] expressions; sets as above */
} plan_stmt;

struct plan_flow {
    const char *name; int id;
    const plan_source_table *source;
    const plan_alias *alias;          /* when it is a list of this alias */
    plan_stmt *stmts; int n_stmts;
    int n_intos;
    const plan_ring *ring;            /* NULL: none of its rows waits for a look-up */
    bool of_star;                     /* a table as it is, into one that was made from it */
    plan_site site;
    bool *uses_cell;                  /* per source column: read by the flow */
};

struct plan_check {
    const char *name; bool before; int phase; bool warn; plan_expr *test; const char *text; plan_site site; int id;
};

/* A query that is timed; source NULL: in the target. */
typedef struct plan_timed { const struct plan_source *source; const char *sql; plan_site site; } plan_timed;
/* vars: the medians that the test reads, named "before", "after", "baseline" */
typedef struct plan_expect { plan_expr *test; const plan_var *vars[3]; int n_vars; bool warn; plan_site site; } plan_expect;
struct plan_measure {
    const char *name; int phase; const plan_timed *before, *after; /* either may be NULL */
    plan_expect *expects; int n_expects; plan_site site; int id;
};

typedef struct plan_step {
    mig_step_kind kind;
    const plan_table *table; const plan_alias *alias; const plan_flow *flow; const plan_dedup *dedup;
    const plan_ring *ring;
    const char *sql, *undo;           /* SQL; undo may be NULL */
    plan_site sql_site;               /* where the text of the SQL begins, behind its dollar signs */
    const char *system; int source;   /* BACKUP: its name, and which source, -1: the target */
    plan_location to;                 /* BACKUP: the folder */
    const char **words; int n_words;  /* RUN: the program and its arguments */
    const char *label;                /* OBJECT: view "totals" */
    const plan_sequence *sequence;
    plan_site site;
} plan_step;

typedef struct plan_phase {
    const char *name; int id; bool implicit, manual;
    bool defers;                      /* rows of tables that refer to each other go in: their references are checked at the end */
    int *after; int n_after;          /* as written and as derived; indexes into plan->phases */
    const plan_check **needs; int n_needs;
    int64_t reject_limit; double reject_share; /* negative: none */
    int64_t commit_every;             /* rows of a chunk; 0: the phase is one transaction */
    plan_step *steps; int n_steps;
    const plan_alias **aliases; int n_aliases;
    const plan_key **lookups; int n_lookups;
    const plan_source_key **source_lookups; int n_source_lookups;
    const plan_key **uniques; int n_uniques;
    plan_site site;
} plan_phase;

typedef struct plan {
    const char *name, *file, *hash;
    plan_source **sources; int n_sources;
    plan_source_table **source_tables; int n_source_tables;
    plan_snapshot **snapshots; int n_snapshots;
    plan_target *target;
    plan_table **tables; int n_tables;
    plan_alias **aliases; int n_aliases;
    plan_dedup **dedups; int n_dedups;
    plan_key **lookups; int n_lookups;
    plan_source_key **source_lookups; int n_source_lookups;
    plan_key **uniques; int n_uniques;
    plan_flow **flows; int n_flows;
    plan_late **lates; int n_lates;
    plan_ring **rings; int n_rings;
    plan_check **checks; int n_checks;
    plan_measure **measures; int n_measures;
    plan_phase **phases; int n_phases; /* in running order */
} plan;

/* The row of functions.def with this index: spelling and C function (compiler/plan/functions.c holds the table for plan and codegen). */

#endif
