/*
 * provenance.c: which row of the target a source row became: app.t[src.u.id = e]. When a row is emitted its origin is taken down,
 * the keys by which its source row may be asked for, and goes with it wherever it waits. As soon as it is known which row of the target
 * that is (the row itself, or the one that it was dropped for or merged into) the keys lead to that one's primary key. Where a later
 * phase asks, or this one in chunks that a killed run left, the same goes into the ledger, and is read from there.
 *
 * An origin: the key of the group's row in the target, when the row is the same as one of those (size, bytes), then per look-up its
 * number, the key's hash, and the key spelled (size, text) where it is kept. The texts never leave the process but for the ledger.
 */
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <string.h>

enum { FOUND = 1, SEVERAL = 3 }; /* tags of lookup.c, which reads these maps */

/* ---- keys as texts: for the ledger and its reader -------------------------------------------------------------------------- */

static const uint8_t *part_of(const uint8_t *at, mig_type type, rt_buf *out) {
    char text[RT_SPELL];
    int64_t i;
    double d;
    size_t n;
    at++; /* PART_VALUE: keys with a null are not taken */
    switch (type) {
    case MIG_T_BOOLEAN:
        rt_buf_printf(out, "%s", *at != 0 ? "true" : "false");
        return at + 1;
    case MIG_T_UUID:
        rt_buf_add(out, text, rt_spell_uuid(text, at));
        return at + 16;
    case MIG_T_REAL: case MIG_T_DOUBLE:
        memcpy(&d, at, sizeof d);
        rt_buf_add(out, text, rt_spell_double(text, d));
        return at + sizeof d;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP:
    case MIG_T_TIMESTAMPTZ:
        memcpy(&i, at, sizeof i);
        n = type == MIG_T_DATE          ? rt_spell_date(text, (int32_t)i)
            : type == MIG_T_TIME        ? rt_spell_time(text, i)
            : type == MIG_T_TIMESTAMP   ? rt_spell_timestamp(text, i)
            : type == MIG_T_TIMESTAMPTZ ? rt_spell_timestamptz(text, i, "+00")
                                        : rt_spell_int(text, i);
        rt_buf_add(out, text, n);
        return at + sizeof i;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_NUMERIC: case MIG_T_JSON: case MIG_T_JSONB: case MIG_T_BYTEA:
    case MIG_T_TEXT_ARRAY: case MIG_T_COUNT: break;
    }
    memcpy(&n, at, sizeof n);
    at += sizeof n;
    if (type == MIG_T_BYTEA)
        for (size_t k = 0; k < n; k++)
            rt_buf_printf(out, "%02x", at[k]);
    else
        rt_buf_add(out, at, n);
    return at + n;
}

/* The key in the spelling of its column; of several columns a JSON array of them. */
static bool spell_key(const mig_index_key *l, const mig_key *k, rt_buf *out) {
    const uint8_t *at = k->p;
    if (l->n_columns == 1) {
        part_of(at, l->from->columns[l->columns[0]].type, out);
        return !out->failed;
    }
    rt_buf one = {0};
    for (int i = 0; i < l->n_columns; i++) {
        rt_buf_clear(&one);
        at = part_of(at, l->from->columns[l->columns[i]].type, &one);
        rt_buf_add(out, i == 0 ? "[" : ",", 1);
        rt_json_escape(out, one.p != NULL ? one.p : "", one.n);
    }
    rt_buf_add(out, "]", 1);
    bool ok = !one.failed && !out->failed;
    rt_buf_free(&one);
    return ok;
}

static void read_part(mig_ctx *x, mig_type type, mig_text v, mig_key *k) {
    switch (type) {
    case MIG_T_BOOLEAN: mig_key_bool(k, mig_bool_of_text(x, v)); return;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: mig_key_int(k, mig_bigint_of_text(x, v)); return;
    case MIG_T_REAL: case MIG_T_DOUBLE: mig_key_float(k, mig_double_of_text(x, v)); return;
    case MIG_T_NUMERIC: mig_key_numeric(k, (mig_numeric){v.p, v.n}); return;
    case MIG_T_TEXT: case MIG_T_VARCHAR: mig_key_text(k, v); return;
    case MIG_T_CHAR: mig_key_char(k, v); return;
    case MIG_T_DATE: mig_key_date(k, mig_date_of_text(x, v)); return;
    case MIG_T_TIME: mig_key_time(k, mig_time_of_text(x, v)); return;
    case MIG_T_TIMESTAMP: mig_key_timestamp(k, mig_timestamp_of_text(x, v)); return;
    case MIG_T_TIMESTAMPTZ: mig_key_timestamptz(k, mig_timestamptz_of_text(x, v)); return;
    case MIG_T_UUID: mig_key_uuid(k, mig_uuid_of_text(x, v)); return;
    case MIG_T_JSON: case MIG_T_JSONB: mig_key_json(k, (mig_json){v.p, v.n}); return;
    case MIG_T_BYTEA: mig_key_bytea(k, mig_decode(x, v, MIG_TEXT("hex"))); return;
    case MIG_T_TEXT_ARRAY: case MIG_T_COUNT: break;
    }
    mig_key_text(k, v);
}

