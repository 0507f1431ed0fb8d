/* SPDX-License-Identifier: BSD-2-Clause */
/* The build's knowledge compiler: makes the catalogue that is embedded in the library. */
#include <stdio.h>
#include <stdlib.h>

#include "catalogc.h"
#include "hash.h"

static bool write_file(const char *path, struct wb_slice bytes)
{
    FILE *file = fopen(path, "wb");
    bool ok = file && fwrite(bytes.p, 1, bytes.n, file) == bytes.n;
    if (file && fclose(file) != 0)
        ok = false;
    if (!ok)
        fprintf(stderr, "knowledge-compiler: %s: %m\n", path);
    return ok;
}

static void tell(uint32_t number, bool good, struct wb_slice rule)
{
    printf("%s %u - %.*s\n", good ? "ok" : "not ok", number, WB_F(rule));
}

static bool run_tests(struct wb_model *model, struct wb_slice image)
{
    struct wb_catalogue *catalogue;
    struct wb_status status;
    if (!wb_catalogue_open_image(image, &catalogue, &status)) {
        fprintf(stderr, "knowledge-compiler: %s\n", status.text);
        return false;
    }
    struct wb_knowledge_tally tally = wb_knowledge_test(model, catalogue, tell);
    wb_catalogue_close(catalogue);
    printf("1..%d\n", tally.passed + tally.failed);
    return tally.failed == 0;
}

/*
 * An assembler file that puts the image into the library. It names the image's checksum, so that
 * the build sees when it has to be assembled again.
 */
static bool write_embedding(const char *path, const char *image_path, struct wb_slice image)
{
    char absolute[4096], hex[33] = {0};
    if (!realpath(image_path, absolute))
        return false;
    wb_hash_hex(wb_hash_bytes(image), hex);
    struct wb_buf text = {0};
    wb_buf_printf(&text,
                  "/* %s */\n"
                  "\t.section .rodata\n\t.balign 64\n"
                  "\t.globl wb_embedded_begin\n\t.globl wb_embedded_end\n"
                  "\t.hidden wb_embedded_begin\n\t.hidden wb_embedded_end\n"
                  "wb_embedded_begin:\n\t.incbin \"%s\"\n"
                  "wb_embedded_end:\n\t.byte 0\n"
                  "\t.section .note.GNU-stack,\"\",%%progbits\n",
                  hex, absolute);
    bool ok = write_file(path, wb_buf_slice(&text));
    wb_buf_free(&text);
    return ok;
}

/* A rule for make: the image is older than any of what was read; blanks in names are escaped. */
static bool write_depfile(const char *path, const char *image_path, const struct wb_buf *inputs)
{
    struct wb_buf text = {0};
    wb_buf_printf(&text, "%s:", image_path);
    for (size_t i = 0; i < inputs->n; i += strlen(inputs->p + i) + 1) {
        wb_buf_lit(&text, " \\\n  ");
        for (const char *c = inputs->p + i; *c; c++) {
            if (strchr(" #\\", *c))
                wb_buf_byte(&text, '\\');
            if (*c == '$')
                wb_buf_byte(&text, '$');
            wb_buf_byte(&text, *c);
        }
    }
    wb_buf_byte(&text, '\n');
    bool ok = write_file(path, wb_buf_slice(&text));
    wb_buf_free(&text);
    return ok;
}

/* What the store has to know of causes, as a table of C: base/datum.h. */
static bool write_causes(const char *path, const struct wb_model *model)
{
    static const char *const suppress[] = {"never", "alone", "repeated"};
    struct wb_buf text = {0};
    wb_buf_lit(&text, "#include \"datum.h\"\nconst struct wb_datum wb_data_causes[] = {\n");
    for (uint32_t i = 0; i < model->causes.n; i++) {
        const struct wb_cause *cause = WB_ROW(model->causes, struct wb_cause, i);
        struct wb_slice id = wb_model_text(model, cause->id);
        wb_buf_printf(&text, "    {\"%.*s/suppress\", \"%s\"},\n", WB_F(id),
                      suppress[cause->suppress]);
        if (cause->role == WB_CAUSE_UNKNOWN)
            wb_buf_printf(&text, "    {\"%.*s/role\", \"unknown\"},\n", WB_F(id));
    }
    wb_buf_lit(&text, "    {0},\n};\n");
    bool ok = write_file(path, wb_buf_slice(&text));
    wb_buf_free(&text);
    return ok;
}

static int usage(void)
{
    fputs("usage: knowledge-compiler [--embed FILE.S] [--causes FILE.c] [--depfile FILE.d] OUTPUT "
          "FOLDER...\n"
          "       knowledge-compiler --test FOLDER...\n",
          stderr);
    return 2;
}

/* What is written beside the image; NULL: not asked for. */
struct outputs {
    const char *embed, *causes, *depfile;
};

/* How many arguments were options. */
static int read_options(int argc, char **argv, struct outputs *outputs)
{
    int i = 1;
    for (; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--embed") == 0)
            outputs->embed = argv[i + 1];
        else if (strcmp(argv[i], "--causes") == 0)
            outputs->causes = argv[i + 1];
        else if (strcmp(argv[i], "--depfile") == 0)
            outputs->depfile = argv[i + 1];
        else
            break;
    }
    return i - 1;
}

static bool write_outputs(const struct outputs *outputs, const char *image_path,
                          const struct wb_model *model, struct wb_slice image)
{
    return (!outputs->embed || write_embedding(outputs->embed, image_path, image)) &&
           (!outputs->causes || write_causes(outputs->causes, model)) &&
           (!outputs->depfile || write_depfile(outputs->depfile, image_path, &model->inputs));
}

int main(int argc, char **argv)
{
    struct outputs outputs = {0};
    int options = read_options(argc, argv, &outputs);
    argv += options;
    argc -= options;
    if (argc < 3)
        return usage();
    struct wb_model model;
    struct wb_buf image = {0};
    wb_model_open(&model);
    bool ok = wb_knowledge_compile(&model, (const char *const *)argv + 2, (size_t)argc - 2, &image);
    if (ok && strcmp(argv[1], "--test") == 0)
        ok = run_tests(&model, wb_buf_slice(&image));
    else
        ok = ok && write_file(argv[1], wb_buf_slice(&image));
    ok = ok && write_outputs(&outputs, argv[1], &model, wb_buf_slice(&image));
    if (model.yaml.log.n)
        fwrite(model.yaml.log.p, 1, model.yaml.log.n, stderr);
    wb_model_close(&model);
    wb_buf_free(&image);
    return ok ? 0 : 1;
}
