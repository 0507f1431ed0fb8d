/* SPDX-License-Identifier: BSD-2-Clause */
/* The {places} in advice: which of them a report can fill, and with what. */
#include "advise_int.h"

#include "address.h"
#include "check.h"
#include "original.h"
#include "utf8.h"

enum {
    MAX_LINE = 4096,
    MAX_REPLY = 240, /* of a reply that is quoted for passing on */
    MAX_SUBJECT = 160,
    MAX_WORD = 40,
};

/* ---- what the report says ---- */

static struct wb_slice sender_of(const struct wb_report *r)
{
    const struct wb_original *o = &r->extract->original;
    struct wb_slice from = wb_address_find(o->from);
    return from.n ? from : wb_address_find(o->envelope_from);
}

static bool has_blocklist(const struct wb_facts *f)
{
    return f->blocklist != WB_NO_INDEX || f->blocklist_name.n;
}

static const struct wb_blocklist *blocklist_of(const struct wb_report *r)
{
    uint32_t n;
    uint16_t i = r->verdict.facts.blocklist;
    return i == WB_NO_INDEX ? NULL : &wb_cat_blocklists(r->cat, &n)[i];
}

static struct wb_time retry_until(const struct wb_report *r)
{
    return r->evidence->retry_until.known ? r->evidence->retry_until : r->extract->retry_until;
}

static wb_str page_of(const struct wb_report *r)
{
    const struct wb_blocklist *list = blocklist_of(r);
    return list && list->page ? list->page : r->verdict.page;
}

static bool within(struct wb_slice domain, struct wb_slice other)
{
    return wb_slice_endsi(domain, other) &&
           (domain.n == other.n || domain.p[domain.n - other.n - 1] == '.');
}

/* The message that came back names a sender of another domain than the one that got the report. */
static bool is_foreign(const struct wb_report *r)
{
    const struct wb_extract *ex = r->extract;
    if (ex->bare || ex->original.part == WB_NO_PART || ex->original.list_id.n)
        return false;
    const struct wb_header *to = wb_mail_header(ex->mail, 0, WB_H_TO);
    struct wb_slice reader = wb_address_domain(wb_address_find(wb_mail_value(ex->mail, to)));
    struct wb_slice from = wb_address_domain(wb_address_find(ex->original.from));
    return reader.n && from.n && !within(reader, from) && !within(from, reader);
}

uint32_t wb_conditions(const struct wb_report *r)
{
    const struct wb_verdict *v = &r->verdict;
    const struct wb_facts *f = &v->facts;
    const struct wb_original *o = &r->extract->original;
    const bool true_of[WB_IF_COUNT] = {
        [WB_IF_PERMANENT] = v->permanence == WB_PERMANENCE_PERMANENT,
        [WB_IF_TEMPORARY] = v->permanence == WB_PERMANENCE_TEMPORARY,
        [WB_IF_DELAY] = r->kind == WB_KIND_DELAY,
        [WB_IF_OWN_SERVER] = v->own_server,
        [WB_IF_FORWARDED] = wb_extract_written_to(r->extract, r->evidence).n > 0,
        [WB_IF_RECIPIENT] = r->evidence->address.n > 0,
        [WB_IF_SIZE_LIMIT] = f->size_limit > 0,
        [WB_IF_MESSAGE_SIZE] = f->message_size > 0 || o->bytes > 0,
        [WB_IF_RECIPIENT_LIMIT] = f->recipient_limit > 0,
        [WB_IF_RETRY_AFTER] = f->retry_after > 0,
        [WB_IF_RETRY_UNTIL] = retry_until(r).known,
        [WB_IF_BLOCKLIST] = has_blocklist(f),
        [WB_IF_PAGE] = page_of(r) != 0,
        [WB_IF_CLIENT_IP] = f->client_ip.n > 0,
        [WB_IF_PROVIDER] = v->provider != WB_NO_INDEX,
        [WB_IF_REMOTE_MTA] = wb_speaker_host(r).n > 0,
        [WB_IF_REPLY] = v->diagnostic.n > 0,
        [WB_IF_SENDER] = sender_of(r).n > 0,
        [WB_IF_SUBJECT] = o->subject.n > 0,
        [WB_IF_SENT] = wb_original_sent(r->extract).known,
        [WB_IF_RETURNED] = o->part != WB_NO_PART,
        [WB_IF_FOREIGN] = is_foreign(r),
        [WB_IF_SURE] = v->confidence >= WB_CONFIDENCE_STRONG,
    };
    uint32_t holds = 0;
    for (int i = 0; i < WB_IF_COUNT; i++)
        holds |= (uint32_t)true_of[i] << i;
    return holds;
}

/* ---- amounts ---- */

