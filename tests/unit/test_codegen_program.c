/*
 * test_codegen_program.c: whole programs as C: tables, flows, aliases, dedup rules, checks, phases; names that C does not take;
 * #line, --trace-emit; the same bytes twice.
 */
#include "plan_fixture.h"

static plan_set set(int column, plan_expr *e, int line, const char *words) {
    plan_set s = {.column = column, .value = e, .site = at(line, words)};
    s.site.target = words;
    return s;
}

static plan_stmt *add_into(fixture *f, const plan_table *t, int line, int n, const plan_set *sets) {
    plan_stmt *s = add_stmt(f, PLAN_INTO, line, t->name);
    s->table = t;
    s->into = f->flow.n_intos++;
    s->n_sets = n;
    s->sets = arena_array(f->a, plan_set, n);
    memcpy(s->sets, sets, (size_t)n * sizeof(plan_set));
    s->refused.kind = PLAN_H_REJECT;
    return s;
}

static plan_alias *add_alias(fixture *f) {
    plan_alias *al = arena_new(f->a, plan_alias);
    int *folds = arena_array(f->a, int, 2);
    folds[0] = function("mig_trim");
    folds[1] = function("mig_casefold");
    *al = (plan_alias){.name = "network", .id = f->p.n_aliases, .table = &f->network, .column = 1, .names_column = -1,
                       .names_ref = -1, .folds = folds, .n_folds = 2, .unknown = MIG_UNKNOWN_CREATE, .site = at(20, "network")};
    f->aliases[f->p.n_aliases++] = al;
    return al;
}

static plan_key *add_key(fixture *f, plan_key **all, int *n, const plan_table *t, int column, int result, const char *name) {
    plan_key *k = arena_new(f->a, plan_key);
    k->name = name;
    k->table = t;
    k->columns = arena_array(f->a, int, 1);
    k->columns[0] = column;
    k->n_columns = 1;
    k->result = result;
    k->id = *n;
    k->site = at(15, name);
    all[(*n)++] = k;
    return k;
}

static plan_expr *aliased(fixture *f, const plan_alias *al, plan_expr *e) {
    e = PX(f, PX_ALIAS, TYPE_BIGINT, e);
    e->alias = al;
    e->fallible = true;
    return e;
}

/* ---- flows ----------------------------------------------------------------------------------------------------------- */

