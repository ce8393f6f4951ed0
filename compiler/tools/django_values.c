/*
 * django_values.c: constants, defaults and check rules of the plan as Python. A rule becomes a Q where Q can say it, else the SQL itself
 * stands in a RawSQL.
 */
#include "compiler/tools/django.h"

#include "compiler/plan/px_sql.h"

#include <string.h>

/* ---- constants -------------------------------------------------------------------------------------------------------- */

/* What a text literal of another type holds, as the engine spells it: without its quotes. */
static const char *spelled(django *g, plan_type t, const char *text) {
    strbuf sb = STRBUF_INIT;
    plan_sql_value(t, text, MIG_POSTGRES, &sb);
    const char *all = sb_take(&sb, g->a);
    size_t n = strlen(all);
    if (n < 2 || all[0] != '\'')
        return all;
    strbuf bare = STRBUF_INIT;
    for (size_t i = 1; i + 1 < n; i++) {
        sb_putc(&bare, all[i]);
        if (all[i] == '\'')
            i++;
    }
    return sb_take(&bare, g->a);
}

/* 2024-02-29 01:02:03.5+00 as a call of datetime. */
static void put_time(strbuf *out, const char *text, mig_type t) {
    int v[7] = {0}, n = 0, digits = 0;
    bool fraction = false;
    for (const char *p = text; *p != '\0' && *p != '+' && n < 7; p++) {
        if (*p >= '0' && *p <= '9') {
            v[n] = v[n] * 10 + (*p - '0');
            digits += fraction;
            continue;
        }
        n++;
        fraction = *p == '.';
    }
    for (; fraction && digits < 6; digits++)
        v[n] *= 10;
    if (t == MIG_T_DATE)
        sb_printf(out, "datetime.date(%d, %d, %d)", v[0], v[1], v[2]);
    else if (t == MIG_T_TIME)
        sb_printf(out, "datetime.time(%d, %d, %d, %d)", v[0], v[1], v[2], v[3]);
    else
        sb_printf(out, "datetime.datetime(%d, %d, %d, %d, %d, %d, %d%s)", v[0], v[1], v[2], v[3], v[4], v[5], v[6],
                  t == MIG_T_TIMESTAMPTZ ? ", tzinfo=datetime.timezone.utc" : "");
}

static void put_bytes(strbuf *out, const char *hex) {
    sb_puts(out, "bytes.fromhex(");
    django_text(out, hex + 2, strlen(hex + 2));
    sb_putc(out, ')');
}

static const plan_expr *bare(const plan_expr *e) {
    while (e->kind == PX_WIDEN || e->kind == PX_NARROW || e->kind == PX_ELSE || e->kind == PX_NOT_NULL)
        e = e->args[0];
    return e;
}

/* The text of a literal, also of one that a call reads ('2024-01-01' of a date); NULL: it is none. */
static const char *literal_text(const plan_expr *e) {
    e = bare(e);
    if (e->kind == PX_CALL && e->n_args >= 1 && e->args[0]->kind == PX_TEXT && strstr(px_sql_function(e->call.fn), "_of_text") != NULL)
        return e->args[0]->text;
    if (e->kind == PX_CALL && e->n_args >= 1 && e->args[0]->kind == PX_TEXT && strcmp(px_sql_function(e->call.fn), "mig_parse_list") == 0)
        return e->args[0]->text;
    return e->kind == PX_TEXT ? e->text : NULL;
}

static bool put_of_text(django *g, const char *text, plan_type t, strbuf *out) {
    switch (t.id) {
    case MIG_T_TEXT: case MIG_T_VARCHAR: case MIG_T_CHAR: django_text(out, text, strlen(text)); return true;
    case MIG_T_DATE: case MIG_T_TIME: case MIG_T_TIMESTAMP: case MIG_T_TIMESTAMPTZ:
        g->needs[NEED_DATETIME] = true;
        put_time(out, spelled(g, t, text), t.id);
        return true;
    case MIG_T_UUID:
        g->needs[NEED_UUID] = true;
        sb_puts(out, "uuid.UUID(");
        text = spelled(g, t, text);
        django_text(out, text, strlen(text));
        sb_putc(out, ')');
        return true;
    case MIG_T_BYTEA: put_bytes(out, spelled(g, t, text)); return true;
    case MIG_T_NUMERIC:
        g->needs[NEED_DECIMAL] = true;
        sb_printf(out, "Decimal('%s')", spelled(g, t, text));
        return true;
    case MIG_T_BOOLEAN: sb_puts(out, strcmp(spelled(g, t, text), "true") == 0 ? "True" : "False"); return true;
    case MIG_T_SMALLINT: case MIG_T_INTEGER: case MIG_T_BIGINT: case MIG_T_REAL: case MIG_T_DOUBLE:
        sb_puts(out, spelled(g, t, text));
        return true;
    case MIG_T_JSON: case MIG_T_JSONB: case MIG_T_TEXT_ARRAY: case MIG_T_COUNT: return false;
    }
    return false;
}

