/*
 * constants.c: constants of a spec, looked at by the functions that will look at them when the program runs: what is a date here is
 * a date there, and two spellings that are one name here are one name there.
 */
#include "compiler/base/bug.h"
#include "compiler/sema/inside.h"
#include "runtime/functions/constant.h"
#include "runtime/rt.h"

#include <stdio.h>
#include <string.h>

static mig_text slice(const char *text)
{
    return (mig_text){text, strlen(text)};
}

static void begin(mig_ctx *x, rt_error *error)
{
    *error = (rt_error){.status = MIG_OK};
    *x = (mig_ctx){.arena = rt_arena_new(4096), .error = error};
    if (x->arena == NULL)
        migc_out_of_memory();
}

static void end(mig_ctx *x)
{
    bool no_memory = x->fatal == MIG_NOMEM;

    rt_arena_free(x->arena);
    if (no_memory)
        migc_out_of_memory();
}

/* Reads the text as a value of the type; failures stay in the context. */
static void read_as(mig_ctx *x, value_type t, mig_text v)
{
    switch (t.id) {
    case TYPE_BOOLEAN: mig_bool_of_text(x, v); return;
    case TYPE_SMALLINT: mig_smallint_of_text(x, v); return;
    case TYPE_INTEGER: mig_integer_of_text(x, v); return;
    case TYPE_BIGINT: mig_bigint_of_text(x, v); return;
    case TYPE_REAL: mig_real_of_text(x, v); return;
    case TYPE_DOUBLE: mig_double_of_text(x, v); return;
    case TYPE_NUMERIC: {
        mig_numeric n = mig_numeric_of_text(x, v);

        if (!mig_failed(x) && t.p >= 0)
            mig_narrow_numeric(x, n, t.p, t.s);
        return;
    }
    case TYPE_BYTEA: mig_bytea_of_text(x, v); return;
    case TYPE_DATE: mig_date_of_text(x, v); return;
    case TYPE_TIME: mig_time_of_text(x, v); return;
    case TYPE_TIMESTAMP: mig_timestamp_of_text(x, v); return;
    case TYPE_TIMESTAMPTZ: mig_timestamptz_of_text(x, v); return;
    case TYPE_UUID: mig_uuid_of_text(x, v); return;
    case TYPE_JSON: mig_json_of_text(x, v); return;
    case TYPE_JSONB: mig_jsonb_of_text(x, v); return;
    case TYPE_TEXT_ARRAY: mig_parse_list(x, v); return;
    case TYPE_TEXT:
    case TYPE_VARCHAR:
    case TYPE_CHAR:
    case TYPE_UNKNOWN:
    case TYPE_ERROR:
    case TYPE_NULL:
    case TYPE_COUNT: return;
    }
}

bool constant_reads(value_type t, const char *text, char *why, size_t n)
{
    rt_error error;
    mig_ctx x;

    begin(&x, &error);
    read_as(&x, t, slice(text));
    bool ok = !mig_failed(&x);
    if (!ok)
        snprintf(why, n, "%s", x.reason);
    end(&x);
    return ok;
}

typedef mig_text text_function(mig_ctx *x, mig_text v);

static mig_text trim(mig_ctx *x, mig_text v)
{
    return mig_trim(x, v, MIG_NULL_TEXT);
}

static text_function *operation(const char *name)
{
    static const struct { const char *name; text_function *fn; } operations[] = {
        {"casefold", mig_casefold}, {"nfc", mig_nfc}, {"nfkc", mig_nfkc},
        {"squeeze", mig_squeeze}, {"trim", trim}, {"unaccent", mig_unaccent},
    };

    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (strcmp(operations[i].name, name) == 0)
            return operations[i].fn;
    return NULL;
}

bool constant_is_match(const char *name)
{
    return operation(name) != NULL;
}

const char *constant_fold(arena *a, const ast_names *match, const char *text)
{
    rt_error error;
    mig_ctx x;
    mig_text v = slice(text);

    begin(&x, &error);
    for (int i = 0; i < match->n; i++) {
        text_function *fn = operation(match->at[i].text);

        if (fn != NULL)
            v = fn(&x, v);
    }
    const char *folded = v.p == NULL || v.n == 0 ? NULL : arena_strndup(a, v.p, v.n);
    end(&x);
    return folded;
}

bool constant_refused(int fn, int arg, const char *value, char *why, size_t n)
{
    return mig_constant_refused(fn, arg, slice(value), why, n);
}

bool constant_like_refused(const char *pattern, const char *escape, char *why, size_t n)
{
    return mig_like_refused(slice(pattern), escape == NULL ? MIG_NULL_TEXT : slice(escape), why, n);
}

bool constant_replacement_refused(const char *pattern, const char *with, char *why, size_t n)
{
    return mig_replacement_refused(slice(pattern), slice(with), why, n);
}

bool constant_group_refused(const char *pattern, long long group, char *why, size_t n)
{
    return mig_group_refused(pattern == NULL ? MIG_NULL_TEXT : slice(pattern), group, why, n);
}

constant_outcome constant_call(int fn, const char *const *args, int n_args, char *why, size_t n)
{
    enum { MOST = 100 };
    mig_text values[MOST];
    rt_error error;
    mig_ctx x;
    constant_outcome outcome = CONSTANT_UNKNOWN;

    if (n_args > MOST)
        return outcome;
    for (int i = 0; i < n_args; i++)
        values[i] = slice(args[i]);
    begin(&x, &error);
    if (mig_constant_call(&x, fn, values, n_args))
        outcome = mig_failed(&x) ? CONSTANT_FAILS : CONSTANT_WORKS;
    if (outcome == CONSTANT_FAILS)
        snprintf(why, n, "%s", x.reason);
    end(&x);
    return outcome;
}

int constant_length(const char *text)
{
    int n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}
