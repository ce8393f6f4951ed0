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

typedef struct writer { builder *b; mig_engine engine; strbuf *out; } writer;

static bool put(writer *w, const ast_node *e);

static bool is_text(const ast_node *e) {
    return sema_is_text(e->type.id);
}

/* A numeric that SQLite has as text: a column, or what is chosen among columns. */
static bool is_decimal_text(const ast_node *e) {
    return e->type.id == TYPE_NUMERIC && e->kind != AST_NUMBER && e->kind != AST_TEXT && e->kind != AST_NULL;
}

/* SQLite keeps numerics as text: they are compared as numbers. */
static bool put_operand(writer *w, const ast_node *e, bool by_value) {
    bool cast = by_value && w->engine == MIG_SQLITE && is_decimal_text(e);
    if (cast)
        sb_puts(w->out, "cast(");
    bool simple = e->kind == AST_NAME || e->kind == AST_NUMBER || e->kind == AST_TEXT || e->kind == AST_CALL ||
                  e->kind == AST_BOOL || e->kind == AST_NULL;
    if (!simple)
        sb_putc(w->out, '(');
    bool ok = put(w, e);
    if (!simple)
        sb_putc(w->out, ')');
    if (cast)
        sb_puts(w->out, " as real)");
    return ok;
}

static bool put_list(writer *w, ast_list l, bool by_value) {
    sb_putc(w->out, '(');
    for (int i = 0; i < l.n; i++) {
        if (i > 0)
            sb_puts(w->out, ", ");
        if (!put_operand(w, l.at[i], by_value))
            return false;
    }
    sb_putc(w->out, ')');
    return true;
}

