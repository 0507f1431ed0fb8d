/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files cut into messages. Each row is read as a file, through a pipe, from memory, and packed by
 * gzip, xz and zstd, and must give the same messages.
 */
#define _GNU_SOURCE /* memfd_create */
#include "source.h"

#include <fcntl.h>
#include <lzma.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "unit.h"

/* ---- packing ---- */

struct packed {
    char *p;
    size_t n;
};

static struct packed pack_plain(struct wb_slice s)
{
    struct packed out = {malloc(s.n + 1), s.n};
    memcpy(out.p, s.p, s.n);
    return out;
}

/* A gzip file; with a name in its header that makes it as long as wanted, unless `want` is 0. */
static struct packed gzip_of_size(struct wb_slice s, size_t want)
{
    static char name[70000];
    struct packed out = {malloc(s.n + 80000), 0};
    size_t name_n = 0;
    for (int round = 0; round < 2; round++) {
        z_stream z = {0};
        gz_header header = {.name = (Bytef *)name};
        memset(name, 'x', name_n);
        name[name_n] = '\0';
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, 0), Z_OK);
        if (want)
            deflateSetHeader(&z, &header);
        z.next_in = (Bytef *)s.p;
        z.avail_in = (uInt)s.n;
        z.next_out = (Bytef *)out.p;
        z.avail_out = (uInt)(s.n + 80000);
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        out.n = z.total_out;
        deflateEnd(&z);
        name_n = want ? want - out.n : 0;
    }
    return out;
}

static struct packed pack_gzip(struct wb_slice s)
{
    return gzip_of_size(s, 0);
}

static struct packed pack_xz(struct wb_slice s)
{
    size_t cap = lzma_stream_buffer_bound(s.n);
    struct packed out = {malloc(cap), 0};
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC32, NULL, (const uint8_t *)s.p, s.n,
                                             (uint8_t *)out.p, &out.n, cap),
                     LZMA_OK);
    return out;
}

static struct packed pack_zstd(struct wb_slice s)
{
    size_t cap = ZSTD_compressBound(s.n);
    struct packed out = {malloc(cap), 0};
    out.n = ZSTD_compress(out.p, cap, s.p, s.n, 1);
    assert_false(ZSTD_isError(out.n));
    return out;
}

static struct packed (*const packers[])(struct wb_slice) = {pack_plain, pack_gzip, pack_xz,
                                                            pack_zstd};
enum { PLAIN, GZIP, XZ, ZSTD_PACKED, PACKERS };

/* ---- reading all of a file ---- */

static int file_of(const char *bytes, size_t n)
{
    int fd = memfd_create("test", 0);
    assert_true(fd >= 0);
    while (n) {
        ssize_t put = write(fd, bytes, n);
        assert_true(put > 0);
        bytes += put;
        n -= (size_t)put;
    }
    lseek(fd, 0, SEEK_SET);
    return fd;
}

struct result {
    char *text; /* every message in brackets; one that was cut ends in "...]" */
    size_t n, cap;
    uint32_t count;
    size_t longest, most_memory;
    uint64_t bytes;
    struct wb_status status;
};

static void note(struct result *r, const char *p, size_t n)
{
    if (r->n + n + 1 > r->cap) {
        r->cap = (r->n + n + 1) * 2;
        r->text = realloc(r->text, r->cap);
    }
    memcpy(r->text + r->n, p, n);
    r->n += n;
    r->text[r->n] = '\0';
}

