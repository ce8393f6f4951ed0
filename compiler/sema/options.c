/*
 * options.c: what a source or a target is (its engine), where it is, and its options.
 */
#include "compiler/sema/inside.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- engines and locations -------------------------------------------------------------------------------------------- */

static void engine(sema *s, const ast_node *system)
{
    bool is_source = system->kind == AST_SOURCE;
    ast_name name = system->system.engine;
    nearest near = nearest_start(name.text);

    if (strcmp(name.text, "sqlite") == 0 || strcmp(name.text, "postgres") == 0 || (is_source && strcmp(name.text, "csv") == 0))
        return;
    diag_error(s->d, name.at, D_NOT_ALLOWED,
               is_source ? "a source is csv, sqlite or postgres, not %s" : "a target is sqlite or postgres, not %s", name.text);
    if (is_source)
        nearest_offer(&near, "csv");
    nearest_offer(&near, "sqlite");
    nearest_offer(&near, "postgres");
    diag_did_you_mean(s->d, near.best);
}

/* user:password@ in a URI, password=… in a conninfo string. */
static bool holds_password(const char *text)
{
    const char *scheme = strstr(text, "://");

    if (scheme != NULL) {
        const char *user = scheme + 3, *at = user + strcspn(user, "@/?");
        const char *colon = memchr(user, ':', (size_t)(at - user));

        if (*at == '@' && colon != NULL && colon + 1 < at)
            return true;
    }
    for (const char *p = text; (p = strstr(p, "password")) != NULL;) {
        p += strlen("password");
        if (p[strspn(p, " ")] == '=')
            return true;
    }
    return false;
}

/* The name of an environment variable, where there is one. */
static void variable(sema *s, ast_text given)
{
    const char *name = given.text;

    if (name == NULL)
        return;
    bool good = *name != '\0' && !isdigit((unsigned char)*name);
    for (const char *p = name; *p != '\0'; p++)
        good = good && (isalnum((unsigned char)*p) || *p == '_');
    if (!good)
        diag_error(s->d, given.at, D_BAD_OPTION, "'%s' cannot be the name of an environment variable", name);
}

void options_folder(sema *s, const ast_node *at, const char *what)
{
    ast_text folder = at->location.text.text != NULL ? at->location.text : at->location.fallback;

    if (folder.text != NULL && *folder.text == '\0')
        diag_error(s->d, folder.at, D_BAD_OPTION, "the folder for %s is empty", what);
    variable(s, at->location.env);
}

static void location_text(sema *s, ast_text t, const ast_node *system)
{
    if (t.text == NULL)
        return;
    if (*t.text == '\0') {
        diag_error(s->d, t.at, D_BAD_OPTION, "the location of \"%s\" is empty", system->system.name.text);
    } else if (holds_password(t.text)) {
        diag_error(s->d, t.at, D_NOT_ALLOWED, "a password does not belong into a spec");
        diag_hint(s->d, "Write env 'NAME' here, or leave the password to PGPASSWORD, .pgpass or a service file.");
    }
}

static void location(sema *s, const ast_node *system)
{
    const ast_node *at = system->system.location;

    location_text(s, at->location.text, system);
    location_text(s, at->location.fallback, system);
    variable(s, at->location.env);
}

/* ---- options ----------------------------------------------------------------------------------------------------------- */

typedef enum option_kind {
    OPT_CHAR,   /* one character */
    OPT_COUNT,  /* a whole number */
    OPT_TEXT,   /* a text that is not empty */
    OPT_TEXTS,  /* one text or more */
    OPT_WORD    /* one of the words */
} option_kind;

typedef struct option_rule {
    const char *name;
    option_kind kind;
    const char *words[4];
} option_rule;

