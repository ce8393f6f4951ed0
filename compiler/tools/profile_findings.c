/*
 * profile_findings.c: what of all that was counted somebody should know before a migration, worst first. A problem breaks one or loses
 * something, a warning has to be decided, a note is good to know.
 */
#include "compiler/tools/profile.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { NAMED = 10 }; /* tables or columns in one finding */

/* ---- words ---------------------------------------------------------------------------------------------------------------------- */

const char *prof_level_word(prof_level level)
{
    switch (level) {
    case LEVEL_PROBLEM: return "problem";
    case LEVEL_WARNING: return "warning";
    case LEVEL_NOTE: return "note";
    }
    return "";
}

const char *prof_quote(arena *mem, const prof_value *v, size_t width)
{
    char shown[512];
    size_t n = strlen(v->cut ? "…" : ""), cap = width + 1 < sizeof shown ? width + 1 : sizeof shown;

    rt_shorten(shown, cap < 16 ? 16 : cap, v->p, v->n);
    return arena_printf(mem, "'%s%s'", shown, v->cut && strlen(shown) + n < cap ? "…" : "");
}

static const char *shown(const profiler *p, const prof_column *c, const prof_value *v)
{
    return c->hidden ? "a value that is not shown" : prof_quote(p->mem, v, 48);
}

const char *prof_name(arena *mem, const char *name)
{
    enum { MOST = 64 };
    char *out = arena_alloc(mem, MOST);

    rt_shorten(out, MOST, name, strlen(name));
    return out;
}

static const char *name_of(const profiler *p, const char *name)
{
    return prof_name(p->mem, name);
}

static const char *s(int64_t n)
{
    return n == 1 ? "" : "s";
}

static void add(profiler *p, prof_location *l, prof_level level, const char *kind, const prof_table *t, const prof_column *c, int64_t rows,
    strbuf *text)
{
    prof_finding f = {.level = level, .kind = kind, .table = t != NULL ? t->def->name : NULL, .column = c != NULL ? c->def->name : NULL, .rows = rows,
                      .order = l->n_findings};
    strbuf whole = STRBUF_INIT;

    if (t != NULL)
        sb_puts(&whole, name_of(p, t->def->name));
    if (c != NULL)
        sb_printf(&whole, ".%s", name_of(p, c->def->name));
    if (t != NULL && text->length > 0)
        sb_puts(&whole, strchr(",; ", *sb_text(text)) != NULL ? "" : ": ");
    sb_puts(&whole, sb_text(text));
    f.text = sb_take(&whole, p->mem);
    sb_free(text);
    *(prof_finding *)arena_push(p->mem, &l->findings, &l->n_findings, &l->cap_findings, sizeof f) = f;
}

static strbuf say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static strbuf say(const char *fmt, ...)
{
    strbuf sb = STRBUF_INIT;
    va_list ap;

    va_start(ap, fmt);
    sb_vprintf(&sb, fmt, ap);
    va_end(ap);
    return sb;
}

static void labels(strbuf *sb, const prof_repeat *v)
{
    if (v->n_labels == 0)
        return;
    for (int i = 0; i < v->n_labels; i++)
        sb_printf(sb, "%s%s", i == 0 ? " (" : ", ", v->labels[i]);
    sb_puts(sb, v->n > v->n_labels ? ", …)" : ")");
}

/* ---- values that should be there once ------------------------------------------------------------------------------------------- */

/* Whether rows that share a value are worth telling, and how bad it is. */
static bool is_bad_repeat(const prof_column *c, prof_level *level)
{
    bool mostly = c->distinct * 2 > c->values, nearly = c->distinct * 10 > c->values * 9;

    *level = LEVEL_PROBLEM;
    if (c->repeated == 0)
        return false;
    if (c->declared_key)
        return true;
    if (c->refers)
        return false;
    switch (c->role) {
    case ROLE_KEY: case ROLE_EMAIL: case ROLE_USER: return mostly;
    case ROLE_OTHER_KEY: *level = LEVEL_WARNING; return mostly;
    case ROLE_CODE: *level = LEVEL_WARNING; return nearly;
    case ROLE_NAME: *level = LEVEL_NOTE; return mostly;
    case ROLE_PLAIN: return false;
    }
    return false;
}

