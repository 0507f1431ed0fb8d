/* SPDX-License-Identifier: BSD-2-Clause */
#include "dictionary.h"

/* The build gives the folder of the files. */
#define EMBED(name, file)                                                                          \
    __asm__(".section .rodata\n.balign 16\nwb_dictionary_" #name ":\n"                             \
            ".incbin \"" WHYBOUNCE_STORE "/" file "\"\nwb_dictionary_" #name "_end:\n.byte 0\n"    \
            ".previous\n");                                                                        \
    extern const char wb_dictionary_##name[] __attribute__((visibility("hidden")));                \
    extern const char wb_dictionary_##name##_end[] __attribute__((visibility("hidden")))

EMBED(documents_1, "documents-1.dict");
EMBED(mails_1, "mails-1.dict");

struct wb_slice wb_dictionary_bytes(enum wb_dictionary dictionary)
{
    switch (dictionary) {
    case WB_DOCUMENTS_1:
        return wb_slice_span(wb_dictionary_documents_1, wb_dictionary_documents_1_end);
    case WB_MAILS_1: return wb_slice_span(wb_dictionary_mails_1, wb_dictionary_mails_1_end);
    default: return WB_NONE;
    }
}
