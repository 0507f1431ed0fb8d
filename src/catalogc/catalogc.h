/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The knowledge compiler: folders of YAML in, a catalogue image out, or a refusal that names
 * file, line, column and reason for each fault.
 *
 * Further folders lie on top of the first: their files add entries to what is there under the
 * same id, override entries of the same rule, and may add causes, providers and dialects. A
 * dialect is taken from the last folder that has it, as a whole. Of a cause that a lower folder
 * has, only `phrases`, `disable` and `parent` may be given.
 */
#ifndef WB_CATALOGC_H
#define WB_CATALOGC_H

#include "catalog.h"
#include "model.h"

/*
 * Reads and checks the folders and writes the image. False when there was any error; the model
 * then holds the log. The caller opens and closes the model.
 */
bool wb_knowledge_compile(struct wb_model *model, const char *const *folders, size_t n,
                          struct wb_buf *image_out) WB_MUST_CHECK;

/*
 * Runs every example through the whole classifier: an entry must win its own examples and must
 * not win what stands under `not:`. Counts what it ran; faults go into the model's log.
 */
struct wb_knowledge_tally {
    int passed;
    int failed;
};
/* Called for each example, in their order from 1 on; may be NULL. */
typedef void wb_knowledge_tell(uint32_t number, bool good, struct wb_slice rule);
struct wb_knowledge_tally wb_knowledge_test(struct wb_model *model,
                                            const struct wb_catalogue *catalogue,
                                            wb_knowledge_tell *tell);

/* The checks that need all files at once; they complain into the log. */
void wb_knowledge_lint(struct wb_model *model);

/* Writes the tables into an image; used by wb_knowledge_compile. */
void wb_image_write(struct wb_model *model, struct wb_buf *image_out);

#endif
