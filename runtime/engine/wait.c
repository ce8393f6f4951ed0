/*
 * wait.c: look-ups that are answered later. The row function leaves the column open (mig_await); the row is admitted all the same,
 * so that others can find it, and what is pending of its source row waits in waiting.c until resolve.c judges it. Keys that
 * an open column is part of are taken when it is filled in.
 */
#include "runtime/engine/state.h"

#include <string.h>

/* ---- called by generated code ---------------------------------------------------------------------------------------- */

/* What the source gave, for a reject that may come later. */
static mig_text source_text(mig_ctx *x, const mig_late *late) {
    if (late->source_column < 0 || x->record == NULL)
        return MIG_NULL_TEXT;
    const mig_source_column *c = &x->run->phase->source->columns[late->source_column];
    mig_text v = rt_cell_text_typed(x, c->type, &x->record->cells[late->source_column]);
    char *shown = v.p != NULL ? mig_alloc(x, sizeof x->value) : NULL;
    if (shown == NULL)
        return MIG_NULL_TEXT;
    rt_shorten(shown, sizeof x->value, v.p, v.n);
    return (mig_text){shown, strlen(shown)};
}

void mig_await(mig_ctx *x, const mig_late *late, const mig_key *k) {
    if (x->fatal != MIG_OK || x->failed != MIG_RULE_NONE)
        return;
    if (k->has_null) {
        if (late->not_null)
            mig_fail(x, MIG_RULE_NULL, MIG_NULL_TEXT, "null where \"%s\" needs a value", late->table->columns[late->column].name);
        return;
    }
    rt_open *all = mig_alloc(x, sizeof *all * (size_t)(x->n_open + 1)); /* a row has few of them */
    if (all == NULL)
        return;
    if (x->n_open > 0)
        memcpy(all, x->open, sizeof *all * (size_t)x->n_open);
    all[x->n_open++] = (rt_open){.late = late, .hash = rt_hash_bytes(k->p, k->n), .shown = source_text(x, late)};
    x->open = all;
}

bool mig_is_open(const mig_ctx *x, int column) {
    for (int i = 0; i < x->n_open && !x->filled; i++)
        if (x->open[i].late->column == column)
            return true;
    return false;
}

/* ---- keys ------------------------------------------------------------------------------------------------------------- */

static bool has_column(const mig_index_key *k, int column) {
    for (int i = 0; i < k->n_columns; i++)
        if (k->columns[i] == column)
            return true;
    return k->result == column;
}

bool rt_open_hides(const mig_ctx *x, const mig_index_key *k) {
    bool touched = false;
    for (int i = 0; i < x->n_open && !touched; i++)
        touched = x->open[i].late->table == k->table && has_column(k, x->open[i].late->column);
    return x->filled ? !touched : touched;
}

/* ---- a source row as bytes -------------------------------------------------------------------------------------------- */

typedef struct part_head {
    int32_t kind, table, into, n_open;
    int64_t group;
    rt_place winner;
    uint64_t row_n, origin_n;          /* origin_n 0: none */
} part_head;

static void pack_open(const rt_open *o, rt_buf *out) {
    int32_t id = o->late->id;
    uint32_t n = o->shown.p != NULL ? (uint32_t)o->shown.n + 1 : 0;
    rt_buf_add(out, &id, sizeof id);
    rt_buf_add(out, &o->hash, sizeof o->hash);
    rt_buf_add(out, &n, sizeof n);
    if (n > 1)
        rt_buf_add(out, o->shown.p, o->shown.n);
}

static bool pack_part(const rt_pending *p, rt_buf *out) {
    rt_buf row = {0};
    part_head h;
    memset(&h, 0, sizeof h);
    h.kind = p->kind;
    h.into = p->into_no;
    h.table = -1;
    if (p->table != NULL) {
        h.table = p->table->table->id;
        h.n_open = p->n_open;
        h.group = p->group;
        h.winner = p->winner;
        if (rt_pack(p->table->table, p->row, &row) != MIG_OK)
            row.failed = true;
        h.row_n = row.n;
        h.origin_n = p->origin.p != NULL ? p->origin.n : 0;
    }
    rt_buf_add(out, &h, sizeof h);
    for (int i = 0; i < h.n_open; i++)
        pack_open(&p->open[i], out);
    rt_buf_add(out, row.p, row.n);
    if (h.origin_n > 0)
        rt_buf_add(out, p->origin.p, p->origin.n);
    bool ok = !row.failed && !out->failed;
    rt_buf_free(&row);
    return ok;
}

