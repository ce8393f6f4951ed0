/* Trees: places of nodes and names, the walker, equality, limits; and what the formatter promises. */
#include "tests/unit/unit.h"

#include "compiler/syntax/fmt.h"
#include "compiler/syntax/parse.h"

static arena *mem;
static src_map *map;
static diag *d;

static int set_up(void **state)
{
    (void)state;
    mem = arena_create();
    map = src_map_create(mem);
    d = diag_create(mem, map);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_destroy(mem);
    return 0;
}

static const src_file *source(const char *text)
{
    return src_add(map, "a.mig", text, strlen(text));
}

static ast_node *parse(const char *text)
{
    return parse_file(mem, d, source(text), NULL);
}

static void check_text(span at, const char *text)
{
    assert_string_equal(src_text_of(map, at, mem), text);
}

static void nodes_know_their_place(void **state)
{
    const ast_node *file = parse("-- c\nfrom s.\"t t\" as r { let x = (a + r.b) * 2; into app.u { y = net[x] else skip; } }");
    const ast_node *flow = file->file.decls.at[0];
    const ast_node *let = flow->flow.items.at[0];
    const ast_node *into = flow->flow.items.at[1];
    const ast_node *set = into->into.sets.at[0];

    (void)state;
    assert_int_equal(diag_errors(d), 0);
    check_text(flow->flow.from->at, "s.\"t t\"");
    check_text(flow->flow.from->table_ref.table.at, "\"t t\"");
    assert_string_equal(flow->flow.from->table_ref.table.text, "t t");
    assert_true(flow->flow.from->table_ref.table.quoted);
    check_text(flow->flow.row->binding.name.at, "r");
    check_text(let->at, "let x = (a + r.b) * 2;");
    check_text(let->let.e->at, "(a + r.b) * 2");
    check_text(let->let.e->binary.left->at, "(a + r.b)");
    check_text(let->let.e->binary.left->binary.right->name.path.at[1].at, "b");
    check_text(let->let.e->binary.op_at, "*");
    check_text(set->set.col.at, "y");
    check_text(set->set.e->at, "net[x]");
    check_text(set->set.handler->at, "else skip");
    assert_int_equal(let->let.e->depth, 2);
}

static void types_are_found_by_any_spelling(void **state)
{
    (void)state;
    assert_int_equal(type_by_name("INT8"), TYPE_BIGINT);
    assert_int_equal(type_by_name("character varying"), TYPE_VARCHAR);
    assert_int_equal(type_by_name("timestamp with time zone"), TYPE_TIMESTAMPTZ);
    assert_int_equal(type_by_name("null"), TYPE_UNKNOWN);
    assert_int_equal(type_by_name("money"), TYPE_UNKNOWN);
    assert_true(type_is_serial("BigSerial"));
    for (int i = 0; type_spelling_at(i) != NULL; i++)
        assert_int_not_equal(type_by_name(type_spelling_at(i)), TYPE_UNKNOWN);
}

static void note_kind(ast_node *n, void *ctx)
{
    strbuf *sb = ctx;

    sb_printf(sb, "%s ", ast_kind_name(n->kind));
}

static void children_come_in_the_order_of_the_text(void **state)
{
    ast_node *file = parse("from a.b as c { into d.e each v at p in f(1) when g { h = i; copy *; } }");
    strbuf sb = STRBUF_INIT;

    (void)state;
    ast_children(file->file.decls.at[0]->flow.items.at[0], note_kind, &sb);
    assert_string_equal(sb_text(&sb), "table-ref binding binding call name set copy ");
    sb_free(&sb);
}

