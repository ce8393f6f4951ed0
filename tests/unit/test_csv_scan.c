/* The parts below the records: scanners agree with each other, UTF-8 is what Unicode says, white space, escapes, likeness. */
#include "tests/unit/csv_fixture.h"

static uint64_t seed = 88172645463325252u;
static unsigned next_random(void) {
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (unsigned)(seed >> 32);
}

static void scanners_agree(void **state) {
    static const char alphabet[] = ",\"\\\r\n\0ab;\x80\xFF\x22\x2C\x8D\x0D\x0B\x01\x7F";
    unsigned char text[64 * 64 + 7];
    int n;
    const rt_csv_scanner *scan = rt_csv_scanners(&n);
    (void)state;
    assert_string_equal(scan[0].name, "portable");
    for (int round = 0; round < 400; round++) {
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = round % 2 == 0 ? (unsigned char)next_random() : (unsigned char)alphabet[next_random() % sizeof alphabet];
        const char set[6] = {',', (char)(round % 3 == 0 ? '"' : (int)next_random()), (char)next_random(), '\r', '\n', '\0'};
        const char *p = (const char *)text + next_random() % 8;
        size_t blocks = 1 + next_random() % 64;
        for (int k = 0; k < n; k++) {
            uint64_t special[64], high;
            if (!scan[k].usable)
                continue;
            high = scan[k].scan(p, blocks, set, special);
            for (size_t b = 0; b < blocks; b++) {
                uint64_t want = 0, above = 0;
                for (unsigned i = 0; i < 64; i++) {
                    want |= (uint64_t)(memchr(set, p[b * 64 + i], 6) != NULL) << i;
                    above |= (unsigned char)p[b * 64 + i] >= 0x80;
                }
                assert_int_equal(special[b], want);
                assert_int_equal(high >> b & 1, above);
            }
            assert_int_equal(blocks < 64 ? high >> blocks : 0, 0);
        }
    }
    for (int k = 0; k < n; k++)
        print_message("scanner %s: %s\n", scan[k].name, scan[k].usable ? "tested" : "SKIP, not on this processor");
}

/* Every code point, and every sequence that is none of up to three bytes, against the definition. */
static void utf8_is_what_unicode_says(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x1FFFFF; c++) {
        char p[5] = {0};
        size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
        for (size_t i = n; i-- > 1;)
            p[i] = (char)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3F));
        p[0] = (char)(n == 1 ? c : (0xF00u >> n & 0xFF) | c >> (6 * (n - 1)));
        bool valid = c < 0xD800 || (c >= 0xE000 && c <= 0x10FFFF);
        assert_int_equal(rt_utf8_check(p, n), valid ? n : 0);
        if (valid && n > 1)
            assert_int_equal(rt_utf8_check(p, n - 1), 0);
    }
    for (uint32_t c = 0; c < 0x800; c++) { /* longer than needed */
        const char two[] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 0x3F))};
        const char three[] = {(char)0xE0, (char)(0x80 | c >> 6), (char)(0x80 | (c & 0x3F))};
        const char four[] = {(char)0xF0, (char)0x80, three[1], three[2]};
        assert_int_equal(rt_utf8_check(two, 2), c < 0x80 ? 0 : 2);
        assert_int_equal(rt_utf8_check(three, 3), 0);
        assert_int_equal(rt_utf8_check(four, 4), 0);
    }
    assert_int_equal(rt_utf8_check("abcdefgh\x80", 9), 8);
    assert_int_equal(rt_utf8_check("abcdefghijk\xC3\xA4mnopqrstuvw\xC3", 25), 24);
    assert_int_equal(rt_utf8_check("\xC3(", 2), 0);
    assert_int_equal(rt_utf8_check("", 0), 0);
}

static void escapes(void **state) {
    rt_buf b = {0};
    (void)state;
    rt_utf8_escape("a\0\xFF\xC3\xA4\xE2\x82z\n", 9, &b);
    assert_string_equal(b.p, "a\\x00\\xFFä\\xE2\\x82z\n");
    rt_buf_free(&b);
}

static void white_space(void **state) {
    static const char *const spaces[] = {"\t", "\n", "\v", "\f", "\r", " ", "\xC2\x85"};
    static const uint16_t wide[] = {0xA0, 0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008,
                                    0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
    (void)state;
    for (uint32_t c = 1; c < 0x10000; c++) {
        char p[16], one[4] = {0};
        size_t k = c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
        if (c >= 0xD800 && c < 0xE000)
            continue;
        for (size_t i = k; i-- > 1;)
            one[i] = (char)(0x80 | (c >> (6 * (k - 1 - i)) & 0x3F));
        one[0] = (char)(k == 1 ? c : (0xF00u >> k & 0xFF) | c >> (6 * (k - 1)));
        bool is = false;
        for (size_t i = 0; i < sizeof spaces / sizeof *spaces; i++)
            is = is || strcmp(one, spaces[i]) == 0;
        for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
            is = is || wide[i] == c;
        size_t n = (size_t)snprintf(p, sizeof p, "%s%s.%s", one, one, one);
        const char *at = p;
        rt_trim(&at, &n);
        assert_int_equal(n, is ? 1 : 3 * k + 1);
        at = one;
        n = k;
        rt_trim(&at, &n);
        assert_int_equal(n, is ? 0 : k);
    }
}

static void likeness(void **state) {
    const mig_text names[] = {MIG_TEXT("title"), MIG_TEXT("Network"), MIG_TEXT(""), MIG_TEXT("premiere_date")};
    (void)state;
    assert_int_equal(rt_similar(MIG_TEXT("network"), names, 4), 1);
    assert_int_equal(rt_similar(MIG_TEXT("tilte"), names, 4), 0);
    assert_int_equal(rt_similar(MIG_TEXT("premiere date"), names, 4), 3);
    assert_int_equal(rt_similar(MIG_TEXT("genre"), names, 4), -1);
    assert_int_equal(rt_similar(MIG_TEXT(""), names, 4), -1);
    assert_int_equal(rt_similar(MIG_TEXT("x"), names, 0), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scanners_agree), cmocka_unit_test(utf8_is_what_unicode_says), cmocka_unit_test(escapes),
        cmocka_unit_test(white_space), cmocka_unit_test(likeness),
    };
    return cmocka_run_group_tests_name("csv scan", tests, NULL, NULL);
}
