/*
 * catalog.c: objects of a catalogue as texts in the language: how they are written and compared. What a database holds is found out by
 * catalog_pg.c and catalog_lite.c.
 */
#include "runtime/sources/catalog.h"

#include <stdlib.h>
#include <string.h>

void rt_catalog_free(rt_catalog *c) {
    rt_arena_free(c->arena);
    free(c->at);
    *c = (rt_catalog){0};
}

void rt_catalog_add(rt_catalog *c, const char *label, const rt_buf *text) {
    if (c->arena == NULL)
        c->arena = rt_arena_new(1 << 14);
    if (c->n == c->cap && !c->failed) {
        int cap = c->cap ? c->cap * 2 : 32;
        rt_object *more = realloc(c->at, sizeof *more * (size_t)cap);
        c->failed = more == NULL;
        c->at = more != NULL ? more : c->at;
        c->cap = more != NULL ? cap : c->cap;
    }
    c->failed = c->failed || c->arena == NULL || text->failed;
    if (c->failed)
        return;
    rt_object o = {rt_arena_copy(c->arena, label, strlen(label)), rt_arena_copy(c->arena, text->n > 0 ? text->p : "", text->n)};
    c->failed = o.label == NULL || o.text == NULL;
    if (!c->failed)
        c->at[c->n++] = o;
}

/* ---- writing the language ---------------------------------------------------------------------------------------------- */

