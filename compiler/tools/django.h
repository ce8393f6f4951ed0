/*
 * django.h: private to `migc emit django`: names (django_names.c), values and rules (django_values.c), fields (django_fields.c), and the
 * file around them (emit_django.c).
 */
#ifndef TOOLS_DJANGO_H
#define TOOLS_DJANGO_H

#include "compiler/plan/sql.h"
#include "compiler/tools/emit.h"

#define DJANGO_VERSION "3.2"

typedef struct django_field {
    const char *name;              /* of the attribute */
    const char *stem;              /* of what Django makes a column of by itself: the name, with _id for a key */
    const plan_reference *key;     /* reference of this column alone to a table that has a model, or NULL */
    const char *related;           /* related_name, or NULL */
    const plan_rule *positive;     /* rule `column >= 0`, which the field's type says */
    const plan_rule *among;        /* rule `column in (…)`, which becomes choices too */
} django_field;

typedef struct django_model {
    const plan_table *t;
    const char *name;              /* of the class; NULL: no model can say the table, `why` tells */
    const char *why;
    int primary;                   /* column */
    django_field *fields;          /* one a column */
} django_model;

/* What must stand at the top of the file because something below needs it. */
typedef enum django_need {
    NEED_DATETIME, NEED_DECIMAL, NEED_JSON, NEED_UUID, NEED_TIMEZONE, NEED_ARRAY, NEED_PG_INDEX, NEED_RAWSQL, NEED_NAMED_INDEX,
    NEED_REAL, NEED_NUMERIC, NEED_CHARACTER, NEED_JSON_TEXT, NEED_NAIVE, NEED_OTHER, NEED_VARCHAR, NEED_COUNT
} django_need;

typedef struct django {
    arena *a;
    diag *d;
    const plan *p;
    mig_engine engine;
    const char *app;               /* NULL: not said */
    django_model *models; int n_models;
    bool needs[NEED_COUNT];
    const char *pg_indexes[8]; int n_pg_indexes; /* classes of django.contrib.postgres.indexes */
    strbuf functions;              /* for defaults that must be made anew for each row */
} django;

/* ---- django_names.c ---- */

/* The text as a Python literal: the only way in which the spec's text gets into the file, but for names and comments. */
void django_text(strbuf *out, const char *bytes, size_t n);

/* Class and field names that Python and Django take; the model's related_name where two keys would clash. */
void django_names(django *g);
/* An identifier out of any text: upper or lower case. */
const char *django_identifier(django *g, const char *text, bool upper);
const django_model *django_model_of(const django *g, const plan_table *t);
const char *django_model_word(django *g, const django_model *m); /* the class's name in lower case, as in related names */

/* ---- django_values.c ---- */

/* A constant as Python has it; false: it is none. */
bool django_constant(django *g, const plan_expr *e, plan_type t, strbuf *out);
/* The value of default=, or NULL with *why set. */
const char *django_default(django *g, const django_model *m, int column, const char **why);
/* The check of a CheckConstraint; false: nothing can say it. */
bool django_rule(django *g, const django_model *m, const plan_rule *r, strbuf *out);
/* `column >= 0`, `column in ('a', 'b')` as a whole. */
int django_rule_positive(const plan_rule *r);
int django_rule_among(const plan_rule *r);

/* ---- django_fields.c ---- */
void django_put_field(django *g, const django_model *m, int column, strbuf *out);
void django_put_choices(django *g, const django_model *m, int column, strbuf *out);

/* A line of comment. */
void django_comment(strbuf *out, const char *indent, const char *text);

#endif
