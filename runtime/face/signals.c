/*
 * signals.c: the first SIGINT, SIGTERM or SIGHUP asks the run to stop (the open transaction is rolled back), the second one ends
 * the process at once. Only calls that a signal handler may make.
 */
#include "runtime/face/face.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

volatile sig_atomic_t face_stop;
static face *volatile the_face; /* until it is about to go */

static void say(const char *text) {
    ssize_t n = write(STDERR_FILENO, text, strlen(text));
    (void)n; /* nobody can be told */
}

static void on_signal(int number) {
    int saved = errno;
    (void)number;
    if (face_stop != 0) {
        rt_child_kill();
        _exit(130);
    }
    face_stop = 1;
    if (the_face == NULL)
        return; /* all is done: the process is ending by itself */
    say("\nstopping: the open transaction is rolled back (again to stop at once)\n");
    if (the_face->run != NULL && the_face->run->target != NULL)
        the_face->run->ops->cancel(the_face->run->target);
    for (int i = 0; the_face->run != NULL && the_face->run->sources != NULL && i < the_face->spec->n_sources; i++) {
        const rt_source_place *s = &the_face->run->sources[i];
        if (s->source != NULL && s->ops->cancel != NULL)
            s->ops->cancel(s->source);
    }
    if (the_face->run != NULL)
        rt_measure_cancel(the_face->run);
    errno = saved;
}

void face_signals_end(void) {
    the_face = NULL;
}

void face_signals(face *f) {
    struct sigaction act, before;
    the_face = f;
    memset(&act, 0, sizeof act);
    sigemptyset(&act.sa_mask);
    act.sa_handler = on_signal;
    act.sa_flags = SA_NODEFER; /* asking a server to cancel may take its time: the second one comes through then, too */
    sigaction(SIGINT, &act, NULL);
    sigaction(SIGTERM, &act, NULL);
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN) /* nohup: the run outlives its terminal */
        sigaction(SIGHUP, &act, NULL);
    act.sa_handler = SIG_IGN;
    act.sa_flags = 0;
    sigaction(SIGPIPE, &act, NULL);
    sigaction(SIGXFSZ, &act, NULL); /* a file that may not grow is an error of the write, like a full disk */
}
