/*
 * cells.c: a cell of a database's row as a value of the type that the spec gives its column. PostgreSQL's cells are of that type;
 * SQLite's hold what was stored, and are read where that loses nothing: the reasons of the failures are here. Called by generated code.
 */
#include "runtime/functions/fn.h"

#include <math.h>

/* ---- what a cell looks like ---------------------------------------------------------------------------------------- */

mig_text rt_cell_text(mig_ctx *x, const mig_cell *c) {
    char text[RT_SPELL];
    switch (c->kind) {
    case MIG_CELL_NULL: return MIG_NULL_TEXT;
    case MIG_CELL_TEXT: return (mig_text){c->p, c->n};
    case MIG_CELL_INT: return fn_copy(x, text, rt_spell_int(text, c->i));
    case MIG_CELL_REAL: return fn_copy(x, text, rt_spell_double(text, c->d));
    case MIG_CELL_BLOB: return mig_text_of_bytea(x, (mig_bytea){c->p, c->n < 64 ? c->n : 64});
    case MIG_CELL_VALUE: break; /* of its type, so nothing fails for what it is */
    }
    return MIG_NULL_TEXT;
}

/* The same with the column's type, which a VALUE of PostgreSQL is of. */
mig_text rt_cell_text_typed(mig_ctx *x, mig_type type, const mig_cell *c) {
    char text[RT_SPELL];
    if (c->kind != MIG_CELL_VALUE)
        return rt_cell_text(x, c);
    switch (type) {
    case MIG_T_BOOLEAN: return c->i != 0 ? MIG_TEXT("true") : MIG_TEXT("false");
    case MIG_T_DATE: return fn_copy(x, text, rt_spell_date(text, (int32_t)c->i));
    case MIG_T_TIME: return fn_copy(x, text, rt_spell_time(text, c->i));
    case MIG_T_TIMESTAMP: return fn_copy(x, text, rt_spell_timestamp(text, c->i));
    case MIG_T_TIMESTAMPTZ: return fn_copy(x, text, rt_spell_timestamptz(text, c->i, "+00"));
    case MIG_T_UUID: return fn_copy(x, text, rt_spell_uuid(text, (const uint8_t *)c->p));
    case MIG_T_NUMERIC: case MIG_T_JSON: case MIG_T_JSONB: return (mig_text){c->p, c->n};
    case MIG_T_TEXT_ARRAY: case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_REAL: case MIG_T_DOUBLE:
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: case MIG_T_BYTEA: case MIG_T_COUNT: break;
    }
    return MIG_NULL_TEXT;
}

static mig_text text_of(const mig_cell *c) {
    return (mig_text){c->p, c->n};
}

/* The cell holds another kind of thing than `wanted`: "a date". */
static void misfit(mig_ctx *x, const mig_cell *c, const char *wanted) {
    mig_text shown = rt_cell_text(x, c);
    if (c->kind == MIG_CELL_BLOB)
        mig_fail(x, MIG_RULE_PARSE, shown, "a blob of %zu byte%s is not %s", c->n, c->n == 1 ? "" : "s", wanted);
    else
        mig_fail(x, MIG_RULE_PARSE, shown, "the number %s is not %s", fn_show(shown).s, wanted);
}

/* ---- numbers ---------------------------------------------------------------------------------------------------------- */

mig_bool mig_cell_boolean(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_NULL)
        return MIG_NULL_BOOL;
    if (c->kind == MIG_CELL_VALUE || (c->kind == MIG_CELL_INT && (c->i == 0 || c->i == 1)))
        return MIG_BOOL(c->i != 0);
    if (c->kind == MIG_CELL_TEXT)
        return mig_bool_of_text(x, text_of(c));
    if (c->kind == MIG_CELL_REAL && (c->d == 0 || c->d == 1))
        return MIG_BOOL(c->d != 0);
    misfit(x, c, "a boolean: 0 or 1");
    return MIG_NULL_BOOL;
}

