/*
 * Every function of runtime/functions.def: by the table functions.cases; with nulls; with hostile arguments; and, where a
 * server is at hand (MIGC_TEST_PG), beside PostgreSQL's own answers. `test_functions FUNCTION ARGUMENT…` calls one.
 */
#include "fn_call.h"

#include <libpq-fe.h>

typedef struct token { char *s; bool bare; } token; /* s NULL: null */

/* One line of the table. */
typedef struct fn_case {
    int line;
    fn_row *row;
    const char *args[FN_ARGS]; int n;
    bool own, any;             /* any: no result is stated */
    const char *expected;      /* NULL: null */
    const char *rule, *words;  /* failure wanted */
} fn_case;

static struct { fn_row *row; char *sql; } sqls[256];
static int n_sqls;
static char *table;            /* the file; tokens point into it */
static fn_case *cases;
static int n_cases;
static fn_world world;

/* ---- reading the table ------------------------------------------------------------------------------------------------ */

static size_t put_utf8(char *out, unsigned c) {
    return c < 0x80    ? (out[0] = (char)c, 1)
           : c < 0x800 ? (out[0] = (char)(0xc0 | c >> 6), out[1] = (char)(0x80 | (c & 63)), 2)
           : c < 0x10000
               ? (out[0] = (char)(0xe0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 63)), out[2] = (char)(0x80 | (c & 63)), 3)
               : (out[0] = (char)(0xf0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 63)), out[2] = (char)(0x80 | (c >> 6 & 63)),
                  out[3] = (char)(0x80 | (c & 63)), 4);
}

/* A quoted token, unescaped in place; *p stands behind it then. */
static char *quoted_token(char **p) {
    char quote = *(*p)++, *start = *p, *to = start;
    for (;; (*p)++) {
        if (**p == '\0')
            fail_msg("a quote is not closed: %s", start);
        if (**p == quote) {
            if (quote == '"' || (*p)[1] != quote)
                break;
            (*p)++;
        } else if (quote == '"' && **p == '\\') {
            (*p)++;
            if (**p == 'u') {
                to += put_utf8(to, (unsigned)strtoul(*p + 2, p, 16));
                continue; /* at the brace */
            }
            const char *from = "ntrbf", *means = "\n\t\r\b\f", *k = strchr(from, **p);
            *to++ = k != NULL ? means[k - from] : **p;
            continue;
        }
        *to++ = **p;
    }
    (*p)++;
    *to = '\0';
    return start;
}

/* The next token of the line; false: no more. */
static bool next_token(char **p, token *out) {
    while (**p == ' ')
        (*p)++;
    if (**p == '\0')
        return false;
    out->bare = **p != '\'' && **p != '"';
    if (!out->bare) {
        char *end;
        out->s = quoted_token(p);
        end = *p;
        if (*end != '\0' && *end != ' ' && *end != ';')
            fail_msg("a blank must stand behind '%s'", out->s);
        return true;
    }
    out->s = *p;
    *p += strcspn(*p, " ");
    if (**p != '\0')
        *(*p)++ = '\0';
    if (strcmp(out->s, "null") == 0)
        out->s = NULL;
    return true;
}

static bool is_bare(token t, const char *word) {
    return t.bare && t.s != NULL && strcmp(t.s, word) == 0;
}

static void add_case(fn_case c) {
    static int room;
    if (n_cases == room) {
        room = room == 0 ? 1024 : room * 2;
        cases = realloc(cases, (size_t)room * sizeof *cases);
        assert_non_null(cases);
    }
    cases[n_cases++] = c;
}

/* `* a b ; c d`: every combination. */
static void add_combinations(fn_case c, char *p) {
    const char *choices[4][128];
    int n[4] = {0}, at[4] = {0}, lists = 1;
    token t;
    while (next_token(&p, &t)) {
        if (is_bare(t, ";")) {
            lists++;
            continue;
        }
        choices[lists - 1][n[lists - 1]++] = t.s;
    }
    c.any = true;
    c.n = lists;
    for (;;) {
        for (int i = 0; i < lists; i++)
            c.args[i] = choices[i][at[i]];
        add_case(c);
        int i = 0;
        while (i < lists && ++at[i] == n[i])
            at[i++] = 0;
        if (i == lists)
            return;
    }
}

