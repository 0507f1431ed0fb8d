/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image by which kinds and dialects are recognised. */
#ifndef WB_SIGNS_H
#define WB_SIGNS_H

#include "image.h"

enum wb_sign_place { WB_SIGN_HEADER, WB_SIGN_TEXT };

/* Who a group of signs speaks for. */
enum wb_sign_owner { WB_OWNER_KIND, WB_OWNER_DIALECT };

/* Signs that must all be seen together. */
struct wb_sign_group {
    uint8_t owner;
    uint8_t kind;   /* for WB_OWNER_KIND */
    uint8_t needed; /* how many signs */
    int8_t weight;  /* for its kind */
    int8_t origin;  /* for a mail system as the writer; below 0: for a person or another program */
    uint8_t pad[3];
    uint16_t dialect;
    uint16_t specificity;
    wb_str rule;
    wb_str detail;
};

struct wb_sign {
    uint16_t group;
    uint8_t place;
    uint8_t pad;
    wb_str header; /* name of the field, lower case; for WB_SIGN_HEADER */
    wb_str pattern;
    uint32_t regex;
};

struct wb_catalogue;

/*
 * The word, in small letters and without blanks, that every sign of a header needs (by its number,
 * see wb_cat_wanted_header): a value in which it does not stand shows nothing. Empty: there is no
 * such word.
 */
struct wb_slice wb_cat_header_word(const struct wb_catalogue *cat, int header);

#endif
