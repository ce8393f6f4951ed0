/*
 * preflight.c: what only the live systems know, asked before the first write: sources and their columns, the target and its
 * tables, rights, the ledger. Everything that stands against a run is gathered; nothing is written.
 */
#include "runtime/engine/preflight.h"
#include "runtime/engine/locate.h"
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what was found -------------------------------------------------------------------------------------------------------- */

__attribute__((format(printf, 1, 0))) static char *text_of(const char *fmt, va_list ap) {
    char *p = NULL;
    return vasprintf(&p, fmt, ap) >= 0 ? p : NULL;
}

static bool room(void **v, size_t size, int n, int *cap) {
    if (n < *cap)
        return true;
    int more = *cap ? *cap * 2 : 8;
    void *p = realloc(*v, size * (size_t)more);
    if (p == NULL)
        return false;
    *v = p;
    *cap = more;
    return true;
}

void rt_problem_add(rt_run *run, mig_status status, const mig_site *site, const char *hint, const char *fmt, ...) {
    rt_survey *s = &run->survey;
    va_list ap;
    va_start(ap, fmt);
    char *message = text_of(fmt, ap);
    va_end(ap);
    if (message == NULL || !room((void **)&s->problems, sizeof *s->problems, s->n_problems, &s->cap_problems)) {
        free(message);
        rt_run_nomem(run);
        return;
    }
    s->problems[s->n_problems++] = (rt_problem){.message = message, .hint = hint != NULL && *hint != '\0' ? strdup(hint) : NULL,
                                                .site = site, .status = status};
}

void rt_note_add(rt_run *run, const char *fmt, ...) {
    rt_survey *s = &run->survey;
    va_list ap;
    va_start(ap, fmt);
    char *note = text_of(fmt, ap);
    va_end(ap);
    if (note == NULL || !room((void **)&s->notes, sizeof *s->notes, s->n_notes, &s->cap_notes)) {
        free(note);
        rt_run_nomem(run);
        return;
    }
    s->notes[s->n_notes++] = note;
}

/* An error of a look becomes a problem, so that the next look can be taken. */
static void add_error(rt_run *run, rt_error *e, const mig_site *site, const char *about) {
    rt_problem_add(run, e->status, e->site != NULL ? e->site : site, e->hint, "%s%s%s", about, *about != '\0' ? ": " : "", e->message);
}

static bool take_number(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(int64_t *)arg = v[0][0] == 't' ? 1 : v[0][0] == 'f' ? 0 : strtoll(v[0], NULL, 10);
    return false;
}

mig_status rt_ask_number(rt_run *run, const char *sql, int n, const char *const *params, int64_t *out) {
    *out = 0;
    return run->ops->query(run->target, sql, n, params, take_number, out, &run->error);
}

/* ---- phases -------------------------------------------------------------------------------------------------------------------- */

/* True when phases before the one that is asked for must run first. */
static bool check_phase_option(rt_run *run) {
    const mig_spec *spec = run->spec;
    const char *wanted = run->settings->phase;
    bool waits = false;
    for (int i = 0; i < spec->n_phases; i++) {
        const mig_phase *p = spec->phases[i];
        if (strcmp(p->name, wanted) != 0)
            continue;
        for (int k = 0; k < p->n_after && !run->phases[i].done; k++) {
            const mig_phase *before = spec->phases[p->after[k]];
            char hint[256];
            snprintf(hint, sizeof hint, "Run it first: %s run --phase %s", run->settings->program, before->name);
            if (run->phases[before->id].done)
                continue;
            rt_problem_add(run, MIG_PREFLIGHT, p->site, hint, "phase \"%s\" comes after \"%s\", which is not done", p->name, before->name);
            waits = true;
        }
    }
    return waits;
}

static void need_alias(rt_run *run, rt_table_need *needs, bool *sources, const mig_alias *a, bool lists) {
    bool may_write = lists || a->unknown == MIG_UNKNOWN_CREATE;
    needs[a->table->id].uses = true;
    needs[a->table->id].writes |= may_write;
    if (a->names != NULL) {
        needs[a->names->id].uses = true;
        needs[a->names->id].writes |= may_write;
    }
    for (int i = 0; i < a->n_lists && (lists || a->names == NULL); i++)
        sources[a->lists[i]->source->id] = true;
    (void)run;
}

