/*
 * profile_formats.c: what a text looks like. Each text has one look, the first that fits; what only a whole column can tell (Unix seconds,
 * day or month first) is left to profile_column.c.
 */
#include "compiler/tools/profile_formats.h"

#include "runtime/functions/calendar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct text { const char *p; size_t n; } text;

static bool is_any(text t, const char *const *words, size_t n_words, bool any_case)
{
    for (size_t i = 0; i < n_words; i++)
        if (strlen(words[i]) == t.n && (any_case ? strncasecmp(words[i], t.p, t.n) : strncmp(words[i], t.p, t.n)) == 0)
            return true;
    return false;
}
#define IS_ANY(t, words, any_case) is_any((t), (words), sizeof(words) / sizeof *(words), (any_case))

static size_t digits(const char *p, size_t n)
{
    size_t i = 0;

    while (i < n && fn_is_digit(p[i]))
        i++;
    return i;
}

/* ---- numbers ---------------------------------------------------------------------------------------------------------- */

/* Groups of three digits behind one of up to three: how many bytes, or 0. */
static size_t groups(text t, char between)
{
    size_t at = digits(t.p, t.n);

    if (at < 1 || at > 3 || at == t.n || t.p[at] != between)
        return 0;
    while (at < t.n && t.p[at] == between) {
        if (digits(t.p + at + 1, t.n - at - 1) < 3 || digits(t.p + at + 1, t.n - at - 1) > 3)
            return 0;
        at += 4;
    }
    return at;
}

static bool is_exponent(text t)
{
    return t.n > 1 && (*t.p == 'e' || *t.p == 'E') &&
           digits(t.p + 1 + (t.p[1] == '-' || t.p[1] == '+'), t.n - 1 - (t.p[1] == '-' || t.p[1] == '+')) ==
               t.n - 1 - (t.p[1] == '-' || t.p[1] == '+') && fn_is_digit(t.p[t.n - 1]);
}

/* The number's look, or LOOKS_TEXT. */
static looks_kind number(text t)
{
    if (t.n > 1 && (*t.p == '-' || *t.p == '+'))
        t = (text){t.p + 1, t.n - 1};
    size_t whole = digits(t.p, t.n), grouped;

    if (whole == t.n)
        return t.n > 1 && *t.p == '0' ? LOOKS_PADDED : LOOKS_INTEGER;
    if (t.p[whole] == '.') {
        size_t behind = digits(t.p + whole + 1, t.n - whole - 1), at = whole + 1 + behind;

        if (whole + behind > 0 && at == t.n)
            return LOOKS_DECIMAL;
        if (whole + behind > 0 && is_exponent((text){t.p + at, t.n - at}))
            return LOOKS_EXPONENT;
    }
    if (whole > 0 && is_exponent((text){t.p + whole, t.n - whole}))
        return LOOKS_EXPONENT;
    grouped = groups(t, ',');
    if (grouped > 0 && (grouped == t.n || (t.p[grouped] == '.' && grouped + 1 < t.n && digits(t.p + grouped + 1,
        t.n - grouped - 1) == t.n - grouped - 1)))
        return LOOKS_COMMA_GROUPS;
    grouped = groups(t, '.');
    grouped = grouped > 0 ? grouped : whole;
    if (grouped > 0 && grouped + 1 < t.n && t.p[grouped] == ',' && digits(t.p + grouped + 1, t.n - grouped - 1) == t.n - grouped - 1)
        return LOOKS_COMMA_POINT;
    return LOOKS_TEXT;
}

