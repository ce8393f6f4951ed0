/*
 * backup.c: `backup` steps: where the copy goes, its name, its sha256, its row of the ledger. The engines make and check it
 * (targets/pg_backup.c, targets/lite_backup.c).
 *
 * A copy is taken before its phase's transaction begins: pg_dump would wait for locks that the phase holds, for ever. It is written
 * under a name that ends in .part and gets its own when it has passed its check, so a file without .part is whole whatever happens.
 * Its row of the ledger commits with the phase (of a phase that commits every so many rows, with the first chunk: a later run that
 * goes on there needs no other copy).
 */
#include "runtime/engine/locate.h"
#include "runtime/engine/state.h"
#include "runtime/ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LIMIT = 4096 };

static bool is_postgres(const rt_run *run, const mig_step *s) {
    return s->source < 0 ? run->target_def.engine == MIG_POSTGRES : run->spec->sources[s->source].kind == MIG_SOURCE_POSTGRES;
}

static const rt_backup_ops *ops_of(const rt_run *run, const mig_step *s) {
    return is_postgres(run, s) ? &rt_backup_postgres : &rt_backup_sqlite;
}

static rt_backup backup_of(const rt_run *run, const mig_step *s) {
    return (rt_backup){.role = s->source < 0 ? "target" : "source", .name = rt_step_system(run, s), .stop = run->stop, .fd = -1,
                       .location = s->source < 0 ? run->target_location : run->sources[s->source].location};
}

/* ---- before the run ------------------------------------------------------------------------------------------------------------- */

/* The nearest folder that is there decides whether the others can be made. */
static void look_at_folder(rt_run *run, const mig_step *s, const char *dir) {
    char path[PATH_LIMIT];
    struct stat st;
    if (strlen(dir) >= sizeof path - 300) {
        rt_problem_add(run, MIG_PREFLIGHT, s->site, NULL, "the path of the folder for backups is too long");
        return;
    }
    snprintf(path, sizeof path, "%s", dir);
    while (stat(path, &st) != 0) {
        char *slash = strrchr(path, '/');
        if (errno != ENOENT) {
            rt_problem_add(run, MIG_PREFLIGHT, s->site, NULL, "the folder for backups, %s, cannot be made: %s", dir, strerror(errno));
            return;
        }
        if (slash == NULL)
            snprintf(path, sizeof path, ".");
        else
            slash[slash == path] = '\0';
    }
    if (!S_ISDIR(st.st_mode))
        rt_problem_add(run, MIG_PREFLIGHT, s->site, NULL, "the folder for backups, %s, cannot be made: %s is a file", dir, path);
    else if (access(path, W_OK | X_OK) != 0)
        rt_problem_add(run, MIG_PREFLIGHT, s->site, NULL, "the folder for backups, %s, cannot be written: %s", dir, strerror(errno));
}

static void look_at_step(rt_run *run, const mig_step *s) {
    const char *dir = rt_location_of(&s->to);
    rt_backup b = backup_of(run, s);
    rt_error e = {.status = MIG_OK};
    if (dir == NULL || *dir == '\0') {
        char hint[256];
        snprintf(hint, sizeof hint, "Set %s.", s->to.env != NULL ? s->to.env : "it");
        rt_problem_add(run, MIG_PREFLIGHT, s->site, hint, "no folder is given for the backup of \"%s\"", b.name);
    } else {
        look_at_folder(run, s, dir);
    }
    if (b.location == NULL || (s->source < 0 && run->target == NULL))
        return; /* that it is not given, or not reached, has been said */
    if (ops_of(run, s)->look(&b, &e) != MIG_OK)
        rt_problem_add(run, e.status, s->site, e.hint, "%s", e.message);
}

void rt_backups_look(rt_run *run) {
    for (int i = 0; i < run->spec->n_phases; i++) {
        const mig_phase *p = run->spec->phases[i];
        for (int k = 0; k < p->n_steps && rt_run_wants(run, p); k++)
            if (p->steps[k].kind == MIG_STEP_BACKUP)
                look_at_step(run, &p->steps[k]);
    }
}

/* ---- the file ---------------------------------------------------------------------------------------------------------------------- */

typedef struct file {
    rt_run *run;
    const mig_step *step;
    char path[PATH_LIMIT], part[PATH_LIMIT];
    int fd;
    double began;
} file;

static mig_status fault(file *f, const char *doing, const char *path) {
    if (errno == ENOSPC || errno == EDQUOT)
        rt_error_hint(&f->run->error, "Make room on the disk and run again.");
    return rt_error_set(&f->run->error, MIG_IO, "cannot %s %s: %s", doing, path, strerror(errno));
}