/* Functions that SQLite has under the same name and with the same meaning (its lower and upper know ASCII only). */
static bool sqlite_knows(const char *name) {
    static const char *const names[] = {"abs", "coalesce", "length", "ltrim", "nullif", "replace", "rtrim", "substr", "trim"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

/* Functions that PostgreSQL has under the same name and with the same meaning. */
static bool postgres_knows(const char *name) {
    static const char *const names[] = {
        "abs", "ceil", "char_length", "coalesce", "concat", "floor", "gen_random_uuid", "greatest", "initcap", "least", "left",
        "length", "lower", "lpad", "ltrim", "md5", "mod", "now", "nullif", "octet_length", "replace", "reverse", "right",
        "round", "rpad", "rtrim", "sign", "split_part", "starts_with", "strpos", "substr", "trim", "trunc", "upper"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static const char sqlite_now[] = "(strftime('%Y-%m-%d %H:%M:%f', 'now') || '+00:00')";
static const char sqlite_uuid4[] =
    "(lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
    "substr('89ab', 1 + (abs(random()) % 4), 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))))";

static bool put_call(writer *w, const ast_node *e) {
    const char *name = e->call.name.text;
    if (w->engine == MIG_SQLITE && strcmp(name, "nullif") == 0 && e->call.args.at[0]->type.id == TYPE_NUMERIC)
        return false; /* would compare their texts */
    if (w->engine == MIG_POSTGRES && is_text(e) && (strcmp(name, "greatest") == 0 || strcmp(name, "least") == 0))
        return false; /* would go by the database's collation */
    if (w->engine == MIG_SQLITE && e->call.args.n == 0 && strcmp(name, "now") == 0) {
        sb_puts(w->out, sqlite_now);
        return true;
    }
    if (w->engine == MIG_SQLITE && e->call.args.n == 0 && strcmp(name, "gen_random_uuid") == 0) {
        sb_puts(w->out, sqlite_uuid4);
        return true;
    }
    if (!(w->engine == MIG_SQLITE ? sqlite_knows(name) : postgres_knows(name)))
        return false;
    plan_sql_ident(w->out, name);
    return put_list(w, e->call.args, false);
}

static bool put_case(writer *w, const ast_node *e) {
    sb_puts(w->out, "case");
    if (e->cases.e != NULL) {
        sb_putc(w->out, ' ');
        if (!put_operand(w, e->cases.e, true))
            return false;
    }
    for (int i = 0; i < e->cases.whens.n; i++) {
        sb_puts(w->out, " when ");
        if (!put_operand(w, e->cases.whens.at[i]->when.when, e->cases.e != NULL))
            return false;
        sb_puts(w->out, " then ");
        if (!put_operand(w, e->cases.whens.at[i]->when.then, false))
            return false;
    }
    if (e->cases.otherwise != NULL) {
        sb_puts(w->out, " else ");
        if (!put_operand(w, e->cases.otherwise, false))
            return false;
    }
    sb_puts(w->out, " end");
    return true;
}

/* SQLite would compute decimals as floats, and days as numbers made of their texts. */
static bool is_beyond_sqlite(const ast_node *e) {
    switch (e->binary.op) {
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_MOD:
        return e->type.id == TYPE_NUMERIC || e->binary.left->type.id == TYPE_DATE || e->binary.right->type.id == TYPE_DATE;
    case OP_OR: case OP_AND: case OP_NOT: case OP_EQ: case OP_NE: case OP_LT: case OP_LE: case OP_GT: case OP_GE:
    case OP_CONCAT: case OP_NEG: case OP_COUNT:
        return false;
    }
    return false;
}

/* Texts are ordered by their bytes, whatever the database's collation. */
static void put_collation(writer *w, const ast_node *e) {
    if (w->engine == MIG_POSTGRES && is_text(e))
        sb_puts(w->out, " collate \"C\"");
}

static bool put_binary(writer *w, const ast_node *e) {
    ast_op op = e->binary.op;
    bool by_value = op != OP_AND && op != OP_OR && op != OP_CONCAT;
    if (w->engine == MIG_SQLITE && is_beyond_sqlite(e))
        return false;
    if (!put_operand(w, e->binary.left, by_value))
        return false;
    if (op == OP_LT || op == OP_LE || op == OP_GT || op == OP_GE)
        put_collation(w, e->binary.left);
    sb_printf(w->out, " %s ", ast_op_text(op));
    return put_operand(w, e->binary.right, by_value);
}

/* SQLite's like ignores the case of ASCII letters; only PostgreSQL's is ours. */
static bool put_like(writer *w, const ast_node *e) {
    if (w->engine == MIG_SQLITE || !put_operand(w, e->like.e, false))
        return false;
    sb_printf(w->out, "%s %s ", e->like.negated ? " not" : "", e->like.ignore_case ? "ilike" : "like");
    if (!put_operand(w, e->like.pattern, false))
        return false;
    if (e->like.escape == NULL)
        return true;
    sb_puts(w->out, " escape ");
    return put_operand(w, e->like.escape, false);
}

static bool put_between(writer *w, const ast_node *e) {
    if (!put_operand(w, e->between.e, true))
        return false;
    put_collation(w, e->between.e);
    sb_puts(w->out, e->between.negated ? " not between " : " between ");
    if (!put_operand(w, e->between.low, true))
        return false;
    sb_puts(w->out, " and ");
    return put_operand(w, e->between.high, true);
}

static bool put_is(writer *w, const ast_node *e) {
    static const char *const what[] = {"null", "true", "false"};
    if (!put_operand(w, e->is.e, false))
        return false;
    sb_printf(w->out, " is %s%s", e->is.negated ? "not " : "", what[e->is.what]);
    return true;
}

static bool put(writer *w, const ast_node *e) {
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
        return put_operand(w, e->unary.e, e->unary.op != OP_NOT);
    case EXPR_BINARY: return put_binary(w, e);
    case EXPR_IS: return put_is(w, e);
    case EXPR_BETWEEN: return put_between(w, e);
    case EXPR_IN:
        if (!put_operand(w, e->in.e, true))
            return false;
        sb_puts(w->out, e->in.negated ? " not in " : " in ");
        return put_list(w, e->in.items, true);
    case EXPR_LIKE: return put_like(w, e);
    case EXPR_CASE: return put_case(w, e);
    case EXPR_CALL: return put_call(w, e);
    case EXPR_AT_ZONE: case EXPR_COUNT: case EXPR_ERROR: case EXPR_EVERY: case EXPR_LOOKUP: case EXPR_REFERS:
    case EXPR_SQL_TEST: case EXPR_TALLY: case EXPR_UNIQUE: return false;
    }
    migc_bug("an expression kind in SQL");
}

bool plan_sql_expr(builder *b, const ast_node *e, mig_engine engine, strbuf *out) {
    size_t before = out->length;
    writer w = {b, engine, out};
    if (put(&w, e))
        return true;
    sb_truncate(out, before);
    return false;
}
