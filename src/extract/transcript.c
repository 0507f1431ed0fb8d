/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The transcript of a session that a report quotes: commands and their answers, and beside them the
 * server's own words. Which answer is about whom is worked out when all of it is known.
 *
 *     >>> RCPT To:<a@example.org>
 *     <<< 550 5.1.1 no such user
 *     550 5.1.1 <a@example.org>... User unknown
 */
#include "prose_int.h"

#include "address.h"
#include "reason.h"
#include "reply.h"

static void note_transcript(struct wb_prose_reader *rd, const struct wb_groups *groups)
{
    if (!rd->transcript)
        rd->transcript = groups->whole.p;
}

void wb_command_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_groups *groups)
{
    wb_close_reason(rd);
    note_transcript(rd, groups);
    struct wb_slice command = wb_captured(pattern, groups, WB_CAPTURE_COMMAND);
    struct wb_slice host = wb_captured(pattern, groups, WB_CAPTURE_REMOTE);
    rd->command = command.n ? command : wb_slice_trim(groups->whole);
    if (host.n)
        rd->host = wb_slice_ends(host, WB_S(".")) ? wb_slice_head(host, host.n - 1) : host;
}

static void add_exchange(struct wb_prose_reader *rd, const struct wb_exchange *x)
{
    if (rd->exchange_count < WB_MAX_EXCHANGES)
        rd->exchanges[rd->exchange_count++] = *x;
}

/*
 * Consecutive lines "550-..." are one answer; what is said on QUIT concerns nobody. DATA is
 * answered once: what stands under it before the last answer was to a recipient (pipelining, RFC
 * 2920).
 */
void wb_reply_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                   const struct wb_groups *groups)
{
    wb_close_reason(rd);
    note_transcript(rd, groups);
    struct wb_slice reply = wb_captured(pattern, groups, WB_CAPTURE_DIAGNOSTIC);
    struct wb_exchange *last = rd->exchange_count ? &rd->exchanges[rd->exchange_count - 1] : NULL;
    bool multi = reply.n > 3 && reply.p[3] == '-';
    if (last && last->goes_on && wb_slice_starts(last->reply, wb_slice_head(reply, 3))) {
        struct wb_slice both[] = {last->reply, reply};
        last->reply = wb_join_lines(rd->ex, both, 2);
        last->goes_on = multi;
        return;
    }
    if (wb_slice_startsi(rd->command, WB_S("QUIT")))
        return;
    enum wb_stage stage = wb_reply_stage_of_command(rd->command);
    for (int i = 0; i < rd->exchange_count && stage == WB_STAGE_DATA; i++)
        if (rd->exchanges[i].to.p == rd->command.p)
            rd->exchanges[i].stage = WB_STAGE_RCPT;
    bool to_rcpt = stage == WB_STAGE_RCPT;
    add_exchange(rd, &(struct wb_exchange){
                         .address = wb_address_find(to_rcpt ? rd->command : reply),
                         .to = rd->command,
                         .reply = reply,
                         .host = rd->host,
                         .stage = stage,
                         .goes_on = multi,
                         .own = reply.n && !wb_is_digit(reply.p[0]),
                     });
}

/* "503 need RCPT": every recipient was refused before, and the server says so to DATA. */
static bool is_sequel(const struct wb_exchange *x)
{
    return x->stage == WB_STAGE_DATA && wb_slice_starts(x->reply, WB_S("503"));
}

static bool is_refusal(const struct wb_exchange *x)
{
    if (is_sequel(x))
        return false;
    char first = x->reply.n >= 3 ? x->reply.p[0] : '2';
    return first == '4' || first == '5' || (x->own && !wb_is_digit(first));
}

/*
 * The server's own words beside the transcript: "550 <a@b>... User unknown". They say whom the
 * answer before was about; as a reason they count only where there was no answer. A pattern may say
 * which address it is: "554 Too many hops 27 (25 max): from sender@a via b, to a@b".
 */
void wb_summary_line(struct wb_prose_reader *rd, const struct wb_line_pattern *pattern,
                     const struct wb_groups *groups)
{
    wb_close_reason(rd);
    note_transcript(rd, groups);
    struct wb_slice text = wb_captured(pattern, groups, WB_CAPTURE_DIAGNOSTIC);
    struct wb_slice named = wb_captured(pattern, groups, WB_CAPTURE_RECIPIENT);
    struct wb_slice address = wb_address_find(named.n ? named : text);
    struct wb_exchange *last = rd->exchange_count ? &rd->exchanges[rd->exchange_count - 1] : NULL;
    if (last && !last->own && is_refusal(last) && !last->address.n && address.n)
        last->address = address;
    add_exchange(rd, &(struct wb_exchange){.address = address, .reply = text, .own = true});
}

static bool speaks_of(const struct wb_exchange *x, const struct wb_evidence *r)
{
    return wb_address_same(x->address, r->address) || wb_address_same(x->address, r->alias) ||
           wb_address_same(x->address, r->original);
}

/* What a server answered that is not the one whose answer ended the recipient's delivery. */
static bool of_another_host(const struct wb_exchange *x, const struct wb_evidence *r)
{
    return x->host.n && r->remote_mta.n && !wb_slice_eqi(x->host, r->remote_mta);
}

/* How well an exchange fits a recipient: an answer that names it, any answer, own words. */
static int fitness(const struct wb_prose_reader *rd, const struct wb_exchange *x,
                   const struct wb_evidence *r)
{
    if (!is_refusal(x))
        return 0;
    if (speaks_of(x, r))
        return x->own ? 2 : 4;
    if (of_another_host(x, r))
        return 0;
    if (x->address.n && wb_find_recipient(rd->ex, x->address))
        return 0; /* it is about somebody else */
    return x->own ? 1 : 3;
}

/* The best exchange for a recipient; of equals the one at its position, else the last. */
static const struct wb_exchange *exchange_for(const struct wb_prose_reader *rd,
                                              const struct wb_evidence *r, uint32_t position)
{
    const struct wb_exchange *best = NULL;
    int best_fitness = 0;
    uint32_t equals = 0;
    for (int i = 0; i < rd->exchange_count; i++) {
        int fit = fitness(rd, &rd->exchanges[i], r);
        if (fit > best_fitness) {
            best = &rd->exchanges[i];
            best_fitness = fit;
            equals = 0;
        } else if (fit && fit == best_fitness && fit < 4 && equals++ < position) {
            best = &rd->exchanges[i];
        }
    }
    return best;
}

/* Very old reports have no list: the summary lines name the recipients. */
static void recipients_of_summary(struct wb_prose_reader *rd)
{
    for (int i = 0; i < rd->exchange_count; i++) {
        const struct wb_exchange *x = &rd->exchanges[i];
        bool named = x->own || x->stage == WB_STAGE_RCPT;
        if (named && is_refusal(x) && x->address.n && !wb_find_recipient(rd->ex, x->address))
            wb_add_recipient(rd->ex, x->address);
    }
}

/* The transcript knows the whole answer. */
void wb_join_transcript(struct wb_prose_reader *rd)
{
    struct wb_extract *ex = rd->ex;
    if (!ex->recipient_count)
        recipients_of_summary(rd);
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_evidence *r = &ex->recipients[i];
        const struct wb_exchange *x = exchange_for(rd, r, i);
        if (!x || (x->own && r->explanation.n))
            continue;
        r->explanation = x->reply;
        if (!r->stage)
            r->stage = x->stage;
        /* what stands beside an answer are commands, and what the server makes of it */
        if (!x->own)
            ex->prose = wb_slice_span(ex->prose.p, rd->transcript);
    }
}
