/*
 * calls.c: which function a call means, whether its arguments fit, whether it can fail. The forms with typing of their own
 * (coalesce, nullif, greatest, least), extract and `at zone` too; `define`d names are in defines.c.
 */
#include "compiler/sema/inside.h"

#include <string.h>

enum { MOST_ARGS = 100 };

/* ---- why a function fails ----------------------------------------------------------------------------------------- */

/* $1, $2: the argument as it is written. Conversions between types are not here: their words come from the types. */
static const struct { const char *name, *why; } words[] = {
    {"abs", "$1 may be the one number that has no positive counterpart"},
    {"at_zone", "the zone may skip or repeat the time $1"},
    {"convert_from", "$1 may be no text in that encoding"},
    {"decode", "$1 may not be written in that form"},
    {"json_array_length", "$1 may be no JSON array"},
    {"json_items", "$1 may be no JSON array"},
    {"make_date", "there may be no such day"},
    {"matches", "matching $2 may take too many steps"},
    {"mod", "$2 may be 0"},
    {"parse_list", "$1 may be no list"},
    {"power", "the result may be out of range"},
    {"regex_extract", "matching $2 may take too many steps"},
    {"regex_replace", "matching $2 may take too many steps"},
    {"sqrt", "$1 may be negative"},
};

static const char *fill(sema *s, const char *why, ast_list args)
{
    strbuf sb = STRBUF_INIT;

    for (const char *p = why; *p != '\0'; p++) {
        if (p[0] == '$' && p[1] - '1' < args.n)
            sb_puts(&sb, text_of(s, args.at[*++p - '1']->at));
        else
            sb_putc(&sb, *p);
    }
    return sb_take(&sb, s->a);
}

static void can_fail(sema *s, ast_node *e, const sema_fn *row, ast_list args)
{
    if (strcmp(row->name, "at_zone") == 0 && row->result.id == TYPE_TIMESTAMP) {
        expr_can_fail(s, e, "the local time of %s may leave the years 1 to 9999", text_of(s, args.at[0]->at));
        return;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].name, row->name) == 0) {
            expr_can_fail(s, e, "%s", fill(s, words[i].why, args));
            return;
        }
    for (int i = 0; i < args.n; i++) {
        const fn_arg *a = sema_fn_arg(row, i);
        if (a != NULL && a->steers && !literal_is(args.at[i]) && row->failure == FN_SURE_IF_CONST) {
            expr_can_fail(s, e, "%s may be nothing that %s takes", text_of(s, args.at[i]->at), row->name);
            return;
        }
    }
    if (args.n > 0 && type_is_text(args.at[0]->type))
        expr_can_fail(s, e, "%s may be no %s", text_of(s, args.at[0]->at), text_noun(row->result));
    else if (args.n > 0)
        expr_can_fail(s, e, "%s may be out of the range of %s", text_of(s, args.at[0]->at), text_type(s, row->result));
    else
        expr_can_fail(s, e, "%s() may fail", row->name);
}

/* ---- arguments ------------------------------------------------------------------------------------------------------ */

static void put_types(sema *s, ast_list args, strbuf *out)
{
    sb_putc(out, '(');
    for (int i = 0; i < args.n; i++)
        sb_printf(out, "%s%s", i > 0 ? ", " : "",
                  args.at[i]->type.id == TYPE_NULL ? "null" : text_type(s, sema_type(args.at[i]->type.id)));
    sb_putc(out, ')');
}

/* A call with one wrong argument that a conversion mends: `trim(text(s.age))`; NULL: none. */
static const char *mended_call(sema *s, const ast_node *e, const value_type *types)
{
    value_type tried[MOST_ARGS];
    ast_list args = e->call.args;

    memcpy(tried, types, sizeof *types * (size_t)args.n);
    for (int i = 0; i < args.n; i++) {
        static const type_id ids[] = {TYPE_TEXT, TYPE_NUMERIC, TYPE_BIGINT, TYPE_INTEGER, TYPE_DATE, TYPE_TIMESTAMP, TYPE_TEXT_ARRAY};

        for (size_t k = 0; k < sizeof ids / sizeof *ids; k++) {
            const char *mend = text_mend_of(s, args.at[i], sema_type(ids[k]));

            tried[i] = sema_type(ids[k]);
            if (mend != NULL && sema_fn_find(e->call.name.text, tried, args.n) >= 0)
                return mend;
        }
        tried[i] = types[i];
    }
    return NULL;
}

