/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "unit.h"

#include "buf.h"
#include "decide.h"
#include "policy.h"

enum { DAY = 86400 };
static const int64_t T0 = 1772000000 / DAY * DAY;

/* ---- what a policy may not say ---- */

struct refusal {
    const char *name, *text, *want;
};

#define RULE "strikes: 1\n    within: 9\n    then: suppress\n"
static const struct refusal refusals[] = {
    {"a cause that never suppresses", "rules:\n  - causes: [user-unknown, blocklisted]\n    " RULE,
     "p.yaml:2:28: error: 'blocklisted' may not speak against an address: not a cause that ever "
     "suppresses"},
    {"a cause that there is not", "rules:\n  - causes: no-such-cause\n    " RULE,
     "p.yaml:2:13: error: 'no-such-cause' may not speak against an address: not a cause that ever "
     "suppresses"},
    {"the unknown", "rules:\n  - causes: [unknown]\n    " RULE,
     "p.yaml:2:14: error: 'unknown' may not speak against an address: not a cause that ever "
     "suppresses"},
    {"a cause twice",
     "rules:\n  - causes: user-unknown\n    " RULE "  - causes: [user-unknown]\n    " RULE,
     "p.yaml:6:14: error: there is a rule for 'user-unknown' already"},
    {"an unknown key", "rule: []\n", "p.yaml:1:1: error: the key 'rules' is missing"},
    {"an unknown key beside", "expire: 5\nrules: []\n", "p.yaml:1:1: error: unknown key 'expire'"},
    {"no list", "rules: 5\n", "p.yaml:1:8: error: 'rules' is a list"},
    {"no whole number", "expires: soon\nrules: []\n",
     "p.yaml:1:10: error: a number is expected here"},
    {"a number out of bounds", "expires: -1\nrules: []\n",
     "p.yaml:1:10: error: 'expires' is a whole number from 0 to 3650"},
    {"more strikes than days",
     "rules:\n  - causes: mailbox-full\n    strikes: 5\n    within: 4\n"
     "    then: suppress\n",
     "p.yaml:2:5: error: 5 strikes need as many days: an address gets one a day"},
    {"neither causes nor complaints", "rules:\n  - " RULE,
     "p.yaml:2:5: error: a rule is of causes or of complaints"},
    {"both", "rules:\n  - causes: mailbox-full\n    complaints: true\n    " RULE,
     "p.yaml:2:5: error: a rule is of causes or of complaints"},
    {"nothing follows", "rules:\n  - causes: mailbox-full\n    strikes: 1\n    within: 1\n",
     "p.yaml:2:5: error: the key 'then' is missing"},
    {"something else follows",
     "rules:\n  - causes: mailbox-full\n    strikes: 1\n    within: 1\n    then: delete\n",
     "p.yaml:5:11: error: 'then' is suppress or pause"},
    {"a pause without days",
     "rules:\n  - causes: mailbox-full\n    strikes: 1\n    within: 1\n    then: pause\n",
     "p.yaml:2:5: error: the key 'pause' is missing"},
    {"days of no pause", "rules:\n  - causes: mailbox-full\n    pause: 5\n    " RULE,
     "p.yaml:2:5: error: 'pause' and 'pauses' belong to 'then: pause'"},
    {"a rule that is none", "rules: [5]\n", "p.yaml:1:9: error: rules are at most 32 mappings"},
    {"no mapping", "[rules]\n", "p.yaml: a mapping is expected at the top"},
    {"nothing", "", "p.yaml: the file is empty, or no YAML"},
    {"an alias", "x: &a 1\nrules: *a\n",
     "p.yaml:2:9: error: aliases are not followed: write the value here"},
};

/* In the same words, be it a file or a text from somewhere. */
static void refuses(void **state)
{
    const struct refusal *row = *state;
    char path[] = "/tmp/wb-policy.XXXXXX", got[600];
    struct wb_status status = {{0}};
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs(row->text, file);
    fclose(file);
    assert_null(wb_policy_open(path, &status));
    remove(path);
    assert_memory_equal(status.text, path, strlen(path));
    snprintf(got, sizeof got, "p.yaml%s", status.text + strlen(path));
    assert_text(wb_slice_str(got), row->want);
    assert_null(wb_policy_parse(wb_slice_str(row->text), "p.yaml", &status));
    assert_text(wb_slice_str(status.text), row->want);
}

