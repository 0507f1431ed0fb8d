/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include <stdlib.h>
#include <string.h>

#include "utf8.h"

enum { TOP_PROVIDERS = 6, NUMBER_COLUMNS = 11, NAME_COLUMNS = 22 };

static struct wb_tally_row *row_of(struct wb_tally *tally, struct wb_string kind,
                                   struct wb_string cause, struct wb_string provider)
{
    uint64_t hash = 14695981039346656037u;
    const struct wb_string parts[] = {kind, cause, provider};
    for (int p = 0; p < 3; p++)
        for (size_t i = 0; i <= parts[p].length; i++)
            hash = (hash ^ (unsigned char)(i < parts[p].length ? parts[p].text[i] : '/')) *
                   1099511628211u;
    for (uint32_t i = 0; i < WB_TALLY_ROWS; i++) {
        struct wb_tally_row *row = &tally->rows[(hash + i) % WB_TALLY_ROWS];
        if (!row->kind.length) {
            *row = (struct wb_tally_row){kind, cause, provider, 0};
            return row;
        }
        struct wb_string have[] = {row->kind, row->cause, row->provider};
        bool same = true;
        for (int p = 0; p < 3; p++)
            same &= have[p].length == parts[p].length &&
                    memcmp(have[p].text, parts[p].text, parts[p].length) == 0;
        if (same)
            return row;
    }
    return NULL;
}

static void count(struct wb_tally *tally, struct wb_string kind, struct wb_string cause,
                  struct wb_string provider, uint64_t n)
{
    struct wb_tally_row *row = row_of(tally, kind, cause, provider);
    if (row)
        row->count += n;
    else
        tally->lost += n;
}

void wb_tally_add(struct wb_tally *tally, const struct wb_analysis *analysis)
{
    tally->messages++;
    for (size_t i = 0; i < wb_analysis_count(analysis); i++) {
        const struct wb_report *report = wb_analysis_report(analysis, i);
        struct wb_string class = wb_report_string(report, WB_REPORT_CLASS);
        count(tally, wb_report_string(report, WB_REPORT_KIND),
              class.length ? class : wb_report_string(report, WB_REPORT_CAUSE),
              wb_report_string(report, WB_REPORT_PROVIDER), 1);
    }
}

void wb_tally_merge(void *into, const void *from)
{
    struct wb_tally *sum = into;
    const struct wb_tally *tally = from;
    sum->messages += tally->messages;
    sum->lost += tally->lost;
    for (int i = 0; i < WB_TALLY_ROWS; i++) {
        const struct wb_tally_row *row = &tally->rows[i];
        if (row->kind.length)
            count(sum, row->kind, row->cause, row->provider, row->count);
    }
}

/* ---- the table ---- */

/* Sums by one member of the rows: names and counts, the largest first. */
struct sums {
    struct sum {
        struct wb_string name;
        uint64_t n;
    } * p;
    size_t n;
};

static bool equal(struct wb_string a, struct wb_string b)
{
    return a.length == b.length && memcmp(a.text, b.text, a.length) == 0;
}

static void add_sum(struct sums *sums, struct wb_string name, uint64_t n)
{
    size_t i = 0;
    while (i < sums->n && !equal(sums->p[i].name, name))
        i++;
    if (i == sums->n)
        sums->p[sums->n++] = (struct sum){name, 0};
    sums->p[i].n += n;
}

static int larger_first(const void *a, const void *b)
{
    const struct sum *x = a, *y = b;
    if (x->n != y->n)
        return x->n < y->n ? 1 : -1;
    return wb_slice_cmp(wb_slice(x->name.text, x->name.length),
                        wb_slice(y->name.text, y->name.length));
}

/* What a row is counted under: the cause, or the kind where there is none. */
static struct wb_string row_name(const struct wb_tally_row *row)
{
    return row->cause.length ? row->cause : row->kind;
}

static void pad(struct wb_buf *out, int n)
{
    while (n-- > 0)
        wb_buf_byte(out, ' ');
}

static int columns(struct wb_slice s)
{
    int n = 0;
    while (s.n) {
        size_t taken;
        n += wb_utf8_width(wb_utf8_get(s, &taken));
        s = wb_slice_from(s, taken);
    }
    return n;
}

static void right(struct wb_buf *out, int width, struct wb_slice s)
{
    pad(out, width - columns(s));
    wb_buf_put(out, s);
}

/* A column is as wide as a number, or as its name and a blank. */
static int column_width(struct wb_string name)
{
    int n = columns(wb_slice(name.text, name.length)) + 1;
    return n > NUMBER_COLUMNS ? n : NUMBER_COLUMNS;
}

static void put_number(struct wb_buf *out, int width, uint64_t n)
{
    char digits[24];
    size_t i = sizeof digits;
    do
        digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    right(out, width, wb_slice(digits + i, sizeof digits - i));
}

static uint64_t cell(const struct wb_tally *tally, struct wb_string name, struct wb_string provider)
{
    uint64_t n = 0;
    for (int i = 0; i < WB_TALLY_ROWS; i++) {
        const struct wb_tally_row *row = &tally->rows[i];
        if (row->kind.length && equal(row_name(row), name) && equal(row->provider, provider))
            n += row->count;
    }
    return n;
}