static bool wrong_arguments(sema *s, ast_node *e, const value_type *types)
{
    strbuf takes = STRBUF_INIT, given = STRBUF_INIT;
    const char *mend = mended_call(s, e, types);

    sema_fn_candidates(e->call.name.text, &takes);
    put_types(s, e->call.args, &given);
    if (e->call.args.n == 0)
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "\"%s\" needs something in its parentheses", e->call.name.text);
    else
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "\"%s\" cannot take %s", e->call.name.text, sb_text(&given));
    diag_hint(s->d, "It is called %s.", sb_text(&takes));
    if (mend != NULL)
        diag_hint(s->d, "Write %s.", mend);
    sb_free(&takes);
    sb_free(&given);
    return expr_fail(e);
}

/* A constant that steers the function is right, or reported. */
static bool steering_is_right(sema *s, ast_node *e, int fn, int i, const ast_node *arg)
{
    char why[200];
    const char *value = arg->kind == AST_TEXT ? arg->text.text : arg->kind == AST_NUMBER ? arg->number.text : NULL;

    if (value == NULL || !constant_refused(fn, i, value, why, sizeof why))
        return true;
    diag_error(s->d, arg->at, D_BAD_ARGUMENT, "%s is wrong here: %s", text_of(s, arg->at), why);
    return expr_fail(e);
}

/* regex_replace(x, '(a)', '$2'), and '\1' where $1 is meant: no row would tell. */
static bool replacement_is_right(sema *s, ast_node *e, const ast_node *pattern, const ast_node *with)
{
    char why[200];

    if (with->kind != AST_TEXT)
        return true;
    if (pattern->kind == AST_TEXT && constant_replacement_refused(pattern->text.text, with->text.text, why, sizeof why)) {
        diag_error(s->d, with->at, D_BAD_ARGUMENT, "%s is wrong here: %s", text_of(s, with->at), why);
        return expr_fail(e);
    }
    const char *slash = strchr(with->text.text, '\\');
    while (slash != NULL && (slash[1] < '0' || slash[1] > '9'))
        slash = strchr(slash + 1, '\\');
    if (slash != NULL && !s->is_silent) {
        diag_warning(s->d, with->at, D_BAD_ARGUMENT, "%s names no group: \\%c stands for itself", text_of(s, with->at), slash[1]);
        diag_hint(s->d, "Write $%c, or ${%c} before a digit.", slash[1], slash[1]);
    }
    return true;
}

/* regex_extract(x, '(a)', 2) */
static bool group_is_right(sema *s, ast_node *e, ast_list args)
{
    char why[200];
    long long group;

    if (args.n < 3 || !literal_integer(args.at[2], &group) ||
        !constant_group_refused(args.at[1]->kind == AST_TEXT ? args.at[1]->text.text : NULL, group, why, sizeof why))
        return true;
    diag_error(s->d, args.at[2]->at, D_BAD_ARGUMENT, "%s is wrong here: %s", text_of(s, args.at[2]->at), why);
    return expr_fail(e);
}

/* An argument for `any->T`: a value of any type that T can be made of. */
static bool any_argument(sema *s, ast_node *e, ast_node *arg, type_id to)
{
    const char *converter = sema_fn_any_converter(to);

    literal_settle(s, arg);
    int fn = sema_fn_find(converter, &arg->type, 1);
    if (fn < 0)
        return text_mismatch(s, arg, sema_type(to), arena_printf(s->a, "\"%s\" takes", e->call.name.text));
    if (sema_fn_row(fn)->failure != FN_SURE)
        expr_can_fail(s, e, "%s may be no %s", text_of(s, arg->at), type_spelling(to));
    return true;
}

/* Gives the arguments what the row declares; false: reported. */
static bool settle_arguments(sema *s, ast_node *e, int fn, ast_list args)
{
    const sema_fn *row = sema_fn_row(fn);
    bool ok = true;

    for (int i = 0; i < args.n; i++) {
        const fn_arg *a = sema_fn_arg(row, i);

        if (a->any)
            ok = any_argument(s, e, args.at[i], a->type) && ok;
        else
            ok = literal_adopt(s, args.at[i], sema_type(a->type)) && ok;
        if (a->steers && ok)
            ok = steering_is_right(s, e, fn, i, args.at[i]);
    }
    if (ok && strcmp(row->name, "regex_replace") == 0)
        ok = replacement_is_right(s, e, args.at[1], args.at[2]);
    if (ok && strcmp(row->name, "regex_extract") == 0)
        ok = group_is_right(s, e, args);
    return ok || expr_fail(e);
}

