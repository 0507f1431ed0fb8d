/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Mail to evidence: what kind of message it is, who failed, and every text that says why, each as
 * a slice of the message or of the arena. Nothing is judged here, and no name of a cause, dialect
 * or provider known: recognising and reading prose is done by the catalogue's patterns.
 *
 * In two steps, because the second is often not needed: wb_extract_mail reads structure, header
 * and fields; wb_extract_prose reads the part written for people and joins it to the recipients.
 * A struct wb_extract belongs to one thread and is reused; everything in it is valid until the
 * next message. Nothing fails; limits reached are noted in the limit set.
 */
#ifndef WB_EXTRACT_H
#define WB_EXTRACT_H

#include "cache_tags.h"
#include "catalog.h"
#include "evidence.h"
#include "mail.h"
#include "sieve.h"

enum { WB_MAX_TEXT_PARTS = 4, WB_WENT_TO = 3 };

struct wb_extract {
    const struct wb_catalogue *cat;
    struct wb_matcher *matcher;
    struct wb_arena *arena;
    wb_limit_set *limits;
    struct wb_mail *mail;
    struct wb_cache *cache;         /* the session's */
    struct wb_evidence *recipients; /* room for WB_MAX_RECIPIENTS */
    int16_t wanted[WB_H_COUNT];     /* by id: which header of the catalogue it is */
    struct wb_sieve remotes;        /* words that name a server */
    uint32_t line_words;            /* of 64 bits, with a bit for each line pattern */
    uint64_t *general_lines;        /* such bits: those of the general dialect, by role */
    uint64_t *lines;                /* those whose words stand in the prose; see lines_known */
    bool *begins;                   /* of each dialect: a line says where its report begins */
    uint8_t *text_needs;            /* of each group of signs: how many, if all stand in the text */
    uint16_t *sign_groups;          /* room for wb_recognise: three of each group, and one more */
    uint8_t *sign_counts;           /* ... two of each group, and one more */

    /* from here on what is known of one message */
    enum wb_kind kind;
    struct wb_slice detail;      /* of the kind: "phishing" */
    uint16_t dialect;            /* WB_NO_INDEX: none recognised */
    bool bare;                   /* no message: only a reply */
    bool prose_read, told_apart; /* apart: it gives one recipient other words than another */
    bool gave_up;                /* the prose says that it was given up whatever the fields claim */
    uint32_t recipient_count;

    struct wb_slice reporting_mta, received_from, envelope_id, queue_id, disposition;
    struct wb_time arrival;
    struct wb_time retry_until; /* for all recipients */
    struct wb_feedback feedback;
    struct wb_original original;
    bool text_read, went_to_read, went_to_any;
    struct wb_slice text;         /* the part written for people, whole, UTF-8 */
    struct wb_slice before_trace; /* the same up to where trace fields begin */
    struct wb_slice prose;        /* the human part up to the returned message, UTF-8 */
    struct wb_slice prose_rest;   /* what stands behind it: the returned message as text */
    struct wb_slice shared;       /* a reason given for all recipients */

    struct wb_mark *marks; /* of the prose; room for WB_MAX_PROSE_HITS, NULL: not wanted */
    uint32_t mark_count;
    bool lines_sought, lines_known; /* known: lines says everything of this prose */

    uint32_t text_parts[WB_MAX_TEXT_PARTS], attached_parts[WB_MAX_TEXT_PARTS]; /* files */
    uint32_t text_part_count, attached_part_count;
    uint32_t status_part, disposition_part, feedback_part, returned_part; /* WB_NO_PART: none */
    uint32_t fields_part;                /* a file in which the fields of a report were found */
    struct wb_slice went_to[WB_WENT_TO]; /* addresses it was sent to, if these may carry another */
    int kind_weight[WB_KIND_COUNT];
    int origin; /* above 0: a mail system wrote it; below: a person, or another program */
    struct wb_slice kind_detail[WB_KIND_COUNT];
};

/* Takes the table of recipients from the system; false without memory. */
bool wb_extract_open(struct wb_extract *ex, const struct wb_catalogue *cat,
                     struct wb_matcher *matcher, struct wb_arena *arena, struct wb_mail *mail,
                     struct wb_cache *cache, wb_limit_set *limits);
void wb_extract_close(struct wb_extract *ex);

/* The mail has been parsed. */
void wb_extract_mail(struct wb_extract *ex);

/* Decodes the part written for people; does nothing the second time. */
void wb_extract_text(struct wb_extract *ex);
/* Its words to search for ASCII in; as the bytes stand where that is enough. */
struct wb_slice wb_extract_words(struct wb_extract *ex);

/* A text up to where the returned message's trace fields begin. */
struct wb_slice wb_before_trace(struct wb_slice text);

/* Reads the human part; does nothing the second time. */
void wb_extract_prose(struct wb_extract *ex);

/*
 * Fills in who answered each recipient where a text says "host mx.example.org[192.0.2.1] said":
 * for people; programs get what fields and dialects name.
 */
void wb_extract_remotes(struct wb_extract *ex);

/* Decides the kind from everything that has been read. */
void wb_extract_kind(struct wb_extract *ex);

/* The entry for "nobody was named": the message's only recipient, without address. */
struct wb_evidence *wb_extract_nobody(struct wb_extract *ex);

/*
 * The recipient that the return address carries (VERP), from the fields in which the receiving
 * server notes where the report went; empty: none. known: the recipient, if one is named.
 */
struct wb_slice wb_extract_verp(struct wb_extract *ex, struct wb_slice known);

/*
 * Who is named in the subject, neither the reader nor a mail system, and not in what may be the
 * subject of the returned message; empty: nobody. subject_out: the subject, decoded.
 */
struct wb_slice wb_extract_in_subject(struct wb_extract *ex, struct wb_slice *subject_out);

#endif
