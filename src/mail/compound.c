/* SPDX-License-Identifier: BSD-2-Clause */
#include "compound.h"

#include <stdlib.h>

#include "check.h"

/* [MS-CFB] 2.2 and 2.6.1: where things stand. */
enum {
    HEADER_BYTES = 512,
    AT_SECTOR_SHIFT = 30,
    AT_MINI_SHIFT = 32,
    AT_CHAIN_SECTORS = 44,
    AT_DIRECTORY = 48,
    AT_CUTOFF = 56,
    AT_MINI_CHAINS = 60,
    AT_MORE_LISTS = 68,
    AT_LIST = 76,
    LISTED = 109, /* sectors of chains that the header lists itself */
    ENTRY_BYTES = 128,
    AT_NAME_BYTES = 64,
    AT_TYPE = 66,
    AT_LEFT = 68,
    AT_RIGHT = 72,
    AT_CHILD = 76,
    AT_FIRST = 116,
    AT_SIZE = 120,
};

enum { STORAGE = 1, STREAM = 2 };

static uint32_t le16(struct wb_slice s, size_t at)
{
    const unsigned char *p = (const unsigned char *)s.p + at;
    return at + 2 <= s.n ? p[0] | (uint32_t)p[1] << 8 : 0;
}

static uint32_t le32(struct wb_slice s, size_t at)
{
    return at + 4 <= s.n ? le16(s, at) | le16(s, at + 2) << 16 : WB_COMPOUND_NONE;
}

static struct wb_slice sector(const struct wb_compound *c, uint32_t i)
{
    struct wb_slice rest = wb_slice_from(c->file, ((size_t)i + 1) * c->sector_bytes);
    return i < c->sectors ? wb_slice_head(rest, c->sector_bytes) : WB_NONE;
}

/* Takes a share of what may be read out of the file at all. */
static struct wb_slice allowed(struct wb_compound *c, struct wb_slice s)
{
    s = wb_slice_head(s, c->budget);
    c->budget -= s.n;
    return s;
}

static void read_chain(struct wb_compound *c, uint32_t i, size_t n, struct wb_buf *out)
{
    struct wb_slice chains = wb_buf_slice(&c->chains);
    for (uint32_t steps = 0; n && i < c->sectors && steps < c->sectors; steps++) {
        struct wb_slice part = allowed(c, wb_slice_head(sector(c, i), n));
        wb_buf_put(out, part);
        if (!part.n)
            return;
        n -= part.n;
        i = le32(chains, (size_t)i * 4);
    }
}

static void read_mini_chain(struct wb_compound *c, uint32_t i, size_t n, struct wb_buf *out)
{
    struct wb_slice chains = wb_buf_slice(&c->mini_chains), all = wb_buf_slice(&c->mini);
    for (size_t steps = all.n / c->mini_bytes + 1; n && steps; steps--) {
        struct wb_slice rest = wb_slice_from(all, (size_t)i * c->mini_bytes);
        struct wb_slice part = wb_slice_head(rest, n < c->mini_bytes ? n : c->mini_bytes);
        part = allowed(c, part);
        wb_buf_put(out, part);
        if (!part.n)
            return;
        n -= part.n;
        i = le32(chains, (size_t)i * 4);
    }
}

/* The sectors that hold the chains: the header lists the first of them, sectors the others. */
static void read_chains(struct wb_compound *c)
{
    struct wb_slice list = wb_slice_head(wb_slice_from(c->file, AT_LIST), LISTED * 4);
    uint32_t left = le32(c->file, AT_CHAIN_SECTORS), more = le32(c->file, AT_MORE_LISTS);
    size_t in_list = LISTED;
    if (left > c->sectors)
        left = c->sectors;
    while (left && list.n) {
        for (size_t i = 0; left && i < in_list; i++, left--)
            wb_buf_put(&c->chains, sector(c, le32(list, i * 4)));
        list = sector(c, more);
        in_list = c->sector_bytes / 4 - 1; /* the last one says where the list goes on */
        more = le32(list, in_list * 4);
    }
}

static struct wb_slice entry_at(const struct wb_compound *c, uint32_t i)
{
    return wb_slice_head(wb_slice_from(wb_buf_slice(&c->directory), (size_t)i * ENTRY_BYTES),
                         ENTRY_BYTES);
}

/* An entry that is still to be looked at, and the storage it lies in. */
struct lying {
    uint32_t entry, storage;
};

