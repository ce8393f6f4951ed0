/*
 * checks: made by migc from spec.mig.
 * Change the spec and build again, rather than this file.
 */
#include "mig.h"

_Static_assert(MIG_RUNTIME_ABI == 1, "this program and its runtime are of different versions");

/* ---- rows ------------------------------------------------------------------------------------ */

/* spec.mig:9  table account */
struct row_account {
    mig_int id;      /* integer not null */
    mig_text number; /* text not null */
    mig_date closed; /* date */
};

/* spec.mig:10  table movement */
struct row_movement {
    mig_int id;         /* bigint identity */
    mig_int account_id; /* integer not null */
    mig_numeric amount; /* numeric(10,2) not null */
};

/* spec.mig:6  cells of a row of files.movements */
enum { movements_account, movements_amount };

/* ---- places in the spec ---------------------------------------------------------------------- */

static const char spec[] = "spec.mig";

static const mig_site site_source_files = {spec, 4, 8, NULL, NULL};
static const mig_site site_files_movements = {spec, 6, 11, NULL, NULL};
static const mig_site site_target_bank = {spec, 8, 8, NULL, NULL};
static const mig_site site_table_account = {spec, 9, 20, NULL, NULL};
static const mig_site site_account_pkey = {spec, 9, 40, NULL, NULL};
static const mig_site site_account_number_key = {spec, 9, 74, NULL, NULL};
static const mig_site site_table_movement = {spec, 10, 11, NULL, NULL};
static const mig_site site_movement_pkey = {spec, 11, 27, NULL, NULL};
static const mig_site site_reference_movement_account_id_fkey = {spec, 12, 37, NULL, NULL};
static const mig_site site_phase_tables = {spec, 17, 7, NULL, NULL};
static const mig_site site_step_of_tables = {spec, 17, 23, NULL, NULL};
static const mig_site site_phase_data = {spec, 18, 7, NULL, NULL};
static const mig_site site_from_movements = {spec, 19, 5, NULL, NULL};
static const mig_site site_step_of_data = {spec, 19, 10, NULL, NULL};
static const mig_site site_into_movement = {spec, 21, 9, "movement", NULL};
static const mig_site site_movement_account_id = {spec, 21, 30, "movement.account_id", "account"};
static const mig_site site_number = {spec, 21, 43, NULL, NULL};
static const mig_site site_movement_amount = {spec, 21, 80, "movement.amount", "amount"};
static const mig_site site_phase_rules = {spec, 24, 7, NULL, NULL};
static const mig_site site_step_of_rules = {spec, 24, 70, NULL, NULL};
static const mig_site site_phase_cleanup = {spec, 25, 7, NULL, NULL};
static const mig_site site_step_of_cleanup = {spec, 26, 5, NULL, NULL};
static const mig_site site_sql_text = {spec, 26, 16, NULL, NULL};
static const mig_site site_check_accounts_are_numbered = {spec, 31, 7, NULL, NULL};
static const mig_site site_check_every_movement_arrived = {spec, 32, 7, NULL, NULL};
static const mig_site site_check_some_are_large = {spec, 34, 7, NULL, NULL};
static const mig_site site_check_one_name_each = {spec, 35, 7, NULL, NULL};
static const mig_site site_check_no_orphan = {spec, 36, 7, NULL, NULL};
static const mig_site site_check_the_server_agrees = {spec, 37, 7, NULL, NULL};

/* ---- table account --------------------------------------------------------------------------- */

static void visit_account(void *row, mig_codec *c) {
    struct row_account *r = row;
    c->integer(c, &r->id);
    c->text(c, &r->number);
    c->date(c, &r->closed);
}

static bool holds_account(mig_ctx *x, const void *row) {
    const struct row_account *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->number.p == NULL)
        return mig_refuse_null(x, "number");
    return true;
}

static const mig_column columns_account[] = {
    {.name = "id", .type = MIG_T_INTEGER, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "integer"}},
    {.name = "number", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
    {.name = "closed", .type = MIG_T_DATE, .p = -1, .s = -1, .sql = {"text", "date"}},
};

