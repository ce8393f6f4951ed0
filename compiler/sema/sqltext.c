/*
 * sqltext.c: SQL of the spec, as far as it can be judged without the server: that there is some, and that it leaves the transaction of
 * its phase alone. The runtime's own reader of SQL looks; the preflight asks it again when the program is given another engine.
 */
#include "compiler/sema/inside.h"

#include "runtime/rt.h"

#include <string.h>

bool sqltext_check(sema *s, ast_text sql)
{
    mig_engine engine = s->target != NULL && strcmp(s->target->system.engine.text, "postgres") == 0 ? MIG_POSTGRES : MIG_SQLITE;
    uint32_t tag = (sql.at.length - (uint32_t)strlen(sql.text)) / 2; /* $$ or $tag$ */
    size_t at, n;

    if (!rt_sql_statement(engine, sql.text, 0, &at, &n))
        return diag_error(s->d, sql.at, D_MISSING, "there is no SQL between the dollar signs");
    if (!rt_sql_transaction(engine, sql.text, &at, &n))
        return true;
    diag_error(s->d, (span){sql.at.source, sql.at.offset + tag + (uint32_t)at, (uint32_t)n}, D_NOT_ALLOWED,
               "\"%.*s\" is about the transaction, which is the phase's own", (int)n, sql.text + at);
    return diag_hint(s->d, "Take it out: a phase happens wholly or not at all. What shall be committed by itself is a phase of its own.");
}
