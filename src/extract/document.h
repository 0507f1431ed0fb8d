/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON document (RFC 8259) as a tree in the arena. It is strict: what is no JSON, is not UTF-8 or
 * holds a NUL is no document; of members with the same name the last one counts. Numbers are kept
 * as they are written, so none is too large. Strings point into the text where they have no
 * escapes.
 */
#ifndef WB_DOCUMENT_H
#define WB_DOCUMENT_H

#include "arena.h"

enum wb_value_type {
    WB_VALUE_WORD,
    WB_VALUE_STRING,
    WB_VALUE_INTEGER,
    WB_VALUE_REAL,
    WB_VALUE_LIST,
    WB_VALUE_OBJECT
};

enum { WB_MAX_VALUE_DEPTH = 2048 };

struct wb_value {
    struct wb_slice name;                 /* of a member of an object */
    struct wb_slice text;                 /* what is said; of a list or an object nothing */
    struct wb_value *first, *last, *next; /* what is in it; what stands behind it; NULL: nothing */
    struct wb_value *parent;
    enum wb_value_type type;
};

/*
 * Reads the object or list at the front; NULL when there is none. whole: nothing but white space
 * may stand behind it.
 */
const struct wb_value *wb_document_read(struct wb_arena *arena, struct wb_slice text, bool whole);

/* A member of an object, an item of a list; NULL: there is none, or `from` is something else. */
const struct wb_value *wb_value_member(const struct wb_value *from, struct wb_slice name);
const struct wb_value *wb_value_item(const struct wb_value *from, size_t i);

#endif