static bool put_number(django *g, const char *digits, plan_type t, bool negative, strbuf *out) {
    if (t.id == MIG_T_NUMERIC) {
        g->needs[NEED_DECIMAL] = true;
        sb_printf(out, "Decimal('%s%s')", negative ? "-" : "", digits);
    } else {
        sb_printf(out, "%s%s%s", negative ? "-" : "", digits[0] == '.' ? "0" : "", digits);
    }
    return true;
}

bool django_constant(django *g, const plan_expr *e, plan_type t, strbuf *out) {
    const char *text = literal_text(e);
    e = bare(e);
    if (text != NULL)
        return put_of_text(g, text, t, out);
    if (e->kind == PX_BOOL) {
        sb_puts(out, e->truth ? "True" : "False");
        return true;
    }
    if (e->kind == PX_INT || e->kind == PX_NUMERIC || e->kind == PX_FLOAT)
        return put_number(g, e->text, t, false, out);
    if (e->kind == PX_OP && e->op == PLAN_NEG) {
        const plan_expr *of = bare(e->args[0]);
        if (of->kind == PX_INT || of->kind == PX_NUMERIC || of->kind == PX_FLOAT)
            return put_number(g, of->text, t, true, out);
    }
    return false;
}

/* ---- defaults ---------------------------------------------------------------------------------------------------------- */

/* JSON and lists are made anew for each row, by a function. */
static const char *made_default(django *g, const django_model *m, int column, const char *text) {
    plan_type t = m->t->columns[column].type;
    const char *value = spelled(g, t, text);
    bool list = t.id == MIG_T_TEXT_ARRAY;
    if (strcmp(value, "{}") == 0)
        return list ? "list" : "dict";
    if (!list && strcmp(value, "[]") == 0)
        return "list";
    if (list) { /* the list as JSON, as SQLite has it */
        strbuf json = STRBUF_INIT;
        plan_sql_value(t, text, MIG_SQLITE, &json);
        strbuf one = STRBUF_INIT;
        for (size_t i = 1; i + 1 < json.length; i++) {
            sb_putc(&one, json.data[i]);
            if (json.data[i] == '\'')
                i++;
        }
        value = sb_take(&one, g->a);
        sb_free(&json);
    }
    const char *name = arena_printf(g->a, "default_%s_%s", django_model_word(g, m), m->fields[column].name);
    g->needs[NEED_JSON] = true;
    sb_printf(&g->functions, "\n\ndef %s():\n    return json.loads(", name);
    django_text(&g->functions, value, strlen(value));
    sb_puts(&g->functions, ")\n");
    return name;
}

const char *django_default(django *g, const django_model *m, int column, const char **why) {
    const plan_column *c = &m->t->columns[column];
    if (c->deflt == NULL)
        return NULL;
    const plan_expr *e = bare(c->deflt);
    const char *cname = e->kind == PX_CALL ? px_sql_function(e->call.fn) : "", *text = literal_text(e);
    if (strcmp(cname, "mig_now") == 0 && c->type.id == MIG_T_TIMESTAMPTZ) {
        g->needs[NEED_TIMEZONE] = true;
        return "timezone.now";
    }
    if (strcmp(cname, "mig_gen_random_uuid") == 0) {
        g->needs[NEED_UUID] = true;
        return "uuid.uuid4";
    }
    if (text != NULL && (c->type.id == MIG_T_JSON || c->type.id == MIG_T_JSONB || c->type.id == MIG_T_TEXT_ARRAY))
        return made_default(g, m, column, text);
    strbuf value = STRBUF_INIT;
    if (django_constant(g, e, c->type, &value))
        return sb_take(&value, g->a);
    sb_free(&value);
    if (e->kind != PX_NULL)
        *why = "the default of the database is computed by it, and no default here";
    return NULL;
}

/* ---- rules ------------------------------------------------------------------------------------------------------------- */

static int field_of(const plan_expr *e) {
    e = bare(e);
    return e->kind == PX_FIELD ? e->field.index : -1;
}

int django_rule_positive(const plan_rule *r) {
    const plan_expr *e = r->holds;
    if (e->kind != PX_OP || e->op != PLAN_GE || field_of(e->args[0]) < 0)
        return -1;
    const plan_expr *zero = bare(e->args[1]);
    mig_type t = bare(e->args[0])->type.id;
    bool integer = t == MIG_T_SMALLINT || t == MIG_T_INTEGER || t == MIG_T_BIGINT;
    return integer && zero->kind == PX_INT && strcmp(zero->text, "0") == 0 ? field_of(e->args[0]) : -1;
}

