/*
 * shim.c: a library for LD_PRELOAD that kills the process, or makes a call fail, at the n-th call of a kind. The cases of
 * tests/faults use it to stop a program at every place where it touches a disk, a server or the heap; nothing of it is in
 * the product.
 *
 *     MIGC_SHIM=ACTION:KIND:N
 *         ACTION  kill   SIGKILL in place of the n-th call
 *                 fail   the n-th call fails (no space, or no memory)
 *                 full   the n-th and all later ones fail
 *                 short  the n-th write (KIND write) takes half of what it is given
 *                 stop   SIGSTOP before the n-th call; SIGCONT lets it go on
 *                 count  nothing; only counts
 *         KIND    read   reads of a file whose path ends with MIGC_SHIM_FILE
 *                 write  writes and syncs of a file whose path ends with MIGC_SHIM_FILE
 *                 close  close or fclose of a file whose path ends with MIGC_SHIM_FILE
 *                 look   behind a question (access) for a file whose path ends with MIGC_SHIM_FILE
 *                 disk   write, pwrite, fsync, fdatasync, ftruncate, unlink on files other than the three standard ones
 *                 send   what goes to a server
 *                 heap   malloc, calloc, realloc and their kin
 *                 fork   behind a fork, in the parent; other programs that it starts are left alone
 *     MIGC_SHIM_PAUSE=MS     waits so long before each call: a run that a person would watch
 *     MIGC_SHIM_TIME=SECONDS the time of day in whole seconds, which then stands still
 *     MIGC_SHIM_COUNT=FILE   gets the number of calls when the process ends by itself
 *
 * Counts begin when the libraries are loaded.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind { NOTHING, READ, WRITE, CLOSE, LOOK, DISK, SEND, HEAP, FORK };
enum action { COUNT, KILL, STOP, FAIL, FULL, SHORT };

static enum kind kind;
static enum action action;
static long at;
static long pause_ms;
static const char *file;
static atomic_long calls;

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void *__libc_memalign(size_t align, size_t n);

/* Where it was, for the reader of the test. */
static void tell_crash(int number)
{
    void *frames[40];

    kind = NOTHING;
    backtrace_symbols_fd(frames, backtrace(frames, 40), 2);
    signal(number, SIG_DFL);
    raise(number);
}

__attribute__((constructor)) static void begin(void)
{
    const char *what = getenv("MIGC_SHIM");
    char a[8] = "", k[8] = "";
    long n = 0;

    if (what == NULL || sscanf(what, "%7[^:]:%7[^:]:%ld", a, k, &n) != 3)
        return;
    action = strcmp(a, "kill") == 0 ? KILL : strcmp(a, "fail") == 0 ? FAIL : strcmp(a, "full") == 0 ? FULL : strcmp(a, "short") == 0 ? SHORT :
             strcmp(a, "stop") == 0 ? STOP : COUNT;
    at = n;
    kind = strcmp(k, "disk") == 0 ? DISK : strcmp(k, "send") == 0 ? SEND : strcmp(k, "read") == 0 ? READ :
           strcmp(k, "write") == 0 ? WRITE : strcmp(k, "close") == 0 ? CLOSE : strcmp(k, "look") == 0 ? LOOK :
           strcmp(k, "fork") == 0 ? FORK : HEAP;
    if (kind == FORK)
        unsetenv("MIGC_SHIM");
    file = getenv("MIGC_SHIM_FILE");
    pause_ms = getenv("MIGC_SHIM_PAUSE") != NULL ? strtol(getenv("MIGC_SHIM_PAUSE"), NULL, 10) : 0;
    if (kind == HEAP)
        signal(SIGSEGV, tell_crash);
}

__attribute__((destructor)) static void end(void)
{
    const char *path = getenv("MIGC_SHIM_COUNT");
    long n = atomic_load(&calls);
    FILE *f;

    kind = NOTHING;
    if (path != NULL && (f = fopen(path, "w")) != NULL) {
        fprintf(f, "%ld\n", n);
        fclose(f);
    }
}

/* Counts a call; true: it is to fail. */
static bool hit(enum kind k)
{
    long n;

    if (k != kind)
        return false;
    n = atomic_fetch_add(&calls, 1) + 1;
    if (pause_ms > 0)
        nanosleep(&(struct timespec){pause_ms / 1000, pause_ms % 1000 * 1000000}, NULL);
    if (action == KILL && n == at) {
        kill(getpid(), SIGKILL);
        for (;;)
            pause();
    }
    if (action == STOP && n == at)
        kill(getpid(), SIGSTOP);
    return ((action == FAIL || action == SHORT) && n == at) || (action == FULL && n >= at);
}

