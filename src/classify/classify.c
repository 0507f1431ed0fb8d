/* SPDX-License-Identifier: BSD-2-Clause */
#include "classify.h"

#include "facts.h"
#include "scanned.h"
#include "signature.h"

enum {
    MAX_HITS = 192, /* as many as a text has matches */
    MAX_TEXTS = 12,
    AGREES = 6, /* letters that agreement with the status code is worth */
    NEAR = 60,  /* a rival counts from this percentage of the winner's specificity on */
};

/* An entry that matched, and what it weighs. */
struct hit {
    const struct wb_entry *entry;
    const struct wb_match *match;
    bool doubtful; /* in words that only ask, guess or quote: no more than a hint */
};

/* The verdict while it is sought. */
struct search {
    const struct wb_classifier *cl;
    const struct wb_context *context;
    const struct wb_evidence *evidence;
    struct wb_verdict *v;
    const struct wb_entry *entries;
    const struct wb_cause *causes;
    enum wb_stage stage;
    int reply_code;
    struct wb_code status;
    uint16_t agreeing; /* the cause that the status code suggests; WB_NO_INDEX: none */
    int code;          /* the reply code before the text that is judged; 0: none */
    struct hit best;   /* .entry NULL: none yet */
    struct wb_scanned best_text;
    bool outer;               /* a reply is quoted behind the text that is judged */
    struct wb_scanned *texts; /* what was scanned: facts are taken from it in the end */
    int text_count;
};

/* ---- one text ---- */

static bool here(const struct wb_context *context, uint16_t provider)
{
    return context->remote == provider || context->reporter == provider ||
           context->recipient == provider;
}

static bool speaks(const struct wb_context *context, const struct wb_entry *e)
{
    return e->provider != WB_NO_INDEX && here(context, e->provider);
}

static bool applies(const struct search *s, const struct wb_entry *e)
{
    if ((e->flags & WB_ENTRY_ONLY_HERE) && !here(s->context, e->provider))
        return false;
    if ((e->flags & WB_ENTRY_ONLY_CODED) && !s->code)
        return false;
    if (e->stages && !(e->stages & 1u << s->stage))
        return false;
    int class = s->reply_code ? s->reply_code / 100 : s->status.class;
    if (e->classes && !(e->classes & 1u << class))
        return false;
    if (e->status.subject != 0xFFFF) {
        bool same = e->status.subject == s->status.subject &&
                    e->status.detail == s->status.detail &&
                    (e->status.class == 0 || e->status.class == s->status.class);
        return same && s->status.class;
    }
    return true;
}

static enum wb_tier tier_of(const struct hit *hit)
{
    return hit->doubtful ? WB_TIER_HINT : (enum wb_tier)hit->entry->tier;
}

/* The order in which entries win: whether the cause gives way, tier, then specificity. */
static int strength(const struct search *s, const struct hit *hit)
{
    const struct wb_entry *e = hit->entry;
    int tier = s->causes[e->cause].rank ? (int)tier_of(hit) : 0;
    int agrees = e->cause == s->agreeing ? AGREES : 0;
    return tier * 10000 + hit->match->letters + agrees;
}

/* A provider's own texts are taken as they are, and so is what gives up nobody anyway. */
static bool in_doubt(const struct search *s, const struct wb_scanned *scanned,
                     const struct wb_entry *e, const struct wb_match *match)
{
    bool matters = e->tier == WB_TIER_PHRASE && !e->recommendation && !e->alternatives;
    return matters && wb_in_doubt(s->cl, scanned, e->cause, match);
}

/*
 * The entries with a cause that match, of the highest tier only: what stands below cannot win.
 * Those that fall out are not tried. What is in doubt counts where there is nothing else.
 */
