/*
 * state.h: what the engine holds while one phase runs, and the calls between the files of this room. Private to engine/.
 */
#ifndef RT_STATE_H
#define RT_STATE_H

#include "runtime/engine/engine.h"

/* ---- places: where a row came from --------------------------------------------------------------------------------- */

/* file: index into run->files; RT_PLACE_TARGET: a row that stood in the target before (line: its key, 0: not known). */
typedef struct rt_place { int32_t file; int64_t line, row; } rt_place;
#define RT_PLACE_TARGET (-1)
#define RT_PLACE_SPEC (-2)            /* a literal of the spec: line of the spec */

uint64_t rt_place_pack(rt_place p);                                    /* file and line in eight bytes, for maps */
rt_place rt_place_unpack(uint64_t v);                                  /* row 0 */
rt_place rt_place_here(rt_run *run);                                   /* of the source row being mapped */
void rt_place_text(rt_run *run, rt_place p, rt_buf *out);              /* "shows.csv:12"; of the row being mapped with its key: "show (id 12)" */
const char *rt_place_file(const rt_run *run, rt_place p);              /* "shows.csv", "(target)", "(spec)" */
bool rt_place_named(rt_run *run, const char *file, int32_t *out);      /* the number of a file of that name; false: no memory */

/* ---- values of a row's columns, seen through its codec (values.c) --------------------------------------------------- */

typedef struct rt_value {
    mig_type type;                     /* the codec member's: TEXT stands for varchar and char too */
    bool is_null;
    int64_t i;                         /* integers, boolean, date, time, timestamps */
    double d;
    mig_text t;                        /* text, numeric, bytea, json */
    uint8_t uuid[16];
    mig_list list;
} rt_value;

typedef void (*rt_value_fn)(void *arg, int column, const rt_value *v);
void rt_each_value(const mig_table *t, const void *row, rt_value_fn fn, void *arg);
rt_value rt_pick(const mig_table *t, const void *row, int column);
void rt_put_value(const mig_table *t, void *row, int column, const rt_value *v); /* integer, uuid and text columns */
void rt_value_key(const rt_value *v, mig_key *k);                      /* adds it to a key */
void rt_value_text(const rt_value *v, rt_buf *out);                    /* for people: 'abc', 12, 2024-01-31, null */
void rt_row_text(const mig_table *t, const void *row, rt_buf *out);    /* id = 3, name = 'HBO', …: shortened */

/* ---- undo: what a source row did before it was rejected (undo.c) ------------------------------------------------------ */

/* Records a status that came from below (its message is in run->error) as fatal for the row; returns false. */
bool rt_fault(mig_ctx *x, mig_status st);

typedef struct rt_undo_entry {
    rt_map *map; rt_hash hash; const void *old; size_t n; bool had; /* map entry */
    int64_t *number; int64_t value;                                 /* or a counter */
} rt_undo_entry;

typedef struct rt_undo { rt_undo_entry *v; size_t n, cap; } rt_undo;

size_t rt_undo_mark(const rt_run *run);
mig_status rt_undo_number(rt_run *run, int64_t *number);               /* call before changing it */
/* Puts into the map, so that it can be taken back. old NULL with had false: the caller knows that the key is new. */
mig_status rt_undo_put(rt_run *run, rt_map *m, rt_hash h, const void *v, size_t n, const void *old, size_t old_n, bool had);
mig_status rt_undo_back(rt_run *run, size_t mark);                     /* takes back everything since the mark */
void rt_undo_keep(rt_run *run);                                        /* forgets: the row is carried */

/* ---- columns that wait for a look-up (wait.c) ----------------------------------------------------------------------------------- */

typedef struct rt_open { const mig_late *late; rt_hash hash; mig_text shown; } rt_open; /* shown: the source column's text */

/* Is the key to be passed over for now? While columns are open, the keys that they are in; when they are filled, all others. */
bool rt_open_hides(const mig_ctx *x, const mig_index_key *k);

