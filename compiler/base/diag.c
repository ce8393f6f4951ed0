/*
 * diag.c: the queue of messages (see diag.h) and its two printed forms. The excerpt is in excerpt.c.
 */
#include "compiler/base/diag.h"

#include "compiler/base/bug.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum { SEV_ERROR, SEV_WARNING, SEV_NOTE } severity;

typedef struct note {
    struct note *next;
    span at;
    const char *text;
    bool is_hint;
} note;

typedef struct {
    severity sev;
    diag_id id;
    span at;
    const char *text;
    int order;    /* of reporting: ties in position keep it */
    note *first;  /* hints and notes in the order they were given */
    note **last;
} message;

struct diag {
    arena *mem;
    const src_map *sources;
    message **all;
    int n;
    int cap;
    int n_errors;
    int n_warnings;
    message *current; /* what hints and notes belong to; NULL if it was dropped */
};

static const char *const id_names[] = {
#define DIAG(id) #id,
#include "compiler/base/diag.def"
#undef DIAG
};

_Static_assert(sizeof(id_names) / sizeof(id_names[0]) == D_COUNT, "one name for each diagnostic");

diag *diag_create(arena *a, const src_map *sources)
{
    diag *d = arena_new(a, diag);

    d->mem = a;
    d->sources = sources;
    return d;
}

/* Whether two spans share a byte, or an empty one lies in or at the edge of the other. */
static bool touches(span a, span b)
{
    uint64_t a_end = (uint64_t)a.offset + a.length;
    uint64_t b_end = (uint64_t)b.offset + b.length;

    if (a.source != b.source)
        return false;
    if (a.length == 0 || b.length == 0)
        return a.offset <= b_end && b.offset <= a_end;
    return a.offset < b_end && b.offset < a_end;
}

static bool is_repeated(const diag *d, const message *m)
{
    for (int i = 0; i < d->n; i++) {
        const message *old = d->all[i];

        if (m->at.source == 0 || old->at.source == 0) {
            if (m->at.source == old->at.source && strcmp(m->text, old->text) == 0)
                return true;
        } else if (old->sev == SEV_ERROR && touches(m->at, old->at)) {
            return true;
        } else if (old->sev == m->sev && old->id == m->id && touches(m->at, old->at)) {
            return true;
        }
    }
    return false;
}

__attribute__((format(printf, 5, 0)))
static void report(diag *d, severity sev, span at, diag_id id, const char *fmt, va_list ap)
{
    message *m = arena_new(d->mem, message);

    m->sev = sev;
    m->id = id;
    m->at = at;
    m->order = d->n;
    m->last = &m->first;
    m->text = arena_vprintf(d->mem, fmt, ap);
    d->current = NULL;
    if (is_repeated(d, m))
        return;
    *(message **)arena_push(d->mem, &d->all, &d->n, &d->cap, sizeof(message *)) = m;
    if (sev == SEV_ERROR)
        d->n_errors++;
    else
        d->n_warnings++;
    d->current = m;
}

bool diag_error(diag *d, span at, diag_id id, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report(d, SEV_ERROR, at, id, fmt, ap);
    va_end(ap);
    return false;
}

bool diag_warning(diag *d, span at, diag_id id, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    report(d, SEV_WARNING, at, id, fmt, ap);
    va_end(ap);
    return false;
}

__attribute__((format(printf, 4, 0)))
static void attach(diag *d, span at, bool is_hint, const char *fmt, va_list ap)
{
    note *n;

    if (d->current == NULL)
        return;
    n = arena_new(d->mem, note);
    n->at = at;
    n->is_hint = is_hint;
    n->text = arena_vprintf(d->mem, fmt, ap);
    *d->current->last = n;
    d->current->last = &n->next;
}

bool diag_hint(diag *d, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    attach(d, SPAN_NONE, true, fmt, ap);
    va_end(ap);
    return false;
}

bool diag_note(diag *d, span at, const char *fmt, ...)
{
    va_list ap;

    va_start(ap, fmt);
    attach(d, at, false, fmt, ap);
    va_end(ap);
    return false;
}

bool diag_did_you_mean(diag *d, const char *near)
{
    if (near != NULL)
        diag_hint(d, "Did you mean \"%s\"?", near);
    return false;
}

int diag_errors(const diag *d)
{
    return d->n_errors;
}

int diag_warnings(const diag *d)
{
    return d->n_warnings;
}