static void repeats(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    prof_level level;
    int64_t rows = c->values - (c->distinct - c->repeated);
    strbuf text;

    if (!is_bad_repeat(c, &level))
        return;
    if (c->repeated <= 3 && !c->capped) {
        for (int i = 0; i < c->n_most; i++) {
            text = say("%lld rows share %s", (long long)c->most[i].n, shown(p, c, &c->most[i].value));
            labels(&text, &c->most[i]);
            add(p, l, level, "duplicate-value", t, c, c->most[i].n, &text);
        }
        return;
    }
    text = say("%s%lld values are in several rows", c->capped ? "more than " : "", (long long)c->repeated);
    if (!c->capped)
        sb_printf(&text, " (%lld rows)", (long long)rows);
    for (int i = 0; i < c->n_most && i < 2; i++) {
        sb_printf(&text, "%s %s in %lld", i == 0 ? ":" : ",", shown(p, c, &c->most[i].value), (long long)c->most[i].n);
        labels(&text, &c->most[i]);
    }
    sb_puts(&text, ", …");
    add(p, l, level, "duplicate-value", t, c, c->capped ? -1 : rows, &text);
}

static void spellings(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    bool key_like = c->role != ROLE_NAME && c->distinct * 2 > c->values;
    strbuf text;

    if (c->variants == 0 || (c->role != ROLE_NAME && !key_like && !c->declared_key))
        return;
    text = c->variants == 1 ? say("one value is spelled in several ways") : say("%lld values are spelled in several ways", (long long)c->variants);
    for (int i = 0; i < c->n_spelled && i < 3 && !c->hidden; i++) {
        sb_puts(&text, i == 0 ? ": " : "; ");
        for (int k = 0; k < c->spelled[i].n_labels; k++)
            sb_printf(&text, "%s%s", k == 0 ? "" : ", ", c->spelled[i].labels[k]);
    }
    sb_puts(&text, c->variants > 3 ? "; …" : "");
    add(p, l, key_like || c->declared_key ? LEVEL_WARNING : LEVEL_NOTE, "spellings", t, c, -1, &text);
}

static void keys(profiler *p, prof_location *l, const prof_table *t)
{
    const prof_column *key = t->key >= 0 ? &t->columns[t->key] : NULL;
    strbuf text;

    if (key != NULL && key->nulls + key->empty > 0 && key->values > 0) {
        text = say("%lld row%s ha%s none", (long long)(key->nulls + key->empty), s(key->nulls + key->empty),
                   key->nulls + key->empty == 1 ? "s" : "ve");
        add(p, l, LEVEL_PROBLEM, "missing-key", t, key, key->nulls + key->empty, &text);
    }
    if (t->again.repeats > 0) {
        text = say("%lld row%s %s entered again, the same in every column", (long long)t->again.repeats, s(t->again.repeats),
                   t->again.repeats == 1 ? "is" : "are");
        if (key != NULL)
            sb_printf(&text, " but %s", name_of(p, key->def->name));
        add(p, l, LEVEL_WARNING, "same-rows", t, NULL, t->again.repeats, &text);
    }
}

/* ---- references ------------------------------------------------------------------------------------------------------------------------ */

