/*
 * log.c: events of a run as they happen: plain lines on standard error, or JSON on standard output.
 */
#include "runtime/face/face.h"

#include <string.h>

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void json_flow(face *f, const rt_event *e) {
    rt_buf b;
    const rt_flow_count *c = e->flow;
    face_json_begin(&b, f, "flow-done");
    face_json_text(&b, "phase", e->phase->name);
    face_json_text(&b, "flow", c->name);
    face_json_int(&b, "read", c->read);
    face_json_int(&b, "skipped", c->skipped);
    face_json_int(&b, "rejected", c->rejected);
    face_json_int(&b, "carried", c->carried);
    face_json_real(&b, "seconds", c->seconds);
    face_json_end(&b);
}

static void json_into(face *f, const char *phase, const rt_flow_count *c, const rt_into_count *i) {
    rt_buf b;
    face_json_begin(&b, f, "into-done");
    face_json_text(&b, "phase", phase);
    face_json_text(&b, "flow", c->name);
    face_json_text(&b, "table", i->table->name);
    face_json_int(&b, "carried", i->emitted);
    face_json_int(&b, "inserted", i->inserted);
    face_json_int(&b, "updated", i->updated);
    face_json_int(&b, "unchanged", i->unchanged);
    face_json_int(&b, "merged", i->merged);
    face_json_int(&b, "given_up", i->skipped);
    face_json_end(&b);
}

/* Numbers that are final only when all rows are settled: every into, every alias, the rejects by rule. */
static void json_phase(face *f, const rt_event *e, const char *event) {
    const rt_phase_count *c = e->count;
    rt_buf b;
    for (int i = 0; e->kind == RT_EVENT_PHASE_DONE && i < c->n_flows; i++)
        for (int k = 0; k < c->flows[i]->n_intos; k++)
            json_into(f, e->phase->name, c->flows[i], &c->flows[i]->intos[k]);
    for (int i = 0; e->kind == RT_EVENT_PHASE_DONE && i < c->n_aliases; i++) {
        face_json_begin(&b, f, "alias-done");
        face_json_text(&b, "phase", e->phase->name);
        face_json_text(&b, "alias", c->aliases[i].alias->name);
        face_json_int(&b, "hits", c->aliases[i].hits);
        face_json_int(&b, "created", c->aliases[i].created);
        face_json_int(&b, "unknown", c->aliases[i].unknown);
        face_json_end(&b);
    }
    for (int r = 0; r < MIG_RULE_COUNT; r++) {
        if (c->rules[r].n == 0)
            continue;
        face_json_begin(&b, f, "rejects");
        face_json_text(&b, "phase", e->phase->name);
        face_json_text(&b, "rule", face_rule_code((mig_rule)r));
        face_json_int(&b, "rows", c->rules[r].n);
        face_json_text(&b, "first", c->rules[r].first);
        face_json_end(&b);
    }
    face_json_begin(&b, f, event);
    face_json_text(&b, "phase", e->phase->name);
    face_json_int(&b, "read", c->read);
    face_json_int(&b, "inserted", c->inserted);
    face_json_int(&b, "merged", c->merged);
    face_json_int(&b, "rejected", c->rejected);
    face_json_real(&b, "seconds", e->seconds);
    face_json_end(&b);
}

static void json_backup(face *f, const rt_run *run, const rt_event *e) {
    rt_buf b;
    face_json_begin(&b, f, "backup-done");
    face_json_text(&b, "phase", e->phase->name);
    face_json_text(&b, "system", rt_step_system(run, e->backup->step));
    face_json_text(&b, "file", e->backup->file);
    face_json_int(&b, "bytes", e->backup->bytes);
    face_json_text(&b, "sha256", e->backup->sha256);
    face_json_int(&b, "tables", e->backup->tables);
    face_json_text(&b, "tool", e->backup->tool);
    face_json_real(&b, "seconds", e->seconds);
    face_json_end(&b);
}

