/*
 * progress.c: the live line: one line for the flow that runs, drawn over itself at most ten times a second and never wider than
 * the terminal.
 */
#include "runtime/face/face.h"

#include <stdarg.h>
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

/* The line is made of parts; one that does not fit into the terminal's width is left out whole. */
typedef struct live_line { char text[512]; size_t n; int width; } live_line;

static void __attribute__((format(printf, 2, 3))) add_part(live_line *l, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(l->text + l->n, sizeof l->text - l->n, fmt, ap);
    va_end(ap);
    size_t all = l->n + (n > 0 ? (size_t)n : 0);
    if (all < sizeof l->text && (l->width == 0 || face_text_width(l->text, all) < l->width))
        l->n = all;
    l->text[l->n] = '\0';
}

static void add_share(const face *f, live_line *l, double share) {
    char bar[64] = "";
    int cells = l->width >= 100 ? 16 : 10;
    for (int i = 0; i < cells; i++)
        strncat(bar, i < (int)(share * cells) ? (f->unicode ? "█" : "#") : (f->unicode ? "░" : "."), 4);
    add_part(l, "  %s %.0f%%", bar, share * 100);
}

void face_progress(void *self, const rt_progress *p) {
    face *f = self;
    struct winsize w;
    char rows[40], rate[40], left[40], rejected[40];
    double now = rt_clock();
    if (!f->live || now - f->drawn_at < 0.1)
        return;
    f->drawn_at = now;
    if (p->rows >= 0)
        measure(f, p);
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &w) == 0)
        f->width = w.ws_col;
    live_line l = {.width = f->width};
    add_part(&l, "  %.60s", p->what);
    if (p->rows >= 0)
        add_part(&l, "  %s rows", face_number(rows, sizeof rows, p->rows));
    else if (p->bytes > 0)
        add_part(&l, "  %s bytes", face_number(rows, sizeof rows, p->bytes));
    if (p->rows < 0)
        add_part(&l, "  %s", face_duration(left, sizeof left, p->seconds));
    else if (f->rate > 0)
        add_part(&l, "  %s/s", face_number(rate, sizeof rate, (int64_t)f->rate));
    if (p->bytes_total > 0) {
        double share = (double)p->bytes / (double)p->bytes_total;
        share = share > 1 ? 1 : share;
        add_share(f, &l, share);
        if (share > 0.01 && p->seconds > 0.5)
            add_part(&l, "  %s left", face_duration(left, sizeof left, p->seconds / share * (1 - share)));
    }
    if (p->committed > 0)
        add_part(&l, "  %s committed", face_number(left, sizeof left, p->committed));
    if (p->rejected > 0)
        add_part(&l, "  %s rejected", face_number(rejected, sizeof rejected, p->rejected));
    fprintf(stderr, "\r%s\033[K", l.text);
    fflush(stderr);
    f->drawn = true;
}
