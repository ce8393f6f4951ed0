/*
 * cg_function.c: one C function at a time: its names, its body, and the parameters that it turns out not to need. A function that
 * is written while another one is being written (a look-up, an into, the condition of a check) comes out before it.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

cg_fn cg_begin(cg *g, cg_leave leave) {
    cg_fn f = {.g = g, .leave = leave, .into = -1};
    f.names = names_create(g->a, g->names);
    emit_capture(g->e);
    f.outside = emit_aside(g->e);
    emit_in(g->e);
    return f;
}

void cg_param(cg_fn *f, const char *name) {
    if (f->n_params == (int)(sizeof f->params / sizeof f->params[0]))
        migc_bug("a generated function has too many parameters");
    names_reserve(f->names, name);
    f->params[f->n_params++] = name;
}

static bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The first character behind a comment or literal that begins at p; p itself when none does. */
static const char *behind_quoted(const char *p) {
    if (p[0] == '/' && p[1] == '*') {
        const char *end = strstr(p + 2, "*/");
        return end != NULL ? end + 2 : p + strlen(p);
    }
    if (p[0] == '/' && p[1] == '/')
        return p + strcspn(p, "\n");
    if (p[0] == '#')
        return p + strcspn(p, "\n");
    if (p[0] != '"' && p[0] != '\'')
        return p;
    char quote = *p++;
    while (*p != quote && *p != '\0')
        p += p[0] == '\\' && p[1] != '\0' ? 2 : 1;
    return *p == quote ? p + 1 : p;
}

int cg_mentions(const char *c, const char *identifier) {
    size_t n = strlen(identifier);
    int count = 0;
    for (const char *p = c; *p != '\0';) {
        const char *next = behind_quoted(p);
        if (next != p) {
            p = next;
            continue;
        }
        if (!is_word(*p)) {
            p++;
            continue;
        }
        size_t word = 0;
        while (is_word(p[word]))
            word++;
        bool is_member = p > c && (p[-1] == '.' || (p[-1] == '>' && p - c >= 2 && p[-2] == '-'));
        if (word == n && memcmp(p, identifier, n) == 0 && !is_member)
            count++;
        p += word;
    }
    return count;
}

const char *cg_body(cg_fn *f) {
    if (f->body == NULL) {
        emit_out(f->g->e);
        f->body = emit_captured(f->g->e);
    }
    return f->body;
}

void cg_end(cg_fn *f, const char *head) {
    emit *e = f->g->e;
    const char *body = cg_body(f);
    emit_capture(e);
    emit_tpl(e, "${head} {\n", "head", head, (char *)NULL);
    emit_in(e);
    for (int i = 0; i < f->n_params; i++)
        if (cg_mentions(body, f->params[i]) == 0)
            emit_tpl(e, "(void)${name};\n", "name", f->params[i], (char *)NULL);
    emit_out(e);
    emit_put_captured(e, body);
    emit_text(e, "}\n\n");
    emit_put_first(e, emit_captured(e));
    emit_back(e, f->outside);
}

const char *cg_var_name(const cg_fn *f, const plan_var *v) {
    for (const cg_var *b = f->vars; b != NULL; b = b->next)
        if (b->var == v)
            return b->name;
    migc_bug("the variable \"%s\" is used where it is not known", v->name);
}

void cg_var_bind(cg_fn *f, const plan_var *v, const char *name) {
    cg_var *b = arena_new(f->g->a, cg_var);
    *b = (cg_var){v, name, f->vars};
    f->vars = b;
}

const char *cg_local(cg_fn *f, const char *hint) {
    return names_make(f->names, "", hint);
}
