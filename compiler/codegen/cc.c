/*
 * cc.c: runs the C compiler, never through a shell, and explains why it failed. Called by build.c.
 */
#include "compiler/codegen/cc.h"

#include "compiler/base/strbuf.h"
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* ---- arguments ------------------------------------------------------------------------------------------------------- */

typedef struct words {
    char **at;
    int n, cap;
} words;

static void add(arena *a, words *w, const char *word) {
    *(char **)arena_push(a, &w->at, &w->n, &w->cap, sizeof(char *)) = arena_strdup(a, word);
}

/* The words of a text with blanks between. */
static void add_all(arena *a, words *w, const char *text) {
    while (*(text += strspn(text, " \t\n")) != '\0') {
        size_t n = strcspn(text, " \t\n");
        add(a, w, arena_strndup(a, text, n));
        text += n;
    }
}

/* The end that posix_spawn wants. */
static char **closed(arena *a, words *w) {
    *(char **)arena_push(a, &w->at, &w->n, &w->cap, sizeof(char *)) = NULL;
    w->n--;
    return w->at;
}

/* Our environment with messages in English: they are looked through for reasons. */
static char **plain_environment(arena *a) {
    words w = {NULL, 0, 0};
    for (char **e = environ; *e != NULL; e++)
        if (strncmp(*e, "LC_", 3) != 0 && strncmp(*e, "LANG", 4) != 0)
            add(a, &w, *e);
    add(a, &w, "LC_ALL=C");
    return closed(a, &w);
}

/* ---- running ------------------------------------------------------------------------------------------------------------ */

typedef struct outcome {
    int error;       /* errno of starting it, 0: it ran */
    int status;      /* as waitpid gives it */
    strbuf said;     /* on stderr */
} outcome;

static void read_all(int fd, strbuf *out) {
    char buffer[4096];
    for (;;) {
        ssize_t n = read(fd, buffer, sizeof buffer);
        if (n > 0)
            sb_put(out, buffer, (size_t)n);
        else if (n == 0 || errno != EINTR)
            return;
    }
}

static void run(arena *a, words *w, outcome *out) {
    int ends[2];
    pid_t pid;
    posix_spawn_file_actions_t actions;
    *out = (outcome){.said = STRBUF_INIT};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        out->error = errno;
        return;
    }
    out->error = posix_spawn_file_actions_init(&actions);
    if (out->error == 0) {
        out->error = posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
        if (out->error == 0)
            out->error = posix_spawnp(&pid, w->at[0], &actions, NULL, closed(a, w), plain_environment(a));
        posix_spawn_file_actions_destroy(&actions);
    }
    close(ends[1]);
    if (out->error == 0) {
        read_all(ends[0], &out->said);
        while (waitpid(pid, &out->status, 0) < 0 && errno == EINTR)
            continue;
    }
    close(ends[0]);
}

/* ---- reasons --------------------------------------------------------------------------------------------------------------- */

/* Debian packages of the libraries that a program is linked with. */
static const char *package_of(const char *library, size_t n) {
    static const struct { const char *library, *package; } packages[] = {
        {"c", "libc6-dev"}, {"crypto", "libssl-dev"}, {"gmp", "libgmp-dev"}, {"icudata", "libicu-dev"},
        {"icui18n", "libicu-dev"}, {"icuuc", "libicu-dev"}, {"m", "libc6-dev"}, {"pcre2-8", "libpcre2-dev"},
        {"pq", "libpq-dev"}, {"pthread", "libc6-dev"}, {"sqlite3", "libsqlite3-dev"}, {"xxhash", "libxxhash-dev"},
        {"z", "zlib1g-dev"}, {"zstd", "libzstd-dev"},
    };
    for (size_t i = 0; i < sizeof packages / sizeof packages[0]; i++)
        if (strlen(packages[i].library) == n && strncmp(packages[i].library, library, n) == 0)
            return packages[i].package;
    return NULL;
}

/* `cannot find -lpq` (GNU ld, gold: `cannot find -lpq`, lld: `unable to find library -lpq`); all of them. */
static bool missing_libraries(arena *a, const char *said) {
    strbuf libraries = STRBUF_INIT, packages = STRBUF_INIT;
    for (const char *p = said; (p = strstr(p, " -l")) != NULL; p += 3) {
        bool is_missing = (p - said >= 11 && strncmp(p - 11, "cannot find", 11) == 0) ||
                          (p - said >= 22 && strncmp(p - 22, "unable to find library", 22) == 0);
        size_t n = strcspn(p + 3, ": \n");
        const char *name = arena_strndup(a, p + 3, n);
        if (!is_missing || strstr(sb_text(&libraries), arena_printf(a, "\"%s\"", name)) != NULL)
            continue;
        sb_printf(&libraries, "%s\"%s\"", libraries.length > 0 ? ", " : "", name);
        const char *package = package_of(name, n);
        if (package != NULL && strstr(sb_text(&packages), package) == NULL)
            sb_printf(&packages, " %s", package);
    }
    bool any = libraries.length > 0;
    if (any)
        fprintf(stderr, "migc: libraries that the program needs are missing: %s\n", sb_text(&libraries));
    if (any && packages.length > 0)
        fprintf(stderr, "On Debian this installs them: apt-get install%s\n", sb_text(&packages));
    sb_free(&libraries);
    sb_free(&packages);
    return any;
}

