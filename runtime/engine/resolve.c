/*
 * resolve.c: the RESOLVE step: the look-ups that rows wait for are answered, now that all rows that they may mean are mapped.
 *
 * First every row is judged: its look-ups, its table's rules, the unique rules that its open columns are part of. A row that is refused is
 * gone for others, too, so judging begins anew until nothing changes: what is left then is a set of rows whose references all
 * hold, whatever their order. Only then are they written.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

typedef enum outcome { STAYS, LESS, GONE, ENDS } outcome; /* LESS: an into of it is given up; ENDS: the phase does */

typedef struct resolving {
    rt_run *run;
    const mig_ring *ring;
    rt_waiting *waiting;
    int64_t total, done, rejected;
    const char *what;
    char *data; size_t cap; /* bytes of the row that is judged */
} resolving;

/* ---- answers ---------------------------------------------------------------------------------------------------------- */

static bool in_range(mig_ctx *x, const mig_column *c, const rt_value *v) {
    int64_t most = c->type == MIG_T_SMALLINT ? INT16_MAX : c->type == MIG_T_INTEGER ? INT32_MAX : INT64_MAX;
    if (v->is_null || v->i <= most)
        if (v->is_null || v->i >= -most - 1)
            return true;
    mig_fail(x, MIG_RULE_RANGE, MIG_NULL_TEXT, "%lld is out of the range of %s", (long long)v->i,
             c->type == MIG_T_SMALLINT ? "smallint" : "integer");
    return false;
}

/* Puts the answer into the row. False: a failure is recorded. */
static bool answer(mig_ctx *x, rt_pending *p, const rt_open *o) {
    const mig_table *t = p->table->table;
    const mig_column *c = &t->columns[o->late->column];
    rt_value v = rt_lookup_value(x, o->late->key, o->hash);
    if (mig_failed(x))
        return false;
    if (v.is_null && o->late->not_null) {
        mig_fail(x, MIG_RULE_NULL, MIG_NULL_TEXT, "null where \"%s\" needs a value", c->name);
        return false;
    }
    bool is_int = c->type == MIG_T_SMALLINT || c->type == MIG_T_INTEGER || c->type == MIG_T_BIGINT;
    if (is_int && !in_range(x, c, &v))
        return false;
    rt_put_value(t, p->row, o->late->column, &v);
    return true;
}

static outcome after_failure(mig_ctx *x, mig_on_failure how) {
    switch (how) {
    case MIG_ON_FAILURE_VALUE: mig_clear(x); return STAYS;
    case MIG_ON_FAILURE_SKIP: mig_clear(x); return LESS;
    case MIG_ON_FAILURE_REJECT: return GONE;
    case MIG_ON_FAILURE_ABORT: return ENDS;
    }
    return ENDS;
}

static outcome answer_all(mig_ctx *x, rt_pending *p) {
    for (int i = 0; i < p->n_open; i++) {
        const rt_open *o = &p->open[i];
        if (answer(x, p, o))
            continue;
        if (x->fatal != MIG_OK)
            return ENDS;
        if (!x->has_value && o->shown.p != NULL) {
            x->has_value = true;
            snprintf(x->value, sizeof x->value, "%.*s", (int)o->shown.n, o->shown.p);
        }
        if (o->late->on_failure == MIG_ON_FAILURE_REJECT && o->late->why != NULL)
            mig_reject_why(x, o->late->site, o->late->why);
        x->site = o->late->site;
        outcome how = after_failure(x, o->late->on_failure);
        if (how != STAYS)
            return how;
    }
    return STAYS;
}

/* The rules that could not be judged while columns were open. */
static outcome judge_rules(mig_ctx *x, rt_pending *p) {
    const mig_into *into = &x->run->phase->flow_def->intos[p->into_no];
    bool ok = rt_row_holds(x, p->table->table, p->row);
    if (ok && p->kind == RT_PENDING_WRITE && p->n_open > 0) {
        x->open = p->open;
        x->n_open = p->n_open;
        x->filled = true;
        ok = rt_uniques_take(x, p->table, p->row, rt_place_here(x->run));
        x->n_open = 0;
        x->open = NULL;
        x->filled = false;
    }
    x->site = into->site;
    return ok ? STAYS : x->fatal != MIG_OK ? ENDS : after_failure(x, into->refused);
}

