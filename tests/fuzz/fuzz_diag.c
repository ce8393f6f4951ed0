/*
 * fuzz_diag.c: any span over any bytes gives an excerpt and JSON, and neither reads past the text.
 * The first eight bytes are the span; the rest is the source.
 */
#include "compiler/base/diag.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t place[2] = {0, 0};
    strbuf out = STRBUF_INIT;
    arena *mem = arena_create();
    src_map *map = src_map_create(mem);
    diag *d = diag_create(mem, map);
    const src_file *f;

    if (size >= sizeof(place)) {
        memcpy(place, data, sizeof(place));
        data += sizeof(place);
        size -= sizeof(place);
    }
    f = src_add(map, "fuzz.mig", (const char *)data, size);
    diag_error(d, (span){f->id, place[0], place[1]}, D_SYNTAX, "anywhere");
    diag_error(d, (span){f->id, place[0] % (uint32_t)(size + 1), place[1] & 0xff}, D_SYNTAX, "inside");
    diag_text(d, (diag_style){true, true}, &out);
    if (out.length == 0)
        abort();
    diag_json(d, &out);
    sb_free(&out);
    arena_destroy(mem);
    return 0;
}
