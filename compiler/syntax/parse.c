/*
 * parse.c: runs the grammar over the tokens of a file, and over the files that it includes.
 *
 * Two ways past a mistake. Where one token mends it (a missing ";", a misspelt keyword) mistake.c changes the tokens and
 * the file is parsed again from its start: so nothing behind it is lost. Everything else goes by the grammar's `error`
 * rules: each ends in a token that no text has (RESUME and its kin); it is fed from here, and when the grammar takes it,
 * parse_resume() passes over what belongs to the mistake. In both cases a message that has been given is not given again.
 *
 * Called by the driver, fmt.c and the tests.
 */
#include "compiler/syntax/parse.h"

#include "compiler/base/bug.h"
#include "mig.tab.h"

#include <stdlib.h>
#include <string.h>

/* More mistakes than are printed are not looked for; some of them may be dropped as repeated. */
enum { MOST_INCLUDES_DEEP = 32, MOST_MISTAKES = 3 * DIAG_MOST_PRINTED, MOST_MENDS = MOST_MISTAKES };

/* ---- feeding the grammar ---------------------------------------------------------------------------------------- */

/* Index of the "{" that the statement in work still has before it, or -1. */
static int find_body(const parser *p)
{
    for (int i = p->failed; ; i++) {
        int kind = p->tokens[i]->kind;

        if (kind == '{')
            return i;
        if (kind == ';' || kind == '}' || kind == 0)
            return -1;
    }
}

/* Open ( and [ of the statement before a token. */
static int open_before(const parser *p, int i)
{
    const token *t = i > 0 ? p->tokens[i - 1] : NULL;

    return t == NULL ? 0 : t->depth + (t->kind == '(' || t->kind == '[');
}

/* One of the ways to go on after a mistake; the grammar passes over those that do not fit. */
static int next_offer(parser *p)
{
    static const int offers[] = {T_RESUME_ELEMENT, T_RESUME_BODY, T_RESUME};

    if (p->tokens[p->failed]->kind == 0)
        return 0;
    if (p->offer == 0 && (open_before(p, p->failed) == 0 || p->resumed == p->failed))
        p->offer++;
    if (p->offer == 1 && find_body(p) < 0)
        p->offer++;
    return p->offer < 3 ? offers[p->offer++] : 0;
}

int mig_yylex(MIG_YYSTYPE *value, span *at, parser *p)
{
    token *t = p->tokens[p->next];

    p->last = p->next;
    *at = t->at;
    if (p->is_mended || p->is_over)
        return 0;
    if (p->offer >= 0)
        return next_offer(p);
    if (p->open_closers > 0) {
        p->open_closers = 0;
        return ')';
    }
    if (t->kind != 0)
        p->next++;
    value->T_NAME = t; /* all tokens share the place of their value */
    return t->kind;
}

void parse_done(parser *p, ast_list decls)
{
    p->decls = decls;
}

/* ---- after a mistake -------------------------------------------------------------------------------------------- */

/* Behind the "}" that closes the "{" at i, or the end of the file. */
static int behind_block(const parser *p, int i)
{
    int open = 0;

    for (; p->tokens[i]->kind != 0; i++) {
        if (p->tokens[i]->kind == '{')
            open++;
        else if (p->tokens[i]->kind == '}' && --open == 0)
            return i + 1;
    }
    return i;
}

static int behind_statement(const parser *p)
{
    for (int i = p->failed; ; i++) {
        int kind = p->tokens[i]->kind;

        if (kind == ';')
            return i + 1;
        if (kind == '{')
            return behind_block(p, i);
        if (kind == '}')
            return i == p->resumed ? i + 1 : i;
        if (kind == 0)
            return i;
    }
}

static int behind_element(parser *p)
{
    for (int i = p->failed; ; i++) {
        const token *t = p->tokens[i];

        if ((t->kind == ',' && t->depth == 1) || (t->kind == ')' && t->depth == 0))
            return i;
        if (t->kind == ';' || t->kind == '{' || t->kind == '}' || t->kind == 0) {
            p->open_closers = 1;
            p->quiet = i; /* what stands there will not fit, and that is no other mistake */
            return i;
        }
    }
}

void parse_resume(parser *p, resume_at where)
{
    switch (where) {
    case RESUME_STATEMENT: p->next = behind_statement(p); break;
    case RESUME_BODY: p->next = find_body(p) + 1; break;
    case RESUME_ELEMENT: p->next = behind_element(p); break;
    }
    p->resumed = p->next;
    p->offer = -1;
}

void parse_too_deep(parser *p, span at)
{
    if (p->is_over)
        return;
    p->is_over = true;
    at.length = at.length > 1 ? 1 : at.length;
    diag_error(p->d, at, D_LIMIT, "this is nested too deeply");
    diag_hint(p->d, "Give the parts names with \"let\" or \"define\".");
}

void mig_yyerror(const span *at, parser *p, const char *what)
{
    (void)what; /* the only words that can come here are "memory exhausted" */
    parse_too_deep(p, *at);
}