/* ---- tables of the phase ------------------------------------------------------------------------------------------------ */

typedef struct rt_unique_state { const mig_index_key *rule; rt_map *map; } rt_unique_state;       /* key -> packed place */
typedef struct rt_lookup_state { const mig_index_key *key; rt_map *map; } rt_lookup_state;        /* key -> tag, value */

/* key -> tag, cells */
typedef struct rt_source_lookup_state {
    const mig_source_key *key; rt_map *map;
    mig_record record; mig_cell *cells; /* of the row that was found last */
    rt_buf value;
} rt_source_lookup_state;

typedef struct rt_alias_state {
    const mig_alias *alias;
    rt_map *map;                       /* folded text -> flags, place, key */
    rt_alias_count *count;
    rt_flow_count *created;            /* rows that `unknown create` made; NULL until the first */
    bool mapping;                      /* lists are being read for their synonyms only: nothing is inserted */
    rt_arena *spellings_arena;         /* folded spellings for "did you mean", bounded */
    mig_text *spellings; int64_t n_spellings, cap_spellings;
    int64_t suggestions;               /* looked for so far: bounded effort */
    bool loads_here;                   /* a LOAD step of this phase reads the lists */
    struct rt_alias_memo *memo;        /* last answers by raw text */
} rt_alias_state;

typedef struct rt_held rt_held;

typedef struct rt_dedup_state {
    const mig_dedup *dedup;
    rt_map *map;                       /* key -> rt_group */
    rt_held *held;                     /* late: rows that wait */
    int64_t n_groups;
    int64_t n_target_groups;           /* groups below this number have a row that stood in the target before */
    int64_t losers;                    /* early: rows that were dropped for another one */
    bool waits;                        /* rows of a group have keys of their own: look-ups know them when they are settled */
    bool settled;
} rt_dedup_state;

typedef struct rt_table_state {
    const mig_table *table;
    bool written;                      /* rows go into it in this phase */
    bool to_create;                    /* a CREATE step of this phase makes it, and has not run yet */
    bool identity_ready, identity_used;
    int64_t next;                      /* next identity key */
    int64_t rows_before;               /* counted at the start; -1: not counted */
    int64_t inserted;                  /* rows given to the writer in this phase */
    rt_writer *writer;
    rt_unique_state **uniques; int n_uniques;
    rt_lookup_state **lookups; int n_lookups;
    rt_lookup_state **origins; int n_origins;    /* look-ups by the source row that a row came from */
    rt_alias_state **aliases; int n_aliases;     /* those whose canonical rows stand here */
    rt_dedup_state *dedup;             /* or NULL */
    bool reads_all;                    /* some structure must be filled from the target's rows */
} rt_table_state;

/* What the row that is being mapped wants done, once it is carried. */
typedef enum rt_pending_kind { RT_PENDING_WRITE, RT_PENDING_HOLD, RT_PENDING_LOSER, RT_PENDING_SAME, RT_PENDING_SKIP } rt_pending_kind;
typedef struct rt_pending {
    rt_pending_kind kind;
    rt_table_state *table;
    rt_into_count *into;
    int into_no;
    void *row;                         /* in the row arena */
    int64_t group;                     /* HOLD */
    rt_place winner;                   /* LOSER */
    rt_open *open; int n_open;         /* columns of the row that wait for a look-up */
    mig_text origin;                   /* provenance.c; null: nobody asks */
    size_t packed_at;                  /* where its bytes begin, of a row that waited */
} rt_pending;

/* A phase that commits every so many rows: what is in, and where it is. */
typedef struct rt_chunks {
    bool resumed;                      /* chunks of an earlier run are in */
    int64_t n, rows;                   /* chunks committed; rows read since */
    int step;                          /* the step that runs; those before are done */
    const char *after;                 /* place in the source behind which it goes on, for the first flow that is read; or NULL */
    int64_t read, rejected, inserted, merged; /* the phase's sums when the last chunk was committed */
    rt_map *places;                    /* while structures are filled: key of a row -> packed place */
    rt_writer *place_writer;
} rt_chunks;
typedef struct rt_waiting rt_waiting;   /* rows of a ring that wait */

