/*
 * told.c: what a finished phase left in the ledger, as the numbers that it had when it ran: for the entry of the migration log that a run
 * which was cut off could not write. Never writes.
 */
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

typedef struct telling { rt_run *run; rt_phase_count *out; bool failed; } telling;

static int64_t number(const char *v) { return v != NULL ? strtoll(v, NULL, 10) : 0; }

static const mig_table *table_named(const rt_run *run, const char *name) {
    for (int i = 0; i < run->spec->n_tables; i++)
        if (name != NULL && strcmp(run->spec->tables[i]->name, name) == 0)
            return run->spec->tables[i];
    return NULL;
}

/* A list in the arena with room for one more; doubled at the powers of two. */
static void *room(telling *t, void *list, int n, size_t size) {
    if (n != 0 && (n & (n - 1)) != 0)
        return list;
    char *more = rt_arena_alloc(t->run->arena, size * (size_t)(n == 0 ? 1 : n * 2));
    if (more == NULL)
        t->failed = true;
    else if (n > 0)
        memcpy(more, list, size * (size_t)n);
    return more;
}

/* flow, target_table, into_no, read, skipped, rejected, carried, emitted, inserted, updated, unchanged, merged, given_up; the flow before its intos */
static bool take_flow(void *arg, int n, const char *const *v, const size_t *lens) {
    telling *t = arg;
    rt_phase_count *c = t->out;
    (void)lens;
    if (n < 13)
        return false;
    if (number(v[2]) < 0) {
        rt_flow_count *f = rt_arena_alloc(t->run->arena, sizeof *f);
        rt_flow_count **flows = room(t, c->flows, c->n_flows, sizeof *c->flows);
        if (f == NULL || t->failed)
            return !(t->failed = true);
        *f = (rt_flow_count){.name = rt_arena_copy(t->run->arena, v[0], strlen(v[0])), .read = number(v[3]), .skipped = number(v[4]),
                             .rejected = number(v[5]), .carried = number(v[6])};
        c->flows = flows;
        c->flows[c->n_flows++] = f;
        return f->name != NULL || !(t->failed = true);
    }
    const mig_table *table = table_named(t->run, v[1]);
    rt_flow_count *f = c->n_flows > 0 ? c->flows[c->n_flows - 1] : NULL;
    if (f == NULL || table == NULL)
        return true;
    rt_into_count *intos = room(t, f->intos, f->n_intos, sizeof *f->intos);
    if (t->failed)
        return false;
    f->intos = intos;
    f->intos[f->n_intos++] = (rt_into_count){.table = table, .emitted = number(v[7]), .inserted = number(v[8]), .updated = number(v[9]),
                                             .unchanged = number(v[10]), .merged = number(v[11]), .skipped = number(v[12])};
    return true;
}

/* alias, hits, created, unknown */
static bool take_alias(void *arg, int n, const char *const *v, const size_t *lens) {
    telling *t = arg;
    (void)lens;
    for (int i = 0; i < t->run->spec->n_aliases && n >= 4; i++) {
        if (strcmp(t->run->spec->aliases[i]->name, v[0]) != 0)
            continue;
        rt_alias_count *list = room(t, t->out->aliases, t->out->n_aliases, sizeof *list);
        if (t->failed)
            return false;
        t->out->aliases = list;
        list[t->out->n_aliases++] = (rt_alias_count){t->run->spec->aliases[i], number(v[1]), number(v[2]), number(v[3])};
    }
    return true;
}

/* name, result, detail */
static bool take_check(void *arg, int n, const char *const *v, const size_t *lens) {
    telling *t = arg;
    (void)lens;
    for (int i = 0; i < t->run->spec->n_checks && n >= 3; i++) {
        if (strcmp(t->run->spec->checks[i]->name, v[0]) != 0)
            continue;
        rt_check_result *list = room(t, t->out->checks, t->out->n_checks, sizeof *list);
        if (t->failed)
            return false;
        t->out->checks = list;
        rt_check_result *r = &list[t->out->n_checks++];
        *r = (rt_check_result){.check = t->run->spec->checks[i], .ok = v[1] != NULL && strcmp(v[1], "passed") == 0};
        snprintf(r->detail, sizeof r->detail, "%s", v[2] != NULL ? v[2] : "");
    }
    return true;
}

/* rule, rows */
static bool take_rule(void *arg, int n, const char *const *v, const size_t *lens) {
    static const char *const codes[] = {
        "",
#define MIG_RULE(id, code, words) code,
#include "runtime/rules.def"
#undef MIG_RULE
    };
    telling *t = arg;
    (void)lens;
    for (int r = 1; r < MIG_RULE_COUNT && n >= 2 && v[0] != NULL; r++)
        if (strcmp(codes[r], v[0]) == 0)
            t->out->rules[r].n = number(v[1]);
    return true;
}

/* rows_read, rows_rejected, rows_inserted, rows_merged, seconds */
static bool take_sums(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_phase_count *c = ((telling *)arg)->out;
    (void)lens;
    if (n < 5)
        return false;
    c->read = number(v[0]);
    c->rejected = number(v[1]);
    c->inserted = number(v[2]);
    c->merged = number(v[3]);
    c->seconds = v[4] != NULL ? strtod(v[4], NULL) : 0;
    return false;
}

mig_status rt_ledger_phase_count(rt_run *run, const mig_phase *phase, rt_phase_count *out) {
    static const struct { const char *select, *table, *rest; rt_row_fn take; } parts[] = {
        {"rows_read, rows_rejected, rows_inserted, rows_merged, seconds", "phase", "", take_sums},
        {"flow, target_table, into_no, rows_read, rows_skipped, rows_rejected, rows_carried, emitted, inserted, updated, unchanged, merged,"
         " given_up", "flow", " order by flow_no, into_no", take_flow},
        {"alias, hits, created, unknown", "alias", " order by alias", take_alias},
        {"name, result, detail", "check", " order by name", take_check},
        {"rule, count(*)", "reject", " group by rule", take_rule},
    };
    const char *params[] = {run->spec->name, phase->name};
    telling t = {.run = run, .out = out};
    mig_status st = MIG_OK;
    *out = (rt_phase_count){.phase = phase, .outcome = RT_PHASE_DONE};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && st == MIG_OK; i++) {
        rt_buf sql = {0};
        rt_buf_printf(&sql, "select %s from %s where migration = $1 and phase = $2%s", parts[i].select,
                      rt_ledger_table(run->ops->engine, parts[i].table), parts[i].rest);
        st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, params, parts[i].take, &t, &run->error);
        rt_buf_free(&sql);
    }
    return st == MIG_OK && t.failed ? rt_run_nomem(run) : st;
}
