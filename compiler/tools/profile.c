/*
 * profile.c: `migc profile`: each location in turn is opened, listed, read, and told. A place that fails is said and passed over.
 */
#include "compiler/tools/profile.h"

#include "compiler/driver.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MEMORY = 512 * 1024 * 1024 };

/* ---- one location ----------------------------------------------------------------------------------------------------------- */

/* All columns but the key. A column in which no value is there twice says that no row is. */
static void watch_same_rows(profiler *p, prof_table *t)
{
    int *columns = arena_array(p->mem, int, t->n_columns);
    int n = 0;

    for (int i = 0; i < t->n_columns; i++) {
        const prof_column *c = &t->columns[i];

        if (i != t->key && c->values == t->rows && c->repeated == 0 && !c->capped)
            return;
        if (i != t->key)
            columns[n++] = i;
    }
    if (n < 2 || t->rows < 2)
        return;
    t->again = (prof_set){.columns = columns, .n = n, .keeps_nulls = true};
    t->look_again = true;
}

static void set_up(profiler *p, prof_location *l)
{
    l->n_tables = l->cat.n_tables;
    l->tables = arena_array(p->mem, prof_table, l->n_tables);
    for (int i = 0; i < l->n_tables; i++) {
        prof_table *t = &l->tables[i];

        t->def = &l->cat.tables[i];
        t->number = i;
        t->n_columns = t->def->n_columns;
        t->columns = arena_array(p->mem, prof_column, t->n_columns);
        for (int k = 0; k < t->n_columns; k++)
            t->columns[k].def = &t->def->columns[k];
    }
    prof_roles(p, l);
    prof_relate(p, l);
}

/* What the second reading is to look at: rows that share what should be a key's value, and spellings. */
static void look_closer(prof_location *l)
{
    for (int i = 0; i < l->n_tables; i++)
        for (int k = 0; k < l->tables[i].n_columns; k++) {
            prof_column *c = &l->tables[i].columns[k];
            bool keyish = c->role != ROLE_PLAIN || c->declared_key;

            c->look_again = keyish && (c->repeated > 0 || c->variants > 0);
            l->tables[i].look_again = l->tables[i].look_again || c->look_again;
        }
    for (int i = 0; i < l->n_references; i++) {
        prof_reference *f = &l->references[i];

        f->unchecked = l->tables[f->to].error.status != MIG_OK ||
                       (f->n == 1 ? l->tables[f->to].columns[f->to_columns[0]].capped : f->target.capped);
    }
}

static mig_status read_all(profiler *p, prof_location *l)
{
    mig_status st = MIG_OK;

    for (int i = 0; st == MIG_OK && i < l->n_tables; i++)
        if (l->tables[i].def->error == NULL)
            st = prof_first_reading(p, l, &l->tables[i]);
    look_closer(l);
    for (int i = 0; i < l->n_tables; i++)
        watch_same_rows(p, &l->tables[i]);
    for (int i = 0; st == MIG_OK && i < l->n_tables; i++)
        if (l->tables[i].def->error == NULL && l->tables[i].error.status == MIG_OK)
            st = prof_second_reading(p, l, &l->tables[i]);
    return st;
}

static void free_maps(prof_location *l)
{
    for (int i = 0; i < l->n_tables; i++)
        for (int k = 0; k < l->tables[i].n_columns; k++) {
            rt_map_free(l->tables[i].columns[k].map);
            rt_map_free(l->tables[i].columns[k].folded);
        }
    for (int i = 0; i < l->n_references; i++) {
        rt_map_free(l->references[i].lost_map);
        rt_map_free(l->references[i].target.map);
    }
    for (int i = 0; i < l->n_overlaps; i++) {
        rt_map_free(l->overlaps[i].rows.map);
        rt_map_free(l->overlaps[i].with_key.map);
    }
}

/* The words of a source, without what only a migration program would say: the name of the source, its options. */
static void complain(const char *shown, const char *table, const char *message, const char *hint)
{
    size_t n = strlen(shown);
    char said[8192]; /* names of files may hold anything */
    const char *end = hint != NULL ? strstr(hint, " The location can be given by --") : NULL;

    if (strncmp(message, "source \"", 8) == 0 && strncmp(message + 8, shown, n) == 0 && strncmp(message + 8 + n, "\": ", 3) == 0)
        message += 8 + n + 3;
    if (hint != NULL && end == NULL)
        end = strstr(hint, "; or give another location by --");
    rt_shorten(said, sizeof said, message, strlen(message));
    fprintf(stderr, "migc profile: %s%s%s: %s\n", shown, table != NULL ? ": " : "", table != NULL ? table : "", said);
    if (hint != NULL && *hint != '\0')
        fprintf(stderr, "hint: %.*s%s\n", end != NULL ? (int)(end - hint) : (int)strlen(hint), hint, end != NULL && *end == ';' ? "." : "");
}