struct rt_phase_run {
    const mig_phase *phase;
    rt_phase_count *count;
    rt_table_state *tables;            /* per table of the spec */
    rt_unique_state *uniques;          /* per unique rule of the spec; map NULL: not used in this phase */
    rt_lookup_state *lookups;
    rt_source_lookup_state *source_lookups; /* per look-up of the spec in a source; map NULL: not used in this phase */
    bool sources_read;                 /* they are filled */
    bool origins_read;                 /* what the ledger keeps of origins is in the maps */
    rt_alias_state *aliases;
    rt_dedup_state *dedups;
    rt_waiting **waiting;              /* per ring of the spec; NULL: nothing waits */
    rt_flow_count **by_flow;           /* per flow of the spec; NULL: not run in this phase */
    bool ready;                        /* structures are built; a sql step makes them stale */
    rt_flow_count *flow;               /* the flow that is running */
    const mig_flow *flow_def;
    const mig_source_table *source;    /* its table */
    rt_place here; const char *here_file; bool here_known;
    int spec_line;                     /* while a literal of the spec is loaded: its line */
    bool again;                        /* lists are read again for their synonyms: nothing may be created */
    bool alias_made;                   /* the row being mapped made a canonical row: answers may be taken back */
    rt_undo undo;
    rt_pending *pending; int n_pending, cap_pending;
    struct rt_rejects *rejects;        /* rejects.c; NULL until the first */
    rt_writer *reject_writer, *duplicate_writer, *provenance_writer;
    int64_t read, rejected;            /* over all flows of the phase */
    int64_t known_total;               /* rows of all its sources, -1: not known */
    double progress_at, started;
    double flow_started;
    rt_chunks chunks;
    rt_backup_result *backups; int n_backups; /* taken before the transaction began */
};

/* ---- sqlstep.c ---------------------------------------------------------------------------------------------------------- */
void rt_sql_steps_look(rt_run *run);                                   /* preflight: problems are added */
mig_status rt_sql_step(rt_run *run, const mig_step *s);

/* ---- backup.c, program.c: steps that are other programs' work ----------------------------------------------------------- */
void rt_backups_look(rt_run *run);                                     /* preflight: problems are added */
bool rt_has_backups(const mig_phase *p);
mig_status rt_backups_take(rt_run *run);                               /* those of the phase, before its transaction */
void rt_programs_look(rt_run *run);
mig_status rt_program_run(rt_run *run, const mig_step *s);

/* ---- identity.c ------------------------------------------------------------------------------------------------------- */
bool rt_identity_next(mig_ctx *x, rt_table_state *t, int64_t *out);    /* false: fatal recorded */
void rt_identity_seen(rt_table_state *t, int64_t key);                 /* the spec gave this key itself */
mig_status rt_identity_prepare(rt_run *run, rt_table_state *t);
mig_status rt_sequence_follow(rt_run *run, const mig_step *s);             /* sequence.c: puts it where the source's stands */
mig_status rt_identity_finish(rt_run *run);                            /* sequences past the keys that were given */

/* ---- unique.c, lookup.c, dedup.c: all return false with the failure (or fatal fault) recorded in x -------------------- */
bool rt_uniques_take(mig_ctx *x, rt_table_state *t, const void *row, rt_place place);
bool rt_lookups_take(mig_ctx *x, rt_table_state *t, const void *row, bool identity_only);

/* ---- source_lookup.c ------------------------------------------------------------------------------------------------------ */
mig_status rt_source_lookups_prepare(rt_run *run);
void rt_source_lookups_free(rt_run *run);

