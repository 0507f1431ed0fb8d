/* SPDX-License-Identifier: BSD-2-Clause */
#include <zstd.h>

#include "unit.h"

#include "made_reports.h"
#include "pack.h"
#include "rollup.h"

static const struct made_shape shape = {.first = 1772000000,
                                        .per_second = 1,
                                        .domains = 50,
                                        .servers = 50,
                                        .providers = 5,
                                        .raw = true};

static void comes_back(void **state)
{
    (void)state;
    static struct made made;
    struct wb_packer *packer = wb_packer_new();
    struct wb_room room = {0};
    struct wb_buf raw = {0};
    size_t documents = 0, mails = 0, packed_documents = 0, packed_mails = 0;
    for (unsigned i = 0; i < 500; i++) {
        struct wb_record got = {0};
        made_report(&made, &shape, i);
        struct wb_slice packed = wb_pack_record(packer, &made.record, &room);
        assert_true(wb_unpack_record(packer, unit_exact(packed), &got));
        assert_slice(got.document, made.record.document);
        assert_slice(got.failure_key, made.record.failure_key);
        assert_slice(got.kind, made.record.kind);
        assert_int_equal(got.at, made.record.at);
        documents += made.record.document.n;
        packed_documents += packed.n;
        packed = wb_pack_mail(packer, made.message.raw, &room);
        wb_buf_clear(&raw);
        assert_true(wb_unpack_mail(packer, packed, &raw));
        assert_slice(wb_buf_slice(&raw), made.message.raw);
        mails += made.message.raw.n;
        packed_mails += packed.n;
        wb_room_reset(&room);
    }
    /* the dictionaries are of use: without them it is half as good */
    assert_true(packed_documents * 3 < documents);
    assert_true(packed_mails * 3 < mails);
    wb_buf_free(&raw);
    wb_room_free(&room);
    wb_packer_free(packer);
}

static void a_key_that_is_none(void **state)
{
    (void)state;
    static struct made made;
    struct wb_packer *packer = wb_packer_new();
    struct wb_room room = {0};
    struct wb_record got = {0};
    made_report(&made, &shape, 1);
    made.record.failure_key = WB_S("short");
    struct wb_slice packed = wb_pack_record(packer, &made.record, &room);
    assert_true(wb_unpack_record(packer, packed, &got));
    assert_int_equal(got.failure_key.n, 0);
    assert_slice(got.report_id, made.record.report_id);
    assert_slice(got.document, made.record.document);
    wb_room_free(&room);
    wb_packer_free(packer);
}

/* Any byte of it another one, and any piece of it: refused or something else, never a crash. */
static void damage(void **state)
{
    (void)state;
    static struct made made;
    struct wb_packer *packer = wb_packer_new();
    struct wb_room room = {0};
    struct wb_buf raw = {0};
    made_report(&made, &shape, 1);
    struct wb_slice record = wb_pack_record(packer, &made.record, &room);
    struct wb_slice mail = wb_pack_mail(packer, made.message.raw, &room);
    unsigned refused = 0;
    for (size_t i = 0; i < record.n; i++) {
        struct wb_record got = {0};
        struct wb_slice copy = unit_exact(record);
        ((char *)(uintptr_t)copy.p)[i] ^= (char)(1 + i % 255);
        refused += !wb_unpack_record(packer, copy, &got);
        free((char *)(uintptr_t)copy.p);
        copy = unit_exact(wb_slice_head(record, i));
        assert_false(wb_unpack_record(packer, copy, &got));
        wb_buf_clear(&raw);
        assert_false(wb_unpack_mail(packer, wb_slice_head(mail, i), &raw));
        free((char *)(uintptr_t)copy.p);
    }
    assert_true(refused > 10);
    /* a frame that says that it becomes very large */
    static const char bomb[] = "\0\x28\xb5\x2f\xfd\xe0\xff\xff\xff\xff\xff\xff\xff\x7f";
    assert_false(wb_unpack_mail(packer, wb_slice(bomb, sizeof bomb - 1), &raw));
    wb_buf_free(&raw);
    wb_room_free(&room);
    wb_packer_free(packer);
}

/* A frame that is whole, of a record that is none: the layout is that of pack.c, without a key. */
static bool unpacks(struct wb_packer *packer, unsigned char proof, unsigned char document)
{
    enum { TEXTS = 23, LENGTHS = 5, PLAIN = LENGTHS + TEXTS + 32 + 5 };
    unsigned char plain[PLAIN] = {1, 0, 0, proof, 0};
    char packed[200] = {0}; /* no dictionary */
    struct wb_record got = {0};
    memset(plain + LENGTHS + TEXTS, 'a', PLAIN - LENGTHS - TEXTS);
    plain[LENGTHS + TEXTS - 1] = document;
    size_t n = ZSTD_compress(packed + 1, sizeof packed - 1, plain, sizeof plain, 1);
    assert_false(ZSTD_isError(n));
    return wb_unpack_record(packer, wb_slice(packed, n + 1), &got);
}

static void a_record_that_lies(void **state)
{
    (void)state;
    struct wb_packer *packer = wb_packer_new();
    assert_true(unpacks(packer, WB_PROOF_COUNT - 1, 5));
    assert_false(unpacks(packer, WB_PROOF_COUNT, 5));
    assert_false(unpacks(packer, 0, 6));
    wb_packer_free(packer);
}

struct text {
    const char *text, *want;
};
static const struct text texts[] = {
    {"550 5.1.1 <a.b@example.org>: no such thing", "550 5.1.1 <ADDRESS>: no such thing"},
    {"451  strange\r\n words   12345 of 4F1A2B3C", "451 strange words N of ID"},
    {"host mx1.example.org[192.0.2.1] said: 550 no", "host HOST[N] said: 550 no"},
    {"", ""},
    {"   ", ""},
    {"查无此人 (12345678)", "查无此人 (N)"},
    {"\xff\xfe bytes", "\xef\xbf\xbd\xef\xbf\xbd bytes"},
};

static void as_template(void **state)
{
    const struct text *row = *state;
    struct wb_room room = {0};
    assert_text(wb_template_of(&room, wb_slice_str(row->text)), row->want);
    wb_room_free(&room);
}

int main(void)
{
    UNIT_ONE(comes_back, "as it was, and much smaller in between");
    UNIT_ONE(a_key_that_is_none, "is left out, and all the rest is there");
    UNIT_ONE(damage, "is noticed");
    UNIT_ONE(a_record_that_lies, "is refused");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        unit_add("as_template", texts[i].want, as_template, texts + i);
    return unit_run();
}
