/*
 * preflight_rings.c: live references among tables whose rows wait for each other. Rows that refer to each other in a ring have no
 * order that suits a reference which PostgreSQL checks at once: it must be deferrable. (SQLite defers them all.)
 */
#include "runtime/engine/preflight.h"

#include <stdlib.h>
#include <string.h>

typedef struct reference { int from, to; bool deferrable; char name[128]; } reference;
typedef struct references {
    const mig_table **tables; int n_tables;
    reference *v; int n, cap;
    bool failed;
} references;

static int number_of(const references *r, const char *name) {
    for (int i = 0; i < r->n_tables; i++)
        if (strcmp(r->tables[i]->name, name) == 0)
            return i;
    return -1;
}

/* values: constraint, its table, the one that it refers to, whether it can be deferred */
static bool take_reference(void *arg, int n, const char *const *values, const size_t *lens) {
    references *r = arg;
    (void)lens;
    if (n < 4 || values[0] == NULL)
        return true;
    reference one = {.from = number_of(r, values[1]), .to = number_of(r, values[2]), .deferrable = values[3][0] == 't'};
    if (one.from < 0 || one.to < 0)
        return true;
    if (r->n == r->cap) {
        int cap = r->cap ? r->cap * 2 : 16;
        reference *v = realloc(r->v, sizeof *v * (size_t)cap);
        r->failed = v == NULL;
        if (v == NULL)
            return false;
        r->v = v;
        r->cap = cap;
    }
    snprintf(one.name, sizeof one.name, "%s", values[0]);
    r->v[r->n++] = one;
    return true;
}

static bool reaches(const references *r, int from, int to, int depth) {
    if (from == to)
        return true;
    for (int i = 0; i < r->n && depth < r->n_tables; i++)
        if (r->v[i].from == from && reaches(r, r->v[i].to, to, depth + 1))
            return true;
    return false;
}

static void tell(rt_run *run, const references *r, const reference *one, const mig_phase *p, const mig_ring *ring) {
    const char *table = r->tables[one->from]->name;
    rt_buf hint = {0};
    rt_buf_printf(&hint, "Let its owner say: alter table ");
    rt_sql_ident(&hint, table);
    rt_buf_printf(&hint, " alter constraint ");
    rt_sql_ident(&hint, one->name);
    rt_buf_printf(&hint, " deferrable;");
    rt_problem_add(run, MIG_PREFLIGHT, ring->site, hint.failed ? NULL : hint.p, "the reference \"%s\" of table \"%s\" is checked row by row, and "
                   "phase \"%s\" brings rows that refer to each other", one->name, table, p->name);
    rt_buf_free(&hint);
}

static mig_status look_at_ring(rt_run *run, const mig_phase *p, const mig_ring *ring, references *r) {
    static const char sql[] =
        "select c.conname, f.relname, t.relname, c.condeferrable from pg_constraint c join pg_class f on f.oid = c.conrelid"
        " join pg_class t on t.oid = c.confrelid where c.contype = 'f' and c.conparentid = 0"
        " and f.relnamespace = (select oid from pg_namespace where nspname = coalesce($1, current_schema())) order by 2, 1";
    r->n_tables = r->n = 0;
    for (int i = 0; i < ring->n_flows; i++)
        for (int k = 0; k < ring->flows[i]->n_intos; k++)
            if (number_of(r, ring->flows[i]->intos[k].table->name) < 0)
                r->tables[r->n_tables++] = ring->flows[i]->intos[k].table;
    mig_status st = run->ops->query(run->target, sql, 1, (const char *const[]){run->target_def.schema}, take_reference, r, &run->error);
    if (st == MIG_OK && r->failed)
        st = rt_run_nomem(run);
    for (int i = 0; i < r->n && st == MIG_OK; i++)
        if (!r->v[i].deferrable && reaches(r, r->v[i].to, r->v[i].from, 0))
            tell(run, r, &r->v[i], p, ring);
    return st;
}

mig_status rt_preflight_rings(rt_run *run) {
    references r = {.tables = calloc((size_t)run->spec->n_tables + 1, sizeof *r.tables)};
    mig_status st = r.tables != NULL ? MIG_OK : rt_run_nomem(run);
    for (int i = 0; i < run->spec->n_phases && st == MIG_OK && run->ops->engine == MIG_POSTGRES; i++) {
        const mig_phase *p = run->spec->phases[i];
        for (int k = 0; k < p->n_steps && st == MIG_OK && !run->phases[i].done && rt_run_wants(run, p); k++)
            if (p->steps[k].kind == MIG_STEP_RESOLVE)
                st = look_at_ring(run, p, p->steps[k].ring, &r);
    }
    free(r.tables);
    free(r.v);
    return st;
}
