/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from one more report.
 *
 * Strikes are kept when they have led to a pause or a suppression, for what comes after a release
 * needs them (the invariant), but only those since the last change of the state are counted.
 * Reports may come in any order: an old mailbox is read from its end as well as from its front.
 */
#include "decide.h"
#include "policy_int.h"
#include "store_int.h"
#include "vocab.h"

struct wb_slice wb_address_state_name(enum wb_address_state state)
{
    static const char *const names[] = {"ok", "paused", "suppressed", "probation"};
    return state < WB_ADDRESS_STATES ? wb_slice_str(names[state]) : WB_NONE;
}

struct wb_slice wb_proof_name(enum wb_proof proof)
{
    static const char *const names[] = {"none", "tag", "message-id", "log", "signature"};
    return proof < WB_PROOF_COUNT ? wb_slice_str(names[proof]) : WB_NONE;
}

/* ---- what counts ---- */

static const struct wb_policy_rule *rule_of(const struct wb_policy *policy, struct wb_slice cause)
{
    for (size_t i = 0; i < policy->n; i++) {
        const struct wb_policy_rule *rule = policy->rules + i;
        if (rule->complaints && !cause.n)
            return rule;
        for (size_t j = 0; j < rule->n; j++)
            if (cause.n && wb_slice_eq(rule->causes[j], cause))
                return rule;
    }
    return NULL;
}

static struct wb_slice cause_of(const struct wb_record *record)
{
    bool is_bounce = wb_kind_named(record->kind) == WB_KIND_BOUNCE;
    return is_bounce ? wb_cause_that_counts(record->cause) : WB_NONE;
}

bool wb_policy_counts(const struct wb_policy *policy, const struct wb_record *record)
{
    if (record->proof == WB_PROOF_NONE && !policy->unproven_counts)
        return false;
    return wb_may_count(record) && rule_of(policy, cause_of(record));
}

bool wb_policy_delivers(const struct wb_policy *policy, const struct wb_record *record)
{
    return (record->proof != WB_PROOF_NONE || policy->unproven_counts) &&
           wb_kind_named(record->kind) == WB_KIND_DELIVERED &&
           wb_action_named(record->action) == WB_ACTION_DELIVERED;
}

/* ---- states that run out ---- */

static bool is_over(int64_t until, int64_t now)
{
    return until && until <= now;
}

enum wb_address_state wb_history_state(const struct wb_history *history, int64_t now)
{
    if (!is_over(history->until, now))
        return history->state;
    return history->state == WB_ADDRESS_SUPPRESSED ? WB_ADDRESS_PROBATION : WB_ADDRESS_OK;
}

/* A time so many seconds further on; reports may name times at the end of all. */
static int64_t later(int64_t at, int64_t by)
{
    return at > INT64_MAX - by ? INT64_MAX : at + by;
}

/* A suppression that ran out is a probation from then on, and that one ends some day, too. */
static void settle(const struct wb_policy *policy, struct wb_history *h, int64_t at)
{
    if (h->state == WB_ADDRESS_SUPPRESSED && is_over(h->until, at)) {
        h->state = WB_ADDRESS_PROBATION;
        h->since = h->until;
        h->until = 0;
    }
    int64_t days = policy->probation;
    if (h->state == WB_ADDRESS_PROBATION &&
        (is_over(h->until, at) || (days && later(h->since, (int64_t)days * WB_DAY) <= at)))
        h->state = WB_ADDRESS_OK;
}

/* ---- strikes ---- */

static bool has_failure(const struct wb_history *h, int64_t failure)
{
    for (size_t i = 0; i < h->n && failure; i++)
        if (h->strikes[i].failure == failure)
            return true;
    return false;
}

static void insert(struct wb_history *h, const struct wb_strike *strike)
{
    if (h->n == WB_MAX_STORED_STRIKES) {
        h->n--;
        memmove(h->strikes, h->strikes + 1, h->n * sizeof *h->strikes);
    }
    size_t at = h->n;
    while (at && h->strikes[at - 1].at > strike->at)
        at--;
    memmove(h->strikes + at + 1, h->strikes + at, (h->n - at) * sizeof *h->strikes);
    h->strikes[at] = *strike;
    h->n++;
}

/* One a day; a clear one takes the place of one that was not. */
static bool add_strike(struct wb_history *h, const struct wb_strike *strike)
{
    if (has_failure(h, strike->failure))
        return false;
    for (size_t i = 0; i < h->n; i++) {
        if (h->strikes[i].at / WB_DAY != strike->at / WB_DAY)
            continue;
        if (h->strikes[i].clear || !strike->clear)
            return false;
        h->strikes[i] = *strike;
        return true;
    }
    insert(h, strike);
    return true;
}

