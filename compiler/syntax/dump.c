/*
 * dump.c: tokens and trees as text, for --dump and for tests. Only reads.
 */
#include "compiler/syntax/dump.h"

#include "compiler/syntax/fields.h"

#include <string.h>

/* ---- tokens --------------------------------------------------------------------------------------------------- */

void dump_tokens(const src_map *m, const token_list *tokens, strbuf *out)
{
    for (int i = 0; i < tokens->n; i++) {
        const token *t = &tokens->at[i];
        src_place place = src_locate(m, t->at);
        const src_file *f = src_get(m, t->at.source);

        sb_printf(out, "%u:%u %s", place.line, place.column, token_kind_name(t->kind));
        if (t->text != NULL && strcmp(t->text, token_kind_name(t->kind)) != 0) {
            sb_putc(out, ' ');
            sb_put_json(out, t->text, strlen(t->text));
        } else if (t->kind == TOKEN_COMMENT && f != NULL) {
            sb_putc(out, ' ');
            sb_put_json(out, f->text + t->at.offset, t->at.length);
        }
        sb_putc(out, '\n');
    }
}

/* ---- trees ---------------------------------------------------------------------------------------------------- */

static void put_name(const ast_name *name, strbuf *out)
{
    if (name->quoted)
        sb_put_json(out, name->text, strlen(name->text));
    else
        sb_puts(out, name->text);
}

static void put_names(const ast_names *names, const char *between, strbuf *out)
{
    for (int i = 0; i < names->n; i++) {
        sb_puts(out, i == 0 ? "" : between);
        put_name(&names->at[i], out);
    }
}

static void put_texts(const ast_texts *texts, strbuf *out)
{
    for (int i = 0; i < texts->n; i++) {
        sb_puts(out, i == 0 ? "" : ",");
        sb_put_json(out, texts->at[i].text, strlen(texts->at[i].text));
    }
}

static bool is_there(const ast_field *f, const void *at)
{
    switch (f->type) {
    case FIELD_END: return false;
    case FIELD_NODE: return *(ast_node *const *)at != NULL;
    case FIELD_LIST: return ((const ast_list *)at)->n > 0;
    case FIELD_NAME: return ((const ast_name *)at)->text != NULL;
    case FIELD_NAMES: return ((const ast_names *)at)->n > 0;
    case FIELD_TEXT: return ((const ast_text *)at)->text != NULL;
    case FIELD_TEXTS: return ((const ast_texts *)at)->n > 0;
    case FIELD_STRING: return true;
    case FIELD_FLAG: return *(const bool *)at;
    case FIELD_INT: return *(const int *)at >= 0;
    case FIELD_WORD: return f->words[*(const unsigned *)at] != NULL;
    }
    return false;
}

/* ` name=value`, on the node's own line; nothing for children. */
static void put_scalar(const ast_field *f, const void *at, bool is_path, strbuf *out)
{
    sb_printf(out, " %s", f->name);
    if (f->type == FIELD_FLAG)
        return;
    sb_putc(out, '=');
    switch (f->type) {
    case FIELD_NAME: put_name(at, out); break;
    case FIELD_NAMES: put_names(at, is_path ? "." : ",", out); break;
    case FIELD_TEXT: sb_put_json(out, ((const ast_text *)at)->text, strlen(((const ast_text *)at)->text)); break;
    case FIELD_TEXTS: put_texts(at, out); break;
    case FIELD_STRING: sb_put_json(out, *(const char *const *)at, strlen(*(const char *const *)at)); break;
    case FIELD_INT: sb_printf(out, "%d", *(const int *)at); break;
    case FIELD_WORD: sb_puts(out, f->words[*(const unsigned *)at]); break;
    case FIELD_END:
    case FIELD_NODE:
    case FIELD_LIST:
    case FIELD_FLAG: break;
    }
}

static void put_type(const ast_node *n, strbuf *out)
{
    if (n->type.id == TYPE_UNKNOWN)
        return;
    sb_printf(out, " : %s", type_spelling(n->type.id));
    if (n->type.p >= 0 && n->type.s >= 0)
        sb_printf(out, "(%d,%d)", n->type.p, n->type.s);
    else if (n->type.p >= 0)
        sb_printf(out, "(%d)", n->type.p);
    sb_printf(out, "%s%s", n->nullable ? " null" : "", n->fallible ? " fallible" : "");
    if (n->why != NULL)
        sb_printf(out, " (%s)", n->why);
}

static void put_node(const ast_node *n, int level, strbuf *out)
{
    const ast_field *fields = ast_fields(n->kind);

    sb_puts(out, ast_kind_name(n->kind));
    for (const ast_field *f = fields; f->type != FIELD_END; f++) {
        const void *at = (const char *)n + f->offset;

        if (f->type != FIELD_NODE && f->type != FIELD_LIST && is_there(f, at))
            put_scalar(f, at, strcmp(f->name, "path") == 0, out);
    }
    put_type(n, out);
    sb_putc(out, '\n');
    for (const ast_field *f = fields; f->type != FIELD_END; f++) {
        const void *at = (const char *)n + f->offset;

        if (!is_there(f, at) || (f->type != FIELD_NODE && f->type != FIELD_LIST))
            continue;
        sb_repeat(out, ' ', (size_t)(2 * level + 2));
        sb_printf(out, "%s:", f->name);
        if (f->type == FIELD_NODE) {
            sb_putc(out, ' ');
            put_node(*(ast_node *const *)at, level + 1, out);
            continue;
        }
        sb_putc(out, '\n');
        for (int i = 0; i < ((const ast_list *)at)->n; i++) {
            sb_repeat(out, ' ', (size_t)(2 * level + 4));
            put_node(((const ast_list *)at)->at[i], level + 2, out);
        }
    }
}

void dump_ast(const ast_node *n, strbuf *out)
{
    put_node(n, 0, out);
}