static void references(profiler *p, prof_location *l, const prof_reference *f)
{
    const prof_table *from = &l->tables[f->from], *to = &l->tables[f->to];
    const prof_column *c = &from->columns[f->columns[0]];
    bool dubious = !f->declared && f->lost * 2 > f->rows;
    strbuf text;

    if (f->unchecked && from->rows > 0) {
        text = say("whether its values are in %s was not looked at: %s", name_of(p, to->def->name),
                   to->error.status != MIG_OK ? "that table could not be read" : "there are too many");
        add(p, l, LEVEL_NOTE, "unchecked-reference", from, c, -1, &text);
    }
    if (f->lost > 0) {
        text = say("%lld row%s point%s to no row of %s: ", (long long)f->lost, s(f->lost), f->lost == 1 ? "s" : "", name_of(p, to->def->name));
        for (int i = 0; i < f->n_examples; i++)
            sb_printf(&text, "%s%s", i > 0 ? ", " : "", prof_quote(p->mem, &f->examples[i], 40));
        if (f->lost_values > f->n_examples)
            sb_printf(&text, ", … (%s%lld values)", f->lost_capped ? "more than " : "", (long long)f->lost_values);
        if (dubious)
            sb_puts(&text, f->lost == f->rows ? "; none does, so it may refer to something else" : "; most do not, so it may refer to something else");
        add(p, l, dubious ? LEVEL_NOTE : LEVEL_PROBLEM, "broken-reference", from, c, f->lost, &text);
    }
    if (f->without > 0 && from->rows > 0 && !dubious) {
        text = say("%lld of %lld row%s ha%s no %s", (long long)f->without, (long long)from->rows, s(from->rows), f->without == 1 ? "s" : "ve",
                   f->from == f->to ? "reference" : name_of(p, to->def->name));
        if (f->from != f->to)
            sb_puts(&text, " row to refer to");
        add(p, l, LEVEL_NOTE, "missing-reference", from, c, f->without, &text);
    }
}

/* Tables with the same columns as o->a, o->b among them; 0: another overlap has told them. */
static int alike(const prof_location *l, const prof_overlap *o)
{
    int n = 0;

    for (int i = 0; i < l->n_overlaps; i++) {
        if (l->overlaps[i].equal && o->equal && l->overlaps[i].b == o->a)
            return 0; /* an earlier table of the same kind has told it */
        n += l->overlaps[i].equal && l->overlaps[i].a == o->a;
    }
    return o->equal ? n : 1;
}

/* Three tables or more with the same columns: "a, b and c have the same columns; rows in common: 3 of a and b, …". */
static void family_of_tables(profiler *p, prof_location *l, const prof_overlap *o)
{
    strbuf text = STRBUF_INIT;
    int told = 0, n = alike(l, o), at = 0;
    int64_t rows = 0;

    for (int i = 0; i < l->n_overlaps; i++)
        if (l->overlaps[i].equal && l->overlaps[i].a == o->a && ++at <= NAMED)
            sb_printf(&text, "%s%s", at == n ? " and " : ", ", name_of(p, l->tables[l->overlaps[i].b].def->name));
    if (n > NAMED)
        sb_printf(&text, " and %d more", n - NAMED);
    sb_puts(&text, " have the same columns");
    for (int i = 0; i < l->n_overlaps; i++) {
        const prof_overlap *with = &l->overlaps[i];
        bool of_family = with->equal && (with->a == o->a || alike(l, with) == 0);

        for (int k = 0; of_family && with->a != o->a && k < l->n_overlaps; k++)
            of_family = l->overlaps[k].a != o->a || l->overlaps[k].b != with->a || l->overlaps[k].equal;
        if (!of_family || with->same_rows == 0)
            continue;
        rows += with->same_rows;
        if (told++ < 3)
            sb_printf(&text, "%s %lld of %s %s also in %s", told == 1 ? "; rows:" : ",", (long long)with->same_rows, name_of(p,
                l->tables[with->b].def->name),
                      with->same_rows == 1 ? "is" : "are", name_of(p, l->tables[with->a].def->name));
    }
    sb_puts(&text, told > 3 ? ", …" : "");
    add(p, l, LEVEL_WARNING, "overlapping-tables", &l->tables[o->a], NULL, rows, &text);
}

