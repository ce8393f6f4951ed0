/*
 * mig.y: the rules of the language. An action builds a node and nothing else: no look-ups, no types, no files.
 * README.md here has the same grammar for readers; what happens after a mistake is told there under "Recovery".
 */
%require "3.8"
%define api.pure full
%define api.prefix {mig_yy}
%define api.token.prefix {T_}
%define api.location.type {span}
%define api.value.type union
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%param {struct parser *p}

%code requires {
#include "compiler/syntax/ast.h"
#include "compiler/syntax/token.h"
struct parser;
}

%code provides {
int mig_yylex(MIG_YYSTYPE *value, span *at, struct parser *p);
}

%code {
#include "compiler/syntax/build.h"
#include "compiler/syntax/parse.h"

#define YYINITDEPTH 200
#define YYMAXDEPTH 4000
#define YYLLOC_DEFAULT(current, rhs, n) \
    ((current) = (n) > 0 ? span_join(YYRHSLOC(rhs, 1), YYRHSLOC(rhs, n)) : span_end(YYRHSLOC(rhs, 0)))

/* A node of that kind; what follows initialises its member: NEW(SKIP_WHEN, @$, .skip = {.when = $3}) */
#define NEW(kind_, at_, ...) build_node(p, &(ast_node){.kind = AST_##kind_, .at = (at_), __VA_ARGS__})
#define ADD(list_, node_) ast_list_add(p->mem, &(list_), (node_))
}

/* Tokens: the text in quotes is what a person reads in messages. */
%token END_OF_FILE 0 "end of file"
%token <token *> NAME "name" QUOTED "name in double quotes" NUMBER "number" TEXT "text" RAW "raw text"
%token CONCAT "||" NE "<>" LE "<=" GE ">="
/* What the parser is fed after a mistake: see "Recovery" in README.md. */
%token RESUME "rest of the statement" RESUME_BODY "rest of the head" RESUME_ELEMENT "rest of the element"
%token <token *>
    ABORT "abort" ACTION "action" AFTER "after" ALIAS "alias" ALSO "also" ALWAYS "always" AND "and" AS "as" ASC "asc" AT "at"
    AUTOINCREMENT "autoincrement" BACKUP "backup" BEFORE "before" BETWEEN "between" BY "by" CASCADE "cascade" CASE "case"
    CHECK "check" COMMIT "commit" CONSTRAIN "constrain" CONSTRAINT "constraint" COPY "copy" COUNT "count" CREATE "create"
    DEDUP "dedup" DEFAULT "default" DEFERRABLE "deferrable" DEFERRED "deferred" DEFINE "define" DELETE "delete" DESC "desc"
    DROP "drop" DUPLICATE "duplicate" EACH "each" ELSE "else" END "end" ENV "env" ERROR "the word error" ESCAPE "escape"
    EVERY "every" EXCEPT "except" EXISTING "existing" EXISTS "exists" EXPECT "expect" EXTRACT "extract" FALSE "false" FILE "file"
    FIRST "first" FOREIGN "foreign" FROM "from" GENERATED "generated" IDENTITY "identity" IF "if" ILIKE "ilike"
    IMMEDIATE "immediate" IN "in" INCLUDE "include" INDEX "index" INITIALLY "initially" INTO "into" IS "is" KEEP "keep" KEY "key"
    LAST "last" LET "let" LIKE "like" LIMIT "limit" LOAD "load" MANUAL "manual" MATCH "match" MEASURE "measure" MERGE "merge"
    MERGED "merged" MIGRATION "migration" NAMES "names" NO "no" NOT "not" NULL "null" ON "on" OPTIONS "options" OR "or"
    PHASE "phase" PRECISION "precision" PRIMARY "primary" QUERY "query" REFERENCES "references" REFERS "refers" REJECT "reject"
    REJECTED "rejected" REQUIRES "requires" RESTRICT "restrict" REWRITE "rewrite" ROWS "rows" RUN "run" SEQUENCE "sequence"
    SET "set" SKIP "skip" SKIPPED "skipped" SNAPSHOT "snapshot" SOURCE "source" SQL "sql" STRICT "strict" TABLE "table"
    TARGET "target" THEN "then" TIME "time" TO "to" TRUE "true" UNDO "undo" UNIQUE "unique" UNKNOWN "unknown" UPDATE "update"
    USE "use" USING "using" VALUE "value" VARYING "varying" WARN "warn" WHEN "when" WITH "with" WITHOUT "without" ZONE "zone"
%nterm <ast_node *> decl migration include source target snapshot alias dedup phase flow check measure measure_item define
%nterm <ast_node *> snapshot_items source_star target_star snapshot_object source_table_head target_table_head
%nterm <ast_node *> location option source_table target_table table_element column column_constraint constraint_kind
%nterm <ast_node *> table_constraint table_constraint_kind foreign_key fk_actions type type_arguments index index_column
%nterm <ast_node *> alias_items dedup_items phase_head step item into each set merge_rule param
%nterm <ast_node *> table_ref row row_opt handler_opt when_opt keep_by_opt merge_argument_opt
%nterm <ast_node *> expr and_e not_e is_e compare_e range_e concat_e add_e multiply_e unary_e zone_e primary_e else_opt
%nterm <ast_node *> check_e call case_when
%nterm <ast_list> decls options_opt option_list source_body source_items target_items table_elements
%nterm <ast_list> column_constraints indexes index_columns steps items sets sets_opt into_tail table_refs params param_list
%nterm <ast_list> measure_items merge_rules expr_list expr_list_opt keys case_whens also_exprs_opt index_list
%nterm <ast_name> name any_name column_name after_opt
%nterm <ast_names> names any_names columns ref_columns_opt except_opt path lookup_path
%nterm <ast_text> text raw raw_opt why_opt
%nterm <ast_texts> texts also_texts_opt
%nterm <token *> plain_word call_word reserved_word function_name type_word
%nterm <ast_op> compare_op
%nterm <ast_fk_action> fk_action
%nterm <ast_on_error> error_action
%nterm <ast_is> is_what
%nterm <ast_tally> tally_what
%nterm <bool> unique_opt like_word before_or_after warn_opt percent_opt direction_opt always_or_default first_or_last

