/* SPDX-License-Identifier: BSD-2-Clause */
/* What the service says of the knowledge that its workers have; another one with each reload. */
#ifndef WB_EDITION_H
#define WB_EDITION_H

struct wb_edition {
    char version[32];         /* of the catalogue */
    char unknown[64];         /* the cause that says that nothing is known */
    struct wb_edition *older; /* who reads it may still do so: all are kept to the end */
};

#endif