int django_rule_among(const plan_rule *r) {
    const plan_expr *e = r->holds;
    if (e->kind != PX_IN || field_of(e->args[0]) < 0)
        return -1;
    mig_type t = bare(e->args[0])->type.id;
    for (int i = 1; i < e->n_args; i++)
        if (bare(e->args[i])->kind != PX_TEXT)
            return -1;
    return t == MIG_T_TEXT || t == MIG_T_VARCHAR || t == MIG_T_CHAR ? field_of(e->args[0]) : -1;
}

/* field__gte=value, value a constant or another field. */
static bool put_lookup(django *g, const django_model *m, const plan_expr *left, const char *lookup, const plan_expr *right, strbuf *out) {
    int column = field_of(left), other = field_of(right);
    if (column < 0)
        return false;
    sb_printf(out, "models.Q(%s%s=", m->fields[column].name, lookup);
    if (other >= 0)
        sb_printf(out, "models.F('%s')", m->fields[other].name);
    else if (!django_constant(g, right, m->t->columns[column].type, out))
        return false;
    sb_putc(out, ')');
    return true;
}

static bool put_q(django *g, const django_model *m, const plan_expr *e, strbuf *out);

static bool put_op(django *g, const django_model *m, const plan_expr *e, strbuf *out) {
    switch ((int)e->op) {
    case PLAN_EQ: return put_lookup(g, m, e->args[0], "", e->args[1], out);
    case PLAN_NE:
        sb_putc(out, '~');
        return put_lookup(g, m, e->args[0], "", e->args[1], out);
    case PLAN_LT: return put_lookup(g, m, e->args[0], "__lt", e->args[1], out);
    case PLAN_LE: return put_lookup(g, m, e->args[0], "__lte", e->args[1], out);
    case PLAN_GT: return put_lookup(g, m, e->args[0], "__gt", e->args[1], out);
    case PLAN_GE: return put_lookup(g, m, e->args[0], "__gte", e->args[1], out);
    default: return false;
    }
}

static bool put_in(django *g, const django_model *m, const plan_expr *e, strbuf *out) {
    int column = field_of(e->args[0]);
    if (column < 0)
        return false;
    sb_printf(out, "%smodels.Q(%s__in=[", e->kind == PX_NOT_IN ? "~" : "", m->fields[column].name);
    for (int i = 1; i < e->n_args; i++) {
        sb_puts(out, i > 1 ? ", " : "");
        if (!django_constant(g, e->args[i], m->t->columns[column].type, out))
            return false;
    }
    sb_puts(out, "])");
    return true;
}

static bool put_both(django *g, const django_model *m, const plan_expr *e, const char *word, strbuf *out) {
    sb_putc(out, '(');
    bool ok = put_q(g, m, e->args[0], out);
    sb_puts(out, word);
    ok = ok && put_q(g, m, e->args[1], out);
    sb_putc(out, ')');
    return ok;
}

static bool put_q(django *g, const django_model *m, const plan_expr *e, strbuf *out) {
    switch ((int)e->kind) {
    case PX_OP: return put_op(g, m, e, out);
    case PX_IN: case PX_NOT_IN: return put_in(g, m, e, out);
    case PX_AND: return put_both(g, m, e, " & ", out);
    case PX_OR: return put_both(g, m, e, " | ", out);
    case PX_NOT:
        sb_putc(out, '~');
        return put_q(g, m, e->args[0], out);
    case PX_IS_NULL: case PX_IS_NOT_NULL:
        if (field_of(e->args[0]) < 0)
            return false;
        sb_printf(out, "models.Q(%s__isnull=%s)", m->fields[field_of(e->args[0])].name, e->kind == PX_IS_NULL ? "True" : "False");
        return true;
    case PX_FIELD:
        sb_printf(out, "models.Q(%s=True)", m->fields[e->field.index].name);
        return true;
    default: return false;
    }
}

bool django_rule(django *g, const django_model *m, const plan_rule *r, strbuf *out) {
    size_t before = out->length;
    if (put_q(g, m, r->holds, out))
        return true;
    sb_truncate(out, before);
    const char *sql = r->sql[g->engine];
    if (sql == NULL)
        return false;
    g->needs[NEED_RAWSQL] = true;
    strbuf doubled = STRBUF_INIT; /* a % would be a parameter */
    for (const char *p = sql; *p != '\0'; p++)
        sb_puts(&doubled, *p == '%' ? "%%" : (char[]){*p, '\0'});
    sb_puts(out, "RawSQL(");
    django_text(out, sb_text(&doubled), doubled.length);
    sb_puts(out, ", (), output_field=models.BooleanField())");
    sb_free(&doubled);
    return true;
}