/* ---- what is refused -------------------------------------------------------------------------------------------------- */

/* Others may stand on the row in a way that cannot be taken back. */
static mig_status check_dependents(resolving *s) {
    rt_run *run = s->run;
    const rt_phase_run *ph = run->phase;
    for (int i = 0; i < ph->n_pending; i++) {
        const rt_pending *p = &ph->pending[i];
        if (p->table == NULL || p->kind != RT_PENDING_WRITE)
            continue;
        bool has_losers = p->table->dedup != NULL && p->table->dedup->losers > 0;
        if (!has_losers && p->table->n_aliases == 0)
            continue;
        rt_buf place = {0};
        rt_place_text(run, rt_place_here(run), &place);
        rt_error_set(&run->error, MIG_CHECK, "%s cannot be refused any more (%s): %s", place.p != NULL ? place.p : "a row",
                     run->ctx.reason, has_losers ? "other rows were dropped as the same" : "an alias has told others of it");
        rt_error_hint(&run->error, "Let the look-up that waits say `else null`, or mend the row.");
        run->error.site = run->ctx.site;
        rt_buf_free(&place);
        return MIG_CHECK;
    }
    return MIG_OK;
}

/* As a reject names it: the source's column, or the target's. */
static const char *column_of(mig_ctx *x) {
    if (x->site == NULL || x->site->source != NULL)
        return x->site != NULL ? x->site->source : NULL;
    if (x->column == NULL || x->site->target == NULL || strchr(x->site->target, '.') != NULL)
        return x->site->target;
    rt_buf name = {0};
    rt_buf_printf(&name, "%s.%s", x->site->target, x->column);
    const char *copy = name.failed ? NULL : rt_arena_copy(x->arena, name.p, name.n);
    rt_buf_free(&name);
    return copy;
}

static mig_status reject(resolving *s) {
    rt_run *run = s->run;
    rt_phase_run *ph = run->phase;
    mig_ctx *x = &run->ctx;
    rt_reject r = {.source = ph->source, .place = rt_place_here(run), .offset = x->record->offset, .raw = x->record->raw,
                   .raw_n = x->record->raw_n, .rule = x->failed, .site = x->site, .column = column_of(x), .reason = x->reason,
                   .value = x->has_value ? (mig_text){x->value, strlen(x->value)} : MIG_NULL_TEXT};
    ph->flow->carried--;
    ph->flow->rejected++;
    s->rejected++;
    return rt_reject_add(run, &r);
}

static mig_status take_out(resolving *s, int64_t seq, outcome how) {
    mig_status st = rt_undo_back(s->run, 0);
    if (st == MIG_OK && how == GONE)
        st = check_dependents(s);
    for (int i = 0; i < s->run->phase->n_pending && st == MIG_OK; i++)
        st = rt_origin_forget(s->run, s->run->phase->pending[i].origin);
    if (st == MIG_OK)
        st = reject(s);
    if (how == ENDS) /* it is in the CSV, and the phase ends whatever the limit says */
        return st == MIG_OK || st == MIG_REJECTS ? rt_flow_abort(s->run) : st;
    return st == MIG_OK ? rt_waiting_drop(s->run, s->waiting, seq) : st;
}

/* ---- judging ---------------------------------------------------------------------------------------------------------- */

static mig_status keep_bytes(resolving *s, const rt_waiting_row *r) {
    if (r->data_n > s->cap) {
        char *p = realloc(s->data, r->data_n);
        if (p == NULL)
            return rt_run_nomem(s->run);
        s->data = p;
        s->cap = r->data_n;
    }
    if (r->data_n > 0)
        memcpy(s->data, r->data, r->data_n);
    return MIG_OK;
}

