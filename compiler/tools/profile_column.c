/*
 * profile_column.c: what the values of a column tell: how many, how many different, the least and the greatest, how they look. Values are
 * compared as their text, so that the same rows in a CSV file, in SQLite and in PostgreSQL give the same.
 */
#include "compiler/tools/profile.h"

#include "runtime/functions/calendar.h"
#include "runtime/sources/csv.h"
#include "runtime/targets/forms.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

enum { FEW = 100 * 1000, MANY = 10 * 1000 * 1000 }; /* different values that are counted: of columns, of keys */

int64_t prof_limit(const profiler *p, bool is_key)
{
    return p->options->distinct > 0 ? p->options->distinct : is_key ? MANY : FEW;
}

/* ---- values --------------------------------------------------------------------------------------------------------------- */

bool prof_text(const mig_cell *c, char *spelled, mig_text *out)
{
    switch (c->kind) {
    case MIG_CELL_NULL: *out = MIG_NULL_TEXT; return false;
    case MIG_CELL_INT: *out = (mig_text){spelled, rt_spell_int(spelled, c->i)}; return true;
    case MIG_CELL_REAL: *out = (mig_text){spelled, rt_spell_double(spelled, c->d)}; return true;
    case MIG_CELL_TEXT: case MIG_CELL_BLOB: case MIG_CELL_VALUE: *out = (mig_text){c->p, c->n}; return true;
    }
    return false;
}

/* Bytes and a text are never the same value. */
rt_hash prof_hash(const mig_cell *c, mig_text t)
{
    rt_hash h = rt_hash_bytes(t.p, t.n);

    if (c->kind == MIG_CELL_BLOB)
        h.lo ^= UINT64_C(0x9e3779b97f4a7c15);
    return h;
}

/* The value, or as much of it as there is room for, cut at a character. */
void prof_keep(prof_value *v, const char *p, size_t n)
{
    v->any = true;
    v->cut = n > sizeof v->p;
    if (v->cut) {
        n = sizeof v->p;
        while (n > 0 && ((unsigned char)p[n] & 0xc0) == 0x80)
            n--;
    }
    if (n > 0)
        memcpy(v->p, p, n);
    v->n = (uint16_t)n;
}

static int compare_texts(const prof_value *v, const char *p, size_t n)
{
    size_t m = v->n < n ? v->n : n;
    int d = m > 0 ? memcmp(p, v->p, m) : 0;

    return d != 0 ? d : (n > v->n) - (n < v->n);
}

static void widen_texts(prof_range *r, const char *p, size_t n)
{
    if (!r->least.any || compare_texts(&r->least, p, n) < 0)
        prof_keep(&r->least, p, n);
    if (!r->most.any || compare_texts(&r->most, p, n) > 0)
        prof_keep(&r->most, p, n);
}

static void widen_numbers(prof_range *r, const char *p, size_t n)
{
    if (n > PROF_SHOWN)
        return;
    if (!r->least.any || looks_compare_numbers(p, n, r->least.p, r->least.n) < 0)
        prof_keep(&r->least, p, n);
    if (!r->most.any || looks_compare_numbers(p, n, r->most.p, r->most.n) > 0)
        prof_keep(&r->most, p, n);
}

static void widen_moments(prof_range *r, int64_t *least, int64_t *most, int64_t us, const char *p, size_t n)
{
    if (!r->least.any || us < *least) {
        prof_keep(&r->least, p, n);
        *least = us;
    }
    if (!r->most.any || us > *most) {
        prof_keep(&r->most, p, n);
        *most = us;
    }
}

/* ---- how often ---------------------------------------------------------------------------------------------------------------- */

/* The value has been seen for the n-th time: keeps the values that are seen most often; ties stay with who came first. */
static void offer(prof_repeat *most, int *n_most, rt_hash h, int64_t n, mig_text t)
{
    int at = 0;

    while (at < *n_most && (most[at].hash.lo != h.lo || most[at].hash.hi != h.hi))
        at++;
    if (at == *n_most) {
        if (*n_most == PROF_MOST && most[PROF_MOST - 1].n >= n)
            return;
        at = *n_most < PROF_MOST ? (*n_most)++ : PROF_MOST - 1;
        most[at] = (prof_repeat){.hash = h};
        prof_keep(&most[at].value, t.p, t.n);
    }
    most[at].n = n;
    for (; at > 0 && most[at - 1].n < most[at].n; at--) {
        prof_repeat other = most[at];
        most[at] = most[at - 1];
        most[at - 1] = other;
    }
}

