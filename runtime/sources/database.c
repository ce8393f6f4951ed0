/*
 * database.c: what the SQLite and the PostgreSQL source share: live names against the spec's, refusals with the nearest name, a row as
 * text for people.
 */
#include "runtime/sources/database.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum { SHOWN = 8 }; /* names in a message */

void rt_names_add(rt_names *list, rt_arena *a, const char *name) {
    if (list->n == list->cap) {
        int cap = list->cap ? list->cap * 2 : 32;
        mig_text *v = rt_arena_alloc(a, sizeof *v * (size_t)cap);
        if (v == NULL) {
            list->failed = true;
            return;
        }
        if (list->n > 0)
            memcpy(v, list->v, sizeof *v * (size_t)list->n);
        list->v = v;
        list->cap = cap;
    }
    size_t n = strlen(name);
    char *copy = rt_arena_copy(a, name, n);
    if (copy == NULL)
        list->failed = true;
    else
        list->v[list->n++] = (mig_text){copy, n};
}

static void add_quoted(rt_buf *b, mig_text t) {
    char shown[128];
    rt_shorten(shown, sizeof shown, t.p, t.n);
    rt_buf_printf(b, "\"%s\"", shown);
}

/* The nearest name, or what there is. */
static void advise(mig_text want, const char *has, const rt_names *names, rt_error *e) {
    rt_buf b = {0};
    int near = rt_similar(want, names->v, names->n);
    if (near >= 0) {
        rt_buf_printf(&b, "Did you mean ");
        add_quoted(&b, names->v[near]);
        rt_buf_printf(&b, "?");
    } else if (names->n > 0) {
        rt_buf_printf(&b, "%s: ", has);
        for (int i = 0; i < names->n && i < SHOWN; i++) {
            rt_buf_add(&b, ", ", i > 0 ? 2 : 0);
            add_quoted(&b, names->v[i]);
        }
        if (names->n > SHOWN)
            rt_buf_printf(&b, " and %d more", names->n - SHOWN);
        rt_buf_printf(&b, ".");
    }
    if (b.n > 0 && !b.failed)
        rt_error_hint(e, "%s", b.p);
    rt_buf_free(&b);
}

mig_status rt_no_such_table(const mig_source_table *t, const char *where, const rt_names *tables, rt_error *e) {
    if (tables->n == 0)
        rt_error_hint(e, "There are no tables at all. Is it the right place?");
    else
        advise((mig_text){t->name, strlen(t->name)}, "It has", tables, e);
    return rt_error_set(e, MIG_PREFLIGHT, "%s has no table \"%s\"", where, t->name);
}

void rt_table_words(const mig_source_table *t, char *out, size_t cap) {
    snprintf(out, cap, "%s \"%s\"", t->query != NULL ? "the query" : "table", t->name);
}

static bool same(mig_text a, const char *b, bool any_case) {
    if (a.n != strlen(b))
        return false;
    return any_case ? strncasecmp(a.p, b, a.n) == 0 : memcmp(a.p, b, a.n) == 0;
}

/* The place of the name, -1: none, -2: several. */
static int place_of(const rt_names *live, const char *name, bool any_case) {
    int at = -1;
    for (int i = 0; i < live->n; i++)
        if (same(live->v[i], name, any_case))
            at = at == -1 ? i : -2;
    return at;
}

mig_status rt_match_columns(const mig_source_table *t, const rt_names *live, bool any_case, int *map, rt_error *e) {
    char words[160];
    rt_buf missing = {0};
    int n_missing = 0, first = 0;
    rt_table_words(t, words, sizeof words);
    for (int i = 0; i < t->n_columns; i++) {
        const char *name = t->columns[i].name;
        map[i] = place_of(live, name, false);
        if (map[i] == -1 && any_case)
            map[i] = place_of(live, name, true);
        if (map[i] == -2)
            return rt_error_set(e, MIG_PREFLIGHT, "%s has more than one column \"%s\"", words, name);
        if (map[i] >= 0)
            continue;
        if (n_missing++ == 0)
            first = i;
        if (n_missing <= SHOWN) {
            rt_buf_add(&missing, ", ", n_missing > 1 ? 2 : 0);
            add_quoted(&missing, (mig_text){name, strlen(name)});
        }
    }
    mig_status st = MIG_OK;
    if (n_missing > 0) {
        const char *want = t->columns[first].name;
        advise((mig_text){want, strlen(want)}, "It has", live, e);
        st = missing.failed ? rt_error_set(e, MIG_NOMEM, "out of memory")
                            : rt_error_set(e, MIG_PREFLIGHT, "%s has no column %s%s", words, missing.p, n_missing > SHOWN ? " and more" : "");
    }
    rt_buf_free(&missing);
    return st;
}

/* ---- a row for people ---------------------------------------------------------------------------------------------- */

static void hex(rt_buf *out, const char *p, size_t n) {
    static const char digits[] = "0123456789abcdef";
    rt_buf_printf(out, "\"\\\\x");
    for (size_t i = 0; i < n; i++)
        rt_buf_add(out, (const char[]){digits[(unsigned char)p[i] >> 4], digits[p[i] & 15]}, 2);
    rt_buf_printf(out, "\"");
}

static void spelled(rt_buf *out, const char *text, size_t n, bool quoted) {
    rt_buf_printf(out, quoted ? "\"%.*s\"" : "%.*s", (int)n, text);
}