static outcome judge_part(resolving *s, rt_pending *p) {
    mig_ctx *x = &s->run->ctx;
    outcome how = answer_all(x, p);
    if (how == STAYS && p->kind != RT_PENDING_LOSER)
        how = judge_rules(x, p);
    if (how == LESS) {
        mig_status st = rt_origin_forget(s->run, p->origin);
        if (st != MIG_OK)
            rt_fault(x, st);
        rt_wait_give_up(s->data, p);
        p->kind = RT_PENDING_SKIP;
    }
    return how;
}

static mig_status judge(resolving *s, const rt_waiting_row *r, bool *changed) {
    rt_run *run = s->run;
    rt_phase_run *ph = run->phase;
    outcome worst = STAYS;
    mig_status st = keep_bytes(s, r);
    if (st == MIG_OK)
        st = rt_wait_unpack(run, r);
    for (int i = 0; i < ph->n_pending && st == MIG_OK && worst < GONE; i++) {
        rt_pending *p = &ph->pending[i];
        outcome how = p->kind == RT_PENDING_SKIP ? STAYS : judge_part(s, p);
        if (how > worst)
            worst = how;
    }
    if (st != MIG_OK || run->ctx.fatal != MIG_OK)
        return st != MIG_OK ? st : rt_flow_abort(run);
    *changed = *changed || worst != STAYS;
    if (worst >= GONE)
        return take_out(s, r->seq, worst);
    rt_undo_keep(run);
    return worst == LESS ? rt_waiting_change(run, s->waiting, r->seq, s->data, r->data_n) : MIG_OK;
}

/* ---- writing ---------------------------------------------------------------------------------------------------------- */

static mig_status write_row(resolving *s, const rt_waiting_row *r, bool *unused) {
    rt_run *run = s->run;
    rt_phase_run *ph = run->phase;
    mig_ctx *x = &run->ctx;
    (void)unused;
    mig_status st = rt_wait_unpack(run, r);
    for (int i = 0; i < ph->n_pending && st == MIG_OK; i++) {
        rt_pending *p = &ph->pending[i];
        if (p->n_open == 0 || p->kind == RT_PENDING_SKIP)
            continue;
        bool ok = answer_all(x, p) == STAYS;
        x->open = p->open;
        x->n_open = p->n_open;
        x->filled = true;
        if (ok && p->kind != RT_PENDING_LOSER)
            ok = rt_lookups_take(x, p->table, p->row, p->kind == RT_PENDING_HOLD);
        x->n_open = 0;
        x->open = NULL;
        x->filled = false;
        if (!ok) {
            mig_fatal(x, MIG_CHECK, "a row of \"%s\" that was judged no longer holds: %s", p->table->table->name, x->reason);
            return rt_flow_abort(run);
        }
    }
    rt_undo_keep(run);
    return st == MIG_OK ? rt_pending_carry(run) : st;
}

/* ---- all of them ------------------------------------------------------------------------------------------------------ */

static mig_status walk(resolving *s, mig_status (*fn)(resolving *, const rt_waiting_row *, bool *), bool *changed) {
    rt_waiting_row r;
    bool more;
    mig_status st = rt_waiting_next(s->run, s->waiting, 0, &r, &more);
    s->done = 0;
    while (st == MIG_OK && more) {
        if (rt_run_stopped(s->run))
            return rt_error_set(&s->run->error, MIG_INTERRUPTED, "interrupted");
        int64_t seq = r.seq;
        st = fn(s, &r, changed);
        s->done++;
        if (s->what != NULL && s->done % 256 == 0)
            rt_flow_progress(s->run, s->what, s->done, s->done, s->total);
        if (st == MIG_OK)
            st = rt_waiting_next(s->run, s->waiting, seq, &r, &more);
    }
    return st;
}

typedef struct refilling { rt_table_state *t; rt_open *open; } refilling;

