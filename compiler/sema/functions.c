/*
 * functions.c: functions.def, parsed. See functions.h.
 */
#include "compiler/sema/functions.h"

#include "compiler/base/bug.h"
#include "compiler/base/symtab.h"
#include "compiler/sema/types.h"

#include <string.h>

typedef struct raw_row {
    const char *name, *cname, *result, *args;
    bool strict;
    fn_failure failure;
    const char *volatility, *family, *help;
} raw_row;

enum { STRICT = 1, CALLED = 0, SURE = FN_SURE, CAN_FAIL = FN_CAN_FAIL, SURE_IF_CONST = FN_SURE_IF_CONST };

static const raw_row raw[] = {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) \
    {name, #cname, result, args, null_rule, (fn_failure)fallible, #volatility, family, help},
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
};

typedef struct form { const char *syntax, *family, *help; } form;
static const form forms[] = {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help)
#define MIG_FORM(id, syntax, family, help) {syntax, family, help},
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
};

enum { N_ROWS = sizeof raw / sizeof *raw, N_FORMS = sizeof forms / sizeof *forms };

static sema_fn rows[N_ROWS];
static bool is_parsed;

/* Functions that can give null for arguments that are not. */
static bool gives_null(const char *name) {
    static const char *const names[] = {"element", "env", "json_get", "json_get_text", "regex_extract"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* One argument of a signature: [?][!]type[...], any->type... */
static void parse_arg(sema_fn *f, const char *text, size_t n) {
    if (f->n_args == FN_ARGS_MAX)
        migc_bug("too many arguments in functions.def: %s", f->name);
    fn_arg *a = &f->args[f->n_args++];
    char word[32];
    for (; n > 0 && (*text == '?' || *text == '!'); text++, n--) {
        a->optional = a->optional || *text == '?';
        a->steers = a->steers || *text == '!';
    }
    if (n > 3 && memcmp(text + n - 3, "...", 3) == 0) {
        a->variadic = f->variadic = true;
        n -= 3;
    }
    if (n > 5 && memcmp(text, "any->", 5) == 0) {
        a->any = true;
        text += 5;
        n -= 5;
    }
    if (n >= sizeof word)
        migc_bug("a type in functions.def: %s", text);
    memcpy(word, text, n);
    word[n] = '\0';
    a->type = type_by_name(word);
    if (a->type == TYPE_UNKNOWN)
        migc_bug("a type in functions.def: %s", word);
    if (!a->optional)
        f->n_required = f->n_args;
}

static void parse_row(sema_fn *f, const raw_row *r) {
    *f = (sema_fn){.name = r->name, .cname = r->cname, .signature = r->args, .strict = r->strict, .failure = r->failure,
                   .volatility = r->volatility, .family = r->family, .help = r->help,
                   .may_be_null = gives_null(r->name)};
    f->result = sema_type(type_by_name(r->result));
    for (const char *p = r->args; *p != '\0';) {
        size_t n = strcspn(p, ",");
        parse_arg(f, p, n);
        p += n;
        p += strspn(p, ", ");
    }
}

static const sema_fn *all_rows(void) {
    if (!is_parsed)
        for (int i = 0; i < N_ROWS; i++)
            parse_row(&rows[i], &raw[i]);
    is_parsed = true;
    return rows;
}

int sema_fn_count(void) {
    return N_ROWS;
}

const sema_fn *sema_fn_row(int index) {
    if (index < 0 || index >= N_ROWS)
        migc_bug("no row %d in functions.def", index);
    return &all_rows()[index];
}

const fn_arg *sema_fn_arg(const sema_fn *f, int i) {
    if (i < f->n_args)
        return &f->args[i];
    return f->variadic ? &f->args[f->n_args - 1] : NULL;
}

static bool takes(const sema_fn *f, const value_type *args, int n, bool exactly) {
    if (n < f->n_required)
        return false;
    for (int i = 0; i < n; i++) {
        const fn_arg *a = sema_fn_arg(f, i);
        if (a == NULL)
            return false;
        if (a->any || args[i].id == TYPE_NULL || args[i].id == TYPE_ERROR || args[i].id == a->type)
            continue;
        if (exactly)
            return false;
        assign_kind k = sema_assign(args[i], sema_type(a->type));
        if (k != ASSIGN_SAME && k != ASSIGN_WIDEN)
            return false;
    }
    return true;
}

int sema_fn_find(const char *name, const value_type *args, int n) {
    const sema_fn *all = all_rows();
    for (int pass = 0; pass < 2; pass++)
        for (int i = 0; i < N_ROWS; i++)
            if (strcmp(all[i].name, name) == 0 && takes(&all[i], args, n, pass == 0))
                return i;
    return -1;
}

int sema_fn_from_text(type_id to) {
    value_type text = sema_type(TYPE_TEXT);
    if (sema_is_text(to))
        return -1;
    return sema_fn_find(to == TYPE_BOOLEAN ? "bool" : to == TYPE_TEXT_ARRAY ? "parse_list" : type_spelling(to), &text, 1);
}

const char *sema_fn_any_converter(type_id to) {
    return to == TYPE_JSON ? "to_json" : to == TYPE_JSONB ? "to_jsonb" : "text";
}

static size_t form_word(const form *f) {
    return strcspn(f->syntax, "( [");
}

/* Forms that are written as calls; `x like y` is none. */
bool sema_form_known(const char *name) {
    for (int i = 0; i < N_FORMS; i++)
        if (strlen(name) == form_word(&forms[i]) && strncmp(name, forms[i].syntax, strlen(name)) == 0 &&
            forms[i].syntax[strlen(name)] == '(')
            return true;
    return false;
}

bool sema_fn_known(const char *name) {
    for (int i = 0; i < N_ROWS; i++)
        if (strcmp(raw[i].name, name) == 0)
            return true;
    return sema_form_known(name);
}

const char *sema_fn_nearest(const char *name) {
    nearest n = nearest_start(name);
    for (int i = 0; i < N_ROWS; i++)
        nearest_offer(&n, raw[i].name);
    static const char *const written_as_calls[] = {"coalesce", "nullif", "greatest", "least", "extract"};
    for (size_t i = 0; i < sizeof written_as_calls / sizeof *written_as_calls; i++)
        nearest_offer(&n, written_as_calls[i]);
    return n.best;
}

/* "(text, [text])" */
static void put_signature(const sema_fn *f, strbuf *out) {
    sb_putc(out, '(');
    for (int i = 0; i < f->n_args; i++) {
        const fn_arg *a = &f->args[i];
        sb_printf(out, "%s%s%s%s%s", i > 0 ? ", " : "", a->optional ? "[" : "", a->any ? "any" : type_spelling(a->type),
                  a->variadic ? ", …" : "", a->optional ? "]" : "");
    }
    sb_putc(out, ')');
}

void sema_fn_candidates(const char *name, strbuf *out) {
    bool first = true;
    for (int i = 0; i < N_ROWS; i++) {
        if (strcmp(all_rows()[i].name, name) != 0)
            continue;
        sb_printf(out, "%s%s", first ? "" : " or ", name);
        put_signature(&rows[i], out);
        first = false;
    }
}

static void list_family(const char *family, strbuf *out) {
    sb_printf(out, "%s\n", family);
    for (int i = 0; i < N_FORMS; i++)
        if (strcmp(forms[i].family, family) == 0)
            sb_printf(out, "  %s\n      %s\n", forms[i].syntax, forms[i].help);
    for (int i = 0; i < N_ROWS; i++) {
        const sema_fn *f = &all_rows()[i];
        if (strcmp(f->family, family) != 0)
            continue;
        sb_printf(out, "  %s", f->name);
        put_signature(f, out);
        sb_printf(out, " %s\n      %s%s\n", type_spelling(f->result.id), f->help,
                  f->failure == FN_CAN_FAIL ? " [can fail]" : "");
    }
}

void sema_fn_list(strbuf *out) {
    static const char *const families[] = {"text", "unicode", "list", "number", "time", "zone", "extract", "convert", "json",
                                           "uuid", "regex", "digest", "run", "form"};
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        if (i > 0)
            sb_putc(out, '\n');
        list_family(families[i], out);
    }
}