/* False: it is no such key. */
static bool read_key(mig_ctx *x, const mig_index_key *l, mig_text text, mig_key *k) {
    mig_key_begin(k, x);
    if (l->n_columns == 1) {
        read_part(x, l->from->columns[l->columns[0]].type, text, k);
        return !mig_failed(x) && !k->has_null;
    }
    mig_list parts = mig_parse_list(x, text);
    if (mig_failed(x) || parts.is_null || parts.n != (size_t)l->n_columns)
        return false;
    for (int i = 0; i < l->n_columns; i++)
        read_part(x, l->from->columns[l->columns[i]].type, parts.v[i], k);
    return !mig_failed(x) && !k->has_null;
}

/* ---- the key of a row of the target ---------------------------------------------------------------------------------------- */

static void put_primary(const rt_value *v, rt_buf *out) {
    uint8_t tag = FOUND;
    rt_buf_add(out, &tag, 1);
    if (v->type == MIG_T_UUID)
        rt_buf_add(out, v->uuid, sizeof v->uuid);
    else if (v->t.p != NULL)
        rt_buf_add(out, v->t.p, v->t.n);
    else
        rt_buf_add(out, &v->i, sizeof v->i);
}

void rt_primary_of(const mig_table *t, const void *row, rt_buf *out) {
    rt_value v = rt_pick(t, row, t->primary);
    put_primary(&v, out);
}

void rt_primary_put(const mig_table *t, void *row, const void *bytes, size_t n) {
    rt_value v = rt_pick(t, row, t->primary);
    const char *p = (const char *)bytes + 1;
    v.is_null = false;
    if (v.type == MIG_T_UUID)
        memcpy(v.uuid, p, sizeof v.uuid);
    else if (v.type == MIG_T_TEXT || v.type == MIG_T_VARCHAR || v.type == MIG_T_CHAR)
        v.t = (mig_text){p, n - 1};
    else
        memcpy(&v.i, p, sizeof v.i);
    rt_put_value(t, row, t->primary, &v);
}

static void spell_primary(const mig_table *t, const void *bytes, size_t n, rt_buf *out) {
    const char *p = (const char *)bytes + 1;
    char text[RT_SPELL];
    int64_t i;
    mig_type type = t->columns[t->primary].type;
    if (type == MIG_T_UUID) {
        rt_buf_add(out, text, rt_spell_uuid(text, (const uint8_t *)p));
    } else if (type == MIG_T_TEXT || type == MIG_T_VARCHAR || type == MIG_T_CHAR) {
        rt_buf_add(out, p, n - 1);
    } else {
        memcpy(&i, p, sizeof i);
        rt_buf_add(out, text, rt_spell_int(text, i));
    }
}

static bool read_primary(mig_ctx *x, const mig_table *t, mig_text v, rt_buf *out) {
    rt_value value = {.type = t->columns[t->primary].type};
    if (value.type == MIG_T_UUID) {
        mig_uuid u = mig_uuid_of_text(x, v);
        memcpy(value.uuid, u.v, sizeof value.uuid);
    } else if (value.type == MIG_T_TEXT || value.type == MIG_T_VARCHAR || value.type == MIG_T_CHAR) {
        value.t = v;
    } else {
        value.i = mig_bigint_of_text(x, v).v;
    }
    put_primary(&value, out);
    return !mig_failed(x) && !out->failed;
}

/* ---- origins of rows -------------------------------------------------------------------------------------------------------- */

