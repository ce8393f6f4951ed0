/*
 * flow.c: one flow: reads its source table record by record, has each mapped by the generated row function, and carries,
 * skips or rejects it. Called by the phase for FLOW steps and by alias_load.c for lists.
 */
#include "runtime/engine/state.h"

#include <string.h>

rt_flow_count *rt_flow_count_new(rt_run *run, const char *name, const mig_flow *flow, int n_intos) {
    rt_phase_count *pc = run->phase->count;
    rt_flow_count *c = rt_arena_alloc(run->arena, sizeof *c);
    rt_into_count *intos = rt_arena_alloc(run->arena, sizeof *intos * (size_t)(n_intos > 0 ? n_intos : 1));
    if (c == NULL || intos == NULL)
        return NULL;
    if (pc->n_flows == pc->cap_flows) {
        int cap = pc->cap_flows ? pc->cap_flows * 2 : 8;
        rt_flow_count **v = rt_arena_alloc(run->arena, sizeof *v * (size_t)cap);
        if (v == NULL)
            return NULL;
        if (pc->n_flows > 0)
            memcpy(v, pc->flows, sizeof *v * (size_t)pc->n_flows);
        pc->flows = v;
        pc->cap_flows = cap;
    }
    memset(intos, 0, sizeof *intos * (size_t)(n_intos > 0 ? n_intos : 1));
    *c = (rt_flow_count){.name = name, .flow = flow, .intos = intos, .n_intos = n_intos};
    pc->flows[pc->n_flows++] = c;
    return c;
}

void rt_row_begin(rt_run *run) {
    mig_ctx *x = &run->ctx;
    rt_phase_run *ph = run->phase;
    rt_arena_reset(x->arena);
    x->failed = MIG_RULE_NONE;
    x->has_value = false;
    x->column = NULL;
    x->site = NULL;
    x->why = NULL;
    ph->here_known = false;
    ph->alias_made = false;
    ph->n_pending = 0;
    x->n_open = 0;
    x->open = NULL;
    x->filled = false;
}

void rt_flow_progress(rt_run *run, const char *what, int64_t rows, int64_t bytes, int64_t total) {
    rt_phase_run *ph = run->phase;
    double now = rt_clock();
    if (run->face.progress == NULL || now - ph->progress_at < 0.1)
        return;
    ph->progress_at = now;
    run->face.progress(run->face.self, &(rt_progress){.phase = ph->phase, .what = what, .rows = rows,
                                                      .rejected = ph->rejected, .committed = ph->count->chunk_rows, .bytes = bytes, .bytes_total = total,
                                                      .seconds = now - ph->flow_started});
}

/* The row function gave up the whole phase (`abort`): the message names the source place as a reject would. */
mig_status rt_flow_abort(rt_run *run) {
    mig_ctx *x = &run->ctx;
    rt_buf place = {0};
    if (x->fatal != MIG_OK) {
        if (run->error.site == NULL)
            run->error.site = x->site;
        return x->fatal;
    }
    rt_place_text(run, rt_place_here(run), &place);
    const char *column = x->site == NULL ? NULL : x->site->source != NULL ? x->site->source : x->site->target;
    rt_error_set(&run->error, MIG_REJECTS, "%s: %s%s%s%s%s%s%s", place.p != NULL ? place.p : "",
                 column != NULL ? "\"" : "", column != NULL ? column : "", column != NULL ? "\": " : "", x->reason,
                 x->has_value ? " (value \"" : "", x->has_value ? x->value : "", x->has_value ? "\")" : "");
    rt_error_hint(&run->error, "The spec says abort here; mend the row, or let the spec reject it.");
    run->error.site = x->site;
    rt_buf_free(&place);
    return MIG_REJECTS;
}

mig_status rt_flow_verdict(rt_run *run, mig_verdict v) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    if (run->ctx.fatal != MIG_OK)
        return rt_flow_abort(run);
    switch (v) {
    case MIG_ROW_CARRY:
        ph->flow->carried++;
        rt_undo_keep(run);
        return rt_wait_wanted(run) ? rt_wait_hold(run) : rt_pending_carry(run);
    case MIG_ROW_SKIP:
        ph->flow->skipped++;
        ph->n_pending = 0;
        return rt_undo_back(run, 0);
    case MIG_ROW_REJECT:
        ph->n_pending = 0;
        st = rt_undo_back(run, 0);
        ph->flow->rejected++;
        return st == MIG_OK ? rt_reject_current(run) : st;
    case MIG_ROW_ABORT: break;
    }
    st = rt_reject_current(run); /* so that the row is in the CSV; the phase ends whatever the limit says */
    return st == MIG_OK || st == MIG_REJECTS ? rt_flow_abort(run) : st;
}

