/*
 * run.c: a run from its settings to its end: where the sources and the target are, the lock, the phases one after another, the
 * ledger's row of the run. Called by face/main.c; speaks only through the face and the run's error.
 */
#include "runtime/engine/state.h"
#include "runtime/engine/locate.h"
#include "runtime/ledger/ledger.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

/* ---- small services ------------------------------------------------------------------------------------------------------- */

double rt_clock(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

bool rt_run_stopped(const rt_run *run) {
    return run->stop != NULL && *run->stop != 0;
}

mig_status rt_run_nomem(rt_run *run) {
    return rt_error_set(&run->error, MIG_NOMEM, "out of memory");
}

char *rt_run_printf(rt_run *run, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n >= 0 ? rt_arena_alloc(run->arena, (size_t)n + 1) : NULL;
    if (p != NULL)
        vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

void rt_run_event(rt_run *run, const rt_event *e) {
    if (run->face.event != NULL)
        run->face.event(run->face.self, run, e);
}

/* ---- opening ---------------------------------------------------------------------------------------------------------------- */

static mig_status make_id(rt_run *run) {
    uint8_t v[16];
    if (getrandom(v, sizeof v, 0) != (ssize_t)sizeof v)
        return rt_error_set(&run->error, MIG_IO, "the system gives no random numbers: %s", strerror(errno));
    v[6] = (uint8_t)((v[6] & 0x0f) | 0x40);
    v[8] = (uint8_t)((v[8] & 0x3f) | 0x80);
    run->id[rt_spell_uuid(run->id, v)] = '\0';
    return MIG_OK;
}

static mig_status make_room(rt_run *run) {
    const mig_spec *spec = run->spec;
    run->sources = rt_arena_zeroed(run->arena, sizeof *run->sources, (size_t)spec->n_sources);
    run->source_table_names = rt_arena_zeroed(run->arena, sizeof *run->source_table_names, (size_t)spec->n_source_tables);
    run->phases = rt_arena_zeroed(run->arena, sizeof *run->phases, (size_t)spec->n_phases);
    run->measures = rt_arena_zeroed(run->arena, sizeof *run->measures, (size_t)spec->n_measures);
    run->seen = rt_arena_zeroed(run->arena, sizeof *run->seen, (size_t)spec->n_tables);
    run->counts = rt_arena_zeroed(run->arena, sizeof *run->counts, (size_t)spec->n_phases + 1);
    run->survey.stats = rt_arena_zeroed(run->arena, sizeof *run->survey.stats, (size_t)spec->n_source_tables);
    run->survey.stat_known = rt_arena_zeroed(run->arena, sizeof *run->survey.stat_known, (size_t)spec->n_source_tables);
    run->survey.known = rt_arena_zeroed(run->arena, sizeof *run->survey.known, (size_t)spec->n_phases);
    run->survey.table_there = rt_arena_zeroed(run->arena, sizeof *run->survey.table_there, (size_t)spec->n_tables);
    if (run->sources == NULL || run->source_table_names == NULL || run->phases == NULL || run->counts == NULL || run->measures == NULL || run->seen == NULL ||
        run->survey.stats == NULL || run->survey.stat_known == NULL || run->survey.table_there == NULL ||
        run->survey.known == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < spec->n_source_tables; i++) {
        const mig_source_table *t = spec->source_tables[i];
        run->source_table_names[i] = rt_run_printf(run, "%s.%s", spec->sources[t->source].name, t->name);
        if (run->source_table_names[i] == NULL)
            return rt_run_nomem(run);
    }
    return MIG_OK;
}

mig_status rt_run_open(rt_run *run, const mig_spec *spec, const rt_settings *settings, rt_face face,
                       const volatile sig_atomic_t *stop) {
    *run = (rt_run){.spec = spec, .settings = settings, .face = face, .stop = stop};
    run->arena = rt_arena_new(1 << 16);
    run->ctx.arena = rt_arena_new(1 << 16);
    if (run->arena == NULL || run->ctx.arena == NULL)
        return rt_run_nomem(run);
    const char *tmp = getenv("TMPDIR");
    run->budget = (rt_budget){.limit = settings->memory, .tmpdir = tmp != NULL && *tmp != '\0' ? tmp : "/tmp"};
    run->now = rt_now();
    mig_status st = make_id(run);
    if (st == MIG_OK)
        st = make_room(run);
    run->ctx.error = &run->error;
    run->ctx.now = run->now;
    run->ctx.run_id = run->id;
    run->ctx.run = run;
    run->rejects_dir = settings->rejects_dir != NULL ? settings->rejects_dir : rt_run_printf(run, "%s-rejects", spec->name);
    if (st == MIG_OK && run->rejects_dir == NULL)
        st = rt_run_nomem(run);
    return st == MIG_OK ? rt_locate(run) : st;
}

void rt_run_close(rt_run *run) {
    for (int i = 0; run->sources != NULL && i < run->spec->n_sources; i++)
        if (run->sources[i].source != NULL)
            run->sources[i].ops->close(run->sources[i].source);
    if (run->target != NULL)
        run->ops->close(run->target);
    for (int i = 0; i < run->survey.n_problems; i++) {
        free(run->survey.problems[i].message);
        free(run->survey.problems[i].hint);
    }
    for (int i = 0; i < run->survey.n_notes; i++)
        free(run->survey.notes[i]);
    free(run->survey.problems);
    free(run->survey.notes);
    free(run->files);
    free(run->reject_files);
    rt_arena_free(run->ctx.arena);
    rt_arena_free(run->arena);
    *run = (rt_run){.error = run->error};
}

mig_status rt_run_open_target(rt_run *run, bool for_writing) {
    rt_target *before = run->target;
    run->target = NULL; /* a signal that comes while it is closed finds nothing to stop */
    if (before != NULL)
        run->ops->close(before);
    double began = rt_clock();
    bool told = false;
    mig_status st;
    do {
        if (told)
            run->error = (rt_error){.status = MIG_OK};
        st = run->ops->open(&run->target_def, run->target_location, for_writing, &run->target, &run->error);
    } while (st != MIG_OK && rt_try_again(run, "target", run->target_def.name, &run->error, run->target_def.wait, began, &told));
    return st;
}

/* ---- which phases -------------------------------------------------------------------------------------------------------------- */

bool rt_run_wants(const rt_run *run, const mig_phase *phase) {
    if (run->phases[phase->id].done)
        return false;
    if (run->settings->phase != NULL)
        return strcmp(run->settings->phase, phase->name) == 0;
    if (phase->manual)
        return false;
    for (int i = 0; i < phase->n_after; i++) {
        const mig_phase *before = run->spec->phases[phase->after[i]];
        if (!run->phases[before->id].done && !rt_run_wants(run, before))
            return false; /* it waits for a phase that runs only when it is asked for */
    }
    return true;
}

int64_t rt_run_sample(const rt_run *run, const mig_source_table *t) {
    for (int i = 0; i < run->spec->n_flows; i++)
        if (run->spec->flows[i]->source == t && run->spec->flows[i]->n_intos > 0)
            return run->settings->sample;
    return -1;
}

static rt_phase_count *count_for(rt_run *run, const mig_phase *phase) {
    rt_phase_count *c = rt_arena_zeroed(run->arena, sizeof *c, 1);
    if (c == NULL)
        return NULL;
    c->phase = phase;
    run->counts[run->n_counts++] = c;
    return c;
}

/* ---- run -------------------------------------------------------------------------------------------------------------------------- */

static mig_status say_locked(rt_run *run, const char *holder) {
    rt_error_set(&run->error, MIG_LOCKED, "another run holds the lock: %s", holder[0] != '\0' ? holder : "it does not say who");
    rt_error_hint(&run->error, "Wait until it ends; `%s status` shows how far it is.", run->settings->program);
    return MIG_LOCKED;
}

static mig_status take_lock(rt_run *run) {
    char holder[256] = "";
    mig_status st = run->ops->lock(run->target, run->spec->name, holder, sizeof holder, &run->error);
    return st == MIG_LOCKED ? say_locked(run, holder) : st;
}

/* Where a reader would have to wait for the run that writes. */
static mig_status look_at_lock(rt_run *run) {
    char holder[256] = "";
    if (run->target_location == NULL || run->ops->locked == NULL || !run->ops->locked(run->target_location, holder, sizeof holder))
        return MIG_OK;
    return say_locked(run, holder);
}

bool rt_run_has_work(const rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++)
        if (rt_run_wants(run, run->spec->phases[i]))
            return true;
    for (int i = 0; i < run->spec->n_measures; i++)
        if (rt_measure_pending(run, run->spec->measures[i]))
            return true;
    return false;
}

static mig_status run_phases(rt_run *run) {
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_phases && st == MIG_OK; i++) {
        const mig_phase *p = run->spec->phases[i];
        bool wanted = rt_run_wants(run, p);
        rt_phase_count *c = wanted || run->phases[i].done ? count_for(run, p) : NULL;
        if (wanted && c == NULL)
            return rt_run_nomem(run);
        if (!wanted && c != NULL)
            c->outcome = RT_PHASE_PASSED;
        if (wanted)
            st = rt_phase_run_one(run, p, c);
        if (wanted && st == MIG_OK)
            run->phases[i].done = true;
        if (st == MIG_OK)
            st = rt_measures_take(run, p);
    }
    return st;
}

