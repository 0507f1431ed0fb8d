/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE /* asprintf */
#include "source.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

enum { MAX_DEPTH = 32 };

void wb_names_free(struct wb_names *names)
{
    for (size_t i = 0; i < names->n; i++)
        free(names->name[i]);
    free(names->name);
    *names = (struct wb_names){0};
}

static void add_name(struct wb_names *names, char *name)
{
    if (names->n == names->cap) {
        names->cap = names->cap ? names->cap * 2 : 256;
        names->name = realloc(names->name, names->cap * sizeof *names->name);
        WB_CHECK(names->name);
    }
    names->name[names->n++] = name;
}

static bool is_folder(const char *path, const struct dirent *entry, bool *regular_out)
{
    struct stat st;
    *regular_out = entry->d_type == DT_REG;
    if (entry->d_type == DT_DIR)
        return true;
    if (entry->d_type != DT_LNK && entry->d_type != DT_UNKNOWN)
        return false;
    if (stat(path, &st) < 0) {
        *regular_out = true; /* whoever opens it meets the trouble, and tells */
        return false;
    }
    *regular_out = S_ISREG(st.st_mode);
    return S_ISDIR(st.st_mode) && entry->d_type != DT_LNK; /* links to folders may go round */
}

static bool has_folder(const char *folder, const char *name)
{
    char *path;
    struct stat st;
    WB_CHECK(asprintf(&path, "%s/%s", folder, name) >= 0);
    bool found = stat(path, &st) == 0 && S_ISDIR(st.st_mode);
    free(path);
    return found;
}

static bool walk(const char *folder, int depth, struct wb_names *names, struct wb_status *status)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return wb_trouble(status, "%s: %s", folder, strerror(errno));
    bool maildir = has_folder(folder, "cur") && has_folder(folder, "new");
    bool ok = true;
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        char *path;
        bool regular;
        if (entry->d_name[0] == '.' || (maildir && strcmp(entry->d_name, "tmp") == 0))
            continue;
        WB_CHECK(asprintf(&path, "%s/%s", folder, entry->d_name) >= 0);
        bool deeper = is_folder(path, entry, &regular);
        if (deeper && depth < MAX_DEPTH)
            ok = walk(path, depth + 1, names, status) && ok;
        if (regular && !maildir)
            add_name(names, path);
        else
            free(path);
    }
    closedir(dir);
    return ok;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

bool wb_folder_list(const char *folder, struct wb_names *names_out, struct wb_status *status)
{
    *names_out = (struct wb_names){0};
    bool ok = walk(folder, 0, names_out, status);
    if (names_out->n)
        qsort(names_out->name, names_out->n, sizeof *names_out->name, by_name);
    return ok;
}
