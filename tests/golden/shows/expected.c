/*
 * shows: made by migc from spec.mig.
 * Change the spec and build again, rather than this file.
 */
#include "mig.h"

_Static_assert(MIG_RUNTIME_ABI == 1, "this program and its runtime are of different versions");

/* ---- rows ------------------------------------------------------------------------------------ */

/* spec.mig:14  table network */
struct row_network {
    mig_int id;      /* bigint identity */
    mig_text name;   /* varchar(40) not null */
    mig_bool active; /* boolean not null */
};

/* spec.mig:19  table network_alias */
struct row_network_alias {
    mig_int id;         /* bigint identity */
    mig_int network_id; /* bigint not null */
    mig_text alias;     /* varchar(40) not null */
};

/* spec.mig:24  table show */
struct row_show {
    mig_int id;           /* bigint identity */
    mig_text title;       /* varchar(80) not null */
    mig_text slug;        /* text not null */
    mig_int network_id;   /* bigint */
    mig_date premiere;    /* date */
    mig_numeric score;    /* numeric(4,2) */
    mig_int episodes;     /* smallint */
    mig_text size;        /* text */
    mig_text kind;        /* text */
    mig_float default_;   /* double */
    mig_timestamptz made; /* timestamptz not null */
};

/* spec.mig:38  table show_genre */
struct row_show_genre {
    mig_int show_id; /* bigint not null */
    mig_text genre;  /* text not null */
    mig_int place;   /* integer not null */
};

/* spec.mig:6  cells of a row of sheets.networks */
enum { networks_name, networks_aliases };

/* spec.mig:7  cells of a row of sheets.shows */
enum { shows_title, shows_network, shows_genres, shows_Premiere_Date, shows_score, shows_episodes,
      shows_kind };

/* ---- places in the spec ---------------------------------------------------------------------- */

static const char spec[] = "spec.mig";

static const mig_site site_phase_create = {spec, 2, 11, NULL, NULL};
static const mig_site site_source_sheets = {spec, 4, 8, NULL, NULL};
static const mig_site site_sheets_networks = {spec, 6, 11, NULL, NULL};
static const mig_site site_sheets_shows = {spec, 7, 11, NULL, NULL};
static const mig_site site_target_app = {spec, 12, 8, NULL, NULL};
static const mig_site site_table_network = {spec, 14, 11, NULL, NULL};
static const mig_site site_network_pkey = {spec, 15, 23, NULL, NULL};
static const mig_site site_network_name_key = {spec, 16, 37, NULL, NULL};
static const mig_site site_table_network_alias = {spec, 19, 11, NULL, NULL};
static const mig_site site_network_alias_pkey = {spec, 20, 27, NULL, NULL};
static const mig_site site_network_alias_alias_key = {spec, 22, 41, NULL, NULL};
static const mig_site site_table_show = {spec, 24, 11, NULL, NULL};
static const mig_site site_show_pkey = {spec, 25, 27, NULL, NULL};
static const mig_site site_show_title_key = {spec, 36, 9, NULL, NULL};
static const mig_site site_table_show_genre = {spec, 38, 11, NULL, NULL};
static const mig_site site_show_genre_pkey = {spec, 42, 9, NULL, NULL};
static const mig_site site_alias_network = {spec, 46, 7, NULL, NULL};
static const mig_site site_from_networks = {spec, 50, 5, NULL, NULL};
static const mig_site site_network_name_2 = {spec, 50, 5, "network.name", "name"};
static const mig_site site_network_name = {spec, 50, 33, "network.name", "name"};
static const mig_site site_value_of_network = {spec, 51, 5, NULL, NULL};
static const mig_site site_value_of_network_2 = {spec, 52, 5, NULL, NULL};
static const mig_site site_from_shows = {spec, 58, 1, NULL, NULL};
static const mig_site site_step_of_data = {spec, 58, 6, NULL, NULL};
static const mig_site site_reject_shows = {spec, 63, 5, NULL, "title"};
static const mig_site site_reject_shows_2 = {spec, 64, 5, NULL, "Premiere Date"};
static const mig_site site_into_show = {spec, 66, 5, "show", NULL};
static const mig_site site_show_title = {spec, 67, 9, "show.title", "title"};
static const mig_site site_show_slug = {spec, 68, 9, "show.slug", "title"};
static const mig_site site_show_score = {spec, 71, 58, "show.score", "score"};
static const mig_site site_show_episodes = {spec, 72, 9, "show.episodes", "episodes"};
static const mig_site site_show_size = {spec, 73, 9, "show.size", "episodes"};
static const mig_site site_show_default = {spec, 77, 9, "show.default", "episodes"};
static const mig_site site_into_show_genre = {spec, 79, 5, "show_genre", NULL};
static const mig_site site_show_genre_show_id = {spec, 80, 9, "show_genre.show_id", "title"};
static const mig_site site_title = {spec, 80, 19, NULL, NULL};

/* ---- table network --------------------------------------------------------------------------- */

static void visit_network(void *row, mig_codec *c) {
    struct row_network *r = row;
    c->bigint(c, &r->id);
    c->text(c, &r->name);
    c->boolean(c, &r->active);
}

static int64_t identity_of_network(const void *row) {
    const struct row_network *r = row;
    return r->id.v;
}