/* Whether a call may give null, from its arguments. */
static bool call_nullable(const sema_fn *row, ast_list args)
{
    for (int i = 0; i < args.n; i++)
        if (args.at[i]->nullable && (row->strict || !row->variadic || i < row->n_args - 1))
            return true;
    return row->may_be_null;
}

/* date('2024-02-30'): a conversion of a constant is tried at once. True: it cannot fail. */
static bool constant_conversion(sema *s, ast_node *e, const sema_fn *row, ast_list args)
{
    char why[200];

    if (args.n != 1 || args.at[0]->kind != AST_TEXT || strcmp(row->signature, "text") != 0)
        return false;
    const char *text = args.at[0]->text.text;
    bool converts = strcmp(row->name, type_spelling(row->result.id)) == 0 || strcmp(row->name, "bool") == 0;
    if (!converts)
        return false;
    if (constant_reads(row->result, text, why, sizeof why))
        return true;
    diag_error(s->d, args.at[0]->at, D_BAD_LITERAL, "%s", why);
    return expr_fail(e);
}

/* A call of constants is tried at once. True: it cannot fail, or is told. */
static bool constant_arguments(sema *s, ast_node *e, const sema_fn *row, ast_list args)
{
    const char *values[MOST_ARGS] = {NULL};
    char why[200];
    bool steers = true;

    for (int i = 0; i < args.n; i++) {
        const ast_node *arg = args.at[i];

        if (arg->kind != AST_TEXT && arg->kind != AST_NUMBER)
            return false;
        values[i] = arg->kind == AST_TEXT ? arg->text.text : arg->number.text;
        steers = steers && (i == 0 || sema_fn_arg(row, i)->steers);
    }
    if (args.n == 0)
        return false;
    constant_outcome outcome = constant_call(e->fn, values, args.n, why, sizeof why);
    if (outcome != CONSTANT_FAILS) /* the zones of the machine that it runs on may be others */
        return outcome == CONSTANT_WORKS && strcmp(row->name, "at_zone") != 0;
    diag_error(s->d, steers ? args.at[0]->at : e->at, D_BAD_ARGUMENT, "%s", why);
    expr_fail(e);
    return true;
}

/* mod(x, 2): only the second number can make it fail. True: it cannot, or it is told. */
static bool constant_divisor(sema *s, ast_node *e, const sema_fn *row, ast_list args)
{
    if (strcmp(row->name, "mod") != 0 || args.at[1]->kind != AST_NUMBER)
        return false;
    if (literal_is_zero(args.at[1])) {
        diag_error(s->d, args.at[1]->at, D_BAD_ARGUMENT, "division by zero");
        expr_fail(e);
    }
    return true;
}

/* left(x, 20) has at most 20 characters, md5(x) 32: texts whose length is known fit into columns of that length. */
static void known_length(ast_node *e, const sema_fn *row, ast_list args)
{
    static const struct { const char *name; int arg; } cuts[] = {{"left", 1}, {"right", 1}, {"substr", 2}, {"substring", 2}};
    long long n;

    if (strcmp(row->name, "md5") == 0)
        e->type = (value_type){TYPE_VARCHAR, 32, -1};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++)
        if (strcmp(row->name, cuts[i].name) == 0 && cuts[i].arg < args.n && literal_integer(args.at[cuts[i].arg], &n) && n > 0 &&
            n < 100000)
            e->type = (value_type){TYPE_VARCHAR, (int)n, -1};
}

/* What the row says about its result; e is a CALL or an AT_ZONE. */
static void take_row(sema *s, ast_node *e, int fn, ast_list args)
{
    const sema_fn *row = sema_fn_row(fn);
    bool constant = true;

    e->fn = fn;
    e->type = row->result;
    if (!settle_arguments(s, e, fn, args))
        return;
    known_length(e, row, args);
    e->nullable = call_nullable(row, args);
    for (int i = 0; i < args.n; i++)
        if (sema_fn_arg(row, i)->steers && !literal_is(args.at[i]))
            constant = false;
    if (row->failure == FN_SURE || (row->failure == FN_SURE_IF_CONST && constant) || constant_conversion(s, e, row, args) ||
        constant_arguments(s, e, row, args) || constant_divisor(s, e, row, args))
        return;
    if (!expr_is_error(e))
        can_fail(s, e, row, args);
}

/* ---- forms -------------------------------------------------------------------------------------------------------- */

