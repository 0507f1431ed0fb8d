/* SPDX-License-Identifier: BSD-2-Clause */
/* Which evidence wins, judged with the catalogue that is built in. */
#include "classify.h"

#include "scanned.h"
#include "unit.h"
#include "whybounce.h"

static struct wb_catalogue *cat;
static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_classifier classifier;

#define CODE(a, b, c)                                                                              \
    {                                                                                              \
        a, b, c                                                                                    \
    }

static const struct row {
    const char *name;
    const char *diagnostic, *explanation, *comment, *prose;
    struct wb_code status; /* of the Status field */
    enum wb_kind kind;     /* absent: a bounce */
    /* the verdict; what is absent is not looked at */
    const char *cause, *permanence, *confidence, *recommendation, *want_status;
    int reply_code; /* -1: there must be none */
} rows[] = {
    /* a phrase beats the enhanced status code, which beats the reply code */
    {"phrase over status", .diagnostic = "550 5.1.1 message rejected as spam",
     .cause = "spam-content", .confidence = "strong", .want_status = "5.1.1", .reply_code = 550},
    {"phrase over the Status field", .diagnostic = "550 mailbox is full", .status = CODE(5, 1, 1),
     .cause = "mailbox-full", .confidence = "strong"},
    {"status over reply code", .diagnostic = "550 5.2.2 xyzzy", .cause = "mailbox-full",
     .confidence = "fair", .reply_code = 550},
    {"Status field over reply code", .diagnostic = "550 xyzzy", .status = CODE(5, 2, 2),
     .cause = "mailbox-full", .confidence = "fair", .want_status = "5.2.2"},
    {"reply code last", .diagnostic = "521 xyzzy", .cause = "not-accepting", .confidence = "weak",
     .reply_code = 521},
    {"nothing known", .diagnostic = "xyzzy", .cause = "unknown", .confidence = "none",
     .permanence = "unknown", .recommendation = "none", .reply_code = -1},
    {"no evidence", .cause = "unknown", .confidence = "none", .reply_code = -1},
    {"5.0.0 says nothing", .diagnostic = "550 xyzzy plugh", .status = CODE(5, 0, 0),
     .confidence = "weak"},
    /* the reply that is nested deepest counts */
    {"last of the retries", .diagnostic = "retry time over (last: 452 4.2.2 over quota)",
     .cause = "mailbox-full", .want_status = "4.2.2", .reply_code = 452, .permanence = "temporary"},
    {"inner over outer",
     .diagnostic = "550 5.1.1 unverified address: host mx.example.org said: 552 5.2.2 Over quota",
     .cause = "mailbox-full", .want_status = "5.2.2", .reply_code = 552},
    {"inner user unknown",
     .diagnostic = "451 4.1.1 <a@b.example>: unverified address: host mx.b.example[192.0.2.1] "
                   "said: 550 5.1.1 User unknown",
     .cause = "user-unknown", .reply_code = 550, .permanence = "permanent"},
    {"outer where the inner is dumb",
     .diagnostic = "554 5.7.1 blocked using zen.spamhaus.org, host said: 550 xyzzy",
     .cause = "blocklisted"},
    /* the more specific phrase */
    {"over quota in an unknown user's clothes", .diagnostic = "552 5.1.1 <a@b.example> overquota",
     .cause = "mailbox-full"},
    {"the domain's quota",
     .diagnostic = "550 Mailbox Does Not Exist : Domains Daily Quota Exceeded",
     .cause = "rate-limited"},
    {"a sender that is unknown", .diagnostic = "550 5.1.0 sender rejected: user unknown",
     .cause = "sender-rejected"},
    /* texts in their order: diagnostic, explanation, comment, prose */
    {"diagnostic over explanation", .diagnostic = "550 5.7.1 message rejected as spam",
     .explanation = "User unknown", .cause = "spam-content"},
    {"explanation where the diagnostic is dumb", .diagnostic = "550-Sorry",
     .explanation = "552 mailbox is full", .cause = "mailbox-full"},
    {"explanation alone", .explanation = "550 5.1.1 user unknown", .cause = "user-unknown",
     .reply_code = 550, .want_status = "5.1.1"},
    {"comment of the Status field", .comment = "mailbox is full", .status = CODE(5, 0, 0),
     .cause = "mailbox-full"},
    {"prose where nothing else decides", .prose = "We are sorry, the mailbox is full.",
     .cause = "mailbox-full"},
    {"no prose where a reply decides", .diagnostic = "550 user unknown",
     .prose = "If the mailbox is full, try again.", .cause = "user-unknown"},
    /* permanence */
    {"5xx", .diagnostic = "550 5.1.1 user unknown", .permanence = "permanent",
     .recommendation = "suppress"},
    {"4xx given up is still temporary", .diagnostic = "450 4.1.1 user unknown",
     .cause = "user-unknown", .permanence = "temporary", .recommendation = "pause"},
    {"a full mailbox is temporary whatever the code", .diagnostic = "552 5.2.2 mailbox full",
     .cause = "mailbox-full", .recommendation = "pause"},
    {"greylisting", .diagnostic = "450 4.7.1 greylisted, try again later", .cause = "greylisted",
     .permanence = "temporary"},
    {"a delay is temporary and advises nothing", .diagnostic = "550 5.1.1 user unknown",
     .kind = WB_KIND_DELAY, .cause = "user-unknown", .permanence = "temporary",
     .recommendation = "none"},
    /* suppression only where a phrase is sure */
    {"code alone suppresses nobody", .diagnostic = "550 5.1.1 xyzzy", .cause = "user-unknown",
     .confidence = "fair", .recommendation = "pause"},
    {"disabled", .diagnostic = "550 5.2.1 this mailbox is disabled", .cause = "mailbox-disabled",
     .recommendation = "suppress"},
    {"blocked IP", .diagnostic = "550 5.1.1 blocked using zen.spamhaus.org", .cause = "blocklisted",
     .recommendation = "fix-sender"},
    {"the answer to a login",
     .diagnostic = "535 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp",
     .cause = "user-unknown", .confidence = "certain", .recommendation = "pause"},
    {"the same at its stage", .diagnostic = "550 user unknown (in reply to AUTH command)",
     .recommendation = "pause"},
    /* words in doubt */
    {"only if", .diagnostic = "550 refused, if the user does not exist call us",
     .confidence = "weak", .recommendation = "pause"},
    {"either", .diagnostic = "550 mailbox not found or access denied", .confidence = "weak"},
    {"a web address", .diagnostic = "550 blocked, see https://a.example/user-unknown",
     .confidence = "weak"},
    {"a web address in front", .diagnostic = "550 see https://a.example/help user unknown",
     .confidence = "strong", .recommendation = "suppress"},
    {"what a provider documents is in no doubt",
     .diagnostic = "550 5.1.1 https://support.google.com/mail/?p=NoSuchUser - gsmtp",
     .confidence = "certain", .recommendation = "suppress"},
    {"sure, and then only if", .diagnostic = "550 user unknown. If the user does not exist, write",
     .confidence = "strong", .recommendation = "suppress"},
    {"doubt gives way to a cause", .diagnostic = "550 virus; if the user does not exist, ask",
     .cause = "virus-detected"},
    {"no such domain waits", .diagnostic = "Host or domain name not found", .cause = "host-unknown",
     .recommendation = "pause"},
    /* Chinese */
    {"Chinese phrase", .diagnostic = "550 用户不存在", .cause = "user-unknown",
     .confidence = "strong"},
    {"Chinese quota", .diagnostic = "552 邮箱空间已满", .cause = "mailbox-full"},
};

