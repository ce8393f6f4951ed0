/*
 * fuzz_parse.c: any bytes give a tree or an error, and neither the parser nor what shows tokens, trees and messages
 * reads where it must not.
 */
#include "compiler/syntax/dump.h"
#include "compiler/syntax/parse.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    strbuf out = STRBUF_INIT;
    arena *mem = arena_create();
    src_map *map = src_map_create(mem);
    diag *d = diag_create(mem, map);
    const src_file *f = src_add(map, "fuzz.mig", (const char *)data, size);
    token_list tokens;
    ast_node *tree = parse_file(mem, d, f, &tokens);

    if (tree == NULL || (tree->file.decls.n == 0 && tokens.n > 1 && diag_errors(d) == 0)) {
        for (int i = 0; i + 1 < tokens.n; i++)
            if (tokens.at[i].kind != TOKEN_COMMENT && tokens.at[i].kind != ';')
                abort();
    }
    dump_tokens(map, &tokens, &out);
    dump_ast(tree, &out);
    diag_text(d, (diag_style){true, false}, &out);
    if (!ast_equal(tree, tree))
        abort();
    sb_free(&out);
    arena_destroy(mem);
    return 0;
}
