/*
 * chunk_state.c: the numbers of a phase of which chunks are in, as text and back: what the accounting, the limit of rejects and the tables
 * on the screen count over all chunks, whichever run committed them. Only the program that wrote it reads it: the spec is the same.
 */
#include "runtime/engine/state.h"

#include <string.h>

/* ---- writing -------------------------------------------------------------------------------------------------------------------- */

static void put_flow(rt_run *run, const rt_flow_count *f, rt_buf *out) {
    int alias = -1;
    for (int i = 0; i < run->spec->n_aliases; i++)
        if (run->phase->aliases[i].created == f)
            alias = i;
    rt_field_put_text(out, f->name);
    rt_field_put_int(out, f->flow != NULL ? f->flow->id : -1);
    rt_field_put_int(out, alias);
    rt_field_put_int(out, f->read);
    rt_field_put_int(out, f->skipped);
    rt_field_put_int(out, f->rejected);
    rt_field_put_int(out, f->carried);
    rt_field_put_int(out, (int64_t)(f->seconds * 1e6));
    rt_field_put_int(out, f->n_intos);
    for (int i = 0; i < f->n_intos; i++) {
        const rt_into_count *c = &f->intos[i];
        const int64_t v[] = {c->table->id, c->emitted, c->inserted, c->updated, c->unchanged, c->merged, c->skipped};
        for (size_t k = 0; k < sizeof v / sizeof v[0]; k++)
            rt_field_put_int(out, v[k]);
    }
}

void rt_chunk_state_write(rt_run *run, rt_buf *out) {
    const rt_phase_run *ph = run->phase;
    const rt_phase_count *c = ph->count;
    rt_field_put_int(out, ph->read);
    rt_field_put_int(out, ph->rejected);
    rt_field_put_int(out, (int64_t)((rt_clock() - ph->started) * 1e6));
    rt_field_put_int(out, c->n_flows);
    for (int i = 0; i < c->n_flows; i++)
        put_flow(run, c->flows[i], out);
    for (int i = 0; i < c->n_aliases; i++) {
        const rt_alias_count *a = &c->aliases[i];
        rt_field_put_int(out, a->hits);
        rt_field_put_int(out, a->created);
        rt_field_put_int(out, a->unknown);
        rt_field_put_int(out, ph->aliases[a->alias->id].suggestions);
    }
    for (int i = 0; i < run->spec->n_tables; i++) {
        rt_field_put_int(out, ph->tables[i].rows_before);
        rt_field_put_int(out, ph->tables[i].inserted);
    }
    rt_field_put_int(out, c->n_checks);
    for (int i = 0; i < c->n_checks; i++) {
        int id = 0;
        while (run->spec->checks[id] != c->checks[i].check)
            id++;
        rt_field_put_int(out, id);
        rt_field_put_int(out, c->checks[i].ok);
        rt_field_put_text(out, c->checks[i].detail);
    }
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------- */

static bool get(const char **at, int64_t *out, int n) {
    for (int i = 0; i < n; i++)
        if (!rt_field_get_int(at, &out[i]))
            return false;
    return true;
}

static bool get_flow(rt_run *run, const char **at) {
    const mig_spec *spec = run->spec;
    mig_text name;
    int64_t v[8], into[7];
    if (!rt_field_get(at, &name) || !get(at, v, 8) || v[0] >= spec->n_flows || v[1] >= spec->n_aliases || v[7] < 0 || v[7] > 10000)
        return false;
    const mig_flow *flow = v[0] >= 0 ? spec->flows[v[0]] : NULL;
    const char *kept = flow != NULL ? flow->name : rt_arena_copy(run->arena, name.p, name.n);
    rt_flow_count *f = kept != NULL ? rt_flow_count_new(run, kept, flow, (int)v[7]) : NULL;
    if (f == NULL)
        return false;
    f->read = v[2];
    f->skipped = v[3];
    f->rejected = v[4];
    f->carried = v[5];
    f->seconds = (double)v[6] / 1e6;
    for (int i = 0; i < f->n_intos; i++) {
        if (!get(at, into, 7) || into[0] < 0 || into[0] >= spec->n_tables)
            return false;
        f->intos[i] = (rt_into_count){.table = spec->tables[into[0]], .emitted = into[1], .inserted = into[2], .updated = into[3],
                                      .unchanged = into[4], .merged = into[5], .skipped = into[6]};
    }
    if (flow != NULL)
        run->phase->by_flow[flow->id] = f;
    if (v[1] >= 0)
        run->phase->aliases[v[1]].created = f;
    return true;
}

static bool get_aliases_and_tables(rt_run *run, const char **at) {
    rt_phase_run *ph = run->phase;
    int64_t v[4];
    for (int i = 0; i < ph->count->n_aliases; i++) {
        rt_alias_count *a = &ph->count->aliases[i];
        if (!get(at, v, 4))
            return false;
        a->hits = v[0];
        a->created = v[1];
        a->unknown = v[2];
        ph->aliases[a->alias->id].suggestions = v[3];
    }
    for (int i = 0; i < run->spec->n_tables; i++)
        if (!get(at, v, 2))
            return false;
        else {
            ph->tables[i].rows_before = v[0];
            ph->tables[i].inserted = v[1];
        }
    return true;
}

static bool get_checks(rt_run *run, const char **at) {
    int64_t n, v[2];
    mig_text detail;
    if (!get(at, &n, 1))
        return false;
    for (int64_t i = 0; i < n; i++) {
        if (!get(at, v, 2) || !rt_field_get(at, &detail) || v[0] < 0 || v[0] >= run->spec->n_checks)
            return false;
        rt_check_result r = {.check = run->spec->checks[v[0]], .ok = v[1] != 0};
        snprintf(r.detail, sizeof r.detail, "%.*s", (int)detail.n, detail.p);
        if (rt_phase_keep_result(run, &r) != MIG_OK)
            return false;
    }
    return true;
}

mig_status rt_chunk_state_read(rt_run *run, const char *text) {
    rt_phase_run *ph = run->phase;
    const char *at = text;
    int64_t v[4];
    bool ok = get(&at, v, 4) && v[3] >= 0;
    if (ok) {
        ph->read = v[0];
        ph->rejected = v[1];
        ph->started -= (double)v[2] / 1e6;
    }
    for (int64_t i = 0; ok && i < v[3]; i++)
        ok = get_flow(run, &at);
    ok = ok && get_aliases_and_tables(run, &at) && get_checks(run, &at);
    if (ok)
        return MIG_OK;
    return rt_error_set(&run->error, MIG_IO, "what the ledger keeps of the chunks of phase \"%s\" cannot be read", ph->phase->name);
}
