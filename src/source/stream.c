/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file cut into messages. In an mbox a message begins with a line "From ... year" that stands
 * at the front of the file or behind a blank line; mboxrd and mboxo put ">" in front of such lines
 * inside a message, which is taken away again. A file that does not begin with "From " is one
 * message.
 *
 *     chunk:  [message][message][message]  | rest: the beginning of the next message
 *                                            is carried over to the next chunk
 */
#include "source.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "check.h"
#include "foreign.h"
#include "inflate.h"

enum {
    CHUNK_BYTES = 512 << 10, /* fits the second-level cache, and holds some 80 reports */
    SLACK = 4096,
    BESIDE = 64 << 10, /* what a chunk of usual mails leaves over goes in front of the next one */
    /* of a long message: more than the limit, so that who reads it sees the limit and names it;
     * the "From " line goes off that */
    KEPT_BYTES = WB_MAX_MESSAGE_BYTES + SLACK,
};

struct wb_stream {
    struct wb_inflate *in;
    char *name;
    char *rest; /* begins with a "From " line, if an mbox */
    size_t rest_n;
    uint32_t index;
    bool mbox;
    bool started;
    bool eof;
    bool broken;              /* the end is where trouble came: what stands last is not whole */
    struct wb_status trouble; /* to be told when what came before it has been delivered */
};

void wb_chunk_free(struct wb_chunk *chunk)
{
    free(chunk->room);
    free(chunk->messages);
    *chunk = (struct wb_chunk){0};
}

static struct wb_stream *new_stream(const char *name)
{
    struct wb_stream *s = calloc(1, sizeof *s);
    WB_CHECK(s);
    s->name = strdup(name);
    WB_CHECK(s->name);
    return s;
}

struct wb_stream *wb_stream_open(int fd, const char *name, struct wb_status *status)
{
    (void)status;
    struct wb_stream *s = new_stream(name);
    s->in = wb_inflate_open(fd, s->name);
    return s;
}

struct wb_stream *wb_stream_over(struct wb_slice bytes, const char *name)
{
    struct wb_stream *s = new_stream("");
    s->in = wb_inflate_over(bytes, name);
    return s;
}

void wb_stream_over_next(struct wb_stream *s, struct wb_slice bytes, const char *name)
{
    wb_inflate_over_next(s->in, bytes, name);
    s->rest_n = 0;
    s->index = 0;
    s->mbox = s->started = s->eof = s->broken = false;
    s->trouble.text[0] = '\0';
}

void wb_stream_close(struct wb_stream *s)
{
    if (!s)
        return;
    wb_inflate_close(s->in);
    free(s->name);
    free(s->rest);
    free(s);
}

bool wb_stream_is_mbox(const struct wb_stream *s)
{
    return s->mbox;
}

uint64_t wb_stream_bytes(const struct wb_stream *s)
{
    return wb_inflate_bytes(s->in);
}

/* ---- chunks ---- */

static void make_room(struct wb_chunk *chunk, size_t n)
{
    if (chunk->cap - chunk->n < n) {
        if (!chunk->n) { /* nothing is to be copied */
            free(chunk->room);
            chunk->room = NULL;
        }
        chunk->cap = chunk->n + n + BESIDE;
        chunk->room = realloc(chunk->room, chunk->cap);
        WB_CHECK(chunk->room);
    }
    chunk->bytes = chunk->room;
}

static void add_message(struct wb_chunk *chunk, size_t from, size_t to, bool cut)
{
    if (chunk->count == chunk->message_cap) {
        chunk->message_cap = chunk->message_cap ? chunk->message_cap * 2 : 64;
        chunk->messages = realloc(chunk->messages, chunk->message_cap * sizeof *chunk->messages);
        WB_CHECK(chunk->messages);
    }
    chunk->messages[chunk->count++] = (struct wb_span){from, to - from, cut};
}

/* Reads up to n bytes; the end, or trouble, is noted. */
static size_t read_some(struct wb_stream *s, char *out, size_t n)
{
    size_t got;
    if (!wb_inflate_read(s->in, out, n, &got, &s->trouble)) {
        s->broken = true;
        got = 0;
    }
    s->eof = got == 0;
    return got;
}

/* Reads up to n more bytes behind what the chunk holds. */
static void read_more(struct wb_stream *s, struct wb_chunk *chunk, size_t n)
{
    make_room(chunk, n);
    while (n && !s->eof) {
        size_t got = read_some(s, chunk->room + chunk->n, n);
        chunk->n += got;
        n -= got;
    }
}

/* ---- mbox ---- */

/* An editor may have put a byte order mark in front, which goes with the first line. */
static bool begins_mbox(struct wb_slice head)
{
    if (wb_slice_starts(head, WB_S("\xEF\xBB\xBF")))
        head = wb_slice_from(head, 3);
    return wb_slice_starts(head, WB_S("From "));
}