static struct result read_messages(struct wb_stream *stream, bool keep)
{
    struct result r = {0};
    struct wb_chunk chunk = {0};
    assert_non_null(stream);
    note(&r, "", 0);
    while (wb_stream_next(stream, &chunk, &r.status)) {
        assert_string_equal(r.status.text, "");
        assert_int_equal(chunk.first_index, r.count);
        r.count += chunk.count;
        r.most_memory = chunk.cap > r.most_memory ? chunk.cap : r.most_memory;
        for (uint32_t i = 0; i < chunk.count; i++) {
            struct wb_span m = chunk.messages[i];
            assert_true(m.from + m.n <= chunk.n);
            r.longest = m.n > r.longest ? m.n : r.longest;
            note(&r, "[", 1);
            note(&r, chunk.bytes + m.from, keep || m.n < 100 ? m.n : 20);
            note(&r, m.cut ? "...]" : "]", m.cut ? 4 : 1);
        }
    }
    r.bytes = wb_stream_bytes(stream);
    wb_chunk_free(&chunk);
    return r;
}

static struct result read_stream(struct wb_stream *stream, bool keep)
{
    struct result r = read_messages(stream, keep);
    wb_stream_close(stream);
    return r;
}

static struct result read_all(int fd, bool keep)
{
    struct wb_status status;
    return read_stream(wb_stream_open(fd, "box", &status), keep);
}

static struct wb_stream *used; /* over one file after the other, however the last one ended */

/* From a copy of just that size, so that a checker sees what is read behind it. */
static struct result read_over(const char *bytes, size_t n, bool keep)
{
    char *copy = malloc(n + !n);
    memcpy(copy, bytes, n);
    struct result r = read_stream(wb_stream_over(wb_slice(copy, n), "box"), keep);
    wb_stream_over_next(used, wb_slice(copy, n), "box");
    struct result again = read_messages(used, keep);
    assert_string_equal(again.text, r.text);
    assert_string_equal(again.status.text, r.status.text);
    assert_int_equal(again.count, r.count);
    assert_int_equal(again.bytes, r.bytes);
    free(again.text);
    free(copy);
    return r;
}

/* ---- rows ---- */

#define FROM_A "From a@example.org Thu Jan  1 00:00:00 2026\n"
#define FROM_B "From MAILER-DAEMON Fri Jan  2 11:22:33 2026\n"

