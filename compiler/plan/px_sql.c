/*
 * px_sql.c: expressions of the plan as SQL of PostgreSQL. See px_sql.h. What differs there from what the program computes is not
 * said in other words: it is refused.
 */
#include "compiler/plan/px_sql.h"

#include "compiler/base/bug.h"

#include <string.h>

static const struct { const char *name, *cname; } functions[] = {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) {name, #cname},
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
};

/* Functions whose SQL is not their own name over all arguments: $1 … are arguments. */
static const struct { const char *cname, *sql; } templates[] = {
    {"mig_at_zone_timestamp", "($1 at time zone $2)"},
    {"mig_at_zone_timestamptz", "($1 at time zone $2)"},
    {"mig_bigint_of_int", "$1::bigint"},
    {"mig_bigint_of_numeric", "$1::bigint"},
    {"mig_bool_of_bool", "$1"},
    {"mig_bool_of_int", "($1 <> 0)"},
    {"mig_contains", "($2 = any($1))"},
    {"mig_current_date", "(now() at time zone 'UTC')::date"},
    {"mig_date_of_date", "$1"},
    {"mig_date_of_timestamp", "$1::date"},
    {"mig_date_trunc_timestamptz", "date_trunc($1, $2, 'UTC')"},
    {"mig_day_of_timestamp", "extract(day from $1)::integer"},
    {"mig_day_of_timestamptz", "extract(day from $1 at time zone 'UTC')::integer"},
    {"mig_double_of_double", "$1::double precision"},
    {"mig_double_of_int", "$1::double precision"},
    {"mig_hour_of_timestamp", "extract(hour from $1)::integer"},
    {"mig_integer_of_bool", "$1::integer"},
    {"mig_integer_of_int", "$1::integer"},
    {"mig_integer_of_integer", "$1::integer"},
    {"mig_integer_of_numeric", "$1::integer"},
    {"mig_join", "array_to_string($1, $2)"},
    {"mig_json_array_length", "jsonb_array_length($1::jsonb)"},
    {"mig_json_of_json", "$1"},
    {"mig_jsonb_of_json", "$1::jsonb"},
    {"mig_jsonb_of_jsonb", "$1"},
    {"mig_length_of_list", "cardinality($1)"},
    {"mig_minute_of_timestamp", "extract(minute from $1)::integer"},
    {"mig_month_of_timestamp", "extract(month from $1)::integer"},
    {"mig_month_of_timestamptz", "extract(month from $1 at time zone 'UTC')::integer"},
    {"mig_now", "now()"},
    {"mig_numeric_of_int", "$1::numeric"},
    {"mig_numeric_of_numeric", "$1"},
    {"mig_real_of_real", "$1"},
    {"mig_sha256_text", "sha256(convert_to($1, 'UTF8'))"},
    {"mig_smallint_of_int", "$1::smallint"},
    {"mig_split", "string_to_array($1, $2)"},
    {"mig_text_of_bool", "$1::text"},
    {"mig_text_of_date", "to_char($1, 'YYYY-MM-DD')"},
    {"mig_text_of_int", "$1::text"},
    {"mig_text_of_json", "$1::text"},
    {"mig_text_of_list", "$1::text"},
    {"mig_text_of_numeric", "$1::text"},
    {"mig_text_of_text", "$1"},
    {"mig_text_of_time", "$1::text"},
    {"mig_text_of_uuid", "$1::text"},
    {"mig_time_of_time", "$1"},
    {"mig_time_of_timestamp", "$1::time"},
    {"mig_timestamp_of_date", "$1::timestamp"},
    {"mig_timestamp_of_parts", "($1 + $2)"},
    {"mig_timestamp_of_timestamp", "$1"},
    {"mig_timestamptz_of_timestamptz", "$1"},
    {"mig_to_char_timestamptz", "to_char($1 at time zone 'UTC', $2)"},
    {"mig_to_json_bool", "$t($1)"},
    {"mig_to_json_int", "$t($1)"},
    {"mig_to_json_list", "$t($1)"},
    {"mig_to_json_numeric", "$t($1)"},
    {"mig_to_json_text", "$t($1::text)"},
    {"mig_to_json_uuid", "$t($1)"},
    {"mig_to_jsonb_list", "$t($1)"},
    {"mig_to_timestamp", "to_timestamp($1::double precision)"},
    {"mig_trim", "btrim($*)"},
    {"mig_uuid_of_uuid", "$1"},
    {"mig_year_of_timestamp", "extract(year from $1)::integer"},
    {"mig_year_of_timestamptz", "extract(year from $1 at time zone 'UTC')::integer"},
};