/* What says it, what is missing then, and the package. */
static bool missing_part(const char *said) {
    static const struct { const char *words, *part, *package; } parts[] = {
        {"stddef.h: No such file", "the C compiler's own headers are missing", "gcc"},
        {"stdint.h: No such file", "the C library's headers are missing", "libc6-dev"},
        {"stdint.h' file not found", "the C library's headers are missing", "libc6-dev"},
        {"string.h: No such file", "the C library's headers are missing", "libc6-dev"},
        {"string.h' file not found", "the C library's headers are missing", "libc6-dev"},
        {"crt1.o", "the C library's start files are missing", "libc6-dev"},
        {"cannot find 'ld'", "the linker is missing", "binutils"},
        {"unable to execute command: Executable \"ld\"", "the linker is missing", "binutils"},
        {"cannot execute 'as'", "the assembler is missing", "binutils"},
        {"cannot execute ‘as’", "the assembler is missing", "binutils"},
        {"cannot execute 'cc1'", "the C compiler is not installed completely", "gcc"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strstr(said, parts[i].words) != NULL) {
            fprintf(stderr, "migc: %s\nOn Debian this installs them: apt-get install %s\n", parts[i].part, parts[i].package);
            return true;
        }
    if (strstr(said, "No space left on device") == NULL)
        return false;
    fprintf(stderr, "migc: the program cannot be written: no space left on device\n");
    return true;
}

static void explain_start(const char *compiler, int error) {
    if (error == ENOENT)
        fprintf(stderr, "migc: there is no C compiler \"%s\"\nOn Debian this installs one: apt-get install gcc libc6-dev. Another "
                        "one is named by --cc or by the environment variable CC.\n", compiler);
    else
        fprintf(stderr, "migc: the C compiler \"%s\" cannot be started: %s\n", compiler, strerror(error));
}

static void explain_failure(arena *a, const char *compiler, outcome *o) {
    const char *said = sb_text(&o->said);
    if (WIFSIGNALED(o->status)) {
        fprintf(stderr, "migc: the C compiler \"%s\" was ended by signal %d (%s)\n", compiler, WTERMSIG(o->status),
                strsignal(WTERMSIG(o->status)));
        return;
    }
    if (WEXITSTATUS(o->status) == 127 && o->said.length == 0) {
        explain_start(compiler, ENOENT);
        return;
    }
    if (missing_libraries(a, said) || missing_part(said))
        return;
    fprintf(stderr, "migc: the C compiler \"%s\" does not take the program that was made for it. If its options are right, this is "
                    "a fault of migc and not of the spec: please report it, with the spec and these messages:\n%s", compiler,
            said);
    if (o->said.length > 0 && o->said.data[o->said.length - 1] != '\n')
        fputc('\n', stderr);
}

/* ---- compiling ---------------------------------------------------------------------------------------------------------------- */

static bool is_in_path(const char *name) {
    const char *path = getenv("PATH");
    char file[4096];
    for (const char *p = path != NULL ? path : "/usr/bin:/bin"; *p != '\0';) {
        size_t n = strcspn(p, ":");
        if (snprintf(file, sizeof file, "%.*s/%s", (int)n, p, name) < (int)sizeof file && access(file, X_OK) == 0)
            return true;
        p += n;
        p += *p == ':';
    }
    return false;
}

static const char *default_compiler(void) {
    static const char *const names[] = {"cc", "gcc", "clang"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (is_in_path(names[i]))
            return names[i];
    return names[0];
}

/* An argument that begins with a hyphen would be taken for an option. */
static const char *as_file(arena *a, const char *path) {
    return path[0] == '-' ? arena_printf(a, "./%s", path) : path;
}

bool cc_compile(arena *a, const cc_home *home, const char *cc, bool debug, const char *c_file, const char *program) {
    words w = {NULL, 0, 0};
    if (cc == NULL || cc[strspn(cc, " \t\n")] == '\0')
        cc = getenv("CC");
    add_all(a, &w, cc != NULL ? cc : "");
    if (w.n == 0)
        add(a, &w, default_compiler());
    add(a, &w, "-std=c17");
    add_all(a, &w, debug ? "-Og -g" : "-O2");
    add(a, &w, "-pthread");
    add_all(a, &w, MIG_RUNTIME_CFLAGS);
    add(a, &w, arena_printf(a, "-I%s", home->include));
    add(a, &w, "-o");
    add(a, &w, as_file(a, program));
    add_all(a, &w, "-x c");
    add(a, &w, as_file(a, c_file));
    add_all(a, &w, "-x none");
    add(a, &w, as_file(a, home->library));
    add_all(a, &w, MIG_RUNTIME_LIBS);
    outcome o;
    run(a, &w, &o);
    bool ok = o.error == 0 && WIFEXITED(o.status) && WEXITSTATUS(o.status) == 0;
    if (o.error != 0)
        explain_start(w.at[0], o.error);
    else if (!ok)
        explain_failure(a, w.at[0], &o);
    sb_free(&o.said);
    return ok;
}
