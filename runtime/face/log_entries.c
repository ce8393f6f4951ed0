/*
 * log_entries.c: what an entry of the migration log says: the run, a phase with every number of the accounting, a measure. Markdown that
 * reads as a person would have kept it; all text that is not ours goes through face_markdown().
 */
#include "runtime/face/face.h"
#include "runtime/engine/locate.h"

#include <string.h>

/* ---- pieces --------------------------------------------------------------------------------------------------------------- */

static void cell(rt_buf *b, const char *text) {
    rt_buf_printf(b, " ");
    face_markdown(b, text);
    rt_buf_printf(b, " |");
}

static void number(rt_buf *b, int64_t v) {
    if (v < 0)
        rt_buf_printf(b, " |");
    else
        rt_buf_printf(b, " %lld |", (long long)v);
}

/* "| a | b |" and the line below; the first `texts` columns hold text, the others numbers. */
static void heads(rt_buf *b, const char *const *names, int n, int texts) {
    rt_buf_printf(b, "\n|");
    for (int i = 0; i < n; i++)
        rt_buf_printf(b, " %s |", names[i]);
    rt_buf_printf(b, "\n|");
    for (int i = 0; i < n; i++)
        rt_buf_printf(b, i < texts ? " --- |" : " ---: |");
    rt_buf_printf(b, "\n");
}

/* "12.3 KiB" */
static void size(rt_buf *b, int64_t bytes) {
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double v = (double)bytes / 1024;
    int u = 0;
    for (; v >= 1024 && u < 3; u++)
        v /= 1024;
    if (bytes < 0)
        rt_buf_printf(b, "?");
    else if (bytes < 1024)
        rt_buf_printf(b, "%lld B", (long long)bytes);
    else
        rt_buf_printf(b, v < 10 ? "%.1f %s" : "%.0f %s", v, units[u]);
}

/* "## 2024-02-29 10:00:00 UTC, m: phase data: done" */
static void title(rt_buf *b, const char *level, const rt_record *r, const char *what, const char *name, const face *f, const char *end) {
    rt_buf_printf(b, "%s %s UTC, ", level, r->at);
    face_markdown(b, f->spec->name);
    rt_buf_printf(b, ": %s", what);
    if (name != NULL) {
        rt_buf_printf(b, " ");
        face_markdown(b, name);
        rt_buf_printf(b, ":");
    }
    rt_buf_printf(b, " %s\n\n", end);
    rt_buf_printf(b, "- run %s%s\n", r->run, r->later ? "; recorded later, from the ledger: that run could not write this entry" : "");
}

static void item(rt_buf *b, const char *words, const char *text) {
    rt_buf_printf(b, "- %s", words);
    face_markdown(b, text);
    rt_buf_printf(b, "\n");
}

/* ---- a run begins, a run ends ------------------------------------------------------------------------------------------------- */

static void place(rt_buf *b, const char *what, const char *name, const char *kind, const char *where) {
    rt_buf_printf(b, "- %s ", what);
    face_markdown(b, name);
    rt_buf_printf(b, ": %s ", kind);
    face_markdown(b, where);
    rt_buf_printf(b, "\n");
}

static void entry_begin(const face *f, const rt_run *run, const rt_record *r, rt_buf *b) {
    static const char *const kinds[] = {"CSV files in", "SQLite file", "PostgreSQL database"};
    char name[256];
    title(b, "##", r, "run", NULL, f, "begins");
    rt_buf_printf(b, "- made by %s from ", f->spec->compiler);
    face_markdown(b, f->spec->file);
    rt_buf_printf(b, ", spec hash %s\n", f->spec->hash);
    for (int i = 0; i < f->spec->n_sources; i++) {
        const mig_source_def *s = &f->spec->sources[i];
        const char *where = run->sources[i].location != NULL ? run->sources[i].location : "(not given)";
        if (s->kind == MIG_SOURCE_POSTGRES)
            where = rt_postgres_database(run->sources[i].location, name, sizeof name);
        place(b, "source", s->name, kinds[s->kind], where);
    }
    bool pg = run->ops->engine == MIG_POSTGRES;
    place(b, "target", f->spec->target->name, kinds[pg ? 2 : 1],
          pg ? rt_postgres_database(run->target_location, name, sizeof name) : run->target_location);
    if (run->settings->sample >= 0)
        rt_buf_printf(b, "- a sample: only the first %lld rows of every flow\n", (long long)run->settings->sample);
    if (run->settings->phase != NULL)
        item(b, "only phase ", run->settings->phase);
    if (!pg)
        rt_buf_printf(b, "- SQLite keeps no counts of how indexes are used, so none are told\n");
    rt_buf_printf(b, "\n");
}

