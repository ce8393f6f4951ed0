/*
 * constant.h: what the compiler asks about constants in a spec, so that a wrong format, zone or pattern is an error of the
 * spec and not of every row. The same code reads them at run time.
 */
#ifndef CONSTANT_H
#define CONSTANT_H

#include "runtime/mig.h"

/*
 * Argument number `arg` (from 0; of a `…` argument each one) of the function in row `fn` of functions.def (counting MIG_FN rows
 * only, from 0) is the constant `value` (an integer: its digits). True when the function refuses it; then `why` says why, in words
 * that complete "… is wrong: " (lower case, no full stop, cut to n bytes). Arguments that the table does not mark with `!` are never refused.
 */
bool mig_constant_refused(int fn, int arg, mig_text value, char *why, size_t n);

/* The same for a LIKE pattern with its escape (null: backslash). */
bool mig_like_refused(mig_text pattern, mig_text escape, char *why, size_t n);

/* The same for a replacement beside its pattern (neither is refused by itself): each group that it names is one of the pattern's. */
bool mig_replacement_refused(mig_text pattern, mig_text with, char *why, size_t n);

/* The same for the group that regex_extract() takes out (pattern null: it is not known). */
bool mig_group_refused(mig_text pattern, int64_t group, char *why, size_t n);

/*
 * Calls the function in row `fn` with constants, each as its digits or its text, none of them null: false, if this is none of the
 * functions that can fail for good arguments. Whether it failed stands in the context.
 */
bool mig_constant_call(mig_ctx *x, int fn, const mig_text *args, int n);

#endif
