/* SPDX-License-Identifier: BSD-2-Clause */
/* One suite over every database: reports, pages, statistics, keeping house. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "store_kit.h"

#include "vocab.h"

enum { DAY = 86400 };
static const int64_t T0 = 1772000000; /* 2026-02-25T06:13:20Z */

static struct kit_page page;

/* ---- reports ---- */

static struct wb_record full_record(void)
{
    return (struct wb_record){
        .report_id = T("00112233445566778899aabbccddeeff"),
        .failure_key = T("ffeeddccbbaa99887766554433221100"),
        .kind = T("bounce"),
        .recipient = T("Wang@Example.CN"),
        .action = T("failed"),
        .cause = T("user-unknown"),
        .detail = T("some-detail"),
        .confidence = T("certain"),
        .permanence = T("permanent"),
        .fault = T("recipient"),
        .responsible = T("sender"),
        .recommendation = T("suppress"),
        .status = T("5.1.1"),
        .stage = T("rcpt"),
        .provider = T("some-provider"),
        .dialect = T("postfix"),
        .reporting_mta = T("out.example.com"),
        .remote_mta = T("MX.example.cn"),
        .remote_ip = T("192.0.2.1"),
        .rule = T("user-unknown/x"),
        .diagnostic = T("550 5.1.1 <Wang@Example.CN>: User UNKNOWN 查无此人"),
        .message_id = T("1@example.com"),
        .envelope_from = T("news@example.com"),
        .subject = T("三月报价单"),
        .document = T("{\"schema\":1,\"x\":\"查无此人\"}"),
        .reply_code = 550,
        .at = T0,
        .proof = WB_PROOF_MESSAGE_ID,
    };
}

static void same_record(const struct wb_record *a, const struct wb_record *b)
{
#define SAME(name) assert_slice(a->name, b->name)
    SAME(report_id), SAME(failure_key), SAME(kind), SAME(recipient), SAME(action), SAME(cause);
    SAME(detail), SAME(confidence), SAME(permanence), SAME(fault), SAME(responsible);
    SAME(recommendation), SAME(status), SAME(stage), SAME(provider), SAME(dialect);
    SAME(reporting_mta), SAME(remote_mta), SAME(remote_ip), SAME(rule), SAME(diagnostic);
    SAME(message_id), SAME(envelope_from), SAME(subject), SAME(document);
#undef SAME
    assert_int_equal(a->reply_code, b->reply_code);
    assert_int_equal(a->at, b->at);
    assert_int_equal(a->proof, b->proof);
}

static bool compare(void *own, const struct wb_record *record, struct wb_cursor place)
{
    assert_int_equal(place.at, record->at);
    same_record(record, own);
    return true;
}

static void keeps_all_members(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = full_record();
    struct wb_message message = {T("From: x\r\n\r\nhello\0there"), T("api"), T0 + 9, &record, 1};
    message.raw.n = 22;
    bool found;
    assert_int_equal(kit_add(store, &message).reports, 1);
    OK(wb_store_report(store, record.report_id, compare, &record, &found, S));
    assert_true(found);
    OK(wb_store_report(store, T("00112233445566778899aabbccddee00"), compare, &record, &found, S));
    assert_false(found);
    OK(wb_store_report(store, T("' OR 1=1 --"), compare, &record, &found, S));
    assert_false(found);
    struct wb_buf raw = {0};
    OK(wb_store_raw(store, record.report_id, &raw, &found, S));
    assert_true(found);
    assert_slice(wb_buf_slice(&raw), message.raw);
    OK(wb_store_raw(store, record.report_id, NULL, &found, S));
    assert_true(found);
    wb_buf_free(&raw);
    wb_store_close(store);
    store = kit_again(WB_STORE_READ);
    OK(wb_store_report(store, record.report_id, compare, &record, &found, S));
    assert_true(found);
    OK(wb_store_ready(store, S));
    wb_store_close(store);
}

