/*
 * files.c: from a source's folder and a table's pattern to the files that are meant, and whether a file is still the
 * one that was found. Opens nothing.
 */
#include "runtime/sources/csv.h"
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Does the path have a component ".."? */
static bool climbs(const char *path) {
    for (const char *p = path; *p != '\0';) {
        size_t n = strcspn(p, "/");
        if (n == 2 && p[0] == '.' && p[1] == '.')
            return true;
        p += n;
        p += strspn(p, "/");
    }
    return false;
}

static bool is_glob(const char *pattern) { return strpbrk(pattern, "*?[") != NULL; }

/* folder/pattern as glob() wants it: nothing in the folder's own name is special. */
static void add_pattern(rt_buf *b, const char *folder, const char *pattern) {
    for (const char *p = folder; *p != '\0'; p++) {
        if (strchr("*?[]\\", *p) != NULL)
            rt_buf_add(b, "\\", 1);
        rt_buf_add(b, p, 1);
    }
    rt_buf_add(b, "/", 1);
    rt_buf_add(b, pattern, strlen(pattern) + 1);
}

void rt_files_free(rt_files *f) {
    for (int i = 0; i < f->n; i++) {
        free(f->v[i].path);
        free(f->v[i].name);
    }
    free(f->v);
    *f = (rt_files){0};
}

bool rt_file_same(const rt_file *f, const struct stat *now) {
    return f->dev == now->st_dev && f->ino == now->st_ino && f->size == (int64_t)now->st_size &&
           f->mtime.tv_sec == now->st_mtim.tv_sec && f->mtime.tv_nsec == now->st_mtim.tv_nsec;
}

/* Adds one path that the pattern gave. Folders that only a wild card hit are passed over. */
static mig_status add_file(const char *path, const char *name, bool wild, rt_files *out, rt_error *e) {
    struct stat st;
    if (climbs(name))
        return MIG_OK; /* ".*" hits ".." too; nobody means it */
    if (stat(path, &st) != 0)
        return errno == ENOENT
                   ? rt_error_set(e, MIG_PREFLIGHT, "\"%s\" is a symbolic link to a file that is not there", path)
                   : rt_error_set(e, MIG_PREFLIGHT, "\"%s\" cannot be read: %s", path, strerror(errno));
    if (S_ISDIR(st.st_mode))
        return wild ? MIG_OK : rt_error_set(e, MIG_PREFLIGHT, "\"%s\" is a folder, not a CSV file", path);
    if (!S_ISREG(st.st_mode))
        return rt_error_set(e, MIG_PREFLIGHT, "\"%s\" is not a regular file", path);
    if (access(path, R_OK) != 0)
        return rt_error_set(e, MIG_PREFLIGHT, "\"%s\" cannot be read: %s", path, strerror(errno));
    rt_file *f = &out->v[out->n];
    *f = (rt_file){.path = strdup(path), .name = strdup(name), .size = (int64_t)st.st_size,
                   .dev = st.st_dev, .ino = st.st_ino, .mtime = st.st_mtim};
    out->n++; /* from here on rt_files_free() takes care of it */
    out->bytes += f->size;
    if (f->path == NULL || f->name == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    return MIG_OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const rt_file *)a)->name, ((const rt_file *)b)->name);
}

/* No file: says so, and which file of the folder comes nearest. */
static mig_status refuse_none(const char *folder, const char *pattern, rt_error *e) {
    enum { MOST = 1000 };
    mig_text names[MOST];
    int n = 0;
    DIR *d = opendir(folder);
    for (struct dirent *at; d != NULL && n < MOST && (at = readdir(d)) != NULL;) {
        char *copy = at->d_name[0] == '.' ? NULL : strdup(at->d_name);
        if (copy != NULL)
            names[n++] = (mig_text){copy, strlen(copy)};
    }
    if (d != NULL)
        (void)closedir(d);
    mig_status st = is_glob(pattern)
                        ? rt_error_set(e, MIG_PREFLIGHT, "no file in \"%s\" matches \"%s\"", folder, pattern)
                        : rt_error_set(e, MIG_PREFLIGHT, "there is no file \"%s\" in \"%s\"", pattern, folder);
    int near = rt_similar((mig_text){pattern, strlen(pattern)}, names, n);
    if (near >= 0)
        rt_error_hint(e, "Did you mean \"%s\"?", names[near].p);
    else if (n == 0)
        rt_error_hint(e, "The folder is empty.");
    for (int i = 0; i < n; i++)
        free((void *)(uintptr_t)names[i].p);
    return st;
}

static mig_status take(const glob_t *g, const char *folder, const char *pattern, rt_files *out, rt_error *e) {
    out->v = calloc(g->gl_pathc == 0 ? 1 : g->gl_pathc, sizeof *out->v);
    if (out->v == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    size_t below = strlen(folder) + 1;
    for (size_t i = 0; i < g->gl_pathc; i++) {
        mig_status st = add_file(g->gl_pathv[i], g->gl_pathv[i] + below, is_glob(pattern), out, e);
        if (st != MIG_OK)
            return st;
    }
    if (out->n == 0)
        return refuse_none(folder, pattern, e);
    qsort(out->v, (size_t)out->n, sizeof *out->v, by_name);
    return MIG_OK;
}

mig_status rt_files_find(const char *folder, const char *pattern, rt_files *out, rt_error *e) {
    *out = (rt_files){0};
    if (pattern[0] == '\0')
        return rt_error_set(e, MIG_PREFLIGHT, "the file pattern is empty");
    if (pattern[0] == '/' || climbs(pattern)) {
        rt_error_set(e, MIG_PREFLIGHT, "the file pattern \"%s\" leaves the folder \"%s\"", pattern, folder);
        rt_error_hint(e, "Make the source's location a folder above all of its files.");
        return MIG_PREFLIGHT;
    }
    rt_buf b = {0};
    add_pattern(&b, folder, pattern);
    if (b.failed) {
        rt_buf_free(&b);
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    }
    glob_t g = {0};
    mig_status st;
    switch (glob(b.p, GLOB_NOSORT | GLOB_ERR, NULL, &g)) {
    case 0:
        st = take(&g, folder, pattern, out, e);
        break;
    case GLOB_NOMATCH:
        st = refuse_none(folder, pattern, e);
        break;
    case GLOB_NOSPACE:
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
        break;
    default:
        st = rt_error_set(e, MIG_PREFLIGHT, "\"%s\" cannot be searched for \"%s\": %s", folder, pattern,
                          strerror(errno));
    }
    globfree(&g);
    rt_buf_free(&b);
    if (st != MIG_OK)
        rt_files_free(out);
    return st;
}
