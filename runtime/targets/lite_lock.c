/*
 * lite_lock.c: one run at a time on a SQLite file: a lock of the open file (OFD) on a file beside it, "<database>-migc-lock".
 *
 * The kernel lets go of the lock when the process ends, however it ends, so no lock is ever stale; what stands in the
 * file only tells the next one who holds it. The file is removed while the lock is still held; who opened it just
 * before finds that the name means another file (or none) and starts again. Who only looks asks the kernel and takes
 * nothing, so that no run is kept out by it.
 */
#include "runtime/targets/lite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct flock whole_file = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

/* True when the open file is still what the name means. */
static bool same_file(int fd, const char *path) {
    struct stat a, b;
    return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static void write_holder(int fd, const char *migration) {
    char host[128] = "", text[512], when[32] = "";
    struct tm tm;
    time_t now = time(NULL);
    gethostname(host, sizeof host - 1);
    if (gmtime_r(&now, &tm) != NULL)
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S UTC", &tm);
    int n = snprintf(text, sizeof text, "migration \"%.200s\", process %ld on host %s, since %s\n", migration, (long)getpid(),
                     host, when);
    /* For people only: a disk too full for it does not matter here. */
    if (ftruncate(fd, 0) != 0 || pwrite(fd, text, n > 0 ? (size_t)n : 0, 0) < 0)
        return;
}

static void read_holder(int fd, char *holder, size_t cap) {
    char text[512];
    ssize_t n = pread(fd, text, sizeof text, 0);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    if (n > 0)
        rt_shorten(holder, cap, text, (size_t)n);
    else
        snprintf(holder, cap, "another process");
}

mig_status lite_lock(rt_target *t, const char *migration, char *holder, size_t holder_n, rt_error *e) {
    char real[PATH_MAX];
    if (t->lock_fd >= 0)
        return MIG_OK;
    if (realpath(t->path, real) == NULL)
        return rt_error_set(e, MIG_IO, "cannot find %s: %s", t->path, strerror(errno));
    snprintf(t->lock_path, sizeof t->lock_path, "%s-migc-lock", real);
    for (;;) {
        int fd = open(t->lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0)
            return rt_error_set(e, MIG_IO, "cannot open the lock file %s: %s", t->lock_path, strerror(errno));
        struct flock whole = whole_file;
        if (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
            int why = errno;
            bool held = why == EAGAIN || why == EACCES;
            if (held && holder_n > 0)
                read_holder(fd, holder, holder_n);
            close(fd);
            if (held)
                return MIG_LOCKED;
            return rt_error_set(e, MIG_IO, "cannot lock %s: %s", t->lock_path, strerror(why));
        }
        if (same_file(fd, t->lock_path)) {
            write_holder(fd, migration);
            t->lock_fd = fd;
            return MIG_OK;
        }
        close(fd);
    }
}

bool lite_locked(const char *location, char *holder, size_t holder_n) {
    char real[PATH_MAX], path[PATH_MAX + 16];
    if (realpath(location, real) == NULL)
        return false;
    snprintf(path, sizeof path, "%s-migc-lock", real);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return false;
    struct flock whole = whole_file;
    bool held = fcntl(fd, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
    if (held && holder_n > 0)
        read_holder(fd, holder, holder_n);
    close(fd);
    return held;
}

void lite_unlock(rt_target *t) {
    if (t->lock_fd < 0)
        return;
    if (same_file(t->lock_fd, t->lock_path))
        unlink(t->lock_path);
    close(t->lock_fd);
    t->lock_fd = -1;
}