static const option_rule csv_options[] = {
    {"comment", OPT_TEXT, {NULL}},
    {"delimiter", OPT_CHAR, {NULL}},
    {"encoding", OPT_WORD, {"utf8", "latin1", "utf16", NULL}},
    {"escape", OPT_CHAR, {NULL}},
    {"extra", OPT_WORD, {"refuse", "ignore", NULL}},
    {"header", OPT_WORD, {"on", "off", NULL}},
    {"null", OPT_TEXTS, {NULL}},
    {"quote", OPT_CHAR, {NULL}},
    {"skip", OPT_COUNT, {NULL}},
    {"trim", OPT_WORD, {"on", "off", NULL}},
};
/* Of one table of a source, the first alone. */
static const option_rule postgres_options[] = {{"schema", OPT_TEXT, {NULL}}, {"wait", OPT_COUNT, {NULL}}};

enum { N_CSV = sizeof csv_options / sizeof *csv_options, N_POSTGRES = sizeof postgres_options / sizeof *postgres_options };

/* As it is written: 'text', 12, word. */
static const char *value_text(sema *s, const ast_node *value)
{
    return text_of(s, value->at);
}

static void bad_word(sema *s, const ast_node *value, const option_rule *r)
{
    const char *given = value->kind == AST_NAME ? value->name.path.at[0].text : value->kind == AST_TEXT ? value->text.text : "";
    char plain[32];
    nearest near = nearest_start(plain);
    const char *list = r->words[0];
    size_t n = 0;

    for (; *given != '\0' && n < sizeof plain - 1; given++) /* UTF-8 is meant to be utf8 */
        if (isalnum((unsigned char)*given))
            plain[n++] = (char)tolower((unsigned char)*given);
    plain[n] = '\0';

    for (int i = 0; r->words[i] != NULL; i++) {
        nearest_offer(&near, r->words[i]);
        if (strcmp(r->words[i], plain) == 0)
            near.best = r->words[i];
        if (i > 0)
            list = arena_printf(s->a, "%s%s%s", list, r->words[i + 1] == NULL ? " or " : ", ", r->words[i]);
    }
    diag_error(s->d, value->at, D_BAD_OPTION, "%s is %s, not %s", r->name, list, value_text(s, value));
    diag_did_you_mean(s->d, near.best);
}

static void option_word(sema *s, const ast_node *value, const option_rule *r)
{
    if (value->kind == AST_NAME)
        for (int i = 0; r->words[i] != NULL; i++)
            if (strcmp(value->name.path.at[0].text, r->words[i]) == 0)
                return;
    bad_word(s, value, r);
}

static void option_char(sema *s, const ast_node *value, const option_rule *r)
{
    bool may_be_empty = strcmp(r->name, "quote") == 0;

    if (value->kind == AST_TEXT && (strlen(value->text.text) == 1 || (may_be_empty && *value->text.text == '\0'))) {
        char c = *value->text.text;

        if (c != '\n' && c != '\r' && (unsigned char)c < 128)
            return;
    }
    diag_error(s->d, value->at, D_BAD_OPTION, "%s is one character of ASCII in single quotes, not %s", r->name, value_text(s, value));
}

static void option_count(sema *s, const ast_node *value, const option_rule *r)
{
    if (value->kind != AST_NUMBER || !value->number.is_integer || strlen(value->number.text) > 9)
        diag_error(s->d, value->at, D_BAD_OPTION, "%s is a number of %s, not %s", r->name,
                   strcmp(r->name, "wait") == 0 ? "seconds" : "lines", value_text(s, value));
}

static void option_text(sema *s, const ast_node *value, const option_rule *r)
{
    if (value->kind != AST_TEXT)
        diag_error(s->d, value->at, D_BAD_OPTION, "%s is a text in single quotes, not %s", r->name, value_text(s, value));
    else if (*value->text.text == '\0' && r->kind == OPT_TEXT)
        diag_error(s->d, value->at, D_BAD_OPTION, "the text of %s is empty", r->name);
}

static void option_value(sema *s, const ast_node *o, const option_rule *r)
{
    ast_list values = o->option.values;

    if (values.n > 1 && r->kind != OPT_TEXTS) {
        diag_error(s->d, values.at[1]->at, D_BAD_OPTION, "%s has one value", r->name);
        return;
    }
    for (int i = 0; i < values.n; i++) {
        switch (r->kind) {
        case OPT_CHAR: option_char(s, values.at[i], r); break;
        case OPT_COUNT: option_count(s, values.at[i], r); break;
        case OPT_TEXT:
        case OPT_TEXTS: option_text(s, values.at[i], r); break;
        case OPT_WORD: option_word(s, values.at[i], r); break;
        }
    }
}

