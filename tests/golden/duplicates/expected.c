/*
 * duplicates: made by migc from spec.mig.
 * Change the spec and build again, rather than this file.
 */
#include "mig.h"

_Static_assert(MIG_RUNTIME_ABI == 1, "this program and its runtime are of different versions");

/* ---- rows ------------------------------------------------------------------------------------ */

/* spec.mig:10  table customer */
struct row_customer {
    mig_int id;          /* integer identity */
    mig_text email;      /* text not null */
    mig_text name;       /* text */
    mig_text phone;      /* varchar(30) */
    mig_numeric spent;   /* numeric(12,2) not null */
    mig_date first_seen; /* date not null */
    mig_date last_seen;  /* date not null */
    mig_int copies;      /* smallint not null */
};

/* spec.mig:20  table account */
struct row_account {
    mig_int id;     /* bigint identity */
    mig_text login; /* varchar(20) not null */
    mig_text mail;  /* text not null */
};

/* spec.mig:21  table mark */
struct row_mark {
    mig_text code; /* char(3) not null */
    mig_int value; /* integer */
};

/* spec.mig:5  cells of a row of files.customers */
enum { customers_email, customers_name, customers_phone, customers_spent, customers_seen };

/* spec.mig:6  cells of a row of files.accounts */
enum { accounts_login, accounts_mail };

/* spec.mig:7  cells of a row of files.marks */
enum { marks_code, marks_value };

/* ---- places in the spec ---------------------------------------------------------------------- */

static const char spec[] = "spec.mig";

static const mig_site site_phase_create = {spec, 2, 11, NULL, NULL};
static const mig_site site_source_files = {spec, 4, 8, NULL, NULL};
static const mig_site site_files_customers = {spec, 5, 11, NULL, NULL};
static const mig_site site_files_accounts = {spec, 6, 11, NULL, NULL};
static const mig_site site_files_marks = {spec, 7, 11, NULL, NULL};
static const mig_site site_target_app = {spec, 9, 8, NULL, NULL};
static const mig_site site_table_customer = {spec, 10, 11, NULL, NULL};
static const mig_site site_customer_pkey = {spec, 11, 24, NULL, NULL};
static const mig_site site_table_account = {spec, 20, 11, NULL, NULL};
static const mig_site site_account_pkey = {spec, 20, 30, NULL, NULL};
static const mig_site site_table_mark = {spec, 21, 11, NULL, NULL};
static const mig_site site_mark_pkey = {spec, 21, 55, NULL, NULL};
static const mig_site site_dedup_customer = {spec, 23, 1, NULL, NULL};
static const mig_site site_dedup_account = {spec, 29, 1, NULL, NULL};
static const mig_site site_dedup_mark = {spec, 33, 1, NULL, NULL};
static const mig_site site_from_customers = {spec, 36, 1, NULL, NULL};
static const mig_site site_step_of_data = {spec, 36, 6, NULL, NULL};
static const mig_site site_into_customer = {spec, 38, 5, "customer", NULL};
static const mig_site site_customer_phone = {spec, 39, 9, "customer.phone", "phone"};
static const mig_site site_customer_spent = {spec, 40, 9, "customer.spent", "spent"};
static const mig_site site_customer_first_seen = {spec, 41, 9, "customer.first_seen", "seen"};
static const mig_site site_customer_last_seen = {spec, 42, 9, "customer.last_seen", "seen"};
static const mig_site site_from_accounts = {spec, 45, 1, NULL, NULL};
static const mig_site site_step_of_data_2 = {spec, 45, 6, NULL, NULL};
static const mig_site site_into_account = {spec, 47, 5, "account", NULL};
static const mig_site site_from_marks = {spec, 49, 1, NULL, NULL};
static const mig_site site_step_of_data_3 = {spec, 49, 6, NULL, NULL};
static const mig_site site_into_mark = {spec, 51, 5, "mark", NULL};
static const mig_site site_mark_code = {spec, 51, 18, "mark.code", "code"};
static const mig_site site_mark_value = {spec, 51, 18, "mark.value", "value"};

