/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reply states: sizes, limits, times, lists, addresses; with the built-in catalogue. */
#include "facts.h"

#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;
static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_classifier classifier;

static const struct row {
    const char *name, *text;
    long long size_limit, message_size, recipient_limit, retry_after;
    const char *ip, *list; /* NULL: none */
} rows[] = {
    {"bytes", "552 message size exceeds fixed maximum message size: 7372800 bytes", 7372800},
    {"bytes in brackets", "552 5.3.4 message size exceeds fixed limit (7200000)", 7200000},
    {"K", "552 5.3.4 message too big, maximum size is 4096K", 4194304},
    {"KB with a blank", "552 message too large: maximum allowed size is 512 KB", 524288},
    {"MB", "552 message exceeds the size limit of 10MB", 10485760},
    {"MB, the other way round", "552 message too large, 10 MB limit", 10485760},
    {"GB", "552 message too large: size limit is 1 GB", 1073741824},
    {"thousands with commas", "552 message too big: maximum size is 7,372,800 bytes", 7372800},
    {"a fraction", "552 message too large, limit is 1.5 MB", 1572864},
    {"thousands with points", "552 message too big: maximum size is 7.372.800 bytes", 7372800},
    {"too large to be true", "552 message too large: limit is 99999999999999 GB"},
    {"the message's own", "552 message too large: your message is 12 MB, limit is 10 MB", 10485760,
     12582912},
    {"Chinese", "552 邮件太大，最大不能超过 20MB", 20971520},
    {"limit and size", "552 5.3.4 message size 9751232 exceeds size limit 7372800 of server",
     7372800, 9751232},
    {"no number", "552 message too large"},
    {"a number that is no size", "550 5.1.1 user 7372800 unknown"},
    {"recipients", "550 Too many recipients, should be less than 30", .recipient_limit = 30},
    {"recipients, the seed's words", "452 too many recipients: the number should less than 30",
     .recipient_limit = 30},
    {"recipients, maximum", "452 4.5.3 too many recipients: maximum is 50", .recipient_limit = 50},
    {"seconds", "450 4.2.0 Greylisted, please try again in 300 seconds", .retry_after = 300},
    {"minutes", "451 4.7.1 Greylisted, try again in 5 minutes", .retry_after = 300},
    {"hours", "450 greylisted, retry after 2 hours", .retry_after = 7200},
    {"Chinese minutes", "450 灰名单，请5分钟后重试", .retry_after = 300},
    {"a list that is known",
     "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
     .ip = "192.0.2.1", .list = "zen.spamhaus.org"},
    {"a list that nobody knows",
     "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using bl.example.net",
     .ip = "192.0.2.1", .list = "bl.example.net"},
    {"IPv6", "554 5.7.1 Client host [2001:db8::25] blocked using zen.spamhaus.org",
     .ip = "2001:db8::25", .list = "zen.spamhaus.org"},
    {"not the server's own address",
     "host mx.example.org[198.51.100.7] said: 554 5.7.1 [192.0.2.1] is listed at bl.example.net",
     .ip = "192.0.2.1"},
};

static struct wb_verdict judged(const char *text)
{
    struct wb_verdict v;
    struct wb_evidence e = {.address = WB_S("a@b.example"),
                            .action = WB_ACTION_FAILED,
                            .original = WB_NONE,
                            .alias = WB_NONE,
                            .comment = WB_NONE,
                            .diagnostic = wb_slice_str(text),
                            .diagnostic_type = WB_NONE,
                            .explanation = WB_NONE,
                            .supplement = WB_NONE,
                            .remote_mta = WB_NONE,
                            .remote_ip = WB_NONE,
                            .queue_id = WB_NONE};
    struct wb_context context = {.kind = WB_KIND_BOUNCE,
                                 .remote = WB_NO_INDEX,
                                 .reporter = WB_NO_INDEX,
                                 .recipient = WB_NO_INDEX,
                                 .prose = WB_NONE};
    wb_arena_reset(&arena);
    wb_classify(&classifier, &context, &e, &v);
    return v;
}

static void facts(void **state)
{
    const struct row *row = *state;
    judged(row->text);
    struct wb_facts f = judged(row->text).facts; /* what was kept of the text tells the same */
    assert_int_equal(f.size_limit, row->size_limit);
    assert_int_equal(f.message_size, row->message_size);
    assert_int_equal(f.recipient_limit, row->recipient_limit);
    assert_int_equal(f.retry_after, row->retry_after);
    if (row->ip)
        assert_text(f.client_ip, row->ip);
    else
        assert_int_equal(f.client_ip.n, 0);
    bool known = f.blocklist != WB_NO_INDEX;
    if (row->list)
        assert_true(known || wb_slice_eq(f.blocklist_name, wb_slice_str(row->list)));
    else if (!row->ip)
        assert_false(known || f.blocklist_name.n);
}

static const struct url_row {
    const char *name, *text, *want; /* addresses, one blank between them */
} url_rows[] = {
    {"one", "see https://example.org/x?a=1&b=2 please", "https://example.org/x?a=1&b=2"},
    {"full stop behind", "see http://example.org/x.", "http://example.org/x"},
    {"in brackets", "(https://example.org/x)", "https://example.org/x"},
    {"two", "http://a.example and https://b.example/", "http://a.example https://b.example/"},
    {"no more than four",
     "http://1.example http://2.example http://3.example http://4.example "
     "http://5.example",
     "http://1.example http://2.example http://3.example http://4.example"},
    {"only the word", "an http error", ""},
    {"other schemes", "ftp://example.org javascript:alert(1)", ""},
    {"at the end", "http", ""},
};

static void urls(void **state)
{
    const struct url_row *row = *state;
    struct wb_facts f = {0};
    char got[300] = "";
    wb_take_urls(wb_slice_str(row->text), &f);
    for (int i = 0; i < f.url_count; i++)
        snprintf(got + strlen(got), sizeof got - strlen(got), "%s%.*s", i ? " " : "",
                 WB_F(f.urls[i]));
    assert_string_equal(got, row->want);
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    struct wb_matcher *matcher = cat ? wb_catalogue_matcher(cat) : NULL;
    struct wb_cache *cache = wb_cache_new(256, 1 << 20);
    if (!matcher || !cache || !wb_arena_open(&arena, 8 << 20, &limits))
        return 1;
    classifier = (struct wb_classifier){cat, matcher, &arena, &limits, cache};
    UNIT_ROWS(facts, rows);
    UNIT_ROWS(urls, url_rows);
    int failed = unit_run();
    wb_cache_free(cache);
    wb_arena_close(&arena);
    wb_matcher_free(matcher);
    wb_catalogue_free(cat);
    return failed;
}
