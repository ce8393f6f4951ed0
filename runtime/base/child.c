/*
 * child.c: other programs: found in PATH, started with an argument vector (never by a shell), heard line by line, ended with all their
 * children when the user wants to stop. Nothing of ours but the three standard files is open in them, and standard input is empty.
 * Called by the backups of PostgreSQL and by the engine's `run` steps.
 */
#include "runtime/rt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOST_LINE = 4096, POLL_MS = 50, KILL_AFTER = 5 };

extern char **environ;

static volatile pid_t group; /* that is running, or 0: for a signal handler */

void rt_child_kill(void) {
    if (group > 0)
        kill(-group, SIGKILL);
}

/* ---- finding ----------------------------------------------------------------------------------------------------------------- */

static bool runs(const char *path) {
    struct stat s;
    if (stat(path, &s) != 0)
        return false;
    if (!S_ISREG(s.st_mode)) {
        errno = EACCES;
        return false;
    }
    return access(path, X_OK) == 0;
}

bool rt_child_find(const char *program, char *path, size_t cap) {
    int why = ENOENT;
    if (strchr(program, '/') != NULL) {
        snprintf(path, cap, "%s", program);
        return runs(path);
    }
    const char *at = getenv("PATH");
    for (at = at != NULL ? at : "/usr/bin:/bin"; *program != '\0'; at++) {
        int n = (int)strcspn(at, ":");
        int length = snprintf(path, cap, "%.*s%s%s", n, at, n > 0 ? "/" : "./", program);
        if (length > 0 && (size_t)length < cap && runs(path))
            return true;
        if (errno == EACCES)
            why = EACCES;
        at += n;
        if (*at == '\0')
            break;
    }
    errno = why;
    return false;
}

/* ---- starting ---------------------------------------------------------------------------------------------------------------- */

/* A descriptor above the standard ones, closed by exec; the given one is closed. */
static int high(int fd) {
    int up = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 3) : -1;
    if (fd >= 0)
        close(fd);
    return up;
}

static bool make_pipe(int p[2]) {
    int raw[2];
    p[0] = p[1] = -1;
    if (pipe(raw) != 0)
        return false;
    p[0] = high(raw[0]);
    p[1] = high(raw[1]);
    return p[0] >= 0 && p[1] >= 0;
}

