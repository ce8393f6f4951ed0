/*
 * phase.c: one phase is one transaction: checks before, steps, the accounting, checks after, the ledger's rows, commit.
 * Whatever fails on the way rolls all of it back; only the CSVs of rejects stay.
 */
#include "runtime/engine/preflight.h"
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <string.h>

static void step_event(rt_run *run, const char *verb, const char *name, double started) {
    char text[512];
    snprintf(text, sizeof text, "%s %s", verb, name);
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_STEP, .phase = run->phase->phase, .text = text, .seconds = rt_clock() - started});
}

/* The statements of a list that ends in NULL. */
static mig_status exec_all(rt_run *run, const char *const *sql, const mig_site *site) {
    mig_status st = MIG_OK;
    for (; sql != NULL && *sql != NULL && st == MIG_OK; sql++) {
        if (rt_run_stopped(run))
            return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
        st = run->ops->exec(run->target, *sql, &run->error);
    }
    if (st != MIG_OK && run->error.site == NULL)
        run->error.site = site;
    return st;
}

/* PostgreSQL: the target's schema, where it is missing. Asked first, for `if not exists` wants the right to make it all the same. */
static mig_status make_schema(rt_run *run) {
    const char *schema = run->target_def.schema;
    int64_t there = 1;
    mig_status st = MIG_OK;
    if (run->ops->engine == MIG_POSTGRES && schema != NULL)
        st = rt_ask_number(run, "select count(*) from pg_namespace where nspname = $1", 1, &schema, &there);
    if (st != MIG_OK || there > 0)
        return st;
    rt_buf sql = {0};
    rt_buf_printf(&sql, "create schema ");
    rt_sql_ident(&sql, schema);
    st = sql.failed ? rt_run_nomem(run) : run->ops->exec(run->target, sql.p, &run->error);
    rt_buf_free(&sql);
    return st;
}

static mig_status step_flow(rt_run *run, const mig_step *s) {
    rt_flow_count *c = run->phase->by_flow[s->flow->id]; /* chunks of an earlier run have counted */
    if (c == NULL)
        c = rt_flow_count_new(run, s->flow->name, s->flow, s->flow->n_intos);
    if (c == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < s->flow->n_intos; i++)
        c->intos[i].table = s->flow->intos[i].table;
    run->phase->by_flow[s->flow->id] = c;
    return rt_flow_run(run, s->flow, c);
}

static mig_status run_step(rt_run *run, const mig_step *s) {
    const mig_engine e = run->ops->engine;
    double started = rt_clock();
    mig_status st = MIG_OK;
    switch (s->kind) {
    case MIG_STEP_CREATE:
        st = make_schema(run);
        if (st == MIG_OK)
            st = exec_all(run, s->table->create[e], s->table->site);
        run->phase->tables[s->table->id].to_create = false;
        if (st == MIG_OK)
            step_event(run, "create", s->table->name, started);
        return st;
    case MIG_STEP_CONSTRAIN:
        st = rt_phase_flush(run);
        if (st == MIG_OK)
            st = exec_all(run, s->table->constrain[e], s->table->site);
        if (st == MIG_OK)
            step_event(run, "constrain", s->table->name, started);
        return st;
    case MIG_STEP_INDEX:
        st = rt_phase_flush(run);
        if (st == MIG_OK)
            st = exec_all(run, s->table->indexes[e], s->table->site);
        if (st == MIG_OK)
            step_event(run, "index", s->table->name, started);
        return st;
    case MIG_STEP_OBJECT:
        if (run->ops->engine != MIG_POSTGRES)
            return MIG_OK; /* the preflight has told */
        st = make_schema(run);
        if (st == MIG_OK)
            st = rt_phase_flush(run);
        if (st == MIG_OK)
            st = exec_all(run, (const char *const[]){s->sql, NULL}, s->site);
        if (st == MIG_OK)
            step_event(run, "make", s->label, started);
        return st;
    case MIG_STEP_SEQUENCE:
        if (run->ops->engine != MIG_POSTGRES)
            return MIG_OK;
        st = rt_phase_flush(run);
        if (st == MIG_OK)
            st = rt_sequence_follow(run, s);
        if (st == MIG_OK)
            step_event(run, "sequence of", s->sequence->table != NULL ? s->sequence->table : s->sequence->name, started);
        return st;
    case MIG_STEP_SQL:
        st = rt_phase_flush(run);
        if (st == MIG_OK)
            st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted") : rt_sql_step(run, s);
        rt_phase_stale(run);
        if (st == MIG_OK)
            step_event(run, "sql", "statement of the spec", started);
        return st;
    case MIG_STEP_BACKUP: return MIG_OK; /* was taken before the transaction began */
    case MIG_STEP_RUN:
        st = rt_phase_flush(run); /* rows that the target refuses are told before anything else happens */
        return st == MIG_OK ? rt_program_run(run, s) : st;
    case MIG_STEP_LOAD: case MIG_STEP_FLOW: case MIG_STEP_SETTLE: case MIG_STEP_RESOLVE: break;
    }
    st = rt_phase_prepare(run);
    if (st != MIG_OK)
        return st;
    if (s->kind == MIG_STEP_LOAD)
        return rt_alias_load(run, s->alias);
    if (s->kind == MIG_STEP_RESOLVE)
        return rt_resolve(run, s->ring);
    return s->kind == MIG_STEP_FLOW ? step_flow(run, s) : rt_settle(run, s->dedup);
}