static void a_flow_into_two_tables(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_alias *al = add_alias(f);
    plan_key *by_title = add_key(f, f->lookups, &f->p.n_lookups, &f->show, 1, 0, "title");
    plan_var *title = add_let(f, "title", trim(f, cell(f, 0)), 31, "let title = trim(s.title);");
    plan_stmt *reject = add_stmt(f, PLAN_REJECT, 32, "reject 'no title' when title is null;");
    reject->value = PX(f, PX_IS_NULL, TYPE_BOOL, var(f, title));
    reject->why = "no title";
    plan_set show[] = {
        set(1, var(f, title), 34, "show.title"),
        set(2, handled(f, aliased(f, al, cell(f, 1)), PLAN_H_SKIP, NULL, NULL), 35, "show.network_id"),
        set(3, handled(f, date(f, cell(f, 2)), PLAN_H_VALUE, null_of(f, TYPE_DATE), NULL), 36, "show.premiere"),
    };
    add_into(f, &f->show, 33, 3, show);
    plan_var g = {.name = "g", .type = TYPE_TEXT}, pos = {.name = "pos", .type = TYPE_INTEGER};
    plan_expr *found = PX(f, PX_LOOKUP, TYPE_BIGINT, var(f, title));
    found->key = by_title;
    found->fallible = true;
    plan_set network[] = {
        set(0, handled(f, found, PLAN_H_REJECT, NULL, NULL), 38, "network.id"),
        set(1, PX(f, PX_NOT_NULL, TYPE_VARCHAR,
                  op(f, PLAN_CONCAT, TYPE_TEXT, var(f, &g), CALL(f, "mig_text_of_int", TYPE_TEXT, -1, var(f, &pos)))),
            39, "network.name"),
    };
    plan_stmt *each = add_into(f, &f->network, 37, 2, network);
    each->each = handled(f, CALL(f, "mig_items", TYPE_LIST, -1, cell(f, 1), text(f, ",")), PLAN_H_SKIP, NULL, NULL);
    each->each->args[0]->fallible = true;
    each->each_var = &g;
    each->at_var = &pos;
    each->when = PX(f, PX_IS_NOT_NULL, TYPE_BOOL, var(f, title));
    each->when_first = true;
    each->refused.kind = PLAN_H_SKIP;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "static mig_verdict into_show(mig_ctx *x, const mig_record *s, mig_text title) { struct row_show r;");
    must_hold(c, "r.id = MIG_NULL_INT; /* put by the runtime */");
    must_hold(c, "r.network_id = mig_alias_int(x, &alias_network, mig_cell_text(s, shows_network)); if (mig_failed(x)) { "
                 "mig_clear(x); mig_into_skip(x, 0); return MIG_ROW_CARRY; }");
    must_hold(c, "r.score = MIG_NULL_NUMERIC;");
    must_hold(c, "if (!mig_emit(x, 0, &r)) return mig_reject(x, &site_into_show); return MIG_ROW_CARRY;");
    must_hold(c, "static mig_int find_show_by_title(mig_ctx *x, mig_text title) { mig_key k; mig_key_begin(&k, x); "
                 "mig_key_text(&k, title); return mig_lookup_int(x, &lookup_show_title, &k); }");
    must_hold(c, "static mig_verdict into_network(mig_ctx *x, mig_text title, mig_text g, mig_int pos)");
    must_hold(c, "if (title.p == NULL) return mig_reject_why(x, &site_reject_shows, \"no title\");");
    must_hold(c, "if (title.p != NULL) { mig_list all_g = mig_items(x, mig_cell_text(s, shows_network), MIG_TEXT(\",\")); "
                 "if (mig_failed(x)) { mig_clear(x); mig_into_skip(x, 1); all_g = MIG_NULL_LIST; } "
                 "for (size_t i = 0; i < all_g.n; i++) { v = into_network(x, title, all_g.v[i], MIG_INT((int64_t)i + 1)); "
                 "if (v != MIG_ROW_CARRY) return v; } } else { mig_into_skip(x, 1); }");
    must_hold(c, "if (!mig_emit(x, 1, &r)) { mig_clear(x); mig_into_skip(x, 1); } return MIG_ROW_CARRY;");
    must_hold(c, "{.table = &table_network, .own_key = true, .site = &site_into_network}, }, .n_intos = 2,");
    arena_destroy(f->a);
}

static void a_condition_on_each_element(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_var g = {.name = "g", .type = TYPE_TEXT};
    plan_set name[] = {set(1, PX(f, PX_NARROW, TYPE_VARCHAR, var(f, &g)), 34, "network.name")};
    name[0].value = handled(f, name[0].value, PLAN_H_ABORT, NULL, NULL);
    plan_stmt *s = add_into(f, &f->network, 33, 1, name);
    s->each = CALL(f, "mig_items", TYPE_LIST, -1, cell(f, 1), text(f, ","));
    s->each_var = &g;
    s->when = PX(f, PX_OR, TYPE_BOOL, eq(f, var(f, &g), text(f, "a")), PX(f, PX_IS_NULL, TYPE_BOOL, cell(f, 0)));
    s->refused.kind = PLAN_H_ABORT;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "if (!(mig_is_true(mig_eq_text(g, MIG_TEXT(\"a\"))) || mig_cell_text(s, shows_title).p == NULL)) { "
                 "mig_into_skip(x, 0); return MIG_ROW_CARRY; }");
    must_hold(c, "return mig_abort(x, &site_into_network);");
    arena_destroy(f->a);
}

/* A flow that fails in one statement and creates a row in the next must not create it. */
static void nothing_is_created_behind_a_failure(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_alias *al = add_alias(f);
    const plan_type timestamp = {MIG_T_TIMESTAMP, -1, -1};
    plan_expr *day = PX(f, PX_WIDEN, timestamp, date(f, cell(f, 2)));
    plan_expr *both = PX(f, PX_COALESCE, TYPE_BIGINT, CALL(f, "mig_year_of_timestamp", TYPE_BIGINT, -1, day),
                         aliased(f, al, cell(f, 1)));
    add_let(f, "n", handled(f, both, PLAN_H_VALUE, null_of(f, TYPE_BIGINT), NULL), 33, "let n = …;");
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "if (n.is_null) { n = (mig_failed(x) ? MIG_NULL_INT : mig_alias_int(x, &alias_network, mig_cell_text(s, "
                 "shows_network))); }");
    arena_destroy(f->a);
}

