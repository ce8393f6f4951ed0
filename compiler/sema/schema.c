/*
 * schema.c: tables of sources and of the target: names, types, constraints (indexes and references are in relations.c). Checks and
 * defaults are expressions and come later (schema_rules), when definitions can be called.
 */
#include "compiler/sema/inside.h"

#include <string.h>
#include <strings.h>

enum {
    MOST_NAME = 63,          /* bytes of an identifier in PostgreSQL */
    MOST_COLUMNS = 1600,     /* of a table in PostgreSQL */
    MOST_LENGTH = 10485760,  /* varchar(n) in PostgreSQL */
    MOST_PRECISION = 1000
};

/* ---- types ------------------------------------------------------------------------------------------------------------ */

static value_type bad_type(void)
{
    return sema_type(TYPE_ERROR);
}

static value_type enum_type(sema *s, const ast_node *type)
{
    ast_texts values = type->type_name.values;

    if (values.n == 0) {
        diag_error(s->d, type->at, D_BAD_TYPE, "an enum names its values");
        diag_hint(s->d, "Write enum('a', 'b').");
        return bad_type();
    }
    for (int i = 0; i < values.n; i++)
        for (int k = 0; k < i; k++)
            if (strcmp(values.at[i].text, values.at[k].text) == 0) {
                diag_error(s->d, values.at[i].at, D_DUPLICATE, "the value '%s' stands twice in the enum", values.at[i].text);
                return bad_type();
            }
    return sema_type(TYPE_TEXT);
}

static value_type numeric_type(sema *s, const ast_node *type, int p, int scale)
{
    if (p < 0)
        return sema_type(TYPE_NUMERIC);
    scale = scale < 0 ? 0 : scale;
    if (p < 1 || p > MOST_PRECISION) {
        diag_error(s->d, type->at, D_BAD_TYPE, "a numeric has 1 to %d digits", MOST_PRECISION);
        return bad_type();
    }
    if (scale > p) {
        diag_error(s->d, type->at, D_BAD_TYPE, "numeric(%d,%d) has more digits behind the point than digits", p, scale);
        diag_hint(s->d, "The first number counts all digits, the second those behind the point.");
        return bad_type();
    }
    return (value_type){TYPE_NUMERIC, p, scale};
}

value_type schema_type(sema *s, const ast_node *type)
{
    type_id id = type->type_name.id;
    int p = type->type_name.p, scale = type->type_name.s;
    const char *name = type->type_name.name.text;

    if (id == TYPE_UNKNOWN) {
        nearest near = nearest_start(name);

        for (int i = 0; type_spelling_at(i) != NULL; i++)
            nearest_offer(&near, type_spelling_at(i));
        diag_error(s->d, type->at, D_UNKNOWN_TYPE, "unknown type \"%s\"", name);
        diag_did_you_mean(s->d, near.best);
        if (near.best == NULL)
            diag_hint(s->d, "Types are smallint, integer, bigint, numeric(p,s), real, double, boolean, text, varchar(n), char(n), bytea, "
                            "date, time, timestamp, timestamptz, uuid, json, jsonb, text[] and enum('a', 'b').");
        return bad_type();
    }
    if (strcmp(name, "enum") == 0)
        return enum_type(s, type);
    if (type->type_name.values.n > 0) {
        diag_error(s->d, type->at, D_BAD_TYPE, "%s has no list of values", name);
        diag_hint(s->d, "Write enum(…), or a check.");
        return bad_type();
    }
    if (id == TYPE_NUMERIC)
        return numeric_type(s, type, p, scale);
    if (id == TYPE_VARCHAR || id == TYPE_CHAR) {
        if (p == 0 || p > MOST_LENGTH || scale >= 0) {
            diag_error(s->d, type->at, D_BAD_TYPE, "%s takes one length, from 1 to %d", type_spelling(id), MOST_LENGTH);
            return bad_type();
        }
        return (value_type){id, id == TYPE_CHAR && p < 0 ? 1 : p, -1};
    }
    if (p >= 0) {
        diag_error(s->d, type->at, D_BAD_TYPE, "%s takes no number in parentheses", name);
        if (id == TYPE_TEXT)
            diag_hint(s->d, "A text of limited length is varchar(%d).", p);
        else if (id == TYPE_TIMESTAMP || id == TYPE_TIMESTAMPTZ || id == TYPE_TIME)
            diag_hint(s->d, "Times are kept to the microsecond.");
        return bad_type();
    }
    return sema_type(id);
}

