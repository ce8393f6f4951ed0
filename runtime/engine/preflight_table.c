/*
 * preflight_table.c: the live tables against the spec: what is to be created must not be there, what is not to be created must, with
 * columns that can hold the spec's values.
 */
#include "runtime/engine/preflight.h"
#include "runtime/engine/locate.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MOST_COLUMNS = 1664 };

static const rt_live_column *find_live(const rt_live_column *live, int n, const char *name) {
    for (int i = 0; i < n; i++)
        if (strcmp(live[i].name, name) == 0)
            return &live[i];
    return NULL;
}

static void missing_column(rt_run *run, const mig_table *t, const mig_column *c, const rt_live_column *live, int n) {
    char hint[1024] = "Its columns:";
    size_t at = strlen(hint);
    for (int i = 0; i < n && at + 80 < sizeof hint; i++)
        at += (size_t)snprintf(hint + at, sizeof hint - at, " %.60s%s", live[i].name, i + 1 < n ? "," : "");
    rt_problem_add(run, MIG_PREFLIGHT, t->site, hint, "table \"%s\" has no column \"%s\"", t->name, c->name);
}

static void compare_column(rt_run *run, const mig_table *t, const mig_column *c, const rt_live_column *live, bool writes) {
    char why[256] = "";
    if (c->as != NULL && run->ops->engine == MIG_POSTGRES)
        return; /* text until the table is constrained, then that type */
    if (!rt_type_fits(run->ops->engine, c, live->type, why, sizeof why))
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "Declare the column as it is, or change the table.",
                       "column \"%s\".\"%s\" is %s, and the spec says %s: %s", t->name, c->name, live->type,
                       c->sql[run->ops->engine], why);
    else if (why[0] != '\0')
        rt_note_add(run, "column \"%s\".\"%s\" is %s: %s", t->name, c->name, live->type, why);
    if (writes && live->not_null && !c->not_null && !c->identity)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, "Declare it not null in the spec, so that nulls are dealt with.",
                       "column \"%s\".\"%s\" takes no nulls, and the spec would let them in", t->name, c->name);
}

static void compare_columns(rt_run *run, const mig_table *t, const rt_live_column *live, int n, bool writes) {
    for (int i = 0; i < t->n_columns; i++) {
        const rt_live_column *l = find_live(live, n, t->columns[i].name);
        if (l == NULL)
            missing_column(run, t, &t->columns[i], live, n);
        else
            compare_column(run, t, &t->columns[i], l, writes);
    }
    for (int i = 0; i < n && writes; i++) {
        bool known = false;
        for (int k = 0; k < t->n_columns && !known; k++)
            known = strcmp(live[i].name, t->columns[k].name) == 0;
        if (!known && live[i].not_null && !live[i].has_default)
            rt_problem_add(run, MIG_PREFLIGHT, t->site, "Name the column in the spec and give it a value.",
                           "column \"%s\".\"%s\" takes no nulls and has no default, and the spec does not name it", t->name, live[i].name);
    }
}

/* The live table whose name is most like the wanted one. */
typedef struct similar { mig_text wanted; int edits; char name[256]; } similar;

static bool take_name(void *arg, int n, const char *const *v, const size_t *lens) {
    similar *s = arg;
    if (n == 0 || v[0] == NULL || lens[0] >= sizeof s->name)
        return true;
    int edits = rt_edits(s->wanted, (mig_text){v[0], lens[0]}, s->edits - 1);
    if (edits < s->edits) {
        s->edits = edits;
        memcpy(s->name, v[0], lens[0]);
        s->name[lens[0]] = '\0';
    }
    return true;
}

static mig_status no_table(rt_run *run, const mig_table *t) {
    static const char *const sql[] = {
        "select name from sqlite_master where type in ('table', 'view') order by name",
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p', 'v', 'm', 'f')"
        " and n.nspname = coalesce($1, current_schema()) order by c.relname"};
    const char *params[] = {run->target_def.schema};
    char hint[512] = "The spec says `existing table`; let its owner make it, or leave the word out.";
    similar s = {.wanted = {t->name, strlen(t->name)}, .edits = strlen(t->name) < 5 ? 2 : 3};
    mig_status st = run->ops->query(run->target, sql[run->ops->engine], run->ops->engine == MIG_POSTGRES, params, take_name, &s, &run->error);
    if (s.name[0] != '\0')
        snprintf(hint, sizeof hint, "Did you mean \"%s\"?", s.name);
    if (st == MIG_OK)
        rt_problem_add(run, MIG_PREFLIGHT, t->site, hint, "table \"%s\" is not in the target", t->name);
    return st;
}

static mig_status compare_table(rt_run *run, const mig_table *t, const rt_table_need *need, const rt_live_column *live, int n) {
    run->survey.table_there[t->id] = n > 0;
    if (need->creates && n > 0) {
        rt_problem_add(run, MIG_PREFLIGHT, t->site,
                       "Drop or rename it, give another target, or declare it as `existing table` to put rows into it.",
                       "table \"%s\" is there already, and this migration has not made it", t->name);
    } else if (!need->creates && (need->uses || rt_preflight_is_referred(run, t)) && n == 0) {
        if (need->made_by != NULL)
            rt_problem_add(run, MIG_PREFLIGHT, t->site, NULL, "table \"%s\", which phase \"%s\" has made, is gone", t->name,
                           need->made_by->name);
        else if (t->existing)
            return no_table(run, t);
        else if (need->waits)
            return MIG_OK;
        else if (run->settings->phase == NULL)
            rt_problem_add(run, MIG_PREFLIGHT, t->site, NULL, "table \"%s\" is not there, and no phase of this run makes it", t->name);
        else
            rt_problem_add(run, MIG_PREFLIGHT, t->site, "Run the phase that makes it first.", "table \"%s\" is not there yet", t->name);
    } else if (!need->creates && (need->uses || rt_preflight_is_referred(run, t))) {
        compare_columns(run, t, live, n, need->writes);
    }
    return MIG_OK;
}

mig_status rt_preflight_tables(rt_run *run, const rt_table_need *needs) {
    rt_live_column *live = calloc(MOST_COLUMNS, sizeof *live);
    mig_status st = live == NULL ? rt_run_nomem(run) : MIG_OK;
    for (int i = 0; i < run->spec->n_tables && st == MIG_OK; i++) {
        const mig_table *t = run->spec->tables[i];
        int n = 0;
        st = run->ops->columns(run->target, t->name, live, MOST_COLUMNS, &n, &run->error);
        if (st == MIG_OK)
            st = compare_table(run, t, &needs[i], live, n);
    }
    free(live);
    return st;
}
