/*
 * spell.c: values as text and back, without a row context: integers, floating numbers, UUIDs, JSON strings. Dates and
 * times are in calendar.c. Used by the language's functions, by the writers of the targets, and by logs and reports.
 */
#include "runtime/functions/fn.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* ---- integers ------------------------------------------------------------------------------------------------------- */

size_t rt_spell_int(char *out, int64_t v) {
    char digits[20];
    size_t n = 0, at = 0;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do
        digits[n++] = (char)('0' + u % 10);
    while ((u /= 10) != 0);
    if (v < 0)
        out[at++] = '-';
    while (n > 0)
        out[at++] = digits[--n];
    return at;
}

fn_read fn_int_read(mig_text v, int64_t *out) {
    v = fn_strip(v);
    size_t i = v.n > 0 && (v.p[0] == '-' || v.p[0] == '+') ? 1 : 0;
    if (i == v.n)
        return FN_READ_SYNTAX;
    int64_t value = 0; /* negative while it is read: there is one more of those */
    bool over = false;
    for (; i < v.n; i++) {
        if (!fn_is_digit(v.p[i]))
            return FN_READ_SYNTAX;
        over = over || __builtin_mul_overflow(value, (int64_t)10, &value) ||
               __builtin_sub_overflow(value, (int64_t)(v.p[i] - '0'), &value);
    }
    if (over || (v.p[0] != '-' && value == INT64_MIN))
        return FN_READ_RANGE;
    *out = v.p[0] == '-' ? value : -value;
    return FN_READ_OK;
}

bool rt_read_int(const char *p, size_t n, int64_t *out) {
    return fn_int_read((mig_text){p, n}, out) == FN_READ_OK;
}

/* ---- floating numbers -------------------------------------------------------------------------------------------------- */

/* [sign] digits [. digits] [e [sign] digits], with a digit before or behind the point. */
static bool is_decimal(mig_text v) {
    size_t i = 0, digits = 0;
    if (i < v.n && (v.p[i] == '-' || v.p[i] == '+'))
        i++;
    for (; i < v.n && fn_is_digit(v.p[i]); i++)
        digits++;
    if (i < v.n && v.p[i] == '.')
        for (i++; i < v.n && fn_is_digit(v.p[i]); i++)
            digits++;
    if (digits == 0)
        return false;
    if (i < v.n && (v.p[i] == 'e' || v.p[i] == 'E')) {
        i++;
        if (i < v.n && (v.p[i] == '-' || v.p[i] == '+'))
            i++;
        size_t exponent = i;
        while (i < v.n && fn_is_digit(v.p[i]))
            i++;
        if (i == exponent)
            return false;
    }
    return i == v.n;
}

static bool is_infinity(mig_text v, double *out) {
    bool negative = v.n > 0 && v.p[0] == '-';
    mig_text word = v.n > 0 && (negative || v.p[0] == '+') ? (mig_text){v.p + 1, v.n - 1} : v;
    *out = negative ? -HUGE_VAL : HUGE_VAL;
    return fn_is_word(word, "infinity") || fn_is_word(word, "inf");
}

fn_read fn_double_read(mig_text v, bool single, double *out) {
    char small[256], *text = small;
    v = fn_strip(v);
    if (is_infinity(v, out))
        return FN_READ_OK;
    if (!is_decimal(v))
        return FN_READ_SYNTAX;
    if (v.n >= sizeof small && (text = malloc(v.n + 1)) == NULL)
        return FN_READ_NOMEM;
    memcpy(text, v.p, v.n);
    text[v.n] = '\0';
    errno = 0;
    *out = single ? (double)strtof(text, NULL) : strtod(text, NULL);
    bool range = errno == ERANGE && (*out == 0 || isinf(*out));
    if (text != small)
        free(text);
    return range ? FN_READ_RANGE : FN_READ_OK;
}

bool rt_read_double(const char *p, size_t n, double *out) {
    if (fn_is_word((mig_text){p, n}, "nan")) {
        *out = (double)NAN;
        return true;
    }
    return fn_double_read((mig_text){p, n}, false, out) == FN_READ_OK;
}

