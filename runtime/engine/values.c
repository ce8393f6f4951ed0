/*
 * values.c: a row's columns seen one by one, whatever its table: a codec that hands each value to a callback. On it stand
 * picking one column, adding one to a key, and showing rows to people. Called by look-ups, aliases and checks.
 */
#include "runtime/engine/state.h"

#include <string.h>

typedef struct walker {
    mig_codec codec; /* must stand first */
    int column;
    rt_value_fn fn;
    void *arg;
} walker;

static void give(mig_codec *c, rt_value v) {
    walker *w = (walker *)c;
    w->fn(w->arg, w->column++, &v);
}

static void give_int(mig_codec *c, mig_type type, int64_t i, bool is_null) {
    give(c, (rt_value){.type = type, .is_null = is_null, .i = i});
}

static void give_text(mig_codec *c, mig_type type, const char *p, size_t n) {
    give(c, (rt_value){.type = type, .is_null = p == NULL, .t = {p, n}});
}

static void w_boolean(mig_codec *c, mig_bool *v) { give_int(c, MIG_T_BOOLEAN, v->v, v->is_null); }
static void w_smallint(mig_codec *c, mig_int *v) { give_int(c, MIG_T_SMALLINT, v->v, v->is_null); }
static void w_integer(mig_codec *c, mig_int *v) { give_int(c, MIG_T_INTEGER, v->v, v->is_null); }
static void w_bigint(mig_codec *c, mig_int *v) { give_int(c, MIG_T_BIGINT, v->v, v->is_null); }
static void w_date(mig_codec *c, mig_date *v) { give_int(c, MIG_T_DATE, v->v, v->is_null); }
static void w_time(mig_codec *c, mig_time *v) { give_int(c, MIG_T_TIME, v->v, v->is_null); }
static void w_timestamp(mig_codec *c, mig_timestamp *v) { give_int(c, MIG_T_TIMESTAMP, v->v, v->is_null); }
static void w_timestamptz(mig_codec *c, mig_timestamptz *v) { give_int(c, MIG_T_TIMESTAMPTZ, v->v, v->is_null); }
static void w_numeric(mig_codec *c, mig_numeric *v) { give_text(c, MIG_T_NUMERIC, v->p, v->n); }
static void w_text(mig_codec *c, mig_text *v) { give_text(c, MIG_T_TEXT, v->p, v->n); }
static void w_bytea(mig_codec *c, mig_bytea *v) { give_text(c, MIG_T_BYTEA, v->p, v->n); }
static void w_json(mig_codec *c, mig_json *v) { give_text(c, MIG_T_JSON, v->p, v->n); }
static void w_jsonb(mig_codec *c, mig_json *v) { give_text(c, MIG_T_JSONB, v->p, v->n); }

static void w_real(mig_codec *c, mig_float *v) {
    give(c, (rt_value){.type = MIG_T_REAL, .is_null = v->is_null, .d = v->v});
}

static void w_double(mig_codec *c, mig_float *v) {
    give(c, (rt_value){.type = MIG_T_DOUBLE, .is_null = v->is_null, .d = v->v});
}

static void w_uuid(mig_codec *c, mig_uuid *v) {
    rt_value out = {.type = MIG_T_UUID, .is_null = v->is_null};
    memcpy(out.uuid, v->v, sizeof out.uuid);
    give(c, out);
}

static void w_list(mig_codec *c, mig_list *v) {
    give(c, (rt_value){.type = MIG_T_TEXT_ARRAY, .is_null = v->is_null, .list = *v});
}

static const mig_codec walking = {
    .boolean = w_boolean, .smallint = w_smallint, .integer = w_integer, .bigint = w_bigint, .real = w_real,
    .double_ = w_double, .numeric = w_numeric, .text = w_text, .bytea = w_bytea, .date = w_date, .time = w_time,
    .timestamp = w_timestamp, .timestamptz = w_timestamptz, .uuid = w_uuid, .json = w_json, .jsonb = w_jsonb,
    .list = w_list,
};

