/* SPDX-License-Identifier: BSD-2-Clause */
#define _DEFAULT_SOURCE /* d_type */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "slice.h"

enum {
    MAX_DEPTH = 32,
    BLOCK_BYTES = 64 << 10, /* of names, which lie behind one another */
};

struct wb_name_block {
    struct wb_name_block *next;
    size_t n, cap;
    char bytes[];
};

void wb_names_free(struct wb_names *names)
{
    while (names->blocks) {
        struct wb_name_block *block = names->blocks;
        names->blocks = block->next;
        free(block);
    }
    free(names->name);
    *names = (struct wb_names){0};
}

void wb_names_add(struct wb_names *names, char *name)
{
    if (names->n == names->cap) {
        names->cap = names->cap ? names->cap * 2 : 64;
        names->name = reallocarray(names->name, names->cap, sizeof *names->name);
        WB_CHECK(names->name);
    }
    names->name[names->n++] = name;
}

/* Room that stays where it is; it is kept by counting it in the first block. */
static char *room_for(struct wb_names *names, size_t n)
{
    struct wb_name_block *block = names->blocks;
    if (!block || block->cap - block->n < n) {
        size_t cap = n < BLOCK_BYTES ? BLOCK_BYTES : n;
        block = malloc(sizeof *block + cap);
        WB_CHECK(block);
        *block = (struct wb_name_block){.next = names->blocks, .cap = cap};
        names->blocks = block;
    }
    return block->bytes + block->n;
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
    char path[PATH_MAX];
    struct stat st;
    return (size_t)snprintf(path, sizeof path, "%s/%s", folder, name) < sizeof path &&
           stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool walk(const char *folder, int depth, struct wb_names *names, struct wb_status *status)
{
    DIR *dir = opendir(folder);
    if (!dir)
        return wb_trouble(status, "%s: %s", folder, strerror(errno));
    bool maildir = has_folder(folder, "cur") && has_folder(folder, "new");
    bool ok = true;
    const struct wb_slice above = wb_slice_str(folder);
    struct dirent *entry;
    while ((entry = readdir(dir))) {
        bool regular;
        if (entry->d_name[0] == '.' || (maildir && strcmp(entry->d_name, "tmp") == 0))
            continue;
        size_t more = strlen(entry->d_name) + 1, whole = above.n + 1 + more;
        char *path = room_for(names, whole);
        memcpy(path, above.p, above.n);
        path[above.n] = '/';
        memcpy(path + above.n + 1, entry->d_name, more);
        bool deeper = is_folder(path, entry, &regular) && depth < MAX_DEPTH;
        regular = regular && !maildir;
        if (deeper || regular)
            names->blocks->n += whole;
        if (deeper)
            ok = walk(path, depth + 1, names, status) && ok;
        if (regular)
            wb_names_add(names, path);
    }
    closedir(dir);
    return ok;
}

/* A name with what tells it from most others: its next eight bytes behind what all begin with. */
struct keyed {
    uint64_t key;
    char *name;
};

static int by_name(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    return strcmp(x->name, y->name);
}

/*
 * Into the order of one byte of the keys, and of those that have the same one in the order in which
 * they stand. False, and nothing done, when all have the same.
 */
static bool sort_by_byte(const struct keyed *from, struct keyed *to, size_t n, int shift)
{
    size_t place[256] = {0}, before = 0;
    for (size_t i = 0; i < n; i++)
        place[from[i].key >> shift & 255]++;
    if (place[from[0].key >> shift & 255] == n)
        return false;
    for (int i = 0; i < 256; i++) {
        size_t count = place[i];
        place[i] = before;
        before += count;
    }
    for (size_t i = 0; i < n; i++)
        to[place[from[i].key >> shift & 255]++] = from[i];
    return true;
}

/* Byte by byte, the last one first, without a comparison; there is room for as many behind them. */
static struct keyed *sort_by_key(struct keyed *keyed, size_t n)
{
    struct keyed *other = keyed + n;
    for (int shift = 0; shift < 64; shift += 8)
        if (sort_by_byte(keyed, other, n, shift)) {
            struct keyed *sorted = other;
            other = keyed;
            keyed = sorted;
        }
    return keyed;
}

/* How many bytes all names begin with. */
static size_t common_bytes(const struct wb_names *names)
{
    const char *first = names->name[0];
    size_t n = strlen(first);
    for (size_t i = 1; i < names->n; i++) {
        size_t same = 0;
        while (same < n && names->name[i][same] == first[same])
            same++;
        n = same;
    }
    return n;
}

static uint64_t key_of(const char *text)
{
    uint64_t key = 0;
    for (int i = 0; i < 8; i++) {
        key = key << 8 | (unsigned char)*text;
        text += *text != '\0';
    }
    return key;
}

/* A Maildir has many names: each is looked at twice and no more. */
static void sort_names(struct wb_names *names)
{
    const size_t n = names->n, common = common_bytes(names);
    struct keyed *keyed = malloc(2 * n * sizeof *keyed);
    WB_CHECK(keyed);
    for (size_t i = 0; i < n; i++)
        keyed[i] = (struct keyed){key_of(names->name[i] + common), names->name[i]};
    struct keyed *sorted = sort_by_key(keyed, n);
    for (size_t i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && sorted[i + same].key == sorted[i].key; same++)
            ;
        if (same > 1)
            qsort(sorted + i, same, sizeof *sorted, by_name);
    }
    for (size_t i = 0; i < n; i++)
        names->name[i] = sorted[i].name;
    free(keyed);
}

bool wb_folder_list(const char *folder, struct wb_names *names_out, struct wb_status *status)
{
    *names_out = (struct wb_names){0};
    bool ok = walk(folder, 0, names_out, status);
    if (names_out->n)
        sort_names(names_out);
    return ok;
}
