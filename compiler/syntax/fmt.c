/*
 * fmt.c: canonical layout. Works on tokens, so that nothing that was written is lost; the parser has told which words are
 * names and which are the language's.
 *
 * - One statement a line, 4 blanks for each block. A block that stands on one line stays there if it holds no other block
 *   and no comment and fits into 120 columns.
 * - The elements of a table stand on lines of their own, unless all of it was written on one line and fits.
 * - Line breaks of the user inside a statement stay; how far the next line is indented is decided here.
 * - At most one blank line; none at the edges of a block.
 *
 * Called by main.c and the tests.
 */
#include "compiler/syntax/fmt.h"

#include "compiler/base/bug.h"
#include "compiler/syntax/fmt_lines.h"
#include "compiler/syntax/parse.h"
#include "mig.tab.h"

#include <string.h>

/* A bracket that is open, or the file. */
typedef struct frame {
    enum { FRAME_BLOCK, FRAME_TABLE, FRAME_PAREN } kind; /* { of statements, ( of a table's elements, any other ( or [ */
    int indent;    /* of what stands in it */
    bool is_flat;  /* all of it stays on one line */
    int id;
} frame;

typedef struct formatter {
    arena *mem;
    const char *text;      /* the source */
    const token *tokens;   /* with comments and the end of the file */
    int n;
    int *leads;            /* for each token: the kind of the first one of its statement */
    int *owners;           /* for each token: the kind of the first one of the statement whose { it stands in; 0: none */
    frame *frames;
    int n_frames, cap_frames, n_ids;
    fmt_lines lines;
    fmt_line line;         /* the one in work; its text in `sb` */
    strbuf sb;
    bool is_begun;         /* something stands in the line */
    bool at_start;         /* the next token begins a statement, or an element of a table */
    bool is_first;         /* nothing stands in the frame yet */
    int element;           /* the token that began the statement or element in work */
} formatter;

/* ---- asking the tokens -------------------------------------------------------------------------------------------- */

static bool is_comment(const token *t)
{
    return t->kind == TOKEN_COMMENT;
}

static bool is_line_comment(const formatter *f, const token *t)
{
    return is_comment(t) && f->text[t->at.offset] == '-';
}

/* The nearest token before i that is no comment, or -1. */
static int before(const formatter *f, int i)
{
    do {
        i--;
    } while (i >= 0 && is_comment(&f->tokens[i]));
    return i;
}

/* Line breaks in the source between a token and the one before it. */
static int breaks_before(const formatter *f, int i)
{
    uint32_t from = i > 0 ? f->tokens[i - 1].at.offset + f->tokens[i - 1].at.length : 0;
    int n = 0;

    for (uint32_t at = from; at < f->tokens[i].at.offset; at++)
        n += f->text[at] == '\n' || (f->text[at] == '\r' && f->text[at + 1] != '\n');
    return n;
}

/* The bracket that closes the one at i. */
static int closer(const formatter *f, int i)
{
    int open = 0;

    for (; i < f->n; i++) {
        int kind = f->tokens[i].kind;

        if (kind == '(' || kind == '[' || kind == '{')
            open++;
        else if ((kind == ')' || kind == ']' || kind == '}') && --open == 0)
            return i;
    }
    migc_bug("a bracket that is not closed in a text without syntax errors");
}

static bool is_keyword_token(const token *t)
{
    return t->role == ROLE_WORD && t->kind != T_NAME && t->text != NULL && keyword_find(t->text, strlen(t->text)) == t->kind;
}

/* Whether an expression can end with the token: a - behind it is a minus between two things. */
static bool ends_operand(const token *t)
{
    switch (t->kind) {
    case ')': case ']': case T_NAME: case T_QUOTED: case T_TEXT: case T_NUMBER: case T_RAW:
    case T_NULL: case T_TRUE: case T_FALSE: case T_END:
        return true;
    default:
        return t->role != ROLE_WORD;
    }
}

static bool is_unary(const formatter *f, int i)
{
    int prior = before(f, i);

    return (f->tokens[i].kind == '-' || f->tokens[i].kind == '+') && prior >= 0 && !ends_operand(&f->tokens[prior]);
}

