/*
 * forms.c: dates, times, uuids and lists as text, and back. Called for every such value of a row that goes into SQLite:
 * no printf, no memory of its own.
 */
#include "runtime/targets/forms.h"

#include <string.h>

#define SECOND INT64_C(1000000)
#define DAY (86400 * SECOND)
#define LAST_YEAR 5875000 /* days are counted in 32 bits; outside of RT_DATE_MIN to RT_DATE_MAX in any case */

static int days_in_month(int64_t year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

/* ---- out ---- */

static size_t end(char *out, size_t n) {
    out[n] = '\0';
    return n;
}

size_t rt_form_date(char *out, int32_t days) {
    return end(out, rt_spell_date(out, days));
}

size_t rt_form_time(char *out, int64_t us) {
    return end(out, rt_spell_time(out, us));
}

size_t rt_form_timestamp(char *out, int64_t us) {
    return end(out, rt_spell_timestamp(out, us));
}

size_t rt_form_timestamptz(char *out, int64_t us) {
    return end(out, rt_spell_timestamptz(out, us, "+00:00"));
}

size_t rt_form_uuid(char *out, const uint8_t v[16]) {
    return end(out, rt_spell_uuid(out, v));
}

void rt_form_list(rt_buf *out, const mig_list *v) {
    rt_buf_add(out, "[", 1);
    for (size_t i = 0; i < v->n; i++) {
        if (i > 0)
            rt_buf_add(out, ",", 1);
        if (v->v[i].p == NULL)
            rt_buf_add(out, "null", 4);
        else
            rt_json_escape(out, v->v[i].p, v->v[i].n);
    }
    rt_buf_add(out, "]", 1);
}

/* ---- in ---- */

typedef struct input { const char *p, *end; } input;

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool read_char(input *in, char c) {
    if (in->p == in->end || *in->p != c)
        return false;
    in->p++;
    return true;
}

static bool read_words(input *in, const char *words) {
    size_t n = strlen(words);
    if ((size_t)(in->end - in->p) < n || memcmp(in->p, words, n) != 0)
        return false;
    in->p += n;
    return true;
}

static bool read_two(input *in, int *out) {
    if (in->end - in->p < 2 || !is_digit(in->p[0]) || !is_digit(in->p[1]))
        return false;
    *out = (in->p[0] - '0') * 10 + in->p[1] - '0';
    in->p += 2;
    return true;
}

/* The date; the era stands at the end of the whole text. */
static bool read_date(input *in, int64_t *days) {
    const char *start = in->p;
    int64_t year = 0;
    int month, day;
    while (in->p < in->end && is_digit(*in->p) && in->p - start < 8)
        year = year * 10 + (*in->p++ - '0');
    if (in->p - start < 4 || (in->p - start > 4 && *start == '0') || year == 0 || !read_char(in, '-') ||
        !read_two(in, &month) || !read_char(in, '-') || !read_two(in, &day))
        return false;
    if (in->end - in->p >= 3 && memcmp(in->end - 3, " BC", 3) == 0) {
        in->end -= 3;
        year = 1 - year;
    }
    if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || year > LAST_YEAR || year < -LAST_YEAR)
        return false;
    *days = rt_days((int)year, month, day);
    return true;
}

static bool read_time(input *in, int64_t *us) {
    int h, m, s;
    if (!read_two(in, &h) || !read_char(in, ':') || !read_two(in, &m) || !read_char(in, ':') || !read_two(in, &s))
        return false;
    int64_t fraction = 0;
    if (read_char(in, '.')) {
        int64_t unit = 100000;
        if (in->p == in->end || !is_digit(*in->p))
            return false;
        for (; in->p < in->end && is_digit(*in->p); unit /= 10) {
            if (unit == 0)
                return false;
            fraction += (*in->p++ - '0') * unit;
        }
    }
    *us = ((h * 60 + m) * 60 + s) * SECOND + fraction;
    return m < 60 && s < 60 && *us <= RT_TIME_MAX;
}

