/*
 * names.h: C identifiers for the names of a spec. The only place where a spec's name becomes an identifier.
 *
 * Scopes nest like those of C: a name taken outside is not given again inside, so that nothing is shadowed.
 * The same calls in the same order give the same identifiers.
 */
#ifndef CODEGEN_NAMES_H
#define CODEGEN_NAMES_H

#include "compiler/base/arena.h"

#include <stdbool.h>

typedef struct names names;

/* outer: the scope around, or NULL. */
names *names_create(arena *a, const names *outer);

/*
 * A new identifier: prefix, then the spec's name with what C does not take replaced ("Premiere Date" -> Premiere_Date). Of two
 * names that would become the same one the later gets a number; C's own words get an underscore behind.
 */
const char *names_make(names *n, const char *prefix, const char *name);

/* Takes an identifier as it stands, for those that the templates use. */
void names_reserve(names *n, const char *identifier);

/* Whether an identifier means something to C or to mig.h. */
bool names_is_reserved(const char *identifier);

#endif
