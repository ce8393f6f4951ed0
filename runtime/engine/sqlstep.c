/*
 * sqlstep.c: `sql` steps: SQL of the spec's own, several statements or one. What the server says of it is told with the line and column of the
 * spec where it stands; what would end the phase's transaction is refused before the run, and by the target when it comes all the same.
 */
#include "runtime/engine/state.h"

#include <string.h>

/* Generated programs put a comment with the spec's line in front. */
static size_t comment_size(const char *sql) {
    const char *end = strncmp(sql, "/* migc ", 8) == 0 ? strstr(sql, "*/ ") : NULL;
    return end != NULL ? (size_t)(end - sql) + 3 : 0;
}

const char *rt_step_sql(const mig_step *s) {
    return s->sql + comment_size(s->sql);
}

/* The place in the spec of a byte of the SQL, its comment counted; in the run's memory, or NULL. */
static const mig_site *place_of(rt_run *run, const mig_step *s, const char *sql, size_t at) {
    const char *text = sql + comment_size(sql);
    mig_site *site = rt_arena_alloc(run->arena, sizeof *site);
    if (site == NULL || s->sql_site == NULL || sql + at < text)
        return NULL;
    *site = *s->sql_site;
    for (; text < sql + at && *text != '\0'; text++) {
        if (*text == '\n') {
            site->line++;
            site->column = 1;
        } else if (((unsigned char)*text & 0xc0) != 0x80) {
            site->column++;
        }
    }
    return site;
}

void rt_sql_steps_look(rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++) {
        const mig_phase *p = run->spec->phases[i];
        for (int k = 0; k < p->n_steps && rt_run_wants(run, p); k++) {
            const mig_step *s = &p->steps[k];
            size_t at, n;
            if (s->kind == MIG_STEP_SQL && rt_sql_transaction(run->ops->engine, s->sql, &at, &n))
                rt_problem_add(run, MIG_PREFLIGHT, place_of(run, s, s->sql, at),
                               "Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.",
                               "\"%.*s\" is about the transaction, which is the phase's own", (int)n, s->sql + at);
        }
    }
}

mig_status rt_sql_step(rt_run *run, const mig_step *s) {
    mig_status st = run->ops->exec(run->target, s->sql, &run->error);
    if (st == MIG_OK || run->error.site != NULL)
        return st;
    if (run->error.sql_at > 0)
        run->error.site = place_of(run, s, s->sql, run->error.sql_at - 1);
    if (run->error.site == NULL)
        run->error.site = s->site;
    return st;
}
