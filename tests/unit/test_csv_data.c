/*
 * Other people's test data, from ../shared/data beside the project: csv-spectrum, the core parser cases of PapaParse, the
 * naughty strings, the Netflix titles. Where the folder is absent the tests are skipped and say so.
 */
#include "tests/unit/csv_fixture.h"

#include <sqlite3.h>

static fx f;
static sqlite3 *db;

/* Path of a file of the data folder; skips the test when it is not there. */
static const char *data(const char *name) {
    static char path[1024];
    const char *root = getenv("MIG_ROOT");
    snprintf(path, sizeof path, "%s/../shared/data/%s", root != NULL ? root : ".", name);
    if (access(path, R_OK) != 0) {
        print_message("SKIP: %s is not there\n", path);
        skip();
    }
    return path;
}

static char *whole_file(const char *path, size_t *n) {
    FILE *in = fopen(path, "rb");
    assert_non_null(in);
    fseek(in, 0, SEEK_END);
    *n = (size_t)ftell(in);
    rewind(in);
    char *p = malloc(*n + 1);
    assert_int_equal(fread(p, 1, *n, in), *n);
    p[*n] = '\0';
    fclose(in);
    return p;
}

/* A query over a JSON text, which is parameter 1. SQLite reads the JSON, so the test needs no parser of its own. */
static sqlite3_stmt *json_query(const char *sql, const char *json, size_t n) {
    sqlite3_stmt *q;
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &q, NULL), SQLITE_OK);
    sqlite3_bind_text(q, 1, json, (int)n, SQLITE_TRANSIENT);
    return q;
}

static int begin(void **state) {
    (void)state;
    return sqlite3_open(":memory:", &db);
}

static int end(void **state) {
    (void)state;
    sqlite3_close(db);
    if (f.dir[0] != '\0')
        fx_end(&f);
    f.dir[0] = '\0';
    return 0;
}

/* ---- csv-spectrum: each file gives exactly its JSON ---- */

/* The *_crlf.csv files lie there with LF alone, while newlines_crlf.json says CR LF: what their names promise is made again. */
static char *with_crlf(char *csv, size_t *n) {
    rt_buf b = {0};
    for (size_t i = 0; i < *n; i++)
        rt_buf_add(&b, csv[i] == '\n' ? "\r\n" : csv + i, csv[i] == '\n' ? 2 : 1);
    free(csv);
    *n = b.n;
    return b.p;
}

static void spectrum_case(const char *name) {
    char path[200];
    size_t n;
    snprintf(path, sizeof path, "csv-spectrum/json/%s.json", name);
    char *json = whole_file(data(path), &n);
    snprintf(path, sizeof path, "csv-spectrum/csvs/%s.csv", name);
    rt_buf columns = {0}, want = {0};
    /* location_coordinates.json is one object, and has another phone number than its CSV: all else is compared */
    sqlite3_stmt *q = json_query("select r.key, c.key, replace(c.value, '1234567890', '2095257564')"
                                 " from json_each(iif(json_type(?1) = 'object', json_array(json(?1)), ?1)) r, json_each(r.value) c"
                                 " order by r.key, c.id", json, n);
    int row = -1;
    while (sqlite3_step(q) == SQLITE_ROW) {
        if (sqlite3_column_int(q, 0) == 0)
            rt_buf_printf(&columns, "%s%s", columns.n > 0 ? "," : "", (const char *)sqlite3_column_text(q, 1));
        if (row >= 0)
            rt_buf_printf(&want, "%s", sqlite3_column_int(q, 0) != row ? "\n" : "|");
        row = sqlite3_column_int(q, 0);
        fx_show(&want, (const char *)sqlite3_column_text(q, 2), (size_t)sqlite3_column_bytes(q, 2));
    }
    rt_buf_printf(&want, "\n");
    sqlite3_finalize(q);
    fx_begin(&f, columns.p);
    f.places = false;
    size_t k;
    char *csv = whole_file(data(path), &k);
    if (strstr(name, "_crlf") != NULL && memchr(csv, '\r', k) == NULL)
        csv = with_crlf(csv, &k);
    fx_expect_n(&f, csv, k, want.p);
    fx_end(&f);
    f.dir[0] = '\0';
    free(csv);
    free(json);
    rt_buf_free(&columns);
    rt_buf_free(&want);
}

