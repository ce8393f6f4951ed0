/*
 * engine.h: the run of a migration program: its settings, its numbers, its state, and how it speaks to the face.
 *
 * Shared by engine/, ledger/ and face/. What only the engine needs while a phase runs is in state.h. Nothing here
 * prints or ends the process: results go out through rt_face, failures through rt_error and a status.
 */
#ifndef RT_ENGINE_H
#define RT_ENGINE_H

#include "runtime/rt.h"

#include <signal.h>

/* ---- what the command line asks for ---------------------------------------------------------------------------- */

typedef struct rt_given { const char *name, *location; } rt_given; /* --source NAME=LOC, --target NAME=LOC */

typedef struct rt_settings {
    const char *program;               /* name for hints: "build/shows" */
    const rt_given *sources; int n_sources;
    const rt_given *targets; int n_targets;
    const char *phase;                 /* --phase, or NULL */
    int64_t sample;                    /* --sample, or -1 */
    int64_t limit_rows;                /* --reject-limit N, or -1 */
    double limit_share;                /* --reject-limit P%, 0…1, or negative */
    const char *rejects_dir;           /* --rejects, or NULL */
    const char *migration_log;         /* the file that the run is recorded in, or NULL */
    bool allow_run;                    /* --allow-run: `run` steps may start programs */
    size_t memory;                     /* --memory, bytes */
} rt_settings;

/* ---- numbers: what the accounting counts -------------------------------------------------------------------------- */

/* Rows for one `into` of a flow. emitted = inserted + updated + unchanged + merged. */
typedef struct rt_into_count {
    const mig_table *table;
    int64_t emitted, inserted, updated, unchanged, merged;
    int64_t skipped;                   /* not in the equation: rows of the into that `when` or `else skip` gave up */
} rt_into_count;

/* Rows of one flow, or of an alias's literals, or those that `unknown create` made. read = skipped + rejected + carried. */
typedef struct rt_flow_count {
    const char *name;                  /* "sheets.shows", "alias network (values)", "alias network (created)" */
    const mig_flow *flow;              /* NULL when no source is read */
    int64_t read, skipped, rejected, carried;
    rt_into_count *intos; int n_intos;
    double seconds;
} rt_flow_count;

/* How often an alias was asked in a phase, and what came of it. */
typedef struct rt_alias_count { const mig_alias *alias; int64_t hits, created, unknown; } rt_alias_count;

typedef struct rt_rule_count {
    int64_t n;
    char first[640];                   /* place and reason of the first, in one line */
} rt_rule_count;

typedef struct rt_check_result {
    const mig_check *check;
    bool ok;
    char detail[1024];                 /* numbers and first rows that explain a failure; "" when ok */
} rt_check_result;

/* ---- backups ---- */

/* A copy that this run has made. */
typedef struct rt_backup_result {
    const mig_step *step;
    const char *file;                  /* its path from the root */
    int64_t bytes, tables, at;
    char sha256[65], tool[128];
    double seconds;
} rt_backup_result;

/* A copy that the ledger knows. at: UTC, ISO. */
typedef struct rt_copy { const char *phase, *system, *file, *sha256, *at; int64_t bytes; } rt_copy;

/* ---- measures ---- */

/* One query of a measure. ms: the median; least: of all rounds. */
typedef struct rt_timing { bool taken; double ms, least; int64_t rows; char why_not[512]; } rt_timing;

/* KEPT: nothing is expected. OPEN: what is expected asks for a query that could not be timed. */
typedef enum rt_verdict { RT_VERDICT_KEPT, RT_VERDICT_HELD, RT_VERDICT_OPEN, RT_VERDICT_WARNED, RT_VERDICT_FAILED } rt_verdict;
extern const char *const rt_verdict_words[]; /* "kept", "held", … */

typedef struct rt_measure_result {
    const mig_measure *measure;
    bool known;                        /* it has been taken */
    rt_timing before, after;
    int rounds;
    double baseline;                   /* ms; negative: none */
    rt_verdict verdict;
    const mig_expect *broken;          /* the first that does not hold, or NULL */
    char detail[512];                  /* why not: medians and their ratio; "" when it holds */
    char at[48], run[40];              /* from the ledger: UTC, ISO */
    bool owed;                         /* its entry in the migration log has not been written */
} rt_measure_result;

