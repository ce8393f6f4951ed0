/*
 * ast.h: the tree of a .mig spec, as the grammar builds it and sema completes it. The contract between grammar, sema and plan.
 *
 * A node is a common head (kind, place, what sema found out) and one member of an anonymous union, named in nodes.def.
 * Everything lives in the compilation's arena. After parsing only sema writes, and only the fields marked "sema".
 * There are no parent pointers. Text is UTF-8 without NUL, terminated. An absent optional node is NULL, an absent
 * optional name has text == NULL, an absent list has n == 0.
 *
 * To switch over all kinds of one class without naming the others (the build demands complete switches):
 *     switch (ast_expr(e)) { case EXPR_NAME: … }         likewise ast_decl, ast_step, ast_item
 */
#ifndef MIGC_AST_H
#define MIGC_AST_H

#include <stdbool.h>
#include <stddef.h>

#include "compiler/base/arena.h"
#include "compiler/base/source.h"

/* ---- kinds -------------------------------------------------------------------------------------------------- */

typedef enum ast_kind {
#define AST_DECL(id, name, member) AST_##id,
#define AST_DECL_STEP(id, name, member) AST_##id,
#define AST_STEP(id, name, member) AST_##id,
#define AST_ITEM(id, name, member) AST_##id,
#define AST_EXPR(id, name, member) AST_##id,
#define AST_PART(id, name, member) AST_##id,
#include "compiler/syntax/nodes.def"
    AST_KIND_COUNT
} ast_kind;

typedef enum ast_decl_kind {
#define AST_DECL(id, name, member) DECL_##id = AST_##id,
#define AST_DECL_STEP(id, name, member) DECL_##id = AST_##id,
#include "compiler/syntax/nodes.def"
} ast_decl_kind;

typedef enum ast_step_kind {
#define AST_DECL_STEP(id, name, member) STEP_##id = AST_##id,
#define AST_STEP(id, name, member) STEP_##id = AST_##id,
#include "compiler/syntax/nodes.def"
} ast_step_kind;

typedef enum ast_item_kind {
#define AST_ITEM(id, name, member) ITEM_##id = AST_##id,
#include "compiler/syntax/nodes.def"
} ast_item_kind;

typedef enum ast_expr_kind {
#define AST_EXPR(id, name, member) EXPR_##id = AST_##id,
#include "compiler/syntax/nodes.def"
} ast_expr_kind;

/* ---- types of values ------------------------------------------------------------------------------------------ */

/* The rows of runtime/types.def, in its order, between three of the compiler's own. */
typedef enum type_id {
    TYPE_UNKNOWN, /* sema has not been here */
    TYPE_ERROR,   /* something is wrong and has been said; every operation on it is silent */
    TYPE_NULL,    /* the literal null, or text that no context has typed yet: fits every type */
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) TYPE_##id,
#include "runtime/types.def"
#undef MIG_TYPE
    TYPE_COUNT
} type_id;

typedef struct value_type {
    type_id id;
    int p, s; /* varchar(p), char(p), numeric(p,s); -1 where there is none */
} value_type;

/* ---- small parts ---------------------------------------------------------------------------------------------- */

typedef struct ast_node ast_node;

typedef struct ast_list {
    ast_node **at;
    int n;
} ast_list;

/* An identifier where it is written. */
typedef struct ast_name {
    const char *text; /* without quotes, "" undoubled; NULL: not there */
    span at;          /* with its quotes */
    bool quoted;
} ast_name;

typedef struct ast_names {
    ast_name *at;
    int n;
} ast_names;

/* A text literal, or raw text between $$, where it is written. */
typedef struct ast_text {
    const char *text; /* without quotes; NULL: not there */
    span at;
} ast_text;

typedef struct ast_texts {
    ast_text *at;
    int n;
} ast_texts;

typedef enum ast_op {
    OP_OR, OP_AND, OP_NOT,
    OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE,
    OP_CONCAT, OP_ADD, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_NEG,
    OP_COUNT
} ast_op;

typedef enum ast_on_error { ON_REJECT, ON_SKIP, ON_NULL, ON_ABORT } ast_on_error;

typedef enum ast_handler_kind {
    HANDLE_SKIP,   /* else skip */
    HANDLE_NULL,   /* else null */
    HANDLE_REJECT, /* else reject ['why'] */
    HANDLE_ABORT,  /* else abort */
    HANDLE_VALUE   /* else e */
} ast_handler_kind;

