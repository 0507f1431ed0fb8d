/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of src/extract share among themselves. */
#ifndef WB_EXTRACT_INT_H
#define WB_EXTRACT_INT_H

#include "extract.h"

/* Forgets the message before. */
void wb_extract_reset(struct wb_extract *ex);
/* The same for a text that is no message: a reply, or a line of a log. */
void wb_extract_begin_bare(struct wb_extract *ex, struct wb_slice text);

/* A new recipient; NULL when the limit is reached. */
struct wb_evidence *wb_add_recipient(struct wb_extract *ex, struct wb_slice address);
/* The recipient of that address, NULL when there is none. */
struct wb_evidence *wb_find_recipient(struct wb_extract *ex, struct wb_slice address);

/*
 * The fields of a machine-readable part (RFC 3464, 5965, 8098), from its text. plain: it is known
 * to be UTF-8 without an escape byte.
 */
void wb_read_fields(struct wb_extract *ex, struct wb_slice text, bool plain);

/* A named action (RFC 3464 2.3.3) and what servers write instead. */
enum wb_action wb_action_of(struct wb_slice value);

/* One field, from wherever it was read; r may be NULL for fields of the message. */
void wb_take_field(struct wb_extract *ex, struct wb_evidence *r, enum wb_field field,
                   struct wb_slice value);

/* A notification as JSON, if the text is one that the catalogue knows. */
void wb_read_json(struct wb_extract *ex, struct wb_slice text);

/* What outweighs a delivery status: challenges come dressed as one. */
enum { WB_KIND_OVERRIDES = 6 };

/* Whether the fields say what kind of message it is, unless signs outweigh them. */
bool wb_structure_decides(const struct wb_extract *ex);

/* Whether it is about whoever wrote it: a desk or a list that refuses mail says so itself. */
bool wb_is_about_its_writer(const struct wb_extract *ex);

/* Looks for the signs of kinds and dialects in the header, and then in the text. */
void wb_recognise(struct wb_extract *ex);

/* Fills in at which stage it was, from the words by which the report's dialect tells that. */
void wb_extract_stage(struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text);
/* The same of all recipients, once the prose has been read. */
void wb_extract_stages(struct wb_extract *ex);

/* Fills in the server that a text names as the one which answered. */
void wb_extract_remote(const struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text);

/* For wb_extract_open: makes the sieve of the words that this seeks, which lies in ex. */
void wb_extract_open_remotes(struct wb_extract *ex);

/* Which lines dialects may be interested in, if that has not been found out yet. */
void wb_recognise_lines(struct wb_extract *ex);

/*
 * Names the groups of the signs that the header shows, those of each field together. Behind the
 * last one stands a group that there is not, until n is a multiple of WB_GROUPS_TOGETHER: most
 * fields show fewer, and how many is as good as chance. So many stand there even if n is 0.
 */
enum { WB_GROUPS_TOGETHER = 8 };
enum { WB_NOT_WANTED = -1, WB_ASK_NAME = -2 }; /* of wanted: no sign looks there; its name tells */
typedef void (*wb_note_groups)(void *to, const uint16_t *groups, uint32_t n);
void wb_header_signs(struct wb_extract *ex, wb_note_groups note, void *to);

/* False for what can be no report about delivery, whatever its text says: a person's mail. */
bool wb_may_name_recipients(const struct wb_extract *ex);

/* Addresses in lines of a prose to which no pattern gives a role. */
enum { WB_MAX_LEFTOVERS = 8 };
struct wb_leftovers {
    struct wb_slice addresses[WB_MAX_LEFTOVERS];
    uint32_t count;
    bool signed_off; /* "-- ": whoever stands below it signs the report */
};
void wb_leftovers_take(struct wb_extract *ex, struct wb_leftovers *left, struct wb_slice line);

/* Whether the addresses of a line are no recipient's; notes the sender that it names. */
bool wb_line_of_other(struct wb_extract *ex, struct wb_slice line);

/* The address in what a pattern took for one; a Chinese sentence has no blanks around it. */
struct wb_slice wb_address_in(struct wb_slice text, bool seek);

/* The next address of a list, with a comma or an "and" before it; empty: it does not go on. */
struct wb_slice wb_address_of_list(const struct wb_extract *ex, struct wb_slice *rest);

/* Takes back what the general reader found too much, or adds what it did not see. */
void wb_settle_recipients(struct wb_extract *ex, const struct wb_leftovers *left);
/* Of those from `from` on, whoever sent the mail: reports name him, too, beside who failed. */
void wb_drop_silent_sender(struct wb_extract *ex, uint32_t from);

/* Somebody whom a server names without a domain, at that of the server's own address. */
struct wb_slice wb_address_at_home(const struct wb_extract *ex, struct wb_slice name);

/* Whether it is the mail system's: whom the report is from, or an address for service. */
bool wb_is_own_address(const struct wb_extract *ex, struct wb_slice address);

/* Whoever sent the mail that failed: the one who reads this, or whom the report calls so. */
bool wb_is_sender(const struct wb_extract *ex, struct wb_slice address);

#endif
