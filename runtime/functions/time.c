/*
 * time.c: functions on dates and times. The calendar and ISO text are in calendar.c, formats in format.c, zones in zone.c.
 */
#include "runtime/functions/calendar.h"

#include <math.h>

/* ---- reading ISO text ------------------------------------------------------------------------------------------------ */

/* 30 February: who looks at the form finds nothing wrong. */
static void fail_day(mig_ctx *x, mig_text v, mig_text form) {
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is of the form %s, but there is no such day", fn_show(v).s, fn_show(form).s);
}

static void fail_form(mig_ctx *x, mig_text v, const char *what, const char *form, cal_found found) {
    if (found == CAL_NO_SUCH_DAY)
        fail_day(x, v, (mig_text){form, strlen(form)});
    else
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a %s of the form %s", fn_show(v).s, what, form);
}

mig_date mig_date_of_text(mig_ctx *x, mig_text v) {
    mig_text t = fn_strip(v);
    int32_t day;
    if (v.p == NULL)
        return MIG_NULL_DATE;
    cal_found found = cal_read_date(t.p, t.n, &day);
    if (found == CAL_FOUND)
        return (mig_date){day, false};
    fail_form(x, v, "date", "YYYY-MM-DD", found);
    return MIG_NULL_DATE;
}

mig_time mig_time_of_text(mig_ctx *x, mig_text v) {
    mig_text t = fn_strip(v);
    int64_t time;
    if (v.p == NULL)
        return MIG_NULL_TIME;
    if (cal_read_time(t.p, t.n, &time))
        return (mig_time){time, false};
    mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a time of the form HH:MM:SS", fn_show(v).s);
    return MIG_NULL_TIME;
}

mig_timestamp mig_timestamp_of_text(mig_ctx *x, mig_text v) {
    mig_text t = fn_strip(v);
    int64_t stamp;
    if (v.p == NULL)
        return MIG_NULL_TIMESTAMP;
    cal_found found = cal_read_timestamp(t.p, t.n, &stamp);
    if (found == CAL_FOUND)
        return (mig_timestamp){stamp, false};
    if (cal_read_timestamptz(t.p, t.n, &stamp) != CAL_OTHER)
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" has an offset from UTC, which a timestamp does not keep", fn_show(v).s);
    else
        fail_form(x, v, "date and time", "YYYY-MM-DD HH:MM:SS", found);
    return MIG_NULL_TIMESTAMP;
}

mig_timestamptz mig_timestamptz_of_text(mig_ctx *x, mig_text v) {
    mig_text t = fn_strip(v);
    int64_t stamp;
    if (v.p == NULL)
        return MIG_NULL_TIMESTAMPTZ;
    cal_found found = cal_read_timestamptz(t.p, t.n, &stamp);
    if (found == CAL_FOUND)
        return (mig_timestamptz){stamp, false};
    if (cal_read_timestamp(t.p, t.n, &stamp) != CAL_OTHER)
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" has no offset from UTC (Z or +HH:MM)", fn_show(v).s);
    else
        fail_form(x, v, "date and time", "YYYY-MM-DD HH:MM:SS+HH:MM", found);
    return MIG_NULL_TIMESTAMPTZ;
}

/* ---- reading by formats ---------------------------------------------------------------------------------------------- */

/* "A, B" of the formats, shortened. */
static fn_shown show_formats(const mig_text *formats, int n) {
    fn_shown all = {""};
    size_t at = 0;
    for (int i = 0; i < n && at + 8 < sizeof all.s; i++) {
        if (i > 0) {
            memcpy(all.s + at, ", ", 3);
            at += 2;
        }
        if (sizeof all.s - at < 16) {
            memcpy(all.s + at, "...", 4);
            break;
        }
        rt_shorten(all.s + at, sizeof all.s - at, formats[i].p, formats[i].n);
        at += strlen(all.s + at);
    }
    return all;
}

static int64_t stamp_of(const fmt_fields *f) {
    return rt_days(f->year, f->month, f->day) * US_DAY + f->hour * US_HOUR + f->minute * US_MINUTE + f->second * US_SECOND +
           f->microsecond - f->offset * US_SECOND;
}