static size_t matching_entries(const struct search *s, const struct wb_scanned *scanned,
                               struct hit *hits)
{
    size_t n = 0;
    struct hit doubtful = {0};
    for (size_t i = 0; i < scanned->n && scanned->matches[i].tier > WB_TIER_FACT; i++) {
        struct wb_match *match = &scanned->matches[i];
        if (n && match->tier < hits[0].match->tier)
            break;
        const struct wb_entry *e = &s->entries[match->entry];
        if (match->state == WB_MATCH_NO || wb_left_out(s->cl, match->entry) || !applies(s, e) ||
            !wb_match_holds(s->cl, scanned, match))
            continue;
        if (!in_doubt(s, scanned, e, match))
            hits[n++] = (struct hit){e, match, false};
        else if (!doubtful.entry)
            doubtful = (struct hit){e, match, true};
    }
    if (!n && doubtful.entry)
        hits[n++] = doubtful;
    return n;
}

/* Drops what another hit is declared to beat. */
static size_t drop_beaten(struct hit *hits, size_t n)
{
    uint64_t over = 0;
    for (size_t i = 0; i < n; i++)
        over |= hits[i].entry->over;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!(over & (uint64_t)1 << hits[i].entry->cause))
            hits[kept++] = hits[i];
    return kept ? kept : n;
}

static void note_rivals(struct search *s, const struct hit *hits, size_t n)
{
    struct wb_verdict *v = s->v;
    for (size_t i = 0; i < n && v->alternatives < WB_MAX_ALTERNATIVES; i++) {
        const struct wb_entry *rival = hits[i].entry;
        int letters = hits[i].match->letters, most = s->best.match->letters;
        bool listed = rival->cause == s->best.entry->cause || rival->tier < s->best.entry->tier ||
                      !s->causes[rival->cause].rank || letters * 100 < most * NEAR;
        for (int j = 0; j < v->alternatives; j++)
            listed |= v->alternative[j].cause == rival->cause;
        if (listed)
            continue;
        int sum = letters + most;
        v->alternative[v->alternatives++] =
            (struct wb_alternative){rival->cause, (uint16_t)(sum ? letters * 100 / sum : 50)};
    }
}

/*
 * Of equals that of the provider who speaks, where several share their words; then the one that
 * stands first in the catalogue: the order of candidates is chance.
 */
static bool stronger(const struct search *s, const struct hit *a, const struct hit *b)
{
    if (!b->entry)
        return true;
    int x = strength(s, a), y = strength(s, b);
    if (x != y)
        return x > y;
    bool a_speaks = speaks(s->context, a->entry), b_speaks = speaks(s->context, b->entry);
    return a_speaks != b_speaks ? a_speaks : a->entry < b->entry;
}

/* Scans a text and keeps what was found. */
static struct wb_scanned scan_text(struct search *s, struct wb_slice text, int code)
{
    struct wb_scanned scanned = wb_scan_entries(s->cl, text, code, !s->text_count);
    if (s->text_count < MAX_TEXTS)
        s->texts[s->text_count++] = scanned;
    return scanned;
}

/* Whether the text is what a server puts in front of any reply that it hands on. */
static bool only_wraps(const struct search *s, const struct hit *hits, size_t n)
{
    for (size_t i = 0; s->outer && i < n; i++)
        if (hits[i].entry->flags & WB_ENTRY_WRAPPING)
            return true;
    return false;
}

/* True when an entry with a cause decides. */
static bool judge_text(struct search *s, struct wb_slice text, int code)
{
    if (!text.n)
        return false;
    struct wb_scanned scanned = scan_text(s, text, code);
    struct hit hits[MAX_HITS], best = {0};
    s->code = code;
    size_t n = matching_entries(s, &scanned, hits);
    if (only_wraps(s, hits, n))
        return false;
    n = drop_beaten(hits, n);
    for (size_t i = 0; i < n; i++)
        if (stronger(s, &hits[i], &best))
            best = hits[i];
    if (!best.entry || (s->best.entry && strength(s, &best) <= strength(s, &s->best)))
        return false;
    s->best = best;
    s->best_text = scanned;
    s->v->alternatives = 0;
    note_rivals(s, hits, n);
    return tier_of(&best) > WB_TIER_GENERAL && s->causes[best.entry->cause].rank;
}

