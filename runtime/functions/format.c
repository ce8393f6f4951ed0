/*
 * format.c: date and time formats ('FMDD Month YYYY'): taken apart once a thread, checked for their use, then read by
 * and printed by. The fields are in format.def; what is no field must be punctuation, a digit, or stand in double quotes.
 */
#include "runtime/functions/calendar.h"

#include <stdarg.h>

typedef struct field { const char *spelling; bool reads, prints; } field;

static const field fields[FMT_COUNT] = {
    [FMT_LITERAL] = {"", true, true},
#define FMT_FIELD(id, spelling, reads, prints) [FMT_##id] = {spelling, reads, prints},
#include "runtime/functions/format.def"
#undef FMT_FIELD
};
_Static_assert(FMT_COUNT <= 64, "fmt.fields has a bit for each kind");

#define BIT(kind) (UINT64_C(1) << (kind))
#define HOURS_12 (BIT(FMT_HH12) | BIT(FMT_HH))
#define MERIDIAN (BIT(FMT_AM) | BIT(FMT_PM) | BIT(FMT_AM_DOTS) | BIT(FMT_PM_DOTS))
#define MONTHS (BIT(FMT_MM) | BIT(FMT_MON) | BIT(FMT_MONTH))
#define YEARS (BIT(FMT_YYYY) | BIT(FMT_YY))
#define DATES (YEARS | MONTHS | BIT(FMT_DD) | BIT(FMT_DDD) | BIT(FMT_DAY) | BIT(FMT_DY))
#define ZONES (BIT(FMT_TZH) | BIT(FMT_TZM) | BIT(FMT_OF))

static bool refuse(char *why, size_t n, const char *words, ...) __attribute__((format(printf, 3, 4)));
static bool refuse(char *why, size_t n, const char *words, ...) {
    va_list ap;
    va_start(ap, words);
    vsnprintf(why, n, words, ap);
    va_end(ap);
    return false;
}

/* ---- taking apart -------------------------------------------------------------------------------------------------- */

static bool is_name(int kind) {
    return kind == FMT_MONTH || kind == FMT_MON || kind == FMT_DAY || kind == FMT_DY;
}

static bool is_number(int kind) {
    return kind != FMT_LITERAL && !is_name(kind) && (BIT(kind) & (MERIDIAN | ZONES)) == 0;
}

/* The field that begins here, and the case that it is written in; FMT_LITERAL: none. */
static int find_field(mig_text s, size_t at, fmt_case *letters) {
    for (int kind = FMT_LITERAL + 1; kind < FMT_COUNT; kind++) {
        const char *w = fields[kind].spelling;
        size_t n = strlen(w);
        bool upper = true, lower = true, exact = is_name(kind);
        if (n > s.n - at)
            continue;
        for (size_t i = 0; i < n; i++) {
            upper = upper && s.p[at + i] == fn_upper(w[i]);
            lower = lower && s.p[at + i] == fn_lower(w[i]);
            exact = exact && s.p[at + i] == w[i];
        }
        if (upper || lower || exact) {
            *letters = exact ? FMT_AS_IS : upper ? FMT_UPPER : FMT_LOWER;
            return kind;
        }
    }
    return FMT_LITERAL;
}

static bool add_part(fmt *f, fmt_part part, char *why, size_t n) {
    if (f->n == FMT_PARTS)
        return refuse(why, n, "it has more than %d parts", FMT_PARTS);
    f->parts[f->n++] = part;
    f->fields |= BIT(part.kind);
    return true;
}

/* A literal character joins the literal before it. */
static bool add_literal(fmt *f, size_t *text_n, char c, char *why, size_t n) {
    if (f->n > 0 && f->parts[f->n - 1].kind == FMT_LITERAL)
        f->parts[f->n - 1].n++;
    else if (!add_part(f, (fmt_part){.kind = FMT_LITERAL, .from = (uint8_t)*text_n, .n = 1}, why, n))
        return false;
    f->text[(*text_n)++] = c;
    return true;
}

