/*
 * numberformat.c: to_char() of numbers, with the results of PostgreSQL's.
 *
 * A pattern is a row of digit places (9: blank for a leading zero, 0: a zero there), with , and . between, a sign (S, MI, PL, SG at
 * one end, PR at the end) and text (punctuation, or letters in double quotes). FM takes the filling away.
 */
#include "runtime/functions/fn.h"

#define PATTERN_MAX 120

typedef enum sign_kind { SIGN_PLAIN, SIGN_S, SIGN_MI, SIGN_PL, SIGN_SG, SIGN_PR } sign_kind;

/* A pattern taken apart. steps: '9' '0' ',' '.', 'm' 'p' 's' (MI, PL, SG stand here), 't' and a character of text. */
typedef struct pattern {
    char steps[2 * PATTERN_MAX]; size_t n;
    size_t before, after;    /* digit places before and behind the point */
    size_t zero_from;        /* first place before the point with a 0, or SIZE_MAX */
    size_t zero_until;       /* places behind the point up to the last 0 there */
    size_t last_place;       /* the step behind which a trailing S or PR's > stands */
    bool point, plain;       /* plain: FM */
    bool trailing;           /* S stands behind */
    sign_kind sign;
} pattern;

static const char *add_digit(pattern *f, char c) {
    if (f->sign == SIGN_PR || (f->sign == SIGN_S && f->trailing))
        return "a digit stands behind the sign that ends it";
    if (f->point) {
        f->after++;
        if (c == '0')
            f->zero_until = f->after;
    } else {
        if (c == '0' && f->zero_from == SIZE_MAX)
            f->zero_from = f->before;
        f->before++;
    }
    f->last_place = f->n;
    f->steps[f->n++] = c;
    return NULL;
}

static const char *add_sign(pattern *f, sign_kind sign) {
    static const char steps[] = {[SIGN_MI] = 'm', [SIGN_PL] = 'p', [SIGN_SG] = 's'};
    if (f->sign != SIGN_PLAIN)
        return "it has two signs";
    f->sign = sign;
    f->trailing = f->before + f->after > 0;
    if (sign == SIGN_PR && !f->trailing)
        return "PR stands before the digits and must stand behind them";
    if (sign != SIGN_S && sign != SIGN_PR)
        f->steps[f->n++] = steps[sign];
    return NULL;
}

/* NULL, or what is wrong. */
static const char *parse(pattern *f, mig_text s) {
    static const struct { const char *word; sign_kind sign; } signs[] = {
        {"MI", SIGN_MI}, {"PL", SIGN_PL}, {"PR", SIGN_PR}, {"SG", SIGN_SG}, {"S", SIGN_S}};
    *f = (pattern){.zero_from = SIZE_MAX};
    bool quoted = false;
    if (s.n > PATTERN_MAX)
        return "it is longer than 120 bytes";
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        const char *why = NULL;
        if (c == '"') {
            quoted = !quoted;
            continue;
        }
        if (quoted || (!fn_is_letter(c) && !fn_is_digit(c) && c != '.' && c != ',')) {
            f->steps[f->n++] = 't';
            f->steps[f->n++] = c;
            continue;
        }
        if (c == '9' || c == '0') {
            why = add_digit(f, c);
        } else if (c == '.' || fn_upper(c) == 'D') {
            why = f->point ? "it has two points" : NULL;
            f->point = true;
            f->last_place = f->n;
            f->steps[f->n++] = '.';
        } else if (c == ',' || fn_upper(c) == 'G') {
            f->steps[f->n++] = ',';
        } else if (i + 1 < s.n && fn_upper(c) == 'F' && fn_upper(s.p[i + 1]) == 'M') {
            f->plain = true;
            i++;
        } else {
            why = "it must be made of 9 0 . , S MI PL SG PR FM, and text in double quotes";
            for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
                size_t n = strlen(signs[k].word);
                if (s.n - i >= n && fn_is_word((mig_text){s.p + i, n}, signs[k].word)) {
                    why = add_sign(f, signs[k].sign);
                    i += n - 1;
                    break;
                }
            }
        }
        if (why != NULL)
            return why;
    }
    return quoted ? "a double quote is not closed" : f->before + f->after == 0 ? "it has no digit place" : NULL;
}

bool fn_number_format_refused(mig_text format, char *why, size_t n) {
    pattern f;
    const char *wrong = parse(&f, format);
    if (wrong != NULL)
        snprintf(why, n, "%s", wrong);
    return wrong != NULL;
}

/* ---- printing --------------------------------------------------------------------------------------------------------- */

/* Digits of the rounded number, one per place, without its sign; '#' everywhere when there are too few places. */
typedef struct digits {
    char before[PATTERN_MAX], after[PATTERN_MAX];
    size_t lead;      /* places before the first digit */
    size_t relevant;  /* places behind the point that are kept with FM */
    bool negative, over, hide_zero; /* over: too many digits; hide_zero: the whole part is a 0 that is not shown */
} digits;

