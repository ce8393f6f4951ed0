/* The face's small parts: command line, numbers, times, tables. */
#include "runtime/face/face.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads the line "program WORDS…"; standard error is caught in `said`. */
static mig_status read_line(face_options *o, const char *words, char *said, size_t cap) {
    static char line[512], program[] = "prog";
    char *argv[32] = {program};
    int argc = 1, pipes[2], saved = dup(STDERR_FILENO);
    snprintf(line, sizeof line, "%s", words);
    for (char *at = line; *at != '\0';) {
        argv[argc++] = at;
        at += strcspn(at, " ");
        if (*at == ' ')
            *at++ = '\0';
    }
    fflush(stderr);
    assert_int_equal(pipe(pipes), 0);
    dup2(pipes[1], STDERR_FILENO);
    mig_status st = face_options_read(o, argc, argv);
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(pipes[1]);
    ssize_t n = read(pipes[0], said, cap - 1);
    said[n > 0 ? n : 0] = '\0';
    close(pipes[0]);
    return st;
}

static void good_lines(void **state) {
    face_options o;
    char said[512];
    (void)state;
    assert_int_equal(read_line(&o, "run --source a=csv:x --source=b=y --target t=sqlite:z.db --phase p --sample 5 -q -y", said, sizeof said), MIG_OK);
    assert_int_equal(o.command, FACE_RUN);
    assert_int_equal(o.settings.n_sources, 2);
    assert_string_equal(o.settings.sources[0].name, "a");
    assert_string_equal(o.settings.sources[0].location, "csv:x");
    assert_string_equal(o.settings.sources[1].location, "y");
    assert_string_equal(o.settings.targets[0].location, "sqlite:z.db");
    assert_string_equal(o.settings.phase, "p");
    assert_int_equal(o.settings.sample, 5);
    assert_true(o.quiet && o.yes && !o.verbose);
    face_options_free(&o);
    assert_int_equal(read_line(&o, "run --reject-limit 2.5% --memory 64MiB --log json --progress off", said, sizeof said), MIG_OK);
    assert_true(o.settings.limit_share > 0.0249 && o.settings.limit_share < 0.0251);
    assert_int_equal(o.settings.limit_rows, -1);
    assert_int_equal(o.settings.memory, 64 << 20);
    assert_int_equal(o.log, FACE_LOG_JSON);
    assert_int_equal(o.progress, 0);
    face_options_free(&o);
    assert_int_equal(read_line(&o, "--reject-limit 100 run", said, sizeof said), MIG_OK);
    assert_int_equal(o.settings.limit_rows, 100);
    face_options_free(&o);
    assert_int_equal(read_line(&o, "--version", said, sizeof said), MIG_OK);
    assert_int_equal(o.command, FACE_VERSION);
    face_options_free(&o);
    assert_int_equal(read_line(&o, "run -h", said, sizeof said), MIG_OK);
    assert_int_equal(o.command, FACE_HELP);
    face_options_free(&o);
}

