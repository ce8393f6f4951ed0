/*
 * settle.c: the SETTLE step of a late dedup: group by group, in the order in which the groups were first seen, it finds the row
 * that is kept, writes it (as it is, or merged), and does with the others what the rule says. Memory holds two rows and the
 * merge's result, however large a group is.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

/* A row that outlives the cursor's step: packed bytes, and the struct that points into them. */
typedef struct kept_row { rt_buf bytes, next; rt_arena *arena; void *row; } kept_row;

typedef struct settling {
    rt_run *run;
    rt_table_state *t;
    const mig_dedup *dedup;
    rt_held *held;
    kept_row best, acc;
    void *row;                 /* the one at hand */
    rt_place *said_by;         /* per strict column of a merge: the row that its value in acc is of */
    rt_buf raw;                /* raw record of the best, for a reject */
    rt_held_row winner;        /* best's numbers; raw points into `raw`, data is not used */
    rt_buf results;            /* what look-ups give for the kept row */
    int64_t kept_key;          /* its identity key */
    rt_buf primary;            /* the kept row's primary key, where origins want it; empty: it was refused */
    bool refused;              /* the kept row, as a reject */
    bool in_target;            /* the group's first row stood in the target before: that one is kept */
    int64_t n, done;           /* rows of the group; rows settled */
    int64_t losers;
} settling;

static mig_status unpack(settling *s, const void *p, size_t n, void *row, rt_arena *a) {
    mig_status st = rt_unpack(s->t->table, p, n, row, a);
    return st == MIG_OK ? st : rt_error_set(&s->run->error, st, "held row of \"%s\" cannot be read back", s->t->table->name);
}

static mig_status keep_bytes(settling *s, kept_row *k, const void *p, size_t n) {
    rt_buf_clear(&k->bytes);
    rt_buf_add(&k->bytes, p, n);
    rt_arena_reset(k->arena);
    return k->bytes.failed ? rt_run_nomem(s->run) : unpack(s, k->bytes.p, k->bytes.n, k->row, k->arena);
}

/* The struct was changed: its texts may lie in the row arena, so it is packed and read back. */
static mig_status keep_struct(settling *s, kept_row *k) {
    rt_buf_clear(&k->next);
    mig_status st = rt_pack(s->t->table, k->row, &k->next);
    if (st != MIG_OK || k->next.failed)
        return rt_run_nomem(s->run);
    rt_buf swap = k->bytes;
    k->bytes = k->next;
    k->next = swap;
    rt_arena_reset(k->arena);
    return unpack(s, k->bytes.p, k->bytes.n, k->row, k->arena);
}

static mig_status open_row(settling *s, kept_row *k) {
    k->arena = rt_arena_new(1 << 12);
    k->row = calloc(1, s->t->table->row_size + 1);
    return k->arena != NULL && k->row != NULL ? MIG_OK : rt_run_nomem(s->run);
}

static void close_row(kept_row *k) {
    rt_arena_free(k->arena);
    free(k->row);
    rt_buf_free(&k->bytes);
    rt_buf_free(&k->next);
}

/* ---- which row is kept ----------------------------------------------------------------------------------------------------- */

static bool better(settling *s) {
    int c = s->dedup->order != NULL ? s->dedup->order(&s->run->ctx, s->row, s->best.row) : 0;
    return s->dedup->keep_last ? c >= 0 : c < 0; /* rows come in source order: a tie goes to the first, or to the last */
}

static mig_status take_best(settling *s, const rt_held_row *r) {
    s->winner = *r;
    rt_buf_clear(&s->raw);
    if (r->raw != NULL)
        rt_buf_add(&s->raw, r->raw, r->raw_n);
    s->winner.raw = r->raw == NULL ? NULL : s->raw.p != NULL ? s->raw.p : "";
    return s->raw.failed ? rt_run_nomem(s->run) : keep_bytes(s, &s->best, r->data, r->data_n);
}

