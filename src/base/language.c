/* SPDX-License-Identifier: BSD-2-Clause */
#include "language.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum wb_language wb_language_of_tag(const char *tag)
{
    bool chinese = (tag[0] == 'z' || tag[0] == 'Z') && (tag[1] == 'h' || tag[1] == 'H') &&
                   (!tag[2] || strchr("-_.", tag[2]));
    return chinese ? WB_CHINESE : WB_ENGLISH;
}

enum wb_language wb_language_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return wb_language_of_tag(value);
    }
    return WB_ENGLISH;
}

const char *wb_language_tag(enum wb_language language)
{
    return language == WB_CHINESE ? "zh" : "en";
}
