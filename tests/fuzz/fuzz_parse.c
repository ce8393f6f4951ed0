/*
 * fuzz_parse.c: any bytes as a spec give a tree or an error, and both can be printed. Includes are left alone, so
 * that no file is opened.
 */
#include "compiler/base/diag.h"
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
    token_list tokens;
    const ast_node *tree = parse_file(mem, d, src_add(map, "fuzz.mig", (const char *)data, size), &tokens);

    if (tree == NULL)
        abort();
    dump_tokens(map, &tokens, &out);
    dump_ast(tree, &out);
    diag_text(d, (diag_style){true, false}, &out);
    diag_json(d, &out);
    sb_free(&out);
    arena_destroy(mem);
    return 0;
}
