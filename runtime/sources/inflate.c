/*
 * inflate.c: the bytes of a file, in order, decompressed where it is compressed (gzip with any number of members, zstd
 * with any number of frames). A file that ends in the middle, is damaged or changes while it is read is an error that
 * names it. Uses read(), never mmap(): a file cut short by others must not kill the program.
 */
#include "runtime/sources/csv.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum { IN_SIZE = 128 * 1024 };
typedef enum packing { PLAIN, GZIP, ZSTD } packing;

struct rt_stream {
    const rt_file *file;
    int fd;
    packing packing;
    int64_t position;
    unsigned char *in;     /* compressed bytes; of a plain file: the first ones, which told what it is */
    size_t in_at, in_n;
    bool ended;            /* the file has no bytes behind those in `in` */
    bool between;          /* no member or frame is open */
    z_stream z;
    ZSTD_DStream *zstd;
};

static mig_status io_error(const rt_stream *s, const char *what, rt_error *e) {
    return rt_error_set(e, MIG_IO, "\"%s\": %s", s->file->path, what);
}

/* Bytes of the file as they are; *got 0 only at its end. */
static mig_status read_raw(rt_stream *s, void *p, size_t cap, size_t *got, rt_error *e) {
    for (;;) {
        ssize_t n = read(s->fd, p, cap);
        if (n >= 0) {
            *got = (size_t)n;
            s->position += n;
            return MIG_OK;
        }
        if (errno != EINTR)
            return rt_error_set(e, MIG_IO, "\"%s\" cannot be read: %s", s->file->path, strerror(errno));
    }
}

/* Makes s->in hold something unless the file is at its end. */
static mig_status refill(rt_stream *s, rt_error *e) {
    if (s->in_at < s->in_n || s->ended)
        return MIG_OK;
    s->in_at = 0;
    mig_status st = read_raw(s, s->in, IN_SIZE, &s->in_n, e);
    s->ended = st == MIG_OK && s->in_n == 0;
    return st;
}

/* Nothing is left, neither in the file nor of what was read. */
static bool at_end(const rt_stream *s) { return s->ended && s->in_at == s->in_n; }

static bool has_suffix(const char *name, const char *suffix) {
    size_t n = strlen(name), k = strlen(suffix);
    return n >= k && strcasecmp(name + n - k, suffix) == 0;
}