bool rt_record_faulty(mig_ctx *x, const mig_source_table *t, const mig_record *r) {
    if (r->fault != MIG_RULE_NONE) {
        mig_fail(x, r->fault, MIG_NULL_TEXT, "%s", r->fault_why != NULL ? r->fault_why : "the record is broken");
        return true;
    }
    for (int i = 0; i < t->n_columns; i++) {
        if (t->columns[i].not_null && r->cells[i].kind == MIG_CELL_NULL) {
            mig_fail(x, MIG_RULE_NULL, MIG_NULL_TEXT, "\"%s\" is null, and the spec says not null", t->columns[i].name);
            return true;
        }
    }
    return false;
}

static mig_status one_record(rt_run *run, const mig_flow *flow, const mig_record *r) {
    mig_ctx *x = &run->ctx;
    rt_row_begin(run);
    x->record = r;
    return rt_flow_verdict(run, rt_record_faulty(x, flow->source, r) ? MIG_ROW_REJECT : flow->row(x, r));
}

/* Lists read again for their synonyms: rows that are refused now were refused when they were loaded. */
static mig_status one_record_again(rt_run *run, const mig_flow *flow, const mig_record *r) {
    mig_ctx *x = &run->ctx;
    rt_row_begin(run);
    x->record = r;
    if (!rt_record_faulty(x, flow->source, r))
        flow->row(x, r);
    run->phase->n_pending = 0;
    rt_undo_keep(run);
    return x->fatal == MIG_OK ? MIG_OK : rt_flow_abort(run);
}

static mig_status read_all(rt_run *run, const mig_flow *flow, rt_reader *reader, bool counted) {
    rt_source_place *place = &run->sources[flow->source->source];
    const rt_source_stat *stat = &run->survey.stats[flow->source->id];
    rt_phase_run *ph = run->phase;
    int64_t n = counted ? ph->flow->read : 0, sample = flow->n_intos > 0 ? run->settings->sample : -1; /* lists of aliases are read whole */
    for (;;) {
        const mig_record *r;
        if (rt_run_stopped(run))
            return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
        if (sample >= 0 && n >= sample)
            return MIG_OK;
        mig_status st = place->ops->next(reader, &r, &run->error);
        if (st != MIG_OK || r == NULL)
            return st;
        n++;
        if (counted) {
            ph->flow->read++;
            ph->read++;
        }
        st = counted ? one_record(run, flow, r) : one_record_again(run, flow, r);
        if (st == MIG_OK && counted && rt_chunked(run))
            st = rt_chunk_record(run, reader);
        if (st != MIG_OK)
            return st;
        if (n % 256 == 0)
            rt_flow_progress(run, ph->flow->name, n, place->ops->position(reader), stat->bytes);
    }
}

mig_status rt_flow_run(rt_run *run, const mig_flow *flow, rt_flow_count *count) {
    rt_phase_run *ph = run->phase;
    rt_source_place *place = &run->sources[flow->source->source];
    rt_flow_count unused = {.name = flow->name};
    rt_reader *reader;
    mig_status st = count != NULL && rt_chunked(run) ? rt_chunk_read(run, flow, &reader)
                                                     : place->ops->read(place->source, flow->source, &reader, &run->error);
    if (st != MIG_OK)
        return st;
    ph->flow = count != NULL ? count : &unused;
    ph->flow_def = flow;
    ph->source = flow->source;
    ph->here_file = NULL;
    ph->flow_started = rt_clock();
    st = read_all(run, flow, reader, count != NULL);
    place->ops->stop(reader);
    run->ctx.record = NULL;
    ph->flow->seconds += rt_clock() - ph->flow_started;
    ph->flow = NULL;
    ph->flow_def = NULL;
    ph->source = NULL;
    if (st == MIG_OK && count != NULL)
        rt_run_event(run, &(rt_event){.kind = RT_EVENT_FLOW_DONE, .phase = ph->phase, .flow = count});
    return st;
}