/* ---- aliases ------------------------------------------------------------------------------------------------------------ */

static void an_alias_with_all_there_is(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_alias *al = add_alias(f);
    al->names = &f->show;
    al->names_column = 1;
    al->names_ref = 2;
    f->network.columns[2].deflt = truth(f, true);
    static plan_text also[] = {{"hbo max", 7}, {"Home Box Office", 15}};
    static plan_alias_value value;
    plan_set active = set(2, truth(f, false), 22, "network.active");
    value = (plan_alias_value){.canonical = {"HBO", 3}, .synonyms = also, .n_synonyms = 2, .sets = &active, .n_sets = 1,
                               .site = at(21, "value 'HBO'")};
    al->values = &value;
    al->n_values = 1;
    al->created = &active;
    al->n_created = 1;
    f->flow.alias = al;
    plan_flow *lists[] = {&f->flow};
    al->lists = lists;
    al->n_lists = 1;
    plan_stmt *s = add_stmt(f, PLAN_ENTRY, 23, "from sheets.shows as n: n.title also n.network, split(n.network, ',')");
    s->alias = al;
    s->canonical = trim(f, cell(f, 0));
    plan_expr *synonyms[] = {cell(f, 1), CALL(f, "mig_items", TYPE_LIST, -1, cell(f, 1), text(f, ","))};
    s->synonyms = synonyms;
    s->n_synonyms = 2;
    s->sets = &active;
    s->n_sets = 1;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "static mig_text fold_network(mig_ctx *x, mig_text v) { v = mig_trim(x, v, MIG_NULL_TEXT); v = mig_casefold(x, v); "
                 "return v; }");
    must_hold(c, "static mig_text clean_network(mig_ctx *x, mig_text v) { v = mig_trim(x, v, MIG_NULL_TEXT); return v; }");
    must_hold(c, "r->title = alias; r->network_id = canonical->id;");
    must_hold(c, "r->name = MIG_NULL_TEXT; /* put by the runtime */");
    must_hold(c, "r->active = MIG_BOOL(true);");
    must_hold(c, "const mig_list synonyms[] = {{&also, 1, false}, also_2};");
    must_hold(c, "return mig_alias_entry(x, &alias_network, &site_list_network, canonical, synonyms, 2, &r);");
    must_hold(c, "{.canonical = {\"HBO\", 3}, .synonyms = (const mig_text[]){{\"hbo max\", 7}, {\"Home Box Office\", 15}}, "
                 ".n_synonyms = 2, .set = value_of_network, .site = &site_value_of_network}");
    must_hold(c, ".lists = (const mig_flow *const[]){&list_sheets_shows}, .n_lists = 1,");
    arena_destroy(f->a);
}

/* ---- tables ---------------------------------------------------------------------------------------------------------------- */

static void rules_of_a_table(void **state) {
    (void)state;
    fixture *f = make_fixture();
    static plan_text choices[] = {{"airing", 6}, {"en'ded", 6}};
    f->show.columns[7].choices = choices;
    f->show.columns[7].n_choices = 2;
    plan_rule rules[] = {
        {"show_code_check", NULL, "code <> 'x'", {NULL, NULL}, at(17, "check (code <> 'x')")},
        {"show_check", NULL, "network_id > id", {NULL, NULL}, at(18, "check (network_id > id)")},
    };
    rules[0].holds = op(f, PLAN_NE, TYPE_BOOL, field(f, &f->show, 5), leaf(f, PX_TEXT, TYPE_CHAR, "x"));
    rules[1].holds = op(f, PLAN_GT, TYPE_BOOL, field(f, &f->show, 2), field(f, &f->show, 0));
    f->show.rules = rules;
    f->show.n_rules = 2;
    add_key(f, f->uniques, &f->p.n_uniques, &f->show, 1, -1, "show_title_key");
    const char *create[] = {"create table show (\n  id integer, -- \"key\"\n  title text)", "create index i on show (title)"};
    f->show.create[MIG_SQLITE] = create;
    f->show.n_create[MIG_SQLITE] = 2;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "if (r->title.p == NULL) return mig_refuse_null(x, \"title\");");
    must_hold(c, "if (r->code.n > 3 && mig_too_long(r->code, 3)) return mig_refuse_length(x, \"code\", r->code, 3);");
    must_hold(c, "static const mig_text values_of_n2nd_name[] = {{\"airing\", 6}, {\"en'ded\", 6}};");
    must_hold(c, "return mig_refuse_check(x, \"code\", \"show_code_check\", \"code <> 'x'\", r->code);");
    must_hold(c, "if (mig_is_false(mig_gt_int(r->network_id, r->id))) return mig_refuse_check(x, NULL, \"show_check\", \"network_id > id\", "
                 "MIG_NULL_TEXT);");
    must_hold(c, "static const char *const create_show_in_sqlite[] = {");
    must_hold(c, "\"/* migc shows.mig:14 */ create table show (\\n\" \"  id integer, -- \\\"key\\\"\\n\"");
    must_hold(c, "static void key_show_by_title(const void *row, mig_key *k) { const struct row_show *r = row; mig_key_text(k, r->title); }");
    arena_destroy(f->a);
}

