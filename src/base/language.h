/* SPDX-License-Identifier: BSD-2-Clause */
/* The languages that programs speak: from the locale, or a tag of BCP 47. */
#ifndef WB_LANGUAGE_H
#define WB_LANGUAGE_H

enum wb_language { WB_ENGLISH, WB_CHINESE, WB_LANGUAGE_COUNT };

/* The language of the locale (LC_ALL, LC_MESSAGES, LANG: POSIX, the first that is set). */
enum wb_language wb_language_of_locale(void);
/* "zh", "zh-CN" and the like are Chinese, everything else is answered in English. */
enum wb_language wb_language_of_tag(const char *tag);
/* "en", "zh" */
const char *wb_language_tag(enum wb_language language);

#endif
