/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line program: one file a command, each exporting one struct wb_command;
 * src/meson.build has the list of their names. From that struct the options are read, and --help,
 * the manual pages and the completions of the shells are made. The program is an ordinary client
 * of the library.
 *
 * Exit status of every command: 0 all is well; 1 something could not be read or written (a
 * sentence on standard error says what; the rest was done); 2 the command line is wrong. A signal
 * that ends a command is what it dies of: in a shell 128 and the signal's number.
 */
#ifndef WB_CLI_H
#define WB_CLI_H

#include <stdbool.h>

#include "whybounce.h"

#include "buf.h"
#include "status.h"
#include "talk.h"

enum wb_exit { WB_EXIT_OK = 0, WB_EXIT_TROUBLE = 1, WB_EXIT_USAGE = 2 };

/* A text in both languages. */
struct wb_both {
    const char *in[WB_LANGUAGE_COUNT];
};
#define WB_BOTH(en, zh)                                                                            \
    {                                                                                              \
        {                                                                                          \
            en, zh                                                                                 \
        }                                                                                          \
    }

struct wb_option {
    const char *name;  /* "jobs"; NULL ends the list */
    const char *value; /* "N"; NULL: the option takes none */
    struct wb_both help;
};

struct wb_example {
    const char *line; /* NULL ends the list */
    struct wb_both what;
};

struct wb_invocation;

struct wb_command {
    const char *name;
    const char *arguments; /* "[FILE|-]..." */
    struct wb_both summary;
    struct wb_both text; /* further paragraphs */
    const struct wb_option *options;
    const struct wb_example *examples;
    int (*run)(const struct wb_invocation *inv);
    struct wb_both exit; /* what its exit status means; NULL: as of most commands */
    const char *program; /* of a command that is a program of its own under libexec; else NULL */
};

/* The list, with NULL at its end. */
extern const struct wb_command *const wb_commands[];

extern const struct wb_option wb_common_options[];

/* ---- one call of a command ---- */

enum { WB_MAX_OPTIONS = 24 };

struct wb_invocation {
    const struct wb_command *command;
    enum wb_language language;
    const char *value[WB_MAX_OPTIONS]; /* by place in options, then in the common ones */
    char **arguments;
    int count;
};

/* The value of an option; "" of one without value that was given; NULL when it was not. */
const char *wb_cli_value(const struct wb_invocation *inv, const char *option);
static inline bool wb_cli_has(const struct wb_invocation *inv, const char *option)
{
    return wb_cli_value(inv, option) != NULL;
}

/* A whole number from min to max, or fallback when the option is absent; false after a complaint.
 */
bool wb_cli_number(const struct wb_invocation *inv, const char *option, long min, long max,
                   long fallback, long *number_out) WB_MUST_CHECK;

/* Reads the command line; complains and returns false when it is wrong. */
bool wb_cli_read(struct wb_invocation *inv, int argc, char **argv) WB_MUST_CHECK;

/* ---- what every command needs ---- */

/*
 * A session set for the terminal, in the language asked for; style holds more of enum
 * wb_text_style. NULL after a complaint.
 */
struct wb_session *wb_cli_session(const struct wb_invocation *inv,
                                  const struct wb_catalogue *catalogue, unsigned style);

/* The catalogue to be used: the administrator's where there is one; NULL after a complaint. */
struct wb_catalogue *wb_cli_catalogue(void);

/* ---- help, manual pages and completion, made from the commands; on standard output ---- */

int wb_help_command(const struct wb_command *command, enum wb_language language);
int wb_help_all(enum wb_language language);
extern const struct wb_both wb_help_exit; /* what the exit status means, of most commands */
const char *wb_help_exit_of(const struct wb_command *command, enum wb_language language);
/* What stands at the front and is not broken at a line's end: a word, or a Chinese character. */
struct wb_slice wb_help_unit(struct wb_slice text);
/* The page of a command, or with NULL that of the whole program (mdoc). */
void wb_manual(const struct wb_command *command, enum wb_language language);
void wb_complete_bash(void);
void wb_complete_zsh(enum wb_language language);
/* Ends what was written by stdio: the exit status. */
int wb_help_end(void);

#endif
