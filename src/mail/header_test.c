/* SPDX-License-Identifier: BSD-2-Clause */
/* Header blocks: RFC 5322 2.2 and 4.5, and the garbage that stands in real ones. */
#include "unit.h"

#include "mail.h"

static struct wb_arena arena;
static wb_limit_set limits;
static struct wb_mail mail;

/* The value of X-A, of Subject and the body of a message. */
static const struct block_row {
    const char *name, *raw;
    const char *a, *subject, *body; /* NULL: absent */
} block_rows[] = {
    {"two fields", "X-A: 1\nSubject: s\n\nbody", "1", "s", "body"},
    {"no blank behind the colon", "X-A:1\nSubject:s\n\nbody", "1", "s", "body"},
    {"blanks around the value", "X-A: \t 1 \t\nSubject: s\n\nbody", "1", "s", "body"},
    {"RFC 5322 4.5: a blank before the colon", "X-A : 1\nSubject\t: s\n\nbody", "1", "s", "body"},
    {"names in other case", "x-a: 1\nSUBJECT: s\n\nbody", "1", "s", "body"},
    {"the first of two", "X-A: 1\nSubject: s\nX-A: 2\nSubject: t\n\nbody", "1", "s", "body"},
    {"folded", "X-A: 1\n 2\n\t3\nSubject: s\n\nbody", "1 2 3", "s", "body"},
    {"value on the next line", "X-A:\n 1\nSubject:\n s\n\nbody", "1", "s", "body"},
    {"empty value", "X-A:\nSubject: s\n\nbody", "", "s", "body"},
    {"the last value is empty", "Subject: s\nX-A:\n\nbody", "", "s", "body"},
    {"a blank is all of the last value", "Subject: s\nX-A: \n\nbody", "", "s", "body"},
    {"a line of blanks behind the last value", "Subject: s\nX-A: 1 \n\t \nbody", "1", "s", "body"},
    {"colons in the value", "X-A: a:b: c\nSubject: s\n\nbody", "a:b: c", "s", "body"},
    {"a line of blanks in a fold", "X-A: 1\n  \n 2\nSubject: s\n\nbody", "1 2", "s", "body"},
    {"a line of blanks ends the header", "X-A: 1\nSubject: s\n \nbody", "1", "s", "body"},
    {"garbage between", "X-A: 1\ngarbage without colon\nSubject: s\n\nbody", "1", "s", "body"},
    {"a fold of garbage belongs to no field", "X-A: 1\ngarbage\n more\nSubject: s\n\nbody", "1",
     "s", "body"},
    {"From line in the middle", "X-A: 1\nFrom a@b Thu Jan  1 00:00:00 2026\nSubject: s\n\nbody",
     "1", "s", "body"},
    {">From line in the middle", "X-A: 1\n>From a@b Thu Jan  1 2026\nSubject: s\n\nbody", "1", "s",
     "body"},
    {"a name with blanks is none", "X-A: 1\nMy Field: x\nSubject: s\n\nbody", "1", "s", "body"},
    {"no name", "X-A: 1\n: x\nSubject: s\n\nbody", "1", "s", "body"},
    {"blank lines in the body stay", "X-A: 1\nSubject: s\n\na\n\nb", "1", "s", "a\n\nb"},
    {"a body that looks like a header", "X-A: 1\nSubject: s\n\nX-A: 2", "1", "s", "X-A: 2"},
    {"no X-A", "Subject: s\n\nbody", NULL, "s", "body"},
    {"a name that begins so", "X-AB: 1\nSubject: s\n\nbody", NULL, "s", "body"},
    {"bytes above ASCII in a value", "X-A: \xE4\xB8\xAD\nSubject: \xD6\xD0\n\nbody", "中", "中",
     "body"},
};