static const mig_reference references_to_account[] = {
    {.name = "movement_account_id_fkey", .columns = (const int[]){0}, .n_columns = 1, .phase = 2,
     .site = &site_reference_movement_account_id_fkey},
};

static const char *const no_sql[] = {NULL};

static const mig_table table_account = {
    .name = "account",
    .id = 0,
    .existing = true,
    .columns = columns_account, .n_columns = 3,
    .identity = -1, .primary = 0,
    .row_size = sizeof(struct row_account),
    .visit = visit_account,
    .holds = holds_account,
    .create = {no_sql, no_sql},
    .constrain = {no_sql, no_sql},
    .referred = references_to_account, .n_referred = 1,
    .site = &site_table_account,
};

/* ---- table movement -------------------------------------------------------------------------- */

static void visit_movement(void *row, mig_codec *c) {
    struct row_movement *r = row;
    c->bigint(c, &r->id);
    c->integer(c, &r->account_id);
    c->numeric(c, &r->amount);
}

static int64_t identity_of_movement(const void *row) {
    const struct row_movement *r = row;
    return r->id.v;
}

static void set_identity_of_movement(void *row, int64_t v) {
    struct row_movement *r = row;
    r->id = MIG_INT(v);
}

static bool holds_movement(mig_ctx *x, const void *row) {
    const struct row_movement *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->account_id.is_null)
        return mig_refuse_null(x, "account_id");
    if (r->amount.p == NULL)
        return mig_refuse_null(x, "amount");
    /* spec.mig:14  constraint not_nothing check (amount <> 0) */
    if (mig_is_false(mig_ne_numeric(r->amount, MIG_NUMERIC("0"))))
        return mig_refuse_check(x, "amount", "not_nothing", "amount <> 0", MIG_NULL_TEXT);
    return true;
}

static const mig_column columns_movement[] = {
    {.name = "id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "bigint"}},
    {.name = "account_id", .type = MIG_T_INTEGER, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "integer"}},
    {.name = "amount", .type = MIG_T_NUMERIC, .p = 10, .s = 2, .not_null = true,
     .sql = {"text", "numeric(10,2)"}},
};

static const char *const create_movement_in_sqlite[] = {
    "/* migc spec.mig:10 */ create table movement (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', 'null')),\n"
    "    account_id integer not null check (typeof(account_id) in ('integer', "
        "'null') and account_id between -2147483648 and 2147483647),\n"
    "    amount text not null check (amount not glob '*[^-0-9.]*' and "
        "amount glob '*[0-9]' and length(amount) - instr(amount, '.') = 2 "
        "and length(ltrim(replace(replace(amount, '-', ''), '.', ''), '0')) <= 10),\n"
    "    constraint not_nothing check (cast(amount as real) <> 0),\n"
    "    constraint movement_account_id_fkey foreign key (account_id) "
        "references account (id) deferrable initially deferred\n"
    ")",
    NULL,
};

static const char *const create_movement_in_postgres[] = {
    "/* migc spec.mig:10 */ create table movement (\n"
    "    id bigint generated by default as identity not null,\n"
    "    account_id integer not null,\n"
    "    amount numeric(10,2) not null,\n"
    "    constraint not_nothing check (amount <> 0)\n"
    ")",
    NULL,
};

static const char *const constrain_movement_in_postgres[] = {
    "/* migc spec.mig:10 */ alter table movement add constraint movement_pkey primary key (id)",
    "/* migc spec.mig:10 */ alter table movement add constraint movement_account_id_fkey "
        "foreign key (account_id) references account (id)",
    NULL,
};

static const mig_table table_movement = {
    .name = "movement",
    .id = 1,
    .columns = columns_movement, .n_columns = 3,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_movement),
    .visit = visit_movement,
    .get_identity = identity_of_movement,
    .set_identity = set_identity_of_movement,
    .holds = holds_movement,
    .create = {create_movement_in_sqlite, create_movement_in_postgres},
    .constrain = {no_sql, constrain_movement_in_postgres},
    .site = &site_table_movement,
};