/* ---- table customer -------------------------------------------------------------------------- */

static void visit_customer(void *row, mig_codec *c) {
    struct row_customer *r = row;
    c->integer(c, &r->id);
    c->text(c, &r->email);
    c->text(c, &r->name);
    c->text(c, &r->phone);
    c->numeric(c, &r->spent);
    c->date(c, &r->first_seen);
    c->date(c, &r->last_seen);
    c->smallint(c, &r->copies);
}

static int64_t identity_of_customer(const void *row) {
    const struct row_customer *r = row;
    return r->id.v;
}

static void set_identity_of_customer(void *row, int64_t v) {
    struct row_customer *r = row;
    r->id = MIG_INT(v);
}

static bool holds_customer(mig_ctx *x, const void *row) {
    const struct row_customer *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->email.p == NULL)
        return mig_refuse_null(x, "email");
    if (r->phone.n > 30 && mig_too_long(r->phone, 30))
        return mig_refuse_length(x, "phone", r->phone, 30);
    if (r->spent.p == NULL)
        return mig_refuse_null(x, "spent");
    if (r->first_seen.is_null)
        return mig_refuse_null(x, "first_seen");
    if (r->last_seen.is_null)
        return mig_refuse_null(x, "last_seen");
    if (r->copies.is_null)
        return mig_refuse_null(x, "copies");
    return true;
}

static const mig_column columns_customer[] = {
    {.name = "id", .type = MIG_T_INTEGER, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "integer"}},
    {.name = "email", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
    {.name = "name", .type = MIG_T_TEXT, .p = -1, .s = -1, .sql = {"text", "text"}},
    {.name = "phone", .type = MIG_T_VARCHAR, .p = 30, .s = -1, .sql = {"text", "varchar(30)"}},
    {.name = "spent", .type = MIG_T_NUMERIC, .p = 12, .s = 2, .not_null = true,
     .sql = {"text", "numeric(12,2)"}},
    {.name = "first_seen", .type = MIG_T_DATE, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "date"}},
    {.name = "last_seen", .type = MIG_T_DATE, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "date"}},
    {.name = "copies", .type = MIG_T_SMALLINT, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "smallint"}},
};

static const char *const create_customer_in_sqlite[] = {
    "/* migc spec.mig:10 */ create table customer (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', "
        "'null') and id between -2147483648 and 2147483647),\n"
    "    email text not null,\n"
    "    name text,\n"
    "    phone text check (length(phone) <= 30),\n"
    "    spent text not null check (spent not glob '*[^-0-9.]*' and spent "
        "glob '*[0-9]' and length(spent) - instr(spent, '.') = 2 and length(ltrim(replace(replace(spent, "
        "'-', ''), '.', ''), '0')) <= 12),\n"
    "    first_seen text not null check (first_seen is date(first_seen, '+0 days')),\n"
    "    last_seen text not null check (last_seen is date(last_seen, '+0 days')),\n"
    "    copies integer not null default 1 check (typeof(copies) in ('integer', "
        "'null') and copies between -32768 and 32767)\n"
    ")",
    NULL,
};

static const char *const no_sql[] = {NULL};

static const char *const create_customer_in_postgres[] = {
    "/* migc spec.mig:10 */ create table customer (\n"
    "    id integer generated by default as identity not null,\n"
    "    email text not null,\n"
    "    name text,\n"
    "    phone varchar(30),\n"
    "    spent numeric(12,2) not null,\n"
    "    first_seen date not null,\n"
    "    last_seen date not null,\n"
    "    copies smallint not null default 1\n"
    ")",
    NULL,
};

static const char *const constrain_customer_in_postgres[] = {
    "/* migc spec.mig:10 */ alter table customer add constraint customer_pkey primary key (id)",
    NULL,
};