/* Whether `(` follows the token at i directly: a call, or the numbers of a type. */
static bool takes_parenthesis(const formatter *f, int i)
{
    const token *t = &f->tokens[i];
    int prior = before(f, i);
    int lead = f->leads[i];

    switch (t->kind) {
    case T_COUNT: case T_EXTRACT: case T_MERGED: case T_REFERS: case T_REJECTED: case T_SKIPPED: case T_VARYING:
        return true;
    case T_UNIQUE:
        return lead == T_CHECK || t->role != ROLE_WORD;
    default:
        break;
    }
    if (t->role == ROLE_TYPE)
        return true;
    if (t->role != ROLE_NAME)
        return false;
    if (t->depth == 0 && (lead == T_TABLE || lead == T_QUERY || lead == T_EXISTING || lead == T_CREATE || lead == T_NAMES))
        return false;
    return prior < 0 || (f->tokens[prior].kind != T_REFERENCES &&
                         (f->tokens[prior].kind != T_UNIQUE || f->tokens[prior].role != ROLE_WORD));
}

/* Whether the token at i is the scale in numeric(10,2). */
static bool is_scale(const formatter *f, int i)
{
    return i >= 4 && f->tokens[i].kind == T_NUMBER && f->tokens[i - 1].kind == ',' && f->tokens[i - 3].kind == '(' &&
           f->tokens[i - 4].role == ROLE_TYPE;
}

/* Whether a blank stands between a token and the one before it, when both are on one line. */
static bool blank_before(const formatter *f, int i)
{
    const token *t = &f->tokens[i];
    int prior = before(f, i);
    int last = prior >= 0 ? f->tokens[prior].kind : 0;

    if (i > 0 && (is_comment(t) || is_comment(&f->tokens[i - 1])))
        return true;
    if (prior < 0 || t->kind == 0 || is_scale(f, i))
        return false;
    switch (t->kind) {
    case ',': case ';': case ')': case ']': case '.': case ':': case '[':
        return false;
    case '(':
        return last != '(' && last != '[' && !takes_parenthesis(f, prior);
    case '%':
        return f->leads[i] != T_PHASE;
    case '}':
        return last != '{';
    default:
        return last != '(' && last != '[' && last != '.' && !is_unary(f, prior);
    }
}

/* ---- the text of a token -------------------------------------------------------------------------------------------- */

/* As it is written; words of the language and names of types in lower case. */
static const char *token_text(const formatter *f, int i, size_t *n)
{
    const token *t = &f->tokens[i];
    const char *text = f->text + t->at.offset;
    char *copy;

    *n = t->at.length;
    while (is_line_comment(f, t) && (text[*n - 1] == ' ' || text[*n - 1] == '\t'))
        (*n)--;
    if (!is_keyword_token(t) && t->role != ROLE_TYPE)
        return text;
    copy = arena_strndup(f->mem, text, *n);
    for (size_t c = 0; c < *n; c++)
        copy[c] = (char)(copy[c] >= 'A' && copy[c] <= 'Z' ? copy[c] + ('a' - 'A') : copy[c]);
    return copy;
}

/* Whether the tokens from..to can stand on one line as they were written. */
static bool was_on_one_line(const formatter *f, int from, int to)
{
    for (int i = from + 1; i <= to; i++)
        if (breaks_before(f, i) > 0 || is_comment(&f->tokens[i]) ||
            memchr(f->text + f->tokens[i].at.offset, '\n', f->tokens[i].at.length) != NULL)
            return false;
    return true;
}

/* Columns that the tokens from..to take on one line. */
static int flat_width(const formatter *f, int from, int to)
{
    int width = 0;

    for (int i = from; i <= to && width <= FMT_WIDTH; i++)
        width += (i > from && blank_before(f, i)) + fmt_width(f->text + f->tokens[i].at.offset, f->tokens[i].at.length);
    return width;
}

/* ---- lines ---------------------------------------------------------------------------------------------------------- */

static frame *top(formatter *f)
{
    return &f->frames[f->n_frames - 1];
}

static void end_line(formatter *f)
{
    fmt_line *l;

    if (!f->is_begun)
        return;
    l = arena_push(f->mem, &f->lines.at, &f->lines.n, &f->lines.cap, sizeof *l);
    *l = f->line;
    l->text = arena_strndup(f->mem, sb_text(&f->sb), f->sb.length);
    sb_clear(&f->sb);
    f->line = (fmt_line){0};
    f->is_begun = false;
}

static void begin_line(formatter *f, int indent, bool blank)
{
    end_line(f);
    f->line.indent = indent < 0 ? 0 : indent;
    f->line.blank_before = blank && f->lines.n > 0;
    f->is_begun = true;
}

/* Where a line that goes on with a statement begins. */
static int continued_indent(formatter *f)
{
    return top(f)->kind == FRAME_PAREN ? top(f)->indent : top(f)->indent + FMT_INDENT;
}