/* Is the decimal "d.ddde±xx" exactly this number? */
static bool is_exactly(const char *text, long double v) {
    char all[96];
    if (strtold(text, NULL) != v)
        return false;
    snprintf(all, sizeof all, "%.70Le", v); /* a decimal of 17 digits that is so near without being it does not occur */
    size_t n = strcspn(text, "e");
    if (n == 1)
        return text[0] == all[0] && strspn(all + 2, "0") == 70;
    return memcmp(text, all, n) == 0 && strspn(all + n, "0") == 72 - n;
}

/*
 * Does "d.ddde±xx" read back as v, and not only by the rule for ties? Halfway between two floating numbers it is not taken, as in
 * PostgreSQL: 1e+23 is spelled 9.999999999999999e+22.
 */
static bool reads_back(const char *text, double v, bool single) {
    if (single ? strtof(text, NULL) != (float)v : strtod(text, NULL) != v)
        return false;
    double below = single ? (double)nextafterf((float)v, 0) : nextafter(v, 0);
    double above = single ? (double)nextafterf((float)v, HUGE_VALF) : nextafter(v, HUGE_VAL);
    return !is_exactly(text, ((long double)v + below) / 2) && !is_exactly(text, ((long double)v + above) / 2);
}

/*
 * As shortest(), for values that few decimals spell: a whole number below 10^15 (a real: 10^6) over a power of ten, both exact, so that
 * their quotient is rounded once, as reading the digits would round it. No two decimals of so few digits read back as one value, so these
 * are the shortest. 0: it is no such value.
 */
static int few_decimals(double v, bool single, char digits[17], int *exponent) {
    static const double ten[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    double most = single ? 1e6 : 1e15;
    for (int k = 0; k < (int)(sizeof ten / sizeof ten[0]); k++) {
        double m = nearbyint(v * ten[k]);
        if (!(m < most))
            return 0;
        if (m < 1 || (single ? (double)((float)m / (float)ten[k]) : m / ten[k]) != v)
            continue;
        char backwards[17];
        int n = 0;
        for (int64_t rest = (int64_t)m; rest > 0; rest /= 10)
            backwards[n++] = (char)('0' + rest % 10);
        for (int i = 0; i < n; i++)
            digits[i] = backwards[n - 1 - i];
        *exponent = n - 1 - k;
        while (n > 1 && digits[n - 1] == '0')
            n--;
        return n;
    }
    return 0;
}

/*
 * The fewest significant digits that read back as v (> 0, finite), and the decimal exponent of the first. Returns how many.
 * At a power of two the gap above is twice the gap below, so that the next decimal up can do where the nearest cannot.
 */
static int shortest(double v, bool single, char digits[17], int *exponent) {
    int most = single ? 9 : 17, sure = single ? 6 : 15, e2;
    bool power = frexp(v, &e2) == 0.5;
    bool subnormal = v < (single ? 0x1p-126 : 0x1p-1022);
    char text[32];
    int n;
    for (n = subnormal ? 1 : sure; n < most; n++) {
        snprintf(text, sizeof text, "%.*e", n - 1, v);
        if (reads_back(text, v, single))
            break;
        char *last = n > 1 ? text + n : text; /* text has a point behind its first digit */
        if (power && *last != '9') {
            ++*last;
            if (reads_back(text, v, single))
                break;
        }
    }
    if (n == most)
        snprintf(text, sizeof text, "%.*e", n - 1, v);
    digits[0] = text[0];
    if (n > 1)
        memcpy(digits + 1, text + 2, (size_t)n - 1);
    *exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    while (n > 1 && digits[n - 1] == '0')
        n--;
    return n;
}

/* Digits and exponent as PostgreSQL prints them: plain between 1e-4 and 10 to the power `plain`, else d.ddde+xx. */
static size_t spell_digits(char *out, const char *digits, int n, int exponent, int plain) {
    size_t at = 0;
    if (exponent < -4 || exponent >= plain) {
        out[at++] = digits[0];
        if (n > 1)
            out[at++] = '.';
        for (int i = 1; i < n; i++)
            out[at++] = digits[i];
        at += (size_t)snprintf(out + at, RT_SPELL - at, "e%c%02d", exponent < 0 ? '-' : '+', abs(exponent));
        return at;
    }
    if (exponent < 0) {
        memcpy(out, "0.000", 5);
        at = (size_t)(1 - exponent);
    }
    for (int i = 0; i < n; i++) {
        out[at++] = digits[i];
        if (i == exponent && i + 1 < n)
            out[at++] = '.';
    }
    for (int i = n; i <= exponent; i++)
        out[at++] = '0';
    return at;
}

static size_t spell_float(char *out, double v, bool single) {
    if (isnan(v)) {
        memcpy(out, "NaN", 3);
        return 3;
    }
    size_t at = 0;
    if (single)
        v = (double)(float)v;
    if (signbit(v)) {
        out[at++] = '-';
        v = -v;
    }
    if (isinf(v)) {
        memcpy(out + at, "Infinity", 8);
        return at + 8;
    }
    if (v < 1e6 && v == (double)(int64_t)v) /* whole and small: no need to search */
        return at + rt_spell_int(out + at, (int64_t)v);
    char digits[17];
    int exponent, n = few_decimals(v, single, digits, &exponent);
    if (n == 0)
        n = shortest(v, single, digits, &exponent);
    return at + spell_digits(out + at, digits, n, exponent, single ? 6 : 15);
}

size_t rt_spell_double(char *out, double v) {
    return spell_float(out, v, false);
}

size_t rt_spell_real(char *out, double v) {
    return spell_float(out, v, true);
}

/* ---- UUIDs --------------------------------------------------------------------------------------------------------------- */

size_t rt_spell_uuid(char *out, const uint8_t v[16]) {
    static const char hex[] = "0123456789abcdef";
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10)
            out[at++] = '-';
        out[at++] = hex[v[i] >> 4];
        out[at++] = hex[v[i] & 15];
    }
    return at;
}