typedef enum rt_phase_outcome { RT_PHASE_PENDING, RT_PHASE_DONE, RT_PHASE_FAILED, RT_PHASE_PASSED } rt_phase_outcome;

/* What one phase did in this run. Lives as long as the run. */
typedef struct rt_phase_count {
    const mig_phase *phase;
    rt_phase_outcome outcome;          /* PASSED: was done before this run */
    rt_flow_count **flows; int n_flows, cap_flows;
    rt_alias_count *aliases; int n_aliases;
    rt_rule_count rules[MIG_RULE_COUNT];
    rt_check_result *checks; int n_checks, cap_checks;
    rt_measure_result *measures; int n_measures; /* of `check` */
    int64_t read, rejected, inserted, merged; /* sums, for the one-line summary */
    int64_t chunks, chunk_rows;        /* commit every: chunks that are in, source rows in them */
    double seconds;
} rt_phase_count;

/* ---- how the engine speaks to the face ------------------------------------------------------------------------------ */

typedef enum rt_event_kind {
    RT_EVENT_RUN_START, RT_EVENT_PHASE_START, RT_EVENT_STEP, RT_EVENT_FLOW_DONE, RT_EVENT_CHECK, RT_EVENT_PHASE_DONE,
    RT_EVENT_PHASE_FAILED, RT_EVENT_RUN_DONE, RT_EVENT_NOTE,
    RT_EVENT_MEASURE, RT_EVENT_CHUNK, RT_EVENT_BACKUP
} rt_event_kind;

typedef struct rt_event {
    rt_event_kind kind;
    const mig_phase *phase;            /* or NULL */
    const rt_phase_count *count;       /* PHASE_DONE, PHASE_FAILED, CHUNK */
    const rt_flow_count *flow;         /* FLOW_DONE */
    const rt_check_result *check;      /* CHECK */
    const rt_measure_result *measure;  /* MEASURE */
    const rt_backup_result *backup;    /* BACKUP */
    const char *text;                  /* STEP ("create app.shows_show"), NOTE */
    double seconds;                    /* STEP, PHASE_*, RUN_DONE */
} rt_event;

typedef struct rt_progress {
    const mig_phase *phase;
    const char *what;                  /* "sheets.shows", "settle app.accounts_user" */
    int64_t rows, rejected;            /* rows -1: none are counted, for another program works */
    int64_t committed;                 /* rows in chunks that are in; 0: none */
    int64_t bytes, bytes_total;        /* of the source; total 0: not known */
    double seconds;
} rt_progress;

/* ---- records: entries of the migration log ---- */

/* What was there before a phase and behind it ([0], [1]); -1: not known. about: an estimate. */
typedef struct rt_table_fact { const mig_table *table; int64_t rows[2], bytes[2]; bool there[2], about[2]; } rt_table_fact;
typedef struct rt_index_fact { const mig_table *table; char name[256]; int64_t scans[2], reads[2]; } rt_index_fact;

typedef enum rt_record_kind { RT_RECORD_BEGIN, RT_RECORD_PHASE, RT_RECORD_MEASURE, RT_RECORD_END } rt_record_kind;
typedef struct rt_record {
    rt_record_kind kind;
    const char *run;                   /* id of the run that did it */
    const char *at;                    /* UTC, ISO: when it ended */
    bool later;                        /* made from the ledger: the run that did it was cut off, or could not write */
    const rt_phase_count *count;       /* PHASE; outcome FAILED: it was rolled back */
    const rt_table_fact *tables; int n_tables;
    const rt_index_fact *indexes; int n_indexes;
    int64_t file[2];                   /* bytes of a SQLite target, or -1 */
    const rt_copy *copies; int n_copies; /* PHASE: that were taken before it */
    const rt_measure_result *measure;  /* MEASURE */
    const char *state, *message;       /* END: "done", "failed", "interrupted"; PHASE that failed: why */
} rt_record;

typedef struct rt_face {
    void *self;
    void (*event)(void *self, const rt_run *run, const rt_event *e);
    bool (*record)(void *self, const rt_run *run, const rt_record *r); /* true: it is on disk. NULL: nothing is recorded */
    void (*progress)(void *self, const rt_progress *p); /* as often as the engine likes; the face decides when to draw */
} rt_face;

