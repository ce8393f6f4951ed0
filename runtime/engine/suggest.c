/*
 * suggest.c: "did you mean": edits between texts, and the spelling of an alias that is most like an unknown one. Bounded: short
 * texts, a limited number of spellings, a limited number of searches in a phase.
 */
#include "runtime/engine/locate.h"
#include "runtime/engine/state.h"


enum { MOST_SEARCHES = 500 };

int rt_edits(mig_text a, mig_text b, int limit) {
    int row[3][RT_EDITS_MAX + 1];
    int na = (int)a.n, nb = (int)b.n;
    if (na - nb > limit || nb - na > limit || na > RT_EDITS_MAX || nb > RT_EDITS_MAX)
        return limit + 1;
    for (int j = 0; j <= nb; j++)
        row[0][j] = j;
    for (int i = 1; i <= na; i++) {
        int *now = row[i % 3], *last = row[(i + 2) % 3], *before = row[(i + 1) % 3];
        int best = now[0] = i;
        for (int j = 1; j <= nb; j++) {
            int change = last[j - 1] + (a.p[i - 1] != b.p[j - 1]);
            int least = last[j] + 1 < now[j - 1] + 1 ? last[j] + 1 : now[j - 1] + 1;
            if (change < least)
                least = change;
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1] && before[j - 2] + 1 < least)
                least = before[j - 2] + 1;
            now[j] = least;
            if (least < best)
                best = least;
        }
        if (best > limit)
            return limit + 1;
    }
    return row[na % 3][nb];
}

bool rt_alias_nearest(rt_alias_state *a, mig_text folded, mig_text *out) {
    if (folded.n < 3 || folded.n > RT_EDITS_MAX || a->suggestions >= MOST_SEARCHES)
        return false;
    a->suggestions++;
    int limit = folded.n < 5 ? 1 : folded.n < 10 ? 2 : 3;
    int best = limit + 1;
    for (int64_t i = 0; i < a->n_spellings; i++) {
        int d = rt_edits(folded, a->spellings[i], best - 1 < limit ? best - 1 : limit);
        if (d < best && d > 0) {
            best = d;
            *out = a->spellings[i];
        }
    }
    return best <= limit;
}
