/*
 * state.c: reading the ledger: which phases are done, by which spec, and the sums that checks ask for. Never writes.
 */
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

typedef struct reading { rt_run *run; bool other_spec, other_sample; char phase[128], file[512], sample[32]; } reading;

static void copy(char *out, size_t cap, const char *text) {
    snprintf(out, cap, "%s", text != NULL ? text : "");
}

/* phase, finished, run, rows_inserted, rows_rejected, seconds, spec_hash, sample, logged */
static bool take_phase(void *arg, int n, const char *const *v, const size_t *lens) {
    reading *r = arg;
    rt_run *run = r->run;
    char sample[32] = "";
    (void)lens;
    if (n < 9 || v[0] == NULL)
        return true;
    if (run->settings->sample >= 0)
        snprintf(sample, sizeof sample, "%lld", (long long)run->settings->sample);
    if (r->other_spec || r->other_sample) {
        /* the first one is told */
    } else if (v[6] != NULL && strcmp(v[6], run->spec->hash) != 0) {
        r->other_spec = true;
        copy(r->phase, sizeof r->phase, v[0]);
    } else if (strcmp(v[7] != NULL ? v[7] : "", sample) != 0) {
        r->other_sample = true;
        copy(r->phase, sizeof r->phase, v[0]);
        copy(r->sample, sizeof r->sample, v[7]);
    }
    for (int i = 0; i < run->spec->n_phases; i++) {
        if (strcmp(run->spec->phases[i]->name, v[0]) != 0)
            continue;
        rt_phase_state *s = &run->phases[i];
        s->done = true;
        copy(s->finished, sizeof s->finished, v[1]);
        copy(s->run, sizeof s->run, v[2]);
        s->rows = v[3] != NULL ? strtoll(v[3], NULL, 10) : 0;
        s->rejected = v[4] != NULL ? strtoll(v[4], NULL, 10) : 0;
        s->seconds = v[5] != NULL ? strtod(v[5], NULL) : 0;
        s->owed = v[8] != NULL && v[8][0] == '0';
    }
    return true;
}

