/*
 * measures.c: what people and scripts see of measures: the line of a run, the tables of `status` and `check`, JSON.
 */
#include "runtime/face/face.h"

#include <string.h>

/* ---- JSON ---------------------------------------------------------------------------------------------------------------- */

static void json_timing(rt_buf *b, const char *side, const rt_timing *t) {
    char key[32];
    if (!t->taken)
        return;
    snprintf(key, sizeof key, "%s_ms", side);
    face_json_real(b, key, t->ms);
    snprintf(key, sizeof key, "%s_least_ms", side);
    face_json_real(b, key, t->least);
    snprintf(key, sizeof key, "%s_rows", side);
    face_json_int(b, key, t->rows);
}

void face_measure_json(face *f, const rt_measure_result *r) {
    rt_buf b;
    face_json_begin(&b, f, "measure");
    face_json_text(&b, "phase", f->spec->phases[r->measure->phase]->name);
    face_json_text(&b, "measure", r->measure->name);
    json_timing(&b, "before", &r->before);
    json_timing(&b, "after", &r->after);
    if (r->baseline >= 0)
        face_json_real(&b, "baseline_ms", r->baseline);
    face_json_int(&b, "rounds", r->rounds);
    face_json_text(&b, "verdict", rt_verdict_words[r->verdict]);
    face_json_text(&b, "detail", r->detail);
    if (r->at[0] != '\0')
        face_json_text(&b, "at", r->at);
    face_json_site(&b, r->measure->site);
    face_json_end(&b);
}

/* ---- the line of a run ------------------------------------------------------------------------------------------------------ */

static void timing_text(rt_buf *b, const char *word, const rt_timing *t) {
    char ms[40], n[40];
    if (t->taken)
        rt_buf_printf(b, "%s%s %s (%s row%s)", b->n > 0 ? ", " : "", word, rt_ms(ms, sizeof ms, t->ms), face_number(n, sizeof n, t->rows),
                      t->rows == 1 ? "" : "s");
}

void face_measure_line(face *f, const rt_measure_result *r) {
    rt_buf b = {0};
    bool warns = r->verdict == RT_VERDICT_WARNED;
    timing_text(&b, "before", &r->before);
    timing_text(&b, "after", &r->after);
    if (r->before.taken && r->after.taken && r->before.ms > 0)
        rt_buf_printf(&b, ", %.2f times", r->after.ms / r->before.ms);
    rt_buf_printf(&b, ", %d round%s", r->rounds, r->rounds == 1 ? "" : "s");
    if (!warns && !f->options->quiet)
        fprintf(stderr, "  measure \"%s\": %s\n", r->measure->name, b.p != NULL ? b.p : "");
    if (warns)
        fprintf(stderr, "  %swarning:%s measure \"%s\": expected %s, but %s\n", face_begin(f->color_err, FACE_YELLOW),
                face_end(f->color_err), r->measure->name, r->broken->text, r->detail);
    if (r->before.taken && r->after.taken && r->before.rows != r->after.rows)
        fprintf(stderr, "  %swarning:%s measure \"%s\": the queries give %lld and %lld rows: they do not ask the same\n",
                face_begin(f->color_err, FACE_YELLOW), face_end(f->color_err), r->measure->name, (long long)r->before.rows,
                (long long)r->after.rows);
    rt_buf_free(&b);
}

/* ---- tables -------------------------------------------------------------------------------------------------------------------- */

static void ms_cell(face_table *t, const rt_timing *timing) {
    char ms[40];
    face_table_cell(t, timing->taken ? rt_ms(ms, sizeof ms, timing->ms) : "");
}

/* "0.41": the new time as a multiple of the old one. */
static void ratio_cell(face_table *t, const rt_measure_result *r) {
    char text[40] = "";
    if (r->before.taken && r->after.taken && r->before.ms > 0)
        snprintf(text, sizeof text, "%.2f", r->after.ms / r->before.ms);
    face_table_cell(t, text);
}