/* ---- dedup -------------------------------------------------------------------------------------------------------------------- */

static plan_dedup *add_dedup(fixture *f, mig_duplicate action) {
    plan_dedup *d = arena_new(f->a, plan_dedup);
    plan_expr **key = arena_array(f->a, plan_expr *, 1);
    key[0] = CALL(f, "mig_casefold", TYPE_TEXT, -1, field(f, &f->show, 1));
    *d = (plan_dedup){.table = &f->show, .id = f->p.n_dedups, .key = key, .n_key = 1, .action = action, .late = true,
                      .site = at(25, "dedup app.show")};
    f->dedups[f->p.n_dedups++] = d;
    return d;
}

static void merging_duplicates(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_dedup *d = add_dedup(f, MIG_DUP_MERGE);
    d->order = field(f, &f->show, 3);
    d->keep_last = true;
    static const plan_merge hows[] = {PLAN_KEEP, PLAN_FIRST, PLAN_MAX, PLAN_MIN, PLAN_SUM, PLAN_LAST, PLAN_KEEP, PLAN_JOIN,
                                      PLAN_COUNT, PLAN_SUM, PLAN_KEEP};
    f->show.columns[4].type = (plan_type){MIG_T_NUMERIC, 8, 2};
    d->merge = arena_array(f->a, plan_merge_rule, f->show.n_columns);
    for (int i = 0; i < f->show.n_columns; i++)
        d->merge[i] = (plan_merge_rule){hows[i], {"; ", 2}, at(27, "a rule")};
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "static void same_show(mig_ctx *x, const void *row, mig_key *k) { const struct row_show *r = row; "
                 "mig_key_text(k, mig_casefold(x, r->title)); }");
    must_hold(c, "mig_date of_a = order_of_show(x, a), of_b = order_of_show(x, b); if (mig_is_null_date(of_a) || "
                 "mig_is_null_date(of_b)) return mig_is_null_date(of_b) - mig_is_null_date(of_a);");
    must_hold(c, "acc->id = mig_coalesce_int(acc->id, r->id);");
    must_hold(c, "acc->network_id = mig_greatest_int(acc->network_id, r->network_id);");
    must_hold(c, "if (acc->score.p == NULL) acc->score = r->score; else if (r->score.p != NULL) acc->score = mig_add_numeric(x, "
                 "acc->score, r->score);");
    must_hold(c, "acc->n2nd_name = mig_concat_text(x, mig_concat_text(x, acc->n2nd_name, MIG_TEXT(\"; \")), r->n2nd_name);");
    must_hold(c, "acc->id = mig_coalesce_int(r->id, acc->id);");
    must_hold(c, "acc->score = mig_narrow_numeric(x, acc->score, 8, 2);");
    must_hold(c, "acc->int_ = mig_narrow_int(x, MIG_INT(n), MIG_T_INTEGER);");
    arena_destroy(f->a);
}

