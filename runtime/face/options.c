/*
 * options.c: the command line. Every mistake gets a message that says what is allowed.
 */
#include "runtime/face/face.h"
#include "runtime/engine/locate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { ANY = 0x3f, PLAN = 1 << FACE_PLAN, RUN = 1 << FACE_RUN, STATUS = 1 << FACE_STATUS, CHECK = 1 << FACE_CHECK };

typedef enum option_id {
    O_SOURCE, O_TARGET, O_PHASE, O_SAMPLE, O_REJECT_LIMIT, O_REJECTS, O_LOG, O_PROGRESS, O_MEMORY, O_YES, O_QUIET, O_VERBOSE,
    O_NO_COLOR, O_HELP, O_VERSION, O_MIGRATION_LOG, O_ALLOW_RUN
} option_id;

static const struct option_row {
    const char *name, *brief;
    const char *value;              /* what it wants, or NULL */
    option_id id;
    unsigned commands;
    const char *help;
} options[] = {
    {"--source", NULL, "NAME=LOCATION", O_SOURCE, ANY, "where a source is: csv:DIR, sqlite:FILE, or a postgres:// URI or conninfo"},
    {"--target", NULL, "NAME=LOCATION", O_TARGET, ANY, "where the target is: sqlite:FILE, postgres://…, postgres:CONNINFO"},
    {"--phase", NULL, "PHASE", O_PHASE, PLAN | RUN, "only this phase; those it comes after must be done"},
    {"--sample", NULL, "N", O_SAMPLE, PLAN | RUN | STATUS | CHECK,
     "only the first N rows of every flow (lists of aliases whole), for a trial in a target of its own"},
    {"--reject-limit", NULL, "N|P%", O_REJECT_LIMIT, RUN, "rejects that a phase may have, in rows or percent of the rows read"},
    {"--rejects", NULL, "DIR", O_REJECTS, RUN, "folder for the CSV files of rejects (else MIGRATION-rejects)"},
    {"--migration-log", NULL, "FILE|off", O_MIGRATION_LOG, PLAN | RUN,
     "Markdown that every phase is recorded in (else MIGRATION_LOG.md); off: none"},
    {"--log", NULL, "text|json", O_LOG, ANY, "json: one object a line on standard output"},
    {"--progress", NULL, "auto|on|off", O_PROGRESS, RUN, "the live line (auto: where standard error is a terminal)"},
    {"--memory", NULL, "SIZE", O_MEMORY, RUN | CHECK, "limit for what is held in memory, e.g. 256MiB, 2GiB (else 512MiB)"},
    {"--allow-run", NULL, NULL, O_ALLOW_RUN, PLAN | RUN, "lets `run` steps of the spec start their programs"},
    {"--yes", "-y", NULL, O_YES, RUN, "asks no questions"},
    {"--quiet", "-q", NULL, O_QUIET, ANY, "only errors and warnings"},
    {"--verbose", "-v", NULL, O_VERBOSE, ANY, "every step"},
    {"--no-color", NULL, NULL, O_NO_COLOR, ANY, "no colours (also: NO_COLOR in the environment)"},
    {"--help", "-h", NULL, O_HELP, ANY, "this text"},
    {"--version", NULL, NULL, O_VERSION, ANY, "what made this program"},
};
enum { N_OPTIONS = sizeof options / sizeof options[0] };

static const char *const commands[] = {"plan", "run", "status", "check", "version", "help"}; /* by face_command */
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

void face_usage(const face_options *o, const mig_spec *spec, FILE *f) {
    fprintf(f, "migration %s, made from %s\n\n", spec->name, spec->file);
    fprintf(f, "usage: %s COMMAND [options]\n\n", o->settings.program);
    fputs("  plan      what a run would do, against the live systems; writes nothing\n"
          "  run       does it, or goes on where it stopped; does nothing when all is done\n"
          "  status    which phases are done, read from the target\n"
          "  check     evaluates the checks of the phases that are done, takes their measures again\n"
          "  version   what made this program\n\n", f);
    for (int i = 0; i < N_OPTIONS; i++) {
        char left[80];
        snprintf(left, sizeof left, "%s%s%s%s%s", options[i].brief != NULL ? options[i].brief : "",
                 options[i].brief != NULL ? ", " : "", options[i].name, options[i].value != NULL ? " " : "",
                 options[i].value != NULL ? options[i].value : "");
        fprintf(f, "  %-26s %s\n", left, options[i].help);
    }
    fputs("\nsources:", f);
    for (int i = 0; i < spec->n_sources; i++)
        fprintf(f, " %s", spec->sources[i].name);
    fprintf(f, "; target: %s; phases:", spec->target->name);
    for (int i = 0; i < spec->n_phases; i++)
        fprintf(f, " %s%s", spec->phases[i]->name, spec->phases[i]->manual ? " (manual)" : "");
    fputs("\n\nexit codes: 0 done, 1 wrong usage, 3 refused before anything was written, 4 more rejects than allowed,\n"
          "5 a check failed, 6 the database or a file failed, 7 another run holds the lock, 130 interrupted\n", f);
}