/* mkdir -p, for us alone. */
static mig_status make_folders(file *f, const char *dir) {
    char path[PATH_LIMIT];
    snprintf(path, sizeof path, "%s", dir);
    for (char *p = path + 1;; p++) {
        char c = *p;
        if (c != '/' && c != '\0')
            continue;
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return fault(f, "make the folder", path);
        *p = c;
        if (c == '\0')
            return MIG_OK;
    }
}

/* Names of the spec may hold anything; those of files do not. */
static void add_plain(rt_buf *b, const char *name) {
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        bool plain = c >= 0x80 || (c > ' ' && c != 0x7f && strchr("/\\:*?\"'<>|$`&;", c) == NULL);
        rt_buf_printf(b, "%c", plain ? c : '_');
    }
}

/* DIR/NAME-MIGRATION-20260131T120000Z.dump, with -2, -3 … before the suffix when it is there. */
static mig_status open_file(file *f, const char *dir) {
    char real[PATH_LIMIT], when[32];
    struct tm tm;
    time_t now = time(NULL);
    rt_buf name = {0};
    if (realpath(dir, real) == NULL)
        return fault(f, "find the folder", dir);
    gmtime_r(&now, &tm);
    strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", &tm);
    add_plain(&name, rt_step_system(f->run, f->step));
    rt_buf_printf(&name, "-");
    add_plain(&name, f->run->spec->name);
    if (name.failed)
        return rt_run_nomem(f->run);
    mig_status st = MIG_OK;
    for (int i = 1;; i++) {
        char number[16] = "";
        if (i > 1)
            snprintf(number, sizeof number, "-%d", i);
        int n = snprintf(f->path, sizeof f->path, "%s/%s-%s%s%s", real, name.p, when, number, ops_of(f->run, f->step)->suffix);
        if (n < 0 || (size_t)n >= sizeof f->path - 16) {
            st = rt_error_set(&f->run->error, MIG_IO, "the path of the backup is too long: %s", dir);
            break;
        }
        snprintf(f->part, sizeof f->part, "%.4080s.part", f->path);
        f->fd = open(f->part, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (f->fd < 0 && errno == EEXIST)
            continue;
        if (f->fd < 0 || access(f->path, F_OK) != 0) { /* whose the part is, nobody else gives the copy its name any more */
            st = f->fd >= 0 ? MIG_OK : fault(f, "make", f->part);
            break;
        }
        unlink(f->part);
        close(f->fd);
    }
    rt_buf_free(&name);
    return st;
}

static void show(void *arg) {
    file *f = arg;
    struct stat s;
    if (f->run->face.progress == NULL)
        return;
    rt_progress p = {.phase = f->run->phase->phase, .what = "backup", .seconds = rt_clock() - f->began, .rows = -1};
    p.what = rt_step_system(f->run, f->step);
    p.bytes = stat(f->part, &s) == 0 ? (int64_t)s.st_size : 0;
    f->run->face.progress(f->run->face.self, &p);
}

static mig_status hash_file(file *f, rt_backup_result *r) {
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    enum { PIECE = 1 << 18 };
    char *piece = malloc(PIECE);
    EVP_MD_CTX *sha = EVP_MD_CTX_new();
    int fd = open(f->part, O_RDONLY | O_CLOEXEC);
    bool sound = piece != NULL && sha != NULL && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1;
    mig_status st = !sound ? rt_run_nomem(f->run) : fd < 0 ? fault(f, "read", f->part) : MIG_OK;
    r->bytes = 0;
    while (st == MIG_OK) {
        ssize_t got = read(fd, piece, PIECE);
        if (got == 0)
            break;
        if (rt_run_stopped(f->run))
            st = rt_error_set(&f->run->error, MIG_INTERRUPTED, "interrupted");
        else if (got < 0)
            st = fault(f, "read", f->part);
        else if (EVP_DigestUpdate(sha, piece, (size_t)got) != 1)
            st = rt_run_nomem(f->run);
        else
            r->bytes += got;
        show(f);
    }
    if (st == MIG_OK && EVP_DigestFinal_ex(sha, digest, &n) != 1)
        st = rt_run_nomem(f->run);
    for (unsigned i = 0; st == MIG_OK && i < n; i++)
        snprintf(r->sha256 + 2 * i, 3, "%02x", digest[i]);
    if (fd >= 0)
        close(fd);
    EVP_MD_CTX_free(sha);
    free(piece);
    return st;
}

/* Errno says why not. */
static bool write_all(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t one = write(fd, p, n);
        if (one < 0 && errno == EINTR)
            continue;
        if (one <= 0) {
            errno = one == 0 ? ENOSPC : errno;
            return false;
        }
        p += one;
        n -= (size_t)one;
    }
    return true;
}

