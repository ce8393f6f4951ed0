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
