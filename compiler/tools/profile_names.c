/*
 * profile_names.c: what names and declarations tell before a row is read: what a column is for, which columns refer to which tables,
 * which tables look like the same thing kept twice. Guesses are only used where values bear them out (profile_findings.c).
 */
#include "compiler/tools/profile.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- names ---------------------------------------------------------------------------------------------------------------- */

/* A name in lower case without blanks, _ and -: "TrackId", "track_id" -> "trackid". */
typedef struct plain { char p[128]; size_t n; } plain;

static plain plain_of(const char *name)
{
    plain out = {.n = 0};

    for (; *name != '\0' && out.n + 1 < sizeof out.p; name++)
        if (*name != '_' && *name != ' ' && *name != '-')
            out.p[out.n++] = (char)tolower((unsigned char)*name);
    return out;
}

static bool is(const plain *a, const char *b)
{
    return strcmp(a->p, b) == 0;
}

static bool ends(const plain *a, const char *with)
{
    size_t n = strlen(with);

    return a->n >= n && strcmp(a->p + a->n - n, with) == 0;
}

static bool is_any(const plain *a, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is(a, words[i]))
            return true;
    return false;
}

/* The plural of a is b. */
static bool is_plural(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);

    if (n == 0 || m <= n - 1)
        return false;
    if (m == n + 1 && strncmp(a, b, n) == 0 && b[n] == 's')
        return true;
    if (m == n + 2 && strncmp(a, b, n) == 0 && strcmp(b + n, "es") == 0)
        return true;
    return a[n - 1] == 'y' && m == n + 2 && strncmp(a, b, n - 1) == 0 && strcmp(b + n - 1, "ies") == 0;
}

/* How well the table's name says what the stem means: 3 the same, 2 its plural, 1 behind a prefix ("accounts_trainer"), 0 not at all. */
static int stands_for(const char *table, const plain *stem)
{
    plain t = plain_of(table);
    const char *part;

    if (is(&t, stem->p))
        return 3;
    if (is_plural(stem->p, t.p))
        return 2;
    for (part = table; (part = strpbrk(part, "_. ")) != NULL;) {
        plain rest = plain_of(++part);
        if (is(&rest, stem->p) || is_plural(stem->p, rest.p))
            return 1;
    }
    return 0;
}

/* "trainer_id", "TrainerId", "trainerID" -> "trainer"; "" where the name ends in no id of something. */
static plain stem_of(const char *column)
{
    plain out = plain_of(column), none = {.n = 0};
    size_t n = strlen(column);
    bool marked = n > 2 && (strcmp(column + n - 2, "Id") == 0 || strcmp(column + n - 2, "ID") == 0 || (n > 3 && strcasecmp(column + n - 3,
        "_id") == 0) ||
                            (n > 3 && strcasecmp(column + n - 3, " id") == 0));

    if (!marked || out.n <= 2)
        return none;
    out.n -= 2;
    out.p[out.n] = '\0';
    return out;
}

/* ---- roles -------------------------------------------------------------------------------------------------------------------- */

/* The table that the stem means, or -1: none, or several. */
static int meant_table(const prof_location *l, const plain *stem)
{
    int best = 0, to = -1;

    for (int i = 0; i < l->n_tables; i++) {
        int how = stands_for(l->tables[i].def->name, stem);

        if (how > best) {
            best = how;
            to = i;
        } else if (how == best) {
            to = -1;
        }
    }
    return to;
}

static prof_role role_of(const prof_location *l, int table, const char *column)
{
    static const char *const keys[] = {"id", "uuid", "guid", "pk", "key"};
    static const char *const users[] = {"username", "login", "userid", "loginname", "account"};
    static const char *const codes[] = {"code", "slug", "sku", "number", "barcode", "isbn", "iban", "ean"};
    static const char *const names[] = {"name", "title", "canonicalname", "fullname", "displayname", "label"};
    plain c = plain_of(column), stem = stem_of(column);

    if (is_any(&c, keys, sizeof keys / sizeof *keys))
        return ROLE_KEY;
    if (stem.n > 0 && meant_table(l, &stem) == table)
        return ROLE_KEY;
    if (is_any(&c, users, sizeof users / sizeof *users))
        return ROLE_USER;
    if (ends(&c, "email") || ends(&c, "emailaddress") || is(&c, "mail"))
        return ROLE_EMAIL;
    if (stem.n > 0)
        return ROLE_OTHER_KEY;
    if (ends(&c, "postcode") || ends(&c, "postalcode") || ends(&c, "zipcode"))
        return ROLE_PLAIN; /* of a place, not of a row */
    if (is_any(&c, codes, sizeof codes / sizeof *codes) || ends(&c, "code"))
        return ROLE_CODE;
    return is_any(&c, names, sizeof names / sizeof *names) ? ROLE_NAME : ROLE_PLAIN;
}

