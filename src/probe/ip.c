/* SPDX-License-Identifier: BSD-2-Clause */
#include "ip.h"

#include <arpa/inet.h>

bool wb_ip_read(struct wb_slice text, struct wb_ip *ip_out)
{
    char copy[INET6_ADDRSTRLEN + 1] = {0};
    if (text.n == 0 || text.n >= sizeof copy)
        return false;
    memcpy(copy, text.p, text.n);
    *ip_out = (struct wb_ip){.family = memchr(copy, ':', text.n) ? AF_INET6 : AF_INET};
    return inet_pton(ip_out->family, copy, ip_out->bytes) == 1;
}

bool wb_ip_of_record(struct wb_slice data, struct wb_ip *ip_out)
{
    if (data.n != 4 && data.n != 16)
        return false;
    *ip_out = (struct wb_ip){.family = data.n == 4 ? AF_INET : AF_INET6};
    memcpy(ip_out->bytes, data.p, data.n);
    return true;
}

void wb_ip_show(const struct wb_ip *ip, char text[INET6_ADDRSTRLEN])
{
    if (!inet_ntop(ip->family, ip->bytes, text, INET6_ADDRSTRLEN))
        text[0] = '\0';
}

struct wb_slice wb_ip_text(const struct wb_ip *ip, struct wb_arena *arena)
{
    char text[INET6_ADDRSTRLEN];
    wb_ip_show(ip, text);
    return wb_arena_copy(arena, wb_slice_str(text));
}

struct wb_slice wb_ip_bytes(const struct wb_ip *ip)
{
    return wb_slice((const char *)ip->bytes, ip->family == AF_INET ? 4 : 16);
}

static void put_decimal(struct wb_text *out, unsigned n)
{
    if (n >= 100)
        wb_text_byte(out, (char)('0' + n / 100));
    if (n >= 10)
        wb_text_byte(out, (char)('0' + n / 10 % 10));
    wb_text_byte(out, (char)('0' + n % 10));
}

struct wb_slice wb_ip_backwards(const struct wb_ip *ip, struct wb_arena *arena)
{
    static const char digits[] = "0123456789abcdef";
    struct wb_text out = wb_text_open(arena, 64);
    for (size_t i = wb_ip_bytes(ip).n; i-- > 0;) {
        if (ip->family == AF_INET) {
            put_decimal(&out, ip->bytes[i]);
        } else {
            wb_text_byte(&out, digits[ip->bytes[i] & 15]);
            wb_text_byte(&out, '.');
            wb_text_byte(&out, digits[ip->bytes[i] >> 4]);
        }
        if (i)
            wb_text_byte(&out, '.');
    }
    return wb_text_close(&out);
}

socklen_t wb_ip_socket(const struct wb_ip *ip, uint16_t port, struct sockaddr_storage *out)
{
    *out = (struct sockaddr_storage){.ss_family = (sa_family_t)ip->family};
    if (ip->family == AF_INET) {
        struct sockaddr_in *in = (struct sockaddr_in *)(void *)out;
        in->sin_port = htons(port);
        memcpy(&in->sin_addr, ip->bytes, 4);
        return sizeof *in;
    }
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)(void *)out;
    in6->sin6_port = htons(port);
    memcpy(&in6->sin6_addr, ip->bytes, 16);
    return sizeof *in6;
}

/* A network: its first bytes and how many bits of them count. */
struct network {
    uint8_t bytes[16];
    unsigned bits;
};

static const struct network private_4[] = {
    {{0}, 8},         {{10}, 8},       {{100, 64}, 10},      {{127}, 8},
    {{169, 254}, 16}, {{172, 16}, 12}, {{192, 0, 0}, 24},    {{192, 0, 2}, 24},
    {{192, 168}, 16}, {{198, 18}, 15}, {{198, 51, 100}, 24}, {{203, 0, 113}, 24},
    {{224}, 4},       {{240}, 4},
};

static const struct network private_6[] = {
    {{0}, 128},
    {{0xFC}, 7},
    {{0xFE, 0x80}, 10},
    {{0xFE, 0xC0}, 10},
    {{0xFF}, 8},
    {{0x20, 0x01, 0x0D, 0xB8}, 32},
    {{0x01, 0}, 64},
    {{0, 0x64, 0xFF, 0x9B, 0, 1}, 48}, /* RFC 8215 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128},
};

/* IPv6 networks that carry an IPv4 address, and where it stands in them. */
static const struct {
    struct network network;
    unsigned at;
} wrapped[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}, 96}, 12}, /* mapped */
    {{{0}, 96}, 12},                                        /* compatible */
    {{{0, 0x64, 0xFF, 0x9B}, 96}, 12},                      /* NAT64 */
    {{{0x20, 0x02}, 16}, 2},                                /* 6to4 */
};

static bool lies_in(const uint8_t *bytes, const struct network *network)
{
    unsigned whole = network->bits / 8, rest = network->bits % 8;
    if (memcmp(bytes, network->bytes, whole) != 0)
        return false;
    return !rest || (bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}

static bool is_private_4(const uint8_t *bytes)
{
    for (size_t i = 0; i < sizeof private_4 / sizeof private_4[0]; i++)
        if (lies_in(bytes, &private_4[i]))
            return true;
    return false;
}

bool wb_ip_is_private(const struct wb_ip *ip)
{
    if (ip->family == AF_INET)
        return is_private_4(ip->bytes);
    for (size_t i = 0; i < sizeof private_6 / sizeof private_6[0]; i++)
        if (lies_in(ip->bytes, &private_6[i]))
            return true;
    for (size_t i = 0; i < sizeof wrapped / sizeof wrapped[0]; i++)
        if (lies_in(ip->bytes, &wrapped[i].network))
            return is_private_4(ip->bytes + wrapped[i].at);
    return false;
}
