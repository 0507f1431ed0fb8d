/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce token create|login|list|revoke */
#include <stdio.h>
#include <time.h>

#include "auth.h"
#include "commands.h"
#include "options.h"
#include "store_token.h"

static int trouble(struct wb_store *store, const struct wb_status *status)
{
    wb_serve_complain("%s", status->text);
    if (store)
        wb_store_undo(store);
    return 1;
}

static int create(const struct wb_settings *s, struct wb_store *store, const char *name,
                  const char *scopes)
{
    char text[WB_TOKEN_TEXT];
    unsigned char sha256[32];
    struct wb_status status = {{0}};
    int64_t id;
    unsigned bits = wb_scopes_read(wb_slice_str(scopes));
    if (!bits) {
        wb_serve_complain(
            wb_say(s, "%s: scopes are analyse, read, write, admin, with commas between them",
                   "%s：权限有 analyse、read、write、admin，用逗号隔开"),
            scopes);
        return 2;
    }
    wb_token_make(text, sha256);
    if (!wb_store_begin(store, &status) ||
        !wb_store_token_add(store, wb_slice_str(name), bits, sha256, &id, &status) ||
        !wb_store_commit(store, &status))
        return trouble(store, &status);
    printf("%s\n", text);
    fprintf(stderr, "%s\n",
            wb_say(s, "Keep it well: it is not shown again.", "请保存好，以后不再显示。"));
    return 0;
}

/* A token for the page, as the link that logs in with it; it is valid until it is revoked. */
static int login(const struct wb_settings *s, struct wb_store *store)
{
    char text[WB_TOKEN_TEXT];
    unsigned char sha256[32];
    struct wb_status status = {{0}};
    int64_t id;
    wb_token_make(text, sha256);
    if (!wb_store_begin(store, &status) ||
        !wb_store_token_add(store, WB_S("login link"), WB_SCOPE_ALL, sha256, &id, &status) ||
        !wb_store_commit(store, &status))
        return trouble(store, &status);
    printf("%s://%s/login#%s\n", *s->config.tls_certificate ? "https" : "http", s->config.listen,
           text);
    fprintf(
        stderr,
        wb_say(
            s,
            "Whoever has this link may do everything; end it with: whybounce token revoke %lld\n",
            "有这个链接的人什么都能做；作废用：whybounce token revoke %lld\n"),
        (long long)id);
    return 0;
}

static void put_day(int64_t at, const char *otherwise)
{
    char text[32] = "";
    time_t t = (time_t)at;
    struct tm tm;
    if (at && gmtime_r(&t, &tm))
        strftime(text, sizeof text, "%Y-%m-%d", &tm);
    printf("%-12s", at ? text : otherwise);
}

static bool put_row(void *own, const struct wb_token_row *row)
{
    const struct wb_settings *s = own;
    char scopes[WB_SCOPES_TEXT];
    struct wb_buf name = {0};
    wb_scopes_text(row->scopes, scopes);
    wb_buf_safe(&name, row->name);
    printf("%5lld  ", (long long)row->id);
    put_day(row->created, "");
    put_day(row->last_used, wb_say(s, "never", "没用过"));
    printf("%-26s %.*s%s\n", scopes, (int)name.n, name.p,
           row->revoked ? wb_say(s, " (revoked)", "（已作废）") : "");
    wb_buf_free(&name);
    return true;
}

static int list(const struct wb_settings *s, struct wb_store *store)
{
    struct wb_status status = {{0}};
    printf("%s\n", wb_say(s, "   id  created     last used   scopes                     name",
                          " 编号  创建日期    上次使用    权限                       名称"));
    return wb_store_tokens(store, put_row, (void *)s, &status) ? 0 : trouble(NULL, &status);
}

static int revoke(const struct wb_settings *s, struct wb_store *store, const char *text)
{
    struct wb_status status = {{0}};
    long long id;
    bool found = false;
    if (!wb_slice_number(wb_slice_str(text), &id))
        return wb_usage(s, "token");
    if (!wb_store_begin(store, &status) || !wb_store_token_revoke(store, id, &found, &status) ||
        !wb_store_commit(store, &status))
        return trouble(store, &status);
    if (!found)
        wb_serve_complain(wb_say(s, "there is no token %lld", "没有编号为 %lld 的令牌"), id);
    return found ? 0 : 1;
}

static int run(const struct wb_settings *s, int n, char **words, const char *scopes)
{
    struct wb_status status = {{0}};
    int result;
    struct wb_store *store = wb_store_open(s->store, WB_STORE_WRITE, &status);
    if (!store)
        return trouble(NULL, &status);
    if (n == 2 && strcmp(words[0], "create") == 0)
        result = create(s, store, words[1], scopes);
    else if (n == 1 && strcmp(words[0], "login") == 0)
        result = login(s, store);
    else if (n == 1 && strcmp(words[0], "list") == 0)
        result = list(s, store);
    else if (n == 2 && strcmp(words[0], "revoke") == 0)
        result = revoke(s, store, words[1]);
    else
        result = wb_usage(s, "token");
    wb_store_close(store);
    return result;
}

int wb_token_command(int argc, char **argv)
{
    struct wb_settings settings;
    const char *scopes = "analyse";
    int first, result;
    const struct wb_serve_option options[] = {{"scopes", true, &scopes}, {NULL, false, NULL}};
    if (!wb_serve_options(&settings, argc, argv, options, &first, &result))
        return result;
    result = first == argc ? wb_usage(&settings, "token")
                           : run(&settings, argc - first, argv + first, scopes);
    wb_settings_close(&settings);
    return result;
}