/*
 * A server that asked back whether the sender exists quotes the answer it got: its own reply says
 * whom that is about, and the codes are its own.
 */
static bool judge_quoting(struct search *s, const struct wb_layer *layer)
{
    struct wb_scanned scanned = scan_text(s, layer->text, layer->code);
    s->code = layer->code;
    for (size_t i = 0; i < scanned.n && scanned.matches[i].tier > WB_TIER_FACT; i++) {
        struct wb_match *match = &scanned.matches[i];
        const struct wb_entry *e = &s->entries[match->entry];
        if (!(e->flags & WB_ENTRY_QUOTING) || match->state == WB_MATCH_NO ||
            wb_left_out(s->cl, match->entry) || !applies(s, e) ||
            !wb_match_holds(s->cl, &scanned, match))
            continue;
        s->best = (struct hit){e, match, false};
        s->best_text = scanned;
        s->v->alternatives = 0;
        s->reply_code = layer->code;
        s->status = layer->status;
        return true;
    }
    return false;
}

/* The layers of a text, innermost first, each alone. */
static bool judge_layers(struct search *s, const struct wb_layers *layers)
{
    for (int i = layers->n; i-- > 0;) {
        int code = layers->layer[i].code;
        bool success = code >= 200 && code < 400; /* "250 accepted (virus scanned)" */
        s->outer = i + 1 < layers->n;
        if (success || !judge_text(s, layers->layer[i].text, code))
            continue;
        while (i-- > 0)
            if (layers->layer[i].code >= 400 && judge_quoting(s, &layers->layer[i]))
                break;
        s->outer = false;
        return true;
    }
    s->outer = false;
    return false;
}

/* ---- codes ---- */

/* In a failure "221 bye" and "250 ok" are what was said before or behind the refusal. */
static int innermost_code(const struct wb_layers *layers, bool failure)
{
    for (int i = layers->n; i-- > 0;)
        if (layers->layer[i].code >= (failure ? 400 : 1))
            return layers->layer[i].code;
    return 0;
}

static struct wb_code innermost_status(const struct wb_layers *layers)
{
    for (int i = layers->n; i-- > 0;)
        if (layers->layer[i].status.class)
            return layers->layer[i].status;
    return (struct wb_code){0};
}

static bool says_nothing(struct wb_code code)
{
    return code.class == 0 || (code.subject == 0 && code.detail == 0);
}

static uint16_t speaker(const struct wb_context *context)
{
    if (context->remote != WB_NO_INDEX)
        return context->remote;
    return context->recipient != WB_NO_INDEX ? context->recipient : context->reporter;
}

static enum wb_stage find_stage(const struct wb_evidence *e, const struct wb_layers *diagnostic,
                                const struct wb_layers *explanation)
{
    if (e->stage)
        return e->stage;
    return diagnostic->stage ? diagnostic->stage : explanation->stage;
}

/* Which codes count: those of the innermost reply; the Status field where no reply has one. */
static void find_codes(struct search *s, const struct wb_layers *diagnostic,
                       const struct wb_layers *explanation)
{
    const struct wb_evidence *e = s->evidence;
    bool failure = s->context->kind == WB_KIND_BOUNCE || s->context->kind == WB_KIND_DELAY;
    s->reply_code = innermost_code(diagnostic, failure);
    if (!s->reply_code)
        s->reply_code = innermost_code(explanation, failure);
    s->status = innermost_status(diagnostic);
    if (says_nothing(s->status)) {
        struct wb_code told = innermost_status(explanation);
        if (told.class && (!s->status.class || !says_nothing(told)))
            s->status = told;
    }
    bool field_counts = e->status.class && !(s->context->status_empty && says_nothing(e->status));
    if (says_nothing(s->status) && (field_counts || !s->status.class))
        s->status = e->status;
    s->stage = find_stage(e, diagnostic, explanation);
    const struct wb_status_meaning *meaning =
        wb_cat_status(s->cl->cat, s->status, speaker(s->context));
    s->agreeing = meaning && meaning->trust >= WB_TRUST_MID ? meaning->cause : WB_NO_INDEX;
}

