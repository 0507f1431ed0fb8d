/* SPDX-License-Identifier: BSD-2-Clause */
/* A file cut into messages: mbox or not, compressed or not, torn off or not. */
#define _GNU_SOURCE /* memfd_create */
#include "fuzz.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "source.h"

static int file_of(const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);
    WB_CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct wb_status status = {{0}};
    struct wb_chunk chunk = {0};
    uint32_t expected = 0;
    size_t work = 0;
    volatile char sum = 0;
    struct wb_stream *stream = wb_stream_open(file_of(data, size), "fuzz", &status);
    while (stream && work < 64u << 20 && wb_stream_next(stream, &chunk, &status)) {
        WB_CHECK(chunk.first_index == expected && chunk.count > 0);
        expected += chunk.count;
        size_t end = 0;
        for (uint32_t i = 0; i < chunk.count; i++) {
            struct wb_span m = chunk.messages[i];
            WB_CHECK(m.from >= end && m.from <= chunk.n && m.n <= chunk.n - m.from);
            WB_CHECK(m.n <= WB_MAX_MESSAGE_BYTES);
            end = m.from + m.n;
            for (size_t j = 0; j < m.n; j += 64)
                sum = (char)(sum ^ chunk.bytes[m.from + j]);
        }
        work += chunk.n; /* a few bytes can be gigabytes */
    }
    wb_chunk_free(&chunk);
    wb_stream_close(stream);
    return 0;
}
