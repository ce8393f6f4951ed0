/*
 * django_names.c: text of the spec in Python: literals, class and field names, related names. Names that Python or Django would not take
 * are changed; the column keeps its own by db_column.
 */
#include "compiler/tools/django.h"

#include "compiler/base/utf8.h"

#include <string.h>

void django_text(strbuf *out, const char *bytes, size_t n) {
    sb_putc(out, '\'');
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t length = utf8_decode(bytes + i, n - i, &cp);
        if (bytes[i] == '\\' || bytes[i] == '\'')
            sb_printf(out, "\\%c", bytes[i]);
        else if (bytes[i] == '\n')
            sb_puts(out, "\\n");
        else if (cp == UTF8_INVALID)
            sb_printf(out, "\\x%02x", (unsigned)(unsigned char)bytes[i]);
        else if (utf8_is_unprintable(cp))
            sb_printf(out, cp < 0x100 ? "\\x%02x" : cp < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)cp);
        else
            sb_put(out, bytes + i, length);
        i += length;
    }
    sb_putc(out, '\'');
}

void django_comment(strbuf *out, const char *indent, const char *text) {
    sb_printf(out, "%s# ", indent);
    plan_sql_comment(out, text);
    sb_putc(out, '\n');
}

/* ---- identifiers ------------------------------------------------------------------------------------------------------ */