static void reads_files(void **state)
{
    (void)state;
    struct wb_status status = {{0}};
    assert_null(wb_policy_open("/no/such/policy.yaml", &status));
    assert_string_equal(status.text, "/no/such/policy.yaml: No such file or directory");
    struct wb_policy *policy = wb_policy_open(NULL, &status);
    assert_non_null(policy);
    struct wb_slice text = wb_policy_text(policy);
    assert_true(wb_slice_find(text, wb_slice_str("mailbox-full")) < text.n);
    struct wb_policy *again = wb_policy_parse(text, "again", &status);
    assert_non_null(again);
    wb_policy_free(again);
    wb_policy_free(policy);
}

/* The same text again and again, between two others. */
static void is_too_much(const char *front, const char *again, unsigned times, const char *back,
                        const char *want)
{
    struct wb_status status = {{0}};
    struct wb_buf text = {0};
    wb_buf_put(&text, wb_slice_str(front));
    for (unsigned i = 0; i < times; i++)
        wb_buf_put(&text, wb_slice_str(again));
    wb_buf_put(&text, wb_slice_str(back));
    assert_null(wb_policy_parse(wb_buf_slice(&text), "p.yaml", &status));
    if (!strstr(status.text, want))
        fail_msg("got: %s", status.text);
    wb_buf_free(&text);
}

static void too_much(void **state)
{
    (void)state;
    is_too_much("rules:\n", "- {complaints: true, strikes: 1, within: 1, then: suppress}\n", 33, "",
                "p.yaml:34:3: error: rules are at most 32 mappings");
    is_too_much("rules:\n- {causes: [", "user-unknown, ", 33,
                "user-unknown], strikes: 1, within: 1, then: suppress}\n",
                "at most 32 causes in a rule");
}

/* Not cut at its end, where it may well be a policy, too. */
static void too_large_a_file(void **state)
{
    (void)state;
    char path[] = "/tmp/wb-policy.XXXXXX";
    struct wb_status status = {{0}};
    FILE *file = fdopen(mkstemp(path), "w");
    assert_non_null(file);
    fputs("rules: []\n", file);
    for (unsigned i = 0; i < 1 << 14; i++) /* 1 MiB */
        fprintf(file, "# %-61u\n", i);
    fclose(file);
    assert_null(wb_policy_open(path, &status));
    remove(path);
    assert_non_null(strstr(status.text, "larger than a policy"));
}

/* ---- what follows from reports, by the built-in policy ---- */

struct step {
    double day;          /* since T0 */
    const char *cause;   /* "+": a delivery, "!": a complaint, else a bounce */
    const char *wish;    /* suppress, pause ... */
    unsigned failure;    /* 0: one of its own */
    const char *outcome; /* the first letter of nothing, strike, pause, Suppress */
};

struct story {
    const char *name;
    struct step steps[12];
    enum wb_address_state end;
};