static void keeps_a_report_once(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record records[2] = {full_record(), full_record()};
    records[1].report_id = T("10112233445566778899aabbccddeeff");
    records[1].recipient = T("li@example.cn");
    struct wb_message messages[3] = {{T("raw"), T("a"), T0, records, 1},
                                     {T("raw"), T("b"), T0, records, 2},
                                     {T("raw"), T("c"), T0, records, 2}};
    struct wb_added added[3];
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, messages, 3, NULL, added, S));
    assert_int_equal(added[0].reports, 1);
    assert_int_equal(added[1].reports, 1);
    assert_int_equal(added[1].duplicates, 1);
    assert_int_equal(added[2].reports, 0);
    assert_int_equal(added[2].duplicates, 2);
    OK(wb_store_add(store, messages, 3, NULL, added, S));
    assert_int_equal(added[0].duplicates + added[1].duplicates + added[2].duplicates, 5);
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_add(store, &messages[1]).duplicates, 2);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 2);
    /* the second report came with the mail that was there */
    struct wb_buf raw = {0};
    bool found;
    OK(wb_store_raw(store, records[1].report_id, &raw, &found, S));
    assert_true(found);
    wb_buf_free(&raw);
    wb_store_close(store);
}

static void undo_leaves_nothing(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = full_record();
    struct wb_message message = {T("raw"), T("api"), T0, &record, 1};
    struct wb_added added;
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, &added, S));
    wb_store_undo(store);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    assert_int_equal(kit_address(store, "wang@example.cn").state, WB_ADDRESS_STATES);
    /* a report that cannot be kept undoes the batch, too, and the store works on */
    struct wb_record bad = full_record();
    bad.report_id = T("nonsense");
    struct wb_message both[2] = {message, {T("raw"), T("api"), T0, &bad, 1}};
    OK(wb_store_begin(store, S));
    assert_false(wb_store_add(store, both, 2, kit_policy, NULL, S));
    assert_string_not_equal(kit_status.text, "");
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    assert_int_equal(kit_add(store, &message).reports, 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("some-provider")}), 1);
    wb_store_close(store);
}

static void hostile_texts(void **state)
{
    (void)state;
    static char longest[5000];
    memset(longest, 'a', sizeof longest - 1);
    struct wb_store *store = kit_store();
    struct wb_record record = full_record();
    record.recipient = wb_slice("x';DROP TABLE reports;--\0\xff@\xc3.org", 32);
    record.cause = T("no'such\"cause");
    record.provider = T(longest);
    record.remote_mta = wb_slice(longest, 4000);
    record.diagnostic = wb_slice("\0\xff\xfe'", 4);
    struct wb_message message = {WB_NONE, wb_slice("\0'\xff", 3), T0, &record, 1};
    bool found;
    kit_add(store, &message);
    OK(wb_store_report(store, record.report_id, compare, &record, &found, S));
    assert_true(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = record.cause}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = record.recipient}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.remote_mta = record.remote_mta}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("' OR '1'='1")}), 0);
    struct wb_record longer = full_record();
    longer.report_id = T("20112233445566778899aabbccddeeff");
    longer.recipient = T(longest);
    message.records = &longer;
    kit_add(store, &message);
    assert_int_equal(kit_count(store, (struct wb_filter){.address = longer.recipient}), 1);
    wb_store_close(store);
}

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
        struct wb_record record = full_record();
        record.report_id = kit_id(id, i);
        record.failure_key = T(keys[i]);
        record.kind = T(kinds[i]);
        record.recipient = i % 2 ? T("wang@example.cn") : T("WANG@example.cn");
        record.at = T0 + i;
        struct wb_message message = {WB_NONE, T("api"), T0 + 100, &record, 1};
        kit_add(store, &message);
    }
    page.n = 0;
    OK(wb_store_history(store, kit_id(id, 1), kit_take, &page, S));
    assert_int_equal(page.n, 3);
    assert_int_equal(page.rows[0].at, T0 + 2);
    assert_int_equal(page.rows[2].at, T0);
    page.n = 0;
    OK(wb_store_history(store, kit_id(id, 3), kit_take, &page, S));
    assert_int_equal(page.n, 1);
    bool found;
    OK(wb_store_raw(store, kit_id(id, 1), NULL, &found, S));
    assert_false(found);
    /* one of no failure that anybody names */
    struct wb_record record = full_record();
    record.failure_key = record.recipient = WB_NONE;
    struct wb_message message = {WB_NONE, T("api"), T0 + 100, &record, 1};
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
            records[i] = full_record();
            records[i].report_id = kit_id(ids[n], n);
            records[i].at = T0 + (n % 3 == 0);
        }
        struct wb_message message = {WB_NONE, T("api"), T0 + 50, records, 10};
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