/* ---- sources and target ---------------------------------------------------------------------- */

static const mig_source_column columns_files_movements[] = {
    {.name = "account", .not_null = true, .type = MIG_T_TEXT},
    {.name = "amount", .not_null = true, .type = MIG_T_TEXT},
};

static const mig_source_table source_files_movements = {
    .name = "movements",
    .source = 0,
    .id = 0,
    .pattern = "movements.csv",
    .columns = columns_files_movements, .n_columns = 2,
    .csv = {
        .trim = false,
        .encoding = "latin1",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = false,
        .skip = 2,
        .extra_ignore = true,
    },
    .site = &site_files_movements,
};

static const mig_source_def sources[] = {
    {.name = "files", .kind = MIG_SOURCE_CSV, .at = {.text = "data", .env = NULL, .fallback = NULL},
     .site = &site_source_files},
};

static const mig_target_def target = {
    .name = "bank",
    .engine = MIG_SQLITE,
    .at = {.text = NULL, .env = "BANK_DB", .fallback = NULL},
    .schema = NULL,
    .site = &site_target_bank,
};

/* ---- unique rules ---------------------------------------------------------------------------- */

static void key_account_by_id(const void *row, mig_key *k) {
    const struct row_account *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_account_pkey = {
    .table = &table_account,
    .name = "account_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_account_by_id,
    .result = -1,
    .site = &site_account_pkey,
    .id = 0,
};

static void key_account_by_number(const void *row, mig_key *k) {
    const struct row_account *r = row;
    mig_key_text(k, r->number);
}

static const mig_index_key unique_account_number_key = {
    .table = &table_account,
    .name = "account_number_key",
    .columns = (const int[]){1}, .n_columns = 1, /* number */
    .key = key_account_by_number,
    .result = -1,
    .site = &site_account_number_key,
    .id = 1,
};

static void key_movement_by_id(const void *row, mig_key *k) {
    const struct row_movement *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_movement_pkey = {
    .table = &table_movement,
    .name = "movement_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_movement_by_id,
    .result = -1,
    .site = &site_movement_pkey,
    .id = 2,
};

/* ---- look-ups -------------------------------------------------------------------------------- */

static const mig_index_key lookup_account_number = {
    .table = &table_account,
    .name = "number",
    .columns = (const int[]){1}, .n_columns = 1, /* number */
    .key = key_account_by_number,
    .result = 0,
    .site = &site_number,
    .id = 0,
};

/* ---- from files.movements -------------------------------------------------------------------- */

static mig_int find_account_by_number(mig_ctx *x, mig_text number) {
    mig_key k;
    mig_key_begin(&k, x);
    mig_key_text(&k, number);
    return mig_lookup_int(x, &lookup_account_number, &k);
}

static mig_verdict into_movement(mig_ctx *x, const mig_record *s) {
    struct row_movement r;

    r.id = MIG_NULL_INT; /* put by the runtime */
    /* spec.mig:21  account_id = bank.account[number = m.account].id; */
    r.account_id = find_account_by_number(x, mig_cell_text(s, movements_account));
    if (mig_failed(x))
        return mig_reject(x, &site_movement_account_id);
    /* spec.mig:21  amount = numeric(m.amount); */
    r.amount =
        mig_narrow_numeric(x, mig_numeric_of_text(x, mig_cell_text(s, movements_amount)), 10, 2);
    if (mig_failed(x))
        return mig_reject(x, &site_movement_amount);
    if (!mig_emit(x, 0, &r))
        return mig_reject(x, &site_into_movement);
    return MIG_ROW_CARRY;
}

static mig_verdict map_movements_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:21  into movement */
    v = into_movement(x, s);
    if (v != MIG_ROW_CARRY)
        return v;

    return mig_failed(x) ? mig_reject(x, &site_from_movements) : MIG_ROW_CARRY;
}

/* ---- checks ---------------------------------------------------------------------------------- */

static mig_bool row_in_accounts_are_numbered(mig_ctx *x, const void *row) {
    (void)x;
    const struct row_account *r = row;
    return mig_or(MIG_BOOL(r->closed.is_null),
                  mig_gt_date(r->closed, (mig_date){0, false /* 2000-01-01 */}));
}

static mig_bool test_accounts_are_numbered(mig_ctx *x) {
    /* spec.mig:31  check 'accounts are numbered': every bank.account as a: a.closed is null or
       a.closed > '2000-01-01' */
    return mig_check_every_target(x, &table_account, row_in_accounts_are_numbered);
}

static mig_bool test_every_movement_arrived(mig_ctx *x) {
    /* spec.mig:32  check 'every movement arrived': count(bank.movement) = count(files.movements)
       - rejected(files.movements) - skipped(files.movements) */
    mig_int count = mig_check_count_source(x, &source_files_movements, NULL);
    mig_int difference = mig_sub_int(x, count, mig_check_rejected(x, &source_files_movements),
                                     MIG_T_BIGINT);
    mig_int difference_2 = mig_sub_int(x, difference, mig_check_skipped(x, &source_files_movements),
                                       MIG_T_BIGINT);
    return mig_eq_int(mig_check_count_target(x, &table_movement, NULL), difference_2);
}

static mig_bool row_in_some_are_large(mig_ctx *x, const void *row) {
    (void)x;
    const struct row_movement *r = row;
    return mig_gt_numeric(r->amount, MIG_NUMERIC("100"));
}

static mig_bool test_some_are_large(mig_ctx *x) {
    /* spec.mig:34  check 'some are large': count(bank.movement as m: m.amount > 100) > 0 */
    mig_int count = mig_check_count_target(x, &table_movement, row_in_some_are_large);
    return mig_gt_int(count, MIG_INT(0));
}

static void key_in_one_name_each(mig_ctx *x, const void *row, mig_key *k) {
    const struct row_account *r = row;
    mig_key_text(k, mig_lower(x, r->number));
}

static mig_bool test_one_name_each(mig_ctx *x) {
    /* spec.mig:35  check 'one name each': unique(bank.account, lower(number)) */
    return mig_check_unique_target(x, &table_account, key_in_one_name_each);
}

static mig_bool test_no_orphan(mig_ctx *x) {
    /* spec.mig:36  check 'no orphan': refers(bank.movement.account_id, bank.account.id) */
    return mig_check_refers(x, &table_movement, 1, &table_account, 0);
}

static mig_bool test_the_server_agrees(mig_ctx *x) {
    /* spec.mig:37  check 'the server agrees': sql bank $$ select count(*) >= 0 from movement $$ */
    return mig_check_sql(x, " select count(*) >= 0 from movement ");
}

/* ---- flows ----------------------------------------------------------------------------------- */

static const mig_flow flow_files_movements = {
    .name = "files.movements",
    .id = 0,
    .source = &source_files_movements,
    .row = map_movements_row,
    .intos = (const mig_into[]){
        {.table = &table_movement, .site = &site_into_movement},
    }, .n_intos = 1,
    .site = &site_from_movements,
};

/* ---- checks ---------------------------------------------------------------------------------- */

static const mig_check check_accounts_are_numbered = {
    .name = "accounts are numbered",
    .before = true,
    .phase = 1,
    .warn = false,
    .test = test_accounts_are_numbered,
    .text = "every bank.account as a: a.closed is null or a.closed > '2000-01-01'",
    .site = &site_check_accounts_are_numbered,
};

static const mig_check check_every_movement_arrived = {
    .name = "every movement arrived",
    .before = false,
    .phase = 1,
    .warn = false,
    .test = test_every_movement_arrived,
    .text = "count(bank.movement) = count(files.movements) - rejected(files.movements) "
        "- skipped(files.movements)",
    .site = &site_check_every_movement_arrived,
};

static const mig_check check_some_are_large = {
    .name = "some are large",
    .before = false,
    .phase = 1,
    .warn = true,
    .test = test_some_are_large,
    .text = "count(bank.movement as m: m.amount > 100) > 0",
    .site = &site_check_some_are_large,
};

static const mig_check check_one_name_each = {
    .name = "one name each",
    .before = false,
    .phase = 0,
    .warn = false,
    .test = test_one_name_each,
    .text = "unique(bank.account, lower(number))",
    .site = &site_check_one_name_each,
};

static const mig_check check_no_orphan = {
    .name = "no orphan",
    .before = false,
    .phase = 1,
    .warn = false,
    .test = test_no_orphan,
    .text = "refers(bank.movement.account_id, bank.account.id)",
    .site = &site_check_no_orphan,
};

static const mig_check check_the_server_agrees = {
    .name = "the server agrees",
    .before = false,
    .phase = 2,
    .warn = false,
    .test = test_the_server_agrees,
    .text = "sql bank $$ select count(*) >= 0 from movement $$",
    .site = &site_check_the_server_agrees,
};

/* ---- phases, in the order in which they run -------------------------------------------------- */

static const mig_phase phase_tables = {
    .name = "tables",
    .id = 0,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CREATE, .table = &table_movement, .site = &site_step_of_tables},
    }, .n_steps = 1,
    .site = &site_phase_tables,
};