static const struct story stories[] = {
    {"clear, once", {{0, "user-unknown", "suppress", 0, "S"}}, WB_ADDRESS_SUPPRESSED},
    {"doubtful, twice a day",
     {{0, "user-unknown", "pause", 0, "s"}, {0.5, "user-unknown", "pause", 0, "n"}},
     WB_ADDRESS_OK},
    {"doubtful, on two days",
     {{0, "user-unknown", "pause", 0, "s"}, {1.1, "user-unknown", "pause", 0, "S"}},
     WB_ADDRESS_SUPPRESSED},
    {"doubtful, two causes on two days",
     {{0, "mailbox-full", "pause", 0, "s"}, {1.1, "user-unknown", "pause", 0, "s"}},
     WB_ADDRESS_OK},
    {"doubtful, then clear on the same day",
     {{0, "user-unknown", "pause", 0, "s"}, {0.2, "user-unknown", "suppress", 0, "S"}},
     WB_ADDRESS_SUPPRESSED},
    {"one failure by two ways",
     {{0, "user-unknown", "pause", 7, "s"}, {3, "user-unknown", "pause", 7, "n"}},
     WB_ADDRESS_OK},
    {"full, three days",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"}},
     WB_ADDRESS_PAUSED},
    {"full, three days, the last first",
     {{2, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {0, "mailbox-full", "pause", 0, "p"}},
     WB_ADDRESS_PAUSED},
    {"full, too seldom",
     {{0, "mailbox-full", "pause", 0, "s"},
      {8, "mailbox-full", "pause", 0, "s"},
      {16, "mailbox-full", "pause", 0, "s"}},
     WB_ADDRESS_OK},
    {"full, by a moment too seldom",
     {{0, "mailbox-full", "pause", 0, "s"},
      {7, "mailbox-full", "pause", 0, "s"},
      {14, "mailbox-full", "pause", 0, "s"}},
     WB_ADDRESS_OK},
    {"full, just often enough",
     {{0, "mailbox-full", "pause", 0, "s"},
      {7, "mailbox-full", "pause", 0, "s"},
      {13.999, "mailbox-full", "pause", 0, "p"}},
     WB_ADDRESS_PAUSED},
    {"while paused nothing counts but what is clear",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"},
      {3, "mailbox-full", "pause", 0, "n"},
      {4, "user-unknown", "suppress", 0, "S"}},
     WB_ADDRESS_SUPPRESSED},
    {"strikes of a pause are used up",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"},
      {10, "mailbox-full", "pause", 0, "s"},
      {11, "mailbox-full", "pause", 0, "s"}},
     WB_ADDRESS_OK},
    {"a delivery takes it back",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {1.5, "+", "", 0, "n"},
      {2, "mailbox-full", "pause", 0, "s"}},
     WB_ADDRESS_OK},
    {"a delivery ends a pause",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"},
      {3, "+", "", 0, "n"}},
     WB_ADDRESS_OK},
    {"a delivery from before a pause does not end it",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"},
      {0.5, "+", "", 0, "n"}},
     WB_ADDRESS_PAUSED},
    {"a delivery from before says nothing of later failures",
     {{1, "mailbox-full", "pause", 0, "s"},
      {0, "+", "", 0, "n"},
      {2, "mailbox-full", "pause", 0, "s"},
      {3, "mailbox-full", "pause", 0, "p"}},
     WB_ADDRESS_PAUSED},
    {"a failure from before a delivery",
     {{5, "+", "", 0, "n"}, {1, "user-unknown", "suppress", 0, "n"}},
     WB_ADDRESS_OK},
    {"a delivery does not end a suppression",
     {{0, "user-unknown", "suppress", 0, "S"}, {1, "+", "", 0, "n"}},
     WB_ADDRESS_SUPPRESSED},
    {"the domain is gone, seen on three days",
     {{0, "host-unknown", "pause", 0, "s"},
      {1, "not-accepting", "pause", 0, "s"},
      {2, "host-unknown", "pause", 0, "S"}},
     WB_ADDRESS_SUPPRESSED},
    {"the domain is gone, clear, once", {{0, "host-unknown", "suppress", 0, "s"}}, WB_ADDRESS_OK},
    {"a complaint", {{0, "!", "suppress", 0, "S"}}, WB_ADDRESS_SUPPRESSED},
    {"the sender's own fault",
     {{0, "blocklisted", "suppress", 0, "n"},
      {1, "auth-failed", "pause", 0, "n"},
      {2, "spam-content", "suppress", 0, "n"}},
     WB_ADDRESS_OK},
    {"a suppression runs out; then one strike is enough",
     {{0, "user-unknown", "suppress", 0, "S"}, {366, "user-unknown", "suppress", 0, "S"}},
     WB_ADDRESS_SUPPRESSED},
    {"and once the probation is over, all begins anew",
     {{0, "mailbox-full", "pause", 0, "s"},
      {1, "mailbox-full", "pause", 0, "s"},
      {2, "mailbox-full", "pause", 0, "p"},
      {100, "user-unknown", "suppress", 0, "S"},
      {600, "mailbox-full", "pause", 0, "s"}},
     WB_ADDRESS_OK},
};

