/*
 * rows.c: descriptors of the ledger's bulk tables, in the form that generated programs use for theirs, so that rejects and
 * duplicates go through the same writers (COPY in PostgreSQL) as the rows of the migration.
 */
#include "runtime/ledger/ledger.h"

static void visit_reject(void *p, mig_codec *c) {
    struct rt_reject_row *r = p;
    c->text(c, &r->run);
    c->text(c, &r->migration);
    c->text(c, &r->phase);
    c->text(c, &r->source);
    c->text(c, &r->file);
    c->bigint(c, &r->line);
    c->bigint(c, &r->byte_offset);
    c->bigint(c, &r->row_no);
    c->text(c, &r->column_name);
    c->text(c, &r->spec);
    c->text(c, &r->rule);
    c->text(c, &r->reason);
    c->text(c, &r->value);
    c->text(c, &r->raw);
}

static void visit_duplicate(void *p, mig_codec *c) {
    struct rt_duplicate_row *r = p;
    c->text(c, &r->run);
    c->text(c, &r->migration);
    c->text(c, &r->phase);
    c->text(c, &r->target_table);
    c->text(c, &r->action);
    c->text(c, &r->file);
    c->bigint(c, &r->line);
    c->bigint(c, &r->row_no);
    c->text(c, &r->kept_file);
    c->bigint(c, &r->kept_line);
}

static void visit_place(void *p, mig_codec *c) {
    struct rt_place_row *r = p;
    c->text(c, &r->migration);
    c->text(c, &r->phase);
    c->text(c, &r->row_key);
    c->text(c, &r->file);
    c->bigint(c, &r->line);
}

static void visit_provenance(void *p, mig_codec *c) {
    struct rt_provenance_row *r = p;
    c->text(c, &r->run);
    c->text(c, &r->migration);
    c->text(c, &r->phase);
    c->text(c, &r->source);
    c->text(c, &r->source_columns);
    c->text(c, &r->source_key);
    c->text(c, &r->target_table);
    c->text(c, &r->target_key);
}

#define TEXT_COLUMN(n) {.name = n, .type = MIG_T_TEXT, .p = -1, .s = -1, .sql = {"text", "text"}}
#define INT_COLUMN(n) {.name = n, .type = MIG_T_BIGINT, .p = -1, .s = -1, .sql = {"integer", "bigint"}}

static const mig_column reject_columns[] = {
    TEXT_COLUMN("run"), TEXT_COLUMN("migration"), TEXT_COLUMN("phase"), TEXT_COLUMN("source"), TEXT_COLUMN("file"),
    INT_COLUMN("line"), INT_COLUMN("byte_offset"), INT_COLUMN("row_no"), TEXT_COLUMN("column_name"), TEXT_COLUMN("spec"),
    TEXT_COLUMN("rule"), TEXT_COLUMN("reason"), TEXT_COLUMN("value"), TEXT_COLUMN("raw"),
};
static const mig_column duplicate_columns[] = {
    TEXT_COLUMN("run"), TEXT_COLUMN("migration"), TEXT_COLUMN("phase"), TEXT_COLUMN("target_table"), TEXT_COLUMN("action"),
    TEXT_COLUMN("file"), INT_COLUMN("line"), INT_COLUMN("row_no"), TEXT_COLUMN("kept_file"), INT_COLUMN("kept_line"),
};
static const mig_column place_columns[] = {
    TEXT_COLUMN("migration"), TEXT_COLUMN("phase"), TEXT_COLUMN("row_key"), TEXT_COLUMN("file"), INT_COLUMN("line"),
};
enum {
    N_PLACE = sizeof place_columns / sizeof place_columns[0],
    N_REJECT = sizeof reject_columns / sizeof reject_columns[0],
    N_DUPLICATE = sizeof duplicate_columns / sizeof duplicate_columns[0]
};

/* id -1: not a table of the spec. */
#define LEDGER_TABLE(table_name, table_schema, table_columns, count, type, visitor)                                        \
    {.name = table_name, .id = -1, .schema = table_schema, .columns = table_columns, .n_columns = count, .identity = -1,    \
     .primary = -1, .row_size = sizeof(type), .visit = visitor}

static const mig_table sqlite_rejects =
    LEDGER_TABLE("_migc_reject", NULL, reject_columns, N_REJECT, struct rt_reject_row, visit_reject);
static const mig_table postgres_rejects =
    LEDGER_TABLE("reject", "migc", reject_columns, N_REJECT, struct rt_reject_row, visit_reject);
static const mig_table sqlite_duplicates =
    LEDGER_TABLE("_migc_duplicate", NULL, duplicate_columns, N_DUPLICATE, struct rt_duplicate_row, visit_duplicate);
static const mig_table postgres_duplicates =
    LEDGER_TABLE("duplicate", "migc", duplicate_columns, N_DUPLICATE, struct rt_duplicate_row, visit_duplicate);

static const mig_column provenance_columns[] = {
    TEXT_COLUMN("run"), TEXT_COLUMN("migration"), TEXT_COLUMN("phase"), TEXT_COLUMN("source"), TEXT_COLUMN("source_columns"),
    TEXT_COLUMN("source_key"), TEXT_COLUMN("target_table"), TEXT_COLUMN("target_key"),
};
enum { N_PROVENANCE = sizeof provenance_columns / sizeof provenance_columns[0] };

static const mig_table sqlite_provenance =
    LEDGER_TABLE("_migc_provenance", NULL, provenance_columns, N_PROVENANCE, struct rt_provenance_row, visit_provenance);
static const mig_table postgres_provenance =
    LEDGER_TABLE("provenance", "migc", provenance_columns, N_PROVENANCE, struct rt_provenance_row, visit_provenance);

static const mig_table sqlite_places =
    LEDGER_TABLE("_migc_place", NULL, place_columns, N_PLACE, struct rt_place_row, visit_place);
static const mig_table postgres_places =
    LEDGER_TABLE("place", "migc", place_columns, N_PLACE, struct rt_place_row, visit_place);

const mig_table *const rt_ledger_place_rows[2] = {&sqlite_places, &postgres_places};
const mig_table *const rt_ledger_rejects[2] = {&sqlite_rejects, &postgres_rejects};
const mig_table *const rt_ledger_duplicates[2] = {&sqlite_duplicates, &postgres_duplicates};
const mig_table *const rt_ledger_provenance[2] = {&sqlite_provenance, &postgres_provenance};
