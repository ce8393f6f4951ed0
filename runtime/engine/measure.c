/*
 * measure.c: measures: the old query and the new one, timed in turn within one run on connections of their own; medians; what was expected
 * of them. Taken behind the commit of their phase, so that a time never undoes anything: a run that is killed here is taken up here.
 *
 * Before the first one the migration's own tables are analyzed: fresh tables have no statistics, and no planner does well without.
 */
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_ROUNDS = 5, MOST_ROUNDS = 101 };
static const double ENOUGH_SECONDS = 0.5; /* then no round is begun beyond the least number */
static const double LONG_SECONDS = 120;   /* then no round is begun at all */

const char *const rt_verdict_words[] = {
    [RT_VERDICT_KEPT] = "kept", [RT_VERDICT_HELD] = "held", [RT_VERDICT_OPEN] = "open", [RT_VERDICT_WARNED] = "warned",
    [RT_VERDICT_FAILED] = "failed"};

const char *rt_ms(char *out, size_t cap, double ms) {
    snprintf(out, cap, "%.*f ms", ms < 1 ? 3 : ms < 100 ? 2 : 0, ms);
    return out;
}

/* ---- which ---------------------------------------------------------------------------------------------------------------- */

static bool is_taken(const rt_run *run, const mig_measure *m) {
    const rt_measure_result *r = &run->measures[m->id];
    return r->known && r->verdict != RT_VERDICT_FAILED;
}

bool rt_measure_pending(const rt_run *run, const mig_measure *m) {
    const char *only = run->settings->phase;
    return run->phases[m->phase].done && !is_taken(run, m) &&
           (only == NULL || strcmp(only, run->spec->phases[m->phase]->name) == 0);
}

/* This run will take it, if all goes well. */
static bool is_wanted(const rt_run *run, const mig_measure *m) {
    return rt_run_wants(run, run->spec->phases[m->phase]) || rt_measure_pending(run, m);
}

static bool asks(const mig_timed *t, int source) { return t != NULL && t->source == source; }

bool rt_measures_ask(const rt_run *run, int source) {
    for (int i = 0; i < run->spec->n_measures; i++) {
        const mig_measure *m = run->spec->measures[i];
        if ((asks(m->before, source) || asks(m->after, source)) && is_wanted(run, m))
            return true;
    }
    return false;
}

/* ---- connections ------------------------------------------------------------------------------------------------------------ */

static const rt_timer_ops *ops_for(const rt_run *run, const mig_timed *t) {
    bool postgres = t->source >= 0 ? run->spec->sources[t->source].kind == MIG_SOURCE_POSTGRES : run->ops->engine == MIG_POSTGRES;
    return postgres ? &rt_timer_postgres : &rt_timer_sqlite;
}

static mig_status open_timer(rt_run *run, const mig_timed *t, rt_timer **out, rt_error *e) {
    const char *location = t->source >= 0 ? run->sources[t->source].location : run->target_location;
    *out = NULL;
    if (location == NULL)
        return rt_error_set(e, MIG_IO, "no location is given for source \"%s\"", run->spec->sources[t->source].name);
    return ops_for(run, t)->open(t->source >= 0 ? "source" : "target", location, t->source >= 0 ? NULL : run->target_def.schema, out, e);
}

/* A place that stays ours while it is asked: a signal finds what it has to stop. */
static void hold(rt_run *run, int side, const rt_timer_ops *ops, rt_timer *t) {
    run->timer_ops[side] = ops;
    run->timers[side] = t;
}

static void let_go(rt_run *run) {
    for (int i = 0; i < 2; i++) {
        rt_timer *t = run->timers[i];
        run->timers[i] = NULL;
        if (t != NULL)
            run->timer_ops[i]->close(t);
    }
}

void rt_measure_cancel(rt_run *run) {
    for (int i = 0; i < 2; i++)
        if (run->timers[i] != NULL)
            run->timer_ops[i]->cancel(run->timers[i]);
}

