/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on the service itself: who am I, tokens, is it well, what does it count. */
#include <stdlib.h>

#include "auth.h"
#include "calls.h"
#include "edition.h"
#include "hooks.h"
#include "metrics.h"
#include "store_token.h"
#include "whybounce.h"

enum { LONGEST_NAME = 60, LONGEST_TOKEN = 128, COOKIE_ROOM = 256 };

static json_t *scopes_json(unsigned scopes)
{
    char text[WB_SCOPES_TEXT], *word, *rest = text;
    json_t *list = json_array();
    wb_scopes_text(scopes, text);
    while ((word = strsep(&rest, ",")) && *word)
        json_array_append_new(list, json_string(word));
    return list;
}

void wb_call_me(struct wb_request *r)
{
    const struct wb_service *s = r->service;
    if (!r->caller.scopes) {
        wb_answer_problem(r, 401,
                          "Log in with the link that whybounce serve prints, or with a token.");
        return;
    }
    wb_answer_json(r, 200,
                   json_pack("{s:o, s:o, s:s, s:s, s:b, s:i}", "name",
                             wb_json_slice(wb_slice_str(r->caller.name)), "scopes",
                             scopes_json(r->caller.scopes), "version", wb_version(), "catalogue",
                             s->edition->version, "check", 1, "limit", WB_MAX_BODY));
}

void wb_call_session(struct wb_request *r)
{
    char cookie[COOKIE_ROOM];
    struct wb_slice token;
    json_t *body = wb_body_json(r);
    if (body && wb_body_text(r, body, "token", LONGEST_TOKEN, &token) &&
        wb_session_begin(r, token, cookie, sizeof cookie)) {
        wb_buf_clear(&r->set_cookie);
        wb_buf_put(&r->set_cookie, wb_slice(cookie, strlen(cookie) + 1));
        wb_answer_nothing(r);
    }
    json_decref(body);
}

void wb_call_session_end(struct wb_request *r)
{
    wb_session_end(r);
    wb_buf_clear(&r->set_cookie);
    wb_buf_put(&r->set_cookie,
               wb_slice("whybounce=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict",
                        sizeof "whybounce=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"));
    wb_answer_nothing(r);
}

/* ---- is it well ---- */

void wb_call_health(struct wb_request *r)
{
    wb_answer_json(r, 200, json_pack("{s:s}", "status", "ok"));
}

/* Ready: the store answers, and nobody is being sent home. Why not is for the log: anybody asks. */
void wb_call_ready(struct wb_request *r)
{
    struct wb_status status = {{0}};
    if (r->service->draining) {
        wb_answer_problem(r, 503, "The service is ending.");
        return;
    }
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_ready(store, &status);
    wb_reader_give(r->service->readers, store);
    if (ok) {
        wb_call_health(r);
        return;
    }
    wb_serve_complain("%s", status.text);
    r->retry_after = 5;
    wb_answer_problem(r, 503, "The store does not answer; the log of the service says why.");
}

static bool put_endpoint(void *own, const struct wb_endpoint_row *row)
{
    wb_buf_printf(own,
                  "whybounce_webhooks{endpoint=\"%.*s\",state=\"waiting\"} %llu\n"
                  "whybounce_webhooks{endpoint=\"%.*s\",state=\"dead\"} %llu\n",
                  WB_F(row->name), (unsigned long long)row->waiting, WB_F(row->name),
                  (unsigned long long)row->dead);
    return true;
}

/* Webhooks; without the queue when the store cannot be asked. */
static void put_queue(const struct wb_service *s, struct wb_buf *out)
{
    struct wb_status status = {{0}};
    if (!s->settings.config.webhooks.n)
        return;
    struct wb_store *store = wb_reader_take(s->readers, &status);
    struct wb_buf queue = {0};
    if (store && wb_store_endpoints(store, put_endpoint, &queue, &status)) {
        wb_buf_lit(out, "# TYPE whybounce_webhooks gauge\n");
        wb_buf_put(out, wb_buf_slice(&queue));
    }
    wb_reader_give(s->readers, store);
    wb_buf_free(&queue);
    wb_sender_put(s->sender, out);
}