/* The keys of the record at hand. What cannot be read is found by nothing: no failure of the row. */
static bool put_keys(mig_ctx *x, const rt_table_state *t, rt_buf *out) {
    for (int i = 0; i < t->n_origins; i++) {
        const mig_index_key *l = t->origins[i]->key;
        mig_key k;
        rt_buf text = {0};
        if (l->from != x->run->phase->source)
            continue;
        mig_key_begin(&k, x);
        l->origin(x, x->record, &k);
        if (x->fatal != MIG_OK)
            return false;
        if (mig_failed(x) || k.has_null) {
            mig_clear(x);
            continue;
        }
        bool ok = !l->kept || spell_key(l, &k, &text);
        rt_hash h = rt_hash_bytes(k.p, k.n);
        int32_t id = l->id;
        uint32_t n = (uint32_t)text.n;
        rt_buf_add(out, &id, sizeof id);
        rt_buf_add(out, &h, sizeof h);
        rt_buf_add(out, &n, sizeof n);
        rt_buf_add(out, text.p, text.n);
        rt_buf_free(&text);
        if (!ok || out->failed)
            return rt_fault(x, MIG_NOMEM);
    }
    return true;
}

bool rt_origin_of(mig_ctx *x, const rt_table_state *t, const void *kept, size_t kept_n, mig_text *out) {
    rt_buf b = {0};
    *out = MIG_NULL_TEXT;
    if (mig_failed(x))
        return x->fatal == MIG_OK;
    uint32_t n = (uint32_t)kept_n;
    rt_buf_add(&b, &n, sizeof n);
    rt_buf_add(&b, kept, kept_n);
    bool ok = put_keys(x, t, &b);
    char *p = ok && !b.failed ? mig_alloc(x, b.n + 1) : NULL;
    if (p != NULL)
        memcpy(p, b.p, b.n);
    *out = (mig_text){p, p != NULL ? b.n : 0};
    rt_buf_free(&b);
    return p != NULL ? true : rt_fault(x, MIG_NOMEM);
}

mig_text rt_origin_kept(mig_text origin) {
    uint32_t n;
    if (origin.p == NULL)
        return MIG_NULL_TEXT;
    memcpy(&n, origin.p, sizeof n);
    return n > 0 ? (mig_text){origin.p + sizeof n, n} : MIG_NULL_TEXT;
}

typedef struct origin_key { int32_t id; rt_hash hash; mig_text text; } origin_key;

/* The next of an origin's keys; at begins as the origin. */
static bool next_key(const char **at, const char *end, origin_key *out) {
    uint32_t n;
    if (*at >= end)
        return false;
    memcpy(&out->id, *at, sizeof out->id);
    memcpy(&out->hash, *at + sizeof out->id, sizeof out->hash);
    memcpy(&n, *at + sizeof out->id + sizeof out->hash, sizeof n);
    out->text = (mig_text){*at + sizeof out->id + sizeof out->hash + sizeof n, n};
    *at = out->text.p + n;
    return true;
}

static const char *first_key(mig_text origin) {
    uint32_t n;
    memcpy(&n, origin.p, sizeof n);
    return origin.p + sizeof n + n;
}

bool rt_origin_take(mig_ctx *x, mig_text origin, const void *primary, size_t n) {
    rt_phase_run *ph = x->run->phase;
    origin_key k;
    if (origin.p == NULL)
        return true;
    for (const char *at = first_key(origin); next_key(&at, origin.p + origin.n, &k);) {
        const void *old;
        size_t old_n;
        bool found;
        uint8_t several = SEVERAL;
        rt_map *map = ph->lookups[k.id].map;
        if (map == NULL)
            continue; /* only kept: nobody asks in this phase */
        mig_status st = rt_map_get(map, k.hash, &old, &old_n, &found);
        if (st == MIG_OK && !found)
            st = rt_undo_put(x->run, map, k.hash, primary, n, NULL, 0, false);
        else if (st == MIG_OK && *(const uint8_t *)old != SEVERAL && (old_n != n || memcmp(old, primary, n) != 0))
            st = rt_undo_put(x->run, map, k.hash, &several, 1, old, old_n, true);
        if (st != MIG_OK)
            return rt_fault(x, st);
    }
    return true;
}

mig_status rt_origin_forget(rt_run *run, mig_text origin) {
    origin_key k;
    mig_status st = MIG_OK;
    if (origin.p == NULL)
        return MIG_OK;
    for (const char *at = first_key(origin); st == MIG_OK && next_key(&at, origin.p + origin.n, &k);)
        if (run->phase->lookups[k.id].map != NULL)
            st = rt_map_delete(run->phase->lookups[k.id].map, k.hash);
    return st;
}

