/*
 * zone.c: `at zone`: local times of IANA zones, by ICU. Per thread, the zones in use stay open, each with a table of months in
 * which its offset does not change, so that ICU is asked rarely.
 */
#include "runtime/functions/calendar.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ZONE_NAME 64
#define SPANS 256
#define SPAN_US (32 * US_DAY)

/* A stretch of 32 days, and the offset that holds from a day before it to a day after it. */
typedef struct span { int32_t number; bool known, constant; int64_t offset; } span;

typedef struct zone {
    char name[ZONE_NAME]; size_t n;
    UCalendar *calendar;
    span spans[SPANS];
} zone;

enum { ZONES = 8 };
typedef struct zones { zone *slots[ZONES]; unsigned next; } zones;

static pthread_key_t zones_key;
static pthread_once_t zones_once = PTHREAD_ONCE_INIT;
static _Thread_local zones *my_zones; /* the same as pthread_getspecific(), quicker */

static void zone_close(zone *z) {
    if (z == NULL)
        return;
    if (z->calendar != NULL)
        ucal_close(z->calendar);
    free(z);
}

static void zones_close(void *arg) {
    zones *all = arg;
    for (int i = 0; i < ZONES; i++)
        zone_close(all->slots[i]);
    free(all);
}

static void zones_init(void) {
    pthread_key_create(&zones_key, zones_close);
}

/* ---- names ---------------------------------------------------------------------------------------------------------- */

/* "Area/City", UTC or GMT: the short names of old (EST, IST) mean different things to different people. */
static bool to_icu_name(mig_text name, UChar out[ZONE_NAME]) {
    if (name.n == 0 || name.n >= ZONE_NAME || !fn_is_ascii(name) ||
        (memchr(name.p, '/', name.n) == NULL && !fn_is_word(name, "UTC") && !fn_is_word(name, "GMT")))
        return false;
    for (size_t i = 0; i < name.n; i++)
        out[i] = (UChar)name.p[i];
    UChar canonical[ZONE_NAME];
    UBool is_system = false;
    UErrorCode e = U_ZERO_ERROR;
    ucal_getCanonicalTimeZoneID(out, (int32_t)name.n, canonical, ZONE_NAME, &is_system, &e);
    return U_SUCCESS(e) && is_system;
}

bool fn_zone_refused(mig_text name, char *why, size_t n) {
    UChar icu[ZONE_NAME];
    if (to_icu_name(name, icu))
        return false;
    snprintf(why, n, "it is not the name of a time zone: Area/City as in \"Europe/Berlin\", or UTC");
    return true;
}

static zone *zone_open(mig_ctx *x, mig_text name) {
    UChar icu[ZONE_NAME];
    if (!to_icu_name(name, icu)) {
        char why[120];
        fn_zone_refused(name, why, sizeof why);
        mig_fail(x, MIG_RULE_PARSE, name, "the zone \"%s\" is wrong: %s", fn_show(name).s, why);
        return NULL;
    }
    zone *z = calloc(1, sizeof *z);
    if (z == NULL) {
        mig_fatal(x, MIG_NOMEM, "out of memory for a time zone");
        return NULL;
    }
    UErrorCode e = U_ZERO_ERROR;
    z->calendar = ucal_open(icu, (int32_t)name.n, "en_US", UCAL_GREGORIAN, &e);
    if (U_FAILURE(e)) {
        mig_fatal(x, MIG_IO, "the time zone \"%.*s\" cannot be opened: %s", (int)name.n, name.p, u_errorName(e));
        zone_close(z);
        return NULL;
    }
    memcpy(z->name, name.p, name.n);
    z->n = name.n;
    return z;
}

static zone *zone_get(mig_ctx *x, mig_text name) {
    if (my_zones == NULL) {
        pthread_once(&zones_once, zones_init);
        my_zones = calloc(1, sizeof *my_zones);
        if (my_zones == NULL) {
            mig_fatal(x, MIG_NOMEM, "out of memory for a time zone");
            return NULL;
        }
        pthread_setspecific(zones_key, my_zones);
    }
    for (int i = 0; i < ZONES; i++) {
        zone *z = my_zones->slots[i];
        if (z != NULL && z->n == name.n && memcmp(z->name, name.p, name.n) == 0)
            return z;
    }
    zone *z = zone_open(x, name);
    if (z != NULL) {
        unsigned slot = my_zones->next++ % ZONES;
        zone_close(my_zones->slots[slot]);
        my_zones->slots[slot] = z;
    }
    return z;
}

/* ---- offsets ------------------------------------------------------------------------------------------------------------ */