static bool is_of(const struct wb_policy_rule *rule, const struct wb_strike *strike)
{
    if (rule->complaints)
        return !strike->cause.n;
    for (size_t i = 0; i < rule->n; i++)
        if (wb_slice_eq(rule->causes[i], strike->cause))
            return true;
    return false;
}

/* The most strikes of the rule in any window that holds this one. */
static int most_within(const struct wb_policy_rule *rule, const struct wb_history *h, int64_t at)
{
    int most = 0;
    int64_t window = (int64_t)rule->within * WB_DAY;
    for (size_t i = 0; i < h->n && h->strikes[i].at <= at; i++) {
        int n = 0;
        int64_t first = h->strikes[i].at;
        if (later(first, window) <= at)
            continue;
        for (size_t j = i; j < h->n && h->strikes[j].at < later(first, window); j++)
            n += h->strikes[j].at > h->since && is_of(rule, h->strikes + j);
        most = n > most ? n : most;
    }
    return most;
}

/* ---- decisions ---- */

static int64_t latest(const struct wb_history *h, int64_t at)
{
    int64_t last = h->n ? h->strikes[h->n - 1].at : at;
    return last > at ? last : at;
}

static enum wb_outcome pause_it(const struct wb_policy_rule *rule, struct wb_history *h, int64_t at)
{
    bool anew = h->pauses && later(h->since, (int64_t)rule->pauses_within * WB_DAY) < at;
    h->pauses = anew ? 1 : h->pauses + 1;
    h->state = WB_ADDRESS_PAUSED;
    h->since = latest(h, at);
    h->until = later(h->since, (int64_t)rule->pause * WB_DAY);
    return WB_OUTCOME_PAUSE;
}

static bool was_paused_enough(const struct wb_policy_rule *rule, const struct wb_history *h,
                              int64_t at)
{
    return rule->pauses && h->pauses >= (unsigned)rule->pauses &&
           later(h->since, (int64_t)rule->pauses_within * WB_DAY) >= at;
}

static enum wb_outcome judge(const struct wb_policy *policy, const struct wb_policy_rule *rule,
                             struct wb_history *h, const struct wb_strike *strike)
{
    bool on_probation = h->state == WB_ADDRESS_PROBATION;
    if (!on_probation && most_within(rule, h, strike->at) < rule->strikes)
        return WB_OUTCOME_STRIKE;
    if (!rule->suppress && !on_probation && !was_paused_enough(rule, h, strike->at))
        return pause_it(rule, h, strike->at);
    if (!wb_may_suppress(h->strikes, h->n, strike))
        return WB_OUTCOME_STRIKE;
    h->state = WB_ADDRESS_SUPPRESSED;
    h->since = latest(h, strike->at);
    h->until = policy->expires ? later(h->since, (int64_t)policy->expires * WB_DAY) : 0;
    return WB_OUTCOME_SUPPRESS;
}

enum wb_outcome wb_policy_decide(const struct wb_policy *policy, struct wb_history *history,
                                 const struct wb_record *record, int64_t at)
{
    if (!wb_policy_counts(policy, record))
        return WB_OUTCOME_NOTHING;
    struct wb_strike strike = {
        .at = at,
        .failure = wb_failure_number(record->failure_key),
        .cause = cause_of(record),
        .clear = wb_recommendation_named(record->recommendation) == WB_RECOMMENDATION_SUPPRESS,
        .is_new = true,
    };
    const struct wb_policy_rule *rule = rule_of(policy, strike.cause);
    wb_id_bytes(record->report_id, strike.report_id);
    settle(policy, history, at);
    bool is_paused = history->state == WB_ADDRESS_PAUSED && !is_over(history->until, at);
    if (history->state == WB_ADDRESS_SUPPRESSED || at <= history->delivered ||
        (history->since && at <= history->since) || (is_paused && !rule->suppress))
        return WB_OUTCOME_NOTHING;
    if (!add_strike(history, &strike))
        return WB_OUTCOME_NOTHING;
    return judge(policy, rule, history, &strike);
}

bool wb_history_deliver(struct wb_history *history, int64_t at)
{
    size_t kept = 0, before = history->n;
    unsigned pauses = history->pauses;
    enum wb_address_state state = history->state;
    if (at <= history->delivered)
        return false;
    history->delivered = at;
    for (size_t i = 0; i < before; i++)
        if (history->strikes[i].at > at)
            history->strikes[kept++] = history->strikes[i];
    history->n = kept;
    if (history->since > at)
        return kept < before;
    history->pauses = 0;
    if (state == WB_ADDRESS_PAUSED || state == WB_ADDRESS_PROBATION) {
        history->state = WB_ADDRESS_OK;
        history->since = at;
        history->until = 0;
    }
    return kept < before || pauses || history->state != state;
}
