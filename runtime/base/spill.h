/*
 * spill.h: the part of a map that did not fit into memory: a private temporary SQLite file. Used by map.c only.
 */
#ifndef RT_SPILL_H
#define RT_SPILL_H

#include "runtime/rt.h"

typedef struct rt_spill rt_spill;

/*
 * Makes the file in tmpdir (NULL: $TMPDIR, else /var/tmp) and removes its name at once, so that nothing stays behind
 * however the process ends. cache: bytes of memory that it may use.
 */
mig_status rt_spill_open(const char *tmpdir, size_t cache, rt_spill **out, rt_error *e);
void rt_spill_close(rt_spill *s); /* NULL allowed */
/* The value lives until the next call. */
mig_status rt_spill_get(rt_spill *s, rt_hash k, const void **value, size_t *n, bool *found, rt_error *e);
mig_status rt_spill_put(rt_spill *s, rt_hash k, const void *value, size_t n, bool *is_new, rt_error *e);
mig_status rt_spill_delete(rt_spill *s, rt_hash k, bool *was_there, rt_error *e);

#endif
