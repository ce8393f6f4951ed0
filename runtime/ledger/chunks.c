/*
 * chunks.c: what phases that commit every so many rows leave in the ledger: a row for each chunk, with where the next one begins and the
 * numbers so far, and the places that their rows came from. These tables are made only for migrations that have such phases.
 */
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

bool rt_ledger_has_chunks(const mig_spec *spec) {
    for (int i = 0; i < spec->n_phases; i++)
        if (spec->phases[i]->commit_every > 0)
            return true;
    return false;
}

static bool set_true(void *arg, int n, const char *const *values, const size_t *lens) {
    (void)lens;
    *(bool *)arg = n > 0 && values[0] != NULL;
    return false;
}

static mig_status are_there(rt_run *run, bool *out) {
    *out = false;
    if (!rt_ledger_has_chunks(run->spec))
        return MIG_OK;
    return run->ops->query(run->target, run->ops->engine == MIG_POSTGRES
                               ? "select 1 where to_regclass('migc.chunk') is not null and to_regclass('migc.place') is not null"
                               : "select 1 from sqlite_master where type = 'table' and name = '_migc_place'",
                           0, NULL, set_true, out, &run->error);
}

/* ---- chunks ------------------------------------------------------------------------------------------------------------------- */

static char *copy(rt_run *run, const char *text) {
    return text != NULL ? rt_arena_copy(run->arena, text, strlen(text)) : NULL;
}

/* phase, chunk_no, spec_hash, sample, step_no, position, state, sums of read, rejected, inserted, merged */
static bool take_chunk(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_run *run = arg;
    (void)lens;
    for (int i = 0; n == 11 && i < run->spec->n_phases; i++) {
        rt_chunk_state *c = &run->phases[i].chunk;
        if (strcmp(run->spec->phases[i]->name, v[0]) != 0)
            continue;
        c->n = strtoll(v[1], NULL, 10);
        c->spec_hash = copy(run, v[2]);
        c->sample = v[3] != NULL ? strtoll(v[3], NULL, 10) : -1;
        c->step = (int)strtol(v[4], NULL, 10);
        c->position = copy(run, v[5]);
        c->state = copy(run, v[6]);
        c->read = strtoll(v[7], NULL, 10);
        c->rejected = strtoll(v[8], NULL, 10);
        c->inserted = strtoll(v[9], NULL, 10);
        c->merged = strtoll(v[10], NULL, 10);
        if (c->spec_hash == NULL || c->state == NULL || (v[5] != NULL && c->position == NULL))
            rt_run_nomem(run);
    }
    return true;
}

mig_status rt_ledger_chunks_read(rt_run *run) {
    bool there;
    rt_buf sql = {0};
    const char *table = rt_ledger_table(run->ops->engine, "chunk");
    mig_status st = are_there(run, &there);
    if (st != MIG_OK || !there)
        return st;
    rt_buf_printf(&sql, "select c.phase, c.chunk_no, c.spec_hash, c.sample, c.step_no, c.position, c.state, s.n_read, s.n_rejected, s.n_inserted,"
                        " s.n_merged from %s c join (select phase, max(chunk_no) as last, sum(rows_read) as n_read, sum(rows_rejected) as"
                        " n_rejected, sum(rows_inserted) as n_inserted, sum(rows_merged) as n_merged from %s where migration = $1"
                        " group by phase) s on s.phase = c.phase and s.last = c.chunk_no where c.migration = $1", table, table);
    const char *params[] = {run->spec->name};
    st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 1, params, take_chunk, run, &run->error);
    rt_buf_free(&sql);
    return st == MIG_OK ? run->error.status : st;
}

enum { CHUNK_COLUMNS = 14, NUMBER = 24 };

mig_status rt_ledger_chunk(rt_run *run, const char *phase, const rt_chunk_state *c) {
    char now[RT_SPELL + 8], numbers[7][NUMBER], sample[NUMBER];
    const int64_t values[7] = {c->n, c->read, c->rejected, c->inserted, c->merged, c->step, 0};
    rt_buf sql = {0};
    size_t n = rt_spell_timestamp(now, rt_now());
    memcpy(now + n, "+00:00", 7);
    for (int i = 0; i < 7; i++)
        snprintf(numbers[i], NUMBER, "%lld", (long long)values[i]);
    snprintf(sample, sizeof sample, "%lld", (long long)run->settings->sample);
    const char *params[CHUNK_COLUMNS] = {run->spec->name, phase, numbers[0], run->spec->hash, run->settings->sample >= 0 ? sample : NULL,
                                         run->id, now, numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], c->position, c->state};
    rt_buf_printf(&sql, "insert into %s values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
                  rt_ledger_table(run->ops->engine, "chunk"));
    mig_status st = sql.failed ? rt_run_nomem(run)
                               : run->ops->query(run->target, sql.p, CHUNK_COLUMNS, params, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    return st;
}

/* ---- places ------------------------------------------------------------------------------------------------------------------------ */

mig_status rt_ledger_places(rt_run *run, const char *phase, rt_row_fn fn, void *arg) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select row_key, file, line from %s where migration = $1 and phase = $2", rt_ledger_table(run->ops->engine, "place"));
    const char *params[] = {run->spec->name, phase};
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, fn, arg, &run->error);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_ledger_places_forget(rt_run *run, const char *phase) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "delete from %s where migration = $1 and phase = $2", rt_ledger_table(run->ops->engine, "place"));
    const char *params[] = {run->spec->name, phase};
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    return st;
}

/* ---- rejects of earlier chunks ------------------------------------------------------------------------------------------------------ */

mig_status rt_ledger_rejects_of(rt_run *run, const char *phase, rt_row_fn fn, void *arg) {
    rt_buf sql = {0};
    rt_buf_printf(&sql, "select run, source, file, line, byte_offset, row_no, column_name, spec, rule, reason, value, raw from %s"
                        " where migration = $1 and phase = $2%s", rt_ledger_table(run->ops->engine, "reject"),
                  run->ops->engine == MIG_SQLITE ? " order by rowid" : " order by ctid");
    const char *params[] = {run->spec->name, phase};
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, fn, arg, &run->error);
    rt_buf_free(&sql);
    return st;
}