static int current_column(const formatter *f)
{
    return f->line.indent + fmt_width(sb_text(&f->sb), f->sb.length);
}

static void push_frame(formatter *f, int kind, bool is_flat)
{
    frame *new = arena_push(f->mem, &f->frames, &f->n_frames, &f->cap_frames, sizeof *new);

    new->kind = kind;
    new->indent = f->line.indent + FMT_INDENT;
    new->is_flat = is_flat;
    new->id = ++f->n_ids;
}

/* Whether the ( at i opens the elements of a table of a source or target. */
static bool opens_table(formatter *f, int i)
{
    int lead = f->leads[i], owner = f->owners[i], prior = before(f, i);
    bool is_index = false;

    for (int j = f->element; j < i; j++)
        is_index = is_index || (f->tokens[j].kind == T_INDEX && is_keyword_token(&f->tokens[j]) && f->tokens[j].depth == 0 &&
                                f->tokens[j].at.offset > f->tokens[f->element].at.offset);
    return top(f)->kind == FRAME_BLOCK && (owner == T_SOURCE || owner == T_TARGET || owner == T_SNAPSHOT) &&
           (lead == T_TABLE || lead == T_QUERY || lead == T_EXISTING || lead == T_CREATE) && !is_index && prior >= 0 &&
           !(f->tokens[prior].kind == T_OPTIONS && is_keyword_token(&f->tokens[prior]));
}

/* ---- one token ------------------------------------------------------------------------------------------------------ */

/* Whether the token at i closes a bracket and stands on a line of its own for that. */
static bool closes_on_own_line(formatter *f, int i)
{
    int kind = f->tokens[i].kind;

    return (kind == '}' || (kind == ')' && top(f)->kind == FRAME_TABLE)) && !top(f)->is_flat;
}

/* A comment behind the last token of its line. */
static bool is_trailing(formatter *f, int i)
{
    return is_comment(&f->tokens[i]) && breaks_before(f, i) == 0 && i > 0 &&
           (is_line_comment(f, &f->tokens[i]) || f->tokens[i + 1].kind == 0 || breaks_before(f, i + 1) > 0 ||
            closes_on_own_line(f, i + 1));
}

/* Whether the token at i begins a new line; then *indent is where. */
static bool breaks_line(formatter *f, int i, int *indent)
{
    const token *t = &f->tokens[i];
    bool is_after_line_comment = i > 0 && is_line_comment(f, &f->tokens[i - 1]);
    bool closes_block = t->kind == '}', closes_table = t->kind == ')' && top(f)->kind == FRAME_TABLE;
    int breaks = breaks_before(f, i);

    if (f->lines.n == 0 && !f->is_begun)
        return (*indent = 0, true);
    if (closes_block || closes_table) {
        *indent = top(f)->indent - FMT_INDENT;
        return !top(f)->is_flat;
    }
    if (f->at_start && t->kind != ';') {
        *indent = top(f)->indent;
        return is_after_line_comment || (!top(f)->is_flat && (is_comment(t) || i == 0 || !is_comment(&f->tokens[i - 1]) || breaks > 0));
    }
    *indent = t->kind == ')' || t->kind == ']' ? top(f)->indent - FMT_INDENT : continued_indent(f);
    if (t->kind == '{' || t->kind == ';' || t->kind == ',')
        return is_after_line_comment;
    return is_after_line_comment || (breaks > 0 && !top(f)->is_flat);
}

static void open_bracket(formatter *f, int i)
{
    int kind = f->tokens[i].kind, end = closer(f, i);
    bool is_block = kind == '{', is_table = kind == '(' && opens_table(f, i);
    bool is_flat = top(f)->is_flat;

    if (!is_flat && (is_block || is_table)) {
        is_flat = was_on_one_line(f, i, end) && current_column(f) + flat_width(f, i, end) < FMT_WIDTH;
        for (int j = i + 1; is_flat && j < end; j++)
            is_flat = f->tokens[j].kind != '{';
    }
    push_frame(f, is_block ? FRAME_BLOCK : is_table ? FRAME_TABLE : FRAME_PAREN, is_flat);
    f->at_start = is_block || (is_table && !is_flat);
    f->is_first = true;
}

static void close_bracket(formatter *f)
{
    if (f->n_frames > 1)
        f->n_frames--;
    f->at_start = top(f)->kind == FRAME_BLOCK && f->at_start;
    f->is_first = false;
}

