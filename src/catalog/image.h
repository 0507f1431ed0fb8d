/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The compiled knowledge: one block of memory without pointers, written by the knowledge compiler
 * for machines of its own kind, embedded in the library or read from a file. Everything refers to
 * everything by index, and to texts by their place in the section of strings.
 *
 *     header | strings | causes | ... | scanner bytes
 */
#ifndef WB_IMAGE_H
#define WB_IMAGE_H

#include <stdint.h>

#include "hash.h"
#include "match.h"
#include "vocab.h"

enum {
    WB_IMAGE_MAGIC = 0x43425731, /* "1WBC" */
    WB_IMAGE_FORMAT = 16, /* changes with every change of this file, of a scanner or a program */
    WB_NO_INDEX = 0xFFFF,
    WB_LANGUAGES = 2, /* 0 English, 1 Chinese */
    WB_MAX_CAUSES = 64,
    WB_MAX_NAMES = 256, /* of fields of reports, and of header fields that signs look at */
    WB_MAX_ALTERNATIVES = 3,
};

/* Place of a text in the section of strings; 0 is the empty text. */
typedef uint32_t wb_str;

enum wb_section {
    WB_SECTION_STRINGS,     /* bytes: length (4), text, NUL, padding */
    WB_SECTION_CAUSES,      /* wb_cause, sorted by id */
    WB_SECTION_KEYWORDS,    /* wb_keyword */
    WB_SECTION_ENTRIES,     /* wb_entry */
    WB_SECTION_LINES,       /* wb_line: advice */
    WB_SECTION_KIND_WORDS,  /* wb_kind_words, by kind */
    WB_SECTION_WORDS,       /* wb_word: texts of the interface, sorted by id */
    WB_SECTION_PROVIDERS,   /* wb_provider, sorted by id */
    WB_SECTION_DOMAINS,     /* wb_domain: a hash table, its size a power of two */
    WB_SECTION_STATUSES,    /* wb_status_meaning, sorted */
    WB_SECTION_REPLIES,     /* wb_reply_meaning, sorted */
    WB_SECTION_DIALECTS,    /* wb_dialect */
    WB_SECTION_GROUPS,      /* wb_sign_group */
    WB_SECTION_SIGNS,       /* wb_sign */
    WB_SECTION_PATTERNS,    /* wb_line_pattern */
    WB_SECTION_STAGE_WORDS, /* wb_stage_words */
    WB_SECTION_JSON_SHAPES, /* wb_json_shape */
    WB_SECTION_JSON_FIELDS, /* wb_json_field */
    WB_SECTION_FIELDS,      /* wb_field_name, sorted by name */
    WB_SECTION_HEADERS,     /* wb_str: header names that signs look at, sorted */
    WB_SECTION_MARKS,       /* wb_mark_words */
    WB_SECTION_BLOCKLISTS,  /* wb_blocklist */
    WB_SECTION_SCHEMES,     /* wb_scheme */
    WB_SECTION_CLASSES,     /* wb_line, slot: the scheme */
    WB_SECTION_UNITS,       /* wb_unit */
    WB_SECTION_SCAN_ENTRIES,
    WB_SECTION_SCAN_HEADERS,
    WB_SECTION_SCAN_TEXT,
    WB_SECTION_PROGRAMS, /* of entries, patterns and signs, by slot: match/ready.h */
    WB_SECTION_COUNT
};

/*
 * As what the scanner of entries reports an entry: its number, and all that is asked of each whose
 * words stand in a text, so that only those are looked up that are tried.
 */
enum {
    WB_FOUND_ENTRY = 0xFFFF,
    WB_FOUND_TIER = 16, /* from this bit on, enum wb_tier: a hint if its cause gives way */
    WB_FOUND_TELLS = 1 << 19,
    WB_FOUND_DOUBT = 1 << 20,
    WB_FOUND_BOUND = 1 << 21, /* it takes more than its words for the entry to apply */
};

/* How the expressions of what has any are meant. */
enum {
    WB_ENTRY_REGEX = 0,
    WB_LINE_REGEX = WB_REGEX_CASELESS,
    WB_SIGN_REGEX = WB_REGEX_NAMED_ONLY,
};

struct wb_image_header {
    uint32_t magic;
    uint32_t format;
    uint64_t size;        /* of the whole image */
    uint64_t checksum[2]; /* of all of it: see wb_image_sum */
    wb_str version;       /* of the knowledge: "2026.12.1" */
    uint32_t reserved;
    struct {
        uint32_t offset;
        uint32_t bytes;
    } section[WB_SECTION_COUNT];
};

/* The checksum that an image has, whatever its header says: of what is behind it, then of both. */
struct wb_hash wb_image_sum(struct wb_slice image);

#endif