static looks_kind money(text t)
{
    static const char *const signs[] = {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"};

    if (t.n > 1 && t.p[t.n - 1] == '%') {
        t.n -= t.n > 2 && t.p[t.n - 2] == ' ' ? 2 : 1;
        return number(t) != LOOKS_TEXT ? LOOKS_PERCENT : LOOKS_TEXT;
    }
    for (size_t k = 0; k < sizeof signs / sizeof *signs; k++) {
        size_t n = strlen(signs[k]);
        text rest = t;

        if (t.n > n && memcmp(t.p, signs[k], n) == 0)
            rest = (text){t.p + n, t.n - n};
        else if (t.n > n && memcmp(t.p + t.n - n, signs[k], n) == 0)
            rest.n -= n;
        else
            continue;
        while (rest.n > 0 && *rest.p == ' ')
            rest = (text){rest.p + 1, rest.n - 1};
        while (rest.n > 0 && rest.p[rest.n - 1] == ' ')
            rest.n--;
        return rest.n > 0 && number(rest) != LOOKS_TEXT ? LOOKS_MONEY : LOOKS_TEXT;
    }
    return LOOKS_TEXT;
}

/* Digits before the point without leading zeros, digits behind it without trailing ones. */
static void split_number(const char *p, size_t n, bool *minus, text *whole, text *part)
{
    *minus = n > 0 && *p == '-';
    if (n > 0 && (*p == '-' || *p == '+')) {
        p++;
        n--;
    }
    size_t w = digits(p, n);
    *whole = (text){p, w};
    *part = n > w ? (text){p + w + 1, n - w - 1} : (text){p, 0};
    while (whole->n > 0 && *whole->p == '0')
        *whole = (text){whole->p + 1, whole->n - 1};
    while (part->n > 0 && part->p[part->n - 1] == '0')
        part->n--;
    if (whole->n == 0 && part->n == 0)
        *minus = false;
}

int looks_compare_numbers(const char *a, size_t an, const char *b, size_t bn)
{
    text aw, ap, bw, bp;
    bool am, bm;
    int d;

    if (memchr(a, 'e', an) != NULL || memchr(a, 'E', an) != NULL || memchr(b, 'e', bn) != NULL || memchr(b, 'E', bn) != NULL) {
        char x[300], y[300];
        snprintf(x, sizeof x, "%.*s", (int)(an < 299 ? an : 299), a);
        snprintf(y, sizeof y, "%.*s", (int)(bn < 299 ? bn : 299), b);
        double dx = strtod(x, NULL), dy = strtod(y, NULL);
        return (dx > dy) - (dx < dy);
    }
    split_number(a, an, &am, &aw, &ap);
    split_number(b, bn, &bm, &bw, &bp);
    if (am != bm)
        return am ? -1 : 1;
    if (aw.n != bw.n)
        d = aw.n < bw.n ? -1 : 1;
    else if ((d = aw.n > 0 ? memcmp(aw.p, bw.p, aw.n) : 0) == 0) {
        size_t n = ap.n < bp.n ? ap.n : bp.n;
        d = n > 0 ? memcmp(ap.p, bp.p, n) : 0;
        d = d != 0 ? d : ap.n < bp.n ? -1 : ap.n > bp.n;
    }
    return am ? -d : d;
}

/* ---- dates ---------------------------------------------------------------------------------------------------------------- */

static int value(const char *p, size_t n)
{
    int v = 0;

    for (size_t i = 0; i < n; i++)
        v = v * 10 + (p[i] - '0');
    return v;
}

static int64_t day_us(int y, int m, int d)
{
    return (int64_t)rt_days(y, m, d) * US_DAY;
}

/* Time of day at p: HH:MM[:SS[.f]][ AM|PM][zone]. Bytes that it takes, 0: none. *form: 1 without seconds, 2 with, +4 AM/PM. */
static size_t time_of_day(const char *p, size_t n, int64_t *us, int *form, bool *zoned)
{
    size_t h = digits(p, n < 2 ? n : 2), at;
    int hour, minute, second = 0;

    if (h == 0 || n < h + 3 || p[h] != ':' || digits(p + h + 1, 2) != 2)
        return 0;
    hour = value(p, h);
    minute = value(p + h + 1, 2);
    at = h + 3;
    *form = 1;
    if (n >= at + 3 && p[at] == ':' && digits(p + at + 1, 2) == 2) {
        second = value(p + at + 1, 2);
        at += 3;
        *form = 2;
        if (n > at + 1 && p[at] == '.' && fn_is_digit(p[at + 1]))
            at += 1 + digits(p + at + 1, n - at - 1);
    }
    size_t blank = n > at && p[at] == ' ';
    if (n >= at + blank + 2 && fn_lower(p[at + blank + 1]) == 'm' && (fn_lower(p[at + blank]) == 'a' || fn_lower(p[at + blank]) == 'p')) {
        hour = hour % 12 + (fn_lower(p[at + blank]) == 'p' ? 12 : 0);
        at += blank + 2;
        *form += 4;
    }
    *zoned = false;
    blank = n > at && p[at] == ' ';
    if (n == at + blank + 3 && strncmp(p + at + blank, "UTC", 3) == 0) {
        *zoned = true;
        at = n;
    } else if (n == at + 1 && (p[at] == 'Z' || p[at] == 'z')) {
        *zoned = true;
        at = n;
    } else if (n > at + blank + 2 && (p[at + blank] == '+' || p[at + blank] == '-') && digits(p + at + blank + 1, 2) == 2) {
        size_t z = at + blank + 3;
        z += n > z && p[z] == ':' ? 1 : 0;
        z += digits(p + z, n - z > 2 ? 2 : n - z);
        *zoned = z == n;
        at = z;
    }
    *us = ((hour * 60 + minute) * (int64_t)60 + second) * US_SECOND;
    return hour <= 24 && minute <= 59 && second <= 60 ? at : 0;
}

typedef struct date { looks_order order; char sep; bool two_digits, wrong; int64_t us, swapped; size_t n; } date;

static int month_named(const char *p, size_t n, size_t *used)
{
    size_t letters = 0;

    while (letters < n && fn_is_letter(p[letters]))
        letters++;
    for (int m = 0; m < 12 && letters >= 3; m++)
        if (strncasecmp(p, cal_months[m], letters) == 0 && (letters == 3 || letters == strlen(cal_months[m]) || (letters == 4 && m == 8))) {
            *used = letters;
            return m + 1;
        }
    return 0;
}

static bool set_day(date *d, int y, int m, int day)
{
    d->wrong = !cal_is_day(y, m, day);
    d->us = d->wrong ? 0 : day_us(y, m, day);
    return true;
}

/* 5 January 2024, 5-Jan-24, January 5, 2024, Jan 5 2024 */
static bool worded_date(text t, date *d)
{
    size_t first = digits(t.p, t.n), used = 0, at = first, y;
    int month, day;

    if (first > 2)
        return false;
    if (first > 0 && (at == t.n || strchr(" -.", t.p[at]) == NULL))
        return false;
    d->sep = first > 0 ? t.p[at] : ' ';
    at += first > 0;
    at += d->sep == '.' && at < t.n && t.p[at] == ' ';
    month = month_named(t.p + at, t.n - at, &used);
    if (month == 0)
        return false;
    at += used;
    day = value(t.p, first);
    if (first == 0) {
        if (at >= t.n || t.p[at++] != ' ')
            return false;
        size_t n = digits(t.p + at, t.n - at);
        if (n == 0 || n > 2)
            return false;
        day = value(t.p + at, n);
        at += n;
        at += at < t.n && t.p[at] == ',';
    }
    if (at >= t.n || (t.p[at] != ' ' && t.p[at] != d->sep))
        return false;
    at++;
    y = digits(t.p + at, t.n - at);
    if (y != 4 && y != 2)
        return false;
    d->order = first > 0 ? ORDER_D_MON_Y : ORDER_MON_D_Y;
    d->two_digits = y == 2;
    d->n = at + y;
    return set_day(d, value(t.p + at, y) + (y == 2 ? 2000 : 0), month, day);
}

/* Three numbers with the same - / or . between them. */
static bool numbered_date(text t, date *d)
{
    size_t a = digits(t.p, t.n), b, c, at;

    if (a == 0 || a > 4 || a == t.n || strchr("-/.", t.p[a]) == NULL)
        return false;
    d->sep = t.p[a];
    b = digits(t.p + a + 1, t.n - a - 1);
    at = a + 1 + b;
    if (b == 0 || b > 2 || at >= t.n || t.p[at] != d->sep)
        return false;
    c = digits(t.p + at + 1, t.n - at - 1);
    d->n = at + 1 + c;
    int x = value(t.p, a), y = value(t.p + a + 1, b), z = value(t.p + at + 1, c);
    if (a == 4 && (c == 1 || c == 2)) {
        d->order = ORDER_YMD;
        return set_day(d, x, y, z);
    }
    if (a > 2 || (c != 4 && c != 2) || (c == 2 && d->sep != '/' && (a != 2 || b != 2)))
        return false;
    d->two_digits = c == 2;
    z += c == 2 ? 2000 : 0;
    bool dmy = cal_is_day(z, y, x), mdy = cal_is_day(z, x, y);
    if (c == 2 && !dmy && !mdy)
        return false; /* 1.2.99 and its kin are versions more often than dates */
    d->order = mdy && dmy && d->sep != '.' ? ORDER_EITHER : dmy || !mdy ? ORDER_DMY : ORDER_MDY;
    d->wrong = !dmy && !mdy;
    d->us = d->order == ORDER_DMY ? (dmy ? day_us(z, y, x) : 0) : mdy ? day_us(z, x, y) : 0;
    d->swapped = d->order == ORDER_EITHER ? day_us(z, y, x) : d->us;
    return true;
}

static bool moment(text t, looks *out)
{
    date d = {.sep = ' '};
    int64_t us = 0;
    int form = 0;
    bool zoned = false;
    size_t rest, used;

    if (t.n < 6 || t.n > 40)
        return false;
    if (fn_is_digit(*t.p) ? !numbered_date(t, &d) && !worded_date(t, &d) : !worded_date(t, &d))
        return false;
    if (d.order == ORDER_YMD || d.order == ORDER_D_MON_Y || d.order == ORDER_MON_D_Y || d.swapped == 0)
        d.swapped = d.us;
    rest = t.n - d.n;
    char between = rest > 0 ? t.p[d.n] : '\0';
    if (rest > 0) {
        if (between != ' ' && between != 'T')
            return false;
        used = time_of_day(t.p + d.n + 1, rest - 1, &us, &form, &zoned);
        if (used != rest - 1)
            return false;
    }
    out->kind = d.wrong ? LOOKS_NO_DATE : rest > 0 ? LOOKS_STAMP : LOOKS_DATE;
    out->key = d.wrong ? (uint32_t)LOOKS_NO_DATE
                       : LOOKS_KEY(out->kind, d.order, d.sep, d.two_digits, form | (between == 'T' ? 8 : 0), zoned);
    out->us = d.us + us;
    out->us_swapped = d.swapped + us;
    return true;
}

/* ---- the others --------------------------------------------------------------------------------------------------------------- */

static bool is_email(text t)
{
    const char *at = memchr(t.p, '@', t.n);
    size_t local = at != NULL ? (size_t)(at - t.p) : 0, domain = at != NULL ? t.n - local - 1 : 0;

    if (local == 0 || domain < 3 || memchr(at + 1, '@', domain) != NULL || memchr(at + 1, '.', domain) == NULL)
        return false;
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] <= ' ' || strchr("()<>,;:\\\"[]", t.p[i]) != NULL)
            return false;
    return at[1] != '.' && t.p[t.n - 1] != '.';
}

