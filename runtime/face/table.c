/*
 * table.c: tables on the terminal: columns as wide as their widest cell, box lines where the locale is UTF-8, ASCII else.
 */
#include "runtime/face/face.h"

#include <stdlib.h>
#include <string.h>

struct face_table {
    int n_columns;
    char **cells; int n_cells, cap;   /* the first n_columns are the heading */
    bool *right;
    bool *rule_before; int cap_rules; /* per row behind the heading */
    int flexible;                     /* column that is cut when the terminal is too narrow, or -1 */
    int blanks;                       /* on either side of a cell: 1, or 0 when the terminal is too narrow */
    bool failed;
};

face_table *face_table_new(int n_columns) {
    face_table *t = calloc(1, sizeof *t);
    if (t == NULL)
        return NULL;
    t->n_columns = n_columns;
    t->flexible = -1;
    t->blanks = 1;
    t->right = calloc((size_t)n_columns, sizeof *t->right);
    t->failed = t->right == NULL;
    for (int i = 0; i < n_columns; i++)
        face_table_cell(t, "");
    return t;
}

void face_table_head(face_table *t, int column, const char *text, bool right) {
    if (t == NULL || t->failed)
        return;
    free(t->cells[column]);
    t->cells[column] = strdup(text);
    t->failed = t->cells[column] == NULL;
    t->right[column] = right;
}

void face_table_flexible(face_table *t, int column) {
    if (t != NULL)
        t->flexible = column;
}

static int rows_of(const face_table *t) {
    return t->n_cells / t->n_columns - 1;
}

void face_table_rule(face_table *t) {
    if (t == NULL || t->failed)
        return;
    int row = rows_of(t);
    if (row >= t->cap_rules) {
        int cap = row * 2 + 16;
        bool *v = realloc(t->rule_before, sizeof *v * (size_t)cap);
        if (v == NULL) {
            t->failed = true;
            return;
        }
        memset(v + t->cap_rules, 0, sizeof *v * (size_t)(cap - t->cap_rules));
        t->rule_before = v;
        t->cap_rules = cap;
    }
    t->rule_before[row] = true;
}

void face_table_cell(face_table *t, const char *text) {
    if (t == NULL || t->failed)
        return;
    if (t->n_cells == t->cap) {
        int cap = t->cap ? t->cap * 2 : 64;
        char **v = realloc(t->cells, sizeof *v * (size_t)cap);
        if (v == NULL) {
            t->failed = true;
            return;
        }
        t->cells = v;
        t->cap = cap;
    }
    t->cells[t->n_cells] = strdup(text);
    t->failed = t->cells[t->n_cells] == NULL;
    t->n_cells += !t->failed;
}

void face_table_number(face_table *t, int64_t v) {
    char text[40];
    face_table_cell(t, v < 0 ? "" : face_number(text, sizeof text, v));
}

typedef enum line_at { TOP, MIDDLE, BOTTOM } line_at;

static void print_line(const face_table *t, const int *widths, const face *f, FILE *out, line_at at) {
    static const char *const box[3][3] = {{"┌", "┬", "┐"}, {"├", "┼", "┤"}, {"└", "┴", "┘"}};
    fputs(face_begin(f->color_out, FACE_DIM), out);
    for (int c = 0; c < t->n_columns; c++) {
        fputs(f->unicode ? box[at][c > 0] : "+", out);
        for (int i = 0; i < widths[c] + 2 * t->blanks; i++)
            fputs(f->unicode ? "─" : "-", out);
    }
    fprintf(out, "%s%s\n", f->unicode ? box[at][2] : "+", face_end(f->color_out));
}

static void print_cells(const face_table *t, int row, const int *widths, const face *f, FILE *out, bool bold) {
    const char *bar = f->unicode ? "│" : "|";
    for (int c = 0; c < t->n_columns; c++) {
        const char *text = t->cells[row * t->n_columns + c];
        int pad = widths[c] - face_text_width(text, strlen(text));
        fprintf(out, "%s%s%s%*s%s%s%s%*s", face_begin(f->color_out, FACE_DIM), bar, face_end(f->color_out),
                t->blanks + (t->right[c] ? pad : 0), "", face_begin(f->color_out && bold, FACE_BOLD), text,
                face_end(f->color_out && bold), t->blanks + (t->right[c] ? 0 : pad), "");
    }
    fprintf(out, "%s%s%s\n", face_begin(f->color_out, FACE_DIM), bar, face_end(f->color_out));
}

/* Cuts a cell to a width, at a character, with a mark behind it. */
static void cut(char *text, int width, bool unicode) {
    size_t n = strlen(text), mark = unicode ? strlen("…") : 1;
    if (face_text_width(text, n) <= width)
        return;
    while (n > 0 && (face_text_width(text, n) > width - 1 || n + mark > strlen(text)))
        do
            n--;
        while (n > 0 && ((unsigned char)text[n] & 0xc0) == 0x80);
    memcpy(text + n, unicode ? "…" : "~", mark);
    text[n + mark] = '\0';
}

/* Makes the table as narrow as the terminal wants it, within reason: by its flexible column, and by the blanks beside the bars. */
static void fit(face_table *t, const face *f, int *widths) {
    enum { LEAST = 12, READABLE = 20 };
    int total = 1;
    for (int c = 0; c < t->n_columns; c++)
        total += widths[c] + 3;
    int over = total - f->out_width;
    if (f->out_width <= 0 || over <= 0)
        return;
    if (t->flexible < 0 || widths[t->flexible] - over < READABLE) {
        t->blanks = 0;
        over -= 2 * t->n_columns;
    }
    if (t->flexible < 0 || over <= 0)
        return;
    int width = widths[t->flexible] - over > LEAST ? widths[t->flexible] - over : LEAST;
    if (width >= widths[t->flexible])
        return;
    for (int i = t->flexible; i < t->n_cells; i += t->n_columns)
        cut(t->cells[i], width, f->unicode);
    widths[t->flexible] = width;
}

static void print_all(face_table *t, const face *f, FILE *out, int *widths) {
    for (int i = 0; i < t->n_cells; i++) {
        int w = face_text_width(t->cells[i], strlen(t->cells[i]));
        if (w > widths[i % t->n_columns])
            widths[i % t->n_columns] = w;
    }
    fit(t, f, widths);
    print_line(t, widths, f, out, TOP);
    print_cells(t, 0, widths, f, out, true);
    for (int r = 0; r < rows_of(t); r++) {
        if (r == 0 || (r < t->cap_rules && t->rule_before[r]))
            print_line(t, widths, f, out, MIDDLE);
        print_cells(t, r + 1, widths, f, out, false);
    }
    print_line(t, widths, f, out, BOTTOM);
}

void face_table_print(face_table *t, const face *f, FILE *out) {
    if (t == NULL)
        return;
    int *widths = calloc((size_t)t->n_columns, sizeof *widths);
    if (!t->failed && widths != NULL)
        print_all(t, f, out, widths);
    free(widths);
    for (int i = 0; i < t->n_cells; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t->right);
    free(t->rule_before);
    free(t);
}
