/*
 * summary.c: what a run ends with: the accounting (every phase, flow and into with every number), how often aliases were
 * asked, the rejects by rule with the files they are in, one last line.
 */
#include "runtime/face/face.h"

#include <string.h>

const char *face_rule_code(mig_rule rule) {
    static const char *const codes[] = {
        "",
#define MIG_RULE(id, code, words) code,
#include "runtime/rules.def"
#undef MIG_RULE
    };
    return codes[rule];
}

/* ---- the accounting ------------------------------------------------------------------------------------------------------------ */

typedef struct columns { bool updated, unchanged, given_up; } columns; /* shown when there is a number in them */

static columns used_columns(const face *f, const rt_run *run) {
    columns c = {f->options->verbose, f->options->verbose, f->options->verbose};
    for (int p = 0; p < run->n_counts; p++)
        for (int i = 0; i < run->counts[p]->n_flows; i++)
            for (int k = 0; k < run->counts[p]->flows[i]->n_intos; k++) {
                const rt_into_count *into = &run->counts[p]->flows[i]->intos[k];
                c.updated = c.updated || into->updated > 0;
                c.unchanged = c.unchanged || into->unchanged > 0;
                c.given_up = c.given_up || into->skipped > 0;
            }
    return c;
}

static void flow_rows(const face *f, face_table *t, columns c, const char *phase, const rt_flow_count *flow) {
    char name[300];
    int extra = c.updated + c.unchanged + c.given_up;
    face_table_cell(t, phase);
    face_table_cell(t, flow->name);
    face_table_number(t, flow->read);
    face_table_number(t, flow->skipped);
    face_table_number(t, flow->rejected);
    face_table_number(t, flow->carried);
    for (int i = 0; i < 2 + extra; i++)
        face_table_number(t, -1);
    for (int k = 0; k < flow->n_intos; k++) {
        const rt_into_count *into = &flow->intos[k];
        snprintf(name, sizeof name, "  %s %s", f->unicode ? "→" : "->", into->table->name);
        face_table_cell(t, "");
        face_table_cell(t, name);
        face_table_number(t, -1);
        face_table_number(t, -1);
        face_table_number(t, -1);
        face_table_number(t, into->emitted);
        face_table_number(t, into->inserted);
        if (c.updated)
            face_table_number(t, into->updated);
        if (c.unchanged)
            face_table_number(t, into->unchanged);
        face_table_number(t, into->merged);
        if (c.given_up)
            face_table_number(t, into->skipped);
    }
}

static face_table *new_table(columns c) {
    face_table *t = face_table_new(8 + c.updated + c.unchanged + c.given_up);
    int at = 0;
    face_table_head(t, at++, "phase", false);
    face_table_flexible(t, at);
    face_table_head(t, at++, "from / into", false);
    face_table_head(t, at++, "read", true);
    face_table_head(t, at++, "skipped", true);
    face_table_head(t, at++, "rejected", true);
    face_table_head(t, at++, "carried", true);
    face_table_head(t, at++, "inserted", true);
    if (c.updated)
        face_table_head(t, at++, "updated", true);
    if (c.unchanged)
        face_table_head(t, at++, "unchanged", true);
    face_table_head(t, at++, "merged", true);
    if (c.given_up)
        face_table_head(t, at++, "given up", true);
    return t;
}

static void accounting(const face *f, const rt_run *run) {
    columns c = used_columns(f, run);
    face_table *t = new_table(c);
    int shown = 0;
    for (int p = 0; p < run->n_counts; p++) {
        const rt_phase_count *pc = run->counts[p];
        if (pc->outcome != RT_PHASE_DONE)
            continue;
        if (shown > 0 && pc->n_flows > 0)
            face_table_rule(t);
        for (int i = 0; i < pc->n_flows; i++)
            flow_rows(f, t, c, i == 0 ? pc->phase->name : "", pc->flows[i]);
        shown += pc->n_flows;
    }
    face_table_print(t, f, shown > 0 ? stdout : stderr);
}

static bool has_flows(const rt_run *run) {
    for (int p = 0; p < run->n_counts; p++)
        if (run->counts[p]->outcome == RT_PHASE_DONE && run->counts[p]->n_flows > 0)
            return true;
    return false;
}

