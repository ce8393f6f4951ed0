/*
 * profile_text.c: the analysis for people: findings first, then each table with its columns. At most 100 columns wide; what came from the
 * data is escaped.
 */
#include "compiler/tools/profile.h"

#include "runtime/face/face.h"

#include <string.h>

enum { WIDTH = 100 };

static int width_of(const char *text)
{
    return face_text_width(text, strlen(text));
}

static void pad(strbuf *out, const char *text, int width, bool right)
{
    int blanks = width - width_of(text);

    sb_repeat(out, ' ', right && blanks > 0 ? (size_t)blanks : 0);
    sb_puts(out, text);
    sb_repeat(out, ' ', !right && blanks > 0 ? (size_t)blanks : 0);
}

/* Words from column `from` on, broken at blanks; the first line is begun already. */
static void wrap(strbuf *out, const char *text, int from)
{
    int at = from;

    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        int w = face_text_width(text, n);

        if (at > from && at + 1 + w > WIDTH) {
            sb_putc(out, '\n');
            sb_repeat(out, ' ', (size_t)from);
            at = from;
        } else if (at > from) {
            sb_putc(out, ' ');
            at++;
        }
        sb_put(out, text, n);
        at += w;
        text += n + (text[n] == ' ');
    }
    sb_putc(out, '\n');
}

static const char *size_words(arena *mem, int64_t bytes)
{
    static const char *const units[] = {"bytes", "KB", "MB", "GB", "TB"};
    double v = (double)bytes;
    int u = 0;

    while (v >= 1024 && u < 4) {
        v /= 1024;
        u++;
    }
    return u == 0 ? arena_printf(mem, "%lld bytes", (long long)bytes) : arena_printf(mem, "%.*f %s", v < 10 ? 1 : 0, v, units[u]);
}

static const char *number(arena *mem, int64_t v)
{
    char *out = arena_alloc(mem, 40);

    face_number(out, 40, v);
    return out;
}

/* ---- findings ---------------------------------------------------------------------------------------------------------------------- */

static void print_findings(const prof_location *l, strbuf *out)
{
    enum { INDENT = 11 };

    sb_puts(out, l->n_findings == 0 ? "\nNothing to mention.\n" : "\n");
    for (int i = 0; i < l->n_findings; i++) {
        sb_puts(out, "  ");
        pad(out, prof_level_word(l->findings[i].level), INDENT - 2, false);
        wrap(out, l->findings[i].text, INDENT);
    }
}

/* ---- tables ------------------------------------------------------------------------------------------------------------------------- */

static void print_summary(arena *mem, const prof_location *l, strbuf *out)
{
    int widest = 5, rows = 4;

    for (int i = 0; i < l->n_tables; i++) {
        const char *name = prof_name(mem, l->tables[i].def->name);
        int w = width_of(name), r = width_of(number(mem, l->tables[i].rows));

        widest = w > widest && w <= 48 ? w : widest;
        rows = r > rows ? r : rows;
    }
    sb_puts(out, "\n  ");
    pad(out, "table", widest, false);
    sb_puts(out, "  ");
    pad(out, "rows", rows, true);
    sb_puts(out, "  columns      size  unique\n");
    for (int i = 0; i < l->n_tables; i++) {
        const prof_table *t = &l->tables[i];
        strbuf unique = STRBUF_INIT;
        int n = 0;

        for (int k = 0; k < t->n_columns; k++)
            if (t->columns[k].values == t->rows && t->rows > 1 && t->columns[k].distinct == t->rows)
                sb_printf(&unique, "%s%s", n++ > 0 ? ", " : "", prof_name(mem, t->columns[k].def->name));
        sb_puts(out, "  ");
        pad(out, prof_name(mem, t->def->name), widest, false);
        sb_puts(out, "  ");
        pad(out, number(mem, t->rows), rows, true);
        pad(out, number(mem, t->n_columns), 9, true);
        pad(out, t->def->bytes >= 0 ? size_words(mem, t->def->bytes) : "", 10, true);
        sb_puts(out, "  ");
        wrap(out, t->def->error != NULL || t->error.status != MIG_OK ? "cannot be read" : sb_text(&unique), 2 + widest + 2 + rows + 9 + 10 + 2);
        sb_free(&unique);
    }
}

