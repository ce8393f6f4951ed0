/*
 * sql.c: checked expressions over one table's columns as SQL, for check constraints and defaults in the DDL. Where an engine
 * lacks a thing, or would mean something else by it, the answer is false and the caller says so: the program itself holds the rule
 * for the rows that it moves in any case.
 */
#include "compiler/base/bug.h"
#include "compiler/base/utf8.h"
#include "compiler/plan/build.h"
#include "compiler/sema/types.h"

#include <string.h>

void plan_sql_ident(strbuf *out, const char *name) {
    bool plain = name[0] != '\0' && !(name[0] >= '0' && name[0] <= '9');
    for (const char *p = name; *p != '\0' && plain; p++)
        plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_';
    if (plain && !plan_sql_reserved(name)) {
        sb_puts(out, name);
        return;
    }
    sb_putc(out, '"');
    for (const char *p = name; *p != '\0'; p++) {
        if (*p == '"')
            sb_putc(out, '"');
        sb_putc(out, *p);
    }
    sb_putc(out, '"');
}

/* Words that either engine reserves, so that they need quotes as names (PostgreSQL 15 appendix C, SQLite lang_keywords). */
bool plan_sql_reserved(const char *name) {
    static const char *const words[] = {
        "abort", "action", "add", "after", "all", "alter", "always", "analyse", "analyze", "and", "any", "array", "as", "asc",
        "asymmetric", "attach", "authorization", "autoincrement", "before", "begin", "between", "binary", "both", "by",
        "cascade", "case", "cast", "check", "collate", "collation", "column", "commit", "concurrently", "conflict",
        "constraint", "create", "cross", "current", "current_catalog", "current_date", "current_role", "current_schema",
        "current_time", "current_timestamp", "current_user", "database", "default", "deferrable", "deferred", "delete",
        "desc", "detach", "distinct", "do", "drop", "each", "else", "end", "escape", "except", "exclude", "exclusive",
        "exists", "explain", "fail", "false", "fetch", "filter", "first", "following", "for", "foreign", "freeze", "from",
        "full", "generated", "glob", "grant", "group", "groups", "having", "if", "ignore", "ilike", "immediate", "in", "index",
        "indexed", "initially", "inner", "insert", "instead", "intersect", "into", "is", "isnull", "join", "key", "last",
        "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp", "match", "materialized", "natural", "no",
        "not", "nothing", "notnull", "null", "nulls", "of", "offset", "on", "only", "or", "order", "others", "outer", "over",
        "overlaps", "partition", "placing", "plan", "pragma", "preceding", "primary", "query", "raise", "range", "recursive",
        "references", "regexp", "reindex", "release", "rename", "replace", "restrict", "returning", "right", "rollback", "row",
        "rows", "savepoint", "select", "session_user", "set", "similar", "some", "symmetric", "system_user", "table",
        "tablesample", "temp", "temporary", "then", "ties", "to", "trailing", "transaction", "trigger", "true", "unbounded",
        "union", "unique", "update", "user", "using", "vacuum", "values", "variadic", "verbose", "view", "virtual", "when",
        "where", "window", "with", "without"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], name) == 0)
            return true;
    return false;
}

void plan_sql_text(strbuf *out, const char *text) {
    sb_putc(out, '\'');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '\'')
            sb_putc(out, '\'');
        sb_putc(out, *p);
    }
    sb_putc(out, '\'');
}

void plan_sql_comment(strbuf *out, const char *text) {
    size_t n = strlen(text);
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t length = utf8_decode(text + i, n - i, &cp);
        if (cp == UTF8_INVALID || utf8_is_unprintable(cp))
            sb_putc(out, cp == '\n' || cp == '\r' || cp == '\t' ? ' ' : '.');
        else
            sb_put(out, text + i, length);
        i += length;
    }
}

/*
 * holds: what is put stands where only a wrong "no" does harm (a rule, and what it joins by `and` and `or`): a row that the rule
 * takes must be taken by the engine; one that it takes beside it, for the sake of a float, is refused by the program.
 */
typedef struct writer { builder *b; mig_engine engine; strbuf *out; bool is_rule; } writer;

/* How an operand is put, so that the engine compares what the language compares. */
typedef enum operand_form {
    AS_VALUE,    /* an argument, a part of a value */
    AS_COMPARED, /* as it is stored */
    AS_FLOAT,    /* SQLite keeps numerics as text: as numbers */
    AS_SIGN,     /* numerics beside 0: without the point, so that no fraction is too small */
    AS_INSTANT   /* days beside timestamps: their midnight */
} operand_form;

