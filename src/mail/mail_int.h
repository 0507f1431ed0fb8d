/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of src/mail share among themselves. */
#ifndef WB_MAIL_INT_H
#define WB_MAIL_INT_H

#include "mail.h"
#include "reader.h"

/* '\n', also for CR LF; '\r' for mails of old Macintoshes and of careless copying. */
char wb_line_end_of(struct wb_slice raw);

/*
 * Splits a header block off the front of *rest into mail->headers; *rest then begins with the
 * body. The part has no fields yet. eol is the byte that ends lines here. Gives the first line that
 * begins with "--", which may be a boundary; NULL: there is none.
 */
const char *wb_header_block(struct wb_mail *mail, struct wb_part *part, struct wb_slice *rest,
                            char eol);

/* Fills in the table by which header fields are told apart. */
void wb_header_names(struct wb_header_table *table);

/* True when the line has the form "Name: value". */
bool wb_header_shaped(struct wb_slice line);

/* What the fields of a part say about it: media type and transfer encoding. */
void wb_media_of(struct wb_mail *mail, struct wb_part *part);

struct wb_slice wb_decode_base64(struct wb_arena *arena, struct wb_slice s, size_t max);
struct wb_slice wb_decode_quoted(struct wb_arena *arena, struct wb_slice s, size_t max);
struct wb_slice wb_decode_uu(struct wb_arena *arena, struct wb_slice s, size_t max);

/* Charsets: see charset.c. The descriptors of one session. */
struct wb_charsets *wb_charsets_new(void);
void wb_charsets_free(struct wb_charsets *sets);

/* Index of a charset by the name a mail gives it, -1 when it is none of ours. */
int wb_charset_find(struct wb_slice label);
/* Index of the charset in which a run of bytes that is no UTF-8 is most likely written. */
int wb_charset_guess(struct wb_slice bytes);

enum { WB_CHARSET_UTF8 = 0, WB_CHARSET_ASCII = 1 };

/*
 * Appends bytes to text as UTF-8. False when they are not valid in that charset; then nothing
 * has been appended unless `force`, which writes U+FFFD for what is not valid.
 */
bool wb_charset_put(struct wb_charsets *sets, int charset, struct wb_slice bytes, bool force,
                    struct wb_text *text);

/* HTML as plain text in the arena: tags, styles and scripts gone, blocks as lines. */
struct wb_slice wb_html_text(struct wb_arena *arena, struct wb_slice html);

/*
 * The character that a reference of HTML means, behind its "&"; it is passed over, with the ";" if
 * there is one. 0: what stands here is no reference.
 */
uint32_t wb_html_reference(struct wb_reader *r);

/* Encoded words (RFC 2047) decoded; see encoded_word.c. */
struct wb_slice wb_encoded_words(struct wb_mail *mail, struct wb_slice value);

#endif
