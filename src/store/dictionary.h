/* SPDX-License-Identifier: BSD-2-Clause */
/* What most documents and mails share: build-aux/store-dictionaries says how it was found out. */
#ifndef WB_DICTIONARY_H
#define WB_DICTIONARY_H

#include "slice.h"

/* The numbers stand in stores: they never change, and new ones come at the end. */
enum wb_dictionary { WB_NO_DICTIONARY, WB_DOCUMENTS_1, WB_MAILS_1, WB_DICTIONARIES };

struct wb_slice wb_dictionary_bytes(enum wb_dictionary dictionary);

#endif
