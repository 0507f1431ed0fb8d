/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A report inside another message: attached to it as a message, or quoted in its text as mail
 * programs do when they forward. Only for readers who hand in what they were sent.
 */
#include "analyse.h"

#include "address.h"
#include "quoted.h"

enum {
    MAX_LABEL = 40,       /* bytes of "Envoyé le", "送信日時", "Дата отправки" */
    MAX_REPLY_MARK = 6,   /* of "Re", "答复" */
    MIN_HEADER_LINES = 3, /* who, when, to whom or what about */
};

/* The lines with which mail programs introduce a forwarded message. */
static bool announces(const struct wb_catalogue *cat, struct wb_slice line)
{
    line = wb_slice_trim(line);
    bool ruled = wb_slice_starts(line, WB_S("--")) || wb_slice_starts(line, WB_S("__")) ||
                 wb_slice_ends(line, WB_S(":"));
    return ruled && wb_cat_marked(cat, WB_MARK_FORWARDED, line);
}

/* A copy without the quote marks that stand before most lines. */
static struct wb_slice unquoted(struct wb_session *s, struct wb_slice text)
{
    struct wb_slice line, rest = text;
    size_t lines = 0, quoted = 0;
    while (wb_slice_line(&rest, &line)) {
        lines += wb_slice_trim(line).n > 0;
        quoted += line.n && line.p[0] == '>';
    }
    if (quoted * 2 < lines)
        return text;
    return wb_mail_less_quoted(&s->mail, text);
}

/* "Gesendet: ...", "收件人：...": a label and what stands behind it. */
struct labelled {
    struct wb_slice label, value;
};

/* False where the line has none. */
static bool read_label(struct wb_slice line, struct labelled *out)
{
    static const struct wb_slice colons[] = {WB_S(":"), WB_S("：")};
    line = wb_slice_trim(line);
    for (size_t i = 0; i < sizeof colons / sizeof colons[0]; i++) {
        struct wb_slice label = wb_slice_head(line, wb_slice_find(line, colons[i]));
        bool words = label.n && label.n <= MAX_LABEL && wb_slice_chr(label, '@') == label.n &&
                     wb_slice_chr(label, '-') == label.n;
        if (!words || label.n == line.n)
            continue;
        out->label = wb_slice_trim(label);
        out->value = wb_slice_trim(wb_slice_from(line, label.n + colons[i].n));
        return out->value.n > 0;
    }
    return false;
}

static bool has_address(struct wb_slice text)
{
    return wb_slice_chr(text, '@') < text.n;
}

/*
 * A header as mail programs write it into the text, in whatever language: some lines of a label
 * and a value. With an address in the first it is sooner clear: that is whoever wrote the message.
 */
struct header_block {
    const char *from;
    int lines;
    bool author_first;
};

static bool completes_block(struct header_block *block, struct wb_slice line)
{
    struct labelled field;
    if (!read_label(line, &field)) {
        block->lines = 0;
        return false;
    }
    if (!block->lines++) {
        block->from = line.p;
        block->author_first = has_address(field.value);
    }
    return block->lines == (block->author_first ? MIN_HEADER_LINES : MIN_HEADER_LINES + 1);
}

/* "2025" in a date; a subject seldom has a year. */
static bool has_year(struct wb_slice text)
{
    for (size_t at; (at = wb_slice_find(text, WB_S("20"))) < text.n;
         text = wb_slice_from(text, at + 2))
        if (at + 4 <= text.n && wb_is_digit(text.p[at + 2]) && wb_is_digit(text.p[at + 3]))
            return true;
    return false;
}

/* "Ann <a@b.example>", "a@b.example; c@b.example": not a sentence that names one. */
static bool is_address_field(struct wb_slice value)
{
    size_t at = wb_slice_chr(value, '@');
    if (at == value.n || wb_slice_chr(value, '<') < at)
        return at < value.n;
    while (value.n) {
        struct wb_slice word = wb_slice_cut(&value, ' ');
        if (word.n && !has_address(word))
            return false;
    }
    return true;
}

/* The fields that a report's reader looks at, by what stands in them. */
struct carried_header {
    struct wb_slice from, to, subject, first;
    struct wb_slice other, third; /* more that could be the subject */
    bool english;                 /* "From:" can be read as it stands */
};

static void note_field(struct carried_header *header, const struct labelled *field)
{
    struct wb_slice *slot = &header->subject;
    if (!header->first.n)
        header->first = field->value;
    header->english |= wb_slice_eqi(field->label, WB_S("from"));
    if (is_address_field(field->value))
        slot = header->from.n ? &header->to : &header->from;
    else if (has_year(field->value))
        return;
    else if (slot->n)
        slot = header->other.n ? &header->third : &header->other;
    if (!slot->n)
        *slot = field->value;
}

/*
 * The author may stand there by name alone: the first of two that could be the subject. Outlook
 * writes so, and whom it knows it calls by name, too: then it is the first of three.
 */
static void tell_author(struct carried_header *header)
{
    if (!header->other.n || !wb_slice_eq(header->first, header->subject) || header->to.n)
        return;
    bool names = !header->from.n && header->third.n;
    header->to = header->from;
    header->from = header->first;
    header->subject = names ? header->third : header->other;
}

static void put_field(struct wb_text *out, struct wb_slice name, struct wb_slice value)
{
    if (!value.n)
        return;
    wb_text_put(out, name);
    wb_text_put(out, value);
    wb_text_byte(out, '\n');
}

