/* SPDX-License-Identifier: BSD-2-Clause */
#include "facts.h"

#include "match.h"

static struct wb_slice source_of(const struct wb_scanned *scanned, const uint32_t *map, size_t from,
                                 size_t to)
{
    const char *text = scanned->text.p;
    return wb_slice_rtrim(wb_slice_span(text + map[from], text + map[to]));
}

struct wb_slice wb_unfold(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                          struct wb_slice piece)
{
    size_t from = (size_t)(piece.p - scanned->folded.p), to = from + piece.n;
    struct wb_arena *arena = cl->arena;
    if (scanned->map && piece.n)
        return source_of(scanned, scanned->map, from, to);
    uint32_t *map = wb_arena_alloc(arena, (scanned->text.n + 2) * sizeof *map);
    char *again = wb_arena_alloc(arena, scanned->text.n + 2);
    if (!map || !again || !piece.n)
        return WB_NONE;
    size_t n = wb_fold(scanned->text, scanned->code, again, scanned->text.n + 1, map);
    if (to > n)
        return WB_NONE;
    return source_of(scanned, map, from, to);
}

/* The digits of "7372800", "10" or "7,372,800" as a number; so many digits are no amount. */
static long long number_of(struct wb_slice digits)
{
    long long n = 0;
    for (size_t i = 0; i < digits.n && n < 1000000000000; i++)
        if (wb_is_digit(digits.p[i]))
            n = n * 10 + (digits.p[i] - '0');
    return n;
}

static long long unit_of(const struct wb_catalogue *cat, struct wb_slice told, bool time)
{
    uint32_t n;
    const struct wb_unit *units = wb_cat_units(cat, &n);
    long long worth = 1;
    size_t longest = 0;
    for (uint32_t i = 0; i < n && told.n; i++) {
        struct wb_slice word = wb_cat_str(cat, units[i].word);
        uint32_t its = time ? units[i].seconds : units[i].bytes;
        if (its && word.n > longest && wb_slice_starts(told, word)) {
            longest = word.n;
            worth = its;
        }
    }
    return worth;
}

enum { MOST = 1000000000 }; /* of anything but bytes, and of their units */

/* "1.5" of a unit; "7.372.800", as half of Europe writes it, without one. */
static long long amount_of(struct wb_slice text, long long factor)
{
    size_t dot = wb_slice_chr(text, '.');
    struct wb_slice tail = wb_slice_from(text, dot + 1);
    bool groups = wb_slice_chr(tail, '.') < tail.n || (factor == 1 && tail.n == 3);
    long long n = number_of(groups ? text : wb_slice_head(text, dot)), part = 1;
    if (factor > 1 && n > MOST)
        return 0;
    n *= factor;
    if (groups || tail.n > 4)
        return n;
    for (size_t i = 0; i < tail.n; i++)
        part *= 10;
    return n + number_of(tail) * factor / part;
}

/* "00:05:00" */
static long long clock_of(struct wb_slice text)
{
    long long seconds = 0;
    size_t colon;
    for (; (colon = wb_slice_chr(text, ':')) < text.n; text = wb_slice_from(text, colon + 1))
        seconds = 60 * (seconds + number_of(wb_slice_head(text, colon)));
    return seconds + number_of(text);
}

static long long measured(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                          const struct wb_match *match, enum wb_fact fact)
{
    struct wb_slice number = wb_match_told(scanned, match, WB_TOLD_NUMBER);
    struct wb_slice unit = wb_match_told(scanned, match, WB_TOLD_UNIT);
    bool time = fact == WB_FACT_RETRY_AFTER;
    if (time && wb_slice_chr(number, ':') < number.n)
        return clock_of(number);
    return amount_of(number, unit_of(cl->cat, unit, time));
}

/* As written. */
static struct wb_slice named(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                             const struct wb_match *match, enum wb_told_name name)
{
    struct wb_slice told = wb_match_told(scanned, match, name);
    return told.n ? wb_unfold(cl, scanned, told) : WB_NONE;
}

static void keep_larger(long long *to, long long n)
{
    if (n > *to)
        *to = n;
}

/* What a list answers, or a joke of DNS: nobody connects from there. */
static bool is_loopback(struct wb_slice ip)
{
    return wb_slice_starts(ip, WB_S("127.")) || wb_slice_eq(ip, WB_S("::1"));
}