%%

/* ---- a file --------------------------------------------------------------------------------------------------- */

file:
      decls                             { parse_done(p, $1); }
    ;

decls:
      %empty                            { $$ = (ast_list){0}; }
    | decls decl                        { $$ = $1; ADD($$, $2); }
    | decls ';'                         { $$ = $1; }
    | decls error RESUME                { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

decl:
      migration | include | source | target | snapshot | alias | dedup | phase | flow | check | measure | define
    ;

migration:
      MIGRATION name ';'                { $$ = NEW(MIGRATION, @$, .migration = {$2}); }
    ;

include:
      INCLUDE text ';'                  { $$ = NEW(INCLUDE, @$, .include = {$2}); }
    ;

/* ---- sources and targets -------------------------------------------------------------------------------------- */

source:
      SOURCE name any_name location source_body
                                        { $$ = build_system(p, @$, AST_SOURCE, $2, $3, $4, $5); }
    | SOURCE error resume_body source_items '}'   { $$ = NULL; }
    | SOURCE error resume               { $$ = NULL; }
    ;

target:
      TARGET name any_name location '{' target_items '}'
                                        { $$ = build_system(p, @$, AST_TARGET, $2, $3, $4, $6); }
    | TARGET error resume_body target_items '}'   { $$ = NULL; }
    | TARGET error resume               { $$ = NULL; }
    ;

location:
      text                              { $$ = NEW(LOCATION, @$, .location = {.text = $1}); }
    | ENV text                          { $$ = NEW(LOCATION, @$, .location = {.env = $2}); }
    | ENV text DEFAULT text             { $$ = NEW(LOCATION, @$, .location = {.env = $2, .fallback = $4}); }
    ;

source_body:
      ';'                               { $$ = (ast_list){0}; }
    | '{' source_items '}'              { $$ = $2; }
    ;

source_items:
      %empty                            { $$ = (ast_list){0}; }
    | source_items ';'                  { $$ = $1; }
    | source_items source_table         { $$ = $1; ADD($$, $2); }
    | source_items source_star          { $$ = $1; ADD($$, $2); }
    | source_items OPTIONS '(' option_list ')' ';'
                                        { $$ = $1; build_append(p, &$$, $4); }
    | source_items error RESUME         { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

source_table:
      source_table_head '(' table_elements ')' ';'
                                        { $$ = build_table(p, @$, $1, $3, (ast_list){0}); }
    | source_table_head '(' error resume                        { $$ = NULL; }
    ;

source_table_head:
      TABLE name options_opt            { $$ = NEW(TABLE, @$, .table = {.name = $2, .options = $3}); }
    | TABLE name FILE text options_opt  { $$ = NEW(TABLE, @$, .table = {.name = $2, .file = $4, .options = $5}); }
    | QUERY name raw                    { $$ = NEW(TABLE, @$, .table = {.name = $2, .query = $3}); }
    ;

source_star:
      TABLE '*' except_opt ';'          { $$ = NEW(STAR, @$, .star = {.except = $3}); }
    | TABLE '*' except_opt SNAPSHOT text ';'
                                        { $$ = NEW(STAR, @$, .star = {.except = $3, .snapshot = $5}); }
    ;

target_star:
      TABLE '*' except_opt FROM name ';'
                                        { $$ = NEW(STAR, @$, .star = {.except = $3, .from = $5}); }
    ;

options_opt:
      %empty                            { $$ = (ast_list){0}; }
    | OPTIONS '(' option_list ')'       { $$ = $3; }
    ;

option_list:
      option                            { $$ = (ast_list){0}; ADD($$, $1); }
    | option_list ',' option            { $$ = $1; ADD($$, $3); }
    | option_list ',' text              { $$ = $1; build_option_value(p, &$$, $3); }
    ;

option:
      any_name text                     { $$ = build_option(p, @$, $1, NEW(TEXT, @2, .text = {$2.text})); }
    | any_name NUMBER                   { $$ = build_option(p, @$, $1, build_number(p, $2)); }
    | any_name any_name                 { $$ = build_option(p, @$, $1, build_name(p, $2)); }
    ;

target_items:
      %empty                            { $$ = (ast_list){0}; }
    | target_items ';'                  { $$ = $1; }
    | target_items target_table         { $$ = $1; ADD($$, $2); }
    | target_items target_star          { $$ = $1; ADD($$, $2); }
    | target_items OPTIONS '(' option_list ')' ';'
                                        { $$ = $1; build_append(p, &$$, $4); }
    | target_items error RESUME         { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

target_table:
      target_table_head '(' table_elements ')' indexes ';'
                                        { $$ = build_table(p, @$, $1, $3, $5); }
    | target_table_head '(' error resume                        { $$ = NULL; }
    ;

target_table_head:
      TABLE name                        { $$ = NEW(TABLE, @$, .table = {.name = $2}); }
    | EXISTING TABLE name               { $$ = NEW(TABLE, @$, .table = {.name = $3, .existing = true}); }
    | CREATE TABLE name                 { $$ = NEW(TABLE, @$, .table = {.name = $3}); }
    | CREATE TABLE IF NOT EXISTS name   { $$ = NEW(TABLE, @$, .table = {.name = $6}); }
    ;

/* What was found in a database: the file beside a spec, which `migc check --snapshot` writes. */
snapshot:
      SNAPSHOT any_name '{' snapshot_items '}'
                                        { $$ = $4; $$->system.engine = $2; $$->at = @$; }
    | SNAPSHOT error resume_body snapshot_items '}'             { $$ = NULL; }
    | SNAPSHOT error resume                                     { $$ = NULL; }
    ;

snapshot_items:
      %empty                            { $$ = NEW(SNAPSHOT, @$, .system = {.engine = {0}}); }
    | snapshot_items ';'
    | snapshot_items target_table       { $$ = $1; ADD($$->system.tables, $2); }
    | snapshot_items OPTIONS '(' option_list ')' ';'
                                        { $$ = $1; build_append(p, &$$->system.options, $4); }
    | snapshot_items snapshot_object    { $$ = $1; ADD($$->system.objects, $2); }
    | snapshot_items error RESUME       { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

snapshot_object:
      SEQUENCE name raw_opt ';'         { $$ = NEW(SEQUENCE, @$, .sequence = {$2, $3}); }
    | SQL before_or_after text raw ';'  { $$ = NEW(OBJECT, @$, .object = {$2 ? OBJECT_BEFORE : OBJECT_AFTER, $3, $4}); }
    | REJECT text text ';'              { $$ = NEW(OBJECT, @$, .object = {OBJECT_REJECT, $2, $3}); }
    ;

raw_opt:
      %empty                            { $$ = (ast_text){0}; }
    | raw
    ;

table_elements:
      table_element                     { $$ = (ast_list){0}; ADD($$, $1); }
    | table_elements ',' table_element  { $$ = $1; ADD($$, $3); }
    ;

table_element:
      column
    | table_constraint
    | error RESUME_ELEMENT              { $$ = NULL; parse_resume(p, RESUME_ELEMENT); yyerrok; }
    ;

column:
      column_name type column_constraints
                                        { $$ = NEW(COLUMN, @$, .column = {$1, $2, $3}); }
    ;

/* All words but `constraint` and `unique`, which begin a table constraint. */
column_name:
      NAME                              { $$ = build_ident($1); }
    | QUOTED                            { $$ = build_ident($1); }
    | plain_word                        { $$ = build_ident($1); }
    | call_word                         { $$ = build_ident($1); }
    | reserved_word                     { $$ = build_ident($1); }
    ;

column_constraints:
      %empty                            { $$ = (ast_list){0}; }
    | column_constraints column_constraint
                                        { $$ = $1; ADD($$, $2); }
    ;

column_constraint:
      constraint_kind
    | CONSTRAINT name constraint_kind   { $$ = $3; $$->constraint.name = $2; $$->at = @$; }
    ;

constraint_kind:
      PRIMARY KEY                       { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_PRIMARY_KEY}); }
    | IDENTITY raw_opt                  { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_IDENTITY, .sql = $2}); }
    | AUTOINCREMENT                     { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_IDENTITY}); }
    | GENERATED always_or_default AS IDENTITY raw_opt
                                        { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_IDENTITY, .always = $2, .sql = $5}); }
    | AS text                           { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_AS, .sql = $2}); }
    | NOT NULL                          { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_NOT_NULL}); }
    | NULL                              { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_NULL}); }
    | UNIQUE                            { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_UNIQUE}); }
    | CHECK '(' expr ')'                { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_CHECK, .e = $3}); }
    | DEFAULT concat_e                  { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_DEFAULT, .e = $2}); }
    | foreign_key
    ;

