/*
 * prepare.c: what a phase must know of the target before its first row: which tables it writes, the next keys, unique values,
 * look-ups, dedup groups and aliases of the rows that are there. Tables that the phase itself creates later are empty.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening ----------------------------------------------------------------------------------------------------------- */

static void find_written(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const rt_chunk_state *chunk = &run->phases[ph->phase->id].chunk;
    int done = chunk->n > 0 ? chunk->step : 0; /* steps of an earlier run */
    for (int i = 0; i < ph->phase->n_steps; i++) {
        const mig_step *s = &ph->phase->steps[i];
        if (s->kind == MIG_STEP_CREATE && i >= done)
            ph->tables[s->table->id].to_create = true;
        for (int k = 0; s->kind == MIG_STEP_FLOW && k < s->flow->n_intos; k++)
            ph->tables[s->flow->intos[k].table->id].written = true;
        if (s->kind == MIG_STEP_LOAD) {
            ph->tables[s->alias->table->id].written = true;
            if (s->alias->names != NULL)
                ph->tables[s->alias->names->id].written = true;
        }
    }
    for (int i = 0; i < ph->phase->n_aliases; i++) {
        const mig_alias *a = ph->phase->aliases[i];
        if (a->unknown != MIG_UNKNOWN_CREATE)
            continue;
        ph->tables[a->table->id].written = true;
        if (a->names != NULL)
            ph->tables[a->names->id].written = true;
    }
}

static bool add_to(rt_run *run, void ***list, int *n, int most, void *item) {
    if (*list == NULL && (*list = rt_arena_zeroed(run->arena, sizeof **list, (size_t)most)) == NULL)
        return false;
    (*list)[(*n)++] = item;
    return true;
}

#define ADD_TO(table, what, most, item) add_to(run, (void ***)(void *)&(table)->what, &(table)->n_##what, most, item)

static bool open_alias(rt_run *run, const mig_alias *a, rt_alias_count *count) {
    rt_phase_run *ph = run->phase;
    rt_alias_state *s = &ph->aliases[a->id];
    if (s->alias != NULL)
        return true;
    s->alias = a;
    s->count = count;
    *count = (rt_alias_count){.alias = a};
    for (int i = 0; i < ph->phase->n_steps; i++)
        s->loads_here = s->loads_here || (ph->phase->steps[i].kind == MIG_STEP_LOAD && ph->phase->steps[i].alias == a);
    ph->tables[a->table->id].reads_all = true;
    return ADD_TO(&ph->tables[a->table->id], aliases, run->spec->n_aliases, s);
}

static bool open_aliases(rt_run *run) {
    const mig_phase *phase = run->phase->phase;
    rt_phase_count *c = run->phase->count;
    c->aliases = rt_arena_zeroed(run->arena, sizeof *c->aliases, (size_t)(phase->n_aliases + phase->n_steps));
    if (c->aliases == NULL)
        return false;
    for (int i = 0; i < phase->n_aliases; i++)
        if (!open_alias(run, phase->aliases[i], &c->aliases[c->n_aliases++]))
            return false;
    for (int i = 0; i < phase->n_steps; i++) {
        const mig_alias *a = phase->steps[i].alias;
        if (phase->steps[i].kind == MIG_STEP_LOAD && run->phase->aliases[a->id].alias == NULL &&
            !open_alias(run, a, &c->aliases[c->n_aliases++]))
            return false;
    }
    return true;
}

