/*
 * chunk.c: a phase that commits every so many rows: each chunk of a flow is a transaction with a row of the ledger in it that says where the
 * next one begins. A later run goes on there: steps that are done are passed over, numbers and structures are as they were.
 *
 * What the structures hold of earlier chunks is read from the target by prepare.c, as for any phase; what the target does not tell (the
 * source places of its rows, the numbers of the accounting) is in the ledger.
 */
#include "runtime/engine/preflight.h"
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <string.h>

bool rt_chunked(const rt_run *run) {
    return run->phase->phase->commit_every > 0;
}

/* ---- the places of rows ------------------------------------------------------------------------------------------------------- */

/* Rows whose source places messages and the ledger may name: those that another row can be the same as. */
static bool keeps_places(const rt_table_state *t) {
    return t->written && (t->n_uniques > 0 || t->dedup != NULL);
}

/* What the row is known by in another process: its table and all of its keys. False: a fatal fault. */
static bool row_key(mig_ctx *x, const rt_table_state *t, const void *row, rt_hash *out) {
    rt_buf keys = {0};
    rt_field_put_text(&keys, t->table->name);
    for (int i = -1; i < t->n_uniques; i++) {
        mig_key k;
        mig_key_begin(&k, x);
        if (i >= 0)
            t->uniques[i]->rule->key(row, &k);
        else if (t->dedup != NULL)
            t->dedup->dedup->key(x, row, &k);
        rt_field_put(&keys, (const char *)(k.p != NULL ? k.p : k.inl), k.n);
        if (x->fatal != MIG_OK)
            break;
    }
    if (keys.failed)
        rt_fault(x, MIG_NOMEM);
    else
        *out = rt_hash_lasting(keys.p, keys.n);
    rt_buf_free(&keys);
    return x->fatal == MIG_OK;
}

mig_status rt_chunk_row(rt_run *run, const rt_table_state *t, const void *row) {
    rt_chunks *c = &run->phase->chunks;
    char text[40];
    rt_hash key;
    if (!rt_chunked(run) || !keeps_places(t))
        return MIG_OK;
    if (!row_key(&run->ctx, t, row, &key))
        return run->ctx.fatal;
    int n = snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)key.hi, (unsigned long long)key.lo);
    rt_place here = rt_place_here(run);
    const char *file = rt_place_file(run, here);
    struct rt_place_row place = {
        .migration = {run->spec->name, strlen(run->spec->name)}, .phase = {run->phase->phase->name, strlen(run->phase->phase->name)},
        .row_key = {text, (size_t)n}, .file = {file, strlen(file)}, .line = MIG_INT(here.line)};
    mig_status st = MIG_OK;
    if (c->place_writer == NULL)
        st = run->ops->writer(run->target, rt_ledger_place_rows[run->ops->engine], &c->place_writer, &run->error);
    return st == MIG_OK ? run->ops->put(c->place_writer, &place, &run->error) : st;
}

static bool take_place(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_run *run = arg;
    rt_place place = {.line = 0};
    (void)n;
    if (!rt_place_named(run, v[1], &place.file) || !rt_read_int(v[2], lens[2], &place.line))
        return false;
    uint64_t packed = rt_place_pack(place);
    return rt_map_put(run->phase->chunks.places, rt_hash_bytes(v[0], lens[0]), &packed, sizeof packed) == MIG_OK;
}

mig_status rt_chunk_places(rt_run *run) {
    rt_chunks *c = &run->phase->chunks;
    if (!rt_chunked(run) || !c->resumed)
        return MIG_OK;
    c->places = rt_map_new(&run->budget, &run->error);
    mig_status st = c->places == NULL ? rt_run_nomem(run) : rt_ledger_places(run, run->phase->phase->name, take_place, run);
    return st == MIG_OK ? run->error.status : st;
}

void rt_chunk_places_done(rt_run *run) {
    rt_map_free(run->phase->chunks.places);
    run->phase->chunks.places = NULL;
}

bool rt_chunk_place(mig_ctx *x, const rt_table_state *t, const void *row, rt_place *place) {
    rt_map *places = x->run->phase->chunks.places;
    char text[40];
    rt_hash key;
    const void *v;
    size_t n;
    bool found;
    uint64_t packed;
    if (places == NULL || !keeps_places(t))
        return true;
    if (!row_key(x, t, row, &key))
        return false;
    int len = snprintf(text, sizeof text, "%016llx%016llx", (unsigned long long)key.hi, (unsigned long long)key.lo);
    mig_status st = rt_map_get(places, rt_hash_bytes(text, (size_t)len), &v, &n, &found);
    if (st != MIG_OK)
        return rt_fault(x, st);
    if (found && n == sizeof packed) {
        memcpy(&packed, v, sizeof packed);
        *place = rt_place_unpack(packed);
    }
    return true;
}

/* ---- going on --------------------------------------------------------------------------------------------------------------------- */

/* The target's own rows are those that the chunks left there. */
static mig_status compare_rows(rt_run *run) {
    for (int i = 0; i < run->spec->n_tables; i++) {
        const rt_table_state *t = &run->phase->tables[i];
        int64_t now;
        if (!t->written || t->rows_before < 0 || rt_phase_has_sql(run->phase->phase))
            continue;
        mig_status st = rt_count_rows(run, t->table, &now);
        if (st != MIG_OK)
            return st;
        if (now == t->rows_before + t->inserted)
            continue;
        rt_error_hint(&run->error, "Put the rows back as they were, or begin anew in an empty target.");
        return rt_error_set(&run->error, MIG_CHECK, "table \"%s\" has %lld rows, and the chunks of phase \"%s\" that are in left %lld there: somebody"
                            " changed it since", t->table->name, (long long)now, run->phase->phase->name, (long long)(t->rows_before + t->inserted));
    }
    return MIG_OK;
}