static bool ends(const char *path, size_t n)
{
    return n >= strlen(file) && memcmp(path + n - strlen(file), file, strlen(file)) == 0;
}

/* True when the open file is the one that is meant. */
static bool meant(enum kind k, int fd)
{
    char link[64], path[4096];
    ssize_t n;

    if (kind != k || file == NULL)
        return false;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    n = readlink(link, path, sizeof path);
    return n >= 0 && ends(path, (size_t)n);
}

static bool full(int fd)
{
    bool hits = fd > 2 && (kind == WRITE ? meant(WRITE, fd) && hit(WRITE) : hit(DISK));

    if (!hits)
        return false;
    errno = ENOSPC;
    return true;
}

/* The function that the library stands before. */
#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (real == NULL) \
        *(void **)&real = dlsym(RTLD_NEXT, #name)

ssize_t read(int fd, void *p, size_t n)
{
    REAL(ssize_t, read, int, void *, size_t);
    if (meant(READ, fd) && hit(READ)) {
        errno = EIO;
        return -1;
    }
    return real(fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
    REAL(ssize_t, write, int, const void *, size_t);
    if (action == SHORT)
        return real(fd, p, meant(WRITE, fd) && hit(WRITE) ? n / 2 : n);
    return full(fd) ? -1 : real(fd, p, n);
}

ssize_t pwrite(int fd, const void *p, size_t n, off_t to)
{
    REAL(ssize_t, pwrite, int, const void *, size_t, off_t);
    return full(fd) ? -1 : real(fd, p, n, to);
}

ssize_t pwrite64(int fd, const void *p, size_t n, off64_t to)
{
    REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
    return full(fd) ? -1 : real(fd, p, n, to);
}

int fsync(int fd)
{
    REAL(int, fsync, int);
    return full(fd) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    REAL(int, fdatasync, int);
    return full(fd) ? -1 : real(fd);
}

int ftruncate(int fd, off_t n)
{
    REAL(int, ftruncate, int, off_t);
    return full(fd) ? -1 : real(fd, n);
}

int ftruncate64(int fd, off64_t n)
{
    REAL(int, ftruncate64, int, off64_t);
    return full(fd) ? -1 : real(fd, n);
}

int close(int fd)
{
    REAL(int, close, int);
    if (meant(CLOSE, fd) && hit(CLOSE)) {
        errno = EIO;
        return -1;
    }
    return real(fd);
}

int unlink(const char *path)
{
    REAL(int, unlink, const char *);
    if (hit(DISK)) {
        errno = EIO;
        return -1;
    }
    return real(path);
}

int access(const char *path, int how)
{
    REAL(int, access, const char *, int);
    int found = real(path, how);
    int why = errno;

    if (kind == LOOK && file != NULL && ends(path, strlen(path)) && hit(LOOK)) {
        errno = EIO;
        return -1;
    }
    errno = why;
    return found;
}

time_t time(time_t *out)
{
    REAL(time_t, time, time_t *);
    const char *fixed = getenv("MIGC_SHIM_TIME");
    time_t now = fixed != NULL ? (time_t)strtoll(fixed, NULL, 10) : real(NULL);

    if (out != NULL)
        *out = now;
    return now;
}

int fclose(FILE *f)
{
    REAL(int, fclose, FILE *);
    bool fails = meant(CLOSE, fileno(f)) && hit(CLOSE);
    int result = real(f);

    if (fails)
        errno = EIO;
    return fails ? EOF : result;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
    REAL(ssize_t, send, int, const void *, size_t, int);
    if (hit(SEND)) {
        errno = ECONNRESET;
        return -1;
    }
    return real(fd, p, n, flags);
}

pid_t fork(void)
{
    REAL(pid_t, fork, void);
    pid_t pid = real();

    if (pid > 0)
        hit(FORK);
    return pid;
}

void *malloc(size_t n)
{
    if (hit(HEAP)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    if (hit(HEAP)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    if (hit(HEAP)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_realloc(p, n);
}

int posix_memalign(void **out, size_t align, size_t n)
{
    if (hit(HEAP))
        return ENOMEM;
    *out = __libc_memalign(align, n);
    return *out == NULL ? ENOMEM : 0;
}

void *aligned_alloc(size_t align, size_t n)
{
    if (hit(HEAP)) {
        errno = ENOMEM;
        return NULL;
    }
    return __libc_memalign(align, n);
}
