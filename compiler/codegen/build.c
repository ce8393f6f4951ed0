/*
 * build.c: `migc build`: the C text, its file, the compiler, the program's file. See build.h. Called by the command line.
 */
#include "compiler/codegen/build.h"

#include "compiler/base/strbuf.h"
#include "compiler/codegen/cc.h"
#include "compiler/codegen/codegen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot_write(const char *path, const char *why) {
    fprintf(stderr, "migc: cannot write \"%s\": %s\n", path, why);
    return false;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* A name beside the file that nobody else uses, for what becomes the file by rename. */
static const char *beside(arena *a, const char *path) {
    return arena_printf(a, "%.*s.%s.migc-%ld", (int)(base_name(path) - path), path, base_name(path), (long)getpid());
}

static bool is_same_file(const char *a, const char *b) {
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What an output must not be. */
static bool may_write(const char *path, const build_options *o) {
    struct stat st;
    if (path[0] == '\0')
        return cannot_write(path, "no name is given");
    if (o->spec != NULL && is_same_file(path, o->spec))
        return cannot_write(path, "that is the spec");
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return cannot_write(path, "is a directory");
    return true;
}

static bool write_text(const char *path, const char *rename_to, const strbuf *text) {
    FILE *f = fopen(path, "w");
    if (f == NULL)
        return cannot_write(rename_to, strerror(errno));
    bool ok = sb_write(text, f) && fflush(f) == 0;
    int error = errno;
    if (fclose(f) != 0 && ok) {
        ok = false;
        error = errno;
    }
    if (ok && rename(path, rename_to) != 0) {
        ok = false;
        error = errno;
    }
    if (!ok) {
        unlink(path);
        return cannot_write(rename_to, strerror(error));
    }
    return true;
}

static bool print_text(const strbuf *text) {
    if (sb_write(text, stdout) && fflush(stdout) == 0)
        return true;
    return cannot_write("standard output", strerror(errno));
}

/* The compiler writes beside the program, and only a whole one takes its name. */
static bool compile(arena *a, const build_options *o, const cc_home *home, const char *c_file, const char *output) {
    const char *unfinished = beside(a, output);
    if (!cc_compile(a, home, o->cc, o->debug, c_file, unfinished)) {
        unlink(unfinished);
        return false;
    }
    if (rename(unfinished, output) != 0) {
        int error = errno;
        unlink(unfinished);
        return cannot_write(output, strerror(error));
    }
    return true;
}

/* The C in a folder of its own, for as long as the compiler reads it. */
static bool compile_unkept(arena *a, const build_options *o, const cc_home *home, const char *own_name, const strbuf *text,
                           const char *output) {
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_printf(a, "%s/migc-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL)
        return cannot_write(folder, strerror(errno));
    const char *c_file = arena_printf(a, "%s/%s", folder, own_name);
    bool ok = write_text(arena_printf(a, "%s.new", c_file), c_file, text) && compile(a, o, home, c_file, output);
    unlink(c_file);
    rmdir(folder);
    return ok;
}

/* The migration's name as a file in the current folder. */
static const char *default_output(arena *a, const plan *p) {
    char *name = arena_strdup(a, p->name);
    for (char *c = name; *c != '\0'; c++)
        if (*c == '/')
            *c = '_';
    return name[0] == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ? "migration" : name;
}

/* The folder is there and may be written into: asked before the compiler does its work for nothing. */
static bool is_writable(arena *a, const char *output) {
    const char *folder = base_name(output) == output ? "." : arena_strndup(a, output, (size_t)(base_name(output) - output));
    return access(folder, W_OK | X_OK) == 0 ? true : cannot_write(output, strerror(errno));
}

bool build_program(arena *a, const plan *p, const build_options *o) {
    const char *output = o->output != NULL ? o->output : default_output(a, p);
    bool is_kept = o->emit_c != NULL && strcmp(o->emit_c, "-") != 0;
    const char *own_name = is_kept ? base_name(o->emit_c) : arena_printf(a, "%s.c", base_name(output));
    cc_home home;
    if (!may_write(output, o) || !is_writable(a, output) || (is_kept && !may_write(o->emit_c, o)))
        return false;
    if (is_kept && (strcmp(o->emit_c, output) == 0 || is_same_file(o->emit_c, output)))
        return cannot_write(output, "the C text goes into that file");
    strbuf text = STRBUF_INIT;
    codegen(a, p, (codegen_options){.stable = o->stable, .lines = o->debug, .trace = o->trace, .own_name = own_name}, &text);
    bool ok;
    if (is_kept)
        ok = write_text(beside(a, o->emit_c), o->emit_c, &text) && cc_find_home(a, &home) &&
             compile(a, o, &home, o->emit_c, output);
    else
        ok = (o->emit_c == NULL || print_text(&text)) && cc_find_home(a, &home) &&
             compile_unkept(a, o, &home, own_name, &text, output);
    sb_free(&text);
    return ok;
}
