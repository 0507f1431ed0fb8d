/* SPDX-License-Identifier: BSD-2-Clause */
/* The suppressed addresses as a file, and such a file read in. */
#ifndef WB_EXPORTS_H
#define WB_EXPORTS_H

#include "buf.h"
#include "store_address.h"

/*
 * One form. A map of a mail server has an address between two texts on each line, and leaves out
 * what wb_is_plain_address refuses; a form with more in it has a function for its rows.
 */
struct wb_export_form {
    const char *name, *type, *file, *head; /* media type; the file's name; its first line */
    const char *before, *after;
    void (*row)(struct wb_buf *out, const struct wb_address_row *row);
};
/* NULL: there is no such form; an empty name is csv. */
const struct wb_export_form *wb_export_form(struct wb_slice name);
bool wb_export(struct wb_store *store, const struct wb_export_form *form, struct wb_buf *out,
               struct wb_status *status) WB_MUST_CHECK;

/* Lines of "address" or "address,reason"; the reason may stand in quotes (RFC 4180). */
struct wb_import {
    struct wb_slice who;
    struct wb_import_row {
        struct wb_slice address, reason;
    } * rows;
    size_t n, cap, refused;
};
void wb_import_read(struct wb_import *import, struct wb_slice text);
void wb_import_free(struct wb_import *import);
/* A wb_change_call. */
bool wb_import_write(struct wb_store *store, const struct wb_policy *policy, void *own,
                     struct wb_status *status);
/* May this stand as an address in a map of a mail server? */
bool wb_is_plain_address(struct wb_slice text);

#endif
