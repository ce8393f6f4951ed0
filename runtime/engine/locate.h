/* locate.h: where sources and target are: options, environment, spec. */
#ifndef RT_LOCATE_H
#define RT_LOCATE_H

#include "runtime/engine/engine.h"

/*
 * Fills run->sources[].location and .ops, run->target_location, .ops and .target_def. A place that is not given is a problem of the
 * survey, not an error; a name that the spec does not have is MIG_USAGE.
 */
mig_status rt_locate(rt_run *run);
/* What a location of the spec comes to, without options of the command line: NULL when nothing is said. */
const char *rt_location_of(const mig_location *at);

/* Edits (insert, delete, change, swap of neighbours) between two texts by bytes, or limit + 1 when there are more (suggest.c). */
#define RT_EDITS_MAX 64
int rt_edits(mig_text a, mig_text b, int limit);

/* The name most like the wanted one among n names, or NULL (base of "did you mean"). */
const char *rt_nearest_name(const char *wanted, const char *const *names, int n);

#endif
