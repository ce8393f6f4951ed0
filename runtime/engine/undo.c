/*
 * undo.c: what a source row did to maps and counters before it was known that the row would not be carried, taken back in
 * reverse order. Old values lie in the row's arena, so a log never outlives its row.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

bool rt_fault(mig_ctx *x, mig_status st) {
    mig_fatal(x, st, st == MIG_NOMEM ? "out of memory" : "the engine failed");
    return false;
}

size_t rt_undo_mark(const rt_run *run) {
    return run->phase->undo.n;
}

static rt_undo_entry *next_entry(rt_run *run) {
    rt_undo *u = &run->phase->undo;
    if (u->n == u->cap) {
        size_t cap = u->cap ? u->cap * 2 : 64;
        rt_undo_entry *v = realloc(u->v, sizeof *v * cap);
        if (v == NULL)
            return NULL;
        u->v = v;
        u->cap = cap;
    }
    return &u->v[u->n];
}

mig_status rt_undo_number(rt_run *run, int64_t *number) {
    rt_undo_entry *e = next_entry(run);
    if (e == NULL)
        return rt_run_nomem(run);
    *e = (rt_undo_entry){.number = number, .value = *number};
    run->phase->undo.n++;
    return MIG_OK;
}

mig_status rt_undo_put(rt_run *run, rt_map *m, rt_hash h, const void *v, size_t n, const void *old, size_t old_n, bool had) {
    rt_undo_entry *e = next_entry(run);
    if (e == NULL)
        return rt_run_nomem(run);
    *e = (rt_undo_entry){.map = m, .hash = h, .n = old_n, .had = had};
    if (had) {
        e->old = rt_arena_copy(run->ctx.arena, old, old_n);
        if (e->old == NULL)
            return rt_run_nomem(run);
    }
    mig_status st = rt_map_put(m, h, v, n);
    if (st == MIG_OK)
        run->phase->undo.n++;
    return st;
}

mig_status rt_undo_back(rt_run *run, size_t mark) {
    rt_undo *u = &run->phase->undo;
    mig_status st = MIG_OK;
    while (u->n > mark) {
        rt_undo_entry *e = &u->v[--u->n];
        if (e->number != NULL)
            *e->number = e->value;
        else if (st == MIG_OK)
            st = e->had ? rt_map_put(e->map, e->hash, e->old, e->n) : rt_map_delete(e->map, e->hash);
    }
    return st;
}

void rt_undo_keep(rt_run *run) {
    run->phase->undo.n = 0;
}
