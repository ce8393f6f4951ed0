/*
 * sqltext.c: what can be said of SQL of the spec without asking a server: where its statements begin, whether there are any, and
 * which of them would end or divide the transaction of the phase. The compiler asks it about the spec's engine, the preflight about the
 * engine that the target really is. Nothing here judges whether the SQL is right.
 */
#include "runtime/rt.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

typedef enum token_kind { SQL_END, SQL_WORD, SQL_SEMICOLON, SQL_OTHER } token_kind;
typedef struct token { token_kind kind; size_t at, n; } token;

static bool is_word(unsigned char c) {
    return isalnum(c) || c == '_' || c >= 0x80;
}

/* Behind the text in quotes that begins at i. escapes: a backslash takes the next character with it. */
static size_t past_quote(const char *p, size_t i, char end, bool escapes) {
    for (i++; p[i] != '\0'; i++) {
        if (escapes && p[i] == '\\' && p[i + 1] != '\0')
            i++;
        else if (p[i] == end && p[i + 1] == end && end != ']')
            i++;
        else if (p[i] == end)
            return i + 1;
    }
    return i;
}

/* Comments nest in PostgreSQL, and do not in SQLite. */
static size_t past_comment(mig_engine engine, const char *p, size_t i) {
    int depth = 1;
    for (i += 2; p[i] != '\0' && depth > 0; i++) {
        if (p[i] == '*' && p[i + 1] == '/')
            depth--, i++;
        else if (p[i] == '/' && p[i + 1] == '*' && engine == MIG_POSTGRES)
            depth++, i++;
    }
    return i;
}

/* Behind $tag$ … $tag$; i itself when the dollar sign begins no such text. */
static size_t past_dollars(const char *p, size_t i) {
    size_t n = i + 1;
    while (is_word((unsigned char)p[n]))
        n++;
    if (p[n] != '$' || isdigit((unsigned char)p[i + 1]))
        return i;
    n = n + 1 - i;
    for (size_t k = i + n; p[k] != '\0'; k++)
        if (p[k] == '$' && strncmp(p + k, p + i, n) == 0)
            return k + n;
    return strlen(p);
}

/* Blanks and comments. */
static size_t past_nothing(mig_engine engine, const char *p, size_t i) {
    for (;;) {
        if (isspace((unsigned char)p[i]))
            i++;
        else if (p[i] == '-' && p[i + 1] == '-')
            i += strcspn(p + i, "\n");
        else if (p[i] == '/' && p[i + 1] == '*')
            i = past_comment(engine, p, i);
        else
            return i;
    }
}

static token next(mig_engine engine, const char *p, size_t i) {
    token t = {SQL_OTHER, past_nothing(engine, p, i), 1};
    char c = p[t.at];
    bool pg = engine == MIG_POSTGRES;
    if (c == '\0') {
        t.kind = SQL_END;
        t.n = 0;
    } else if (c == ';') {
        t.kind = SQL_SEMICOLON;
    } else if (pg && (c == 'e' || c == 'E') && p[t.at + 1] == '\'') {
        t.n = past_quote(p, t.at + 1, '\'', true) - t.at;
    } else if (c == '\'' || c == '"' || (!pg && c == '`')) {
        t.n = past_quote(p, t.at, c, false) - t.at;
    } else if (!pg && c == '[') {
        t.n = past_quote(p, t.at, ']', false) - t.at;
    } else if (pg && c == '$' && past_dollars(p, t.at) > t.at) {
        t.n = past_dollars(p, t.at) - t.at;
    } else if (is_word((unsigned char)c)) {
        while (is_word((unsigned char)p[t.at + t.n]) || p[t.at + t.n] == '$')
            t.n++;
        t.kind = SQL_WORD;
    }
    return t;
}

static bool says(const char *p, token t, const char *word) {
    return t.kind == SQL_WORD && t.n == strlen(word) && strncasecmp(p + t.at, word, t.n) == 0;
}

/* Whether the statement that begins with the token, and goes on with `then`, is about the transaction. */
static bool is_transaction(mig_engine engine, const char *p, token first, token then) {
    static const char *const words[] = {"begin", "commit", "end", "rollback", "savepoint", "release"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (says(p, first, words[i]))
            return true;
    return engine == MIG_POSTGRES && (says(p, first, "abort") || ((says(p, first, "start") || says(p, first, "prepare")) &&
                                                                  says(p, then, "transaction")));
}

/*
 * Behind the semicolon of the statement that begins with the token. A trigger of SQLite and a function of PostgreSQL may hold statements
 * between `begin` and `end`, a rule may between parentheses.
 */
static size_t past_statement(mig_engine engine, const char *p, token t) {
    bool creates = says(p, t, "create");
    int depth = 0, parens = 0;
    for (;; t = next(engine, p, t.at + t.n)) {
        if (t.kind == SQL_END)
            return t.at;
        if (t.kind == SQL_SEMICOLON && depth <= 0 && parens <= 0)
            return t.at + 1;
        if (creates && (says(p, t, "begin") || (depth > 0 && says(p, t, "case"))))
            depth++;
        else if (depth > 0 && says(p, t, "end"))
            depth--;
        else if (t.kind == SQL_OTHER && p[t.at] == '(')
            parens++;
        else if (t.kind == SQL_OTHER && p[t.at] == ')')
            parens--;
    }
}

bool rt_sql_statement(mig_engine engine, const char *sql, size_t from, size_t *at, size_t *end) {
    token t = next(engine, sql, from);
    while (t.kind == SQL_SEMICOLON)
        t = next(engine, sql, t.at + 1);
    *at = t.at;
    *end = t.kind == SQL_END ? t.at : past_statement(engine, sql, t);
    return t.kind != SQL_END;
}

bool rt_sql_transaction(mig_engine engine, const char *sql, size_t *at, size_t *n) {
    size_t begins, end = 0;
    while (rt_sql_statement(engine, sql, end, &begins, &end)) {
        token first = next(engine, sql, begins);
        if (!is_transaction(engine, sql, first, next(engine, sql, begins + first.n)))
            continue;
        *at = begins;
        *n = first.n;
        return true;
    }
    return false;
}
