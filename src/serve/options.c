/* SPDX-License-Identifier: BSD-2-Clause */
#include "options.h"

#include <getopt.h>
#include <stdlib.h>

#include "commands.h"

enum { MOST = 16, CONFIG = 1000, LANGUAGE };

bool wb_serve_options(struct wb_settings *settings, int argc, char **argv,
                      const struct wb_serve_option *options, int *first_out, int *exit_out)
{
    struct option table[MOST + 3] = {{0}};
    const char *config = NULL;
    int n = 0, found;
    for (; n < MOST && options[n].name; n++)
        table[n] = (struct option){
            options[n].name, options[n].has_value ? required_argument : no_argument, NULL, n + 1};
    table[n] = (struct option){"config", required_argument, NULL, CONFIG};
    table[n + 1] = (struct option){"lang", required_argument, NULL, LANGUAGE};
    *settings = (struct wb_settings){.language = wb_language_of_locale()};
    opterr = 0;
    while ((found = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (found == CONFIG)
            config = optarg;
        else if (found == LANGUAGE)
            settings->language = wb_language_of_tag(optarg);
        else if (found >= 1 && found <= n)
            *options[found - 1].place = optarg ? optarg : "";
        else {
            *exit_out = wb_usage(settings, argv[0]);
            return false;
        }
    }
    if (config)
        setenv("WHYBOUNCE_CONFIG", config, 1); /* for live checks, a program of their own */
    *first_out = optind;
    *exit_out = 1;
    return wb_settings_open(settings, config);
}

struct wb_slice wb_serve_who(void)
{
    const char *user = getenv("SUDO_USER");
    user = user ? user : getenv("USER");
    return wb_slice_str(user && *user ? user : "command line");
}