static void close_one(int *fd) {
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Our environment, with `extra` in place of what has the same name. Freed by the caller; the texts are not ours. */
static char **environment(const char *const *extra) {
    size_t n = 0, more = 0, used = 0;
    while (environ[n] != NULL)
        n++;
    while (extra != NULL && extra[more] != NULL)
        more++;
    char **out = calloc(n + more + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < n; i++) {
        bool replaced = false;
        for (size_t k = 0; k < more && !replaced; k++)
            replaced = strncmp(environ[i], extra[k], strcspn(extra[k], "=") + 1) == 0;
        if (!replaced)
            out[used++] = environ[i];
    }
    for (size_t k = 0; out != NULL && k < more; k++)
        out[used++] = (char *)extra[k];
    return out;
}

typedef struct pipes { int null, out[2], err[2], told[2]; } pipes;

static void close_pipes(pipes *p) {
    int *all[] = {&p->null, &p->out[0], &p->out[1], &p->err[0], &p->err[1], &p->told[0], &p->told[1]};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        close_one(all[i]);
}

/* In the child, between fork and exec: only what a signal handler may do. */
static void become(const rt_child *c, const pipes *p, char **env, pid_t parent) {
    struct sigaction plain = {.sa_handler = SIG_DFL};
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGXFSZ};
    sigset_t none;
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        sigaction(signals[i], &plain, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (getppid() == parent && dup2(p->null, 0) == 0 && dup2(c->out >= 0 ? c->out : p->out[1], 1) == 1 && dup2(p->err[1], 2) == 2) {
        if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
            for (int fd = 3; fd < 1024; fd++)
                fcntl(fd, F_SETFD, FD_CLOEXEC);
        execve(c->path, (char *const *)c->argv, env);
    }
    int why = errno;
    ssize_t n = write(p->told[1], &why, sizeof why);
    (void)n; /* nobody can be told */
    _exit(127);
}

static mig_status not_started(const rt_child *c, int why, rt_error *e) {
    if (why == ENOEXEC)
        rt_error_hint(e, "A script says in its first line what reads it: #!/bin/sh");
    return rt_error_set(e, MIG_IO, "cannot start %s: %s", c->path, strerror(why));
}

/* The child's number, or 0 with the reason in e. */
static pid_t start(const rt_child *c, pipes *p, rt_error *e) {
    int why = 0;
    char **env = environment(c->env);
    *p = (pipes){-1, {-1, -1}, {-1, -1}, {-1, -1}};
    p->null = high(open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (env == NULL || p->null < 0 || !make_pipe(p->out) || !make_pipe(p->err) || !make_pipe(p->told)) {
        rt_error_set(e, env == NULL ? MIG_NOMEM : MIG_IO, "cannot start %s: %s", c->path, strerror(errno));
        free(env);
        return 0;
    }
    sigset_t stops, before; /* who ends us between fork and `group` would leave the child behind */
    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &stops, &before);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(c, p, env, parent);
    why = errno;
    if (pid > 0) {
        setpgid(pid, pid); /* whoever is first; the other one's fails */
        group = pid;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    free(env);
    close_one(&p->out[1]);
    close_one(&p->err[1]);
    close_one(&p->told[1]);
    if (pid < 0) {
        not_started(c, why, e);
        return 0;
    }
    while (read(p->told[0], &why, sizeof why) == sizeof why) { /* exec closes it without a word */
        group = 0;
        waitpid(pid, NULL, 0);
        not_started(c, why, e);
        return 0;
    }
    fcntl(p->out[0], F_SETFL, O_NONBLOCK);
    fcntl(p->err[0], F_SETFL, O_NONBLOCK);
    return pid;
}

/* ---- hearing ----------------------------------------------------------------------------------------------------------------- */

typedef struct stream { int *fd; bool is_error; size_t n; char line[MOST_LINE]; } stream;

/* The last lines of standard error, for the message; and the first that says error, for long details may follow it. */
typedef struct tail { char lines[RT_CHILD_LAST][256]; int64_t n; char error[256]; int64_t error_at; } tail; /* n: a program may write without end */

static void give_line(const rt_child *c, stream *s, tail *t) {
    if (s->n > 0 && s->line[s->n - 1] == '\r')
        s->n--;
    if (s->is_error && s->n > 0) {
        char *line = t->lines[t->n % RT_CHILD_LAST];
        rt_shorten(line, sizeof t->lines[0], s->line, s->n);
        if (t->error[0] == '\0' && strstr(line, "error:") != NULL) {
            memcpy(t->error, line, sizeof t->error);
            t->error_at = t->n;
        }
        t->n++;
    }
    if (c->line != NULL)
        c->line(c->arg, s->is_error, s->line, s->n);
    s->n = 0;
}

/* What is there now; a line past the most is cut. False: nothing more can come. */
static bool hear(const rt_child *c, stream *s, tail *t) {
    char text[8192];
    ssize_t n = read(*s->fd, text, sizeof text);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    for (ssize_t i = 0; i < n; i++) {
        if (text[i] == '\n')
            give_line(c, s, t);
        else if (s->n < sizeof s->line)
            s->line[s->n++] = text[i];
    }
    if (n == 0 && s->n > 0)
        give_line(c, s, t);
    return n > 0;
}

static double seconds(void) {
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void listen_once(const rt_child *c, stream *streams, tail *t) {
    struct pollfd fds[2];
    int n = 0;
    for (int i = 0; i < 2; i++)
        if (*streams[i].fd >= 0)
            fds[n++] = (struct pollfd){.fd = *streams[i].fd, .events = POLLIN};
    if (poll(fds, (nfds_t)n, n > 0 ? POLL_MS : 5) <= 0)
        return;
    for (int i = 0; i < 2; i++)
        if (*streams[i].fd >= 0 && !hear(c, &streams[i], t))
            close_one(streams[i].fd);
}

/* Asks the child and its children to end, then makes them. */
static void ask_to_end(pid_t pid, double *asked) {
    if (*asked == 0) {
        *asked = seconds();
        kill(-pid, SIGTERM);
        kill(-pid, SIGCONT);
    } else if (seconds() - *asked > KILL_AFTER) {
        kill(-pid, SIGKILL);
    }
}

/* What its children may have left in the pipes: they may hold them open for ever. */
static void hear_rest(const rt_child *c, stream *streams, tail *t) {
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 128 && *streams[i].fd >= 0; k++) {
            struct pollfd fd = {.fd = *streams[i].fd, .events = POLLIN};
            if (poll(&fd, 1, 0) <= 0 || !hear(c, &streams[i], t))
                break;
        }
        if (streams[i].n > 0)
            give_line(c, &streams[i], t);
    }
}

static void join_tail(const tail *t, rt_child_end *end) {
    size_t used = 0;
    int64_t first = t->n > RT_CHILD_LAST ? t->n - RT_CHILD_LAST : 0;
    if (t->error[0] != '\0' && t->error_at < first)
        used += (size_t)snprintf(end->last, sizeof end->last, "%s%s", t->error, t->error_at + 1 < first ? "; …" : "");
    for (int64_t i = first; i < t->n && used < sizeof end->last; i++)
        used += (size_t)snprintf(end->last + used, sizeof end->last - used, "%s%s", used > 0 ? "; " : "", t->lines[i % RT_CHILD_LAST]);
}

mig_status rt_child_run(const rt_child *c, rt_child_end *end, rt_error *e) {
    pipes p;
    tail t = {.n = 0};
    stream *streams = calloc(2, sizeof *streams);
    double asked = 0;
    int status = 0;
    *end = (rt_child_end){.exit = 0};
    if (streams == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    pid_t pid = start(c, &p, e);
    streams[0].fd = &p.out[0];
    streams[1].fd = &p.err[0];
    streams[1].is_error = true;
    while (pid > 0) {
        listen_once(c, streams, &t);
        if (c->stop != NULL && *c->stop != 0)
            ask_to_end(pid, &asked);
        if (c->tick != NULL)
            c->tick(c->arg);
        if (waitpid(pid, &status, WNOHANG) == pid)
            break;
    }
    group = 0;
    if (pid > 0 && asked > 0)
        kill(-pid, SIGKILL); /* what it has left behind */
    if (pid > 0)
        hear_rest(c, streams, &t);
    close_pipes(&p);
    free(streams);
    if (pid == 0)
        return e->status;
    join_tail(&t, end);
    if (asked > 0)
        return rt_error_set(e, MIG_INTERRUPTED, "interrupted");
    end->exit = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    end->signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    return MIG_OK;
}

void rt_child_words(const rt_child_end *end, char *out, size_t cap) {
    if (end->signal != 0)
        snprintf(out, cap, "was ended by signal %d (%s)", end->signal, strsignal(end->signal));
    else
        snprintf(out, cap, "ended with exit status %d", end->exit);
    size_t n = strlen(out);
    if (end->last[0] != '\0')
        snprintf(out + n, cap - n, ": %s", end->last);
}
