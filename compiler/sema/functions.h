/*
 * functions.h: the table of functions (runtime/functions.def) as the compiler asks it: which row does a call mean?
 * The signatures of the table are parsed once, on first use.
 */
#ifndef SEMA_FUNCTIONS_H
#define SEMA_FUNCTIONS_H

#include "compiler/base/strbuf.h"
#include "compiler/syntax/ast.h"

enum { FN_ARGS_MAX = 6 };

typedef enum fn_failure { FN_SURE, FN_CAN_FAIL, FN_SURE_IF_CONST } fn_failure;

typedef struct fn_arg {
    type_id type;
    bool optional; /* `?`: may be left out */
    bool variadic; /* `…`: one or more of them; only the last */
    bool steers;   /* `!`: a format, a zone, a pattern: checked when it is a constant */
    bool any;      /* `any->T`: a value of any type, converted by the function fn_any_converter() names */
} fn_arg;

typedef struct sema_fn {
    const char *name, *cname;
    const char *signature;   /* argument types as the table has them */
    fn_arg args[FN_ARGS_MAX]; int n_args, n_required;
    bool variadic;
    value_type result;
    bool strict;             /* a null argument gives null */
    fn_failure failure;
    bool may_be_null;        /* null is possible even when no argument is */
    const char *volatility, *family, *help;
} sema_fn;

int sema_fn_count(void);
const sema_fn *sema_fn_row(int index);

/*
 * The row that a call of `name` with these types means: the first that takes them exactly, else the first that takes them by
 * widening. TYPE_NULL and TYPE_ERROR fit everything. -1: no function of that name takes them.
 */
int sema_fn_find(const char *name, const value_type *args, int n);

/* The row that reads a value of the type from text: date(x), bool(x), parse_list(x). -1: none (texts themselves). */
int sema_fn_from_text(type_id to);

/* The argument that the i-th value of a call goes to; NULL: too many. */
const fn_arg *sema_fn_arg(const sema_fn *f, int i);

/* The function that makes a T of a value for an argument `any->T`: "text", "to_json", "to_jsonb". */
const char *sema_fn_any_converter(type_id to);

/* Is there a function, or a form such as coalesce, of that name? */
bool sema_fn_known(const char *name);
bool sema_form_known(const char *name);

/* The nearest name of a function or form, NULL: none is near. */
const char *sema_fn_nearest(const char *name);

/* What the functions of that name take, for a hint: `trim(text, [text])`, joined by " or ". */
void sema_fn_candidates(const char *name, strbuf *out);

/* `migc --list-functions`: all of them by family, as plain text. */
void sema_fn_list(strbuf *out);

#endif