/* Functions that PostgreSQL has under the same name and with the same arguments. */
static bool is_same(const char *name) {
    static const char *const names[] = {
        "abs", "ascii", "ceil", "char_length", "chr", "concat", "concat_ws", "convert_from", "convert_to", "date_trunc", "decode",
        "encode", "floor", "gen_random_uuid", "initcap", "left", "length", "lower", "lpad", "ltrim", "make_date", "md5", "mod",
        "octet_length", "power", "repeat", "replace", "reverse", "right", "round", "rpad", "rtrim", "sha256", "sign", "split_part",
        "sqrt", "starts_with", "strpos", "substr", "substring", "to_char", "translate", "trunc", "upper"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

const char *px_sql_function(int fn) {
    return functions[fn].cname;
}

const char *px_sql_type(plan_type t) {
    static const char *const names[] = {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) pg,
#include "runtime/types.def"
#undef MIG_TYPE
    };
    return t.id == MIG_T_CHAR ? "bpchar" : names[t.id];
}

void px_sql_var(strbuf *out, const plan_var *v) {
    strbuf name = STRBUF_INIT;
    sb_printf(&name, "v_%s", v->name);
    plan_sql_ident(out, sb_text(&name));
    sb_free(&name);
}

void px_sql_table(strbuf *out, const char *schema, const char *table) {
    if (schema != NULL) {
        plan_sql_ident(out, schema);
        sb_putc(out, '.');
    }
    plan_sql_ident(out, table);
}

static bool no_equal(px_sql *w, const char *what) {
    w->why = arena_printf(w->a, "%s has no equal in PostgreSQL", what);
    return false;
}

/* A look-up that reads another source row, or what the ledger knows of one. */
static bool other_row(px_sql *w, const char *table) {
    w->why = arena_printf(w->a, "the look-up in \"%s\" depends on another source row, whose changes no trigger would tell", table);
    return false;
}

/* ---- pieces --------------------------------------------------------------------------------------------------------- */

static bool is_text(const plan_expr *e) {
    return e->type.id == MIG_T_TEXT || e->type.id == MIG_T_VARCHAR || e->type.id == MIG_T_CHAR;
}

static bool is_simple(const plan_expr *e) {
    return e->n_args == 0 || e->kind == PX_CALL || e->kind == PX_COALESCE || e->kind == PX_NULLIF || e->kind == PX_WIDEN ||
           e->kind == PX_CASE;
}

static bool put_operand(px_sql *w, const plan_expr *e) {
    if (is_simple(e))
        return px_sql_put(w, e);
    sb_putc(w->out, '(');
    bool ok = px_sql_put(w, e);
    sb_putc(w->out, ')');
    return ok;
}

static bool put_args(px_sql *w, const plan_expr *e, int from, int to) {
    for (int i = from; i < to; i++) {
        if (i > from)
            sb_puts(w->out, ", ");
        if (!px_sql_put(w, e->args[i]))
            return false;
    }
    return true;
}

/* The value in an array of values: the live column may be of a type that stands for the spec's (a domain, an enum). */
static void put_cell(px_sql *w, const plan_expr *e) {
    sb_printf(w->out, "%s.", w->row);
    plan_sql_ident(w->out, w->source->columns[e->field.index].name);
    sb_printf(w->out, "::%s", px_sql_type(e->type));
}

static bool put_constant(px_sql *w, const plan_expr *e) {
    switch ((int)e->kind) {
    case PX_NULL: sb_printf(w->out, "null::%s", px_sql_type(e->type)); return true;
    case PX_BOOL: sb_puts(w->out, e->truth ? "true" : "false"); return true;
    case PX_TEXT: plan_sql_text(w->out, e->text); return true;
    default:
        sb_puts(w->out, e->text);
        if (e->type.id == MIG_T_REAL || e->type.id == MIG_T_DOUBLE || e->type.id == MIG_T_SMALLINT)
            sb_printf(w->out, "::%s", px_sql_type(e->type));
        return true;
    }
}

/* ---- calls ---------------------------------------------------------------------------------------------------------- */

/* A text literal of another type is a call that reads it: a typed literal in SQL. */
static bool put_literal(px_sql *w, const plan_expr *e) {
    if (e->n_args < 1 || e->args[0]->kind != PX_TEXT || e->fallible || is_text(e) || strstr(functions[e->call.fn].cname, "_of_text") == NULL)
        return false;
    plan_sql_value(e->type, e->args[0]->text, MIG_POSTGRES, w->out);
    sb_printf(w->out, "::%s", px_sql_type(e->type));
    return true;
}

static bool put_template(px_sql *w, const plan_expr *e, const char *sql, int n) {
    for (const char *p = sql; *p != '\0'; p++) {
        if (*p != '$') {
            sb_putc(w->out, *p);
            continue;
        }
        p++;
        if (*p == 't')
            sb_puts(w->out, e->type.id == MIG_T_JSONB ? "to_jsonb" : "to_json");
        else if (*p == '*' ? !put_args(w, e, 0, n) : !put_operand(w, e->args[*p - '1']))
            return false;
    }
    return true;
}

/* Arguments that were left out are nulls at the end. */
static int given_args(const plan_expr *e) {
    int n = e->n_args;
    while (e->call.variadic < 0 && n > 0 && e->args[n - 1]->kind == PX_NULL)
        n--;
    return n;
}

/* json_object('a', x, …), json_array(x, …): the arguments' own values, not those made JSON. */
static bool put_json_build(px_sql *w, const plan_expr *e, const char *name) {
    bool object = strstr(name, "object") != NULL;
    sb_printf(w->out, "%s_build_%s(", e->type.id == MIG_T_JSONB ? "jsonb" : "json", object ? "object" : "array");
    for (int i = 0; i < e->n_args; i++) {
        const plan_expr *arg = e->args[i];
        if (object && i % 2 == 0 && arg->kind == PX_CALL && arg->n_args == 1)
            arg = arg->args[0];
        if (i > 0)
            sb_puts(w->out, ", ");
        if (!put_operand(w, arg))
            return false;
        if (object && i % 2 == 0)
            sb_puts(w->out, "::text");
    }
    sb_putc(w->out, ')');
    return true;
}

/* Whole numbers arrive as bigint there and as integer here. */
static bool put_argument(px_sql *w, const plan_expr *arg) {
    if (arg->kind == PX_WIDEN && arg->type.id == MIG_T_BIGINT)
        arg = arg->args[0];
    if (arg->type.id != MIG_T_BIGINT || arg->kind == PX_INT)
        return px_sql_put(w, arg);
    bool ok = put_operand(w, arg);
    sb_puts(w->out, "::integer");
    return ok;
}

static bool put_call(px_sql *w, const plan_expr *e) {
    const char *name = functions[e->call.fn].name, *cname = functions[e->call.fn].cname;
    int n = given_args(e);
    if (put_literal(w, e))
        return true;
    if (strcmp(cname, "mig_jsonb_object") == 0 || strcmp(cname, "mig_json_object") == 0 || strcmp(cname, "mig_json_array") == 0 ||
        strcmp(cname, "mig_jsonb_array") == 0)
        return put_json_build(w, e, name);
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++)
        if (strcmp(templates[i].cname, cname) == 0)
            return put_template(w, e, templates[i].sql, n);
    if (!is_same(name) || (is_text(e) && strcmp(cname, "mig_to_char_timestamptz") == 0))
        return no_equal(w, arena_printf(w->a, "%s()", name));
    sb_printf(w->out, "%s(", name);
    bool whole = strcmp(name, "mod") != 0 && strcmp(name, "abs") != 0;
    for (int i = 0; i < n; i++) {
        if (i > 0)
            sb_puts(w->out, ", ");
        if (!(whole ? put_argument(w, e->args[i]) : px_sql_put(w, e->args[i])))
            return false;
    }
    sb_putc(w->out, ')');
    return true;
}

