/* SPDX-License-Identifier: BSD-2-Clause */
#include "private.h"

#include <netinet/in.h>
#include <stddef.h>
#include <string.h>

struct prefix {
    unsigned char bytes[16];
    unsigned bits;
    int carried; /* of IPv6: where an address of IPv4 stands in it; 0: none */
};

static const struct prefix v4[] = {
    {{0}, 8, 0},             /* "this network" */
    {{10}, 8, 0},            /* RFC 1918 */
    {{100, 64}, 10, 0},      /* carriers' NAT, RFC 6598 */
    {{127}, 8, 0},           /* loopback */
    {{169, 254}, 16, 0},     /* link-local; clouds give their machines' secrets there */
    {{172, 16}, 12, 0},      /* RFC 1918 */
    {{192, 0, 0}, 24, 0},    /* IETF protocols */
    {{192, 0, 2}, 24, 0},    /* documentation */
    {{192, 88, 99}, 24, 0},  /* relays of 6to4 */
    {{192, 168}, 16, 0},     /* RFC 1918 */
    {{198, 18}, 15, 0},      /* benchmarks */
    {{198, 51, 100}, 24, 0}, /* documentation */
    {{203, 0, 113}, 24, 0},  /* documentation */
    {{224}, 4, 0},           /* multicast */
    {{240}, 4, 0},           /* reserved, and broadcast */
};

/* Of all that is given out to the public (2000::/3), these are not; beside it, two carry IPv4. */
static const struct prefix global_v6 = {{0x20}, 3, 0};
static const struct prefix not_v6[] = {
    {{0x20, 0x01, 0, 0}, 23, 0},       /* protocols: Teredo, ORCHID ... */
    {{0x20, 0x01, 0x0d, 0xb8}, 32, 0}, /* documentation */
    {{0x3f, 0xff}, 20, 0},             /* documentation, RFC 9637 */
};
static const struct prefix carriers[] = {
    {{0x20, 0x02}, 16, 2},                                /* 6to4 */
    {{0, 0x64, 0xff, 0x9b}, 96, 12},                      /* NAT64, RFC 6052 */
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, 12}, /* mapped, RFC 4291 */
};

static bool is_within(const unsigned char *address, const struct prefix *prefix)
{
    unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;
    return memcmp(address, prefix->bytes, whole) == 0 &&
           (rest == 0 || (address[whole] ^ prefix->bytes[whole]) >> (8 - rest) == 0);
}

static bool is_public_v4(const unsigned char address[4])
{
    for (size_t i = 0; i < sizeof v4 / sizeof v4[0]; i++)
        if (is_within(address, &v4[i]))
            return false;
    return true;
}

static bool is_public_v6(const unsigned char address[16])
{
    for (size_t i = 0; i < sizeof carriers / sizeof carriers[0]; i++)
        if (is_within(address, &carriers[i]))
            return is_public_v4(address + carriers[i].carried);
    for (size_t i = 0; i < sizeof not_v6 / sizeof not_v6[0]; i++)
        if (is_within(address, &not_v6[i]))
            return false;
    return is_within(address, &global_v6);
}

bool wb_is_public_address(const struct sockaddr *address)
{
    unsigned char bytes[16];
    if (address->sa_family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)(const void *)address)->sin_addr, 4);
        return is_public_v4(bytes);
    }
    if (address->sa_family != AF_INET6)
        return false;
    memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr, 16);
    return is_public_v6(bytes);
}