static mig_status tell_contradiction(settling *s, int which, const rt_held_row *r, const rt_value *one, const rt_value *other) {
    rt_run *run = s->run;
    const char *column = s->t->table->columns[s->dedup->strict[which]].name;
    rt_buf places[2] = {{0}, {0}}, values[2] = {{0}, {0}};
    char shown[2][128];
    const rt_value *v[2] = {one, other};
    rt_place_text(run, s->said_by[which], &places[0]);
    rt_place_text(run, r->place, &places[1]);
    for (int i = 0; i < 2; i++) {
        rt_value_text(v[i], &values[i]);
        rt_shorten(shown[i], sizeof shown[i], values[i].p != NULL ? values[i].p : "", values[i].n);
    }
    rt_error_set(&run->error, MIG_CHECK, "dedup \"%s\": %s and %s are the same and contradict in \"%s\": %s and %s", s->t->table->name,
                 places[0].p != NULL ? places[0].p : "", places[1].p != NULL ? places[1].p : "", column, shown[0], shown[1]);
    rt_error_hint(&run->error, "Give \"%s\" a rule in the merge, or mend one of the rows; without `strict` the kept row's value stays.", column);
    run->error.site = s->dedup->site;
    for (int i = 0; i < 2; i++) {
        rt_buf_free(&places[i]);
        rt_buf_free(&values[i]);
    }
    return MIG_CHECK;
}

/* Two values that are both there must be one: `merge strict`. */
static mig_status compare_strict(settling *s, const rt_held_row *r) {
    mig_ctx *x = &s->run->ctx;
    for (int i = 0; i < s->dedup->n_strict; i++) {
        rt_value now = rt_pick(s->t->table, s->row, s->dedup->strict[i]);
        rt_value before = s->n > 1 ? rt_pick(s->t->table, s->acc.row, s->dedup->strict[i]) : (rt_value){.is_null = true};
        mig_key a, b;
        if (now.is_null)
            continue;
        if (before.is_null) {
            s->said_by[i] = r->place;
            continue;
        }
        mig_key_begin(&a, x);
        mig_key_begin(&b, x);
        rt_value_key(&before, &a);
        rt_value_key(&now, &b);
        if (x->fatal != MIG_OK)
            return x->fatal;
        if (a.n != b.n || memcmp(a.p, b.p, a.n) != 0)
            return tell_contradiction(s, i, r, &before, &now);
    }
    return MIG_OK;
}

static mig_status gather(settling *s, const rt_held_row *r) {
    mig_status st = compare_strict(s, r);
    if (st != MIG_OK)
        return st;
    if (s->n == 1)
        return keep_bytes(s, &s->acc, r->data, r->data_n);
    s->dedup->fold(&s->run->ctx, s->acc.row, s->row, s->n);
    return s->run->ctx.fatal == MIG_OK ? keep_struct(s, &s->acc) : s->run->ctx.fatal;
}

/* Walks cursor 0 through the group of *r; at the end *r is the first row of the next group, or *more is false. */
static mig_status choose(settling *s, rt_held_row *r, bool *more) {
    int64_t group = r->group;
    mig_status st = MIG_OK;
    s->n = 0;
    while (st == MIG_OK && *more && r->group == group) {
        rt_arena_reset(s->run->ctx.arena);
        s->n++;
        st = unpack(s, r->data, r->data_n, s->row, s->run->ctx.arena);
        if (st == MIG_OK && (s->n == 1 || better(s)))
            st = take_best(s, r);
        if (st == MIG_OK && s->dedup->action == MIG_DUP_MERGE)
            st = gather(s, r);
        if (st == MIG_OK)
            st = s->run->ctx.fatal;
        if (st == MIG_OK)
            st = rt_held_next(s->run, s->held, 0, r, more);
    }
    return st;
}

/* ---- writing -------------------------------------------------------------------------------------------------------------------- */

static rt_flow_count *flow_of(settling *s, const rt_held_row *r) {
    return s->run->phase->by_flow[r->flow];
}

static mig_status reject_held(settling *s, const rt_held_row *r, mig_rule rule, const char *reason, const mig_site *site) {
    rt_flow_count *f = flow_of(s, r);
    mig_ctx *x = &s->run->ctx;
    f->carried--;
    f->rejected++;
    f->intos[r->into].emitted--;
    rt_reject j = {.source = f->flow->source, .place = r->place, .offset = r->offset, .raw = r->raw, .raw_n = r->raw_n,
                   .rule = rule, .site = site, .column = NULL, .reason = reason,
                   .value = x->has_value ? (mig_text){x->value, strlen(x->value)} : MIG_NULL_TEXT};
    return rt_reject_add(s->run, &j);
}

