/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A knowledge file as a table of C: for programs that need its facts and no catalogue. Each scalar
 * is a row of its path and its value: {"lists/0/zone", "bl.example.net"}. With --text the file as
 * it is, comments and all: for what is shown to people.
 */
#include <stdio.h>

#include "yaml.h"

enum { DEEPEST = 16, LONGEST_PATH = 512 };

static void put_string(struct wb_buf *out, struct wb_slice s)
{
    wb_buf_byte(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c < 32 || c == '"' || c == '\\' || c == '?' || c > 126)
            wb_buf_printf(out, "\\%03o", c);
        else
            wb_buf_byte(out, (char)c);
    }
    wb_buf_byte(out, '"');
}

static void put_node(struct wb_yaml *yaml, struct fy_node *node, const char *path, int depth,
                     struct wb_buf *out)
{
    char below[LONGEST_PATH];
    void *place = NULL;
    struct fy_node *key, *value;
    if (depth == DEEPEST) {
        wb_yaml_error(yaml, node, "nested too deep");
    } else if (wb_yaml_is_map(node)) {
        while (wb_yaml_pair(node, &place, &key, &value)) {
            struct wb_slice name = wb_yaml_text(yaml, key);
            snprintf(below, sizeof below, "%s%s%.*s", path, *path ? "/" : "", WB_F(name));
            put_node(yaml, value, below, depth + 1, out);
        }
    } else if (wb_yaml_is_list(node)) {
        for (int i = 0; (value = wb_yaml_next(node, &place)); i++) {
            snprintf(below, sizeof below, "%s/%d", path, i);
            put_node(yaml, value, below, depth + 1, out);
        }
    } else {
        wb_buf_lit(out, "    {");
        put_string(out, wb_slice_str(path));
        wb_buf_lit(out, ", ");
        put_string(out, wb_yaml_text(yaml, node));
        wb_buf_lit(out, "},\n");
    }
}

static bool write_table(struct wb_yaml *yaml, const char *name, const char *path, FILE *file)
{
    struct wb_buf out = {0};
    struct fy_node *root = wb_yaml_load(yaml, path);
    wb_buf_printf(&out, "#include \"datum.h\"\nconst struct wb_datum wb_data_%s[] = {\n", name);
    if (root)
        put_node(yaml, root, "", 0, &out);
    wb_buf_lit(&out, "    {0},\n};\n");
    bool ok = root && !yaml->errors && fwrite(out.p, 1, out.n, file) == out.n;
    wb_buf_free(&out);
    return ok;
}

static bool write_text(const char *name, const char *path, FILE *file)
{
    struct wb_buf out = {0};
    char line[1000];
    FILE *in = fopen(path, "rb");
    if (!in)
        return false;
    wb_buf_printf(&out, "#include \"datum.h\"\nconst char wb_data_%s[] =\n", name);
    while (fgets(line, sizeof line, in)) {
        wb_buf_lit(&out, "    ");
        put_string(&out, wb_slice_str(line));
        wb_buf_byte(&out, '\n');
    }
    wb_buf_lit(&out, "    \"\";\n");
    bool ok = !ferror(in) && fwrite(out.p, 1, out.n, file) == out.n;
    fclose(in);
    wb_buf_free(&out);
    return ok;
}

int main(int argc, char **argv)
{
    bool text = argc == 5 && strcmp(argv[1], "--text") == 0;
    argv += text;
    argc -= text;
    struct wb_yaml yaml = {0};
    FILE *file = argc == 4 ? fopen(argv[3], "wb") : NULL;
    if (!file) {
        fputs("usage: knowledge-table [--text] NAME FILE.yaml OUTPUT.c\n", stderr);
        return 2;
    }
    bool ok =
        text ? write_text(argv[1], argv[2], file) : write_table(&yaml, argv[1], argv[2], file);
    ok = fclose(file) == 0 && ok;
    if (yaml.log.n)
        fwrite(yaml.log.p, 1, yaml.log.n, stderr);
    wb_yaml_close(&yaml);
    return ok ? 0 : 1;
}
