/*
 * fields.c: the table of what each kind of node consists of, and what reads it: the walker and the comparison.
 * A kind without its row does not compile.
 */
#include "compiler/syntax/fields.h"

#include <string.h>

/* ---- the table ------------------------------------------------------------------------------------------------ */

static const char *const unknown_words[] = {NULL, "reject", "null", "use", "create"};
static const char *const keep_words[] = {NULL, "first", "last"};
static const char *const duplicate_words[] = {NULL, "drop", "reject", "merge", "rewrite"};
static const char *const on_error_words[] = {"reject", "skip", "null", "abort"};
static const char *const constraint_words[] = {
    "as", "check", "default", "foreign-key", "identity", "not-null", "null", "primary-key", "unique"};
static const char *const deferrable_words[] = {NULL, "may-be", "initially"};
static const char *const object_words[] = {"before", "after", "reject"};
static const char *const fk_words[] = {NULL, "no-action", "restrict", "cascade", "set-null", "set-default"};
static const char *const handler_words[] = {"skip", "null", "reject", "abort", "value"};
static const char *const op_words[] = {"or", "and", "not", "=", "<>", "<", "<=", ">", ">=", "||", "+", "-", "*", "/", "%", "neg"};
static const char *const is_words[] = {"null", "true", "false"};
static const char *const tally_words[] = {"rejected", "skipped", "merged"};

#define FIELD(type_, member_, field_) {#field_, FIELD_##type_, offsetof(ast_node, member_.field_), NULL}
#define NODE(member_, field_) FIELD(NODE, member_, field_)
#define LIST(member_, field_) FIELD(LIST, member_, field_)
#define NAME(member_, field_) FIELD(NAME, member_, field_)
#define NAMES(member_, field_) FIELD(NAMES, member_, field_)
#define TEXT(member_, field_) FIELD(TEXT, member_, field_)
#define TEXTS(member_, field_) FIELD(TEXTS, member_, field_)
#define STRING(member_, field_) FIELD(STRING, member_, field_)
#define FLAG(member_, field_) FIELD(FLAG, member_, field_)
#define INT(member_, field_) FIELD(INT, member_, field_)
#define WORD(member_, field_, words_) {#field_, FIELD_WORD, offsetof(ast_node, member_.field_), words_}
#define END {NULL, FIELD_END, 0, NULL}

static const ast_field fields_FILE[] = {LIST(file, decls), END};
static const ast_field fields_MIGRATION[] = {NAME(migration, name), END};
static const ast_field fields_INCLUDE[] = {TEXT(include, path), END};
static const ast_field fields_SOURCE[] = {NAME(system, name), NAME(system, engine), NODE(system, location),
    LIST(system, options), LIST(system, tables), LIST(system, stars), END};
static const ast_field fields_TARGET[] = {NAME(system, name), NAME(system, engine), NODE(system, location),
    LIST(system, options), LIST(system, tables), LIST(system, stars), LIST(system, objects), END};
static const ast_field fields_SNAPSHOT[] = {NAME(system, engine), LIST(system, options), LIST(system, tables),
    LIST(system, objects), END};
static const ast_field fields_ALIAS[] = {NAME(alias, name), NODE(alias, table), NAME(alias, key),
    NODE(alias, names), NAME(alias, names_key), NAME(alias, names_ref), NAMES(alias, match),
    LIST(alias, lists), LIST(alias, values), WORD(alias, unknown, unknown_words), TEXT(alias, unknown_use),
    LIST(alias, unknown_sets), END};
static const ast_field fields_DEDUP[] = {NODE(dedup, table), LIST(dedup, keys),
    WORD(dedup, keep, keep_words), NODE(dedup, keep_by), WORD(dedup, duplicate, duplicate_words),
    TEXT(dedup, why), FLAG(dedup, strict), LIST(dedup, rules), END};
static const ast_field fields_PHASE[] = {NAME(phase, name), NAMES(phase, after), FLAG(phase, manual),
    TEXTS(phase, requires), FLAG(phase, has_limit), TEXT(phase, limit), FLAG(phase, limit_percent),
    TEXT(phase, every), LIST(phase, steps), END};
static const ast_field fields_FLOW[] = {NODE(flow, from), NODE(flow, row), LIST(flow, items), END};
static const ast_field fields_CHECK[] = {TEXT(check, name), FLAG(check, before), NAME(check, phase),
    NODE(check, e), FLAG(check, warn), END};
static const ast_field fields_MEASURE[] = {TEXT(measure, name), NAME(measure, phase), LIST(measure, items), END};
static const ast_field fields_TIMED[] = {FLAG(timed, before), NAME(timed, system), TEXT(timed, sql), END};
static const ast_field fields_EXPECT[] = {NODE(expect, e), FLAG(expect, warn), END};
static const ast_field fields_DEFINE[] = {NAME(define, name), LIST(define, params), NODE(define, result),
    NODE(define, e), END};