static const mig_table table_customer = {
    .name = "customer",
    .id = 0,
    .columns = columns_customer, .n_columns = 8,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_customer),
    .visit = visit_customer,
    .get_identity = identity_of_customer,
    .set_identity = set_identity_of_customer,
    .holds = holds_customer,
    .create = {create_customer_in_sqlite, create_customer_in_postgres},
    .constrain = {no_sql, constrain_customer_in_postgres},
    .site = &site_table_customer,
};

/* ---- table account --------------------------------------------------------------------------- */

static void visit_account(void *row, mig_codec *c) {
    struct row_account *r = row;
    c->bigint(c, &r->id);
    c->text(c, &r->login);
    c->text(c, &r->mail);
}

static int64_t identity_of_account(const void *row) {
    const struct row_account *r = row;
    return r->id.v;
}

static void set_identity_of_account(void *row, int64_t v) {
    struct row_account *r = row;
    r->id = MIG_INT(v);
}

static bool holds_account(mig_ctx *x, const void *row) {
    const struct row_account *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->login.p == NULL)
        return mig_refuse_null(x, "login");
    if (r->login.n > 20 && mig_too_long(r->login, 20))
        return mig_refuse_length(x, "login", r->login, 20);
    if (r->mail.p == NULL)
        return mig_refuse_null(x, "mail");
    return true;
}