/* ---- provenance.c: look-ups by the source row that a row came from -------------------------------------------------------------- */
/* The keys of the record at hand by which rows of the table are asked for, in the row arena. kept: key of the target's own row that it is the same as. */
bool rt_origin_of(mig_ctx *x, const rt_table_state *t, const void *kept, size_t kept_n, mig_text *out);
mig_text rt_origin_kept(mig_text origin);                              /* null: it is the same as none of those */
/* They lead to the row with this key from here on. */
bool rt_origin_take(mig_ctx *x, mig_text origin, const void *primary, size_t n);
mig_status rt_origin_forget(rt_run *run, mig_text origin);             /* the row is refused after all */
mig_status rt_origin_keep(rt_run *run, mig_text origin, const void *primary, size_t n); /* in the ledger, where it is asked later */
mig_status rt_origins_prepare(rt_run *run);                            /* from the ledger */
/* The primary key of a row as maps keep it, and back into a row. */
void rt_primary_of(const mig_table *t, const void *row, rt_buf *out);
void rt_primary_put(const mig_table *t, void *row, const void *bytes, size_t n);
/* The kept row's key among what rt_lookup_results() wrote; null: it is not there. */
mig_text rt_lookup_rest_primary(const rt_table_state *t, const void *rest, size_t n);
/* Its key is not the identity, so a dedup's group must keep it for origins. */
bool rt_origins_want_primary(const rt_table_state *t);

/* Value of a dedup's map; behind it, the kept row's encoded results of look-ups that do not give the identity key. */
typedef struct rt_group { int64_t number, identity; uint64_t first; } rt_group; /* number: late rules; first: packed place of the row seen first, early rules */
typedef enum rt_dedup_answer { RT_DEDUP_NONE, RT_DEDUP_FIRST, RT_DEDUP_AGAIN } rt_dedup_answer; /* NONE: null key */
/* Looks the row's key up. AGAIN: *group is filled; rest (may be NULL) are the encoded results behind it. */
bool rt_dedup_find(mig_ctx *x, rt_dedup_state *d, const void *row, rt_hash *hash, rt_dedup_answer *out, rt_group *group,
                   const void **rest, size_t *rest_n);
bool rt_dedup_put(mig_ctx *x, rt_table_state *t, const void *row, rt_hash hash, const rt_group *group);
/* The loser's natural keys lead to the kept row. */
bool rt_lookups_follow(mig_ctx *x, rt_table_state *t, const void *loser, const rt_group *kept, const void *rest, size_t rest_n);
void rt_lookup_results(mig_ctx *x, rt_table_state *t, const void *row, rt_buf *out);
/* The value that the look-up has for the key; null, or a failure is recorded: no row, several, a fault. Texts are in row memory. */
rt_value rt_lookup_value(mig_ctx *x, const mig_index_key *l, rt_hash key);

/* ---- emit.c ------------------------------------------------------------------------------------------------------------ */
/* Admits a row that an alias makes: identity, holds, uniques, look-ups; pending until the source row is carried. */
bool rt_emit_alias_row(mig_ctx *x, rt_table_state *t, rt_into_count *into, void *row);
bool rt_pending_add(mig_ctx *x, const rt_pending *p);
bool rt_pending_origin(mig_ctx *x, const rt_pending *p);               /* its source row leads to it, where that is known by now */
mig_status rt_pending_carry(rt_run *run);                              /* writes what is pending */
mig_status rt_pending_carry_one(rt_run *run, rt_pending *p);
bool rt_row_holds(mig_ctx *x, const mig_table *t, const void *row);    /* the table's own rules; false: the failure is recorded */
mig_status rt_table_put(rt_run *run, rt_table_state *t, void *row);    /* gives the row to the table's writer */

