/*
 * main.c: mig_main(): the whole of a migration program. Reads the command line, lets the engine work, prints what came of it
 * and gives the exit code of the status.
 */
#include "runtime/face/face.h"

#include <string.h>
#include <unistd.h>

static int exit_code(mig_status st) {
    static const int codes[] = {
#define MIG_STATUS(id, code, words) code,
#include "runtime/status.def"
#undef MIG_STATUS
    };
    return codes[st];
}

static void print_version(const mig_spec *spec) {
    printf("migration %s, made by %s from %s\nspec hash %s\n", spec->name, spec->compiler, spec->file, spec->hash);
}

/* A manual phase is asked for by name; on a terminal it is asked about once more. */
static bool confirmed(const face *f, const rt_run *run) {
    const char *name = run->settings->phase;
    char answer[16];
    if (name == NULL || f->options->yes || !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
        return true;
    for (int i = 0; i < f->spec->n_phases; i++) {
        const mig_phase *p = f->spec->phases[i];
        if (strcmp(p->name, name) != 0 || !p->manual)
            continue;
        fprintf(stderr, "phase %s is manual. Run it on %s? [y/N] ", name, run->target_location != NULL ? f->spec->target->name : "?");
        fflush(stderr);
        return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
    }
    return true;
}

static mig_status do_run(face *f, rt_run *run) {
    double started = rt_clock();
    if (!confirmed(f, run)) {
        fprintf(stderr, "nothing was done\n");
        return MIG_USAGE;
    }
    mig_status st = rt_run_all(run);
    face_progress_clear(f);
    face_summary(f, run, st, rt_clock() - started);
    return st;
}

static mig_status do_command(face *f, rt_run *run) {
    mig_status st = MIG_OK;
    switch (f->options->command) {
    case FACE_PLAN:
        st = rt_run_plan(run);
        if (st == MIG_OK || st == MIG_PREFLIGHT)
            face_plan(f, run, st);
        return st;
    case FACE_RUN: return do_run(f, run);
    case FACE_STATUS:
        st = rt_run_status(run);
        if (st != MIG_OK && st != MIG_LOCKED)
            return st;
        face_status(f, run, st == MIG_LOCKED);
        return MIG_OK;
    case FACE_CHECK:
        st = rt_run_checks(run);
        if (st == MIG_OK || st == MIG_CHECK)
            face_checks(f, run);
        return st;
    case FACE_VERSION: case FACE_HELP: break;
    }
    return MIG_OK;
}

static mig_status with_run(face *f) {
    rt_run run;
    rt_face out = {.self = f, .event = face_event, .progress = face_progress, .record = face_record};
    mig_status st = rt_run_open(&run, f->spec, &f->options->settings, out, &face_stop);
    f->run = &run;
    face_signals(f);
    if (st == MIG_OK)
        st = do_command(f, &run);
    face_log_warn(f);
    if (st == MIG_PREFLIGHT)
        face_problems(f, &run);
    if (st != MIG_OK)
        face_error(f, &run.error);
    f->run = NULL; /* a signal finds nothing to cancel from here on */
    rt_run_close(&run);
    face_signals_end();
    return st;
}

int mig_main(const mig_spec *spec, int argc, char **argv) {
    face_options options;
    if (spec->abi != MIG_RUNTIME_ABI) {
        fprintf(stderr, "error: this program was compiled for another version of the runtime; build it again\n");
        return exit_code(MIG_USAGE);
    }
    mig_status st = face_options_read(&options, argc, argv);
    face f = {.options = &options, .spec = spec};
    if (st == MIG_OK) {
        face_term_init(&f);
        if (options.command == FACE_HELP)
            face_usage(&options, spec, stdout);
        else if (options.command == FACE_VERSION)
            print_version(spec);
        else
            st = with_run(&f);
    }
    face_options_free(&options);
    if (fflush(stdout) != 0 && st == MIG_OK && options.command != FACE_RUN) /* what a run did stands, whoever reads of it */
        st = MIG_IO;
    return exit_code(st);
}
