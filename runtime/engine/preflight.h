/* preflight.h: between preflight.c (what must be looked at) and the files that look. Private to engine/. */
#ifndef RT_PREFLIGHT_H
#define RT_PREFLIGHT_H

#include "runtime/engine/engine.h"

/* What the phases that are to run need of a table. */
typedef struct rt_table_need {
    bool creates;      /* a CREATE step makes it */
    bool writes;       /* rows go into it */
    bool uses;         /* it is written, looked up or constrained */
    bool waits;        /* a phase before this one must run first, and that has been said */
    const mig_phase *made_by; /* finished phase that made it, or NULL */
} rt_table_need;

/* preflight_table.c: the live tables against the spec. */
mig_status rt_preflight_tables(rt_run *run, const rt_table_need *needs);
/* preflight_snapshot.c: what the source holds against what it held when the spec was compiled (`table *`). */
void rt_preflight_snapshot(rt_run *run, int source);
mig_status rt_preflight_objects(rt_run *run); /* views, types, sequences that are to be made are not there */
bool rt_preflight_has_changed(const rt_run *run, int source);  /* and that has been said */
bool rt_preflight_wants_sequences(const rt_run *run, int source); /* a phase of this run asks where its sequences stand */
/* preflight_rings.c: live references among tables whose rows wait for each other. */
mig_status rt_preflight_rings(rt_run *run);
/* preflight_keys.c: what existing tables lack of what references to them need. */
mig_status rt_preflight_keys(rt_run *run);
bool rt_preflight_is_referred(const rt_run *run, const mig_table *t); /* a phase of this run makes a reference to it */
/* preflight_rights.c: encoding, rights, folders. */
mig_status rt_preflight_rights(rt_run *run, const rt_table_need *needs);

/*
 * fits.c: whether values of the spec's column can stand in a live column of this type. False: why is filled. True with a why that is
 * not empty: they can, but something is to be known.
 */
bool rt_type_fits(mig_engine engine, const mig_column *c, const char *live, char *why, size_t why_n);

/* A number that a query answers with. */
mig_status rt_ask_number(rt_run *run, const char *sql, int n, const char *const *params, int64_t *out);

#endif
