/*
 * face.h: what a person or a script sees of a migration program: command line, live line, log lines, tables, messages. Only this
 * room prints and ends the process. Results go to standard output, everything else to standard error.
 */
#ifndef RT_FACE_H
#define RT_FACE_H

#include "runtime/engine/engine.h"

typedef enum face_command { FACE_PLAN, FACE_RUN, FACE_STATUS, FACE_CHECK, FACE_VERSION, FACE_HELP } face_command;
typedef enum face_log { FACE_LOG_TEXT, FACE_LOG_JSON } face_log;

typedef struct face_options {
    face_command command;
    rt_settings settings;
    rt_given *sources, *targets;    /* settings point here */
    face_log log;
    int progress;                   /* 1 on, 0 off, -1: where standard error is a terminal */
    bool yes, quiet, verbose, no_color;
} face_options;

typedef struct face {
    face_options *options;
    const mig_spec *spec;
    rt_run *run;
    bool live;                      /* the live line may be drawn */
    bool drawn;                     /* and stands on the screen now */
    double drawn_at;
    bool color_out, color_err;      /* colours on standard output, standard error */
    bool unicode;                   /* box lines and dots */
    int width, out_width;           /* of the terminals of standard error and standard output, or 0 */
    double rate_at; int64_t rate_rows; double rate; const char *rate_of; /* rows a second of the live line */
    int unwritten; char unwritten_why[256]; /* entries of the migration log, and why not */
    bool started;                   /* RUN_START has been seen: something was to be done */
} face;

/* options.c: MIG_USAGE with a message on standard error. free with face_options_free. */
mig_status face_options_read(face_options *o, int argc, char **argv);
void face_options_free(face_options *o);
void face_usage(const face_options *o, const mig_spec *spec, FILE *f);

/* term.c */
void face_term_init(face *f);
int face_text_width(const char *s, size_t n);    /* columns on a screen */
typedef struct face_shown { char s[8 * 1024]; } face_shown;
face_shown face_safe(const char *text);          /* names of files and other text from outside, with what steers a terminal escaped */
const char *face_number(char *out, size_t cap, int64_t v); /* 1,234,567; returns out */
const char *face_duration(char *out, size_t cap, double seconds); /* 0.4 s, 12 s, 3:05, 1:02:03 */
typedef enum face_color { FACE_PLAIN, FACE_RED, FACE_YELLOW, FACE_GREEN, FACE_BOLD, FACE_DIM } face_color;
const char *face_begin(bool colored, face_color c);
const char *face_end(bool colored);

/* table.c: a table with a heading; cells are copied. */
typedef struct face_table face_table;
face_table *face_table_new(int n_columns);       /* NULL: no memory; every call takes NULL */
void face_table_head(face_table *t, int column, const char *text, bool right);
void face_table_flexible(face_table *t, int column); /* may be cut where the terminal is too narrow */
void face_table_rule(face_table *t);             /* a line before the next row */
void face_table_cell(face_table *t, const char *text);        /* row by row, column by column */
void face_table_number(face_table *t, int64_t v);             /* negative: empty */
void face_table_print(face_table *t, const face *f, FILE *out); /* also frees it */

/* log.c: events of a run, as text or JSON. */
void face_event(void *self, const rt_run *run, const rt_event *e);
/* progress.c: the live line. */
void face_progress(void *self, const rt_progress *p);
void face_progress_clear(face *f);

/* markdown.c: text of any origin inside of a line or a cell: nothing in it is markup, nor ends either. The one place where it is escaped. */
void face_markdown(rt_buf *b, const char *text);

/* migration_log.c, log_entries.c: MIGRATION_LOG.md */
bool face_record(void *self, const rt_run *run, const rt_record *r);
void face_log_entry(const face *f, const rt_run *run, const rt_record *r, rt_buf *b);
/* The line that ends an entry: by it a run finds that the entry is there. */
void face_log_mark(const rt_record *r, rt_buf *b);
void face_log_warn(const face *f);               /* entries that could not be written */

/* measures.c */
void face_measure_json(face *f, const rt_measure_result *r);
void face_measure_line(face *f, const rt_measure_result *r);
void face_measures_status(face *f, const rt_run *run);
void face_measures_check(face *f, const rt_phase_count *c);

/* json.c: one object a line on standard output. */
void face_json_begin(rt_buf *b, const face *f, const char *event);
void face_json_text(rt_buf *b, const char *key, const char *value); /* NULL: null */
void face_json_int(rt_buf *b, const char *key, int64_t v);
void face_json_real(rt_buf *b, const char *key, double v);
void face_json_bool(rt_buf *b, const char *key, bool v);
void face_json_end(rt_buf *b);                   /* prints and frees it */
void face_json_site(rt_buf *b, const mig_site *site);

/* message.c: errors and problems. */
void face_error(face *f, const rt_error *e);
void face_problems(face *f, const rt_run *run);

/* summary.c: the accounting table, aliases, rejects, the last line. plan.c, status.c: the other commands' results. */
void face_summary(face *f, const rt_run *run, mig_status st, double seconds);
void face_reject_summary(face *f, const rt_run *run, FILE *out);
const char *face_nothing_to_do(const rt_run *run); /* why */
void face_plan(face *f, const rt_run *run, mig_status st);
void face_notes(FILE *out, const rt_run *run); /* what the preflight found that does not stand against the run */
void face_json_notes(face *f, const rt_run *run);
void face_status(face *f, const rt_run *run, bool hidden); /* hidden: a run is at work that lets nobody read */
void face_checks(face *f, const rt_run *run);
const char *face_rule_code(mig_rule rule);

/* signals.c */
extern volatile sig_atomic_t face_stop;
void face_signals(face *f);                      /* SIGINT, SIGTERM and SIGHUP stop f->run; SIGPIPE is ignored */
void face_signals_end(void);                     /* before f goes: there is nothing left to stop */

#endif
