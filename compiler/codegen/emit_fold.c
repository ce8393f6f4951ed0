/*
 * emit_fold.c: a line of C that is too long, as several: broken where the least is torn apart, and indented to the bracket that
 * is open there. Called by emit.c for each line.
 */
#include "compiler/codegen/emit.h"

#include <string.h>

enum {
    MAX_BRACKETS = 64,
    FAR_RIGHT = 60,   /* what would begin behind this column is indented by two levels instead */
    FAR_LEFT = 40,    /* a break before this column leaves most of the line empty */
    TINY = 10,        /* a rest of fewer characters looks lost */
    COST_DEPTH = 10,  /* for each bracket that the break is within */
    COST_EARLY = 25,
    COST_LONG = 15,   /* the rest must be broken again */
    COST_TINY = 10,
    COST_ASSIGN = 18  /* behind `=`, when all of the value then fits into a line */
};

/* Brackets that are open at some point. */
typedef struct brackets {
    size_t open[MAX_BRACKETS]; /* column behind each */
    int n;
} brackets;

typedef struct fold {
    size_t at;     /* the blank that becomes a line break; 0: none */
    int cost;
    brackets b;    /* there */
} fold;

static size_t next_column(const brackets *b, size_t indent) {
    size_t column = b->n > 0 ? b->open[b->n - 1] : indent + 4;
    return column > FAR_RIGHT ? indent + 8 : column;
}

static bool is_assign(const char *p, size_t i) {
    return p[i - 1] == '=' && i >= 2 && p[i - 2] == ' ';
}

/* Whether the blank at p[i] may become a line break. */
static bool may_fold(const char *p, size_t i) {
    if (p[i] != ' ' || i == 0)
        return false;
    char before = p[i - 1];
    const char *after = p + i + 1;
    if (before == ',' || (before == '"' && after[0] == '"'))
        return true;
    if (i >= 2 && (before == '&' || before == '|') && p[i - 2] == before)
        return true;
    return ((after[0] == '?' || after[0] == ':') && after[1] == ' ') || is_assign(p, i);
}

static int cost_of(const char *p, size_t n, size_t i, size_t column, size_t indent, const brackets *b) {
    size_t rest = n - i - 1;
    bool fits = next_column(b, indent) + rest <= EMIT_COLUMNS;
    if (is_assign(p, i))
        return fits && b->n == 0 ? COST_ASSIGN : 1000;
    return b->n * COST_DEPTH + (column + i < FAR_LEFT ? COST_EARLY : 0) + (fits ? 0 : COST_LONG) +
           (rest < TINY ? COST_TINY : 0);
}

/* Behind a literal, a character or a comment that begins at p[i]; i when none does. */
static size_t behind(const char *p, size_t n, size_t i) {
    if (p[i] == '/' && i + 1 < n && p[i + 1] == '*') {
        const char *end = strstr(p + i + 2, "*/");
        return end != NULL ? (size_t)(end - p) + 2 : n;
    }
    if (p[i] != '"' && p[i] != '\'')
        return i;
    char quote = p[i++];
    while (i < n && p[i] != quote)
        i += p[i] == '\\' ? 2 : 1;
    return i < n ? i + 1 : n;
}

/*
 * The cheapest break before the right margin, of equals the last; where there is none before it, the first behind it. The text
 * begins at `column`.
 */
static fold find_fold(const char *p, size_t n, size_t column, size_t indent, const brackets *start) {
    fold best = {0};
    brackets b = *start;
    for (size_t i = 0; i < n;) {
        size_t next = behind(p, n, i);
        if (next > i) {
            i = next;
            continue;
        }
        if (column + i > EMIT_COLUMNS && best.at > 0)
            break;
        if (strchr("([{", p[i]) != NULL && b.n < MAX_BRACKETS)
            b.open[b.n++] = column + i + 1;
        else if (strchr(")]}", p[i]) != NULL && b.n > 0)
            b.n--;
        else if (may_fold(p, i)) {
            int cost = cost_of(p, n, i, column, indent, &b);
            if (best.at == 0 || cost <= best.cost)
                best = (fold){i, cost, b};
        }
        i++;
    }
    return best;
}

static bool is_foldable(const char *p) {
    p += strspn(p, " ");
    return *p != '#' && *p != '*' && !(p[0] == '/' && (p[1] == '*' || p[1] == '/'));
}

void emit_fold(strbuf *out, const char *text) {
    brackets b = {.n = 0};
    size_t indent = strspn(text, " "), column = indent;
    const char *p = text + indent;
    sb_repeat(out, ' ', indent);
    while (column + strlen(p) > EMIT_COLUMNS && is_foldable(text)) {
        fold at = find_fold(p, strlen(p), column, indent, &b);
        if (at.at == 0)
            break;
        sb_put(out, p, at.at);
        sb_putc(out, '\n');
        p += at.at + 1;
        b = at.b;
        column = next_column(&b, indent);
        sb_repeat(out, ' ', column);
    }
    sb_puts(out, p);
}