static mig_status read_phases(rt_run *run, reading *r) {
    rt_buf sql = {0};
    bool pg = run->ops->engine == MIG_POSTGRES;
    rt_buf_printf(&sql, "select phase, %s, %s, rows_inserted, rows_rejected, seconds, spec_hash, sample, logged from %s where migration = $1 order by finished",
                  pg ? "to_char(finished at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS')" : "substr(finished, 1, 19)",
                  pg ? "run::text" : "run", rt_ledger_table(run->ops->engine, "phase"));
    const char *params[] = {run->spec->name};
    mig_status st = sql.failed ? rt_run_nomem(run)
                               : run->ops->query(run->target, sql.p, 1, params, take_phase, r, &run->error);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_ledger_read(rt_run *run) {
    reading r = {.run = run};
    memset(run->phases, 0, sizeof *run->phases * (size_t)run->spec->n_phases);
    mig_status st = run->ledger_there ? read_phases(run, &r) : MIG_OK;
    if (st == MIG_OK && run->ledger_there)
        st = rt_ledger_chunks_read(run);
    return st == MIG_OK ? rt_ledger_measures(run) : st;
}

static bool take_run(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_last_run *last = arg;
    (void)lens;
    if (n < 5)
        return false;
    copy(last->state, sizeof last->state, v[0]);
    copy(last->started, sizeof last->started, v[1]);
    copy(last->finished, sizeof last->finished, v[2]);
    copy(last->by_whom, sizeof last->by_whom, v[3]);
    copy(last->message, sizeof last->message, v[4]);
    return false;
}

mig_status rt_ledger_last_run(rt_run *run) {
    static const char *const sql[] = {
        "select state, substr(started, 1, 19), substr(finished, 1, 19), by_whom, message from _migc_run"
        " where migration = $1 order by started desc limit 1",
        "select state, to_char(started at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'),"
        " to_char(finished at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), by_whom, message from migc.run"
        " where migration = $1 order by started desc limit 1"};
    const char *params[] = {run->spec->name};
    run->last = (rt_last_run){.state = ""};
    if (!run->ledger_there)
        return MIG_OK;
    return run->ops->query(run->target, sql[run->ops->engine], 1, params, take_run, &run->last, &run->error);
}

static bool take_any(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    (void)v;
    (void)lens;
    *(bool *)arg = true;
    return false;
}

mig_status rt_ledger_knows_run(rt_run *run, const char *id, bool *out) {
    static const char *const sql[] = {"select 1 from _migc_run where migration = $1 and id = $2",
                                      "select 1 from migc.run where migration = $1 and id::text = $2"};
    const char *params[] = {run->spec->name, id};
    *out = false;
    return run->ops->query(run->target, sql[run->ops->engine], 2, params, take_any, out, &run->error);
}

/* Phases of which chunks are in. True: one is another spec's or another sample's, and that has been said. */
static bool compare_chunks(rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++) {
        const rt_chunk_state *c = &run->phases[i].chunk;
        const char *phase = run->spec->phases[i]->name;
        int64_t sample = run->settings->sample >= 0 ? run->settings->sample : -1;
        if (c->n == 0 || run->phases[i].done || (strcmp(c->spec_hash, run->spec->hash) == 0 && c->sample == sample))
            continue;
        if (strcmp(c->spec_hash, run->spec->hash) != 0)
            rt_problem_add(run, MIG_PREFLIGHT, NULL,
                           "Go on with the program that began it, or begin anew in an empty target; a migration that is "
                           "another one needs another name.",
                           "the spec is not the one that began phase \"%s\" in this target: its tokens have changed since", phase);
        else if (c->sample >= 0)
            rt_problem_add(run, MIG_PREFLIGHT, NULL, "Use an empty target for the whole migration, or go on with the same --sample.",
                           "this target holds a sample: phase \"%s\" was begun with --sample %lld", phase, (long long)c->sample);
        else
            rt_problem_add(run, MIG_PREFLIGHT, NULL, "Use an empty target for a sample.",
                           "phase \"%s\" was begun without --sample in this target", phase);
        return true;
    }
    return false;
}

mig_status rt_ledger_compare(rt_run *run) {
    reading r = {.run = run};
    mig_status st = run->ledger_there ? read_phases(run, &r) : MIG_OK;
    if (st != MIG_OK)
        return st;
    if (!r.other_spec && !r.other_sample && compare_chunks(run))
        return MIG_OK;
    if (r.other_spec)
        rt_problem_add(run, MIG_PREFLIGHT, NULL,
                       "Go on with the program that began it, or begin anew in an empty target; a migration that is "
                       "another one needs another name.",
                       "the spec is not the one that finished phase \"%s\" in this target: its tokens have changed since", r.phase);
    else if (r.other_sample && r.sample[0] != '\0')
        rt_problem_add(run, MIG_PREFLIGHT, NULL,
                       "Use an empty target for the whole migration, or go on with the same --sample.",
                       "this target holds a sample: phase \"%s\" was run with --sample %s", r.phase, r.sample);
    else if (r.other_sample)
        rt_problem_add(run, MIG_PREFLIGHT, NULL, "Use an empty target for a sample.",
                       "phase \"%s\" was run without --sample in this target", r.phase);
    return MIG_OK;
}

static bool take_sum(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(int64_t *)arg = strtoll(v[0], NULL, 10);
    return false;
}

mig_status rt_ledger_sum(rt_run *run, const char *column, const char *key_column, const char *key, int64_t *out) {
    *out = 0;
    if (!run->ledger_there)
        return MIG_OK;
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select sum(%s) from %s where migration = $1 and %s = $2", column,
                  rt_ledger_table(run->ops->engine, "flow"), key_column);
    const char *params[] = {run->spec->name, key};
    mig_status st = sql.failed ? rt_run_nomem(run)
                               : run->ops->query(run->target, sql.p, 2, params, take_sum, out, &run->error);
    rt_buf_free(&sql);
    return st;
}