/* Counts the key in the map: *n is how often it has been there, this time included; 0: new, and there is no room for new ones. */
static mig_status count_in(profiler *p, rt_map **map, rt_hash h, int64_t *distinct, int64_t most, int64_t *n)
{
    const void *value;
    size_t size;
    bool found;
    mig_status st;

    *n = 0;
    if (*map == NULL && (*map = rt_map_new(&p->budget, &p->error)) == NULL)
        return MIG_NOMEM;
    st = rt_map_get(*map, h, &value, &size, &found);
    if (st == MIG_OK && found)
        memcpy(n, value, sizeof *n);
    else if (st == MIG_OK && *distinct >= most)
        return MIG_OK;
    *distinct += st == MIG_OK && !found;
    ++*n;
    return st == MIG_OK ? rt_map_put(*map, h, n, sizeof *n) : st;
}

/* trim, squeeze, casefold: as aliases compare. */
static bool fold(profiler *p, mig_text t, mig_text *out)
{
    *out = mig_casefold(&p->ctx, mig_squeeze(&p->ctx, t));
    return out->p != NULL && p->ctx.fatal == MIG_OK;
}

static mig_status count_of(rt_map *map, rt_hash h, int64_t *n)
{
    const void *value;
    size_t size;
    bool found = false;
    mig_status st = map != NULL ? rt_map_get(map, h, &value, &size, &found) : MIG_OK;

    *n = 0;
    if (st == MIG_OK && found)
        memcpy(n, value, sizeof *n);
    return st;
}

/*
 * A value that was not there before. `folded` only holds what some value was folded to that is not spelled so itself: of clean values,
 * which are most, it holds nothing. A spelling that is the folded one stands in the column's own map.
 */
static mig_status count_spelling(profiler *p, prof_column *c, mig_text t)
{
    mig_text folded;
    int64_t n = 0, itself = 0;

    if (!fold(p, t, &folded) || folded.n == 0)
        return p->ctx.fatal;
    bool is_folded = folded.n == t.n && memcmp(folded.p, t.p, t.n) == 0;
    rt_hash h = rt_hash_bytes(folded.p, folded.n);
    if (c->folded == NULL && (c->folded = rt_map_new(&p->budget, &p->error)) == NULL)
        return MIG_NOMEM;
    mig_status st = count_of(c->folded, h, &n);
    if (st == MIG_OK && n == 0 && !is_folded)
        st = count_of(c->map, h, &itself);
    if (st != MIG_OK || (is_folded && n == 0))
        return st;
    n += 1 + (itself > 0);
    c->variants += n == 2;
    if (n >= 2)
        offer(c->spelled, &c->n_spelled, h, n, t);
    return rt_map_put(c->folded, h, &n, sizeof n);
}

static mig_status count_value(profiler *p, prof_column *c, const mig_cell *cell, mig_text t)
{
    bool may_be = c->repeated == 0 && cell->kind != MIG_CELL_REAL; /* nothing is known by a measure */
    bool is_key = c->role != ROLE_PLAIN || c->declared_key || c->referred || may_be;
    rt_hash h = prof_hash(cell, t);
    int64_t n, before = c->distinct;
    mig_status st = count_in(p, &c->map, h, &c->distinct, prof_limit(p, is_key), &n);

    if (st != MIG_OK)
        return st;
    c->capped = c->capped || n == 0;
    c->repeated += n == 2;
    if (n >= 2)
        offer(c->most, &c->n_most, h, n, t);
    if (c->distinct > before && (c->role == ROLE_EMAIL || c->role == ROLE_USER || c->role == ROLE_CODE || c->role == ROLE_NAME) &&
        cell->kind == MIG_CELL_TEXT)
        return count_spelling(p, c, t);
    return MIG_OK;
}