static bool open_keys(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const mig_phase *phase = ph->phase;
    for (int i = 0; i < phase->n_uniques; i++) {
        rt_unique_state *u = &ph->uniques[phase->uniques[i]->id];
        rt_table_state *t = &ph->tables[phase->uniques[i]->table->id];
        u->rule = phase->uniques[i];
        t->reads_all = true;
        if (!ADD_TO(t, uniques, run->spec->n_uniques, u))
            return false;
    }
    for (int i = 0; i < phase->n_lookups; i++) {
        rt_lookup_state *l = &ph->lookups[phase->lookups[i]->id];
        rt_table_state *t = &ph->tables[phase->lookups[i]->table->id];
        l->key = phase->lookups[i];
        if (l->key->from != NULL)
            continue;
        t->reads_all = true;
        if (!ADD_TO(t, lookups, run->spec->n_lookups, l))
            return false;
    }
    for (int i = 0; i < run->spec->n_lookups; i++) { /* who asks by source rows, in this phase or, of the ledger, later */
        const mig_index_key *k = run->spec->lookups[i];
        if (k->from == NULL || !(k->kept || ph->lookups[i].key != NULL))
            continue;
        ph->lookups[i].key = k;
        if (!ADD_TO(&ph->tables[k->table->id], origins, run->spec->n_lookups, &ph->lookups[i]))
            return false;
    }
    for (int i = 0; i < run->spec->n_dedups; i++) {
        const mig_dedup *d = run->spec->dedups[i];
        rt_table_state *t = &ph->tables[d->table->id];
        if (!t->written)
            continue;
        ph->dedups[d->id].dedup = d;
        t->dedup = &ph->dedups[d->id];
        t->reads_all = true;
    }
    return true;
}

/* Rows of all sources of the phase, when that is known exactly; else -1. */
static int64_t known_total(rt_run *run) {
    const mig_phase *phase = run->phase->phase;
    int64_t sum = 0;
    for (int i = 0; i < phase->n_steps; i++) {
        const mig_step *s = &phase->steps[i];
        if (s->kind == MIG_STEP_LOAD && s->alias->n_lists > 0)
            return -1;
        if (s->kind != MIG_STEP_FLOW)
            continue;
        const rt_source_stat *stat = &run->survey.stats[s->flow->source->id];
        if (!stat->exact || run->settings->sample >= 0)
            return -1;
        sum += stat->rows_estimate;
    }
    return sum;
}

mig_status rt_phase_open(rt_run *run, const mig_phase *phase, rt_phase_count *count) {
    const mig_spec *spec = run->spec;
    rt_phase_run *ph = rt_arena_zeroed(run->arena, sizeof *ph, 1);
    if (ph == NULL)
        return rt_run_nomem(run);
    *ph = (rt_phase_run){.phase = phase, .count = count, .known_total = -1, .started = rt_clock(),
                         .tables = rt_arena_zeroed(run->arena, sizeof *ph->tables, (size_t)spec->n_tables),
                         .uniques = rt_arena_zeroed(run->arena, sizeof *ph->uniques, (size_t)spec->n_uniques),
                         .lookups = rt_arena_zeroed(run->arena, sizeof *ph->lookups, (size_t)spec->n_lookups),
                         .source_lookups = rt_arena_zeroed(run->arena, sizeof *ph->source_lookups, (size_t)spec->n_source_lookups),
                         .aliases = rt_arena_zeroed(run->arena, sizeof *ph->aliases, (size_t)spec->n_aliases),
                         .dedups = rt_arena_zeroed(run->arena, sizeof *ph->dedups, (size_t)spec->n_dedups),
                         .waiting = rt_arena_zeroed(run->arena, sizeof(rt_waiting *), (size_t)spec->n_rings),
                         .by_flow = rt_arena_zeroed(run->arena, sizeof *ph->by_flow, (size_t)spec->n_flows)};
    if (ph->tables == NULL || ph->uniques == NULL || ph->lookups == NULL || ph->source_lookups == NULL || ph->aliases == NULL ||
        ph->dedups == NULL || ph->waiting == NULL || ph->by_flow == NULL)
        return rt_run_nomem(run);
    run->phase = ph;
    for (int i = 0; i < spec->n_tables; i++) {
        ph->tables[i].table = spec->tables[i];
        ph->tables[i].rows_before = -1;
    }
    find_written(run);
    ph->known_total = known_total(run);
    return open_keys(run) && open_aliases(run) ? MIG_OK : rt_run_nomem(run);
}

static void free_alias(rt_alias_state *a) {
    rt_map_free(a->map);
    rt_arena_free(a->spellings_arena);
    free(a->spellings);
    free(a->memo);
    a->map = NULL;
    a->spellings_arena = NULL;
    a->spellings = NULL;
    a->memo = NULL;
    a->n_spellings = a->cap_spellings = 0;
}

