/*
 * cg_fold.c: a text literal that its context made a date, a time, a uuid … is computed here, by the runtime's own functions, and
 * stands in the program as a constant: no row computes it again. Called by cg_expr.c.
 */
#include "compiler/codegen/cg.h"

#include "runtime/rt.h"

#include <inttypes.h>
#include <string.h>

typedef enum foldable { FOLD_NO, FOLD_DATE, FOLD_TIME, FOLD_TIMESTAMP, FOLD_TIMESTAMPTZ, FOLD_UUID, FOLD_JSON, FOLD_JSONB } foldable;

static foldable kind_of(const plan_expr *e) {
    static const struct { const char *function; foldable kind; } kinds[] = {
        {"mig_date_of_text", FOLD_DATE}, {"mig_time_of_text", FOLD_TIME}, {"mig_timestamp_of_text", FOLD_TIMESTAMP},
        {"mig_timestamptz_of_text", FOLD_TIMESTAMPTZ}, {"mig_uuid_of_text", FOLD_UUID}, {"mig_json_of_text", FOLD_JSON},
        {"mig_jsonb_of_text", FOLD_JSONB},
    };
    if (e->kind != PX_CALL || e->fallible || e->n_args != 1 || e->args[0]->kind != PX_TEXT)
        return FOLD_NO;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(kinds[i].function, cg_function(e->call.fn)) == 0)
            return kinds[i].kind;
    return FOLD_NO;
}

bool cg_is_folded(const plan_expr *e) {
    return kind_of(e) != FOLD_NO;
}

/* `(mig_date){8766, false}` with the literal beside it. */
static const char *number(cg *g, const char *ctype, int64_t v, mig_text written) {
    const char *text = cg_comment_words(g, arena_strndup(g->a, written.p, written.n));
    return emit_printf(g->e, "(%s){%s, false /* %s */}", ctype, cg_int(g, v), text);
}

static const char *uuid(cg *g, const uint8_t *bytes) {
    strbuf sb = STRBUF_INIT;
    sb_puts(&sb, "(mig_uuid){{");
    for (int i = 0; i < 16; i++)
        sb_printf(&sb, "%s0x%02x", i > 0 ? ", " : "", bytes[i]);
    sb_puts(&sb, "}, false}");
    return sb_take(&sb, g->a);
}

static const char *json(cg *g, mig_json v) {
    return emit_printf(g->e, "(mig_json){%s, %zu}", emit_string(g->e, v.p, v.n), v.n);
}

static const char *value(cg *g, mig_ctx *x, foldable kind, mig_text v) {
    switch (kind) {
    case FOLD_DATE: return number(g, "mig_date", mig_date_of_text(x, v).v, v);
    case FOLD_TIME: return number(g, "mig_time", mig_time_of_text(x, v).v, v);
    case FOLD_TIMESTAMP: return number(g, "mig_timestamp", mig_timestamp_of_text(x, v).v, v);
    case FOLD_TIMESTAMPTZ: return number(g, "mig_timestamptz", mig_timestamptz_of_text(x, v).v, v);
    case FOLD_UUID: return uuid(g, mig_uuid_of_text(x, v).v);
    case FOLD_JSON:
    case FOLD_JSONB: {
        mig_json made = kind == FOLD_JSON ? mig_json_of_text(x, v) : mig_jsonb_of_text(x, v);
        return made.p != NULL ? json(g, made) : NULL;
    }
    case FOLD_NO: break;
    }
    migc_bug("a literal that is none");
}

const char *cg_folded(cg *g, const plan_expr *e) {
    rt_error error = {.status = MIG_OK};
    mig_ctx x = {.arena = rt_arena_new(4096), .error = &error};
    if (x.arena == NULL)
        migc_out_of_memory();
    mig_text v = {e->args[0]->text, e->args[0]->len};
    const char *c = value(g, &x, kind_of(e), v);
    if (x.fatal == MIG_NOMEM)
        migc_out_of_memory();
    if (c == NULL || mig_failed(&x))
        migc_bug("the literal '%.*s' cannot be read: %s", (int)v.n, v.p, x.reason);
    rt_arena_free(x.arena);
    return c;
}