/* ---- looks -------------------------------------------------------------------------------------------------------------------- */

static void see(prof_column *c, uint32_t key, mig_text t)
{
    int i = 0;

    while (i < c->n_seen && c->seen[i].key != key)
        i++;
    if (i == PROF_LOOKS) {
        c->other_looks++;
        return;
    }
    if (i == c->n_seen) {
        c->seen[c->n_seen++] = (prof_seen){.key = key};
        prof_keep(&c->seen[i].first, t.p, t.n);
    }
    c->seen[i].n++;
}

/* Numbers that may be moments: years 1990 to 2040, by seconds, milliseconds, Julian days, YYYYMMDD. */
static void may_be_moment(prof_column *c, const looks *k, const char *p, size_t n)
{
    int64_t v = 0;
    double d = 0;

    if (k->kind == LOOKS_INTEGER && rt_read_int(p, n, &v)) {
        c->unix_like += v >= 631152000 && v < 2208988800;
        c->milli_like += v >= 631152000000 && v < 2208988800000;
        c->zero_one += v == 0 || v == 1;
        bool day = n == 8 && v / 10000 >= 1900 && v / 10000 < 2100 && cal_is_day((int)(v / 10000), (int)(v / 100 % 100), (int)(v % 100));
        c->compact_like += day;
        if (!day && !c->not_compact.any)
            prof_keep(&c->not_compact, p, n);
    }
    if ((k->kind == LOOKS_INTEGER || k->kind == LOOKS_DECIMAL) && n < 30 && rt_read_double(p, n, &d))
        c->julian_like += d >= 2447892.5 && d < 2466154.5;
}

static void look_at(prof_column *c, const mig_cell *cell, mig_text t)
{
    const char *p = t.p;
    size_t n = t.n;

    if (cell->kind == MIG_CELL_BLOB) {
        see(c, LOOKS_BYTES, MIG_TEXT(""));
        return;
    }
    rt_trim(&p, &n);
    c->spaced += n < t.n && n > 0;
    c->blank += n == 0;
    if (n == 0) {
        see(c, LOOKS_BLANK, t);
        return;
    }
    looks k = looks_of(p, n);
    see(c, k.key, (mig_text){p, n});
    c->hidden = c->hidden || k.kind == LOOKS_BCRYPT || k.kind == LOOKS_HASH;
    may_be_moment(c, &k, p, n);
    if (looks_is_number(k.kind) || k.kind == LOOKS_PADDED)
        widen_numbers(&c->numbers, p, n);
    if (looks_is_moment(k.kind)) {
        widen_moments(&c->moments, &c->least_us, &c->most_us, k.us, p, n);
        widen_moments(&c->swapped, &c->least_swapped, &c->most_swapped, k.us_swapped, p, n);
    }
    widen_texts(&c->texts, p, n);
}

/* ---- a cell ----------------------------------------------------------------------------------------------------------------------- */

static int64_t characters(const mig_cell *cell, mig_text t)
{
    int64_t n = 0;

    if (cell->kind == MIG_CELL_BLOB)
        return (int64_t)t.n;
    for (size_t i = 0; i < t.n; i++)
        n += ((unsigned char)t.p[i] & 0xc0) != 0x80;
    return n;
}

mig_status prof_column_add(profiler *p, prof_column *c, const mig_record *r, int i)
{
    const mig_cell *cell = &r->cells[i];
    char spelled[RT_SPELL];
    mig_text t;

    if (!prof_text(cell, spelled, &t)) {
        c->nulls++;
        return MIG_OK;
    }
    c->stored[cell->kind == MIG_CELL_INT ? 0 : cell->kind == MIG_CELL_REAL ? 1 : cell->kind == MIG_CELL_TEXT ? 2 : 3]++;
    if (t.n == 0 && cell->kind == MIG_CELL_TEXT) {
        c->empty++;
        return MIG_OK;
    }
    c->values++;
    if (r->fault != MIG_RULE_NONE && cell->kind == MIG_CELL_TEXT && !rt_is_text(t.p, t.n)) {
        c->broken++;
        return count_value(p, c, cell, t);
    }
    int64_t length = characters(cell, t);
    c->longest = length > c->longest ? length : c->longest;
    look_at(c, cell, t);
    return count_value(p, c, cell, t);
}