static void free_maps(rt_run *run, bool dedups_too) {
    rt_phase_run *ph = run->phase;
    for (int i = 0; i < run->spec->n_uniques; i++) {
        rt_map_free(ph->uniques[i].map);
        ph->uniques[i].map = NULL;
    }
    for (int i = 0; i < run->spec->n_lookups; i++) {
        if (!dedups_too && ph->lookups[i].key != NULL && ph->lookups[i].key->from != NULL)
            continue; /* the target does not tell where its rows came from */
        rt_map_free(ph->lookups[i].map);
        ph->lookups[i].map = NULL;
    }
    for (int i = 0; i < run->spec->n_aliases; i++)
        free_alias(&ph->aliases[i]);
    for (int i = 0; i < run->spec->n_dedups && dedups_too; i++) {
        rt_map_free(ph->dedups[i].map);
        rt_held_free(ph->dedups[i].held);
        ph->dedups[i].map = NULL;
        ph->dedups[i].held = NULL;
    }
}

void rt_phase_stale(rt_run *run) {
    free_maps(run, false);
    run->phase->ready = false;
}

void rt_phase_close(rt_run *run) {
    rt_phase_run *ph = run->phase;
    if (ph == NULL)
        return;
    free_maps(run, true);
    for (int i = 0; i < run->spec->n_rings; i++)
        rt_waiting_free(ph->waiting[i]);
    rt_source_lookups_free(run);
    for (int i = 0; i < run->spec->n_tables; i++)
        if (ph->tables[i].writer != NULL)
            run->ops->writer_close(ph->tables[i].writer);
    if (ph->reject_writer != NULL)
        run->ops->writer_close(ph->reject_writer);
    if (ph->duplicate_writer != NULL)
        run->ops->writer_close(ph->duplicate_writer);
    if (ph->provenance_writer != NULL)
        run->ops->writer_close(ph->provenance_writer);
    if (ph->chunks.place_writer != NULL)
        run->ops->writer_close(ph->chunks.place_writer);
    free(ph->undo.v);
    free(ph->pending);
    run->phase = NULL;
}

/* ---- filling --------------------------------------------------------------------------------------------------------------- */

static mig_status new_map(rt_run *run, rt_map **m) {
    if (*m == NULL)
        *m = rt_map_new(&run->budget, &run->error);
    return *m != NULL ? MIG_OK : rt_run_nomem(run);
}

static mig_status new_maps(rt_run *run) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    for (int i = 0; i < ph->phase->n_uniques && st == MIG_OK; i++)
        st = new_map(run, &ph->uniques[ph->phase->uniques[i]->id].map);
    for (int i = 0; i < ph->phase->n_lookups && st == MIG_OK; i++)
        st = new_map(run, &ph->lookups[ph->phase->lookups[i]->id].map);
    for (int i = 0; i < run->spec->n_aliases && st == MIG_OK; i++)
        if (ph->aliases[i].alias != NULL)
            st = new_map(run, &ph->aliases[i].map);
    for (int i = 0; i < run->spec->n_dedups && st == MIG_OK; i++)
        if (ph->dedups[i].dedup != NULL)
            st = new_map(run, &ph->dedups[i].map);
    return st;
}

/* A unique rule that the target's own rows break already is the target's matter: the first of them stands. */
static bool take_uniques(mig_ctx *x, rt_table_state *t, const void *row, rt_place place) {
    rt_undo_keep(x->run);
    if (rt_uniques_take(x, t, row, place))
        return true;
    if (x->fatal == MIG_OK)
        x->failed = MIG_RULE_NONE;
    return x->fatal == MIG_OK;
}

static bool take_dedup(mig_ctx *x, rt_table_state *t, const void *row, rt_place place, int64_t key) {
    rt_hash hash;
    rt_dedup_answer answer;
    rt_group g;
    if (!rt_dedup_find(x, t->dedup, row, &hash, &answer, &g, NULL, NULL))
        return false;
    if (answer != RT_DEDUP_FIRST)
        return true;
    g = (rt_group){.number = t->dedup->n_groups++, .identity = key, .first = rt_place_pack(place)};
    t->dedup->n_target_groups = t->dedup->n_groups;
    return rt_dedup_put(x, t, row, hash, &g);
}

typedef struct taking { rt_table_state *t; bool with_dedup; } taking;

