/* SPDX-License-Identifier: BSD-2-Clause */
/* Tree, headers and text of mails as GMime reads them; see dump.h. usage: gmime-dump MAIL... */
#include <gmime/gmime.h>
#include <stdlib.h>
#include <string.h>

#include "dump.h"

static GMimeParserOptions *options;

static bool first_header;

/*
 * GMime loses every encoded word behind one whose base64 is padded. RFC 2047 section 5 has each
 * word stand for whole characters, so what follows a padded word can be decoded by itself; and
 * the white space between the two does not count (6.2).
 */
static GString *decoded(const char *value)
{
    GRegex *seam = g_regex_new("(?<=[^?]=\\?=)[ \\t]+(?==\\?)", G_REGEX_RAW, 0, NULL);
    char **pieces = g_regex_split(seam, value, 0);
    GString *whole = g_string_new("");
    for (char **piece = pieces; *piece; piece++) {
        char *text = g_mime_utils_header_decode_text(options, *piece);
        g_string_append(whole, text);
        g_free(text);
    }
    g_strfreev(pieces);
    g_regex_unref(seam);
    return whole;
}

/*
 * GMime keeps the Content- fields of a message with its body, and the others with the message.
 * Its own rendering of addresses and dates is not asked for: raw value, unfolded, then decoded.
 */
static void dump_headers(GMimeObject *object)
{
    GMimeHeaderList *list = g_mime_object_get_header_list(object);
    for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(list, i);
        const char *name = g_mime_header_get_name(header);
        char *unfolded = g_mime_utils_header_unfold(g_mime_header_get_raw_value(header));
        GString *value = decoded(unfolded);
        printf("%s[", first_header ? "" : ",");
        dump_string(name, strlen(name));
        putchar(',');
        dump_string(value->str, value->len);
        putchar(']');
        first_header = false;
        g_string_free(value, TRUE);
        g_free(unfolded);
    }
}

/* RFC 1642's name of UTF-7, which is registered and which Exchange writes, is not known to GMime.
 */
static const char *known_charset(const char *label)
{
    return g_ascii_strcasecmp(label, "unicode-1-1-utf-7") == 0 ? "utf-7" : label;
}

/* g_mime_text_part_get_text() would do, but for texts with a NUL in them. */
static void dump_converted(const char *label, GByteArray *bytes)
{
    GMimeFilter *filter = *label ? g_mime_filter_charset_new(known_charset(label), "utf-8") : NULL;
    char *out = (char *)bytes->data;
    size_t n = bytes->len, before;
    if (filter)
        g_mime_filter_complete(filter, (char *)bytes->data, bytes->len, 0, &out, &n, &before);
    dump_string(out, n);
    if (filter)
        g_object_unref(filter);
}

static void dump_text(GMimePart *part)
{
    const char *label = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    GMimeStream *memory = g_mime_stream_mem_new();
    if (content)
        g_mime_data_wrapper_write_to_stream(content, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    label = label ? label : "";
    printf(",\"charset\":");
    dump_string(label, strlen(label));
    printf(",\"bytes\":");
    dump_string((const char *)bytes->data, bytes->len);
    printf(",\"text\":");
    dump_converted(label, bytes);
    g_object_unref(memory);
}

static void dump_object(GMimeObject *object, GMimeMessage *message, int depth);

static void dump_children(GMimeObject *object, int depth)
{
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *multipart = GMIME_MULTIPART(object);
        for (int i = 0; i < g_mime_multipart_get_count(multipart); i++)
            dump_object(g_mime_multipart_get_part(multipart, i), NULL, depth);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (inner)
            dump_object(g_mime_message_get_mime_part(inner), inner, depth);
    }
}

static void dump_object(GMimeObject *object, GMimeMessage *message, int depth)
{
    static bool first_part;
    GMimeContentType *content_type = object ? g_mime_object_get_content_type(object) : NULL;
    char *type = content_type ? g_mime_content_type_get_mime_type(content_type) : g_strdup("");
    if (depth == 0)
        first_part = true;
    printf("%s{\"depth\":%d,\"type\":", first_part ? "" : ",", depth);
    first_part = false;
    dump_string(type, strlen(type));
    printf(",\"headers\":[");
    first_header = true;
    if (message)
        dump_headers(GMIME_OBJECT(message));
    if (object)
        dump_headers(object);
    putchar(']');
    if (GMIME_IS_PART(object) && dump_is_text(type, strlen(type)))
        dump_text(GMIME_PART(object));
    putchar('}');
    g_free(type);
    dump_children(object, depth + 1);
}

int main(int argc, char **argv)
{
    /* Charsets for what is not labelled: the standard one, and the one that this tool's mails
     * most often leave unlabelled. */
    static const char *charsets[] = {"utf-8", "gb18030", "iso-8859-1", NULL};
    g_mime_init();
    options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, charsets);
    for (int i = 1; i < argc; i++) {
        GMimeStream *file = g_mime_stream_fs_open(argv[i], 0, 0, NULL);
        if (!file) {
            perror(argv[i]);
            return 1;
        }
        GMimeParser *parser = g_mime_parser_new_with_stream(file);
        GMimeMessage *message = g_mime_parser_construct_message(parser, options);
        printf("{\"path\":");
        dump_string(argv[i], strlen(argv[i]));
        printf(",\"parts\":[");
        if (message) {
            dump_object(g_mime_message_get_mime_part(message), message, 0);
            g_object_unref(message);
        }
        printf("]}\n");
        g_object_unref(parser);
        g_object_unref(file);
    }
    g_mime_parser_options_free(options);
    g_mime_shutdown();
    return 0;
}
