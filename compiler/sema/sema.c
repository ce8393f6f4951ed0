/*
 * sema.c: the order of the checks. Declarations first, then tables, then what expressions call and look up, then the expressions.
 */
#include "compiler/sema/inside.h"

bool sema_check(arena *a, diag *d, const src_map *src, ast_node *file)
{
    sema s = {.a = a, .d = d, .src = src, .file = file};
    int errors = diag_errors(d);

    s.systems = scope_create(a, NULL);
    s.missing = scope_create(a, NULL);
    s.aliases = scope_create(a, NULL);
    s.phases = scope_create(a, NULL);
    s.checks = scope_create(a, NULL);
    s.measures = scope_create(a, NULL);
    s.defines = scope_create(a, NULL);
    names_declare(&s);
    schema_check(&s);
    alias_heads(&s);
    dedup_heads(&s);
    defines_check(&s);
    schema_rules(&s);
    flows_check(&s);
    alias_bodies(&s);
    dedup_bodies(&s);
    phases_check(&s);
    chunks_check(&s);
    checks_check(&s);
    measures_check(&s);
    if (diag_errors(d) == errors)
        names_unused(&s);
    return diag_errors(d) == errors;
}