static struct wb_slice given(const char *text)
{
    return text ? wb_slice_str(text) : WB_NONE;
}

static struct wb_verdict judged(const struct row *row)
{
    struct wb_verdict v;
    struct wb_evidence e = {.address = WB_S("a@b.example"), .action = WB_ACTION_FAILED};
    e.original = e.alias = e.supplement = e.remote_mta = e.remote_ip = e.queue_id = WB_NONE;
    e.diagnostic_type = WB_NONE;
    e.diagnostic = given(row->diagnostic);
    e.explanation = given(row->explanation);
    e.comment = given(row->comment);
    e.status = row->status;
    struct wb_context context = {.kind = row->kind ? row->kind : WB_KIND_BOUNCE,
                                 .remote = WB_NO_INDEX,
                                 .reporter = WB_NO_INDEX,
                                 .recipient = WB_NO_INDEX,
                                 .prose = given(row->prose)};
    wb_arena_reset(&arena);
    wb_classify(&classifier, &context, &e, &v);
    return v;
}

static void same_word(struct wb_slice got, const char *want)
{
    if (want)
        assert_text(got, want);
}

static struct wb_slice cause_of(const struct wb_verdict *v)
{
    uint32_t n;
    return wb_cat_str(cat, wb_cat_causes(cat, &n)[v->cause].id);
}