/* The formats in turn. False: null, or failed. */
static bool read_formats(mig_ctx *x, mig_text v, const mig_text *formats, int n, fmt_use use, const char *what, int64_t *out) {
    const mig_text *fits = NULL; /* the first that fits, were there such a day */
    for (int i = 0; i < n; i++)
        if (formats[i].p == NULL)
            return false;
    if (v.p == NULL)
        return false;
    for (int i = 0; i < n; i++) {
        char why[200];
        fmt_fields fields;
        const fmt *f = fmt_get(formats[i], use, why, sizeof why);
        if (f == NULL) {
            mig_fail(x, MIG_RULE_PARSE, formats[i], "the format \"%s\" is wrong: %s", fn_show(formats[i]).s, why);
            return false;
        }
        cal_found found = fmt_read(f, v, &fields);
        if (found == CAL_FOUND) {
            *out = stamp_of(&fields);
            if (cal_in_range(*out))
                return true;
        } else if (found == CAL_NO_SUCH_DAY && fits == NULL) {
            fits = &formats[i];
        }
    }
    if (fits != NULL)
        fail_day(x, v, *fits);
    else
        mig_fail(x, MIG_RULE_PARSE, v, "\"%s\" is not a %s of the form%s %s", fn_show(v).s, what, n > 1 ? "s" : "",
                 show_formats(formats, n).s);
    return false;
}

mig_date mig_date_of_format(mig_ctx *x, mig_text v, const mig_text *formats, int n) {
    int64_t stamp;
    return read_formats(x, v, formats, n, FMT_READ_DATE, "date", &stamp) ? (mig_date){cal_day(stamp), false} : MIG_NULL_DATE;
}

mig_time mig_time_of_format(mig_ctx *x, mig_text v, const mig_text *formats, int n) {
    int64_t stamp;
    return read_formats(x, v, formats, n, FMT_READ_TIME, "time", &stamp) ? (mig_time){cal_time(stamp), false} : MIG_NULL_TIME;
}

mig_timestamp mig_timestamp_of_format(mig_ctx *x, mig_text v, const mig_text *formats, int n) {
    int64_t stamp;
    return read_formats(x, v, formats, n, FMT_READ_TIMESTAMP, "date and time", &stamp) ? (mig_timestamp){stamp, false}
                                                                                       : MIG_NULL_TIMESTAMP;
}

mig_timestamptz mig_timestamptz_of_format(mig_ctx *x, mig_text v, const mig_text *formats, int n) {
    int64_t stamp;
    return read_formats(x, v, formats, n, FMT_READ_TIMESTAMPTZ, "date and time", &stamp) ? (mig_timestamptz){stamp, false}
                                                                                         : MIG_NULL_TIMESTAMPTZ;
}

/* ---- among each other ---------------------------------------------------------------------------------------------------- */

mig_date mig_date_of_date(mig_ctx *x, mig_date v) {
    (void)x;
    return v;
}

mig_date mig_date_of_timestamp(mig_ctx *x, mig_timestamp v) {
    (void)x;
    return v.is_null ? MIG_NULL_DATE : (mig_date){cal_day(v.v), false};
}

mig_time mig_time_of_time(mig_ctx *x, mig_time v) {
    (void)x;
    return v;
}

mig_time mig_time_of_timestamp(mig_ctx *x, mig_timestamp v) {
    (void)x;
    return v.is_null ? MIG_NULL_TIME : (mig_time){cal_time(v.v), false};
}

mig_timestamp mig_timestamp_of_date(mig_ctx *x, mig_date v) {
    (void)x;
    return v.is_null ? MIG_NULL_TIMESTAMP : (mig_timestamp){v.v * US_DAY, false};
}

mig_timestamp mig_timestamp_of_timestamp(mig_ctx *x, mig_timestamp v) {
    (void)x;
    return v;
}