/* The text as a mail, if it begins with a header whose labels are not those of mail. */
static struct wb_slice with_header(struct wb_session *s, struct wb_slice text)
{
    struct carried_header header = {0};
    struct labelled field = {0};
    struct wb_slice rest = text, body = text, line;
    int lines = 0;
    while (wb_slice_line(&rest, &line) && (!wb_slice_trim(line).n || read_label(line, &field))) {
        if (wb_slice_trim(line).n) {
            note_field(&header, &field);
            lines++;
        } else if (lines)
            break;
        body = rest;
    }
    if (lines < MIN_HEADER_LINES || header.english)
        return text;
    tell_author(&header);
    struct wb_text out = wb_text_open(&s->arena, text.n + 32);
    bool apart = wb_slice_eq(header.first, header.subject) && !header.from.n;
    put_field(&out, WB_S("From: "), apart ? header.first : header.from);
    put_field(&out, WB_S("To: "), header.to);
    put_field(&out, WB_S("Subject: "), header.subject);
    wb_text_byte(&out, '\n');
    wb_text_put(&out, body);
    return wb_text_close(&out);
}

/* What the message is about, without the "Re:", "AW:", "答复：" of who answers it. */
static struct wb_slice subject_answered(struct wb_session *s)
{
    const struct wb_header *h = wb_mail_header(&s->mail, 0, WB_H_SUBJECT);
    struct wb_slice subject = h ? wb_mail_text_of_header(&s->mail, h->value) : WB_NONE;
    for (struct labelled mark; read_label(subject, &mark) && mark.label.n <= MAX_REPLY_MARK;)
        subject = mark.value;
    return subject;
}

/* "On 3 May, Mail System <x@y.example> wrote:" stands for the header of what is quoted below. */
static struct wb_slice with_author(struct wb_session *s, struct wb_slice said, struct wb_slice text)
{
    struct wb_slice author = wb_address_find(said);
    if (!author.n || !wb_slice_ends(wb_slice_trim(said), WB_S(":")))
        return text;
    struct wb_slice subject = subject_answered(s);
    struct wb_text out = wb_text_open(&s->arena, text.n + author.n + subject.n + 32);
    put_field(&out, WB_S("From: "), author);
    put_field(&out, WB_S("Subject: "), subject);
    wb_text_byte(&out, '\n');
    wb_text_put(&out, text);
    return wb_text_close(&out);
}

struct wb_slice wb_introduced_message(struct wb_session *s, struct wb_slice *above_out)
{
    struct wb_slice rest = s->extract.text, line;
    const char *front = rest.p;
    struct header_block block = {0};
    while (wb_slice_line(&rest, &line)) {
        const char *from = announces(s->extract.cat, line) ? rest.p
                           : completes_block(&block, line) ? block.from
                                                           : NULL;
        if (!from)
            continue;
        *above_out = wb_slice_span(front, from);
        struct wb_slice whole = unquoted(s, wb_slice_span(from, wb_slice_end(rest)));
        return wb_slice_ltrim(with_header(s, whole));
    }
    return WB_NONE;
}

static struct wb_slice quoted_message(struct wb_session *s)
{
    struct wb_slice rest = s->extract.text, line, before = WB_NONE;
    struct header_block block = {0};
    while (wb_slice_line(&rest, &line)) {
        const char *from = announces(s->extract.cat, line) ? rest.p
                           : line.n && line.p[0] == '>'    ? line.p
                           : completes_block(&block, line) ? block.from
                                                           : NULL;
        if (from) {
            struct wb_slice whole = unquoted(s, wb_slice_span(from, wb_slice_end(rest)));
            struct wb_slice told = with_header(s, whole);
            return line.p[0] == '>' && told.p == whole.p ? with_author(s, before, whole) : told;
        }
        if (wb_slice_trim(line).n)
            before = line;
    }
    return WB_NONE;
}

static struct wb_slice param_of(struct wb_mail *mail, uint32_t part, struct wb_slice field,
                                struct wb_slice name)
{
    const struct wb_header *h = wb_mail_header_named(mail, part, field);
    return h ? wb_mail_param(mail, h->value, name) : WB_NONE;
}

/* A file that a mail program has saved ("Undelivered.eml"), attached as bytes of any kind. */
static bool is_saved_message(struct wb_mail *mail, uint32_t part)
{
    if (mail->parts[part].media != WB_MEDIA_OTHER)
        return false;
    struct wb_slice name = param_of(mail, part, WB_S("content-disposition"), WB_S("filename"));
    if (!name.n)
        name = param_of(mail, part, WB_S("content-type"), WB_S("name"));
    return wb_slice_endsi(name, WB_S(".eml"));
}

/* Whether both parts have the field, and the same in it. */
static bool is_same_field(struct wb_mail *mail, uint32_t a, uint32_t b, enum wb_header_id id)
{
    struct wb_slice one = wb_mail_value(mail, wb_mail_header(mail, a, id));
    struct wb_slice other = wb_mail_value(mail, wb_mail_header(mail, b, id));
    return one.n && wb_slice_eq(one, other);
}

struct wb_slice wb_wrapped_message(struct wb_session *s)
{
    struct wb_mail *mail = &s->mail;
    for (uint32_t i = 1; s->extract.status_part == WB_NO_PART && i + 1 < mail->part_count; i++)
        if (mail->parts[i].media == WB_MEDIA_RFC822 && mail->parts[i + 1].parent == i &&
            is_same_field(mail, 0, i + 1, WB_H_MESSAGE_ID) &&
            is_same_field(mail, 0, i + 1, WB_H_FROM))
            return wb_mail_bytes(mail, i);
    return WB_NONE;
}

struct wb_slice wb_carried_message(struct wb_session *s)
{
    struct wb_mail *mail = &s->mail;
    for (uint32_t i = 0; i < mail->part_count; i++)
        if (mail->parts[i].media == WB_MEDIA_RFC822 || is_saved_message(mail, i))
            return wb_mail_bytes(mail, i);
    return wb_slice_ltrim(quoted_message(s));
}
