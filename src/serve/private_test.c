/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "private.h"
#include "unit.h"

struct row {
    const char *name;
    bool is_public;
};
static const struct row rows[] = {
    /* both ends of each block, and their neighbours */
    {"0.0.0.0", false},
    {"0.255.255.255", false},
    {"1.0.0.0", true},
    {"9.255.255.255", true},
    {"10.0.0.0", false},
    {"10.255.255.255", false},
    {"11.0.0.0", true},
    {"100.63.255.255", true},
    {"100.64.0.0", false},
    {"100.127.255.255", false},
    {"100.128.0.0", true},
    {"126.255.255.255", true},
    {"127.0.0.1", false},
    {"127.255.255.255", false},
    {"128.0.0.0", true},
    {"169.253.255.255", true},
    {"169.254.169.254", false},
    {"169.255.0.0", true},
    {"172.15.255.255", true},
    {"172.16.0.0", false},
    {"172.31.255.255", false},
    {"172.32.0.0", true},
    {"192.0.0.255", false},
    {"192.0.1.0", true},
    {"192.0.2.1", false},
    {"192.0.3.0", true},
    {"192.88.99.1", false},
    {"192.167.255.255", true},
    {"192.168.0.0", false},
    {"192.168.255.255", false},
    {"192.169.0.0", true},
    {"198.17.255.255", true},
    {"198.18.0.0", false},
    {"198.19.255.255", false},
    {"198.20.0.0", true},
    {"198.51.100.9", false},
    {"203.0.113.9", false},
    {"203.0.114.0", true},
    {"223.255.255.255", true},
    {"224.0.0.1", false},
    {"240.0.0.1", false},
    {"255.255.255.255", false},
    {"8.8.8.8", true},
    {"::", false},
    {"::1", false},
    {"fe80::1", false},
    {"fec0::1", false},
    {"fc00::1", false},
    {"fdff::1", false},
    {"ff02::1", false},
    {"100::1", false},
    {"2000::1", true},
    {"2001:4860:4860::8888", true},
    {"2001::1", false},
    {"2001:1ff::1", false},
    {"2001:200::1", true},
    {"2001:db8::1", false},
    {"2001:db9::1", true},
    {"3fff::1", false},
    {"3fff:fff::1", false},
    {"3fff:1000::1", true},
    {"4000::1", false},
    {"64:ff9b:1::1", false},
    /* an address of IPv4 in another dress */
    {"::ffff:127.0.0.1", false},
    {"::ffff:10.1.2.3", false},
    {"::ffff:8.8.8.8", true},
    {"::127.0.0.1", false},
    {"64:ff9b::10.1.2.3", false},
    {"64:ff9b::8.8.8.8", true},
    {"2002:7f00:1::1", false},
    {"2002:808:808::1", true},
};

static void is_told(void **state)
{
    const struct row *row = *state;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool is_v4 = inet_pton(AF_INET, row->name, &v4.sin_addr) == 1;
    assert_true(is_v4 || inet_pton(AF_INET6, row->name, &v6.sin6_addr) == 1);
    const struct sockaddr *address = is_v4 ? (void *)&v4 : (void *)&v6;
    assert_int_equal(wb_is_public_address(address), row->is_public);
}

static void others(void **state)
{
    (void)state;
    struct sockaddr path = {.sa_family = AF_UNIX};
    assert_false(wb_is_public_address(&path));
}

int main(void)
{
    UNIT_ROWS(is_told, rows);
    UNIT_ONE(others, "what is no address of the Internet is not public");
    return unit_run();
}
