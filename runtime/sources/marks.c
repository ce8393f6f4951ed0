/*
 * marks.c: whether CSV files are those that an earlier run read: by their names, sizes and a hash of their bytes. Times do not count: a copy
 * of a file is the same file.
 */
#include "runtime/sources/csv.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

enum { BLOCK = 256 * 1024 };

static mig_status mark_file(const rt_file *f, XXH3_state_t *state, char *block, rt_file_mark *out, rt_error *e) {
    int fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t n = fd < 0 ? -1 : 0;
    XXH3_128bits_reset(state);
    while (fd >= 0) {
        n = read(fd, block, BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        XXH3_128bits_update(state, block, (size_t)n);
    }
    int error = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return rt_error_set(e, MIG_IO, "\"%s\" cannot be read: %s", f->path, strerror(error));
    XXH128_hash_t h = XXH3_128bits_digest(state);
    snprintf(out->text, sizeof out->text, "%016llx%016llx", (unsigned long long)h.high64, (unsigned long long)h.low64);
    return MIG_OK;
}

mig_status rt_files_mark(const rt_files *f, rt_file_mark **out, rt_error *e) {
    rt_file_mark *marks = calloc((size_t)f->n + 1, sizeof *marks);
    XXH3_state_t *state = XXH3_createState();
    char *block = malloc(BLOCK);
    mig_status st = marks == NULL || state == NULL || block == NULL ? rt_error_set(e, MIG_NOMEM, "out of memory") : MIG_OK;
    for (int i = 0; i < f->n && st == MIG_OK; i++)
        st = mark_file(&f->v[i], state, block, &marks[i], e);
    XXH3_freeState(state);
    free(block);
    if (st != MIG_OK) {
        free(marks);
        marks = NULL;
    }
    *out = marks;
    return st;
}

/* A name need not be text, and the ledger's column is. */
static void add_name(const rt_file *f, rt_buf *out) {
    rt_buf name = {0};
    rt_utf8_escape(f->name, strlen(f->name), &name);
    rt_field_put(out, name.p != NULL ? name.p : "", name.n);
    out->failed = out->failed || name.failed;
    rt_buf_free(&name);
}

void rt_files_tell(const rt_files *f, const rt_file_mark *marks, rt_buf *out) {
    rt_field_put_int(out, f->n);
    for (int i = 0; i < f->n; i++) {
        add_name(&f->v[i], out);
        rt_field_put_int(out, f->v[i].size);
        rt_field_put_text(out, marks[i].text);
    }
}

static bool next(const char **told, mig_text *name, int64_t *size, mig_text *mark) {
    return rt_field_get(told, name) && rt_field_get_int(told, size) && rt_field_get(told, mark);
}

mig_status rt_files_compare(const rt_files *f, const rt_file_mark *marks, const char *told, mig_status refusal, rt_error *e) {
    int64_t n = 0, size;
    mig_text name, mark;
    rt_buf here = {0};
    mig_status st = rt_field_get_int(&told, &n) ? MIG_OK : rt_error_set(e, refusal, "what the ledger says of the files cannot be read");
    if (st == MIG_OK && n != f->n)
        st = rt_error_set(e, refusal, "there were %lld files when the rows that are in were read, and now there are %d", (long long)n, f->n);
    for (int i = 0; i < f->n && st == MIG_OK; i++) {
        const char *at = NULL;
        mig_text now = MIG_NULL_TEXT;
        rt_buf_clear(&here);
        add_name(&f->v[i], &here);
        at = here.p != NULL ? here.p : "";
        if (here.failed || !rt_field_get(&at, &now) || !next(&told, &name, &size, &mark))
            st = rt_error_set(e, refusal, "what the ledger says of the files cannot be read");
        else if (now.n != name.n || memcmp(now.p, name.p, now.n) != 0)
            st = rt_error_set(e, refusal, "file %d was \"%.*s\" when the rows that are in were read, and now it is \"%.*s\"", i + 1, (int)name.n,
                              name.p, (int)now.n, now.p);
        else if (size != f->v[i].size)
            st = rt_error_set(e, refusal, "\"%s\" has changed since the rows that are in were read: it had %lld bytes, and has %lld",
                              f->v[i].path, (long long)size, (long long)f->v[i].size);
        else if (mark.n != strlen(marks[i].text) || memcmp(mark.p, marks[i].text, mark.n) != 0)
            st = rt_error_set(e, refusal, "\"%s\" has changed since the rows that are in were read: its bytes are others", f->v[i].path);
    }
    rt_buf_free(&here);
    if (st != MIG_OK)
        rt_error_hint(e, "Go on with the files as they were, or begin anew in an empty target.");
    return st;
}
