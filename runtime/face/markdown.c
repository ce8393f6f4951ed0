/*
 * markdown.c: text from specs, files and databases as Markdown. One function escapes, for lines and for cells of tables alike.
 */
#include "runtime/face/face.h"

#include <ctype.h>
#include <string.h>

static bool is_word(unsigned char c) { return isalnum(c) || c >= 0x80; }

/* Length of a character that turns the direction of what follows, or is invisible: such a name would not read as what it is. 0: it is none. */
static size_t hidden(const char *p, size_t n) {
    unsigned char last = n >= 3 ? (unsigned char)p[2] : 0;
    bool general = n >= 3 && memcmp(p, "\xe2\x80", 2) == 0, formats = n >= 3 && memcmp(p, "\xe2\x81", 2) == 0;
    if (general && ((last >= 0x8b && last <= 0x8f) || (last >= 0xa8 && last <= 0xae)))
        return 3; /* U+200B … U+200F, U+2028 … U+202E */
    return formats && last >= 0xa0 && last <= 0xaf ? 3 : 0; /* U+2060 … U+206F */
}

void face_markdown(rt_buf *b, const char *text) {
    rt_buf clean = {0};
    rt_clean(text, strlen(text), SIZE_MAX, &clean);
    for (size_t i = 0; clean.p != NULL && i < clean.n; i++) {
        const char *p = clean.p + i;
        unsigned char c = (unsigned char)*p;
        size_t skip = hidden(p, clean.n - i);
        bool inside = i > 0 && i + 1 < clean.n && is_word((unsigned char)p[-1]) && is_word((unsigned char)p[1]);
        if (skip > 0 || c < 0x20 || c == 0x7f) {
            rt_buf_printf(b, c == '\n' || c == '\t' || c == '\r' ? " " : "\xef\xbf\xbd");
            i += skip > 0 ? skip - 1 : 0;
        } else if (c == '<' || c == '>' || c == '&') {
            rt_buf_printf(b, c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;");
        } else if (strchr("\\`*[]|~$#", c) != NULL || (c == '_' && !inside)) {
            rt_buf_printf(b, "\\%c", c);
        } else {
            rt_buf_add(b, p, 1);
        }
    }
    if (clean.failed)
        b->failed = true;
    rt_buf_free(&clean);
}
