/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records and mails as they lie in the store: one run of bytes, packed by zstd. Most mails are
 * like others before them; what they share stands in dictionaries that are part of the program.
 *
 * The first byte says which dictionary; a dictionary that was in a release stays for ever.
 */
#ifndef WB_PACK_H
#define WB_PACK_H

#include "buf.h"
#include "record.h"
#include "room.h"

struct wb_packer;

struct wb_packer *wb_packer_new(void);
void wb_packer_free(struct wb_packer *packer);

/* The packed bytes are in the room. The report_id is of 32 digits; a failure_key that is not is
 * left out. */
struct wb_slice wb_pack_record(struct wb_packer *packer, const struct wb_record *record,
                               struct wb_room *room);
struct wb_slice wb_pack_mail(struct wb_packer *packer, struct wb_slice raw, struct wb_room *room);

/* False: these bytes are damaged. The record's texts stand in the packer until the next one. */
bool wb_unpack_record(struct wb_packer *packer, struct wb_slice packed,
                      struct wb_record *record_out);
/* A record whose texts stand in the room. */
struct wb_record wb_record_copy(struct wb_room *room, const struct wb_record *record);
/* Appends to out. */
bool wb_unpack_mail(struct wb_packer *packer, struct wb_slice packed, struct wb_buf *out);

#endif