/* Looks at the first bytes. Neither magic number can begin UTF-8 text; a skippable zstd frame needs the name too. */
static mig_status recognise(rt_stream *s, rt_error *e) {
    while (s->in_n < 4 && !s->ended) {
        size_t got = 0;
        mig_status st = read_raw(s, s->in + s->in_n, IN_SIZE - s->in_n, &got, e);
        if (st != MIG_OK)
            return st;
        s->in_n += got;
        s->ended = got == 0;
    }
    const unsigned char *p = s->in;
    bool gz_name = has_suffix(s->file->name, ".gz"), zst_name = has_suffix(s->file->name, ".zst");
    bool skippable = s->in_n >= 4 && (p[0] & 0xF0) == 0x50 && memcmp(p + 1, "\x2A\x4D\x18", 3) == 0;
    if (s->in_n >= 2 && p[0] == 0x1F && p[1] == 0x8B)
        s->packing = GZIP;
    else if (s->in_n >= 4 && (memcmp(p, "\x28\xB5\x2F\xFD", 4) == 0 || (zst_name && skippable)))
        s->packing = ZSTD;
    else if (gz_name || zst_name)
        return io_error(s, gz_name ? "the name says gzip, the content is something else"
                                   : "the name says zstd, the content is something else", e);
    s->between = true;
    if (s->packing == GZIP && inflateInit2(&s->z, 15 + 16) != Z_OK)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    if (s->packing == ZSTD && (s->zstd = ZSTD_createDStream()) == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    return MIG_OK;
}

mig_status rt_stream_open(const rt_file *f, rt_stream **out, rt_error *e) {
    rt_stream *s = calloc(1, sizeof *s);
    *out = NULL;
    if (s == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    s->file = f;
    s->fd = open(f->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    s->in = malloc(IN_SIZE);
    struct stat now;
    mig_status st;
    if (s->in == NULL)
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    else if (s->fd < 0 || fstat(s->fd, &now) != 0)
        st = rt_error_set(e, MIG_IO, "\"%s\" cannot be opened: %s", f->path, strerror(errno));
    else if (!rt_file_same(f, &now))
        st = io_error(s, "the file has changed since it was checked", e);
    else
        st = recognise(s, e);
    if (st != MIG_OK) {
        rt_stream_close(s);
        return st;
    }
    (void)posix_fadvise(s->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    *out = s;
    return MIG_OK;
}

void rt_stream_close(rt_stream *s) {
    if (s == NULL)
        return;
    if (s->packing == GZIP)
        (void)inflateEnd(&s->z);
    ZSTD_freeDStream(s->zstd);
    if (s->fd >= 0)
        (void)close(s->fd);
    free(s->in);
    free(s);
}

int64_t rt_stream_position(const rt_stream *s) { return s->position - (int64_t)(s->in_n - s->in_at); }

mig_status rt_stream_unchanged(const rt_stream *s, rt_error *e) {
    struct stat opened, named;
    if (fstat(s->fd, &opened) != 0 || stat(s->file->path, &named) != 0)
        return rt_error_set(e, MIG_IO, "\"%s\" went away while it was read: %s", s->file->path, strerror(errno));
    if (!rt_file_same(s->file, &opened) || !rt_file_same(s->file, &named)) {
        io_error(s, "the file changed while it was read", e);
        rt_error_hint(e, "Let nobody write to it, or copy it first, and run again.");
        return MIG_IO;
    }
    return MIG_OK;
}

/*
 * Between two members of a gzip file: another one begins, or zeros fill the file up (tapes), or it ends. Anything else
 * is refused: gzip(1) would pass over it with a warning, and rows would be lost.
 */
static mig_status next_member(rt_stream *s, bool *more, rt_error *e) {
    *more = false;
    for (;;) {
        mig_status st = refill(s, e);
        if (st != MIG_OK || at_end(s))
            return st;
        if (s->in[s->in_at] != 0)
            break;
        s->in_at++;
    }
    if (s->in[s->in_at] != 0x1F)
        return io_error(s, "something else follows the gzip data", e);
    *more = true;
    return MIG_OK;
}

static mig_status read_gzip(rt_stream *s, char *p, size_t cap, size_t *got, rt_error *e) {
    uInt want = cap > (1u << 30) ? 1u << 30 : (uInt)cap;
    s->z.next_out = (Bytef *)p;
    s->z.avail_out = want;
    while (s->z.avail_out == want) {
        mig_status st;
        if (s->between) {
            bool more;
            st = next_member(s, &more, e);
            if (st != MIG_OK || !more)
                return st;
            (void)inflateReset(&s->z);
            s->between = false;
        }
        if ((st = refill(s, e)) != MIG_OK)
            return st;
        s->z.next_in = s->in + s->in_at;
        s->z.avail_in = (uInt)(s->in_n - s->in_at); /* none at the end: zlib may still hold output */
        int z = inflate(&s->z, Z_NO_FLUSH);
        if (at_end(s) && z == Z_BUF_ERROR && s->z.avail_out == want)
            return io_error(s, "the file ends in the middle of its gzip data", e);
        s->in_at = s->in_n - s->z.avail_in;
        if (z == Z_MEM_ERROR)
            return rt_error_set(e, MIG_NOMEM, "out of memory");
        if (z != Z_OK && z != Z_STREAM_END && z != Z_BUF_ERROR)
            return rt_error_set(e, MIG_IO, "\"%s\": damaged gzip data: %s", s->file->path,
                                s->z.msg != NULL ? s->z.msg : "not in the format");
        s->between = z == Z_STREAM_END;
    }
    *got = want - s->z.avail_out;
    return MIG_OK;
}

static mig_status read_zstd(rt_stream *s, char *p, size_t cap, size_t *got, rt_error *e) {
    ZSTD_outBuffer o = {p, cap, 0};
    while (o.pos == 0) {
        mig_status st = refill(s, e);
        if (st != MIG_OK)
            return st;
        if (at_end(s) && s->between)
            return MIG_OK;
        ZSTD_inBuffer i = {s->in, s->in_n, s->in_at};
        size_t left = ZSTD_decompressStream(s->zstd, &o, &i);
        s->in_at = i.pos;
        if (ZSTD_isError(left))
            return rt_error_set(e, MIG_IO, "\"%s\": damaged zstd data: %s", s->file->path, ZSTD_getErrorName(left));
        s->between = left == 0;
        if (at_end(s) && o.pos == 0 && left != 0)
            return io_error(s, "the file ends in the middle of its zstd data", e);
    }
    *got = o.pos;
    return MIG_OK;
}

mig_status rt_stream_read(void *stream, char *p, size_t cap, size_t *got, rt_error *e) {
    rt_stream *s = stream;
    *got = 0;
    if (s->packing == GZIP)
        return read_gzip(s, p, cap, got, e);
    if (s->packing == ZSTD)
        return read_zstd(s, p, cap, got, e);
    if (s->in_at == s->in_n)
        return s->ended ? MIG_OK : read_raw(s, p, cap, got, e);
    *got = s->in_n - s->in_at < cap ? s->in_n - s->in_at : cap; /* what recognise() read */
    memcpy(p, s->in + s->in_at, *got);
    s->in_at += *got;
    return MIG_OK;
}
