/*
 * alias_load.c: how an alias comes to know its texts: the LOAD step (literals of the spec, then lists from sources, written
 * to the canonical table and the table of names) and, in later phases, the synonyms read back: from the table of names, or,
 * where there is none, from the literals and lists again without writing anything.
 */
#include "runtime/engine/state.h"

#include <string.h>

/* ---- one text, two rows -------------------------------------------------------------------------------------------------- */

/* Text of the canonical row with this key; the row may still be in a writer's buffer. */
static void canonical_text(rt_run *run, const mig_alias *a, const rt_alias_found *key, rt_buf *out) {
    rt_scan *scan = NULL;
    rt_error ignored = {.status = MIG_OK};
    mig_ctx *x = &run->ctx;
    bool more = true, told = false;
    void *row = rt_arena_alloc(run->arena, a->table->row_size);
    if (row == NULL || rt_phase_flush(run) != MIG_OK || run->ops->scan(run->target, a->table, &scan, &ignored) != MIG_OK)
        return;
    while (!told && run->ops->scan_next(scan, row, &more, &ignored) == MIG_OK && more) {
        rt_alias_found this;
        rt_value k = rt_pick(a->table, row, a->table->primary), text = rt_pick(a->table, row, a->column);
        told = rt_alias_key(x, a, &k, &this) && this.key_n == key->key_n && memcmp(this.key, key->key, this.key_n) == 0;
        if (told)
            rt_value_text(&text, out);
    }
    run->ops->scan_close(scan);
}

bool rt_alias_ambiguous(mig_ctx *x, rt_alias_state *a, mig_text text, const rt_alias_found *one, mig_text other, rt_place there,
                        const mig_site *site) {
    char shown[96], other_name[96];
    rt_buf name = {0}, place = {0}, other_place = {0};
    rt_shorten(shown, sizeof shown, text.p, text.n);
    rt_shorten(other_name, sizeof other_name, other.p, other.n);
    rt_place_text(x->run, rt_place_unpack(one->head.place), &place);
    rt_place_text(x->run, there, &other_place);
    canonical_text(x->run, a->alias, one, &name);
    if (x->fatal == MIG_OK && x->run->error.status == MIG_OK) {
        mig_fatal(x, MIG_CHECK, "alias \"%s\": \"%s\" means two rows: %s (%s) and '%s' (%s)", a->alias->name, shown,
                  name.p != NULL ? name.p : "a row", place.p != NULL ? place.p : "", other_name,
                  other_place.p != NULL ? other_place.p : "");
        rt_error_hint(&x->run->error, "Let one of the two rows have this spelling.");
        x->run->error.site = site;
    }
    rt_buf_free(&name);
    rt_buf_free(&place);
    rt_buf_free(&other_place);
    return false;
}

/* ---- one canonical text with its synonyms ------------------------------------------------------------------------------- */

typedef struct entry { const mig_site *site; mig_text canonical; void *row; rt_place here; } entry;

/* The canonical row is in the map, or written now. row is NULL when it was there. False: refused (see x) or fatal. */
static bool take_canonical(mig_ctx *x, rt_alias_state *a, entry *e, rt_into_count *into, rt_alias_found *out) {
    mig_text folded;
    bool found;
    if (!rt_alias_fold(x, a->alias, e->canonical, &folded))
        return false;
    if (folded.p == NULL) {
        mig_fail(x, MIG_RULE_NULL, e->canonical, "the canonical text is empty");
        return false;
    }
    if (!rt_alias_get(x, a, folded, out, &found))
        return false;
    if (found && !out->head.canonical)
        return rt_alias_ambiguous(x, a, e->canonical, out, e->canonical, e->here, e->site);
    if (found && out->head.several) {
        mig_fail(x, MIG_RULE_AMBIGUOUS, e->canonical, "more than one row of \"%s\" has it", a->alias->table->name);
        return false;
    }
    if (found) {
        rt_place first = rt_place_unpack(out->head.place);
        bool in_target = first.file == RT_PLACE_TARGET;
        return rt_pending_add(x, &(rt_pending){.kind = in_target ? RT_PENDING_SAME : RT_PENDING_LOSER, .into = into,
                                               .table = &x->run->phase->tables[a->alias->table->id], .winner = first});
    }
    a->alias->set_text(e->row, a->alias->clean != NULL ? a->alias->clean(x, e->canonical) : e->canonical);
    if (x->fatal != MIG_OK || !rt_emit_alias_row(x, &x->run->phase->tables[a->alias->table->id], into, e->row))
        return false;
    if (!rt_alias_get(x, a, folded, out, &found))
        return false;
    if (!found)
        mig_fatal(x, MIG_CHECK, "alias \"%s\": its match rules give another text when they are applied twice", a->alias->name);
    return found;
}

