/*
 * text.c: words for messages: pieces of the spec, types, lists of names, and how a value is written so that it has another type.
 */
#include "compiler/base/strbuf.h"
#include "compiler/base/utf8.h"
#include "compiler/sema/inside.h"

#include <string.h>

enum { MOST_SHOWN = 50 };

const char *text_of(sema *s, span at)
{
    const char *text = src_text_of(s->src, at, s->a);
    strbuf sb = STRBUF_INIT;
    bool blank = false;
    int shown = 0;

    for (size_t n = strlen(text); n > 0;) {
        uint32_t c;
        size_t k = utf8_decode(text, n, &c);

        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            blank = sb.length > 0;
        } else {
            if (shown++ >= MOST_SHOWN) {
                sb_puts(&sb, "…");
                break;
            }
            if (blank)
                sb_putc(&sb, ' ');
            blank = false;
            sb_put(&sb, text, k);
        }
        text += k;
        n -= k;
    }
    return sb_take(&sb, s->a);
}

const char *text_type(sema *s, value_type t)
{
    return sema_type_text(s->a, t);
}

const char *text_a(value_type t)
{
    switch (t.id) {
    case TYPE_BOOLEAN: return "a truth value";
    case TYPE_SMALLINT: return "a smallint";
    case TYPE_INTEGER: return "an integer";
    case TYPE_BIGINT: return "a bigint";
    case TYPE_REAL: return "a real number";
    case TYPE_DOUBLE: return "a double number";
    case TYPE_NUMERIC: return "a number";
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_CHAR: return "a text";
    case TYPE_BYTEA: return "a sequence of bytes";
    case TYPE_DATE: return "a date";
    case TYPE_TIME: return "a time";
    case TYPE_TIMESTAMP: return "a timestamp";
    case TYPE_TIMESTAMPTZ: return "a timestamp with an offset";
    case TYPE_UUID: return "a uuid";
    case TYPE_JSON:
    case TYPE_JSONB: return "JSON";
    case TYPE_TEXT_ARRAY: return "a list of texts";
    case TYPE_UNKNOWN:
    case TYPE_ERROR:
    case TYPE_NULL:
    case TYPE_COUNT: break;
    }
    return "a value";
}

const char *text_noun(value_type t)
{
    const char *words = text_a(t);

    return strncmp(words, "a ", 2) == 0 ? words + 2 : strncmp(words, "an ", 3) == 0 ? words + 3 : words;
}

const char *text_names(sema *s, const char *const *names, int n, int most)
{
    strbuf sb = STRBUF_INIT;
    int shown = n > most ? most - 1 : n;

    for (int i = 0; i < shown; i++) {
        if (i > 0)
            sb_puts(&sb, i == n - 1 ? " and " : ", ");
        sb_printf(&sb, "\"%s\"", names[i]);
    }
    if (shown < n)
        sb_printf(&sb, " and %d more", n - shown);
    return sb_take(&sb, s->a);
}

/* The function that makes a value of the type: `bool` for boolean, `text` for all texts. */
static const char *maker(value_type to)
{
    if (to.id == TYPE_BOOLEAN)
        return "bool";
    return type_is_text(to) ? "text" : type_spelling(to.id);
}

const char *text_mend(sema *s, const char *e, value_type from, value_type to)
{
    if (from.id == TYPE_TIMESTAMP && to.id == TYPE_TIMESTAMPTZ)
        return arena_printf(s->a, "%s at zone 'Area/City'", e);
    if (from.id == TYPE_TIMESTAMPTZ && (to.id == TYPE_TIMESTAMP || to.id == TYPE_DATE))
        return arena_printf(s->a, to.id == TYPE_DATE ? "date(%s at zone 'Area/City')" : "%s at zone 'Area/City'", e);
    if (type_is_text(from) && to.id == TYPE_TEXT_ARRAY)
        return arena_printf(s->a, "split(%s, ',')", e);
    if (from.id == TYPE_TEXT_ARRAY && type_is_text(to))
        return arena_printf(s->a, "join(%s, ',')", e);
    if (sema_fn_find(maker(to), &from, 1) >= 0)
        return arena_printf(s->a, "%s(%s)", maker(to), e);
    return NULL;
}

const char *text_mend_of(sema *s, const ast_node *e, value_type to)
{
    const ast_node *inner = e->kind == AST_CALL && e->call.args.n == 1 ? e->call.args.at[0] : NULL;

    if (e->kind == AST_NUMBER && to.id == TYPE_BOOLEAN)
        return strcmp(e->number.text, "0") == 0 ? "false" : "true";
    /* instead of a conversion of a conversion: another one of the same value */
    if (inner != NULL && !sema_is_error(inner->type) && strcmp(e->call.name.text, maker(e->type)) == 0) {
        const char *mend = text_mend(s, text_of(s, inner->at), inner->type, to);

        if (mend != NULL)
            return mend;
    }
    return text_mend(s, text_of(s, e->at), e->type, to);
}

bool text_mismatch(sema *s, const ast_node *e, value_type to, const char *what)
{
    const char *mend = text_mend_of(s, e, to);

    diag_error(s->d, e->at, D_TYPE_MISMATCH, "%s %s, and %s is %s", what, text_type(s, to), text_of(s, e->at), text_type(s, e->type));
    if (mend != NULL)
        diag_hint(s->d, "Write %s.", mend);
    return false;
}
