/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No expression of the knowledge may work much longer than its text is long. Each is held against
 * long runs of one thing, with ends that let it believe until the last moment; what is tried anew
 * from each place of such a run takes its square, and a hundred times the time allowed.
 */
#include "analyse.h"

#include <time.h>

#include "unit.h"

enum {
    LINE_BYTES = 64 << 10, /* patterns of dialects see lines as they are */
    FOLDED_BYTES = WB_MAX_PROSE_BYTES,
    ALLOWED_MS = 150, /* of a text that takes an honest expression 1 to 10 */
};

static const struct row {
    const char *name, *end;
} rows[] = {
    {"a", "x@"},
    {"a.", "failed: a@b.cc"},
    {"a_", " did not like our rcpt to"},
    {"http://a/", " mailing list."},
    {"[1.2.3.4]", "@b.cc unknown"},
    {"<a@b.c> ", ": 550 5.1.1 unknown"},
    {"a@b.c ", "user unknown"},
    {"550 ", "said"},
    {"error: ", "x"},
    {" ", "@"},
    {"(", ")"},
    {"-", "x"},
    {"\xe9\x82\xae", "\xe5\xa4\xb1\xe8\xb4\xa5"},
};

static struct wb_catalogue *cat;
static struct wb_matcher *matcher;
static char text[LINE_BYTES];

static int milliseconds(const struct wb_regex *regex, size_t n)
{
    struct timespec a, b;
    struct wb_groups groups;
    struct wb_slice end = wb_slice(text + LINE_BYTES - n, n);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &a);
    wb_regex_find(regex, matcher, end, &groups);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &b);
    return (int)((b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000);
}

static void check(const struct wb_regex *regex, size_t n, const char *kind, struct wb_slice pattern)
{
    int spent = milliseconds(regex, n);
    if (spent > ALLOWED_MS)
        fail_msg("%d ms for the %s %.*s", spent, kind, WB_F(pattern));
}

static void linear(void **state)
{
    const struct row *row = *state;
    size_t unit = strlen(row->name), end = strlen(row->end);
    uint32_t n;
    for (size_t i = 0; i < LINE_BYTES; i++)
        text[i] = row->name[i % unit];
    memcpy(text + LINE_BYTES - end, row->end, end);
    const struct wb_line_pattern *patterns = wb_cat_patterns(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        check(wb_cat_line_regex(cat, &patterns[i]), LINE_BYTES, "line",
              wb_cat_str(cat, patterns[i].pattern));
    const struct wb_entry *entries = wb_cat_entries(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        check(wb_cat_entry_regex(cat, &entries[i]), FOLDED_BYTES, "entry",
              wb_cat_str(cat, entries[i].pattern));
    const struct wb_sign *signs = wb_cat_signs(cat, &n);
    for (uint32_t i = 0; i < n; i++)
        check(wb_cat_sign_regex(cat, &signs[i]), FOLDED_BYTES, "sign",
              wb_cat_str(cat, signs[i].pattern));
}

int main(void)
{
    struct wb_status status;
    if (!wb_catalogue_open_image(wb_embedded_image(), &cat, &status))
        return 1;
    matcher = wb_catalogue_matcher(cat);
    UNIT_ROWS(linear, rows);
    int failed = unit_run();
    wb_matcher_free(matcher);
    wb_catalogue_close(cat);
    return failed;
}
