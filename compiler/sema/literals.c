/*
 * literals.c: literals take the type that their context needs, once it is known: '2024-01-01' beside a date is a date, 5 in a
 * numeric(10,2) column is 5.00. They are read here with the runtime's own code, so what stands in the tree afterwards is right.
 */
#include "compiler/sema/inside.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DIGITS = 1000 };

bool literal_is(const ast_node *e)
{
    return e->kind == AST_NULL || e->kind == AST_TEXT || e->kind == AST_NUMBER || e->kind == AST_BOOL;
}

/* ---- numbers ------------------------------------------------------------------------------------------------------- */

bool literal_integer(const ast_node *e, long long *out)
{
    char *end;

    if (e->kind != AST_NUMBER || !e->number.is_integer)
        return false;
    errno = 0;
    *out = strtoll(e->number.text, &end, 10);
    return errno == 0 && *end == '\0';
}

bool literal_is_zero(const ast_node *e)
{
    return e->kind == AST_NUMBER && strspn(e->number.text, "-0.") == strlen(e->number.text);
}

/* "1.5e3" as "1500": sign, digits, point, digits; NULL: more digits than a number may have. */
static const char *canonical(arena *a, const char *text)
{
    bool negative = *text == '-';
    char *digits = arena_array(a, char, strlen(text) + 1);
    int n = 0, point = -1;

    for (text += negative; *text != '\0' && *text != 'e' && *text != 'E'; text++) {
        if (*text == '.')
            point = n;
        else
            digits[n++] = *text;
    }
    if (point < 0)
        point = n;
    long exponent = *text != '\0' ? strtol(text + 1, NULL, 10) : 0;
    if (exponent > MOST_DIGITS || exponent < -MOST_DIGITS || n > MOST_DIGITS)
        return NULL;
    int whole = point + (int)exponent;                      /* digits before the point */
    int behind = n - whole > 0 ? n - whole : 0;
    char *out = arena_array(a, char, MOST_DIGITS * 3 + 8), *p = out;
    if (negative)
        *p++ = '-';
    int first = 0;
    while (first < n - 1 && first < whole - 1 && digits[first] == '0')
        first++;
    if (whole <= 0)
        *p++ = '0';
    for (int i = first; i < whole; i++)
        *p++ = i < n ? digits[i] : '0';
    if (behind > 0)
        *p++ = '.';
    for (int i = whole; i < whole + behind; i++)
        *p++ = i < 0 ? '0' : digits[i];
    *p = '\0';
    return strspn(out, "-0.") == strlen(out) && negative ? out + 1 : out;
}

void literal_type(sema *s, ast_node *e)
{
    long long v;

    e->nullable = e->kind == AST_NULL;
    if (e->kind != AST_NUMBER) {
        e->type = sema_type(e->kind == AST_NULL ? TYPE_NULL : e->kind == AST_BOOL ? TYPE_BOOLEAN : TYPE_TEXT);
        return;
    }
    const char *text = canonical(s->a, e->number.text);
    if (text == NULL) {
        diag_error(s->d, e->at, D_BAD_LITERAL, "a number has at most %d digits", MOST_DIGITS);
        expr_fail(e);
        return;
    }
    e->number.text = text;
    e->type = sema_type(TYPE_NUMERIC);
    if (literal_integer(e, &v))
        e->type = sema_type(v >= INT_MIN && v <= INT_MAX ? TYPE_INTEGER : TYPE_BIGINT);
}

typedef enum fit { FITS, TOO_LARGE, LOSES_DIGITS, NO_SUCH_VALUE } fit;

static fit fit_integer(const ast_node *e, type_id to)
{
    long long v, most = to == TYPE_SMALLINT ? SHRT_MAX : to == TYPE_INTEGER ? INT_MAX : LLONG_MAX;

    if (strchr(e->number.text, '.') != NULL)
        return LOSES_DIGITS;
    return literal_integer(e, &v) && v <= most && v >= -most - 1 ? FITS : TOO_LARGE;
}

/* The digits with exactly s behind the point; NULL: digits would be lost. */
static const char *with_scale(arena *a, const char *text, int s)
{
    const char *point = strchr(text, '.');
    int have = point == NULL ? 0 : (int)strlen(point + 1);

    if (have > s) {
        if (strspn(point + 1 + s, "0") != strlen(point + 1 + s))
            return NULL;
        return arena_strndup(a, text, (size_t)(point - text) + (s > 0 ? (size_t)s + 1 : 0));
    }
    return arena_printf(a, "%s%s%.*s", text, have == 0 && s > 0 ? "." : "", s - have,
                        "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000");
}