static void verdict(void **state)
{
    const struct row *row = *state;
    char status[16] = "";
    for (int time = 0; time < 2; time++) { /* what is remembered of a text changes nothing */
        struct wb_verdict v = judged(row);
        if (v.status.class)
            snprintf(status, sizeof status, "%d.%d.%d", v.status.class, v.status.subject,
                     v.status.detail);
        same_word(cause_of(&v), row->cause);
        same_word(wb_permanence_name(v.permanence), row->permanence);
        same_word(wb_confidence_name(v.confidence), row->confidence);
        same_word(wb_recommendation_name(v.recommendation), row->recommendation);
        same_word(wb_slice_str(status), row->want_status);
        if (row->reply_code)
            assert_int_equal(v.reply_code, row->reply_code < 0 ? 0 : row->reply_code);
    }
}

/* Rules that count only at their provider, whose server names itself in the reply. */
static const struct named_row {
    const char *name, *reply, *rule;
} named_rows[] = {
    {"421", "421 mx1.emailsrvr.com busy (G2)", "rackspace/connections"},
    {"421 with a status", "421 4.7.0 mx1.emailsrvr.com busy (G2)", "rackspace/connections"},
    {"421-", "host said: 421-mx1.emailsrvr.com busy (G2)", "rackspace/connections"},
    {"554 for a greeting", "554 mx1.emailsrvr.com ESMTP (G7)", "rackspace/refused"},
    {"a domain it speaks of", "421 emailsrvr.com busy (G2)", "reply/421"},
    {"an address", "421 a.b.c@mx1.emailsrvr.com busy (G2)", "reply/421"},
    {"further on", "421 busy at mx1.emailsrvr.com (G2)", "reply/421"},
    {"a code that no name follows", "452 mx1.emailsrvr.com (G2)", "reply/452"},
    {"signed", "452 busy (G2) - mx1.emailsrvr.com", "rackspace/connections"},
    {"signed in brackets", "452 busy (G2) [mx1.emailsrvr.com 08DC5A2F]", "rackspace/connections"},
    {"signed in a later line", "452-busy (G2)\r\n452 - mx1.emailsrvr.com", "rackspace/connections"},
    {"the domain it is about", "452 busy (G2) - emailsrvr.com", "reply/452"},
    {"a word, not the host", "452 busy (G2) - emailsrvr.com/help", "reply/452"},
    {"behind a dash, further on", "452 (G2) - mx1.emailsrvr.com - busy", "reply/452"},
};

static void self_named(void **state)
{
    const struct named_row *named = *state;
    struct row row = {"", .diagnostic = named->reply};
    for (int again = 0; again < 3; again++) { /* from the second time on it is kept */
        struct wb_verdict v = judged(&row);
        assert_text(v.rule, named->rule);
    }
}

/* Whether a web address can stand in a text is kept, too; not the addresses. */
static void links_again(void **state)
{
    (void)state;
    struct row with = {"", .diagnostic = "550 refused, see https://a.example/why"};
    struct row without = {"", .diagnostic = "550 refused, see below"};
    for (int again = 0; again < 3; again++) {
        assert_int_equal(judged(&without).facts.url_count, 0);
        struct wb_verdict v = judged(&with);
        assert_int_equal(v.facts.url_count, 1);
        assert_text(v.facts.urls[0], "https://a.example/why");
    }
}

