/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening and closing: catalogues and sessions. */
#include "whybounce.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "analyse.h"
#include "check.h"

const char *wb_version(void)
{
    return WHYBOUNCE_VERSION;
}

/* The file stays mapped for the life of the process: catalogues are few and read-only. */
static bool map_file(const char *path, struct wb_slice *image_out, struct wb_status *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) < 0) {
        wb_trouble(status, "%s: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return false;
    }
    void *p =
        st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (p == MAP_FAILED)
        return wb_trouble(status, "%s: it is empty or cannot be read", path);
    *image_out = wb_slice(p, (size_t)st.st_size);
    return true;
}

struct wb_catalogue *wb_catalogue_open(const char *path, char *trouble)
{
    struct wb_status status = {{0}}, inner = {{0}};
    struct wb_slice image = wb_embedded_image();
    struct wb_catalogue *cat = NULL;
    bool there = !path || map_file(path, &image, &status);
    bool opened = there && (path ? wb_catalogue_open_image(image, &cat, &inner)
                                 : wb_catalogue_open_own(image, &cat, &inner));
    if (there && !opened)
        wb_trouble(&status, "%s%s%s", path ? path : "", path ? ": " : "", inner.text);
    if (!cat && trouble)
        snprintf(trouble, WB_TROUBLE_TEXT, "%s", status.text);
    return cat;
}

void wb_catalogue_free(struct wb_catalogue *catalogue)
{
    wb_catalogue_close(catalogue);
}

static struct wb_string public_string(struct wb_slice s)
{
    return (struct wb_string){s.n ? s.p : "", s.n};
}

struct wb_string wb_catalogue_version(const struct wb_catalogue *catalogue)
{
    return public_string(wb_cat_version(catalogue));
}

/* A few thousand texts: the headers, lines and replies that the mails of one sender have. */
enum { CACHE_SLOTS = 1 << 14, CACHE_BYTES = 4 << 20 };

static bool open_session(struct wb_session *s)
{
    if (!s->cat)
        s->cat = s->own = wb_catalogue_open(NULL, NULL);
    if (!s->cat)
        return false;
    s->matcher = wb_catalogue_matcher(s->cat);
    /* the system gives memory when it is touched: what is written whole is not cleared first, here
     * and where other lists of a session are made */
    s->analysis.reports = malloc(WB_MAX_RECIPIENTS * sizeof *s->analysis.reports);
    if (!s->matcher || !s->analysis.reports ||
        !wb_arena_open(&s->arena, WB_MAX_SESSION_BYTES, &s->limits) ||
        !wb_mail_open(&s->mail, &s->arena, &s->limits))
        return false;
    s->cache = wb_cache_new(CACHE_SLOTS, CACHE_BYTES);
    if (!s->cache)
        return false;
    s->classifier = (struct wb_classifier){s->cat, s->matcher, &s->arena, &s->limits, s->cache};
    return wb_extract_open(&s->extract, s->cat, s->matcher, &s->arena, &s->mail, s->cache,
                           &s->limits);
}

struct wb_session *wb_session_new(const struct wb_catalogue *catalogue)
{
    struct wb_session *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->cat = catalogue;
    s->scheme = WB_NO_INDEX;
    if (open_session(s))
        return s;
    wb_session_free(s);
    return NULL;
}

void wb_session_free(struct wb_session *s)
{
    if (!s)
        return;
    if (s->mail.parts)
        wb_mail_close(&s->mail);
    wb_extract_close(&s->extract);
    wb_arena_close(&s->arena);
    wb_matcher_free(s->matcher);
    wb_cache_free(s->cache);
    wb_catalogue_close(s->own);
    wb_buf_free(&s->out);
    wb_buf_free(&s->source);
    wb_buf_free(&s->kept_text);
    wb_buf_free(&s->carried);
    wb_buf_free(&s->converted);
    free(s->analysis.reports);
    free(s);
}

void wb_session_keep_headers(struct wb_session *session, const char *names)
{
    wb_buf_clear(&session->kept_text);
    wb_buf_put(&session->kept_text, wb_slice_str(names));
    struct wb_slice rest = wb_buf_slice(&session->kept_text);
    session->kept = 0;
    while (rest.n && session->kept < WB_MAX_KEPT) {
        struct wb_slice name = wb_slice_trim(wb_slice_cut(&rest, ','));
        if (name.n)
            session->kept_names[session->kept++] = name;
    }
}

int wb_session_classes(struct wb_session *session, const char *scheme)
{
    uint16_t found = wb_cat_scheme_named(session->cat, wb_slice_str(scheme));
    if (found == WB_NO_INDEX)
        return 0;
    session->scheme = found;
    return 1;
}

struct wb_string wb_scheme_name(const struct wb_catalogue *catalogue, size_t i)
{
    uint32_t n;
    const struct wb_scheme *schemes = wb_cat_schemes(catalogue, &n);
    return public_string(i < n ? wb_cat_str(catalogue, schemes[i].id) : WB_NONE);
}

void wb_session_source(struct wb_session *session, const char *source, uint32_t index)
{
    wb_buf_clear(&session->source);
    wb_buf_put(&session->source, wb_slice_str(source));
    session->index = index;
}

void wb_session_language(struct wb_session *session, const char *tag)
{
    session->style.language = wb_language_of_tag(tag);
}

void wb_session_text(struct wb_session *session, int columns, unsigned style)
{
    session->style.columns = columns;
    session->style.colour = style & WB_TEXT_COLOUR;
    session->style.ascii = style & WB_TEXT_ASCII;
    session->style.details = style & WB_TEXT_DETAILS;
    session->style.annotate = style & WB_TEXT_ANNOTATE;
}

void wb_session_follow(struct wb_session *session, int on)
{
    session->follow = on;
}

int wb_session_learn(struct wb_session *session, const struct wb_session *from)
{
    if (session->cat != from->cat)
        return 0;
    if (session != from)
        wb_cache_copy(session->cache, from->cache);
    return 1;
}

void wb_session_preload(struct wb_session *session)
{
    wb_mail_preload_charsets(&session->mail);
}