static const struct box_row {
    const char *name, *file, *messages;
} box_rows[] = {
    {"a single message", "From: a\n\nbody\n", "[From: a\n\nbody\n]"},
    {"no line end", "From: a\n\nbody", "[From: a\n\nbody]"},
    {"a single message with a From line in it", "Subject: s\n\n" FROM_A "x\n",
     "[Subject: s\n\n" FROM_A "x\n]"},
    {"an mbox of one", FROM_A "Subject: 1\n\nbody\n\n", "[Subject: 1\n\nbody\n]"},
    {"an mbox that an editor has marked", "\xEF\xBB\xBF" FROM_A "1\n\n" FROM_B "2\n", "[1\n][2\n]"},
    {"an mbox of two", FROM_A "Subject: 1\n\nbody\n\n" FROM_B "Subject: 2\n\nbody\n\n",
     "[Subject: 1\n\nbody\n][Subject: 2\n\nbody\n]"},
    {"the last without its blank line", FROM_A "1\n\n" FROM_B "2\n", "[1\n][2\n]"},
    {"the last without a line end", FROM_A "1\n\n" FROM_B "2", "[1\n][2]"},
    {"blank lines of the message stay", FROM_A "1\n\n\n\n" FROM_B "2\n", "[1\n\n\n][2\n]"},
    {"header only", FROM_A "Subject: 1\n\n" FROM_B "Subject: 2\n", "[Subject: 1\n][Subject: 2\n]"},
    {"mboxo: a quoted From", FROM_A "1\n\n>From here\n\n" FROM_B "2\n", "[1\n\nFrom here\n][2\n]"},
    {"mboxrd: one mark less", FROM_A "1\n\n>>From here\n>>>From there\n",
     "[1\n\n>From here\n>>From there\n]"},
    {"mboxrd: also behind no blank line", FROM_A "1\n>From here\n", "[1\nFrom here\n]"},
    {"quotes of other lines stay", FROM_A "1\n\n>from here\n>Fromage\n> From\n>>x\n",
     "[1\n\n>from here\n>Fromage\n> From\n>>x\n]"},
    {"a single message keeps its quotes", "Subject: s\n\n>From here\n",
     "[Subject: s\n\n>From here\n]"},
    {"From behind no blank line", FROM_A "1\n\ntext\n" FROM_B "more\n",
     "[1\n\ntext\n" FROM_B "more\n]"},
    {"From of a sentence", FROM_A "1\n\nFrom here on it goes\n\nFrom: x\n",
     "[1\n\nFrom here on it goes\n\nFrom: x\n]"},
    {"From of a sentence with a time", FROM_A "1\n\nFrom 10:30 on we wait\n",
     "[1\n\nFrom 10:30 on we wait\n]"},
    {"Content-Length too short", FROM_A "Content-Length: 2\n\nlong body\n\n" FROM_B "2\n",
     "[Content-Length: 2\n\nlong body\n][2\n]"},
    {"Content-Length too long", FROM_A "Content-Length: 9999\n\nbody\n\n" FROM_B "2\n",
     "[Content-Length: 9999\n\nbody\n][2\n]"},
    {"a zone in the From line",
     "From a@b Thu Jan  1 00:00:00 +0100 2026\n1\n\n"
     "From a@b Thu Jan  1 00:00:00 2026 +0100\n2\n",
     "[1\n][2\n]"},
    {"no seconds in the From line", FROM_A "1\n\nFrom a@b Thu Jan  1 00:00 2026\n2\n",
     "[1\n][2\n]"},
    {"Mozilla's From line",
     "From - Thu Jan  1 00:00:00 2026\n1\n\n"
     "From - Thu Jan  1 00:00:00 2026\n2\n",
     "[1\n][2\n]"},
    {"CR LF",
     "From a@b Thu Jan  1 00:00:00 2026\r\nS: 1\r\n\r\nbody\r\n\r\n"
     "From a@b Thu Jan  1 00:00:00 2026\r\nS: 2\r\n\r\nbody\r\n\r\n",
     "[S: 1\r\n\r\nbody\r\n][S: 2\r\n\r\nbody\r\n]"},
    {"CR LF, quoted", "From a@b Thu Jan  1 00:00:00 2026\r\n1\r\n\r\n>From x\r\n>>From y\r\n",
     "[1\r\n\r\nFrom x\r\n>From y\r\n]"},
    {"an empty file", "", ""},
    {"one byte", "x", "[x]"},
    {"the beginning of a packed file", "\x1F", "[\x1F]"},
    {"the word From alone", "From ", "[]"},
    {"a From line alone", FROM_A, "[]"},
};

static void box(void **state)
{
    const struct box_row *row = *state;
    for (int i = 0; i < PACKERS; i++) {
        struct packed packed = packers[i](wb_slice_str(row->file));
        struct result r = read_all(file_of(packed.p, packed.n), true);
        assert_string_equal(r.status.text, "");
        assert_text(wb_slice(r.text, r.n), row->messages);
        assert_int_equal(r.bytes, packed.n);
        free(r.text);
        r = read_over(packed.p, packed.n, true);
        assert_string_equal(r.status.text, "");
        assert_text(wb_slice(r.text, r.n), row->messages);
        assert_int_equal(r.bytes, packed.n);
        free(r.text);
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        assert_int_equal(write(pipes[1], packed.p, packed.n), packed.n);
        close(pipes[1]);
        r = read_all(pipes[0], true);
        assert_text(wb_slice(r.text, r.n), row->messages);
        free(r.text);
        free(packed.p);
    }
}

/* ---- more than a chunk holds ---- */

static unsigned next_random(unsigned *seed)
{
    return (*seed = *seed * 1103515245u + 12345u) >> 16;
}

