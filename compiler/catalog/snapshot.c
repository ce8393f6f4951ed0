/*
 * snapshot.c: the file beside a spec that says what a database held: found, read, written anew by `migc check --snapshot`. Without such a file
 * the database itself is asked (live.c), and its answer takes the file's place.
 */
#include "compiler/catalog/catalog.h"

#include "compiler/syntax/fmt.h"
#include "compiler/syntax/parse.h"
#include "runtime/sources/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- labels ------------------------------------------------------------------------------------------------------------------ */

/* The quoted name that begins at p; *end gets what is behind it. NULL: there is none. */
static char *quoted_name(arena *a, const char *p, const char **end)
{
    strbuf sb = STRBUF_INIT;

    if (*p != '"')
        return NULL;
    for (p++; *p != '\0' && (*p != '"' || p[1] == '"'); p++) {
        sb_putc(&sb, *p);
        p += *p == '"';
    }
    *end = *p == '"' ? p + 1 : p;
    return sb_take(&sb, a);
}

const char *catalog_label_name(arena *a, const char *label, const char **of_table)
{
    static const char of[] = " of table ";
    const char *start = strchr(label, '"'), *end = NULL;
    const char *name = start != NULL ? quoted_name(a, start, &end) : NULL;

    *of_table = name != NULL && strncmp(end, of, sizeof of - 1) == 0 ? quoted_name(a, end + sizeof of - 1, &end) : NULL;
    return name != NULL ? name : label;
}

/* ---- reading ------------------------------------------------------------------------------------------------------------------- */

/* The path as the spec means it: from the folder of the file that says it. */
static const char *path_of(arena *a, const src_map *m, ast_text path)
{
    const src_file *from = src_get(m, path.at.source);
    const char *slash = from != NULL ? strrchr(from->name, '/') : NULL;

    if (path.text[0] == '/' || slash == NULL)
        return path.text;
    return arena_printf(a, "%.*s/%s", (int)(slash - from->name), from->name, path.text);
}

static const char *schema_of(const ast_node *n)
{
    for (int i = 0; i < n->system.options.n; i++) {
        const ast_node *o = n->system.options.at[i];

        if (strcmp(o->option.name.text, "schema") == 0 && o->option.values.n == 1 && o->option.values.at[0]->kind == AST_TEXT)
            return o->option.values.at[0]->text.text;
    }
    return NULL;
}

/* The one SNAPSHOT that a file of this kind consists of. */
static ast_node *only_snapshot(diag *d, const ast_node *file, const src_file *f)
{
    for (int i = 0; i < file->file.decls.n; i++) {
        ast_node *n = file->file.decls.at[i];

        if (n->kind == AST_SNAPSHOT && file->file.decls.n == 1)
            return n;
        diag_error(d, n->at, D_MISPLACED, "a snapshot is `snapshot ENGINE { … }` and nothing else");
        return NULL;
    }
    diag_error(d, (span){f->id, 0, 0}, D_MISSING, "the snapshot \"%s\" is empty", f->name);
    return NULL;
}

static bool fits_source(diag *d, const ast_node *n, const ast_node *source, const ast_node *star)
{
    const char *engine = n->system.engine.text, *schema = schema_of(n), *wanted = schema_of(source);

    if (strcmp(engine, source->system.engine.text) != 0) {
        diag_error(d, star->star.snapshot.at, D_TYPE_MISMATCH, "the snapshot is of %s, and \"%s\" is %s", engine, source->system.name.text,
                   source->system.engine.text);
        return false;
    }
    if (wanted != NULL && (schema == NULL || strcmp(schema, wanted) != 0)) {
        diag_error(d, star->star.snapshot.at, D_TYPE_MISMATCH, "the snapshot is of schema \"%s\", and the source's is \"%s\"",
                   schema != NULL ? schema : "", wanted);
        return false;
    }
    return true;
}

static ast_node *parsed(arena *a, diag *d, const src_file *f)
{
    int errors = diag_errors(d);
    ast_node *file = parse_file(a, d, f, NULL);

    return diag_errors(d) > errors ? NULL : only_snapshot(d, file, f);
}

/* ---- writing ------------------------------------------------------------------------------------------------------------------- */

/* The text in canonical layout. */
static const char *laid_out(arena *a, const char *text)
{
    src_map *m = src_map_create(a);
    diag *d = diag_create(a, m);
    const src_file *f = src_add(m, "snapshot", text, strlen(text));
    strbuf sb = STRBUF_INIT;

    return f != NULL && fmt_source(a, d, f, &sb) ? sb_take(&sb, a) : text;
}

static bool write_file(arena *a, diag *d, const char *path, const char *text, span at)
{
    const char *unfinished = arena_printf(a, "%s.migc-%ld", path, (long)getpid());
    FILE *f = fopen(unfinished, "w");
    bool ok = f != NULL && fputs(text, f) >= 0;

    ok = f != NULL && fclose(f) == 0 && ok && rename(unfinished, path) == 0;
    if (!ok) {
        diag_error(d, at, D_CANNOT_READ, "cannot write \"%s\": %s", path, strerror(errno));
        unlink(unfinished);
    }
    return ok;
}

typedef struct telling { strbuf *out; const char *label; } telling;

static void tell_difference(void *arg, const char *now, const char *was)
{
    telling *t = arg;

    if (now != NULL && was != NULL)
        sb_printf(t->out, "  %s: %s, was %s\n", t->label, now, was);
    else
        sb_printf(t->out, "  %s: %s %s\n", t->label, now != NULL ? "added" : "dropped", now != NULL ? now : was);
}