/* ---- operators ------------------------------------------------------------------------------------------------------ */

static bool put_op(px_sql *w, const plan_expr *e) {
    static const char *const ops[] = {
        [PLAN_EQ] = "=", [PLAN_NE] = "<>", [PLAN_LT] = "<", [PLAN_LE] = "<=", [PLAN_GT] = ">", [PLAN_GE] = ">=", [PLAN_ADD] = "+",
        [PLAN_SUB] = "-", [PLAN_MUL] = "*", [PLAN_DIV] = "/", [PLAN_MOD] = "%", [PLAN_NEG] = "-", [PLAN_CONCAT] = "||",
        [PLAN_LIKE] = "like", [PLAN_NOT_LIKE] = "not like", [PLAN_ILIKE] = "ilike", [PLAN_NOT_ILIKE] = "not ilike"};
    if (e->op == PLAN_NEG) {
        sb_puts(w->out, "- ");
        return put_operand(w, e->args[0]);
    }
    if (!put_operand(w, e->args[0]))
        return false;
    bool ordered = e->op == PLAN_LT || e->op == PLAN_LE || e->op == PLAN_GT || e->op == PLAN_GE;
    sb_printf(w->out, "%s %s ", ordered && is_text(e->args[0]) ? " collate \"C\"" : "", ops[e->op]);
    if (!put_operand(w, e->args[1]))
        return false;
    if (e->n_args < 3)
        return true;
    sb_puts(w->out, " escape ");
    return put_operand(w, e->args[2]);
}