static const mig_phase phase_data = {
    .name = "data",
    .id = 1,
    .after = (const int[]){0}, .n_after = 1,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_FLOW, .flow = &flow_files_movements, .site = &site_step_of_data},
    }, .n_steps = 1,
    .lookups = (const mig_index_key *const[]){&lookup_account_number}, .n_lookups = 1,
    .site = &site_phase_data,
};

static const mig_phase phase_rules = {
    .name = "rules",
    .id = 2,
    .after = (const int[]){0, 1}, .n_after = 2,
    .needs = (const mig_check *const[]){&check_every_movement_arrived}, .n_needs = 1,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_movement, .site = &site_step_of_rules},
    }, .n_steps = 1,
    .site = &site_phase_rules,
};

static const mig_phase phase_cleanup = {
    .name = "cleanup",
    .id = 3,
    .manual = true,
    .after = (const int[]){2}, .n_after = 1,
    .reject_limit = -1, .reject_share = 0.01,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_SQL, .sql = "/* migc spec.mig:26 */ \n"
        "        delete from movement\n"
        "        where amount > 1000000 -- not ours\n"
        "    ", .sql_site = &site_sql_text, .site = &site_step_of_cleanup},
    }, .n_steps = 1,
    .site = &site_phase_cleanup,
};

/* ---- the migration --------------------------------------------------------------------------- */