bool rt_wait_pack(rt_run *run, rt_buf *out) {
    rt_phase_run *ph = run->phase;
    for (int i = 0; i < ph->n_pending; i++)
        if (!pack_part(&ph->pending[i], out))
            return false;
    return !out->failed;
}

static const char *unpack_open(rt_run *run, const char *at, rt_open *out) {
    int32_t id;
    uint32_t n;
    memcpy(&id, at, sizeof id);
    memcpy(&out->hash, at + sizeof id, sizeof out->hash);
    at += sizeof id + sizeof out->hash;
    memcpy(&n, at, sizeof n);
    at += sizeof n;
    out->late = run->spec->lates[id];
    out->shown = MIG_NULL_TEXT;
    if (n == 0)
        return at;
    char *text = rt_arena_copy(run->ctx.arena, at, n - 1);
    out->shown = (mig_text){text, text != NULL ? n - 1 : 0};
    return at + n - 1;
}

static mig_status unpack_part(rt_run *run, const char **at, rt_pending *p) {
    rt_phase_run *ph = run->phase;
    rt_arena *a = run->ctx.arena;
    part_head h;
    memcpy(&h, *at, sizeof h);
    *at += sizeof h;
    *p = (rt_pending){.kind = (rt_pending_kind)h.kind, .into_no = h.into, .into = &ph->flow->intos[h.into], .group = h.group,
                      .winner = h.winner, .n_open = h.n_open};
    if (h.table < 0)
        return MIG_OK;
    p->table = &ph->tables[h.table];
    p->open = rt_arena_alloc(a, sizeof *p->open * (size_t)(h.n_open + 1));
    p->row = rt_arena_alloc(a, p->table->table->row_size);
    if (p->open == NULL || p->row == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < h.n_open; i++)
        *at = unpack_open(run, *at, &p->open[i]);
    const char *bytes = rt_arena_copy(a, *at, (size_t)h.row_n); /* the row's texts point into it */
    *at += h.row_n;
    if (h.origin_n > 0)
        p->origin = (mig_text){rt_arena_copy(a, *at, (size_t)h.origin_n), (size_t)h.origin_n};
    *at += h.origin_n;
    if (bytes == NULL || (h.origin_n > 0 && p->origin.p == NULL))
        return rt_run_nomem(run);
    memset(p->row, 0, p->table->table->row_size);
    mig_status st = rt_unpack(p->table->table, bytes, (size_t)h.row_n, p->row, a);
    return st == MIG_OK ? st : rt_error_set(&run->error, st, "a row of \"%s\" that waits cannot be read back", p->table->table->name);
}

mig_status rt_wait_unpack(rt_run *run, const rt_waiting_row *r) {
    rt_phase_run *ph = run->phase;
    const char *at = r->data, *end = at + r->data_n;
    rt_row_begin(run);
    ph->flow_def = run->spec->flows[r->flow];
    ph->flow = ph->by_flow[r->flow];
    ph->source = ph->flow_def->source;
    mig_record *rec = rt_arena_alloc(run->ctx.arena, sizeof *rec);
    const char *raw = rt_arena_copy(run->ctx.arena, r->raw, r->raw_n);
    if (rec == NULL || raw == NULL)
        return rt_run_nomem(run);
    *rec = (mig_record){.file = rt_place_file(run, r->place), .line = r->place.line, .row = r->place.row, .offset = r->offset,
                        .raw = raw, .raw_n = r->raw_n, .fault_column = -1};
    run->ctx.record = rec;
    ph->here = r->place;
    ph->here_known = true;
    mig_status st = MIG_OK;
    while (at < end && st == MIG_OK) {
        rt_pending p;
        size_t from = (size_t)(at - (const char *)r->data);
        st = unpack_part(run, &at, &p);
        p.packed_at = from;
        if (st == MIG_OK && !rt_pending_add(&run->ctx, &p))
            st = run->ctx.fatal;
    }
    return st;
}

