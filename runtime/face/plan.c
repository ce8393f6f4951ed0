/*
 * plan.c: the result of `plan`: what a run would do, phase by phase and step by step.
 */
#include "runtime/face/face.h"
#include "runtime/engine/locate.h"

#include <string.h>

static bool wanted(const rt_run *run, const mig_phase *p) {
    return rt_run_wants(run, p);
}

static void state_text(const rt_run *run, const mig_phase *p, rt_buf *out) {
    const rt_phase_state *s = &run->phases[p->id];
    if (s->done)
        rt_buf_printf(out, "done %s UTC: passed over", s->finished);
    else if (wanted(run, p) && s->chunk.n > 0)
        rt_buf_printf(out, "will go on behind %lld rows: %lld chunk%s %s in", (long long)s->chunk.read, (long long)s->chunk.n,
                      s->chunk.n == 1 ? "" : "s", s->chunk.n == 1 ? "is" : "are");
    else if (wanted(run, p) && p->commit_every > 0)
        rt_buf_printf(out, "will run, committing every %lld rows", (long long)p->commit_every);
    else if (wanted(run, p))
        rt_buf_printf(out, "will run");
    else if (run->settings->phase != NULL)
        rt_buf_printf(out, "not asked for");
    else if (p->manual)
        rt_buf_printf(out, "manual: runs only with --phase %s", p->name);
    else
        rt_buf_printf(out, "waits for a manual phase");
}

static void rows_text(const rt_run *run, const mig_source_table *t, rt_buf *out) {
    char n[40];
    const rt_source_stat *s = &run->survey.stats[t->id];
    if (!run->survey.stat_known[t->id] || s->rows_estimate < 0)
        return;
    int64_t rows = s->rows_estimate;
    int64_t sample = rt_run_sample(run, t);
    if (sample >= 0 && rows > sample)
        rows = sample;
    rt_buf_printf(out, ", %s%s row%s", s->exact ? "" : "about ", face_number(n, sizeof n, rows), rows == 1 ? "" : "s");
    if (s->n_files != 1)
        rt_buf_printf(out, " in %d files", s->n_files);
}

static void flow_text(const rt_run *run, const mig_flow *flow, rt_buf *out) {
    rt_buf_printf(out, "from %s", run->source_table_names[flow->source->id]);
    for (int i = 0; i < flow->n_intos; i++)
        rt_buf_printf(out, "%s %s", i == 0 ? " into" : ",", flow->intos[i].table->name);
    rows_text(run, flow->source, out);
}

static void load_text(const rt_run *run, const mig_alias *a, rt_buf *out) {
    rt_buf_printf(out, "load %s into %s", a->name, a->table->name);
    if (a->names != NULL)
        rt_buf_printf(out, ", %s", a->names->name);
    if (a->n_values > 0)
        rt_buf_printf(out, ", %d literal%s", a->n_values, a->n_values == 1 ? "" : "s");
    for (int i = 0; i < a->n_lists; i++) {
        rt_buf_printf(out, "; from %s", run->source_table_names[a->lists[i]->source->id]);
        rows_text(run, a->lists[i]->source, out);
    }
}

static void statements_text(const char *verb, const mig_table *t, const char *const *sql, rt_buf *out) {
    int n = 0;
    while (sql != NULL && sql[n] != NULL)
        n++;
    rt_buf_printf(out, "%s %s (", verb, t->name);
    if (n == 0)
        rt_buf_printf(out, "its keys and references came with the table)");
    else
        rt_buf_printf(out, "%d statement%s)", n, n == 1 ? "" : "s");
}

static void sql_text(const mig_step *s, rt_buf *out) {
    char shown[80];
    const char *sql = rt_step_sql(s);
    size_t n;
    sql += strspn(sql, " \t\r\n");
    for (n = strlen(sql); n > 0 && strchr(" \t\r\n", sql[n - 1]) != NULL; n--)
        ;
    rt_shorten(shown, sizeof shown, sql, n);
    rt_buf_printf(out, "sql %s", shown);
}

/* Why the phase cannot be taken back; nothing: it can. */
static void final_text(const mig_phase *p, rt_buf *out) {
    for (int i = 0; i < p->n_steps && out->n == 0; i++) {
        const mig_step *s = &p->steps[i];
        if (s->kind == MIG_STEP_SQL && s->undo == NULL)
            rt_buf_printf(out, "its sql step at line %d has no undo", s->site->line);
        if (s->kind == MIG_STEP_RUN)
            rt_buf_printf(out, "what the program of its run step at line %d did is not known", s->site->line);
    }
}

