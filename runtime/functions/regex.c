/*
 * regex.c: regular expressions by PCRE2 (UTF, Unicode classes). Per thread the last patterns stay compiled. A pattern that needs
 * too many steps on a text is given up as a failure of the row, so that no text can hang a run.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "runtime/functions/constant.h"
#include "runtime/functions/fn.h"

#include <pcre2.h>
#include <pthread.h>
#include <stdlib.h>

#define MATCH_LIMIT 2000000   /* steps of one match */
#define HEAP_KIB 65536
#define MAX_GROUP_NAME 32     /* of PCRE2 */
#define OPTIONS (PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C)

typedef struct regex { char *pattern; size_t n; pcre2_code *code; pcre2_match_data *data; uint64_t used; } regex;

enum { SLOTS = 32 };
typedef struct regexes { regex slots[SLOTS]; uint64_t clock; pcre2_match_context *limits; } regexes;

static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local regexes *mine; /* the same as pthread_getspecific(), quicker */

static void regex_free(regex *r) {
    free(r->pattern);
    pcre2_code_free(r->code);
    pcre2_match_data_free(r->data);
    *r = (regex){0};
}

static void regexes_free(void *arg) {
    regexes *all = arg;
    for (int i = 0; i < SLOTS; i++)
        regex_free(&all->slots[i]);
    pcre2_match_context_free(all->limits);
    free(all);
}

static void init(void) {
    pthread_key_create(&key, regexes_free);
}

static regexes *get_cache(mig_ctx *x) {
    if (mine != NULL)
        return mine;
    pthread_once(&once, init);
    mine = calloc(1, sizeof *mine);
    if (mine == NULL || (mine->limits = pcre2_match_context_create(NULL)) == NULL) {
        free(mine);
        mine = NULL;
        mig_fatal(x, MIG_NOMEM, "out of memory for regular expressions");
        return NULL;
    }
    pcre2_set_match_limit(mine->limits, MATCH_LIMIT);
    pcre2_set_heap_limit(mine->limits, HEAP_KIB);
    pthread_setspecific(key, mine);
    return mine;
}

/* ---- compiling ------------------------------------------------------------------------------------------------------ */

static pcre2_code *compile(mig_text pattern, char *why, size_t n) {
    int error;
    PCRE2_SIZE at;
    PCRE2_UCHAR text[160];
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, OPTIONS, &error, &at, NULL);
    if (code == NULL) {
        pcre2_get_error_message(error, text, sizeof text);
        if (at > pattern.n)
            at = pattern.n;
        snprintf(why, n, "%s (character %zu)", (char *)text, fn_length((mig_text){pattern.p, at}) + 1);
    }
    return code;
}

bool fn_regex_refused(mig_text pattern, char *why, size_t n) {
    pcre2_code *code = compile(pattern, why, n);
    pcre2_code_free(code);
    return code == NULL;
}

/* The compiled pattern, until the next call; NULL: recorded. */
static regex *regex_get(mig_ctx *x, mig_text pattern) {
    char why[240];
    regexes *all = get_cache(x);
    if (all == NULL)
        return NULL;
    regex *oldest = &all->slots[0];
    for (int i = 0; i < SLOTS; i++) {
        regex *r = &all->slots[i];
        if (r->code != NULL && r->n == pattern.n && memcmp(r->pattern, pattern.p, pattern.n) == 0) {
            r->used = ++all->clock;
            return r;
        }
        if (r->used < oldest->used)
            oldest = r;
    }
    regex_free(oldest);
    regex r = {.n = pattern.n, .used = ++all->clock, .code = compile(pattern, why, sizeof why)};
    if (r.code == NULL) {
        mig_fail(x, MIG_RULE_PARSE, pattern, "the pattern \"%s\" is wrong: %s", fn_show(pattern).s, why);
        return NULL;
    }
    r.pattern = malloc(pattern.n + 1);
    r.data = pcre2_match_data_create_from_pattern(r.code, NULL);
    if (r.pattern == NULL || r.data == NULL) {
        regex_free(&r);
        mig_fatal(x, MIG_NOMEM, "out of memory for regular expressions");
        return NULL;
    }
    memcpy(r.pattern, pattern.p, pattern.n);
    pcre2_jit_compile(r.code, PCRE2_JIT_COMPLETE); /* a pattern that cannot be translated is interpreted */
    *oldest = r;
    return oldest;
}

