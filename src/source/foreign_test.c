/* SPDX-License-Identifier: BSD-2-Clause */
/* What is no mail, and what only looks strange. */
#include "foreign.h"

#include "unit.h"

static const struct row {
    const char *name;
    struct wb_slice begin;
    const char *says; /* what the reason has in it; NULL: it may be a mail */
} rows[] = {
    {"a mail", WB_S("Return-Path: <>\nFrom: a@example.org\n"), NULL},
    {"nothing", WB_S(""), NULL},
    {"a text in GBK", WB_S("\xB8\xF9\xBE\xDD\xC4\xFA\xB5\xC4\xD2\xAA\xC7\xF3"), NULL},
    {"a text in ISO-2022-JP", WB_S("\x1B$B%a!<%k\x1B(B \x1B$B%a!<%k\x1B(B \x1B$B%a\x1B(B"), NULL},
    {"line ends, tabs and pages", WB_S("\r\n\t\v\f\n\n\n\n"), NULL},
    {"a field, whatever stands in it", WB_S("X-1:\1\2\3\4"), NULL},
    {"no name of a field", WB_S(":\1\2\3"), "binary data"},
    {"a name without its colon", WB_S("To\1\2\3"), "binary data"},
    {"two control characters", WB_S("\1\2From: a@example.org\n"), NULL},
    {"three", WB_S("\1\2\177From: a@example.org\n"), "binary data"},
    {"three, the last where nothing is looked at",
     WB_S("\1\2"
          "123456789012345678901234567890\3"),
     NULL},
    {"three, the last where it is still looked at",
     WB_S("\1\2"
          "12345678901234567890123456789\3"),
     "binary data"},
    {"NULs alone", WB_S("\0\0\0"), "binary data"},
    {"a NUL behind each byte", WB_S("F\0r\0o\0m\0:\0 \0a\0@\0b\0.\0c\0\n\0"), NULL},
    {"a program", WB_S("\177ELF\2\1\1\0\0\0\0\0"), "binary data"},
    {"UTF-16, low bytes first",
     WB_S("\xFF\xFE"
          "F\0r\0o\0m\0:\0"),
     NULL},
    {"UTF-16, high bytes first", WB_S("\xFE\xFF\0F\0r\0o\0m\0:"), NULL},
    {"a message of Outlook", WB_S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0\0\0\0\0\0\0"), NULL},
    {"a ZIP archive", WB_S("PK\3\4\24\0"), "ZIP archive"},
    {"a word that begins so", WB_S("PK is short for primary key"), NULL},
    {"a RAR archive", WB_S("Rar!\x1A\7\1\0"), "packed archive"},
    {"a 7z archive", WB_S("7z\xBC\xAF\x27\x1C\0\4"), "packed archive"},
    {"bzip2", WB_S("BZh91AY&SY"), "packed archive"},
    {"a PNG picture", WB_S("\x89PNG\r\n\x1A\n\0\0\0\rIHDR"), "picture"},
    {"a JPEG picture", WB_S("\xFF\xD8\xFF\xE0\0\x10JFIF"), "picture"},
    {"GIF pictures", WB_S("GIF89a"), "picture"},
    {"a WebP picture", WB_S("RIFF\x24\2\0\0WEBPVP8 "), "picture"},
    {"a HEIC picture",
     WB_S("\0\0\0\x24"
          "ftypheic"),
     "picture"},
    {"a PDF document", WB_S("%PDF-1.7\n"), "document"},
    {"a store of Outlook", WB_S("!BDN\x1\x2"), "store"},
    {"a store of Outlook Express", WB_S("\xCF\xAD\x12\xFE\xC5\xFD\x74\x6F"), "store"},
    {"a magic cut short", WB_S("%PDF"), NULL},
};

static void begins(void **state)
{
    const struct row *row = *state;
    struct wb_slice exact = unit_exact(row->begin);
    const char *reason = wb_foreign(exact);
    free((char *)exact.p);
    if (!row->says)
        assert_null(reason);
    else
        assert_non_null(strstr(reason ? reason : "", row->says));
}

/* Behind a long name, where no control character is near. */
static void tar(void **state)
{
    char head[512] = {0};
    (void)state;
    memset(head, 'n', 100);
    memcpy(head + 257, "ustar", 5);
    assert_non_null(strstr(wb_foreign(wb_slice(head, sizeof head)), "packed archive"));
    assert_null(wb_foreign(wb_slice(head, 261)));
}

int main(void)
{
    UNIT_ROWS(begins, rows);
    UNIT_ONE(tar, "a tar archive");
    return unit_run();
}