static const ast_field fields_CREATE[] = {LIST(tables, refs), END};
static const ast_field fields_CONSTRAIN[] = {LIST(tables, refs), END};
static const ast_field fields_INDEXES[] = {LIST(tables, refs), END};
static const ast_field fields_LOAD[] = {NAMES(load, names), END};
static const ast_field fields_SQL[] = {NAME(sql, target), TEXT(sql, text), TEXT(sql, undo), END};
static const ast_field fields_BACKUP[] = {NAME(backup, system), NODE(backup, to), END};
static const ast_field fields_RUN[] = {TEXTS(run, words), END};
static const ast_field fields_SQL_TEST[] = {NAME(sql, target), TEXT(sql, text), END};
static const ast_field fields_ON_ERROR[] = {WORD(on_error, action, on_error_words), END};
static const ast_field fields_LET[] = {NAME(let, name), NODE(let, e), NODE(let, handler), END};
static const ast_field fields_SKIP_WHEN[] = {NODE(skip, when), END};
static const ast_field fields_REJECT_WHEN[] = {TEXT(reject, why), NODE(reject, when), END};
static const ast_field fields_INTO[] = {NODE(into, table), NODE(into, each), NODE(into, pos), NODE(into, in),
    NODE(into, when), LIST(into, sets), END};
static const ast_field fields_LOCATION[] = {TEXT(location, text), TEXT(location, env),
    TEXT(location, fallback), END};
static const ast_field fields_OPTION[] = {NAME(option, name), LIST(option, values), END};
static const ast_field fields_TABLE[] = {FLAG(table, existing), NAME(table, name), TEXT(table, file),
    TEXT(table, query), LIST(table, options), LIST(table, columns), LIST(table, constraints), LIST(table, indexes),
    LIST(table, tail), END};
static const ast_field fields_COLUMN[] = {NAME(column, name), NODE(column, type), LIST(column, constraints),
    END};
static const ast_field fields_TYPE[] = {NAME(type_name, name), INT(type_name, p), INT(type_name, s),
    FLAG(type_name, serial), TEXTS(type_name, values), END};
static const ast_field fields_CONSTRAINT[] = {WORD(constraint, what, constraint_words),
    NAME(constraint, name), NAMES(constraint, columns), NODE(constraint, e), NODE(constraint, ref),
    NAMES(constraint, ref_columns), WORD(constraint, on_delete, fk_words),
    WORD(constraint, on_update, fk_words), FLAG(constraint, always),
    WORD(constraint, deferrable, deferrable_words), TEXT(constraint, sql), END};
static const ast_field fields_INDEX[] = {FLAG(index, unique), NAME(index, name), NAME(index, method),
    LIST(index, columns), END};
static const ast_field fields_INDEX_COLUMN[] = {NAME(index_column, name), FLAG(index_column, desc), END};
static const ast_field fields_TABLE_REF[] = {NAME(table_ref, system), NAME(table_ref, table),
    FLAG(table_ref, all), END};
static const ast_field fields_BINDING[] = {NAME(binding, name), END};
static const ast_field fields_HANDLER[] = {WORD(handler, what, handler_words), TEXT(handler, why),
    NODE(handler, e), END};
static const ast_field fields_STAR[] = {NAMES(star, except), TEXT(star, snapshot), NAME(star, from), END};
static const ast_field fields_SEQUENCE[] = {NAME(sequence, name), TEXT(sequence, sql), END};
static const ast_field fields_OBJECT[] = {WORD(object, what, object_words), TEXT(object, label), TEXT(object, text), END};
static const ast_field fields_SET[] = {NAME(set, col), NODE(set, e), NODE(set, handler), END};
static const ast_field fields_COPY[] = {NAMES(copy, except), END};
static const ast_field fields_ALIAS_LIST[] = {NODE(alias_list, from), NODE(alias_list, row),
    NODE(alias_list, e), LIST(alias_list, also), LIST(alias_list, sets), END};
static const ast_field fields_ALIAS_VALUE[] = {TEXT(alias_value, canonical), TEXTS(alias_value, also),
    LIST(alias_value, sets), END};
static const ast_field fields_MERGE_RULE[] = {NAME(merge_rule, col), NAME(merge_rule, rule),
    NODE(merge_rule, arg), END};
static const ast_field fields_PARAM[] = {NAME(param, name), NODE(param, type), END};
static const ast_field fields_WHEN[] = {NODE(when, when), NODE(when, then), END};
static const ast_field fields_LOOKUP_KEY[] = {NAMES(lookup_key, path), NODE(lookup_key, e), END};
static const ast_field fields_ERROR[] = {END};
static const ast_field fields_NULL[] = {END};
static const ast_field fields_BOOL[] = {FLAG(boolean, value), END};
static const ast_field fields_NUMBER[] = {STRING(number, text), END};
static const ast_field fields_TEXT[] = {STRING(text, text), END};
static const ast_field fields_NAME[] = {NAMES(name, path), END};
static const ast_field fields_UNARY[] = {WORD(unary, op, op_words), NODE(unary, e), END};
static const ast_field fields_BINARY[] = {WORD(binary, op, op_words), NODE(binary, left),
    NODE(binary, right), END};
