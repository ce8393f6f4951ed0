/*
 * profile_rows.c: the two readings of a table.
 */
#include "compiler/tools/profile.h"

#include <string.h>

/* ---- sets of rows by several columns ---------------------------------------------------------------------------------------- */

/* The columns' values one behind the other. False: one is null (or empty), and the set leaves such rows out. */
static bool key_of(profiler *p, const int *columns, int n, bool keeps_nulls, const mig_record *r, rt_hash *out)
{
    char spelled[RT_SPELL];
    mig_text t;

    sb_clear(&p->key);
    for (int i = 0; i < n; i++) {
        const mig_cell *cell = &r->cells[columns[i]];
        bool there = prof_text(cell, spelled, &t);
        uint64_t size = there ? t.n : UINT64_MAX;

        if ((!there || t.n == 0) && !keeps_nulls)
            return false;
        if (n == 1 && !keeps_nulls) {
            *out = prof_hash(cell, t); /* as the column's own map has it */
            return true;
        }
        sb_put(&p->key, (const char *)&size, sizeof size);
        if (there)
            sb_put(&p->key, t.p, t.n);
    }
    *out = rt_hash_bytes(sb_text(&p->key), p->key.length);
    return true;
}

mig_status prof_set_put(profiler *p, prof_set *s, const mig_record *r, int64_t most)
{
    const void *value;
    size_t size;
    bool found;
    rt_hash h;

    if (s->n == 0 || !key_of(p, s->columns, s->n, s->keeps_nulls, r, &h))
        return MIG_OK;
    if (s->map == NULL && (s->map = rt_map_new(&p->budget, &p->error)) == NULL)
        return MIG_NOMEM;
    mig_status st = rt_map_get(s->map, h, &value, &size, &found);
    if (st != MIG_OK)
        return st;
    if (found) {
        s->repeats++;
        return MIG_OK;
    }
    if (s->distinct >= most) {
        s->capped = true;
        return MIG_OK;
    }
    s->distinct++;
    return rt_map_put(s->map, h, "", 0);
}

mig_status prof_set_has(profiler *p, const prof_set *s, const int *columns, const mig_record *r, bool *is_key, bool *found)
{
    const void *value;
    size_t size;
    rt_hash h;

    *found = false;
    *is_key = key_of(p, columns, s->n, s->keeps_nulls, r, &h);
    return *is_key && s->map != NULL ? rt_map_get(s->map, h, &value, &size, found) : MIG_OK;
}

/* ---- reading -------------------------------------------------------------------------------------------------------------------- */

typedef mig_status (*row_fn)(profiler *p, prof_location *l, prof_table *t, const mig_record *r);

/* Every row of the table. What stands against it is in t->error, and MIG_OK is returned: the other tables are read all the same. */
static mig_status read_rows(profiler *p, prof_location *l, prof_table *t, row_fn fn)
{
    const catalog *c = &l->cat;
    rt_reader *reader = NULL;
    const mig_record *r;
    mig_status st = c->ops->read(c->source, &t->def->read, &reader, &t->error), mine = MIG_OK;

    for (int skip = t->def->skip; st == MIG_OK && mine == MIG_OK;) {
        st = c->ops->next(reader, &r, &t->error);
        if (st != MIG_OK || r == NULL)
            break;
        if (skip > 0) {
            skip--;
            continue;
        }
        mine = fn(p, l, t, r);
        rt_arena_reset(p->row);
    }
    if (reader != NULL)
        c->ops->stop(reader);
    if (mine == MIG_OK && p->ctx.fatal != MIG_OK)
        mine = p->ctx.fatal;
    return mine;
}

/* ---- the first ------------------------------------------------------------------------------------------------------------------ */

static mig_status first(profiler *p, prof_location *l, prof_table *t, const mig_record *r)
{
    bool cells = r->fault == MIG_RULE_NONE || l->cat.kind != MIG_SOURCE_CSV;
    int64_t most = prof_limit(p, true);
    mig_status st = MIG_OK;

    t->rows++;
    if (r->fault != MIG_RULE_NONE && t->unreadable++ == 0) {
        snprintf(t->why, sizeof t->why, "%s", r->fault_why);
        t->why_line = r->line;
    }
    if (!cells)
        return MIG_OK;
    for (int i = 0; st == MIG_OK && i < t->n_columns; i++)
        st = prof_column_add(p, &t->columns[i], r, i);
    for (int i = 0; st == MIG_OK && i < l->n_references; i++)
        if (l->references[i].to == t->number)
            st = prof_set_put(p, &l->references[i].target, r, most);
    for (int i = 0; st == MIG_OK && i < l->n_overlaps; i++)
        if (l->overlaps[i].a == t->number && l->overlaps[i].like < 0) {
            st = prof_set_put(p, &l->overlaps[i].rows, r, most);
            if (st == MIG_OK)
                st = prof_set_put(p, &l->overlaps[i].with_key, r, most);
        }
    return st;
}

static void drop(rt_map **map)
{
    rt_map_free(*map);
    *map = NULL;
}

mig_status prof_first_reading(profiler *p, prof_location *l, prof_table *t)
{
    mig_status st = read_rows(p, l, t, first);

    for (int i = 0; i < t->n_columns; i++) {
        prof_column *c = &t->columns[i];

        prof_column_end(c);
        drop(&c->folded);
        if (!c->referred)
            drop(&c->map);
    }
    return st;
}

/* ---- the second -------------------------------------------------------------------------------------------------------------------- */

