/* SPDX-License-Identifier: BSD-2-Clause */
#include "http_answer.h"

#include "reader.h"
#include "limit_check.h"

enum { MOST_HEAD_BYTES = 16 << 10, MOST_INTERIM = 8 };

struct head {
    bool chunked, encoded, sized;
    long long size;
};

/* ---- the head ---- */

/* "HTTP/1.1 200 OK"; 0 when it is none. */
static int read_status(struct wb_slice line)
{
    struct wb_reader r = wb_reader(line);
    int minor, code = 0;
    bool good = wb_reader_word(&r, WB_S("HTTP/1.")) && wb_reader_digits(&r, 1, &minor) &&
                wb_reader_accept(&r, ' ') && wb_reader_digits(&r, 3, &code);
    return good && code >= 100 && code <= 599 ? code : 0;
}

static void read_field(struct wb_slice line, struct head *head, struct wb_slice *type_out)
{
    struct wb_slice value = line, name = wb_slice_cut(&value, ':');
    value = wb_slice_trim(value);
    if (wb_slice_eqi(name, WB_S("Content-Type")))
        *type_out = value;
    else if (wb_slice_eqi(name, WB_S("Transfer-Encoding")))
        head->chunked = true;
    else if (wb_slice_eqi(name, WB_S("Content-Encoding")))
        head->encoded = !wb_slice_eqi(value, WB_S("identity"));
    else if (wb_slice_eqi(name, WB_S("Content-Length")))
        head->sized = wb_slice_number(value, &head->size);
}

/* Takes a head with the empty line behind it; more is needed when that is not there. */
static enum wb_http_end take_head(struct wb_slice *rest, struct head *head, struct wb_http *out)
{
    size_t n = wb_slice_find(*rest, WB_S("\r\n\r\n"));
    struct wb_slice lines = wb_slice_head(*rest, n);
    bool whole = n < rest->n;
    if (n > MOST_HEAD_BYTES)
        return WB_HTTP_BROKEN;
    struct wb_slice first = wb_slice_cut(&lines, '\n');
    out->status = read_status(first);
    if (!whole) /* what is no HTTP shows that early */
        return out->status || rest->n < 16 ? WB_HTTP_MORE : WB_HTTP_BROKEN;
    *rest = wb_slice_from(*rest, n + 4);
    while (lines.n)
        read_field(wb_slice_rtrim(wb_slice_cut(&lines, '\n')), head, &out->type);
    return out->status ? WB_HTTP_WHOLE : WB_HTTP_BROKEN;
}

/* ---- the body ---- */

/* "1a;extension" */
static bool read_chunk_size(struct wb_slice line, size_t *n_out)
{
    size_t n = 0, digits = 0;
    for (; digits < line.n && digits < 8; digits++) {
        char c = wb_lower(line.p[digits]);
        if (!wb_is_digit(c) && !(c >= 'a' && c <= 'f'))
            break;
        n = n << 4 | (size_t)(wb_is_digit(c) ? c - '0' : c - 'a' + 10);
    }
    *n_out = n;
    return digits > 0 && (digits == line.n || line.p[digits] == ';' || wb_is_space(line.p[digits]));
}

/* RFC 9112 7.1; trailers are not waited for. */
static enum wb_http_end take_chunks(struct wb_arena *arena, struct wb_slice rest,
                                    struct wb_http *out)
{
    struct wb_text body = wb_text_open(arena, WB_MAX_POLICY_BYTES);
    enum wb_http_end end = WB_HTTP_MORE;
    while (end == WB_HTTP_MORE && wb_slice_find(rest, WB_S("\n")) < rest.n) {
        size_t n;
        struct wb_slice line = wb_slice_rtrim(wb_slice_cut(&rest, '\n'));
        if (!read_chunk_size(line, &n))
            end = WB_HTTP_BROKEN;
        else if (n == 0)
            end = WB_HTTP_WHOLE;
        else if (n > WB_MAX_POLICY_BYTES - body.n)
            end = WB_HTTP_TOO_LARGE;
        else if (rest.n < n + 2)
            break;
        else if (rest.p[n] != '\r' || rest.p[n + 1] != '\n')
            end = WB_HTTP_BROKEN;
        else
            wb_text_put(&body, wb_slice_head(rest, n));
        rest = wb_slice_from(rest, n + 2);
    }
    if (end != WB_HTTP_WHOLE) {
        wb_text_drop(&body);
        return end;
    }
    bool cut = body.cut;
    out->body = wb_text_close(&body);
    return cut ? WB_HTTP_TOO_LARGE : end;
}

static enum wb_http_end take_body(struct wb_arena *arena, struct wb_slice rest,
                                  const struct head *head, bool over, struct wb_http *out)
{
    if (head->encoded)
        return WB_HTTP_BROKEN; /* nothing of the kind was asked for */
    if (head->chunked)
        return take_chunks(arena, rest, out);
    if (rest.n > WB_MAX_POLICY_BYTES || (head->sized && head->size > WB_MAX_POLICY_BYTES))
        return WB_HTTP_TOO_LARGE;
    size_t n = head->sized ? (size_t)head->size : rest.n;
    if (head->sized ? rest.n < n : !over)
        return WB_HTTP_MORE;
    out->body = wb_arena_copy(arena, wb_slice_head(rest, n));
    return WB_HTTP_WHOLE;
}

enum wb_http_end wb_http_read(struct wb_arena *arena, struct wb_slice bytes, bool over,
                              struct wb_http *out)
{
    struct head head = {0};
    enum wb_http_end end;
    int interim = 0;
    do { /* 100 and 103 come before the answer */
        head = (struct head){0};
        *out = (struct wb_http){0};
        end = take_head(&bytes, &head, out);
    } while (end == WB_HTTP_WHOLE && out->status < 200 && ++interim < MOST_INTERIM);
    if (end == WB_HTTP_WHOLE && out->status == 200)
        end = take_body(arena, bytes, &head, over, out);
    return end == WB_HTTP_MORE && over ? WB_HTTP_BROKEN : end;
}
