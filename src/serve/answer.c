/* SPDX-License-Identifier: BSD-2-Clause */
/* What a call reads from its request and gives as its answer. */
#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_small.h"
#include "serve.h"

const char *wb_query(const struct wb_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_GET_ARGUMENT_KIND, name);
}

struct wb_slice wb_query_slice(const struct wb_request *r, const char *name)
{
    const char *value = wb_query(r, name);
    return wb_slice_str(value ? value : "");
}

bool wb_query_number(struct wb_request *r, const char *name, int64_t otherwise, int64_t least,
                     int64_t most, int64_t *out)
{
    struct wb_slice text = wb_query_slice(r, name);
    long long n = otherwise;
    if (text.n && (!wb_slice_number(text, &n) || n < least || n > most)) {
        wb_answer_problem(r, 400, "%s must be a number from %lld to %lld.", name, (long long)least,
                          (long long)most);
        return false;
    }
    *out = n;
    return true;
}

/* ---- cursors: "AT.ID", which nobody needs to understand ---- */

json_t *wb_cursor_json(struct wb_cursor cursor)
{
    return cursor.at || cursor.id
               ? json_sprintf("%lld.%lld", (long long)cursor.at, (long long)cursor.id)
               : json_null();
}

bool wb_query_cursor(struct wb_request *r, struct wb_cursor *out)
{
    const char *text = wb_query(r, "cursor");
    char *end = NULL;
    *out = (struct wb_cursor){0};
    if (!text || !*text)
        return true;
    out->at = strtoll(text, &end, 10);
    if (end != text && *end == '.') {
        const char *second = end + 1;
        out->id = strtoll(second, &end, 10);
        if (end != second && !*end)
            return true;
    }
    wb_answer_problem(r, 400, "The cursor is none that this service has given.");
    return false;
}

/* ---- answers ---- */

void wb_answer_json(struct wb_request *r, unsigned status, json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    if (!text) {
        wb_answer_problem(r, 500, "The answer could not be written.");
        return;
    }
    r->status = status;
    wb_buf_clear(&r->out);
    wb_buf_put(&r->out, wb_slice_str(text));
    free(text);
}

void wb_answer_nothing(struct wb_request *r)
{
    r->status = MHD_HTTP_NO_CONTENT;
    wb_buf_clear(&r->out);
}

static const char *title(unsigned status)
{
    const char *text = MHD_get_reason_phrase_for(status);
    return text ? text : "Error";
}

void wb_answer_problem(struct wb_request *r, unsigned status, const char *format, ...)
{
    char text[WB_STATUS_TEXT];
    struct wb_buf clean = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    wb_buf_safe(&clean, wb_slice_str(text));
    json_t *problem = json_pack("{s:s, s:s, s:i, s:s%}", "type", "about:blank", "title",
                                title(status), "status", (int)status, "detail", clean.p, clean.n);
    wb_buf_free(&clean);
    wb_answer_json(r, status, problem ? problem : json_object());
    r->type = "application/problem+json";
    r->attached = NULL;
}

void wb_answer_trouble(struct wb_request *r, const struct wb_status *status)
{
    wb_serve_complain("%s", status->text);
    r->retry_after = 5;
    wb_answer_problem(r, MHD_HTTP_SERVICE_UNAVAILABLE, "%s", status->text);
}

/* ---- bodies ---- */

bool wb_body_is(const struct wb_request *r, const char *media)
{
    const char *type =
        MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    struct wb_slice text = wb_slice_str(type ? type : "");
    text = wb_slice_head(text, wb_slice_find(text, WB_S(";")));
    return wb_slice_eqi(wb_slice_trim(text), wb_slice_str(media));
}

json_t *wb_body_json(struct wb_request *r)
{
    json_error_t error;
    if (!wb_json_is_small(wb_buf_slice(&r->body), WB_MAX_JSON_VALUES)) {
        wb_answer_problem(r, 400, "The body must be a JSON object of at most %d values.",
                          WB_MAX_JSON_VALUES);
        return NULL;
    }
    json_t *body =
        json_loadb(r->body.p ? r->body.p : "", r->body.n, JSON_REJECT_DUPLICATES, &error);
    if (json_is_object(body))
        return body;
    json_decref(body);
    wb_answer_problem(r, MHD_HTTP_BAD_REQUEST, "The body must be a JSON object%s%s.",
                      body ? "" : ": ", body ? "" : error.text);
    return NULL;
}

bool wb_body_text(struct wb_request *r, json_t *body, const char *key, size_t longest,
                  struct wb_slice *out)
{
    json_t *value = json_object_get(body, key);
    const char *text = json_string_value(value);
    if (text && json_string_length(value) <= longest) {
        *out = wb_slice_trim(wb_slice(text, json_string_length(value)));
        if (out->n)
            return true;
    }
    wb_answer_problem(r, 422, "\"%s\" must be a text of 1 to %zu bytes.", key, longest);
    return false;
}

json_t *wb_json_slice(struct wb_slice s)
{
    json_t *text = s.n ? json_stringn(s.p, s.n) : NULL; /* NULL also when it is no UTF-8 */
    return text ? text : json_null();
}

json_t *wb_json_time(int64_t at)
{
    return at ? json_integer(at) : json_null();
}
