/*
 * sema.h: the checks. One pass over the tree of a whole spec: names, types, nullability, what can fail and who handles it.
 *
 * After sema_check() has returned true, this holds (the plan and everything behind it rely on it):
 *
 * Tree
 *   - There is one migration and at most one target. No ERROR node is left.
 *   - Every TABLE_REF has its sym: TABLE, or of `E.*` the TARGET. A foreign key's ref too. Constraints, indexes, sets, `copy … except`,
 *     merge rules, alias keys name columns that are there, each once. A reference without columns means a primary key that is there.
 *   - Every phase, alias, check that is named is there. `after` has no ring. No table is created or constrained, no alias loaded, twice.
 *   - Every option has one value (null: one or more) of the right kind, is given once, and is one that the engine knows.
 *
 * Expressions (also parts with a type: COLUMN, LET, PARAM, BINDING)
 *   - `type` is a type of the language, never unknown, null or error. A null literal has the type of its context. A text literal has type
 *     text, or the type that its context gave it (a date column = '2024-01-01'): then it has been read once, and cannot fail.
 *   - A number literal is smallint, integer or bigint (digits), numeric (canonical digits, with s digits behind the point in a numeric(p,s)
 *     context), real or double, as its context needs it; it fits. A minus before a number literal has become part of it: `number.text` is "-5".
 *   - `nullable`: can be null here (`is not null` guards around it count). `fallible`: it, or something in it, can fail.
 *   - `why` is set on nodes whose own operation can fail.
 *   - NAME: sym is a COLUMN (of the row in scope), LET, BINDING or PARAM. LOOKUP: sym is ALIAS (one key without path) or TABLE (each key's
 *     path has the column alone or last; key types can be compared with the columns). A look-up without `.col` is of a table with a primary key
 *     of one column.
 *   - CALL: sym is a DEFINE (fn -1), or fn is a row of functions.def, or fn is -1 and the name one of coalesce, nullif, greatest, least.
 *     Arguments go into their declared types by sema_assign SAME or WIDEN (`any->T`: any type that the converter to T takes).
 *     extract(f from x): fn is the row of the field; the arguments stay ('f', x): the row's only argument is the second.
 *   - AT_ZONE: fn is the row of at_zone.
 *   - BINARY: comparisons, `and`, `or`: both sides have sema_common. `+ - * / %`: both go into the node's type, except date + integer,
 *     integer + date, date - integer (type date) and date - date (type integer). `||`: text, text[] or bytea on both sides.
 *   - CASE, coalesce, nullif, greatest, least, IN, BETWEEN: all values go into sema_common of them; CASE has the type of its results.
 *   - A `define` calls itself neither directly nor through others; its e goes into its result type.
 *
 * Flows
 *   - sets: sema_assign(value, column) is not NO, for `copy *` too. What can fail (fallible, a NARROW that is not sure, a nullable value into
 *     a not null column, rules of the table) is handled: by the set's `else`, or by `on error` of the flow. Where neither is there,
 *     nothing can fail. Lists of aliases have an implied `on error reject`.
 *   - Every not null column without default and identity is set. `each` lists are text[]; conditions are boolean.
 */
#ifndef SEMA_H
#define SEMA_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/sema/functions.h"
#include "compiler/sema/types.h"
#include "compiler/syntax/ast.h"

/*
 * Checks the tree of a whole spec and completes it. Everything is allocated in a. False when an error was reported. A tree
 * with syntax errors must not come here.
 */
bool sema_check(arena *a, diag *d, const src_map *src, ast_node *file);

/* ---- questions about a TABLE node; they need no pass -------------------------------------------------------------- */

/* A rule that no two rows agree in these columns: primary key, unique constraint or unique index. */
typedef struct sema_key {
    const ast_node *node;       /* CONSTRAINT or INDEX */
    bool primary;
    const ast_node **columns;   /* COLUMN nodes */
    int n_columns;
} sema_key;

typedef struct sema_keys {
    sema_key *at;
    int n;
} sema_keys;

/* -1 or NULL: there is none. Of two columns with one name the first. */
int sema_column_index(const ast_node *table, const char *name);
ast_node *sema_column(const ast_node *table, const char *name);

/* The column constraint of that kind, or NULL. */
const ast_node *sema_column_constraint(const ast_node *column, ast_constraint_kind what);

/* `not null`, identity, serial, or part of the primary key. */
bool sema_not_null(const ast_node *table, const ast_node *column);
bool sema_is_identity(const ast_node *column);
const ast_node *sema_identity(const ast_node *table);      /* COLUMN or NULL */
const ast_node *sema_default(const ast_node *column);      /* the default's expression, or NULL */

/* Primary key first, then in the order of the text; columns that are not there are passed over. */
sema_keys sema_unique_rules(arena *a, const ast_node *table);
/* The primary key's columns; n 0 when there is none. */
sema_key sema_primary_key(arena *a, const ast_node *table);
/* The column of a primary key of one column, or NULL. */
const ast_node *sema_primary_column(arena *a, const ast_node *table);

/*
 * A foreign key: the columns of this table and the ones they refer to. `column` is the COLUMN that the constraint stands at, or
 * NULL for a table constraint. False when it is broken (and that has been said).
 */
typedef struct sema_reference {
    const ast_node *table;      /* referred to */
    const ast_node **from, **to;
    int n;
} sema_reference;
bool sema_reference_of(arena *a, const ast_node *table, const ast_node *column, const ast_node *constraint, sema_reference *out);

#endif
