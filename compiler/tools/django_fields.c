/*
 * django_fields.c: a column as a field of a model: its type, null and blank, key, choices, default.
 */
#include "compiler/tools/django.h"

#include <string.h>

static const plan_unique *unique_of(const django_model *m, int column) {
    const plan_table *t = m->t;
    for (int i = 0; i < t->n_uniques; i++)
        if (!t->uniques[i].primary && t->uniques[i].n_columns == 1 && t->uniques[i].columns[0] == column)
            return &t->uniques[i];
    return NULL;
}

/* unique=True names its rule as PostgreSQL does; another name is said in Meta. */
static bool is_unique_by_field(django *g, const django_model *m, int column) {
    const plan_unique *u = unique_of(m, column);
    return u != NULL && strcmp(u->name, arena_printf(g->a, "%s_%s_key", m->t->name, m->t->columns[column].name)) == 0;
}

/* ---- types -------------------------------------------------------------------------------------------------------------- */

static const char *need(django *g, django_need what, const char *name) {
    g->needs[what] = true;
    return name;
}

static const char *integer_field(const django_model *m, int column) {
    static const char *const plain[] = {"models.SmallIntegerField", "models.IntegerField", "models.BigIntegerField"};
    static const char *const positive[] = {"models.PositiveSmallIntegerField", "models.PositiveIntegerField", "models.PositiveBigIntegerField"};
    static const char *const counted[] = {"models.SmallAutoField", "models.AutoField", "models.BigAutoField"};
    const plan_column *c = &m->t->columns[column];
    int size = c->type.id == MIG_T_SMALLINT ? 0 : c->type.id == MIG_T_INTEGER ? 1 : 2;
    if (c->identity && column == m->primary)
        return counted[size];
    return m->fields[column].positive != NULL ? positive[size] : plain[size];
}

static const char *field_type(django *g, const django_model *m, int column) {
    const plan_column *c = &m->t->columns[column];
    bool pg = g->engine == MIG_POSTGRES;
    if (pg && c->as != NULL)
        return need(g, NEED_OTHER, "OtherField");
    switch (c->type.id) {
    case MIG_T_BOOLEAN: return "models.BooleanField";
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: return integer_field(m, column);
    case MIG_T_REAL: return pg ? need(g, NEED_REAL, "RealField") : "models.FloatField";
    case MIG_T_DOUBLE: return "models.FloatField";
    case MIG_T_NUMERIC: return pg && c->type.p < 0 ? need(g, NEED_NUMERIC, "NumericField") : "models.DecimalField";
    case MIG_T_TEXT: return "models.TextField";
    case MIG_T_VARCHAR: return c->type.p >= 0 ? "models.CharField" : pg ? need(g, NEED_VARCHAR, "VarcharField") : "models.TextField";
    case MIG_T_CHAR: return pg ? need(g, NEED_CHARACTER, "CharacterField") : "models.CharField";
    case MIG_T_BYTEA: return "models.BinaryField";
    case MIG_T_DATE: return "models.DateField";
    case MIG_T_TIME: return "models.TimeField";
    case MIG_T_TIMESTAMP: return pg ? need(g, NEED_NAIVE, "NaiveDateTimeField") : "models.DateTimeField";
    case MIG_T_TIMESTAMPTZ: return "models.DateTimeField";
    case MIG_T_UUID: return "models.UUIDField";
    case MIG_T_JSON: return pg ? need(g, NEED_JSON_TEXT, "JsonTextField") : "models.JSONField";
    case MIG_T_JSONB: return "models.JSONField";
    case MIG_T_TEXT_ARRAY: return pg ? need(g, NEED_ARRAY, "ArrayField") : "models.JSONField";
    case MIG_T_COUNT: break;
    }
    return "models.TextField";
}

/* What the type itself is given: the first argument is no field's. */
static void put_size(django *g, const plan_column *c, strbuf *args) {
    if (g->engine == MIG_POSTGRES && c->as != NULL) {
        sb_puts(args, ", kind=");
        django_text(args, c->as, strlen(c->as));
        return;
    }
    switch (c->type.id) {
    case MIG_T_VARCHAR: case MIG_T_CHAR:
        if (c->type.p >= 0 || c->type.id == MIG_T_CHAR)
            sb_printf(args, ", max_length=%d", c->type.p >= 0 ? c->type.p : 1);
        break;
    case MIG_T_NUMERIC:
        if (c->type.p >= 0)
            sb_printf(args, ", max_digits=%d, decimal_places=%d", c->type.p, c->type.s >= 0 ? c->type.s : 0);
        else if (g->engine == MIG_SQLITE)
            sb_puts(args, ", max_digits=30, decimal_places=10");
        break;
    case MIG_T_TEXT_ARRAY:
        if (g->engine == MIG_POSTGRES)
            sb_puts(args, ", models.TextField()");
        break;
    case MIG_T_BOOLEAN: case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_REAL: case MIG_T_DOUBLE: case MIG_T_TEXT:
    case MIG_T_BYTEA: case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ: case MIG_T_UUID: case MIG_T_JSON:
    case MIG_T_JSONB: case MIG_T_COUNT: break;
    }
}

/* ---- choices ------------------------------------------------------------------------------------------------------------- */

