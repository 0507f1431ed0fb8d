/* SPDX-License-Identifier: BSD-2-Clause */
/* The verdict: what follows from the cause that was found, and from where the failure happened. */
#include "facts.h"
#include "search.h"

void wb_take_alternatives(struct wb_verdict *v, const uint16_t *cause, const uint16_t *weight,
                          int n)
{
    for (int i = 0; i < n && v->alternatives < WB_MAX_ALTERNATIVES; i++)
        v->alternative[v->alternatives++] = (struct wb_alternative){cause[i], weight[i]};
}

/* A byte of a word in a script that parts words by blanks: those of three bytes mostly do not. */
static bool is_of_word(char c)
{
    return wb_is_alpha(c) || ((c & 0x80) && (unsigned char)c < 0xE0);
}

/* The byte stands within a rune of three bytes or more, at the place of one of its last. */
static bool is_of_long_rune(struct wb_slice text, size_t at)
{
    for (size_t i = 0; i < 3 && (text.p[at] & 0xC0) == 0x80 && at; i++)
        at--;
    return (unsigned char)text.p[at] >= 0xE0;
}

static bool goes_on(struct wb_slice text, size_t at)
{
    return at < text.n && is_of_word(text.p[at]) && !is_of_long_rune(text, at);
}

/* Many expressions seek the stem of a word; who reads the proof wants all of it. */
static struct wb_slice whole_words(struct wb_slice text, size_t from, size_t to)
{
    enum { LONGEST = 40 }; /* what is added to either end */
    if (from < to && goes_on(text, from))
        for (int i = 0; i < LONGEST && from && goes_on(text, from - 1); i++)
            from--;
    if (from < to && goes_on(text, to - 1))
        for (int i = 0; i < LONGEST && goes_on(text, to); i++)
            to++;
    return wb_slice(text.p + from, to - from);
}

void wb_take_entry(struct search *s)
{
    const struct wb_catalogue *cat = s->cl->cat;
    const struct wb_entry *e = s->best.entry;
    struct wb_verdict *v = s->v;
    v->cause = e->cause;
    v->detail = wb_cat_str(cat, e->detail);
    v->rule = wb_cat_str(cat, e->rule);
    v->page = e->page;
    v->first_line = e->first_line;
    v->lines = e->lines;
    enum wb_tier tier = tier_of(&s->best);
    v->confidence = e->unsure                 ? WB_CONFIDENCE_WEAK
                    : e->certain              ? WB_CONFIDENCE_CERTAIN
                    : tier == WB_TIER_HINT    ? WB_CONFIDENCE_WEAK
                    : tier == WB_TIER_GENERAL ? WB_CONFIDENCE_FAIR
                                              : WB_CONFIDENCE_STRONG;
    if (e->provider != WB_NO_INDEX)
        v->provider = e->provider;
    if (e->code && !v->facts.provider_code.n)
        v->facts.provider_code = wb_cat_str(cat, e->code);
    wb_take_alternatives(v, e->alternative, e->weight, e->alternatives);
    const struct wb_match *match = s->best.match;
    s->words = whole_words(s->best_text.folded, match->from, (size_t)match->from + match->n);
    v->evidence = wb_unfold(s->cl, &s->best_text, s->words);
}

static uint8_t first_set(uint8_t a, uint8_t b)
{
    return a ? a : b;
}

static enum wb_permanence permanence_of(const struct search *s, const struct wb_cause *cause)
{
    int class = s->reply_code ? s->reply_code / 100 : s->status.class;
    if (!s->reply_code && s->context->status_empty && says_nothing(s->status))
        class = 0;
    /* a server that was refused in the greeting tries again and says so, whatever the reply */
    if (s->evidence->status.class == 4 && !s->context->status_empty)
        class = 4;
    if (s->context->kind == WB_KIND_DELAY)
        return WB_PERMANENCE_TEMPORARY;
    if (s->best.entry && s->best.entry->permanence)
        return (enum wb_permanence)s->best.entry->permanence;
    if (cause->follows_code && class == 4)
        return WB_PERMANENCE_TEMPORARY;
    if (cause->follows_code && class == 5)
        return WB_PERMANENCE_PERMANENT;
    return (enum wb_permanence)cause->permanence;
}

/* "535 5.7.8 user unknown" is about who tries to log in (RFC 4954 6). */
static bool answers_login(const struct search *s)
{
    const struct wb_reply_meaning *m = wb_cat_reply(s->cl->cat, s->reply_code, s->stage);
    return s->stage == WB_STAGE_AUTH || (m && m->login);
}

