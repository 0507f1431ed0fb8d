/* SPDX-License-Identifier: BSD-2-Clause */
/* The settings of this program and of its store, with what follows from them. */
#ifndef WB_SETTINGS_H
#define WB_SETTINGS_H

#include "config.h"
#include "language.h"

struct wb_settings {
    struct wb_config config;
    enum wb_language language;
    char *state;     /* the folder for what is kept; it is there */
    char *store;     /* a URL */
    char *catalogue; /* "" is the built-in one */
};

/*
 * Reads the configuration and makes the folder. path NULL: the usual file. False after a complaint
 * on standard error.
 */
bool wb_settings_open(struct wb_settings *settings, const char *path) WB_MUST_CHECK;
void wb_settings_close(struct wb_settings *settings);

/*
 * Root may be the first to run a command, before the service has: then a new file in the folder is
 * given to the one whose folder it is, so that the service can use it.
 */
bool wb_settings_give(const char *state, int fd) WB_MUST_CHECK;

/* A sentence on standard error with the program's name in front; nothing raw. */
void wb_serve_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* "a" or "b" in the language of the settings. */
static inline const char *wb_say(const struct wb_settings *s, const char *english,
                                 const char *chinese)
{
    return s->language == WB_CHINESE ? chinese : english;
}

#endif