mig_timestamp mig_timestamp_of_parts(mig_ctx *x, mig_date d, mig_time t) {
    if (d.is_null || t.is_null)
        return MIG_NULL_TIMESTAMP;
    int64_t us = d.v * US_DAY + t.v;
    if (cal_in_range(us))
        return (mig_timestamp){us, false};
    char text[RT_SPELL];
    mig_text day = {text, rt_spell_date(text, d.v)};
    mig_fail(x, MIG_RULE_RANGE, day, "%s 24:00 is outside the years 1 to 9999", fn_show(day).s); /* no other time is past a day's end */
    return MIG_NULL_TIMESTAMP;
}

mig_timestamptz mig_timestamptz_of_timestamptz(mig_ctx *x, mig_timestamptz v) {
    (void)x;
    return v;
}

mig_date mig_make_date(mig_ctx *x, mig_int year, mig_int month, mig_int day) {
    if (year.is_null || month.is_null || day.is_null)
        return MIG_NULL_DATE;
    bool small = year.v <= MAX_YEAR && year.v >= MIN_YEAR && month.v >= 1 && month.v <= 12 && day.v >= 1 && day.v <= 31;
    if (small && cal_is_day((int)year.v, (int)month.v, (int)day.v))
        return (mig_date){rt_days((int)year.v, (int)month.v, (int)day.v), false};
    char text[3 * RT_SPELL];
    int n = snprintf(text, sizeof text, "%lld-%02lld-%02lld", (long long)year.v, (long long)month.v, (long long)day.v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, (size_t)n}, "%s is not a day of the calendar", text);
    return MIG_NULL_DATE;
}

mig_timestamptz mig_to_timestamp(mig_ctx *x, mig_numeric seconds) {
    int64_t us;
    if (seconds.p == NULL)
        return MIG_NULL_TIMESTAMPTZ;
    mig_numeric scaled = mig_mul_numeric(x, seconds, MIG_NUMERIC("1000000"));
    if (scaled.p != NULL && fn_numeric_int(x, scaled, &us) && !__builtin_add_overflow(us, EPOCH_1970 * US_DAY, &us) &&
        cal_in_range(us))
        return (mig_timestamptz){us, false};
    mig_text t = {seconds.p, seconds.n};
    mig_fail(x, MIG_RULE_RANGE, t, "%s seconds after 1970 is outside the years 1 to 9999", fn_show(t).s);
    return MIG_NULL_TIMESTAMPTZ;
}

/* Day 2451545.0 is the noon of 2000-01-01. A double has no more than the milliseconds. */
mig_timestamp mig_julian(mig_ctx *x, mig_float days) {
    if (days.is_null)
        return MIG_NULL_TIMESTAMP;
    double ms = floor(days.v * 86400000.0 + 0.5) - 2451544.5 * 86400000.0;
    int64_t us = fabs(ms) < 1e15 ? (int64_t)ms * 1000 : INT64_MAX;
    if (cal_in_range(us))
        return (mig_timestamp){us, false};
    mig_text t = mig_text_of_double(x, days);
    mig_fail(x, MIG_RULE_RANGE, t, "the Julian day %s is outside the years 1 to 9999", fn_show(t).s);
    return MIG_NULL_TIMESTAMP;
}

/* ---- arithmetic -------------------------------------------------------------------------------------------------------------- */

