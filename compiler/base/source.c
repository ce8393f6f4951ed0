/*
 * source.c: see source.h. A line ends at LF, CRLF or a lone CR.
 */
#include "compiler/base/source.h"

#include "compiler/base/strbuf.h"
#include "compiler/base/utf8.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { LARGEST_SOURCE = 1 << 30 };

struct src_map {
    arena *mem;
    src_file **files;
    int n;
    int cap;
};

src_map *src_map_create(arena *a)
{
    src_map *m = arena_new(a, src_map);

    m->mem = a;
    return m;
}

static bool ends_line(const src_file *f, size_t i)
{
    return f->text[i] == '\n' || (f->text[i] == '\r' && f->text[i + 1] != '\n');
}

static void find_lines(src_map *m, src_file *f)
{
    uint32_t n = 1;

    for (size_t i = 0; i < f->length; i++)
        n += ends_line(f, i);
    f->line_starts = arena_array(m->mem, uint32_t, n);
    f->n_lines = n;
    n = 1;
    for (size_t i = 0; i < f->length; i++)
        if (ends_line(f, i))
            f->line_starts[n++] = (uint32_t)i + 1;
}

const src_file *src_add(src_map *m, const char *name, const char *text, size_t length)
{
    src_file *f;
    char *copy;

    if (length >= LARGEST_SOURCE)
        return NULL;
    f = arena_new(m->mem, src_file);
    copy = arena_alloc(m->mem, length + 2);
    if (length > 0)
        memcpy(copy, text, length);
    f->text = copy;
    f->length = length;
    f->name = arena_strdup(m->mem, name);
    *(src_file **)arena_push(m->mem, &m->files, &m->n, &m->cap, sizeof(src_file *)) = f;
    f->id = (uint32_t)m->n;
    find_lines(m, f);
    return f;
}

static const src_file *refuse(src_map *m, const char **why, const char *reason)
{
    *why = arena_strdup(m->mem, reason);
    return NULL;
}

const src_file *src_read(src_map *m, const char *path, const char **why)
{
    bool is_stdin = strcmp(path, "-") == 0;
    FILE *in = is_stdin ? stdin : fopen(path, "rb");
    strbuf text = STRBUF_INIT;
    const src_file *f = NULL;
    struct stat st;
    char chunk[65536];
    size_t n;

    *why = NULL;
    if (in == NULL)
        return refuse(m, why, strerror(errno));
    if (fstat(fileno(in), &st) == 0 && S_ISDIR(st.st_mode)) {
        refuse(m, why, "is a directory, not a spec");
        goto done;
    }
    while (text.length < LARGEST_SOURCE && (n = fread(chunk, 1, sizeof(chunk), in)) > 0)
        sb_put(&text, chunk, n);
    if (ferror(in)) {
        refuse(m, why, strerror(errno));
        goto done;
    }
    f = src_add(m, is_stdin ? "<stdin>" : path, sb_text(&text), text.length);
    if (f == NULL)
        refuse(m, why, "is larger than 1 GiB");
done:
    if (!is_stdin)
        fclose(in);
    sb_free(&text);
    return f;
}

void src_set_included(src_map *m, uint32_t id, span from)
{
    if (id >= 1 && id <= (uint32_t)m->n)
        m->files[id - 1]->included_from = from;
}

const src_file *src_get(const src_map *m, uint32_t id)
{
    return id >= 1 && id <= (uint32_t)m->n ? m->files[id - 1] : NULL;
}

uint32_t src_count(const src_map *m)
{
    return (uint32_t)m->n;
}

uint32_t src_line_at(const src_file *f, uint32_t offset)
{
    uint32_t low = 0;
    uint32_t high = f->n_lines;

    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;

        if (f->line_starts[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    return low + 1;
}

static src_place locate(const src_map *m, uint32_t id, uint64_t offset)
{
    const src_file *f = src_get(m, id);
    src_place p = {"", 0, 0};
    uint32_t at;

    if (f == NULL)
        return p;
    if (offset > f->length)
        offset = f->length;
    p.file = f->name;
    p.line = src_line_at(f, (uint32_t)offset);
    p.column = 1;
    for (at = f->line_starts[p.line - 1]; at < offset; p.column++) {
        uint32_t cp;

        at += (uint32_t)utf8_decode(f->text + at, f->length - at, &cp);
    }
    return p;
}

src_place src_locate(const src_map *m, span at)
{
    return locate(m, at.source, at.offset);
}

src_place src_locate_end(const src_map *m, span at)
{
    return locate(m, at.source, (uint64_t)at.offset + at.length);
}

const char *src_line(const src_file *f, uint32_t line, uint32_t *length)
{
    uint32_t start;
    uint32_t end;

    if (line < 1)
        line = 1;
    if (line > f->n_lines)
        line = f->n_lines;
    start = f->line_starts[line - 1];
    end = line < f->n_lines ? f->line_starts[line] : (uint32_t)f->length;
    while (end > start && (f->text[end - 1] == '\n' || f->text[end - 1] == '\r'))
        end--;
    *length = end - start;
    return f->text + start;
}

char *src_text_of(const src_map *m, span at, arena *a)
{
    const src_file *f = src_get(m, at.source);
    size_t left;

    if (f == NULL || at.offset >= f->length)
        return arena_strdup(a, "");
    left = f->length - at.offset;
    return arena_strndup(a, f->text + at.offset, at.length < left ? at.length : left);
}

span span_join(span from, span to)
{
    uint32_t end;

    if (from.source == 0)
        return to;
    if (to.source != from.source)
        return from;
    end = to.offset + to.length;
    if (end > from.offset + from.length)
        from.length = end - from.offset;
    return from;
}

span span_start(span at)
{
    at.length = 0;
    return at;
}

span span_end(span at)
{
    at.offset += at.length;
    at.length = 0;
    return at;
}
