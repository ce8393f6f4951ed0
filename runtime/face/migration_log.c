/*
 * migration_log.c: the file MIGRATION_LOG.md: entries appended, each by one write and on disk before the next thing happens. Other programs may
 * append to the same file. What an entry says is in log_entries.c.
 */
#include "runtime/face/face.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char head[] = "# Migration Log\n";

static bool give_up(face *f, int fd, int code) {
    snprintf(f->unwritten_why, sizeof f->unwritten_why, "%s", strerror(code));
    f->unwritten++;
    if (fd >= 0)
        close(fd); /* and with it the lock */
    return false;
}

/* Whether the mark stands in the file. It is looked for only when a run before this one was cut off. */
static bool holds(int fd, const rt_buf *mark) {
    enum { BLOCK = 1 << 16 };
    char *block = malloc(BLOCK + mark->n);
    size_t kept = 0;
    bool found = false;
    off_t at = 0;
    while (block != NULL && !found) {
        ssize_t n = pread(fd, block + kept, BLOCK, at);
        if (n <= 0)
            break;
        at += n;
        kept += (size_t)n;
        found = memmem(block, kept, mark->p, mark->n) != NULL;
        size_t tail = kept < mark->n ? kept : mark->n - 1; /* a mark may lie across two blocks */
        memmove(block, block + kept - tail, tail);
        kept = tail;
    }
    free(block);
    return found;
}

/* The text that goes before the entry: the document's head, or what a torn last line needs. */
static void lead(int fd, off_t size, rt_buf *b) {
    char last = '\n';
    if (size == 0)
        rt_buf_printf(b, "%s", head);
    else if (pread(fd, &last, 1, size - 1) == 1 && last != '\n')
        rt_buf_printf(b, "\n");
    rt_buf_printf(b, "\n");
}

/* All of it, or nothing. errno says why not. */
static bool append(int fd, off_t size, const rt_buf *b) {
    size_t done = 0;
    while (done < b->n) {
        ssize_t n = write(fd, b->p + done, b->n - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            int code = n == 0 ? ENOSPC : errno;
            if (done > 0 && ftruncate(fd, size) != 0)
                code = errno;
            errno = code;
            return false;
        }
        done += (size_t)n;
    }
    return fsync(fd) == 0 || errno == EINVAL; /* a file that cannot be synced */
}

bool face_record(void *self, const rt_run *run, const rt_record *r) {
    face *f = self;
    rt_buf b = {0}, mark = {0};
    struct stat s;
    face_progress_clear(f);
    int fd = open(run->settings->migration_log, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    if (fd < 0)
        return give_up(f, -1, errno);
    flock(fd, LOCK_EX); /* where there are no locks, one write is one entry all the same */
    if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode))
        return give_up(f, fd, EINVAL);
    face_log_mark(r, &mark);
    bool there = r->later && !mark.failed && holds(fd, &mark);
    if (!there) {
        lead(fd, s.st_size, &b);
        face_log_entry(f, run, r, &b);
        rt_buf_add(&b, mark.p, mark.n);
        rt_buf_printf(&b, "\n");
    }
    bool failed = b.failed || mark.failed;
    bool written = there || (!failed && append(fd, s.st_size, &b));
    int code = failed ? ENOMEM : errno;
    rt_buf_free(&b);
    rt_buf_free(&mark);
    if (!written)
        return give_up(f, fd, code);
    return close(fd) == 0 || there;
}

void face_log_warn(const face *f) {
    if (f->unwritten == 0)
        return;
    fprintf(stderr, "%swarning:%s %d entr%s of the migration log %s could not be written: %s\n", face_begin(f->color_err, FACE_YELLOW),
            face_end(f->color_err), f->unwritten, f->unwritten == 1 ? "y" : "ies", f->options->settings.migration_log, f->unwritten_why);
    fprintf(stderr, "hint: The ledger has it all; the next run adds the phases and measures that are missing.\n");
}
