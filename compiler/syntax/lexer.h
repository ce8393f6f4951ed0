/*
 * lexer.h: what grammar/mig.l calls: state of one scan, and the making of tokens. For mig.l and lex.c only.
 */
#ifndef MIGC_LEXER_H
#define MIGC_LEXER_H

#include "compiler/syntax/token.h"

typedef struct lexer {
    arena *mem;
    diag *d;
    const src_file *file;
    token_list *out;
    uint32_t offset;       /* where the piece in work begins */
    uint32_t next;         /* where it ends */
    uint32_t start;        /* where a comment or raw text that is being read began */
    uint32_t body;         /* where the content of a raw text begins */
    const char *tag;       /* "$$" or "$tag$" that ends it */
    int nesting;           /* of comments */
    int depth;             /* open ( and [ since the last ; { or } */
    uint32_t stray_from;   /* a run of stray characters that has not been told yet, */
    uint32_t stray_to;     /*   empty if both are the same */
    bool is_after_stray;   /* there were some since the last token */
} lexer;

/* One more token of n bytes at l->offset. */
void lex_plain(lexer *l, int kind);
void lex_word(lexer *l, const char *text);                 /* keyword or name */
void lex_number(lexer *l, int kind, const char *text);
void lex_quoted(lexer *l, int kind, const char *text, size_t n); /* with its quotes, which are doubled inside */
void lex_raw_end(lexer *l, int kind);
void lex_comment(lexer *l);                                /* from l->start to l->next */

/* Mistakes. Each says its words and leaves the scan where it can go on. */
void lex_stray(lexer *l);
void lex_bad_number(lexer *l, const char *text);
void lex_bad_operator(lexer *l, int kind, const char *text, const char *hint); /* kind 0: no token for it */
void lex_unterminated(lexer *l, uint32_t from, const char *what, const char *end);
void lex_unterminated_name(lexer *l, int kind, const char *text, size_t n);

#endif