static void look_at(rt_run *run, const mig_measure *m, const mig_timed *t) {
    rt_timer *timer;
    rt_error e = {.status = MIG_OK};
    if (t == NULL || t->source < 0 || run->sources[t->source].source == NULL)
        return; /* of the target, or said already */
    mig_status st = open_timer(run, t, &timer, &e);
    if (st == MIG_OK)
        st = ops_for(run, t)->look(timer, t->sql, &e);
    if (st != MIG_OK)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, e.hint, "measure \"%s\": %s", m->name, e.message);
    if (timer != NULL)
        ops_for(run, t)->close(timer);
}

void rt_measures_look(rt_run *run) {
    for (int i = 0; i < run->spec->n_measures; i++) {
        const mig_measure *m = run->spec->measures[i];
        if (is_wanted(run, m)) {
            look_at(run, m, m->before);
            look_at(run, m, m->after);
        }
    }
}

/* ---- timing -------------------------------------------------------------------------------------------------------------------- */

/* The two queries of a measure while they are timed; [0] before, [1] after. */
typedef struct sides {
    const mig_timed *timed[2];
    rt_timing *out[2];
    double ms[2][MOST_ROUNDS];
    int rounds;
} sides;

static mig_status failed(rt_run *run, const mig_timed *t, mig_status st) {
    if (run->error.site == NULL)
        run->error.site = t->site;
    return st;
}

