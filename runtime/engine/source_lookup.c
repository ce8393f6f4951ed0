/*
 * source_lookup.c: look-ups in tables of sources: src.u[col = e].other. Each table that a phase looks up is read once, before the
 * phase's first row, from the same opened source as its flows: so at the same instant. A map leads from the key to the cells that
 * are wanted, as they were read: what they are is decided by generated code when the look-up asks, with the failures of any other
 * cell. Rows that a flow would reject (structural faults, nulls where none may be) and rows whose key cannot be read are passed
 * over, and a note says how many.
 *
 * A map's value is a tag and the kept cells, each a kind and what it holds.
 */
#include "runtime/engine/state.h"

#include <string.h>

enum { TAG_FOUND = 1, TAG_SEVERAL };
enum { SHORT = 255 }; /* sizes below stand in one byte */

/* ---- cells as bytes --------------------------------------------------------------------------------------------------- */

static void put_size(rt_buf *out, size_t n) {
    uint8_t small = n < SHORT ? (uint8_t)n : SHORT;
    uint64_t large = n;
    rt_buf_add(out, &small, 1);
    if (small == SHORT)
        rt_buf_add(out, &large, sizeof large);
}

static void put_bytes(rt_buf *out, const char *p, size_t n) {
    put_size(out, n);
    rt_buf_add(out, p, n);
}

static void put_list(rt_buf *out, const mig_text *items, size_t n) {
    put_size(out, n);
    for (size_t i = 0; i < n; i++) {
        uint8_t there = items[i].p != NULL;
        rt_buf_add(out, &there, 1);
        if (there)
            put_bytes(out, items[i].p, items[i].n);
    }
}

/* Of PostgreSQL's own types: which member of the cell has the value. */
static bool in_i(mig_type t) {
    return t == MIG_T_BOOLEAN || t == MIG_T_DATE || t == MIG_T_TIME || t == MIG_T_TIMESTAMP || t == MIG_T_TIMESTAMPTZ;
}

static void put_cell(rt_buf *out, mig_type type, const mig_cell *c) {
    uint8_t kind = (uint8_t)c->kind;
    rt_buf_add(out, &kind, 1);
    switch (c->kind) {
    case MIG_CELL_NULL: break;
    case MIG_CELL_INT: case MIG_CELL_REAL: rt_buf_add(out, &c->i, sizeof c->i); break;
    case MIG_CELL_TEXT: case MIG_CELL_BLOB: put_bytes(out, c->p, c->n); break;
    case MIG_CELL_VALUE:
        if (in_i(type))
            rt_buf_add(out, &c->i, sizeof c->i);
        else if (type == MIG_T_TEXT_ARRAY)
            put_list(out, (const mig_text *)(const void *)c->p, c->n);
        else
            put_bytes(out, c->p, type == MIG_T_UUID ? 16 : c->n);
        break;
    }
}

static size_t get_size(const char **at) {
    uint8_t small = (uint8_t)*(*at)++;
    uint64_t large = small;
    if (small == SHORT) {
        memcpy(&large, *at, sizeof large);
        *at += sizeof large;
    }
    return (size_t)large;
}

static void get_bytes(const char **at, const char **p, size_t *n) {
    *n = get_size(at);
    *p = *at;
    *at += *n;
}

static bool get_list(mig_ctx *x, const char **at, mig_cell *c) {
    c->n = get_size(at);
    mig_text *items = mig_alloc(x, (c->n + 1) * sizeof *items);
    if (items == NULL)
        return false;
    for (size_t i = 0; i < c->n; i++) {
        items[i] = MIG_NULL_TEXT;
        if (*(*at)++ != 0)
            get_bytes(at, &items[i].p, &items[i].n);
    }
    c->p = (const char *)items;
    return true;
}

static bool get_cell(mig_ctx *x, const char **at, mig_type type, mig_cell *c) {
    *c = (mig_cell){.kind = (mig_cell_kind)*(*at)++};
    bool number = c->kind == MIG_CELL_INT || c->kind == MIG_CELL_REAL || (c->kind == MIG_CELL_VALUE && in_i(type));
    if (number) {
        memcpy(&c->i, *at, sizeof c->i);
        *at += sizeof c->i;
    } else if (c->kind == MIG_CELL_VALUE && type == MIG_T_TEXT_ARRAY) {
        return get_list(x, at, c);
    } else if (c->kind != MIG_CELL_NULL) {
        get_bytes(at, &c->p, &c->n);
    }
    return true;
}

