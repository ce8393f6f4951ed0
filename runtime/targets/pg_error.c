/*
 * pg_error.c: what the server and libpq say, as an error of the run: one line, the server's words, its detail, its hint, the
 * SQLSTATE; a lost connection said as such.
 */
#include "runtime/targets/pg.h"

#include <stdarg.h>
#include <string.h>

void pg_words(char *out, size_t cap, const char *message, const char *secret) {
    size_t n = 0, secret_n = secret != NULL ? strlen(secret) : 0;
    while (*message != '\0' && n + 1 < cap) {
        if (secret_n > 0 && strncmp(message, secret, secret_n) == 0) {
            for (int i = 0; i < 3 && n + 1 < cap; i++)
                out[n++] = '*';
            message += secret_n;
            continue;
        }
        char c = *message++;
        if (c == '\n' || c == '\t' || c == '\r')
            c = ' ';
        if (c != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = c;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
}

static const char *field(const PGresult *res, int code) {
    const char *text = res != NULL ? PQresultErrorField(res, code) : NULL;
    return text != NULL ? text : "";
}

mig_status pg_error(const rt_target *t, const PGresult *res, rt_error *e, const char *about, ...) {
    char what[512], words[1024], detail[512];
    va_list ap;
    va_start(ap, about);
    vsnprintf(what, sizeof what, about, ap);
    va_end(ap);
    const char *state = field(res, PG_DIAG_SQLSTATE), *primary = field(res, PG_DIAG_MESSAGE_PRIMARY);
    if (strcmp(state, "57014") == 0 && t->cancelled)
        return rt_error_set(e, MIG_INTERRUPTED, "interrupted");
    if (e != NULL && e->status == MIG_OK)
        snprintf(e->sqlstate, sizeof e->sqlstate, "%s", state);
    bool ended = strcmp(state, "57P01") == 0 || strcmp(state, "57P02") == 0; /* by an administrator; a crash elsewhere */
    if (PQstatus(t->conn) == CONNECTION_BAD || ended) {
        pg_words(words, sizeof words, *primary != '\0' ? primary : PQerrorMessage(t->conn), NULL);
        rt_error_hint(e, "What was not committed is taken back by the server; run again and it goes on from there.");
        return rt_error_set(e, MIG_IO, "%s: the connection to %s was lost: %s", what, t->what, words);
    }
    if (strcmp(state, "53200") == 0)
        rt_error_hint(e, "The server itself is out of memory.");
    pg_words(words, sizeof words, *primary != '\0' ? primary : PQerrorMessage(t->conn), NULL);
    pg_words(detail, sizeof detail, field(res, PG_DIAG_MESSAGE_DETAIL), NULL);
    if (*field(res, PG_DIAG_MESSAGE_HINT) != '\0')
        rt_error_hint(e, "%s", field(res, PG_DIAG_MESSAGE_HINT));
    if (*detail != '\0')
        return rt_error_set(e, MIG_IO, "%s: %s (%s)", what, words, detail);
    return rt_error_set(e, MIG_IO, "%s: %s", what, words);
}