static bool put(writer *w, const ast_node *e, bool holds);

static bool is_text(const ast_node *e) {
    return sema_is_text(e->type.id);
}

static bool is_float(const ast_node *e) {
    return e->type.id == TYPE_REAL || e->type.id == TYPE_DOUBLE;
}

static bool is_call(const ast_node *e, const char *name) {
    return e->kind == AST_CALL && strcmp(e->call.name.text, name) == 0;
}

/* A numeric that SQLite has as text: a column, or what is chosen among columns. */
static bool is_decimal_text(const ast_node *e) {
    return e->type.id == TYPE_NUMERIC && e->kind != AST_NUMBER && e->kind != AST_TEXT && e->kind != AST_NULL;
}

static bool put_form(writer *w, const ast_node *e, operand_form form) {
    const char *before = "", *after = "";
    if (form == AS_VALUE && w->engine == MIG_POSTGRES && e->kind == AST_NAME && e->type.id == TYPE_CHAR)
        after = "::text"; /* without its padding, which functions and patterns would see */
    else if (form == AS_FLOAT && (is_decimal_text(e) || (e->type.id == TYPE_BIGINT && e->kind != AST_NUMBER)))
        before = "cast(", after = " as real)";
    else if (form == AS_SIGN && is_decimal_text(e))
        before = "cast(replace(", after = ", '.', '') as real)";
    else if (form == AS_INSTANT && e->type.id == TYPE_DATE)
        before = "(", after = " || ' 00:00:00')";
    bool simple = e->kind == AST_NAME || e->kind == AST_NUMBER || e->kind == AST_TEXT || e->kind == AST_CALL ||
                  e->kind == AST_BOOL || e->kind == AST_NULL;
    sb_printf(w->out, "%s%s", before, simple ? "" : "(");
    bool ok = put(w, e, false);
    sb_printf(w->out, "%s%s", simple ? "" : ")", after);
    return ok;
}

static bool put_list(writer *w, ast_list l, operand_form form) {
    sb_putc(w->out, '(');
    for (int i = 0; i < l.n; i++) {
        if (i > 0)
            sb_puts(w->out, ", ");
        if (!put_form(w, l.at[i], form))
            return false;
    }
    sb_putc(w->out, ')');
    return true;
}

/* ---- comparisons ---------------------------------------------------------------------------------------------------- */

static bool is_zero(const ast_node *e) {
    return e->kind == AST_NUMBER && strspn(e->number.text, "0.") == strlen(e->number.text);
}

/* A number written with at most 15 digits, which floats tell from every other such number. */
static bool is_short(const char *text) {
    size_t digits = 0;
    for (const char *p = text; *p != '\0'; p++) {
        digits += *p >= '0' && *p <= '9';
        if (*p == 'e' || *p == 'E')
            return false;
    }
    return digits <= 15;
}

/* As a float it is equal to, less and greater than the same values as before. */
static bool is_exact_as_float(const ast_node *e) {
    if (e->type.id != TYPE_NUMERIC)
        return true;
    switch ((int)e->kind) {
    case AST_NULL: return true;
    case AST_NUMBER: return is_short(e->number.text);
    case AST_TEXT: return is_short(e->text.text);
    case AST_NAME: return e->type.p > 0 && e->type.p <= 15;
    case AST_UNARY: return is_exact_as_float(e->unary.e);
    case AST_CALL:
        if (!is_call(e, "abs") && !is_call(e, "coalesce"))
            return false;
        for (int i = 0; i < e->call.args.n; i++)
            if (!is_exact_as_float(e->call.args.at[i]))
                return false;
        return true;
    default: return false;
    }
}

/* What is compared with each other. */
typedef struct compared {
    bool has_numeric, has_float, has_date, has_timestamp, has_composite, all_exact, with_zero;
    int n_decimals;
} compared;

static void compare_with(compared *c, const ast_node *e) {
    c->has_numeric |= e->type.id == TYPE_NUMERIC;
    c->has_float |= is_float(e);
    c->has_date |= e->type.id == TYPE_DATE;
    c->has_timestamp |= e->type.id == TYPE_TIMESTAMP;
    c->has_composite |= e->type.id == TYPE_TEXT_ARRAY || e->type.id == TYPE_JSONB;
    c->all_exact &= is_exact_as_float(e);
    c->with_zero &= is_zero(e) || (e->type.id == TYPE_NUMERIC && (e->kind == AST_NAME || is_call(e, "coalesce")));
    c->n_decimals += !is_zero(e);
}

