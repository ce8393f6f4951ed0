/*
 * emit_django.c: `migc emit django`: models.py for Django 3.2 (Debian 12), whose migrations make the spec's schema. What Django has no
 * word for stands as a comment, and where a rule or a table is lost, a warning says so.
 */
#include "compiler/tools/django.h"

#include <string.h>

/* ---- tables and what they become -------------------------------------------------------------------------------------------- */

static int primary_of(const plan_table *t) {
    if (t->primary >= 0)
        return t->primary;
    for (int i = 0; t->existing && i < t->n_columns; i++) /* whose keys the spec does not say */
        if (strcmp(t->columns[i].name, "id") == 0)
            return i;
    return -1;
}

/* Django puts names between double quotes as they are. */
static bool is_quotable(const plan_table *t) {
    for (int i = 0; i < t->n_columns; i++)
        if (strchr(t->columns[i].name, '"') != NULL)
            return false;
    return strchr(t->name, '"') == NULL;
}

static const char *no_model(django *g, const plan_table *t) {
    if (!is_quotable(t))
        return "Django cannot quote a name with a double quote in it";
    for (int i = 0; i < t->n_uniques; i++)
        if (t->uniques[i].primary && t->uniques[i].n_columns > 1)
            return arena_printf(g->a, "its primary key has %d columns, and a model's has one", t->uniques[i].n_columns);
    return primary_of(t) < 0 ? "it has no primary key, and a model needs one" : NULL;
}

static void find_rules(django_model *m) {
    for (int i = 0; i < m->t->n_rules; i++) {
        const plan_rule *r = &m->t->rules[i];
        int positive = django_rule_positive(r), among = django_rule_among(r);
        if (positive >= 0 && m->fields[positive].positive == NULL && !m->t->columns[positive].identity)
            m->fields[positive].positive = r;
        if (among >= 0 && m->fields[among].among == NULL && m->t->columns[among].n_choices == 0)
            m->fields[among].among = r;
    }
}

static void model_of(django *g, const plan_table *t) {
    django_model *m = &g->models[g->n_models++];
    m->t = t;
    m->primary = primary_of(t);
    m->why = no_model(g, t);
    m->fields = arena_array(g->a, django_field, t->n_columns);
    for (int i = 0; i < t->n_columns; i++)
        m->fields[i].name = m->fields[i].stem = "";
    find_rules(m);
    if (m->why != NULL) {
        diag_warning(g->d, tool_span(&t->site), D_NOT_IN_ENGINE, "\"%s\" gets no model: %s", t->name, m->why);
        if (is_quotable(t))
            diag_hint(g->d, "Django " DJANGO_VERSION " works with tables whose primary key is one column.");
    }
}

/* ---- Meta ------------------------------------------------------------------------------------------------------------------- */

static void put_fields(const django_model *m, const int *columns, const bool *desc, int n, strbuf *out) {
    sb_puts(out, "fields=[");
    for (int i = 0; i < n; i++)
        sb_printf(out, "%s'%s%s'", i > 0 ? ", " : "", desc != NULL && desc[i] ? "-" : "", m->fields[columns[i]].name);
    sb_puts(out, "], name=");
}

static void put_unique(const django_model *m, const char *name, const int *columns, int n, strbuf *out) {
    sb_puts(out, "            models.UniqueConstraint(");
    put_fields(m, columns, NULL, n, out);
    django_text(out, name, strlen(name));
    sb_puts(out, "),\n");
}

static bool is_said_by_field(django *g, const django_model *m, const plan_unique *u) {
    return u->n_columns == 1 && strcmp(u->name, arena_printf(g->a, "%s_%s_key", m->t->name, m->t->columns[u->columns[0]].name)) == 0;
}

static void put_uniques(django *g, const django_model *m, strbuf *out) {
    for (int i = 0; i < m->t->n_uniques; i++)
        if (!m->t->uniques[i].primary && !is_said_by_field(g, m, &m->t->uniques[i]))
            put_unique(m, m->t->uniques[i].name, m->t->uniques[i].columns, m->t->uniques[i].n_columns, out);
    for (int i = 0; i < m->t->n_indexes; i++) {
        const plan_index *ix = &m->t->indexes[i];
        if (ix->unique)
            put_unique(m, ix->name, ix->columns, ix->n_columns, out);
    }
}

