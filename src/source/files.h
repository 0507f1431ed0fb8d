/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opens files one after the other. Small ones of one folder are read several at a time by one call
 * of the system (io_uring), where it allows that: in a Maildir the calls for each file would cost
 * more than reading what is in it.
 */
#ifndef WB_FILES_H
#define WB_FILES_H

#include "source.h"

/* Belongs to the thread that made it. */
struct wb_files;

struct wb_files *wb_files_new(void);
void wb_files_free(struct wb_files *files);

/* Regular files, by paths that stay the caller's until the last one has been read. */
void wb_files_set(struct wb_files *files, char *const *paths, size_t n);

/*
 * A stream over the next file, which is not to be closed and stays until another is asked for. NULL
 * with a status when it cannot be opened.
 */
struct wb_stream *wb_files_next(struct wb_files *files, struct wb_status *status);

#endif
