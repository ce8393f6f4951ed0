/*
 * preflight_snapshot.c: a source whose tables the spec takes as they are (`table *`): they must be what they were when the spec was compiled.
 * Every difference is told: what is new, what is gone, what has changed, column by column.
 */
#include "runtime/engine/locate.h"
#include "runtime/engine/preflight.h"
#include "runtime/sources/catalog.h"

#include <string.h>

typedef struct telling { rt_run *run; const mig_snapshot *s; const char *label; int told; } telling;

static const mig_snapshot *snapshot_of(const rt_run *run, int source) {
    for (int i = 0; i < run->spec->n_snapshots; i++)
        if (run->spec->snapshots[i]->source == source)
            return run->spec->snapshots[i];
    return NULL;
}

static void tell(telling *t, const char *what) {
    char hint[512] = "";
    if (!t->run->sources[t->s->source].changed && t->s->file != NULL)
        snprintf(hint, sizeof hint, "`migc check --snapshot` writes %s anew and tells the same; then build again.", t->s->file);
    else if (!t->run->sources[t->s->source].changed)
        snprintf(hint, sizeof hint, "Build the program again: it was made for the tables as they were.");
    t->run->sources[t->s->source].changed = true;
    t->told++;
    rt_problem_add(t->run, MIG_PREFLIGHT, t->s->site, hint, "source \"%s\": %s %s", t->run->spec->sources[t->s->source].name, t->label, what);
}

static void tell_difference(void *arg, const char *now, const char *was) {
    telling *t = arg;
    rt_buf text = {0};
    char a[300] = "", b[300] = "";
    if (now != NULL)
        rt_shorten(a, sizeof a, now, strlen(now));
    if (was != NULL)
        rt_shorten(b, sizeof b, was, strlen(was));
    if (now != NULL && was != NULL)
        rt_buf_printf(&text, "has changed: %s, was %s", a, b);
    else
        rt_buf_printf(&text, "%s: %s", now != NULL ? "has got more" : "has less", now != NULL ? a : b);
    tell(t, text.failed ? "has changed" : text.p);
    rt_buf_free(&text);
}

static bool is_excepted(const mig_snapshot *s, const char *label) {
    for (int i = 0; i < s->n_except; i++)
        if (rt_label_is_about(label, s->except[i]))
            return true;
    return false;
}

static void compare(rt_run *run, const mig_snapshot *s, const rt_object *live, const char *was) {
    telling t = {run, s, live->label, 0};
    rt_buf now = {0};
    rt_catalog_form(&now, live->text, strlen(live->text));
    if (now.failed) {
        rt_run_nomem(run);
    } else if (strcmp(now.p, was) != 0) {
        if (!rt_catalog_compare(now.p, was, tell_difference, &t))
            rt_run_nomem(run);
        else if (t.told == 0)
            tell(&t, "has changed: its columns stand in another order");
    }
    rt_buf_free(&now);
}

static void compare_all(rt_run *run, const mig_snapshot *s, const rt_catalog *live) {
    for (int i = 0; i < live->n; i++) {
        const mig_object *was = NULL;
        for (int k = 0; k < s->n_objects && was == NULL; k++)
            if (strcmp(s->objects[k].label, live->at[i].label) == 0)
                was = &s->objects[k];
        if (is_excepted(s, live->at[i].label))
            continue;
        if (was != NULL)
            compare(run, s, &live->at[i], was->form);
        else
            tell(&(telling){run, s, live->at[i].label, 0}, "is new since the spec was compiled");
    }
    for (int k = 0; k < s->n_objects; k++) {
        bool there = false;
        for (int i = 0; i < live->n && !there; i++)
            there = strcmp(s->objects[k].label, live->at[i].label) == 0;
        if (!there)
            tell(&(telling){run, s, s->objects[k].label, 0}, "is gone since the spec was compiled");
    }
}

/* Each sequence that a phase of this run is to follow can be read. */
static void look_at_sequences(rt_run *run, int source) {
    const mig_spec *spec = run->spec;
    rt_source_place *place = &run->sources[source];
    for (int i = 0; i < spec->n_phases; i++)
        for (int k = 0; k < spec->phases[i]->n_steps && rt_run_wants(run, spec->phases[i]); k++) {
            const mig_step *s = &spec->phases[i]->steps[k];
            int64_t last;
            bool called;
            rt_error e = {.status = MIG_OK};
            if (s->sequence != NULL && s->sequence->source == source &&
                place->ops->sequence(place->source, s->sequence->schema, s->sequence, &last, &called, &e) != MIG_OK)
                rt_problem_add(run, e.status, s->site, e.hint, "source \"%s\": %s", spec->sources[source].name, e.message);
        }
}