static void set_identity_of_network(void *row, int64_t v) {
    struct row_network *r = row;
    r->id = MIG_INT(v);
}

static bool holds_network(mig_ctx *x, const void *row) {
    const struct row_network *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->name.p == NULL)
        return mig_refuse_null(x, "name");
    if (r->name.n > 40 && mig_too_long(r->name, 40))
        return mig_refuse_length(x, "name", r->name, 40);
    if (r->active.is_null)
        return mig_refuse_null(x, "active");
    return true;
}

static const mig_column columns_network[] = {
    {.name = "id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "bigint"}},
    {.name = "name", .type = MIG_T_VARCHAR, .p = 40, .s = -1, .not_null = true,
     .sql = {"text", "varchar(40)"}},
    {.name = "active", .type = MIG_T_BOOLEAN, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "boolean"}},
};

static const char *const create_network_in_sqlite[] = {
    "/* migc spec.mig:14 */ create table network (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', 'null')),\n"
    "    name text not null check (length(name) <= 40),\n"
    "    active integer not null default (1) check (active in (0, 1)),\n"
    "    constraint network_name_key unique (name)\n"
    ")",
    NULL,
};

static const char *const no_sql[] = {NULL};

static const char *const create_network_in_postgres[] = {
    "/* migc spec.mig:14 */ create table network (\n"
    "    id bigint generated by default as identity not null,\n"
    "    name varchar(40) not null,\n"
    "    active boolean not null default true\n"
    ")",
    NULL,
};

static const char *const constrain_network_in_postgres[] = {
    "/* migc spec.mig:14 */ alter table network add constraint network_pkey primary key (id)",
    "/* migc spec.mig:14 */ alter table network add constraint network_name_key unique (name)",
    NULL,
};

static const mig_table table_network = {
    .name = "network",
    .id = 0,
    .columns = columns_network, .n_columns = 3,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_network),
    .visit = visit_network,
    .get_identity = identity_of_network,
    .set_identity = set_identity_of_network,
    .holds = holds_network,
    .create = {create_network_in_sqlite, create_network_in_postgres},
    .constrain = {no_sql, constrain_network_in_postgres},
    .site = &site_table_network,
};

/* ---- table network_alias --------------------------------------------------------------------- */

static void visit_network_alias(void *row, mig_codec *c) {
    struct row_network_alias *r = row;
    c->bigint(c, &r->id);
    c->bigint(c, &r->network_id);
    c->text(c, &r->alias);
}

static int64_t identity_of_network_alias(const void *row) {
    const struct row_network_alias *r = row;
    return r->id.v;
}

static void set_identity_of_network_alias(void *row, int64_t v) {
    struct row_network_alias *r = row;
    r->id = MIG_INT(v);
}

static bool holds_network_alias(mig_ctx *x, const void *row) {
    const struct row_network_alias *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->network_id.is_null)
        return mig_refuse_null(x, "network_id");
    if (r->alias.p == NULL)
        return mig_refuse_null(x, "alias");
    if (r->alias.n > 40 && mig_too_long(r->alias, 40))
        return mig_refuse_length(x, "alias", r->alias, 40);
    return true;
}

