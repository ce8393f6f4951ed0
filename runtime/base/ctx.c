/*
 * ctx.c: the row context: memory of a row, the first failure of an expression, the verdict of a row.
 * Called by generated row functions and by the functions of the language; the engine reads the result.
 */
#include "runtime/rt.h"

#include <stdarg.h>
#include <string.h>

_Static_assert(offsetof(struct mig_ctx, failed) == 0, "mig_failed() reads the first member");

void mig_clear(mig_ctx *x) {
    if (x->fatal != MIG_OK)
        return;
    x->failed = MIG_RULE_NONE;
    x->has_value = false;
    x->column = NULL;
}

void *mig_alloc(mig_ctx *x, size_t n) {
    void *p = rt_arena_alloc(x->arena, n);
    if (p == NULL)
        mig_fatal(x, MIG_NOMEM, "out of memory: %zu more bytes were wanted for one row", n);
    return p;
}

void mig_fail(mig_ctx *x, mig_rule rule, mig_text value, const char *fmt, ...) {
    if (x->failed != MIG_RULE_NONE)
        return;
    x->failed = rule;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(x->reason, sizeof x->reason, fmt, ap);
    va_end(ap);
    x->has_value = value.p != NULL;
    x->value[0] = '\0';
    if (x->has_value)
        rt_shorten(x->value, sizeof x->value, value.p, value.n);
}

/* The first one wins. The failure stays set from here on, so that nothing goes on with the null that was returned. */
void mig_fatal(mig_ctx *x, mig_status st, const char *fmt, ...) {
    if (x->fatal != MIG_OK)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(x->reason, sizeof x->reason, fmt, ap);
    va_end(ap);
    x->fatal = st;
    x->failed = MIG_RULE_ABORT;
    x->has_value = false;
    rt_error_set(x->error, st, "%s", x->reason);
}

mig_verdict mig_reject(mig_ctx *x, const mig_site *site) {
    x->site = site;
    return x->fatal != MIG_OK ? MIG_ROW_ABORT : MIG_ROW_REJECT;
}

/* A failure that led here keeps its value: the spec's words say why, the value says which. */
mig_verdict mig_reject_why(mig_ctx *x, const mig_site *site, const char *why) {
    x->site = site;
    if (x->fatal != MIG_OK)
        return MIG_ROW_ABORT;
    if (x->failed == MIG_RULE_NONE)
        x->has_value = false;
    x->failed = MIG_RULE_RULE;
    x->why = why;
    snprintf(x->reason, sizeof x->reason, "%s", why);
    return MIG_ROW_REJECT;
}

mig_verdict mig_abort(mig_ctx *x, const mig_site *site) {
    x->site = site;
    return MIG_ROW_ABORT;
}