static void take_alternatives(struct wb_verdict *v, const uint16_t *cause, const uint16_t *weight,
                              int n)
{
    for (int i = 0; i < n && v->alternatives < WB_MAX_ALTERNATIVES; i++)
        v->alternative[v->alternatives++] = (struct wb_alternative){cause[i], weight[i]};
}

static bool judge_status(struct search *s, enum wb_trust least)
{
    const struct wb_catalogue *cat = s->cl->cat;
    const struct wb_status_meaning *m = wb_cat_status(cat, s->status, speaker(s->context));
    if (!m || m->cause == WB_NO_INDEX || m->trust < least)
        return false;
    struct wb_verdict *v = s->v;
    s->best.entry = NULL;
    v->cause = m->cause;
    v->detail = wb_cat_str(cat, m->detail);
    v->rule = wb_cat_str(cat, m->rule);
    v->confidence = m->certain                 ? WB_CONFIDENCE_CERTAIN
                    : m->trust >= WB_TRUST_MID ? WB_CONFIDENCE_FAIR
                                               : WB_CONFIDENCE_WEAK;
    v->alternatives = 0;
    take_alternatives(v, m->alternative, m->weight, m->alternatives);
    v->first_line = m->first_line;
    v->lines = m->lines;
    if (m->provider != WB_NO_INDEX)
        v->provider = m->provider;
    return true;
}

static bool judge_reply_code(struct search *s)
{
    const struct wb_catalogue *cat = s->cl->cat;
    const struct wb_reply_meaning *m = wb_cat_reply(cat, s->reply_code, s->stage);
    if (!m || m->cause == WB_NO_INDEX)
        return false;
    s->v->cause = m->cause;
    s->v->rule = wb_cat_str(cat, m->rule);
    s->v->confidence = WB_CONFIDENCE_WEAK;
    take_alternatives(s->v, m->alternative, m->weight, m->alternatives);
    return true;
}

/* ---- the verdict ---- */

static void take_entry(struct search *s)
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
    take_alternatives(v, e->alternative, e->weight, e->alternatives);
    const struct wb_match *match = s->best.match;
    struct wb_slice words = wb_slice(s->best_text.folded.p + match->from, match->n);
    v->evidence = wb_unfold(s->cl, &s->best_text, words);
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

/*
 * The suppression invariant: an address is only ever spoken against by a cause that may do so, in
 * a failure that is permanent, by a rule that is sure and leaves no other reading; never where the
 * words say that a mailbox is only barred.
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
                !v->facts.reversible;
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

/*
 * What a mail program shows begins and ends with its own words; the reply in between has decided.
 * They tell that the own server was speaking.
 */
static void scan_wrapping(struct search *s, const struct wb_layers *layers)
{
    for (int i = 0; i < layers->n; i++) {
        bool scanned = false;
        for (int j = 0; j < s->text_count; j++)
            scanned |= s->texts[j].text.p == layers->layer[i].text.p;
        if (!scanned && layers->layer[i].text.n)
            scan_text(s, layers->layer[i].text, layers->layer[i].code);
    }
}

static void finish(struct search *s)
{
    struct wb_verdict *v = s->v;
    const struct wb_cause *cause = &s->causes[v->cause];
    const struct wb_entry *e = s->best.entry;
    for (int i = 0; i < s->text_count; i++)
        wb_take_facts(s->cl, &s->texts[i], v->cause, &v->facts);
    bool own_finding = s->context->by_own && !s->reply_code && !cause->about_another;
    v->own_server = v->facts.own_server || own_finding;
    v->status = s->status;
    v->reply_code = s->reply_code;
    v->stage = s->stage;
    v->permanence = permanence_of(s, cause);
    v->fault = (enum wb_fault)first_set(e ? e->fault : 0, cause->fault);
    v->responsible = (enum wb_responsible)first_set(e ? e->responsible : 0, cause->responsible);
    if (v->own_server)
        own_side(v, cause);
    v->recommendation = recommend(s, cause);
    if (v->provider == WB_NO_INDEX)
        v->provider = speaker(s->context);
}

