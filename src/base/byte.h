/* SPDX-License-Identifier: BSD-2-Clause */
/* What a byte is. Letters are ASCII letters; nothing here looks at the locale. */
#ifndef WB_BYTE_H
#define WB_BYTE_H

#include <stdbool.h>

static inline bool wb_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool wb_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline char wb_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* What each byte is in ASCII: a set of these. */
enum wb_byte_class {
    WB_BYTE_ALPHA = 1,
    WB_BYTE_DIGIT = 2,
    WB_BYTE_FIELD_NAME = 4, /* of a header field, as real ones are */
    WB_BYTE_LOCAL = 8,      /* atext of RFC 5322, the dot, and everything beyond ASCII (RFC 6531) */
    WB_BYTE_DOMAIN = 16,    /* as real ones are, with everything beyond ASCII */
};
extern const unsigned char wb_byte_class[256];

static inline bool wb_is_alpha(char c)
{
    return wb_byte_class[(unsigned char)c] & WB_BYTE_ALPHA;
}

static inline bool wb_is_alnum(char c)
{
    return wb_byte_class[(unsigned char)c] & (WB_BYTE_ALPHA | WB_BYTE_DIGIT);
}

static inline bool wb_is_of(char c, enum wb_byte_class kind)
{
    return wb_byte_class[(unsigned char)c] & kind;
}

/* The value of each hexadecimal digit and one more: whether it is a letter nobody can guess. */
extern const unsigned char wb_hex_value[256];

/* The value of a hexadecimal digit, -1 for any other byte. */
static inline int wb_hex_digit(char c)
{
    return wb_hex_value[(unsigned char)c] - 1;
}

#endif
