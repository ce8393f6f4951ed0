/*
 * token.h: a spec as a row of tokens: what the lexer (grammar/mig.l) makes of a text, and what the parser and the formatter
 * read. Comments are tokens too; the parser passes over them.
 */
#ifndef MIGC_TOKEN_H
#define MIGC_TOKEN_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"

#include <stdbool.h>

/* Kinds are the grammar's token numbers (build/gen/mig.tab.h), and this one that the grammar does not know. */
enum { TOKEN_COMMENT = -1 };

/* What a word turned out to be; the parser finds out. */
typedef enum token_role {
    ROLE_WORD, /* a keyword, or not read yet */
    ROLE_NAME, /* a name: its case is the user's */
    ROLE_TYPE  /* the name of a type: case does not matter */
} token_role;

typedef struct token {
    int kind;
    token_role role;
    int depth;        /* open ( and [ before it, since the last ; { or } */
    bool is_after_stray; /* characters that are no token stand before it: they have been told */
    bool is_made;     /* put in by the parser to go on after a mistake: not in the text */
    span at;
    const char *text; /* names, texts, raw texts: the content without quotes; numbers, keywords: as written; else NULL */
} token;

typedef struct token_list {
    token *at; /* the last one is the end of file (kind 0) */
    int n, cap;
    bool is_broken; /* the text ends in a mistake that has been told: the end of file is no news */
} token_list;

/* The tokens of a file. Mistakes are reported, and what can be read around them is there. */
void lex_source(arena *a, diag *d, const src_file *f, token_list *out);

/* Token number of a keyword, case of letters disregarded; 0 if the word is none. */
int keyword_find(const char *word, size_t n);
/* The i-th keyword, in alphabetic order; NULL past the end. */
const char *keyword_at(int i);
/* Whether a keyword needs quotes to be a name in an expression. */
bool keyword_is_reserved(const char *word);

/* What the token is called in dumps: "name", "text", ";", "create", … */
const char *token_kind_name(int kind);
/* The same from the name that it has in the grammar, where punctuation stands between quotes. */
const char *token_plain_name(const char *name);

#endif
