/* SPDX-License-Identifier: BSD-2-Clause */
/* Which server answered, when a reply is wrapped in words that name it. */
#include "extract_int.h"

#include "reply.h"

static bool in_host_name(char c)
{
    return wb_is_alnum(c) || c == '.' || c == '-';
}

/* A name of several labels; the end of a sentence is none. */
static struct wb_slice host_or_none(struct wb_slice name)
{
    while (name.n && name.p[name.n - 1] == '.')
        name.n--;
    return wb_slice_chr(name, '.') < name.n ? name : WB_NONE;
}

/* Whether a host's name may begin behind this: not in an address, not amidst a word. */
static bool may_precede(char c)
{
    return c != '@' && (unsigned char)c < 0x80;
}

/* Words beside the name of the server which answered, and their bucket in the sieve. */
enum { HOST, SERVER_AT, SHARP, GAVE };

struct clue {
    struct wb_slice words;
    int bucket;
};

/* Where they stand; text.n: nowhere, as most often the sieve tells. */
static size_t find_clue(struct wb_slice text, const struct clue *clue, unsigned buckets)
{
    return buckets >> clue->bucket & 1 ? wb_slice_findi(text, clue->words) : text.n;
}

void wb_extract_open_remotes(struct wb_extract *ex)
{
    struct wb_sieve *sieve = &ex->remotes;
    wb_sieve_add(sieve, WB_S("host"), HOST, true);
    wb_sieve_add(sieve, WB_S("server at "), SERVER_AT, true);
    wb_sieve_add(sieve, WB_S(" #"), SHARP, false);
    wb_sieve_add(sieve, WB_S(" gave this error"), GAVE, true);
}

/* "host mx.example.org[192.0.2.1] said: ...", "Remote Server at mx.example.org (192.0.2.1) ..." */
static struct wb_slice host_behind(struct wb_slice text, unsigned buckets)
{
    static const struct clue leads[] = {
        {{"host ", 5}, HOST}, {{"host: ", 6}, HOST}, {{"server at ", 10}, SERVER_AT}};
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        size_t at = find_clue(text, &leads[i], buckets), n = 0;
        if (at == text.n || wb_slice_findi(text, WB_S(" said")) < at)
            continue;
        struct wb_slice rest = wb_slice_ltrim(wb_slice_from(text, at + leads[i].words.n));
        while (n < rest.n && in_host_name(rest.p[n]))
            n++;
        if (host_or_none(wb_slice_head(rest, n)).n)
            return wb_slice_head(rest, n);
    }
    return WB_NONE;
}

/* "<mx.example.org #5.1.1 smtp; ...>", "mx.example.org gave this error: ..." */
static struct wb_slice host_before(struct wb_slice text, unsigned buckets)
{
    static const struct clue ends[] = {
        {{" #5", 3}, SHARP}, {{" #4", 3}, SHARP}, {{" gave this error", 16}, GAVE}};
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        size_t at = find_clue(text, &ends[i], buckets), from = at;
        while (at < text.n && from > 0 && in_host_name(text.p[from - 1]))
            from--;
        struct wb_slice host = host_or_none(wb_slice_span(text.p + from, text.p + at));
        if (at < text.n && host.n && (from == 0 || may_precede(text.p[from - 1])))
            return host;
    }
    return WB_NONE;
}

void wb_extract_remote(const struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text)
{
    unsigned buckets = wb_sieve_buckets(&ex->remotes, text);
    struct wb_slice host = host_behind(text, buckets);
    if (!host.n && !r->remote_mta.n)
        host = host_before(text, buckets);
    if (!host.n || (r->remote_mta.n && !wb_slice_startsi(r->remote_mta, host)))
        return; /* none, or another one than the fields name */
    if (!r->remote_mta.n)
        r->remote_mta = host;
    struct wb_slice rest = wb_slice_ltrim(wb_slice_span(wb_slice_end(host), wb_slice_end(text)));
    if (rest.n && (rest.p[0] == '[' || rest.p[0] == '('))
        r->remote_ip = wb_reply_ip(wb_slice_head(rest, 48));
}

void wb_extract_remotes(struct wb_extract *ex)
{
    for (uint32_t i = 0; i < ex->recipient_count; i++) {
        struct wb_evidence *r = &ex->recipients[i];
        if (!r->remote_ip.n)
            wb_extract_remote(ex, r, r->diagnostic);
        if (!r->remote_ip.n)
            wb_extract_remote(ex, r, r->explanation);
    }
}
