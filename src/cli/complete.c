/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Scripts that let a shell complete commands, options and arguments. What an argument is stands in
 * the command's own line of usage: COMMAND, ID, the words of "new|lint|test ...", else a file.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void put_names(void)
{
    for (int i = 0; wb_commands[i]; i++)
        printf("%s%s", i ? " " : "", wb_commands[i]->name);
}

static const char list_causes[] = "whybounce causes --color=never 2>/dev/null | cut -d' ' -f1";

static bool takes(const struct wb_command *c, const char *what)
{
    return strstr(c->arguments, what) != NULL;
}

/* "new|lint|test ..." as "new lint test"; nothing of other arguments. */
static void put_actions(const struct wb_command *c)
{
    const char *p = c->arguments;
    for (; (*p >= 'a' && *p <= 'z') || *p == '|'; p++)
        putchar(*p == '|' ? ' ' : *p);
}

static bool has_actions(const struct wb_command *c)
{
    return c->arguments[0] >= 'a' && c->arguments[0] <= 'z';
}

/* ---- bash ---- */

static void bash_options(const struct wb_option *options)
{
    for (int i = 0; options && options[i].name; i++)
        printf(" --%s%s", options[i].name, options[i].value ? "=" : "");
}

/* The words that may stand for an argument of the command; nothing: files. */
static void bash_arguments(const struct wb_command *c)
{
    if (takes(c, "COMMAND") || has_actions(c)) {
        fputs(" words='", stdout);
        if (has_actions(c))
            put_actions(c);
        else
            put_names();
        putchar('\'');
    } else if (takes(c, "ID")) {
        printf(" words=$(%s)", list_causes);
    }
}

void wb_complete_bash(void)
{
    fputs("# bash completion for whybounce\n"
          "_whybounce()\n"
          "{\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} options= words=\n"
          "    case ${COMP_WORDS[1]} in\n",
          stdout);
    for (int i = 0; wb_commands[i]; i++) {
        const struct wb_command *c = wb_commands[i];
        printf("    %s)\n        options='", c->name);
        bash_options(c->options);
        bash_options(wb_common_options);
        putchar('\'');
        bash_arguments(c);
        fputs(" ;;\n", stdout);
    }
    fputs("    *)\n        options='", stdout);
    if (wb_commands[0])
        bash_options(wb_commands[0]->options);
    bash_options(wb_common_options);
    fputs(" --version' ;;\n"
          "    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$cur\")\n"
          "        [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace\n"
          "    elif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "        words='",
          stdout);
    put_names();
    fputs("'\n"
          "        mapfile -t COMPREPLY < <(\n"
          "            compgen -W \"$words\" -- \"$cur\"\n"
          "            compgen -f -- \"$cur\")\n"
          "    elif [ -n \"$words\" ]; then\n"
          "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
          "    else\n"
          "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
          "    fi\n"
          "}\n"
          "complete -o filenames -F _whybounce whybounce\n",
          stdout);
}

/* ---- zsh ---- */

/* A description between quotes and brackets; a colon would end it. */
static void zsh_text(const char *text)
{
    for (; *text; text++)
        if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else if (*text == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*text);
}

static void zsh_options(const struct wb_option *options, enum wb_language l)
{
    for (int i = 0; options && options[i].name; i++) {
        printf(" \\\n      '--%s%s[", options[i].name, options[i].value ? "=" : "");
        zsh_text(options[i].help.in[l]);
        printf("]%s%s'", options[i].value ? ":" : "", options[i].value ? options[i].value : "");
    }
}

static void zsh_arguments(const struct wb_command *c)
{
    if (has_actions(c)) {
        fputs("'1:command:(", stdout);
        put_actions(c);
        fputs(")' '*:file:_files'", stdout);
    } else if (takes(c, "COMMAND")) {
        fputs("'1:command:(", stdout);
        put_names();
        fputs(")'", stdout);
    } else if (takes(c, "ID")) {
        printf("\"*:cause:($(%s))\"", list_causes);
    } else {
        fputs("'*:file:_files'", stdout);
    }
}

void wb_complete_zsh(enum wb_language language)
{
    fputs("#compdef whybounce\nlocal -a commands\ncommands=(\n", stdout);
    for (int i = 0; wb_commands[i]; i++) {
        printf("  '%s:", wb_commands[i]->name);
        zsh_text(wb_commands[i]->summary.in[language]);
        fputs("'\n", stdout);
    }
    fputs(")\nif (( CURRENT == 2 )); then\n  _describe command commands\n  _files\n  return\nfi\n"
          "shift words\n(( CURRENT-- ))\ncase $words[1] in\n",
          stdout);
    for (int i = 0; wb_commands[i]; i++) {
        printf("  %s) _arguments", wb_commands[i]->name);
        zsh_options(wb_commands[i]->options, language);
        zsh_options(wb_common_options, language);
        fputs(" \\\n      ", stdout);
        zsh_arguments(wb_commands[i]);
        fputs(" ;;\n", stdout);
    }
    fputs("  *) _files ;;\nesac\n", stdout);
}
