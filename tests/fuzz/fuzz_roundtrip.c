/*
 * fuzz_roundtrip.c: what parses can be formatted; the result means the same (fmt_source sees to that itself), keeps every
 * comment, and is formatted again to the same bytes. What does not parse is refused.
 */
#include "compiler/syntax/fmt.h"
#include "compiler/syntax/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int count_comments(arena *mem, diag *d, const src_file *f)
{
    token_list tokens;
    int n = 0;

    lex_source(mem, d, f, &tokens);
    for (int i = 0; i < tokens.n; i++)
        n += tokens.at[i].kind == TOKEN_COMMENT;
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    strbuf once = STRBUF_INIT, twice = STRBUF_INIT;
    arena *mem = arena_create();
    src_map *map = src_map_create(mem);
    diag *d = diag_create(mem, map);
    const src_file *f = src_add(map, "fuzz.mig", (const char *)data, size);

    if (fmt_source(mem, d, f, &once)) {
        const src_file *again = src_add(map, "once.mig", sb_text(&once), once.length);

        if (!fmt_source(mem, d, again, &twice) || count_comments(mem, d, f) != count_comments(mem, d, again))
            abort();
        if (strcmp(sb_text(&once), sb_text(&twice)) != 0) {
            fprintf(stderr, "--- once\n%s--- twice\n%s", sb_text(&once), sb_text(&twice));
            abort();
        }
    } else if (once.length > 0 || diag_errors(d) == 0) {
        abort();
    }
    sb_free(&once);
    sb_free(&twice);
    arena_destroy(mem);
    return 0;
}