/* "From user@host Thu Jan  1 00:00:00 2026": ends in a year, or a year and a zone. */
static bool is_from_line(struct wb_slice line)
{
    if (!wb_slice_starts(line, WB_S("From ")))
        return false;
    size_t colon = wb_slice_chr(line, ':');
    if (colon + 3 >= line.n || !wb_is_digit(line.p[colon - 1]) || !wb_is_digit(line.p[colon + 1]))
        return false;
    for (size_t i = colon; i + 4 <= line.n; i++)
        if ((line.p[i] == '1' || line.p[i] == '2') && wb_is_digit(line.p[i + 1]) &&
            wb_is_digit(line.p[i + 2]) && wb_is_digit(line.p[i + 3]))
            return true;
    return false;
}

static bool blank_before(const char *bytes, size_t at)
{
    if (at == 0)
        return true;
    if (at < 2 || bytes[at - 1] != '\n')
        return false;
    return bytes[at - 2] == '\n' || (at > 2 && bytes[at - 2] == '\r' && bytes[at - 3] == '\n');
}

/*
 * The next line that begins a message, from `at` on; text.n when there is none. quoted: a ">From "
 * stands somewhere before it.
 */
static size_t next_from(struct wb_slice text, size_t at, bool *quoted)
{
    for (;; at++) {
        at += wb_slice_find(wb_slice_from(text, at), WB_S("From "));
        if (at >= text.n)
            return text.n;
        struct wb_slice here = wb_slice_from(text, at);
        if (blank_before(text.p, at) && is_from_line(wb_slice_head(here, wb_slice_chr(here, '\n'))))
            return at;
        *quoted |= at > 0 && text.p[at - 1] == '>';
    }
}

/* Whether the ">" at that place, and others before it, are all that stands before it on its line.
 */
static bool only_marks_before(const char *p, size_t at)
{
    while (at > 0 && p[at - 1] == '>')
        at--;
    return at == 0 || p[at - 1] == '\n';
}

/* Takes one ">" away from lines ">From ", ">>From " of a message; returns its new length. */
static size_t unquote(char *p, size_t n)
{
    size_t to = 0, kept = 0; /* where is written; what stands before it in the old text is done */
    for (size_t at = 0; (at += wb_slice_find(wb_slice(p + at, n - at), WB_S(">From "))) < n; at++) {
        if (at + 6 == n || !only_marks_before(p, at)) /* "From " alone begins no line of text */
            continue;
        memmove(p + to, p + kept, at - kept);
        to += at - kept;
        kept = at + 1;
    }
    memmove(p + to, p + kept, n - kept);
    return to + n - kept;
}

/*
 * Behind the "From " line, and without the blank line that the mailbox adds at the end. quoted:
 * there may be lines with ">From ".
 */
static void add_mbox_message(struct wb_chunk *chunk, size_t from, size_t to, bool cut, bool quoted)
{
    struct wb_slice text = wb_slice(chunk->bytes + from, to - from);
    size_t lf = wb_slice_chr(text, '\n'), cr = wb_slice_chr(wb_slice_head(text, lf), '\r');
    from += (cr + 1 < lf ? cr : lf) + 1; /* in old mails a bare CR ends the line */
    if (from > to)
        from = to;
    if (to > from && !cut && chunk->bytes[to - 1] == '\n') {
        bool crlf = to - from > 1 && chunk->bytes[to - 2] == '\r';
        size_t before = to - (crlf ? 2 : 1);
        if (before > from && chunk->bytes[before - 1] == '\n')
            to = before;
    }
    if (quoted)
        to = from + unquote(chunk->room + from, to - from);
    add_message(chunk, from, to, cut);
}

static void keep_rest(struct wb_stream *s, const struct wb_chunk *chunk, size_t from)
{
    s->rest_n = chunk->n - from;
    s->rest = realloc(s->rest, s->rest_n + 1);
    WB_CHECK(s->rest);
    memcpy(s->rest, chunk->bytes + from, s->rest_n);
}

/*
 * A message beyond the limit: its beginning stays, the file is read on and thrown away up to the
 * next message, whose beginning becomes the rest.
 */