static void add_form(arena *a, const src_map *m, catalog_forms *out, const char *label, span at)
{
    const src_file *f = src_get(m, at.source);
    rt_buf form = {0};

    rt_catalog_form(&form, f->text + at.offset, at.length);
    while (form.n > 0 && form.p[form.n - 1] == ';')
        form.n--;
    out->labels[out->n] = arena_strdup(a, label);
    out->texts[out->n++] = arena_strndup(a, form.n > 0 ? form.p : "", form.n);
    rt_buf_free(&form);
}

static const char *label_of(arena *a, const char *kind, const char *name)
{
    rt_buf label = {0};
    const char *kept;

    rt_mig_label(&label, kind, name, NULL);
    kept = arena_strdup(a, label.failed ? name : label.p);
    rt_buf_free(&label);
    return kept;
}

catalog_forms catalog_forms_of(arena *a, const src_map *m, const ast_node *n)
{
    int most = n->system.tables.n + n->system.objects.n;
    catalog_forms out = {arena_array(a, char *, most), arena_array(a, char *, most), 0};

    for (int i = 0; i < n->system.tables.n; i++)
        add_form(a, m, &out, label_of(a, "table", n->system.tables.at[i]->table.name.text), n->system.tables.at[i]->at);
    for (int i = 0; i < n->system.objects.n; i++) {
        const ast_node *o = n->system.objects.at[i];

        add_form(a, m, &out, o->kind == AST_SEQUENCE ? label_of(a, "sequence", o->sequence.name.text) : o->object.label.text, o->at);
    }
    return out;
}

static int index_of(const catalog_forms *in, const char *label)
{
    for (int i = 0; i < in->n; i++)
        if (strcmp(in->labels[i], label) == 0)
            return i;
    return -1;
}

/* What the new text has that the old had not, and the other way round. */
static void tell_changes(arena *a, const char *old, const char *new, strbuf *out)
{
    src_map *m = src_map_create(a);
    diag *d = diag_create(a, m);
    const src_file *fo = src_add(m, "old", old, strlen(old)), *fn = src_add(m, "new", new, strlen(new));
    const ast_node *was_tree = parsed(a, d, fo), *now_tree = parsed(a, d, fn);

    if (was_tree == NULL || now_tree == NULL)
        return;
    catalog_forms was = catalog_forms_of(a, m, was_tree), now = catalog_forms_of(a, m, now_tree);
    for (int i = 0; i < was.n; i++)
        if (index_of(&now, was.labels[i]) < 0)
            sb_printf(out, "  %s: dropped\n", was.labels[i]);
    for (int i = 0; i < now.n; i++) {
        int k = index_of(&was, now.labels[i]);
        telling t = {out, now.labels[i]};

        if (k < 0)
            sb_printf(out, "  %s: added\n", now.labels[i]);
        else if (strcmp(now.texts[i], was.texts[k]) != 0)
            rt_catalog_compare(now.texts[i], was.texts[k], tell_difference, &t);
    }
}

/* Writes the file if it differs; says so. */
static bool renew(arena *a, diag *d, const char *path, const char *text, span at, strbuf *report)
{
    src_map *m = src_map_create(a);
    const char *why;
    const src_file *old = src_read(m, path, &why);

    if (old != NULL && strlen(text) == old->length && memcmp(text, old->text, old->length) == 0) {
        sb_printf(report, "%s: unchanged\n", path);
        return true;
    }
    if (!write_file(a, d, path, text, at))
        return false;
    sb_printf(report, "%s: written\n", path);
    if (old != NULL)
        tell_changes(a, old->text, text, report);
    return true;
}

/* ---- the snapshot of a star ------------------------------------------------------------------------------------------------------ */

static const src_file *from_database(arena *a, diag *d, src_map *m, const ast_node *source, const ast_node *star, const char *path, strbuf *report)
{
    const char *text = catalog_read_live(a, d, source, star);

    if (text == NULL)
        return NULL;
    text = laid_out(a, text);
    if (path != NULL && !renew(a, d, path, text, star->star.snapshot.at, report))
        return NULL;
    return src_add(m, path != NULL ? path : arena_printf(a, "<%s>", source->system.name.text), text, strlen(text));
}

ast_node *catalog_snapshot(arena *a, diag *d, src_map *m, const ast_node *source, const ast_node *star, strbuf *report)
{
    const char *path = star->star.snapshot.text != NULL ? path_of(a, m, star->star.snapshot) : NULL, *why = NULL;
    const src_file *f;
    ast_node *n;

    if (path == NULL && report != NULL) {
        diag_error(d, star->at, D_MISSING, "no file is named that could be written");
        diag_hint(d, "Write table * snapshot '%s.schema'.", source->system.name.text);
        return NULL;
    }
    if (path == NULL || report != NULL) {
        f = from_database(a, d, m, source, star, path, report);
    } else if ((f = src_read(m, path, &why)) == NULL) {
        diag_error(d, star->star.snapshot.at, D_CANNOT_READ, "cannot read \"%s\": %s", path, why);
        diag_hint(d, "`migc check --snapshot SPEC` writes it from the database.");
    }
    if (f == NULL)
        return NULL;
    src_set_included(m, f->id, star->at);
    n = parsed(a, d, f);
    return n != NULL && fits_source(d, n, source, star) ? n : NULL;
}