static const mig_column columns_network_alias[] = {
    {.name = "id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "bigint"}},
    {.name = "network_id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "bigint"}},
    {.name = "alias", .type = MIG_T_VARCHAR, .p = 40, .s = -1, .not_null = true,
     .sql = {"text", "varchar(40)"}},
};

static const char *const create_network_alias_in_sqlite[] = {
    "/* migc spec.mig:19 */ create table network_alias (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', 'null')),\n"
    "    network_id integer not null check (typeof(network_id) in ('integer', 'null')),\n"
    "    alias text not null check (length(alias) <= 40),\n"
    "    constraint network_alias_alias_key unique (alias),\n"
    "    constraint network_alias_network_id_fkey foreign key (network_id) "
        "references network (id) on delete cascade deferrable initially deferred\n"
    ")",
    NULL,
};

static const char *const create_network_alias_in_postgres[] = {
    "/* migc spec.mig:19 */ create table network_alias (\n"
    "    id bigint generated by default as identity not null,\n"
    "    network_id bigint not null,\n"
    "    alias varchar(40) not null\n"
    ")",
    NULL,
};

static const char *const constrain_network_alias_in_postgres[] = {
    "/* migc spec.mig:19 */ alter table network_alias add constraint "
        "network_alias_pkey primary key (id)",
    "/* migc spec.mig:19 */ alter table network_alias add constraint "
        "network_alias_alias_key unique (alias)",
    "/* migc spec.mig:19 */ alter table network_alias add constraint "
        "network_alias_network_id_fkey foreign key (network_id) references "
        "network (id) on delete cascade",
    NULL,
};

static const mig_table table_network_alias = {
    .name = "network_alias",
    .id = 1,
    .columns = columns_network_alias, .n_columns = 3,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_network_alias),
    .visit = visit_network_alias,
    .get_identity = identity_of_network_alias,
    .set_identity = set_identity_of_network_alias,
    .holds = holds_network_alias,
    .create = {create_network_alias_in_sqlite, create_network_alias_in_postgres},
    .constrain = {no_sql, constrain_network_alias_in_postgres},
    .site = &site_table_network_alias,
};

/* ---- table show ------------------------------------------------------------------------------ */

static void visit_show(void *row, mig_codec *c) {
    struct row_show *r = row;
    c->bigint(c, &r->id);
    c->text(c, &r->title);
    c->text(c, &r->slug);
    c->bigint(c, &r->network_id);
    c->date(c, &r->premiere);
    c->numeric(c, &r->score);
    c->smallint(c, &r->episodes);
    c->text(c, &r->size);
    c->text(c, &r->kind);
    c->double_(c, &r->default_);
    c->timestamptz(c, &r->made);
}

static int64_t identity_of_show(const void *row) {
    const struct row_show *r = row;
    return r->id.v;
}

static void set_identity_of_show(void *row, int64_t v) {
    struct row_show *r = row;
    r->id = MIG_INT(v);
}

static const mig_text values_of_size[] = {{"short", 5}, {"long", 4}, {"endless", 7}};

static bool holds_show(mig_ctx *x, const void *row) {
    const struct row_show *r = row;
    if (r->id.is_null)
        return mig_refuse_null(x, "id");
    if (r->title.p == NULL)
        return mig_refuse_null(x, "title");
    if (r->title.n > 80 && mig_too_long(r->title, 80))
        return mig_refuse_length(x, "title", r->title, 80);
    if (r->slug.p == NULL)
        return mig_refuse_null(x, "slug");
    if (r->made.is_null)
        return mig_refuse_null(x, "made");
    /* spec.mig:29  check (premiere > '1900-01-01') */
    if (mig_is_false(mig_gt_date(r->premiere, (mig_date){-36524, false /* 1900-01-01 */})))
        return mig_refuse_check(x, "premiere", "show_premiere_check", "premiere > '1900-01-01'",
                                MIG_NULL_TEXT);
    /* spec.mig:32  check (size in ('short', 'long', 'endless')) */
    if (mig_is_false(mig_in_text(r->size, values_of_size, 3)))
        return mig_refuse_check(x, "size", "show_size_check",
                                "size in ('short', 'long', 'endless')", r->size);
    return true;
}

static const mig_column columns_show[] = {
    {.name = "id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true, .identity = true,
     .sql = {"integer", "bigint"}},
    {.name = "title", .type = MIG_T_VARCHAR, .p = 80, .s = -1, .not_null = true,
     .sql = {"text", "varchar(80)"}},
    {.name = "slug", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
    {.name = "network_id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .sql = {"integer", "bigint"}},
    {.name = "premiere", .type = MIG_T_DATE, .p = -1, .s = -1, .sql = {"text", "date"}},
    {.name = "score", .type = MIG_T_NUMERIC, .p = 4, .s = 2, .sql = {"text", "numeric(4,2)"}},
    {.name = "episodes", .type = MIG_T_SMALLINT, .p = -1, .s = -1, .sql = {"integer", "smallint"}},
    {.name = "size", .type = MIG_T_TEXT, .p = -1, .s = -1, .sql = {"text", "text"}},
    {.name = "kind", .type = MIG_T_TEXT, .p = -1, .s = -1, .sql = {"text", "text"}},
    {.name = "default", .type = MIG_T_DOUBLE, .p = -1, .s = -1,
     .sql = {"real", "double precision"}},
    {.name = "made", .type = MIG_T_TIMESTAMPTZ, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "timestamptz"}},
};

static const char *const create_show_in_sqlite[] = {
    "/* migc spec.mig:24 */ create table show (\n"
    "    id integer primary key not null check (typeof(id) in ('integer', 'null')),\n"
    "    title text not null check (length(title) <= 80),\n"
    "    slug text not null,\n"
    "    network_id integer check (typeof(network_id) in ('integer', 'null')),\n"
    "    premiere text check (premiere is date(premiere, '+0 days')),\n"
    "    score text check (score not glob '*[^-0-9.]*' and score glob "
        "'*[0-9]' and length(score) - instr(score, '.') = 2 and length(ltrim(replace(replace(score, "
        "'-', ''), '.', ''), '0')) <= 4),\n"
    "    episodes integer check (typeof(episodes) in ('integer', 'null') "
        "and episodes between -32768 and 32767),\n"
    "    size text,\n"
    "    kind text,\n"
    "    \"default\" real check (typeof(\"default\") in ('real', 'null')),\n"
    "    made text not null default ((strftime('%Y-%m-%d %H:%M:%f', 'now') "
        "|| '+00:00')) check (made glob '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9] "
        "[0-2][0-9]:[0-5][0-9]:[0-5][0-9]*+00:00'),\n"
    "    constraint show_premiere_check check (premiere > '1900-01-01'),\n"
    "    constraint show_size_check check (size in ('short', 'long', 'endless')),\n"
    "    constraint show_title_key unique (title),\n"
    "    constraint show_network_id_fkey foreign key (network_id) references "
        "network (id) deferrable initially deferred\n"
    ")",
    NULL,
};

static const char *const constrain_show_in_sqlite[] = {
    "/* migc spec.mig:24 */ create index show_network_id_premiere_idx "
        "on show (network_id, premiere desc)",
    NULL,
};

static const char *const create_show_in_postgres[] = {
    "/* migc spec.mig:24 */ create table show (\n"
    "    id bigint generated by default as identity not null,\n"
    "    title varchar(80) not null,\n"
    "    slug text not null,\n"
    "    network_id bigint,\n"
    "    premiere date,\n"
    "    score numeric(4,2),\n"
    "    episodes smallint,\n"
    "    size text,\n"
    "    kind text,\n"
    "    \"default\" double precision,\n"
    "    made timestamptz not null default now(),\n"
    "    constraint show_premiere_check check (premiere > '1900-01-01'),\n"
    "    constraint show_size_check check (size in ('short', 'long', 'endless'))\n"
    ")",
    NULL,
};

static const char *const constrain_show_in_postgres[] = {
    "/* migc spec.mig:24 */ alter table show add constraint show_pkey primary key (id)",
    "/* migc spec.mig:24 */ alter table show add constraint show_title_key unique (title)",
    "/* migc spec.mig:24 */ create index show_network_id_premiere_idx "
        "on show (network_id, premiere desc)",
    "/* migc spec.mig:24 */ alter table show add constraint show_network_id_fkey "
        "foreign key (network_id) references network (id)",
    NULL,
};

static const mig_table table_show = {
    .name = "show",
    .id = 2,
    .columns = columns_show, .n_columns = 11,
    .identity = 0, .primary = 0,
    .row_size = sizeof(struct row_show),
    .visit = visit_show,
    .get_identity = identity_of_show,
    .set_identity = set_identity_of_show,
    .holds = holds_show,
    .create = {create_show_in_sqlite, create_show_in_postgres},
    .constrain = {constrain_show_in_sqlite, constrain_show_in_postgres},
    .site = &site_table_show,
};

/* ---- table show_genre ------------------------------------------------------------------------ */

static void visit_show_genre(void *row, mig_codec *c) {
    struct row_show_genre *r = row;
    c->bigint(c, &r->show_id);
    c->text(c, &r->genre);
    c->integer(c, &r->place);
}

static bool holds_show_genre(mig_ctx *x, const void *row) {
    const struct row_show_genre *r = row;
    if (r->show_id.is_null)
        return mig_refuse_null(x, "show_id");
    if (r->genre.p == NULL)
        return mig_refuse_null(x, "genre");
    if (r->place.is_null)
        return mig_refuse_null(x, "place");
    return true;
}

static const mig_column columns_show_genre[] = {
    {.name = "show_id", .type = MIG_T_BIGINT, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "bigint"}},
    {.name = "genre", .type = MIG_T_TEXT, .p = -1, .s = -1, .not_null = true,
     .sql = {"text", "text"}},
    {.name = "place", .type = MIG_T_INTEGER, .p = -1, .s = -1, .not_null = true,
     .sql = {"integer", "integer"}},
};

static const char *const create_show_genre_in_sqlite[] = {
    "/* migc spec.mig:38 */ create table show_genre (\n"
    "    show_id integer not null check (typeof(show_id) in ('integer', 'null')),\n"
    "    genre text not null,\n"
    "    place integer not null check (typeof(place) in ('integer', 'null') "
        "and place between -2147483648 and 2147483647),\n"
    "    constraint show_genre_pkey primary key (show_id, genre),\n"
    "    constraint show_genre_show_id_fkey foreign key (show_id) references "
        "show (id) deferrable initially deferred\n"
    ")",
    NULL,
};

static const char *const create_show_genre_in_postgres[] = {
    "/* migc spec.mig:38 */ create table show_genre (\n"
    "    show_id bigint not null,\n"
    "    genre text not null,\n"
    "    place integer not null\n"
    ")",
    NULL,
};

static const char *const constrain_show_genre_in_postgres[] = {
    "/* migc spec.mig:38 */ alter table show_genre add constraint show_genre_pkey "
        "primary key (show_id, genre)",
    "/* migc spec.mig:38 */ alter table show_genre add constraint show_genre_show_id_fkey "
        "foreign key (show_id) references show (id)",
    NULL,
};

static const mig_table table_show_genre = {
    .name = "show_genre",
    .id = 3,
    .columns = columns_show_genre, .n_columns = 3,
    .identity = -1, .primary = -1,
    .row_size = sizeof(struct row_show_genre),
    .visit = visit_show_genre,
    .holds = holds_show_genre,
    .create = {create_show_genre_in_sqlite, create_show_genre_in_postgres},
    .constrain = {no_sql, constrain_show_genre_in_postgres},
    .site = &site_table_show_genre,
};

/* ---- sources and target ---------------------------------------------------------------------- */

static const mig_source_column columns_sheets_networks[] = {
    {.name = "name", .not_null = true, .type = MIG_T_TEXT},
    {.name = "aliases", .type = MIG_T_TEXT},
};

static const mig_source_table source_sheets_networks = {
    .name = "networks",
    .source = 0,
    .id = 0,
    .pattern = "networks.csv",
    .columns = columns_sheets_networks, .n_columns = 2,
    .csv = {
        .nulls = (const char *const[]){"", "N/A"},
        .null_lens = (const size_t[]){0, 3},
        .n_nulls = 2,
        .trim = true,
        .encoding = "utf8",
        .delimiter = ',', .quote = '"', .escape = '"',
        .header = true,
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_sheets_networks,
};

static const mig_source_column columns_sheets_shows[] = {
    {.name = "title", .not_null = true, .type = MIG_T_TEXT},
    {.name = "network", .type = MIG_T_TEXT},
    {.name = "genres", .type = MIG_T_TEXT},
    {.name = "Premiere Date", .type = MIG_T_TEXT},
    {.name = "score", .type = MIG_T_TEXT},
    {.name = "episodes", .type = MIG_T_INTEGER},
    {.name = "kind", .type = MIG_T_TEXT},
};

static const mig_source_table source_sheets_shows = {
    .name = "shows",
    .source = 0,
    .id = 1,
    .pattern = "shows*.csv",
    .columns = columns_sheets_shows, .n_columns = 7,
    .csv = {
        .nulls = (const char *const[]){"", "N/A"},
        .null_lens = (const size_t[]){0, 3},
        .n_nulls = 2,
        .trim = true,
        .encoding = "utf8",
        .delimiter = ';', .quote = '"', .escape = '"',
        .header = true,
        .comment = "#",
        .skip = 0,
        .extra_ignore = false,
    },
    .site = &site_sheets_shows,
};

static const mig_source_def sources[] = {
    {.name = "sheets", .kind = MIG_SOURCE_CSV,
     .at = {.text = NULL, .env = "SHEETS_DIR", .fallback = "data"}, .site = &site_source_sheets},
};

static const mig_target_def target = {
    .name = "app",
    .engine = MIG_POSTGRES,
    .at = {.text = NULL, .env = "DATABASE_URL", .fallback = NULL},
    .schema = "tv",
    .site = &site_target_app,
};

/* ---- unique rules ---------------------------------------------------------------------------- */

static void key_network_by_id(const void *row, mig_key *k) {
    const struct row_network *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_network_pkey = {
    .table = &table_network,
    .name = "network_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_network_by_id,
    .result = -1,
    .site = &site_network_pkey,
    .id = 0,
};

static void key_network_by_name(const void *row, mig_key *k) {
    const struct row_network *r = row;
    mig_key_text(k, r->name);
}

static const mig_index_key unique_network_name_key = {
    .table = &table_network,
    .name = "network_name_key",
    .columns = (const int[]){1}, .n_columns = 1, /* name */
    .key = key_network_by_name,
    .result = -1,
    .site = &site_network_name_key,
    .id = 1,
};

static void key_network_alias_by_id(const void *row, mig_key *k) {
    const struct row_network_alias *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_network_alias_pkey = {
    .table = &table_network_alias,
    .name = "network_alias_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_network_alias_by_id,
    .result = -1,
    .site = &site_network_alias_pkey,
    .id = 2,
};

static void key_network_alias_by_alias(const void *row, mig_key *k) {
    const struct row_network_alias *r = row;
    mig_key_text(k, r->alias);
}

static const mig_index_key unique_network_alias_alias_key = {
    .table = &table_network_alias,
    .name = "network_alias_alias_key",
    .columns = (const int[]){2}, .n_columns = 1, /* alias */
    .key = key_network_alias_by_alias,
    .result = -1,
    .site = &site_network_alias_alias_key,
    .id = 3,
};

static void key_show_by_id(const void *row, mig_key *k) {
    const struct row_show *r = row;
    mig_key_int(k, r->id);
}

static const mig_index_key unique_show_pkey = {
    .table = &table_show,
    .name = "show_pkey",
    .columns = (const int[]){0}, .n_columns = 1, /* id */
    .key = key_show_by_id,
    .result = -1,
    .site = &site_show_pkey,
    .id = 4,
};

static void key_show_by_title(const void *row, mig_key *k) {
    const struct row_show *r = row;
    mig_key_text(k, r->title);
}

static const mig_index_key unique_show_title_key = {
    .table = &table_show,
    .name = "show_title_key",
    .columns = (const int[]){1}, .n_columns = 1, /* title */
    .key = key_show_by_title,
    .result = -1,
    .site = &site_show_title_key,
    .id = 5,
};

static void key_show_genre_by_show_id_genre(const void *row, mig_key *k) {
    const struct row_show_genre *r = row;
    mig_key_int(k, r->show_id);
    mig_key_text(k, r->genre);
}

static const mig_index_key unique_show_genre_pkey = {
    .table = &table_show_genre,
    .name = "show_genre_pkey",
    .columns = (const int[]){0, 1}, .n_columns = 2, /* show_id, genre */
    .key = key_show_genre_by_show_id_genre,
    .result = -1,
    .site = &site_show_genre_pkey,
    .id = 6,
};

/* ---- look-ups -------------------------------------------------------------------------------- */

static const mig_index_key lookup_show_title = {
    .table = &table_show,
    .name = "title",
    .columns = (const int[]){1}, .n_columns = 1, /* title */
    .key = key_show_by_title,
    .result = 0,
    .site = &site_title,
    .id = 0,
};

/* ---- aliases: what they are stands behind the functions that they are made of ---------------- */

static const mig_alias alias_network;

/* ---- alias network --------------------------------------------------------------------------- */

static mig_text fold_network(mig_ctx *x, mig_text v) {
    v = mig_trim(x, v, MIG_NULL_TEXT);
    v = mig_squeeze(x, v);
    v = mig_casefold(x, v);
    return v;
}

static mig_text clean_network(mig_ctx *x, mig_text v) {
    v = mig_trim(x, v, MIG_NULL_TEXT);
    v = mig_squeeze(x, v);
    return v;
}

static void set_text_of_network(void *row, mig_text v) {
    struct row_network *r = row;
    r->name = v;
}

static void defaults_of_network(mig_ctx *x, void *row) {
    (void)x;
    struct row_network *r = row;
    r->id = MIG_NULL_INT; /* put by the runtime */
    r->name = MIG_NULL_TEXT; /* put by the runtime */
    /* spec.mig:17  default of active */
    r->active = MIG_BOOL(true);
}

static void set_name_of_network(void *names_row, mig_text alias, const void *canonical_row) {
    struct row_network_alias *r = names_row;
    const struct row_network *canonical = canonical_row;
    r->alias = alias;
    r->network_id = canonical->id;
}

static void names_defaults_of_network(mig_ctx *x, void *row) {
    (void)x;
    struct row_network_alias *r = row;
    r->id = MIG_NULL_INT; /* put by the runtime */
    r->network_id = MIG_NULL_INT;
    r->alias = MIG_NULL_TEXT; /* put by the runtime */
}

static void created_by_network(mig_ctx *x, void *row) {
    (void)x;
    struct row_network *r = row;
    /* spec.mig:53  active = false; */
    r->active = MIG_BOOL(false);
}

static void value_of_network(mig_ctx *x, void *row) {
    (void)x;
    struct row_network *r = row;
    /* spec.mig:51  active = false; */
    r->active = MIG_BOOL(false);
}

/* ---- from sheets.networks for alias network -------------------------------------------------- */

static mig_verdict list_network_row(mig_ctx *x, const mig_record *s) {
    /* spec.mig:50  from sheets.networks as n: n.name also split(n.aliases, ',') { active = true;
       } */
    mig_text canonical = mig_narrow_text(x, mig_cell_text(s, networks_name), 40, MIG_T_VARCHAR);
    if (mig_failed(x))
        return mig_reject(x, &site_network_name);
    mig_list also = mig_split(x, mig_cell_text(s, networks_aliases), MIG_TEXT(","));
    const mig_list synonyms[] = {also};
    struct row_network r;
    r.id = MIG_NULL_INT; /* put by the runtime */
    r.name = MIG_NULL_TEXT; /* put by the runtime */
    /* spec.mig:50  active = true; */
    r.active = MIG_BOOL(true);
    return mig_alias_entry(x, &alias_network, &site_network_name_2, canonical, synonyms, 1, &r);
}

/* ---- from sheets.shows ----------------------------------------------------------------------- */

static mig_verdict into_show(mig_ctx *x, const mig_record *s, mig_text title, mig_date premiere) {
    struct row_show r;

    r.id = MIG_NULL_INT; /* put by the runtime */
    /* spec.mig:67  title = title; */
    r.title = mig_narrow_text(x, title, 80, MIG_T_VARCHAR);
    if (mig_failed(x))
        return mig_reject(x, &site_show_title);
    /* spec.mig:68  slug = slug(title); */
    mig_text regex_replace = mig_regex_replace(x, mig_lower(x, title), MIG_TEXT("[^a-z0-9]+"),
                                               MIG_TEXT("-"));
    r.slug = mig_not_null_text(x, regex_replace, "slug");
    if (mig_failed(x))
        return mig_reject(x, &site_show_slug);
    /* spec.mig:69  network_id = network[s.network] else null; */
    r.network_id = mig_alias_int(x, &alias_network, mig_cell_text(s, shows_network));
    if (mig_failed(x)) {
        mig_clear(x);
        r.network_id = MIG_NULL_INT;
    }
    /* spec.mig:70  premiere = premiere; */
    r.premiere = premiere;
    /* spec.mig:71  score = numeric(replace(s.score, ',', '.')) else numeric(s.score); */
    mig_text replace = mig_replace(x, mig_cell_text(s, shows_score), MIG_TEXT(","), MIG_TEXT("."));
    r.score = mig_narrow_numeric(x, mig_numeric_of_text(x, replace), 4, 2);
    if (mig_failed(x)) {
        mig_clear(x);
        r.score =
            mig_narrow_numeric(x, mig_numeric_of_text(x, mig_cell_text(s, shows_score)), 4, 2);
        if (mig_failed(x))
            return mig_reject(x, &site_show_score);
    }
    /* spec.mig:72  episodes = s.episodes; */
    r.episodes = mig_narrow_int(x, mig_integer_of_text(x, mig_cell_text(s, shows_episodes)),
                                MIG_T_SMALLINT);
    if (mig_failed(x))
        return mig_reject(x, &site_show_episodes);
    /* spec.mig:73  size = case when s.episodes < 10 then 'short' when s.episodes between 10 and
       100 then 'long' when s.episodes is not null then 'endless' end; */
    mig_int as_integer = mig_integer_of_text(x, mig_cell_text(s, shows_episodes));
    if (mig_is_true(mig_lt_int(as_integer, MIG_INT(10)))) {
        r.size = MIG_TEXT("short");
    } else {
        mig_int as_integer_2 = mig_integer_of_text(x, mig_cell_text(s, shows_episodes));
        if (mig_is_true(mig_ge_int(as_integer_2, MIG_INT(10))) &&
            mig_is_true(mig_le_int(as_integer_2, MIG_INT(100)))) {
            r.size = MIG_TEXT("long");
        } else if (!mig_integer_of_text(x, mig_cell_text(s, shows_episodes)).is_null) {
            r.size = MIG_TEXT("endless");
        } else {
            r.size = MIG_NULL_TEXT;
        }
    }
    if (mig_failed(x))
        return mig_reject(x, &site_show_size);
    /* spec.mig:76  kind = coalesce(nullif(lower(s.kind), ''), case upper(s.genres) when 'NEWS'
       then 'news' else 'show' end); */
    r.kind = mig_nullif_text(mig_lower(x, mig_cell_text(s, shows_kind)), MIG_TEXT(""));
    if (r.kind.p == NULL) {
        if (mig_is_true(mig_eq_text(mig_upper(x, mig_cell_text(s, shows_genres)),
                                    MIG_TEXT("NEWS")))) {
            r.kind = MIG_TEXT("news");
        } else {
            r.kind = MIG_TEXT("show");
        }
    }
    /* spec.mig:77  "default" = double(s.episodes) / greatest(length(s.title), 1); */
    mig_int greatest = mig_greatest_int(mig_length(x, mig_cell_text(s, shows_title)), MIG_INT(1));
    mig_float as_double =
        mig_double_of_int(x, mig_integer_of_text(x, mig_cell_text(s, shows_episodes)));
    r.default_ = mig_div_float(x, as_double, mig_double_of_int(x, greatest), MIG_T_DOUBLE);
    if (mig_failed(x))
        return mig_reject(x, &site_show_default);
    /* spec.mig:35  default of made */
    r.made = mig_now(x);
    if (!mig_emit(x, 0, &r))
        return mig_reject(x, &site_into_show);
    return MIG_ROW_CARRY;
}

static const mig_text values_of_g[] = {{"none", 4}, {"other", 5}};

static mig_int find_show_by_title(mig_ctx *x, mig_text title) {
    mig_key k;
    mig_key_begin(&k, x);
    mig_key_text(&k, title);
    return mig_lookup_int(x, &lookup_show_title, &k);
}

static mig_verdict into_show_genre(mig_ctx *x, mig_text title, mig_text g, mig_int place) {
    struct row_show_genre r;

    if (!mig_is_false(mig_in_text(g, values_of_g, 2))) {
        mig_into_skip(x, 1);
        return MIG_ROW_CARRY;
    }
    /* spec.mig:80  show_id = app.show[title = title]; */
    r.show_id = find_show_by_title(x, title);
    if (mig_failed(x))
        return mig_reject(x, &site_show_genre_show_id);
    /* spec.mig:81  genre = lower(g); */
    r.genre = mig_lower(x, g);
    /* spec.mig:82  place = place; */
    r.place = place;
    if (!mig_emit(x, 1, &r))
        return mig_reject(x, &site_into_show_genre);
    return MIG_ROW_CARRY;
}

static mig_verdict map_shows_row(mig_ctx *x, const mig_record *s) {
    mig_verdict v;

    /* spec.mig:60  let title = squeeze(s.title); */
    mig_text title = mig_squeeze(x, mig_cell_text(s, shows_title));

    /* spec.mig:61  let premiere = date(s."Premiere Date", 'YYYY-MM-DD', 'MM/DD/YYYY') else null; */
    mig_date premiere = mig_date_of_format(x, mig_cell_text(s, shows_Premiere_Date),
                                           (const mig_text[]){MIG_TEXT("YYYY-MM-DD"),
            MIG_TEXT("MM/DD/YYYY")}, 2);
    if (mig_failed(x)) {
        mig_clear(x);
        premiere = MIG_NULL_DATE;
    }

    /* spec.mig:62  skip when title = '' or title like '#%'; */
    if (mig_is_true(mig_eq_text(title, MIG_TEXT(""))) ||
        mig_is_true(mig_like(x, title, MIG_TEXT("#%"), MIG_NULL_TEXT)))
        return MIG_ROW_SKIP;

    /* spec.mig:63  reject 'a title is too long' when length(title) > 80; */
    if (mig_is_true(mig_gt_int(mig_length(x, title), MIG_INT(80))))
        return mig_reject_why(x, &site_reject_shows, "a title is too long");

    /* spec.mig:64  reject 'no date and no network' when premiere is null and s.network is null; */
    if (premiere.is_null && mig_cell_text(s, shows_network).p == NULL)
        return mig_reject_why(x, &site_reject_shows_2, "no date and no network");

    /* spec.mig:66  into show */
    v = into_show(x, s, title, premiere);
    if (v != MIG_ROW_CARRY)
        return v;

    /* spec.mig:79  into show_genre */
    mig_list all_g = mig_items(x, mig_cell_text(s, shows_genres), MIG_TEXT(","));
    for (size_t i = 0; i < all_g.n; i++) {
        v = into_show_genre(x, title, all_g.v[i], MIG_INT((int64_t)i + 1));
        if (v != MIG_ROW_CARRY)
            return v;
    }

    return mig_failed(x) ? mig_reject(x, &site_from_shows) : MIG_ROW_CARRY;
}

/* ---- flows ----------------------------------------------------------------------------------- */

static const mig_flow list_sheets_networks = {
    .name = "sheets.networks",
    .id = 0,
    .source = &source_sheets_networks,
    .row = list_network_row,
    .site = &site_from_networks,
};

static const mig_flow flow_sheets_shows = {
    .name = "sheets.shows",
    .id = 1,
    .source = &source_sheets_shows,
    .row = map_shows_row,
    .intos = (const mig_into[]){
        {.table = &table_show, .site = &site_into_show},
        {.table = &table_show_genre, .site = &site_into_show_genre},
    }, .n_intos = 2,
    .site = &site_from_shows,
};

/* ---- aliases --------------------------------------------------------------------------------- */

static const mig_alias_value values_of_network[] = {
    {.canonical = {"HBO", 3}, .synonyms = (const mig_text[]){{"hbo max", 7}, {"Home Box Office",
            15}}, .n_synonyms = 2, .set = value_of_network, .site = &site_value_of_network},
    {.canonical = {"BBC One", 7}, .site = &site_value_of_network_2},
};

static const mig_alias alias_network = {
    .name = "network",
    .id = 0,
    .table = &table_network, .column = 1,
    .names = &table_network_alias, .names_column = 2, .names_ref = 1,
    .set_name = set_name_of_network,
    .names_defaults = names_defaults_of_network,
    .set_text = set_text_of_network,
    .defaults = defaults_of_network,
    .created = created_by_network,
    .fold = fold_network,
    .clean = clean_network,
    .unknown = MIG_UNKNOWN_CREATE, .use = {NULL, 0},
    .values = values_of_network, .n_values = 2,
    .lists = (const mig_flow *const[]){&list_sheets_networks}, .n_lists = 1,
    .site = &site_alias_network,
};

/* ---- phases, in the order in which they run -------------------------------------------------- */

static const mig_phase phase_create = {
    .name = "create",
    .id = 0,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CREATE, .table = &table_network, .site = &site_table_network},
        {.kind = MIG_STEP_CREATE, .table = &table_network_alias, .site = &site_table_network_alias},
        {.kind = MIG_STEP_CREATE, .table = &table_show, .site = &site_table_show},
        {.kind = MIG_STEP_CREATE, .table = &table_show_genre, .site = &site_table_show_genre},
    }, .n_steps = 4,
    .site = &site_phase_create,
};

static const mig_phase phase_load = {
    .name = "load",
    .id = 1,
    .after = (const int[]){0}, .n_after = 1,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_LOAD, .alias = &alias_network, .site = &site_alias_network},
    }, .n_steps = 1,
    .aliases = (const mig_alias *const[]){&alias_network}, .n_aliases = 1,
    .uniques = (const mig_index_key *const[]){&unique_network_name_key,
                                              &unique_network_alias_alias_key}, .n_uniques = 2,
    .site = &site_phase_create,
};

