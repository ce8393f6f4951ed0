/*
 * scan.c: finds the bytes that end or shape fields (delimiter, quote, escape, CR, LF, NUL) in blocks of 64, one bit a byte.
 * The same question is answered by portable C and by SSE2 and AVX2 code, chosen by the processor at run time; tests
 * hold them to the same answer. Knows nothing of quoting: csv.c walks the bits.
 */
#include "runtime/sources/csv.h"
#include <string.h>

/* Bit 7 of each byte of the result is set where the byte of x is zero (exact: no carry leaves a byte). */
static inline uint64_t zero_bytes(uint64_t x) {
    const uint64_t low = UINT64_C(0x7F7F7F7F7F7F7F7F);
    return ~(((x & low) + low) | x | low);
}

/* Bits 7, 15, … 63 of x gathered in bits 0 to 7: the product moves each to its place in the top byte. */
static inline uint64_t gather(uint64_t x) {
    return ((x >> 7) * UINT64_C(0x0102040810204080)) >> 56;
}

uint64_t rt_csv_scan_portable(const char *p, size_t blocks, const char set[6], uint64_t *special) {
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = UINT64_C(0x8080808080808080);
    uint64_t want[6], high = 0;
    for (int i = 0; i < 6; i++)
        want[i] = ones * (unsigned char)set[i];
    for (size_t b = 0; b < blocks; b++) {
        uint64_t bits = 0, above = 0;
        for (unsigned w = 0; w < 8; w++, p += 8) {
            uint64_t x = 0, hit = 0;
            for (unsigned k = 0; k < 8; k++) /* compilers make one load of it where the order of bytes allows */
                x |= (uint64_t)(unsigned char)p[k] << (8 * k);
            for (int i = 0; i < 6; i++)
                hit |= zero_bytes(x ^ want[i]);
            bits |= gather(hit) << (8 * w);
            above |= x & tops;
        }
        special[b] = bits;
        high |= (uint64_t)(above != 0) << b;
    }
    return high;
}

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>

static uint64_t scan_sse2(const char *p, size_t blocks, const char set[6], uint64_t *special) {
    __m128i want[6];
    uint64_t high = 0;
    for (int i = 0; i < 6; i++)
        want[i] = _mm_set1_epi8(set[i]);
    for (size_t b = 0; b < blocks; b++) {
        uint64_t bits = 0;
        __m128i any = _mm_setzero_si128();
        for (unsigned w = 0; w < 4; w++, p += 16) {
            __m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
            __m128i a = _mm_or_si128(_mm_cmpeq_epi8(x, want[0]), _mm_cmpeq_epi8(x, want[1]));
            __m128i c = _mm_or_si128(_mm_cmpeq_epi8(x, want[2]), _mm_cmpeq_epi8(x, want[3]));
            __m128i d = _mm_or_si128(_mm_cmpeq_epi8(x, want[4]), _mm_cmpeq_epi8(x, want[5]));
            __m128i hit = _mm_or_si128(_mm_or_si128(a, c), d);
            bits |= (uint64_t)(uint32_t)_mm_movemask_epi8(hit) << (16 * w);
            any = _mm_or_si128(any, x);
        }
        special[b] = bits;
        high |= (uint64_t)(_mm_movemask_epi8(any) != 0) << b;
    }
    return high;
}

__attribute__((target("avx2")))
static uint64_t scan_avx2(const char *p, size_t blocks, const char set[6], uint64_t *special) {
    __m256i want[6];
    uint64_t high = 0;
    for (int i = 0; i < 6; i++)
        want[i] = _mm256_set1_epi8(set[i]);
    for (size_t b = 0; b < blocks; b++) {
        uint64_t bits = 0;
        __m256i any = _mm256_setzero_si256();
        for (unsigned w = 0; w < 2; w++, p += 32) {
            __m256i x = _mm256_loadu_si256((const __m256i *)(const void *)p);
            __m256i a = _mm256_or_si256(_mm256_cmpeq_epi8(x, want[0]), _mm256_cmpeq_epi8(x, want[1]));
            __m256i c = _mm256_or_si256(_mm256_cmpeq_epi8(x, want[2]), _mm256_cmpeq_epi8(x, want[3]));
            __m256i d = _mm256_or_si256(_mm256_cmpeq_epi8(x, want[4]), _mm256_cmpeq_epi8(x, want[5]));
            __m256i hit = _mm256_or_si256(_mm256_or_si256(a, c), d);
            bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << (32 * w);
            any = _mm256_or_si256(any, x);
        }
        special[b] = bits;
        high |= (uint64_t)(_mm256_movemask_epi8(any) != 0) << b;
    }
    return high;
}
#define HAVE_X86 1
#else
#define HAVE_X86 0
#endif

const rt_csv_scanner *rt_csv_scanners(int *n) {
#if HAVE_X86
    static const rt_csv_scanner plain[] = {
        {"portable", rt_csv_scan_portable, true}, {"sse2", scan_sse2, true}, {"avx2", scan_avx2, false}};
    static const rt_csv_scanner full[] = {
        {"portable", rt_csv_scan_portable, true}, {"sse2", scan_sse2, true}, {"avx2", scan_avx2, true}};
    *n = 3;
    return __builtin_cpu_supports("avx2") ? full : plain;
#else
    static const rt_csv_scanner plain[] = {{"portable", rt_csv_scan_portable, true}};
    *n = 1;
    return plain;
#endif
}

rt_csv_scan_fn rt_csv_scan_best(void) {
    int n;
    const rt_csv_scanner *s = rt_csv_scanners(&n);
    while (!s[n - 1].usable)
        n--;
    return s[n - 1].scan;
}
