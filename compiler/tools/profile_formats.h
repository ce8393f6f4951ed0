/*
 * profile_formats.h: what a text looks like: a number, a date of which form, an e-mail address …
 */
#ifndef MIGC_PROFILE_FORMATS_H
#define MIGC_PROFILE_FORMATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum looks_kind {
    LOOKS_TEXT, LOOKS_BLANK, LOOKS_INTEGER, LOOKS_PADDED, LOOKS_DECIMAL, LOOKS_EXPONENT, LOOKS_COMMA_GROUPS, LOOKS_COMMA_POINT,
    LOOKS_MONEY, LOOKS_PERCENT, LOOKS_BOOL, LOOKS_NULL_WORD, LOOKS_EMAIL, LOOKS_UUID, LOOKS_URL, LOOKS_JSON, LOOKS_BCRYPT, LOOKS_HASH,
    LOOKS_BYTES, LOOKS_TIME, LOOKS_NO_DATE, LOOKS_DATE, LOOKS_STAMP,
    /* What only the whole column tells (profile_column.c): */
    LOOKS_UNIX, LOOKS_UNIX_MILLI, LOOKS_JULIAN, LOOKS_COMPACT_DATE, LOOKS_ZERO_ONE, LOOKS_COUNT
} looks_kind;

/* Order of day, month and year; EITHER: day and month could each be the other. */
typedef enum looks_order { ORDER_YMD, ORDER_DMY, ORDER_MDY, ORDER_EITHER, ORDER_D_MON_Y, ORDER_MON_D_Y } looks_order;

/* One look: kind, and for dates and timestamps their form. Two looks are the same when their keys are. */
typedef struct looks {
    looks_kind kind;
    uint32_t key;
    int64_t us, us_swapped;  /* dates: microseconds since 2000-01-01; EITHER: us reads month first, us_swapped day first */
} looks;

/* Parts of a key. */
#define LOOKS_KEY(kind, order, sep, yy, time, tz) \
    ((uint32_t)(kind) | (uint32_t)(order) << 8 | (uint32_t)(unsigned char)(sep) << 12 | (uint32_t)(yy) << 20 | (uint32_t)(time) << 21 | (uint32_t)(tz) << 26)
#define LOOKS_KIND(key) ((looks_kind)((key) & 0xff))
#define LOOKS_ORDER(key) ((looks_order)((key) >> 8 & 0xf))
#define LOOKS_WITH_ORDER(key, order) (((key) & ~UINT32_C(0xf00)) | (uint32_t)(order) << 8)

/* p[0…n): valid UTF-8, without outer white space, not empty. */
looks looks_of(const char *p, size_t n);
/* "YYYY-MM-DD", "e-mail": at least 64 bytes. */
void looks_words(uint32_t key, char *out, size_t cap);
bool looks_is_number(looks_kind k);      /* integer, decimal, exponent */
bool looks_is_moment(looks_kind k);      /* date, timestamp */
/* Compares two texts that look like numbers, as strcmp does. */
int looks_compare_numbers(const char *a, size_t an, const char *b, size_t bn);

#endif