/* ---- mistakes -------------------------------------------------------------------------------------------------------------- */

static mig_status usage_error(const char *message, const char *about, const char *hint) {
    fprintf(stderr, "error: ");
    fprintf(stderr, "%s%s%s%s\n", message, about != NULL ? " \"" : "", about != NULL ? about : "", about != NULL ? "\"" : "");
    if (hint != NULL)
        fprintf(stderr, "hint: %s\n", hint);
    return MIG_USAGE;
}

static mig_status unknown_option(const char *name) {
    const char *names[N_OPTIONS];
    char hint[128];
    for (int i = 0; i < N_OPTIONS; i++)
        names[i] = options[i].name;
    const char *near = rt_nearest_name(name, names, N_OPTIONS);
    if (near != NULL)
        snprintf(hint, sizeof hint, "Did you mean \"%s\"?", near);
    return usage_error("unknown option", name, near != NULL ? hint : "--help lists the options.");
}

static mig_status unknown_command(const char *name) {
    char hint[128];
    const char *near = rt_nearest_name(name, commands, N_COMMANDS);
    if (near != NULL)
        snprintf(hint, sizeof hint, "Did you mean \"%s\"?", near);
    return usage_error("unknown command", name, near != NULL ? hint : "The commands are plan, run, status, check, version and help.");
}

/* ---- values -------------------------------------------------------------------------------------------------------------------- */

static bool whole_number(const char *text, int64_t *out) {
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    *out = v;
    return end != text && *end == '\0' && errno == 0 && v >= 0 && text[0] != ' ' && text[0] != '+';
}

static mig_status take_given(char *text, const char *option, rt_given *list, int *n) {
    char *equals = strchr(text, '=');
    if (equals == NULL || equals == text || equals[1] == '\0') {
        char hint[128];
        snprintf(hint, sizeof hint, "Write %s NAME=LOCATION with the name that the spec gives it.", option);
        return usage_error("no name and location in", text, hint);
    }
    *equals = '\0';
    list[(*n)++] = (rt_given){text, equals + 1};
    return MIG_OK;
}

static mig_status take_limit(face_options *o, char *text) {
    size_t n = strlen(text);
    if (n > 1 && text[n - 1] == '%') {
        char *end;
        text[n - 1] = '\0';
        double share = strtod(text, &end);
        if (end != text && *end == '\0' && share >= 0 && share <= 100 && (text[0] == '.' || (text[0] >= '0' && text[0] <= '9'))) {
            o->settings.limit_share = share / 100;
            o->settings.limit_rows = -1;
            return MIG_OK;
        }
        text[n - 1] = '%';
    } else if (whole_number(text, &o->settings.limit_rows)) {
        o->settings.limit_share = -1;
        return MIG_OK;
    }
    return usage_error("not a limit:", text, "Write a number of rows (100) or a share (1%).");
}

static mig_status take_memory(face_options *o, const char *text) {
    static const struct { const char *unit; int shift; } units[] = {
        {"", 0}, {"K", 10}, {"KB", 10}, {"KiB", 10}, {"M", 20}, {"MB", 20}, {"MiB", 20}, {"G", 30}, {"GB", 30}, {"GiB", 30},
    };
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    for (size_t i = 0; i < sizeof units / sizeof units[0] && errno == 0 && end != text && text[0] != '-'; i++) {
        if (strcasecmp(end, units[i].unit) != 0 || v > (SIZE_MAX >> units[i].shift))
            continue;
        o->settings.memory = (size_t)v << units[i].shift;
        if (o->settings.memory < (size_t)16 << 20)
            return usage_error("too little memory:", text, "At least 16MiB are needed.");
        return MIG_OK;
    }
    return usage_error("not a size:", text, "Write a number with KiB, MiB or GiB, such as 256MiB.");
}

static mig_status one_of(const char *option, const char *text, const char *const *words, int n, int *out) {
    rt_buf hint = {0};
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], text) == 0) {
            *out = i;
            return MIG_OK;
        }
    rt_buf_printf(&hint, "%s takes ", option);
    for (int i = 0; i < n; i++)
        rt_buf_printf(&hint, "%s%s", i == 0 ? "" : i + 1 == n ? " or " : ", ", words[i]);
    rt_buf_printf(&hint, ".");
    mig_status st = usage_error("unknown value", text, hint.p);
    rt_buf_free(&hint);
    return st;
}

