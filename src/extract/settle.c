/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who failed, once the general reader has gone through a prose that nobody described. It may have
 * found too much: the header of the mail that came back, whoever reads the report. Or nothing,
 * because it does not know the language: then an address that stands in the text, and is neither
 * the reader's nor the mail system's own, is the one that the report is about. Of what a dialect
 * describes only the sender is taken back, if nothing is said of him.
 */
#include "lines.h"

#include "address.h"
#include "sixteen.h"
#include "reply.h"

enum {
    SURELY = 4,   /* the origin of what a mail system surely wrote */
    SPEAKS_SO = 2 /* what the signs of a failure or a delay weigh at least */
};

bool wb_may_name_recipients(const struct wb_extract *ex)
{
    static const enum wb_kind kinds[] = {WB_KIND_BOUNCE, WB_KIND_DELAY, WB_KIND_DELIVERED,
                                         WB_KIND_COMPLAINT};
    int weight = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        weight += ex->kind_weight[kinds[i]];
    return ex->mail->headless || ex->origin > 0 || (ex->origin == 0 && weight >= SPEAKS_SO);
}

bool wb_line_of_other(struct wb_extract *ex, struct wb_slice line)
{
    uint32_t n;
    struct wb_groups groups;
    const struct wb_line_pattern *all = wb_cat_patterns(ex->cat, &n);
    if (!wb_general_fits(ex, WB_ROLE_OTHER, line))
        return false;
    for (uint32_t word = 0; word < ex->line_words; word++) {
        uint64_t bits = wb_general_lines(ex, WB_ROLE_OTHER, word);
        for (; bits; bits &= bits - 1) {
            const struct wb_line_pattern *pattern =
                &all[word * 64 + (uint32_t)__builtin_ctzll(bits)];
            const struct wb_regex *regex = wb_cat_line_regex(ex->cat, pattern);
            if (!wb_regex_may_start(regex, line) ||
                !wb_regex_find(regex, ex->matcher, line, &groups))
                continue;
            int sender = pattern->capture[WB_CAPTURE_SENDER];
            if (sender && !ex->original.from.n)
                ex->original.from = wb_slice_trim(groups.group[sender]);
            return true;
        }
    }
    return false;
}

void wb_leftovers_take(struct wb_extract *ex, struct wb_leftovers *left, struct wb_slice line)
{
    struct wb_slice address = wb_address_find(line);
    left->signed_off |= wb_slice_eq(wb_slice_rtrim(line), WB_S("--"));
    if (left->signed_off || !address.n || wb_line_of_other(ex, line))
        return;
    while (left->count < WB_MAX_LEFTOVERS && (address = wb_address_find(line)).n) {
        line = wb_slice_span(wb_slice_end(address), wb_slice_end(line));
        bool again = false;
        for (uint32_t i = 0; i < left->count; i++)
            again |= wb_address_same(left->addresses[i], address);
        if (!again)
            left->addresses[left->count++] = address;
    }
}

#if defined(__SSE2__)
static __m128i both_dots(__m128i bytes, __m128i behind)
{
    const __m128i dot = _mm_set1_epi8('.');
    return _mm_and_si128(_mm_cmpeq_epi8(bytes, dot), _mm_cmpeq_epi8(behind, dot));
}
#endif

/* Whether two dots stand beside each other. */
static bool has_dots(struct wb_slice s)
{
#if defined(__SSE2__)
    if (s.n >= 17) {
        const char *p = s.p, *last = wb_slice_end(s) - 17;
        __m128i any = _mm_setzero_si128();
        for (; p < last; p += 16)
            any = _mm_or_si128(any, both_dots(wb_sixteen(p), wb_sixteen(p + 1)));
        any = _mm_or_si128(any, both_dots(wb_sixteen(last), wb_sixteen(last + 1)));
        return _mm_movemask_epi8(any);
    }
    if (s.n >= 9)
        return _mm_movemask_epi8(
            both_dots(wb_both_ends(s.p, s.n - 1), wb_both_ends(s.p + 1, s.n - 1)));
#endif
    return wb_slice_find(s, WB_S("..")) < s.n;
}

