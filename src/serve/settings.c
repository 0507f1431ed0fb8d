/* SPDX-License-Identifier: BSD-2-Clause */
#include "settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "buf.h"
#include "check.h"

enum { LONGEST_PATH = 4096 };

void wb_serve_complain(const char *format, ...)
{
    char text[2 * WB_STATUS_TEXT];
    struct wb_buf line = {0};
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    wb_buf_lit(&line, "whybounce: ");
    wb_buf_safe(&line, wb_slice_str(text));
    wb_buf_byte(&line, '\n');
    fwrite(line.p, 1, line.n, stderr);
    wb_buf_free(&line);
}

static uid_t owner_of(const char *path, uid_t otherwise)
{
    struct stat found;
    return stat(path, &found) == 0 ? found.st_uid : otherwise;
}

/*
 * Where what is kept stands when nothing is set: the system's folder for root and for the user that
 * it belongs to, else the one of the XDG Base Directory Specification. systemd names its own.
 */
static bool usual_state(char path[LONGEST_PATH])
{
    const char *given = getenv("STATE_DIRECTORY"), *home = getenv("HOME");
    const char *xdg = getenv("XDG_STATE_HOME");
    int n;
    if (given && *given == '/')
        n = snprintf(path, LONGEST_PATH, "%s", given);
    else if (geteuid() == 0 || geteuid() == owner_of(WHYBOUNCE_STATE, 0))
        n = snprintf(path, LONGEST_PATH, "%s", WHYBOUNCE_STATE);
    else if (xdg && *xdg == '/')
        n = snprintf(path, LONGEST_PATH, "%s/whybounce", xdg);
    else if (home && *home == '/')
        n = snprintf(path, LONGEST_PATH, "%s/.local/state/whybounce", home);
    else
        return false;
    return n > 0 && n < LONGEST_PATH;
}

/* The folder and those above it; only the owner may look into it. */
static bool make_folder(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        bool ok = mkdir(path, 0755) == 0 || errno == EEXIST;
        *slash = '/';
        if (!ok)
            return false;
    }
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

bool wb_settings_give(const char *state, int fd)
{
    uid_t owner = owner_of(state, 0);
    return geteuid() != 0 || owner == 0 || fchown(fd, owner, (gid_t)-1) == 0;
}

/* Else SQLite makes it, for root; the files beside it are made for the same owner. */
static void make_store(const char *state)
{
    char path[LONGEST_PATH + sizeof "/store.db"];
    snprintf(path, sizeof path, "%s/store.db", state);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return; /* it is there; or SQLite says why it cannot be */
    if (!wb_settings_give(state, fd))
        wb_serve_complain("%s: %m", path);
    close(fd);
}

static char *joined(const char *a, const char *b, const char *c)
{
    size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
    char *p = malloc(n);
    WB_CHECK(p);
    snprintf(p, n, "%s%s%s", a, b, c);
    return p;
}

static bool settle(struct wb_settings *s)
{
    char path[LONGEST_PATH];
    const struct wb_config *c = &s->config;
    if (*c->state ? snprintf(path, sizeof path, "%s", c->state) >= LONGEST_PATH
                  : !usual_state(path)) {
        wb_serve_complain(
            "%s", wb_say(s, "no folder to keep anything in: set 'state' in the configuration",
                         "没有可以保存数据的文件夹：请在设置文件里写 state"));
        return false;
    }
    if (!make_folder(path)) {
        wb_serve_complain(wb_say(s, "%s: the folder cannot be made: %s", "%s：无法建立文件夹：%s"),
                          path, strerror(errno));
        return false;
    }
    s->state = joined(path, "", "");
    if (!*c->store)
        make_store(path);
    s->store = *c->store ? joined(c->store, "", "") : joined("sqlite:", path, "/store.db");
    const char *named = getenv("WHYBOUNCE_CATALOGUE");
    bool built = access(WHYBOUNCE_CACHE "/catalogue.wbc", R_OK) == 0;
    s->catalogue = joined(named ? named : built ? WHYBOUNCE_CACHE "/catalogue.wbc" : "", "", "");
    return true;
}

bool wb_settings_open(struct wb_settings *s, const char *path)
{
    struct wb_status status = {{0}};
    s->state = s->store = s->catalogue = NULL;
    if (!wb_config_read(&s->config, path, WHYBOUNCE_CONFIG, &status)) {
        wb_serve_complain("%s", status.text);
        return false;
    }
    if (settle(s))
        return true;
    wb_settings_close(s);
    return false;
}

void wb_settings_close(struct wb_settings *s)
{
    wb_config_free(&s->config);
    free(s->state);
    free(s->store);
    free(s->catalogue);
}