/* Says what could not be read. True if all could. */
static bool told_failures(const prof_location *l, arena *mem)
{
    bool whole = true;

    for (int i = 0; i < l->n_tables; i++) {
        const prof_table *t = &l->tables[i];
        const char *name = t->def->file != NULL ? t->def->file : t->def->name;

        if (t->def->error != NULL)
            complain(l->cat.shown, cat_safe(mem, name, strlen(name)), t->def->error, t->def->hint);
        else if (t->error.status != MIG_OK)
            complain(l->cat.shown, cat_safe(mem, name, strlen(name)), t->error.message, t->error.hint);
        whole = whole && t->def->error == NULL && t->error.status == MIG_OK;
    }
    return whole;
}

/* False: something of it could not be read; it has been said. */
static bool profile_location(profiler *p, prof_location *l)
{
    mig_status st = cat_open(&l->cat, &p->options->csv, &l->error);
    bool whole = st == MIG_OK;

    l->failed = !whole;
    if (whole) {
        set_up(p, l);
        st = read_all(p, l);
        if (st != MIG_OK) { /* of ours: no memory, no room for a temporary file */
            l->error = p->error;
            rt_error_set(&l->error, st, "out of memory");
            l->failed = true;
            whole = false;
        }
    }
    if (l->failed)
        complain(l->cat.shown, NULL, l->error.message, l->error.hint);
    else
        whole = told_failures(l, p->mem);
    if (!l->failed)
        prof_find(p, l);
    free_maps(l);
    cat_close(&l->cat);
    p->error = (rt_error){0};
    return whole;
}

/* ---- all of them -------------------------------------------------------------------------------------------------------------- */

static bool located(prof_location *l, arena *mem, const char *location)
{
    if (cat_locate(&l->cat, mem, location))
        return true;
    fprintf(stderr, "migc profile: \"%s\" is no location\nhint: A folder of CSV files is said as csv:DIR, a SQLite file as sqlite:FILE, a PostgreSQL "
            "database as a libpq URI or conninfo string.\n", strstr(location, "://") != NULL ? "…" : cat_safe(mem, location, strlen(location)));
    return false;
}

static bool written(const strbuf *out)
{
    if (sb_write(out, stdout) && fflush(stdout) == 0)
        return true;
    fprintf(stderr, "migc: cannot write: %s\n", strerror(errno));
    return false;
}

int profile_run(const prof_options *o)
{
    const char *tmp = getenv("TMPDIR");
    profiler p = {.mem = arena_create(), .options = o, .row = rt_arena_new(65536),
                  .budget = {.limit = o->memory > 0 ? o->memory : MEMORY, .tmpdir = tmp != NULL && *tmp != '\0' ? tmp : "/tmp"}};
    prof_location *l = arena_array(p.mem, prof_location, o->n_locations);
    strbuf out = STRBUF_INIT;
    int code = EXIT_DONE;

    if (p.row == NULL) {
        fprintf(stderr, "migc: out of memory\n");
        arena_destroy(p.mem);
        return EXIT_FILE;
    }
    p.ctx.arena = p.row;
    p.ctx.error = &p.error;
    for (int i = 0; i < o->n_locations && code == EXIT_DONE; i++)
        if (!located(&l[i], p.mem, o->locations[i]))
            code = EXIT_USAGE;
    for (int i = 0; i < o->n_locations && code != EXIT_USAGE; i++) {
        if (!profile_location(&p, &l[i]))
            code = EXIT_FILE;
        if (!o->json && !l[i].failed) {
            sb_puts(&out, i > 0 && out.length > 0 ? "\n" : "");
            prof_print(&p, &l[i], &out);
        }
    }
    if (o->json && code != EXIT_USAGE)
        prof_json(l, o->n_locations, &out);
    if (code != EXIT_USAGE && !written(&out))
        code = EXIT_FILE;
    sb_free(&out);
    sb_free(&p.key);
    rt_arena_free(p.row);
    arena_destroy(p.mem);
    return code;
}