static fit fit_numeric(arena *a, const ast_node *e, value_type to, const char **out)
{
    const char *text = to.p < 0 || to.s > 100 ? e->number.text : with_scale(a, e->number.text, to.s);

    *out = text;
    if (text == NULL)
        return LOSES_DIGITS;
    if (to.p < 0)
        return FITS;
    const char *digits = text + (*text == '-');
    int whole = (int)strcspn(digits, ".");
    if (whole == 1 && *digits == '0')
        whole = 0;
    return whole <= to.p - to.s ? FITS : TOO_LARGE;
}

/* Whether the number is a value of the type, and the digits as the type has them. */
static fit fit_number(arena *a, const ast_node *e, value_type to, const char **digits)
{
    *digits = e->number.text;
    if (sema_is_integer(to.id))
        return fit_integer(e, to.id);
    if (to.id == TYPE_NUMERIC)
        return fit_numeric(a, e, to, digits);
    return to.id == TYPE_REAL || to.id == TYPE_DOUBLE ? FITS : NO_SUCH_VALUE;
}

static bool adopt_number(sema *s, ast_node *e, value_type to)
{
    const char *digits;

    switch (fit_number(s->a, e, to, &digits)) {
    case FITS:
        e->number.text = digits;
        e->type = to;
        return true;
    case TOO_LARGE:
        diag_error(s->d, e->at, D_BAD_LITERAL, "%s is too large for %s", text_of(s, e->at), text_type(s, to));
        return expr_fail(e);
    case LOSES_DIGITS:
        if (sema_is_integer(to.id))
            diag_error(s->d, e->at, D_BAD_LITERAL, "%s is not a whole number, and %s is needed", text_of(s, e->at),
                       text_type(s, to));
        else
            diag_error(s->d, e->at, D_BAD_LITERAL, "%s has more digits behind the point than %s", text_of(s, e->at),
                       text_type(s, to));
        return expr_fail(e);
    case NO_SUCH_VALUE: break;
    }
    return true; /* the caller sees that the types do not fit */
}

/* ---- texts --------------------------------------------------------------------------------------------------------- */

static bool adopt_text(sema *s, ast_node *e, value_type to)
{
    char why[200];
    int length = constant_length(e->text.text);

    if (to.id == TYPE_TEXT || e->type.id != TYPE_TEXT)
        return true;
    if (to.id == TYPE_TEXT_ARRAY && e->text.text[0] != '{' && e->text.text[0] != '[')
        return true; /* no list as SQL or JSON writes it: more likely one that was meant to be split */
    if (type_is_text(to)) {
        if (to.p >= 0 && length > to.p) {
            diag_error(s->d, e->at, D_BAD_LITERAL, "the text has %d characters, and %s takes %d", length, text_type(s, to),
                       to.p);
            return expr_fail(e);
        }
        /* char(n) is padded when it is put into its column */
        e->type = to.id == TYPE_CHAR ? (value_type){TYPE_VARCHAR, length, -1} : to;
        return true;
    }
    if (!constant_reads(to, e->text.text, why, sizeof why)) {
        diag_error(s->d, e->at, D_BAD_LITERAL, "%s", why);
        return expr_fail(e);
    }
    e->type = to;
    return true;
}

/* ---- results of case, coalesce and the like --------------------------------------------------------------------------- */

enum { MOST_RESULTS = 256 };

typedef struct results {
    ast_node *at[MOST_RESULTS];
    int n;
} results;

static void add_result(results *r, ast_node *e)
{
    if (e != NULL && r->n < MOST_RESULTS)
        r->at[r->n++] = e;
}

/* The expressions whose values e can take over; none for other kinds than case and the forms. */
static void results_of(const ast_node *e, results *r)
{
    r->n = 0;
    if (e->kind == AST_CASE) {
        for (int i = 0; i < e->cases.whens.n; i++)
            add_result(r, e->cases.whens.at[i]->when.then);
        add_result(r, e->cases.otherwise);
    } else if (e->kind == AST_CALL && e->fn < 0 && e->sym == NULL && !sema_is_error(e->type)) {
        for (int i = 0; i < e->call.args.n; i++)
            add_result(r, e->call.args.at[i]);
    }
}

/* Every result that is no literal goes into the type. */
static bool can_adopt(const ast_node *e, value_type to)
{
    results r;

    if (literal_is(e))
        return true;
    results_of(e, &r);
    if (r.n == 0)
        return sema_assign(e->type, to) != ASSIGN_NO;
    for (int i = 0; i < r.n; i++)
        if (!can_adopt(r.at[i], to))
            return false;
    return true;
}