static void two_tables(profiler *p, prof_location *l, const prof_overlap *o)
{
    const prof_table *a = &l->tables[o->a], *b = &l->tables[o->b];
    int64_t clashes = o->same_keys - o->same_both;
    strbuf text = STRBUF_INIT;

    sb_printf(&text, " and %s have ", name_of(p, b->def->name));
    if (o->equal)
        sb_puts(&text, "the same columns");
    else
        sb_printf(&text, "%d columns in common", o->n);
    if (a->rows > 0 && b->rows > 0 && (o->rows.capped || o->with_key.capped)) {
        sb_puts(&text, "; they are too large to be compared row by row");
    } else if (a->rows > 0 && b->rows > 0) {
        sb_printf(&text, o->same_rows == 0 ? "; no row is in both" : "; %lld row%s of %s %s also in %s", (long long)o->same_rows, s(o->same_rows),
                  name_of(p, b->def->name), o->same_rows == 1 ? "is" : "are", name_of(p, a->def->name));
        if (o->with_key.n > 0 && clashes > 0)
            sb_printf(&text, ", and %lld value%s of %s stand%s for another row in each", (long long)clashes, s(clashes),
                      name_of(p, b->columns[b->key].def->name), clashes == 1 ? "s" : "");
    }
    add(p, l, LEVEL_WARNING, "overlapping-tables", a, NULL, o->same_rows, &text);
}

static void overlaps(profiler *p, prof_location *l, const prof_overlap *o)
{
    int n = alike(l, o);
    bool first = true;

    for (const prof_overlap *before = l->overlaps; before < o; before++)
        first = first && !(before->equal && before->a == o->a);
    if (n == 1)
        two_tables(p, l, o);
    else if (n > 1 && first)
        family_of_tables(p, l, o);
}

/* ---- looks ------------------------------------------------------------------------------------------------------------------------------- */

/* Looks of one family are no mixture: integers and decimals are both numbers. */
static int family(looks_kind k)
{
    if (looks_is_moment(k) || k == LOOKS_COMPACT_DATE)
        return LOOKS_DATE;
    return looks_is_number(k) || k == LOOKS_PADDED || k >= LOOKS_UNIX ? LOOKS_INTEGER : (int)k;
}

static const char *family_word(int k)
{
    switch (k) {
    case LOOKS_INTEGER: return "number";
    case LOOKS_DATE: return "date";
    case LOOKS_EMAIL: return "e-mail address";
    case LOOKS_UUID: return "UUID";
    case LOOKS_URL: return "URL";
    case LOOKS_BOOL: return "boolean";
    case LOOKS_JSON: return "JSON";
    default: return NULL;
    }
}

static int64_t of_family(const prof_column *c, int k)
{
    int64_t n = 0;

    for (int i = 0; i < c->n_seen; i++)
        n += family(LOOKS_KIND(c->seen[i].key)) == k ? c->seen[i].n : 0;
    return n;
}

/* Most values are of one family, some of none of it. */
static void outliers(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    int64_t words = of_family(c, LOOKS_NULL_WORD) + of_family(c, LOOKS_BLANK) + of_family(c, LOOKS_NO_DATE), n = c->values - words, others, told = 0;
    int main_one = c->n_seen > 0 ? family(LOOKS_KIND(c->seen[0].key)) : LOOKS_TEXT;
    strbuf text;

    for (int i = 1; i < c->n_seen; i++)
        if (of_family(c, family(LOOKS_KIND(c->seen[i].key))) > of_family(c, main_one))
            main_one = family(LOOKS_KIND(c->seen[i].key));
    others = n - of_family(c, main_one);
    if (family_word(main_one) == NULL || others == 0 || n < 4 || others * 4 > n)
        return;
    text = say("%lld of %lld values %s no %s: ", (long long)others, (long long)n, others == 1 ? "is" : "are", family_word(main_one));
    for (int i = 0; i < c->n_seen && told < 3 && !c->hidden; i++) {
        looks_kind k = LOOKS_KIND(c->seen[i].key);

        if (family(k) == main_one || k == LOOKS_NULL_WORD || k == LOOKS_BLANK || k == LOOKS_NO_DATE)
            continue;
        sb_printf(&text, "%s%s", told++ > 0 ? ", " : "", prof_quote(p->mem, &c->seen[i].first, 40));
    }
    sb_puts(&text, others > told ? ", …" : "");
    add(p, l, LEVEL_WARNING, "outliers", t, c, others, &text);
}

static void list_looks(strbuf *text, const prof_column *c, bool (*wanted)(looks_kind))
{
    char word[80];
    int told = 0;

    for (int i = 0; i < c->n_seen; i++)
        if (wanted(LOOKS_KIND(c->seen[i].key))) {
            looks_words(c->seen[i].key, word, sizeof word);
            sb_printf(text, "%s%s %lld", told++ > 0 ? ", " : "", word, (long long)c->seen[i].n);
        }
}