/* How often an alias was asked in all phases of this run. */
static rt_alias_count asked(const rt_run *run, const mig_alias *alias) {
    rt_alias_count sum = {.alias = alias};
    for (int p = 0; p < run->n_counts; p++)
        for (int i = 0; run->counts[p]->outcome == RT_PHASE_DONE && i < run->counts[p]->n_aliases; i++) {
            const rt_alias_count *a = &run->counts[p]->aliases[i];
            if (a->alias != alias)
                continue;
            sum.hits += a->hits;
            sum.created += a->created;
            sum.unknown += a->unknown;
        }
    return sum;
}

static void coverage(const face *f, const rt_run *run) {
    face_table *t = NULL;
    for (int i = 0; i < f->spec->n_aliases; i++) {
        rt_alias_count a = asked(run, f->spec->aliases[i]);
        if (a.hits + a.created + a.unknown == 0)
            continue;
        if (t == NULL) {
            t = face_table_new(4);
            face_table_head(t, 0, "alias", false);
            face_table_head(t, 1, "found", true);
            face_table_head(t, 2, "created", true);
            face_table_head(t, 3, "unknown", true);
        }
        face_table_cell(t, a.alias->name);
        face_table_number(t, a.hits);
        face_table_number(t, a.created);
        face_table_number(t, a.unknown);
    }
    face_table_print(t, f, stdout);
}

/* ---- rejects -------------------------------------------------------------------------------------------------------------------- */

void face_reject_summary(face *f, const rt_run *run, FILE *out) {
    char n[40];
    bool color = out == stdout ? f->color_out : f->color_err;
    int64_t sum = 0;
    for (int p = 0; p < run->n_counts; p++)
        sum += run->counts[p]->rejected;
    if (sum == 0)
        return;
    fprintf(out, "%s%s row%s rejected:%s\n", face_begin(color, FACE_YELLOW), face_number(n, sizeof n, sum),
            sum == 1 ? " was" : "s were", face_end(color));
    for (int p = 0; p < run->n_counts; p++)
        for (int r = 0; r < MIG_RULE_COUNT; r++) {
            const rt_rule_count *c = &run->counts[p]->rules[r];
            if (c->n > 0)
                fprintf(out, "  %8s %-10s phase %s; first %s\n", face_number(n, sizeof n, c->n), face_rule_code((mig_rule)r),
                        run->counts[p]->phase->name, face_safe(c->first).s);
        }
    for (int i = 0; i < run->n_reject_files; i++)
        fprintf(out, "  in %s\n", face_safe(run->reject_files[i]).s);
}

const char *face_nothing_to_do(const rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++)
        if (!run->phases[i].done)
            return "nothing to do: what is left waits to be asked for with --phase";
    return "nothing to do: every phase is done";
}

void face_summary(face *f, const rt_run *run, mig_status st, double seconds) {
    char rows[40], time[40];
    int64_t inserted = 0;
    int done = 0;
    if (f->options->log == FACE_LOG_JSON)
        return;
    if (st == MIG_OK && f->options->quiet) { /* refused rows are a warning */
        face_reject_summary(f, run, stderr);
        return;
    }
    for (int p = 0; p < run->n_counts; p++) {
        done += run->counts[p]->outcome == RT_PHASE_DONE;
        inserted += run->counts[p]->outcome == RT_PHASE_DONE ? run->counts[p]->inserted : 0;
    }
    if (!f->options->quiet && has_flows(run)) {
        fputc('\n', stdout);
        accounting(f, run);
        coverage(f, run);
    }
    fflush(stdout);
    face_reject_summary(f, run, st == MIG_OK ? stdout : stderr);
    if (st != MIG_OK)
        return;
    if (!f->started)
        printf("%s\n", face_nothing_to_do(run));
    else
        printf("%sdone%s in %s: %d phase%s, %s row%s inserted\n", face_begin(f->color_out, FACE_GREEN), face_end(f->color_out),
               face_duration(time, sizeof time, seconds), done, done == 1 ? "" : "s", face_number(rows, sizeof rows, inserted),
               inserted == 1 ? "" : "s");
    fflush(stdout);
}