static bool put_logic(px_sql *w, const plan_expr *e, const char *word) {
    if (!put_operand(w, e->args[0]))
        return false;
    sb_printf(w->out, " %s ", word);
    return put_operand(w, e->args[1]);
}

static bool put_is(px_sql *w, const plan_expr *e, const char *what) {
    if (!put_operand(w, e->args[0]))
        return false;
    sb_printf(w->out, " is %s", what);
    return true;
}

static bool put_case(px_sql *w, const plan_expr *e) {
    sb_puts(w->out, "case");
    for (int i = 0; i + 1 < e->n_args; i += 2) {
        sb_puts(w->out, " when ");
        if (!px_sql_put(w, e->args[i]))
            return false;
        sb_puts(w->out, " then ");
        if (!px_sql_put(w, e->args[i + 1]))
            return false;
    }
    if (e->has_else) {
        sb_puts(w->out, " else ");
        if (!px_sql_put(w, e->args[e->n_args - 1]))
            return false;
    }
    sb_puts(w->out, " end");
    return true;
}

static bool put_listed(px_sql *w, const plan_expr *e, const char *name) {
    sb_printf(w->out, "%s(", name);
    for (int i = 0; i < e->n_args; i++) {
        if (i > 0)
            sb_puts(w->out, ", ");
        if (!put_operand(w, e->args[i]))
            return false;
        if (is_text(e) && (e->kind == PX_GREATEST || e->kind == PX_LEAST))
            sb_puts(w->out, " collate \"C\"");
    }
    sb_putc(w->out, ')');
    return true;
}

static bool put_in(px_sql *w, const plan_expr *e) {
    if (!put_operand(w, e->args[0]))
        return false;
    sb_puts(w->out, e->kind == PX_IN ? " in (" : " not in (");
    if (!put_args(w, e, 1, e->n_args))
        return false;
    sb_putc(w->out, ')');
    return true;
}

/* ---- what can fail ---------------------------------------------------------------------------------------------------- */

bool px_sql_failure(px_sql *w, const plan_expr *e, const char *arg) {
    static const struct { mig_type type; const char *range; } ranges[] = {
        {MIG_T_SMALLINT, "-32768 and 32767"}, {MIG_T_INTEGER, "-2147483648 and 2147483647"},
        {MIG_T_BIGINT, "-9223372036854775808 and 9223372036854775807"}};
    if (e->kind == PX_NOT_NULL) {
        sb_printf(w->out, "%s is null", arg);
        return true;
    }
    if (e->kind != PX_NARROW)
        return false;
    if (is_text(e)) {
        sb_printf(w->out, "length(%s) > %d", arg, e->type.p >= 0 ? e->type.p : 1);
        return true;
    }
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (ranges[i].type == e->type.id && e->args[0]->type.id != MIG_T_REAL && e->args[0]->type.id != MIG_T_DOUBLE) {
            sb_printf(w->out, "%s not between %s", arg, ranges[i].range);
            return true;
        }
    return false;
}

/* In the middle of an expression: the value, or an error that the statement around it takes care of. */
static bool put_narrowed(px_sql *w, const plan_expr *e) {
    strbuf *out = w->out, arg = STRBUF_INIT, test = STRBUF_INIT;
    w->out = &arg;
    bool ok = put_operand(w, e->args[0]);
    w->out = &test;
    bool tested = ok && px_sql_failure(w, e, sb_text(&arg));
    w->out = out;
    if (tested && w->refuse != NULL)
        sb_printf(out, "case when %s then %s('it fails')::%s else %s end", sb_text(&test), w->refuse, px_sql_type(e->type), sb_text(&arg));
    else if (e->type.p >= 0 && e->type.id == MIG_T_NUMERIC)
        sb_printf(out, "%s::numeric(%d,%d)", sb_text(&arg), e->type.p, e->type.s >= 0 ? e->type.s : 0);
    else
        sb_printf(out, "%s::%s", sb_text(&arg), px_sql_type(e->type));
    sb_free(&arg);
    sb_free(&test);
    return ok;
}