/* ICU counts milliseconds since 1970; a day's fraction of a millisecond does not matter to a zone. */
static UDate to_icu(int64_t stamp) {
    int64_t us = stamp - EPOCH_1970 * US_DAY;
    return (UDate)(us >= 0 ? us / 1000 : -((-us + 999) / 1000));
}

static int64_t fields_offset(UCalendar *c, UErrorCode *e) {
    return ((int64_t)ucal_get(c, UCAL_ZONE_OFFSET, e) + ucal_get(c, UCAL_DST_OFFSET, e)) * 1000;
}

/* Microseconds east of UTC at an instant. */
static int64_t offset_at(zone *z, int64_t utc, UErrorCode *e) {
    ucal_setMillis(z->calendar, to_icu(utc), e);
    return fields_offset(z->calendar, e);
}

/* The 32 days that the stamp is in; what is known of them is looked up once. */
static const span *span_of(zone *z, int64_t stamp, UErrorCode *e) {
    int32_t number = (int32_t)(stamp >= 0 ? stamp / SPAN_US : -((-stamp + SPAN_US - 1) / SPAN_US));
    span *s = &z->spans[(uint32_t)number % SPANS];
    if (s->known && s->number == number)
        return s;
    int64_t from = number * SPAN_US - US_DAY, until = from + SPAN_US + 2 * US_DAY;
    *s = (span){.number = number, .known = true, .offset = offset_at(z, from, e)};
    UDate transition = 0;
    bool found = ucal_getTimeZoneTransitionDate(z->calendar, UCAL_TZ_TRANSITION_NEXT, &transition, e);
    s->constant = !found || transition > to_icu(until);
    if (U_FAILURE(*e))
        s->known = false;
    return s;
}

/* Columns hold the years 1 to 9999: '9999-12-31 23:59:59', which people write for "never", may leave them. */
static bool in_calendar(mig_ctx *x, const zone *z, int64_t from, int64_t to) {
    char text[RT_SPELL];
    if (cal_in_range(to))
        return true;
    size_t n = rt_spell_timestamp(text, from);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s leaves the years 1 to 9999 in %s", (int)n, text, z->name);
    return false;
}

static mig_timestamptz instant(mig_ctx *x, const zone *z, int64_t local, int64_t offset) {
    return in_calendar(x, z, local, local - offset) ? (mig_timestamptz){local - offset, false} : MIG_NULL_TIMESTAMPTZ;
}

mig_timestamp mig_at_zone_timestamptz(mig_ctx *x, mig_timestamptz v, mig_text name) {
    UErrorCode e = U_ZERO_ERROR;
    zone *z = v.is_null || name.p == NULL ? NULL : zone_get(x, name);
    if (z == NULL)
        return MIG_NULL_TIMESTAMP;
    const span *s = span_of(z, v.v, &e);
    int64_t offset = s->constant ? s->offset : offset_at(z, v.v, &e);
    if (U_FAILURE(e)) {
        mig_fatal(x, MIG_IO, "the time zone \"%s\" cannot be read: %s", z->name, u_errorName(e));
        return MIG_NULL_TIMESTAMP;
    }
    return in_calendar(x, z, v.v, v.v + offset) ? (mig_timestamp){v.v + offset, false} : MIG_NULL_TIMESTAMP;
}

mig_timestamptz mig_at_zone_timestamp(mig_ctx *x, mig_timestamp v, mig_text name) {
    UErrorCode e = U_ZERO_ERROR;
    zone *z = v.is_null || name.p == NULL ? NULL : zone_get(x, name);
    if (z == NULL)
        return MIG_NULL_TIMESTAMPTZ;
    const span *s = span_of(z, v.v, &e);
    if (s->constant && U_SUCCESS(e))
        return instant(x, z, v.v, s->offset);
    /* An instant within a day has this local time when its own offset leads to it: none, one or two do. */
    int64_t before = offset_at(z, v.v - US_DAY, &e), after = offset_at(z, v.v + US_DAY, &e);
    bool by_before = offset_at(z, v.v - before, &e) == before, by_after = offset_at(z, v.v - after, &e) == after;
    if (U_FAILURE(e)) {
        mig_fatal(x, MIG_IO, "the time zone \"%s\" cannot be read: %s", z->name, u_errorName(e));
        return MIG_NULL_TIMESTAMPTZ;
    }
    if (by_before != by_after || before == after)
        return instant(x, z, v.v, by_before ? before : after);
    char text[RT_SPELL];
    size_t n = rt_spell_timestamp(text, v.v);
    mig_fail(x, MIG_RULE_RANGE, (mig_text){text, n}, "%.*s %s in %s, where the clocks were changed", (int)n, text,
             by_before ? "occurs twice" : "does not occur", z->name);
    return MIG_NULL_TIMESTAMPTZ;
}
