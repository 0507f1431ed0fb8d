/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of advice filled with what a report says, in both languages. */
#include "advise_int.h"

#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;
static struct wb_arena arena;
static wb_limit_set limits;

/* A report of a reply, with nothing in it but what a row gives. */
struct subject {
    struct wb_extract extract;
    struct wb_evidence evidence;
    struct wb_report report;
};

static void empty_evidence(struct wb_evidence *e)
{
    *e = (struct wb_evidence){.action = WB_ACTION_FAILED};
    e->address = e->original = e->alias = e->comment = e->diagnostic = WB_NONE;
    e->diagnostic_type = e->explanation = e->supplement = e->remote_mta = WB_NONE;
    e->remote_ip = e->queue_id = WB_NONE;
}

static void empty_extract(struct wb_extract *ex)
{
    struct wb_original *o = &ex->original;
    *ex = (struct wb_extract){.cat = cat, .bare = true, .kind = WB_KIND_BOUNCE};
    ex->detail = ex->reporting_mta = ex->received_from = ex->envelope_id = ex->queue_id = WB_NONE;
    ex->dialect = WB_NO_INDEX;
    o->part = WB_NO_PART;
    o->message_id = o->envelope_from = o->from = o->to = o->subject = o->date = WB_NONE;
    o->list_id = o->feedback_id = WB_NONE;
}

static void empty(struct subject *s)
{
    empty_evidence(&s->evidence);
    empty_extract(&s->extract);
    s->report = (struct wb_report){.cat = cat,
                                   .extract = &s->extract,
                                   .evidence = &s->evidence,
                                   .kind = WB_KIND_BOUNCE,
                                   .source = WB_NONE,
                                   .verp = WB_NONE};
    struct wb_verdict *v = &s->report.verdict;
    v->cause = wb_cat_unknown(cat);
    v->provider = WB_NO_INDEX;
    v->detail = v->rule = v->evidence = v->diagnostic = WB_NONE;
    v->facts.blocklist = WB_NO_INDEX;
    v->facts.blocklist_name = v->facts.client_ip = v->facts.provider_code = WB_NONE;
}

/* ---- blanks around places ---- */

static const struct text_row {
    const char *name, *text, *want;
} close_up_rows[] = {
    {"nothing to do", "one two", "one two"},
    {"an empty place", "one  two", "one two"},
    {"an empty place before a comma", "one , two", "one, two"},
    {"two empty places", "one   two", "one two"},
    {"between Chinese", "服务器 对方 说", "服务器对方说"},
    {"between Chinese and letters", "发到 a@b.example 的邮件", "发到 a@b.example 的邮件"},
    {"at the end", "one ", "one "},
    {"nothing", "", ""},
};

static void close_up(void **state)
{
    const struct text_row *row = *state;
    char text[200];
    snprintf(text, sizeof text, "%s", row->text);
    assert_text(wb_slice(text, wb_close_up(text, strlen(text))), row->want);
}

/* ---- places ---- */