static void table_row(const struct wb_tally *tally, const struct sum *row, int name_width,
                      const struct sums *providers, size_t shown, struct wb_buf *out)
{
    struct wb_slice name = wb_slice(row->name.text, row->name.length);
    uint64_t rest = row->n;
    wb_buf_put(out, name);
    pad(out, name_width - columns(name));
    put_number(out, NUMBER_COLUMNS, row->n);
    for (size_t i = 0; i < shown; i++) {
        uint64_t n = cell(tally, row->name, providers->p[i].name);
        rest -= n;
        put_number(out, column_width(providers->p[i].name), n);
    }
    put_number(out, NUMBER_COLUMNS, rest);
    wb_buf_byte(out, '\n');
}

/* The first column is as wide as its names need. */
static int widest(const struct sums *names)
{
    int most = NAME_COLUMNS;
    for (size_t i = 0; i < names->n; i++) {
        int width = columns(wb_slice(names->p[i].name.text, names->p[i].name.length));
        most = width > most ? width : most;
    }
    return most;
}

static struct wb_slice name_head(bool classes, bool zh)
{
    if (classes)
        return zh ? WB_S("分类") : WB_S("class");
    return zh ? WB_S("原因") : WB_S("cause");
}

static void put_total(const struct wb_tally *tally, uint64_t reports, bool zh, struct wb_buf *out)
{
    unsigned long long mails = tally->messages, told = reports;
    if (tally->of_log)
        wb_buf_printf(out, zh ? "%llu 个收件人\n\n" : "%llu recipient%s\n\n", told,
                      told == 1 ? "" : "s");
    else if (zh)
        wb_buf_printf(out, "%llu 封邮件，%llu 条报告\n\n", mails, told);
    else
        wb_buf_printf(out, "%llu message%s, %llu report%s\n\n", mails, mails == 1 ? "" : "s", told,
                      told == 1 ? "" : "s");
}

void wb_tally_print(const struct wb_tally *tally, bool classes, enum wb_language language,
                    struct wb_buf *out)
{
    static struct sum name_rows[WB_TALLY_ROWS], provider_rows[WB_TALLY_ROWS];
    struct sums names = {name_rows, 0}, providers = {provider_rows, 0};
    uint64_t reports = 0;
    for (int i = 0; i < WB_TALLY_ROWS; i++) {
        const struct wb_tally_row *row = &tally->rows[i];
        if (!row->kind.length)
            continue;
        add_sum(&names, row_name(row), row->count);
        reports += row->count;
        if (row->provider.length)
            add_sum(&providers, row->provider, row->count);
    }
    qsort(names.p, names.n, sizeof *names.p, larger_first);
    qsort(providers.p, providers.n, sizeof *providers.p, larger_first);
    size_t shown = providers.n < TOP_PROVIDERS ? providers.n : TOP_PROVIDERS;
    bool zh = language == WB_CHINESE;
    put_total(tally, reports, zh, out);
    struct wb_slice head = name_head(classes, zh);
    wb_buf_put(out, head);
    int name_width = widest(&names);
    pad(out, name_width - columns(head));
    right(out, NUMBER_COLUMNS, zh ? WB_S("合计") : WB_S("all"));
    for (size_t i = 0; i < shown; i++)
        right(out, column_width(providers.p[i].name),
              wb_slice(providers.p[i].name.text, providers.p[i].name.length));
    right(out, NUMBER_COLUMNS, zh ? WB_S("其他") : WB_S("other"));
    wb_buf_byte(out, '\n');
    for (size_t i = 0; i < names.n; i++)
        table_row(tally, &names.p[i], name_width, &providers, shown, out);
}

static void member(struct wb_buf *out, const char *name, struct wb_string value)
{
    wb_buf_printf(out, "\"%s\":", name);
    if (value.length)
        wb_buf_printf(out, "\"%.*s\",", (int)value.length, value.text);
    else
        wb_buf_lit(out, "null,");
}

static int compare(struct wb_string a, struct wb_string b)
{
    return wb_slice_cmp(wb_slice(a.text, a.length), wb_slice(b.text, b.length));
}

/* The largest first, equal ones by name: the same however the work was shared. */
static int row_order(const void *a, const void *b)
{
    const struct wb_tally_row *x = a, *y = b;
    if (x->count != y->count)
        return x->count < y->count ? 1 : -1;
    int order = compare(x->kind, y->kind);
    if (!order)
        order = compare(x->cause, y->cause);
    return order ? order : compare(x->provider, y->provider);
}

/* Ids and classes need no escaping: the knowledge compiler sees to it. */
void wb_tally_json(const struct wb_tally *tally, bool classes, struct wb_buf *out)
{
    static struct wb_tally_row rows[WB_TALLY_ROWS];
    size_t n = 0;
    for (int i = 0; i < WB_TALLY_ROWS; i++)
        if (tally->rows[i].kind.length)
            rows[n++] = tally->rows[i];
    qsort(rows, n, sizeof *rows, row_order);
    for (size_t i = 0; i < n; i++) {
        const struct wb_tally_row *row = &rows[i];
        wb_buf_byte(out, '{');
        member(out, "kind", row->kind);
        member(out, classes ? "class" : "cause", row->cause);
        member(out, "provider", row->provider);
        wb_buf_printf(out, "\"count\":%llu}\n", (unsigned long long)row->count);
    }
}
