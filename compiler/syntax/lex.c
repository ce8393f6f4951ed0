/*
 * lex.c: what the lexer's rules call: makes the tokens, and says what is wrong with a text that is none.
 * Called by grammar/mig.l; lex_source() is called by parse.c, fmt.c and the dump of tokens.
 */
#include "compiler/base/bug.h"
#include "compiler/base/utf8.h"
#include "compiler/syntax/lexer.h"
#include "mig.tab.h"
#include "mig.yy.h"

#include <string.h>
#include <strings.h>

/* ---- keywords ------------------------------------------------------------------------------------------------- */

typedef enum { PLAIN, CALL, RESERVED } keyword_class;

static const struct { int token; const char *word; keyword_class class; } keywords[] = {
#define MIG_KEYWORD(token, word, class) {T_##token, word, class},
#include "grammar/keywords.def"
#undef MIG_KEYWORD
};
enum { N_KEYWORDS = sizeof keywords / sizeof keywords[0] };

/* Row of a word, or -1. */
static int keyword_row(const char *word, size_t n)
{
    int low = 0, high = N_KEYWORDS;

    while (low < high) {
        int mid = (low + high) / 2;
        int order = strncasecmp(word, keywords[mid].word, n);

        if (order == 0 && keywords[mid].word[n] != '\0')
            order = -1;
        if (order == 0)
            return mid;
        if (order < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return -1;
}

int keyword_find(const char *word, size_t n)
{
    int row = keyword_row(word, n);

    return row < 0 ? 0 : keywords[row].token;
}

const char *keyword_at(int i)
{
    return i >= 0 && i < N_KEYWORDS ? keywords[i].word : NULL;
}

bool keyword_is_reserved(const char *word)
{
    int row = keyword_row(word, strlen(word));

    return row >= 0 && keywords[row].class == RESERVED;
}

/* `';'` is ;, and the word error could not be called so in the grammar, where bison has a token of that name. */
const char *token_plain_name(const char *name)
{
    static char punctuation[128][2];

    if (name[0] == '\'' && name[1] != '\0' && name[2] == '\'') {
        punctuation[name[1] & 0x7f][0] = name[1];
        return punctuation[name[1] & 0x7f];
    }
    return strcmp(name, "the word error") == 0 ? "error" : name;
}

/* ---- tokens --------------------------------------------------------------------------------------------------- */

static span span_from_to(const lexer *l, uint32_t from, uint32_t to)
{
    return (span){l->file->id, from, to - from};
}

static token *add(lexer *l, int kind, uint32_t from, const char *text)
{
    token *t = arena_push(l->mem, &l->out->at, &l->out->n, &l->out->cap, sizeof *t);

    t->kind = kind;
    t->at = span_from_to(l, from, l->next);
    t->text = text;
    t->is_after_stray = l->is_after_stray;
    l->is_after_stray = false;
    if (kind == ')' || kind == ']')
        l->depth -= l->depth > 0;
    else if (kind == ';' || kind == '{' || kind == '}')
        l->depth = 0;
    t->depth = l->depth;
    if (kind == '(' || kind == '[')
        l->depth++;
    return t;
}

/* Tells a run of stray characters, now that it is over. */
static void flush_stray(lexer *l)
{
    static const struct { uint32_t cp; const char *name, *hint; } known[] = {
        {0x00A0, "no-break space", "Replace it by a blank."},
        {0x2018, NULL, "Text stands between straight quotes: 'text'."},
        {0x2019, NULL, "Text stands between straight quotes: 'text'."},
        {0x201C, NULL, "Text stands between straight quotes: 'text'; names may stand between \"straight\" double quotes."},
        {0x201D, NULL, "Text stands between straight quotes: 'text'; names may stand between \"straight\" double quotes."},
        {0x200B, "zero width space", "Remove it."},
        {0xFEFF, "byte order mark", "Remove it."},
        {'`', NULL, "Names with unusual characters stand between double quotes."},
    };
    span at = span_from_to(l, l->stray_from, l->stray_to);
    const char *text = l->file->text + at.offset, *hint = NULL, *name = NULL;
    uint32_t cp;
    size_t n;

    if (at.length == 0)
        return;
    l->stray_from = l->stray_to = 0;
    n = utf8_decode(text, at.length, &cp);
    if (cp == UTF8_INVALID)
        return; /* told when the text was checked */
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (known[i].cp == cp) {
            hint = known[i].hint;
            name = known[i].name;
        }
    }
    if (name != NULL)
        diag_error(l->d, at, D_SYNTAX, "stray %s (U+%04X)", name, (unsigned)cp);
    else if (utf8_is_unprintable(cp))
        diag_error(l->d, at, D_SYNTAX, "stray character U+%04X", (unsigned)cp);
    else
        diag_error(l->d, at, D_SYNTAX, "stray character%s \"%.*s\"", n < at.length ? "s" : "",
                   at.length > 40 ? (int)n : (int)at.length, text);
    if (hint != NULL)
        diag_hint(l->d, "%s", hint);
}

void lex_plain(lexer *l, int kind)
{
    add(l, kind, l->offset, NULL);
}

void lex_word(lexer *l, const char *text)
{
    size_t n = l->next - l->offset;
    int kind = keyword_find(text, n);

    add(l, kind != 0 ? kind : T_NAME, l->offset, arena_strndup(l->mem, text, n));
}

void lex_number(lexer *l, int kind, const char *text)
{
    add(l, kind, l->offset, arena_strdup(l->mem, text));
}

void lex_quoted(lexer *l, int kind, const char *text, size_t n)
{
    char quote = text[0];
    char *copy = arena_alloc(l->mem, n);
    size_t length = 0;

    for (size_t i = 1; i + 1 < n; i++) {
        copy[length++] = text[i];
        if (text[i] == quote)
            i++;
    }
    add(l, kind, l->offset, copy);
    if (length == 0 && kind == T_QUOTED)
        diag_error(l->d, span_from_to(l, l->offset, l->next), D_SYNTAX, "a name between \"\" cannot be empty");
}

void lex_raw_end(lexer *l, int kind)
{
    size_t n = l->next - strlen(l->tag) - l->body;

    add(l, kind, l->start, arena_strndup(l->mem, l->file->text + l->body, n));
}

void lex_comment(lexer *l)
{
    uint32_t next = l->next;

    while (l->next > l->start && l->file->text[l->next - 1] == '\r')
        l->next--; /* of a CRLF */
    add(l, TOKEN_COMMENT, l->start, NULL);
    l->next = next;
}

/* ---- mistakes ------------------------------------------------------------------------------------------------- */

void lex_stray(lexer *l)
{
    bool goes_on = l->stray_to == l->offset && l->stray_from != l->stray_to;

    if (!goes_on) {
        flush_stray(l);
        l->stray_from = l->offset;
    }
    l->stray_to = l->next;
    l->is_after_stray = true;
}

void lex_bad_number(lexer *l, const char *text)
{
    const char *word = text;

    while (*word >= '0' && *word <= '9')
        word++;
    diag_error(l->d, span_from_to(l, l->offset, l->next), D_SYNTAX, "\"%s\" is neither a number nor a name", text);
    diag_hint(l->d, "A name that begins with a digit stands between double quotes.");
    add(l, T_NUMBER, l->offset, arena_strndup(l->mem, text, (size_t)(word - text)));
}

void lex_bad_operator(lexer *l, int kind, const char *text, const char *hint)
{
    span at = span_from_to(l, l->offset, l->offset + (uint32_t)strlen(text));

    diag_error(l->d, at, D_SYNTAX, "\"%s\" is no operator of the language", text);
    diag_hint(l->d, "%s", hint);
    if (kind != 0)
        add(l, kind, l->offset, text[0] == '&' ? "and" : text[0] == '!' ? "not" : NULL);
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/*
 * A text without its closing quote ends at the next text's opening one, and so on to the last. So when the last text never
 * ends, the fault is where a text runs over several lines right into a word. Cuts the tokens off there, and returns the
 * place; `from` if there is no such text.
 */
static uint32_t first_unterminated(lexer *l, uint32_t from)
{
    for (int i = 0; i < l->out->n; i++) {
        const token *t = &l->out->at[i];
        uint32_t end = t->at.offset + t->at.length;

        if (t->kind == T_TEXT && end < l->file->length && is_letter(l->file->text[end]) && strchr(t->text, '\n') != NULL) {
            l->out->n = i;
            return t->at.offset;
        }
    }
    return from;
}

void lex_unterminated(lexer *l, uint32_t from, const char *what, const char *end)
{
    span at;

    if (*end == '\'') {
        from = first_unterminated(l, from);
        at = span_from_to(l, from, from + 1);
        diag_error(l->d, at, D_SYNTAX, "this %s never ends: the closing %s is missing", what, end);
    } else {
        at = span_from_to(l, from, from + (uint32_t)strlen(end));
        diag_error(l->d, at, D_SYNTAX, "this %s never ends: \"%s\" is missing", what, end);
    }
    l->out->is_broken = true;
}

void lex_unterminated_name(lexer *l, int kind, const char *text, size_t n)
{
    while (n > 1 && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    diag_error(l->d, span_from_to(l, l->offset, l->offset + (uint32_t)n), D_SYNTAX,
               "this name has no closing double quote on its line");
    add(l, kind, l->offset, arena_strndup(l->mem, text + 1, n - 1));
}

/*
 * Whether the bytes can be scanned. One message for what is wrong with the whole text: no text at all, or not UTF-8
 * (then the scan goes on, silent about those bytes).
 */
static bool check_bytes(diag *d, const src_file *f)
{
    uint32_t bad = 0;
    int n_bad = 0;
    const char *nul = memchr(f->text, '\0', f->length);

    if (f->length >= 2 && (memcmp(f->text, "\xFF\xFE", 2) == 0 || memcmp(f->text, "\xFE\xFF", 2) == 0)) {
        diag_error(d, (span){f->id, 0, 2}, D_BAD_ENCODING, "the file is UTF-16, a spec is UTF-8");
        return diag_hint(d, "Save it as UTF-8.");
    }
    if (nul != NULL) {
        diag_error(d, (span){f->id, (uint32_t)(nul - f->text), 1}, D_BAD_ENCODING, "the file holds a NUL byte, a spec is text");
        return false;
    }
    for (size_t i = 0; i < f->length;) {
        uint32_t cp;
        size_t n = utf8_decode(f->text + i, f->length - i, &cp);

        if (cp == UTF8_INVALID && n_bad++ == 0)
            bad = (uint32_t)i;
        i += n;
    }
    if (n_bad > 0) {
        diag_error(d, (span){f->id, bad, 1}, D_BAD_ENCODING, "byte 0x%02X is no UTF-8", (unsigned char)f->text[bad]);
        if (n_bad > 1)
            diag_hint(d, "The file has %d such bytes. Save it as UTF-8.", n_bad);
        else
            diag_hint(d, "Save the file as UTF-8.");
    }
    return true;
}

void lex_source(arena *a, diag *d, const src_file *f, token_list *out)
{
    lexer l = {.mem = a, .d = d, .file = f, .out = out};
    yyscan_t scanner;

    *out = (token_list){0};
    if (check_bytes(d, f)) {
        uint32_t skip = f->length >= 3 && memcmp(f->text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;

        l.next = skip;
        if (mig_fllex_init_extra(&l, &scanner) != 0)
            migc_out_of_memory();
        /* The text ends in the two NULs that flex asks for; flex puts a NUL behind each piece and takes it away again. */
        if (mig_fl_scan_buffer((char *)(uintptr_t)f->text + skip, f->length - skip + 2, scanner) == NULL)
            migc_bug("a source text without its closing NULs");
        while (mig_fllex(scanner) != 0) {
        }
        mig_fllex_destroy(scanner);
        flush_stray(&l);
    } else {
        out->is_broken = true;
    }
    l.offset = l.next = (uint32_t)f->length;
    l.depth = 0;
    add(&l, 0, l.offset, NULL);
}
