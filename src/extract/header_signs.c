/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The signs that header fields show. Most fields that signs look at have the same few values in
 * thousands of reports ("Undelivered Mail Returned to Sender", "auto-replied"), so which signs a
 * value shows is kept with the session; a new value takes the place of an old one. That is a fact
 * about the value and the catalogue alone.
 */
#include "extract_int.h"

#include <stdlib.h>

#include "hash.h"
#include "match.h"

enum { SLOTS = 1024, SLOT_SIGNS = 6, MAX_CANDIDATES = 128, VALUE_BYTES = 512 };

struct slot {
    struct wb_hash key; /* of name and value as written */
    uint32_t n;
    uint16_t sign[SLOT_SIGNS];
};

struct wb_header_memo {
    struct slot slots[SLOTS];
};

struct wb_header_memo *wb_header_memo_new(void)
{
    return calloc(1, sizeof(struct wb_header_memo));
}

void wb_header_memo_free(struct wb_header_memo *memo)
{
    free(memo);
}

/* Looks for the signs of one field; more than a slot holds are counted, but not kept. */
static uint32_t find_signs(struct wb_extract *ex, const struct wb_header *h, uint16_t *sign_out)
{
    struct wb_candidate found[MAX_CANDIDATES];
    struct wb_groups groups;
    uint32_t n, count = 0;
    const struct wb_sign *signs = wb_cat_signs(ex->cat, &n);
    char folded[VALUE_BYTES];
    struct wb_slice value = wb_slice_head(wb_mail_value(ex->mail, h), VALUE_BYTES);
    value = wb_slice(folded, wb_fold_plain(value, folded, VALUE_BYTES));
    size_t candidates =
        wb_scan(wb_cat_scan_headers(ex->cat), ex->matcher, value, found, MAX_CANDIDATES);
    for (size_t i = 0; i < candidates; i++) {
        const struct wb_sign *sign = &signs[found[i].id];
        if (wb_slice_eqi(h->name, wb_cat_str(ex->cat, sign->header)) &&
            wb_regex_find(wb_cat_sign_regex(ex->cat, sign), ex->matcher, value, &groups))
            sign_out[count++] = (uint16_t)found[i].id;
    }
    return count;
}

static void note_field(struct wb_extract *ex, const struct wb_header *h, wb_note_sign note,
                       void *to)
{
    uint16_t found[MAX_CANDIDATES];
    struct wb_hash key = wb_hash_more(wb_hash_bytes(h->value), h->name);
    struct slot *slot = &ex->header_memo->slots[key.low % SLOTS];
    if (slot->key.low == key.low && slot->key.high == key.high) {
        for (uint32_t i = 0; i < slot->n; i++)
            note(to, slot->sign[i]);
        return;
    }
    uint32_t n = find_signs(ex, h, found);
    for (uint32_t i = 0; i < n; i++)
        note(to, found[i]);
    if (n > SLOT_SIGNS)
        return;
    *slot = (struct slot){.key = key, .n = n};
    memcpy(slot->sign, found, n * sizeof *found);
}

void wb_header_signs(struct wb_extract *ex, wb_note_sign note, void *to)
{
    const struct wb_part *root = &ex->mail->parts[0];
    for (uint32_t i = 0; i < root->headers; i++) {
        const struct wb_header *h = &ex->mail->headers[root->first_header + i];
        if (wb_cat_wants_header(ex->cat, h->name))
            note_field(ex, h, note, to);
    }
}