static void read_line(char *line, int number) {
    char *p = line;
    token t;
    size_t name_n = strcspn(line, " ");
    fn_case c = {.line = number};
    if (memcmp(line, "sql ", 4) == 0) {
        p = line + 4;
        name_n = strcspn(p, " ");
        sqls[n_sqls].row = fn_row_of(p, name_n);
        sqls[n_sqls++].sql = p + name_n + 1;
        return;
    }
    c.row = fn_row_of(line, name_n);
    if (c.row == NULL)
        fail_msg("functions.cases:%d: no function %.*s", number, (int)name_n, line);
    for (p += name_n; *p == ' '; p++)
        ;
    if (*p == '*' && p[1] == ' ') {
        add_combinations(c, p + 2);
        return;
    }
    while (next_token(&p, &t) && !is_bare(t, "=>"))
        c.args[c.n++] = t.s;
    size_t n = strlen(p);
    if (n > 6 && strcmp(p + n - 6, " (own)") == 0) {
        p[n - 6] = '\0';
        c.own = true;
    }
    if (*p == '!') {
        c.rule = p + 1;
        c.words = strchr(p, ' ') + 1;
        *strchr(p, ' ') = '\0';
    } else if (next_token(&p, &t)) {
        c.expected = t.s;
    } else {
        fail_msg("functions.cases:%d: a result must stand behind =>", number);
    }
    add_case(c);
}

static int open_table(void **state) {
    (void)state;
    const char *root = getenv("MIG_ROOT");
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/unit/functions.cases", root == NULL ? "." : root);
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        fail_msg("%s cannot be read", path);
    table = calloc(1, 1 << 20);
    assert_true(table != NULL && fread(table, 1, (1 << 20) - 1, f) < (1 << 20) - 1);
    fclose(f);
    fn_rows_ready();
    setenv("MIG_TEST_ENV", "fluß", 1);
    int number = 1;
    for (char *line = table, *end; *line != '\0'; line = end + 1, number++) {
        end = line + strcspn(line, "\n");
        assert_int_equal(*end, '\n');
        *end = '\0';
        if (*line != '\0' && *line != '#')
            read_line(line, number);
    }
    fn_world_open(&world);
    return 0;
}

static int close_table(void **state) {
    (void)state;
    fn_world_close(&world);
    free(cases);
    free(table);
    return 0;
}

/* ---- calling --------------------------------------------------------------------------------------------------------------- */

static const char *const rule_codes[] = {
    "",
#define MIG_RULE(id, code, words) code,
#include "runtime/rules.def"
#undef MIG_RULE
};

/* Calls the function of the case in a fresh row. */
static mig_text call(const fn_case *c) {
    fn_world_reset(&world);
    return c->row->call(&world.x, c->row->fn, c->args, c->n);
}

static void describe(const fn_case *c, char *out, size_t cap) {
    size_t n = (size_t)snprintf(out, cap, "functions.cases:%d: %s", c->line, c->row->cname);
    for (int i = 0; i < c->n && n < cap; i++)
        n += (size_t)snprintf(out + n, cap - n, c->args[i] == NULL ? " null" : " '%.200s'", c->args[i]);
}

static bool equal(mig_text v, const char *expected) {
    return v.p == NULL || expected == NULL ? v.p == NULL && expected == NULL
                                           : v.n == strlen(expected) && memcmp(v.p, expected, v.n) == 0;
}

static int wrong; /* cases of the running test that do not hold */

static void complain(const fn_case *c, const char *what, mig_text got, const char *wanted) {
    char place[1200];
    describe(c, place, sizeof place);
    print_error("%s\n    %s: %s%.*s%s%.500s\n", place, what, world.x.failed != MIG_RULE_NONE ? world.x.reason : "",
                got.p == NULL ? 4 : (int)(got.n > 300 ? 300 : got.n), got.p == NULL ? "null" : got.p, wanted == NULL ? "" : "\n    wanted: ",
                wanted == NULL ? "" : wanted);
    wrong++;
}