typedef enum ast_is { IS_NULL, IS_TRUE, IS_FALSE } ast_is;

typedef enum ast_constraint_kind {
    CON_AS,          /* as 'interval': what the column is in PostgreSQL, when the rows are in */
    CON_CHECK,       /* check (e) */
    CON_DEFAULT,     /* default e */
    CON_FOREIGN_KEY, /* references T [(col)]; foreign key (a, b) references T [(c, d)] */
    CON_IDENTITY,    /* identity; generated always|by default as identity */
    CON_NOT_NULL,    /* not null */
    CON_NULL,        /* null */
    CON_PRIMARY_KEY, /* primary key; primary key (a, b) */
    CON_UNIQUE       /* unique; unique (a, b) */
} ast_constraint_kind;

typedef enum ast_fk_action {
    FK_UNSAID,
    FK_NO_ACTION,
    FK_RESTRICT,
    FK_CASCADE,
    FK_SET_NULL,
    FK_SET_DEFAULT
} ast_fk_action;

typedef enum ast_deferrable { DEFER_UNSAID, DEFER_MAY, DEFER_DOES } ast_deferrable;
typedef enum ast_object { OBJECT_BEFORE, OBJECT_AFTER, OBJECT_REJECT } ast_object; /* made before the tables, after the load; not to be carried */
typedef enum ast_unknown { UNKNOWN_UNSAID, UNKNOWN_REJECT, UNKNOWN_NULL, UNKNOWN_USE, UNKNOWN_CREATE } ast_unknown;
typedef enum ast_keep { KEEP_UNSAID, KEEP_FIRST, KEEP_LAST } ast_keep;
typedef enum ast_duplicate { DUP_UNSAID, DUP_DROP, DUP_REJECT, DUP_MERGE, DUP_REWRITE } ast_duplicate;
typedef enum ast_tally { TALLY_REJECTED, TALLY_SKIPPED, TALLY_MERGED } ast_tally;

/* ---- the node --------------------------------------------------------------------------------------------------- */

struct ast_node {
    ast_kind kind;
    span at;   /* from its first to its last token */
    int depth; /* levels below it: 0 for a leaf */

    /* sema: expressions (and the parts that have a type: columns, lets, parameters, bindings) */
    value_type type;
    bool nullable;       /* can be null */
    bool fallible;       /* can fail, itself: not counting what a handler inside it takes care of */
    bool used;           /* declarations: something refers to it */
    int fn;              /* CALL: row of runtime/functions.def; -1: none, or a `define` (then sym) */
    const ast_node *sym; /* the declaration meant: of a name COLUMN, LET, BINDING or PARAM; of a look-up ALIAS or TABLE;
                            of a call DEFINE; of a table reference TABLE (of `E.*` the SOURCE or TARGET) */
    const char *why;     /* short words, what can fail: `"x" may be no date` */

    union {
        /* -- the whole -- */

        /* A spec with its includes: declarations of all files in the order in which they are read. */
        struct { ast_list decls; } file;

        /* -- declarations -- */