void wb_call_metrics(struct wb_request *r)
{
    wb_buf_clear(&r->out);
    wb_metrics_put(r->service, &r->out);
    put_queue(r->service, &r->out);
    r->type = "text/plain; version=0.0.4; charset=utf-8";
    r->status = 200;
}

/* ---- tokens ---- */

static bool put_token(void *own, const struct wb_token_row *row)
{
    json_array_append_new(own, json_pack("{s:I, s:o, s:o, s:o, s:o, s:b}", "id",
                                         (json_int_t)row->id, "name", wb_json_slice(row->name),
                                         "scopes", scopes_json(row->scopes), "created",
                                         wb_json_time(row->created), "last_used",
                                         wb_json_time(row->last_used), "revoked", row->revoked));
    return true;
}

void wb_call_tokens(struct wb_request *r)
{
    struct wb_status status = {{0}};
    json_t *list = json_array();
    struct wb_store *store = wb_reader_take(r->service->readers, &status);
    bool ok = store && wb_store_tokens(store, put_token, list, &status);
    wb_reader_give(r->service->readers, store);
    if (ok)
        wb_answer_json(r, 200, json_pack("{s:O}", "tokens", list));
    else
        wb_answer_trouble(r, &status);
    json_decref(list);
}

struct token_wish {
    struct wb_slice name;
    unsigned scopes;
    unsigned char sha256[32];
    int64_t id;
    bool found;
};

static bool add_token(struct wb_store *store, const struct wb_policy *policy, void *own,
                      struct wb_status *status)
{
    struct token_wish *wish = own;
    (void)policy;
    return wb_store_token_add(store, wish->name, wish->scopes, wish->sha256, &wish->id, status);
}

/* Nobody can hand on more than he may do himself. */
void wb_call_token_create(struct wb_request *r)
{
    char text[WB_TOKEN_TEXT];
    struct wb_status status = {{0}};
    struct token_wish wish = {.scopes = 0};
    struct wb_slice scopes;
    json_t *body = wb_body_json(r);
    if (body && wb_body_text(r, body, "name", LONGEST_NAME, &wish.name) &&
        wb_body_text(r, body, "scopes", 64, &scopes)) {
        wish.scopes = wb_scopes_read(scopes);
        wb_token_make(text, wish.sha256);
        if (!wish.scopes || (wish.scopes & ~r->caller.scopes))
            wb_answer_problem(r, 422,
                              "\"scopes\" is a list, with commas, of what you may do: analyse, "
                              "read, write, admin.");
        else if (!wb_writer_do(r->service->writer, add_token, &wish, &status))
            wb_answer_trouble(r, &status);
        else
            wb_answer_json(r, 201,
                           json_pack("{s:I, s:s}", "id", (json_int_t)wish.id, "token", text));
    }
    json_decref(body);
}

static bool revoke_token(struct wb_store *store, const struct wb_policy *policy, void *own,
                         struct wb_status *status)
{
    struct token_wish *wish = own;
    (void)policy;
    return wb_store_token_revoke(store, wish->id, &wish->found, status);
}

void wb_call_token_revoke(struct wb_request *r)
{
    struct wb_status status = {{0}};
    long long id = 0;
    struct token_wish wish = {.found = false};
    if (!wb_slice_number(wb_slice_str(r->part), &id)) {
        wb_answer_problem(r, 404, "There is no such token.");
        return;
    }
    wish.id = id;
    if (!wb_writer_do(r->service->writer, revoke_token, &wish, &status)) {
        wb_answer_trouble(r, &status);
        return;
    }
    if (!wish.found) {
        wb_answer_problem(r, 404, "There is no such token.");
        return;
    }
    wb_sessions_forget_token(r->service->sessions, id);
    wb_answer_nothing(r);
}
