/* SPDX-License-Identifier: BSD-2-Clause */
/* whybounce knowledge lint, test, build: what is done with folders once they are compiled. */
#include "author.h"

#include <errno.h>
#include <unistd.h>

static bool write_whole(const char *path, struct wb_slice bytes)
{
    char temporary[4096];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    FILE *file = fopen(temporary, "wb");
    bool ok = file && fwrite(bytes.p, 1, bytes.n, file) == bytes.n;
    if (file)
        ok = fclose(file) == 0 && ok;
    if (ok && rename(temporary, path) == 0)
        return true;
    wb_author_complain(path, strerror(errno));
    unlink(temporary);
    return false;
}

static void tell_written(const char *path)
{
    const char *usual = WHYBOUNCE_CACHE "/catalogue.wbc";
    if (strcmp(path, usual) == 0)
        printf(wb_in_both("%s: written; whybounce uses it from now on\n",
                          "%s：已写好，whybounce 以后就用它\n"),
               path);
    else
        printf(wb_in_both("%s: written; WHYBOUNCE_CATALOGUE=%s whybounce … uses it\n",
                          "%s：已写好；用 WHYBOUNCE_CATALOGUE=%s whybounce … 来使用它\n"),
               path, path);
}

typedef bool do_with(struct wb_loaded *loaded, const struct wb_settings *s);

static bool build(struct wb_loaded *loaded, const struct wb_settings *s)
{
    if (!write_whole(s->output, wb_buf_slice(&loaded->image)))
        return false;
    tell_written(s->output);
    return true;
}

static bool test(struct wb_loaded *loaded, const struct wb_settings *s)
{
    struct wb_knowledge_tally tally = wb_knowledge_test(&loaded->model, loaded->catalogue, NULL);
    printf("%d passed, %d failed\n", tally.passed, tally.failed);
    bool ok = tally.failed == 0;
    if (s->unneeded)
        ok = wb_check_needs(loaded, s, s->n > 1) && ok;
    return ok;
}

/* Of rules on a base only those are judged, not the base. */
static bool lint(struct wb_loaded *loaded, const struct wb_settings *s)
{
    struct wb_yaml *yaml = &loaded->model.yaml;
    uint8_t layer = s->n > 1;
    bool ok = true;
    if (s->unneeded)
        ok = wb_check_needs(loaded, s, layer);
    else
        wb_check_costs(loaded, layer);
    if (yaml->errors || (s->strict && !s->unneeded && yaml->warnings))
        ok = false;
    if (ok && !yaml->warnings)
        puts(wb_in_both("no faults", "没有错误"));
    else if (ok)
        printf(wb_in_both("no faults, %d hint%s\n", "没有错误，%d 条提示\n"), yaml->warnings,
               yaml->warnings == 1 ? "" : "s");
    return ok;
}

static int compile(const struct wb_settings *s, do_with *what)
{
    struct wb_loaded loaded;
    bool ok = wb_load_folders(&loaded, s->folders, s->n);
    bool compiled = ok;
    ok = ok && what(&loaded, s);
    if (loaded.has_model) {
        const struct wb_yaml *yaml = &loaded.model.yaml;
        int faults = yaml->errors + (compiled && !ok && s->strict ? yaml->warnings : 0);
        wb_put_safe(stderr, wb_buf_slice(&yaml->log));
        if (!ok && faults)
            fprintf(stderr,
                    wb_in_both("whybounce knowledge: %d %s\n", "whybounce knowledge：%d 处错误\n"),
                    faults, faults == 1 ? "fault" : "faults");
    }
    wb_unload(&loaded);
    return ok ? WB_EXIT_OK : WB_EXIT_TROUBLE;
}

static int run_lint(struct wb_settings *s, int argc, char **argv)
{
    return wb_take_folders(s, argc, argv) ? compile(s, lint) : WB_EXIT_TROUBLE;
}

static int run_test(struct wb_settings *s, int argc, char **argv)
{
    return wb_take_folders(s, argc, argv) ? compile(s, test) : WB_EXIT_TROUBLE;
}

static int run_build(struct wb_settings *s, int argc, char **argv)
{
    return wb_take_folders(s, argc, argv) ? compile(s, build) : WB_EXIT_TROUBLE;
}

const struct wb_tool wb_tool_lint = {"lint", run_lint};
const struct wb_tool wb_tool_test = {"test", run_test};
const struct wb_tool wb_tool_build = {"build", run_build};