/* Sources that are the target's own file must be let go of before it is written. */
static mig_status copy_sources(rt_run *run) {
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_sources && st == MIG_OK; i++)
        if (run->sources[i].is_target && run->sources[i].source != NULL)
            st = rt_source_sqlite_copy(run->sources[i].source, run->budget.tmpdir, &run->error);
    return st;
}

/* over: the run that held the lock until now has gone on since the preflight, and nothing was done. */
static mig_status run_locked(rt_run *run, bool *over) {
    mig_status st = rt_preflight_is_over(run, over);
    if (st != MIG_OK || *over)
        return st;
    st = rt_ledger_compare(run);
    if (st == MIG_OK && run->survey.n_problems > 0)
        return MIG_PREFLIGHT;
    if (st == MIG_OK)
        rt_record_missing(run);
    if (st != MIG_OK || !rt_run_has_work(run))
        return st;
    st = copy_sources(run);
    if (st == MIG_OK)
        st = rt_ledger_create(run);
    if (st == MIG_OK)
        st = rt_ledger_begin_run(run);
    if (st != MIG_OK)
        return st;
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_RUN_START});
    rt_record_begin(run);
    st = run_phases(run);
    run->ops->rollback(run->target); /* nothing is open; a cancel that came between two transactions is over, too */
    rt_ledger_end_run(run, st == MIG_OK ? "done" : st == MIG_INTERRUPTED ? "interrupted" : "failed",
                      st == MIG_OK ? NULL : run->error.message);
    rt_record_end(run, st);
    return st;
}