/* Every verdict names its rule, and the words that decided as they stand in the reply. */
static void proof(void **state)
{
    (void)state;
    struct row row = {"", .diagnostic = "550 5.1.1 <a@b.example>... User\tUNKNOWN here"};
    struct wb_verdict v = judged(&row);
    assert_true(wb_slice_starts(v.rule, WB_S("user-unknown/")));
    assert_text(v.evidence, "User\tUNKNOWN");
    assert_text(v.diagnostic, row.diagnostic);
    row = (struct row){"", .diagnostic = "550 5.2.2 xyzzy"};
    v = judged(&row);
    assert_true(wb_slice_starts(v.rule, WB_S("status/")));
    assert_int_equal(v.evidence.n, 0);
}

/* Expressions seek stems; the proof is made of whole words, where words have blanks between them.
 */
static const struct words_row {
    const char *name, *reply, *words;
} words_rows[] = {
    {"the end of a word", "550 Multiple authentication checks failed: see http",
     "authentication checks failed"},
    {"letters beyond ASCII", "550 Почтовый ящик переполненный", "ящик переполненный"},
    {"Chinese has none", "550 用户不存在请检查", "用户不存在"},
    {"nor has it beside letters", "550 对方mailbox full了", "mailbox full"},
    {"digits are no letters", "550 mailbox unavailable4711", "mailbox unavailable"},
};

static void whole_words(void **state)
{
    const struct words_row *words = *state;
    struct row row = {"", .diagnostic = words->reply};
    struct wb_verdict v = judged(&row);
    assert_text(v.evidence, words->words);
}

/* A text may stand behind a code, which it loses then, or alone; one is not kept for the other. */
static void folded_by_code(void **state)
{
    (void)state;
    struct wb_slice text = WB_S("550-User unknown, 550 ask them");
    for (int round = 0; round < 4; round++) {
        int code = round % 2 ? 0 : 550;
        for (int again = 0; again < 3; again++) {
            struct wb_scanned scanned = wb_scan_entries(&classifier, text, code, true, NULL);
            assert_text(scanned.folded,
                        code ? "550-user unknown, ask them" : "550-user unknown, 550 ask them");
        }
    }
}

/* Wherever their words stand in the text, by tier, and of a tier in the order of the catalogue. */
static void in_order(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "User unknown, mailbox is full, over quota, relaying denied, message looks like spam",
        "message looks like spam, relaying denied, over quota, mailbox is full, user unknown",
        "Mailbox size limit exceeded, no such user here, blocked using zen.spamhaus.org",
        "blocked using zen.spamhaus.org, no such user here, mailbox size limit exceeded",
    };
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        struct wb_scanned s = wb_scan_entries(&classifier, wb_slice_str(texts[t]), 0, true, NULL);
        assert_in_range(s.n, 6, 192);
        for (size_t i = 1; i < s.n; i++) {
            const struct wb_match *before = &s.matches[i - 1], *here = &s.matches[i];
            assert_true(before->tier > here->tier ||
                        (before->tier == here->tier && before->entry < here->entry));
        }
    }
}

/*
 * What a reply decided is kept for the very same question, and nothing that differs in any way is
 * taken for it: asked in turns, each has the verdict that it has where nothing is known.
 */