/* The column that names rows: a declared key, else one that is called as keys are. */
static int key_of(const prof_location *l, const prof_table *t)
{
    for (int k = 0; k < t->def->n_keys; k++)
        if (t->def->keys[k].primary)
            return t->def->keys[k].n == 1 ? t->def->keys[k].columns[0] : -1;
    for (int i = 0; i < t->n_columns; i++)
        if (t->columns[i].role == ROLE_KEY)
            return i;
    if (t->n_columns > 0 && t->columns[0].role == ROLE_OTHER_KEY) { /* "rec_id" in front, and no table of recs */
        plain stem = stem_of(t->columns[0].def->name);
        return meant_table(l, &stem) < 0 ? 0 : -1;
    }
    return -1;
}

static int human_of(const prof_table *t)
{
    static const prof_role order[] = {ROLE_USER, ROLE_NAME, ROLE_CODE, ROLE_EMAIL};

    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (int i = 0; i < t->n_columns; i++)
            if (i != t->key && t->columns[i].role == order[k])
                return i;
    return -1;
}

void prof_roles(profiler *p, prof_location *l)
{
    for (int i = 0; i < l->n_tables; i++) {
        prof_table *t = &l->tables[i];

        for (int k = 0; k < t->n_columns; k++) {
            plain name = plain_of(t->columns[k].def->name);
            t->columns[k].plain = arena_strndup(p->mem, name.p, name.n);
        }
        for (int k = 0; k < t->n_columns; k++)
            t->columns[k].role = role_of(l, i, t->columns[k].def->name);
        for (int k = 0; k < t->def->n_keys; k++)
            if (t->def->keys[k].n == 1)
                t->columns[t->def->keys[k].columns[0]].declared_key = true;
        t->key = key_of(l, t);
        t->human = human_of(t);
    }
}

/* ---- references ------------------------------------------------------------------------------------------------------------------ */

static void add_reference(profiler *p, prof_location *l, prof_reference f)
{
    prof_table *from = &l->tables[f.from], *to = &l->tables[f.to];

    if (from->def->error != NULL || to->def->error != NULL)
        return;
    if (f.n == 1)
        to->columns[f.to_columns[0]].referred = true;
    else
        f.target = (prof_set){.columns = f.to_columns, .n = f.n};
    if (f.n == 1)
        from->columns[f.columns[0]].refers = true;
    from->look_again = true;
    *(prof_reference *)arena_push(p->mem, &l->references, &l->n_references, &l->cap_references, sizeof f) = f;
}

static void declared_references(profiler *p, prof_location *l)
{
    for (int i = 0; i < l->n_tables; i++)
        for (int k = 0; k < l->tables[i].def->n_refs; k++) {
            const cat_ref *r = &l->tables[i].def->refs[k];

            add_reference(p, l, (prof_reference){.from = i, .to = r->to, .columns = r->columns, .to_columns = r->to_columns, .n = r->n,
                .declared = true});
        }
}

/* The column of the table that `column` of another one would refer to: the same name, or the table's key. */
static int meant_column(const prof_table *to, const char *column)
{
    plain wanted = plain_of(column);

    for (int i = 0; i < to->n_columns; i++)
        if (strcmp(to->columns[i].plain, wanted.p) == 0 && to->columns[i].role == ROLE_KEY)
            return i;
    return to->key;
}

static void guess_reference(profiler *p, prof_location *l, int from, int column)
{
    const char *name = l->tables[from].columns[column].def->name;
    plain stem = stem_of(name);
    int to, at;

    if (stem.n == 0 || l->tables[from].columns[column].refers)
        return;
    to = is(&stem, "parent") ? from : meant_table(l, &stem);
    if (to < 0)
        return;
    at = meant_column(&l->tables[to], name);
    if (at < 0 || (to == from && at == column))
        return;
    int *columns = arena_array(p->mem, int, 2);
    columns[0] = column;
    columns[1] = at;
    add_reference(p, l, (prof_reference){.from = from, .to = to, .columns = columns, .to_columns = columns + 1, .n = 1});
}

/* ---- tables that look alike ---------------------------------------------------------------------------------------------------------- */

