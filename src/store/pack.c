/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packed record is one byte that names the dictionary, and a frame of zstd. In the frame: a
 * byte for the version of this layout, the numbers and the length of each text as numbers of
 * seven bits a byte (the low ones first, the high bit says that more follow), then the texts one
 * behind the other, the document last: zstd finds in it what stands in the others.
 */
#include "pack.h"

#include <stdlib.h>
#include <zstd.h>

#include "check.h"
#include "dictionary.h"
#include "limit.h"

enum {
    KEY = 32 /* hexadecimal digits */,
    LAYOUT = 1,
    LEVEL = 1,
    MAX_NUMBER = 10,
    TEXTS = 23,
    HEAD = 64 + TEXTS * MAX_NUMBER
};

struct wb_packer {
    ZSTD_CCtx *pack;
    ZSTD_DCtx *unpack;
    ZSTD_CDict *pack_with[WB_DICTIONARIES];
    ZSTD_DDict *unpack_with[WB_DICTIONARIES];
    struct wb_buf plain; /* what is to be packed, or was unpacked */
};

struct wb_packer *wb_packer_new(void)
{
    struct wb_packer *packer = calloc(1, sizeof *packer);
    WB_CHECK(packer != NULL);
    packer->pack = ZSTD_createCCtx();
    packer->unpack = ZSTD_createDCtx();
    WB_CHECK(packer->pack && packer->unpack);
    for (int i = WB_NO_DICTIONARY + 1; i < WB_DICTIONARIES; i++) {
        struct wb_slice bytes = wb_dictionary_bytes((enum wb_dictionary)i);
        packer->pack_with[i] = ZSTD_createCDict(bytes.p, bytes.n, LEVEL);
        packer->unpack_with[i] = ZSTD_createDDict(bytes.p, bytes.n);
        WB_CHECK(packer->pack_with[i] && packer->unpack_with[i]);
    }
    ZSTD_CCtx_setParameter(packer->pack, ZSTD_c_compressionLevel, LEVEL);
    ZSTD_CCtx_setParameter(packer->pack, ZSTD_c_dictIDFlag, 0); /* the first byte says it */
    return packer;
}

void wb_packer_free(struct wb_packer *packer)
{
    if (!packer)
        return;
    ZSTD_freeCCtx(packer->pack);
    ZSTD_freeDCtx(packer->unpack);
    for (int i = 0; i < WB_DICTIONARIES; i++) {
        ZSTD_freeCDict(packer->pack_with[i]);
        ZSTD_freeDDict(packer->unpack_with[i]);
    }
    wb_buf_free(&packer->plain);
    free(packer);
}

static struct wb_slice pack(struct wb_packer *packer, enum wb_dictionary dictionary,
                            struct wb_slice plain, struct wb_room *room)
{
    size_t most = ZSTD_compressBound(plain.n);
    char *out = wb_room_take(room, 1 + most);
    out[0] = (char)dictionary;
    ZSTD_CCtx_refCDict(packer->pack, packer->pack_with[dictionary]);
    size_t n = ZSTD_compress2(packer->pack, out + 1, most, plain.p, plain.n);
    WB_CHECK(!ZSTD_isError(n)); /* there is room, and memory that ends is ours to stop at */
    wb_room_shrink(room, out, 1 + n);
    return wb_slice(out, 1 + n);
}

static bool unpack(struct wb_packer *packer, struct wb_slice packed, struct wb_buf *out)
{
    size_t dictionary = packed.n ? (unsigned char)packed.p[0] : WB_DICTIONARIES;
    if (dictionary >= WB_DICTIONARIES)
        return false;
    packed = wb_slice_from(packed, 1);
    unsigned long long n = ZSTD_getFrameContentSize(packed.p, packed.n);
    if (n > WB_MAX_STORED_BYTES) /* unknown and damaged are beyond it, too */
        return false;
    wb_buf_reserve(out, (size_t)n);
    size_t got = ZSTD_decompress_usingDDict(packer->unpack, out->p + out->n, (size_t)n, packed.p,
                                            packed.n, packer->unpack_with[dictionary]);
    if (ZSTD_isError(got) || got != n)
        return false;
    out->n += got;
    return true;
}

/* ---- records ---- */

/* The texts of a record in the order in which they are packed; new ones come in front of it. */
static void texts_of(struct wb_record *record, struct wb_slice *texts[TEXTS])
{
    struct wb_slice *all[TEXTS] = {
        &record->kind,       &record->action,         &record->cause,         &record->detail,
        &record->confidence, &record->permanence,     &record->fault,         &record->responsible,
        &record->status,     &record->recommendation, &record->stage,         &record->provider,
        &record->dialect,    &record->reporting_mta,  &record->remote_mta,    &record->remote_ip,
        &record->rule,       &record->message_id,     &record->envelope_from, &record->subject,
        &record->recipient,  &record->diagnostic,     &record->document,
    };
    memcpy(texts, all, sizeof all);
}

