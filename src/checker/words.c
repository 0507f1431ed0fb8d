/* SPDX-License-Identifier: BSD-2-Clause */
#include "words.h"

static const char *words_of(const char *id, enum wb_tongue tongue)
{
    for (const struct wb_check_words *w = wb_check_words; w->id; w++)
        if (strcmp(w->id, id) == 0)
            return w->text[tongue];
    return id;
}

static void put_value(struct wb_buf *out, const struct wb_finding *f, struct wb_slice name)
{
    if (wb_slice_eq(name, WB_S("subject")))
        wb_buf_safe(out, f->subject);
    else if (name.n == 1 && name.p[0] > '0' && name.p[0] <= '0' + WB_FINDING_VALUES)
        wb_buf_safe(out, f->value[name.p[0] - '1']);
}

void wb_put_finding(struct wb_buf *out, const struct wb_finding *finding, enum wb_tongue tongue)
{
    struct wb_slice rest = wb_slice_str(words_of(finding->id, tongue));
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