        /* migration NAME; */
        struct { ast_name name; } migration;
        /* include 'path'; what it brought in follows it in file.decls */
        struct { ast_text path; } include;
        /* source|target NAME ENGINE LOCATION { options (…); table …; }   snapshot ENGINE { … } */
        struct {
            ast_name name;
            ast_name engine;     /* csv, sqlite, postgres, or what the user wrote */
            ast_node *location;  /* LOCATION */
            ast_list options;    /* OPTION */
            ast_list tables;     /* TABLE */
            ast_list stars;      /* STAR; compiler/catalog makes tables of them before sema */
            ast_list objects;    /* SEQUENCE, OBJECT: of a snapshot, and of the target that is made from one */
            const ast_node *snapshot; /* catalog: what the star of a source stands for, SNAPSHOT; of a target: the SOURCE it is made from */
        } system;
        /* alias NAME { … } */
        struct {
            ast_name name;
            ast_node *table;        /* table E.T (key): TABLE_REF; NULL when it is left out (sema's error) */
            ast_name key;           /*   column with the canonical text */
            ast_node *names;        /* names E.T (col, ref): TABLE_REF or NULL */
            ast_name names_key;     /*   column with the synonym */
            ast_name names_ref;     /*   column that refers to the canonical row */
            ast_names match;        /* match trim, squeeze, …: operations in order */
            ast_list lists;         /* ALIAS_LIST: from … */
            ast_list values;        /* ALIAS_VALUE: value … */
            ast_unknown unknown;    /* unknown … */
            span unknown_at;        /*   that statement */
            ast_text unknown_use;   /*   use 'X' */
            ast_list unknown_sets;  /*   create { SET… } */
        } alias;
        /* dedup E.T by e, or by (e, …) { keep …; duplicate …; } */
        struct {
            ast_node *table;        /* TABLE_REF */
            ast_list keys;          /* expressions over the table's columns */
            ast_keep keep;
            span keep_at;           /* that statement */
            ast_node *keep_by;      /* keep first by e; or NULL */
            ast_duplicate duplicate;
            span duplicate_at;      /* that statement */
            ast_text why;           /* duplicate reject 'why' */
            ast_list rules;         /* merge: MERGE_RULE; rewrite: SET */
            bool strict;            /* merge strict: rows that contradict in a column without a rule end the phase */
        } dedup;
        /* phase NAME attributes { steps } */
        struct {
            ast_name name;
            ast_names after;
            bool manual;
            ast_texts requires;     /* names of checks */
            bool has_limit;         /* reject limit N, or N% */
            bool limit_percent;
            ast_text limit;         /* the number as written */
            ast_text every;         /* commit every N rows: the number as written, or not there */
            ast_list steps;         /* CREATE, CONSTRAIN, LOAD, SQL, BACKUP, RUN, FLOW */
        } phase;
        /* from S.T [as a] { items }; also the short forms `from S.T into E.T { … }` and `from S.T into E.T;` (one INTO) */
        struct {
            ast_node *from;         /* TABLE_REF */
            ast_node *row;          /* BINDING: the name of the source row, or NULL (then the table's name) */
            ast_list items;         /* ON_ERROR, LET, SKIP_WHEN, REJECT_WHEN, INTO */
            bool of_star;           /* catalog: made of `from S.* into T.*`, or of nothing */
        } flow;
        /* check 'name' before|after PHASE : e [else warn]; */
        struct {
            ast_text name;
            bool before;
            ast_name phase;
            ast_node *e;
            bool warn;
        } check;
        /* measure 'name' [after PHASE] { items } */
        struct {
            ast_text name;
            ast_name phase;         /* or not there: the last phase that is not manual */
            ast_list items;         /* TIMED, EXPECT, in order */
        } measure;
        /* define f(x type, …) type = e; */
        struct {
            ast_name name;
            ast_list params;        /* PARAM */
            ast_node *result;       /* TYPE */
            ast_node *e;
        } define;

        /* -- steps -- */

        /* create E.*, E.t;   constrain E.*, E.t; */
        struct { ast_list refs; } tables;  /* TABLE_REF */
        /* load A, B; */
        struct { ast_names names; } load;
        /* sql E $$ … $$ [undo $$ … $$];   as a step, and inside a check as a test (SQL_TEST), without undo */
        struct { ast_name target; ast_text text; ast_text undo; } sql;
        /* backup NAME to 'dir'; */
        struct { ast_name system; ast_node *to; } backup; /* LOCATION */
        /* run 'program', 'argument', …; */
        struct { ast_texts words; } run;

        /* -- items of a flow -- */

        /* on error reject|skip|null|abort; */
        struct { ast_on_error action; } on_error;
        /* let n = e [else h]; */
        struct { ast_name name; ast_node *e; ast_node *handler; } let;
        /* skip when e; */
        struct { ast_node *when; } skip;
        /* reject 'why' [when e]; */
        struct { ast_text why; ast_node *when; } reject;
        /* into E.T [each v [at pos] in e] [when e] { sets }   (`into E.T;` is { copy *; }) */
        struct {
            ast_node *table;        /* TABLE_REF */
            ast_node *each;         /* BINDING: one element, or NULL */
            ast_node *pos;          /* BINDING: its position from 1, or NULL */
            ast_node *in;           /* the list, with `each` */
            ast_node *when;         /* or NULL */
            ast_list sets;          /* SET, COPY, in order */
        } into;

        /* -- parts -- */

