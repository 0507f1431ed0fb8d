/* SPDX-License-Identifier: BSD-2-Clause */
/* The replies in a text: read once, and kept in the session's cache where texts come again. */
#ifndef WB_KNOWN_LAYERS_H
#define WB_KNOWN_LAYERS_H

#include "classify.h"

void wb_known_layers(const struct wb_classifier *cl, struct wb_slice text, struct wb_layers *out);

#endif