/* ---- names of tables, columns, constraints -------------------------------------------------------------------------------- */

static void name_length(sema *s, ast_name name)
{
    if (strlen(name.text) > MOST_NAME)
        diag_error(s->d, name.at, D_LIMIT, "the name has %d bytes, and PostgreSQL keeps %d", (int)strlen(name.text), MOST_NAME);
    else if (*name.text == '\0')
        diag_error(s->d, name.at, D_BAD_LITERAL, "the name is empty");
}

/* Two names that are the same, or that one of the engines takes for the same. */
static bool clash(sema *s, ast_name name, ast_name earlier, const char *what, bool case_matters)
{
    if (strcmp(name.text, earlier.text) == 0)
        diag_error(s->d, name.at, D_DUPLICATE, "there is a %s \"%s\" already", what, name.text);
    else if (!case_matters && strcasecmp(name.text, earlier.text) == 0)
        diag_error(s->d, name.at, D_NAME_CLASH, "the %ss \"%s\" and \"%s\" differ in case only, and SQLite takes them for one",
                   what, earlier.text, name.text);
    else
        return false;
    diag_note(s->d, earlier.at, "\"%s\" is declared here", earlier.text);
    return true;
}

static bool begins_with(const char *text, const char *with)
{
    return strncasecmp(text, with, strlen(with)) == 0;
}

/* The target may be of either engine when the program runs. */
static void table_is_free(sema *s, const ast_node *table)
{
    ast_name name = table->table.name;

    if (begins_with(name.text, "_migc_"))
        diag_error(s->d, name.at, D_NAME_CLASH, "tables whose names begin with _migc_ are the program's own, in SQLite");
    else if (begins_with(name.text, "sqlite_") && !table->table.existing)
        diag_error(s->d, name.at, D_NAME_CLASH, "names that begin with sqlite_ are kept for SQLite itself");
}

static void column_is_free(sema *s, ast_name name)
{
    static const char *const system[] = {"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"};

    for (size_t i = 0; i < sizeof system / sizeof *system; i++)
        if (strcmp(system[i], name.text) == 0)
            diag_error(s->d, name.at, D_NAME_CLASH, "each table of PostgreSQL has a column \"%s\" of its own", name.text);
}

static void table_names(sema *s, const ast_node *system)
{
    ast_list tables = system->system.tables;

    for (int i = 0; i < tables.n; i++) {
        name_length(s, tables.at[i]->table.name);
        if (system->kind == AST_TARGET)
            table_is_free(s, tables.at[i]);
        for (int k = 0; k < i; k++)
            if (clash(s, tables.at[i]->table.name, tables.at[k]->table.name, "table", system->kind == AST_SOURCE))
                break;
    }
}

static void column_names(sema *s, const ast_node *table, bool is_source)
{
    ast_list columns = table->table.columns;

    if (columns.n > MOST_COLUMNS)
        diag_error(s->d, table->table.name.at, D_LIMIT, "the table has %d columns, and PostgreSQL takes %d", columns.n, MOST_COLUMNS);
    if (columns.n == 0)
        diag_error(s->d, table->table.name.at, D_MISSING, "the table \"%s\" has no columns", table->table.name.text);
    for (int i = 0; i < columns.n; i++) {
        if (!is_source)
            name_length(s, columns.at[i]->column.name);
        if (!is_source && !table->table.existing)
            column_is_free(s, columns.at[i]->column.name);
        for (int k = 0; k < i; k++)
            if (clash(s, columns.at[i]->column.name, columns.at[k]->column.name, "column", is_source))
                break;
    }
}

