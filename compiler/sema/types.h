/*
 * types.h: what may stand for what: assignment, comparison, the type of a mixed expression. Shared by sema, which judges, and by
 * plan, which inserts the conversions.
 */
#ifndef SEMA_TYPES_H
#define SEMA_TYPES_H

#include "compiler/syntax/ast.h"

typedef enum assign_kind {
    ASSIGN_SAME,   /* nothing to do: the C value is the same */
    ASSIGN_WIDEN,  /* a conversion that cannot fail */
    ASSIGN_NARROW, /* a conversion that fails for some values: a length, a range, lost digits */
    ASSIGN_NO      /* not without a function */
} assign_kind;

assign_kind sema_assign(value_type from, value_type to);

/*
 * Of an ASSIGN_NARROW: the numbers of the types say that no value fails (integer to numeric(12,2), numeric(8,2) to numeric(10,4),
 * varchar(3) to char(5)). There is something to do, but nothing to handle.
 */
bool sema_narrow_is_sure(value_type from, value_type to);

/* The type in which two values are compared or become one (case, coalesce); id TYPE_ERROR: none. */
value_type sema_common(value_type a, value_type b);

/* Both have the same C type and the same form, so that only lengths or ranges can differ. */
bool sema_same_storage(value_type a, value_type b);

/*
 * Does another value of `from` always become another value of `to`? Then a key that is carried over tells rows apart there, too. Values
 * that do not fit are refused, which is another matter.
 */
bool sema_keeps_apart(value_type from, value_type to);
/* SQLite keeps whole numbers and texts apart as the language does; of other values it knows only what they are stored as. */
bool sema_sqlite_keeps_apart(value_type t);

bool sema_is_integer(type_id t);
bool sema_is_number(type_id t); /* integers, numeric, real, double */
bool sema_is_text(type_id t);   /* text, varchar, char */

/* The checks have to be silent about it: an error, or not looked at. */
static inline bool sema_is_error(value_type t) { return t.id == TYPE_ERROR || t.id == TYPE_UNKNOWN; }
static inline bool sema_type_equal(value_type a, value_type b) { return a.id == b.id && a.p == b.p && a.s == b.s; }

static inline value_type sema_type(type_id id) { return (value_type){id, -1, -1}; }

/* "varchar(100)", "numeric(10,2)": as a spec spells it, in the arena. */
const char *sema_type_text(arena *a, value_type t);

#endif