static void csv_spectrum(void **state) {
    static const char *const names[] = {"comma_in_quotes", "empty", "empty_crlf", "escaped_quotes", "json", "location_coordinates",
                                        "newlines", "newlines_crlf", "quotes_and_newlines", "simple", "simple_crlf", "utf8"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        spectrum_case(names[i]);
}

/* ---- PapaParse: CORE_PARSER_TESTS ---- */

/* Cases that are not expected to give PapaParse's rows: why, and what they give here (NULL: the option does not exist here). */
static const struct { const char *title, *why, *here; } others[] = {
    {"Quoted field has no closing quote", "a broken quote is a fault, not a guess", "!quote {a,\"b,c}\nd|e|f\n"},
    {"Quoted field has invalid trailing quote after delimiter with a valid closer", "a broken quote is a fault, not a guess",
     "!quote {\"a,\"b,c\"}\nd|e|f\n"},
    {"Quoted field has invalid trailing quote after delimiter", "a broken quote is a fault, not a guess", "!quote {a,\"b,\"c}\nd|e|f\n"},
    {"Quoted field has invalid trailing quote before delimiter", "a broken quote is a fault, not a guess", "!quote {a,\"b\"c,d}\ne|f|g\n"},
    {"Quoted field has invalid trailing quote after new line", "a broken quote is a fault, not a guess",
     "!quote {a,\"b,c}\nd\"e|f|g\n"},
    {"Input with only a commented line and blank line after", "behind the last line end there is no line", ""},
    {"One column input with empty fields", "behind the last line end there is no line", "a\nb\n\n\nc\nd\ne\n"},
    {"Fast mode with preview", "preview is no option here", NULL},
    {"Fast mode with blank line at end", "behind the last line end there is no line", "a|b|c\n"},
    {"Simple duplicated header names", "two columns of one name are refused, not renamed", NULL},
    {"Duplicated header names existing column", "two columns of one name are refused, not renamed", NULL},
    {"Duplicate header names with __proto__ field", "two columns of one name are refused, not renamed", NULL},
};

typedef struct memory { const char *p; size_t n, at; } memory;

static mig_status pull_memory(void *from, char *p, size_t cap, size_t *got, rt_error *e) {
    memory *m = from;
    (void)e;
    *got = m->n - m->at < cap ? m->n - m->at : cap;
    memcpy(p, m->p + m->at, *got);
    m->at += *got;
    return MIG_OK;
}

/* The records of a text with any number of fields each: "a|b\n" or "!quote {raw}\n". */
static char *split(const mig_csv_options *o, const char *text, size_t n, int columns, size_t block) {
    memory m = {text, n, 0};
    rt_error e = {0};
    rt_buf b = {0};
    const rt_csv_record *r;
    rt_csv *c = rt_csv_new(o, &(rt_csv_tuning){.block = block});
    rt_csv_start(c, pull_memory, &m);
    assert_int_equal(rt_csv_columns(c, columns, &e), MIG_OK);
    rt_buf_add(&b, "", 0);
    while (rt_csv_next(c, &r, &e) == MIG_OK && r != NULL) {
        for (int64_t i = 0; i < r->n_fields && r->fault == MIG_RULE_NONE; i++) {
            char *field = malloc(r->raw_n + 1);
            fx_show(&b, field, rt_csv_unescape(c, &r->fields[i], field));
            rt_buf_add(&b, i + 1 < r->n_fields ? "|" : "", i + 1 < r->n_fields);
            free(field);
        }
        if (r->fault != MIG_RULE_NONE) {
            rt_buf_printf(&b, "!%s {", rule_code(r->fault));
            fx_show(&b, r->raw, r->raw_n);
            rt_buf_add(&b, "}", 1);
        }
        rt_buf_add(&b, "\n", 1);
    }
    rt_csv_free(c);
    return b.p;
}

static void papa_case(const char *title, const char *input, size_t n, const char *comment, const char *want, const char *json) {
    mig_csv_options o = {.delimiter = ',', .quote = '"', .escape = '"', .comment = comment};
    sqlite3_stmt *q = json_query("select max(json_array_length(value)) from json_each(?1)", json, strlen(json));
    assert_int_equal(sqlite3_step(q), SQLITE_ROW);
    int columns = sqlite3_column_int(q, 0) == 1; /* a table of one column has records in empty lines */
    sqlite3_finalize(q);
    for (size_t block = 0; block < 20; block++) {
        char *got = split(&o, input, n, columns, block);
        if (strcmp(got, want) != 0)
            print_message("%s, block %zu\n", title, block);
        fx_expect_text(got, want);
    }
}

static void papaparse_core(void **state) {
    size_t n, applied = 0, seen = 0, k_others = sizeof others / sizeof *others;
    (void)state;
    char *json = whole_file(data("papaparse/tests.json"), &n);
    sqlite3_stmt *q = json_query("select c.value ->> 'description', c.value ->> 'input', c.value ->> '$.config.comments',"
                                 " json_type(c.value, '$.config.comments'), c.value -> '$.expected.data'"
                                 " from json_each(?1, '$.CORE_PARSER_TESTS') c", json, n);
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *title = (const char *)sqlite3_column_text(q, 0), *type = (const char *)sqlite3_column_text(q, 3);
        const char *rows = (const char *)sqlite3_column_text(q, 4), *comment = NULL;
        if (type != NULL && strcmp(type, "integer") != 0) /* a number is no comment */
            comment = strcmp(type, "true") == 0 ? "#" : (const char *)sqlite3_column_text(q, 2);
        rt_buf want = {0};
        rt_buf_add(&want, "", 0);
        sqlite3_stmt *cells = json_query("select r.key, c.key, c.value from json_each(?1) r, json_each(r.value) c order by r.key, c.key",
                                         rows, strlen(rows));
        while (sqlite3_step(cells) == SQLITE_ROW) {
            if (sqlite3_column_int(cells, 0) + sqlite3_column_int(cells, 1) > 0) /* not the very first */
                rt_buf_printf(&want, "%s", sqlite3_column_int(cells, 1) == 0 ? "\n" : "|");
            fx_show(&want, (const char *)sqlite3_column_text(cells, 2), (size_t)sqlite3_column_bytes(cells, 2));
        }
        if (strcmp(rows, "[]") != 0)
            rt_buf_printf(&want, "\n");
        sqlite3_finalize(cells);
        size_t k = 0;
        while (k < k_others && strcmp(others[k].title, title) != 0)
            k++;
        const char *here = k < k_others ? others[k].here : want.p;
        if (k < k_others)
            print_message("does not apply: %s: %s\n", title, others[k].why);
        if (here != NULL)
            papa_case(title, (const char *)sqlite3_column_text(q, 1), (size_t)sqlite3_column_bytes(q, 1), comment, here, rows);
        seen += k < k_others;
        applied += k == k_others;
        rt_buf_free(&want);
    }
    sqlite3_finalize(q);
    free(json);
    assert_int_equal(seen, k_others);
    print_message("%zu cases give PapaParse's rows, %zu do not apply\n", applied, seen);
    assert_int_equal(applied, 50);
}

