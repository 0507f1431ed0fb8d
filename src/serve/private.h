/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses lie outside of the public Internet: a service that connects to where somebody's
 * URL leads must not become the door to what stands behind it. */
#ifndef WB_PRIVATE_H
#define WB_PRIVATE_H

#include <stdbool.h>
#include <sys/socket.h>

/*
 * Is this an address of the public Internet? Not: private, loopback, link-local, multicast,
 * documentation, benchmarks, reserved (IANA's registries of special-purpose addresses, RFC 6890),
 * nor one of IPv6 that carries such an address of IPv4. What is neither IPv4 nor IPv6 is not.
 */
bool wb_is_public_address(const struct sockaddr *address);

#endif
