/*
 * inside.h: private to compiler/sema: the state of sema_check() and what its files offer each other.
 *
 * Reporting functions return false. A function that types an expression leaves TYPE_ERROR in it when it has reported something
 * (or when an operand has it): everything above then stays silent.
 */
#ifndef SEMA_INSIDE_H
#define SEMA_INSIDE_H

#include "compiler/base/symtab.h"
#include "compiler/sema/sema.h"

/* What is known of a `define`. */
typedef struct define_state {
    const ast_node *node;
    enum { DEFINE_NEW, DEFINE_BEGUN, DEFINE_DONE } state;
    bool nullable_of_values; /* null is possible even when no argument is null */
    bool nullable;           /* null is possible when an argument is */
    unsigned asked;          /* of env_allow: what its expression makes use of */
    int depth;               /* definitions in one another, itself counted */
    double size;             /* parts of its expression with all definitions in it written out, parameters not counted, */
    double *uses;            /*   and how often each parameter stands in it */
} define_state;

typedef struct sema {
    arena *a;
    diag *d;
    const src_map *src;
    ast_node *file;
    scope *systems;  /* SOURCE and TARGET */
    scope *missing;  /* names of sources and targets that are not there: each is told once */
    scope *aliases;
    scope *phases;
    scope *checks;
    scope *measures;
    scope *defines;
    define_state *define_states;
    int n_define_states, cap_define_states;
    ast_node *target; /* the TARGET, or NULL */
    bool is_silent;  /* no warnings: an expression is gone through once more */
} sema;

static inline bool type_is_text(value_type t) { return sema_is_text(t.id); }

/* ---- what an expression sees ------------------------------------------------------------------------------------ */

typedef enum env_allow {
    ALLOW_LOOKUPS = 1, /* network[x], app.t[c = x] */
    ALLOW_ROWS = 2,    /* count(t), rejected(s), … */
    ALLOW_SOURCE = 4   /* row_number() and the like: there is a source row */
} env_allow;

typedef struct env {
    const char *place;     /* "a check constraint": for messages */
    unsigned allow;        /* of env_allow */
    ast_node *table;       /* whose row is at hand: bare names are its columns; or NULL */
    const char *row;       /* what the row is called: s in s.a; or NULL */
    bool is_source;        /* the row comes from a source */
    scope *vars;           /* LET, BINDING, PARAM; or NULL */
    unsigned asked;        /* of env_allow: what has been made use of */
    const ast_node *flow;  /* whose items these are; or NULL */
    const char *hint;      /* what to say when a name is not there; or NULL */
    const ast_node **known; /* declarations that cannot be null here */
    int n_known, cap_known;
} env;

/* ---- names.c: declarations and references to them ----------------------------------------------------------------- */

/* Fills the scopes; reports what is declared twice or missing. */
void names_declare(sema *s);
/* Warns of declarations that nothing uses. */
void names_unused(sema *s);

typedef enum ref_want { REF_SOURCE, REF_TARGET, REF_ANY } ref_want;
/*
 * Finds what a TABLE_REF means and sets its sym: a TABLE, or for `E.*` (if all_allowed) its system. NULL: reported. `what` completes
 * "… reads from": words for messages.
 */
ast_node *names_table(sema *s, ast_node *ref, ref_want want, bool all_allowed);
/* The system whose table it is. */
ast_node *names_system_of(const sema *s, const ast_node *table);
bool names_is_source(const sema *s, const ast_node *table);
/*
 * A value of this source column may turn out not to be one of its type: in a CSV file all is text, in a SQLite table a column may hold
 * anything. PostgreSQL keeps its word, which the preflight compares with the spec's. The preflight also looks at a primary key that is
 * declared: whole numbers are whole numbers there.
 */
bool names_may_misread(const sema *s, const ast_node *table, const ast_node *column);
/* The column, or NULL: reported (unless the table is in error). */
ast_node *names_column(sema *s, const ast_node *table, ast_name name);
/* A declaration of one of the scopes; NULL: reported as `unknown WHAT "name"`. */
ast_node *names_find(sema *s, const scope *in, ast_name name, diag_id id, const char *what);

/* ---- text.c: words for messages ----------------------------------------------------------------------------------- */