/* enum('a', 'b') is a rule that PostgreSQL names. */
static void put_choice_rules(const django *g, const django_model *m, strbuf *out) {
    for (int i = 0; i < m->t->n_columns; i++) {
        const plan_column *c = &m->t->columns[i];
        if (c->n_choices == 0)
            continue;
        sb_printf(out, "            models.CheckConstraint(check=models.Q(%s__in=[", m->fields[i].name);
        for (int k = 0; k < c->n_choices; k++) {
            sb_puts(out, k > 0 ? ", " : "");
            django_text(out, c->choices[k].p, c->choices[k].n);
        }
        const char *name = arena_printf(g->a, "%s_%s_check", m->t->name, c->name);
        sb_puts(out, "]), name=");
        django_text(out, name, strlen(name));
        sb_puts(out, "),\n");
    }
}

static void put_rules(django *g, const django_model *m, strbuf *out) {
    put_choice_rules(g, m, out);
    for (int i = 0; i < m->t->n_rules; i++) {
        const plan_rule *r = &m->t->rules[i];
        int positive = django_rule_positive(r);
        strbuf check = STRBUF_INIT;
        if (positive >= 0 && m->fields[positive].positive == r)
            continue;
        if (django_rule(g, m, r, &check)) {
            sb_printf(out, "            models.CheckConstraint(check=%s, name=", sb_text(&check));
            django_text(out, r->name, strlen(r->name));
            sb_puts(out, "),\n");
        } else {
            sb_puts(out, "            # the database cannot keep the rule ");
            plan_sql_comment(out, r->name);
            sb_puts(out, ": check (");
            plan_sql_comment(out, r->text);
            sb_puts(out, ")\n");
        }
        sb_free(&check);
    }
}

static const char *index_class(django *g, const char *method, bool long_name) {
    static const struct { const char *method, *name; } classes[] = {
        {"brin", "BrinIndex"}, {"gin", "GinIndex"}, {"gist", "GistIndex"}, {"hash", "HashIndex"}, {"spgist", "SpGistIndex"}};
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        if (method == NULL || strcmp(classes[i].method, method) != 0)
            continue;
        bool known = false;
        for (int k = 0; k < g->n_pg_indexes; k++)
            known = known || strcmp(g->pg_indexes[k], classes[i].name) == 0;
        if (!known)
            g->pg_indexes[g->n_pg_indexes++] = classes[i].name;
        return long_name ? arena_printf(g->a, "Named%s", classes[i].name) : classes[i].name;
    }
    g->needs[NEED_NAMED_INDEX] = g->needs[NEED_NAMED_INDEX] || long_name;
    return long_name ? "NamedIndex" : "models.Index";
}

/* Django wants a name that begins with a letter. */
static const char *index_name(django *g, const char *name) {
    bool good = (name[0] >= 'a' && name[0] <= 'z') || (name[0] >= 'A' && name[0] <= 'Z');
    return good ? name : arena_printf(g->a, "i_%s", name);
}