static const struct asked_row {
    const char *name, *reply;
    struct wb_context context;
    struct wb_code field;
    uint8_t named;
    const char *explanation;
    enum wb_stage stage;
} asked_rows[] = {
    {"plain", "550 5.1.1 <a@b.example> User unknown", {.kind = WB_KIND_BOUNCE}, CODE(5, 1, 1)},
    {"another address",
     "550 5.1.1 <other@c.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
    {"another status",
     "550 5.2.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
    {"another code",
     "450 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
    {"at login", "535 5.1.1 <a@b.example> User unknown", {.kind = WB_KIND_BOUNCE}, CODE(5, 1, 1)},
    {"another field",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(4, 1, 1)},
    {"which says nothing",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE, .status_empty = true},
     CODE(4, 1, 1)},
    {"a delay", "550 5.1.1 <a@b.example> User unknown", {.kind = WB_KIND_DELAY}, CODE(5, 1, 1)},
    {"in the subject",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1),
     .named = WB_NAMED_IN_SUBJECT},
    {"pasted",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE, .headless = true},
     CODE(5, 1, 1)},
    {"a text that follows the code",
     "mailbox is disabled",
     {.kind = WB_KIND_BOUNCE},
     CODE(4, 0, 0)},
    {"... of a field that says nothing",
     "mailbox is disabled",
     {.kind = WB_KIND_BOUNCE, .status_empty = true},
     CODE(4, 0, 0)},
    {"in a mail program",
     "An error occurred while sending mail. It responded: 550 User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
    {"pasted from there",
     "An error occurred while sending mail. It responded: 550 User unknown",
     {.kind = WB_KIND_BOUNCE, .headless = true},
     CODE(5, 1, 1)},
    {"a class that says nothing",
     "the LDAP server did not respond",
     {.kind = WB_KIND_BOUNCE, .status_empty = true},
     CODE(5, 0, 0)},
    {"... that counts", "the LDAP server did not respond", {.kind = WB_KIND_BOUNCE}, CODE(5, 0, 0)},
    {"a class",
     "mailbox is disabled",
     {.kind = WB_KIND_BOUNCE, .status_empty = true},
     CODE(5, 2, 1)},
    {"another class",
     "mailbox is disabled",
     {.kind = WB_KIND_BOUNCE, .status_empty = true},
     CODE(4, 2, 1)},
    {"its stage",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1),
     .stage = WB_STAGE_AUTH},
    {"a code elsewhere", "User unknown", {.kind = WB_KIND_BOUNCE}, .explanation = "450 later"},
    {"no code", "User unknown", {.kind = WB_KIND_BOUNCE}, CODE(0, 0, 0)},
    {"no code, by the own server",
     "User unknown",
     {.kind = WB_KIND_BOUNCE, .by_own = true},
     CODE(0, 0, 0)},
    {"a code of another text",
     "User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(0, 0, 0),
     .explanation = "450 4.3.0 later"},
    {"a provider",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE, .remote = 1},
     CODE(5, 1, 1)},
    {"another reporter",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE, .reporter = 1},
     CODE(5, 1, 1)},
    {"of the recipient",
     "550 5.1.1 <a@b.example> User unknown",
     {.kind = WB_KIND_BOUNCE, .recipient = 1},
     CODE(5, 1, 1)},
    {"a number",
     "552 5.3.4 message size 18876259 exceeds size limit 10485760",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 3, 4)},
    {"barred",
     "550 5.2.1 mailbox is temporarily disabled",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 2, 1)},
    {"words around it",
     "<a@b.example>: host mx.b.example said: 550 5.1.1 User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
    {"a code around it",
     "553 5.1.8 sender verify: host mx.b.example said: 550 5.1.1 User unknown",
     {.kind = WB_KIND_BOUNCE},
     CODE(5, 1, 1)},
};

static struct wb_verdict asked(const struct wb_classifier *cl, const struct asked_row *row)
{
    struct wb_verdict v;
    struct wb_context context = row->context;
    struct wb_evidence e = {.status = row->field, .named = row->named, .stage = row->stage};
    e.address = e.original = e.alias = e.comment = e.supplement = WB_NONE;
    e.diagnostic_type = e.remote_mta = e.remote_ip = e.queue_id = WB_NONE;
    e.diagnostic = given(row->reply);
    e.explanation = given(row->explanation);
    context.remote = context.remote ? context.remote : WB_NO_INDEX;
    context.reporter = context.reporter ? context.reporter : WB_NO_INDEX;
    context.recipient = context.recipient ? context.recipient : WB_NO_INDEX;
    wb_arena_reset(&arena);
    wb_classify(cl, &context, &e, &v);
    return v;
}

