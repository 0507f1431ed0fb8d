/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The knowledge compiler on one file of an administrator's own, above a small sound catalogue. The
 * first byte chooses which file it is. What compiles must also open, and read a mail and a reply.
 */
#define _GNU_SOURCE /* mkdtemp */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "catalogc.h"

/*
 * libfyaml 0.7.12 loses 4 KiB when the text of a scalar comes in more than some dozen pieces, such
 * as '' many times over. It is told by the function that loses it, for which stacks must be whole.
 */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:fy_atom_format_text\n";
}

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "fast_unwind_on_malloc=0";
}

static char folder[512]; /* below TMPDIR, which test/fuzz/run throws away */

static const char *const files[] = {
    "causes/more.yaml", "providers/more.yaml", "kinds/bounce.yaml", "dialects/more.yaml",
    "words.yaml",       "facts.yaml",          "blocklists.yaml",   "status-codes.yaml",
    "reply-codes.yaml", "fields.yaml",         "interface.yaml",    "causes/unknown.yaml",
    "schemes.yaml",     "marks.yaml",
};

static const char cause[] =
    "title: {en: Unknown, zh: x}\nrole: unknown\npermanence: unknown\nfault: unknown\n"
    "responsible: nobody\nrecommendation: none\nsuppress: never\nkeywords: [unknown]\n"
    "advice: {en: {why: x, again: x, steps: [x], forward: x},"
    " zh: {why: x, again: x, steps: [x], forward: x}}\nphrases: []\n";

static const char dialect[] = "name: general\nis: [general]\nsource: source x\nlines:\n"
                              "  recipient:\n    - '^<(?<recipient>[^<>@ ]+@[^<>@ ]+)>:'\n";

/* The lists that the knowledge uses; that their words are others does not matter here. */
static const char words[] = "who: [user, mailbox]\nof: [' of ']\ngap: ['[ :<>@]{0,8}']\n"
                            "host: [host]\nmessage: [message]\nnot: [not]\nrefused: [refused]\n"
                            "is: [' is']\nclient: [client]\n";

static void put_file(const char *layer, const char *name, struct wb_slice text)
{
    char path[600];
    snprintf(path, sizeof path, "%s/%s/%s", folder, layer, name);
    FILE *file = fopen(path, "wb");
    WB_CHECK(file && fwrite(text.p, 1, text.n, file) == text.n && fclose(file) == 0);
}

static void make_folder(void)
{
    static const char *const parts[] = {"0",        "1",          "%s/causes", "%s/providers",
                                        "%s/kinds", "%s/dialects"};
    const char *base = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/fuzz-knowledge-XXXXXX", base ? base : "/tmp");
    WB_CHECK(mkdtemp(folder));
    for (int layer = 0; layer < 2; layer++)
        for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
            char path[600];
            if (i < 2)
                snprintf(path, sizeof path, "%s/%s", folder, parts[i]);
            else
                snprintf(path, sizeof path, "%s/%d%s", folder, layer, parts[i] + 2);
            mkdir(path, 0700);
        }
    put_file("0", "words.yaml", wb_slice_str(words));
    put_file("0", "blocklists.yaml", WB_S("cause: unknown\n"));
    const char *const empty[] = {"facts.yaml",  "status-codes.yaml", "reply-codes.yaml",
                                 "fields.yaml", "schemes.yaml",      "marks.yaml"};
    for (size_t i = 0; i < sizeof empty / sizeof empty[0]; i++)
        put_file("0", empty[i], WB_S("{}\n"));
    char path[600];
    snprintf(path, sizeof path, "%s/0/interface.yaml", folder);
    WB_CHECK(symlink(FUZZ_KNOWLEDGE "/interface.yaml", path) == 0); /* every word must be there */
    put_file("0", "catalogue.yaml", WB_S("version: 1\n"));
    put_file("0", "causes/unknown.yaml", wb_slice_str(cause));
    put_file("0", "dialects/general.yaml", wb_slice_str(dialect));
}

static void use(struct wb_model *model, struct wb_slice image)
{
    static const char mail[] = "From: MAILER-DAEMON@example.net\nSubject: failure notice\n\n"
                               "<a@example.org>: 550 5.1.1 user unknown\n";
    struct wb_catalogue *catalogue;
    struct wb_status status = {{0}};
    WB_CHECK(wb_catalogue_open_image(image, &catalogue, &status));
    wb_knowledge_test(model, catalogue, NULL);
    struct wb_session *session = wb_session_new(catalogue);
    WB_CHECK(session);
    fuzz_forms(session, wb_analyse_mail(session, mail, sizeof mail - 1));
    fuzz_forms(session, wb_analyse_reply(session, "550 5.7.1 mailbox is full", 25));
    wb_describe_causes(session, "", "text");
    wb_session_free(session);
    wb_catalogue_close(catalogue);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    if (!folder[0])
        make_folder();
    const char *name = files[data[0] % (sizeof files / sizeof files[0])];
    put_file("1", name, wb_slice((const char *)data + 1, size - 1));
    char layers[2][600];
    snprintf(layers[0], sizeof layers[0], "%s/0", folder);
    snprintf(layers[1], sizeof layers[1], "%s/1", folder);
    const char *const folders[] = {layers[0], layers[1]};
    struct wb_model model;
    struct wb_buf image = {0};
    wb_model_open(&model);
    if (wb_knowledge_compile(&model, folders, 2, &image))
        use(&model, wb_buf_slice(&image));
    else
        WB_CHECK(model.yaml.log.n); /* a refusal says why */
    wb_model_close(&model);
    wb_buf_free(&image);
    snprintf(layers[0], sizeof layers[0], "%s/1/%s", folder, name);
    unlink(layers[0]);
    return 0;
}
