/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The catalogue: compiled knowledge, ready for use. Immutable and shared by all threads; compiled
 * expressions are made on first use and kept. Whoever opened it frees it, after the last session
 * that uses it.
 *
 * Opening fails, with a sentence, on bytes that are no catalogue of this version.
 */
#ifndef WB_CATALOG_H
#define WB_CATALOG_H

#include "places.h"
#include "match.h"
#include "status.h"
#include "tables.h"

/* The bytes must stay where they are. */
bool wb_catalogue_open_image(struct wb_slice image, struct wb_catalogue **catalogue_out,
                             struct wb_status *status) WB_MUST_CHECK;
/* The same of an image that is part of the program, and as whole as its code. */
bool wb_catalogue_open_own(struct wb_slice image, struct wb_catalogue **catalogue_out,
                           struct wb_status *status) WB_MUST_CHECK;
void wb_catalogue_close(struct wb_catalogue *cat);

/* A new matcher with scratch memory for this catalogue's scanners; NULL without memory. */
struct wb_matcher *wb_catalogue_matcher(const struct wb_catalogue *cat);

struct wb_slice wb_cat_str(const struct wb_catalogue *cat, wb_str ref);
struct wb_slice wb_cat_version(const struct wb_catalogue *cat);
struct wb_slice wb_cat_bytes(const struct wb_catalogue *cat); /* other knowledge, other bytes */

/* Index of a cause, provider or dialect by its id; WB_NO_INDEX when there is none. */
uint16_t wb_cat_cause_named(const struct wb_catalogue *cat, struct wb_slice id);
/* The same of a scheme of classes. */
uint16_t wb_cat_scheme_named(const struct wb_catalogue *cat, struct wb_slice id);
uint16_t wb_cat_provider_named(const struct wb_catalogue *cat, struct wb_slice id);
uint16_t wb_cat_dialect_named(const struct wb_catalogue *cat, struct wb_slice id);
/* The cause that stands for "nothing is known". */
uint16_t wb_cat_unknown(const struct wb_catalogue *cat);
/* The dialect that reads what nobody described. */
uint16_t wb_cat_general(const struct wb_catalogue *cat);

/* Whose host or address domain that is, by its longest known suffix; WB_NO_INDEX: nobody's. */
uint16_t wb_cat_provider_of(const struct wb_catalogue *cat, struct wb_slice domain,
                            enum wb_domain_use use);

/* The meaning of a status code from the mouth of a provider, else the registry's; NULL: none. */
const struct wb_status_meaning *wb_cat_status(const struct wb_catalogue *cat, struct wb_code code,
                                              uint16_t provider);
/* The meaning of a reply code at a stage; NULL: none. */
const struct wb_reply_meaning *wb_cat_reply(const struct wb_catalogue *cat, int code,
                                            enum wb_stage stage);

/* What a field of that name means; NULL when nobody knows it. */
const struct wb_field_name *wb_cat_field(const struct wb_catalogue *cat, struct wb_slice name);
/* The number of a header field that some sign looks at; -1: none does. */
int wb_cat_wanted_header(const struct wb_catalogue *cat, struct wb_slice name);

/* Whether words of that meaning stand where it looks for them in the text: see fields.h. */
bool wb_cat_marked(const struct wb_catalogue *cat, enum wb_mark_meaning meaning,
                   struct wb_slice text);

/* A text of the interface; empty when there is none of that id. */
struct wb_slice wb_cat_word(const struct wb_catalogue *cat, struct wb_slice id, int language);

const struct wb_scanner *wb_cat_scan_entries(const struct wb_catalogue *cat);
const struct wb_scanner *wb_cat_scan_headers(const struct wb_catalogue *cat);
const struct wb_scanner *wb_cat_scan_text(const struct wb_catalogue *cat);

/* The compiled expression of an entry, a line pattern or a sign. */
const struct wb_regex *wb_cat_entry_regex(const struct wb_catalogue *cat,
                                          const struct wb_entry *entry);
const struct wb_regex *wb_cat_line_regex(const struct wb_catalogue *cat,
                                         const struct wb_line_pattern *pattern);
const struct wb_regex *wb_cat_sign_regex(const struct wb_catalogue *cat,
                                         const struct wb_sign *sign);

#endif