/* The spec's text there on one line, at most about 50 characters. */
const char *text_of(sema *s, span at);
const char *text_type(sema *s, value_type t);
/* "a date", "an integer", "text": what a value of the type is. */
const char *text_a(value_type t);
/* The same without "a": "date", "integer". */
const char *text_noun(value_type t);
/* `"a", "b" and "c"`; more than `most` names end in `and 3 more`. */
const char *text_names(sema *s, const char *const *names, int n, int most);
/*
 * How to write the expression so that it has the other type: "date(s.d)"; NULL: there is no way worth telling.
 */
const char *text_mend(sema *s, const char *e, value_type from, value_type to);
/* The same for an expression: of the value in a conversion rather than of the conversion. */
const char *text_mend_of(sema *s, const ast_node *e, value_type to);
/* Reports that a value of one type stands where another is needed, with the mend as hint. `what`: `"born" is`, `a pattern is`. */
bool text_mismatch(sema *s, const ast_node *e, value_type to, const char *what);

/* ---- constants.c: literals through the runtime's own code ----------------------------------------------------------- */

/* True when text is a value of the type; else `why` (n bytes) says what is wrong with it. */
bool constant_reads(value_type t, const char *text, char *why, size_t n);
/* The text after the operations of an alias, in the arena; NULL when they leave nothing. */
const char *constant_fold(arena *a, const ast_names *match, const char *text);
bool constant_is_match(const char *operation);
/* Why argument `arg` of function row `fn` must not be this constant; false: it may. */
bool constant_refused(int fn, int arg, const char *value, char *why, size_t n);
bool constant_like_refused(const char *pattern, const char *escape, char *why, size_t n);
bool constant_replacement_refused(const char *pattern, const char *with, char *why, size_t n);
/* The same for the group that regex_extract() takes out (pattern NULL: it is not known). */
bool constant_group_refused(const char *pattern, long long group, char *why, size_t n);
/* A call of function row `fn` with constants, each as its digits or its text: what would become of it. */
typedef enum constant_outcome { CONSTANT_UNKNOWN, CONSTANT_WORKS, CONSTANT_FAILS } constant_outcome;
constant_outcome constant_call(int fn, const char *const *args, int n_args, char *why, size_t n);
/* Characters, not bytes. */
int constant_length(const char *text);

/* ---- literals.c: constants and the types that their contexts give them ------------------------------------------------ */

bool literal_is(const ast_node *e); /* null, text, number, true, false */
void literal_type(sema *s, ast_node *e); /* the type it has by itself */
/*
 * Gives the literals in e (itself, or the results of case, coalesce and the like) the type of their context, and e with them. False
 * when one of them is no value of that type (reported; e is in error then). An expression without literals stays as it is.
 */
bool literal_adopt(sema *s, ast_node *e, value_type to);
/*
 * The common type of several expressions, literals adapting to the others; TYPE_ERROR: there is none (reported at one of them, `why`
 * completes "a is text and b is integer: …") or something is in error. Nulls alone become texts.
 */
value_type literal_unify(sema *s, ast_node **e, int n, const char *why);
#define CANNOT_COMPARE "they cannot be compared"
/* A null that no context has given a type becomes a text. */
void literal_settle(sema *s, ast_node *e);
/* The value of an integer literal. */
bool literal_integer(const ast_node *e, long long *out);
bool literal_is_zero(const ast_node *e);

/* ---- expr.c, scopes.c, calls.c, defines.c, lookups.c, rows.c: types of expressions ------------------------------------------------------------- */