/* A float without a fraction; 2^63 is the first that no bigint is. */
static bool whole(double d, int64_t *out) {
    if (!(d >= -0x1p63 && d < 0x1p63) || d != floor(d))
        return false;
    *out = (int64_t)d;
    return true;
}

mig_int mig_cell_bigint_of_other(mig_ctx *x, const mig_cell *c) {
    int64_t v;
    if (c->kind == MIG_CELL_NULL)
        return MIG_NULL_INT;
    if (c->kind == MIG_CELL_TEXT)
        return mig_bigint_of_text(x, text_of(c));
    if (c->kind == MIG_CELL_REAL && whole(c->d, &v))
        return MIG_INT(v);
    if (c->kind == MIG_CELL_REAL && c->d == floor(c->d))
        mig_fail(x, MIG_RULE_RANGE, rt_cell_text(x, c), "%s is too large for bigint", fn_show(rt_cell_text(x, c)).s);
    else
        misfit(x, c, c->kind == MIG_CELL_REAL ? "a whole number" : "an integer");
    return MIG_NULL_INT;
}

static mig_int narrow(mig_ctx *x, const mig_record *r, int i, int64_t most, const char *type) {
    mig_int v = mig_cell_bigint(x, r, i);
    if (v.is_null || (v.v <= most && v.v >= -most - 1))
        return v;
    mig_text shown = rt_cell_text(x, &r->cells[i]);
    mig_fail(x, MIG_RULE_RANGE, shown, "%s is out of the range of %s", fn_show(shown).s, type);
    return MIG_NULL_INT;
}

mig_int mig_cell_smallint(mig_ctx *x, const mig_record *r, int i) {
    return narrow(x, r, i, INT16_MAX, "smallint");
}

mig_int mig_cell_integer(mig_ctx *x, const mig_record *r, int i) {
    return narrow(x, r, i, INT32_MAX, "integer");
}

mig_float mig_cell_double_of_other(mig_ctx *x, const mig_cell *c) {
    if (c->kind == MIG_CELL_NULL)
        return MIG_NULL_FLOAT;
    if (c->kind == MIG_CELL_INT)
        return MIG_FLOAT((double)c->i);
    if (c->kind == MIG_CELL_TEXT)
        return mig_double_of_text(x, text_of(c));
    if (c->kind == MIG_CELL_REAL)
        mig_fail(x, MIG_RULE_RANGE, rt_cell_text(x, c), "%s is not a finite number", fn_show(rt_cell_text(x, c)).s);
    else
        misfit(x, c, "a number");
    return MIG_NULL_FLOAT;
}

mig_float mig_cell_real(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_TEXT)
        return mig_real_of_text(x, text_of(c));
    return mig_real_of_double(x, mig_cell_double_(x, r, i));
}

/* A float becomes the shortest digits that give it again: 0.99 is 0.99. */
mig_numeric mig_cell_numeric(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_NULL)
        return MIG_NULL_NUMERIC;
    if (c->kind == MIG_CELL_VALUE)
        return (mig_numeric){c->p, c->n};
    if (c->kind == MIG_CELL_INT)
        return mig_numeric_of_int(x, MIG_INT(c->i));
    if (c->kind == MIG_CELL_TEXT)
        return mig_numeric_of_text(x, text_of(c));
    if (c->kind == MIG_CELL_REAL && isfinite(c->d))
        return mig_numeric_of_text(x, rt_cell_text(x, c));
    if (c->kind == MIG_CELL_REAL)
        mig_fail(x, MIG_RULE_RANGE, rt_cell_text(x, c), "%s is not a finite number", fn_show(rt_cell_text(x, c)).s);
    else
        misfit(x, c, "a number");
    return MIG_NULL_NUMERIC;
}

/* ---- bytes, dates, times ---------------------------------------------------------------------------------------------- */

mig_bytea mig_cell_bytea(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_BLOB)
        return (mig_bytea){c->p, c->n};
    if (c->kind == MIG_CELL_TEXT)
        return mig_bytea_of_text(x, text_of(c));
    if (c->kind != MIG_CELL_NULL)
        misfit(x, c, "a blob");
    return MIG_NULL_BYTEA;
}

