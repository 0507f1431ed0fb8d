/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the harnesses share. A harness is a file NAME.c with LLVMFuzzerTestOneInput, a word list
 * NAME.dict, and its seeds in test/fuzz/seeds.py. Besides what the sanitizers see, a harness
 * checks what the program promises of every answer; a broken promise ends the process like a
 * crash.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "whybounce.h"

#include "check.h"
#include "slice.h"

/* The one session of the process, on the built-in catalogue. */
struct wb_session *fuzz_session(void);

/* Sets how answers look: bits choose language, columns and every style. */
void fuzz_style(struct wb_session *session, unsigned bits);

/* All forms of the answer, each held against what it promises. */
void fuzz_forms(struct wb_session *session, const struct wb_analysis *analysis);

/* The same message must give the same answer, whatever the session has read before. */
void fuzz_again(struct wb_session *session, const uint8_t *bytes, size_t n);
void fuzz_reply_again(struct wb_session *session, const uint8_t *bytes, size_t n);

/* Valid UTF-8 without control, bidirectional or escape characters; line ends may stand. */
void fuzz_check_safe(struct wb_slice text);
void fuzz_check_utf8(struct wb_slice text);

#endif
