/*
 * cg.c: codegen(): the parts of a generated program in their order, and the small texts that all of them are made of:
 * places, headings, constants. The parts themselves are in the other cg_ files.
 */
#include "compiler/codegen/cg.h"

#include "config.h"

#include <inttypes.h>
#include <string.h>

/* ---- small texts --------------------------------------------------------------------------------------------------- */

static bool same(const char *a, const char *b) {
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

const char *cg_path(const cg *g, const char *file) {
    if (file == NULL || file[0] != '/')
        return file;
    const char *slash = strrchr(g->p->file, '/');
    size_t n = slash != NULL ? (size_t)(slash - g->p->file) + 1 : 0;
    if (n > 0 && strncmp(file, g->p->file, n) == 0)
        return file + n;
    return strrchr(file, '/') + 1;
}

const char *cg_site_of(cg *g, const plan_site *s, const char *hint) {
    cg_site **bucket = &g->sites[((unsigned)s->line * 31 + (unsigned)s->column) % CG_BUCKETS];
    for (const cg_site *known = *bucket; known != NULL; known = known->next)
        if (known->site->line == s->line && known->site->column == s->column && same(known->site->file, s->file) &&
            same(known->site->target, s->target) && same(known->site->source, s->source))
            return emit_printf(g->e, "&%s", known->object);
    cg_site *made = arena_new(g->a, cg_site);
    made->site = s;
    made->object = names_make(g->names, "site_", s->target != NULL && strchr(s->target, '.') != NULL ? s->target : hint);
    made->next = *bucket;
    *bucket = made;
    return emit_printf(g->e, "&%s", made->object);
}

/* The constant with a file's name. */
static const char *file_object(cg *g, const char *file) {
    file = cg_path(g, file);
    if (file == NULL)
        return "NULL";
    for (const cg_list *known = g->files; known != NULL; known = known->next)
        if (strcmp(known->text, file) == 0)
            return known->object;
    cg_list *made = arena_new(g->a, cg_list);
    const char *slash = strrchr(file, '/');
    bool is_spec = same(file, cg_path(g, g->p->file));
    *made = (cg_list){file, names_make(g->names, is_spec ? "" : "spec_", is_spec ? "spec" : slash != NULL ? slash + 1 : file),
                      g->files};
    g->files = made;
    emit_tpl(g->e, "static const char ${name}[] = ${file};\n", "name", made->object, "file", emit_string_or_null(g->e, file),
             (char *)NULL);
    return made->object;
}

/* All places that were asked for, in the order of the spec. */
static int by_place(const cg_site *a, const cg_site *b) {
    int files = strcmp(a->site->file, b->site->file);
    if (files != 0)
        return files;
    if (a->site->line != b->site->line)
        return a->site->line < b->site->line ? -1 : 1;
    if (a->site->column != b->site->column)
        return a->site->column < b->site->column ? -1 : 1;
    return strcmp(a->object, b->object);
}

static cg_site *sorted(cg_site *list) {
    if (list == NULL || list->next == NULL)
        return list;
    cg_site *slow = list;
    for (cg_site *fast = list->next; fast != NULL && fast->next != NULL; fast = fast->next->next)
        slow = slow->next;
    cg_site *b = sorted(slow->next);
    slow->next = NULL;
    cg_site *a = sorted(list), *first = NULL, **end = &first;
    while (a != NULL && b != NULL) {
        cg_site **least = by_place(a, b) <= 0 ? &a : &b;
        *end = *least;
        end = &(*least)->next;
        *least = (*least)->next;
    }
    *end = a != NULL ? a : b;
    return first;
}

static void write_sites(cg *g) {
    emit_to(g->e, EMIT_SITES);
    cg_site *all = NULL;
    for (int i = 0; i < CG_BUCKETS; i++)
        for (cg_site *s = g->sites[i], *next; s != NULL; s = next) {
            next = s->next;
            s->next = all;
            all = s;
        }
    cg_heading(g, "places in the spec");
    all = sorted(all);
    for (const cg_site *s = all; s != NULL; s = s->next)
        file_object(g, s->site->file);
    emit_text(g->e, "\n");
    for (const cg_site *s = all; s != NULL; s = s->next)
        emit_tpl(g->e, "static const mig_site ${name} = {${file}, ${line}, ${column}, ${target}, ${source}};\n",
                 "name", s->object, "file", file_object(g, s->site->file),
                 "line", emit_printf(g->e, "%d", s->site->line), "column", emit_printf(g->e, "%d", s->site->column),
                 "target", emit_string_or_null(g->e, s->site->target),
                 "source", emit_string_or_null(g->e, s->site->source), (char *)NULL);
}

void cg_comment(cg *g, const plan_site *s) {
    emit_comment(g->e, cg_path(g, s->file), s->line, s->text != NULL ? s->text : "");
}

const char *cg_comment_words(cg *g, const char *text) {
    strbuf sb = STRBUF_INIT;
    emit_comment_text(&sb, text);
    return sb_take(&sb, g->a);
}

void cg_heading(cg *g, const char *words) {
    strbuf sb = STRBUF_INIT;
    sb_printf(&sb, "\n/* ---- %s ", cg_comment_words(g, words));
    if (sb.length < EMIT_COLUMNS - 2)
        sb_repeat(&sb, '-', EMIT_COLUMNS - 2 - sb.length);
    sb_puts(&sb, " */\n\n");
    emit_text(g->e, sb_text(&sb));
    sb_free(&sb);
}

const char *cg_text_init(cg *g, plan_text t) {
    if (t.p == NULL)
        return "{NULL, 0}";
    return emit_printf(g->e, "{%s, %zu}", emit_string(g->e, t.p, t.n), t.n);
}

const char *cg_list_object(cg *g, const char *ctype, const char *values, const char *hint) {
    const char *text = emit_printf(g->e, "%s[] = {%s}", ctype, values);
    for (const cg_list *l = g->lists; l != NULL; l = l->next)
        if (strcmp(l->text, text) == 0)
            return l->object;
    cg_list *made = arena_new(g->a, cg_list);
    *made = (cg_list){text, names_make(g->names, "values_of_", hint), g->lists};
    g->lists = made;
    emit_capture(g->e);
    emit_state outside = emit_aside(g->e);
    emit_tpl(g->e, "static const ${ctype} ${name}[] = {${values}};\n\n", "ctype", ctype, "name", made->object, "values",
             values, (char *)NULL);
    emit_put_first(g->e, emit_captured(g->e));
    emit_back(g->e, outside);
    return made->object;
}

const char *cg_int(cg *g, int64_t v) {
    if (v == INT64_MIN)
        return "INT64_MIN";
    if (v > INT32_MAX || v < -INT32_MAX)
        return emit_printf(g->e, "INT64_C(%" PRId64 ")", v);
    return emit_printf(g->e, "%" PRId64, v);
}

/* The file's name may hold anything, also what ends a comment of SQL. */
const char *cg_sql(cg *g, const plan_site *s, const char *sql) {
    strbuf sb = STRBUF_INIT, file = STRBUF_INIT;
    emit_comment_text(&file, s->file != NULL ? cg_path(g, s->file) : "");
    sb_printf(&sb, "/* migc %s:%d */ ", sb_text(&file), s->line);
    sb_puts(&sb, sql);
    char *text = emit_string(g->e, sb_text(&sb), sb.length);
    for (char *end = text; (end = strstr(end, "\\n\" \"")) != NULL;) /* a line of SQL is a line of C */
        end[3] = '\n';
    sb_free(&sb);
    sb_free(&file);
    return text;
}

/* ---- the whole ------------------------------------------------------------------------------------------------------- */

static void name_tables(cg *g) {
    g->tables = arena_array(g->a, cg_table, g->p->n_tables);
    for (int i = 0; i < g->p->n_tables; i++) {
        const plan_table *t = g->p->tables[i];
        cg_table *c = &g->tables[i];
        if (t->id != i)
            migc_bug("table \"%s\" is numbered %d and stands at %d", t->name, t->id, i);
        c->row = names_make(g->names, "row_", t->name);
        c->visit = names_make(g->names, "visit_", t->name);
        c->holds = names_make(g->names, "holds_", t->name);
        c->columns = names_make(g->names, "columns_", t->name);
        c->object = names_make(g->names, "table_", t->name);
        names *fields = names_create(g->a, NULL);
        c->fields = arena_array(g->a, const char *, t->n_columns);
        for (int k = 0; k < t->n_columns; k++)
            c->fields[k] = names_make(fields, "", t->columns[k].name);
    }
}

static void name_sources(cg *g) {
    g->sources = arena_array(g->a, cg_source, g->p->n_source_tables);
    for (int i = 0; i < g->p->n_source_tables; i++) {
        const plan_source_table *t = g->p->source_tables[i];
        cg_source *c = &g->sources[i];
        if (t->id != i)
            migc_bug("source table \"%s\" is numbered %d and stands at %d", t->name, t->id, i);
        const char *base = emit_printf(g->e, "%s_%s", t->source->name, t->name);
        c->columns = names_make(g->names, "columns_", base);
        c->object = names_make(g->names, "source_", base);
        c->cells = arena_array(g->a, const char *, t->n_columns);
        const char *prefix = emit_printf(g->e, "%s_", names_make(names_create(g->a, NULL), "", t->name));
        for (int k = 0; k < t->n_columns; k++)
            c->cells[k] = names_make(g->names, prefix, t->columns[k].name);
    }
}

static void name_objects(cg *g) {
    const plan *p = g->p;
    names_reserve(g->names, "main");
    g->lookups = arena_array(g->a, cg_key, p->n_lookups);
    g->uniques = arena_array(g->a, cg_key, p->n_uniques);
    g->source_lookups = arena_array(g->a, cg_source_key, p->n_source_lookups);
    g->aliases = arena_array(g->a, cg_alias, p->n_aliases);
    g->dedups = arena_array(g->a, const char *, p->n_dedups);
    g->lates = arena_array(g->a, cg_key, p->n_lates);
    g->rings = arena_array(g->a, const char *, p->n_rings);
    g->flows = arena_array(g->a, const char *, p->n_flows);
    g->checks = arena_array(g->a, const char *, p->n_checks);
    g->measures = arena_array(g->a, const char *, p->n_measures);
    name_tables(g);
    name_sources(g);
    for (int i = 0; i < p->n_lookups; i++)
        g->lookups[i].object =
            names_make(g->names, "lookup_", p->lookups[i]->from == NULL
                                               ? emit_printf(g->e, "%s_%s", p->lookups[i]->table->name, p->lookups[i]->name)
                                               : emit_printf(g->e, "%s_from_%s_%s", p->lookups[i]->table->name,
                                                             p->lookups[i]->from->name, p->lookups[i]->name));
    for (int i = 0; i < p->n_lates; i++)
        g->lates[i].object = names_make(
            g->names, "late_", emit_printf(g->e, "%s_%s", p->lates[i]->table->name, p->lates[i]->table->columns[p->lates[i]->column].name));
    for (int i = 0; i < p->n_source_lookups; i++) {
        const plan_source_key *k = p->source_lookups[i];
        g->source_lookups[i].find = arena_array(g->a, const char *, k->table->n_columns);
        g->source_lookups[i].object =
            names_make(g->names, "lookup_", emit_printf(g->e, "%s_%s_%s", k->table->source->name, k->table->name, k->name));
    }
    for (int i = 0; i < p->n_uniques; i++)
        g->uniques[i].object = names_make(g->names, "unique_", p->uniques[i]->name);
    for (int i = 0; i < p->n_aliases; i++)
        g->aliases[i].object = names_make(g->names, "alias_", p->aliases[i]->name);
    for (int i = 0; i < p->n_dedups; i++)
        g->dedups[i] = names_make(g->names, "dedup_", p->dedups[i]->table->name);
    for (int i = 0; i < p->n_flows; i++)
        g->flows[i] = names_make(g->names, p->flows[i]->alias != NULL ? "list_" : "flow_", p->flows[i]->name);
    for (int i = 0; i < p->n_checks; i++)
        g->checks[i] = names_make(g->names, "check_", p->checks[i]->name);
    for (int i = 0; i < p->n_measures; i++)
        g->measures[i] = names_make(g->names, "measure_", p->measures[i]->name);
}

static void write_head(cg *g) {
    strbuf name = STRBUF_INIT, file = STRBUF_INIT;
    emit_comment_text(&name, g->p->name);
    emit_comment_text(&file, cg_path(g, g->p->file));
    emit_to(g->e, EMIT_BANNER);
    emit_tpl(g->e,
             "/*\n"
             " * ${name}: made by migc${version} from ${file}.\n"
             " * Change the spec and build again, rather than this file.\n"
             " */\n",
             "name", sb_text(&name), "version", g->options.stable ? "" : " " MIG_VERSION, "file", sb_text(&file),
             (char *)NULL);
    emit_to(g->e, EMIT_INCLUDES);
    emit_text(g->e, "#include \"mig.h\"\n\n"
                    "_Static_assert(MIG_RUNTIME_ABI == 1, \"this program and its runtime are of different versions\");\n");
    sb_free(&name);
    sb_free(&file);
}

void codegen(arena *a, const plan *p, codegen_options options, strbuf *out) {
    cg g = {.a = a, .p = p, .options = options};
    if (g.options.own_name == NULL)
        g.options.own_name = "migration.c";
    g.e = emit_create(a, (emit_options){options.trace, options.lines, g.options.own_name});
    g.names = names_create(a, NULL);
    name_objects(&g);
    write_head(&g);
    cg_rows(&g);
    cg_tables(&g);
    cg_sources(&g);
    cg_snapshots(&g);
    cg_keys(&g);
    cg_lates(&g);
    cg_source_keys(&g);
    cg_aliases(&g);
    cg_flows(&g);
    cg_alias_objects(&g);
    cg_dedups(&g);
    cg_checks(&g);
    cg_measures(&g);
    cg_phases(&g);
    write_sites(&g);
    emit_finish(g.e, out);
    emit_free(g.e);
}