/* ---- alias.c, alias_load.c, suggest.c ---------------------------------------------------------------------------------- */
/* Value of an alias's map: this head, then the canonical row's key: 8 bytes of an integer, 16 of a uuid, or the text. */
typedef struct rt_alias_entry {
    uint64_t place;                    /* packed: where the spelling was learnt */
    uint8_t canonical;                 /* it is the text of a canonical row */
    uint8_t named;                     /* it stands in the table of names */
    uint8_t several;                   /* canonical rows that are alike: look-ups of it are ambiguous */
    uint8_t unused[5];
} rt_alias_entry;
#define RT_ALIAS_KEY_MAX 4096          /* longest text key */
typedef struct rt_alias_found { rt_alias_entry head; size_t key_n; uint8_t key[RT_ALIAS_KEY_MAX]; } rt_alias_found;

mig_status rt_alias_prepare(rt_run *run, rt_alias_state *a);           /* names and lists, after the canonical rows were scanned */
mig_status rt_alias_load(rt_run *run, const mig_alias *alias);         /* the LOAD step */
/* A canonical row is there: its text leads to its key. False: fatal fault. */
bool rt_alias_take(mig_ctx *x, rt_alias_state *a, const void *row, rt_place place);
bool rt_alias_fold(mig_ctx *x, const mig_alias *a, mig_text v, mig_text *out); /* out null: nothing is left of it; false: fatal */
bool rt_alias_get(mig_ctx *x, rt_alias_state *a, mig_text folded, rt_alias_found *out, bool *found);
bool rt_alias_put(mig_ctx *x, rt_alias_state *a, mig_text folded, const rt_alias_found *entry, const rt_alias_found *old);
bool rt_alias_key(mig_ctx *x, const mig_alias *a, const rt_value *v, rt_alias_found *out);
bool rt_alias_nearest(rt_alias_state *a, mig_text folded, mig_text *out); /* suggest.c: known spelling most like it */
/* Fails the phase: the text means two canonical rows. */
bool rt_alias_ambiguous(mig_ctx *x, rt_alias_state *a, mig_text text, const rt_alias_found *one, mig_text other, rt_place there,
                        const mig_site *site);
bool rt_alias_name_row(mig_ctx *x, rt_alias_state *a, rt_into_count *into, mig_text text, const void *canonical_row);

/* ---- flow.c -------------------------------------------------------------------------------------------------------------- */
mig_status rt_flow_run(rt_run *run, const mig_flow *flow, rt_flow_count *count); /* count NULL: read without counting or rejecting */
/* A fault that the reader found, or a null where the spec says not null: recorded. */
bool rt_record_faulty(mig_ctx *x, const mig_source_table *t, const mig_record *r);
/* Carries, skips or rejects what the row function said of the current row. */
mig_status rt_flow_verdict(rt_run *run, mig_verdict v);
rt_flow_count *rt_flow_count_new(rt_run *run, const char *name, const mig_flow *flow, int n_intos);
mig_status rt_flow_abort(rt_run *run);                                 /* the phase ends with the recorded failure, its row named */
void rt_row_begin(rt_run *run);                                        /* forgets the last row: arena, failure, pending */
void rt_flow_progress(rt_run *run, const char *what, int64_t rows, int64_t bytes, int64_t total);

/* ---- held.c, settle.c ------------------------------------------------------------------------------------------------------ */
typedef struct rt_held_row {
    int64_t seq, group;
    int flow, into;
    rt_place place; int64_t offset;
    const char *raw; size_t raw_n;     /* raw NULL: not kept */
    const void *data; size_t data_n;   /* packed row */
    mig_text origin;                   /* provenance.c; null: nobody asks */
} rt_held_row;
mig_status rt_held_new(rt_run *run, rt_held **out);
void rt_held_free(rt_held *h);
mig_status rt_held_add(rt_run *run, rt_held *h, const rt_held_row *r);
mig_status rt_held_sort(rt_run *run, rt_held *h);                      /* no more rows; then two cursors may walk them */
mig_status rt_held_next(rt_run *run, rt_held *h, int cursor, rt_held_row *out, bool *more); /* cursor 0 or 1 */
int64_t rt_held_count(const rt_held *h);
mig_status rt_settle(rt_run *run, const mig_dedup *dedup);