/* A row that is not there is a failure, unless a null asked for it. */
static bool put_lookup(px_sql *w, const plan_expr *e) {
    const plan_key *k = e->key;
    strbuf found = STRBUF_INIT, asked = STRBUF_INIT, *out = w->out;
    bool ok = true;
    sb_puts(&found, "(select l.");
    plan_sql_ident(&found, k->table->columns[k->result].name);
    sb_puts(&found, " from ");
    px_sql_table(&found, w->schema, k->table->name);
    sb_puts(&found, " as l where ");
    for (int i = 0; i < k->n_columns && ok; i++) {
        strbuf arg = STRBUF_INIT;
        w->out = &arg;
        ok = put_operand(w, e->args[i]);
        sb_puts(&found, i > 0 ? " and l." : "l.");
        plan_sql_ident(&found, k->table->columns[k->columns[i]].name);
        sb_printf(&found, " = %s", sb_text(&arg));
        sb_printf(&asked, "%s%s is not null", i > 0 ? " and " : "", sb_text(&arg));
        sb_free(&arg);
    }
    sb_putc(&found, ')');
    w->out = out;
    if (ok && w->refuse != NULL)
        sb_printf(out, "coalesce(%s, case when %s then %s('no row with that key')::%s end)", sb_text(&found), sb_text(&asked),
                  w->refuse, px_sql_type(e->type));
    else
        sb_puts(out, sb_text(&found));
    sb_free(&found);
    sb_free(&asked);
    return ok;
}

/* ---- all of them ------------------------------------------------------------------------------------------------------ */

bool px_sql_put(px_sql *w, const plan_expr *e) {
    switch (e->kind) {
    case PX_NULL: case PX_BOOL: case PX_INT: case PX_TEXT: case PX_NUMERIC: case PX_FLOAT: return put_constant(w, e);
    case PX_CELL: put_cell(w, e); return true;
    case PX_VAR: px_sql_var(w->out, e->var); return true;
    case PX_FIELD: plan_sql_ident(w->out, e->field.row_table->columns[e->field.index].name); return true;
    case PX_CALL: return put_call(w, e);
    case PX_OP: return put_op(w, e);
    case PX_AND: return put_logic(w, e, "and");
    case PX_OR: return put_logic(w, e, "or");
    case PX_NOT: sb_puts(w->out, "not "); return put_operand(w, e->args[0]);
    case PX_IS_NULL: return put_is(w, e, "null");
    case PX_IS_NOT_NULL: return put_is(w, e, "not null");
    case PX_IS_TRUE: return put_is(w, e, "true");
    case PX_IS_NOT_TRUE: return put_is(w, e, "not true");
    case PX_IS_FALSE: return put_is(w, e, "false");
    case PX_IS_NOT_FALSE: return put_is(w, e, "not false");
    case PX_DISTINCT: return put_logic(w, e, "is distinct from");
    case PX_NOT_DISTINCT: return put_logic(w, e, "is not distinct from");
    case PX_CASE: return put_case(w, e);
    case PX_COALESCE: return put_listed(w, e, "coalesce");
    case PX_NULLIF: return put_listed(w, e, "nullif");
    case PX_GREATEST: return put_listed(w, e, "greatest");
    case PX_LEAST: return put_listed(w, e, "least");
    case PX_IN: case PX_NOT_IN: return put_in(w, e);
    case PX_WIDEN: {
        bool ok = put_operand(w, e->args[0]);
        sb_printf(w->out, "::%s", px_sql_type(e->type));
        return ok;
    }
    case PX_NARROW: case PX_NOT_NULL: return put_narrowed(w, e);
    case PX_LOOKUP:
        if (e->key->from != NULL)
            return other_row(w, e->key->table->name);
        return put_lookup(w, e);
    case PX_ALIAS: return no_equal(w, arena_printf(w->a, "the alias \"%s\"", e->alias->name));
    case PX_SOURCE_LOOKUP: return other_row(w, e->found.key->table->name);
    case PX_ELSE: return no_equal(w, "`else` inside of an expression");
    case PX_COUNT: case PX_EVERY: case PX_UNIQUE: case PX_REFERS: case PX_REJECTED: case PX_SKIPPED: case PX_MERGED: case PX_SQL:
        return no_equal(w, "a check");
    }
    migc_bug("an expression kind in SQL");
}