/* ---- preflight ------------------------------------------------------------------------------------------------------- */

typedef struct rt_problem {
    char *message, *hint;              /* hint may be NULL */
    const mig_site *site;              /* or NULL */
    mig_status status;                 /* PREFLIGHT, or IO when a system could not be reached */
} rt_problem;

typedef struct rt_source_place {
    const char *location;              /* as resolved; NULL: none given */
    rt_source *source;                 /* open, or NULL */
    const rt_source_ops *ops;
    bool is_target;                    /* it is the target's own SQLite file, which nobody can read while it is written */
    bool changed;                      /* it holds something else than when the spec was compiled, which has been said */
} rt_source_place;

typedef struct rt_file { char *raw, *name; } rt_file; /* as the reader says it; as text */

/*
 * A phase that commits every so many rows: its last chunk in the ledger. step: the step that goes on; position: behind which row of its
 * source, NULL: from the first; state: the numbers so far, as chunk_state.c writes them. Counts: of all chunks.
 */
typedef struct rt_chunk_state {
    int64_t n;                         /* chunks that are in; 0: none */
    int step;
    const char *position, *state, *spec_hash;
    int64_t sample;                    /* -1: none */
    int64_t read, rejected, inserted, merged;
} rt_chunk_state;

/* What the ledger knows of one phase of the spec. */
typedef struct rt_phase_state {
    bool done;
    char finished[48];                 /* UTC, ISO */
    char run[40];
    int64_t rows, rejected;
    double seconds;
    rt_chunk_state chunk;
    bool owed;                         /* its entry in the migration log has not been written */
} rt_phase_state;

/* The run that was begun last in this target, from the ledger; state "" when there is none. Times: UTC, ISO. */
typedef struct rt_last_run { char state[16], started[48], finished[48], by_whom[256], message[512]; } rt_last_run;

/* What the live systems look like, seen without writing. */
typedef struct rt_survey {
    rt_problem *problems; int n_problems, cap_problems;
    char **notes; int n_notes, cap_notes;
    rt_source_stat *stats;             /* per source table */
    bool *stat_known;
    bool *table_there;                 /* per table of the spec */
    bool target_absent;                /* SQLite file that is not there yet */
    rt_phase_state *known;             /* run->phases when the look began */
} rt_survey;

/* ---- the run ----------------------------------------------------------------------------------------------------------- */

typedef struct rt_phase_run rt_phase_run;   /* state.h */
typedef struct rt_ledger rt_ledger;         /* ledger/ledger.h */

struct rt_run {
    const mig_spec *spec;
    const rt_settings *settings;
    rt_face face;
    const volatile sig_atomic_t *stop; /* not 0: the user wants to stop */
    rt_error error;
    rt_arena *arena;                   /* as long as the run */
    rt_budget budget;
    mig_target_def target_def;         /* the spec's, with the engine that the location says */
    const char *target_location;
    const rt_target_ops *ops;
    rt_target *target;                 /* open, or NULL */
    rt_source_place *sources;          /* per source of the spec */
    const char **source_table_names;   /* per source table: "sheets.shows" */
    rt_survey survey;
    char id[37];                       /* uuid of this run */
    int64_t now;                       /* its instant, microseconds since 2000-01-01 UTC */
    mig_ctx ctx;
    rt_phase_state *phases;            /* per phase of the spec, from the ledger */
    rt_measure_result *measures;       /* per measure of the spec, from the ledger */
    rt_copy *copies; int n_copies, cap_copies; /* for `status` */
    rt_table_fact *seen;               /* per table of the spec: [1] as the last phase of this run left it; table NULL: not known */
    rt_last_run last;                  /* for `status` */
    rt_phase_count **counts; int n_counts; /* phases of this run, in order */
    rt_phase_run *phase;               /* the one that is running, or NULL */
    rt_file *files; int n_files, cap_files; /* source files, for places */
    const char *rejects_dir;
    char **reject_files; int n_reject_files, cap_reject_files; /* CSVs written by this run */
    const rt_timer_ops *timer_ops[2];  /* of the queries that are being timed: before, after */
    rt_timer *timers[2];               /* or NULL */
    rt_check_result *observing;        /* the check that is being evaluated, or NULL */
    bool ledger_there;
    char holder[256];                  /* who holds the lock, as `status` saw it; "" */
};