/* ---- reading ---------------------------------------------------------------------------------------------------------- */

/* What could not be looked up, for the note. */
typedef struct passed { int64_t n; rt_buf first; } passed;

static void pass_over(rt_run *run, passed *p) {
    mig_ctx *x = &run->ctx;
    if (p->n++ == 0) {
        rt_place_text(run, rt_place_here(run), &p->first);
        rt_buf_printf(&p->first, ": %s", x->reason);
    }
    mig_clear(x);
}

static mig_status take(rt_run *run, rt_source_lookup_state *l, const mig_record *r, const mig_key *k) {
    const void *old;
    size_t old_n;
    bool found;
    rt_hash h = rt_hash_bytes(k->p, k->n);
    mig_status st = rt_map_get(l->map, h, &old, &old_n, &found);
    if (st != MIG_OK)
        return st;
    uint8_t tag = found ? TAG_SEVERAL : TAG_FOUND;
    rt_buf_clear(&l->value);
    rt_buf_add(&l->value, &tag, 1);
    for (int i = 0; i < l->key->n_kept && !found; i++)
        put_cell(&l->value, l->key->table->columns[l->key->kept[i]].type, &r->cells[l->key->kept[i]]);
    return l->value.failed ? rt_run_nomem(run) : rt_map_put(l->map, h, l->value.p, l->value.n);
}

/* One record, for each of the phase's look-ups in its table. */
static mig_status one_record(rt_run *run, const mig_source_table *t, const mig_record *r, passed *p) {
    rt_phase_run *ph = run->phase;
    mig_ctx *x = &run->ctx;
    mig_status st = MIG_OK;
    bool unread = false;
    rt_row_begin(run);
    x->record = r;
    if (rt_record_faulty(x, t, r)) {
        pass_over(run, p);
        return x->fatal;
    }
    for (int i = 0; i < ph->phase->n_source_lookups && st == MIG_OK; i++) {
        rt_source_lookup_state *l = &ph->source_lookups[ph->phase->source_lookups[i]->id];
        mig_key k;
        if (l->key->table != t)
            continue;
        mig_key_begin(&k, x);
        l->key->key(x, r, &k);
        st = x->fatal;
        if (st == MIG_OK && mig_failed(x)) {
            if (!unread)
                pass_over(run, p);
            mig_clear(x);
            unread = true;
        } else if (st == MIG_OK && !k.has_null) {
            st = take(run, l, r, &k);
        }
    }
    return st;
}

static void tell(rt_run *run, const mig_source_table *t, const passed *p) {
    if (p->n == 0 || p->first.p == NULL)
        return;
    const char *text = rt_run_printf(run, "%s: %lld row%s passed over by look-ups%s, %s", rt_source_table_name(run, t),
                                     (long long)p->n, p->n == 1 ? " is" : "s are", p->n == 1 ? "" : "; the first", p->first.p);
    if (text != NULL)
        rt_run_event(run, &(rt_event){.kind = RT_EVENT_NOTE, .phase = run->phase->phase, .text = text});
}

static mig_status read_records(rt_run *run, const mig_source_table *t, rt_reader *reader, passed *p) {
    const rt_source_ops *ops = run->sources[t->source].ops;
    const char *what = rt_run_printf(run, "look-ups in %s", rt_source_table_name(run, t));
    if (what == NULL)
        return rt_run_nomem(run);
    run->phase->flow_started = rt_clock();
    for (int64_t n = 1;; n++) {
        const mig_record *r;
        if (rt_run_stopped(run))
            return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
        mig_status st = ops->next(reader, &r, &run->error);
        if (st != MIG_OK || r == NULL)
            return st;
        st = one_record(run, t, r, p);
        if (st != MIG_OK)
            return st;
        if (n % 256 == 0)
            rt_flow_progress(run, what, n, ops->position(reader), run->survey.stats[t->id].bytes);
    }
}

