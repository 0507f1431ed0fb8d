/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What both sides of the oracle write: a line of JSON for each mail, its parts in the order of the
 * message.
 *
 *     {"path":"…","parts":[{"depth":0,"type":"text/plain","headers":[["Subject","…"],…],
 *                           "charset":"gbk","bytes":"…","text":"…"}]}
 *
 * "headers" are unfolded and decoded. The last three are only there for leaves of type text and
 * message: the charset they are labelled with, their bytes with the transfer encoding undone, and
 * these as UTF-8. Bytes that are no UTF-8 are written as they are: the reader is to see them.
 */
#ifndef ORACLE_DUMP_H
#define ORACLE_DUMP_H

#include <stdbool.h>
#include <stdio.h>
#include <strings.h>

static inline void dump_string(const char *text, size_t n)
{
    putchar('"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c < 0x20 || c == '"' || c == '\\')
            printf("\\u%04x", c);
        else
            putchar(c);
    }
    putchar('"');
}

/* Whether a leaf of that type is read by people or by programs as lines of text. */
static inline bool dump_is_text(const char *type, size_t n)
{
    return n == 0 || (n >= 4 && strncasecmp(type, "text", 4) == 0) ||
           (n >= 8 && strncasecmp(type, "message/", 8) == 0);
}

#endif