/* A row that breaks a rule of its table only now. It is a reject where nothing else can depend on it. */
static mig_status refuse(settling *s, const rt_held_row *r, const char *what) {
    rt_run *run = s->run;
    mig_ctx *x = &run->ctx;
    rt_flow_count *f = flow_of(s, r);
    if (x->fatal != MIG_OK)
        return x->fatal;
    mig_status st = rt_undo_back(run, 0);
    if (st != MIG_OK)
        return st;
    if (s->n == 1 && f->n_intos == 1 && s->t->n_lookups == 0 && !(s->t->n_origins > 0 && s->dedup->keys_known) &&
        s->dedup->action != MIG_DUP_MERGE && r->raw != NULL) {
        s->refused = true;
        return reject_held(s, r, x->failed, x->reason, f->flow->intos[r->into].site);
    }
    rt_buf place = {0};
    rt_place_text(run, r->place, &place);
    rt_error_set(&run->error, MIG_CHECK, "dedup \"%s\": the %s row of %s breaks a rule of its table: %s%s%s%s", s->t->table->name,
                 what, place.p != NULL ? place.p : "", x->reason, x->has_value ? " (value \"" : "", x->has_value ? x->value : "",
                 x->has_value ? "\")" : "");
    run->error.site = s->dedup->site;
    rt_buf_free(&place);
    return MIG_CHECK;
}

static bool tell_aliases(settling *s, const void *row, rt_place place) {
    for (int i = 0; i < s->t->n_aliases; i++)
        if (!rt_alias_take(&s->run->ctx, s->t->aliases[i], row, place))
            return false;
    return true;
}

static mig_status write_row(settling *s, const rt_held_row *r, void *row, bool changed, const char *what) {
    rt_run *run = s->run;
    mig_ctx *x = &run->ctx;
    const mig_table *t = s->t->table;
    x->failed = MIG_RULE_NONE;
    x->has_value = false;
    bool ok = x->fatal == MIG_OK;
    if (ok && changed && t->holds != NULL)
        ok = t->holds(x, row);
    ok = ok && rt_uniques_take(x, s->t, row, r->place) && rt_lookups_take(x, s->t, row, false) && tell_aliases(s, row, r->place);
    if (!ok)
        return refuse(s, r, what);
    rt_undo_keep(run);
    flow_of(s, r)->intos[r->into].inserted++;
    return rt_table_put(run, s->t, row);
}

static mig_status write_kept(settling *s) {
    bool merged = s->dedup->action == MIG_DUP_MERGE;
    rt_arena_reset(s->run->ctx.arena);
    if (merged) {
        s->dedup->finish(&s->run->ctx, s->acc.row, s->best.row, s->n);
        if (s->run->ctx.fatal != MIG_OK)
            return s->run->ctx.fatal;
    }
    void *row = merged ? s->acc.row : s->best.row;
    if (merged && s->t->table->identity >= 0) /* one key for the group: the one that was given at first sight */
        s->t->table->set_identity(row, s->t->table->get_identity(s->best.row));
    mig_status st = write_row(s, &s->winner, row, merged, merged ? "merged" : "kept");
    rt_buf_clear(&s->results);
    rt_buf_clear(&s->primary);
    if (st == MIG_OK && s->t->n_origins > 0 && !s->refused)
        rt_primary_of(s->t->table, row, &s->primary);
    s->kept_key = s->t->table->identity >= 0 ? s->t->table->get_identity(row) : 0;
    if (st == MIG_OK && s->t->n_lookups > 0)
        rt_lookup_results(&s->run->ctx, s->t, row, &s->results);
    return st == MIG_OK && s->results.failed ? rt_run_nomem(s->run) : st;
}

