/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One thread, one poll for all talks. Each talk is a small machine: it waits for a reply, and each
 * reply leads to the next command.
 */
#include "smtp.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include "buf.h"
#include "dns.h"
#include "find.h"
#include "reader.h"
#include "tls.h"
#include "limit_check.h"

enum step {
    CONNECT,
    GREETING,
    EHLO,
    HELO,
    STARTTLS,
    HANDSHAKE,
    EHLO_AGAIN,
    MAIL,
    RCPT,
    QUIT,
    DONE
};

enum { MOST_LINES = 200 }; /* of one talk */

/* A talk while it goes on. */
struct client {
    struct wb_talk *talk;
    const struct wb_talk_options *options;
    struct wb_arena *arena;
    int fd;
    enum step step;
    int64_t connect_by;
    SSL_CTX *context;
    SSL *tls;
    short events;
    struct wb_buf to_send;
    struct wb_buf shown; /* the transcript */
    struct wb_buf reply; /* its lines so far */
    char line[WB_MAX_TALK_LINE];
    size_t line_n, heard;
    int lines;
};

/* ---- the end of it ---- */

static void end_talk(struct client *c, enum wb_talk_end end)
{
    if (c->talk->end != WB_TALK_WELL)
        c->talk->end = end;
    if ((c->step == STARTTLS || c->step == HANDSHAKE) && c->talk->tls == WB_TLS_NONE)
        wb_tls_failed(c->talk, c->arena);
    c->step = DONE;
    if (c->tls)
        SSL_free(c->tls);
    c->tls = NULL;
    if (c->fd >= 0)
        close(c->fd);
    c->fd = -1;
}

/* What a connection that ends here means. */
static enum wb_talk_end end_within(enum step step, bool by_peer)
{
    if (step == CONNECT)
        return WB_TALK_TIMEOUT;
    if (step == GREETING)
        return by_peer ? WB_TALK_DROPPED : WB_TALK_NO_GREETING;
    return WB_TALK_SILENT;
}

static void show(struct client *c, const char *mark, struct wb_slice line)
{
    if (c->shown.n + line.n > WB_MAX_TRANSCRIPT)
        return;
    wb_buf_put(&c->shown, wb_slice_str(mark));
    wb_buf_put(&c->shown, line);
    wb_buf_byte(&c->shown, '\n');
}

static void say(struct client *c, enum step step, const char *format, const char *word)
{
    size_t from = c->to_send.n;
    wb_buf_printf(&c->to_send, format, word);
    show(c, "> ", wb_slice_from(wb_buf_slice(&c->to_send), from));
    wb_buf_lit(&c->to_send, "\r\n");
    c->events = POLLIN | POLLOUT;
    c->step = step;
}

/* ---- replies ---- */

static void take_extension(struct wb_talk *talk, struct wb_slice line)
{
    static const struct {
        const char *name;
        unsigned bit;
    } known[] = {{"SIZE", WB_EXTENSION_SIZE},
                 {"STARTTLS", WB_EXTENSION_STARTTLS},
                 {"8BITMIME", WB_EXTENSION_8BITMIME},
                 {"SMTPUTF8", WB_EXTENSION_SMTPUTF8}};
    struct wb_slice word = wb_slice_cut(&line, ' ');
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (wb_slice_eqi(word, wb_slice_str(known[i].name)))
            talk->extensions |= known[i].bit;
    if (wb_slice_eqi(word, WB_S("SIZE")))
        wb_slice_number(wb_slice_trim(line), &talk->size_limit);
}

static void take_extensions(struct client *c)
{
    struct wb_slice rest = wb_buf_slice(&c->reply), line;
    c->talk->extensions = 0;
    while (wb_slice_line(&rest, &line))
        take_extension(c->talk, wb_slice_from(line, 4));
}

static struct wb_slice kept_reply(struct client *c)
{
    struct wb_slice reply = wb_slice_rtrim(wb_buf_slice(&c->reply));
    return wb_arena_copy(c->arena, wb_slice_head(reply, WB_MAX_FINDING_BYTES));
}

static void ask_recipient(struct client *c)
{
    if (c->options->rcpt)
        say(c, MAIL, "MAIL FROM:<>%s", "");
    else
        say(c, QUIT, "QUIT%s", "");
}

static void greeted(struct client *c, int code)
{
    c->talk->code = code;
    c->talk->greeting = kept_reply(c);
    if (code != 220) {
        end_talk(c, code >= 400 ? WB_TALK_UNWELCOME : WB_TALK_NOT_SMTP);
    } else if (c->options->greeting_only) {
        c->talk->end = WB_TALK_WELL;
        say(c, QUIT, "QUIT%s", "");
    } else {
        say(c, EHLO, "EHLO %s", c->options->helo);
    }
}