static void need_step(rt_run *run, const mig_step *s, rt_table_need *needs, bool *sources) {
    switch (s->kind) {
    case MIG_STEP_CREATE: needs[s->table->id].creates = true; break;
    case MIG_STEP_CONSTRAIN:
    case MIG_STEP_INDEX: needs[s->table->id].uses = true; break;
    case MIG_STEP_LOAD: need_alias(run, needs, sources, s->alias, true); break;
    case MIG_STEP_FLOW:
        sources[s->flow->source->id] = true;
        for (int i = 0; i < s->flow->n_intos; i++)
            needs[s->flow->intos[i].table->id].uses = needs[s->flow->intos[i].table->id].writes = true;
        break;
    case MIG_STEP_SQL: case MIG_STEP_SETTLE: case MIG_STEP_RESOLVE: case MIG_STEP_BACKUP: case MIG_STEP_RUN: case MIG_STEP_OBJECT:
    case MIG_STEP_SEQUENCE: break;
    }
}

/* Of a phase that commits on the way, the steps that earlier runs have done. */
static int steps_done(const rt_run *run, const mig_phase *p) {
    return run->phases[p->id].chunk.n > 0 ? run->phases[p->id].chunk.step : 0;
}

static void find_needs(rt_run *run, rt_table_need *needs, bool *sources) {
    const mig_spec *spec = run->spec;
    for (int i = 0; i < spec->n_phases; i++) {
        const mig_phase *p = spec->phases[i];
        for (int k = 0; k < p->n_steps; k++)
            if ((run->phases[i].done || k < steps_done(run, p)) && p->steps[k].kind == MIG_STEP_CREATE)
                needs[p->steps[k].table->id].made_by = p;
        if (!rt_run_wants(run, p))
            continue;
        for (int k = steps_done(run, p); k < p->n_steps; k++)
            need_step(run, &p->steps[k], needs, sources);
        for (int k = 0; k < p->n_aliases; k++)
            need_alias(run, needs, sources, p->aliases[k], false);
        for (int k = 0; k < p->n_lookups; k++)
            needs[p->lookups[k]->table->id].uses = true;
        for (int k = 0; k < p->n_source_lookups; k++)
            sources[p->source_lookups[k]->table->id] = true;
    }
}

/* Source tables that no flow reads and no look-up asks can only be meant by checks. */
static void need_for_checks(rt_run *run, bool *sources) {
    const mig_spec *spec = run->spec;
    bool wanted = false;
    for (int i = 0; i < spec->n_checks; i++)
        wanted = wanted || rt_run_wants(run, spec->phases[spec->checks[i]->phase]);
    for (int i = 0; i < spec->n_source_tables && wanted; i++) {
        bool read = false;
        for (int k = 0; k < spec->n_flows && !read; k++)
            read = spec->flows[k]->source == spec->source_tables[i];
        for (int k = 0; k < spec->n_source_lookups && !read; k++)
            read = spec->source_lookups[k]->table == spec->source_tables[i];
        sources[i] = sources[i] || !read;
    }
}

/* ---- sources ---------------------------------------------------------------------------------------------------------------------- */

static void look_at_source_table(rt_run *run, const mig_source_table *t) {
    rt_source_place *place = &run->sources[t->source];
    rt_error e = {.status = MIG_OK};
    if (place->source == NULL)
        return; /* said already */
    mig_status st = place->ops->describe(place->source, t, &run->survey.stats[t->id], &e);
    run->survey.stat_known[t->id] = st == MIG_OK;
    if (st != MIG_OK)
        add_error(run, &e, t->site, rt_source_table_name(run, t));
}

static mig_status open_source(rt_run *run, int i, rt_error *e) {
    const mig_source_def *def = &run->spec->sources[i];
    rt_source_place *place = &run->sources[i];
    double began = rt_clock();
    bool told = false;
    mig_status st;
    do {
        *e = (rt_error){.status = MIG_OK};
        st = place->ops->open(def, place->location, &place->source, e);
    } while (st != MIG_OK && rt_try_again(run, "source", def->name, e, def->wait, began, &told));
    return st;
}

/* While a SQLite file is written nobody can read it, unless it is in WAL mode: a run reads a copy. */
static void same_file(rt_run *run, int i) {
    struct stat source, target;
    rt_source_place *s = &run->sources[i];
    if (run->spec->sources[i].kind != MIG_SOURCE_SQLITE || run->ops->engine != MIG_SQLITE || run->target_location == NULL ||
        stat(s->location, &source) != 0 || stat(run->target_location, &target) != 0 || source.st_dev != target.st_dev ||
        source.st_ino != target.st_ino || rt_source_sqlite_is_wal(s->source))
        return;
    s->is_target = true;
    rt_note_add(run, "source \"%s\" is the target's own file: a run reads a copy of it in %s (%lld bytes)", run->spec->sources[i].name,
                run->budget.tmpdir, (long long)source.st_size);
}