static bool parse(fmt *f, mig_text s, char *why, size_t n) {
    size_t text_n = 0;
    bool quoted = false;
    for (size_t i = 0; i < s.n;) {
        char c = s.p[i];
        if (c == '"') {
            quoted = !quoted;
            i++;
            continue;
        }
        if (quoted && c == '\\' && i + 1 < s.n)
            c = s.p[++i];
        if (quoted || (!fn_is_letter(c) && (unsigned char)c < 0x80)) {
            if (!add_literal(f, &text_n, c, why, n))
                return false;
            i++;
            continue;
        }
        size_t from = i;
        fmt_part part = {0};
        if (s.n - i > 2 && fn_upper(c) == 'F' && fn_upper(s.p[i + 1]) == 'M') {
            part.plain = true;
            i += 2;
        }
        fmt_case letters = FMT_AS_IS;
        part.kind = (uint8_t)find_field(s, i, &letters);
        part.letters = (uint8_t)letters;
        if (part.kind == FMT_LITERAL) {
            size_t step = fn_offset((mig_text){s.p + from, s.n - from}, 1);
            return refuse(why, n, "\"%.*s\" at character %zu is not a field (YYYY MM DD HH24 HH12 MI SS MS US AM Month Mon Day Dy, with FM before "
                          "or th behind); text goes in double quotes", (int)step, s.p + from,
                          fn_length((mig_text){s.p, from}) + 1);
        }
        i += strlen(fields[part.kind].spelling);
        if (is_number(part.kind) && s.n - i >= 2 && (memcmp(s.p + i, "th", 2) == 0 || memcmp(s.p + i, "TH", 2) == 0)) {
            part.ordinal = s.p[i];
            i += 2;
        }
        if (!add_part(f, part, why, n))
            return false;
    }
    return quoted ? refuse(why, n, "a double quote is not closed") : true;
}

/* ---- checking for a use --------------------------------------------------------------------------------------------------- */

static bool check_read(const fmt *f, fmt_use use, char *why, size_t n) {
    uint64_t has = f->fields, seen = 0;
    for (int i = 0; i < f->n; i++) {
        int kind = f->parts[i].kind;
        if (!fields[kind].reads)
            return refuse(why, n, "%s can be printed but not read", fields[kind].spelling);
        if (kind != FMT_LITERAL && (seen & BIT(kind)) != 0)
            return refuse(why, n, "%s stands in it twice", fields[kind].spelling);
        seen |= BIT(kind);
    }
    if (use == FMT_READ_TIME) {
        if ((has & DATES) != 0)
            return refuse(why, n, "it has fields of a date, which a time does not keep");
        if ((has & (BIT(FMT_HH24) | HOURS_12)) == 0)
            return refuse(why, n, "it has no hour (HH24)");
    } else {
        if ((has & YEARS) == 0)
            return refuse(why, n, "it has no year (YYYY)");
        if ((has & BIT(FMT_DDD)) != 0 ? (has & (MONTHS | BIT(FMT_DD))) != 0 : (has & BIT(FMT_DD)) != 0 && (has & MONTHS) == 0)
            return refuse(why, n, "a day needs a month beside it (MM and DD), and a day of the year (DDD) none");
    }
    if ((has & ZONES) != 0 && use != FMT_READ_TIMESTAMPTZ)
        return refuse(why, n, "it has an offset (TZH), which only timestamptz() keeps");
    if (use == FMT_READ_TIMESTAMPTZ && (has & BIT(FMT_TZH)) == 0)
        return refuse(why, n, "it has no offset (TZH); for a local time use timestamp(...) at zone 'Area/City'");
    if (((has & HOURS_12) != 0) != ((has & MERIDIAN) != 0))
        return refuse(why, n, "HH12 and AM belong together; hours of 24 are HH24");
    if ((has & HOURS_12) != 0 && (has & BIT(FMT_HH24)) != 0)
        return refuse(why, n, "it has two hours");
    if (((has & BIT(FMT_MINUTE)) != 0 && (has & (BIT(FMT_HH24) | HOURS_12)) == 0) ||
        ((has & BIT(FMT_SS)) != 0 && (has & BIT(FMT_MINUTE)) == 0) ||
        ((has & (BIT(FMT_MS) | BIT(FMT_US))) != 0 && (has & BIT(FMT_SS)) == 0))
        return refuse(why, n, "a part of the time is there without the greater one before it (HH24, MI, SS, MS)");
    return true;
}

static bool check_use(const fmt *f, fmt_use use, char *why, size_t n) {
    if (f->n == 0)
        return refuse(why, n, "it is empty");
    if (use == FMT_PRINT && (f->fields & ZONES) != 0)
        return refuse(why, n, "it has an offset (TZH, OF), which the value does not have");
    return use == FMT_PRINT || use == FMT_PRINT_TZ || check_read(f, use, why, n);
}

