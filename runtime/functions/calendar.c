/*
 * calendar.c: the Gregorian calendar, and ISO text of dates and times, both ways.
 */
#include "runtime/functions/calendar.h"

#include <time.h>

const char *const cal_months[12] = {"January", "February", "March",     "April",   "May",      "June",
                                    "July",    "August",   "September", "October", "November", "December"};
const char *const cal_days[7] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/* ---- the calendar --------------------------------------------------------------------------------------------------- */

/*
 * Years are taken from March on, so that the leap day is the last one; 400 years have 146097 days. Day 0 of that count is
 * 0000-03-01, which is 730425 days before 2000-01-01.
 */
#define ERA_DAYS 146097
#define MARCH_0000 730425

int32_t rt_days(int year, int month, int day) {
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400, of_era = y - era * 400;
    int64_t of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return (int32_t)(era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - MARCH_0000);
}

void rt_civil(int32_t days, int *year, int *month, int *day) {
    int64_t z = (int64_t)days + MARCH_0000;
    int64_t era = (z >= 0 ? z : z - ERA_DAYS + 1) / ERA_DAYS, of_era = z - era * ERA_DAYS;
    int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / (ERA_DAYS - 1)) / 365;
    int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(y + era * 400 + (*month <= 2));
}

int cal_month_days(int year, int month) {
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

bool cal_like_day(int year, int month, int day) {
    return year >= MIN_YEAR && year <= MAX_YEAR && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool cal_is_day(int year, int month, int day) {
    return cal_like_day(year, month, day) && day <= cal_month_days(year, month);
}

int cal_weekday(int32_t day) {
    int w = (int)(((int64_t)day + 6) % 7); /* 2000-01-01 was a Saturday */
    return w < 0 ? w + 7 : w;
}

int cal_day_of_year(int32_t day) {
    int y, m, d;
    rt_civil(day, &y, &m, &d);
    return day - rt_days(y, 1, 1) + 1;
}

/* The week belongs to the year that its Thursday is in. */
void cal_iso_week(int32_t day, int *year, int *week) {
    int m, d;
    int32_t thursday = day - (cal_weekday(day) + 6) % 7 + 3;
    rt_civil(thursday, year, &m, &d);
    *week = (thursday - rt_days(*year, 1, 1)) / 7 + 1;
}

int64_t rt_now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return ((int64_t)t.tv_sec + (int64_t)EPOCH_1970 * 86400) * US_SECOND + t.tv_nsec / 1000;
}

/* ---- writing ------------------------------------------------------------------------------------------------------------- */

static char *two(char *out, int v) {
    out[0] = (char)('0' + v / 10);
    out[1] = (char)('0' + v % 10);
    return out + 2;
}

static char *put_date(char *out, int32_t v, bool *before_christ) {
    int year, month, day;
    rt_civil(v, &year, &month, &day);
    *before_christ = year < 1;
    if (*before_christ)
        year = 1 - year;
    if (year > MAX_YEAR)
        out += rt_spell_int(out, year);
    else
        out = two(two(out, year / 100), year % 100);
    *out++ = '-';
    out = two(out, month);
    *out++ = '-';
    return two(out, day);
}

static char *put_time(char *out, int64_t v) {
    out = two(out, (int)(v / US_HOUR));
    *out++ = ':';
    out = two(out, (int)(v / US_MINUTE % 60));
    *out++ = ':';
    out = two(out, (int)(v / US_SECOND % 60));
    int fraction = (int)(v % US_SECOND);
    if (fraction == 0)
        return out;
    *out++ = '.';
    for (int unit = 100000; fraction > 0; unit /= 10) {
        *out++ = (char)('0' + fraction / unit);
        fraction %= unit;
    }
    return out;
}

static size_t put_end(char *begin, char *out, bool before_christ) {
    if (before_christ) {
        memcpy(out, " BC", 3);
        out += 3;
    }
    return (size_t)(out - begin);
}

/* PostgreSQL's infinity is the far end of its type; only an existing table can hold one. */
static size_t put_infinity(char *out, bool negative) {
    memcpy(out, "-infinity", 9);
    if (negative)
        return 9;
    memmove(out, out + 1, 8);
    return 8;
}

size_t rt_spell_date(char *out, int32_t v) {
    bool before_christ;
    if (v == INT32_MIN || v == INT32_MAX)
        return put_infinity(out, v == INT32_MIN);
    char *at = put_date(out, v, &before_christ);
    return put_end(out, at, before_christ);
}

size_t rt_spell_time(char *out, int64_t v) {
    return (size_t)(put_time(out, v) - out);
}

size_t rt_spell_timestamp(char *out, int64_t v) {
    return rt_spell_timestamptz(out, v, "");
}

size_t rt_spell_timestamptz(char *out, int64_t v, const char *utc) {
    bool before_christ;
    if (v == INT64_MIN || v == INT64_MAX)
        return put_infinity(out, v == INT64_MIN);
    char *at = put_date(out, cal_day(v), &before_christ);
    *at++ = ' ';
    at = put_time(at, cal_time(v));
    size_t n = strlen(utc);
    memcpy(at, utc, n);
    return put_end(out, at + n, before_christ);
}

/* ---- reading ---------------------------------------------------------------------------------------------------------------- */

typedef struct reader { const char *p; size_t n; bool no_such_day; } reader;

static bool take(reader *r, char c) {
    if (r->n == 0 || r->p[0] != c)
        return false;
    r->p++;
    r->n--;
    return true;
}

/* Exactly so many digits. */
static bool take_digits(reader *r, size_t digits, int *out) {
    int v = 0;
    if (r->n < digits)
        return false;
    for (size_t i = 0; i < digits; i++) {
        if (!fn_is_digit(r->p[i]))
            return false;
        v = v * 10 + (r->p[i] - '0');
    }
    r->p += digits;
    r->n -= digits;
    *out = v;
    return true;
}

static bool take_date(reader *r, int32_t *out) {
    int year, month, day;
    if (!take_digits(r, 4, &year) || !take(r, '-') || !take_digits(r, 2, &month) || !take(r, '-') || !take_digits(r, 2, &day) ||
        !cal_like_day(year, month, day))
        return false;
    r->no_such_day = !cal_is_day(year, month, day);
    *out = rt_days(year, month, day);
    return true;
}

/* Digits behind the point, rounded to microseconds. */
static bool take_fraction(reader *r, int *out) {
    int v = 0, digits = 0;
    bool up = false;
    for (; r->n > 0 && fn_is_digit(r->p[0]); r->p++, r->n--, digits++) {
        if (digits < 6)
            v = v * 10 + (r->p[0] - '0');
        else if (digits == 6)
            up = r->p[0] >= '5';
    }
    if (digits == 0)
        return false;
    for (; digits < 6; digits++)
        v *= 10;
    *out = v + up;
    return true;
}

/* HH:MM[:SS[.ffffff]]; 24:00:00 is the end of the day. */
static bool take_time(reader *r, int64_t *out) {
    int hour, minute, second = 0, fraction = 0;
    if (!take_digits(r, 2, &hour) || !take(r, ':') || !take_digits(r, 2, &minute))
        return false;
    if (take(r, ':') && (!take_digits(r, 2, &second) || (take(r, '.') && !take_fraction(r, &fraction))))
        return false;
    if ((hour > 23 && (hour > 24 || minute + second + fraction > 0)) || minute > 59 || second > 59)
        return false;
    *out = hour * US_HOUR + minute * US_MINUTE + second * US_SECOND + fraction;
    return true;
}

/* Z, or +HH, +HHMM, +HH:MM, with a blank before it or without; microseconds east of UTC. */
static bool take_offset(reader *r, int64_t *out) {
    int hour, minute = 0;
    take(r, ' ');
    *out = 0;
    if (take(r, 'Z') || take(r, 'z'))
        return true;
    bool west = take(r, '-');
    if ((!west && !take(r, '+')) || !take_digits(r, 2, &hour))
        return false;
    if (take(r, ':') ? !take_digits(r, 2, &minute) : r->n > 0 && !take_digits(r, 2, &minute))
        return false;
    if (hour > 15 || minute > 59)
        return false;
    *out = (hour * US_HOUR + minute * US_MINUTE) * (west ? -1 : 1);
    return true;
}

static cal_found judge(const reader *r, bool fits) {
    return !fits || r->n > 0 ? CAL_OTHER : r->no_such_day ? CAL_NO_SUCH_DAY : CAL_FOUND;
}

cal_found cal_read_date(const char *p, size_t n, int32_t *out) {
    reader r = {.p = p, .n = n};
    bool fits = take_date(&r, out);
    return judge(&r, fits);
}

bool cal_read_time(const char *p, size_t n, int64_t *out) {
    reader r = {.p = p, .n = n};
    return take_time(&r, out) && r.n == 0;
}

/* A date alone is its midnight. */
static bool take_timestamp(reader *r, int64_t *out) {
    int32_t day;
    int64_t time = 0;
    if (!take_date(r, &day) || ((take(r, 'T') || take(r, 't') || take(r, ' ')) && !take_time(r, &time)))
        return false;
    *out = (int64_t)day * US_DAY + time;
    return true;
}

cal_found cal_read_timestamp(const char *p, size_t n, int64_t *out) {
    reader r = {.p = p, .n = n};
    bool fits = take_timestamp(&r, out) && cal_in_range(*out);
    return judge(&r, fits);
}

cal_found cal_read_timestamptz(const char *p, size_t n, int64_t *out) {
    reader r = {.p = p, .n = n};
    int64_t offset;
    if (!take_timestamp(&r, out) || !take_offset(&r, &offset))
        return CAL_OTHER;
    *out -= offset;
    return judge(&r, cal_in_range(*out));
}