/* Tables of which a run may have to go on in the midst: they have an order, and what was read is as it was. */
static void look_at_chunks(rt_run *run, const mig_phase *p) {
    const rt_chunk_state *c = &run->phases[p->id].chunk;
    for (int i = steps_done(run, p); i < p->n_steps; i++) {
        const mig_source_table *t = p->steps[i].kind == MIG_STEP_FLOW ? p->steps[i].flow->source : NULL;
        rt_error e = {.status = MIG_OK};
        if (t == NULL || run->sources[t->source].source == NULL || !run->survey.stat_known[t->id])
            continue;
        const char *after = c->n > 0 && i == c->step ? c->position : NULL;
        if (run->sources[t->source].ops->resumable(run->sources[t->source].source, t, after, &e) != MIG_OK)
            add_error(run, &e, t->site, rt_source_table_name(run, t));
    }
}

static void look_at_sources(rt_run *run, const bool *tables) {
    const mig_spec *spec = run->spec;
    for (int i = 0; i < spec->n_sources; i++) {
        rt_source_place *place = &run->sources[i];
        rt_error e = {.status = MIG_OK};
        bool needed = false;
        for (int k = 0; k < spec->n_source_tables; k++)
            needed = needed || (tables[k] && spec->source_tables[k]->source == i);
        needed = needed || rt_measures_ask(run, i);
        needed = needed || rt_preflight_wants_sequences(run, i);
        if (!needed || place->location == NULL || place->source != NULL)
            continue;
        if (open_source(run, i, &e) != MIG_OK) {
            place->source = NULL;
            add_error(run, &e, spec->sources[i].site, "");
        } else {
            same_file(run, i);
            rt_preflight_snapshot(run, i);
        }
    }
    for (int i = 0; i < spec->n_source_tables; i++)
        if (tables[i] && !rt_preflight_has_changed(run, spec->source_tables[i]->source))
            look_at_source_table(run, spec->source_tables[i]);
    rt_measures_look(run);
    rt_sql_steps_look(run);
    rt_backups_look(run);
    rt_programs_look(run);
    for (int i = 0; i < spec->n_phases; i++)
        if (spec->phases[i]->commit_every > 0 && rt_run_wants(run, spec->phases[i]))
            look_at_chunks(run, spec->phases[i]);
}

/* ---- target ------------------------------------------------------------------------------------------------------------------------- */

static bool open_target(rt_run *run) {
    if (run->target_location == NULL)
        return false;
    if (rt_run_open_target(run, false) == MIG_OK)
        return true;
    if (!rt_run_stopped(run))
        add_error(run, &run->error, run->spec->target->site, "");
    run->error = (rt_error){.status = MIG_OK};
    if (rt_run_stopped(run)) /* then the user was tired of waiting, and the target may be sound */
        rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
    return false;
}

static mig_status look_at_target(rt_run *run, const rt_table_need *needs) {
    int n = run->survey.n_problems;
    mig_status st = rt_ledger_compare(run);
    if (st == MIG_OK && run->survey.n_problems > n)
        return st; /* another spec's tables would seem a stranger's */
    if (st == MIG_OK)
        st = rt_preflight_rights(run, needs);
    if (st == MIG_OK)
        st = rt_preflight_objects(run);
    if (st == MIG_OK)
        st = rt_preflight_tables(run, needs);
    if (st == MIG_OK)
        st = rt_preflight_keys(run);
    return st == MIG_OK ? rt_preflight_rings(run) : st;
}

static mig_status check_phase_name(rt_run *run) {
    const mig_spec *spec = run->spec;
    const char *wanted = run->settings->phase;
    const char **names = rt_arena_alloc(run->arena, sizeof *names * (size_t)(spec->n_phases + 1));
    if (names == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < spec->n_phases; i++) {
        names[i] = spec->phases[i]->name;
        if (strcmp(names[i], wanted) == 0)
            return MIG_OK;
    }
    const char *near = rt_nearest_name(wanted, names, spec->n_phases);
    rt_error_set(&run->error, MIG_USAGE, "the spec has no phase \"%s\"", wanted);
    if (near != NULL)
        rt_error_hint(&run->error, "Did you mean \"%s\"?", near);
    else
        rt_error_hint(&run->error, "--help lists the phases.");
    return MIG_USAGE;
}