/* ordered: by < or >; harmless: an error of floats can only take a row too many. False: the engine cannot say it. */
static bool form_of(const writer *w, compared c, bool ordered, bool harmless, operand_form *form) {
    bool by_sign = c.with_zero && c.n_decimals == 1;
    *form = AS_COMPARED;
    if (c.has_composite && ordered)
        return false; /* ours goes by bytes; PostgreSQL's by the database's collation, that of jsonb by lengths */
    if (w->engine == MIG_POSTGRES)
        return true;
    if (c.has_date && c.has_timestamp)
        *form = AS_INSTANT;
    else if (c.has_numeric && !c.all_exact && !harmless) {
        *form = AS_SIGN;
        return by_sign;
    } else if (c.has_numeric || c.has_float)
        *form = c.has_numeric && !c.all_exact && by_sign ? AS_SIGN : AS_FLOAT;
    return true;
}

/* Texts are ordered by their bytes, whatever the database's collation. */
static void put_collation(writer *w, const ast_node *e) {
    if (w->engine == MIG_POSTGRES && is_text(e))
        sb_puts(w->out, " collate \"C\"");
}

static bool put_comparison(writer *w, const ast_node *e, bool holds) {
    ast_op op = e->binary.op;
    bool ordered = op != OP_EQ && op != OP_NE;
    compared c = {.all_exact = true, .with_zero = true};
    operand_form form;
    compare_with(&c, e->binary.left);
    compare_with(&c, e->binary.right);
    if (!form_of(w, c, ordered, holds && (op == OP_EQ || op == OP_LE || op == OP_GE), &form) || !put_form(w, e->binary.left, form))
        return false;
    if (ordered)
        put_collation(w, e->binary.left);
    sb_printf(w->out, " %s ", ast_op_text(op));
    return put_form(w, e->binary.right, form);
}

static bool put_between(writer *w, const ast_node *e, bool holds) {
    compared c = {.all_exact = true, .with_zero = true};
    operand_form form;
    compare_with(&c, e->between.e);
    compare_with(&c, e->between.low);
    compare_with(&c, e->between.high);
    if (!form_of(w, c, true, holds && !e->between.negated, &form) || !put_form(w, e->between.e, form))
        return false;
    put_collation(w, e->between.e);
    sb_puts(w->out, e->between.negated ? " not between " : " between ");
    if (!put_form(w, e->between.low, form))
        return false;
    sb_puts(w->out, " and ");
    return put_form(w, e->between.high, form);
}

static bool put_in(writer *w, const ast_node *e, bool holds) {
    compared c = {.all_exact = true, .with_zero = true};
    operand_form form;
    compare_with(&c, e->in.e);
    for (int i = 0; i < e->in.items.n; i++)
        compare_with(&c, e->in.items.at[i]);
    if (!form_of(w, c, false, holds && !e->in.negated, &form) || !put_form(w, e->in.e, form))
        return false;
    sb_puts(w->out, e->in.negated ? " not in " : " in ");
    return put_list(w, e->in.items, form);
}

/* SQLite's like ignores the case of ASCII letters; only PostgreSQL's is ours. */
static bool put_like(writer *w, const ast_node *e) {
    if (w->engine == MIG_SQLITE || !put_form(w, e->like.e, AS_VALUE))
        return false;
    sb_printf(w->out, "%s %s ", e->like.negated ? " not" : "", e->like.ignore_case ? "ilike" : "like");
    if (!put_form(w, e->like.pattern, AS_VALUE))
        return false;
    if (e->like.escape == NULL)
        return true;
    sb_puts(w->out, " escape ");
    return put_form(w, e->like.escape, AS_VALUE);
}

/* ---- calls ---------------------------------------------------------------------------------------------------------- */

/* A number in the spec, 0 or more. */
static bool is_count(const ast_node *e) {
    return e->kind == AST_NUMBER && e->number.text[0] != '-';
}

/* Functions that SQLite has under the same name and with the same meaning (its lower and upper know ASCII only). */
static bool sqlite_knows(const ast_node *e) {
    static const char *const names[] = {"abs", "coalesce", "length", "ltrim", "nullif", "replace", "rtrim", "substr", "trim"};
    ast_list args = e->call.args;
    if (is_call(e, "length") && args.at[0]->type.id == TYPE_TEXT_ARRAY)
        return false; /* would count the letters */
    if (is_call(e, "substr")) /* counts from the end, where the position is below 1 */
        return is_count(args.at[1]) && !is_zero(args.at[1]) && (args.n < 3 || is_count(args.at[2]));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_call(e, names[i]))
            return true;
    return false;
}