/* ---- the ledger ------------------------------------------------------------------------------------------------------------- */

static mig_text text_of(const char *s) {
    return (mig_text){s, strlen(s)};
}

mig_status rt_origin_keep(rt_run *run, mig_text origin, const void *primary, size_t n) {
    rt_phase_run *ph = run->phase;
    origin_key k;
    mig_status st = MIG_OK;
    if (origin.p == NULL)
        return MIG_OK;
    for (const char *at = first_key(origin); st == MIG_OK && next_key(&at, origin.p + origin.n, &k);) {
        const mig_index_key *l = run->spec->lookups[k.id];
        rt_buf key = {0};
        if (!l->kept)
            continue;
        spell_primary(l->table, primary, n, &key);
        struct rt_provenance_row row = {
            .run = text_of(run->id), .migration = text_of(run->spec->name), .phase = text_of(ph->phase->name),
            .source = text_of(rt_source_table_name(run, l->from)), .source_columns = text_of(l->name), .source_key = k.text,
            .target_table = text_of(l->table->name), .target_key = {key.p != NULL ? key.p : "", key.n}};
        if (key.failed)
            st = rt_run_nomem(run);
        if (st == MIG_OK && ph->provenance_writer == NULL)
            st = run->ops->writer(run->target, rt_ledger_provenance[run->ops->engine], &ph->provenance_writer, &run->error);
        if (st == MIG_OK)
            st = run->ops->put(ph->provenance_writer, &row, &run->error);
        rt_buf_free(&key);
    }
    return st;
}

static bool is(mig_text v, const char *s) {
    return v.p != NULL && v.n == strlen(s) && memcmp(v.p, s, v.n) == 0;
}

/* The look-up of this phase that the ledger's row is for, or NULL. */
static const mig_index_key *asked_for(rt_run *run, const struct rt_provenance_row *row) {
    const mig_phase *p = run->phase->phase;
    for (int i = 0; i < p->n_lookups; i++) {
        const mig_index_key *l = p->lookups[i];
        if (l->from != NULL && l->kept && is(row->source_columns, l->name) && is(row->target_table, l->table->name) &&
            is(row->source, rt_source_table_name(run, l->from)))
            return l;
    }
    return NULL;
}

static bool take_kept(mig_ctx *x, const void *of_ledger, void *arg) {
    (void)arg;
    const struct rt_provenance_row *row = of_ledger;
    rt_run *run = x->run;
    const mig_index_key *l = is(row->migration, run->spec->name) ? asked_for(run, row) : NULL;
    rt_buf b = {0};
    mig_key k;
    if (l == NULL)
        return true;
    uint32_t none = 0;
    int32_t id = l->id;
    bool taken = false;
    if (read_key(x, l, row->source_key, &k) && read_primary(x, l->table, row->target_key, &b)) {
        rt_buf origin = {0};
        rt_hash h = rt_hash_bytes(k.p, k.n);
        rt_buf_add(&origin, &none, sizeof none);
        rt_buf_add(&origin, &id, sizeof id);
        rt_buf_add(&origin, &h, sizeof h);
        rt_buf_add(&origin, &none, sizeof none);
        taken = origin.failed ? rt_fault(x, rt_run_nomem(run)) : rt_origin_take(x, (mig_text){origin.p, origin.n}, b.p, b.n);
        rt_buf_free(&origin);
    } else if (x->fatal == MIG_OK) {
        rt_fault(x, rt_error_set(&run->error, MIG_IO, "the ledger's provenance of \"%s\" cannot be read: key \"%.*s\" of %s", l->table->name,
                                 (int)row->source_key.n, row->source_key.p != NULL ? row->source_key.p : "",
                                 rt_source_table_name(run, l->from)));
    }
    rt_buf_free(&b);
    return taken;
}

static bool asks_ledger(const mig_phase *p) {
    for (int i = 0; i < p->n_lookups; i++)
        if (p->lookups[i]->kept)
            return true;
    return false;
}

mig_status rt_origins_prepare(rt_run *run) {
    rt_phase_run *ph = run->phase;
    if (ph->origins_read || !asks_ledger(ph->phase))
        return MIG_OK;
    run->ctx.record = NULL;
    mig_status st = rt_scan_rows(run, rt_ledger_provenance[run->ops->engine], take_kept, NULL);
    ph->origins_read = st == MIG_OK;
    return st;
}