/* The name under which the target knows the rule, where the spec gives one: tables, keys and indexes share one space of names. */
static ast_name rule_name(const ast_node *n)
{
    return n->kind == AST_INDEX ? n->index.name : n->constraint.name;
}

static bool is_index_name(const ast_node *n)
{
    return n->kind == AST_INDEX || n->constraint.what == CON_PRIMARY_KEY || n->constraint.what == CON_UNIQUE;
}

static void add_rule_name(sema *s, scope *all, const ast_node *n)
{
    ast_name name = rule_name(n);
    symbol *earlier;

    if (name.text == NULL || !is_index_name(n))
        return;
    name_length(s, name);
    if (scope_add(all, name.text, n->kind, (void *)n, name.at, &earlier) != NULL)
        return;
    diag_error(s->d, name.at, D_NAME_CLASH, "there is %s \"%s\" already", earlier->kind == AST_TABLE ? "a table" : "an index or a key",
               name.text);
    diag_note(s->d, earlier->at, "\"%s\" is declared here", name.text);
}

/* The names of a table's constraints are told apart, too: a check and a reference beside its keys. */
static void add_constraint_name(sema *s, scope *own, const ast_node *con)
{
    ast_name name = con->constraint.name;
    symbol *earlier;

    if (name.text == NULL || scope_add(own, name.text, con->kind, (void *)con, name.at, &earlier) != NULL ||
        (is_index_name(con) && is_index_name(earlier->what)))
        return;
    diag_error(s->d, name.at, D_NAME_CLASH, "the table has a constraint \"%s\" already", name.text);
    diag_note(s->d, earlier->at, "\"%s\" is declared here", name.text);
}

static void constraint_names(sema *s, const ast_node *table)
{
    scope *own = scope_create(s->a, NULL);

    for (int c = 0; c < table->table.columns.n; c++)
        for (int k = 0; k < table->table.columns.at[c]->column.constraints.n; k++)
            add_constraint_name(s, own, table->table.columns.at[c]->column.constraints.at[k]);
    for (int k = 0; k < table->table.constraints.n; k++)
        add_constraint_name(s, own, table->table.constraints.at[k]);
}

static void rule_names(sema *s, const ast_node *target)
{
    scope *all = scope_create(s->a, NULL);

    for (int i = 0; i < target->system.tables.n; i++) {
        ast_node *t = target->system.tables.at[i];

        scope_add(all, t->table.name.text, AST_TABLE, t, t->table.name.at, NULL);
        constraint_names(s, t);
    }
    for (int i = 0; i < target->system.tables.n; i++) {
        const ast_node *t = target->system.tables.at[i];

        for (int c = 0; c < t->table.columns.n; c++)
            for (int k = 0; k < t->table.columns.at[c]->column.constraints.n; k++)
                add_rule_name(s, all, t->table.columns.at[c]->column.constraints.at[k]);
        for (int k = 0; k < t->table.constraints.n; k++)
            add_rule_name(s, all, t->table.constraints.at[k]);
        for (int k = 0; k < t->table.indexes.n; k++)
            add_rule_name(s, all, t->table.indexes.at[k]);
    }
}

/* ---- columns -------------------------------------------------------------------------------------------------------------- */

static const char *constraint_words(ast_constraint_kind what)
{
    switch (what) {
    case CON_AS: return "as";
    case CON_CHECK: return "check";
    case CON_DEFAULT: return "default";
    case CON_FOREIGN_KEY: return "references";
    case CON_IDENTITY: return "identity";
    case CON_NOT_NULL: return "not null";
    case CON_NULL: return "null";
    case CON_PRIMARY_KEY: return "primary key";
    case CON_UNIQUE: return "unique";
    }
    return "";
}

