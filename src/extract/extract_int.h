/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of src/extract share among themselves. */
#ifndef WB_EXTRACT_INT_H
#define WB_EXTRACT_INT_H

#include "extract.h"

/* A new recipient; NULL when the limit is reached. */
struct wb_evidence *wb_add_recipient(struct wb_extract *ex, struct wb_slice address);
/* The recipient of that address, NULL when there is none. */
struct wb_evidence *wb_find_recipient(struct wb_extract *ex, struct wb_slice address);

/* The fields of a machine-readable part (RFC 3464, 5965, 8098), from its text. */
void wb_read_fields(struct wb_extract *ex, struct wb_slice text);

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

/* Looks for the signs of kinds and dialects in the header, and then in the text. */
void wb_recognise(struct wb_extract *ex);

/* Fills in at which stage it was, from the words by which the report's dialect tells that. */
void wb_extract_stage(struct wb_extract *ex, struct wb_evidence *r, struct wb_slice text);
/* The same of all recipients, once the prose has been read. */
void wb_extract_stages(struct wb_extract *ex);

/* Which lines dialects may be interested in, if that has not been found out yet. */
void wb_recognise_lines(struct wb_extract *ex);

/* Names each sign that the header shows. */
typedef void (*wb_note_sign)(void *to, uint16_t sign);
void wb_header_signs(struct wb_extract *ex, wb_note_sign note, void *to);

/* A text up to where the returned message's trace fields begin. */
struct wb_slice wb_before_trace(struct wb_slice text);

#endif