static void take_digits(const pattern *f, mig_numeric v, digits *d) {
    *d = (digits){.negative = v.p[0] == '-'};
    const char *whole = v.p + d->negative, *end = v.p + v.n, *point = memchr(whole, '.', (size_t)(end - whole));
    size_t n = (size_t)((point == NULL ? end : point) - whole);
    bool over = d->over = n > f->before;
    d->lead = over ? 0 : f->before - n;
    for (size_t i = 0; i < f->before; i++)
        d->before[i] = over ? '#' : i < d->lead ? '0' : whole[i - d->lead];
    for (size_t i = 0; i < f->after; i++) {
        d->after[i] = over ? '#' : point[1 + i];
        if (d->after[i] != '0' || i < f->zero_until)
            d->relevant = i + 1;
    }
    d->hide_zero = !over && n == 1 && whole[0] == '0' && f->after > 0 && f->zero_from == SIZE_MAX;
    if (!f->plain)
        d->relevant = f->after;
    else if (d->relevant == 0)
        d->hide_zero = false;
}

typedef struct writer { char *p; size_t n; bool signed_; bool digit; } writer;

/* The sign before the first thing that is shown. */
static void put_sign(writer *w, const pattern *f, const digits *d) {
    if (w->signed_)
        return;
    w->signed_ = true;
    char c = 0;
    if (f->sign == SIGN_S)
        c = f->trailing ? 0 : d->negative ? '-' : '+';
    else if (f->sign == SIGN_PR)
        c = d->negative ? '<' : f->plain ? 0 : ' ';
    else if (f->sign == SIGN_PLAIN || f->sign == SIGN_PL)
        c = d->negative ? '-' : f->plain ? 0 : ' ';
    if (c != 0)
        w->p[w->n++] = c;
}

static void put_shown(writer *w, const pattern *f, const digits *d, char c) {
    put_sign(w, f, d);
    w->p[w->n++] = c;
    w->digit = c != '.';
}

static void put_blank(writer *w, const pattern *f) {
    w->digit = false;
    if (!f->plain)
        w->p[w->n++] = ' ';
}

static void put_place(writer *w, const pattern *f, const digits *d, size_t place, bool behind) {
    if (behind) {
        if (place < d->relevant)
            put_shown(w, f, d, d->after[place]);
    } else if (place < d->lead ? place < f->zero_from : d->hide_zero) {
        put_blank(w, f);
    } else {
        put_shown(w, f, d, d->before[place]);
    }
}

static void put_end(writer *w, const pattern *f, const digits *d) {
    if (f->sign == SIGN_S && f->trailing)
        w->p[w->n++] = d->negative ? '-' : '+';
    else if (f->sign == SIGN_PR && (d->negative || !f->plain))
        w->p[w->n++] = d->negative ? '>' : ' ';
}

/* MI, PL, SG: the sign stands where the pattern has it. */
static void put_placed_sign(writer *w, const pattern *f, const digits *d, char step) {
    char c = step == 'm' ? (d->negative ? '-' : ' ') : step == 'p' ? (d->negative ? ' ' : '+') : d->negative ? '-' : '+';
    if (c != ' ' || !f->plain)
        w->p[w->n++] = c;
}

mig_text mig_to_char_numeric(mig_ctx *x, mig_numeric v, mig_text format) {
    pattern f;
    digits d;
    if (v.p == NULL || format.p == NULL)
        return MIG_NULL_TEXT;
    const char *wrong = parse(&f, format);
    if (wrong != NULL) {
        mig_fail(x, MIG_RULE_PARSE, format, "the format \"%s\" is wrong: %s", fn_show(format).s, wrong);
        return MIG_NULL_TEXT;
    }
    v = fn_numeric_scale(x, v, (int64_t)f.after, false);
    writer w = {.p = fn_bytes(x, 2 * PATTERN_MAX + 4)};
    if (v.p == NULL || w.p == NULL)
        return MIG_NULL_TEXT;
    take_digits(&f, v, &d);
    size_t place = 0;
    bool behind = false;
    for (size_t i = 0; i < f.n; i++) {
        char step = f.steps[i];
        if (step == '9' || step == '0') {
            put_place(&w, &f, &d, place++, behind);
        } else if (step == '.') {
            if (f.after > 0 || d.over)
                put_shown(&w, &f, &d, '.');
            behind = true;
            place = 0;
        } else if (step == ',') {
            if (w.digit)
                w.p[w.n++] = ',';
            else
                put_blank(&w, &f);
        } else if (step == 't') {
            w.p[w.n++] = f.steps[++i];
            continue;
        } else {
            put_placed_sign(&w, &f, &d, step);
        }
        if (i == f.last_place)
            put_end(&w, &f, &d);
    }
    return (mig_text){w.p, w.n};
}

mig_text mig_to_char_int(mig_ctx *x, mig_int v, mig_text format) {
    return mig_to_char_numeric(x, mig_numeric_of_int(x, v), format);
}