/* ---- the second reading -------------------------------------------------------------------------------------------------------------- */

static void add_label(arena *mem, prof_repeat *v, const char *label)
{
    for (int i = 0; i < v->n_labels; i++)
        if (strcmp(v->labels[i], label) == 0)
            return;
    if (v->n_labels < PROF_LABELS)
        v->labels[v->n_labels++] = arena_strdup(mem, label);
}

void prof_column_again(profiler *p, prof_column *c, const mig_record *r, int i, const char *label)
{
    char spelled[RT_SPELL];
    mig_text t, folded;
    rt_hash h;

    if (!prof_text(&r->cells[i], spelled, &t) || t.n == 0)
        return;
    h = prof_hash(&r->cells[i], t);
    for (int k = 0; k < c->n_most; k++)
        if (c->most[k].hash.lo == h.lo && c->most[k].hash.hi == h.hi)
            add_label(p->mem, &c->most[k], label);
    if (c->n_spelled == 0 || r->cells[i].kind != MIG_CELL_TEXT || !fold(p, t, &folded))
        return;
    h = rt_hash_bytes(folded.p, folded.n);
    for (int k = 0; k < c->n_spelled; k++)
        if (c->spelled[k].hash.lo == h.lo && c->spelled[k].hash.hi == h.hi) {
            prof_value v = {.any = false};

            prof_keep(&v, t.p, t.n);
            add_label(p->mem, &c->spelled[k], prof_quote(p->mem, &v, 48));
        }
}

/* ---- the whole column ------------------------------------------------------------------------------------------------------------------ */

static bool named_like(const char *name, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasestr(name, words[i]) != NULL)
            return true;
    return false;
}

static bool is_time_named(const char *name)
{
    static const char *const words[] = {"date", "time", "stamp", "created", "updated", "modified", "login", "until", "since", "expires",
                                        "deleted", "born", "birth", "day", "when"};
    size_t n = strlen(name);

    return named_like(name, words, sizeof words / sizeof *words) || (n > 3 && strcasecmp(name + n - 3, "_at") == 0) ||
           (n > 3 && strcasecmp(name + n - 3, "_on") == 0) || (n > 2 && strcmp(name + n - 2, "At") == 0) || (n > 2 && strcmp(name + n - 2,
               "On") == 0);
}

static int64_t count_kind(const prof_column *c, looks_kind kind)
{
    int64_t n = 0;

    for (int i = 0; i < c->n_seen; i++)
        n += LOOKS_KIND(c->seen[i].key) == kind ? c->seen[i].n : 0;
    return n;
}

/* All looks of one kind become another. */
static void rename_kind(prof_column *c, looks_kind from, looks_kind to)
{
    int to_at = -1, n = 0;

    for (int i = 0; i < c->n_seen; i++) {
        prof_seen s = c->seen[i];

        if (LOOKS_KIND(s.key) == from)
            s.key = (uint32_t)to;
        if (s.key == (uint32_t)to && to_at >= 0) {
            c->seen[to_at].n += s.n;
            continue;
        }
        if (s.key == (uint32_t)to)
            to_at = n;
        c->seen[n++] = s;
    }
    c->n_seen = n;
}

/* Dates that could be read both ways are read as those beside them that can be read in one way only. */
static void settle_order(prof_column *c)
{
    for (int i = 0; i < c->n_seen; i++) {
        uint32_t key = c->seen[i].key;
        bool day_first = false, month_first = false;
        int n = 0;

        if (!looks_is_moment(LOOKS_KIND(key)) || LOOKS_ORDER(key) != ORDER_EITHER)
            continue;
        for (int k = 0; k < c->n_seen; k++) {
            bool same_form = (c->seen[k].key >> 12 & 0xff) == (key >> 12 & 0xff) && looks_is_moment(LOOKS_KIND(c->seen[k].key));
            day_first = day_first || (same_form && LOOKS_ORDER(c->seen[k].key) == ORDER_DMY);
            month_first = month_first || (same_form && LOOKS_ORDER(c->seen[k].key) == ORDER_MDY);
        }
        if (day_first == month_first)
            continue;
        c->seen[i].key = LOOKS_WITH_ORDER(key, day_first ? ORDER_DMY : ORDER_MDY);
        for (int k = 0; k < c->n_seen; k++) {
            if (k != i && c->seen[k].key == c->seen[i].key)
                c->seen[i].n += c->seen[k].n;
            else
                c->seen[n++] = c->seen[k];
            i = k == i ? n - 1 : i;
        }
        c->n_seen = n;
        i = -1;
    }
}