/* ---- other runs ---------------------------------------------------------------------------------------------------------------------- */

/* A phase is done, or a chunk of it in, that was not when the look began, or the other way round. */
static bool has_moved(const rt_phase_state *then, const rt_phase_state *now) {
    return then->done != now->done || then->chunk.n != now->chunk.n || strcmp(then->run, now->run) != 0;
}

/* What stands in the target is now another phase's, or step's, than when the look began. One chunk more of a step is nothing new. */
static bool has_made(const rt_phase_state *then, const rt_phase_state *now) {
    return then->done != now->done || (then->chunk.n > 0) != (now->chunk.n > 0) || then->chunk.step != now->chunk.step;
}

static mig_status read_again(rt_run *run, bool (*differs)(const rt_phase_state *, const rt_phase_state *), bool *yes) {
    mig_status st = rt_ledger_find(run);
    if (st == MIG_OK)
        st = rt_ledger_read(run);
    *yes = false;
    for (int i = 0; i < run->spec->n_phases && st == MIG_OK; i++)
        *yes = *yes || differs(&run->survey.known[i], &run->phases[i]);
    return st;
}

mig_status rt_preflight_is_over(rt_run *run, bool *over) {
    return read_again(run, has_moved, over);
}

/*
 * What stands in the target may come from another run of this migration that went on while this one looked: the ledger was read first. Then
 * all is to be looked at again; a run has only so many steps, so that has an end. What was found stays where the ledger is as it was or does
 * not answer.
 */
static bool look_again(rt_run *run) {
    rt_error found = run->error;
    bool made = false;
    if (run->target == NULL || rt_run_stopped(run))
        return false;
    if (read_again(run, has_made, &made) != MIG_OK || !made)
        run->error = found;
    return made;
}

/* What an earlier look has found, except for the first problems, which are none of its own. */
static void forget(rt_run *run, int keep) {
    rt_survey *s = &run->survey;
    for (int i = keep; i < s->n_problems; i++) {
        free(s->problems[i].message);
        free(s->problems[i].hint);
    }
    for (int i = 0; i < s->n_notes; i++)
        free(s->notes[i]);
    s->n_problems = keep;
    s->n_notes = 0;
    memset(s->stat_known, 0, sizeof *s->stat_known * (size_t)run->spec->n_source_tables);
    memset(s->table_there, 0, sizeof *s->table_there * (size_t)run->spec->n_tables);
    for (int i = 0; i < run->spec->n_sources; i++) {
        rt_source_place *p = &run->sources[i];
        rt_source *before = p->source;
        p->source = NULL; /* a signal that comes while it is closed finds nothing to stop */
        if (before != NULL)
            p->ops->close(before);
        p->is_target = p->changed = false;
    }
    run->error = (rt_error){.status = MIG_OK};
}

/* One look at everything. */
static mig_status look(rt_run *run) {
    const mig_spec *spec = run->spec;
    rt_table_need *needs = calloc((size_t)spec->n_tables + 1, sizeof *needs);
    bool *sources = calloc((size_t)spec->n_source_tables + 1, sizeof *sources);
    mig_status st = needs == NULL || sources == NULL ? rt_run_nomem(run) : MIG_OK;
    if (st == MIG_OK && run->settings->phase != NULL)
        st = check_phase_name(run);
    bool there = st == MIG_OK && open_target(run);
    if (there) {
        st = rt_ledger_find(run);
        if (st == MIG_OK)
            st = rt_ledger_read(run);
        memcpy(run->survey.known, run->phases, sizeof *run->phases * (size_t)spec->n_phases);
    }
    if (st == MIG_OK) {
        bool waits = there && run->settings->phase != NULL && check_phase_option(run);
        for (int i = 0; i < spec->n_tables; i++)
            needs[i].waits = waits;
        find_needs(run, needs, sources);
        need_for_checks(run, sources);
        look_at_sources(run, sources);
    }
    if (st == MIG_OK && there)
        st = look_at_target(run, needs);
    free(needs);
    free(sources);
    if (st == MIG_OK && run->error.status != MIG_OK)
        st = run->error.status;
    return st == MIG_OK && run->survey.n_problems > 0 ? MIG_PREFLIGHT : st;
}

mig_status rt_preflight(rt_run *run) {
    int located = run->survey.n_problems;
    mig_status st;
    do {
        forget(run, located);
        st = look(run);
    } while (st != MIG_OK && look_again(run));
    return st;
}
