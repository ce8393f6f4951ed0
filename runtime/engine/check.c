/*
 * check.c: checks: the calls that a check's generated test is made of, and its evaluation. Every call streams; memory is bounded
 * by the maps' budget. What a call found is noted, so that a failing check shows its numbers and its first rows.
 */
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROWS = 3 };

static void note(mig_ctx *x, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void note(mig_ctx *x, const char *fmt, ...) {
    rt_check_result *r = x->run->observing;
    char text[512];
    va_list ap;
    if (r == NULL)
        return;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    size_t n = strlen(r->detail);
    if (n + 8 < sizeof r->detail)
        rt_shorten(r->detail + n + (n > 0 ? 2 : 0), sizeof r->detail - n - 2, text, strlen(text));
    if (n > 0 && n + 8 < sizeof r->detail)
        memcpy(r->detail + n, ", ", 2);
}

/* ---- rows of a target table ------------------------------------------------------------------------------------------------ */

/* Called for each row; false ends the scan. x is a context of its own, whose memory is the row's. */
typedef bool (*row_fn)(mig_ctx *x, void *arg, const void *row);

static bool fault(mig_ctx *x, mig_status st) {
    return rt_fault(x, st);
}

/* False: a fatal fault is recorded in x. */
static bool each_row(mig_ctx *x, const mig_table *t, row_fn fn, void *arg) {
    rt_run *run = x->run;
    rt_scan *scan = NULL;
    mig_ctx sub = *x;
    bool more = true;
    mig_status st = run->phase != NULL ? rt_phase_flush(run) : MIG_OK;
    void *row = calloc(1, t->row_size + 1);
    sub.arena = rt_arena_new(1 << 12);
    if (row == NULL || sub.arena == NULL)
        st = rt_run_nomem(run);
    if (st == MIG_OK)
        st = run->ops->scan(run->target, t, &scan, &run->error);
    while (st == MIG_OK && more) {
        rt_arena_reset(sub.arena);
        sub.failed = MIG_RULE_NONE;
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted")
                                 : run->ops->scan_next(scan, row, &more, &run->error);
        if (st == MIG_OK && more)
            more = fn(&sub, arg, row);
        if (st == MIG_OK)
            st = sub.fatal;
    }
    if (scan != NULL)
        run->ops->scan_close(scan);
    rt_arena_free(sub.arena);
    free(row);
    return st == MIG_OK ? true : fault(x, st);
}

typedef struct tally {
    const mig_table *table;
    mig_bool (*row_holds)(mig_ctx *x, const void *row);
    mig_bool (*record_holds)(mig_ctx *x, const mig_record *s);
    void (*row_key)(mig_ctx *x, const void *row, mig_key *k);
    void (*record_key)(mig_ctx *x, const mig_record *s, mig_key *k);
    rt_map *map;
    int column;
    int64_t rows, hits;
    rt_buf first;              /* the first hits, for people */
} tally;

static void show(tally *t, rt_buf *text) {
    if (t->hits > FIRST_ROWS || text->p == NULL)
        return;
    rt_buf_printf(&t->first, "%s%.*s", t->hits > 1 ? "; " : "", 250, text->p);
}

static void show_row(tally *t, const void *row) {
    rt_buf text = {0};
    if (t->hits <= FIRST_ROWS)
        rt_row_text(t->table, row, &text);
    show(t, &text);
    rt_buf_free(&text);
}

static void show_record(tally *t, const mig_record *s) {
    rt_buf text = {0};
    if (t->hits <= FIRST_ROWS)
        rt_buf_printf(&text, "%s:%lld", s->file, (long long)s->line);
    show(t, &text);
    rt_buf_free(&text);
}

static bool is_true(mig_bool b) {
    return !b.is_null && b.v;
}

static bool count_row(mig_ctx *x, void *arg, const void *row) {
    tally *t = arg;
    t->hits += is_true(t->row_holds(x, row)) && !mig_failed(x);
    return true;
}

static bool every_row(mig_ctx *x, void *arg, const void *row) {
    tally *t = arg;
    t->rows++;
    if (is_true(t->row_holds(x, row)) && !mig_failed(x))
        return true;
    t->hits++;
    show_row(t, row);
    return true;
}

/* True when the key was there already. A key with a null part equals nothing. */
static bool seen(mig_ctx *x, tally *t, const mig_key *k) {
    const void *v;
    size_t n;
    bool found = false;
    if (x->fatal != MIG_OK || k->has_null)
        return false;
    rt_hash h = rt_hash_bytes(k->p, k->n);
    mig_status st = rt_map_get(t->map, h, &v, &n, &found);
    if (st == MIG_OK && !found)
        st = rt_map_put(t->map, h, "", 1);
    if (st != MIG_OK)
        rt_fault(x, st);
    return found;
}

static bool unique_row(mig_ctx *x, void *arg, const void *row) {
    tally *t = arg;
    mig_key k;
    mig_key_begin(&k, x);
    t->row_key(x, row, &k);
    if (!seen(x, t, &k))
        return true;
    t->hits++;
    show_row(t, row);
    return true;
}

mig_int mig_check_count_target(mig_ctx *x, const mig_table *t, mig_bool (*holds)(mig_ctx *x, const void *row)) {
    tally c = {.table = t, .row_holds = holds};
    if (holds == NULL) {
        mig_status st = rt_count_rows(x->run, t, &c.hits);
        if (st != MIG_OK)
            rt_fault(x, st);
    } else {
        each_row(x, t, count_row, &c);
    }
    note(x, "count(%s%s) = %lld", t->name, holds != NULL ? ": …" : "", (long long)c.hits);
    return x->fatal == MIG_OK ? MIG_INT(c.hits) : MIG_NULL_INT;
}

/* What the check says of `hits` rows; frees the tally. */
static mig_bool verdict(mig_ctx *x, tally *t, const char *name, const char *word, const char *words) {
    if (t->hits > 0 && x->fatal == MIG_OK)
        note(x, "%lld row%s of %s %s%s: %s", (long long)t->hits, t->hits == 1 ? "" : "s", name, t->hits == 1 ? word : words,
             t->hits > FIRST_ROWS ? ", the first" : "", t->first.p != NULL ? t->first.p : "");
    rt_buf_free(&t->first);
    rt_map_free(t->map);
    return x->fatal == MIG_OK ? MIG_BOOL(t->hits == 0) : MIG_NULL_BOOL;
}

static bool map_for(mig_ctx *x, tally *t) {
    t->map = rt_map_new(&x->run->budget, &x->run->error);
    return t->map != NULL ? true : rt_fault(x, MIG_NOMEM);
}

mig_bool mig_check_every_target(mig_ctx *x, const mig_table *t, mig_bool (*holds)(mig_ctx *x, const void *row)) {
    tally c = {.table = t, .row_holds = holds};
    each_row(x, t, every_row, &c);
    return verdict(x, &c, t->name, "does not hold", "do not hold");
}

mig_bool mig_check_unique_target(mig_ctx *x, const mig_table *t, void (*key)(mig_ctx *x, const void *row, mig_key *k)) {
    tally c = {.table = t, .row_key = key};
    if (map_for(x, &c))
        each_row(x, t, unique_row, &c);
    return verdict(x, &c, t->name, "repeats one before", "repeat one before");
}

static bool take_value(mig_ctx *x, void *arg, const void *row) {
    tally *t = arg;
    mig_key k;
    rt_value v = rt_pick(t->table, row, t->column);
    mig_key_begin(&k, x);
    rt_value_key(&v, &k);
    seen(x, t, &k);
    return true;
}

static bool find_value(mig_ctx *x, void *arg, const void *row) {
    tally *t = arg;
    mig_key k;
    const void *v;
    size_t n;
    bool found = true;
    rt_value value = rt_pick(t->table, row, t->column);
    mig_key_begin(&k, x);
    rt_value_key(&value, &k);
    if (x->fatal != MIG_OK || k.has_null)
        return true;
    mig_status st = rt_map_get(t->map, rt_hash_bytes(k.p, k.n), &v, &n, &found);
    if (st != MIG_OK)
        return rt_fault(x, st);
    t->hits += !found;
    if (!found)
        show_row(t, row);
    return true;
}

mig_bool mig_check_refers(mig_ctx *x, const mig_table *from, int from_column, const mig_table *to, int to_column) {
    tally c = {.table = to, .column = to_column};
    char name[256];
    snprintf(name, sizeof name, "%s.%s", from->name, from->columns[from_column].name);
    if (map_for(x, &c) && each_row(x, to, take_value, &c)) {
        c.table = from;
        c.column = from_column;
        each_row(x, from, find_value, &c);
    }
    return verdict(x, &c, name, "refers to nothing", "refer to nothing");
}

/* ---- records of a source table ------------------------------------------------------------------------------------------------ */

typedef bool (*record_fn)(mig_ctx *x, void *arg, const mig_record *r);

static bool broken(const mig_source_table *t, const mig_record *r) {
    if (r->fault != MIG_RULE_NONE)
        return true;
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].not_null && r->cells[i].kind == MIG_CELL_NULL)
            return true;
    return false;
}