/* whose: "csv", "a table of a postgres source" */
static void one_option(sema *s, const ast_node *o, const option_rule *rules, int n, const char *whose)
{
    const char *name = o->option.name.text;
    nearest near = nearest_start(name);

    for (int i = 0; i < n; i++) {
        if (strcmp(rules[i].name, name) == 0) {
            option_value(s, o, &rules[i]);
            return;
        }
        nearest_offer(&near, rules[i].name);
    }
    diag_error(s->d, o->option.name.at, D_UNKNOWN_OPTION, "%s has no option \"%s\"", whose, name);
    diag_did_you_mean(s->d, near.best);
}

static void option_list(sema *s, ast_list options, const ast_node *system, bool of_table)
{
    const char *name = system->system.engine.text;
    const option_rule *rules = strcmp(name, "csv") == 0 ? csv_options : postgres_options;
    int n = strcmp(name, "csv") == 0 ? N_CSV : strcmp(name, "postgres") == 0 ? N_POSTGRES : 0;

    if (rules == postgres_options && n > 0 && of_table) {
        n = 1;
        name = "a table of postgres";
    }
    for (int i = 0; i < options.n; i++) {
        one_option(s, options.at[i], rules, n, name);
        for (int k = 0; k < i; k++)
            if (strcmp(options.at[k]->option.name.text, options.at[i]->option.name.text) == 0) {
                diag_error(s->d, options.at[i]->option.name.at, D_DUPLICATE, "the option \"%s\" is given twice",
                           options.at[i]->option.name.text);
                diag_note(s->d, options.at[k]->option.name.at, "it is given here first");
                break;
            }
    }
}

/* The last one of that name; NULL: none. */
static const ast_node *find_option(ast_list own, ast_list inherited, const char *name)
{
    for (int i = own.n - 1; i >= 0; i--)
        if (strcmp(own.at[i]->option.name.text, name) == 0)
            return own.at[i];
    return inherited.n == 0 ? NULL : find_option(inherited, (ast_list){NULL, 0}, name);
}

static char option_letter(ast_list own, ast_list inherited, const char *name, char otherwise)
{
    const ast_node *o = find_option(own, inherited, name);

    if (o == NULL || o->option.values.n == 0 || o->option.values.at[0]->kind != AST_TEXT)
        return otherwise;
    return *o->option.values.at[0]->text.text;
}

/* A delimiter that is the quote as well would make every record one field; one that is the escape, too. */
static void delimiter_and_quote(sema *s, ast_list own, ast_list inherited)
{
    const ast_node *o = find_option(own, inherited, "delimiter");

    if (o == NULL)
        o = find_option(own, inherited, "quote");
    if (o != NULL && option_letter(own, inherited, "delimiter", ',') == option_letter(own, inherited, "quote", '"'))
        diag_error(s->d, o->at, D_BAD_OPTION, "the delimiter and the quote are the same character");
    o = find_option(own, inherited, "escape");
    if (o != NULL && option_letter(own, inherited, "delimiter", ',') == option_letter(own, inherited, "escape", '"'))
        diag_error(s->d, o->at, D_BAD_OPTION, "the delimiter and the escape are the same character");
}

void options_check(sema *s, ast_node *system)
{
    ast_list none = {NULL, 0};
    bool is_csv = strcmp(system->system.engine.text, "csv") == 0;

    engine(s, system);
    location(s, system);
    if (!is_csv && strcmp(system->system.engine.text, "postgres") != 0 && strcmp(system->system.engine.text, "sqlite") != 0)
        return;
    option_list(s, system->system.options, system, false);
    if (is_csv)
        delimiter_and_quote(s, system->system.options, none);
    for (int i = 0; i < system->system.tables.n; i++) {
        ast_list own = system->system.tables.at[i]->table.options;

        option_list(s, own, system, !is_csv);
        if (is_csv && own.n > 0)
            delimiter_and_quote(s, own, system->system.options);
    }
}