/* Another run may take the lock while this one looks: what then stands in its way is told by the lock. */
static mig_status or_locked(rt_run *run, mig_status st) {
    rt_error found = run->error;
    if (st != MIG_PREFLIGHT && st != MIG_IO)
        return st;
    run->error = (rt_error){.status = MIG_OK};
    if (look_at_lock(run) == MIG_LOCKED)
        return MIG_LOCKED;
    run->error = found;
    return st;
}

static mig_status look_at_all(rt_run *run) {
    mig_status st = look_at_lock(run);
    return st == MIG_OK ? or_locked(run, rt_preflight(run)) : st;
}

mig_status rt_run_all(rt_run *run) {
    double started = rt_clock();
    bool over;
    mig_status st;
    do {
        over = false;
        st = look_at_all(run);
        if (st != MIG_OK)
            return st;
        if (!rt_run_has_work(run) && !rt_record_owed(run))
            break;
        st = or_locked(run, rt_run_open_target(run, true));
        if (st == MIG_OK)
            st = take_lock(run);
        if (st == MIG_OK)
            st = run_locked(run, &over);
        if (run->target != NULL)
            run->ops->unlock(run->target);
    } while (st == MIG_OK && over);
    if (st == MIG_OK)
        rt_run_event(run, &(rt_event){.kind = RT_EVENT_RUN_DONE, .seconds = rt_clock() - started});
    return st;
}