static const ast_field fields_IS[] = {NODE(is, e), FLAG(is, negated), WORD(is, what, is_words), END};
static const ast_field fields_BETWEEN[] = {NODE(between, e), FLAG(between, negated), NODE(between, low),
    NODE(between, high), END};
static const ast_field fields_IN[] = {NODE(in, e), FLAG(in, negated), LIST(in, items), END};
static const ast_field fields_LIKE[] = {NODE(like, e), FLAG(like, negated), FLAG(like, ignore_case),
    NODE(like, pattern), NODE(like, escape), END};
static const ast_field fields_CASE[] = {NODE(cases, e), LIST(cases, whens), NODE(cases, otherwise), END};
static const ast_field fields_CALL[] = {NAME(call, name), LIST(call, args), END};
static const ast_field fields_AT_ZONE[] = {NODE(at_zone, e), NODE(at_zone, zone), END};
static const ast_field fields_LOOKUP[] = {NAMES(lookup, path), LIST(lookup, keys), NAME(lookup, col), END};
static const ast_field fields_COUNT[] = {NODE(rows, table), NODE(rows, row), NODE(rows, e), END};
static const ast_field fields_EVERY[] = {NODE(rows, table), NODE(rows, row), NODE(rows, e), END};
static const ast_field fields_TALLY[] = {WORD(tally, what, tally_words), NODE(tally, table), END};
static const ast_field fields_UNIQUE[] = {NODE(unique, table), LIST(unique, keys), END};
static const ast_field fields_REFERS[] = {NODE(refers, from), NAME(refers, from_col), NODE(refers, to),
    NAME(refers, to_col), END};

const ast_field *ast_fields(ast_kind kind)
{
    static const ast_field *const of_kind[] = {
#define AST_DECL(id, name, member) fields_##id,
#define AST_DECL_STEP(id, name, member) fields_##id,
#define AST_STEP(id, name, member) fields_##id,
#define AST_ITEM(id, name, member) fields_##id,
#define AST_EXPR(id, name, member) fields_##id,
#define AST_PART(id, name, member) fields_##id,
#include "compiler/syntax/nodes.def"
    };

    return of_kind[kind];
}

/* ---- walking ---------------------------------------------------------------------------------------------------- */

void ast_children(ast_node *n, ast_visit *fn, void *ctx)
{
    for (const ast_field *f = ast_fields(n->kind); f->type != FIELD_END; f++) {
        char *at = (char *)n + f->offset;

        if (f->type == FIELD_NODE) {
            ast_node *child = *(ast_node **)(void *)at;

            if (child != NULL)
                fn(child, ctx);
        } else if (f->type == FIELD_LIST) {
            const ast_list *list = (const ast_list *)(void *)at;

            for (int i = 0; i < list->n; i++)
                fn(list->at[i], ctx);
        }
    }
}

/* ---- comparing -------------------------------------------------------------------------------------------------- */

static bool same_text(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_list(const ast_list *a, const ast_list *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (!ast_equal(a->at[i], b->at[i]))
            return false;
    return true;
}

static bool same_names(const ast_names *a, const ast_names *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (!same_text(a->at[i].text, b->at[i].text) || a->at[i].quoted != b->at[i].quoted)
            return false;
    return true;
}

static bool same_texts(const ast_texts *a, const ast_texts *b)
{
    if (a->n != b->n)
        return false;
    for (int i = 0; i < a->n; i++)
        if (!same_text(a->at[i].text, b->at[i].text))
            return false;
    return true;
}

static bool same_field(const ast_field *f, const void *a, const void *b)
{
    switch (f->type) {
    case FIELD_END: return true;
    case FIELD_NODE: return ast_equal(*(ast_node *const *)a, *(ast_node *const *)b);
    case FIELD_LIST: return same_list(a, b);
    case FIELD_NAME: return same_names(&(ast_names){(ast_name *)a, 1}, &(ast_names){(ast_name *)b, 1});
    case FIELD_NAMES: return same_names(a, b);
    case FIELD_TEXT: return same_text(((const ast_text *)a)->text, ((const ast_text *)b)->text);
    case FIELD_TEXTS: return same_texts(a, b);
    case FIELD_STRING: return same_text(*(const char *const *)a, *(const char *const *)b);
    case FIELD_FLAG: return *(const bool *)a == *(const bool *)b;
    case FIELD_INT: return *(const int *)a == *(const int *)b;
    case FIELD_WORD: return *(const unsigned *)a == *(const unsigned *)b;
    }
    return false;
}

bool ast_equal(const ast_node *a, const ast_node *b)
{
    if (a == NULL || b == NULL || a->kind != b->kind)
        return a == b;
    for (const ast_field *f = ast_fields(a->kind); f->type != FIELD_END; f++)
        if (!same_field(f, (const char *)a + f->offset, (const char *)b + f->offset))
            return false;
    return true;
}
