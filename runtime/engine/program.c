/*
 * program.c: `run` steps: programs of the user's own. They run only with --allow-run, never through a shell, see nothing that the phase has
 * not committed, and fail the phase when they fail. What they write becomes lines of the log, within bounds.
 */
#include "runtime/engine/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_LIMIT = 4096, MOST_LINES = 200 };

/* ---- before the run ------------------------------------------------------------------------------------------------------------- */

static void look_at(rt_run *run, const mig_phase *p, const mig_step *s) {
    char path[PATH_LIMIT];
    const char *program = s->words[0];
    if (!run->settings->allow_run)
        rt_problem_add(run, MIG_PREFLIGHT, s->site, "A spec runs programs only for somebody who wants that: read it, then say --allow-run.",
                       "phase \"%s\" runs the program '%s', and --allow-run is not given", p->name, program);
    if (rt_child_find(program, path, sizeof path))
        return;
    if (errno == ENOENT && strchr(program, '/') == NULL)
        rt_problem_add(run, MIG_PREFLIGHT, s->site, "A program beside the spec is named with its folder: './program'.",
                       "the program '%s' is not in PATH", program);
    else
        rt_problem_add(run, MIG_PREFLIGHT, s->site, NULL, "the program '%s' cannot be run: %s", program, strerror(errno));
}

void rt_programs_look(rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++) {
        const mig_phase *p = run->spec->phases[i];
        for (int k = 0; k < p->n_steps && rt_run_wants(run, p); k++)
            if (p->steps[k].kind == MIG_STEP_RUN)
                look_at(run, p, &p->steps[k]);
    }
}

/* ---- the step ---------------------------------------------------------------------------------------------------------------------- */

typedef struct running {
    rt_run *run;
    const char *name; /* without its folder */
    int64_t lines;
    double began;
} running;

static void note(const running *r, const char *text) {
    char line[512];
    snprintf(line, sizeof line, "%.100s: %s", r->name, text);
    rt_run_event(r->run, &(rt_event){.kind = RT_EVENT_NOTE, .phase = r->run->phase->phase, .text = line});
}

static void take_line(void *arg, bool is_error, const char *text, size_t n) {
    running *r = arg;
    char shown[400];
    (void)is_error;
    r->lines++;
    if (r->lines > MOST_LINES)
        return;
    rt_shorten(shown, sizeof shown, text, n);
    note(r, shown);
}

static void show(void *arg) {
    const running *r = arg;
    if (r->run->face.progress != NULL)
        r->run->face.progress(r->run->face.self, &(rt_progress){.phase = r->run->phase->phase, .what = r->name, .rows = -1,
                                                                .seconds = rt_clock() - r->began});
}

/* "sqlite:app.db", or a conninfo string: as --target takes it, and without a password. */
static bool target_words(const rt_run *run, rt_buf *out) {
    rt_buf_printf(out, "MIGC_TARGET=");
    if (run->ops->engine == MIG_SQLITE) {
        rt_buf_printf(out, "sqlite:%s", run->target_location);
        return !out->failed;
    }
    rt_buf conninfo = {0};
    bool known = rt_postgres_conninfo(run->target_location, &conninfo, NULL);
    rt_buf_printf(out, "%s", conninfo.p != NULL ? conninfo.p : "");
    known = known && !conninfo.failed && !out->failed;
    rt_buf_free(&conninfo);
    return known;
}

static mig_status start(running *r, const mig_step *s, const char *path, rt_child_end *end) {
    rt_run *run = r->run;
    rt_buf target = {0};
    const char *env[] = {rt_run_printf(run, "MIGC_MIGRATION=%s", run->spec->name), rt_run_printf(run, "MIGC_RUN=%s", run->id),
                         rt_run_printf(run, "MIGC_PHASE=%s", run->phase->phase->name), NULL, NULL};
    bool sound = target_words(run, &target) && env[0] != NULL && env[1] != NULL && env[2] != NULL;
    env[3] = target.p;
    mig_status st = sound ? rt_child_run(&(rt_child){.path = path, .argv = s->words, .env = env, .out = -1, .stop = run->stop,
                                                     .line = take_line, .tick = show, .arg = r}, end, &run->error)
                          : rt_run_nomem(run);
    rt_buf_free(&target);
    return st;
}

mig_status rt_program_run(rt_run *run, const mig_step *s) {
    char path[PATH_LIMIT], words[(RT_CHILD_LAST + 1) * 300], text[200];
    const char *slash = strrchr(s->words[0], '/');
    running r = {.run = run, .name = slash != NULL && slash[1] != '\0' ? slash + 1 : s->words[0], .began = rt_clock()};
    rt_child_end end;
    mig_status st = MIG_OK;
    if (!rt_child_find(s->words[0], path, sizeof path))
        st = rt_error_set(&run->error, MIG_IO, "the program '%s' cannot be run: %s", s->words[0], strerror(errno));
    if (st == MIG_OK)
        st = start(&r, s, path, &end);
    if (r.lines > MOST_LINES) {
        snprintf(text, sizeof text, "(%lld more lines)", (long long)(r.lines - MOST_LINES));
        note(&r, text);
    }
    if (st == MIG_OK && (end.exit != 0 || end.signal != 0)) {
        rt_child_words(&end, words, sizeof words);
        st = rt_error_set(&run->error, MIG_IO, "the program '%s' %s", s->words[0], words);
    }
    if (st != MIG_OK && run->error.site == NULL)
        run->error.site = s->site;
    if (st != MIG_OK)
        return st;
    snprintf(text, sizeof text, "run %.180s", s->words[0]);
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_STEP, .phase = run->phase->phase, .text = text, .seconds = rt_clock() - r.began});
    return MIG_OK;
}
