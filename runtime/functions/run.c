/*
 * run.c: what a row can know of its run: the instant, the run's id, its own place in the source, the environment.
 */
#include "runtime/functions/calendar.h"

#include <stdlib.h>

mig_timestamptz mig_now(mig_ctx *x) {
    return (mig_timestamptz){x->now, false};
}

mig_date mig_current_date(mig_ctx *x) {
    return (mig_date){cal_day(x->now), false};
}

mig_uuid mig_run_id(mig_ctx *x) {
    mig_uuid v = {{0}, false};
    if (x->run_id == NULL || !fn_uuid_read(x->run_id, strlen(x->run_id), v.v))
        return MIG_NULL_UUID;
    return v;
}

mig_int mig_row_number(mig_ctx *x) {
    return x->record == NULL ? MIG_NULL_INT : MIG_INT(x->record->row);
}

mig_int mig_source_line(mig_ctx *x) {
    return x->record == NULL ? MIG_NULL_INT : MIG_INT(x->record->line);
}

mig_text mig_source_file(mig_ctx *x) {
    const char *file = x->record == NULL ? NULL : x->record->file;
    return file == NULL ? MIG_NULL_TEXT : (mig_text){file, strlen(file)};
}

/* A value that is no text in UTF-8 counts as not set: it could not be stored. */
mig_text mig_env(mig_ctx *x, mig_text name) {
    char *copy = name.p == NULL ? NULL : fn_bytes(x, name.n + 1);
    if (copy == NULL)
        return MIG_NULL_TEXT;
    memcpy(copy, name.p, name.n);
    copy[name.n] = '\0';
    const char *value = getenv(copy);
    size_t n = value == NULL ? 0 : strlen(value);
    return value == NULL || fn_valid(value, n) != n ? MIG_NULL_TEXT : fn_copy(x, value, n);
}