static void entry_end(const face *f, const rt_run *run, const rt_record *r, rt_buf *b) {
    int done = 0;
    title(b, "##", r, "run", NULL, f, r->state);
    for (int i = 0; i < run->n_counts; i++)
        done += run->counts[i]->outcome == RT_PHASE_DONE;
    rt_buf_printf(b, "- %d phase%s done in this run\n", done, done == 1 ? "" : "s");
    if (r->message != NULL && r->message[0] != '\0')
        item(b, "why: ", r->message);
    rt_buf_printf(b, "\n");
}

/* ---- a phase ---------------------------------------------------------------------------------------------------------------------- */

static void steps(const mig_phase *p, rt_buf *b) {
    static const struct { mig_step_kind kind; const char *words; } told[] = {
        {MIG_STEP_CREATE, "tables created: "}, {MIG_STEP_INDEX, "indexes made of: "}, {MIG_STEP_CONSTRAIN, "constraints set of: "}};
    for (size_t k = 0; k < sizeof told / sizeof told[0]; k++) {
        int n = 0;
        for (int i = 0; i < p->n_steps; i++) {
            if (p->steps[i].kind != told[k].kind)
                continue;
            rt_buf_printf(b, n++ == 0 ? "- %s" : ", ", told[k].words);
            face_markdown(b, p->steps[i].table->name);
        }
        if (n > 0)
            rt_buf_printf(b, "\n");
    }
    for (int i = 0; i < p->n_steps; i++)
        if (p->steps[i].kind == MIG_STEP_SQL) {
            char shown[160];
            const char *sql = rt_step_sql(&p->steps[i]);
            sql += strspn(sql, " \t\r\n");
            rt_shorten(shown, sizeof shown, sql, strlen(sql));
            item(b, "SQL of the spec: ", shown);
        } else if (p->steps[i].kind == MIG_STEP_RUN) {
            rt_buf_printf(b, "- program:");
            for (const char *const *w = p->steps[i].words; *w != NULL; w++) {
                rt_buf_printf(b, " ");
                face_markdown(b, *w);
            }
            rt_buf_printf(b, "\n");
        }
}

static void copies(const rt_record *r, rt_buf *b) {
    static const char *const names[] = {"backup of", "file", "taken (UTC)", "sha256", "bytes"};
    if (r->n_copies > 0)
        heads(b, names, 5, 4);
    for (int i = 0; i < r->n_copies; i++) {
        const rt_copy *c = &r->copies[i];
        rt_buf_printf(b, "|");
        cell(b, c->system);
        cell(b, c->file);
        cell(b, c->at);
        cell(b, c->sha256);
        number(b, c->bytes);
        rt_buf_printf(b, "\n");
    }
}

static void accounting(const rt_phase_count *c, rt_buf *b) {
    static const char *const names[] = {"from / into", "read", "skipped", "rejected", "carried", "inserted", "updated", "unchanged",
                                        "merged", "given up"};
    if (c->n_flows > 0)
        heads(b, names, 10, 1);
    for (int i = 0; i < c->n_flows; i++) {
        const rt_flow_count *f = c->flows[i];
        rt_buf_printf(b, "|");
        cell(b, f->name);
        rt_buf_printf(b, " %lld | %lld | %lld | %lld | | | | | |\n", (long long)f->read, (long long)f->skipped, (long long)f->rejected,
                      (long long)f->carried);
        for (int k = 0; k < f->n_intos; k++) {
            const rt_into_count *n = &f->intos[k];
            rt_buf_printf(b, "| →");
            cell(b, n->table->name);
            rt_buf_printf(b, " | | | %lld | %lld | %lld | %lld | %lld | %lld |\n", (long long)n->emitted, (long long)n->inserted,
                          (long long)n->updated, (long long)n->unchanged, (long long)n->merged, (long long)n->skipped);
        }
    }
}