/* "a@example.org...User unknown": the domain ends before the dots. */
static struct wb_slice before_dots(struct wb_slice address)
{
    if (!has_dots(address)) /* nearly always */
        return address;
    for (size_t i = address.n; i-- > 1 && address.p[i] != '@';)
        if (address.p[i] == '.' && address.p[i - 1] == '.')
            address.n = i - 1;
    return address;
}

struct wb_slice wb_address_in(struct wb_slice text, bool seek)
{
    struct wb_slice address = wb_address_clean(text);
    struct wb_slice found = seek ? wb_address_find(address) : WB_NONE;
    return before_dots(found.n ? found : address);
}

/* Whether it is a word that goes on with a list of addresses. */
static bool joins(const struct wb_extract *ex, struct wb_slice text)
{
    uint32_t n;
    const struct wb_dialect *general = &wb_cat_dialects(ex->cat, &n)[wb_cat_general(ex->cat)];
    struct wb_slice rest = wb_cat_str(ex->cat, general->joins), word;
    while (wb_slice_line(&rest, &word))
        if (wb_slice_eqi(text, word))
            return true;
    return false;
}

/* Whether what stands between two addresses makes a list of them: ", " or " and ". */
static bool goes_on_with(const struct wb_extract *ex, struct wb_slice between)
{
    bool comma = false;
    for (; between.n && strchr(" \t,;<>\"'", between.p[0]); between = wb_slice_from(between, 1))
        comma |= between.p[0] == ',' || between.p[0] == ';';
    while (between.n && strchr(" \t<\"'", between.p[between.n - 1]))
        between = wb_slice_head(between, between.n - 1);
    return between.n ? joins(ex, between) : comma;
}

struct wb_slice wb_address_of_list(const struct wb_extract *ex, struct wb_slice *rest)
{
    struct wb_slice address = wb_address_find(*rest);
    if (!address.n || !goes_on_with(ex, wb_slice_span(rest->p, address.p)))
        return WB_NONE;
    *rest = wb_slice_span(wb_slice_end(address), wb_slice_end(*rest));
    return wb_address_clean(address);
}

static struct wb_slice header_address(const struct wb_extract *ex, enum wb_header_id id)
{
    const struct wb_header *h = wb_mail_header(ex->mail, 0, id);
    return h ? wb_address_find(h->value) : WB_NONE;
}

bool wb_is_own_address(const struct wb_extract *ex, struct wb_slice address)
{
    struct wb_slice local = wb_address_local(address);
    bool service = wb_slice_eqi(local, WB_S("postmaster")) || wb_slice_eqi(local, WB_S("abuse")) ||
                   wb_slice_startsi(local, WB_S("mailer-daemon"));
    return service || wb_address_same(header_address(ex, WB_H_FROM), address);
}

struct wb_slice wb_address_at_home(const struct wb_extract *ex, struct wb_slice name)
{
    struct wb_slice writer = header_address(ex, WB_H_FROM);
    if (!wb_address_valid(writer))
        return name;
    return wb_address_join(ex->arena, name, wb_address_domain(writer));
}

/* "news-bounces@example.org" is where reports on the mail of "news@example.org" go. */
static bool is_mother(struct wb_slice address, struct wb_slice reader)
{
    struct wb_slice local = wb_address_local(address), longer = wb_address_local(reader);
    return local.n && longer.n > local.n && strchr("-+", longer.p[local.n]) &&
           wb_slice_startsi(longer, local) &&
           wb_slice_eqi(wb_address_domain(address), wb_address_domain(reader));
}

bool wb_is_sender(const struct wb_extract *ex, struct wb_slice address)
{
    struct wb_slice reader = header_address(ex, WB_H_TO);
    return wb_address_same(reader, address) || is_mother(address, reader) ||
           wb_address_same(wb_address_find(ex->original.from), address);
}

static void drop(struct wb_extract *ex, uint32_t i)
{
    ex->recipient_count--;
    for (; i < ex->recipient_count; i++)
        ex->recipients[i] = ex->recipients[i + 1];
}

/*
 * Where one of a header's "To: a@example.org, b@example.org" is named again, it is the one that
 * failed, and the others did not.
 */
static void drop_weak(struct wb_extract *ex)
{
    bool both = false;
    for (uint32_t i = 0; i < ex->recipient_count; i++)
        both |= ex->recipients[i].named == (WB_NAMED_WEAK | WB_NAMED_STRONG);
    for (uint32_t i = ex->recipient_count; both && i-- > 0;)
        if (ex->recipients[i].named == WB_NAMED_WEAK)
            drop(ex, i);
}