mig_status rt_chunk_begin(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const rt_chunk_state *last = &run->phases[ph->phase->id].chunk;
    if (!rt_chunked(run) || last->n == 0)
        return MIG_OK;
    ph->chunks = (rt_chunks){.n = last->n, .resumed = true, .step = last->step, .after = last->position, .read = last->read,
                             .rejected = last->rejected, .inserted = last->inserted, .merged = last->merged};
    ph->count->chunks = last->n;
    ph->count->chunk_rows = last->read;
    mig_status st = rt_chunk_state_read(run, last->state);
    if (st == MIG_OK)
        st = rt_rejects_again(run);
    return st == MIG_OK ? compare_rows(run) : st;
}

mig_status rt_chunk_read(rt_run *run, const mig_flow *flow, rt_reader **out) {
    rt_chunks *c = &run->phase->chunks;
    rt_source_place *place = &run->sources[flow->source->source];
    const char *after = c->after;
    c->after = NULL; /* flows behind this one begin with their first row */
    return place->ops->resume(place->source, flow->source, after, out, &run->error);
}

/* ---- committing --------------------------------------------------------------------------------------------------------------------- */

static mig_status ledger_row(rt_run *run, const char *position, bool last) {
    rt_phase_run *ph = run->phase;
    rt_chunks *c = &ph->chunks;
    const rt_phase_count *sum = ph->count; /* rt_account_verify() has summed up */
    rt_buf state = {0};
    if (!last)
        rt_chunk_state_write(run, &state);
    rt_chunk_state row = {.n = c->n + 1, .step = c->step, .position = position, .state = state.p != NULL ? state.p : "",
                          .read = sum->read - c->read, .rejected = sum->rejected - c->rejected,
                          .inserted = sum->inserted - c->inserted, .merged = sum->merged - c->merged};
    mig_status st = state.failed ? rt_run_nomem(run) : rt_ledger_chunk(run, ph->phase->name, &row);
    rt_buf_free(&state);
    return st;
}

/* Other people's tables were anyone's between two chunks. */
static mig_status lock_again(rt_run *run) {
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++)
        if (run->phase->tables[i].written && run->phase->tables[i].table->existing && run->phase->ready)
            st = rt_identity_prepare(run, &run->phase->tables[i]);
    return st;
}

static mig_status commit(rt_run *run, const char *position) {
    rt_phase_run *ph = run->phase;
    rt_chunks *c = &ph->chunks;
    mig_status st = rt_phase_flush(run);
    if (st == MIG_OK)
        st = rt_account_verify(run, false);
    if (st == MIG_OK)
        st = rt_identity_finish(run);
    if (st == MIG_OK)
        st = ledger_row(run, position, false);
    if (st == MIG_OK && rt_run_stopped(run))
        st = rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
    if (st == MIG_OK)
        st = run->ops->commit_part(run->target, &run->error);
    if (st != MIG_OK)
        return st;
    c->n++;
    c->rows = 0;
    c->read = ph->count->read;
    c->rejected = ph->count->rejected;
    c->inserted = ph->count->inserted;
    c->merged = ph->count->merged;
    ph->count->chunks = c->n;
    ph->count->chunk_rows = c->read;
    rt_run_event(run, &(rt_event){.kind = RT_EVENT_CHUNK, .phase = ph->phase, .count = ph->count});
    st = rt_phase_begin(run);
    return st == MIG_OK ? lock_again(run) : st;
}

mig_status rt_chunk_record(rt_run *run, rt_reader *reader) {
    rt_chunks *c = &run->phase->chunks;
    rt_buf position = {0};
    if (++c->rows < run->phase->phase->commit_every)
        return MIG_OK;
    mig_status st = run->sources[run->phase->source->source].ops->where(reader, &position, &run->error);
    if (st == MIG_OK)
        st = commit(run, position.p);
    rt_buf_free(&position);
    return st;
}

mig_status rt_chunk_step_done(rt_run *run, int next) {
    if (!rt_chunked(run) || next >= run->phase->phase->n_steps)
        return MIG_OK;
    run->phase->chunks.step = next;
    return commit(run, NULL);
}

mig_status rt_chunk_last(rt_run *run) {
    mig_status st = MIG_OK;
    if (!rt_chunked(run))
        return MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK && run->ops->watch != NULL; i++)
        if (run->phase->tables[i].written) /* rows of chunks that other runs committed, too */
            st = run->ops->watch(run->target, run->phase->tables[i].table, &run->error);
    run->phase->chunks.step = run->phase->phase->n_steps;
    if (st == MIG_OK)
        st = ledger_row(run, NULL, true);
    return st == MIG_OK ? rt_ledger_places_forget(run, run->phase->phase->name) : st;
}

void rt_chunk_tell(rt_run *run, mig_status st) {
    const rt_phase_count *c = run->phase->count;
    rt_error *e = &run->error;
    size_t n = strlen(e->message);
    if (st == MIG_OK || c->chunks == 0)
        return;
    snprintf(e->message + n, sizeof e->message - n, "; %lld chunk%s of phase \"%s\" (%lld row%s read) %s in", (long long)c->chunks,
             c->chunks == 1 ? "" : "s", run->phase->phase->name, (long long)c->chunk_rows, c->chunk_rows == 1 ? "" : "s",
             c->chunks == 1 ? "is" : "are");
    n = strlen(e->hint);
    if (n + 80 < sizeof e->hint && st != MIG_INTERRUPTED)
        snprintf(e->hint + n, sizeof e->hint - n, "%sRun it again to go on behind them.", n > 0 ? " " : "");
}
