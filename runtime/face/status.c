/*
 * status.c: results of `status` and `check`.
 */
#include "runtime/face/face.h"

#include <string.h>

static const char *state_of(const rt_run *run, const mig_phase *p) {
    const rt_phase_state *s = &run->phases[p->id];
    return s->done ? "done" : s->chunk.n > 0 ? "begun" : p->manual ? "manual" : rt_run_wants(run, p) ? "pending" : "waits";
}

static void json_status(face *f, const rt_run *run, bool hidden) {
    if (run->holder[0] != '\0') {
        rt_buf b;
        face_json_begin(&b, f, "at-work");
        face_json_text(&b, "holder", run->holder);
        face_json_end(&b);
    }
    if (hidden)
        return;
    if (run->last.state[0] != '\0') {
        rt_buf b;
        face_json_begin(&b, f, "last-run");
        face_json_text(&b, "state", run->last.state);
        face_json_text(&b, "started", run->last.started);
        face_json_text(&b, "finished", run->last.finished);
        face_json_text(&b, "by_whom", run->last.by_whom);
        face_json_text(&b, "message", run->last.message);
        face_json_end(&b);
    }
    for (int i = 0; i < f->spec->n_phases; i++) {
        const mig_phase *p = f->spec->phases[i];
        const rt_phase_state *s = &run->phases[p->id];
        rt_buf b;
        face_json_begin(&b, f, "phase-state");
        face_json_text(&b, "phase", p->name);
        face_json_text(&b, "state", state_of(run, p));
        if (s->done) {
            face_json_text(&b, "finished", s->finished);
            face_json_text(&b, "run", s->run);
            face_json_int(&b, "inserted", s->rows);
            face_json_int(&b, "rejected", s->rejected);
            face_json_real(&b, "seconds", s->seconds);
        }
        if (s->chunk.n > 0) {
            face_json_int(&b, "chunks", s->chunk.n);
            face_json_int(&b, "rows_read", s->chunk.read);
        }
        if (!s->done && s->chunk.n > 0) {
            face_json_int(&b, "inserted", s->chunk.inserted);
            face_json_int(&b, "rejected", s->chunk.rejected);
        }
        face_json_end(&b);
    }
    face_measures_status(f, run);
    for (int i = 0; i < run->n_copies; i++) {
        rt_buf b;
        face_json_begin(&b, f, "backup-kept");
        face_json_text(&b, "phase", run->copies[i].phase);
        face_json_text(&b, "system", run->copies[i].system);
        face_json_text(&b, "file", run->copies[i].file);
        face_json_int(&b, "bytes", run->copies[i].bytes);
        face_json_text(&b, "sha256", run->copies[i].sha256);
        face_json_text(&b, "at", run->copies[i].at);
        face_json_end(&b);
    }
}

static void print_copies(const rt_run *run) {
    char bytes[40];
    for (int i = 0; i < run->n_copies; i++) {
        const rt_copy *c = &run->copies[i];
        printf("backup of %s before phase %s: %s, %s bytes, %s UTC, sha256 %s\n", c->system, c->phase, c->file,
               face_number(bytes, sizeof bytes, c->bytes), c->at, c->sha256);
    }
}

/* How the last run ended; "running" with nobody at work: it was killed, or lost its target. */
static void print_last_run(const rt_run *run) {
    const rt_last_run *last = &run->last;
    if (last->state[0] == '\0' || run->holder[0] != '\0')
        return;
    if (strcmp(last->state, "running") == 0)
        printf("the last run, begun %s UTC by %s, has not told its end: it is at work, or was cut off\n", last->started, last->by_whom);
    else
        printf("the last run, begun %s UTC by %s: %s %s UTC%s%s\n", last->started, last->by_whom, last->state, last->finished,
               last->message[0] != '\0' ? ": " : "", face_safe(last->message).s);
}

static void print_chunks(const mig_phase *p, const rt_phase_state *s) {
    char chunks[40], rows[40];
    if (!s->done && s->chunk.n > 0)
        printf("phase %s: %s chunk%s %s in, %s row%s read; the next run goes on behind them\n", p->name,
               face_number(chunks, sizeof chunks, s->chunk.n), s->chunk.n == 1 ? "" : "s", s->chunk.n == 1 ? "is" : "are",
               face_number(rows, sizeof rows, s->chunk.read), s->chunk.read == 1 ? "" : "s");
}

