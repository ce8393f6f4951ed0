/*
 * record.c: the migration log's entries: gathered here, written by the face behind the commit of what they tell, noted in the ledger when they
 * are on disk. What a run could not write, because it was cut off or the disk was full, the next one makes from the ledger.
 *
 * Nothing here fails a run: an entry that cannot be written is said at the end, and stays owed.
 */
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <string.h>

static bool records(const rt_run *run) { return run->face.record != NULL && run->settings->migration_log != NULL; }

static bool put(rt_run *run, const rt_record *r) { return run->face.record(run->face.self, run, r); }

/* Microseconds since 2000-01-01 UTC as "2024-02-29 10:00:00". */
static void spell(char out[RT_SPELL + 8], int64_t at) {
    out[rt_spell_timestamp(out, at)] = '\0';
    out[strcspn(out, ".")] = '\0';
}

/* ---- owed ---------------------------------------------------------------------------------------------------------------------- */

bool rt_record_owed(const rt_run *run) {
    if (!records(run))
        return false;
    for (int i = 0; i < run->spec->n_phases; i++)
        if (run->phases[i].owed)
            return true;
    for (int i = 0; i < run->spec->n_measures; i++)
        if (run->measures[i].owed)
            return true;
    return false;
}

/* Copies that the ledger knows, of one phase. */
static int copies_of(rt_run *run, const mig_phase *p, rt_copy **out) {
    rt_error kept = run->error;
    int n = 0;
    if (!rt_ledger_has_backups(run->spec))
        return 0;
    if (rt_ledger_backups(run) != MIG_OK) {
        run->error = kept;
        return 0;
    }
    *out = rt_arena_alloc(run->arena, sizeof **out * (size_t)(run->n_copies + 1));
    for (int i = 0; *out != NULL && i < run->n_copies; i++)
        if (strcmp(run->copies[i].phase, p->name) == 0)
            (*out)[n++] = run->copies[i];
    return n;
}

static void late_phase(rt_run *run, const mig_phase *p) {
    rt_phase_state *s = &run->phases[p->id];
    rt_phase_count *c = rt_arena_alloc(run->arena, sizeof *c);
    rt_error kept = run->error;
    if (c == NULL || rt_ledger_phase_count(run, p, c) != MIG_OK) {
        run->error = kept; /* it stays owed */
        return;
    }
    rt_copy *copies = NULL;
    int n = copies_of(run, p, &copies);
    if (!put(run, &(rt_record){.kind = RT_RECORD_PHASE, .run = s->run, .at = s->finished, .later = true, .count = c, .file = {-1, -1},
                               .copies = copies, .n_copies = n}))
        return;
    rt_ledger_logged(run, "phase", "phase", p->name);
    s->owed = false;
}

void rt_record_missing(rt_run *run) {
    for (int i = 0; records(run) && i < run->spec->n_phases; i++) {
        if (run->phases[i].owed)
            late_phase(run, run->spec->phases[i]);
        for (int k = 0; k < run->spec->n_measures; k++) {
            rt_measure_result *r = &run->measures[k];
            if (!r->owed || r->measure->phase != i ||
                !put(run, &(rt_record){.kind = RT_RECORD_MEASURE, .run = r->run, .at = r->at, .later = true, .measure = r}))
                continue;
            rt_ledger_logged(run, "measure", "name", r->measure->name);
            r->owed = false;
        }
    }
}

/* ---- as it happens --------------------------------------------------------------------------------------------------------------- */

void rt_record_begin(rt_run *run) {
    char at[RT_SPELL + 8];
    spell(at, run->now);
    if (records(run))
        put(run, &(rt_record){.kind = RT_RECORD_BEGIN, .run = run->id, .at = at});
}

void rt_record_end(rt_run *run, mig_status st) {
    char at[RT_SPELL + 8];
    spell(at, rt_now());
    if (records(run))
        put(run, &(rt_record){.kind = RT_RECORD_END, .run = run->id, .at = at,
                                .state = st == MIG_OK ? "done" : st == MIG_INTERRUPTED ? "interrupted" : "failed",
                                .message = st == MIG_OK ? NULL : run->error.message});
}

void rt_facts_copies(rt_run *run, rt_facts *f) {
    const rt_phase_run *ph = run->phase;
    f->copies = ph->n_backups > 0 && records(run) ? rt_arena_alloc(run->arena, sizeof *f->copies * (size_t)ph->n_backups) : NULL;
    for (int i = 0; f->copies != NULL && i < ph->n_backups; i++) {
        const rt_backup_result *r = &ph->backups[i];
        char at[RT_SPELL + 8];
        spell(at, r->at);
        const char *when = rt_run_printf(run, "%s", at);
        f->copies[f->n_copies++] = (rt_copy){.phase = ph->phase->name, .system = rt_step_system(run, r->step), .file = r->file,
                                             .sha256 = r->sha256, .at = when != NULL ? when : "", .bytes = r->bytes};
    }
}

void rt_record_phase(rt_run *run, const rt_phase_count *count, rt_facts *f) {
    char at[RT_SPELL + 8];
    bool done = count->outcome == RT_PHASE_DONE;
    spell(at, rt_now());
    if (!records(run))
        return;
    rt_record r = {.kind = RT_RECORD_PHASE, .run = run->id, .at = at, .count = count, .file = {f->file[0], f->file[1]},
                   .copies = f->copies, .n_copies = f->n_copies,
                   .message = done ? NULL : run->error.message};
    if (done) {
        r.tables = f->tables;
        r.n_tables = f->n_tables;
        r.indexes = f->indexes;
        r.n_indexes = f->n_indexes;
    }
    if (put(run, &r) && done)
        rt_ledger_logged(run, "phase", "phase", count->phase->name);
}

void rt_record_measure(rt_run *run, rt_measure_result *r) {
    char at[RT_SPELL + 8];
    spell(at, rt_now());
    if (records(run) && put(run, &(rt_record){.kind = RT_RECORD_MEASURE, .run = run->id, .at = at, .measure = r}))
        rt_ledger_logged(run, "measure", "name", r->measure->name);
}
