/*
 * refuse.c: what the holds_<table>() functions of generated programs say of a row that breaks a rule of its table, and
 * `in` over a list. Called by generated code only.
 */
#include "runtime/rt.h"

/* The first failure is the one that is told, with its column. */
static void about(mig_ctx *x, const char *column) {
    if (x->failed == MIG_RULE_NONE)
        x->column = column;
}

bool mig_refuse_null(mig_ctx *x, const char *column) {
    about(x, column);
    mig_fail_null(x, column);
    return false;
}

bool mig_too_long(mig_text v, int n) {
    int characters = 0;
    for (size_t i = 0; i < v.n; i++)
        if (((unsigned char)v.p[i] & 0xC0) != 0x80 && ++characters > n)
            return true;
    return false;
}

bool mig_refuse_length(mig_ctx *x, const char *column, mig_text v, int n) {
    about(x, column);
    mig_fail(x, MIG_RULE_LENGTH, v, "\"%s\" takes at most %d characters", column, n);
    return false;
}

bool mig_refuse_check(mig_ctx *x, const char *column, const char *rule, const char *text, mig_text v) {
    about(x, column);
    mig_fail(x, MIG_RULE_CHECK, v, "the check \"%s\" does not hold: %s", rule, text);
    return false;
}

mig_bool mig_in_text(mig_text v, const mig_text *values, int n) {
    mig_bool found = MIG_BOOL(false);
    for (int i = 0; i < n && !mig_is_true(found); i++)
        found = mig_or(found, mig_eq_text(v, values[i]));
    return found;
}

mig_bool mig_in_int(mig_int v, const mig_int *values, int n) {
    mig_bool found = MIG_BOOL(false);
    for (int i = 0; i < n && !mig_is_true(found); i++)
        found = mig_or(found, mig_eq_int(v, values[i]));
    return found;
}