static void answered_ehlo(struct client *c, int code)
{
    bool first = c->step == EHLO;
    if (first && (code == 500 || code == 502)) { /* it knows only HELO (RFC 5321 3.2) */
        say(c, HELO, "HELO %s", c->options->helo);
        return;
    }
    if (code != 250) {
        c->talk->code = code;
        c->talk->greeting = kept_reply(c);
        end_talk(c, WB_TALK_UNWELCOME);
        return;
    }
    c->talk->end = WB_TALK_WELL;
    unsigned before = c->talk->extensions;
    take_extensions(c);
    c->talk->extensions |= before & WB_EXTENSION_STARTTLS;
    if (first && c->context && (c->talk->extensions & WB_EXTENSION_STARTTLS))
        say(c, STARTTLS, "STARTTLS%s", "");
    else
        ask_recipient(c);
}

static void answered_starttls(struct client *c, int code)
{
    c->tls = code == 220 ? wb_tls_client(c->context, c->fd, c->talk->host) : NULL;
    if (!c->tls) {
        c->talk->tls = WB_TLS_FAILED;
        c->talk->tls_why = kept_reply(c);
        ask_recipient(c);
        return;
    }
    c->step = HANDSHAKE;
    c->events = POLLIN | POLLOUT;
}

static void answered_recipient(struct client *c, int code)
{
    if (c->step == MAIL && code / 100 == 2) {
        say(c, RCPT, "RCPT TO:<%s>", c->options->rcpt);
        return;
    }
    c->talk->rcpt_code = code; /* where MAIL is refused, RCPT would be, too */
    c->talk->rcpt_reply = kept_reply(c);
    say(c, QUIT, "QUIT%s", "");
}

static void answered(struct client *c, int code)
{
    switch (c->step) {
    case GREETING: greeted(c, code); break;
    case EHLO:
    case HELO:
    case EHLO_AGAIN: answered_ehlo(c, code); break;
    case STARTTLS: answered_starttls(c, code); break;
    case MAIL:
    case RCPT: answered_recipient(c, code); break;
    default: end_talk(c, WB_TALK_WELL); break;
    }
}

/* A whole line; the last of a reply has no "-" behind its code (RFC 5321 4.2.1). */
static void take_line(struct client *c)
{
    struct wb_slice line = wb_slice_rtrim(wb_slice(c->line, c->line_n));
    struct wb_reader r = wb_reader(wb_slice_head(line, 3));
    int code = 0;
    c->line_n = 0;
    show(c, "< ", line);
    if (++c->lines > MOST_LINES || !wb_reader_digits(&r, 3, &code) || wb_reader_left(&r) ||
        code < 200 || code > 599) {
        end_talk(c, c->step == GREETING ? WB_TALK_NOT_SMTP : WB_TALK_SILENT);
        return;
    }
    wb_buf_put(&c->reply, line);
    wb_buf_byte(&c->reply, '\n');
    if (line.n > 3 && line.p[3] == '-')
        return;
    answered(c, code);
    wb_buf_clear(&c->reply);
}

static void take_bytes(struct client *c, const char *p, size_t n)
{
    c->heard += n;
    for (size_t i = 0; i < n && c->step != DONE && c->step != HANDSHAKE; i++) {
        if (p[i] == '\n')
            take_line(c);
        else if (c->line_n < sizeof c->line)
            c->line[c->line_n++] = p[i];
    }
    if (c->heard > WB_MAX_TALK_BYTES && c->step != DONE)
        end_talk(c, c->step == GREETING ? WB_TALK_NOT_SMTP : WB_TALK_SILENT);
}

/* ---- bytes ---- */

static void shake_hands(struct client *c)
{
    int done = SSL_do_handshake(c->tls); /* begins with no errors of others */
    if (done == 1) {
        wb_tls_judge(c->tls, c->talk, c->arena);
        say(c, EHLO_AGAIN, "EHLO %s", c->options->helo);
        return;
    }
    int why = SSL_get_error(c->tls, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
        c->events = why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        return;
    }
    end_talk(c, WB_TALK_WELL);
}

static ssize_t get(struct client *c, char *p, size_t n)
{
    return c->tls ? wb_tls_get(c->tls, p, n) : recv(c->fd, p, n, 0);
}

static ssize_t put(struct client *c)
{
    const struct wb_buf *b = &c->to_send;
    return c->tls ? wb_tls_put(c->tls, b->p, b->n) : send(c->fd, b->p, b->n, MSG_NOSIGNAL);
}

static void hear(struct client *c)
{
    char bytes[4096];
    ssize_t n;
    do {
        n = get(c, bytes, sizeof bytes);
        if (n > 0)
            take_bytes(c, bytes, (size_t)n);
        else if (n == 0 || (errno != EAGAIN && errno != EINTR))
            end_talk(c, end_within(c->step, true));
    } while (n > 0 && c->step != DONE && c->step != HANDSHAKE);
}

