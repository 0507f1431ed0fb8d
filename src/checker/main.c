/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of whybounce check; its help stands in src/cli/check.c. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "asked.h"
#include "checker.h"
#include "config.h"

enum { SMTP_PORT = 25, DNS_PORT = 53, HTTPS_PORT = 443 };

static const struct option options[] = {{"json", no_argument, NULL, 'j'},
                                        {"verbose", no_argument, NULL, 'v'},
                                        {"rcpt", no_argument, NULL, 'r'},
                                        {"dns-only", no_argument, NULL, 'd'},
                                        {"config", required_argument, NULL, 'F'},
                                        {"resolver", required_argument, NULL, 'R'},
                                        {"port", required_argument, NULL, 'p'},
                                        {"ns-port", required_argument, NULL, 'n'},
                                        {"https-port", required_argument, NULL, 'P'},
                                        {"trust-anchor", required_argument, NULL, 't'},
                                        {"from", required_argument, NULL, 'f'},
                                        {"ip", required_argument, NULL, 'i'},
                                        {"selector", required_argument, NULL, 's'},
                                        {"live", no_argument, NULL, 'L'},
                                        {"helo", required_argument, NULL, 'H'},
                                        {"control", required_argument, NULL, 'c'},
                                        {"allow-private", no_argument, NULL, 'a'},
                                        {"lang", required_argument, NULL, 'l'},
                                        {"color", required_argument, NULL, 'C'},
                                        {0}};

static bool take_port(const char *text, uint16_t *port_out)
{
    char *end;
    long port = strtol(text, &end, 10);
    if (end == text || *end || port < 1 || port > 65535)
        return false;
    *port_out = (uint16_t)port;
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

static bool is_address(const char *text)
{
    struct wb_ip ip;
    return wb_ip_read(wb_slice_str(text), &ip);
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
    case 'F': s->config = optarg; break;
    case 'R': s->probe.dns.resolver = optarg; break;
    case 'c': s->probe.control = optarg; return is_name(optarg);
    case 'H': s->probe.helo = s->helo = optarg; return is_name(optarg);
    case 'p': return take_port(optarg, &s->probe.port);
    case 'n': return take_port(optarg, &s->probe.ns_port);
    case 'P': return take_port(optarg, &s->probe.https_port);
    case 't': s->probe.trust_anchor = optarg; return access(optarg, R_OK) == 0;
    case 'L': s->live = true; break;
    case 'f': s->from = optarg; break;
    case 's': s->selector = optarg; return is_name(optarg);
    case 'i': s->ip = optarg; return is_address(optarg);
    case 'l': s->language = wb_language_of_tag(optarg); break;
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
    if ((optind < argc) != (s->from || s->live))
        return true;
    wb_check_complain(s, "", "whom to check? See 'whybounce check --help'",
                      "要检查哪个地址？见 whybounce check --help");
    return false;
}

/* What the command line leaves open: the environment says it, else the configuration. */
static bool read_config(struct wb_check_settings *s, struct wb_config *config)
{
    struct wb_status status = {{0}};
    if (!wb_config_read(config, s->config, WHYBOUNCE_CONFIG, &status)) {
        wb_check_complain(s, "", status.text, status.text);
        return false;
    }
    if (!s->probe.dns.resolver)
        s->probe.dns.resolver = getenv("WHYBOUNCE_RESOLVER");
    if (!s->probe.dns.resolver && *config->resolver)
        s->probe.dns.resolver = config->resolver;
    if (!s->probe.trust_anchor && *config->trust_anchor)
        s->probe.trust_anchor = config->trust_anchor;
    if (!s->probe.control && *config->control && is_name(config->control))
        s->probe.control = config->control;
    if (!s->helo && *config->helo && is_name(config->helo))
        s->probe.helo = config->helo;
    return true;
}

static enum wb_check_exit check_argument(const struct wb_check_settings *s, const char *argument,
                                         struct wb_buf *out)
{
    if (strcmp(argument, "-") == 0)
        return wb_check_lines(s);
    return wb_check_one(s, wb_slice_str(argument), out);
}

/* Each argument in turn; false when the answer cannot be written any more. */
static bool check_all(const struct wb_check_settings *s, int n, char **arguments,
                      enum wb_check_exit *worst)
{
    struct wb_buf out = {0};
    bool ok = true;
    for (int i = 0; i < n && ok; i++) {
        *worst = wb_check_worse(*worst, check_argument(s, arguments[i], &out));
        ok = wb_check_write(s, &out);
    }
    if (s->from) {
        *worst = wb_check_from(s, &out);
        ok = wb_check_write(s, &out);
    }
    wb_buf_free(&out);
    return ok;
}

/* A hundred checks at once talk to many servers: as many open connections as the system allows. */
static void allow_connections(void)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }
}

int main(int argc, char **argv)
{
    static char name[256];
    struct wb_check_settings s = {.language = wb_language_of_locale(),
                                  .colour = isatty(STDOUT_FILENO),
                                  .progress = isatty(STDERR_FILENO)};
    struct wb_config config;
    enum wb_check_exit worst = WB_CHECK_HEALTHY;
    signal(SIGPIPE, SIG_IGN);
    allow_connections();
    s.probe.port = SMTP_PORT;
    s.probe.ns_port = DNS_PORT;
    s.probe.https_port = HTTPS_PORT;
    s.probe.helo = gethostname(name, sizeof name - 1) == 0 && is_name(name) ? name : "localhost";
    if (!read_options(&s, argc, argv) || !read_config(&s, &config))
        return WB_CHECK_UNKNOWN;
    s.probe.details = s.verbose || s.json;
    wb_asked_open(&s);
    if (s.live)
        worst = wb_check_reports(&s);
    else if (!check_all(&s, argc - optind, argv + optind, &worst))
        worst = WB_CHECK_UNKNOWN;
    wb_asked_wipe();
    wb_config_free(&config);
    return (int)worst;
}