static bool adopt_results(sema *s, ast_node *e, value_type to)
{
    results r;
    value_type t = sema_type(TYPE_NULL);
    bool ok = true;

    results_of(e, &r);
    if (r.n == 0 || r.n == MOST_RESULTS || !can_adopt(e, to))
        return true;
    for (int i = 0; i < r.n; i++) {
        ok = literal_adopt(s, r.at[i], to) && ok;
        t = sema_common(t, r.at[i]->type);
    }
    if (!ok)
        return expr_fail(e);
    if (!sema_is_error(t))
        e->type = t;
    return true;
}

bool literal_adopt(sema *s, ast_node *e, value_type to)
{
    if (sema_is_error(e->type) || sema_is_error(to))
        return true;
    if (e->kind == AST_NULL) {
        e->type = to;
        return true;
    }
    if (e->kind == AST_NUMBER)
        return adopt_number(s, e, to);
    if (e->kind == AST_TEXT)
        return adopt_text(s, e, to);
    return adopt_results(s, e, to);
}

void literal_settle(sema *s, ast_node *e)
{
    if (e->type.id == TYPE_NULL)
        literal_adopt(s, e, sema_type(TYPE_TEXT));
}

/* ---- one type for several ------------------------------------------------------------------------------------------------ */

static bool cannot(sema *s, const ast_node *a, const ast_node *b, const char *why)
{
    const char *x = text_of(s, a->at), *y = text_of(s, b->at), *mend;

    if (b->kind == AST_NUMBER && type_is_text(a->type) && strcmp(why, CANNOT_COMPARE) != 0)
        mend = arena_printf(s->a, "'%s'", b->number.text);
    else if (b->kind == AST_NUMBER && (a->type.id == TYPE_DATE || a->type.id == TYPE_TIMESTAMP || a->type.id == TYPE_TIMESTAMPTZ))
        mend = arena_printf(s->a, "extract(year from %s), or a date in single quotes", x);
    else if (type_is_text(b->type) && !type_is_text(a->type))
        mend = text_mend_of(s, b, a->type);
    else
        mend = text_mend_of(s, a, b->type);
    diag_error(s->d, b->at, D_TYPE_MISMATCH, "%s is %s and %s is %s: %s", x, text_type(s, a->type), y, text_type(s, b->type),
               why);
    if (mend != NULL)
        diag_hint(s->d, "Write %s.", mend);
    return false;
}

/* The common type of those that are (or are not) literals; *first is one that has it. */
static value_type common_of(sema *s, ast_node **e, int n, bool literals, const ast_node **first, const char *why)
{
    value_type t = sema_type(TYPE_NULL);

    for (int i = 0; i < n; i++) {
        if (literal_is(e[i]) != literals || e[i]->type.id == TYPE_NULL)
            continue;
        value_type both = sema_common(t, e[i]->type);
        if (sema_is_error(both)) {
            cannot(s, *first, e[i], why);
            return both;
        }
        if (*first == NULL || !sema_type_equal(both, t))
            *first = e[i];
        t = both;
    }
    return t;
}

/* One literal beside values of type t: the type that both have then. */
static value_type join_literal(sema *s, ast_node *e, value_type t, const ast_node *first, const char *why)
{
    value_type base = sema_is_number(t.id) ? sema_type(t.id) : t;
    const char *digits;

    if (e->kind == AST_NULL) {
        e->type = base;
        return t;
    }
    if (e->kind == AST_TEXT && !type_is_text(t) && t.id != TYPE_TEXT_ARRAY)
        return literal_adopt(s, e, t) ? t : sema_type(TYPE_ERROR);
    if (e->kind == AST_NUMBER && sema_is_number(t.id)) {
        if (fit_number(s->a, e, base, &digits) == FITS)
            return literal_adopt(s, e, base) ? t : sema_type(TYPE_ERROR);
        return sema_common(t, e->type);
    }
    value_type both = sema_common(t, e->type);
    if (sema_is_error(both))
        cannot(s, first, e, why);
    return both;
}

value_type literal_unify(sema *s, ast_node **e, int n, const char *why)
{
    const ast_node *first = NULL;
    value_type t;

    for (int i = 0; i < n; i++)
        if (sema_is_error(e[i]->type))
            return sema_type(TYPE_ERROR);
    t = common_of(s, e, n, false, &first, why);
    if (t.id == TYPE_NULL) {
        t = common_of(s, e, n, true, &first, why);
        if (t.id == TYPE_NULL)
            t = sema_type(TYPE_TEXT);
    }
    for (int i = 0; i < n && !sema_is_error(t); i++) {
        if (literal_is(e[i]))
            t = join_literal(s, e[i], t, first, why);
        else if (e[i]->type.id == TYPE_NULL)
            literal_adopt(s, e[i], t);
    }
    return t;
}