/* ---- checks ------------------------------------------------------------------------------------------------------------------- */

mig_status rt_phase_keep_result(rt_run *run, const rt_check_result *r) {
    rt_phase_count *c = run->phase->count;
    if (c->n_checks == c->cap_checks) {
        int cap = c->cap_checks ? c->cap_checks * 2 : 8;
        rt_check_result *v = rt_arena_alloc(run->arena, sizeof *v * (size_t)cap);
        if (v == NULL)
            return rt_run_nomem(run);
        if (c->n_checks > 0)
            memcpy(v, c->checks, sizeof *v * (size_t)c->n_checks);
        c->checks = v;
        c->cap_checks = cap;
    }
    c->checks[c->n_checks++] = *r;
    return MIG_OK;
}

static mig_status run_check(rt_run *run, const mig_check *check, bool warn, bool keep) {
    rt_check_result r;
    mig_status st = rt_check_eval(run, check, &r);
    if (st == MIG_OK && keep)
        st = rt_phase_keep_result(run, &r);
    if (st != MIG_OK)
        return st;
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_CHECK, .phase = run->phase->phase, .check = &r});
    if (r.ok || warn)
        return MIG_OK;
    rt_error_set(&run->error, MIG_CHECK, "check \"%s\" does not hold: %s%s%s", check->name, check->text,
                 r.detail[0] != '\0' ? "; " : "", r.detail);
    run->error.site = check->site;
    return MIG_CHECK;
}

static mig_status run_checks(rt_run *run, bool before) {
    const mig_spec *spec = run->spec;
    mig_status st = MIG_OK;
    for (int i = 0; i < spec->n_checks && st == MIG_OK; i++) {
        const mig_check *c = spec->checks[i];
        if (c->before == before && spec->phases[c->phase] == run->phase->phase)
            st = run_check(run, c, c->warn, true);
    }
    return st;
}

/* What the phase requires. silent: only what does not hold is told. */
static mig_status run_needs(rt_run *run, bool silent) {
    const mig_phase *p = run->phase->phase;
    mig_status st = MIG_OK;
    for (int i = 0; i < p->n_needs && st == MIG_OK; i++) {
        rt_check_result r;
        st = rt_check_eval(run, p->needs[i], &r);
        if (st == MIG_OK && (!silent || !r.ok))
            rt_run_event(run, &(rt_event){.kind = RT_EVENT_CHECK, .phase = p, .check = &r});
        if (st != MIG_OK || r.ok)
            continue;
        st = rt_error_set(&run->error, MIG_CHECK, "check \"%s\" does not hold: %s%s%s", p->needs[i]->name, p->needs[i]->text,
                          r.detail[0] != '\0' ? "; " : "", r.detail);
        rt_error_hint(&run->error, "Phase \"%s\" requires it, and has done nothing.", p->name);
        run->error.site = p->needs[i]->site;
    }
    return st;
}

/* ---- the transaction ------------------------------------------------------------------------------------------------------------ */