static bool each_record(mig_ctx *x, const mig_source_table *t, record_fn fn, void *arg, int64_t *n_rows) {
    rt_run *run = x->run;
    rt_source_place *place = &run->sources[t->source];
    rt_reader *reader = NULL;
    mig_ctx sub = *x;
    int64_t sample = rt_run_sample(run, t);
    *n_rows = 0;
    sub.arena = rt_arena_new(1 << 12);
    if (place->source == NULL)
        rt_error_set(&run->error, MIG_IO, "source \"%s\" is not open: %s", run->spec->sources[t->source].name,
                     place->location != NULL ? "it could not be read" : "no location is given");
    mig_status st = place->source == NULL ? MIG_IO : sub.arena == NULL ? rt_run_nomem(run) : place->ops->read(place->source, t, &reader, &run->error);
    while (st == MIG_OK && (sample < 0 || *n_rows < sample)) {
        const mig_record *r;
        rt_arena_reset(sub.arena);
        sub.failed = MIG_RULE_NONE;
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted")
                                 : place->ops->next(reader, &r, &run->error);
        if (st != MIG_OK || r == NULL)
            break;
        ++*n_rows;
        sub.record = r;
        if (fn != NULL && !broken(t, r) && !fn(&sub, arg, r))
            break;
        st = sub.fatal;
    }
    if (reader != NULL)
        place->ops->stop(reader);
    rt_arena_free(sub.arena);
    return st == MIG_OK ? true : fault(x, st);
}