static const char *choices_name(django *g, const django_model *m, int column) {
    strbuf sb = STRBUF_INIT;
    bool begins = true;
    for (const char *p = m->fields[column].name; *p != '\0'; p++) {
        if (*p != '_')
            sb_putc(&sb, begins && *p >= 'a' && *p <= 'z' ? (char)(*p ^ 0x20) : *p);
        begins = *p == '_';
    }
    sb_puts(&sb, "Choices");
    return sb_take(&sb, g->a);
}

static const plan_expr *choice(const plan_rule *r, int i) {
    const plan_expr *e = r->holds->args[i + 1];
    while (e->n_args == 1)
        e = e->args[0];
    return e;
}

static bool is_repeated(const char *const *done, int n, const char *text) {
    for (int i = 0; i < n; i++)
        if (strcmp(done[i], text) == 0)
            return true;
    return false;
}

void django_put_choices(django *g, const django_model *m, int column, strbuf *out) {
    const plan_column *c = &m->t->columns[column];
    const plan_rule *among = m->fields[column].among;
    int n = c->n_choices > 0 ? c->n_choices : among != NULL ? among->holds->n_args - 1 : 0, n_done = 0;
    const char **values = arena_array(g->a, const char *, n), **names = arena_array(g->a, const char *, n);
    if (n == 0)
        return;
    sb_printf(out, "    class %s(models.TextChoices):\n", choices_name(g, m, column));
    for (int i = 0; i < n; i++) {
        const char *value = c->n_choices > 0 ? c->choices[i].p : choice(among, i)->text;
        if (is_repeated(values, n_done, value))
            continue;
        const char *wanted = django_identifier(g, value, true), *name = wanted;
        for (int k = 2; is_repeated(names, n_done, name); k++)
            name = arena_printf(g->a, "%s_%d", wanted, k);
        values[n_done] = value;
        names[n_done++] = name;
        sb_printf(out, "        %s = ", name);
        django_text(out, value, strlen(value));
        sb_puts(out, ", ");
        django_text(out, value, strlen(value));
        sb_putc(out, '\n');
    }
    sb_putc(out, '\n');
}

/* ---- keys ---------------------------------------------------------------------------------------------------------------- */

static const char *on_delete(const plan_reference *r, const django_model *m, int column, const char **why) {
    const plan_column *c = &m->t->columns[column];
    switch (r->on_delete) {
    case PLAN_FK_RESTRICT: return "models.PROTECT";
    case PLAN_FK_CASCADE: return "models.CASCADE";
    case PLAN_FK_SET_NULL: return "models.SET_NULL";
    case PLAN_FK_SET_DEFAULT:
        if (c->deflt != NULL)
            return "models.SET_DEFAULT";
        *why = "on delete set default: but the column has none";
        return "models.DO_NOTHING";
    case PLAN_FK_UNSAID: case PLAN_FK_NO_ACTION: return "models.DO_NOTHING";
    }
    return "models.DO_NOTHING";
}

static void put_key(django *g, const django_model *m, int column, strbuf *args, const char **why) {
    const django_field *f = &m->fields[column];
    const django_model *to = django_model_of(g, f->key->to);
    sb_printf(args, ", '%s', %s", to == m ? "self" : to->name, on_delete(f->key, m, column, why));
    if (f->key->to_columns[0] != to->primary)
        sb_printf(args, ", to_field='%s'", to->fields[f->key->to_columns[0]].name);
    if (f->related != NULL) {
        sb_puts(args, ", related_name=");
        django_text(args, f->related, strlen(f->related));
    }
    if (f->key->on_update != PLAN_FK_UNSAID && f->key->on_update != PLAN_FK_NO_ACTION)
        *why = "on update: Django has no word for it";
}

/* ---- the field ------------------------------------------------------------------------------------------------------------ */

/* What a key adds to its column's name: network is network_id there. */
static bool needs_column(const django_model *m, int column) {
    return strcmp(m->fields[column].stem, m->t->columns[column].name) != 0;
}

void django_put_field(django *g, const django_model *m, int column, strbuf *out) {
    const plan_column *c = &m->t->columns[column];
    const django_field *f = &m->fields[column];
    bool primary = column == m->primary, unique = !primary && is_unique_by_field(g, m, column);
    const char *why = NULL, *type;
    strbuf args = STRBUF_INIT;
    if (f->key != NULL) {
        type = primary || unique ? "models.OneToOneField" : "models.ForeignKey";
        put_key(g, m, column, &args, &why);
    } else {
        type = field_type(g, m, column);
        put_size(g, c, &args);
    }
    if (primary)
        sb_puts(&args, ", primary_key=True");
    else if (unique && f->key == NULL)
        sb_puts(&args, ", unique=True");
    if (!c->not_null && !primary)
        sb_puts(&args, ", null=True, blank=True");
    if (c->n_choices > 0 || f->among != NULL)
        sb_printf(&args, ", choices=%s.choices", choices_name(g, m, column));
    const char *value = django_default(g, m, column, &why);
    if (value != NULL)
        sb_printf(&args, ", default=%s", value);
    if (f->key != NULL && !primary && !unique)
        sb_puts(&args, ", db_index=False");
    if (needs_column(m, column)) {
        sb_puts(&args, ", db_column=");
        django_text(&args, c->name, strlen(c->name));
    }
    if (c->identity && !primary)
        why = "the database numbers this column, which Django does for primary keys only";
    if (why != NULL)
        django_comment(out, "    ", why);
    sb_printf(out, "    %s = %s(%s)\n", f->name, type, args.length > 2 ? sb_text(&args) + 2 : "");
    sb_free(&args);
}