bool rt_read_date(const char *p, size_t n, int32_t *out) {
    input in = {p, p + n};
    int64_t days;
    if (!read_date(&in, &days) || in.p != in.end || days < RT_DATE_MIN || days > RT_DATE_MAX)
        return false;
    *out = (int32_t)days;
    return true;
}

bool rt_read_time(const char *p, size_t n, int64_t *out) {
    input in = {p, p + n};
    return read_time(&in, out) && in.p == in.end;
}

static bool read_timestamp(const char *p, size_t n, bool zone, int64_t *out) {
    input in = {p, p + n};
    int64_t days, us;
    if (!read_date(&in, &days) || !read_char(&in, ' ') || !read_time(&in, &us) || us == RT_TIME_MAX ||
        (zone && !read_words(&in, "+00:00")) || in.p != in.end)
        return false;
    if (days < RT_TIMESTAMP_MIN / DAY || days > RT_TIMESTAMP_MAX / DAY)
        return false;
    *out = days * DAY + us;
    return *out <= RT_TIMESTAMP_MAX;
}

bool rt_read_timestamp(const char *p, size_t n, int64_t *out) {
    return read_timestamp(p, n, false, out);
}

bool rt_read_timestamptz(const char *p, size_t n, int64_t *out) {
    return read_timestamp(p, n, true, out);
}

