/* SPDX-License-Identifier: BSD-2-Clause */
/* What one mail or reply is asked for, alone or as a line of a batch. */
#ifndef WB_ASK_H
#define WB_ASK_H

#include "serve.h"

/* From the query, but for `what`; false after an answer. */
bool wb_ask_head(struct wb_request *r, struct wb_question_head *head_out) WB_MUST_CHECK;
/* Nobody in particular may ask so often and no more; false after an answer. */
bool wb_ask_rate(struct wb_request *r) WB_MUST_CHECK;
/* False after an answer. */
bool wb_ask_worker(struct wb_request *r, const struct wb_question_head *head, struct wb_slice body,
                   struct wb_work *work) WB_MUST_CHECK;
/* As the store takes it: proven or not, with its times. The body of a reply is not kept. */
void wb_ask_message(const struct wb_request *r, enum wb_question what, struct wb_slice body,
                    struct wb_work *work, struct wb_message *message_out);
/* The object of one mail; added NULL: it was not stored. */
void wb_ask_put(struct wb_buf *out, const struct wb_work *work, const struct wb_added *added);

/* api_batch.c: many of them, a line each */
void wb_call_batch(struct wb_request *r);

#endif