/* Texts in the order in which they are asked. */
static bool judge_texts(struct search *s, const struct wb_layers *diagnostic,
                        const struct wb_layers *explanation)
{
    const struct wb_evidence *e = s->evidence;
    if (judge_layers(s, diagnostic) || judge_layers(s, explanation))
        return true;
    return judge_text(s, e->supplement, 0) || judge_text(s, e->comment, 0);
}

static void decide(struct search *s, const struct wb_layers *diagnostic,
                   const struct wb_layers *explanation)
{
    if (judge_texts(s, diagnostic, explanation)) {
        take_entry(s);
        return;
    }
    struct hit general = s->best;
    bool hint = general.entry && tier_of(&general) == WB_TIER_HINT;
    if (judge_status(s, hint ? WB_TRUST_MID : WB_TRUST_HIGH))
        return;
    s->best = general;
    struct wb_slice prose = wb_slice_head(s->context->prose, WB_MAX_PROSE_BYTES);
    if ((!general.entry || hint) && judge_text(s, prose, 0)) {
        take_entry(s);
        return;
    }
    if (s->best.entry)
        take_entry(s);
    else if (!judge_status(s, WB_TRUST_LOW) && !judge_reply_code(s))
        s->v->confidence = WB_CONFIDENCE_NONE;
}

/* The first line of a longer reply, "550-5.7.26 ...", and no other behind it. */
static bool first_line_only(struct wb_slice d)
{
    if (d.n < 5 || d.p[3] != '-' || !wb_is_digit(d.p[0]))
        return false;
    struct wb_slice code = wb_slice_head(d, 3), rest = wb_slice_from(d, 4);
    return wb_slice_find(rest, code) == rest.n;
}

/* Some servers report only the first line of a reply, others its first hundred bytes and dots. */
static bool is_cut(const struct wb_evidence *e)
{
    return first_line_only(e->diagnostic) || wb_slice_endsi(e->diagnostic, WB_S("..."));
}

void wb_classify(const struct wb_classifier *cl, const struct wb_context *context,
                 const struct wb_evidence *evidence, struct wb_verdict *verdict_out)
{
    uint32_t n;
    struct wb_layers diagnostic, explanation;
    struct wb_scanned texts[MAX_TEXTS];
    *verdict_out = (struct wb_verdict){
        .cause = wb_cat_unknown(cl->cat),
        .provider = WB_NO_INDEX,
        .facts.blocklist = WB_NO_INDEX,
        .cut = is_cut(evidence),
    };
    struct wb_context here = *context;
    struct search s = {
        .cl = cl,
        .context = &here,
        .evidence = evidence,
        .v = verdict_out,
        .texts = texts,
        .entries = wb_cat_entries(cl->cat, &n),
        .causes = wb_cat_causes(cl->cat, &n),
    };
    size_t mark = wb_arena_mark(cl->arena); /* what is kept points into the evidence */
    wb_reply_layers(evidence->diagnostic, &diagnostic, cl->limits);
    wb_reply_layers(evidence->explanation, &explanation, cl->limits);
    if (here.remote == WB_NO_INDEX && !evidence->remote_mta.n)
        here.remote = wb_provider_named_by(cl, diagnostic.n ? &diagnostic : &explanation);
    find_codes(&s, &diagnostic, &explanation);
    decide(&s, &diagnostic, &explanation);
    verdict_out->diagnostic = evidence->diagnostic.n    ? evidence->diagnostic
                              : evidence->explanation.n ? evidence->explanation
                                                        : evidence->comment;
    wb_take_urls(verdict_out->diagnostic, &verdict_out->facts);
    if (context->headless)
        scan_wrapping(&s, &diagnostic);
    finish(&s);
    wb_arena_release(cl->arena, mark);
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
