/*
 * profile_json.c: the analysis for tools: one JSON object. Its members are told in the manual page; what is not known is null.
 */
#include "compiler/tools/profile.h"

#include <string.h>

static void key(strbuf *out, bool *first, const char *name)
{
    sb_printf(out, "%s\"%s\": ", *first ? "" : ", ", name);
    *first = false;
}

static void text(strbuf *out, bool *first, const char *name, const char *value)
{
    key(out, first, name);
    if (value == NULL)
        sb_puts(out, "null");
    else
        sb_put_json(out, value, strlen(value));
}

static void count(strbuf *out, bool *first, const char *name, int64_t v)
{
    key(out, first, name);
    if (v < 0)
        sb_puts(out, "null");
    else
        sb_printf(out, "%lld", (long long)v);
}

static void truth(strbuf *out, bool *first, const char *name, bool v)
{
    key(out, first, name);
    sb_puts(out, v ? "true" : "false");
}

static void value(strbuf *out, bool *first, const char *name, const prof_value *v, bool hidden)
{
    key(out, first, name);
    if (!v->any || hidden)
        sb_puts(out, "null");
    else
        sb_put_json(out, v->p, v->n);
}

static void names(strbuf *out, bool *first, const char *name, const prof_table *t, const int *columns, int n)
{
    key(out, first, name);
    sb_putc(out, '[');
    for (int i = 0; i < n; i++) {
        sb_puts(out, i > 0 ? ", " : "");
        sb_put_json(out, t->columns[columns[i]].def->name, strlen(t->columns[columns[i]].def->name));
    }
    sb_putc(out, ']');
}

static void repeats(strbuf *out, bool *first, const char *name, const prof_column *c, const prof_repeat *v, int n, const char *what)
{
    key(out, first, name);
    sb_putc(out, '[');
    for (int i = 0; i < n; i++) {
        bool one = true;

        sb_puts(out, i > 0 ? ", {" : "{");
        value(out, &one, "value", &v[i].value, c->hidden);
        count(out, &one, what, v[i].n);
        sb_putc(out, '}');
    }
    sb_putc(out, ']');
}

static void looks_json(strbuf *out, bool *first, const prof_column *c)
{
    char word[80];

    key(out, first, "looks");
    sb_putc(out, '[');
    for (int i = 0; i < c->n_seen; i++) {
        bool one = true;

        looks_words(c->seen[i].key, word, sizeof word);
        sb_puts(out, i > 0 ? ", {" : "{");
        text(out, &one, "look", word);
        count(out, &one, "values", c->seen[i].n);
        value(out, &one, "first", &c->seen[i].first, c->hidden);
        sb_putc(out, '}');
    }
    sb_putc(out, ']');
}

static void column(strbuf *out, const prof_location *l, const prof_table *t, const prof_column *c)
{
    static const char *const classes[] = {"integer", "real", "text", "blob"};
    const prof_range *r = prof_column_range(c);
    bool first = true;

    sb_puts(out, "        {");
    text(out, &first, "name", c->def->name);
    text(out, &first, "type", *c->def->type != '\0' ? c->def->type : NULL);
    truth(out, &first, "not_null", c->def->not_null);
    if (l->cat.kind == MIG_SOURCE_SQLITE) {
        bool one = true;

        key(out, &first, "stored");
        sb_putc(out, '{');
        for (int i = 0; i < 4; i++)
            if (c->stored[i] > 0)
                count(out, &one, classes[i], c->stored[i]);
        sb_putc(out, '}');
    }
    count(out, &first, "nulls", c->nulls);
    count(out, &first, "empty", c->empty);
    count(out, &first, "distinct", c->distinct);
    truth(out, &first, "distinct_is_more", c->capped);
    truth(out, &first, "unique", t->rows > 0 && c->values == t->rows && c->distinct == t->rows);
    value(out, &first, "minimum", &r->least, c->hidden);
    value(out, &first, "maximum", &r->most, c->hidden);
    truth(out, &first, "hidden", c->hidden);
    count(out, &first, "longest", c->longest);
    count(out, &first, "outer_blanks", c->spaced + c->blank);
    count(out, &first, "not_utf8", c->broken);
    looks_json(out, &first, c);
    count(out, &first, "repeated", c->repeated);
    repeats(out, &first, "most_often", c, c->most, c->n_most, "rows");
    count(out, &first, "spelled_in_several_ways", c->variants);
    sb_putc(out, '}');
}

