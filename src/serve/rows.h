/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the store as JSON: callbacks that append to the array in `own`. */
#ifndef WB_ROWS_H
#define WB_ROWS_H

#include "serve.h"
#include "store_address.h"

json_t *wb_proof_json(enum wb_proof proof); /* null when it is not proven */

bool wb_put_event(void *own, const struct wb_record *record, struct wb_cursor place);
bool wb_put_address(void *own, const struct wb_address_row *row, struct wb_cursor place);
bool wb_put_audit(void *own, const struct wb_audit_row *row, struct wb_cursor place);

#endif
