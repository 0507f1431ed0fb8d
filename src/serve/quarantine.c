/* SPDX-License-Identifier: BSD-2-Clause */
#include "quarantine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hash.h"

enum { LONGEST_PATH = 4096 };

static bool write_file(const char *path, struct wb_slice text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = fd >= 0;
    while (ok && text.n) {
        ssize_t n = write(fd, text.p, text.n);
        ok = n > 0 || (n < 0 && errno == EINTR);
        text = wb_slice_from(text, n > 0 ? (size_t)n : 0);
    }
    ok = ok && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

size_t wb_quarantined(const struct wb_settings *settings)
{
    char path[LONGEST_PATH];
    size_t n = 0;
    snprintf(path, sizeof path, "%s/quarantine", settings->state);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        n += wb_slice_ends(wb_slice_str(entry->d_name), WB_S(".eml"));
    if (folder)
        closedir(folder);
    return n;
}

bool wb_quarantine(const struct wb_settings *settings, struct wb_slice mail, const char *why)
{
    char hash[33] = {0}, path[LONGEST_PATH];
    wb_hash_hex(wb_hash_bytes(mail), hash);
    wb_serve_complain("message %s: %s", hash, why);
    if (wb_quarantined(settings) >= WB_MAX_QUARANTINE) {
        wb_serve_complain("%s/quarantine is full: it is not kept", settings->state);
        return false;
    }
    snprintf(path, sizeof path, "%s/quarantine", settings->state);
    bool ok = mkdir(path, 0700) == 0 || errno == EEXIST;
    snprintf(path, sizeof path, "%s/quarantine/%s.eml", settings->state, hash);
    ok = ok && write_file(path, mail);
    snprintf(path, sizeof path, "%s/quarantine/%s.reason", settings->state, hash);
    ok = ok && write_file(path, wb_slice_str(why));
    if (!ok)
        wb_serve_complain("%s: %m", path);
    return ok;
}