static void sort_seen(prof_column *c)
{
    for (int i = 1; i < c->n_seen; i++)
        for (int k = i; k > 0 && (c->seen[k].n > c->seen[k - 1].n || (c->seen[k].n == c->seen[k - 1].n &&
            c->seen[k].key < c->seen[k - 1].key)); k--) {
            prof_seen s = c->seen[k];
            c->seen[k] = c->seen[k - 1];
            c->seen[k - 1] = s;
        }
}

/* Integers of which nearly all are days as YYYYMMDD; the others are no days. */
static void split_compact(prof_column *c, int64_t integers)
{
    rename_kind(c, LOOKS_INTEGER, LOOKS_COMPACT_DATE);
    for (int i = 0; i < c->n_seen; i++)
        if (LOOKS_KIND(c->seen[i].key) == LOOKS_COMPACT_DATE)
            c->seen[i].n -= integers - c->compact_like;
    if (integers > c->compact_like && c->n_seen < PROF_LOOKS)
        c->seen[c->n_seen++] = (prof_seen){.key = LOOKS_NO_DATE, .n = integers - c->compact_like, .first = c->not_compact};
}

void prof_column_end(prof_column *c)
{
    static const char *const secrets[] = {"passw", "pwd", "secret", "token", "api_key", "apikey"};
    int64_t integers = count_kind(c, LOOKS_INTEGER), decimals = count_kind(c, LOOKS_DECIMAL), n = c->values;
    bool timely = is_time_named(c->def->name);

    c->hidden = c->hidden || named_like(c->def->name, secrets, sizeof secrets / sizeof *secrets);
    if (n > 0 && integers == n && timely && c->unix_like == n)
        rename_kind(c, LOOKS_INTEGER, LOOKS_UNIX);
    else if (n > 0 && integers == n && timely && c->milli_like == n)
        rename_kind(c, LOOKS_INTEGER, LOOKS_UNIX_MILLI);
    else if (n > 0 && integers > 0 && timely && c->compact_like * 10 >= integers * 9)
        split_compact(c, integers);
    else if (n > 0 && integers + decimals == n && timely && c->julian_like == n) {
        rename_kind(c, LOOKS_INTEGER, LOOKS_JULIAN);
        rename_kind(c, LOOKS_DECIMAL, LOOKS_JULIAN);
    } else if (n > 1 && integers == n && c->zero_one == n && c->distinct == 2)
        rename_kind(c, LOOKS_INTEGER, LOOKS_ZERO_ONE);
    if (count_kind(c, LOOKS_BOOL) < n)
        rename_kind(c, LOOKS_BOOL, LOOKS_TEXT); /* "no" in a column of remarks is a remark */
    settle_order(c);
    sort_seen(c);
}

const prof_range *prof_column_range(const prof_column *c)
{
    int64_t numbers = 0, moments = 0, all = c->values - count_kind(c, LOOKS_BLANK) - count_kind(c, LOOKS_NULL_WORD);
    bool day_first = false;

    for (int i = 0; i < c->n_seen; i++) {
        looks_kind k = LOOKS_KIND(c->seen[i].key);

        numbers += looks_is_number(k) || k == LOOKS_PADDED || k >= LOOKS_UNIX ? c->seen[i].n : 0;
        moments += looks_is_moment(k) ? c->seen[i].n : 0;
        day_first = day_first || (looks_is_moment(k) && LOOKS_ORDER(c->seen[i].key) == ORDER_DMY);
    }
    if (all > 0 && numbers == all)
        return &c->numbers;
    if (all > 0 && moments == all)
        return day_first ? &c->swapped : &c->moments;
    return &c->texts;
}