static void json_event(face *f, const rt_run *run, const rt_event *e) {
    rt_buf b;
    switch (e->kind) {
    case RT_EVENT_RUN_START:
        face_json_begin(&b, f, "run-start");
        face_json_text(&b, "run", run->id);
        face_json_text(&b, "target", run->ops->describe(run->target));
        face_json_end(&b);
        face_json_notes(f, run);
        return;
    case RT_EVENT_PHASE_START:
        face_json_begin(&b, f, "phase-start");
        face_json_text(&b, "phase", e->phase->name);
        face_json_end(&b);
        return;
    case RT_EVENT_STEP: case RT_EVENT_NOTE:
        face_json_begin(&b, f, e->kind == RT_EVENT_STEP ? "step-done" : "note");
        if (e->phase != NULL)
            face_json_text(&b, "phase", e->phase->name);
        face_json_text(&b, "text", e->text);
        face_json_real(&b, "seconds", e->seconds);
        face_json_end(&b);
        return;
    case RT_EVENT_FLOW_DONE: json_flow(f, e); return;
    case RT_EVENT_CHECK:
        face_json_begin(&b, f, "check");
        face_json_text(&b, "phase", e->phase->name);
        face_json_text(&b, "check", e->check->check->name);
        face_json_bool(&b, "ok", e->check->ok);
        face_json_bool(&b, "warns_only", e->check->check->warn);
        face_json_text(&b, "detail", e->check->detail);
        face_json_end(&b);
        return;
    case RT_EVENT_MEASURE: face_measure_json(f, e->measure); return;
    case RT_EVENT_BACKUP: json_backup(f, run, e); return;
    case RT_EVENT_CHUNK:
        face_json_begin(&b, f, "chunk-done");
        face_json_text(&b, "phase", e->phase->name);
        face_json_int(&b, "chunk", e->count->chunks);
        face_json_int(&b, "rows_read", e->count->chunk_rows);
        face_json_end(&b);
        return;
    case RT_EVENT_PHASE_DONE: json_phase(f, e, "phase-done"); return;
    case RT_EVENT_PHASE_FAILED: json_phase(f, e, "phase-rolled-back"); return;
    case RT_EVENT_RUN_DONE:
        face_json_begin(&b, f, "run-done");
        face_json_bool(&b, "nothing_to_do", !f->started);
        face_json_real(&b, "seconds", e->seconds);
        face_json_end(&b);
        return;
    }
}

/* ---- text ------------------------------------------------------------------------------------------------------------------ */

static void text_flow(face *f, const rt_flow_count *c) {
    char read[40], skipped[40], rejected[40], carried[40], time[40];
    fprintf(stderr, "  %s: %s read, ", c->name, face_number(read, sizeof read, c->read));
    if (c->skipped > 0)
        fprintf(stderr, "%s skipped, ", face_number(skipped, sizeof skipped, c->skipped));
    if (c->rejected > 0)
        fprintf(stderr, "%s%s rejected%s, ", face_begin(f->color_err, FACE_YELLOW),
                face_number(rejected, sizeof rejected, c->rejected), face_end(f->color_err));
    fprintf(stderr, "%s carried (%s)\n", face_number(carried, sizeof carried, c->carried), face_duration(time, sizeof time, c->seconds));
}

static void text_backup(const rt_run *run, const rt_event *e) {
    char bytes[40], tables[40], time[40];
    fprintf(stderr, "  backup of %s: %s, %s bytes, %s table%s (%s)\n", rt_step_system(run, e->backup->step), e->backup->file,
            face_number(bytes, sizeof bytes, e->backup->bytes), face_number(tables, sizeof tables, e->backup->tables),
            e->backup->tables == 1 ? "" : "s", face_duration(time, sizeof time, e->seconds));
}

static void text_check(face *f, const rt_check_result *r) {
    if (r->ok) {
        fprintf(stderr, "  check \"%s\" holds\n", r->check->name);
        return;
    }
    face_color color = r->check->warn ? FACE_YELLOW : FACE_RED;
    fprintf(stderr, "  %s%s:%s check \"%s\" does not hold: %s%s%s\n", face_begin(f->color_err, color),
            r->check->warn ? "warning" : "error", face_end(f->color_err), r->check->name, r->check->text,
            r->detail[0] != '\0' ? "; " : "", face_safe(r->detail).s);
}

static int count_steps(const mig_phase *p, mig_step_kind kind) {
    int n = 0;
    for (int i = 0; i < p->n_steps; i++)
        n += p->steps[i].kind == kind;
    return n;
}