always_or_default:
      ALWAYS                            { $$ = true; }
    | BY DEFAULT                        { $$ = false; }
    ;

foreign_key:
      REFERENCES name ref_columns_opt fk_actions
                                        { $$ = build_foreign_key(@$, $4, build_ref(p, @2, (ast_name){0}, $2), $3); }
    ;

ref_columns_opt:
      %empty                            { $$ = (ast_names){0}; }
    | columns
    ;

columns:
      '(' any_names ')'                 { $$ = $2; }
    ;

/* As a CONSTRAINT node with the actions only. */
fk_actions:
      %empty                            { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_FOREIGN_KEY}); }
    | fk_actions ON DELETE fk_action    { $$ = $1; build_fk_action(p, @3, &$$->constraint.on_delete, $4, "on delete"); }
    | fk_actions ON UPDATE fk_action    { $$ = $1; build_fk_action(p, @3, &$$->constraint.on_update, $4, "on update"); }
    | fk_actions DEFERRABLE             { $$ = $1; $$->constraint.deferrable = DEFER_MAY; }
    | fk_actions INITIALLY DEFERRED     { $$ = $1; $$->constraint.deferrable = DEFER_DOES; }
    | fk_actions INITIALLY IMMEDIATE    { $$ = $1; $$->constraint.deferrable = DEFER_MAY; }
    ;

fk_action:
      NO ACTION                         { $$ = FK_NO_ACTION; }
    | RESTRICT                          { $$ = FK_RESTRICT; }
    | CASCADE                           { $$ = FK_CASCADE; }
    | SET NULL                          { $$ = FK_SET_NULL; }
    | SET DEFAULT                       { $$ = FK_SET_DEFAULT; }
    ;

table_constraint:
      table_constraint_kind
    | CONSTRAINT name table_constraint_kind
                                        { $$ = $3; $$->constraint.name = $2; $$->at = @$; }
    ;

table_constraint_kind:
      PRIMARY KEY columns               { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_PRIMARY_KEY, .columns = $3}); }
    | UNIQUE columns                    { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_UNIQUE, .columns = $2}); }
    | UNIQUE name columns               { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_UNIQUE, .name = $2, .columns = $3}); }
    | CHECK '(' expr ')'                { $$ = NEW(CONSTRAINT, @$, .constraint = {.what = CON_CHECK, .e = $3}); }
    | FOREIGN KEY columns foreign_key   { $$ = $4; $$->constraint.columns = $3; $$->at = @$; }
    ;

indexes:
      %empty                            { $$ = (ast_list){0}; }
    | index_list
    ;