/* A storage's entries are a tree; what is met twice has been damaged. */
static void find_parents(struct wb_compound *c)
{
    struct lying *stack = calloc(3 * (size_t)c->entries + 1, sizeof *stack);
    size_t n = 0;
    c->parents = malloc((c->entries + 1) * sizeof *c->parents);
    WB_CHECK(stack && c->parents);
    for (uint32_t i = 0; i <= c->entries; i++)
        c->parents[i] = WB_COMPOUND_NONE;
    stack[n++] = (struct lying){le32(entry_at(c, WB_COMPOUND_ROOT), AT_CHILD), WB_COMPOUND_ROOT};
    while (n) {
        struct lying here = stack[--n];
        if (here.entry >= c->entries || here.entry == WB_COMPOUND_ROOT ||
            c->parents[here.entry] != WB_COMPOUND_NONE)
            continue;
        struct wb_slice entry = entry_at(c, here.entry);
        c->parents[here.entry] = here.storage;
        stack[n++] = (struct lying){le32(entry, AT_LEFT), here.storage};
        stack[n++] = (struct lying){le32(entry, AT_RIGHT), here.storage};
        if (entry.p[AT_TYPE] == STORAGE)
            stack[n++] = (struct lying){le32(entry, AT_CHILD), here.entry};
    }
    free(stack);
}

bool wb_compound_starts(struct wb_slice file)
{
    return wb_slice_starts(file, WB_S("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"));
}

bool wb_compound_open(struct wb_compound *c, struct wb_slice file)
{
    uint32_t shift = le16(file, AT_SECTOR_SHIFT), mini_shift = le16(file, AT_MINI_SHIFT);
    if (!wb_compound_starts(file) || file.n < HEADER_BYTES || shift < 9 || shift > 12 ||
        mini_shift < 4 || mini_shift > shift)
        return false;
    *c = (struct wb_compound){.file = file, .budget = file.n * WB_COMPOUND_SHARE};
    c->sector_bytes = 1u << shift;
    c->mini_bytes = 1u << mini_shift;
    c->cutoff = le32(file, AT_CUTOFF);
    c->sectors = (uint32_t)((file.n - 1) / c->sector_bytes); /* the last one may be cut */
    read_chains(c);
    read_chain(c, le32(file, AT_DIRECTORY), (size_t)WB_MAX_COMPOUND_ENTRIES * ENTRY_BYTES,
               &c->directory);
    c->entries = (uint32_t)(c->directory.n / ENTRY_BYTES);
    if (!c->entries) {
        wb_compound_close(c);
        return false;
    }
    read_chain(c, le32(file, AT_MINI_CHAINS), file.n, &c->mini_chains);
    struct wb_slice root = entry_at(c, WB_COMPOUND_ROOT);
    read_chain(c, le32(root, AT_FIRST), le32(root, AT_SIZE), &c->mini);
    find_parents(c);
    return true;
}

void wb_compound_close(struct wb_compound *c)
{
    wb_buf_free(&c->chains);
    wb_buf_free(&c->mini_chains);
    wb_buf_free(&c->mini);
    wb_buf_free(&c->directory);
    free(c->parents);
    *c = (struct wb_compound){0};
}

/* Names are UTF-16; those that are looked for are ASCII. */
static bool has_name(struct wb_slice entry, const char *name, bool is_prefix)
{
    size_t bytes = le16(entry, AT_NAME_BYTES), n = strlen(name);
    if (bytes < 2 * n || (!is_prefix && bytes != 2 * n + 2))
        return false;
    for (size_t i = 0; i < n; i++)
        if (le16(entry, 2 * i) != (unsigned char)name[i])
            return false;
    return true;
}

uint32_t wb_compound_find(const struct wb_compound *c, uint32_t storage, const char *name,
                          bool is_prefix, uint32_t after)
{
    for (uint32_t i = after == WB_COMPOUND_NONE ? 0 : after + 1; i < c->entries; i++)
        if (c->parents[i] == storage && has_name(entry_at(c, i), name, is_prefix))
            return i;
    return WB_COMPOUND_NONE;
}

void wb_compound_read(struct wb_compound *c, uint32_t entry, struct wb_buf *out)
{
    struct wb_slice e = entry < c->entries ? entry_at(c, entry) : WB_NONE;
    if (!e.n || e.p[AT_TYPE] != STREAM)
        return;
    size_t size = le32(e, AT_SIZE);
    (size < c->cutoff ? read_mini_chain : read_chain)(c, le32(e, AT_FIRST), size, out);
}
