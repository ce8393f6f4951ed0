/*
 * catalog.c: what a LOCATION names, and how it is shown; opening it. What is in it: catalog_csv.c, catalog_db.c.
 */
#include "compiler/tools/catalog.h"

#include "compiler/base/strbuf.h"

#include <libpq-fe.h>
#include <string.h>
#include <sys/stat.h>

static bool starts(const char *s, const char *with)
{
    return strncmp(s, with, strlen(with)) == 0;
}

const char *cat_safe(arena *mem, const char *text, size_t n)
{
    size_t cap = n * 4 + 16;
    char *out = arena_alloc(mem, cap);

    rt_shorten(out, cap, text, n);
    return out;
}

/* host, port, database and user of the location, nothing else of it. */
static const char *shown_postgres(arena *mem, const char *place)
{
    static const char *const kept[] = {"service", "host", "port", "dbname", "user"};
    PQconninfoOption *options = PQconninfoParse(place, NULL);
    strbuf sb = STRBUF_INIT;

    sb_puts(&sb, "postgres");
    for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++)
        for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
            if (o->val != NULL && strcmp(o->keyword, kept[k]) == 0 && strchr(o->val, '@') == NULL)
                sb_printf(&sb, " %s=%s", o->keyword, cat_safe(mem, o->val, strlen(o->val)));
    PQconninfoFree(options);
    return sb_take(&sb, mem);
}

bool cat_locate(catalog *c, arena *mem, const char *location)
{
    bool uri = starts(location, "postgres://") || starts(location, "postgresql://");
    bool named = starts(location, "postgres:") || starts(location, "postgresql:");

    *c = (catalog){.mem = mem, .bytes = -1};
    if (starts(location, "csv:") && location[4] != '\0') {
        *c = (catalog){.mem = mem, .bytes = -1, .kind = MIG_SOURCE_CSV, .ops = &rt_source_csv, .place = location + 4};
    } else if (starts(location, "sqlite:") && location[7] != '\0') {
        c->kind = MIG_SOURCE_SQLITE;
        c->ops = &rt_source_sqlite;
        c->place = location + 7 + (starts(location + 7, "///") ? 2 : 0); /* sqlite:///abs/path, as other programs write it */
    } else if (uri || named || (strchr(location, '=') != NULL && location[0] != '/' && location[0] != '.')) {
        c->kind = MIG_SOURCE_POSTGRES;
        c->ops = &rt_source_postgres;
        c->place = named && !uri ? strchr(location, ':') + 1 : location;
    } else {
        return false;
    }
    c->shown = c->kind == MIG_SOURCE_POSTGRES ? shown_postgres(mem, c->place) : cat_safe(mem, location, strlen(location));
    c->def = (mig_source_def){.name = c->shown, .kind = c->kind};
    return true;
}

cat_table *cat_add_table(catalog *c)
{
    cat_table *t = arena_push(c->mem, &c->tables, &c->n_tables, &c->cap_tables, sizeof *t);

    t->bytes = -1;
    return t;
}

/* A file of sheets where its folder is meant: the source's own hint speaks of a spec. */
static void hint_folder(const catalog *c, rt_error *e)
{
    const char *slash = strrchr(c->place, '/');
    struct stat st;

    if (c->kind != MIG_SOURCE_CSV || stat(c->place, &st) != 0 || S_ISDIR(st.st_mode))
        return;
    size_t n = slash == NULL || slash == c->place ? 1 : (size_t)(slash - c->place);
    rt_error_hint(e, "Give its folder, \"csv:%s\": all CSV files in it are looked at.", cat_safe(c->mem, slash == NULL ? "." : c->place, n));
}

mig_status cat_open(catalog *c, const cat_options *o, rt_error *e)
{
    hint_folder(c, e);
    mig_status st = c->ops->open(&c->def, c->place, &c->source, e);

    if (st != MIG_OK)
        return st;
    return c->kind == MIG_SOURCE_CSV ? cat_list_csv(c, o, e) : cat_list_database(c, e);
}

void cat_close(catalog *c)
{
    if (c->source != NULL)
        c->ops->close(c->source);
    c->source = NULL;
}
