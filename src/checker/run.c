/* SPDX-License-Identifier: BSD-2-Clause */
/* One check, or one for each line of standard input. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "asked.h"
#include "check.h"
#include "checker.h"
#include "idn.h"

#include "sender.h"
#include "limit_check.h"

enum { ROOM = 4 * WB_MAX_CHECKS_AT_ONCE /* answers that wait for an earlier one */ };

void wb_check_complain(const struct wb_check_settings *s, const char *what, const char *english,
                       const char *chinese)
{
    struct wb_buf line = {0};
    bool zh = s->language == WB_CHINESE;
    wb_buf_lit(&line, "whybounce: ");
    wb_buf_safe(&line, wb_slice_str(what));
    wb_buf_printf(&line, "%s%s\n", *what ? zh ? "：" : ": " : "", zh ? chinese : english);
    fwrite(line.p, 1, line.n, stderr);
    wb_buf_free(&line);
}

bool wb_check_write(const struct wb_check_settings *s, struct wb_buf *out)
{
    size_t done = 0;
    wb_asked_wipe();
    while (done < out->n) {
        ssize_t n = write(STDOUT_FILENO, out->p + done, out->n - done);
        if (n < 0 && errno != EINTR) {
            wb_check_complain(s, strerror(errno), "standard output cannot be written",
                              "无法写到标准输出");
            return false;
        }
        done += n > 0 ? (size_t)n : 0;
    }
    wb_buf_clear(out);
    return true;
}

enum wb_check_exit wb_check_exit_of(enum wb_finding_state state)
{
    return state == WB_FINDING_TROUBLE   ? WB_CHECK_TROUBLE
           : state == WB_FINDING_UNKNOWN ? WB_CHECK_UNKNOWN
                                         : WB_CHECK_HEALTHY;
}

enum wb_check_exit wb_check_worse(enum wb_check_exit a, enum wb_check_exit b)
{
    if (a == WB_CHECK_TROUBLE || b == WB_CHECK_TROUBLE)
        return WB_CHECK_TROUBLE;
    return a > b ? a : b;
}

/* ---- one ---- */

bool wb_check_begin(const struct wb_check_settings *s, struct wb_check_run *run)
{
    struct wb_status status = {{0}};
    *run = (struct wb_check_run){.limits = 0};
    WB_CHECK(wb_arena_open(&run->arena, WB_MAX_PROBE_BYTES, &run->limits));
    run->probe = (struct wb_probe){.options = &s->probe,
                                   .arena = &run->arena,
                                   .dns = wb_dns_open(&s->probe.dns, &run->arena, &status),
                                   .deadline = wb_now() + WB_MAX_CHECK_TIME};
    if (run->probe.dns && wb_findings_open(&run->findings, &run->arena))
        return true;
    wb_check_complain(s, "", status.text, status.text);
    wb_check_end(run);
    return false;
}

void wb_check_end(struct wb_check_run *run)
{
    wb_dns_close(run->probe.dns);
    wb_arena_close(&run->arena);
}

static enum wb_check_exit answer(const struct wb_check_settings *s, struct wb_check_run *run,
                                 struct wb_slice subject, struct wb_buf *out)
{
    struct wb_answer answer = {.subject = subject, .result = wb_findings_worst(&run->findings, 0)};
    wb_put_answer(s, &answer, &run->findings, out);
    wb_check_end(run);
    return wb_check_exit_of(answer.result);
}

/* Of an IP address what others see of a sending server. */
static void probe_ip(struct wb_check_run *run, const struct wb_ip *ip, struct wb_slice subject)
{
    const struct wb_sender sender = {.ip = ip};
    if (wb_ip_is_private(ip) && !run->probe.options->private_too)
        wb_found(&run->findings, WB_FINDING_UNKNOWN, "ip.private", subject, WB_NONE, WB_NONE);
    else
        wb_probe_sender(&run->probe, &sender, &run->findings);
}

enum wb_check_exit wb_check_one(const struct wb_check_settings *s, struct wb_slice subject,
                                struct wb_buf *out)
{
    struct wb_check_run run;
    struct wb_ip ip;
    if (!wb_check_begin(s, &run))
        return WB_CHECK_UNKNOWN;
    if (wb_ip_read(subject, &ip))
        probe_ip(&run, &ip, subject);
    else
        wb_probe_recipient(&run.probe, subject, &run.findings);
    return answer(s, &run, subject, out);
}

