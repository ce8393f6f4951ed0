/*
 * names.c: names for the keys, indexes and rules that a spec leaves unnamed: as PostgreSQL makes them (table_column_suffix, cut to
 * 63 bytes, with a number behind when the name is taken), so that both engines and a hand-written schema agree.
 */
#include "compiler/plan/build.h"

#include <string.h>

enum { NAME_MAX_BYTES = 63 };

static bool take(builder *b, const char *name) {
    if (b->names == NULL)
        b->names = scope_create(b->a, NULL);
    return scope_add(b->names, name, 0, NULL, SPAN_NONE, NULL) != NULL;
}

void plan_name_taken(builder *b, const char *name) {
    if (name != NULL)
        take(b, name);
}

/* The first n bytes of s, less a character that would be cut in two. */
static size_t whole(const char *s, size_t n) {
    while (n > 0 && ((unsigned char)s[n] & 0xC0) == 0x80)
        n--;
    return n;
}

/* The longer of the two names gives way. */
static const char *fit(builder *b, const char *table, const char *columns, const char *suffix) {
    size_t n = strlen(table), m = columns != NULL ? strlen(columns) : 0;
    size_t room = NAME_MAX_BYTES - strlen(suffix) - 1 - (columns != NULL);
    while (n + m > room) {
        if (n > m)
            n--;
        else
            m--;
    }
    n = whole(table, n);
    if (columns == NULL)
        return arena_printf(b->a, "%.*s_%s", (int)n, table, suffix);
    return arena_printf(b->a, "%.*s_%.*s_%s", (int)n, table, (int)whole(columns, m), columns, suffix);
}

const char *plan_made_name(builder *b, const char *table, const char *columns, const char *suffix) {
    const char *name = fit(b, table, columns, suffix);
    for (int i = 1; !take(b, name); i++)
        name = fit(b, table, columns, arena_printf(b->a, "%s%d", suffix, i));
    return name;
}