static void block(void **state)
{
    const struct block_row *row = *state;
    static const char *const ends[] = {"\n", "\r\n", "\r\r\n", "\r"};
    for (int i = 0; i < 4; i++) {
        char raw[500] = "", body[200];
        for (const char *p = row->raw; *p; p++)
            if (*p == '\n')
                strcat(raw, ends[i]);
            else
                strncat(raw, p, 1);
        wb_arena_reset(&arena);
        struct wb_slice exact = unit_exact(wb_slice_str(raw));
        wb_mail_parse(&mail, exact);
        const struct wb_header *a = wb_mail_header_named(&mail, 0, WB_S("x-A"));
        const struct wb_header *subject = wb_mail_header(&mail, 0, WB_H_SUBJECT);
        assert_int_equal(a != NULL, row->a != NULL);
        assert_text(wb_mail_value(&mail, a), row->a ? row->a : "");
        assert_text(wb_mail_value(&mail, subject), row->subject);
        size_t n = 0; /* the body with LF again */
        struct wb_slice rest = wb_mail_text(&mail, 0), line;
        while (wb_slice_line(&rest, &line))
            n += (size_t)snprintf(body + n, sizeof body - n, "%s%.*s", n ? "\n" : "", WB_F(line));
        assert_text(wb_slice(body, n), row->body);
        free((char *)exact.p);
    }
}

/* Every field that the engine knows is found by its id and by its name. */
static void known(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum wb_header_id id;
    } names[] = {
#define X(id, text) {text, WB_H_##id},
        WB_HEADERS(X)
#undef X
    };
    char raw[2000] = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        sprintf(raw + strlen(raw), "%s: value %zu\n", names[i].name, i);
    strcat(raw, "\nbody");
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, wb_slice_str(raw));
    assert_int_equal(mail.header_count, sizeof names / sizeof names[0]);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char want[20];
        snprintf(want, sizeof want, "value %zu", i);
        assert_text(wb_mail_value(&mail, wb_mail_header(&mail, 0, names[i].id)), want);
        const struct wb_header *h = wb_mail_header_named(&mail, 0, wb_slice_str(names[i].name));
        assert_non_null(h);
        assert_int_equal(h->id, names[i].id);
    }
}

/* Names that are alike but for one byte, at each place of each known one. */
static void alike(void **state)
{
    (void)state;
    for (enum wb_header_id id = 1; id < WB_H_COUNT; id++) {
        struct wb_slice name = wb_header_name(id);
        for (size_t i = 0; i <= name.n; i++) {
            char raw[100]; /* one byte more at the end is not the same, either */
            int front = snprintf(raw, sizeof raw, "From: a\nSubject: s\n");
            int n = front + snprintf(raw + front, sizeof raw - (size_t)front, "%.*s%s: x",
                                     WB_F(name), i < name.n ? "" : "z");
            raw[(size_t)front + i] = raw[(size_t)front + i] == 'x' ? 'y' : 'x';
            wb_arena_reset(&arena);
            struct wb_slice exact = unit_exact(wb_slice(raw, (size_t)n));
            wb_mail_parse(&mail, exact);
            assert_int_equal(mail.header_count, 3);
            assert_int_equal(mail.headers[2].id, WB_H_OTHER);
            free((char *)exact.p);
        }
    }
}

/* So many fields that the room in which they are found is filled, and filled again. */
static void many(void **state)
{
    (void)state;
    static char raw[4000];
    size_t n = 0;
    for (uint32_t count = 1; count <= 600; count++) {
        n += (size_t)sprintf(raw + n, "A:\n");
        memcpy(raw + n, "\nbody", 5);
        wb_arena_reset(&arena);
        struct wb_slice exact = unit_exact(wb_slice(raw, n + 5)), text = WB_S("From: x\n");
        struct wb_part *part = &mail.parts[wb_mail_embedded(&mail, exact)];
        assert_int_equal(part->headers, count);
        assert_text(part->body, "body");
        free((char *)exact.p);
        wb_mail_parse(&mail, text);
    }
}