static void table(strbuf *out, const prof_location *l, const prof_table *t)
{
    const char *error = t->def->error != NULL ? t->def->error : t->error.status != MIG_OK ? t->error.message : NULL;
    char delimiter[2] = {t->def->read.csv.delimiter, '\0'};
    bool first = true, one = true;

    sb_puts(out, "      {");
    text(out, &first, "name", t->def->name);
    if (l->cat.kind == MIG_SOURCE_POSTGRES)
        text(out, &first, "schema", t->def->read.schema);
    if (l->cat.kind == MIG_SOURCE_CSV) {
        text(out, &first, "file", t->def->file);
        text(out, &first, "encoding", t->def->read.csv.encoding);
        text(out, &first, "delimiter", delimiter[0] != '\0' ? delimiter : NULL);
    }
    text(out, &first, "error", error);
    count(out, &first, "rows", error != NULL ? -1 : t->rows);
    count(out, &first, "bytes", t->def->bytes);
    count(out, &first, "unreadable", t->unreadable);
    key(out, &first, "keys");
    sb_putc(out, '[');
    for (int i = 0; i < t->def->n_keys; i++) {
        bool inner = true;

        sb_puts(out, one ? "{" : ", {");
        one = false;
        truth(out, &inner, "primary", t->def->keys[i].primary);
        names(out, &inner, "columns", t, t->def->keys[i].columns, t->def->keys[i].n);
        sb_putc(out, '}');
    }
    sb_puts(out, "], \"columns\": [");
    for (int i = 0; i < t->n_columns; i++) {
        sb_puts(out, i > 0 ? ",\n" : "\n");
        column(out, l, t, &t->columns[i]);
    }
    sb_puts(out, "]}");
}

static void reference(strbuf *out, const prof_location *l, const prof_reference *f)
{
    const prof_table *from = &l->tables[f->from], *to = &l->tables[f->to];
    bool first = true;

    sb_puts(out, "      {");
    text(out, &first, "table", from->def->name);
    names(out, &first, "columns", from, f->columns, f->n);
    text(out, &first, "to", to->def->name);
    names(out, &first, "to_columns", to, f->to_columns, f->n);
    truth(out, &first, "declared", f->declared);
    truth(out, &first, "checked", !f->unchecked);
    count(out, &first, "rows", f->unchecked ? -1 : f->rows);
    count(out, &first, "without", f->unchecked ? -1 : f->without);
    count(out, &first, "broken", f->unchecked ? -1 : f->lost);
    key(out, &first, "examples");
    sb_putc(out, '[');
    for (int i = 0; i < f->n_examples; i++) {
        sb_puts(out, i > 0 ? ", " : "");
        sb_put_json(out, f->examples[i].p, f->examples[i].n);
    }
    sb_puts(out, "]}");
}

static void overlap(strbuf *out, const prof_location *l, const prof_overlap *o)
{
    bool first = true;

    sb_puts(out, "      {");
    text(out, &first, "table", l->tables[o->a].def->name);
    text(out, &first, "other", l->tables[o->b].def->name);
    names(out, &first, "columns", &l->tables[o->a], o->a_columns, o->n);
    truth(out, &first, "same_columns", o->equal);
    count(out, &first, "rows_in_both", o->rows.capped ? -1 : o->same_rows);
    count(out, &first, "keys_in_both", o->with_key.n == 0 ? -1 : o->same_keys);
    count(out, &first, "keys_of_different_rows", o->with_key.n == 0 || o->with_key.capped ? -1 : o->same_keys - o->same_both);
    sb_putc(out, '}');
}

static void finding(strbuf *out, const prof_finding *f)
{
    bool first = true;

    sb_puts(out, "      {");
    text(out, &first, "level", prof_level_word(f->level));
    text(out, &first, "kind", f->kind);
    text(out, &first, "table", f->table);
    text(out, &first, "column", f->column);
    count(out, &first, "rows", f->rows);
    text(out, &first, "text", f->text);
    sb_putc(out, '}');
}

static void location(strbuf *out, const prof_location *l)
{
    static const char *const kinds[] = {[MIG_SOURCE_CSV] = "csv", [MIG_SOURCE_SQLITE] = "sqlite", [MIG_SOURCE_POSTGRES] = "postgres"};
    bool first = true;

    sb_puts(out, "    {");
    text(out, &first, "location", l->cat.shown);
    text(out, &first, "kind", kinds[l->cat.kind]);
    text(out, &first, "error", l->failed ? l->error.message : NULL);
    count(out, &first, "bytes", l->failed ? -1 : l->cat.bytes);
    count(out, &first, "views", l->failed ? -1 : l->cat.n_others);
    sb_puts(out, ",\n     \"findings\": [");
    for (int i = 0; i < l->n_findings; i++) {
        sb_puts(out, i > 0 ? ",\n" : "\n");
        finding(out, &l->findings[i]);
    }
    sb_puts(out, "],\n     \"tables\": [");
    for (int i = 0; i < l->n_tables && !l->failed; i++) {
        sb_puts(out, i > 0 ? ",\n" : "\n");
        table(out, l, &l->tables[i]);
    }
    sb_puts(out, "],\n     \"references\": [");
    for (int i = 0; i < l->n_references && !l->failed; i++) {
        sb_puts(out, i > 0 ? ",\n" : "\n");
        reference(out, l, &l->references[i]);
    }
    sb_puts(out, "],\n     \"overlaps\": [");
    for (int i = 0; i < l->n_overlaps && !l->failed; i++) {
        sb_puts(out, i > 0 ? ",\n" : "\n");
        overlap(out, l, &l->overlaps[i]);
    }
    sb_puts(out, "]}");
}

void prof_json(const prof_location *l, int n, strbuf *out)
{
    sb_puts(out, "{\"profile\": 1,\n \"locations\": [\n");
    for (int i = 0; i < n; i++) {
        sb_puts(out, i > 0 ? ",\n" : "");
        location(out, &l[i]);
    }
    sb_puts(out, "]}\n");
}