/* Messages of many sizes; where a chunk ends must not be seen. */
static void large(void **state)
{
    (void)state;
    unsigned seed = 7;
    struct result file = {0}, want = {0};
    uint32_t count = 0;
    while (file.n < 3 << 20) {
        char head[200];
        size_t from = file.n, lines = next_random(&seed) % 40;
        if (next_random(&seed) % 50 == 0)
            lines = 20000;
        note(&file, FROM_A, strlen(FROM_A));
        from = file.n;
        int n = snprintf(head, sizeof head, "Subject: %u\n\n", count++);
        note(&file, head, (size_t)n);
        for (size_t i = 0; i < lines; i++)
            note(&file, "From the line\n\n", i % 3 ? 14 : 15);
        note(&want, "[", 1);
        note(&want, file.text + from, file.n - from);
        note(&want, "]", 1);
        note(&file, "\n", 1);
    }
    for (int i = 0; i < PACKERS; i++) {
        struct packed packed = packers[i](wb_slice(file.text, file.n));
        struct result r = read_all(file_of(packed.p, packed.n), true);
        assert_string_equal(r.status.text, "");
        assert_int_equal(r.count, count);
        assert_int_equal(r.n, want.n);
        assert_memory_equal(r.text, want.text, want.n);
        free(r.text);
        free(packed.p);
    }
    free(file.text);
    free(want.text);
}

/* A From line at each place around the end of the first chunk. */
static void around_the_end(void **state)
{
    (void)state;
    enum { CHUNK = 512 << 10 };
    static char file[CHUNK + 4096];
    for (int shift = -80; shift <= 80; shift += 1) {
        size_t n = (size_t)sprintf(file, FROM_A "1\n\n");
        while (n < (size_t)(CHUNK + shift))
            file[n] = n % 70 == 0 ? '\n' : 'x', n++;
        n += (size_t)sprintf(file + n, "\n\n" FROM_B "2\n");
        struct result r = read_all(file_of(file, n), true);
        assert_int_equal(r.count, 2);
        assert_true(wb_slice_ends(wb_slice(r.text, r.n), WB_S("\n][2\n]")));
        free(r.text);
    }
}

/* ---- messages beyond the limit ---- */

static char *huge_file(size_t huge, const char *before, const char *after, size_t *n_out)
{
    size_t head = strlen(before), tail = strlen(after);
    char *file = malloc(head + huge + tail + 1);
    memcpy(file, before, head);
    for (size_t i = 0; i < huge; i++)
        file[head + i] = i % 70 == 69 ? '\n' : 'x';
    memcpy(file + head + huge, after, tail + 1);
    *n_out = head + huge + tail;
    return file;
}

static void huge_in_mbox(void **state)
{
    (void)state;
    static const size_t sizes[] = {(8 << 20) + 100, (9 << 20) + 13, 20 << 20};
    for (int i = 0; i < 3; i++) {
        size_t n;
        char *file = huge_file(sizes[i], FROM_A "1\n\n" FROM_B "2\n\nbig\n",
                               "\n\n" FROM_A "3\n\n" FROM_B "4\n", &n);
        struct result r = read_all(file_of(file, n), false);
        assert_string_equal(r.status.text, "");
        assert_int_equal(r.count, 4);
        assert_true(r.longest <= WB_MAX_MESSAGE_BYTES + 4096);
        assert_true(r.most_memory <= WB_MAX_MESSAGE_BYTES + (2 << 20));
        assert_true(wb_slice_starts(wb_slice(r.text, r.n), WB_S("[1\n][2\n\nbig\nxxxx")));
        assert_true(wb_slice_ends(wb_slice(r.text, r.n), WB_S("][3\n][4\n]")));
        assert_true(i == 0 || strstr(r.text, "...]"));
        free(r.text);
        free(file);
    }
}

/* A little more than the limit is kept: so the engine sees that the limit was reached. */
static bool cut_at_the_limit(size_t n)
{
    return n > WB_MAX_MESSAGE_BYTES && n <= WB_MAX_MESSAGE_BYTES + 4096;
}