static bool has(struct wb_slice want, struct wb_slice got)
{
    return !want.n || wb_slice_eqi(want, got);
}

static struct wb_slice domain_of(struct wb_slice address)
{
    return wb_slice_from(address, wb_slice_chr(address, '@') + 1);
}

static bool passes(const struct wb_filter *f, const struct wb_record *r)
{
    return (!f->from || r->at >= f->from) && (!f->to || r->at < f->to) && has(f->cause, r->cause) &&
           has(f->domain, domain_of(r->recipient)) && has(f->provider, r->provider) &&
           has(f->address, r->recipient) && has(f->kind, r->kind) &&
           has(f->remote_mta, r->remote_mta) &&
           (!f->words.n || wb_slice_hasi(r->diagnostic, f->words));
}

enum { MADE = 3000 };
/* Within the time for which hours are counted; main sets when it begins. */
static struct made_shape shape = {
    .first = 1772000000, .per_second = 0.002, .domains = 40, .servers = 60, .providers = 6};

static void same_as_by_hand(struct wb_store *store, const struct made *made,
                            const struct wb_filter *filter)
{
    size_t n = 0;
    kit_events(store, filter, 50, &page);
    for (size_t i = 0; i < MADE; i++)
        n += passes(filter, &made[i].record);
    if (page.n != n)
        print_error("cause %.*s domain %.*s\n", WB_F(filter->cause), WB_F(filter->domain));
    assert_int_equal(page.n, n);
    n = 0; /* the made ones are in the order of time */
    for (size_t i = MADE; i-- > 0;)
        if (passes(filter, &made[i].record))
            assert_slice(T(page.rows[n++].report_id), made[i].record.report_id);
}

static void filters(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &shape, MADE);
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
    struct made *made = kit_made(store, &shape, 100);
    const struct wb_filter filters[] = {{0}, {.domain = domain_of(made[50].record.recipient)}};
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