static void take_fact(const struct wb_classifier *cl, const struct wb_scanned *scanned,
                      const struct wb_match *match, const struct wb_entry *entry,
                      struct wb_facts *facts)
{
    enum wb_fact fact = (enum wb_fact)entry->fact;
    struct wb_slice ip = named(cl, scanned, match, WB_TOLD_IP);
    struct wb_slice list = named(cl, scanned, match, WB_TOLD_LIST);
    struct wb_slice code = named(cl, scanned, match, WB_TOLD_CODE);
    if (ip.n && !facts->client_ip.n && !is_loopback(ip))
        facts->client_ip = wb_reply_ip(ip);
    if (list.n && !facts->blocklist_name.n)
        facts->blocklist_name = list;
    if (code.n && !facts->provider_code.n)
        facts->provider_code = code;
    switch (fact) {
    case WB_FACT_SIZE_LIMIT:
        keep_larger(&facts->size_limit, measured(cl, scanned, match, fact));
        break;
    case WB_FACT_MESSAGE_SIZE:
        keep_larger(&facts->message_size, measured(cl, scanned, match, fact));
        break;
    case WB_FACT_RECIPIENT_LIMIT:
        keep_larger(&facts->recipient_limit, measured(cl, scanned, match, fact));
        break;
    case WB_FACT_RETRY_AFTER:
        keep_larger(&facts->retry_after, measured(cl, scanned, match, fact));
        break;
    case WB_FACT_BLOCKLIST:
        if (entry->blocklist != WB_NO_INDEX && facts->blocklist == WB_NO_INDEX)
            facts->blocklist = entry->blocklist;
        break;
    case WB_FACT_OWN_SERVER: facts->own_server = true; break;
    case WB_FACT_REVERSIBLE: facts->reversible = true; break;
    default: break;
    }
}

bool wb_take_facts(const struct wb_classifier *cl, const struct wb_scanned *scanned, uint16_t cause,
                   struct wb_facts *facts)
{
    uint32_t count;
    const struct wb_entry *entries = wb_cat_entries(cl->cat, &count);
    bool told = false;
    for (size_t i = scanned->first_told; i < scanned->n; i++) {
        if (!scanned->matches[i].tells || scanned->matches[i].state == WB_MATCH_NO)
            continue;
        const struct wb_entry *e = &entries[scanned->matches[i].entry];
        bool matters = e->tier != WB_TIER_FACT || e->over == 0 || e->over & (uint64_t)1 << cause;
        matters &= !wb_left_out(cl, scanned->matches[i].entry);
        if (!matters || !wb_match_holds(cl, scanned, &scanned->matches[i]))
            continue;
        take_fact(cl, scanned, &scanned->matches[i], e, facts);
        told = true;
    }
    if (facts->message_size == facts->size_limit) /* one number, read as both: a bound is named */
        facts->message_size = 0;
    return told;
}

bool wb_in_doubt(const struct wb_classifier *cl, const struct wb_scanned *scanned, uint16_t cause,
                 const struct wb_match *match)
{
    uint32_t count;
    const struct wb_entry *entries = wb_cat_entries(cl->cat, &count);
    for (size_t i = scanned->doubted >> cause & 1 ? scanned->n : 0;
         i-- > 0 && scanned->matches[i].tier == WB_TIER_FACT;) {
        struct wb_match *m = &scanned->matches[i];
        const struct wb_entry *doubt = &entries[m->entry];
        if (doubt->fact != WB_FACT_DOUBT || !(doubt->over & (uint64_t)1 << cause) ||
            m->state == WB_MATCH_NO || wb_left_out(cl, m->entry))
            continue;
        if (wb_match_holds(cl, scanned, m) && m->from < match->from + match->n &&
            match->from < m->from + m->n)
            return true;
    }
    return false;
}

static bool in_url(char c)
{
    static const bool of_url[256] = {
        ['0' ... '9'] = true, ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['-'] = true,
        ['.'] = true,         ['_'] = true,         ['~'] = true,         [':'] = true,
        ['/'] = true,         ['?'] = true,         ['#'] = true,         ['['] = true,
        [']'] = true,         ['@'] = true,         ['!'] = true,         ['$'] = true,
        ['&'] = true,         ['\''] = true,        ['*'] = true,         ['+'] = true,
        [';'] = true,         ['='] = true,         ['%'] = true};
    return of_url[(unsigned char)c];
}

bool wb_may_link(struct wb_slice text)
{
    return wb_slice_find(text, WB_S("http")) < text.n;
}

void wb_take_urls(struct wb_slice text, struct wb_facts *facts)
{
    while (facts->url_count < WB_MAX_URLS) {
        size_t at = wb_slice_find(text, WB_S("http"));
        if (at == text.n)
            return;
        text = wb_slice_from(text, at);
        size_t n = text.n > 4 && text.p[4] == 's' ? 5 : 4;
        if (!wb_slice_starts(wb_slice_from(text, n), WB_S("://"))) {
            text = wb_slice_from(text, 4);
            continue;
        }
        while (n < text.n && in_url(text.p[n]))
            n++;
        while (n && strchr(".,;:!?'])", text.p[n - 1]))
            n--;
        facts->urls[facts->url_count++] = wb_slice_head(text, n);
        text = wb_slice_from(text, n);
    }
}