/* ---- wait.c, waiting.c, resolve.c: rows that wait for look-ups --------------------------------------------------------------------- */

/* A source row that waits: what its row function wanted done, to be judged when its look-ups can be answered. */
typedef struct rt_waiting_row {
    int64_t seq;
    int flow;
    rt_place place; int64_t offset;
    const char *raw; size_t raw_n;
    const void *data; size_t data_n;   /* packed rt_pending's */
} rt_waiting_row;
mig_status rt_waiting_new(rt_run *run, rt_waiting **out);
void rt_waiting_free(rt_waiting *w);
int64_t rt_waiting_count(const rt_waiting *w);
mig_status rt_waiting_add(rt_run *run, rt_waiting *w, const rt_waiting_row *r);
/* The first row behind `seq`; more: is there one? Its memory lives until the next call. */
mig_status rt_waiting_next(rt_run *run, rt_waiting *w, int64_t seq, rt_waiting_row *out, bool *more);
mig_status rt_waiting_change(rt_run *run, rt_waiting *w, int64_t seq, const void *data, size_t n);
mig_status rt_waiting_drop(rt_run *run, rt_waiting *w, int64_t seq);

bool rt_wait_wanted(rt_run *run);                                      /* must the row at hand wait? */
mig_status rt_wait_hold(rt_run *run);                                  /* puts it with the others */
bool rt_wait_pack(rt_run *run, rt_buf *out);                           /* what is pending, as bytes; false: no memory */
mig_status rt_wait_unpack(rt_run *run, const rt_waiting_row *r);       /* and back: the row is at hand again */
void rt_wait_give_up(char *data, const rt_pending *p);                 /* in its bytes, the part becomes a skipped one */
/* Rows that wait tell look-ups (and unique rules) of themselves again, after these have been filled anew from the target. */
mig_status rt_wait_register(rt_run *run, rt_waiting *w, bool uniques);
mig_status rt_resolve(rt_run *run, const mig_ring *ring);

/* ---- prepare.c: structures from the target ---------------------------------------------------------------------------------- */
mig_status rt_phase_open(rt_run *run, const mig_phase *phase, rt_phase_count *count); /* sets run->phase */
void rt_phase_close(rt_run *run);                                      /* frees it; writers and scans are closed */
mig_status rt_phase_prepare(rt_run *run);                              /* fills the structures from the target, unless they are ready */
/* Each row of a table of the target, as the context's row at hand; take says false with a failure recorded. */
typedef bool (*rt_take_fn)(mig_ctx *x, const void *row, void *arg);
mig_status rt_scan_rows(rt_run *run, const mig_table *t, rt_take_fn take, void *arg);
void rt_phase_stale(rt_run *run);                                      /* a sql step may have changed any table */
mig_status rt_phase_flush(rt_run *run);                                /* all writers, in an order that references allow */

/* ---- phase.c, account.c, check.c --------------------------------------------------------------------------------------------- */
mig_status rt_phase_run_one(rt_run *run, const mig_phase *phase, rt_phase_count *count);
bool rt_phase_has_sql(const mig_phase *p);                             /* a statement of the spec's own may change any table */
bool rt_phase_watches_keys(const rt_run *run);
mig_status rt_phase_begin(rt_run *run);                                /* a transaction, as the phase needs it */
mig_status rt_phase_keep_result(rt_run *run, const rt_check_result *r);
mig_status rt_account_verify(rt_run *run, bool whole);                 /* the equations; whole: and the target's own row counts */
mig_status rt_count_rows(rt_run *run, const mig_table *t, int64_t *out);
mig_status rt_check_eval(rt_run *run, const mig_check *check, rt_check_result *out);