static void skip_long_message(struct wb_stream *s, struct wb_chunk *chunk)
{
    struct wb_chunk window = {0};
    bool quoted = false;
    add_mbox_message(chunk, 0, KEPT_BYTES, true, true);
    /* the window always begins with a few bytes of what was thrown away: the blank line */
    make_room(&window, CHUNK_BYTES);
    size_t tail = chunk->n > WB_MAX_MESSAGE_BYTES ? chunk->n - WB_MAX_MESSAGE_BYTES : 0;
    make_room(&window, tail + CHUNK_BYTES);
    memcpy(window.room, chunk->bytes + chunk->n - tail, tail);
    window.n = tail;
    for (;;) {
        read_more(s, &window, CHUNK_BYTES);
        size_t at = next_from(wb_slice(window.bytes, window.n), 1, &quoted);
        if (at < window.n || s->eof) {
            keep_rest(s, &window, at);
            break;
        }
        size_t keep = window.n < SLACK ? window.n : SLACK;
        memmove(window.room, window.bytes + window.n - keep, keep);
        window.n = keep;
    }
    wb_chunk_free(&window);
}

static void next_mbox(struct wb_stream *s, struct wb_chunk *chunk)
{
    size_t scanned = 5, from = 0;
    bool quoted = false;
    for (;; read_more(s, chunk, CHUNK_BYTES)) {
        struct wb_slice text = wb_slice(chunk->bytes, chunk->n);
        size_t at;
        while ((at = next_from(text, scanned, &quoted)) < text.n) {
            add_mbox_message(chunk, from, at, false, quoted);
            quoted = false;
            from = at;
            scanned = at + 5;
        }
        if (chunk->count || s->eof)
            break;
        if (chunk->n > KEPT_BYTES) {
            skip_long_message(s, chunk);
            return;
        }
        scanned = chunk->n > SLACK ? chunk->n - SLACK : 5;
    }
    if (s->eof && chunk->n > from) {
        bool cut = chunk->n - from > KEPT_BYTES;
        if (cut || !s->broken)
            add_mbox_message(chunk, from, cut ? from + KEPT_BYTES : chunk->n, cut, quoted);
        from = chunk->n;
    }
    keep_rest(s, chunk, from);
}

/* ---- single messages ---- */

static void drain(struct wb_stream *s)
{
    char waste[16 << 10];
    while (!s->eof)
        read_some(s, waste, sizeof waste);
}

static void next_single(struct wb_stream *s, struct wb_chunk *chunk)
{
    while (!s->eof && chunk->n <= KEPT_BYTES)
        read_more(s, chunk, CHUNK_BYTES);
    bool cut = chunk->n > KEPT_BYTES;
    if (cut || !s->broken)
        add_message(chunk, 0, cut ? KEPT_BYTES : chunk->n, cut);
    if (cut && !wb_inflate_may_stop(s->in))
        drain(s);
    s->eof = true;
}

/*
 * The message that all the bytes given are, as they lie there: to copy a small file costs as much
 * as to find its parts. False when there is more to do than that.
 */
static bool take_given(struct wb_stream *s, struct wb_chunk *chunk)
{
    struct wb_slice given = wb_inflate_given(s->in);
    if (!given.n || given.n > KEPT_BYTES || begins_mbox(given) || wb_foreign(given))
        return false;
    chunk->bytes = given.p;
    chunk->n = given.n;
    wb_inflate_skip_given(s->in);
    add_message(chunk, 0, given.n, false);
    s->started = s->eof = true;
    return true;
}

/* Trouble when the file is something else than mail; it is read to its end, as a pipe wants. */
static bool is_foreign(struct wb_stream *s, struct wb_slice head)
{
    const char *reason = wb_foreign(head);
    if (!reason)
        return false;
    if (!wb_inflate_may_stop(s->in))
        drain(s);
    s->eof = true;
    wb_trouble(&s->trouble, "%s: %s", wb_inflate_name(s->in), reason);
    return true;
}

/* Reads on, behind what the last chunk has left over. */
static void read_chunk(struct wb_stream *s, struct wb_chunk *chunk)
{
    make_room(chunk, s->rest_n + CHUNK_BYTES);
    memcpy(chunk->room, s->rest ? s->rest : "", s->rest_n);
    chunk->n = s->rest_n;
    s->rest_n = 0;
    read_more(s, chunk, CHUNK_BYTES);
    if (!s->started) {
        s->started = true;
        struct wb_slice head = wb_slice(chunk->bytes, chunk->n);
        s->mbox = begins_mbox(head);
        if (is_foreign(s, head)) {
            chunk->n = 0;
            return;
        }
    }
    if (!s->eof || chunk->n)
        (s->mbox ? next_mbox : next_single)(s, chunk);
}

bool wb_stream_next(struct wb_stream *s, struct wb_chunk *chunk, struct wb_status *status)
{
    status->text[0] = '\0';
    chunk->n = 0;
    chunk->count = 0;
    chunk->first_index = s->index;
    if (s->started || !take_given(s, chunk))
        read_chunk(s, chunk);
    s->index += chunk->count;
    if (!chunk->count && s->trouble.text[0]) /* it is long, and mostly empty */
        *status = s->trouble;
    return chunk->count;
}