/* "4 … 17" or "'a' … 'z'", within `width`. */
static const char *range_words(arena *mem, const prof_column *c, int width)
{
    const prof_range *r = prof_column_range(c);
    bool plain = r != &c->texts;
    size_t half = (size_t)(width - 7) / 2;
    char least[200], most[200];

    if (c->hidden && c->values > 0)
        return "(not shown)";
    if (!r->least.any)
        return "";
    rt_shorten(least, half + 1 < 16 ? 16 : half + 1, r->least.p, r->least.n);
    rt_shorten(most, half + 1 < 16 ? 16 : half + 1, r->most.p, r->most.n);
    if (strcmp(least, most) == 0)
        return plain ? arena_strdup(mem, least) : arena_printf(mem, "'%s'", least);
    return plain ? arena_printf(mem, "%s … %s", least, most) : arena_printf(mem, "'%s' … '%s'", least, most);
}

/* What is in it, and how it is stored, unless the type says it all. */
static const char *looks_line(arena *mem, const prof_location *l, const prof_column *c)
{
    static const char *const classes[] = {"integer", "real", "text", "blob"};
    strbuf sb = STRBUF_INIT;
    char word[80];
    int n = 0, kinds = 0;

    for (int i = 0; i < c->n_seen; i++) {
        looks_words(c->seen[i].key, word, sizeof word);
        sb_printf(&sb, "%s%s", n++ > 0 ? ", " : "", word);
        if (c->n_seen > 1)
            sb_printf(&sb, " %lld", (long long)c->seen[i].n);
    }
    if (c->other_looks > 0)
        sb_printf(&sb, ", others %lld", (long long)c->other_looks);
    for (int i = 0; i < 4; i++)
        kinds += c->stored[i] > 0;
    for (int i = 0, told = 0; i < 4 && kinds > 1 && l->cat.kind == MIG_SOURCE_SQLITE; i++)
        if (c->stored[i] > 0)
            sb_printf(&sb, "%s%s %lld", told++ > 0 ? ", " : "; stored: ", classes[i], (long long)c->stored[i]);
    if (c->spaced > 0)
        sb_printf(&sb, "; outer blanks %lld", (long long)c->spaced);
    return sb_take(&sb, mem);
}

typedef struct widths { int name, type, nulls, empty, distinct, longest, values; } widths;

static const char *distinct_words(arena *mem, const prof_column *c)
{
    return arena_printf(mem, "%s%s", c->capped ? ">" : "", number(mem, c->distinct));
}

static int wider(int least, const char *text, int most)
{
    int w = width_of(text);

    return w > most ? most : w > least ? w : least;
}

static widths measure(arena *mem, const prof_table *t)
{
    widths w = {.name = 6, .type = 0, .nulls = 5, .empty = 5, .distinct = 8, .longest = 7};

    for (int i = 0; i < t->n_columns; i++) {
        const prof_column *c = &t->columns[i];

        w.name = wider(w.name, prof_name(mem, c->def->name), 28);
        w.type = wider(w.type > 0 || *c->def->type == '\0' ? w.type : 4, c->def->type, 16);
        w.nulls = wider(w.nulls, number(mem, c->nulls), 15);
        w.empty = wider(w.empty, number(mem, c->empty), 15);
        w.distinct = wider(w.distinct, distinct_words(mem, c), 15);
        w.longest = wider(w.longest, number(mem, c->longest), 15);
    }
    w.values = 2 + w.name + 2 + (w.type > 0 ? w.type + 2 : 0) + w.nulls + 1 + w.empty + 1 + w.distinct + 1 + w.longest + 2;
    return w;
}

/* Longer than its place: the line is broken behind it. */
static void name_cell(strbuf *out, const char *text, int width, int *at)
{
    if (width_of(text) > width) {
        sb_puts(out, text);
        sb_putc(out, '\n');
        sb_repeat(out, ' ', (size_t)(*at + width + 2));
    } else {
        pad(out, text, width, false);
        sb_puts(out, "  ");
    }
    *at += width + 2;
}