static void dates(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    int64_t n = of_family(c, LOOKS_DATE), wrong = of_family(c, LOOKS_NO_DATE), either = 0;
    int forms = 0;
    strbuf text;

    for (int i = 0; i < c->n_seen; i++) {
        bool moment = looks_is_moment(LOOKS_KIND(c->seen[i].key));

        forms += moment;
        either += moment && LOOKS_ORDER(c->seen[i].key) == ORDER_EITHER ? c->seen[i].n : 0;
    }
    if (wrong > 0) {
        text = say("%lld value%s %s a day that there is not", (long long)wrong, s(wrong), wrong == 1 ? "names" : "name");
        for (int i = 0; i < c->n_seen; i++)
            if (LOOKS_KIND(c->seen[i].key) == LOOKS_NO_DATE)
                sb_printf(&text, ": %s%s", shown(p, c, &c->seen[i].first), wrong > 1 ? ", …" : "");
        add(p, l, LEVEL_PROBLEM, "no-such-date", t, c, wrong, &text);
    }
    if (forms > 1 && n * 2 > c->values) {
        text = say("dates in %d forms: ", forms);
        list_looks(&text, c, looks_is_moment);
        add(p, l, LEVEL_WARNING, "date-formats", t, c, n, &text);
    }
    if (either > 0 && n * 2 > c->values) {
        text = say("%lld date%s can be read with the day or the month first", (long long)either, s(either));
        add(p, l, LEVEL_WARNING, "ambiguous-dates", t, c, either, &text);
    }
}

static bool has(const char *type, const char *word)
{
    return strcasestr(type, word) != NULL;
}

/* SQLite: what is stored is not what is declared. */
static void stored(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    static const char *const words[] = {"integer", "real", "text", "blob"};
    const char *type = c->def->type;
    bool numeric = has(type, "int") || has(type, "real") || has(type, "floa") || has(type, "doub") || has(type, "dec") || has(type, "num") ||
        has(type, "bool");
    bool numbers = c->stored[0] + c->stored[1] > 0, mixed = (numbers + (c->stored[2] - c->empty > 0) + (c->stored[3] > 0)) > 1;
    int told = 0;
    strbuf text;

    if (l->cat.kind != MIG_SOURCE_SQLITE || (!mixed && !(numeric && c->stored[2] > 0)))
        return;
    text = *type != '\0' ? say("declared %s, and holds ", name_of(p, type)) : say("holds ");
    for (int i = 0; i < 4; i++)
        if (c->stored[i] > 0)
            sb_printf(&text, "%s%lld %s%s", told++ > 0 ? ", " : "", (long long)c->stored[i], words[i], s(c->stored[i]));
    add(p, l, LEVEL_WARNING, "stored-types", t, c, numeric ? c->stored[2] + c->stored[3] : -1, &text);
}

static void odd_values(profiler *p, prof_location *l, const prof_table *t, const prof_column *c)
{
    int64_t words = of_family(c, LOOKS_NULL_WORD), padded = 0, numbers = of_family(c, LOOKS_INTEGER);
    strbuf text;

    for (int i = 0; i < c->n_seen; i++)
        padded += LOOKS_KIND(c->seen[i].key) == LOOKS_PADDED ? c->seen[i].n : 0;
    if (c->broken > 0) {
        text = say("%lld value%s %s not UTF-8", (long long)c->broken, s(c->broken), c->broken == 1 ? "is" : "are");
        add(p, l, LEVEL_PROBLEM, "not-utf8", t, c, c->broken, &text);
    }
    for (int i = 0; i < c->n_seen && words > 0; i++)
        if (LOOKS_KIND(c->seen[i].key) == LOOKS_NULL_WORD) {
            text = say("%lld value%s say%s that there is none: %s%s", (long long)words, s(words), words == 1 ? "s" : "", shown(p, c,
                       &c->seen[i].first), words > 1 ? ", …" : "");
            add(p, l, LEVEL_WARNING, "null-words", t, c, words, &text);
        }
    if (padded > 0 && numbers == c->values - words - c->blank) {
        text = say("%lld of %lld number%s ha%s zeros in front, which a number type would lose", (long long)padded, (long long)numbers,
                   s(numbers), padded == 1 ? "s" : "ve");
        add(p, l, LEVEL_NOTE, "leading-zeros", t, c, padded, &text);
    }
    for (int i = 0; i < c->n_seen; i++) {
        looks_kind k = LOOKS_KIND(c->seen[i].key);

        if (k != LOOKS_UNIX && k != LOOKS_UNIX_MILLI && k != LOOKS_JULIAN)
            continue;
        text = say("moments kept as %s", k == LOOKS_UNIX ? "Unix seconds: to_timestamp(x) reads them"
                   : k == LOOKS_UNIX_MILLI ? "Unix milliseconds: to_timestamp(x / 1000) reads them" : "Julian days: julian(x) reads them");
        add(p, l, LEVEL_NOTE, "numeric-moments", t, c, c->seen[i].n, &text);
    }
}

