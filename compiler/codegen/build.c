/*
 * build.c: `migc build`: the C text, its file, the compiler, the program's file. See build.h. Called by the command line.
 */
#include "compiler/codegen/build.h"

#include "compiler/base/output.h"
#include "compiler/base/strbuf.h"
#include "compiler/codegen/cc.h"
#include "compiler/codegen/codegen.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The compiler writes beside the program, and only a whole one takes its name. */
static bool compile(arena *a, const build_options *o, const cc_home *home, const char *c_file, const char *output) {
    const char *unfinished = output_beside(a, output);
    if (!cc_compile(a, home, o->cc, o->debug, c_file, unfinished)) {
        unlink(unfinished);
        return false;
    }
    if (rename(unfinished, output) != 0) {
        int error = errno;
        unlink(unfinished);
        return output_cannot_write(output, strerror(error));
    }
    return true;
}

/* The C in a folder of its own, for as long as the compiler reads it. */
static bool compile_unkept(arena *a, const build_options *o, const cc_home *home, const char *own_name, const strbuf *text,
                           const char *output) {
    const char *tmp = getenv("TMPDIR");
    char *folder = arena_printf(a, "%s/migc-XXXXXX", tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp");
    if (mkdtemp(folder) == NULL)
        return output_cannot_write(folder, strerror(errno));
    const char *c_file = arena_printf(a, "%s/%s", folder, own_name);
    bool ok = output_write(arena_printf(a, "%s.new", c_file), c_file, text) && compile(a, o, home, c_file, output);
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
    const char *folder = output_base_name(output) == output ? "." : arena_strndup(a, output, (size_t)(output_base_name(output) - output));
    return access(folder, W_OK | X_OK) == 0 ? true : output_cannot_write(output, strerror(errno));
}

bool build_program(arena *a, const plan *p, const build_options *o) {
    const char *output = o->output != NULL ? o->output : default_output(a, p);
    bool is_kept = o->emit_c != NULL && strcmp(o->emit_c, "-") != 0;
    const char *own_name = is_kept ? output_base_name(o->emit_c) : arena_printf(a, "%s.c", output_base_name(output));
    cc_home home;
    if (!output_may_write(output, o->spec) || !is_writable(a, output) || (is_kept && !output_may_write(o->emit_c, o->spec)))
        return false;
    if (is_kept && (strcmp(o->emit_c, output) == 0 || output_is_same_file(o->emit_c, output)))
        return output_cannot_write(output, "the C text goes into that file");
    strbuf text = STRBUF_INIT;
    codegen(a, p, (codegen_options){.stable = o->stable, .lines = o->debug, .trace = o->trace, .own_name = own_name}, &text);
    bool ok;
    if (is_kept)
        ok = output_write(output_beside(a, o->emit_c), o->emit_c, &text) && cc_find_home(a, &home) &&
             compile(a, o, &home, o->emit_c, output);
    else
        ok = (o->emit_c == NULL || output_print(&text)) && cc_find_home(a, &home) &&
             compile_unkept(a, o, &home, own_name, &text, output);
    sb_free(&text);
    return ok;
}