static struct wb_record record_of(const struct step *step, unsigned n, char ids[2][33])
{
    bool is_delivery = *step->cause == '+', is_complaint = *step->cause == '!';
    snprintf(ids[0], 33, "%016x%016x", n + 1, n);
    snprintf(ids[1], 33, "%016x%016x", (step->failure ? step->failure : n + 100) * 2, n);
    return (struct wb_record){
        .report_id = wb_slice(ids[0], 32),
        .failure_key = wb_slice(ids[1], 32),
        .kind = is_delivery    ? WB_S("delivered")
                : is_complaint ? WB_S("complaint")
                               : WB_S("bounce"),
        .action = is_delivery ? WB_S("delivered") : WB_S("failed"),
        .cause = is_delivery || is_complaint ? WB_NONE : wb_slice_str(step->cause),
        .recommendation = wb_slice_str(step->wish),
        .proof = WB_PROOF_LOG,
    };
}

static void tells(void **state)
{
    const struct story *story = *state;
    struct wb_status status;
    struct wb_policy *policy = wb_policy_open(NULL, &status);
    struct wb_history history = {0};
    int64_t at = 0, last = 0;
    for (unsigned i = 0; story->steps[i].cause; i++) {
        const struct step *step = story->steps + i;
        char ids[2][33];
        struct wb_record record = record_of(step, i, ids);
        enum wb_outcome outcome = WB_OUTCOME_NOTHING;
        at = T0 + (int64_t)(step->day * DAY);
        last = at > last ? at : last;
        if (wb_policy_delivers(policy, &record))
            wb_history_deliver(&history, at);
        else
            outcome = wb_policy_decide(policy, &history, &record, at);
        if ("nspS"[outcome] != *step->outcome)
            fail_msg("step %u: got %c, want %c", i, "nspS"[outcome], *step -> outcome);
    }
    assert_int_equal(wb_history_state(&history, last + 1), story->end);
    wb_policy_free(policy);
}

/* A full mailbox day by day; for `gap` days after so many pauses nothing comes. Its pauses. */
static unsigned full_every_day(unsigned pauses, unsigned gap, char outcomes[80])
{
    struct wb_status status;
    struct wb_policy *policy = wb_policy_open(NULL, &status);
    struct wb_history history = {0};
    int64_t at = T0;
    memset(outcomes, 0, 80);
    for (unsigned i = 0; i < 60 && history.state != WB_ADDRESS_SUPPRESSED; i++, at += DAY) {
        struct step step = {0, "mailbox-full", "pause", 0, ""};
        char ids[2][33];
        struct wb_record record = record_of(&step, i, ids);
        outcomes[i] = "nspS"[wb_policy_decide(policy, &history, &record, at)];
        if (outcomes[i] == 'p' && --pauses == 0)
            at += gap * DAY;
    }
    wb_policy_free(policy);
    return history.pauses;
}

/* Paused again and again: after the third pause the next one is a suppression. */
static void three_pauses(void **state)
{
    (void)state;
    char outcomes[80];
    assert_int_equal(full_every_day(0, 0, outcomes), 3);
    assert_string_equal(outcomes, "sspnnnnnnsspnnnnnnsspnnnnnnssS");
    /* after half a year without one they are counted anew */
    full_every_day(1, 180, outcomes);
    assert_string_equal(outcomes, "sspsspnnnnnnsspnnnnnnsspnnnnnnssS");
    full_every_day(3, 180, outcomes);
    assert_string_equal(outcomes, "sspnnnnnnsspnnnnnnsspsspnnnnnnsspnnnnnnsspnnnnnnssS");
}

/* ---- whatever the policy, whatever comes ---- */

static uint64_t seed;

static unsigned any(unsigned n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(seed >> 33) % n;
}

/* design.md, "The suppression invariant", by hand. */
static const char *const alone[] = {"user-unknown", "mailbox-disabled", "recipient-moved"};
static const char *const repeated[] = {"mailbox-full", "host-unknown", "not-accepting"};
static const char *const never[] = {
    "blocklisted", "spam-content", "auth-failed",   "unknown",         "rate-limited",
    "greylisted",  "no-response",  "no-such-cause", "sender-rejected", "expired"};

