/*
 * emit.c: sections, templates, lines: see emit.h. Literals and comments are in emit_text.c. Called by the cg_ files.
 */
#include "compiler/codegen/emit.h"

#include "compiler/base/bug.h"

#include <string.h>

enum { MAX_DEPTH = 8, MAX_VALUES = 24 };

/* Stands alone in a line where a #line back to the generated file belongs: its number is known only at the end. */
#define OWN_LINE "\001"

typedef struct sink {
    strbuf text; /* finished lines */
    strbuf line; /* the line being written */
} sink;

struct emit {
    arena *a;
    emit_options options;
    sink sections[EMIT_SECTIONS];
    emit_section section;
    sink kept[MAX_DEPTH]; /* captures, innermost last */
    int n_kept;
    int level;
    bool in_spec;         /* between emit_spec_line and emit_own_line */
};

emit *emit_create(arena *a, emit_options options) {
    emit *e = arena_new(a, emit);
    e->a = a;
    e->options = options;
    return e;
}

void emit_free(emit *e) {
    for (int i = 0; i < EMIT_SECTIONS; i++) {
        sb_free(&e->sections[i].text);
        sb_free(&e->sections[i].line);
    }
    for (int i = 0; i < MAX_DEPTH; i++) {
        sb_free(&e->kept[i].text);
        sb_free(&e->kept[i].line);
    }
}

static sink *sink_of(emit *e) {
    return e->n_kept > 0 ? &e->kept[e->n_kept - 1] : &e->sections[e->section];
}

emit_section emit_to(emit *e, emit_section s) {
    emit_section before = e->section;
    if (sink_of(e)->line.length > 0)
        migc_bug("a line of generated C is left open");
    e->section = s;
    return before;
}

void emit_in(emit *e) {
    e->level++;
}

void emit_out(emit *e) {
    if (e->level-- == 0)
        migc_bug("generated C is indented to the left of the margin");
}

arena *emit_arena(emit *e) {
    return e->a;
}

char *emit_printf(emit *e, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(e->a, fmt, ap);
    va_end(ap);
    return text;
}

/* ---- lines --------------------------------------------------------------------------------------------------- */

static void end_line(emit *e, const char *file, int line) {
    sink *s = sink_of(e);
    const char *text = sb_text(&s->line);
    if (s->line.length > 0 && text[0] != '#' && text[0] != OWN_LINE[0]) {
        strbuf whole = STRBUF_INIT;
        sb_repeat(&whole, ' ', (size_t)e->level * 4);
        sb_puts(&whole, text);
        emit_fold(&s->text, sb_text(&whole));
        sb_free(&whole);
        if (e->options.trace) {
            const char *base = strrchr(file, '/');
            sb_printf(&s->text, " // %s:%d", base != NULL ? base + 1 : file, line);
        }
    } else {
        sb_puts(&s->text, text);
    }
    sb_putc(&s->text, '\n');
    sb_clear(&s->line);
}

void emit_text_at(emit *e, const char *file, int line, const char *text) {
    for (;;) {
        size_t n = strcspn(text, "\n");
        sb_put(&sink_of(e)->line, text, n);
        if (text[n] == '\0')
            return;
        end_line(e, file, line);
        text += n + 1;
    }
}

/* ---- templates ------------------------------------------------------------------------------------------------- */

typedef struct values {
    const char *names[MAX_VALUES], *texts[MAX_VALUES];
    int n;
} values;

static void read_values(values *v, va_list ap) {
    v->n = 0;
    for (const char *name = va_arg(ap, const char *); name != NULL; name = va_arg(ap, const char *)) {
        if (v->n == MAX_VALUES)
            migc_bug("too many values for a template");
        v->names[v->n] = name;
        v->texts[v->n] = va_arg(ap, const char *);
        if (v->texts[v->n] == NULL)
            migc_bug("no text for \"${%s}\"", name);
        v->n++;
    }
}

static const char *value_of(const values *v, const char *name, size_t n) {
    for (int i = 0; i < v->n; i++)
        if (strncmp(v->names[i], name, n) == 0 && v->names[i][n] == '\0')
            return v->texts[i];
    migc_bug("a template has no value for \"${%.*s}\"", (int)n, name);
}

static void fill(strbuf *out, const char *tpl, const values *v) {
    for (;;) {
        const char *dollar = strstr(tpl, "${");
        if (dollar == NULL)
            break;
        const char *end = strchr(dollar, '}');
        if (end == NULL)
            migc_bug("a template's \"${\" has no end");
        sb_put(out, tpl, (size_t)(dollar - tpl));
        sb_puts(out, value_of(v, dollar + 2, (size_t)(end - dollar - 2)));
        tpl = end + 1;
    }
    sb_puts(out, tpl);
}

