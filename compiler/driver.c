/*
 * driver.c: the table of passes, and what runs them. A pass reports its mistakes and goes on; the driver stops between
 * passes when there are errors, since a later pass relies on what an earlier one has checked.
 */
#include "compiler/driver.h"

#include "compiler/catalog/catalog.h"
#include "compiler/codegen/codegen.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/dump.h"
#include "compiler/syntax/parse.h"

#include <stdio.h>
#include <string.h>

typedef struct pass {
    const char *name;                                  /* as --dump takes it */
    void (*run)(compilation *c);                       /* or NULL: there is only something to be shown */
    void (*dump)(const compilation *c, strbuf *out);   /* or NULL: nothing to be shown */
} pass;

/* ---- what the passes do ----------------------------------------------------------------------------------------- */

static void show_tokens(const compilation *c, strbuf *out)
{
    token_list tokens;
    diag *silent = diag_create(c->mem, c->sources); /* the pass "ast" tells the mistakes */

    lex_source(c->mem, silent, c->file, &tokens);
    dump_tokens(c->sources, &tokens, out);
}

static void run_parse(compilation *c)
{
    c->tree = parse_spec(c->mem, c->d, c->sources, c->file);
}

static void show_tree(const compilation *c, strbuf *out)
{
    dump_ast(c->tree, out);
}

static void run_catalog(compilation *c)
{
    catalog_expand(c->mem, c->d, c->sources, c->tree, c->snapshots);
}

static void run_sema(compilation *c)
{
    sema_check(c->mem, c->d, c->sources, c->tree);
}

static void run_plan(compilation *c)
{
    c->plan = plan_build(c->mem, c->d, c->sources, c->tree);
}

static void show_plan(const compilation *c, strbuf *out)
{
    if (c->plan != NULL)
        plan_dump(c->plan, out);
}

static void show_c(const compilation *c, strbuf *out)
{
    if (c->plan != NULL)
        codegen(c->mem, c->plan, (codegen_options){.stable = true}, out);
}

/* In the order in which they run. */
static const pass passes[] = {
    {"tokens", NULL, show_tokens},
    {"ast", run_parse, show_tree},
    {"catalog", run_catalog, NULL},
    {"sema", run_sema, show_tree},
    {"plan", run_plan, show_plan},
    {"c", NULL, show_c},
};
enum { N_PASSES = sizeof passes / sizeof passes[0] };

/* ---- running them ------------------------------------------------------------------------------------------------- */

void driver_open(compilation *c)
{
    *c = (compilation){.mem = arena_create()};
    c->sources = src_map_create(c->mem);
    c->d = diag_create(c->mem, c->sources);
}

void driver_close(compilation *c)
{
    arena_destroy(c->mem);
}

bool driver_read(compilation *c, const char *path)
{
    const char *why;

    c->file = src_read(c->sources, path, &why);
    if (c->file == NULL)
        fprintf(stderr, "migc: %s: %s\n", path, why);
    return c->file != NULL;
}

/* The next name of a list with commas: its length, and *list set behind it; 0 at the end. */
static size_t next_name(const char **list, const char **name)
{
    size_t n;

    *list += strspn(*list, ",");
    *name = *list;
    n = strcspn(*list, ",");
    *list += n;
    return n;
}

static bool is_named(const char *list, const char *name)
{
    const char *one;
    size_t n;

    while (list != NULL && (n = next_name(&list, &one)) > 0)
        if (n == strlen(name) && strncmp(one, name, n) == 0)
            return true;
    return false;
}

bool driver_run(compilation *c, const char *last, const char *dumps, strbuf *out)
{
    for (int i = 0; i < N_PASSES && diag_errors(c->d) == 0; i++) {
        if (passes[i].run != NULL)
            passes[i].run(c);
        if (passes[i].dump != NULL && is_named(dumps, passes[i].name))
            passes[i].dump(c, out);
        if (last != NULL && strcmp(last, passes[i].name) == 0)
            break;
    }
    return diag_errors(c->d) == 0;
}

const char *driver_dumps(compilation *c)
{
    strbuf sb = STRBUF_INIT;

    for (int i = 0; i < N_PASSES; i++)
        if (passes[i].dump != NULL)
            sb_printf(&sb, "%s%s", sb.length > 0 ? "," : "", passes[i].name);
    return sb_take(&sb, c->mem);
}

bool driver_knows_dumps(compilation *c, const char *dumps, const char **wrong)
{
    const char *known = driver_dumps(c);
    const char *one;
    size_t n;

    while ((n = next_name(&dumps, &one)) > 0) {
        *wrong = arena_strndup(c->mem, one, n);
        if (!is_named(known, *wrong))
            return false;
    }
    return true;
}
