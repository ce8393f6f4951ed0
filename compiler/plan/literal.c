/*
 * literal.c: a text literal that stands for a value of another type ('2024-01-01 00:00+02', 'yes', '{a,b}') as each engine keeps
 * that value, computed by the functions that read it at run time. The checks have read it once, so it cannot fail here.
 */
#include "compiler/base/bug.h"
#include "compiler/plan/build.h"
#include "runtime/rt.h"

#include <string.h>

static void put_quoted(strbuf *out, const char *p, size_t n) {
    sb_putc(out, '\'');
    for (size_t i = 0; i < n; i++) {
        if (p[i] == '\'')
            sb_putc(out, '\'');
        sb_putc(out, p[i]);
    }
    sb_putc(out, '\'');
}

static void put_bytes(strbuf *out, mig_bytea v, mig_engine engine) {
    sb_puts(out, engine == MIG_SQLITE ? "x'" : "'\\x");
    for (size_t i = 0; i < v.n; i++)
        sb_printf(out, "%02x", (unsigned char)v.p[i]);
    sb_putc(out, '\'');
}

static void put_number(mig_ctx *x, plan_type t, mig_text v, strbuf *out) {
    mig_numeric n = mig_numeric_of_text(x, v);
    if (t.p >= 0)
        n = mig_narrow_numeric(x, n, t.p, t.s);
    sb_printf(out, "%.*s", (int)n.n, n.p != NULL ? n.p : "");
}

/* Days and times, as they are spelled in both engines. */
static size_t spell_time(mig_ctx *x, mig_type t, mig_text v, mig_engine engine, char *out) {
    if (t == MIG_T_DATE)
        return rt_spell_date(out, mig_date_of_text(x, v).v);
    if (t == MIG_T_TIME)
        return rt_spell_time(out, mig_time_of_text(x, v).v);
    if (t == MIG_T_TIMESTAMP)
        return rt_spell_timestamp(out, mig_timestamp_of_text(x, v).v);
    size_t n = rt_spell_timestamp(out, mig_timestamptz_of_text(x, v).v);
    const char *utc = engine == MIG_SQLITE ? "+00:00" : "+00";
    memcpy(out + n, utc, strlen(utc));
    return n + strlen(utc);
}

static void put_value(mig_ctx *x, plan_type t, mig_text v, mig_engine engine, strbuf *out) {
    char text[RT_SPELL + 8];
    switch (t.id) {
    case MIG_T_BOOLEAN: {
        bool yes = mig_bool_of_text(x, v).v;
        sb_puts(out, engine == MIG_SQLITE ? (yes ? "1" : "0") : (yes ? "true" : "false"));
        return;
    }
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_NUMERIC: put_number(x, t, v, out); return;
    case MIG_T_REAL: case MIG_T_DOUBLE:
        sb_printf(out, "%.*s", (int)rt_spell_double(text, mig_double_of_text(x, v).v), text);
        return;
    case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ:
        put_quoted(out, text, spell_time(x, t.id, v, engine, text));
        return;
    case MIG_T_UUID: put_quoted(out, text, rt_spell_uuid(text, mig_uuid_of_text(x, v).v)); return;
    case MIG_T_BYTEA: put_bytes(out, mig_bytea_of_text(x, v), engine); return;
    case MIG_T_JSONB: {
        mig_json j = mig_jsonb_of_text(x, v);
        put_quoted(out, j.p, j.n);
        return;
    }
    case MIG_T_TEXT_ARRAY: {
        mig_list list = mig_parse_list(x, v);
        mig_json j = mig_to_json_list(x, list);
        mig_text l = engine == MIG_SQLITE ? (mig_text){j.p, j.n} : mig_text_of_list(x, list);
        put_quoted(out, l.p, l.n);
        return;
    }
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_JSON: case MIG_T_COUNT: put_quoted(out, v.p, v.n); return;
    }
}

void plan_sql_value(plan_type t, const char *text, mig_engine engine, strbuf *out) {
    rt_error error = {.status = MIG_OK};
    mig_ctx x = {.arena = rt_arena_new(4096), .error = &error};
    if (x.arena == NULL)
        migc_out_of_memory();
    put_value(&x, t, (mig_text){text, strlen(text)}, engine, out);
    bool no_memory = x.fatal == MIG_NOMEM;
    rt_arena_free(x.arena);
    if (no_memory)
        migc_out_of_memory();
    if (mig_failed(&x))
        migc_bug("'%s' was read by the checks and cannot be read now", text);
}