/* The part is given up: in its bytes nothing else changes, for answers that were put into the row may not stand. */
void rt_wait_give_up(char *data, const rt_pending *p) {
    part_head h;
    memcpy(&h, data + p->packed_at, sizeof h);
    h.kind = RT_PENDING_SKIP;
    memcpy(data + p->packed_at, &h, sizeof h);
}

/* ---- holding ---------------------------------------------------------------------------------------------------------- */

bool rt_wait_wanted(rt_run *run) {
    const rt_phase_run *ph = run->phase;
    if (ph->flow_def == NULL || ph->flow_def->ring == 0 || ph->n_pending == 0)
        return false;
    for (int i = 0; i < ph->n_pending; i++) {
        const rt_pending *p = &ph->pending[i];
        if (p->n_open > 0 || p->kind == RT_PENDING_HOLD) /* a dedup rule wants its rows in source order */
            return true;
    }
    return false;
}

/* Rows that an alias made belong to every row that means them: they do not wait. */
static mig_status carry_others(rt_run *run) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    int kept = 0;
    for (int i = 0; i < ph->n_pending && st == MIG_OK; i++) {
        rt_pending *p = &ph->pending[i];
        if (p->into >= ph->flow->intos && p->into < ph->flow->intos + ph->flow->n_intos)
            ph->pending[kept++] = *p;
        else
            st = rt_pending_carry_one(run, p);
    }
    ph->n_pending = kept;
    return st;
}

mig_status rt_wait_hold(rt_run *run) {
    rt_phase_run *ph = run->phase;
    rt_waiting **w = &ph->waiting[ph->flow_def->ring - 1];
    mig_text raw = rt_record_raw(run->ctx.record);
    rt_buf data = {0};
    mig_status st = carry_others(run);
    if (st == MIG_OK && *w == NULL)
        st = rt_waiting_new(run, w);
    if (st == MIG_OK && !rt_wait_pack(run, &data))
        st = rt_run_nomem(run);
    if (st == MIG_OK)
        st = rt_waiting_add(run, *w, &(rt_waiting_row){.flow = ph->flow_def->id, .place = rt_place_here(run),
                                                        .offset = run->ctx.record->offset, .raw = raw.p, .raw_n = raw.n,
                                                        .data = data.p, .data_n = data.n});
    rt_buf_free(&data);
    ph->n_pending = 0;
    return st;
}

/* ---- after the maps were filled anew ---------------------------------------------------------------------------------- */

static bool register_part(mig_ctx *x, rt_pending *p, bool uniques) {
    x->open = p->open;
    x->n_open = p->n_open;
    bool ok = true;
    if (uniques && p->kind == RT_PENDING_WRITE)
        ok = rt_uniques_take(x, p->table, p->row, rt_place_here(x->run));
    if (ok && p->kind == RT_PENDING_LOSER) {
        rt_group g = {.identity = p->table->table->identity >= 0 ? p->table->table->get_identity(p->row) : 0};
        ok = rt_lookups_follow(x, p->table, p->row, &g, NULL, 0);
    } else if (ok) {
        ok = rt_lookups_take(x, p->table, p->row, p->kind == RT_PENDING_HOLD);
    }
    x->n_open = 0;
    x->open = NULL;
    return ok && rt_pending_origin(x, p);
}

mig_status rt_wait_register(rt_run *run, rt_waiting *w, bool uniques) {
    rt_phase_run *ph = run->phase;
    mig_ctx *x = &run->ctx;
    rt_waiting_row r;
    bool more;
    mig_status st = rt_waiting_next(run, w, 0, &r, &more);
    while (st == MIG_OK && more) {
        st = rt_wait_unpack(run, &r);
        for (int i = 0; i < ph->n_pending && st == MIG_OK; i++)
            if (ph->pending[i].kind != RT_PENDING_SKIP && !register_part(x, &ph->pending[i], uniques)) {
                if (x->fatal == MIG_OK)
                    mig_fatal(x, MIG_CHECK, "a row that waits can no longer be written: %s", x->reason);
                st = x->fatal;
            }
        rt_undo_keep(run);
        if (st == MIG_OK)
            st = rt_waiting_next(run, w, r.seq, &r, &more);
    }
    ph->n_pending = 0;
    run->ctx.record = NULL;
    ph->flow = NULL;
    ph->flow_def = NULL;
    ph->source = NULL;
    return st;
}