/* ---- record.c, facts.c: what the migration log tells of a phase ------------------------------------------------------------------- */
typedef struct rt_facts {
    rt_table_fact *tables; int n_tables;
    rt_index_fact *indexes; int n_indexes, cap_indexes;
    int64_t file[2];                       /* bytes of a SQLite file, or -1 */
    rt_copy *copies; int n_copies;         /* taken before the phase */
} rt_facts;
/* Sizes of the phase's tables and the use of their indexes, before it (0) and behind it (1); no memory: fewer facts. */
void rt_facts_look(rt_run *run, const mig_phase *phase, int when, rt_facts *f);
void rt_facts_copies(rt_run *run, rt_facts *f);                         /* before the phase is closed */
void rt_record_phase(rt_run *run, const rt_phase_count *count, rt_facts *f);

/* ---- measure.c: timed queries; nothing of this may run inside a phase's transaction --------------------------------------------- */
/* Measures after this phase that have not been taken yet. MIG_CHECK: one does not hold. */
mig_status rt_measures_take(rt_run *run, const mig_phase *phase);
/* `check`: measures of finished phases once more, beside their baseline; nothing is written. */
mig_status rt_measures_check(rt_run *run, rt_phase_count *c, bool *failed);
/* Preflight: queries in sources can be asked before anything is written. */
void rt_measures_look(rt_run *run);
bool rt_measures_ask(const rt_run *run, int source);                   /* a measure of this run asks this source */
/* ---- chunk.c, chunk_state.c: nothing happens in phases that are one transaction ------------------------------------------------ */
bool rt_chunked(const rt_run *run);
mig_status rt_chunk_begin(rt_run *run);                                /* takes over what the chunks of earlier runs left */
mig_status rt_chunk_read(rt_run *run, const mig_flow *flow, rt_reader **out); /* a reader, behind the last row that is in */
mig_status rt_chunk_record(rt_run *run, rt_reader *reader);            /* a record is done: commits when the chunk is full */
mig_status rt_chunk_step_done(rt_run *run, int next);                  /* commits, unless the step was the last */
mig_status rt_chunk_last(rt_run *run);                                 /* in the phase's last transaction */
void rt_chunk_tell(rt_run *run, mig_status st);                        /* adds to the run's error what is in */
mig_status rt_chunk_row(rt_run *run, const rt_table_state *t, const void *row); /* a row is written: its place is kept */
mig_status rt_chunk_places(rt_run *run);                               /* the places of earlier rows, for the time of prepare.c */
void rt_chunk_places_done(rt_run *run);
bool rt_chunk_place(mig_ctx *x, const rt_table_state *t, const void *row, rt_place *place); /* of a row of the target, when it is known */
void rt_chunk_state_write(rt_run *run, rt_buf *out);
mig_status rt_chunk_state_read(rt_run *run, const char *text);

/* ---- rejects.c ---------------------------------------------------------------------------------------------------------------- */
typedef struct rt_reject {
    const mig_source_table *source;
    rt_place place; int64_t offset;
    const char *raw; size_t raw_n;
    mig_rule rule;
    const mig_site *site;              /* or NULL */
    const char *column;                /* or NULL */
    const char *reason;
    mig_text value;                    /* shortened and escaped by the caller; null: none */
} rt_reject;
mig_status rt_reject_add(rt_run *run, const rt_reject *r);             /* counts, writes, judges the limit */
mig_status rt_reject_current(rt_run *run);                             /* the row being mapped, with the failure in ctx */
mig_status rt_reject_share(rt_run *run);                               /* at the end of the phase */
mig_status rt_rejects_again(rt_run *run);                              /* those of earlier chunks, from the ledger: the CSV, the rules */
/* CSVs get their names; called on success and on failure. whole: the phase is about to be committed, and CSVs of attempts before it go. */
mig_status rt_rejects_finish(rt_run *run, bool whole);
void rt_duplicate_row(rt_run *run, const mig_table *t, const char *action, rt_place loser, rt_place winner, mig_status *st);

#endif
