/*
 * ledger.h: what a migration remembers in its target: runs, finished phases with their numbers, rejects, duplicates, checks.
 * In PostgreSQL the tables stand in schema migc, in SQLite they are named _migc_…; columns are the same. Called by engine/.
 */
#ifndef RT_LEDGER_H
#define RT_LEDGER_H

#include "runtime/engine/engine.h"

/* Name of a ledger's table for SQL: migc."check", "_migc_check". Static memory. table: "run", "phase", "flow", … */
const char *rt_ledger_table(mig_engine engine, const char *table);

/* ledger.c: all leave their failure in run->error. */
mig_status rt_ledger_find(rt_run *run);      /* sets run->ledger_there */
mig_status rt_ledger_create(rt_run *run);    /* what is not there yet of what the spec needs, in a transaction of its own */
mig_status rt_ledger_begin_run(rt_run *run); /* the run's row; committed */
/* Its end; failures are ignored, for the connection may be what failed. state: "done", "failed", "interrupted". */
void rt_ledger_end_run(rt_run *run, const char *state, const char *message);
mig_status rt_ledger_phase_done(rt_run *run, const rt_phase_count *c, double started); /* inside the phase's transaction */

/* The entry of that row stands in the migration log. table, key: "phase", "phase" or "measure", "name". A failure only means that it is looked for again. */
void rt_ledger_logged(rt_run *run, const char *table, const char *key, const char *name);

/* state.c */
mig_status rt_ledger_read(rt_run *run);      /* finished phases into run->phases; nothing when there is no ledger */
mig_status rt_ledger_last_run(rt_run *run);  /* into run->last */
mig_status rt_ledger_knows_run(rt_run *run, const char *id, bool *out); /* a run of this migration; any text may be asked for */
/* Adds a problem when finished phases are another spec's, or a sample's. */
mig_status rt_ledger_compare(rt_run *run);
/* Sum over finished phases: column ("rows_rejected", "merged", …) where key_column ("source", "target_table") is key. */
mig_status rt_ledger_sum(rt_run *run, const char *column, const char *key_column, const char *key, int64_t *out);

/* told.c: a finished phase's numbers as it wrote them: flows, aliases, checks, rejects by rule. In run->arena. */
mig_status rt_ledger_phase_count(rt_run *run, const mig_phase *phase, rt_phase_count *out);

/* measures.c: the rows of measures */
mig_status rt_ledger_measures(rt_run *run);  /* into run->measures; nothing when there is no ledger */
mig_status rt_ledger_measure_put(rt_run *run, const rt_measure_result *r); /* in a transaction of its own; replaces one that did not hold */
/* chunks.c: of phases that commit every so many rows; their tables are made only where a spec has such a phase. */
bool rt_ledger_has_chunks(const mig_spec *spec);
mig_status rt_ledger_chunks_read(rt_run *run);   /* the last chunk of each phase into run->phases */
mig_status rt_ledger_chunk(rt_run *run, const char *phase, const rt_chunk_state *c); /* one more; its numbers are its own */
mig_status rt_ledger_places(rt_run *run, const char *phase, rt_row_fn fn, void *arg); /* row_key, file, line of every row that is in */
mig_status rt_ledger_places_forget(rt_run *run, const char *phase);
/* run, source, file, line, byte_offset, row_no, column_name, spec, rule, reason, value, raw of each reject of the phase, as they came. */
mig_status rt_ledger_rejects_of(rt_run *run, const char *phase, rt_row_fn fn, void *arg);

/* backups.c: copies made by backup steps; their table is made only where a spec has one. */
bool rt_ledger_has_backups(const mig_spec *spec);
mig_status rt_ledger_backup_there(rt_run *run, const mig_phase *phase, bool *there); /* its chunks that are in had their copies */
mig_status rt_ledger_backup_put(rt_run *run, const mig_phase *phase, const rt_backup_result *r); /* inside the phase's transaction */
mig_status rt_ledger_backups(rt_run *run);   /* into run->copies */

/* rows.c: rows that go in bulk, through the target's writer. */
struct rt_reject_row {
    mig_text run, migration, phase, source, file;
    mig_int line, byte_offset, row_no;
    mig_text column_name, spec, rule, reason, value, raw;
};
struct rt_duplicate_row {
    mig_text run, migration, phase, target_table, action, file;
    mig_int line, row_no;
    mig_text kept_file;
    mig_int kept_line;
};
struct rt_place_row { mig_text migration, phase, row_key, file; mig_int line; };
extern const mig_table *const rt_ledger_place_rows[2];
struct rt_provenance_row {
    mig_text run, migration, phase, source, source_columns, source_key, target_table, target_key;
};
extern const mig_table *const rt_ledger_provenance[2];
extern const mig_table *const rt_ledger_rejects[2];    /* by engine */
extern const mig_table *const rt_ledger_duplicates[2];

#endif