static mig_date move_date(mig_ctx *x, mig_date d, mig_int days, bool back) {
    int64_t v;
    if (d.is_null || days.is_null)
        return MIG_NULL_DATE;
    bool over = back ? __builtin_sub_overflow((int64_t)d.v, days.v, &v) : __builtin_add_overflow((int64_t)d.v, days.v, &v);
    if (!over && v >= FIRST_DAY && v <= LAST_DAY)
        return (mig_date){(int32_t)v, false};
    char text[2 * RT_SPELL];
    size_t n = rt_spell_date(text, d.v);
    n += (size_t)snprintf(text + n, sizeof text - n, " %c %lld", back ? '-' : '+', (long long)days.v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%s days is outside the years 1 to 9999", text);
    return MIG_NULL_DATE;
}

mig_date mig_add_date(mig_ctx *x, mig_date d, mig_int days) {
    return move_date(x, d, days, false);
}

mig_date mig_sub_date(mig_ctx *x, mig_date d, mig_int days) {
    return move_date(x, d, days, true);
}

mig_int mig_diff_date(mig_date a, mig_date b) {
    return a.is_null || b.is_null ? MIG_NULL_INT : MIG_INT((int64_t)a.v - b.v);
}

/* ---- parts ------------------------------------------------------------------------------------------------------------------- */

typedef enum truncation { T_SECOND, T_MINUTE, T_HOUR, T_DAY, T_WEEK, T_MONTH, T_QUARTER, T_YEAR, T_NONE } truncation;

static truncation truncation_of(mig_text field) {
    static const char *const words[] = {"second", "minute", "hour", "day", "week", "month", "quarter", "year"};
    for (int i = 0; i < T_NONE; i++)
        if (fn_is_word(field, words[i]))
            return (truncation)i;
    return T_NONE;
}

bool fn_trunc_refused(mig_text field, char *why, size_t n) {
    if (truncation_of(field) != T_NONE)
        return false;
    snprintf(why, n, "it is none of year, quarter, month, week, day, hour, minute, second");
    return true;
}

static int64_t truncate_stamp(int64_t v, truncation to) {
    static const int64_t units[] = {US_SECOND, US_MINUTE, US_HOUR};
    int32_t day = cal_day(v);
    int year, month, of_month;
    rt_civil(day, &year, &month, &of_month);
    switch (to) {
    case T_SECOND: case T_MINUTE: case T_HOUR: return v - cal_time(v) % units[to];
    case T_DAY: return day * US_DAY;
    case T_WEEK: return (day - (cal_weekday(day) + 6) % 7) * US_DAY;
    case T_MONTH: return rt_days(year, month, 1) * US_DAY;
    case T_QUARTER: return rt_days(year, (month - 1) / 3 * 3 + 1, 1) * US_DAY;
    case T_YEAR: return rt_days(year, 1, 1) * US_DAY;
    case T_NONE: break;
    }
    return v;
}

mig_timestamp mig_date_trunc_timestamp(mig_ctx *x, mig_text field, mig_timestamp v) {
    char why[120];
    if (field.p == NULL || v.is_null)
        return MIG_NULL_TIMESTAMP;
    if (fn_trunc_refused(field, why, sizeof why)) {
        mig_fail(x, MIG_RULE_PARSE, field, "\"%s\" is no field to truncate to: %s", fn_show(field).s, why);
        return MIG_NULL_TIMESTAMP;
    }
    return (mig_timestamp){truncate_stamp(v.v, truncation_of(field)), false};
}

mig_timestamptz mig_date_trunc_timestamptz(mig_ctx *x, mig_text field, mig_timestamptz v) {
    mig_timestamp t = mig_date_trunc_timestamp(x, field, (mig_timestamp){v.v, v.is_null});
    return (mig_timestamptz){t.v, t.is_null};
}

/* Seconds with six digits behind the point. */
static mig_numeric seconds(mig_ctx *x, int64_t us) {
    char text[RT_SPELL];
    int64_t whole = us / US_SECOND, fraction = us % US_SECOND;
    int n = snprintf(text, sizeof text, "%s%lld.%06lld", us < 0 ? "-" : "", (long long)(whole < 0 ? -whole : whole),
                     (long long)(fraction < 0 ? -fraction : fraction));
    mig_text copy = fn_copy(x, text, (size_t)n);
    return (mig_numeric){copy.p, copy.n};
}

typedef enum part { P_YEAR, P_QUARTER, P_MONTH, P_WEEK, P_ISOYEAR, P_DAY, P_DOY, P_DOW, P_ISODOW, P_HOUR, P_MINUTE } part;

static mig_int part_of(mig_timestamp t, part wanted) {
    if (t.is_null)
        return MIG_NULL_INT;
    int32_t day = cal_day(t.v);
    int64_t time = cal_time(t.v);
    int year, month, of_month, iso_year, iso_week;
    rt_civil(day, &year, &month, &of_month);
    switch (wanted) {
    case P_YEAR: return MIG_INT(year > 0 ? year : year - 1);
    case P_QUARTER: return MIG_INT((month - 1) / 3 + 1);
    case P_MONTH: return MIG_INT(month);
    case P_WEEK: cal_iso_week(day, &iso_year, &iso_week); return MIG_INT(iso_week);
    case P_ISOYEAR: cal_iso_week(day, &iso_year, &iso_week); return MIG_INT(iso_year > 0 ? iso_year : iso_year - 1);
    case P_DAY: return MIG_INT(of_month);
    case P_DOY: return MIG_INT(cal_day_of_year(day));
    case P_DOW: return MIG_INT(cal_weekday(day));
    case P_ISODOW: return MIG_INT((cal_weekday(day) + 6) % 7 + 1);
    case P_HOUR: return MIG_INT(time / US_HOUR);
    case P_MINUTE: return MIG_INT(time / US_MINUTE % 60);
    }
    return MIG_NULL_INT;
}

#define PART(name, wanted)                                                                                                     \
    mig_int mig_##name##_of_timestamp(mig_ctx *x, mig_timestamp v) {                                                           \
        (void)x;                                                                                                               \
        return part_of(v, wanted);                                                                                             \
    }                                                                                                                          \
    mig_int mig_##name##_of_timestamptz(mig_ctx *x, mig_timestamptz v) {                                                       \
        (void)x;                                                                                                               \
        return part_of((mig_timestamp){v.v, v.is_null}, wanted);                                                               \
    }