static struct wb_policy *any_policy(bool *unproven)
{
    char text[2000];
    const char *all[6] = {alone[0], alone[1], alone[2], repeated[0], repeated[1], repeated[2]};
    struct wb_status status;
    *unproven = any(4) == 0;
    int n = snprintf(text, sizeof text, "unproven-counts: %s\nexpires: %u\nprobation: %u\nrules:\n",
                     *unproven ? "true" : "false", any(40), any(40));
    for (unsigned i = 0; i < 7; i++) {
        unsigned strikes = 1 + any(4);
        char causes[60] = "complaints: true";
        if (i < 6)
            snprintf(causes, sizeof causes, "causes: %s", all[i]);
        if (any(5) == 0 && i)
            continue;
        n += snprintf(text + n, sizeof text - (size_t)n, "  - {%s, strikes: %u, within: %u, ",
                      causes, strikes, strikes + any(30));
        if (any(2))
            n += snprintf(text + n, sizeof text - (size_t)n, "then: suppress}\n");
        else
            n += snprintf(text + n, sizeof text - (size_t)n,
                          "then: pause, pause: %u, pauses: %u, pauses-within: %u}\n", 1 + any(9),
                          any(4), 1 + any(90));
    }
    struct wb_policy *policy = wb_policy_parse(wb_slice_str(text), "any", &status);
    if (!policy)
        fail_msg("%s\n%s", status.text, text);
    return policy;
}

struct seen {
    struct wb_record record;
    char ids[2][33];
    int64_t at;
    bool delivered, may_count;
};

static bool is_of(const char *const *list, size_t n, struct wb_slice cause)
{
    for (size_t i = 0; i < n; i++)
        if (wb_slice_eq(cause, wb_slice_str(list[i])))
            return true;
    return false;
}

static void any_event(struct seen *seen, unsigned n, bool unproven)
{
    static const char *const kinds[] = {"bounce", "bounce",    "bounce",     "bounce",
                                        "delay",  "complaint", "auto-reply", "delivered"};
    static const char *const wishes[] = {"suppress", "suppress", "pause",
                                         "pause",    "none",     "fix-sender"};
    struct step step = {0, "", "", any(3) ? 0 : 1 + any(5), ""};
    unsigned which = any(3);
    seen->record = record_of(&step, n, seen->ids);
    struct wb_record *r = &seen->record;
    r->kind = wb_slice_str(kinds[any(8)]);
    r->action =
        wb_slice_eq(r->kind, WB_S("delivered")) && any(2) ? WB_S("delivered") : WB_S("failed");
    r->recommendation = wb_slice_str(wishes[any(6)]);
    r->cause = wb_slice_str(which == 0   ? alone[any(3)]
                            : which == 1 ? repeated[any(3)]
                                         : never[any(10)]);
    r->proof = any(3) ? WB_PROOF_TAG : WB_PROOF_NONE;
    bool wish = wb_slice_eq(r->recommendation, WB_S("suppress")) ||
                wb_slice_eq(r->recommendation, WB_S("pause"));
    bool kind = wb_slice_eq(r->kind, WB_S("complaint")) ||
                (wb_slice_eq(r->kind, WB_S("bounce")) &&
                 (is_of(alone, 3, r->cause) || is_of(repeated, 3, r->cause)));
    seen->may_count = kind && wish && (r->proof != WB_PROOF_NONE || unproven);
    seen->delivered = false;
}

/* Is there what the invariant asks for? */
static bool is_justified(const struct seen *seen, unsigned n, int64_t delivered)
{
    const struct seen *now = seen + n;
    const struct wb_record *r = &now->record;
    if (!now->may_count)
        return false;
    if (wb_slice_eq(r->kind, WB_S("complaint")))
        return true;
    if (is_of(alone, 3, r->cause) && wb_slice_eq(r->recommendation, WB_S("suppress")))
        return true;
    for (unsigned i = 0; i < n; i++)
        if (seen[i].may_count && wb_slice_eq(seen[i].record.cause, r->cause) &&
            wb_slice_eq(seen[i].record.kind, WB_S("bounce")) && seen[i].at / DAY != now->at / DAY &&
            !wb_slice_eq(wb_slice_head(seen[i].record.failure_key, 16),
                         wb_slice_head(r->failure_key, 16)) &&
            seen[i].at > delivered)
            return true;
    return false;
}

static void strikes_are_apart(const struct wb_history *h)
{
    for (size_t i = 0; i < h->n; i++) {
        for (size_t j = 0; j < i; j++) {
            assert_int_not_equal(h->strikes[i].at / DAY, h->strikes[j].at / DAY);
            assert_true(h->strikes[i].failure == 0 ||
                        h->strikes[i].failure != h->strikes[j].failure);
        }
        assert_true(i == 0 || h->strikes[i - 1].at <= h->strikes[i].at);
    }
}