static mig_status inside(rt_run *run) {
    const mig_phase *p = run->phase->phase;
    mig_status st = rt_chunk_begin(run);
    if (st == MIG_OK && !run->phase->chunks.resumed)
        st = run_needs(run, rt_has_backups(p));
    if (st == MIG_OK && !run->phase->chunks.resumed)
        st = run_checks(run, true);
    for (int i = 0; i < run->phase->n_backups && st == MIG_OK; i++)
        st = rt_ledger_backup_put(run, p, &run->phase->backups[i]);
    for (int i = run->phase->chunks.step; i < p->n_steps && st == MIG_OK; i++) {
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted") : run_step(run, &p->steps[i]);
        if (st == MIG_OK)
            st = rt_chunk_step_done(run, i + 1);
    }
    if (st == MIG_OK)
        st = rt_reject_share(run);
    if (st == MIG_OK)
        st = rt_phase_flush(run);
    if (st == MIG_OK)
        st = rt_account_verify(run, true);
    if (st == MIG_OK)
        st = rt_identity_finish(run);
    if (st == MIG_OK)
        st = run_checks(run, false);
    if (st == MIG_OK)
        st = rt_chunk_last(run);
    if (st == MIG_OK)
        st = rt_ledger_phase_done(run, run->phase->count, run->phase->started);
    return st;
}

/* SQL of the spec's own, and tables that others watch over, want foreign keys as they are in daily life. */
bool rt_phase_watches_keys(const rt_run *run) {
    const mig_phase *p = run->phase->phase;
    for (int i = 0; i < p->n_steps; i++) {
        const mig_step *s = &p->steps[i];
        if (s->kind == MIG_STEP_SQL || (s->alias != NULL && s->alias->table->existing) ||
            (s->alias != NULL && s->alias->names != NULL && s->alias->names->existing))
            return true;
        for (int k = 0; s->flow != NULL && k < s->flow->n_intos; k++)
            if (s->flow->intos[k].table->existing)
                return true;
    }
    return false;
}

mig_status rt_phase_begin(rt_run *run) {
    mig_status st = run->ops->begin(run->target, rt_phase_watches_keys(run), &run->error);
    if (st == MIG_OK && run->phase->phase->defers && run->ops->engine == MIG_POSTGRES)
        st = run->ops->exec(run->target, "set constraints all deferred", &run->error);
    return st;
}

static mig_status transaction(rt_run *run) {
    mig_status st = rt_phase_begin(run);
    if (st != MIG_OK)
        return st;
    st = inside(run);
    mig_status files = rt_rejects_finish(run, st == MIG_OK);
    if (st == MIG_OK)
        st = files;
    if (st == MIG_OK && rt_run_stopped(run))
        st = rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
    if (st == MIG_OK)
        st = run->ops->commit(run->target, &run->error);
    if (st != MIG_OK)
        run->ops->rollback(run->target);
    return st;
}

/*
 * What stands before the transaction: copies. A phase whose conditions do not hold would make one at each attempt, so they are asked
 * once more before.
 */
static mig_status copies(rt_run *run) {
    const mig_phase *p = run->phase->phase;
    mig_status st = MIG_OK;
    if (!rt_has_backups(p))
        return MIG_OK;
    if (p->n_needs > 0 && run->phases[p->id].chunk.n == 0) {
        st = run->ops->begin(run->target, false, &run->error);
        if (st != MIG_OK)
            return st;
        st = run_needs(run, false);
        run->ops->rollback(run->target);
    }
    return st == MIG_OK ? rt_backups_take(run) : st;
}

/* An engine's words for a statement that Ctrl-C stopped are not the reason. */
static mig_status tell_interrupt(rt_run *run, mig_status st) {
    if (st == MIG_OK || !rt_run_stopped(run))
        return st;
    run->error = (rt_error){.status = MIG_OK};
    return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
}

mig_status rt_phase_run_one(rt_run *run, const mig_phase *phase, rt_phase_count *count) {
    mig_status st = rt_phase_open(run, phase, count);
    double started = rt_clock();
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_PHASE_START, .phase = phase});
    run->ctx.fatal = MIG_OK;
    rt_facts facts = {.file = {-1, -1}};
    if (st == MIG_OK)
        rt_facts_look(run, phase, 0, &facts);
    if (st == MIG_OK)
        st = tell_interrupt(run, copies(run));
    if (st == MIG_OK)
        st = tell_interrupt(run, transaction(run));
    double seconds = rt_clock() - started;
    if (st == MIG_OK)
        rt_facts_look(run, phase, 1, &facts);
    if (run->phase != NULL) {
        rt_chunk_tell(run, st);
        rt_facts_copies(run, &facts);
        count->rejected = run->phase->rejected;
    }
    rt_phase_close(run);
    count->seconds = seconds;
    count->outcome = st == MIG_OK ? RT_PHASE_DONE : RT_PHASE_FAILED;
    rt_run_event(run, &(rt_event){.kind = st == MIG_OK ? RT_EVENT_PHASE_DONE : RT_EVENT_PHASE_FAILED, .phase = phase,
                                  .count = count, .seconds = count->seconds});
    rt_record_phase(run, count, &facts);
    return st;
}