void face_measures_status(face *f, const rt_run *run) {
    face_table *t = NULL;
    for (int i = 0; i < f->spec->n_measures; i++) {
        const rt_measure_result *r = &run->measures[i];
        if (f->options->log == FACE_LOG_JSON) {
            if (r->known)
                face_measure_json(f, r);
            continue;
        }
        if (t == NULL) {
            static const char *const heads[] = {"measure", "after phase", "taken (UTC)", "before", "after", "ratio", "rounds", "verdict"};
            t = face_table_new(8);
            for (int k = 0; k < 8; k++)
                face_table_head(t, k, heads[k], k >= 3 && k <= 6);
            face_table_flexible(t, 0);
        }
        face_table_cell(t, f->spec->measures[i]->name);
        face_table_cell(t, f->spec->phases[f->spec->measures[i]->phase]->name);
        face_table_cell(t, r->known ? r->at : "");
        ms_cell(t, &r->before);
        ms_cell(t, &r->after);
        ratio_cell(t, r);
        face_table_number(t, r->known ? r->rounds : -1);
        face_table_cell(t, r->known ? rt_verdict_words[r->verdict] : "not taken");
    }
    if (t != NULL)
        face_table_print(t, f, stdout);
}

/* "+12 %": how the time now differs from the baseline. */
static void change_cell(face_table *t, const rt_measure_result *r) {
    const rt_timing *now = r->after.taken ? &r->after : &r->before;
    char text[40] = "";
    bool comparable = now == &r->after || r->measure->after == NULL;
    if (now->taken && comparable && r->baseline > 0)
        snprintf(text, sizeof text, "%+.0f %%", (now->ms / r->baseline - 1) * 100);
    face_table_cell(t, text);
}

static void tell(const rt_measure_result *r) {
    if (r->broken != NULL)
        printf("%s:%d: measure \"%s\": expected %s, but %s\n", r->broken->site->file, r->broken->site->line, r->measure->name,
               r->broken->text, r->detail);
    const rt_timing *sides[] = {&r->before, &r->after};
    const mig_timed *timed[] = {r->measure->before, r->measure->after};
    for (int k = 0; k < 2; k++)
        if (sides[k]->why_not[0] != '\0')
            printf("%s:%d: measure \"%s\": \"%s\" is not timed: %s\n", timed[k]->site->file, timed[k]->site->line, r->measure->name,
                   k == 0 ? "before" : "after", sides[k]->why_not);
    if (r->verdict == RT_VERDICT_OPEN)
        printf("measure \"%s\": not all that is expected could be judged\n", r->measure->name);
}

void face_measures_check(face *f, const rt_phase_count *c) {
    static const char *const heads[] = {"measure", "before", "after", "baseline", "change", "rounds", "result"};
    static const char *const results[] = {"kept", "holds", "open", "warning", "FAILS"};
    char ms[40];
    for (int i = 0; i < c->n_measures && f->options->log == FACE_LOG_JSON; i++)
        face_measure_json(f, &c->measures[i]);
    if (f->options->log == FACE_LOG_JSON || c->n_measures == 0)
        return;
    face_table *t = face_table_new(7);
    for (int k = 0; k < 7; k++)
        face_table_head(t, k, heads[k], k >= 1 && k <= 5);
    face_table_flexible(t, 0);
    for (int i = 0; i < c->n_measures; i++) {
        const rt_measure_result *r = &c->measures[i];
        face_table_cell(t, r->measure->name);
        ms_cell(t, &r->before);
        ms_cell(t, &r->after);
        face_table_cell(t, r->baseline >= 0 ? rt_ms(ms, sizeof ms, r->baseline) : "");
        change_cell(t, r);
        face_table_number(t, r->rounds);
        face_table_cell(t, results[r->verdict]);
    }
    face_table_print(t, f, stdout);
    for (int i = 0; i < c->n_measures; i++)
        tell(&c->measures[i]);
}
