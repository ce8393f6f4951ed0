/*
 * utf8.c: see utf8.h. The facts about characters are ICU's.
 */
#include "compiler/base/utf8.h"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

size_t utf8_decode(const char *p, size_t n, uint32_t *out)
{
    int32_t at = 0;
    int32_t length = n > 4 ? 4 : (int32_t)n;
    UChar32 c;

    U8_NEXT(p, at, length, c);
    if (c < 0) {
        *out = UTF8_INVALID;
        return 1;
    }
    *out = (uint32_t)c;
    return (size_t)at;
}

int utf8_width(uint32_t cp)
{
    int east_asian;

    if (cp < 0x300 || cp == UTF8_INVALID)
        return 1;
    if (U_GET_GC_MASK((UChar32)cp) & (U_GC_MN_MASK | U_GC_ME_MASK | U_GC_CF_MASK))
        return 0;
    east_asian = u_getIntPropertyValue((UChar32)cp, UCHAR_EAST_ASIAN_WIDTH);
    return east_asian == U_EA_WIDE || east_asian == U_EA_FULLWIDTH ? 2 : 1;
}

int utf8_is_unprintable(uint32_t cp)
{
    if (cp == UTF8_INVALID || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        return 1;
    return (cp >= 0x202a && cp <= 0x202e) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x2028 ||
           cp == 0x2029 || cp == 0x200e || cp == 0x200f || cp == 0x061c;
}