static void readers_see_what_is_committed(void **state)
{
    (void)state;
    struct wb_store *store = kit_store(), *reader = kit_again(WB_STORE_READ);
    struct wb_record record = full_record();
    struct wb_message message = {T("raw"), T("api"), T0, &record, 1};
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    assert_int_equal(kit_count(reader, (struct wb_filter){0}), 0);
    OK(wb_store_commit(store, S));
    assert_int_equal(kit_count(reader, (struct wb_filter){0}), 1);
    /* a reader writes nothing */
    bool began = wb_store_begin(reader, S);
    assert_false(began && wb_store_add(reader, &message, 1, NULL, NULL, S) &&
                 wb_store_set_state(reader, T("a@b"), WB_ADDRESS_OK, 0, T("x"), T("y"), S));
    wb_store_close(reader);
    wb_store_close(store);
}

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
    case WB_BY_DOMAIN: return domain_of(r->recipient);
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
    for (size_t i = 0; i < MADE; i++) {
        const struct wb_record *r = &made[i].record;
        total += r->at >= from && r->at < to && has(what->cause, r->cause) &&
                 has(what->kind, r->kind) && has(what->name, named(r, what->by));
    }
    for (size_t j = 0; j < counted.n; j++) {
        uint64_t n = 0;
        for (size_t i = 0; i < MADE; i++) {
            const struct wb_record *r = &made[i].record;
            n += start_of(r->at, what->step) == counted.rows[j].time && r->at >= from &&
                 r->at < to && wb_slice_eq(named(r, what->by), T(counted.rows[j].name)) &&
                 (!what->causes || wb_slice_eq(r->cause, T(counted.rows[j].cause))) &&
                 has(what->cause, r->cause) && has(what->kind, r->kind);
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
    struct made *made = kit_made(store, &shape, MADE);
    int64_t first = made[0].record.at, last = made[MADE - 1].record.at;
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

static void the_most_frequent(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct made *made = kit_made(store, &shape, MADE);
    for (int by = 0; by <= WB_BY_REMOTE_MTA; by++) {
        struct wb_statistics top = {.by = by, .step = WB_STEP_WEEK, .top = 3};
        counted.n = 0;
        OK(wb_store_statistics(store, &top, take_count, NULL, S));
        same_counts(made, &top, INT64_MIN, INT64_MAX);
        /* no name that is left out is more frequent than one that is in */
        uint64_t least = UINT64_MAX;
        size_t names = 0;
        for (size_t i = 0; i < counted.n; i++) {
            uint64_t n = 0;
            bool again = false;
            for (size_t j = 0; j < i; j++)
                again |= strcmp(counted.rows[i].name, counted.rows[j].name) == 0;
            if (again)
                continue;
            names++;
            for (size_t j = 0; j < MADE; j++)
                n += wb_slice_eq(named(&made[j].record, by), T(counted.rows[i].name));
            least = n < least ? n : least;
        }
        assert_int_equal(names, 3);
        for (size_t i = 0; i < MADE; i++) {
            uint64_t n = 0;
            bool is_in = false;
            for (size_t j = 0; j < counted.n; j++)
                is_in |= wb_slice_eq(named(&made[i].record, by), T(counted.rows[j].name));
            for (size_t j = 0; j < MADE && !is_in; j++)
                n += wb_slice_eq(named(&made[j].record, by), named(&made[i].record, by));
            assert_true(is_in || n <= least);
        }
    }
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
        struct wb_record record = full_record();
        record.report_id = kit_id(id, i);
        record.cause = T("unknown");
        record.diagnostic = T(texts[i]);
        record.at = T0 + i;
        struct wb_message message = {WB_NONE, T("api"), T0 + 50, &record, 1};
        kit_add(store, &message);
    }
    struct wb_record known = full_record();
    struct wb_message message = {WB_NONE, T("api"), T0 + 50, &known, 1};
    kit_add(store, &message);
    struct wb_template rows[5] = {0};
    OK(wb_store_templates(store, (struct wb_cursor){0}, 4, take_template, rows, S));
    assert_int_equal(rows[2].count, 0);
    assert_text(rows[0].text, "550 strange N <ADDRESS>");
    assert_int_equal(rows[0].count, 3);
    assert_int_equal(rows[0].first, T0);
    assert_int_equal(rows[0].last, T0 + 3);
    assert_slice(rows[0].report_id, kit_id(id, 3));
    assert_text(rows[1].text, "550 other words of HOST");
    wb_store_close(store);
}

/* ---- tokens ---- */

static bool take_token(void *own, const struct wb_token_row *row)
{
    struct wb_token_row *out = own;
    *out = *row;
    out->name = unit_exact(row->name);
    return true;
}

static void tokens(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    unsigned char one[32] = "one", two[32] = "two";
    int64_t id, other;
    bool found;
    OK(wb_store_begin(store, S));
    OK(wb_store_token_add(store, T("of the shop"), 5, one, &id, S));
    OK(wb_store_token_add(store, T("x"), 1, two, &other, S));
    OK(wb_store_commit(store, S));
    assert_int_not_equal(id, other);
    struct wb_token_row row = {0};
    OK(wb_store_token_find(store, one, take_token, &row, &found, S));
    assert_true(found);
    assert_int_equal(row.id, id);
    assert_int_equal(row.scopes, 5);
    assert_text(row.name, "of the shop");
    assert_int_equal(row.last_used, 0);
    OK(wb_store_begin(store, S));
    OK(wb_store_token_used(store, id, T0, S));
    OK(wb_store_token_used(store, id, T0 - 5, S));
    OK(wb_store_token_revoke(store, other, &found, S));
    assert_true(found);
    OK(wb_store_token_revoke(store, 12345, &found, S));
    assert_false(found);
    OK(wb_store_commit(store, S));
    OK(wb_store_token_find(store, two, take_token, &row, &found, S));
    assert_false(found);
    OK(wb_store_token_find(store, one, take_token, &row, &found, S));
    assert_int_equal(row.last_used, T0);
    OK(wb_store_tokens(store, take_token, &row, S));
    assert_int_equal(row.id, other);
    assert_true(row.revoked);
    wb_store_close(store);
}

/* ---- keeping house ---- */

static void old_things_go(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    int64_t now = time(NULL);
    char ids[4][33];
    for (unsigned i = 0; i < 4; i++) {
        char address[30];
        struct wb_record record = full_record();
        snprintf(address, sizeof address, "a%u@example.org", i);
        record.report_id = kit_id(ids[i], i);
        record.recipient = T(address);
        record.recommendation = i == 3 ? T("suppress") : T("none");
        record.at = now - (i + 1) * 10 * DAY;
        struct wb_message message = {T("a mail"), T("api"), record.at + 5, &record, 1};
        kit_add(store, &message);
    }
    uint64_t rows;
    bool found;
    OK(wb_store_retain(store, 15, 0, &rows, S));
    assert_int_equal(rows, 3);
    OK(wb_store_raw(store, T(ids[0]), NULL, &found, S));
    assert_true(found);
    OK(wb_store_raw(store, T(ids[1]), NULL, &found, S));
    assert_false(found);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 4);
    OK(wb_store_retain(store, 15, 25, &rows, S));
    assert_int_equal(rows, 2);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 2);
    /* of whom nothing else is known is gone; who is suppressed stays so */
    assert_int_equal(kit_address(store, "a2@example.org").state, WB_ADDRESS_STATES);
    assert_int_equal(kit_address(store, "a3@example.org").state, WB_ADDRESS_SUPPRESSED);
    /* what was counted stays counted by the day */
    counted.n = 0;
    OK(wb_store_statistics(store, &(struct wb_statistics){.by = WB_BY_CAUSE, .step = WB_STEP_DAY},
                           take_count, NULL, S));
    assert_int_equal(counted.n, 4);
    counted.n = 0;
    OK(wb_store_statistics(store, &(struct wb_statistics){.by = WB_BY_CAUSE, .step = WB_STEP_HOUR},
                           take_count, NULL, S));
    assert_int_equal(counted.n, 2);
    OK(wb_store_retain(store, 0, 0, &rows, S));
    assert_int_equal(rows, 0);
    wb_store_close(store);
}