const fmt *fmt_get(mig_text format, fmt_use use, char *why, size_t n) {
    enum { SLOTS = 16 };
    static _Thread_local struct { fmt f; uint8_t uses; } cache[SLOTS]; /* uses: bit per fmt_use that was checked */
    if (format.n >= FMT_TEXT) {
        refuse(why, n, "it is longer than %d bytes", FMT_TEXT - 1);
        return NULL;
    }
    unsigned hash = (unsigned)format.n;
    for (size_t i = 0; i < format.n; i++)
        hash = hash * 31 + (unsigned char)format.p[i];
    size_t slot = hash % SLOTS;
    fmt *f = &cache[slot].f;
    if (f->source_n != format.n || memcmp(f->source, format.p, format.n) != 0 || format.n == 0) {
        cache[slot].uses = 0;
        *f = (fmt){0};
        if (!parse(f, format, why, n)) {
            f->source_n = 0;
            return NULL;
        }
        memcpy(f->source, format.p, format.n);
        f->source_n = (uint8_t)format.n;
    }
    if ((cache[slot].uses & 1u << use) == 0) {
        if (!check_use(f, use, why, n))
            return NULL;
        cache[slot].uses |= (uint8_t)(1u << use);
    }
    return f;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

/* Fewest and most digits of a number field. */
static void width_of(const fmt *f, int i, int *least, int *most) {
    const fmt_part *part = &f->parts[i];
    bool next_is_number = i + 1 < f->n && is_number(f->parts[i + 1].kind) && part->ordinal == 0;
    switch (part->kind) {
    case FMT_YYYY: *least = *most = 4; break;
    case FMT_DDD: *least = part->plain ? 1 : 3; *most = 3; break;
    case FMT_MS: *least = 1; *most = 3; break;
    case FMT_US: *least = 1; *most = 6; break;
    case FMT_MM: case FMT_DD: case FMT_HH24: case FMT_HH12: case FMT_HH: *least = next_is_number ? 2 : 1; *most = 2; break;
    default: *least = *most = 2; break;
    }
}

static bool starts_with_word(const char *p, size_t n, const char *word, size_t word_n) {
    return n >= word_n && fn_is_word((mig_text){p, word_n}, word);
}

static size_t read_name(const char *p, size_t n, const char *const *names, int n_names, bool whole, int *out) {
    for (int i = 0; i < n_names; i++) {
        char word[12];
        size_t len = whole ? strlen(names[i]) : 3;
        memcpy(word, names[i], len);
        word[len] = '\0';
        if (starts_with_word(p, n, word, len)) {
            *out = i;
            return len;
        }
    }
    return 0;
}

/* AM, PM, with dots or without; 0: neither. */
static size_t read_meridian(const char *p, size_t n, bool dots, bool *pm) {
    const char *words[2] = {dots ? "a.m." : "am", dots ? "p.m." : "pm"};
    for (int i = 0; i < 2; i++)
        if (starts_with_word(p, n, words[i], strlen(words[i]))) {
            *pm = i == 1;
            return strlen(words[i]);
        }
    return 0;
}

/* What the text gave, before it is put together. */
typedef struct found { fmt_fields f; int weekday, day_of_year; bool pm, twelve; int offset_sign; } found;

static void put_number(found *d, int kind, int v, int digits) {
    switch (kind) {
    case FMT_YYYY: d->f.year = v; break;
    case FMT_YY: d->f.year = v < 70 ? 2000 + v : 1900 + v; break;
    case FMT_MM: d->f.month = v; break;
    case FMT_DD: d->f.day = v; break;
    case FMT_DDD: d->day_of_year = v; break;
    case FMT_HH24: d->f.hour = v; break;
    case FMT_HH12: case FMT_HH: d->f.hour = v; d->twelve = true; break;
    case FMT_MINUTE: d->f.minute = v; break;
    case FMT_SS: d->f.second = v; break;
    case FMT_MS: case FMT_US: /* digits behind a point: .5 is half a second */
        for (; digits < 6; digits++)
            v *= 10;
        d->f.microsecond += v;
        break;
    default: break;
    }
}

/* Bytes of the text that the part takes; 0: it does not fit (every part takes at least one). */
static size_t read_part(const fmt *f, int i, const char *p, size_t n, found *d) {
    const fmt_part *part = &f->parts[i];
    int v, least, most, digits = 0;
    size_t at;
    switch (part->kind) {
    case FMT_LITERAL: return n >= part->n && memcmp(p, f->text + part->from, part->n) == 0 ? part->n : 0;
    case FMT_MONTH: case FMT_MON:
        at = read_name(p, n, cal_months, 12, part->kind == FMT_MONTH, &v);
        d->f.month = at > 0 ? v + 1 : 0;
        return at;
    case FMT_DAY: case FMT_DY: return read_name(p, n, cal_days, 7, part->kind == FMT_DAY, &d->weekday);
    case FMT_AM: case FMT_PM: return read_meridian(p, n, false, &d->pm);
    case FMT_AM_DOTS: case FMT_PM_DOTS: return read_meridian(p, n, true, &d->pm);
    case FMT_TZH: case FMT_TZM:
        at = part->kind == FMT_TZH ? 1 : 0;
        if (n < at + 2 || (at == 1 && p[0] != '+' && p[0] != '-') || !fn_is_digit(p[at]) || !fn_is_digit(p[at + 1]))
            return 0;
        v = (p[at] - '0') * 10 + (p[at + 1] - '0');
        if (at == 1)
            d->offset_sign = p[0] == '-' ? -1 : 1;
        if (v > (at == 1 ? 15 : 59))
            return 0;
        d->f.offset += v * (at == 1 ? 3600 : 60);
        return at + 2;
    default: break;
    }
    width_of(f, i, &least, &most);
    for (v = 0; digits < most && (size_t)digits < n && fn_is_digit(p[digits]); digits++)
        v = v * 10 + (p[digits] - '0');
    if (digits < least)
        return 0;
    put_number(d, part->kind, v, digits);
    at = (size_t)digits;
    if (part->ordinal != 0) {
        static const char *const endings[] = {"st", "nd", "rd", "th"};
        bool found_one = false;
        for (int k = 0; k < 4; k++)
            found_one = found_one || starts_with_word(p + at, n - at, endings[k], 2);
        at = found_one ? at + 2 : 0;
    }
    return at;
}

cal_found fmt_read(const fmt *f, mig_text v, fmt_fields *out) {
    found d = {.f = {.year = 2000, .month = 1, .day = 1}, .weekday = -1, .day_of_year = -1, .offset_sign = 1};
    size_t at = 0;
    for (int i = 0; i < f->n; i++) {
        size_t taken = read_part(f, i, v.p + at, v.n - at, &d);
        if (taken == 0)
            return CAL_OTHER;
        at += taken;
    }
    if (at != v.n || d.f.hour > 23 || d.f.minute > 59 || d.f.second > 59)
        return CAL_OTHER;
    if (d.twelve) {
        if (d.f.hour < 1 || d.f.hour > 12)
            return CAL_OTHER;
        d.f.hour = d.f.hour % 12 + (d.pm ? 12 : 0);
    }
    if (d.day_of_year >= 0) {
        if (d.f.year < MIN_YEAR || d.day_of_year < 1 || d.day_of_year > 366)
            return CAL_OTHER;
        if (d.day_of_year > 337 + cal_month_days(d.f.year, 2))
            return CAL_NO_SUCH_DAY;
        int year;
        rt_civil(rt_days(d.f.year, 1, 1) + d.day_of_year - 1, &year, &d.f.month, &d.f.day);
    }
    if (!cal_is_day(d.f.year, d.f.month, d.f.day))
        return cal_like_day(d.f.year, d.f.month, d.f.day) ? CAL_NO_SUCH_DAY : CAL_OTHER;
    if (d.weekday >= 0 && cal_weekday(rt_days(d.f.year, d.f.month, d.f.day)) != d.weekday)
        return CAL_OTHER;
    d.f.offset *= d.offset_sign;
    *out = d.f;
    return CAL_FOUND;
}

/* ---- printing --------------------------------------------------------------------------------------------------------------------- */

static size_t print_name(char *out, const fmt_part *part, const char *name, size_t width) {
    size_t n = width == 3 ? 3 : strlen(name);
    for (size_t i = 0; i < n; i++)
        out[i] = part->letters == FMT_UPPER ? fn_upper(name[i]) : part->letters == FMT_LOWER ? fn_lower(name[i]) : name[i];
    for (; !part->plain && n < width; n++)
        out[n] = ' ';
    return n;
}

static size_t print_number(char *out, const fmt_part *part, int v, int width) {
    size_t n = (size_t)snprintf(out, 16, "%0*d", part->plain ? 0 : width, v);
    if (part->ordinal != 0) {
        int last = v % 10, teen = v % 100 / 10 == 1;
        const char *ending = last == 1 && !teen ? "st" : last == 2 && !teen ? "nd" : last == 3 && !teen ? "rd" : "th";
        for (; *ending != '\0'; ending++)
            out[n++] = part->ordinal == 'T' ? fn_upper(*ending) : *ending;
    }
    return n;
}

static size_t print_meridian(char *out, const fmt_part *part, bool pm, bool dots) {
    const char *word = dots ? (pm ? "p.m." : "a.m.") : pm ? "pm" : "am";
    size_t n = strlen(word);
    for (size_t i = 0; i < n; i++)
        out[i] = part->letters == FMT_LOWER ? word[i] : fn_upper(word[i]);
    return n;
}

static size_t print_part(char *out, const fmt *f, const fmt_part *part, int64_t stamp) {
    int32_t day = cal_day(stamp);
    int64_t time = cal_time(stamp);
    int year, month, of_month, iso_year, iso_week, hour = (int)(time / US_HOUR), us = (int)(time % US_SECOND);
    rt_civil(day, &year, &month, &of_month);
    cal_iso_week(day, &iso_year, &iso_week);
    switch (part->kind) {
    case FMT_LITERAL: memcpy(out, f->text + part->from, part->n); return part->n;
    case FMT_YYYY: return print_number(out, part, year, 4);
    case FMT_YY: return print_number(out, part, year % 100, 2);
    case FMT_IYYY: return print_number(out, part, iso_year, 4);
    case FMT_MONTH: return print_name(out, part, cal_months[month - 1], 9);
    case FMT_MON: return print_name(out, part, cal_months[month - 1], 3);
    case FMT_MM: return print_number(out, part, month, 2);
    case FMT_DDD: return print_number(out, part, cal_day_of_year(day), 3);
    case FMT_DD: return print_number(out, part, of_month, 2);
    case FMT_DAY: return print_name(out, part, cal_days[cal_weekday(day)], 9);
    case FMT_DY: return print_name(out, part, cal_days[cal_weekday(day)], 3);
    case FMT_D: return print_number(out, part, cal_weekday(day) + 1, 1);
    case FMT_ID: return print_number(out, part, (cal_weekday(day) + 6) % 7 + 1, 1);
    case FMT_IW: return print_number(out, part, iso_week, 2);
    case FMT_WW: return print_number(out, part, (cal_day_of_year(day) - 1) / 7 + 1, 2);
    case FMT_Q: return print_number(out, part, (month - 1) / 3 + 1, 1);
    case FMT_HH24: return print_number(out, part, hour, 2);
    case FMT_HH12: case FMT_HH: return print_number(out, part, hour % 12 == 0 ? 12 : hour % 12, 2);
    case FMT_MINUTE: return print_number(out, part, (int)(time / US_MINUTE % 60), 2);
    case FMT_SSSSS: case FMT_SSSS: return print_number(out, part, (int)(time / US_SECOND), 1);
    case FMT_SS: return print_number(out, part, (int)(time / US_SECOND % 60), 2);
    case FMT_MS: return print_number(out, &(fmt_part){.ordinal = part->ordinal}, us / 1000, 3);
    case FMT_US: return print_number(out, &(fmt_part){.ordinal = part->ordinal}, us, 6);
    case FMT_AM: case FMT_PM: return print_meridian(out, part, hour >= 12, false);
    case FMT_AM_DOTS: case FMT_PM_DOTS: return print_meridian(out, part, hour >= 12, true);
    case FMT_TZH: memcpy(out, "+00", 3); return 3;
    case FMT_TZM: memcpy(out, "00", 2); return 2;
    case FMT_OF: memcpy(out, "+00", 3); return part->plain ? 2 : 3;
    default: return 0;
    }
}

mig_text fmt_print(mig_ctx *x, const fmt *f, int64_t stamp) {
    char *out = fn_bytes(x, FMT_TEXT + FMT_PARTS * 16); /* literals, and no field is longer than 16 */
    size_t at = 0;
    if (out == NULL)
        return MIG_NULL_TEXT;
    for (int i = 0; i < f->n; i++)
        at += print_part(out + at, f, &f->parts[i], stamp);
    return (mig_text){out, at};
}