/* A number in a column of dates counts something, and only the spec can say what. */
static void no_moment(mig_ctx *x, const mig_cell *c, const char *wanted) {
    mig_text shown = rt_cell_text(x, c);
    if (c->kind == MIG_CELL_BLOB)
        misfit(x, c, wanted);
    else if (c->kind != MIG_CELL_NULL)
        mig_fail(x, MIG_RULE_PARSE, shown, "the number %s is not %s: a column of numbers is declared so, and read by to_timestamp(x) or "
                 "julian(x)", fn_show(shown).s, wanted);
}

mig_date mig_cell_date(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_VALUE)
        return (mig_date){(int32_t)c->i, false};
    if (c->kind == MIG_CELL_TEXT)
        return mig_date_of_text(x, text_of(c));
    no_moment(x, c, "a date");
    return MIG_NULL_DATE;
}

mig_time mig_cell_time(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_VALUE)
        return (mig_time){c->i, false};
    if (c->kind == MIG_CELL_TEXT)
        return mig_time_of_text(x, text_of(c));
    no_moment(x, c, "a time");
    return MIG_NULL_TIME;
}

mig_timestamp mig_cell_timestamp(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_VALUE)
        return (mig_timestamp){c->i, false};
    if (c->kind == MIG_CELL_TEXT)
        return mig_timestamp_of_text(x, text_of(c));
    no_moment(x, c, "a timestamp");
    return MIG_NULL_TIMESTAMP;
}

mig_timestamptz mig_cell_timestamptz(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_VALUE)
        return (mig_timestamptz){c->i, false};
    if (c->kind == MIG_CELL_TEXT)
        return mig_timestamptz_of_text(x, text_of(c));
    no_moment(x, c, "a timestamp");
    return MIG_NULL_TIMESTAMPTZ;
}

/* ---- uuid, JSON, lists ------------------------------------------------------------------------------------------------- */

mig_uuid mig_cell_uuid(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    mig_uuid out = {.is_null = false};
    if (c->kind == MIG_CELL_NULL)
        return MIG_NULL_UUID;
    if (c->kind == MIG_CELL_TEXT)
        return mig_uuid_of_text(x, text_of(c));
    if (c->kind == MIG_CELL_VALUE || (c->kind == MIG_CELL_BLOB && c->n == sizeof out.v)) {
        memcpy(out.v, c->p, sizeof out.v);
        return out;
    }
    misfit(x, c, "a uuid");
    return MIG_NULL_UUID;
}

/* A column that was declared JSON in SQLite keeps the text 12 as the number 12. */
static mig_json json(mig_ctx *x, const mig_cell *c, mig_json (*read)(mig_ctx *, mig_text)) {
    if (c->kind == MIG_CELL_VALUE)
        return (mig_json){c->p, c->n};
    if (c->kind == MIG_CELL_TEXT || c->kind == MIG_CELL_INT || (c->kind == MIG_CELL_REAL && isfinite(c->d)))
        return read(x, rt_cell_text(x, c));
    if (c->kind != MIG_CELL_NULL)
        misfit(x, c, "JSON text");
    return MIG_NULL_JSON;
}

mig_json mig_cell_json(mig_ctx *x, const mig_record *r, int i) {
    return json(x, &r->cells[i], mig_json_of_text);
}

mig_json mig_cell_jsonb(mig_ctx *x, const mig_record *r, int i) {
    return json(x, &r->cells[i], mig_jsonb_of_text);
}

mig_list mig_cell_list(mig_ctx *x, const mig_record *r, int i) {
    const mig_cell *c = &r->cells[i];
    if (c->kind == MIG_CELL_VALUE)
        return (mig_list){(const mig_text *)(const void *)c->p, c->n, false};
    if (c->kind == MIG_CELL_TEXT)
        return mig_parse_list(x, text_of(c));
    if (c->kind != MIG_CELL_NULL)
        misfit(x, c, "a list");
    return MIG_NULL_LIST;
}