static void step_text(const rt_run *run, const mig_step *s, rt_buf *out) {
    switch (s->kind) {
    case MIG_STEP_CREATE: rt_buf_printf(out, "create table %s", s->table->name); return;
    case MIG_STEP_CONSTRAIN: statements_text("constrain", s->table, s->table->constrain[run->ops->engine], out); return;
    case MIG_STEP_INDEX: statements_text("index", s->table, s->table->indexes[run->ops->engine], out); return;
    case MIG_STEP_LOAD: load_text(run, s->alias, out); return;
    case MIG_STEP_FLOW: flow_text(run, s->flow, out); return;
    case MIG_STEP_SQL: sql_text(s, out); return;
    case MIG_STEP_BACKUP: {
        const char *dir = rt_location_of(&s->to);
        rt_buf_printf(out, "backup %s to %s, before the transaction begins", rt_step_system(run, s), dir != NULL ? dir : "(not given)");
        return;
    }
    case MIG_STEP_RESOLVE:
        rt_buf_printf(out, "answer the look-ups that rows of");
        for (int i = 0; i < s->ring->n_flows; i++)
            rt_buf_printf(out, "%s %s", i > 0 ? "," : "", s->ring->flows[i]->name);
        rt_buf_printf(out, " wait for");
        return;
    case MIG_STEP_RUN:
        rt_buf_printf(out, "run");
        for (int i = 0; s->words[i] != NULL; i++)
            rt_buf_printf(out, " '%s'", s->words[i]);
        return;
    case MIG_STEP_OBJECT: rt_buf_printf(out, "%s %s", run->ops->engine == MIG_POSTGRES ? "make" : "leave out", s->label); return;
    case MIG_STEP_SEQUENCE:
        rt_buf_printf(out, "put the sequence of %s where the source's stands", s->sequence->table != NULL ? s->sequence->table : s->sequence->name);
        return;
    case MIG_STEP_SETTLE: rt_buf_printf(out, "settle the duplicates of %s", s->dedup->table->name); return;
    }
}

/* What the phase keeps in memory (and, past --memory, in a temporary file). */
static void memory_text(const rt_run *run, const mig_phase *p, rt_buf *out) {
    const char *sep = "";
    for (int i = 0; i < p->n_aliases; i++, sep = ", ")
        rt_buf_printf(out, "%stexts of alias %s", sep, p->aliases[i]->name);
    for (int i = 0; i < p->n_lookups; i++, sep = ", ")
        rt_buf_printf(out, "%slook-up %s[%s]", sep, p->lookups[i]->table->name, p->lookups[i]->name);
    for (int i = 0; i < p->n_uniques; i++, sep = ", ")
        rt_buf_printf(out, "%sunique %s", sep, p->uniques[i]->name);
    for (int i = 0; i < p->n_steps; i++) {
        const mig_step *s = &p->steps[i];
        for (int d = 0; s->kind == MIG_STEP_FLOW && d < run->spec->n_dedups; d++)
            for (int k = 0; k < s->flow->n_intos; k++)
                if (run->spec->dedups[d]->table == s->flow->intos[k].table) {
                    rt_buf_printf(out, "%skeys of dedup %s%s", sep, run->spec->dedups[d]->table->name,
                                  run->spec->dedups[d]->late ? " and its rows on disk" : "");
                    sep = ", ";
                }
    }
}

static void check_lines(const face *f, const mig_phase *p) {
    for (int i = 0; i < p->n_needs; i++)
        printf("    requires: %s\n", p->needs[i]->name);
    for (int i = 0; i < f->spec->n_checks; i++) {
        const mig_check *c = f->spec->checks[i];
        if (f->spec->phases[c->phase] == p)
            printf("    check %s: %s%s\n", c->before ? "before" : "after", c->name, c->warn ? " (warns only)" : "");
    }
}

static void measure_lines(const face *f, const rt_run *run, const mig_phase *p) {
    for (int i = 0; i < f->spec->n_measures; i++) {
        const mig_measure *m = f->spec->measures[i];
        if (f->spec->phases[m->phase] == p && (wanted(run, p) || rt_measure_pending(run, m)))
            printf("    measure: %s\n", m->name);
    }
}