static void print_column(arena *mem, const prof_location *l, const prof_column *c, const widths *w, strbuf *out)
{
    const char *range = range_words(mem, c, WIDTH - w->values), *looks_text = looks_line(mem, l, c);
    int at = 2;

    sb_puts(out, "  ");
    name_cell(out, prof_name(mem, c->def->name), w->name, &at);
    if (w->type > 0)
        name_cell(out, prof_name(mem, c->def->type), w->type, &at);
    pad(out, number(mem, c->nulls), w->nulls, true);
    sb_putc(out, ' ');
    pad(out, number(mem, c->empty), w->empty, true);
    sb_putc(out, ' ');
    pad(out, distinct_words(mem, c), w->distinct, true);
    sb_putc(out, ' ');
    pad(out, number(mem, c->longest), w->longest, true);
    sb_puts(out, "  ");
    if (strcmp(looks_text, "") == 0 || strcmp(looks_text, "text") == 0) {
        wrap(out, range, w->values);
    } else if (width_of(range) + 2 + width_of(looks_text) <= WIDTH - w->values) {
        wrap(out, arena_printf(mem, "%s%s%s", range, *range != '\0' ? "; " : "", looks_text), w->values);
    } else {
        wrap(out, range, w->values);
        sb_repeat(out, ' ', (size_t)w->values);
        wrap(out, looks_text, w->values);
    }
}

static void print_table(arena *mem, const prof_location *l, const prof_table *t, strbuf *out)
{
    widths w = measure(mem, t);

    sb_printf(out, "\n%s: %s row%s\n", prof_name(mem, t->def->name), number(mem, t->rows), t->rows == 1 ? "" : "s");
    sb_puts(out, "  ");
    pad(out, "column", w.name + 2, false);
    if (w.type > 0)
        pad(out, "type", w.type + 2, false);
    pad(out, "nulls", w.nulls, true);
    pad(out, "empty", w.empty + 1, true);
    pad(out, "distinct", w.distinct + 1, true);
    pad(out, "longest", w.longest + 1, true);
    sb_puts(out, w.values + 32 <= WIDTH ? "  least … greatest; what is in it\n" : "  least … greatest\n");
    for (int i = 0; i < t->n_columns; i++)
        print_column(mem, l, &t->columns[i], &w, out);
}

static void print_references(arena *mem, const prof_location *l, strbuf *out)
{
    sb_puts(out, l->n_references > 0 ? "\nreferences (values that are in no row of the other table: lost)\n" : "");
    for (int i = 0; i < l->n_references; i++) {
        const prof_reference *f = &l->references[i];
        const prof_table *from = &l->tables[f->from], *to = &l->tables[f->to];
        strbuf sb = STRBUF_INIT;

        for (int k = 0; k < f->n; k++)
            sb_printf(&sb, "%s%s", k > 0 ? ", " : "", prof_name(mem, from->columns[f->columns[k]].def->name));
        sb_printf(&sb, " -> %s.", prof_name(mem, to->def->name));
        for (int k = 0; k < f->n; k++)
            sb_printf(&sb, "%s%s", k > 0 ? ", " : "", prof_name(mem, to->columns[f->to_columns[k]].def->name));
        if (f->unchecked)
            sb_puts(&sb, ": not looked at");
        else
            sb_printf(&sb, ": %s row%s refer%s, %s ha%s none, %s lost", number(mem, f->rows), f->rows == 1 ? "" : "s", f->rows == 1 ? "s" : "",
                      number(mem, f->without), f->without == 1 ? "s" : "ve", number(mem, f->lost));
        sb_puts(&sb, f->declared ? "" : " (guessed by name)");
        sb_printf(out, "  %s.", prof_name(mem, from->def->name));
        wrap(out, sb_text(&sb), 4);
        sb_free(&sb);
    }
}

void prof_print(const profiler *p, const prof_location *l, strbuf *out)
{
    int64_t rows = 0;

    for (int i = 0; i < l->n_tables; i++)
        rows += l->tables[i].rows;
    sb_printf(out, "%s\n%d table%s, %s row%s", l->cat.shown, l->n_tables, l->n_tables == 1 ? "" : "s", number(p->mem, rows), rows == 1 ? "" : "s");
    if (l->cat.bytes >= 0)
        sb_printf(out, ", %s", size_words(p->mem, l->cat.bytes));
    if (l->cat.n_others > 0)
        sb_printf(out, "; %d view%s not looked at", l->cat.n_others, l->cat.n_others == 1 ? " is" : "s are");
    sb_putc(out, '\n');
    print_findings(l, out);
    if (l->n_tables == 0)
        return;
    print_summary(p->mem, l, out);
    for (int i = 0; i < l->n_tables; i++)
        if (l->tables[i].def->error == NULL && l->tables[i].error.status == MIG_OK)
            print_table(p->mem, l, &l->tables[i], out);
    print_references(p->mem, l, out);
}