static void rewriting_duplicates(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_dedup *d = add_dedup(f, MIG_DUP_REWRITE);
    plan_set sets[] = {
        set(1, op(f, PLAN_CONCAT, TYPE_TEXT, field(f, &f->show, 1), text(f, "!")), 26, "show.title"),
        set(7, handled(f, PX(f, PX_NARROW, TYPE_VARCHAR, field(f, &f->show, 1)), PLAN_H_REJECT, NULL, NULL), 27, "show.2nd name"),
    };
    sets[1].value->args[0]->fallible = true;
    d->rewrite = sets;
    d->n_rewrite = 2;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "struct row_show *to = row; const struct row_show was = *to, *r = &was;");
    must_hold(c, "to->title = mig_concat_text(x, r->title, MIG_TEXT(\"!\"));");
    must_hold(c, "if (mig_failed(x)) { mig_reject(x, &site_show); return; }");
    arena_destroy(f->a);
}

/* ---- checks --------------------------------------------------------------------------------------------------------------------- */

static void add_check(fixture *f, const char *name, plan_expr *e) {
    plan_check *c = arena_new(f->a, plan_check);
    *c = (plan_check){.name = name, .test = e, .text = "as written */", .site = at(50 + f->p.n_checks, name), .id = f->p.n_checks};
    f->checks[f->p.n_checks++] = c;
}

static plan_expr *over(fixture *f, plan_expr_kind kind, plan_type t, const plan_table *table, const plan_source_table *source,
                       plan_expr *arg) {
    plan_expr *e = px(f, kind, t, arg != NULL ? 1 : 0, &arg);
    e->check.table = table;
    e->check.source = source;
    return e;
}

static void checks_of_all_kinds(void **state) {
    (void)state;
    fixture *f = make_fixture();
    plan_expr *sum = op(f, PLAN_ADD, TYPE_BIGINT, over(f, PX_REJECTED, TYPE_BIGINT, NULL, &f->shows, NULL),
                        op(f, PLAN_ADD, TYPE_BIGINT, over(f, PX_SKIPPED, TYPE_BIGINT, NULL, &f->shows, NULL),
                           over(f, PX_MERGED, TYPE_BIGINT, &f->show, NULL, NULL)));
    add_check(f, "every show arrived", eq(f, over(f, PX_COUNT, TYPE_BIGINT, &f->show, NULL, NULL), sum));
    add_check(f, "some", eq(f, over(f, PX_COUNT, TYPE_BIGINT, NULL, &f->shows, eq(f, cell(f, 0), text(f, "a"))), integer(f, "1")));
    add_check(f, "all", over(f, PX_EVERY, TYPE_BOOL, &f->show, NULL, PX(f, PX_IS_NULL, TYPE_BOOL, field(f, &f->show, 3))));
    add_check(f, "nothing is read", over(f, PX_EVERY, TYPE_BOOL, &f->show, NULL, truth(f, true)));
    add_check(f, "one each", over(f, PX_UNIQUE, TYPE_BOOL, NULL, &f->shows, CALL(f, "mig_casefold", TYPE_TEXT, -1, cell(f, 0))));
    plan_expr *refers = px(f, PX_REFERS, TYPE_BOOL, 0, NULL);
    refers->check.table = &f->show;
    refers->check.index = 2;
    refers->check.to_table = &f->network;
    add_check(f, "no orphan", refers);
    plan_expr *sql = leaf(f, PX_SQL, TYPE_BOOL, "select 1 = 1");
    add_check(f, "server agrees", PX(f, PX_NOT, TYPE_BOOL, sql));
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "mig_int skipped = mig_check_skipped(x, &source_sheets_shows); mig_int sum = mig_add_int(x, skipped, "
                 "mig_check_merged(x, &table_show), MIG_T_BIGINT);");
    must_hold(c, "return mig_eq_int(mig_check_count_target(x, &table_show, NULL), sum_2);");
    must_hold(c, "static mig_bool row_in_some(mig_ctx *x, const mig_record *s) {");
    must_hold(c, "static mig_bool row_in_nothing_is_read(mig_ctx *x, const void *row) { (void)x; (void)row; return MIG_BOOL(true); }");
    must_hold(c, "mig_check_unique_source(x, &source_sheets_shows, key_in_one_each)");
    must_hold(c, "return mig_check_refers(x, &table_show, 2, &table_network, 0);");
    must_hold(c, "mig_not(mig_check_sql(x, \"/* migc shows.mig:40 */ select 1 = 1\"))");
    arena_destroy(f->a);
}

