/*
 * symtab.h: names and what they mean, in nested scopes; and the nearest name to a misspelt one.
 *
 * Scopes live in an arena. A scope keeps its symbols in the order they were added. Names are compared
 * byte for byte.
 */
#ifndef COMPILER_BASE_SYMTAB_H
#define COMPILER_BASE_SYMTAB_H

#include "compiler/base/source.h"

typedef struct symbol {
    const char *name;
    int kind;            /* the caller's own enumeration */
    void *what;          /* the thing the name means */
    span at;             /* its declaration */
    bool is_used;        /* for "unused" warnings; the caller sets it */
    struct symbol *next; /* in the order of the scope */
} symbol;

typedef struct scope scope;

/* A new scope inside `parent` (NULL: outermost). */
scope *scope_create(arena *a, scope *parent);

/* Adds a name (not copied) and returns its symbol. If this very scope has the name already, nothing
   is added, NULL is returned and *earlier (may be NULL) gets the symbol that is there. */
symbol *scope_add(scope *s, const char *name, int kind, void *what, span at, symbol **earlier);

/* The symbol of a name here, or here and in the scopes around; NULL if there is none. */
symbol *scope_find_here(const scope *s, const char *name);
symbol *scope_find(const scope *s, const char *name);

/* The first symbol of a scope; go on by ->next. */
symbol *scope_first(const scope *s);
scope *scope_parent(const scope *s);

/* The visible name nearest to `name`, or NULL if none is near enough to be meant. */
const char *scope_nearest(const scope *s, const char *name);

/*
 * The same for names that are in no scope: offer each candidate, then read ->best.
 * Of equally near names the first offered wins.
 */
typedef struct {
    const char *wanted;
    const char *best; /* NULL: none is near enough */
    int distance;     /* of best */
} nearest;

nearest nearest_start(const char *wanted);
void nearest_offer(nearest *n, const char *candidate);

/* Edit distance of two names: insertions, deletions, replacements and swaps of neighbours, each 1
   (Damerau, optimal string alignment). Names of more than 63 bytes count as far apart. */
int edit_distance(const char *a, const char *b);

#endif