void rt_each_value(const mig_table *t, const void *row, rt_value_fn fn, void *arg) {
    walker w = {.codec = walking, .fn = fn, .arg = arg};
    t->visit((void *)(uintptr_t)row, &w.codec); /* the walker only reads */
}

typedef struct picking { int column; rt_value value; } picking;

static void pick(void *arg, int column, const rt_value *v) {
    picking *p = arg;
    if (column == p->column)
        p->value = *v;
}

rt_value rt_pick(const mig_table *t, const void *row, int column) {
    picking p = {.column = column, .value = {.is_null = true}};
    rt_each_value(t, row, pick, &p);
    p.value.type = t->columns[column].type; /* char(n) and varchar(n) come as text */
    return p.value;
}

/* ---- putting one ---------------------------------------------------------------------------------------------------- */

typedef struct putter { mig_codec codec; int column, wanted; const rt_value *v; } putter;

static bool here(mig_codec *c) {
    putter *p = (putter *)c;
    return p->column++ == p->wanted;
}

static void p_int(mig_codec *c, mig_int *v) {
    if (here(c))
        *v = (mig_int){((putter *)c)->v->i, false};
}

static void p_text(mig_codec *c, mig_text *v) {
    if (here(c))
        *v = ((putter *)c)->v->t;
}

static void p_uuid(mig_codec *c, mig_uuid *v) {
    if (here(c)) {
        v->is_null = false;
        memcpy(v->v, ((putter *)c)->v->uuid, sizeof v->v);
    }
}

static void p_boolean(mig_codec *c, mig_bool *v) { (void)v; here(c); }
static void p_float(mig_codec *c, mig_float *v) { (void)v; here(c); }
static void p_numeric(mig_codec *c, mig_numeric *v) { (void)v; here(c); }
static void p_bytea(mig_codec *c, mig_bytea *v) { (void)v; here(c); }
static void p_date(mig_codec *c, mig_date *v) { (void)v; here(c); }
static void p_time(mig_codec *c, mig_time *v) { (void)v; here(c); }
static void p_timestamp(mig_codec *c, mig_timestamp *v) { (void)v; here(c); }
static void p_timestamptz(mig_codec *c, mig_timestamptz *v) { (void)v; here(c); }
static void p_json(mig_codec *c, mig_json *v) { (void)v; here(c); }
static void p_list(mig_codec *c, mig_list *v) { (void)v; here(c); }

void rt_put_value(const mig_table *t, void *row, int column, const rt_value *v) {
    putter p = {
        .codec = {.boolean = p_boolean, .smallint = p_int, .integer = p_int, .bigint = p_int, .real = p_float,
                  .double_ = p_float, .numeric = p_numeric, .text = p_text, .bytea = p_bytea, .date = p_date, .time = p_time,
                  .timestamp = p_timestamp, .timestamptz = p_timestamptz, .uuid = p_uuid, .json = p_json, .jsonb = p_json,
                  .list = p_list},
        .wanted = column, .v = v};
    t->visit(row, &p.codec);
}

/* ---- keys and text --------------------------------------------------------------------------------------------------- */

void rt_value_key(const rt_value *v, mig_key *k) {
    switch (v->type) {
    case MIG_T_BOOLEAN: mig_key_bool(k, (mig_bool){v->i != 0, v->is_null}); return;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: mig_key_int(k, (mig_int){v->i, v->is_null}); return;
    case MIG_T_REAL: case MIG_T_DOUBLE: mig_key_float(k, (mig_float){v->d, v->is_null}); return;
    case MIG_T_NUMERIC: mig_key_numeric(k, (mig_numeric){v->t.p, v->t.n}); return;
    case MIG_T_TEXT: case MIG_T_VARCHAR: mig_key_text(k, v->t); return;
    case MIG_T_CHAR: mig_key_char(k, v->t); return;
    case MIG_T_BYTEA: mig_key_bytea(k, (mig_bytea){v->t.p, v->t.n}); return;
    case MIG_T_DATE: mig_key_date(k, (mig_date){(int32_t)v->i, v->is_null}); return;
    case MIG_T_TIME: mig_key_time(k, (mig_time){v->i, v->is_null}); return;
    case MIG_T_TIMESTAMP: mig_key_timestamp(k, (mig_timestamp){v->i, v->is_null}); return;
    case MIG_T_TIMESTAMPTZ: mig_key_timestamptz(k, (mig_timestamptz){v->i, v->is_null}); return;
    case MIG_T_UUID: {
        mig_uuid u = {.is_null = v->is_null};
        memcpy(u.v, v->uuid, sizeof u.v);
        mig_key_uuid(k, u);
        return;
    }
    case MIG_T_JSON: case MIG_T_JSONB: mig_key_json(k, (mig_json){v->t.p, v->t.n}); return;
    case MIG_T_TEXT_ARRAY: mig_key_list(k, v->list); return;
    case MIG_T_COUNT: return;
    }
}