static const struct fill_row {
    const char *name, *line;
    const char *en, *zh; /* NULL: not asked */
    const char *recipient, *remote, *ip, *diagnostic, *subject, *list;
    long long size_limit, message_size, recipient_limit, retry_after;
    bool own_server, mail, delay; /* mail: it came as one, not as a bare reply */
} fill_rows[] = {
    {"no place", "as it is", "as it is", "as it is"},
    {"recipient", "to {recipient} now", "to a@b.example now", "to a@b.example now", "a@b.example"},
    {"no recipient", "to {recipient} now", "to the recipient now", NULL},
    {"domain", "{domain} says", "b.example says", "b.example says", "a@b.example"},
    {"the server, by its name", "{remote}", "mx.b.example", "mx.b.example", "a@b.example",
     "mx.b.example"},
    {"the server, by the domain", "{remote}", "b.example", "b.example", "a@b.example"},
    {"Chinese closes up around a word", "服务器 {domain} 说", NULL, "服务器对方说"},
    {"Chinese stays open around letters", "服务器 {domain} 说", NULL, "服务器 b.example 说",
     "a@b.example"},
    {"a size", "{size-limit}", "7.0 MB", "7.0 MB", .size_limit = 7372800},
    /* base64 makes 78 bytes of 57 */
    {"what an attachment may have", "{attachment-limit}", "5.1 MB", "5.1 MB",
     .size_limit = 7372800},
    {"the message's size", "{message-size}", "9.3 MB", "9.3 MB", .message_size = 9751232},
    {"a small size", "{size-limit}", "500 KB", "500 KB", .size_limit = 512000},
    {"a large size", "{size-limit}", "150 MB", "150 MB", .size_limit = 157286400},
    {"a huge size", "{size-limit}", "1.5 GB", "1.5 GB", .size_limit = 1610612736},
    {"no size", "{size-limit}", "the limit", "上限"},
    {"recipients", "at most {recipient-limit}", "at most 30", NULL, .recipient_limit = 30},
    {"seconds", "{retry-after}", "30 seconds", "30 秒", .retry_after = 30},
    {"minutes", "{retry-after}", "5 minutes", "5 分钟", .retry_after = 300},
    {"one minute", "{retry-after}", "one minute", "1 分钟", .retry_after = 60},
    {"one hour", "{retry-after}", "one hour", "1 小时", .retry_after = 3600},
    {"hours", "{retry-after}", "2 hours", "2 小时", .retry_after = 7200},
    {"a day", "{retry-after}", "24 hours", "24 小时", .retry_after = 86400},
    {"days", "{retry-after}", "2 days", "2 天", .retry_after = 172800},
    {"days", "{retry-after}", NULL, "3 天", .retry_after = 259200},
    {"a reply is quoted", "answered: {reply}", "answered: “550 no”.", "answered: “550 no”。",
     .diagnostic = "550 no."},
    {"a reply of two lines", "{reply}", "“550 no way”.", NULL, .diagnostic = "550-no\r\n550 way"},
    {"no reply", "{reply}", "“(no words were given)”.", "“（没有给出原文）”。"},
    {"an address", "{ip} is listed", "192.0.2.1 is listed", NULL, .ip = "192.0.2.1"},
    {"a list nobody knows", "{list}", "bl.example.net", "bl.example.net", .list = "bl.example.net"},
    {"what can be attached", "attach {report}", "attach the returned mail", NULL},
    {"the same in Chinese", "附上{report}", NULL, "附上退信"},
    {"what a mail program shows", "attach {report}", "attach a picture of the error message", NULL,
     .own_server = true},
    {"what the own server returned", "attach {report}", "attach the returned mail", NULL,
     .own_server = true, .mail = true},
    {"what tells of a delay", "attach {report}", "attach this notice", NULL, .delay = true},
    {"a refusal", "it {refused}", "it was refused", NULL},
    {"none yet", "it {refused}", "it is not accepted at present", NULL, .delay = true},
    {"a subject on one line", "{subject}", "one two", NULL, .subject = "one\n\ttwo"},
    {"two places", "{recipient} {ip}", "a@b.example 192.0.2.1", NULL, "a@b.example",
     .ip = "192.0.2.1"},
};

static struct wb_slice given(const char *text)
{
    return text ? wb_slice_str(text) : WB_NONE;
}

static void check_fill(const struct fill_row *row, int language, const char *want)
{
    struct subject s;
    struct wb_adviser adviser = {cat, &arena, language};
    empty(&s);
    s.evidence.address = given(row->recipient);
    s.evidence.remote_mta = given(row->remote);
    s.extract.original.subject = given(row->subject);
    struct wb_verdict *v = &s.report.verdict;
    v->diagnostic = given(row->diagnostic);
    v->facts.client_ip = given(row->ip);
    v->facts.blocklist_name = given(row->list);
    v->facts.size_limit = row->size_limit;
    v->facts.message_size = row->message_size;
    v->facts.recipient_limit = row->recipient_limit;
    v->facts.retry_after = row->retry_after;
    v->own_server = row->own_server;
    s.extract.bare = !row->mail;
    if (row->delay)
        s.report.kind = WB_KIND_DELAY;
    struct wb_case c = {&adviser, &s.report, 1, wb_conditions(&s.report), WB_NONE};
    assert_text(wb_fill(&c, wb_slice_str(row->line)), want);
    wb_arena_reset(&arena);
}

static void fill(void **state)
{
    const struct fill_row *row = *state;
    if (row->en)
        check_fill(row, WB_ENGLISH, row->en);
    if (row->zh)
        check_fill(row, WB_CHINESE, row->zh);
}

/* ---- conditions ---- */

#define IF(id) (1u << WB_IF_##id)

static uint32_t conditions(const struct subject *s)
{
    return wb_conditions(&s->report);
}

static void conditions_hold(void **state)
{
    (void)state;
    struct subject s;
    empty(&s);
    assert_int_equal(conditions(&s), 0);
    s.report.verdict.permanence = WB_PERMANENCE_PERMANENT;
    assert_int_equal(conditions(&s), IF(PERMANENT));
    s.report.verdict.permanence = WB_PERMANENCE_TEMPORARY;
    s.report.kind = WB_KIND_DELAY;
    assert_int_equal(conditions(&s), IF(TEMPORARY) | IF(DELAY));
    empty(&s);
    s.report.verdict.own_server = true;
    s.report.verdict.facts.size_limit = 1;
    assert_int_equal(conditions(&s), IF(OWN_SERVER) | IF(SIZE_LIMIT));
    empty(&s);
    s.evidence.address = WB_S("a@b.example");
    s.evidence.original = WB_S("x@b.example");
    assert_int_equal(conditions(&s), IF(RECIPIENT) | IF(FORWARDED));
    empty(&s);
    s.extract.original.bytes = 100;
    s.report.verdict.confidence = WB_CONFIDENCE_STRONG;
    assert_int_equal(conditions(&s), IF(MESSAGE_SIZE) | IF(SURE));
    s.report.verdict.confidence = WB_CONFIDENCE_FAIR;
    s.report.verdict.facts.blocklist_name = WB_S("bl.example.net");
    assert_int_equal(conditions(&s), IF(MESSAGE_SIZE) | IF(BLOCKLIST));
}

