/*
 * patience.c: a server that is starting is waited for, one that does not answer only as long as the spec says (`wait`). For sources and for
 * the target.
 */
#include "runtime/engine/engine.h"

#include <string.h>
#include <time.h>

bool rt_try_again(rt_run *run, const char *what, const char *name, const rt_error *e, int wait, double began, bool *told) {
    enum { STARTING_SECONDS = 30 };
    bool starting = strcmp(e->sqlstate, "57P03") == 0, silent = strcmp(e->sqlstate, "08001") == 0;
    int patience = starting && wait < STARTING_SECONDS ? STARTING_SECONDS : starting || silent ? wait : 0;
    if (patience == 0 || (*told && rt_clock() - began >= patience) || rt_run_stopped(run)) /* it is tried once more, however long the first try took */
        return false;
    if (!*told) {
        char text[300];
        snprintf(text, sizeof text, "%s %s: the server %s; waiting up to %d s", what, name, starting ? "is starting" : "does not answer", patience);
        rt_run_event(run, &(rt_event){.kind = RT_EVENT_NOTE, .text = text});
    }
    *told = true;
    nanosleep(&(struct timespec){0, 250 * 1000 * 1000}, NULL);
    return true;
}