static bool take_mail(void *own, const struct wb_mail_row *row, struct wb_cursor place)
{
    struct wb_buf *out = own;
    wb_buf_put(out, row->raw);
    wb_buf_printf(out, "|%.*s|%lld\n", WB_F(row->source), (long long)row->received);
    assert_int_equal(place.at, row->received);
    *(struct wb_cursor *)(void *)(out + 1) = place;
    return true;
}

static void all_mails_once_more(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct {
        struct wb_buf buf;
        struct wb_cursor last;
    } out = {0};
    char id[33], raw[20];
    for (unsigned i = 0; i < 5; i++) {
        struct wb_record record = full_record();
        record.report_id = kit_id(id, i);
        snprintf(raw, sizeof raw, "mail %u", i);
        struct wb_message message = {i == 2 ? WB_NONE : T(raw), T("box"), T0 + 100 - i % 2, &record,
                                     1};
        kit_add(store, &message);
    }
    OK(wb_store_mails(store, out.last, 2, take_mail, &out, S));
    OK(wb_store_mails(store, out.last, 1, take_mail, &out, S));
    OK(wb_store_mails(store, out.last, 9, take_mail, &out, S));
    assert_text(wb_buf_slice(&out.buf), "mail 1|box|1772000099\nmail 3|box|1772000099\n"
                                        "mail 0|box|1772000100\nmail 4|box|1772000100\n");
    wb_buf_free(&out.buf);
    wb_store_close(store);
}