index_list:
      index                             { $$ = (ast_list){0}; ADD($$, $1); }
    | index_list index                  { $$ = $1; ADD($$, $2); }
    | index_list ',' index              { $$ = $1; ADD($$, $3); }
    ;

index:
      SQL raw                           { $$ = NEW(SQL, @$, .sql = {.text = $2}); }
    | unique_opt INDEX '(' index_columns ')'
                                        { $$ = NEW(INDEX, @$, .index = {.unique = $1, .columns = $4}); }
    | unique_opt INDEX name '(' index_columns ')'
                                        { $$ = NEW(INDEX, @$, .index = {.unique = $1, .name = $3, .columns = $5}); }
    | unique_opt INDEX USING NAME '(' index_columns ')'
                                        { $$ = NEW(INDEX, @$, .index = {$1, {0}, build_ident($4), $6}); }
    | unique_opt INDEX name USING NAME '(' index_columns ')'
                                        { $$ = NEW(INDEX, @$, .index = {$1, $3, build_ident($5), $7}); }
    ;

unique_opt:
      %empty                            { $$ = false; }
    | UNIQUE                            { $$ = true; }
    ;

index_columns:
      index_column                      { $$ = (ast_list){0}; ADD($$, $1); }
    | index_columns ',' index_column    { $$ = $1; ADD($$, $3); }
    ;

index_column:
      any_name direction_opt            { $$ = NEW(INDEX_COLUMN, @$, .index_column = {$1, $2}); }
    ;

direction_opt:
      %empty                            { $$ = false; }
    | ASC                               { $$ = false; }
    | DESC                              { $$ = true; }
    ;

/* ---- types ---------------------------------------------------------------------------------------------------- */

type:
      type_word type_arguments          { $$ = build_type(p, @$, $1, NULL, $2); }
    | type_word PRECISION               { $$ = build_type(p, @$, $1, "precision", NULL); }
    | type_word VARYING type_arguments  { $$ = build_type(p, @$, $1, "varying", $3); }
    | type_word type_arguments WITH TIME ZONE
                                        { $$ = build_type(p, @$, $1, "with time zone", $2); }
    | type_word type_arguments WITHOUT TIME ZONE
                                        { $$ = build_type(p, @$, $1, "without time zone", $2); }
    | type_word '[' ']'                 { $$ = build_type(p, @$, $1, "[]", NULL); }
    ;

type_word:
      NAME                              { $$ = build_type_word($1); }
    | TIME                              { $$ = build_type_word($1); }
    ;

/* As a TYPE node with the numbers or values only, or NULL. */
type_arguments:
      %empty                            { $$ = NULL; }
    | '(' NUMBER ')'                    { $$ = build_type_numbers(p, @$, $2, NULL); }
    | '(' NUMBER ',' NUMBER ')'         { $$ = build_type_numbers(p, @$, $2, $4); }
    | '(' texts ')'                     { $$ = NEW(TYPE, @$, .type_name = {.p = -1, .s = -1, .values = $2}); }
    ;

/* ---- aliases -------------------------------------------------------------------------------------------------- */

alias:
      ALIAS name '{' alias_items '}'    { $$ = $4; $$->alias.name = $2; $$->at = @$; }
    | ALIAS error resume_body alias_items '}'     { $$ = NULL; }
    | ALIAS error resume                { $$ = NULL; }
    ;

