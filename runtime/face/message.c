/*
 * message.c: what went wrong, in the form of the compiler's messages: place in the spec, what was found, what to do.
 */
#include "runtime/face/face.h"

#include <string.h>

static void print_site(const mig_site *site) {
    if (site != NULL && site->file != NULL)
        fprintf(stderr, "%s:%d:%d: ", site->file, site->line, site->column);
}

static void json_error(const face *f, const char *event, mig_status st, const mig_site *site, const char *message,
                       const char *hint, const char *sqlstate) {
    rt_buf b;
    static const int codes[] = {
#define MIG_STATUS(id, code, words) code,
#include "runtime/status.def"
#undef MIG_STATUS
    };
    face_json_begin(&b, f, event);
    face_json_int(&b, "exit_code", codes[st]);
    face_json_text(&b, "message", message);
    if (hint != NULL && hint[0] != '\0')
        face_json_text(&b, "hint", hint);
    if (sqlstate != NULL && sqlstate[0] != '\0')
        face_json_text(&b, "sqlstate", sqlstate);
    face_json_site(&b, site);
    face_json_end(&b);
}

static void print(const face *f, const mig_site *site, const char *message, const char *sqlstate, const char *hint) {
    print_site(site);
    fprintf(stderr, "%serror:%s %s", face_begin(f->color_err, FACE_RED), face_end(f->color_err), face_safe(message).s);
    if (sqlstate != NULL && sqlstate[0] != '\0')
        fprintf(stderr, " (SQLSTATE %s)", sqlstate);
    fputc('\n', stderr);
    if (hint != NULL && hint[0] != '\0')
        fprintf(stderr, "%shint:%s %s\n", face_begin(f->color_err, FACE_BOLD), face_end(f->color_err), face_safe(hint).s);
}

void face_error(face *f, const rt_error *e) {
    face_progress_clear(f);
    fflush(stdout); /* what was said first stands first where both go to one file */
    if (e->status == MIG_OK)
        return;
    if (f->options->log == FACE_LOG_JSON)
        json_error(f, "error", e->status, e->site, e->message, e->hint, e->sqlstate);
    if (e->status == MIG_INTERRUPTED && f->options->command != FACE_RUN) {
        fputs("interrupted\n", stderr);
        return;
    }
    if (e->status == MIG_INTERRUPTED) {
        const char *in = e->message + strcspn(e->message, ";"); /* chunks that are in */
        fprintf(stderr, "interrupted; what was not finished has been rolled back%s\n", in);
        fprintf(stderr, "%shint:%s Run it again to go on: %s run\n", face_begin(f->color_err, FACE_BOLD),
                face_end(f->color_err), f->options->settings.program);
        return;
    }
    print(f, e->site, e->message, e->sqlstate, e->hint);
}

void face_problems(face *f, const rt_run *run) {
    const rt_survey *s = &run->survey;
    fflush(stdout);
    for (int i = 0; i < s->n_problems; i++) {
        const rt_problem *p = &s->problems[i];
        if (f->options->log == FACE_LOG_JSON)
            json_error(f, "problem", MIG_PREFLIGHT, p->site, p->message, p->hint, NULL);
        print(f, p->site, p->message, NULL, p->hint);
    }
    if (s->n_problems > 0)
        fprintf(stderr, "refused: %d thing%s to mend first; nothing was written\n", s->n_problems, s->n_problems == 1 ? "" : "s");
}