static void test_cases(void **state) {
    (void)state;
    wrong = 0;
    for (int i = 0; i < n_cases; i++) {
        fn_case *c = &cases[i];
        mig_text got = call(c);
        mig_rule failed = world.x.failed;
        for (int k = 0; k < FN_ROWS; k++)
            fn_rows[k].used += fn_rows[k].fn == c->row->fn;
        if (failed != MIG_RULE_NONE && world.x.fatal != MIG_OK)
            complain(c, "fatal", got, NULL);
        else if (failed != MIG_RULE_NONE && !c->row->can_fail)
            complain(c, "a function that cannot fail did", got, NULL);
        else if (failed != MIG_RULE_NONE && got.p != NULL)
            complain(c, "a failed function gave a value", got, NULL);
        else if (!c->any && c->rule != NULL && (strcmp(rule_codes[failed], c->rule) != 0 || strstr(world.x.reason, c->words) == NULL))
            complain(c, "got", got, c->words);
        else if (!c->any && c->rule == NULL && (failed != MIG_RULE_NONE || !equal(got, c->expected)))
            complain(c, "got", got, c->expected == NULL ? "null" : c->expected);
    }
    assert_int_equal(wrong, 0);
}

/* Rows without a fixed answer have a test of their own below. */
static void test_every_row_has_a_case(void **state) {
    (void)state;
    for (int i = 0; i < FN_ROWS; i++)
        if (fn_rows[i].used == 0 && strcmp(fn_rows[i].id, "GEN_RANDOM_UUID") != 0)
            fail_msg("no case for %s (row %s)", fn_rows[i].cname, fn_rows[i].id);
}

static void test_random_uuid(void **state) {
    (void)state;
    mig_uuid seen[200];
    for (int i = 0; i < 200; i++) {
        seen[i] = mig_gen_random_uuid(&world.x);
        assert_int_equal(seen[i].v[6] >> 4, 4);
        assert_int_equal(seen[i].v[8] >> 6, 2);
        for (int k = 0; k < i; k++)
            assert_memory_not_equal(seen[i].v, seen[k].v, 16);
    }
}

/* A null in any argument of a strict function gives null and no failure. */
static void test_nulls(void **state) {
    (void)state;
    wrong = 0;
    for (int i = 0; i < n_cases; i++) {
        fn_case c = cases[i];
        if (!c.row->strict || c.any || c.rule != NULL)
            continue;
        for (int k = 0; k < c.n; k++) {
            const char *kept = c.args[k];
            c.args[k] = NULL;
            mig_text got = call(&c);
            if (got.p != NULL || world.x.failed != MIG_RULE_NONE)
                complain(&c, "a null argument gave", got, "null");
            c.args[k] = kept;
        }
    }
    assert_int_equal(wrong, 0);
}

/* ---- hostile arguments -------------------------------------------------------------------------------------------------------- */

static char *filled(size_t n, const char *with) {
    char *s = malloc(n + 1);
    assert_non_null(s);
    size_t step = strlen(with);
    n -= n % step;
    for (size_t i = 0; i < n; i += step)
        memcpy(s + i, with, step);
    s[n] = '\0';
    return s;
}

/* Every function with enormous and odd values in each place of its first case: it may fail, it must not crash or hang. */
static void test_hostile(void **state) {
    (void)state;
    char *odd[] = {filled(1000000, "a"),  filled(1000000, "ż"), filled(1000000, " "),    filled(1000000, "9"),   filled(1000000, "["),
                   filled(1000000, "a,"), filled(300000, "%"), filled(300000, "\"\\"), filled(1000000, "{\"a\":"), filled(100000, "(")};
    static const char *const small[] = {"", "-9223372036854775808", "9223372036854775807", "1e131071", "-1e-16383", "0", "9999-12-31",
                                        "0001-01-01", "0001-01-01 00:00:00+15", "'; drop table x; --", "%s%n", "\\", "{", "\"",
                                        "\xe2\x80\xae", "2147483648"};
    enum { ODD = sizeof odd / sizeof *odd, SMALL = sizeof small / sizeof *small };
    wrong = 0;
    for (int i = 0; i < FN_ROWS; i++) {
        fn_case *first = NULL;
        for (int k = 0; k < n_cases && first == NULL; k++)
            if (cases[k].row->fn == fn_rows[i].fn && cases[k].rule == NULL)
                first = &cases[k];
        for (int k = 0; first != NULL && k < first->n; k++) {
            for (int v = 0; v < ODD + SMALL; v++) {
                fn_case c = *first;
                c.args[k] = v < ODD ? odd[v] : small[v - ODD];
                mig_text got = call(&c);
                if (world.x.fatal != MIG_OK && world.x.fatal != MIG_NOMEM)
                    complain(&c, "fatal", got, NULL);
            }
        }
    }
    for (int i = 0; i < ODD; i++)
        free(odd[i]);
    assert_int_equal(wrong, 0);
}