static bool take_row(mig_ctx *x, const void *row, void *arg) {
    rt_table_state *t = ((taking *)arg)->t;
    bool with_dedup = ((taking *)arg)->with_dedup;
    int64_t key = t->table->identity >= 0 ? t->table->get_identity(row) : 0;
    rt_place place = {.file = RT_PLACE_TARGET, .line = key > 0 ? key : 0};
    if (!rt_chunk_place(x, t, row, &place))
        return false;
    if (t->written && !take_uniques(x, t, row, place))
        return false;
    if (!rt_lookups_take(x, t, row, false))
        return false;
    for (int i = 0; i < t->n_aliases; i++)
        if (!rt_alias_take(x, t->aliases[i], row, place))
            return false;
    return !with_dedup || t->dedup == NULL || take_dedup(x, t, row, place, key);
}

mig_status rt_scan_rows(rt_run *run, const mig_table *t, rt_take_fn take, void *arg) {
    rt_scan *scan;
    void *row = rt_arena_zeroed(run->arena, t->row_size, 1);
    if (row == NULL)
        return rt_run_nomem(run);
    mig_status st = run->ops->scan(run->target, t, &scan, &run->error);
    if (st != MIG_OK)
        return st;
    while (st == MIG_OK) {
        bool more;
        if (rt_run_stopped(run)) {
            st = rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
            break;
        }
        rt_row_begin(run);
        st = run->ops->scan_next(scan, row, &more, &run->error);
        if (st != MIG_OK || !more)
            break;
        if (!take(&run->ctx, row, arg)) {
            if (run->ctx.fatal == MIG_OK)
                mig_fatal(&run->ctx, MIG_CHECK, "a row of \"%s\" cannot be read: %s", t->name, run->ctx.reason);
            st = run->ctx.fatal;
        }
        rt_undo_keep(run);
    }
    run->ops->scan_close(scan);
    return st;
}

static mig_status scan_table(rt_run *run, rt_table_state *t) {
    taking with = {t, t->dedup != NULL && rt_map_count(t->dedup->map) == 0}; /* after a sql step the groups stay as they were */
    return rt_scan_rows(run, t->table, take_row, &with);
}

static mig_status prepare_table(rt_run *run, rt_table_state *t) {
    mig_status st = MIG_OK;
    if (t->written)
        st = rt_identity_prepare(run, t);
    if (st == MIG_OK && t->written && !t->table->existing && t->rows_before < 0) {
        t->rows_before = 0;
        if (!t->to_create)
            st = rt_count_rows(run, t->table, &t->rows_before);
    }
    return st == MIG_OK && t->reads_all && !t->to_create ? scan_table(run, t) : st;
}

mig_status rt_phase_prepare(rt_run *run) {
    rt_phase_run *ph = run->phase;
    if (ph->ready)
        return MIG_OK;
    run->ctx.record = NULL;
    mig_status st = new_maps(run);
    if (st == MIG_OK)
        st = rt_chunk_places(run);
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++)
        st = prepare_table(run, &ph->tables[i]);
    if (st == MIG_OK)
        st = rt_origins_prepare(run);
    if (st == MIG_OK)
        st = rt_source_lookups_prepare(run);
    for (int i = 0; i < run->spec->n_aliases && st == MIG_OK; i++)
        if (ph->aliases[i].alias != NULL)
            st = rt_alias_prepare(run, &ph->aliases[i]);
    rt_chunk_places_done(run);
    for (int i = 0; i < run->spec->n_rings && st == MIG_OK; i++) /* of flows before a sql step */
        if (ph->waiting[i] != NULL)
            st = rt_wait_register(run, ph->waiting[i], true);
    ph->ready = st == MIG_OK;
    return st;
}

mig_status rt_phase_flush(rt_run *run) {
    rt_phase_run *ph = run->phase;
    mig_status st = MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++)
        if (ph->tables[i].writer != NULL)
            st = run->ops->flush(ph->tables[i].writer, &run->error);
    if (st == MIG_OK && ph->reject_writer != NULL)
        st = run->ops->flush(ph->reject_writer, &run->error);
    if (st == MIG_OK && ph->chunks.place_writer != NULL)
        st = run->ops->flush(ph->chunks.place_writer, &run->error);
    if (st == MIG_OK && ph->duplicate_writer != NULL)
        st = run->ops->flush(ph->duplicate_writer, &run->error);
    if (st == MIG_OK && ph->provenance_writer != NULL)
        st = run->ops->flush(ph->provenance_writer, &run->error);
    return st;
}