/* Functions that PostgreSQL has under the same name and with the same meaning. */
static bool postgres_knows(const ast_node *e) {
    static const char *const any_width[] = {"abs", "ceil", "coalesce", "floor", "greatest", "least", "mod", "nullif", "sign", "trunc"};
    static const char *const names[] = {
        "char_length", "concat", "gen_random_uuid", "initcap", "left", "length", "lower", "lpad", "ltrim", "md5", "now",
        "octet_length", "replace", "reverse", "right", "round", "rpad", "rtrim", "split_part", "starts_with", "strpos", "substr",
        "trim", "upper"};
    ast_list args = e->call.args;
    for (size_t i = 0; i < sizeof any_width / sizeof *any_width; i++)
        if (is_call(e, any_width[i]))
            return true;
    for (int i = 0; i < args.n; i++)
        if ((args.at[i]->type.id == TYPE_BIGINT && args.at[i]->kind != AST_NUMBER) || (is_call(e, "concat") && !is_text(args.at[i])))
            return false; /* takes an integer; spells truths and instants in its own way */
    if (is_call(e, "substr") && args.n > 2 && !is_count(args.at[2]))
        return false; /* fails, where the count is below 0 */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (is_call(e, names[i]))
            return true;
    return false;
}

static const char sqlite_now[] = "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00')";
static const char sqlite_uuid4[] =
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
    "substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

/* What is chosen among days and timestamps would be one here and the other there. */
static bool is_mixed(ast_list l) {
    for (int i = 1; i < l.n; i++)
        if ((l.at[i]->type.id == TYPE_DATE) != (l.at[0]->type.id == TYPE_DATE) && l.at[i]->kind != AST_NULL && l.at[0]->kind != AST_NULL)
            return true;
    return false;
}

static bool put_call(writer *w, const ast_node *e) {
    const char *name = e->call.name.text;
    ast_list args = e->call.args;
    if (w->engine == MIG_SQLITE && is_call(e, "nullif") && (args.at[0]->type.id == TYPE_NUMERIC || args.at[1]->type.id == TYPE_NUMERIC))
        return false; /* would compare their texts */
    if (w->engine == MIG_SQLITE && (is_call(e, "nullif") || is_call(e, "coalesce")) && is_mixed(args))
        return false;
    if (w->engine == MIG_POSTGRES && is_text(e) && (is_call(e, "greatest") || is_call(e, "least")))
        return false; /* would go by the database's collation */
    if (w->engine == MIG_SQLITE && args.n == 0 && (is_call(e, "now") || is_call(e, "gen_random_uuid"))) {
        sb_puts(w->out, is_call(e, "now") ? sqlite_now : sqlite_uuid4);
        return !w->is_rule; /* SQLite takes only what is always the same */
    }
    if (w->engine == MIG_POSTGRES && is_call(e, "length") && args.at[0]->type.id == TYPE_TEXT_ARRAY)
        name = "cardinality";
    else if (!(w->engine == MIG_SQLITE ? sqlite_knows(e) : postgres_knows(e)))
        return false;
    plan_sql_ident(w->out, name);
    return put_list(w, args, AS_VALUE);
}

/* ---- all of them ------------------------------------------------------------------------------------------------------ */

/* The operand and all values that it is compared with; the values that are given: false when SQLite would not give one kind of them. */
static bool case_form(const writer *w, const ast_node *e, operand_form *form) {
    compared c = {.all_exact = true, .with_zero = true};
    const ast_node *first = e->cases.whens.at[0]->when.then;
    ast_list whens = e->cases.whens;
    for (int i = 0; i <= whens.n; i++) {
        const ast_node *then = i < whens.n ? whens.at[i]->when.then : e->cases.otherwise;
        if (w->engine == MIG_SQLITE && then != NULL && is_mixed((ast_list){.n = 2, .at = (ast_node *[]){(ast_node *)first, (ast_node *)then}}))
            return false;
        if (i < whens.n && e->cases.e != NULL)
            compare_with(&c, whens.at[i]->when.when);
    }
    if (e->cases.e != NULL)
        compare_with(&c, e->cases.e);
    return form_of(w, c, false, false, form);
}

