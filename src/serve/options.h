/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of the commands around the store. */
#ifndef WB_SERVE_OPTIONS_H
#define WB_SERVE_OPTIONS_H

#include "settings.h"
#include "slice.h"

/* A long option and where its value goes; without a value: "" is written there. */
struct wb_serve_option {
    const char *name; /* NULL ends the list */
    bool has_value;
    const char **place;
};

/*
 * Reads the options, among them --config and --lang, and opens the settings. The arguments behind
 * them are argv[*first_out...argc). False after a complaint; exit_out is the exit status then.
 */
bool wb_serve_options(struct wb_settings *settings, int argc, char **argv,
                      const struct wb_serve_option *options, int *first_out,
                      int *exit_out) WB_MUST_CHECK;

/* For the audit. Everybody who may run these commands is "root", "li" and so on. */
struct wb_slice wb_serve_who(void);

#endif