/* Each query that can be asked, once; into[k]: where its time goes. */
static mig_status one_round(rt_run *run, sides *s, double *into[2]) {
    mig_status st = MIG_OK;
    for (int k = 0; k < 2 && st == MIG_OK; k++) {
        double seconds = 0;
        if (run->timers[k] == NULL)
            continue;
        if (rt_run_stopped(run))
            return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
        st = run->timer_ops[k]->ask(run->timers[k], s->timed[k]->sql, &s->out[k]->rows, &seconds, &run->error);
        if (st != MIG_OK)
            return failed(run, s->timed[k], st);
        *into[k] = seconds * 1000;
    }
    return st;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void sum_up(rt_run *run, sides *s) {
    for (int k = 0; k < 2; k++) {
        if (run->timers[k] == NULL)
            continue;
        qsort(s->ms[k], (size_t)s->rounds, sizeof(double), by_value);
        s->out[k]->taken = true;
        s->out[k]->least = s->ms[k][0];
        s->out[k]->ms = (s->ms[k][(s->rounds - 1) / 2] + s->ms[k][s->rounds / 2]) / 2;
    }
}

/* A warm-up, then rounds: as many as there is time for, at least five; fewer only where a round takes very long. */
static mig_status rounds(rt_run *run, sides *s) {
    double unused[2];
    mig_status st = MIG_OK;
    if (run->timers[0] == NULL && run->timers[1] == NULL)
        return MIG_OK;
    st = one_round(run, s, (double *[]){&unused[0], &unused[1]});
    double began = rt_clock();
    while (st == MIG_OK && s->rounds < MOST_ROUNDS) {
        double spent = rt_clock() - began;
        if (spent > (s->rounds >= LEAST_ROUNDS ? ENOUGH_SECONDS : LONG_SECONDS) && s->rounds > 0)
            break;
        st = one_round(run, s, (double *[]){&s->ms[0][s->rounds], &s->ms[1][s->rounds]});
        s->rounds += st == MIG_OK;
    }
    return st;
}

/* lenient: a source that cannot be reached is passed over, and why is told with its times. */
static mig_status take(rt_run *run, rt_measure_result *r, bool lenient) {
    sides s = {.timed = {r->measure->before, r->measure->after}, .out = {&r->before, &r->after}};
    mig_status st = MIG_OK;
    for (int k = 0; k < 2 && st == MIG_OK; k++) {
        rt_timer *t = NULL;
        rt_error e = {.status = MIG_OK};
        if (s.timed[k] == NULL)
            continue;
        st = open_timer(run, s.timed[k], &t, &e);
        if (st == MIG_OK) {
            hold(run, k, ops_for(run, s.timed[k]), t);
        } else if (lenient && s.timed[k]->source >= 0 && st != MIG_NOMEM && !rt_run_stopped(run)) {
            rt_shorten(s.out[k]->why_not, sizeof s.out[k]->why_not, e.message, strlen(e.message));
            st = MIG_OK;
        } else {
            run->error = e;
            failed(run, s.timed[k], st);
        }
    }
    if (st == MIG_OK)
        st = rounds(run, &s);
    if (st == MIG_OK) {
        r->rounds = s.rounds;
        sum_up(run, &s);
    }
    let_go(run);
    if (st != MIG_OK && rt_run_stopped(run)) { /* an engine's words for a query that Ctrl-C stopped are not the reason */
        run->error = (rt_error){.status = MIG_OK};
        st = rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
    }
    return st;
}

/* ---- judging -------------------------------------------------------------------------------------------------------------------- */

static mig_float median(const rt_timing *t) { return t->taken ? MIG_FLOAT(t->ms) : MIG_NULL_FLOAT; }

/* "before 12.3 ms, after 15.1 ms (1.23 times before), baseline 14.0 ms (1.08 times that); medians of 41 rounds" */
static void describe(rt_measure_result *r, unsigned told) {
    rt_buf b = {0};
    char ms[40];
    const rt_timing *now = r->after.taken ? &r->after : &r->before;
    if (r->before.taken)
        rt_buf_printf(&b, "before %s", rt_ms(ms, sizeof ms, r->before.ms));
    if (r->after.taken)
        rt_buf_printf(&b, "%safter %s", b.n > 0 ? ", " : "", rt_ms(ms, sizeof ms, r->after.ms));
    if (r->before.taken && r->after.taken && r->before.ms > 0)
        rt_buf_printf(&b, " (%.2f times before)", r->after.ms / r->before.ms);
    if ((told & MIG_ASKS_BASELINE) != 0 && r->baseline > 0)
        rt_buf_printf(&b, ", baseline %s (now %.2f times that)", rt_ms(ms, sizeof ms, r->baseline), now->ms / r->baseline);
    rt_buf_printf(&b, "; median%s of %d round%s", r->before.taken && r->after.taken ? "s" : "", r->rounds, r->rounds == 1 ? "" : "s");
    snprintf(r->detail, sizeof r->detail, "%s", b.failed || b.p == NULL ? "" : b.p);
    rt_buf_free(&b);
}

static mig_status judge_one(rt_run *run, rt_measure_result *r, const mig_expect *e, const mig_medians *m) {
    mig_ctx *x = &run->ctx;
    unsigned there = (r->before.taken ? MIG_ASKS_BEFORE : 0u) | (r->after.taken ? MIG_ASKS_AFTER : 0u) |
                     (r->baseline >= 0 ? MIG_ASKS_BASELINE : 0u);
    rt_verdict v = RT_VERDICT_HELD;
    if ((e->asks & ~there) != 0) {
        v = RT_VERDICT_OPEN;
    } else {
        rt_arena_reset(x->arena);
        x->failed = MIG_RULE_NONE;
        mig_bool holds = e->test(x, m);
        if (x->fatal != MIG_OK)
            return x->fatal;
        if (mig_failed(x) || holds.is_null || !holds.v)
            v = e->warn ? RT_VERDICT_WARNED : RT_VERDICT_FAILED;
    }
    if (v <= r->verdict)
        return MIG_OK;
    r->verdict = v;
    if (v >= RT_VERDICT_WARNED) {
        r->broken = e;
        describe(r, e->asks);
    }
    return MIG_OK;
}

static mig_status judge(rt_run *run, rt_measure_result *r) {
    mig_medians m = {median(&r->before), median(&r->after), r->baseline >= 0 ? MIG_FLOAT(r->baseline) : MIG_NULL_FLOAT};
    mig_status st = MIG_OK;
    r->verdict = RT_VERDICT_KEPT;
    for (int i = 0; i < r->measure->n_expects && st == MIG_OK; i++)
        st = judge_one(run, r, &r->measure->expects[i], &m);
    return st;
}

static mig_status say_failed(rt_run *run, const rt_measure_result *r) {
    rt_error_set(&run->error, MIG_CHECK, "measure \"%s\": expected %s, but %s", r->measure->name, r->broken->text, r->detail);
    rt_error_hint(&run->error, "What phase \"%s\" did is committed and stays; `%s run` measures again.",
                  run->spec->phases[r->measure->phase]->name, run->settings->program);
    run->error.site = r->broken->site;
    return MIG_CHECK;
}

/* ---- statistics of fresh tables ---------------------------------------------------------------------------------------------------- */

static bool made_by_us(const rt_run *run, const mig_table *t) {
    for (int i = 0; i < run->spec->n_phases; i++)
        for (int k = 0; run->phases[i].done && k < run->spec->phases[i]->n_steps; k++) {
            const mig_step *s = &run->spec->phases[i]->steps[k];
            if (s->kind == MIG_STEP_CREATE && s->table == t)
                return true;
        }
    return false;
}

static mig_status analyze(rt_run *run) {
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++) {
        const mig_table *t = run->spec->tables[i];
        rt_live_column columns[1];
        int n = 0;
        rt_error ignored = {.status = MIG_OK};
        rt_buf sql = {0};
        if (!made_by_us(run, t))
            continue;
        run->ops->columns(run->target, t->name, columns, 1, &n, &ignored); /* more than one is no mistake here */
        if (n == 0 && ignored.status == MIG_OK)
            continue; /* a statement of the spec may have dropped it */
        rt_buf_printf(&sql, "analyze ");
        rt_sql_table(run, t, &sql);
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted")
             : sql.failed        ? rt_run_nomem(run)
                                 : run->ops->exec(run->target, sql.p, &run->error);
        rt_buf_free(&sql);
    }
    return st;
}

