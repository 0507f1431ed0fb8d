/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: statistics, and what nobody knows. */
#include "store_keep.h"
#include "store_kit.h"

/* ---- statistics ---- */

struct counted {
    size_t n;
    struct {
        int64_t time;
        char name[300], cause[60];
        uint64_t count;
    } rows[6000];
};
static struct counted counted;

static bool take_count(void *own, const struct wb_count *count)
{
    (void)own;
    if (counted.n == sizeof counted.rows / sizeof counted.rows[0])
        abort();
    counted.rows[counted.n].time = count->time;
    counted.rows[counted.n].count = count->count;
    snprintf(counted.rows[counted.n].name, 300, "%.*s", WB_F(count->name));
    snprintf(counted.rows[counted.n++].cause, 60, "%.*s", WB_F(count->cause));
    return true;
}

static struct wb_slice named(const struct wb_record *r, enum wb_by by)
{
    switch (by) {
    case WB_BY_CAUSE: return r->cause;
    case WB_BY_PROVIDER: return r->provider;
    case WB_BY_DOMAIN: return kit_domain(r->recipient);
    case WB_BY_REMOTE_MTA: return r->remote_mta;
    case WB_BY_KIND: return r->kind;
    default: return wb_proof_name(r->proof);
    }
}

static int64_t start_of(int64_t at, enum wb_step step)
{
    const int64_t sizes[] = {3600, DAY, 7 * DAY};
    int64_t monday = 4 * DAY; /* 1970-01-05 */
    return step == WB_STEP_WEEK ? (at - monday) / sizes[step] * sizes[step] + monday
                                : at / sizes[step] * sizes[step];
}

/* Every number of the answer is what counting by hand gives, and together they are all. */
static void same_counts(const struct made *made, const struct wb_statistics *what, int64_t from,
                        int64_t to)
{
    uint64_t total = 0, sum = 0;
    for (size_t i = 0; i < KIT_MADE; i++) {
        const struct wb_record *r = &made[i].record;
        total += r->at >= from && r->at < to && kit_has(what->cause, r->cause) &&
                 kit_has(what->kind, r->kind) && kit_has(what->name, named(r, what->by));
    }
    for (size_t j = 0; j < counted.n; j++) {
        uint64_t n = 0;
        for (size_t i = 0; i < KIT_MADE; i++) {
            const struct wb_record *r = &made[i].record;
            n += start_of(r->at, what->step) == counted.rows[j].time && r->at >= from &&
                 r->at < to && wb_slice_eq(named(r, what->by), T(counted.rows[j].name)) &&
                 (!what->causes || wb_slice_eq(r->cause, T(counted.rows[j].cause))) &&
                 kit_has(what->cause, r->cause) && kit_has(what->kind, r->kind);
        }
        assert_int_equal(counted.rows[j].count, n);
        sum += n;
        assert_true(j == 0 || counted.rows[j - 1].time <= counted.rows[j].time);
    }
    if (!what->top)
        assert_int_equal(sum, total);
}

static void statistics(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &kit_shape, KIT_MADE);
    int64_t first = made[0].record.at, last = made[KIT_MADE - 1].record.at;
    for (int by = 0; by < WB_BY_COUNT; by++) {
        for (int step = 0; step <= WB_STEP_WEEK; step++) {
            struct wb_statistics all = {.by = by, .step = step};
            counted.n = 0;
            OK(wb_store_statistics(store, &all, take_count, NULL, S));
            same_counts(made, &all, INT64_MIN, INT64_MAX);
            struct wb_statistics some = {.from = first + 4 * DAY,
                                         .to = last - 9 * DAY,
                                         .by = by,
                                         .step = step,
                                         .causes = true,
                                         .kind = T("bounce")};
            counted.n = 0;
            OK(wb_store_statistics(store, &some, take_count, NULL, S));
            assert_true(counted.n > 0);
            int64_t size = step == WB_STEP_HOUR ? 3600 : step == WB_STEP_DAY ? DAY : 7 * DAY;
            same_counts(made, &some, start_of(some.from, step), start_of(some.to + size - 1, step));
            some.kind = WB_NONE;
            some.cause = T("mailbox-full");
            some.name = named(&made[77].record, by);
            counted.n = 0;
            OK(wb_store_statistics(store, &some, take_count, NULL, S));
            if (by != WB_BY_CAUSE)
                same_counts(made, &some, start_of(some.from, step),
                            start_of(some.to + size - 1, step));
        }
    }
    free(made);
    wb_store_close(store);
}

static uint64_t hand_count(const struct made *made, enum wb_by by, struct wb_slice name,
                           struct wb_slice cause)
{
    uint64_t n = 0;
    for (size_t i = 0; i < KIT_MADE; i++)
        n += wb_slice_eq(named(&made[i].record, by), name) && kit_has(cause, made[i].record.cause);
    return n;
}