/* ---- the whole answer, of each cause and kind ---- */

static void complete_text(struct wb_slice text, int language, bool needed)
{
    if (needed)
        assert_true(text.n > 0);
    assert_int_equal(wb_slice_chr(text, '{'), text.n);
    assert_int_equal(wb_slice_chr(text, '}'), text.n);
    assert_int_equal(wb_slice_find(text, WB_S("  ")), text.n);
    bool chinese = false;
    for (size_t i = 0; i < text.n; i++)
        chinese |= (unsigned char)text.p[i] >= 0xE4 && (unsigned char)text.p[i] <= 0xE9;
    if (needed)
        assert_int_equal(chinese, language == WB_CHINESE);
}

static void complete_answer(const struct subject *s, int language)
{
    struct wb_advice advice;
    struct wb_adviser adviser = {cat, &arena, language};
    wb_advise(&adviser, &s->report, &advice);
    complete_text(advice.title, language, true);
    complete_text(advice.why, language, true);
    complete_text(advice.again, language, true);
    complete_text(advice.forward, language, false);
    for (int i = 0; i < advice.steps; i++)
        complete_text(advice.step[i], language, true);
    for (int i = 0; i < advice.admins; i++)
        complete_text(advice.admin[i], language, true);
    complete_text(wb_advise_headline(&adviser, &s->report, 1), language, true);
    wb_arena_reset(&arena);
}

static void every_cause(void **state)
{
    uint32_t causes;
    (void)state;
    wb_cat_causes(cat, &causes);
    for (uint32_t cause = 0; cause < causes; cause++)
        for (int variant = 0; variant < 16; variant++) {
            struct subject s;
            empty(&s);
            s.report.verdict.cause = (uint16_t)cause;
            s.report.kind = variant & 1 ? WB_KIND_DELAY : WB_KIND_BOUNCE;
            s.report.verdict.permanence =
                variant & 2 ? WB_PERMANENCE_PERMANENT : WB_PERMANENCE_TEMPORARY;
            s.report.verdict.own_server = variant & 4;
            if (variant & 8) {
                s.evidence.address = WB_S("a@b.example");
                s.report.verdict.diagnostic = WB_S("550 no");
                s.report.verdict.facts.size_limit = 7372800;
                s.report.verdict.facts.recipient_limit = 30;
                s.report.verdict.facts.retry_after = 300;
                s.report.verdict.facts.client_ip = WB_S("192.0.2.1");
            }
            complete_answer(&s, WB_ENGLISH);
            complete_answer(&s, WB_CHINESE);
        }
}

static void every_kind(void **state)
{
    (void)state;
    for (int kind = 1; kind < WB_KIND_COUNT; kind++) {
        struct subject s;
        empty(&s);
        s.report.kind = s.extract.kind = (enum wb_kind)kind;
        complete_answer(&s, WB_ENGLISH);
        complete_answer(&s, WB_CHINESE);
    }
}

/* ---- dates ---- */

static const struct time_row {
    const char *name, *date;
    int year; /* of the report */
    const char *en, *zh;
} time_rows[] = {
    {"of this year", "Mon, 2 Mar 2026 09:40:00 +0800", 2026, "2 March 09:40", "3 月 2 日 09:40"},
    {"of another year", "Mon, 2 Mar 2026 09:40:00 +0800", 2027, "2 March 2026 09:40",
     "2026 年 3 月 2 日 09:40"},
    {"in the zone as written", "Mon, 2 Mar 2026 23:05:00 -0500", 2026, "2 March 23:05",
     "3 月 2 日 23:05"},
    {"December", "31 Dec 2026 00:00:00 +0000", 2026, "31 December 00:00", "12 月 31 日 00:00"},
};

static void dates(void **state)
{
    const struct time_row *row = *state;
    struct wb_adviser adviser = {cat, &arena, WB_ENGLISH};
    struct wb_time t = wb_date_parse(wb_slice_str(row->date));
    assert_text(wb_advise_time(&adviser, t, row->year), row->en);
    adviser.language = WB_CHINESE;
    assert_text(wb_advise_time(&adviser, t, row->year), row->zh);
    wb_arena_reset(&arena);
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    if (!cat || !wb_arena_open(&arena, 8 << 20, &limits))
        return 1;
    UNIT_ROWS(close_up, close_up_rows);
    UNIT_ROWS(fill, fill_rows);
    UNIT_ONE(conditions_hold, "each where it belongs");
    UNIT_ONE(every_cause, "a whole answer in both languages");
    UNIT_ONE(every_kind, "a whole answer in both languages");
    UNIT_ROWS(dates, time_rows);
    int failed = unit_run();
    wb_arena_close(&arena);
    wb_catalogue_free(cat);
    return failed;
}