/* ---- a run, a check ------------------------------------------------------------------------------------------------------------------ */

static void measured(rt_run *run, const rt_measure_result *r) {
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_MEASURE, .phase = run->spec->phases[r->measure->phase], .measure = r});
}

static mig_status take_and_keep(rt_run *run, const mig_measure *m) {
    rt_measure_result *r = &run->measures[m->id];
    *r = (rt_measure_result){.measure = m, .baseline = -1};
    snprintf(r->run, sizeof r->run, "%s", run->id);
    mig_status st = take(run, r, false);
    r->baseline = r->after.taken ? r->after.ms : r->before.ms; /* these are the first that are kept */
    if (st == MIG_OK)
        st = judge(run, r);
    if (st == MIG_OK)
        st = rt_ledger_measure_put(run, r);
    if (st != MIG_OK)
        return st;
    r->known = true;
    measured(run, r);
    rt_record_measure(run, r);
    return r->verdict == RT_VERDICT_FAILED ? say_failed(run, r) : MIG_OK;
}

mig_status rt_measures_take(rt_run *run, const mig_phase *phase) {
    mig_status st = MIG_OK;
    bool first = true;
    for (int i = 0; i < run->spec->n_measures && st == MIG_OK; i++) {
        const mig_measure *m = run->spec->measures[i];
        if (run->spec->phases[m->phase] != phase || !rt_measure_pending(run, m))
            continue;
        if (first)
            st = analyze(run);
        if (first && run->settings->sample >= 0)
            rt_run_event(run, &(rt_event){.kind = RT_EVENT_NOTE, .phase = phase,
                                          .text = "the target holds a sample: measured times are those of a sample"});
        first = false;
        if (st == MIG_OK)
            st = take_and_keep(run, m);
    }
    return st;
}

mig_status rt_measures_check(rt_run *run, rt_phase_count *c, bool *failed_one) {
    const mig_spec *spec = run->spec;
    mig_status st = MIG_OK;
    c->measures = rt_arena_alloc(run->arena, sizeof *c->measures * (size_t)(spec->n_measures + 1));
    if (c->measures == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < spec->n_measures && st == MIG_OK; i++) {
        const mig_measure *m = spec->measures[i];
        rt_measure_result *r = &c->measures[c->n_measures];
        if (!run->phases[m->phase].done)
            continue;
        *r = (rt_measure_result){.measure = m, .baseline = run->measures[i].known ? run->measures[i].baseline : -1};
        st = take(run, r, true);
        if (st == MIG_OK)
            st = judge(run, r);
        if (st != MIG_OK)
            break;
        r->known = true;
        *failed_one = *failed_one || r->verdict == RT_VERDICT_FAILED;
        c->n_measures++;
    }
    return st;
}