static void judged_anew(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = full_record(), today = full_record(), strange = full_record();
    record.cause = T("unknown");
    record.recommendation = T("none");
    today.cause = T("mailbox-full");
    today.recommendation = T("pause");
    today.provider = T("new-provider");
    today.document = T("{\"new\":1}");
    today.proof = WB_PROOF_NONE;
    strange.report_id = T("90112233445566778899aabbccddeeff");
    struct wb_message message = {T("raw"), T("api"), T0, &record, 1};
    kit_add(store, &message);
    struct wb_message messages[] = {{T("raw"), T("api"), T0, &today, 1},
                                    {T("raw"), T("api"), T0, &strange, 1}};
    uint64_t changed;
    bool found;
    OK(wb_store_begin(store, S));
    OK(wb_store_replace(store, messages, 2, &changed, S));
    assert_int_equal(changed, 1);
    OK(wb_store_replace(store, messages, 2, &changed, S));
    assert_int_equal(changed, 0);
    OK(wb_store_commit(store, S));
    today.proof = record.proof; /* that is not the catalogue's to say */
    OK(wb_store_report(store, record.report_id, compare, &today, &found, S));
    assert_true(found);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = T("unknown")}), 0);
    assert_int_equal(kit_count(store, (struct wb_filter){.cause = T("mailbox-full")}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){.provider = T("new-provider")}), 1);
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 1);
    counted.n = 0;
    OK(wb_store_statistics(store, &(struct wb_statistics){.by = WB_BY_CAUSE, .step = WB_STEP_DAY},
                           take_count, NULL, S));
    assert_int_equal(counted.n, 1);
    assert_string_equal(counted.rows[0].name, "mailbox-full");
    struct wb_template rows[2] = {0};
    OK(wb_store_templates(store, (struct wb_cursor){0}, 4, take_template, rows, S));
    assert_int_equal(rows[0].count, 0);
    wb_store_close(store);
}

static void a_copy(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = full_record();
    struct wb_message message = {T("raw"), T("api"), T0, &record, 1};
    char path[200], url[220];
    kit_add(store, &message);
    snprintf(path, sizeof path, "%s/copy.db", kit_folder);
    if (kit_is_postgres()) {
        assert_false(wb_store_backup(store, path, S));
        assert_non_null(strstr(kit_status.text, "pg_dump"));
    } else {
        OK(wb_store_backup(store, path, S));
        assert_false(wb_store_backup(store, path, S)); /* none is written over */
        snprintf(url, sizeof url, "sqlite:%s", path);
        struct wb_store *copy = wb_store_open(url, WB_STORE_WRITE, S);
        assert_non_null(copy);
        assert_int_equal(kit_count(copy, (struct wb_filter){0}), 1);
        wb_store_close(copy);
    }
    wb_store_close(store);
}

/* ---- a connection that is lost ---- */

