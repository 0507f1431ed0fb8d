/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Compound files ([MS-CFB]): a file system in a file, in which Outlook saves a message. Storages
 * hold streams and storages; a stream is a chain of sectors, a short one a chain of small sectors
 * in a stream of its own.
 *
 * The file may be damaged or made to do harm: no chain is followed further than the file has
 * sectors, nothing outside of it is read, and all that is ever read out of one file is at most
 * WB_COMPOUND_SHARE times its size. What is not there is empty.
 */
#ifndef WB_COMPOUND_H
#define WB_COMPOUND_H

#include "buf.h"

enum {
    WB_COMPOUND_ROOT = 0,
    WB_MAX_COMPOUND_ENTRIES = 8192, /* storages and streams; the rest is not looked at */
    WB_COMPOUND_SHARE = 4,
};

#define WB_COMPOUND_NONE UINT32_MAX

struct wb_compound {
    struct wb_slice file; /* must stay where it is */
    uint32_t sector_bytes, sectors;
    uint32_t mini_bytes, cutoff; /* a stream below this size is made of small sectors */
    struct wb_buf chains;        /* of each sector: the next one */
    struct wb_buf mini_chains;
    struct wb_buf mini; /* the small sectors */
    struct wb_buf directory;
    uint32_t entries;
    uint32_t *parents; /* of each entry: the storage it lies in; WB_COMPOUND_NONE: in none */
    size_t budget;     /* how much may still be read */
};

bool wb_compound_starts(struct wb_slice file);

/* False when the file is none; there is nothing to close then. */
bool wb_compound_open(struct wb_compound *c, struct wb_slice file);
void wb_compound_close(struct wb_compound *c);

/*
 * The entry of a storage whose name is this one, or begins with it (is_prefix), behind the entry
 * `after`, or from the first on (WB_COMPOUND_NONE).
 */
uint32_t wb_compound_find(const struct wb_compound *c, uint32_t storage, const char *name,
                          bool is_prefix, uint32_t after);

/* Appends what a stream holds. */
void wb_compound_read(struct wb_compound *c, uint32_t entry, struct wb_buf *out);

#endif