static const mig_column columns_account[] = {
    {.name = "id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "bigint"}},
    {.name = "login", .type = MIG_T_VARCHAR, .p = 20, .s = -1, .not_null = true,
     .sql = {"text", "varchar(20)"}},
    {.name = "mail", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
};

static const char *const create_account_in_sqlite[] = {
    "/* migc spec.mig:20 */ create table account (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', 'null')),\n"
    "    login text not null check (length(login) <= 20),\n"
    "    mail text not null\n"
    ")",
    NULL,
};

static const char *const create_account_in_postgres[] = {
    "/* migc spec.mig:20 */ create table account (\n"
    "    id bigint generated by default as identity not null,\n"
    "    login varchar(20) not null,\n"
    "    mail text not null\n"
    ")",
    NULL,
};

static const char *const constrain_account_in_postgres[] = {
    "/* migc spec.mig:20 */ alter table account add constraint account_pkey primary key (id)",
    NULL,
};

static const mig_table table_account = {
    .name = "account",
    .id = 1,
    .columns = columns_account, .n_columns = 3,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_account),
    .visit = visit_account,
    .get_identity = identity_of_account,
    .set_identity = set_identity_of_account,
    .holds = holds_account,
    .create = {create_account_in_sqlite, create_account_in_postgres},
    .constrain = {no_sql, constrain_account_in_postgres},
    .site = &site_table_account,
};

/* ---- table mark ------------------------------------------------------------------------------ */

static void visit_mark(void *row, mig_codec *c) {
    struct row_mark *r = row;
    c->text(c, &r->code);
    c->integer(c, &r->value);
}

static bool holds_mark(mig_ctx *x, const void *row) {
    const struct row_mark *r = row;
    if (r->code.p == NULL)
        return mig_refuse_null(x, "code");
    if (r->code.n > 3 && mig_too_long(r->code, 3))
        return mig_refuse_length(x, "code", r->code, 3);
    return true;
}

static const mig_column columns_mark[] = {
    {.name = "code", .type = MIG_T_CHAR, .p = 3, .s = -1, .not_null = true,
     .sql = {"text", "char(3)"}},
    {.name = "value", .type = MIG_T_INTEGER, .p = -1, .s = -1, .sql = {"integer", "integer"}},
};

static const char *const create_mark_in_sqlite[] = {
    "/* migc spec.mig:21 */ create table mark (\n"
    "    code text not null check (length(code) <= 3),\n"
    "    value integer check (typeof(value) in ('integer', 'null') and "
        "value between -2147483648 and 2147483647),\n"
    "    constraint mark_pkey primary key (code)\n"
    ")",
    NULL,
};

static const char *const create_mark_in_postgres[] = {
    "/* migc spec.mig:21 */ create table mark (\n"
    "    code char(3) not null,\n"
    "    value integer\n"
    ")",
    NULL,
};

static const char *const constrain_mark_in_postgres[] = {
    "/* migc spec.mig:21 */ alter table mark add constraint mark_pkey primary key (code)",
    NULL,
};

static const mig_table table_mark = {
    .name = "mark",
    .id = 2,
    .columns = columns_mark, .n_columns = 2,
    .identity = -1, .primary = 0,
    .row_size = sizeof(struct row_mark),
    .visit = visit_mark,
    .holds = holds_mark,
    .create = {create_mark_in_sqlite, create_mark_in_postgres},
    .constrain = {no_sql, constrain_mark_in_postgres},
    .site = &site_table_mark,
};

/* ---- sources and target ---------------------------------------------------------------------- */

static const mig_source_column columns_files_customers[] = {
    {.name = "email", .not_null = true, .type = MIG_T_TEXT},
    {.name = "name", .type = MIG_T_TEXT},
    {.name = "phone", .type = MIG_T_TEXT},
    {.name = "spent", .not_null = true, .type = MIG_T_TEXT},
    {.name = "seen", .not_null = true, .type = MIG_T_TEXT},
};

static const mig_source_table source_files_customers = {
    .name = "customers",
    .source = 0,
    .id = 0,
    .pattern = "customers.csv",
    .columns = columns_files_customers, .n_columns = 5,
    .csv = {
        .trim = false,
        .encoding = "utf8",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = true,
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_files_customers,
};

static const mig_source_column columns_files_accounts[] = {
    {.name = "login", .not_null = true, .type = MIG_T_TEXT},
    {.name = "mail", .type = MIG_T_TEXT},
};

static const mig_source_table source_files_accounts = {
    .name = "accounts",
    .source = 0,
    .id = 1,
    .pattern = "accounts.csv",
    .columns = columns_files_accounts, .n_columns = 2,
    .csv = {
        .trim = false,
        .encoding = "utf8",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = true,
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_files_accounts,
};

static const mig_source_column columns_files_marks[] = {
    {.name = "code", .not_null = true, .type = MIG_T_TEXT},
    {.name = "value", .type = MIG_T_INTEGER},
};

static const mig_source_table source_files_marks = {
    .name = "marks",
    .source = 0,
    .id = 2,
    .pattern = "marks.csv",
    .columns = columns_files_marks, .n_columns = 2,
    .csv = {
        .trim = false,
        .encoding = "utf8",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = true,
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_files_marks,
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

/* ---- unique rules ---------------------------------------------------------------------------- */

static void key_customer_by_id(const void *row, mig_key *k) {
    const struct row_customer *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_customer_pkey = {
    .table = &table_customer,
    .name = "customer_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_customer_by_id,
    .result = -1,
    .site = &site_customer_pkey,
    .id = 0,
};

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
    .id = 1,
};

static void key_mark_by_code(const void *row, mig_key *k) {
    const struct row_mark *r = row;
    mig_key_char(k, r->code);
}

static const mig_index_key unique_mark_pkey = {
    .table = &table_mark,
    .name = "mark_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* code */
    .key = key_mark_by_code,
    .result = -1,
    .site = &site_mark_pkey,
    .id = 2,
};

/* ---- from files.customers -------------------------------------------------------------------- */

static mig_verdict into_customer(mig_ctx *x, const mig_record *s) {
    struct row_customer r;

    r.id = MIG_NULL_INT; /* put by the runtime */
    /* spec.mig:39  copy email */
    r.email = mig_cell_text(s, customers_email);
    /* spec.mig:39  copy name */
    r.name = mig_cell_text(s, customers_name);
    /* spec.mig:39  copy phone */
    r.phone = mig_narrow_text(x, mig_cell_text(s, customers_phone), 30, MIG_T_VARCHAR);
    if (mig_failed(x))
        return mig_reject(x, &site_customer_phone);
    /* spec.mig:40  spent = numeric(c.spent); */
    r.spent =
        mig_narrow_numeric(x, mig_numeric_of_text(x, mig_cell_text(s, customers_spent)), 12, 2);
    if (mig_failed(x))
        return mig_reject(x, &site_customer_spent);
    /* spec.mig:41  first_seen = date(c.seen); */
    r.first_seen = mig_date_of_text(x, mig_cell_text(s, customers_seen));
    if (mig_failed(x))
        return mig_reject(x, &site_customer_first_seen);
    /* spec.mig:42  last_seen = date(c.seen); */
    r.last_seen = mig_date_of_text(x, mig_cell_text(s, customers_seen));
    if (mig_failed(x))
        return mig_reject(x, &site_customer_last_seen);
    /* spec.mig:18  default of copies */
    r.copies = MIG_INT(1);
    if (!mig_emit(x, 0, &r))
        return mig_reject(x, &site_into_customer);
    return MIG_ROW_CARRY;
}

static mig_verdict map_customers_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:38  into customer */
    v = into_customer(x, s);
    if (v != MIG_ROW_CARRY)
        return v;

    return mig_failed(x) ? mig_reject(x, &site_from_customers) : MIG_ROW_CARRY;
}

/* ---- from files.accounts --------------------------------------------------------------------- */

static mig_verdict into_account(mig_ctx *x, const mig_record *s) {
    struct row_account r;

    r.id = MIG_NULL_INT; /* put by the runtime */
    /* spec.mig:47  login = a.login; */
    r.login = mig_narrow_text(x, mig_cell_text(s, accounts_login), 20, MIG_T_VARCHAR);
    if (mig_failed(x)) {
        mig_clear(x);
        mig_into_skip(x, 0);
        return MIG_ROW_CARRY;
    }
    /* spec.mig:47  mail = coalesce(a.mail, ''); */
    r.mail = mig_coalesce_text(mig_cell_text(s, accounts_mail), MIG_TEXT(""));
    if (!mig_emit(x, 0, &r)) {
        mig_clear(x);
        mig_into_skip(x, 0);
    }
    return MIG_ROW_CARRY;
}

static mig_verdict map_accounts_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:47  into account */
    v = into_account(x, s);
    if (v != MIG_ROW_CARRY)
        return v;

    return mig_failed(x) ? mig_reject(x, &site_from_accounts) : MIG_ROW_CARRY;
}

/* ---- from files.marks ------------------------------------------------------------------------ */

static mig_verdict into_mark(mig_ctx *x, const mig_record *s) {
    struct row_mark r;

    /* spec.mig:51  copy code */
    r.code = mig_narrow_text(x, mig_cell_text(s, marks_code), 3, MIG_T_CHAR);
    if (mig_failed(x))
        return mig_abort(x, &site_mark_code);
    /* spec.mig:51  copy value */
    r.value = mig_integer_of_text(x, mig_cell_text(s, marks_value));
    if (mig_failed(x))
        return mig_abort(x, &site_mark_value);
    if (!mig_emit(x, 0, &r))
        return mig_abort(x, &site_into_mark);
    return MIG_ROW_CARRY;
}

static mig_verdict map_marks_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:51  into mark */
    v = into_mark(x, s);
    if (v != MIG_ROW_CARRY)
        return v;

    return mig_failed(x) ? mig_reject(x, &site_from_marks) : MIG_ROW_CARRY;
}

/* ---- dedup of customer ----------------------------------------------------------------------- */

static void same_customer(mig_ctx *x, const void *row, mig_key *k) {
    const struct row_customer *r = row;
    mig_key_text(k, mig_casefold(x, mig_trim(x, r->email, MIG_NULL_TEXT)));
}

static mig_date order_of_customer(mig_ctx *x, const void *row) {
    (void)x;
    const struct row_customer *r = row;
    return r->last_seen;
}

static int compare_customer(mig_ctx *x, const void *a, const void *b) {
    mig_date of_a = order_of_customer(x, a), of_b = order_of_customer(x, b);
    if (mig_is_null_date(of_a) || mig_is_null_date(of_b))
        return mig_is_null_date(of_b) - mig_is_null_date(of_a);
    return mig_order_date(of_a, of_b);
}

static void merge_customer(mig_ctx *x, void *merged, const void *row, int64_t n) {
    (void)n;
    const struct row_customer *r = row;
    struct row_customer *acc = merged;
    acc->id = mig_coalesce_int(acc->id, r->id);
    acc->email = mig_coalesce_text(acc->email, r->email);
    /* spec.mig:26  name = longest; */
    if (mig_is_true(mig_gt_int(mig_length(x, r->name), mig_length(x, acc->name))) ||
        acc->name.p == NULL)
        acc->name = r->name;
    /* spec.mig:26  phone = join(' / '); */
    if (acc->phone.p == NULL)
        acc->phone = r->phone;
    else if (r->phone.p != NULL)
        acc->phone = mig_concat_text(x, mig_concat_text(x, acc->phone, MIG_TEXT(" / ")), r->phone);
    /* spec.mig:26  spent = sum; */
    if (acc->spent.p == NULL)
        acc->spent = r->spent;
    else if (r->spent.p != NULL)
        acc->spent = mig_add_numeric(x, acc->spent, r->spent);
    /* spec.mig:26  first_seen = min; */
    acc->first_seen = mig_least_date(acc->first_seen, r->first_seen);
    /* spec.mig:26  last_seen = max; */
    acc->last_seen = mig_greatest_date(acc->last_seen, r->last_seen);
}

static void finish_customer(mig_ctx *x, void *merged, const void *kept, int64_t n) {
    struct row_customer *acc = merged;
    const struct row_customer *r = kept;
    acc->id = mig_coalesce_int(r->id, acc->id);
    acc->email = mig_coalesce_text(r->email, acc->email);
    acc->spent = mig_narrow_numeric(x, acc->spent, 12, 2);
    acc->copies = mig_narrow_int(x, MIG_INT(n), MIG_T_SMALLINT);
}

/* ---- dedup of account ------------------------------------------------------------------------ */

static void same_account(mig_ctx *x, const void *row, mig_key *k) {
    (void)x;
    const struct row_account *r = row;
    mig_key_text(k, r->login);
}

static void rewrite_account(mig_ctx *x, void *row) {
    struct row_account *to = row;
    const struct row_account was = *to, *r = &was;
    /* spec.mig:31  mail = login || '@example.invalid'; */
    to->mail = mig_concat_text(x, r->login, MIG_TEXT("@example.invalid"));
}

/* ---- dedup of mark --------------------------------------------------------------------------- */

static void same_mark(mig_ctx *x, const void *row, mig_key *k) {
    (void)x;
    const struct row_mark *r = row;
    mig_key_char(k, r->code);
}

/* ---- flows ----------------------------------------------------------------------------------- */

static const mig_flow flow_files_customers = {
    .name = "files.customers",
    .id = 0,
    .source = &source_files_customers,
    .row = map_customers_row,
    .intos = (const mig_into[]){
        {.table = &table_customer, .site = &site_into_customer},
    }, .n_intos = 1,
    .site = &site_from_customers,
};

static const mig_flow flow_files_accounts = {
    .name = "files.accounts",
    .id = 1,
    .source = &source_files_accounts,
    .row = map_accounts_row,
    .intos = (const mig_into[]){
        {.table = &table_account, .site = &site_into_account},
    }, .n_intos = 1,
    .site = &site_from_accounts,
};

static const mig_flow flow_files_marks = {
    .name = "files.marks",
    .id = 2,
    .source = &source_files_marks,
    .row = map_marks_row,
    .intos = (const mig_into[]){
        {.table = &table_mark, .site = &site_into_mark},
    }, .n_intos = 1,
    .site = &site_from_marks,
};

/* ---- dedup ----------------------------------------------------------------------------------- */

static const mig_dedup dedup_customer = {
    .table = &table_customer,
    .id = 0,
    .key = same_customer,
    .keep_last = true,
    .order = compare_customer,
    .action = MIG_DUP_MERGE,
    .why = NULL,
    .fold = merge_customer,
    .finish = finish_customer,
    .rewrite = NULL,
    .late = true,
    .site = &site_dedup_customer,
};

static const mig_dedup dedup_account = {
    .table = &table_account,
    .id = 1,
    .key = same_account,
    .keep_last = false,
    .order = NULL,
    .action = MIG_DUP_REWRITE,
    .why = NULL,
    .fold = NULL,
    .finish = NULL,
    .rewrite = rewrite_account,
    .late = true,
    .site = &site_dedup_account,
};

static const mig_dedup dedup_mark = {
    .table = &table_mark,
    .id = 2,
    .key = same_mark,
    .keep_last = false,
    .order = NULL,
    .action = MIG_DUP_REJECT,
    .why = "the mark is there already",
    .fold = NULL,
    .finish = NULL,
    .rewrite = NULL,
    .late = false,
    .site = &site_dedup_mark,
};

/* ---- phases, in the order in which they run -------------------------------------------------- */

static const mig_phase phase_create = {
    .name = "create",
    .id = 0,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CREATE, .table = &table_customer, .site = &site_table_customer},
        {.kind = MIG_STEP_CREATE, .table = &table_account, .site = &site_table_account},
        {.kind = MIG_STEP_CREATE, .table = &table_mark, .site = &site_table_mark},
    }, .n_steps = 3,
    .site = &site_phase_create,
};

