/* SPDX-License-Identifier: BSD-2-Clause */
#include "prove.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "check.h"
#include "dkim_proof.h"
#include "exports.h"

enum {
    KEY_BYTES = 32,
    TAG_LETTERS = 16,     /* 80 bits */
    SEARCHED = 256 << 10, /* bytes of a mail in which a tag is sought */
    LONGEST_PATH = 4096,
    LONGEST_TAGGED = 512,
};

struct wb_prover {
    unsigned char key[KEY_BYTES];
    char *message_ids;         /* patterns with commas between: "*@mail.example.com" */
    pthread_rwlock_t lock;     /* of what follows */
    struct wb_dkim_keys *dkim; /* NULL: none are set */
};

/* ---- the key ---- */

static bool read_key(const char *path, unsigned char key[KEY_BYTES])
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read(fd, key, KEY_BYTES) == KEY_BYTES;
    if (fd >= 0)
        close(fd);
    return ok;
}

/* Whole or not at all: two that begin at the same time get the same key. */
static bool make_key(const char *state, const char *path)
{
    unsigned char key[KEY_BYTES];
    char fresh[LONGEST_PATH + 32];
    WB_CHECK(getrandom(key, sizeof key, 0) == sizeof key);
    snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, key, sizeof key) == sizeof key && fsync(fd) == 0 &&
              wb_settings_give(state, fd);
    if (fd >= 0)
        close(fd);
    ok = ok && (link(fresh, path) == 0 || errno == EEXIST);
    int why = errno;
    unlink(fresh);
    errno = why;
    return ok;
}

struct wb_prover *wb_prover_open(const struct wb_settings *settings, struct wb_status *status)
{
    char path[LONGEST_PATH];
    struct wb_prover *prover = calloc(1, sizeof *prover);
    WB_CHECK(prover);
    pthread_rwlock_init(&prover->lock, NULL);
    snprintf(path, sizeof path, "%s/verp.key", settings->state);
    prover->message_ids = strdup(settings->config.message_ids);
    WB_CHECK(prover->message_ids);
    bool ok = read_key(path, prover->key) ||
              (make_key(settings->state, path) && read_key(path, prover->key)) ||
              wb_trouble(status, "%s: %m", path);
    if (ok && wb_prover_reload(prover, settings, status))
        return prover;
    wb_prover_close(prover);
    return NULL;
}

bool wb_prover_reload(struct wb_prover *prover, const struct wb_settings *settings,
                      struct wb_status *status)
{
    if (!*settings->config.dkim_keys)
        return true;
    struct wb_dkim_keys *fresh = wb_dkim_keys_open(settings->config.dkim_keys, status);
    if (!fresh)
        return false;
    pthread_rwlock_wrlock(&prover->lock);
    struct wb_dkim_keys *old = prover->dkim;
    prover->dkim = fresh;
    pthread_rwlock_unlock(&prover->lock);
    wb_dkim_keys_close(old);
    return true;
}

void wb_prover_close(struct wb_prover *prover)
{
    wb_dkim_keys_close(prover->dkim);
    free(prover->message_ids);
    free(prover);
}

/* ---- tags ---- */

/* Of "wang=example.cn" in lower case; base32 of RFC 4648 6 in lower case. */
static void make_tag(const struct wb_prover *prover, struct wb_slice address, char tag[TAG_LETTERS])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char hash[EVP_MAX_MD_SIZE] = {0}, lower[LONGEST_TAGGED];
    unsigned n = 0;
    WB_CHECK(address.n <= sizeof lower);
    for (size_t i = 0; i < address.n; i++)
        lower[i] = (unsigned char)(address.p[i] >= 'A' && address.p[i] <= 'Z' ? address.p[i] + 32
                                                                              : address.p[i]);
    WB_CHECK(HMAC(EVP_sha256(), prover->key, KEY_BYTES, lower, address.n, hash, &n) != NULL);
    for (unsigned bit = 0, i = 0; i < TAG_LETTERS; bit += 5, i++) {
        unsigned two = (unsigned)hash[bit / 8] << 8 | hash[bit / 8 + 1];
        tag[i] = letters[two >> (11 - bit % 8) & 31];
    }
}

bool wb_prover_tag(const struct wb_prover *prover, struct wb_slice sender,
                   struct wb_slice recipient, struct wb_buf *out)
{
    char tag[TAG_LETTERS];
    struct wb_buf inner = {0};
    if (!wb_is_plain_address(sender) || !wb_is_plain_address(recipient))
        return false;
    size_t at = wb_slice_find(sender, WB_S("@")), cut = wb_slice_find(recipient, WB_S("@"));
    wb_buf_put(&inner, wb_slice_head(recipient, cut));
    wb_buf_byte(&inner, '=');
    wb_buf_put(&inner, wb_slice_from(recipient, cut + 1));
    make_tag(prover, wb_buf_slice(&inner), tag);
    wb_buf_put(out, wb_slice_head(sender, at));
    wb_buf_byte(out, '+');
    wb_buf_put(out, wb_buf_slice(&inner));
    wb_buf_byte(out, '-');
    wb_buf_put(out, wb_slice(tag, sizeof tag));
    wb_buf_put(out, wb_slice_from(sender, at));
    wb_buf_free(&inner);
    return true;
}

