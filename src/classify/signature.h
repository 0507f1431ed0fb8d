/* SPDX-License-Identifier: BSD-2-Clause */
/* Who speaks in a reply, by the name that the server itself puts into it. */
#ifndef WB_SIGNATURE_H
#define WB_SIGNATURE_H

#include "classify.h"

/* The provider whose server names itself in the reply, or WB_NO_INDEX. */
uint16_t wb_provider_named_by(const struct wb_classifier *cl, const struct wb_layers *layers);

#endif
