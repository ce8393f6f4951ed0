/*
 * symtab.c: see symtab.h. A scope is an open-addressing table over the list of its symbols.
 */
#include "compiler/base/symtab.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

struct scope {
    arena *mem;
    scope *parent;
    symbol **slots; /* n_slots of them, a power of two, never full */
    size_t n_slots;
    size_t n;
    symbol *first;
    symbol **last;
};

scope *scope_create(arena *a, scope *parent)
{
    scope *s = arena_new(a, scope);

    s->mem = a;
    s->parent = parent;
    s->last = &s->first;
    return s;
}

/* The slot that holds the name, or the empty one where it would go. */
static symbol **slot_of(const scope *s, const char *name)
{
    size_t i = (size_t)XXH3_64bits(name, strlen(name)) & (s->n_slots - 1);

    while (s->slots[i] != NULL && strcmp(s->slots[i]->name, name) != 0)
        i = (i + 1) & (s->n_slots - 1);
    return &s->slots[i];
}

static void grow(scope *s)
{
    s->n_slots = s->n_slots == 0 ? 16 : s->n_slots * 2;
    s->slots = arena_array(s->mem, symbol *, s->n_slots);
    for (symbol *sym = s->first; sym != NULL; sym = sym->next)
        *slot_of(s, sym->name) = sym;
}

symbol *scope_add(scope *s, const char *name, int kind, void *what, span at, symbol **earlier)
{
    symbol *sym = scope_find_here(s, name);

    if (earlier != NULL)
        *earlier = sym;
    if (sym != NULL)
        return NULL;
    if (s->n * 2 >= s->n_slots)
        grow(s);
    sym = arena_new(s->mem, symbol);
    sym->name = name;
    sym->kind = kind;
    sym->what = what;
    sym->at = at;
    *slot_of(s, name) = sym;
    *s->last = sym;
    s->last = &sym->next;
    s->n++;
    return sym;
}

symbol *scope_find_here(const scope *s, const char *name)
{
    return s->n_slots == 0 ? NULL : *slot_of(s, name);
}

symbol *scope_find(const scope *s, const char *name)
{
    for (; s != NULL; s = s->parent) {
        symbol *sym = scope_find_here(s, name);

        if (sym != NULL)
            return sym;
    }
    return NULL;
}

symbol *scope_first(const scope *s)
{
    return s->first;
}

scope *scope_parent(const scope *s)
{
    return s->parent;
}

const char *scope_nearest(const scope *s, const char *name)
{
    nearest n = nearest_start(name);

    for (; s != NULL; s = s->parent)
        for (const symbol *sym = s->first; sym != NULL; sym = sym->next)
            nearest_offer(&n, sym->name);
    return n.best;
}

/* --- nearest names -------------------------------------------------------------------------- */

enum { LONGEST_NAME = 63 };

static int least(int a, int b)
{
    return a < b ? a : b;
}

int edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t m = strlen(b);
    int rows[3][LONGEST_NAME + 1]; /* the row before the last, the last, this one; by turns */

    if (n > LONGEST_NAME || m > LONGEST_NAME)
        return strcmp(a, b) == 0 ? 0 : INT_MAX;
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *row = rows[i % 3];
        const int *last = rows[(i - 1) % 3];

        row[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int cost = a[i - 1] != b[j - 1];

            row[j] = least(least(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
        }
    }
    return rows[n % 3][m];
}

nearest nearest_start(const char *wanted)
{
    nearest n = {wanted, NULL, INT_MAX};

    return n;
}

/* How far apart two names may be and still be meant: a third of the longer one's letters, and never
   all of a short one's. */
static int most_allowed(const char *a, const char *b)
{
    size_t n = strlen(a);
    size_t m = strlen(b);
    size_t longer = n > m ? n : m;

    return longer < 3 ? (longer == 2 && n == m ? 1 : 0) : (int)((longer + 2) / 3);
}

void nearest_offer(nearest *n, const char *candidate)
{
    int distance;

    if (candidate == NULL || strcmp(candidate, n->wanted) == 0)
        return;
    /* Only letter case differs: nearer than any misspelling. */
    distance = strcasecmp(candidate, n->wanted) == 0 ? 0 : edit_distance(n->wanted, candidate);
    if (distance <= most_allowed(n->wanted, candidate) && distance < n->distance) {
        n->distance = distance;
        n->best = candidate;
    }
}