static struct wb_slice printed_number(const struct wb_case *c, long long n)
{
    char digits[24];
    size_t i = sizeof digits;
    do
        digits[--i] = (char)('0' + n % 10);
    while (n /= 10);
    return wb_arena_copy(c->adviser->arena, wb_slice(digits + i, sizeof digits - i));
}

/* "7.0 MB", "512 KB": units of 1024, as mail servers count. */
static struct wb_slice size(const struct wb_case *c, long long bytes)
{
    struct wb_arena *arena = c->adviser->arena;
    long long unit = bytes < 1 << 20 ? 1 << 10 : 1 << 20;
    const char *name = bytes < 1 << 20 ? " KB" : " MB";
    if (bytes > (long long)1000 << 20) {
        unit = 1 << 30;
        name = " GB";
    }
    long long tenths = (bytes * 10 + unit / 2) / unit;
    bool whole = unit == 1 << 10 || tenths >= 1000;
    struct wb_slice number = printed_number(c, tenths / 10);
    char tenth = (char)('0' + tenths % 10);
    struct wb_text out = wb_text_open(arena, 32);
    wb_text_put(&out, number);
    if (!whole) {
        wb_text_byte(&out, '.');
        wb_text_byte(&out, tenth);
    }
    wb_text_put(&out, wb_slice_str(name));
    return wb_text_close(&out);
}

/* Base64 (RFC 2045 6.8) makes 78 bytes, line end included, of 57. */
static long long attachment_limit(long long limit)
{
    return limit / 78 * 57;
}

static struct wb_slice duration(const struct wb_case *c, long long seconds)
{
    static const struct {
        const char *one, *many; /* one: NULL where the smaller unit says it better */
        long long seconds;
    } units[] = {{NULL, "unit.days", 86400},
                 {"unit.hour", "unit.hours", 3600},
                 {"unit.minute", "unit.minutes", 60}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        long long unit = units[i].seconds;
        if (seconds < (units[i].one ? unit : 2 * unit))
            continue;
        long long n = (seconds + unit / 2) / unit;
        return wb_advise_filled(c->adviser, n > 1 ? units[i].many : units[i].one, 1, "n",
                                printed_number(c, n));
    }
    return wb_advise_filled(c->adviser, "unit.seconds", 1, "n", printed_number(c, seconds));
}

/* ---- places ---- */

/* One line without line ends, cut to a length. */
static struct wb_slice short_line(const struct wb_case *c, struct wb_slice text, size_t max)
{
    struct wb_text out = wb_text_open(c->adviser->arena, max + 8);
    bool blank = true;
    size_t i = 0;
    for (; i < text.n && out.n < max; i++) {
        bool space = (unsigned char)text.p[i] <= ' ';
        if (!space || !blank)
            wb_text_byte(&out, space ? ' ' : text.p[i]);
        blank = space;
    }
    bool cut = i < text.n;
    out.n = cut ? wb_utf8_head(wb_slice(out.p, out.n), out.n - 1).n : out.n;
    for (size_t n = out.n; cut && n && out.n - n < MAX_WORD; n--)
        if (out.p[n - 1] == ' ') { /* not inside a word, if that costs little */
            out.n = n;
            break;
        }
    while (out.n && out.p[out.n - 1] == ' ')
        out.n--;
    if (cut)
        wb_text_put(&out, WB_S(" …"));
    return wb_text_close(&out);
}

/* As the sender knows them: where mail was passed on, the address that was written to. */
static struct wb_slice all_recipients(const struct wb_case *c)
{
    struct wb_slice first = wb_extract_written_to(c->report->extract, c->report->evidence);
    if (!first.n)
        first = c->report->evidence->address;
    if (c->together < 2 || !first.n)
        return first;
    long long others = (long long)c->together - (c->adviser->language == WB_ENGLISH);
    return wb_advise_filled(c->adviser, c->together == 2 ? "amount.other" : "amount.others", 2,
                            "first", first, "n", printed_number(c, others));
}

/* Where the report has a code and no words: "“5.1.1 = Bad destination mailbox address”". */
static struct wb_slice quoted_code(const struct wb_case *c)
{
    const struct wb_report *r = c->report;
    struct wb_slice meaning = wb_advise_status(c->adviser, r);
    if (!meaning.n || !r->verdict.status.class)
        return WB_NONE;
    struct wb_text out = wb_text_open(c->adviser->arena, meaning.n + 24);
    wb_text_put(&out, wb_slice_str(r->status_text));
    wb_text_put(&out, WB_S(" = "));
    wb_text_put(&out, meaning);
    return wb_advise_filled(c->adviser, "amount.quoted", 1, "text", wb_text_close(&out));
}

