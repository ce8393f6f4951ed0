/* What texts look like (compiler/tools/profile_formats.c): each look, and what is nearly one. */
#include "tests/unit/unit.h"

#include "compiler/tools/profile_formats.h"

static void every_text_has_its_look(void **state)
{
    static const struct { const char *text, *look; } all[] = {
        {"0", "integer"}, {"-12", "integer"}, {"+7", "integer"}, {"12345678901234567890123", "integer"}, {"007", "digits with zeros in front"},
        {"-", "null in words"}, {"1.50", "decimal"}, {".5", "decimal"}, {"5.", "decimal"}, {".", "text"}, {"1e5", "number with exponent"},
        {"1.5E-3", "number with exponent"}, {"1e", "text"}, {"1,234", "number like 1,234.5"}, {"1,234,567.89", "number like 1,234.5"},
        {"1,23", "number like 1.234,5"}, {"1.234,56", "number like 1.234,5"}, {"1.234.567", "text"}, {"12,34,56", "text"},
        {"$12.50", "amount with currency sign"}, {"12 \xE2\x82\xAC", "amount with currency sign"}, {"$", "text"}, {"45 %", "percentage"},
        {"%", "text"}, {"true", "boolean in words"}, {"YES", "boolean in words"}, {"n", "boolean in words"}, {"nope", "text"},
        {"N/A", "null in words"}, {"NULL", "null in words"}, {"None", "null in words"}, {"none", "text"}, {"2024-02-29", "YYYY-MM-DD"},
        {"2023-02-29", "no such date"}, {"0000-00-00", "no such date"}, {"2024/1/5", "YYYY/MM/DD"}, {"31.12.2024", "DD.MM.YYYY"},
        {"12.31.2024", "MM.DD.YYYY"}, {"05.06.2024", "DD.MM.YYYY"}, {"12/31/2024", "MM/DD/YYYY"}, {"31/12/2024", "DD/MM/YYYY"},
        {"05/06/2024", "MM/DD/YYYY or DD/MM/YYYY"}, {"5/6/24", "MM/DD/YY or DD/MM/YY"}, {"31-12-2024", "DD-MM-YYYY"},
        {"5 January 2024", "D Mon YYYY"}, {"05-Jan-24", "D-Mon-YY"}, {"January 5, 2024", "Mon D, YYYY"}, {"Sept 5, 2024", "Mon D, YYYY"},
        {"Januar 5, 2024", "text"}, {"31 April 2024", "no such date"}, {"2024-01-05 10:30:00", "YYYY-MM-DD HH:MM:SS"},
        {"2024-01-05 10:30", "YYYY-MM-DD HH:MM"}, {"2024-01-05T10:30:00.123456", "YYYY-MM-DDTHH:MM:SS"},
        {"2024-01-05T10:30:00Z", "YYYY-MM-DDTHH:MM:SS with zone"}, {"2024-01-05 10:30:00+00", "YYYY-MM-DD HH:MM:SS with zone"},
        {"2024-01-05 10:30:00 -05:00", "YYYY-MM-DD HH:MM:SS with zone"}, {"01/31/2024 1:05 PM", "MM/DD/YYYY HH:MM AM"},
        {"2024-01-05 25:00", "text"}, {"10:30", "HH:MM:SS"}, {"10:30:59", "HH:MM:SS"}, {"10:3", "text"}, {"1.2.3", "text"}, {"1.2.3.4", "text"},
        {"192.168.0.1", "text"}, {"a@b.org", "e-mail"}, {"a@b", "text"}, {"a@@b.org", "text"}, {"@b.org", "text"}, {"a b@c.org", "text"},
        {"\xC3\xA4@b.org", "e-mail"}, {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "UUID"}, {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1g", "text"},
        {"https://a.org/b?c=d", "URL"}, {"https://", "text"}, {"{\"a\": 1}", "JSON"}, {"[1, 2]", "JSON"}, {"{a}", "text"}, {"[", "text"}, {"{}", "JSON"},
        {"$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234", "bcrypt hash"}, {"pbkdf2_sha256$600000$salt$hash=", "password hash"},
        {"a", "text"}, {"\xF0\x9F\x98\x80", "text"}, {"'; drop table t; --", "text"},
    };
    char words[80];

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        looks_words(looks_of(all[i].text, strlen(all[i].text)).key, words, sizeof words);
        if (strcmp(words, all[i].look) != 0)
            print_error("\"%s\" looks like \"%s\", expected \"%s\"\n", all[i].text, words, all[i].look);
        assert_string_equal(words, all[i].look);
    }
}

static int sign(int v)
{
    return (v > 0) - (v < 0);
}

static void numbers_are_compared_by_value(void **state)
{
    static const struct { const char *a, *b; int sign; } all[] = {
        {"1", "2", -1}, {"10", "9", 1}, {"-1", "1", -1}, {"-10", "-9", -1}, {"1.50", "1.5", 0}, {"007", "7", 0}, {"0.1", "0.09", 1}, {"-0", "0", 0},
        {"9223372036854775808", "9223372036854775807", 1}, {"1e3", "999", 1}, {"+5", "5", 0}, {".5", "0.5", 0}, {"-1.5", "-1.25", -1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_int_equal(sign(looks_compare_numbers(all[i].a, strlen(all[i].a), all[i].b, strlen(all[i].b))), all[i].sign);
        assert_int_equal(sign(looks_compare_numbers(all[i].b, strlen(all[i].b), all[i].a, strlen(all[i].a))), -all[i].sign);
    }
}

/* Any bytes of text: no crash, one look, words for it. */
static void any_text_has_a_look(void **state)
{
    static const char letters[] = "0123456789-/.:, TZ+eE$%@{}[]\"aJn";
    unsigned seed = 7;
    char text[24], words[80];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        size_t n = 1 + (seed >> 16) % (sizeof text - 1);

        for (size_t k = 0; k < n; k++) {
            seed = seed * 1103515245u + 12345u;
            text[k] = letters[(seed >> 16) % (sizeof letters - 1)];
        }
        char *exact = malloc(n); /* so that a sanitizer sees a byte too far */
        memcpy(exact, text, n);
        looks_words(looks_of(exact, n).key, words, sizeof words);
        assert_true(*words != '\0');
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_has_its_look),
        cmocka_unit_test(numbers_are_compared_by_value),
        cmocka_unit_test(any_text_has_a_look),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
