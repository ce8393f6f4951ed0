/*
 * term.c: what the terminal can show, and how numbers, times and text look on it.
 */
#include "runtime/face/face.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unistd.h>

static bool utf8_locale(void) {
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && *v != '\0')
            return strcasestr(v, "utf-8") != NULL || strcasestr(v, "utf8") != NULL;
    }
    return false;
}

void face_term_init(face *f) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool dumb = term != NULL && strcmp(term, "dumb") == 0;
    bool colors = !f->options->no_color && (no_color == NULL || *no_color == '\0') && !dumb;
    bool terminal = isatty(STDERR_FILENO) != 0;
    struct winsize w;
    f->color_out = colors && isatty(STDOUT_FILENO);
    f->color_err = colors && terminal;
    f->unicode = utf8_locale();
    f->live = f->options->progress < 0 ? terminal && !dumb && f->options->log == FACE_LOG_TEXT : f->options->progress > 0;
    f->live = f->live && !f->options->quiet;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0)
        f->width = w.ws_col;
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0)
        f->out_width = w.ws_col;
}

int face_text_width(const char *s, size_t n) {
    int width = 0;
    int32_t length = (int32_t)n;
    for (int32_t i = 0; i < length;) {
        UChar32 c;
        U8_NEXT(s, i, length, c);
        if (c < 0) {
            width++;
            continue;
        }
        int type = u_charType(c);
        if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR)
            continue;
        int wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
        width += wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
    }
    return width;
}

face_shown face_safe(const char *text) {
    face_shown out;
    rt_shorten(out.s, sizeof out.s, text, strlen(text));
    return out;
}

const char *face_number(char *out, size_t cap, int64_t v) {
    char digits[32];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)v);
    size_t at = 0;
    for (int i = 0; i < n && at + 2 < cap; i++) {
        int left = n - i;
        if (i > 0 && left % 3 == 0 && digits[i - 1] != '-')
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

const char *face_duration(char *out, size_t cap, double s) {
    long long whole = (long long)(s + 0.5);
    if (s < 10)
        snprintf(out, cap, "%.*f s", s < 0.1 ? 2 : 1, s);
    else if (whole < 60)
        snprintf(out, cap, "%lld s", whole);
    else if (whole < 3600)
        snprintf(out, cap, "%lld:%02lld", whole / 60, whole % 60);
    else
        snprintf(out, cap, "%lld:%02lld:%02lld", whole / 3600, whole / 60 % 60, whole % 60);
    return out;
}

const char *face_begin(bool colored, face_color c) {
    if (!colored)
        return "";
    switch (c) {
    case FACE_PLAIN: return "";
    case FACE_RED: return "\033[1;31m";
    case FACE_YELLOW: return "\033[1;33m";
    case FACE_GREEN: return "\033[32m";
    case FACE_BOLD: return "\033[1m";
    case FACE_DIM: return "\033[2m";
    }
    return "";
}

const char *face_end(bool colored) {
    return colored ? "\033[0m" : "";
}
