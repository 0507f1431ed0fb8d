/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are certainly no mail, by how they begin. */
#include "foreign.h"

#include <stddef.h>

/* Reasons for a person; the command line has them in Chinese, too. */
#define AN_ARCHIVE "this is a packed archive, not a mail; unpack it first"
#define A_ZIP                                                                                      \
    "this is a ZIP archive or an Office document, not a mail; unpack it, or give the mail itself"
#define A_PICTURE                                                                                  \
    "this is a picture, not a mail; give the mail itself, or what the picture says as text"
#define A_DOCUMENT                                                                                 \
    "this is a document, not a mail; give the mail itself, or copy the text out of it"
#define A_STORE "this is the store of a mail program, not a mail; save the mail out of it as .eml"
#define BINARY  "this is binary data, not a mail"

static const struct {
    size_t at;
    struct wb_slice magic;
    const char *reason;
} formats[] = {
    {0, WB_S("PK\3\4"), A_ZIP},
    {0, WB_S("Rar!\x1A\7"), AN_ARCHIVE},
    {0, WB_S("7z\xBC\xAF\x27\x1C"), AN_ARCHIVE},
    {0, WB_S("BZh"), AN_ARCHIVE},
    {257, WB_S("ustar"), AN_ARCHIVE}, /* POSIX tar, behind the first file's name and numbers */
    {0, WB_S("\x89PNG\r\n\x1A\n"), A_PICTURE},
    {0, WB_S("\xFF\xD8\xFF"), A_PICTURE}, /* JPEG */
    {0, WB_S("GIF87a"), A_PICTURE},
    {0, WB_S("GIF89a"), A_PICTURE},
    {8, WB_S("WEBP"), A_PICTURE},
    {4, WB_S("ftypheic"), A_PICTURE}, /* what iPhones save */
    {0, WB_S("%PDF-"), A_DOCUMENT},
    {0, WB_S("!BDN"), A_STORE},             /* Outlook's .pst and .ost, [MS-PST] */
    {0, WB_S("\xCF\xAD\x12\xFE"), A_STORE}, /* Outlook Express' .dbx */
};

/* Of so many bytes at most so many may be control characters that no text has. */
enum { LOOKED_AT = 32, MAX_CONTROLS = 2 };

/* NULs do not count, for UTF-16 without its mark has them; but nothing else is no text. */
static bool is_binary(struct wb_slice bytes)
{
    size_t controls = 0, nuls = 0, n = bytes.n < LOOKED_AT ? bytes.n : LOOKED_AT;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        nuls += c == 0;
        controls += (c && c < 0x20 && !(c >= '\t' && c <= '\r') && c != 0x1B) || c == 0x7F;
    }
    return controls > MAX_CONTROLS || (n && nuls == n);
}

/* Outlook's own form, and UTF-16, are read (see analyse.c). */
static bool is_converted(struct wb_slice bytes)
{
    return wb_slice_starts(bytes, WB_S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) ||
           wb_slice_starts(bytes, WB_S("\xFF\xFE")) || wb_slice_starts(bytes, WB_S("\xFE\xFF"));
}

/* The usual mail. */
static bool begins_with_field(struct wb_slice bytes)
{
    size_t i = 0, n = bytes.n < LOOKED_AT ? bytes.n : LOOKED_AT;
    while (i < n && (wb_is_alnum(bytes.p[i]) || bytes.p[i] == '-'))
        i++;
    return i && i < n && bytes.p[i] == ':';
}

const char *wb_foreign(struct wb_slice bytes)
{
    if (begins_with_field(bytes))
        return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        size_t at = formats[i].at;
        if (at < bytes.n && bytes.p[at] == formats[i].magic.p[0] &&
            wb_slice_starts(wb_slice_from(bytes, at), formats[i].magic))
            return formats[i].reason;
    }
    return is_binary(bytes) && !is_converted(bytes) ? BINARY : NULL;
}
