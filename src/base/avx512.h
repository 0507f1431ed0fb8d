/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What base does with fewer wrong guesses on processors with AVX-512, and the question whether this
 * is one; only for the files of base. Those that came before VBMI2 slow down where it is used.
 * WB_NO_AVX512, or WB_NO_AVX2: as if none were.
 */
#ifndef WB_AVX512_H
#define WB_AVX512_H

#include <stdint.h>

#include "processor.h"
#include "slice.h"

static inline bool wb_has_avx512(void)
{
#if defined(WB_NO_AVX2) || defined(WB_NO_AVX512)
    return false;
#else
    return wb_processor.avx512;
#endif
}

/* Where the needle, of one byte at least and no more than s has, stands first; NULL: nowhere. */
const char *wb_find_avx512(struct wb_slice s, struct wb_slice needle);

/* As wb_slice_chr; of the first line end, LF or CR. */
size_t wb_chr_avx512(struct wb_slice s, char c);
size_t wb_line_end_avx512(struct wb_slice s);

/* How many bytes from the front are ASCII, and not that byte. */
size_t wb_ascii_avx512(struct wb_slice s);
size_t wb_ascii_without_avx512(struct wb_slice s, char without);

/* As wb_utf8_printable. */
bool wb_printable_avx512(struct wb_slice s, char without);

/* As wb_quote_plain, and as wb_plain_front: of all bytes. */
size_t wb_quote_avx512(char *to, struct wb_slice s);
size_t wb_plain_front_avx512(struct wb_slice s);

/* What leads to a row of a cache, see hash_of there, and whether two texts are the same bytes. */
uint64_t wb_text_hash_avx512(struct wb_slice text);
bool wb_same_bytes_avx512(const char *a, const char *b, size_t n);

#endif