enum wb_check_exit wb_check_from(const struct wb_check_settings *s, struct wb_buf *out)
{
    struct wb_check_run run;
    struct wb_ip ip;
    if (!wb_check_begin(s, &run))
        return WB_CHECK_UNKNOWN;
    struct wb_slice subject = wb_slice_str(s->from);
    struct wb_sender sender = {
        .domain = wb_idn_ascii(&run.arena, subject),
        .ip = s->ip && wb_ip_read(wb_slice_str(s->ip), &ip) ? &ip : NULL,
        .helo = wb_slice_str(s->helo ? s->helo : ""),
        .selector = wb_slice_str(s->selector ? s->selector : ""),
    };
    if (!sender.domain.n)
        wb_found(&run.findings, WB_FINDING_TROUBLE, "address.syntax", subject, WB_NONE, WB_NONE);
    else
        wb_probe_sender(&run.probe, &sender, &run.findings);
    return answer(s, &run, subject, out);
}

/* ---- many ---- */

struct answer {
    struct wb_buf out;
    bool done;
};

struct queue {
    const struct wb_check_settings *settings;
    pthread_mutex_t reading, lock;
    pthread_cond_t written;
    struct answer answers[ROOM]; /* by number, in a ring */
    size_t next_in, next_out;
    atomic_bool broken; /* also looked at by who reads the next line */
    enum wb_check_exit result;
};

/* A line of standard input, as far as it fits; false at the end. */
static bool read_line(char line[WB_MAX_SUBJECT], size_t *n_out)
{
    int c;
    size_t n = 0;
    while ((c = getc_unlocked(stdin)) != EOF && c != '\n')
        if (n < WB_MAX_SUBJECT && (n || !wb_is_space((char)c)))
            line[n++] = (char)c;
    *n_out = n;
    return n || c != EOF;
}

/* The next line that is not blank, and its number; false at the end. */
static bool take_line(struct queue *q, char line[WB_MAX_SUBJECT], struct wb_slice *subject_out,
                      size_t *number_out)
{
    bool found = false;
    pthread_mutex_lock(&q->reading);
    size_t n;
    while (!found && !q->broken && read_line(line, &n)) {
        *subject_out = wb_slice_trim(wb_slice(line, n));
        found = subject_out->n > 0;
    }
    if (found) {
        pthread_mutex_lock(&q->lock);
        *number_out = q->next_in++;
        while (*number_out - q->next_out >= ROOM)
            pthread_cond_wait(&q->written, &q->lock);
        pthread_mutex_unlock(&q->lock);
    }
    pthread_mutex_unlock(&q->reading);
    return found;
}

static void give_answer(struct queue *q, size_t number, struct wb_buf *out,
                        enum wb_check_exit result)
{
    pthread_mutex_lock(&q->lock);
    q->answers[number % ROOM] = (struct answer){*out, true};
    *out = (struct wb_buf){0};
    q->result = wb_check_worse(q->result, result);
    struct answer *a;
    while ((a = &q->answers[q->next_out % ROOM])->done) {
        q->broken = q->broken || !wb_check_write(q->settings, &a->out);
        wb_buf_free(&a->out);
        *a = (struct answer){0};
        q->next_out++;
    }
    wb_asked_done(q->next_out);
    pthread_cond_broadcast(&q->written);
    pthread_mutex_unlock(&q->lock);
}

static void *work(void *argument)
{
    struct queue *q = argument;
    char line[WB_MAX_SUBJECT];
    size_t number;
    struct wb_slice subject;
    while (take_line(q, line, &subject, &number)) {
        struct wb_buf out = {0};
        enum wb_check_exit result = wb_check_one(q->settings, subject, &out);
        give_answer(q, number, &out, result);
    }
    return NULL;
}

enum wb_check_exit wb_check_lines(const struct wb_check_settings *s)
{
    struct queue q = {.settings = s};
    pthread_t threads[WB_MAX_CHECKS_AT_ONCE];
    pthread_mutex_init(&q.reading, NULL);
    pthread_mutex_init(&q.lock, NULL);
    pthread_cond_init(&q.written, NULL);
    for (int i = 0; i < WB_MAX_CHECKS_AT_ONCE; i++)
        WB_CHECK(pthread_create(&threads[i], NULL, work, &q) == 0);
    for (int i = 0; i < WB_MAX_CHECKS_AT_ONCE; i++)
        pthread_join(threads[i], NULL);
    if (!q.next_in)
        wb_check_complain(s, "-", "the input is empty", "内容是空的");
    return q.broken || !q.next_in ? WB_CHECK_UNKNOWN : q.result;
}
