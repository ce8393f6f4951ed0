/*
 * backups.c: the ledger's table of copies that backup steps made, which only a spec with such a step has. A copy's row commits with the
 * phase that it stands before.
 */
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

bool rt_ledger_has_backups(const mig_spec *spec) {
    for (int i = 0; i < spec->n_phases; i++)
        for (int k = 0; k < spec->phases[i]->n_steps; k++)
            if (spec->phases[i]->steps[k].kind == MIG_STEP_BACKUP)
                return true;
    return false;
}

static bool set_true(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(bool *)arg = true;
    return false;
}

mig_status rt_ledger_backup_there(rt_run *run, const mig_phase *phase, bool *there) {
    rt_buf sql = {0};
    const char *params[] = {run->spec->name, phase->name};
    *there = false;
    rt_buf_printf(&sql, "select 1 from %s where migration = $1 and phase = $2", rt_ledger_table(run->ops->engine, "backup"));
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, set_true, there, &run->error);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_ledger_backup_put(rt_run *run, const mig_phase *phase, const rt_backup_result *r) {
    char bytes[24], tables[24], at[RT_SPELL + 8];
    rt_buf sql = {0}, file = {0};
    snprintf(bytes, sizeof bytes, "%lld", (long long)r->bytes);
    snprintf(tables, sizeof tables, "%lld", (long long)r->tables);
    memcpy(at + rt_spell_timestamp(at, r->at), "+00:00", 7);
    rt_clean(r->file, strlen(r->file), SIZE_MAX, &file);
    const char *params[] = {run->spec->name, phase->name, rt_step_system(run, r->step), run->id, file.p, bytes, r->sha256, tables, r->tool, at};
    rt_buf_printf(&sql, "insert into %s values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", rt_ledger_table(run->ops->engine, "backup"));
    mig_status st = sql.failed || file.failed ? rt_run_nomem(run)
                                              : run->ops->query(run->target, sql.p, 10, params, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    rt_buf_free(&file);
    return st;
}

/* phase, system, file, bytes, sha256, at */
static bool take(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_run *run = arg;
    (void)lens;
    if (n < 6 || run->n_copies == run->cap_copies)
        return false;
    rt_copy *c = &run->copies[run->n_copies++];
    *c = (rt_copy){.phase = rt_run_printf(run, "%s", v[0]), .system = rt_run_printf(run, "%s", v[1]), .file = rt_run_printf(run, "%s", v[2]),
                   .bytes = strtoll(v[3], NULL, 10), .sha256 = rt_run_printf(run, "%s", v[4]), .at = rt_run_printf(run, "%s", v[5])};
    if (c->phase != NULL && c->system != NULL && c->file != NULL && c->sha256 != NULL && c->at != NULL)
        return true;
    rt_run_nomem(run);
    return false;
}

mig_status rt_ledger_backups(rt_run *run) {
    static const char *const sql[] = {
        "select phase, system, file, bytes, sha256, substr(at, 1, 19) from _migc_backup where migration = $1 order by at, system",
        "select phase, system, file, bytes, sha256, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from migc.backup"
        " where migration = $1 order by at, system"};
    static const char *const asks[] = {"select 1 from sqlite_master where type = 'table' and name = '_migc_backup'",
                                       "select 1 where to_regclass('migc.backup') is not null"};
    const char *params[] = {run->spec->name};
    bool there = false;
    int cap = 0;
    run->n_copies = 0;
    if (!run->ledger_there || !rt_ledger_has_backups(run->spec))
        return MIG_OK;
    for (int i = 0; i < run->spec->n_phases; i++)
        cap += run->spec->phases[i]->n_steps;
    run->copies = rt_arena_alloc(run->arena, sizeof *run->copies * (size_t)(cap + 1));
    run->cap_copies = cap;
    if (run->copies == NULL)
        return rt_run_nomem(run);
    mig_status st = run->ops->query(run->target, asks[run->ops->engine], 0, NULL, set_true, &there, &run->error);
    if (st == MIG_OK && there)
        st = run->ops->query(run->target, sql[run->ops->engine], 1, params, take, run, &run->error);
    return st == MIG_OK ? run->error.status : st;
}
