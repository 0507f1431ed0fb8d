/* SPDX-License-Identifier: BSD-2-Clause */
/* Knowledge from wherever it is named: folders of YAML, or a compiled catalogue. */
#include "author.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

bool wb_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool same_folder(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* A folder that is the base itself adds nothing. */
bool wb_take_folders(struct wb_settings *s, int argc, char **argv)
{
    for (int i = 0; i < argc; i++) {
        if (s->n > WB_MAX_FOLDERS) {
            wb_author_complain(argv[i], wb_in_both("too many folders", "文件夹太多"));
            return false;
        }
        if (!same_folder(argv[i], s->folders[0]))
            s->folders[s->n++] = argv[i];
    }
    if (!argc && wb_is_folder(WHYBOUNCE_RULES))
        s->folders[s->n++] = WHYBOUNCE_RULES;
    return true;
}

bool wb_load_folders(struct wb_loaded *loaded, const char *const *folders, size_t n)
{
    struct wb_model *model = &loaded->model;
    struct wb_status status;
    *loaded = (struct wb_loaded){0};
    for (size_t i = 0; i < n; i++)
        if (!wb_is_folder(folders[i])) {
            wb_author_complain(folders[i], wb_in_both("there is no such folder", "没有这个文件夹"));
            return false;
        }
    wb_model_open(model);
    loaded->has_model = true;
    if (!wb_knowledge_compile(model, folders, n, &loaded->image))
        return false;
    if (wb_catalogue_open_image(wb_buf_slice(&loaded->image), &loaded->catalogue, &status))
        return true;
    wb_author_complain("catalogue", status.text);
    return false;
}

/* The log of what has failed, and how much it was. */
static void tell_faults(const struct wb_loaded *loaded)
{
    if (!loaded->has_model)
        return;
    wb_put_safe(stderr, wb_buf_slice(&loaded->model.yaml.log));
}

/* All knowledge has a version, rules that lie on it have none. */
static bool is_whole(const char *folder)
{
    struct stat st;
    struct wb_buf path = {0};
    wb_buf_printf(&path, "%s/catalogue.yaml%c", folder, 0);
    bool found = stat(path.p, &st) == 0;
    wb_buf_free(&path);
    return found;
}

bool wb_load_any(struct wb_loaded *loaded, const struct wb_settings *s, const char *path)
{
    char trouble[WB_TROUBLE_TEXT];
    *loaded = (struct wb_loaded){0};
    if (wb_is_folder(path)) {
        const char *const folders[] = {is_whole(path) ? path : s->folders[0], path};
        bool ok = wb_load_folders(loaded, folders, is_whole(path) ? 1 : 2);
        if (!ok)
            tell_faults(loaded);
        return ok;
    }
    loaded->catalogue = wb_catalogue_open(path, trouble);
    if (loaded->catalogue)
        return true;
    size_t n = strlen(path);
    bool named = strncmp(trouble, path, n) == 0 && trouble[n] == ':';
    wb_author_complain(path, trouble + (named ? n + 2 : 0));
    return false;
}

void wb_unload(struct wb_loaded *loaded)
{
    wb_catalogue_close(loaded->catalogue);
    if (loaded->has_model)
        wb_model_close(&loaded->model);
    wb_buf_free(&loaded->image);
}

struct wb_catalogue *wb_usual_catalogue(char *trouble)
{
    const char *path = getenv("WHYBOUNCE_CATALOGUE");
    if (!path && access(WHYBOUNCE_CACHE "/catalogue.wbc", R_OK) == 0)
        path = WHYBOUNCE_CACHE "/catalogue.wbc";
    return wb_catalogue_open(path, trouble);
}
