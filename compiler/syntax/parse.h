/*
 * parse.h: from text to tree, with includes; and what the grammar calls back.
 */
#ifndef MIGC_PARSE_H
#define MIGC_PARSE_H

#include "compiler/base/arena.h"
#include "compiler/base/diag.h"
#include "compiler/base/source.h"
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"

/*
 * The tree of a spec and of all that it includes (files are added to the map), as a FILE node; never NULL. Mistakes
 * are reported; a tree with mistakes is fit for nothing but a look.
 */
ast_node *parse_spec(arena *a, diag *d, src_map *m, const src_file *f);

/* The same for one file, its includes left alone; also its tokens (with roles), if `tokens` is not NULL. */
ast_node *parse_file(arena *a, diag *d, const src_file *f, token_list *tokens);

/* ---- for grammar/mig.y and build.c only ------------------------------------------------------------------------- */

/* Where to go on after a mistake. */
typedef enum resume_at {
    RESUME_STATEMENT, /* behind the statement: its `;`, or the `}` that closes what it opened */
    RESUME_BODY,      /* behind the `{` of a statement whose head is wrong */
    RESUME_ELEMENT    /* at the `,` or `)` behind an element of a table */
} resume_at;

typedef struct parser {
    arena *mem;
    diag *d;
    const char *text; /* of the file */
    token **tokens;   /* without comments; the last one is the end of the file */
    int n_tokens;
    int next;         /* the token that is fed next */
    int last;         /* the token that was fed last; one that is not in the text stands for the one before which it was fed */
    int failed;       /* the token at which the last mistake was found */
    int offer;        /* after a mistake: how many ways to go on have been offered; -1: all is well */
    int resumed;      /* where it went on the last time, so that it never stands still */
    int quiet;        /* a mistake at this token is part of the last one; -1: none */
    int open_closers; /* 1: a `)` is fed first, for one that is missing */
    int n_mistakes;   /* told in this parse */
    int n_mends;      /* mistakes mended so far, */
    int most_mends;   /*   and how many may be */
    bool is_mended;   /* a mend was made: the parse is over, and begins again */
    bool is_over;     /* nothing more is to be read or said */
    bool is_broken;   /* the lexer gave up before the end */
    ast_list decls;   /* the result */
} parser;

void parse_done(parser *p, ast_list decls);
void parse_resume(parser *p, resume_at where);
void parse_too_deep(parser *p, span at);
/* What bison calls when its stack is full. */
void mig_yyerror(const span *at, parser *p, const char *what);
/* The token fed last cannot stand where it stands; `expected` are the tokens that could, as the grammar calls them. */
void parse_syntax_error(parser *p, const char *const *expected, int n);

/* ---- between parse.c and mistake.c ------------------------------------------------------------------------------ */

/* Says what is wrong and, where a single token mends it, mends it (p->is_mended). */
void mistake_report(parser *p, int at, const char *const *expected, int n);
/* Works out the `depth` of all tokens again. */
void parse_count_depths(parser *p);

#endif