static void bad_lines(void **state) {
    static const struct { const char *line, *said; } cases[] = {
        {"", "error: no command\nhint: The commands are plan, run, status, check, version and help.\n"},
        {"rnu", "error: unknown command \"rnu\"\nhint: Did you mean \"run\"?\n"},
        {"verify", "error: unknown command \"verify\"\nhint: The commands are plan, run, status, check, version and help.\n"},
        {"run --sorce a=b", "error: unknown option \"--sorce\"\nhint: Did you mean \"--source\"?\n"},
        {"run --workers=4", "error: unknown option \"--workers\"\nhint: --help lists the options.\n"},
        {"run --source a", "error: no name and location in \"a\"\nhint: Write --source NAME=LOCATION with the name that the spec gives it.\n"},
        {"run --phase", "error: no value for \"--phase\"\nhint: Write --phase PHASE.\n"},
        {"run --yes=1", "error: takes no value: \"--yes\"\n"},
        {"run run", "error: more than one command: \"run\"\n"},
        {"status --yes", "error: option out of place: \"--yes\"\nhint: --yes has no meaning for status.\n"},
        {"run --sample 0", "error: not a number of rows: \"0\"\nhint: --sample takes a whole number from 1.\n"},
        {"run --sample -3", "error: not a number of rows: \"-3\"\nhint: --sample takes a whole number from 1.\n"},
        {"run --reject-limit 101%", "error: not a limit: \"101%\"\nhint: Write a number of rows (100) or a share (1%).\n"},
        {"run --reject-limit many", "error: not a limit: \"many\"\nhint: Write a number of rows (100) or a share (1%).\n"},
        {"run --memory 1MiB", "error: too little memory: \"1MiB\"\nhint: At least 16MiB are needed.\n"},
        {"run --memory 1TB", "error: not a size: \"1TB\"\nhint: Write a number with KiB, MiB or GiB, such as 256MiB.\n"},
        {"run --log xml", "error: unknown value \"xml\"\nhint: --log takes text or json.\n"},
        {"run --progress maybe", "error: unknown value \"maybe\"\nhint: --progress takes auto, on or off.\n"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        face_options o;
        char said[512];
        assert_int_equal(read_line(&o, cases[i].line, said, sizeof said), MIG_USAGE);
        assert_string_equal(said, cases[i].said);
        face_options_free(&o);
    }
}

static void numbers_and_times(void **state) {
    static const struct { int64_t v; const char *text; } numbers[] = {
        {0, "0"}, {999, "999"}, {1000, "1,000"}, {1234567, "1,234,567"}, {-1234, "-1,234"}, {-100, "-100"},
        {INT64_MIN, "-9,223,372,036,854,775,808"},
    };
    static const struct { double v; const char *text; } times[] = {
        {0, "0.00 s"}, {0.004, "0.00 s"}, {0.42, "0.4 s"}, {9.94, "9.9 s"}, {12.4, "12 s"}, {59.4, "59 s"}, {60, "1:00"}, {3723, "1:02:03"},
    };
    char out[40];
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        assert_string_equal(face_number(out, sizeof out, numbers[i].v), numbers[i].text);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        assert_string_equal(face_duration(out, sizeof out, times[i].v), times[i].text);
}

static void text_widths(void **state) {
    static const struct { const char *text; int width; } cases[] = {
        {"", 0}, {"abc", 3}, {"é", 1}, {"e\xcc\x81", 1}, {"日本", 4}, {"→", 1}, {"\xff", 1},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(face_text_width(cases[i].text, strlen(cases[i].text)), cases[i].width);
}

static char *printed(bool unicode, int width) {
    char *text = NULL;
    size_t n;
    face f = {.unicode = unicode, .out_width = width};
    FILE *out = open_memstream(&text, &n);
    face_table *t = face_table_new(2);
    face_table_head(t, 0, "name", false);
    face_table_head(t, 1, "rows", true);
    face_table_flexible(t, 0);
    face_table_cell(t, width > 0 ? "日本語の長い名前 and more" : "日本");
    face_table_number(t, 12345);
    face_table_rule(t);
    face_table_cell(t, "x");
    face_table_number(t, -1);
    face_table_print(t, &f, out);
    fclose(out);
    return text;
}

static void tables(void **state) {
    char *ascii = printed(false, 0), *boxes = printed(true, 0), *narrow = printed(true, 20);
    (void)state;
    /* too narrow for the blanks beside the bars too */
    assert_string_equal(narrow, "┌────────────┬──────┐\n│name        │  rows│\n├────────────┼──────┤\n│日本語の長… │12,345│\n"
                                "├────────────┼──────┤\n│x           │      │\n└────────────┴──────┘\n");
    free(narrow);
    assert_string_equal(ascii, "+------+--------+\n| name |   rows |\n+------+--------+\n| 日本 | 12,345 |\n+------+--------+\n"
                               "| x    |        |\n+------+--------+\n");
    assert_string_equal(boxes, "┌──────┬────────┐\n│ name │   rows │\n"
                               "├──────┼────────┤\n│ 日本 │ 12,345 │\n├──────┼────────┤\n"
                               "│ x    │        │\n└──────┴────────┘\n");
    free(ascii);
    free(boxes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_lines), cmocka_unit_test(bad_lines), cmocka_unit_test(numbers_and_times),
        cmocka_unit_test(text_widths), cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