alias_items:
      %empty                            { $$ = NEW(ALIAS, @$, .alias = {.unknown = UNKNOWN_UNSAID}); }
    | alias_items ';'
    | alias_items TABLE table_ref '(' any_name ')' ';'
                                        { $$ = $1; build_alias_table(p, $$, $3, $5); }
    | alias_items NAMES table_ref '(' any_name ',' any_name ')' ';'
                                        { $$ = $1; build_alias_names(p, $$, $3, $5, $7); }
    | alias_items MATCH names ';'       { $$ = $1; build_alias_match(p, $$, @2, $3); }
    | alias_items FROM table_ref row_opt ':' expr also_exprs_opt sets_opt
                                        { $$ = $1; ADD($$->alias.lists, NEW(ALIAS_LIST, span_join(@2, @8), .alias_list = {$3, $4, $6, $7, $8})); }
    | alias_items VALUE text also_texts_opt sets_opt
                                        { $$ = $1; ADD($$->alias.values, NEW(ALIAS_VALUE, span_join(@2, @5), .alias_value = {$3, $4, $5})); }
    | alias_items UNKNOWN REJECT ';'    { $$ = $1; build_alias_unknown(p, $$, span_join(@2, @3), UNKNOWN_REJECT); }
    | alias_items UNKNOWN NULL ';'      { $$ = $1; build_alias_unknown(p, $$, span_join(@2, @3), UNKNOWN_NULL); }
    | alias_items UNKNOWN USE text ';'  { $$ = $1; build_alias_unknown(p, $$, span_join(@2, @4), UNKNOWN_USE); $$->alias.unknown_use = $4; }
    | alias_items UNKNOWN CREATE sets_opt
                                        { $$ = $1; build_alias_unknown(p, $$, span_join(@2, @4), UNKNOWN_CREATE); $$->alias.unknown_sets = $4; }
    | alias_items FROM error resume_body sets '}'
    | alias_items FROM error resume
    | alias_items error RESUME          { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

also_exprs_opt:
      %empty                            { $$ = (ast_list){0}; }
    | ALSO expr_list                    { $$ = $2; }
    ;

also_texts_opt:
      %empty                            { $$ = (ast_texts){0}; }
    | ALSO texts                        { $$ = $2; }
    ;

/* ---- dedup ---------------------------------------------------------------------------------------------------- */

dedup:
      DEDUP table_ref BY keys ';'       { $$ = NEW(DEDUP, @$, .dedup = {.table = $2, .keys = $4}); }
    | DEDUP table_ref BY keys '{' dedup_items '}'
                                        { $$ = $6; $$->dedup.table = $2; $$->dedup.keys = $4; $$->at = @$; }
    | DEDUP error resume_body dedup_items '}'     { $$ = NULL; }
    | DEDUP error resume                { $$ = NULL; }
    ;

keys:
      expr                              { $$ = (ast_list){0}; ADD($$, $1); }
    | '(' expr ',' expr_list ')'        { $$ = (ast_list){0}; ADD($$, $2); build_append(p, &$$, $4); }
    ;

dedup_items:
      %empty                            { $$ = NEW(DEDUP, @$, .dedup = {.keep = KEEP_UNSAID}); }
    | dedup_items ';'
    | dedup_items KEEP first_or_last keep_by_opt ';'
                                        { $$ = $1; build_keep(p, $$, span_join(@2, @4), $3 ? KEEP_FIRST : KEEP_LAST, $4); }
    | dedup_items DUPLICATE DROP ';'    { $$ = $1; build_duplicate(p, $$, span_join(@2, @3), DUP_DROP); }
    | dedup_items DUPLICATE REJECT why_opt ';'
                                        { $$ = $1; build_duplicate(p, $$, span_join(@2, @4), DUP_REJECT); $$->dedup.why = $4; }
    | dedup_items DUPLICATE MERGE '{' merge_rules '}'
                                        { $$ = $1; build_duplicate(p, $$, span_join(@2, @6), DUP_MERGE); $$->dedup.rules = $5; }
    | dedup_items DUPLICATE MERGE STRICT '{' merge_rules '}'
                                        { $$ = $1; build_duplicate(p, $$, span_join(@2, @7), DUP_MERGE); $$->dedup.rules = $6;
                                          $$->dedup.strict = true; }
    | dedup_items DUPLICATE REWRITE '{' sets '}'
                                        { $$ = $1; build_duplicate(p, $$, span_join(@2, @6), DUP_REWRITE); $$->dedup.rules = $5; }
    | dedup_items error RESUME          { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

first_or_last:
      FIRST                             { $$ = true; }
    | LAST                              { $$ = false; }
    ;

keep_by_opt:
      %empty                            { $$ = NULL; }
    | BY expr                           { $$ = $2; }
    ;

merge_rules:
      %empty                            { $$ = (ast_list){0}; }
    | merge_rules ';'
    | merge_rules merge_rule            { $$ = $1; ADD($$, $2); }
    | merge_rules error RESUME          { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

merge_rule:
      any_name '=' any_name merge_argument_opt ';'
                                        { $$ = NEW(MERGE_RULE, @$, .merge_rule = {$1, $3, $4}); }
    ;

merge_argument_opt:
      %empty                            { $$ = NULL; }
    | '(' expr ')'                      { $$ = $2; }
    ;

/* ---- phases --------------------------------------------------------------------------------------------------- */

phase:
      PHASE name phase_head '{' steps '}'
                                        { $$ = $3; $$->phase.name = $2; $$->phase.steps = $5; $$->at = @$; }
    | PHASE error resume_body steps '}' { $$ = NULL; }
    | PHASE error resume                { $$ = NULL; }
    ;

phase_head:
      %empty                            { $$ = NEW(PHASE, @$, .phase = {.manual = false}); }
    | phase_head AFTER names            { $$ = $1; build_phase_after(p, $$, $3); }
    | phase_head MANUAL                 { $$ = $1; $$->phase.manual = true; }
    | phase_head REQUIRES texts         { $$ = $1; build_phase_requires(p, $$, $3); }
    | phase_head REJECT LIMIT NUMBER percent_opt
                                        { $$ = $1; build_phase_limit(p, $$, span_join(@2, @5), $4, $5); }
    | phase_head COMMIT EVERY NUMBER ROWS
                                        { $$ = $1; build_phase_every(p, $$, span_join(@2, @5), $4); }
    ;

percent_opt:
      %empty                            { $$ = false; }
    | '%'                               { $$ = true; }
    ;

steps:
      %empty                            { $$ = (ast_list){0}; }
    | steps ';'
    | steps step                        { $$ = $1; ADD($$, $2); }
    | steps error RESUME                { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

step:
      CREATE table_refs ';'             { $$ = NEW(CREATE, @$, .tables = {$2}); }
    | CONSTRAIN table_refs ';'          { $$ = NEW(CONSTRAIN, @$, .tables = {$2}); }
    | INDEX table_refs ';'              { $$ = NEW(INDEXES, @$, .tables = {$2}); }
    | LOAD names ';'                    { $$ = NEW(LOAD, @$, .load = {$2}); }
    | SQL name raw ';'                  { $$ = NEW(SQL, @$, .sql = {$2, $3, {0}}); }
    | SQL name raw UNDO raw ';'         { $$ = NEW(SQL, @$, .sql = {$2, $3, $5}); }
    | BACKUP name TO location ';'       { $$ = NEW(BACKUP, @$, .backup = {$2, $4}); }
    | RUN texts ';'                     { $$ = NEW(RUN, @$, .run = {$2}); }
    | flow
    ;

table_refs:
      table_ref                         { $$ = (ast_list){0}; ADD($$, $1); }
    | table_refs ',' table_ref          { $$ = $1; ADD($$, $3); }
    ;

/* E.T, E.*, or T */
table_ref:
      name                              { $$ = build_ref(p, @$, (ast_name){0}, $1); }
    | name '.' any_name                 { $$ = build_ref(p, @$, $1, $3); }
    | name '.' '*'                      { $$ = build_ref(p, @$, $1, (ast_name){0}); }
    ;

/* ---- flows ---------------------------------------------------------------------------------------------------- */

flow:
      FROM table_ref row_opt '{' items '}'
                                        { $$ = NEW(FLOW, @$, .flow = {.from = $2, .row = $3, .items = $5}); }
    | FROM table_ref row_opt into       { $$ = build_short_flow(p, @$, $2, $3, $4); }
    | FROM error resume_body items '}'  { $$ = NULL; }
    | FROM error resume                 { $$ = NULL; }
    ;

row_opt:
      %empty                            { $$ = NULL; }
    | row
    ;

row:
      AS name                           { $$ = NEW(BINDING, @2, .binding = {$2}); }
    ;

items:
      %empty                            { $$ = (ast_list){0}; }
    | items ';'
    | items item                        { $$ = $1; ADD($$, $2); }
    | items error RESUME                { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

item:
      ON ERROR error_action ';'         { $$ = NEW(ON_ERROR, @$, .on_error = {$3}); }
    | LET name '=' expr handler_opt ';' { $$ = NEW(LET, @$, .let = {$2, $4, $5}); }
    | SKIP WHEN expr ';'                { $$ = NEW(SKIP_WHEN, @$, .skip = {$3}); }
    | REJECT text when_opt ';'          { $$ = NEW(REJECT_WHEN, @$, .reject = {$2, $3}); }
    | into
    ;

error_action:
      REJECT                            { $$ = ON_REJECT; }
    | SKIP                              { $$ = ON_SKIP; }
    | NULL                              { $$ = ON_NULL; }
    | ABORT                             { $$ = ON_ABORT; }
    ;

when_opt:
      %empty                            { $$ = NULL; }
    | WHEN expr                         { $$ = $2; }
    ;

into:
      INTO table_ref each when_opt into_tail
                                        { $$ = build_into(p, @$, $2, $3, $4, $5); }
    | INTO error resume_body sets '}'   { $$ = NULL; }
    | INTO error resume                 { $$ = NULL; }
    ;

/* As an INTO node with each, pos and in only, or NULL. */
each:
      %empty                            { $$ = NULL; }
    | EACH name IN expr                 { $$ = NEW(INTO, @$, .into = {.each = NEW(BINDING, @2, .binding = {$2}), .in = $4}); }
    | EACH name AT name IN expr         { $$ = NEW(INTO, @$, .into = {.each = NEW(BINDING, @2, .binding = {$2}),
                                                                      .pos = NEW(BINDING, @4, .binding = {$4}), .in = $6}); }
    ;

into_tail:
      ';'                               { $$ = build_one(p, NEW(COPY, @$, .copy = {{0}})); }
    | '{' sets '}'                      { $$ = $2; }
    ;

sets_opt:
      ';'                               { $$ = (ast_list){0}; }
    | '{' sets '}'                      { $$ = $2; }
    ;

sets:
      %empty                            { $$ = (ast_list){0}; }
    | sets ';'
    | sets set                          { $$ = $1; ADD($$, $2); }
    | sets error RESUME                 { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

set:
      any_name '=' expr handler_opt ';' { $$ = NEW(SET, @$, .set = {$1, $3, $4}); }
    | COPY '*' except_opt ';'           { $$ = NEW(COPY, @$, .copy = {$3}); }
    ;

except_opt:
      %empty                            { $$ = (ast_names){0}; }
    | EXCEPT any_names                  { $$ = $2; }
    ;

handler_opt:
      %empty                            { $$ = NULL; }
    | ELSE expr                         { $$ = build_handler(p, @$, $2); }
    | ELSE REJECT text                  { $$ = NEW(HANDLER, @$, .handler = {.what = HANDLE_REJECT, .why = $3}); }
    ;

/* ---- checks and definitions ----------------------------------------------------------------------------------- */

check:
      CHECK text before_or_after name ':' check_e warn_opt ';'
                                        { $$ = NEW(CHECK, @$, .check = {$2, $3, $4, $6, $7}); }
    ;

before_or_after:
      BEFORE                            { $$ = true; }
    | AFTER                             { $$ = false; }
    ;

check_e:
      expr
    | EVERY table_ref row ':' expr      { $$ = NEW(EVERY, @$, .rows = {$2, $3, $5}); }
    | SQL name raw                      { $$ = NEW(SQL_TEST, @$, .sql = {$2, $3, {0}}); }
    ;

warn_opt:
      %empty                            { $$ = false; }
    | ELSE WARN                         { $$ = true; }
    ;

measure:
      MEASURE text after_opt '{' measure_items '}'
                                        { $$ = NEW(MEASURE, @$, .measure = {$2, $3, $5}); }
    | MEASURE error resume_body measure_items '}' { $$ = NULL; }
    | MEASURE error resume              { $$ = NULL; }
    ;

after_opt:
      %empty                            { $$ = (ast_name){0}; }
    | AFTER name                        { $$ = $2; }
    ;

measure_items:
      %empty                            { $$ = (ast_list){0}; }
    | measure_items ';'
    | measure_items measure_item        { $$ = $1; ADD($$, $2); }
    | measure_items error RESUME        { $$ = $1; parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

measure_item:
      before_or_after name raw ';'      { $$ = NEW(TIMED, @$, .timed = {$1, $2, $3}); }
    | EXPECT expr warn_opt ';'          { $$ = NEW(EXPECT, @$, .expect = {$2, $3}); }
    ;

define:
      DEFINE name '(' params ')' type '=' expr ';'
                                        { $$ = NEW(DEFINE, @$, .define = {$2, $4, $6, $8}); }
    ;

params:
      %empty                            { $$ = (ast_list){0}; }
    | param_list
    ;

param_list:
      param                             { $$ = (ast_list){0}; ADD($$, $1); }
    | param_list ',' param              { $$ = $1; ADD($$, $3); }
    ;

param:
      name type                         { $$ = NEW(PARAM, @$, .param = {$1, $2}); }
    ;

/* ---- expressions, weakest first --------------------------------------------------------------------------------- */

expr:
      and_e
    | expr OR and_e                     { $$ = build_binary(p, @$, OP_OR, $1, $3, @2); }
    ;

and_e:
      not_e
    | and_e AND not_e                   { $$ = build_binary(p, @$, OP_AND, $1, $3, @2); }
    ;

not_e:
      is_e
    | NOT not_e                         { $$ = NEW(UNARY, @$, .unary = {OP_NOT, $2}); }
    ;

is_e:
      compare_e
    | is_e IS is_what                   { $$ = NEW(IS, @$, .is = {$1, $3, false}); }
    | is_e IS NOT is_what               { $$ = NEW(IS, @$, .is = {$1, $4, true}); }
    ;

is_what:
      NULL                              { $$ = IS_NULL; }
    | TRUE                              { $$ = IS_TRUE; }
    | FALSE                             { $$ = IS_FALSE; }
    ;

compare_e:
      range_e
    | range_e compare_op range_e        { $$ = build_binary(p, @$, $2, $1, $3, @2); }
    ;

compare_op:
      '='                               { $$ = OP_EQ; }
    | "<>"                              { $$ = OP_NE; }
    | '<'                               { $$ = OP_LT; }
    | "<="                              { $$ = OP_LE; }
    | '>'                               { $$ = OP_GT; }
    | ">="                              { $$ = OP_GE; }
    ;

range_e:
      concat_e
    | concat_e BETWEEN concat_e AND concat_e
                                        { $$ = NEW(BETWEEN, @$, .between = {$1, $3, $5, false}); }
    | concat_e NOT BETWEEN concat_e AND concat_e
                                        { $$ = NEW(BETWEEN, @$, .between = {$1, $4, $6, true}); }
    | concat_e IN '(' expr_list ')'     { $$ = NEW(IN, @$, .in = {$1, $4, false}); }
    | concat_e NOT IN '(' expr_list ')' { $$ = NEW(IN, @$, .in = {$1, $5, true}); }
    | concat_e like_word concat_e       { $$ = NEW(LIKE, @$, .like = {$1, $3, NULL, $2, false}); }
    | concat_e like_word concat_e ESCAPE concat_e
                                        { $$ = NEW(LIKE, @$, .like = {$1, $3, $5, $2, false}); }
    | concat_e NOT like_word concat_e   { $$ = NEW(LIKE, @$, .like = {$1, $4, NULL, $3, true}); }
    | concat_e NOT like_word concat_e ESCAPE concat_e
                                        { $$ = NEW(LIKE, @$, .like = {$1, $4, $6, $3, true}); }
    ;

/* Whether letter case does not matter. */
like_word:
      LIKE                              { $$ = false; }
    | ILIKE                             { $$ = true; }
    ;

concat_e:
      add_e
    | concat_e "||" add_e               { $$ = build_binary(p, @$, OP_CONCAT, $1, $3, @2); }
    ;

add_e:
      multiply_e
    | add_e '+' multiply_e              { $$ = build_binary(p, @$, OP_ADD, $1, $3, @2); }
    | add_e '-' multiply_e              { $$ = build_binary(p, @$, OP_SUB, $1, $3, @2); }
    ;

multiply_e:
      unary_e
    | multiply_e '*' unary_e            { $$ = build_binary(p, @$, OP_MUL, $1, $3, @2); }
    | multiply_e '/' unary_e            { $$ = build_binary(p, @$, OP_DIV, $1, $3, @2); }
    | multiply_e '%' unary_e            { $$ = build_binary(p, @$, OP_MOD, $1, $3, @2); }
    ;

unary_e:
      zone_e
    | '-' unary_e                       { $$ = NEW(UNARY, @$, .unary = {OP_NEG, $2}); }
    | '+' unary_e                       { $$ = $2; }
    ;

zone_e:
      primary_e
    | zone_e AT ZONE primary_e          { $$ = NEW(AT_ZONE, @$, .at_zone = {$1, $4}); }
    | zone_e AT TIME ZONE primary_e     { $$ = NEW(AT_ZONE, @$, .at_zone = {$1, $5}); }
    ;

primary_e:
      NULL                              { $$ = NEW(NULL, @$, .null = {0}); }
    | TRUE                              { $$ = NEW(BOOL, @$, .boolean = {true}); }
    | FALSE                             { $$ = NEW(BOOL, @$, .boolean = {false}); }
    | NUMBER                            { $$ = build_number(p, $1); }
    | text                              { $$ = NEW(TEXT, @$, .text = {$1.text}); }
    | '(' expr ')'                      { $$ = $2; $$->at = @$; }
    | path                              { $$ = NEW(NAME, @$, .name = {$1}); }
    | lookup_path '[' expr_list ']'     { $$ = build_lookup(p, @$, $1, $3, (ast_name){0}); }
    | lookup_path '[' expr_list ']' '.' any_name
                                        { $$ = build_lookup(p, @$, $1, $3, $6); }
    | CASE case_whens else_opt END      { $$ = NEW(CASE, @$, .cases = {NULL, $2, $3}); }
    | CASE expr case_whens else_opt END { $$ = NEW(CASE, @$, .cases = {$2, $3, $4}); }
    | call
    ;

case_whens:
      case_when                         { $$ = build_one(p, $1); }
    | case_whens case_when              { $$ = $1; ADD($$, $2); }
    ;

case_when:
      WHEN expr THEN expr               { $$ = NEW(WHEN, @$, .when = {$2, $4}); }
    ;

else_opt:
      %empty                            { $$ = NULL; }
    | ELSE expr                         { $$ = $2; }
    ;

call:
      function_name '(' expr_list_opt ')'
                                        { $$ = NEW(CALL, @$, .call = {build_ident($1), $3}); }
    | EXTRACT '(' name FROM expr ')'    { $$ = build_extract(p, @$, $1, $3, $5); }
    | EXTRACT '(' expr ',' expr_list ')'
                                        { $$ = NEW(CALL, @$, .call = {build_ident($1), build_one(p, $3)});
                                          build_append(p, &$$->call.args, $5); }
    | COUNT '(' table_ref ')'           { $$ = NEW(COUNT, @$, .rows = {$3, NULL, NULL}); }
    | COUNT '(' table_ref row ':' expr ')'
                                        { $$ = NEW(COUNT, @$, .rows = {$3, $4, $6}); }
    | tally_what '(' table_ref ')'      { $$ = NEW(TALLY, @$, .tally = {$1, $3}); }
    | UNIQUE '(' table_ref ',' expr_list ')'
                                        { $$ = NEW(UNIQUE, @$, .unique = {$3, $5}); }
    | REFERS '(' path ',' path ')'      { $$ = build_refers(p, @$, $3, $5); }
    ;

tally_what:
      REJECTED                          { $$ = TALLY_REJECTED; }
    | SKIPPED                           { $$ = TALLY_SKIPPED; }
    | MERGED                            { $$ = TALLY_MERGED; }
    ;

expr_list_opt:
      %empty                            { $$ = (ast_list){0}; }
    | expr_list
    ;

expr_list:
      expr                              { $$ = build_one(p, $1); }
    | expr_list ',' expr                { $$ = $1; ADD($$, $3); }
    ;

path:
      lookup_path
    | name '.' any_name '.' any_name    { $$ = build_path(p, $1); ast_names_add(p->mem, &$$, $3); ast_names_add(p->mem, &$$, $5); }
    ;

lookup_path:
      name                              { $$ = build_path(p, $1); }
    | name '.' any_name                 { $$ = build_path(p, $1); ast_names_add(p->mem, &$$, $3); }
    ;

/* ---- words ------------------------------------------------------------------------------------------------------ */

names:
      name                              { $$ = build_path(p, $1); }
    | names ',' name                    { $$ = $1; ast_names_add(p->mem, &$$, $3); }
    ;

any_names:
      any_name                          { $$ = build_path(p, $1); }
    | any_names ',' any_name            { $$ = $1; ast_names_add(p->mem, &$$, $3); }
    ;

text:
      TEXT                              { $$ = (ast_text){$1->text, @1}; }
    ;

raw:
      RAW                               { $$ = (ast_text){$1->text, @1}; }
    ;

texts:
      text                              { $$ = (ast_texts){0}; ast_texts_add(p->mem, &$$, $1); }
    | texts ',' text                    { $$ = $1; ast_texts_add(p->mem, &$$, $3); }
    ;

why_opt:
      %empty                            { $$ = (ast_text){0}; }
    | text
    ;

/* Where an expression may stand: all words but the reserved ones. */
name:
      function_name                     { $$ = build_ident($1); }
    | call_word                         { $$ = build_ident($1); }
    | UNIQUE                            { $$ = build_ident($1); }
    ;

/* Where no expression can begin or go on: all words. */
any_name:
      name
    | reserved_word                     { $$ = build_ident($1); }
    ;

function_name:
      NAME
    | QUOTED
    | plain_word
    | CONSTRAINT
    ;

/* Every keyword of keywords.def stands in one of these three, but for `constraint` and `unique` (see column_name). */
plain_word:
      ABORT | ACTION | AFTER | ALIAS | ALSO | ALWAYS | AS | ASC | AUTOINCREMENT | BACKUP | BEFORE | BY
    | CASCADE | CHECK | COMMIT | CONSTRAIN | COPY | CREATE | DEDUP | DEFAULT | DEFERRABLE | DEFERRED | DEFINE
    | DELETE | DESC | DROP | DUPLICATE | EACH | ENV | ERROR | ESCAPE | EVERY | EXCEPT | EXISTING | EXISTS
    | EXPECT | FILE | FIRST | FOREIGN | FROM | GENERATED | IDENTITY | IF | IMMEDIATE | INCLUDE | INDEX
    | INITIALLY | INTO | KEEP | KEY | LAST | LET | LIMIT | LOAD | MANUAL | MATCH | MEASURE | MERGE | MIGRATION
    | NAMES | NO | ON | OPTIONS | PHASE | PRECISION | PRIMARY | QUERY | REFERENCES | REJECT | REQUIRES
    | RESTRICT | REWRITE | ROWS | RUN | SEQUENCE | SET | SKIP | SNAPSHOT | SOURCE | SQL | STRICT | TABLE
    | TARGET | TIME | TO | UNDO | UNKNOWN | UPDATE | USE | USING | VALUE | VARYING | WARN | WITH | WITHOUT
    | ZONE
    ;
call_word:
      COUNT | EXTRACT | MERGED | REFERS | REJECTED | SKIPPED
    ;
reserved_word:
      AND | AT | BETWEEN | CASE | ELSE | END | FALSE | ILIKE | IN | IS | LIKE | NOT | NULL | OR
    | THEN | TRUE | WHEN
    ;

/* ---- after a mistake -------------------------------------------------------------------------------------------- */

resume:
      RESUME                            { parse_resume(p, RESUME_STATEMENT); yyerrok; }
    ;

resume_body:
      RESUME_BODY                       { parse_resume(p, RESUME_BODY); yyerrok; }
    ;

%%

static int yyreport_syntax_error(const yypcontext_t *context, struct parser *p)
{
    yysymbol_kind_t kinds[YYNTOKENS];
    const char *expected[YYNTOKENS];
    int n = yypcontext_expected_tokens(context, kinds, YYNTOKENS);

    for (int i = 0; i < n; i++)
        expected[i] = token_plain_name(yysymbol_name(kinds[i]));
    parse_syntax_error(p, expected, n < 0 ? 0 : n);
    return 0;
}

const char *token_kind_name(int kind)
{
    return kind == TOKEN_COMMENT ? "comment" : token_plain_name(yysymbol_name(YYTRANSLATE(kind)));
}