static mig_status take(face_options *o, const struct option_row *row, char *v) {
    static const char *const logs[] = {"text", "json"}, *const progress[] = {"auto", "on", "off"};
    int choice = 0;
    mig_status st = MIG_OK;
    switch (row->id) {
    case O_SOURCE: return take_given(v, row->name, o->sources, &o->settings.n_sources);
    case O_TARGET: return take_given(v, row->name, o->targets, &o->settings.n_targets);
    case O_PHASE: o->settings.phase = v; return MIG_OK;
    case O_SAMPLE:
        if (whole_number(v, &o->settings.sample) && o->settings.sample > 0)
            return MIG_OK;
        return usage_error("not a number of rows:", v, "--sample takes a whole number from 1.");
    case O_REJECT_LIMIT: return take_limit(o, v);
    case O_REJECTS: o->settings.rejects_dir = v; return MIG_OK;
    case O_MIGRATION_LOG: o->settings.migration_log = strcmp(v, "off") == 0 ? NULL : v; return MIG_OK;
    case O_LOG:
        st = one_of(row->name, v, logs, 2, &choice);
        o->log = choice == 1 ? FACE_LOG_JSON : FACE_LOG_TEXT;
        return st;
    case O_PROGRESS:
        st = one_of(row->name, v, progress, 3, &choice);
        o->progress = choice == 0 ? -1 : choice == 1;
        return st;
    case O_MEMORY: return take_memory(o, v);
    case O_ALLOW_RUN: o->settings.allow_run = true; return MIG_OK;
    case O_YES: o->yes = true; return MIG_OK;
    case O_QUIET: o->quiet = true; return MIG_OK;
    case O_VERBOSE: o->verbose = true; return MIG_OK;
    case O_NO_COLOR: o->no_color = true; return MIG_OK;
    case O_HELP: o->command = FACE_HELP; return MIG_OK;
    case O_VERSION: o->command = FACE_VERSION; return MIG_OK;
    }
    return MIG_OK;
}

/* ---- the line --------------------------------------------------------------------------------------------------------------------- */

static const struct option_row *find_option(const char *name, size_t n) {
    for (int i = 0; i < N_OPTIONS; i++)
        if ((strlen(options[i].name) == n && strncmp(options[i].name, name, n) == 0) ||
            (options[i].brief != NULL && strlen(options[i].brief) == n && strncmp(options[i].brief, name, n) == 0))
            return &options[i];
    return NULL;
}

/* One option, with its value in the same word or the next. *i stands on the last word used. */
static mig_status read_option(face_options *o, int argc, char **argv, int *i, unsigned *used) {
    char *word = argv[*i], *equals = strchr(word, '=');
    size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    const struct option_row *row = find_option(word, n);
    if (row == NULL) {
        if (equals != NULL)
            *equals = '\0';
        return unknown_option(word);
    }
    *used |= 1u << row->id;
    if (row->value == NULL)
        return equals == NULL ? take(o, row, NULL) : usage_error("takes no value:", row->name, NULL);
    if (equals != NULL)
        return take(o, row, equals + 1);
    if (*i + 1 >= argc || find_option(argv[*i + 1], strcspn(argv[*i + 1], "=")) != NULL) {
        char hint[128];
        snprintf(hint, sizeof hint, "Write %s %s.", row->name, row->value);
        return usage_error("no value for", row->name, hint);
    }
    return take(o, row, argv[++*i]);
}

static mig_status read_command(face_options *o, const char *word, bool *seen) {
    if (*seen)
        return usage_error("more than one command:", word, NULL);
    for (int i = 0; i < N_COMMANDS; i++)
        if (strcmp(commands[i], word) == 0) {
            o->command = (face_command)i;
            *seen = true;
            return MIG_OK;
        }
    return unknown_command(word);
}

static mig_status read_words(face_options *o, int argc, char **argv) {
    bool seen = false;
    unsigned used = 0;
    mig_status st = MIG_OK;
    for (int i = 1; i < argc && st == MIG_OK; i++)
        st = argv[i][0] == '-' && argv[i][1] != '\0' ? read_option(o, argc, argv, &i, &used) : read_command(o, argv[i], &seen);
    if (st != MIG_OK || (used & (1u << O_HELP | 1u << O_VERSION)) != 0) {
        o->command = (used & 1u << O_HELP) != 0 ? FACE_HELP : o->command;
        return st;
    }
    if (!seen)
        return usage_error("no command", NULL, "The commands are plan, run, status, check, version and help.");
    for (int i = 0; i < N_OPTIONS; i++)
        if ((used & 1u << options[i].id) != 0 && (options[i].commands & 1u << o->command) == 0) {
            char hint[128];
            snprintf(hint, sizeof hint, "%s has no meaning for %s.", options[i].name, commands[o->command]);
            return usage_error("option out of place:", options[i].name, hint);
        }
    return MIG_OK;
}

mig_status face_options_read(face_options *o, int argc, char **argv) {
    *o = (face_options){.command = FACE_HELP, .progress = -1};
    o->sources = calloc((size_t)argc + 1, sizeof *o->sources);
    o->targets = calloc((size_t)argc + 1, sizeof *o->targets);
    if (o->sources == NULL || o->targets == NULL)
        return usage_error("out of memory", NULL, NULL);
    o->settings = (rt_settings){.program = argc > 0 ? argv[0] : "program", .sources = o->sources, .targets = o->targets,
                                .sample = -1, .limit_rows = -1, .limit_share = -1, .memory = (size_t)512 << 20,
                                .migration_log = "MIGRATION_LOG.md"};
    return read_words(o, argc, argv);
}

void face_options_free(face_options *o) {
    free(o->sources);
    free(o->targets);
}
