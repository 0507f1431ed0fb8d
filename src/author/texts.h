/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts that rules are held against: where they come from, and what is alike in them. */
#ifndef WB_TEXTS_H
#define WB_TEXTS_H

#include "author.h"

/* One message of a corpus, or one reply. */
struct wb_text_at {
    struct wb_slice text;
    const char *source;
    uint32_t index; /* of the message in the source, or of the line */
    bool reply;
};

typedef void wb_take_text(void *context, const struct wb_text_at *at);

/*
 * Everything under the paths: mails, mboxes, Maildirs, packed or not; with replies, files with one
 * reply a line. Files NAME.tsv are tables of replies in any case: the last column of a line is one,
 * a line that begins with '#' is none. False when something could not be read; it has been
 * complained about.
 */
bool wb_corpus_read(const char *const *paths, size_t n, bool replies, wb_take_text *take,
                    void *context);

const struct wb_analysis *wb_analyse_at(struct wb_session *session, const struct wb_text_at *at);

/*
 * What decides of a reply that stands in others, folded into the memory given: the innermost one,
 * without what the client says of it.
 */
struct wb_slice wb_innermost(struct wb_slice reply, char *folded, size_t cap);

/*
 * A reply as a family: its innermost one, folded as the classifier folds, and digits, names of
 * hosts and ids as marks: "550 5.1.1 <@>: no such user in db#".
 */
void wb_family(struct wb_slice reply, struct wb_buf *out);

/* The pieces of a folded text that make it a family. */
enum wb_piece { WB_PIECE_PLAIN, WB_PIECE_NUMBER, WB_PIECE_HOST, WB_PIECE_ID, WB_PIECE_URL };
/* The piece at the front, and what it is; before: the byte in front of it. */
enum wb_piece wb_next_piece(struct wb_slice text, char before, size_t *n_out);

#endif