void emit_tpl_at(emit *e, const char *file, int line, const char *tpl, ...) {
    values v;
    va_list ap;
    va_start(ap, tpl);
    read_values(&v, ap);
    va_end(ap);
    strbuf sb = STRBUF_INIT;
    fill(&sb, tpl, &v);
    emit_text_at(e, file, line, sb_text(&sb));
    sb_free(&sb);
}

char *emit_fill(emit *e, const char *tpl, ...) {
    values v;
    va_list ap;
    va_start(ap, tpl);
    read_values(&v, ap);
    va_end(ap);
    strbuf sb = STRBUF_INIT;
    fill(&sb, tpl, &v);
    return sb_take(&sb, e->a);
}

/* ---- captures --------------------------------------------------------------------------------------------------- */

void emit_capture(emit *e) {
    if (e->n_kept == MAX_DEPTH)
        migc_bug("generated C is captured too deeply");
    e->n_kept++;
}

char *emit_captured(emit *e) {
    sink *s = sink_of(e);
    if (e->n_kept == 0 || s->line.length > 0)
        migc_bug("captured C ends within a line");
    e->n_kept--;
    return sb_take(&s->text, e->a);
}

void emit_put_captured(emit *e, const char *text) {
    sb_puts(&sink_of(e)->text, text);
}

emit_state emit_aside(emit *e) {
    emit_state s = {e->level, e->in_spec};
    e->level = 0;
    e->in_spec = false;
    return s;
}

void emit_back(emit *e, emit_state s) {
    e->level = s.level;
    e->in_spec = s.in_spec;
}

void emit_put_first(emit *e, const char *text) {
    sb_puts(&e->sections[e->section].text, text);
}

/* ---- places ----------------------------------------------------------------------------------------------------- */

void emit_comment_at(emit *e, const char *file, int line, const char *spec_file, int spec_line, const char *text) {
    strbuf sb = STRBUF_INIT;
    if (spec_file != NULL) {
        emit_comment_text(&sb, spec_file);
        sb_printf(&sb, ":%d  ", spec_line);
    }
    emit_comment_text(&sb, text);
    size_t room = (size_t)(EMIT_COLUMNS - 4 * e->level - 6);
    const char *p = sb_text(&sb);
    const char *open = "/* ";
    while (strlen(p) > room) {
        size_t n = room;
        while (n > room / 2 && p[n] != ' ')
            n--;
        if (p[n] != ' ') /* one very long word: never cut inside a character */
            for (n = room; n > 0 && ((unsigned char)p[n] & 0xC0) == 0x80;)
                n--;
        emit_text_at(e, file, line, open);
        emit_text_at(e, file, line, emit_printf(e, "%.*s\n", (int)n, p));
        p += n;
        p += strspn(p, " ");
        open = "   ";
    }
    emit_text_at(e, file, line, open);
    emit_text_at(e, file, line, p);
    emit_text_at(e, file, line, " */\n");
    sb_free(&sb);
}

void emit_spec_line(emit *e, const char *spec_file, int spec_line) {
    if (!e->options.lines || spec_file == NULL || spec_line <= 0)
        return;
    emit_text(e, emit_printf(e, "#line %d %s\n", spec_line, emit_string(e, spec_file, strlen(spec_file))));
    e->in_spec = true;
}

void emit_own_line(emit *e) {
    if (!e->in_spec)
        return;
    emit_text(e, OWN_LINE "\n");
    e->in_spec = false;
}

/* Of several blank lines one is enough. */
static bool is_blank_again(const strbuf *out, const char *line) {
    return line[0] == '\n' && out->length >= 2 && strcmp(out->data + out->length - 2, "\n\n") == 0;
}

void emit_finish(emit *e, strbuf *out) {
    long line = 1;
    for (int i = 0; i < EMIT_SECTIONS; i++) {
        if (e->sections[i].line.length > 0)
            migc_bug("a section of generated C ends within a line");
        for (const char *p = sb_text(&e->sections[i].text); *p != '\0';) {
            size_t n = strcspn(p, "\n") + 1;
            if (is_blank_again(out, p)) {
                p += n;
                continue;
            }
            line++;
            if (p[0] == OWN_LINE[0]) {
                const char *name = e->options.own_name;
                sb_printf(out, "#line %ld %s\n", line, emit_string(e, name, strlen(name)));
            } else {
                sb_put(out, p, n);
            }
            p += n;
        }
    }
}
