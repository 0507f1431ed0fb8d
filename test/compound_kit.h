/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes compound files for tests ([MS-CFB], version 3), as Outlook saves messages: one sector of
 * chains, then the directory, the chains of the small sectors, the small sectors, long streams.
 */
#ifndef WB_COMPOUND_KIT_H
#define WB_COMPOUND_KIT_H

#include "unit.h"

enum {
    KIT_SECTOR = 512,
    KIT_MINI = 64,
    KIT_CUTOFF = 4096,
    KIT_ENTRIES = 64,
    KIT_BYTES = KIT_SECTOR * 129, /* as many as one sector of chains can lead to */
};

static struct {
    struct {
        char name[32];
        int parent;
        bool storage;
        const char *p;
        size_t n;
    } entry[KIT_ENTRIES];
    int entries;
    unsigned char file[KIT_BYTES];
    char text[KIT_BYTES]; /* of UTF-16 */
    size_t text_n;
} kit;

static inline void kit_begin(void)
{
    memset(&kit, 0, sizeof kit);
    kit.entries = 1;
    strcpy(kit.entry[0].name, "Root Entry");
}

static inline int kit_add(int parent, const char *name, const char *p, size_t n)
{
    assert_true(kit.entries < KIT_ENTRIES);
    int i = kit.entries++;
    snprintf(kit.entry[i].name, sizeof kit.entry[i].name, "%s", name);
    kit.entry[i].parent = parent;
    kit.entry[i].storage = !p;
    kit.entry[i].p = p;
    kit.entry[i].n = n;
    return i;
}

/* A storage, such as "__recip_version1.0_#00000000". */
static inline int kit_storage(int parent, const char *name)
{
    return kit_add(parent, name, NULL, 0);
}

/* A property in bytes; the text must stay. */
static inline void kit_bytes(int parent, unsigned id, unsigned type, const char *text)
{
    char name[32];
    snprintf(name, sizeof name, "__substg1.0_%04X%04X", id, type);
    kit_add(parent, name, text, strlen(text));
}

/* A property in UTF-16; the text is Latin-1. */
static inline void kit_unicode(int parent, unsigned id, const char *text)
{
    char name[32];
    char *from = kit.text + kit.text_n;
    assert_true(kit.text_n + 2 * strlen(text) <= sizeof kit.text);
    for (; *text; text++) {
        kit.text[kit.text_n++] = *text;
        kit.text[kit.text_n++] = '\0';
    }
    snprintf(name, sizeof name, "__substg1.0_%04X001F", id);
    kit_add(parent, name, from, (size_t)(kit.text + kit.text_n - from));
}

static inline void kit_le32(size_t at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        kit.file[at + i] = (unsigned char)(value >> 8 * i);
}

/* The next sectors, and their chain; gives the first, or the end of a chain. */
static inline uint32_t kit_sectors(uint32_t *used, size_t bytes)
{
    uint32_t n = (uint32_t)((bytes + KIT_SECTOR - 1) / KIT_SECTOR), first = *used;
    assert_true(*used + n <= KIT_SECTOR / 4);
    for (uint32_t i = 0; i < n; i++)
        kit_le32(KIT_SECTOR + 4 * (first + i), i + 1 < n ? first + i + 1 : 0xFFFFFFFE);
    *used += n;
    return n ? first : 0xFFFFFFFE;
}

static inline unsigned char *kit_sector(uint32_t i)
{
    return kit.file + KIT_SECTOR * (i + 1);
}

static inline void kit_entry(uint32_t directory, int i, uint32_t first, size_t size)
{
    size_t at = KIT_SECTOR * (directory + 1) + 128 * (size_t)i, n = strlen(kit.entry[i].name);
    uint32_t child = UINT32_MAX, sibling = UINT32_MAX;
    for (int j = kit.entries - 1; j > 0; j--) {
        if (kit.entry[j].parent == i && j != i)
            child = (uint32_t)j;
        if (j > i && i && kit.entry[j].parent == kit.entry[i].parent)
            sibling = (uint32_t)j;
    }
    for (size_t j = 0; j < n; j++)
        kit.file[at + 2 * j] = (unsigned char)kit.entry[i].name[j];
    kit.file[at + 64] = (unsigned char)(2 * n + 2);
    kit.file[at + 66] = i == 0 ? 5 : kit.entry[i].storage ? 1 : 2;
    kit.file[at + 67] = 1; /* black */
    kit_le32(at + 68, UINT32_MAX);
    kit_le32(at + 72, sibling);
    kit_le32(at + 76, child);
    kit_le32(at + 116, first);
    kit_le32(at + 120, (uint32_t)size);
}

/* The file, which stays until the next one is begun. */
static inline struct wb_slice kit_file(void)
{
    static const unsigned char signature[] = {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
    uint32_t used = 1, mini = 0;
    memset(kit.file, 0, sizeof kit.file);
    memcpy(kit.file, signature, sizeof signature);
    memcpy(kit.file + 24, "\x3E\0\x03\0\xFE\xFF\x09\0\x06\0", 10);
    memset(kit.file + 76, 0xFF, KIT_SECTOR - 76);
    memset(kit_sector(0), 0xFF, KIT_SECTOR);
    kit_le32(KIT_SECTOR, 0xFFFFFFFD);
    kit_le32(76, 0);
    for (int i = 1; i < kit.entries; i++)
        if (!kit.entry[i].storage && kit.entry[i].n < KIT_CUTOFF)
            mini += (uint32_t)((kit.entry[i].n + KIT_MINI - 1) / KIT_MINI);
    uint32_t directory = kit_sectors(&used, 128 * (size_t)((kit.entries + 3) / 4 * 4));
    uint32_t chains = kit_sectors(&used, mini * 4), small = kit_sectors(&used, mini * KIT_MINI),
             at = 0;
    if (mini)
        memset(kit_sector(chains), 0xFF, (mini * 4 + KIT_SECTOR - 1) / KIT_SECTOR * KIT_SECTOR);
    kit_le32(44, 1);
    kit_le32(48, directory);
    kit_le32(56, KIT_CUTOFF);
    kit_le32(60, chains);
    kit_le32(64, (mini * 4 + KIT_SECTOR - 1) / KIT_SECTOR);
    kit_le32(68, 0xFFFFFFFE);
    kit_entry(directory, 0, small, mini * KIT_MINI);
    for (int i = 1; i < kit.entries; i++) {
        size_t n = kit.entry[i].n;
        uint32_t first = n ? at : 0xFFFFFFFE, parts = (uint32_t)((n + KIT_MINI - 1) / KIT_MINI);
        if (n >= KIT_CUTOFF) {
            first = kit_sectors(&used, n);
            memcpy(kit_sector(first), kit.entry[i].p, n);
        } else if (n) {
            memcpy(kit_sector(small) + KIT_MINI * at, kit.entry[i].p, n);
            for (uint32_t j = 0; j < parts; j++)
                kit_le32(KIT_SECTOR * (chains + 1) + 4 * (at + j),
                         j + 1 < parts ? at + j + 1 : 0xFFFFFFFE);
            at += parts;
        }
        kit_entry(directory, i, first, n);
    }
    return wb_slice((const char *)kit.file, KIT_SECTOR * (size_t)(used + 1));
}

#endif