/* ---- text that C would take otherwise ------------------------------------------------------------------------------------------- */

static void names_that_c_does_not_take(void **state) {
    (void)state;
    fixture *f = make_fixture();
    f->show.columns[1].name = "default";
    f->show.columns[2].name = "Premi\xC3\xA8re ***";
    f->show.columns[3].name = "a b";
    f->show.columns[7].name = "a-b";
    f->show.columns[8].name = "mig_int";
    f->network.name = "*/ int x; /*";
    f->shows.name = "mig"; /* its cells would be mig_text and the like */
    f->shows.columns[1].name = "text";
    plan_var *v = add_let(f, "x", trim(f, cell(f, 0)), 31, "let x = '*/ /* ?\?/' \\");
    add_let(f, "mig_text", trim(f, var(f, v)), 32, "let \xE2\x80\xAE");
    add_let(f, "table_show", var(f, v), 33, "let y\n= x;");
    for (int i = 0; i < f->flow.n_stmts; i++)
        f->flow.stmts[i].var->used = false;
    char *c = program(f, (codegen_options){0});
    must_compile(c);
    must_hold(c, "mig_text default_;");
    must_hold(c, "mig_int Premiu00e8re;");
    must_hold(c, "mig_text a_b_2;");
    must_hold(c, "mig_int mig_int_;");
    must_hold(c, "enum { mig_title_, mig_text_, mig_Premiere_Date_ };");
    must_hold(c, "mig_text x_2 = mig_trim(x, mig_cell_text(s, mig_title_), MIG_NULL_TEXT);");
    f->shows.columns[1].name = "network"; /* the fixture's columns are shared */
    must_hold(c, "/* shows.mig:31 let x = '* / / * ? ?/' \\ */");
    must_hold(c, "mig_text table_show_2 = x_2;");
    arena_destroy(f->a);
}

static void a_program_is_the_same_twice(void **state) {
    (void)state;
    fixture *f = make_fixture();
    add_alias(f);
    char *one = program(f, (codegen_options){0});
    assert_string_equal(one, program(f, (codegen_options){0}));
    arena_destroy(f->a);
}

static void lines_of_the_spec(void **state) {
    (void)state;
    fixture *f = make_fixture();
    add_let(f, "title", trim(f, cell(f, 0)), 31, "let title = trim(s.title);");
    f->flow.stmts[0].var->used = false;
    char *c = program(f, (codegen_options){.lines = true, .own_name = "shows.c"});
    must_compile(c);
    must_hold(c, "#line 31 \"shows.mig\" mig_text title = mig_trim(");
    /* each way back names the line that it stands before */
    int line = 1;
    for (const char *p = c; *p != '\0'; p++) {
        unsigned back = 0;
        line += *p == '\n';
        if (p[0] == '\n' && strncmp(p + 1, "#line ", 6) == 0 && sscanf(p + 1, "#line %u \"shows.c\"", &back) == 1 &&
            strncmp(strchr(p + 1, '"'), "\"shows.c\"", 9) == 0)
            assert_int_equal(back, line + 1);
    }
    assert_non_null(strstr(c, "\"shows.c\"\n"));
    assert_null(strchr(c, '\001'));
    arena_destroy(f->a);
}

static void which_line_of_the_compiler(void **state) {
    (void)state;
    fixture *f = make_fixture();
    char *c = program(f, (codegen_options){.trace = true});
    must_compile(c);
    must_hold(c, "static mig_verdict map_shows_row(mig_ctx *x, const mig_record *s) { // cg_function.c:");
    arena_destroy(f->a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flow_into_two_tables),
        cmocka_unit_test(a_condition_on_each_element),
        cmocka_unit_test(nothing_is_created_behind_a_failure),
        cmocka_unit_test(an_alias_with_all_there_is),
        cmocka_unit_test(rules_of_a_table),
        cmocka_unit_test(merging_duplicates),
        cmocka_unit_test(rewriting_duplicates),
        cmocka_unit_test(checks_of_all_kinds),
        cmocka_unit_test(names_that_c_does_not_take),
        cmocka_unit_test(a_program_is_the_same_twice),
        cmocka_unit_test(lines_of_the_spec),
        cmocka_unit_test(which_line_of_the_compiler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