/* The best of what is left: one of another domain than the mail system's, else the first. */
static struct wb_slice best_leftover(const struct wb_extract *ex, const struct wb_leftovers *left)
{
    struct wb_slice home = wb_address_domain(header_address(ex, WB_H_FROM)), best = WB_NONE;
    for (uint32_t i = 0; i < left->count; i++) {
        struct wb_slice address = left->addresses[i];
        if (wb_is_own_address(ex, address) || wb_is_sender(ex, address))
            continue;
        if (!wb_slice_eqi(wb_address_domain(address), home))
            return address;
        if (!best.n)
            best = address;
    }
    return best;
}

static void drop_sender(struct wb_extract *ex, struct wb_slice instead)
{
    for (uint32_t i = ex->recipient_count; i-- > 0;)
        if ((ex->recipient_count > 1 || instead.n) && wb_is_sender(ex, ex->recipients[i].address))
            drop(ex, i);
}

/* Neither a code nor a status: nothing that a server says of a recipient. */
static bool is_silent(const struct wb_extract *ex, const struct wb_evidence *r)
{
    return !r->status.class && !wb_reply_has_code(r->diagnostic, ex->limits) &&
           !wb_reply_has_code(r->explanation, ex->limits);
}

void wb_drop_silent_sender(struct wb_extract *ex, uint32_t from)
{
    for (uint32_t i = ex->recipient_count; i-- > from && ex->recipient_count > 1;)
        if (wb_is_sender(ex, ex->recipients[i].address) && is_silent(ex, &ex->recipients[i]))
            drop(ex, i);
}

/* "Undeliverable: offer for a@example.org": behind a colon stands the subject of what came back. */
static bool may_be_returned(struct wb_slice subject, struct wb_slice address)
{
    struct wb_slice before = wb_slice_span(subject.p, address.p);
    size_t from = before.n;
    while (from && before.p[from - 1] != ':' &&
           !wb_slice_ends(wb_slice_head(before, from), WB_S("：")))
        from--;
    for (size_t i = from; from && i < before.n; i++)
        if (!strchr(" \t<\"'(", before.p[i]))
            return true;
    return false;
}

struct wb_slice wb_extract_in_subject(struct wb_extract *ex, struct wb_slice *subject_out)
{
    struct wb_leftovers left = {0};
    const struct wb_header *header = wb_mail_header(ex->mail, 0, WB_H_SUBJECT);
    if (!header)
        return WB_NONE;
    *subject_out = wb_mail_text_of_header(ex->mail, header->value);
    struct wb_slice returned = ex->original.subject;
    if (returned.n && wb_slice_find(*subject_out, returned) < subject_out->n)
        return WB_NONE;
    wb_leftovers_take(ex, &left, *subject_out);
    struct wb_slice address = best_leftover(ex, &left);
    return address.n && may_be_returned(*subject_out, address) ? WB_NONE : address;
}

/* "Delivery failure (a@example.org): user unknown": no other place may tell, of whom and why. */
static void take_subject(struct wb_extract *ex)
{
    struct wb_slice subject, address = wb_extract_in_subject(ex, &subject);
    struct wb_evidence *r = address.n ? wb_add_recipient(ex, address) : NULL;
    if (!r)
        return;
    r->named = WB_NAMED_IN_SUBJECT;
    if (!ex->shared.n)
        r->explanation = subject;
}

void wb_settle_recipients(struct wb_extract *ex, const struct wb_leftovers *left)
{
    int speaks = ex->kind_weight[WB_KIND_BOUNCE] + ex->kind_weight[WB_KIND_DELAY];
    struct wb_slice spare = WB_NONE;
    bool asked = ex->origin >= SURELY || ex->mail->headless;
    if (ex->recipient_count <= 1 && asked && speaks >= SPEAKS_SO)
        spare = best_leftover(ex, left);
    drop_weak(ex);
    drop_sender(ex, spare);
    if (!ex->recipient_count && spare.n)
        wb_add_recipient(ex, wb_address_unquote(ex->arena, spare));
    if (!ex->recipient_count && ex->dialect == WB_NO_INDEX && asked && speaks >= SPEAKS_SO)
        take_subject(ex);
}