/* The loser's natural keys lead to the kept row. Where that one is the target's, the loser shares its key, unless the spec gave one. */
static mig_status follow(settling *s, const rt_held_row *r) {
    rt_group g = {.identity = s->kept_key};
    if (s->t->n_lookups == 0 || (s->in_target && (s->t->table->identity < 0 || flow_of(s, r)->flow->intos[r->into].own_key)))
        return MIG_OK;
    if (s->in_target)
        g.identity = s->t->table->get_identity(s->row);
    if (!rt_lookups_follow(&s->run->ctx, s->t, s->row, &g, s->results.p, s->in_target ? 0 : s->results.n))
        return s->run->ctx.fatal;
    rt_undo_keep(s->run);
    return MIG_OK;
}

/* The row's origin leads to the row of the target that it has become. */
static mig_status origin(settling *s, const rt_held_row *r, const void *primary, size_t n) {
    if (r->origin.p == NULL || n == 0)
        return MIG_OK;
    if (!rt_origin_take(&s->run->ctx, r->origin, primary, n))
        return s->run->ctx.fatal;
    rt_undo_keep(s->run);
    return rt_origin_keep(s->run, r->origin, primary, n);
}

/* Of a row that was dropped or merged: the group's row, which may stand in the target. */
static mig_status follow_origin(settling *s, const rt_held_row *r) {
    mig_text kept = s->in_target ? rt_origin_kept(r->origin) : (mig_text){s->primary.p, s->primary.n};
    return origin(s, r, kept.p, kept.n);
}

static mig_status duplicate(settling *s, const rt_held_row *r, rt_place winner, const char *action) {
    mig_status st = MIG_OK;
    rt_duplicate_row(s->run, s->t->table, action, r->place, winner, &st);
    return st;
}

/* A row that is not kept. winner: the row that is; the target's own when the group has one there. */
static mig_status settle_loser(settling *s, const rt_held_row *r, rt_place winner) {
    rt_into_count *into = &flow_of(s, r)->intos[r->into];
    rt_buf place = {0};
    char reason[512];
    mig_status st;
    s->losers++;
    switch (s->dedup->action) {
    case MIG_DUP_DROP: case MIG_DUP_MERGE:
        into->merged++;
        st = follow(s, r);
        if (st == MIG_OK)
            st = follow_origin(s, r);
        return st == MIG_OK ? duplicate(s, r, winner, s->dedup->action == MIG_DUP_DROP ? "drop" : "merge") : st;
    case MIG_DUP_REJECT:
        rt_place_text(s->run, winner, &place);
        snprintf(reason, sizeof reason, "%s: the same as %s", s->dedup->why != NULL ? s->dedup->why : "duplicate",
                 place.p != NULL ? place.p : "another row");
        rt_buf_free(&place);
        s->run->ctx.has_value = false;
        return reject_held(s, r, MIG_RULE_DUPLICATE, reason, s->dedup->site);
    case MIG_DUP_REWRITE:
        s->run->ctx.failed = MIG_RULE_NONE;
        s->dedup->rewrite(&s->run->ctx, s->row);
        if (mig_failed(&s->run->ctx))
            return refuse(s, r, "rewritten");
        st = write_row(s, r, s->row, true, "rewritten");
        if (st == MIG_OK && s->t->n_origins > 0) {
            rt_buf key = {0};
            rt_primary_of(s->t->table, s->row, &key);
            st = key.failed ? rt_run_nomem(s->run) : origin(s, r, key.p, key.n);
            rt_buf_free(&key);
        }
        return st == MIG_OK ? duplicate(s, r, winner, "rewrite") : st;
    }
    return MIG_OK;
}

static mig_status settle_losers(settling *s, bool kept_is_here, rt_place winner) {
    mig_status st = MIG_OK;
    for (int64_t i = 0; i < s->n && st == MIG_OK; i++) {
        rt_held_row r;
        bool more;
        st = rt_held_next(s->run, s->held, 1, &r, &more);
        if (st == MIG_OK && kept_is_here && r.seq == s->winner.seq)
            st = origin(s, &r, s->primary.p, s->primary.n);
        if (st != MIG_OK || (kept_is_here && r.seq == s->winner.seq))
            continue;
        rt_arena_reset(s->run->ctx.arena);
        st = unpack(s, r.data, r.data_n, s->row, s->run->ctx.arena);
        if (st == MIG_OK)
            st = settle_loser(s, &r, winner);
    }
    return st;
}

