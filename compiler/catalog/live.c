/*
 * live.c: a database as the text of a snapshot. The runtime's sources read the catalogue; so the preflight, which reads it again, sees the
 * same. Called by snapshot.c.
 */
#include "compiler/catalog/catalog.h"

#include "runtime/sources/catalog.h"

#include <stdlib.h>
#include <string.h>

static const char *option_of(const ast_node *source, const char *name)
{
    for (int i = 0; i < source->system.options.n; i++) {
        const ast_node *o = source->system.options.at[i];

        if (strcmp(o->option.name.text, name) == 0 && o->option.values.n == 1 && o->option.values.at[0]->kind == AST_TEXT)
            return o->option.values.at[0]->text.text;
    }
    return NULL;
}

/* As a program would find it: the environment, else what the spec says. NULL: nothing says where it is. */
static const char *location_of(const ast_node *source)
{
    const ast_node *at = source->system.location;
    const char *env = at->location.env.text, *value = env != NULL ? getenv(env) : NULL;

    if (value != NULL && *value != '\0')
        return value;
    return env != NULL ? at->location.fallback.text : at->location.text.text;
}

/* postgres:…, sqlite:… as on a program's command line. */
static const char *without_scheme(const char *location, bool is_sqlite)
{
    if (is_sqlite && strncmp(location, "sqlite:", 7) == 0)
        return strncmp(location + 7, "///", 3) == 0 ? location + 9 : location + 7;
    if (!is_sqlite && strncmp(location, "postgres:", 9) == 0 && strncmp(location, "postgres://", 11) != 0)
        return location + 9;
    return location;
}

static char *as_text(arena *a, const rt_catalog *c, const char *engine, const char *schema)
{
    strbuf sb = STRBUF_INIT;

    sb_printf(&sb, "snapshot %s {\n", engine);
    if (schema != NULL) {
        rt_buf name = {0};

        rt_mig_text(&name, schema);
        sb_printf(&sb, "    options (schema %s);\n", name.failed ? "''" : name.p);
        rt_buf_free(&name);
    }
    for (int i = 0; i < c->n; i++)
        sb_printf(&sb, "\n%s;\n", c->at[i].text);
    sb_puts(&sb, "}\n");
    return sb_take(&sb, a);
}

char *catalog_read_live(arena *a, diag *d, const ast_node *source, const ast_node *star)
{
    const char *engine = source->system.engine.text, *name = source->system.name.text, *location = location_of(source);
    bool is_sqlite = strcmp(engine, "sqlite") == 0;
    const rt_source_ops *ops = is_sqlite ? &rt_source_sqlite : &rt_source_postgres;
    const char *schema = NULL, *env = source->system.location->location.env.text;
    mig_source_def def = {.name = name, .kind = is_sqlite ? MIG_SOURCE_SQLITE : MIG_SOURCE_POSTGRES};
    rt_error e = {.status = MIG_OK};
    rt_source *opened = NULL;
    rt_catalog found = {0};
    char *text = NULL;

    if (location == NULL) {
        diag_error(d, star->at, D_CANNOT_READ, "what * stands for is read from the database, and %s is not set", env);
        diag_hint(d, "Set it, or keep a snapshot beside the spec: table * snapshot '%s.schema', which `migc check --snapshot` writes.", name);
        return NULL;
    }
    if (ops->open(&def, without_scheme(location, is_sqlite), &opened, &e) == MIG_OK &&
        ops->catalog(opened, option_of(source, "schema"), &found, &schema, &e) == MIG_OK)
        text = as_text(a, &found, engine, schema);
    if (text == NULL) {
        diag_error(d, star->at, D_CANNOT_READ, "the tables of \"%s\" cannot be read: %s", name, e.message);
        if (e.hint[0] != '\0')
            diag_hint(d, "%s", e.hint);
    }
    rt_catalog_free(&found);
    if (opened != NULL)
        ops->close(opened);
    return text;
}
