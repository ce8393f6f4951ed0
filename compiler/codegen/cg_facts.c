/*
 * cg_facts.c: what types.def and functions.def say, in the form in which C text is made of it. Called by all cg_ files.
 */
#include "compiler/codegen/cg.h"

#include <string.h>

#define TYPE_BY_POINTER(ctype) \
    _Generic((ctype *)0, mig_text *: true, mig_bytea *: true, mig_json *: true, mig_numeric *: true, default: false)

static const cg_type types[] = {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) \
    {"MIG_T_" #id, spelling, #ctype, #null, #member, &#ctype[4], &#ctype[4], TYPE_BY_POINTER(ctype)},
#include "runtime/types.def"
#undef MIG_TYPE
};
_Static_assert(sizeof types / sizeof types[0] == MIG_T_COUNT, "one row a type");

/* char(n) compares and makes keys as without its padding. */
static const cg_type char_type = {"MIG_T_CHAR", "char", "mig_text", "MIG_NULL_TEXT", "text", "text", "char", true};

const cg_type *cg_type_of(plan_type t) {
    if ((int)t.id < 0 || t.id >= MIG_T_COUNT)
        migc_bug("a type of the plan is none");
    return t.id == MIG_T_CHAR ? &char_type : &types[t.id];
}

bool cg_is_int(plan_type t) {
    return t.id == MIG_T_SMALLINT || t.id == MIG_T_INTEGER || t.id == MIG_T_BIGINT;
}

bool cg_is_text(plan_type t) {
    return t.id == MIG_T_TEXT || t.id == MIG_T_VARCHAR || t.id == MIG_T_CHAR;
}

const char *cg_type_words(arena *a, plan_type t) {
    const char *spelling = cg_type_of(t)->spelling;
    if (t.p >= 0 && t.s >= 0)
        return arena_printf(a, "%s(%d,%d)", spelling, t.p, t.s);
    if (t.p >= 0)
        return arena_printf(a, "%s(%d)", spelling, t.p);
    return spelling;
}

/* ---- functions ---------------------------------------------------------------------------------------------------- */

typedef struct fact {
    const char *name, *cname, *args, *volatility;
} fact;

static const fact functions[] = {
#define MIG_FN(id, name, cname, result, args, ctype, params, null_rule, fallible, volatility, family, help) \
    {name, #cname, args, #volatility},
#define MIG_FORM(id, syntax, family, help)
#include "runtime/functions.def"
#undef MIG_FN
#undef MIG_FORM
    {NULL, NULL, NULL, NULL}, /* the table may be empty while the language is being built up */
};

static const fact *fact_of(int fn) {
    if (fn < 0 || fn >= (int)(sizeof functions / sizeof functions[0]) - 1)
        migc_bug("row %d of functions.def is not there", fn);
    return &functions[fn];
}

const char *cg_function(int fn) {
    return fact_of(fn)->cname;
}

const char *cg_function_name(int fn) {
    return fact_of(fn)->name;
}

const char *cg_function_hint(int fn) {
    static const char *const as[MIG_T_COUNT] = {
#define MIG_TYPE(id, spelling, ctype, null, member, pg, sqlite) "as_" spelling,
#include "runtime/types.def"
#undef MIG_TYPE
    };
    const char *name = cg_function_name(fn);
    for (int i = 0; i < MIG_T_COUNT; i++)
        if (strcmp(as[i] + 3, name) == 0)
            return as[i];
    return name;
}

bool cg_function_is_volatile(int fn) {
    return strcmp(fact_of(fn)->volatility, "VOLATILE") == 0;
}

int cg_function_arity(int fn) {
    const char *args = fact_of(fn)->args;
    if (args[0] == '\0')
        return 0;
    int n = 1;
    for (; *args != '\0'; args++)
        n += *args == ',';
    return n;
}

bool cg_has_function(const char *cname) {
    for (const fact *f = functions; f->cname != NULL; f++)
        if (strcmp(f->cname, cname) == 0)
            return true;
    return false;
}