mig_status rt_run_plan(rt_run *run) {
    return look_at_all(run);
}

/* ---- status and check: nothing is written -------------------------------------------------------------------------------------------- */

/* All that is asked until the rollback is of one moment, however far a run goes on meanwhile. */
static mig_status read_state(rt_run *run) {
    mig_status st = rt_run_open_target(run, false);
    if (st == MIG_OK)
        st = run->ops->begin(run->target, false, &run->error);
    if (st == MIG_OK)
        st = rt_ledger_find(run);
    return st == MIG_OK ? rt_ledger_read(run) : st;
}

static void state_is_read(rt_run *run) {
    if (run->target != NULL)
        run->ops->rollback(run->target);
}

mig_status rt_run_status(rt_run *run) {
    if (run->target_location == NULL)
        return MIG_PREFLIGHT; /* rt_locate has said so */
    mig_status st = read_state(run);
    if (st == MIG_OK)
        st = rt_ledger_last_run(run);
    if (st == MIG_OK)
        st = rt_ledger_backups(run);
    state_is_read(run);
    if (st == MIG_IO && look_at_lock(run) == MIG_LOCKED) /* the writer lets no reader in until its transaction ends */
        st = MIG_LOCKED;
    if (run->ops->locked != NULL)
        run->ops->locked(run->target_location, run->holder, sizeof run->holder);
    return st;
}

/* Sources that cannot be opened matter only to checks that ask them. */
static void open_sources(rt_run *run) {
    for (int i = 0; i < run->spec->n_sources; i++) {
        rt_source_place *s = &run->sources[i];
        rt_error ignored = {.status = MIG_OK};
        if (s->location != NULL && s->ops->open(&run->spec->sources[i], s->location, &s->source, &ignored) != MIG_OK)
            s->source = NULL;
    }
}

mig_status rt_run_checks(rt_run *run) {
    const mig_spec *spec = run->spec;
    mig_status st = run->target_location == NULL ? MIG_PREFLIGHT : look_at_lock(run);
    bool failed = false;
    int n_problems = run->survey.n_problems; /* a source that is not given matters only to checks that ask it */
    if (st == MIG_OK)
        st = read_state(run);
    if (st == MIG_OK)
        st = rt_ledger_compare(run);
    state_is_read(run);
    st = or_locked(run, st);
    if (st == MIG_OK && run->survey.n_problems > n_problems)
        return MIG_PREFLIGHT;
    if (st != MIG_OK)
        return st;
    open_sources(run);
    rt_phase_count *c = count_for(run, NULL);
    rt_check_result *results = rt_arena_zeroed(run->arena, sizeof *results, (size_t)spec->n_checks);
    if (c == NULL || results == NULL)
        return rt_run_nomem(run);
    c->checks = results;
    for (int i = 0; i < spec->n_checks && st == MIG_OK; i++) {
        if (!run->phases[spec->checks[i]->phase].done || spec->checks[i]->before)
            continue; /* what had to hold before a phase that is done need not hold behind it */
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted")
                                 : run->ops->begin(run->target, false, &run->error);
        if (st == MIG_OK)
            st = rt_check_eval(run, spec->checks[i], &results[c->n_checks]);
        run->ops->rollback(run->target);
        st = or_locked(run, st);
        if (st == MIG_OK && !results[c->n_checks].ok && !spec->checks[i]->warn)
            failed = true;
        c->n_checks += st == MIG_OK;
    }
    if (st == MIG_OK)
        st = rt_measures_check(run, c, &failed);
    if (st == MIG_OK && failed)
        st = MIG_CHECK; /* which ones: the results say */
    return st;
}
