/* SPDX-License-Identifier: BSD-2-Clause */
/* An address of IPv4 or IPv6, and which of them a check must not talk to. */
#ifndef WB_IP_H
#define WB_IP_H

#include <netinet/in.h>
#include <sys/socket.h>

#include "arena.h"

struct wb_ip {
    int family; /* AF_INET or AF_INET6 */
    uint8_t bytes[16];
};

/* False when the text is no address. */
bool wb_ip_read(struct wb_slice text, struct wb_ip *ip_out);
/* From the data of an A or AAAA record: 4 or 16 bytes. */
bool wb_ip_of_record(struct wb_slice data, struct wb_ip *ip_out);
void wb_ip_show(const struct wb_ip *ip, char text[INET6_ADDRSTRLEN]);
struct wb_slice wb_ip_text(const struct wb_ip *ip, struct wb_arena *arena);
/* The 4 or 16 bytes; valid as long as the address is. */
struct wb_slice wb_ip_bytes(const struct wb_ip *ip);
/* As reverse names begin: "1.2.0.192", or the nibbles of an IPv6 address (RFC 1035 3.5, RFC 3596).
 */
struct wb_slice wb_ip_backwards(const struct wb_ip *ip, struct wb_arena *arena);
socklen_t wb_ip_socket(const struct wb_ip *ip, uint16_t port, struct sockaddr_storage *out);

/*
 * True for what is not in the public network: this host, private, link-local, shared and
 * documentation networks, multicast, also where an IPv4 address is wrapped in an IPv6 one
 * (RFC 6890, RFC 4193, RFC 4291, RFC 6052).
 */
bool wb_ip_is_private(const struct wb_ip *ip);

#endif
