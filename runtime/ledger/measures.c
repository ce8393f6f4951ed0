/*
 * measures.c: the ledger's table of measures, which only a spec with measures has: the times that were taken, the verdict. The first
 * medians that are kept are the baseline of all later ones.
 */
#include "runtime/ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

static bool set_true(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)lens;
    if (n > 0 && v[0] != NULL)
        *(bool *)arg = true;
    return false;
}

static mig_status is_there(rt_run *run, bool *there) {
    static const char *const sql[] = {"select 1 from sqlite_master where type = 'table' and name = '_migc_measure'",
                                      "select 1 where to_regclass('migc.measure') is not null"};
    *there = false;
    return run->ops->query(run->target, sql[run->ops->engine], 0, NULL, set_true, there, &run->error);
}

/* ---- reading ---- */

static rt_timing timing(const char *const *v) {
    rt_timing t = {.taken = v[0] != NULL};
    if (t.taken) {
        t.ms = strtod(v[0], NULL);
        t.least = v[1] != NULL ? strtod(v[1], NULL) : t.ms;
        t.rows = v[2] != NULL ? strtoll(v[2], NULL, 10) : 0;
    }
    return t;
}

/* name, at, run, rounds, before (ms, least, rows), after (the same), verdict, detail, logged */
static bool take_measure(void *arg, int n, const char *const *v, const size_t *lens) {
    rt_run *run = arg;
    (void)lens;
    for (int i = 0; i < run->spec->n_measures && n >= 13; i++) {
        rt_measure_result *r = &run->measures[i];
        if (v[0] == NULL || strcmp(run->spec->measures[i]->name, v[0]) != 0)
            continue;
        *r = (rt_measure_result){.measure = run->spec->measures[i], .known = true, .before = timing(v + 4), .after = timing(v + 7)};
        snprintf(r->at, sizeof r->at, "%s", v[1] != NULL ? v[1] : "");
        snprintf(r->run, sizeof r->run, "%s", v[2] != NULL ? v[2] : "");
        snprintf(r->detail, sizeof r->detail, "%s", v[11] != NULL ? v[11] : "");
        r->owed = v[12] != NULL && v[12][0] == '0';
        r->rounds = v[3] != NULL ? atoi(v[3]) : 0; /* allow: the ledger's own integer */
        for (int k = 0; k <= RT_VERDICT_FAILED; k++)
            if (v[10] != NULL && strcmp(rt_verdict_words[k], v[10]) == 0)
                r->verdict = (rt_verdict)k;
        r->baseline = r->after.taken ? r->after.ms : r->before.taken ? r->before.ms : -1;
    }
    return true;
}

mig_status rt_ledger_measures(rt_run *run) {
    static const char *const sql[] = {
        "select name, substr(at, 1, 19), run, rounds, before_ms, before_least_ms, before_rows, after_ms, after_least_ms, after_rows,"
        " verdict, detail, logged from _migc_measure where migration = $1",
        "select name, to_char(at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS'), run::text, rounds, before_ms, before_least_ms,"
        " before_rows, after_ms, after_least_ms, after_rows, verdict, detail, logged from migc.measure where migration = $1"};
    const char *params[] = {run->spec->name};
    bool there = false;
    for (int i = 0; i < run->spec->n_measures; i++)
        run->measures[i] = (rt_measure_result){.measure = run->spec->measures[i], .baseline = -1};
    if (run->spec->n_measures == 0 || !run->ledger_there)
        return MIG_OK;
    mig_status st = is_there(run, &there);
    return st == MIG_OK && there ? run->ops->query(run->target, sql[run->ops->engine], 1, params, take_measure, run, &run->error) : st;
}

/* ---- writing ---- */

enum { COLUMNS = 16 };
typedef struct row { const char *v[COLUMNS]; int n; char numbers[COLUMNS][40]; } row;

static void add_text(row *r, const char *text) { r->v[r->n++] = text; }

static void add_int(row *r, int64_t v) {
    snprintf(r->numbers[r->n], sizeof r->numbers[0], "%lld", (long long)v);
    r->v[r->n] = r->numbers[r->n];
    r->n++;
}

static void add_ms(row *r, double v) {
    snprintf(r->numbers[r->n], sizeof r->numbers[0], "%.6f", v);
    r->v[r->n] = r->numbers[r->n];
    r->n++;
}

static void add_timing(row *r, const rt_timing *t) {
    if (!t->taken) {
        for (int i = 0; i < 3; i++)
            add_text(r, NULL);
        return;
    }
    add_ms(r, t->ms);
    add_ms(r, t->least);
    add_int(r, t->rows);
}

/* "after <= 0.8 * before; after < 20 else warn" */
static void expected(const mig_measure *m, rt_buf *out) {
    for (int i = 0; i < m->n_expects; i++)
        rt_buf_printf(out, "%s%s%s", i > 0 ? "; " : "", m->expects[i].text, m->expects[i].warn ? " else warn" : "");
}

static void fill(row *out, const rt_run *run, const rt_measure_result *r, const char *now, const rt_buf *expects) {
    add_text(out, run->spec->name);
    add_text(out, r->measure->name);
    add_text(out, run->spec->phases[r->measure->phase]->name);
    add_text(out, run->id);
    add_text(out, now);
    add_int(out, r->rounds);
    add_timing(out, &r->before);
    add_timing(out, &r->after);
    add_text(out, rt_verdict_words[r->verdict]);
    add_text(out, expects->n > 0 ? expects->p : NULL);
    add_text(out, r->detail[0] != '\0' ? r->detail : NULL);
    add_text(out, run->settings->migration_log != NULL ? "0" : NULL);
}

static mig_status replace(rt_run *run, const row *r) {
    rt_buf sql = {0};
    const char *table = rt_ledger_table(run->ops->engine, "measure");
    rt_buf_printf(&sql, "delete from %s where migration = $1 and name = $2", table);
    mig_status st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, 2, r->v, NULL, NULL, &run->error);
    rt_buf_clear(&sql);
    rt_buf_printf(&sql, "insert into %s values (", table);
    for (int i = 0; i < r->n; i++)
        rt_buf_printf(&sql, "%s$%d", i > 0 ? ", " : "", i + 1);
    rt_buf_printf(&sql, ")");
    if (st == MIG_OK)
        st = sql.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql.p, r->n, r->v, NULL, NULL, &run->error);
    rt_buf_free(&sql);
    return st;
}

mig_status rt_ledger_measure_put(rt_run *run, const rt_measure_result *r) {
    char now[RT_SPELL + 8];
    rt_buf expects = {0};
    row values = {.n = 0};
    memcpy(now + rt_spell_timestamp(now, rt_now()), "+00:00", 7);
    expected(r->measure, &expects);
    fill(&values, run, r, now, &expects);
    mig_status st = expects.failed ? rt_run_nomem(run) : run->ops->begin(run->target, false, &run->error);
    if (st == MIG_OK) {
        st = replace(run, &values);
        if (st == MIG_OK)
            st = run->ops->commit(run->target, &run->error);
        if (st != MIG_OK)
            run->ops->rollback(run->target);
    }
    rt_buf_free(&expects);
    return st;
}
