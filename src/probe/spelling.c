/* SPDX-License-Identifier: BSD-2-Clause */
/* gmial.com, 163.con, qq.cm: one or two slips of the finger away from a domain that many have. */
#include "datum.h"
#include "probe.h"

enum { LONGEST = 63, SHORT = 7 /* in a name as short as qq.com only one slip counts */ };

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

/* How many slips: a letter more, less, other, or two letters in the wrong order. */
static size_t distance(struct wb_slice a, struct wb_slice b)
{
    size_t row[3][LONGEST + 1];
    for (size_t j = 0; j <= b.n; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *two = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t other = a.p[i - 1] != b.p[j - 1];
            now[j] = least(now[j - 1] + 1, before[j] + 1, before[j - 1] + other);
            bool swapped = i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1];
            if (swapped && two[j - 2] + 1 < now[j])
                now[j] = two[j - 2] + 1;
        }
    }
    return row[a.n % 3][b.n];
}

/* hotmail.de is no misspelt hotmail.fr: many have the same name in several countries. */
static bool of_other_country(struct wb_slice a, struct wb_slice b)
{
    enum { COUNTRY = 3 }; /* ".de" */
    return a.n == b.n && a.n > COUNTRY && a.p[a.n - COUNTRY] == '.' && b.p[b.n - COUNTRY] == '.' &&
           memcmp(a.p, b.p, a.n - COUNTRY) == 0;
}

const char *wb_meant_domain(struct wb_slice domain)
{
    const char *nearest = NULL;
    size_t best = 3;
    if (domain.n > LONGEST)
        return NULL;
    for (const struct wb_datum *d = wb_data_domains; d->path; d++) {
        struct wb_slice known = wb_slice_str(d->value);
        size_t slips = known.n > LONGEST ? best : distance(domain, known);
        if (slips == 0)
            return NULL;
        bool meant = wb_slice_starts(wb_slice_str(d->path), WB_S("well-known/"));
        if (meant && !of_other_country(domain, known) && slips < best &&
            slips <= (known.n <= SHORT ? 1 : 2)) {
            best = slips;
            nearest = d->value;
        }
    }
    return nearest;
}