static void same_verdict(const struct wb_verdict *a, const struct wb_verdict *b)
{
    assert_int_equal(a->cause, b->cause);
    assert_int_equal(a->provider, b->provider);
    assert_int_equal(a->confidence, b->confidence);
    assert_int_equal(a->permanence, b->permanence);
    assert_int_equal(a->fault, b->fault);
    assert_int_equal(a->responsible, b->responsible);
    assert_int_equal(a->recommendation, b->recommendation);
    assert_int_equal(a->own_server, b->own_server);
    assert_int_equal(a->alternatives, b->alternatives);
    assert_memory_equal(a->alternative, b->alternative, sizeof a->alternative);
    assert_int_equal(a->facts.size_limit, b->facts.size_limit);
    assert_int_equal(a->facts.message_size, b->facts.message_size);
    assert_int_equal(a->facts.own_server, b->facts.own_server);
    assert_int_equal(a->facts.reversible, b->facts.reversible);
    assert_int_equal(a->first_line, b->first_line);
    assert_int_equal(a->page, b->page);
    assert_int_equal(a->reply_code, b->reply_code);
    assert_int_equal(a->status.subject, b->status.subject);
    assert_ptr_equal(a->rule.p, b->rule.p);
    assert_ptr_equal(a->detail.p, b->detail.p);
    assert_ptr_equal(a->evidence.p, b->evidence.p); /* both texts are the row's */
    assert_int_equal(a->evidence.n, b->evidence.n);
}

static void same_question(void **state)
{
    (void)state;
    enum { ROWS = sizeof asked_rows / sizeof asked_rows[0] };
    for (size_t i = 0; i < ROWS; i++) {
        struct wb_classifier fresh = classifier;
        fresh.cache = wb_cache_new(256, 1 << 20);
        struct wb_verdict wanted = asked(&fresh, &asked_rows[i]);
        wb_cache_free(fresh.cache);
        for (size_t before = 0; before < ROWS; before++)
            for (int again = 0; again < 3; again++) {
                asked(&classifier, &asked_rows[before]);
                struct wb_verdict v = asked(&classifier, &asked_rows[i]);
                same_verdict(&v, &wanted);
            }
    }
}

/* Entries that do not count for a moment leave nothing behind, and take nothing that is kept. */
static void left_out(void **state)
{
    (void)state;
    struct wb_verdict wanted = asked(&classifier, &asked_rows[0]);
    for (int again = 0; again < 2; again++) {
        struct wb_classifier without = classifier;
        without.without_count = UINT32_MAX;
        assert_ptr_not_equal(asked(&without, &asked_rows[0]).rule.p, wanted.rule.p);
        struct wb_verdict v = asked(&classifier, &asked_rows[0]);
        same_verdict(&v, &wanted);
    }
}

int main(void)
{
    cat = wb_catalogue_open(NULL, NULL);
    struct wb_matcher *matcher = cat ? wb_catalogue_matcher(cat) : NULL;
    struct wb_cache *cache = wb_cache_new(256, 1 << 20);
    if (!matcher || !cache || !wb_arena_open(&arena, 8 << 20, &limits))
        return 1;
    classifier = (struct wb_classifier){cat, matcher, &arena, &limits, cache};
    UNIT_ROWS(verdict, rows);
    UNIT_ROWS(self_named, named_rows);
    UNIT_ONE(same_question, "what was decided is taken for the same question only");
    UNIT_ONE(left_out, "nothing is taken where entries are left out");
    UNIT_ONE(links_again, "web addresses of a text that came before");
    UNIT_ONE(proof, "rule and words");
    UNIT_ROWS(whole_words, words_rows);
    UNIT_ONE(folded_by_code, "folded with and without its code");
    UNIT_ONE(in_order, "entries in the order of the catalogue");
    int failed = unit_run();
    wb_cache_free(cache);
    wb_arena_close(&arena);
    wb_matcher_free(matcher);
    wb_catalogue_free(cat);
    return failed;
}