static const mig_phase phase_data = {
    .name = "data",
    .id = 2,
    .after = (const int[]){0, 1}, .n_after = 2,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_FLOW, .flow = &flow_sheets_shows, .site = &site_step_of_data},
    }, .n_steps = 1,
    .aliases = (const mig_alias *const[]){&alias_network}, .n_aliases = 1,
    .lookups = (const mig_index_key *const[]){&lookup_show_title}, .n_lookups = 1,
    .uniques = (const mig_index_key *const[]){&unique_network_name_key,
                                              &unique_network_alias_alias_key,
                                              &unique_show_title_key, &unique_show_genre_pkey},
        .n_uniques = 4,
    .site = &site_phase_create,
};

static const mig_phase phase_constrain = {
    .name = "constrain",
    .id = 3,
    .after = (const int[]){0, 1, 2}, .n_after = 3,
    .reject_limit = -1, .reject_share = -1.0,
    .steps = (const mig_step[]){
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_network, .site = &site_table_network},
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_network_alias,
         .site = &site_table_network_alias},
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_show, .site = &site_table_show},
        {.kind = MIG_STEP_CONSTRAIN, .table = &table_show_genre, .site = &site_table_show_genre},
    }, .n_steps = 4,
    .site = &site_phase_create,
};

/* ---- the migration --------------------------------------------------------------------------- */