/* Value of a lower-case hexadecimal digit, or -1. */
static int hex_of(char c) {
    return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool rt_read_uuid(const char *p, size_t n, uint8_t out[16]) {
    if (n != 36 || p[8] != '-' || p[13] != '-' || p[18] != '-' || p[23] != '-')
        return false;
    for (int i = 0, at = 0; i < 16; i++, at += 2) {
        at += p[at] == '-';
        int high = hex_of(p[at]), low = hex_of(p[at + 1]);
        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

/* ---- lists ---- */

static void skip_space(input *in) {
    while (in->p < in->end && (*in->p == ' ' || *in->p == '\t' || *in->p == '\n' || *in->p == '\r'))
        in->p++;
}

static bool read_unit(input *in, unsigned *out) {
    *out = 0;
    if (in->end - in->p < 4)
        return false;
    for (int i = 0; i < 4; i++) {
        char c = *in->p++;
        int digit = hex_of(c >= 'A' && c <= 'F' ? (char)(c + 32) : c);
        if (digit < 0)
            return false;
        *out = *out << 4 | (unsigned)digit;
    }
    return true;
}

static char *put_utf8(char *p, unsigned c) {
    if (c < 0x80) {
        *p++ = (char)c;
        return p;
    }
    if (c >= 0x10000) {
        *p++ = (char)(0xf0 | c >> 18);
        *p++ = (char)(0x80 | (c >> 12 & 0x3f));
    } else if (c >= 0x800) {
        *p++ = (char)(0xe0 | c >> 12);
    }
    *p++ = (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6);
    *p++ = (char)(0x80 | (c & 0x3f));
    return p;
}

/* What stands behind a backslash; written to *to. */
static bool read_escape(input *in, char **to) {
    static const char from[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    if (in->p == in->end)
        return false;
    char c = *in->p++;
    const char *known = c != '\0' ? strchr(from, c) : NULL;
    if (known != NULL) {
        *(*to)++ = means[known - from];
        return true;
    }
    unsigned unit, low;
    if (c != 'u' || !read_unit(in, &unit) || unit == 0 || (unit >= 0xdc00 && unit <= 0xdfff))
        return false;
    if (unit >= 0xd800 && unit <= 0xdbff) {
        if (!read_words(in, "\\u") || !read_unit(in, &low) || low < 0xdc00 || low > 0xdfff)
            return false;
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    *to = put_utf8(*to, unit);
    return true;
}

/* A JSON string, its opening quote read. */
static bool read_string(input *in, rt_arena *a, mig_text *out, bool *nomem) {
    const char *start = in->p;
    bool escaped = false;
    for (; in->p < in->end && *in->p != '"'; in->p++) {
        if ((unsigned char)*in->p < 0x20)
            return false;
        if (*in->p == '\\') {
            escaped = true;
            if (++in->p == in->end)
                return false;
        }
    }
    if (in->p == in->end)
        return false;
    *out = (mig_text){start, (size_t)(in->p - start)};
    in->p++;
    if (!escaped)
        return true;
    char *bytes = rt_arena_alloc(a, out->n + 1), *to = bytes; /* an escape is never shorter than what it means */
    if (bytes == NULL) {
        *nomem = true;
        return false;
    }
    for (input text = {start, start + out->n}; text.p < text.end;) {
        if (*text.p != '\\')
            *to++ = *text.p++;
        else if (text.p++, !read_escape(&text, &to))
            return false;
    }
    *out = (mig_text){bytes, (size_t)(to - bytes)};
    return true;
}

bool rt_read_list(const char *p, size_t n, rt_arena *a, mig_list *out, bool *nomem) {
    *nomem = false;
    if (!rt_is_text(p, n))
        return false;
    /* Every element but the first stands behind a comma, so the commas bound their number. */
    size_t most = 1;
    for (const char *q = p; (q = memchr(q, ',', (size_t)(p + n - q))) != NULL; q++)
        most++;
    mig_text *items = rt_arena_alloc(a, most * sizeof *items);
    *nomem = items == NULL;
    if (items == NULL)
        return false;
    *out = (mig_list){items, 0, false};
    input in = {p, p + n};
    skip_space(&in);
    if (!read_char(&in, '['))
        return false;
    skip_space(&in);
    if (!read_char(&in, ']')) {
        for (bool more = true; more;) {
            skip_space(&in);
            if (read_words(&in, "null"))
                items[out->n++] = MIG_NULL_TEXT;
            else if (!read_char(&in, '"') || !read_string(&in, a, &items[out->n++], nomem))
                return false;
            skip_space(&in);
            more = read_char(&in, ',');
            if (!more && !read_char(&in, ']'))
                return false;
        }
    }
    skip_space(&in);
    return in.p == in.end;
}

/* ---- what is a value ---- */

bool rt_is_numeric(const char *p, size_t n) {
    input in = {p, p + n};
    bool minus = read_char(&in, '-'), zero = true;
    const char *start = in.p;
    for (; in.p < in.end && is_digit(*in.p); in.p++)
        zero = zero && *in.p == '0';
    if (in.p == start || (*start == '0' && in.p - start > 1))
        return false;
    if (read_char(&in, '.')) {
        start = in.p;
        for (; in.p < in.end && is_digit(*in.p); in.p++)
            zero = zero && *in.p == '0';
        if (in.p == start)
            return false;
    }
    return in.p == in.end && !(minus && zero);
}

bool rt_is_text(const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text, *last = p + n;
    while (p < last) {
        uint64_t eight;
        if (last - p >= 8) { /* eight ASCII bytes, none of them NUL */
            memcpy(&eight, p, 8);
            if (((eight | (eight - UINT64_C(0x0101010101010101))) & UINT64_C(0x8080808080808080)) == 0) {
                p += 8;
                continue;
            }
        }
        unsigned char c = *p;
        if (c > 0 && c < 0x80) {
            p++;
            continue;
        }
        ptrdiff_t len = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
        if (len == 0 || last - p < len)
            return false;
        for (ptrdiff_t i = 1; i < len; i++)
            if ((p[i] & 0xc0) != 0x80)
                return false;
        if ((c == 0xe0 && p[1] < 0xa0) || (c == 0xed && p[1] > 0x9f) || (c == 0xf0 && p[1] < 0x90) ||
            (c == 0xf4 && p[1] > 0x8f))
            return false;
        p += len;
    }
    return true;
}
