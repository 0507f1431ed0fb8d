/* SPDX-License-Identifier: BSD-2-Clause */
/* DNS as a text with a record a line: for tests without a server. */
#include "dns_int.h"

#include <arpa/inet.h>

#include "limit_check.h"

enum { MOST_ALIASES = 8, LONGEST = 4096 };

static const struct {
    const char *name;
    enum wb_dns_type type;
} types[] = {
#define X(name, number) {#name, WB_DNS_##name},
    WB_DNS_TYPES(X)
#undef X
};

static unsigned type_named(struct wb_slice name)
{
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (wb_slice_eq(name, wb_slice_str(types[i].name)))
            return types[i].type;
    return 0;
}

static enum wb_dns_status status_named(struct wb_slice name)
{
    for (enum wb_dns_status s = WB_DNS_OK; s < WB_DNS_BROKEN; s++)
        if (wb_slice_eq(name, wb_dns_status_name(s)))
            return s;
    return WB_DNS_BROKEN;
}

static struct wb_slice take_word(struct wb_slice *rest)
{
    struct wb_slice word = wb_slice_cut(rest, ' ');
    *rest = wb_slice_ltrim(*rest);
    return word;
}

/* \DDD as the byte. */
static struct wb_slice unescaped(struct wb_arena *arena, struct wb_slice s)
{
    struct wb_text out = wb_text_open(arena, LONGEST);
    for (size_t i = 0; i < s.n; i++) {
        bool escape = s.p[i] == '\\' && i + 3 < s.n && wb_is_digit(s.p[i + 1]) &&
                      wb_is_digit(s.p[i + 2]) && wb_is_digit(s.p[i + 3]);
        if (!escape) {
            wb_text_byte(&out, s.p[i]);
            continue;
        }
        wb_text_byte(
            &out, (char)((s.p[i + 1] - '0') * 100 + (s.p[i + 2] - '0') * 10 + (s.p[i + 3] - '0')));
        i += 3;
    }
    return wb_text_close(&out);
}

static struct wb_slice address(struct wb_arena *arena, int family, struct wb_slice text)
{
    char copy[64] = {0}, bytes[16];
    if (text.n >= sizeof copy)
        return WB_NONE;
    memcpy(copy, text.p, text.n);
    if (inet_pton(family, copy, bytes) != 1)
        return WB_NONE;
    return wb_arena_copy(arena, wb_slice(bytes, family == AF_INET ? 4 : 16));
}

static struct wb_dns_record record(struct wb_arena *arena, unsigned type, struct wb_slice data)
{
    struct wb_dns_record r = {.type = (uint16_t)type, .ttl = 3600};
    long long number = 0;
    if (type == WB_DNS_MX) {
        if (wb_slice_number(take_word(&data), &number))
            r.preference = (uint16_t)number;
    } else if (type == WB_DNS_SOA) {
        struct wb_slice name = take_word(&data);
        if (wb_slice_number(take_word(&data), &number))
            r.serial = (uint32_t)number;
        data = name;
    }
    if (type == WB_DNS_A || type == WB_DNS_AAAA)
        r.data = address(arena, type == WB_DNS_A ? AF_INET : AF_INET6, data);
    else if (type == WB_DNS_TXT)
        r.data = unescaped(arena, data);
    else
        r.data = wb_slice_eq(data, WB_S(".")) ? WB_NONE : wb_arena_lower(arena, data);
    return r;
}

/* What a line says of the name. */
static void take_line(struct wb_dns *dns, struct wb_slice line, struct wb_slice name,
                      struct wb_dns_question *q, bool *there)
{
    struct wb_slice owner = take_word(&line), type = take_word(&line);
    bool below =
        owner.n > name.n && wb_slice_endsi(owner, name) && owner.p[owner.n - name.n - 1] == '.';
    if (!wb_slice_eqi(owner, name)) {
        *there |= below;
        return;
    }
    *there = true;
    bool any = wb_slice_eq(type, WB_S("*"));
    if (line.n && line.p[0] == '!') {
        if (any || type_named(type) == q->type)
            q->status = status_named(wb_slice_from(line, 1));
    } else if (type_named(type) == q->type && q->n < WB_MAX_DNS_RECORDS) {
        q->records[q->n++] = record(dns->arena, q->type, line);
    } else if (type_named(type) == WB_DNS_CNAME) {
        q->cname = wb_arena_lower(dns->arena, line);
    }
}

/* Looks a name up; true when it is an alias and has to be followed. */
static bool look_up(struct wb_dns *dns, struct wb_slice name, struct wb_dns_question *q)
{
    bool there = false;
    struct wb_slice before = q->cname, rest = dns->table;
    q->status = WB_DNS_OK;
    while (rest.n) {
        struct wb_slice line = wb_slice_trim(wb_slice_cut(&rest, '\n'));
        if (line.n && line.p[0] != '#')
            take_line(dns, line, name, q, &there);
    }
    if (q->n)
        q->status = WB_DNS_OK;
    else if (q->status == WB_DNS_OK)
        q->status = there ? WB_DNS_NODATA : WB_DNS_NXDOMAIN;
    return q->status == WB_DNS_NODATA && !wb_slice_eq(before, q->cname);
}

static void ask_table(struct wb_dns *dns, struct wb_dns_question *questions, size_t n,
                      int64_t deadline)
{
    (void)deadline;
    for (size_t i = 0; i < n; i++) {
        struct wb_dns_question *q = &questions[i];
        struct wb_slice name = wb_slice_str(q->name);
        if (name.n && name.p[name.n - 1] == '.')
            name.n--;
        q->records = wb_arena_alloc(dns->arena, WB_MAX_DNS_RECORDS * sizeof *q->records);
        q->ttl = 3600;
        if (!q->records)
            continue;
        for (int aliases = 0; look_up(dns, name, q) && aliases < MOST_ALIASES; aliases++)
            name = q->cname;
    }
}

struct wb_dns *wb_dns_open_table(struct wb_slice table, struct wb_arena *arena)
{
    struct wb_dns *dns = wb_arena_alloc(arena, sizeof *dns);
    if (dns)
        *dns = (struct wb_dns){.arena = arena, .ask = ask_table, .table = table};
    return dns;
}
