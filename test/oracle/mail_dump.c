/* SPDX-License-Identifier: BSD-2-Clause */
/* Tree, headers and text of mails as src/mail reads them; see dump.h. usage: mail-dump MAIL... */
#include <stdlib.h>

#include "dump.h"
#include "mail.h"

static void put(struct wb_slice text)
{
    dump_string(text.p, text.n);
}

static bool has_child(const struct wb_mail *mail, uint32_t part)
{
    return part + 1 < mail->part_count && mail->parts[part + 1].parent == part;
}

/* HTML as it was sent: GMime does not turn it into plain text. */
static struct wb_slice text_of(struct wb_mail *mail, uint32_t part)
{
    const struct wb_part *p = &mail->parts[part];
    if (p->media != WB_MEDIA_TEXT_HTML)
        return wb_mail_text(mail, part);
    return wb_mail_utf8(mail, wb_mail_bytes(mail, part),
                        wb_mail_param(mail, p->content_type, WB_S("charset")));
}

static void dump_part(struct wb_mail *mail, uint32_t part)
{
    const struct wb_part *p = &mail->parts[part];
    printf("{\"depth\":%d,\"type\":", p->depth);
    put(p->type);
    printf(",\"headers\":[");
    for (uint32_t i = 0; i < p->headers; i++) {
        const struct wb_header *h = &mail->headers[p->first_header + i];
        printf("%s[", i ? "," : "");
        put(h->name);
        putchar(',');
        put(wb_mail_value(mail, h));
        putchar(']');
    }
    putchar(']');
    bool text = p->media == WB_MEDIA_TEXT_PLAIN || dump_is_text(p->type.p, p->type.n);
    if (text && !has_child(mail, part)) {
        printf(",\"charset\":");
        put(wb_mail_param(mail, p->content_type, WB_S("charset")));
        printf(",\"bytes\":");
        put(wb_mail_bytes(mail, part));
        printf(",\"text\":");
        put(text_of(mail, part));
    }
    putchar('}');
}

static struct wb_slice read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END) != 0) {
        perror(path);
        exit(1);
    }
    size_t n = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(n + 1);
    if (!bytes || fread(bytes, 1, n, file) != n) {
        perror(path);
        exit(1);
    }
    fclose(file);
    return wb_slice(bytes, n);
}

int main(int argc, char **argv)
{
    struct wb_arena arena;
    struct wb_mail mail;
    wb_limit_set limits = 0;
    /* every text of a mail at once, where the program only wants a few */
    if (!wb_arena_open(&arena, 8 * WB_MAX_SESSION_BYTES, &limits) ||
        !wb_mail_open(&mail, &arena, &limits))
        return 1;
    for (int i = 1; i < argc; i++) {
        struct wb_slice raw = read_file(argv[i]);
        wb_arena_reset(&arena);
        wb_mail_parse(&mail, raw);
        printf("{\"path\":");
        put(wb_slice_str(argv[i]));
        printf(",\"parts\":[");
        for (uint32_t part = 0; part < mail.part_count; part++) {
            printf("%s", part ? "," : "");
            dump_part(&mail, part);
        }
        printf("]}\n");
        free((char *)raw.p);
    }
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return 0;
}
