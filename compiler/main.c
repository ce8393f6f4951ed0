/*
 * main.c: the command line of migc: commands, options, exit codes. What the commands do is elsewhere: driver.c compiles,
 * syntax/fmt.c formats.
 */
#include "compiler/base/output.h"
#include "compiler/base/symtab.h"
#include "compiler/codegen/build.h"
#include "compiler/driver.h"
#include "compiler/sema/functions.h"
#include "compiler/syntax/fmt.h"
#include "compiler/tools/emit.h"
#include "compiler/tools/profile.h"
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct command {
    const char *name;
    const char *usage;                       /* after `migc` */
    const char *summary;                     /* one line */
    const char *help;                        /* the options and what else there is to say */
    int (*run)(int argc, char **argv);       /* argv[0] is the command's name; returns the exit code */
} command;

static int run_build(int argc, char **argv);
static int run_check(int argc, char **argv);
static int run_emit(int argc, char **argv);
static int run_explain(int argc, char **argv);
static int run_fmt(int argc, char **argv);
static int run_help(int argc, char **argv);
static int run_profile(int argc, char **argv);

static const command commands[] = {
    {"build", "build SPEC [-o PROGRAM] [--emit-c FILE] [-g] [--cc CC]", "compiles a spec into a migration program",
     "  -o PROGRAM       the program's file; without it the migration's name, in this folder\n"
     "  --emit-c FILE    keeps the C that was made of the spec; - is standard output\n"
     "  -g               for a debugger: places are those of the spec\n"
     "  --cc CC          the C compiler; else the environment variable CC, else cc\n"
     "  --stable         no version of migc in the C, so that it can be compared\n"
     "  --trace-emit     each line of the C says which line of migc wrote it\n"
     "\n"
     "SPEC may be - for standard input. Exit code: 0 done, 2 the spec has errors, 6 a file, the C compiler or a library failed.\n",
     run_build},
    {"check", "check [--format text|json] [--dump=LIST] [--snapshot] SPEC...", "says what is wrong with specs, and nothing else",
     "  --format json    one JSON object per spec on standard output, for tools\n"
     "  --dump=LIST      what the passes have made of the spec, on standard output; LIST is one or more of\n"
     "                   the names of passes, with commas: tokens, ast, sema, plan, c\n"
     "  --snapshot       writes the files of `table * snapshot` anew from the databases, and says what that changed\n"
     "\n"
     "SPEC may be - for standard input. Exit code: 0 no errors, 2 errors, 6 a file cannot be read.\n",
     run_check},
    {"emit", "emit sql|django|mirror SPEC [OPTIONS] [-o FILE]", "says the plan in SQL or Python",
     "  sql              the schema: what a run would execute to make tables, keys and indexes, in its order\n"
     "  django           models.py for Django 3.2, whose migrations make this schema\n"
     "  mirror           triggers of PostgreSQL by which writes to the old tables reach the new ones, and the other way round\n"
     "\n"
     "  --engine ENGINE  sql, django: sqlite or postgres; without it the engine of the spec's target\n"
     "  --app NAME       django: the label of the app; tables called NAME_x become models called X\n"
     "  --one-way        mirror: old to new only\n"
     "  --drop           mirror: the script that removes it\n"
     "  -o FILE          writes a file, wholly or not at all; without it standard output\n"
     "\n"
     "SPEC may be - for standard input. Exit code: 0 done, 1 wrong usage, 2 the spec has errors, 6 a file failed.\n",
     run_emit},
    {"explain", "explain SPEC", "tells the plan in words",
     "What is read and written, in which order and why, what is held in memory, what the ledger keeps.\n"
     "Exit code: 0 done, 2 the spec has errors, 6 the file cannot be read.\n",
     run_explain},
    {"fmt", "fmt [--check] SPEC...", "puts specs into canonical layout",
     "  --check    changes nothing; names the specs that are not in canonical layout\n"
     "\n"
     "Files are rewritten in place; - reads standard input and writes standard output. A spec with syntax errors is left\n"
     "as it is. Exit code: 0 done, 2 a spec has errors, 5 `--check` found a spec that would change, 6 a file failed.\n",
     run_fmt},
    {"help", "help [COMMAND]", "says how a command is used", "", run_help},
    {"profile", "profile LOCATION... [--format text|json]", "says what is in a source, and what is wrong with it",
     "A LOCATION is csv:DIR, sqlite:FILE, or a libpq URI or conninfo string; it is only read.\n"
     "\n"
     "  --format json       one JSON object on standard output, for tools\n"
     "  --delimiter C       CSV: what stands between fields; without it, found out file by file\n"
     "  --encoding E        CSV: utf8, latin1 or utf16; without it, found out file by file\n"
     "  --null TEXT         CSV: this text is null; may be given several times, '' is the empty text\n"
     "  --distinct N        how many different values of a column are counted; without it 100000, of keys 10000000\n"
     "  --memory SIZE       memory for counting, such as 256MiB (512MiB); past it a temporary file is used\n"
     "\n"
     "Exit code: 0 done, 1 wrong usage, 6 a database or a file failed (the others are told all the same).\n",
     run_profile},
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

/* ---- help ------------------------------------------------------------------------------------------------------- */

static void print_usage(FILE *out)
{
    fprintf(out, "migc compiles migration specs (.mig) into programs that move the data.\n\n");
    for (int i = 0; i < N_COMMANDS; i++)
        fprintf(out, "  migc %-54s %s\n", commands[i].usage, commands[i].summary);
    fprintf(out, "  migc %-54s\n  migc %-54s\n\n", "--list-functions", "--version | --help");
    fprintf(out, "Exit codes: 0 done, 1 wrong usage, 2 the spec has errors, 6 a file failed. More: migc help COMMAND\n");
}

static const command *find_command(const char *name)
{
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    nearest near = nearest_start(name);

    for (int i = 0; i < N_COMMANDS; i++)
        nearest_offer(&near, commands[i].name);
    fprintf(stderr, "migc: unknown command \"%s\"\n", name);
    if (near.best != NULL)
        fprintf(stderr, "Did you mean \"%s\"?\n", near.best);
    else
        fprintf(stderr, "`migc --help` lists the commands.\n");
    return EXIT_USAGE;
}

static void print_command(const command *c, FILE *out)
{
    fprintf(out, "usage: migc %s\n\n%c%s.\n", c->usage, c->summary[0] - 'a' + 'A', c->summary + 1);
    if (*c->help != '\0')
        fprintf(out, "\n%s", c->help);
}

static int run_help(int argc, char **argv)
{
    const command *c;

    if (argc < 2) {
        print_usage(stdout);
        return EXIT_DONE;
    }
    c = find_command(argv[1]);
    if (c == NULL)
        return unknown_command(argv[1]);
    print_command(c, stdout);
    return EXIT_DONE;
}

/* ---- options ---------------------------------------------------------------------------------------------------- */

/* One argument too few or too many: says so, and how the command is used. */
static int wrong_usage(const char *name, const char *what, const char *argument)
{
    fprintf(stderr, "migc %s: %s%s%s%s\nusage: migc %s\n", name, what, *argument != '\0' ? " \"" : "", argument,
            *argument != '\0' ? "\"" : "", find_command(name)->usage);
    return EXIT_USAGE;
}

static bool is_option(const char *argument)
{
    return argument[0] == '-' && argument[1] != '\0';
}

/*
 * The value of `--name VALUE` or `--name=VALUE` at argv[*i] (then *i moves to its last argument), or NULL if argv[*i] is
 * another option. A missing value is "".
 */
static const char *option_value(int argc, char **argv, int *i, const char *name)
{
    size_t n = strlen(name);

    if (strncmp(argv[*i], name, n) != 0 || (argv[*i][n] != '\0' && argv[*i][n] != '='))
        return NULL;
    if (argv[*i][n] == '=')
        return argv[*i] + n + 1;
    return *i + 1 < argc ? argv[++*i] : "";
}

/* ---- check ------------------------------------------------------------------------------------------------------ */

/* snapshots: those of `table * snapshot` are written anew. */
static int check_one(const char *path, const char *dumps, bool json, bool snapshots)
{
    compilation c;
    strbuf out = STRBUF_INIT, said = STRBUF_INIT;
    int code = EXIT_FILE;
    const char *wrong;

    driver_open(&c);
    if (dumps != NULL && !driver_knows_dumps(&c, dumps, &wrong)) {
        fprintf(stderr, "migc check: --dump knows %s; not \"%s\"\n", driver_dumps(&c), wrong);
        code = EXIT_USAGE;
    } else if (driver_read(&c, path)) {
        c.snapshots = snapshots ? &said : NULL;
        code = driver_run(&c, NULL, dumps, &out) ? EXIT_DONE : EXIT_SPEC;
        fputs(sb_text(&said), stderr);
        if (json)
            diag_json(c.d, &out);
        else
            diag_print(c.d, stderr);
        if (!sb_write(&out, stdout) || fflush(stdout) != 0) {
            fprintf(stderr, "migc: cannot write: %s\n", strerror(errno));
            code = EXIT_FILE;
        }
    }
    sb_free(&said);
    sb_free(&out);
    driver_close(&c);
    return code;
}

static int run_check(int argc, char **argv)
{
    const char *dumps = NULL, *value;
    bool json = false, only_files = false, snapshots = false;
    int worst = EXIT_DONE, n_specs = 0;

    for (int i = 1; i < argc; i++) {
        if (only_files || !is_option(argv[i])) {
            argv[n_specs++] = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if ((value = option_value(argc, argv, &i, "--format")) != NULL) {
            if (strcmp(value, "json") != 0 && strcmp(value, "text") != 0)
                return wrong_usage("check", "--format is text or json, not", value);
            json = strcmp(value, "json") == 0;
        } else if (strcmp(argv[i], "--snapshot") == 0) {
            snapshots = true;
        } else if ((value = option_value(argc, argv, &i, "--dump")) != NULL) {
            dumps = value;
        } else {
            return wrong_usage("check", "unknown option", argv[i]);
        }
    }
    if (n_specs == 0)
        return wrong_usage("check", "no spec is given", "");
    for (int i = 0; i < n_specs; i++) {
        int code = check_one(argv[i], dumps, json, snapshots);

        if (code == EXIT_USAGE)
            return code;
        worst = code > worst ? code : worst;
    }
    return worst;
}

/* ---- build ------------------------------------------------------------------------------------------------------ */

static int build_one(build_options *o)
{
    compilation c;
    strbuf out = STRBUF_INIT;
    int code = EXIT_FILE;

    driver_open(&c);
    if (driver_read(&c, o->spec)) {
        code = driver_run(&c, "plan", NULL, &out) ? EXIT_DONE : EXIT_SPEC;
        diag_print(c.d, stderr);
        if (code == EXIT_DONE && !build_program(c.mem, c.plan, o))
            code = EXIT_FILE;
    }
    sb_free(&out);
    driver_close(&c);
    return code;
}

static int run_build(int argc, char **argv)
{
    build_options o = {0};
    const char *value;
    bool only_files = false;

    for (int i = 1; i < argc; i++) {
        if (only_files || !is_option(argv[i])) {
            if (o.spec != NULL)
                return wrong_usage("build", "one spec at a time, not also", argv[i]);
            o.spec = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if ((value = option_value(argc, argv, &i, "-o")) != NULL) {
            o.output = value;
        } else if ((value = option_value(argc, argv, &i, "--emit-c")) != NULL) {
            o.emit_c = value;
        } else if ((value = option_value(argc, argv, &i, "--cc")) != NULL) {
            o.cc = value;
        } else if (strcmp(argv[i], "-g") == 0) {
            o.debug = true;
        } else if (strcmp(argv[i], "--stable") == 0) {
            o.stable = true;
        } else if (strcmp(argv[i], "--trace-emit") == 0) {
            o.trace = true;
        } else {
            return wrong_usage("build", "unknown option", argv[i]);
        }
    }
    if (o.spec == NULL)
        return wrong_usage("build", "no spec is given", "");
    if ((o.output != NULL && *o.output == '\0') || (o.emit_c != NULL && *o.emit_c == '\0') ||
        (o.cc != NULL && *o.cc == '\0'))
        return wrong_usage("build", "an option misses its value", "");
    return build_one(&o);
}

/* ---- explain ---------------------------------------------------------------------------------------------------- */

static int explain_one(const char *path)
{
    compilation c;
    strbuf out = STRBUF_INIT;
    int code = EXIT_FILE;

    driver_open(&c);
    if (driver_read(&c, path)) {
        code = driver_run(&c, "plan", NULL, &out) ? EXIT_DONE : EXIT_SPEC;
        diag_print(c.d, stderr);
        if (code == EXIT_DONE)
            plan_explain(c.plan, &out);
        if (!sb_write(&out, stdout) || fflush(stdout) != 0) {
            fprintf(stderr, "migc: cannot write: %s\n", strerror(errno));
            code = EXIT_FILE;
        }
    }
    sb_free(&out);
    driver_close(&c);
    return code;
}

static int run_explain(int argc, char **argv)
{
    if (argc >= 2 && is_option(argv[1]) && strcmp(argv[1], "--") != 0)
        return wrong_usage("explain", "unknown option", argv[1]);
    if (argc >= 2 && strcmp(argv[1], "--") == 0) {
        argc--;
        argv++;
    }
    if (argc != 2)
        return wrong_usage("explain", argc < 2 ? "no spec is given" : "one spec at a time, not also", argc < 2 ? "" : argv[2]);
    return explain_one(argv[1]);
}

/* ---- emit ------------------------------------------------------------------------------------------------------- */

typedef struct emit_options {
    const char *what, *spec, *output, *engine, *app;
    tool_mirror_options mirror;
} emit_options;

static const char *const emit_whats[] = {"sql", "django", "mirror"};

static bool is_app_label(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

    return n > 0 && name[n] == '\0' && (*name < '0' || *name > '9');
}

static bool emit_knows(const char *what)
{
    for (size_t i = 0; i < sizeof emit_whats / sizeof *emit_whats; i++)
        if (strcmp(emit_whats[i], what) == 0)
            return true;
    return false;
}

/* True when it was said; else there are errors about the spec. */
static bool emit_text(const emit_options *o, compilation *c, strbuf *out)
{
    mig_engine engine = c->plan->target->engine;

    if (o->engine != NULL)
        engine = strcmp(o->engine, "postgres") == 0 ? MIG_POSTGRES : MIG_SQLITE;
    if (strcmp(o->what, "sql") == 0)
        tool_sql(c->plan, engine, out);
    else if (strcmp(o->what, "django") == 0)
        tool_django(c->mem, c->d, c->plan, engine, o->app, out);
    else
        tool_mirror(c->mem, c->d, c->plan, o->mirror, out);
    return diag_errors(c->d) == 0;
}

static int emit_one(const emit_options *o)
{
    compilation c;
    strbuf out = STRBUF_INIT;
    int code = EXIT_FILE;

    driver_open(&c);
    if ((o->output == NULL || output_may_write(o->output, o->spec)) && driver_read(&c, o->spec)) {
        code = driver_run(&c, "plan", NULL, &out) && emit_text(o, &c, &out) ? EXIT_DONE : EXIT_SPEC;
        diag_print(c.d, stderr);
        if (code == EXIT_DONE &&
            !(o->output == NULL ? output_print(&out) : output_write(output_beside(c.mem, o->output), o->output, &out)))
            code = EXIT_FILE;
    }
    sb_free(&out);
    driver_close(&c);
    return code;
}

static int run_emit(int argc, char **argv)
{
    emit_options o = {0};
    const char *value;
    bool only_files = false;

    for (int i = 1; i < argc; i++) {
        if (only_files || !is_option(argv[i])) {
            if (o.spec != NULL)
                return wrong_usage("emit", "one spec at a time, not also", argv[i]);
            if (o.what != NULL)
                o.spec = argv[i];
            else
                o.what = argv[i];
        } else if (strcmp(argv[i], "--") == 0) {
            only_files = true;
        } else if ((value = option_value(argc, argv, &i, "-o")) != NULL) {
            o.output = value;
        } else if ((value = option_value(argc, argv, &i, "--engine")) != NULL) {
            o.engine = value;
        } else if ((value = option_value(argc, argv, &i, "--app")) != NULL) {
            o.app = value;
        } else if (strcmp(argv[i], "--one-way") == 0) {
            o.mirror.one_way = true;
        } else if (strcmp(argv[i], "--drop") == 0) {
            o.mirror.drop = true;
        } else {
            return wrong_usage("emit", "unknown option", argv[i]);
        }
    }
    if (o.what == NULL)
        return wrong_usage("emit", "what is to be said is not given: sql, django or mirror", "");
    if (!emit_knows(o.what))
        return wrong_usage("emit", "knows sql, django and mirror, not", o.what);
    if (o.spec == NULL)
        return wrong_usage("emit", "no spec is given", "");
    if (o.output != NULL && *o.output == '\0')
        return wrong_usage("emit", "an option misses its value", "");
    if (o.engine != NULL && strcmp(o.engine, "sqlite") != 0 && strcmp(o.engine, "postgres") != 0)
        return wrong_usage("emit", "--engine is sqlite or postgres, not", o.engine);
    if (o.engine != NULL && strcmp(o.what, "mirror") == 0)
        return wrong_usage("emit", "--engine goes with sql and django", "");
    if (o.app != NULL && strcmp(o.what, "django") != 0)
        return wrong_usage("emit", "--app goes with django", "");
    if (o.app != NULL && !is_app_label(o.app))
        return wrong_usage("emit", "--app is a name in Python, not", o.app);
    if ((o.mirror.drop || o.mirror.one_way) && strcmp(o.what, "mirror") != 0)
        return wrong_usage("emit", o.mirror.drop ? "--drop goes with mirror" : "--one-way goes with mirror", "");
    return emit_one(&o);
}

/* ---- profile ---------------------------------------------------------------------------------------------------- */

/* "256MiB"; 0: not a size, or less than can be worked with. */
static size_t read_size(const char *text)
{
    static const struct { const char *unit; int shift; } units[] = {{"", 0}, {"KiB", 10}, {"MiB", 20}, {"GiB", 30}};
    char *end;
    unsigned long long v = strtoull(text, &end, 10);

    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (*text >= '0' && *text <= '9' && strcmp(end, units[i].unit) == 0 && v >> (60 - units[i].shift) == 0 && v << units[i].shift >= 1 << 20)
            return (size_t)(v << units[i].shift);
    return 0;
}

/* Whether argv[*i] is an option of profile. `wrong`: what is wrong with its value. */
static bool profile_option(prof_options *o, const char **nulls, size_t *null_lens, int argc, char **argv, int *i, const char **wrong)
{
    const char *value;

    if ((value = option_value(argc, argv, i, "--format")) != NULL) {
        o->json = strcmp(value, "json") == 0;
        *wrong = o->json || strcmp(value, "text") == 0 ? NULL : "--format is text or json, not";
    } else if ((value = option_value(argc, argv, i, "--delimiter")) != NULL) {
        o->csv.delimiter = strcmp(value, "\\t") == 0 ? '\t' : *value;
        *wrong = (strlen(value) == 1 && *value > 0 && strchr("\"\r\n", *value) == NULL) ||
            o->csv.delimiter == '\t' ? NULL : "--delimiter is one ASCII character, not";
    } else if ((value = option_value(argc, argv, i, "--encoding")) != NULL) {
        o->csv.encoding = value;
        *wrong = strcmp(value, "utf8") == 0 || strcmp(value, "latin1") == 0 || strcmp(value,
            "utf16") == 0 ? NULL : "--encoding is utf8, latin1 or utf16, not";
    } else if ((value = option_value(argc, argv, i, "--null")) != NULL) {
        null_lens[o->csv.n_nulls] = strlen(value);
        nulls[o->csv.n_nulls++] = value;
    } else if ((value = option_value(argc, argv, i, "--distinct")) != NULL) {
        o->distinct = strtoll(value, NULL, 10);
        *wrong = strspn(value, "0123456789") == strlen(value) && o->distinct > 0 &&
            strlen(value) < 16 ? NULL : "--distinct is a number from 1 on, not";
    } else if ((value = option_value(argc, argv, i, "--memory")) != NULL) {
        o->memory = read_size(value);
        *wrong = o->memory > 0 ? NULL : "--memory is a size of at least 1MiB, such as 256MiB, not";
    } else {
        return false;
    }
    return true;
}

static int profile_arguments(prof_options *o, const char **locations, const char **nulls, size_t *null_lens, int argc, char **argv)
{
    bool only_places = false;

    o->locations = locations;
    o->csv.nulls = nulls;
    o->csv.null_lens = null_lens;
    for (int i = 1; i < argc; i++) {
        const char *wrong = NULL;

        if (only_places || !is_option(argv[i]))
            locations[o->n_locations++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_places = true;
        else if (!profile_option(o, nulls, null_lens, argc, argv, &i, &wrong))
            return wrong_usage("profile", "unknown option", argv[i]);
        if (wrong != NULL)
            return wrong_usage("profile", wrong, strchr(argv[i], '=') != NULL && argv[i][0] == '-' ? strchr(argv[i], '=') + 1 : argv[i]);
    }
    return o->n_locations > 0 ? profile_run(o) : wrong_usage("profile", "no location is given", "");
}

static int run_profile(int argc, char **argv)
{
    prof_options o = {.json = false};
    const char **texts = calloc((size_t)argc * 2, sizeof *texts);
    size_t *lens = calloc((size_t)argc, sizeof *lens);
    int code = EXIT_FILE;

    if (texts == NULL || lens == NULL)
        fprintf(stderr, "migc: out of memory\n");
    else
        code = profile_arguments(&o, texts, texts + argc, lens, argc, argv);
    free(texts);
    free(lens);
    return code;
}

/* ---- fmt -------------------------------------------------------------------------------------------------------- */

/* Puts the text in place of the file: wholly, or not at all. False with errno set. */
static bool replace_file(arena *a, const char *path, const strbuf *text)
{
    char *real = realpath(path, NULL); /* a link stays a link */
    const char *name = arena_printf(a, "%s.XXXXXX", real != NULL ? real : path);
    char *temporary = arena_strdup(a, name);
    struct stat st;
    int fd = mkstemp(temporary);
    FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;
    bool ok = out != NULL && stat(path, &st) == 0 && fchmod(fd, st.st_mode & 07777) == 0 && sb_write(text, out);
    int saved;

    if (out != NULL)
        ok = fclose(out) == 0 && ok;
    else if (fd >= 0)
        close(fd);
    ok = ok && rename(temporary, real != NULL ? real : path) == 0;
    saved = errno;
    if (!ok && fd >= 0)
        unlink(temporary);
    free(real);
    errno = saved;
    return ok;
}

static int format_one(const char *path, bool only_check)
{
    compilation c;
    strbuf text = STRBUF_INIT;
    int code = EXIT_FILE;

    driver_open(&c);
    if (driver_read(&c, path)) {
        bool is_stdin = strcmp(path, "-") == 0;
        bool ok = fmt_source(c.mem, c.d, c.file, &text);
        bool same = ok && text.length == c.file->length && memcmp(sb_text(&text), c.file->text, text.length) == 0;

        code = !ok ? EXIT_SPEC : EXIT_DONE;
        diag_print(c.d, stderr);
        if (ok && only_check && !same) {
            printf("%s\n", path);
            code = EXIT_CHECK;
        } else if (ok && !only_check && ((is_stdin && !sb_write(&text, stdout)) ||
                                         (!is_stdin && !same && !replace_file(c.mem, path, &text)))) {
            fprintf(stderr, "migc: cannot write %s: %s\n", is_stdin ? "standard output" : path, strerror(errno));
            code = EXIT_FILE;
        }
    }
    sb_free(&text);
    driver_close(&c);
    return code;
}

static int run_fmt(int argc, char **argv)
{
    bool only_check = false, only_files = false;
    int worst = EXIT_DONE, n_specs = 0;

    for (int i = 1; i < argc; i++) {
        if (only_files || !is_option(argv[i]))
            argv[n_specs++] = argv[i];
        else if (strcmp(argv[i], "--") == 0)
            only_files = true;
        else if (strcmp(argv[i], "--check") == 0)
            only_check = true;
        else
            return wrong_usage("fmt", "unknown option", argv[i]);
    }
    if (n_specs == 0)
        return wrong_usage("fmt", "no spec is given", "");
    for (int i = 0; i < n_specs; i++) {
        int code = format_one(argv[i], only_check);

        worst = code > worst ? code : worst;
    }
    return worst;
}

int main(int argc, char **argv)
{
    const command *c;

    if (argc < 2) {
        print_usage(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return run_help(1, argv);
    if (strcmp(argv[1], "--list-functions") == 0) {
        strbuf out = STRBUF_INIT;
        sema_fn_list(&out);
        bool written = sb_write(&out, stdout) && fflush(stdout) == 0;
        sb_free(&out);
        return written ? EXIT_DONE : EXIT_FILE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("migc %s\n", MIG_VERSION);
        return EXIT_DONE;
    }
    c = find_command(argv[1]);
    if (c == NULL)
        return unknown_command(argv[1]);
    for (int i = 2; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_command(c, stdout);
            return EXIT_DONE;
        }
    }
    return c->run(argc - 1, argv + 1);
}
