/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes to a tree of parts, headers and decoded text: RFC 5322, 2045-2049, 2047, 2231, read as
 * broken as they come. The parser copies nothing: every slice points into the message, or, for
 * what had to be decoded, into the arena; both must outlive the struct.
 *
 * Nothing here fails. What cannot be read as intended is read as text; where a limit is reached
 * the rest is left out and the limit noted. One struct wb_mail belongs to one thread; it is
 * reused from message to message without allocation.
 */
#ifndef WB_MAIL_H
#define WB_MAIL_H

#include "arena.h"
#include "header_names.h"
#include "limit.h"

struct wb_header {
    struct wb_slice name;
    struct wb_slice value; /* as it stands, folded; no white space at its ends */
    enum wb_header_id id;
};

enum wb_media {
    WB_MEDIA_OTHER,
    WB_MEDIA_TEXT_PLAIN, /* also any other text/... */
    WB_MEDIA_TEXT_HTML,
    WB_MEDIA_RFC822,          /* message/rfc822, message/global */
    WB_MEDIA_RFC822_HEADERS,  /* text/rfc822-headers, message/global-headers, message/partial */
    WB_MEDIA_DELIVERY_STATUS, /* RFC 3464; RFC 6533 message/global-delivery-status */
    WB_MEDIA_DISPOSITION,     /* RFC 8098 */
    WB_MEDIA_FEEDBACK,        /* RFC 5965 */
    WB_MEDIA_MULTIPART,
};

enum wb_encoding { WB_ENC_IDENTITY, WB_ENC_BASE64, WB_ENC_QUOTED_PRINTABLE, WB_ENC_UUENCODE };

enum { WB_NO_PART = 0xFFFF };

struct wb_part {
    struct wb_slice content_type; /* the raw field value; empty: none */
    struct wb_slice type;         /* "text/plain", as written */
    struct wb_slice body;         /* undecoded */
    enum wb_media media;
    enum wb_encoding encoding;
    uint16_t parent; /* WB_NO_PART for the message itself */
    uint16_t depth;
    uint32_t first_header;      /* index into wb_mail.headers */
    uint32_t headers;           /* how many */
    uint16_t first[WB_H_COUNT]; /* of each name: its index + 1; 0: none */
    bool decoded;               /* it belongs to a message that stood encoded in another part */
};

struct wb_mail {
    struct wb_slice raw;
    struct wb_arena *arena;
    wb_limit_set *limits;
    struct wb_charsets *charsets;
    struct wb_part *parts; /* in the order of the message; [0] is the message itself */
    uint32_t part_count;
    struct wb_header *headers;
    uint32_t header_count;
    struct wb_slice boundary; /* that of the message itself, as far as its field names one */
    bool headless;            /* no header block at all: a pasted body */
    struct wb_header_table names;
};

/* Takes the tables from the system; false when there is no memory. */
bool wb_mail_open(struct wb_mail *mail, struct wb_arena *arena, wb_limit_set *limits);
void wb_mail_close(struct wb_mail *mail);

/* Reads a message (an mbox "From " line at its front is passed over). */
void wb_mail_parse(struct wb_mail *mail, struct wb_slice raw);

/* The name of a field that has a number. */
struct wb_slice wb_header_name(enum wb_header_id id);

/* The first field of a part with that id or name; NULL when absent. */
const struct wb_header *wb_mail_header(const struct wb_mail *mail, uint32_t part,
                                       enum wb_header_id id);
const struct wb_header *wb_mail_header_named(const struct wb_mail *mail, uint32_t part,
                                             struct wb_slice name);

/*
 * A field's value as a person reads it: unfolded, encoded words decoded, UTF-8. Empty when
 * absent. Points into the message when nothing had to be changed.
 */
struct wb_slice wb_mail_value(struct wb_mail *mail, const struct wb_header *header);
struct wb_slice wb_mail_text_of_header(struct wb_mail *mail, struct wb_slice raw_value);

/*
 * Reads a header block that stands somewhere as text (a returned message quoted in a report) and
 * adds it as a part without parent; blank lines in front, and quote marks or a common indentation
 * before each line, are passed over. Gives the part's index, WB_NO_PART when there is no header.
 */
uint32_t wb_mail_embedded(struct wb_mail *mail, struct wb_slice text);

/* The part's bytes with the transfer encoding undone. */
struct wb_slice wb_mail_bytes(struct wb_mail *mail, uint32_t part);

/* The part's text in UTF-8, HTML as plain text; cut at the limit text-bytes. */
struct wb_slice wb_mail_text(struct wb_mail *mail, uint32_t part);

/* Any bytes as UTF-8: label may be empty; line by line where the label is wrong or missing. */
struct wb_slice wb_mail_utf8(struct wb_mail *mail, struct wb_slice bytes, struct wb_slice label);

/* A whole mail that came as UTF-16, behind its byte order mark; cut at the limit message-bytes. */
struct wb_slice wb_mail_from_utf16(struct wb_mail *mail, struct wb_slice raw);

/* The value of a Content-Type parameter, RFC 2231 undone; empty when absent. */
struct wb_slice wb_mail_param(struct wb_mail *mail, struct wb_slice field, struct wb_slice name);

/* \345\220\215, as Exim writes bytes, \u540D, as JSON does, and &lt; of pages as what they mean. */
struct wb_slice wb_mail_unescape(struct wb_mail *mail, struct wb_slice text);

/* Opens the descriptors of all charsets now: for a process that is about to lock itself in. */
void wb_mail_preload_charsets(struct wb_mail *mail);

#endif