static int by_place(const void *a, const void *b)
{
    const message *x = *(message *const *)a;
    const message *y = *(message *const *)b;

    if (x->at.source != y->at.source)
        return x->at.source < y->at.source ? -1 : 1;
    if (x->at.offset != y->at.offset)
        return x->at.offset < y->at.offset ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The messages to print, sorted; the caller frees the array. */
static message **sorted(const diag *d)
{
    message **list = calloc((size_t)d->n + 1, sizeof(*list));

    if (list == NULL)
        migc_out_of_memory();
    if (d->n > 0) {
        memcpy(list, d->all, (size_t)d->n * sizeof(*list));
        qsort(list, (size_t)d->n, sizeof(*list), by_place);
    }
    return list;
}

/* --- text ----------------------------------------------------------------------------------- */

static void put_head(const diag *d, severity sev, span at, const char *text, diag_style style,
                     strbuf *out)
{
    static const char *const words[] = {"error", "warning", "note"};
    static const char *const colours[] = {"\033[1;31m", "\033[1;35m", "\033[1;36m"};
    src_place p = src_locate(d->sources, at);

    if (p.line != 0)
        sb_printf(out, "%s:%u:%u: ", p.file, p.line, p.column);
    if (style.colour)
        sb_printf(out, "%s%s:\033[0m \033[1m%s\033[0m\n", colours[sev], words[sev], text);
    else
        sb_printf(out, "%s: %s\n", words[sev], text);
}

static void put_included(const diag *d, span at, strbuf *out)
{
    const src_file *f = src_get(d->sources, at.source);

    while (f != NULL && f->included_from.source != 0) {
        src_place p = src_locate(d->sources, f->included_from);

        sb_printf(out, "%s:%u:%u: note: included from here\n", p.file, p.line, p.column);
        f = src_get(d->sources, f->included_from.source);
    }
}

static void put_message(const diag *d, const message *m, diag_style style, strbuf *out)
{
    put_head(d, m->sev, m->at, m->text, style, out);
    if (style.excerpt)
        diag_excerpt(d->sources, m->at, out);
    for (const note *n = m->first; n != NULL; n = n->next)
        if (n->is_hint)
            sb_printf(out, style.colour ? "\033[1;32mhint:\033[0m %s\n" : "hint: %s\n", n->text);
    for (const note *n = m->first; n != NULL; n = n->next)
        if (!n->is_hint)
            put_head(d, SEV_NOTE, n->at, n->text, style, out);
    put_included(d, m->at, out);
}

static void put_rest(int n, const char *word, strbuf *out)
{
    if (n > DIAG_MOST_PRINTED)
        sb_printf(out, "%d more %s%s not shown\n", n - DIAG_MOST_PRINTED, word,
                  n - DIAG_MOST_PRINTED == 1 ? "" : "s");
}

void diag_text(const diag *d, diag_style style, strbuf *out)
{
    message **list = sorted(d);
    int shown[2] = {0, 0};

    for (int i = 0; i < d->n; i++)
        if (shown[list[i]->sev == SEV_WARNING]++ < DIAG_MOST_PRINTED)
            put_message(d, list[i], style, out);
    put_rest(d->n_errors, "error", out);
    put_rest(d->n_warnings, "warning", out);
    free(list);
}

void diag_print(const diag *d, FILE *out)
{
    const char *no_color = getenv("NO_COLOR");
    diag_style style = {true, false};
    strbuf text = STRBUF_INIT;

    style.colour = isatty(fileno(out)) && (no_color == NULL || no_color[0] == '\0');
    diag_text(d, style, &text);
    sb_write(&text, out);
    sb_free(&text);
}

/* --- JSON ----------------------------------------------------------------------------------- */

char *diag_id_text(diag_id id, arena *a)
{
    char *text = arena_strdup(a, id_names[id]);

    for (char *p = text; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    return text;
}

static void json_text(strbuf *out, const char *key, const char *text)
{
    sb_printf(out, "\"%s\":", key);
    sb_put_json(out, text, strlen(text));
}

static void json_place(const diag *d, span at, strbuf *out)
{
    src_place from = src_locate(d->sources, at);
    src_place to = src_locate_end(d->sources, at);

    json_text(out, "file", from.file);
    sb_printf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", from.line,
              from.column, to.line, to.column);
    sb_printf(out, ",\"offset\":%u,\"length\":%u,", at.offset, at.length);
}

static void json_message(const diag *d, const message *m, strbuf *out)
{
    const char *sep = "";

    sb_putc(out, '{');
    json_place(d, m->at, out);
    json_text(out, "severity", m->sev == SEV_ERROR ? "error" : "warning");
    sb_putc(out, ',');
    json_text(out, "id", diag_id_text(m->id, d->mem));
    sb_putc(out, ',');
    json_text(out, "message", m->text);
    sb_puts(out, ",\"hints\":[");
    for (const note *n = m->first; n != NULL; n = n->next)
        if (n->is_hint) {
            sb_puts(out, sep);
            sb_put_json(out, n->text, strlen(n->text));
            sep = ",";
        }
    sb_puts(out, "],\"notes\":[");
    sep = "";
    for (const note *n = m->first; n != NULL; n = n->next)
        if (!n->is_hint) {
            sb_printf(out, "%s{", sep);
            json_place(d, n->at, out);
            json_text(out, "message", n->text);
            sb_putc(out, '}');
            sep = ",";
        }
    sb_puts(out, "]}");
}

void diag_json(const diag *d, strbuf *out)
{
    message **list = sorted(d);

    sb_puts(out, "{\"diagnostics\":[");
    for (int i = 0; i < d->n; i++) {
        if (i > 0)
            sb_puts(out, ",\n");
        json_message(d, list[i], out);
    }
    sb_printf(out, "],\"errors\":%d,\"warnings\":%d}\n", d->n_errors, d->n_warnings);
    free(list);
}
