/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail addresses as reports write them: in brackets, with a type in front, in xtext (RFC 3461 4),
 * in the forms of RFC 6533, wrapped by VERP, SRS and BATV. Slices point into the argument or into
 * the arena. What is no address gives the empty slice.
 */
#ifndef WB_ADDRESS_H
#define WB_ADDRESS_H

#include "arena.h"

/* The address in a piece of text: without brackets, "mailto:", quotes and punctuation around. */
struct wb_slice wb_address_clean(struct wb_slice text);

/* "a..b"@example.org as a..b@example.org: Japanese carriers gave out such addresses. */
struct wb_slice wb_address_unquote(struct wb_arena *arena, struct wb_slice address);

/* The first address anywhere in the text. */
struct wb_slice wb_address_find(struct wb_slice text);

/* Length of the local part in front of the at-sign at that place, in UTF-8; 0: none is seen. */
size_t wb_address_local_length(struct wb_slice text, size_t at);

/* True for local@domain with both sides there. */
bool wb_address_valid(struct wb_slice address);

/* local@domain */
struct wb_slice wb_address_join(struct wb_arena *arena, struct wb_slice local,
                                struct wb_slice domain);

struct wb_slice wb_address_local(struct wb_slice address);
struct wb_slice wb_address_domain(struct wb_slice address);

/* The same mailbox: domains in any case, local parts as they are but for the case of letters. */
bool wb_address_same(struct wb_slice a, struct wb_slice b);

/* A field value "type; address" (RFC 3464 2.1.2): the address with xtext or RFC 6533 undone. */
struct wb_slice wb_address_typed(struct wb_arena *arena, struct wb_slice value);

/* What stands behind SRS0=, SRS1=, prvs= and the like; the address itself when nothing does. */
struct wb_slice wb_address_unwrap(struct wb_arena *arena, struct wb_slice address);

/* The list that "list-bounces@", "list-owner@" and "list-request@" belong to; else empty. */
struct wb_slice wb_address_list(struct wb_arena *arena, struct wb_slice address);

/*
 * The recipient that a VERP return address carries ("list-bounces+user=example.org@list.example"),
 * empty when it carries none. The place where the user's name begins is ambiguous; `known` (the
 * recipient as written elsewhere, may be empty) settles it.
 */
struct wb_slice wb_address_verp(struct wb_arena *arena, struct wb_slice address,
                                struct wb_slice known);

#endif