static int characters(const char *text) {
    int n = 0;
    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void put_indexes(django *g, const django_model *m, strbuf *out) {
    enum { DJANGO_INDEX_NAME = 30 };
    for (int i = 0; i < m->t->n_indexes; i++) {
        const plan_index *ix = &m->t->indexes[i];
        bool btree = ix->method == NULL || strcmp(ix->method, "btree") == 0;
        if (ix->unique || (!btree && g->engine == MIG_SQLITE))
            continue;
        const char *name = index_name(g, ix->name);
        bool long_name = characters(name) > DJANGO_INDEX_NAME;
        sb_printf(out, "            %s(", index_class(g, btree ? NULL : ix->method, long_name));
        put_fields(m, ix->columns, ix->desc, ix->n_columns, out);
        django_text(out, name, strlen(name));
        sb_puts(out, "),\n");
    }
}

static void put_listed(strbuf *out, const char *what, strbuf *items) {
    if (items->length > 0)
        sb_printf(out, "        %s = [\n%s        ]\n", what, sb_text(items));
    sb_free(items);
}

static void put_meta(django *g, const django_model *m, strbuf *out) {
    strbuf constraints = STRBUF_INIT, indexes = STRBUF_INIT;
    sb_puts(out, "\n    class Meta:\n");
    if (g->app != NULL) {
        sb_puts(out, "        app_label = ");
        django_text(out, g->app, strlen(g->app));
        sb_putc(out, '\n');
    }
    sb_puts(out, "        db_table = ");
    django_text(out, m->t->name, strlen(m->t->name));
    sb_putc(out, '\n');
    if (m->t->existing)
        sb_puts(out, "        managed = False\n");
    else if (strcmp(m->t->name, "django_migrations") == 0)
        sb_puts(out, "        managed = False  # Django makes this table itself, before its first migration\n");
    put_uniques(g, m, &constraints);
    put_rules(g, m, &constraints);
    put_indexes(g, m, &indexes);
    put_listed(out, "constraints", &constraints);
    put_listed(out, "indexes", &indexes);
}

/* ---- models ------------------------------------------------------------------------------------------------------------------ */

static bool is_field_key(const django_model *m, const plan_reference *r) {
    return r->n_columns == 1 && m->fields[r->columns[0]].key == r;
}

/* References that no field says. */
static void put_lost_keys(const django_model *m, strbuf *out) {
    for (int i = 0; i < m->t->n_references; i++) {
        const plan_reference *r = &m->t->references[i];
        if (is_field_key(m, r))
            continue;
        sb_puts(out, "    # not said: the reference ");
        plan_sql_comment(out, r->name);
        sb_puts(out, " to ");
        plan_sql_comment(out, r->to->name);
        sb_puts(out, r->n_columns > 1 ? ", of several columns\n" : ", which has no model or is said once already\n");
    }
}

static void put_model(django *g, const django_model *m, strbuf *out) {
    sb_puts(out, "\n\n# ");
    tool_put_place(out, &m->t->site);
    sb_puts(out, "  table ");
    plan_sql_comment(out, m->t->name);
    if (m->name == NULL) {
        sb_printf(out, " has no model: %s\n", m->why);
        return;
    }
    sb_printf(out, "\nclass %s(models.Model):\n", m->name);
    for (int i = 0; i < m->t->n_columns; i++)
        django_put_choices(g, m, i, out);
    for (int i = 0; i < m->t->n_columns; i++)
        django_put_field(g, m, i, out);
    put_lost_keys(m, out);
    put_meta(g, m, out);
}

/* What a move of a whole PostgreSQL database takes along in the server's own words: Django makes tables, and knows nothing of it. */
static void own_objects(django *g) {
    const plan_step *first = NULL;
    for (int i = 0; i < g->p->n_phases; i++)
        for (int k = 0; k < g->p->phases[i]->n_steps && first == NULL; k++)
            if (g->p->phases[i]->steps[k].kind == MIG_STEP_OBJECT)
                first = &g->p->phases[i]->steps[k];
    if (first == NULL || g->engine != MIG_POSTGRES)
        return;
    diag_warning(g->d, tool_span(&first->site), D_NOT_IN_ENGINE,
                 "models say tables: %s, and what else PostgreSQL alone has a word for, is not in them", first->label);
    diag_hint(g->d, "`migc emit sql` has all of it: types are made before Django's migrations, the rest after.");
}

/* ---- the top of the file ------------------------------------------------------------------------------------------------------- */

static const struct { django_need need; const char *text; } helpers[] = {
    {NEED_CHARACTER, "class CharacterField(models.CharField):\n    \"\"\"char(n)\"\"\"\n\n    def db_type(self, connection):\n"
                     "        return 'char(%d)' % self.max_length\n"},
    {NEED_JSON_TEXT, "class JsonTextField(models.JSONField):\n    \"\"\"json, which keeps its text; Django's own is jsonb\"\"\"\n\n"
                     "    def db_type(self, connection):\n        return 'json'\n\n"
                     "    def from_db_value(self, value, expression, connection):\n        return value\n"},
    {NEED_NAIVE, "class NaiveDateTimeField(models.DateTimeField):\n    \"\"\"timestamp, without a zone\"\"\"\n\n"
                 "    def db_type(self, connection):\n        return 'timestamp'\n\n"
                 "    def get_prep_value(self, value):\n        return self.to_python(value)\n"},
    {NEED_NAMED_INDEX, "class NamedIndex(models.Index):\n    \"\"\"Names as long as the database takes them; Django stops at 30.\"\"\"\n\n"
                       "    max_name_length = 63\n"},
    {NEED_NUMERIC, "class NumericField(models.DecimalField):\n    \"\"\"numeric of any precision\"\"\"\n\n"
                   "    def __init__(self, *args, **kwargs):\n        kwargs.update(max_digits=1000, decimal_places=1000)\n"
                   "        super().__init__(*args, **kwargs)\n\n    def db_type(self, connection):\n        return 'numeric'\n\n"
                   "    def get_db_prep_save(self, value, connection):\n        return self.to_python(value)\n"},
    {NEED_OTHER, "class OtherField(models.Field):\n    \"\"\"a type that Django has no field for\"\"\"\n\n"
                 "    def __init__(self, *args, kind, **kwargs):\n        self.kind = kind\n        super().__init__(*args, **kwargs)\n\n"
                 "    def db_type(self, connection):\n        return self.kind\n\n"
                 "    def deconstruct(self):\n        name, path, args, kwargs = super().deconstruct()\n"
                 "        return name, path, args, {**kwargs, 'kind': self.kind}\n"},
    {NEED_REAL, "class RealField(models.FloatField):\n    \"\"\"real; Django's own is double precision\"\"\"\n\n"
                "    def db_type(self, connection):\n        return 'real'\n"},
    {NEED_VARCHAR, "class VarcharField(models.TextField):\n    \"\"\"varchar without a length\"\"\"\n\n"
                   "    def db_type(self, connection):\n        return 'varchar'\n"},
};

static void put_imports(const django *g, strbuf *out) {
    bool python = g->needs[NEED_DATETIME] || g->needs[NEED_JSON] || g->needs[NEED_UUID] || g->needs[NEED_DECIMAL];
    if (g->needs[NEED_DATETIME])
        sb_puts(out, "import datetime\n");
    if (g->needs[NEED_JSON])
        sb_puts(out, "import json\n");
    if (g->needs[NEED_UUID])
        sb_puts(out, "import uuid\n");
    if (g->needs[NEED_DECIMAL])
        sb_puts(out, "from decimal import Decimal\n");
    sb_puts(out, python ? "\n" : "");
    if (g->needs[NEED_ARRAY])
        sb_puts(out, "from django.contrib.postgres.fields import ArrayField\n");
    for (int i = 0; i < g->n_pg_indexes; i++)
        sb_printf(out, "%s%s", i == 0 ? "from django.contrib.postgres.indexes import " : ", ", g->pg_indexes[i]);
    sb_puts(out, g->n_pg_indexes > 0 ? "\n" : "");
    sb_puts(out, "from django.db import models\n");
    if (g->needs[NEED_RAWSQL])
        sb_puts(out, "from django.db.models.expressions import RawSQL\n");
    if (g->needs[NEED_TIMEZONE])
        sb_puts(out, "from django.utils import timezone\n");
}

static void put_head(const django *g, strbuf *out) {
    sb_puts(out, "# Models of the migration ");
    plan_sql_comment(out, g->p->name);
    sb_printf(out, ", for Django " DJANGO_VERSION " and %s. Made by `migc emit django` from ", g->engine == MIG_SQLITE ? "SQLite" : "PostgreSQL");
    plan_sql_comment(out, g->p->file);
    sb_puts(out, ".\n"
                 "# Defaults and what happens on delete are Django's doing here, not the database's; references are checked when a\n"
                 "# transaction commits.\n");
    if (g->engine == MIG_POSTGRES && g->p->target->schema != NULL) {
        sb_puts(out, "# The tables are in the schema ");
        plan_sql_comment(out, g->p->target->schema);
        sb_puts(out, ": DATABASES needs 'OPTIONS': {'options': '-c search_path=…'}.\n");
    }
    if (g->engine == MIG_SQLITE)
        sb_puts(out, "# A migration program keeps decimals and UUIDs as text in SQLite, and Django does not.\n");
    sb_putc(out, '\n');
    put_imports(g, out);
    for (size_t i = 0; i < sizeof helpers / sizeof *helpers; i++)
        if (g->needs[helpers[i].need])
            sb_printf(out, "\n\n%s", helpers[i].text);
}

bool tool_django(arena *a, diag *d, const plan *p, mig_engine engine, const char *app, strbuf *out) {
    django g = {.a = a, .d = d, .p = p, .engine = engine, .app = app, .functions = STRBUF_INIT};
    strbuf models = STRBUF_INIT;
    g.models = arena_array(a, django_model, p->n_tables);
    for (int i = 0; i < p->n_tables; i++)
        model_of(&g, p->tables[i]);
    own_objects(&g);
    django_names(&g);
    for (int i = 0; i < g.n_models; i++)
        put_model(&g, &g.models[i], &models);
    put_head(&g, out);
    for (int i = 0; i < g.n_pg_indexes; i++)
        if (strstr(sb_text(&models), arena_printf(a, "Named%s(", g.pg_indexes[i])) != NULL)
            sb_printf(out, "\n\nclass Named%s(%s):\n    \"\"\"Names as long as the database takes them; Django stops at 30.\"\"\"\n\n"
                           "    max_name_length = 63\n", g.pg_indexes[i], g.pg_indexes[i]);
    sb_puts(out, sb_text(&g.functions));
    sb_puts(out, sb_text(&models));
    sb_free(&models);
    sb_free(&g.functions);
    return diag_errors(d) == 0;
}