/* "HASH  NAME" in FILE.sha256, as sha256sum -c reads it in the folder. */
static mig_status write_sum(file *f, const rt_backup_result *r) {
    char path[PATH_LIMIT + 16], part[PATH_LIMIT + 32];
    rt_buf line = {0};
    const char *name = strrchr(f->path, '/');
    rt_buf_printf(&line, "%s  %s\n", r->sha256, name != NULL ? name + 1 : f->path);
    if (line.failed)
        return rt_run_nomem(f->run);
    snprintf(path, sizeof path, "%s.sha256", f->path);
    snprintf(part, sizeof part, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool sound = fd >= 0 && write_all(fd, line.p, line.n) && fsync(fd) == 0;
    mig_status st = sound && rename(part, path) == 0 ? MIG_OK : fault(f, "write", path);
    if (fd >= 0)
        close(fd);
    if (st != MIG_OK)
        unlink(part);
    rt_buf_free(&line);
    return st;
}

/* The folder's own entry is to outlive the machine, too. */
static void sync_folder(const file *f) {
    char dir[PATH_LIMIT];
    snprintf(dir, sizeof dir, "%s", f->path);
    char *slash = strrchr(dir, '/');
    if (slash != NULL)
        slash[slash == dir] = '\0';
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

static mig_status finish(file *f, rt_backup_result *r) {
    mig_status st = fsync(f->fd) == 0 ? hash_file(f, r) : fault(f, "write", f->part);
    if (st == MIG_OK && rename(f->part, f->path) != 0)
        st = fault(f, "write", f->path);
    if (st != MIG_OK)
        return st;
    r->file = rt_arena_copy(f->run->arena, f->path, strlen(f->path));
    st = r->file != NULL ? write_sum(f, r) : rt_run_nomem(f->run);
    sync_folder(f);
    return st;
}

/* ---- the step ---------------------------------------------------------------------------------------------------------------------- */

static mig_status take(rt_run *run, const mig_step *s, rt_backup_result *r) {
    file f = {.run = run, .step = s, .fd = -1, .began = rt_clock()};
    const char *dir = rt_location_of(&s->to);
    rt_backup b = backup_of(run, s);
    *r = (rt_backup_result){.step = s, .at = rt_now()};
    mig_status st = make_folders(&f, dir);
    if (st == MIG_OK)
        st = open_file(&f, dir);
    if (st == MIG_OK) {
        b.part = f.part;
        b.fd = f.fd;
        b.tick = show;
        b.arg = &f;
        st = ops_of(run, s)->make(&b, &run->error);
        if (st == MIG_OK)
            st = finish(&f, r);
        if (st != MIG_OK)
            unlink(f.part); /* what is not whole, or failed its check, is of no use; after the rename it is not there */
        close(f.fd);
    }
    if (st != MIG_OK && run->error.site == NULL)
        run->error.site = s->site;
    r->tables = b.tables;
    r->seconds = rt_clock() - f.began;
    snprintf(r->tool, sizeof r->tool, "%s", b.tool);
    if (st == MIG_OK)
        rt_run_event(run, &(rt_event){.kind = RT_EVENT_BACKUP, .phase = run->phase->phase, .backup = r, .seconds = r->seconds});
    return st;
}

bool rt_has_backups(const mig_phase *p) {
    return p->n_steps > 0 && p->steps[0].kind == MIG_STEP_BACKUP; /* they stand before all others */
}

mig_status rt_backups_take(rt_run *run) {
    const mig_phase *p = run->phase->phase;
    mig_status st = MIG_OK;
    int n = 0;
    while (n < p->n_steps && p->steps[n].kind == MIG_STEP_BACKUP)
        n++;
    if (n == 0)
        return MIG_OK;
    bool there = false;
    st = rt_ledger_backup_there(run, p, &there);
    if (st != MIG_OK || there) /* chunks of the phase are in, and the copy of before them is, too */
        return st;
    run->phase->backups = rt_arena_alloc(run->arena, sizeof *run->phase->backups * (size_t)n);
    if (run->phase->backups == NULL)
        return rt_run_nomem(run);
    for (int i = 0; i < n && st == MIG_OK; i++) {
        st = rt_run_stopped(run) ? rt_error_set(&run->error, MIG_INTERRUPTED, "interrupted")
                                 : take(run, &p->steps[i], &run->phase->backups[i]);
        run->phase->n_backups += st == MIG_OK;
    }
    return st;
}