static mig_status read_table(rt_run *run, const mig_source_table *t) {
    rt_source_place *place = &run->sources[t->source];
    rt_reader *reader;
    passed p = {.n = 0};
    mig_status st = place->ops->read(place->source, t, &reader, &run->error);
    if (st != MIG_OK)
        return st;
    run->phase->here_file = NULL;
    st = read_records(run, t, reader, &p);
    place->ops->stop(reader);
    run->ctx.record = NULL;
    run->phase->here_file = NULL;
    if (st == MIG_OK)
        tell(run, t, &p);
    rt_buf_free(&p.first);
    return st;
}

/* Is it the first of the phase's look-ups in its table? */
static bool is_first(const mig_phase *p, int n) {
    for (int i = 0; i < n; i++)
        if (p->source_lookups[i]->table == p->source_lookups[n]->table)
            return false;
    return true;
}

mig_status rt_source_lookups_prepare(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const mig_phase *p = ph->phase;
    mig_status st = MIG_OK;
    if (ph->sources_read)
        return MIG_OK; /* a source does not change while a run reads it */
    for (int i = 0; i < p->n_source_lookups && st == MIG_OK; i++) {
        rt_source_lookup_state *l = &ph->source_lookups[p->source_lookups[i]->id];
        int n = p->source_lookups[i]->table->n_columns;
        l->key = p->source_lookups[i];
        l->map = rt_map_new(&run->budget, &run->error);
        l->cells = rt_arena_zeroed(run->arena, sizeof *l->cells, (size_t)n);
        if (l->map == NULL || l->cells == NULL)
            return rt_run_nomem(run);
        l->record = (mig_record){.cells = l->cells, .n_cells = n, .file = l->key->table->name};
    }
    for (int i = 0; i < p->n_source_lookups && st == MIG_OK; i++)
        if (is_first(p, i))
            st = read_table(run, p->source_lookups[i]->table);
    ph->sources_read = st == MIG_OK;
    return st;
}

void rt_source_lookups_free(rt_run *run) {
    for (int i = 0; i < run->spec->n_source_lookups; i++) {
        rt_source_lookup_state *l = &run->phase->source_lookups[i];
        rt_map_free(l->map);
        rt_buf_free(&l->value);
        l->map = NULL;
    }
}

/* ---- asked by row functions ------------------------------------------------------------------------------------------- */

static const mig_record *kept_cells(mig_ctx *x, rt_source_lookup_state *l, const void *value, size_t n) {
    char *copy = mig_alloc(x, n + 1); /* the value lives until the map is asked again */
    if (copy == NULL)
        return NULL;
    memcpy(copy, value, n);
    const char *at = copy + 1;
    for (int i = 0; i < l->key->n_kept; i++)
        if (!get_cell(x, &at, l->key->table->columns[l->key->kept[i]].type, &l->cells[l->key->kept[i]]))
            return NULL;
    return &l->record;
}

const mig_record *mig_source_find(mig_ctx *x, const mig_source_key *l, const mig_key *k) {
    if (mig_failed(x) || k->has_null)
        return NULL;
    rt_phase_run *ph = x->run->phase;
    rt_source_lookup_state *s = ph != NULL ? &ph->source_lookups[l->id] : NULL;
    if (s == NULL || s->map == NULL) {
        mig_fatal(x, MIG_USAGE, "look-up in \"%s\" outside of a phase that has read it", l->table->name);
        return NULL;
    }
    const void *v;
    size_t n;
    bool found;
    mig_status st = rt_map_get(s->map, rt_hash_bytes(k->p, k->n), &v, &n, &found);
    const char *table = rt_source_table_name(x->run, l->table);
    if (st != MIG_OK)
        rt_fault(x, st);
    else if (!found)
        mig_fail(x, MIG_RULE_MISSING, MIG_NULL_TEXT, "no row of %s has this %s", table, l->name);
    else if (*(const uint8_t *)v == TAG_SEVERAL)
        mig_fail(x, MIG_RULE_AMBIGUOUS, MIG_NULL_TEXT, "more than one row of %s has this %s", table, l->name);
    else
        return kept_cells(x, s, v, n);
    return NULL;
}

void mig_source_found(mig_ctx *x, const mig_source_key *l, int column) {
    if (!mig_failed(x) || x->fatal != MIG_OK)
        return;
    size_t n = strlen(x->reason);
    snprintf(x->reason + n, sizeof x->reason - n, ", in \"%s\" of the row of %s", l->table->columns[column].name,
             rt_source_table_name(x->run, l->table));
}