/* The canonical row's key put into the list's row, for set_name to read. */
static void put_key(const mig_table *t, void *row, const rt_alias_found *canonical) {
    rt_value v = {.type = t->columns[t->primary].type};
    if (v.type == MIG_T_UUID)
        memcpy(v.uuid, canonical->key, sizeof v.uuid);
    else if (v.type == MIG_T_SMALLINT || v.type == MIG_T_INTEGER || v.type == MIG_T_BIGINT)
        memcpy(&v.i, canonical->key, sizeof v.i);
    else
        v.t = (mig_text){(const char *)canonical->key, canonical->key_n};
    rt_put_value(t, row, t->primary, &v);
}

static bool take_synonym(mig_ctx *x, rt_alias_state *a, entry *e, rt_into_count *into, const rt_alias_found *canonical, mig_text text) {
    rt_alias_found old, now = *canonical;
    mig_text folded;
    bool found;
    if (!rt_alias_fold(x, a->alias, text, &folded))
        return false;
    if (folded.p == NULL)
        return true;
    if (!rt_alias_get(x, a, folded, &old, &found))
        return false;
    if (found && (old.key_n != canonical->key_n || memcmp(old.key, canonical->key, old.key_n) != 0))
        return rt_alias_ambiguous(x, a, text, &old, e->canonical, e->here, e->site);
    now.head = found ? old.head : (rt_alias_entry){.place = rt_place_pack(e->here)};
    if (a->mapping || a->alias->names == NULL)
        return found || rt_alias_put(x, a, folded, &now, NULL);
    if (found && old.head.named) {
        bool in_target = rt_place_unpack(old.head.place).file == RT_PLACE_TARGET;
        return rt_pending_add(x, &(rt_pending){.kind = in_target ? RT_PENDING_SAME : RT_PENDING_LOSER, .into = into,
                                               .table = &x->run->phase->tables[a->alias->names->id],
                                               .winner = rt_place_unpack(old.head.place)});
    }
    now.head.named = 1;
    if (a->alias->clean != NULL)
        text = a->alias->clean(x, text);
    put_key(a->alias->table, e->row, canonical);
    return x->fatal == MIG_OK && rt_alias_name_row(x, a, into, text, e->row) &&
           rt_alias_put(x, a, folded, &now, found ? &old : NULL);
}

static bool take_entry(mig_ctx *x, rt_alias_state *a, entry *e, const mig_list *synonyms, int n_synonyms) {
    rt_flow_count *c = x->run->phase->flow;
    rt_alias_found canonical;
    if (a->mapping) {
        mig_text folded;
        bool found;
        if (!rt_alias_fold(x, a->alias, e->canonical, &folded))
            return false;
        if (folded.p == NULL)
            return true;
        if (!rt_alias_get(x, a, folded, &canonical, &found))
            return false;
        if (!found || canonical.head.several)
            return true; /* its row is not there: rejected when it was loaded, or removed since */
    } else if (!take_canonical(x, a, e, &c->intos[0], &canonical)) {
        return false;
    }
    for (int i = 0; i < n_synonyms; i++)
        for (size_t j = 0; !synonyms[i].is_null && j < synonyms[i].n; j++)
            if (!take_synonym(x, a, e, a->alias->names != NULL ? &c->intos[1] : NULL, &canonical, synonyms[i].v[j]))
                return false;
    return true;
}

mig_verdict mig_alias_entry(mig_ctx *x, const mig_alias *a, const mig_site *site, mig_text canonical, const mig_list *synonyms,
                            int n_synonyms, void *row) {
    entry e = {.site = site, .canonical = canonical, .row = row, .here = rt_place_here(x->run)};
    if (x->fatal == MIG_OK && take_entry(x, &x->run->phase->aliases[a->id], &e, synonyms, n_synonyms))
        return MIG_ROW_CARRY;
    return mig_reject(x, site);
}

/* ---- literals of the spec -------------------------------------------------------------------------------------------------- */

