/*
 * fuzz_check.c: any spec that parses is refused with a message or has what sema.h promises, and then a plan and C can be
 * made of it.
 */
#include "compiler/codegen/codegen.h"
#include "compiler/plan/make.h"
#include "compiler/sema/sema.h"
#include "compiler/syntax/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every expression has a type of the language, every reference what it means. */
static void promised(ast_node *n, void *ctx)
{
    (void)ctx;
    if (ast_is_expr(n) && (n->kind == AST_ERROR || n->type.id <= TYPE_NULL || n->type.id >= TYPE_COUNT))
        abort();
    if ((n->kind == AST_TABLE_REF || n->kind == AST_NAME || n->kind == AST_LOOKUP) && n->sym == NULL)
        abort();
    if (n->kind == AST_OPTION || n->kind == AST_MERGE_RULE)
        return; /* words, not expressions */
    ast_children(n, promised, ctx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    strbuf out = STRBUF_INIT;
    arena *mem = arena_create();
    src_map *map = src_map_create(mem);
    diag *d = diag_create(mem, map);
    const src_file *f = src_add(map, "fuzz.mig", (const char *)data, size);
    ast_node *tree = parse_file(mem, d, f, NULL);

    if (diag_errors(d) == 0) {
        bool ok = sema_check(mem, d, map, tree);

        if (ok != (diag_errors(d) == 0))
            abort();
        if (ok) {
            promised(tree, NULL);
            plan *p = plan_build(mem, d, map, tree);

            if ((p == NULL) != (diag_errors(d) > 0))
                abort();
            if (p != NULL) {
                plan_dump(p, &out);
                codegen(mem, p, (codegen_options){.stable = true, .own_name = "fuzz.c"}, &out);
            }
        }
    }
    diag_text(d, (diag_style){true, false}, &out);
    sb_free(&out);
    arena_destroy(mem);
    return 0;
}