static bool count_record(mig_ctx *x, void *arg, const mig_record *r) {
    tally *t = arg;
    t->hits += is_true(t->record_holds(x, r)) && !mig_failed(x);
    return true;
}

static bool every_record(mig_ctx *x, void *arg, const mig_record *r) {
    tally *t = arg;
    if (is_true(t->record_holds(x, r)) && !mig_failed(x))
        return true;
    t->hits++;
    show_record(t, r);
    return true;
}

static bool unique_record(mig_ctx *x, void *arg, const mig_record *r) {
    tally *t = arg;
    mig_key k;
    mig_key_begin(&k, x);
    t->record_key(x, r, &k);
    if (!seen(x, t, &k))
        return true;
    t->hits++;
    show_record(t, r);
    return true;
}

/* Rows of the source that a flow of this phase has read to the end, or -1. */
static int64_t read_already(rt_run *run, const mig_source_table *t) {
    rt_phase_run *ph = run->phase;
    for (int i = 0; ph != NULL && i < ph->count->n_flows; i++) {
        const rt_flow_count *f = ph->count->flows[i];
        if (f->flow != NULL && f->flow->source == t && f != ph->flow && f->read > 0)
            return f->read;
    }
    return -1;
}

mig_int mig_check_count_source(mig_ctx *x, const mig_source_table *t, mig_bool (*holds)(mig_ctx *x, const mig_record *s)) {
    tally c = {.record_holds = holds};
    int64_t n = holds == NULL ? read_already(x->run, t) : -1;
    if (n < 0)
        each_record(x, t, holds != NULL ? count_record : NULL, &c, &n);
    if (holds != NULL)
        n = c.hits;
    note(x, "count(%s%s) = %lld", rt_source_table_name(x->run, t), holds != NULL ? ": …" : "", (long long)n);
    return x->fatal == MIG_OK ? MIG_INT(n) : MIG_NULL_INT;
}

mig_bool mig_check_every_source(mig_ctx *x, const mig_source_table *t, mig_bool (*holds)(mig_ctx *x, const mig_record *s)) {
    tally c = {.record_holds = holds};
    int64_t n;
    each_record(x, t, every_record, &c, &n);
    return verdict(x, &c, rt_source_table_name(x->run, t), "does not hold", "do not hold");
}

