/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A log: the first byte chooses the format (or none), whether deliveries are told, and where the
 * year comes from. What it remembers must not change an answer that needs no memory: the same log
 * read twice by a new book gives the same.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

enum { MAX_SHOWN = 8 };

static int east(int64_t wall)
{
    return (int)(wall / 3600 % 24) * 60 - 720;
}

static struct wb_log *new_log(unsigned bits)
{
    size_t formats = 0, chosen = bits & 15;
    while (wb_log_format_name(formats))
        formats++;
    struct wb_log *log = wb_log_new(chosen < formats ? wb_log_format_name(chosen) : NULL);
    WB_CHECK(log);
    wb_log_only(log, NULL, bits & 16 ? "@d1.test" : NULL, bits & 32 ? 1700000000 : 0, bits & 64);
    wb_log_zone(log, bits & 128 ? east : NULL);
    wb_log_file(log, bits & 1 ? 1795483452 : 0, bits & 2 ? 2026 : 0);
    return log;
}

/* What all lines give, added up; with forms each answer is held against what it promises. */
static uint64_t read_all(struct wb_log *log, struct wb_session *session, struct wb_slice text,
                         bool forms)
{
    uint64_t sum = 0;
    while (text.n) {
        size_t n = wb_slice_chr(text, '\n');
        const struct wb_analysis *a = wb_log_line(log, session, text.p, n);
        for (size_t i = 0; a && i < wb_analysis_count(a); i++) {
            const struct wb_report *r = wb_analysis_report(a, i);
            struct wb_string id = wb_report_string(r, WB_REPORT_REPORT_ID);
            for (size_t c = 0; c < id.length; c++)
                sum = sum * 31 + (unsigned char)id.text[c];
            sum += (uint64_t)wb_report_number(r, WB_REPORT_LAST_ATTEMPT);
        }
        /* a message that fails for a thousand at once takes long in all forms */
        if (a && forms && wb_analysis_count(a) <= MAX_SHOWN)
            fuzz_forms(session, a);
        text = wb_slice_from(text, n + 1);
    }
    return sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    /* a table of its own each time would be millions of pages: two books are used again and again,
     * so what they remember differs, but not what a line alone says */
    static struct wb_log *logs[256];
    struct wb_session *session = fuzz_session();
    struct wb_slice text = wb_slice((const char *)data + 1, size - 1);
    fuzz_style(session, (unsigned)size);
    if (!logs[data[0]])
        logs[data[0]] = new_log(data[0]);
    struct wb_log *log = logs[data[0]];
    wb_log_file(log, data[0] & 1 ? 1795483452 : 0, data[0] & 2 ? 2026 : 0);
    read_all(log, session, text, true);
    if (size % 64 == 0) {
        struct wb_log *one = new_log(data[0]), *other = new_log(data[0]);
        WB_CHECK(read_all(one, session, text, false) == read_all(other, session, text, false));
        wb_log_free(one);
        wb_log_free(other);
    }
    return 0;
}
