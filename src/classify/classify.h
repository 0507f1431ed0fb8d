/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Evidence to verdict. What a provider documents beats a phrase, a more specific phrase beats a
 * more general one, a phrase beats the enhanced status code (keyed by who says it; the registry's
 * meaning is the last resort), which beats the reply code. The innermost reply of a diagnostic is
 * asked first, each layer alone; prose only where nothing else decides.
 *
 * Deterministic: the same evidence and catalogue give the same verdict. Slices point into the
 * evidence or the catalogue. Nothing fails; what nothing decides gets the cause "unknown".
 */
#ifndef WB_CLASSIFY_H
#define WB_CLASSIFY_H

#include "extract.h"
#include "reply.h"

enum { WB_MAX_URLS = 4 };

/* What a reply states and a remedy needs; 0 or empty: not stated. */
struct wb_facts {
    long long size_limit;   /* bytes */
    long long message_size; /* bytes, as the server counted */
    long long recipient_limit;
    long long retry_after; /* seconds */
    uint16_t blocklist;    /* WB_NO_INDEX: none */
    struct wb_slice blocklist_name;
    struct wb_slice client_ip;
    struct wb_slice provider_code;
    bool own_server; /* the sender's own server or mail program is speaking */
    bool reversible; /* only barred, not closed: may be opened again */
    struct wb_slice urls[WB_MAX_URLS];
    int url_count;
};

struct wb_alternative {
    uint16_t cause;
    uint16_t weight; /* per cent */
};

struct wb_verdict {
    uint16_t cause;
    uint16_t provider; /* WB_NO_INDEX: not known */
    enum wb_confidence confidence;
    enum wb_permanence permanence;
    enum wb_fault fault;
    enum wb_responsible responsible;
    enum wb_recommendation recommendation;
    struct wb_slice detail;
    struct wb_alternative alternative[WB_MAX_ALTERNATIVES];
    int alternatives;
    struct wb_slice rule;     /* which rule decided */
    struct wb_slice evidence; /* the words that decided, as they stand in the diagnostic */
    struct wb_code status;    /* the enhanced status code that counts */
    int reply_code;
    enum wb_stage stage;
    struct wb_slice diagnostic; /* the text that says most about this failure */
    bool own_server;            /* refused by the sender's own server */
    bool cut;                   /* the diagnostic is only the first line of a longer reply */
    uint32_t first_line, lines; /* advice of the deciding rule, beside the cause's */
    wb_str page;                /* page of the provider or blocklist */
    struct wb_facts facts;
};

struct wb_classifier {
    const struct wb_catalogue *cat;
    struct wb_matcher *matcher;
    struct wb_arena *arena;
    wb_limit_set *limits;
    struct wb_cache *cache;
    uint32_t without, without_count; /* entries that do not count: to ask what they are good for */
};

static inline bool wb_left_out(const struct wb_classifier *cl, uint32_t entry)
{
    return entry - cl->without < cl->without_count;
}

/* Who is speaking, for meanings that depend on it. */
struct wb_context {
    enum wb_kind kind;
    uint16_t remote, reporter, recipient; /* providers; WB_NO_INDEX: unknown */
    bool status_empty;                    /* this server's Status field says nothing */
    struct wb_slice prose; /* to be searched when nothing else decides; may be empty */
    bool by_own;           /* the sender's own server reports what it found itself */
    bool headless;         /* a pasted text: the reader's own server may be speaking */
};

/* Judges one recipient. */
void wb_classify(const struct wb_classifier *cl, const struct wb_context *context,
                 const struct wb_evidence *evidence, struct wb_verdict *verdict_out);

/*
 * Where the failing address stands behind a forwarding of the recipient, fault and responsible may
 * lie elsewhere; the first says whether that makes a difference to this verdict.
 */
bool wb_verdict_moves_when_forwarded(const struct wb_classifier *cl,
                                     const struct wb_verdict *verdict);
void wb_verdict_forward(const struct wb_classifier *cl, struct wb_verdict *verdict);

/* True when the prose should still be read: no phrase decided, or the diagnostic was cut. */
bool wb_verdict_wants_prose(const struct wb_verdict *verdict);

#endif