mig_bool mig_check_unique_source(mig_ctx *x, const mig_source_table *t, void (*key)(mig_ctx *x, const mig_record *s, mig_key *k)) {
    tally c = {.record_key = key};
    int64_t n;
    if (map_for(x, &c))
        each_record(x, t, unique_record, &c, &n);
    return verdict(x, &c, rt_source_table_name(x->run, t), "repeats one before", "repeat one before");
}

/* ---- numbers of the accounting ---------------------------------------------------------------------------------------------- */

/* The ledger's sum over finished phases and, while a phase runs, its own. */
static mig_int told(mig_ctx *x, const char *what, const char *name, int64_t sum, const char *column, const char *key_column) {
    int64_t before;
    mig_status st = rt_ledger_sum(x->run, column, key_column, name, &before);
    if (st != MIG_OK) {
        rt_fault(x, st);
        return MIG_NULL_INT;
    }
    note(x, "%s(%s) = %lld", what, name, (long long)(sum + before));
    return MIG_INT(sum + before);
}

mig_int mig_check_rejected(mig_ctx *x, const mig_source_table *t) {
    rt_phase_run *ph = x->run->phase;
    int64_t sum = 0;
    for (int i = 0; ph != NULL && i < ph->count->n_flows; i++)
        if (ph->count->flows[i]->flow != NULL && ph->count->flows[i]->flow->source == t)
            sum += ph->count->flows[i]->rejected;
    return told(x, "rejected", rt_source_table_name(x->run, t), sum, "rows_rejected", "source");
}

mig_int mig_check_skipped(mig_ctx *x, const mig_source_table *t) {
    rt_phase_run *ph = x->run->phase;
    int64_t sum = 0;
    for (int i = 0; ph != NULL && i < ph->count->n_flows; i++)
        if (ph->count->flows[i]->flow != NULL && ph->count->flows[i]->flow->source == t)
            sum += ph->count->flows[i]->skipped;
    return told(x, "skipped", rt_source_table_name(x->run, t), sum, "rows_skipped", "source");
}

mig_int mig_check_merged(mig_ctx *x, const mig_table *t) {
    rt_phase_run *ph = x->run->phase;
    int64_t sum = 0;
    for (int i = 0; ph != NULL && i < ph->count->n_flows; i++)
        for (int k = 0; k < ph->count->flows[i]->n_intos; k++)
            if (ph->count->flows[i]->intos[k].table == t)
                sum += ph->count->flows[i]->intos[k].merged;
    return told(x, "merged", t->name, sum, "merged", "target_table");
}

typedef struct sql_answer { mig_bool value; char text[128]; } sql_answer;

static bool take_answer(void *arg, int n, const char *const *v, const size_t *lens) {
    sql_answer *a = arg;
    if (n == 0 || v[0] == NULL)
        return false;
    rt_shorten(a->text, sizeof a->text, v[0], lens[0]);
    a->value = MIG_BOOL(strcmp(v[0], "t") == 0 || strcmp(v[0], "true") == 0 || strtod(v[0], NULL) != 0);
    return false;
}

mig_bool mig_check_sql(mig_ctx *x, const char *sql) {
    sql_answer a = {.value = MIG_NULL_BOOL, .text = "null"};
    mig_status st = x->run->ops->query(x->run->target, sql, 0, NULL, take_answer, &a, &x->run->error);
    if (st != MIG_OK)
        rt_fault(x, st);
    note(x, "sql = %s", a.text);
    return a.value;
}

/* ---- one check -------------------------------------------------------------------------------------------------------------------- */

mig_status rt_check_eval(rt_run *run, const mig_check *check, rt_check_result *out) {
    mig_ctx *x = &run->ctx;
    *out = (rt_check_result){.check = check};
    rt_arena_reset(x->arena);
    x->failed = MIG_RULE_NONE;
    x->record = NULL;
    run->observing = out;
    mig_bool b = check->test(x);
    run->observing = NULL;
    if (x->fatal != MIG_OK) {
        if (run->error.site == NULL)
            run->error.site = check->site;
        return x->fatal;
    }
    if (mig_failed(x))
        rt_shorten(out->detail, sizeof out->detail, x->reason, strlen(x->reason));
    out->ok = is_true(b) && !mig_failed(x);
    return MIG_OK;
}
