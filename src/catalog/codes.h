/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that say what enhanced status codes and reply codes mean. */
#ifndef WB_CODES_H
#define WB_CODES_H

#include "image.h"

enum wb_trust { WB_TRUST_NONE, WB_TRUST_LOW, WB_TRUST_MID, WB_TRUST_HIGH };

struct wb_status_meaning {
    struct wb_code code;  /* class 0: any */
    uint16_t last_detail; /* equal to code.detail, or the end of a range */
    uint16_t provider;    /* WB_NO_INDEX: the registry's meaning */
    uint16_t cause;       /* WB_NO_INDEX: says nothing about the cause */
    uint8_t trust;
    uint8_t certain;
    uint8_t alternatives;
    uint8_t pad[3];
    wb_str detail;
    wb_str rule;
    wb_str title[WB_LANGUAGES];
    uint32_t first_line, lines;
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES];
};

struct wb_reply_meaning {
    uint16_t code;
    uint16_t stages; /* 0: any */
    uint16_t cause;
    uint16_t login; /* it answers a login: whatever it says is about that, not about a recipient */
    wb_str rule;
    wb_str title[WB_LANGUAGES];
    uint8_t alternatives;
    uint8_t pad2;
    uint16_t alternative[WB_MAX_ALTERNATIVES];
    uint16_t weight[WB_MAX_ALTERNATIVES];
};

#endif