/* ---- matching ----------------------------------------------------------------------------------------------------------- */

static void match_failed(mig_ctx *x, int error, mig_text v, mig_text pattern) {
    PCRE2_UCHAR text[160];
    pcre2_get_error_message(error, text, sizeof text);
    if (error == PCRE2_ERROR_NOMEMORY)
        mig_fatal(x, MIG_NOMEM, "out of memory for regular expressions");
    else if (error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_DEPTHLIMIT || error == PCRE2_ERROR_HEAPLIMIT)
        mig_fail(x, MIG_RULE_RANGE, v, "the pattern \"%s\" needs too many steps on \"%s\" and was given up", fn_show(pattern).s,
                 fn_show(v).s);
    else
        mig_fail(x, MIG_RULE_RANGE, v, "the pattern \"%s\" failed on \"%s\": %s", fn_show(pattern).s, fn_show(v).s, (char *)text);
}

/* The compiled pattern with its match data filled; *matched says whether there is a match. NULL: failed. */
static const regex *match(mig_ctx *x, mig_text v, mig_text pattern, bool *matched) {
    regex *r = regex_get(x, pattern);
    if (r == NULL)
        return NULL;
    int rc = pcre2_match(r->code, (PCRE2_SPTR)v.p, v.n, 0, PCRE2_NO_UTF_CHECK, r->data, mine->limits);
    if (rc == PCRE2_ERROR_JIT_STACKLIMIT) /* the interpreter takes its stack from the heap */
        rc = pcre2_match(r->code, (PCRE2_SPTR)v.p, v.n, 0, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, r->data, mine->limits);
    *matched = rc >= 0;
    if (rc >= 0 || rc == PCRE2_ERROR_NOMATCH)
        return r;
    match_failed(x, rc, v, pattern);
    return NULL;
}

mig_bool mig_matches(mig_ctx *x, mig_text v, mig_text pattern) {
    bool matched;
    if (v.p == NULL || pattern.p == NULL || match(x, v, pattern, &matched) == NULL)
        return MIG_NULL_BOOL;
    return MIG_BOOL(matched);
}

mig_text mig_regex_extract(mig_ctx *x, mig_text v, mig_text pattern, mig_int group) {
    bool matched;
    if (v.p == NULL || pattern.p == NULL)
        return MIG_NULL_TEXT;
    const regex *r = match(x, v, pattern, &matched);
    if (r == NULL || !matched)
        return MIG_NULL_TEXT;
    uint32_t groups = pcre2_get_ovector_count(r->data) - 1;
    int64_t wanted = !group.is_null ? group.v : groups > 0 ? 1 : 0;
    if (wanted < 0 || wanted > groups) {
        mig_fail(x, MIG_RULE_RANGE, v, "the pattern \"%s\" has no group %lld", fn_show(pattern).s, (long long)wanted);
        return MIG_NULL_TEXT;
    }
    const PCRE2_SIZE *at = pcre2_get_ovector_pointer(r->data) + 2 * wanted;
    if (at[0] == PCRE2_UNSET || at[1] < at[0])
        return MIG_NULL_TEXT;
    return (mig_text){v.p + at[0], at[1] - at[0]};
}

/* ---- replacing ------------------------------------------------------------------------------------------------------------ */

/*
 * The group that the replacement names next, from *at on: $1, ${1}, $name, ${name}; $$ is none. Moves *at behind it, or to the end. False: what
 * stands behind the $ at *at is none of these.
 */
static bool next_group(mig_text with, size_t *at, mig_text *group) {
    *group = MIG_NULL_TEXT;
    for (; *at < with.n; (*at)++) {
        if (with.p[*at] != '$')
            continue;
        if (*at + 1 < with.n && with.p[*at + 1] == '$') {
            (*at)++;
            continue;
        }
        bool braces = *at + 1 < with.n && with.p[*at + 1] == '{';
        size_t from = *at + (braces ? 2 : 1), end = from;
        bool number = from < with.n && fn_is_digit(with.p[from]);
        while (end < with.n && (fn_is_digit(with.p[end]) || (!number && (fn_is_letter(with.p[end]) || with.p[end] == '_'))))
            end++;
        if (end == from || (braces && (end == with.n || with.p[end] != '}')))
            return false;
        *group = (mig_text){with.p + from, end - from};
        *at = end + (braces ? 1 : 0);
        return true;
    }
    return true;
}