static void rejects(const rt_phase_count *c, rt_buf *b) {
    static const char *const names[] = {"rejects by rule", "the first", "rows"};
    bool any = false;
    for (int r = 0; r < MIG_RULE_COUNT; r++) {
        if (c->rules[r].n == 0)
            continue;
        if (!any)
            heads(b, names, 3, 2);
        any = true;
        rt_buf_printf(b, "|");
        cell(b, face_rule_code((mig_rule)r));
        cell(b, c->rules[r].first);
        number(b, c->rules[r].n);
        rt_buf_printf(b, "\n");
    }
}

static void aliases(const rt_phase_count *c, rt_buf *b) {
    static const char *const names[] = {"alias", "found", "created", "unknown"};
    bool any = false;
    for (int i = 0; i < c->n_aliases; i++) {
        const rt_alias_count *a = &c->aliases[i];
        if (a->hits + a->created + a->unknown == 0)
            continue;
        if (!any)
            heads(b, names, 4, 1);
        any = true;
        rt_buf_printf(b, "|");
        cell(b, a->alias->name);
        number(b, a->hits);
        number(b, a->created);
        number(b, a->unknown);
        rt_buf_printf(b, "\n");
    }
}

static void checks(const rt_phase_count *c, rt_buf *b) {
    static const char *const names[] = {"check", "verdict", "what was found"};
    if (c->n_checks > 0)
        heads(b, names, 3, 3);
    for (int i = 0; i < c->n_checks; i++) {
        const rt_check_result *k = &c->checks[i];
        rt_buf_printf(b, "|");
        cell(b, k->check->name);
        cell(b, k->ok ? "holds" : k->check->warn ? "warning" : "does not hold");
        cell(b, k->ok ? "" : k->detail);
        rt_buf_printf(b, "\n");
    }
}

static void rows_cell(rt_buf *b, int64_t rows, bool there, bool about) {
    if (!there || rows < 0)
        rt_buf_printf(b, there ? " ? |" : " – |");
    else
        rt_buf_printf(b, " %s%lld |", about ? "about " : "", (long long)rows);
}

static void sizes(const rt_record *r, rt_buf *b) {
    static const char *const names[] = {"table", "rows before", "rows after", "size before", "size after"};
    if (r->n_tables > 0)
        heads(b, names, 5, 1);
    for (int i = 0; i < r->n_tables; i++) {
        const rt_table_fact *t = &r->tables[i];
        rt_buf_printf(b, "|");
        cell(b, t->table->name);
        rows_cell(b, t->rows[0], t->there[0], t->about[0]);
        rows_cell(b, t->rows[1], t->there[1], t->about[1]);
        for (int k = 0; k < 2; k++) {
            rt_buf_printf(b, " ");
            if (!t->there[k])
                rt_buf_printf(b, "–");
            else
                size(b, t->bytes[k]);
            rt_buf_printf(b, " |");
        }
        rt_buf_printf(b, "\n");
    }
    if (r->file[1] >= 0) {
        rt_buf_printf(b, "\nThe database file: ");
        size(b, r->file[0]);
        rt_buf_printf(b, " before, ");
        size(b, r->file[1]);
        rt_buf_printf(b, " after.\n");
    }
}

static void index_use(const rt_record *r, rt_buf *b) {
    static const char *const names[] = {"index", "of table", "scans before", "scans after", "entries read before", "entries read after"};
    if (r->n_indexes > 0)
        heads(b, names, 6, 2);
    for (int i = 0; i < r->n_indexes; i++) {
        const rt_index_fact *x = &r->indexes[i];
        rt_buf_printf(b, "|");
        cell(b, x->name);
        cell(b, x->table->name);
        for (int k = 0; k < 2; k++)
            rows_cell(b, x->scans[k], x->scans[k] >= 0, false);
        for (int k = 0; k < 2; k++)
            rows_cell(b, x->reads[k], x->reads[k] >= 0, false);
        rt_buf_printf(b, "\n");
    }
}

