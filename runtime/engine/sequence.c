/*
 * sequence.c: a sequence of the target is put where the source's stands, so that the next value is the one that the source would give.
 * PostgreSQL only.
 */
#include "runtime/engine/locate.h"
#include "runtime/engine/state.h"
#include "runtime/targets/statement.h"

/* Never backwards: rows of other flows may have got keys from it. */
mig_status rt_sequence_follow(rt_run *run, const mig_step *s) {
    static const char sql[] =
        "select setval(x.q, case when x.given is null then $4::bigint when x.step > 0 then greatest($4::bigint, x.given) else least($4::bigint, x.given) end,"
        " $5::boolean or x.given is not null) from (select q.oid::regclass as q, pg_sequence_last_value(q.oid) as given, p.seqincrement as step"
        " from (select coalesce(pg_get_serial_sequence($1, $2), $3)::regclass::oid as oid) q join pg_sequence p on p.seqrelid = q.oid) x";
    const mig_sequence *q = s->sequence;
    const rt_source_place *place = &run->sources[q->source];
    rt_buf table = {0}, name = {0};
    char number[24];
    int64_t last = 0;
    bool called = false;
    mig_status st = place->ops->sequence(place->source, q->schema, q, &last, &called, &run->error);
    if (q->table != NULL)
        rt_sql_qualified(&table, run->target_def.schema, q->table);
    if (q->name != NULL)
        rt_sql_qualified(&name, run->target_def.schema, q->name);
    snprintf(number, sizeof number, "%lld", (long long)last);
    const char *params[] = {table.p, q->column, name.p, number, called ? "true" : "false"};
    if (st == MIG_OK)
        st = table.failed || name.failed ? rt_run_nomem(run) : run->ops->query(run->target, sql, 5, params, NULL, NULL, &run->error);
    if (st != MIG_OK && run->error.site == NULL)
        run->error.site = s->site;
    rt_buf_free(&table);
    rt_buf_free(&name);
    return st;
}
