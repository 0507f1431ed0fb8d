/* SPDX-License-Identifier: BSD-2-Clause */
/* Rows of the image that name somebody: providers, their domains, blocklists. */
#ifndef WB_PLACES_H
#define WB_PLACES_H

#include "image.h"

struct wb_provider {
    wb_str id;
    wb_str name[WB_LANGUAGES];
    wb_str page;
};

enum wb_domain_use {
    WB_DOMAIN_HOST = 1,      /* suffix of a mail host's name */
    WB_DOMAIN_RECIPIENT = 2, /* domain of an address */
};

struct wb_domain {
    wb_str name; /* 0: the slot is free */
    uint16_t provider;
    uint16_t uses;
};

struct wb_blocklist {
    wb_str id;
    wb_str name;
    wb_str zone;
    wb_str page; /* with {ip} to fill in */
};

#endif