void face_status(face *f, const rt_run *run, bool hidden) {
    char time[40];
    if (f->options->log == FACE_LOG_JSON) {
        json_status(f, run, hidden);
        return;
    }
    if (run->holder[0] != '\0')
        printf("a run is at work: %s\n", run->holder);
    if (hidden) {
        printf("its target can be read when its phase has ended\n");
        return;
    }
    face_table *t = face_table_new(6);
    face_table_head(t, 0, "phase", false);
    face_table_head(t, 1, "state", false);
    face_table_head(t, 2, "finished (UTC)", false);
    face_table_head(t, 3, "inserted", true);
    face_table_head(t, 4, "rejected", true);
    face_table_head(t, 5, "time", true);
    for (int i = 0; i < f->spec->n_phases; i++) {
        const mig_phase *p = f->spec->phases[i];
        const rt_phase_state *s = &run->phases[p->id];
        face_table_cell(t, p->name);
        face_table_cell(t, state_of(run, p));
        face_table_cell(t, s->finished);
        bool begun = !s->done && s->chunk.n > 0;
        face_table_number(t, s->done ? s->rows : begun ? s->chunk.inserted : -1);
        face_table_number(t, s->done ? s->rejected : begun ? s->chunk.rejected : -1);
        face_table_cell(t, s->done ? face_duration(time, sizeof time, s->seconds) : "");
    }
    printf("migration %s in %s\n", f->spec->name, run->ops->describe(run->target));
    face_table_print(t, f, stdout);
    face_measures_status(f, run);
    for (int i = 0; i < f->spec->n_phases; i++)
        print_chunks(f->spec->phases[i], &run->phases[i]);
    print_copies(run);
    print_last_run(run);
    if (!run->ledger_there)
        printf("nothing has been run there yet\n");
}

static const char *result_of(const rt_check_result *r) {
    return r->ok ? "holds" : r->check->warn ? "warning" : "FAILS";
}

void face_checks(face *f, const rt_run *run) {
    const rt_phase_count *c = run->n_counts > 0 ? run->counts[0] : NULL;
    if (c == NULL)
        return;
    if (f->options->log == FACE_LOG_JSON) {
        for (int i = 0; i < c->n_checks; i++) {
            const rt_check_result *r = &c->checks[i];
            rt_buf b;
            face_json_begin(&b, f, "check");
            face_json_text(&b, "phase", f->spec->phases[r->check->phase]->name);
            face_json_text(&b, "check", r->check->name);
            face_json_bool(&b, "ok", r->ok);
            face_json_bool(&b, "warns_only", r->check->warn);
            face_json_text(&b, "detail", r->detail);
            face_json_site(&b, r->check->site);
            face_json_end(&b);
        }
        face_measures_check(f, c);
        return;
    }
    if (c->n_checks == 0 && c->n_measures > 0) {
        face_measures_check(f, c);
        return;
    }
    if (c->n_checks == 0) {
        printf("no checks: %s\n", f->spec->n_checks == 0 ? "the spec has none" : "none of their phases is done");
        return;
    }
    face_table *t = face_table_new(3);
    face_table_head(t, 0, "check", false);
    face_table_head(t, 1, "phase", false);
    face_table_head(t, 2, "result", false);
    for (int i = 0; i < c->n_checks; i++) {
        face_table_cell(t, c->checks[i].check->name);
        face_table_cell(t, f->spec->phases[c->checks[i].check->phase]->name);
        face_table_cell(t, result_of(&c->checks[i]));
    }
    face_table_print(t, f, stdout);
    for (int i = 0; i < c->n_checks; i++)
        if (!c->checks[i].ok)
            printf("%s:%d: check \"%s\": %s%s%s\n", c->checks[i].check->site->file, c->checks[i].check->site->line,
                   c->checks[i].check->name, c->checks[i].check->text, c->checks[i].detail[0] != '\0' ? "; " : "",
                   face_safe(c->checks[i].detail).s);
    face_measures_check(f, c);
}
