/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The cases of an SPF test-suite: spf-suite ZONE < CASES. A case is a line of fields with tabs
 * between: name, IP, HELO, MAIL FROM, domain of the receiver. Answers: name, result, explanation,
 * problem. The zone is what wb_dns_open_table reads.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "buf.h"
#include "spf.h"

enum { ARENA = 16 << 20 };

static struct wb_slice read_all(FILE *file)
{
    struct wb_buf text = {0};
    for (int c; (c = fgetc(file)) != EOF;)
        wb_buf_byte(&text, (char)c);
    return wb_buf_slice(&text);
}

static struct wb_slice read_ip(struct wb_slice text, char out[16])
{
    char copy[64] = {0};
    memcpy(copy, text.p, text.n < 63 ? text.n : 63);
    if (inet_pton(AF_INET, copy, out) == 1)
        return wb_slice(out, 4);
    return inet_pton(AF_INET6, copy, out) == 1 ? wb_slice(out, 16) : WB_NONE;
}

int main(int argc, char **argv)
{
    wb_limit_set limits = 0;
    struct wb_arena arena;
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || !wb_arena_open(&arena, ARENA, &limits))
        return 2;
    struct wb_slice zone = read_all(file), cases = read_all(stdin), rest = cases;
    fclose(file);
    while (rest.n) {
        char ip[16];
        struct wb_spf found;
        struct wb_slice line = wb_slice_cut(&rest, '\n'), name = wb_slice_cut(&line, '\t');
        struct wb_spf_query query = {.ip = read_ip(wb_slice_cut(&line, '\t'), ip),
                                     .deadline = wb_now() + 10000};
        query.helo = wb_slice_cut(&line, '\t');
        query.sender = wb_slice_cut(&line, '\t');
        query.receiver = wb_slice_cut(&line, '\t');
        wb_arena_reset(&arena);
        wb_spf_check(wb_dns_open_table(zone, &arena), &arena, &query, &found);
        printf("%.*s\t%.*s\t%.*s\t%.*s\n", WB_F(name), WB_F(wb_spf_result_name(found.result)),
               WB_F(found.explanation), WB_F(wb_spf_problem_name(found.problem)));
    }
    wb_arena_close(&arena);
    free((char *)zone.p);
    free((char *)cases.p);
    return 0;
}