static bool is_form(const char *name)
{
    static const char *const names[] = {"coalesce", "greatest", "least", "nullif"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static void form(sema *s, ast_node *e)
{
    ast_list args = e->call.args;
    const char *name = e->call.name.text;
    bool is_nullif = strcmp(name, "nullif") == 0;
    bool nullable = true, all_null = true;

    if (is_nullif ? args.n != 2 : args.n == 0) {
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "%s takes %s, and here %s %d", name,
                   is_nullif ? "two values" : "one value or more", args.n == 1 ? "is" : "are", args.n);
        expr_fail(e);
        return;
    }
    for (int i = 0; i < args.n; i++) {
        all_null = all_null && args.at[i]->type.id == TYPE_NULL;
        if (!args.at[i]->nullable && !is_nullif) {
            nullable = false;
            if (strcmp(name, "coalesce") == 0 && i < args.n - 1 && !s->is_silent)
                diag_warning(s->d, args.at[i + 1]->at, D_UNREACHABLE, "this is never used: %s is never null",
                             text_of(s, args.at[i]->at));
        }
    }
    e->nullable = nullable;
    e->type = all_null ? sema_type(TYPE_NULL) : literal_unify(s, args.at, args.n, arena_printf(s->a, "%s needs one type", name));
}

static bool is_field(const sema_fn *row)
{
    return strcmp(row->family, "extract") == 0;
}

static void extract(sema *s, ast_node *e)
{
    ast_list args = e->call.args;

    if (args.n != 2 || args.at[0]->kind != AST_TEXT) {
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "extract is written extract(FIELD from x)");
        expr_fail(e);
        return;
    }
    char *field = arena_strdup(s->a, args.at[0]->text.text);
    for (char *c = field; *c != '\0'; c++)
        *c = (char)(*c >= 'A' && *c <= 'Z' ? *c + ('a' - 'A') : *c);
    nearest near = nearest_start(field);
    bool known = false;
    for (int i = 0; i < sema_fn_count(); i++)
        if (is_field(sema_fn_row(i))) {
            nearest_offer(&near, sema_fn_row(i)->name);
            known = known || strcmp(sema_fn_row(i)->name, field) == 0;
        }
    if (!known) {
        diag_error(s->d, args.at[0]->at, D_BAD_ARGUMENT, "a date or time has no field \"%s\"", field);
        diag_did_you_mean(s->d, near.best);
        expr_fail(e);
        return;
    }
    literal_adopt(s, args.at[1], sema_type(TYPE_TIMESTAMP));
    if (expr_is_error(args.at[1])) {
        expr_fail(e);
        return;
    }
    int fn = sema_fn_find(field, &args.at[1]->type, 1);
    if (fn < 0) {
        text_mismatch(s, args.at[1], sema_type(TYPE_TIMESTAMP), arena_printf(s->a, "\"%s\" is taken from a date, a time or a", field));
        expr_fail(e);
        return;
    }
    take_row(s, e, fn, (ast_list){&args.at[1], 1});
}

/* ---- calls --------------------------------------------------------------------------------------------------------- */

/* The form that only a check can ask, where the name is near to one. */
static const char *nearest_form(const env *v, const char *name)
{
    static const char *const forms[] = {"count", "merged", "refers", "rejected", "skipped", "unique"};
    nearest near = nearest_start(name);

    for (size_t i = 0; i < sizeof forms / sizeof *forms && (v->allow & ALLOW_ROWS) != 0; i++)
        nearest_offer(&near, forms[i]);
    return near.best;
}

/* Its arguments may be anything, so nothing is said of them. */
static bool unknown_function(sema *s, const env *v, ast_node *e)
{
    ast_name name = e->call.name;
    const char *near = scope_nearest(s->defines, name.text);

    if (near == NULL)
        near = nearest_form(v, name.text);

    diag_error(s->d, name.at, D_UNKNOWN_FUNCTION, "unknown function \"%s\"", name.text);
    if (scope_find(s->aliases, name.text) != NULL)
        diag_hint(s->d, "\"%s\" is an alias: it is looked up with brackets, %s[…].", name.text, name.text);
    else
        diag_did_you_mean(s->d, near != NULL ? near : sema_fn_nearest(name.text));
    if (near == NULL && sema_fn_nearest(name.text) == NULL && scope_find(s->aliases, name.text) == NULL)
        diag_hint(s->d, "`migc --list-functions` lists them all.");
    return expr_fail(e);
}

/* What literals can become: a number any number, a text whatever is written as one. */
static bool literals_fit(const ast_node *e, int fn)
{
    for (int i = 0; i < e->call.args.n; i++) {
        const ast_node *arg = e->call.args.at[i];
        const fn_arg *a = sema_fn_arg(sema_fn_row(fn), i);

        if (arg->kind == AST_NUMBER && !a->any && !sema_is_number(a->type))
            return false;
    }
    return true;
}