static mig_status take_value(rt_run *run, rt_alias_state *a, const mig_alias_value *v) {
    mig_ctx *x = &run->ctx;
    const mig_alias *def = a->alias;
    rt_phase_run *ph = run->phase;
    rt_row_begin(run);
    ph->spec_line = v->site->line;
    void *row = mig_alloc(x, def->table->row_size);
    if (row == NULL)
        return x->fatal;
    memset(row, 0, def->table->row_size);
    def->defaults(x, row);
    if (v->set != NULL)
        v->set(x, row);
    mig_list synonyms = {.v = v->synonyms, .n = (size_t)v->n_synonyms};
    entry e = {.site = v->site, .canonical = v->canonical, .row = row, .here = rt_place_here(run)};
    bool ok = !mig_failed(x) && take_entry(x, a, &e, &synonyms, 1);
    ph->spec_line = 0;
    if (!ok && x->fatal == MIG_OK) {
        mig_fatal(x, MIG_CHECK, "alias \"%s\": value '%.*s' is refused: %s", def->name, (int)v->canonical.n, v->canonical.p, x->reason);
        run->error.site = v->site;
    }
    if (x->fatal != MIG_OK)
        return x->fatal;
    ph->flow->read += !a->mapping;
    ph->flow->carried += !a->mapping;
    rt_undo_keep(run);
    return rt_pending_carry(run);
}

static mig_status take_values(rt_run *run, rt_alias_state *a, rt_flow_count *count) {
    mig_status st = MIG_OK;
    run->ctx.record = NULL;
    run->phase->flow = count;
    for (int i = 0; i < a->alias->n_values && st == MIG_OK; i++)
        st = take_value(run, a, &a->alias->values[i]);
    run->phase->flow = NULL;
    return st;
}

static rt_flow_count *count_for(rt_run *run, const mig_alias *a, const char *what, const mig_flow *flow) {
    const char *name = rt_run_printf(run, "alias %s (%s)", a->name, what);
    rt_flow_count *c = name != NULL ? rt_flow_count_new(run, name, flow, a->names != NULL ? 2 : 1) : NULL;
    if (c == NULL)
        return NULL;
    c->intos[0].table = a->table;
    if (a->names != NULL)
        c->intos[1].table = a->names;
    return c;
}

mig_status rt_alias_load(rt_run *run, const mig_alias *alias) {
    rt_alias_state *a = &run->phase->aliases[alias->id];
    mig_status st = MIG_OK;
    if (alias->n_values > 0) {
        rt_flow_count *c = count_for(run, alias, "values", NULL);
        if (c == NULL)
            return rt_run_nomem(run);
        st = take_values(run, a, c);
        if (st == MIG_OK)
            rt_run_event(run, &(rt_event){.kind = RT_EVENT_FLOW_DONE, .phase = run->phase->phase, .flow = c});
    }
    for (int i = 0; i < alias->n_lists && st == MIG_OK; i++) {
        rt_flow_count *c = count_for(run, alias, rt_source_table_name(run, alias->lists[i]->source), alias->lists[i]);
        if (c == NULL)
            return rt_run_nomem(run);
        st = rt_flow_run(run, alias->lists[i], c);
    }
    return st;
}

/* ---- in a later phase ---------------------------------------------------------------------------------------------------- */

/* A row of the table of names. */
static bool take_name(mig_ctx *x, const void *row, void *arg) {
    rt_alias_state *a = arg;
    const mig_alias *def = a->alias;
    rt_value text = rt_pick(def->names, row, def->names_column), ref = rt_pick(def->names, row, def->names_ref);
    rt_alias_found now = {.head = {.place = rt_place_pack((rt_place){.file = RT_PLACE_TARGET}), .named = 1}}, old;
    mig_text folded;
    bool found;
    if (ref.is_null || !rt_alias_fold(x, def, text.t, &folded) || folded.p == NULL)
        return x->fatal == MIG_OK;
    if (!rt_alias_key(x, def, &ref, &now) || !rt_alias_get(x, a, folded, &old, &found))
        return false;
    if (found) {
        bool same = old.key_n == now.key_n && memcmp(old.key, now.key, now.key_n) == 0;
        now.head.canonical = old.head.canonical;
        now.head.several = old.head.several || !same;
    }
    return rt_alias_put(x, a, folded, &now, found ? &old : NULL);
}

mig_status rt_alias_prepare(rt_run *run, rt_alias_state *a) {
    const mig_alias *def = a->alias;
    if (def->names != NULL)
        return run->phase->tables[def->names->id].to_create ? MIG_OK : rt_scan_rows(run, def->names, take_name, a);
    if (a->loads_here || run->phase->tables[def->table->id].to_create)
        return MIG_OK;
    a->mapping = run->phase->again = true;
    rt_flow_count unused = {.name = def->name};
    mig_status st = take_values(run, a, &unused);
    for (int i = 0; i < def->n_lists && st == MIG_OK; i++)
        st = rt_flow_run(run, def->lists[i], NULL);
    a->mapping = run->phase->again = false;
    return st;
}
