/*
 * bench_functions.c: nanoseconds that a call of a function takes on values as sheets have them. Best of five.
 *
 *     bench_functions [FUNCTION]     (only those whose name holds the text)
 */
#include "runtime/rt.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { ROUNDS = 5, CALLS = 200000, BATCH = 500 };

static mig_ctx x;
static volatile size_t sink; /* so that no call is thought to be without use */

#define T(literal) MIG_TEXT(literal)
#define LIST(...) ((const mig_text[]){__VA_ARGS__})

static void text(mig_text v) { sink += v.n; }
static void number(mig_numeric v) { sink += v.n; }
static void list(mig_list v) { sink += v.n; }
static void json(mig_json v) { sink += v.n; }

static void trim(void) { text(mig_trim(&x, T("  The Wire "), MIG_NULL_TEXT)); }
static void squeeze_clean(void) { text(mig_squeeze(&x, T("The Wire, season five"))); }
static void squeeze_dirty(void) { text(mig_squeeze(&x, T("  The   Wire,\tseason five "))); }
static void casefold_ascii(void) { text(mig_casefold(&x, T("The Wire, Season Five"))); }
static void casefold_greek(void) { text(mig_casefold(&x, T("Ο ΤΊΤΛΟΣ της σειράς"))); }
static void unaccent(void) { text(mig_unaccent(&x, T("Crème Brûlée"))); }
static void nfc_latin(void) { text(mig_nfc(&x, T("Crème Brûlée"))); }
static void nfc_greek(void) { text(mig_nfc(&x, T("Ο ΤΊΤΛΟΣ της σειράς"))); }
static void length_(void) { sink += (size_t)mig_length(&x, T("Ο ΤΊΤΛΟΣ της σειράς")).v; }
static void concat(void) { text(mig_concat_text(&x, T("The Wire"), T(", season five"))); }
static void replace(void) { text(mig_replace(&x, T("1,234,567.89"), T(","), T(""))); }
static void lpad(void) { text(mig_lpad(&x, T("42"), MIG_INT(8), T("0"))); }
static void narrow_text(void) { text(mig_narrow_text(&x, T("The Wire, season five"), 100, MIG_T_VARCHAR)); }
static void items(void) { list(mig_items(&x, T("crime, drama, Baltimore , crime"), T(","))); }
static void integer(void) { sink += (size_t)mig_integer_of_text(&x, T("123456")).v; }
static void numeric_read(void) { number(mig_numeric_of_text(&x, T("1234.50"))); }
static void numeric_add(void) { number(mig_add_numeric(&x, MIG_NUMERIC("1234.50"), MIG_NUMERIC("0.125"))); }
static void numeric_mul(void) { number(mig_mul_numeric(&x, MIG_NUMERIC("1234.50"), MIG_NUMERIC("1.19"))); }
static void numeric_div(void) { number(mig_div_numeric(&x, MIG_NUMERIC("1234.50"), MIG_NUMERIC("1.19"))); }
static void numeric_big(void) { number(mig_mul_numeric(&x, MIG_NUMERIC("123456789012345678901234567890.5"), MIG_NUMERIC("123456789012345678901"))); }
static void narrow_numeric(void) { number(mig_narrow_numeric(&x, MIG_NUMERIC("1234.5"), 10, 2)); }
static void double_read(void) { sink += mig_double_of_text(&x, T("1234.56")).v > 0; }
static void double_text(void) { text(mig_text_of_double(&x, MIG_FLOAT(1234.56))); }
static void date_iso(void) { sink += (size_t)mig_date_of_text(&x, T("2021-09-24")).v; }
static void date_format(void) { sink += (size_t)mig_date_of_format(&x, T("09/24/2021"), LIST(T("MM/DD/YYYY")), 1).v; }
static void date_second(void) {
    sink += (size_t)mig_date_of_format(&x, T("September 24, 2021"), LIST(T("MM/DD/YYYY"), T("Month DD, YYYY")), 2).v;
}
static void date_wrong(void) {
    sink += mig_date_of_format(&x, T("yesterday"), LIST(T("MM/DD/YYYY")), 1).is_null;
    mig_clear(&x);
}
static void to_char_(void) { text(mig_to_char_timestamp(&x, (mig_timestamp){INT64_C(700000000000000), false}, T("FMDD Mon YYYY"))); }
static void at_zone(void) {
    static int64_t stamp = INT64_C(700000000000000);
    stamp += INT64_C(86400000000) * 3 + 12345678;
    if (stamp > INT64_C(800000000000000))
        stamp -= INT64_C(100000000000000);
    sink += mig_at_zone_timestamp(&x, (mig_timestamp){stamp, false}, T("Europe/Berlin")).is_null;
    mig_clear(&x);
}
static void matches(void) { sink += mig_matches(&x, T("S01E02 Pilot"), T("^S\\d+E\\d+")).v; }
static void regex_replace(void) { text(mig_regex_replace(&x, T("Smith, John"), T("(\\w+), (\\w+)"), T("$2 $1"))); }
static void like_(void) { sink += mig_like(&x, T("The Wire, season five"), T("%season%"), MIG_NULL_TEXT).v; }
static void jsonb(void) { json(mig_jsonb_of_text(&x, T("{\"title\": \"The Wire\", \"genres\": [\"crime\", \"drama\"], \"year\": 2002}"))); }
static void json_get(void) {
    text(mig_json_get_text(&x, (mig_json){"{\"title\": \"The Wire\", \"year\": 2002}", 34}, LIST(T("year")), 1));
}
static void md5(void) { text(mig_md5_text(&x, T("The Wire, season five"))); }
static void uuid5(void) { sink += mig_uuid5(&x, (mig_uuid){{1}, false}, T("The Wire")).v[0]; }
static void random_uuid(void) { sink += mig_gen_random_uuid(&x).v[0]; }
static void key(void) {
    mig_key k;
    mig_key_begin(&k, &x);
    mig_key_text(&k, T("The Wire"));
    mig_key_int(&k, MIG_INT(5));
    sink += k.n;
}