static bool is_uuid(text t)
{
    for (size_t i = 0; i < t.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = fn_lower(t.p[i]);

        if (dash ? c != '-' : !fn_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return t.n == 36;
}

static bool is_url(text t)
{
    static const char *const schemes[] = {"http://", "https://", "ftp://"};

    for (size_t k = 0; k < sizeof schemes / sizeof *schemes; k++)
        if (t.n > strlen(schemes[k]) && strncasecmp(t.p, schemes[k], strlen(schemes[k])) == 0)
            return memchr(t.p, ' ', t.n) == NULL;
    return false;
}

static bool is_json(text t)
{
    char last = t.p[t.n - 1];

    if (!(*t.p == '{' && last == '}') && !(*t.p == '[' && last == ']'))
        return false;
    rt_arena *a = rt_arena_new(4096);
    rt_error e = {0};
    mig_ctx x = {.arena = a, .error = &e};
    bool ok = a != NULL && mig_json_of_text(&x, (mig_text){t.p, t.n}).p != NULL && !mig_failed(&x);
    rt_arena_free(a);
    return ok;
}

static looks_kind hashed(text t)
{
    static const char *const django[] = {"pbkdf2_sha256$", "pbkdf2_sha1$", "argon2", "scrypt$", "bcrypt_sha256$", "bcrypt$", "$argon2",
        "$5$", "$6$", "$1$"};

    if (t.n == 60 && t.p[0] == '$' && t.p[1] == '2' && strchr("abxy", t.p[2]) != NULL && t.p[3] == '$' && digits(t.p + 4, 2) == 2 && t.p[6] == '$')
        return LOOKS_BCRYPT;
    for (size_t k = 0; k < sizeof django / sizeof *django; k++)
        if (t.n > strlen(django[k]) + 10 && strncmp(t.p, django[k], strlen(django[k])) == 0 && memchr(t.p, ' ', t.n) == NULL)
            return LOOKS_HASH;
    return LOOKS_TEXT;
}

static looks_kind worded(text t)
{
    static const char *const truths[] = {"true", "false", "yes", "no", "t", "f", "y", "n", "on", "off"};
    static const char *const nothing[] = {"N/A", "n/a", "#N/A", "NULL", "null", "Null", "None", "nil", "NaN", "nan", "-", "--", "?"};

    if (t.n > 5)
        return LOOKS_TEXT;
    return IS_ANY(t, nothing, false) ? LOOKS_NULL_WORD : IS_ANY(t, truths, true) ? LOOKS_BOOL : LOOKS_TEXT;
}

looks looks_of(const char *p, size_t n)
{
    text t = {p, n};
    looks out = {.kind = LOOKS_TEXT};
    int form;
    bool zoned, digit = fn_is_digit(*p);
    int64_t us;

    if (digit || *p == '-' || *p == '+' || *p == '.')
        out.kind = number(t);
    if (out.kind == LOOKS_TEXT && (digit || fn_is_letter(*p)) && moment(t, &out))
        return out;
    if (out.kind == LOOKS_TEXT && digit && n <= 20 && time_of_day(p, n, &us, &form, &zoned) == n)
        out.kind = LOOKS_TIME;
    if (out.kind == LOOKS_TEXT)
        out.kind = worded(t);
    if (out.kind == LOOKS_TEXT && n < 40)
        out.kind = money(t);
    if (out.kind == LOOKS_TEXT && is_email(t))
        out.kind = LOOKS_EMAIL;
    if (out.kind == LOOKS_TEXT && is_uuid(t))
        out.kind = LOOKS_UUID;
    if (out.kind == LOOKS_TEXT && is_url(t))
        out.kind = LOOKS_URL;
    if (out.kind == LOOKS_TEXT)
        out.kind = hashed(t);
    if (out.kind == LOOKS_TEXT && n >= 2 && is_json(t))
        out.kind = LOOKS_JSON;
    out.key = (uint32_t)out.kind;
    return out;
}

bool looks_is_number(looks_kind k)
{
    return k == LOOKS_INTEGER || k == LOOKS_DECIMAL || k == LOOKS_EXPONENT;
}

bool looks_is_moment(looks_kind k)
{
    return k == LOOKS_DATE || k == LOOKS_STAMP;
}

/* ---- words ------------------------------------------------------------------------------------------------------------------------ */

static void date_words(uint32_t key, char *out, size_t cap)
{
    char sep = (char)(key >> 12 & 0xff);
    const char *y = (key >> 20 & 1) != 0 ? "YY" : "YYYY";

    switch (LOOKS_ORDER(key)) {
    case ORDER_YMD: snprintf(out, cap, "%s%cMM%cDD", y, sep, sep); return;
    case ORDER_DMY: snprintf(out, cap, "DD%cMM%c%s", sep, sep, y); return;
    case ORDER_MDY: snprintf(out, cap, "MM%cDD%c%s", sep, sep, y); return;
    case ORDER_EITHER: snprintf(out, cap, "MM%cDD%c%s or DD%cMM%c%s", sep, sep, y, sep, sep, y); return;
    case ORDER_D_MON_Y: snprintf(out, cap, "D%cMon%c%s", sep, sep, y); return;
    case ORDER_MON_D_Y: snprintf(out, cap, "Mon D, %s", y); return;
    }
}

void looks_words(uint32_t key, char *out, size_t cap)
{
    static const char *const words[LOOKS_COUNT] = {
        [LOOKS_TEXT] = "text", [LOOKS_BLANK] = "only blanks", [LOOKS_INTEGER] = "integer", [LOOKS_PADDED] = "digits with zeros in front",
        [LOOKS_DECIMAL] = "decimal", [LOOKS_EXPONENT] = "number with exponent", [LOOKS_COMMA_GROUPS] = "number like 1,234.5",
        [LOOKS_COMMA_POINT] = "number like 1.234,5", [LOOKS_MONEY] = "amount with currency sign", [LOOKS_PERCENT] = "percentage",
        [LOOKS_BOOL] = "boolean in words", [LOOKS_NULL_WORD] = "null in words", [LOOKS_EMAIL] = "e-mail", [LOOKS_UUID] = "UUID",
        [LOOKS_URL] = "URL", [LOOKS_JSON] = "JSON", [LOOKS_BCRYPT] = "bcrypt hash", [LOOKS_HASH] = "password hash", [LOOKS_BYTES] = "bytes",
        [LOOKS_TIME] = "HH:MM:SS", [LOOKS_NO_DATE] = "no such date", [LOOKS_UNIX] = "Unix seconds", [LOOKS_UNIX_MILLI] = "Unix milliseconds",
        [LOOKS_JULIAN] = "Julian day", [LOOKS_COMPACT_DATE] = "YYYYMMDD", [LOOKS_ZERO_ONE] = "0 or 1",
    };
    char day[48];
    int form = (int)(key >> 21 & 0x1f);

    if (LOOKS_KIND(key) != LOOKS_DATE && LOOKS_KIND(key) != LOOKS_STAMP) {
        snprintf(out, cap, "%s", words[LOOKS_KIND(key)]);
        return;
    }
    date_words(key, day, sizeof day);
    if (LOOKS_KIND(key) == LOOKS_DATE)
        snprintf(out, cap, "%s", day);
    else
        snprintf(out, cap, "%s%cHH:MM%s%s%s", day, (form & 8) != 0 ? 'T' : ' ', (form & 3) == 2 ? ":SS" : "", (form & 4) != 0 ? " AM" : "",
                 (key >> 26 & 1) != 0 ? " with zone" : "");
}