static bool is_among(const char *name, const char *const *words) {
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

static bool is_keyword(const char *name) {
    static const char *const words[] = {
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise",
        "return", "try", "while", "with", "yield", NULL};
    return is_among(name, words);
}

/* Attributes of models.Model, which a field would hide; lookups, which would not be understood; names that Meta and queries mean. */
static bool is_taken_in_models(const char *name) {
    static const char *const words[] = {
        "arefresh_from_db", "check", "clean", "clean_fields", "date_error_message", "delete", "from_db", "full_clean",
        "get_deferred_fields", "id", "meta", "objects", "pk", "prepare_database_save", "refresh_from_db", "save", "save_base", "self",
        "serializable_value", "unique_error_message", "validate_unique", NULL};
    return is_among(name, words);
}

/* Names that the top of the file may bring in. */
static bool is_taken_in_file(const char *name) {
    static const char *const words[] = {
        "ArrayField", "BrinIndex", "CharacterField", "Decimal", "GinIndex", "GistIndex", "HashIndex", "JsonTextField", "NaiveDateTimeField",
        "NamedIndex", "NumericField", "OtherField", "RawSQL", "RealField", "SpGistIndex", "VarcharField", NULL};
    return is_among(name, words) || strncmp(name, "Named", 5) == 0;
}

const char *django_identifier(django *g, const char *text, bool upper) {
    strbuf sb = STRBUF_INIT;
    for (const char *p = text; *p != '\0'; p++) {
        char c = *p;
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'), digit = c >= '0' && c <= '9';
        if (letter)
            sb_putc(&sb, upper == (c <= 'Z') ? c : (char)(c ^ 0x20));
        else if (digit && sb.length > 0)
            sb_putc(&sb, c);
        else if (digit)
            sb_printf(&sb, "%c%c", upper ? 'N' : 'n', c);
        else if (sb.length > 0 && sb.data[sb.length - 1] != '_' && ((unsigned char)c & 0xC0) != 0x80)
            sb_putc(&sb, '_');
    }
    while (sb.length > 0 && sb.data[sb.length - 1] == '_')
        sb_truncate(&sb, sb.length - 1);
    if (sb.length == 0)
        sb_puts(&sb, upper ? "X" : "x");
    return sb_take(&sb, g->a);
}

/* shows_network -> ShowsNetwork */
static const char *class_name(django *g, const char *table) {
    if (g->app != NULL && strncmp(table, g->app, strlen(g->app)) == 0 && table[strlen(g->app)] == '_' && table[strlen(g->app) + 1] != '\0')
        table += strlen(g->app) + 1;
    const char *snake = django_identifier(g, table, false);
    strbuf sb = STRBUF_INIT;
    bool begins = true;
    for (const char *p = snake; *p != '\0'; p++) {
        if (*p != '_')
            sb_putc(&sb, begins && *p >= 'a' && *p <= 'z' ? (char)(*p ^ 0x20) : *p);
        begins = *p == '_';
    }
    if (is_keyword(sb_text(&sb)) || is_taken_in_file(sb_text(&sb)))
        sb_puts(&sb, "Model");
    return sb_take(&sb, g->a);
}

static bool is_same_but_case(const char *a, const char *b) {
    return strcasecmp(a, b) == 0;
}

static void name_classes(django *g) {
    for (int i = 0; i < g->n_models; i++) {
        const char *wanted = class_name(g, g->models[i].t->name), *name = wanted;
        int number = 1;
        for (int k = 0; k < i; k++)
            if (g->models[k].name != NULL && is_same_but_case(g->models[k].name, name)) {
                name = arena_printf(g->a, "%s%d", wanted, ++number);
                k = -1;
            }
        if (g->models[i].why == NULL)
            g->models[i].name = name;
    }
}

const django_model *django_model_of(const django *g, const plan_table *t) {
    for (int i = 0; i < g->n_models; i++)
        if (g->models[i].t == t)
            return &g->models[i];
    return NULL;
}

const char *django_model_word(django *g, const django_model *m) {
    char *word = arena_strdup(g->a, m->name);
    for (char *p = word; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p | 0x20);
    return word;
}

/* ---- fields --------------------------------------------------------------------------------------------------------- */

/* Is it a name of an earlier field, or of any column but this? A key's own column is network_id beside network. */
static bool is_field(const django_model *m, int column, const char *name) {
    for (int i = 0; i < column; i++)
        if (strcmp(m->fields[i].name, name) == 0 || strcmp(m->fields[i].stem, name) == 0)
            return true;
    for (int i = 0; i < m->t->n_columns; i++)
        if (i != column && strcmp(m->t->columns[i].name, name) == 0)
            return true;
    return false;
}

static void name_field(django *g, django_model *m, int column) {
    django_field *f = &m->fields[column];
    const char *own = m->t->columns[column].name, *wanted = django_identifier(g, own, false);
    size_t n = strlen(wanted);
    if (f->key != NULL && n > 3 && strcmp(wanted + n - 3, "_id") == 0) {
        const char *shorter = arena_strndup(g->a, wanted, n - 3);
        if (!is_field(m, column, shorter))
            wanted = shorter;
    }
    bool is_id = strcmp(wanted, "id") == 0 && column == m->primary && f->key == NULL;
    if (!is_id && (is_keyword(wanted) || is_taken_in_models(wanted)))
        wanted = arena_printf(g->a, "%s_field", wanted);
    const char *name = wanted;
    for (int i = 2; is_field(m, column, name); i++)
        name = arena_printf(g->a, "%s_%d", wanted, i);
    f->name = name;
    f->stem = f->key != NULL ? arena_printf(g->a, "%s_id", name) : name;
}

/* ---- related names ---------------------------------------------------------------------------------------------------- */

static int keys_to(const django_model *m, const plan_table *to) {
    int n = 0;
    for (int i = 0; i < m->t->n_columns; i++)
        n += m->fields[i].key != NULL && m->fields[i].key->to == to;
    return n;
}

static bool has_field(const django_model *m, const char *name) {
    for (int i = 0; i < m->t->n_columns; i++)
        if (strcmp(m->fields[i].name, name) == 0 || strcmp(m->fields[i].stem, name) == 0)
            return true;
    return false;
}

static void name_related(django *g, django_model *m, int column) {
    const django_model *to = django_model_of(g, m->fields[column].key->to);
    const char *word = django_model_word(g, m);
    bool clashes = has_field(to, word) || has_field(to, arena_printf(g->a, "%s_set", word));
    if (keys_to(m, to->t) < 2 && !clashes)
        return;
    const char *name = arena_printf(g->a, "%s_%s_set", word, m->fields[column].name);
    m->fields[column].related = has_field(to, name) ? "+" : name;
}

void django_names(django *g) {
    name_classes(g);
    for (int i = 0; i < g->n_models; i++) {
        django_model *m = &g->models[i];
        for (int k = 0; k < m->t->n_references; k++) {
            const plan_reference *r = &m->t->references[k];
            const django_model *to = django_model_of(g, r->to);
            if (m->name != NULL && r->n_columns == 1 && to != NULL && to->name != NULL && m->fields[r->columns[0]].key == NULL)
                m->fields[r->columns[0]].key = r;
        }
        for (int k = 0; k < m->t->n_columns; k++)
            name_field(g, m, k);
    }
    for (int i = 0; i < g->n_models; i++)
        for (int k = 0; k < g->models[i].t->n_columns; k++)
            if (g->models[i].name != NULL && g->models[i].fields[k].key != NULL)
                name_related(g, &g->models[i], k);
}