static void source_column(sema *s, const ast_node *system, ast_node *c)
{
    bool is_csv = strcmp(system->system.engine.text, "csv") == 0;

    c->type = schema_type(s, c->column.type);
    if (c->column.type->type_name.serial || c->column.type->type_name.values.n > 0) {
        diag_error(s->d, c->column.type->at, D_BAD_TYPE, "a source column cannot be %s",
                   c->column.type->type_name.serial ? "a serial" : "an enum");
        diag_hint(s->d, "Declare it as %s; the target's column has the rule.", type_spelling(c->column.type->type_name.id));
        expr_fail(c);
    }
    for (int i = 0; i < c->column.constraints.n; i++) {
        const ast_node *con = c->column.constraints.at[i];

        if (con->constraint.what == CON_NOT_NULL || con->constraint.what == CON_NULL ||
            (con->constraint.what == CON_PRIMARY_KEY && !is_csv))
            continue;
        diag_error(s->d, con->at, D_NOT_ALLOWED, "a source column is \"not null\" or nothing: \"%s\" belongs into the target",
                   constraint_words(con->constraint.what));
    }
}

/* Two constraints of a column that contradict each other, or one given twice. */
static void constraint_pair(sema *s, const ast_node *column, const ast_node *a, const ast_node *b)
{
    ast_constraint_kind x = a->constraint.what, y = b->constraint.what;
    const char *name = column->column.name.text;

    if (x == y && x != CON_CHECK && x != CON_FOREIGN_KEY) {
        diag_error(s->d, b->at, D_DUPLICATE, "\"%s\" is said twice of \"%s\"", constraint_words(x), name);
        return;
    }
    bool null = x == CON_NULL || y == CON_NULL;
    ast_constraint_kind other = x == CON_NULL ? y : x;
    if (null && (other == CON_NOT_NULL || other == CON_PRIMARY_KEY || other == CON_IDENTITY))
        diag_error(s->d, b->at, D_NOT_ALLOWED, "\"%s\" cannot be \"null\" and \"%s\"", name, constraint_words(other));
    if ((x == CON_DEFAULT && y == CON_IDENTITY) || (x == CON_IDENTITY && y == CON_DEFAULT))
        diag_error(s->d, b->at, D_NOT_ALLOWED, "\"%s\" gets its keys from the program, so it needs no default", name);
}

/* as 'interval': what PostgreSQL makes of the column when the rows are in. */
static void other_type(sema *s, const ast_node *c, const ast_node *con)
{
    const char *type = con->constraint.sql.text;

    if (type[strspn(type, " \t\r\n")] == '\0')
        diag_error(s->d, con->constraint.sql.at, D_BAD_TYPE, "the type that \"%s\" is to have in PostgreSQL is empty", c->column.name.text);
    else if (sema_is_identity(c))
        diag_error(s->d, con->at, D_NOT_ALLOWED, "\"%s\" gets its keys from the program, so it is of a type of the language", c->column.name.text);
}

static void target_column(sema *s, ast_node *c)
{
    ast_list cons = c->column.constraints;

    c->type = schema_type(s, c->column.type);
    for (int i = 0; i < cons.n; i++) {
        for (int k = 0; k < i; k++)
            constraint_pair(s, c, cons.at[k], cons.at[i]);
        if (cons.at[i]->constraint.what == CON_AS)
            other_type(s, c, cons.at[i]);
        if (c->column.type->type_name.serial && cons.at[i]->constraint.what == CON_IDENTITY)
            diag_error(s->d, cons.at[i]->at, D_DUPLICATE, "a %s is an identity already", c->column.type->type_name.name.text);
        if (c->column.type->type_name.serial && cons.at[i]->constraint.what == CON_DEFAULT)
            diag_error(s->d, cons.at[i]->at, D_NOT_ALLOWED, "a %s gets its keys from the program, so it needs no default",
                       c->column.type->type_name.name.text);
        if (cons.at[i]->constraint.what == CON_IDENTITY && !sema_is_error(c->type) && !sema_is_integer(c->type.id)) {
            diag_error(s->d, cons.at[i]->at, D_BAD_TYPE, "an identity is smallint, integer or bigint, and \"%s\" is %s",
                       c->column.name.text, text_type(s, c->type));
        }
    }
}

/* ---- keys ------------------------------------------------------------------------------------------------------------------ */