/* Columns that every table of a program has: they tell nothing. */
static bool says_nothing(const prof_table *t, int i)
{
    static const char *const audit[] = {"id", "createdat", "updatedat", "createdby", "updatedby", "deletedat", "modifiedat", "created",
        "updated", "modified"};
    for (size_t k = 0; k < sizeof audit / sizeof *audit; k++)
        if (strcmp(t->columns[i].plain, audit[k]) == 0)
            return true;
    return i == t->key;
}

static int same_column(const prof_table *t, const char *wanted)
{
    for (int i = 0; i < t->n_columns; i++)
        if (strcmp(t->columns[i].plain, wanted) == 0)
            return i;
    return -1;
}

/* "training_sessions" holds "session": the last word of one name, in the singular, is a word of the other. */
static bool names_alike(const char *a, const char *b)
{
    for (int turn = 0; turn < 2; turn++) {
        const char *x = turn == 0 ? a : b, *y = turn == 0 ? b : a;
        plain whole = plain_of(x);

        for (const char *word = y; word != NULL && *word != '\0';) {
            size_t n = strcspn(word, "_ .");
            char copy[128];

            snprintf(copy, sizeof copy, "%.*s", (int)n, word);
            plain w = plain_of(copy);
            if (w.n >= 4 && (is(&w, whole.p) || is_plural(w.p, whole.p) || is_plural(whole.p, w.p)))
                return true;
            word = word[n] != '\0' ? word + n + 1 : NULL;
        }
    }
    return false;
}

static void compare(profiler *p, prof_location *l, int a, int b)
{
    prof_table *x = &l->tables[a], *y = &l->tables[b];
    prof_overlap o = {.a = a, .b = b, .a_columns = arena_array(p->mem, int, x->n_columns + 1), .b_columns = arena_array(p->mem, int,
        x->n_columns + 1)};
    int telling = 0, of_x = 0, of_y = 0;

    for (int i = 0; i < x->n_columns; i++) {
        int k = i != x->key ? same_column(y, x->columns[i].plain) : -1;

        of_x += !says_nothing(x, i);
        if (k < 0 || k == y->key)
            continue;
        telling += !says_nothing(x, i);
        o.a_columns[o.n] = i;
        o.b_columns[o.n++] = k;
    }
    for (int i = 0; i < y->n_columns; i++)
        of_y += !says_nothing(y, i);
    int all = of_x + of_y - telling;
    bool much = telling >= 3 && telling * 4 >= all * 3, some = telling >= 2 && telling * 2 >= all && names_alike(x->def->name, y->def->name);
    if (!much && !some)
        return;
    o.a_only = x->n_columns - o.n - (x->key >= 0);
    o.b_only = y->n_columns - o.n - (y->key >= 0);
    o.equal = o.a_only == 0 && o.b_only == 0;
    o.rows = (prof_set){.columns = o.a_columns, .n = o.n, .keeps_nulls = true};
    if (x->key >= 0 && y->key >= 0) {
        o.a_columns[o.n] = x->key;
        o.b_columns[o.n] = y->key;
        o.with_key = (prof_set){.columns = o.a_columns, .n = o.n + 1, .keeps_nulls = true};
        x->columns[x->key].referred = true;
    }
    o.like = -1;
    for (int i = 0; i < l->n_overlaps && o.equal && o.like < 0; i++)
        if (l->overlaps[i].a == a && l->overlaps[i].equal && l->overlaps[i].with_key.n == o.with_key.n)
            o.like = i;
    y->look_again = true;
    *(prof_overlap *)arena_push(p->mem, &l->overlaps, &l->n_overlaps, &l->cap_overlaps, sizeof o) = o;
}

static int by_place(const void *a, const void *b)
{
    const prof_reference *x = a, *y = b;

    return x->from != y->from ? x->from - y->from : x->columns[0] != y->columns[0] ? x->columns[0] - y->columns[0] : x->to - y->to;
}

void prof_relate(profiler *p, prof_location *l)
{
    declared_references(p, l);
    for (int i = 0; i < l->n_tables; i++)
        for (int k = 0; k < l->tables[i].n_columns; k++)
            guess_reference(p, l, i, k);
    if (l->n_references > 0)
        qsort(l->references, (size_t)l->n_references, sizeof *l->references, by_place);
    for (int i = 0; i < l->n_tables; i++)
        for (int k = i + 1; k < l->n_tables; k++)
            if (l->tables[i].def->error == NULL && l->tables[k].def->error == NULL)
                compare(p, l, i, k);
}
