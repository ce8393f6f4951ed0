/*
 * fn.h: what the files of runtime/functions share: showing a value in a message, memory for results, UTF-8 steps.
 */
#ifndef FN_H
#define FN_H

#include "runtime/rt.h"

#include <string.h>

/* A result larger than this is refused as a fatal fault: PostgreSQL has the same limit for one value. */
#define FN_MAX_BYTES ((size_t)1 << 30)

/* Room for a result; NULL with the fatal failure recorded when there is none, or when it is past the limit. */
char *fn_bytes(mig_ctx *x, size_t n);
/* `n` things of `size` bytes. */
void *fn_array(mig_ctx *x, size_t n, size_t size);
/* A copy of the bytes. */
mig_text fn_copy(mig_ctx *x, const char *p, size_t n);
/* The buffer's bytes as a text of the row, the buffer freed; null with a fatal failure when the buffer ran out of memory. */
mig_text fn_from_buf(mig_ctx *x, rt_buf *b);

/* A value as it stands in a message: escaped and shortened. For one printf argument: fn_show(v).s */
typedef struct fn_shown { char s[72]; } fn_shown;
fn_shown fn_show(mig_text v);

/* ---- UTF-8; texts are valid --------------------------------------------------------------------------------- */

/* Bytes of the character that begins with this byte. */
static inline size_t fn_step(unsigned char first) {
    return first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}
/* Characters in the text. */
size_t fn_length(mig_text v);
/* Byte offset of character number `chars` (from 0), or the text's length when it has fewer. */
size_t fn_offset(mig_text v, size_t chars);
bool fn_is_ascii(mig_text v);
/* The code point at *at, which is moved behind it. */
uint32_t fn_decode(mig_text v, size_t *at);
/* Writes 1 to 4 bytes, returns how many. */
size_t fn_encode(char *out, uint32_t c);
/* Length of the first ill-formed place: where valid UTF-8 ends (n when all of it is valid). */
size_t fn_valid(const char *p, size_t n);

/* White space at both ends dropped: ASCII blanks, tabs and line ends (what PostgreSQL's readers pass over). */
mig_text fn_strip(mig_text v);
/* The same for all of Unicode's white space. */
mig_text fn_strip_unicode(mig_text v);
static inline bool fn_is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static inline bool fn_is_digit(char c) { return c >= '0' && c <= '9'; }
static inline bool fn_is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static inline char fn_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline char fn_upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }
/* Equal to the word whatever the case (ASCII). */
bool fn_is_word(mig_text v, const char *word);

/* ---- numbers as text (numeric.c) ------------------------------------------------------------------------------------ */

typedef enum fn_read { FN_READ_OK, FN_READ_SYNTAX, FN_READ_RANGE, FN_READ_NOMEM } fn_read;
/* Without the white space around; what is written is said by the functions' help. */
fn_read fn_int_read(mig_text v, int64_t *out);
bool fn_uuid_read(const char *p, size_t n, uint8_t out[16]);
fn_read fn_double_read(mig_text v, bool single, double *out);
/* Digits with sign, point and exponent to a canonical numeric in the row's memory. */
fn_read fn_numeric_read(mig_ctx *x, mig_text v, mig_numeric *out);
/* Rounded (halves away from zero) or cut to so many digits after the point, which the result has (0 when digits < 0). */
mig_numeric fn_numeric_scale(mig_ctx *x, mig_numeric v, int64_t digits, bool cut);
/* To the nearest integer; false when it does not fit. */
bool fn_numeric_int(mig_ctx *x, mig_numeric v, int64_t *out);

/* ---- what steers a function, checked: true when it is refused, with the reason in words ------------------------------ */

bool fn_regex_refused(mig_text pattern, char *why, size_t n);
bool fn_replacement_refused(mig_text with, char *why, size_t n);
bool fn_zone_refused(mig_text zone, char *why, size_t n);
bool fn_trunc_refused(mig_text field, char *why, size_t n);
bool fn_code_refused(mig_text code, char *why, size_t n); /* encode(), decode() */
bool fn_number_format_refused(mig_text format, char *why, size_t n);

/* ---- JSON (json.c, jsonb.c) -------------------------------------------------------------------------------------------- */

#define FN_JSON_DEPTH 1000 /* arrays and objects in one another */
/* The text as a JSON string with its quotes: returns its length; out NULL: only that. */
size_t fn_json_escape(char *out, const char *p, size_t n);
/* Checks the text; false: `why` says what is wrong. strict: what jsonb refuses, \u0000 and half a surrogate pair, is wrong, too. */
bool fn_json_check(mig_text v, bool strict, char *why, size_t n);
/* The text as it is, checked; null (recorded): it is wrong. */
mig_json fn_json_read(mig_ctx *x, mig_text v, bool strict);
/* End of the JSON value that begins at p (white space before it passed over); the text is checked. */
const char *fn_json_end(const char *p, const char *end);
const char *fn_json_space(const char *p, const char *end);
/* The text of a JSON string, quotes included, without its escapes; plain strings are not copied. What is no text (a NUL, half of a
   surrogate pair) becomes bytes that are in no valid text. */
mig_text fn_json_string(mig_ctx *x, mig_text quoted);

#endif
