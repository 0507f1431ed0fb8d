/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An answer of DNS as it comes from the wire (RFC 1035 4.1). Everything in it may be a lie: counts,
 * lengths, pointers. A name's pointers may only lead backwards, so they end; a name is at most 255
 * bytes (RFC 1035 2.3.4); records beyond the bound are left out.
 */
#include "dns_int.h"

#include "limit_check.h"

enum { HEADER = 12, LONGEST_NAME = 255 };

struct packet {
    const unsigned char *p;
    size_t n;
    size_t at;
    bool broken;
};

static unsigned byte_at(struct packet *m, size_t at)
{
    if (at < m->n)
        return m->p[at];
    m->broken = true;
    return 0;
}

static uint16_t take_16(struct packet *m)
{
    unsigned high = byte_at(m, m->at), low = byte_at(m, m->at + 1);
    m->at += 2;
    return (uint16_t)(high << 8 | low);
}

static uint32_t take_32(struct packet *m)
{
    uint32_t high = take_16(m);
    return high << 16 | take_16(m);
}

/* One byte of a label as a name shows it. */
static void put_label_byte(struct wb_text *out, unsigned c)
{
    if (c > ' ' && c < 127 && c != '.' && c != '\\') {
        wb_text_byte(out, wb_lower((char)c));
        return;
    }
    wb_text_byte(out, '\\');
    wb_text_byte(out, (char)('0' + c / 100));
    wb_text_byte(out, (char)('0' + c / 10 % 10));
    wb_text_byte(out, (char)('0' + c % 10));
}

/* The name that stands here; moves behind it. */
static struct wb_slice take_name(struct packet *m, struct wb_arena *arena)
{
    struct wb_text out = wb_text_open(arena, 4 * LONGEST_NAME);
    size_t at = m->at, lowest = at, total = 0;
    bool jumped = false;
    while (!m->broken) {
        unsigned length = byte_at(m, at);
        if (length >= 0xC0) { /* the rest stands further in front */
            size_t to = (length & 0x3F) << 8 | byte_at(m, at + 1);
            if (!jumped)
                m->at = at + 2;
            jumped = true;
            m->broken |= to >= lowest || to < HEADER;
            lowest = to;
            at = to;
            continue;
        }
        total += length + 1;
        m->broken |= length > 63 || total > LONGEST_NAME || at + length >= m->n;
        if (m->broken || !length)
            break;
        if (out.n)
            wb_text_byte(&out, '.');
        for (size_t i = 1; i <= length; i++)
            put_label_byte(&out, byte_at(m, at + i));
        at += length + 1;
    }
    if (!jumped)
        m->at = at + 1;
    return wb_text_close(&out);
}

static struct wb_slice take_strings(struct packet *m, size_t end, struct wb_arena *arena)
{
    struct wb_text out = wb_text_open(arena, end - m->at);
    while (m->at < end) {
        size_t length = byte_at(m, m->at++);
        m->broken |= length > end - m->at;
        if (m->broken)
            break;
        wb_text_put(&out, wb_slice((const char *)m->p + m->at, length));
        m->at += length;
    }
    m->broken |= out.cut;
    return wb_text_close(&out);
}

/* The data of a record of n bytes. */
static void take_data(struct packet *m, size_t n, struct wb_dns_record *r, struct wb_arena *arena)
{
    size_t end = m->at + n;
    switch (r->type) {
    case WB_DNS_MX:
        r->preference = take_16(m);
        r->data = take_name(m, arena);
        break;
    case WB_DNS_NS:
    case WB_DNS_CNAME:
    case WB_DNS_PTR: r->data = take_name(m, arena); break;
    case WB_DNS_SOA:
        r->data = take_name(m, arena);
        take_name(m, arena);
        r->serial = take_32(m);
        break;
    case WB_DNS_TXT: r->data = take_strings(m, end, arena); break;
    default:
        r->data = wb_arena_copy(arena, wb_slice((const char *)m->p + m->at, n));
        m->broken |= (r->type == WB_DNS_A && n != 4) || (r->type == WB_DNS_AAAA && n != 16) ||
                     r->data.n != n;
    }
    m->broken |= m->at > end;
    m->at = end;
}

/* The answer section: records of the type, and where aliases lead to. */
static void read_answers(struct packet *m, unsigned answers, struct wb_arena *arena,
                         struct wb_dns_question *q)
{
    q->ttl = UINT32_MAX;
    for (unsigned i = 0; i < answers && !m->broken; i++) {
        take_name(m, arena);
        struct wb_dns_record r = {.type = take_16(m)};
        take_16(m); /* the class: it is what was asked for */
        r.ttl = take_32(m);
        size_t n = take_16(m);
        m->broken |= m->at > m->n || n > m->n - m->at;
        if (m->broken)
            return;
        take_data(m, n, &r, arena);
        if (r.ttl < q->ttl)
            q->ttl = r.ttl;
        if (r.type == WB_DNS_CNAME && q->type != WB_DNS_CNAME)
            q->cname = r.data;
        else if (r.type == q->type && q->n < WB_MAX_DNS_RECORDS)
            q->records[q->n++] = r;
    }
}

static enum wb_dns_status status_of(unsigned code, const struct wb_dns_question *q)
{
    switch (code) {
    case 0: return q->n ? WB_DNS_OK : WB_DNS_NODATA;
    case 2: return WB_DNS_SERVFAIL;
    case 3: return q->n ? WB_DNS_OK : WB_DNS_NXDOMAIN;
    case 5: return WB_DNS_REFUSED;
    default: return WB_DNS_BROKEN;
    }
}

void wb_dns_read(struct wb_arena *arena, struct wb_slice packet, struct wb_dns_question *q)
{
    struct packet m = {.p = (const unsigned char *)packet.p, .n = packet.n};
    q->n = 0;
    take_16(&m);
    unsigned flags = take_16(&m), questions = take_16(&m), answers = take_16(&m);
    m.at = HEADER;
    m.broken |= packet.n < HEADER || !(flags & 0x8000) || questions > 1;
    if (questions && !m.broken) {
        take_name(&m, arena);
        m.at += 4;
    }
    size_t most = answers < WB_MAX_DNS_RECORDS ? answers : WB_MAX_DNS_RECORDS;
    q->records = wb_arena_alloc(arena, (most + 1) * sizeof *q->records);
    if (!q->records || m.broken) {
        q->status = WB_DNS_BROKEN;
        return;
    }
    read_answers(&m, answers, arena, q);
    q->status = m.broken ? WB_DNS_BROKEN : status_of(flags & 15, q);
    if (m.broken)
        q->n = 0;
}