bool fn_replacement_refused(mig_text with, char *why, size_t n) {
    mig_text group = {"", 0};
    for (size_t at = 0; group.p != NULL;)
        if (!next_group(with, &at, &group)) {
            snprintf(why, n, "behind $ (character %zu) must stand a group's number, its name in braces, or $ for the sign itself",
                     fn_length((mig_text){with.p, at}) + 1);
            return true;
        }
    return false;
}

static bool has_group(const pcre2_code *code, mig_text group, uint32_t groups) {
    char name[MAX_GROUP_NAME + 1];
    int64_t number;
    if (fn_is_digit(group.p[0]))
        return rt_read_int(group.p, group.n, &number) && number <= groups;
    if (group.n > MAX_GROUP_NAME)
        return false;
    memcpy(name, group.p, group.n);
    name[group.n] = '\0';
    return pcre2_substring_number_from_name(code, (PCRE2_SPTR)name) != PCRE2_ERROR_NOSUBSTRING;
}

bool mig_replacement_refused(mig_text pattern, mig_text with, char *why, size_t n) {
    uint32_t groups = 0;
    mig_text group = {"", 0};
    pcre2_code *code = compile(pattern, why, n);
    if (code == NULL)
        return true;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    for (size_t at = 0; group.p != NULL;)
        if (!next_group(with, &at, &group) || (group.p != NULL && !has_group(code, group, groups)))
            break;
    pcre2_code_free(code);
    if (group.p == NULL)
        return false;
    if (!fn_is_digit(group.p[0]))
        snprintf(why, n, "its pattern has no group that is called %s", fn_show(group).s);
    else if (groups == 0)
        snprintf(why, n, "its pattern has no groups, and so no $%s ($0 is all that matched)", fn_show(group).s);
    else
        snprintf(why, n, "its pattern has %u group%s, and no $%s", groups, groups == 1 ? "" : "s", fn_show(group).s);
    return true;
}

bool mig_group_refused(mig_text pattern, int64_t group, char *why, size_t n) {
    uint32_t groups = 0;
    if (group < 0) {
        snprintf(why, n, "groups are counted from 1 (0 is all that matched)");
        return true;
    }
    if (pattern.p == NULL)
        return false;
    pcre2_code *code = compile(pattern, why, n);
    if (code == NULL)
        return true;
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
    pcre2_code_free(code);
    if (group <= groups)
        return false;
    if (groups == 0)
        snprintf(why, n, "its pattern has no groups (0 is all that matched)");
    else
        snprintf(why, n, "its pattern has %u group%s, and no group %lld", groups, groups == 1 ? "" : "s", (long long)group);
    return true;
}

mig_text mig_regex_replace(mig_ctx *x, mig_text v, mig_text pattern, mig_text with) {
    if (v.p == NULL || pattern.p == NULL || with.p == NULL)
        return MIG_NULL_TEXT;
    regex *r = regex_get(x, pattern);
    size_t cap = v.n + v.n / 2 + with.n + 64;
    uint32_t options = PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_NO_UTF_CHECK;
    while (r != NULL) {
        PCRE2_SIZE n = cap;
        char *out = fn_bytes(x, cap);
        if (out == NULL)
            break;
        int rc = pcre2_substitute(r->code, (PCRE2_SPTR)v.p, v.n, 0, options, r->data, mine->limits, (PCRE2_SPTR)with.p, with.n,
                                  (PCRE2_UCHAR *)out, &n);
        if (rc == 0)
            return v;
        if (rc > 0)
            return (mig_text){out, n};
        if (rc == PCRE2_ERROR_NOMEMORY && n > cap) {
            cap = n;
        } else if (rc == PCRE2_ERROR_JIT_STACKLIMIT && (options & PCRE2_NO_JIT) == 0) {
            options |= PCRE2_NO_JIT;
        } else if (rc == PCRE2_ERROR_NOSUBSTRING || rc == PCRE2_ERROR_BADREPLACEMENT || rc == PCRE2_ERROR_REPMISSINGBRACE) {
            mig_fail(x, MIG_RULE_PARSE, with, "the replacement \"%s\" does not fit the pattern \"%s\"", fn_show(with).s, fn_show(pattern).s);
            break;
        } else {
            match_failed(x, rc, v, pattern);
            break;
        }
    }
    return MIG_NULL_TEXT;
}