static bool put_case(writer *w, const ast_node *e) {
    operand_form form;
    if (!case_form(w, e, &form))
        return false;
    sb_puts(w->out, "case");
    if (e->cases.e != NULL) {
        sb_putc(w->out, ' ');
        if (!put_form(w, e->cases.e, form))
            return false;
    }
    for (int i = 0; i < e->cases.whens.n; i++) {
        sb_puts(w->out, " when ");
        if (!put_form(w, e->cases.whens.at[i]->when.when, e->cases.e != NULL ? form : AS_COMPARED))
            return false;
        sb_puts(w->out, " then ");
        if (!put_form(w, e->cases.whens.at[i]->when.then, AS_VALUE))
            return false;
    }
    if (e->cases.otherwise != NULL) {
        sb_puts(w->out, " else ");
        if (!put_form(w, e->cases.otherwise, AS_VALUE))
            return false;
    }
    sb_puts(w->out, " end");
    return true;
}

/* SQLite would compute decimals and reals as floats of twice the size, days as numbers made of their texts, lists as texts. */
static bool is_beyond_sqlite(const ast_node *e) {
    type_id left = e->binary.left->type.id, right = e->binary.right->type.id;
    if (e->binary.op == OP_CONCAT)
        return !sema_is_text(left) || !sema_is_text(right);
    return e->type.id == TYPE_NUMERIC || e->type.id == TYPE_REAL || left == TYPE_DATE || right == TYPE_DATE;
}

static bool put_binary(writer *w, const ast_node *e, bool holds) {
    ast_op op = e->binary.op;
    switch (op) {
    case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE: return put_comparison(w, e, holds);
    case OP_AND: case OP_OR: break;
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_MOD: case OP_CONCAT: case OP_NOT: case OP_NEG: case OP_COUNT:
        if (w->engine == MIG_SQLITE && is_beyond_sqlite(e))
            return false;
        if (!put_form(w, e->binary.left, AS_VALUE))
            return false;
        sb_printf(w->out, " %s ", ast_op_text(op));
        return put_form(w, e->binary.right, AS_VALUE);
    }
    const ast_node *sides[] = {e->binary.left, e->binary.right};
    for (int i = 0; i < 2; i++) {
        bool simple = sides[i]->kind == AST_NAME || sides[i]->kind == AST_BOOL || sides[i]->kind == AST_CALL || sides[i]->kind == AST_NULL;
        sb_puts(w->out, simple ? "" : "(");
        if (!put(w, sides[i], holds))
            return false;
        sb_puts(w->out, simple ? "" : ")");
        if (i == 0)
            sb_printf(w->out, " %s ", ast_op_text(op));
    }
    return true;
}

static bool put_is(writer *w, const ast_node *e) {
    static const char *const what[] = {"null", "true", "false"};
    if (!put_form(w, e->is.e, AS_COMPARED))
        return false;
    sb_printf(w->out, " is %s%s", e->is.negated ? "not " : "", what[e->is.what]);
    return true;
}

static bool put(writer *w, const ast_node *e, bool holds) {
    switch (ast_expr(e)) {
    case EXPR_NAME:
        plan_sql_ident(w->out, e->name.path.at[e->name.path.n - 1].text);
        return true;
    case EXPR_NULL: sb_puts(w->out, "null"); return true;
    case EXPR_BOOL: sb_puts(w->out, w->engine == MIG_SQLITE ? (e->boolean.value ? "1" : "0")
                                                           : (e->boolean.value ? "true" : "false")); return true;
    case EXPR_NUMBER: sb_puts(w->out, e->number.text); return true;
    case EXPR_TEXT: plan_sql_value(plan_type_of(e->type), e->text.text, w->engine, w->out); return true;
    case EXPR_UNARY:
        sb_puts(w->out, e->unary.op == OP_NOT ? "not " : "-");
        return put_form(w, e->unary.e, AS_VALUE);
    case EXPR_BINARY: return put_binary(w, e, holds);
    case EXPR_IS: return put_is(w, e);
    case EXPR_BETWEEN: return put_between(w, e, holds);
    case EXPR_IN: return put_in(w, e, holds);
    case EXPR_LIKE: return put_like(w, e);
    case EXPR_CASE: return put_case(w, e);
    case EXPR_CALL: return put_call(w, e);
    case EXPR_AT_ZONE: case EXPR_COUNT: case EXPR_ERROR: case EXPR_EVERY: case EXPR_LOOKUP: case EXPR_REFERS:
    case EXPR_SQL_TEST: case EXPR_TALLY: case EXPR_UNIQUE: return false;
    }
    migc_bug("an expression kind in SQL");
}

bool plan_sql_expr(builder *b, const ast_node *e, mig_engine engine, bool is_rule, strbuf *out) {
    size_t before = out->length;
    writer w = {b, engine, out, is_rule};
    if (put(&w, e, is_rule))
        return true;
    sb_truncate(out, before);
    return false;
}