/* Three names come, and no name that is left out is more frequent than one of them. */
static void has_first_three(struct wb_store *store, const struct made *made, enum wb_by by,
                            struct wb_slice cause)
{
    struct wb_statistics top = {.by = by, .step = WB_STEP_WEEK, .top = 3, .cause = cause};
    uint64_t least = UINT64_MAX;
    size_t names = 0;
    counted.n = 0;
    OK(wb_store_statistics(store, &top, take_count, NULL, S));
    same_counts(made, &top, INT64_MIN, INT64_MAX);
    for (size_t i = 0; i < counted.n; i++) {
        bool again = false;
        for (size_t j = 0; j < i; j++)
            again |= strcmp(counted.rows[i].name, counted.rows[j].name) == 0;
        if (again)
            continue;
        names++;
        uint64_t n = hand_count(made, by, T(counted.rows[i].name), cause);
        least = n < least ? n : least;
    }
    assert_int_equal(names, 3);
    for (size_t i = 0; i < KIT_MADE; i++) {
        bool is_in = false;
        for (size_t j = 0; j < counted.n; j++)
            is_in |= wb_slice_eq(named(&made[i].record, by), T(counted.rows[j].name));
        assert_true(is_in || hand_count(made, by, named(&made[i].record, by), cause) <= least);
    }
}

static unsigned summarise(struct wb_store *store)
{
    bool more = true;
    for (unsigned days = 0;; days++) {
        OK(wb_store_summarise(store, &more, S));
        if (!more)
            return days;
    }
}

/* Of far more names than are looked at one by one; with lists of the days and without. */
static void the_most_frequent_of_many(void **state)
{
    (void)state;
    struct made_shape shape = kit_shape;
    shape.first -= shape.first % DAY; /* three whole days of a thousand */
    shape.per_second = 1000.0 / DAY;
    shape.domains = 700;
    shape.servers = 900;
    shape.providers = 300;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &shape, KIT_MADE);
    for (int listed = 0; listed < 2; listed++) {
        for (int by = WB_BY_PROVIDER; by <= WB_BY_REMOTE_MTA; by++) {
            has_first_three(store, made, by, WB_NONE);
            has_first_three(store, made, by, T("greylisted"));
        }
        if (!listed)
            assert_int_equal(summarise(store), 3);
    }
    /* a fourth day that grows: too few; its list; still good enough; made anew */
    static const struct {
        size_t reports;
        unsigned days;
    } grows[] = {{0, 0}, {400, 0}, {600, 1}, {700, 0}, {800, 1}};
    for (size_t i = 0; i < sizeof grows / sizeof grows[0]; i++) {
        free(kit_made(store, &shape, KIT_MADE + grows[i].reports));
        assert_int_equal(summarise(store), grows[i].days);
    }
    struct wb_statistics all = {.by = WB_BY_DOMAIN, .step = WB_STEP_DAY};
    uint64_t total = kit_total(store, all);
    /* without the lists' rows nothing is found: it is them who are asked, and nobody else counts
     * them */
    kit_execute("DELETE FROM counts WHERE step = 10");
    all.top = 5;
    assert_int_equal(kit_total(store, all), 0);
    kit_execute("DELETE FROM counts WHERE step > 1");
    all.top = 0;
    assert_int_equal(kit_total(store, all), total);
    free(made);
    wb_store_close(store);
}

static void the_most_frequent(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &kit_shape, KIT_MADE);
    for (int by = 0; by <= WB_BY_REMOTE_MTA; by++)
        has_first_three(store, made, by, WB_NONE);
    free(made);
    wb_store_close(store);
}

/* ---- the unknown ---- */

static bool take_template(void *own, const struct wb_template *row, struct wb_cursor place)
{
    struct wb_template *out = own;
    while (out->count)
        out++;
    *out = *row;
    out->text = unit_exact(row->text);
    out->report_id = unit_exact(row->report_id);
    assert_true(place.id > 0);
    return true;
}

static void templates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "550 strange 12345 <a@b.example>", "550 strange 9999 <c@d.example>",
        "550 other words of mx1.example.org", "550 strange 7777 <e@f.example>"};
    struct wb_store *store = kit_store();
    char id[33];
    for (unsigned i = 0; i < 4; i++) {
        struct wb_record record = kit_record();
        record.report_id = kit_id(id, i);
        record.cause = T("unknown");
        record.diagnostic = T(texts[i]);
        record.at = KIT_T0 + i;
        struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, &record, 1};
        kit_add(store, &message);
    }
    /* neither what is no failure, nor what says nothing */
    for (unsigned i = 4; i < 7; i++) {
        struct wb_record other = kit_record();
        other.report_id = kit_id(id, i);
        other.cause = T("unknown");
        other.kind = i == 4 ? T("auto-reply") : T("bounce");
        other.diagnostic = i == 4 ? T("550 I am on holiday") : i == 5 ? WB_NONE : T(" \t ");
        struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, &other, 1};
        kit_add(store, &message);
    }
    struct wb_record known = kit_record();
    struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, &known, 1};
    kit_add(store, &message);
    struct wb_template rows[5] = {0};
    OK(wb_store_templates(store, (struct wb_cursor){0}, 4, take_template, rows, S));
    assert_int_equal(rows[2].count, 0);
    assert_text(rows[0].text, "550 strange N <ADDRESS>");
    assert_int_equal(rows[0].count, 3);
    assert_int_equal(rows[0].first, KIT_T0);
    assert_int_equal(rows[0].last, KIT_T0 + 3);
    assert_slice(rows[0].report_id, kit_id(id, 3));
    assert_text(rows[1].text, "550 other words of HOST");
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(statistics, "against counting by hand");
    UNIT_ONE(the_most_frequent, "names only");
    UNIT_ONE(the_most_frequent_of_many, "by the lists of the days, too");
    UNIT_ONE(templates, "of diagnostics without a cause");
    return unit_run();
}