static void equality_sees_each_difference(void **state)
{
    static const char *const specs[] = {
        "migration m;", "migration n;", "migration \"m\";", "migration m; migration m;",
        "from a.b into c.d;", "from a.b into c.d { copy * except x; }", "from a.b into c.d { x = 1; }",
        "from a.b into c.d { x = 1.0; }", "from a.b into c.d { x = '1'; }", "from a.b into c.d { x = -1; }",
        "from a.b into c.d { x = y + z; }", "from a.b into c.d { x = y - z; }", "from a.b into c.d { x = y in (z); }",
        "from a.b into c.d { x = y not in (z); }", "from a.b into c.d { x = 1 else null; }",
        "from a.b into c.d { x = 1 else skip; }", "from a.b into c.d { x = 1 else abort; }",
    };
    enum { N = sizeof specs / sizeof specs[0] };

    (void)state;
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            assert_int_equal(ast_equal(parse(specs[i]), parse(specs[j])), i == j);
    assert_true(ast_equal(NULL, NULL));
    assert_false(ast_equal(parse(specs[0]), NULL));
    assert_true(ast_equal(parse("from a.b into c.d;"), parse("FROM a . b /* x */ INTO c.d { copy * ; };")));
    assert_int_equal(diag_errors(d), 0);
}

/* A spec with n of `piece` in an expression. */
static int errors_of(const char *before, const char *piece, const char *after, int n)
{
    diag *own = diag_create(mem, map);
    strbuf sb = STRBUF_INIT;

    sb_puts(&sb, "define f(a text) text = ");
    for (int i = 0; i < n; i++)
        sb_puts(&sb, before);
    sb_puts(&sb, piece);
    for (int i = 0; i < n; i++)
        sb_puts(&sb, after);
    sb_puts(&sb, ";");
    parse_file(mem, own, source(sb_text(&sb)), NULL);
    sb_free(&sb);
    return diag_errors(own);
}

static void what_is_nested_too_deeply_is_refused_once(void **state)
{
    (void)state;
    assert_int_equal(errors_of("(", "a", ")", 300), 0);
    assert_int_equal(errors_of("", "a", " || a", 400), 0);
    assert_int_equal(errors_of("", "a", " || a", 100000), 1);
    assert_int_equal(errors_of("(", "a", ")", 100000), 1);
    assert_int_equal(errors_of("f(", "a", ")", 100000), 1);
    assert_int_equal(errors_of("case when a then ", "a", " end", 100000), 1);
    assert_int_equal(errors_of("-", "a", "", 100000), 1);
}

static void many_mistakes_take_little_time(void **state)
{
    strbuf sb = STRBUF_INIT;

    (void)state;
    for (int i = 0; i < 20000; i++)
        sb_puts(&sb, "form a b { x ; } phase ( ; \n");
    parse(sb_text(&sb));
    assert_true(diag_errors(d) > 10);
    sb_free(&sb);
}

static bool format(const char *text, strbuf *out)
{
    return fmt_source(mem, d, source(text), out);
}

static void formatting_keeps_what_it_cannot_read(void **state)
{
    strbuf out = STRBUF_INIT;

    (void)state;
    assert_false(format("migration m; from ;", &out));
    assert_int_equal(out.length, 0);
    assert_int_equal(diag_errors(d), 1);
    sb_free(&out);
}

static void formatting_appends(void **state)
{
    strbuf out = STRBUF_INIT;

    (void)state;
    sb_puts(&out, "before\n");
    assert_true(format("migration m  ;", &out));
    assert_true(format("", &out));
    assert_true(format("\xEF\xBB\xBFmigration n;\r\n\r\n\r\n-- c  \r\n", &out));
    assert_string_equal(sb_text(&out), "before\nmigration m;\nmigration n;\n\n-- c\n");
    sb_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_know_their_place, set_up, tear_down),
        cmocka_unit_test_setup_teardown(types_are_found_by_any_spelling, set_up, tear_down),
        cmocka_unit_test_setup_teardown(children_come_in_the_order_of_the_text, set_up, tear_down),
        cmocka_unit_test_setup_teardown(equality_sees_each_difference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_nested_too_deeply_is_refused_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(many_mistakes_take_little_time, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formatting_keeps_what_it_cannot_read, set_up, tear_down),
        cmocka_unit_test_setup_teardown(formatting_appends, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