extern const mig_spec mig_spec_shows; /* seen outside, as main is */
const mig_spec mig_spec_shows = {
    .abi = MIG_RUNTIME_ABI,
    .name = "shows",
    .file = "spec.mig",
    .hash = "faf08ebc3324ae715a2b98e35fa9d16b1ad53218511edd66f9fef9c66fd0286d",
    .compiler = "migc",
    .sources = sources, .n_sources = 1,
    .source_tables = (const mig_source_table *const[]){&source_sheets_networks,
                                                       &source_sheets_shows}, .n_source_tables = 2,
    .target = &target,
    .tables = (const mig_table *const[]){&table_network, &table_network_alias, &table_show,
                                         &table_show_genre}, .n_tables = 4,
    .aliases = (const mig_alias *const[]){&alias_network}, .n_aliases = 1,
    .lookups = (const mig_index_key *const[]){&lookup_show_title}, .n_lookups = 1,
    .uniques = (const mig_index_key *const[]){&unique_network_pkey, &unique_network_name_key,
                                              &unique_network_alias_pkey,
                                              &unique_network_alias_alias_key, &unique_show_pkey,
                                              &unique_show_title_key, &unique_show_genre_pkey},
        .n_uniques = 7,
    .flows = (const mig_flow *const[]){&list_sheets_networks, &flow_sheets_shows}, .n_flows = 2,
    .phases = (const mig_phase *const[]){&phase_create, &phase_load, &phase_data, &phase_constrain},
        .n_phases = 4,
};

int main(int argc, char **argv) {
    return mig_main(&mig_spec_shows, argc, argv);
}