void parse_syntax_error(parser *p, const char *const *expected, int n)
{
    int at = p->last;

    p->failed = at;
    p->offer = 0;
    if (p->is_over || p->is_mended || at == p->quiet || (p->tokens[at]->kind == 0 && p->is_broken) ||
        p->tokens[at]->is_after_stray)
        return;
    mistake_report(p, at, expected, n);
    p->is_over = ++p->n_mistakes >= MOST_MISTAKES && !p->is_mended;
}

void parse_count_depths(parser *p)
{
    int depth = 0;

    for (int i = 0; i < p->n_tokens; i++) {
        int kind = p->tokens[i]->kind;

        if (kind == ')' || kind == ']')
            depth -= depth > 0;
        else if (kind == ';' || kind == '{' || kind == '}')
            depth = 0;
        p->tokens[i]->depth = depth;
        if (kind == '(' || kind == '[')
            depth++;
    }
}

/* ---- files ------------------------------------------------------------------------------------------------------ */

/* Room for the tokens that mends put in: one each. */
static void strip_comments(parser *p, const token_list *list)
{
    p->tokens = arena_array(p->mem, token *, list->n + MOST_MENDS);
    for (int i = 0; i < list->n; i++)
        if (list->at[i].kind != TOKEN_COMMENT)
            p->tokens[p->n_tokens++] = &list->at[i];
}

ast_node *parse_file(arena *a, diag *d, const src_file *f, token_list *tokens)
{
    token_list list;
    parser p = {.mem = a, .d = d, .text = f->text, .most_mends = MOST_MENDS};
    ast_node *file = ast_new(a, AST_FILE, (span){f->id, 0, (uint32_t)f->length});

    lex_source(a, d, f, &list);
    strip_comments(&p, &list);
    p.is_broken = list.is_broken;
    do {
        p.next = p.open_closers = p.n_mistakes = 0;
        p.offer = p.resumed = p.quiet = -1;
        p.is_mended = false;
        p.decls = (ast_list){0};
        mig_yyparse(&p);
    } while (p.is_mended);
    file->file.decls = p.decls;
    if (tokens != NULL)
        *tokens = list;
    return file;
}

typedef struct reading {
    arena *mem;
    diag *d;
    src_map *sources;
    ast_list decls;                          /* of all files, in order */
    struct { const char *real; uint32_t id; bool is_open; } *files; /* each is read once */
    int n_files, cap;
    int depth;
} reading;

/* The path as the spec means it: from the folder of the file that it stands in. */
static const char *path_of(reading *r, const src_file *from, const char *path)
{
    const char *slash = strrchr(from->name, '/');

    if (path[0] == '/' || slash == NULL)
        return path;
    return arena_printf(r->mem, "%.*s/%s", (int)(slash - from->name), from->name, path);
}

static void read_declarations(reading *r, const src_file *f, const char *real);

/* Whether the file behind `real` has been read or is being read; the latter is a mistake. */
static bool is_known(reading *r, const ast_node *n, const char *real)
{
    for (int i = 0; i < r->n_files; i++) {
        if (strcmp(r->files[i].real, real) != 0)
            continue;
        if (r->files[i].is_open)
            diag_error(r->d, n->include.path.at, D_CYCLE, "\"%s\" includes itself", n->include.path.text);
        return true;
    }
    return false;
}

static void read_include(reading *r, const ast_node *n, const src_file *from)
{
    const char *path = path_of(r, from, n->include.path.text);
    const char *why;
    const src_file *f;
    char *real = realpath(path, NULL);
    const char *kept = arena_strdup(r->mem, real != NULL ? real : path);

    free(real);
    if (is_known(r, n, kept))
        return;
    if (r->depth >= MOST_INCLUDES_DEEP) {
        diag_error(r->d, n->include.path.at, D_LIMIT, "files include each other more than %d deep", MOST_INCLUDES_DEEP);
        return;
    }
    f = src_read(r->sources, path, &why);
    if (f == NULL) {
        diag_error(r->d, n->include.path.at, D_CANNOT_READ, "cannot read \"%s\": %s", path, why);
        return;
    }
    src_set_included(r->sources, f->id, n->at);
    read_declarations(r, f, kept);
}

/* Adds the declarations of a file, each `include` followed by what it brings in. */
static void read_declarations(reading *r, const src_file *f, const char *real)
{
    int me = r->n_files;
    ast_node *file;

    arena_push(r->mem, &r->files, &r->n_files, &r->cap, sizeof *r->files);
    r->files[me].real = real;
    r->files[me].id = f->id;
    r->files[me].is_open = true;
    r->depth++;
    file = parse_file(r->mem, r->d, f, NULL);
    for (int i = 0; i < file->file.decls.n; i++) {
        ast_node *n = file->file.decls.at[i];

        ast_list_add(r->mem, &r->decls, n);
        if (n->kind == AST_INCLUDE)
            read_include(r, n, f);
    }
    r->depth--;
    r->files[me].is_open = false;
}

ast_node *parse_spec(arena *a, diag *d, src_map *m, const src_file *f)
{
    reading r = {.mem = a, .d = d, .sources = m};
    ast_node *file = ast_new(a, AST_FILE, (span){f->id, 0, (uint32_t)f->length});
    char *real = realpath(f->name, NULL);

    read_declarations(&r, f, arena_strdup(a, real != NULL ? real : f->name));
    free(real);
    file->file.decls = r.decls;
    return file;
}
