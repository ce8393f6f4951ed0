/*
 * mistake.c: what a person is told when the text does not follow the grammar, and the mends of one token.
 *
 * A message says what was found and what could stand there, in words of the language. The grammar's expected set is
 * shortened: all that can begin an expression is "an expression", all operators are "an operator", and so on.
 * Called by parse.c.
 */
#include "compiler/base/strbuf.h"
#include "compiler/base/symtab.h"
#include "compiler/syntax/parse.h"
#include "mig.tab.h"

#include <string.h>

/* What could stand at the place of a mistake. */
typedef struct expectation {
    const char *const *words;
    int n;
    bool name, type, expression, operator, constraint;
    bool statement; /* a statement, or nothing: the last one is complete */
} expectation;

static bool expects(const expectation *e, const char *what)
{
    for (int i = 0; i < e->n; i++)
        if (strcmp(e->words[i], what) == 0)
            return true;
    return false;
}

static expectation expectation_of(const parser *p, int at, const char *const *words, int n)
{
    expectation e = {.words = words, .n = n};
    int before = at > 0 ? p->tokens[at - 1]->kind : ';';

    e.name = expects(&e, "name") && expects(&e, "name in double quotes");
    e.type = expects(&e, "name") && !e.name;
    e.expression = e.name && expects(&e, "number") && expects(&e, "(");
    e.operator = expects(&e, "+") && expects(&e, "*") && !e.expression;
    e.constraint = expects(&e, "references") && expects(&e, "primary") && !e.name;
    e.statement = before == ';' || before == '{' || before == '}';
    return e;
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

static bool is_keyword(const char *word)
{
    return keyword_find(word, strlen(word)) != 0;
}

static bool is_operator_word(const char *word)
{
    static const char *const words[] = {"and", "at", "between", "escape", "ilike", "in", "is", "like", "not", "or", NULL};

    return is_one_of(word, words);
}

/* Words that go on with a type. */
static bool is_type_word(const char *word)
{
    static const char *const words[] = {"precision", "varying", "with", "without", NULL};

    return is_one_of(word, words);
}

/* Words that begin a column's constraint. */
static bool is_constraint_word(const char *word)
{
    static const char *const words[] = {
        "as", "autoincrement", "check", "constraint", "default", "generated", "identity", "not", "null",
        "primary", "references", "unique", NULL};

    return is_one_of(word, words);
}

/* Whether a keyword is worth naming: not where every word is a name, nor where it is part of a group that is named. */
static bool is_worth_naming(const expectation *e, const char *word)
{
    return is_keyword(word) && !e->name && !(e->operator && is_operator_word(word)) &&
           !is_type_word(word) && !(e->constraint && is_constraint_word(word)) && !(e->type && strcmp(word, "time") == 0) &&
           !(expects(e, "migration") && strcmp(word, "snapshot") == 0); /* no spec has one */
}

static bool is_punctuation(const expectation *e, const char *word)
{
    static const char *const always[] = {";", ",", ")", "]", "}", "{", ":", NULL};
    static const char *const alone[] = {"(", ".", "=", "[", "*", "%", NULL};

    if (is_one_of(word, always))
        return !(e->statement && strcmp(word, ";") == 0);
    if (expects(e, "precision") && strchr("([", word[0]) != NULL)
        return false;
    return !e->operator && !e->expression && !e->constraint && is_one_of(word, alone);
}

/* ---- the words of a message --------------------------------------------------------------------------------------- */

enum { MOST_NAMED = 12 };

typedef struct phrases {
    const char *at[MOST_NAMED];
    int n;
    bool is_cut;
} phrases;

static void add(phrases *list, const char *text)
{
    if (list->n < MOST_NAMED)
        list->at[list->n++] = text;
    else
        list->is_cut = true;
}

/* "a name, "(" or ";"", in the arena; NULL if nothing can be said. */
static const char *expected_words(parser *p, const expectation *e)
{
    phrases list = {.n = 0};
    strbuf sb = STRBUF_INIT;
    const char *text = NULL;

    if (e->expression)
        add(&list, "an expression");
    else if (e->name)
        add(&list, "a name");
    else if (e->type)
        add(&list, "a type");
    if (e->constraint)
        add(&list, "a column constraint");
    if (e->operator)
        add(&list, "an operator");
    if (expects(e, "text") && !e->expression)
        add(&list, "a text in quotes");
    if (expects(e, "number") && !e->expression)
        add(&list, "a number");
    if (expects(e, "raw text"))
        add(&list, "SQL between $$");
    for (int i = 0; i < e->n; i++)
        if (is_worth_naming(e, e->words[i]))
            add(&list, arena_printf(p->mem, "\"%s\"", e->words[i]));
    for (int i = 0; i < e->n; i++)
        if (is_punctuation(e, e->words[i]))
            add(&list, arena_printf(p->mem, "\"%s\"", e->words[i]));
    if (expects(e, "end of file") && e->n == 1)
        add(&list, "end of file");
    for (int i = 0; i < list.n; i++)
        sb_printf(&sb, "%s%s", i == 0 ? "" : i + 1 == list.n && !list.is_cut ? " or " : ", ", list.at[i]);
    if (list.n > 0)
        text = sb_take(&sb, p->mem);
    sb_free(&sb);
    return text;
}

/* What stands there, as a message shows it. */
static const char *found_words(parser *p, const token *t)
{
    enum { MOST_SHOWN = 32 };
    const char *text = t->text;
    bool is_cut;
    int n;

    if (t->kind == 0)
        return "end of file";
    if (t->kind == T_RAW)
        return "SQL between $$";
    if (text == NULL)
        return arena_printf(p->mem, "\"%s\"", token_kind_name(t->kind));
    n = (int)strcspn(text, "\r\n");
    is_cut = text[n] != '\0' || n > MOST_SHOWN;
    if (n > MOST_SHOWN)
        for (n = MOST_SHOWN; n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80;)
            n--;
    if (t->kind == T_TEXT)
        return arena_printf(p->mem, "'%.*s%s'", n, text, is_cut ? "..." : "");
    return arena_printf(p->mem, "\"%.*s%s\"", n, text, is_cut ? "..." : "");
}

/* ---- mends ---------------------------------------------------------------------------------------------------------- */

static bool begins_line(const parser *p, int at)
{
    const token *t = p->tokens[at];
    const token *before = at > 0 ? p->tokens[at - 1] : NULL;
    uint32_t from = before != NULL ? before->at.offset + before->at.length : 0;

    return before != NULL && t->at.offset > from &&
           memchr(p->text + from, '\n', t->at.offset - from) != NULL;
}

/* Puts a token of that kind in before `at`, and has the file parsed again. */
static void mend_missing(parser *p, int at, int kind)
{
    token *t = arena_new(p->mem, token);

    t->kind = kind;
    t->is_made = true;
    t->at = at > 0 ? span_end(p->tokens[at - 1]->at) : span_start(p->tokens[at]->at);
    memmove(p->tokens + at + 1, p->tokens + at, (size_t)(p->n_tokens - at) * sizeof *p->tokens);
    p->tokens[at] = t;
    p->n_tokens++;
    parse_count_depths(p);
    p->n_mends++;
    p->is_mended = true;
}

/* The bracket that is open before `at`, or NULL. */
static const token *open_bracket(const parser *p, int at)
{
    int open = 0;

    for (int i = at - 1; i >= 0; i--) {
        int kind = p->tokens[i]->kind;

        if (kind == ')' || kind == ']' || kind == '}')
            open++;
        else if ((kind == '(' || kind == '[' || kind == '{') && open-- == 0)
            return p->tokens[i];
    }
    return NULL;
}

/* How many more `{` than `}` the file has. */
static int open_braces(const parser *p)
{
    int open = 0;

    for (int i = 0; i < p->n_tokens; i++)
        open += (p->tokens[i]->kind == '{') - (p->tokens[i]->kind == '}');
    return p->is_broken ? 0 : open;
}

static bool is_border(const token *t)
{
    return t->kind == ';' || t->kind == '{' || t->kind == '}';
}

/* How many more `(` than `)` the statement around `at` has. */
static int open_parentheses(const parser *p, int at)
{
    int from = at, open = 0;

    while (from > 0 && !is_border(p->tokens[from - 1]))
        from--;
    for (int i = from; p->tokens[i]->kind != 0 && (i < at || !is_border(p->tokens[i])); i++)
        open += (p->tokens[i]->kind == '(') - (p->tokens[i]->kind == ')');
    return p->is_broken ? 0 : open;
}

static const char *home_of(int kind);

/* A word that begins a statement, and a line: a "}" may be missing before it. */
static bool begins_statement(const parser *p, int at)
{
    int kind = p->tokens[at]->kind;

    return begins_line(p, at) && (kind == T_FROM || kind == T_REJECT || home_of(kind) != NULL);
}

/* Among the columns that an into sets every word may be a column: there `into x` fails behind its first word. */
static bool is_behind_unclosed_set(const parser *p, int at, const expectation *e)
{
    return at > 1 && expects(e, "=") && e->n == 1 && is_border(p->tokens[at - 2]) && begins_statement(p, at - 1) &&
           open_braces(p) > 0;
}

/* The same bracket stands there twice, and one of them is never closed. */
static bool is_doubled(const parser *p, int at)
{
    int kind = p->tokens[at]->kind;

    return at > 0 && p->tokens[at - 1]->kind == kind &&
           ((kind == '{' && open_braces(p) > 0) || (kind == '(' && open_parentheses(p, at) > 0));
}

/* What can stand behind a ")": no value, and not the bracket that is there too often. */
static bool is_behind_parenthesis(const parser *p, int at)
{
    int kind = p->tokens[at]->kind;

    return kind != T_TEXT && kind != T_NUMBER && kind != 0 && !is_doubled(p, at);
}

/* Takes the token out, and has the file parsed again. */
static void mend_doubled(parser *p, int at)
{
    memmove(p->tokens + at, p->tokens + at + 1, (size_t)(p->n_tokens - at - 1) * sizeof *p->tokens);
    p->n_tokens--;
    parse_count_depths(p);
    p->n_mends++;
    p->is_mended = true;
}

/* The one token that is missing before `at`, or 0. */
static int missing_before(const parser *p, int at, const expectation *e)
{
    const token *t = p->tokens[at];
    bool is_cut = t->kind == 0 && open_bracket(p, at) != NULL; /* more than one token is missing */
    bool is_new_line = begins_line(p, at) && !is_cut;
    bool ends = (t->kind == '}' && open_bracket(p, at) != NULL) || (t->kind == 0 && !is_cut);
    bool sets = p->tokens[at + (t->kind != 0)]->kind == '=';

    if (expects(e, ")") && (t->kind == ';' || (open_parentheses(p, at) > 0 && is_behind_parenthesis(p, at))))
        return ')';
    if (expects(e, "}") && e->statement && begins_statement(p, at) && open_braces(p) > 0)
        return '}';
    if (expects(e, "{") && t->text != NULL && t->kind != T_TEXT && open_braces(p) < 0)
        return '{';
    if (t->kind == ';' && expects(e, "]"))
        return ']';
    if (is_new_line && expects(e, "{") && !ends && (!expects(e, ";") || sets))
        return '{';
    if (expects(e, ";") && !e->statement && (is_new_line || ends || (sets && t->kind == T_NAME)))
        return ';';
    if (is_new_line && expects(e, ",") && t->depth > 0 && (t->kind == T_NAME || t->kind == T_QUOTED))
        return ',';
    return 0;
}

static bool report_missing(parser *p, int at, int kind)
{
    const token *t = p->tokens[at];
    const token *open = strchr(")]}", kind) != NULL ? open_bracket(p, at) : NULL;
    span place = at > 0 ? span_end(p->tokens[at - 1]->at) : t->at;

    diag_error(p->d, place, D_SYNTAX, "missing \"%c\" before %s", kind, found_words(p, t));
    if (open != NULL)
        diag_note(p->d, open->at, "\"%s\" is opened here", token_kind_name(open->kind));
    mend_missing(p, at, kind);
    return true;
}

/* A word near to one that could stand here, or NULL. */
static const char *word_meant(const parser *p, int at, const expectation *e)
{
    const token *t = p->tokens[at];
    nearest near = nearest_start(t->text != NULL ? t->text : "");

    if (e->name || t->kind != T_NAME)
        return NULL;
    for (int i = 0; i < e->n; i++)
        if (is_keyword(e->words[i]))
            nearest_offer(&near, e->words[i]);
    return near.best;
}

/* ---- hints ---------------------------------------------------------------------------------------------------------- */

/* Where statements belong that stand in a wrong place. */
static const char *home_of(int kind)
{
    switch (kind) {
    case T_LET: case T_SKIP: case T_INTO: case T_ON: return "inside of a flow: from source.table as row { ... }";
    case T_CREATE: case T_CONSTRAIN: case T_LOAD: case T_SQL: case T_BACKUP: case T_RUN: return "inside of a phase: phase name { ... }";
    case T_KEEP: case T_DUPLICATE: return "inside of a dedup: dedup target.table by key { ... }";
    case T_EXPECT: return "inside of a measure: measure 'name' { ... }";
    case T_MATCH: case T_NAMES: case T_VALUE: case T_UNKNOWN: return "inside of an alias: alias name { ... }";
    case T_QUERY: return "inside of a source that is a database";
    case T_TABLE: case T_OPTIONS: case T_EXISTING: return "inside of a source or a target";
    case T_INDEX: return "behind the \")\" of its table, before the \";\"";
    case T_SOURCE: case T_TARGET: case T_ALIAS: case T_DEDUP: case T_PHASE: case T_DEFINE: case T_MIGRATION:
    case T_INCLUDE: case T_CHECK: case T_MEASURE: return "outside of all braces";
    default: return NULL;
    }
}

/* Whether the token begins a statement that belongs elsewhere. */
static bool is_misplaced(const token *t, const expectation *e)
{
    return e->statement && !e->name && home_of(t->kind) != NULL;
}

/*
 * Among the columns that an into sets every word may be a column (`on = 1;`), so that a statement of the flow fails behind its first
 * word: that word, or NULL.
 */
static const token *flow_word_before(const parser *p, int at, const expectation *e)
{
    const token *first = at > 1 ? p->tokens[at - 1] : NULL;
    int before = first != NULL ? p->tokens[at - 2]->kind : 0;

    if (first == NULL || !expects(e, "=") || e->n > 1 || (before != ';' && before != '{' && before != '}'))
        return NULL;
    return first->kind == T_ON || first->kind == T_LET || first->kind == T_SKIP || first->kind == T_REJECT ? first : NULL;
}

static void hint_at(parser *p, int at, const expectation *e)
{
    const token *word = flow_word_before(p, at, e);
    const token *t = p->tokens[at];
    const token *before = at > 0 ? p->tokens[at - 1] : NULL;
    const token *open = open_bracket(p, at);

    if (word != NULL)
        diag_hint(p->d, "\"%s\" stands beside the into: from source.table as row { %s ...; into target.table { ... } }", word->text,
                  word->text);
    else if (t->kind == T_QUOTED && expects(e, "text") && !e->name)
        diag_hint(p->d, "Text stands between single quotes: '%s'.", t->text);
    else if (t->kind == T_TEXT && e->name && !e->expression)
        diag_hint(p->d, "A name stands between double quotes, or without any.");
    else if (t->kind == T_TEXT && expects(e, "raw text"))
        diag_hint(p->d, "SQL stands between $$ and $$.");
    else if (e->name && t->text != NULL && t->kind != T_TEXT && keyword_is_reserved(t->text))
        diag_hint(p->d, "\"%s\" is a word of expressions. As a name it needs double quotes.", t->text);
    else if (before != NULL && before->kind == T_TEXT && strchr(before->text, '\n') != NULL)
        diag_hint(p->d, "The text before it runs over several lines. Is its closing quote missing?");
    else if (t->kind == T_AS && open != NULL && open->kind == '(')
        diag_hint(p->d, "A conversion is a function named after the type, as in integer(x) or date(x, 'YYYY-MM-DD').");
    else if (t->kind == '.' && at > 1 && (p->tokens[at - 2]->kind == T_TABLE || p->tokens[at - 2]->kind == T_EXISTS))
        diag_hint(p->d, "A table stands here without its schema; that is said once: options (schema '%s').", before->text);
    else if (is_misplaced(t, e))
        diag_hint(p->d, "\"%s\" stands %s.", t->text,
                  home_of(t->kind == T_CREATE && p->tokens[at + 1]->kind == T_TABLE ? T_TABLE : t->kind));
    if (t->kind == 0 && open != NULL)
        diag_note(p->d, open->at, "\"%s\" is opened here and never closed", token_kind_name(open->kind));
}

void mistake_report(parser *p, int at, const char *const *expected, int n)
{
    expectation e = expectation_of(p, at, expected, n);
    token *t = p->tokens[at];
    const char *meant = word_meant(p, at, &e);
    int missing = missing_before(p, at, &e);
    bool can_mend = p->n_mends < p->most_mends;
    diag_id id = is_misplaced(t, &e) ? D_MISPLACED : D_SYNTAX;
    const char *words;

    if (can_mend && is_behind_unclosed_set(p, at, &e)) {
        report_missing(p, at - 1, '}');
        return;
    }
    if (missing != 0 && can_mend &&
        (meant == NULL || missing == '{' || p->tokens[at + 1]->kind == '=')) {
        report_missing(p, at, missing);
        return;
    }
    words = expected_words(p, &e);
    if (words != NULL)
        diag_error(p->d, t->at, id, "unexpected %s, expected %s", found_words(p, t), words);
    else
        diag_error(p->d, t->at, id, "unexpected %s", found_words(p, t));
    if (can_mend && is_doubled(p, at)) {
        mend_doubled(p, at);
        return;
    }
    if (meant == NULL || !can_mend) {
        hint_at(p, at, &e);
        return;
    }
    diag_did_you_mean(p->d, meant);
    t->kind = keyword_find(meant, strlen(meant));
    t->text = meant;
    t->is_made = true;
    p->n_mends++;
    p->is_mended = true;
}