static void huge_last_in_mbox(void **state)
{
    (void)state;
    size_t n;
    char *file = huge_file(20 << 20, FROM_A "1\n\n" FROM_B "2\n\nbig\n", "\n", &n);
    struct result r = read_all(file_of(file, n), false);
    assert_string_equal(r.status.text, "");
    assert_int_equal(r.count, 2);
    assert_true(cut_at_the_limit(r.longest));
    assert_non_null(strstr(r.text, "...]"));
    free(r.text);
    free(file);
}

/* Of a single message no more is read than is kept, where reading can stop. */
static void huge_single(void **state)
{
    (void)state;
    size_t n;
    char *file = huge_file(20 << 20, "Subject: s\n\n", "\n", &n);
    for (int i = 0; i < PACKERS; i++) {
        struct packed packed = packers[i](wb_slice(file, n));
        struct result r = read_all(file_of(packed.p, packed.n), false);
        assert_string_equal(r.status.text, "");
        assert_int_equal(r.count, 1);
        assert_true(cut_at_the_limit(r.longest));
        assert_non_null(strstr(r.text, "...]"));
        assert_true(r.most_memory <= WB_MAX_MESSAGE_BYTES + (2 << 20));
        if (i == PLAIN)
            assert_true(r.bytes <= WB_MAX_MESSAGE_BYTES + (1 << 20));
        free(r.text);
        free(packed.p);
    }
    free(file);
}

/* ---- trouble with packed files ---- */

static const struct packed_row {
    const char *name;
    int packer;
    int lost;        /* bytes cut off the end */
    int flipped;     /* a byte from the end that is changed; 0: none */
    const char *why; /* in the status; NULL: no trouble */
} packed_rows[] = {
    {"gzip whole", GZIP, 0, 0, NULL},
    {"gzip without its last byte", GZIP, 1, 0, "box: the compressed data ends too early"},
    {"gzip without its trailer", GZIP, 8, 0, "box: the compressed data ends too early"},
    {"gzip cut in the middle", GZIP, 2000, 0, "box: the compressed data ends too early"},
    {"gzip with a wrong checksum", GZIP, 0, 6, "box: the compressed data is damaged"},
    {"xz whole", XZ, 0, 0, NULL},
    {"xz without its last byte", XZ, 1, 0, "box: the compressed data ends too early"},
    {"xz cut in the middle", XZ, 2000, 0, "box: the compressed data ends too early"},
    {"xz with a damaged footer", XZ, 0, 1, "box: the compressed data is damaged"},
    {"zstd whole", ZSTD_PACKED, 0, 0, NULL},
    {"zstd without its last byte", ZSTD_PACKED, 1, 0, "box: the compressed data ends too early"},
    {"zstd cut in the middle", ZSTD_PACKED, 2000, 0, "box: the compressed data ends too early"},
};

static void packed_file(void **state)
{
    const struct packed_row *row = *state;
    struct result file = {0};
    unsigned seed = 3;
    for (unsigned i = 0; i < 500; i++) {
        char message[200];
        int n = snprintf(message, sizeof message, FROM_A "Subject: %u\n\n%u %u %u\n\n", i,
                         next_random(&seed), next_random(&seed), next_random(&seed));
        note(&file, message, (size_t)n);
    }
    struct packed packed = packers[row->packer](wb_slice(file.text, file.n));
    assert_true(packed.n > 4000);
    packed.n -= (size_t)row->lost;
    if (row->flipped)
        packed.p[packed.n - (size_t)row->flipped] ^= 0x55;
    struct result r[] = {read_all(file_of(packed.p, packed.n), true),
                         read_over(packed.p, packed.n, true)};
    for (int i = 0; i < 2; i++) {
        assert_string_equal(r[i].status.text, row->why ? row->why : "");
        if (!row->why)
            assert_int_equal(r[i].count, 500);
        else if (row->lost < 100) /* what came before the trouble has been delivered */
            assert_true(r[i].count >= 499 || row->packer == ZSTD_PACKED);
        free(r[i].text);
    }
    free(file.text);
    free(packed.p);
}

