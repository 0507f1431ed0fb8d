/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

#include <stdio.h>

#include "datum.h"

enum { LONGEST_PATH = 200 };

const char *wb_words(const char *id, enum wb_language language)
{
    char path[LONGEST_PATH];
    snprintf(path, sizeof path, "words/%s/%s", id, wb_language_tag(language));
    for (const struct wb_datum *d = wb_data_checks; d->path; d++)
        if (strcmp(d->path, path) == 0)
            return d->value;
    return id;
}

static void put_value(struct wb_buf *out, const struct wb_finding *f, struct wb_slice name)
{
    if (wb_slice_eq(name, WB_S("subject")))
        wb_buf_safe(out, f->subject);
    else if (name.n == 1 && name.p[0] > '0' && name.p[0] <= '0' + WB_FINDING_VALUES)
        wb_buf_safe(out, f->value[name.p[0] - '1']);
}

void wb_put_finding(struct wb_buf *out, const struct wb_finding *finding, enum wb_language language)
{
    struct wb_slice rest = wb_slice_str(wb_words(finding->id, language));
    while (rest.n) {
        const char *open = memchr(rest.p, '{', rest.n);
        const char *close = open ? memchr(open, '}', (size_t)(wb_slice_end(rest) - open)) : NULL;
        if (!close) {
            wb_buf_put(out, rest);
            return;
        }
        wb_buf_put(out, wb_slice_span(rest.p, open));
        put_value(out, finding, wb_slice_span(open + 1, close));
        rest = wb_slice_span(close + 1, wb_slice_end(rest));
    }
}