static void holds(void **state)
{
    (void)state;
    unsigned suppressed = 0, paused = 0;
    static struct seen seen[120];
    for (seed = 20; seed < 40000; seed += 20) {
        uint64_t keep = seed;
        seed *= 0x9e3779b97f4a7c15;
        bool unproven;
        struct wb_policy *policy = any_policy(&unproven);
        struct wb_history history = {0};
        int64_t at = T0;
        for (unsigned n = 0; n < 120; n++) {
            struct seen *one = seen + n;
            any_event(one, n, unproven);
            at += (int64_t)any(2 * DAY) - (any(6) ? 0 : 3 * DAY);
            one->at = at;
            enum wb_address_state before = wb_history_state(&history, at);
            if (wb_policy_delivers(policy, &one->record)) {
                wb_history_deliver(&history, at);
                assert_true(wb_history_state(&history, at) <= before ||
                            wb_history_state(&history, at) == WB_ADDRESS_PROBATION);
                continue;
            }
            enum wb_outcome outcome = wb_policy_decide(policy, &history, &one->record, at);
            strikes_are_apart(&history);
            assert_true(outcome == WB_OUTCOME_NOTHING || one->may_count);
            suppressed += outcome == WB_OUTCOME_SUPPRESS;
            paused += outcome == WB_OUTCOME_PAUSE;
            if (outcome == WB_OUTCOME_SUPPRESS)
                assert_true(is_justified(seen, n, history.delivered));
            else
                assert_true(history.state != WB_ADDRESS_SUPPRESSED ||
                            before == WB_ADDRESS_SUPPRESSED || before == WB_ADDRESS_PROBATION);
        }
        wb_policy_free(policy);
        seed = keep;
    }
    print_message("# suppressed %u times, paused %u times\n", suppressed, paused);
    assert_true(suppressed > 300 && paused > 300);
}

/* The invariant itself: two on one day are one, whoever let them in. */
static void may_suppress(void **state)
{
    (void)state;
    struct wb_strike two[] = {{.at = T0, .cause = WB_S("mailbox-full")},
                              {.at = T0 + DAY - 1, .cause = WB_S("mailbox-full")}};
    assert_false(wb_may_suppress(two, 2, &two[1]));
    two[1].at++;
    assert_true(wb_may_suppress(two, 2, &two[1]));
    two[0].cause = WB_S("user-unknown");
    assert_false(wb_may_suppress(two, 2, &two[1]));
    two[1].clear = true;
    assert_false(wb_may_suppress(two, 2, &two[1]));
    two[0].clear = true;
    assert_true(wb_may_suppress(two, 2, &two[0]));
    two[0].cause = WB_S("blocklisted");
    assert_false(wb_may_suppress(two, 2, &two[0]));
}

/* The table that the build makes says what design.md says. */
static void causes_that_count(void **state)
{
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_text(wb_cause_that_counts(wb_slice_str(alone[i])), alone[i]);
        assert_text(wb_cause_that_counts(wb_slice_str(repeated[i])), repeated[i]);
    }
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(wb_cause_that_counts(wb_slice_str(never[i])).n, 0);
    assert_int_equal(wb_cause_that_counts(WB_NONE).n, 0);
    assert_int_equal(wb_cause_that_counts(WB_S("user-unknow")).n, 0);
    assert_true(wb_cause_is_unknown(WB_S("unknown")));
    assert_false(wb_cause_is_unknown(WB_S("user-unknown")));
}

int main(void)
{
    UNIT_ROWS(refuses, refusals);
    UNIT_ONE(reads_files, "the built-in one and one that is not there");
    UNIT_ONE(too_much, "rules, causes");
    UNIT_ONE(too_large_a_file, "is refused");
    UNIT_ROWS(tells, stories);
    UNIT_ONE(three_pauses, "then a suppression");
    UNIT_ONE(may_suppress, "alone, or on two days");
    UNIT_ONE(causes_that_count, "are those of design.md");
    UNIT_ONE(holds, "the invariant, with any policy and any reports");
    return unit_run();
}
