/* SPDX-License-Identifier: BSD-2-Clause */
/* The replies in a text: read once, and kept in the session's cache where texts come again. */
#ifndef WB_KNOWN_LAYERS_H
#define WB_KNOWN_LAYERS_H

#include "classify.h"

/* What the replies in a text say together. */
struct wb_layer_codes {
    int code, refusal;     /* the innermost reply code; that of 400 or more; 0: none */
    struct wb_code status; /* the innermost */
    bool may_quote;        /* a reply with a code of 400 or more has another one behind it */
    bool cut;              /* it is but the beginning of a longer reply */
};

struct wb_known_layers {
    struct wb_layers layers;
    bool kept;       /* the text came before, and more is known of it: */
    bool may_link;   /* a web address may stand in it; true where that is not known */
    uint16_t server; /* the provider whose server names itself in it, or WB_NO_INDEX */
    struct wb_layer_codes codes;
    struct wb_kept_layers *row; /* in the session's cache; NULL: none */
};

void wb_known_layers(const struct wb_classifier *cl, struct wb_slice text,
                     struct wb_known_layers *out);

/* Where the place of the folding of a layer's text is kept, see wb_scan_entries; NULL: nowhere. */
uint64_t *wb_folding_of(const struct wb_known_layers *known, int layer);

/* The provider whose server names itself in the text, or WB_NO_INDEX. */
uint16_t wb_known_server(const struct wb_classifier *cl, const struct wb_known_layers *known);

#endif
