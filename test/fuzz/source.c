/* SPDX-License-Identifier: BSD-2-Clause */
/* A file cut into messages: mbox or not, compressed or not, torn off or not. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "source.h"

static int file_of(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    WB_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

/* Reads all messages; a sum over them. */
static uint64_t read_all(struct wb_stream *stream)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    uint32_t expected = 0;
    size_t work = 0;
    uint64_t sum = 0;
    while (work < 64u << 20 && wb_stream_next(stream, &chunk, &status)) {
        WB_CHECK(chunk.first_index == expected && chunk.count > 0);
        expected += chunk.count;
        size_t end = 0;
        for (uint32_t i = 0; i < chunk.count; i++) {
            struct wb_span m = chunk.messages[i];
            WB_CHECK(m.from >= end && m.from <= chunk.n && m.n <= chunk.n - m.from);
            WB_CHECK(m.n <= WB_MAX_MESSAGE_BYTES);
            end = m.from + m.n;
            sum = sum * 31 + m.n;
            for (size_t j = 0; j < m.n; j += 64)
                sum = sum * 31 + (unsigned char)chunk.bytes[m.from + j];
        }
        work += chunk.n; /* a few bytes can be gigabytes */
    }
    wb_chunk_free(&chunk);
    wb_stream_close(stream);
    return sum * 31 + (status.text[0] != '\0');
}

/* From a file and from memory the same is read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wb_status status = {{0}};
    uint64_t sum = read_all(wb_stream_open(file_of(data, size), "fuzz", &status));
    WB_CHECK(sum == read_all(wb_stream_over(wb_slice((const char *)data, size), "fuzz")));
    return 0;
}