void expr_check(sema *s, env *v, ast_node *e);
/* A condition: boolean, or reported. `what`: `"skip when" takes a condition`. */
void expr_condition(sema *s, env *v, ast_node *e, const char *what);
/* Marks the declarations that cannot be null where e is true (or where it is not true, with sense false). */
void expr_learn(sema *s, env *v, const ast_node *e, bool sense);
bool expr_is_error(const ast_node *e);
/* Sets TYPE_ERROR. Returns false. */
bool expr_fail(ast_node *e);
/* Notes that the node's own operation can fail, and why. */
void expr_can_fail(sema *s, ast_node *e, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Takes nullable and fallible over from a part. */
void expr_takes(ast_node *e, const ast_node *part);

void scopes_name(sema *s, env *v, ast_node *e);
void calls_check(sema *s, env *v, ast_node *e);
void calls_at_zone(sema *s, env *v, ast_node *e);
void defines_check(sema *s); /* all `define`s, also those that nothing calls */
/* A call of one; its arguments are typed. False: reported. */
bool defines_call(sema *s, const env *v, ast_node *e, ast_node *define);
void lookups_check(sema *s, env *v, ast_node *e);
void rows_check(sema *s, env *v, ast_node *e); /* count, every, unique, rejected, refers, sql */

/* ---- failures.c: what can fail, and who handles it -------------------------------------------------------------------- */

enum { MOST_REASONS = 3 };
typedef struct reasons {
    const char *at[MOST_REASONS];
    int n;
} reasons;

/* Who takes care of failures around an expression. */
typedef struct handling {
    bool has_on_error;      /* the flow says `on error`, or it is implied */
    ast_on_error on_error;
    bool may_skip;          /* `else skip` and `else reject` mean something here */
    const char *mend;       /* the hint where nobody takes care: a sentence */
    const char *mend_into;  /* the same for an into that its table can refuse */
} handling;

void reasons_add(reasons *r, const char *why);
/* Everything in e that can fail. */
void reasons_collect(reasons *r, const ast_node *e);
const char *reasons_text(sema *s, const reasons *r);

/* The value of a column: typed, fits (or is refused), its failures handled (or reported). The handler may be NULL. */
void failures_set(sema *s, env *v, const handling *h, const ast_node *table, const ast_node *column, ast_node *e,
                  ast_node *handler);
/* An expression whose failures go to the flow: conditions, lists, lets. `what`: "this condition"; mend: one of h's. */
void failures_loose(sema *s, const handling *h, const ast_node *e, const char *what, const char *mend);
/* Rules of putting a value of e's type into a column, beyond e's own: lengths, ranges, null, choices. False: it does not fit at all. */
bool failures_of_column(sema *s, const ast_node *table, const ast_node *column, ast_node *e, reasons *r);

/* ---- contradictions.c: constants that a check refuses ---------------------------------------------------------------- */

/* The value is, or gives, no constant that the checks of its column refuse (so far as they have been looked at); else reported. */
bool contradictions_check(sema *s, const ast_node *table, const ast_node *column, const ast_node *e);

/* ---- one file a declaration ------------------------------------------------------------------------------------------- */

void options_check(sema *s, ast_node *system);
/* A LOCATION that is a folder. what: "backups", for messages. */
void options_folder(sema *s, const ast_node *at, const char *what);

/* ---- sqltext.c -------------------------------------------------------------------------------------------------------- */

/* SQL between dollar signs: there is some, and none of it begins or ends a transaction. False: reported. */
bool sqltext_check(sema *s, ast_text sql);
/* The type that a TYPE node means, or TYPE_ERROR (reported). */
value_type schema_type(sema *s, const ast_node *type);
/* The columns that a constraint or an index names are there, each once. `what`: "the primary key". */
void schema_listed(sema *s, const ast_node *table, const ast_names *names, const char *what);
void relations_indexes(sema *s, const ast_node *table);
void relations_references(sema *s, const ast_node *table);
void schema_check(sema *s);      /* columns, keys, references of all tables */
void schema_rules(sema *s);      /* their checks and defaults: these are expressions */
void alias_heads(sema *s);       /* tables and columns of aliases, before expressions look them up */
void alias_bodies(sema *s);
void dedup_heads(sema *s);
void dedup_bodies(sema *s);
/* The dedup of a table, or NULL. */
const ast_node *dedup_of(const sema *s, const ast_node *table);
/* No two rows of the table agree in these columns: by a constraint, or by its dedup. */
/* The same by the dedup alone. */
bool dedup_covers(const sema *s, const ast_node *table, const ast_node *const *columns, int n);
bool dedup_makes_unique(sema *s, const ast_node *table, const ast_node *const *columns, int n);
void flows_check(sema *s);       /* all flows, in phases and outside */
/*
 * Reports what the table can have against a row as a whole, when nobody takes care of it. set: per column, what gives its value, or
 * NULL.
 */
void refusals_check(sema *s, const handling *h, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set);
/*
 * The source table declares a primary key, and all of it goes unchanged into columns of this key of the target's table, which nothing else
 * writes: no two rows can agree there.
 */
bool source_keys_hold(sema *s, const ast_node *source, const ast_node *into, const ast_node *table, const ast_node **set, const sema_key *k);
void phases_check(sema *s);
/* There is (or will be) a phase of that name; else reported. */
bool phases_find(sema *s, ast_name name);
void chunks_check(sema *s);      /* phases that commit every so many rows */
void checks_check(sema *s);
void measures_check(sema *s);

/* Calls fn for each flow, with the phase it stands in (NULL: none). */
void flows_each(sema *s, void (*fn)(sema *s, ast_node *flow, ast_node *phase, void *ctx), void *ctx);

#endif