/* Compared without telling by its time how much of it was right. */
static bool same_tag(const char *a, const char *b)
{
    unsigned difference = 0;
    for (size_t i = 0; i < TAG_LETTERS; i++)
        difference |= (unsigned char)(a[i] | 32) ^ (unsigned char)b[i];
    return difference == 0;
}

/* local is what stands in front of the "@" of a tagged sender. */
static bool read_local(const struct wb_prover *prover, struct wb_slice local,
                       struct wb_buf *recipient)
{
    char tag[TAG_LETTERS];
    size_t plus = wb_slice_find(local, WB_S("+")), equals;
    if (plus == local.n || local.n < plus + 1 + TAG_LETTERS + 4 || local.n > LONGEST_TAGGED ||
        local.p[local.n - TAG_LETTERS - 1] != '-')
        return false;
    struct wb_slice inner = wb_slice(local.p + plus + 1, local.n - plus - 1 - TAG_LETTERS - 1);
    make_tag(prover, inner, tag);
    if (!same_tag(wb_slice_end(local) - TAG_LETTERS, tag))
        return false;
    for (equals = inner.n; equals && inner.p[equals - 1] != '=';)
        equals--;
    if (!equals)
        return false;
    wb_buf_put(recipient, wb_slice_head(inner, equals - 1));
    wb_buf_byte(recipient, '@');
    wb_buf_put(recipient, wb_slice_from(inner, equals));
    return true;
}

bool wb_prover_read(const struct wb_prover *prover, struct wb_slice tagged,
                    struct wb_buf *recipient)
{
    return read_local(prover, wb_slice_head(tagged, wb_slice_find(tagged, WB_S("@"))), recipient);
}

static bool is_address_byte(unsigned char c)
{
    return c > ' ' && c != 0x7F && !strchr("<>()[]\"\\,;:@", c);
}

/* The recipients of all true tags in the mail, with line ends between them. */
static void find_tags(const struct wb_prover *prover, struct wb_slice mail, struct wb_buf *out)
{
    const char *p = mail.p, *end;
    mail = wb_slice_head(mail, SEARCHED);
    end = wb_slice_end(mail);
    while ((p = memchr(p, '@', (size_t)(end - p)))) {
        const char *begin = p;
        while (begin > mail.p && is_address_byte((unsigned char)begin[-1]) &&
               p - begin < LONGEST_TAGGED)
            begin--;
        if (read_local(prover, wb_slice_span(begin, p), out))
            wb_buf_byte(out, '\n');
        p++;
    }
}

static bool is_among(struct wb_slice lines, struct wb_slice recipient)
{
    while (lines.n) {
        struct wb_slice line = wb_slice_head(lines, wb_slice_find(lines, WB_S("\n")));
        if (recipient.n && wb_slice_eqi(line, recipient))
            return true;
        lines = wb_slice_from(lines, line.n + 1);
    }
    return false;
}

/* ---- Message-IDs ---- */

/* A pattern with at most one "*". */
static bool fits(struct wb_slice text, struct wb_slice pattern)
{
    size_t star = wb_slice_find(pattern, WB_S("*"));
    if (star == pattern.n)
        return wb_slice_eqi(text, pattern);
    struct wb_slice tail = wb_slice_from(pattern, star + 1);
    return text.n >= star + tail.n && wb_slice_startsi(text, wb_slice_head(pattern, star)) &&
           wb_slice_endsi(text, tail);
}

static bool is_our_message_id(const struct wb_prover *prover, struct wb_slice id)
{
    struct wb_slice patterns = wb_slice_str(prover->message_ids);
    if (id.n > 2 && id.p[0] == '<' && id.p[id.n - 1] == '>')
        id = wb_slice(id.p + 1, id.n - 2);
    while (id.n && patterns.n) {
        struct wb_slice one = wb_slice_head(patterns, wb_slice_find(patterns, WB_S(",")));
        if (wb_slice_trim(one).n && fits(id, wb_slice_trim(one)))
            return true;
        patterns = wb_slice_from(patterns, one.n + 1);
    }
    return false;
}

void wb_prove(struct wb_prover *prover, struct wb_slice mail, struct wb_record *records, size_t n)
{
    struct wb_buf tagged = {0}, written_to = {0};
    find_tags(prover, mail, &tagged);
    pthread_rwlock_rdlock(&prover->lock);
    if (prover->dkim)
        wb_dkim_find(prover->dkim, mail, &written_to);
    pthread_rwlock_unlock(&prover->lock);
    for (size_t i = 0; i < n; i++) {
        struct wb_record *record = &records[i];
        record->proof = is_among(wb_buf_slice(&tagged), record->recipient) ? WB_PROOF_TAG
                        : is_among(wb_buf_slice(&written_to), record->recipient)
                            ? WB_PROOF_SIGNATURE
                        : is_our_message_id(prover, record->message_id) ? WB_PROOF_MESSAGE_ID
                                                                        : WB_PROOF_NONE;
    }
    wb_buf_free(&tagged);
    wb_buf_free(&written_to);
}