/* Words that somewhere cannot stand as a name without quotes; too many quotes do no harm. */
static bool is_word(const char *name) {
    static const char *const words[] = {
        "abort", "and", "as", "at", "between", "case", "check", "constraint", "default", "else", "end", "existing", "exists", "false", "file",
        "foreign", "from", "identity", "if", "ilike", "in", "index", "is", "like", "not", "null", "on", "options", "or", "primary", "references",
        "reject", "select", "sequence", "skip", "snapshot", "sql", "table", "then", "time", "true", "unique", "using", "when"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

void rt_mig_name(rt_buf *b, const char *name) {
    bool plain = name[0] != '\0' && !(name[0] >= '0' && name[0] <= '9') && !is_word(name);
    for (const char *p = name; *p != '\0' && plain; p++)
        plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_';
    if (plain)
        rt_buf_add(b, name, strlen(name));
    else
        rt_sql_ident(b, name);
}

void rt_mig_text(rt_buf *b, const char *text) {
    rt_sql_literal(b, text, strlen(text));
}

void rt_mig_raw(rt_buf *b, const char *text) {
    char tag[32] = "$$";
    size_t n = strlen(text);
    for (int i = 0; strstr(text, tag) != NULL || (n > 0 && text[n - 1] == '$' && i == 0); i++)
        snprintf(tag, sizeof tag, "$sql%d$", i);
    rt_buf_printf(b, "%s", tag);
    rt_buf_add(b, text, n);
    rt_buf_printf(b, "%s", tag);
}

static void quoted(rt_buf *b, const char *name) {
    rt_buf_add(b, "\"", 1);
    for (const char *p = name; *p != '\0'; p++)
        rt_buf_add(b, *p == '"' ? "\"\"" : p, *p == '"' ? 2 : 1);
    rt_buf_add(b, "\"", 1);
}

void rt_mig_label(rt_buf *b, const char *kind, const char *name, const char *of_table) {
    rt_buf_printf(b, "%s ", kind);
    quoted(b, name);
    if (of_table != NULL) {
        rt_buf_printf(b, " of table ");
        quoted(b, of_table);
    }
}

void rt_catalog_reject(rt_catalog *c, const char *kind, const char *name, const char *of_table, const char *why) {
    rt_buf label = {0}, text = {0};
    rt_mig_label(&label, kind, name, of_table);
    rt_buf_printf(&text, "reject ");
    rt_mig_text(&text, label.failed ? "" : label.p);
    rt_buf_printf(&text, " ");
    rt_mig_text(&text, why);
    text.failed = text.failed || label.failed;
    rt_catalog_add(c, label.failed ? "" : label.p, &text);
    rt_buf_free(&label);
    rt_buf_free(&text);
}

bool rt_label_is_about(const char *label, const char *name) {
    rt_buf wanted = {0};
    const char *start = strchr(label, '"');
    quoted(&wanted, name);
    bool about = start != NULL && !wanted.failed && strncmp(start, wanted.p, wanted.n) == 0 && start[wanted.n] != '"';
    size_t n = strlen(label);
    if (!about && !wanted.failed && n > wanted.n)
        about = strcmp(label + n - wanted.n, wanted.p) == 0 && n > wanted.n + 10 && strncmp(label + n - wanted.n - 10, " of table ", 10) == 0;
    rt_buf_free(&wanted);
    return about;
}

/* ---- one form ------------------------------------------------------------------------------------------------------------ */

typedef struct text { const char *p, *end; } text;

static bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || (unsigned char)c >= 128;
}

/* Bytes of the comment that begins at p; 0: none does. Comments in braces of slash and star hold further ones. */
static size_t comment(text t) {
    const char *p = t.p;
    if (t.end - p < 2)
        return 0;
    if (p[0] == '-' && p[1] == '-') {
        const char *nl = memchr(p, '\n', (size_t)(t.end - p));
        return (size_t)((nl != NULL ? nl : t.end) - p);
    }
    if (p[0] != '/' || p[1] != '*')
        return 0;
    int depth = 0;
    do {
        bool opens = p[0] == '/' && p + 1 < t.end && p[1] == '*', closes = p[0] == '*' && p + 1 < t.end && p[1] == '/';
        depth += opens - closes;
        p += opens || closes ? 2 : 1;
    } while (depth > 0 && p < t.end);
    return (size_t)(p - t.p);
}

/* Bytes of the quoted text, quoted name or raw text that begins at p; 0: none does. */
static size_t quotation(text t) {
    const char *p = t.p;
    if (*p == '\'' || *p == '"') {
        for (p++; p < t.end; p++)
            if (*p == *t.p && (p + 1 == t.end || p[1] != *t.p))
                return (size_t)(p + 1 - t.p);
            else if (*p == *t.p)
                p++;
        return (size_t)(t.end - t.p);
    }
    if (*p != '$')
        return 0;
    const char *tag_end = p + 1;
    while (tag_end < t.end && is_word_char(*tag_end))
        tag_end++;
    if (tag_end == t.end || *tag_end != '$')
        return 0;
    size_t tag = (size_t)(tag_end + 1 - p);
    const char *closing = memmem(p + tag, (size_t)(t.end - p) - tag, p, tag);
    return closing != NULL ? (size_t)(closing - p) + tag : (size_t)(t.end - p);
}

size_t rt_catalog_quotation(const char *p) {
    text t = {p, p + strlen(p)};
    size_t n = t.p < t.end ? comment(t) : 0;
    return n > 0 || t.p == t.end ? n : quotation(t);
}

void rt_catalog_form(rt_buf *out, const char *p, size_t n) {
    text t = {p, p + n};
    bool gap = false;
    while (t.p < t.end) {
        size_t skip = *t.p == ' ' || *t.p == '\n' || *t.p == '\t' || *t.p == '\r' ? 1 : comment(t);
        if (skip > 0) {
            gap = true;
            t.p += skip;
            continue;
        }
        size_t quote = quotation(t), take = quote > 0 ? quote : 1;
        char last = out->n > 0 ? out->p[out->n - 1] : '(';
        bool ends = is_word_char(last) || last == '\'' || last == '"' || last == ')' || last == '$' || last == '=' || last == '>' || last == '<';
        if (gap && ends && *t.p != ',' && *t.p != ')' && *t.p != '(' && *t.p != ';')
            rt_buf_add(out, " ", 1);
        gap = false;
        rt_buf_add(out, t.p, take);
        t.p += take;
    }
}

/* ---- differences ------------------------------------------------------------------------------------------------------------ */

typedef struct part { char *text; bool in_other; } part;
typedef struct parts { part *at; int n, cap; bool failed; } parts;

static void add_part(parts *all, const char *p, size_t n) {
    while (n > 0 && *p == ' ')
        p++, n--;
    if (n == 0 || all->failed)
        return;
    if (all->n == all->cap) {
        int cap = all->cap ? all->cap * 2 : 32;
        part *more = realloc(all->at, sizeof *more * (size_t)cap);
        all->failed = more == NULL;
        if (more == NULL)
            return;
        all->at = more;
        all->cap = cap;
    }
    all->at[all->n] = (part){.text = strndup(p, n)};
    all->failed = all->at[all->n].text == NULL;
    all->n += !all->failed;
}

static void free_parts(parts *all) {
    for (int i = 0; i < all->n; i++)
        free(all->at[i].text);
    free(all->at);
}

/* The elements of a table, and what stands behind its parenthesis, each a part; the text before it is the first. */
static void split(const char *form, parts *out) {
    text t = {form, form + strlen(form)};
    const char *from = form;
    int depth = 0;
    bool in_body = false, behind = false;
    while (t.p < t.end) {
        size_t quote = quotation(t);
        if (quote > 0) {
            t.p += quote;
            continue;
        }
        depth += (*t.p == '(') - (*t.p == ')');
        bool opens = *t.p == '(' && depth == 1 && !in_body && !behind, closes = *t.p == ')' && depth == 0 && in_body;
        if (opens || closes || (*t.p == ',' && depth == (in_body ? 1 : 0))) {
            add_part(out, from, (size_t)(t.p - from));
            from = t.p + 1;
        }
        in_body = (in_body || opens) && !closes;
        behind = behind || closes;
        t.p++;
    }
    add_part(out, from, (size_t)(t.end - from));
}

/* Bytes that name a part: its first word, of a rule or an index also its name. */
static size_t name_size(const char *p) {
    text t = {p, p + strlen(p)};
    size_t quote = quotation(t);
    if (quote > 0)
        return quote;
    size_t n = 0;
    while (is_word_char(p[n]))
        n++;
    static const char *const kinds[] = {"constraint ", "index ", "unique index "};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strncmp(p, kinds[i], strlen(kinds[i])) == 0)
            return strlen(kinds[i]) + name_size(p + strlen(kinds[i]));
    return n;
}