static int hex_value(char c) {
    return fn_is_digit(c) ? c - '0' : fn_lower(c) >= 'a' && fn_lower(c) <= 'f' ? fn_lower(c) - 'a' + 10 : -1;
}

/* As PostgreSQL reads them: hyphens may stand after each group of four digits, braces around. */
bool fn_uuid_read(const char *p, size_t n, uint8_t out[16]) {
    if (n >= 2 && p[0] == '{' && p[n - 1] == '}') {
        p++;
        n -= 2;
    }
    size_t at = 0;
    for (int i = 0; i < 16; i++) {
        if (n - at < 2)
            return false;
        int high = hex_value(p[at]), low = hex_value(p[at + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
        at += 2;
        if (i % 2 == 1 && i < 15 && at < n && p[at] == '-')
            at++;
    }
    return at == n;
}

/* ---- JSON strings ---------------------------------------------------------------------------------------------------------- */

size_t fn_json_escape(char *out, const char *p, size_t n) {
    static const char hex[] = "0123456789abcdef";
    size_t at = 0, plain = 0; /* plain: bytes from i on that are good UTF-8 */
    char piece[8] = "\"";
    if (out != NULL)
        out[at] = '"';
    at++;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];
        size_t len = 2;
        if (plain <= i && c >= 0x80)
            plain = i + fn_valid(p + i, n - i);
        piece[0] = '\\';
        switch (c) {
        case '"': case '\\': piece[1] = (char)c; break;
        case '\b': piece[1] = 'b'; break;
        case '\f': piece[1] = 'f'; break;
        case '\n': piece[1] = 'n'; break;
        case '\r': piece[1] = 'r'; break;
        case '\t': piece[1] = 't'; break;
        default:
            if (c < 0x20) {
                memcpy(piece, "\\u00", 4);
                piece[4] = hex[c >> 4];
                piece[5] = hex[c & 15];
                len = 6;
            } else if (c >= 0x80 && plain <= i) {
                memcpy(piece, "\xef\xbf\xbd", 3);
                len = 3;
            } else {
                piece[0] = (char)c;
                len = 1;
            }
        }
        if (out != NULL)
            memcpy(out + at, piece, len);
        at += len;
    }
    if (out != NULL)
        out[at] = '"';
    return at + 1;
}

void rt_json_escape(rt_buf *b, const char *p, size_t n) {
    char *out = rt_buf_room(b, fn_json_escape(NULL, p, n));
    if (out != NULL)
        fn_json_escape(out, p, n);
}
