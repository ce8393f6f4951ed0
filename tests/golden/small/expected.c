/*
 * small: made by migc from spec.mig.
 * Change the spec and build again, rather than this file.
 */
#include "mig.h"

_Static_assert(MIG_RUNTIME_ABI == 1, "this program and its runtime are of different versions");

/* ---- rows ------------------------------------------------------------------------------------ */

/* spec.mig:8  table person */
struct row_person {
    mig_text name; /* text not null */
    mig_text born; /* text */
};

/* spec.mig:5  cells of a row of files.people */
enum { people_name, people_born };

/* ---- places in the spec ---------------------------------------------------------------------- */

static const char spec[] = "spec.mig";

static const mig_site site_phase_create = {spec, 2, 11, NULL, NULL};
static const mig_site site_source_files = {spec, 4, 8, NULL, NULL};
static const mig_site site_files_people = {spec, 5, 11, NULL, NULL};
static const mig_site site_target_app = {spec, 7, 8, NULL, NULL};
static const mig_site site_table_person = {spec, 8, 11, NULL, NULL};
static const mig_site site_from_people = {spec, 10, 1, NULL, NULL};
static const mig_site site_step_of_data = {spec, 10, 6, NULL, NULL};
static const mig_site site_into_person = {spec, 10, 19, "person", NULL};

/* ---- table person ---------------------------------------------------------------------------- */

static void visit_person(void *row, mig_codec *c) {
    struct row_person *r = row;
    c->text(c, &r->name);
    c->text(c, &r->born);
}

static bool holds_person(mig_ctx *x, const void *row) {
    const struct row_person *r = row;
    if (r->name.p == NULL)
        return mig_refuse_null(x, "name");
    return true;
}

static const mig_column columns_person[] = {
    {.name = "name", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
    {.name = "born", .type = MIG_T_TEXT, .p = -1, .s = -1, .sql = {"text", "text"}},
};

static const char *const create_person_in_sqlite[] = {
    "/* migc spec.mig:8 */ create table person (\n"
    "    name text not null,\n"
    "    born text\n"
    ")",
    NULL,
};

static const char *const no_sql[] = {NULL};

static const char *const create_person_in_postgres[] = {
    "/* migc spec.mig:8 */ create table person (\n"
    "    name text not null,\n"
    "    born text\n"
    ")",
    NULL,
};

static const mig_table table_person = {
    .name = "person",
    .id = 0,
    .columns = columns_person, .n_columns = 2,
    .identity = -1, .primary = -1,
    .row_size = sizeof(struct row_person),
    .visit = visit_person,
    .holds = holds_person,
    .create = {create_person_in_sqlite, create_person_in_postgres},
    .constrain = {no_sql, no_sql},
    .site = &site_table_person,
};

/* ---- sources and target ---------------------------------------------------------------------- */

static const mig_source_column columns_files_people[] = {
    {.name = "name", .not_null = true, .type = MIG_T_TEXT},
    {.name = "born", .type = MIG_T_TEXT},
};

static const mig_source_table source_files_people = {
    .name = "people",
    .source = 0,
    .id = 0,
    .pattern = "people.csv",
    .columns = columns_files_people, .n_columns = 2,
    .csv = {
        .trim = false,
        .encoding = "utf8",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = true,
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_files_people,
};

static const mig_source_def sources[] = {
    {.name = "files", .kind = MIG_SOURCE_CSV, .at = {.text = "data", .env = NULL, .fallback = NULL},
     .site = &site_source_files},
};

static const mig_target_def target = {
    .name = "app",
    .engine = MIG_SQLITE,
    .at = {.text = "app.db", .env = NULL, .fallback = NULL},
    .schema = NULL,
    .site = &site_target_app,
};

/* ---- from files.people ----------------------------------------------------------------------- */

static mig_verdict into_person(mig_ctx *x, const mig_record *s) {
    struct row_person r;

    /* spec.mig:10  copy name */
    r.name = mig_cell_text(s, people_name);
    /* spec.mig:10  copy born */
    r.born = mig_cell_text(s, people_born);
    if (!mig_emit(x, 0, &r))
        return mig_reject(x, &site_into_person);
    return MIG_ROW_CARRY;
}

static mig_verdict map_people_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:10  into person */
    v = into_person(x, s);
    if (v != MIG_ROW_CARRY)
        return v;

    return mig_failed(x) ? mig_reject(x, &site_from_people) : MIG_ROW_CARRY;
}

/* ---- flows ----------------------------------------------------------------------------------- */

static const mig_flow flow_files_people = {
    .name = "files.people",
    .id = 0,
    .source = &source_files_people,
    .row = map_people_row,
    .intos = (const mig_into[]){
        {.table = &table_person, .site = &site_into_person},
    }, .n_intos = 1,
    .site = &site_from_people,
};

/* ---- phases, in the order in which they run -------------------------------------------------- */

static const mig_phase phase_create = {
    .name = "create",
    .id = 0,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CREATE, .table = &table_person, .site = &site_table_person},
    }, .n_steps = 1,
    .site = &site_phase_create,
};

static const mig_phase phase_data = {
    .name = "data",
    .id = 1,
    .after = (const int[]){0}, .n_after = 1,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_FLOW, .flow = &flow_files_people, .site = &site_step_of_data},
    }, .n_steps = 1,
    .site = &site_phase_create,
};

/* ---- the migration --------------------------------------------------------------------------- */

extern const mig_spec mig_spec_small; /* seen outside, as main is */
const mig_spec mig_spec_small = {
    .abi = MIG_RUNTIME_ABI,
    .name = "small",
    .file = "spec.mig",
    .hash = "3735200496af8e3c18c0fe1b6162d493fa7643432f769c8a239d1527d5c1de68",
    .compiler = "migc",
    .sources = sources, .n_sources = 1,
    .source_tables = (const mig_source_table *const[]){&source_files_people}, .n_source_tables = 1,
    .target = &target,
    .tables = (const mig_table *const[]){&table_person}, .n_tables = 1,
    .flows = (const mig_flow *const[]){&flow_files_people}, .n_flows = 1,
    .phases = (const mig_phase *const[]){&phase_create, &phase_data}, .n_phases = 2,
};

int main(int argc, char **argv) {
    return mig_main(&mig_spec_small, argc, argv);
}