/*
 * The suppression invariant: an address is only ever spoken against by a cause that may do so, in
 * a failure that is permanent, by a rule that is sure and leaves no other reading; never where the
 * words say that a mailbox is only barred, nor in the answer to a login, nor one that stands only
 * where the sender's own words may stand.
 */
static enum wb_recommendation recommend(const struct search *s, const struct wb_cause *cause)
{
    const struct wb_verdict *v = s->v;
    enum wb_recommendation wish = (enum wb_recommendation)cause->recommendation;
    if (s->best.entry && s->best.entry->recommendation)
        wish = (enum wb_recommendation)s->best.entry->recommendation;
    if (s->context->kind == WB_KIND_DELAY)
        return WB_RECOMMENDATION_NONE;
    if (wish != WB_RECOMMENDATION_SUPPRESS)
        return wish;
    bool sure = cause->suppress == WB_SUPPRESS_ALONE && v->permanence == WB_PERMANENCE_PERMANENT &&
                v->confidence >= WB_CONFIDENCE_STRONG && v->alternatives == 0 &&
                !v->facts.reversible && !answers_login(s) &&
                !(s->evidence->named & WB_NAMED_IN_SUBJECT);
    return sure ? WB_RECOMMENDATION_SUPPRESS : WB_RECOMMENDATION_PAUSE;
}

/* What the sender's own server refused is for the sender's side to mend. */
static void own_side(struct wb_verdict *v, const struct wb_cause *cause)
{
    if (cause->own_fault && v->fault == (enum wb_fault)cause->fault &&
        v->responsible == (enum wb_responsible)cause->responsible) {
        v->fault = (enum wb_fault)cause->own_fault;
        v->responsible = (enum wb_responsible)cause->own_responsible;
    }
    if (v->fault == WB_FAULT_RECIPIENT_SERVER)
        v->fault = WB_FAULT_SENDER_SERVER;
    if (v->responsible == WB_RESPONSIBLE_RECIPIENT_ADMIN)
        v->responsible = WB_RESPONSIBLE_SENDER_ADMIN;
}

void wb_finish_verdict(struct search *s)
{
    struct wb_verdict *v = s->v;
    const struct wb_cause *cause = &s->causes[v->cause];
    const struct wb_entry *e = s->best.entry;
    int texts = s->recalled && !s->facts ? 0 : s->text_count;
    for (int i = 0; i < texts; i++)
        s->facts |= wb_take_facts(s->cl, &s->texts[i], v->cause, &v->facts);
    v->status = s->status;
    v->reply_code = s->reply_code;
    v->stage = s->stage;
    if (s->recalled)
        return;
    bool own_finding = s->context->by_own && !s->reply_code && !cause->about_another;
    v->own_server = v->facts.own_server || own_finding;
    v->permanence = permanence_of(s, cause);
    v->fault = (enum wb_fault)first_set(e ? e->fault : 0, cause->fault);
    v->responsible = (enum wb_responsible)first_set(e ? e->responsible : 0, cause->responsible);
    if (v->own_server)
        own_side(v, cause);
    v->recommendation = recommend(s, cause);
    if (v->provider == WB_NO_INDEX)
        v->provider = speaker(s->context);
    wb_keep_outcome(s);
}

static const struct wb_cause *cause_of(const struct wb_classifier *cl, const struct wb_verdict *v)
{
    uint32_t n;
    return &wb_cat_causes(cl->cat, &n)[v->cause];
}

bool wb_verdict_moves_when_forwarded(const struct wb_classifier *cl,
                                     const struct wb_verdict *verdict)
{
    return cause_of(cl, verdict)->forwarded_fault && !verdict->own_server;
}

void wb_verdict_forward(const struct wb_classifier *cl, struct wb_verdict *verdict)
{
    const struct wb_cause *cause = cause_of(cl, verdict);
    /* what an entry says of its own stands: the sender's account is not the forwarding's doing */
    if (verdict->fault != (enum wb_fault)cause->fault ||
        verdict->responsible != (enum wb_responsible)cause->responsible)
        return;
    verdict->fault = (enum wb_fault)cause->forwarded_fault;
    verdict->responsible = (enum wb_responsible)cause->forwarded_responsible;
}

bool wb_verdict_wants_prose(const struct wb_verdict *verdict)
{
    return verdict->confidence < WB_CONFIDENCE_STRONG || verdict->cut;
}
