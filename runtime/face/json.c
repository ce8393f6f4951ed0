/*
 * json.c: log lines for programs: one JSON object a line, on standard output. Every object has "time" and "event"; the other
 * keys are listed in this room's README.
 */
#include "runtime/face/face.h"

#include <string.h>

static void key(rt_buf *b, const char *name) {
    rt_buf_printf(b, ",\"%s\":", name);
}

void face_json_begin(rt_buf *b, const face *f, const char *event) {
    char now[RT_SPELL];
    size_t n = rt_spell_timestamp(now, rt_now());
    now[10] = 'T';
    *b = (rt_buf){0};
    rt_buf_printf(b, "{\"time\":\"%.*sZ\",\"event\":\"%s\"", (int)n, now, event);
    face_json_text(b, "migration", f->spec->name);
}

void face_json_text(rt_buf *b, const char *name, const char *value) {
    key(b, name);
    if (value == NULL)
        rt_buf_add(b, "null", 4);
    else
        rt_json_escape(b, value, strlen(value));
}

void face_json_int(rt_buf *b, const char *name, int64_t v) {
    key(b, name);
    rt_buf_printf(b, "%lld", (long long)v);
}

void face_json_real(rt_buf *b, const char *name, double v) {
    key(b, name);
    rt_buf_printf(b, "%.6f", v);
}

void face_json_bool(rt_buf *b, const char *name, bool v) {
    key(b, name);
    rt_buf_printf(b, "%s", v ? "true" : "false");
}

void face_json_site(rt_buf *b, const mig_site *site) {
    if (site == NULL)
        return;
    face_json_text(b, "spec", site->file);
    face_json_int(b, "spec_line", site->line);
    face_json_int(b, "spec_column", site->column);
}

void face_json_end(rt_buf *b) {
    rt_buf_add(b, "}\n", 2);
    if (!b->failed)
        fwrite(b->p, 1, b->n, stdout);
    fflush(stdout);
    rt_buf_free(b);
}