/* run.c. Every rt_run_* leaves its failure in run->error. */
mig_status rt_run_open(rt_run *run, const mig_spec *spec, const rt_settings *settings, rt_face face,
                       const volatile sig_atomic_t *stop);
void rt_run_close(rt_run *run);
/* `run`: preflight, lock, phases. MIG_PREFLIGHT: see run->survey.problems. */
mig_status rt_run_all(rt_run *run);
/* `plan`: preflight only; writes nothing. MIG_PREFLIGHT when something stands against a run. */
mig_status rt_run_plan(rt_run *run);
/* `status`: reads the ledger into run->phases. MIG_LOCKED: a run is at work and lets nobody read; run->holder. */
mig_status rt_run_status(rt_run *run);
/* `check`: evaluates all checks of finished phases; one rt_phase_count with the results in run->counts. */
mig_status rt_run_checks(rt_run *run);

/* A phase is to be run, or a measure to be taken. */
bool rt_run_has_work(const rt_run *run);

/* measure.c: still to be taken: its phase is done, and it has not been taken or did not hold. */
bool rt_measure_pending(const rt_run *run, const mig_measure *m);
void rt_measure_cancel(rt_run *run);   /* may be called from a signal handler */
/* "12.3 ms" */
const char *rt_ms(char *out, size_t cap, double ms);

/* Opens the target (see rt_target_ops.open) with what the settings say. */
/*
 * patience.c: after opening a source or the target has failed: whether to try again, having slept a little. what: "source", "target"; wait:
 * seconds that the spec gives; began: when it was tried first.
 */
bool rt_try_again(rt_run *run, const char *what, const char *name, const rt_error *e, int wait, double began, bool *told);
mig_status rt_run_open_target(rt_run *run, bool for_writing);
bool rt_run_stopped(const rt_run *run);
/* Phases of the spec that this run is to do: neither done nor manual, or the one asked for. */
bool rt_run_wants(const rt_run *run, const mig_phase *phase);
/* NOMEM into the run's error; returns it. */
mig_status rt_run_nomem(rt_run *run);
char *rt_run_printf(rt_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* in run->arena, or NULL */
void rt_run_event(rt_run *run, const rt_event *e);
double rt_clock(void);                 /* seconds, monotonic */

/* The SQL of a step without the comment that says where it comes from. */
const char *rt_step_sql(const mig_step *s);
/* The name of the system that a BACKUP step copies. */
const char *rt_step_system(const rt_run *run, const mig_step *s);

/* record.c: the entries of the migration log; a failure here is no failure of the run. */
bool rt_record_owed(const rt_run *run);        /* entries are missing that the ledger can tell */
void rt_record_missing(rt_run *run);
void rt_record_begin(rt_run *run);
void rt_record_end(rt_run *run, mig_status st);
void rt_record_measure(rt_run *run, rt_measure_result *r);

/* preflight.c */
mig_status rt_preflight(rt_run *run);
/* Reads the ledger again. over: other runs have gone on since the preflight, which therefore tells nothing any more. */
mig_status rt_preflight_is_over(rt_run *run, bool *over);
/* Adds a problem to the survey; the texts are copied. */
void rt_problem_add(rt_run *run, mig_status status, const mig_site *site, const char *hint, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
void rt_note_add(rt_run *run, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * clean.c: the bytes as valid UTF-8 without NUL, in out (which begins empty): what is neither becomes U+FFFD. Cut past most bytes, which
 * is then said. text NULL: null.
 */
mig_text rt_clean(const char *text, size_t n, size_t most, rt_buf *out);

/* Rows of a source table that flows read with --sample, or -1: all. Lists of aliases are always read whole. */
int64_t rt_run_sample(const rt_run *run, const mig_source_table *t);

/* sqlname.c: names for SQL and for people. */
void rt_sql_table(const rt_run *run, const mig_table *t, rt_buf *b);      /* quoted, with the schema where there is one */
const char *rt_source_table_name(rt_run *run, const mig_source_table *t); /* "sheets.shows" */

#endif