/* Without quotes around it, and without a bracket that was opened in front of it. */
static struct wb_slice unwrapped(struct wb_slice text)
{
    if (text.n > 2 && text.p[0] == '"' && text.p[text.n - 1] == '"')
        return wb_slice(text.p + 1, text.n - 2);
    char last = text.n ? text.p[text.n - 1] : ' ';
    char open = last == '>' ? '<' : last == ']' ? '[' : last == ')' ? '(' : '\0';
    bool alone = open && wb_slice_chr(text, open) == text.n;
    return alone ? wb_slice_head(text, text.n - 1) : text;
}

static struct wb_slice quoted_reply(const struct wb_case *c)
{
    struct wb_slice reply = unwrapped(wb_telling_reply(c));
    if (!reply.n)
        return quoted_code(c);
    while (reply.n && strchr(". ", reply.p[reply.n - 1])) /* the sentence has its own full stop */
        reply.n--;
    return reply.n ? wb_advise_filled(c->adviser, "amount.quoted", 1, "text",
                                      short_line(c, reply, MAX_REPLY))
                   : WB_NONE;
}

static struct wb_slice list_name(const struct wb_case *c)
{
    const struct wb_blocklist *list = blocklist_of(c->report);
    return list ? wb_cat_str(c->adviser->cat, list->name) : c->report->verdict.facts.blocklist_name;
}

/* A page's address with {ip} in it filled; without the question where there is no {ip}. */
static struct wb_slice page(const struct wb_case *c, wb_str ref)
{
    struct wb_slice text = wb_cat_str(c->adviser->cat, ref), mark = WB_S("{ip}");
    size_t at = wb_slice_find(text, mark);
    if (at == text.n)
        return text;
    if (!c->report->verdict.facts.client_ip.n)
        return wb_slice_head(text, wb_slice_chr(wb_slice_head(text, at), '?'));
    struct wb_text out = wb_text_open(c->adviser->arena, text.n + 64);
    wb_text_put(&out, wb_slice_head(text, at));
    wb_text_put(&out, c->report->verdict.facts.client_ip);
    wb_text_put(&out, wb_slice_from(text, at + mark.n));
    return wb_text_close(&out);
}

static struct wb_slice list_page(const struct wb_case *c)
{
    const struct wb_blocklist *list = blocklist_of(c->report);
    if (list && list->page)
        return page(c, list->page);
    const struct wb_facts *f = &c->report->verdict.facts;
    return f->url_count ? f->urls[0] : WB_NONE;
}

static struct wb_slice provider_name(const struct wb_case *c)
{
    uint32_t n;
    uint16_t i = c->report->verdict.provider;
    const struct wb_catalogue *cat = c->adviser->cat;
    return i == WB_NO_INDEX
               ? WB_NONE
               : wb_cat_str(cat, wb_cat_providers(cat, &n)[i].name[c->adviser->language]);
}

/* Dates are shown without their year when the report itself is of that year. */
static struct wb_slice moment(const struct wb_case *c, struct wb_time t)
{
    const struct wb_extract *ex = c->report->extract;
    struct wb_slice dated =
        ex->bare ? WB_NONE : wb_mail_value(ex->mail, wb_mail_header(ex->mail, 0, WB_H_DATE));
    struct wb_time now = ex->arrival.known ? ex->arrival : wb_date_parse(dated);
    int year = now.known ? wb_date_local(now).year : -1;
    return t.known ? wb_advise_time(c->adviser, t, year) : WB_NONE;
}

/* " of 2 March 09:40", for whoever looks into logs; empty when it is not known. */
static struct wb_slice when_sent(const struct wb_case *c)
{
    struct wb_slice time = moment(c, wb_original_sent(c->report->extract));
    return time.n ? wb_advise_filled(c->adviser, "amount.when", 1, "time", time) : WB_NONE;
}

/* What the reader can show to others: nobody has a returned mail while delivery goes on. */
static struct wb_slice shown_report(const struct wb_case *c)
{
    if (c->report->kind == WB_KIND_DELAY)
        return wb_advise_word(c->adviser, "report.delay");
    bool program = c->report->extract->bare && c->report->verdict.own_server;
    return program ? wb_advise_word(c->adviser, "report.program") : WB_NONE;
}

static struct wb_slice refused(const struct wb_case *c)
{
    bool delay = c->report->kind == WB_KIND_DELAY;
    return delay ? wb_advise_word(c->adviser, "refused.delay") : WB_NONE;
}

static struct wb_slice positive(const struct wb_case *c, long long n,
                                struct wb_slice (*print)(const struct wb_case *, long long))
{
    return n > 0 ? print(c, n) : WB_NONE;
}