/* A header block is read anew where it ends sooner than it seemed: nothing stays of the rest. */
static void read_anew(void **state)
{
    (void)state;
    static const char front[] = "Content-Type: multipart/mixed; boundary=b\n\n--b\nTo: x\n--b\n"
                                "Subject: of the next one\nX-A: ";
    static char raw[sizeof front + 20000];
    memset(raw, 'a', sizeof raw);
    memcpy(raw, front, sizeof front - 1);
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, wb_slice(raw, sizeof raw));
    assert_int_equal(mail.part_count, 3);
    assert_non_null(wb_mail_header(&mail, 1, WB_H_TO));
    assert_null(wb_mail_header(&mail, 1, WB_H_SUBJECT));
    assert_text(wb_mail_value(&mail, wb_mail_header(&mail, 2, WB_H_SUBJECT)), "of the next one");
    assert_null(wb_mail_header(&mail, 2, WB_H_TO));
}

/* A header block that stands as text in a report. */
static const struct embedded_row {
    const char *name, *text;
    const char *subject, *to; /* subject NULL: there is no header */
} embedded_rows[] = {
    {"as it is", "From: x\nSubject: s\nTo: a@example.org\n\nbody", "s", "a@example.org"},
    {"blank lines in front", "\n\n\nSubject: s\nTo: a@example.org\n", "s", "a@example.org"},
    {"quoted", "> Subject: s\n> To: a@example.org\n>\n> body", "s", "a@example.org"},
    {"indented", "    Subject: s\n    To: a@example.org\n\n    body", "s", "a@example.org"},
    {"indented, with a fold", "  Subject: s\n     t\n  To: a@example.org\n", "s t",
     "a@example.org"},
    {"quoted, with a fold", "> Subject: s\n>  t\n> To: a@example.org\n", "s t", "a@example.org"},
    {"what is not quoted any more ends it", "> Subject: s\nTo: a@example.org\n", "s", NULL},
    {"CR LF", "Subject: s\r\nTo: a@example.org\r\n\r\nbody", "s", "a@example.org"},
    {"bare CR", "Subject: s\rTo: a@example.org\r\rbody", "s", "a@example.org"},
    {"encoded", "Subject: =?utf-8?Q?=E4=B8=AD?=\n", "中", NULL},
    {"no header", "this is just a sentence\nand another\n", NULL, NULL},
    {"nothing", "", NULL, NULL},
    {"only blank lines", "\n\n\n", NULL, NULL},
};

static void embedded(void **state)
{
    const struct embedded_row *row = *state;
    wb_arena_reset(&arena);
    wb_mail_parse(&mail, WB_S("From: report\nSubject: outer\n\nbody"));
    struct wb_slice text = unit_exact(wb_slice_str(row->text));
    uint32_t part = wb_mail_embedded(&mail, text);
    if (!row->subject) {
        assert_int_equal(part, WB_NO_PART);
        assert_int_equal(mail.part_count, 1);
    } else {
        assert_int_equal(part, 1);
        assert_int_equal(mail.parts[part].parent, WB_NO_PART);
        assert_text(wb_mail_value(&mail, wb_mail_header(&mail, part, WB_H_SUBJECT)), row->subject);
        assert_text(wb_mail_value(&mail, wb_mail_header(&mail, part, WB_H_TO)),
                    row->to ? row->to : "");
    }
    assert_text(wb_mail_value(&mail, wb_mail_header(&mail, 0, WB_H_SUBJECT)), "outer");
    free((char *)text.p);
}

int main(void)
{
    assert_true(wb_arena_open(&arena, WB_MAX_SESSION_BYTES, &limits));
    assert_true(wb_mail_open(&mail, &arena, &limits));
    UNIT_ROWS(block, block_rows);
    UNIT_ONE(known, "fields with an id");
    UNIT_ONE(alike, "names that are nearly known");
    UNIT_ONE(many, "more fields than are found at once");
    UNIT_ONE(read_anew, "a block that ends sooner");
    UNIT_ROWS(embedded, embedded_rows);
    int failed = unit_run();
    wb_mail_close(&mail);
    wb_arena_close(&arena);
    return failed;
}