/* "id 3 'criminal'", "line 7": who the row is. */
static const char *label_of(profiler *p, const prof_location *l, const prof_table *t, const mig_record *r, int apart)
{
    char spelled[RT_SPELL];
    strbuf sb = STRBUF_INIT;
    mig_text v;
    prof_value shown = {.any = false};

    if (t->key >= 0 && t->key != apart && prof_text(&r->cells[t->key], spelled, &v)) {
        prof_keep(&shown, v.p, v.n);
        sb_printf(&sb, "%s %s", prof_name(p->mem, t->columns[t->key].def->name),
                  shown.n < 40 && strspn(shown.p, "0123456789-") >= shown.n ? arena_strndup(p->mem, shown.p, shown.n)
                                                                            : prof_quote(p->mem, &shown, 40));
    } else {
        sb_printf(&sb, "%s %lld", l->cat.kind == MIG_SOURCE_CSV ? "line" : "row", (long long)r->line);
    }
    if (t->human >= 0 && t->human != apart && !t->columns[t->human].hidden && prof_text(&r->cells[t->human], spelled, &v) && v.n > 0) {
        prof_keep(&shown, v.p, v.n);
        sb_printf(&sb, " %s", prof_quote(p->mem, &shown, 32));
    }
    return sb_take(&sb, p->mem);
}

/* One of the column's values that several rows have: only then a label is made. */
static bool is_wanted(const prof_column *c, const mig_record *r, int i)
{
    char spelled[RT_SPELL];
    mig_text t;

    if (!c->look_again || !prof_text(&r->cells[i], spelled, &t) || t.n == 0)
        return false;
    rt_hash h = prof_hash(&r->cells[i], t);
    for (int k = 0; k < c->n_most; k++)
        if (c->most[k].hash.lo == h.lo && c->most[k].hash.hi == h.hi && c->most[k].n_labels < PROF_LABELS)
            return true;
    return false;
}

static mig_status look_up(profiler *p, prof_location *l, prof_reference *f, const mig_record *r)
{
    prof_column *to = &l->tables[f->to].columns[f->to_columns[0]];
    prof_set set = f->n == 1 ? (prof_set){.n = 1, .map = to->map} : f->target;
    const void *value;
    size_t size;
    bool is_key, found, known = false;
    mig_status st = prof_set_has(p, &set, f->columns, r, &is_key, &found);

    if (st != MIG_OK || !is_key) {
        f->without += st == MIG_OK;
        return st;
    }
    f->rows++;
    if (found)
        return MIG_OK;
    f->lost++;
    rt_hash h;
    char spelled[RT_SPELL];
    mig_text t;
    (void)key_of(p, f->columns, f->n, false, r, &h);
    if (f->lost_map == NULL && (f->lost_map = rt_map_new(&p->budget, &p->error)) == NULL)
        return MIG_NOMEM;
    st = rt_map_get(f->lost_map, h, &value, &size, &known);
    if (st != MIG_OK || known)
        return st;
    if (f->lost_values >= prof_limit(p, false)) {
        f->lost_capped = true;
        return MIG_OK;
    }
    f->lost_values++;
    if (f->n_examples < 3 && prof_text(&r->cells[f->columns[0]], spelled, &t))
        prof_keep(&f->examples[f->n_examples++], t.p, t.n);
    return rt_map_put(f->lost_map, h, "", 0);
}

static mig_status compare(profiler *p, prof_location *l, prof_overlap *o, const mig_record *r)
{
    const prof_table *a = &l->tables[o->a], *b = &l->tables[o->b];
    const prof_overlap *held = o->like >= 0 ? &l->overlaps[o->like] : o;
    bool is_key, same_key = false, same_row, same_both = false;
    mig_status st = MIG_OK;

    if (a->key >= 0 && b->key >= 0) {
        prof_set keys = {.n = 1, .map = a->columns[a->key].map};
        st = prof_set_has(p, &keys, &b->key, r, &is_key, &same_key);
    }
    if (st == MIG_OK)
        st = prof_set_has(p, &held->rows, o->b_columns, r, &is_key, &same_row);
    if (st == MIG_OK && o->with_key.n > 0)
        st = prof_set_has(p, &held->with_key, o->b_columns, r, &is_key, &same_both);
    if (st == MIG_OK) {
        o->rows.capped = held->rows.capped;
        o->with_key.capped = held->with_key.capped;
        o->same_keys += same_key;
        o->same_rows += same_row;
        o->same_both += same_both;
    }
    return st;
}

static mig_status second(profiler *p, prof_location *l, prof_table *t, const mig_record *r)
{
    mig_status st = MIG_OK;

    if (r->fault != MIG_RULE_NONE && l->cat.kind == MIG_SOURCE_CSV)
        return MIG_OK;
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].look_again) {
            const char *label = is_wanted(&t->columns[i], r, i) ? label_of(p, l, t, r, i) : "";
            prof_column_again(p, &t->columns[i], r, i, label);
        }
    st = prof_set_put(p, &t->again, r, prof_limit(p, true));
    for (int i = 0; st == MIG_OK && i < l->n_references; i++)
        if (l->references[i].from == t->number && !l->references[i].unchecked)
            st = look_up(p, l, &l->references[i], r);
    for (int i = 0; st == MIG_OK && i < l->n_overlaps; i++)
        if (l->overlaps[i].b == t->number)
            st = compare(p, l, &l->overlaps[i], r);
    return st;
}

mig_status prof_second_reading(profiler *p, prof_location *l, prof_table *t)
{
    mig_status st = t->look_again ? read_rows(p, l, t, second) : MIG_OK;

    drop(&t->again.map);
    return st;
}