/* ---- beside PostgreSQL ---------------------------------------------------------------------------------------------------------- */

static const char *sql_of(const fn_row *row) {
    for (int i = 0; i < n_sqls; i++)
        if (sqls[i].row->fn == row->fn)
            return sqls[i].sql;
    return NULL;
}

/* How many parameters the expression names. */
static int params_of(const char *sql) {
    int most = 0;
    for (const char *p = sql; (p = strchr(p, '$')) != NULL; p++)
        if (p[1] - '0' > most && p[1] >= '1' && p[1] <= '9')
            most = p[1] - '0';
    return most;
}

static PGconn *connect_quietly(const char *conninfo) {
    PGconn *pg = PQconnectdb(conninfo);
    if (PQstatus(pg) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(pg));
    PQclear(PQexec(pg, "set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set client_min_messages = error; "
                       "set bytea_output = 'hex'; set client_encoding = 'UTF8'"));
    return pg;
}

static void test_beside_postgres(void **state) {
    (void)state;
    const char *conninfo = getenv("MIGC_TEST_PG");
    if (conninfo == NULL)
        skip();
    PGconn *pg = connect_quietly(conninfo);
    int compared = 0;
    wrong = 0;
    for (int i = 0; i < n_cases; i++) {
        fn_case *c = &cases[i];
        const char *sql = sql_of(c->row);
        char query[512];
        if (sql == NULL || c->own)
            continue;
        snprintf(query, sizeof query, "select (%s)::text", sql);
        Oid types[FN_ARGS];
        for (int k = 0; k < FN_ARGS; k++)
            types[k] = 25; /* text */
        const char *args[FN_ARGS] = {NULL};
        memcpy(args, c->args, (size_t)c->n * sizeof *args);
        PGresult *r = PQexecParams(pg, query, params_of(sql), types, args, NULL, NULL, 0);
        mig_text got = call(c);
        bool failed = world.x.failed != MIG_RULE_NONE;
        compared++;
        if (PQresultStatus(r) != PGRES_TUPLES_OK) {
            if (!failed)
                complain(c, "got", got, PQresultErrorMessage(r));
        } else {
            const char *theirs = PQgetisnull(r, 0, 0) ? NULL : PQgetvalue(r, 0, 0);
            if (failed || !equal(got, theirs))
                complain(c, "got", got, theirs == NULL ? "null" : theirs);
        }
        PQclear(r);
    }
    PQfinish(pg);
    print_message("# %d calls compared with PostgreSQL\n", compared);
    assert_int_equal(wrong, 0);
}

/* ---- one call from the command line ------------------------------------------------------------------------------------------------ */

static int call_one(int argc, char **argv) {
    fn_rows_ready();
    fn_world_open(&world);
    fn_case c = {.row = fn_row_of(argv[1], strlen(argv[1]))};
    if (c.row == NULL) {
        fprintf(stderr, "no function %s\n", argv[1]);
        return 1;
    }
    for (int i = 2; i < argc && c.n < FN_ARGS; i++)
        c.args[c.n++] = strcmp(argv[i], "null") == 0 ? NULL : argv[i];
    mig_text got = call(&c);
    if (world.x.failed != MIG_RULE_NONE)
        printf("!%s %s\n", rule_codes[world.x.failed], world.x.reason);
    else
        printf("%.*s\n", got.p == NULL ? 4 : (int)got.n, got.p == NULL ? "null" : got.p);
    fn_world_close(&world);
    return 0;
}

int main(int argc, char **argv) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),   cmocka_unit_test(test_every_row_has_a_case), cmocka_unit_test(test_random_uuid),
        cmocka_unit_test(test_nulls),   cmocka_unit_test(test_hostile),              cmocka_unit_test(test_beside_postgres),
    };
    return argc > 1 ? call_one(argc, argv) : cmocka_run_group_tests(tests, open_table, close_table);
}