/* The row, by the types as they are, else with literals that fit everything. */
static int find_row(const ast_node *e, value_type *types)
{
    int n = e->call.args.n;
    int fn = sema_fn_find(e->call.name.text, types, n);

    if (fn >= 0)
        return fn;
    value_type loose[MOST_ARGS];
    for (int i = 0; i < n; i++)
        loose[i] = literal_is(e->call.args.at[i]) && types[i].id != TYPE_BOOLEAN ? sema_type(TYPE_NULL) : types[i];
    fn = sema_fn_find(e->call.name.text, loose, n);
    return fn >= 0 && literals_fit(e, fn) ? fn : -1;
}

/* Functions that are about the source row need one. */
static bool has_source_row(sema *s, env *v, ast_node *e, const sema_fn *row)
{
    if (strcmp(row->name, "row_number") != 0 && strncmp(row->name, "source_", 7) != 0)
        return true;
    v->asked |= ALLOW_SOURCE;
    if ((v->allow & ALLOW_SOURCE) != 0)
        return true;
    diag_error(s->d, e->at, D_NOT_ALLOWED, "%s() is about a source row, and there is none in %s", row->name, v->place);
    return expr_fail(e);
}

static void function(sema *s, env *v, ast_node *e)
{
    ast_list args = e->call.args;
    value_type types[MOST_ARGS] = {{TYPE_NULL, -1, -1}};

    for (int i = 0; i < args.n; i++)
        types[i] = args.at[i]->type;
    int fn = find_row(e, types);
    if (fn < 0) {
        wrong_arguments(s, e, types);
        return;
    }
    const sema_fn *row = sema_fn_row(fn);
    if (!has_source_row(s, v, e, row))
        return;
    if (strstr(row->name, "_object") != NULL && args.n % 2 != 0) {
        diag_error(s->d, e->at, D_WRONG_ARGUMENTS, "%s takes keys and values in turn, and the last key has no value", row->name);
        expr_fail(e);
        return;
    }
    take_row(s, e, fn, args);
}

void calls_check(sema *s, env *v, ast_node *e)
{
    const char *name = e->call.name.text;
    symbol *defined = scope_find(s->defines, name);
    ast_list args = e->call.args;

    e->fn = -1;
    e->sym = NULL;
    if (defined == NULL && !sema_fn_known(name)) {
        unknown_function(s, v, e);
        return;
    }
    for (int i = 0; i < args.n; i++) {
        bool nullable = e->nullable;

        expr_check(s, v, args.at[i]);
        expr_takes(e, args.at[i]);
        e->nullable = nullable; /* the function decides */
    }
    if (args.n > MOST_ARGS) {
        diag_error(s->d, e->at, D_LIMIT, "a call has at most %d arguments", MOST_ARGS);
        expr_fail(e);
    } else if (expr_is_error(e)) {
        if (defined != NULL)
            ((ast_node *)defined->what)->used = true;
    } else if (defined != NULL) {
        defines_call(s, v, e, defined->what);
    } else if (strcmp(name, "extract") == 0) {
        extract(s, e);
    } else if (is_form(name)) {
        form(s, e);
    } else {
        function(s, v, e);
    }
}

void calls_at_zone(sema *s, env *v, ast_node *e)
{
    ast_node *both[2] = {e->at_zone.e, e->at_zone.zone};
    value_type types[2];

    e->fn = -1;
    for (int i = 0; i < 2; i++) {
        expr_check(s, v, both[i]);
        expr_takes(e, both[i]);
    }
    if (expr_is_error(e))
        return;
    if (literal_is(both[0]) && !literal_adopt(s, both[0], sema_type(TYPE_TIMESTAMP))) {
        expr_fail(e);
        return;
    }
    literal_settle(s, both[1]);
    for (int i = 0; i < 2; i++)
        types[i] = both[i]->type;
    int fn = sema_fn_find("at_zone", types, 2);
    if (fn < 0) {
        if (!type_is_text(types[1])) {
            diag_error(s->d, both[1]->at, D_TYPE_MISMATCH, "a time zone is text, and %s is %s", text_of(s, both[1]->at),
                       text_type(s, types[1]));
            diag_hint(s->d, "Write its name, such as 'Europe/Berlin'.");
        } else {
            text_mismatch(s, both[0], sema_type(TYPE_TIMESTAMP), "\"at zone\" works on a");
        }
        expr_fail(e);
        return;
    }
    take_row(s, e, fn, (ast_list){both, 2});
}