/* "  done: 2 tables created, 7 rows inserted in 0.04 s": what the phase was for. */
static void text_phase_done(const rt_event *e) {
    char rows[40], time[40];
    static const struct { mig_step_kind kind; const char *word; } of_tables[] = {
        {MIG_STEP_CREATE, "created"}, {MIG_STEP_CONSTRAIN, "constrained"}, {MIG_STEP_INDEX, "indexed"}};
    const char *comma = "";
    fputs("  done: ", stderr);
    for (size_t i = 0; i < sizeof of_tables / sizeof *of_tables; i++) {
        int n = count_steps(e->phase, of_tables[i].kind);
        if (n > 0)
            fprintf(stderr, "%s%d table%s %s", comma, n, n == 1 ? "" : "s", of_tables[i].word);
        if (n > 0)
            comma = ", ";
    }
    if (e->count->inserted > 0 || *comma == '\0')
        fprintf(stderr, "%s%s row%s inserted", comma, face_number(rows, sizeof rows, e->count->inserted),
                e->count->inserted == 1 ? "" : "s");
    fprintf(stderr, " in %s\n", face_duration(time, sizeof time, e->seconds));
}

static void text_phase_failed(const rt_event *e) {
    char chunks[40], rows[40];
    if (e->count->chunks == 0) {
        fprintf(stderr, "  phase %s is rolled back\n", e->phase->name);
        return;
    }
    fprintf(stderr, "  the open chunk of phase %s is rolled back; %s chunk%s before it (%s rows read) stay%s\n", e->phase->name,
            face_number(chunks, sizeof chunks, e->count->chunks), e->count->chunks == 1 ? "" : "s",
            face_number(rows, sizeof rows, e->count->chunk_rows), e->count->chunks == 1 ? "s" : "");
}

static void text_event(face *f, const rt_run *run, const rt_event *e) {
    char time[40], rows[40];
    bool quiet = f->options->quiet;
    if (quiet && e->kind != RT_EVENT_MEASURE && !(e->kind == RT_EVENT_CHECK && !e->check->ok && e->check->check->warn))
        return;
    switch (e->kind) {
    case RT_EVENT_RUN_START:
        fprintf(stderr, "%s%s%s into %s\n", face_begin(f->color_err, FACE_BOLD), f->spec->name, face_end(f->color_err),
                run->ops->describe(run->target));
        face_notes(stderr, run);
        return;
    case RT_EVENT_PHASE_START: fprintf(stderr, "phase %s\n", e->phase->name); return;
    case RT_EVENT_STEP:
        if (f->options->verbose || e->seconds >= 0.5)
            fprintf(stderr, "  %s (%s)\n", e->text, face_duration(time, sizeof time, e->seconds));
        return;
    case RT_EVENT_NOTE: fprintf(stderr, "  %s\n", face_safe(e->text).s); return;
    case RT_EVENT_FLOW_DONE: text_flow(f, e->flow); return;
    case RT_EVENT_CHECK:
        if (e->check->ok || e->check->check->warn) /* one that fails the run is its error */
            text_check(f, e->check);
        return;
    case RT_EVENT_PHASE_DONE:
        text_phase_done(e);
        return;
    case RT_EVENT_BACKUP: text_backup(run, e); return;
    case RT_EVENT_MEASURE: face_measure_line(f, e->measure); return; /* it looks itself whether only warnings are wanted */
    case RT_EVENT_PHASE_FAILED: text_phase_failed(e); return;
    case RT_EVENT_CHUNK:
        if (f->options->verbose)
            fprintf(stderr, "  chunk %s is in: %s rows read\n", face_number(time, sizeof time, e->count->chunks),
                    face_number(rows, sizeof rows, e->count->chunk_rows));
        return;
    case RT_EVENT_RUN_DONE: return;
    }
}

void face_event(void *self, const rt_run *run, const rt_event *e) {
    face *f = self;
    face_progress_clear(f);
    f->started = f->started || e->kind == RT_EVENT_RUN_START;
    if (f->options->log == FACE_LOG_JSON)
        json_event(f, run, e);
    else
        text_event(f, run, e);
}