static const struct { const char *name; void (*call)(void); } all[] = {
#define B(f) {#f, f},
    B(trim) B(squeeze_clean) B(squeeze_dirty) B(casefold_ascii) B(casefold_greek) B(unaccent) B(nfc_latin) B(nfc_greek) B(length_)
    B(concat) B(replace) B(lpad) B(narrow_text) B(items) B(integer) B(numeric_read) B(numeric_add) B(numeric_mul) B(numeric_div)
    B(numeric_big) B(narrow_numeric) B(double_read) B(double_text) B(date_iso) B(date_format) B(date_second) B(date_wrong)
    B(to_char_) B(at_zone) B(matches) B(regex_replace) B(like_) B(jsonb) B(json_get) B(md5) B(uuid5) B(random_uuid) B(key)
#undef B
};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char **argv) {
    rt_error error = {0};
    x = (mig_ctx){.arena = rt_arena_new(1 << 18), .error = &error};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        double best = 0;
        if (argc > 1 && strstr(all[i].name, argv[1]) == NULL)
            continue;
        for (int round = 0; round < ROUNDS; round++) {
            double start = now();
            for (int n = 0; n < CALLS; n++) {
                if (n % BATCH == 0)
                    rt_arena_reset(x.arena);
                all[i].call();
            }
            double took = (now() - start) / CALLS;
            best = round == 0 || took < best ? took : best;
        }
        printf("%-16s %8.1f ns\n", all[i].name, best);
        if (mig_failed(&x) || error.status != MIG_OK) {
            fprintf(stderr, "bench_functions: %s: %s\n", all[i].name, x.reason);
            return 1;
        }
    }
    rt_arena_free(x.arena);
    return 0;
}