        /* 'text' | env 'VAR' [default 'text'] */
        struct { ast_text text; ast_text env; ast_text fallback; } location;
        /* one of options (…): `null '', 'N/A'` `trim on` `skip 2`; values as written, texts without quotes */
        struct { ast_name name; ast_list values; } option;  /* TEXT, NUMBER, NAME of one part */
        /* table NAME [file 'glob'] [options(…)] (columns)   query NAME $$ … $$ (columns)   in a source
           [existing] table NAME (columns, constraints) {index …}   in a target */
        struct {
            bool existing;
            ast_name name;
            ast_text file;          /* CSV source: file name or pattern */
            ast_text query;         /* source: SQL whose answer is the table's rows */
            ast_list options;       /* OPTION */
            ast_list columns;       /* COLUMN */
            ast_list constraints;   /* CONSTRAINT, of the table */
            ast_list indexes;       /* INDEX */
            ast_list tail;          /* SQL: statements for PostgreSQL when the rows are in */
        } table;
        /* NAME TYPE constraints */
        struct { ast_name name; ast_node *type; ast_list constraints; } column;
        /* varchar(100), double precision, text[], enum('a', 'b'): `id` is TYPE_UNKNOWN when there is no such type */
        struct {
            type_id id;
            ast_name name;          /* spelling, words joined by one blank: "double precision" */
            int p, s;               /* numbers in parentheses, -1: none */
            bool serial;            /* serial, bigserial, smallserial: an identity that may be given */
            ast_texts values;       /* enum(…); id is TEXT */
        } type_name;
        /* [constraint NAME] primary key | unique | … of a column or of a table */
        struct {
            ast_constraint_kind what;
            ast_name name;
            ast_names columns;      /* of a table constraint: the columns it is over */
            ast_node *e;            /* check, default */
            ast_node *ref;          /* foreign key: TABLE_REF without a system, TABLE */
            ast_names ref_columns;  /* foreign key: n == 0 means the primary key */
            ast_fk_action on_delete, on_update;
            bool always;            /* identity: generated always */
            ast_deferrable deferrable; /* foreign key */
            ast_text sql;           /* identity: options of its sequence; as: the type in PostgreSQL */
        } constraint;
        /* [unique] index [NAME] [using METHOD] (columns) */
        struct { bool unique; ast_name name; ast_name method; ast_list columns; } index;
        struct { ast_name name; bool desc; } index_column;
        /* E.T, E.*, or T alone where only one system can be meant */
        struct { ast_name system; ast_name table; bool all; } table_ref;
        /* a name that stands for a row or an element: `as s`, `each g`, `at pos` */
        struct { ast_name name; } binding;
        /* else skip|null|reject ['why']|abort|e */
        struct { ast_handler_kind what; ast_text why; ast_node *e; } handler;
        /* table * [except a, b] [snapshot 'file'];   in a target: table * [except a, b] from SOURCE; */
        struct { ast_names except; ast_text snapshot; ast_name from; } star;
        /* sequence NAME [$$ options $$]; */
        struct { ast_name name; ast_text sql; } sequence;
        /* sql before|after 'view totals' $$ … $$;   reject 'table x' 'why'; */
        struct { ast_object what; ast_text label; ast_text text; } object;
        /* col = e [else h]; */
        struct { ast_name col; ast_node *e; ast_node *handler; } set;
        /* copy * [except a, b]; */
        struct { ast_names except; } copy;
        /* from S.T as n: e [also e, …] [{ sets }];   in an alias */
        struct {
            ast_node *from;         /* TABLE_REF */
            ast_node *row;          /* BINDING or NULL */
            ast_node *e;            /* canonical text */
            ast_list also;          /* synonyms: texts or lists of texts */
            ast_list sets;          /* SET */
        } alias_list;
        /* value 'Canonical' [also 'syn', …] [{ sets }]; */
        struct { ast_text canonical; ast_texts also; ast_list sets; } alias_value;
        /* col = rule;   col = rule(arg); */
        struct { ast_name col; ast_name rule; ast_node *arg; } merge_rule;
        /* before|after E $$ … $$;   in a measure */
        struct { bool before; ast_name system; ast_text sql; } timed;
        /* expect e [else warn]; */
        struct { ast_node *e; bool warn; } expect;
        /* NAME TYPE of a define */
        struct { ast_name name; ast_node *type; } param;
        /* when e then e */
        struct { ast_node *when; ast_node *then; } when;
        /* col = e, or e alone, between brackets */
        struct { ast_names path; ast_node *e; } lookup_key; /* path: col, or src.table.col; n == 0: e alone */

        /* -- expressions -- */

