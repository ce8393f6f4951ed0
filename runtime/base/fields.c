/*
 * fields.c: texts and numbers one behind the other in one text, and back: how the ledger keeps positions in sources and the numbers of a
 * phase that is not done. A field is its length, a colon, its bytes, a comma.
 */
#include "runtime/rt.h"

#include <stdlib.h>
#include <string.h>

void rt_field_put(rt_buf *b, const char *p, size_t n) {
    rt_buf_printf(b, "%zu:", n);
    rt_buf_add(b, p, n);
    rt_buf_add(b, ",", 1);
}

void rt_field_put_text(rt_buf *b, const char *text) { rt_field_put(b, text, strlen(text)); }

void rt_field_put_int(rt_buf *b, int64_t v) {
    char text[RT_SPELL];
    rt_field_put(b, text, rt_spell_int(text, v));
}

bool rt_field_get(const char **at, mig_text *out) {
    char *end;
    const char *p = *at;
    *out = MIG_NULL_TEXT;
    if (*p < '0' || *p > '9')
        return false;
    unsigned long long n = strtoull(p, &end, 10);
    if (*end != ':' || n > strlen(end + 1) || end[1 + n] != ',')
        return false;
    *out = (mig_text){end + 1, (size_t)n};
    *at = end + 1 + n + 1;
    return true;
}

bool rt_field_get_int(const char **at, int64_t *out) {
    mig_text t;
    return rt_field_get(at, &t) && rt_read_int(t.p, t.n, out);
}