/* The columns that a constraint names are there, each once. */
void schema_listed(sema *s, const ast_node *table, const ast_names *names, const char *what)
{
    for (int i = 0; i < names->n; i++) {
        names_column(s, table, names->at[i]);
        for (int k = 0; k < i; k++)
            if (strcmp(names->at[k].text, names->at[i].text) == 0)
                diag_error(s->d, names->at[i].at, D_DUPLICATE, "\"%s\" stands twice in %s", names->at[i].text, what);
    }
}

static const char *list_words(ast_constraint_kind what)
{
    return what == CON_PRIMARY_KEY ? "the primary key" : what == CON_UNIQUE ? "the unique rule" : "the foreign key";
}

static void no_json_key(sema *s, const ast_node *table)
{
    sema_keys keys = sema_unique_rules(s->a, table);

    for (int i = 0; i < keys.n; i++)
        for (int k = 0; keys.at[i].node->kind == AST_CONSTRAINT && k < keys.at[i].n_columns; k++)
            if (keys.at[i].columns[k]->type.id == TYPE_JSON) {
                diag_error(s->d, keys.at[i].node->at, D_TYPE_MISMATCH, "\"%s\" is json, and such values cannot be compared: they make no key",
                           keys.at[i].columns[k]->column.name.text);
                diag_hint(s->d, "Declare it as jsonb.");
            }
}

static void one_primary_key(sema *s, const ast_node *table)
{
    sema_keys keys = sema_unique_rules(s->a, table);

    for (int i = 1; i < keys.n && keys.at[i].primary; i++) {
        diag_error(s->d, keys.at[i].node->at, D_DUPLICATE, "\"%s\" has a primary key already", table->table.name.text);
        diag_note(s->d, keys.at[0].node->at, "it is declared here");
        diag_hint(s->d, "A key of several columns is one `primary key (a, b)` behind the columns.");
    }
}

static void one_identity(sema *s, const ast_node *table)
{
    const ast_node *first = NULL;

    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *c = table->table.columns.at[i];

        if (!sema_is_identity(c))
            continue;
        if (first != NULL) {
            diag_error(s->d, c->column.name.at, D_DUPLICATE, "\"%s\" has an identity already: a table has one", table->table.name.text);
            diag_note(s->d, first->column.name.at, "\"%s\" is the identity", first->column.name.text);
        } else {
            first = c;
        }
    }
}

static void table_constraints(sema *s, const ast_node *table)
{
    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];

        if (con->constraint.what == CON_PRIMARY_KEY || con->constraint.what == CON_UNIQUE || con->constraint.what == CON_FOREIGN_KEY)
            schema_listed(s, table, &con->constraint.columns, list_words(con->constraint.what));
    }
    no_json_key(s, table);
    one_primary_key(s, table);
    one_identity(s, table);
}

/* ---- all tables ------------------------------------------------------------------------------------------------------------------ */

/* A table of CSV has a file, one of a database has none, and may be a query. */
static void where_rows_are(sema *s, const ast_node *system, const ast_node *table)
{
    const char *engine = system->system.engine.text, *name = table->table.name.text;
    ast_text file = table->table.file, query = table->table.query;

    if (strcmp(engine, "csv") == 0) {
        if (query.text != NULL) {
            diag_error(s->d, query.at, D_NOT_ALLOWED, "CSV files cannot be asked with SQL");
            diag_hint(s->d, "Write table %s file '%s.csv' (…).", name, name);
        } else if (file.text == NULL || *file.text == '\0') {
            diag_error(s->d, table->table.name.at, D_MISSING, "the file of \"%s\" is missing", name);
            diag_hint(s->d, "Write table %s file '%s.csv' (…).", name, name);
        }
    } else if (file.text != NULL && (strcmp(engine, "sqlite") == 0 || strcmp(engine, "postgres") == 0)) {
        diag_error(s->d, file.at, D_NOT_ALLOWED, "a table of %s stands in no file", engine);
        diag_hint(s->d, "Write table %s (…).", name);
    } else if (query.text != NULL && query.text[strspn(query.text, " \t\r\n;")] == '\0') {
        diag_error(s->d, query.at, D_MISSING, "the query of \"%s\" is empty", name);
    }
}