/* Outer blanks: column by column, or where most have them all at once. */
static void blanks(profiler *p, prof_location *l, const prof_table *t)
{
    int64_t all = 0;
    int n = 0, told = 0;
    strbuf text;

    for (int i = 0; i < t->n_columns; i++) {
        all += t->columns[i].spaced + t->columns[i].blank;
        n += t->columns[i].spaced + t->columns[i].blank > 0;
    }
    for (int i = 0; i < t->n_columns && n <= 3; i++) {
        int64_t v = t->columns[i].spaced + t->columns[i].blank;

        if (v == 0)
            continue;
        text = say("%lld value%s ha%s outer blanks", (long long)v, s(v), v == 1 ? "s" : "ve");
        add(p, l, LEVEL_NOTE, "outer-blanks", t, &t->columns[i], v, &text);
    }
    if (n <= 3)
        return;
    text = say("%lld values have outer blanks: ", (long long)all);
    for (int i = 0; i < t->n_columns; i++) {
        int64_t v = t->columns[i].spaced + t->columns[i].blank;

        if (v > 0 && told++ < NAMED)
            sb_printf(&text, "%s%s %lld", told > 1 ? ", " : "", name_of(p, t->columns[i].def->name), (long long)v);
    }
    sb_puts(&text, n > NAMED ? ", …" : "");
    add(p, l, LEVEL_NOTE, "outer-blanks", t, NULL, all, &text);
}

/* ---- whole tables, whole locations ---------------------------------------------------------------------------------------------------- */

/* Why not has been said on standard error, and stands in the JSON's table. */
static void unreadable(profiler *p, prof_location *l, const prof_table *t)
{
    strbuf text = say(" cannot be read");

    add(p, l, LEVEL_PROBLEM, "unreadable-table", t, NULL, -1, &text);
}

static void tables(profiler *p, prof_location *l, const prof_table *t)
{
    strbuf text = STRBUF_INIT;
    int n = 0;

    if (t->unreadable > 0 && l->cat.kind == MIG_SOURCE_CSV) {
        text = say("%lld record%s cannot be read; the first: line %lld: %s", (long long)t->unreadable, s(t->unreadable),
                   (long long)t->why_line, cat_safe(p->mem, t->why, strlen(t->why)));
        add(p, l, LEVEL_PROBLEM, "unreadable-records", t, NULL, t->unreadable, &text);
        text = (strbuf)STRBUF_INIT;
    }
    for (int i = 0; i < t->n_columns && t->rows > 0; i++)
        if (t->columns[i].values == 0)
            if (n++ < NAMED)
                sb_printf(&text, "%s%s", n > 1 ? ", " : "never filled: ", name_of(p, t->columns[i].def->name));
    if (n > NAMED)
        sb_printf(&text, " and %d more", n - NAMED);
    if (n > 0)
        add(p, l, LEVEL_NOTE, "empty-columns", t, NULL, -1, &text);
    if (t->def->twice != NULL) {
        text = say("several columns are called \"%s\"", name_of(p, t->def->twice));
        add(p, l, LEVEL_PROBLEM, "duplicate-column", t, NULL, -1, &text);
    }
    if (t->def->error == NULL && l->cat.kind == MIG_SOURCE_CSV && strcmp(t->def->read.csv.encoding, "utf8") != 0) {
        text = say("read as %s", t->def->read.csv.encoding);
        add(p, l, LEVEL_NOTE, "encoding", t, NULL, -1, &text);
    }
}