static void list_json(rt_buf *out, const mig_text *v, size_t n) {
    rt_buf_printf(out, "[");
    for (size_t i = 0; i < n; i++) {
        rt_buf_printf(out, i > 0 ? ", " : "");
        if (v[i].p == NULL)
            rt_buf_printf(out, "null");
        else
            rt_json_escape(out, v[i].p, v[i].n);
    }
    rt_buf_printf(out, "]");
}

/* A value of the column's own type. */
static void value_json(rt_buf *out, mig_type type, const mig_cell *c) {
    char text[RT_SPELL];
    switch (type) {
    case MIG_T_BOOLEAN: rt_buf_printf(out, c->i != 0 ? "true" : "false"); return;
    case MIG_T_DATE: spelled(out, text, rt_spell_date(text, (int32_t)c->i), true); return;
    case MIG_T_TIME: spelled(out, text, rt_spell_time(text, c->i), true); return;
    case MIG_T_TIMESTAMP: spelled(out, text, rt_spell_timestamp(text, c->i), true); return;
    case MIG_T_TIMESTAMPTZ: spelled(out, text, rt_spell_timestamptz(text, c->i, "+00"), true); return;
    case MIG_T_UUID: spelled(out, text, rt_spell_uuid(text, (const uint8_t *)c->p), true); return;
    case MIG_T_TEXT_ARRAY: list_json(out, (const mig_text *)(const void *)c->p, c->n); return;
    case MIG_T_NUMERIC: case MIG_T_JSON: case MIG_T_JSONB: rt_buf_add(out, c->p, c->n); return;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_REAL: case MIG_T_DOUBLE: case MIG_T_TEXT:
    case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_BYTEA: case MIG_T_COUNT: return;
    }
}

void rt_row_json(const mig_source_table *t, const mig_cell *cells, rt_buf *out) {
    char text[RT_SPELL];
    rt_buf_printf(out, "{");
    for (int i = 0; i < t->n_columns; i++) {
        const mig_cell *c = &cells[i];
        rt_buf_printf(out, i > 0 ? ", " : "");
        rt_json_escape(out, t->columns[i].name, strlen(t->columns[i].name));
        rt_buf_printf(out, ": ");
        switch (c->kind) {
        case MIG_CELL_NULL: rt_buf_printf(out, "null"); break;
        case MIG_CELL_TEXT: rt_json_escape(out, c->p, c->n); break;
        case MIG_CELL_INT: spelled(out, text, rt_spell_int(text, c->i), false); break;
        case MIG_CELL_REAL: spelled(out, text, rt_spell_double(text, c->d), !isfinite(c->d)); break;
        case MIG_CELL_BLOB: hex(out, c->p, c->n); break;
        case MIG_CELL_VALUE: value_json(out, t->columns[i].type, c); break;
        }
    }
    rt_buf_printf(out, "}");
}

/* ---- SQL of the spec ------------------------------------------------------------------------------------------------ */

/* Behind the quote that closes the one at p; backslashes escape in E'…'. */
static const char *quoted_end(const char *p, bool escapes) {
    char quote = *p++;
    while (*p != '\0') {
        if (escapes && *p == '\\' && p[1] != '\0')
            p += 2;
        else if (*p == quote && p[1] == quote)
            p += 2;
        else if (*p++ == quote)
            return p;
    }
    return p;
}

/* Behind $tag$ … $tag$; p + 1 when no such text begins here. */
static const char *dollar_end(const char *p) {
    const char *q = p + 1;
    while ((*q >= 'a' && *q <= 'z') || (*q >= 'A' && *q <= 'Z') || *q == '_' || (*q >= '0' && *q <= '9' && q > p + 1))
        q++;
    if (*q != '$')
        return p + 1;
    size_t n = (size_t)(q + 1 - p);
    for (const char *r = q + 1; (r = strchr(r, '$')) != NULL; r++)
        if (strncmp(r, p, n) == 0)
            return r + n;
    return p + strlen(p);
}

static const char *comment_end(const char *p) {
    int depth = 0;
    if (p[0] == '-')
        return p + strcspn(p, "\n");
    do {
        depth += p[0] == '/' && p[1] == '*' ? 1 : p[0] == '*' && p[1] == '/' ? -1 : 0;
        p += (p[0] == '/' && p[1] == '*') || (p[0] == '*' && p[1] == '/') ? 2 : 1;
    } while (*p != '\0' && depth > 0);
    return p;
}

size_t rt_query_length(const char *query, bool *several) {
    const char *end = query, *p = query;
    bool ended = false;
    *several = false;
    while (*p != '\0') {
        const char *next = p + 1;
        if (strchr(" \t\r\n", *p) != NULL) {
            p = next;
            continue;
        }
        if ((p[0] == '-' && p[1] == '-') || (p[0] == '/' && p[1] == '*')) {
            p = comment_end(p);
            continue;
        }
        if (*p == ';') {
            ended = true;
            p = next;
            continue;
        }
        *several = *several || ended;
        if (*p == '\'' || *p == '"')
            next = quoted_end(p, p > query && (p[-1] == 'E' || p[-1] == 'e') && *p == '\'');
        else if (*p == '$')
            next = dollar_end(p);
        p = end = next;
    }
    return (size_t)(end - query);
}
