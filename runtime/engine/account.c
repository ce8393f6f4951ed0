/*
 * account.c: no row disappears: the equations of every flow and every into, and the target's own counts, held against each
 * other inside the transaction. A mismatch is a fault of the program and rolls the phase back.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>

static bool take_count(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(int64_t *)arg = strtoll(v[0], NULL, 10);
    return false;
}

mig_status rt_count_rows(rt_run *run, const mig_table *t, int64_t *out) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select count(*) from ");
    rt_sql_table(run, t, &sql);
    mig_status st = sql.failed ? rt_run_nomem(run)
                               : run->ops->query(run->target, sql.p, 0, NULL, take_count, out, &run->error);
    rt_buf_free(&sql);
    return st;
}

static mig_status wrong(rt_run *run, const char *name, const char *equation) {
    rt_error_set(&run->error, MIG_CHECK, "the row accounting of \"%s\" does not hold: %s", name, equation);
    rt_error_hint(&run->error, "This is a fault of the program; nothing was written. Please report it with the spec.");
    return MIG_CHECK;
}

static mig_status verify_flow(rt_run *run, const rt_flow_count *f) {
    char text[256];
    if (f->read != f->skipped + f->rejected + f->carried) {
        snprintf(text, sizeof text, "%lld read, %lld skipped + %lld rejected + %lld carried", (long long)f->read,
                 (long long)f->skipped, (long long)f->rejected, (long long)f->carried);
        return wrong(run, f->name, text);
    }
    for (int i = 0; i < f->n_intos; i++) {
        const rt_into_count *c = &f->intos[i];
        if (c->emitted == c->inserted + c->updated + c->unchanged + c->merged)
            continue;
        snprintf(text, sizeof text, "into \"%s\": %lld carried, %lld inserted + %lld updated + %lld unchanged + %lld merged",
                 c->table->name, (long long)c->emitted, (long long)c->inserted, (long long)c->updated,
                 (long long)c->unchanged, (long long)c->merged);
        return wrong(run, f->name, text);
    }
    return MIG_OK;
}

bool rt_phase_has_sql(const mig_phase *p) {
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == MIG_STEP_SQL)
            return true;
    return false;
}

static mig_status verify_table(rt_run *run, const rt_table_state *t, bool whole) {
    const rt_phase_count *c = run->phase->count;
    char text[256];
    int64_t inserted = 0, now;
    for (int i = 0; i < c->n_flows; i++)
        for (int k = 0; k < c->flows[i]->n_intos; k++)
            if (c->flows[i]->intos[k].table == t->table)
                inserted += c->flows[i]->intos[k].inserted;
    if (inserted != t->inserted) {
        snprintf(text, sizeof text, "%lld rows were written, the flows count %lld", (long long)t->inserted, (long long)inserted);
        return wrong(run, t->table->name, text);
    }
    if (!whole || t->rows_before < 0 || rt_phase_has_sql(run->phase->phase)) /* another's table, or a statement that may change any */
        return MIG_OK;
    mig_status st = rt_count_rows(run, t->table, &now);
    if (st != MIG_OK || now - t->rows_before == inserted)
        return st;
    snprintf(text, sizeof text, "%lld rows were inserted, but the table went from %lld to %lld rows", (long long)inserted,
             (long long)t->rows_before, (long long)now);
    return wrong(run, t->table->name, text);
}

static void sum_up(rt_run *run) {
    rt_phase_count *c = run->phase->count;
    c->read = c->rejected = c->inserted = c->merged = 0;
    for (int i = 0; i < c->n_flows; i++) {
        c->read += c->flows[i]->flow != NULL ? c->flows[i]->read : 0; /* rows of sources, not literals or created rows */
        c->rejected += c->flows[i]->rejected;
        for (int k = 0; k < c->flows[i]->n_intos; k++) {
            c->inserted += c->flows[i]->intos[k].inserted;
            c->merged += c->flows[i]->intos[k].merged;
        }
    }
}

mig_status rt_account_verify(rt_run *run, bool whole) {
    const rt_phase_count *c = run->phase->count;
    mig_status st = MIG_OK;
    for (int i = 0; i < c->n_flows && st == MIG_OK; i++)
        st = verify_flow(run, c->flows[i]);
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++)
        if (run->phase->tables[i].written)
            st = verify_table(run, &run->phase->tables[i], whole);
    sum_up(run);
    if (st == MIG_OK && c->rejected != run->phase->rejected)
        st = wrong(run, c->phase->name, "rejects that were kept and rejects that were counted differ");
    return st;
}