/* Of a table of a database the key by which its rows are found again can be said; the rest belongs into the target. */
static void source_constraints(sema *s, const ast_node *system, const ast_node *table)
{
    bool is_csv = strcmp(system->system.engine.text, "csv") == 0;

    for (int i = 0; i < table->table.constraints.n; i++) {
        const ast_node *con = table->table.constraints.at[i];

        if (con->constraint.what != CON_PRIMARY_KEY || is_csv)
            diag_error(s->d, con->at, D_NOT_ALLOWED, "a table of a source has no \"%s\": it belongs into the target",
                       constraint_words(con->constraint.what));
        else
            schema_listed(s, table, &con->constraint.columns, "the primary key");
    }
    if (!is_csv)
        one_primary_key(s, table);
}

static void source_table(sema *s, const ast_node *system, const ast_node *table)
{
    column_names(s, table, true);
    where_rows_are(s, system, table);
    for (int i = 0; i < table->table.columns.n; i++)
        source_column(s, system, table->table.columns.at[i]);
    source_constraints(s, system, table);
}

static void target_table(sema *s, const ast_node *table)
{
    column_names(s, table, false);
    for (int i = 0; i < table->table.columns.n; i++)
        target_column(s, table->table.columns.at[i]);
    table_constraints(s, table);
    relations_indexes(s, table);
}

void schema_check(sema *s)
{
    for (int i = 0; i < s->file->file.decls.n; i++) {
        ast_node *n = s->file->file.decls.at[i];

        if (n->kind != AST_SOURCE && n->kind != AST_TARGET)
            continue;
        options_check(s, n);
        table_names(s, n);
        for (int k = 0; k < n->system.tables.n; k++) {
            if (n->kind == AST_SOURCE)
                source_table(s, n, n->system.tables.at[k]);
            else
                target_table(s, n->system.tables.at[k]);
        }
    }
    if (s->target == NULL)
        return;
    rule_names(s, s->target);
    for (int k = 0; k < s->target->system.tables.n; k++)
        relations_references(s, s->target->system.tables.at[k]);
}

/* ---- checks and defaults ------------------------------------------------------------------------------------------------------------ */

static void check_rule(sema *s, ast_node *table, ast_node *con)
{
    env v = {.place = "a check constraint", .table = table, .row = table->table.name.text, .hint = "Columns are named alone here."};

    expr_condition(s, &v, con->constraint.e, "\"check\" takes a condition");
}

static void default_rule(sema *s, ast_node *table, ast_node *column, ast_node *con)
{
    env v = {.place = "a default", .hint = "A default cannot use other columns."};
    handling h = {.mend = "A default must be a value that always fits."};

    failures_set(s, &v, &h, table, column, con->constraint.e, NULL);
}

static void table_rules(sema *s, ast_node *table)
{
    for (int i = 0; i < table->table.columns.n; i++) {
        ast_node *c = table->table.columns.at[i];

        for (int k = 0; k < c->column.constraints.n; k++) {
            ast_node *con = c->column.constraints.at[k];

            if (con->constraint.what == CON_CHECK)
                check_rule(s, table, con);
            else if (con->constraint.what == CON_DEFAULT)
                default_rule(s, table, c, con);
        }
    }
    for (int k = 0; k < table->table.constraints.n; k++)
        if (table->table.constraints.at[k]->constraint.what == CON_CHECK)
            check_rule(s, table, table->table.constraints.at[k]);
    for (int i = 0; i < table->table.columns.n; i++) {
        const ast_node *c = table->table.columns.at[i];

        if (sema_default(c) != NULL && !expr_is_error(sema_default(c)))
            contradictions_check(s, table, c, sema_default(c));
    }
}

void schema_rules(sema *s)
{
    for (int k = 0; s->target != NULL && k < s->target->system.tables.n; k++)
        table_rules(s, s->target->system.tables.at[k]);
}