/* What is aligned in a line that has just got the token at i. */
static void note_alignment(formatter *f, int i)
{
    const frame *in = top(f);
    int next = i + 1 < f->n ? f->tokens[i + 1].kind : 0;
    bool is_name = f->tokens[i].role == ROLE_NAME;

    if (in->is_flat || !is_name || f->sb.length != f->tokens[i].at.length || is_comment(&f->tokens[i + 1]) ||
        breaks_before(f, i + 1) > 0)
        return;
    if (in->kind == FRAME_TABLE)
        f->line.align = ALIGN_COLUMN;
    else if (in->kind == FRAME_BLOCK && next == '=')
        f->line.align = ALIGN_SET;
    f->line.align_at = (int)f->sb.length;
    f->line.group = in->id;
}

static void put_token(formatter *f, int i)
{
    const token *t = &f->tokens[i];
    bool begins = f->at_start && !is_comment(t) && t->kind != ';' && t->kind != '}' && t->kind != ')';
    bool can_be_blank = f->at_start && !f->is_first && t->kind != '}' && t->kind != ')';
    int indent;
    size_t n;
    const char *text = token_text(f, i, &n);

    if (is_trailing(f, i) && f->is_begun && f->line.comment == NULL) {
        f->line.comment = arena_strndup(f->mem, text, n);
        return;
    }
    if (breaks_line(f, i, &indent) || f->line.comment != NULL)
        begin_line(f, indent, can_be_blank && breaks_before(f, i) > 1);
    else if (blank_before(f, i))
        sb_putc(&f->sb, ' ');
    sb_put(&f->sb, text, n);
    if (is_comment(t)) {
        f->is_first = f->is_first && !f->at_start;
        return;
    }
    if (begins) {
        f->element = i;
        note_alignment(f, i);
    }
    f->at_start = (f->at_start && t->kind == ';') || t->kind == '}' ||
                  (t->kind == ';' && top(f)->kind == FRAME_BLOCK) ||
                  (t->kind == ',' && top(f)->kind == FRAME_TABLE && !top(f)->is_flat);
    f->is_first = false;
    if (t->kind == '{' || t->kind == '(' || t->kind == '[')
        open_bracket(f, i);
    else if (t->kind == '}' || t->kind == ')' || t->kind == ']')
        close_bracket(f);
}

/* ---- a file --------------------------------------------------------------------------------------------------------- */

/* Finds out for each token which statement it belongs to, and in whose braces that stands. */
static void find_leads(formatter *f)
{
    int *open = arena_array(f->mem, int, f->n + 1);
    int depth = 0, lead = 0;

    f->leads = arena_array(f->mem, int, f->n);
    f->owners = arena_array(f->mem, int, f->n);
    for (int i = 0; i < f->n; i++) {
        int kind = f->tokens[i].kind;

        if (lead == 0 && kind != TOKEN_COMMENT)
            lead = kind;
        f->leads[i] = lead;
        f->owners[i] = open[depth];
        if (kind == '{')
            open[++depth] = lead;
        else if (kind == '}' && depth > 0)
            depth--;
        if (kind == '{' || kind == '}' || kind == ';')
            lead = 0;
    }
}

/* The text that is handed out must mean what the text that came in meant; anything else is our mistake. */
static void check_meaning(arena *a, const src_file *f, const ast_node *tree, const char *text, size_t n)
{
    src_map *m = src_map_create(a);
    diag *d = diag_create(a, m);
    const src_file *again = src_add(m, f->name, text, n);

    if (again == NULL || !ast_equal(tree, parse_file(a, d, again, NULL)) || diag_errors(d) > 0)
        migc_bug("formatting %s would change what it says; it is left as it was", f->name);
}

bool fmt_source(arena *a, diag *d, const src_file *file, strbuf *out)
{
    token_list tokens;
    int errors = diag_errors(d);
    ast_node *tree = parse_file(a, d, file, &tokens);
    formatter f = {.mem = a, .text = file->text, .tokens = tokens.at, .n = tokens.n, .at_start = true, .is_first = true};
    size_t from = out->length;

    if (diag_errors(d) > errors)
        return false;
    f.lines.mem = a;
    f.line.indent = -FMT_INDENT;
    find_leads(&f);
    push_frame(&f, FRAME_BLOCK, false);
    f.line.indent = 0;
    for (int i = 0; i + 1 < f.n; i++)
        put_token(&f, i);
    end_line(&f);
    sb_free(&f.sb);
    fmt_lines_write(&f.lines, out);
    check_meaning(a, file, tree, sb_text(out) + from, out->length - from);
    return true;
}
