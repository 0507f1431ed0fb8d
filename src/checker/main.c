/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of whybounce check; its help stands in src/cli/check.c. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "checker.h"

enum { SMTP_PORT = 25 };

static const struct option options[] = {
    {"json", no_argument, NULL, 'j'},           {"verbose", no_argument, NULL, 'v'},
    {"rcpt", no_argument, NULL, 'r'},           {"dns-only", no_argument, NULL, 'd'},
    {"resolver", required_argument, NULL, 'R'}, {"port", required_argument, NULL, 'p'},
    {"helo", required_argument, NULL, 'H'},     {"control", required_argument, NULL, 'c'},
    {"allow-private", no_argument, NULL, 'a'},  {"lang", required_argument, NULL, 'l'},
    {"color", required_argument, NULL, 'C'},    {0}};

static enum wb_tongue tongue_of(const char *tag)
{
    bool zh = (tag[0] | 32) == 'z' && (tag[1] | 32) == 'h' && (!tag[2] || strchr("-_.", tag[2]));
    return zh ? WB_IN_CHINESE : WB_IN_ENGLISH;
}

static enum wb_tongue tongue_of_locale(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return tongue_of(value);
    }
    return WB_IN_ENGLISH;
}

static bool take_port(struct wb_check_settings *s, const char *text)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end || port < 1 || port > 65535)
        return false;
    s->probe.port = (uint16_t)port;
    return true;
}

/* A name that may stand in EHLO. */
static bool is_name(const char *text)
{
    size_t n = strlen(text);
    return n && n < 256 &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._[]:") ==
               n;
}

/* False when the value is wrong. */
static bool take_option(struct wb_check_settings *s, int option)
{
    switch (option) {
    case 'j': s->json = true; break;
    case 'v': s->verbose = true; break;
    case 'r': s->probe.rcpt = true; break;
    case 'd': s->probe.dns_only = true; break;
    case 'a': s->probe.private_too = true; break;
    case 'R': s->probe.dns.resolver = optarg; break;
    case 'c': s->probe.control = optarg; return is_name(optarg);
    case 'H': s->probe.helo = optarg; return is_name(optarg);
    case 'p': return take_port(s, optarg);
    case 'l': s->tongue = tongue_of(optarg); break;
    case 'C':
        s->colour = strcmp(optarg, "always") == 0 || (s->colour && strcmp(optarg, "auto") == 0);
        break;
    default: return false;
    }
    return true;
}

static bool read_options(struct wb_check_settings *s, int argc, char **argv)
{
    int found;
    opterr = 0;
    while ((found = getopt_long(argc, argv, "v", options, NULL)) != -1)
        if (!take_option(s, found)) {
            wb_check_complain(s, argv[optind - 1],
                              "this option or its value is wrong; see 'whybounce check --help'",
                              "这个选项或它的内容不对；见 whybounce check --help");
            return false;
        }
    if (optind < argc)
        return true;
    wb_check_complain(s, "", "whom to check? See 'whybounce check --help'",
                      "要检查哪个地址？见 whybounce check --help");
    return false;
}

static void show_progress(const struct wb_check_settings *s, const char *subject)
{
    if (s->progress)
        fprintf(stderr,
                s->tongue == WB_IN_CHINESE ? "正在查询 %s 的 DNS 和邮件服务器……"
                                           : "asking DNS and the mail servers of %s ...",
                subject);
}

static void wipe_progress(const struct wb_check_settings *s)
{
    if (s->progress)
        fputs("\r\033[K", stderr);
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/*
 * The sender's side of a domain is looked at by the program that also says whether the trouble of
 * a bounce still stands; it stands beside this one and takes the same options.
 */
static bool asks_for_sender(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--from") == 0 || strncmp(argv[i], "--from=", 7) == 0)
            return true;
    return false;
}

static int run_sender(const struct wb_check_settings *s, int argc, char **argv)
{
    char path[4096];
    /* the language of the locale in front, so that --lang may say otherwise */
    static char option[] = "--lang", tags[WB_TONGUES][3] = {"en", "zh"};
    char **all = calloc((size_t)argc + 3, sizeof *all);
    if (!all)
        return WB_CHECK_UNKNOWN;
    all[0] = argv[0];
    all[1] = option;
    all[2] = tags[s->tongue];
    memcpy(all + 3, argv + 1, (size_t)argc * sizeof *all);
    ssize_t n = readlink("/proc/self/exe", path, sizeof path - 64);
    while (n > 0 && path[n - 1] != '/')
        n--;
    snprintf(path + (n > 0 ? n : 0), 64, "whybounce-live");
    execv(path, all);
    free(all);
    wb_check_complain(s, path, "this program is missing", "找不到这个程序");
    return WB_CHECK_UNKNOWN;
}

int main(int argc, char **argv)
{
    static char name[256];
    struct wb_check_settings s = {.tongue = tongue_of_locale(),
                                  .colour = isatty(STDOUT_FILENO),
                                  .progress = isatty(STDERR_FILENO)};
    signal(SIGPIPE, SIG_IGN);
    s.probe.port = SMTP_PORT;
    s.probe.well_known = wb_well_known;
    s.probe.blocklists = wb_blocklists;
    s.probe.helo = gethostname(name, sizeof name - 1) == 0 && is_name(name) ? name : "localhost";
    s.probe.dns.resolver = getenv("WHYBOUNCE_RESOLVER");
    if (asks_for_sender(argc, argv))
        return run_sender(&s, argc, argv);
    if (!read_options(&s, argc, argv))
        return WB_CHECK_UNKNOWN;
    enum wb_check_exit worst = WB_CHECK_HEALTHY;
    for (int i = optind; i < argc; i++) {
        struct wb_buf out = {0};
        enum wb_check_exit result;
        if (strcmp(argv[i], "-") == 0) {
            result = wb_check_lines(&s);
        } else {
            show_progress(&s, is_printable(argv[i]) ? argv[i] : "?");
            result = wb_check_one(&s, wb_slice_str(argv[i]), &out);
            wipe_progress(&s);
        }
        if (!wb_check_write(&s, &out))
            return WB_CHECK_UNKNOWN;
        wb_buf_free(&out);
        worst = worst == WB_CHECK_TROUBLE || result == WB_CHECK_TROUBLE ? WB_CHECK_TROUBLE
                : result > worst                                        ? result
                                                                        : worst;
    }
    return (int)worst;
}