PART(year, P_YEAR)
PART(quarter, P_QUARTER)
PART(month, P_MONTH)
PART(week, P_WEEK)
PART(isoyear, P_ISOYEAR)
PART(day, P_DAY)
PART(doy, P_DOY)
PART(dow, P_DOW)
PART(isodow, P_ISODOW)
PART(hour, P_HOUR)
PART(minute, P_MINUTE)
#undef PART

mig_int mig_hour_of_time(mig_ctx *x, mig_time v) {
    (void)x;
    return v.is_null ? MIG_NULL_INT : MIG_INT(v.v / US_HOUR);
}

mig_int mig_minute_of_time(mig_ctx *x, mig_time v) {
    (void)x;
    return v.is_null ? MIG_NULL_INT : MIG_INT(v.v / US_MINUTE % 60);
}

mig_numeric mig_second_of_time(mig_ctx *x, mig_time v) {
    return v.is_null ? MIG_NULL_NUMERIC : seconds(x, v.v % US_MINUTE);
}

mig_numeric mig_second_of_timestamp(mig_ctx *x, mig_timestamp v) {
    return v.is_null ? MIG_NULL_NUMERIC : seconds(x, cal_time(v.v) % US_MINUTE);
}

mig_numeric mig_second_of_timestamptz(mig_ctx *x, mig_timestamptz v) {
    return mig_second_of_timestamp(x, (mig_timestamp){v.v, v.is_null});
}

mig_numeric mig_epoch_of_timestamp(mig_ctx *x, mig_timestamp v) {
    return v.is_null ? MIG_NULL_NUMERIC : seconds(x, v.v - EPOCH_1970 * US_DAY);
}

mig_numeric mig_epoch_of_timestamptz(mig_ctx *x, mig_timestamptz v) {
    return mig_epoch_of_timestamp(x, (mig_timestamp){v.v, v.is_null});
}

/* ---- printing ------------------------------------------------------------------------------------------------------------------ */

static mig_text print(mig_ctx *x, int64_t stamp, mig_text format, fmt_use use) {
    char why[200];
    const fmt *f = fmt_get(format, use, why, sizeof why);
    if (f != NULL)
        return fmt_print(x, f, stamp);
    mig_fail(x, MIG_RULE_PARSE, format, "the format \"%s\" is wrong: %s", fn_show(format).s, why);
    return MIG_NULL_TEXT;
}

mig_text mig_to_char_timestamp(mig_ctx *x, mig_timestamp v, mig_text format) {
    return v.is_null || format.p == NULL ? MIG_NULL_TEXT : print(x, v.v, format, FMT_PRINT);
}

mig_text mig_to_char_timestamptz(mig_ctx *x, mig_timestamptz v, mig_text format) {
    return v.is_null || format.p == NULL ? MIG_NULL_TEXT : print(x, v.v, format, FMT_PRINT_TZ);
}
