/*
 * forms.h: the text forms in which SQLite keeps values that it has no type for, and what is a value of each form.
 *
 * They are the forms that PostgreSQL writes (datestyle ISO, UTC), so that a value reads the same in both engines, with one
 * difference: a timestamptz ends in +00:00. Years after 9999 have more digits, years before 1 end in " BC", as there.
 */
#ifndef RT_FORMS_H
#define RT_FORMS_H

#include "runtime/rt.h"

#define RT_FORM_MAX (RT_SPELL + 1) /* bytes that the longest form needs, with a NUL */

/* What both engines can hold; outside: refused when written. */
#define RT_DATE_MIN (-2451545)                         /* 4714-11-24 BC */
#define RT_DATE_MAX 2145031948                         /* 5874897-12-31 */
#define RT_TIME_MAX INT64_C(86400000000)               /* 24:00:00 */
#define RT_TIMESTAMP_MIN INT64_C(-211813488000000000)  /* 4714-11-24 BC */
#define RT_TIMESTAMP_MAX INT64_C(9223371331199999999)  /* 294276-12-31 23:59:59.999999 */

/* Each writes at most RT_FORM_MAX bytes, with a NUL, and returns the length without it. The value must be in range. */
size_t rt_form_date(char *out, int32_t days);
size_t rt_form_time(char *out, int64_t us);
size_t rt_form_timestamp(char *out, int64_t us);
size_t rt_form_timestamptz(char *out, int64_t us);
size_t rt_form_uuid(char *out, const uint8_t v[16]);
/* A JSON array of texts and nulls, as array_to_json() writes it: ["a",null]. */
void rt_form_list(rt_buf *out, const mig_list *v);

/* Each returns false when the text is not exactly of its form (fractions of a second may have 1 to 6 digits). */
bool rt_read_date(const char *p, size_t n, int32_t *out);
bool rt_read_time(const char *p, size_t n, int64_t *out);
bool rt_read_timestamp(const char *p, size_t n, int64_t *out);
bool rt_read_timestamptz(const char *p, size_t n, int64_t *out);
bool rt_read_uuid(const char *p, size_t n, uint8_t out[16]);
/* Elements that hold no escapes point into p. No memory: false, with *nomem set. */
bool rt_read_list(const char *p, size_t n, rt_arena *a, mig_list *out, bool *nomem);

bool rt_is_numeric(const char *p, size_t n); /* -?digits[.digits], no needless zero in front, no minus zero */
bool rt_is_text(const char *p, size_t n);    /* valid UTF-8 without U+0000 */

#endif