static void hang_up(void)
{
    kit_postgres("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
    usleep(200000);
}

static void lost_connections(void **state)
{
    (void)state;
    struct wb_store *store = kit_store();
    struct wb_record record = full_record();
    struct wb_message message = {T("raw"), T("api"), T0, &record, 1};
    OK(wb_store_begin(store, S));
    OK(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    hang_up();
    assert_false(wb_store_commit(store, S));
    assert_non_null(strstr(kit_status.text, "PostgreSQL: "));
    /* nothing of it is there; readers and writers are connected again */
    assert_int_equal(kit_count(store, (struct wb_filter){0}), 0);
    hang_up();
    assert_int_equal(kit_add(store, &message).reports, 1);
    hang_up();
    OK(wb_store_ready(store, S));
    OK(wb_store_begin(store, S));
    hang_up();
    assert_false(wb_store_add(store, &message, 1, kit_policy, NULL, S));
    assert_int_equal(kit_add(store, &message).duplicates, 1);
    wb_store_close(store);
}

/* ---- kill -9 ---- */

enum { KILL_BATCH = 50 };

/* Writes batches for ever and says after each commit, by a byte, that it is kept. */
static void write_until_killed(int out, unsigned first)
{
    static struct made made[KILL_BATCH];
    struct wb_message messages[KILL_BATCH];
    struct wb_store *store = wb_store_open(kit_url, WB_STORE_WRITE, S);
    struct made_shape with_raw = shape;
    with_raw.raw = true;
    for (unsigned n = first; store; n += KILL_BATCH) {
        for (unsigned i = 0; i < KILL_BATCH; i++) {
            made_report(made + i, &with_raw, n + i);
            messages[i] = made[i].message;
            messages[i].records = &made[i].record;
        }
        if (!wb_store_begin(store, S) ||
            !wb_store_add(store, messages, KILL_BATCH, kit_policy, NULL, S) ||
            !wb_store_commit(store, S) || write(out, "", 1) != 1)
            break;
    }
    _exit(1);
}

/* Whole batches are there, as many as were acknowledged or one more, and the counts fit. */
static void check_whole(unsigned acknowledged, unsigned *batches)
{
    struct wb_store *store = kit_again(WB_STORE_WRITE);
    struct made_shape with_raw = shape;
    struct made made;
    with_raw.raw = true;
    size_t n = kit_count(store, (struct wb_filter){0});
    assert_int_equal(n % KILL_BATCH, 0);
    assert_in_range(n / KILL_BATCH, acknowledged, acknowledged + 1);
    *batches = (unsigned)(n / KILL_BATCH);
    for (unsigned i = 0; i < n; i += 7) {
        struct wb_buf raw = {0};
        bool found;
        made_report(&made, &with_raw, i);
        OK(wb_store_raw(store, made.record.report_id, &raw, &found, S));
        assert_true(found);
        assert_slice(wb_buf_slice(&raw), made.message.raw);
        wb_buf_free(&raw);
    }
    counted.n = 0;
    OK(wb_store_statistics(store, &(struct wb_statistics){.by = WB_BY_KIND, .step = WB_STEP_WEEK},
                           take_count, NULL, S));
    uint64_t sum = 0;
    for (size_t i = 0; i < counted.n; i++)
        sum += counted.rows[i].count;
    assert_int_equal(sum, n);
    wb_store_close(store);
}

static void killed_at_any_moment(void **state)
{
    (void)state;
    unsigned batches = 0;
    wb_store_close(kit_store());
    for (unsigned round = 0; round < 12 && batches < 50; round++) {
        int ends[2];
        char byte;
        if (pipe(ends) != 0)
            fail();
        pid_t child = fork();
        if (child == 0)
            write_until_killed(ends[1], batches * KILL_BATCH);
        close(ends[1]);
        unsigned acknowledged = batches;
        for (unsigned i = 0; i < 2 && read(ends[0], &byte, 1) == 1; i++)
            acknowledged++;
        usleep((useconds_t)(made_mix(round) % 6000));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        while (read(ends[0], &byte, 1) == 1)
            acknowledged++;
        close(ends[0]);
        check_whole(acknowledged, &batches);
    }
    assert_true(batches > 0);
}

int main(void)
{
    kit_open();
    shape.first = time(NULL) - 20 * DAY;
    UNIT_ONE(keeps_all_members, "a report and its mail");
    UNIT_ONE(keeps_a_report_once, "however often it comes");
    UNIT_ONE(undo_leaves_nothing, "by hand and after a fault");
    UNIT_ONE(hostile_texts, "quotes, zeros, bytes that are no text, long ones");
    UNIT_ONE(one_history, "delayed, failed, delivered");
    UNIT_ONE(pages_of_equal_times, "each report once, the newest first");
    UNIT_ONE(filters, "each alone and with time, against counting by hand");
    UNIT_ONE(a_callback_ends_it, "and the next page goes on there");
    UNIT_ONE(readers_see_what_is_committed, "and write nothing");
    UNIT_ONE(statistics, "against counting by hand");
    UNIT_ONE(the_most_frequent, "names only");
    UNIT_ONE(templates, "of diagnostics without a cause");
    UNIT_ONE(tokens, "added, found, used, revoked");
    UNIT_ONE(old_things_go, "mails, reports, addresses, hours");
    UNIT_ONE(all_mails_once_more, "in pages");
    UNIT_ONE(judged_anew, "replaced and counted anew");
    UNIT_ONE(a_copy, "while it is open");
    if (kit_is_postgres())
        UNIT_ONE(lost_connections, "are made again");
    UNIT_ONE(killed_at_any_moment, "all of a batch or nothing");
    return unit_run();
}