        /* what could not be read; a message has been given */
        struct { int unused; } error;
        struct { int unused; } null;
        struct { bool value; } boolean;
        /* 12, 1.50, 1e6: as written */
        struct { const char *text; bool is_integer; } number;
        struct { const char *text; } text;
        /* a, s.a, app.t.a: one to three parts */
        struct { ast_names path; } name;
        /* -e, not e */
        struct { ast_op op; ast_node *e; } unary;
        struct { ast_op op; ast_node *left, *right; span op_at; } binary;
        /* e is [not] null|true|false */
        struct { ast_node *e; ast_is what; bool negated; } is;
        /* e [not] between low and high */
        struct { ast_node *e, *low, *high; bool negated; } between;
        /* e [not] in (e, …) */
        struct { ast_node *e; ast_list items; bool negated; } in;
        /* e [not] like|ilike pattern [escape e] */
        struct { ast_node *e, *pattern, *escape; bool ignore_case, negated; } like;
        /* case [e] when … then … [else e] end */
        struct { ast_node *e; ast_list whens; ast_node *otherwise; } cases; /* WHEN */
        /* f(e, …); extract(field from e) is extract('field', e) */
        struct { ast_name name; ast_list args; } call;
        /* e at [time] zone e */
        struct { ast_node *e, *zone; } at_zone;
        /* ALIAS[e]   E.T[col = e, …][.col]   E.T[S.U.col = e] */
        struct {
            ast_names path;         /* one or two parts */
            ast_list keys;          /* LOOKUP_KEY */
            ast_name col;           /* or not there: the primary key */
        } lookup;

        /* -- expressions of checks only -- */

        /* count(T [as a: e])   every T as a: e */
        struct { ast_node *table; ast_node *row; ast_node *e; } rows; /* TABLE_REF, BINDING or NULL, or NULL */
        /* rejected(S.T) skipped(S.T) merged(E.T) */
        struct { ast_tally what; ast_node *table; } tally;
        /* unique(T, e, …) */
        struct { ast_node *table; ast_list keys; } unique;
        /* refers(E.T.c, E.U.d) */
        struct { ast_node *from, *to; ast_name from_col, to_col; } refers; /* TABLE_REFs and columns */
    };
};

static inline ast_expr_kind ast_expr(const ast_node *n) { return (ast_expr_kind)n->kind; }
static inline ast_decl_kind ast_decl(const ast_node *n) { return (ast_decl_kind)n->kind; }
static inline ast_step_kind ast_step(const ast_node *n) { return (ast_step_kind)n->kind; }
static inline ast_item_kind ast_item(const ast_node *n) { return (ast_item_kind)n->kind; }

/* ---- building and walking ------------------------------------------------------------------------------------- */

/* A node of that kind, everything else zero (p, s and fn are -1). Never NULL. */
ast_node *ast_new(arena *a, ast_kind kind, span at);

/* Appends a node (NULL is passed over), a name, a text; the array doubles in the arena. */
void ast_list_add(arena *a, ast_list *list, ast_node *n);
void ast_names_add(arena *a, ast_names *list, ast_name name);
void ast_texts_add(arena *a, ast_texts *list, ast_text text);

/* "alias", "binary", … as in nodes.def. */
const char *ast_kind_name(ast_kind kind);
bool ast_is_expr(const ast_node *n);

/* "=", "and", "||", …: the operator as it is written. */
const char *ast_op_text(ast_op op);

/* Calls fn for each child that is there, in the order of the source text. Absent nodes are passed over. */
typedef void ast_visit(ast_node *child, void *ctx);
void ast_children(ast_node *n, ast_visit *fn, void *ctx);

/* Same tree: kinds, names, texts and order; places and what sema wrote do not count. Either may be NULL. */
bool ast_equal(const ast_node *a, const ast_node *b);

/* ---- types ------------------------------------------------------------------------------------------------------ */

/*
 * The type that is spelled so ("int8", "character varying", "timestamp with time zone"; case of ASCII letters does not matter),
 * or TYPE_UNKNOWN.
 */
type_id type_by_name(const char *spelling);
/* serial, bigserial, smallserial and their kin: integers that are identities. */
bool type_is_serial(const char *spelling);
/* "varchar", "text[]", … as the language page spells it; "null" and "error" for the compiler's own. */
const char *type_spelling(type_id id);
/* The i-th spelling that type_by_name knows, for "did you mean"; NULL past the end. */
const char *type_spelling_at(int i);

#endif