static const struct joined_row {
    const char *name;
    int packer;
    size_t first; /* bytes of the first packed file */
    bool empty;   /* nothing is in the first */
} joined_rows[] = {
    {"two gzip members", GZIP, 0},
    {"two gzip members, the first ends with a read", GZIP, 64 << 10},
    {"two xz streams", XZ, 0},
    {"two zstd frames", ZSTD_PACKED, 0},
    {"an empty gzip member first", GZIP, 0, true},
    {"an empty xz stream first", XZ, 0, true},
    {"an empty zstd frame first", ZSTD_PACKED, 0, true},
};

static void joined(void **state)
{
    const struct joined_row *row = *state;
    struct wb_slice one = row->empty ? WB_S("") : WB_S(FROM_A "1\n\n"), two = WB_S(FROM_B "2\n");
    struct packed a = row->first ? gzip_of_size(one, row->first) : packers[row->packer](one);
    struct packed b = packers[row->packer](two);
    if (row->first)
        assert_int_equal(a.n, row->first);
    a.p = realloc(a.p, a.n + b.n);
    memcpy(a.p + a.n, b.p, b.n);
    struct result r[] = {read_all(file_of(a.p, a.n + b.n), true), read_over(a.p, a.n + b.n, true)};
    for (int i = 0; i < 2; i++) {
        assert_string_equal(r[i].status.text, "");
        assert_text(wb_slice(r[i].text, r[i].n), row->empty ? "[2\n]" : "[1\n][2\n]");
        free(r[i].text);
    }
    free(a.p);
    free(b.p);
}

static void only_the_mark(void **state)
{
    (void)state;
    struct result r = read_all(file_of("\x1F\x8B", 2), true);
    assert_int_equal(r.count, 0);
    assert_string_equal(r.status.text, "box: the compressed data ends too early");
    free(r.text);
}

static void a_folder(void **state)
{
    (void)state;
    struct result r = read_all(open("/", O_RDONLY), true);
    assert_int_equal(r.count, 0);
    assert_string_equal(r.status.text, "box: Is a directory");
    free(r.text);
}

/* Whether the next chunk is the bytes as they lie there: of a mailbox it cannot be. */
static void in_place(void **state)
{
    (void)state;
    static const char *const files[] = {"a: 1\n\nx", FROM_A "a: 1\n\nx", "From a", "b: 1\n\ny\n"};
    struct wb_chunk chunk = {0};
    struct wb_status status;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        bool mbox = strncmp(files[i], "From ", 5) == 0;
        wb_stream_over_next(used, wb_slice_str(files[i]), "box");
        assert_true(wb_stream_next(used, &chunk, &status));
        assert_int_equal(wb_stream_is_mbox(used), mbox);
        assert_true(chunk.bytes == (mbox ? chunk.room : files[i]));
        assert_int_equal(chunk.count, 1);
        assert_int_equal(wb_stream_bytes(used), strlen(files[i]));
        assert_false(wb_stream_next(used, &chunk, &status));
        assert_string_equal(status.text, "");
    }
    wb_chunk_free(&chunk);
}

int main(void)
{
    used = wb_stream_over(WB_NONE, "box");
    UNIT_ROWS(box, box_rows);
    UNIT_ONE(large, "many chunks");
    UNIT_ONE(around_the_end, "a From line across two chunks");
    UNIT_ONE(huge_in_mbox, "the others are whole, memory is bounded");
    UNIT_ONE(huge_last_in_mbox, "is cut at the limit");
    UNIT_ONE(huge_single, "is cut at the limit");
    UNIT_ROWS(packed_file, packed_rows);
    UNIT_ROWS(joined, joined_rows);
    UNIT_ONE(only_the_mark, "of gzip");
    UNIT_ONE(a_folder, "opened as a file");
    UNIT_ONE(in_place, "one mail is not copied");
    int failed = unit_run();
    wb_stream_close(used);
    return failed;
}
