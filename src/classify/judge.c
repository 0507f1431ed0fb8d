/* SPDX-License-Identifier: BSD-2-Clause */
/* What a text says: of the entries that match, the one that wins, and its rivals. */
#include "facts.h"
#include "search.h"

enum {
    MAX_HITS = 192, /* as many as a text has matches */
    AGREES = 6,     /* letters that agreement with the status code is worth */
    NEAR = 60,      /* a rival counts from this percentage of the winner's specificity on */
};

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

/* The cause that the status code suggests: asked only where entries have to be compared. */
static uint16_t agreeing(struct search *s)
{
    if (!s->agreeing_known) {
        const struct wb_status_meaning *m =
            wb_cat_status(s->cl->cat, s->status, speaker(s->context));
        s->agreeing = m && m->trust >= WB_TRUST_MID ? m->cause : WB_NO_INDEX;
        s->agreeing_known = true;
    }
    return s->agreeing;
}

/* The order in which entries win: whether the cause gives way, tier, then specificity. */
static int strength(struct search *s, const struct hit *hit)
{
    const struct wb_entry *e = hit->entry;
    int tier = s->causes[e->cause].rank ? (int)tier_of(hit) : 0;
    int agrees = e->cause == agreeing(s) ? AGREES : 0;
    return tier * 10000 + hit->match->letters + agrees;
}

/*
 * What a provider documents is taken as it is, and so are its other texts where the entry weighs
 * what they may mean, and what gives up nobody anyway.
 */
static bool in_doubt(const struct search *s, const struct wb_scanned *scanned,
                     const struct wb_entry *e, const struct wb_match *match)
{
    if (!scanned->doubted)
        return false;
    bool weighed = e->alternatives && e->provider != WB_NO_INDEX;
    bool matters = e->tier == WB_TIER_PHRASE && !e->recommendation && !weighed;
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
        if (match->state == WB_MATCH_NO || wb_left_out(s->cl, match->entry) ||
            (match->bound && !applies(s, e)) || !wb_match_holds(s->cl, scanned, match))
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
    if (n < 2)
        return n;
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
static bool stronger(struct search *s, const struct hit *a, const struct hit *b)
{
    if (!b->entry)
        return true;
    int x = strength(s, a), y = strength(s, b);
    if (x != y)
        return x > y;
    bool a_speaks = speaks(s->context, a->entry), b_speaks = speaks(s->context, b->entry);
    return a_speaks != b_speaks ? a_speaks : a->entry < b->entry;
}

static struct wb_scanned scan(struct search *s, struct wb_slice text, int code, uint64_t *folding)
{
    struct wb_scanned scanned = wb_scan_entries(s->cl, text, code, !s->text_count, folding);
    if (s->text_count < MAX_TEXTS)
        s->texts[s->text_count++] = scanned;
    return scanned;
}

struct wb_scanned wb_search_layer(struct search *s, const struct wb_known_layers *known, int layer)
{
    const struct wb_layer *l = &known->layers.layer[layer];
    return scan(s, l->text, l->code, wb_folding_of(known, layer));
}

/* Whether the text is what a server puts in front of any reply that it hands on. */
static bool only_wraps(const struct search *s, const struct hit *hits, size_t n)
{
    for (size_t i = 0; s->outer && i < n; i++)
        if (hits[i].entry->flags & WB_ENTRY_WRAPPING)
            return true;
    return false;
}

static bool judge_scanned(struct search *s, const struct wb_scanned *scanned)
{
    struct hit hits[MAX_HITS], best = {0};
    s->code = scanned->code;
    size_t n = matching_entries(s, scanned, hits);
    if (only_wraps(s, hits, n))
        return false;
    n = drop_beaten(hits, n);
    for (size_t i = 0; i < n; i++)
        if (stronger(s, &hits[i], &best))
            best = hits[i];
    if (!best.entry || (s->best.entry && strength(s, &best) <= strength(s, &s->best)))
        return false;
    s->best = best;
    s->best_text = *scanned;
    s->v->alternatives = 0;
    note_rivals(s, hits, n);
    return tier_of(&best) > WB_TIER_GENERAL && s->causes[best.entry->cause].rank;
}

bool wb_judge_text(struct search *s, struct wb_slice text, int code)
{
    if (!text.n)
        return false;
    struct wb_scanned scanned = scan(s, text, code, NULL);
    return judge_scanned(s, &scanned);
}

static bool judge_layer(struct search *s, const struct wb_known_layers *known, int layer)
{
    if (!known->layers.layer[layer].text.n)
        return false;
    bool alone = !s->text_count && !known->codes.may_quote && layer + 1 == known->layers.n;
    struct wb_scanned scanned = wb_search_layer(s, known, layer);
    if (alone && wb_recall_outcome(s, &scanned))
        return true;
    bool decided = judge_scanned(s, &scanned);
    if (!decided)
        s->outcome = NULL;
    return decided;
}

/*
 * A server that asked back whether the sender exists quotes the answer it got: its own reply says
 * whom that is about, and the codes are its own.
 */
static bool judge_quoting(struct search *s, const struct wb_known_layers *known, int at)
{
    const struct wb_layer *layer = &known->layers.layer[at];
    struct wb_scanned scanned = wb_search_layer(s, known, at);
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

bool wb_judge_layers(struct search *s, const struct wb_known_layers *known)
{
    const struct wb_layers *layers = &known->layers;
    for (int i = layers->n; i-- > 0;) {
        int code = layers->layer[i].code;
        bool success = code >= 200 && code < 400; /* "250 accepted (virus scanned)" */
        s->outer = i + 1 < layers->n;
        if (success || !judge_layer(s, known, i))
            continue;
        while (i-- > 0)
            if (layers->layer[i].code >= 400 && judge_quoting(s, known, i))
                break;
        s->outer = false;
        return true;
    }
    s->outer = false;
    return false;
}