static const mig_phase phase_data = {
    .name = "data",
    .id = 1,
    .after = (const int[]){0}, .n_after = 1,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_FLOW, .flow = &flow_files_customers, .site = &site_step_of_data},
        {.kind = MIG_STEP_FLOW, .flow = &flow_files_accounts, .site = &site_step_of_data_2},
        {.kind = MIG_STEP_FLOW, .flow = &flow_files_marks, .site = &site_step_of_data_3},
        {.kind = MIG_STEP_SETTLE, .dedup = &dedup_customer, .site = &site_dedup_customer},
        {.kind = MIG_STEP_SETTLE, .dedup = &dedup_account, .site = &site_dedup_account},
    }, .n_steps = 5,
    .site = &site_phase_create,
};

static const mig_phase phase_constrain = {
    .name = "constrain",
    .id = 2,
    .after = (const int[]){0, 1}, .n_after = 2,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_customer, .site = &site_table_customer},
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_account, .site = &site_table_account},
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_mark, .site = &site_table_mark},
    }, .n_steps = 3,
    .site = &site_phase_create,
};

/* ---- the migration --------------------------------------------------------------------------- */

extern const mig_spec mig_spec_duplicates; /* seen outside, as main is */
const mig_spec mig_spec_duplicates = {
    .abi = MIG_RUNTIME_ABI,
    .name = "duplicates",
    .file = "spec.mig",
    .hash = "19da0890004fc580f8c54b7ba60eb8fc5a9da6ccc04c27d94204ad35c208f8b4",
    .compiler = "migc",
    .sources = sources, .n_sources = 1,
    .source_tables = (const mig_source_table *const[]){&source_files_customers,
                                                       &source_files_accounts, &source_files_marks},
        .n_source_tables = 3,
    .target = &target,
    .tables = (const mig_table *const[]){&table_customer, &table_account, &table_mark},
        .n_tables = 3,
    .dedups = (const mig_dedup *const[]){&dedup_customer, &dedup_account, &dedup_mark},
        .n_dedups = 3,
    .uniques = (const mig_index_key *const[]){&unique_customer_pkey, &unique_account_pkey,
                                              &unique_mark_pkey}, .n_uniques = 3,
    .flows = (const mig_flow *const[]){&flow_files_customers, &flow_files_accounts,
                                       &flow_files_marks}, .n_flows = 3,
    .phases = (const mig_phase *const[]){&phase_create, &phase_data, &phase_constrain},
        .n_phases = 3,
};

int main(int argc, char **argv) {
    return mig_main(&mig_spec_duplicates, argc, argv);
}
