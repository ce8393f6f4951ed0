/*
 * calendar.h: dates and times between the files of runtime/functions: units, ranges, and formats made ready.
 */
#ifndef CALENDAR_H
#define CALENDAR_H

#include "runtime/functions/fn.h"

#define US_SECOND INT64_C(1000000)
#define US_MINUTE (60 * US_SECOND)
#define US_HOUR (60 * US_MINUTE)
#define US_DAY (24 * US_HOUR)
#define EPOCH_1970 (-10957)  /* days from 2000-01-01 to 1970-01-01 */
#define FIRST_DAY (-730119)  /* 0001-01-01: the language's dates, which both engines and ISO text can hold */
#define LAST_DAY 2921939     /* 9999-12-31 */
#define MIN_YEAR 1
#define MAX_YEAR 9999

/* Days and the microseconds of the day; the second is never negative. */
static inline int32_t cal_day(int64_t stamp) {
    return (int32_t)(stamp >= 0 ? stamp / US_DAY : -((-stamp + US_DAY - 1) / US_DAY));
}
static inline int64_t cal_time(int64_t stamp) { return stamp - (int64_t)cal_day(stamp) * US_DAY; }
static inline bool cal_in_range(int64_t stamp) {
    return stamp >= (int64_t)FIRST_DAY * US_DAY && stamp < ((int64_t)LAST_DAY + 1) * US_DAY;
}
/*
 * ISO text of the years 1 to 9999, as people and programs write it: seconds may be missing, T for the blank, a zone as Z, +00, +0000
 * or +00:00. (What SQLite keeps, exactly, is read by targets/forms.c.)
 */
typedef enum cal_found {
    CAL_FOUND,
    CAL_OTHER,      /* it is not of that form */
    CAL_NO_SUCH_DAY /* it is, but its month has not so many days */
} cal_found;
cal_found cal_read_date(const char *p, size_t n, int32_t *out);
bool cal_read_time(const char *p, size_t n, int64_t *out);
cal_found cal_read_timestamp(const char *p, size_t n, int64_t *out);
cal_found cal_read_timestamptz(const char *p, size_t n, int64_t *out);
int cal_month_days(int year, int month);
/* True when the day is there and its year is between MIN_YEAR and MAX_YEAR. */
bool cal_is_day(int year, int month, int day);
/* True when each part is in its own range; the month may have fewer days. */
bool cal_like_day(int year, int month, int day);
int cal_weekday(int32_t day);             /* 0 Sunday … 6 Saturday */
int cal_day_of_year(int32_t day);         /* from 1 */
void cal_iso_week(int32_t day, int *year, int *week);

extern const char *const cal_months[12]; /* "January" … */
extern const char *const cal_days[7];    /* "Sunday" … */

/* ---- formats (format.c) ------------------------------------------------------------------------------------------ */

typedef enum fmt_kind {
    FMT_LITERAL, /* text of the format itself */
#define FMT_FIELD(id, spelling, reads, prints) FMT_##id,
#include "runtime/functions/format.def"
#undef FMT_FIELD
    FMT_COUNT
} fmt_kind;

typedef enum fmt_case { FMT_AS_IS, FMT_UPPER, FMT_LOWER } fmt_case;

/* One element. */
typedef struct fmt_part {
    uint8_t kind;      /* fmt_kind */
    uint8_t letters;   /* fmt_case, of names */
    bool plain;        /* FM: no padding */
    char ordinal;      /* 0; 't': th, 'T': TH behind the number */
    uint8_t from, n;   /* FMT_LITERAL: place in fmt.text */
} fmt_part;

#define FMT_PARTS 48
#define FMT_TEXT 120

typedef struct fmt {
    char source[FMT_TEXT]; uint8_t source_n; /* the format as written: the cache's key */
    char text[FMT_TEXT];                     /* its literals */
    uint64_t fields;                         /* bit per fmt_kind that occurs */
    fmt_part parts[FMT_PARTS]; uint8_t n;
} fmt;

typedef enum fmt_use { FMT_READ_DATE, FMT_READ_TIME, FMT_READ_TIMESTAMP, FMT_READ_TIMESTAMPTZ, FMT_PRINT, FMT_PRINT_TZ } fmt_use;

/* The format made ready, from this thread's cache, until the next call; NULL: `why` says what is wrong with it. */
const fmt *fmt_get(mig_text format, fmt_use use, char *why, size_t n);

/* What was read by a format. */
typedef struct fmt_fields {
    int year, month, day, hour, minute, second;
    int microsecond;
    int offset; /* seconds east of UTC */
} fmt_fields;

/* The whole text by the format, checked against the calendar. */
cal_found fmt_read(const fmt *f, mig_text v, fmt_fields *out);
/* An instant (day and time) by the format. */
mig_text fmt_print(mig_ctx *x, const fmt *f, int64_t stamp);

#endif