/* ---- naughty strings: each survives byte for byte ---- */

static void naughty_strings(void **state) {
    const rt_source_ops *ops = &rt_source_csv;
    rt_source *s;
    rt_reader *r;
    rt_error e = {0};
    const mig_record *rec;
    size_t n;
    int rows = 0;
    (void)state;
    char *json = whole_file(data("naughty-strings/blns.json"), &n);
    fx_begin(&f, "quoted,plain");
    FILE *out = fopen(fx_path(&f, "shows.csv"), "wb");
    fputs("quoted,plain\n", out);
    sqlite3_stmt *q = json_query("select value from json_each(?1) order by key", json, n);
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *p = (const char *)sqlite3_column_text(q, 0);
        size_t k = (size_t)sqlite3_column_bytes(q, 0);
        fputc('"', out);
        for (size_t i = 0; i < k; i++)
            fprintf(out, p[i] == '"' ? "\"%c" : "%c", p[i]);
        fputs("\",", out);
        if (memchr(p, ',', k) == NULL && memchr(p, '\n', k) == NULL && memchr(p, '\r', k) == NULL && p[0] != '"')
            fwrite(p, 1, k, out);
        fputs("\r\n", out);
    }
    fclose(out);
    sqlite3_reset(q);
    assert_int_equal(ops->open(&f.def, f.dir, &s, &e), MIG_OK);
    assert_int_equal(ops->read(s, &f.t, &r, &e), MIG_OK);
    while (sqlite3_step(q) == SQLITE_ROW) {
        assert_int_equal(ops->next(r, &rec, &e), MIG_OK);
        assert_non_null(rec);
        assert_int_equal(rec->fault, MIG_RULE_NONE);
        assert_int_equal(rec->cells[0].n, sqlite3_column_bytes(q, 0));
        assert_memory_equal(rec->cells[0].p, sqlite3_column_text(q, 0), rec->cells[0].n);
        if (rec->cells[1].n > 0) {
            assert_int_equal(rec->cells[1].n, rec->cells[0].n);
            assert_memory_equal(rec->cells[1].p, rec->cells[0].p, rec->cells[0].n);
        }
        rows++;
    }
    sqlite3_finalize(q);
    assert_int_equal(rows, 515);
    ops->stop(r);
    ops->close(s);
    free(json);
}

/* ---- the Netflix titles, compressed as they come ---- */

static void netflix_titles(void **state) {
    size_t n, lines = 0;
    (void)state;
    char *gz = whole_file(data("netflix-titles/netflix_titles.csv.gz"), &n);
    fx_begin(&f, "show_id,type,title,director,cast,country,date_added,release_year,rating,duration,listed_in,description");
    f.places = false;
    f.t.pattern = "*.gz";
    fx_file(&f, "t.csv.gz", gz, n);
    char *got = fx_read(&f);
    assert_null(strstr(got, "\n!"));
    assert_memory_equal(got, "s1|Movie|Dick Johnson Is Dead|Kirsten Johnson||United States|September 25, 2021|2020|PG-13|90 min|"
                             "Documentaries|As her father nears the end of his life, ", 140);
    for (const char *p = got; *p != '\0'; p++)
        lines += *p == '\n';
    assert_int_equal(lines, 8807);
    free(got);
    free(gz);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(csv_spectrum, begin, end),
        cmocka_unit_test_setup_teardown(papaparse_core, begin, end),
        cmocka_unit_test_setup_teardown(naughty_strings, begin, end),
        cmocka_unit_test_setup_teardown(netflix_titles, begin, end),
    };
    return cmocka_run_group_tests_name("csv data", tests, NULL, NULL);
}