static char *put_number(char *p, uint64_t n)
{
    for (; n >= 0x80; n >>= 7)
        *p++ = (char)(n | 0x80);
    *p++ = (char)n;
    return p;
}

static bool get_number(struct wb_slice *s, uint64_t *out)
{
    uint64_t n = 0;
    for (unsigned shift = 0; s->n && shift < 64; shift += 7) {
        unsigned char c = (unsigned char)*s->p;
        *s = wb_slice_from(*s, 1);
        n |= (uint64_t)(c & 0x7f) << shift;
        if (c < 0x80) {
            *out = n;
            return true;
        }
    }
    return false;
}

struct wb_slice wb_pack_record(struct wb_packer *packer, const struct wb_record *record,
                               struct wb_room *room)
{
    struct wb_record copy = *record;
    struct wb_slice *texts[TEXTS];
    struct wb_slice failure_key = record->failure_key.n == KEY ? record->failure_key : WB_NONE;
    char head[HEAD], *p = head;
    WB_CHECK(record->report_id.n == KEY);
    texts_of(&copy, texts);
    *p++ = LAYOUT;
    p = put_number(p, (uint64_t)record->at);
    p = put_number(p, (uint64_t)record->reply_code);
    p = put_number(p, record->proof);
    p = put_number(p, failure_key.n ? 1 : 0);
    for (int i = 0; i < TEXTS; i++)
        p = put_number(p, texts[i]->n);
    wb_buf_clear(&packer->plain);
    wb_buf_put(&packer->plain, wb_slice_span(head, p));
    wb_buf_put(&packer->plain, record->report_id);
    wb_buf_put(&packer->plain, failure_key);
    for (int i = 0; i < TEXTS; i++)
        wb_buf_put(&packer->plain, *texts[i]);
    return pack(packer, WB_DOCUMENTS_1, wb_buf_slice(&packer->plain), room);
}

static bool take(struct wb_slice *s, uint64_t n, struct wb_slice *out)
{
    if (n > s->n)
        return false;
    *out = wb_slice_head(*s, (size_t)n);
    *s = wb_slice_from(*s, (size_t)n);
    return true;
}

static bool read_record(struct wb_slice s, struct wb_record *record)
{
    struct wb_slice *texts[TEXTS];
    uint64_t at, code, proof, keyed, lengths[TEXTS];
    texts_of(record, texts);
    if (!s.n || s.p[0] != LAYOUT)
        return false;
    s = wb_slice_from(s, 1);
    if (!get_number(&s, &at) || !get_number(&s, &code) || !get_number(&s, &proof) ||
        !get_number(&s, &keyed) || proof >= WB_PROOF_COUNT)
        return false;
    for (int i = 0; i < TEXTS; i++)
        if (!get_number(&s, &lengths[i]))
            return false;
    if (!take(&s, KEY, &record->report_id) || !take(&s, keyed ? KEY : 0, &record->failure_key))
        return false;
    for (int i = 0; i < TEXTS; i++)
        if (!take(&s, lengths[i], texts[i]))
            return false;
    record->at = (int64_t)at;
    record->reply_code = (int)code;
    record->proof = (enum wb_proof)proof;
    return true;
}

bool wb_unpack_record(struct wb_packer *packer, struct wb_slice packed,
                      struct wb_record *record_out)
{
    wb_buf_clear(&packer->plain);
    return unpack(packer, packed, &packer->plain) &&
           read_record(wb_buf_slice(&packer->plain), record_out);
}

struct wb_record wb_record_copy(struct wb_room *room, const struct wb_record *record)
{
    struct wb_record copy = *record;
    struct wb_slice *texts[TEXTS];
    texts_of(&copy, texts);
    for (int i = 0; i < TEXTS; i++)
        *texts[i] = wb_room_copy(room, *texts[i]);
    copy.report_id = wb_room_copy(room, record->report_id);
    copy.failure_key = wb_room_copy(room, record->failure_key);
    return copy;
}

/* ---- mails ---- */

struct wb_slice wb_pack_mail(struct wb_packer *packer, struct wb_slice raw, struct wb_room *room)
{
    return pack(packer, WB_MAILS_1, raw, room);
}

bool wb_unpack_mail(struct wb_packer *packer, struct wb_slice packed, struct wb_buf *out)
{
    return unpack(packer, packed, out);
}