void rt_preflight_snapshot(rt_run *run, int source) {
    const mig_snapshot *s = snapshot_of(run, source);
    rt_source_place *place = &run->sources[source];
    rt_catalog live = {0};
    rt_error e = {.status = MIG_OK};
    const char *schema = NULL;
    if (s == NULL || place->ops->catalog == NULL)
        return;
    if (place->ops->catalog(place->source, s->schema, &live, &schema, &e) == MIG_OK)
        compare_all(run, s, &live);
    else
        rt_problem_add(run, e.status, s->site, e.hint, "source \"%s\": %s", run->spec->sources[source].name, e.message);
    rt_catalog_free(&live);
    if (!place->changed && run->ops->engine == MIG_POSTGRES)
        look_at_sequences(run, source);
}

static bool take_count(void *arg, int n, const char *const *v, const size_t *lens) {
    (void)n;
    (void)lens;
    *(bool *)arg = v[0] != NULL && v[0][0] == 't';
    return false;
}

/* What a step is to make must not be there. `create extension if not exists` minds nothing; functions and the like the server knows. */
static mig_status look_for(rt_run *run, const mig_step *s) {
    static const struct { const char *kind, *sql; } kinds[] = {
        {"view", "select to_regclass($1) is not null"}, {"materialized view", "select to_regclass($1) is not null"},
        {"sequence", "select to_regclass($1) is not null"}, {"type", "select to_regtype($1) is not null"}};
    const char *name = strchr(s->label, '"');
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds && name != NULL; i++) {
        size_t n = strlen(kinds[i].kind);
        bool there = false;
        if (strncmp(s->label, kinds[i].kind, n) != 0 || s->label[n] != ' ' || s->label + n + 1 != name)
            continue;
        rt_buf qualified = {0};
        if (run->target_def.schema != NULL) {
            rt_sql_ident(&qualified, run->target_def.schema);
            rt_buf_printf(&qualified, ".");
        }
        rt_buf_add(&qualified, name, strlen(name));
        const char *params[] = {qualified.p};
        mig_status st = qualified.failed ? rt_run_nomem(run) : run->ops->query(run->target, kinds[i].sql, 1, params, take_count, &there, &run->error);
        rt_buf_free(&qualified);
        if (there)
            rt_problem_add(run, MIG_PREFLIGHT, s->site, "Drop or rename it, give another target, or except it.",
                           "%s is there already, and this migration has not made it", s->label);
        return st;
    }
    return MIG_OK;
}

mig_status rt_preflight_objects(rt_run *run) {
    const mig_spec *spec = run->spec;
    int left_out = 0;
    mig_status st = MIG_OK;
    for (int i = 0; i < spec->n_phases; i++)
        for (int k = 0; k < spec->phases[i]->n_steps && st == MIG_OK && rt_run_wants(run, spec->phases[i]); k++) {
            const mig_step *s = &spec->phases[i]->steps[k];
            if (s->kind == MIG_STEP_OBJECT && run->ops->engine == MIG_POSTGRES)
                st = look_for(run, s);
            left_out += s->kind == MIG_STEP_OBJECT && run->ops->engine != MIG_POSTGRES;
        }
    if (left_out > 0)
        rt_note_add(run, "SQLite has no like of %d thing%s that PostgreSQL would get (`migc explain` lists them): left out", left_out,
                    left_out == 1 ? "" : "s");
    return st;
}

bool rt_preflight_has_changed(const rt_run *run, int source) { return run->sources[source].changed; }

bool rt_preflight_wants_sequences(const rt_run *run, int source) {
    const mig_spec *spec = run->spec;
    for (int i = 0; i < spec->n_phases && run->ops->engine == MIG_POSTGRES; i++)
        for (int k = 0; k < spec->phases[i]->n_steps && rt_run_wants(run, spec->phases[i]); k++)
            if (spec->phases[i]->steps[k].sequence != NULL && spec->phases[i]->steps[k].sequence->source == source)
                return true;
    return false;
}