static void send_rest(struct client *c)
{
    ssize_t n = put(c);
    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        end_talk(c, end_within(c->step, true));
        return;
    }
    if (n > 0) {
        memmove(c->to_send.p, c->to_send.p + n, c->to_send.n - (size_t)n);
        c->to_send.n -= (size_t)n;
    }
    c->events = c->to_send.n ? POLLIN | POLLOUT : POLLIN;
}

/* ---- connecting ---- */

static enum wb_talk_end end_of_error(int error)
{
    switch (error) {
    case ECONNREFUSED: return WB_TALK_REFUSED;
    case ETIMEDOUT: return WB_TALK_TIMEOUT;
    case ENETUNREACH:
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL: return WB_TALK_NO_ROUTE;
    case EMFILE: /* our own lack: nothing is known of the server */
    case ENFILE:
    case ENOBUFS:
    case ENOMEM: return WB_TALK_NOT_TRIED;
    default: return WB_TALK_UNREACHABLE;
    }
}

static void start(struct client *c, int64_t deadline)
{
    struct sockaddr_storage address;
    socklen_t size = wb_ip_socket(&c->talk->ip, c->talk->port, &address);
    int64_t by = wb_now() + WB_MAX_CONNECT_TIME;
    c->connect_by = by < deadline ? by : deadline;
    c->fd = -1;
    if (!c->options->private_too && wb_ip_is_private(&c->talk->ip)) {
        end_talk(c, WB_TALK_FORBIDDEN);
        return;
    }
    c->fd = socket(c->talk->ip.family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (c->fd < 0 ||
        (connect(c->fd, (struct sockaddr *)&address, size) != 0 && errno != EINPROGRESS)) {
        end_talk(c, end_of_error(errno));
        return;
    }
    c->events = POLLOUT;
}

static void connected(struct client *c)
{
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) {
        end_talk(c, end_of_error(error));
        return;
    }
    c->step = GREETING;
    c->events = POLLIN;
}

static void go_on(struct client *c, short happened)
{
    if (c->step == CONNECT)
        connected(c);
    else if (c->step == HANDSHAKE)
        shake_hands(c);
    else if ((happened & POLLOUT) && c->to_send.n)
        send_rest(c);
    else if (happened & (POLLIN | POLLHUP | POLLERR))
        hear(c);
}

/* ---- all of them ---- */

/* Waits once for all talks; false when none goes on. */
static bool step_all(struct client *clients, size_t n, int64_t deadline)
{
    struct pollfd fds[WB_MAX_TALKS];
    struct client *of[WB_MAX_TALKS];
    nfds_t open = 0;
    int64_t now = wb_now(), until = deadline;
    for (size_t i = 0; i < n; i++) {
        struct client *c = &clients[i];
        if (c->step == CONNECT && now >= c->connect_by)
            end_talk(c, WB_TALK_TIMEOUT);
        if (c->step == DONE)
            continue;
        if (c->step == CONNECT && c->connect_by < until)
            until = c->connect_by;
        fds[open] = (struct pollfd){.fd = c->fd, .events = c->events};
        of[open++] = c;
    }
    if (!open || now >= deadline)
        return false;
    if (poll(fds, open, (int)(until - now + 1)) < 0 && errno != EINTR)
        return false;
    for (nfds_t i = 0; i < open; i++)
        if (fds[i].revents)
            go_on(of[i], fds[i].revents);
    return true;
}

static void finish(struct client *c)
{
    if (c->step == STARTTLS || c->step == HANDSHAKE)
        c->talk->tls = WB_TLS_SILENT;
    if (c->step != DONE)
        end_talk(c, end_within(c->step, false));
    c->talk->transcript = wb_arena_copy(c->arena, wb_buf_slice(&c->shown));
    wb_buf_free(&c->shown);
    wb_buf_free(&c->reply);
    wb_buf_free(&c->to_send);
}

void wb_smtp_talk(struct wb_talk *talks, size_t n, const struct wb_talk_options *options,
                  struct wb_arena *arena, int64_t deadline)
{
    n = n < WB_MAX_TALKS ? n : WB_MAX_TALKS;
    struct client *clients = wb_arena_alloc(arena, n * sizeof *clients);
    if (!clients)
        return;
    if (options->asking && n)
        options->asking("SMTP", talks->host, n - 1);
    SSL_CTX *context = wb_tls_open();
    for (size_t i = 0; i < n; i++) {
        clients[i] = (struct client){
            .talk = &talks[i], .options = options, .arena = arena, .context = context};
        start(&clients[i], deadline);
    }
    while (step_all(clients, n, deadline))
        ;
    for (size_t i = 0; i < n; i++)
        finish(&clients[i]);
    SSL_CTX_free(context);
}