static bool same_name(const char *a, const char *b) {
    size_t n = name_size(a), m = name_size(b);
    return n == m && n > 0 && memcmp(a, b, n) == 0 && strncmp(a, "sql", 3) != 0 && strncmp(a, "primary", 7) != 0;
}

static void tell(parts *now, parts *was, rt_difference_fn fn, void *arg) {
    for (int i = 0; i < now->n; i++)
        for (int k = 0; k < was->n && !now->at[i].in_other; k++)
            if (!was->at[k].in_other && strcmp(now->at[i].text, was->at[k].text) == 0)
                now->at[i].in_other = was->at[k].in_other = true;
    for (int i = 0; i < now->n; i++)
        for (int k = 0; k < was->n && !now->at[i].in_other; k++)
            if (!was->at[k].in_other && same_name(now->at[i].text, was->at[k].text)) {
                now->at[i].in_other = was->at[k].in_other = true;
                fn(arg, now->at[i].text, was->at[k].text);
            }
    for (int k = 0; k < was->n; k++)
        if (!was->at[k].in_other)
            fn(arg, NULL, was->at[k].text);
    for (int i = 0; i < now->n; i++)
        if (!now->at[i].in_other)
            fn(arg, now->at[i].text, NULL);
}

bool rt_catalog_compare(const char *now, const char *was, rt_difference_fn fn, void *arg) {
    parts a = {0}, b = {0};
    if (strncmp(now, "table ", 6) != 0 || strncmp(was, "table ", 6) != 0) {
        const char *sql = strchr(now, '$'), *old = strchr(was, '$'); /* what stands before has been said with its label */
        fn(arg, sql != NULL ? sql : now, old != NULL ? old : was);
        return true;
    }
    split(now, &a);
    split(was, &b);
    bool ok = !a.failed && !b.failed;
    if (ok)
        tell(&a, &b, fn, arg);
    free_parts(&a);
    free_parts(&b);
    return ok;
}
