/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: one report, one failure, pages. */
#include "store_kit.h"

#include "limit.h"

static struct kit_page page;

/* ---- one failure, one history ---- */

static void one_history(void **state)
{
    (void)state;
    static const char *const kinds[] = {"delay", "bounce", "delivered", "bounce"};
    static const char *const keys[] = {
        "ffeeddccbbaa99887766554433221100", "ffeeddccbbaa99887766554433221100",
        "ffeeddccbbaa99887766554433221100", "0feeddccbbaa99887766554433221100"};
    struct wb_store *store = kit_store();
    char id[33];
    for (unsigned i = 0; i < 4; i++) {
        struct wb_record record = kit_record();
        record.report_id = kit_id(id, i);
        record.failure_key = T(keys[i]);
        record.kind = T(kinds[i]);
        record.recipient = i % 2 ? T("wang@example.cn") : T("WANG@example.cn");
        record.at = KIT_T0 + i;
        struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 100, &record, 1};
        kit_add(store, &message);
    }
    page.n = 0;
    OK(wb_store_history(store, kit_id(id, 1), kit_take, &page, S));
    assert_int_equal(page.n, 3);
    assert_int_equal(page.rows[0].at, KIT_T0 + 2);
    assert_int_equal(page.rows[2].at, KIT_T0);
    page.n = 0;
    OK(wb_store_history(store, kit_id(id, 3), kit_take, &page, S));
    assert_int_equal(page.n, 1);
    bool found;
    OK(wb_store_raw(store, kit_id(id, 1), NULL, &found, S));
    assert_false(found);
    /* one of no failure that anybody names */
    struct wb_record record = kit_record();
    record.failure_key = record.recipient = WB_NONE;
    struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 100, &record, 1};
    kit_add(store, &message);
    page.n = 0;
    OK(wb_store_history(store, record.report_id, kit_take, &page, S));
    assert_int_equal(page.n, 1);
    wb_store_close(store);
}

/* ---- pages ---- */

static void pages_of_equal_times(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record records[10];
    char ids[200][33];
    unsigned n = 0;
    for (unsigned batch = 0; batch < 20; batch++) {
        for (unsigned i = 0; i < 10; i++, n++) {
            records[i] = kit_record();
            records[i].report_id = kit_id(ids[n], n);
            records[i].at = KIT_T0 + (n % 3 == 0);
        }
        struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, records, 10};
        kit_add(store, &message);
    }
    for (unsigned limit = 1; limit < 250; limit = limit * 3 + 1) {
        struct wb_filter filter = {.cause = T("user-unknown")};
        kit_events(store, &filter, limit, &page);
        assert_int_equal(page.n, 200);
        for (size_t i = 1; i < page.n; i++) {
            assert_true(page.rows[i - 1].at >= page.rows[i].at);
            for (size_t j = 0; j < i; j++)
                assert_string_not_equal(page.rows[j].report_id, page.rows[i].report_id);
        }
    }
    wb_store_close(store);
}

/* The last page says that it is the last one, be it full or not. */
static void as_many_pages_as_needed(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record records[12];
    char ids[12][33];
    for (unsigned i = 0; i < 12; i++) {
        records[i] = kit_record();
        records[i].report_id = kit_id(ids[i], i);
        records[i].at = KIT_T0 - i * DAY / 2;
    }
    struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, records, 12};
    kit_add(store, &message);
    const struct wb_filter filters[] = {
        {0}, {.cause = T("user-unknown")}, {.domain = T("example.cn")}, {.words = T("unknown")}};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        for (unsigned limit = 1; limit < 15; limit++) {
            kit_events(store, &filters[i], limit, &page);
            assert_int_equal(page.n, 12);
            assert_int_equal(page.pages, (12 + limit - 1) / limit);
        }
    }
    wb_store_close(store);
}

/* What is seldom costs many short calls, and no call looks at all there is. */
static void a_call_ends(void **state)
{
    (void)state;
    enum { MANY = WB_MAX_STORE_LOOK + 1000, ONCE = 1000 };
    struct wb_store *store = kit_store();
    static struct wb_record records[ONCE];
    static char ids[ONCE][33];
    for (unsigned first = 0; first < MANY; first += ONCE) {
        for (unsigned i = 0; i < ONCE; i++) {
            records[i] = kit_record();
            records[i].report_id = kit_id(ids[i], first + i);
        }
        struct wb_message message = {WB_NONE, T("api"), KIT_T0 + 50, records, ONCE};
        kit_add(store, &message);
    }
    const struct wb_filter filters[] = {{.words = T("no such words")},
                                        {.cause = T("user-unknown"), .words = T("no such words")},
                                        {.kind = T("bounce"), .words = T("no such words")}};
    for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
        kit_events(store, &filters[i], 50, &page);
        assert_int_equal(page.n, 0);
        assert_int_equal(page.pages, 2);
    }
    const struct wb_filter by_day = {.domain = T("example.cn"), .words = T("no such words")};
    kit_events(store, &by_day, 50, &page);
    assert_int_equal(page.n, 0);
    assert_int_equal(page.pages, 2);
    wb_store_close(store);
}