/* The target's row: its key is known where the group shares it. */
static rt_place target_place(settling *s) {
    const mig_flow *flow = flow_of(s, &s->winner)->flow;
    bool shared = s->t->table->identity >= 0 && s->dedup->action != MIG_DUP_REWRITE && !flow->intos[s->winner.into].own_key;
    return (rt_place){.file = RT_PLACE_TARGET, .line = shared ? s->t->table->get_identity(s->best.row) : 0};
}

static mig_status settle_group(settling *s, rt_held_row *r, bool *more) {
    s->refused = false;
    bool in_target = s->in_target = r->group < s->t->dedup->n_target_groups;
    mig_status st = choose(s, r, more);
    if (st != MIG_OK)
        return st;
    if (in_target && s->dedup->action == MIG_DUP_MERGE) {
        rt_buf place = {0};
        rt_place_text(s->run, s->winner.place, &place);
        rt_error_set(&s->run->error, MIG_CHECK, "dedup \"%s\": %s is the same as a row that stands in the target already, and that one cannot be merged",
                     s->t->table->name, place.p != NULL ? place.p : "a row");
        s->run->error.site = s->dedup->site;
        rt_buf_free(&place);
        return MIG_CHECK;
    }
    if (!in_target)
        st = write_kept(s);
    return st == MIG_OK ? settle_losers(s, !in_target, in_target ? target_place(s) : s->winner.place) : st;
}

static mig_status settle_all(settling *s) {
    rt_run *run = s->run;
    rt_held_row r;
    bool more;
    const char *what = rt_run_printf(run, "settle %s", s->t->table->name);
    int64_t total = rt_held_count(s->held);
    mig_status st = rt_held_sort(run, s->held);
    run->phase->flow_started = rt_clock();
    if (st == MIG_OK)
        st = rt_held_next(run, s->held, 0, &r, &more);
    while (st == MIG_OK && more) {
        if (rt_run_stopped(run))
            return rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted");
        st = settle_group(s, &r, &more);
        s->done += s->n;
        if (what != NULL)
            rt_flow_progress(run, what, s->done, s->done, total);
    }
    return st;
}

static void tell(settling *s, double started) {
    static const char *const did[] = {"dropped", "rejected", "merged", "rewritten"}; /* by mig_duplicate */
    char text[512];
    snprintf(text, sizeof text, "%s settled: %lld row%s, %lld duplicate%s %s", s->t->table->name, (long long)s->done,
             s->done == 1 ? "" : "s", (long long)s->losers, s->losers == 1 ? "" : "s", did[s->dedup->action]);
    rt_run_event(s->run, &(rt_event){.kind = RT_EVENT_NOTE, .phase = s->run->phase->phase, .text = text, .seconds = rt_clock() - started});
}

mig_status rt_settle(rt_run *run, const mig_dedup *dedup) {
    settling s = {.run = run, .t = &run->phase->tables[dedup->table->id], .dedup = dedup};
    rt_dedup_state *d = s.t->dedup;
    if (d == NULL || d->held == NULL) {
        if (d != NULL)
            d->settled = true;
        return MIG_OK;
    }
    s.held = d->held;
    s.row = calloc(1, dedup->table->row_size + 1);
    s.said_by = calloc((size_t)dedup->n_strict + 1, sizeof *s.said_by);
    mig_status st = s.row != NULL && s.said_by != NULL ? open_row(&s, &s.best) : rt_run_nomem(run);
    if (st == MIG_OK)
        st = open_row(&s, &s.acc);
    rt_row_begin(run);
    run->ctx.record = NULL;
    double started = rt_clock();
    if (st == MIG_OK)
        st = settle_all(&s);
    if (st == MIG_OK)
        tell(&s, started);
    d->settled = st == MIG_OK;
    rt_held_free(d->held);
    d->held = NULL;
    free(s.row);
    free(s.said_by);
    close_row(&s.best);
    close_row(&s.acc);
    rt_buf_free(&s.raw);
    rt_buf_free(&s.results);
    rt_buf_free(&s.primary);
    return st;
}