static void entry_phase(const face *f, const rt_run *run, const rt_record *r, rt_buf *b) {
    const rt_phase_count *c = r->count;
    char time[40];
    bool done = c->outcome == RT_PHASE_DONE;
    title(b, "###", r, "phase", c->phase->name, f, done ? "done" : c->chunks > 0 ? "stopped" : "rolled back");
    rt_buf_printf(b, "- took %s, spec hash %.12s…\n", face_duration(time, sizeof time, c->seconds), f->spec->hash);
    if (!done) {
        item(b, "why: ", r->message != NULL ? r->message : "");
        if (c->chunks > 0)
            rt_buf_printf(b, "- its open chunk is rolled back; the chunks before it stay, %lld of them with %lld rows read\n",
                          (long long)c->chunks, (long long)c->chunk_rows);
        else
            rt_buf_printf(b, "- nothing of it stays in the target\n");
        copies(r, b);
        rejects(c, b);
        checks(c, b);
    } else {
        if (c->chunks > 0)
            rt_buf_printf(b, "- %lld chunk%s committed before its end\n", (long long)c->chunks, c->chunks == 1 ? "" : "s");
        steps(c->phase, b);
        copies(r, b);
        accounting(c, b);
        rejects(c, b);
        aliases(c, b);
        checks(c, b);
        sizes(r, b);
        index_use(r, b);
    }
    for (int i = 0; i < run->n_reject_files && c->rejected > 0 && !r->later; i++) {
        rt_buf_printf(b, i == 0 ? "\nRejected rows are in " : ", ");
        face_markdown(b, run->reject_files[i]);
        if (i + 1 == run->n_reject_files)
            rt_buf_printf(b, ".\n");
    }
    rt_buf_printf(b, "\n");
}

/* ---- a measure ---------------------------------------------------------------------------------------------------------------------- */

static void timing(const face *f, rt_buf *b, const char *word, const mig_timed *t, const rt_timing *timing) {
    char ms[40];
    if (!timing->taken)
        return;
    rt_buf_printf(b, "| %s in", word);
    cell(b, t->source >= 0 ? f->spec->sources[t->source].name : f->spec->target->name);
    rt_buf_printf(b, " %s |", rt_ms(ms, sizeof ms, timing->ms));
    rt_buf_printf(b, " %s | %lld |\n", rt_ms(ms, sizeof ms, timing->least), (long long)timing->rows);
}

static void entry_measure(const face *f, const rt_record *r, rt_buf *b) {
    static const char *const names[] = {"query", "median", "smallest", "rows"};
    const rt_measure_result *m = r->measure;
    title(b, "###", r, "measure", m->measure->name, f, rt_verdict_words[m->verdict]);
    rt_buf_printf(b, "- behind phase ");
    face_markdown(b, f->spec->phases[m->measure->phase]->name);
    rt_buf_printf(b, ", %d round%s in turn", m->rounds, m->rounds == 1 ? "" : "s");
    if (m->before.taken && m->after.taken && m->before.ms > 0)
        rt_buf_printf(b, "; after is %.2f times before", m->after.ms / m->before.ms);
    rt_buf_printf(b, "\n");
    for (int i = 0; i < m->measure->n_expects; i++) {
        const mig_expect *e = &m->measure->expects[i];
        rt_buf_printf(b, "- expected%s: ", e->warn ? " (warns only)" : "");
        face_markdown(b, e->text);
        rt_buf_printf(b, "\n");
    }
    if (m->detail[0] != '\0')
        item(b, "found: ", m->detail);
    heads(b, names, 4, 1);
    timing(f, b, "before", m->measure->before, &m->before);
    timing(f, b, "after", m->measure->after, &m->after);
    rt_buf_printf(b, "\n");
}

/* ---- all of them ---------------------------------------------------------------------------------------------------------------------- */

void face_log_entry(const face *f, const rt_run *run, const rt_record *r, rt_buf *b) {
    switch (r->kind) {
    case RT_RECORD_BEGIN: entry_begin(f, run, r, b); return;
    case RT_RECORD_PHASE: entry_phase(f, run, r, b); return;
    case RT_RECORD_MEASURE: entry_measure(f, r, b); return;
    case RT_RECORD_END: entry_end(f, run, r, b); return;
    }
}

void face_log_mark(const rt_record *r, rt_buf *b) {
    static const char *const kinds[] = {"begin", "phase", "measure", "end"};
    int id = r->kind == RT_RECORD_PHASE ? r->count->phase->id : r->kind == RT_RECORD_MEASURE ? r->measure->measure->id : 0;
    rt_buf_printf(b, "<!-- migc %s %s %d -->", r->run, kinds[r->kind], id);
}