static void empty_tables(profiler *p, prof_location *l)
{
    strbuf text = STRBUF_INIT;
    int n = 0;

    for (int i = 0; i < l->n_tables; i++)
        if (l->tables[i].rows == 0 && l->tables[i].def->error == NULL && l->tables[i].error.status == MIG_OK)
            if (n++ < NAMED)
                sb_printf(&text, "%s%s", n > 1 ? ", " : "no rows in ", name_of(p, l->tables[i].def->name));
    if (n > NAMED)
        sb_printf(&text, " and %d more", n - NAMED);
    if (n > 0)
        add(p, l, LEVEL_NOTE, "empty-tables", NULL, NULL, -1, &text);
}

/* One line on all columns whose dates are of one form: "12 columns hold dates, each in one form: …". */
static void consistent_dates(profiler *p, prof_location *l)
{
    struct { uint32_t key; int n; } forms[16];
    strbuf text = STRBUF_INIT;
    int n_forms = 0, n = 0;
    char word[80];

    for (int i = 0; i < l->n_tables; i++)
        for (int k = 0; k < l->tables[i].n_columns; k++) {
            const prof_column *c = &l->tables[i].columns[k];
            int at = 0;

            if (c->n_seen != 1 || !looks_is_moment(LOOKS_KIND(c->seen[0].key)))
                continue;
            while (at < n_forms && forms[at].key != c->seen[0].key)
                at++;
            if (at == (int)(sizeof forms / sizeof *forms))
                continue;
            if (at == n_forms) {
                forms[n_forms].key = c->seen[0].key;
                forms[n_forms++].n = 0;
            }
            forms[at].n++;
            n++;
        }
    if (n == 0)
        return;
    sb_printf(&text, n == 1 ? "one column holds dates of one form: " : "%d columns hold dates of one form each: ", n);
    for (int i = 0; i < n_forms; i++) {
        looks_words(forms[i].key, word, sizeof word);
        sb_printf(&text, "%s%s", i > 0 ? ", " : "", word);
        if (n_forms > 1)
            sb_printf(&text, " in %d", forms[i].n);
    }
    add(p, l, LEVEL_NOTE, "dates", NULL, NULL, -1, &text);
}

static int worse(const void *a, const void *b)
{
    const prof_finding *x = a, *y = b;

    return x->level != y->level ? (int)x->level - (int)y->level : x->order - y->order;
}

void prof_find(profiler *p, prof_location *l)
{
    for (int i = 0; i < l->n_tables; i++) {
        const prof_table *t = &l->tables[i];

        if (t->def->error != NULL || t->error.status != MIG_OK)
            unreadable(p, l, t);
        for (int k = 0; k < t->n_columns; k++)
            repeats(p, l, t, &t->columns[k]);
        keys(p, l, t);
    }
    for (int i = 0; i < l->n_references; i++)
        references(p, l, &l->references[i]);
    for (int i = 0; i < l->n_overlaps; i++)
        overlaps(p, l, &l->overlaps[i]);
    for (int i = 0; i < l->n_tables; i++) {
        const prof_table *t = &l->tables[i];

        tables(p, l, t);
        for (int k = 0; k < t->n_columns; k++) {
            spellings(p, l, t, &t->columns[k]);
            dates(p, l, t, &t->columns[k]);
            outliers(p, l, t, &t->columns[k]);
            stored(p, l, t, &t->columns[k]);
            odd_values(p, l, t, &t->columns[k]);
        }
        blanks(p, l, t);
    }
    consistent_dates(p, l);
    empty_tables(p, l);
    if (l->n_findings > 0)
        qsort(l->findings, (size_t)l->n_findings, sizeof *l->findings, worse);
}
