/*
 * sqlname.c: names of tables, for SQL and for people.
 */
#include "runtime/engine/engine.h"

const char *rt_step_system(const rt_run *run, const mig_step *s) {
    return s->source < 0 ? run->spec->target->name : run->spec->sources[s->source].name;
}

void rt_sql_table(const rt_run *run, const mig_table *t, rt_buf *b) {
    const char *schema = t->schema != NULL ? t->schema : run->target_def.schema;
    if (run->ops->engine == MIG_POSTGRES && schema != NULL) {
        rt_sql_ident(b, schema);
        rt_buf_add(b, ".", 1);
    }
    rt_sql_ident(b, t->name);
}

const char *rt_source_table_name(rt_run *run, const mig_source_table *t) {
    return run->source_table_names[t->id];
}