static bool take_again(mig_ctx *x, const void *row, void *arg) {
    rt_table_state *t = ((refilling *)arg)->t;
    rt_open *open = ((refilling *)arg)->open;
    if (!rt_lookups_take(x, t, row, false))
        return false;
    x->open = open; /* of the unique rules only those were emptied that an open column is part of */
    x->n_open = x->run->spec->n_lates;
    x->filled = true;
    bool ok = rt_uniques_take(x, t, row, (rt_place){.file = RT_PLACE_TARGET});
    x->n_open = 0;
    x->open = NULL;
    x->filled = false;
    if (!ok && x->fatal == MIG_OK) /* the target's own rows break it already: its matter */
        x->failed = MIG_RULE_NONE;
    return x->fatal == MIG_OK;
}

static mig_status empty_map(rt_run *run, rt_map **m) {
    rt_map_free(*m);
    *m = rt_map_new(&run->budget, &run->error);
    return *m != NULL ? MIG_OK : rt_run_nomem(run);
}

static mig_status refill_table(rt_run *run, rt_table_state *t, rt_open *open) {
    mig_ctx *x = &run->ctx;
    mig_status st = MIG_OK;
    for (int i = 0; i < t->n_lookups && st == MIG_OK; i++)
        st = empty_map(run, &t->lookups[i]->map);
    x->open = open;
    x->n_open = run->spec->n_lates;
    for (int i = 0; i < t->n_uniques && st == MIG_OK; i++)
        if (rt_open_hides(x, t->uniques[i]->rule))
            st = empty_map(run, &t->uniques[i]->map);
    x->n_open = 0;
    x->open = NULL;
    run->ctx.record = NULL;
    return st == MIG_OK ? rt_scan_rows(run, t->table, take_again, &(refilling){t, open}) : st;
}

/* What look-ups know is made anew, from the target's rows and those that still wait. */
static mig_status refill(resolving *s) {
    rt_run *run = s->run;
    bool *seen = calloc((size_t)run->spec->n_tables + 1, sizeof *seen);
    rt_open *open = calloc((size_t)run->spec->n_lates + 1, sizeof *open);
    mig_status st = seen != NULL && open != NULL ? rt_phase_flush(run) : rt_run_nomem(run);
    for (int i = 0; i < run->spec->n_lates && open != NULL; i++)
        open[i].late = run->spec->lates[i];
    for (int i = 0; i < s->ring->n_flows; i++)
        for (int k = 0; k < s->ring->flows[i]->n_intos && st == MIG_OK; k++) {
            int id = s->ring->flows[i]->intos[k].table->id;
            if (!seen[id])
                st = refill_table(run, &run->phase->tables[id], open);
            seen[id] = true;
        }
    free(seen);
    free(open);
    return st == MIG_OK ? rt_wait_register(run, s->waiting, false) : st;
}

static void tell(resolving *s, int64_t waited, double started) {
    char text[300];
    snprintf(text, sizeof text, "%lld row%s waited for look-ups in two steps, %lld refused", (long long)waited, waited == 1 ? "" : "s",
             (long long)s->rejected);
    rt_run_event(s->run, &(rt_event){.kind = RT_EVENT_NOTE, .phase = s->run->phase->phase, .text = text, .seconds = rt_clock() - started});
}

mig_status rt_resolve(rt_run *run, const mig_ring *ring) {
    rt_phase_run *ph = run->phase;
    resolving s = {.run = run, .ring = ring, .waiting = ph->waiting[ring->id]};
    if (s.waiting == NULL)
        return MIG_OK;
    s.total = rt_waiting_count(s.waiting);
    s.what = "look-ups in two steps";
    double started = ph->flow_started = rt_clock();
    bool changed = true;
    mig_status st = MIG_OK;
    while (st == MIG_OK && changed) {
        changed = false;
        st = walk(&s, judge, &changed);
        if (st == MIG_OK && changed)
            st = refill(&s);
    }
    if (st == MIG_OK)
        st = walk(&s, write_row, &changed);
    if (st == MIG_OK)
        tell(&s, s.total, started);
    free(s.data);
    rt_waiting_free(s.waiting);
    ph->waiting[ring->id] = NULL;
    ph->flow = NULL;
    ph->flow_def = NULL;
    ph->source = NULL;
    run->ctx.record = NULL;
    return st;
}
