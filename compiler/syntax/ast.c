/*
 * ast.c: making nodes and lists, names of kinds and operators, names of types. What a node consists of is in fields.c.
 */
#include "compiler/syntax/ast.h"

#include <string.h>
#include <strings.h>

ast_node *ast_new(arena *a, ast_kind kind, span at)
{
    ast_node *n = arena_new(a, ast_node);

    n->kind = kind;
    n->at = at;
    n->type.p = n->type.s = -1;
    n->fn = -1;
    return n;
}

/* Makes room for one more element; arrays grow at each power of two, so that they need no field for their size. */
static void *grown(arena *a, void *array, int n, size_t size)
{
    void *more;

    if ((n & (n - 1)) != 0)
        return array;
    more = arena_alloc_array(a, n == 0 ? 1 : (size_t)n * 2, size);
    if (n > 0)
        memcpy(more, array, (size_t)n * size);
    return more;
}

void ast_list_add(arena *a, ast_list *list, ast_node *n)
{
    if (n == NULL)
        return;
    list->at = grown(a, list->at, list->n, sizeof *list->at);
    list->at[list->n++] = n;
}

void ast_names_add(arena *a, ast_names *list, ast_name name)
{
    list->at = grown(a, list->at, list->n, sizeof *list->at);
    list->at[list->n++] = name;
}

void ast_texts_add(arena *a, ast_texts *list, ast_text text)
{
    list->at = grown(a, list->at, list->n, sizeof *list->at);
    list->at[list->n++] = text;
}

static const char *const kind_names[] = {
#define AST_DECL(id, name, member) name,
#define AST_DECL_STEP(id, name, member) name,
#define AST_STEP(id, name, member) name,
#define AST_ITEM(id, name, member) name,
#define AST_EXPR(id, name, member) name,
#define AST_PART(id, name, member) name,
#include "compiler/syntax/nodes.def"
};
_Static_assert(sizeof kind_names / sizeof kind_names[0] == AST_KIND_COUNT, "a name for each kind");

const char *ast_kind_name(ast_kind kind)
{
    return kind_names[kind];
}

bool ast_is_expr(const ast_node *n)
{
    static const bool is_expr[AST_KIND_COUNT] = {
#define AST_EXPR(id, name, member) [AST_##id] = true,
#include "compiler/syntax/nodes.def"
    };

    return is_expr[n->kind];
}

const char *ast_op_text(ast_op op)
{
    static const char *const texts[] = {"or", "and", "not", "=", "<>", "<", "<=", ">", ">=", "||", "+", "-", "*", "/", "%", "-"};

    _Static_assert(sizeof texts / sizeof texts[0] == OP_COUNT, "a text for each operator");
    return texts[op];
}

/* ---- types ---------------------------------------------------------------------------------------------------- */

static const char *const type_names[TYPE_COUNT] = {
    "unknown", "error", "null",
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) spelling,
#include "runtime/types.def"
#undef MIG_TYPE
};

/* What SQL calls them beside their own names. */
static const struct { const char *spelling; type_id id; bool serial; } other_names[] = {
    {"bigserial", TYPE_BIGINT, true},
    {"bool", TYPE_BOOLEAN, false},
    {"character", TYPE_CHAR, false},
    {"character varying", TYPE_VARCHAR, false},
    {"dec", TYPE_NUMERIC, false},
    {"decimal", TYPE_NUMERIC, false},
    {"double precision", TYPE_DOUBLE, false},
    {"enum", TYPE_TEXT, false},
    {"float", TYPE_DOUBLE, false},
    {"float4", TYPE_REAL, false},
    {"float8", TYPE_DOUBLE, false},
    {"int", TYPE_INTEGER, false},
    {"int2", TYPE_SMALLINT, false},
    {"int4", TYPE_INTEGER, false},
    {"int8", TYPE_BIGINT, false},
    {"serial", TYPE_INTEGER, true},
    {"serial2", TYPE_SMALLINT, true},
    {"serial4", TYPE_INTEGER, true},
    {"serial8", TYPE_BIGINT, true},
    {"smallserial", TYPE_SMALLINT, true},
    {"time without time zone", TYPE_TIME, false},
    {"timestamp with time zone", TYPE_TIMESTAMPTZ, false},
    {"timestamp without time zone", TYPE_TIMESTAMP, false},
};
enum { FIRST_NAMED = TYPE_NULL + 1, N_OTHER = sizeof other_names / sizeof other_names[0] };

type_id type_by_name(const char *spelling)
{
    for (int i = FIRST_NAMED; i < TYPE_COUNT; i++)
        if (strcasecmp(type_names[i], spelling) == 0)
            return (type_id)i;
    for (int i = 0; i < N_OTHER; i++)
        if (strcasecmp(other_names[i].spelling, spelling) == 0)
            return other_names[i].id;
    return TYPE_UNKNOWN;
}

bool type_is_serial(const char *spelling)
{
    for (int i = 0; i < N_OTHER; i++)
        if (strcasecmp(other_names[i].spelling, spelling) == 0)
            return other_names[i].serial;
    return false;
}

const char *type_spelling(type_id id)
{
    return type_names[id];
}

const char *type_spelling_at(int i)
{
    if (i < 0)
        return NULL;
    if (i < TYPE_COUNT - FIRST_NAMED)
        return type_names[FIRST_NAMED + i];
    i -= TYPE_COUNT - FIRST_NAMED;
    return i < N_OTHER ? other_names[i].spelling : NULL;
}