static void short_text(rt_buf *out, const char *p, size_t n) {
    char shown[128];
    rt_shorten(shown, sizeof shown, p, n);
    rt_buf_printf(out, "'%s'", shown);
}

static void list_text(rt_buf *out, mig_list list) {
    rt_buf_add(out, "[", 1);
    for (size_t i = 0; i < list.n && i < 8; i++) {
        if (i > 0)
            rt_buf_add(out, ", ", 2);
        if (list.v[i].p == NULL)
            rt_buf_add(out, "null", 4);
        else
            short_text(out, list.v[i].p, list.v[i].n);
    }
    rt_buf_printf(out, "%s]", list.n > 8 ? ", …" : "");
}

void rt_value_text(const rt_value *v, rt_buf *out) {
    char text[RT_SPELL + 4];
    size_t n = 0;
    if (v->is_null) {
        rt_buf_add(out, "null", 4);
        return;
    }
    switch (v->type) {
    case MIG_T_BOOLEAN: rt_buf_printf(out, "%s", v->i ? "true" : "false"); return;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: n = rt_spell_int(text, v->i); break;
    case MIG_T_REAL: n = rt_spell_real(text, v->d); break;
    case MIG_T_DOUBLE: n = rt_spell_double(text, v->d); break;
    case MIG_T_NUMERIC: rt_buf_printf(out, "%.*s", (int)(v->t.n < 60 ? v->t.n : 60), v->t.p); return;
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_JSON: case MIG_T_JSONB:
        short_text(out, v->t.p, v->t.n);
        return;
    case MIG_T_BYTEA: rt_buf_printf(out, "(%zu bytes)", v->t.n); return;
    case MIG_T_DATE: n = rt_spell_date(text, (int32_t)v->i); break;
    case MIG_T_TIME: n = rt_spell_time(text, v->i); break;
    case MIG_T_TIMESTAMP: n = rt_spell_timestamp(text, v->i); break;
    case MIG_T_TIMESTAMPTZ:
        n = rt_spell_timestamp(text, v->i);
        memcpy(text + n, "+00", 3);
        n += 3;
        break;
    case MIG_T_UUID: n = rt_spell_uuid(text, v->uuid); break;
    case MIG_T_TEXT_ARRAY: list_text(out, v->list); return;
    case MIG_T_COUNT: return;
    }
    rt_buf_add(out, text, n);
}

typedef struct telling { const mig_table *table; rt_buf *out; size_t from; bool cut; } telling;

static void tell(void *arg, int column, const rt_value *v) {
    telling *t = arg;
    if (t->out->n - t->from > 120) { /* enough to find the row by */
        if (!t->cut)
            rt_buf_printf(t->out, ", …");
        t->cut = true;
        return;
    }
    rt_buf_printf(t->out, "%s%s = ", column > 0 ? ", " : "", t->table->columns[column].name);
    rt_value_text(v, t->out);
}

void rt_row_text(const mig_table *t, const void *row, rt_buf *out) {
    telling arg = {.table = t, .out = out, .from = out->n};
    rt_each_value(t, row, tell, &arg);
}
