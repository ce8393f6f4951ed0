/*
 * progress.c: the live line: one line for the flow that runs, drawn over itself at most ten times a second and never wider than
 * the terminal.
 */
#include "runtime/face/face.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

void face_progress_clear(face *f) {
    if (!f->drawn)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    f->drawn = false;
}

static void measure(face *f, const rt_progress *p) {
    double now = rt_clock();
    if (f->rate_of != p->what || p->rows < f->rate_rows) {
        f->rate_of = p->what;
        f->rate_rows = 0;
        f->rate_at = now - p->seconds;
        f->rate = 0;
    }
    double passed = now - f->rate_at;
    if (passed < 0.25)
        return;
    double rate = (double)(p->rows - f->rate_rows) / passed;
    f->rate = f->rate > 0 ? f->rate * 0.6 + rate * 0.4 : rate; /* steady enough to be read */
    f->rate_at = now;
    f->rate_rows = p->rows;
}

/* Cut to the terminal's width at a character. */
static void fit(char *line, int width) {
    size_t n = strlen(line);
    while (width > 0 && n > 0 && face_text_width(line, n) > width - 1) {
        do
            n--;
        while (n > 0 && ((unsigned char)line[n] & 0xc0) == 0x80);
        line[n] = '\0';
    }
}

static size_t add_bar(const face *f, char *line, size_t cap, double share) {
    enum { CELLS = 16 };
    size_t at = 0;
    for (int i = 0; i < CELLS && at + 4 < cap; i++) {
        const char *cell = i < (int)(share * CELLS) ? (f->unicode ? "█" : "#") : (f->unicode ? "░" : ".");
        at += (size_t)snprintf(line + at, cap - at, "%s", cell);
    }
    return at;
}

void face_progress(void *self, const rt_progress *p) {
    face *f = self;
    struct winsize w;
    char line[512], rows[40], rate[40], left[40], rejected[40];
    double now = rt_clock();
    if (!f->live || now - f->drawn_at < 0.1)
        return;
    f->drawn_at = now;
    measure(f, p);
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0)
        f->width = w.ws_col;
    size_t at = (size_t)snprintf(line, sizeof line, "  %.60s  %s rows", p->what, face_number(rows, sizeof rows, p->rows));
    if (f->rate > 0)
        at += (size_t)snprintf(line + at, sizeof line - at, "  %s/s", face_number(rate, sizeof rate, (int64_t)f->rate));
    if (p->bytes_total > 0) {
        double share = (double)p->bytes / (double)p->bytes_total;
        share = share > 1 ? 1 : share;
        at += (size_t)snprintf(line + at, sizeof line - at, "  ");
        at += add_bar(f, line + at, sizeof line - at, share);
        at += (size_t)snprintf(line + at, sizeof line - at, " %.0f%%", share * 100);
        if (share > 0.01 && p->seconds > 0.5)
            at += (size_t)snprintf(line + at, sizeof line - at, "  %s left",
                                   face_duration(left, sizeof left, p->seconds / share * (1 - share)));
    }
    if (p->rejected > 0)
        snprintf(line + at, sizeof line - at, "  %s rejected", face_number(rejected, sizeof rejected, p->rejected));
    fit(line, f->width);
    fprintf(stderr, "\r%s\033[K", line);
    fflush(stderr);
    f->drawn = true;
}
