/*
 * places.c: where rows came from, small enough to be kept for every row: a number for the file, a line and a row.
 */
#include "runtime/engine/state.h"

#include <stdlib.h>
#include <string.h>

/* Names of files need not be text, and every place goes into the ledger. */
static bool take_name(rt_run *run, const char *file, rt_file *out) {
    rt_buf clean = {0};
    rt_clean(file, strlen(file), SIZE_MAX, &clean);
    out->name = clean.failed ? NULL : rt_arena_copy(run->arena, clean.p, clean.n);
    out->raw = rt_arena_copy(run->arena, file, strlen(file));
    rt_buf_free(&clean);
    return out->name != NULL && out->raw != NULL;
}

/* The number of a file; new ones are added. -1 with a fatal fault when there is no memory. */
static int32_t file_number(rt_run *run, const char *file) {
    for (int i = run->n_files - 1; i >= 0; i--)
        if (strcmp(run->files[i].raw, file) == 0)
            return i;
    if (run->n_files == run->cap_files) {
        int cap = run->cap_files ? run->cap_files * 2 : 16;
        rt_file *files = realloc(run->files, sizeof *files * (size_t)cap);
        if (files == NULL) {
            mig_fatal(&run->ctx, MIG_NOMEM, "out of memory");
            return -1;
        }
        run->files = files;
        run->cap_files = cap;
    }
    if (!take_name(run, file, &run->files[run->n_files])) {
        mig_fatal(&run->ctx, MIG_NOMEM, "out of memory");
        return -1;
    }
    return run->n_files++;
}

bool rt_place_named(rt_run *run, const char *file, int32_t *out) {
    *out = file_number(run, file);
    return *out >= 0;
}

rt_place rt_place_here(rt_run *run) {
    rt_phase_run *ph = run->phase;
    const mig_record *r = run->ctx.record;
    if (r == NULL)
        return ph->spec_line > 0 ? (rt_place){.file = RT_PLACE_SPEC, .line = ph->spec_line}
                                 : (rt_place){.file = RT_PLACE_TARGET};
    if (!ph->here_known) {
        if (ph->here_file == NULL || strcmp(ph->here_file, r->file) != 0) {
            ph->here.file = file_number(run, r->file);
            ph->here_file = ph->here.file >= 0 ? run->files[ph->here.file].raw : NULL;
        }
        ph->here.line = r->line;
        ph->here.row = r->row;
        ph->here_known = true;
    }
    return ph->here;
}

enum { LINE_BITS = 48 };

/* A line past 2^48 or a file past 2^15 loses exactness in messages, nothing else. */
uint64_t rt_place_pack(rt_place p) {
    return (uint64_t)(uint16_t)(int16_t)p.file << LINE_BITS | ((uint64_t)p.line & (((uint64_t)1 << LINE_BITS) - 1));
}

rt_place rt_place_unpack(uint64_t v) {
    return (rt_place){.file = (int16_t)(uint16_t)(v >> LINE_BITS),
                      .line = (int64_t)(v & (((uint64_t)1 << LINE_BITS) - 1))};
}

const char *rt_place_file(const rt_run *run, rt_place p) {
    if (p.file == RT_PLACE_SPEC)
        return run->spec->file;
    return p.file < 0 || p.file >= run->n_files ? "(target)" : run->files[p.file].name;
}

/* " (id 12)": the key that the spec declares, of the row being mapped. */
static bool put_key(rt_run *run, rt_place p, rt_buf *out) {
    const mig_record *r = run->ctx.record;
    const mig_source_table *t = run->phase != NULL ? run->phase->source : NULL;
    if (r == NULL || r->cells == NULL || t == NULL || t->n_key == 0)
        return false;
    rt_place here = rt_place_here(run);
    if (here.file != p.file || here.line != p.line)
        return false;
    for (int i = 0; i < t->n_key; i++) {
        const mig_source_column *c = &t->columns[t->key[i]];
        mig_text v = rt_cell_text_typed(&run->ctx, c->type, &r->cells[t->key[i]]);
        char shown[128];
        rt_shorten(shown, sizeof shown, v.p != NULL ? v.p : "null", v.p != NULL ? v.n : 4);
        rt_buf_printf(out, "%s%s %s", i == 0 ? " (" : ", ", c->name, shown);
    }
    rt_buf_printf(out, ")");
    return true;
}

void rt_place_text(rt_run *run, rt_place p, rt_buf *out) {
    if (p.file == RT_PLACE_TARGET) {
        rt_buf_printf(out, "a row that is in the target already");
        if (p.line > 0)
            rt_buf_printf(out, " (key %lld)", (long long)p.line);
        return;
    }
    rt_buf_printf(out, "%s", rt_place_file(run, p));
    if (!put_key(run, p, out))
        rt_buf_printf(out, ":%lld", (long long)p.line);
}