extern const mig_spec mig_spec_checks; /* seen outside, as main is */
const mig_spec mig_spec_checks = {
    .abi = MIG_RUNTIME_ABI,
    .name = "checks",
    .file = "spec.mig",
    .hash = "df1df510b9f655b2da163bdc44fd27d8e5e2c916b809ede05f8cb9c9c32faab3",
    .compiler = "migc",
    .sources = sources, .n_sources = 1,
    .source_tables = (const mig_source_table *const[]){&source_files_movements},
        .n_source_tables = 1,
    .target = &target,
    .tables = (const mig_table *const[]){&table_account, &table_movement}, .n_tables = 2,
    .lookups = (const mig_index_key *const[]){&lookup_account_number}, .n_lookups = 1,
    .uniques = (const mig_index_key *const[]){&unique_account_pkey, &unique_account_number_key,
                                              &unique_movement_pkey}, .n_uniques = 3,
    .flows = (const mig_flow *const[]){&flow_files_movements}, .n_flows = 1,
    .checks = (const mig_check *const[]){&check_accounts_are_numbered,
                                         &check_every_movement_arrived, &check_some_are_large,
                                         &check_one_name_each, &check_no_orphan,
                                         &check_the_server_agrees}, .n_checks = 6,
    .phases = (const mig_phase *const[]){&phase_tables, &phase_data, &phase_rules, &phase_cleanup},
        .n_phases = 4,
};

int main(int argc, char **argv) {
    return mig_main(&mig_spec_checks, argc, argv);
}