static struct wb_slice place_value(const struct wb_case *c, enum wb_place place)
{
    const struct wb_report *r = c->report;
    const struct wb_facts *f = &r->verdict.facts;
    switch (place) {
    case WB_PLACE_RECIPIENT: return r->evidence->address;
    case WB_PLACE_RECIPIENTS: return all_recipients(c);
    case WB_PLACE_ORIGINAL: return wb_extract_written_to(r->extract, r->evidence);
    case WB_PLACE_DOMAIN: return wb_address_domain(r->evidence->address);
    case WB_PLACE_SENDER: return sender_of(r);
    case WB_PLACE_SENDER_DOMAIN: return wb_address_domain(sender_of(r));
    case WB_PLACE_SUBJECT: return short_line(c, r->extract->original.subject, MAX_SUBJECT);
    case WB_PLACE_SENT: return moment(c, wb_original_sent(r->extract));
    case WB_PLACE_WHEN: return when_sent(c);
    case WB_PLACE_REPLY: return quoted_reply(c);
    case WB_PLACE_REMOTE:
        return wb_speaker_host(r).n ? wb_speaker_host(r) : wb_address_domain(r->evidence->address);
    case WB_PLACE_SERVER: return wb_speaker_words(c);
    case WB_PLACE_IP: return f->client_ip;
    case WB_PLACE_LIST: return list_name(c);
    case WB_PLACE_LIST_PAGE: return list_page(c);
    case WB_PLACE_PAGE: return page(c, page_of(r));
    case WB_PLACE_PROVIDER: return provider_name(c);
    case WB_PLACE_SIZE_LIMIT: return positive(c, f->size_limit, size);
    case WB_PLACE_ATTACHMENT_LIMIT: return positive(c, attachment_limit(f->size_limit), size);
    case WB_PLACE_MESSAGE_SIZE:
        return positive(c, f->message_size ? f->message_size : r->extract->original.bytes, size);
    case WB_PLACE_RECIPIENT_LIMIT: return positive(c, f->recipient_limit, printed_number);
    case WB_PLACE_RETRY_AFTER: return positive(c, f->retry_after, duration);
    case WB_PLACE_RETRY_UNTIL: return moment(c, retry_until(r));
    case WB_PLACE_REPORT: return shown_report(c);
    case WB_PLACE_REFUSED: return refused(c);
    case WB_PLACE_COUNT: break;
    }
    return WB_NONE;
}

static const char *const place_names[WB_PLACE_COUNT] = {
#define X(id, name) name,
    WB_PLACES(X)
#undef X
};

struct wb_slice wb_place_text(const struct wb_case *c, enum wb_place place)
{
    WB_CHECK(place < WB_PLACE_COUNT);
    struct wb_slice value = place_value(c, place);
    return value.n ? value : wb_advise_named(c->adviser, "place", wb_slice_str(place_names[place]));
}

static struct wb_slice named_place(const struct wb_case *c, struct wb_slice name)
{
    for (int i = 0; i < WB_PLACE_COUNT; i++)
        if (wb_slice_eq(name, wb_slice_str(place_names[i])))
            return wb_place_text(c, (enum wb_place)i);
    return WB_NONE;
}

enum { MAX_PIECES = 32 };

/* A value that begins a sentence begins with a capital letter, where the words are ours. */
static struct wb_slice begun(const struct wb_case *c, struct wb_slice before, struct wb_slice name,
                             struct wb_slice value)
{
    bool first = !before.n || wb_slice_ends(before, WB_S(". "));
    bool wanted =
        first && value.n && c->adviser->language == WB_ENGLISH && wb_slice_eq(name, WB_S("server"));
    if (!wanted)
        return value;
    char *copy = wb_arena_alloc(c->adviser->arena, value.n);
    if (!copy)
        return value;
    memcpy(copy, value.p, value.n);
    if (copy[0] >= 'a' && copy[0] <= 'z')
        copy[0] = (char)(copy[0] - 'a' + 'A');
    return wb_slice(copy, value.n);
}

/* The values first: while a text is being built nothing else may be taken from the arena. */
struct wb_slice wb_fill(const struct wb_case *c, struct wb_slice text)
{
    struct wb_slice pieces[MAX_PIECES];
    int n = 0;
    if (wb_slice_chr(text, '{') == text.n)
        return text;
    while (text.n && n < MAX_PIECES - 1) {
        size_t open = wb_slice_chr(text, '{');
        pieces[n++] = wb_slice_head(text, open);
        text = wb_slice_from(text, open + 1);
        if (!text.n)
            break;
        struct wb_slice name = wb_slice_cut(&text, '}');
        pieces[n] = begun(c, pieces[n - 1], name, named_place(c, name));
        n++;
    }
    struct wb_text out = wb_text_open(c->adviser->arena, MAX_LINE);
    for (int i = 0; i < n; i++)
        wb_text_put(&out, pieces[i]);
    out.n = wb_close_up(out.p, out.n);
    return wb_text_close(&out);
}
