/*
 * pg_connect.c: connecting to a PostgreSQL server, of the target or of a source; what stands against it in words that help, and no
 * password in them.
 */
#include "runtime/targets/pg.h"

#include <stdlib.h>
#include <string.h>

static void ignore_notice(void *arg, const PGresult *res) {
    (void)arg;
    (void)res;
}

/*
 * Looks at the location before libpq uses it: its complaints quote what it did not understand, and with a password that is not
 * percent-encoded that is a piece of the password.
 */
static mig_status look(const rt_target *t, const char *location, char **password, rt_error *e) {
    char *words = NULL;
    bool odd = false;
    *password = NULL;
    PQconninfoOption *options = PQconninfoParse(location, &words);
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++) {
        if (o->val == NULL)
            continue;
        if (strcmp(o->keyword, "password") == 0)
            *password = strdup(o->val);
        bool place = strcmp(o->keyword, "host") == 0 || strcmp(o->keyword, "port") == 0 || strcmp(o->keyword, "dbname") == 0;
        odd = odd || (place && strchr(o->val, '@') != NULL && strstr(location, "://") != NULL);
    }
    mig_status st = MIG_OK;
    if (options == NULL || odd) {
        rt_error_hint(e, "postgresql://user@host:port/database or host=… dbname=…; in a URI, characters like @ / : %% of a name or "
                         "password are written %%40 %%2F %%3A %%25.");
        st = rt_error_set(e, MIG_IO, "the location of the PostgreSQL %s is neither a URI nor a conninfo string that libpq understands", t->role);
    }
    PQconninfoFree(options);
    if (words != NULL)
        PQfreemem(words);
    return st;
}

/* Words of a server that is there and refuses speak for themselves. */
static void hint_connect(const rt_target *t, PGPing ping, const char *words, rt_error *e) {
    if (PQconnectionNeedsPassword(t->conn) || strstr(words, "password") != NULL)
        rt_error_hint(e, "Give the password by PGPASSWORD, in ~/.pgpass or in a libpq service file.");
    else if (strstr(words, "does not exist") != NULL)
        rt_error_hint(e, "The database and the user must be there: createdb, createuser; or give another location by --%s.", t->role);
    else if (ping == PQPING_NO_RESPONSE || ping == PQPING_NO_ATTEMPT)
        rt_error_hint(e, "Is the server running, and does it listen there? The location can be given by --%s NAME=LOCATION.", t->role);
}

/* libpq does not give the SQLSTATE of a refused connection, but its ping tells the two cases in which waiting helps. */
static void tell_why(PGPing ping, rt_error *e) {
    if (e == NULL || e->status != MIG_OK)
        return;
    if (ping == PQPING_REJECT)
        snprintf(e->sqlstate, sizeof e->sqlstate, "57P03");
    else if (ping == PQPING_NO_RESPONSE)
        snprintf(e->sqlstate, sizeof e->sqlstate, "08001");
}

/*
 * A server that has not let us in and answers a ping refuses us, or has become ready in between: one more try tells. Not with a password:
 * wrong ones may be counted.
 */
static PGconn *connected(const char *const *keys, const char *const *values, PGPing *ping) {
    PGconn *conn = PQconnectdbParams(keys, values, 1);
    *ping = PQPING_OK;
    if (conn == NULL || PQstatus(conn) == CONNECTION_OK)
        return conn;
    *ping = PQpingParams(keys, values, 1);
    if (*ping == PQPING_OK && !PQconnectionNeedsPassword(conn) && !PQconnectionUsedPassword(conn)) {
        PQfinish(conn);
        conn = PQconnectdbParams(keys, values, 1);
    }
    return conn;
}

/*
 * Defaults that the location may override stand before it, what must hold behind it. A host that is gone without a word is
 * noticed within a minute or so; a server that works long on a statement is not gone, its kernel answers.
 */
static mig_status dial(rt_target *t, const char *location, const char *password, rt_error *e) {
    static const char *const keys[] = {"application_name", "connect_timeout", "keepalives_idle", "keepalives_interval",
                                       "keepalives_count", "tcp_user_timeout", "dbname", "client_encoding", NULL};
    const char *const values[] = {"migc", "10", "30", "10", "3", "60000", location, "UTF8", NULL};
    PGPing ping;
    t->conn = connected(keys, values, &ping);
    if (t->conn == NULL)
        return rt_error_set(e, MIG_NOMEM, "out of memory");
    PQsetNoticeReceiver(t->conn, ignore_notice, NULL);
    snprintf(t->what, sizeof t->what, "postgres host=%s port=%s dbname=%s user=%s", PQhost(t->conn) != NULL ? PQhost(t->conn) : "",
             PQport(t->conn) != NULL ? PQport(t->conn) : "", PQdb(t->conn) != NULL ? PQdb(t->conn) : "",
             PQuser(t->conn) != NULL ? PQuser(t->conn) : "");
    if (PQstatus(t->conn) == CONNECTION_OK)
        return MIG_OK;
    char words[1024];
    pg_words(words, sizeof words, PQerrorMessage(t->conn), password);
    hint_connect(t, ping, words, e);
    tell_why(ping, e);
    return rt_error_set(e, MIG_IO, "cannot connect to PostgreSQL: %s", words);
}

mig_status pg_connect(rt_target *t, const char *location, rt_error *e) {
    char *password;
    mig_status st = look(t, location, &password, e);
    if (st == MIG_OK)
        st = dial(t, location, password, e);
    free(password);
    if (st == MIG_OK && (t->cancel = PQgetCancel(t->conn)) == NULL)
        st = rt_error_set(e, MIG_NOMEM, "out of memory");
    return st;
}

const char *rt_postgres_database(const char *location, char *out, size_t cap) {
    PQconninfoOption *options = location != NULL ? PQconninfoParse(location, NULL) : NULL;
    const char *name = NULL;
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (o->val != NULL && strcmp(o->keyword, "dbname") == 0)
            name = o->val;
    snprintf(out, cap, "%s", location == NULL ? "(not given)" : name != NULL ? name : "(of the connection's own settings)");
    PQconninfoFree(options);
    return out;
}