static void print_phase(face *f, const rt_run *run, const mig_phase *p) {
    rt_buf b = {0};
    state_text(run, p, &b);
    bool color = f->color_out;
    printf("\n%sphase %s%s (%s)\n", face_begin(color, FACE_BOLD), p->name, face_end(color), b.p != NULL ? b.p : "");
    const rt_chunk_state *chunk = &run->phases[p->id].chunk;
    for (int i = chunk->n > 0 ? chunk->step : 0; i < p->n_steps && wanted(run, p); i++) {
        rt_buf_clear(&b);
        step_text(run, &p->steps[i], &b);
        printf("    %s\n", b.p != NULL ? b.p : "");
    }
    if (wanted(run, p)) {
        check_lines(f, p);
        rt_buf_clear(&b);
        memory_text(run, p, &b);
        if (b.n > 0)
            printf("    held: %s\n", b.p);
    }
    if (!run->phases[p->id].done) {
        rt_buf_clear(&b);
        final_text(p, &b);
        printf("    can be taken back: %s%s\n", b.n > 0 ? "no: " : "yes", b.n > 0 ? b.p : "");
    }
    measure_lines(f, run, p);
    rt_buf_free(&b);
}

void face_json_notes(face *f, const rt_run *run) {
    rt_buf b;
    for (int i = 0; i < run->survey.n_notes; i++) {
        face_json_begin(&b, f, "note");
        face_json_text(&b, "text", run->survey.notes[i]);
        face_json_end(&b);
    }
}

void face_notes(FILE *out, const rt_run *run) {
    for (int i = 0; i < run->survey.n_notes; i++)
        fprintf(out, "note: %s\n", face_safe(run->survey.notes[i]).s);
}

static void json_plan(face *f, const rt_run *run) {
    rt_buf b, text = {0};
    for (int i = 0; i < f->spec->n_phases; i++) {
        const mig_phase *p = f->spec->phases[i];
        rt_buf_clear(&text);
        state_text(run, p, &text);
        face_json_begin(&b, f, "plan-phase");
        face_json_text(&b, "phase", p->name);
        face_json_bool(&b, "will_run", wanted(run, p));
        face_json_text(&b, "state", text.p);
        rt_buf_clear(&text);
        final_text(p, &text);
        face_json_bool(&b, "can_be_taken_back", text.n == 0);
        if (text.n > 0)
            face_json_text(&b, "why_not", text.p);
        face_json_end(&b);
        for (int k = 0; k < p->n_steps && wanted(run, p); k++) {
            rt_buf_clear(&text);
            step_text(run, &p->steps[k], &text);
            face_json_begin(&b, f, "plan-step");
            face_json_text(&b, "phase", p->name);
            face_json_text(&b, "step", text.p);
            face_json_end(&b);
        }
        for (int k = 0; k < f->spec->n_measures; k++) {
            if (f->spec->measures[k]->phase != i || !(wanted(run, p) || rt_measure_pending(run, f->spec->measures[k])))
                continue;
            face_json_begin(&b, f, "plan-measure");
            face_json_text(&b, "phase", p->name);
            face_json_text(&b, "measure", f->spec->measures[k]->name);
            face_json_end(&b);
        }
    }
    face_json_notes(f, run);
    rt_buf_free(&text);
}

static void print_places(const face *f, const rt_run *run) {
    bool made = false;
    printf("migration %s (%s)\n", f->spec->name, f->spec->file);
    for (int i = 0; i < f->spec->n_sources; i++)
        printf("source %s: %s\n", f->spec->sources[i].name, run->sources[i].location != NULL ? run->sources[i].location : "(not given)");
    printf("target %s: %s%s\n", f->spec->target->name,
           run->target != NULL ? run->ops->describe(run->target) : "(not reached)", run->survey.target_absent ? " (will be made)" : "");
    for (int i = 0; i < f->spec->n_tables; i++) {
        if (!run->survey.table_there[i])
            continue;
        printf("%s%s", made ? ", " : "there already: ", f->spec->tables[i]->name);
        made = true;
    }
    if (made)
        putchar('\n');
    face_notes(stdout, run);
}

void face_plan(face *f, const rt_run *run, mig_status st) {
    bool any = false;
    if (f->options->log == FACE_LOG_JSON) {
        json_plan(f, run);
        return;
    }
    print_places(f, run);
    for (int i = 0; i < f->spec->n_phases; i++) {
        print_phase(f, run, f->spec->phases[i]);
        any = any || wanted(run, f->spec->phases[i]);
    }
    for (int i = 0; i < f->spec->n_measures; i++) {
        any = any || rt_measure_pending(run, f->spec->measures[i]);
    }
    if (st == MIG_OK)
        printf("\n%s\n", any ? "nothing stands against a run" : face_nothing_to_do(run));
    fflush(stdout);
}