static bool passes(const struct wb_filter *f, const struct wb_record *r)
{
    return (!f->from || r->at >= f->from) && (!f->to || r->at < f->to) &&
           kit_has(f->cause, r->cause) && kit_has(f->domain, kit_domain(r->recipient)) &&
           kit_has(f->provider, r->provider) && kit_has(f->address, r->recipient) &&
           kit_has(f->kind, r->kind) && kit_has(f->remote_mta, r->remote_mta) &&
           (!f->words.n || wb_slice_hasi(r->diagnostic, f->words));
}

static void same_as_by_hand(struct wb_store *store, const struct made *made,
                            const struct wb_filter *filter)
{
    size_t n = 0;
    kit_events(store, filter, 50, &page);
    for (size_t i = 0; i < KIT_MADE; i++)
        n += passes(filter, &made[i].record);
    if (page.n != n)
        print_error("cause %.*s domain %.*s\n", WB_F(filter->cause), WB_F(filter->domain));
    assert_int_equal(page.n, n);
    n = 0; /* the made ones are in the order of time */
    for (size_t i = KIT_MADE; i-- > 0;)
        if (passes(filter, &made[i].record))
            assert_slice(T(page.rows[n++].report_id), made[i].record.report_id);
}

static void filters(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &kit_shape, KIT_MADE);
    const struct wb_record *some = &made[1234].record;
    const struct wb_filter alone[] = {
        {0},
        {.cause = T("mailbox-full")},
        {.cause = T("no-such-cause")},
        {.domain = T("D1.example.org")},
        {.provider = T("provider-3")},
        {.address = some->recipient},
        {.kind = T("delay")},
        {.kind = T("no-such-kind")},
        {.remote_mta = some->remote_mta},
        {.words = T("OVER quota")},
        {.words = T("%' OR 1=1")},
        {.cause = T("user-unknown"), .provider = T("provider-3")},
        {.domain = T("d0.example.org"), .kind = T("bounce"), .words = T("unknown")},
        {.cause = T("blocklisted"), .remote_mta = some->remote_mta, .domain = T("d2.example.org")},
    };
    const int64_t times[][2] = {{0, 0},
                                {made[500].record.at, 0},
                                {0, made[2500].record.at},
                                {made[1000].record.at, made[1001].record.at},
                                {made[900].record.at, made[2100].record.at},
                                {made[2000].record.at, made[1000].record.at}};
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        for (size_t j = 0; j < sizeof times / sizeof times[0]; j++) {
            struct wb_filter filter = alone[i];
            filter.from = times[j][0];
            filter.to = times[j][1];
            same_as_by_hand(store, made, &filter);
        }
    }
    free(made);
    wb_store_close(store);
}

static bool stop_at_once(void *own, const struct wb_record *record, struct wb_cursor place)
{
    (void)record, (void)place;
    ++*(int *)own;
    return false;
}

static void a_callback_ends_it(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &kit_shape, 100);
    const struct wb_filter filters[] = {{0}, {.domain = kit_domain(made[50].record.recipient)}};
    for (size_t i = 0; i < 2; i++) {
        struct wb_cursor next = {0};
        size_t want = 0;
        int n = 0;
        for (size_t j = 0; j < 100; j++)
            want += passes(&filters[i], &made[j].record);
        do /* each page is ended by its first row */
            OK(wb_store_events(store, &filters[i], next, 50, stop_at_once, &n, &next, S));
        while (next.id);
        assert_int_equal(n, want);
    }
    free(made);
    wb_store_close(store);
}

int main(void)
{
    kit_open();
    UNIT_ONE(one_history, "delayed, failed, delivered");
    UNIT_ONE(pages_of_equal_times, "each report once, the newest first");
    UNIT_ONE(as_many_pages_as_needed, "and no empty one behind them");
    UNIT_ONE(a_call_ends, "before all is looked at");
    UNIT_ONE(filters, "each alone and with time, against counting by hand");
    UNIT_ONE(a_callback_ends_it, "and the next page goes on there");
    return unit_run();
}
